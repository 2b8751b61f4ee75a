//! Integration: entries that are durable join the tree, and the tree head is signed. Reading never waits for it.

use std::time::Duration;

use cofferdam_ledger::checkpoint::Checkpoint;
use cofferdam_ledger::hash::Hash;
use cofferdam_ledger::tile::{Tile, TileCoord};
use cofferdam_ledger::tree;
use cofferdam_model::Compartment;
use cofferdam_store::{StoreError, Tx, ledger};

use crate::gate::{Gate, Inner};

/// Leaves integrated in one transaction.
const BATCH: u32 = 65_536;
/// How often ledgers are looked at.
const EVERY: Duration = Duration::from_millis(250);

impl Gate {
    /// Integrates for ever; drops ended leases on the way. Ends when `stop` does.
    pub async fn run_background(&self, stop: impl Future<Output = ()>) {
        let mut stop = std::pin::pin!(stop);
        loop {
            tokio::select! {
                () = &mut stop => break,
                () = tokio::time::sleep(EVERY) => {}
            }
            self.inner.keys.sweep();
            if let Err(error) = self.integrate().await {
                tracing::error!(%error, "ledgers could not be integrated; will try again");
            }
        }
    }

    /// Integrates every entry appended so far.
    pub async fn integrate(&self) -> Result<(), StoreError> {
        loop {
            let behind = self.inner.store.read(ledger::behind).await?;
            if behind.is_empty() {
                return Ok(());
            }
            for compartment in behind {
                let inner = std::sync::Arc::clone(&self.inner);
                self.inner
                    .store
                    .write(move |tx| integrate(&inner, tx, compartment))
                    .await?;
            }
        }
    }
}

fn integrate(inner: &Inner, tx: &mut Tx<'_>, compartment: Compartment) -> Result<(), StoreError> {
    let corrupt = |problem: String| StoreError::Corrupt {
        table: "ledger_tile",
        problem,
    };
    let Some(head) = ledger::head(tx.reader(), compartment)? else {
        return Ok(());
    };
    let mut edge = Vec::new();
    for coord in TileCoord::edges(head.integrated) {
        let bytes = ledger::tile(tx.reader(), compartment, coord.level, coord.index)?;
        let bytes = bytes.ok_or_else(|| corrupt(format!("{coord} of {compartment} is missing")))?;
        edge.push(Tile { coord, bytes });
    }
    let leaves = ledger::leaves(tx.reader(), compartment, head.integrated, BATCH)?;
    let grown = tree::integrate(head.integrated, &edge, leaves.into_iter().map(Hash))
        .map_err(|e| corrupt(format!("the tree of {compartment}: {e}")))?;
    for tile in &grown.tiles {
        ledger::set_tile(tx, compartment, tile.coord.level, tile.coord.index, &tile.bytes)?;
    }
    let origin = inner.secrets.ledger_origin(compartment);
    let key = inner
        .secrets
        .ledger_key(compartment)
        .map_err(|e| corrupt(e.to_string()))?;
    let note = Checkpoint::new(&origin, grown.size, grown.root)
        .and_then(|checkpoint| checkpoint.sign(&key))
        .map_err(|e| corrupt(format!("the checkpoint of {compartment}: {e}")))?;
    ledger::set_checkpoint(tx, compartment, grown.size, &note.to_string())
}
