//! Work for those whom a halt left without: what people can do, what projects ask for, offers, and placement.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::State;
use cofferdam_model::matching::{Able, Wanted};
use cofferdam_model::{HaltId, PrincipalId, ProjectId};
use cofferdam_work::ops::{Asking, Offer};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::dto::{IdPath, Named, NamedProject, operator};
use crate::caller::Signed;
use crate::limits::Body;
use crate::problem::{Answer, Problem};
use crate::state::AppState;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(able, set_able))
        .routes(routes!(set_wanted))
        .routes(routes!(offers))
        .routes(routes!(place))
}

/// What somebody can do.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Abilities {
    /// Short words that the firm uses, at most 30.
    #[serde(default)]
    skills: BTreeSet<String>,
    /// The languages they work in.
    #[serde(default)]
    languages: BTreeSet<String>,
    /// Hours a week that they have: 0 to 168.
    #[serde(default)]
    hours: u32,
}

impl From<Able> for Abilities {
    fn from(able: Able) -> Self {
        Self {
            skills: able.skills,
            languages: able.languages,
            hours: able.hours,
        }
    }
}

/// What somebody can do, as was said last
#[utoipa::path(get, path = "/people/{person}/abilities", tag = "offers",
    params(("person" = String, Path, description = "The person's id")), responses(
    (status = 200, description = "What they can do", body = Abilities),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 403, description = "Not an operator", body = Problem),
    (status = 404, description = "No such person", body = Problem)))]
async fn able(
    State(state): State<AppState>,
    Signed(caller): Signed,
    IdPath(person): IdPath<PrincipalId>,
) -> Answer<Json<Abilities>> {
    operator(&state, &caller).await?;
    state.platform.person(person).await?;
    Ok(Json(state.platform.able(person).await?.into()))
}

/// Say what somebody can do: by it they are offered work when a halt stops theirs
#[utoipa::path(put, path = "/people/{person}/abilities", tag = "offers", request_body = Abilities,
    params(("person" = String, Path, description = "The person's id")), responses(
    (status = 200, description = "Set", body = Abilities),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 403, description = "Not an operator", body = Problem),
    (status = 404, description = "No such person", body = Problem),
    (status = 422, description = "Not such words or hours", body = Problem)))]
async fn set_able(
    State(state): State<AppState>,
    Signed(caller): Signed,
    IdPath(person): IdPath<PrincipalId>,
    Body(body): Body<Abilities>,
) -> Answer<Json<Abilities>> {
    operator(&state, &caller).await?;
    let able = Able {
        skills: body.skills,
        languages: body.languages,
        hours: body.hours,
    };
    Ok(Json(state.platform.set_able(&caller, person, able).await?.into()))
}

/// What a project asks for.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Asked {
    /// Every one of these skills.
    #[serde(default)]
    skills: BTreeSet<String>,
    /// One of these languages; none: any.
    #[serde(default)]
    languages: BTreeSet<String>,
    /// Hours a week; 0: any.
    #[serde(default)]
    hours: u32,
    /// How many authors it has room for, with those it has.
    seats: u32,
    /// What those are told who are not engaged for it: name neither the lab nor the project if they are not to be known. Unless said, its
    /// kind and what it asks for alone.
    #[serde(default)]
    notice: String,
}

/// Say what a project asks for: from then on it is offered to those who fit and whom a halt stops elsewhere
#[utoipa::path(put, path = "/projects/{project}/wanted", tag = "offers", request_body = Asked,
    params(("project" = String, Path, description = "The project's id")), responses(
    (status = 200, description = "Set", body = Asked),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 403, description = "Not an operator", body = Problem),
    (status = 404, description = "No such project", body = Problem),
    (status = 422, description = "Not such words or numbers", body = Problem)))]
async fn set_wanted(
    State(state): State<AppState>,
    Signed(caller): Signed,
    IdPath(project): IdPath<ProjectId>,
    Body(body): Body<Asked>,
) -> Answer<Json<Asked>> {
    operator(&state, &caller).await?;
    let asking = Asking {
        wanted: Wanted {
            skills: body.skills,
            languages: body.languages,
            hours: body.hours,
        },
        seats: body.seats,
        notice: body.notice,
    };
    let set = state.platform.set_wanted(&caller, project, asking).await?;
    Ok(Json(Asked {
        skills: set.wanted.skills,
        languages: set.wanted.languages,
        hours: set.wanted.hours,
        seats: set.seats,
        notice: set.notice,
    }))
}

/// Open work that fits somebody who is not engaged for it. Whose it is they are not told.
#[derive(Serialize, ToSchema)]
struct OfferOut {
    /// The project's id: tell it to your operator, who engages you.
    project: String,
    template_kind: String,
    notice: String,
    skills: BTreeSet<String>,
    languages: BTreeSet<String>,
    /// Hours a week; 0: any.
    hours: u32,
    /// Why it fits.
    reasons: Vec<String>,
}

impl From<Offer> for OfferOut {
    fn from(offer: Offer) -> Self {
        Self {
            project: offer.project.to_string(),
            template_kind: offer.template_kind,
            notice: offer.notice,
            skills: offer.wanted.skills,
            languages: offer.wanted.languages,
            hours: offer.wanted.hours,
            reasons: offer.fit.reasons,
        }
    }
}

/// Offers, best first.
#[derive(Serialize, ToSchema)]
struct Offers {
    items: Vec<OfferOut>,
}

/// Open work that fits the caller, when a halt or a wall stops theirs: best first, each with the reasons why
#[utoipa::path(get, path = "/me/offers", tag = "offers", responses(
    (status = 200, description = "Offers; none for whoever is not stopped, or is halted themselves", body = Offers),
    (status = 401, description = "Not signed in", body = Problem)))]
async fn offers(State(state): State<AppState>, Signed(caller): Signed) -> Answer<Json<Offers>> {
    let found = state.platform.offers(&caller).await?;
    let items = found.into_iter().map(OfferOut::from).collect();
    Ok(Json(Offers { items }))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PlacementIn {
    /// Whether those who have a place are engaged there at once, as authors.
    #[serde(default)]
    engage: bool,
}

/// Where somebody goes.
#[derive(Serialize, ToSchema)]
struct PlacedOut {
    person: Named,
    /// None: no place is left that fits.
    project: Option<NamedProject>,
    reasons: Vec<String>,
    /// The engagement, where they were engaged.
    engagement: Option<String>,
}

/// Where everybody goes whom a halt left without work.
#[derive(Serialize, ToSchema)]
struct Placement {
    /// How many there are.
    displaced: u64,
    /// How many have a place.
    placed: u64,
    items: Vec<PlacedOut>,
}

/// Find a place for everybody whom an open halt leaves without work: as many as can be, and of all ways to do that the one that fits
/// best, in one assignment over all of them
#[utoipa::path(post, path = "/halts/{halt}/placement", tag = "offers", request_body = PlacementIn,
    params(("halt" = String, Path, description = "The halt's id")), responses(
    (status = 200, description = "Where everybody goes", body = Placement),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 403, description = "Not an operator", body = Problem),
    (status = 404, description = "No such halt is open", body = Problem),
    (status = 409, description = "It is over, or something else changed meanwhile", body = Problem)))]
async fn place(
    State(state): State<AppState>,
    Signed(caller): Signed,
    IdPath(halt): IdPath<HaltId>,
    Body(body): Body<PlacementIn>,
) -> Answer<Json<Placement>> {
    operator(&state, &caller).await?;
    let placed = state.platform.place(&caller, halt, body.engage).await?;
    let items: Vec<PlacedOut> = placed
        .into_iter()
        .map(|one| {
            let (project, fit) = one.to.unzip();
            PlacedOut {
                person: Named {
                    id: one.person.id.to_string(),
                    name: one.person.name,
                },
                project: project.as_ref().map(NamedProject::from),
                reasons: fit.map(|fit| fit.reasons).unwrap_or_default(),
                engagement: one.engagement.map(|id| id.to_string()),
            }
        })
        .collect();
    Ok(Json(Placement {
        displaced: items.len() as u64,
        placed: items.iter().filter(|one| one.project.is_some()).count() as u64,
        items,
    }))
}
