//! The tree of the Certificate Transparency reference implementation: eight leaves, their roots and proofs.
//!
//! Values of google/certificate-transparency, `cpp/merkletree/merkle_tree_test.cc`, which is where most
//! implementations of RFC 6962 have them from.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use cofferdam_ledger::hash::Hash;
use cofferdam_ledger::tile::TileCoord;
use cofferdam_ledger::tree::{Frontier, TreeReader, integrate, verify_consistency, verify_inclusion};
use std::collections::BTreeMap;

const LEAVES: [&[u8]; 8] = [
    b"",
    b"\x00",
    b"\x10",
    b"\x20\x21",
    b"\x30\x31",
    b"\x40\x41\x42\x43",
    b"\x50\x51\x52\x53\x54\x55\x56\x57",
    b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
];

const ROOTS: [&str; 8] = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

/// Index, size, proof.
const INCLUSION: [(u64, u64, &[&str]); 4] = [
    (0, 1, &[]),
    (
        0,
        8,
        &[
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        5,
        8,
        &[
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (
        2,
        3,
        &["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
    ),
];

/// Old size, size, proof.
const CONSISTENCY: [(u64, u64, &[&str]); 4] = [
    (1, 1, &[]),
    (
        1,
        8,
        &[
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        6,
        8,
        &[
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (
        2,
        5,
        &[
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
];

fn root(size: u64) -> Hash {
    hash(ROOTS[size as usize - 1])
}

/// A hash as the vectors were published: in hexadecimal digits.
fn hash(hex: &str) -> Hash {
    let byte = |at: usize| u8::from_str_radix(&hex[at * 2..at * 2 + 2], 16).unwrap();
    Hash(std::array::from_fn(byte))
}

fn parse(proof: &[&str]) -> Vec<Hash> {
    proof.iter().map(|hex| hash(hex)).collect()
}

/// A reader over the tree of the first `size` leaves.
fn tree(size: u64) -> TreeReader<BTreeMap<TileCoord, Vec<u8>>> {
    let leaves = LEAVES[..size as usize].iter().map(|leaf| Hash::leaf(leaf));
    let built = integrate(0, &[], leaves).unwrap();
    TreeReader::new(
        built
            .tiles
            .into_iter()
            .map(|tile| (tile.coord, tile.bytes))
            .collect(),
        size,
    )
}

#[test]
fn the_empty_root_is_the_hash_of_nothing() {
    assert_eq!(Frontier::new().root(), Hash::EMPTY);
    assert_eq!(integrate(0, &[], []).unwrap().root, Hash::EMPTY);
}

#[test]
fn roots_are_the_published_ones() {
    let mut frontier = Frontier::new();
    for (leaf, size) in LEAVES.iter().zip(1..) {
        frontier.push(Hash::leaf(leaf));
        assert_eq!((frontier.size(), frontier.root()), (size, root(size)));
        assert_eq!(tree(8).root(size).unwrap(), root(size));
    }
}

#[test]
fn inclusion_proofs_are_the_published_ones() {
    for (index, size, proof) in INCLUSION {
        let proof = parse(proof);
        assert_eq!(tree(size).inclusion(index).unwrap(), proof);
        let leaf = Hash::leaf(LEAVES[index as usize]);
        assert_eq!(verify_inclusion(leaf, index, size, root(size), &proof), Ok(()));
    }
}

#[test]
fn consistency_proofs_are_the_published_ones() {
    for (old, size, proof) in CONSISTENCY {
        let proof = parse(proof);
        assert_eq!(tree(size).consistency(old).unwrap(), proof);
        assert_eq!(
            verify_consistency(old, root(old), size, root(size), &proof),
            Ok(())
        );
    }
}

/// Nothing near a valid proof is valid: other positions, other sizes, hashes left out, added or swapped.
#[test]
fn altered_proofs_are_refused() {
    for (index, size, proof) in INCLUSION {
        let (leaf, proof) = (Hash::leaf(LEAVES[index as usize]), parse(proof));
        for other in (0..9).filter(|&other| other != index) {
            assert!(verify_inclusion(leaf, other, size, root(size), &proof).is_err());
        }
        for bad in altered(&proof) {
            assert!(verify_inclusion(leaf, index, size, root(size), &bad).is_err());
        }
    }
    for (old, size, proof) in CONSISTENCY {
        let proof = parse(proof);
        for other in (0..9).filter(|&other| other != old) {
            assert!(verify_consistency(other, root(old), size, root(size), &proof).is_err());
        }
        for bad in altered(&proof) {
            assert!(verify_consistency(old, root(old), size, root(size), &bad).is_err());
        }
    }
}

fn altered(proof: &[Hash]) -> Vec<Vec<Hash>> {
    let mut all = vec![[proof, &[Hash::EMPTY]].concat(), [&[Hash::EMPTY], proof].concat()];
    for at in 0..proof.len() {
        let mut shorter = proof.to_vec();
        shorter.remove(at);
        let mut flipped = proof.to_vec();
        flipped[at].0[31] ^= 1;
        all.extend([shorter, flipped]);
        if at > 0 {
            let mut swapped = proof.to_vec();
            swapped.swap(at - 1, at);
            all.push(swapped);
        }
    }
    all
}
