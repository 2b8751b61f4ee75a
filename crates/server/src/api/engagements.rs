//! Engagements and the tokens that are good for one of them.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use cofferdam_custody::{Issued, KnownCredential};
use cofferdam_model::{
    Budget, CredentialId, CredentialKind, EngagementId, PrincipalId, ProjectId, Purpose, Role, Timestamp,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::dto::{EngagementOut, IdPath, Query, Stop, id, operator, time};
use super::page::{Page, PageQuery};
use crate::caller::Signed;
use crate::limits::Body;
use crate::problem::{Answer, Problem};
use crate::state::AppState;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list, engage))
        .routes(routes!(end))
        .routes(routes!(issue))
        .routes(routes!(credentials))
        .routes(routes!(issue_own))
        .routes(routes!(own_credentials))
        .routes(routes!(revoke))
}

/// Who is engaged for a project: names for operators, pseudonyms for stewards
#[utoipa::path(get, path = "/projects/{project}/engagements", tag = "engagements",
    params(("project" = String, Path, description = "The project's id"), PageQuery), responses(
    (status = 200, description = "Engagements, ended ones too: a page", body = Page<EngagementOut>),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 403, description = "Ended, or not in one's role", body = Problem),
    (status = 404, description = "No such project, or not yours", body = Problem),
    (status = 422, description = "Not a cursor or limit", body = Problem)))]
async fn list(
    State(state): State<AppState>,
    Signed(caller): Signed,
    IdPath(project): IdPath<ProjectId>,
    Query(page): Query<PageQuery>,
) -> Answer<Json<Page<EngagementOut>>> {
    state.platform.may_oversee_project(&caller, project).await?;
    let now = state.gate().env().now();
    let names = state.gate().is_operator(&caller);
    let all = state.platform.engagements_of(project).await?;
    let Page { items: ids, next, .. } = page.of(all, |id| *id)?;
    let mut items = Vec::with_capacity(ids.len());
    for id in ids {
        let view = state.platform.engagement_view(id).await?;
        items.push(EngagementOut::overseen(&view, now, names));
    }
    Ok(Json(Page::new(items, next)))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct BudgetIn {
    #[schema(minimum = 1)]
    objects_per_hour: u64,
    #[schema(minimum = 1)]
    objects_per_day: u64,
    #[schema(minimum = 1)]
    bytes_per_hour: u64,
    #[schema(minimum = 1)]
    bytes_per_day: u64,
}

/// What an integration may be engaged for: to bring tasks and guidelines in, or to read tasks and answers for a tool of the
/// firm's.
#[derive(Deserialize, ToSchema, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "kebab-case")]
enum PurposeIn {
    Import,
    Export,
}

impl From<PurposeIn> for Purpose {
    fn from(purpose: PurposeIn) -> Self {
        match purpose {
            PurposeIn::Import => Self::Import,
            PurposeIn::Export => Self::Export,
        }
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewEngagement {
    /// Whom.
    principal: String,
    #[schema(value_type = crate::api::names::Role)]
    role: Role,
    /// For an integration: what for.
    #[serde(default)]
    purposes: BTreeSet<PurposeIn>,
    /// Until when; until ended unless said.
    until: Option<String>,
    /// How much may be read; a person's or a job's usual one unless said.
    budget: Option<BudgetIn>,
}

/// Engage a person or component for a project
#[utoipa::path(post, path = "/projects/{project}/engagements", tag = "engagements", request_body = NewEngagement,
    params(("project" = String, Path, description = "The project's id")), responses(
    (status = 201, description = "Engaged", body = EngagementOut),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 403, description = "Not an operator", body = Problem),
    (status = 404, description = "No such project, person or component", body = Problem),
    (status = 409, description = "They hold the same engagement already: the detail names it", body = Problem),
    (status = 422, description = "Not an engagement", body = Problem)))]
async fn engage(
    State(state): State<AppState>,
    Signed(caller): Signed,
    IdPath(project): IdPath<ProjectId>,
    Body(body): Body<NewEngagement>,
) -> Answer<(StatusCode, Json<EngagementOut>)> {
    operator(&state, &caller).await?;
    let principal: PrincipalId = id("/principal", &body.principal)?;
    let until = body
        .until
        .as_deref()
        .map(|text| time("/until", text))
        .transpose()?;
    let budget = body.budget.map(|b| Budget {
        objects_per_hour: b.objects_per_hour,
        objects_per_day: b.objects_per_day,
        bytes_per_hour: b.bytes_per_hour,
        bytes_per_day: b.bytes_per_day,
    });
    let platform = &state.platform;
    let engaged = platform
        .engage(
            &caller,
            project,
            principal,
            body.role,
            body.purposes.into_iter().map(Purpose::from).collect(),
            until,
            budget,
        )
        .await?;
    let view = platform.engagement_view(engaged).await?;
    Ok((
        StatusCode::CREATED,
        Json(EngagementOut::of(&view, state.gate().env().now())),
    ))
}

/// End an engagement: its data, models and hours end at once
#[utoipa::path(post, path = "/engagements/{engagement}/end", tag = "engagements",
    params(("engagement" = String, Path, description = "The engagement's id")), responses(
    (status = 200, description = "Ended", body = EngagementOut),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 403, description = "Not an operator", body = Problem),
    (status = 404, description = "No such engagement", body = Problem)))]
async fn end(
    State(state): State<AppState>,
    Signed(caller): Signed,
    IdPath(engagement): IdPath<EngagementId>,
) -> Answer<Json<EngagementOut>> {
    operator(&state, &caller).await?;
    state.platform.end_engagement(&caller, engagement).await?;
    let view = state.platform.engagement_view(engagement).await?;
    Ok(Json(EngagementOut::of(&view, state.gate().env().now())))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewToken {
    /// What it is for.
    label: String,
    /// How long it is good for: 1 to 366; 30 unless said.
    days: Option<i64>,
}

/// An API token: shown once.
#[derive(Serialize, ToSchema)]
struct Token {
    credential: String,
    token: String,
    expires: String,
}

impl From<Issued> for Token {
    fn from(issued: Issued) -> Self {
        Self {
            credential: issued.id.to_string(),
            token: issued.secret.expose().to_owned(),
            expires: issued.expires.rfc3339(),
        }
    }
}

/// Issue an API token that is good for one engagement
#[utoipa::path(post, path = "/engagements/{engagement}/tokens", tag = "engagements", request_body = NewToken,
    params(("engagement" = String, Path, description = "The engagement's id")), responses(
    (status = 201, description = "Issued; shown once", body = Token),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 403, description = "Not an operator", body = Problem),
    (status = 404, description = "No such engagement", body = Problem),
    (status = 409, description = "The engagement has ended", body = Problem),
    (status = 422, description = "Out of bounds", body = Problem)))]
async fn issue(
    State(state): State<AppState>,
    Signed(caller): Signed,
    IdPath(engagement): IdPath<EngagementId>,
    Body(body): Body<NewToken>,
) -> Answer<(StatusCode, Json<Token>)> {
    operator(&state, &caller).await?;
    let days = body.days.unwrap_or(30);
    let issued = state
        .platform
        .issue_token(&caller, engagement, &body.label, days)
        .await?;
    Ok((StatusCode::CREATED, Json(Token::from(issued))))
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct CredentialFilter {
    /// Only those that still prove something, or only those that no longer do.
    good: Option<bool>,
}

/// Of which kind a credential is.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = CredentialKind)]
enum KindOut {
    Token,
    Session,
    Link,
    Passkey,
    Account,
}

/// A credential, without its secret.
#[derive(Serialize, ToSchema)]
struct CredentialOut {
    id: String,
    kind: KindOut,
    label: String,
    issued: String,
    expires: String,
    /// When it was revoked, or, a link, used.
    revoked: Option<String>,
    /// Whether it still proves something.
    good: bool,
    /// When it last did something that is on a lab's ledger, under whichever engagement, as far as the newest 50,000 entries of
    /// each go.
    last_used: Option<String>,
    /// The halt on it, or on whom it proves.
    halted: Option<Stop>,
}

/// The credentials by which somebody can act under an engagement: its tokens, and its holder's sessions and links; for
/// operators and for who holds it. Newest first
#[utoipa::path(get, path = "/engagements/{engagement}/credentials", tag = "engagements",
    params(("engagement" = String, Path, description = "The engagement's id"), CredentialFilter, PageQuery), responses(
    (status = 200, description = "Credentials: a page", body = Page<CredentialOut>),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 404, description = "No such engagement, or not yours", body = Problem),
    (status = 422, description = "Not a filter, cursor or limit", body = Problem)))]
async fn credentials(
    State(state): State<AppState>,
    Signed(caller): Signed,
    IdPath(engagement): IdPath<EngagementId>,
    Query(filter): Query<CredentialFilter>,
    Query(page): Query<PageQuery>,
) -> Answer<Json<Page<CredentialOut>>> {
    let known = state.platform.credentials(&caller, engagement).await?;
    shown(&state, known, &filter, &page)
}

/// Credentials as they are shown: a page of those that were asked for.
fn shown(
    state: &AppState,
    known: Vec<KnownCredential>,
    filter: &CredentialFilter,
    page: &PageQuery,
) -> Answer<Json<Page<CredentialOut>>> {
    let now = state.gate().env().now();
    let wanted = |c: &KnownCredential| filter.good.is_none_or(|good| good == c.is_good(now));
    let page = page.of(known.into_iter().filter(wanted).collect(), |c| c.id)?;
    let out = page.map(|c| CredentialOut {
        kind: match c.kind {
            CredentialKind::Token => KindOut::Token,
            CredentialKind::Session => KindOut::Session,
            CredentialKind::Link => KindOut::Link,
            CredentialKind::Passkey => KindOut::Passkey,
            CredentialKind::Account => KindOut::Account,
        },
        good: c.is_good(now),
        halted: state.platform.halt_on(c.principal, c.id).as_ref().map(Stop::from),
        id: c.id.to_string(),
        label: c.label,
        issued: c.issued.rfc3339(),
        expires: c.expires.rfc3339(),
        revoked: c.revoked.map(Timestamp::rfc3339),
        last_used: c.last_used.map(Timestamp::rfc3339),
    });
    Ok(Json(out))
}

/// Issue a token to an operator, oneself or another: good for all that an operator does
#[utoipa::path(post, path = "/people/{person}/tokens", tag = "people", request_body = NewToken,
    params(("person" = String, Path, description = "The operator's id")), responses(
    (status = 201, description = "Issued; shown once", body = Token),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 403, description = "Not an operator", body = Problem),
    (status = 404, description = "No such person", body = Problem),
    (status = 422, description = "Out of bounds, or for somebody who is no operator", body = Problem)))]
async fn issue_own(
    State(state): State<AppState>,
    Signed(caller): Signed,
    IdPath(person): IdPath<PrincipalId>,
    Body(body): Body<NewToken>,
) -> Answer<(StatusCode, Json<Token>)> {
    operator(&state, &caller).await?;
    let days = body.days.unwrap_or(30);
    let issued = state
        .platform
        .issue_own_token(&caller, person, &body.label, days)
        .await?;
    Ok((StatusCode::CREATED, Json(Token::from(issued))))
}

/// The credentials of somebody that are good for all that they may: sessions, links, and an operator's tokens; for operators and
/// for themselves. Newest first
#[utoipa::path(get, path = "/people/{person}/credentials", tag = "people",
    params(("person" = String, Path, description = "The person's id"), CredentialFilter, PageQuery), responses(
    (status = 200, description = "Credentials: a page", body = Page<CredentialOut>),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 404, description = "No such person, or not you", body = Problem),
    (status = 422, description = "Not a filter, cursor or limit", body = Problem)))]
async fn own_credentials(
    State(state): State<AppState>,
    Signed(caller): Signed,
    IdPath(person): IdPath<PrincipalId>,
    Query(filter): Query<CredentialFilter>,
    Query(page): Query<PageQuery>,
) -> Answer<Json<Page<CredentialOut>>> {
    let known = state.platform.own_credentials(&caller, person).await?;
    shown(&state, known, &filter, &page)
}

/// Revoke a credential: one's own, or, as an operator, anybody's
#[utoipa::path(delete, path = "/credentials/{credential}", tag = "engagements",
    params(("credential" = String, Path, description = "The credential's id")), responses(
    (status = 204, description = "Revoked"),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 404, description = "No such credential, or not yours", body = Problem)))]
async fn revoke(
    State(state): State<AppState>,
    Signed(caller): Signed,
    IdPath(credential): IdPath<CredentialId>,
) -> Answer<StatusCode> {
    match state.gate().revoke(&caller, credential).await {
        Ok(()) => Ok(StatusCode::NO_CONTENT),
        Err(cofferdam_custody::GateError::Command(text)) => Err(Problem::not_found(text)),
        Err(other) => Err(other.into()),
    }
}
