//! Lists, page by page over HTTP: nothing is left out or shown twice, and no cursor tells a name.

use std::fs;

use reqwest::{Client, Method};
use serde_json::{Value, json};

use crate::seat::Seat;
use crate::support::Installation;

struct Reader<'i> {
    at: &'i Installation,
    http: Client,
    token: String,
}

impl<'i> Reader<'i> {
    fn new(at: &'i Installation) -> Self {
        let token = fs::read_to_string(at.data().join("operator.token")).unwrap();
        Self {
            at,
            http: Client::builder().no_proxy().build().unwrap(),
            token: token.trim().to_owned(),
        }
    }

    async fn page(&self, path: &str, limit: u32, cursor: Option<&str>) -> Value {
        let sign = if path.contains('?') { '&' } else { '?' };
        let cursor = cursor.map_or_else(String::new, |cursor| format!("&cursor={cursor}"));
        let url = format!("{}/api/v1{path}{sign}limit={limit}{cursor}", self.at.base);
        let asked = self.http.get(&url).bearer_auth(&self.token).send().await.unwrap();
        let (status, body) = (asked.status(), asked.text().await.unwrap());
        assert!(status.is_success(), "{url}: {status} {body}");
        serde_json::from_str(&body).unwrap()
    }

    /// The whole list, and the cursors that led through it.
    async fn all(&self, path: &str, limit: u32) -> (Vec<Value>, Vec<String>) {
        let (mut items, mut cursors) = (Vec::new(), Vec::<String>::new());
        loop {
            let page = self.page(path, limit, cursors.last().map(String::as_str)).await;
            let found = page["items"].as_array().unwrap();
            assert!(found.len() <= limit as usize, "{path}");
            items.extend(found.iter().cloned());
            match page["next"].as_str() {
                Some(next) => cursors.push(next.to_owned()),
                None => return (items, cursors),
            }
        }
    }
}

/// A cursor comes into logs of proxies and into histories.
fn is_opaque(cursor: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
    cursor.chars().all(plain) && cursor.len() <= 40
}

#[tokio::test]
async fn every_list_is_read_page_by_page_as_it_is_in_one() {
    let at = Installation::start();
    for lab in ["Wenham", "Alder", "Mistral"] {
        at.ask(&["lab", "add", lab]);
        for project in ["Talk", "Sums"] {
            let name = format!("{lab} {project}");
            at.ask(&["project", "add", lab, &name, "--template", "freeform"]);
        }
    }
    at.ask(&["person", "add", "Script", "--component"]);
    let import = ["--role", "integration", "--purpose", "import"];
    let (_, script) = at.seat("Wenham Talk", "Script", &import);
    let file = at.beside("tasks.jsonl");
    fs::write(&file, "{\"body\":\"1\"}\n{\"body\":\"2\"}\n{\"body\":\"3\"}\n").unwrap();
    at.ask_as(&script, &["import", file.to_str().unwrap()]);
    let ada = Seat::new(&at, "Wenham Talk", "Ada", &["--role", "author"]);
    Seat::new(&at, "Wenham Talk", "Bea", &["--role", "author"]);
    for _ in 0..3 {
        let held = ada.ok(Method::POST, "/claims", Some(json!({}))).await;
        let path = format!("/assignments/{}/submission", held["assignment"].as_str().unwrap());
        ada.ok(Method::POST, &path, Some(json!({ "answer": { "text": "a" } })))
            .await;
    }
    for label in ["one", "two"] {
        at.ask(&["token", "add", &ada.engagement, "--label", label]);
    }

    let labs = at.ask(&["lab", "list"]);
    let wenham = labs.as_array().unwrap().iter().find(|l| l["name"] == "Wenham");
    let wenham = wenham.unwrap()["id"].as_str().unwrap();
    let talk = at.ask(&["project", "show", "Wenham Talk"])["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let (operator, author) = (Reader::new(&at), Reader::new(&at));
    let author = Reader {
        token: ada.token.clone(),
        ..author
    };
    for (reader, path, most) in [
        (&operator, "/labs".to_owned(), 3),
        (&operator, "/projects".to_owned(), 6),
        (&operator, format!("/projects?lab={wenham}"), 2),
        (&operator, "/people".to_owned(), 4),
        // Two are the platform's own jobs.
        (&operator, format!("/projects/{talk}/engagements"), 5),
        (
            &operator,
            format!("/engagements/{}/credentials?good=true", ada.engagement),
            3,
        ),
        (&author, format!("/engagements/{}/assignments", ada.engagement), 3),
        (&operator, format!("/labs/{wenham}/accesses"), 500),
    ] {
        let (whole, none) = reader.all(&path, 500).await;
        assert!(none.is_empty(), "{path}");
        assert!(whole.len() == most || most == 500, "{path}: {}", whole.len());
        for limit in [1, 2] {
            let (items, cursors) = reader.all(&path, limit).await;
            assert_eq!(items, whole, "{path} by {limit}");
            assert_eq!(cursors.len(), whole.len().div_ceil(limit as usize) - 1, "{path}");
            assert!(cursors.iter().all(|c| is_opaque(c)), "{path}: {cursors:?}");
        }
    }
}

/// What is resumed goes behind what is open: those that were to follow it are shown all the same.
#[tokio::test]
async fn a_halt_that_is_resumed_between_two_pages_hides_no_other() {
    let at = Installation::start();
    for lab in ["Wenham", "Alder", "Mistral"] {
        at.ask(&["lab", "add", lab]);
    }
    let labs = at.ask(&["lab", "list"]);
    for lab in labs.as_array().unwrap() {
        let scope = format!("lab:{}", lab["id"].as_str().unwrap());
        at.ask(&["halt", &scope, "--reason", "drill"]);
    }
    let operator = Reader::new(&at);
    let (open, cursors) = operator.all("/halts", 1).await;
    assert_eq!((open.len(), cursors.len()), (3, 2));
    assert!(cursors.iter().all(|c| is_opaque(c)), "{cursors:?}");
    at.ask(&["resume", open[0]["id"].as_str().unwrap()]);
    let rest = operator.page("/halts", 500, Some(&cursors[0])).await;
    let ids: Vec<&Value> = rest["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|h| &h["id"])
        .collect();
    assert_eq!(ids, [&open[1]["id"], &open[2]["id"], &open[0]["id"]]);
}
