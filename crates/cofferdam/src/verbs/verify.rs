//! `cofferdam verify`

mod report;

use std::fmt;
use std::path::{Path, PathBuf};

use clap::Args;
use cofferdam_incident::report::{NamedSets, Sets};
use cofferdam_ledger::checkpoint::Checkpoint;
use cofferdam_ledger::folder::{CHECKPOINT_PATH, Expect, FsFolder, Problem, Report, VKEY_PATH, verify};
use cofferdam_ledger::note::VerifyingKey;
use serde_json::Value;

use crate::fail::{Failure, Outcome, To};
use crate::files;
use crate::out::Out;
use crate::progress::waiting;

/// Verify an exported ledger, or an exposure report against one, with nothing but the files
///
/// A report is held against the ledger that it is of: every number in it is computed again from its case and the entries.
#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// A folder that `cofferdam ledger export` wrote, or the file of an exposure report
    #[arg(value_name = "DIR|REPORT")]
    path: PathBuf,
    /// Of a report: a folder that `cofferdam ledger export` wrote of the same lab, then or later
    #[arg(long, value_name = "DIR", conflicts_with = "known")]
    ledger: Option<PathBuf>,
    /// Write the report as one page to read and print into a new file, if it holds
    #[arg(long, value_name = "FILE", requires = "ledger")]
    html: Option<PathBuf>,
    /// The ledger's key, from where you trust it; else the folder is held against the key within
    #[arg(long, value_name = "KEY", value_parser = key)]
    vkey: Option<VerifyingKey>,
    /// A checkpoint of the same ledger that you kept from before: the folder must go on from it. Wants --vkey
    #[arg(long, value_name = "FILE", requires = "vkey")]
    known: Option<PathBuf>,
}

/// A signed-note verifier key on the command line.
pub(crate) fn key(text: &str) -> Result<VerifyingKey, String> {
    text.trim()
        .parse()
        .map_err(|error: cofferdam_ledger::note::KeyError| error.to_string())
}

/// Whether a folder is of an exported ledger, whole or not.
pub(crate) fn exported(dir: &Path) -> Outcome {
    let what = match dir.is_dir() {
        false => "is no folder",
        true if [VKEY_PATH, CHECKPOINT_PATH]
            .iter()
            .all(|file| !dir.join(file).exists()) =>
        {
            "holds no exported ledger"
        }
        true => return Ok(()),
    };
    Err(Failure::new(format!(
        "{} {what}; `cofferdam ledger export` writes one",
        dir.display()
    )))
}

/// What was found of an exported ledger, and of the lists of objects beside it.
#[derive(Debug)]
pub(crate) struct Exported {
    pub(crate) report: Report,
    pub(crate) sets: Sets,
    /// Whether the key is one that the caller had from elsewhere.
    pub(crate) vouched: bool,
}

/// What is said of a key that came with what it signed.
pub(crate) const UNVOUCHED: &str = "trust    nobody vouches here for the key (`cofferdam verify --vkey`)";

impl Exported {
    /// For programs.
    pub(crate) fn told(&self) -> Outcome<Value> {
        let mut told = serde_json::to_value(&self.report).to("the report")?;
        let problem = self.problem();
        told["ok"] = problem.is_none().into();
        told["problem"] = problem.into();
        told["vouched"] = self.vouched.into();
        told["sets"] = serde_json::to_value(&self.sets).to("the report")?;
        Ok(told)
    }

    /// The first thing that is wrong.
    fn problem(&self) -> Option<String> {
        let ledger = self.report.problem.as_ref().map(ToString::to_string);
        ledger.or_else(|| self.sets.problem.clone())
    }

    /// Looks a folder over.
    fn of(dir: &Path, expect: &Expect<'_>) -> Self {
        let folder = FsFolder::new(dir);
        let mut named = NamedSets::default();
        let report = verify(&folder, expect, |index, entry| {
            named.visit(index, entry);
            Ok(())
        });
        let sets = match report.is_ok() {
            true => named.check(&folder),
            false => Sets::default(),
        };
        Self {
            report,
            sets,
            vouched: expect.key.is_some(),
        }
    }
}

impl fmt::Display for Exported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.report.write_found(f)?;
        if !self.vouched {
            writeln!(f, "{UNVOUCHED}")?;
        }
        let Sets { named, checked, .. } = self.sets;
        if named > 0 {
            writeln!(f, "lists    {checked} of {named} checked")?;
        }
        match self.problem() {
            None => writeln!(f, "result   ok"),
            Some(problem) => writeln!(f, "result   NOT OK: {problem}"),
        }
    }
}

impl Verify {
    pub(crate) async fn run(self, out: Out) -> Outcome {
        match &self.ledger {
            Some(ledger) => {
                let page = self.html.as_deref();
                report::run(&self.path, ledger, self.vkey.clone(), page, out).await
            }
            None if self.path.is_file() && report::is_one(&self.path)? => Err(Failure::usage(format!(
                "{} is an exposure report; name the ledger that it is held against with --ledger DIR, a folder that \
                 `cofferdam ledger export` writes",
                self.path.display()
            ))),
            None => self.folder(out).await,
        }
    }

    async fn folder(self, out: Out) -> Outcome {
        exported(&self.path)?;
        let known = self.known()?;
        let (dir, key) = (self.path.clone(), self.vkey.clone());
        let verify = tokio::task::spawn_blocking(move || {
            let expect = Expect {
                key: key.as_ref(),
                known: known.as_ref(),
                ..Expect::default()
            };
            Exported::of(&dir, &expect)
        });
        let found = waiting("verifying", verify).await.to("verifying")?;
        // Of a folder that is none there is no more to report than that.
        let mut said = Ok(());
        if out.json || found.report.problem != Some(Problem::NoLog) {
            said = out.answer(&found.told()?, |_| found.to_string());
        }
        // What was found counts, whether or not anybody heard it.
        match found.problem() {
            None => said,
            Some(problem) => Err(Failure::new(format!("{}: {problem}", self.path.display()))),
        }
    }

    /// The checkpoint kept from before, if its signature is the ledger's.
    fn known(&self) -> Outcome<Option<Checkpoint>> {
        let (Some(file), Some(key)) = (&self.known, &self.vkey) else {
            return Ok(None);
        };
        let text = files::bytes(file)?;
        match Checkpoint::open(&text, key, &[]) {
            Ok(open) => Ok(Some(open.checkpoint)),
            Err(error) => Err(Failure::new(format!(
                "{} is no checkpoint of this ledger: {error}; name one that was kept from it",
                file.display()
            ))),
        }
    }
}
