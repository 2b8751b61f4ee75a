//! Whether a lab's words lie anywhere in a data folder, seen from outside: 12-byte samples against every file.
//!
//! A lab may write of databases, and the platform's own words then are among the samples. No sample is left out for
//! that: a place where one is found is read on to both sides for as long as it says what the lab wrote, and only a run
//! that as a whole stands in the folder of an installation that never had these words is the platform's own.

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;
use std::fs;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::path::{Path, PathBuf};

use cofferdam_testbed::Place;
use cofferdam_work::formats::DeliveryFormat;
use cofferdam_work::template::TemplateKind;
use serde_json::Value;

use crate::support::{Installation, arg, ok};

const SAMPLE: usize = 12;
const SAMPLES: usize = 2_000;
/// Runs that are told; there is no need for more.
const MOST_RUNS: usize = 50;

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

/// Samples of the texts: each place is as likely as any other; where there are few, all of them.
fn samples(words: &[&[u8]], dice: &mut Dice) -> HashSet<[u8; SAMPLE]> {
    let all = || words.iter().flat_map(|text| text.windows(SAMPLE));
    let total = all().count();
    assert!(total > 0, "there is no text to look for");
    let taken = |place: &[u8]| place.try_into().unwrap();
    if total <= SAMPLES {
        return all().map(taken).collect();
    }
    let places: HashSet<usize> = (0..SAMPLES).map(|_| dice.below(total)).collect();
    let drawn = all().enumerate().filter(|(at, _)| places.contains(at));
    drawn.map(|(_, place)| taken(place)).collect()
}

/// Where the files below `folder` say what the texts say, as far as they do.
fn runs(folder: &Path, words: &[&[u8]], samples: &HashSet<[u8; SAMPLE]>) -> Vec<(PathBuf, Vec<u8>)> {
    // The first eight bytes as a number tell nearly every place apart at the cost of one look-up.
    let mut by_start: HashMap<u64, Vec<&[u8; SAMPLE]>> = HashMap::new();
    let start = |place: &[u8]| u64::from_be_bytes(place[..8].try_into().unwrap());
    for sample in samples {
        by_start.entry(start(sample)).or_default().push(sample);
    }
    let (mut all, mut runs) = (Vec::new(), Vec::new());
    files(folder, &mut all);
    assert!(all.len() > 5, "{} is no data folder", folder.display());
    for file in all {
        let bytes = fs::read(&file).unwrap();
        let mut seen = 0;
        for (at, place) in bytes.windows(SAMPLE).enumerate() {
            let known = by_start.get(&start(place));
            if at < seen || !known.is_some_and(|all| all.iter().any(|sample| &sample[..] == place)) {
                continue;
            }
            let (from, to) = longest(&bytes, at, words);
            seen = to;
            runs.push((file.clone(), bytes[from..to].to_vec()));
            if runs.len() == MOST_RUNS {
                return runs;
            }
        }
    }
    runs
}

/// From where to where around a sample the bytes are those of one of the texts.
fn longest(bytes: &[u8], at: usize, words: &[&[u8]]) -> (usize, usize) {
    let sample = &bytes[at..at + SAMPLE];
    let places = words.iter().flat_map(|text| {
        let all = text.windows(SAMPLE).enumerate();
        all.filter(|(_, place)| *place == sample)
            .map(move |(place, _)| (*text, place))
    });
    let around = places.map(|(text, place)| {
        let same = |(a, b): &(&u8, &u8)| a == b;
        let (before, after) = (bytes[..at].iter().rev(), bytes[at + SAMPLE..].iter());
        let back = before.zip(text[..place].iter().rev()).take_while(same).count();
        let on = after.zip(&text[place + SAMPLE..]).take_while(same).count();
        (at - back, at + SAMPLE + on)
    });
    around.max_by_key(|(from, to)| to - from).unwrap()
}

/// What the platform itself writes: schema, configuration, logs, metrics and ledgers of a demonstration that had none of
/// the words that are looked for, neither of tasks nor of their kind's guideline.
fn own_vocabulary() -> Vec<Vec<u8>> {
    let folder = tempfile::tempdir().unwrap();
    let other = folder.path().join("other.jsonl");
    let mut tasks = String::new();
    (0..12).for_each(|n| writeln!(tasks, "{{\"body\":\"{n}\"}}").unwrap());
    fs::write(&other, tasks).unwrap();
    let mut all = Vec::new();
    for (name, place) in [("file", Place::in_file()), ("fresh", Place::fresh().unwrap())] {
        let data = folder.path().join(name);
        let (input, at) = (arg(&other), arg(&data));
        let demo = ["demo", "--once", "--input", &input, "--data", &at];
        ok(&[&demo[..], &["--database", place.database()]].concat());
        place.copy_files(&data).unwrap();
        files(&data, &mut all);
    }
    let mut vocabulary: Vec<Vec<u8>> = all.iter().map(|file| fs::read(file).unwrap()).collect();
    // `init` writes what each setting means into its file.
    vocabulary.push(ok(&["config", "default"]).into_bytes());
    // Another project's kind and formats stand in the clear as well.
    let kinds = TemplateKind::ALL.map(TemplateKind::name);
    let formats = DeliveryFormat::ALL.map(DeliveryFormat::name);
    vocabulary.extend(kinds.iter().chain(&formats).map(|name| name.as_bytes().to_vec()));
    vocabulary
}

/// What the files below `folder` give away of the texts.
fn leaked(words: &[String], folder: &Path, dice: &mut Dice) -> Vec<(PathBuf, String)> {
    let words: Vec<&[u8]> = words.iter().map(String::as_bytes).collect();
    let mut runs = runs(folder, &words, &samples(&words, dice));
    if !runs.is_empty() {
        let own = own_vocabulary();
        let is_own = |run: &[u8]| {
            own.iter()
                .any(|text| text.windows(run.len()).any(|place| place == run))
        };
        runs.retain(|(_, run)| !is_own(run));
    }
    let shown = |(file, run): (PathBuf, Vec<u8>)| (file, String::from_utf8_lossy(&run).into_owned());
    runs.into_iter().map(shown).collect()
}

/// Fails when one of 2,000 random samples of the texts occurs in a file below `folder`: database, write-ahead log,
/// server's log, metrics, deliveries, ledgers.
pub(crate) fn none_of(words: &[String], folder: &Path) {
    let mut dice = Dice::new();
    let seed = dice.0;
    let found = leaked(words, folder, &mut dice);
    assert!(
        found.is_empty(),
        "seed {seed}: a lab's words lie in the open: {found:?}"
    );
}

#[test]
fn the_search_finds_what_is_there_and_knows_the_platforms_own_words() {
    let at = Installation::start_on(Place::in_file());
    at.ask(&["lab", "add", "Wenham"]);
    let data = at.data();
    let files = ["cofferdam.sqlite", "cofferdam.sqlite-wal"].map(|file| fs::read(data.join(file)).unwrap());
    let schema = files
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        .concat();
    let table = schema.find("CREATE TABLE assignment").unwrap();
    let statement = &schema[table..table + 40];
    let words = vec![
        format!("Why does `{statement}` fail on my machine, and on nobody else's?"),
        "Is openai-preference or pairwise-preference the better name?".to_owned(),
    ];
    let look = || leaked(&words, &data, &mut Dice::new());
    assert_eq!(look(), []);
    // The same words and a little more are no longer the platform's own.
    for given_away in [&words[0][..], &words[0][4..60], &words[1][3..30]] {
        fs::write(data.join("given-away"), format!("xx{given_away}yy")).unwrap();
        let found = look();
        assert!(
            found.len() == 1 && found[0].1 == given_away,
            "{given_away}: {found:?}"
        );
    }
}
