//! `cofferdam lab`

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::client::{self, Connect, text, when};
use crate::fail::{Failure, Outcome};
use crate::out::{Out, note};
use crate::table::Table;

/// Labs: open, list, and whom their deliveries are encrypted to
#[derive(Debug, Args)]
pub(crate) struct Lab {
    #[command(flatten)]
    connect: Connect,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Open a lab's compartment
    Add {
        /// The lab's name
        name: String,
    },
    /// Every lab that you oversee
    List,
    /// Show or, as its steward, set whom a lab's deliveries are encrypted to
    Recipients {
        /// The lab: its name or id
        lab: String,
        /// age recipients, in place of those set before
        #[arg(value_name = "age1…")]
        recipients: Vec<String>,
    },
    /// Who holds a lab's keys and how the keyholder stands; with a code, enrol the server with one that the lab runs
    ///
    /// `cofferdam-keyholder enrol --node NAME`, on the lab's machine, prints the code. From the first time on the lab's keys are minted by its
    /// own keyholder, and what was sealed before is sealed anew in the background.
    Keyholder {
        /// The lab: its name or id
        lab: String,
        /// The code, once
        #[arg(long, value_name = "cfk1_…", requires = "node")]
        code: Option<String>,
        /// The name that the code was made for
        #[arg(long, value_name = "NAME", requires = "code")]
        node: Option<String>,
    },
    /// The key that signs the manifests of a lab's deliveries, for `cofferdam open --vkey`
    Vkey {
        /// The lab: its name or id
        lab: String,
    },
}

impl Lab {
    pub(crate) async fn run(self, out: Out) -> Outcome {
        let client = self.connect.client()?;
        match self.verb {
            Verb::Add { name } => {
                let lab: Value = client.post("/labs", &json!({ "name": name })).await?;
                out.answer(&lab, |lab| {
                    format!("{}  {}", text(lab, "/id"), text(lab, "/name"))
                })
            }
            Verb::List => {
                let labs = client.all("/labs").await?;
                if labs.is_empty() {
                    client::nothing(&client).await?;
                }
                let mut table = Table::new(&["lab", "id", "projects", "since", "open halts", "halted"]);
                for lab in &labs {
                    let halted = match lab["closed"].as_bool() {
                        Some(true) => {
                            "its ledger does not check and is closed: run `cofferdam doctor`".to_owned()
                        }
                        _ => text(lab, "/halted/reason"),
                    };
                    let cells = [
                        text(lab, "/name"),
                        text(lab, "/id"),
                        text(lab, "/projects"),
                        when(lab, "/created"),
                        text(lab, "/open_halts"),
                        halted,
                    ];
                    table.row(cells);
                }
                out.table(&labs, &table)
            }
            Verb::Vkey { lab } => {
                let lab = client::lab(&client, &lab).await?;
                let key = client.bytes(&format!("/labs/{lab}/deliveries/vkey")).await?;
                let key = String::from_utf8_lossy(&key).into_owned();
                out.answer(&json!({ "vkey": key }), |_| key.clone())
            }
            Verb::Keyholder { lab, code, node } => {
                let lab = client::lab(&client, &lab).await?;
                let path = format!("/labs/{lab}/keyholder");
                if let (Some(code), Some(node)) = (code, node) {
                    client.put(&path, &json!({ "code": code, "node": node })).await?;
                }
                let holding: Value = client.get(&path).await?;
                out.answer(&holding, held_by)?;
                let leases = holding["trouble"].is_null()
                    && holding["standing"]["diverged"].is_null()
                    && holding["standing"]["halts"].as_array().is_none_or(Vec::is_empty);
                let not = || Failure::new("this lab's keyholder does not lease all that it could: see above");
                leases.then_some(()).ok_or_else(not)
            }
            Verb::Recipients { lab, recipients } => {
                let lab = client::lab(&client, &lab).await?;
                let path = format!("/labs/{lab}/recipients");
                if !recipients.is_empty() {
                    client.put(&path, &json!({ "recipients": recipients })).await?;
                }
                let set: Value = client.get(&path).await?;
                out.answer(&set, told)
            }
        }
    }
}

/// Who holds a lab's keys, in lines.
fn held_by(holding: &Value) -> String {
    if holding["held_by"] == "platform" {
        return "the platform holds this lab's keys itself, in its own process".to_owned();
    }
    let mut lines = vec![
        format!("keyholder  {}", text(holding, "/authority")),
        format!("witness    {}", text(holding, "/witness")),
        format!("since      entry {} of the lab's ledger", text(holding, "/entry")),
    ];
    if let Some(why) = holding["trouble"].as_str() {
        lines.push(format!("TROUBLE    {why}"));
    }
    match &holding["standing"] {
        Value::Null => {}
        standing => {
            let (node, until) = (text(standing, "/node"), when(standing, "/enrolled_until"));
            lines.push(format!("enrolled   as {node}, until {until}"));
            lines.push(format!(
                "witnessed  {} entries of the lab's ledger",
                text(standing, "/witnessed")
            ));
            for halt in standing["halts"].as_array().into_iter().flatten() {
                let what = halt["project"].as_str().unwrap_or("everything");
                let since = when(halt, "/since");
                lines.push(format!(
                    "HALTED     {what}, since {since}: {}",
                    text(halt, "/reason")
                ));
            }
            if let Some(why) = standing["diverged"].as_str() {
                lines.push(format!(
                    "DIVERGED   {why}. Nothing is leased until the lab has decided"
                ));
            }
        }
    }
    lines.join("\n")
}

/// Recipients, one a line.
fn told(set: &Value) -> String {
    let all = set["recipients"].as_array().into_iter().flatten();
    let all: Vec<&str> = all.filter_map(Value::as_str).collect();
    if all.is_empty() {
        note(
            "nothing can be delivered yet: the lab's steward sets its recipients with `cofferdam lab recipients LAB age1…`",
        );
        return "none".to_owned();
    }
    all.join("\n")
}
