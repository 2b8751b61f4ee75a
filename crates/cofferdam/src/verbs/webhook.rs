//! `cofferdam webhook`

use clap::{Args, Subcommand};
use cofferdam_model::WebhookId;
use serde_json::{Value, json};

use crate::client::{self, Client, Connect, text, when};
use crate::fail::{Failure, Outcome};
use crate::out::Out;
use crate::table::Table;

/// Where a lab is told what happens to it, as Standard Webhooks: for its stewards, and for operators
#[derive(Debug, Args)]
pub(crate) struct Webhook {
    #[command(flatten)]
    connect: Connect,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Set one; its secret is shown once
    Set {
        /// The lab: its name or id
        lab: String,
        /// Where messages are posted to, as in https://hooks.lab.example/cofferdam
        url: String,
    },
    /// A lab's webhooks, and how each was last reached
    List {
        /// The lab: its name or id
        lab: String,
    },
    /// Remove one: what waits for it is not sent
    Remove {
        /// The lab: its name or id
        lab: String,
        /// The webhook: its URL or id
        webhook: String,
    },
    /// Have a test sent to one
    Test {
        /// The lab: its name or id
        lab: String,
        /// The webhook: its URL or id
        webhook: String,
    },
}

impl Webhook {
    pub(crate) async fn run(self, out: Out) -> Outcome {
        let client = self.connect.client()?;
        match self.verb {
            Verb::Set { lab, url } => {
                let lab = client::lab(&client, &lab).await?;
                let path = format!("/labs/{lab}/webhooks");
                let set: Value = client.post(&path, &json!({ "url": url })).await?;
                out.answer(&set, |set| {
                    let [id, url, secret] = ["/id", "/url", "/secret"].map(|at| text(set, at));
                    format!("{id}  {url}\n{secret}\n(the secret is not shown again)")
                })
            }
            Verb::List { lab } => {
                let lab = client::lab(&client, &lab).await?;
                list(&client, &format!("/labs/{lab}/webhooks"), out).await
            }
            Verb::Remove { lab, webhook } => {
                let lab = client::lab(&client, &lab).await?;
                let path = format!("/labs/{lab}/webhooks");
                let id = one(&client, &path, &webhook).await?;
                client.delete(&format!("{path}/{id}")).await?;
                out.answer(&json!({ "removed": id }), |_| format!("{id} is removed"))
            }
            Verb::Test { lab, webhook } => {
                let lab = client::lab(&client, &lab).await?;
                let path = format!("/labs/{lab}/webhooks");
                let id = one(&client, &path, &webhook).await?;
                let sent: Value = client.post(&format!("{path}/{id}/test"), &json!({})).await?;
                out.answer(&sent, |sent| {
                    let message = text(sent, "/message");
                    format!("{message} is on its way; `cofferdam webhook list` says how it went")
                })
            }
        }
    }
}

async fn list(client: &Client, path: &str, out: Out) -> Outcome {
    let all = client.all(path).await?;
    let mut table = Table::new(&["webhook", "url", "since", "last tried", "outcome", "status"]);
    for webhook in &all {
        let [id, url, outcome, status] =
            ["/id", "/url", "/last/outcome", "/last/status"].map(|at| text(webhook, at));
        let (since, last) = (when(webhook, "/since"), when(webhook, "/last/at"));
        table.row([id, url, since, last, outcome, status]);
    }
    out.table(&all, &table)
}

/// A webhook of a lab by its id or URL.
async fn one(client: &Client, path: &str, given: &str) -> Outcome<String> {
    if let Ok(id) = given.parse::<WebhookId>() {
        return Ok(id.to_string());
    }
    let all = client.all(path).await?;
    let found = all.iter().find(|known| text(known, "/url") == given);
    found.map(|known| text(known, "/id")).ok_or_else(|| {
        Failure::new(format!(
            "the lab has no webhook `{given}`; `cofferdam webhook list` shows those that it has"
        ))
    })
}
