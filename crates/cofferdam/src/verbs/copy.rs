//! `cofferdam copy`

use std::path::{Path, PathBuf};

use clap::Args;
use cofferdam_store::Database;
use cofferdam_store::copy::{CopyError, End, Step, copy};
use serde_json::json;

use crate::config::{self, Config};
use crate::fail::{Failure, Outcome, To};
use crate::install;
use crate::out::Out;
use crate::progress::{Progress, waiting};
use crate::table::thousands;

/// Copy a stopped installation's rows into another database, and compare them there
///
/// What broke off goes on where it was when the same is asked again. The source stays as it is.
#[derive(Debug, Args)]
pub(crate) struct Copy {
    /// The installation's data folder
    #[arg(long, value_name = "DIR")]
    from: PathBuf,
    /// An empty PostgreSQL database, as in postgres://user@host/name; or `sqlite`, a file of the data folder
    ///
    /// Other users of this machine may see what stands on a command line: give a URL with a password by the variable.
    #[arg(long, value_name = "URL", env = "COFFERDAM_COPY_TO", hide_env_values = true)]
    to: String,
}

impl Copy {
    pub(crate) async fn run(self, out: Out) -> Outcome {
        let from = |failure: Failure| failure.about("--from");
        if self.from.as_os_str() == "sqlite" || self.from.to_string_lossy().contains("://") {
            let text = "a data folder is needed, not a database: its cofferdam.toml names the database";
            return Err(from(Failure::usage(text)));
        }
        let config = Config::load(&self.from.join(config::FILE)).map_err(from)?;
        let mut there = config.clone();
        there.set_database("--to", &self.to)?;
        if there.database == config.database {
            let text = "both ends are the same database; name another one with --to";
            return Err(Failure::usage(text.to_owned()));
        }
        // Whose rows these are is asked before one of them is copied.
        drop(
            install::open_to_examine(&self.from, &config)
                .await
                .map_err(from)?,
        );
        let rows = copied(&self.from, &config, &there).await?;
        let opened = install::open(&self.from, &there).await;
        let platform = opened.map_err(|failure| failure.about("--to"))?;
        let health = waiting("reading every ledger there", platform.gate().examine())
            .await
            .to(self.from.display())?;
        let findings: Vec<String> = health.findings.iter().map(ToString::to_string).collect();
        let answer = json!({
            "rows": rows,
            "ledgers": health.ledgers,
            "entries": health.entries,
            "findings": findings,
            "ok": findings.is_empty(),
        });
        let file = self.from.join(config::FILE);
        out.answer(&answer, |_| {
            let mut told = format!(
                "{} rows copied and compared; {} ledgers with {} entries check there",
                thousands(rows),
                health.ledgers,
                thousands(health.entries)
            );
            if findings.is_empty() {
                let file = file.display();
                told.push_str(&format!(
                    "\nuse it: write `database = …` with the new one into {file}, then start the server"
                ));
            }
            told
        })?;
        if findings.is_empty() {
            return Ok(());
        }
        let text = format!(
            "{} things were not as they were written before they were copied",
            findings.len()
        );
        Err(Failure::new(text).with(findings))
    }
}

fn end(folder: &Path, config: &Config) -> Outcome<End> {
    Ok(End {
        folder: folder.to_owned(),
        database: config.database.parse::<Database>().map_err(Failure::new)?,
    })
}

async fn copied(folder: &Path, from: &Config, to: &Config) -> Outcome<u64> {
    let (from, to) = (end(folder, from)?, end(folder, to)?);
    let work = move || {
        let mut bar = None;
        let done = copy(&from, &to, |step| match step {
            Step::Counted(rows, there) => {
                let progress = Progress::things(2 * rows, "copying and comparing");
                progress.add(there);
                bar = Some(progress);
            }
            Step::Copied(more) | Step::Compared(more) => bar.iter().for_each(|bar| bar.add(more)),
        });
        bar.iter().for_each(Progress::done);
        done
    };
    let done = tokio::task::spawn_blocking(work).await;
    let done = done.map_err(|_| Failure::new("the copy stopped in a way that it should not; try again"))?;
    done.map_err(|error| match error {
        CopyError::From(error) => Failure::new(error.to_string()).about("--from"),
        CopyError::To(error) => Failure::new(error.to_string()).about("--to"),
        CopyError::Occupied | CopyError::Another => Failure::new(error.to_string()).about("--to"),
        CopyError::Differs { .. } => Failure::new(error.to_string()),
    })
}
