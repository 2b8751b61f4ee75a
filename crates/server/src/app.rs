//! Addresses that need no caller: health, readiness, metrics.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use cofferdam_model::Compartment;
use cofferdam_store::{Reader, StoreError};
use tokio::time::Instant;

use crate::observe;
use crate::problem::{Answer, Problem};
use crate::state::AppState;

/// Whether the process answers.
pub(crate) async fn healthz() -> &'static str {
    "ok\n"
}

/// How long what readiness depends on may take to answer.
const READY_WITHIN: Duration = Duration::from_secs(2);

/// For how long what was found is believed. Anybody may ask, as often as they like, and what is looked at is not cheap.
const BELIEVED: Duration = Duration::from_secs(1);

/// When readiness was last looked at, and what was found.
pub(crate) struct Looked {
    at: Instant,
    ready: Ready,
}

/// Why requests cannot be served.
#[derive(Clone)]
struct Unready {
    /// In one word, for whoever looks at many.
    word: &'static str,
    /// What it is, and what to do.
    detail: String,
    /// What the log is told besides: whoever asks need not say who they are, and where the database is, and as whom it is
    /// asked, is not for everybody to know.
    cause: Option<String>,
}

impl Unready {
    fn new(word: &'static str, detail: impl Into<String>) -> Self {
        Self {
            word,
            detail: detail.into(),
            cause: None,
        }
    }

    fn because(self, cause: impl ToString) -> Self {
        let cause = Some(cause.to_string());
        Self { cause, ..self }
    }
}

type Ready = Result<(), Unready>;

/// Whether requests can be served: the store and the keyholder answer, the store may be written, and the installation's
/// own ledger is open. A lab's that is closed is said to be, and is no reason to send the others elsewhere.
pub(crate) async fn readyz(State(state): State<AppState>) -> Answer<String> {
    looked(&state)
        .await
        .map_err(|not| Problem::unavailable(format!("not ready: {}: {}", not.word, not.detail)))?;
    let mut ready = match closed_labs(&state) {
        0 => "ready".to_owned(),
        1 => "ready; 1 lab's ledger does not check and stays closed: run `cofferdam doctor`".to_owned(),
        labs => format!("ready; {labs} labs' ledgers do not check and stay closed: run `cofferdam doctor`"),
    };
    // Nothing is released that should not be, and no other node would do better: whoever runs this must hear of it.
    for undone in state.gate().undone() {
        let since = undone.since.rfc3339();
        ready.push_str(&format!("; {}, since {since}: the log says why", undone.chore));
    }
    ready.push('\n');
    Ok(ready)
}

/// What was found within the last second, or else now. It is looked at once for all who ask, and to its end, though they may not wait
/// for it.
async fn looked(state: &AppState) -> Ready {
    let mut last = Arc::clone(&state.readiness).lock_owned().await;
    if let Some(known) = last.as_ref().filter(|known| known.at.elapsed() < BELIEVED) {
        return known.ready.clone();
    }
    let own = state.clone();
    let looking = tokio::spawn(async move {
        let ready = check(&own).await;
        note(&own, ready.as_ref().err());
        let at = Instant::now();
        *last = Some(Looked {
            at,
            ready: ready.clone(),
        });
        ready
    });
    let failed = |_| {
        Err(Unready::new(
            "failed",
            "it could not be looked at; the log says why",
        ))
    };
    looking.await.unwrap_or_else(failed)
}

async fn check(state: &AppState) -> Ready {
    within("database", "the database", ledger(state)).await?;
    within("keyholder", "the keyholder, or the database,", keys(state)).await
}

/// Tells the log when it changes, and not whenever somebody asks.
fn note(state: &AppState, not: Option<&Unready>) {
    let mut last = state.unready.lock().unwrap_or_else(PoisonError::into_inner);
    let before = std::mem::replace(&mut *last, not.map(|not| not.word));
    match not {
        Some(not) if before != Some(not.word) => {
            tracing::warn!(
                reason = not.word,
                why = not.cause.as_ref().unwrap_or(&not.detail),
                "not ready"
            );
        }
        None if before.is_some() => tracing::info!("ready again"),
        _ => {}
    }
}

async fn within(word: &'static str, what: &str, check: impl Future<Output = Ready>) -> Ready {
    let checked = tokio::time::timeout(READY_WITHIN, check).await;
    checked.unwrap_or_else(|_| {
        let seconds = READY_WITHIN.as_secs();
        Err(Unready::new(
            word,
            format!("{what} did not answer within {seconds} s"),
        ))
    })
}

/// Labs whose ledgers are closed.
fn closed_labs(state: &AppState) -> usize {
    let closed = state.gate().closed();
    let labs = closed
        .iter()
        .filter(|found| found.closed() != Some(Compartment::Installation));
    labs.count()
}

async fn ledger(state: &AppState) -> Ready {
    let store = state.gate().store();
    store.takes_writes().await.map_err(unanswered)?;
    let read = |r: &mut Reader<'_>| {
        r.schema()?;
        cofferdam_store::ledger::head(r, Compartment::Installation)
    };
    match store.read(read).await.map_err(unanswered)? {
        None => Err(Unready::new(
            "unfounded",
            "the installation was not founded; run `cofferdam init`",
        )),
        Some(_) if state.gate().is_closed(Compartment::Installation) => Err(Unready::new(
            "closed",
            "the installation's ledger does not check and stays closed; run `cofferdam doctor`",
        )),
        Some(_) => Ok(()),
    }
}

fn unanswered(error: StoreError) -> Unready {
    let unready = match error {
        StoreError::Forbidden(_) | StoreError::ReadOnly => Unready::new(
            "read-only",
            "the database does not let this program write; the log says what is to be granted",
        ),
        StoreError::Moved(_) => return Unready::new("moved", error.to_string()),
        StoreError::ClockApart { .. } => return Unready::new("clock", error.to_string()),
        StoreError::DiskFull | StoreError::Unwritable(_) => return Unready::new("disk", error.to_string()),
        StoreError::OtherSchema { .. } | StoreError::Unfinished => {
            return Unready::new("schema", error.to_string());
        }
        StoreError::Damaged(_) | StoreError::Lacking(_) => Unready::new(
            "damaged",
            "the database is damaged, or not whole; the log says how. Restore it from a backup",
        ),
        StoreError::Locked(_) | StoreError::InUse | StoreError::NodeInUse(_) => Unready::new(
            "locked",
            "somebody else keeps the database from being written; the log says what is locked",
        ),
        _ => Unready::new("database", "the database does not answer; the log says why"),
    };
    unready.because(error)
}

async fn keys(state: &AppState) -> Ready {
    match state.gate().keyholder_answers().await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(lost)) => Err(Unready::new(
            "keyholder",
            "the keyholder does not have the keys: nothing can be read. Restore it, then run `cofferdam doctor`",
        )
        .because(lost)),
        Err(error) => Err(unanswered(error)),
    }
}

/// Counts and times, for Prometheus.
pub(crate) async fn metrics(State(state): State<AppState>) -> Response {
    let kind = HeaderValue::from_static("text/plain; version=0.0.4");
    let closed = u32::try_from(state.gate().closed().len()).unwrap_or(u32::MAX);
    metrics::gauge!("ledgers_closed").set(f64::from(closed));
    let undone = u32::try_from(state.gate().undone().len()).unwrap_or(u32::MAX);
    metrics::gauge!("chores_undone").set(f64::from(undone));
    let without = u32::try_from(state.gate().keyholders_in_trouble()).unwrap_or(u32::MAX);
    metrics::gauge!("keyholders_without_key").set(f64::from(without));
    match observe::recorder().filter(|_| state.settings.metrics) {
        Some(handle) => ([(header::CONTENT_TYPE, kind)], handle.render()).into_response(),
        None => Problem::not_found("metrics are switched off").into_response(),
    }
}
