//! `cofferdam person`

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::client::{self, Client, Connect, number, text, when};
use crate::fail::Outcome;
use crate::out::Out;
use crate::table::Table;

/// People and components: enrol, list, invite, and where they are written to
#[derive(Debug, Args)]
pub(crate) struct Person {
    #[command(flatten)]
    connect: Connect,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Enrol a person, or a component
    Add {
        /// The name: labs see a pseudonym
        name: String,
        /// Software that holds a credential: an import script, an agent
        #[arg(long)]
        component: bool,
        /// Who administers the installation
        #[arg(long, conflicts_with = "component")]
        operator: bool,
        /// Another one, though somebody is called so already
        #[arg(long)]
        another: bool,
    },
    /// Everybody enrolled, and the components
    List {
        /// Only names that contain this
        #[arg(long, value_name = "TEXT")]
        search: Option<String>,
    },
    /// Say what somebody can do: by it they are offered work when a halt stops theirs. What was said before is forgotten
    Can {
        /// The person: their name or id
        person: String,
        /// A skill, in the firm's words. Once for each
        #[arg(long = "skill", value_name = "WORD")]
        skills: Vec<String>,
        /// A language that they work in. Once for each
        #[arg(long = "language", value_name = "WORD")]
        languages: Vec<String>,
        /// Hours a week that they have
        #[arg(long, value_name = "N", value_parser = super::whole::<0, u32>, allow_negative_numbers = true)]
        hours: u32,
    },
    /// Show, or set, where a person is written to
    Address {
        /// The person: their name or id
        person: String,
        /// The address, in place of the one set before
        #[arg(long, value_name = "ADDRESS", conflicts_with = "none")]
        email: Option<String>,
        /// Write to them no more
        #[arg(long)]
        none: bool,
    },
    /// Make a one-time login link
    Invite {
        /// The person: their name or id
        person: String,
        /// How many minutes it is good for: 1 to 10080
        #[arg(long, default_value_t = 1_440, value_parser = super::whole::<1, u32>, allow_negative_numbers = true)]
        minutes: u32,
    },
}

impl Person {
    pub(crate) async fn run(self, out: Out) -> Outcome {
        let client = self.connect.client()?;
        match self.verb {
            Verb::Add {
                name,
                component,
                operator,
                another,
            } => {
                let kind = if component { "component" } else { "person" };
                let body = json!({ "name": name, "kind": kind, "operator": operator, "another": another });
                let added: Value = client.post("/people", &body).await?;
                out.answer(&added, |p| format!("{}  {}", text(p, "/id"), text(p, "/name")))
            }
            Verb::List { search } => {
                let mut people = client.all("/people").await?;
                let sought = search.unwrap_or_default().to_lowercase();
                people.retain(|p| text(p, "/name").to_lowercase().contains(&sought));
                let mut table = Table::new(&["name", "id", "kind", "engaged", "since", "halted"]);
                for p in &people {
                    let kind = if p["operator"] == true {
                        "operator".to_owned()
                    } else {
                        text(p, "/kind")
                    };
                    let (since, halted) = (when(p, "/created"), text(p, "/halted/reason"));
                    table.row([text(p, "/name"), text(p, "/id"), kind, engaged(p), since, halted]);
                }
                out.table(&people, &table)
            }
            Verb::Can {
                person,
                skills,
                languages,
                hours,
            } => {
                let body = json!({ "skills": skills, "languages": languages, "hours": hours });
                can(&client, &person, &body, out).await
            }
            Verb::Address { person, email, none } => {
                let id = client::person(&client, &person).await?;
                let path = format!("/people/{id}/address");
                if email.is_some() || none {
                    client.put(&path, &json!({ "email": email })).await?;
                }
                let address: Value = client.get(&path).await?;
                out.answer(&address, |address| match text(address, "/email") {
                    none if none.is_empty() => "none".to_owned(),
                    email => email,
                })
            }
            Verb::Invite { person, minutes } => {
                let id = client::person(&client, &person).await?;
                let mut link: Value = client
                    .post(&format!("/people/{id}/links"), &json!({ "minutes": minutes }))
                    .await?;
                let url = text(&link, "/url");
                // The server knows its public address; where it gives a path alone, we know by which we came.
                if url.starts_with('/') {
                    link["url"] = json!(format!("{}{url}", client.base()));
                }
                out.answer(&link, |link| {
                    format!("{}\n(once, until {})", text(link, "/url"), when(link, "/expires"))
                })
            }
        }
    }
}

async fn can(client: &Client, person: &str, abilities: &Value, out: Out) -> Outcome {
    let id = client::person(client, person).await?;
    let set = client.put(&format!("/people/{id}/abilities"), abilities).await?;
    out.answer(&set.unwrap_or_default(), |set| {
        let words = |of: &str| {
            let all = set[of].as_array().into_iter().flatten();
            all.map(|word| text(word, "")).collect::<Vec<_>>().join(", ")
        };
        format!(
            "{person}: {} hours a week; skills: {}; languages: {}",
            text(set, "/hours"),
            words("skills"),
            words("languages")
        )
    })
}

/// Engagements that are active, and how many there were.
fn engaged(person: &Value) -> String {
    match [number(person, "/active"), number(person, "/engagements")] {
        [active, all] if active == all => active.to_string(),
        [active, all] => format!("{active} of {all}, the others ended"),
    }
}
