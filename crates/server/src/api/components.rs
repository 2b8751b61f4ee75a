//! Components, and what they say that they run.

use axum::Json;
use axum::body::Body as HttpBody;
use axum::extract::State;
use axum::http::StatusCode;
use cofferdam_model::entry::hex32;
use cofferdam_model::{Act, EngagementId, InventoryId, PrincipalId};
use cofferdam_store::inventory::InventoryRow;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::dto::{IdPath, Named, Query, operator};
use super::page::{Page, PageQuery};
use crate::caller::Signed;
use crate::limits::INVENTORY;
use crate::problem::{Answer, Problem};
use crate::room::Whole;
use crate::state::AppState;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(components))
        .routes(routes!(inventories))
        .routes(routes!(inventory))
        .routes(routes!(report))
}

/// What a component said once.
#[derive(Serialize, ToSchema)]
pub(super) struct InventoryOut {
    id: String,
    /// When it was scanned, by the component's own clock.
    scanned: String,
    received: String,
    /// SHA-256 of the document without the time of its scan: the same, where the same was found.
    sha256: String,
}

impl From<&InventoryRow> for InventoryOut {
    fn from(row: &InventoryRow) -> Self {
        Self {
            id: row.id.to_string(),
            scanned: row.scanned.rfc3339(),
            received: row.received.rfc3339(),
            sha256: hex32::encode(&row.sha256),
        }
    }
}

/// A component.
#[derive(Serialize, ToSchema)]
struct ComponentOut {
    component: Named,
    /// How often it said what it runs.
    inventories: u64,
    /// The last time; none: never, so that what it runs is unknown.
    last: Option<InventoryOut>,
}

/// Components, by name, and when each last said what it runs
#[utoipa::path(get, path = "/components", tag = "components", params(PageQuery), responses(
    (status = 200, description = "A page", body = Page<ComponentOut>),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 403, description = "Not an operator", body = Problem),
    (status = 422, description = "Not a cursor or limit", body = Problem)))]
async fn components(
    State(state): State<AppState>,
    Signed(caller): Signed,
    Query(page): Query<PageQuery>,
) -> Answer<Json<Page<ComponentOut>>> {
    operator(&state, &caller).await?;
    let all = state.containment.components().await?;
    let page = page.of(all, |view| view.principal.id)?;
    Ok(Json(page.map(|view| ComponentOut {
        component: Named {
            id: view.principal.id.to_string(),
            name: view.principal.name,
        },
        inventories: view.inventories,
        last: view.last.as_ref().map(InventoryOut::from),
    })))
}

/// What a component said that it runs, in the order in which it came in
#[utoipa::path(get, path = "/components/{component}/inventories", tag = "components",
    params(("component" = String, Path, description = "The component's id"), PageQuery), responses(
    (status = 200, description = "A page", body = Page<InventoryOut>),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 403, description = "Not an operator", body = Problem),
    (status = 404, description = "No such component", body = Problem),
    (status = 422, description = "Not a cursor or limit", body = Problem)))]
async fn inventories(
    State(state): State<AppState>,
    Signed(caller): Signed,
    IdPath(component): IdPath<PrincipalId>,
    Query(page): Query<PageQuery>,
) -> Answer<Json<Page<InventoryOut>>> {
    operator(&state, &caller).await?;
    let all = state.containment.inventories(component).await?;
    let page = page.of(all, |row| row.id)?;
    Ok(Json(page.map(|row| InventoryOut::from(&row))))
}

/// One inventory, as it was said: format `cofferdam-inventory` 1
#[utoipa::path(get, path = "/inventories/{inventory}", tag = "components",
    params(("inventory" = String, Path, description = "The inventory's id")), responses(
    (status = 200, description = "The document", body = serde_json::Value, content_type = "application/json"),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 403, description = "Not an operator", body = Problem),
    (status = 404, description = "No such inventory", body = Problem)))]
async fn inventory(
    State(state): State<AppState>,
    Signed(caller): Signed,
    IdPath(id): IdPath<InventoryId>,
) -> Answer<([(axum::http::HeaderName, &'static str); 1], String)> {
    operator(&state, &caller).await?;
    let found = state.containment.inventory(id).await?;
    let kind = [(axum::http::header::CONTENT_TYPE, "application/json")];
    Ok((kind, found.to_json()))
}

/// What was taken.
#[derive(Serialize, ToSchema)]
struct SaidOut {
    id: String,
    /// SHA-256 of the document without the time of its scan.
    sha256: String,
    packages: u64,
    /// Files that run whenever an interpreter starts.
    startup: u64,
    /// What could not be read: it stays unknown.
    gaps: u64,
}

/// Say what a component runs, also while it is halted
#[utoipa::path(post, path = "/engagements/{engagement}/inventories", tag = "components",
    request_body(content = serde_json::Value, content_type = "application/json",
        description = "The document that `cofferdam component scan` makes, as it is; at most 64 MiB"),
    params(("engagement" = String, Path, description = "The engagement's id")), responses(
    (status = 201, description = "Taken", body = SaidOut),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 403, description = "Ended, or not in one's role", body = Problem),
    (status = 404, description = "No such engagement, or not yours", body = Problem),
    (status = 409, description = "Not a component", body = Problem),
    (status = 413, description = "Larger than 64 MiB", body = Problem),
    (status = 422, description = "Not an inventory, or not scanned within the last hour", body = Problem)))]
async fn report(
    State(state): State<AppState>,
    Signed(caller): Signed,
    IdPath(engagement): IdPath<EngagementId>,
    body: HttpBody,
) -> Answer<(StatusCode, Json<SaidOut>)> {
    // Whoever may not report is told so before anything is read.
    let act = Act::ReportInventory;
    state.platform.admitted(&caller, engagement, act, None).await?;
    let Whole { bytes, taken: _taken } = INVENTORY.read(body, &state.room).await?;
    let text = String::from_utf8(bytes.into());
    let text = text.map_err(|_| Problem::field("", "an inventory is UTF-8"))?;
    let said = state.containment.report(&caller, engagement, text).await?;
    let said = SaidOut {
        id: said.inventory.to_string(),
        sha256: hex32::encode(&said.sha256),
        packages: said.packages,
        startup: said.startup,
        gaps: said.gaps,
    };
    Ok((StatusCode::CREATED, Json(said)))
}
