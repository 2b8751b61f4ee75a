//! What the firm says of an incident to the labs concerned: each reads it, and its ledger commits to it.

use cofferdam_custody::sha256;
use serde_json::{Value, json};

use crate::incidents::{LABS, Place, text};
use crate::support::run;

const OPENED: &str = "A release of litellm that you run through us was malicious.";
const CONTAINED: &str = "Every credential of it is quarantined.\nWe scan again at noon.";

/// The `why` of an entry, by the words and the salt that a lab is given.
fn commitment(why: &Value) -> String {
    let salt = text(why, "/salt");
    let byte = |at: usize| u8::from_str_radix(&salt[at..at + 2], 16).unwrap();
    let salt: Vec<u8> = (0..salt.len()).step_by(2).map(byte).collect();
    let words = text(why, "/words");
    let parts = [b"cofferdam incident reason v1", &salt[..], words.as_bytes()];
    sha256(&parts.concat())
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[test]
fn labs_concerned_read_why_and_their_ledgers_commit_to_it() {
    let place = Place::by_hand();
    let opened = place.open(&["--subject", "component:Importer", "--for-labs", OPENED]);
    let id = text(&opened, "/id");
    let step = |to: &str, more: &[&str]| {
        let args = ["incident", "move", &id, "--reason", "vellum-otter", "--to", to];
        place.at.ask(&[&args[..], more].concat());
    };
    step("contained", &["--for-labs", CONTAINED]);
    step("assessed", &[]);
    // Whoever is told later reads it too.
    place.at.ask(&["incident", "add", &id, "component:Exporter"]);
    let mut salts = Vec::new();
    for (lab, name) in LABS.into_iter().enumerate() {
        let seen = &place.seen(lab)[0];
        assert_eq!(
            (&seen["why"]["words"], &seen["moves"][0]["why"]["words"]),
            (&json!(OPENED), &json!(CONTAINED))
        );
        assert_eq!(seen["moves"][1]["why"], Value::Null);
        let entries = place.ledger(lab, &format!("ledger of {lab}"));
        assert!(
            !entries.contains("litellm") && !entries.contains("vellum"),
            "{entries}"
        );
        for why in [&seen["why"], &seen["moves"][0]["why"]] {
            assert!(entries.contains(&commitment(why)), "{why} is not in the ledger");
            salts.push(text(why, "/salt"));
        }
        let args = ["incident", "list", "--lab", name, "--server", &place.at.base];
        let shown = run(&[&args[..], &["--token", &place.stewards[lab]]].concat()).stdout;
        assert!(shown.contains("We scan again at noon."), "{shown}");
    }
    salts.sort();
    salts.dedup();
    assert_eq!(salts.len(), 4, "a salt is used twice");
    let shown = place.at.ask(&["incident", "show", &id]);
    assert_eq!(
        (&shown["for_labs"], &shown["moves"][1]["for_labs"]),
        (&json!(OPENED), &Value::Null)
    );
}

#[test]
fn words_for_labs_name_nobody() {
    let place = Place::by_hand();
    let lab = text(&place.at.ask(&["lab", "list"])[0], "/id");
    let told = |words: &str| {
        let args = [
            "incident",
            "open",
            "--title",
            "x",
            "--reason",
            "x",
            "--subject",
            "platform",
            "--for-labs",
            words,
        ];
        place.refused(None, &args).stderr
    };
    for (words, name) in [
        ("It began at ipswich.", "Ipswich"),
        ("The importer ran it; see WENHAM.", "Wenham"),
        ("Steward of Wenham knows", "Wenham"),
        ("dashboard's host", "Dashboard"),
        (&format!("see {lab}"), &lab),
    ] {
        let told = told(words);
        assert!(
            told.contains("/for_labs: it names") && told.contains(name),
            "{words}: {told}"
        );
    }
    assert!(told("  ").contains("/for_labs: 1 to 2000 bytes"));
    assert_eq!(
        place.at.ask(&["incident", "list"]),
        json!([]),
        "half of it was taken"
    );
}

/// What the platform opens by itself says by which public record.
#[test]
fn a_match_tells_the_labs_which_record_it_is_about() {
    let place = Place::new();
    crate::matching::take(&place, "MAL-2026-2144");
    let seen = &place.seen(0)[0];
    let words = text(seen, "/why/words");
    assert!(words.contains("a public record of malicious code"), "{words}");
    assert!(place.ledger(0, "ledger").contains(&commitment(&seen["why"])));
}
