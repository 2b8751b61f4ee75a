//! A lab's ledger that does not check: nothing of that lab is released, everybody concerned is told why, and nobody else
//! notices.

use std::fs;

use cofferdam_model::{Id as _, LabId, ProjectId};
use cofferdam_testbed::{Raw, cells};
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};

use crate::seat::Seat;
use crate::support::{Installation, run};

/// What whoever is concerned is told.
const CLOSED: &str = "this lab's ledger does not check and stays closed: all work there is stopped already";

/// A lab with a project of its own name, an author and a steward.
struct Place {
    lab: LabId,
    project: ProjectId,
    author: (String, String),
    steward: String,
}

impl Place {
    fn new(at: &Installation, name: &str) -> Self {
        let id = |value: &Value| value["id"].as_str().unwrap().to_owned();
        let lab = id(&at.ask(&["lab", "add", name])).parse().unwrap();
        let project = at.ask(&["project", "add", name, name, "--template", "chat"]);
        let author = at.seat(name, "Ada", &["--role", "author"]);
        let steward = id(&at.ask(&["engage", "--steward", name, &format!("Steward of {name}")]));
        let token = at.ask(&["token", "add", &steward, "--label", "portal"]);
        Self {
            lab,
            project: id(&project).parse().unwrap(),
            author,
            steward: token["token"].as_str().unwrap().to_owned(),
        }
    }

    fn seat<'i>(&self, at: &'i Installation) -> Seat<'i> {
        Seat::with_token(at, self.author.0.clone(), self.author.1.clone())
    }
}

async fn ask(at: &Installation, token: &str, path: &str, body: Option<Value>) -> (StatusCode, String) {
    let client = Client::builder().no_proxy().build().unwrap();
    let url = format!("{}{path}", at.base);
    let request = match body {
        Some(body) => client.post(url).json(&body),
        None => client.get(url),
    };
    let answer = request.bearer_auth(token).send().await.unwrap();
    (answer.status(), answer.text().await.unwrap())
}

/// Nobody takes a list for all there is that is not.
async fn lists_say_what_they_lack(at: &Installation, closed: &Place, operator: &str) {
    for path in ["/api/v1/halts", "/api/v1/projects"] {
        for token in [operator, &closed.steward] {
            let (status, text) = ask(at, token, path, None).await;
            assert_eq!(status, StatusCode::OK, "{path}: {text}");
            let list: Value = serde_json::from_str(&text).unwrap();
            assert_eq!(list["unread"], json!([closed.lab.to_string()]), "{path}: {text}");
        }
    }
    let listed = run(&at.with(&["halt", "list"]));
    assert_eq!(listed.code, 1, "{}", listed.stdout);
    let lacks = format!(
        "this is not all: of {} something is not as it was written",
        closed.lab
    );
    assert!(listed.stderr.contains(&lacks), "{}", listed.stderr);
    let metrics = ask(at, "", "/metrics", None).await.1;
    assert!(metrics.contains("\nledgers_closed 1\n"), "{metrics}");
}

#[tokio::test]
async fn a_closed_ledger_is_said_to_be_closed_and_is_nobody_elses_concern() {
    let mut at = Installation::start();
    for name in ["Ada", "Steward of Wenham", "Steward of Ipswich"] {
        at.ask(&["person", "add", name]);
    }
    let (closed, open) = (Place::new(&at, "Wenham"), Place::new(&at, "Ipswich"));
    assert_eq!(at.stop(), 0);
    let raw = Raw::open(&at.place, &at.data()).unwrap();
    let unseal = "UPDATE ledger SET seal = $2 WHERE compartment = $1 AND n = 1";
    assert_eq!(
        raw.run(unseal, cells![closed.lab.as_bytes(), &[0_u8; 32]])
            .unwrap(),
        1
    );
    drop(raw);
    at.serve();

    let told = |(status, text): (StatusCode, String), what: &str| {
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{what}: {text}");
        assert!(
            text.contains(CLOSED) && text.contains("cofferdam doctor"),
            "{what}: {text}"
        );
    };
    let seat = closed.seat(&at);
    for (method, path) in [(Method::POST, "/claims"), (Method::GET, "/guideline")] {
        let body = (method == Method::POST).then(|| json!({}));
        let answer = seat.send(method, path, body).await;
        told((answer.status(), answer.text().await.unwrap()), path);
    }
    let operator = fs::read_to_string(at.data().join("operator.token")).unwrap();
    let (lab, project) = (closed.lab, closed.project);
    for token in [operator.trim(), &closed.steward] {
        for path in [
            format!("/api/v1/labs/{lab}/accesses"),
            format!("/api/v1/labs/{lab}/accesses/summary"),
            format!("/api/v1/projects/{project}"),
        ] {
            told(ask(&at, token, &path, None).await, &path);
        }
        for scope in [format!("lab:{lab}"), format!("project:{project}")] {
            let halt = json!({ "scope": scope, "reason": "drill" });
            told(ask(&at, token, "/api/v1/halts", Some(halt)).await, &scope);
        }
    }
    let recipients = format!("/api/v1/labs/{lab}/recipients");
    told(ask(&at, &closed.steward, &recipients, None).await, &recipients);
    // To whoever has nothing to do with that lab, what it has is not there, closed or not.
    for path in [
        recipients,
        format!("/api/v1/projects/{project}"),
        format!("/api/v1/projects/{project}/agreement"),
        format!("/api/v1/projects/{project}/engagements"),
    ] {
        let strange = ask(&at, &open.steward, &path, None).await;
        assert_eq!(strange.0, StatusCode::NOT_FOUND, "{path}: {}", strange.1);
    }
    let guideline = format!("/guideline?project={project}");
    let strange = open.seat(&at).send(Method::GET, &guideline, None).await;
    assert_eq!(strange.status(), StatusCode::NOT_FOUND);

    let claimed = open
        .seat(&at)
        .send(Method::POST, "/claims", Some(json!({})))
        .await;
    assert_eq!(claimed.status(), StatusCode::NO_CONTENT);
    let (status, text) = ask(&at, "", "/readyz", None).await;
    assert_eq!(status, StatusCode::OK, "{text}");
    assert!(
        text.contains("1 lab's ledger does not check and stays closed"),
        "{text}"
    );
    lists_say_what_they_lack(&at, &closed, operator.trim()).await;
}
