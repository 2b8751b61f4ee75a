//! Labs, their stewards and their recipients.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use cofferdam_model::{Compartment, LabId, PrincipalId, Scope};
use cofferdam_store::lab::LabRow;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::dto::{EngagementOut, IdPath, Query, Stop, id, operator};
use super::page::{Page, PageQuery};
use crate::caller::Signed;
use crate::limits::Body;
use crate::problem::{Answer, Problem};
use crate::state::AppState;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list, open))
        .routes(routes!(appoint))
        .routes(routes!(recipients, set_recipients))
}

/// A customer.
#[derive(Serialize, ToSchema)]
struct Lab {
    id: String,
    name: String,
    created: String,
    /// Whether its ledger does not check, so that nothing goes on there; its projects are not counted then.
    closed: bool,
    projects: usize,
    halted: Option<Stop>,
    /// Open halts on the lab and on anything within it.
    open_halts: usize,
}

fn lab(state: &AppState, row: &LabRow) -> Answer<Lab> {
    let compartment = Compartment::Lab(row.id);
    let authority = match state.gate().authority(compartment) {
        Err(_) if state.gate().is_closed(compartment) => None,
        known => known.map_err(cofferdam_work::ops::WorkError::from)?,
    };
    let now = state.gate().env().now();
    let halts = state.gate().halts(compartment);
    let whole = |scope: Scope| scope == Scope::Installation || scope == Scope::Lab(row.id);
    let halted = halts.iter().find(|h| h.in_effect(now) && whole(h.scope));
    let of_lab = |scope: Scope| match scope {
        Scope::Installation | Scope::Person(_) | Scope::Component(_) | Scope::Credential(_) => false,
        Scope::Lab(_) | Scope::Project(_) | Scope::Engagement(_) => true,
    };
    let open_halts = halts.iter().filter(|h| h.in_effect(now) && of_lab(h.scope));
    Ok(Lab {
        id: row.id.to_string(),
        name: row.name.clone(),
        created: row.created.rfc3339(),
        closed: authority.is_none(),
        projects: authority.map_or(0, |a| a.projects().count()),
        halted: halted.map(Stop::from),
        open_halts: open_halts.count(),
    })
}

/// Every lab: all for operators, one's own for stewards
#[utoipa::path(get, path = "/labs", tag = "labs", params(PageQuery), responses(
    (status = 200, description = "Labs by name: a page", body = Page<Lab>),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 422, description = "Not a cursor or limit", body = Problem)))]
async fn list(
    State(state): State<AppState>,
    Signed(caller): Signed,
    Query(page): Query<PageQuery>,
) -> Answer<Json<Page<Lab>>> {
    let (mut rows, all) = (Vec::new(), state.platform.labs().await?);
    let overseen = state.platform.labs_overseen(&caller).await?;
    let unread: Vec<LabId> = overseen.not_among(&all);
    for row in all {
        if state.platform.may_oversee(&caller, row.id).await.is_ok() {
            rows.push(row);
        }
    }
    let Page {
        items: rows, next, ..
    } = page.of(rows, |row| row.id)?;
    let items = rows.iter().map(|row| lab(&state, row)).collect::<Answer<_>>()?;
    Ok(Json(Page::new(items, next).without(&unread)))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewLab {
    name: String,
}

/// Open a lab's compartment
#[utoipa::path(post, path = "/labs", tag = "labs", request_body = NewLab, responses(
    (status = 201, description = "Opened", body = Lab),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 403, description = "Not an operator", body = Problem),
    (status = 409, description = "The name is taken, or looks like another lab's", body = Problem),
    (status = 422, description = "The name is not one", body = Problem)))]
async fn open(
    State(state): State<AppState>,
    Signed(caller): Signed,
    Body(body): Body<NewLab>,
) -> Answer<(StatusCode, Json<Lab>)> {
    operator(&state, &caller).await?;
    let row = state.platform.open_lab(&caller, &body.name).await?;
    Ok((StatusCode::CREATED, Json(lab(&state, &row)?)))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewSteward {
    /// Which person.
    principal: String,
}

/// Make a person speak for a lab
#[utoipa::path(post, path = "/labs/{lab}/stewards", tag = "labs", request_body = NewSteward,
    params(("lab" = String, Path, description = "The lab's id")), responses(
    (status = 201, description = "Appointed", body = EngagementOut),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 403, description = "Not an operator", body = Problem),
    (status = 404, description = "No such lab or person", body = Problem),
    (status = 409, description = "They speak for the lab already", body = Problem),
    (status = 422, description = "Not the id of a person", body = Problem)))]
async fn appoint(
    State(state): State<AppState>,
    Signed(caller): Signed,
    IdPath(lab): IdPath<LabId>,
    Body(body): Body<NewSteward>,
) -> Answer<(StatusCode, Json<EngagementOut>)> {
    operator(&state, &caller).await?;
    let person: PrincipalId = id("/principal", &body.principal)?;
    let engagement = state.platform.appoint_steward(&caller, lab, person).await?;
    let view = state.platform.engagement_view(engagement).await?;
    Ok((
        StatusCode::CREATED,
        Json(EngagementOut::of(&view, state.gate().env().now())),
    ))
}

/// Whom deliveries are encrypted to.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Recipients {
    /// age recipients: `age1…`.
    recipients: Vec<String>,
}

/// Whom a lab's deliveries are encrypted to
#[utoipa::path(get, path = "/labs/{lab}/recipients", tag = "labs",
    params(("lab" = String, Path, description = "The lab's id")), responses(
    (status = 200, description = "age recipients", body = Recipients),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 403, description = "Ended, or not in one's role", body = Problem),
    (status = 404, description = "No such lab, or not yours", body = Problem)))]
async fn recipients(
    State(state): State<AppState>,
    Signed(caller): Signed,
    IdPath(lab): IdPath<LabId>,
) -> Answer<Json<Recipients>> {
    state.platform.may_oversee(&caller, lab).await?;
    let authority = state
        .gate()
        .authority(lab.into())
        .map_err(cofferdam_work::ops::WorkError::from)?;
    let recipients = authority.map(|a| a.recipients().to_vec()).unwrap_or_default();
    Ok(Json(Recipients { recipients }))
}

/// Say whom a lab's deliveries are encrypted to: for its stewards alone
#[utoipa::path(put, path = "/labs/{lab}/recipients", tag = "labs", request_body = Recipients,
    params(("lab" = String, Path, description = "The lab's id")), responses(
    (status = 200, description = "Set", body = Recipients),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 403, description = "Halted, or not a steward", body = Problem),
    (status = 404, description = "No such lab, or not yours", body = Problem),
    (status = 422, description = "Not an age recipient", body = Problem)))]
async fn set_recipients(
    State(state): State<AppState>,
    Signed(caller): Signed,
    IdPath(lab): IdPath<LabId>,
    Body(body): Body<Recipients>,
) -> Answer<Json<Recipients>> {
    let steward = steward(&state, &caller, lab).await?;
    state
        .platform
        .set_recipients(&caller, steward, body.recipients.clone())
        .await?;
    Ok(Json(body))
}

/// The engagement by which the caller speaks for a lab; operators are told that they do not speak for it.
pub(super) async fn steward(
    state: &AppState,
    caller: &cofferdam_custody::Caller,
    lab: LabId,
) -> Answer<cofferdam_model::EngagementId> {
    match state.platform.stewardship(caller, lab).await? {
        Some(engagement) => Ok(engagement),
        None => {
            state.platform.may_oversee(caller, lab).await?;
            state.platform.lab(lab).await?;
            Err(Problem::not_in_role(
                "only the lab's own stewards may do that; ask one of them",
            ))
        }
    }
}
