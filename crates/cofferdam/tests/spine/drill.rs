//! March 2026, replayed. No number is expected here: what is shown must follow from the exports, and from what the scenario says.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::components::read_all;
use crate::support::{arg, data, ok, run};

const RECORDS: [&str; 3] = ["GHSA-5mg7-485q-xm76", "MAL-2026-2144", "PYSEC-2026-2"];
const GATEWAY: &str = "Model gateway";
const NEVER_SCANNED: &str = "Quality dashboard";

/// A drill that ended.
struct Drill {
    told: Value,
    _folder: TempDir,
}

impl Drill {
    fn new(more: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let place = arg(&folder.path().join("data"));
        let mut args = vec!["drill", "--json", "--data", &place];
        args.extend(more);
        let told = serde_json::from_str(&ok(&args)).unwrap();
        Self {
            told,
            _folder: folder,
        }
    }

    /// One whose scenario is the built-in one, changed.
    fn changed(change: impl FnOnce(&mut Value)) -> Self {
        let file = tempfile::NamedTempFile::new().unwrap();
        let mut scenario = scenario();
        change(&mut scenario);
        fs::write(file.path(), scenario.to_string()).unwrap();
        Self::new(&["--scenario", &arg(file.path())])
    }

    fn labs(&self) -> Vec<(String, PathBuf, PathBuf)> {
        let labs = self.told["labs"].as_array().unwrap().iter();
        let labs = labs.filter(|lab| !lab["files"].is_null());
        let path = |lab: &Value, at: usize| PathBuf::from(lab["files"][at].as_str().unwrap());
        labs.map(|lab| {
            let name = lab["lab"].as_str().unwrap().to_owned();
            (name, path(lab, 0), path(lab, 1))
        })
        .collect()
    }

    /// What is found, by lab and by the name of the component.
    fn found(&self) -> BTreeMap<(String, String), Value> {
        let mut all = BTreeMap::new();
        for lab in self.told["labs"].as_array().unwrap() {
            for subject in lab["subjects"].as_array().unwrap() {
                let mut subject = subject.clone();
                let pseudonym = subject["subject"].take();
                let name = &self.told["components"][pseudonym.as_str().unwrap()];
                let key = [&lab["lab"], name].map(|name| name.as_str().unwrap().to_owned());
                all.insert(key.into(), subject);
            }
        }
        all
    }

    fn ran(&self, component: &str) -> BTreeSet<String> {
        let found = self.found();
        let of = found.iter().filter(|((_, name), _)| name == component);
        let ran = of.flat_map(|(_, found)| found["widest"]["ran"].as_array().cloned().unwrap_or_default());
        ran.map(|known| known.as_str().unwrap().to_owned()).collect()
    }
}

fn scenario() -> Value {
    serde_json::from_str(&ok(&["drill", "--print-scenario"])).unwrap()
}

/// The step of a scan of the compromised release.
fn compromised(scenario: &mut Value) -> &mut Value {
    let mut steps = scenario["steps"].as_array_mut().unwrap().iter_mut();
    steps
        .find(|timed| timed["do"]["scan"]["version"] == "1.82.8")
        .unwrap()
}

/// Every id that some bytes name.
pub(crate) fn ids(text: &str) -> BTreeSet<String> {
    let word = |c: char| !c.is_ascii_alphanumeric() && c != '_';
    let words = text
        .split(word)
        .filter(|word| word.len() == 30 && word.as_bytes()[3] == b'_');
    words.map(str::to_owned).collect()
}

#[test]
fn what_it_shows_follows_from_each_labs_export_alone() {
    let drill = Drill::new(&[]);
    let labs = drill.labs();
    assert!(labs.len() > 1, "{}", drill.told);
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/exposure_report.py");
    for (name, report, ledger) in &labs {
        let again = Command::new("python3")
            .arg(&script)
            .arg(report)
            .arg(ledger)
            .output();
        let again = again.unwrap();
        let told = String::from_utf8_lossy(&again.stdout);
        assert!(again.status.success(), "{name}: {told}");
        ok(&["verify", &arg(report), "--ledger", &arg(ledger)]);
        // Nothing of another lab's.
        let own = fs::read_to_string(report).unwrap();
        for (other, _, theirs) in labs.iter().filter(|(other, ..)| other != name) {
            assert!(!own.contains(other.as_str()), "{name} is told of {other}");
            let shared: Vec<_> = ids(&own).intersection(&ids(&read_all(theirs))).cloned().collect();
            assert_eq!(shared, Vec::<String>::new(), "{name} and {other}");
        }
    }
    assert!(drill.ran(GATEWAY).contains("ran"), "{:?}", drill.found());
    assert_eq!(drill.ran(NEVER_SCANNED), BTreeSet::from(["unknown".to_owned()]));
    // Whoever is stopped keeps their hours, and goes on where a task was given to them.
    let displaced = drill.told["displaced"].as_array().unwrap();
    assert!(displaced.iter().any(|one| one["goes_on"] != json!([])));
    assert!(displaced.iter().all(|one| one["minutes"].as_f64().unwrap() > 0.0));
    // Whoever is left without is placed where they fit, and works there; who fits nothing is told so.
    let placed = |one: &&Value| one["placed"] == true;
    let place = displaced.iter().find(placed).unwrap()["goes_on"][0]
        .as_str()
        .unwrap();
    let timeline = drill.told["timeline"].to_string();
    assert!(
        timeline.contains(&format!("goes on with {place} (")),
        "{timeline}"
    );
    assert!(timeline.contains("and answers a task there"), "{timeline}");
    assert!(timeline.contains("fits nothing that is open"), "{timeline}");
    let text = ok(&[
        "drill",
        "--data",
        &arg(&tempfile::tempdir().unwrap().path().join("new")),
    ]);
    assert!(text.contains("The same day on a platform without this"), "{text}");
}

#[test]
fn the_published_records_alone_and_together_give_the_same() {
    let built_in = Drill::new(&[]).found();
    let files: Vec<String> = RECORDS
        .iter()
        .map(|record| arg(&data(&format!("advisories/{record}.json"))))
        .collect();
    let together: Vec<&str> = std::iter::once("--advisory")
        .chain(files.iter().map(String::as_str))
        .collect();
    assert_eq!(Drill::new(&together).found(), built_in);
    for file in &files {
        assert_eq!(Drill::new(&["--advisory", file]).found(), built_in, "{file}");
    }
}

#[test]
fn another_date_of_one_inventory_gives_another_result() {
    let before = Drill::new(&[]);
    let later = Drill::changed(|scenario| {
        let steps = scenario["steps"].as_array_mut().unwrap();
        let read = |timed: &Value| timed["do"]["read"]["component"] == GATEWAY;
        let read = steps.iter().position(read).unwrap();
        let scanned = steps
            .iter()
            .position(|t| t["do"]["scan"]["version"] == "1.82.8")
            .unwrap();
        assert!(scanned < read);
        let mut scan = steps.remove(scanned);
        scan["at"] = steps[read]["at"].clone();
        steps.insert(read + 1, scan);
    });
    assert_ne!(before.found(), later.found());
    let clean = Drill::changed(|scenario| {
        compromised(scenario)["do"]["scan"]["version"] = json!("1.82.6");
    });
    let known = clean.found();
    assert!(
        known.keys().all(|(_, component)| component == NEVER_SCANNED),
        "{known:?}"
    );
}

#[test]
fn another_skill_of_one_contractor_gives_another_place() {
    let placed = |drill: &Drill| {
        let all = drill.told["displaced"].as_array().unwrap();
        let placed = all.iter().filter(|one| one["placed"] == true);
        placed.map(|one| one["name"].to_string()).collect::<BTreeSet<_>>()
    };
    let before = placed(&Drill::new(&[]));
    let changed = Drill::changed(|scenario| {
        let able = scenario["able"].as_object_mut().unwrap();
        able.values_mut().for_each(|one| one["skills"] = json!(["none"]));
    });
    assert!(!before.is_empty());
    assert_eq!(placed(&changed), BTreeSet::new());
}

#[test]
fn a_scenario_that_cannot_be_played_is_told_where() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("scenario.json");
    let place = folder.path().join("data");
    let told = |text: String| {
        fs::write(&file, text).unwrap();
        let ran = run(&["drill", "--scenario", &arg(&file), "--data", &arg(&place)]);
        assert_eq!(ran.code, 1, "{}", ran.stderr);
        assert!(!place.exists(), "nothing is made for it");
        let said = ran.stderr.replace(&arg(&file), "FILE");
        said.trim_end().to_owned()
    };
    assert!(told("{".into()).starts_with("cofferdam: FILE: the scenario does not read: EOF"));
    let mut wrong = scenario();
    compromised(&mut wrong)["at"] = json!("2026-03-22T00:00:00Z");
    let said = told(wrong.to_string());
    assert!(
        said.starts_with("cofferdam: FILE: /steps/") && said.contains("it is before 2026-03-24T10:52:00"),
        "{said}"
    );
    let mut wrong = scenario();
    compromised(&mut wrong)["do"]["scan"]["component"] = json!("Nobody");
    let said = told(wrong.to_string());
    assert!(said.ends_with("there is no component `Nobody`"), "{said}");
    let mut wrong = scenario();
    wrong["contractors"] = json!([["One"]]);
    let said = told(wrong.to_string());
    assert!(
        said.ends_with("a list for each of the three projects, one of each lab"),
        "{said}"
    );
    let mut wrong = scenario();
    wrong["able"]["Nobody"] = json!({ "skills": [], "languages": [], "hours": 1 });
    let said = told(wrong.to_string());
    assert!(said.ends_with("/able: there is no contractor `Nobody`"), "{said}");
    let mut wrong = scenario();
    compromised(&mut wrong)["at"] = json!("noon");
    let said = told(wrong.to_string());
    assert!(
        said.contains("/at: `noon` is no time as in 2026-03-24T10:39:00Z"),
        "{said}"
    );
    let mut wrong = scenario();
    wrong["steps"][2] = json!({ "at": "2026-03-24T08:00:00Z", "do": { "resume": {} } });
    assert_eq!(
        told(wrong.to_string()),
        "cofferdam: FILE: the scenario does not read: /steps/2/do/checked: it is needed"
    );
    let mut wrong = scenario();
    wrong["steps"][2] = json!(["2026-03-24T08:00:00Z", {}]);
    assert_eq!(
        told(wrong.to_string()),
        "cofferdam: FILE: the scenario does not read: /steps/2: an object is needed, not a list"
    );
    let mut wrong = scenario();
    wrong["steps"] = json!([]);
    let said = told(wrong.to_string());
    assert!(
        said.ends_with("/steps: nothing happens; one step at least is needed"),
        "{said}"
    );
}
