//! Errors as RFC 9457 problems, with stable types.

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use cofferdam_custody::{AuthError, GateError, Integrity};
use cofferdam_incident::IncidentError;
use cofferdam_model::budget::Ceiling;
use cofferdam_model::{Compartment, Refusal};
use cofferdam_notify::NotifyError;
use cofferdam_store::StoreError;
use cofferdam_work::ops::{FieldError, WorkError};
use serde::Serialize;
use utoipa::ToSchema;

use crate::state::AppState;

/// What is said of an address that no operation and no page has.
pub const NOWHERE: &str = "there is nothing at this address";

/// A problem, as RFC 9457 has it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Problem {
    /// Which kind of problem: `/problems/` and a name that never changes.
    #[serde(rename = "type")]
    kind: String,
    /// The kind in words.
    title: &'static str,
    /// The HTTP status.
    status: u16,
    /// What happened, to what, and what to do next.
    detail: String,
    /// What is wrong with what was sent, one by one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldProblem>,
    /// The halt that stands in the way.
    #[serde(skip_serializing_if = "Option::is_none")]
    halt: Option<Box<HaltNotice>>,
    /// When it is worth while to ask again: a header.
    #[serde(skip)]
    retry_after: Option<Again>,
}

/// When it is worth while to ask again.
#[derive(Debug, Clone, Copy)]
enum Again {
    /// In so many seconds.
    In(u64),
    /// When a read budget's hour or day begins anew.
    Anew(Ceiling),
}

/// Says in how many seconds a read budget opens again: answers know no clock.
pub(crate) async fn opens_again(State(state): State<AppState>, mut response: Response) -> Response {
    if let Some(Again::Anew(ceiling)) = response.extensions().get::<Again>().copied() {
        let seconds = ceiling.seconds_left(state.gate().env().now());
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    }
    response
}

/// One thing wrong with what was sent.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct FieldProblem {
    /// The row of a file, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    row: Option<u64>,
    /// The line of a file, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u64>,
    /// Where: a JSON pointer (RFC 6901) into the body, or into the row of a file; in CSV the column's name, and what is
    /// within its cell behind it; of an address, the parameter's name. Empty where it is about the whole.
    field: String,
    /// What is wrong.
    reason: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
}

/// A halt, as those who are stopped by it see it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct HaltNotice {
    /// Which.
    pub(crate) id: String,
    /// The reason's name.
    #[schema(value_type = crate::api::names::HaltReason)]
    pub(crate) reason: cofferdam_model::HaltReason,
    /// The reason in a sentence.
    pub(crate) sentence: &'static str,
    /// Since when, RFC 3339.
    pub(crate) since: String,
}

impl From<FieldError> for FieldProblem {
    fn from(e: FieldError) -> Self {
        Self {
            row: e.row,
            line: e.line,
            field: e.field,
            reason: e.reason,
            hint: e.hint,
        }
    }
}

impl Problem {
    fn new(status: StatusCode, slug: &str, title: &'static str, detail: impl Into<String>) -> Self {
        Self {
            kind: format!("/problems/{slug}"),
            title,
            status: status.as_u16(),
            detail: detail.into(),
            errors: Vec::new(),
            halt: None,
            retry_after: None,
        }
    }

    /// The same, to be asked again in so many seconds.
    fn again_in(self, seconds: u64) -> Self {
        Self {
            retry_after: Some(Again::In(seconds)),
            ..self
        }
    }

    /// What this node knows is being read anew, after a write was undone.
    pub(crate) fn unsettled() -> Self {
        Self::unavailable("a write was undone, and what this node knows is being read anew; ask again")
            .again_in(1)
    }

    pub(crate) fn unauthenticated(detail: impl Into<String>) -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "unauthenticated",
            "Not signed in",
            detail,
        )
    }

    /// An address that no operation and no page has.
    pub(crate) fn nowhere() -> Self {
        Self::not_found(NOWHERE)
    }

    pub(crate) fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not-found", "Not found", detail)
    }

    pub(crate) fn not_in_role(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "not-in-role", "Not allowed", detail)
    }

    fn ended(detail: String) -> Self {
        Self::new(StatusCode::FORBIDDEN, "ended", "Engagement not active", detail)
    }

    pub(crate) fn malformed(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "malformed", "Malformed request", detail)
    }

    pub(crate) fn too_large(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", "Too large", detail)
    }

    /// A body that did not come to its end in time.
    pub(crate) fn too_slow(seconds: u64) -> Self {
        let detail = format!(
            "the body of this request did not arrive within {seconds} s, and nothing of it was done; send it again over a \
             faster connection, or less of it at a time"
        );
        Self::new(StatusCode::REQUEST_TIMEOUT, "too-slow", "Too slow", detail)
    }

    pub(crate) fn conflict(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, "conflict", "Conflict", detail)
    }

    pub(crate) fn rate_limited() -> Self {
        let detail = "too many requests from this credential or address; wait a second and go on more slowly";
        Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "rate-limited",
            "Too many requests",
            detail,
        )
        .again_in(1)
    }

    /// All that may be held in memory of what is being sent is taken.
    pub(crate) fn no_room() -> Self {
        let detail = "others are sending as much just now as this server takes at once; nothing was done, send it again";
        Self::unavailable(detail).again_in(5)
    }

    /// A request with an `Idempotency-Key` that is being answered already.
    pub(crate) fn being_answered() -> Self {
        Self::conflict("the same request is being answered now; wait for it, and ask again for its answer")
            .again_in(1)
    }

    pub(crate) fn idempotency_mismatch() -> Self {
        let detail = "this Idempotency-Key was used for another request; use a new key for a new request";
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        Self::new(status, "idempotency-mismatch", "Idempotency key reused", detail)
    }

    pub(crate) fn unavailable(detail: impl Into<String>) -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "unavailable",
            "Not available now",
            detail,
        )
    }

    /// What did not answer in time may yet be done.
    pub(crate) fn late(detail: String) -> Self {
        Self::unavailable(detail).again_in(5)
    }

    /// A ledger that does not check, or something else that is not as it was written. Who asks can only wait.
    fn not_as_written(found: &Integrity) -> Self {
        if found.is_passing() {
            return Self::unsettled();
        }
        tracing::error!(%found, "something stored is not as it was written");
        match found.closed() {
            Some(Compartment::Lab(_)) => Self::unavailable(
                "this lab's ledger does not check and stays closed: all work there is stopped already, and nothing of \
                 it is released. An operator runs `cofferdam doctor`, which says what is wrong",
            ),
            Some(Compartment::Installation) => Self::unavailable(
                "the installation's ledger does not check and stays closed: nothing is released. An operator runs \
                 `cofferdam doctor`, which says what is wrong",
            ),
            None => Self::unavailable(
                "something stored is not as it was written; nothing of it was released. An operator runs \
                 `cofferdam doctor`, which says what is wrong",
            ),
        }
    }

    pub(crate) fn internal() -> Self {
        let detail = "something failed here; nothing was released. The log says more";
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "Internal error",
            detail,
        )
    }

    pub(crate) fn method_not_allowed() -> Self {
        let detail = "this address does not take that method";
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "method-not-allowed",
            "Method not allowed",
            detail,
        )
    }

    pub(crate) fn invalid(summary: impl Into<String>, errors: Vec<FieldError>) -> Self {
        let mut problem = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", "Invalid", summary);
        problem.errors = errors.into_iter().map(FieldProblem::from).collect();
        problem
    }

    /// The body as a whole.
    pub(crate) fn body(reason: impl Into<String>) -> Self {
        let error = FieldError::new("", reason);
        Self::invalid(format!("the body: {}", error.reason), vec![error])
    }

    /// One field: a JSON pointer into the body, or a parameter's name.
    pub(crate) fn field(field: &str, reason: impl Into<String>) -> Self {
        let error = FieldError::new(field, reason);
        Self::invalid(format!("{field}: {}", error.reason), vec![error])
    }

    fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let detail = refusal.to_string();
        match refusal {
            Refusal::NotEngaged | Refusal::OutOfReach => {
                Self::not_found("there is no such engagement or project")
            }
            Refusal::NotBegun | Refusal::Ended => Self::ended(detail),
            Refusal::NotInRole => Self::not_in_role(detail),
            Refusal::Halted { halt, reason, since } => {
                let mut problem = Self::new(StatusCode::FORBIDDEN, "halted", "Halted", detail);
                problem.halt = halt.zip(since).map(|(halt, since)| {
                    Box::new(HaltNotice {
                        id: halt.to_string(),
                        reason,
                        sentence: reason.sentence(),
                        since: since.rfc3339(),
                    })
                });
                problem
            }
            Refusal::Walled { .. } => Self::new(StatusCode::FORBIDDEN, "walled", "Behind a wall", detail),
            Refusal::BudgetTooSmall { .. } => {
                let title = "Read budget too small";
                Self::new(StatusCode::FORBIDDEN, "budget-too-small", title, detail)
            }
            Refusal::BudgetSpent { ceiling } => {
                let spent = StatusCode::TOO_MANY_REQUESTS;
                let problem = Self::new(spent, "budget-spent", "Read budget used up", detail);
                let retry_after = Some(Again::Anew(ceiling));
                Self {
                    retry_after,
                    ..problem
                }
            }
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict(_) => {
                Self::conflict("somebody changed the same thing at the same time; try again")
            }
            StoreError::DiskFull | StoreError::ReadOnly | StoreError::Unwritable(_) | StoreError::Stopped => {
                tracing::error!(%error, "the store does not take writes");
                Self::unavailable(error.to_string())
            }
            // The store has told of it, once.
            StoreError::Moved(_) => Self::unavailable(
                "the database is not where it was, or is empty; nothing is taken until an operator has put it back and started the server \
                 again: the log says more",
            ),
            StoreError::Damaged(_) | StoreError::Lacking(_) => {
                tracing::error!(%error, "the database is not whole");
                Self::unavailable(
                    "the database is damaged, and an operator must restore it: the log says more",
                )
            }
            StoreError::Locked(_) => {
                tracing::warn!(%error, "the database is locked");
                Self::unavailable(
                    "somebody else keeps the database from being written; nothing was changed, ask again",
                )
                .again_in(5)
            }
            // Where the database is, is not for everybody to know.
            StoreError::Unreachable(_)
            | StoreError::InUse
            | StoreError::NodeInUse(_)
            | StoreError::Empty
            | StoreError::Denied(_) => {
                match error {
                    // Of one statement alone, perhaps, while the connection stands.
                    StoreError::Denied(_) => {
                        tracing::error!(%error, "the database does not let this program do its work")
                    }
                    // The store has told of it, once.
                    _ => tracing::debug!(%error, "the database is not to be had"),
                }
                Self::unavailable("the database cannot be reached; nothing was changed, ask again later")
            }
            StoreError::ClockApart { .. } => Self::unavailable(
                "this node's clock is wrong, or the database's; nothing was changed, ask again later",
            ),
            StoreError::Unreadable(_) => {
                tracing::error!(%error, "what lies beside the database is not known");
                Self::unavailable(
                    "what this node needs to know cannot be read; nothing was done, ask again later",
                )
            }
            // Nor are its roles; the store has told of it, once.
            StoreError::Forbidden(_) => {
                tracing::debug!(%error, "the database does not let this program do its work");
                Self::unavailable(
                    "the database does not let this program do its work; nothing was changed. An operator looks at the log, \
                     which says what is to be granted",
                )
            }
            StoreError::Unknown(_) => {
                tracing::error!(%error, "a commit was not answered");
                Self::unavailable(
                    "the database went away before it said whether this was done; look before you ask again",
                )
            }
            StoreError::Corrupt { table, problem } => {
                Self::not_as_written(&Integrity::of(format!("a row of the table {table}"), problem))
            }
            other => {
                tracing::error!(error = %other, "the store failed");
                Self::internal()
            }
        }
    }
}

impl From<IncidentError> for Problem {
    fn from(error: IncidentError) -> Self {
        match error {
            IncidentError::NotFound(what) => Self::not_found(format!("there is no such {what}")),
            IncidentError::Conflict(text) => Self::conflict(text),
            IncidentError::Invalid { field, reason } => Self::field(&field, reason),
            IncidentError::Failed(text) => WorkError::Failed(text).into(),
            IncidentError::Gate(error) => error.into(),
        }
    }
}

impl From<NotifyError> for Problem {
    fn from(error: NotifyError) -> Self {
        match error {
            NotifyError::NotFound(what) => Self::not_found(format!("there is no such {what}")),
            NotifyError::Conflict(text) => Self::conflict(text),
            NotifyError::Invalid { field, reason } => Self::field(field, reason),
            NotifyError::Failed(text) => WorkError::Failed(text).into(),
            NotifyError::Gate(error) => error.into(),
        }
    }
}

impl From<WorkError> for Problem {
    fn from(error: WorkError) -> Self {
        match error {
            WorkError::NotFound(what) => Self::not_found(format!("there is no such {what}")),
            WorkError::Conflict(text) => Self::conflict(text),
            WorkError::Invalid { summary, errors } => Self::invalid(summary, errors),
            WorkError::Refused(refusal) => refusal.into(),
            WorkError::Ended(_) => Self::ended(error.to_string()),
            WorkError::NotInRole(text) => Self::not_in_role(text),
            WorkError::Store(error) => error.into(),
            WorkError::Unproven(why) => Self::unauthenticated(why.to_string()),
            WorkError::NoKey(why) => {
                tracing::error!(%why, "the keyholder gave no key");
                Self::unavailable(
                    "the keyholder gave no key; nothing was released. If that stays so, `cofferdam lab keyholder` and `cofferdam doctor` tell an \
                     operator why",
                )
            }
            WorkError::Integrity(found) => Self::not_as_written(&found),
            WorkError::Failed(why) => {
                tracing::error!(%why, "an operation failed");
                Self::internal()
            }
        }
    }
}

impl From<AuthError> for Problem {
    fn from(error: AuthError) -> Self {
        match error {
            AuthError::Gate(GateError::Store(error)) => error.into(),
            AuthError::Gate(GateError::Integrity(found)) => Self::not_as_written(&found),
            AuthError::Gate(error) => {
                tracing::error!(%error, "a credential could not be checked");
                Self::internal()
            }
            told => Self::unauthenticated(told.to_string()),
        }
    }
}

impl<E> From<GateError<E>> for Problem
where
    WorkError: From<GateError<E>>,
{
    fn from(error: GateError<E>) -> Self {
        WorkError::from(error).into()
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = (self.status(), Json(&self)).into_response();
        let kind = header::HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
        if self.status == 401 {
            let scheme = header::HeaderValue::from_static("Bearer");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, scheme);
        }
        match self.retry_after {
            Some(Again::In(seconds)) => {
                response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
            }
            Some(again) => {
                response.extensions_mut().insert(again);
            }
            None => {}
        }
        response
    }
}

/// What handlers answer.
pub(crate) type Answer<T> = Result<T, Problem>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_passes_says_when_to_ask_again() {
        for (problem, status) in [
            (Problem::unsettled(), StatusCode::SERVICE_UNAVAILABLE),
            (Problem::rate_limited(), StatusCode::TOO_MANY_REQUESTS),
            (Problem::being_answered(), StatusCode::CONFLICT),
        ] {
            let response = problem.into_response();
            assert_eq!(response.status(), status);
            assert_eq!(response.headers()[header::RETRY_AFTER], "1");
        }
        let lasting = Problem::not_found("there is no such task").into_response();
        assert!(lasting.headers().get(header::RETRY_AFTER).is_none());
    }
}
