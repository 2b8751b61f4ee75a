//! `cofferdam wall`

use clap::{Args, Subcommand};
use cofferdam_model::WallId;
use serde_json::{Value, json};

use crate::client::{self, Client, Connect, number, text, when};
use crate::fail::{Failure, Outcome};
use crate::out::Out;
use crate::table::{Table, counted};

/// Walls between labs: whoever has seen one side's data sees no other's until a cooling-off has passed
#[derive(Debug, Args)]
pub(crate) struct Wall {
    #[command(flatten)]
    connect: Connect,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Put one up; what was seen before counts, too
    Declare {
        /// What the firm calls it; no lab is shown it
        name: String,
        /// A lab of the class, by its name or id. Once for each
        #[arg(long = "lab", value_name = "LAB", required = true)]
        labs: Vec<String>,
        /// For how many days what was seen counts, from the end of that day, UTC
        #[arg(long, value_name = "DAYS", value_parser = super::whole::<1, u32>, allow_negative_numbers = true)]
        cooling_off: u32,
        /// Why; no lab is shown it
        #[arg(long)]
        reason: String,
    },
    /// The walls that stand
    List,
    /// Let labs join or leave the class, or make the cooling-off another
    Change {
        /// The wall, by its name or id
        wall: String,
        /// A lab that joins. Once for each
        #[arg(long, value_name = "LAB")]
        add: Vec<String>,
        /// A lab that leaves. Once for each
        #[arg(long, value_name = "LAB")]
        remove: Vec<String>,
        /// For how many days what was seen counts
        #[arg(long, value_name = "DAYS", value_parser = super::whole::<1, u32>, allow_negative_numbers = true)]
        cooling_off: Option<u32>,
        /// Why; must be said of what makes the wall weaker
        #[arg(long)]
        reason: Option<String>,
    },
    /// Take one down
    Lift {
        /// The wall, by its name or id
        wall: String,
        /// Why
        #[arg(long)]
        reason: String,
    },
}

impl Wall {
    pub(crate) async fn run(self, out: Out) -> Outcome {
        let client = self.connect.client()?;
        match self.verb {
            Verb::Declare {
                name,
                labs: given,
                cooling_off,
                reason,
            } => {
                let labs = labs(&client, &given).await?;
                let body =
                    json!({ "name": name, "labs": labs, "cooling_off_days": cooling_off, "reason": reason });
                let wall: Value = client.post("/walls", &body).await?;
                out.answer(&wall, stands)
            }
            Verb::List => list(&client, out).await,
            Verb::Change {
                wall,
                add,
                remove,
                cooling_off,
                reason,
            } => {
                if add.is_empty() && remove.is_empty() && cooling_off.is_none() {
                    let text = "say what is to be another: --add, --remove or --cooling-off";
                    return Err(Failure::usage(text));
                }
                let id = wall_of(&client, &wall).await?;
                let mut body =
                    json!({ "add": labs(&client, &add).await?, "remove": labs(&client, &remove).await? });
                if let Some(days) = cooling_off {
                    body["cooling_off_days"] = json!(days);
                }
                if let Some(reason) = reason {
                    body["reason"] = json!(reason);
                }
                let wall: Value = client.post(&format!("/walls/{id}/change"), &body).await?;
                out.answer(&wall, stands)
            }
            Verb::Lift { wall, reason } => {
                let id = wall_of(&client, &wall).await?;
                let body = json!({ "reason": reason });
                let wall: Value = client.post(&format!("/walls/{id}/lift"), &body).await?;
                out.answer(&wall, |wall| {
                    let (id, name) = (text(wall, "/id"), text(wall, "/name"));
                    format!("{id}  {name} stands no more since {}", when(wall, "/lifted"))
                })
            }
        }
    }
}

async fn labs(client: &Client, given: &[String]) -> Outcome<Vec<String>> {
    let mut ids = Vec::with_capacity(given.len());
    for lab in given {
        ids.push(client::lab(client, lab).await?.to_string());
    }
    Ok(ids)
}

/// A wall by its id, or its name.
async fn wall_of(client: &Client, given: &str) -> Outcome<WallId> {
    if given.starts_with("wal_") {
        return given
            .parse()
            .map_err(|error: cofferdam_model::IdError| Failure::usage(error.to_string()));
    }
    let walls = client.all("/walls").await?;
    let named = walls.iter().find(|wall| text(wall, "/name") == given);
    let missing = || {
        Failure::new(format!(
            "there is no wall called `{given}`; `cofferdam wall list` lists them"
        ))
    };
    let id = named.map(|wall| text(wall, "/id")).ok_or_else(missing)?;
    id.parse().map_err(|_| missing())
}

fn between(wall: &Value) -> String {
    let all = wall["labs"].as_array().into_iter().flatten();
    all.map(|lab| text(lab, "/name")).collect::<Vec<_>>().join(", ")
}

fn stands(wall: &Value) -> String {
    let (id, name) = (text(wall, "/id"), text(wall, "/name"));
    format!(
        "{id}  {name} stands between {}\nwhoever has seen data of one sees none of another's for {}\nstopped by walls there now: {}",
        between(wall),
        counted(number(wall, "/cooling_off_days"), "day"),
        counted(number(wall, "/stopped"), "engagement")
    )
}

async fn list(client: &Client, out: Out) -> Outcome {
    let walls = client.all("/walls").await?;
    let mut table = Table::new(&["wall", "name", "between", "days", "stopped", "since", "why"]);
    for wall in &walls {
        let last = wall["acts"].as_array().and_then(|acts| acts.last());
        table.row([
            text(wall, "/id"),
            text(wall, "/name"),
            between(wall),
            text(wall, "/cooling_off_days"),
            text(wall, "/stopped"),
            when(wall, "/declared"),
            last.map_or_else(String::new, |act| text(act, "/reason")),
        ]);
    }
    out.table(&walls, &table)
}
