//! What the firm said of its walls, held against what the installation's ledger recorded of it.

use std::collections::HashMap;

use cofferdam_model::{Fact, WallId};
use cofferdam_store::{Reader, StoreError, offer, wall};

use super::Exam;
use super::rows::holds;
use crate::record::sha256;

/// By wall and place, from 1: the hashes of its name and of the reason.
#[derive(Default)]
pub(super) struct Acts {
    told: HashMap<(WallId, u64), ([u8; 32], [u8; 32])>,
    names: HashMap<WallId, ([u8; 32], u64)>,
}

impl Acts {
    /// Takes what stands in the installation's ledger.
    pub(super) fn told(&mut self, fact: &Fact) {
        match fact {
            Fact::WallDeclared { wall, name, why, .. } => {
                self.names.insert(*wall, (*name, 0));
                self.act(*wall, *why);
            }
            Fact::WallChanged { wall, why, .. } | Fact::WallLifted { wall, why } => self.act(*wall, *why),
            _ => {}
        }
    }

    fn act(&mut self, wall: WallId, why: [u8; 32]) {
        if let Some((name, acts)) = self.names.get_mut(&wall) {
            *acts += 1;
            self.told.insert((wall, *acts), (*name, why));
        }
    }
}

impl Exam<'_> {
    /// The words about each wall.
    pub(super) fn walls(&mut self, reader: &mut Reader<'_>, mut recorded: Acts) -> Result<(), StoreError> {
        let of = |(wall, n): (WallId, u64)| format!("{n} of {wall}");
        for row in wall::all(reader)? {
            self.made(self.inner.secrets.check_seal(&row));
            let is = (sha256(row.name.as_bytes()), sha256(row.reason.as_bytes()));
            let fits = holds(&mut recorded.told, &(row.wall, row.n), &is);
            self.row("wall act", &of((row.wall, row.n)), fits);
        }
        let unseen = recorded.told.into_keys().map(|act| (of(act), ()));
        self.unseen("wall act", unseen.collect());
        Ok(())
    }

    /// What people can do and projects ask for, which no ledger has.
    pub(super) fn offers(&mut self, reader: &mut Reader<'_>) -> Result<(), StoreError> {
        for row in offer::all_able(reader)? {
            self.health.rows += 1;
            self.made(self.inner.secrets.check_seal(&row));
        }
        for (row, _) in offer::all_wanted(reader)? {
            self.health.rows += 1;
            self.made(self.inner.secrets.check_seal(&row));
        }
        Ok(())
    }
}
