//! What is asked of a keyholder and what it grants. All of it is JSON on the wire.
//!
//! Requests with a field that is not known here are refused, never half understood.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::id::Id128;
use crate::ingest::{IngestError, IngestPrivateKey, IngestPublicKey};
use crate::key::{EpochKey, Lease, SecretBytes, WrappedKey};

/// Asks for a new key of one epoch of one project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mint {
    /// The compartment that the project belongs to.
    pub compartment: Id128,
    /// The project.
    pub project: Id128,
    /// The epoch that the key is for.
    pub epoch: Id128,
    /// What was minted before, as far as whoever asks knows.
    pub before: Before,
}

/// What was minted before. A keyholder that has none of it any more has lost it, and mints nothing in its place: what it minted would
/// be lost when what is missing is restored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Before {
    /// Nothing in this compartment.
    Nothing,
    /// Keys of other projects of the compartment.
    InCompartment,
    /// Keys of the project.
    InProject,
}

/// Asks for a key in clear, for a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeaseRequest {
    /// The compartment that the key was minted for.
    pub compartment: Id128,
    /// The project that the key was minted for.
    pub project: Id128,
    /// The epoch that the key was minted for.
    pub epoch: Id128,
    /// The key, as the keyholder gave it.
    pub wrapped: WrappedKey,
    /// What the key is needed for.
    pub reason: LeaseReason,
    /// The node that asks, by the name that its operator gave it.
    pub node: String,
    /// The newest checkpoint of the compartment's ledger: the text of a signed note.
    pub checkpoint: Option<String>,
    /// The time at which the node asks, in microseconds since the Unix epoch.
    pub now_micros: i64,
}

/// Asks that a project's wrapping key be destroyed for good.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Destroy {
    /// The compartment that the project belongs to.
    pub compartment: Id128,
    /// The project to shred.
    pub project: Id128,
    /// The time at which it is asked, in microseconds since the Unix epoch.
    pub now_micros: i64,
}

/// What a lease is for. Kebab-case in JSON and as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LeaseReason {
    /// A contractor works on tasks.
    Work,
    /// A reviewer reads submissions.
    Review,
    /// A data set is put together for the lab.
    Delivery,
    /// A model call carries sealed content.
    ModelCall,
    /// One of the platform's own jobs reads sealed content.
    Job,
    /// Objects move to another epoch's key.
    Rotation,
    /// An incident is examined.
    Incident,
    /// An operator looks, in an emergency that the lab is told of.
    BreakGlass,
}

impl LeaseReason {
    /// Every reason.
    pub const ALL: [Self; 8] = [
        Self::Work,
        Self::Review,
        Self::Delivery,
        Self::ModelCall,
        Self::Job,
        Self::Rotation,
        Self::Incident,
        Self::BreakGlass,
    ];

    /// The reason as it stands in JSON, in the ledger and in policies.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Work => "work",
            Self::Review => "review",
            Self::Delivery => "delivery",
            Self::ModelCall => "model-call",
            Self::Job => "job",
            Self::Rotation => "rotation",
            Self::Incident => "incident",
            Self::BreakGlass => "break-glass",
        }
    }
}

impl fmt::Display for LeaseReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text is not a reason for a lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "not a reason for a lease: it is one of work, review, delivery, model-call, job, rotation, incident, break-glass"
)]
pub struct ParseReasonError;

impl FromStr for LeaseReason {
    type Err = ParseReasonError;

    fn from_str(text: &str) -> Result<Self, ParseReasonError> {
        Self::ALL
            .into_iter()
            .find(|reason| reason.as_str() == text)
            .ok_or(ParseReasonError)
    }
}

/// An epoch's key in clear. Give it no life beyond [`into_lease`](Self::into_lease).
#[derive(Debug, Serialize, Deserialize)]
pub struct LeaseGrant {
    /// The key.
    pub key: SecretBytes,
    /// The epoch that it is the key of.
    pub epoch: Id128,
    /// What it was granted for.
    pub reason: LeaseReason,
    /// When it must be dropped, in microseconds since the Unix epoch.
    pub expires_at_micros: i64,
}

impl LeaseGrant {
    /// The lease to work with; the bytes that came over the wire are wiped.
    #[must_use]
    pub fn into_lease(self) -> Lease<EpochKey> {
        Lease::new(
            EpochKey::new(&self.key),
            self.epoch,
            self.reason,
            self.expires_at_micros,
        )
    }
}

/// The private half of an ingest key in clear.
#[derive(Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct IngestGrant(LeaseGrant);

impl IngestGrant {
    /// States that `grant` holds the private half of an ingest key. For keyholders only.
    #[must_use]
    pub const fn new(grant: LeaseGrant) -> Self {
        Self(grant)
    }

    /// The lease to open drafts with; the bytes that came over the wire are wiped.
    ///
    /// # Errors
    /// [`IngestError::Key`] when the grant holds no usable key.
    pub fn into_lease(self) -> Result<Lease<IngestPrivateKey>, IngestError> {
        let grant = self.0;
        let key = IngestPrivateKey::new(&grant.key)?;
        Ok(Lease::new(
            key,
            grant.epoch,
            grant.reason,
            grant.expires_at_micros,
        ))
    }
}

/// A new ingest key: the half that seals, and the half that opens, wrapped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MintedIngestKey {
    /// Seals drafts; not secret.
    pub public: IngestPublicKey,
    /// Opens them, once leased.
    pub wrapped: WrappedKey,
}
