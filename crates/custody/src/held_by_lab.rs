//! A lab whose keys are held by a keyholder of its own: how this node is enrolled with it, and how it stands.

use std::convert::Infallible;

use cofferdam_model::{Compartment, LabId, ProjectId, Timestamp};
use cofferdam_seal::Id128;
use cofferdam_seal::keyholder::wire::{EnrolmentCode, LedgerKey, Status};
use cofferdam_seal::keyholder::{EnrolledWith, KeyholderError, NewEnrolment};

use crate::error::{GateError, Integrity};
use crate::gate::{Gate, from_key};
use crate::keys::KeyError;
pub use crate::witnessed::Trouble;

/// The code that a lab gives, for one node and one use.
#[derive(Debug)]
pub struct LabCode(EnrolmentCode);

impl LabCode {
    /// Reads a code; none: it is none, or not whole.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        text.parse().ok().map(Self)
    }

    /// The SHA-256 of the authority of the keyholder that it is of.
    #[must_use]
    pub fn authority(&self) -> [u8; 32] {
        self.0.authority
    }
}

/// Why a node was not enrolled.
#[derive(Debug)]
pub enum NotEnrolled {
    /// The keyholder says no, or this node does.
    Refused(String),
    /// It does not answer, or this node could not keep what it answered. The same code may be tried again.
    Away(String),
    /// The gate.
    Gate(GateError<Infallible>),
}

/// How a lab's keyholder stands, as this node sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answers {
    /// This node is not enrolled: it opens nothing of what the keyholder holds.
    NotEnrolled,
    /// It does not answer, and why.
    No(String),
    /// It does.
    Yes(Standing),
}

/// What a keyholder says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Its software.
    pub version: String,
    /// Its clock.
    pub now: Timestamp,
    /// When what this node shows it ends. It is renewed long before.
    pub enrolled_until: Timestamp,
    /// The name under which this node is enrolled.
    pub node: String,
    /// What the lab has halted there.
    pub halts: Vec<LabHalt>,
    /// Entries of the lab's ledger that it has cosigned.
    pub witnessed: u64,
    /// What contradicts what in the lab's ledger: then nothing is leased until the lab has decided.
    pub diverged: Option<String>,
    /// Why it gave no key when this node last asked for one.
    pub trouble: Option<Trouble>,
}

/// A halt at a lab's keyholder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabHalt {
    /// The project; none: everything.
    pub project: Option<ProjectId>,
    /// Why, in the lab's words.
    pub reason: String,
    /// Since when, by its clock.
    pub since: Timestamp,
}

impl Standing {
    fn of(status: Status, compartment: Id128, trouble: Option<Trouble>) -> Self {
        let ledger = status
            .ledgers
            .into_iter()
            .find(|ledger| ledger.compartment == compartment);
        let (witnessed, diverged) = ledger.map_or((0, None), |ledger| (ledger.size, ledger.diverged));
        let halts = status.halts.into_iter().map(|halt| LabHalt {
            project: halt
                .project
                .map(|id| cofferdam_model::Id::from_bytes(*id.as_bytes())),
            reason: halt.reason,
            since: Timestamp::from_micros(halt.since_micros),
        });
        Self {
            version: status.version,
            now: Timestamp::from_micros(status.now_micros),
            enrolled_until: Timestamp::from_micros(status.certificate_expires_at_micros),
            node: status.node,
            halts: halts.collect(),
            witnessed,
            diverged: diverged.map(|diverged| diverged.why),
            trouble,
        }
    }
}

impl Gate {
    /// Enrols this node with a lab's keyholder, which is to witness the lab's ledger from here on. Records nothing: until the ledger says that
    /// the keyholder is the lab's, nothing is minted by it.
    pub async fn enrol(&self, lab: LabId, code: LabCode, node: &str) -> Result<EnrolledWith, NotEnrolled> {
        let compartment = Compartment::Lab(lab);
        // It is to have a checkpoint to begin with.
        let head = self.signed_head(compartment).await;
        head.map_err(|error| NotEnrolled::Gate(error.into()))?;
        let vkey = self.vkey(compartment).ok_or_else(|| {
            let missing = Integrity::of(format!("the key of {compartment}"), "it is not here");
            NotEnrolled::Gate(missing.into())
        })?;
        let compartment = Id128::new(compartment.to_bytes());
        let enrolment = NewEnrolment {
            code: code.0,
            node: node.to_owned(),
            ledger: LedgerKey { compartment, vkey },
        };
        let enrolled = self.inner.keys.labs.keyholders.enrol(enrolment).await;
        let enrolled = enrolled.map_err(|error| match error {
            KeyholderError::Unavailable { detail } => NotEnrolled::Away(detail),
            refused => NotEnrolled::Refused(refused.to_string()),
        })?;
        self.inner.keys.labs.forget(Compartment::Lab(lab));
        Ok(enrolled)
    }

    /// Whether a keyholder that this node was just enrolled with mints and leases: a key that nothing is sealed under is asked for. What
    /// stands in the way of that would stand in the way of all work.
    pub async fn try_keyholder(&self, lab: LabId, with: &EnrolledWith) -> Result<(), NotEnrolled> {
        let tried = self
            .inner
            .keys
            .try_labs(Compartment::Lab(lab), &with.authority)
            .await;
        tried.map_err(|error| match error {
            error @ (KeyError::Keyholder(_) | KeyError::Refused(_) | KeyError::Gone(_)) => {
                NotEnrolled::Refused(error.in_full())
            }
            other => NotEnrolled::Gate(from_key(other)),
        })
    }

    /// How the keyholder of that authority stands, which is the lab's.
    pub async fn lab_keyholder(&self, lab: LabId, authority: &[u8; 32]) -> Answers {
        let compartment = Compartment::Lab(lab);
        let Ok(keyholder) = self.inner.keys.labs.of(compartment, authority) else {
            return Answers::NotEnrolled;
        };
        match keyholder.status().await {
            Ok(status) => {
                let trouble = self.inner.keys.labs.trouble(compartment);
                Answers::Yes(Standing::of(status, Id128::new(compartment.to_bytes()), trouble))
            }
            Err(error) => Answers::No(error.to_string()),
        }
    }

    /// How many labs' keyholders gave no key when this node last asked for one.
    pub fn keyholders_in_trouble(&self) -> usize {
        self.inner.keys.labs.in_trouble()
    }
}
