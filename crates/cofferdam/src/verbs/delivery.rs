//! `cofferdam delivery`

use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use cofferdam_model::DeliveryId;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;

use crate::client::{self, Client, Connect, number, text, when};
use crate::fail::{Outcome, To};
use crate::files::OnFile as _;
use crate::out::Out;
use crate::part::Part;
use crate::progress::Progress;
use crate::table::{Table, counted, thousands};

/// Deliveries: list, fetch, accept, return rows
#[derive(Debug, Args)]
pub(crate) struct Delivery {
    #[command(flatten)]
    connect: Connect,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// A lab's deliveries, newest first
    List {
        /// The lab: its name or id
        lab: String,
    },
    /// Fetch a delivery's encrypted file, and its manifest beside it
    Fetch {
        /// The delivery's id
        #[arg(value_parser = super::id::<DeliveryId>)]
        delivery: String,
        /// Where to; the manifest goes to the same name with `.manifest` behind it
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Accept a delivery, as the lab's steward
    Accept {
        /// The delivery's id
        #[arg(value_parser = super::id::<DeliveryId>)]
        delivery: String,
    },
    /// The rows that were sent back and why, as the lab's steward
    Returned {
        /// The delivery's id
        #[arg(value_parser = super::id::<DeliveryId>)]
        delivery: String,
    },
    /// Send rows back, each with its reason, as the lab's steward
    Return {
        /// The delivery's id
        #[arg(value_parser = super::id::<DeliveryId>)]
        delivery: String,
        /// A row's number, from 1, and why it comes back; once for each row
        #[arg(long, value_name = "NUMBER=REASON", required = true, value_parser = row)]
        row: Vec<(u64, String)>,
    },
}

fn row(text: &str) -> Result<(u64, String), String> {
    let read = |(number, reason): (&str, &str)| Some((number.parse().ok()?, reason.trim().to_owned()));
    let found = text
        .split_once('=')
        .and_then(read)
        .filter(|(number, reason)| *number > 0 && !reason.is_empty());
    found.ok_or_else(|| "must be a row's number and a reason, as in 12='the better answer is b'".to_owned())
}

impl Delivery {
    pub(crate) async fn run(self, out: Out) -> Outcome {
        let client = self.connect.client()?;
        match self.verb {
            Verb::List { lab } => list(&client, &lab, out).await,
            Verb::Fetch { delivery, out: file } => {
                let manifest = fetch(&client, &delivery, &file).await?;
                let answer = json!({ "delivery": delivery, "path": file, "manifest_path": manifest });
                out.answer(&answer, |_| {
                    let (file, manifest) = (file.display(), manifest.display());
                    format!("{file}\n{manifest}\nopen it with: cofferdam open {file} --identity FILE --manifest {manifest}")
                })
            }
            Verb::Accept { delivery } => {
                let done: Value = client
                    .post(&format!("/deliveries/{delivery}/accept"), &json!({}))
                    .await?;
                out.answer(&done, described)
            }
            Verb::Returned { delivery } => {
                let rows = client.all(&format!("/deliveries/{delivery}/returned")).await?;
                let mut table = Table::new(&["row", "sent back", "reason"]);
                for row in &rows {
                    let number = thousands(number(row, "/row"));
                    table.row([number, when(row, "/returned"), text(row, "/reason")]);
                }
                out.table(&rows, &table)
            }
            Verb::Return { delivery, row } => {
                let rows: Vec<Value> = row
                    .into_iter()
                    .map(|(row, reason)| json!({ "row": row, "reason": reason }))
                    .collect();
                let body = json!({ "rows": rows });
                let done: Value = client
                    .post(&format!("/deliveries/{delivery}/return"), &body)
                    .await?;
                out.answer(&done, sent_back)
            }
        }
    }
}

/// What sending rows back did, in one line.
fn sent_back(done: &Value) -> String {
    let answers = match number(done, "/went_back") {
        0 => "no answer went back to its author: they were back already, or mended since this delivery was made".to_owned(),
        some => format!("{} went back to who wrote it", counted(some, "answer")),
    };
    format!("{}; {answers}", described(done))
}

/// A delivery in one line.
pub(super) fn described(delivery: &Value) -> String {
    let [id, project, format, state] =
        ["/id", "/project/name", "/format", "/state"].map(|at| text(delivery, at));
    let rows = counted(number(delivery, "/rows"), "row");
    let left_out = counted(number(delivery, "/left_out"), "task");
    let returned = delivery["returned"].as_array().map_or(0, Vec::len);
    let back = if returned > 0 {
        format!(", {returned} sent back")
    } else {
        String::new()
    };
    format!("{id}  {project}: {rows} as {format} ({left_out} left out{back}), {state}")
}

async fn list(client: &Client, lab: &str, out: Out) -> Outcome {
    let lab = client::lab(client, lab).await?;
    let deliveries = client.all(&format!("/labs/{lab}/deliveries")).await?;
    let mut table = Table::new(&[
        "delivery", "project", "format", "rows", "left out", "state", "made",
    ]);
    for d in &deliveries {
        let [id, project, format, state] =
            ["/id", "/project/name", "/format", "/state"].map(|at| text(d, at));
        let [rows, left_out] = ["/rows", "/left_out"].map(|at| thousands(number(d, at)));
        table.row([id, project, format, rows, left_out, state, when(d, "/created")]);
    }
    out.table(&deliveries, &table)
}

/// Fetches a delivery and its manifest; where the manifest is.
pub(crate) async fn fetch(client: &Client, delivery: &str, file: &Path) -> Outcome<PathBuf> {
    let mut name = file.as_os_str().to_owned();
    name.push(".manifest");
    let manifest_path = PathBuf::from(name);
    // Both have their places before the first byte is asked for.
    let (mut part, mut manifest_part) = (Part::of(file)?, Part::of(&manifest_path)?);
    let manifest = client.bytes(&format!("/deliveries/{delivery}/manifest")).await?;
    let mut response = client.open(&format!("/deliveries/{delivery}/file")).await?;
    let progress = Progress::bytes(response.content_length().unwrap_or(0), "fetching");
    let mut target = tokio::fs::File::from_std(part.file().try_clone().writing(file)?);
    let copied = async {
        let broke_off = "the delivery broke off; fetch it again";
        while let Some(chunk) = response.chunk().await.to(broke_off)? {
            progress.add(chunk.len() as u64);
            target.write_all(&chunk).await.writing(file)?;
        }
        target.flush().await.writing(file)
    };
    let copied = copied.await;
    progress.done();
    copied?;
    manifest_part
        .file()
        .write_all(&manifest)
        .writing(&manifest_path)?;
    part.keep_both(manifest_part)?;
    Ok(manifest_path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_row_is_no_rows() {
        let delivery = |rows: u64, left_out: u64| {
            json!({ "id": "dlv", "project": { "name": "One" }, "format": "tasks", "state": "offered", "rows": rows,
                    "left_out": left_out })
        };
        assert_eq!(
            described(&delivery(1, 0)),
            "dlv  One: 1 row as tasks (0 tasks left out), offered"
        );
        assert_eq!(
            described(&delivery(2_997, 1)),
            "dlv  One: 2,997 rows as tasks (1 task left out), offered"
        );
    }
}
