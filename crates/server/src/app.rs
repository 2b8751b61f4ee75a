//! Addresses that need no caller: health, readiness, metrics.

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

/// Whether requests can be served: the store answers and the installation's own ledger is open.
pub(crate) async fn readyz(State(state): State<AppState>) -> Answer<&'static str> {
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
        Some(_) if !state.gate().closed().is_empty() => Err(Problem::unavailable(
            "a ledger does not check and stays closed; run `cofferdam doctor`",
        )),
        Some(_) => keys(&state).await,
    }
}

async fn keys(state: &AppState) -> Answer<&'static str> {
    match state.gate().keyholder_answers().await? {
        Ok(()) => Ok("ready\n"),
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
    match observe::recorder().filter(|_| state.settings.metrics) {
        Some(handle) => ([(header::CONTENT_TYPE, kind)], handle.render()).into_response(),
        None => Problem::not_found("metrics are switched off").into_response(),
    }
}
