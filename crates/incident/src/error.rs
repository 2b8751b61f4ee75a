//! Why an operation was not done.

use std::convert::Infallible;

use cofferdam_custody::{GateError, Integrity};
use cofferdam_store::StoreError;

/// Why an operation was not done. Nothing of it was.
#[derive(Debug, thiserror::Error)]
pub enum IncidentError {
    /// There is no such thing, or it is not the caller's: the same answer on purpose.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// It does not fit what is there.
    #[error("{0}")]
    Conflict(String),
    /// What was sent is wrong.
    #[error("{reason}")]
    Invalid {
        /// A JSON pointer into it; empty for the whole.
        field: String,
        /// What is wrong, and what to do.
        reason: String,
    },
    /// Something else failed.
    #[error("{0}")]
    Failed(String),
    /// The gate did not let it pass, or something beneath it failed.
    #[error(transparent)]
    Gate(GateError<Infallible>),
}

impl IncidentError {
    pub(crate) fn invalid(field: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::Invalid {
            field: field.into(),
            reason: reason.into(),
        }
    }
}

impl From<IncidentError> for GateError<IncidentError> {
    fn from(error: IncidentError) -> Self {
        Self::Command(error)
    }
}

impl From<GateError<Self>> for IncidentError {
    fn from(error: GateError<Self>) -> Self {
        match error {
            GateError::Command(own) => own,
            GateError::Refused(refusal) => Self::Gate(GateError::Refused(refusal)),
            GateError::Store(error) => Self::Gate(GateError::Store(error)),
            GateError::NoKey(why) => Self::Gate(GateError::NoKey(why)),
            GateError::Integrity(found) => Self::Gate(GateError::Integrity(found)),
            GateError::NoEntropy(error) => Self::Gate(GateError::NoEntropy(error)),
            GateError::Unproven(why) => Self::Gate(GateError::Unproven(why)),
        }
    }
}

impl From<GateError<Infallible>> for IncidentError {
    fn from(error: GateError<Infallible>) -> Self {
        Self::Gate(error)
    }
}

impl From<StoreError> for IncidentError {
    fn from(error: StoreError) -> Self {
        Self::Gate(GateError::Store(error))
    }
}

impl From<Integrity> for IncidentError {
    fn from(found: Integrity) -> Self {
        Self::Gate(GateError::Integrity(found))
    }
}
