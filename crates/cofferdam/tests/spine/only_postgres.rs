//! What only a server of databases can do to ours: be away for a while, or belong to another node. The run on PostgreSQL
//! leaves this module out: the run on files has it, on a server, already.

mod nodes;

use std::sync::Arc;
use std::time::Duration;

use cofferdam_testbed::{Place, Server};
use reqwest::StatusCode;

use crate::support::{Installation, arg, run};

async fn get(at: &Installation, path: &str) -> (StatusCode, String) {
    let token = std::fs::read_to_string(at.data().join("operator.token")).unwrap();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let asked = http.get(format!("{}{path}", at.base)).bearer_auth(token.trim());
    let answer = asked.send().await.unwrap();
    (answer.status(), answer.text().await.unwrap())
}

#[tokio::test]
async fn a_database_that_is_away_is_said_to_be_and_is_used_again_once_it_is_back() {
    let mut server = Server::start().unwrap();
    let at = Installation::start_at(Place::on(&server.url()).unwrap(), |_, _| {});
    let paths = ["/readyz", "/api/v1/labs", "/api/v1/me"];
    for path in paths {
        assert_eq!(get(&at, path).await.0, StatusCode::OK, "{path}");
    }
    server.kill().unwrap();
    tokio::time::sleep(Duration::from_secs(2)).await;
    for path in paths {
        let (status, text) = get(&at, path).await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{path}: {text}");
        assert!(
            !text.contains("PGSQL") && !text.contains("Connection"),
            "{path}: {text}"
        );
    }
    let said = at.log().matches("could not be integrated").count();
    assert!((1..4).contains(&said), "said {said} times");
    for _ in 0..20 {
        for path in paths {
            get(&at, path).await;
        }
    }
    let log = at.log();
    assert_eq!(
        log.matches("the database is lost").count(),
        2,
        "one for those who write, one for those who read: {log}"
    );
    let lines = log.lines().count();
    assert!(lines < 12, "{lines} lines: {log}");
    server.restart().unwrap();
    turns(&at, StatusCode::OK).await;
    for path in paths {
        assert_eq!(get(&at, path).await.0, StatusCode::OK, "{path}");
    }
    at.ask(&["lab", "add", "Wenham"]);
}

/// Whoever asks while it goes away hears that it is away, and not that something is broken.
#[tokio::test]
async fn nobody_hears_of_a_fault_when_the_database_goes_away_under_load() {
    let mut server = Server::start().unwrap();
    let unbounded = |data: &std::path::Path, _: &Place| {
        let file = data.join("cofferdam.toml");
        let text = std::fs::read_to_string(&file).unwrap();
        let text = text.replace("requests_per_second = 200", "requests_per_second = 0");
        std::fs::write(&file, text).unwrap();
    };
    let place = Place::on(&server.url()).unwrap();
    let at = Arc::new(Installation::start_at(place, unbounded));
    let asking: Vec<_> = (0..16)
        .map(|one| {
            let at = Arc::clone(&at);
            tokio::spawn(async move {
                let token = std::fs::read_to_string(at.data().join("operator.token")).unwrap();
                let http = reqwest::Client::builder().no_proxy().build().unwrap();
                let mut away = 0;
                for n in 0.. {
                    let lab = serde_json::json!({ "name": format!("Lab {one} {n}") });
                    let asked = http.post(format!("{}/api/v1/labs", at.base));
                    let answer = asked.bearer_auth(token.trim()).json(&lab).send().await.unwrap();
                    let (status, text) = (answer.status(), answer.text().await.unwrap());
                    match status {
                        StatusCode::SERVICE_UNAVAILABLE => away += 1,
                        other => assert!(other.is_success(), "{other}: {text}"),
                    }
                    if away == 3 {
                        break;
                    }
                }
            })
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(400)).await;
    server.kill().unwrap();
    for one in asking {
        one.await.unwrap();
    }
}

/// Two nodes with a data folder each, and one database: the second is told, and the first goes on.
#[tokio::test]
async fn a_database_that_a_node_holds_is_nobody_elses() {
    let at = Installation::start_at(Place::on_postgres().unwrap(), |_, _| {});
    let copied = at.beside("copy");
    let copy = std::process::Command::new("cp")
        .arg("-r")
        .arg(at.data())
        .arg(&copied)
        .status();
    assert!(copy.unwrap().success());
    for verb in [vec!["doctor"], vec!["serve", "--listen", "127.0.0.1:0"]] {
        let mut args = verb.clone();
        let data = arg(&copied);
        args.extend(["--data", &data]);
        let ran = run(&args);
        assert_eq!(ran.code, 1, "{verb:?}");
        assert!(
            ran.stderr
                .contains("another process is using this data folder or its database"),
            "{}",
            ran.stderr
        );
    }
    at.ask(&["lab", "add", "Wenham"]);
}

/// Whoever tells it to stop is not kept waiting by a database that answers nothing any more, and what was acknowledged is
/// there when it is served again.
#[test]
fn a_server_whose_database_hangs_stops_when_it_is_told_to() {
    let server = Server::start().unwrap();
    let mut at = Installation::start_at(Place::on(&server.url()).unwrap(), |_, _| {});
    let data = arg(&at.data());
    let last = |at: &Installation| at.log().lines().last().unwrap().to_owned();
    at.ask(&["lab", "add", "Wenham"]);
    server.hang(true).unwrap();
    assert_eq!(at.stop(), 1);
    let said = last(&at);
    for part in [
        "cofferdam: stopped, but the last entries of the ledgers are in no signed tree head yet (not done within 10 s: the database",
        "nothing that was acknowledged is lost, and they are integrated when the server starts again",
    ] {
        assert!(said.contains(part), "{said}");
    }
    server.hang(false).unwrap();
    at.serve();
    at.ask(&["lab", "add", "Oxlip"]);
    server.hang(true).unwrap();
    at.tell_to_stop();
    while !at.log().contains("stopping: running requests may end") {
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(at.stop(), 1);
    let said = last(&at);
    assert!(
        said.starts_with("cofferdam: told twice to stop, and stopped at once:"),
        "{said}"
    );
    server.hang(false).unwrap();
    at.serve();
    let labs = at.ask(&["lab", "list"]);
    for lab in ["Wenham", "Oxlip"] {
        assert!(labs.to_string().contains(lab), "{labs}");
    }
    assert_eq!(at.stop(), 0);
    let ran = run(&["doctor", "--data", &data]);
    assert!(ran.stdout.contains("all is as it was written"), "{}", ran.stderr);
}

/// A role that may only look at the database serves nobody; one that may no longer write says so, in words of its own.
#[tokio::test]
async fn a_role_that_may_not_write_is_told_what_to_grant() {
    let server = Server::start().unwrap();
    let place = Place::on(&server.url()).unwrap();
    let schema = place.sql("SELECT current_schema()").unwrap();
    let grant = |what: &str| server.sql(&what.replace("ALL", &format!("ALL TABLES IN SCHEMA {schema}")));
    server.sql("CREATE ROLE clerk LOGIN").unwrap();
    let mut at = Installation::start_at(place, |data, place| {
        let file = data.join("cofferdam.toml");
        let text = std::fs::read_to_string(&file).unwrap();
        let clerks = place.database().replace("://postgres@", "://clerk@");
        std::fs::write(&file, text.replace(place.database(), &clerks)).unwrap();
        server
            .sql(&format!("GRANT USAGE ON SCHEMA {schema} TO clerk"))
            .unwrap();
        grant("GRANT SELECT ON ALL TO clerk").unwrap();
        let ran = run(&["serve", "--data", &arg(data), "--listen", "127.0.0.1:0"]);
        assert_eq!(ran.code, 1);
        let said = "the database's server does not let this program do its work: the role clerk lacks DELETE on address, challenge";
        assert!(ran.stderr.contains(said), "{}", ran.stderr);
        let remedy = format!(
            "; GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO clerk, there"
        );
        assert!(ran.stderr.contains(&remedy), "{}", ran.stderr);
        assert_eq!(ran.stderr.lines().count(), 1, "{}", ran.stderr);
        grant("GRANT INSERT, UPDATE, DELETE ON ALL TO clerk").unwrap();
    });
    at.ask(&["lab", "add", "Wenham"]);
    assert_eq!(get(&at, "/readyz").await.0, StatusCode::OK);
    grant("REVOKE INSERT, UPDATE, DELETE ON ALL FROM clerk").unwrap();
    turns(&at, StatusCode::SERVICE_UNAVAILABLE).await;
    for _ in 0..3 {
        let ran = run(&at.with(&["lab", "add", "Oxlip"]));
        assert!(
            ran.code == 1
                && ran
                    .stderr
                    .contains("the database does not let this program do its work"),
            "{}",
            ran.stderr
        );
        let (status, text) = get(&at, "/readyz").await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{text}");
        assert!(
            text.contains("not ready: read-only: ") && !text.contains("clerk"),
            "{text}"
        );
    }
    assert_eq!(
        get(&at, "/api/v1/labs").await.0,
        StatusCode::OK,
        "who reads goes on"
    );
    let log = at.log();
    assert_eq!(log.matches("permission denied for table").count(), 1, "{log}");
    assert_eq!(log.matches("the role clerk lacks").count(), 1, "{log}");
    grant("GRANT INSERT, UPDATE, DELETE ON ALL TO clerk").unwrap();
    at.ask(&["lab", "add", "Oxlip"]);
    turns(&at, StatusCode::OK).await;
    let log = at.log();
    for said in ["the database allows again", "ready again"] {
        assert_eq!(log.matches(said).count(), 1, "{said}: {log}");
    }
    assert_eq!(at.stop(), 0);
}

/// What was found is believed for a second.
async fn turns(at: &Installation, status: StatusCode) {
    for _ in 0..100 {
        if get(at, "/readyz").await.0 == status {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("readiness stays as it was");
}
