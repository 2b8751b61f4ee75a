//! Requests, as a stranger or somebody with a token may send them: paths, queries, headers and JSON bodies.
//!
//! An input is a request as text: method and path, headers, a blank line, the body. `{lab}`, `{operator}` and their like
//! stand for what this run's installation has.

#![no_main]

use std::cell::RefCell;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Method, Request, StatusCode, header};
use axum::response::Response;
use cofferdam_custody::{Gate, Secrets, Setup};
use cofferdam_fuzz::is_readable;
use cofferdam_model::{CredentialKind, Env};
use cofferdam_seal::SystemRandom;
use cofferdam_seal::keyholder::{EmbeddedKeyholder, FixedPolicy, LeaseTerms, NoLabKeyholders};
use cofferdam_server::{Settings, router};
use cofferdam_store::principal::{PrincipalKind, PrincipalRow};
use cofferdam_store::{Database, Options};
use cofferdam_work::ops::Platform;
use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tower::ServiceExt;

/// After so many requests everything is new: one of them may have halted or ended what the others need.
const MOST_REQUESTS: u32 = 2_000;
/// An answer that is longer is read no further.
const MOST_ANSWER_BYTES: usize = 1 << 20;

/// An installation with one lab, and something of every kind in it.
struct World {
    router: Router,
    /// What placeholders stand for; secrets last.
    names: Vec<(&'static str, String)>,
    requests: u32,
    _folder: TempDir,
}

/// In memory where there is such a place: nothing here needs to outlive a power cut.
fn folder() -> TempDir {
    tempfile::tempdir_in("/dev/shm")
        .or_else(|_| tempfile::tempdir())
        .expect("a folder")
}

async fn founded(folder: &TempDir) -> (Gate, String) {
    let (path, env) = (folder.path().to_owned(), Env::system());
    Secrets::create(&path, &env).expect("a secret");
    let policy = FixedPolicy {
        terms: LeaseTerms { micros: 60_000_000 },
        denied: Default::default(),
    };
    let keys = path.join("keyholder");
    std::fs::create_dir(&keys).expect("a folder");
    let keyholder = EmbeddedKeyholder::open(keys, Box::new(policy), Arc::new(SystemRandom));
    let setup = Setup {
        store: Options {
            folder: path.clone(),
            database: Database::Sqlite,
            readers: 1,
        },
        secrets: Secrets::open(&path, "cofferdam.local").expect("secrets"),
        keyholder: Arc::new(keyholder.expect("a keyholder")),
        lab_keyholders: Arc::new(NoLabKeyholders),
        env: env.clone(),
        node: "fuzz".to_owned(),
    };
    let gate = Gate::open(setup).await.expect("a gate");
    let operator = PrincipalRow {
        id: env.new_id().expect("an id"),
        kind: PrincipalKind::Person,
        name: "Olga".to_owned(),
        created: env.now(),
    };
    let id = gate.found(operator).await.expect("an installation");
    let issued = gate
        .issue_to_founder(id, CredentialKind::Token, "first", 86_400)
        .await
        .expect("a token");
    (gate, issued.secret.expose().to_owned())
}

impl World {
    async fn new() -> Self {
        let folder = folder();
        let (gate, operator) = founded(&folder).await;
        let deliveries = folder.path().join("deliveries");
        std::fs::create_dir(&deliveries).expect("a folder");
        let settings = Settings {
            requests_per_second: 0,
            ..Settings::default()
        };
        let mut world = Self {
            router: router(Platform::new(gate, deliveries), settings),
            names: vec![("{operator}", operator)],
            requests: 0,
            _folder: folder,
        };
        world.furnish().await;
        world
    }

    async fn post(&self, token: &str, path: &str, body: Value) -> Value {
        let text = body.to_string();
        let kind = if body.is_array() {
            "application/octet-stream"
        } else {
            "application/json"
        };
        let lines = format!("POST {path}\nauthorization: Bearer {token}\ncontent-type: {kind}\n\n{text}");
        let response = self.answer(lines.as_bytes()).await.expect("a request");
        let status = response.status();
        let bytes = to_bytes(response.into_body(), MOST_ANSWER_BYTES)
            .await
            .expect("an answer");
        assert!(
            status.is_success(),
            "{path}: {status} {}",
            String::from_utf8_lossy(&bytes)
        );
        serde_json::from_slice(&bytes).unwrap_or_default()
    }

    fn keep(&mut self, name: &'static str, value: &Value) {
        self.names
            .insert(0, (name, value.as_str().unwrap_or_default().to_owned()));
    }

    /// Somebody new under an engagement, with a token for it.
    async fn seat(&mut self, names: [&'static str; 3], path: &str, terms: Value) {
        let kind = if terms["role"] == "integration" {
            "component"
        } else {
            "person"
        };
        let who = self
            .post(
                "{operator}",
                "/api/v1/people",
                json!({ "name": names[0], "kind": kind }),
            )
            .await;
        let mut wanted = terms;
        wanted["principal"] = who["id"].clone();
        let engaged = self.post("{operator}", path, wanted).await;
        let tokens = format!(
            "/api/v1/engagements/{}/tokens",
            engaged["id"].as_str().unwrap_or_default()
        );
        let issued = self.post("{operator}", &tokens, json!({ "label": "fuzz" })).await;
        self.keep(names[0], &who["id"]);
        self.keep(names[1], &engaged["id"]);
        self.keep(names[2], &issued["token"]);
        if names[0] == "{author}" {
            self.keep("{credential}", &issued["credential"]);
        }
    }

    async fn furnish(&mut self) {
        let lab = self
            .post("{operator}", "/api/v1/labs", json!({ "name": "Wenham" }))
            .await;
        self.keep("{lab}", &lab["id"]);
        let project = json!({ "name": "Desk", "template": "freeform" });
        let project = self
            .post("{operator}", "/api/v1/labs/{lab}/projects", project)
            .await;
        self.keep("{project}", &project["id"]);
        let path = "/api/v1/projects/{project}/engagements";
        let import = json!({ "role": "integration", "purposes": ["import", "export"] });
        self.seat(["{script}", "{importing}", "{import-token}"], path, import)
            .await;
        self.seat(
            ["{author}", "{authoring}", "{author-token}"],
            path,
            json!({ "role": "author" }),
        )
        .await;
        self.seat(
            ["{reviewer}", "{reviewing}", "{review-token}"],
            path,
            json!({ "role": "reviewer" }),
        )
        .await;
        let stewards = "/api/v1/labs/{lab}/stewards";
        self.seat(
            ["{steward}", "{speaking}", "{steward-token}"],
            stewards,
            json!({}),
        )
        .await;
        let rows = json!([{ "id": "t1", "body": "one" }, { "id": "t2", "body": "two" }, { "body": "three" }]);
        self.post("{import-token}", "/api/v1/engagements/{importing}/imports", rows)
            .await;
        let claims = "/api/v1/engagements/{authoring}/claims";
        let held = self.post("{author-token}", claims, json!({})).await;
        let submit = format!(
            "/api/v1/engagements/{{authoring}}/assignments/{}/submission",
            held["assignment"].as_str().unwrap_or_default()
        );
        self.post(
            "{author-token}",
            &submit,
            json!({ "answer": { "text": "an answer" } }),
        )
        .await;
        let held = self.post("{author-token}", claims, json!({})).await;
        self.keep("{assignment}", &held["assignment"]);
        let review = self
            .post(
                "{review-token}",
                "/api/v1/engagements/{reviewing}/reviews/claims",
                json!({}),
            )
            .await;
        self.keep("{review}", &review["review"]);
    }

    fn filled(&self, text: &str) -> String {
        let mut filled = text.to_owned();
        for (name, value) in self.names.iter().filter(|_| text.contains('{')) {
            if filled.contains(name) {
                filled = filled.replace(name, value);
            }
        }
        filled
    }

    /// The request that an input is, if it is one.
    fn request(&self, input: &[u8]) -> Option<Request<Body>> {
        let end = input
            .windows(2)
            .position(|pair| pair == b"\n\n")
            .unwrap_or(input.len());
        let (head, body) = input.split_at(end);
        let head = self.filled(std::str::from_utf8(head).ok()?);
        let body = body.get(2..).unwrap_or_default();
        let body = match std::str::from_utf8(body) {
            Ok(text) => self.filled(text).into_bytes(),
            Err(_) => body.to_vec(),
        };
        let mut lines = head.split('\n');
        let (method, path) = lines.next()?.split_once(' ')?;
        let mut request = Request::builder()
            .method(Method::from_bytes(method.as_bytes()).ok()?)
            .uri(path);
        for line in lines {
            let (name, value) = line.split_once(':')?;
            request = request.header(name, value.trim());
        }
        request.body(Body::from(body)).ok()
    }

    async fn answer(&self, input: &[u8]) -> Option<Response> {
        let request = self.request(input)?;
        Some(
            self.router
                .clone()
                .oneshot(request)
                .await
                .expect("a router answers"),
        )
    }

    async fn judge(&mut self, input: &[u8]) {
        self.requests += 1;
        let Some(request) = self.request(input) else {
            return;
        };
        let (path, head) = (request.uri().path().to_owned(), request.method() == Method::HEAD);
        let carried = [header::AUTHORIZATION, header::COOKIE]
            .iter()
            .any(|name| request.headers().contains_key(name));
        let response = self
            .router
            .clone()
            .oneshot(request)
            .await
            .expect("a router answers");
        let status = response.status();
        assert!(!status.is_server_error(), "{status}");
        if path.starts_with("/api/v1/") && !carried {
            assert!(!status.is_success(), "{path} answers anybody: {status}");
        }
        if status.is_client_error() && !head {
            is_a_problem(status, response).await;
        }
    }
}

/// Every refusal says in the same form what is wrong.
async fn is_a_problem(status: StatusCode, response: Response) {
    let kind = response.headers().get(header::CONTENT_TYPE).cloned();
    assert_eq!(
        kind.as_ref().map(|kind| kind.as_bytes()),
        Some(&b"application/problem+json"[..]),
        "{status}"
    );
    let bytes = to_bytes(response.into_body(), MOST_ANSWER_BYTES)
        .await
        .expect("a short answer");
    let problem: Value = serde_json::from_slice(&bytes).expect("JSON");
    assert_eq!(problem["status"], status.as_u16());
    assert!(
        problem["type"]
            .as_str()
            .is_some_and(|kind| kind.starts_with("/problems/")),
        "{problem}"
    );
    is_readable(problem["detail"].as_str().unwrap_or_default());
    for error in problem["errors"].as_array().into_iter().flatten() {
        assert!(error["field"].is_string(), "{problem}");
        is_readable(error["reason"].as_str().unwrap_or_default());
    }
}

thread_local! {
    static WORLD: RefCell<Option<(Runtime, World)>> = const { RefCell::new(None) };
}

fuzz_target!(|data: &[u8]| {
    WORLD.with_borrow_mut(|slot| {
        if slot
            .as_ref()
            .is_some_and(|(_, world)| world.requests >= MOST_REQUESTS)
        {
            *slot = None;
        }
        let (runtime, world) = slot.get_or_insert_with(|| {
            let runtime = tokio::runtime::Builder::new_multi_thread()
                .worker_threads(1)
                .enable_all()
                .build();
            let runtime = runtime.expect("a runtime");
            let world = runtime.block_on(World::new());
            (runtime, world)
        });
        runtime.block_on(world.judge(data));
    });
});
