//! Leases: epoch keys in this node's memory, for a short time and a stated reason.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use cofferdam_model::env::Env;
use cofferdam_model::{Compartment, EpochId, Id, LabId, ProjectId, Timestamp};
use cofferdam_seal::Id128;
use cofferdam_seal::key::{Lease, WrappedKey};
use cofferdam_seal::keyholder::{Keyholder, LeaseReason, LeaseRequest, Mint};
use cofferdam_store::epoch::{self, EpochRow};
use cofferdam_store::{Store, StoreError};

use crate::error::Integrity;

/// An epoch takes no more objects than this,
const OBJECTS_PER_EPOCH: u64 = 100_000;
/// nor any after this long.
const SECONDS_PER_EPOCH: i64 = 86_400;

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub(crate) enum KeyError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Integrity(#[from] Integrity),
    #[error("{0}")]
    Keyholder(String),
    #[error(transparent)]
    NoEntropy(#[from] cofferdam_model::env::NoEntropy),
}

#[derive(Clone, Copy)]
struct Writing {
    epoch: EpochId,
    opened: Timestamp,
    objects: u64,
}

/// The leases that this node holds.
pub(crate) struct Keys {
    keyholder: Arc<dyn Keyholder>,
    store: Store,
    env: Env,
    node: String,
    leases: Mutex<HashMap<(EpochId, LeaseReason), Arc<Lease>>>,
    writing: Mutex<HashMap<ProjectId, Writing>>,
    opening: tokio::sync::Mutex<()>,
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Keys {
    pub(crate) fn new(keyholder: Arc<dyn Keyholder>, store: Store, env: Env, node: String) -> Self {
        Self {
            keyholder,
            store,
            env,
            node,
            leases: Mutex::default(),
            writing: Mutex::default(),
            opening: tokio::sync::Mutex::new(()),
        }
    }

    /// The epoch that a project's next objects belong to, and its key. `objects` are about to be sealed.
    pub(crate) async fn writing(
        &self,
        lab: LabId,
        project: ProjectId,
        objects: u64,
    ) -> Result<(EpochId, Arc<Lease>), KeyError> {
        if let Some(epoch) = self.writable(project, objects) {
            return Ok((epoch, self.lease(epoch, LeaseReason::Work).await?));
        }
        let _one_at_a_time = self.opening.lock().await;
        if let Some(epoch) = self.writable(project, objects) {
            return Ok((epoch, self.lease(epoch, LeaseReason::Work).await?));
        }
        let epoch = self.open_epoch(lab, project, objects).await?;
        Ok((epoch, self.lease(epoch, LeaseReason::Work).await?))
    }

    fn writable(&self, project: ProjectId, objects: u64) -> Option<EpochId> {
        let mut writing = locked(&self.writing);
        let current = writing.get_mut(&project)?;
        let young = self.env.now() < current.opened.plus_seconds(SECONDS_PER_EPOCH);
        if !young || current.objects >= OBJECTS_PER_EPOCH {
            return None;
        }
        current.objects += objects;
        Some(current.epoch)
    }

    async fn open_epoch(&self, lab: LabId, project: ProjectId, objects: u64) -> Result<EpochId, KeyError> {
        let id: EpochId = self.env.new_id()?;
        let compartment = Compartment::Lab(lab);
        let mint = Mint {
            compartment: Id128::new(compartment.to_bytes()),
            project: Id128::new(*project.as_bytes()),
            epoch: Id128::new(*id.as_bytes()),
        };
        let wrapped = self
            .keyholder
            .mint(mint)
            .await
            .map_err(|e| KeyError::Keyholder(e.to_string()))?;
        let wrapped = serde_json::to_vec(&wrapped).map_err(|e| KeyError::Keyholder(e.to_string()))?;
        let opened = self.env.now();
        let row = EpochRow {
            id,
            compartment,
            project,
            wrapped,
            opened,
        };
        self.store.write(move |tx| epoch::insert(tx, &row)).await?;
        locked(&self.writing).insert(
            project,
            Writing {
                epoch: id,
                opened,
                objects,
            },
        );
        Ok(id)
    }

    /// The key of an epoch, leased for `reason`.
    pub(crate) async fn lease(&self, epoch: EpochId, reason: LeaseReason) -> Result<Arc<Lease>, KeyError> {
        let now = self.env.now().as_micros();
        let held = locked(&self.leases).get(&(epoch, reason)).cloned();
        if let Some(lease) = held.filter(|lease| lease.open(now).is_ok()) {
            return Ok(lease);
        }
        let row: Option<EpochRow> = self.store.read(move |r| epoch::get(r, epoch)).await?;
        let row = row.ok_or_else(|| Integrity::of(format!("epoch {epoch}"), "its row is missing"))?;
        let wrapped: WrappedKey = serde_json::from_slice(&row.wrapped)
            .map_err(|_| Integrity::of(format!("epoch {epoch}"), "its wrapped key does not read"))?;
        let request = LeaseRequest {
            compartment: Id128::new(row.compartment.to_bytes()),
            project: Id128::new(*row.project.as_bytes()),
            epoch: Id128::new(*epoch.as_bytes()),
            wrapped,
            reason,
            node: self.node.clone(),
            checkpoint: None,
            now_micros: now,
        };
        let grant = self
            .keyholder
            .lease(request)
            .await
            .map_err(|e| KeyError::Keyholder(e.to_string()))?;
        let lease = Arc::new(grant.into_lease());
        locked(&self.leases).insert((epoch, reason), Arc::clone(&lease));
        Ok(lease)
    }

    /// Drops, and so wipes, every lease that has ended.
    pub(crate) fn sweep(&self) {
        let now = self.env.now().as_micros();
        locked(&self.leases).retain(|_, lease| lease.open(now).is_ok());
    }
}
