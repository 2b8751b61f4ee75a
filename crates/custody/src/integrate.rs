//! Integration: entries that are durable join the tree, and the tree head is signed. Reading never waits for it.

use std::sync::Arc;
use std::time::Duration;

use cofferdam_ledger::checkpoint::Checkpoint;
use cofferdam_ledger::hash::Hash;
use cofferdam_ledger::note::VerifyingKey;
use cofferdam_ledger::tile::{Tile, TileCoord};
use cofferdam_ledger::tree::{self, TileWriter};
use cofferdam_model::Compartment;
use cofferdam_store::ledger::HeadRow;
use cofferdam_store::{Reader, StoreError, Tx, ledger};

use crate::chores::{Chore, Undone};
use crate::error::Integrity;
use crate::gate::{Gate, Inner};
use crate::known::State;
use crate::record;
use crate::state::{BEHIND_MICROS, StateError};
use crate::watermark::Last;

/// Leaves integrated in one transaction: the writer does nothing else meanwhile.
const BATCH: u32 = 4_096;
/// How often ledgers are looked at.
const EVERY: Duration = Duration::from_millis(250);
/// How often it is looked whether this node's certificates are to be renewed.
const ENROLLED: Duration = Duration::from_secs(30);
/// How long to wait, at most, after it could not be done.
const AT_MOST: Duration = Duration::from_secs(4);

impl Gate {
    /// Integrates, goes on patrol and follows other nodes, for ever; drops ended leases on the way. Ends when `stop` does.
    pub async fn run_background(&self, stop: impl Future<Output = ()>) {
        // Each goes on while another waits for a database that hangs.
        tokio::select! {
            () = self.integrating(stop) => {}
            () = self.patrolling() => {}
            () = self.rotating() => {}
            () = self.following() => {}
            () = self.minding_leases() => {}
            () = self.staying_enrolled() => {}
        }
    }

    /// Drops leases that have ended, and renews those that are in use, so that nobody waits for one. Waits for nothing itself.
    async fn minding_leases(&self) {
        loop {
            self.inner.keys.sweep();
            self.renew_leases();
            tokio::time::sleep(EVERY).await;
        }
    }

    fn renew_leases(&self) {
        for (epoch, reason) in self.inner.keys.to_renew() {
            let inner = Arc::clone(&self.inner);
            tokio::spawn(async move { inner.keys.renew(epoch, reason).await });
        }
    }

    /// Renews what this node shows labs' keyholders.
    async fn staying_enrolled(&self) {
        loop {
            tokio::time::sleep(ENROLLED).await;
            let all = self.inner.keys.labs.keyholders.all();
            let kept = all.iter().map(|(compartment, keyholder)| async move {
                let kept = keyholder.upkeep().await;
                kept.map_err(|error| format!("with that of {compartment}: {error}"))
            });
            let kept = futures::future::join_all(kept).await;
            let outcome = kept.into_iter().find(Result::is_err).unwrap_or(Ok(()));
            let now = self.inner.env.now();
            self.inner.chores.went(Chore::StayingEnrolled, now, outcome);
        }
    }

    async fn integrating(&self, stop: impl Future<Output = ()>) {
        let mut stop = std::pin::pin!(stop);
        let mut behind = false;
        let mut wait = EVERY;
        loop {
            tokio::select! {
                () = &mut stop => break,
                () = tokio::time::sleep(wait) => {}
            }
            // What a disk that is full or a database that is away does not allow now, it will hardly allow at once.
            wait = match self.pass().await.failed {
                Some(_) => (wait * 2).min(AT_MOST),
                None => EVERY,
            };
            behind = self.follow_clock(behind);
        }
    }

    /// What a node does beside answering, and could not do when it last tried.
    pub fn undone(&self) -> Vec<Undone> {
        self.inner.chores.undone()
    }

    /// Says once that the clock is behind a ledger, and once that it has caught up.
    fn follow_clock(&self, was_behind: bool) -> bool {
        let ahead = self
            .ahead_of_clock()
            .filter(|(_, micros)| *micros >= BEHIND_MICROS);
        match ahead {
            Some((compartment, micros)) if !was_behind => tracing::error!(
                ledger = %compartment,
                seconds = micros / 1_000_000,
                "the clock is behind the ledger's last entry: until it has caught up entries get that entry's time, and tell \
                 what the clock says; which of the two is right the ledger cannot know, so that exposure counts them as undated"
            ),
            None if was_behind => tracing::info!("the clock has caught up with every ledger"),
            _ => {}
        }
        ahead.is_some()
    }

    /// Integrates every entry appended so far, and keeps the tree heads beside the database. A ledger that does not check
    /// is closed and keeps the tree that it has, and no other waits for it; the first such is the error. A head that cannot
    /// be kept is none: it is tried again the next time.
    pub async fn integrate(&self) -> Result<(), StoreError> {
        let Pass { failed, closed, .. } = self.pass().await;
        failed.or(closed).map_or(Ok(()), Err)
    }

    async fn pass(&self) -> Pass {
        let _alone = self.inner.integrating.lock().await;
        let mut pass = Pass::default();
        if let Err(error) = self.integrate_all(&mut pass).await {
            pass.failed = Some(error);
        }
        // What the database forbids it was asked for by others too, and the store has told of it.
        let told = pass.failed.as_ref().map(|error| match error {
            StoreError::Forbidden(_) => "the database does not let this program write".to_owned(),
            error => error.to_string(),
        });
        let now = self.inner.env.now();
        self.inner
            .chores
            .went(Chore::Integrating, now, told.map_or(Ok(()), Err));
        self.keep(std::mem::take(&mut pass.ends)).await;
        pass
    }

    /// The same for one ledger: its tree head as this node signed it, whatever the database says of it since.
    pub(crate) async fn integrate_only(
        &self,
        compartment: Compartment,
    ) -> Result<Option<Arc<str>>, StoreError> {
        let _alone = self.inner.integrating.lock().await;
        self.inner.settle().await?;
        let outcome = self.integrate_one(compartment).await;
        self.keep(Vec::new()).await;
        match outcome {
            // Nobody else signs meanwhile, so that what is known to be signed is durable.
            Ok(()) => Ok(self.inner.state().head(compartment)),
            Err(StateError::Store(error)) => Err(error),
            Err(StateError::Integrity(found)) => Err(self.close(compartment, found)),
        }
    }

    async fn integrate_all(&self, pass: &mut Pass) -> Result<(), StoreError> {
        // By way of the writer: a node that lost the database to another finds out here, and cuts its streams, though it
        // has nothing to write. Which ledgers are behind this node knows, and asks no row that somebody could edit.
        let inner = Arc::clone(&self.inner);
        let look = move |tx: &mut Tx<'_>| {
            inner.refresh(tx.reader())?;
            Ok::<_, StoreError>(inner.state().survey(&ledger::heads(tx.reader())?))
        };
        let mut ledgers = self.inner.store.write(look).await?;
        ledgers.sort_by_key(|ledger| ledger.compartment.to_bytes());
        // What was seen in a transaction that went well is durable.
        self.inner.state().saw(&ledgers);
        for ledger in ledgers {
            let compartment = ledger.compartment;
            // What kept one from being signed keeps the others from it: how far they are is kept all the same.
            let integrated = match ledger.signed {
                Ok(_) if pass.failed.is_some() => {
                    if self.inner.state().is_behind(compartment) {
                        pass.ends.push((compartment, ledger.last));
                    }
                    continue;
                }
                Ok(_) => self.integrate_one(compartment).await,
                Err(found) => Err(found.into()),
            };
            match integrated {
                Ok(()) => continue,
                Err(StateError::Store(error)) => pass.failed = Some(error),
                Err(StateError::Integrity(found)) => {
                    let error = self.close(compartment, found);
                    pass.closed.get_or_insert(error);
                }
            }
            pass.ends.push((compartment, ledger.last));
        }
        Ok(())
    }

    async fn integrate_one(&self, compartment: Compartment) -> Result<(), StateError> {
        while self.inner.state().is_behind(compartment) {
            let inner = Arc::clone(&self.inner);
            let work = move |tx: &mut Tx<'_>| {
                inner.refresh(tx.reader()).map_err(StateError::Store)?;
                inner
                    .state()
                    .attempt(|state| integrate(&inner, state, tx, compartment))
            };
            match self.inner.store.write(work).await? {
                Some(size) => self.inner.state().durable(compartment, size),
                None => break,
            }
        }
        Ok(())
    }

    /// Entries that cannot be signed are not known to be recorded, whatever the database said when it took them: so nothing
    /// more is let out on the strength of any.
    fn close(&self, compartment: Compartment, found: Integrity) -> StoreError {
        let problem = format!("{}: {}", found.what, found.problem);
        self.inner.state().close(compartment, found);
        self.inner.cut_streams();
        StoreError::Corrupt {
            table: "ledger",
            problem,
        }
    }

    /// Keeps beside the database the tree heads that are due, and where ledgers end that could not be signed: that could be
    /// taken away.
    async fn keep(&self, ends: Vec<(Compartment, Last)>) {
        let due = self.inner.state().due();
        let outcome = if due.is_empty() && ends.is_empty() {
            Ok(())
        } else {
            let inner = Arc::clone(&self.inner);
            let kept = tokio::task::spawn_blocking(move || keep(&inner, due, ends)).await;
            kept.unwrap_or_else(|failed| Err(failed.to_string()))
        };
        self.inner
            .chores
            .went(Chore::Keeping, self.inner.env.now(), outcome);
    }
}

/// All of it that can be kept, and the first that cannot.
fn keep(
    inner: &Inner,
    due: Vec<(Compartment, Arc<str>)>,
    ends: Vec<(Compartment, Last)>,
) -> Result<(), String> {
    let marks = inner.secrets.watermarks();
    let mut outcome = Ok(());
    for (compartment, checkpoint) in due {
        let mut kept = marks.keep(compartment, &checkpoint);
        if !inner.state().is_behind(compartment) {
            kept = kept.and_then(|()| marks.drop_end(compartment));
        }
        match kept {
            Ok(()) => inner.state().kept(compartment, &checkpoint),
            Err(error) => outcome = outcome.and(Err(format!("the head of {compartment}: {error}"))),
        }
    }
    for (compartment, last) in ends {
        let kept = marks.keep_end(compartment, last);
        outcome = outcome.and(kept.map_err(|error| format!("the end of {compartment}: {error}")));
    }
    outcome
}

/// How one round of integration went.
#[derive(Default)]
struct Pass {
    /// What stood in the way of it, and may pass.
    failed: Option<StoreError>,
    /// The first ledger that was closed because it does not check; the log was told of each.
    closed: Option<StoreError>,
    /// Where ledgers end that could not be signed.
    ends: Vec<(Compartment, Last)>,
}

/// Integrates at most [`BATCH`] entries; how many the tree holds then, or none when there was nothing to integrate.
fn integrate(
    inner: &Inner,
    state: &State,
    tx: &mut Tx<'_>,
    compartment: Compartment,
) -> Result<Option<u64>, StateError> {
    let wrong = |what: &str, problem: String| Integrity::of(format!("the {what} of {compartment}"), problem);
    let Some(head) = record::head(tx.reader(), &inner.secrets, compartment)? else {
        return Ok(None);
    };
    state.expects(compartment, &head)?;
    if head.integrated == head.size {
        return Ok(None);
    }
    let key = inner
        .secrets
        .ledger_key(compartment)
        .map_err(|e| wrong("key", e.to_string()))?;
    let edge = edge(tx.reader(), compartment, &head, key.verifying_key())?;
    let leaves = leaves(inner, tx, compartment, &head)?;
    let grown = tree::integrate(head.integrated, &edge, leaves).map_err(|e| wrong("tree", e.to_string()))?;
    for tile in &grown.tiles {
        ledger::set_tile(tx, compartment, tile.coord.level, tile.coord.index, &tile.bytes)?;
    }
    let origin = inner.secrets.ledger_origin(compartment);
    let note = Checkpoint::new(&origin, grown.size, grown.root)
        .and_then(|checkpoint| checkpoint.sign(&key))
        .map_err(|e| wrong("checkpoint", e.to_string()))?;
    let checkpoint = note.to_string();
    ledger::set_checkpoint(tx, compartment, grown.size, &checkpoint)?;
    state.grew(compartment, grown.size, &checkpoint);
    Ok(Some(grown.size))
}

/// The right edge of the tree, if it is that of the tree whose head was signed: no other is ever grown.
pub(crate) fn edge(
    reader: &mut Reader<'_>,
    compartment: Compartment,
    head: &HeadRow,
    key: &VerifyingKey,
) -> Result<Vec<Tile>, StateError> {
    let corrupt = |problem: String| Integrity::of(format!("the tree of {compartment}"), problem);
    let mut edge = Vec::new();
    for coord in TileCoord::edges(head.integrated) {
        let bytes = ledger::tile(reader, compartment, coord.level, coord.index)?;
        let bytes = bytes.ok_or_else(|| corrupt(format!("{coord} is missing")))?;
        edge.push(Tile { coord, bytes });
    }
    let tree = TileWriter::resume(head.integrated, &edge).map_err(|e| corrupt(e.to_string()))?;
    let Some(text) = &head.checkpoint else {
        let empty = head.integrated == 0;
        return empty
            .then_some(edge)
            .ok_or_else(|| corrupt("its checkpoint is missing".into()).into());
    };
    let signed = Checkpoint::open(text.as_bytes(), key, &[]).map_err(|e| corrupt(e.to_string()))?;
    if (signed.checkpoint.size(), signed.checkpoint.root()) != (tree.size(), tree.root()) {
        return Err(corrupt("its tiles are not those of its checkpoint".into()).into());
    }
    Ok(edge)
}

/// The next leaves, each of an entry that checks: nothing else is ever signed.
fn leaves(
    inner: &Inner,
    tx: &mut Tx<'_>,
    compartment: Compartment,
    head: &HeadRow,
) -> Result<Vec<Hash>, StateError> {
    let end = head.size.min(head.integrated.saturating_add(u64::from(BATCH)));
    let mut leaves = Vec::new();
    record::walk(
        tx.reader(),
        &inner.secrets,
        compartment,
        head.integrated,
        &mut |row, _| {
            leaves.push(Hash(row.leaf));
            row.n + 1 < end
        },
    )?;
    Ok(leaves)
}
