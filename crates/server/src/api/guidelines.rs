//! Guidelines and templates, under an engagement.

use axum::Json;
use axum::extract::State;
use cofferdam_model::{EngagementId, ProjectId};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::dto::{IdPath, Query, id};
use crate::caller::Signed;
use crate::limits::Body;
use crate::problem::{Answer, Problem};
use crate::state::AppState;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(read, write))
}

/// Which project, for an engagement that reaches a whole lab.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Which {
    /// The project's id; needed only under a steward's engagement.
    project: Option<String>,
}

impl Which {
    pub(super) fn project(&self) -> Answer<Option<ProjectId>> {
        self.project
            .as_deref()
            .map(|text| id("project", text))
            .transpose()
    }
}

/// What those who work must know.
#[derive(Serialize, ToSchema)]
struct GuidelineOut {
    /// 0: there is none.
    version: u32,
    markdown: Option<String>,
    /// The template document: schemas and layout.
    #[schema(value_type = Object)]
    template: Box<RawValue>,
}

/// Read the guideline and the template
#[utoipa::path(get, path = "/engagements/{engagement}/guideline", tag = "work",
    params(("engagement" = String, Path, description = "The engagement's id"), Which), responses(
    (status = 200, description = "Guideline and template", body = GuidelineOut),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 403, description = "Halted, ended or not in one's role", body = Problem),
    (status = 404, description = "No such engagement, or not yours", body = Problem),
    (status = 422, description = "Not the id of a project", body = Problem),
    (status = 429, description = "The read budget is used up; `Retry-After` says when it opens again", body = Problem)))]
async fn read(
    State(state): State<AppState>,
    Signed(caller): Signed,
    IdPath(engagement): IdPath<EngagementId>,
    Query(which): Query<Which>,
) -> Answer<Json<GuidelineOut>> {
    let found = state
        .platform
        .guideline(&caller, engagement, which.project()?)
        .await?;
    let template = RawValue::from_string(found.template).map_err(|_| Problem::internal())?;
    let version = found.project.guideline_version;
    Ok(Json(GuidelineOut {
        version,
        markdown: found.markdown,
        template,
    }))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct GuidelineIn {
    markdown: String,
}

#[derive(Serialize, ToSchema)]
struct Version {
    version: u32,
}

/// Set the guideline
#[utoipa::path(put, path = "/engagements/{engagement}/guideline", tag = "work", request_body = GuidelineIn,
    params(("engagement" = String, Path, description = "The engagement's id"), Which), responses(
    (status = 200, description = "Its new version", body = Version),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 403, description = "Halted, ended or not in one's role", body = Problem),
    (status = 404, description = "No such engagement, or not yours", body = Problem),
    (status = 409, description = "Set by somebody else at the same time", body = Problem),
    (status = 422, description = "Empty or too long", body = Problem)))]
async fn write(
    State(state): State<AppState>,
    Signed(caller): Signed,
    IdPath(engagement): IdPath<EngagementId>,
    Query(which): Query<Which>,
    Body(body): Body<GuidelineIn>,
) -> Answer<Json<Version>> {
    let project = which.project()?;
    let version = state
        .platform
        .set_guideline(&caller, engagement, project, &body.markdown)
        .await?;
    Ok(Json(Version { version }))
}
