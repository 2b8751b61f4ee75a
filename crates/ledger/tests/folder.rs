//! A log in a folder: what was written verifies, and nothing that was done to it afterwards does.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::fs;
use std::path::{Path, PathBuf};

use cofferdam_ledger::checkpoint::Checkpoint;
use cofferdam_ledger::entry::EntryError;
use cofferdam_ledger::folder::{
    CHECKPOINT_PATH, Expect, ExportError, Exporter, FolderTiles, FsFolder, Problem, VKEY_PATH, verify,
    verify_folder,
};
use cofferdam_ledger::hash::Hash;
use cofferdam_ledger::note::{CosigningKey, SigningKey, VerifyingKey};
use cofferdam_ledger::tile::{BundleCoord, TileCoord, append_entry, split_bundle};
use cofferdam_ledger::tree::{TreeReader, verify_consistency, verify_inclusion};

const ORIGIN: &str = "cofferdam.example/lab/one";
/// What is done to the entries of a bundle.
type Change = fn(&mut Vec<Vec<u8>>);

/// Three full bundles and a partial one: two levels of tiles.
const SIZE: u64 = 800;

fn key() -> SigningKey {
    SigningKey::from_seed(ORIGIN, &[7; 32]).unwrap()
}

fn entry(n: u64) -> Vec<u8> {
    format!(
        r#"{{"kind":"read","n":{n},"object":"obj-{}","t":{}}}"#,
        n * 31,
        1_000_000 + n / 3
    )
    .into_bytes()
}

/// Writes entries up to `size`, starting from what is there, and signs.
fn export(folder: &FsFolder, size: u64) -> Checkpoint {
    let key = key();
    let mut exporter = Exporter::resume(folder, key.verifying_key())
        .or_else(|_| Exporter::create(folder, key.verifying_key()))
        .unwrap();
    for n in exporter.size()..size {
        exporter.push(&entry(n)).unwrap();
    }
    let head = Checkpoint::new(ORIGIN, exporter.size(), exporter.root()).unwrap();
    exporter.finish(&head.sign(&key).unwrap()).unwrap();
    head
}

struct Log {
    dir: tempfile::TempDir,
    head: Checkpoint,
}

impl Log {
    fn new(size: u64) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let head = export(&FsFolder::new(dir.path()), size);
        Self { dir, head }
    }

    fn path(&self, relative: impl ToString) -> PathBuf {
        self.dir.path().join(relative.to_string())
    }

    fn problem(&self) -> Option<Problem> {
        let key = key();
        let expect = Expect {
            key: Some(key.verifying_key()),
            ..Expect::default()
        };
        verify_folder(self.dir.path(), &expect).problem
    }

    fn edit(&self, path: impl ToString, change: impl FnOnce(&mut Vec<u8>)) {
        let path = self.path(path);
        let mut bytes = fs::read(&path).unwrap();
        change(&mut bytes);
        fs::write(&path, bytes).unwrap();
    }

    fn edit_entries(&self, bundle: BundleCoord, change: impl FnOnce(&mut Vec<Vec<u8>>)) {
        self.edit(bundle, |bytes| {
            let mut entries: Vec<Vec<u8>> = split_bundle(bytes).map(|e| e.unwrap().to_vec()).collect();
            change(&mut entries);
            bytes.clear();
            entries
                .iter()
                .for_each(|entry| append_entry(entry, bytes).unwrap());
        });
    }

    /// Puts the hash of `entry` into the leaf tile, as someone does who alters an entry with care.
    fn forge_leaf(&self, tile: TileCoord, slot: usize, entry: &[u8]) {
        self.edit(tile, |bytes| {
            bytes[slot * 32..][..32].copy_from_slice(&Hash::leaf(entry).0)
        });
    }
}

fn bundle(index: u64) -> BundleCoord {
    BundleCoord::in_log(index, SIZE).unwrap()
}

#[test]
fn what_was_written_verifies() {
    for size in [0, 1, 255, 256, 257, 511, 512, SIZE] {
        let log = Log::new(size);
        let mut seen = 0;
        let report = verify(&FsFolder::new(log.dir.path()), &Expect::default(), |n, bytes| {
            assert_eq!((n, bytes), (seen, entry(n).as_slice()));
            seen += 1;
            Ok(())
        });
        assert_eq!(report.problem, None, "{size}");
        assert_eq!((seen, report.entries, report.size), (size, size, size));
        assert_eq!(
            (report.root, report.origin.as_deref()),
            (Some(log.head.root()), Some(ORIGIN))
        );
        assert_eq!(
            report.last_time,
            size.checked_sub(1).map(|n| 1_000_000 + n as i64 / 3)
        );
        assert!(report.to_string().contains("result   ok"));
    }
}

#[test]
fn two_levels_of_tiles_are_checked() {
    let size = 65_536 + 300;
    let log = Log::new(size);
    assert_eq!(log.problem(), None);
    for path in [
        "tile/1/000",
        "tile/1/001.p/1",
        "tile/2/000.p/1",
        "tile/0/257.p/44",
        "tile/0/256",
    ] {
        log.edit(path, |bytes| bytes[20] ^= 1);
        let found = log.problem().unwrap().to_string();
        assert!(found.contains(path), "{path}: {found}");
        log.edit(path, |bytes| bytes[20] ^= 1);
    }
    assert_eq!(log.problem(), None);
}

#[test]
fn a_log_grows_in_its_folder() {
    let dir = tempfile::tempdir().unwrap();
    let folder = FsFolder::new(dir.path());
    let mut known = export(&folder, 0);
    for size in [1, 1, 200, 256, 300, 512, 1000] {
        let head = export(&folder, size);
        let report = verify_folder(
            dir.path(),
            &Expect {
                known: Some(&known),
                ..Expect::default()
            },
        );
        assert_eq!(report.problem, None, "{size}");
        let mut tree = TreeReader::new(FolderTiles(&folder), size);
        let proof = tree.consistency(known.size()).unwrap();
        verify_consistency(known.size(), known.root(), size, head.root(), &proof).unwrap();
        let proof = tree.inclusion(size - 1).unwrap();
        verify_inclusion(Hash::leaf(&entry(size - 1)), size - 1, size, head.root(), &proof).unwrap();
        known = head;
    }
}

#[test]
fn every_flipped_byte_of_an_entry_is_found() {
    let log = Log::new(2);
    let bundle = BundleCoord { index: 0, width: 2 };
    let len = fs::read(log.path(bundle)).unwrap().len();
    for at in 0..len {
        for bit in [0x01, 0x20, 0x80] {
            log.edit(bundle, |bytes| bytes[at] ^= bit);
            assert!(log.problem().is_some(), "byte {at}");
            log.edit(bundle, |bytes| bytes[at] ^= bit);
        }
    }
    assert_eq!(log.problem(), None);
}

#[test]
fn an_altered_entry_is_named() {
    let log = Log::new(SIZE);
    log.edit_entries(bundle(1), |entries| {
        let at = entries[44].windows(4).position(|w| w == b"read").unwrap();
        entries[44][at..at + 4].copy_from_slice(b"seen");
    });
    let expected = Problem::Leaf {
        index: 300,
        path: bundle(1).to_string(),
        tile: "tile/0/001".to_owned(),
    };
    assert_eq!(log.problem(), Some(expected));
    // With its leaf forged too, the tile above gives it away.
    let altered = split_bundle(&fs::read(log.path(bundle(1))).unwrap())
        .nth(44)
        .unwrap()
        .unwrap()
        .to_vec();
    log.forge_leaf(bundle(1).leaf_tile(), 44, &altered);
    let expected = Problem::Tile {
        path: "tile/1/000.p/3".to_owned(),
        first: 256,
        last: 511,
    };
    assert_eq!(log.problem(), Some(expected));
    // With all tiles forged, the signature does.
    let level1 = fs::read(log.path("tile/0/001")).unwrap();
    let mut frontier = cofferdam_ledger::tree::Frontier::new();
    frontier.extend(level1.chunks(32).map(|hash| Hash::try_from(hash).unwrap()));
    log.edit("tile/1/000.p/3", |bytes| {
        bytes[32..64].copy_from_slice(&frontier.root().0)
    });
    assert!(matches!(log.problem(), Some(Problem::Root { signed, .. }) if signed == log.head.root()));
}

#[test]
fn dropped_inserted_and_swapped_entries_are_named() {
    let place = |index, found| {
        Some(Problem::Place {
            index,
            path: bundle(0).to_string(),
            found,
        })
    };
    let log = Log::new(SIZE);
    let restore = fs::read(log.path(bundle(0))).unwrap();
    let cases: [(&str, Change, Option<Problem>); 5] = [
        ("dropped", |e| drop(e.remove(10)), place(10, 11)),
        ("swapped", |e| e.swap(10, 11), place(10, 11)),
        ("inserted", |e| e.insert(10, entry(10)), place(11, 10)),
        (
            "first of them",
            |e| e.truncate(0),
            Some(Problem::NoEntry {
                index: 0,
                path: bundle(0).to_string(),
            }),
        ),
        (
            "last",
            |e| drop(e.pop()),
            Some(Problem::NoEntry {
                index: 255,
                path: bundle(0).to_string(),
            }),
        ),
    ];
    for (name, change, expected) in cases {
        log.edit_entries(bundle(0), change);
        assert_eq!(log.problem(), expected, "{name}");
        fs::write(log.path(bundle(0)), &restore).unwrap();
    }
    log.edit_entries(bundle(0), |e| e.push(entry(256)));
    assert_eq!(
        log.problem(),
        Some(Problem::TooManyEntries {
            path: bundle(0).to_string(),
            last: 255
        })
    );
}

#[test]
fn truncated_and_missing_files_are_named() {
    let log = Log::new(SIZE);
    let files: Vec<String> = (0..4)
        .map(|index| bundle(index).to_string())
        .chain((0..4).map(|index| bundle(index).leaf_tile().to_string()))
        .chain(["tile/1/000.p/3", VKEY_PATH, CHECKPOINT_PATH].map(str::to_owned))
        .collect();
    for path in &files {
        let restore = fs::read(log.path(path)).unwrap();
        fs::write(log.path(path), &restore[..restore.len() - 2]).unwrap();
        let found = log.problem().unwrap().to_string();
        assert!(found.contains(path), "{path}: {found}");
        fs::write(log.path(path), [&restore[..], b"\0\0"].concat()).unwrap();
        let found = log.problem().unwrap().to_string();
        assert!(found.contains(path), "{path}: {found}");
        fs::remove_file(log.path(path)).unwrap();
        assert_eq!(log.problem(), Some(Problem::Missing { path: path.clone() }));
        fs::write(log.path(path), &restore).unwrap();
    }
    assert_eq!(log.problem(), None);
}

#[test]
fn another_key_is_not_believed() {
    let log = Log::new(SIZE);
    let stranger = SigningKey::from_seed(ORIGIN, &[8; 32]).unwrap();
    fs::write(
        log.path(CHECKPOINT_PATH),
        log.head.sign(&stranger).unwrap().to_string(),
    )
    .unwrap();
    assert!(matches!(log.problem(), Some(Problem::Checkpoint(_))));
    // With the key in the folder exchanged as well, only who knows the log's key can tell.
    fs::write(log.path(VKEY_PATH), format!("{}\n", stranger.verifying_key())).unwrap();
    assert!(matches!(log.problem(), Some(Problem::OtherKey { .. })));
    assert!(verify_folder(log.dir.path(), &Expect::default()).is_ok());
}

#[test]
fn an_older_checkpoint_is_found() {
    for (old, new) in [(300, SIZE), (256, 300), (256, 512), (10, 11), (0, 1)] {
        let dir = tempfile::tempdir().unwrap();
        let folder = FsFolder::new(dir.path());
        export(&folder, old);
        let older = fs::read(dir.path().join(CHECKPOINT_PATH)).unwrap();
        let known = export(&folder, new);
        fs::write(dir.path().join(CHECKPOINT_PATH), older).unwrap();
        let report = verify_folder(dir.path(), &Expect::default());
        assert!(
            matches!(report.problem, Some(Problem::Beyond { size, .. }) if size == old),
            "{report}"
        );
        let report = verify_folder(
            dir.path(),
            &Expect {
                known: Some(&known),
                ..Expect::default()
            },
        );
        assert_eq!(
            report.problem,
            Some(Problem::Older {
                known: new,
                size: old
            })
        );
    }
}

#[test]
fn a_rewritten_past_is_found_by_who_knows_an_older_checkpoint() {
    let log = Log::new(SIZE);
    let known = Checkpoint::new(ORIGIN, 300, Hash([1; 32])).unwrap();
    let report = verify_folder(
        log.dir.path(),
        &Expect {
            known: Some(&known),
            ..Expect::default()
        },
    );
    assert!(
        matches!(report.problem, Some(Problem::Forked { size: 300, .. })),
        "{report}"
    );
    assert_eq!(report.entries, 300);
}

#[test]
fn witnesses_are_counted() {
    let log = Log::new(3);
    let witness = CosigningKey::from_seed("cofferdam.example/w", &[9; 32]).unwrap();
    let witnesses = [witness.verifying_key().clone()];
    let expect = Expect {
        witnesses: &witnesses,
        quorum: 1,
        ..Expect::default()
    };
    let report = verify_folder(log.dir.path(), &expect);
    assert_eq!(report.problem, Some(Problem::Witnesses { found: 0, needed: 1 }));
    let signed = fs::read(log.path(CHECKPOINT_PATH)).unwrap();
    let log_key = key();
    let mut open = Checkpoint::open(&signed, log_key.verifying_key(), &witnesses).unwrap();
    open.cosign(&witness, 77).unwrap();
    fs::write(log.path(CHECKPOINT_PATH), open.note.to_string()).unwrap();
    let report = verify_folder(log.dir.path(), &expect);
    assert!(report.is_ok(), "{report}");
    assert_eq!(
        (report.witnesses[0].name.as_str(), report.witnesses[0].timestamp),
        ("cofferdam.example/w", Some(77))
    );
}

/// Builds a log of entries that the exporter would refuse, with tiles and signature all in order.
fn log_of(dir: &Path, entries: &[&[u8]]) {
    let built = cofferdam_ledger::tree::integrate(0, &[], entries.iter().map(|e| Hash::leaf(e))).unwrap();
    let put = |path: String, bytes: &[u8]| {
        let path = dir.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    };
    let mut bundle = Vec::new();
    entries
        .iter()
        .for_each(|entry| append_entry(entry, &mut bundle).unwrap());
    put(BundleCoord::in_log(0, built.size).unwrap().to_string(), &bundle);
    built
        .tiles
        .iter()
        .for_each(|tile| put(tile.coord.to_string(), &tile.bytes));
    let head = Checkpoint::new(ORIGIN, built.size, built.root).unwrap();
    put(
        CHECKPOINT_PATH.to_owned(),
        head.sign(&key()).unwrap().to_string().as_bytes(),
    );
    put(
        VKEY_PATH.to_owned(),
        format!("{}\n", key().verifying_key()).as_bytes(),
    );
}

#[test]
fn a_log_that_signs_nonsense_is_found_out() {
    let path = || "tile/entries/000.p/2".to_owned();
    let good = br#"{"n":0,"t":5}"#.as_slice();
    let time = Problem::Time {
        index: 1,
        path: path(),
        time: 4,
        before: 5,
    };
    for (second, expected) in [
        (r#"{"n":1,"t":4}"#, Some(time)),
        (
            r#"{"n":0,"t":5}"#,
            Some(Problem::Place {
                index: 1,
                path: path(),
                found: 0,
            }),
        ),
        (
            r#"{"n":1}"#,
            Some(Problem::Entry {
                index: 1,
                path: path(),
                error: EntryError::Time,
            }),
        ),
        (r#"{"n":1,"t":5.0}"#, None),
        (r#"{"t":5,"n":1}"#, None),
        (r#"{"n":1,"t":5} "#, None),
        ("not JSON", None),
    ] {
        let dir = tempfile::tempdir().unwrap();
        log_of(dir.path(), &[good, second.as_bytes()]);
        let found = verify_folder(dir.path(), &Expect::default()).problem.unwrap();
        match expected {
            Some(expected) => assert_eq!(found, expected),
            None => assert!(matches!(
                found,
                Problem::Entry {
                    index: 1,
                    error: EntryError::Canonical(_),
                    ..
                }
            )),
        }
    }
}

#[test]
fn an_exporter_refuses_what_the_verifier_would() {
    let dir = tempfile::tempdir().unwrap();
    let folder = FsFolder::new(dir.path());
    let key = key();
    let mut exporter = Exporter::create(&folder, key.verifying_key()).unwrap();
    exporter.push(&entry(0)).unwrap();
    assert!(matches!(
        exporter.push(&entry(0)),
        Err(ExportError::Order { index: 1, n: 0, .. })
    ));
    assert!(matches!(
        exporter.push(&entry(2)),
        Err(ExportError::Order { index: 1, n: 2, .. })
    ));
    assert!(matches!(
        exporter.push(br#"{"n":1,"t":0}"#),
        Err(ExportError::Order { t: 0, .. })
    ));
    assert!(matches!(
        exporter.push(br#"{ "n":1,"t":0}"#),
        Err(ExportError::Entry { index: 1, .. })
    ));
    exporter.push(&entry(1)).unwrap();
    assert_eq!(exporter.size(), 2);
    let wrong = Checkpoint::new(ORIGIN, 2, Hash([0; 32]))
        .unwrap()
        .sign(&key)
        .unwrap();
    assert!(matches!(
        exporter.finish(&wrong),
        Err(ExportError::Head { size: 2, .. })
    ));
    assert!(matches!(
        Exporter::resume(&folder, key.verifying_key()),
        Err(ExportError::Incomplete(_))
    ));
    assert!(!verify_folder(dir.path(), &Expect::default()).is_ok());
    export(&folder, 2);
    assert!(matches!(
        Exporter::create(&folder, key.verifying_key()),
        Err(ExportError::NotEmpty)
    ));
    assert_eq!(verify_folder(dir.path(), &Expect::default()).problem, None);
}

#[test]
fn who_takes_the_entries_can_stop() {
    let log = Log::new(3);
    let refuse = |n, _: &[u8]| if n == 1 { Err("full".to_owned()) } else { Ok(()) };
    let report = verify(&FsFolder::new(log.dir.path()), &Expect::default(), refuse);
    assert_eq!(
        report.problem,
        Some(Problem::Refused {
            index: 1,
            why: "full".to_owned()
        })
    );
}

#[test]
fn reports_are_json() {
    let log = Log::new(1);
    let report = verify_folder(log.dir.path(), &Expect::default());
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!(json["origin"], ORIGIN);
    assert_eq!(json["root"], log.head.root().to_string());
    assert_eq!(json["problem"], serde_json::Value::Null);
    assert!(json["vkey"].as_str().unwrap().parse::<VerifyingKey>().is_ok());
}
