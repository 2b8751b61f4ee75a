//! Incidents, for operators: one board of all of them, with what each lab decided.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use cofferdam_incident::{Halted, IncidentView, NewIncident, Opened, SubjectView};
use cofferdam_model::{
    Checked, HaltReason, IncidentDecision, IncidentId, IncidentState, IncidentSubject, PrincipalId,
    Timestamp, Window,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::dto::{IdPath, IdPaths, Named, Query, operator, time, window};
use super::page::{Page, PageQuery};
use crate::caller::Signed;
use crate::limits::Body;
use crate::problem::{Answer, Problem};
use crate::state::AppState;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list, open))
        .routes(routes!(get))
        .routes(routes!(claim))
        .routes(routes!(step))
        .routes(routes!(add_subject))
        .routes(routes!(rebuilt))
        .routes(routes!(rotate))
}

/// A span of time.
#[derive(Serialize, ToSchema)]
struct WindowOut {
    from: String,
    /// Not included; null: no end is known.
    to: Option<String>,
}

impl From<Window> for WindowOut {
    fn from(window: Window) -> Self {
        Self {
            from: window.from().rfc3339(),
            to: window.to().map(Timestamp::rfc3339),
        }
    }
}

/// Whom or what an incident is about.
#[derive(Serialize, ToSchema)]
struct SubjectOut {
    /// `platform`, or `component:`, `person:` or `credential:` and an id.
    subject: String,
    /// What it is called; of a credential, its holder and its label.
    name: Option<String>,
    /// What made it one: `named` by an operator, or, by what it said that it runs, `affected` or `unknown`.
    grounds: &'static str,
    added: String,
    /// When its host was rebuilt, as was last declared.
    rebuilt: Option<String>,
}

impl From<&SubjectView> for SubjectOut {
    fn from(view: &SubjectView) -> Self {
        Self {
            subject: view.row.subject.to_string(),
            name: view.name.clone(),
            grounds: view.row.grounds.name(),
            added: view.row.added.rfc3339(),
            rebuilt: view.row.rebuilt.map(Timestamp::rfc3339),
        }
    }
}

/// What a source says of when it was.
#[derive(Serialize, ToSchema)]
struct ClaimOut {
    source: String,
    window: WindowOut,
    taken: String,
}

/// A step of an incident.
#[derive(Serialize, ToSchema)]
struct MoveOut {
    #[schema(value_type = crate::api::names::IncidentState)]
    state: IncidentState,
    reason: String,
    /// What the labs concerned are told of it.
    for_labs: Option<String>,
    at: String,
}

/// A lab that is concerned.
#[derive(Serialize, ToSchema)]
struct ConcernedOut {
    lab: Named,
    /// The lab's own id for it.
    incident: String,
    told: String,
    /// What it decided last; null: nothing yet.
    #[schema(value_type = Option<crate::api::names::IncidentDecision>)]
    decision: Option<IncidentDecision>,
    /// What it wants to be checked before what is stopped goes on.
    #[schema(value_type = Vec<crate::api::names::Checked>)]
    conditions: BTreeSet<Checked>,
    decided: Option<String>,
}

/// A halt that the policy made when the incident was opened.
#[derive(Serialize, ToSchema)]
struct HaltedOut {
    halt: String,
    scope: String,
    #[schema(value_type = crate::api::names::HaltReason)]
    reason: HaltReason,
    timers: u64,
    engagements: u64,
}

impl From<&Halted> for HaltedOut {
    fn from(halted: &Halted) -> Self {
        Self {
            halt: halted.halt.id.to_string(),
            scope: halted.halt.scope.to_string(),
            reason: halted.halt.reason,
            timers: halted.timers,
            engagements: halted.engagements,
        }
    }
}

/// An incident, and all that is known of it.
#[derive(Serialize, ToSchema)]
pub(super) struct IncidentOut {
    id: String,
    title: String,
    reason: String,
    /// What the labs concerned are told of why it was opened.
    for_labs: Option<String>,
    /// The record of an advisory that it was opened from.
    advisory: Option<String>,
    opened: String,
    #[schema(value_type = crate::api::names::IncidentState)]
    state: IncidentState,
    subjects: Vec<SubjectOut>,
    claims: Vec<ClaimOut>,
    /// What all sources agree on; null: they exclude each other, or there is none.
    narrowest: Option<WindowOut>,
    /// What any source says.
    widest: Option<WindowOut>,
    moves: Vec<MoveOut>,
    labs: Vec<ConcernedOut>,
    /// What the policy stopped; known only to the answer that opened it, or that added a subject.
    #[serde(skip_serializing_if = "Option::is_none")]
    stopped: Option<Vec<HaltedOut>>,
}

impl From<&IncidentView> for IncidentOut {
    fn from(view: &IncidentView) -> Self {
        let (narrowest, widest) = view.windows();
        let claims = view.claims.iter().map(|claim| ClaimOut {
            source: claim.source.clone(),
            window: claim.window.into(),
            taken: claim.taken.rfc3339(),
        });
        let moves = view.moves.iter().map(|step| MoveOut {
            state: step.state,
            reason: step.reason.clone(),
            for_labs: step.for_labs.clone(),
            at: step.at.rfc3339(),
        });
        let labs = view
            .labs
            .iter()
            .map(|concerned| (concerned, concerned.row.decided.as_ref()));
        let labs = labs.map(|(concerned, decided)| ConcernedOut {
            lab: (&concerned.lab).into(),
            incident: concerned.row.own.to_string(),
            told: concerned.row.told.rfc3339(),
            decision: decided.map(|decided| decided.decision),
            conditions: decided
                .map(|decided| decided.conditions.clone())
                .unwrap_or_default(),
            decided: decided.map(|decided| decided.at.rfc3339()),
        });
        Self {
            id: view.row.id.to_string(),
            title: view.row.title.clone(),
            reason: view.row.reason.clone(),
            for_labs: view.row.for_labs.clone(),
            advisory: view.row.record.clone(),
            opened: view.row.opened.rfc3339(),
            state: view.state,
            subjects: view.subjects.iter().map(SubjectOut::from).collect(),
            claims: claims.collect(),
            narrowest: narrowest.map(WindowOut::from),
            widest: widest.map(WindowOut::from),
            moves: moves.collect(),
            labs: labs.collect(),
            stopped: None,
        }
    }
}

async fn shown(state: &AppState, id: IncidentId) -> Answer<IncidentOut> {
    Ok((&state.containment.incident(id).await?).into())
}

/// Every incident, in the order in which they were opened
#[utoipa::path(get, path = "/incidents", tag = "incidents", params(PageQuery), responses(
    (status = 200, description = "A page", body = Page<IncidentOut>),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 403, description = "Not an operator", body = Problem),
    (status = 422, description = "Not a cursor or limit", body = Problem)))]
async fn list(
    State(state): State<AppState>,
    Signed(caller): Signed,
    Query(page): Query<PageQuery>,
) -> Answer<Json<Page<IncidentOut>>> {
    operator(&state, &caller).await?;
    let all = state.containment.incidents().await?;
    let page = page.of(all, |view| view.row.id)?;
    Ok(Json(page.map(|view| IncidentOut::from(&view))))
}

/// One incident
#[utoipa::path(get, path = "/incidents/{incident}", tag = "incidents",
    params(("incident" = String, Path, description = "The incident's id")), responses(
    (status = 200, description = "All that is known of it", body = IncidentOut),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 403, description = "Not an operator", body = Problem),
    (status = 404, description = "No such incident", body = Problem)))]
async fn get(
    State(state): State<AppState>,
    Signed(caller): Signed,
    IdPath(id): IdPath<IncidentId>,
) -> Answer<Json<IncidentOut>> {
    operator(&state, &caller).await?;
    Ok(Json(shown(&state, id).await?))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewIncidentIn {
    /// What the firm calls it: 1 to 200 bytes; of an advisory, the record's id unless said.
    title: Option<String>,
    /// Why it is opened. No lab is shown it.
    reason: String,
    /// The same for the labs concerned: each is shown it, and its ledger commits to it. It names no lab, project, person or id.
    for_labs: Option<String>,
    /// `platform`, or `component:`, `person:` or `credential:` and an id.
    #[serde(default)]
    subjects: Vec<String>,
    /// A record of an advisory: every component that ever was affected, or of which it is not known since, is a subject.
    advisory: Option<String>,
    /// Since when: with an advisory.
    since: Option<String>,
}

impl NewIncidentIn {
    fn read(self) -> Answer<NewIncident> {
        let subject = |(at, text): (usize, String)| {
            text.parse::<IncidentSubject>()
                .map_err(|e| Problem::field(&format!("/subjects/{at}"), e.to_string()))
        };
        let subjects = self.subjects.into_iter().enumerate().map(subject);
        let since = self
            .since
            .as_deref()
            .map(|text| time("/since", text))
            .transpose()?;
        let event = match (self.advisory, since) {
            (Some(record), Some(since)) => Some((record, since)),
            (None, None) => None,
            (Some(_), None) => return Err(Problem::field("/since", "with an advisory it is needed")),
            (None, Some(_)) => return Err(Problem::field("/since", "it goes with an advisory")),
        };
        Ok(NewIncident {
            title: self.title,
            reason: self.reason,
            for_labs: self.for_labs,
            subjects: subjects.collect::<Answer<_>>()?,
            event,
        })
    }
}

/// Open an incident: what the policy halts is halted as soon as this is answered
#[utoipa::path(post, path = "/incidents", tag = "incidents", request_body = NewIncidentIn, responses(
    (status = 201, description = "Opened", body = IncidentOut),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 403, description = "Not an operator", body = Problem),
    (status = 404, description = "No such subject, or no such record", body = Problem),
    (status = 409, description = "One is open for that event, or nothing is concerned by it", body = Problem),
    (status = 422, description = "Not a title, reason, subject or time", body = Problem)))]
async fn open(
    State(state): State<AppState>,
    Signed(caller): Signed,
    Body(body): Body<NewIncidentIn>,
) -> Answer<(StatusCode, Json<IncidentOut>)> {
    operator(&state, &caller).await?;
    let opened = state.containment.open(&caller, body.read()?).await?;
    told(&caller, &opened);
    Ok((StatusCode::CREATED, Json(stopping(&state, &opened).await?)))
}

/// Tells the log what was stopped for an incident, and by whom.
fn told(caller: &cofferdam_custody::Caller, opened: &Opened) {
    for Halted {
        halt,
        timers,
        engagements,
    } in &opened.halts
    {
        let (scope, reason, by) = (halt.scope, halt.reason.name(), caller.principal());
        tracing::info!(halt = %halt.id, %scope, reason, %by, timers, engagements, incident = %opened.incident, "halted");
    }
}

/// An incident with what was stopped for it.
pub(super) async fn stopping(state: &AppState, opened: &Opened) -> Answer<IncidentOut> {
    let mut answer = shown(state, opened.incident).await?;
    answer.stopped = Some(opened.halts.iter().map(HaltedOut::from).collect());
    Ok(answer)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewSubject {
    /// `platform`, or `component:`, `person:` or `credential:` and an id.
    subject: String,
}

/// Add a subject that was found later: what the policy halts is halted as soon as this is answered
#[utoipa::path(post, path = "/incidents/{incident}/subjects", tag = "incidents", request_body = NewSubject,
    params(("incident" = String, Path, description = "The incident's id")), responses(
    (status = 201, description = "Added", body = IncidentOut),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 403, description = "Not an operator", body = Problem),
    (status = 404, description = "No such incident, or no such subject", body = Problem),
    (status = 409, description = "It is a subject already, or the incident is closed", body = Problem),
    (status = 422, description = "Not a subject", body = Problem)))]
async fn add_subject(
    State(state): State<AppState>,
    Signed(caller): Signed,
    IdPath(id): IdPath<IncidentId>,
    Body(body): Body<NewSubject>,
) -> Answer<(StatusCode, Json<IncidentOut>)> {
    operator(&state, &caller).await?;
    let subject = body.subject.parse::<IncidentSubject>();
    let subject = subject.map_err(|e| Problem::field("/subject", e.to_string()))?;
    let added = state.containment.add_subject(&caller, id, subject).await?;
    told(&caller, &added);
    Ok((StatusCode::CREATED, Json(stopping(&state, &added).await?)))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewClaim {
    /// Who says so: a document and its place.
    source: String,
    /// Since when it was so.
    from: String,
    /// Until when, not included; no end is known unless said.
    to: Option<String>,
}

/// Take what a source says of when it was; sources may say different things
#[utoipa::path(post, path = "/incidents/{incident}/claims", tag = "incidents", request_body = NewClaim,
    params(("incident" = String, Path, description = "The incident's id")), responses(
    (status = 201, description = "Taken", body = IncidentOut),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 403, description = "Not an operator", body = Problem),
    (status = 404, description = "No such incident", body = Problem),
    (status = 422, description = "Not a source or a window", body = Problem)))]
async fn claim(
    State(state): State<AppState>,
    Signed(caller): Signed,
    IdPath(id): IdPath<IncidentId>,
    Body(body): Body<NewClaim>,
) -> Answer<(StatusCode, Json<IncidentOut>)> {
    operator(&state, &caller).await?;
    let claimed = window(["/from", "/to"], &body.from, body.to.as_deref())?;
    state
        .containment
        .claim(&caller, id, &body.source, claimed)
        .await?;
    Ok((StatusCode::CREATED, Json(shown(&state, id).await?)))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewMove {
    #[schema(value_type = crate::api::names::IncidentState)]
    state: IncidentState,
    /// Why. No lab is shown it.
    reason: String,
    /// The same for the labs concerned: each is shown it, and its ledger commits to it. It names no lab, project, person or id.
    for_labs: Option<String>,
}

/// Move an incident one step on, or open it again
#[utoipa::path(post, path = "/incidents/{incident}/moves", tag = "incidents", request_body = NewMove,
    params(("incident" = String, Path, description = "The incident's id")), responses(
    (status = 201, description = "Moved", body = IncidentOut),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 403, description = "Not an operator", body = Problem),
    (status = 404, description = "No such incident", body = Problem),
    (status = 409, description = "That is no step from where it stands", body = Problem),
    (status = 422, description = "Not a state or reason", body = Problem)))]
async fn step(
    State(state): State<AppState>,
    Signed(caller): Signed,
    IdPath(id): IdPath<IncidentId>,
    Body(body): Body<NewMove>,
) -> Answer<(StatusCode, Json<IncidentOut>)> {
    operator(&state, &caller).await?;
    let (to, reason, for_labs) = (body.state, body.reason, body.for_labs);
    let containment = &state.containment;
    containment
        .move_incident(&caller, id, to, &reason, for_labs.as_deref())
        .await?;
    Ok((StatusCode::CREATED, Json(shown(&state, id).await?)))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RebuiltIn {
    /// When; now unless said.
    at: Option<String>,
}

/// Declare that the host of a component was rebuilt; the last declaration holds
#[utoipa::path(post, path = "/incidents/{incident}/subjects/{component}/rebuilt", tag = "incidents",
    request_body = RebuiltIn,
    params(("incident" = String, Path, description = "The incident's id"),
        ("component" = String, Path, description = "The component's id")), responses(
    (status = 200, description = "Declared", body = IncidentOut),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 403, description = "Not an operator", body = Problem),
    (status = 404, description = "No such incident, or the component is no subject of it", body = Problem),
    (status = 422, description = "Not a time, or one in the future", body = Problem)))]
async fn rebuilt(
    State(state): State<AppState>,
    Signed(caller): Signed,
    IdPaths(id, component): IdPaths<IncidentId, PrincipalId>,
    Body(body): Body<RebuiltIn>,
) -> Answer<Json<IncidentOut>> {
    operator(&state, &caller).await?;
    let at = body.at.as_deref().map(|text| time("/at", text)).transpose()?;
    state.containment.rebuilt(&caller, id, component, at).await?;
    Ok(Json(shown(&state, id).await?))
}

/// Projects whose keys are being replaced.
#[derive(Serialize, ToSchema)]
struct RotatedOut {
    /// Their ids.
    projects: Vec<String>,
}

/// Replace the keys of every project of the labs concerned: what each has sealed is sealed anew in the background
#[utoipa::path(post, path = "/incidents/{incident}/rotation", tag = "incidents",
    params(("incident" = String, Path, description = "The incident's id")), responses(
    (status = 202, description = "Called for, and on the labs' ledgers", body = RotatedOut),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 403, description = "Not an operator", body = Problem),
    (status = 404, description = "No such incident", body = Problem)))]
async fn rotate(
    State(state): State<AppState>,
    Signed(caller): Signed,
    IdPath(id): IdPath<IncidentId>,
) -> Answer<(StatusCode, Json<RotatedOut>)> {
    operator(&state, &caller).await?;
    let found = state.containment.incident(id).await?;
    let labs = found.labs.iter().map(|concerned| concerned.lab.id);
    let rotated = state.platform.rotate_labs(&caller, labs).await?;
    let projects = rotated.iter().map(ToString::to_string).collect();
    Ok((StatusCode::ACCEPTED, Json(RotatedOut { projects })))
}
