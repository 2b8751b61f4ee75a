//! Incidents: opened from advisories and by hand, stopped by policy, claimed, moved, and decided by each lab, which sees
//! nothing of any other.

use std::fs;
use std::path::Path;

use cofferdam_testbed::{Raw, cells};
use reqwest::Method;
use serde_json::{Value, json};

use crate::components::{environment, read_all};
use crate::seat::Seat;
use crate::support::{Installation, Ran, arg, data, run};

pub(crate) const LABS: [&str; 2] = ["Wenham", "Ipswich"];
pub(crate) const SINCE: &str = "2026-03-24T10:39:00Z";
/// What no lab is shown.
const TITLE: &str = "quagga-lantern";
const REASON: &str = "vellum-otter";

/// Two labs, and components: one that works for both and ran the compromised release, one that ran the one before, and
/// one that never said what it runs, both for the second lab alone.
pub(crate) struct Place {
    pub(crate) at: Installation,
    /// Engagement and token of the first component in the first lab.
    pub(crate) importer: (String, String),
    /// The same in the second.
    pub(crate) other: (String, String),
    /// Tokens of the labs' stewards.
    pub(crate) stewards: Vec<String>,
}

/// Sets what is said of incidents in an installation's settings.
fn configured(data: &Path, lines: &str) {
    let file = data.join("cofferdam.toml");
    let kept = fs::read_to_string(&file).unwrap();
    let own: Vec<&str> = lines
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    let kept = kept
        .lines()
        .filter(|line| !own.iter().any(|name| line.starts_with(name)));
    let kept = kept.collect::<Vec<_>>().join("\n");
    fs::write(&file, format!("{kept}\n{lines}\n")).unwrap();
}

pub(crate) fn text(value: &Value, at: &str) -> String {
    let found = value.pointer(at).and_then(Value::as_str);
    found.unwrap_or_else(|| panic!("no {at} in {value}")).to_owned()
}

impl Place {
    /// Where the platform opens what a record of malicious code calls for.
    pub(crate) fn new() -> Self {
        Self::at(Installation::start())
    }

    /// Where operators open it.
    pub(crate) fn by_hand() -> Self {
        Self::at(Installation::start_with(|data, _| {
            configured(data, "incident_opens_on = \"nothing\"");
        }))
    }

    fn at(at: Installation) -> Self {
        let mut stewards = Vec::new();
        for lab in LABS {
            at.ask(&["lab", "add", lab]);
            at.ask(&["project", "add", lab, lab, "--template", "chat"]);
            let steward = format!("Steward of {lab}");
            at.ask(&["person", "add", &steward]);
            let engaged = at.ask(&["engage", "--steward", lab, &steward]);
            let issued = at.ask(&["token", "add", &text(&engaged, "/id"), "--label", "test"]);
            stewards.push(text(&issued, "/token"));
        }
        for name in ["Importer", "Exporter", "Dashboard"] {
            at.ask(&["person", "add", name, "--component"]);
        }
        let grant = ["--role", "integration", "--purpose", "import"];
        let importer = at.seat("Wenham", "Importer", &grant);
        let other = at.seat("Ipswich", "Importer", &grant);
        let exporter = at.seat("Ipswich", "Exporter", &grant);
        at.seat("Ipswich", "Dashboard", &grant);
        for (name, version, token) in [
            ("compromised", "1.82.8", &importer.1),
            ("before", "1.82.6", &exporter.1),
        ] {
            let root = at.beside(name);
            environment(&root, version, version == "1.82.8");
            at.ask_as(token, &["component", "scan", &arg(&root), "--report"]);
        }
        Self {
            at,
            importer,
            other,
            stewards,
        }
    }

    pub(crate) fn open(&self, args: &[&str]) -> Value {
        let all = [&["incident", "open", "--title", TITLE, "--reason", REASON], args].concat();
        self.at.ask(&all)
    }

    pub(crate) fn refused(&self, token: Option<&str>, args: &[&str]) -> Ran {
        let all = match token {
            None => self.at.with(args),
            Some(token) => {
                let more = ["--server", &self.at.base, "--token", token];
                args.iter().chain(&more).map(|arg| (*arg).to_owned()).collect()
            }
        };
        let ran = run(&all);
        assert_ne!(ran.code, 0, "{args:?}: {}", ran.stdout);
        ran
    }

    /// What a lab's steward sees.
    pub(crate) fn seen(&self, lab: usize) -> Value {
        let args = ["incident", "list", "--lab", LABS[lab]];
        self.at.ask_as(&self.stewards[lab], &args)
    }

    /// A lab's ledger, as its steward has it.
    pub(crate) fn ledger(&self, lab: usize, name: &str) -> String {
        let folder = self.at.beside(name);
        self.at.ask_as(
            &self.stewards[lab],
            &["ledger", "export", LABS[lab], &arg(&folder)],
        );
        read_all(&folder.join("tile/entries"))
    }

    /// Serves on with another policy.
    pub(crate) fn serve_with(&mut self, lines: &str) {
        assert_eq!(self.at.stop(), 0);
        configured(&self.at.data(), lines);
        self.at.serve();
    }
}

pub(crate) fn subjects(incident: &Value) -> Value {
    let all = incident["subjects"].as_array().unwrap().iter();
    let mut told: Vec<Value> = all.map(|s| json!([s["name"], s["grounds"]])).collect();
    told.sort_by_key(|s| s[0].to_string());
    told.into()
}

pub(crate) fn names(members: &Value) -> Vec<String> {
    let all = members.as_array().unwrap().iter();
    all.map(|concerned| text(concerned, "/lab/name")).collect()
}

#[test]
fn one_event_is_one_incident_of_every_component_that_is_affected_or_not_known() {
    let place = Place::by_hand();
    let at = &place.at;
    let open = ["--advisory", "MAL-2026-2144", "--since", SINCE];
    let told = place.refused(
        None,
        &[&["incident", "open", "--reason", REASON], &open[..]].concat(),
    );
    assert!(told.stderr.contains("no such record"), "{}", told.stderr);
    let folder = data("advisories/MAL-2026-2144.json");
    at.ask(&["advisory", "add", &arg(folder.parent().unwrap())]);
    let opened = at.ask(&[&["incident", "open", "--reason", REASON], &open[..]].concat());
    let id = text(&opened, "/id");
    assert_eq!(
        subjects(&opened),
        json!([["Dashboard", "unknown"], ["Importer", "affected"]])
    );
    assert_eq!(
        (&opened["title"], &opened["advisory"], &opened["state"]),
        (&json!("MAL-2026-2144"), &json!("MAL-2026-2144"), &json!("open"))
    );
    // Importer in both labs, and Dashboard: their engagements, and nobody else's.
    let stopped = opened["stopped"].as_array().unwrap();
    assert_eq!(stopped.len(), 3, "{opened}");
    assert!(
        stopped
            .iter()
            .all(|halt| { halt["reason"] == "component" && text(halt, "/scope").starts_with("engagement:") })
    );
    let halts = at.ask(&["halt", "list"]);
    assert_eq!(halts.as_array().unwrap().len(), 3);
    assert_eq!(names(&opened["labs"]).len(), 2);
    let refused = at.beside("prompts.jsonl");
    fs::write(&refused, "{\"turns\": [\"a\"]}\n").unwrap();
    let told = place.refused(Some(&place.importer.1), &["import", &arg(&refused)]);
    assert!(told.stderr.contains("is under review"), "{}", told.stderr);
    // Another record of the same event.
    let again = [
        "incident",
        "open",
        "--reason",
        "again",
        "--advisory",
        "PYSEC-2026-2",
        "--since",
        SINCE,
    ];
    let told = place.refused(None, &again);
    assert!(
        told.stderr
            .contains(&format!("{id} is open for that event already")),
        "{}",
        told.stderr
    );
    let board = at.ask(&["incident", "list"]);
    assert_eq!(board.as_array().unwrap().len(), 1);
    for (step, reason) in [("contained", "a"), ("assessed", "b"), ("closed", "c")] {
        at.ask(&["incident", "move", &id, "--to", step, "--reason", reason]);
    }
    // It is closed: whatever comes now is another one.
    let second = at.ask(&again);
    assert_ne!(text(&second, "/id"), id);
    assert_eq!(subjects(&second), subjects(&opened));
}

#[test]
fn what_sources_say_stands_side_by_side() {
    let place = Place::new();
    let at = &place.at;
    let id = text(&place.open(&["--subject", "component:Importer"]), "/id");
    let claims = [
        ("quarantine", "2026-03-24T10:52:00Z", Some("2026-03-24T11:19:00Z")),
        ("told users", SINCE, Some("2026-03-24T16:00:00Z")),
        ("seen live", "2026-03-24T11:58:00Z", None),
    ];
    let mut last = Value::Null;
    for (source, from, to) in claims {
        let mut args = vec!["incident", "claim", &id, "--source", source, "--from", from];
        args.extend(to.into_iter().flat_map(|to| ["--to", to]));
        last = at.ask(&args);
        if source == "told users" {
            assert_eq!(last["narrowest"]["from"], "2026-03-24T10:52:00.000000Z");
            assert_eq!(last["widest"]["to"], "2026-03-24T16:00:00.000000Z");
        }
    }
    assert_eq!(last["claims"].as_array().unwrap().len(), 3);
    assert!(last["narrowest"].is_null(), "{last}");
    assert_eq!(
        last["widest"],
        json!({ "from": "2026-03-24T10:39:00.000000Z", "to": null })
    );
    let empty = [
        "incident", "claim", &id, "--source", "x", "--from", SINCE, "--to", SINCE,
    ];
    assert!(place.refused(None, &empty).stderr.contains("is empty"));
    // What no entry of a ledger can hold, at either end.
    for (from, to) in [(SINCE, "9999-12-31"), ("1600-01-01", SINCE)] {
        let args = [
            "incident", "claim", &id, "--source", "x", "--from", from, "--to", to,
        ];
        let told = place.refused(None, &args).stderr;
        assert!(told.contains("a time from 1684 to 2254 is needed"), "{told}");
    }
    let shown = run(&at.with(&["incident", "show", &id])).stdout;
    assert!(
        shown.contains("narrowest: none, the sources exclude each other"),
        "{shown}"
    );
}

#[test]
fn steps_follow_each_other_and_what_is_none_is_told() {
    let place = Place::new();
    let at = &place.at;
    let id = text(&place.open(&["--subject", "component:Importer"]), "/id");
    let step = |to: &str| ["incident", "move", &id, "--reason", REASON, "--to", to].map(str::to_owned);
    for wrong in ["assessed", "closed", "open"] {
        let step = step(wrong);
        let told = place.refused(None, &step.each_ref().map(String::as_str)).stderr;
        assert!(told.contains("the incident is open"), "{told}");
    }
    for to in ["contained", "assessed", "open", "contained"] {
        let moved = at.ask(&step(to).each_ref().map(String::as_str));
        assert_eq!(moved["state"], to);
    }
    let rebuilt = at.ask(&["incident", "rebuilt", &id, "Importer", "--at", SINCE]);
    assert_eq!(rebuilt["subjects"][0]["rebuilt"], "2026-03-24T10:39:00.000000Z");
    let told = place
        .refused(None, &["incident", "rebuilt", &id, "Exporter"])
        .stderr;
    assert!(told.contains("no such component"), "{told}");
    let later = ["incident", "rebuilt", &id, "Importer", "--at", "2200-01-01"];
    assert!(place.refused(None, &later).stderr.contains("in the future"));
    for (wrong, words) in [
        ("lab:Wenham", "is no subject"),
        ("component:Nobody", "cofferdam person list"),
        ("component:Steward of Wenham", "is a person: write person:"),
    ] {
        let told = place.refused(
            None,
            &[
                "incident",
                "open",
                "--reason",
                "x",
                "--title",
                "x",
                "--subject",
                wrong,
            ],
        );
        assert!(told.stderr.contains(words), "{wrong}: {}", told.stderr);
    }
    let long = "x".repeat(201);
    let args = [
        "incident",
        "open",
        "--reason",
        "x",
        "--title",
        &long,
        "--subject",
        "platform",
    ];
    assert!(place.refused(None, &args).stderr.contains("/title"));
}

/// An incident that concerns both labs, with what it is called in each, after each decided.
struct Both {
    opened: Value,
    own: [String; 2],
}

impl Both {
    fn new(place: &Place) -> Self {
        let subjects = [
            "--subject",
            "component:Importer",
            "--subject",
            "component:Dashboard",
        ];
        let opened = place.open(&subjects);
        let own = LABS.map(|lab| text(&Self::of(&opened, lab), "/incident"));
        for (lab, decision) in ["review", "continue"].into_iter().enumerate() {
            let told = ["incident", "decide", LABS[lab], &own[lab], decision];
            place.at.ask_as(&place.stewards[lab], &told);
        }
        Self { opened, own }
    }

    /// What the operators' board says of a lab.
    fn of(incident: &Value, lab: &str) -> Value {
        let mut all = incident["labs"].as_array().unwrap().iter();
        all.find(|concerned| concerned["lab"]["name"] == lab)
            .unwrap()
            .clone()
    }

    /// What a lab must not have of the other, or of the firm's.
    fn foreign(&self, place: &Place, other: usize) -> Vec<String> {
        let own = &self.own[other];
        let mut foreign = vec![
            text(&self.opened, "/id"),
            own.clone(),
            // Its first half: that would be a time, if it were not random.
            own["inc_".len()..][..10].to_owned(),
            text(&Self::of(&self.opened, LABS[other]), "/lab/id"),
        ];
        let words = [LABS[other], TITLE, REASON, "Importer", "Dashboard"];
        foreign.extend(words.map(str::to_owned));
        let seen = place.seen(other);
        let subjects = seen[0]["subjects"].as_array().unwrap().iter();
        foreign.extend(subjects.map(|name| text(name, "")));
        foreign
    }
}

/// Names, ids, pseudonyms and the firm's words: none of another lab's, none of the firm's.
#[test]
fn a_lab_sees_and_decides_what_concerns_it_and_nothing_of_any_other() {
    let place = Place::new();
    let both = Both::new(&place);
    let id = text(&both.opened, "/id");
    let contain = ["incident", "move", &id, "--to", "contained", "--reason", REASON];
    place.at.ask(&contain);
    for (lab, subjects) in [1, 2].into_iter().enumerate() {
        let seen = place.seen(lab);
        assert_eq!(seen[0]["id"], json!(both.own[lab]));
        assert_eq!(seen[0]["subjects"].as_array().unwrap().len(), subjects);
        let (seen, entries) = (seen.to_string(), place.ledger(lab, &format!("ledger {lab}")));
        for kind in ["opened", "concerns", "moved", "decided"] {
            assert!(
                entries.contains(&format!("\"kind\":\"incident-{kind}\"")),
                "{kind}"
            );
        }
        assert!(entries.contains(&both.own[lab]));
        for word in both.foreign(&place, 1 - lab) {
            for (what, text) in [("view", &seen), ("ledger", &entries)] {
                assert!(!text.contains(&word), "the {what} of {} has {word}", LABS[lab]);
            }
        }
    }
    let board = place.at.ask(&["incident", "show", &id]);
    assert_eq!(Both::of(&board, "Wenham")["decision"], "review");
    assert_eq!(Both::of(&board, "Ipswich")["decision"], "continue");
}

#[test]
fn a_subject_that_is_found_later_joins_and_each_lab_hears_of_its_own() {
    let mut place = Place::new();
    place.serve_with("incident_policy = \"quarantine-credential\"\nlab_incident_policies = []");
    let opened = place.open(&["--subject", "component:Exporter"]);
    let id = text(&opened, "/id");
    assert_eq!(names(&opened["labs"]), ["Ipswich"]);
    let add = ["incident", "add", &id, "component:Importer"];
    let added = place.at.ask(&add);
    let mut told = names(&added["labs"]);
    told.sort();
    assert_eq!(told, ["Ipswich", "Wenham"]);
    // A token in each lab is quarantined; what was halted before is not halted again.
    assert_eq!(
        added["stopped"].as_array().unwrap().len(),
        2,
        "{}",
        added["stopped"]
    );
    for (lab, subjects) in [1, 2].into_iter().enumerate() {
        let seen = place.seen(lab);
        assert_eq!(seen[0]["subjects"].as_array().unwrap().len(), subjects);
        let entries = place.ledger(lab, &format!("ledger {lab}"));
        assert_eq!(
            entries.matches("\"kind\":\"incident-concerns\"").count(),
            subjects
        );
        assert_eq!(entries.matches("\"kind\":\"incident-opened\"").count(), 1);
        let (file, own) = (
            arg(&place.at.beside(&format!("report {lab}.json"))),
            text(&seen, "/0/id"),
        );
        place.at.ask_as(
            &place.stewards[lab],
            &["incident", "report", LABS[lab], &own, &file],
        );
        let folder = arg(&place.at.beside(&format!("after {lab}")));
        place
            .at
            .ask_as(&place.stewards[lab], &["ledger", "export", LABS[lab], &folder]);
        let verified = run(&["verify", &file, "--ledger", &folder]);
        assert_eq!(verified.code, 0, "{}", verified.stderr);
        let report = fs::read_to_string(&file).unwrap();
        for subject in seen[0]["subjects"].as_array().unwrap() {
            assert!(report.contains(&text(subject, "")), "{subject} is in the report");
        }
    }
    let twice = place.refused(None, &add).stderr;
    assert!(twice.contains("is a subject of it already"), "{twice}");
    for step in ["contained", "assessed", "closed"] {
        place
            .at
            .ask(&["incident", "move", &id, "--to", step, "--reason", REASON]);
    }
    let late = place
        .refused(None, &["incident", "add", &id, "component:Dashboard"])
        .stderr;
    assert!(
        late.contains("it is closed; move it back to open first"),
        "{late}"
    );
}

/// Operators see them on their board; where work goes on there are none.
fn under_conditions(place: &Place, ipswich: &str, id: &str, own: &str) {
    let at = &place.at;
    let decide = ["incident", "decide", "Ipswich", own, "halt"];
    let conditions = ["--condition", "report-read", "--condition", "host-rebuilt"];
    let seen = at.ask_as(ipswich, &[&decide[..], &conditions].concat());
    assert_eq!(seen["conditions"], json!(["host-rebuilt", "report-read"]));
    let board = at.ask(&["incident", "show", id]);
    let labs = board["labs"].as_array().unwrap();
    assert!(
        labs.iter().any(|lab| lab["conditions"] == seen["conditions"]),
        "{board}"
    );
    let none = [
        &["incident", "decide", "Ipswich", own, "continue"],
        &conditions[..],
    ]
    .concat();
    let told = place.refused(Some(ipswich), &none).stderr;
    assert!(told.contains("/conditions"), "{told}");
}

#[test]
fn a_lab_is_told_only_of_what_concerns_it_and_decides_only_its_own() {
    let place = Place::new();
    let at = &place.at;
    let opened = place.open(&["--subject", "component:Exporter"]);
    assert_eq!(names(&opened["labs"]), ["Ipswich"]);
    assert_eq!(place.seen(0), json!([]));
    assert!(!place.ledger(0, "untold").contains("incident"));
    let own = text(&opened, "/labs/0/incident");
    let id = text(&opened, "/id");
    let (wenham, ipswich) = (place.stewards[0].as_str(), place.stewards[1].as_str());
    let importer = place.importer.1.as_str();
    for (token, args, words) in [
        (
            Some(wenham),
            vec!["incident", "decide", "Wenham", &own, "halt"],
            "no such incident",
        ),
        (
            Some(ipswich),
            vec!["incident", "decide", "Ipswich", &id, "halt"],
            "no such incident",
        ),
        (
            None,
            vec!["incident", "decide", "Ipswich", &own, "halt"],
            "only the lab's own stewards",
        ),
        (Some(ipswich), vec!["incident", "show", &id], "only an operator"),
        (Some(ipswich), vec!["incident", "list"], "only an operator"),
        (
            Some(ipswich),
            vec!["incident", "move", &id, "--to", "contained", "--reason", "x"],
            "only an operator",
        ),
        (
            Some(importer),
            vec![
                "incident",
                "open",
                "--title",
                "x",
                "--reason",
                "x",
                "--subject",
                "platform",
            ],
            "only an operator",
        ),
    ] {
        let told = place.refused(token, &args).stderr;
        assert!(told.contains(words), "{args:?}: {told}");
    }
    let decide = ["incident", "decide", "Ipswich", &own, "halt"];
    let seen = at.ask_as(ipswich, &decide);
    assert_eq!(
        (&seen["decision"], &seen["conditions"]),
        (&json!("halt"), &json!([]))
    );
    under_conditions(&place, ipswich, &id, &own);
    // A decision is a record, also while the lab is halted.
    assert_eq!(at.ask(&["halt", "list"]).as_array().unwrap().len(), 1);
    at.ask_as(ipswich, &["halt", "lab:Ipswich", "--reason", "lab-request"]);
    let seen = at.ask_as(ipswich, &["incident", "decide", "Ipswich", &own, "continue"]);
    assert_eq!(seen["decision"], "continue");
    // Who is engaged elsewhere later is told of there with the next step.
    let grant = ["--role", "integration", "--purpose", "import"];
    at.seat("Wenham", "Exporter", &grant);
    let moved = at.ask(&["incident", "move", &id, "--to", "contained", "--reason", "x"]);
    assert_eq!(names(&moved["labs"]).len(), 2);
    assert_eq!(place.seen(0)[0]["state"], "contained");
    assert!(place.ledger(0, "told").contains("\"state\":\"contained\""));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_stricter_policy_of_installation_and_lab_is_done_at_once() {
    let mut place = Place::new();
    let labs = place.at.ask(&["lab", "list"]);
    let wenham = labs
        .as_array()
        .unwrap()
        .iter()
        .find(|lab| lab["name"] == "Wenham");
    let wenham = text(wenham.unwrap(), "/id");
    place.serve_with(&format!(
        "incident_policy = \"record\"\nlab_incident_policies = [\"{wenham}=halt-lab\"]"
    ));
    let ada = Seat::new(&place.at, "Wenham", "Ada", &["--role", "author"]);
    ada.ok(Method::POST, "/timer", Some(json!({ "do": "start" })))
        .await;
    let opened = place.open(&["--subject", "component:Importer"]);
    assert_eq!(opened["stopped"].as_array().unwrap().len(), 1, "{opened}");
    assert_eq!(opened["stopped"][0]["scope"], format!("lab:{wenham}"));
    assert_eq!(opened["stopped"][0]["timers"], 1);
    let halts = place.at.ask(&["halt", "list"]);
    assert_eq!(halts.as_array().unwrap().len(), 1);
    // What no lab of Wenham's concerns is recorded, and nothing more.
    let opened = place.open(&["--subject", "component:Dashboard"]);
    assert_eq!(opened["stopped"], json!([]));

    place.serve_with("incident_policy = \"quarantine-credential\"\nlab_incident_policies = []");
    let opened = place.open(&["--subject", "component:Importer"]);
    let stopped = opened["stopped"].as_array().unwrap();
    assert_eq!(stopped.len(), 2, "{opened}");
    assert!(
        stopped
            .iter()
            .all(|halt| text(halt, "/scope").starts_with("credential:"))
    );
    let told = place.refused(Some(&place.importer.1), &["import", "x.jsonl"]);
    assert!(!told.stderr.is_empty());

    assert_eq!(place.at.stop(), 0);
    let file = place.at.data().join("cofferdam.toml");
    fs::write(
        &file,
        "incident_policy = \"sometimes\"\nlab_incident_policies = [\"x=halt-lab\"]\n",
    )
    .unwrap();
    let told = run(&["config", "check", "--data", &arg(&place.at.data())]).stderr;
    assert!(
        told.contains("incident_policy must be") && told.contains("lab_incident_policies must be"),
        "{told}"
    );
}

/// An edit, how it is undone, and what `doctor` names.
const EDITS: [[&str; 3]; 9] = [
    [
        "UPDATE incident SET title = 'another'",
        "UPDATE incident SET title = 'quagga-lantern'",
        "incident inc_",
    ],
    [
        "UPDATE incident_claim SET source = 'b'",
        "UPDATE incident_claim SET source = 'a source'",
        "incident claim 1 of",
    ],
    [
        "UPDATE incident_claim SET since = since + 1",
        "UPDATE incident_claim SET since = since - 1",
        "incident claim 1 of",
    ],
    [
        "UPDATE incident_move SET state = 2",
        "UPDATE incident_move SET state = 1",
        "incident move 1 of",
    ],
    [
        "UPDATE incident_move SET reason = 'y'",
        "UPDATE incident_move SET reason = 'x'",
        "incident move 1 of",
    ],
    [
        "UPDATE incident_move SET for_labs = 'y'",
        "UPDATE incident_move SET for_labs = NULL",
        "incident move 1 of",
    ],
    [
        "UPDATE incident_subject SET rebuilt = 7",
        "UPDATE incident_subject SET rebuilt = NULL",
        "incident subject component:pri_",
    ],
    [
        "UPDATE incident_lab SET conditions = 8 WHERE conditions = 0",
        "UPDATE incident_lab SET conditions = 0 WHERE conditions = 8",
        "incident lab inc_",
    ],
    [
        "UPDATE incident_lab SET decision = 0 WHERE decision = 2",
        "UPDATE incident_lab SET decision = 2 WHERE decision = 0",
        "incident lab inc_",
    ],
];

/// Every table, and what `doctor` names when it is empty.
const TABLES: [[&str; 2]; 5] = [
    ["incident", "incident inc_"],
    ["incident_subject", "incident subject component:pri_"],
    ["incident_claim", "incident claim 1 of"],
    ["incident_move", "incident move 1 of"],
    ["incident_lab", "incident lab inc_"],
];

#[test]
fn doctor_names_every_row_of_an_incident_that_was_edited_or_is_missing() {
    let mut place = Place::new();
    let id = text(&place.open(&["--subject", "component:Importer"]), "/id");
    let claim = ["incident", "claim", &id, "--source", "a source", "--from", SINCE];
    place.at.ask(&claim);
    place
        .at
        .ask(&["incident", "move", &id, "--to", "contained", "--reason", "x"]);
    let own = text(&place.seen(0)[0], "/id");
    let decide = ["incident", "decide", "Wenham", &own, "halt"];
    place.at.ask_as(&place.stewards[0], &decide);
    assert_eq!(place.at.stop(), 0);
    let raw = Raw::open(&place.at.place, &place.at.data()).unwrap();
    let data = arg(&place.at.data());
    let doctor = || {
        let ran = run(&["doctor", "--data", &data]);
        (ran.code, format!("{}{}", ran.stdout, ran.stderr))
    };
    assert_eq!(doctor().0, 0);
    for [edit, back, named] in EDITS {
        assert_eq!(raw.run(edit, cells![]).unwrap(), 1, "{edit}");
        let (code, told) = doctor();
        assert!(
            code != 0 && told.contains(&format!("the row of {named}")),
            "{edit}: {told}"
        );
        assert_eq!(raw.run(back, cells![]).unwrap(), 1, "{back}");
        assert_eq!(doctor().0, 0, "{back}");
    }
    for [table, named] in TABLES {
        assert!(raw.run(&format!("DELETE FROM {table}"), cells![]).unwrap() > 0);
        let (code, told) = doctor();
        let named = format!("the row of {named}");
        let mut lines = told.lines().filter(|line| line.contains("missing"));
        assert!(
            code != 0 && lines.any(|line| line.contains(&named)),
            "{table}: {told}"
        );
    }
}

/// Whoever asks again because nobody answered opens no second one, and stops nothing twice.
#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_is_repeated_opens_one_incident_and_halts_once() {
    let place = Place::new();
    let operator = fs::read_to_string(place.at.data().join("operator.token")).unwrap();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let importer = place.at.ask(&["person", "list"]);
    let mut all = importer.as_array().unwrap().iter();
    let importer = all.find(|person| person["name"] == "Importer").unwrap();
    let body = json!({ "title": TITLE, "reason": REASON,
                       "subjects": [format!("component:{}", text(importer, "/id"))] });
    let mut answers = Vec::new();
    for _ in 0..2 {
        let asked = client
            .post(format!("{}/api/v1/incidents", place.at.base))
            .json(&body);
        let asked = asked
            .bearer_auth(operator.trim())
            .header("idempotency-key", "one");
        let answer = asked.send().await.unwrap();
        assert_eq!(answer.status(), 201);
        answers.push(answer.json::<Value>().await.unwrap());
    }
    assert_eq!(answers[0], answers[1]);
    assert_eq!(answers[0]["stopped"].as_array().unwrap().len(), 2);
    assert_eq!(place.at.ask(&["incident", "list"]).as_array().unwrap().len(), 1);
    assert_eq!(place.at.ask(&["halt", "list"]).as_array().unwrap().len(), 2);
}

/// What befell each of a lab's objects: signed, computed again from its own ledger, and nothing of any other lab in it.
#[test]
fn each_lab_gets_a_report_that_its_own_ledger_proves() {
    let place = Place::by_hand();
    let at = &place.at;
    let file = at.beside("prompts.jsonl");
    fs::write(&file, "{\"turns\": [\"a\"]}\n{\"turns\": [\"b\"]}\n").unwrap();
    at.ask_as(&place.importer.1, &["import", &arg(&file)]);
    let folder = data("advisories/MAL-2026-2144.json");
    at.ask(&["advisory", "add", &arg(folder.parent().unwrap())]);
    let open = ["--advisory", "MAL-2026-2144", "--since", SINCE];
    let opened = at.ask(
        &[
            &["incident", "open", "--title", TITLE, "--reason", REASON],
            &open[..],
        ]
        .concat(),
    );
    let id = text(&opened, "/id");
    for (source, from) in [("one", "2026-03-24T10:39:00Z"), ("other", "2026-03-24T10:52:00Z")] {
        at.ask(&["incident", "claim", &id, "--source", source, "--from", from]);
    }
    let both = Both {
        own: LABS.map(|lab| text(&Both::of(&opened, lab), "/incident")),
        opened,
    };
    for (lab, name) in LABS.into_iter().enumerate() {
        let (report, ledger) = (at.beside(&format!("{name}.json")), at.beside(name));
        let steward = &place.stewards[lab];
        let make = ["incident", "report", name, &both.own[lab], &arg(&report)];
        let told = at.ask_as(steward, &make);
        let again = place.refused(Some(steward), &make);
        assert!(again.stderr.contains("exists already"), "{}", again.stderr);
        at.ask_as(steward, &["ledger", "export", name, &arg(&ledger)]);
        let verify = ["verify", &arg(&report), "--ledger", &arg(&ledger)];
        assert_eq!(run(&verify).code, 0, "{}", run(&verify).stderr);
        let written = fs::read_to_string(&report).unwrap();
        for word in both.foreign(&place, 1 - lab) {
            assert!(!written.contains(&word), "the report to {name} has {word}");
        }
        let results = told.pointer("/report/results").unwrap().as_array().unwrap();
        let ran = |result: &Value| result.pointer("/windows/widest/ran").unwrap().to_string();
        assert!(
            results
                .iter()
                .any(|result| ran(result).contains("\"known\":\"ran\""))
        );
        let altered = "/windows/widest/totals/classes/altered/objects";
        let wrote: u64 = results.iter().filter_map(|r| r.pointer(altered)?.as_u64()).sum();
        assert_eq!(wrote, [2, 0][lab], "what the component brought in: {told}");
        let own = format!("\"objects\":{wrote}}}");
        let changed = written.replacen(&own, &format!("\"objects\":{}}}", wrote + 1), 1);
        assert_ne!(changed, written);
        fs::write(&report, changed).unwrap();
        assert_ne!(run(&verify).code, 0, "one number is another, and it verifies");
    }
    let foreign = ["incident", "report", "Ipswich", &both.own[1], "never.json"];
    let told = place.refused(Some(&place.stewards[0]), &foreign);
    assert!(told.stderr.contains("there is no lab called"), "{}", told.stderr);
}
