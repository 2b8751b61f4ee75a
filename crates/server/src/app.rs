//! Addresses that need no caller: health, readiness, metrics.

use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use cofferdam_model::Compartment;
use cofferdam_store::StoreError;

use crate::observe;
use crate::problem::{Answer, Problem};
use crate::state::AppState;

/// Whether the process answers.
pub(crate) async fn healthz() -> &'static str {
    "ok\n"
}

/// How long what readiness depends on may take to answer.
const READY_WITHIN: Duration = Duration::from_secs(2);

/// Whether requests can be served: the store and the keyholder answer, and the installation's own ledger is open. A lab's
/// that is closed is said to be, and is no reason to send the others elsewhere.
pub(crate) async fn readyz(State(state): State<AppState>) -> Answer<String> {
    within("the database", ledger(&state)).await?;
    within("the keyholder, or the database,", keys(&state)).await?;
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

async fn within(what: &str, check: impl Future<Output = Answer<()>>) -> Answer<()> {
    let checked = tokio::time::timeout(READY_WITHIN, check).await;
    checked.unwrap_or_else(|_| {
        let seconds = READY_WITHIN.as_secs();
        tracing::warn!(%what, seconds, "not ready: no answer in time");
        let detail = format!("{what} did not answer within {seconds} s");
        Err(Problem::unavailable(detail))
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

async fn ledger(state: &AppState) -> Answer<()> {
    let head = state
        .gate()
        .store()
        .read(|r| cofferdam_store::ledger::head(r, Compartment::Installation))
        .await;
    // Whoever asks need not say who they are: where the database is, the log alone says.
    let unanswered = |error: StoreError| {
        match error {
            // The store has told of it, once.
            StoreError::Unreachable(_) => tracing::debug!(%error, "not ready"),
            _ => tracing::warn!(%error, "not ready"),
        }
        Problem::unavailable("the database does not answer; the log says why")
    };
    match head.map_err(unanswered)? {
        None => Err(Problem::unavailable(
            "the installation was not founded; run `cofferdam init`",
        )),
        Some(_) if state.gate().is_closed(Compartment::Installation) => Err(Problem::unavailable(
            "the installation's ledger does not check and stays closed; run `cofferdam doctor`",
        )),
        Some(_) => Ok(()),
    }
}

async fn keys(state: &AppState) -> Answer<()> {
    match state.gate().keyholder_answers().await? {
        Ok(()) => Ok(()),
        Err(lost) => {
            tracing::error!(%lost, "the keyholder does not have the key that was used last");
            Err(Problem::unavailable(
                "the keyholder does not have the keys: nothing can be read. Restore it, then run `cofferdam doctor`",
            ))
        }
    }
}

/// Counts and times, for Prometheus.
pub(crate) async fn metrics(State(state): State<AppState>) -> Response {
    let kind = HeaderValue::from_static("text/plain; version=0.0.4");
    let closed = u32::try_from(state.gate().closed().len()).unwrap_or(u32::MAX);
    metrics::gauge!("ledgers_closed").set(f64::from(closed));
    let undone = u32::try_from(state.gate().undone().len()).unwrap_or(u32::MAX);
    metrics::gauge!("chores_undone").set(f64::from(undone));
    match observe::recorder().filter(|_| state.settings.metrics) {
        Some(handle) => ([(header::CONTENT_TYPE, kind)], handle.render()).into_response(),
        None => Problem::not_found("metrics are switched off").into_response(),
    }
}
