//! Our trees, tiles, proofs, notes and checkpoints against two independent implementations, the crates
//! `tlog_tiles` and `signed_note`.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::collections::BTreeMap;

use cofferdam_ledger::checkpoint::Checkpoint;
use cofferdam_ledger::hash::Hash;
use cofferdam_ledger::note::{CosigningKey, Note, SignatureType, SigningKey, VerifyingKey};
use cofferdam_ledger::proof::{TlogProof, TlogProofError};
use cofferdam_ledger::tile::{Tile, TileCoord};
use cofferdam_ledger::tree::{
    Frontier, Integration, TreeReader, consistency_tiles, inclusion_tiles, integrate, root_tiles,
    verify_consistency, verify_inclusion,
};
use proptest::prelude::*;
use signed_note::{Note as TheirNote, StandardSigner, StandardVerifier, Verifier as _, VerifierList};
use tlog_tiles::tlog;

type Tiles = BTreeMap<TileCoord, Vec<u8>>;

fn leaf(index: u64) -> Hash {
    Hash::leaf(&index.to_be_bytes())
}

fn theirs(hash: Hash) -> tlog::Hash {
    tlog::Hash(hash.0)
}

fn all_theirs(hashes: &[Hash]) -> Vec<tlog::Hash> {
    hashes.iter().copied().map(theirs).collect()
}

/// Stores what an integration changed, and returns the new right edge.
fn store(tiles: &mut Tiles, built: &Integration) -> Vec<Tile> {
    tiles.extend(built.tiles.iter().map(|tile| (tile.coord, tile.bytes.clone())));
    TileCoord::edges(built.size)
        .map(|coord| Tile {
            coord,
            bytes: tiles[&coord].clone(),
        })
        .collect()
}

/// Their hash storage: a flat list of all complete subtrees.
struct Flat(Vec<tlog::Hash>);

impl tlog::HashReader for Flat {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<tlog::Hash>, tlog::Error> {
        Ok(indexes.iter().map(|&index| self.0[index as usize]).collect())
    }
}

fn flat(size: u64) -> Flat {
    let mut flat = Flat(Vec::new());
    for index in 0..size {
        let hashes = tlog::stored_hashes_for_record_hash(index, theirs(leaf(index)), &flat).unwrap();
        flat.0.extend(hashes);
    }
    flat
}

/// Serves only the tiles that a plan named: reading any other fails.
fn planned(tiles: &Tiles, plan: &[TileCoord]) -> Tiles {
    plan.iter().map(|coord| (*coord, tiles[coord].clone())).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Grown in random steps, the tree has their roots and exactly their tiles, at every step.
    #[test]
    fn tiles_are_theirs(steps in prop::collection::vec(0u64..400, 1..6)) {
        let total: u64 = steps.iter().sum();
        let oracle = flat(total);
        let (mut tiles, mut edge, mut size) = (Tiles::new(), Vec::new(), 0);
        let mut frontier = Frontier::new();
        for step in steps {
            let built = integrate(size, &edge, (size..size + step).map(leaf)).unwrap();
            frontier.extend((size..size + step).map(leaf));
            let expected = tlog_tiles::Tile::new_tiles(8, size, size + step);
            let mut paths: Vec<(String, Vec<u8>)> =
                built.tiles.iter().map(|t| (t.coord.to_string(), t.bytes.clone())).collect();
            // Their paths begin with the tile's height, ours (tlog-tiles) leave out that it is 8.
            let path = |t: &tlog_tiles::Tile| t.path().replacen("tile/8/", "tile/", 1);
            let mut expected: Vec<(String, Vec<u8>)> =
                expected.iter().map(|t| (path(t), t.read_data(&oracle).unwrap())).collect();
            paths.sort();
            expected.sort();
            prop_assert_eq!(paths, expected);
            size += step;
            if size > 0 {
                prop_assert_eq!(theirs(built.root), tlog::tree_hash(size, &oracle).unwrap());
            }
            prop_assert_eq!(frontier.root(), built.root);
            edge = store(&mut tiles, &built);
        }
    }

    #[test]
    fn proofs_are_theirs(size in 1u64..70_000, a in any::<prop::sample::Index>(), b in any::<prop::sample::Index>()) {
        let (index, old) = (a.index(size as usize) as u64, b.index(size as usize) as u64 + 1);
        let built = integrate(0, &[], (0..size).map(leaf)).unwrap();
        let tiles: Tiles = built.tiles.into_iter().map(|tile| (tile.coord, tile.bytes)).collect();
        let root = built.root;

        let inclusion = TreeReader::new(planned(&tiles, &inclusion_tiles(index, size)), size).inclusion(index).unwrap();
        verify_inclusion(leaf(index), index, size, root, &inclusion).unwrap();
        tlog::check_record(&all_theirs(&inclusion), size, theirs(root), index, theirs(leaf(index))).unwrap();

        let old_root = TreeReader::new(planned(&tiles, &root_tiles(old, size)), size).root(old).unwrap();
        let proof = TreeReader::new(planned(&tiles, &consistency_tiles(old, size)), size).consistency(old).unwrap();
        verify_consistency(old, old_root, size, root, &proof).unwrap();
        tlog::check_tree(&all_theirs(&proof), size, theirs(root), old, theirs(old_root)).unwrap();
        let mut frontier = Frontier::new();
        frontier.extend((0..old).map(leaf));
        prop_assert_eq!(frontier.root(), old_root);
        prop_assert_eq!(&Frontier::from_parts(old, frontier.peaks().to_vec()).unwrap(), &frontier);
    }

    /// Every size and position in small trees; what they generate, we accept.
    #[test]
    fn their_proofs_verify_here(size in 1u64..80) {
        let oracle = flat(size);
        let root = |size| Hash(tlog::tree_hash(size, &oracle).unwrap().0);
        let ours = |proof: Vec<tlog::Hash>| proof.into_iter().map(|hash| Hash(hash.0)).collect::<Vec<_>>();
        for index in 0..size {
            let proof = ours(tlog::prove_record(size, index, &oracle).unwrap());
            prop_assert_eq!(verify_inclusion(leaf(index), index, size, root(size), &proof), Ok(()));
            prop_assert!(verify_inclusion(leaf(index + 1), index, size, root(size), &proof).is_err());
            let proof = ours(tlog::prove_tree(size, index + 1, &oracle).unwrap());
            prop_assert_eq!(verify_consistency(index + 1, root(index + 1), size, root(size), &proof), Ok(()));
            prop_assert!(verify_consistency(index + 1, leaf(99), size, root(size), &proof).is_err());
        }
    }

    #[test]
    fn notes_verify_there_and_here(text in "[ -~é\n]{0,60}\n", seed in any::<[u8; 32]>()) {
        let key = SigningKey::from_seed("example.com/log", &seed).unwrap();
        let vkey = key.verifying_key();

        let mut note = Note::new(text.clone()).unwrap();
        note.add(key.sign(&text).unwrap()).unwrap();
        let their_note = TheirNote::from_bytes(note.to_string().as_bytes()).unwrap();
        let verifiers = VerifierList::new(vec![Box::new(StandardVerifier::new(&vkey.to_string()).unwrap())]);
        let (verified, unverified) = their_note.verify(&verifiers).unwrap();
        prop_assert_eq!((verified.len(), unverified.len()), (1, 0));
        prop_assert_eq!(their_note.text(), text.as_bytes());

        let signer = StandardSigner::new(&key.to_skey().unwrap()).unwrap();
        let mut their_note = TheirNote::new(text.as_bytes(), &[]).unwrap();
        their_note.add_sigs(&[&signer]).unwrap();
        prop_assert_eq!(their_note.to_bytes(), note.to_string().into_bytes());
        let read = Note::parse(&their_note.to_bytes()).unwrap();
        prop_assert_eq!(read.verify(std::slice::from_ref(vkey)).unwrap().len(), 1);
    }

    #[test]
    fn checkpoints_are_read_alike(origin in "[a-z/. ]{1,20}", size in 1u64..u64::MAX, root in any::<[u8; 32]>(), extensions in prop::collection::vec("[a-z ]{1,9}", 0..4)) {
        let mut ours = Checkpoint::new(&origin, size, Hash(root)).unwrap();
        for line in &extensions {
            ours = ours.with_extension(line).unwrap();
        }
        let extension: String = extensions.iter().map(|line| format!("{line}\n")).collect();
        let theirs = tlog_tiles::Checkpoint::new(&origin, size, tlog::Hash(root), &extension).unwrap();
        prop_assert_eq!(ours.to_text().into_bytes(), theirs.to_bytes());
        prop_assert_eq!(Checkpoint::parse_text(&String::from_utf8(theirs.to_bytes()).unwrap()), Ok(ours));
    }

    #[test]
    fn readers_never_panic(bytes in prop::collection::vec(prop_oneof![Just(b'\n'), Just(b'+'), any::<u8>()], 0..200)) {
        let _ = (Note::parse(&bytes), TlogProof::parse(&bytes));
        let text = String::from_utf8_lossy(&bytes);
        let _ = (Checkpoint::parse_text(&text), text.parse::<VerifyingKey>(), text.parse::<TileCoord>());
    }
}

/// The cosignature is an Ed25519 signature, by their verifier, over the message of c2sp.org/tlog-cosignature.
#[test]
fn cosignatures_verify_there() {
    let key = CosigningKey::from_seed("example.com/w", &[3; 32]).unwrap();
    let text = Checkpoint::new("example.com/behind-the-sofa", 20_852_163, Hash([9; 32]))
        .unwrap()
        .to_text();
    let signature = key.cosign(&text, 1_679_315_147).unwrap();
    assert_eq!(signature.bytes()[..8], 1_679_315_147_u64.to_be_bytes());
    let plain = VerifyingKey::new(
        "example.com/w",
        SignatureType::Ed25519,
        *key.verifying_key().public(),
    )
    .unwrap();
    let verifier = StandardVerifier::new(&plain.to_string()).unwrap();
    let message = format!("cosignature/v1\ntime 1679315147\n{text}");
    assert!(verifier.verify(message.as_bytes(), &signature.bytes()[8..]));
}

#[test]
fn a_tlog_proof_says_all_that_an_outsider_needs() {
    let log = SigningKey::from_seed("example.com/log", &[1; 32]).unwrap();
    let witness = CosigningKey::from_seed("example.com/w", &[2; 32]).unwrap();
    let witnesses = [witness.verifying_key().clone()];
    let (size, index) = (1000, 321);
    let built = integrate(0, &[], (0..size).map(leaf)).unwrap();
    let tiles: Tiles = built
        .tiles
        .into_iter()
        .map(|tile| (tile.coord, tile.bytes))
        .collect();
    let note = Checkpoint::new("example.com/log", size, built.root)
        .unwrap()
        .sign(&log)
        .unwrap();
    let mut open = Checkpoint::open(note.to_string().as_bytes(), log.verifying_key(), &witnesses).unwrap();
    open.cosign(&witness, 5).unwrap();
    let hashes = TreeReader::new(tiles, size).inclusion(index).unwrap();
    let proof = TlogProof {
        extra: Some(b"extra".to_vec()),
        index,
        hashes,
        checkpoint: open.note,
    };

    let text = proof.to_string();
    assert!(
        text.starts_with("c2sp.org/tlog-proof@v1\nextra ZXh0cmE=\nindex 321\n"),
        "{text}"
    );
    let read = TlogProof::parse(text.as_bytes()).unwrap();
    assert_eq!(read, proof);
    let opened = read
        .verify(leaf(index), log.verifying_key(), &witnesses, 1)
        .unwrap();
    assert_eq!((opened.checkpoint.size(), opened.witnesses.len()), (size, 1));

    let key = log.verifying_key();
    assert!(matches!(
        read.verify(leaf(0), key, &witnesses, 1),
        Err(TlogProofError::Inclusion(_))
    ));
    let too_few = TlogProofError::Witnesses { found: 1, needed: 2 };
    let twice = [witnesses[0].clone(), witnesses[0].clone()];
    assert_eq!(read.verify(leaf(index), key, &twice, 2).unwrap_err(), too_few);
    // The same key under another name is not another witness.
    let public = *witnesses[0].public();
    let renamed = VerifyingKey::new("example.com/w2", SignatureType::CosignatureV1, public).unwrap();
    let second = CosigningKey::from_seed("example.com/w2", &[2; 32]).unwrap();
    let mut both = read.clone();
    both.checkpoint
        .add(second.cosign(both.checkpoint.text(), 5).unwrap())
        .unwrap();
    let trusted = [witnesses[0].clone(), renamed];
    assert_eq!(both.verify(leaf(index), key, &trusted, 2).unwrap_err(), too_few);

    for (from, to) in [
        ("@v1", "@v2"),
        ("index 321", "index 0321"),
        ("index 321", "index 322"),
        ("extra ", "extre "),
        ("\n\nexample", "\nexample"),
        ("\n1000\n", "\n1001\n"),
        ("index", "Index"),
    ] {
        let altered = text.replacen(from, to, 1);
        assert_ne!(altered, text);
        let outcome =
            TlogProof::parse(altered.as_bytes()).and_then(|p| p.verify(leaf(index), key, &[], 0).map(drop));
        assert!(outcome.is_err(), "{from:?}");
    }
}
