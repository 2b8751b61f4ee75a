//! Incidents as a lab sees them: those that concern it, and what it decides.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use cofferdam_incident::{LabIncident, LabStep, Why};
use cofferdam_model::entry::hex32;
use cofferdam_model::{Checked, IncidentDecision, IncidentId, IncidentState, LabId, Window};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::dto::{BYTES, File, IdPath, IdPaths, Query, window};
use super::page::{Page, PageQuery};
use crate::caller::Signed;
use crate::limits::Body;
use crate::problem::{Answer, Problem};
use crate::state::AppState;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(decide))
        .routes(routes!(report))
}

/// Why something was done, in the firm's words for labs.
#[derive(Serialize, ToSchema)]
struct WhyOut {
    words: String,
    /// 64 hexadecimal digits. SHA-256 of `cofferdam incident reason v1`, these 32 bytes and the words is the `why` of the entry in
    /// the lab's ledger.
    salt: String,
}

impl From<&Why> for WhyOut {
    fn from(why: &Why) -> Self {
        Self {
            words: why.words.clone(),
            salt: hex32::encode(&why.salt),
        }
    }
}

/// A step of an incident.
#[derive(Serialize, ToSchema)]
struct LabMoveOut {
    #[schema(value_type = crate::api::names::IncidentState)]
    state: IncidentState,
    at: String,
    /// Null: the labs concerned were not told.
    why: Option<WhyOut>,
}

/// An incident that concerns a lab.
#[derive(Serialize, ToSchema)]
struct LabIncidentOut {
    /// The lab's own id for it: no other lab has it.
    id: String,
    /// Since when it is in the lab's ledger.
    told: String,
    /// Why it was opened; null: the labs concerned were not told.
    why: Option<WhyOut>,
    #[schema(value_type = crate::api::names::IncidentState)]
    state: IncidentState,
    moves: Vec<LabMoveOut>,
    /// Its subjects, as they appear in the lab's ledger.
    subjects: Vec<String>,
    /// Whether it is about the platform itself, which has no name there.
    platform: bool,
    /// What the lab decided last; null: nothing yet.
    #[schema(value_type = Option<crate::api::names::IncidentDecision>)]
    decision: Option<IncidentDecision>,
    /// What it wants to be checked before what is stopped goes on.
    #[schema(value_type = Vec<crate::api::names::Checked>)]
    conditions: BTreeSet<Checked>,
    decided: Option<String>,
}

impl From<&LabIncident> for LabIncidentOut {
    fn from(seen: &LabIncident) -> Self {
        let step = |step: &LabStep| LabMoveOut {
            state: step.state,
            at: step.at.rfc3339(),
            why: step.why.as_ref().map(WhyOut::from),
        };
        Self {
            id: seen.id.to_string(),
            told: seen.told.rfc3339(),
            why: seen.why.as_ref().map(WhyOut::from),
            state: seen.state,
            moves: seen.moves.iter().map(step).collect(),
            subjects: seen.subjects.iter().map(ToString::to_string).collect(),
            platform: seen.platform,
            decision: seen.decided.as_ref().map(|decided| decided.decision),
            conditions: seen
                .decided
                .as_ref()
                .map(|decided| decided.conditions.clone())
                .unwrap_or_default(),
            decided: seen.decided.as_ref().map(|decided| decided.at.rfc3339()),
        }
    }
}

/// Incidents that concern a lab, in the order in which it was told: for its stewards, and for operators
#[utoipa::path(get, path = "/labs/{lab}/incidents", tag = "incidents",
    operation_id = "of_lab",
    params(("lab" = String, Path, description = "The lab's id"), PageQuery), responses(
    (status = 200, description = "A page", body = Page<LabIncidentOut>),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 403, description = "Not one's lab", body = Problem),
    (status = 404, description = "No such lab, or not one's own", body = Problem),
    (status = 422, description = "Not a cursor or limit", body = Problem)))]
async fn list(
    State(state): State<AppState>,
    Signed(caller): Signed,
    IdPath(lab): IdPath<LabId>,
    Query(page): Query<PageQuery>,
) -> Answer<Json<Page<LabIncidentOut>>> {
    state.platform.may_oversee(&caller, lab).await?;
    let all = state.containment.of_lab(lab).await?;
    let page = page.of(all, |seen| seen.id)?;
    Ok(Json(page.map(|seen| LabIncidentOut::from(&seen))))
}

/// A window to be answered for beside those that the sources give.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Chosen {
    /// RFC 3339; none: there is no such window.
    from: Option<String>,
    /// RFC 3339, excluded; open unless said.
    to: Option<String>,
}

impl Chosen {
    fn window(&self) -> Answer<Option<Window>> {
        match (&self.from, &self.to) {
            (Some(from), to) => Ok(Some(window(["from", "to"], from, to.as_deref())?)),
            (None, Some(_)) => Err(Problem::field(
                "from",
                "it is missing: a window with an end has a beginning",
            )),
            (None, None) => Ok(None),
        }
    }
}

/// The signed exposure report of an incident for the lab, as a file: for its stewards, and for operators. It says of every object
/// version of the lab what befell it, and follows from the lab's ledger, which it names by its tree head: `cofferdam verify` computes
/// it again from an export
#[utoipa::path(get, path = "/labs/{lab}/incidents/{lab_incident}/report", tag = "incidents",
    params(("lab" = String, Path, description = "The lab's id"),
        ("lab_incident" = String, Path, description = "The lab's own id for the incident"), Chosen), responses(
    (status = 200, description = "Canonical JSON; docs/exposure-report.md has the format", body = File, content_type = "application/octet-stream"),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 403, description = "Not one's lab", body = Problem),
    (status = 404, description = "No such incident of that lab, or not one's own", body = Problem),
    (status = 409, description = "No report can be made of it", body = Problem),
    (status = 422, description = "Not a window", body = Problem)))]
async fn report(
    State(state): State<AppState>,
    Signed(caller): Signed,
    IdPaths(lab, own): IdPaths<LabId, IncidentId>,
    Query(chosen): Query<Chosen>,
) -> Answer<Response> {
    state.platform.may_oversee(&caller, lab).await?;
    let chosen = chosen.window()?;
    let bytes = state.containment.exposure_report(lab, own, chosen).await?;
    Ok((BYTES, bytes).into_response())
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DecisionIn {
    #[schema(value_type = crate::api::names::IncidentDecision)]
    decision: IncidentDecision,
    /// What is to be checked before what is stopped goes on; nothing unless said, and nothing where work goes on.
    #[serde(default)]
    #[schema(value_type = Vec<crate::api::names::Checked>)]
    conditions: BTreeSet<Checked>,
}

/// Say what the lab does about an incident: for its stewards alone. It is a record; what stops work is a halt
#[utoipa::path(post, path = "/labs/{lab}/incidents/{lab_incident}/decision", tag = "incidents",
    request_body = DecisionIn,
    params(("lab" = String, Path, description = "The lab's id"),
        ("lab_incident" = String, Path, description = "The lab's own id for the incident")), responses(
    (status = 200, description = "Recorded; the last decision holds", body = LabIncidentOut),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 403, description = "Not a steward of the lab", body = Problem),
    (status = 404, description = "No such incident of that lab", body = Problem),
    (status = 422, description = "Not a decision", body = Problem)))]
async fn decide(
    State(state): State<AppState>,
    Signed(caller): Signed,
    IdPaths(lab, own): IdPaths<LabId, IncidentId>,
    Body(body): Body<DecisionIn>,
) -> Answer<Json<LabIncidentOut>> {
    let engagement = super::labs::steward(&state, &caller, lab).await?;
    state
        .containment
        .decide(&caller, engagement, own, (body.decision, body.conditions))
        .await?;
    let seen = state.containment.one_of_lab(lab, own).await?;
    Ok(Json((&seen).into()))
}
