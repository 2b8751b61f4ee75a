//! Whoever a halt leaves without work is shown what else fits them and why, without learning whose it is; and an operator places
//! all of them at once.

use reqwest::Client;
use serde_json::{Value, json};

use crate::support::{Installation, run};

fn stage(at: &Installation) {
    for (lab, of_lab) in [
        ("Wenham", "Pairs"),
        ("Aster", "Twins"),
        ("Birch", "Letters"),
        ("Cedar", "Halves"),
    ] {
        at.ask(&["lab", "add", lab]);
        at.pairs(lab, of_lab, 1);
    }
    for (name, skill, hours) in [("Ada", "law", "20"), ("Ben", "law", "40"), ("Cy", "chess", "9")] {
        at.ask(&["person", "add", name]);
        at.ask(&[
            "person",
            "can",
            name,
            "--skill",
            skill,
            "--language",
            "English",
            "--hours",
            hours,
        ]);
        at.seat("Pairs", name, &["--role", "author"]);
    }
    let wants = |project, more: &[&str]| {
        at.ask(&[&["project", "wants", project, "--language", "english"][..], more].concat())
    };
    wants(
        "Twins",
        &[
            "--skill",
            "Law",
            "--seats",
            "1",
            "--hours",
            "10",
            "--notice",
            "Preference work, ~10 h/week",
        ],
    );
    wants("Letters", &["--skill", "medicine", "--seats", "9"]);
    wants("Halves", &["--seats", "9"]);
}

/// A session of somebody who follows a login link: its cookie.
async fn session(at: &Installation, http: &Client, name: &str) -> String {
    let link = at.ask(&["person", "invite", name]);
    let secret = link["url"]
        .as_str()
        .unwrap()
        .split_once('#')
        .unwrap()
        .1
        .to_owned();
    let opened = http
        .post(format!("{}/api/v1/sessions", at.base))
        .json(&json!({ "link": secret }));
    let opened = opened.send().await.unwrap();
    let cookie = opened.headers()["set-cookie"].to_str().unwrap();
    cookie.split_once(';').unwrap().0.to_owned()
}

async fn offers(at: &Installation, http: &Client, cookie: &str) -> Vec<Value> {
    let asked = http
        .get(format!("{}/api/v1/me/offers", at.base))
        .header("cookie", cookie);
    let answer = asked.send().await.unwrap();
    let (status, text) = (answer.status(), answer.text().await.unwrap());
    assert!(status.is_success(), "{text}");
    for name in ["Wenham", "Aster", "Birch", "Cedar", "Twins", "lab_"] {
        assert!(!text.contains(name), "{text}");
    }
    let found: Value = serde_json::from_str(&text).unwrap();
    found["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn whoever_a_halt_stops_is_offered_what_fits_and_an_operator_places_all_at_once() {
    let at = Installation::start();
    stage(&at);
    let http = Client::builder().no_proxy().build().unwrap();
    let (ada, cy) = (session(&at, &http, "Ada").await, session(&at, &http, "Cy").await);
    assert_eq!(
        offers(&at, &http, &ada).await,
        [json!(null); 0],
        "nothing is stopped"
    );
    let halt = at.ask(&["halt", "project:Pairs", "--reason", "incident"]);
    let halt = halt["id"].as_str().unwrap();

    let found = offers(&at, &http, &ada).await;
    assert_eq!(found.len(), 2, "{found:?}");
    let twins = found.iter().find(|offer| offer["notice"] != "").unwrap();
    assert_eq!(twins["notice"], "Preference work, ~10 h/week");
    let reasons = twins["reasons"].to_string();
    for reason in [
        "it asks for law, which you have",
        "it is in english",
        "about 10 hours a week, and you have 20",
    ] {
        assert!(reasons.contains(reason), "{reasons}");
    }
    assert_eq!(offers(&at, &http, &cy).await.len(), 1);
    // A halt there, and it is offered no more.
    let other = at.ask(&["halt", "lab:Aster", "--reason", "drill"]);
    assert_eq!(offers(&at, &http, &ada).await.len(), 1);
    at.ask(&["resume", other["id"].as_str().unwrap()]);

    let found = at.ask(&["halt", "place", halt]);
    assert_eq!((&found["displaced"], &found["placed"]), (&json!(3), &json!(3)));
    let goes = |found: &Value, name: &str| {
        let all = found["items"].as_array().unwrap();
        let one = all.iter().find(|one| one["person"]["name"] == name).unwrap();
        (one["project"]["name"].clone(), one["engagement"].is_string())
    };
    // One seat for law, and two who could have it: the others' skills are of no use there.
    let law = ["Ada", "Ben"].map(|name| goes(&found, name).0);
    assert!(
        law.contains(&json!("Twins")) && law.contains(&json!("Halves")),
        "{law:?}"
    );
    assert_eq!(goes(&found, "Cy"), (json!("Halves"), false));
    let engaged = at.ask(&["halt", "place", halt, "--engage"]);
    assert_eq!(goes(&engaged, "Cy"), (json!("Halves"), true));
    // They have work now.
    assert_eq!(at.ask(&["halt", "place", halt])["displaced"], 0);
    at.ask(&["resume", halt]);
    let over = run(&at.with(&["halt", "place", halt]));
    assert_ne!(over.code, 0, "{}", over.stdout);
}

#[tokio::test]
async fn what_is_behind_a_wall_is_not_offered() {
    let at = Installation::start();
    stage(&at);
    let http = Client::builder().no_proxy().build().unwrap();
    let ada = session(&at, &http, "Ada").await;
    let me = http
        .get(format!("{}/api/v1/me", at.base))
        .header("cookie", &ada)
        .send()
        .await
        .unwrap();
    let me: Value = serde_json::from_str(&me.text().await.unwrap()).unwrap();
    let engagement = me["engagements"][0]["id"].as_str().unwrap();
    let token = at.ask(&["token", "add", engagement, "--label", "x"])["token"]
        .as_str()
        .unwrap()
        .to_owned();
    let claims = format!("{}/api/v1/engagements/{engagement}/claims", at.base);
    let claimed = http
        .post(claims)
        .bearer_auth(token)
        .json(&json!({}))
        .send()
        .await
        .unwrap();
    assert!(claimed.status().is_success());
    let both = [
        "--lab",
        "Wenham",
        "--lab",
        "Aster",
        "--cooling-off",
        "30",
        "--reason",
        "they compete",
    ];
    at.ask(&[&["wall", "declare", "W"][..], &both].concat());
    at.ask(&["halt", "project:Pairs", "--reason", "incident"]);
    let found = offers(&at, &http, &ada).await;
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0]["notice"], "");
}
