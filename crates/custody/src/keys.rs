//! Leases: epoch keys in this node's memory, for a short time and a stated reason.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use cofferdam_model::env::Env;
use cofferdam_model::{Compartment, EpochId, Id, LabId, ProjectId, Timestamp};
use cofferdam_seal::Id128;
use cofferdam_seal::ingest::IngestPublicKey;
use cofferdam_seal::keyholder::{
    Before, KeyKind, Keyholder, KeyholderError, LabKeyholder, LeaseReason, LeaseRequest, Mint,
    MintedIngestKey,
};
use cofferdam_store::epoch::{self, EpochRow};
use cofferdam_store::{Reader, Store, StoreError, Tx};
use tokio::time::Instant;

use crate::error::Integrity;
use crate::openings::{KeptKey, Opening, Sealing};
use crate::secrets::{self, Secrets};
use crate::witnessed::{Granted, Lane, Witnesses};

/// An epoch takes no more objects than this,
const OBJECTS_PER_EPOCH: u64 = 100_000;
/// nor any after this long.
const SECONDS_PER_EPOCH: i64 = 86_400;
/// So long does whoever writes wait for a lease, where there is another way.
const PATIENCE: Duration = Duration::from_secs(2);
/// Beyond every entry of a ledger.
const NEVER: u64 = i64::MAX as u64;
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
    /// It refuses, in words that may be a lab's: those go to whoever oversees the lab, and into no log.
    #[error("the lab's keyholder refuses; `cofferdam lab keyholder` says why")]
    Refused(String),
    /// It will never open again: nothing more is sealed under it either.
    #[error("{0}")]
    Gone(String),
    #[error(transparent)]
    NoEntropy(#[from] cofferdam_model::env::NoEntropy),
}

impl KeyError {
    pub(crate) fn of(error: &KeyholderError) -> Self {
        match error {
            KeyholderError::Shredded { .. } => Self::Gone(error.to_string()),
            error => Self::Keyholder(error.to_string()),
        }
    }

    /// The same of a lab's own keyholder.
    pub(crate) fn of_labs(error: &KeyholderError) -> Self {
        match error {
            KeyholderError::Denied { reason } => Self::Refused(reason.clone()),
            error => Self::of(error),
        }
    }

    /// With the words of whoever refused. Not for logs.
    pub(crate) fn in_full(&self) -> String {
        match self {
            Self::Refused(reason) => format!("the keyholder refuses: {reason}"),
            error => error.to_string(),
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

/// The key to seal with while no lease can be had.
#[derive(Clone, Copy)]
struct Ingest {
    epoch: EpochId,
    public: IngestPublicKey,
    rotation: u64,
    keyholder: [u8; 32],
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
    ingest: Mutex<HashMap<ProjectId, Ingest>>,
    /// By lab: one whose keyholder is slow keeps no other waiting.
    opening: Mutex<HashMap<LabId, Arc<tokio::sync::Mutex<()>>>>,
}

/// A lease, and what is done about it in the background.
struct HeldLease {
    opening: Opening,
    /// From when on it is renewed, if it was used since it was granted; none: it is asked for anew once it is over.
    renew_from: Option<i64>,
    used: bool,
    /// When it was granted, and how long after that it may last: a clock that is put back keeps no key.
    since: Instant,
    lasts: Duration,
}

impl HeldLease {
    fn is_open(&self, now: i64) -> bool {
        now < self.opening.ends() && self.since.elapsed() < self.lasts
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
    /// The epoch that a project's next objects belong to, and what they are sealed with.
    pub(crate) async fn writing(&self, about: About) -> Result<(EpochId, Sealing), KeyError> {
        let Some(keyholder) = about.keyholder else {
            return self.leased(about).await;
        };
        let ingest = self.ingest(about, keyholder).await?;
        let Some(ingest) = ingest else {
            return self.leased(about).await;
        };
        let leased = tokio::time::timeout(PATIENCE, self.leased(about)).await;
        match leased {
            // The keyholder is away, or refuses: people go on writing.
            Ok(Err(KeyError::Keyholder(_) | KeyError::Refused(_))) | Err(_) => {
                Ok((ingest.epoch, Sealing::Ingest(ingest.public)))
            }
            Ok(leased) => leased,
        }
    }

    async fn leased(&self, about: About) -> Result<(EpochId, Sealing), KeyError> {
        let epoch = self.current(about).await?;
        match self.lease(epoch, LeaseReason::Work).await? {
            Opening::Epoch(lease) => Ok((epoch, Sealing::Epoch(lease))),
            Opening::Ingest(_) => {
                Err(Integrity::of(format!("epoch {epoch}"), "nothing is written under it").into())
            }
        }
    }

    async fn current(&self, about: About) -> Result<EpochId, KeyError> {
        if let Some(epoch) = self.writable(about) {
            return Ok(epoch);
        }
        let opening = Arc::clone(locked(&self.held.opening).entry(about.lab).or_default());
        let _one_at_a_time = opening.lock().await;
        match self.writable(about) {
            Some(epoch) => Ok(epoch),
            None => self.open_epoch(about).await,
        }
    }

    /// The key that was minted last to seal a project with while no lease can be had, if one was since its keys were last called to be
    /// replaced. It has no end: the keyholder may be away for long.
    async fn ingest(&self, about: About, keyholder: [u8; 32]) -> Result<Option<Ingest>, KeyError> {
        let fits = |found: &Ingest| found.rotation >= about.rotation && found.keyholder == keyholder;
        let known = locked(&self.held.ingest).get(&about.project).copied();
        if let Some(known) = known.filter(fits) {
            return Ok(Some(known));
        }
        let project = about.project;
        let all = self.store.read(move |r| epoch::older(r, project, NEVER)).await?;
        for row in all.into_iter().rev() {
            check(&self.secrets, &row)?;
            if let KeptKey::LabsIngest {
                ingest_of, public, ..
            } = KeptKey::of(&row)?
            {
                let found = Ingest {
                    epoch: row.id,
                    public,
                    rotation: row.rotation,
                    keyholder: ingest_of,
                };
                if fits(&found) {
                    locked(&self.held.ingest).insert(project, found);
                    return Ok(Some(found));
                }
            }
        }
        Ok(None)
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
        let compartment = Compartment::Lab(lab);
        let before = self.minted_before(about).await?;
        let mint = |id: EpochId, before| Mint {
            compartment: Id128::new(compartment.to_bytes()),
            project: Id128::new(*project.as_bytes()),
            epoch: Id128::new(*id.as_bytes()),
            before,
        };
        let id: EpochId = self.env.new_id()?;
        let mut rows = Vec::new();
        match about.keyholder {
            None => {
                let minted = self.keyholder.mint(mint(id, before)).await;
                let kept = KeptKey::Own(minted.map_err(|e| KeyError::of(&e))?);
                rows.push(self.epoch(id, about, &kept)?);
            }
            Some(authority) => {
                let keyholder = self.labs.of(compartment, &authority)?;
                let minted = keyholder.mint(mint(id, before)).await;
                let minted = self
                    .labs
                    .note(compartment, minted.map_err(|e| KeyError::of_labs(&e)));
                let kept = KeptKey::Labs {
                    keyholder: authority,
                    key: minted?,
                };
                let other: EpochId = self.env.new_id()?;
                let minted = keyholder.mint_ingest(mint(other, Before::InProject)).await;
                let minted = self
                    .labs
                    .note(compartment, minted.map_err(|e| KeyError::of_labs(&e)));
                let MintedIngestKey { public, wrapped } = minted?;
                let ingest = KeptKey::LabsIngest {
                    ingest_of: authority,
                    public,
                    wrapped,
                };
                rows.push(self.epoch(other, about, &ingest)?);
                rows.push(self.epoch(id, about, &kept)?);
            }
        }
        let insert = move |tx: &mut Tx<'_>| rows.iter().try_for_each(|row| epoch::insert(tx, row));
        self.store.write(insert).await?;
        locked(&self.held.ingest).remove(&project);
        locked(&self.held.writing).insert(
            project,
            Writing {
                epoch: id,
                opened: self.env.now(),
                objects: about.objects,
                rotation: about.rotation,
                keyholder: about.keyholder,
            },
        );
        Ok(id)
    }

    /// An epoch's row.
    fn epoch(&self, id: EpochId, about: About, kept: &KeptKey) -> Result<EpochRow, KeyError> {
        let wrapped = serde_json::to_vec(kept).map_err(|e| KeyError::Keyholder(e.to_string()))?;
        let mut row = EpochRow {
            id,
            compartment: Compartment::Lab(about.lab),
            project: about.project,
            wrapped,
            opened: self.env.now(),
            rotation: about.rotation,
            seal: [0; 32],
        };
        row.seal = seal_of(&self.secrets, &row);
        Ok(row)
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
    pub(crate) async fn lease(&self, epoch: EpochId, reason: LeaseReason) -> Result<Opening, KeyError> {
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
                let opening = grant.map_err(|e| KeyError::of(&e))?.into();
                Ok(self.hold(Granted { opening, asked }, (epoch, reason), By::Own))
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
    ) -> Result<Opening, KeyError> {
        let kind = key.kind();
        let request = self.request(row, key, reason);
        let leased = self.labs.lease(keyholder, row.compartment, lane, &request, kind);
        let granted = self.labs.note(row.compartment, leased.await)?;
        Ok(self.hold(granted, (row.id, reason), By::Labs))
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
        let wrapped = keyholder.mint(mint.clone()).await;
        let wrapped = wrapped.map_err(|e| KeyError::of_labs(&e))?;
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
            .lease(&*keyholder, compartment, &mut lane, &request, KeyKind::Epoch)
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

    fn held_now(&self, epoch: EpochId, reason: LeaseReason) -> Option<Opening> {
        let now = self.env.now().as_micros();
        let mut leases = locked(&self.held.leases);
        let held = leases.get_mut(&(epoch, reason))?;
        if !held.is_open(now) {
            return None;
        }
        held.used = true;
        Some(held.opening.clone())
    }

    fn hold(&self, granted: Granted, of: (EpochId, LeaseReason), by: By) -> Opening {
        let Granted { opening, asked } = granted;
        let length = opening.ends().saturating_sub(asked).max(0);
        let held = HeldLease {
            opening: opening.clone(),
            renew_from: match by {
                By::Own => None,
                By::Labs => Some(asked.saturating_add(length / 2)),
            },
            used: false,
            since: Instant::now(),
            lasts: Duration::from_micros(length.unsigned_abs()),
        };
        locked(&self.held.leases).insert(of, held);
        opening
    }

    fn request(&self, row: &EpochRow, key: KeptKey, reason: LeaseReason) -> LeaseRequest {
        LeaseRequest {
            compartment: Id128::new(row.compartment.to_bytes()),
            project: Id128::new(*row.project.as_bytes()),
            epoch: Id128::new(*row.id.as_bytes()),
            wrapped: key.into_wrapped(),
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
