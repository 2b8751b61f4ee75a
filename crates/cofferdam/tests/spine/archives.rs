//! A lab's ledger as Parquet: made from its export, asked without a server, held against the ledger.

use std::fs;
use std::path::Path;
use std::process::Command;

use reqwest::Method;
use serde_json::{Value, json};

use crate::incidents::text;
use crate::seat::Seat;
use crate::support::{Installation, arg, json as asked, ok, run};

/// Two people who work in one project; the first's engagement, and the folder of the lab's export.
async fn worked(at: &Installation) -> (String, std::path::PathBuf) {
    at.ask(&["lab", "add", "Wenham"]);
    at.pairs("Wenham", "Pairs", 6);
    let ada = Seat::new(at, "Pairs", "Ada", &["--role", "author"]);
    let ben = Seat::new(at, "Pairs", "Ben", &["--role", "author"]);
    for seat in [&ada, &ben, &ada] {
        let held = seat.ok(Method::POST, "/claims", Some(json!({}))).await;
        let submit = format!("/assignments/{}/submission", text(&held, "/assignment"));
        let answer = json!({ "answer": { "choice": "a" } });
        seat.ok(Method::POST, &submit, Some(answer)).await;
    }
    let ledger = at.beside("ledger");
    at.ask(&["ledger", "export", "Wenham", &arg(&ledger)]);
    (ada.engagement.clone(), ledger)
}

/// Sums of what the server says of all labs.
fn counts(lab: &Value) -> [u64; 3] {
    ["/entries", "/releases", "/bytes"].map(|at| lab.pointer(at).unwrap().as_u64().unwrap())
}

#[tokio::test]
async fn an_archive_answers_as_the_server_does_and_no_further() {
    let at = Installation::start();
    let (engagement, ledger) = worked(&at).await;
    let archive = at.beside("archive");
    let made = asked(&["ledger", "archive", &arg(&ledger), &arg(&archive)]);
    let checked = asked(&["ledger", "archive", &arg(&ledger), &arg(&archive), "--verify"]);
    assert_eq!(checked["ok"], true);
    assert_eq!(
        (&checked["rows"], &checked["entries"]),
        (&made["rows"], &made["entries"])
    );

    let tokens = at.ask(&["token", "list", &engagement]);
    let served = at.ask(&["exposure", "--credential", &text(&tokens[0], "/id")]);
    let dir = arg(&archive);
    let ask = |more: &[&str]| {
        let asking = ["exposure", "--archive", &dir, "--of", &engagement];
        asked(&[&asking[..], more].concat())
    };
    let found = ask(&[]);
    let own = &found["archives"][0];
    assert_eq!(counts(own), counts(&served["labs"][0]), "{found}");
    assert_eq!(own["versions"]["altered"]["objects"], 2, "{found}");
    assert_eq!(own["ledger"]["vouched"], false);
    // Whatever comes after the last entry is not known.
    assert_eq!(own["unknown"]["from"], made["until"], "{found}");
    assert_eq!(
        ask(&["--to", &text(&made, "/until")])["archives"][0]["unknown"],
        Value::Null
    );

    // The names are of that ledger alone.
    let nobody = [
        "exposure",
        "--archive",
        &arg(&archive),
        "--of",
        "p_0000000000000000000000000G",
    ];
    assert_eq!(asked(&nobody)["archives"][0]["named"], false);
    let key = fs::read_to_string(ledger.join("vkey")).unwrap();
    assert_eq!(ask(&["--vkey", &key])["archives"][0]["ledger"]["vouched"], true);
    let shown = ok(&["exposure", "--archive", &arg(&archive), "--of", &engagement]);
    assert!(shown.contains("UNKNOWN: "), "{shown}");

    // The ledger goes on: the archive still follows from it.
    at.ask(&["halt", "lab:Wenham", "--reason", "lab-request"]);
    at.ask(&["ledger", "export", "Wenham", &arg(&ledger)]);
    ok(&["ledger", "archive", &arg(&ledger), &arg(&archive), "--verify"]);
    with_pyarrow(&archive, &engagement, &found);
}

/// Another reader of Parquet comes to the same, where there is one.
fn with_pyarrow(archive: &Path, name: &str, found: &Value) {
    let python = std::env::var("COFFERDAM_TEST_PYARROW").unwrap_or_else(|_| "python3".to_owned());
    let there = Command::new(&python)
        .args(["-c", "import pyarrow.dataset"])
        .output();
    if !there.is_ok_and(|there| there.status.success()) {
        return;
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/archive.py");
    let told = Command::new(&python)
        .arg(script)
        .arg(archive)
        .args([name, "1970-01-01T00:00:00Z", "2200-01-01T00:00:00Z"])
        .output()
        .unwrap();
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
    let told: Value = serde_json::from_slice(&told.stdout).unwrap();
    let own = &found["archives"][0];
    for (theirs, ours) in [
        ("/entries", "/entries"),
        ("/releases", "/releases"),
        ("/altered", "/versions/altered"),
        ("/touched", "/versions/touched"),
        ("/ledger/root", "/ledger/root"),
    ] {
        assert_eq!(told.pointer(theirs), own.pointer(ours), "{told} {found}");
    }
    assert_eq!(told["unknown"], true);
}

#[tokio::test]
async fn what_is_no_archive_of_a_ledger_is_told() {
    let at = Installation::start();
    let (_, ledger) = worked(&at).await;
    let archive = at.beside("archive");
    let of = ["--of", "p_0000000000000000000000000G"];
    let none = run(&[&["exposure", "--archive", &arg(&ledger)][..], &of].concat());
    assert!(
        none.stderr.contains("holds no archive of a ledger"),
        "{}",
        none.stderr
    );
    let none = run(&["ledger", "archive", &arg(&archive), &arg(&ledger)]);
    assert!(
        none.stderr.contains("`cofferdam ledger export` writes one"),
        "{}",
        none.stderr
    );
    let full = run(&["ledger", "archive", &arg(&ledger), &arg(&ledger)]);
    assert!(
        full.stderr.contains("it is not empty, and nothing was written"),
        "{}",
        full.stderr
    );

    // The installation's ledger releases nothing.
    let own = at.beside("installation");
    at.ask(&["ledger", "export", "installation", &arg(&own)]);
    let refused = run(&["ledger", "archive", &arg(&own), &arg(&archive)]);
    assert!(
        refused.stderr.contains("only labs' ledgers are archived"),
        "{}",
        refused.stderr
    );
    assert!(!archive.exists());

    // A list that an entry names is gone, then an entry is another: no archive comes of it.
    let sets = ledger.join("sets");
    let set = fs::read_dir(&sets).unwrap().next().unwrap().unwrap().path();
    let list = fs::read(&set).unwrap();
    fs::remove_file(&set).unwrap();
    let refused = run(&["ledger", "archive", &arg(&ledger), &arg(&archive)]);
    assert!(
        refused
            .stderr
            .contains("names a list of objects that is not there"),
        "{}",
        refused.stderr
    );
    fs::write(&set, list).unwrap();
    ok(&["ledger", "archive", &arg(&ledger), &arg(&archive)]);
    let tile = fs::read_dir(ledger.join("tile/entries"))
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    let bundle = fs::read_dir(&tile).unwrap().next().unwrap().unwrap().path();
    let mut bytes = fs::read(&bundle).unwrap();
    let last = bytes.len() - 20;
    bytes[last] ^= 1;
    fs::write(&bundle, bytes).unwrap();
    let other = at.beside("other");
    assert_eq!(run(&["ledger", "archive", &arg(&ledger), &arg(&other)]).code, 1);
    assert!(!other.exists());
    assert_eq!(
        run(&["ledger", "archive", &arg(&ledger), &arg(&archive), "--verify"]).code,
        1
    );
}
