//! The keyholder protocol: who mints, wraps and unwraps a compartment's keys.
//!
//! The platform stores wrapped keys and asks a [`Keyholder`] for leases. The keyholder is embedded
//! ([`EmbeddedKeyholder`]) or a program that the lab runs; both speak the messages of this module, which are
//! JSON on the wire.
//!
//! An embedded keyholder gives no protection from its own host, and it does not judge checkpoints: that is
//! for a keyholder that the lab runs, through its own [`LeasePolicy`].

mod embedded;
mod error;
mod files;
mod keys;
mod lab;
mod messages;
mod policy;
mod root;
#[cfg(test)]
mod tests;
pub mod wire;
mod wrap;

pub use embedded::EmbeddedKeyholder;
pub use error::KeyholderError;
pub use keys::{KeyKind, KeyPlace, ProjectKeys};
pub use lab::{EnrolledWith, LabKeyholder, LabKeyholders, NewEnrolment, NoLabKeyholders};
pub use messages::{
    Before, Destroy, IngestGrant, LeaseGrant, LeaseReason, LeaseRequest, Mint, MintedIngestKey,
    ParseReasonError,
};
pub use policy::{FixedPolicy, LeasePolicy, LeaseTerms};
pub use root::{MemoryRootKey, RootKey};

use std::pin::Pin;

use crate::key::WrappedKey;

/// A keyholder's answer, to be awaited.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, KeyholderError>> + Send + 'a>>;

/// Mints, wraps and unwraps a compartment's keys. Nothing opens without it.
///
/// Each call may be repeated safely: minting again gives one more key, destroying again changes nothing.
pub trait Keyholder: Send + Sync {
    /// Mints a key for an epoch and gives it wrapped.
    fn mint(&self, request: Mint) -> Answer<'_, WrappedKey>;

    /// Mints an ingest key for an epoch, whose public half seals drafts without a lease.
    fn mint_ingest(&self, request: Mint) -> Answer<'_, MintedIngestKey>;

    /// Unwraps an epoch's key for a stated reason and a short time.
    fn lease(&self, request: LeaseRequest) -> Answer<'_, LeaseGrant>;

    /// Unwraps the private half of an ingest key for a stated reason and a short time.
    fn lease_ingest(&self, request: LeaseRequest) -> Answer<'_, IngestGrant>;

    /// Destroys a project's wrapping key for good: nothing of that project opens any more, once the running
    /// leases have ended.
    fn destroy(&self, request: Destroy) -> Answer<'_, ()>;
}
