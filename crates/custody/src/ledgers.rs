//! Readings of the ledger, tlog-tiles for outsiders among them.

use std::sync::Arc;

use cofferdam_ledger::tile::{BundleCoord, TILE_WIDTH, TileCoord, append_entry};
use cofferdam_model::{Compartment, Entry, ObjectRef, Timestamp};
use cofferdam_store::{Reader, StoreError, ledger, object};

use crate::error::{GateError, Integrity};
use crate::gate::{Gate, Inner};
use crate::state::StateError;
use crate::{record, vault};

/// How many entries are read at once to find one that names a set.
const NAMES_PAGE: u32 = 1000;

impl Gate {
    /// The text of a compartment's newest checkpoint, after what was appended so far was integrated: whoever asks for
    /// a checkpoint wants to find in it what happened before. A ledger that cannot be integrated has its last one.
    pub async fn checkpoint(&self, compartment: Compartment) -> Result<Option<String>, StoreError> {
        if let Err(error) = self.integrate_only(compartment).await {
            tracing::error!(%error, "a ledger could not be integrated for a checkpoint");
        }
        let head = self
            .inner
            .store
            .read(move |r| ledger::head(r, compartment))
            .await?;
        Ok(head.and_then(|h| h.checkpoint))
    }

    /// The same, as this node signed it last: for what is made of a ledger and signed, which must not be of an older state of it. Refused
    /// where not all that was recorded is in it.
    pub async fn signed_head(&self, compartment: Compartment) -> Result<Option<Arc<str>>, StoreError> {
        self.integrate_only(compartment).await
    }

    /// The key that verifies a compartment's checkpoints.
    pub fn vkey(&self, compartment: Compartment) -> Option<String> {
        self.inner
            .secrets
            .ledger_key(compartment)
            .ok()
            .map(|k| k.verifying_key().to_string())
    }

    /// A tile's bytes, as wide as asked, or none when the tree does not reach that far.
    pub async fn tile(
        &self,
        compartment: Compartment,
        coord: TileCoord,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let found = self
            .inner
            .store
            .read(move |r| ledger::tile(r, compartment, coord.level, coord.index))
            .await?;
        let wanted = usize::from(coord.width) * 32;
        Ok(found.filter(|bytes| bytes.len() >= wanted).map(|mut bytes| {
            bytes.truncate(wanted);
            bytes
        }))
    }

    /// A bundle of entries, as wide as asked, or none when the tree does not reach that far. It is narrower where entries
    /// are gone.
    pub async fn bundle(
        &self,
        compartment: Compartment,
        coord: BundleCoord,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let width = u32::from(coord.width);
        let first = coord.index.saturating_mul(TILE_WIDTH);
        let read = move |r: &mut Reader<'_>| {
            let integrated = ledger::head(r, compartment)?.map_or(0, |h| h.integrated);
            if first.saturating_add(u64::from(width)) > integrated {
                return Ok(None);
            }
            let mut rows = ledger::entries(r, compartment, first, width)?;
            rows.retain(|row| row.n - first < u64::from(width));
            Ok::<_, StoreError>(Some(rows))
        };
        let Some(rows) = self.inner.store.read(read).await? else {
            return Ok(None);
        };
        let mut bundle = Vec::with_capacity(rows.len() * 400);
        self.look_over(compartment, first, width, &rows);
        for row in &rows {
            append_entry(&row.body, &mut bundle).map_err(|e| StoreError::Corrupt {
                table: "ledger",
                problem: e.to_string(),
            })?;
        }
        Ok(Some(bundle))
    }

    /// Tells the log of the first entry of a bundle that is not as it was written. Handed out it is all the same: whoever
    /// verifies the ledger is to see what there is, and against what was signed it does not hold.
    fn look_over(&self, compartment: Compartment, first: u64, width: u32, rows: &[ledger::EntryRow]) {
        let wrong = record::wrong(&self.inner.secrets, compartment, first, rows).next();
        let end = first.saturating_add(rows.len() as u64);
        let short =
            || (rows.len() < width as usize).then(|| Integrity::entry(compartment, end, "it is missing"));
        if let Some(found) = wrong.or_else(short) {
            tracing::error!(%found, "a ledger that does not check was handed out");
        }
    }

    /// The list of objects behind a hash, where it is of this compartment. A list is of one project, whether it was imported or selected
    /// to be read, so that one of its objects tells whose it is; and it is handed out only as it was hashed.
    pub async fn object_list(
        &self,
        compartment: Compartment,
        sha256: [u8; 32],
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let inner = Arc::clone(&self.inner);
        let read = move |r: &mut Reader<'_>| {
            let Some(list) = object::set(r, &sha256)? else {
                return Ok(None);
            };
            let objects = ObjectRef::read_list(&list).filter(|_| record::sha256(&list) == sha256);
            let Some(objects) = objects else {
                let digits = cofferdam_model::entry::hex32::encode(&sha256);
                tracing::error!(
                    digits,
                    "a list of objects is another than its hash, and was not handed out"
                );
                return Ok(None);
            };
            for object in &objects {
                // Whose it is its seal says: the column alone could be anybody's word.
                let row = object::get(r, object.object, object.version)?;
                if let Some(row) = row.filter(|row| vault::check(&inner.secrets, row).is_ok()) {
                    return Ok((row.compartment == compartment).then_some(list));
                }
            }
            // None of them is there as it was written: the ledger itself is asked, however long it is.
            let own = objects.is_empty() || names(&inner, r, compartment, sha256)?;
            Ok::<_, StoreError>(own.then_some(list))
        };
        self.inner.store.read(read).await
    }

    /// Checked entries below `before`, newest first.
    pub async fn entries_before(
        &self,
        compartment: Compartment,
        before: u64,
        limit: u32,
    ) -> Result<Vec<Entry>, GateError<std::convert::Infallible>> {
        let inner = Arc::clone(&self.inner);
        let read = move |r: &mut Reader<'_>| {
            let rows = ledger::entries_before(r, compartment, before, limit)?;
            let check = |row: &ledger::EntryRow| record::check(&inner.secrets, compartment, row);
            rows.iter()
                .map(check)
                .collect::<Result<Vec<_>, _>>()
                .map_err(GateError::from)
        };
        self.inner.store.read(read).await
    }

    /// Hands every checked entry of a window to `each`, in order.
    pub async fn scan<T: Send + 'static>(
        &self,
        compartment: Compartment,
        from: Timestamp,
        to: Timestamp,
        state: T,
        mut each: impl FnMut(&mut T, &Entry) + Send + 'static,
    ) -> Result<T, GateError<std::convert::Infallible>> {
        let inner = Arc::clone(&self.inner);
        let read = move |r: &mut Reader<'_>| {
            let mut state = state;
            scan(&inner, r, compartment, (from, to), &mut |entry| {
                each(&mut state, entry)
            })?;
            Ok(state)
        };
        self.inner.store.read(read).await
    }

    /// Hands every checked entry to `each`, in order, as one reader's snapshot has them: rows that it reads can be held against them.
    pub fn scan_within(
        &self,
        reader: &mut Reader<'_>,
        compartment: Compartment,
        each: &mut dyn FnMut(&Entry),
    ) -> Result<(), GateError<std::convert::Infallible>> {
        let all = &mut |_: &ledger::EntryRow, entry: &Entry| {
            each(entry);
            true
        };
        Ok(record::walk(reader, &self.inner.secrets, compartment, 0, all)?)
    }

    /// Every checked entry of a ledger that authorises, in order: few, however long the ledger is.
    pub async fn authorising(
        &self,
        compartment: Compartment,
    ) -> Result<Vec<Entry>, GateError<std::convert::Infallible>> {
        let inner = Arc::clone(&self.inner);
        let read = move |r: &mut Reader<'_>| {
            let rows = ledger::authorising(r, compartment, 0)?;
            let check = |(before, row): (usize, &ledger::EntryRow)| {
                let gap =
                    || Integrity::entry(compartment, row.n, "an authorising entry before it is missing");
                let follows = row.authorising == Some(before as u64 + 1);
                follows.then_some(()).ok_or_else(gap)?;
                record::check(&inner.secrets, compartment, row)
            };
            let entries = rows.iter().enumerate().map(check);
            entries.collect::<Result<_, Integrity>>().map_err(GateError::from)
        };
        self.inner.store.read(read).await
    }
}

/// Whether an entry of this ledger that is as it was written names a set of objects. Others around it may be spoilt.
fn names(
    inner: &Inner,
    reader: &mut Reader<'_>,
    compartment: Compartment,
    sha256: [u8; 32],
) -> Result<bool, StoreError> {
    let mut from = 0;
    loop {
        let rows = ledger::entries(reader, compartment, from, NAMES_PAGE)?;
        let Some(last) = rows.last() else { return Ok(false) };
        from = last.n + 1;
        let entries = rows
            .iter()
            .filter_map(|row| record::check(&inner.secrets, compartment, row).ok());
        if entries
            .filter_map(|entry| entry.fact.object_set().map(|set| set.sha256))
            .any(|named| named == sha256)
        {
            return Ok(true);
        }
    }
}

pub(crate) fn scan(
    inner: &Inner,
    reader: &mut Reader<'_>,
    compartment: Compartment,
    window: (Timestamp, Timestamp),
    each: &mut dyn FnMut(&Entry),
) -> Result<(), StateError> {
    let from = record::index_at(reader, &inner.secrets, compartment, window.0)?;
    record::walk(reader, &inner.secrets, compartment, from, &mut |_, entry| {
        let within = entry.t < window.1;
        if within {
            each(entry);
        }
        within
    })
}
