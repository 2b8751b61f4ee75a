//! `cofferdam migrate`

use std::path::PathBuf;

use clap::Args;
use cofferdam_store::schema;
use serde_json::json;

use crate::config::{self, Config};
use crate::fail::{Failure, Outcome, To};
use crate::out::Out;

/// Bring the database of a stopped installation up to date, as `serve` does when it starts
#[derive(Debug, Args)]
pub(crate) struct Migrate {
    /// The data folder
    #[arg(long, value_name = "DIR", env = "COFFERDAM_DATA", hide_env_values = true)]
    data: PathBuf,
}

impl Migrate {
    pub(crate) fn run(self, out: Out) -> Outcome {
        let config = Config::load(&self.data.join(config::FILE))?;
        let database = config.database.parse().map_err(Failure::new)?;
        // The client of a database server must not be used where asynchronous code runs.
        let done = std::thread::scope(|scope| {
            scope
                .spawn(|| schema::bring_up_to_date(&self.data, &database))
                .join()
        });
        let done = done
            .map_err(|_| Failure::new("the database could not be brought up to date"))?
            .to(self.data.display())?;
        let answer = json!({ "from": done.from, "to": done.to });
        out.answer(&answer, |_| match done.from == done.to {
            true => format!(
                "the database has schema version {}, the newest that this program knows",
                done.to
            ),
            false => format!("brought from schema version {} to {}", done.from, done.to),
        })
    }
}
