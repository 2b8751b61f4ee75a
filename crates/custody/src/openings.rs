//! Keys of epochs: as they are kept, and as they are used while a lease lasts.

use std::sync::Arc;

use cofferdam_model::entry::hex32;
use cofferdam_seal::Id128;
use cofferdam_seal::ingest::{IngestPrivateKey, IngestPublicKey};
use cofferdam_seal::key::{EpochKey, Lease, LeaseExpired, WrappedKey};
use cofferdam_seal::keyholder::{KeyKind, LeaseGrant, LeaseReason};
use cofferdam_store::epoch::EpochRow;
use serde::{Deserialize, Serialize};

use crate::error::Integrity;

/// A wrapped key, as its epoch's row has it.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum KeptKey {
    /// A keyholder of the lab's minted it.
    Labs {
        /// The SHA-256 of its authority.
        #[serde(with = "hex32")]
        keyholder: [u8; 32],
        key: WrappedKey,
    },
    /// The same, of a key that seals without a lease, for while none can be had. It is an epoch of its own.
    LabsIngest {
        #[serde(with = "hex32")]
        ingest_of: [u8; 32],
        public: IngestPublicKey,
        wrapped: WrappedKey,
    },
    /// The embedded one did.
    Own(WrappedKey),
}

impl KeptKey {
    pub(crate) fn of(row: &EpochRow) -> Result<Self, Integrity> {
        serde_json::from_slice(&row.wrapped)
            .map_err(|_| Integrity::of(format!("epoch {}", row.id), "its wrapped key does not read"))
    }

    /// The lab's keyholder that minted it, if one did.
    pub(crate) fn labs(&self) -> Option<[u8; 32]> {
        match self {
            Self::Labs { keyholder, .. } => Some(*keyholder),
            Self::LabsIngest { ingest_of, .. } => Some(*ingest_of),
            Self::Own(_) => None,
        }
    }

    /// Which kind of key it is.
    pub(crate) fn kind(&self) -> KeyKind {
        match self {
            Self::Labs { .. } | Self::Own(_) => KeyKind::Epoch,
            Self::LabsIngest { .. } => KeyKind::Ingest,
        }
    }

    /// What its keyholder unwraps.
    pub(crate) fn into_wrapped(self) -> WrappedKey {
        let (Self::Own(wrapped) | Self::Labs { key: wrapped, .. } | Self::LabsIngest { wrapped, .. }) = self;
        wrapped
    }
}

/// A lease by which objects of an epoch are opened.
#[derive(Clone)]
pub(crate) enum Opening {
    Epoch(Arc<Lease>),
    Ingest(Arc<Lease<IngestPrivateKey>>),
}

/// Its key.
#[derive(Clone, Copy)]
pub(crate) enum OpeningKey<'k> {
    Epoch(&'k EpochKey),
    Ingest(&'k IngestPrivateKey),
}

impl From<LeaseGrant> for Opening {
    fn from(grant: LeaseGrant) -> Self {
        Self::Epoch(Arc::new(grant.into_lease()))
    }
}

impl Opening {
    pub(crate) fn key(&self, now: i64) -> Result<OpeningKey<'_>, LeaseExpired> {
        match self {
            Self::Epoch(lease) => lease.open(now).map(OpeningKey::Epoch),
            Self::Ingest(lease) => lease.open(now).map(OpeningKey::Ingest),
        }
    }

    pub(crate) fn is_of(&self, epoch: Id128, reason: LeaseReason) -> bool {
        let found = match self {
            Self::Epoch(lease) => (lease.epoch(), lease.reason()),
            Self::Ingest(lease) => (lease.epoch(), lease.reason()),
        };
        found == (epoch, reason)
    }

    /// When it ends: microseconds.
    pub(crate) fn ends(&self) -> i64 {
        match self {
            Self::Epoch(lease) => lease.expires_at_micros(),
            Self::Ingest(lease) => lease.expires_at_micros(),
        }
    }
}

/// What objects are sealed with.
pub(crate) enum Sealing {
    Epoch(Arc<Lease>),
    /// Where no lease can be had: what is sealed so waits for one to be read, and for none to be written.
    Ingest(IngestPublicKey),
}

/// Its key.
#[derive(Clone, Copy)]
pub(crate) enum SealingKey<'k> {
    Epoch(&'k EpochKey),
    Ingest(&'k IngestPublicKey),
}

impl Sealing {
    pub(crate) fn key(&self, now: i64) -> Result<SealingKey<'_>, LeaseExpired> {
        match self {
            Self::Epoch(lease) => lease.open(now).map(SealingKey::Epoch),
            Self::Ingest(key) => Ok(SealingKey::Ingest(key)),
        }
    }
}
