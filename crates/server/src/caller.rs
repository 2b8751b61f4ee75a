//! Who asks: the extractor without which no operation can be called.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};
use cofferdam_custody::Caller;
use cofferdam_model::CredentialKind;

use crate::problem::Problem;
use crate::state::AppState;

/// The session cookie's name.
pub(crate) const COOKIE: &str = "cofferdam_session";

/// A caller whose credential was checked.
pub(crate) struct Signed(pub(crate) Caller);

/// The secret that a request carries, and whether a cookie carried it.
pub(crate) fn secret_of(headers: &HeaderMap) -> Option<(&str, bool)> {
    if let Some(value) = headers.get(header::AUTHORIZATION) {
        let (scheme, secret) = value.to_str().ok()?.split_once(' ')?;
        return scheme
            .eq_ignore_ascii_case("bearer")
            .then_some((secret.trim(), false));
    }
    let cookies = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|v| v.to_str().ok());
    let mut pairs = cookies
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='));
    pairs
        .find(|(name, _)| *name == COOKIE)
        .map(|(_, secret)| (secret, true))
}

/// Whether a request that changes something comes from our own pages: browsers say so, and pages cannot forge it.
fn same_origin(parts: &Parts) -> bool {
    if let Some(site) = parts.headers.get("sec-fetch-site") {
        return site == "same-origin";
    }
    let host = parts.headers.get(header::HOST).and_then(|h| h.to_str().ok());
    let origin = parts.headers.get(header::ORIGIN).and_then(|o| o.to_str().ok());
    match (host, origin.and_then(|o| o.split_once("://"))) {
        (Some(host), Some((_, from))) => host == from,
        _ => false,
    }
}

impl FromRequestParts<AppState> for Signed {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let found = secret_of(&parts.headers);
        let (secret, by_cookie) = found.ok_or_else(|| {
            Problem::unauthenticated(
                "sign in by a login link, or send `Authorization: Bearer` and an API token",
            )
        })?;
        let safe = parts.method == Method::GET || parts.method == Method::HEAD;
        if by_cookie && !safe && !same_origin(parts) {
            return Err(Problem::unauthenticated(
                "a request with a session cookie must come from our own pages",
            ));
        }
        let caller = state.gate().authenticate(secret).await?;
        if by_cookie && caller.kind() != CredentialKind::Session {
            return Err(Problem::unauthenticated(
                "a cookie carries a session; send an API token as `Authorization: Bearer`",
            ));
        }
        Ok(Self(caller))
    }
}
