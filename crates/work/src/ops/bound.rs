//! What belongs to whom, told by the ids themselves.
//!
//! Rows of work are not sealed: whoever can write the database could give one person's hold, draft or answer to another
//! of the same project. The ids of these are therefore keyed hashes of what they belong to, checked before anything of
//! them is released.

use cofferdam_custody::{GateError, Scope, Secrets};
use cofferdam_model::{AssignmentId, DeliveryId, Id, ObjectId, ReviewId, TaskId};
use cofferdam_store::submission::{self, SubmissionRow};
use cofferdam_store::task::{self, TaskRow};

use super::WorkError;

/// The task of that id, as it was imported.
pub(super) fn task(scope: &mut Scope<'_, '_>, id: TaskId) -> Result<TaskRow, GateError<WorkError>> {
    let row = task::get(scope.tx.reader(), id)?.ok_or(WorkError::NotFound("task"))?;
    scope.secrets.check(&row)?;
    Ok(row)
}

/// Whether a row is obeyed. One that is not as it was written is told in the log, with what is therefore left undone.
pub(super) fn obeyed(
    checked: Result<(), GateError<WorkError>>,
    left: &str,
) -> Result<bool, GateError<WorkError>> {
    match checked {
        Ok(()) => Ok(true),
        Err(GateError::Integrity(found)) => {
            tracing::error!(%found, "a row was not obeyed: {left}");
            Ok(false)
        }
        Err(error) => Err(error),
    }
}

/// The submission made under a hold, as it was last written.
pub(super) fn submission_under(
    scope: &mut Scope<'_, '_>,
    of: AssignmentId,
) -> Result<Option<SubmissionRow>, GateError<WorkError>> {
    let row = submission::of_assignment(scope.tx.reader(), of)?;
    row.as_ref().map_or(Ok(()), |row| scope.check_submission(row))?;
    Ok(row)
}

/// A task's input, whose id tells what of it an answer must heed: the input itself is read by nobody but whom it is handed to.
pub(super) fn input(secrets: &Secrets, fresh: ObjectId, asks: &[u8]) -> ObjectId {
    secrets.mark(fresh, "input", &[asks])
}

/// Whether this is what an answer to an input must heed.
pub(super) fn input_asks(secrets: &Secrets, input: ObjectId, asks: &[u8]) -> bool {
    secrets.is_marked(input, "input", &[asks])
}

/// A draft of this hold.
pub(super) fn draft(secrets: &Secrets, fresh: ObjectId, of: AssignmentId) -> ObjectId {
    secrets.bind(fresh, "draft", &[of.as_bytes()])
}

/// An answer under this hold.
pub(super) fn answer(secrets: &Secrets, fresh: ObjectId, of: AssignmentId) -> ObjectId {
    secrets.bind(fresh, "answer", &[of.as_bytes()])
}

/// What was written in this review. A review whose verdict was taken back has another, which may be of the same millisecond.
pub(super) fn comment(secrets: &Secrets, fresh: ObjectId, of: ReviewId) -> ObjectId {
    secrets.mark(fresh, "comment", &[of.as_bytes()])
}

/// The answer as this review leaves it.
pub(super) fn amended(secrets: &Secrets, fresh: ObjectId, of: ReviewId) -> ObjectId {
    secrets.mark(fresh, "amended", &[of.as_bytes()])
}

/// Why this row of this delivery was sent back.
pub(super) fn reason(secrets: &Secrets, fresh: ObjectId, of: DeliveryId, row: u64) -> ObjectId {
    secrets.bind(fresh, "reason", &[of.as_bytes(), &row.to_be_bytes()])
}

/// What is to be where it belongs.
pub(super) enum What {
    Draft(ObjectId, AssignmentId),
    Answer(ObjectId, AssignmentId),
    Comment(ObjectId, ReviewId),
    Amended(ObjectId, ReviewId),
    Reason(ObjectId, DeliveryId, u64),
}

/// Lets what belongs where its row says pass.
pub(super) fn check(scope: &Scope<'_, '_>, what: &What) -> Result<(), WorkError> {
    let secrets = scope.secrets;
    let (kind, own) = match what {
        What::Draft(id, of) => ("draft", secrets.is_bound(*id, "draft", &[of.as_bytes()])),
        What::Answer(id, of) => ("answer", secrets.is_bound(*id, "answer", &[of.as_bytes()])),
        What::Comment(id, of) => ("comment", secrets.is_marked(*id, "comment", &[of.as_bytes()])),
        What::Amended(id, of) => (
            "changed answer",
            secrets.is_marked(*id, "amended", &[of.as_bytes()]),
        ),
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
