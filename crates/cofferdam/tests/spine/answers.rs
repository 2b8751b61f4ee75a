//! What HTTP clients are answered beside what they asked for: when to ask again, and what was wrong with the question.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;

use reqwest::{Client, Method, Response, StatusCode};
use serde_json::{Value, json};

use crate::seat::Seat;
use crate::support::Installation;

struct Desk {
    at: Installation,
    http: Client,
    token: String,
}

impl Desk {
    fn new() -> Self {
        let at = Installation::start();
        let token = std::fs::read_to_string(at.data().join("operator.token")).unwrap();
        Self {
            http: Client::builder().no_proxy().build().unwrap(),
            token: token.trim().to_owned(),
            at,
        }
    }

    async fn send(&self, method: Method, path: &str, body: Option<Value>) -> Response {
        let url = format!("{}/api/v1{path}", self.at.base);
        let request = self.http.request(method, url).bearer_auth(&self.token);
        let request = match body {
            Some(body) => request.json(&body),
            None => request,
        };
        request.send().await.unwrap()
    }
}

fn retry_after(response: &Response) -> u64 {
    let header = response.headers().get("retry-after").unwrap();
    header.to_str().unwrap().parse().unwrap()
}

#[tokio::test]
async fn a_spent_budget_says_when_it_opens_again() {
    let desk = Desk::new();
    let at = &desk.at;
    at.ask(&["lab", "add", "Wenham"]);
    let project = at.ask(&["project", "add", "Wenham", "Talk", "--template", "freeform"]);
    at.ask(&["person", "add", "Script", "--component"]);
    let grant = ["--role", "integration", "--purpose", "import"];
    let (_, import) = at.seat("Talk", "Script", &grant);
    let file = at.beside("tasks.jsonl");
    std::fs::write(&file, "{\"body\":\"one\"}\n").unwrap();
    at.ask_as(&import, &["import", file.to_str().unwrap()]);
    let person = at.ask(&["person", "add", "Ada"]);
    let path = format!("/projects/{}/engagements", project["id"].as_str().unwrap());
    let author = async |bytes: u64| {
        let budget = json!({ "objects_per_hour": 1, "objects_per_day": 9, "bytes_per_hour": bytes, "bytes_per_day": 9_999_999 });
        let body = json!({ "principal": person["id"], "role": "author", "budget": budget });
        let engaged = desk.send(Method::POST, &path, Some(body)).await;
        let engaged: Value = engaged.json().await.unwrap();
        let engagement = engaged["id"].as_str().unwrap().to_owned();
        let token = at.ask(&["token", "add", &engagement, "--label", "test"]);
        Seat::with_token(at, engagement, token["token"].as_str().unwrap().to_owned())
    };
    let one = author(9_999_999).await;
    let claim = async |seat: &Seat| seat.send(Method::POST, "/claims", Some(json!({}))).await;
    assert_eq!(claim(&one).await.status(), StatusCode::OK);
    let spent = claim(&one).await;
    assert_eq!(spent.status(), StatusCode::TOO_MANY_REQUESTS);
    assert!((1..=3_600).contains(&retry_after(&spent)));
    // What no hour will allow is another thing, and nobody is told to come back for it.
    at.ask(&["engage", "--end", &one.engagement]);
    let none = claim(&author(1).await).await;
    assert_eq!(none.status(), StatusCode::FORBIDDEN);
    assert!(none.headers().get("retry-after").is_none());
    let told: Value = none.json().await.unwrap();
    let detail = "this alone is more than the read budget has of bytes for an hour; ask your operator for a larger one";
    assert_eq!(
        (told["type"].as_str(), told["detail"].as_str()),
        (Some("/problems/budget-too-small"), Some(detail))
    );
}

#[tokio::test]
async fn a_query_that_does_not_read_is_told_by_its_parameter() {
    let desk = Desk::new();
    for (path, told) in [
        ("/people?limit=abc", "limit: a whole number is needed"),
        (
            "/people?limit=99999999999999",
            "limit: that number is out of range",
        ),
        ("/halts?open=maybe", "open: `true` or `false` is needed"),
        (
            "/projects?nosuch=1",
            "nosuch: there is no such query parameter; there are `cursor`, `lab`, `limit`",
        ),
        (
            "/me?x=1",
            "x: there is no such query parameter; this operation has none",
        ),
        (
            "/people?limit=1&limit=2",
            "limit: it is given twice; give it once",
        ),
    ] {
        let refused = desk.send(Method::GET, path, None).await;
        assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY, "{path}");
        let problem: Value = refused.json().await.unwrap();
        assert_eq!(problem["detail"], told);
        assert_eq!(problem["errors"][0]["field"], told.split(':').next().unwrap());
    }
    for (body, told) in [
        (json!({ "name": 5 }), "/name: a text is needed, not 5"),
        (
            json!({ "nme": "x" }),
            "/nme: there is no such member; there are `name`",
        ),
        (json!({}), "/name: it is needed"),
    ] {
        let refused = desk.send(Method::POST, "/labs", Some(body)).await;
        assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
        let problem: Value = refused.json().await.unwrap();
        assert_eq!(problem["detail"], told);
        assert_eq!(problem["errors"][0]["field"], told.split(':').next().unwrap());
    }
}

/// The places that a problem names.
fn fields(problem: &Value) -> Vec<&str> {
    let errors = problem["errors"].as_array().unwrap();
    errors.iter().map(|e| e["field"].as_str().unwrap()).collect()
}

/// RFC 6901 throughout: whoever reads the member can go to the place in what they sent.
#[tokio::test]
async fn what_is_wrong_in_a_body_is_named_by_a_json_pointer() {
    let desk = Desk::new();
    let at = &desk.at;
    at.ask(&["lab", "add", "Wenham"]);
    let project = at.ask(&["project", "add", "Wenham", "Talk", "--template", "freeform"]);
    let person = at.ask(&["person", "add", "Bea"]);
    let most = 9_007_199_254_740_992_u64;
    let budget =
        json!({ "objects_per_hour": 1, "objects_per_day": 9, "bytes_per_hour": most, "bytes_per_day": 9 });
    let path = format!("/projects/{}/engagements", project["id"].as_str().unwrap());
    for (changed, field) in [
        (json!({ "budget": budget }), "/budget/bytes_per_hour"),
        (json!({ "budget": {} }), "/budget/objects_per_hour"),
        (json!({ "until": "soon" }), "/until"),
        (json!({ "purposes": ["import", "dance"] }), "/purposes/1"),
    ] {
        let mut body = json!({ "principal": person["id"], "role": "author" });
        for (name, value) in changed.as_object().unwrap() {
            body[name] = value.clone();
        }
        let problem: Value = desk
            .send(Method::POST, &path, Some(body))
            .await
            .json()
            .await
            .unwrap();
        assert_eq!(fields(&problem), [field], "{problem}");
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.starts_with(&format!("{field}: ")), "{detail}");
    }
}

/// A list of an object's members in their order is not that object.
#[tokio::test]
async fn a_list_is_not_taken_for_an_object() {
    let desk = Desk::new();
    let at = &desk.at;
    at.ask(&["lab", "add", "Wenham"]);
    let project = at.ask(&["project", "add", "Wenham", "Talk", "--template", "freeform"]);
    let person = at.ask(&["person", "add", "Bea"]);
    let engagements = format!("/projects/{}/engagements", project["id"].as_str().unwrap());
    let told = async |path: &str, body: Value| {
        let refused = desk.send(Method::POST, path, Some(body)).await;
        assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
        let problem: Value = refused.json().await.unwrap();
        problem["detail"].as_str().unwrap().to_owned()
    };
    for budget in [json!([1, 1, 1000, 1000]), json!([]), json!([1])] {
        let body = json!({ "principal": person["id"], "role": "author", "budget": budget });
        assert_eq!(
            told(&engagements, body).await,
            "/budget: an object is needed, not a list"
        );
    }
    let template = json!({
        "version": 1, "kind": "freeform", "name": "n", "description": "d", "layout": [],
        "input": { "type": "object" }, "answer": { "type": "object" },
    });
    let labs = at.ask(&["lab", "list"]);
    let path = format!("/labs/{}/projects", labs[0]["id"].as_str().unwrap());
    let told = told(&path, json!({ "name": "Own", "template": template })).await;
    assert!(told.ends_with("an object is needed, not a list"), "{told}");
}

#[tokio::test]
async fn what_does_not_fit_of_an_answer_is_named_from_the_body_on() {
    let at = Installation::start();
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
    let (_, import) = at.seat(
        "Pairs",
        "Script",
        &["--role", "integration", "--purpose", "import"],
    );
    let file = at.beside("tasks.jsonl");
    let row = r#"{"prompt":"p","response_a":"a","response_b":"b"}"#;
    std::fs::write(&file, row).unwrap();
    at.ask_as(&import, &["import", file.to_str().unwrap()]);
    let ada = Seat::new(&at, "Pairs", "Ada", &["--role", "author"]);
    let held = ada.ok(Method::POST, "/claims", Some(json!({}))).await;
    let submit = format!("/assignments/{}/submission", held["assignment"].as_str().unwrap());
    for (answer, field) in [
        (json!({ "choice": "c" }), "/answer/choice"),
        (json!({}), "/answer/choice"),
    ] {
        let refused = ada
            .send(Method::POST, &submit, Some(json!({ "answer": answer })))
            .await;
        let status = refused.status();
        let problem: Value = refused.json().await.unwrap();
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{problem}");
        assert_eq!(fields(&problem), [field], "{problem}");
    }
}

/// A client that writes all it has before it reads: the status it is answered.
fn written(connection: &mut BufReader<TcpStream>, token: &str, bytes: usize) -> String {
    let head = format!(
        "POST /api/v1/labs HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n\
         Content-Length: {bytes}\r\n\r\n"
    );
    connection.get_mut().write_all(head.as_bytes()).unwrap();
    for _ in 0..bytes / 1_000 {
        connection.get_mut().write_all(&[b'x'; 1_000]).unwrap();
    }
    let (mut status, mut length) = (String::new(), 0);
    connection.read_line(&mut status).unwrap();
    loop {
        let mut line = String::new();
        connection.read_line(&mut line).unwrap();
        match line.trim().split_once(": ") {
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                length = value.parse().unwrap()
            }
            Some(_) => {}
            None => break,
        }
    }
    let mut body = vec![0; length];
    connection.read_exact(&mut body).unwrap();
    status.split(' ').nth(1).unwrap().to_owned()
}

/// Whoever asks first (RFC 9110, section 10.1.1) is not told to go on with what is not taken.
#[test]
fn what_says_that_it_is_too_large_is_refused_before_it_is_sent() {
    let at = Installation::start();
    let token = std::fs::read_to_string(at.data().join("operator.token")).unwrap();
    let imports = "/engagements/eng_01ARZ3NDEKTSV4RRFFQ69G5FAV/imports";
    for (path, bytes, answered) in [
        ("/labs", 999_999_999_u64, "413"),
        ("/labs", (8 << 20) + 1, "413"),
        ("/labs", 8 << 20, "100"),
        (imports, (512 << 20) + 1, "413"),
        // Not that it is too large, but that there is no such engagement.
        (imports, 512 << 20, "404"),
    ] {
        let connection = TcpStream::connect(at.base.trim_start_matches("http://")).unwrap();
        let mut connection = BufReader::new(connection);
        let head = format!(
            "POST /api/v1{path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\n\
             Expect: 100-continue\r\nContent-Length: {bytes}\r\n\r\n",
            token.trim()
        );
        connection.get_mut().write_all(head.as_bytes()).unwrap();
        let mut status = String::new();
        connection.read_line(&mut status).unwrap();
        assert_eq!(status.split(' ').nth(1), Some(answered), "{path}: {bytes}");
    }
}

#[test]
fn who_is_refused_while_they_still_write_gets_the_answer_and_keeps_the_connection() {
    let at = Installation::start_with(|data, _| {
        let file = data.join("cofferdam.toml");
        let text = std::fs::read_to_string(&file).unwrap();
        let slow = text.replace("requests_per_second = 200", "requests_per_second = 1");
        assert_ne!(text, slow);
        std::fs::write(file, slow).unwrap();
    });
    let token = std::fs::read_to_string(at.data().join("operator.token")).unwrap();
    let connect = || {
        let connection = TcpStream::connect(at.base.trim_start_matches("http://")).unwrap();
        BufReader::new(connection)
    };
    let mut connection = connect();
    let answered: Vec<String> = (0..6)
        .map(|_| written(&mut connection, token.trim(), 4_000_000))
        .collect();
    assert!(answered.contains(&"429".to_owned()), "{answered:?}");
    let mut stranger = connect();
    for _ in 0..2 {
        assert_eq!(written(&mut stranger, "cft_none", 4_000_000), "401");
    }
}

/// A body may be long on its way: whoever's credential was revoked meanwhile has asked for nothing.
#[test]
fn what_is_revoked_while_a_body_is_on_its_way_does_nothing() {
    let at = Installation::start();
    at.ask(&["lab", "add", "Wenham"]);
    at.ask(&["person", "add", "Omar", "--operator"]);
    for (path, body) in [
        ("/labs", r#"{"name":"Ipswich"}"#),
        ("/me/notices/read", r#"{"up_to":"x"}"#),
    ] {
        let issued = at.ask(&["token", "add", "--operator", "Omar", "--label", "test"]);
        let mut connection = TcpStream::connect(at.base.trim_start_matches("http://")).unwrap();
        let head = format!(
            "POST /api/v1{path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\n\r\n{{",
            issued["token"].as_str().unwrap(),
            body.len()
        );
        connection.write_all(head.as_bytes()).unwrap();
        std::thread::sleep(std::time::Duration::from_millis(300));
        at.ask(&["token", "revoke", issued["credential"].as_str().unwrap()]);
        connection.write_all(&body.as_bytes()[1..]).unwrap();
        let mut status = String::new();
        BufReader::new(connection).read_line(&mut status).unwrap();
        assert_eq!(status.split(' ').nth(1), Some("401"), "{path}: {status}");
    }
    assert_eq!(at.ask(&["lab", "list"]).as_array().unwrap().len(), 1);
}
