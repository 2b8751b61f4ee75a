//! Opening projects.

use std::sync::Arc;

use cofferdam_custody::{AdminCommand, AdminDone, AdminScope, Again, Caller, GateError, ObjectKind, Sealed};
use cofferdam_model::{Budget, Compartment, Fact, LabId, Purpose, Reach, Role};
use cofferdam_store::project::{self, ProjectRow};

use super::engagements::{Grant, grant};
use super::jobs::{AGREEMENT, DELIVERY};
use super::people::{check_name, same_to_the_eye};
use super::{Platform, WorkError};
use crate::template::{Template, TemplateKind};

/// A project to be opened.
#[derive(Debug, Clone)]
pub struct NewProject {
    /// For which lab.
    pub lab: LabId,
    /// What the firm calls it.
    pub name: String,
    /// A template document, or the name of a built-in kind.
    pub template: String,
    /// How many people answer each task: 1 to 100.
    pub overlap: u32,
    /// How long a task is held without a sign of life: 60 to 86,400.
    pub lease_seconds: i64,
}

struct OpenProject {
    row: ProjectRow,
    template: Sealed,
}

impl AdminCommand for OpenProject {
    type Output = ProjectRow;
    type Error = WorkError;
    const AGAIN: Option<Again<Self::Output>> = Some(Again::json("open-project"));

    fn run(self, scope: &mut AdminScope<'_, '_>) -> Result<AdminDone<ProjectRow>, GateError<WorkError>> {
        let (lab, id) = (self.row.lab, self.row.id);
        let compartment = Compartment::Lab(lab);
        scope.authority(compartment)?.ok_or(WorkError::NotFound("lab"))?;
        let all = project::of_lab(scope.tx.reader(), lab)?;
        if let Some(known) = all
            .iter()
            .find(|known| same_to_the_eye(&known.name, &self.row.name))
        {
            let text = format!(
                "the lab has a project called `{}` already; choose another name",
                known.name
            );
            return Err(WorkError::Conflict(text).into());
        }
        let row = self.row;
        // What is read of the project is looked for in the ledger from this time on.
        if scope.now < row.created {
            return Err(WorkError::Conflict("the clock was put back meanwhile; ask again".into()).into());
        }
        project::insert(scope.tx, &row)?;
        scope.put(&self.template)?;
        let mut facts = vec![Fact::ProjectOpened {
            project: id,
            template: self.template.reference(),
        }];
        let mut enrolled = Vec::new();
        for (name, purpose) in [(AGREEMENT, Purpose::Agreement), (DELIVERY, Purpose::Delivery)] {
            let (principal, new) = scope.job(name)?;
            enrolled.extend(new);
            let wanted = Grant {
                principal,
                lab,
                reach: Reach::Project(id),
                role: Role::Integration,
                purposes: vec![purpose],
                until: None,
                budget: Budget::JOB,
            };
            facts.push(grant(scope, wanted)?.1);
        }
        let enrolled = enrolled.into_iter().map(|fact| (Compartment::Installation, fact));
        let facts = facts.into_iter().map(|fact| (compartment, fact));
        let facts = facts.chain(enrolled).collect();
        Ok(AdminDone {
            output: row,
            facts,
            consequences: Vec::new(),
        })
    }
}

fn template_of(text: &str) -> Result<(Template, String), WorkError> {
    let text = text.trim();
    if let Ok(kind) = text.parse::<TemplateKind>() {
        let template = Template::builtin(kind).map_err(|e| WorkError::Failed(e.to_string()))?;
        let json = template.to_json().map_err(|e| WorkError::Failed(e.to_string()))?;
        return Ok((template, json));
    }
    if !text.starts_with('{') {
        let known = TemplateKind::ALL.map(TemplateKind::name).join(", ");
        let reason = format!(
            "`{}` is no kind of template ({known}) and no template document",
            shorten(text)
        );
        return Err(WorkError::invalid("/template", reason));
    }
    match Template::parse(text) {
        Ok(template) => Ok((template, text.to_owned())),
        Err(error) => Err(WorkError::invalid(
            format!("/template{}", error.pointer),
            error.reason,
        )),
    }
}

fn shorten(text: &str) -> String {
    text.chars().take(60).collect()
}

impl Platform {
    /// Opens a project, with the engagements of the platform's own jobs on it.
    pub async fn open_project(&self, caller: &Caller, new: NewProject) -> Result<ProjectRow, WorkError> {
        let name = check_name("/name", &new.name)?;
        if !(1..=100).contains(&new.overlap) {
            return Err(WorkError::invalid(
                "/overlap",
                "1 to 100 people can answer each task",
            ));
        }
        if !(60..=86_400).contains(&new.lease_seconds) {
            return Err(WorkError::invalid(
                "/lease_seconds",
                "60 to 86400 (a day) are possible",
            ));
        }
        self.gate.administers(caller)?;
        self.lab(new.lab).await?;
        let (template, json) = template_of(&new.template)?;
        let object = self.fresh()?;
        let row = self.gate.secrets().bound(ProjectRow {
            id: self.fresh()?,
            lab: new.lab,
            name,
            template_kind: template.kind().name().to_owned(),
            template: object,
            overlap: new.overlap,
            lease_seconds: new.lease_seconds,
            guideline: None,
            guideline_version: 0,
            created: self.gate.env().now(),
        });
        let (id, kind) = (row.id, ObjectKind::Template);
        let sealed = self
            .gate
            .seal(new.lab, id, kind, object, 1, json.as_bytes())
            .await?;
        let opened = self
            .gate
            .administer(
                caller,
                OpenProject {
                    row,
                    template: sealed,
                },
            )
            .await?
            .0;
        self.keep_template(id, Arc::new(template));
        Ok(opened)
    }
}
