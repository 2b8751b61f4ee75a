//! Webhooks: where a lab is told what happens to it.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use cofferdam_custody::Caller;
use cofferdam_model::{EngagementId, LabId, WebhookId};
use cofferdam_notify::Webhook;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::dto::{IdPath, IdPaths, Query, operator};
use super::page::{Page, PageQuery};
use crate::caller::Signed;
use crate::limits::Body;
use crate::problem::{Answer, Problem};
use crate::state::AppState;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list, set))
        .routes(routes!(remove))
        .routes(routes!(test))
}

/// How a webhook was last reached.
#[derive(Serialize, ToSchema)]
struct LastOut {
    at: String,
    /// `delivered`, `answered-otherwise`, `unreachable`, `not-in-time` or `not-allowed`.
    outcome: &'static str,
    /// What HTTP answered.
    status: Option<u32>,
}

/// A webhook.
#[derive(Serialize, ToSchema)]
struct WebhookOut {
    id: String,
    url: String,
    since: String,
    /// The last attempt to reach it; none: there was none.
    last: Option<LastOut>,
}

impl From<&Webhook> for WebhookOut {
    fn from(known: &Webhook) -> Self {
        Self {
            id: known.row.id.to_string(),
            url: known.row.url.clone(),
            since: known.row.since.rfc3339(),
            last: known.last.as_ref().map(|(attempt, _)| LastOut {
                at: attempt.at.rfc3339(),
                outcome: attempt.outcome.name(),
                status: attempt.status,
            }),
        }
    }
}

/// A lab's webhooks: for its stewards, and for operators
#[utoipa::path(get, path = "/labs/{lab}/webhooks", tag = "webhooks",
    params(("lab" = String, Path, description = "The lab's id"), PageQuery), responses(
    (status = 200, description = "A page", body = Page<WebhookOut>),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 403, description = "Ended, or not in one's role", body = Problem),
    (status = 404, description = "No such lab, or not one's own", body = Problem),
    (status = 422, description = "Not a cursor or limit", body = Problem)))]
async fn list(
    State(state): State<AppState>,
    Signed(caller): Signed,
    IdPath(lab): IdPath<LabId>,
    Query(page): Query<PageQuery>,
) -> Answer<Json<Page<WebhookOut>>> {
    state.platform.may_oversee(&caller, lab).await?;
    let all = state.notifier.webhooks(lab).await?;
    let page = page.of(all, |known| known.row.id)?;
    Ok(Json(page.map(|known| WebhookOut::from(&known))))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewWebhook {
    /// Where messages are posted to: `https://…`.
    url: String,
}

/// A webhook that was set, and its secret: shown once.
#[derive(Serialize, ToSchema)]
struct SetOut {
    id: String,
    /// As it is kept, and listed: a URL has one spelling.
    url: String,
    /// Base64 behind `whsec_`, as Standard Webhooks has it: what messages are signed with.
    secret: String,
}

/// By which engagement the caller speaks for the lab; none: as an operator.
async fn speaks(state: &AppState, caller: &Caller, lab: LabId) -> Answer<Option<EngagementId>> {
    let steward = state.platform.stewardship(caller, lab).await?;
    if steward.is_none() {
        state.platform.may_oversee(caller, lab).await?;
        operator(state, caller).await?;
        state.platform.lab(lab).await?;
    }
    Ok(steward)
}

/// Set a webhook of a lab: for its stewards, and for operators. It is told what a steward is: halts, incidents and deliveries
/// of that lab, by ids
#[utoipa::path(post, path = "/labs/{lab}/webhooks", tag = "webhooks", request_body = NewWebhook,
    params(("lab" = String, Path, description = "The lab's id")), responses(
    (status = 201, description = "Set; the secret is shown once", body = SetOut),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 403, description = "Halted, or not in one's role", body = Problem),
    (status = 404, description = "No such lab, or not one's own", body = Problem),
    (status = 409, description = "The lab has it already, or has ten", body = Problem),
    (status = 422, description = "Not a URL that messages are sent to", body = Problem)))]
async fn set(
    State(state): State<AppState>,
    Signed(caller): Signed,
    IdPath(lab): IdPath<LabId>,
    Body(body): Body<NewWebhook>,
) -> Answer<(StatusCode, Json<SetOut>)> {
    let steward = speaks(&state, &caller, lab).await?;
    let set = state
        .notifier
        .set_webhook(&caller, steward, lab, &body.url)
        .await?;
    let made = SetOut {
        id: set.id.to_string(),
        url: set.url,
        secret: set.secret,
    };
    Ok((StatusCode::CREATED, Json(made)))
}

/// Remove a webhook of a lab: what waits for it is not sent
#[utoipa::path(delete, path = "/labs/{lab}/webhooks/{webhook}", tag = "webhooks",
    params(("lab" = String, Path, description = "The lab's id"),
        ("webhook" = String, Path, description = "The webhook's id")), responses(
    (status = 204, description = "Removed"),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 403, description = "Halted, or not in one's role", body = Problem),
    (status = 404, description = "No such webhook of that lab", body = Problem)))]
async fn remove(
    State(state): State<AppState>,
    Signed(caller): Signed,
    IdPaths(lab, webhook): IdPaths<LabId, WebhookId>,
) -> Answer<StatusCode> {
    let steward = speaks(&state, &caller, lab).await?;
    state
        .notifier
        .remove_webhook(&caller, steward, lab, webhook)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A message that was put into the outbox.
#[derive(Serialize, ToSchema)]
struct SentOut {
    /// Its id: the receiver has it as `webhook-id`.
    message: String,
}

/// Have a test sent to a webhook of a lab, as any other message: at once, and again where it does not arrive. One at a time waits
#[utoipa::path(post, path = "/labs/{lab}/webhooks/{webhook}/test", tag = "webhooks",
    params(("lab" = String, Path, description = "The lab's id"),
        ("webhook" = String, Path, description = "The webhook's id")), responses(
    (status = 202, description = "On its way: the webhook's `last` says how it went", body = SentOut),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 403, description = "Not in one's role", body = Problem),
    (status = 404, description = "No such webhook of that lab", body = Problem),
    (status = 409, description = "A test waits for it already", body = Problem)))]
async fn test(
    State(state): State<AppState>,
    Signed(caller): Signed,
    IdPaths(lab, webhook): IdPaths<LabId, WebhookId>,
) -> Answer<(StatusCode, Json<SentOut>)> {
    speaks(&state, &caller, lab).await?;
    let message = state.notifier.test_webhook(lab, webhook).await?;
    let message = message.to_string();
    Ok((StatusCode::ACCEPTED, Json(SentOut { message })))
}
