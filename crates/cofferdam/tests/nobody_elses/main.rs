//! Nobody else's: every operation of the OpenAPI document, asked for by everybody who must not get it.
//!
//! The operations are read from the document, so a new one is covered without a line being added here.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops at what it did not expect"
)]

mod callers;
mod operations;
mod world;

use reqwest::StatusCode;
use serde_json::Value;

use world::World;

/// Operations that answer anybody who is signed in, with what is theirs and nothing else.
const OWN_VIEW: [&str; 11] = [
    "offers_offers",
    "labs_list",
    "projects_list",
    "halts_list",
    "sessions_me",
    "sessions_log_out",
    "sessions_log_in",
    "events_events",
    "notices_own",
    "passkeys_ask_for_new",
    "passkeys_add",
];
/// Operations by which anybody may try to sign in, or learns how.
const WAYS_IN: [&str; 4] = [
    "sessions_log_in",
    "passkeys_ask",
    "passkeys_log_in",
    "accounts_provider",
];

/// What was answered.
struct Answer {
    status: StatusCode,
    kind: String,
    body: String,
}

async fn ask(world: &World, operation: &operations::Operation, token: Option<&str>) -> Answer {
    let url = format!("{}{}", world.base, operation.path);
    let mut request = world.client.request(operation.method.clone(), url);
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    if let Some(body) = &operation.body {
        request = request
            .header("content-type", "application/json")
            .body(body.to_string());
    }
    let response = request.send().await.unwrap();
    let kind = response
        .headers()
        .get("content-type")
        .map_or("", |v| v.to_str().unwrap())
        .to_owned();
    let status = response.status();
    let streamed = kind.starts_with("text/event-stream");
    let body = if streamed {
        String::new()
    } else {
        response.text().await.unwrap()
    };
    Answer { status, kind, body }
}

fn refused(answer: &Answer, who: &str, operation: &operations::Operation) {
    let what = format!("{who}: {} {}", operation.method, operation.id);
    let allowed = [
        StatusCode::UNAUTHORIZED,
        StatusCode::FORBIDDEN,
        StatusCode::NOT_FOUND,
    ];
    assert!(
        allowed.contains(&answer.status),
        "{what}: {} {}",
        answer.status,
        answer.body
    );
    assert_eq!(answer.kind, "application/problem+json", "{what}");
    let problem: Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(problem["status"], answer.status.as_u16(), "{what}");
    assert!(
        problem["type"].as_str().unwrap().starts_with("/problems/"),
        "{what}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn no_operation_answers_those_who_must_not_get_it() {
    let world = World::new().await;
    let callers = callers::all(&world).await;
    let operations = operations::all(&world).await;
    assert!(operations.len() > 40 && callers.len() >= 8);
    let mut asked = 0;
    for caller in &callers {
        for operation in &operations {
            let own = OWN_VIEW.contains(&operation.id.as_str());
            let way_in = WAYS_IN.contains(&operation.id.as_str());
            if own && (caller.token.is_some() && caller.signed_in) || way_in {
                continue;
            }
            if caller.may.contains(&operation.id.as_str()) {
                continue;
            }
            let answer = ask(&world, operation, caller.token.as_deref()).await;
            refused(&answer, caller.name, operation);
            assert!(
                !answer.body.contains(world::WORDS),
                "{}: {} leaks words",
                caller.name,
                operation.id
            );
            asked += 1;
        }
    }
    assert!(asked > 250, "only {asked} questions were asked");
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_show_nothing_of_another_lab() {
    let world = World::new().await;
    let foreign = world.foreign_steward().await;
    for operation in operations::all(&world).await {
        let lists = [
            "labs_list",
            "projects_list",
            "halts_list",
            "sessions_me",
            "notices_own",
        ];
        if !lists.contains(&operation.id.as_str()) {
            continue;
        }
        let answer = ask(&world, &operation, Some(&foreign)).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", operation.id);
        for secret in [&world.lab, &world.project, &world.lab_name] {
            assert!(
                !answer.body.contains(secret.as_str()),
                "{} names {secret}",
                operation.id
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_and_what_is_not_yours_are_answered_alike() {
    let world = World::new().await;
    let foreign = world.foreign_author().await;
    let absent = world.with_absent_ids();
    for operation in operations::all(&world).await {
        if OWN_VIEW.contains(&operation.id.as_str()) || !operation.path.contains("/engagements/") {
            continue;
        }
        let missing = operations::Operation {
            path: absent(&operation.path),
            ..operation.clone()
        };
        let (theirs, nobodys) = (
            ask(&world, &operation, Some(&foreign)).await,
            ask(&world, &missing, Some(&foreign)).await,
        );
        assert_eq!(theirs.status, nobodys.status, "{}", operation.id);
        assert_eq!(theirs.body, nobodys.body, "{}", operation.id);
    }
}
