//! Projects.

use std::collections::{BTreeMap, BTreeSet};

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use cofferdam_custody::Progress;
use cofferdam_model::{LabId, ProjectId};
use cofferdam_work::ops::{NewProject, ProjectView};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::dto::{IdPath, Named, Query, Stop, id, operator};
use super::page::{Page, PageQuery};
use crate::caller::Signed;
use crate::limits::Body;
use crate::problem::{Answer, Problem};
use crate::state::AppState;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(get))
        .routes(routes!(open))
        .routes(routes!(agreement))
        .routes(routes!(rotation, rotate))
}

#[derive(Serialize, ToSchema)]
struct Tasks {
    total: u64,
    /// May still be handed out.
    open: u64,
    /// Answered as often as the overlap asks, by answers that are not back with their authors.
    done: u64,
}

#[derive(Serialize, ToSchema)]
struct Submissions {
    submitted: u64,
    accepted: u64,
    returned: u64,
    rejected: u64,
    /// Back with authors who were engaged no more, and given up.
    lapsed: u64,
}

/// One body of work.
#[derive(Serialize, ToSchema)]
struct Project {
    id: String,
    lab: Named,
    name: String,
    template_kind: String,
    overlap: u32,
    lease_seconds: i64,
    /// `open` or `closed`.
    state: &'static str,
    tasks: Tasks,
    submissions: Submissions,
    /// By timers that have stopped.
    seconds_worked: u64,
    /// Persons with an active engagement.
    people: u64,
    guideline_version: u32,
    halted: Option<Stop>,
    created: String,
}

impl From<ProjectView> for Project {
    fn from(view: ProjectView) -> Self {
        let (row, counts) = (view.project, view.counts);
        Self {
            id: row.id.to_string(),
            lab: (&view.lab).into(),
            name: row.name,
            template_kind: row.template_kind,
            overlap: row.overlap,
            lease_seconds: row.lease_seconds,
            state: if view.open { "open" } else { "closed" },
            tasks: Tasks {
                total: counts.tasks,
                open: counts.open,
                done: counts.done,
            },
            submissions: Submissions {
                submitted: counts.submitted,
                accepted: counts.accepted,
                returned: counts.returned,
                rejected: counts.rejected,
                lapsed: counts.lapsed,
            },
            seconds_worked: counts.seconds_worked,
            people: view.people,
            guideline_version: row.guideline_version,
            halted: view.halted.as_ref().map(Stop::from),
            created: row.created.rfc3339(),
        }
    }
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Filter {
    /// Of this lab alone.
    lab: Option<String>,
}

/// Projects: all for operators, one's own lab's for stewards
#[utoipa::path(get, path = "/projects", tag = "projects", params(Filter, PageQuery), responses(
    (status = 200, description = "Projects by lab and name: a page", body = Page<Project>),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 422, description = "Not the id of a lab, a cursor or a limit", body = Problem)))]
async fn list(
    State(state): State<AppState>,
    Signed(caller): Signed,
    Query(filter): Query<Filter>,
    Query(page): Query<PageQuery>,
) -> Answer<Json<Page<Project>>> {
    let only: Option<LabId> = filter.lab.as_deref().map(|text| id("lab", text)).transpose()?;
    let labs: Vec<LabId> = state.platform.labs().await?.iter().map(|lab| lab.id).collect();
    // Of a lab that is another's as much is asked as of one that is not there: the time tells neither.
    let wanted = only.map_or_else(|| labs.clone(), |only| vec![only]);
    let mut rows = Vec::new();
    let overseen = state.platform.labs_overseen(&caller).await?;
    let mut unread = overseen.closed;
    unread.extend(overseen.open.iter().filter(|lab| !labs.contains(lab)));
    unread.retain(|lab| only.is_none_or(|only| only == *lab));
    for lab in wanted {
        if state.platform.may_oversee(&caller, lab).await.is_ok() && labs.contains(&lab) {
            let (found, whole) = state.platform.projects_of(lab).await?;
            rows.extend(found);
            unread.extend(Some(lab).filter(|lab| !whole && !unread.contains(lab)));
        }
    }
    let Page {
        items: rows, next, ..
    } = page.of(rows, |row| row.id)?;
    let mut items = Vec::with_capacity(rows.len());
    for row in rows {
        items.push(state.platform.project_view(row.id).await?.into());
    }
    Ok(Json(Page::new(items, next).without(&unread)))
}

/// One project
#[utoipa::path(get, path = "/projects/{project}", tag = "projects",
    params(("project" = String, Path, description = "The project's id")), responses(
    (status = 200, description = "The project", body = Project),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 403, description = "Ended, or not in one's role", body = Problem),
    (status = 404, description = "No such project, or not yours", body = Problem)))]
async fn get(
    State(state): State<AppState>,
    Signed(caller): Signed,
    IdPath(project): IdPath<ProjectId>,
) -> Answer<Json<Project>> {
    state.platform.may_oversee_project(&caller, project).await?;
    Ok(Json(state.platform.project_view(project).await?.into()))
}

/// What the tasks and answers of a project are like.
#[derive(ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "it is for the document: what is sent is read as JSON")]
enum TemplateIn {
    /// The name of a built-in kind: `pairwise-preference`, `ranking`, `rubric`, `chat`, `classification`, `spans` or `freeform`.
    Kind(String),
    /// A template document.
    Document(BTreeMap<String, serde_json::Value>),
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ProjectIn {
    name: String,
    #[schema(value_type = TemplateIn)]
    template: serde_json::Value,
    /// How many people answer each task: 1 to 100; 1 unless said.
    overlap: Option<u32>,
    /// How long a task is held without a sign of life: 60 to 86,400; 1,800 unless said.
    lease_seconds: Option<i64>,
}

/// Open a project
#[utoipa::path(post, path = "/labs/{lab}/projects", tag = "projects", request_body = ProjectIn,
    params(("lab" = String, Path, description = "The lab's id")), responses(
    (status = 201, description = "Opened", body = Project),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 403, description = "Not an operator", body = Problem),
    (status = 404, description = "No such lab", body = Problem),
    (status = 409, description = "The name is taken", body = Problem),
    (status = 422, description = "Not a template, or out of bounds", body = Problem)))]
async fn open(
    State(state): State<AppState>,
    Signed(caller): Signed,
    IdPath(lab): IdPath<LabId>,
    Body(body): Body<ProjectIn>,
) -> Answer<(StatusCode, Json<Project>)> {
    operator(&state, &caller).await?;
    let template = match body.template {
        serde_json::Value::String(kind) => kind,
        document => document.to_string(),
    };
    let new = NewProject {
        lab,
        name: body.name,
        template,
        overlap: body.overlap.unwrap_or(1),
        lease_seconds: body.lease_seconds.unwrap_or(1_800),
    };
    let row = state.platform.open_project(&caller, new).await?;
    Ok((
        StatusCode::CREATED,
        Json(state.platform.project_view(row.id).await?.into()),
    ))
}

/// How far the replacement of a project's keys is.
#[derive(Serialize, ToSchema)]
struct RotationOut {
    /// When it was last called for; null: never.
    called: Option<String>,
    /// Object versions that are still under older keys.
    objects: u64,
    /// Older keys that are still there: each is taken away an hour after the call, once nothing is left under it.
    epochs: u64,
}

impl From<Option<Progress>> for RotationOut {
    fn from(progress: Option<Progress>) -> Self {
        Self {
            called: progress.map(|p| p.called.rfc3339()),
            objects: progress.map_or(0, |p| p.objects),
            epochs: progress.map_or(0, |p| p.epochs),
        }
    }
}

/// How far the replacement of a project's keys is
#[utoipa::path(get, path = "/projects/{project}/rotation", tag = "projects",
    params(("project" = String, Path, description = "The project's id")), responses(
    (status = 200, description = "How far it is", body = RotationOut),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 403, description = "Ended, or not in one's role", body = Problem),
    (status = 404, description = "No such project, or not yours", body = Problem)))]
async fn rotation(
    State(state): State<AppState>,
    Signed(caller): Signed,
    IdPath(project): IdPath<ProjectId>,
) -> Answer<Json<RotationOut>> {
    state.platform.may_oversee_project(&caller, project).await?;
    Ok(Json(state.platform.rotation(project).await?.into()))
}

/// Replace a project's keys: what it has sealed is sealed anew in the background, and what comes is sealed under a new key at once
#[utoipa::path(post, path = "/projects/{project}/rotation", tag = "projects",
    params(("project" = String, Path, description = "The project's id")), responses(
    (status = 202, description = "Called for, and on the lab's ledger", body = RotationOut),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 403, description = "Not an operator", body = Problem),
    (status = 404, description = "No such project", body = Problem)))]
async fn rotate(
    State(state): State<AppState>,
    Signed(caller): Signed,
    IdPath(project): IdPath<ProjectId>,
) -> Answer<(StatusCode, Json<RotationOut>)> {
    operator(&state, &caller).await?;
    state
        .platform
        .rotate_epochs(&caller, BTreeSet::from([project]))
        .await?;
    let progress = state.platform.rotation(project).await?;
    Ok((StatusCode::ACCEPTED, Json(progress.into())))
}

#[derive(Serialize, ToSchema)]
struct Pair {
    /// A rater's pseudonym.
    a: String,
    /// Another's.
    b: String,
    /// None where it is not defined.
    kappa: Option<f64>,
    /// Tasks that both have answered, also where kappa is not defined.
    items: u64,
}

/// How far raters agree.
#[derive(Serialize, ToSchema)]
struct AgreementOut {
    items: u64,
    labels: u64,
    raters: Vec<String>,
    cohen_kappa: Vec<Pair>,
    fleiss_kappa: Option<f64>,
    krippendorff_alpha: Option<f64>,
    /// Why a measure is not defined.
    explained: Vec<String>,
}

/// Measure agreement: a job of the platform reads the labels, and the ledger says so
#[utoipa::path(get, path = "/projects/{project}/agreement", tag = "projects",
    params(("project" = String, Path, description = "The project's id")), responses(
    (status = 200, description = "Measures, with reasons where one is not defined", body = AgreementOut),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 403, description = "Halted, ended, or not in one's role", body = Problem),
    (status = 404, description = "No such project, or not yours", body = Problem),
    (status = 429, description = "The job's read budget is used up; `Retry-After` says when it opens again", body = Problem)))]
async fn agreement(
    State(state): State<AppState>,
    Signed(caller): Signed,
    IdPath(project): IdPath<ProjectId>,
) -> Answer<Json<AgreementOut>> {
    state.platform.may_have_read(&caller, project).await?;
    let found = state.platform.agreement(project).await?;
    let pair = |p: cofferdam_work::ops::PairAgreement| Pair {
        a: p.first,
        b: p.second,
        kappa: p.kappa,
        items: p.items,
    };
    Ok(Json(AgreementOut {
        items: found.items,
        labels: found.labels,
        raters: found.raters,
        cohen_kappa: found.cohen.into_iter().map(pair).collect(),
        fleiss_kappa: found.fleiss,
        krippendorff_alpha: found.krippendorff,
        explained: found.explained,
    }))
}
