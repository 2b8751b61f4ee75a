//! Integration: entries that are durable join the tree, and the tree head is signed. Reading never waits for it.

use std::collections::HashMap;
use std::time::Duration;

use cofferdam_ledger::checkpoint::Checkpoint;
use cofferdam_ledger::hash::Hash;
use cofferdam_ledger::note::VerifyingKey;
use cofferdam_ledger::tile::{Tile, TileCoord};
use cofferdam_ledger::tree::{self, TileWriter};
use cofferdam_model::Compartment;
use cofferdam_store::ledger::HeadRow;
use cofferdam_store::{StoreError, Tx, ledger};

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

impl Gate {
    /// Integrates, and goes on patrol, for ever; drops ended leases on the way. Ends when `stop` does.
    pub async fn run_background(&self, stop: impl Future<Output = ()>) {
        let mut stop = std::pin::pin!(stop);
        let mut patrolling = std::pin::pin!(self.patrolling());
        let mut behind = false;
        loop {
            tokio::select! {
                () = &mut stop => break,
                () = &mut patrolling => {}
                () = tokio::time::sleep(EVERY) => {}
            }
            self.inner.keys.sweep();
            // What came of it is kept, and told when it changes.
            let _ = self.integrate().await;
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
    /// keeps the tree that it has, and no other waits for it; the first such is the error. A head that cannot be kept is
    /// none: it is tried again the next time.
    pub async fn integrate(&self) -> Result<(), StoreError> {
        let _alone = self.inner.integrating.lock().await;
        let outcome = self.integrate_all().await;
        // What the database forbids it was asked for by others too, and the store has told of it.
        let told = outcome.clone().map_err(|error| match error {
            StoreError::Forbidden(_) => "the database does not let this program write".to_owned(),
            error => error.to_string(),
        });
        self.inner
            .chores
            .went(Chore::Integrating, self.inner.env.now(), told);
        self.keep_heads().await;
        outcome
    }

    /// The same for one ledger.
    pub(crate) async fn integrate_only(&self, compartment: Compartment) -> Result<(), StoreError> {
        let _alone = self.inner.integrating.lock().await;
        self.inner.settle().await?;
        let outcome = self.integrate_one(compartment).await;
        self.keep_heads().await;
        outcome
    }

    async fn integrate_all(&self) -> Result<(), StoreError> {
        self.inner.settle().await?;
        // By way of the writer: a node that lost the database to another finds out here, and cuts its streams, though it
        // has nothing to write. Which ledgers are behind this node knows, and asks no row that somebody could edit.
        let inner = std::sync::Arc::clone(&self.inner);
        let look = move |tx: &mut Tx<'_>| {
            inner.state().refresh(tx.reader(), &inner.secrets)?;
            Ok::<_, StoreError>(as_expected(&inner, ledger::heads(tx.reader())?))
        };
        let ledgers = self.inner.store.write(look).await?;
        // What was seen in a transaction that went well is durable.
        let ends = ledgers.iter().map(|(compartment, last, _)| (*compartment, *last));
        self.inner.state().seen(ends);
        let mut outcome = Ok(());
        for (compartment, last, expected) in ledgers {
            let integrated = match expected {
                Ok(()) => self.integrate_one(compartment).await,
                Err(found) => Err(self.closing(compartment, found)),
            };
            if integrated.is_err() {
                self.keep_end(compartment, last).await;
            }
            outcome = outcome.and(integrated);
        }
        outcome
    }

    /// What is not signed could be taken away: how far it went is kept beside the database all the same.
    async fn keep_end(&self, compartment: Compartment, last: Last) {
        let secrets = std::sync::Arc::clone(&self.inner.secrets);
        let keep = move || secrets.watermarks().keep_end(compartment, last);
        let kept = tokio::task::spawn_blocking(keep).await;
        if let Err(error) = kept.map_err(std::io::Error::other).flatten() {
            tracing::error!(%error, ledger = %compartment, "where a ledger ends that cannot be signed could not be kept");
        }
    }

    async fn integrate_one(&self, compartment: Compartment) -> Result<(), StoreError> {
        while self.inner.state().is_behind(compartment) {
            let inner = std::sync::Arc::clone(&self.inner);
            let work = move |tx: &mut Tx<'_>| {
                let state = inner.state();
                state.refresh(tx.reader(), &inner.secrets)?;
                state.attempt(|state| integrate(&inner, state, tx, compartment))
            };
            match self.inner.store.write(work).await {
                Ok(Some(size)) => self.inner.state().durable(compartment, size),
                Ok(None) => break,
                Err(StateError::Integrity(found)) => return Err(self.closing(compartment, found)),
                Err(StateError::Store(error)) => return Err(error),
            }
        }
        Ok(())
    }

    /// Entries that cannot be signed are not known to be recorded, whatever the database said when it took them: so nothing
    /// more is let out on the strength of any.
    fn closing(&self, compartment: Compartment, found: Integrity) -> StoreError {
        let problem = format!("{}: {}", found.what, found.problem);
        self.inner.state().close(compartment, found);
        self.inner.cut_streams();
        StoreError::Corrupt {
            table: "ledger",
            problem,
        }
    }

    /// Keeps what is due beside the database.
    async fn keep_heads(&self) {
        let inner = std::sync::Arc::clone(&self.inner);
        let keep = move || {
            let mut outcome = Ok(());
            for (compartment, checkpoint) in inner.state().due() {
                let marks = inner.secrets.watermarks();
                let mut kept = marks.keep(compartment, &checkpoint);
                if !inner.state().is_behind(compartment) {
                    kept = kept.and_then(|()| marks.drop_end(compartment));
                }
                match kept {
                    Ok(()) => inner.state().kept(compartment, &checkpoint),
                    Err(error) => outcome = outcome.and(Err(format!("the head of {compartment}: {error}"))),
                }
            }
            outcome
        };
        let kept = tokio::task::spawn_blocking(keep).await;
        let outcome = kept.unwrap_or_else(|failed| Err(failed.to_string()));
        self.inner
            .chores
            .went(Chore::Keeping, self.inner.env.now(), outcome);
    }
}

/// The ledgers that are open, and what is wrong with those whose end is not where this node knows it to be.
fn as_expected(
    inner: &Inner,
    heads: Vec<(Compartment, HeadRow)>,
) -> Vec<(Compartment, Last, Result<(), Integrity>)> {
    let heads: HashMap<Compartment, HeadRow> = heads.into_iter().collect();
    let mut open = inner.state().open();
    open.sort_by_key(|(compartment, _)| compartment.to_bytes());
    let expected = |compartment| match heads.get(&compartment) {
        Some(head) => inner.state().expects(compartment, head),
        None => Err(Integrity::of(
            format!("the ledger of {compartment}"),
            "it is gone",
        )),
    };
    open.into_iter()
        .map(|(compartment, last)| (compartment, last, expected(compartment)))
        .collect()
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
    let edge = edge(tx, compartment, &head, key.verifying_key())?;
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
fn edge(
    tx: &mut Tx<'_>,
    compartment: Compartment,
    head: &HeadRow,
    key: &VerifyingKey,
) -> Result<Vec<Tile>, StateError> {
    let corrupt = |problem: String| Integrity::of(format!("the tree of {compartment}"), problem);
    let mut edge = Vec::new();
    for coord in TileCoord::edges(head.integrated) {
        let bytes = ledger::tile(tx.reader(), compartment, coord.level, coord.index)?;
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
