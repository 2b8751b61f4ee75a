//! `cofferdam exposure`

mod archived;

use std::path::PathBuf;

use clap::Args;
use cofferdam_archive::Whose;
use cofferdam_ledger::note::VerifyingKey;
use cofferdam_model::CredentialId;
use serde_json::Value;

use crate::client::{Connect, encoded, number, text, when};
use crate::fail::Outcome;
use crate::out::Out;
use crate::progress::waiting;
use crate::table::{Table, thousands};

/// What the ledgers say that a credential touched, by lab
///
/// Of archives (`cofferdam ledger archive`) no server is asked. They know people and components by the names that their ledger has for them, and
/// answer for what they have of it: the rest is unknown.
#[derive(Debug, Args)]
pub(crate) struct Exposure {
    /// The credential's id
    #[arg(long, value_name = "ID", value_parser = super::id::<CredentialId>, required_unless_present = "archive", conflicts_with = "archive")]
    credential: Option<String>,
    /// Ask these archives, folders that `cofferdam ledger archive` wrote, instead of the server
    #[arg(long, value_name = "DIR", num_args = 1.., requires = "of")]
    archive: Vec<PathBuf>,
    /// Of archives: whose exposure, by a name that the ledger has: a pseudonym (p_…), a credential tag (ct_…) or an engagement (eng_…)
    #[arg(long, value_name = "NAME", num_args = 1.., value_parser = archived::whose, requires = "archive")]
    of: Vec<Whose>,
    /// Of archives: the ledgers' keys, from where you trust them; else nobody vouches for the keys within
    #[arg(long, value_name = "KEY", num_args = 1.., value_parser = super::verify::key, requires = "archive")]
    vkey: Vec<VerifyingKey>,
    /// From when, as in 2026-03-24T10:39:00Z; else from the beginning
    #[arg(long, value_name = "TIME", value_parser = super::time)]
    from: Option<String>,
    /// Until before when; else until now; of archives, however long they go
    #[arg(long, value_name = "TIME", value_parser = super::time)]
    to: Option<String>,
    #[command(flatten)]
    connect: Connect,
}

impl Exposure {
    pub(crate) async fn run(self, out: Out) -> Outcome {
        let Some(credential) = &self.credential else {
            let asked = archived::Asked {
                archives: self.archive,
                of: self.of,
                keys: self.vkey,
                from: self.from,
                to: self.to,
            };
            return asked.run(out).await;
        };
        let client = self.connect.client()?;
        let mut path = format!("/exposure?credential={credential}");
        for (name, time) in [("from", &self.from), ("to", &self.to)] {
            path.extend(time.iter().map(|time| format!("&{name}={}", encoded(time))));
        }
        let found: Value = waiting("reading the ledgers", client.get(&path)).await?;
        out.answer(&found, |found| {
            let columns = [
                "lab",
                "project",
                "releases",
                "bytes",
                "entries",
                "as operator",
                "first",
                "last",
            ];
            let mut table = Table::new(&columns);
            for lab in found["labs"].as_array().into_iter().flatten() {
                let whole = ["/releases", "/bytes", "/entries", "/administered"];
                let whole = whole.map(|at| thousands(number(lab, at)));
                let names = [text(lab, "/lab/name"), "(all)".to_owned()];
                table.row(
                    names
                        .into_iter()
                        .chain(whole)
                        .chain([when(lab, "/first"), when(lab, "/last")]),
                );
                for project in lab["projects"].as_array().into_iter().flatten() {
                    let counts = ["/releases", "/bytes"].map(|at| thousands(number(project, at)));
                    table.row(
                        [String::new(), text(project, "/project/name")]
                            .into_iter()
                            .chain(counts),
                    );
                }
            }
            let unknown = found["unknown"].as_array().into_iter().flatten();
            let unknown =
                unknown.map(|lab| format!("UNKNOWN: the ledger of {} does not check\n", text(lab, "/name")));
            let labs = found["labs"].as_array().into_iter().flatten();
            let undated = labs.filter(|lab| lab["undated"].is_object()).map(undated);
            format!(
                "{}{}{table}{}\n",
                unknown.collect::<String>(),
                undated.collect::<String>(),
                beyond(&found["installation"])
            )
        })
    }
}

/// What it did beyond the labs.
fn beyond(installation: &Value) -> String {
    if installation.is_null() {
        return "UNKNOWN: the installation's ledger does not check".to_owned();
    }
    let [administered, refused] = ["/administered", "/refused"].map(|at| thousands(number(installation, at)));
    format!(
        "beyond the labs, in the installation's ledger: {administered} entries of what it did as an operator, {refused} of what was refused it"
    )
}

/// What may be within the window too, and is not in the table.
fn undated(lab: &Value) -> String {
    let [entries, releases, bytes] =
        ["/undated/entries", "/undated/releases", "/undated/bytes"].map(|at| thousands(number(lab, at)));
    let until = match lab.pointer("/undated/to").and_then(Value::as_str) {
        Some(_) => format!("and {}", when(lab, "/undated/to")),
        None => "and now: the clock is still behind".to_owned(),
    };
    format!(
        "UNDATED: {entries} more entries of {} ({releases} releases, {bytes} bytes) may be within: the clock was put back there, \
         and they were made at some time between {} {until}\n",
        text(lab, "/lab/name"),
        when(lab, "/undated/from")
    )
}
