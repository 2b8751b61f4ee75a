//! Components and what they run, advisories, and incidents.
//!
//! Invariants, as absences:
//! - nothing here says that a component was clean when it is not known: what was not scanned, not read or not comparable is unknown;
//! - it reads no ciphertext and releases nothing;
//! - it halts nothing in a way of its own: what a policy stops, the work platform stops ([`Halting`]);
//! - a lab is shown nothing of another lab, nor how many there are, nor an id that two labs could compare;
//! - what components and databases sent is kept as it was sent, under a hash that stands in a ledger.

mod advisories;
mod components;
mod error;
mod exposure;
mod incidents;
mod presence;
pub mod report;

pub use advisories::{Concern, Finding, Taken};
pub use components::{ComponentView, Said};
pub use error::IncidentError;
pub use incidents::{
    ConcernedView, Halted, Halting, IncidentView, LabIncident, LabStep, NewIncident, Opened, SubjectView,
    Upon, Why,
};

use std::sync::Arc;

use cofferdam_custody::Gate;
use cofferdam_model::IncidentPolicies;
use tokio::sync::{Mutex, Semaphore};

/// Containment over one gate; cheap to clone.
#[derive(Clone)]
pub struct Containment {
    gate: Gate,
    policies: Arc<IncidentPolicies>,
    halting: Halting,
    /// Whose turn it is to have a report made.
    reporting: Arc<Semaphore>,
    /// Whose turn it is to act on what components run.
    acting: Arc<Mutex<()>>,
}

impl Containment {
    /// Over this gate: what an incident stops at once, and how.
    pub fn new(gate: Gate, policies: IncidentPolicies, halting: Halting) -> Self {
        Self {
            gate,
            policies: policies.into(),
            halting,
            reporting: Arc::new(Semaphore::new(1)),
            acting: Arc::default(),
        }
    }
}
