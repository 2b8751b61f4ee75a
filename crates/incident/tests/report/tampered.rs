//! Whatever is changed in a report or in a ledger, it is found.

use cofferdam_incident::report::{
    Report, SignedReport, Subject, Verdict, Wrong, set_path, sign, verify_report,
};
use cofferdam_ledger::canonical::to_canonical;
use cofferdam_ledger::note::SigningKey;
use cofferdam_model::{Actor, Entry, Fact, Timestamp};
use serde_json::Value;
use std::path::Path;

use crate::story::{case, key, lab, report, time};

/// Every leaf of a document, by pointer.
fn leaves(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(members) if !members.is_empty() => {
            members
                .iter()
                .for_each(|(key, value)| leaves(value, &format!("{at}/{key}"), found));
        }
        Value::Array(items) if !items.is_empty() => {
            items
                .iter()
                .enumerate()
                .for_each(|(i, item)| leaves(item, &format!("{at}/{i}"), found));
        }
        _ => found.push(at.to_owned()),
    }
}

fn another(value: &Value) -> Value {
    match value {
        Value::Number(n) => (n.as_i64().unwrap() + 1).into(),
        Value::String(text) => {
            // Still of its form, where it has one: the last character is another of the same kind.
            let mut text = text.clone();
            let last = text.pop();
            text.push(match last {
                Some('1') => '2',
                Some(c) if c.is_ascii_digit() => '1',
                Some('a') => 'b',
                Some('\n') => '\t',
                _ => 'a',
            });
            text.into()
        }
        Value::Bool(yes) => (!yes).into(),
        Value::Null => 1_774_400_000_000_000i64.into(),
        Value::Array(_) => vec![Value::from("a")].into(),
        Value::Object(_) => panic!("no object is a leaf here"),
    }
}

struct Signed {
    folder: tempfile::TempDir,
    key: SigningKey,
    value: Value,
}

impl Signed {
    fn new() -> Self {
        let lab = lab(100);
        let (folder, key) = (tempfile::tempdir().unwrap(), key("lab.example"));
        lab.book.export(folder.path(), &key);
        // As small as has everything in it: each of its values is verified.
        let mut case = case(&lab);
        case.subjects.drain(2..4);
        case.availability.pop();
        let report = lab.book.report(&case, time("31T12:00:00"), &key);
        let value = serde_json::to_value(sign(report, &key).unwrap()).unwrap();
        Self { folder, key, value }
    }

    fn verify(&self, value: &Value) -> Verdict {
        let file = to_canonical(value).unwrap();
        verify_report(&file, self.folder.path(), Some(self.key.verifying_key()))
    }

    /// With a signature that fits, as the firm itself could make it.
    fn signed_again(&self, changed: &Value) -> Option<Value> {
        let report: Report = serde_json::from_value(changed["report"].clone()).ok()?;
        serde_json::to_value(sign(report, &self.key).ok()?).ok()
    }
}

#[test]
fn no_value_can_be_changed() {
    let signed = Signed::new();
    assert_eq!(signed.verify(&signed.value).wrong, None);
    let mut all = Vec::new();
    leaves(&signed.value, "", &mut all);
    assert!(all.len() > 300, "{}", all.len());
    for at in &all {
        let mut changed = signed.value.clone();
        let leaf = changed.pointer_mut(at).unwrap();
        *leaf = another(leaf);
        assert!(signed.verify(&changed).wrong.is_some(), "{at}");
    }
}

#[test]
fn nobody_can_sign_another_number_either() {
    let signed = Signed::new();
    let mut all = Vec::new();
    leaves(&signed.value["report"], "/report", &mut all);
    let mut named = 0;
    for at in all
        .iter()
        .filter(|at| !at.starts_with("/report/case") && *at != "/report/made_at")
    {
        let mut changed = signed.value.clone();
        let leaf = changed.pointer_mut(at).unwrap();
        *leaf = another(leaf);
        let Some(again) = signed.signed_again(&changed) else {
            continue;
        };
        match signed.verify(&again).wrong {
            None => panic!("{at}"),
            Some(Wrong::Differs(differences)) => {
                assert!(
                    differences.iter().any(|d| at.starts_with(&d.at)),
                    "{at}: {differences:?}"
                );
                named += 1;
            }
            Some(_) => {}
        }
    }
    assert!(named > 250, "{named}");
}

/// Each change of the case changes what follows, and so does not fit the numbers that were signed with it.
#[test]
fn a_bound_a_claim_or_a_finding_cannot_be_changed_alone() {
    let signed = Signed::new();
    let case = "/report/case";
    for (at, new) in [
        (
            "/availability/0/window/from",
            Value::from(time("24T10:40:00").as_micros()),
        ),
        (
            "/availability/1/window/to",
            Value::from(time("24T13:00:00").as_micros()),
        ),
        ("/chosen/to", Value::Null),
        ("/subjects/0/scans/1/finding", "absent".into()),
        ("/subjects/1/longest_silence", 1.into()),
        ("/subjects/0/rebuilt", Value::Null),
        ("/subjects/0/credentials/0/revoked", Value::Null),
        ("/subjects/2/tags/0", "ct_7ZZZZZZZZZZZZZZZZZZZZZZZZZ".into()),
    ] {
        let mut changed = signed.value.clone();
        *changed.pointer_mut(&format!("{case}{at}")).unwrap() = new;
        let again = signed.signed_again(&changed).unwrap();
        let wrong = signed.verify(&again).wrong;
        assert!(matches!(wrong, Some(Wrong::Differs(_))), "{at}: {wrong:?}");
    }
    let mut fewer = signed.value.clone();
    fewer["report"]["case"]["availability"]
        .as_array_mut()
        .unwrap()
        .remove(1);
    let again = signed.signed_again(&fewer).unwrap();
    assert!(matches!(signed.verify(&again).wrong, Some(Wrong::Differs(_))));
}

#[test]
fn no_entry_and_no_list_can_be_changed() {
    let (lab, key) = (lab(100), key("lab.example"));
    let file = sign(report(&lab), &key).unwrap().to_bytes().unwrap();
    let wrong = |dir: &Path| verify_report(&file, dir, Some(key.verifying_key())).wrong;
    for n in 0..lab.book.entries.len() {
        let mut other = lab.book.clone();
        let entry = &mut other.entries[n];
        // The platform signs whatever it likes, later times too: the report's own checkpoint does not fit.
        match &mut entry.fact {
            Fact::ObjectsReleased { objects, .. } => objects[0].bytes += 1,
            Fact::InventoryReported { scanned, .. } => *scanned = scanned.plus_seconds(1),
            _ => entry.clock = Some(Timestamp::from_micros(entry.t.as_micros() - 1)),
        }
        let dir = tempfile::tempdir().unwrap();
        other.export(dir.path(), &key);
        assert!(matches!(wrong(dir.path()), Some(Wrong::Ledger(_))), "entry {n}");
    }
    for sha256 in lab.book.lists.keys() {
        let dir = tempfile::tempdir().unwrap();
        lab.book.export(dir.path(), &key);
        let list = dir.path().join(set_path(sha256));
        let mut bytes = std::fs::read(&list).unwrap();
        bytes[20] ^= 1;
        std::fs::write(&list, bytes).unwrap();
        let changed = wrong(dir.path()).unwrap().to_string();
        assert!(
            changed.contains("is not the one that the entry names"),
            "{changed}"
        );
        std::fs::remove_file(&list).unwrap();
        let missing = wrong(dir.path()).unwrap().to_string();
        assert!(missing.contains("is missing"), "{missing}");
    }
}

#[test]
fn what_is_no_report_of_this_ledger_is_refused() {
    let (lab, own) = (lab(100), key("lab.example"));
    let signed: SignedReport = sign(report(&lab), &own).unwrap();
    let file = signed.to_bytes().unwrap();
    let dir = tempfile::tempdir().unwrap();
    lab.book.export(dir.path(), &own);
    let wrong = |file: &[u8]| verify_report(file, dir.path(), Some(own.verifying_key())).wrong;
    // A member twice would be another report to another reader.
    let text = String::from_utf8(file.clone()).unwrap();
    let twice = text.replacen(
        "\"format\":",
        "\"format\":\"cofferdam-exposure/1\",\"format\":",
        1,
    );
    assert!(matches!(wrong(twice.as_bytes()), Some(Wrong::Format(_))));
    let spaced = text.replacen(':', ": ", 1);
    assert!(matches!(wrong(spaced.as_bytes()), Some(Wrong::Format(_))));
    let newer = text.replace("cofferdam-exposure/1", "cofferdam-exposure/2");
    assert!(matches!(wrong(newer.as_bytes()), Some(Wrong::Format(_))));
    assert!(matches!(wrong(b""), Some(Wrong::Format(_))));
    // Another's key of the same name.
    let other = SigningKey::from_seed("lab.example", &[4; 32]).unwrap();
    let forged = sign(signed.report.clone(), &other).unwrap().to_bytes().unwrap();
    assert!(matches!(wrong(&forged), Some(Wrong::Signature(_))));
    // Another lab's ledger: that is told, and not that the report is forged.
    let another = crate::story::key("another.example");
    let elsewhere = tempfile::tempdir().unwrap();
    lab.book.export(elsewhere.path(), &another);
    for key in [None, Some(own.verifying_key())] {
        let told = verify_report(&file, elsewhere.path(), key)
            .wrong
            .unwrap()
            .to_string();
        assert!(
            told.contains(&lab.book.lab.to_string())
                && told.contains("but the export is of the ledger another.example"),
            "{told}"
        );
    }
    let told = verify_report(&file, dir.path(), Some(another.verifying_key())).wrong;
    assert!(
        matches!(told, Some(Wrong::Elsewhere { what: "the key", .. })),
        "{told:?}"
    );
    // Of the first entries alone: a report that was made later leaves out what there was.
    for (later, left_out) in [(30, false), (90, true)] {
        let mut longer = lab.book.clone();
        let last = longer.entries.last().unwrap();
        let (n, t) = (last.n + 1, signed.report.made_at.plus_seconds(-later));
        longer.entries.push(Entry {
            n,
            t: t.max(last.t),
            clock: None,
            ..last.clone()
        });
        let folder = tempfile::tempdir().unwrap();
        longer.export(folder.path(), &own);
        let wrong = verify_report(&file, folder.path(), Some(own.verifying_key())).wrong;
        assert_eq!(
            matches!(wrong, Some(Wrong::LeftOut { .. })),
            left_out,
            "{wrong:?}"
        );
    }
    // A shorter ledger is an older one.
    let mut shorter = lab.book.clone();
    shorter.entries.pop();
    let older = tempfile::tempdir().unwrap();
    shorter.export(older.path(), &own);
    let wrong = verify_report(&file, older.path(), Some(own.verifying_key())).wrong;
    assert!(matches!(wrong, Some(Wrong::Ledger(_))), "{wrong:?}");
    assert!(case(&lab).subjects.len() > 1);
}

/// A firm that says that a credential was revoked before it acted makes its report look better: the ledger has the acts.
#[test]
fn a_credential_that_acts_after_it_is_said_to_be_revoked_gives_the_case_away() {
    let lab = lab(1);
    let own = key("lab.example");
    let acts =
        |entry: &&Entry| matches!(entry.by, Actor::Engaged { credential, .. } if credential == lab.bad.tag);
    let last = lab.book.entries.iter().rfind(acts).unwrap();
    assert!(!matches!(
        last.fact,
        Fact::ReadCompleted { .. } | Fact::Refused { .. }
    ));
    let folder = tempfile::tempdir().unwrap();
    lab.book.export(folder.path(), &own);
    for (before, found) in [(9, false), (11, true)] {
        let mut told = case(&lab);
        if let Subject::Component { credentials, .. } = &mut told.subjects[0] {
            credentials[0].revoked = Some(last.t.plus_seconds(-before));
        }
        let report = lab.book.report(&told, time("31T12:00:00"), &own);
        let file = sign(report, &own).unwrap().to_bytes().unwrap();
        let wrong = verify_report(&file, folder.path(), Some(own.verifying_key())).wrong;
        assert_eq!(wrong.is_some(), found, "{wrong:?}");
        assert!(!found || matches!(wrong, Some(Wrong::Acted { entry, .. }) if entry == last.n));
    }
}

/// Where the clock turns out to have been ahead, an entry's own time does not say that its act came after.
#[test]
fn an_act_that_bears_no_certain_time_gives_nobody_away() {
    let lab = lab(1);
    let own = key("lab.example");
    let acts =
        |entry: &&Entry| matches!(entry.by, Actor::Engaged { credential, .. } if credential == lab.bad.tag);
    let last = lab.book.entries.iter().rfind(acts).unwrap();
    let folder = tempfile::tempdir().unwrap();
    lab.book.export(folder.path(), &own);
    let mut told = case(&lab);
    if let Subject::Component { credentials, .. } = &mut told.subjects[0] {
        credentials[0].revoked = Some(last.t.plus_seconds(-11));
    }
    for (made_at, found) in [(time("31T12:00:00"), true), (last.t, false)] {
        let report = lab.book.report(&told, made_at, &own);
        let file = sign(report, &own).unwrap().to_bytes().unwrap();
        let wrong = verify_report(&file, folder.path(), Some(own.verifying_key())).wrong;
        assert_eq!(matches!(wrong, Some(Wrong::Acted { .. })), found, "{wrong:?}");
        assert!(found || wrong.is_none(), "{wrong:?}");
    }
}
