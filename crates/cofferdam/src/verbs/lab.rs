//! `cofferdam lab`

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::client::{self, Connect, text, when};
use crate::fail::Outcome;
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
