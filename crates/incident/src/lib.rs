//! Components and what they run, advisories, and what follows from them.
//!
//! Invariants, as absences:
//! - nothing here says that a component was clean when it is not known: what was not scanned, not read or not comparable is unknown;
//! - it reads no ciphertext and releases nothing;
//! - what components and databases sent is kept as it was sent, under a hash that stands in a ledger.

mod advisories;
mod components;
mod error;
pub mod report;

pub use advisories::{Concern, Finding, Taken};
pub use components::{ComponentView, Said};
pub use error::IncidentError;

use cofferdam_custody::Gate;

/// Containment over one gate; cheap to clone.
#[derive(Clone)]
pub struct Containment {
    gate: Gate,
}

impl Containment {
    /// Over this gate.
    pub fn new(gate: Gate) -> Self {
        Self { gate }
    }
}
