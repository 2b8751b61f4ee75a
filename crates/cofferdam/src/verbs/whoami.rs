//! `cofferdam whoami`

use clap::Args;
use serde_json::Value;

use crate::client::{Connect, halted, text, when};
use crate::fail::Outcome;
use crate::out::Out;
use crate::table::Table;

/// Who you are, and what you are engaged for
#[derive(Debug, Args)]
pub(crate) struct Whoami {
    #[command(flatten)]
    connect: Connect,
}

impl Whoami {
    pub(crate) async fn run(self, out: Out) -> Outcome {
        let me: Value = self.connect.client()?.get("/me").await?;
        out.answer(&me, |me| {
            let kind = if me["operator"] == true {
                "operator".to_owned()
            } else {
                text(me, "/kind")
            };
            let mut table = Table::new(&["engagement", "role", "lab", "project", "state", "until"]);
            for e in me["engagements"].as_array().into_iter().flatten() {
                let state = match (when(e, "/ended"), text(e, "/halted/reason")) {
                    (ended, _) if !ended.is_empty() => format!("ended {ended}"),
                    (_, none) if none.is_empty() => text(e, "/state"),
                    (_, reason) => format!("halted: {reason}"),
                };
                let [id, role, lab, project] =
                    ["/id", "/role", "/lab/name", "/project/name"].map(|at| text(e, at));
                table.row([id, role, lab, project, state, when(e, "/until")]);
            }
            let engagements = if table.is_empty() {
                String::new()
            } else {
                format!("\n{table}")
            };
            let halted = halted(me).map_or_else(String::new, |line| line + "\n");
            format!(
                "{} ({kind})  {}\n{halted}{engagements}",
                text(me, "/name"),
                text(me, "/principal")
            )
        })
    }
}
