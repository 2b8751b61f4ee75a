//! `cofferdam halt` and `cofferdam resume`

use clap::Args;
use cofferdam_model::{HaltId, Scope};
use serde_json::{Value, json};

use crate::client::{self, Client, Connect, text, when};
use crate::fail::{Failure, Outcome};
use crate::out::Out;

/// Stop a scope at once: work under it ends, open streams are cut, timers stop
#[derive(Debug, Args)]
pub(crate) struct Halt {
    /// installation; or lab:, project:, person: or component: and a name or id; or engagement: or credential: and an id
    scope: String,
    /// Why; everybody concerned is shown a fixed sentence for it
    #[arg(long, value_parser = ["incident", "component", "lab-request", "credential", "budget", "maintenance", "drill"])]
    reason: String,
    /// Until when, as in 2026-12-31T00:00:00Z; else until it is resumed
    #[arg(long, value_name = "TIME", value_parser = super::time)]
    until: Option<String>,
    #[command(flatten)]
    connect: Connect,
}

/// End a halt
#[derive(Debug, Args)]
pub(crate) struct Resume {
    /// The halt's id
    #[arg(value_parser = super::id::<HaltId>)]
    halt: String,
    #[command(flatten)]
    connect: Connect,
}

impl Halt {
    pub(crate) async fn run(self, out: Out) -> Outcome {
        let client = self.connect.client()?;
        let scope = scope(&client, &self.scope).await?;
        let mut body = json!({ "scope": scope.to_string(), "reason": self.reason });
        if let Some(until) = self.until {
            body["until"] = json!(until);
        }
        let halt: Value = client.post("/halts", &body).await?;
        out.answer(&halt, |halt| {
            let [id, name, sentence] = ["/id", "/scope_name", "/sentence"].map(|at| text(halt, at));
            let [timers, engagements] = ["/stopped/timers", "/stopped/engagements"].map(|at| text(halt, at));
            format!(
                "{id}  {name} is halted since {}: {sentence}\nstopped: {engagements} engagements, {timers} running \
                 timers, every open stream\nend it with: cofferdam resume {id}",
                when(halt, "/since")
            )
        })
    }
}

impl Resume {
    pub(crate) async fn run(self, out: Out) -> Outcome {
        let client = self.connect.client()?;
        let done: Value = client
            .post(&format!("/halts/{}/resume", self.halt), &json!({}))
            .await?;
        out.answer(&done, |halt| {
            let [id, name] = ["/id", "/scope_name"].map(|at| text(halt, at));
            format!("{id}  {name} goes on since {}", when(halt, "/resumed"))
        })
    }
}

/// A scope by ids; of labs, projects, people and components also by name.
async fn scope(client: &Client, given: &str) -> Outcome<Scope> {
    let wrong = match given.parse::<Scope>() {
        Ok(scope) => return Ok(scope),
        Err(wrong) => Failure::usage(wrong.to_string()),
    };
    Ok(match given.split_once(':') {
        Some(("lab", name)) => Scope::Lab(client::lab(client, name).await?),
        Some(("project", name)) => Scope::Project(client::project(client, name).await?),
        Some(("person", name)) => Scope::Person(client::person(client, name).await?),
        Some(("component", name)) => Scope::Component(client::person(client, name).await?),
        _ => return Err(wrong),
    })
}
