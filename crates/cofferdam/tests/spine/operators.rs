//! Operators: a second one, a token in place of another, and the way back in for whoever has none; and what the ledgers say of it.

use std::fs;

use serde_json::{Value, json};

use crate::support::{Installation, arg, json as asked, run};

fn text(value: &Value, at: &str) -> String {
    value.pointer(at).and_then(Value::as_str).unwrap().to_owned()
}

/// What somebody is refused.
fn refused(at: &Installation, token: &str, args: &[&str]) -> String {
    let mut all: Vec<&str> = args.to_vec();
    all.extend(["--server", &at.base, "--token", token]);
    let ran = run(&all);
    assert_eq!((ran.code, ran.stderr.lines().count()), (1, 1), "{}", ran.stderr);
    ran.stderr
}

#[test]
fn an_operators_token_is_put_in_place_of_another() {
    let at = Installation::start();
    at.ask(&["person", "add", "Nora", "--operator"]);
    at.ask(&["person", "add", "Otto"]);
    let none = run(&at.with(&["token", "add", "--operator", "Otto", "--label", "x"]));
    assert!(none.stderr.contains("only an operator"), "{}", none.stderr);

    let first = at.ask(&["token", "add", "--operator", "Nora", "--label", "laptop"]);
    let nora = text(&first, "/token");
    at.ask_as(&nora, &["lab", "add", "Wenham"]);
    let own = at.ask_as(&nora, &["token", "add", "--operator", "Nora", "--label", "desk"]);
    let listed = at.ask_as(&nora, &["token", "list", "--person", "Nora"]);
    let labels: Vec<String> = listed
        .as_array()
        .unwrap()
        .iter()
        .map(|c| text(c, "/label"))
        .collect();
    assert_eq!(labels, ["desk", "laptop"]);
    let lost = text(&first, "/credential");
    at.ask_as(&text(&own, "/token"), &["token", "revoke", &lost]);
    assert!(refused(&at, &nora, &["lab", "list"]).contains("revoked"));

    // What the lost one did is on the ledgers by its own name.
    let seen = at.ask(&["exposure", "--credential", &lost]);
    assert_eq!(seen["labs"][0]["lab"]["name"], "Wenham", "{seen}");
    assert_eq!(seen["labs"][0]["administered"], seen["labs"][0]["entries"]);
    assert_eq!(seen["labs"][0]["releases"], 0);
    assert_eq!(seen["installation"]["refused"], 0);
    assert!(seen["installation"]["administered"].as_u64() >= Some(1), "{seen}");
    let never = at.ask(&["exposure", "--credential", &text(&own, "/credential")]);
    assert_eq!(never["labs"], json!([]), "{never}");
    assert_eq!(never["installation"]["administered"], 1, "it revoked the other");
}

/// Whoever tries what operators do is on the installation's ledger, by the credential that they used.
#[test]
fn who_is_no_operator_and_asks_is_recorded() {
    let at = Installation::start();
    at.ask(&["lab", "add", "Wenham"]);
    at.ask(&["project", "add", "Wenham", "Replies", "--template", "chat"]);
    at.ask(&["person", "add", "Otto"]);
    let engaged = at.ask(&["engage", "Replies", "Otto", "--role", "author"]);
    let token = at.ask(&["token", "add", &text(&engaged, "/id"), "--label", "desk"]);
    let otto = text(&token, "/token");
    refused(&at, &otto, &["person", "list"]);
    refused(&at, &otto, &["lab", "add", "Another"]);
    refused(&at, &otto, &["engage", "--end", &text(&engaged, "/id")]);
    let seen = at.ask(&["exposure", "--credential", &text(&token, "/credential")]);
    let expected = json!({ "administered": 0, "refused": 3 });
    assert_eq!(seen["installation"], expected, "{seen}");
    assert_eq!(seen["labs"], json!([]), "{seen}");
}

/// Somebody with a task in hand: lab, project, engagement, token, task and hold.
async fn at_work(at: &Installation) -> [String; 6] {
    let lab = text(&at.ask(&["lab", "add", "Wenham"]), "/id");
    let project = at.pairs("Wenham", "Pairs", 1);
    at.ask(&["person", "add", "Ada"]);
    let (engagement, token) = at.seat("Pairs", "Ada", &["--role", "author"]);
    let url = format!("{}/api/v1/engagements/{engagement}/claims", at.base);
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let held = client.post(url).bearer_auth(&token).json(&json!({})).send().await;
    let held: Value = held.unwrap().json().await.unwrap();
    let [task, hold] = ["/task", "/assignment"].map(|part| text(&held, part));
    [lab, project, engagement, token, task, hold]
}

/// Whoever has an id out of a ledger or a log is told whose it is, and of what.
#[tokio::test]
async fn an_id_says_what_it_is_of() {
    let at = Installation::start();
    let [lab, project, engagement, _, task, hold] = at_work(&at).await;
    let shown = at.ask(&["project", "show", "Pairs"]);
    let mut engagements = shown["engagements"].as_array().unwrap().iter();
    let ada = engagements.find(|e| e["id"] == engagement.as_str()).unwrap();
    let (person, pseudonym) = (text(ada, "/principal/id"), text(ada, "/pseudonym"));
    let credential = text(&at.ask(&["token", "list", &engagement]), "/0/id");
    let names = |found: &Value| {
        ["/person/name", "/lab/name", "/project/name"]
            .map(|at| found.pointer(at).cloned().unwrap_or_default())
    };
    let (none, ada, wenham, pairs) = (json!(null), json!("Ada"), json!("Wenham"), json!("Pairs"));
    let all = || [ada.clone(), wenham.clone(), pairs.clone()];
    let within = || [none.clone(), wenham.clone(), pairs.clone()];
    for (id, kind, expected) in [
        (&lab, "lab", [none.clone(), wenham.clone(), none.clone()]),
        (&project, "project", within()),
        (&task, "task", within()),
        (&person, "person", [ada.clone(), none.clone(), none.clone()]),
        (
            &pseudonym,
            "pseudonym",
            [ada.clone(), wenham.clone(), none.clone()],
        ),
        (&engagement, "engagement", all()),
        (&hold, "assignment", all()),
        (&credential, "credential", all()),
    ] {
        let found = at.ask(&["find", id]);
        assert_eq!(
            (&found["kind"], names(&found)),
            (&json!(kind), expected),
            "{id}: {found}"
        );
    }
}

/// A credential by its name in a ledger, an operator's by another; and what has no id, or none that is there. Operators alone are told.
#[tokio::test]
async fn a_name_in_a_ledger_leads_to_its_credential() {
    let at = Installation::start();
    let [lab, _, engagement, token, ..] = at_work(&at).await;
    let export = at.beside("ledger");
    at.ask(&["ledger", "export", "Wenham", &arg(&export)]);
    let mut bundles = export.join("tile/entries/000.p/").read_dir().unwrap();
    let entries = fs::read(bundles.next().unwrap().unwrap().path()).unwrap();
    let entries = String::from_utf8_lossy(&entries).into_owned();
    let by = |kind: &str| {
        let until = entries.find(kind).unwrap();
        let from = entries[..until].rfind("\"ct_").unwrap() + 1;
        entries[from..].split('"').next().unwrap().to_owned()
    };
    let credential = text(&at.ask(&["token", "list", &engagement]), "/0/id");
    let found = at.ask(&["find", &by("task-released")]);
    let expected = (json!("credential-tag"), json!("Ada"), json!(credential));
    let said = (
        found["kind"].clone(),
        found["person"]["name"].clone(),
        found["credential"].clone(),
    );
    assert_eq!(said, expected);
    let own = at.ask(&["find", &by("project-opened")]);
    assert_eq!(own["person"]["id"], at.ask(&["whoami"])["principal"], "{own}");
    let halt = text(&at.ask(&["halt", "lab:Wenham", "--reason", "drill"]), "/id");
    assert_eq!(at.ask(&["find", &halt])["kind"], "halt");

    for (id, told) in [
        ("crd_00000000000000000000000001", "no such credential"),
        ("Ada", "an id is needed of"),
    ] {
        let ran = run(&at.with(&["find", id]));
        assert!(ran.code == 1 && ran.stderr.contains(told), "{}", ran.stderr);
    }
    refused(&at, &token, &["find", &lab]);
}

/// The only operator, without a credential that is good, has a way back in where the installation's own files are.
#[test]
fn an_operator_without_a_token_is_given_one_at_the_machine() {
    let mut at = Installation::start();
    let file = at.data().join("operator.token");
    let before = fs::read_to_string(&file).unwrap();
    let me = at.ask(&["whoami"]);
    let listed = at.ask(&["token", "list", "--person", &text(&me, "/principal")]);
    let own = listed.as_array().unwrap().iter();
    let own = own.filter(|c| c["kind"] == "token").map(|c| text(c, "/id"));
    for credential in own {
        at.ask(&["token", "revoke", &credential]);
    }
    assert!(run(&at.with(&["lab", "list"])).stderr.contains("revoked"));
    let data = arg(&at.data());
    let busy = run(&["recover", "--data", &data]);
    assert_eq!(busy.code, 1, "the server runs: {}", busy.stdout);
    at.stop();
    let other = run(&["recover", "--data", &data, "--operator", "Nobody"]);
    assert!(other.stderr.contains("that is no operator"), "{}", other.stderr);
    let made = asked(&["recover", "--data", &data]);
    let after = fs::read_to_string(&file).unwrap();
    assert_ne!(before, after);
    at.serve();
    at.ask(&["lab", "add", "Wenham"]);
    let seen = at.ask(&["exposure", "--credential", &text(&made, "/credential")]);
    assert_eq!(seen["labs"][0]["lab"]["name"], "Wenham", "{seen}");
}

/// What is a mistake says what to do.
#[test]
fn what_is_missing_is_told_and_so_is_what_to_do_next() {
    let at = Installation::start();
    at.ask(&["lab", "add", "Wenham"]);
    at.pairs("Wenham", "Pairs", 3);
    let token = fs::read_to_string(at.data().join("operator.token")).unwrap();
    let token = token.trim();
    for (args, told) in [
        (
            &["engage", "--end", "eng_00000000000000000000000001"][..],
            "project show",
        ),
        (
            &["token", "revoke", "crd_00000000000000000000000001"],
            "token list",
        ),
        (&["resume", "hlt_00000000000000000000000001"], "halt list"),
        (&["lab", "add", "Wenham"], "choose another name"),
        (
            &[
                "delivery",
                "fetch",
                "dlv_00000000000000000000000001",
                "--out",
                "/nowhere",
            ],
            "delivery list",
        ),
    ] {
        let said = refused(&at, token, args);
        assert!(said.contains(told), "{args:?}: {said}");
    }
    let strange = run(&["lab", "list", "--server", &at.base, "--token", "ünï"]);
    assert!(strange.stderr.contains("no token has"), "{}", strange.stderr);
    let jobs = at.ask(&["project", "show", "Pairs"]);
    let jobs = jobs["engagements"].as_array().unwrap().iter();
    let job = jobs
        .clone()
        .find(|e| e["role"] == "integration" && e["purposes"][0] == "delivery");
    let job = job.unwrap();
    let said = refused(&at, token, &["token", "add", &text(job, "/id"), "--label", "x"]);
    assert!(said.contains("needs no token"), "{said}");
    let said = refused(&at, token, &["engage", "--end", &text(job, "/id")]);
    assert!(said.contains("halt it, which can be undone"), "{said}");
    let integration = [
        "engage",
        "Pairs",
        &text(job, "/principal/id"),
        "--role",
        "integration",
        "--purpose",
        "export",
    ];
    let said = refused(&at, token, &integration);
    assert!(said.contains("one of the platform's own jobs"), "{said}");
}

#[test]
fn what_is_unknown_of_an_installation_is_not_clean() {
    let mut at = Installation::start();
    at.ask(&["lab", "add", "Wenham"]);
    at.stop();
    let file = at.data().join("cofferdam.toml");
    let mut check = crate::support::command(&["config", "check", &arg(&file)]);
    let checked = check.env("COFFERDAM_DATA", at.data()).output().unwrap();
    assert!(
        checked.status.success(),
        "{}",
        String::from_utf8_lossy(&checked.stderr)
    );
    fs::remove_dir_all(at.data().join("watermarks")).unwrap();
    let examined = run(&["doctor", "--data", &arg(&at.data())]);
    assert_eq!(examined.code, 0, "{}", examined.stderr);
    let known = examined.stdout + &examined.stderr;
    assert!(
        known.contains("unknown: whether an older state of 2 ledgers"),
        "{known}"
    );
    assert!(known.contains("all else is as it was written"), "{known}");
}
