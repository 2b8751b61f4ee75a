//! Why a call was not answered as hoped.

use std::error::Error;
use std::fmt::Display;

use reqwest::{Response, StatusCode};
use serde::Deserialize;

use crate::fail::{Failure, HaltNotice, Problem, Wrong, one_line};

/// What a server answered instead, or that it did not.
#[derive(Debug)]
pub(crate) struct ApiError {
    /// The kind of problem, where the server named one: `halted`, `not-found`, ….
    pub(crate) slug: String,
    /// What to tell the user.
    line: String,
    more: Vec<String>,
    /// What the server's answer holds beside the line.
    problem: Box<Problem>,
}

#[derive(Deserialize)]
struct Answered {
    #[serde(rename = "type")]
    kind: String,
    title: String,
    detail: Option<String>,
    #[serde(default)]
    errors: Vec<Wrong>,
    halt: Option<HaltNotice>,
}

impl ApiError {
    fn plain(slug: &str, line: String) -> Self {
        Self {
            slug: slug.to_owned(),
            line,
            more: Vec::new(),
            problem: Box::default(),
        }
    }

    pub(super) fn unreachable(base: &str, error: &reqwest::Error) -> Self {
        let line = if error.is_connect() {
            format!(
                "no server answers at {base}; start one with `cofferdam serve --data DIR`, or name another with --server"
            )
        } else if error.is_timeout() {
            format!("the server at {base} did not answer in time; look at its log, then try again")
        } else {
            format!(
                "the connection to {base} broke: {}; look at the server's log, then try again",
                innermost(error)
            )
        };
        Self::plain("unreachable", line)
    }

    pub(super) fn strange(base: &str, what: &dyn Display) -> Self {
        let line = format!("{base} does not answer like a Cofferdam server of this version: {what}");
        Self::plain("strange", line)
    }

    pub(super) async fn refused(base: &str, response: Response) -> Self {
        let (status, body) = (response.status(), response.bytes().await.unwrap_or_default());
        match serde_json::from_slice::<Answered>(&body) {
            // The operation itself is not there, and not what it was to be done to.
            Ok(problem) if problem.detail.as_deref() == Some(cofferdam_server::NOWHERE) => {
                let hint = "give --server the address alone, as in http://127.0.0.1:8417, of a server of this version";
                Self::plain("strange", format!("{base} has nothing there: {hint}"))
            }
            Ok(problem) => Self::told(status, problem),
            Err(_) => Self::strange(base, &format!("status {status} without a problem's description")),
        }
    }

    fn told(status: StatusCode, problem: Answered) -> Self {
        let detail = problem.detail.unwrap_or(problem.title);
        let line = match (status, &problem.halt) {
            (_, Some(halt)) => format!(
                "halted since {} ({}): {} It is {}: whoever oversees it sees it in `cofferdam halt list`, and ends it by \
                 `cofferdam resume`",
                halt.since, halt.reason, halt.sentence, halt.id
            ),
            (StatusCode::UNAUTHORIZED, _) => {
                format!(
                    "the token was not accepted: {detail}; give another with --token, COFFERDAM_TOKEN or --data"
                )
            }
            (StatusCode::NOT_FOUND, _) => match looked_up(&detail) {
                Some(next) => format!("{detail}; {next}"),
                None => detail,
            },
            _ => detail,
        };
        let slug = problem.kind.rsplit('/').next().unwrap_or_default().to_owned();
        // An error that is not of a row is often what the line says already.
        let more = problem
            .errors
            .iter()
            .filter(|wrong| wrong.row.is_some() || !line.contains(&wrong.reason));
        let more: Vec<String> = more.map(Wrong::to_string).collect();
        Self {
            slug,
            line,
            more,
            problem: Box::new(Problem {
                kind: Some(problem.kind),
                status: Some(status.as_u16()),
                errors: problem.errors,
                halt: problem.halt,
            }),
        }
    }

    /// The halt that stands in the way.
    pub(crate) fn halt(&self) -> Option<&HaltNotice> {
        self.problem.halt.as_ref()
    }

    /// The same, told more closely.
    pub(super) fn saying(self, line: String) -> Self {
        Self { line, ..self }
    }

    /// Whether the server named this kind of problem.
    pub(crate) fn is(&self, slug: &str) -> bool {
        self.slug == slug
    }
}

impl From<ApiError> for Failure {
    fn from(error: ApiError) -> Self {
        Self::new(error.line).with(error.more).told(*error.problem)
    }
}

/// Where what is not there can be looked up.
fn looked_up(detail: &str) -> Option<&'static str> {
    let next = match detail.strip_prefix("there is no such ")? {
        "credential" => {
            "`cofferdam token list ENGAGEMENT` shows those that are good for an engagement, `--person` somebody's own"
        }
        "delivery" => "`cofferdam delivery list LAB` shows them",
        "engagement" => {
            "`cofferdam project show PROJECT` shows those for a project, `cofferdam whoami` one's own"
        }
        "halt" => "`cofferdam halt list` shows those that are open",
        "incident" => "`cofferdam incident list` shows them",
        "component" => "`cofferdam component list` shows them",
        "record" => "`cofferdam advisory list` shows them",
        "wall" => "`cofferdam wall list` shows them",
        "lab" => "`cofferdam lab list` shows them",
        "project" => "`cofferdam project list` shows them",
        "person" => "`cofferdam person list` shows them",
        _ => return None,
    };
    Some(next)
}

/// What began a chain of errors: the rest only says through what it came.
fn innermost(error: &dyn Error) -> String {
    let mut deepest = error;
    while let Some(source) = deepest.source() {
        deepest = source;
    }
    one_line(&deepest.to_string())
}
