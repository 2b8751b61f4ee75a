//! Exposure: what the ledgers say a credential touched.

use axum::Json;
use axum::extract::State;
use cofferdam_model::{CredentialId, Timestamp, Undated};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::dto::{Named, Query, id, operator, time};
use crate::caller::Signed;
use crate::problem::{Answer, Problem};
use crate::state::AppState;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(exposure))
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Window {
    /// The credential's id.
    credential: String,
    /// RFC 3339; the beginning unless said.
    from: Option<String>,
    /// RFC 3339, excluded; now unless said.
    to: Option<String>,
}

#[derive(Serialize, ToSchema)]
struct ProjectTouched {
    project: Named,
    /// Object versions, each as often as it was released: not how many different ones there are. Of a set that was read as far as it was
    /// sent, and all of it while the ledger does not say how far that was.
    releases: u64,
    bytes: u64,
}

#[derive(Serialize, ToSchema)]
struct LabTouched {
    lab: Named,
    /// Entries that name the credential.
    entries: u64,
    /// Of those, what was done with it as an operator: that releases nothing.
    administered: u64,
    /// Object versions, each as often as it was released: not how many different ones there are. Of a set that was read as far as it was
    /// sent, and all of it while the ledger does not say how far that was.
    releases: u64,
    /// Plaintext bytes of all these releases.
    bytes: u64,
    first: Option<String>,
    last: Option<String>,
    projects: Vec<ProjectTouched>,
    /// What may be within the window too, and is in none of the figures above: the clock was put back, and the ledger cannot know
    /// whether it had been ahead before or was behind after.
    undated: Option<UndatedOut>,
}

#[derive(Serialize, ToSchema)]
struct UndatedOut {
    /// Entries that name the credential.
    entries: u64,
    releases: u64,
    bytes: u64,
    /// It was not earlier.
    from: String,
    /// Nor later; null: the clock has not caught up yet.
    to: Option<String>,
}

impl From<&Undated> for UndatedOut {
    fn from(undated: &Undated) -> Self {
        Self {
            entries: undated.entries,
            releases: undated.released.objects,
            bytes: undated.released.bytes,
            from: undated.from.rfc3339(),
            to: undated.to.map(Timestamp::rfc3339),
        }
    }
}

/// What a credential touched.
#[derive(Serialize, ToSchema)]
struct ExposureOut {
    credential: String,
    from: String,
    to: String,
    labs: Vec<LabTouched>,
    /// Labs whose ledger does not check: what was touched there is unknown.
    unknown: Vec<Named>,
    /// What the installation's ledger says of it; null: that ledger does not check, and it is unknown.
    installation: Option<BeyondOut>,
}

#[derive(Serialize, ToSchema)]
struct BeyondOut {
    /// Entries of what was done with it as an operator.
    administered: u64,
    /// Entries of what was refused it: under an engagement that is not its own, or without an operator's role.
    refused: u64,
}

/// What the ledgers say a credential touched, by lab
#[utoipa::path(get, path = "/exposure", tag = "exposure", params(Window), responses(
    (status = 200, description = "By lab and project", body = ExposureOut),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 403, description = "Not an operator", body = Problem),
    (status = 404, description = "No such credential", body = Problem),
    (status = 422, description = "Not an id or time", body = Problem)))]
async fn exposure(
    State(state): State<AppState>,
    Signed(caller): Signed,
    Query(window): Query<Window>,
) -> Answer<Json<ExposureOut>> {
    operator(&state, &caller).await?;
    let credential: CredentialId = id("credential", &window.credential)?;
    let from = window
        .from
        .as_deref()
        .map_or(Ok(Timestamp::from_micros(0)), |t| time("from", t))?;
    let now = state.gate().env().now();
    let to = window.to.as_deref().map_or(Ok(now), |t| time("to", t))?;
    match window.to {
        Some(_) if to < from => return Err(Problem::field("to", "it lies before `from`; exchange the two")),
        None if to < from => {
            return Err(Problem::field(
                "from",
                "it lies ahead: nothing was done after now",
            ));
        }
        _ => {}
    }
    let found = state.gate().exposure(credential, from, to).await?;
    let found = found.ok_or_else(|| Problem::not_found("there is no such credential"))?;
    let mut labs = Vec::new();
    for (lab, touched) in &found.labs {
        let mut projects = Vec::new();
        for (project, draw) in &touched.projects {
            let row = state.platform.project_row(*project).await?;
            let project = Named {
                id: row.id.to_string(),
                name: row.name,
            };
            projects.push(ProjectTouched {
                project,
                releases: draw.objects,
                bytes: draw.bytes,
            });
        }
        labs.push(LabTouched {
            lab: (&state.platform.lab(*lab).await?).into(),
            entries: touched.entries,
            administered: touched.administered,
            releases: touched.projects.values().map(|d| d.objects).sum(),
            bytes: touched.projects.values().map(|d| d.bytes).sum(),
            first: touched.first.map(Timestamp::rfc3339),
            last: touched.last.map(Timestamp::rfc3339),
            projects,
            undated: touched.undated.as_ref().map(UndatedOut::from),
        });
    }
    let mut unknown = Vec::new();
    for lab in &found.unknown {
        unknown.push((&state.platform.lab(*lab).await?).into());
    }
    let (credential, from, to) = (credential.to_string(), from.rfc3339(), to.rfc3339());
    Ok(Json(ExposureOut {
        credential,
        from,
        to,
        labs,
        unknown,
        installation: found.installation.map(|beyond| BeyondOut {
            administered: beyond.administered,
            refused: beyond.refused,
        }),
    }))
}
