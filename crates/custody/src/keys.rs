//! Leases: epoch keys in this node's memory, for a short time and a stated reason.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use cofferdam_model::env::Env;
use cofferdam_model::{Compartment, EpochId, Id, LabId, ProjectId, Timestamp};
use cofferdam_seal::Id128;
use cofferdam_seal::key::{Lease, WrappedKey};
use cofferdam_seal::keyholder::{Before, Keyholder, KeyholderError, LeaseReason, LeaseRequest, Mint};
use cofferdam_store::epoch::{self, EpochRow};
use cofferdam_store::{Reader, Store, StoreError};

use crate::error::Integrity;
use crate::secrets::{self, Secrets};

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
    rotation: u64,
}

/// What is about to be sealed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct About {
    pub(crate) lab: LabId,
    pub(crate) project: ProjectId,
    /// How many objects.
    pub(crate) objects: u64,
    /// The entry that last called for new keys of the project; 0: none did.
    pub(crate) rotation: u64,
}

/// Asks for keys.
pub(crate) struct Keys {
    pub(crate) keyholder: Arc<dyn Keyholder>,
    pub(crate) store: Store,
    pub(crate) secrets: Arc<Secrets>,
    pub(crate) env: Env,
    pub(crate) node: String,
    pub(crate) held: Held,
}

/// The leases that this node holds, and the epochs that it writes to.
#[derive(Default)]
pub(crate) struct Held {
    leases: Mutex<HashMap<(EpochId, LeaseReason), Arc<Lease>>>,
    writing: Mutex<HashMap<ProjectId, Writing>>,
    opening: tokio::sync::Mutex<()>,
}

fn seal_of(secrets: &Secrets, row: &EpochRow) -> [u8; 32] {
    secrets.seal_row(
        "epoch",
        &[
            row.id.as_bytes(),
            &row.compartment.to_bytes(),
            row.project.as_bytes(),
            &row.wrapped,
            &row.opened.as_micros().to_be_bytes(),
            &row.rotation.to_be_bytes(),
        ],
    )
}

/// Whether an epoch's row is as this installation wrote it.
pub(crate) fn check(secrets: &Secrets, row: &EpochRow) -> Result<(), Integrity> {
    let fits = secrets::same(&row.seal, &seal_of(secrets, row));
    fits.then_some(())
        .ok_or_else(|| Integrity::of(format!("epoch {}", row.id), "its seal is not this installation's"))
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Keys {
    /// The epoch that a project's next objects belong to, and its key.
    pub(crate) async fn writing(&self, about: About) -> Result<(EpochId, Arc<Lease>), KeyError> {
        if let Some(epoch) = self.writable(about) {
            return Ok((epoch, self.lease(epoch, LeaseReason::Work).await?));
        }
        let _one_at_a_time = self.held.opening.lock().await;
        if let Some(epoch) = self.writable(about) {
            return Ok((epoch, self.lease(epoch, LeaseReason::Work).await?));
        }
        let epoch = self.open_epoch(about).await?;
        Ok((epoch, self.lease(epoch, LeaseReason::Work).await?))
    }

    fn writable(&self, about: About) -> Option<EpochId> {
        let mut writing = locked(&self.held.writing);
        let current = writing.get_mut(&about.project)?;
        let young = self.env.now() < current.opened.plus_seconds(SECONDS_PER_EPOCH);
        if !young || current.objects >= OBJECTS_PER_EPOCH || current.rotation < about.rotation {
            return None;
        }
        current.objects += about.objects;
        Some(current.epoch)
    }

    async fn open_epoch(&self, about: About) -> Result<EpochId, KeyError> {
        let About { lab, project, .. } = about;
        let id: EpochId = self.env.new_id()?;
        let compartment = Compartment::Lab(lab);
        let last = move |reader: &mut Reader<'_>| {
            Ok::<_, StoreError>(match epoch::youngest(reader, project)? {
                Some(row) => (Before::InProject, Some(row)),
                None => match epoch::newest(reader, compartment)? {
                    Some(row) => (Before::InCompartment, Some(row)),
                    None => (Before::Nothing, None),
                },
            })
        };
        let (before, last) = self.store.read(last).await?;
        // What a keyholder with other keys than it had minted now would be lost when its own are restored.
        if let Some(row) = &last {
            check(&self.secrets, row)?;
            self.is_held(row)
                .await
                .map_err(|lost| KeyError::Keyholder(lost.to_string()))?;
        }
        let mint = Mint {
            compartment: Id128::new(compartment.to_bytes()),
            project: Id128::new(*project.as_bytes()),
            epoch: Id128::new(*id.as_bytes()),
            before,
        };
        let wrapped = self
            .keyholder
            .mint(mint)
            .await
            .map_err(|e| KeyError::Keyholder(e.to_string()))?;
        let wrapped = serde_json::to_vec(&wrapped).map_err(|e| KeyError::Keyholder(e.to_string()))?;
        let opened = self.env.now();
        let mut row = EpochRow {
            id,
            compartment,
            project,
            wrapped,
            opened,
            rotation: about.rotation,
            seal: [0; 32],
        };
        row.seal = seal_of(&self.secrets, &row);
        self.store.write(move |tx| epoch::insert(tx, &row)).await?;
        locked(&self.held.writing).insert(
            project,
            Writing {
                epoch: id,
                opened,
                objects: about.objects,
                rotation: about.rotation,
            },
        );
        Ok(id)
    }

    /// The key of an epoch, leased for `reason`.
    pub(crate) async fn lease(&self, epoch: EpochId, reason: LeaseReason) -> Result<Arc<Lease>, KeyError> {
        let now = self.env.now().as_micros();
        let held = locked(&self.held.leases).get(&(epoch, reason)).cloned();
        if let Some(lease) = held.filter(|lease| lease.open(now).is_ok()) {
            return Ok(lease);
        }
        let row: Option<EpochRow> = self.store.read(move |r| epoch::get(r, epoch)).await?;
        let row = row.ok_or_else(|| Integrity::of(format!("epoch {epoch}"), "its row is missing"))?;
        check(&self.secrets, &row)?;
        let request = self.request(&row, reason, now)?;
        let grant = self
            .keyholder
            .lease(request)
            .await
            .map_err(|e| KeyError::Keyholder(e.to_string()))?;
        let lease = Arc::new(grant.into_lease());
        locked(&self.held.leases).insert((epoch, reason), Arc::clone(&lease));
        Ok(lease)
    }

    fn request(
        &self,
        row: &EpochRow,
        reason: LeaseReason,
        now_micros: i64,
    ) -> Result<LeaseRequest, Integrity> {
        let wrapped: WrappedKey = serde_json::from_slice(&row.wrapped)
            .map_err(|_| Integrity::of(format!("epoch {}", row.id), "its wrapped key does not read"))?;
        Ok(LeaseRequest {
            compartment: Id128::new(row.compartment.to_bytes()),
            project: Id128::new(*row.project.as_bytes()),
            epoch: Id128::new(*row.id.as_bytes()),
            wrapped,
            reason,
            node: self.node.clone(),
            checkpoint: None,
            now_micros,
        })
    }

    /// Whether the keyholder still has what opens an epoch: its key is asked for and dropped. A keyholder that refuses,
    /// or that shredded the project, has answered.
    pub(crate) async fn is_held(&self, row: &EpochRow) -> Result<(), Integrity> {
        let request = self.request(row, LeaseReason::Job, self.env.now().as_micros())?;
        match self.keyholder.lease(request).await {
            Ok(_) | Err(KeyholderError::Denied { .. } | KeyholderError::Shredded { .. }) => Ok(()),
            Err(lost) => Err(Integrity::of(
                format!("the key of epoch {} of project {}", row.id, row.project),
                format!("{lost}; what it sealed cannot be read until the keyholder is restored"),
            )),
        }
    }

    /// Drops, and so wipes, every lease that has ended.
    pub(crate) fn sweep(&self) {
        let now = self.env.now().as_micros();
        locked(&self.held.leases).retain(|_, lease| lease.open(now).is_ok());
    }
}
