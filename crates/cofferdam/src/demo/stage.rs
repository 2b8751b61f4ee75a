//! Setting the stage over the HTTP API: labs with their stewards and keys, projects with their people and tasks.

use std::collections::HashMap;
use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use cofferdam_model::Budget;
use cofferdam_work::template::TemplateKind;
use serde_json::{Value, json};

use super::cast;
use super::source::Source;
use crate::client::{Client, number, text};
use crate::fail::{Failure, Outcome};
use crate::files::OnFile;
use crate::table::{counted, thousands};
use crate::verbs::identity;

/// Somebody in a role, with a token that is good for it alone.
#[derive(Clone)]
pub(super) struct Seat {
    pub(super) name: String,
    pub(super) person: String,
    pub(super) engagement: String,
    pub(super) pseudonym: String,
    pub(super) credential: String,
    pub(super) client: Client,
}

/// A lab, its steward, and the identity that opens its deliveries.
pub(super) struct Lab {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) steward: Seat,
    pub(super) identity: PathBuf,
}

/// A project with its people.
pub(super) struct Project {
    pub(super) id: String,
    pub(super) name: String,
    /// Its lab's place among the labs.
    pub(super) lab: usize,
    pub(super) kind: TemplateKind,
    pub(super) overlap: usize,
    pub(super) tasks: u64,
    pub(super) left_open: u64,
    /// One contractor for each annotator, in the order of their names.
    pub(super) authors: Vec<Seat>,
    pub(super) reviewer: Seat,
    pub(super) importer: Seat,
    pub(super) exporter: Seat,
}

/// Sets the stage as its operator.
pub(super) struct Stage {
    operator: Client,
    people: HashMap<String, String>,
    pub(super) labs: Vec<Lab>,
}

/// A lab's name as files are called after it.
pub(super) fn short(name: &str) -> String {
    name.split(' ').next().unwrap_or(name).to_lowercase()
}

impl Stage {
    /// The three labs, each with a steward and an identity file below `folder`.
    pub(super) async fn set(operator: Client, folder: &Path) -> Outcome<Self> {
        let identities = folder.join("identities");
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&identities)
            .writing(&identities)?;
        let mut stage = Self {
            operator,
            people: HashMap::new(),
            labs: Vec::new(),
        };
        for (name, steward) in cast::LABS {
            let lab: Value = stage.operator.post("/labs", &json!({ "name": name })).await?;
            let id = text(&lab, "/id");
            let person = stage.person(steward, "person").await?;
            let appointed = stage
                .operator
                .post(&format!("/labs/{id}/stewards"), &json!({ "principal": person }))
                .await?;
            let steward = seat(&stage.operator, steward, person, &appointed).await?;
            let first = short(name);
            let identity = identities.join(format!("{first}.txt"));
            let recipient = identity::new(&identity)?;
            let recipients = json!({ "recipients": [recipient] });
            steward
                .client
                .put(&format!("/labs/{id}/recipients"), &recipients)
                .await?;
            stage.labs.push(Lab {
                id,
                name: name.to_owned(),
                steward,
                identity,
            });
        }
        Ok(stage)
    }

    /// A person or component, enrolled once.
    async fn person(&mut self, name: &str, kind: &str) -> Outcome<String> {
        if let Some(known) = self.people.get(name) {
            return Ok(known.clone());
        }
        let person: Value = self
            .operator
            .post("/people", &json!({ "name": name, "kind": kind }))
            .await?;
        let id = text(&person, "/id");
        self.people.insert(name.to_owned(), id.clone());
        Ok(id)
    }

    /// Somebody, engaged for a project.
    pub(super) async fn engage(
        &mut self,
        project: &str,
        who: &str,
        kind: &str,
        grant: Value,
    ) -> Outcome<Seat> {
        let person = self.person(who, kind).await?;
        let mut grant = grant;
        grant["principal"] = json!(person);
        let engagement: Value = self
            .operator
            .post(&format!("/projects/{project}/engagements"), &grant)
            .await?;
        seat(&self.operator, who, person, &engagement).await
    }

    /// Opens a project in one of the labs, engages its people and brings its tasks in.
    pub(super) async fn open(&mut self, lab: usize, source: &Source, guest: bool) -> Outcome<Project> {
        let within = self
            .labs
            .get(lab)
            .ok_or_else(|| Failure::new("there is no such lab"))?;
        let new = json!({ "name": source.name, "template": source.kind.name(), "overlap": source.overlap });
        let opened: Value = self
            .operator
            .post(&format!("/labs/{}/projects", within.id), &new)
            .await?;
        let id = text(&opened, "/id");
        let import = json!({ "role": "integration", "purposes": ["import"] });
        let importer = self.engage(&id, cast::IMPORTER, "component", import).await?;
        bring_in(&importer, source).await?;
        let author = json!({ "role": "author", "budget": enough(source.tasks) });
        let mut authors = Vec::new();
        for annotator in &source.annotators {
            authors.push(self.engage(&id, annotator, "person", author.clone()).await?);
        }
        if guest && !source.annotators.iter().any(|name| name == cast::GUEST) {
            self.engage(&id, cast::GUEST, "person", author.clone()).await?;
        }
        let reviewer = cast::REVIEWERS.get(lab).copied().unwrap_or(cast::REVIEWERS[0]);
        let reviewer = self
            .engage(&id, reviewer, "person", json!({ "role": "reviewer" }))
            .await?;
        let export = json!({ "role": "integration", "purposes": ["export"] });
        let exporter = self.engage(&id, cast::EXPORTER, "component", export).await?;
        let (name, kind, overlap) = (source.name.clone(), source.kind, source.overlap);
        let (tasks, left_open) = (source.tasks, source.left_open);
        Ok(Project {
            id,
            name,
            lab,
            kind,
            overlap,
            tasks,
            left_open,
            authors,
            reviewer,
            importer,
            exporter,
        })
    }

    /// The operator's view of the server.
    pub(super) fn operator(&self) -> &Client {
        &self.operator
    }

    /// Somebody's id by their name.
    pub(super) fn person_of(&self, name: &str) -> Option<&String> {
        self.people.get(name)
    }
}

/// A seat under an engagement that was granted.
pub(super) async fn seat(operator: &Client, name: &str, person: String, engagement: &Value) -> Outcome<Seat> {
    let id = text(engagement, "/id");
    let token = json!({ "label": "demonstration", "days": 30 });
    let token: Value = operator
        .post(&format!("/engagements/{id}/tokens"), &token)
        .await?;
    Ok(Seat {
        name: name.to_owned(),
        person,
        engagement: id,
        pseudonym: text(engagement, "/pseudonym"),
        credential: text(&token, "/credential"),
        client: operator.with_token(&text(&token, "/token"))?,
    })
}

/// Reading every task, its draft and what comes back, twice over.
fn enough(tasks: u64) -> Budget {
    let own = Budget::PERSON;
    Budget {
        objects_per_hour: own.objects_per_hour.max(tasks * 6),
        objects_per_day: own.objects_per_day.max(tasks * 12),
        ..Budget::JOB
    }
}

/// The guideline and the files, by the component that imports.
async fn bring_in(importer: &Seat, source: &Source) -> Outcome {
    let base = format!("/engagements/{}", importer.engagement);
    importer
        .client
        .put(
            &format!("{base}/guideline"),
            &json!({ "markdown": source.guideline }),
        )
        .await?;
    let mut tasks = 0;
    for file in &source.files {
        let path = format!("{base}/imports{}", source.query);
        let done = importer
            .client
            .upload(&path, "application/octet-stream", file.clone().into())
            .await?;
        tasks += number(&done, "/tasks");
    }
    if tasks == source.tasks {
        return Ok(());
    }
    Err(Failure::new(format!(
        "{}: {} of {} came in; look at the server's log",
        source.name,
        thousands(tasks),
        counted(source.tasks, "task")
    )))
}
