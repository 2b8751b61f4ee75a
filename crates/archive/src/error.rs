//! What can be wrong with an archive.

use std::io;
use std::path::Path;

/// Why an archive was not made, read, or found to be what it says.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// A file cannot be read or written.
    #[error("{path}: {source}")]
    Io {
        /// Which.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// A file is not as an archive has it.
    #[error(
        "{path} is damaged, or is no file of an archive: {why}; make the archive again from an export of the ledger"
    )]
    Damaged {
        /// Which.
        path: String,
        /// What is wrong with it.
        why: String,
    },
    /// An entry of the ledger cannot be archived.
    #[error("entry {n} {why}")]
    Entry {
        /// Which.
        n: u64,
        /// What is wrong with it.
        why: String,
    },
    /// The archive says otherwise than its ledger.
    #[error(
        "the archive is not what follows from the ledger: {0}; do not believe it, make it again from an export"
    )]
    Differs(String),
    /// It is of another ledger, or not signed.
    #[error("the archive's tree head does not hold: {0}")]
    Head(String),
}

impl ArchiveError {
    pub(crate) fn io(path: &Path, source: io::Error) -> Self {
        Self::Io {
            path: path.display().to_string(),
            source,
        }
    }

    pub(crate) fn entry(n: u64, why: impl Into<String>) -> Self {
        Self::Entry { n, why: why.into() }
    }
}

/// What is wrong with one file, whose name whoever opened it knows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Damage(pub(crate) String);

/// The most characters that a message repeats of what a file made somebody say.
const MOST_SHOWN: usize = 200;

impl Damage {
    /// One short line, whatever stands in the file.
    pub(crate) fn new(why: impl AsRef<str>) -> Self {
        let mut line = String::new();
        for c in why.as_ref().chars().take(MOST_SHOWN) {
            match c.is_control() {
                true => line.extend(c.escape_default()),
                false => line.push(c),
            }
        }
        Self(line)
    }

    /// With the name of the file.
    pub(crate) fn of(self, path: &Path) -> ArchiveError {
        ArchiveError::Damaged {
            path: path.display().to_string(),
            why: self.0,
        }
    }
}

impl From<parquet::errors::ParquetError> for Damage {
    fn from(error: parquet::errors::ParquetError) -> Self {
        Self::new(error.to_string())
    }
}
