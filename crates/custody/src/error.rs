//! What the gate answers instead of opening.

use cofferdam_model::{Compartment, Refusal};
use cofferdam_store::StoreError;

use crate::secrets::OtherOrigin;
use crate::state::StateError;

/// Why an installation was not opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The store does not open.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// It is called otherwise, and nothing that it signed would check.
    #[error(transparent)]
    OtherOrigin(#[from] OtherOrigin),
    /// Whose database it is: nothing in it can be believed, or read.
    #[error(
        "this database belongs to another installation than the data folder: look at `database` in cofferdam.toml, or put \
         back the installation.key that it was made with; nothing was changed"
    )]
    OtherInstallation,
}

/// The gate did not do what was asked. `E` is the command's own error.
#[derive(Debug, thiserror::Error)]
pub enum GateError<E> {
    /// Not allowed. The refusal is on the ledger, or, where a halt came between, the record of what was to be released.
    #[error(transparent)]
    Refused(Refusal),
    /// The command itself found a reason not to.
    #[error(transparent)]
    Command(E),
    /// The store failed: nothing was recorded, so nothing was released.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The keyholder gave no lease. What was recorded stands.
    #[error("no key: {0}")]
    NoKey(String),
    /// Something stored is not as it was written. Nothing was released.
    #[error(transparent)]
    Integrity(#[from] Integrity),
    /// No randomness.
    #[error(transparent)]
    NoEntropy(#[from] cofferdam_model::env::NoEntropy),
    /// The credential proved who asks when the request began, and does so no more.
    #[error(transparent)]
    Unproven(#[from] Unproven),
}

/// Why a credential proves nothing any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unproven {
    /// Its time is over.
    #[error("this credential has expired; ask for a new one")]
    Expired,
    /// It was revoked, or was good for one use.
    #[error("this credential was revoked or used before; ask for a new one")]
    Revoked,
}

impl<E> From<StateError> for GateError<E> {
    fn from(error: StateError) -> Self {
        match error {
            StateError::Store(e) => Self::Store(e),
            StateError::Integrity(e) => Self::Integrity(e),
        }
    }
}

impl<E> GateError<E> {
    /// The same, with the command's error turned into another.
    pub fn map<F>(self, f: impl FnOnce(E) -> F) -> GateError<F> {
        match self {
            Self::Refused(r) => GateError::Refused(r),
            Self::Command(e) => GateError::Command(f(e)),
            Self::Store(e) => GateError::Store(e),
            Self::NoKey(e) => GateError::NoKey(e),
            Self::Integrity(e) => GateError::Integrity(e),
            Self::NoEntropy(e) => GateError::NoEntropy(e),
            Self::Unproven(e) => GateError::Unproven(e),
        }
    }
}

/// Something stored is not as it was written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.told())]
pub struct Integrity {
    /// What: a ledger entry, an object, a row.
    pub what: String,
    /// In what way.
    pub problem: String,
    extent: Extent,
}

/// How far it reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Extent {
    /// One thing that is stored.
    Stored,
    /// A ledger that does not check: nothing of its compartment is released.
    Closed(Compartment),
    /// What this node knows, for a moment.
    Passing,
}

impl Integrity {
    /// What this node knows holds what was undone, and is being read anew: nothing is wrong with what is stored, and who asks
    /// again is answered.
    pub(crate) fn unsettled() -> Self {
        Self {
            what: "what this node knows".into(),
            problem: "a write was undone, and it is being read anew".into(),
            extent: Extent::Passing,
        }
    }

    /// Whether it passes by itself, in a moment.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        self.extent == Extent::Passing
    }

    /// The compartment that stays closed because its ledger does not check.
    #[must_use]
    pub fn closed(&self) -> Option<Compartment> {
        match self.extent {
            Extent::Closed(compartment) => Some(compartment),
            Extent::Stored | Extent::Passing => None,
        }
    }

    /// The same, found in folding a ledger, which therefore stays closed.
    pub(crate) fn closing(self, compartment: Compartment) -> Self {
        Self {
            extent: Extent::Closed(compartment),
            ..self
        }
    }

    fn told(&self) -> String {
        let Self { what, problem, .. } = self;
        if self.is_passing() {
            return format!("{what} is not up to date: {problem}; nothing was done, ask again");
        }
        format!("{what} is not as it was written: {problem}; run `cofferdam doctor`")
    }

    pub(crate) fn entry(compartment: Compartment, n: u64, problem: impl Into<String>) -> Self {
        Self {
            what: format!("entry {n} of the ledger of {compartment}"),
            problem: problem.into(),
            extent: Extent::Stored,
        }
    }

    /// Of something, in one way.
    pub fn of(what: impl Into<String>, problem: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            problem: problem.into(),
            extent: Extent::Stored,
        }
    }
}
