//! A halt over HTTP: no plaintext for whom it concerns, open exports cut, timers stopped, drafts kept.

use std::fs;
use std::time::Duration;

use cofferdam_work::import::{ImportOptions, import};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::leaks;
use crate::seat::Seat;
use crate::support::{Installation, arg, data};

impl Seat<'_> {
    /// Refused as halted, without a word of the task.
    pub(crate) async fn halted(&self, method: Method, path: &str, body: Option<Value>, secret: &str) {
        let response = self.send(method, path, body).await;
        let (status, text) = (response.status(), response.text().await.unwrap());
        let problem: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(
            (status, &problem["type"]),
            (StatusCode::FORBIDDEN, &json!("/problems/halted")),
            "{path}: {text}"
        );
        assert!(!text.contains(secret), "{path}");
        assert_eq!(problem["halt"]["reason"], "lab-request");
    }
}

/// A project with real tasks, and the token of its lab's steward.
pub(crate) fn stage(at: &Installation) -> String {
    at.ask(&["lab", "add", "Wenham"]);
    at.ask(&[
        "project",
        "add",
        "Wenham",
        "Pairs",
        "--template",
        "pairwise-preference",
    ]);
    at.ask(&["person", "add", "Script", "--component"]);
    let (_, token) = at.seat(
        "Pairs",
        "Script",
        &["--role", "integration", "--purpose", "import"],
    );
    let file = arg(&data("pandalm/testset-v1.json"));
    assert_eq!(at.ask_as(&token, &["import", &file])["tasks"], 999);
    at.ask(&["person", "add", "Stella"]);
    let steward = at.ask(&["engage", "--steward", "Wenham", "Stella"]);
    let token = at.ask(&[
        "token",
        "add",
        steward["id"].as_str().unwrap(),
        "--label",
        "portal",
    ]);
    token["token"].as_str().unwrap().to_owned()
}

/// What a halt would stop, as the lab's steward is told it; it stops nothing.
async fn dry_run(at: &Installation, steward: &str, author: &Seat<'_>) -> Value {
    let foreseen = at.ask_as(steward, &["halt", "project:Pairs", "--dry-run"]);
    let named = |each: &Value| each["engagement"]["id"] == json!(author.engagement);
    let items = foreseen["items"].as_array().unwrap();
    assert!(items.iter().find(|each| named(each)).unwrap()["timer_since"].is_string());
    assert!(
        items.iter().all(|each| each["engagement"]["principal"].is_null()),
        "a steward sees pseudonyms"
    );
    assert_eq!(author.ok(Method::GET, "/timer", None).await["state"], "running");
    foreseen
}

#[tokio::test]
async fn a_halted_engagement_gets_no_plaintext_and_loses_none_of_its_own() {
    let at = Installation::start();
    let steward = stage(&at);
    let author = Seat::new(&at, "Pairs", "Ada", &["--role", "author"]);
    let exporter = Seat::new(
        &at,
        "Pairs",
        "Eve",
        &["--role", "integration", "--purpose", "export"],
    );
    author
        .ok(Method::POST, "/timer", Some(json!({ "do": "start" })))
        .await;
    let held = author.ok(Method::POST, "/claims", Some(json!({}))).await;
    let secret = held["input"]["prompt"].as_str().unwrap().to_owned();
    let hold = format!("/assignments/{}", held["assignment"].as_str().unwrap());
    let answer = json!({ "answer": { "choice": "b", "reason": "half a thought" } });
    author
        .ok(Method::PUT, &format!("{hold}/draft"), Some(answer.clone()))
        .await;
    let mut export = exporter.send(Method::GET, "/export", None).await;
    let first = export.chunk().await.unwrap().unwrap();

    let foreseen = dry_run(&at, &steward, &author).await;
    let halt = at.ask_as(&steward, &["halt", "project:Pairs", "--reason", "lab-request"]);
    for count in ["engagements", "timers"] {
        assert_eq!(halt["stopped"][count], foreseen[count]);
    }
    assert_eq!(halt["stopped"]["timers"], 1);
    author
        .halted(Method::POST, "/claims", Some(json!({})), &secret)
        .await;
    author.halted(Method::GET, &hold, None, &secret).await;
    author.halted(Method::GET, "/guideline", None, &secret).await;
    author
        .halted(
            Method::POST,
            &format!("{hold}/submission"),
            Some(answer.clone()),
            &secret,
        )
        .await;
    exporter.halted(Method::GET, "/export", None, &secret).await;
    let mut bytes = first.len();
    let end = loop {
        match tokio::time::timeout(Duration::from_secs(10), export.chunk())
            .await
            .expect("the export hangs")
        {
            Ok(Some(more)) => bytes += more.len(),
            end => break end,
        }
    };
    assert!(
        end.is_err(),
        "the export came to a proper end after {bytes} bytes"
    );
    assert!(bytes < 900_000, "{bytes} bytes came");
    the_log_names(&at, [&exporter.engagement, halt["id"].as_str().unwrap()]);
    let timer = author.ok(Method::GET, "/timer", None).await;
    assert_eq!(
        (&timer["state"], &timer["last"]["cause"]),
        (&json!("stopped"), &json!("halted"))
    );
    assert_eq!(timer["last"]["to"], halt["since"]);

    at.ask_as(&steward, &["resume", halt["id"].as_str().unwrap()]);
    let again = author.ok(Method::GET, &hold, None).await;
    assert_eq!(again["draft"]["answer"], answer["answer"]);
    author
        .ok(Method::POST, &format!("{hold}/submission"), Some(answer))
        .await;
    nothing_in_clear(&at);
}

/// The engagement, and the halt, of an export that was cut.
/// Who may not read has nothing read for them by the platform's jobs.
#[tokio::test]
async fn a_halted_steward_has_nothing_read_or_delivered() {
    let at = Installation::start();
    let steward = stage(&at);
    let lab = at.ask_as(&steward, &["whoami"])["engagements"][0].clone();
    let project = at.ask(&["project", "show", "Pairs"])["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let asked = async |method: Method, path: &str| {
        let url = format!("{}/api/v1/projects/{project}{path}", at.base);
        let request = client.request(method.clone(), url).bearer_auth(&steward);
        let request = if method == Method::POST {
            request.json(&json!({}))
        } else {
            request
        };
        request.send().await.unwrap().status().as_u16()
    };
    assert_eq!(asked(Method::GET, "/agreement").await, 200);
    let made = asked(Method::POST, "/deliveries").await;
    assert_eq!(made, 409, "there is no recipient yet");
    let engagement = format!("engagement:{}", lab["id"].as_str().unwrap());
    let halt = at.ask(&["halt", &engagement, "--reason", "incident"]);
    for (method, path) in [(Method::GET, "/agreement"), (Method::POST, "/deliveries")] {
        assert_eq!(asked(method, path).await, 403, "{path}");
    }
    at.ask(&["resume", halt["id"].as_str().unwrap()]);
    assert_eq!(asked(Method::GET, "/agreement").await, 200);
}

fn the_log_names(at: &Installation, both: [&str; 2]) {
    let log = at.log();
    let mut cut = log.lines().filter(|line| line.contains("an export was cut"));
    assert!(
        cut.any(|line| both.iter().all(|named| line.contains(named))),
        "{both:?}: {log}"
    );
}

/// While the server runs: what was written last is in the write-ahead log.
fn nothing_in_clear(at: &Installation) {
    let file = fs::read(data("pandalm/testset-v1.json")).unwrap();
    let tasks = import(&file[..], &ImportOptions::default()).unwrap().tasks;
    let mut words = Vec::new();
    tasks
        .iter()
        .for_each(|task| leaks::texts(&task.input, &mut words));
    let folder = at.data();
    assert!(at.place.is_on_server() || folder.join("cofferdam.sqlite-wal").exists());
    at.place.copy_files(&folder).unwrap();
    leaks::none_of(&words, &folder);
}
