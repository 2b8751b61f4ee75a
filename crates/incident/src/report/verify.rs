//! Verifying a report against an exported ledger, with nothing else at hand.

use std::collections::BTreeMap;
use std::path::Path;

use cofferdam_ledger::canonical::{check_canonical, to_canonical};
use cofferdam_ledger::checkpoint::Checkpoint;
use cofferdam_ledger::folder::{self, Expect, Folder, FsFolder, VKEY_PATH};
use cofferdam_ledger::note::{Note, VerifyingKey};
use cofferdam_model::entry::hex32;
use cofferdam_model::{Actor, CredentialTag, Entry, Fact, LabId, ObjectSet, Timestamp};
use serde::Serialize;
use serde_json::Value;

use super::case::{Case, Subject};
use super::derive::{DeriveError, Deriving};
use super::document::{FORMAT, Report, SignedReport, assemble, signed_text};
use super::set;

/// The most that a `vkey` file holds, in bytes.
const MOST_VKEY: usize = 1024;
/// The most differences that are told.
const MOST_DIFFERENCES: usize = 20;
/// The most bytes of a value that a difference repeats.
const MOST_SHOWN: usize = 200;

/// A member of a report that is not what follows from its case and the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// A JSON pointer into the file.
    pub at: String,
    /// What follows; none: no such member.
    pub expected: Option<String>,
    /// What the report says; none: no such member.
    pub found: Option<String>,
}

/// What is wrong with a list that is not there.
const MISSING: &str = "is missing";
/// How lists come into an export.
const EXPORT_AGAIN: &str = "export the ledger again into this folder";

/// What is wrong with a report.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    /// Not a report of this format.
    #[error("it is no exposure report that this version reads: {0}")]
    Format(String),
    /// Of another ledger than the one in the folder, or than the key.
    #[error("it is the report to {lab}, of the ledger {of}, but {what} is of the ledger {other}: {next}")]
    Elsewhere {
        /// To which lab it is.
        lab: LabId,
        /// The name of its ledger.
        of: String,
        /// What does not fit.
        what: &'static str,
        /// The name of the ledger that this is of.
        other: String,
        /// What to do.
        next: &'static str,
    },
    /// Not signed by the ledger's key.
    #[error("its signature does not hold: {0}; do not believe this report, ask for it again")]
    Signature(String),
    /// The ledger does not check, or is another.
    #[error("the ledger does not bear it out: {0}")]
    Ledger(String),
    /// The ledger has entries that it should be of.
    #[error(
        "it leaves out entry {entry} and what follows, though that was made at {at}, before the report was; ask for it again"
    )]
    LeftOut {
        /// The first of them.
        entry: u64,
        /// When it was made.
        at: String,
    },
    /// A credential acted after its case says that it was revoked.
    #[error(
        "its case says that {credential} was revoked at {revoked}, and entry {entry}, made at {at}, is an act by it: the case is not \
         true, do not believe this report"
    )]
    Acted {
        /// Which credential, by its name in this ledger.
        credential: CredentialTag,
        /// When the case says that it was revoked.
        revoked: String,
        /// The first such entry.
        entry: u64,
        /// When it was made.
        at: String,
    },
    /// Nothing follows from its case.
    #[error("its case and the ledger do not fit: {0}")]
    Derive(#[from] DeriveError),
    /// Its numbers are others than those that follow.
    #[error(
        "it says otherwise than follows from its case and the ledger, first at {at}; do not believe its numbers",
        at = .0.first().map_or("", |first| first.at.as_str())
    )]
    Differs(Vec<Difference>),
}

/// What verifying a report found.
#[derive(Debug, Clone)]
pub struct Verdict {
    /// Of the ledger.
    pub ledger: folder::Report,
    /// The lab that the report is to.
    pub lab: Option<LabId>,
    /// How many entries the report is of.
    pub size: Option<u64>,
    /// How many values of the report were derived again.
    pub values: u64,
    /// What is wrong; none, where every number follows.
    pub wrong: Option<Wrong>,
}

impl Verdict {
    /// Every member that differs.
    #[must_use]
    pub fn differences(&self) -> &[Difference] {
        match &self.wrong {
            Some(Wrong::Differs(all)) => all,
            _ => &[],
        }
    }
}

/// Verifies a report's file against the export in a folder of the file system.
#[must_use]
pub fn verify_report(file: &[u8], ledger: &Path, key: Option<&VerifyingKey>) -> Verdict {
    verify(file, &FsFolder::new(ledger), key)
}

/// Verifies a report's file against an export: that the folder is the ledger, that the report's checkpoint is of it, that the signature is
/// its key's, and that everything in the report but its case and its time follows from these and the entries.
#[must_use]
pub fn verify<F: Folder>(file: &[u8], ledger: &F, key: Option<&VerifyingKey>) -> Verdict {
    let mut verdict = Verdict {
        ledger: folder::Report::default(),
        lab: None,
        size: None,
        values: 0,
        wrong: None,
    };
    verdict.wrong = check(file, ledger, key, &mut verdict).err();
    verdict
}

fn check<F: Folder>(
    file: &[u8],
    ledger: &F,
    key: Option<&VerifyingKey>,
    verdict: &mut Verdict,
) -> Result<(), Wrong> {
    let (said, signed) = read(file)?;
    let report = &signed.report;
    (verdict.lab, verdict.size) = (Some(report.lab), Some(report.ledger.size));
    let export = own_key(ledger)?;
    of_that_ledger(
        report,
        &export,
        "the export",
        "name the folder with that lab's own export",
    )?;
    let key = key.cloned().unwrap_or(export);
    of_that_ledger(report, &key, "the key", "give the key of that ledger")?;
    signature(&said["report"], &signed.note, &key)?;
    let open = Checkpoint::open(report.ledger.checkpoint.as_bytes(), &key, &[]);
    let known = open.map_err(|error| Wrong::Ledger(error.to_string()))?.checkpoint;
    let mut deriving = Deriving::new(&report.case, report.made_at)?;
    let revoked = revocations(&report.case);
    let (mut stopped, mut left_out, mut late) = (None, None, Vec::new());
    let expect = Expect {
        key: Some(&key),
        known: Some(&known),
        ..Expect::default()
    };
    verdict.ledger = folder::verify(ledger, &expect, |index, bytes| {
        if index < known.size() && stopped.is_none() {
            let followed = follow(&mut deriving, index, bytes, ledger);
            stopped = followed
                .map(|entry| late.extend(Late::of(&revoked, &entry)))
                .err();
        }
        if index == known.size() {
            left_out = too_early(index, bytes, report.made_at);
        }
        Ok(())
    });
    if let Some(problem) = &verdict.ledger.problem {
        return Err(Wrong::Ledger(problem.to_string()));
    }
    stopped.map_or(Ok(()), Err)?;
    left_out.map_or(Ok(()), Err)?;
    let derived = deriving.finish()?;
    if let Some(act) = late
        .iter()
        .find(|act| derived.earliest(act.n).micros_since(act.revoked) > STILL_HEARD)
    {
        return Err(act.told());
    }
    let made = assemble(
        &report.case,
        report.made_at,
        (report.ledger.checkpoint.as_bytes(), &key),
        derived,
    );
    let made = made.map_err(|error| Wrong::Ledger(error.to_string()))?;
    let expected = serde_json::to_value(&made).map_err(|error| Wrong::Format(error.to_string()))?;
    let mut differences = Differences::default();
    differences.compare("/report", &expected, &said["report"]);
    verdict.values = differences.values;
    match differences.found.is_empty() {
        true => Ok(()),
        false => Err(Wrong::Differs(differences.found)),
    }
}

/// The file as it is and as it is meant: canonical JSON, so that no two readers see two reports.
fn read(file: &[u8]) -> Result<(Value, SignedReport), Wrong> {
    let wrong = |why: &dyn std::fmt::Display| Wrong::Format(why.to_string());
    let text = file.strip_suffix(b"\n").unwrap_or(file);
    check_canonical(text).map_err(|e| wrong(&e))?;
    let said: Value = serde_json::from_slice(text).map_err(|e| wrong(&e))?;
    match said.pointer("/report/format").and_then(Value::as_str) {
        Some(FORMAT) => {}
        _ => return Err(wrong(&format!("its format is not {FORMAT}"))),
    }
    let signed: SignedReport = serde_json::from_slice(text).map_err(|e| wrong(&e))?;
    Ok((said, signed))
}

/// The key that lies in the export.
fn own_key<F: Folder>(ledger: &F) -> Result<VerifyingKey, Wrong> {
    let wrong = |why: &dyn std::fmt::Display| Wrong::Ledger(format!("{VKEY_PATH}: {why}"));
    let mut text = Vec::new();
    match ledger.read(VKEY_PATH, MOST_VKEY, &mut text) {
        Ok(true) => {}
        Ok(false) => {
            return Err(wrong(
                &"it is missing; name a folder that `cofferdam ledger export` wrote",
            ));
        }
        Err(error) => return Err(wrong(&error)),
    }
    let text = String::from_utf8_lossy(&text);
    text.trim().parse().map_err(|error| wrong(&error))
}

/// Whoever has several ledgers, and took the wrong one, is told that, and not that the report is forged.
fn of_that_ledger(
    report: &Report,
    key: &VerifyingKey,
    what: &'static str,
    next: &'static str,
) -> Result<(), Wrong> {
    match key.name() == report.ledger.origin {
        true => Ok(()),
        false => Err(Wrong::Elsewhere {
            lab: report.lab,
            of: report.ledger.origin.clone(),
            what,
            other: key.name().to_owned(),
            next,
        }),
    }
}

fn signature(report: &Value, note: &str, key: &VerifyingKey) -> Result<(), Wrong> {
    let wrong = |why: &dyn std::fmt::Display| Wrong::Signature(why.to_string());
    let note = Note::parse(note.as_bytes()).map_err(|e| wrong(&e))?;
    note.verify(std::slice::from_ref(key)).map_err(|e| wrong(&e))?;
    let canonical = to_canonical(report).map_err(|e| wrong(&e))?;
    match note.text() == signed_text(key.name(), &canonical) {
        true => Ok(()),
        false => Err(wrong(&"what was signed is another report")),
    }
}

/// When each credential of the case was revoked, if it was, by its names in this ledger.
fn revocations(case: &Case) -> BTreeMap<CredentialTag, Timestamp> {
    let credentials = case.subjects.iter().flat_map(|subject| match subject {
        Subject::Component { credentials, .. } => credentials.as_slice(),
        Subject::Person { .. } | Subject::Credential { .. } | Subject::Platform {} => &[],
    });
    let named = credentials.filter_map(|credential| Some((&credential.tags, credential.revoked?)));
    named
        .flat_map(|(tags, at)| tags.iter().map(move |tag| (*tag, at)))
        .collect()
}

/// How long after a credential was revoked an act by it may still be recorded: what another node had begun, by a clock of its own, in
/// microseconds.
const STILL_HEARD: i64 = 10_000_000;

/// An act by a credential that is said to have been revoked before; where the clock was put back it may have been made earlier than its
/// entry says.
struct Late {
    credential: CredentialTag,
    revoked: Timestamp,
    n: u64,
    t: Timestamp,
}

impl Late {
    /// Ends of streams and refusals are recorded when their credential does nothing any more.
    fn of(revoked: &BTreeMap<CredentialTag, Timestamp>, entry: &Entry) -> Option<Self> {
        let Actor::Engaged { credential, .. } = entry.by else {
            return None;
        };
        let consequence = matches!(entry.fact, Fact::ReadCompleted { .. } | Fact::Refused { .. });
        let revoked = *revoked.get(&credential)?;
        let late = !consequence && entry.t.micros_since(revoked) > STILL_HEARD;
        late.then_some(Self {
            credential,
            revoked,
            n: entry.n,
            t: entry.t,
        })
    }

    fn told(&self) -> Wrong {
        Wrong::Acted {
            credential: self.credential,
            revoked: self.revoked.rfc3339(),
            entry: self.n,
            at: self.t.rfc3339(),
        }
    }
}

fn follow<F: Folder>(
    deriving: &mut Deriving<'_>,
    index: u64,
    bytes: &[u8],
    ledger: &F,
) -> Result<Entry, Wrong> {
    let entry: Entry = serde_json::from_slice(bytes)
        .map_err(|error| DeriveError::entry(index, format!("cannot be read by this version: {error}")))?;
    let mut lists = |set: &ObjectSet| {
        let mut list = Vec::new();
        let read = ledger.read(&set::set_path(&set.sha256), set::list_bytes(set), &mut list);
        read.is_ok_and(|found| found).then_some(list)
    };
    deriving.push(&entry, &mut lists)?;
    Ok(entry)
}

/// An entry may have been on its way while a report was made of those before it, for so long, in microseconds.
const ON_ITS_WAY: i64 = 60_000_000;

/// What is wrong with a report that ends before this entry.
fn too_early(index: u64, bytes: &[u8], made_at: Timestamp) -> Option<Wrong> {
    let entry: Entry = serde_json::from_slice(bytes).ok()?;
    let before = made_at.micros_since(entry.t) > ON_ITS_WAY;
    before.then(|| Wrong::LeftOut {
        entry: index,
        at: entry.t.rfc3339(),
    })
}

/// Where two values differ.
#[derive(Default)]
struct Differences {
    found: Vec<Difference>,
    values: u64,
}

impl Differences {
    fn compare(&mut self, at: &str, expected: &Value, found: &Value) {
        match (expected, found) {
            (Value::Object(one), Value::Object(other)) => {
                let added = other.keys().filter(|key| !one.contains_key(*key));
                for key in one.keys().chain(added) {
                    let at = format!("{at}/{}", key.replace('~', "~0").replace('/', "~1"));
                    self.member(&at, one.get(key), other.get(key));
                }
            }
            (Value::Array(one), Value::Array(other)) => {
                for i in 0..one.len().max(other.len()) {
                    self.member(&format!("{at}/{i}"), one.get(i), other.get(i));
                }
            }
            _ => {
                self.values += 1;
                if expected != found {
                    self.tell(at, Some(expected), Some(found));
                }
            }
        }
    }

    fn member(&mut self, at: &str, expected: Option<&Value>, found: Option<&Value>) {
        match (expected, found) {
            (Some(expected), Some(found)) => self.compare(at, expected, found),
            _ => self.tell(at, expected, found),
        }
    }

    fn tell(&mut self, at: &str, expected: Option<&Value>, found: Option<&Value>) {
        let shown = |value: &Value| value.to_string().chars().take(MOST_SHOWN).collect();
        if self.found.len() < MOST_DIFFERENCES {
            self.found.push(Difference {
                at: at.to_owned(),
                expected: expected.map(shown),
                found: found.map(shown),
            });
        }
    }
}

/// The lists of objects that the entries of an export name.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Sets {
    /// How many different lists the entries name.
    pub named: u64,
    /// How many are there, and are those that are named.
    pub checked: u64,
    /// How many are missing.
    pub missing: u64,
    /// The first one that is wrong.
    pub problem: Option<String>,
}

/// Lists that entries name, each once, with the first entry that does.
#[derive(Debug, Clone, Default)]
pub struct NamedSets(std::collections::BTreeMap<[u8; 32], (u64, ObjectSet)>);

impl NamedSets {
    /// Takes in an entry's bytes.
    pub fn visit(&mut self, index: u64, entry: &[u8]) {
        if let Some(set) = set::named_in(entry) {
            self.0.entry(set.sha256).or_insert((index, set));
        }
    }

    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = &ObjectSet> {
        self.0.values().map(|(_, set)| set)
    }

    /// Looks for each in an export.
    pub fn check<F: Folder>(&self, folder: &F) -> Sets {
        let mut sets = Sets {
            named: self.0.len() as u64,
            ..Sets::default()
        };
        for (index, set) in self.0.values() {
            let Some(why) = why_not(folder, set) else {
                sets.checked += 1;
                continue;
            };
            sets.missing += u64::from(why == MISSING);
            sets.problem.get_or_insert_with(|| {
                let path = set::set_path(&set.sha256);
                format!("{path} {why}, and entry {index} names it; {EXPORT_AGAIN}")
            });
        }
        if sets.missing > 1 {
            let Sets { named, missing, .. } = sets;
            sets.problem = Some(format!(
                "{missing} of the {named} lists of objects that entries name are missing from {}; {EXPORT_AGAIN}",
                set::SETS_PATH
            ));
        }
        sets
    }
}

/// What is wrong with a list in an export.
pub fn why_not<F: Folder>(folder: &F, set: &ObjectSet) -> Option<String> {
    let mut list = Vec::new();
    match folder.read(&set::set_path(&set.sha256), set::list_bytes(set), &mut list) {
        Ok(false) => Some(MISSING.to_owned()),
        Ok(true) if set::read_set(set, &list).is_some() => None,
        Ok(true) => Some(format!("is not the list of {}", hex32::encode(&set.sha256))),
        Err(error) => Some(format!("cannot be read: {error}")),
    }
}
