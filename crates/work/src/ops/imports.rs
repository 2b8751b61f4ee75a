//! Bringing tasks in: checked row by row, all or nothing, one entry for the whole.

use cofferdam_custody::{Caller, Command, Done, GateError, ObjectKind, Scope, Sealed};
use cofferdam_model::{Act, EngagementId, Fact, ObjectRef, ProjectId, TaskId};
use cofferdam_store::task::{self, TaskRow};
use cofferdam_store::{object, project};
use serde_json::{Value, json};

use super::{FieldError, Platform, WorkError};
use crate::import::{ImportError, ImportOptions, ImportedTask, import};
use crate::strict_json::thousands;

/// Rows of tasks that are there already which are named one by one; the rest are counted.
const MOST_LISTED: u64 = 100;

/// What came in.
#[derive(Debug, Clone)]
pub struct Imported {
    /// How many tasks.
    pub tasks: u64,
    /// Of which kind.
    pub template_kind: String,
    /// How the columns were read.
    pub explanation: String,
}

struct Incoming {
    row: u64,
    line: u64,
    external: Option<[u8; 32]>,
    sealed: Sealed,
}

struct ImportTasks {
    project: ProjectId,
    tasks: Vec<Incoming>,
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
        let row = super::guidelines::project_of(scope.tx, self.project)?;
        if scope.authority()?.project(self.project) != Some(cofferdam_model::authority::ProjectState::Open) {
            return Err(WorkError::Conflict("the project is closed; it takes no more tasks".into()).into());
        }
        refuse_known(scope, self.project, &self.tasks)?;
        let count = self.tasks.len() as u64;
        let first = project::reserve_places(scope.tx, self.project, count)?;
        for (place, incoming) in (first..).zip(&self.tasks) {
            scope.put(&incoming.sealed)?;
            let id: TaskId = scope.env.new_id()?;
            let task = TaskRow {
                id,
                project: self.project,
                seq: place,
                slots: row.overlap,
                external: incoming.external,
                input: incoming.sealed.reference().object,
            };
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

fn refuse_known(
    scope: &mut Scope<'_, '_>,
    project: ProjectId,
    tasks: &[Incoming],
) -> Result<(), GateError<WorkError>> {
    let (mut errors, mut known) = (Vec::new(), 0_u64);
    for incoming in tasks {
        let Some(external) = &incoming.external else {
            continue;
        };
        if !task::has_external(scope.tx.reader(), project, external)? {
            continue;
        }
        known += 1;
        if known <= MOST_LISTED {
            errors.push(FieldError {
                row: Some(incoming.row),
                line: Some(incoming.line),
                field: "id".into(),
                reason: "is that of a task in the project".into(),
                hint: Some("leave the row out, or give it another id".into()),
            });
        }
    }
    if errors.is_empty() {
        return Ok(());
    }
    let rows = if known == 1 { "row is" } else { "rows are" };
    let listed = if known > MOST_LISTED {
        format!(", the first {MOST_LISTED} listed")
    } else {
        String::new()
    };
    let summary = format!(
        "nothing was imported: {} {rows} in the project already{listed}",
        thousands(known)
    );
    Err(WorkError::Invalid { summary, errors }.into())
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
            errors: vec![FieldError::new("file", summary.clone())],
            summary,
        },
    }
}

/// What is sealed of a task: its input, and the lab's own id for it.
fn envelope(task: &ImportedTask) -> Result<Vec<u8>, WorkError> {
    let value: Value = json!({ "id": task.external_id, "input": task.input });
    serde_json::to_vec(&value).map_err(|e| WorkError::Failed(e.to_string()))
}

impl Platform {
    /// Reads a file of tasks into a project.
    pub async fn import(
        &self,
        caller: &Caller,
        engagement: EngagementId,
        project: Option<ProjectId>,
        file: Vec<u8>,
        options: ImportOptions,
    ) -> Result<Imported, WorkError> {
        let row = self
            .project_under(caller, engagement, Act::Import, project)
            .await?;
        self.admitted(caller, engagement, Act::Import, Some(row.id))
            .await?;
        let template = self.template(caller, engagement, row.id).await?;
        let options = ImportOptions {
            kind: Some(template.kind()),
            template: Some(template),
            ..options
        };
        let parsed = tokio::task::spawn_blocking(move || import(file.as_slice(), &options));
        let parsed = parsed
            .await
            .map_err(|e| WorkError::Failed(e.to_string()))?
            .map_err(from_import)?;
        let tasks = self.seal_tasks(row.lab, row.id, &parsed.tasks).await?;
        let references: Vec<ObjectRef> = tasks.iter().map(|t| t.sealed.reference()).collect();
        let (set, list) = cofferdam_custody::object_set(&references);
        let command = ImportTasks {
            project: row.id,
            tasks,
            set,
            list,
        };
        let count = self.gate.transact(caller, engagement, command).await?.output;
        Ok(Imported {
            tasks: count,
            template_kind: parsed.template_kind.name().to_owned(),
            explanation: parsed.mapping.explanation(),
        })
    }

    async fn seal_tasks(
        &self,
        lab: cofferdam_model::LabId,
        project: ProjectId,
        tasks: &[ImportedTask],
    ) -> Result<Vec<Incoming>, WorkError> {
        let mut plain = Vec::with_capacity(tasks.len());
        for task in tasks {
            let id = self
                .gate
                .env()
                .new_id()
                .map_err(|e| WorkError::Failed(e.to_string()))?;
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
        let blind = |text: &String| self.gate.secrets().blind(project, text);
        let incoming = tasks.iter().zip(sealed).map(|(task, sealed)| Incoming {
            row: task.row,
            line: task.line,
            external: task.external_id.as_ref().map(blind),
            sealed,
        });
        Ok(incoming.collect())
    }
}
