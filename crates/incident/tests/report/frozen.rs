//! A report and its ledger as they were first written: every later version reads and writes them alike, and so does the second
//! implementation (`docs/exposure_report.py`), which needs a Python.

use std::path::{Path, PathBuf};
use std::process::Command;

use cofferdam_incident::report::{Wrong, sign, verify_report};
use proptest::prelude::*;
use serde_json::Value;

use crate::random::world;
use crate::story::{key, lab, report};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/frozen/report-1")
}

/// What the story comes to today.
fn written() -> Vec<u8> {
    sign(report(&lab(100)), &key("lab.example"))
        .unwrap()
        .to_bytes()
        .unwrap()
}

#[test]
fn a_report_is_written_as_it_ever_was() {
    let frozen = std::fs::read(folder().join("report.json")).unwrap();
    assert_eq!(
        String::from_utf8(frozen).unwrap(),
        String::from_utf8(written()).unwrap()
    );
}

#[test]
fn a_frozen_report_verifies() {
    let file = std::fs::read(folder().join("report.json")).unwrap();
    let own = key("lab.example");
    let verdict = verify_report(&file, &folder().join("ledger"), Some(own.verifying_key()));
    assert_eq!(verdict.wrong, None);
}

/// Makes the files of a new format version; an old one's are never made again.
#[test]
#[ignore = "run by hand when a format is added"]
fn freeze() {
    assert!(!folder().exists(), "a frozen report is never replaced");
    lab(100)
        .book
        .export(&folder().join("ledger"), &key("lab.example"));
    std::fs::write(folder().join("report.json"), written()).unwrap();
}

fn python(report: &Path, ledger: &Path) -> (bool, String) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/exposure_report.py");
    let ran = Command::new("python3")
        .arg(script)
        .arg(report)
        .arg(ledger)
        .output();
    let Ok(ran) = ran else {
        panic!("there is no python3, which computes every number a second time")
    };
    let text = [ran.stdout, ran.stderr].concat();
    (ran.status.success(), String::from_utf8_lossy(&text).into_owned())
}

#[test]
fn the_second_implementation_comes_to_the_same() {
    let (same, text) = python(&folder().join("report.json"), &folder().join("ledger"));
    assert!(same && text.contains("5 subjects, 21 entries"), "{text}");
    // Another number, signed as it should be.
    let frozen = std::fs::read(folder().join("report.json")).unwrap();
    let mut changed: Value = serde_json::from_slice(&frozen).unwrap();
    let at = "/report/results/0/windows/widest/totals/classes/touched/objects";
    *changed.pointer_mut(at).unwrap() = 1.into();
    let signed = |changed: &Value| {
        let file = tempfile::NamedTempFile::new().unwrap();
        let other = serde_json::from_value(changed["report"].clone()).unwrap();
        let signed = sign(other, &key("lab.example")).unwrap();
        std::fs::write(file.path(), signed.to_bytes().unwrap()).unwrap();
        python(file.path(), &folder().join("ledger"))
    };
    let (same, text) = signed(&changed);
    assert!(
        !same && text.contains("classes/touched/objects: 2 follows, but it says 1"),
        "{text}"
    );
    // A case that leaves out what the ledger knows.
    let leaving = |at: &str| {
        let mut changed: Value = serde_json::from_slice(&frozen).unwrap();
        changed.pointer_mut(at).unwrap().as_array_mut().unwrap().clear();
        signed(&changed)
    };
    let (same, text) = leaving("/report/case/subjects/0/credentials");
    assert!(!same && text.contains("credentials are left out"), "{text}");
    let (same, text) = leaving("/report/case/subjects");
    assert!(!same && text.contains("the incident concerns"), "{text}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    /// What the page of the format leaves open would come to light here.
    #[test]
    fn both_implementations_agree_on_random_ledgers((book, case, made_at) in world()) {
        if book.derived(&case, made_at).is_err() {
            return Ok(());
        }
        let (dir, own) = (tempfile::tempdir().unwrap(), key("lab.example"));
        book.export(&dir.path().join("ledger"), &own);
        let file = sign(book.report(&case, made_at, &own), &own).unwrap().to_bytes().unwrap();
        let report = dir.path().join("report.json");
        std::fs::write(&report, &file).unwrap();
        let verdict = verify_report(&file, &dir.path().join("ledger"), Some(own.verifying_key()));
        // A random credential may act after it is said to be revoked: then neither believes the case.
        let acted = matches!(verdict.wrong, Some(Wrong::Acted { .. }));
        prop_assert!(acted || verdict.wrong.is_none(), "{:?}", verdict.wrong);
        let (same, text) = python(&report, &dir.path().join("ledger"));
        prop_assert_eq!(same, !acted, "{}", text);
        prop_assert_eq!(text.contains("was revoked before"), acted, "{}", text);
    }
}
