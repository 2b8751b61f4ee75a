//! Files that a stranger made: an error, or an answer, and nothing else.

use std::path::Path;

use cofferdam_archive::{ACTORS_FILE, Archive};

use crate::support::*;

const ROWS: &str = "rows-00000.parquet";

/// Opens, asks and verifies; whatever comes of it.
fn ask(ledger: &Ledger, dir: &Path) -> bool {
    let Ok(archive) = Archive::open(dir, &[]) else {
        return false;
    };
    let asked = crate::everybody(ledger)
        .into_iter()
        .step_by(7)
        .all(|whose| archive.exposure(&[whose], (at(0), at(2_000))).is_ok());
    ledger.bears_out(dir).is_ok() && asked
}

#[test]
fn a_file_that_is_cut_off_or_has_other_bytes_does_no_harm() {
    let ledger = Ledger::random(11, 60);
    let dir = tempfile::tempdir().unwrap();
    ledger.archive(dir.path(), None);
    assert!(ask(&ledger, dir.path()));
    let mut dice = Dice(12);
    for name in [ACTORS_FILE, ROWS] {
        let path = dir.path().join(name);
        let good = std::fs::read(&path).unwrap();
        for len in [0, 4, 11, good.len() / 2, good.len() - 1] {
            std::fs::write(&path, &good[..len]).unwrap();
            assert!(!ask(&ledger, dir.path()), "{name} of {len} bytes");
        }
        for _ in 0..200 {
            let mut bad = good.clone();
            for _ in 0..1 + dice.below(3) {
                let at = dice.below(bad.len() as u64) as usize;
                bad[at] = dice.below(256) as u8;
            }
            std::fs::write(&path, &bad).unwrap();
            ask(&ledger, dir.path());
        }
        std::fs::write(&path, &good).unwrap();
    }
    assert!(ask(&ledger, dir.path()));
}
