//! Passkeys: adding one, and signing in by one.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cofferdam_custody::{Assertion, GateError, RegisterError, Registration};
use cofferdam_model::Id as _;
use cofferdam_work::ops::{WorkError, check_name};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::sessions::{from_our_pages, session_of, signed_in};
use crate::caller::Signed;
use crate::limits::Body;
use crate::party::party;
use crate::problem::{Answer, Problem};
use crate::state::AppState;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(ask))
        .routes(routes!(ask_for_new))
        .routes(routes!(add))
        .routes(routes!(log_in))
}

const SAID: &str = "The address under which people reach this has no name that passkeys can be for";

const BY_PASSKEY: &str = "a passkey signs in from our own pages alone: open the login page itself";

/// What an authenticator is to sign. Bytes are base64url without padding, here and in what is sent back.
#[derive(Serialize, ToSchema)]
struct Challenge {
    challenge: String,
    /// The host that the passkey is for.
    rp_id: String,
    /// How long it is good.
    seconds: u32,
}

/// What an authenticator is to make a passkey for.
#[derive(Serialize, ToSchema)]
struct NewChallenge {
    challenge: String,
    /// The host that the passkey is for.
    rp_id: String,
    /// How long it is good.
    seconds: u32,
    /// Whom the passkey will prove: bytes, as the authenticator keeps them.
    user: String,
    /// What they are called.
    name: String,
    /// Handles of the passkeys that they have: no authenticator makes a second one.
    exclude: Vec<String>,
}

const SECONDS: u32 = 300;

fn text(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn bytes(field: &'static str, text: &str) -> Answer<Vec<u8>> {
    let decoded = URL_SAFE_NO_PAD.decode(text);
    decoded.map_err(|_| Problem::field(field, "base64url without padding is needed"))
}

/// Ask a passkey to sign in
#[utoipa::path(post, path = "/passkeys/challenges", tag = "passkeys", responses(
    (status = 201, description = "What it is to sign", body = Challenge),
    (status = 401, description = "Another page asks", body = Problem),
    (status = 409, description = SAID, body = Problem)))]
async fn ask(State(state): State<AppState>, headers: HeaderMap) -> Answer<(StatusCode, Json<Challenge>)> {
    from_our_pages(&state, &headers, BY_PASSKEY)?;
    let party = party(&state.settings.public_url)?;
    let challenge = state.gate().challenge(None).map_err(WorkError::from)?;
    let asked = Challenge {
        challenge: text(&challenge),
        rp_id: party.id,
        seconds: SECONDS,
    };
    Ok((StatusCode::CREATED, Json(asked)))
}

/// Ask an authenticator for a new passkey of one's own
#[utoipa::path(post, path = "/me/passkeys/challenges", tag = "passkeys", responses(
    (status = 201, description = "What it is to make one for", body = NewChallenge),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 409, description = SAID, body = Problem)))]
async fn ask_for_new(
    State(state): State<AppState>,
    Signed(caller): Signed,
) -> Answer<(StatusCode, Json<NewChallenge>)> {
    let party = party(&state.settings.public_url)?;
    let person = state.platform.person(caller.principal()).await?;
    let known = state.gate().passkeys(caller.principal()).await;
    let known = known.map_err(WorkError::from)?;
    let challenge = state.gate().challenge(Some(&caller)).map_err(WorkError::from)?;
    let asked = NewChallenge {
        challenge: text(&challenge),
        rp_id: party.id,
        seconds: SECONDS,
        user: text(caller.principal().as_bytes()),
        name: person.name,
        exclude: known.iter().map(|handle| text(handle)).collect(),
    };
    Ok((StatusCode::CREATED, Json(asked)))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewPasskey {
    /// What one calls it: the device that it is on.
    label: String,
    /// `clientDataJSON`.
    client_data: String,
    /// `attestationObject`.
    attestation: String,
}

#[derive(Serialize, ToSchema)]
struct Added {
    /// The credential's id.
    credential: String,
}

/// Add a passkey, within 15 minutes of signing in
#[utoipa::path(post, path = "/me/passkeys", tag = "passkeys", request_body = NewPasskey, responses(
    (status = 201, description = "It opens sessions from now on", body = Added),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 409, description = "By no session, too long after signing in, halted, or it is here already", body = Problem),
    (status = 422, description = "Not what an authenticator says", body = Problem)))]
async fn add(
    State(state): State<AppState>,
    Signed(caller): Signed,
    Body(body): Body<NewPasskey>,
) -> Answer<(StatusCode, Json<Added>)> {
    let party = party(&state.settings.public_url)?;
    let new = Registration {
        label: check_name("/label", &body.label)?,
        client_data: bytes("/client_data", &body.client_data)?,
        attestation: bytes("/attestation", &body.attestation)?,
    };
    let added = state.gate().register_passkey(&caller, &party, new).await;
    let added = added.map_err(|error| match error {
        GateError::Command(RegisterError::Passkey(error)) => {
            Problem::field("/attestation", error.to_string())
        }
        GateError::Command(refused) => Problem::conflict(refused.to_string()),
        other => WorkError::from(other.map(|_| "")).into(),
    })?;
    let credential = added.to_string();
    Ok((StatusCode::CREATED, Json(Added { credential })))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SignedIn {
    /// `rawId`.
    handle: String,
    /// `clientDataJSON`.
    client_data: String,
    /// `authenticatorData`.
    authenticator_data: String,
    /// Over the two.
    signature: String,
    /// `userHandle`, where there is one.
    user: Option<String>,
}

/// Open a session by a passkey
#[utoipa::path(post, path = "/passkeys/logins", tag = "passkeys", request_body = SignedIn, responses(
    (status = 201, description = "Signed in; the session is in the cookie", body = super::sessions::Me),
    (status = 401, description = "The passkey is not known, revoked or did not sign, or another page sends it", body = Problem),
    (status = 409, description = SAID, body = Problem),
    (status = 422, description = "Not what an authenticator says", body = Problem)))]
async fn log_in(
    State(state): State<AppState>,
    headers: HeaderMap,
    Body(body): Body<SignedIn>,
) -> Answer<Response> {
    from_our_pages(&state, &headers, BY_PASSKEY)?;
    let party = party(&state.settings.public_url)?;
    let said = Assertion {
        handle: bytes("/handle", &body.handle)?,
        client_data: bytes("/client_data", &body.client_data)?,
        authenticator_data: bytes("/authenticator_data", &body.authenticator_data)?,
        signature: bytes("/signature", &body.signature)?,
        user: body
            .user
            .as_deref()
            .map(|user| bytes("/user", user))
            .transpose()?,
    };
    let seconds = state.settings.session_hours.max(1) * 3_600;
    let before = session_of(&state, &headers).await;
    let login = state
        .gate()
        .log_in_by_passkey(&party, &said, seconds, before.as_ref());
    let (caller, session) = login.await?;
    signed_in(&state, &caller, &session, seconds).await
}
