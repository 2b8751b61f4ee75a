//! `cofferdam project`

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use cofferdam_model::EngagementId;
use cofferdam_work::template::{Template, TemplateKind};
use serde_json::{Value, json};

use crate::client::{self, Client, Connect, number, text, when};
use crate::fail::{Failure, Outcome, To};
use crate::files;
use crate::out::Out;
use crate::table::{Table, counted, thousands};

/// Projects: open, list, show, and their guidelines
#[derive(Debug, Args)]
pub(crate) struct Project {
    #[command(flatten)]
    connect: Connect,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Open a project
    Add {
        /// The lab: its name or id
        lab: String,
        /// The project's name
        name: String,
        /// pairwise-preference, ranking, rubric, chat, classification, spans or freeform, or a file with a template document
        #[arg(long, value_name = "KIND|FILE")]
        template: String,
        /// How many people answer each task: 1 to 100
        #[arg(long, value_name = "N", default_value_t = 1, value_parser = super::whole::<1, u32>, allow_negative_numbers = true)]
        overlap: u32,
        /// How long a task is held without a sign of life: 60 to 86400 [default: 1800]
        #[arg(long, value_name = "SECONDS", value_parser = super::whole::<1, i64>, allow_negative_numbers = true)]
        lease_seconds: Option<i64>,
    },
    /// Every project that you oversee
    List {
        /// Of this lab alone: its name or id
        #[arg(long)]
        lab: Option<String>,
    },
    /// One project, with the people engaged for it
    Show {
        /// The project: its name, LAB/NAME or its id
        project: String,
    },
    /// Say what a project asks for: it is offered to those who fit and whom a halt stops elsewhere. What was said before is forgotten
    Wants {
        /// The project: its name, LAB/NAME or its id
        project: String,
        /// A skill that is needed. Once for each
        #[arg(long = "skill", value_name = "WORD")]
        skills: Vec<String>,
        /// A language, one of which is needed. Once for each
        #[arg(long = "language", value_name = "WORD")]
        languages: Vec<String>,
        /// Hours a week; 0: any
        #[arg(long, value_name = "N", default_value_t = 0, value_parser = super::whole::<0, u32>, allow_negative_numbers = true)]
        hours: u32,
        /// How many authors it has room for, with those it has
        #[arg(long, value_name = "N", value_parser = super::whole::<0, u32>, allow_negative_numbers = true)]
        seats: u32,
        /// What those are told who are not engaged for it; it need name neither the lab nor the project
        #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
        notice: String,
    },
    /// Replace a project's keys: what it has sealed is sealed anew in the background, and the keys it was under are taken away
    Rotate {
        /// The project: its name, LAB/NAME or its id
        project: String,
        /// Only say how far that is
        #[arg(long)]
        status: bool,
    },
    /// Print a built-in template, to be changed and given to `project add --template`
    Template {
        /// pairwise-preference, ranking, rubric, chat, classification, spans or freeform
        kind: TemplateKind,
    },
    /// Show or set the guideline
    Guideline {
        /// The project, where the engagement reaches a whole lab
        project: Option<String>,
        /// Under which engagement: author, reviewer, lead, steward, or an integration that imports
        #[arg(long, value_name = "ID", value_parser = super::id::<EngagementId>)]
        engagement: Option<String>,
        /// A file with the new guideline, in Markdown
        #[arg(long, value_name = "FILE")]
        set: Option<PathBuf>,
    },
}

impl Project {
    pub(crate) async fn run(self, out: Out) -> Outcome {
        if let Verb::Template { kind } = &self.verb {
            return out.bytes(kind.builtin_document().as_bytes());
        }
        let client = self.connect.client()?;
        match self.verb {
            // It needs no server.
            Verb::Template { .. } => Ok(()),
            Verb::Add {
                lab,
                name,
                template,
                overlap,
                lease_seconds,
            } => {
                let lab = client::lab(&client, &lab).await?;
                let template = template_of(&template)?;
                let mut body = json!({ "name": name, "template": template, "overlap": overlap });
                if let Some(seconds) = lease_seconds {
                    body["lease_seconds"] = json!(seconds);
                }
                let project: Value = client.post(&format!("/labs/{lab}/projects"), &body).await?;
                out.answer(&project, |p| format!("{}  {}", text(p, "/id"), text(p, "/name")))
            }
            Verb::List { lab } => list(&client, lab.as_deref(), out).await,
            Verb::Show { project } => show(&client, &project, out).await,
            Verb::Wants {
                project,
                skills,
                languages,
                hours,
                seats,
                notice,
            } => {
                let body = json!({
                    "skills": skills, "languages": languages, "hours": hours, "seats": seats, "notice": notice,
                });
                wants(&client, &project, &body, out).await
            }
            Verb::Rotate { project, status } => rotate(&client, &project, status, out).await,
            Verb::Guideline {
                project,
                engagement,
                set,
            } => guideline(&client, project.as_deref(), engagement, set, out).await,
        }
    }
}

/// The name of a built-in template, or the document in a file.
fn template_of(given: &str) -> Outcome<Value> {
    if given.parse::<TemplateKind>().is_ok() {
        return Ok(json!(given));
    }
    if !Path::new(given).exists() {
        return Err(Failure::usage(format!(
            "--template {given}: no built-in template, and there is no file of that name; built in are pairwise-preference, \
             ranking, rubric, chat, classification, spans and freeform, and a path to a file with a template document may be given"
        )));
    }
    let text = files::text(Path::new(given))?;
    // The server reads it as strictly: here the file's name can be said with what is wrong, and no key of it is lost.
    Template::parse(&text).to(given)?;
    serde_json::from_str(&text).to(given)
}

async fn wants(client: &Client, project: &str, wanted: &Value, out: Out) -> Outcome {
    let id = client::project(client, project).await?;
    let set = client.put(&format!("/projects/{id}/wanted"), wanted).await?;
    out.answer(&set.unwrap_or_default(), |set| {
        format!(
            "{project} is offered to those who fit, up to {}",
            text(set, "/seats")
        )
    })
}

async fn list(client: &Client, lab: Option<&str>, out: Out) -> Outcome {
    let path = match lab {
        Some(lab) => format!("/projects?lab={}", client::lab(client, lab).await?),
        None => "/projects".to_owned(),
    };
    let mut projects = client.all(&path).await?;
    if projects.is_empty() {
        client::nothing(client).await?;
    }
    let mut table = Table::new(&[
        "lab", "project", "id", "kind", "tasks", "open", "in work", "done", "state",
    ]);
    projects.iter_mut().for_each(with_in_work);
    for p in &projects {
        let state = if p["halted"].is_null() {
            text(p, "/state")
        } else {
            format!("halted: {}", text(p, "/halted/reason"))
        };
        let counts = [
            number(p, "/tasks/total"),
            number(p, "/tasks/open"),
            number(p, IN_WORK),
            number(p, "/tasks/done"),
        ];
        let counts = counts.map(thousands);
        let names = ["/lab/name", "/name", "/id", "/template_kind"].map(|at| text(p, at));
        table.row(names.into_iter().chain(counts).chain([state]));
    }
    out.table(&projects, &table)
}

/// Where [`with_in_work`] puts it.
const IN_WORK: &str = "/tasks/in_work";

/// Adds to a project's counts the tasks that nobody more may have, and that are not answered as often as they are to be.
fn with_in_work(project: &mut Value) {
    let [all, open, done] = ["/tasks/total", "/tasks/open", "/tasks/done"].map(|at| number(project, at));
    project["tasks"]["in_work"] = json!(all.saturating_sub(open.saturating_add(done)));
}

async fn rotate(client: &Client, project: &str, status: bool, out: Out) -> Outcome {
    let path = format!("/projects/{}/rotation", client::project(client, project).await?);
    let progress: Value = match status {
        true => client.get(&path).await?,
        false => client.post(&path, &json!({})).await?,
    };
    out.answer(&progress, |p| {
        if p["called"].is_null() {
            return "the keys of this project were never replaced".to_owned();
        }
        let (objects, epochs) = (number(p, "/objects"), number(p, "/epochs"));
        let called = when(p, "/called");
        match (objects, epochs) {
            (0, 0) => format!("called for at {called}; done, and every older key is taken away"),
            (0, _) => format!(
                "called for at {called}; nothing is left under older keys, which are taken away an hour after"
            ),
            _ => format!(
                "called for at {called}; {} to be sealed anew, under {}",
                counted(objects, "object version"),
                counted(epochs, "older key")
            ),
        }
    })
}

async fn show(client: &Client, project: &str, out: Out) -> Outcome {
    let id = client::project(client, project).await?;
    let mut found: Value = client.get(&format!("/projects/{id}")).await?;
    // Stewards see a project's counts, operators also who works on it.
    let engaged = match client.all(&format!("/projects/{id}/engagements")).await {
        Ok(engaged) => engaged,
        Err(error) if ["not-in-role", "not-found", "ended"].iter().any(|s| error.is(s)) => Vec::new(),
        Err(error) => return Err(error.into()),
    };
    found["engagements"] = json!(engaged);
    with_in_work(&mut found);
    out.answer(&found, |p| {
        let mut table = Table::pairs();
        for (name, at) in [
            ("project", "/name"),
            ("id", "/id"),
            ("lab", "/lab/name"),
            ("kind", "/template_kind"),
            ("overlap", "/overlap"),
            ("state", "/state"),
            ("halted", "/halted/sentence"),
        ] {
            table.row([name.to_owned(), text(p, at)]);
        }
        for (name, count) in [
            ("tasks", number(p, "/tasks/total")),
            ("  open", number(p, "/tasks/open")),
            ("  in work", number(p, IN_WORK)),
            ("  done", number(p, "/tasks/done")),
            ("submitted", number(p, "/submissions/submitted")),
            ("accepted", number(p, "/submissions/accepted")),
            ("returned", number(p, "/submissions/returned")),
            ("rejected", number(p, "/submissions/rejected")),
            ("lapsed", number(p, "/submissions/lapsed")),
            ("seconds worked", number(p, "/seconds_worked")),
        ] {
            table.row([name.to_owned(), thousands(count)]);
        }
        let mut people = Table::new(&["engagement", "role", "who", "pseudonym", "state", "until"]);
        for e in &engaged {
            let cells = ["/id", "/role", "/principal/name", "/pseudonym", "/state"].map(|at| text(e, at));
            people.row(cells.into_iter().chain([when(e, "/until")]));
        }
        if people.is_empty() {
            table.to_string()
        } else {
            format!("{table}\n{people}")
        }
    })
}

async fn guideline(
    client: &Client,
    project: Option<&str>,
    engagement: Option<String>,
    set: Option<PathBuf>,
    out: Out,
) -> Outcome {
    let engagement = super::import::engagement(client, engagement).await?;
    let which = match project {
        Some(project) => format!("?project={}", client::project(client, project).await?),
        None => String::new(),
    };
    let path = format!("/engagements/{engagement}/guideline{which}");
    if let Some(file) = set {
        let markdown = files::text(&file)?;
        let done = client
            .put(&path, &json!({ "markdown": markdown }))
            .await?
            .unwrap_or_default();
        return out.answer(&done, |done| {
            format!("guideline version {}", text(done, "/version"))
        });
    }
    let found: Value = client.get(&path).await?;
    out.answer(&found, |found| match text(found, "/markdown") {
        none if none.is_empty() => "the project has no guideline yet; --set FILE gives it one".to_owned(),
        markdown => markdown,
    })
}
