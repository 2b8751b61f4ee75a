//! What the gate knows, shared: the writer's thread changes it, everybody asks it.
//!
//! It is locked for one question or one change at a time, never while the database is asked: a command that takes long,
//! or a database that hangs, keeps nobody from asking whether a halt is open.

use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use cofferdam_model::{
    Actor, Authority, Compartment, Decision, Engagement, EngagementId, Fact, Halt, LabId, ProjectId,
    Timestamp,
};
use cofferdam_store::engagement::HolderRow;
use cofferdam_store::ledger::{Ends, EntryRow, HeadRow, Heads};
use cofferdam_store::{Reader, StoreError, engagement};

use crate::auth::Caller;
use crate::error::{Integrity, Unproven};
use crate::following::{self, By, Caught};
use crate::record::Appended;
use crate::secrets::Secrets;
use crate::state::{Ask, Behind, Clock, Fold, StateError, Surveyed};
use crate::watermark::Marks;

/// The shared fold over all ledgers.
#[derive(Default)]
pub(crate) struct State(RwLock<Fold>);

impl State {
    fn ask(&self) -> RwLockReadGuard<'_, Fold> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self) -> RwLockWriteGuard<'_, Fold> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Folds every ledger anew, in place of what was known.
    pub(crate) fn reload(&self, reader: &mut Reader<'_>, secrets: &Secrets) -> Result<(), StoreError> {
        // On the writer's thread nobody commits meanwhile, so that no file gets ahead of what is read here.
        let marks = secrets.watermarks().read()?.and_known(self.ask().seen());
        let loaded = Fold::load(reader, secrets, &marks)?;
        self.change().replace(loaded);
        Ok(())
    }

    /// On the writer's thread: folds anew if something was undone since the last time, and takes in what other nodes have appended.
    /// What was found, if the database was asked.
    pub(crate) fn refresh(
        &self,
        reader: &mut Reader<'_>,
        secrets: &Secrets,
        each: &dyn Fn(&Fact),
    ) -> Result<Option<Caught>, StoreError> {
        if self.is_stale() {
            self.reload(reader, secrets)?;
            return Ok(Some(Caught::Changes));
        }
        if !self.ask().is_lagging() {
            return Ok(None);
        }
        let caught = following::catch_up(self, reader, secrets, By::Turn, each)?;
        self.change().is_level();
        Ok(Some(caught))
    }

    /// See [`Fold::committed`].
    pub(crate) fn committed(&self) {
        self.change().committed();
    }

    /// See [`Fold::lag`].
    pub(crate) fn lag(&self) {
        self.change().lag();
    }

    /// See [`Fold::drift`].
    pub(crate) fn drift(&self, adrift: bool) -> bool {
        // Asked for with every transaction.
        self.ask().is_adrift() != adrift && self.change().drift(adrift)
    }

    /// See [`Fold::is_adrift`].
    pub(crate) fn is_adrift(&self) -> bool {
        self.ask().is_adrift()
    }

    /// See [`Fold::behind`].
    pub(crate) fn behind(&self, ends: &Ends) -> Behind {
        self.ask().behind(ends)
    }

    /// See [`Fold::begin_theirs`].
    pub(crate) fn begin_theirs(&self, compartment: Compartment) {
        self.change().begin_theirs(compartment);
    }

    /// See [`Fold::follow`].
    pub(crate) fn follow(
        &self,
        compartment: Compartment,
        row: &EntryRow,
        appended: &Appended,
    ) -> Result<bool, Integrity> {
        self.change().follow(compartment, row, appended)
    }

    /// See [`Fold::follow_trees`].
    pub(crate) fn follow_trees(&self, ends: &Ends, secrets: &Secrets) -> Vec<(Compartment, Integrity)> {
        self.change().follow_trees(ends, secrets)
    }

    /// See [`Fold::forget`].
    pub(crate) fn forget(&self) {
        self.change().forget();
    }

    /// See [`Fold::is_stale`].
    pub(crate) fn is_stale(&self) -> bool {
        self.ask().is_stale()
    }

    /// Does `work`; what that took in is forgotten when it fails, as its rows are undone.
    pub(crate) fn attempt<T, E>(&self, work: impl FnOnce(&Self) -> Result<T, E>) -> Result<T, E> {
        self.change().untouched();
        let result = work(self);
        if result.is_err() {
            self.change().undone();
        }
        result
    }

    /// See [`Fold::authority`].
    pub(crate) fn authority(&self, compartment: Compartment) -> Result<Option<Arc<Authority>>, Integrity> {
        Ok(self.ask().authority(compartment)?.cloned())
    }

    /// See [`Fold::authorities`].
    pub(crate) fn authorities(&self) -> Vec<Arc<Authority>> {
        self.ask().authorities().cloned().collect()
    }

    /// See [`Fold::is_broken`].
    pub(crate) fn is_broken(&self, compartment: Compartment) -> bool {
        self.ask().is_broken(compartment)
    }

    /// See [`Fold::clock`].
    pub(crate) fn clock(&self, compartment: Compartment, now: Timestamp) -> Clock {
        self.ask().clock(compartment, now)
    }

    /// See [`Fold::ahead_of`].
    pub(crate) fn ahead_of(&self, now: Timestamp) -> Option<(Compartment, i64)> {
        self.ask().ahead_of(now)
    }

    /// See [`Fold::broken`].
    pub(crate) fn broken(&self) -> Vec<Integrity> {
        self.ask().broken().collect()
    }

    /// See [`Fold::begin`].
    pub(crate) fn begin(&self, compartment: Compartment) {
        self.change().begin(compartment);
    }

    /// See [`Fold::signed`].
    pub(crate) fn signed(&self, compartment: Compartment, head: &HeadRow) -> Result<(), Integrity> {
        self.ask().signed(compartment, head)
    }

    /// See [`Fold::expects`].
    pub(crate) fn expects(&self, compartment: Compartment, head: &HeadRow) -> Result<(), Integrity> {
        self.ask().expects(compartment, head)
    }

    /// See [`Fold::close`].
    pub(crate) fn close(&self, compartment: Compartment, found: Integrity) {
        self.change().close(compartment, found);
    }

    /// See [`Fold::survey`].
    pub(crate) fn survey(&self, heads: &Heads) -> Vec<Surveyed> {
        self.ask().survey(heads)
    }

    /// See [`Fold::saw`].
    pub(crate) fn saw(&self, ledgers: &[Surveyed]) {
        self.change().saw(ledgers);
    }

    /// See [`Fold::is_behind`].
    pub(crate) fn is_behind(&self, compartment: Compartment) -> bool {
        self.ask().is_behind(compartment)
    }

    /// See [`Fold::grew`].
    pub(crate) fn grew(&self, compartment: Compartment, size: u64, checkpoint: &str) {
        self.change().grew(compartment, size, checkpoint);
    }

    /// See [`Fold::durable`].
    pub(crate) fn durable(&self, compartment: Compartment, size: u64) {
        self.change().durable(compartment, size);
    }

    /// See [`Fold::due`].
    pub(crate) fn due(&self) -> Vec<(Compartment, Arc<str>)> {
        self.ask().due()
    }

    /// See [`Fold::head`].
    pub(crate) fn head(&self, compartment: Compartment) -> Option<Arc<str>> {
        self.ask().head(compartment)
    }

    /// See [`Fold::kept_heads`].
    pub(crate) fn kept_heads(&self) -> Vec<(Compartment, Arc<str>)> {
        self.ask().kept_heads()
    }

    /// See [`Fold::lost`].
    pub(crate) fn lost(&self, kept: &[(Compartment, Arc<str>)], marks: &Marks) -> Vec<Integrity> {
        self.change().lost(kept, marks)
    }

    /// See [`Fold::kept`].
    pub(crate) fn kept(&self, compartment: Compartment, checkpoint: &str) {
        self.change().kept(compartment, checkpoint);
    }

    /// See [`Fold::apply`].
    pub(crate) fn apply(&self, compartment: Compartment, appended: &Appended) -> Result<(), Integrity> {
        self.change().apply(compartment, appended)
    }

    /// Who holds an engagement: the row, if it opens the commitment in the ledger.
    pub(crate) fn holder(
        &self,
        reader: &mut Reader<'_>,
        id: EngagementId,
    ) -> Result<Option<HolderRow>, StateError> {
        if let Some(known) = self.ask().held(id) {
            return Ok(Some(known));
        }
        match engagement::get(reader, id)? {
            Some(row) => Ok(self.change().hold(row)?),
            None => Ok(None),
        }
    }

    /// Whether a credential that was checked when a request began still proves who asks.
    pub(crate) fn proves(&self, caller: &Caller, now: Timestamp) -> Result<(), Unproven> {
        // Of a ledger that is closed nothing is known, and whatever is asked next says so.
        let installation = self.authority(Compartment::Installation).ok().flatten();
        if installation.is_some_and(|a| a.is_revoked(caller.credential())) {
            return Err(Unproven::Revoked);
        }
        match caller.has_expired(now) {
            true => Err(Unproven::Expired),
            false => Ok(()),
        }
    }

    /// See [`Fold::decide`].
    pub(crate) fn decide(
        &self,
        caller: &cofferdam_model::Caller,
        ask: &Ask,
        holder: Option<&HolderRow>,
    ) -> Result<Decision, Integrity> {
        self.ask().decide(caller, ask, holder)
    }

    /// See [`Fold::lab_of`].
    pub(crate) fn lab_of(&self, project: ProjectId) -> Option<LabId> {
        self.ask().lab_of(project)
    }

    /// See [`Fold::engagement`].
    pub(crate) fn engagement(&self, holder: &HolderRow) -> Option<Engagement> {
        self.ask().engagement(holder)
    }

    /// See [`Fold::halts`].
    pub(crate) fn halts(&self, compartment: Compartment) -> Vec<Halt> {
        self.ask().halts(compartment)
    }

    /// See [`Fold::actor`].
    pub(crate) fn actor(&self, caller: &cofferdam_model::Caller, holder: &HolderRow) -> Option<Actor> {
        self.ask().actor(caller, holder)
    }
}
