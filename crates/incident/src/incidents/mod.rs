//! Incidents: opened, stopped by policy, claimed, moved; decided by each lab for itself.

mod acts;
mod add;
mod concerned;
mod labs;
mod matching;
mod open;
mod views;
mod words;

use cofferdam_custody::{AdminDone, AdminScope, GateError, Secrets};
use cofferdam_model::{Halt, HaltReason, IncidentId, IncidentState, Scope};
use cofferdam_store::Reader;
use cofferdam_store::incident::{self, IncidentRow, MoveRow};
use serde::{Deserialize, Serialize};

use crate::IncidentError;

pub use labs::{LabIncident, LabStep, Why};
pub use matching::Upon;
pub use open::{NewIncident, Opened};
pub use views::{ConcernedView, IncidentView, SubjectView};

/// A halt that a policy made, and what it stopped.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Halted {
    /// The halt.
    pub halt: Halt,
    /// Timers that it ended.
    pub timers: u64,
    /// Engagements that were active and that it stops.
    pub engagements: u64,
}

/// How a scope is halted within the act that opens an incident. The work platform knows how, and nobody else should.
pub type Halting =
    fn(&mut AdminScope<'_, '_>, Scope, HaltReason) -> Result<AdminDone<Halted>, GateError<IncidentError>>;

/// An incident that is as it was opened, and its steps.
fn known(
    reader: &mut Reader<'_>,
    secrets: &Secrets,
    id: IncidentId,
) -> Result<(IncidentRow, Vec<MoveRow>), IncidentError> {
    let row = incident::get(reader, id)?.ok_or(IncidentError::NotFound("incident"))?;
    secrets.check(&row)?;
    let moves = incident::moves_of(reader, id)?;
    for step in &moves {
        secrets.check_seal(step)?;
    }
    Ok((row, moves))
}

/// Where an incident stands after these steps.
fn state(moves: &[MoveRow]) -> IncidentState {
    moves.last().map_or(IncidentState::Open, |step| step.state)
}
