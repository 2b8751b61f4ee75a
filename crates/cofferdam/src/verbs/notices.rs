//! `cofferdam notices`

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::client::{Client, Connect, text, when};
use crate::fail::Outcome;
use crate::out::{Out, note};
use crate::table::{Table, counted};

/// What you were told: list it, say that you have read it; for operators, how it went to send notices
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Notices {
    #[command(flatten)]
    connect: Connect,
    /// Only those that you have not read
    #[arg(long)]
    unread: bool,
    #[command(subcommand)]
    verb: Option<Verb>,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Say that you have read all of them
    Read,
    /// How it went to send notices by e-mail and to webhooks, newest attempt first: for operators
    Log {
        /// How many attempts, at most
        #[arg(long, default_value_t = 50, value_parser = super::whole::<1, u32>)]
        most: u32,
    },
}

impl Notices {
    pub(crate) async fn run(self, out: Out) -> Outcome {
        let client = self.connect.client()?;
        match self.verb {
            None => list(&client, self.unread, out).await,
            Some(Verb::Read) => read(&client, out).await,
            Some(Verb::Log { most }) => log(&client, most, out).await,
        }
    }
}

async fn list(client: &Client, unread: bool, out: Out) -> Outcome {
    let mut all = client.all("/me/notices").await?;
    all.retain(|notice| !unread || notice["unread"] == true);
    let mut table = Table::new(&["when", "what", "about", "engagement", "lab", "unread"]);
    for notice in &all {
        let [what, about, engagement, lab] =
            ["/subject", "/about", "/engagement", "/lab"].map(|at| text(notice, at));
        let unread = if notice["unread"] == true { "unread" } else { "" };
        table.row([
            when(notice, "/at"),
            what,
            about,
            engagement,
            lab,
            unread.to_owned(),
        ]);
    }
    out.table(&all, &table)
}

async fn read(client: &Client, out: Out) -> Outcome {
    let newest: Value = client.get("/me/notices?limit=1").await?;
    let number = newest["unread"].as_u64().unwrap_or(0);
    let newest = text(&newest, "/items/0/id");
    if !newest.is_empty() {
        client
            .try_post::<Value>("/me/notices/read", &json!({ "up_to": newest }))
            .await?;
    }
    out.answer(&json!({ "read": number }), |_| {
        format!("{} read", counted(number, "notice"))
    })
}

async fn log(client: &Client, most: u32, out: Out) -> Outcome {
    let page: Value = client
        .get(&format!("/notices/log?limit={}", most.min(500)))
        .await?;
    let all = page["items"].as_array().cloned().unwrap_or_default();
    let mut table = Table::new(&[
        "when", "channel", "to", "what", "attempt", "outcome", "status", "state",
    ]);
    for attempt in &all {
        let [channel, recipient, webhook, kind, n, outcome, status, state] = [
            "/channel",
            "/recipient",
            "/webhook",
            "/kind",
            "/attempt",
            "/outcome",
            "/status",
            "/state",
        ]
        .map(|at| text(attempt, at));
        let to = if recipient.is_empty() { webhook } else { recipient };
        table.row([when(attempt, "/at"), channel, to, kind, n, outcome, status, state]);
    }
    if page["next"].is_string() {
        note("there are older ones: --most shows more");
    }
    out.table(&all, &table)
}
