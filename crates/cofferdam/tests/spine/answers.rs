//! What HTTP clients are answered beside what they asked for: when to ask again, and what was wrong with the question.

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
    let nothing = json!({ "objects_per_hour": 0, "objects_per_day": 9, "bytes_per_hour": 9_999_999, "bytes_per_day": 9_999_999 });
    let path = format!("/projects/{}/engagements", project["id"].as_str().unwrap());
    let body = json!({ "principal": person["id"], "role": "author", "budget": nothing });
    let engaged: Value = desk
        .send(Method::POST, &path, Some(body))
        .await
        .json()
        .await
        .unwrap();
    let engagement = engaged["id"].as_str().unwrap().to_owned();
    let token = at.ask(&["token", "add", &engagement, "--label", "test"]);
    let author = Seat::with_token(at, engagement, token["token"].as_str().unwrap().to_owned());
    let refused = author.send(Method::POST, "/claims", Some(json!({}))).await;
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    assert!((1..=3_600).contains(&retry_after(&refused)));
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
            "nosuch: there is no such query parameter; there are `lab`",
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
        (json!({ "name": 5 }), "name: a text is needed, not 5"),
        (
            json!({ "nme": "x" }),
            "nme: there is no such member; there are `name`",
        ),
        (json!({}), "name: it is needed"),
    ] {
        let refused = desk.send(Method::POST, "/labs", Some(body)).await;
        assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(refused.json::<Value>().await.unwrap()["detail"], told);
    }
}
