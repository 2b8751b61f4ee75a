//! How the keyholder stands, to a node.

use cofferdam_seal::keyholder::wire::{LedgerStatus, PROTOCOL, Status};

use super::{Answer, Keyholder, enrolled_no_more, json};
use crate::nodes;
use crate::state::State;

impl Keyholder {
    /// `POST /v1/status`.
    pub(super) fn status(&self, by: &str) -> Answer {
        let now = self.lab.journal.now();
        let status = self.lab.journal.read(|state| {
            let (name, _, expires) = nodes::of_certificate(state, by, now)?;
            Some(Status {
                protocol: PROTOCOL,
                version: env!("CARGO_PKG_VERSION").to_owned(),
                now_micros: now,
                max_skew_micros: self.lab.config.max_skew(),
                node: name.to_owned(),
                certificate_expires_at_micros: expires,
                witness: state.witness.clone(),
                halts: state.halts_told(),
                ledgers: ledgers(state),
            })
        });
        match status {
            Some(status) => json(200, &status),
            None => enrolled_no_more().answer(),
        }
    }
}

/// Ledgers, as they are told.
pub(crate) fn ledgers(state: &State) -> Vec<LedgerStatus> {
    let ledgers = state.ledgers.iter().map(|(compartment, ledger)| LedgerStatus {
        compartment: *compartment,
        vkey: ledger.vkey.clone(),
        size: ledger.size,
        checkpoint: ledger.note.clone(),
        diverged: ledger.diverged.clone(),
    });
    ledgers.collect()
}
