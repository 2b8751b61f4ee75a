//! What an archive answers is what the ledger says, and what it does not have it does not claim.

#![expect(clippy::unwrap_used, reason = "in tests a failure is a panic")]

mod frozen;
mod hostile;
mod support;

use std::collections::BTreeMap;

use cofferdam_archive::{ACTORS_FILE, Archive, Versions, Whose};
use cofferdam_model::blur::Blur;
use cofferdam_model::touched::{Count, Deed, Names};
use cofferdam_model::*;
use support::*;

/// By which names somebody acts, from the entries alone.
fn names(ledger: &Ledger, whose: Whose) -> (Names, Vec<Actor>) {
    let mut authority = Authority::empty(Compartment::Lab(LabId::from_bytes([1; 16])));
    ledger
        .entries
        .iter()
        .for_each(|entry| authority.apply(entry).unwrap());
    let mut names = Names::default();
    let mut actors = Vec::new();
    for &by in &ledger.people {
        match by {
            Actor::Engaged {
                engagement,
                pseudonym,
                credential,
            } if whose == Whose::Credential(credential)
                || whose == Whose::Engagement(engagement)
                || whose == Whose::Pseudonym(pseudonym) =>
            {
                let project = authority.engagement(engagement).unwrap().project();
                names.engaged.insert(credential, project);
                actors.push(by);
            }
            Actor::Operator { credential, .. } if whose == Whose::Credential(credential) => {
                names.operator = Some(credential);
                actors.push(by);
            }
            _ => {}
        }
    }
    (names, actors)
}

fn counted(ledger: &Ledger, whose: Whose, window: (Timestamp, Timestamp), blurs: &[Blur]) -> Touched {
    let mut count = Count::new(names(ledger, whose).0, window, blurs);
    ledger
        .entries
        .iter()
        .for_each(|entry| count.take(&Deed::of(entry)));
    count.finish()
}

/// The object versions that were written, and those that were only released.
fn versions(ledger: &Ledger, whose: Whose, window: (Timestamp, Timestamp)) -> Versions {
    let actors = names(ledger, whose).1;
    let mut wrote: BTreeMap<(ObjectId, u32), (bool, u64)> = BTreeMap::new();
    for entry in &ledger.entries {
        if !actors.contains(&entry.by) || !(window.0..window.1).contains(&entry.t) {
            continue;
        }
        let writes = matches!(
            entry.fact,
            Fact::SubmissionReceived { .. } | Fact::TasksImported { .. }
        );
        for object in ledger.objects(entry) {
            let found = wrote
                .entry((object.object, object.version))
                .or_insert((false, object.bytes));
            found.0 |= writes;
        }
    }
    let mut found = Versions::default();
    for (writes, bytes) in wrote.into_values() {
        let sum = match writes {
            true => &mut found.altered,
            false => &mut found.touched,
        };
        *sum = sum.plus(Draw { objects: 1, bytes });
    }
    found
}

fn same(one: &Touched, other: &Touched) {
    assert_eq!(one.entries, other.entries);
    assert_eq!(one.administered, other.administered);
    assert_eq!(one.projects, other.projects);
    assert_eq!((one.first, one.last), (other.first, other.last));
    assert_eq!(one.undated, other.undated);
}

fn everybody(ledger: &Ledger) -> Vec<Whose> {
    let mut all = Vec::new();
    for by in &ledger.people {
        match *by {
            Actor::Engaged {
                engagement,
                pseudonym,
                credential,
            } => all.extend([
                Whose::Credential(credential),
                Whose::Engagement(engagement),
                Whose::Pseudonym(pseudonym),
            ]),
            Actor::Operator { credential, .. } => all.push(Whose::Credential(credential)),
            _ => {}
        }
    }
    all
}

#[test]
fn an_archive_counts_as_the_ledger_does() {
    for seed in 1..4 {
        let ledger = Ledger::random(seed, 3_000);
        let dir = tempfile::tempdir().unwrap();
        let made = ledger.archive(dir.path(), None);
        assert_eq!(made.end, ledger.entries.len() as u64);
        ledger.bears_out(dir.path()).unwrap();
        let archive = Archive::open(dir.path(), &[]).unwrap();
        let mut dice = Dice(seed + 100);
        for whose in everybody(&ledger) {
            let from = dice.below(4_000) as i64;
            let window = (at(from), at(from + 1 + dice.below(900) as i64));
            let found = archive.exposure(&[whose], window).unwrap();
            same(&found.touched, &counted(&ledger, whose, window, &[]));
            assert_eq!(found.versions, Some(versions(&ledger, whose, window)));
            assert!(found.named);
        }
        let nobody = Whose::Credential(CredentialTag::from_bytes([99; 16]));
        let found = archive.exposure(&[nobody], (at(0), at(9_000))).unwrap();
        assert!(!found.named && found.touched.entries == 0);
    }
}

#[test]
fn beyond_its_end_an_archive_knows_nothing() {
    let ledger = Ledger::random(5, 500);
    let dir = tempfile::tempdir().unwrap();
    let middle = ledger.entries[300].t;
    let made = ledger.archive(dir.path(), Some(middle));
    assert!(made.end <= 300 && made.until == middle);
    ledger.bears_out(dir.path()).unwrap();
    let archive = Archive::open(dir.path(), &[]).unwrap();
    let whose = everybody(&ledger)[0];
    let ends = |to: Timestamp| archive.exposure(&[whose], (at(0), to)).unwrap().unknown;
    assert_eq!(ends(middle), None);
    let later = middle.plus_seconds(1);
    assert_eq!(ends(later), Some((middle, later)));
    let after = archive
        .exposure(&[whose], (later, later.plus_seconds(9)))
        .unwrap();
    assert_eq!(after.unknown, Some((later, later.plus_seconds(9))));
    assert_eq!(after.touched.entries, 0);
}

/// The last entry's own time may be that of the next one too.
#[test]
fn a_whole_archive_ends_before_the_last_entrys_time() {
    let ledger = Ledger::random(6, 50);
    let dir = tempfile::tempdir().unwrap();
    ledger.archive(dir.path(), None);
    let archive = Archive::open(dir.path(), &[]).unwrap();
    let last = ledger.entries.last().unwrap().t;
    let whose = everybody(&ledger)[0];
    assert_eq!(archive.exposure(&[whose], (at(0), last)).unwrap().unknown, None);
    let past = Timestamp::from_micros(last.as_micros() + 1);
    assert_eq!(
        archive.exposure(&[whose], (at(0), past)).unwrap().unknown,
        Some((last, past))
    );
}

/// The clock is two minutes ahead, is put back, and catches up.
fn put_back() -> Ledger {
    let mut ledger = Ledger::random(7, 40);
    let by = ledger.people[0];
    let fact = Fact::TaskReleased {
        task: TaskId::from_bytes([1; 16]),
        assignment: AssignmentId::from_bytes([2; 16]),
        objects: vec![ObjectRef {
            bytes: 5,
            object: ObjectId::from_bytes([3; 16]),
            version: 1,
        }],
    };
    ledger.push(at(1_120), None, by, fact.clone());
    ledger.push(at(1_120), Some(at(1_000)), Actor::Platform, Fact::ClockPutBack);
    ledger.push(at(1_120), Some(at(1_030)), by, fact.clone());
    ledger.push(at(1_121), None, Actor::Platform, Fact::ClockCaughtUp);
    ledger.push(at(1_200), None, by, fact);
    ledger
}

#[test]
fn what_a_wrong_clock_dated_is_undated_here_too() {
    let ledger = put_back();
    let dir = tempfile::tempdir().unwrap();
    ledger.archive(dir.path(), None);
    ledger.bears_out(dir.path()).unwrap();
    let archive = Archive::open(dir.path(), &[]).unwrap();
    let mut authority = Authority::empty(Compartment::Lab(LabId::from_bytes([1; 16])));
    ledger
        .entries
        .iter()
        .for_each(|entry| authority.apply(entry).unwrap());
    let blurs = Blur::joined(authority.clock_put_back().iter().map(|span| {
        let start = ledger.entries.partition_point(|entry| entry.t < span.floor());
        let from = ledger.entries[start - 1].t;
        Blur::new(span, start as u64, from, ledger.entries.len() as u64)
    }));
    let mut undated = 0;
    for whose in everybody(&ledger) {
        for window in [
            (900, 1_010),
            (1_020, 1_040),
            (1_100, 1_121),
            (1_121, 1_190),
            (0, 1_190),
        ] {
            let window = (at(window.0), at(window.1));
            let found = archive.exposure(&[whose], window).unwrap();
            same(&found.touched, &counted(&ledger, whose, window, &blurs));
            undated += found.touched.undated.map_or(0, |undated| undated.entries);
        }
    }
    assert!(undated > 0);
}

/// What was made while the clock was behind may have been made in a window before the archive's end, and lie beyond it.
#[test]
fn a_clock_put_back_beyond_the_end_makes_the_window_unknown() {
    let ledger = put_back();
    let dir = tempfile::tempdir().unwrap();
    let made = ledger.archive(dir.path(), Some(at(1_110)));
    ledger.bears_out(dir.path()).unwrap();
    let archive = Archive::open(dir.path(), &[]).unwrap();
    let whose = everybody(&ledger)[0];
    assert!(made.until == at(1_120));
    let window = (at(1_020), at(1_040));
    assert_eq!(archive.exposure(&[whose], window).unwrap().unknown, Some(window));
    assert_eq!(
        archive.exposure(&[whose], (at(0), at(900))).unwrap().unknown,
        None
    );
}

#[test]
fn one_changed_row_is_found() {
    let ledger = Ledger::random(8, 400);
    let changes: [fn(&mut Entry); 4] = [
        |entry| entry.by = Actor::Platform,
        |entry| entry.t = Timestamp::from_micros(entry.t.as_micros() + 1),
        |entry| {
            if let Fact::TaskReleased { objects, .. } = &mut entry.fact {
                objects[0].bytes += 1;
            }
        },
        |entry| {
            if let Fact::TaskReleased { objects, .. } = &mut entry.fact {
                objects.pop();
            }
        },
    ];
    let among = |entry: &&Entry| {
        let next = ledger.entries.get(entry.n as usize + 1);
        matches!(&entry.fact, Fact::TaskReleased { objects, .. } if objects.len() > 1)
            && entry.n > 100
            && next.is_some_and(|next| next.t > entry.t)
    };
    let n = ledger.entries.iter().find(among).unwrap().n as usize;
    for change in changes {
        let mut other = ledger.clone();
        change(&mut other.entries[n]);
        let dir = tempfile::tempdir().unwrap();
        other.archive(dir.path(), None);
        other.bears_out(dir.path()).unwrap();
        let why = ledger.bears_out(dir.path()).unwrap_err().to_string();
        assert!(why.contains(&format!("entry {n}")), "{why}");
    }
}

#[test]
fn a_file_of_another_archive_is_not_taken() {
    let (one, other) = (Ledger::random(9, 60), Ledger::random(10, 60));
    let [first, second] = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    one.archive(first.path(), None);
    other.archive(second.path(), Some(at(60)));
    let rows = "rows-00000.parquet";
    std::fs::copy(second.path().join(rows), first.path().join(rows)).unwrap();
    let archive = Archive::open(first.path(), &[]).unwrap();
    let asked = archive.exposure(&everybody(&one)[..1], (at(0), at(50)));
    let why = asked.err().unwrap().to_string();
    assert!(why.contains("belongs to another archive"), "{why}");
    std::fs::remove_file(second.path().join(ACTORS_FILE)).unwrap();
    assert!(Archive::open(second.path(), &[]).is_err());
}
