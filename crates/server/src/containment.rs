//! Incidents and the work platform, joined: what an incident's policy stops is stopped as every halt is.

use cofferdam_custody::{AdminDone, AdminScope, GateError};
use cofferdam_incident::{Containment, Halted, IncidentError};
use cofferdam_model::{HaltReason, Scope};
use cofferdam_work::ops::{Platform, WorkError, halt_within};

use crate::state::Settings;

/// Containment over the platform's gate. Beside the server runs what it does by itself, [`Containment::run_background`].
pub fn containment(platform: &Platform, settings: &Settings) -> Containment {
    let gate = platform.gate().clone();
    Containment::new(gate, settings.incident_policies.clone(), halting)
}

fn halting(
    scope: &mut AdminScope<'_, '_>,
    on: Scope,
    reason: HaltReason,
) -> Result<AdminDone<Halted>, GateError<IncidentError>> {
    let done = halt_within(scope, on, reason).map_err(|error| error.map(told))?;
    Ok(AdminDone {
        output: Halted {
            halt: done.output.halt,
            timers: done.output.timers,
            engagements: done.output.engagements,
        },
        facts: done.facts,
        consequences: done.consequences,
    })
}

/// Why something cannot be halted, said of the incident: nothing of it was opened.
fn told(error: WorkError) -> IncidentError {
    match error {
        WorkError::NotFound(what) => IncidentError::NotFound(what),
        WorkError::Store(error) => error.into(),
        WorkError::Integrity(found) => found.into(),
        other => IncidentError::Conflict(format!("what the policy halts could not be halted: {other}")),
    }
}
