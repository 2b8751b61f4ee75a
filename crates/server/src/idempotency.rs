//! `Idempotency-Key`: the same request sent twice is done once, and answered alike.
//!
//! What a command answers is kept with what it does (`custody::once`); here the whole answer is kept once it is there,
//! which is quicker to give again and speaks of requests that do more than one thing.
//!
//! Kept are answers that hold ids, states and counts. Answers with plaintext or a secret are not: to be handed a task
//! twice is harmless, since one gets the same one, and a secret is shown once.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use aws_lc_rs::digest::{Context, SHA256};
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use cofferdam_custody::Asked;
use cofferdam_store::idempotency::{self, AnswerRow};
use cofferdam_work::ops::WorkError;

use crate::caller::secret_of;
use crate::limits::{JSON, MOST_JSON_BYTES};
use crate::problem::Problem;
use crate::room::Whole;
use crate::state::AppState;

const HEADER: &str = "idempotency-key";
const MOST_KEY_BYTES: usize = 200;
const KEPT_SECONDS: i64 = 86_400;
/// Paths whose answers hold plaintext or a secret, or whose bodies are files: what is in them, and how they end.
const NOT_KEPT: [(&str, &str); 10] = [
    ("/engagements/", "/claims"),
    ("", "/sessions"),
    ("/passkeys", "/challenges"),
    ("/passkeys", "/logins"),
    ("/accounts", "/challenges"),
    ("/accounts", "/logins"),
    ("", "/links"),
    ("", "/tokens"),
    ("", "/imports"),
    ("", "/webhooks"),
];

/// Requests with a key that are being answered now.
#[derive(Clone, Default)]
pub(crate) struct InFlight(Arc<Mutex<HashSet<[u8; 32]>>>);

struct Turn {
    all: InFlight,
    request: [u8; 32],
}

impl InFlight {
    fn begin(&self, request: [u8; 32]) -> Option<Turn> {
        let fresh = self
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(request);
        fresh.then(|| Turn {
            all: self.clone(),
            request,
        })
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.all
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&self.request);
    }
}

fn hash(parts: &[&[u8]]) -> [u8; 32] {
    let mut context = Context::new(&SHA256);
    for part in parts {
        context.update(&(part.len() as u64).to_be_bytes());
        context.update(part);
    }
    let mut out = [0; 32];
    out.copy_from_slice(context.finish().as_ref());
    out
}

/// Whether a repeated POST to this path is answered as before.
pub(crate) fn applies(path: &str) -> bool {
    let is = |(within, end): &(&str, &str)| path.contains(within) && path.ends_with(end);
    !NOT_KEPT.iter().any(is)
}

/// Answers a repeated request as before.
pub(crate) async fn once(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let applies = request.method() == Method::POST && applies(request.uri().path());
    let mut keys = request.headers().get_all(HEADER).iter();
    let (key, more) = (keys.next().cloned(), keys.next().is_some());
    if applies && more {
        return Problem::malformed("one Idempotency-Key is needed, and there are several").into_response();
    }
    match key {
        Some(key) if applies => keyed(state, request, next, key)
            .await
            .unwrap_or_else(Problem::into_response),
        _ => next.run(request).await,
    }
}

async fn keyed(state: AppState, request: Request, next: Next, key: HeaderValue) -> Result<Response, Problem> {
    if key.is_empty() || key.len() > MOST_KEY_BYTES {
        return Err(Problem::malformed("an Idempotency-Key has 1 to 200 bytes"));
    }
    let secret = secret_of(request.headers())
        .map(|(secret, _)| secret.to_owned())
        .unwrap_or_default();
    // Nobody learns by a repeated key what another caller was told: the caller is part of what is looked up, and is
    // checked before anything is.
    state.gate().authenticate(&secret).await?;
    let (parts, body) = request.into_parts();
    let Whole { bytes, taken: _taken } = JSON.read(body, &state.room).await?;
    // The body may have been long on its way.
    state.gate().authenticate(&secret).await?;
    let asked_for = parts.uri.path_and_query().map_or("", |whole| whole.as_str());
    let id = hash(&[secret.as_bytes(), key.as_bytes()]);
    let fingerprint = hash(&[b"POST", asked_for.as_bytes(), &bytes]);
    let _turn = state.in_flight.begin(id).ok_or_else(Problem::being_answered)?;
    let known = state
        .gate()
        .store()
        .read(move |r| idempotency::get(r, &id))
        .await?;
    if let Some(known) = known {
        let as_kept = state.gate().secrets().check_seal(&known);
        as_kept.map_err(WorkError::Integrity)?;
        return if known.body == fingerprint {
            replay(&known)
        } else {
            Err(Problem::idempotency_mismatch())
        };
    }
    let asked = Asked {
        request: id,
        body: fingerprint,
    };
    let work = next.run(Request::from_parts(parts, Body::from(bytes)));
    let response = cofferdam_custody::once(asked, work).await;
    if !response.status().is_success() {
        return Ok(response);
    }
    keep(&state, response, id, fingerprint).await
}

fn replay(known: &AnswerRow) -> Result<Response, Problem> {
    let (status, body) = known.outcome.split_once(' ').ok_or_else(Problem::internal)?;
    let status = status
        .parse()
        .ok()
        .and_then(|s| StatusCode::from_u16(s).ok())
        .ok_or_else(Problem::internal)?;
    let mut response = (status, body.to_owned()).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert("idempotent-replayed", HeaderValue::from_static("true"));
    Ok(response)
}

async fn keep(
    state: &AppState,
    response: Response,
    request: [u8; 32],
    body: [u8; 32],
) -> Result<Response, Problem> {
    let (parts, answer) = response.into_parts();
    let bytes = to_bytes(answer, MOST_JSON_BYTES)
        .await
        .map_err(|_| Problem::internal())?;
    let text = std::str::from_utf8(&bytes).map_err(|_| Problem::internal())?;
    let outcome = format!("{} {text}", parts.status.as_u16());
    let created = state.gate().env().now();
    let row = AnswerRow {
        request,
        body,
        outcome,
        created,
        seal: [0; 32],
    };
    let row = state.gate().secrets().stamped(row);
    let kept = state.gate().store().write(move |tx| {
        idempotency::forget(tx, created.plus_seconds(-KEPT_SECONDS))?;
        idempotency::insert(tx, &row)
    });
    kept.await.map_err(Problem::from)?;
    Ok(Response::from_parts(parts, Body::from(bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_of_two_alike_waits_until_the_other_is_answered() {
        let all = InFlight::default();
        let first = all.begin([1; 32]);
        assert!(first.is_some() && all.begin([1; 32]).is_none() && all.begin([2; 32]).is_some());
        drop(first);
        assert!(all.begin([1; 32]).is_some());
    }

    #[test]
    fn what_is_shown_or_secret_is_not_kept_and_a_record_is() {
        for shown in [
            "/engagements/eng_1/claims",
            "/engagements/eng_1/reviews/claims",
            "/engagements/eng_1/imports",
            "/engagements/eng_1/tokens",
            "/people/pri_1/links",
            "/sessions",
            "/passkeys/challenges",
            "/passkeys/logins",
            "/me/passkeys/challenges",
            "/accounts/challenges",
            "/accounts/logins",
            "/me/accounts/challenges",
            "/labs/lab_1/webhooks",
        ] {
            assert!(!applies(&format!("/api/v1{shown}")), "{shown}");
        }
        for record in ["/incidents/inc_1/claims", "/labs", "/halts"] {
            assert!(applies(&format!("/api/v1{record}")), "{record}");
        }
    }
}
