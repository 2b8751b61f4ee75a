//! Signing in by the provider that the installation trusts, and adding one's account there.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cofferdam_custody::{Caller, GateError, SignIn};
use cofferdam_work::ops::WorkError;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::sessions::{from_our_pages, session_of, signed_in};
use crate::caller::{Signed, cookie_of};
use crate::limits::Body;
use crate::oidc::{OidcError, Provider};
use crate::problem::{Answer, Problem};
use crate::state::AppState;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(provider))
        .routes(routes!(begin))
        .routes(routes!(log_in))
        .routes(routes!(begin_adding))
        .routes(routes!(add))
}

const NO_PROVIDER: &str = "This installation trusts no provider";
const BY_ACCOUNT: &str =
    "a sign-in by a provider begins and ends on our own pages: open the login page itself";
/// In which browser a sign-in was begun: nobody is signed in by a link that somebody else began.
const FLOW: &str = "cofferdam_flow";
/// Where somebody comes back to: a page of ours.
const BACK: &str = "/login/account";

fn trusted(state: &AppState) -> Answer<&Arc<Provider>> {
    let none =
        || Problem::not_found("this installation trusts no provider; sign in by a login link or a passkey");
    state.provider.as_ref().ok_or_else(none)
}

/// Which provider people sign in by
#[derive(Serialize, ToSchema)]
struct ProviderOut {
    /// What people call it; none: this installation trusts no provider.
    name: Option<String>,
}

/// Which provider people sign in by
#[utoipa::path(get, path = "/accounts/provider", tag = "accounts", security(()), responses(
    (status = 200, description = "The provider", body = ProviderOut),
    (status = 401, description = "Not answered", body = Problem)))]
async fn provider(State(state): State<AppState>) -> Json<ProviderOut> {
    let name = state.provider.as_ref().map(|provider| provider.name().to_owned());
    Json(ProviderOut { name })
}

/// Where to go on.
#[derive(Serialize, ToSchema)]
struct Begun {
    /// The provider's page. It leads back to `/login/account` with `code` and `state`, within five minutes.
    url: String,
}

/// Begin to sign in by the provider
#[utoipa::path(post, path = "/accounts/challenges", tag = "accounts", responses(
    (status = 201, description = "Where to go on", body = Begun),
    (status = 401, description = "Another page asks", body = Problem),
    (status = 404, description = NO_PROVIDER, body = Problem),
    (status = 503, description = "The provider does not answer", body = Problem)))]
async fn begin(State(state): State<AppState>, headers: HeaderMap) -> Answer<Response> {
    from_our_pages(&state, &headers, BY_ACCOUNT)?;
    begun(&state, None).await
}

/// Begin to add one's account at the provider
#[utoipa::path(post, path = "/me/accounts/challenges", tag = "accounts", responses(
    (status = 201, description = "Where to go on", body = Begun),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 404, description = NO_PROVIDER, body = Problem),
    (status = 503, description = "The provider does not answer", body = Problem)))]
async fn begin_adding(State(state): State<AppState>, Signed(caller): Signed) -> Answer<Response> {
    begun(&state, Some(&caller)).await
}

async fn begun(state: &AppState, caller: Option<&Caller>) -> Answer<Response> {
    let provider = trusted(state)?;
    let asked = state.gate().ask_account(caller).map_err(WorkError::from)?;
    let now = state.gate().env().now();
    let url = provider.begin(&back(state), &asked, now).await.map_err(refused)?;
    let flow = flow(state, &URL_SAFE_NO_PAD.encode(&asked.state), 300)?;
    Ok((
        StatusCode::CREATED,
        [(header::SET_COOKIE, flow)],
        Json(Begun { url }),
    )
        .into_response())
}

fn back(state: &AppState) -> String {
    format!("{}{BACK}", state.settings.public_url)
}

fn flow(state: &AppState, value: &str, seconds: u32) -> Answer<HeaderValue> {
    let secure = if state.settings.secure_cookies {
        "; Secure"
    } else {
        ""
    };
    let text = format!("{FLOW}={value}; Path=/; HttpOnly; SameSite=Strict; Max-Age={seconds}{secure}");
    HeaderValue::from_str(&text).map_err(|_| Problem::internal())
}

/// What is told of a provider that does not do what it should; what of it is for operators is in the log.
fn refused(error: OidcError) -> Problem {
    tracing::warn!(%error, "nobody was signed in by the provider");
    match error {
        OidcError::NoAnswer(_) => {
            Problem::unavailable("the provider does not answer; try again, or sign in by a login link")
        }
        error => Problem::conflict(format!(
            "{error}; begin anew, or ask your operator for a login link"
        )),
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Returned {
    /// `code`, as it came back.
    code: String,
    /// `state`, as it came back.
    state: String,
}

impl Returned {
    /// What was asked: by this browser, a short time ago.
    fn asked(&self, state: &AppState, headers: &HeaderMap, caller: Option<&Caller>) -> Answer<SignIn> {
        let stale = || Problem::conflict("this sign-in is over, or was begun in another browser; begin anew");
        if cookie_of(headers, FLOW) != Some(self.state.as_str()) {
            return Err(stale());
        }
        let bytes = URL_SAFE_NO_PAD.decode(&self.state).map_err(|_| stale())?;
        state.gate().asked_account(caller, &bytes).map_err(|_| stale())
    }
}

/// Open a session by an account at the provider
#[utoipa::path(post, path = "/accounts/logins", tag = "accounts", request_body = Returned, responses(
    (status = 201, description = "Signed in; the session is in the cookie", body = super::sessions::Me),
    (status = 401, description = "Nobody here has added that account, or another page asks", body = Problem),
    (status = 404, description = NO_PROVIDER, body = Problem),
    (status = 409, description = "Over, begun in another browser, or refused by the provider", body = Problem),
    (status = 503, description = "The provider does not answer", body = Problem)))]
async fn log_in(
    State(state): State<AppState>,
    headers: HeaderMap,
    Body(body): Body<Returned>,
) -> Answer<Response> {
    from_our_pages(&state, &headers, BY_ACCOUNT)?;
    let provider = Arc::clone(trusted(&state)?);
    let asked = body.asked(&state, &headers, None)?;
    let now = state.gate().env().now();
    let back = back(&state);
    let account = provider
        .finish(&back, &asked, &body.code, now)
        .await
        .map_err(refused)?;
    let seconds = state.settings.session_hours.max(1) * 3_600;
    let before = session_of(&state, &headers).await;
    let login = state
        .gate()
        .log_in_by_account(&asked, account, seconds, before.as_ref());
    let (caller, session) = login.await.map_err(|error| match error {
        cofferdam_custody::AuthError::Unknown => Problem::unauthenticated(
            "nobody here has added that account; sign in by a login link or a passkey, then add it on the page of your ways in",
        ),
        other => other.into(),
    })?;
    signed_in(&state, &caller, &session, seconds).await
}

#[derive(Serialize, ToSchema)]
struct AccountAdded {
    /// The credential's id.
    credential: String,
}

/// Add one's account at the provider, within 15 minutes of signing in
#[utoipa::path(post, path = "/me/accounts", tag = "accounts", request_body = Returned, responses(
    (status = 201, description = "It opens sessions from now on", body = AccountAdded),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 404, description = NO_PROVIDER, body = Problem),
    (status = 409, description = "By no session, too long after signing in, halted, over, or it is here already", body = Problem),
    (status = 503, description = "The provider does not answer", body = Problem)))]
async fn add(
    State(state): State<AppState>,
    Signed(caller): Signed,
    headers: HeaderMap,
    Body(body): Body<Returned>,
) -> Answer<(StatusCode, Json<AccountAdded>)> {
    let provider = Arc::clone(trusted(&state)?);
    let asked = body.asked(&state, &headers, Some(&caller))?;
    let now = state.gate().env().now();
    let back = back(&state);
    let account = provider
        .finish(&back, &asked, &body.code, now)
        .await
        .map_err(refused)?;
    let label = provider.name().to_owned();
    let added = state.gate().add_account(&caller, &asked, account, label).await;
    let added = added.map_err(|error| match error {
        GateError::Command(refused) => Problem::conflict(refused.to_string()),
        other => WorkError::from(other.map(|_| "")).into(),
    })?;
    let credential = added.to_string();
    Ok((StatusCode::CREATED, Json(AccountAdded { credential })))
}
