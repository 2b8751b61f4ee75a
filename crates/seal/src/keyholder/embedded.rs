//! A keyholder in the platform's own process, with its keys in a folder: [`ProjectKeys`] has the files.

use std::path::PathBuf;
use std::sync::Arc;

use super::{
    Answer, Destroy, IngestGrant, KeyKind, KeyPlace, Keyholder, KeyholderError, LeaseGrant, LeasePolicy,
    LeaseRequest, Mint, MintedIngestKey, ProjectKeys,
};
use crate::key::WrappedKey;
use crate::random::Random;

/// A keyholder that keeps its keys in a folder of this machine.
///
/// It holds no key between calls, and every call blocks on files: [`ProjectKeys`] says which.
pub struct EmbeddedKeyholder {
    keys: ProjectKeys,
    policy: Box<dyn LeasePolicy>,
}

impl EmbeddedKeyholder {
    /// Opens `folder`, which is made, for its owner only, if it does not exist.
    ///
    /// # Errors
    /// [`KeyholderError::Unavailable`] when it cannot be made.
    pub fn open(
        folder: impl Into<PathBuf>,
        policy: Box<dyn LeasePolicy>,
        random: Arc<dyn Random>,
    ) -> Result<Self, KeyholderError> {
        let keys = ProjectKeys::open(folder, random)?;
        Ok(Self { keys, policy })
    }

    fn lease_now(&self, kind: KeyKind, request: &LeaseRequest) -> Result<LeaseGrant, KeyholderError> {
        let terms = self.policy.decide(request)?;
        let place = KeyPlace {
            compartment: request.compartment,
            project: request.project,
            epoch: request.epoch,
        };
        let key = self.keys.unwrap(kind, place, &request.wrapped)?;
        Ok(LeaseGrant {
            key,
            epoch: request.epoch,
            reason: request.reason,
            expires_at_micros: request.now_micros.saturating_add(terms.micros),
        })
    }
}

impl Keyholder for EmbeddedKeyholder {
    fn mint(&self, request: Mint) -> Answer<'_, WrappedKey> {
        Box::pin(async move { self.keys.mint(&request) })
    }

    fn mint_ingest(&self, request: Mint) -> Answer<'_, MintedIngestKey> {
        Box::pin(async move { self.keys.mint_ingest(&request) })
    }

    fn lease(&self, request: LeaseRequest) -> Answer<'_, LeaseGrant> {
        Box::pin(async move { self.lease_now(KeyKind::Epoch, &request) })
    }

    fn lease_ingest(&self, request: LeaseRequest) -> Answer<'_, IngestGrant> {
        Box::pin(async move { self.lease_now(KeyKind::Ingest, &request).map(IngestGrant::new) })
    }

    fn destroy(&self, request: Destroy) -> Answer<'_, ()> {
        Box::pin(async move { self.keys.destroy(&request).map(drop) })
    }
}

impl std::fmt::Debug for EmbeddedKeyholder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EmbeddedKeyholder")
            .field("folder", &self.keys.folder())
            .finish_non_exhaustive()
    }
}
