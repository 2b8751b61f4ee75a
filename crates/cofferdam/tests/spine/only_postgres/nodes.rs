//! Several nodes on one database: what one records every other obeys, and one that hears nothing of the others lets nothing out.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::Duration;

use cofferdam_testbed::{Place, Server, Wire};
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::halted::stage;
use crate::seat::Seat;
use crate::support::{Installation, arg, ok, run, serve_with};

/// Two nodes, `a` and `b`; what `b` has to do with the database goes by the wire.
struct Nodes {
    a: Installation,
    b: Node,
    wire: Wire,
    _server: Server,
}

struct Node {
    folder: TempDir,
    base: String,
    process: Child,
}

impl Node {
    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap()
    }

    fn tell(&self, signal: &str) {
        let told = Command::new("kill")
            .args([signal, &self.process.id().to_string()])
            .status();
        assert!(told.unwrap().success());
    }
}

/// What makes a process take its time from a file in a folder: Debian's `faketime`.
fn clock(folder: &Path) -> [(&'static str, String); 4] {
    let file = folder.join("clock");
    fs::write(&file, "+0\n").unwrap();
    let folders = fs::read_dir("/usr/lib").unwrap();
    let mut libraries = folders.map(|found| found.unwrap().path().join("faketime/libfaketimeMT.so.1"));
    let library = libraries.find(|library| library.exists()).unwrap_or_default();
    assert!(
        library.exists(),
        "libfaketimeMT.so.1 is missing: apt-get install faketime"
    );
    [
        ("LD_PRELOAD", arg(&library)),
        ("FAKETIME_TIMESTAMP_FILE", arg(&file)),
        ("FAKETIME_NO_CACHE", "1".to_owned()),
        ("FAKETIME_DONT_FAKE_MONOTONIC", "1".to_owned()),
    ]
}

impl Drop for Node {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = (self.process.kill(), self.process.wait());
    }
}

/// Sets another value in a configuration.
fn set(data: &Path, from: &str, to: &str) {
    let file = data.join("cofferdam.toml");
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.contains(from), "{text}");
    fs::write(&file, text.replace(from, to)).unwrap();
}

impl Nodes {
    fn start() -> Self {
        let server = Server::start().unwrap();
        let wire = Wire::before(&server).unwrap();
        let place = Place::on(&server.url()).unwrap();
        let a = Installation::start_at(place, |data, _| set(data, "\nnode = \"\"", "\nnode = \"a\""));
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        ok(&[
            "init",
            "--data",
            &arg(&data),
            "--join",
            &arg(&a.data()),
            "--node",
            "b",
        ]);
        set(&data, &server.url(), &wire.url());
        let (process, base) = serve_with(&data, &folder.path().join("log"), &clock(folder.path()));
        let b = Node {
            folder,
            base,
            process,
        };
        Self {
            a,
            b,
            wire,
            _server: server,
        }
    }

    /// A project with tasks, its steward's token, and an author and an exporter who are at `b`.
    fn staged(&self) -> (String, Seat<'_>, Seat<'_>) {
        let steward = stage(&self.a);
        let author = Seat::new(&self.a, "Pairs", "Ada", &["--role", "author"]);
        let export = ["--role", "integration", "--purpose", "export"];
        let exporter = Seat::new(&self.a, "Pairs", "Eve", &export);
        (steward, author.by(&self.b.base), exporter.by(&self.b.base))
    }

    /// Sets the clock of `b`: so many seconds ahead of that of everybody else.
    fn skew(&self, seconds: i64) {
        fs::write(self.b.folder.path().join("clock"), format!("{seconds:+}\n")).unwrap();
    }

    fn halt(&self, steward: &str) -> Value {
        self.a
            .ask_as(steward, &["halt", "project:Pairs", "--reason", "lab-request"])
    }
}

/// Whether an answer comes to a proper end, and after how many bytes.
async fn ending(mut answer: Response) -> (bool, usize) {
    let mut bytes = 0;
    loop {
        let next = tokio::time::timeout(Duration::from_secs(30), answer.chunk());
        match next.await.unwrap_or(Ok(None)) {
            Ok(Some(more)) => bytes += more.len(),
            end => return (end.is_ok(), bytes),
        }
    }
}

/// An export that has begun.
async fn begun(exporter: &Seat<'_>) -> Response {
    let mut export = exporter.send(Method::GET, "/export", None).await;
    assert_eq!(export.status(), StatusCode::OK);
    assert!(export.chunk().await.unwrap().is_some());
    export
}

#[tokio::test]
async fn what_one_node_halts_no_other_goes_on_with() {
    let nodes = Nodes::start();
    let (steward, author, exporter) = nodes.staged();
    let start = json!({ "do": "start" });
    author.ok(Method::POST, "/timer", Some(start)).await;
    let held = author.ok(Method::POST, "/claims", Some(json!({}))).await;
    let secret = held["input"]["prompt"].as_str().unwrap();
    let hold = format!("/assignments/{}", held["assignment"].as_str().unwrap());
    let export = begun(&exporter).await;

    let halt = nodes.halt(&steward);
    assert_eq!(halt["stopped"]["timers"], 1, "it was started at the other node");
    author
        .halted(Method::POST, "/claims", Some(json!({})), secret)
        .await;
    author.halted(Method::GET, &hold, None, secret).await;
    exporter.halted(Method::GET, "/export", None, secret).await;
    let (proper, bytes) = ending(export).await;
    assert!(!proper, "the export came to its end after {bytes} bytes");
    assert!(nodes.b.log().contains("an export was cut"));
    let timer = author.ok(Method::GET, "/timer", None).await;
    assert_eq!(timer["last"]["cause"], "halted");

    let resume = ["resume", halt["id"].as_str().unwrap()];
    ok(&[&resume[..], &["--server", &nodes.b.base, "--token", &steward]].concat());
    author.by(&nodes.a.base).ok(Method::GET, &hold, None).await;
}

#[tokio::test]
async fn a_node_that_hears_nothing_lets_nothing_out() {
    let nodes = Nodes::start();
    let (steward, author, exporter) = nodes.staged();
    let held = author.ok(Method::POST, "/claims", Some(json!({}))).await;
    let secret = held["input"]["prompt"].as_str().unwrap();
    let export = begun(&exporter).await;
    nodes.wire.hold();
    // It may have been `b`'s turn.
    let halt = nodes.halt(&steward);
    let (proper, bytes) = ending(export).await;
    assert!(!proper, "the export came to its end after {bytes} bytes");
    let log = nodes.b.log();
    assert!(log.contains("nothing was heard of the other nodes"), "{log}");
    let ready = reqwest::Client::builder().no_proxy().build().unwrap();
    let ready = ready
        .get(format!("{}/readyz", nodes.b.base))
        .send()
        .await
        .unwrap();
    assert_eq!(ready.status(), StatusCode::SERVICE_UNAVAILABLE);
    nodes.wire.let_go();
    let there = || async {
        author
            .send(Method::POST, "/claims", Some(json!({})))
            .await
            .status()
    };
    let mut status = there().await;
    for _ in 0..200 {
        if status != StatusCode::SERVICE_UNAVAILABLE {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
        status = there().await;
    }
    author
        .halted(Method::POST, "/claims", Some(json!({})), secret)
        .await;
    nodes
        .a
        .ask_as(&steward, &["resume", halt["id"].as_str().unwrap()]);
    assert!(ending(begun(&exporter).await).await.0);
    assert!(nodes.b.log().contains("the other nodes are heard of again"));
}

#[tokio::test]
async fn a_node_that_stood_still_hears_first_and_then_goes_on() {
    let nodes = Nodes::start();
    let (steward, _, exporter) = nodes.staged();
    let export = begun(&exporter).await;
    nodes.b.tell("-STOP");
    nodes.halt(&steward);
    tokio::time::sleep(Duration::from_secs(2)).await;
    nodes.b.tell("-CONT");
    let (proper, bytes) = ending(export).await;
    assert!(!proper, "the export came to its end after {bytes} bytes");
}

/// What it recorded would have another time than what the others do, and a halt until a time would end at another.
#[tokio::test]
async fn a_node_whose_clock_is_wrong_does_nothing_until_it_is_set_right() {
    let nodes = Nodes::start();
    let (_, author, _) = nodes.staged();
    let claim = async || author.send(Method::POST, "/claims", Some(json!({}))).await;
    let look = reqwest::Client::builder().no_proxy().build().unwrap();
    let ready = async || {
        let ready = look.get(format!("{}/readyz", nodes.b.base)).send().await.unwrap();
        (ready.status(), ready.text().await.unwrap())
    };
    assert_eq!(claim().await.status(), StatusCode::OK);
    for (seconds, told) in [(90, "ahead of"), (-90, "behind")] {
        nodes.skew(seconds);
        let refused = claim().await;
        assert_eq!(
            refused.status(),
            StatusCode::SERVICE_UNAVAILABLE,
            "{seconds}: {}",
            nodes.b.log()
        );
        tokio::time::sleep(Duration::from_millis(1_200)).await;
        let (status, why) = ready().await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(
            why.contains(told) && why.contains("set the one that is wrong"),
            "{why}"
        );
        // The others go on.
        let there = author.by(&nodes.a.base);
        assert_eq!(
            there
                .send(Method::POST, "/claims", Some(json!({})))
                .await
                .status(),
            StatusCode::OK
        );
    }
    nodes.skew(0);
    tokio::time::sleep(Duration::from_millis(1_200)).await;
    assert_eq!(ready().await.0, StatusCode::OK);
    assert_eq!(claim().await.status(), StatusCode::OK);
    let recorded = nodes
        .a
        .ask(&["ledger", "tail", "Wenham", "--entries", "500"])
        .to_string();
    assert!(
        recorded.contains("task-released") && !recorded.contains("clock"),
        "{recorded}"
    );
}

/// Claims and answers so many tasks; which.
async fn work(seat: Seat<'_>, tasks: usize) -> Vec<String> {
    let mut done = Vec::new();
    for _ in 0..tasks {
        let held = seat.ok(Method::POST, "/claims", Some(json!({}))).await;
        let answer = json!({ "answer": { "choice": "a", "reason": "the first is right" } });
        let path = format!("/assignments/{}/submission", held["assignment"].as_str().unwrap());
        seat.ok(Method::POST, &path, Some(answer)).await;
        done.push(held["task"].as_str().unwrap().to_owned());
    }
    done
}

#[tokio::test]
async fn nodes_work_side_by_side_on_one_ledger() {
    let mut nodes = Nodes::start();
    let (_, author, _) = nodes.staged();
    let other = Seat::new(&nodes.a, "Pairs", "Bert", &["--role", "author"]);
    let (here, there) = tokio::join!(work(other, 15), work(author, 15));
    let all: BTreeSet<&String> = here.iter().chain(&there).collect();
    assert_eq!(all.len(), 30, "no task is given twice");
    // Whichever leads tells: once it is gone, the other does.
    let told = |at: &Installation| at.place.sql("SELECT COUNT(*) FROM notice").unwrap();
    nodes.a.kill();
    let before = told(&nodes.a);
    let token = fs::read_to_string(nodes.a.data().join("operator.token")).unwrap();
    let client = ["--server", &nodes.b.base, "--token", token.trim()];
    ok(&[&["halt", "project:Pairs", "--reason", "drill"][..], &client].concat());
    let more = (0..200).any(|_| {
        std::thread::sleep(Duration::from_millis(100));
        told(&nodes.a) != before
    });
    assert!(more, "nobody is told");
    nodes.b.tell("-TERM");
    assert!(nodes.b.process.wait().unwrap().success(), "{}", nodes.b.log());
    for data in [nodes.a.data(), nodes.b.data()] {
        let examined = run(&["doctor", "--data", &arg(&data)]);
        assert_eq!(examined.code, 0, "{}", examined.stderr);
    }
}

#[tokio::test]
async fn nobody_who_is_alone_is_let_in_beside_nodes_nor_two_of_one_name() {
    let nodes = Nodes::start();
    let copy = nodes.b.folder.path().join("copy");
    fs::create_dir(&copy).unwrap();
    for file in ["cofferdam.toml", "installation.key"] {
        fs::copy(nodes.b.data().join(file), copy.join(file)).unwrap();
    }
    let serve = || run(&["serve", "--data", &arg(&copy), "--listen", "127.0.0.1:0"]);
    let second = serve();
    assert_eq!(second.code, 1);
    let named = "another process is the node `b` of this database";
    assert!(second.stderr.contains(named), "{}", second.stderr);
    set(&copy, "\nnode = \"b\"", "\nnode = \"\"");
    let alone = serve();
    assert_eq!(alone.code, 1);
    let held = "another process is using this data folder or its database";
    assert!(alone.stderr.contains(held), "{}", alone.stderr);
}
