//! What belongs to whom, told by the ids themselves.
//!
//! Rows of work are not sealed: whoever can write the database could give one person's hold, draft or answer to another
//! of the same project. The ids of these are therefore keyed hashes of what they belong to, checked before anything of
//! them is released.

use cofferdam_custody::{Scope, Secrets};
use cofferdam_model::{AssignmentId, DeliveryId, Id, ObjectId, ReviewId};
use cofferdam_store::StoreError;
use cofferdam_store::submission::SubmissionRow;
use cofferdam_store::task::AssignmentRow;

use super::WorkError;

fn parts(hold: &AssignmentRow) -> [&[u8]; 4] {
    [
        hold.task.as_bytes(),
        hold.project.as_bytes(),
        hold.principal.as_bytes(),
        hold.engagement.as_bytes(),
    ]
}

/// The hold with an id of its own: of this person, under this engagement, on this task.
pub(super) fn hold(secrets: &Secrets, hold: AssignmentRow) -> AssignmentRow {
    let id = secrets.bind(hold.id, "hold", &parts(&hold));
    AssignmentRow { id, ..hold }
}

/// A draft of this hold.
pub(super) fn draft(secrets: &Secrets, fresh: ObjectId, of: AssignmentId) -> ObjectId {
    secrets.bind(fresh, "draft", &[of.as_bytes()])
}

/// An answer under this hold.
pub(super) fn answer(secrets: &Secrets, fresh: ObjectId, of: AssignmentId) -> ObjectId {
    secrets.bind(fresh, "answer", &[of.as_bytes()])
}

/// What was written in this review.
pub(super) fn comment(secrets: &Secrets, fresh: ObjectId, of: ReviewId) -> ObjectId {
    secrets.bind(fresh, "comment", &[of.as_bytes()])
}

/// Why this row of this delivery was sent back.
pub(super) fn reason(secrets: &Secrets, fresh: ObjectId, of: DeliveryId, row: u64) -> ObjectId {
    secrets.bind(fresh, "reason", &[of.as_bytes(), &row.to_be_bytes()])
}

/// What is to be where it belongs.
pub(super) enum What<'a> {
    Hold(&'a AssignmentRow),
    Draft(ObjectId, AssignmentId),
    Answer(ObjectId, AssignmentId),
    Comment(ObjectId, ReviewId),
    Reason(ObjectId, DeliveryId, u64),
}

/// Lets the rows of submissions pass that hold an answer of their own hold, under a hold of their own author and task:
/// what a stream is to read is not another's.
pub(super) fn check_submissions<'a>(
    secrets: &Secrets,
    mut rows: impl Iterator<Item = &'a SubmissionRow>,
) -> Result<(), StoreError> {
    let whole = |row: &SubmissionRow| {
        let hold = [
            row.task.as_bytes().as_slice(),
            row.project.as_bytes(),
            row.principal.as_bytes(),
            row.engagement.as_bytes(),
        ];
        secrets.is_bound(row.assignment, "hold", &hold)
            && secrets.is_bound(row.answer, "answer", &[row.assignment.as_bytes()])
    };
    match rows.find(|row| !whole(row)) {
        None => Ok(()),
        Some(row) => Err(StoreError::Corrupt {
            table: "submission",
            problem: format!(
                "the row of {} was not obeyed: it is not the one that was written",
                row.id
            ),
        }),
    }
}

/// Lets what belongs where its row says pass.
pub(super) fn check(scope: &Scope<'_, '_>, what: &What<'_>) -> Result<(), WorkError> {
    let secrets = scope.secrets;
    let (kind, own) = match what {
        What::Hold(row) => ("hold", secrets.is_bound(row.id, "hold", &parts(row))),
        What::Draft(id, of) => ("draft", secrets.is_bound(*id, "draft", &[of.as_bytes()])),
        What::Answer(id, of) => ("answer", secrets.is_bound(*id, "answer", &[of.as_bytes()])),
        What::Comment(id, of) => ("comment", secrets.is_bound(*id, "comment", &[of.as_bytes()])),
        What::Reason(id, of, row) => {
            let parts: [&[u8]; 2] = [of.as_bytes(), &row.to_be_bytes()];
            ("reason", secrets.is_bound(*id, "reason", &parts))
        }
    };
    if own {
        return Ok(());
    }
    Err(WorkError::Failed(format!(
        "the row of a {kind} was not obeyed: it is not the one that was written"
    )))
}
