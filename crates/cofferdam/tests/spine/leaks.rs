//! Whether a lab's words lie anywhere in a data folder, seen from outside: 12-byte samples against every file.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support::{arg, ok};

const SAMPLE: usize = 12;
const SAMPLES: usize = 2_000;

/// A small generator (xorshift64*, Vigna 2016), seeded by the system and told on failure.
struct Dice(u64);

impl Dice {
    fn new() -> Self {
        Self(RandomState::new().build_hasher().finish() | 1)
    }

    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        usize::try_from(self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33).unwrap() % end
    }
}

/// Every file below a folder.
fn files(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, into)
        } else {
            into.push(path)
        }
    }
}

/// All texts within a value: what is typed and read, not the names of members.
pub(crate) fn texts(value: &Value, into: &mut Vec<String>) {
    match value {
        Value::String(text) => into.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| texts(item, into)),
        Value::Object(members) => members.values().for_each(|member| texts(member, into)),
        _ => {}
    }
}

/// Which samples occur in the files below `folder`, and where.
fn found(folder: &Path, samples: &HashSet<[u8; SAMPLE]>) -> Vec<(PathBuf, String)> {
    // The first eight bytes as a number tell nearly every place apart at the cost of one look-up.
    let mut by_start: HashMap<u64, Vec<&[u8; SAMPLE]>> = HashMap::new();
    for sample in samples {
        by_start
            .entry(u64::from_be_bytes(sample[..8].try_into().unwrap()))
            .or_default()
            .push(sample);
    }
    let (mut all, mut hits) = (Vec::new(), Vec::new());
    files(folder, &mut all);
    assert!(all.len() > 5, "{} is no data folder", folder.display());
    for file in all {
        let bytes = fs::read(&file).unwrap();
        for at in bytes.windows(SAMPLE) {
            let start = u64::from_be_bytes(at[..8].try_into().unwrap());
            if by_start
                .get(&start)
                .is_some_and(|all| all.iter().any(|sample| &sample[..] == at))
            {
                hits.push((file.clone(), String::from_utf8_lossy(at).into_owned()));
            }
        }
    }
    hits
}

/// What stands in the folder of a demonstration that had no word of these tasks: the platform's own vocabulary, in
/// schema, configuration, logs, metrics and ledgers.
fn own_vocabulary(candidates: &HashSet<[u8; SAMPLE]>) -> HashSet<[u8; SAMPLE]> {
    let folder = tempfile::tempdir().unwrap();
    let (other, data) = (folder.path().join("other.jsonl"), folder.path().join("data"));
    fs::write(&other, "{\"body\":\"0\"}\n{\"body\":\"1\"}\n").unwrap();
    ok(&["demo", "--once", "--input", &arg(&other), "--data", &arg(&data)]);
    let own = found(&data, candidates);
    own.into_iter()
        .filter_map(|(_, text)| text.into_bytes().try_into().ok())
        .collect()
}

/// Fails when one of 2,000 random samples of the texts occurs in a file below `folder`: database, write-ahead log,
/// server's log, metrics, deliveries, ledgers.
pub(crate) fn none_of(words: &[String], folder: &Path) {
    let long: Vec<&[u8]> = words
        .iter()
        .map(String::as_bytes)
        .filter(|w| w.len() >= SAMPLE)
        .collect();
    assert!(!long.is_empty(), "there is no text to look for");
    let total: usize = long.iter().map(|w| w.len() - SAMPLE + 1).sum();
    let mut dice = Dice::new();
    let seed = dice.0;
    let mut samples = HashSet::new();
    // Each place of each text is as likely as any other.
    for _ in 0..SAMPLES {
        let mut at = dice.below(total);
        for text in &long {
            let places = text.len() - SAMPLE + 1;
            if at < places {
                samples.insert(text[at..at + SAMPLE].try_into().unwrap());
                break;
            }
            at -= places;
        }
    }
    let own = own_vocabulary(&samples);
    samples.retain(|sample| !own.contains(sample));
    assert!(
        samples.len() > SAMPLES.min(total) / 2,
        "too few samples are left: {}",
        samples.len()
    );
    let hits = found(folder, &samples);
    assert!(
        hits.is_empty(),
        "seed {seed}: a lab's words lie in the open: {hits:?}"
    );
}

#[test]
fn the_search_finds_what_is_there() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["a", "b", "c", "d", "e"] {
        fs::write(folder.path().join(name), "nothing of the kind").unwrap();
    }
    let secret = "what the lab wrote down".to_owned();
    fs::write(folder.path().join("f"), format!("xx{secret}yy")).unwrap();
    let samples: HashSet<[u8; SAMPLE]> = secret
        .as_bytes()
        .windows(SAMPLE)
        .map(|w| w.try_into().unwrap())
        .collect();
    assert_eq!(found(folder.path(), &samples).len(), samples.len());
}
