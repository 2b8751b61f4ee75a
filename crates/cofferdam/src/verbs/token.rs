//! `cofferdam token`

use clap::{Args, Subcommand};
use cofferdam_model::{CredentialId, EngagementId};
use serde_json::{Value, json};

use crate::client::{self, Client, Connect, text, when};
use crate::fail::Outcome;
use crate::out::Out;
use crate::table::Table;

/// API tokens: each good for one engagement, or an operator's own
#[derive(Debug, Args)]
pub(crate) struct Token {
    #[command(flatten)]
    connect: Connect,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Issue a token; it is shown once
    Add {
        /// The id of the engagement that it is good for
        #[arg(value_parser = super::id::<EngagementId>, required_unless_present = "operator")]
        engagement: Option<String>,
        /// In its place: the operator, you or another, whose own it is: their name or id
        #[arg(long, value_name = "PERSON", conflicts_with = "engagement")]
        operator: Option<String>,
        /// What it is for
        #[arg(long)]
        label: String,
        /// How many days it is good for: 1 to 366
        #[arg(long, default_value_t = 30, value_parser = super::whole::<1, u32>, allow_negative_numbers = true)]
        days: u32,
    },
    /// The credentials that are good for an engagement: its tokens, and its holder's sessions and links
    ///
    /// `last on record` is when each last did something that a lab's ledger has; what leaves no entry (lists, for one) does not count.
    List {
        /// The engagement's id
        #[arg(value_parser = super::id::<EngagementId>, required_unless_present = "person")]
        engagement: Option<String>,
        /// In its place: whose own sessions, links and, an operator's, tokens: their name or id
        #[arg(long, value_name = "PERSON", conflicts_with = "engagement")]
        person: Option<String>,
        /// Those that have expired, or were revoked or used, too
        #[arg(long)]
        all: bool,
    },
    /// Revoke a token, session or link by its credential's id
    Revoke {
        /// The credential's id
        #[arg(value_parser = super::id::<CredentialId>)]
        credential: String,
    },
}

impl Token {
    pub(crate) async fn run(self, out: Out) -> Outcome {
        let client = self.connect.client()?;
        match self.verb {
            Verb::Add {
                engagement,
                operator,
                label,
                days,
            } => {
                let body = json!({ "label": label, "days": days });
                let of = of(&client, engagement, operator).await?;
                let issued: Value = client.post(&format!("{of}/tokens"), &body).await?;
                out.answer(&issued, |t| {
                    let [token, credential] = ["/token", "/credential"].map(|at| text(t, at));
                    format!(
                        "{token}\n(shown once; credential {credential}, until {})",
                        when(t, "/expires")
                    )
                })
            }
            Verb::List {
                engagement,
                person,
                all,
            } => {
                let filter = if all { "" } else { "?good=true" };
                let path = format!("{}/credentials{filter}", of(&client, engagement, person).await?);
                let credentials = client.all(&path).await?;
                out.table(&credentials, &listed(&credentials))
            }
            Verb::Revoke { credential } => {
                client.delete(&format!("/credentials/{credential}")).await?;
                out.answer(&json!({ "credential": credential, "revoked": true }), |_| {
                    format!("{credential} is revoked")
                })
            }
        }
    }
}

/// What the credentials are of: an engagement, or else somebody.
async fn of(client: &Client, engagement: Option<String>, person: Option<String>) -> Outcome<String> {
    match (engagement, person) {
        (Some(engagement), _) => Ok(format!("/engagements/{engagement}")),
        (None, person) => {
            let id = client::person(client, &person.unwrap_or_default()).await?;
            Ok(format!("/people/{id}"))
        }
    }
}

fn listed(credentials: &[Value]) -> Table {
    let mut table = Table::new(&[
        "credential",
        "kind",
        "label",
        "issued",
        "expires",
        "last on record",
        "state",
    ]);
    for c in credentials {
        let state = match (when(c, "/revoked"), text(c, "/halted/reason")) {
            (revoked, _) if !revoked.is_empty() => {
                let how = if c["kind"] == "link" {
                    "used or revoked"
                } else {
                    "revoked"
                };
                format!("{how} {revoked}")
            }
            _ if c["good"] == false => "expired".to_owned(),
            (_, reason) if !reason.is_empty() => format!("halted: {reason}"),
            _ => "good".to_owned(),
        };
        let [id, kind, label] = ["/id", "/kind", "/label"].map(|at| text(c, at));
        let [issued, expires, used] = ["/issued", "/expires", "/last_used"].map(|at| when(c, at));
        table.row([id, kind, label, issued, expires, used, state]);
    }
    table
}
