//! Questions under an engagement: what the guideline does not say.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use cofferdam_model::{EngagementId, Id, RemarkId, Timestamp};
use cofferdam_work::ops::{MOST_QUESTIONS, Question, QuestionRemark, Remarked};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::dto::{IdPath, IdPaths, Query, id};
use super::guidelines::Which;
use super::page::{Page, PageQuery, cursor};
use crate::caller::Signed;
use crate::limits::Body;
use crate::problem::{Answer, Problem};
use crate::state::AppState;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list, ask))
        .routes(routes!(answer))
}

/// Something that was said.
#[derive(Serialize, ToSchema)]
struct QuestionRemarkOut {
    remark: String,
    /// Whether you said it.
    own: bool,
    /// In what capacity it was said. Who said it is not told.
    #[schema(value_type = crate::api::names::Role)]
    role: &'static str,
    #[schema(format = DateTime)]
    said: String,
    text: String,
}

/// A question, and what was said to it.
#[derive(Serialize, ToSchema)]
struct QuestionOut {
    question: String,
    /// Whether you asked.
    own: bool,
    #[schema(value_type = crate::api::names::Role)]
    role: &'static str,
    #[schema(format = DateTime)]
    asked: String,
    /// The task that it is about, if it is about one.
    task: Option<String>,
    /// Whether it says that the task cannot be done as it is.
    broken: bool,
    text: String,
    /// Whether somebody else said something to it: then everybody who works on the project sees it.
    answered: bool,
    remarks: Vec<QuestionRemarkOut>,
}

fn said_out(remark: &QuestionRemark) -> Answer<QuestionRemarkOut> {
    Ok(QuestionRemarkOut {
        remark: remark.id.to_string(),
        own: remark.own,
        role: remark.role.name(),
        said: remark.said.rfc3339(),
        text: text_of(remark)?,
    })
}

fn text_of(remark: &QuestionRemark) -> Answer<String> {
    String::from_utf8(remark.words.to_vec()).map_err(|_| Problem::internal())
}

fn question_out(question: &Question) -> Answer<QuestionOut> {
    let Question {
        asked,
        task,
        broken,
        answered,
        remarks,
    } = question;
    Ok(QuestionOut {
        question: asked.id.to_string(),
        own: asked.own,
        role: asked.role.name(),
        asked: asked.said.rfc3339(),
        task: task.map(|task| task.to_string()),
        broken: *broken,
        text: text_of(asked)?,
        answered: *answered,
        remarks: remarks.iter().map(said_out).collect::<Answer<_>>()?,
    })
}

/// A project's questions, the newest first
///
/// One's own, and those that were answered; whoever answers sees all. They are read when they are asked for, and so recorded, and counted
/// towards the budget. A page has 50 at most, and 100 remarks in all where one question alone has not more.
#[utoipa::path(get, path = "/engagements/{engagement}/questions", tag = "questions",
    params(("engagement" = String, Path, description = "The engagement's id"), Which, PageQuery), responses(
    (status = 200, description = "Questions: a page", body = Page<QuestionOut>),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 403, description = "Halted, ended or not in one's role", body = Problem),
    (status = 404, description = "No such engagement, or not yours", body = Problem),
    (status = 422, description = "Not the id of a project, a cursor or a limit", body = Problem),
    (status = 429, description = "The read budget is used up; `Retry-After` says when it opens again", body = Problem)))]
async fn list(
    State(state): State<AppState>,
    Signed(caller): Signed,
    IdPath(engagement): IdPath<EngagementId>,
    Query(which): Query<Which>,
    Query(page): Query<PageQuery>,
) -> Answer<Json<Page<QuestionOut>>> {
    let (limit, after) = (page.limit()?.min(MOST_QUESTIONS), page.after()?.map(place_of));
    let (found, next) = state
        .platform
        .questions(&caller, engagement, which.project()?, after, limit)
        .await?;
    let next = next.map(|(at, id)| {
        let mut place = at.as_micros().to_be_bytes().to_vec();
        place.extend(id.as_bytes());
        cursor(&place)
    });
    let out = found.iter().map(question_out).collect::<Answer<Vec<_>>>()?;
    Ok(Json(Page::new(out, next)))
}

fn place_of(bytes: [u8; 24]) -> (Timestamp, RemarkId) {
    let (mut at, mut id) = ([0; 8], [0; 16]);
    at.copy_from_slice(&bytes[..8]);
    id.copy_from_slice(&bytes[8..]);
    (
        Timestamp::from_micros(i64::from_be_bytes(at)),
        RemarkId::from_bytes(id),
    )
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AskIn {
    /// Up to 16 KiB.
    text: String,
    /// The hold on the task that it is about.
    assignment: Option<String>,
    /// The task cannot be done as it is. It stays in your hands until you return it.
    #[serde(default)]
    broken: bool,
}

#[derive(Serialize, ToSchema)]
struct RemarkedOut {
    remark: String,
    #[schema(format = DateTime)]
    said: String,
}

impl From<Remarked> for RemarkedOut {
    fn from(said: Remarked) -> Self {
        Self {
            remark: said.remark.to_string(),
            said: said.said.rfc3339(),
        }
    }
}

/// Ask what the guideline does not say
#[utoipa::path(post, path = "/engagements/{engagement}/questions", tag = "questions", request_body = AskIn,
    params(("engagement" = String, Path, description = "The engagement's id")), responses(
    (status = 201, description = "Asked", body = RemarkedOut),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 403, description = "Halted, ended or not in one's role", body = Problem),
    (status = 404, description = "No such engagement or task, or not yours", body = Problem),
    (status = 422, description = "Empty, too long, or broken and without a task", body = Problem)))]
async fn ask(
    State(state): State<AppState>,
    Signed(caller): Signed,
    IdPath(engagement): IdPath<EngagementId>,
    Body(body): Body<AskIn>,
) -> Answer<(StatusCode, Json<RemarkedOut>)> {
    let about = body.assignment.as_deref();
    let about = about.map(|text| id("assignment", text)).transpose()?;
    let asked = state
        .platform
        .ask(&caller, engagement, &body.text, about, body.broken)
        .await?;
    Ok((StatusCode::CREATED, Json(asked.into())))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SayIn {
    /// Up to 16 KiB.
    text: String,
}

/// Answer a question, or go on with one's own
#[utoipa::path(post, path = "/engagements/{engagement}/questions/{question}", tag = "questions", request_body = SayIn,
    params(("engagement" = String, Path, description = "The engagement's id"),
           ("question" = String, Path, description = "The question's id"), Which), responses(
    (status = 201, description = "Said", body = RemarkedOut),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 403, description = "Halted, ended or not in one's role", body = Problem),
    (status = 404, description = "No such question, or neither yours nor yours to answer", body = Problem),
    (status = 409, description = "A hundred remarks were made to it", body = Problem),
    (status = 422, description = "Empty or too long, or not the id of a project", body = Problem)))]
async fn answer(
    State(state): State<AppState>,
    Signed(caller): Signed,
    IdPaths(engagement, question): IdPaths<EngagementId, RemarkId>,
    Query(which): Query<Which>,
    Body(body): Body<SayIn>,
) -> Answer<(StatusCode, Json<RemarkedOut>)> {
    let said = state
        .platform
        .say_to_question(&caller, engagement, which.project()?, question, &body.text)
        .await?;
    Ok((StatusCode::CREATED, Json(said.into())))
}
