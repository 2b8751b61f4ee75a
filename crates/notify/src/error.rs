//! Why an operation was not done.

use std::convert::Infallible;

use cofferdam_custody::{GateError, Integrity};
use cofferdam_model::env::NoEntropy;
use cofferdam_store::StoreError;

/// Why an operation was not done. Nothing of it was.
#[derive(Debug, thiserror::Error)]
pub enum NotifyError {
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
        field: &'static str,
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

impl NotifyError {
    pub(crate) fn invalid(field: &'static str, reason: impl Into<String>) -> Self {
        Self::Invalid {
            field,
            reason: reason.into(),
        }
    }

    /// Whether it stands in the way of everything, and the log is told by others.
    pub(crate) fn is_told_elsewhere(&self) -> bool {
        matches!(
            self,
            Self::Gate(GateError::Store(
                StoreError::Unreachable(_)
                    | StoreError::Unknown(_)
                    | StoreError::Stopped
                    | StoreError::Forbidden(_)
                    | StoreError::ClockApart { .. }
            ))
        )
    }
}

impl From<NotifyError> for GateError<NotifyError> {
    fn from(error: NotifyError) -> Self {
        Self::Command(error)
    }
}

impl From<GateError<Self>> for NotifyError {
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

impl From<GateError<Infallible>> for NotifyError {
    fn from(error: GateError<Infallible>) -> Self {
        Self::Gate(error)
    }
}

impl From<StoreError> for NotifyError {
    fn from(error: StoreError) -> Self {
        Self::Gate(GateError::Store(error))
    }
}

impl From<NoEntropy> for NotifyError {
    fn from(error: NoEntropy) -> Self {
        Self::Gate(GateError::NoEntropy(error))
    }
}

impl From<Integrity> for NotifyError {
    fn from(found: Integrity) -> Self {
        Self::Gate(GateError::Integrity(found))
    }
}
