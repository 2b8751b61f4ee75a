//! A whole exported ledger that somebody sends: one that was signed, with edits. What is no longer the log that was
//! signed is found; and whatever the folder holds, it is verified to an end.

#![no_main]

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io;
use std::sync::LazyLock;

use cofferdam_fuzz::{Numbers, is_readable};
use cofferdam_ledger::checkpoint::Checkpoint;
use cofferdam_ledger::folder::{Expect, Exporter, Folder, verify};
use cofferdam_ledger::hash::Hash;
use cofferdam_ledger::note::SigningKey;
use libfuzzer_sys::fuzz_target;

/// A folder in memory.
#[derive(Clone, Default, PartialEq)]
struct Memory(RefCell<BTreeMap<String, Vec<u8>>>);

impl Folder for Memory {
    fn read(&self, path: &str, limit: usize, out: &mut Vec<u8>) -> io::Result<bool> {
        out.clear();
        let files = self.0.borrow();
        let Some(file) = files.get(path) else {
            return Ok(false);
        };
        if file.len() > limit {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        out.extend_from_slice(file);
        Ok(true)
    }

    fn write(&self, path: &str, bytes: &[u8]) -> io::Result<()> {
        self.0.borrow_mut().insert(path.to_owned(), bytes.to_vec());
        Ok(())
    }

    fn names(&self, path: &str) -> io::Result<Vec<String>> {
        let within = format!("{path}/");
        let files = self.0.borrow();
        let below = files.keys().filter_map(|file| file.strip_prefix(&within));
        Ok(below
            .map(|rest| rest.split('/').next().unwrap_or_default().to_owned())
            .collect())
    }
}

fn key() -> SigningKey {
    SigningKey::from_seed("example.com/log", &[1; 32]).expect("a key")
}

/// 300 short entries: two bundles, and tiles of two levels.
static SIGNED: LazyLock<BTreeMap<String, Vec<u8>>> = LazyLock::new(|| {
    let (folder, key) = (Memory::default(), key());
    let mut exporter = Exporter::create(&folder, key.verifying_key()).expect("an empty folder");
    let mut tree = cofferdam_ledger::tree::Frontier::new();
    for n in 0..300 {
        let entry = format!("{{\"n\":{n},\"t\":{n}}}");
        exporter.push(entry.as_bytes()).expect("an entry");
        tree.extend([Hash::leaf(entry.as_bytes())]);
    }
    let head = Checkpoint::new("example.com/log", 300, tree.root()).expect("a head");
    exporter
        .finish(&head.sign(&key).expect("a signature"))
        .expect("a whole log");
    folder.0.into_inner()
});

/// One edit: of a file that is there, or a file that should not be.
fn edit(files: &mut BTreeMap<String, Vec<u8>>, numbers: &mut Numbers<'_>) {
    let paths: Vec<String> = files.keys().cloned().collect();
    let Some(path) = paths.get(usize::from(numbers.byte()) % paths.len().max(1)) else {
        return;
    };
    let mut file = files.remove(path).unwrap_or_default();
    let at = numbers.number(2) as usize % (file.len() + 1);
    match numbers.byte() % 7 {
        0 if at < file.len() => file[at] ^= numbers.byte(),
        1 => file.truncate(at),
        2 => file.insert(at, numbers.byte()),
        3 if at < file.len() => drop(file.remove(at)),
        4 => return,
        5 => {
            let copy = path.replace("001", "002").replace(".p/44", ".p/45");
            files.insert(copy, file.clone());
        }
        6 => {
            let rest = numbers.number(2) as usize % (numbers.0.len() + 1);
            let (new, later) = numbers.0.split_at(rest);
            file.splice(at..at, new.iter().copied());
            numbers.0 = later;
        }
        _ => {}
    }
    files.insert(path.clone(), file);
}

fuzz_target!(|data: &[u8]| {
    let mut files = SIGNED.clone();
    let mut numbers = Numbers(data);
    for _ in 0..8 {
        if numbers.is_empty() {
            break;
        }
        edit(&mut files, &mut numbers);
    }
    let (folder, key) = (Memory(RefCell::new(files)), key());
    let expect = Expect {
        key: Some(key.verifying_key()),
        ..Expect::default()
    };
    let mut visited = 0;
    let report = verify(&folder, &expect, |index, _| {
        assert_eq!(index, visited);
        visited += 1;
        Ok(())
    });
    is_readable(
        &report
            .problem
            .as_ref()
            .map_or_else(|| "ok".to_owned(), ToString::to_string),
    );
    if report.is_ok() {
        assert_eq!((report.size, report.entries, visited), (300, 300, 300));
        let files = folder.0.into_inner();
        // Every file of the log is as it was; what nobody reads may lie beside them.
        for (path, file) in &*SIGNED {
            let bare = |bytes: &[u8]| bytes.strip_suffix(b"\n").unwrap_or(bytes).to_vec();
            let same = files
                .get(path)
                .is_some_and(|found| found == file || path == "vkey" && bare(found) == bare(file));
            assert!(
                same || path == "checkpoint",
                "{path} is another and nobody notices"
            );
        }
    }
});
