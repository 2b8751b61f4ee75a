//! `cofferdam advisory`

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use cofferdam_inventory::Inventory;
use cofferdam_inventory::advisory::{Index, source};
use serde_json::{Value, json};

use crate::client::{Client, Connect, encoded, number, text, when};
use crate::fail::{Failure, Outcome};
use crate::out::{Out, note};
use crate::table::{Table, counted};

/// Records sent at a time, and bytes of them.
const BATCH: usize = 400;
const BATCH_BYTES: usize = 4 << 20;

/// Advisories in the OSV format, and which components they concern
#[derive(Debug, Args)]
pub(crate) struct Advisory {
    #[command(flatten)]
    connect: Connect,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Take records: files, folders, or the zip archive of an ecosystem
    Add {
        /// Where they are
        #[arg(required = true, value_name = "PATH")]
        paths: Vec<PathBuf>,
        /// All of an archive, and not only those that name a package some component has or had
        #[arg(long)]
        all: bool,
    },
    /// What is known, the records of one event together
    List,
    /// What an event means for every component
    Show {
        /// The id of one of its records, as in MAL-2026-2144
        record: String,
    },
}

impl Advisory {
    pub(crate) async fn run(self, out: Out) -> Outcome {
        let client = self.connect.client()?;
        match self.verb {
            Verb::Add { paths, all } => add(&client, &paths, all, out).await,
            Verb::List => {
                let found: Value = client.get("/advisories").await?;
                let mut table = Table::new(&["event", "records", "taken", "withdrawn"]);
                for event in found["items"].as_array().into_iter().flatten() {
                    let withdrawn = if event["withdrawn"] == true { "yes" } else { "" };
                    let records = event["records"].as_array().into_iter().flatten();
                    let records: Vec<String> = records.map(|id| text(id, "")).collect();
                    table.row([
                        text(event, "/id"),
                        records.join(", "),
                        when(event, "/taken"),
                        withdrawn.to_owned(),
                    ]);
                }
                out.table(&found, &table)
            }
            Verb::Show { record } => {
                let found: Value = client.get(&format!("/advisories/{}", encoded(&record))).await?;
                out.answer(&found, shown)
            }
        }
    }
}

async fn add(client: &Client, paths: &[PathBuf], all: bool, out: Out) -> Outcome {
    let known = if all {
        Vec::new()
    } else {
        inventories(client).await?
    };
    let index: Vec<Index<'_>> = known.iter().map(Index::new).collect();
    let (mut records, mut left_out) = (Vec::new(), 0_u64);
    let mut wrong = Vec::new();
    for path in paths {
        // A file or folder that somebody names is meant as a whole; of an archive of thousands few are.
        let whole = all || !is_archive(path);
        source::read(path, &source::Limits::default(), &mut |read| match read {
            Ok(record) if whole || index.iter().any(|i| i.names(&record.advisory)) => {
                records.push(record.document)
            }
            Ok(_) => left_out += 1,
            Err(error) => wrong.push(error.to_string()),
        });
    }
    for error in &wrong {
        note(format!("not taken: {error}"));
    }
    if records.is_empty() && !wrong.is_empty() {
        return Err(Failure::new("no record could be read; nothing was taken"));
    }
    let mut sum = [0, 0, 0, 0];
    // Of one that components joined one by one, what was answered last.
    let mut incidents: BTreeMap<String, Value> = BTreeMap::new();
    for batch in batches(records)? {
        let taken: Value = client.post("/advisories", &json!({ "records": batch })).await?;
        for (sum, at) in sum.iter_mut().zip(["/new", "/replaced", "/unchanged", "/older"]) {
            *sum += number(&taken, at);
        }
        let acted = taken["incidents"].as_array().cloned().unwrap_or_default();
        incidents.extend(
            acted
                .into_iter()
                .map(|incident| (text(&incident, "/id"), incident)),
        );
    }
    let [new, replaced, unchanged, older] = sum;
    let told = json!({ "new": new, "replaced": replaced, "unchanged": unchanged, "older": older, "left_out": left_out,
                       "not_read": wrong.len(), "incidents": incidents.values().collect::<Vec<_>>() });
    out.answer(&told, |_| {
        let mut line = format!(
            "{} taken, {replaced} in place of older ones, {unchanged} known already",
            counted(new, "record")
        );
        if older > 0 {
            line.push_str(&format!(
                "; {older} not taken, since a later version of it is known"
            ));
        }
        if left_out > 0 {
            line.push_str(&format!(
                "; {left_out} name nothing that a component has or had, and are not held against what is said later \
                 (--all takes them)"
            ));
        }
        for incident in incidents.values() {
            line.push_str(&format!("\n{}", opened(incident)));
        }
        line
    })
}

/// What the platform did by itself, since components run what a record is about.
fn opened(incident: &Value) -> String {
    let counts = ["subjects", "stopped", "labs"].map(|of| incident[of].as_array().map_or(0, Vec::len) as u64);
    let [subjects, halts, labs] = counts;
    format!(
        "Components run or ran what {} is about: incident {} is {}, with {}, {} concerned and {} of its policy; \
         `cofferdam incident show {}` says more",
        text(incident, "/advisory"),
        text(incident, "/id"),
        text(incident, "/state"),
        counted(subjects, "subject"),
        counted(labs, "lab"),
        counted(halts, "halt"),
        text(incident, "/id")
    )
}

fn is_archive(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "zip")
}

/// Everything that components said.
async fn inventories(client: &Client) -> Outcome<Vec<Inventory>> {
    let mut found: Vec<Inventory> = Vec::new();
    let mut seen = std::collections::BTreeSet::new();
    for component in client.all("/components").await? {
        let path = format!("/components/{}/inventories", text(&component, "/component/id"));
        for said in client.all(&path).await? {
            if !seen.insert(text(&said, "/sha256")) {
                continue;
            }
            let document = client
                .bytes(&format!("/inventories/{}", text(&said, "/id")))
                .await?;
            let read = String::from_utf8(document).ok();
            let read = read.and_then(|document| Inventory::from_json(&document).ok());
            let unread = || {
                Failure::new(format!(
                    "the server's inventory {} does not read",
                    text(&said, "/id")
                ))
            };
            found.push(read.ok_or_else(unread)?);
        }
    }
    Ok(found)
}

/// Records in groups that a request may hold.
fn batches(records: Vec<String>) -> Outcome<Vec<Vec<Value>>> {
    let (mut all, mut batch, mut bytes) = (Vec::new(), Vec::new(), 0);
    for document in records {
        if batch.len() == BATCH || bytes + document.len() > BATCH_BYTES {
            all.push(std::mem::take(&mut batch));
            bytes = 0;
        }
        bytes += document.len();
        let value = serde_json::from_str(&document);
        batch.push(value.map_err(|error| Failure::new(format!("a record is no JSON: {error}")))?);
    }
    all.push(batch);
    all.retain(|batch| !batch.is_empty());
    Ok(all)
}

/// A component each, with its last inventory and every change of verdict before.
fn shown(found: &Value) -> String {
    let records = found["event"]["records"].as_array().into_iter().flatten();
    let records: Vec<String> = records.map(|id| text(id, "")).collect();
    let mut lines = vec![format!("one event: {}", records.join(", "))];
    for concern in found["components"].as_array().into_iter().flatten() {
        let name = text(concern, "/component/name");
        let findings = concern["findings"].as_array().map_or(&[][..], Vec::as_slice);
        if findings.is_empty() {
            lines.push(format!("{name}: UNKNOWN, it never said what it runs"));
        }
        for finding in findings {
            let verdict = text(finding, "/verdict").replace('-', " ").to_uppercase();
            lines.push(format!(
                "{name}: {verdict} by the scan of {}",
                when(finding, "/inventory/scanned")
            ));
            for at in ["affected", "unknown"] {
                let told = finding[at].as_array().into_iter().flatten();
                lines.extend(told.map(|sentence| format!("    {}", text(sentence, ""))));
            }
        }
    }
    lines.join("\n")
}
