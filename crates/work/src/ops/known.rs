//! Tasks that a project has already, told by keyed hashes: what they say is sealed.

use std::collections::HashSet;

use cofferdam_custody::{GateError, Scope};
use cofferdam_model::ProjectId;
use cofferdam_store::task;

use super::imports::Incoming;
use super::{FieldError, WorkError};
use crate::strict_json::{clip, counted, thousands};

/// Known tasks that are listed; the rest are counted.
const MOST_LISTED: usize = 100;

/// By what a task is told from others of its project.
#[derive(Clone, Copy)]
pub(super) enum Identity {
    /// The lab's own id.
    Own([u8; 32]),
    /// What it asks, where the lab gave no id.
    Asked([u8; 32]),
}

/// How tasks are told apart.
pub(super) struct Telling {
    /// The column that holds the lab's ids.
    pub(super) id_column: String,
    /// Where it stands in a row, as the file's format has it.
    pub(super) id_place: String,
    /// Whether tasks without ids are taken although the project has some that ask the same.
    pub(super) again: bool,
}

/// What stands in each task's row to tell it by, or why not all of them may come in. Of tasks that ask the same the
/// first one is known by it; the others come in by consent, or beside it in one file.
pub(super) fn apart(
    scope: &mut Scope<'_, '_>,
    project: ProjectId,
    tasks: &[Incoming],
    telling: &Telling,
) -> Result<Vec<Option<[u8; 32]>>, GateError<WorkError>> {
    let (mut own, mut fresh) = (Vec::with_capacity(tasks.len()), HashSet::new());
    let (mut known, mut listed) = (0, Vec::new());
    for incoming in tasks {
        let (Identity::Own(hash) | Identity::Asked(hash)) = incoming.identity;
        let is_known = task::has_external(scope.tx.reader(), project, &hash)?;
        let asked = matches!(incoming.identity, Identity::Asked(_));
        if is_known && !(asked && telling.again) {
            known += 1;
            if listed.len() < MOST_LISTED {
                listed.push(error(incoming, telling));
            }
        }
        own.push((!is_known && (!asked || fresh.insert(hash))).then_some(hash));
    }
    if known == 0 {
        return Ok(own);
    }
    Err(refusal(known, tasks, listed, telling).into())
}

fn error(incoming: &Incoming, telling: &Telling) -> FieldError {
    let (field, reason, hint) = match incoming.identity {
        Identity::Own(_) => (
            telling.id_place.clone(),
            "is that of a task in the project already",
            "leave the row out, or give it another id",
        ),
        Identity::Asked(_) => (
            String::new(),
            "asks the same as a task in the project already",
            "leave the row out, or take it once more with --again (`again=true`)",
        ),
    };
    FieldError {
        row: Some(incoming.row),
        line: Some(incoming.line),
        field,
        reason: reason.into(),
        hint: Some(hint.into()),
    }
}

fn refusal(known: usize, tasks: &[Incoming], listed: Vec<FieldError>, telling: &Telling) -> WorkError {
    let asked = tasks
        .iter()
        .all(|task| matches!(task.identity, Identity::Asked(_)));
    // Where the whole file is known, a list of its rows says nothing more.
    if known == tasks.len() {
        let all = match known {
            1 => "the file's only task is".to_owned(),
            many => format!("all {} tasks of the file are", thousands(many as u64)),
        };
        let next = if asked {
            "--again (`again=true`) takes the file once more all the same".to_owned()
        } else {
            format!(
                "they are told by `{}`, so new ones need ids of their own",
                clip(&telling.id_column)
            )
        };
        return WorkError::Invalid {
            summary: format!("nothing was imported: {all} in the project already; {next}"),
            errors: Vec::new(),
        };
    }
    let verb = if known == 1 { "is" } else { "are" };
    let tasks = counted(known as u64, "task");
    let mut summary = format!("nothing was imported: {tasks} {verb} in the project already");
    if known > listed.len() {
        summary.push_str(&format!(", the first {} listed", listed.len()));
    }
    WorkError::Invalid {
        summary,
        errors: listed,
    }
}
