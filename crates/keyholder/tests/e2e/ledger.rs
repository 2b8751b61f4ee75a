//! A ledger of the platform's, in memory. Its proofs are made by the definitions of RFC 6962, section 2.1.2.

use cofferdam_ledger::checkpoint::Checkpoint;
use cofferdam_ledger::hash::Hash;
use cofferdam_ledger::note::SigningKey;
use cofferdam_seal::Id128;
use cofferdam_seal::keyholder::wire::{Consistency, LedgerKey};

pub(crate) struct Ledger {
    key: SigningKey,
    leaves: Vec<Hash>,
}

impl Ledger {
    pub(crate) fn new(origin: &str) -> Self {
        Self {
            key: SigningKey::generate(origin).unwrap(),
            leaves: Vec::new(),
        }
    }

    /// The same key and the same entries up to `size`, as a backup has them.
    pub(crate) fn backup(&self, size: usize) -> Self {
        let skey = self.key.to_skey().unwrap();
        Self {
            key: skey.parse().unwrap(),
            leaves: self.leaves[..size].to_vec(),
        }
    }

    pub(crate) fn key(&self, compartment: Id128) -> LedgerKey {
        LedgerKey {
            compartment,
            vkey: self.key.verifying_key().to_string(),
        }
    }

    pub(crate) fn append(&mut self, entry: &str) {
        self.leaves.push(Hash::leaf(entry.as_bytes()));
    }

    pub(crate) fn grow(&mut self, count: usize) {
        for n in 0..count {
            self.append(&format!("{} {n}", self.leaves.len()));
        }
    }

    pub(crate) const fn size(&self) -> u64 {
        self.leaves.len() as u64
    }

    pub(crate) fn checkpoint(&self) -> String {
        self.checkpoint_of(self.size(), root(&self.leaves))
    }

    pub(crate) fn checkpoint_of(&self, size: u64, root: Hash) -> String {
        let origin = self.key.verifying_key().name();
        let checkpoint = Checkpoint::new(origin, size, root).unwrap();
        checkpoint.sign(&self.key).unwrap().to_string()
    }

    pub(crate) fn hashes(&self, old: u64) -> Vec<Hash> {
        if old == 0 || old == self.size() {
            return Vec::new();
        }
        proof(usize::try_from(old).unwrap(), &self.leaves, true)
    }

    pub(crate) fn proof(&self, old: u64) -> Consistency {
        let hashes = self.hashes(old);
        Consistency {
            old,
            hashes: hashes.iter().map(Hash::to_base64).collect(),
        }
    }

    /// The body of an add-checkpoint request.
    pub(crate) fn add(&self, old: u64) -> String {
        let lines: String = self
            .hashes(old)
            .iter()
            .map(|hash| format!("{}\n", hash.to_base64()))
            .collect();
        format!("old {old}\n{lines}\n{}", self.checkpoint())
    }
}

/// The largest power of two below `n`.
fn split(n: usize) -> usize {
    (n / 2 + n % 2).next_power_of_two().max(1)
}

fn root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => Hash::EMPTY,
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(split(leaves.len()));
            Hash::node(&root(left), &root(right))
        }
    }
}

/// SUBPROOF(m, D[n], b).
fn proof(m: usize, leaves: &[Hash], whole: bool) -> Vec<Hash> {
    if m == leaves.len() {
        return if whole { Vec::new() } else { vec![root(leaves)] };
    }
    let at = split(leaves.len());
    let (left, right) = leaves.split_at(at);
    let (mut path, sibling) = if m <= at {
        (proof(m, left, whole), root(right))
    } else {
        (proof(m - at, right, false), root(left))
    };
    path.push(sibling);
    path
}
