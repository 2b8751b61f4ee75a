//! Review under an engagement.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use cofferdam_model::work::Verdict;
use cofferdam_model::{EngagementId, ReviewId};
use cofferdam_work::ops::{Opinion, Other};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::dto::{IdPath, IdPaths};
use super::work::{input_of, raw};
use crate::caller::Signed;
use crate::limits::Body;
use crate::problem::{Answer, Problem};
use crate::state::AppState;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(claim))
        .routes(routes!(judge))
        .routes(routes!(others))
        .routes(routes!(withdraw))
}

/// A submission in a reviewer's hands.
#[derive(Serialize, ToSchema)]
struct ToReviewOut {
    review: String,
    submission: String,
    version: u32,
    task: String,
    /// By the template's input schema.
    #[schema(value_type = Object)]
    input: Box<RawValue>,
    /// By the template's answer schema.
    #[schema(value_type = Object)]
    answer: Box<RawValue>,
    author_pseudonym: String,
}

/// The next submission to judge, never one's own
#[utoipa::path(post, path = "/engagements/{engagement}/reviews/claims", tag = "review",
    params(("engagement" = String, Path, description = "The engagement's id")), responses(
    (status = 200, description = "A submission", body = ToReviewOut),
    (status = 204, description = "Nothing to review now"),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 403, description = "Halted, ended or not in one's role", body = Problem),
    (status = 404, description = "No such engagement, or not yours", body = Problem),
    (status = 429, description = "The read budget is used up; `Retry-After` says when it opens again", body = Problem)))]
async fn claim(
    State(state): State<AppState>,
    Signed(caller): Signed,
    IdPath(engagement): IdPath<EngagementId>,
) -> Answer<Response> {
    let Some(found) = state.platform.claim_review(&caller, engagement).await? else {
        return Ok(StatusCode::NO_CONTENT.into_response());
    };
    let out = ToReviewOut {
        review: found.review.to_string(),
        submission: found.submission.to_string(),
        version: found.version,
        task: found.task.to_string(),
        input: input_of(&found.input)?,
        answer: raw(&found.answer)?,
        author_pseudonym: found.author.to_string(),
    };
    Ok(Json(out).into_response())
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct VerdictIn {
    #[schema(value_type = crate::api::names::Verdict)]
    verdict: Verdict,
    /// What the author is to mend, needed with `return`; why it does not count, needed with `reject`.
    comment: Option<String>,
    /// The answer as you changed it, by the template's answer schema; only with `accept`. It is what is delivered, and its author's stays
    /// beside it.
    #[schema(value_type = Option<Object>)]
    answer: Option<serde_json::Value>,
}

#[derive(Serialize, ToSchema)]
struct JudgedOut {
    review: String,
    submission: String,
    /// The submission's state now.
    state: &'static str,
    /// Until when the verdict can be taken back.
    #[schema(format = DateTime)]
    firm: String,
}

/// Another answer to the same task.
#[derive(Serialize, ToSchema)]
struct OtherOut {
    submission: String,
    author_pseudonym: String,
    /// `submitted`, `accepted` or `returned`.
    state: &'static str,
    /// By the template's answer schema; as its reviewer left it, where they changed it.
    #[schema(value_type = Object)]
    answer: Box<RawValue>,
}

/// What others answered.
#[derive(Serialize, ToSchema)]
struct OthersOut {
    /// By their submissions' ids.
    items: Vec<OtherOut>,
}

/// What others answered to the task whose answer one has in hand
///
/// But for what was rejected or given up. It is read when it is asked for, and so recorded, and counted towards the budget.
#[utoipa::path(get, path = "/engagements/{engagement}/reviews/{review}/others", tag = "review",
    params(("engagement" = String, Path, description = "The engagement's id"),
           ("review" = String, Path, description = "The review's id")), responses(
    (status = 200, description = "The other answers", body = OthersOut),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 403, description = "Halted, ended or not in one's role", body = Problem),
    (status = 404, description = "No such review, or not yours", body = Problem),
    (status = 409, description = "Given already, or there is a newer version", body = Problem),
    (status = 429, description = "The read budget is used up; `Retry-After` says when it opens again", body = Problem)))]
async fn others(
    State(state): State<AppState>,
    Signed(caller): Signed,
    IdPaths(engagement, review): IdPaths<EngagementId, ReviewId>,
) -> Answer<Json<OthersOut>> {
    let found = state.platform.others_answers(&caller, engagement, review).await?;
    let out = |other: &Other| -> Answer<OtherOut> {
        Ok(OtherOut {
            submission: other.submission.to_string(),
            author_pseudonym: other.author.to_string(),
            state: other.state.name(),
            answer: raw(&other.answer)?,
        })
    };
    let items = found.iter().map(out).collect::<Answer<_>>()?;
    Ok(Json(OthersOut { items }))
}

#[derive(Serialize, ToSchema)]
struct WithdrawnOut {
    review: String,
    /// Until when the answer is in one's hands again.
    #[schema(format = DateTime)]
    until: String,
}

/// Take a verdict back
///
/// Within 30 seconds, as long as nothing was built on it: its author has not begun to mend the answer, and nobody else has the task.
#[utoipa::path(post, path = "/engagements/{engagement}/reviews/{review}/withdrawal", tag = "review",
    params(("engagement" = String, Path, description = "The engagement's id"),
           ("review" = String, Path, description = "The review's id")), responses(
    (status = 200, description = "It is in one's hands again", body = WithdrawnOut),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 403, description = "Halted, ended or not in one's role", body = Problem),
    (status = 404, description = "No such review, or not yours", body = Problem),
    (status = 409, description = "Too late, or something was built on it", body = Problem)))]
async fn withdraw(
    State(state): State<AppState>,
    Signed(caller): Signed,
    IdPaths(engagement, review): IdPaths<EngagementId, ReviewId>,
) -> Answer<Json<WithdrawnOut>> {
    let withdrawn = state
        .platform
        .withdraw_verdict(&caller, engagement, review)
        .await?;
    Ok(Json(WithdrawnOut {
        review: withdrawn.review.to_string(),
        until: withdrawn.until.rfc3339(),
    }))
}

/// Give a verdict
#[utoipa::path(post, path = "/engagements/{engagement}/reviews/{review}", tag = "review", request_body = VerdictIn,
    params(("engagement" = String, Path, description = "The engagement's id"),
           ("review" = String, Path, description = "The review's id")), responses(
    (status = 200, description = "Taken", body = JudgedOut),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 403, description = "Halted, ended or not in one's role", body = Problem),
    (status = 404, description = "No such review, or not yours", body = Problem),
    (status = 409, description = "Given already", body = Problem),
    (status = 422, description = "A comment is missing or too long, or the changed answer does not fit", body = Problem)))]
async fn judge(
    State(state): State<AppState>,
    Signed(caller): Signed,
    IdPaths(engagement, review): IdPaths<EngagementId, ReviewId>,
    Body(body): Body<VerdictIn>,
) -> Answer<Json<JudgedOut>> {
    let given = Opinion {
        verdict: body.verdict,
        comment: body.comment.as_deref(),
        answer: body.answer.as_ref(),
    };
    let judged = state.platform.judge(&caller, engagement, review, given).await?;
    let (review, submission) = (judged.review.to_string(), judged.submission.to_string());
    Ok(Json(JudgedOut {
        review,
        submission,
        state: judged.state.name(),
        firm: judged.firm.rfc3339(),
    }))
}
