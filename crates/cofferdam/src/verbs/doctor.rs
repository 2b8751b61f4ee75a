//! `cofferdam doctor`

use std::path::{Path, PathBuf};

use clap::Args;
use cofferdam_custody::{Gate, Health};
use cofferdam_store::{StoreError, delivery};
use cofferdam_work::ops::delivery_file;
use serde_json::json;

use crate::config::{self, Config};
use crate::fail::{Failure, Outcome, To};
use crate::install;
use crate::opening;
use crate::out::Out;
use crate::progress::waiting;
use crate::table::counted;

/// Check an installation whose server is stopped: every ledger, and every row that authorises
#[derive(Debug, Args)]
pub(crate) struct Doctor {
    /// The data folder
    #[arg(long, value_name = "DIR", env = "COFFERDAM_DATA", hide_env_values = true)]
    data: PathBuf,
}

impl Doctor {
    pub(crate) async fn run(self, out: Out) -> Outcome {
        let config = Config::load(&self.data.join(config::FILE))?;
        let gate = install::open_to_examine(&self.data, &config)
            .await
            .map_err(unadvised)?;
        let health = waiting("reading every ledger", gate.examine())
            .await
            .to(self.data.display())
            .map_err(unadvised)?;
        let mut findings: Vec<String> = health
            .findings
            .iter()
            .map(|found| format!("{}: {}", found.what, found.problem))
            .collect();
        findings.extend(files(&gate, &install::deliveries_folder(config.shared(&self.data))).await?);
        let answer = json!({
            "ledgers": health.ledgers,
            "entries": health.entries,
            "rows": health.rows,
            "unmarked": health.unmarked,
            "held_elsewhere": health.held_elsewhere,
            "findings": findings,
            "ok": findings.is_empty(),
        });
        // What was found counts, whether or not anybody heard it.
        let said = out.answer(&answer, |_| {
            let (ledgers, entries) = (
                counted(health.ledgers, "ledger"),
                counted(health.entries, "entry"),
            );
            let rows = counted(health.rows, "row");
            let authorise = if health.rows == 1 {
                "authorises"
            } else {
                "authorise"
            };
            let unknown = unknown(&health);
            format!("{ledgers}, {entries}, {rows} that {authorise}{unknown}")
        });
        if findings.is_empty() {
            said?;
            return if out.json {
                Ok(())
            } else {
                out.line(match health.unmarked + health.held_elsewhere {
                    0 => "all is as it was written",
                    _ => "all else is as it was written",
                })
            };
        }
        let text = format!(
            "{} not as written; nothing of it that authorises is obeyed. Compare with a backup, and with the ledgers that labs \
             exported",
            match findings.len() {
                1 => "1 thing is".to_owned(),
                several => format!("{} are", counted(several as u64, "thing")),
            }
        );
        Err(Failure::new(text).with(findings))
    }
}

/// Deliveries whose files are not those that were made. A file that cannot be read hides nothing else that was found.
async fn files(gate: &Gate, folder: &Path) -> Outcome<Vec<String>> {
    let rows = match gate.store().read(delivery::all).await {
        // Named already, with the table.
        Err(StoreError::Corrupt { .. }) => Vec::new(),
        rows => rows.to("the deliveries")?,
    };
    let found = rows.iter().filter_map(|row| {
        let file = delivery_file(folder, row.id);
        let problem = match opening::hash(&file) {
            Ok(hash) if hash.0 == row.sha256 => return None,
            Ok(_) => "it is not the one that was made; do not hand it out".to_owned(),
            Err(_) if !file.exists() => "it is missing".to_owned(),
            Err(failure) => failure.to_string(),
        };
        Some(format!("the file of delivery {}: {problem}", row.id))
    });
    Ok(found.collect())
}

/// Whoever runs doctor is not sent to doctor.
fn unadvised(failure: Failure) -> Failure {
    failure.instead_of(
        "run `cofferdam doctor`",
        "compare with a backup, and with the ledgers that labs exported",
    )
}

/// What this cannot tell, a line for each.
fn unknown(health: &Health) -> String {
    let unmarked = match health.unmarked {
        0 => String::new(),
        some => format!(
            "\nunknown: whether an older state of {} was put back, since {} no file in watermarks/; `cofferdam serve` keeps \
             them from now on",
            counted(some, "ledger"),
            if some == 1 { "it has" } else { "they have" },
        ),
    };
    let elsewhere = match health.held_elsewhere {
        0 => String::new(),
        some => format!(
            "\nunknown: whether the labs' own keyholders have the keys of {}; `cofferdam lab keyholder` says what each answered last",
            counted(some, "project")
        ),
    };
    unmarked + &elsewhere
}
