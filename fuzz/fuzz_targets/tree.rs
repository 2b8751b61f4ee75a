//! Paths of tiles and bundles, bundles, and proofs that an entry or an older tree is in a tree.

#![no_main]

use cofferdam_fuzz::{Numbers, is_readable};
use cofferdam_ledger::hash::Hash;
use cofferdam_ledger::tile::{BundleCoord, TILE_WIDTH, TileCoord, append_entry, split_bundle};
use cofferdam_ledger::tree::{TreeReader, integrate, verify_consistency, verify_inclusion};
use libfuzzer_sys::fuzz_target;
use std::collections::BTreeMap;
use tlog_tiles::tlog;

fn path(text: &str) {
    match text.parse::<TileCoord>() {
        Ok(coord) => {
            assert_eq!(coord.to_string(), text, "a path has one form");
            assert!(coord.level < 8 && (1..=TILE_WIDTH as u16).contains(&coord.width));
        }
        Err(error) => is_readable(&error.to_string()),
    }
    if let Ok(coord) = text.parse::<BundleCoord>() {
        assert_eq!(coord.to_string(), text, "a path has one form");
        assert_eq!(coord.first_entry() / TILE_WIDTH, coord.index);
    }
    if let Ok(hash) = text.parse::<Hash>() {
        assert_eq!(hash.to_string(), text);
    }
    if let Ok(hash) = Hash::from_base64(text) {
        assert_eq!(hash.to_base64(), text);
    }
}

fn bundle(bytes: &[u8]) {
    let read: Result<Vec<&[u8]>, _> = split_bundle(bytes).collect();
    let Ok(entries) = read else { return };
    let mut again = Vec::new();
    for entry in entries {
        append_entry(entry, &mut again).expect("what was split off fits");
    }
    assert_eq!(again, bytes);
}

fn theirs(hash: Hash) -> tlog::Hash {
    tlog::Hash(hash.0)
}

/// Whether both accept a proof, or neither.
fn held_alike(index: u64, size: u64, root: Hash, leaf: Hash, proof: &[Hash]) -> bool {
    let ours = verify_inclusion(leaf, index, size, root, proof).is_ok();
    let list: Vec<_> = proof.iter().copied().map(theirs).collect();
    let other = tlog::check_record(&list, size, theirs(root), index, theirs(leaf)).is_ok();
    assert_eq!(ours, other, "entry {index} of {size}, {} hashes", proof.len());
    ours
}

/// A real proof, with edits that the input asks for.
fn proofs(mut numbers: Numbers<'_>) {
    let leaf = |index: u64| Hash::leaf(&index.to_be_bytes());
    let size = numbers.number(2) % 600 + 1;
    let index = numbers.number(2) % size;
    let built = integrate(0, &[], (0..size).map(leaf)).expect("a tree");
    let tiles: BTreeMap<TileCoord, Vec<u8>> = built.tiles.into_iter().map(|t| (t.coord, t.bytes)).collect();
    let mut reader = TreeReader::new(tiles, size);
    let (whole, root) = (reader.inclusion(index).expect("a proof"), built.root);
    let old = reader.root(index + 1).expect("an older root");
    let consistency = reader.consistency(index + 1).expect("a proof");
    assert_eq!(
        verify_consistency(index + 1, old, size, root, &consistency),
        Ok(())
    );
    let (mut proof, mut claimed, mut of) = (whole.clone(), index, size);
    while !numbers.is_empty() {
        let at = usize::from(numbers.byte()) % (proof.len() + 1);
        match numbers.byte() % 6 {
            0 if at < proof.len() => proof[at].0[usize::from(numbers.byte()) % 32] ^= numbers.byte(),
            1 if at < proof.len() => drop(proof.remove(at)),
            2 => proof.insert(at, Hash([numbers.byte(); 32])),
            3 => claimed = numbers.number(8) >> 2,
            4 => of = numbers.number(8) >> 2,
            5 => proof.truncate(at),
            _ => {}
        }
    }
    let unchanged = (&proof, claimed, of) == (&whole, index, size);
    // A tree of another size may have the same path to the same root: its size is what a checkpoint signs.
    assert!(held_alike(claimed, of, root, leaf(index), &proof) || !unchanged);
    if (claimed, of) == (index, size) {
        assert_eq!(
            verify_inclusion(leaf(index), index, size, root, &proof).is_ok(),
            unchanged
        );
    }
    let _ = verify_consistency(claimed, old, of, root, &proof);
}

fuzz_target!(|data: &[u8]| {
    bundle(data);
    if let Ok(text) = std::str::from_utf8(data) {
        path(text);
    }
    proofs(Numbers(data));
});
