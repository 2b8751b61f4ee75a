//! A project's tasks and what was answered to each, as its lab's ledger has it: what leaves in a set is built on this.

use std::collections::HashMap;
use std::convert::Infallible;

use cofferdam_custody::{GateError, Integrity, Secrets, Standing};
use cofferdam_model::{ObjectId, ObjectRef, ProjectId, Pseudonym, TaskId};
use cofferdam_store::submission::SubmissionRow;
use cofferdam_store::task::TaskRow;
use cofferdam_store::{Reader, object, submission, task};

type Refused = GateError<Infallible>;

/// A task, and every answer to it that was neither rejected nor given up.
pub(super) struct Answered {
    pub(super) task: TaskRow,
    pub(super) given: Vec<Given>,
}

/// An answer, and how the lab knows its author.
pub(super) struct Given {
    pub(super) row: SubmissionRow,
    pub(super) author: Pseudonym,
    /// As the reviewer who accepted it left it, where they changed it.
    pub(super) amended: Option<ObjectRef>,
}

impl Given {
    /// What is delivered: the object and its version.
    pub(super) fn last(&self) -> (ObjectId, u32) {
        let own = (self.row.answer, self.row.version);
        self.amended
            .map_or(own, |amended| (amended.object, amended.version))
    }
}

/// Every task of a project, in the order of its queue. None of it where a row was edited, is missing or was put there.
pub(super) fn answered(
    reader: &mut Reader<'_>,
    secrets: &Secrets,
    mut standing: Standing,
    project: ProjectId,
) -> Result<Vec<Answered>, Refused> {
    standing.go_on(reader, secrets)?;
    let tasks = task::of_project(reader, project)?;
    let rows = submission::of_project(reader, project)?;
    standing.check(secrets, &tasks, &rows)?;
    let mut by_task: HashMap<TaskId, Vec<Given>> = HashMap::new();
    for row in rows {
        secrets.check_seal(&row)?;
        let author = standing.author(&row)?;
        if row.state.counts() {
            let amended = standing.amended(&row).copied();
            let given = Given { row, author, amended };
            by_task.entry(given.row.task).or_default().push(given);
        }
    }
    let with_answers = |task: TaskRow| Answered {
        given: by_task.remove(&task.id).unwrap_or_default(),
        task,
    };
    let all: Vec<Answered> = tasks.into_iter().map(with_answers).collect();
    match by_task.into_keys().next() {
        Some(task) => Err(missing(format!("the row of task {task}")).into()),
        None => Ok(all),
    }
}

/// An object that a row names.
pub(super) fn kept(reader: &mut Reader<'_>, id: ObjectId, version: u32) -> Result<ObjectRef, Refused> {
    let found = object::reference(reader, id, version)?;
    found.ok_or_else(|| missing(format!("object {id} version {version}")).into())
}

fn missing(what: String) -> Integrity {
    Integrity::of(what, "it is missing")
}
