//! Integration: entries that are durable join the tree, and the tree head is signed. Reading never waits for it.

use std::time::Duration;

use cofferdam_ledger::checkpoint::Checkpoint;
use cofferdam_ledger::hash::Hash;
use cofferdam_ledger::note::VerifyingKey;
use cofferdam_ledger::tile::{Tile, TileCoord};
use cofferdam_ledger::tree::{self, TileWriter};
use cofferdam_model::Compartment;
use cofferdam_store::ledger::HeadRow;
use cofferdam_store::{StoreError, Tx, ledger};

use crate::gate::{Gate, Inner};
use crate::record;
use crate::state::BEHIND_MICROS;
use crate::state::StateError;

/// Leaves integrated in one transaction: the writer does nothing else meanwhile.
const BATCH: u32 = 4_096;
/// How often ledgers are looked at.
const EVERY: Duration = Duration::from_millis(250);

impl Gate {
    /// Integrates, and goes on patrol, for ever; drops ended leases on the way. Ends when `stop` does.
    pub async fn run_background(&self, stop: impl Future<Output = ()>) {
        let mut stop = std::pin::pin!(stop);
        let mut patrolling = std::pin::pin!(self.patrolling());
        let mut failed: Option<String> = None;
        let mut behind = false;
        loop {
            tokio::select! {
                () = &mut stop => break,
                () = &mut patrolling => {}
                () = tokio::time::sleep(EVERY) => {}
            }
            self.inner.keys.sweep();
            let now = self.integrate().await.err().map(|error| error.to_string());
            // Once, and not four times a second for as long as it lasts.
            match &now {
                Some(error) if now != failed => {
                    tracing::error!(%error, "ledgers could not be integrated; will try again");
                }
                None if failed.is_some() => tracing::info!("ledgers are integrated again"),
                _ => {}
            }
            failed = now;
            behind = self.follow_clock(behind);
        }
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

    /// Integrates every entry appended so far. A ledger that does not check keeps the tree that it has, and no other
    /// waits for it; the first such is the error.
    pub async fn integrate(&self) -> Result<(), StoreError> {
        self.inner.settle().await?;
        // By way of the writer: a node that lost the database to another finds out here, and cuts its streams, though it
        // has nothing to write.
        let behind = self.inner.store.write(|tx| ledger::behind(tx.reader())).await?;
        let mut outcome = Ok(());
        for compartment in behind {
            let integrated = self.integrate_one(compartment).await;
            outcome = outcome.and(integrated);
        }
        outcome
    }

    pub(crate) async fn integrate_one(&self, compartment: Compartment) -> Result<(), StoreError> {
        loop {
            let inner = std::sync::Arc::clone(&self.inner);
            let work = move |tx: &mut Tx<'_>| integrate(&inner, tx, compartment);
            let Some(grown) = self.inner.store.write(work).await? else {
                return Ok(());
            };
            if let Err(error) = self
                .inner
                .secrets
                .watermarks()
                .keep(compartment, &grown.checkpoint)
            {
                tracing::error!(%error, "how far a ledger is could not be kept beside the database");
            }
            if grown.whole {
                return Ok(());
            }
        }
    }
}

/// A tree that grew.
struct Grown {
    /// Its signed head.
    checkpoint: String,
    /// Whether it holds every entry now.
    whole: bool,
}

/// Integrates at most [`BATCH`] entries; none when there was nothing to integrate.
fn integrate(inner: &Inner, tx: &mut Tx<'_>, compartment: Compartment) -> Result<Option<Grown>, StoreError> {
    let corrupt = |problem: String| StoreError::Corrupt {
        table: "ledger_tile",
        problem,
    };
    let Some(head) = record::head(tx.reader(), &inner.secrets, compartment).map_err(from_state)? else {
        return Ok(None);
    };
    if head.integrated == head.size {
        return Ok(None);
    }
    let key = inner
        .secrets
        .ledger_key(compartment)
        .map_err(|e| corrupt(e.to_string()))?;
    let edge = edge(tx, compartment, &head, key.verifying_key())?;
    let leaves = leaves(inner, tx, compartment, &head)?;
    let grown = tree::integrate(head.integrated, &edge, leaves)
        .map_err(|e| corrupt(format!("the tree of {compartment}: {e}")))?;
    for tile in &grown.tiles {
        ledger::set_tile(tx, compartment, tile.coord.level, tile.coord.index, &tile.bytes)?;
    }
    let origin = inner.secrets.ledger_origin(compartment);
    let note = Checkpoint::new(&origin, grown.size, grown.root)
        .and_then(|checkpoint| checkpoint.sign(&key))
        .map_err(|e| corrupt(format!("the checkpoint of {compartment}: {e}")))?;
    let checkpoint = note.to_string();
    ledger::set_checkpoint(tx, compartment, grown.size, &checkpoint)?;
    let whole = grown.size == head.size;
    Ok(Some(Grown { checkpoint, whole }))
}

/// The right edge of the tree, if it is that of the tree whose head was signed: no other is ever grown.
fn edge(
    tx: &mut Tx<'_>,
    compartment: Compartment,
    head: &HeadRow,
    key: &VerifyingKey,
) -> Result<Vec<Tile>, StoreError> {
    let corrupt = |problem: String| StoreError::Corrupt {
        table: "ledger_tile",
        problem: format!("the tree of {compartment}: {problem}"),
    };
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
            .ok_or_else(|| corrupt("its checkpoint is missing".into()));
    };
    let signed = Checkpoint::open(text.as_bytes(), key, &[]).map_err(|e| corrupt(e.to_string()))?;
    if (signed.checkpoint.size(), signed.checkpoint.root()) != (tree.size(), tree.root()) {
        return Err(corrupt("its tiles are not those of its checkpoint".into()));
    }
    Ok(edge)
}

/// The next leaves, each of an entry that checks: nothing else is ever signed.
fn leaves(
    inner: &Inner,
    tx: &mut Tx<'_>,
    compartment: Compartment,
    head: &HeadRow,
) -> Result<Vec<Hash>, StoreError> {
    let end = head.size.min(head.integrated.saturating_add(u64::from(BATCH)));
    let mut leaves = Vec::new();
    let walked = record::walk(
        tx.reader(),
        &inner.secrets,
        compartment,
        head.integrated,
        &mut |row, _| {
            leaves.push(Hash(row.leaf));
            row.n + 1 < end
        },
    );
    walked.map_err(from_state)?;
    Ok(leaves)
}

fn from_state(error: StateError) -> StoreError {
    match error {
        StateError::Store(error) => error,
        StateError::Integrity(found) => StoreError::Corrupt {
            table: "ledger",
            problem: found.to_string(),
        },
    }
}
