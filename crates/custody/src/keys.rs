//! Leases: epoch keys in this node's memory, for a short time and a stated reason.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use cofferdam_model::entry::hex32;
use cofferdam_model::env::Env;
use cofferdam_model::{Compartment, EpochId, Id, LabId, ProjectId, Timestamp};
use cofferdam_seal::Id128;
use cofferdam_seal::key::{Lease, WrappedKey};
use cofferdam_seal::keyholder::{
    Before, Keyholder, KeyholderError, LabKeyholder, LeaseReason, LeaseRequest, Mint,
};
use cofferdam_store::epoch::{self, EpochRow};
use cofferdam_store::{Reader, Store, StoreError};
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use crate::error::Integrity;
use crate::secrets::{self, Secrets};
use crate::witnessed::{Granted, Lane, Witnesses};

/// An epoch takes no more objects than this,
const OBJECTS_PER_EPOCH: u64 = 100_000;
/// nor any after this long.
const SECONDS_PER_EPOCH: i64 = 86_400;
/// A lease that could not be renewed is asked for again so many seconds later.
const RENEWED_AGAIN: i64 = 5;

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

impl KeyError {
    pub(crate) fn of(error: &KeyholderError) -> Self {
        Self::Keyholder(error.to_string())
    }
}

/// A wrapped key, as its epoch's row has it.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum KeptKey {
    /// A keyholder of the lab's minted it.
    Labs {
        /// The SHA-256 of its authority.
        #[serde(with = "hex32")]
        keyholder: [u8; 32],
        key: WrappedKey,
    },
    /// The embedded one did.
    Own(WrappedKey),
}

impl KeptKey {
    fn of(row: &EpochRow) -> Result<Self, Integrity> {
        serde_json::from_slice(&row.wrapped)
            .map_err(|_| Integrity::of(format!("epoch {}", row.id), "its wrapped key does not read"))
    }

    /// The lab's keyholder that minted it, if one did.
    fn labs(&self) -> Option<[u8; 32]> {
        match self {
            Self::Labs { keyholder, .. } => Some(*keyholder),
            Self::Own(_) => None,
        }
    }
}

/// Who granted a lease.
#[derive(Clone, Copy)]
enum By {
    Own,
    Labs,
}

/// Who is asked for a key.
enum Holder {
    Own,
    Labs(Arc<dyn LabKeyholder>),
}

#[derive(Clone, Copy)]
struct Writing {
    epoch: EpochId,
    keyholder: Option<[u8; 32]>,
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
    /// The lab's keyholder, by which keys are minted now; none: the embedded one.
    pub(crate) keyholder: Option<[u8; 32]>,
}

/// Asks for keys.
pub(crate) struct Keys {
    pub(crate) keyholder: Arc<dyn Keyholder>,
    pub(crate) labs: Witnesses,
    pub(crate) store: Store,
    pub(crate) secrets: Arc<Secrets>,
    pub(crate) env: Env,
    pub(crate) node: String,
    pub(crate) held: Held,
}

/// The leases that this node holds, and the epochs that it writes to.
#[derive(Default)]
pub(crate) struct Held {
    leases: Mutex<HashMap<(EpochId, LeaseReason), HeldLease>>,
    writing: Mutex<HashMap<ProjectId, Writing>>,
    /// By lab: one whose keyholder is slow keeps no other waiting.
    opening: Mutex<HashMap<LabId, Arc<tokio::sync::Mutex<()>>>>,
}

/// A lease, and what is done about it in the background.
struct HeldLease {
    lease: Arc<Lease>,
    /// From when on it is renewed, if it was used since it was granted; none: it is asked for anew once it is over.
    renew_from: Option<i64>,
    used: bool,
    /// When it was granted, and how long after that it may last: a clock that is put back keeps no key.
    since: Instant,
    lasts: Duration,
}

impl HeldLease {
    fn is_open(&self, now: i64) -> bool {
        self.lease.open(now).is_ok() && self.since.elapsed() < self.lasts
    }
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

/// Whether what was sealed is under a key of whoever is to hold the lab's keys now. It may have been sealed while that changed, and then
/// nothing would have it sealed anew.
pub(crate) fn is_by(
    reader: &mut Reader<'_>,
    epoch: EpochId,
    keyholder: Option<[u8; 32]>,
) -> Result<bool, StoreError> {
    // Of an epoch that was taken away nothing is stored anyway.
    let row = epoch::get(reader, epoch)?;
    Ok(row.is_none_or(|row| KeptKey::of(&row).is_ok_and(|key| key.labs() == keyholder)))
}

/// Whether a keyholder of the lab's minted an epoch's key.
pub(crate) fn is_labs(row: &EpochRow) -> bool {
    KeptKey::of(row).is_ok_and(|key| key.labs().is_some())
}

pub(crate) fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Keys {
    /// The epoch that a project's next objects belong to, and its key.
    pub(crate) async fn writing(&self, about: About) -> Result<(EpochId, Arc<Lease>), KeyError> {
        if let Some(epoch) = self.writable(about) {
            return Ok((epoch, self.lease(epoch, LeaseReason::Work).await?));
        }
        let opening = Arc::clone(locked(&self.held.opening).entry(about.lab).or_default());
        let _one_at_a_time = opening.lock().await;
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
        let full = current.objects >= OBJECTS_PER_EPOCH;
        if !young || full || current.rotation < about.rotation || current.keyholder != about.keyholder {
            return None;
        }
        current.objects += about.objects;
        Some(current.epoch)
    }

    async fn open_epoch(&self, about: About) -> Result<EpochId, KeyError> {
        let About { lab, project, .. } = about;
        let id: EpochId = self.env.new_id()?;
        let compartment = Compartment::Lab(lab);
        let before = self.minted_before(about).await?;
        let mint = Mint {
            compartment: Id128::new(compartment.to_bytes()),
            project: Id128::new(*project.as_bytes()),
            epoch: Id128::new(*id.as_bytes()),
            before,
        };
        let kept = match about.keyholder {
            None => KeptKey::Own(self.keyholder.mint(mint).await.map_err(|e| KeyError::of(&e))?),
            Some(authority) => {
                let keyholder = self.labs.of(compartment, &authority)?;
                KeptKey::Labs {
                    keyholder: authority,
                    key: keyholder.mint(mint).await.map_err(|e| KeyError::of(&e))?,
                }
            }
        };
        let wrapped = serde_json::to_vec(&kept).map_err(|e| KeyError::Keyholder(e.to_string()))?;
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
                keyholder: about.keyholder,
            },
        );
        Ok(id)
    }

    /// What the keyholder minted before, as far as is known here: another one's keys are none of its.
    async fn minted_before(&self, about: About) -> Result<Before, KeyError> {
        let About { lab, project, .. } = about;
        let last = move |reader: &mut Reader<'_>| {
            let of_project = epoch::youngest(reader, project)?;
            Ok::<_, StoreError>((of_project, epoch::newest(reader, Compartment::Lab(lab))?))
        };
        let (of_project, of_lab) = self.store.read(last).await?;
        let found = [(of_project, Before::InProject), (of_lab, Before::InCompartment)];
        for (row, before) in found {
            let Some(row) = row else { continue };
            check(&self.secrets, &row)?;
            if KeptKey::of(&row)?.labs() != about.keyholder {
                continue;
            }
            // What a keyholder with other keys than it had minted now would be lost when its own are restored.
            if about.keyholder.is_none() {
                let held = self.is_held(&row).await;
                held.map_err(|lost| KeyError::Keyholder(lost.to_string()))?;
            }
            return Ok(before);
        }
        Ok(Before::Nothing)
    }

    /// The key of an epoch, leased for `reason`.
    pub(crate) async fn lease(&self, epoch: EpochId, reason: LeaseReason) -> Result<Arc<Lease>, KeyError> {
        if let Some(lease) = self.held_now(epoch, reason) {
            return Ok(lease);
        }
        let row = self.row(epoch).await?;
        let key = KeptKey::of(&row)?;
        match self.holder(row.compartment, &key)? {
            Holder::Own => {
                let request = self.request(&row, key, reason);
                let asked = request.now_micros;
                let grant = self.keyholder.lease(request).await;
                let grant = grant.map_err(|e| KeyError::of(&e))?;
                Ok(self.hold(Granted { grant, asked }, epoch, By::Own))
            }
            Holder::Labs(keyholder) => {
                let lane = self.labs.lane(row.compartment);
                let mut lane = lane.lock().await;
                // Whoever came before may have asked for the same.
                if let Some(lease) = self.held_now(epoch, reason) {
                    return Ok(lease);
                }
                self.lease_by(&*keyholder, &mut lane, &row, key, reason).await
            }
        }
    }

    /// Leases from a lab's keyholder.
    async fn lease_by(
        &self,
        keyholder: &dyn LabKeyholder,
        lane: &mut Lane,
        row: &EpochRow,
        key: KeptKey,
        reason: LeaseReason,
    ) -> Result<Arc<Lease>, KeyError> {
        let request = self.request(row, key, reason);
        let granted = self
            .labs
            .lease(keyholder, row.compartment, lane, &request)
            .await?;
        Ok(self.hold(granted, row.id, By::Labs))
    }

    /// Has a lab's keyholder mint a key and lease it, for nothing.
    pub(crate) async fn try_labs(
        &self,
        compartment: Compartment,
        authority: &[u8; 32],
    ) -> Result<(), KeyError> {
        let keyholder = self.labs.of(compartment, authority)?;
        let mint = Mint {
            compartment: Id128::new(compartment.to_bytes()),
            project: Id128::new(self.env.random()?),
            epoch: Id128::new(self.env.random()?),
            before: Before::Nothing,
        };
        let wrapped = keyholder.mint(mint.clone()).await.map_err(|e| KeyError::of(&e))?;
        let request = LeaseRequest {
            compartment: mint.compartment,
            project: mint.project,
            epoch: mint.epoch,
            wrapped,
            reason: LeaseReason::Work,
            node: String::new(),
            checkpoint: None,
            now_micros: 0,
        };
        let lane = self.labs.lane(compartment);
        let mut lane = lane.lock().await;
        self.labs
            .lease(&*keyholder, compartment, &mut lane, &request)
            .await
            .map(drop)
    }

    async fn row(&self, epoch: EpochId) -> Result<EpochRow, KeyError> {
        let row: Option<EpochRow> = self.store.read(move |r| epoch::get(r, epoch)).await?;
        let row = row.ok_or_else(|| Integrity::of(format!("epoch {epoch}"), "its row is missing"))?;
        check(&self.secrets, &row)?;
        Ok(row)
    }

    fn holder(&self, compartment: Compartment, key: &KeptKey) -> Result<Holder, KeyError> {
        match key.labs() {
            None => Ok(Holder::Own),
            Some(authority) => self.labs.of(compartment, &authority).map(Holder::Labs),
        }
    }

    fn held_now(&self, epoch: EpochId, reason: LeaseReason) -> Option<Arc<Lease>> {
        let now = self.env.now().as_micros();
        let mut leases = locked(&self.held.leases);
        let held = leases.get_mut(&(epoch, reason))?;
        if !held.is_open(now) {
            return None;
        }
        held.used = true;
        Some(Arc::clone(&held.lease))
    }

    fn hold(&self, granted: Granted, epoch: EpochId, by: By) -> Arc<Lease> {
        let Granted { grant, asked } = granted;
        let (reason, length) = (grant.reason, grant.expires_at_micros.saturating_sub(asked).max(0));
        let lease = Arc::new(grant.into_lease());
        let held = HeldLease {
            lease: Arc::clone(&lease),
            renew_from: match by {
                By::Own => None,
                By::Labs => Some(asked.saturating_add(length / 2)),
            },
            used: false,
            since: Instant::now(),
            lasts: Duration::from_micros(length.unsigned_abs()),
        };
        locked(&self.held.leases).insert((epoch, reason), held);
        lease
    }

    fn request(&self, row: &EpochRow, key: KeptKey, reason: LeaseReason) -> LeaseRequest {
        let (KeptKey::Own(wrapped) | KeptKey::Labs { key: wrapped, .. }) = key;
        LeaseRequest {
            compartment: Id128::new(row.compartment.to_bytes()),
            project: Id128::new(*row.project.as_bytes()),
            epoch: Id128::new(*row.id.as_bytes()),
            wrapped,
            reason,
            node: self.node.clone(),
            checkpoint: None,
            now_micros: self.env.now().as_micros(),
        }
    }

    /// Whether the keyholder still has what opens an epoch: the embedded one is asked for its key, which is dropped, and a lab's how it
    /// stands. A keyholder that refuses, or that shredded the project, has answered.
    pub(crate) async fn is_held(&self, row: &EpochRow) -> Result<(), Integrity> {
        let key = KeptKey::of(row)?;
        let answered = match self.holder(row.compartment, &key) {
            Ok(Holder::Own) => {
                let request = self.request(row, key, LeaseReason::Job);
                self.keyholder.lease(request).await.map(drop)
            }
            Ok(Holder::Labs(keyholder)) => keyholder.status().await.map(drop),
            Err(error) => Err(KeyholderError::Unavailable {
                detail: error.to_string(),
            }),
        };
        match answered {
            Ok(()) | Err(KeyholderError::Denied { .. } | KeyholderError::Shredded { .. }) => Ok(()),
            Err(lost) => Err(Integrity::of(
                format!("the key of epoch {} of project {}", row.id, row.project),
                format!("{lost}; what it sealed cannot be read until the keyholder is restored"),
            )),
        }
    }

    /// Drops, and so wipes, every lease that has ended.
    pub(crate) fn sweep(&self) {
        let now = self.env.now().as_micros();
        locked(&self.held.leases).retain(|_, held| held.is_open(now));
    }

    /// Leases of labs' keyholders that are in use and half over: they are renewed before anybody waits for them. Each is named once.
    pub(crate) fn to_renew(&self) -> Vec<(EpochId, LeaseReason)> {
        let now = self.env.now().as_micros();
        let mut leases = locked(&self.held.leases);
        let due = leases.iter_mut().filter_map(|(key, held)| {
            let due = held.used && held.renew_from.is_some_and(|from| from <= now);
            due.then(|| {
                held.renew_from = None;
                *key
            })
        });
        due.collect()
    }

    /// Asks for a lease anew, while the old one goes on, and again a little later where that fails. It ends in its time, and whoever
    /// needs it then is told why.
    pub(crate) async fn renew(&self, epoch: EpochId, reason: LeaseReason) {
        if let Err(error) = self.try_renew(epoch, reason).await {
            tracing::warn!(%epoch, %reason, %error, "a lease could not be renewed");
            let again = self.env.now().plus_seconds(RENEWED_AGAIN).as_micros();
            if let Some(held) = locked(&self.held.leases).get_mut(&(epoch, reason)) {
                held.renew_from = Some(again);
                held.used = false;
            }
        }
    }

    async fn try_renew(&self, epoch: EpochId, reason: LeaseReason) -> Result<(), KeyError> {
        let row = self.row(epoch).await?;
        let key = KeptKey::of(&row)?;
        let Holder::Labs(keyholder) = self.holder(row.compartment, &key)? else {
            return Ok(());
        };
        let lane = self.labs.lane(row.compartment);
        let mut lane = lane.lock().await;
        self.lease_by(&*keyholder, &mut lane, &row, key, reason)
            .await
            .map(drop)
    }
}
