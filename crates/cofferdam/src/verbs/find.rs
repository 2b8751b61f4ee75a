//! `cofferdam find`

use clap::Args;
use serde_json::Value;

use crate::client::{Connect, encoded, text};
use crate::fail::Outcome;
use crate::out::Out;
use crate::table::Table;

/// What an id is of: one that stands in a ledger, a log or a letter
#[derive(Debug, Args)]
pub(crate) struct Find {
    #[command(flatten)]
    connect: Connect,
    /// Any id: of a lab, a project, a person, an engagement, a pseudonym, a credential or its name in a ledger (ct_…), a task, a hold,
    /// an answer, a review, a delivery, a halt, an incident, an inventory or a wall
    #[arg(value_parser = clap::builder::NonEmptyStringValueParser::new())]
    id: String,
}

impl Find {
    pub(crate) async fn run(self, out: Out) -> Outcome {
        let client = self.connect.client()?;
        let found: Value = client.get(&format!("/ids/{}", encoded(&self.id))).await?;
        out.answer(&found, |found| {
            let mut table = Table::pairs();
            table.row([text(found, "/kind").replace('-', " "), self.id.clone()]);
            for (name, at) in [("person", "/person"), ("lab", "/lab"), ("project", "/project")] {
                if found[name].is_object() {
                    let [called, id] = ["/name", "/id"].map(|part| text(found, &format!("{at}{part}")));
                    table.row([name.to_owned(), format!("{called}  {id}")]);
                }
            }
            for name in ["engagement", "credential", "incident"] {
                let id = text(found, &format!("/{name}"));
                if !id.is_empty() && id != self.id {
                    table.row([name.to_owned(), id]);
                }
            }
            table.to_string()
        })
    }
}
