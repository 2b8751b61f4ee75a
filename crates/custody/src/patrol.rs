//! The patrol: what authorises is read again every few seconds while a node runs.
//!
//! Nothing that was edited underneath is obeyed: a node goes by what it folded. But what it does not ask for again it does
//! not meet either, and whoever runs it should hear of an edit when it is made, not when the node is next started.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use cofferdam_model::Compartment;
use cofferdam_store::{Reader, StoreError, engagement};

use crate::doctor::{Finding, holders};
use crate::gate::{Gate, Inner};
use crate::state::State;
use crate::watermark::Marks;

/// How long to wait between two rounds, at least;
const EVERY: Duration = Duration::from_secs(5);
/// and so many times as long as the last one took.
const REST: u32 = 100;

impl Gate {
    /// Goes over every ledger's authorising entries, every entry of today and every holder's row, and says what is not as
    /// it was written. It costs what starting a node costs.
    pub async fn patrol(&self) -> Result<Vec<Finding>, StoreError> {
        let inner = Arc::clone(&self.inner);
        let marks = inner.secrets.watermarks().read();
        self.inner
            .store
            .read(move |reader| look(&inner, &marks, reader))
            .await
    }

    /// Goes on patrol for ever. The log is told of each finding once.
    pub(crate) async fn patrolling(&self) {
        let closed = self.closed();
        let mut told: HashSet<String> = closed.iter().map(ToString::to_string).collect();
        loop {
            let begun = self.inner.env.now();
            match self.patrol().await {
                Ok(findings) => told = tell(&told, &findings),
                // Whatever stands in the way of this stands in the way of more, and is told there.
                Err(error) => tracing::debug!(%error, "no patrol"),
            }
            let took = self.inner.env.now().as_micros() - begun.as_micros();
            let took = Duration::from_micros(u64::try_from(took).unwrap_or(0));
            tokio::time::sleep(EVERY.max(took.saturating_mul(REST))).await;
        }
    }
}

/// Logs what was not told before; what is to be kept in mind.
fn tell(told: &HashSet<String>, findings: &[Finding]) -> HashSet<String> {
    let found: HashSet<String> = findings.iter().map(ToString::to_string).collect();
    for found in found.difference(told) {
        tracing::error!(%found, "edited underneath; it is not obeyed");
    }
    found
}

fn look(inner: &Inner, marks: &Marks, reader: &mut Reader<'_>) -> Result<Vec<Finding>, StoreError> {
    let state = State::load(reader, &inner.secrets, marks, inner.env.now())?;
    let mut findings: Vec<Finding> = state.broken().cloned().collect();
    let mut rows = engagement::all(reader)?;
    // Of a ledger that does not check, that much was said.
    rows.retain(|row| state.authority(Compartment::Lab(row.lab)).is_ok());
    findings.extend(holders(&rows, &state.into_authorities()).1);
    Ok(findings)
}
