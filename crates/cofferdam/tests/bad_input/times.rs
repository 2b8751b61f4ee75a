//! What time does: a link that is too old, and a clock that goes back.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use cofferdam_custody::{Caller, Gate, Secrets, Setup};
use cofferdam_model::{
    Clock, CredentialKind, EngagementId, Env, Id, PrincipalId, Purpose, Role, SystemClock, SystemEntropy,
    Timestamp,
};
use cofferdam_seal::SystemRandom;
use cofferdam_seal::keyholder::{EmbeddedKeyholder, FixedPolicy, LeaseTerms, NoLabKeyholders};
use cofferdam_store::Options;
use cofferdam_store::principal::{self, PrincipalKind};
use cofferdam_testbed::Place;
use cofferdam_work::ops::{Bringing, NewPrincipal, NewProject, Platform};
use reqwest::{Client, Method};
use serde_json::{Value, json};

use crate::desk::{Told, send};
use crate::support::{Installation, arg, ok};

const EXPIRED: &str = "this credential has expired; ask for a new one";
const USED: &str = "this credential was revoked or used before; ask for a new one";
const CUT_OFF: &str = "this is not a Cofferdam credential, or it was cut off when it was copied";
const WRONG_KIND: &str = "this kind of credential cannot be used here";

/// The machine's clock, so many seconds ahead.
struct Ahead(AtomicI64);

impl Clock for Ahead {
    fn now(&self) -> Timestamp {
        SystemClock.now().plus_seconds(self.0.load(Ordering::Relaxed))
    }
}

/// Works on an installation whose server does not run, by that clock.
fn within(folder: &Path, place: &Place, clock: &Arc<Ahead>, work: impl AsyncFnOnce(&Gate)) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let policy = FixedPolicy {
            terms: LeaseTerms { micros: 60_000_000 },
            denied: Default::default(),
        };
        let keyholder =
            EmbeddedKeyholder::open(folder.join("keyholder"), Box::new(policy), Arc::new(SystemRandom));
        let setup = Setup {
            store: Options {
                folder: folder.to_owned(),
                database: place.database().parse().unwrap(),
                readers: 1,
            },
            secrets: Secrets::open(folder, "cofferdam.local").unwrap(),
            keyholder: Arc::new(keyholder.unwrap()),
            lab_keyholders: Arc::new(NoLabKeyholders),
            env: Env::new(clock.clone(), Arc::new(SystemEntropy)),
            node: "test".to_owned(),
        };
        let gate = Gate::open(setup).await.unwrap();
        work(&gate).await;
        gate.integrate().await.unwrap();
    });
}

fn log_in(at: &Installation, link: &str) -> Told {
    let body = json!({ "link": link }).to_string();
    send(
        &Client::new(),
        Method::POST,
        &format!("{}/api/v1/sessions", at.base),
        None,
        body,
    )
}

#[test]
fn a_link_that_has_expired_opens_no_session() {
    let mut link = String::new();
    let clock = Arc::new(Ahead(AtomicI64::new(0)));
    let mut used = String::new();
    let at = Installation::start_with(|data, place| {
        within(data, place, &clock, async |gate| {
            let first = (String::new(), PrincipalId::from_bytes([0; 16]));
            let all = gate
                .store()
                .read(move |r| principal::page(r, &first, 2))
                .await
                .unwrap();
            let issue = async |seconds| {
                let kind = CredentialKind::Link;
                let issued = gate.issue_to_founder(all[0].id, kind, "link", seconds).await;
                issued.unwrap().secret.expose().to_owned()
            };
            (link, used) = (issue(-1).await, issue(600).await);
        });
    });
    let operator = fs::read_to_string(at.data().join("operator.token")).unwrap();
    assert_eq!(log_in(&at, &used).status, 201);
    for (given, said) in [
        (link.as_str(), EXPIRED),
        (used.as_str(), USED),
        (&link[..40], CUT_OFF),
        ("", CUT_OFF),
        (operator.trim(), WRONG_KIND),
    ] {
        let told = log_in(&at, given);
        assert_eq!(told.problem(), (401, said, ""), "{told:?}");
        assert_eq!(told.body["type"], "/problems/unauthenticated");
    }
}

/// What an author was doing when the clock was put back.
struct Interrupted {
    engagement: EngagementId,
    token: String,
}

async fn interrupted(gate: &Gate, folder: &Path, clock: &Ahead) -> Interrupted {
    let platform = Platform::new(gate.clone(), folder.join("deliveries"));
    let operator = fs::read_to_string(folder.join("operator.token")).unwrap();
    let operator = gate.authenticate(operator.trim()).await.unwrap();
    let lab = platform.open_lab(&operator, "Wenham").await.unwrap().id;
    let new = NewProject {
        lab,
        name: "Desk".into(),
        template: "freeform".into(),
        overlap: 1,
        lease_seconds: 1_800,
    };
    let project = platform.open_project(&operator, new).await.unwrap().id;
    let seat = async |name: &str, kind, role, purposes: Vec<Purpose>| -> (EngagementId, String, Caller) {
        let new = NewPrincipal {
            name: name.into(),
            kind,
            operator: false,
            another: false,
        };
        let who = platform.enrol(&operator, new).await.unwrap().id;
        let engaged = platform
            .engage(&operator, project, who, role, purposes, None, None)
            .await
            .unwrap();
        let issued = platform.issue_token(&operator, engaged, "test", 1).await.unwrap();
        let caller = gate.authenticate(issued.secret.expose()).await.unwrap();
        (engaged, issued.secret.expose().to_owned(), caller)
    };
    let (import, _, script) = seat(
        "Script",
        PrincipalKind::Component,
        Role::Integration,
        vec![Purpose::Import],
    )
    .await;
    let rows = b"{\"body\":\"one\"}\n{\"body\":\"two\"}\n".to_vec();
    platform
        .import(&script, import, None, rows, Bringing::default())
        .await
        .unwrap();
    let (engagement, token, author) = seat("Ada", PrincipalKind::Person, Role::Author, Vec::new()).await;
    assert!(platform.claim(&author, engagement).await.unwrap().is_some());
    platform.start_timer(&author, engagement).await.unwrap();
    clock.0.fetch_add(60, Ordering::Relaxed);
    platform.beat_timer(&author, engagement).await.unwrap();
    Interrupted { engagement, token }
}

/// A whole installation worked an hour ahead; then its clock is set right. Nobody loses what was granted, given or
/// worked; the ledgers' time stands still until the clock has caught up, and the server says so when it starts.
#[test]
fn a_clock_that_goes_back() {
    let clock = Arc::new(Ahead(AtomicI64::new(3_600)));
    let mut left = None;
    let mut at = Installation::start_with(|data, place| {
        within(data, place, &clock, async |gate| {
            left = Some(interrupted(gate, data, &clock).await)
        });
    });
    let Interrupted { engagement, token } = left.unwrap();
    let log = at.log();
    let lab = at.ask(&["lab", "list"])[0]["id"].as_str().unwrap().to_owned();
    let behind = log.strip_prefix("cofferdam: this machine's clock is ").unwrap();
    let (seconds, rest) = behind.split_once(' ').unwrap();
    assert!(
        (3_500..=3_660).contains(&seconds.parse::<u64>().unwrap()),
        "{log}"
    );
    let said = format!(
        "s behind the last entry of the ledger of {lab}; until it has caught up, entries get that entry's time. Set the \
         clock if it is wrong\n"
    );
    assert!(rest.starts_with(&said), "{log}");

    let client = Client::new();
    let ask = |method, path: &str, body: Value| {
        let address = format!("{}/api/v1/engagements/{engagement}{path}", at.base);
        send(&client, method, &address, Some(&token), body.to_string())
    };
    let me = at.ask_as(&token, &["whoami"]);
    assert_eq!(me["engagements"][0]["state"], "active", "{me}");
    let held = ask(Method::GET, "/assignments", json!(null));
    let task = held.body["items"][0]["assignment"]
        .as_str()
        .unwrap_or_else(|| panic!("{held:?}"));
    let answer = json!({ "answer": { "text": "an answer" } });
    let submitted = ask(Method::POST, &format!("/assignments/{task}/submission"), answer);
    assert!((200..300).contains(&submitted.status), "{submitted:?}");
    // The minute that was worked is counted, and what comes now is counted anew.
    let beat = ask(Method::POST, "/timer", json!({ "do": "beat" }));
    assert_eq!(
        (beat.status, &beat.body["state"]),
        (200, &json!("stopped")),
        "{beat:?}"
    );
    let whole = |span: &Value| span["seconds"].as_f64().map(f64::floor);
    assert_eq!(whole(&beat.body["last"]), Some(60.0), "{beat:?}");
    let started = ask(Method::POST, "/timer", json!({ "do": "start" }));
    assert_eq!(started.body["state"], "running", "{started:?}");
    let worked = ask(Method::GET, "/hours", json!(null));
    assert_eq!(whole(&worked.body["items"][0]), Some(60.0), "{worked:?}");

    let tail = at.ask(&["ledger", "tail", "Wenham", "-n", "50"]);
    let times: Vec<&str> = tail
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["t"].as_str().unwrap())
        .collect();
    assert!(times.len() > 8 && times.is_sorted(), "{times:?}");
    assert_eq!(at.stop(), 0);
    assert!(ok(&["doctor", "--data", &arg(&at.data())]).contains("all is as it was written"));
}
