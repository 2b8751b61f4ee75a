//! Exposure reports by the binary: windows that close, subjects of each kind, and whatever must make none.

use std::fs;
use std::path::{Path, PathBuf};

use cofferdam_model::{Clock as _, Id as _, LabId, SystemClock};
use cofferdam_testbed::{Raw, cells};
use serde_json::{Value, json};

use crate::components::environment;
use crate::incidents::{LABS, Place, SINCE, text};
use crate::support::{arg, data, run};

/// An incident from the advisory, with one claim; what the first lab calls it.
struct Opened {
    place: Place,
    id: String,
    own: String,
    made: std::cell::Cell<u32>,
}

impl Opened {
    /// The source names no end.
    fn new() -> Self {
        Self::until(&[])
    }

    /// It could be had for some hours only.
    fn ended() -> Self {
        Self::until(&["--to", "2026-03-24T14:00:00Z"])
    }

    fn until(to: &[&str]) -> Self {
        let place = Place::by_hand();
        let at = &place.at;
        let file = at.beside("prompts.jsonl");
        fs::write(&file, "{\"turns\": [\"a\"]}\n{\"turns\": [\"b\"]}\n").unwrap();
        at.ask_as(&place.importer.1, &["import", &arg(&file)]);
        let folder = data("advisories/MAL-2026-2144.json");
        at.ask(&["advisory", "add", &arg(folder.parent().unwrap())]);
        let opened = place.open(&["--advisory", "MAL-2026-2144", "--since", SINCE]);
        let own = text(&place.seen(0)[0], "/id");
        let id = text(&opened, "/id");
        at.ask(
            &[
                &["incident", "claim", &id, "--source", "one", "--from", SINCE],
                to,
            ]
            .concat(),
        );
        let made = std::cell::Cell::new(0);
        Self { place, id, own, made }
    }

    fn file(&self) -> PathBuf {
        self.made.set(self.made.get() + 1);
        self.place.at.beside(&format!("report {}.json", self.made.get()))
    }

    /// The first lab's report; it verifies.
    fn report(&self, more: &[&str]) -> Value {
        report(&self.place, 0, &self.own, &self.file(), more)
    }

    /// Why there is none.
    fn refused(&self) -> String {
        let file = self.file();
        let args = ["incident", "report", LABS[0], &self.own, &arg(&file)];
        let told = self.place.refused(Some(&self.place.stewards[0]), &args).stderr;
        assert!(!file.exists());
        told
    }

    fn raw(&self) -> Raw {
        Raw::open(&self.place.at.place, &self.place.at.data()).unwrap()
    }

    /// The tokens of an engagement.
    fn tokens(&self, engagement: &str) -> Vec<String> {
        let all = self.place.at.ask(&["token", "list", engagement]);
        all.as_array()
            .unwrap()
            .iter()
            .map(|token| text(token, "/id"))
            .collect()
    }
}

fn report(place: &Place, lab: usize, own: &str, file: &Path, more: &[&str]) -> Value {
    let steward = &place.stewards[lab];
    let named = arg(file);
    let make = [&["incident", "report", LABS[lab], own, &named], more].concat();
    let made = place.at.ask_as(steward, &make);
    let ledger = file.with_extension("ledger");
    place
        .at
        .ask_as(steward, &["ledger", "export", LABS[lab], &arg(&ledger)]);
    let verified = run(&["verify", &arg(file), "--ledger", &arg(&ledger)]);
    assert_eq!(verified.code, 0, "{}{}", verified.stdout, verified.stderr);
    made
}

/// The only component in a report, and what follows for it in the widest window.
fn component(report: &Value) -> (&Value, &Value) {
    let subjects = report
        .pointer("/report/case/subjects")
        .unwrap()
        .as_array()
        .unwrap();
    let at = subjects
        .iter()
        .position(|subject| subject["kind"] == "component")
        .unwrap();
    let results = report.pointer("/report/results").unwrap();
    (&subjects[at], results[at].pointer("/windows/widest").unwrap())
}

#[test]
fn a_window_closes_when_everything_is_revoked_and_the_host_rebuilt_and_opens_when_it_is_found_again() {
    let opened = Opened::ended();
    let at = &opened.place.at;
    let open = |report: &Value| component(report).1.pointer("/exposed/to").unwrap().is_null();
    let rebuilt = || at.ask(&["incident", "rebuilt", &opened.id, "Importer"]);
    rebuilt();
    assert!(open(&opened.report(&[])));
    for token in opened.tokens(&opened.place.importer.0) {
        at.ask(&["token", "revoke", &token]);
    }
    let made = opened.report(&[]);
    // One that opens nothing in this lab is good still: that it is there at all is not told, but for this.
    let (subject, _) = component(&made);
    assert_eq!(subject["credentials"].as_array().unwrap().len(), 1, "{subject}");
    assert!(!subject["credentials"][0]["revoked"].is_null());
    assert!(subject["others_revoked"].is_null() && open(&made));
    for token in opened.tokens(&opened.place.other.0) {
        at.ask(&["token", "revoke", &token]);
    }
    rebuilt();
    let made = opened.report(&[]);
    let (subject, found) = component(&made);
    assert_eq!(subject["others_revoked"], subject["rebuilt"]);
    assert_eq!(found["exposed"]["to"], subject["rebuilt"]);
    // While it could still be had, nothing tells that it did not come again.
    let still = opened.report(&["--from", SINCE, "--to", "2100-01-01T00:00:00Z"]);
    let exposed = "/report/results/0/windows/chosen/exposed";
    assert!(still.pointer(exposed).unwrap()["to"].is_null(), "{still}");
    // What is made for the new host was never in the old one's reach.
    let issued = at.ask(&["token", "add", &opened.place.importer.0, "--label", "new"]);
    let made = opened.report(&[]);
    let (subject, _) = component(&made);
    assert_eq!(subject["credentials"].as_array().unwrap().len(), 1, "{subject}");
    assert!(!open(&made));
    // And there it is again: that host was not rebuilt of it, and the new credential is in reach.
    let token = text(&issued, "/token");
    at.ask_as(
        &token,
        &["component", "scan", &arg(&at.beside("compromised")), "--report"],
    );
    let made = opened.report(&[]);
    let (subject, _) = component(&made);
    assert_eq!(subject["credentials"].as_array().unwrap().len(), 2, "{subject}");
    assert!(open(&made));
}

/// What is edited, by its table.
const EDITS: [(&str, &str); 18] = [
    ("inventory", "UPDATE inventory SET scanned = scanned + 1"),
    ("incident_claim", "UPDATE incident_claim SET since = since + 1"),
    ("incident", "DELETE FROM incident"),
    ("incident_lab", "DELETE FROM incident_lab"),
    (
        "credential",
        "UPDATE credential SET expires = created + 1 WHERE principal = (SELECT id FROM principal WHERE name = 'Importer')",
    ),
    (
        "credential",
        "UPDATE credential SET principal = (SELECT id FROM principal WHERE name = 'Exporter') WHERE principal = (SELECT id FROM principal WHERE name = 'Importer')",
    ),
    (
        "credential",
        "DELETE FROM credential WHERE principal = (SELECT id FROM principal WHERE name = 'Importer')",
    ),
    ("incident_claim", "DELETE FROM incident_claim"),
    ("incident_claim", "DELETE FROM incident_claim WHERE n = 2"),
    (
        "incident_subject",
        "DELETE FROM incident_subject WHERE rebuilt IS NOT NULL",
    ),
    (
        "incident_subject",
        "UPDATE incident_subject SET rebuilt = rebuilt + 1 WHERE rebuilt IS NOT NULL",
    ),
    (
        "holder",
        "DELETE FROM holder WHERE principal = (SELECT id FROM principal WHERE name = 'Importer')",
    ),
    (
        "holder",
        "UPDATE holder SET principal = (SELECT id FROM principal WHERE name = 'Exporter') WHERE principal = (SELECT id FROM principal WHERE name = 'Importer')",
    ),
    ("advisory", "DELETE FROM advisory WHERE id = 'MAL-2026-2144'"),
    ("advisory", "DELETE FROM advisory WHERE id = 'PYSEC-2026-2'"),
    (
        "inventory",
        "DELETE FROM inventory WHERE component = (SELECT id FROM principal WHERE name = 'Importer')",
    ),
    ("inventory_document", "DELETE FROM inventory_document"),
    ("object_set", "DELETE FROM object_set"),
];

#[test]
fn rows_that_were_edited_or_taken_away_make_no_report() {
    let opened = Opened::new();
    let at = &opened.place.at;
    at.ask(&[
        "incident", "claim", &opened.id, "--source", "other", "--from", SINCE,
    ]);
    let rebuilt = |time| at.ask(&["incident", "rebuilt", &opened.id, "Importer", "--at", time]);
    rebuilt("2026-03-25T10:00:00Z");
    let raw = opened.raw();
    let keep = |name: &str, table: &str| {
        raw.run(&format!("CREATE TABLE {name} AS SELECT * FROM {table}"), cells![])
            .unwrap();
    };
    let put_back = |name: &str, table: &str| {
        raw.run(&format!("DELETE FROM {table}"), cells![]).unwrap();
        assert_ne!(
            raw.run(&format!("INSERT INTO {table} SELECT * FROM {name}"), cells![])
                .unwrap(),
            0
        );
    };
    keep("before", "incident_subject");
    rebuilt("2026-03-26T10:00:00Z");
    opened.report(&[]);
    for (n, (table, edit)) in EDITS.iter().enumerate() {
        let kept = format!("kept{n}");
        keep(&kept, table);
        assert_ne!(raw.run(edit, cells![]).unwrap(), 0, "{edit}");
        let told = opened.refused();
        assert!(told.contains("cofferdam doctor"), "{edit}: {told}");
        put_back(&kept, table);
    }
    // As it once was, with the seal that it had then.
    keep("after", "incident_subject");
    put_back("before", "incident_subject");
    let told = opened.refused();
    assert!(told.contains("cofferdam doctor"), "{told}");
    put_back("after", "incident_subject");
    opened.report(&[]);
}

#[test]
fn a_closed_ledger_makes_no_report() {
    let mut opened = Opened::new();
    let labs = opened.place.at.ask(&["lab", "list"]);
    let lab = labs
        .as_array()
        .unwrap()
        .iter()
        .find(|lab| lab["name"] == LABS[0])
        .unwrap();
    let lab: LabId = text(lab, "/id").parse().unwrap();
    assert_eq!(opened.place.at.stop(), 0);
    let unseal = "UPDATE ledger SET seal = $2 WHERE compartment = $1 AND n = 1";
    let raw = opened.raw();
    assert_eq!(raw.run(unseal, cells![lab.as_bytes(), &[0_u8; 32]]).unwrap(), 1);
    opened.place.at.serve();
    let file = opened.file();
    let told = opened
        .place
        .refused(None, &["incident", "report", LABS[0], &opened.own, &arg(&file)]);
    assert!(
        told.stderr.contains("does not check and stays closed"),
        "{}",
        told.stderr
    );
    assert!(!file.exists());
    // A component that works for another lab too says there what it runs; this one's report will have a gap.
    let root = arg(&opened.place.at.beside("compromised"));
    let scan = ["component", "scan", &root, "--report"];
    opened.place.at.ask_as(&opened.place.other.1, &scan);
}

/// The incident's records, changed and taken again.
fn taken_again(opened: &Opened, change: impl Fn(&mut Value)) -> Value {
    let from = data("advisories/MAL-2026-2144.json");
    let folder = opened.place.at.beside("records");
    fs::create_dir_all(&folder).unwrap();
    for file in fs::read_dir(from.parent().unwrap()).unwrap() {
        let file = file.unwrap();
        let mut record: Value = serde_json::from_slice(&fs::read(file.path()).unwrap()).unwrap();
        change(&mut record);
        fs::write(folder.join(file.file_name()), record.to_string()).unwrap();
    }
    opened.place.at.ask(&["advisory", "add", &arg(&folder)])
}

/// What the first scan of the only component found, and how many records a report goes back to.
fn found(opened: &Opened) -> (Value, usize) {
    let made = opened.report(&[]);
    let records = made
        .pointer("/report/case/advisories")
        .unwrap()
        .as_array()
        .unwrap();
    (component(&made).0["scans"][0]["finding"].clone(), records.len())
}

#[test]
fn a_record_that_is_corrected_or_withdrawn_makes_no_component_clean() {
    let opened = Opened::new();
    let (saw, records) = found(&opened);
    assert_eq!(saw, "found");
    let versions = |only: &'static str| {
        move |record: &mut Value| {
            for affected in record["affected"].as_array_mut().unwrap() {
                affected["versions"] = json!([only]);
                affected["ranges"] = json!([]);
            }
        }
    };
    taken_again(&opened, versions("1.82.7"));
    assert_eq!(found(&opened), (json!("found"), 2 * records));
    taken_again(&opened, |record| {
        record["withdrawn"] = json!("2026-03-30T00:00:00Z")
    });
    assert_eq!(found(&opened), (json!("found"), 3 * records));
    // Of two records that were taken for one event, one goes elsewhere.
    taken_again(&opened, |record| {
        record["aliases"] = json!([]);
        record["affected"][0]["package"]["name"] = json!("something-else");
    });
    assert_eq!(found(&opened).0, "found");
    let raw = opened.raw();
    for gone in [
        "UPDATE advisory_replaced SET document = '{}'",
        "DELETE FROM advisory_replaced",
    ] {
        assert_ne!(raw.run(gone, cells![]).unwrap(), 0);
        let told = opened.refused();
        assert!(told.contains("cofferdam doctor"), "{told}");
    }
}

/// What the component said while it was opened counts too, though no record says so before or after.
#[test]
fn what_a_record_said_while_the_incident_was_open_counts() {
    let opened = Opened::new();
    let at = &opened.place.at;
    let root = at.beside("later");
    environment(&root, "1.82.9", false);
    let scan = ["component", "scan", &arg(&root), "--report"];
    at.ask_as(&opened.place.importer.1, &scan);
    let last = || {
        let made = opened.report(&[]);
        let scans = component(&made).0["scans"].as_array().unwrap().clone();
        scans.last().unwrap()["finding"].clone()
    };
    assert_ne!(last(), "found");
    let name = |version: &'static str| {
        move |record: &mut Value| {
            for affected in record["affected"].as_array_mut().unwrap() {
                affected["versions"] = json!([version]);
                affected["ranges"] = json!([]);
            }
        }
    };
    taken_again(&opened, name("1.82.9"));
    assert_eq!(last(), "found");
    taken_again(&opened, name("1.82.8"));
    assert_eq!(last(), "found");
}

/// It worked for the first lab no more when it was seen again.
#[test]
fn what_was_seen_elsewhere_after_a_rebuild_undoes_it() {
    let opened = Opened::ended();
    let at = &opened.place.at;
    for engagement in [&opened.place.importer.0, &opened.place.other.0] {
        for token in opened.tokens(engagement) {
            at.ask(&["token", "revoke", &token]);
        }
    }
    at.ask(&["engage", "--end", &opened.place.importer.0]);
    at.ask(&["incident", "rebuilt", &opened.id, "Importer"]);
    let issued = at.ask(&["token", "add", &opened.place.other.0, "--label", "new"]);
    let made = opened.report(&[]);
    let (subject, found) = component(&made);
    assert_eq!(subject["elsewhere"], "nothing");
    assert_eq!(found["exposed"]["to"], subject["rebuilt"]);
    let root = arg(&at.beside("compromised"));
    let scan = ["component", "scan", &root, "--report"];
    at.ask_as(&text(&issued, "/token"), &scan);
    let made = opened.report(&[]);
    let (subject, found) = component(&made);
    assert_eq!(
        (&subject["elsewhere"], &subject["longest_silence"]),
        (&json!("since-rebuilt"), &json!(0))
    );
    assert_eq!(subject["scans"].as_array().unwrap().len(), 1, "{subject}");
    assert!(found["exposed"]["to"].is_null(), "{found}");
    // What is known of another lab's is not told.
    let text = made.to_string();
    assert!(!text.contains(LABS[1]) && !text.contains(&opened.place.other.0));
    // Rebuilt again, it counts; nothing is inferred all the same.
    at.ask(&["incident", "rebuilt", &opened.id, "Importer"]);
    let made = opened.report(&[]);
    assert_eq!(component(&made).0["elsewhere"], "seen");
}

/// A credential is good in one lab, so that it concerns no other, and a person may be in one.
#[test]
fn persons_and_credentials_have_their_own_answers() {
    let opened = Opened::new();
    let at = &opened.place.at;
    at.ask(&["person", "add", "Ada"]);
    at.seat(LABS[0], "Ada", &["--role", "author"]);
    let elsewhere = opened.tokens(&opened.place.other.0).remove(0);
    let whole = opened.place.open(&[
        "--subject",
        "person:Ada",
        "--subject",
        &format!("credential:{elsewhere}"),
    ]);
    let own = |lab: &str| {
        let mut labs = whole["labs"].as_array().unwrap().iter();
        text(
            labs.find(|concerned| concerned["lab"]["name"] == lab).unwrap(),
            "/incident",
        )
    };
    let seen = |lab: usize| {
        let all = opened.place.seen(lab);
        let mut all = all.as_array().unwrap().iter();
        all.find(|incident| incident["id"] == json!(own(LABS[lab])))
            .unwrap()["subjects"]
            .clone()
    };
    // Only Ada: the component works here too, but not by that credential.
    let told = seen(0);
    assert_eq!(told.as_array().unwrap().len(), 1, "{told}");
    let id = text(&whole, "/id");
    at.ask(&["incident", "claim", &id, "--source", "one", "--from", SINCE]);
    let subjects = |report: &Value| {
        let all = report
            .pointer("/report/results")
            .unwrap()
            .as_array()
            .unwrap()
            .iter();
        all.map(|subject| (text(subject, "/kind"), subject["subject"].clone()))
            .collect::<Vec<_>>()
    };
    let first = report(&opened.place, 0, &own(LABS[0]), &opened.file(), &[]);
    assert_eq!(subjects(&first), [("person".to_owned(), told[0].clone())]);
    let second = report(&opened.place, 1, &own(LABS[1]), &opened.file(), &[]);
    assert_eq!(subjects(&second), [("credential".to_owned(), seen(1)[0].clone())]);
    let exposed = second
        .pointer("/report/results/0/windows/widest/exposed")
        .unwrap();
    assert!(exposed["to"].is_null(), "the source names no end: {exposed}");
}

/// The second implementation comes to the same.
fn derived_again(file: &Path) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/exposure_report.py");
    let again = std::process::Command::new("python3")
        .arg(script)
        .arg(file)
        .arg(file.with_extension("ledger"))
        .output();
    let again = again.unwrap();
    let [said, wrong] = [&again.stdout, &again.stderr].map(|text| String::from_utf8_lossy(text));
    assert!(again.status.success(), "{said}{wrong}");
}

/// It writes the ledger, which therefore clears nothing; and it leaves itself out of no report.
#[test]
fn of_the_platform_itself_everything_since_is_unknown() {
    let opened = Opened::new();
    let place = &opened.place;
    let whole = place.open(&["--subject", "platform"]);
    let (id, own) = (text(&whole, "/id"), text(&whole, "/labs/0/incident"));
    let until = ["--from", SINCE, "--to", "2026-03-24T14:00:00Z"];
    place
        .at
        .ask(&[&["incident", "claim", &id, "--source", "one"], &until[..]].concat());
    let file = opened.file();
    let made = report(place, 0, &own, &file, &[]);
    let result = made.pointer("/report/results/0").unwrap();
    assert_eq!(
        (&result["kind"], &result["subject"]),
        (&json!("platform"), &json!(null))
    );
    let widest = result.pointer("/windows/widest").unwrap();
    assert!(
        widest.pointer("/exposed/to").unwrap().is_null(),
        "keys that were had open what came later"
    );
    let classes = widest.pointer("/totals/classes").unwrap().as_object().unwrap();
    let some = |class: &str| classes[class]["objects"] != json!(0);
    let of: Vec<_> = classes.keys().filter(|class| some(class)).collect();
    assert_eq!(of, ["unknown"]);
    derived_again(&file);
    let rotated = |result: &Value| {
        let keys = result["keys"].as_array().unwrap();
        let times = keys.iter().map(|key| key["rotated"].as_i64());
        times.collect::<Vec<_>>()
    };
    let never = rotated(result);
    assert!(
        !never.is_empty() && never.iter().all(Option::is_none),
        "{never:?}"
    );
    let called = place.at.ask(&["incident", "rotate", &id]);
    assert!(
        called["projects"].as_array().unwrap().len() > never.len(),
        "other labs are concerned too"
    );
    let after = opened.file();
    let result = report(place, 0, &own, &after, &[]);
    let result = result.pointer("/report/results/0").unwrap();
    assert!(rotated(result).iter().all(Option::is_some), "{result}");
    derived_again(&after);
    let seen = place.seen(0);
    let mut seen = seen.as_array().unwrap().iter();
    let seen = seen.find(|incident| incident["id"] == json!(own)).unwrap();
    assert_eq!((&seen["platform"], &seen["subjects"]), (&json!(true), &json!([])));
}

/// What a credential brought in; and another window, in which nothing was yet.
#[test]
fn a_credential_is_answered_for_and_so_is_a_window_of_ones_own() {
    let opened = Opened::new();
    let at = &opened.place.at;
    let here = opened.tokens(&opened.place.importer.0).remove(0);
    let whole = opened.place.open(&["--subject", &format!("credential:{here}")]);
    let (id, own) = (text(&whole, "/id"), text(&whole, "/labs/0/incident"));
    let report = |more: &[&str]| report(&opened.place, 0, &own, &opened.file(), more);
    let unclaimed = report(&[]);
    assert!(
        unclaimed
            .pointer("/report/results/0/windows/widest")
            .unwrap()
            .is_null()
    );
    let file = arg(&opened.file());
    let told = run(&at.with(&["incident", "report", LABS[0], &own, &file])).stdout;
    assert!(told.contains("no window is claimed yet"), "{told}");
    at.ask(&["incident", "claim", &id, "--source", "one", "--from", SINCE]);
    let altered = "/report/results/0/windows/widest/totals/facts/altered/objects";
    assert_eq!(report(&[]).pointer(altered), Some(&json!(2)));
    let made = report(&["--from", "2026-03-24T10:00:00Z", "--to", "2026-03-24T11:00:00Z"]);
    let found = made.pointer("/report/results/0/windows/chosen").unwrap();
    let window = json!({ "from": 1_774_346_400_000_000_i64, "to": 1_774_350_000_000_000_i64 });
    assert_eq!((&found["exposed"], &found["objects"]), (&window, &json!([])));
    let file = arg(&opened.file());
    for (wrong, words) in [
        (["--from", "yesterday", "--to", SINCE], "--from"),
        (["--from", SINCE, "--to", SINCE], "is empty"),
    ] {
        let make = [&["incident", "report", LABS[0], &own, &file], &wrong[..]].concat();
        let told = opened
            .place
            .refused(Some(&opened.place.stewards[0]), &make)
            .stderr;
        assert!(told.contains(words), "{told}");
    }
}

/// Whoever is engaged anew after the row with their name was lost goes by the one that the ledger has.
#[test]
fn a_subject_keeps_its_name_though_the_row_of_it_was_lost() {
    let opened = Opened::new();
    let at = &opened.place.at;
    let first = component(&opened.report(&[])).0["pseudonym"].clone();
    at.ask(&["project", "add", LABS[0], "Second", "--template", "chat"]);
    let gone = "DELETE FROM pseudonym WHERE principal = (SELECT id FROM principal WHERE name = 'Importer')";
    assert_ne!(opened.raw().run(gone, cells![]).unwrap(), 0);
    at.seat(
        "Second",
        "Importer",
        &["--role", "integration", "--purpose", "import"],
    );
    let made = opened.report(&[]);
    let subjects = made.pointer("/report/case/subjects").unwrap().as_array().unwrap();
    let names: Vec<String> = subjects
        .iter()
        .map(|subject| text(subject, "/pseudonym"))
        .collect();
    assert_eq!(names, [first.as_str().unwrap()]);
}

#[test]
fn what_is_no_subject_of_a_report_is_said() {
    let opened = Opened::new();
    let at = &opened.place.at;
    // A login link is good once, for a session, and is gone by the time that anybody looks.
    at.ask(&["person", "add", "Ada"]);
    let (engagement, _) = at.seat(LABS[0], "Ada", &["--role", "author"]);
    at.ask(&["person", "invite", "Ada"]);
    let known = at.ask(&["token", "list", &engagement]);
    let mut known = known.as_array().unwrap().iter();
    let link = text(
        known.find(|credential| credential["kind"] == "link").unwrap(),
        "/id",
    );
    let args = [
        "incident",
        "open",
        "--title",
        "x",
        "--reason",
        "x",
        "--subject",
        &format!("credential:{link}"),
    ];
    let told = opened.place.refused(None, &args).stderr;
    assert!(told.contains("is a login link"), "{told}");
}

/// It had the release before its last clean scan, and none of its scans since has it: when that was possible is said only later.
#[test]
fn whatever_once_had_it_is_a_subject_and_so_is_in_the_report() {
    let place = Place::by_hand();
    let at = &place.at;
    at.ask(&["person", "add", "Sneaky", "--component"]);
    let grant = ["--role", "integration", "--purpose", "import"];
    let (_, token) = at.seat(LABS[0], "Sneaky", &grant);
    let scan = |root: &str| {
        let root = at.beside(root);
        at.ask_as(&token, &["component", "scan", &arg(&root), "--report"]);
    };
    let root = at.beside("sneaky");
    environment(&root, "1.82.8", true);
    scan("sneaky");
    fs::remove_dir_all(&root).unwrap();
    environment(&root, "1.82.6", false);
    scan("sneaky");
    let since = SystemClock.now().rfc3339();
    scan("sneaky");
    let folder = data("advisories/MAL-2026-2144.json");
    at.ask(&["advisory", "add", &arg(folder.parent().unwrap())]);
    let opened = place.open(&["--advisory", "MAL-2026-2144", "--since", &since]);
    let names: Vec<String> = opened["subjects"]
        .as_array()
        .unwrap()
        .iter()
        .map(|s| text(s, "/name"))
        .collect();
    assert!(names.iter().any(|name| name == "Sneaky"), "{names:?}");
}

/// Whoever has an old copy of the records puts nothing back with it.
#[test]
fn an_older_version_of_a_record_comes_in_place_of_none() {
    let opened = Opened::new();
    let older = |record: &mut Value| {
        record["modified"] = json!("2020-01-01T00:00:00Z");
        record["affected"] = json!([]);
    };
    let before = opened.place.at.ask(&["advisory", "show", "MAL-2026-2144"]);
    let taken = taken_again(&opened, older);
    assert_eq!(
        (&taken["older"], &taken["replaced"]),
        (&json!(3), &json!(0)),
        "{taken}"
    );
    assert_eq!(
        opened.place.at.ask(&["advisory", "show", "MAL-2026-2144"]),
        before
    );
}
