//! Why an operation was not done.

use std::convert::Infallible;

use cofferdam_custody::{GateError, Integrity, Unproven};
use cofferdam_model::work::StateError;
use cofferdam_model::{Refusal, Timestamp};
use cofferdam_store::StoreError;

/// One thing wrong with what was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// The row of a file, from 1.
    pub row: Option<u64>,
    /// The line of a file, from 1.
    pub line: Option<u64>,
    /// A JSON pointer (RFC 6901) into the body, or into the row of a file; in CSV the column; of what is in the address, the
    /// parameter's name. Empty for the whole.
    pub field: String,
    /// What is wrong.
    pub reason: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl FieldError {
    /// A field of a request: a JSON pointer into its body, or a parameter's name.
    pub fn new(field: impl Into<String>, reason: impl Into<String>) -> Self {
        Self {
            row: None,
            line: None,
            field: field.into(),
            reason: reason.into(),
            hint: None,
        }
    }
}

/// Why an operation was not done. Nothing of it was.
#[derive(Debug, thiserror::Error)]
pub enum WorkError {
    /// There is no such thing, or it is not the caller's: the same answer on purpose.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// It does not fit what is there.
    #[error("{0}")]
    Conflict(String),
    /// What was sent is wrong.
    #[error("{summary}")]
    Invalid {
        /// In one sentence.
        summary: String,
        /// One by one.
        errors: Vec<FieldError>,
    },
    /// Not allowed.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The caller's engagement there is over.
    #[error("your engagement ended at {}; ask your operator for a new one", .0.rfc3339())]
    Ended(Timestamp),
    /// For others to do: who, and whom to ask.
    #[error("{0}")]
    NotInRole(&'static str),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The credential proves nothing any more.
    #[error(transparent)]
    Unproven(#[from] Unproven),
    /// No lease.
    #[error("the keyholder gave no key: {0}")]
    NoKey(String),
    /// Something stored is not as it was written.
    #[error(transparent)]
    Integrity(#[from] Integrity),
    /// Something else failed.
    #[error("{0}")]
    Failed(String),
}

impl WorkError {
    /// One wrong field: a JSON pointer into the body, or a parameter's name.
    pub fn invalid(field: impl Into<String>, reason: impl Into<String>) -> Self {
        let error = FieldError::new(field, reason);
        Self::Invalid {
            summary: format!("{}: {}", error.field, error.reason),
            errors: vec![error],
        }
    }
}

impl From<StateError> for WorkError {
    fn from(error: StateError) -> Self {
        Self::Conflict(error.to_string())
    }
}

impl From<WorkError> for GateError<WorkError> {
    fn from(error: WorkError) -> Self {
        Self::Command(error)
    }
}

impl From<GateError<Self>> for WorkError {
    fn from(error: GateError<Self>) -> Self {
        match error {
            GateError::Command(own) => own,
            GateError::Refused(refusal) => Self::Refused(refusal),
            GateError::Store(StoreError::Conflict(_)) => {
                Self::Conflict("somebody changed the same thing at the same time; try again".into())
            }
            GateError::Store(error) => Self::Store(error),
            GateError::NoKey(why) => Self::NoKey(why),
            GateError::Integrity(found) => Self::Integrity(found),
            GateError::NoEntropy(error) => Self::Failed(error.to_string()),
            GateError::Unproven(why) => Self::Unproven(why),
        }
    }
}

impl From<GateError<Infallible>> for WorkError {
    fn from(error: GateError<Infallible>) -> Self {
        error.map(|never| -> Self { match never {} }).into()
    }
}

impl From<GateError<&'static str>> for WorkError {
    fn from(error: GateError<&'static str>) -> Self {
        error.map(|text| Self::Conflict(text.to_owned())).into()
    }
}

/// A state that does not allow what was asked, within a command.
pub(super) fn state(error: StateError) -> GateError<WorkError> {
    GateError::Command(error.into())
}
