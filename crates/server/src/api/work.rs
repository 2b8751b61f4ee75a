//! Work under an engagement: taking, drafting, handing in, giving back.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use cofferdam_custody::Plaintext;
use cofferdam_model::work::Submission;
use cofferdam_model::{AssignmentId, EngagementId, Id, Timestamp};
use cofferdam_work::ops::{Held, Remark, SentBackBy};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::dto::{IdPath, IdPaths, Query};
use super::page::{Page, PageQuery, cursor};
use crate::caller::Signed;
use crate::limits::Body;
use crate::problem::{Answer, Problem};
use crate::state::AppState;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(claim))
        .routes(routes!(list))
        .routes(routes!(reopen))
        .routes(routes!(draft))
        .routes(routes!(submit))
        .routes(routes!(give_back))
}

/// Reads unsealed JSON without building it anew.
pub(super) fn raw(plaintext: &Plaintext) -> Answer<Box<RawValue>> {
    serde_json::from_slice(plaintext).map_err(|_| Problem::internal())
}

/// The input within a sealed task.
pub(super) fn input_of(plaintext: &Plaintext) -> Answer<Box<RawValue>> {
    #[derive(Deserialize)]
    struct Envelope {
        input: Box<RawValue>,
    }
    serde_json::from_slice::<Envelope>(plaintext)
        .map(|e| e.input)
        .map_err(|_| Problem::internal())
}

pub(super) fn text_of(plaintext: &Plaintext) -> Answer<String> {
    String::from_utf8(plaintext.to_vec()).map_err(|_| Problem::internal())
}

#[derive(Serialize, ToSchema)]
struct DraftOut {
    #[schema(value_type = Object)]
    answer: Box<RawValue>,
    version: u32,
    saved: String,
}

#[derive(Serialize, ToSchema)]
struct ReworkOut {
    submission: String,
    /// The version that came back.
    version: u32,
    #[schema(value_type = Object)]
    answer: Box<RawValue>,
    /// Why it is back: what the reviewer of this version wrote, then what the lab did, once for each delivery of which it sent
    /// this answer back.
    remarks: Vec<RemarkOut>,
}

/// What is said of an answer that came back.
#[derive(Serialize, ToSchema)]
struct RemarkOut {
    /// By whom: a `reviewer`, or the `lab` after a delivery.
    #[schema(value_type = crate::api::names::SentBackBy)]
    by: SentBackBy,
    text: String,
}

impl RemarkOut {
    fn of(remark: &Remark) -> Answer<Self> {
        Ok(Self {
            by: remark.by,
            text: text_of(&remark.text)?,
        })
    }
}

/// A task in one's hands.
#[derive(Serialize, ToSchema)]
struct HeldOut {
    assignment: String,
    task: String,
    /// The end of the lease; the timer's signs of life prolong it, and a halt that keeps its holder from it moves it by a whole lease. An answer is taken after it too, as long as nobody asked
    /// for a task of the project since then: only then does this one go back to the queue. Null for what came back to
    /// be mended (`rework`): it stays with its author.
    until: Option<String>,
    /// By the template's input schema.
    #[schema(value_type = Object)]
    input: Box<RawValue>,
    draft: Option<DraftOut>,
    /// What is to be mended, if the submission came back.
    rework: Option<ReworkOut>,
    guideline_version: u32,
}

fn held(held: &Held) -> Answer<HeldOut> {
    let draft = match &held.draft {
        Some((answer, kept)) => Some(DraftOut {
            answer: raw(answer)?,
            version: kept.version,
            saved: kept.saved.rfc3339(),
        }),
        None => None,
    };
    let rework = match &held.rework {
        Some(back) => Some(ReworkOut {
            submission: back.submission.to_string(),
            version: back.version,
            answer: raw(&back.answer)?,
            remarks: back.remarks.iter().map(RemarkOut::of).collect::<Answer<_>>()?,
        }),
        None => None,
    };
    Ok(HeldOut {
        assignment: held.assignment.to_string(),
        task: held.task.to_string(),
        until: held.until.map(Timestamp::rfc3339),
        input: input_of(&held.input)?,
        draft,
        rework,
        guideline_version: held.guideline_version,
    })
}

/// The next task: one that came back, one still in hand, or a new one
#[utoipa::path(post, path = "/engagements/{engagement}/claims", tag = "work",
    params(("engagement" = String, Path, description = "The engagement's id")), responses(
    (status = 200, description = "A task", body = HeldOut),
    (status = 204, description = "Nothing to do now"),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 403, description = "Halted, ended or not in one's role", body = Problem),
    (status = 404, description = "No such engagement, or not yours", body = Problem),
    (status = 429, description = "The read budget is used up; `Retry-After` says when it opens again", body = Problem)))]
async fn claim(
    State(state): State<AppState>,
    Signed(caller): Signed,
    IdPath(engagement): IdPath<EngagementId>,
) -> Answer<Response> {
    match state.platform.claim(&caller, engagement).await? {
        Some(task) => Ok(Json(held(&task)?).into_response()),
        None => Ok(StatusCode::NO_CONTENT.into_response()),
    }
}

/// A hold, without what it holds.
#[derive(Serialize, ToSchema)]
struct AssignmentOut {
    assignment: String,
    task: String,
    /// `claimed`, `submitted`, `skipped` or `expired`.
    state: &'static str,
    /// Where what was handed in stands, if anything was: `submitted`, `accepted`, `returned` to be mended, `rejected`, or
    /// `lapsed`, given back or given up.
    submission: Option<&'static str>,
    /// The end of the lease as it last was. It binds only while `claimed`, and then only once somebody asks for a task of
    /// the project: until that, a late answer is taken.
    until: String,
    claimed: String,
}

/// When a hold was taken, and which it is.
fn hold_of(place: [u8; 24]) -> (Timestamp, AssignmentId) {
    let [a, b, c, d, e, f, g, h, id @ ..] = place;
    let claimed = Timestamp::from_micros(i64::from_be_bytes([a, b, c, d, e, f, g, h]));
    (claimed, AssignmentId::from_bytes(id))
}

/// One's holds under an engagement
#[utoipa::path(get, path = "/engagements/{engagement}/assignments", tag = "work",
    params(("engagement" = String, Path, description = "The engagement's id"), PageQuery), responses(
    (status = 200, description = "Holds, newest first: a page", body = Page<AssignmentOut>),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 404, description = "No such engagement, or not yours", body = Problem),
    (status = 422, description = "Not a cursor or limit", body = Problem)))]
async fn list(
    State(state): State<AppState>,
    Signed(caller): Signed,
    IdPath(engagement): IdPath<EngagementId>,
    Query(page): Query<PageQuery>,
) -> Answer<Json<Page<AssignmentOut>>> {
    let (limit, before) = (page.limit()?, page.after()?.map(hold_of));
    let rows = state
        .platform
        .assignments(&caller, engagement, before, limit + 1)
        .await?;
    let rows = Page::first_of(rows, limit, |(last, _)| {
        let mut place = last.claimed.as_micros().to_be_bytes().to_vec();
        place.extend(last.id.as_bytes());
        cursor(&place)
    });
    let out = rows.map(|(row, given)| AssignmentOut {
        assignment: row.id.to_string(),
        task: row.task.to_string(),
        state: row.state.name(),
        submission: given.map(Submission::name),
        until: row.until.rfc3339(),
        claimed: row.claimed.rfc3339(),
    });
    Ok(Json(out))
}

/// Open a held task again
#[utoipa::path(get, path = "/engagements/{engagement}/assignments/{assignment}", tag = "work",
    params(("engagement" = String, Path, description = "The engagement's id"),
           ("assignment" = String, Path, description = "The hold's id")), responses(
    (status = 200, description = "The task", body = HeldOut),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 403, description = "Halted, ended or not in one's role", body = Problem),
    (status = 404, description = "No such hold, or not yours", body = Problem),
    (status = 409, description = "No longer in one's hands", body = Problem),
    (status = 429, description = "The read budget is used up; `Retry-After` says when it opens again", body = Problem)))]
async fn reopen(
    State(state): State<AppState>,
    Signed(caller): Signed,
    IdPaths(engagement, assignment): IdPaths<EngagementId, AssignmentId>,
) -> Answer<Json<HeldOut>> {
    let task = state.platform.reopen(&caller, engagement, assignment).await?;
    Ok(Json(held(&task)?))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AnswerIn {
    /// By the template's answer schema.
    #[schema(value_type = Object)]
    answer: serde_json::Value,
    /// The draft's version that it goes on from, 0 where there was none: what another window kept meanwhile is then not dropped (409).
    /// Left out, whatever is there is dropped.
    after: Option<u32>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DraftIn {
    /// By the template's answer schema; it may be unfinished.
    #[schema(value_type = Object)]
    answer: serde_json::Value,
    /// The version that these words go on from, 0 where there was none: what another window kept meanwhile is then not replaced (409).
    /// Left out, whatever is there is replaced.
    after: Option<u32>,
}

#[derive(Serialize, ToSchema)]
struct Saved {
    /// To be named when it is saved next.
    version: u32,
    saved: String,
}

/// Keep what was typed so far, sealed; also while halted
#[utoipa::path(put, path = "/engagements/{engagement}/assignments/{assignment}/draft", tag = "work",
    request_body = DraftIn,
    params(("engagement" = String, Path, description = "The engagement's id"),
           ("assignment" = String, Path, description = "The hold's id")), responses(
    (status = 200, description = "Kept", body = Saved),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 403, description = "Ended or not in one's role", body = Problem),
    (status = 404, description = "No such hold, or not yours", body = Problem),
    (status = 409, description = "No longer in one's hands, or another version is there", body = Problem),
    (status = 422, description = "No object, or too long", body = Problem)))]
async fn draft(
    State(state): State<AppState>,
    Signed(caller): Signed,
    IdPaths(engagement, assignment): IdPaths<EngagementId, AssignmentId>,
    Body(body): Body<DraftIn>,
) -> Answer<Json<Saved>> {
    let saved = state
        .platform
        .save_draft(&caller, engagement, assignment, &body.answer, body.after)
        .await?;
    Ok(Json(Saved {
        version: saved.version,
        saved: saved.saved.rfc3339(),
    }))
}

#[derive(Serialize, ToSchema)]
struct SubmissionOut {
    submission: String,
    version: u32,
    state: &'static str,
}

/// Hand an answer in
///
/// A late answer is not lost: after the end of the lease it is taken as long as the task did not go back to the queue, which
/// happens when somebody, also the holder, next asks for a task of the project. Then it is a conflict (409).
#[utoipa::path(post, path = "/engagements/{engagement}/assignments/{assignment}/submission", tag = "work",
    request_body = AnswerIn,
    params(("engagement" = String, Path, description = "The engagement's id"),
           ("assignment" = String, Path, description = "The hold's id")), responses(
    (status = 201, description = "Taken", body = SubmissionOut),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 403, description = "Halted, ended or not in one's role", body = Problem),
    (status = 404, description = "No such hold, or not yours", body = Problem),
    (status = 409, description = "Handed in already, the lease ended and the task went back to the queue, or another draft is there", body = Problem),
    (status = 422, description = "It does not fit the template", body = Problem)))]
async fn submit(
    State(state): State<AppState>,
    Signed(caller): Signed,
    IdPaths(engagement, assignment): IdPaths<EngagementId, AssignmentId>,
    Body(body): Body<AnswerIn>,
) -> Answer<(StatusCode, Json<SubmissionOut>)> {
    let taken = state
        .platform
        .submit(&caller, engagement, assignment, &body.answer, body.after)
        .await?;
    let (submission, version) = (taken.submission.to_string(), taken.version);
    Ok((
        StatusCode::CREATED,
        Json(SubmissionOut {
            submission,
            version,
            state: "submitted",
        }),
    ))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct AfterQuery {
    /// The draft's version as it was last seen, 0 where there was none: what another window kept meanwhile is then not dropped (409). Left
    /// out, whatever is there is dropped.
    after: Option<u32>,
}

/// Give a task back unanswered, or one that was sent back to be mended; it does not come to the same person again
#[utoipa::path(post, path = "/engagements/{engagement}/assignments/{assignment}/return", tag = "work",
    params(("engagement" = String, Path, description = "The engagement's id"),
           ("assignment" = String, Path, description = "The hold's id"), AfterQuery), responses(
    (status = 204, description = "Given back"),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 403, description = "Halted, ended or not in one's role", body = Problem),
    (status = 404, description = "No such hold, or not yours", body = Problem),
    (status = 409, description = "No longer in one's hands, or another draft is there", body = Problem),
    (status = 422, description = "Not a version", body = Problem)))]
async fn give_back(
    State(state): State<AppState>,
    Signed(caller): Signed,
    IdPaths(engagement, assignment): IdPaths<EngagementId, AssignmentId>,
    Query(query): Query<AfterQuery>,
) -> Answer<StatusCode> {
    state
        .platform
        .give_back(&caller, engagement, assignment, query.after)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
