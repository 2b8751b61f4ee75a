//! `cofferdam component`

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use cofferdam_inventory::scan::Limits;
use cofferdam_inventory::{Inventory, Root, scan};
use cofferdam_model::{EngagementId, SystemClock};
use serde_json::{Value, json};

use super::import::engagement;
use crate::client::{self, Connect, number, text, when};
use crate::fail::{Failure, Outcome};
use crate::files::OnFile as _;
use crate::out::{Out, note};
use crate::progress::waiting;
use crate::table::{Table, counted};

/// How many gaps are told one by one.
const MOST_TOLD: usize = 20;

/// Components: what they run, and when each last said so
#[derive(Debug, Args)]
pub(crate) struct Component {
    #[command(flatten)]
    connect: Connect,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Read what this machine runs: environments, lock files, Debian's packages, bills of materials. Nothing is run or changed
    Scan {
        /// Folders with everything below them, or single files; `/` for the whole machine
        #[arg(required = true, value_name = "PATH")]
        paths: Vec<PathBuf>,
        /// Where to write the inventory; else to standard output, unless it is reported
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        /// Send it to the server, as the component that the token is for
        #[arg(long)]
        report: bool,
        /// Under which engagement [default: the token's own]
        #[arg(long, value_name = "ID", requires = "report", value_parser = super::id::<EngagementId>)]
        engagement: Option<String>,
    },
    /// Every component, and when it last said what it runs
    List,
    /// What a component said, each time
    Show {
        /// The component: its name or id
        component: String,
    },
}

impl Component {
    pub(crate) async fn run(self, out: Out) -> Outcome {
        match self.verb {
            Verb::Scan {
                paths,
                out: to,
                report,
                engagement,
            } => {
                let found = scanned(&paths).await?;
                if let Some(to) = &to {
                    std::fs::write(to, found.to_json()).writing(to)?;
                }
                if report {
                    return reported(&self.connect, engagement, &found, out).await;
                }
                gaps(&found);
                match to {
                    None => out.bytes(found.to_json().as_bytes()),
                    Some(_) => out.answer(&counts(&found), told),
                }
            }
            Verb::List => list(&self.connect, out).await,
            Verb::Show { component } => show(&self.connect, &component, out).await,
        }
    }
}

/// Reads the roots, on a thread of its own.
async fn scanned(paths: &[PathBuf]) -> Outcome<Inventory> {
    for path in paths {
        // A path that is not there was mistyped; what cannot be read further down is a gap.
        std::fs::metadata(path).reading(path)?;
    }
    let roots: Vec<Root> = paths.iter().map(|path| Root::at(path as &Path)).collect();
    let now = cofferdam_model::Clock::now(&SystemClock);
    let work = tokio::task::spawn_blocking(move || scan(&roots, &Limits::default(), Some(now)));
    let found = waiting("reading what this machine runs", work).await;
    found.map_err(|error| Failure::new(format!("the scan came to no end: {error}")))
}

async fn reported(connect: &Connect, under: Option<String>, found: &Inventory, out: Out) -> Outcome {
    let client = connect.client()?;
    let under = engagement(&client, under).await?;
    let path = format!("/engagements/{under}/inventories");
    let body = reqwest::Body::from(found.to_json());
    let said: Value = client.upload(&path, "application/json", body).await?;
    gaps(found);
    out.answer(&said, |said| {
        format!("{}; reported as {}", told(said), text(said, "/id"))
    })
}

fn counts(found: &Inventory) -> Value {
    json!({ "packages": found.packages.len(), "startup": found.startup.len(), "gaps": found.gaps.len() })
}

fn told(counts: &Value) -> String {
    let [packages, startup, gaps] = ["/packages", "/startup", "/gaps"].map(|at| number(counts, at));
    format!(
        "{}, {} that run at every start of an interpreter, {}",
        counted(packages, "package"),
        counted(startup, "file"),
        counted(gaps, "gap")
    )
}

/// Says what was not read: it stays unknown.
fn gaps(found: &Inventory) {
    for gap in found.gaps.iter().take(MOST_TOLD) {
        note(format!("not read: {gap}"));
    }
    if let Some(more) = found.gaps.len().checked_sub(MOST_TOLD).filter(|more| *more > 0) {
        note(format!("and {more} more; the inventory lists all"));
    }
}

async fn list(connect: &Connect, out: Out) -> Outcome {
    let all = connect.client()?.all("/components").await?;
    let mut table = Table::new(&["component", "id", "inventories", "last scan", "received"]);
    for component in &all {
        let last = |at: &str| match component["last"].is_null() {
            true => "never: unknown".to_owned(),
            false => when(component, at),
        };
        table.row([
            text(component, "/component/name"),
            text(component, "/component/id"),
            text(component, "/inventories"),
            last("/last/scanned"),
            last("/last/received"),
        ]);
    }
    out.table(&all, &table)
}

async fn show(connect: &Connect, component: &str, out: Out) -> Outcome {
    let client = connect.client()?;
    let id = client::person(&client, component).await?;
    let all = client.all(&format!("/components/{id}/inventories")).await?;
    let mut table = Table::new(&["inventory", "scanned", "received", "sha256"]);
    for said in &all {
        let digest: String = text(said, "/sha256").chars().take(16).collect();
        table.row([
            text(said, "/id"),
            when(said, "/scanned"),
            when(said, "/received"),
            digest,
        ]);
    }
    out.table(&all, &table)
}
