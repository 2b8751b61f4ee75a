//! What verifying a folder found.

use std::fmt;

use serde::Serialize;

use crate::hash::Hash;

use super::Problem;

/// A cosignature of a trusted witness.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Witnessed {
    /// The witness's key name.
    pub name: String,
    /// When it cosigned, in seconds since 1970, by its own statement.
    pub timestamp: Option<u64>,
}

/// What was found, up to the first problem. Fields are empty where the check did not get to them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Report {
    /// The log's name.
    pub origin: Option<String>,
    /// The verifier key that the folder was checked against.
    pub vkey: Option<String>,
    /// Entries by the checkpoint.
    pub size: u64,
    /// The root by the checkpoint.
    pub root: Option<Hash>,
    /// Trusted witnesses that cosigned the checkpoint.
    pub witnesses: Vec<Witnessed>,
    /// Entries checked.
    pub entries: u64,
    /// The time of the first entry, in microseconds since 1970.
    pub first_time: Option<i64>,
    /// The time of the last entry checked, in microseconds since 1970.
    pub last_time: Option<i64>,
    /// The first problem; none if the folder is exactly the log that was signed.
    pub problem: Option<Problem>,
}

impl Report {
    /// Whether the folder is exactly the log that was signed.
    #[must_use]
    pub const fn is_ok(&self) -> bool {
        self.problem.is_none()
    }

    /// Writes what was found, a line each, without the result: for whoever has more to check.
    ///
    /// # Errors
    /// Where `f` does not take it.
    pub fn write_found(&self, f: &mut impl fmt::Write) -> fmt::Result {
        let unknown = || "unknown".to_owned();
        writeln!(f, "log      {}", self.origin.clone().unwrap_or_else(unknown))?;
        writeln!(f, "key      {}", self.vkey.clone().unwrap_or_else(unknown))?;
        writeln!(f, "entries  {} of {} checked", self.entries, self.size)?;
        writeln!(
            f,
            "root     {}",
            self.root.map_or_else(unknown, |root| root.to_string())
        )?;
        match self.witnesses.as_slice() {
            [] => writeln!(f, "witness  none")?,
            all => all
                .iter()
                .try_for_each(|witness| writeln!(f, "witness  {}", witness.name))?,
        }
        Ok(())
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_found(f)?;
        match &self.problem {
            None => writeln!(f, "result   ok"),
            Some(problem) => writeln!(f, "result   NOT OK: {problem}"),
        }
    }
}
