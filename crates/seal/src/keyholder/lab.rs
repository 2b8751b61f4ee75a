//! A keyholder that a lab runs, as a node of the platform speaks to it: `docs/keyholder-protocol.md`.

use std::sync::Arc;

use super::wire::{LeaseCall, Leased, LedgerKey, Status};
use super::{Answer, Destroy, IngestGrant, Mint, MintedIngestKey};
use crate::id::Id128;
use crate::key::WrappedKey;

/// A keyholder that is the witness of its ledgers: it leases against checkpoints alone, each shown to extend the one before.
pub trait LabKeyholder: Send + Sync {
    /// The SHA-256 of its authority's certificate: which keyholder this is, whatever its address.
    fn authority(&self) -> [u8; 32];

    /// Mints a key for an epoch and gives it wrapped.
    fn mint(&self, request: Mint) -> Answer<'_, WrappedKey>;

    /// Mints an ingest key for an epoch.
    fn mint_ingest(&self, request: Mint) -> Answer<'_, MintedIngestKey>;

    /// Unwraps an epoch's key. [`KeyholderError::Behind`](super::KeyholderError::Behind) says which proof it wants. The node's name in the
    /// request counts for nothing: it is the one that the node was enrolled under.
    fn lease(&self, call: LeaseCall) -> Answer<'_, Leased>;

    /// The same of the private half of an ingest key.
    fn lease_ingest(&self, call: LeaseCall) -> Answer<'_, Leased<IngestGrant>>;

    /// Destroys a project's wrapping key for good, where the lab lets nodes do that.
    fn destroy(&self, request: Destroy) -> Answer<'_, ()>;

    /// How it stands.
    fn status(&self) -> Answer<'_, Status>;

    /// Renews what this node shows it, once that is due. Where nobody asks, a node would be a stranger after a day.
    fn upkeep(&self) -> Answer<'_, ()>;
}

/// The keyholders that this node is enrolled with.
pub trait LabKeyholders: Send + Sync {
    /// The one of a compartment; none: this node is not enrolled for it.
    fn of(&self, compartment: Id128) -> Option<Arc<dyn LabKeyholder>>;

    /// Every one, by its compartment.
    fn all(&self) -> Vec<(Id128, Arc<dyn LabKeyholder>)>;

    /// Enrols this node. An earlier enrolment for the compartment is replaced once the new one is on the disk; until then it stays.
    fn enrol(&self, enrolment: NewEnrolment) -> Answer<'_, EnrolledWith>;
}

/// What a node enrols with.
#[derive(Debug)]
pub struct NewEnrolment {
    /// The lab's code.
    pub code: super::wire::EnrolmentCode,
    /// The name that the code is for.
    pub node: String,
    /// The compartment, and the key of its ledger.
    pub ledger: LedgerKey,
}

/// With whom a node was enrolled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnrolledWith {
    /// The SHA-256 of the keyholder's authority.
    pub authority: [u8; 32],
    /// The key that cosigns checkpoints (C2SP vkey).
    pub witness: String,
}

/// No keyholder but the embedded one.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoLabKeyholders;

impl LabKeyholders for NoLabKeyholders {
    fn of(&self, _: Id128) -> Option<Arc<dyn LabKeyholder>> {
        None
    }

    fn all(&self) -> Vec<(Id128, Arc<dyn LabKeyholder>)> {
        Vec::new()
    }

    fn enrol(&self, _: NewEnrolment) -> Answer<'_, EnrolledWith> {
        Box::pin(async {
            Err(super::KeyholderError::Denied {
                reason: "this node has no folder for enrolments".into(),
            })
        })
    }
}
