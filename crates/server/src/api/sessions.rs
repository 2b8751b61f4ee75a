//! Login by one-time link, logout, and who one is.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use cofferdam_custody::{Caller, Issued};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::dto::{EngagementOut, Stop};
use crate::caller::{COOKIE, Signed, of_another_page, secret_of};
use crate::limits::Body;
use crate::problem::{Answer, Problem};
use crate::state::AppState;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(log_in))
        .routes(routes!(log_out))
        .routes(routes!(me))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct LogIn {
    /// What follows `#` in a login link.
    link: String,
}

/// Who one is, and what one holds
#[derive(Serialize, ToSchema)]
pub(super) struct Me {
    principal: String,
    name: String,
    kind: &'static str,
    operator: bool,
    /// The credential in use.
    credential: String,
    /// A halt on that credential, or on whom it proves.
    halted: Option<Stop>,
    engagements: Vec<EngagementOut>,
}

async fn describe(state: &AppState, caller: &Caller) -> Answer<Me> {
    let person = state.platform.person(caller.principal()).await?;
    let now = state.gate().env().now();
    let views = state.platform.own_engagements(caller).await?;
    let halted = state.platform.halt_on(caller.principal(), caller.credential());
    Ok(Me {
        principal: person.id.to_string(),
        name: person.name,
        kind: person.kind.name(),
        operator: state.gate().is_operator(caller),
        credential: caller.credential().to_string(),
        halted: halted.as_ref().map(Stop::from),
        engagements: views.iter().map(|v| EngagementOut::of(v, now)).collect(),
    })
}

fn cookie(state: &AppState, secret: &str, seconds: i64) -> Answer<HeaderValue> {
    let secure = if state.settings.secure_cookies {
        "; Secure"
    } else {
        ""
    };
    let text = format!("{COOKIE}={secret}; Path=/; HttpOnly; SameSite=Strict; Max-Age={seconds}{secure}");
    HeaderValue::from_str(&text).map_err(|_| Problem::internal())
}

/// The session that a browser has already, if it still proves anything.
pub(super) async fn session_of(state: &AppState, headers: &HeaderMap) -> Option<Caller> {
    let (secret, true) = secret_of(headers)? else {
        return None;
    };
    state.gate().authenticate(secret).await.ok()
}

/// Use up a login link and open a session
#[utoipa::path(post, path = "/sessions", tag = "sessions", request_body = LogIn, responses(
    (status = 201, description = "Signed in; the session is in the cookie", body = Me),
    (status = 401, description = "The link is not known, expired or used, or another page sends it", body = Problem),
    (status = 422, description = "Not a link", body = Problem)))]
async fn log_in(
    State(state): State<AppState>,
    headers: HeaderMap,
    Body(body): Body<LogIn>,
) -> Answer<Response> {
    from_our_pages(&state, &headers, BY_LINK)?;
    let seconds = state.settings.session_hours.max(1) * 3_600;
    let before = session_of(&state, &headers).await;
    let login = state.gate().log_in(&body.link, seconds, before.as_ref());
    let (caller, session) = login.await?;
    signed_in(&state, &caller, &session, seconds).await
}

/// A login that another page sends could put whoever looks at it into somebody else's account.
pub(super) fn from_our_pages(state: &AppState, headers: &HeaderMap, told: &str) -> Answer<()> {
    match of_another_page(headers, &state.settings.public_url) {
        true => Err(Problem::unauthenticated(told)),
        false => Ok(()),
    }
}

const BY_LINK: &str = "a login must come from our own pages: open the login link itself; it was not used up";

/// Who one is from now on, with the session in the cookie.
pub(super) async fn signed_in(
    state: &AppState,
    caller: &Caller,
    session: &Issued,
    seconds: i64,
) -> Answer<Response> {
    let me = describe(state, caller).await?;
    let cookie = cookie(state, session.secret.expose(), seconds)?;
    Ok((StatusCode::CREATED, [(header::SET_COOKIE, cookie)], Json(me)).into_response())
}

/// End the session or token in use
#[utoipa::path(delete, path = "/sessions/current", tag = "sessions", responses(
    (status = 204, description = "Signed out"),
    (status = 401, description = "Not signed in", body = Problem)))]
async fn log_out(State(state): State<AppState>, Signed(caller): Signed) -> Answer<Response> {
    state.gate().revoke(&caller, caller.credential()).await?;
    Ok((
        StatusCode::NO_CONTENT,
        [(header::SET_COOKIE, cookie(&state, "", 0)?)],
    )
        .into_response())
}

/// Who one is, and what one holds
#[utoipa::path(get, path = "/me", tag = "sessions", responses(
    (status = 200, description = "The caller", body = Me),
    (status = 401, description = "Not signed in", body = Problem)))]
async fn me(State(state): State<AppState>, Signed(caller): Signed) -> Answer<Json<Me>> {
    describe(&state, &caller).await.map(Json)
}
