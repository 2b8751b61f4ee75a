//! The real service in this process: its router over a platform with a gate, in a folder of its own, and a clock that
//! the script moves.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use anyhow::{Context as _, Result, anyhow, bail};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{Method, Request, Response, StatusCode, header};
use cofferdam_custody::{Gate, Secrets, Setup};
use cofferdam_model::{Clock, CredentialKind, Env, SystemEntropy, Timestamp};
use cofferdam_seal::SystemRandom;
use cofferdam_seal::keyholder::{EmbeddedKeyholder, FixedPolicy, LeaseTerms, NoLabKeyholders};
use cofferdam_server::Settings;
use cofferdam_store::Options;
use cofferdam_store::principal::{PrincipalKind, PrincipalRow};
use cofferdam_testbed::Place;
use cofferdam_work::ops::Platform;
use futures::StreamExt as _;
use serde_json::Value;
use tower::ServiceExt as _;

use super::reference::{Class, Mark, Said};

/// Ten o'clock in the morning of 2026-03-24.
pub(crate) const START: i64 = 1_774_346_400_000_000;
/// How long the operators' credentials and all sessions are good for: longer than any script.
pub(crate) const LONG_SECONDS: i64 = 20 * 366 * 86_400;

struct Moved(AtomicI64);

impl Clock for Moved {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::SeqCst))
    }
}

struct Running {
    gate: Gate,
    router: Router,
}

/// The service, its folder and its clock.
pub(crate) struct Service {
    running: Option<Running>,
    env: Env,
    clock: Arc<Moved>,
    place: Place,
    folder: tempfile::TempDir,
}

/// What was answered.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The body.
    pub text: String,
    /// The session that a cookie carries.
    pub session: Option<String>,
}

impl Service {
    /// Founds an installation; its first operator's id, and a token.
    pub(crate) async fn found() -> Result<(Self, String, String, String)> {
        let folder = folder()?;
        for inner in ["keyholder", "deliveries"] {
            std::fs::create_dir(folder.path().join(inner))?;
        }
        let clock = Arc::new(Moved(AtomicI64::new(START)));
        let env = Env::new(clock.clone(), Arc::new(SystemEntropy));
        Secrets::create(folder.path(), &env)?;
        let place = Place::fresh()?;
        let mut service = Self {
            running: None,
            env,
            clock,
            place,
            folder,
        };
        service.start().await?;
        let row = PrincipalRow {
            id: service.env.new_id()?,
            kind: PrincipalKind::Person,
            name: "Operator".into(),
            created: service.env.now(),
        };
        let gate = service.gate()?;
        let id = gate.found(row).await.map_err(|e| anyhow!("{e}"))?;
        let kind = CredentialKind::Token;
        let issued = gate.issue_to_founder(id, kind, "first", LONG_SECONDS).await;
        let issued = issued.map_err(|e| anyhow!("{e}"))?;
        let token = issued.secret.expose().to_owned();
        Ok((service, id.to_string(), issued.id.to_string(), token))
    }

    async fn start(&mut self) -> Result<()> {
        let gate = open(self.folder.path(), &self.place, &self.env).await?;
        let platform = Platform::new(gate.clone(), self.folder.path().join("deliveries"));
        let settings = Settings {
            session_hours: LONG_SECONDS / 3_600,
            requests_per_second: 0,
            ..Settings::default()
        };
        let router = cofferdam_server::router(platform, settings);
        self.running = Some(Running { gate, router });
        Ok(())
    }

    /// Drops everything that is in memory, and opens the folder again.
    pub(crate) async fn restart(&mut self) -> Result<()> {
        self.running = None;
        self.start().await
    }

    /// The gate.
    pub(crate) fn gate(&self) -> Result<&Gate> {
        let running = self.running.as_ref().context("the service is down")?;
        Ok(&running.gate)
    }

    /// Moves the clock.
    pub(crate) fn pass(&self, seconds: i64) {
        self.clock.0.fetch_add(seconds * 1_000_000, Ordering::SeqCst);
    }

    /// The time.
    pub(crate) fn now(&self) -> i64 {
        self.env.now().as_micros()
    }

    /// Sends a request, as a client would.
    pub(crate) async fn send(
        &self,
        secret: &str,
        method: Method,
        path: &str,
        body: &Value,
    ) -> Result<Response<Body>> {
        let (body, kind) = match body {
            Value::Null => (Body::empty(), "application/json"),
            Value::String(file) => (Body::from(file.clone()), "application/octet-stream"),
            json => (Body::from(json.to_string()), "application/json"),
        };
        let request = Request::builder()
            .method(method)
            .uri(format!("/api/v1{path}"))
            .header(header::AUTHORIZATION, format!("Bearer {secret}"))
            .header(header::CONTENT_TYPE, kind)
            .body(body)?;
        let running = self.running.as_ref().context("the service is down")?;
        let Ok(response) = running.router.clone().oneshot(request).await;
        Ok(response)
    }

    /// Sends a request and reads the answer to its end.
    pub(crate) async fn call(
        &self,
        secret: &str,
        method: Method,
        path: &str,
        body: &Value,
    ) -> Result<Answer> {
        let response = self.send(secret, method, path, body).await?;
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, usize::MAX).await?;
        let cookie = parts.headers.get(header::SET_COOKIE);
        let cookie = cookie.and_then(|c| c.to_str().ok()?.split(['=', ';']).nth(1));
        let answer = Answer {
            status: parts.status,
            session: cookie.map(str::to_owned),
            text: String::from_utf8_lossy(&bytes).into_owned(),
        };
        answer.class()?;
        Ok(answer)
    }

    /// Waits until nothing runs on in the background: an export records its end after its reader has it all, or left.
    pub(crate) async fn settle(&self) -> Result<()> {
        for _ in 0..100_000 {
            if tokio::runtime::Handle::current().metrics().num_alive_tasks() == 0 {
                return Ok(());
            }
            tokio::time::sleep(std::time::Duration::from_micros(50)).await;
        }
        bail!("something runs on in the background")
    }
}

impl Answer {
    /// Which refusal it is, if it is one. What the service may never say is an error.
    pub(crate) fn class(&self) -> Result<Option<Class>> {
        let slug = || {
            let problem: Option<Value> = serde_json::from_str(&self.text).ok();
            let kind = problem.and_then(|p| Some(p["type"].as_str()?.to_owned()));
            kind.unwrap_or_default()
        };
        Ok(Some(match (self.status.as_u16(), slug().as_str()) {
            (200..=299, _) => return Ok(None),
            (401, "/problems/unauthenticated") => Class::Unauthenticated,
            (404, "/problems/not-found") => Class::NotFound,
            (403, "/problems/not-in-role") => Class::NotInRole,
            (403, "/problems/ended") => Class::Ended,
            (403, "/problems/halted") => Class::Halted,
            (403, "/problems/walled") => Class::Walled,
            (409, "/problems/conflict") => Class::Conflict,
            (422, "/problems/invalid") => Class::Invalid,
            (429, "/problems/budget-spent") | (403, "/problems/budget-too-small") => Class::Budget,
            _ => bail!("the service may not say that: {} {}", self.status, self.text),
        }))
    }

    /// What was said: the body as JSON, or why not.
    pub(crate) fn said(&self) -> Result<Said<Value>> {
        match self.class()? {
            Some(class) => Ok(Err(class)),
            None if self.text.is_empty() => Ok(Ok(Value::Null)),
            None => Ok(Ok(serde_json::from_str(&self.text).unwrap_or(Value::Null))),
        }
    }

    /// Every mark in it.
    pub(crate) fn marks(&self) -> BTreeSet<Mark> {
        Mark::all(&self.text)
    }
}

/// Nothing here is about what outlives a power cut, so memory will do where there is a folder in it: waiting for the
/// disk would take nine tenths of the time.
fn folder() -> Result<tempfile::TempDir> {
    let memory = Path::new("/dev/shm");
    Ok(if memory.is_dir() {
        tempfile::tempdir_in(memory)?
    } else {
        tempfile::tempdir()?
    })
}

/// Reads a body piece by piece; none at its end, an error where it was cut.
pub(crate) async fn piece(body: &mut axum::body::BodyDataStream) -> Option<Result<Bytes>> {
    body.next().await.map(|piece| piece.map_err(Into::into))
}

async fn open(folder: &Path, place: &Place, env: &Env) -> Result<Gate> {
    let policy = FixedPolicy {
        terms: LeaseTerms { micros: 600_000_000 },
        denied: Default::default(),
    };
    let keys = folder.join("keyholder");
    let keyholder = EmbeddedKeyholder::open(keys, Box::new(policy), Arc::new(SystemRandom));
    let setup = Setup {
        store: Options {
            folder: folder.to_path_buf(),
            database: place.database().parse().map_err(|e| anyhow!("{e}"))?,
            readers: 1,
        },
        secrets: Secrets::open(folder, "soak.example")?,
        keyholder: Arc::new(keyholder?),
        lab_keyholders: Arc::new(NoLabKeyholders),
        env: env.clone(),
        node: "soak".into(),
    };
    Ok(Gate::open(setup).await?)
}
