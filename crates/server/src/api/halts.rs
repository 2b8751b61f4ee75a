//! Halts: anywhere for operators, within their lab for stewards.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use cofferdam_model::{Actor, Checked, Compartment, Halt, HaltId, HaltReason, Id, LabId, Scope, Timestamp};
use cofferdam_work::ops::{Foreseen, HaltPlace, HaltView};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::dto::{EngagementOut, IdPath, Query, time};
use super::page::{Page, PageQuery, cursor};
use crate::caller::Signed;
use crate::limits::Body;
use crate::problem::{Answer, Problem};
use crate::state::AppState;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list, halt))
        .routes(routes!(foresee))
        .routes(routes!(resume))
}

/// A halt.
#[derive(Serialize, ToSchema)]
struct HaltOut {
    id: String,
    scope: String,
    /// What the scope is called.
    scope_name: String,
    #[schema(value_type = crate::api::names::HaltReason)]
    reason: HaltReason,
    sentence: &'static str,
    since: String,
    until: Option<String>,
    /// `operator`, `steward`, or `platform`: a match that acted, or another consequence.
    by: &'static str,
    resumed: Option<String>,
    /// What was checked before it was ended, as whoever ended it said.
    #[schema(value_type = Vec<crate::api::names::Checked>)]
    checked: BTreeSet<Checked>,
    state: HaltState,
    /// What it stopped; known only to the answer that opened it.
    #[serde(skip_serializing_if = "Option::is_none")]
    stopped: Option<StoppedOut>,
}

/// Whether a halt stops anything.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
enum HaltState {
    /// It does.
    Open,
    /// It came to the end of its time.
    Ended,
    /// Somebody ended it.
    Resumed,
}

/// What a halt stopped.
#[derive(Serialize, ToSchema)]
struct StoppedOut {
    /// Timers that it ended.
    timers: u64,
    /// Active engagements that it stops: of a person or component, those they hold; of a credential, those it is good for.
    engagements: u64,
}

async fn name_of(state: &AppState, scope: Scope) -> String {
    let named = match scope {
        Scope::Installation => return "everything".into(),
        Scope::Lab(id) => state.platform.lab(id).await.ok().map(|lab| lab.name),
        Scope::Project(id) => state.platform.project_row(id).await.ok().map(|p| p.name),
        Scope::Person(id) | Scope::Component(id) => state.platform.person(id).await.ok().map(|p| p.name),
        Scope::Engagement(id) => state.platform.engagement_view(id).await.ok().map(|view| {
            let at = view.project.map_or(view.lab.name, |project| project.name);
            format!("{} in {at}", view.engagement.role.name())
        }),
        Scope::Credential(id) => state.platform.credential_name(id).await.ok().flatten(),
    };
    named.unwrap_or_else(|| scope.to_string())
}

async fn out(
    state: &AppState,
    halt: &Halt,
    by: &'static str,
    resumed: Option<(Timestamp, BTreeSet<Checked>)>,
) -> HaltOut {
    let (resumed, checked) = resumed.unzip();
    HaltOut {
        id: halt.id.to_string(),
        scope: halt.scope.to_string(),
        scope_name: name_of(state, halt.scope).await,
        reason: halt.reason,
        sentence: halt.reason.sentence(),
        since: halt.since.rfc3339(),
        until: halt.until.map(Timestamp::rfc3339),
        by,
        resumed: resumed.map(Timestamp::rfc3339),
        checked: checked.unwrap_or_default(),
        state: match resumed {
            Some(_) => HaltState::Resumed,
            None if halt.in_effect(state.gate().env().now()) => HaltState::Open,
            None => HaltState::Ended,
        },
        stopped: None,
    }
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Filter {
    /// Only open ones, or only past ones.
    open: Option<bool>,
}

/// A halt that is resumed goes to another place, and those that were behind it stay: a page begins after a place.
fn cursor_of(place: HaltPlace) -> String {
    let mut bytes = vec![u8::from(place.past)];
    bytes.extend(place.since.0.as_micros().to_be_bytes());
    bytes.extend(place.id.0.as_bytes());
    cursor(&bytes)
}

fn place_of(place: [u8; 25]) -> HaltPlace {
    let [past, a, b, c, d, e, f, g, h, id @ ..] = place;
    let since = Timestamp::from_micros(i64::from_be_bytes([a, b, c, d, e, f, g, h]));
    HaltPlace {
        past: past != 0,
        since: Reverse(since),
        id: Reverse(HaltId::from_bytes(id)),
    }
}

/// Halts, open ones first: all for operators, one's own lab's for stewards
#[utoipa::path(get, path = "/halts", tag = "halts", params(Filter, PageQuery), responses(
    (status = 200, description = "Halts: a page", body = Page<HaltOut>),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 422, description = "Not a filter, cursor or limit", body = Problem)))]
async fn list(
    State(state): State<AppState>,
    Signed(caller): Signed,
    Query(filter): Query<Filter>,
    Query(page): Query<PageQuery>,
) -> Answer<Json<Page<HaltOut>>> {
    let mut compartments = Vec::new();
    if state.gate().is_operator(&caller) {
        compartments.push(Compartment::Installation);
    }
    let overseen = state.platform.labs_overseen(&caller).await?;
    compartments.extend(overseen.open.iter().copied().map(Compartment::Lab));
    let (views, closed): (Vec<HaltView>, _) = state.platform.halts_in(compartments).await?;
    let unread: Vec<LabId> = overseen.closed.into_iter().chain(closed).collect();
    let now = state.gate().env().now();
    let (limit, after) = (page.limit()?, page.after()?.map(place_of));
    let wanted = |view: &HaltView| {
        let follows = after.is_none_or(|after| after < view.place(now));
        follows && filter.open.is_none_or(|open| open == view.is_open(now))
    };
    let views = views.into_iter().filter(wanted).collect();
    let Page {
        items: views, next, ..
    } = Page::first_of(views, limit, |last| cursor_of(last.place(now)));
    let mut items = Vec::with_capacity(views.len());
    for view in views {
        let by = match view.by {
            Actor::Engaged { .. } => "steward",
            Actor::Platform => "platform",
            Actor::Operator { .. } | Actor::Stranger { .. } => "operator",
        };
        let resumed = view.resumed.map(|at| (at, view.checked));
        items.push(out(&state, &view.halt, by, resumed).await);
    }
    Ok(Json(Page::new(items, next).without(&unread)))
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct ScopeQuery {
    /// As for a halt: `lab:` with an id behind the colon, and so on.
    scope: String,
}

/// An active engagement that a halt would stop.
#[derive(Serialize, ToSchema)]
struct WouldStop {
    /// With a name for operators, with a pseudonym for stewards; `halted`, where another halt stops it already.
    engagement: EngagementOut,
    /// Since when its timer runs, which would end.
    timer_since: Option<String>,
}

/// What a halt would stop now.
#[derive(Serialize, ToSchema)]
struct WouldStopPage {
    scope: String,
    /// What the scope is called.
    scope_name: String,
    /// Active engagements in all.
    engagements: u64,
    /// Running timers in all, with those of engagements that have ended since.
    timers: u64,
    /// The engagements: a page.
    items: Vec<WouldStop>,
    next: Option<String>,
}

/// What a halt would stop, and whom; nothing is halted
#[utoipa::path(get, path = "/halts/preview", tag = "halts", params(ScopeQuery, PageQuery), responses(
    (status = 200, description = "What it would stop: a page", body = WouldStopPage),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 403, description = "Not in one's role, or not one's lab", body = Problem),
    (status = 404, description = "No such scope", body = Problem),
    (status = 422, description = "Not a scope, cursor or limit", body = Problem)))]
async fn foresee(
    State(state): State<AppState>,
    Signed(caller): Signed,
    Query(asked): Query<ScopeQuery>,
    Query(page): Query<PageQuery>,
) -> Answer<Json<WouldStopPage>> {
    let scope = scope_in("scope", &asked.scope)?;
    let platform = &state.platform;
    let steward = platform.may_halt(&caller, scope).await?;
    let all = platform.foresee_halt(&caller, steward, scope).await?;
    let (all, timers) = (all.engagements, all.timers);
    let engagements = all.len() as u64;
    let now = state.gate().env().now();
    let Page {
        items: shown, next, ..
    } = page.of(all, |each| each.engagement)?;
    let mut items = Vec::with_capacity(shown.len());
    for Foreseen { engagement, timer } in shown {
        let view = platform.engagement_view(engagement).await?;
        items.push(WouldStop {
            engagement: EngagementOut::overseen(&view, now, steward.is_none()),
            timer_since: timer.map(Timestamp::rfc3339),
        });
    }
    Ok(Json(WouldStopPage {
        scope: scope.to_string(),
        scope_name: name_of(&state, scope).await,
        engagements,
        timers,
        items,
        next,
    }))
}

/// Reads a scope out of a body or a query.
fn scope_in(field: &str, text: &str) -> Answer<Scope> {
    text.parse()
        .map_err(|e: cofferdam_model::halt::ScopeError| Problem::field(field, e.to_string()))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewHalt {
    /// `installation`, or `lab:`, `project:`, `engagement:`, `person:`, `component:` or `credential:` with an id behind the colon.
    scope: String,
    #[schema(value_type = crate::api::names::HaltReason)]
    reason: HaltReason,
    /// Until when; until further notice unless said.
    until: Option<String>,
}

/// Halt: in effect as soon as this is answered
#[utoipa::path(post, path = "/halts", tag = "halts", request_body = NewHalt, responses(
    (status = 201, description = "In effect", body = HaltOut),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 403, description = "Not in one's role, or not one's lab", body = Problem),
    (status = 404, description = "No such scope", body = Problem),
    (status = 422, description = "Not a scope, reason or time", body = Problem)))]
async fn halt(
    State(state): State<AppState>,
    Signed(caller): Signed,
    Body(body): Body<NewHalt>,
) -> Answer<(StatusCode, Json<HaltOut>)> {
    let scope = scope_in("/scope", &body.scope)?;
    let until = body
        .until
        .as_deref()
        .map(|text| time("/until", text))
        .transpose()?;
    let steward = state.platform.may_halt(&caller, scope).await?;
    let stopped = state
        .platform
        .halt(&caller, steward, scope, body.reason, until)
        .await?;
    let by = if steward.is_some() { "steward" } else { "operator" };
    let mut answer = out(&state, &stopped.halt, by, None).await;
    answer.stopped = Some(StoppedOut {
        timers: stopped.timers,
        engagements: stopped.engagements,
    });
    Ok((StatusCode::CREATED, Json(answer)))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ResumeIn {
    /// What was checked before; it goes on record.
    #[serde(default)]
    #[schema(value_type = Vec<crate::api::names::Checked>)]
    checked: BTreeSet<Checked>,
}

/// End a halt
#[utoipa::path(post, path = "/halts/{halt}/resume", tag = "halts", request_body = ResumeIn,
    params(("halt" = String, Path, description = "The halt's id")), responses(
    (status = 200, description = "Resumed", body = HaltOut),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 403, description = "Not in one's role, or not one's lab", body = Problem),
    (status = 404, description = "No such halt", body = Problem),
    (status = 409, description = "It was resumed already, or ended by itself", body = Problem),
    (status = 422, description = "Not something that can be checked", body = Problem)))]
async fn resume(
    State(state): State<AppState>,
    Signed(caller): Signed,
    IdPath(id): IdPath<HaltId>,
    Body(body): Body<ResumeIn>,
) -> Answer<Json<HaltOut>> {
    let steward = state.platform.may_resume(&caller, id).await?;
    let checked = body.checked;
    let resumed = state
        .platform
        .resume(&caller, steward, id, checked.clone())
        .await?;
    let by = if steward.is_some() { "steward" } else { "operator" };
    let ended = Some((resumed.at, checked));
    Ok(Json(out(&state, &resumed.halt, by, ended).await))
}
