//! What a ledger recorded last of one thing, against its row: a row that is as it was written once may be an older one, put back
//! with its own seal.

use cofferdam_model::work::{Assignment, Delivery};
use cofferdam_model::{Compartment, Entry, Fact, Id, LabId, SubmissionId};
use cofferdam_store::delivery::DeliveryRow;
use cofferdam_store::project::ProjectRow;
use cofferdam_store::submission::SubmissionRow;
use cofferdam_store::task::AssignmentRow;
use cofferdam_store::timer::TimerRow;
use cofferdam_store::{Reader, ledger};

use crate::error::{GateError, Integrity};
use crate::gate::Scope;
use crate::record;
use crate::secrets::Secrets;
use crate::standing::{Stands, Submissions};
use crate::state::StateError;

/// More than are ever made of an answer from one version of it to the next: a verdict, taken back five times, and the lab's.
const MOST: u32 = 16;

/// The newest entries about a thing, at most `limit` of them, the oldest first.
fn about(
    reader: &mut Reader<'_>,
    secrets: &Secrets,
    lab: LabId,
    thing: &[u8; 16],
    limit: u32,
) -> Result<Vec<Entry>, StateError> {
    let compartment = Compartment::Lab(lab);
    let rows = ledger::about(reader, compartment, thing, limit)?;
    let checked = rows
        .iter()
        .rev()
        .map(|row| record::check(secrets, compartment, row));
    Ok(checked.collect::<Result<_, _>>()?)
}

/// Lets the row of a timer that runs pass which is as it was written, and whose end was not recorded.
pub fn check_timer<E>(
    reader: &mut Reader<'_>,
    secrets: &Secrets,
    row: &TimerRow,
) -> Result<(), GateError<E>> {
    secrets.check_seal(row)?;
    if about(reader, secrets, row.lab, row.id.as_bytes(), 1)?.is_empty() {
        return Ok(());
    }
    let what = format!("the row of timer {}", row.id);
    Err(Integrity::of(what, "it runs, and the ledger recorded that it was stopped").into())
}

/// Rows of work, each let pass that is as it was written and says what its lab's ledger recorded last.
impl Scope<'_, '_> {
    fn about<E>(&mut self, thing: &[u8; 16], limit: u32) -> Result<Vec<Entry>, GateError<E>> {
        Ok(about(
            self.tx.reader(),
            self.secrets,
            self.engagement.lab,
            thing,
            limit,
        )?)
    }

    /// An answer: its version, its object and its state.
    pub fn check_submission<E>(&mut self, row: &SubmissionRow) -> Result<(), GateError<E>> {
        self.secrets.check_seal(row)?;
        let mut recorded = Submissions::default();
        for entry in self.about(row.id.as_bytes(), MOST)? {
            recorded.take(&entry);
        }
        if recorded.0.get(&row.id) == Some(&Stands::of(row)) {
            return Ok(());
        }
        let what = format!("the row of submission {}", row.id);
        Err(Integrity::of(what, "the ledger recorded another, or none").into())
    }

    /// How often verdicts on the version of an answer that there is now were taken back.
    pub fn withdrawals<E>(&mut self, submission: SubmissionId) -> Result<usize, GateError<E>> {
        let entries = self.about(submission.as_bytes(), MOST)?;
        let since = entries.iter().rev();
        let since = since.take_while(|entry| !matches!(entry.fact, Fact::SubmissionReceived { .. }));
        Ok(since
            .filter(|entry| matches!(entry.fact, Fact::ReviewWithdrawn { .. }))
            .count())
    }

    /// A hold: an open one did not go back to the queue.
    pub fn check_hold<E>(&mut self, row: &AssignmentRow) -> Result<(), GateError<E>> {
        self.secrets.check(row)?;
        let open = matches!(row.state, Assignment::Claimed { .. });
        if !open || self.about(row.id.as_bytes(), 1)?.is_empty() {
            return Ok(());
        }
        let what = format!("the row of hold {}", row.id);
        Err(Integrity::of(what, "it is said to be held, and its task went back to the queue").into())
    }

    /// A project: its guideline is the one that was set last.
    pub fn check_guideline<E>(&mut self, row: &ProjectRow) -> Result<(), GateError<E>> {
        let recorded = match self.about(row.id.as_bytes(), 1)?.as_slice() {
            [
                Entry {
                    fact: Fact::GuidelineSet { guideline, .. },
                    ..
                },
            ] => Some((guideline.object, guideline.version)),
            _ => None,
        };
        let named = row.guideline.map(|object| (object, row.guideline_version));
        if named == recorded && (named.is_some() || row.guideline_version == 0) {
            return Ok(());
        }
        let what = format!("the row of project {}", row.id);
        Err(Integrity::of(what, "the ledger recorded another guideline, or none").into())
    }

    /// A delivery: what the lab decided of it.
    pub fn check_delivery<E>(&mut self, row: &DeliveryRow) -> Result<(), GateError<E>> {
        self.secrets.check_seal(row)?;
        let newest = self.about(row.id.as_bytes(), 1)?;
        let recorded = newest.first().and_then(|entry| match entry.fact {
            Fact::DeliveryMade { .. } => Some(Delivery::Offered),
            Fact::DeliveryAccepted { .. } => Some(Delivery::Accepted),
            Fact::DeliveryRowsReturned { .. } => Some(Delivery::RowsReturned),
            _ => None,
        });
        if recorded == Some(row.state) {
            return Ok(());
        }
        let what = format!("the row of delivery {}", row.id);
        Err(Integrity::of(what, "the ledger recorded another state of it, or none").into())
    }
}
