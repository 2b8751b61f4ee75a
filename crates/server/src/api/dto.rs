//! Shapes that several resources share.

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, header};
use cofferdam_custody::GateError;
use cofferdam_model::{
    Engagement, EngagementState, Halt, Id, IdError, Refusal, Role, Scope, Timestamp, Window,
};
use cofferdam_store::lab::LabRow;
use cofferdam_store::project::ProjectRow;
use cofferdam_work::ops::EngagementView;
use serde::Serialize;
use utoipa::ToSchema;

use crate::problem::{Answer, Problem};
use crate::state::AppState;
use crate::wording;

/// An id and the name that people know it by.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Named {
    pub(crate) id: String,
    pub(crate) name: String,
}

impl From<&LabRow> for Named {
    fn from(row: &LabRow) -> Self {
        Self {
            id: row.id.to_string(),
            name: row.name.clone(),
        }
    }
}

/// A project, named.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct NamedProject {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) template_kind: String,
}

impl From<&ProjectRow> for NamedProject {
    fn from(row: &ProjectRow) -> Self {
        Self {
            id: row.id.to_string(),
            name: row.name.clone(),
            template_kind: row.template_kind.clone(),
        }
    }
}

/// A halt that stands in the way.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Stop {
    /// Which; for stewards none where it is on a person, a component or a credential: it would be the same in another lab.
    pub(crate) halt: Option<String>,
    /// On what; none where `halt` is.
    pub(crate) scope: Option<String>,
    #[schema(value_type = crate::api::names::HaltReason)]
    pub(crate) reason: cofferdam_model::HaltReason,
    pub(crate) sentence: &'static str,
    /// Since when; where `halt` is none, the day.
    pub(crate) since: String,
    pub(crate) until: Option<String>,
}

impl Stop {
    /// As a steward is shown it.
    fn for_lab(halt: &Halt) -> Self {
        let whole = Self::from(halt);
        match halt.scope {
            Scope::Installation | Scope::Lab(_) | Scope::Project(_) | Scope::Engagement(_) => whole,
            Scope::Person(_) | Scope::Component(_) | Scope::Credential(_) => Self {
                halt: None,
                scope: None,
                since: halt.since.midnight().rfc3339(),
                until: None,
                ..whole
            },
        }
    }
}

impl From<&Halt> for Stop {
    fn from(halt: &Halt) -> Self {
        Self {
            halt: Some(halt.id.to_string()),
            scope: Some(halt.scope.to_string()),
            reason: halt.reason,
            sentence: halt.reason.sentence(),
            since: halt.since.rfc3339(),
            until: halt.until.map(Timestamp::rfc3339),
        }
    }
}

/// Whether an engagement grants.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum State {
    Active,
    NotBegun,
    Ended,
}

impl State {
    pub(crate) fn of(e: &Engagement, now: Timestamp) -> Self {
        match e.state {
            EngagementState::Active if e.active(now) => Self::Active,
            EngagementState::Active if now < e.from && !e.begun => Self::NotBegun,
            _ => Self::Ended,
        }
    }
}

/// An engagement.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EngagementOut {
    pub(crate) id: String,
    pub(crate) lab: Named,
    /// None: the whole lab.
    pub(crate) project: Option<NamedProject>,
    #[schema(value_type = crate::api::names::Role)]
    pub(crate) role: Role,
    #[schema(value_type = Vec<crate::api::names::Purpose>)]
    pub(crate) purposes: Vec<cofferdam_model::Purpose>,
    pub(crate) state: State,
    pub(crate) halted: Option<Stop>,
    /// Until when nothing is released under it, since its holder has seen data of a lab on the other side of a wall: for the holder and
    /// for operators.
    pub(crate) walled: Option<String>,
    /// How the holder appears in the lab's ledger.
    pub(crate) pseudonym: String,
    pub(crate) from: String,
    pub(crate) until: Option<String>,
    /// When it ended, if it has.
    pub(crate) ended: Option<String>,
    /// Who holds it: for the holder and for operators.
    pub(crate) principal: Option<Named>,
}

impl EngagementOut {
    /// As it is shown to whoever oversees a lab: with `names` to operators, without to stewards, who learn nothing by which two labs
    /// could tell that they have the same person, or when somebody worked elsewhere.
    pub(crate) fn overseen(view: &EngagementView, now: Timestamp, names: bool) -> Self {
        let whole = Self::of(view, now);
        if names {
            return whole;
        }
        Self {
            principal: None,
            walled: None,
            halted: view.halted.as_ref().map(Stop::for_lab),
            ..whole
        }
    }

    pub(crate) fn of(view: &EngagementView, now: Timestamp) -> Self {
        let e = &view.engagement;
        Self {
            id: e.id.to_string(),
            lab: (&view.lab).into(),
            project: view.project.as_ref().map(NamedProject::from),
            role: e.role,
            purposes: e.purposes.clone(),
            state: State::of(e, now),
            halted: view.halted.as_ref().map(Stop::from),
            walled: view.walled.map(Timestamp::rfc3339),
            pseudonym: e.pseudonym.to_string(),
            from: e.from.rfc3339(),
            until: e.until.map(Timestamp::rfc3339),
            ended: e.ended(now).map(Timestamp::rfc3339),
            principal: Some(Named {
                id: view.principal.id.to_string(),
                name: view.principal.name.clone(),
            }),
        }
    }
}

/// Reads an id out of a body or a query: `field` is a JSON pointer or a parameter's name.
pub(crate) fn id<I: Id>(field: &str, text: &str) -> Answer<I> {
    text.parse()
        .map_err(|e: IdError| Problem::field(field, e.to_string()))
}

/// Reads a time out of a body or a query: `field` is a JSON pointer or a parameter's name.
pub(crate) fn time(field: &str, text: &str) -> Answer<Timestamp> {
    let bad = "a time looks like 2026-03-24T10:39:00Z (UTC), or 2026-03-24 for its midnight";
    let time = Timestamp::parse_rfc3339(text).ok_or_else(|| Problem::field(field, bad))?;
    match time.is_recordable() {
        true => Ok(time),
        false => Err(Problem::field(
            field,
            "a time from 1684 to 2254 is needed: a ledger can hold no other; leave it out where it may be left out",
        )),
    }
}

/// Reads a window out of a body or a query: `fields` are where its ends stand. Without an end it is open.
pub(crate) fn window(fields: [&str; 2], from: &str, to: Option<&str>) -> Answer<Window> {
    let to_field = fields[1];
    let from = time(fields[0], from)?;
    let to = to.map(|text| time(to_field, text)).transpose()?;
    Window::new(from, to).map_err(|empty| Problem::field(to_field, empty.to_string()))
}

/// The header of an answer that is bytes.
pub(super) const BYTES: [(HeaderName, HeaderValue); 1] = [(
    header::CONTENT_TYPE,
    HeaderValue::from_static("application/octet-stream"),
)];

/// An id in the path. One that has not the form of an id names nothing: 404, as for one that is not there.
pub(crate) struct IdPath<I>(pub(crate) I);

impl<I: Id> FromRequestParts<AppState> for IdPath<I> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let missing = || Problem::not_found(format!("there is no such {}", I::KIND));
        let Path(text) = Path::<String>::from_request_parts(parts, state)
            .await
            .map_err(|_| missing())?;
        text.parse().map(Self).map_err(|_| missing())
    }
}

/// Two ids in the path.
pub(crate) struct IdPaths<A, B>(pub(crate) A, pub(crate) B);

impl<A: Id, B: Id> FromRequestParts<AppState> for IdPaths<A, B> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let missing = |kind: &str| Problem::not_found(format!("there is no such {kind}"));
        let found = Path::<(String, String)>::from_request_parts(parts, state).await;
        let Path((a, b)) = found.map_err(|_| missing(A::KIND))?;
        let a = a.parse().map_err(|_| missing(A::KIND))?;
        Ok(Self(a, b.parse().map_err(|_| missing(B::KIND))?))
    }
}

/// Texts in the path that are no ids. What does not read names nothing, like an id that has not the form of one.
pub(crate) struct TextPath<T>(pub(crate) T);

impl<T: serde::de::DeserializeOwned + Send> FromRequestParts<AppState> for TextPath<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let read = Path::<T>::from_request_parts(parts, state).await;
        read.map(|Path(text)| Self(text))
            .map_err(|_| Problem::not_found("there is nothing of that name"))
    }
}

/// A query string, refused as a problem when it does not read.
pub(crate) struct Query<T>(pub(crate) T);

impl<T: serde::de::DeserializeOwned> FromRequestParts<AppState> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let read = axum::extract::Query::<T>::from_request_parts(parts, state).await;
        read.map(|axum::extract::Query(q)| Self(q)).map_err(|e| {
            let text = e.body_text();
            let said = text
                .strip_prefix("Failed to deserialize query string: ")
                .unwrap_or(&text);
            let (name, said) = said.split_once(": ").unwrap_or(("", said));
            wording::unread_parameter(name, said)
        })
    }
}

/// Lets operators pass; to others the address does what it does for those without the role.
pub(crate) async fn operator(state: &AppState, caller: &cofferdam_custody::Caller) -> Answer<()> {
    if !state.gate().is_settled() && !state.gate().is_operator(caller) {
        return Err(Problem::unsettled());
    }
    match state.gate().admit_operator(caller).await {
        Ok(()) => Ok(()),
        Err(GateError::Refused(Refusal::NotInRole)) => Err(Problem::not_in_role(
            "only an operator may do that, with a session or token of their own; ask one",
        )),
        Err(other) => Err(other.into()),
    }
}

/// A file, byte by byte.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
pub(super) struct File(#[expect(dead_code, reason = "it is for the document")] Vec<u8>);
