//! What one is told, and, for operators, how it went to send it.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use cofferdam_model::{Id as _, MessageId, NoticeId, PrincipalId, Timestamp};
use cofferdam_notify::{Inbox, Logged, Place, words};
use cofferdam_store::notice::NoticeRow;
use cofferdam_store::outbox::Target;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::dto::{IdPath, Query, id, operator};
use super::page::{Page, PageQuery, cursor};
use crate::caller::Signed;
use crate::limits::Body;
use crate::problem::{Answer, Problem};
use crate::state::AppState;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(own))
        .routes(routes!(read))
        .routes(routes!(log))
        .routes(routes!(address, set_address))
}

/// What one is told: a kind and ids.
#[derive(Serialize, ToSchema)]
struct NoticeOut {
    id: String,
    /// `halted`, `resumed`, `incident-opened`, `incident-moved`, `delivery-offered`, `delivery-accepted`, `delivery-returned`,
    /// `engagement-begun`, `engagement-ended`, `answer-returned`, `question-answered` or
    /// `keyholder-set`.
    kind: &'static str,
    /// The id of what it is about: a halt's, an incident's, a delivery's, an engagement's, a submission's or a question's.
    about: String,
    /// One's own engagement that it concerns.
    engagement: Option<String>,
    /// The lab: for its stewards, and for operators.
    lab: Option<String>,
    /// When it happened.
    at: String,
    unread: bool,
    /// It in a few words, made of its kind alone.
    subject: &'static str,
    /// And in a sentence.
    sentence: &'static str,
    /// Where more is to be read.
    path: String,
}

fn notice((n, row): &(u64, NoticeRow), seen: u64) -> NoticeOut {
    let said = words::of(&row.about, row.engagement, row.lab);
    NoticeOut {
        id: row.id.to_string(),
        kind: row.about.name(),
        about: row.about.id(),
        engagement: row.engagement.map(|id| id.to_string()),
        lab: row.lab.map(|id| id.to_string()),
        at: row.at.rfc3339(),
        unread: *n > seen,
        subject: said.subject,
        sentence: said.sentence,
        path: said.path,
    }
}

/// One's own notices: a page of them, and how many were not read.
#[derive(Serialize, ToSchema)]
struct Notices {
    items: Vec<NoticeOut>,
    /// To be sent as `cursor` for the next page, as it is; none at the end.
    next: Option<String>,
    /// How many of all one's notices are unread.
    unread: u64,
}

/// What one was told, newest first
#[utoipa::path(get, path = "/me/notices", tag = "notices", params(PageQuery), responses(
    (status = 200, description = "A page", body = Notices),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 422, description = "Not a cursor or limit", body = Problem)))]
async fn own(
    State(state): State<AppState>,
    Signed(caller): Signed,
    Query(page): Query<PageQuery>,
) -> Answer<Json<Notices>> {
    let limit = page.limit()?;
    let before = page.after()?.map_or(i64::MAX.unsigned_abs(), u64::from_be_bytes);
    let inbox = state
        .notifier
        .inbox(&caller, before.min(i64::MAX.unsigned_abs()), limit)
        .await?;
    let Inbox {
        notices,
        next,
        seen,
        unread,
    } = inbox;
    let next = next.map(|n| cursor(&n.to_be_bytes()));
    let items = notices.iter().map(|one| notice(one, seen)).collect();
    Ok(Json(Notices { items, next, unread }))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Read {
    /// The id of the newest notice that was read: those before it were too.
    up_to: String,
}

/// Say up to which notice one has read
#[utoipa::path(post, path = "/me/notices/read", tag = "notices", request_body = Read, responses(
    (status = 204, description = "Kept"),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 403, description = "A credential for one engagement alone: it does not see all of one's notices", body = Problem),
    (status = 404, description = "No such notice, or not one's own", body = Problem),
    (status = 422, description = "Not the id of a notice", body = Problem)))]
async fn read(
    State(state): State<AppState>,
    Signed(caller): Signed,
    Body(body): Body<Read>,
) -> Answer<StatusCode> {
    let up_to: NoticeId = id("/up_to", &body.up_to)?;
    if caller.bound_to().is_some() {
        return Err(Problem::not_in_role(
            "this token is good for one engagement, and does not see all of your notices; sign in to say that you have read them",
        ));
    }
    state.notifier.see(&caller, up_to).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// An attempt to send a notice. Where it went to is not in it, but by ids.
#[derive(Serialize, ToSchema)]
struct AttemptOut {
    /// The message's id, which its receiver has too: `webhook-id`, or what a letter's `Message-ID` begins with.
    message: String,
    /// `e-mail` or `webhook`.
    channel: &'static str,
    /// The person that it was for.
    recipient: Option<String>,
    /// The webhook that it was for.
    webhook: Option<String>,
    kind: &'static str,
    /// Which attempt, from 1.
    attempt: u32,
    at: String,
    /// `delivered`, `answered-otherwise`, `unreachable`, `not-in-time` or `not-allowed`.
    outcome: &'static str,
    /// What HTTP or SMTP answered.
    status: Option<u32>,
    /// How the message stands now: `waiting`, `delivered`, `given-up` or `not-wanted`.
    state: &'static str,
}

impl From<&Logged> for AttemptOut {
    fn from((attempt, message): &Logged) -> Self {
        let (recipient, webhook) = match message.target {
            Target::Mail(person) => (Some(person.to_string()), None),
            Target::Webhook(webhook) => (None, Some(webhook.to_string())),
        };
        Self {
            message: message.id.to_string(),
            channel: message.target.name(),
            recipient,
            webhook,
            kind: message.about.name(),
            attempt: attempt.n,
            at: attempt.at.rfc3339(),
            outcome: attempt.outcome.name(),
            status: attempt.status,
            state: message.state.name(),
        }
    }
}

fn place((at, message, n): Place) -> String {
    let mut last = at.as_micros().to_be_bytes().to_vec();
    last.extend_from_slice(message.as_bytes());
    last.extend_from_slice(&n.to_be_bytes());
    cursor(&last)
}

fn after(page: &PageQuery) -> Answer<Place> {
    let Some(last) = page.after::<28>()? else {
        let end = (
            Timestamp::from_micros(i64::MAX),
            MessageId::from_bytes([0xFF; 16]),
            u32::MAX,
        );
        return Ok(end);
    };
    let (mut at, mut id, mut n) = ([0; 8], [0; 16], [0; 4]);
    at.copy_from_slice(&last[..8]);
    id.copy_from_slice(&last[8..24]);
    n.copy_from_slice(&last[24..]);
    Ok((
        Timestamp::from_micros(i64::from_be_bytes(at)),
        MessageId::from_bytes(id),
        u32::from_be_bytes(n),
    ))
}

/// How it went to send notices, newest attempt first: for operators. What was done with 90 days ago is no more there
#[utoipa::path(get, path = "/notices/log", tag = "notices", params(PageQuery), responses(
    (status = 200, description = "A page", body = Page<AttemptOut>),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 403, description = "Not an operator", body = Problem),
    (status = 422, description = "Not a cursor or limit", body = Problem)))]
async fn log(
    State(state): State<AppState>,
    Signed(caller): Signed,
    Query(page): Query<PageQuery>,
) -> Answer<Json<Page<AttemptOut>>> {
    operator(&state, &caller).await?;
    let limit = page.limit()?;
    let log = state.notifier.log(after(&page)?, limit).await?;
    let items = log.attempts.iter().map(AttemptOut::from).collect();
    let next = log.next.map(place);
    Ok(Json(Page::new(items, next)))
}

/// Where a person is written to.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Address {
    /// None: nowhere.
    email: Option<String>,
}

/// Where a person is written to: for operators
#[utoipa::path(get, path = "/people/{person}/address", tag = "people",
    params(("person" = String, Path, description = "The person's id")), responses(
    (status = 200, description = "The address, if there is one", body = Address),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 403, description = "Not an operator", body = Problem),
    (status = 404, description = "No such person", body = Problem)))]
async fn address(
    State(state): State<AppState>,
    Signed(caller): Signed,
    IdPath(person): IdPath<PrincipalId>,
) -> Answer<Json<Address>> {
    operator(&state, &caller).await?;
    state.platform.person(person).await?;
    let row = state.notifier.address(person).await?;
    let email = row.map(|row| row.email);
    Ok(Json(Address { email }))
}

/// Say where a person is written to, or that they are not: for operators
#[utoipa::path(put, path = "/people/{person}/address", tag = "people", request_body = Address,
    params(("person" = String, Path, description = "The person's id")), responses(
    (status = 200, description = "Set", body = Address),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 403, description = "Not an operator", body = Problem),
    (status = 404, description = "No such person", body = Problem),
    (status = 422, description = "Not an address, or a component", body = Problem)))]
async fn set_address(
    State(state): State<AppState>,
    Signed(caller): Signed,
    IdPath(person): IdPath<PrincipalId>,
    Body(body): Body<Address>,
) -> Answer<Json<Address>> {
    operator(&state, &caller).await?;
    state
        .notifier
        .set_address(&caller, person, body.email.as_deref())
        .await?;
    Ok(Json(body))
}
