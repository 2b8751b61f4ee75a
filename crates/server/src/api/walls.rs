//! Walls between labs: for operators. A lab is told of its own side in its ledger, and of no other.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use cofferdam_model::{LabId, Timestamp, WallId};
use cofferdam_work::ops::{Changing, NewWall, WallView};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::dto::{IdPath, Named, Query, id, operator};
use super::page::{Page, PageQuery};
use crate::caller::Signed;
use crate::limits::Body;
use crate::problem::{Answer, Problem};
use crate::state::AppState;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list, declare))
        .routes(routes!(change))
        .routes(routes!(lift))
}

/// A wall between labs.
#[derive(Serialize, ToSchema)]
struct WallOut {
    id: String,
    name: String,
    /// Between whom.
    labs: Vec<Named>,
    /// How long what was seen counts, from the end of that day, UTC.
    cooling_off_days: u32,
    declared: String,
    /// When it was lifted; known only to the answer that lifted it.
    lifted: Option<String>,
    /// Active engagements of these labs that are stopped now, since their holders have seen the other side of a wall.
    stopped: u64,
    /// What was done to it, in order.
    acts: Vec<WallAct>,
}

/// What an operator did to a wall.
#[derive(Serialize, ToSchema)]
struct WallAct {
    at: String,
    by: Named,
    /// Why; empty where no reason was needed and none was given.
    reason: String,
}

async fn out(state: &AppState, view: WallView) -> WallOut {
    let mut labs = Vec::with_capacity(view.terms.members.len());
    for lab in view.terms.members.keys() {
        let name = state.platform.lab(*lab).await.ok().map(|row| row.name);
        labs.push(Named {
            id: lab.to_string(),
            name: name.unwrap_or_else(|| lab.to_string()),
        });
    }
    labs.sort_by(|a, b| a.name.cmp(&b.name));
    let mut acts = Vec::with_capacity(view.acts.len());
    for act in &view.acts {
        let by = state.platform.person(act.by).await.ok().map(|row| row.name);
        acts.push(WallAct {
            at: act.at.rfc3339(),
            by: Named {
                id: act.by.to_string(),
                name: by.unwrap_or_else(|| act.by.to_string()),
            },
            reason: act.reason.clone(),
        });
    }
    let first = view.acts.first();
    WallOut {
        id: view.id.to_string(),
        name: first.map_or_else(|| view.id.to_string(), |act| act.name.clone()),
        labs,
        cooling_off_days: view.terms.cooling_off_days.in_days(),
        declared: first.map_or_else(String::new, |act| act.at.rfc3339()),
        lifted: view.lifted.map(Timestamp::rfc3339),
        stopped: view.stopped,
        acts,
    }
}

fn labs(field: &str, given: &[String]) -> Answer<Vec<LabId>> {
    given.iter().map(|text| id(field, text)).collect()
}

/// The walls that stand
#[utoipa::path(get, path = "/walls", tag = "walls", params(PageQuery), responses(
    (status = 200, description = "Walls: a page", body = Page<WallOut>),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 403, description = "Not an operator", body = Problem),
    (status = 422, description = "Not a cursor or limit", body = Problem)))]
async fn list(
    State(state): State<AppState>,
    Signed(caller): Signed,
    Query(page): Query<PageQuery>,
) -> Answer<Json<Page<WallOut>>> {
    operator(&state, &caller).await?;
    let Page {
        items: views, next, ..
    } = page.of(state.platform.walls().await?, |view| view.id)?;
    let mut items = Vec::with_capacity(views.len());
    for view in views {
        items.push(out(&state, view).await);
    }
    Ok(Json(Page::new(items, next)))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct WallIn {
    /// What the firm calls it. No lab is shown it.
    name: String,
    /// Between whom: the ids of two labs at least.
    labs: Vec<String>,
    /// How long what was seen counts, from the end of that day, UTC: 1 to 36500 days.
    cooling_off_days: u32,
    /// Why, in the firm's words. No lab is shown it.
    reason: String,
}

/// Declare a wall: whoever has seen one lab's data sees no other's until the cooling-off has passed; in effect as soon as this is
/// answered, and for what was seen before, too
#[utoipa::path(post, path = "/walls", tag = "walls", request_body = WallIn, responses(
    (status = 201, description = "It stands", body = WallOut),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 403, description = "Not an operator", body = Problem),
    (status = 404, description = "No such lab", body = Problem),
    (status = 409, description = "A wall of that name stands already", body = Problem),
    (status = 422, description = "Not a wall", body = Problem)))]
async fn declare(
    State(state): State<AppState>,
    Signed(caller): Signed,
    Body(body): Body<WallIn>,
) -> Answer<(StatusCode, Json<WallOut>)> {
    operator(&state, &caller).await?;
    let new = NewWall {
        name: body.name,
        labs: labs("/labs", &body.labs)?,
        cooling_off_days: body.cooling_off_days,
        reason: body.reason,
    };
    let wall = state.platform.declare_wall(&caller, new).await?;
    let view = state.platform.wall(wall).await?;
    Ok((StatusCode::CREATED, Json(out(&state, view).await)))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct WallChange {
    /// Labs that join the class.
    #[serde(default)]
    add: Vec<String>,
    /// Labs that leave it.
    #[serde(default)]
    remove: Vec<String>,
    /// How long what was seen counts from now on.
    cooling_off_days: Option<u32>,
    /// Why; must be said where a lab leaves or the cooling-off is shorter.
    reason: Option<String>,
}

/// Change a wall: who is within it, and for how long what was seen counts
#[utoipa::path(post, path = "/walls/{wall}/change", tag = "walls", request_body = WallChange,
    params(("wall" = String, Path, description = "The wall's id")), responses(
    (status = 200, description = "Changed", body = WallOut),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 403, description = "Not an operator", body = Problem),
    (status = 404, description = "No such wall stands, or no such lab", body = Problem),
    (status = 409, description = "It says that already, or was changed at the same time", body = Problem),
    (status = 422, description = "Not a wall, or weaker without a reason", body = Problem)))]
async fn change(
    State(state): State<AppState>,
    Signed(caller): Signed,
    IdPath(wall): IdPath<WallId>,
    Body(body): Body<WallChange>,
) -> Answer<Json<WallOut>> {
    operator(&state, &caller).await?;
    let changing = Changing {
        add: labs("/add", &body.add)?,
        remove: labs("/remove", &body.remove)?,
        cooling_off_days: body.cooling_off_days,
        reason: body.reason,
    };
    state.platform.change_wall(&caller, wall, changing).await?;
    let view = state.platform.wall(wall).await?;
    Ok(Json(out(&state, view).await))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct WallLift {
    /// Why, in the firm's words.
    reason: String,
}

/// Lift a wall: it keeps nobody out any more
#[utoipa::path(post, path = "/walls/{wall}/lift", tag = "walls", request_body = WallLift,
    params(("wall" = String, Path, description = "The wall's id")), responses(
    (status = 200, description = "Lifted", body = WallOut),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 403, description = "Not an operator", body = Problem),
    (status = 404, description = "No such wall stands", body = Problem),
    (status = 422, description = "Not a reason", body = Problem)))]
async fn lift(
    State(state): State<AppState>,
    Signed(caller): Signed,
    IdPath(wall): IdPath<WallId>,
    Body(body): Body<WallLift>,
) -> Answer<Json<WallOut>> {
    operator(&state, &caller).await?;
    let view = state.platform.lift_wall(&caller, wall, &body.reason).await?;
    Ok(Json(out(&state, view).await))
}
