//! Replacing a project's keys: what it sealed so far is sealed anew, in the background, and the keys it was under are taken away.
//!
//! The ledger calls for it. From that entry on a node writes under an epoch that was opened after it, so that what was sealed before
//! only becomes less: what a node had sealed and not yet stored, or seals before it has heard, is sealed anew by a later pass.

use std::collections::{HashMap, HashSet};
use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use cofferdam_model::{Compartment, Id, LabId, ObjectId, ProjectId, Timestamp};
use cofferdam_seal::Id128;
use cofferdam_seal::keyholder::{Destroy, LeaseReason};
use cofferdam_store::epoch::{self, EpochRow};
use cofferdam_store::object::{self, SealedRow};
use cofferdam_store::{Reader, StoreError, Tx};

use crate::error::{GateError, Integrity};
use crate::gate::{Gate, Inner, from_key};
use crate::keys::{self, About, KeyError};
use crate::known::State;
use crate::{Chore, vault};

/// So many objects are sealed anew in one transaction.
const AT_ONCE: u32 = 32;
/// A key is taken away this long after the entry that called for another one. By then no node is left that had not heard of it, and
/// nobody is left who was reading what it had sealed.
const KEPT_SECONDS: i64 = 3_600;
/// How often it is looked for what is to be done.
const EVERY: Duration = Duration::from_secs(2);
/// The same where it could not be done.
const AT_MOST: Duration = Duration::from_secs(60);

/// A call for new keys of one project, as a lab's ledger has it. Not to be made elsewhere.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rotation {
    lab: LabId,
    project: ProjectId,
    called: cofferdam_model::authority::Rotation,
}

/// How far the replacement of a project's keys is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// When it was last called for: ledger time.
    pub called: Timestamp,
    /// Object versions that are still under older keys.
    pub objects: u64,
    /// Older keys, still there to be asked for.
    pub epochs: u64,
}

/// Which calls there is nothing left to do about.
#[derive(Default)]
pub(crate) struct Rotated(Mutex<HashMap<ProjectId, u64>>);

impl Rotated {
    fn is_done(&self, rotation: &Rotation) -> bool {
        let done = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        done.get(&rotation.project) == Some(&rotation.called.n)
    }

    fn done(&self, rotation: &Rotation) {
        let mut done = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        done.insert(rotation.project, rotation.called.n);
    }
}

type Failed = GateError<Infallible>;

impl Gate {
    /// How far the replacement of a project's keys is; none: it was never called for.
    pub async fn rotation(
        &self,
        lab: LabId,
        project: ProjectId,
    ) -> Result<Option<Progress>, GateError<Infallible>> {
        self.inner.settle().await?;
        let authority = self.inner.state().authority(Compartment::Lab(lab))?;
        let Some(called) = authority.and_then(|authority| authority.rotation(project)) else {
            return Ok(None);
        };
        let left = move |reader: &mut Reader<'_>| {
            Ok::<_, StoreError>(Progress {
                called: called.t,
                objects: object::count_older(reader, project, called.n)?,
                epochs: epoch::older(reader, project, called.n)?.len() as u64,
            })
        };
        Ok(Some(self.inner.store.read(left).await?))
    }

    /// Seals anew what is to be, for ever; one node of several does it for all.
    pub(crate) async fn rotating(&self) {
        // At once: what a process that was killed had begun is gone on with.
        let mut wait = Duration::ZERO;
        loop {
            tokio::time::sleep(wait).await;
            if self.inner.called_for(self.inner.state()).is_empty() || !matches!(self.leads().await, Ok(true))
            {
                wait = EVERY;
                continue;
            }
            let passed = self.inner.rotate().await;
            wait = match passed.is_ok() {
                true => EVERY,
                false => (wait * 2).clamp(EVERY, AT_MOST),
            };
            self.inner
                .chores
                .went(Chore::Rotating, self.inner.env.now(), passed);
        }
    }

    /// Seals anew what is to be, once.
    pub async fn rotate(&self) -> Result<(), String> {
        self.inner.rotate().await
    }
}

impl Inner {
    /// Does what is left to do, of every project; says of which something could not be done, and why.
    async fn rotate(self: &Arc<Self>) -> Result<(), String> {
        // In the writer's turn, which ends with what it saw committed: a call that is still undone opens nothing.
        let own = Arc::clone(self);
        let called = self.write(move |state, _| Ok::<_, Failed>(own.called_for(state)));
        let (mut undone, mut without_key) = (Vec::new(), HashSet::new());
        for rotation in called.await.map_err(|error| error.to_string())? {
            // A keyholder that is away keeps other labs waiting once, not for each of its projects.
            if without_key.contains(&rotation.lab) {
                continue;
            }
            match self.rotate_project(&rotation).await {
                Ok(true) => self.rotated.done(&rotation),
                Ok(false) => {}
                Err(error) => {
                    if matches!(error, GateError::NoKey(_)) {
                        without_key.insert(rotation.lab);
                    }
                    undone.push(format!("project {}: {error}", rotation.project));
                }
            }
        }
        match undone.is_empty() {
            true => Ok(()),
            false => Err(undone.join("; ")),
        }
    }

    fn called_for(&self, state: &State) -> Vec<Rotation> {
        let mut all = Vec::new();
        for authority in state.authorities() {
            let Some(lab) = authority.compartment().lab() else {
                continue;
            };
            let called = authority
                .rotations()
                .map(|(project, called)| Rotation { lab, project, called });
            all.extend(called.filter(|rotation| !self.rotated.is_done(rotation)));
        }
        all
    }

    /// Whether nothing is left to do, now or later.
    async fn rotate_project(&self, rotation: &Rotation) -> Result<bool, Failed> {
        let (project, n) = (rotation.project, rotation.called.n);
        let older = self.store.read(move |r| epoch::older(r, project, n)).await?;
        let mut first_wrong = None;
        if !older.is_empty() && self.is_shredded(rotation).await? {
            return Ok(true);
        }
        for epoch in &older {
            keys::check(&self.secrets, epoch)?;
            let wrong = self.reseal_epoch(rotation, epoch).await?;
            first_wrong = first_wrong.or(wrong);
        }
        let over = self.env.now() >= rotation.called.t.plus_seconds(KEPT_SECONDS);
        let mut done = over;
        for epoch in older.into_iter().filter(|_| over) {
            let remove = move |tx: &mut Tx<'_>| epoch::remove(tx, epoch.id);
            done &= self.store.write(remove).await?;
        }
        if done && first_wrong.is_none() {
            self.leave_embedded(rotation).await?;
        }
        first_wrong.map_or(Ok(done), |wrong| Err(wrong.into()))
    }

    /// Whether a project's keyholder has destroyed its keys: then there is nothing to be sealed anew.
    async fn is_shredded(&self, rotation: &Rotation) -> Result<bool, Failed> {
        let about = self.about(rotation.lab, rotation.project, 0)?;
        match self.keys.writing(about).await {
            Err(KeyError::Gone(_)) => Ok(true),
            Err(error) => Err(from_key(error)),
            Ok(_) => Ok(false),
        }
    }

    /// Destroys the embedded keyholder's key of a project that has come under the lab's own, so that no backup of it opens an older one of
    /// the data.
    async fn leave_embedded(&self, rotation: &Rotation) -> Result<(), Failed> {
        let lab = Compartment::Lab(rotation.lab);
        let authority = self.state.authority(lab)?;
        if authority.is_none_or(|authority| authority.keyholder().is_none()) {
            return Ok(());
        }
        let destroy = Destroy {
            compartment: Id128::new(lab.to_bytes()),
            project: Id128::new(*rotation.project.as_bytes()),
            now_micros: self.env.now().as_micros(),
        };
        let destroyed = self.keys.keyholder.destroy(destroy).await;
        destroyed.map_err(|error| Failed::NoKey(error.to_string()))
    }

    /// Seals anew what is under one epoch's key; the first object with which that cannot be done, which stays as it is.
    async fn reseal_epoch(&self, rotation: &Rotation, epoch: &EpochRow) -> Result<Option<Integrity>, Failed> {
        let (id, mut first_wrong) = (epoch.id, None);
        let mut after = (ObjectId::from_bytes([0; 16]), 0);
        loop {
            let page = move |reader: &mut Reader<'_>| object::under(reader, id, after, AT_ONCE);
            let rows = self.store.read(page).await?;
            let Some(last) = rows.last() else {
                return Ok(first_wrong);
            };
            after = (last.object.object, last.object.version);
            let wrong = self.reseal(rotation, epoch, rows).await?;
            first_wrong = first_wrong.or(wrong);
        }
    }

    async fn reseal(
        &self,
        rotation: &Rotation,
        epoch: &EpochRow,
        rows: Vec<SealedRow>,
    ) -> Result<Option<Integrity>, Failed> {
        let about = About {
            rotation: rotation.called.n,
            ..self.about(rotation.lab, rotation.project, rows.len() as u64)?
        };
        let (to, new) = self.keys.writing(about).await.map_err(from_key)?;
        let old = self
            .keys
            .lease(epoch.id, LeaseReason::Rotation)
            .await
            .map_err(from_key)?;
        let now = self.env.now().as_micros();
        let closed = |e: cofferdam_seal::key::LeaseExpired| Failed::NoKey(e.to_string());
        let (new, old) = (new.key(now).map_err(closed)?, old.key(now).map_err(closed)?);
        let (mut anew, mut wrong) = (Vec::with_capacity(rows.len()), None);
        for row in rows {
            match vault::reseal(rotation, &self.secrets, &row, old, (to, new)) {
                Ok(resealed) => anew.push((row, resealed)),
                Err(error) => wrong = wrong.or(Some(error)),
            }
        }
        let put = move |tx: &mut Tx<'_>| {
            for (old, new) in &anew {
                object::reseal(tx, old, new)?;
            }
            Ok::<_, StoreError>(())
        };
        self.store.write(put).await?;
        Ok(wrong)
    }
}
