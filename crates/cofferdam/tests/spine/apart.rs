//! Two labs that put together all that their stewards are shown find nothing by which they could tell that they have the same person,
//! or when that person worked for the other.

use std::collections::BTreeSet;

use reqwest::{Client, Method};
use serde_json::{Value, json};

use crate::drill::ids;
use crate::seat::Seat;
use crate::support::Installation;

const LABS: [(&str, &str); 2] = [("Wenham", "Pairs"), ("Aster", "Twins")];

struct Steward {
    lab: String,
    project: String,
    token: String,
}

fn stage(at: &Installation) -> Vec<Steward> {
    let mut stewards = Vec::new();
    for (lab, of_lab) in LABS {
        let added = at.ask(&["lab", "add", lab]);
        let project = at.pairs(lab, of_lab, 1);
        let name = format!("Steward of {lab}");
        at.ask(&["person", "add", &name]);
        let appointed = at.ask(&["engage", "--steward", lab, &name]);
        let engagement = appointed["id"].as_str().unwrap();
        let token = at.ask(&["token", "add", engagement, "--label", "portal"]);
        stewards.push(Steward {
            lab: added["id"].as_str().unwrap().to_owned(),
            project,
            token: token["token"].as_str().unwrap().to_owned(),
        });
    }
    stewards
}

/// Everything that a steward can list, and the lab's ledger.
async fn shown(at: &Installation, steward: &Steward) -> String {
    let http = Client::builder().no_proxy().build().unwrap();
    let (lab, project) = (&steward.lab, &steward.project);
    let mut all = String::new();
    for path in [
        format!("halts/preview?scope=lab:{lab}"),
        format!("halts/preview?scope=project:{project}"),
        format!("projects/{project}/engagements"),
        "halts".to_owned(),
        format!("labs/{lab}/accesses"),
        format!("labs/{lab}/incidents"),
        "me".to_owned(),
        "me/notices".to_owned(),
    ] {
        let url = format!("{}/api/v1/{path}", at.base);
        let answer = http.get(url).bearer_auth(&steward.token).send().await.unwrap();
        let (status, text) = (answer.status(), answer.text().await.unwrap());
        assert!(status.is_success(), "{path}: {text}");
        all += &text;
        all.push('\n');
    }
    all + &at.ask_as(&steward.token, &["ledger", "tail", lab]).to_string()
}

#[tokio::test]
async fn two_labs_have_no_id_in_common_and_learn_nothing_of_each_others_hours() {
    let at = Installation::start();
    let stewards = stage(&at);
    let ada = Seat::new(&at, "Pairs", "Ada", &["--role", "author"]);
    let (engagement, token) = at.seat("Twins", "Ada", &["--role", "author"]);
    let there = Seat::with_token(&at, engagement, token);
    ada.ok(Method::POST, "/claims", Some(json!({}))).await;
    let labs = ["--lab", "Wenham", "--lab", "Aster"];
    let terms = ["--cooling-off", "30", "--reason", "they compete"];
    at.ask(&[&["wall", "declare", "W"][..], &labs, &terms].concat());
    // A token that is good for one engagement is told that there is a wall, and not until when.
    let walled = there.send(Method::POST, "/claims", Some(json!({}))).await;
    assert_eq!(walled.status(), 403);
    let walled: Value = walled.json().await.unwrap();
    assert_eq!(walled["type"], "/problems/walled");
    assert!(
        walled["detail"]
            .as_str()
            .unwrap()
            .contains("none of this lab's for a time"),
        "{walled}"
    );

    at.ask(&["halt", "person:Ada", "--reason", "incident"]);
    for seat in [&ada, &there] {
        let refused = seat.send(Method::POST, "/claims", Some(json!({}))).await;
        let refused: Value = refused.json().await.unwrap();
        assert_eq!(refused["type"], "/problems/halted");
        assert!(
            refused["halt"]["id"].is_string(),
            "whom it stops is told which halt it is"
        );
    }
    let mut seen: Vec<BTreeSet<String>> = Vec::new();
    for steward in &stewards {
        let text = shown(&at, steward).await;
        assert!(text.contains("\"halted\":{"), "{text}");
        assert!(!text.contains("walled\":\"20"), "{text}");
        assert!(text.contains("\"because\":\"halted\""), "{text}");
        seen.push(ids(&text));
    }
    assert!(seen.iter().all(|ids| ids.len() > 5), "{seen:?}");
    let common: Vec<_> = seen[0].intersection(&seen[1]).collect();
    assert_eq!(common, Vec::<&String>::new());
}
