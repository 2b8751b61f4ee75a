//! `cofferdam import`

use std::path::PathBuf;

use clap::Args;
use cofferdam_model::EngagementId;
use cofferdam_work::import::parse_pair;
use futures::TryStreamExt as _;
use serde_json::Value;
use tokio_util::io::ReaderStream;

use crate::client::{self, Client, Connect, encoded, number, text};
use crate::fail::{Failure, Outcome};
use crate::files::{self, OnFile};
use crate::out::Out;
use crate::progress::Progress;
use crate::table::counted;

const CHUNK: usize = 1 << 16;

/// Bring a file of tasks into a project: all of it, or nothing
#[derive(Debug, Args)]
pub(crate) struct Import {
    /// JSONL, a JSON array, or CSV
    file: PathBuf,
    /// Under which engagement: lead, steward, or an integration that imports [default: the token's own]
    #[arg(long, value_name = "ID", value_parser = super::id::<EngagementId>)]
    engagement: Option<String>,
    /// The project, where the engagement reaches a whole lab
    #[arg(long)]
    project: Option<String>,
    /// The file's format, where its first bytes do not tell
    #[arg(long, value_parser = ["jsonl", "json", "csv"])]
    format: Option<String>,
    /// Which column fills a field, as in prompt=Question
    #[arg(long, value_name = "FIELD=COLUMN", value_parser = parse_pair)]
    map: Vec<(String, String)>,
    /// Take tasks without ids although the project has some that ask the same
    #[arg(long)]
    again: bool,
    #[command(flatten)]
    connect: Connect,
}

impl Import {
    pub(crate) async fn run(self, out: Out) -> Outcome {
        let file = files::open(&self.file)?;
        let about = file.metadata().reading(&self.file)?;
        if !about.is_file() {
            let text = format!(
                "{} has no size; write it to a file first, and import that",
                self.file.display()
            );
            return Err(Failure::new(text));
        }
        let file = tokio::fs::File::from_std(file);
        let client = self.connect.client()?;
        let engagement = engagement(&client, self.engagement.clone()).await?;
        let path = format!("/engagements/{engagement}/imports{}", self.query(&client).await?);
        // A server that refuses does so before it has read the file, and the connection breaks: ask first.
        let me: Value = client.get("/me").await?;
        if let Some(ended) = client::ended_at(&me, &path) {
            return Err(Failure::new(ended));
        }
        let progress = Progress::bytes(about.len(), "sending");
        let sent = progress.clone();
        let body =
            ReaderStream::with_capacity(file, CHUNK).inspect_ok(move |chunk| sent.add(chunk.len() as u64));
        let done = client
            .upload(
                &path,
                "application/octet-stream",
                reqwest::Body::wrap_stream(body),
            )
            .await;
        progress.done();
        let done = done.map_err(|error| Failure::from(error).about(self.file.display()))?;
        out.answer(&done, told)
    }

    async fn query(&self, client: &Client) -> Outcome<String> {
        let mut pairs = Vec::new();
        if let Some(project) = &self.project {
            pairs.push(format!("project={}", client::project(client, project).await?));
        }
        pairs.extend(self.format.iter().map(|format| format!("format={format}")));
        if let Some((field, column)) = self.map.iter().find(|(_, column)| column.contains(',')) {
            let text =
                format!("--map {field}={column}: a column whose name has a comma cannot be named; rename it");
            return Err(Failure::usage(text));
        }
        let columns: Vec<String> = self
            .map
            .iter()
            .map(|(field, column)| format!("{field}={column}"))
            .collect();
        if !columns.is_empty() {
            pairs.push(format!("mapping={}", encoded(&columns.join(","))));
        }
        if self.again {
            pairs.push("again=true".to_owned());
        }
        Ok(if pairs.is_empty() {
            String::new()
        } else {
            format!("?{}", pairs.join("&"))
        })
    }
}

/// What came in, and what is worth knowing about it.
fn told(done: &Value) -> String {
    let tasks = counted(number(done, "/tasks"), "task");
    let mut lines = vec![format!("{tasks} imported; {}", text(done, "/explanation"))];
    let notes = done["notes"].as_array().into_iter().flatten();
    lines.extend(notes.map(|note| text(note, "")));
    lines.join("\n")
}

/// The engagement that was named, or the only one that the credential is good for.
pub(super) async fn engagement(client: &Client, named: Option<String>) -> Outcome<String> {
    if let Some(named) = named {
        return Ok(named);
    }
    let me: Value = client.get("/me").await?;
    let held = me["engagements"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|e| e["state"] == "active");
    match held.map(|e| text(e, "/id")).collect::<Vec<_>>().as_slice() {
        [only] => Ok(only.clone()),
        [] => Err(client::over(&me).unwrap_or_else(|| {
            Failure::new(
                "this credential has no active engagement; ask an operator for one (`cofferdam engage`)",
            )
        })),
        several => Err(Failure::usage(format!(
            "this credential has {} active engagements; say under which with --engagement: {}",
            several.len(),
            several.join(", ")
        ))),
    }
}
