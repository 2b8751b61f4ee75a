//! Bringing tasks in: checked row by row, all or nothing, one entry for the whole.

use std::sync::Arc;

use cofferdam_custody::{Caller, Command, Done, GateError, ObjectKind, Scope, Sealed};
use cofferdam_model::{Act, EngagementId, Fact, ObjectRef, ProjectId};
use cofferdam_store::project::ProjectRow;
use cofferdam_store::task::{self, TaskRow};
use cofferdam_store::{object, project};
use serde_json::{Value, json};

use super::bound;
use super::known::{self, Identity, Telling};
use super::{FieldError, Platform, WorkError};
use crate::import::{Import, ImportError, ImportOptions, ImportedTask, import, listed};
use crate::strict_json::{clip, counted};
use crate::template::Template;

/// How a file is to be brought in.
#[derive(Debug, Clone, Default)]
pub struct Bringing {
    /// How it is read.
    pub reading: ImportOptions,
    /// Whether tasks without ids are taken although the project has some that ask the same.
    pub again: bool,
}

/// What came in.
#[derive(Debug, Clone)]
pub struct Imported {
    /// How many tasks.
    pub tasks: u64,
    /// Of which kind.
    pub template_kind: String,
    /// How the columns were read.
    pub explanation: String,
    /// Answers that the file brings along: they stay outside, since nobody gave them under an engagement.
    pub recorded_answers_left_out: u64,
    /// What whoever brought the file should know, in sentences.
    pub notes: Vec<String>,
}

/// A task on its way in.
pub(super) struct Incoming {
    pub(super) row: u64,
    pub(super) line: u64,
    pub(super) identity: Identity,
    sealed: Sealed,
}

struct ImportTasks {
    project: ProjectId,
    tasks: Vec<Incoming>,
    telling: Telling,
    set: cofferdam_model::ObjectSet,
    list: Vec<u8>,
}

impl Command for ImportTasks {
    type Output = u64;
    type Error = WorkError;

    fn act(&self) -> Act {
        Act::Import
    }

    fn project(&self) -> Option<ProjectId> {
        Some(self.project)
    }

    fn run(self, scope: &mut Scope<'_, '_>) -> Result<Done<u64>, GateError<WorkError>> {
        let row = super::guidelines::project_of(scope, self.project)?;
        if scope.authority()?.project(self.project) != Some(cofferdam_model::authority::ProjectState::Open) {
            return Err(WorkError::Conflict("the project is closed; it takes no more tasks".into()).into());
        }
        let told = known::apart(scope, self.project, &self.tasks, &self.telling)?;
        let count = self.tasks.len() as u64;
        let first = project::reserve_places(scope.tx, self.project, count)?;
        for ((place, incoming), external) in (first..).zip(&self.tasks).zip(told) {
            scope.put(&incoming.sealed)?;
            let task = scope.secrets.bound(TaskRow {
                id: scope.env.new_id()?,
                project: self.project,
                seq: place,
                slots: row.overlap,
                external,
                input: incoming.sealed.reference().object,
            });
            task::insert(scope.tx, &task)?;
        }
        object::insert_set(scope.tx, &self.set.sha256, &self.list)?;
        Ok(Done::one(
            count,
            Fact::TasksImported {
                project: self.project,
                set: self.set,
            },
        ))
    }
}

fn from_import(error: ImportError) -> WorkError {
    let summary = error.to_string();
    match error {
        ImportError::Rows(rows) => {
            let first = summary.lines().next().unwrap_or_default().to_owned();
            let errors = rows.listed.into_iter().map(|e| FieldError {
                row: Some(e.row),
                line: Some(e.line),
                field: e.field.unwrap_or_default(),
                reason: e.reason,
                hint: e.hint,
            });
            WorkError::Invalid {
                summary: first,
                errors: errors.collect(),
            }
        }
        _ => WorkError::Invalid {
            errors: vec![FieldError::new("", summary.clone())],
            summary,
        },
    }
}

/// What is sealed of a task: its input, and the lab's own id for it.
fn envelope(task: &ImportedTask) -> Result<Vec<u8>, WorkError> {
    let value: Value = json!({ "id": task.external_id, "input": task.input });
    serde_json::to_vec(&value).map_err(|e| WorkError::Failed(e.to_string()))
}

/// What a task is told by when the lab gave it no id: equal inputs have equal texts, since members are sorted.
fn asked(task: &ImportedTask) -> Result<Vec<u8>, WorkError> {
    serde_json::to_vec(&task.input).map_err(|e| WorkError::Failed(e.to_string()))
}

fn notes(parsed: &Import) -> Vec<String> {
    let mut notes = Vec::new();
    let answers = parsed.recorded_answers();
    if answers > 0 {
        let verb = if answers == 1 { "was" } else { "were" };
        let columns: Vec<&str> = parsed.mapping.answer_columns().collect();
        notes.push(format!(
            "{} {verb} not imported ({}): an import takes tasks alone. Whoever gave them can hand them in, engaged as \
             an author",
            counted(answers, "recorded answer"),
            listed(&columns)
        ));
    }
    for (column, &count) in &parsed.numbers_as_text {
        let are = if count == 1 { "is a number" } else { "are numbers" };
        notes.push(format!(
            "{} of `{}` {are}, taken as text: if that is not what the column holds, map another",
            counted(count, "value"),
            clip(column)
        ));
    }
    notes
}

impl Platform {
    /// Reads a file of tasks into a project.
    pub async fn import(
        &self,
        caller: &Caller,
        engagement: EngagementId,
        project: Option<ProjectId>,
        file: Vec<u8>,
        bringing: Bringing,
    ) -> Result<Imported, WorkError> {
        let row = self.may_import(caller, engagement, project).await?;
        let template = self.template(caller, engagement, row.id).await?;
        let options = ImportOptions {
            kind: Some(template.kind()),
            template: Some(Arc::clone(&template)),
            ..bringing.reading
        };
        let parsed = tokio::task::spawn_blocking(move || import(file.as_slice(), &options));
        let parsed = parsed
            .await
            .map_err(|e| WorkError::Failed(e.to_string()))?
            .map_err(from_import)?;
        let tasks = self.seal_tasks(row.lab, row.id, &template, &parsed.tasks).await?;
        let references: Vec<ObjectRef> = tasks.iter().map(|t| t.sealed.reference()).collect();
        let (set, list) = cofferdam_custody::object_set(&references);
        let telling = Telling {
            id_column: parsed.mapping.column("id").unwrap_or("id").to_owned(),
            id_place: parsed.id_place.clone(),
            again: bringing.again,
        };
        let command = ImportTasks {
            project: row.id,
            tasks,
            telling,
            set,
            list,
        };
        let count = self.gate.transact(caller, engagement, command).await?.output;
        Ok(Imported {
            tasks: count,
            template_kind: parsed.template_kind.name().to_owned(),
            explanation: parsed.mapping.explanation(),
            recorded_answers_left_out: parsed.recorded_answers(),
            notes: notes(&parsed),
        })
    }

    /// The project that somebody may import into: whoever may not is told so before a file is read.
    pub async fn may_import(
        &self,
        caller: &Caller,
        engagement: EngagementId,
        project: Option<ProjectId>,
    ) -> Result<ProjectRow, WorkError> {
        let act = Act::Import;
        if project.is_some() {
            self.admitted(caller, engagement, act, project).await?;
        }
        let row = self.project_under(caller, engagement, act, project).await?;
        if project.is_none() {
            self.admitted(caller, engagement, act, Some(row.id)).await?;
        }
        Ok(row)
    }

    async fn seal_tasks(
        &self,
        lab: cofferdam_model::LabId,
        project: ProjectId,
        template: &Template,
        tasks: &[ImportedTask],
    ) -> Result<Vec<Incoming>, WorkError> {
        let secrets = self.gate.secrets();
        let mut plain = Vec::with_capacity(tasks.len());
        for task in tasks {
            let id = self.fresh()?;
            let id = bound::input(secrets, id, &template.asks(&task.input));
            plain.push((id, envelope(task)?));
        }
        let objects = plain
            .iter()
            .map(|(id, bytes)| (*id, 1, bytes.as_slice()))
            .collect();
        let sealed = self
            .gate
            .seal_all(lab, project, ObjectKind::TaskInput, objects)
            .await?;
        let incoming = tasks.iter().zip(sealed).map(|(task, sealed)| {
            let identity = match &task.external_id {
                Some(id) => Identity::Own(secrets.blind(project, id)),
                None => Identity::Asked(secrets.liken(project, &asked(task)?)),
            };
            Ok(Incoming {
                row: task.row,
                line: task.line,
                identity,
                sealed,
            })
        });
        incoming.collect()
    }
}
