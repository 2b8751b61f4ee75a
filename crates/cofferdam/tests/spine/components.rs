//! What components say that they run, and which advisories concern them: by the binary, on files of the shape that the compromised
//! release had.

use std::fs;
use std::path::Path;

use cofferdam_testbed::{Raw, cells};
use serde_json::{Value, json};

use crate::support::{Installation, arg, data, run};

const RECORDS: [&str; 3] = ["GHSA-5mg7-485q-xm76", "MAL-2026-2144", "PYSEC-2026-2"];

/// An environment with one version of the package; with its start file, where it had one.
pub(crate) fn environment(at: &Path, version: &str, starts: bool) {
    let site = at.join("lib/python3.11/site-packages");
    let info = site.join(format!("litellm-{version}.dist-info"));
    fs::create_dir_all(&info).unwrap();
    fs::write(
        info.join("METADATA"),
        format!("Metadata-Version: 2.1\nName: litellm\nVersion: {version}\n"),
    )
    .unwrap();
    let mut record =
        format!("litellm-{version}.dist-info/METADATA,,\nlitellm-{version}.dist-info/RECORD,,\n");
    if starts {
        fs::write(site.join("litellm_init.pth"), "import sys; sys.flags\n").unwrap();
        record.push_str("litellm_init.pth,,\n");
    }
    fs::write(info.join("RECORD"), record).unwrap();
}

/// What every file below a folder holds.
pub(crate) fn read_all(folder: &Path) -> String {
    let mut found = String::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        found += &if path.is_dir() {
            read_all(&path)
        } else {
            String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned()
        };
    }
    found
}

struct Place {
    at: Installation,
    /// Engagement and token of the component in the first lab.
    importer: (String, String),
}

impl Place {
    fn new() -> Self {
        let at = Installation::start();
        at.ask(&["person", "add", "Importer", "--component"]);
        at.ask(&["person", "add", "Exporter", "--component"]);
        for lab in ["Wenham", "Ipswich"] {
            at.ask(&["lab", "add", lab]);
            at.ask(&["project", "add", lab, lab, "--template", "chat"]);
        }
        let grant = ["--role", "integration", "--purpose", "import"];
        let importer = at.seat("Wenham", "Importer", &grant);
        at.seat("Ipswich", "Importer", &grant);
        Self { at, importer }
    }

    fn scan(&self, root: &Path) -> Value {
        self.at
            .ask_as(&self.importer.1, &["component", "scan", &arg(root), "--report"])
    }

    /// Component by component, the verdicts of its scans.
    fn verdicts(&self, record: &str) -> Value {
        let found = self.at.ask(&["advisory", "show", record]);
        let all = found["components"].as_array().unwrap().iter();
        let verdicts = all.map(|c| {
            let findings = c["findings"].as_array().unwrap().iter();
            json!([
                c["component"]["name"],
                findings.map(|f| f["verdict"].clone()).collect::<Vec<_>>()
            ])
        });
        verdicts.collect()
    }
}

#[test]
fn a_component_that_ran_the_compromised_release_is_found_and_one_that_never_said_is_unknown() {
    let place = Place::new();
    let root = place.at.beside("environment");
    environment(&root, "1.82.6", false);
    assert_eq!(place.scan(&root)["gaps"], 0);
    fs::remove_dir_all(&root).unwrap();
    environment(&root, "1.82.8", true);
    let said = place.scan(&root);
    assert_eq!(
        (&said["packages"], &said["startup"]),
        (&json!(1), &json!(1)),
        "{said}"
    );
    fs::remove_dir_all(&root).unwrap();
    environment(&root, "1.83.0", false);
    place.scan(&root);

    let expected = json!([
        ["Exporter", []],
        ["Importer", ["not-affected", "affected", "not-affected"]]
    ]);
    for (record, known) in RECORDS.iter().zip(1..) {
        let file = data(&format!("advisories/{record}.json"));
        let taken = place.at.ask(&["advisory", "add", &arg(&file)]);
        assert_eq!((&taken["new"], &taken["unchanged"]), (&json!(1), &json!(0)));
        // Alone and together they say the same, and are one event.
        assert_eq!(place.verdicts(record), expected, "{record}");
        let events = place.at.ask(&["advisory", "list"]);
        assert_eq!(events["items"].as_array().unwrap().len(), 1, "{events}");
        assert_eq!(events["items"][0]["records"].as_array().unwrap().len(), known);
    }
    let one = data("advisories/MAL-2026-2144.json");
    let again = place.at.ask(&["advisory", "add", &arg(one.parent().unwrap())]);
    assert_eq!((&again["new"], &again["unchanged"]), (&json!(0), &json!(3)));
    let shown = run(&place.at.with(&["advisory", "show", "MAL-2026-2144"]));
    let told = shown.stdout;
    let unknown = "Exporter: UNKNOWN, it never said what it runs";
    let affected = format!(
        "litellm 1.82.8 (PyPI), installed in {}/lib/python3.11/site-packages/litellm-1.82.8.dist-info",
        arg(&root)
    );
    assert!(told.contains(unknown) && told.contains(&affected), "{told}");
    let components = place.at.ask(&["component", "list"]);
    assert!(components[0]["last"].is_null(), "{components}");
    assert_eq!(components[1]["inventories"], 3, "{components}");
}

#[test]
fn each_lab_that_it_works_for_has_it_in_its_ledger_under_a_commitment_of_its_own() {
    let place = Place::new();
    let root = place.at.beside("environment");
    environment(&root, "1.82.6", false);
    place
        .at
        .ask(&["halt", "component:Importer", "--reason", "incident"]);
    place.scan(&root);
    let mut told = Vec::new();
    for lab in ["Wenham", "Ipswich"] {
        let folder = place.at.beside(lab);
        place.at.ask(&["ledger", "export", lab, &arg(&folder)]);
        let entries = read_all(&folder.join("tile/entries"));
        let (_, after) = entries.split_once("\"document\":\"").unwrap();
        told.push(after.split_once('"').unwrap().0.to_owned());
        assert!(entries.contains("\"kind\":\"inventory-reported\""), "{lab}");
        assert!(!entries.contains("inv_"), "{lab}");
    }
    assert_eq!(told[0].len(), 64);
    assert_ne!(told[0], told[1]);
    let mut at = place.at;
    assert_eq!(at.stop(), 0);
    let raw = Raw::open(&at.place, &at.data()).unwrap();
    let doctor = |at: &Installation| run(&["doctor", "--data", &arg(&at.data())]);
    assert_eq!(doctor(&at).code, 0);
    let edit = "UPDATE inventory_document SET document = replace(document, '1.82.6', '1.83.0')";
    assert_eq!(raw.run(edit, cells![]).unwrap(), 1);
    drop(raw);
    let found = doctor(&at);
    assert_ne!(found.code, 0);
    let told = format!("{}{}", found.stdout, found.stderr);
    assert!(told.contains("the row of inventory inv_"), "{told}");
}

#[test]
fn who_is_no_component_and_what_is_no_inventory_is_refused() {
    let place = Place::new();
    let at = &place.at;
    at.ask(&["person", "add", "Ada"]);
    let (_, ada) = at.seat("Wenham", "Ada", &["--role", "author"]);
    let root = at.beside("environment");
    environment(&root, "1.82.6", false);
    let refused = |token: &str, args: &[&str]| {
        let mut all = args.to_vec();
        all.extend(["--server", &at.base, "--token", token]);
        let ran = run(&all);
        assert_ne!(ran.code, 0);
        ran.stderr
    };
    let told = refused(&ada, &["component", "scan", &arg(&root), "--report"]);
    assert!(told.contains("role does not cover that"), "{told}");
    let gone = refused(&ada, &["component", "scan", &arg(&at.beside("nowhere"))]);
    assert!(gone.contains("nowhere"), "{gone}");
    let wrong = at.beside("wrong.json");
    fs::write(&wrong, "{\"id\": 7}").unwrap();
    let told = run(&at.with(&["advisory", "add", &arg(&wrong)])).stderr;
    assert!(
        told.contains("wrong.json") && told.contains("nothing was taken"),
        "{told}"
    );
}

#[test]
fn a_machine_with_very_many_packages_is_taken_too() {
    let place = Place::new();
    let root = place.at.beside("many");
    fs::create_dir_all(&root).unwrap();
    let pins: String = (0..60_000)
        .map(|n| format!("package-number-{n}==1.{n}\n"))
        .collect();
    fs::write(root.join("requirements.txt"), pins).unwrap();
    let written = place.at.beside("inventory.json");
    let token = &place.importer.1;
    let args = [
        "component",
        "scan",
        &arg(&root),
        "--report",
        "--out",
        &arg(&written),
    ];
    assert_eq!(place.at.ask_as(token, &args)["packages"], 60_000);
    // More than a JSON request may have.
    assert!(fs::metadata(&written).unwrap().len() > 8 << 20);
}

#[tokio::test]
async fn a_wrong_record_is_named_by_its_place_and_one_that_is_no_id_is_not_there() {
    let at = Installation::start();
    let operator = fs::read_to_string(at.data().join("operator.token")).unwrap();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let address = format!("{}/api/v1/advisories", at.base);
    let good = json!({ "id": "TEST-1", "modified": "2026-03-24T12:00:00Z" });
    let body = json!({ "records": [good, { "id": 7 }] });
    let asked = client.post(&address).bearer_auth(operator.trim()).json(&body);
    let told = asked.send().await.unwrap();
    assert_eq!(told.status(), 422);
    let told: Value = told.json().await.unwrap();
    assert_eq!(told["errors"][0]["field"], "/records/1", "{told}");
    assert_eq!(
        at.ask(&["advisory", "list"])["items"],
        json!([]),
        "half of it was taken"
    );
    let asked = client.get(format!("{address}/%FF")).bearer_auth(operator.trim());
    let told = asked.send().await.unwrap();
    let kind = told.headers()["content-type"].to_str().unwrap().to_owned();
    assert_eq!(
        (told.status().as_u16(), kind.as_str()),
        (404, "application/problem+json")
    );
}
