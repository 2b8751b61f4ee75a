//! Persons and components, and their login links.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use cofferdam_model::{Compartment, Id, PrincipalId, Scope};
use cofferdam_store::Reader;
use cofferdam_store::engagement::HolderRow;
use cofferdam_store::principal::{self, PrincipalKind, PrincipalRow};
use cofferdam_work::ops::NewPrincipal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::dto::{IdPath, Query, Stop, operator};
use super::page::{Page, PageQuery, cursor};
use crate::caller::Signed;
use crate::limits::Body;
use crate::problem::{Answer, Problem};
use crate::state::AppState;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list, enrol))
        .routes(routes!(invite))
}

/// A person or a component.
#[derive(Serialize, ToSchema)]
struct Person {
    id: String,
    name: String,
    /// `person` or `component`.
    kind: &'static str,
    created: String,
    /// Engagements, ended ones too.
    engagements: u64,
    /// Those that are active now.
    active: u64,
    operator: bool,
    halted: Option<Stop>,
}

async fn person(state: &AppState, row: PrincipalRow) -> Answer<Person> {
    let gate = state.gate();
    let now = gate.env().now();
    let id = row.id;
    let held = gate
        .store()
        .read(move |r| cofferdam_store::engagement::of_principal(r, id))
        .await?;
    let halts = gate.halts(Compartment::Installation);
    let own = |scope: Scope| scope == Scope::Person(id) || scope == Scope::Component(id);
    let halted = halts
        .iter()
        .find(|h| h.in_effect(now) && own(h.scope))
        .map(Stop::from);
    let installation = gate.authority(Compartment::Installation);
    let installation = installation.map_err(cofferdam_work::ops::WorkError::from)?;
    let is_active = |row: &&HolderRow| {
        let authority = gate.authority(Compartment::Lab(row.lab)).ok().flatten();
        authority.is_some_and(|a| a.engagement(row.engagement).is_some_and(|e| e.active(now)))
    };
    Ok(Person {
        id: id.to_string(),
        name: row.name,
        kind: row.kind.name(),
        created: row.created.rfc3339(),
        engagements: held.len() as u64,
        active: held.iter().filter(is_active).count() as u64,
        operator: installation.is_some_and(|a| a.is_operator(id)),
        halted,
    })
}

/// Name and id of the last one shown, so that a page begins after them. The cursor is the id alone.
async fn after(state: &AppState, page: &PageQuery) -> Answer<(String, PrincipalId)> {
    let Some(last) = page.after()?.map(PrincipalId::from_bytes) else {
        return Ok((String::new(), PrincipalId::from_bytes([0; 16])));
    };
    let read = move |r: &mut Reader<'_>| principal::get(r, last);
    let found = state.gate().store().read(read).await?;
    let row = found.ok_or_else(PageQuery::bad)?;
    Ok((row.name, row.id))
}

/// Persons and components, by name
#[utoipa::path(get, path = "/people", tag = "people", params(PageQuery), responses(
    (status = 200, description = "A page", body = Page<Person>),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 403, description = "Not an operator", body = Problem),
    (status = 422, description = "Not a cursor or limit", body = Problem)))]
async fn list(
    State(state): State<AppState>,
    Signed(caller): Signed,
    Query(page): Query<PageQuery>,
) -> Answer<Json<Page<Person>>> {
    operator(&state, &caller).await?;
    let limit = page.limit()?;
    let rows = state
        .platform
        .people(after(&state, &page).await?, limit + 1)
        .await?;
    let Page {
        items: rows, next, ..
    } = Page::first_of(rows, limit, |last| cursor(last.id.as_bytes()));
    let mut items = Vec::with_capacity(rows.len());
    for row in rows {
        items.push(person(&state, row).await?);
    }
    Ok(Json(Page::new(items, next)))
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    Person,
    Component,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewPerson {
    name: String,
    /// A person unless said.
    kind: Option<Kind>,
    /// Whether the person administers the installation.
    #[serde(default)]
    operator: bool,
    /// Whether it is another one, where somebody is called so already.
    #[serde(default)]
    another: bool,
}

/// Enrol a person or a component
#[utoipa::path(post, path = "/people", tag = "people", request_body = NewPerson, responses(
    (status = 201, description = "Enrolled", body = Person),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 403, description = "Not an operator", body = Problem),
    (status = 409, description = "Somebody is called so already", body = Problem),
    (status = 422, description = "Not a name", body = Problem)))]
async fn enrol(
    State(state): State<AppState>,
    Signed(caller): Signed,
    Body(body): Body<NewPerson>,
) -> Answer<(StatusCode, Json<Person>)> {
    operator(&state, &caller).await?;
    let kind = match body.kind {
        None | Some(Kind::Person) => PrincipalKind::Person,
        Some(Kind::Component) => PrincipalKind::Component,
    };
    let new = NewPrincipal {
        name: body.name,
        kind,
        operator: body.operator,
        another: body.another,
    };
    let row = state.platform.enrol(&caller, new).await?;
    Ok((StatusCode::CREATED, Json(person(&state, row).await?)))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewLink {
    /// How long it can be used: 1 to 10,080; 60 unless said.
    minutes: Option<i64>,
}

/// A one-time login link: shown once.
#[derive(Serialize, ToSchema)]
struct Link {
    /// The whole address; the secret follows `#`, which browsers do not send.
    url: String,
    expires: String,
}

/// Issue a one-time login link
#[utoipa::path(post, path = "/people/{person}/links", tag = "people", request_body = NewLink,
    params(("person" = String, Path, description = "The person's id")), responses(
    (status = 201, description = "Issued; shown once", body = Link),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 403, description = "Not an operator", body = Problem),
    (status = 404, description = "No such person", body = Problem),
    (status = 422, description = "Out of bounds, or a component", body = Problem)))]
async fn invite(
    State(state): State<AppState>,
    Signed(caller): Signed,
    IdPath(person): IdPath<PrincipalId>,
    Body(body): Body<NewLink>,
) -> Answer<(StatusCode, Json<Link>)> {
    operator(&state, &caller).await?;
    let issued = state
        .platform
        .invite(&caller, person, body.minutes.unwrap_or(60))
        .await?;
    let url = format!("{}/login#{}", state.settings.public_url, issued.secret.expose());
    Ok((
        StatusCode::CREATED,
        Json(Link {
            url,
            expires: issued.expires.rfc3339(),
        }),
    ))
}
