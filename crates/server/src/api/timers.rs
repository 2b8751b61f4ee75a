//! Hours by timer, under an engagement.

use axum::Json;
use axum::extract::State;
use cofferdam_custody::Caller;
use cofferdam_model::EngagementId;
use cofferdam_model::timer::StopCause;
use cofferdam_work::ops::{Started, StoppedTimer, TimerView, Worked};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::dto::IdPath;
use crate::caller::Signed;
use crate::limits::Body;
use crate::problem::{Answer, Problem};
use crate::state::AppState;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(get, step))
        .routes(routes!(hours))
}

/// A span that was counted.
#[derive(Serialize, ToSchema)]
struct Span {
    timer: String,
    from: String,
    to: String,
    /// To the microsecond, so that spans add up to their total.
    seconds: f64,
    #[schema(value_type = crate::api::names::StopCause)]
    cause: StopCause,
}

/// Microseconds as seconds: exact where a year's worth of them is.
fn seconds(micros: i64) -> f64 {
    micros as f64 / 1e6
}

impl From<Worked> for Span {
    fn from(w: Worked) -> Self {
        let seconds = seconds(w.to.micros_since(w.from));
        Self {
            timer: w.timer.to_string(),
            from: w.from.rfc3339(),
            to: w.to.rfc3339(),
            seconds,
            cause: w.cause,
        }
    }
}

/// What a timer shows.
#[derive(Serialize, ToSchema)]
struct TimerOut {
    /// `running` or `stopped`.
    state: &'static str,
    started: Option<String>,
    seconds_today: u64,
    seconds_week: u64,
    last: Option<Span>,
    /// What else this start stopped, if anything.
    #[serde(skip_serializing_if = "Option::is_none")]
    stopped_elsewhere: Option<Elsewhere>,
}

/// Timers under the same person's other engagements that a start stopped: a minute is counted once, for one project.
#[derive(Serialize, ToSchema)]
struct Elsewhere {
    /// How many.
    timers: usize,
    /// Which. To a credential that is good for one engagement alone, those for the same lab: whoever it was given to learns
    /// nothing of the person's work for others.
    stopped: Vec<StoppedOut>,
}

/// A timer that was stopped.
#[derive(Serialize, ToSchema)]
#[schema(as = StoppedTimer)]
struct StoppedOut {
    timer: String,
    engagement: String,
}

impl From<TimerView> for TimerOut {
    fn from(view: TimerView) -> Self {
        Self {
            state: if view.running_since.is_some() {
                "running"
            } else {
                "stopped"
            },
            started: view.running_since.map(|t| t.rfc3339()),
            seconds_today: view.seconds_today,
            seconds_week: view.seconds_week,
            last: view.last.map(Span::from),
            stopped_elsewhere: None,
        }
    }
}

impl TimerOut {
    fn started(started: Started, caller: &Caller) -> Self {
        let told = |timer: &&StoppedTimer| timer.same_lab || caller.bound_to().is_none();
        let told = started.stopped.iter().filter(told).map(|timer| StoppedOut {
            timer: timer.timer.to_string(),
            engagement: timer.engagement.to_string(),
        });
        let stopped = Elsewhere {
            timers: started.stopped.len(),
            stopped: told.collect(),
        };
        Self {
            stopped_elsewhere: (stopped.timers > 0).then_some(stopped),
            ..started.view.into()
        }
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
enum Step {
    Start,
    Beat,
    Stop,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct StepIn {
    #[serde(rename = "do")]
    step: Step,
}

/// What the timer shows
#[utoipa::path(get, path = "/engagements/{engagement}/timer", tag = "hours",
    params(("engagement" = String, Path, description = "The engagement's id")), responses(
    (status = 200, description = "The timer", body = TimerOut),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 404, description = "No such engagement, or not yours", body = Problem)))]
async fn get(
    State(state): State<AppState>,
    Signed(caller): Signed,
    IdPath(engagement): IdPath<EngagementId>,
) -> Answer<Json<TimerOut>> {
    Ok(Json(state.platform.timer(&caller, engagement).await?.into()))
}

/// Start or stop counting, or give a sign of life, which also prolongs what is in hand
///
/// Nobody works in two places at once: starting stops the timers that run under the same person's other engagements, and the
/// answer says how many, and which. Each stop is recorded in the ledger of the lab that it concerns, without a word of the other.
#[utoipa::path(post, path = "/engagements/{engagement}/timer", tag = "hours", request_body = StepIn,
    params(("engagement" = String, Path, description = "The engagement's id")), responses(
    (status = 200, description = "The timer", body = TimerOut),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 403, description = "Halted, ended or not in one's role", body = Problem),
    (status = 404, description = "No such engagement, or not yours", body = Problem),
    (status = 409, description = "Started at the same time elsewhere", body = Problem),
    (status = 422, description = "Not a step", body = Problem)))]
async fn step(
    State(state): State<AppState>,
    Signed(caller): Signed,
    IdPath(engagement): IdPath<EngagementId>,
    Body(body): Body<StepIn>,
) -> Answer<Json<TimerOut>> {
    let platform = &state.platform;
    let view = match body.step {
        Step::Start => {
            let started = platform.start_timer(&caller, engagement).await?;
            return Ok(Json(TimerOut::started(started, &caller)));
        }
        Step::Beat => platform.beat_timer(&caller, engagement).await?,
        Step::Stop => platform.stop_timer(&caller, engagement).await?,
    };
    Ok(Json(view.into()))
}

/// Everything counted under an engagement.
#[derive(Serialize, ToSchema)]
struct HoursOut {
    items: Vec<Span>,
    /// To the microsecond.
    seconds_total: f64,
}

/// Every span counted under an engagement, oldest first
#[utoipa::path(get, path = "/engagements/{engagement}/hours", tag = "hours",
    params(("engagement" = String, Path, description = "The engagement's id")), responses(
    (status = 200, description = "Spans", body = HoursOut),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 404, description = "No such engagement, or not yours", body = Problem)))]
async fn hours(
    State(state): State<AppState>,
    Signed(caller): Signed,
    IdPath(engagement): IdPath<EngagementId>,
) -> Answer<Json<HoursOut>> {
    let worked = state.platform.hours(&caller, engagement).await?;
    let micros: i64 = worked.iter().map(|w| w.to.micros_since(w.from)).sum();
    let items = worked.into_iter().map(Span::from).collect();
    Ok(Json(HoursOut {
        items,
        seconds_total: seconds(micros),
    }))
}
