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

/// The secret that a request carries, and whether a cookie carried it. Of two `Authorization` headers neither counts.
pub(crate) fn secret_of(headers: &HeaderMap) -> Option<(&str, bool)> {
    let mut given = headers.get_all(header::AUTHORIZATION).iter();
    if let Some(value) = given.next() {
        if given.next().is_some() {
            return None;
        }
        let (scheme, secret) = value.to_str().ok()?.split_once(' ')?;
        return scheme
            .eq_ignore_ascii_case("bearer")
            .then_some((secret.trim(), false));
    }
    cookie_of(headers, COOKIE).map(|secret| (secret, true))
}

/// What a cookie of that name holds.
pub(crate) fn cookie_of<'h>(headers: &'h HeaderMap, wanted: &str) -> Option<&'h str> {
    let cookies = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|v| v.to_str().ok());
    let mut pairs = cookies
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == wanted).map(|(_, value)| value)
}

/// Whether a request that changes something comes from our own pages: browsers say so, and pages cannot forge it. A
/// browser that does not say it in one word names the page's origin, which is to be the configured one, or the host asked
/// for: a proxy may have rewritten that.
fn same_origin(headers: &HeaderMap, public_url: &str) -> bool {
    if let Some(site) = headers.get("sec-fetch-site") {
        return site == "same-origin";
    }
    let origin = headers.get(header::ORIGIN).and_then(|o| o.to_str().ok());
    let Some((scheme, from)) = origin.and_then(origin_of) else {
        return false;
    };
    let public = origin_of(public_url);
    if public
        .as_ref()
        .is_some_and(|own| *own == (scheme.clone(), from.clone()))
    {
        return true;
    }
    // Who reads or writes what goes over plain HTTP could make such a page.
    if scheme == "http" && public.is_some_and(|(own, _)| own == "https") {
        return false;
    }
    let host = headers.get(header::HOST).and_then(|h| h.to_str().ok());
    host.is_some_and(|host| without_usual_port(&scheme, host) == from)
}

/// Whether a request that carries no secret of its own, as a login, says that another page sends it: it could put whoever
/// looks at that page into somebody else's account. Programs say nothing of pages.
pub(crate) fn of_another_page(headers: &HeaderMap, public_url: &str) -> bool {
    let of_a_page = headers.contains_key("sec-fetch-site") || headers.contains_key(header::ORIGIN);
    of_a_page && !same_origin(headers, public_url)
}

/// The scheme and the authority of a URL, as RFC 6454 section 4 compares them.
fn origin_of(url: &str) -> Option<(String, String)> {
    let (scheme, rest) = url.split_once("://")?;
    let scheme = scheme.to_ascii_lowercase();
    let authority = rest.split(['/', '?', '#']).next()?;
    let authority = without_usual_port(&scheme, authority);
    Some((scheme, authority))
}

fn without_usual_port(scheme: &str, authority: &str) -> String {
    let usual = if scheme == "https" { ":443" } else { ":80" };
    let bare = authority.strip_suffix(usual).unwrap_or(authority);
    bare.to_ascii_lowercase()
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
        if by_cookie && !safe && !same_origin(&parts.headers, &state.settings.public_url) {
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
        // Whatever takes the request's body asks again when that has come.
        parts.extensions.insert(caller);
        Ok(Self(caller))
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderName;

    use super::*;

    fn asked(public_url: &str, headers: &[(&'static str, &'static str)]) -> bool {
        let pairs = headers.iter().map(|(name, value)| {
            let name = HeaderName::from_static(name);
            (name, axum::http::HeaderValue::from_static(value))
        });
        same_origin(&pairs.collect(), public_url)
    }

    #[test]
    fn a_page_is_ours_by_the_configured_origin_or_the_host_asked_for() {
        let public = "https://Cofferdam.example:443/";
        let inner = ("host", "app:8417");
        assert!(asked(public, &[inner, ("origin", "https://cofferdam.example")]));
        assert!(asked(
            public,
            &[("host", "other.example"), ("origin", "https://other.example")]
        ));
        let local = "http://127.0.0.1:8417";
        assert!(asked(
            local,
            &[("host", "localhost:8417"), ("origin", "http://localhost:8417")]
        ));
        assert!(asked(
            local,
            &[("host", "127.0.0.1"), ("origin", "https://127.0.0.1")]
        ));
        assert!(asked(public, &[inner, ("sec-fetch-site", "same-origin")]));
    }

    #[test]
    fn any_other_page_is_not() {
        let public = "https://cofferdam.example";
        let host = ("host", "cofferdam.example");
        for origin in [
            "http://cofferdam.example",
            "https://cofferdam.example.evil.example",
            "https://cofferdam.example:8443",
            "https://evil.example",
            "null",
        ] {
            assert!(!asked(public, &[host, ("origin", origin)]), "{origin}");
        }
        assert!(!asked(public, &[host]));
        let ours = ("origin", "https://cofferdam.example");
        assert!(!asked(public, &[host, ours, ("sec-fetch-site", "cross-site")]));
    }
}
