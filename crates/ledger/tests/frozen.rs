//! A log of format 1 as it was first written, below `tests/frozen/log-v1`: it verifies for ever, and is
//! still written byte for byte.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use cofferdam_ledger::checkpoint::Checkpoint;
use cofferdam_ledger::entry::append_entry;
use cofferdam_ledger::folder::{Expect, Exporter, FsFolder, verify_folder};
use cofferdam_ledger::note::SigningKey;
use serde_json::json;

const ORIGIN: &str = "cofferdam.example/frozen/v1";
const ENTRIES: u64 = 260;

fn frozen() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/frozen/log-v1")
}

fn write(dir: &Path) {
    let key = SigningKey::from_seed(ORIGIN, &[1; 32]).unwrap();
    let folder = FsFolder::new(dir);
    let mut exporter = Exporter::create(&folder, key.verifying_key()).unwrap();
    let mut bytes = Vec::new();
    for n in 0..ENTRIES {
        let t = 1_774_310_400_000_000_i64 + n as i64 / 2;
        let entry = json!({"t": t, "n": n, "kind": "frozen", "text": "é\n\"\u{1f600}\u{1}", "list": [n, -1, null, true, {}]});
        bytes.clear();
        append_entry(&entry, &mut bytes).unwrap();
        exporter.push(&bytes).unwrap();
    }
    let head = Checkpoint::new(ORIGIN, exporter.size(), exporter.root()).unwrap();
    exporter.finish(&head.sign(&key).unwrap()).unwrap();
}

fn files(dir: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut open = vec![dir.to_owned()];
    while let Some(next) = open.pop() {
        for item in fs::read_dir(next).unwrap() {
            let path = item.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                found.insert(
                    path.strip_prefix(dir).unwrap().to_owned(),
                    fs::read(&path).unwrap(),
                );
            }
        }
    }
    found
}

#[test]
fn the_frozen_log_verifies() {
    let report = verify_folder(&frozen(), &Expect::default());
    assert!(report.is_ok(), "{report}");
    assert_eq!(report.entries, ENTRIES);
}

#[test]
fn it_is_still_written_the_same() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path());
    assert_eq!(files(dir.path()), files(&frozen()));
}

/// Writes a new frozen log. Never run it over an old one: a changed format gets a folder of its own.
#[test]
#[ignore = "run by hand when a format is added"]
fn freeze() {
    assert!(!frozen().exists(), "a frozen log is never replaced");
    write(&frozen());
}
