//! The database itself, edited under a server that runs: what it says of its version, its file, and the tree that the next entry
//! is to join.

use std::fs;
use std::time::Duration;

use cofferdam_testbed::{Place, Raw, cells};
use reqwest::StatusCode;

use crate::support::{Installation, arg, run};

async fn get(at: &Installation, path: &str) -> (StatusCode, String) {
    let token = fs::read_to_string(at.data().join("operator.token")).unwrap();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let asked = http.get(format!("{}{path}", at.base)).bearer_auth(token.trim());
    let answer = asked.send().await.unwrap();
    (answer.status(), answer.text().await.unwrap())
}

/// Until the log says it, which it does within seconds.
async fn logged(at: &Installation, said: &str) {
    for _ in 0..60 {
        if at.log().contains(said) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
    panic!("nothing of `{said}` in\n{}", at.log());
}

async fn not_ready(at: &Installation, said: &str) {
    let mut last = String::new();
    for _ in 0..40 {
        let (status, text) = get(at, "/readyz").await;
        if status == StatusCode::SERVICE_UNAVAILABLE && text.contains(said) {
            return;
        }
        last = text;
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
    panic!("{last}");
}

#[tokio::test]
async fn a_schema_of_another_version_is_in_the_log_and_nobody_is_sent_there() {
    let mut at = Installation::start();
    let raw = Raw::open(&at.place, &at.data()).unwrap();
    assert_eq!(raw.run("UPDATE schema_version SET version = 9", &[]).unwrap(), 1);
    logged(&at, "the table schema_version is not as it was written").await;
    not_ready(
        &at,
        "not ready: schema: the database says that its schema has version 9",
    )
    .await;
    at.stop();
    let ran = run(&["serve", "--data", &arg(&at.data()), "--listen", "127.0.0.1:0"]);
    assert!(
        ran.code == 1 && ran.stderr.contains("schema version 9"),
        "{}",
        ran.stderr
    );
}

#[tokio::test]
async fn a_file_that_was_emptied_is_said_to_be_and_is_no_clean_end() {
    let mut at = Installation::start_on(Place::in_file());
    at.ask(&["lab", "add", "Wenham"]);
    let file = at.data().join("cofferdam.sqlite");
    let emptied = fs::File::options().write(true).open(&file).unwrap();
    emptied.set_len(0).unwrap();
    logged(&at, "`cofferdam.sqlite` was moved, deleted, emptied or replaced").await;
    not_ready(&at, "not ready: moved: ").await;
    let (status, text) = get(&at, "/api/v1/labs").await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{text}");
    let log = fs::read(at.data().join("cofferdam.sqlite-wal")).unwrap();
    assert_eq!(at.stop(), 1);
    let said = at.log();
    let last = said.lines().last().unwrap_or_default();
    assert!(
        last.contains("stopped, but the database could not be closed cleanly"),
        "{said}"
    );
    for args in [vec!["doctor"], vec!["serve", "--listen", "127.0.0.1:0"]] {
        let data = arg(&at.data());
        let ran = run(&[args, vec!["--data", &data]].concat());
        assert!(
            ran.code == 1 && ran.stderr.contains("this database is empty"),
            "{}",
            ran.stderr
        );
    }
    let kept = fs::read(at.data().join("cofferdam.sqlite-wal")).unwrap();
    assert_eq!(kept, log, "whoever restores it may want it");
}

/// A page that is in memory may be all there is of it.
#[tokio::test]
async fn a_file_that_is_damaged_under_a_server_is_no_clean_end() {
    let mut at = Installation::start_on(Place::in_file());
    at.ask(&["lab", "add", "Wenham"]);
    let file = at.data().join("cofferdam.sqlite");
    let raw = Raw::open(&at.place, &at.data()).unwrap();
    raw.look("PRAGMA wal_checkpoint(TRUNCATE)", &[]).unwrap();
    let root = "SELECT rootpage FROM sqlite_master WHERE name = 'principal'";
    let page = raw.int(root, &[]).unwrap() as u64;
    let spoilt = fs::File::options().write(true).open(&file).unwrap();
    std::os::unix::fs::FileExt::write_all_at(&spoilt, &[0x5a; 4_096], (page - 1) * 4_096).unwrap();
    // Whoever writes lets go of what is in memory.
    let write = "INSERT INTO object_set (sha256, list) VALUES ($1, $1)";
    assert_eq!(raw.run(write, cells![&[7; 32]]).unwrap(), 1);
    logged(&at, "the database is damaged").await;
    assert_eq!(at.stop(), 1);
    let said = at.log();
    let last = said.lines().last().unwrap_or_default();
    assert!(last.contains("stopped, but "), "{said}");
}

/// The installation's own tree stops everything; a lab's, that lab.
#[tokio::test]
async fn a_tree_that_cannot_be_grown_is_told_when_the_server_starts() {
    let mut at = Installation::start();
    at.ask(&["lab", "add", "Wenham"]);
    at.ask(&["lab", "add", "Oxlip"]);
    assert_eq!(at.stop(), 0);
    let raw = Raw::open(&at.place, &at.data()).unwrap();
    // What is kept beside the database tells of a tree that is another, but not of one that holds more.
    let own = "compartment = (SELECT id FROM lab WHERE name = 'Wenham')";
    let stored = raw.bytes(&format!("SELECT hashes FROM ledger_tile WHERE {own}"), &[]);
    let mut hashes = stored.unwrap();
    hashes.extend([0; 32]);
    let set = format!("UPDATE ledger_tile SET hashes = $1 WHERE {own}");
    assert_eq!(raw.run(&set, cells![hashes]).unwrap(), 1);
    at.serve();
    let log = at.log();
    let told = log.lines().find(|line| line.contains("the tree of lab_"));
    assert!(
        told.is_some_and(|line| line.contains("cofferdam doctor")),
        "{log}"
    );
    assert_eq!(get(&at, "/readyz").await.0, StatusCode::OK);
    at.stop();
    let labs = "DELETE FROM ledger_tile WHERE compartment NOT IN (SELECT id FROM lab)";
    assert_eq!(raw.run(labs, &[]).unwrap(), 1);
    let ran = run(&["serve", "--data", &arg(&at.data()), "--listen", "127.0.0.1:0"]);
    let told = ran.stderr.lines().last().unwrap_or_default();
    assert!(
        ran.code == 1 && told.contains("cofferdam doctor"),
        "{}",
        ran.stderr
    );
}
