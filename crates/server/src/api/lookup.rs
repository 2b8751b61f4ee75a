//! What an id is of.

use axum::Json;
use axum::extract::State;
use cofferdam_work::ops::Found;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::dto::{Named, NamedProject, TextPath, operator};
use crate::caller::Signed;
use crate::problem::{Answer, Problem};
use crate::state::AppState;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(lookup))
}

/// What an id is of, and what that belongs to.
#[derive(Serialize, ToSchema)]
struct FoundOut {
    /// `lab`, `project`, `person`, `component`, `job`, `engagement`, `pseudonym`, `credential`, `credential-tag` (a credential's name in a ledger), `task`,
    /// `assignment`, `submission`, `review`, `remark`, `delivery`, `halt`, `incident`, `inventory` or `wall`.
    kind: &'static str,
    lab: Option<Named>,
    project: Option<NamedProject>,
    engagement: Option<String>,
    /// Whom it is, or who has or made it.
    person: Option<Named>,
    credential: Option<String>,
    /// The incident, also where the id is a lab's own for it.
    incident: Option<String>,
}

impl From<Found> for FoundOut {
    fn from(found: Found) -> Self {
        Self {
            kind: found.kind,
            lab: found.lab.as_ref().map(Named::from),
            project: found.project.as_ref().map(NamedProject::from),
            engagement: found.engagement.map(|id| id.to_string()),
            person: found.person.map(|person| Named {
                id: person.id.to_string(),
                name: person.name,
            }),
            credential: found.credential.map(|id| id.to_string()),
            incident: found.incident.map(|id| id.to_string()),
        }
    }
}

/// What an id is of: one that stands in a ledger, a log or a letter. Nothing of what a lab or a contractor wrote
#[utoipa::path(get, path = "/ids/{id}", tag = "ids",
    params(("id" = String, Path, description = "Any id")), responses(
    (status = 200, description = "What it is of", body = FoundOut),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 403, description = "Not an operator", body = Problem),
    (status = 404, description = "Nothing has that id", body = Problem),
    (status = 422, description = "Not an id", body = Problem)))]
async fn lookup(
    State(state): State<AppState>,
    Signed(caller): Signed,
    TextPath(id): TextPath<String>,
) -> Answer<Json<FoundOut>> {
    operator(&state, &caller).await?;
    Ok(Json(state.platform.lookup(&caller, &id).await?.into()))
}
