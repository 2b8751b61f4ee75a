//! Bringing tasks in.

use axum::Json;
use axum::body::Body as HttpBody;
use axum::extract::State;
use axum::http::StatusCode;
use cofferdam_model::{EngagementId, ProjectId};
use cofferdam_work::import::{FileFormat, ImportOptions, parse_pair};
use cofferdam_work::ops::Bringing;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::dto::{File, IdPath, Query, id};
use crate::caller::Signed;
use crate::limits::FILE;
use crate::problem::{Answer, Problem};
use crate::room::Whole;
use crate::state::AppState;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(import))
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Options {
    /// `jsonl`, `json` or `csv`; told from the file unless said.
    format: Option<String>,
    /// `field=column` pairs, separated by commas; told from the columns unless said.
    mapping: Option<String>,
    /// The project's id; needed only under a steward's engagement.
    project: Option<String>,
    /// Takes tasks without ids although the project has some that ask the same.
    #[serde(default)]
    again: bool,
}

/// What came in.
#[derive(Serialize, ToSchema)]
struct ImportedOut {
    tasks: u64,
    template_kind: String,
    /// How the columns were read.
    explanation: String,
    /// Answers that the file brings along. An import takes tasks alone: answers are given under an engagement.
    recorded_answers_not_imported: u64,
    /// What is worth knowing about this import, in sentences.
    notes: Vec<String>,
}

/// Bring tasks in: all of the file, or nothing of it
#[utoipa::path(post, path = "/engagements/{engagement}/imports", tag = "work",
    request_body(content = File, content_type = "application/octet-stream", description = "JSONL, a JSON array, or CSV; at most 512 MiB"),
    params(("engagement" = String, Path, description = "The engagement's id"), Options), responses(
    (status = 201, description = "Imported", body = ImportedOut),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 403, description = "Halted, ended or not in one's role", body = Problem),
    (status = 404, description = "No such engagement, or not yours", body = Problem),
    (status = 409, description = "The project is closed", body = Problem),
    (status = 413, description = "Larger than 512 MiB", body = Problem),
    (status = 422, description = "Rows are wrong, or their tasks in the project already; nothing was imported", body = Problem)))]
async fn import(
    State(state): State<AppState>,
    Signed(caller): Signed,
    IdPath(engagement): IdPath<EngagementId>,
    Query(options): Query<Options>,
    body: HttpBody,
) -> Answer<(StatusCode, Json<ImportedOut>)> {
    let project: Option<ProjectId> = options.project.as_deref().map(|t| id("project", t)).transpose()?;
    let format = options
        .format
        .as_deref()
        .map(|t| t.parse::<FileFormat>())
        .transpose();
    let format = format.map_err(|e| Problem::field("format", e.to_string()))?;
    let pairs = options
        .mapping
        .as_deref()
        .unwrap_or_default()
        .split(',')
        .filter(|p| !p.trim().is_empty());
    let columns = pairs.map(parse_pair).collect::<Result<Vec<_>, _>>();
    let columns = columns.map_err(|e| Problem::field("mapping", e))?;
    // Whoever may not import is told so before the file is read.
    state.platform.may_import(&caller, engagement, project).await?;
    let Whole {
        bytes: file,
        taken: _taken,
    } = FILE.read(body, &state.room).await?;
    let bringing = Bringing {
        reading: ImportOptions {
            format,
            columns,
            ..ImportOptions::default()
        },
        again: options.again,
    };
    let done = state
        .platform
        .import(&caller, engagement, project, file.into(), bringing)
        .await?;
    Ok((
        StatusCode::CREATED,
        Json(ImportedOut {
            tasks: done.tasks,
            template_kind: done.template_kind,
            explanation: done.explanation,
            recorded_answers_not_imported: done.recorded_answers_left_out,
            notes: done.notes,
        }),
    ))
}
