//! `cofferdam verify`

use std::path::{Path, PathBuf};

use clap::Args;
use cofferdam_ledger::checkpoint::Checkpoint;
use cofferdam_ledger::folder::{CHECKPOINT_PATH, Expect, Problem, Report, VKEY_PATH, verify_folder};
use cofferdam_ledger::note::VerifyingKey;
use serde_json::Value;

use crate::fail::{Failure, Outcome, To};
use crate::files;
use crate::out::Out;
use crate::progress::waiting;

/// Verify an exported ledger, with nothing but the folder
#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// A folder that `cofferdam ledger export` wrote
    dir: PathBuf,
    /// The ledger's key, from where you trust it; else the folder is held against the key within
    #[arg(long, value_name = "KEY", value_parser = key)]
    vkey: Option<VerifyingKey>,
    /// A checkpoint of the same ledger that you kept from before: the folder must go on from it. Wants --vkey
    #[arg(long, value_name = "FILE", requires = "vkey")]
    known: Option<PathBuf>,
}

/// A signed-note verifier key on the command line.
pub(super) fn key(text: &str) -> Result<VerifyingKey, String> {
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

/// A report for programs.
pub(super) fn told(report: &Report) -> Outcome<Value> {
    let mut told = serde_json::to_value(report).to("the report")?;
    told["ok"] = report.is_ok().into();
    Ok(told)
}

impl Verify {
    pub(crate) async fn run(self, out: Out) -> Outcome {
        exported(&self.dir)?;
        let known = self.known()?;
        let (dir, key) = (self.dir.clone(), self.vkey.clone());
        let verify = tokio::task::spawn_blocking(move || {
            let expect = Expect {
                key: key.as_ref(),
                known: known.as_ref(),
                ..Expect::default()
            };
            verify_folder(&dir, &expect)
        });
        let report = waiting("verifying", verify).await.to("verifying")?;
        // Of a folder that is none there is no more to report than that.
        let mut said = Ok(());
        if out.json || report.problem != Some(Problem::NoLog) {
            said = out.answer(&told(&report)?, |_| report.to_string());
        }
        // What was found counts, whether or not anybody heard it.
        match &report.problem {
            None => said,
            Some(problem) => Err(Failure::new(format!("{}: {problem}", self.dir.display()))),
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
