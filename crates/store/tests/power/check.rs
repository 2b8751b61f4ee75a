//! Holds what is there against what was told.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use cofferdam_store::{Reader, Store, StoreError, ledger};

use crate::work::{LEDGERS, bytes, command, compartment, key, open};

/// What is there: the commands that the ledgers name.
fn there(reader: &mut Reader<'_>) -> Result<BTreeSet<u64>, StoreError> {
    let sound = reader.all("PRAGMA integrity_check", &[], |row| row.string(0))?;
    assert_eq!(sound, ["ok"]);
    let rows = reader.all("SELECT sha256, list FROM object_set", &[], |row| {
        Ok((row.array::<32>(0)?, row.bytes(1)?))
    })?;
    let rows: BTreeMap<_, _> = rows.into_iter().collect();
    let mut named = BTreeSet::new();
    for n in 0..LEDGERS {
        let here = compartment(n);
        let entries = ledger::entries(reader, here, 0, u32::MAX)?;
        assert!(entries.iter().map(|e| e.n).eq(0..entries.len() as u64), "a gap");
        let Some(head) = ledger::head(reader, here)? else {
            assert!(entries.is_empty(), "entries of no ledger");
            continue;
        };
        let authorising: Vec<u64> = entries.iter().filter_map(|e| e.authorising).collect();
        assert!(authorising.iter().copied().eq(1..=head.authorising), "a gap");
        assert_eq!(head.size, entries.len() as u64, "the head knows another end");
        for entry in entries {
            let command = u64::from_be_bytes(entry.body.try_into().unwrap());
            assert_eq!(command % LEDGERS, n, "in another ledger");
            let row = rows.get(&key(command));
            assert!(row.is_some_and(|row| *row == bytes(command)), "half of {command}");
            assert!(named.insert(command), "{command} twice");
        }
    }
    assert_eq!(named.len(), rows.len(), "rows without an entry");
    Ok(named)
}

/// What a store holds, which must be whole.
pub(crate) async fn held(store: &Store) -> BTreeSet<u64> {
    store.read(there).await.unwrap()
}

/// Opens what a power cut left: what was told is there, and the store can be used.
pub(crate) async fn whole(folder: &Path, told: &[u64]) {
    let store = open(folder).unwrap();
    let there = held(&store).await;
    let gone: Vec<&u64> = told.iter().filter(|n| !there.contains(n)).collect();
    assert!(gone.is_empty(), "acknowledged and gone: {gone:?}");
    if there.is_empty() && told.is_empty() {
        return;
    }
    let more = there.last().map_or(0, |n| n + 1_000);
    store.write(move |tx| command(tx, more)).await.unwrap();
    assert!(held(&store).await.contains(&more));
}
