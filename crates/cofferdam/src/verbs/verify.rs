//! `cofferdam verify`

use std::path::PathBuf;

use clap::Args;
use cofferdam_ledger::checkpoint::Checkpoint;
use cofferdam_ledger::folder::{Expect, Problem, Report, verify_folder};
use cofferdam_ledger::note::VerifyingKey;

use crate::fail::{Failure, Outcome, To};
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

impl Verify {
    pub(crate) async fn run(self, out: Out) -> Outcome {
        if !self.dir.is_dir() {
            let text = format!(
                "{} is no folder; `cofferdam ledger export` writes one",
                self.dir.display()
            );
            return Err(Failure::new(text));
        }
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
        if out.json || report.problem != Some(Problem::NoLog) {
            out.answer(&report, Report::to_string)?;
        }
        match &report.problem {
            None => Ok(()),
            Some(problem) => Err(Failure::new(format!("{}: {problem}", self.dir.display()))),
        }
    }

    /// The checkpoint kept from before, if its signature is the ledger's.
    fn known(&self) -> Outcome<Option<Checkpoint>> {
        let (Some(file), Some(key)) = (&self.known, &self.vkey) else {
            return Ok(None);
        };
        let text = std::fs::read(file).to(file.display())?;
        match Checkpoint::open(&text, key, &[]) {
            Ok(open) => Ok(Some(open.checkpoint)),
            Err(error) => Err(Failure::new(format!("{}: {error}", file.display()))),
        }
    }
}
