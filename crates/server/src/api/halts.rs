//! Halts: anywhere for operators, within their lab for stewards.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use cofferdam_custody::Caller;
use cofferdam_model::{Actor, Compartment, EngagementId, Halt, HaltId, HaltReason, Scope, Timestamp};
use cofferdam_work::ops::HaltView;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::dto::{IdPath, Page, Query, time};
use crate::caller::Signed;
use crate::limits::Body;
use crate::problem::{Answer, Problem};
use crate::state::AppState;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list, halt))
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
    /// `operator` or `steward`.
    by: &'static str,
    resumed: Option<String>,
    /// What it stopped; known only to the answer that opened it.
    #[serde(skip_serializing_if = "Option::is_none")]
    stopped: Option<StoppedOut>,
}

/// What a halt stopped.
#[derive(Serialize, ToSchema)]
struct StoppedOut {
    /// Timers that it ended.
    timers: u64,
    /// Active engagements within its scope.
    engagements: u64,
}

async fn name_of(state: &AppState, scope: Scope) -> String {
    let named = match scope {
        Scope::Installation => return "everything".into(),
        Scope::Lab(id) => state.platform.lab(id).await.ok().map(|lab| lab.name),
        Scope::Project(id) => state.platform.project_row(id).await.ok().map(|p| p.name),
        Scope::Person(id) | Scope::Component(id) => state.platform.person(id).await.ok().map(|p| p.name),
        Scope::Engagement(_) | Scope::Credential(_) => None,
    };
    named.unwrap_or_else(|| scope.to_string())
}

async fn out(state: &AppState, halt: &Halt, by: &'static str, resumed: Option<Timestamp>) -> HaltOut {
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
        stopped: None,
    }
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Filter {
    /// Only open ones, or only past ones.
    open: Option<bool>,
}

/// Halts, open ones first: all for operators, one's own lab's for stewards
#[utoipa::path(get, path = "/halts", tag = "halts", params(Filter), responses(
    (status = 200, description = "Halts", body = Page<HaltOut>),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 422, description = "Not a filter", body = Problem)))]
async fn list(
    State(state): State<AppState>,
    Signed(caller): Signed,
    Query(filter): Query<Filter>,
) -> Answer<Json<Page<HaltOut>>> {
    let mut compartments = Vec::new();
    if state.gate().is_operator(&caller) {
        compartments.push(Compartment::Installation);
    }
    for lab in state.gate().labs() {
        if state.platform.may_oversee(&caller, lab).await.is_ok() {
            compartments.push(Compartment::Lab(lab));
        }
    }
    let views: Vec<HaltView> = state.platform.halts_in(compartments).await?;
    let mut items = Vec::new();
    for view in views
        .iter()
        .filter(|v| filter.open.is_none_or(|open| open == v.resumed.is_none()))
    {
        let by = if matches!(view.by, Actor::Engaged { .. }) {
            "steward"
        } else {
            "operator"
        };
        items.push(out(&state, &view.halt, by, view.resumed).await);
    }
    Ok(Json(Page::whole(items)))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewHalt {
    /// `installation`, or `lab:`, `project:`, `engagement:`, `person:`, `component:` or `credential:` and an id.
    scope: String,
    #[schema(value_type = crate::api::names::HaltReason)]
    reason: HaltReason,
    /// Until when; until further notice unless said.
    until: Option<String>,
}

/// As an operator, none; as a steward of the lab concerned, by which engagement.
async fn standing(
    state: &AppState,
    caller: &Caller,
    compartment: Option<Compartment>,
) -> Answer<Option<EngagementId>> {
    if state.gate().is_operator(caller) {
        return Ok(None);
    }
    let lab = compartment.and_then(Compartment::lab);
    let Some(lab) = lab else {
        return Err(Problem::not_found("there is no such scope"));
    };
    match state.platform.stewardship(caller, lab).await? {
        Some(engagement) => Ok(Some(engagement)),
        None => Err(Problem::not_found("there is no such scope")),
    }
}

/// Halt: in effect as soon as this is answered
#[utoipa::path(post, path = "/halts", tag = "halts", request_body = NewHalt, responses(
    (status = 201, description = "In effect", body = HaltOut),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 403, description = "Not in one's role", body = Problem),
    (status = 404, description = "No such scope, or not yours", body = Problem),
    (status = 422, description = "Not a scope, reason or time", body = Problem)))]
async fn halt(
    State(state): State<AppState>,
    Signed(caller): Signed,
    Body(body): Body<NewHalt>,
) -> Answer<(StatusCode, Json<HaltOut>)> {
    let scope: Scope = body
        .scope
        .parse()
        .map_err(|e: cofferdam_model::halt::ScopeError| Problem::field("scope", e.to_string()))?;
    let until = body
        .until
        .as_deref()
        .map(|text| time("until", text))
        .transpose()?;
    let compartment = state.platform.lab_of(scope).await?.map(Compartment::Lab);
    let steward = standing(&state, &caller, compartment).await?;
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

/// End a halt
#[utoipa::path(post, path = "/halts/{halt}/resume", tag = "halts",
    params(("halt" = String, Path, description = "The halt's id")), responses(
    (status = 200, description = "Resumed", body = HaltOut),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 403, description = "Not in one's role", body = Problem),
    (status = 404, description = "No such open halt, or not yours", body = Problem)))]
async fn resume(
    State(state): State<AppState>,
    Signed(caller): Signed,
    IdPath(id): IdPath<HaltId>,
) -> Answer<Json<HaltOut>> {
    let labs = state.gate().labs().into_iter().map(Compartment::Lab);
    let all: Vec<Compartment> = labs.chain([Compartment::Installation]).collect();
    let mut found = None;
    for compartment in all {
        let authority = state
            .gate()
            .authority(compartment)
            .map_err(cofferdam_work::ops::WorkError::from)?;
        if authority.is_some_and(|a| a.halt(id).is_some()) {
            found = Some(compartment);
        }
    }
    let steward = standing(&state, &caller, found).await?;
    let resumed = state.platform.resume(&caller, steward, id).await?;
    let by = if steward.is_some() { "steward" } else { "operator" };
    Ok(Json(out(&state, &resumed.halt, by, Some(resumed.at)).await))
}
