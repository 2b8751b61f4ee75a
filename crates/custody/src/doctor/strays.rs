//! Rows that nothing refers to. Nobody asks for them, so that they are obeyed by nobody; but nobody here put them there.
//!
//! Rows that carry a keyed hash are no concern of this: objects, epochs, heads, drafts (whose objects are bound to their hold) and
//! whatever else is named by the check of its table. Of the leases of holds and reviews no entry says when they end, since every
//! sign of life moves that: whoever moves it otherwise has work come back sooner or later, and the ledger says then that it did.

use std::collections::HashSet;

use cofferdam_ledger::tile::TileCoord;
use cofferdam_model::{Authority, Compartment};
use cofferdam_store::{Reader, StoreError, advisory, idempotency, inventory, ledger, object};

use super::Exam;

/// Answers read at a time.
const ANSWERS: u32 = 512;

/// What rows of content that is found by its hash are there for.
#[derive(Default)]
pub(super) struct Named {
    /// Object sets, by the entries.
    pub(super) sets: HashSet<[u8; 32]>,
    /// Documents, by the rows of inventories.
    pub(super) documents: HashSet<[u8; 32]>,
    /// Every advisory that was ever taken, by the installation's entries.
    pub(super) advisories: HashSet<[u8; 32]>,
}

impl Exam<'_> {
    /// Whatever is found by its hash, and named by nothing; and what belongs to no ledger.
    pub(super) fn strays(&mut self, reader: &mut Reader<'_>) -> Result<(), StoreError> {
        let named = std::mem::take(&mut self.named);
        let mut found = Vec::new();
        // What a ledger named that does not check, or is gone, is not known.
        if self.knows_all() {
            let sets = object::sets(reader)?;
            let strange = sets.into_iter().filter(|set| !named.sets.contains(set));
            found.extend(strange.map(|set| ("object set", set)));
        }
        if self.authorities.contains_key(&Compartment::Installation) {
            let documents = inventory::documents(reader)?.into_iter();
            let strange = documents.filter(|hash| !named.documents.contains(hash));
            found.extend(strange.map(|hash| ("inventory document", hash)));
            let replaced = advisory::all_replaced(reader)?.into_iter();
            let strange = replaced.filter(|hash| !named.advisories.contains(hash));
            found.extend(strange.map(|hash| ("replaced advisory", hash)));
        }
        for (kind, hash) in found {
            let digits = cofferdam_model::entry::hex32::encode(&hash);
            self.find(format!("the row of the {kind} {digits}"), "nothing names it");
        }
        self.no_ledgers(reader)?;
        self.no_tiles(reader)?;
        self.answers(reader)
    }

    /// Answers that are kept for requests that may be repeated: whoever repeats one is told what stands there.
    fn answers(&mut self, reader: &mut Reader<'_>) -> Result<(), StoreError> {
        let mut after = [0; 32];
        loop {
            let rows = idempotency::page(reader, &after, ANSWERS)?;
            let Some(last) = rows.last() else { return Ok(()) };
            after = last.request;
            for row in &rows {
                self.made(self.inner.secrets.check_seal(row));
            }
        }
    }

    /// Whether every ledger there ever was is there and checks.
    fn knows_all(&self) -> bool {
        let opened = self.authorities.get(&Compartment::Installation);
        let mut labs = opened
            .into_iter()
            .flat_map(|authority| Authority::labs(authority));
        opened.is_some()
            && labs.all(|lab| self.authorities.contains_key(&Compartment::Lab(lab)))
            && self
                .begun
                .iter()
                .all(|begun| self.authorities.contains_key(begun))
    }

    /// Entries and tiles of ledgers without a head.
    fn no_ledgers(&mut self, reader: &mut Reader<'_>) -> Result<(), StoreError> {
        for (rows, next) in [
            ("entries", ledger::next_with_entries as Next),
            ("tiles", ledger::next_with_tiles),
        ] {
            let mut after = Vec::new();
            while let Some(compartment) = next(reader, &after)? {
                after = compartment.to_bytes().to_vec();
                if !self.begun.contains(&compartment) {
                    self.find(format!("{rows} of {compartment}"), "there is no such ledger");
                }
            }
        }
        Ok(())
    }

    /// Tiles beyond the tree of their ledger.
    fn no_tiles(&mut self, reader: &mut Reader<'_>) -> Result<(), StoreError> {
        for compartment in ledger::compartments(reader)? {
            let Some(head) = ledger::head(reader, compartment)? else {
                continue;
            };
            for (level, index) in ledger::tiles(reader, compartment)? {
                let known = u8::try_from(level)
                    .ok()
                    .and_then(|level| TileCoord::in_tree(level, index, head.integrated));
                if known.is_none() {
                    let what = format!("tile {index} of level {level} of the ledger of {compartment}");
                    self.find(what, "the tree has no such tile");
                }
            }
        }
        Ok(())
    }
}

type Next = fn(&mut Reader<'_>, &[u8]) -> Result<Option<Compartment>, StoreError>;
