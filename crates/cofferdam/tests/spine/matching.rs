//! What the platform does by itself where a record is about what a component runs.

use std::fs;

use serde_json::{Value, json};

use crate::components::environment;
use crate::incidents::{LABS, Place, names, subjects, text};
use crate::support::{arg, data};

pub(crate) fn take(place: &Place, record: &str) -> Value {
    let record = data(&format!("advisories/{record}.json"));
    place.at.ask(&["advisory", "add", &arg(&record)])
}

fn board(place: &Place) -> Vec<Value> {
    place.at.ask(&["incident", "list"]).as_array().unwrap().clone()
}

/// Scans an environment with that version as one component or another.
fn scan(place: &Place, token: &str, version: &str) {
    let root = place.at.beside(&format!("host of {version}"));
    let _ = fs::remove_dir_all(&root);
    environment(&root, version, version == "1.82.8");
    place
        .at
        .ask_as(token, &["component", "scan", &arg(&root), "--report"]);
}

fn close(place: &Place, id: &str) {
    for step in ["contained", "assessed", "closed"] {
        let step = ["incident", "move", id, "--to", step, "--reason", "done"];
        place.at.ask(&step);
    }
}

#[test]
fn a_record_of_malicious_code_opens_an_incident_and_stops_whom_it_is_about() {
    let place = Place::new();
    let taken = take(&place, "MAL-2026-2144");
    let opened = &taken["incidents"][0];
    assert_eq!(
        subjects(opened),
        json!([["Dashboard", "unknown"], ["Importer", "affected"]])
    );
    assert_eq!(opened["advisory"], "MAL-2026-2144");
    assert_eq!(names(&opened["labs"]).len(), LABS.len());
    assert_eq!(opened["stopped"].as_array().unwrap().len(), 3, "{opened}");
    assert_eq!(board(&place).len(), 1);
    let file = place.at.beside("prompts.jsonl");
    fs::write(&file, "{\"turns\": [\"a\"]}\n").unwrap();
    let told = place.refused(Some(&place.importer.1), &["import", &arg(&file)]);
    assert!(told.stderr.contains("is under review"), "{}", told.stderr);
    // In the labs' ledgers it is nobody's doing but the platform's.
    let ledger = place.ledger(0, "ledger");
    let halts = ledger.matches("\"kind\":\"halted\"").count();
    assert!(halts >= 1 && ledger.contains("\"as\":\"platform\""), "{halts}");
    // The same once more, and another record of the same event: it is open already.
    for record in ["MAL-2026-2144", "PYSEC-2026-2", "GHSA-5mg7-485q-xm76"] {
        assert_eq!(take(&place, record)["incidents"], json!([]), "{record}");
    }
    assert_eq!(board(&place).len(), 1);
    // A component that says so later joins it, though it is rid of it at once.
    let dashboard = place.at.ask(&[
        "engage",
        "Ipswich",
        "Exporter",
        "--role",
        "integration",
        "--purpose",
        "export",
    ]);
    let issued = place
        .at
        .ask(&["token", "add", &text(&dashboard, "/id"), "--label", "more"]);
    scan(&place, &text(&issued, "/token"), "1.82.7");
    let joined = board(&place);
    assert_eq!(
        subjects(&joined[0]),
        json!([
            ["Dashboard", "unknown"],
            ["Exporter", "affected"],
            ["Importer", "affected"]
        ])
    );
}

#[test]
fn what_was_said_to_be_over_is_opened_again_only_by_what_is_said_after() {
    let place = Place::new();
    scan(&place, &place.importer.1, "1.82.6");
    let taken = take(&place, "GHSA-5mg7-485q-xm76");
    let first = text(&taken["incidents"][0], "/id");
    close(&place, &first);
    take(&place, "MAL-2026-2144");
    scan(&place, &place.importer.1, "1.82.6");
    assert_eq!(board(&place).len(), 1, "nothing new was said");
    scan(&place, &place.importer.1, "1.82.8");
    let all = board(&place);
    assert_eq!(all.len(), 2);
    let second = all.iter().find(|one| text(one, "/id") != first).unwrap();
    assert_eq!(subjects(second), json!([["Importer", "affected"]]));
}

/// Several that say so at once, and are rid of it at once, are all of them subjects; and nobody else is.
#[test]
fn what_many_say_at_once_stops_each_of_them_and_nobody_else() {
    let place = Place::new();
    scan(&place, &place.importer.1, "1.82.6");
    let folder = |version: &str| {
        let root = place.at.beside(&format!("many of {version}"));
        environment(&root, version, version == "1.82.8");
        arg(&root)
    };
    let roots = ["1.82.8", "1.82.6"].map(folder);
    let grant = ["--role", "integration", "--purpose", "import"];
    let tokens: Vec<String> = (0..8)
        .map(|n| {
            let name = format!("Tool {n}");
            place.at.ask(&["person", "add", &name, "--component"]);
            place.at.seat("Ipswich", &name, &grant).1
        })
        .collect();
    close(
        &place,
        &text(&take(&place, "MAL-2026-2144")["incidents"][0], "/id"),
    );
    std::thread::scope(|scope| {
        for token in &tokens {
            scope.spawn(|| {
                for root in &roots {
                    place.at.ask_as(token, &["component", "scan", root, "--report"]);
                }
            });
        }
    });
    let open = |one: &&Value| one["state"] == "open";
    let all = board(&place);
    let opened: Vec<&Value> = all.iter().filter(open).collect();
    assert_eq!(opened.len(), 1);
    let told: Vec<Value> = (0..8).map(|n| json!([format!("Tool {n}"), "affected"])).collect();
    assert_eq!(subjects(opened[0]), Value::from(told));
}

#[test]
fn a_fault_opens_nothing_unless_that_is_wanted() {
    let mut place = Place::new();
    assert_eq!(take(&place, "PYSEC-2026-2")["incidents"], json!([]));
    scan(&place, &place.importer.1, "1.82.7");
    assert_eq!(board(&place), Vec::<Value>::new());
    // What is wanted from now on holds for what was said before.
    place.serve_with("incident_opens_on = \"any\"");
    let opened = (0..100).find_map(|_| {
        std::thread::sleep(std::time::Duration::from_millis(50));
        board(&place).pop()
    });
    assert_eq!(opened.unwrap()["advisory"], "PYSEC-2026-2");
    let none = Place::by_hand();
    assert_eq!(take(&none, "MAL-2026-2144")["incidents"], json!([]));
    scan(&none, &none.importer.1, "1.82.8");
    assert_eq!(board(&none), Vec::<Value>::new());
}
