//! What went wrong, told in one line: what happened, to what, and what to do next.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The command was not done.
#[derive(Debug)]
pub(crate) struct Failure {
    code: u8,
    line: String,
    more: Vec<String>,
    problem: Option<Box<Problem>>,
    at_once: bool,
}

/// What programs are told beside the line, as the HTTP API has it: the members of its problems that the line does not
/// hold.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct Problem {
    /// The kind of problem: `/problems/` and a name; none where no server named it.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub(crate) kind: Option<String>,
    /// The HTTP status.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) status: Option<u16>,
    /// What is wrong, one by one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) errors: Vec<Wrong>,
    /// The halt that stands in the way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) halt: Option<HaltNotice>,
}

/// One thing that is wrong with what was given.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Wrong {
    /// The row of a file, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) row: Option<u64>,
    /// The line of a file, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) line: Option<u64>,
    /// A JSON pointer, in CSV a column, or the name of a parameter; empty for the whole.
    #[serde(default)]
    pub(crate) field: String,
    /// What is wrong.
    pub(crate) reason: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) hint: Option<String>,
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(row) = self.row {
            write!(f, "row {row}")?;
            self.line
                .iter()
                .try_for_each(|line| write!(f, " (line {line})"))?;
            f.write_str(if self.field.is_empty() { " " } else { ", " })?;
            write!(
                f,
                "{}{}",
                self.field,
                if self.field.is_empty() { "" } else { " " }
            )?;
        } else if !self.field.is_empty() {
            write!(f, "{}: ", self.field)?;
        }
        f.write_str(&self.reason)?;
        self.hint.iter().try_for_each(|hint| write!(f, "; {hint}"))
    }
}

/// A halt, as those who are stopped by it see it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct HaltNotice {
    /// Which.
    pub(crate) id: String,
    /// The reason's name.
    pub(crate) reason: String,
    /// The reason in a sentence.
    pub(crate) sentence: String,
    /// Since when.
    pub(crate) since: String,
}

/// What a command gives.
pub(crate) type Outcome<T = ()> = Result<T, Failure>;

impl Failure {
    /// It could not be done.
    pub(crate) fn new(line: impl Into<String>) -> Self {
        Self {
            code: 1,
            line: line.into(),
            more: Vec::new(),
            problem: None,
            at_once: false,
        }
    }

    /// It was asked for in a way that cannot be understood.
    pub(crate) fn usage(line: impl Into<String>) -> Self {
        Self {
            code: 2,
            ..Self::new(line)
        }
    }

    /// The reader of our output went away: nothing to complain about.
    pub(crate) fn unheard() -> Self {
        Self {
            code: 0,
            ..Self::new("")
        }
    }

    /// With further lines: what is wrong, one by one.
    pub(crate) fn with(self, more: Vec<String>) -> Self {
        Self { more, ..self }
    }

    /// The same, with what programs are told beside it.
    pub(crate) fn told(self, problem: Problem) -> Self {
        Self {
            problem: Some(Box::new(problem)),
            ..self
        }
    }

    /// The same, by which the process ends at once: what still runs in it may wait for ever.
    pub(crate) fn at_once(self) -> Self {
        Self {
            at_once: true,
            ..self
        }
    }

    /// Whether nothing that still runs is waited for.
    pub(crate) const fn is_at_once(&self) -> bool {
        self.at_once
    }

    /// The same, said of something.
    pub(crate) fn about(self, what: impl fmt::Display) -> Self {
        Self {
            line: format!("{what}: {}", self.line),
            ..self
        }
    }

    /// The same with other advice.
    pub(crate) fn instead_of(self, advice: &str, other: &str) -> Self {
        Self {
            line: self.line.replace(advice, other),
            ..self
        }
    }

    /// The exit code.
    pub(crate) const fn code(&self) -> u8 {
        self.code
    }

    /// For programs: `error` is the line, `details` the further lines, `exit_code` the process's own; `type`, `status`,
    /// `errors` and `halt` as the HTTP API has them.
    pub(crate) fn to_json(&self) -> serde_json::Value {
        let details: Vec<String> = self.more.iter().map(|line| one_line(line)).collect();
        let mut told = serde_json::json!(self.problem.as_deref().cloned().unwrap_or_default());
        told["error"] = one_line(&self.line).into();
        told["exit_code"] = self.code.into();
        if !details.is_empty() {
            told["details"] = details.into();
        }
        told
    }

    /// Whether there is nothing to say.
    pub(crate) fn is_silent(&self) -> bool {
        self.line.is_empty() && self.more.is_empty()
    }
}

/// The line, and the further ones indented. Whatever they were made of, no control character gets to a terminal.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&one_line(&self.line))?;
        self.more
            .iter()
            .try_for_each(|line| write!(f, "\n  {}", one_line(line)))
    }
}

/// A text on one line, without control characters.
pub(crate) fn one_line(text: &str) -> String {
    let parts = text.split(|c: char| c.is_control()).map(str::trim);
    parts
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// Says to what something happened.
pub(crate) trait To<T> {
    /// `what: the error`.
    fn to(self, what: impl fmt::Display) -> Outcome<T>;
}

impl<T, E: fmt::Display> To<T> for Result<T, E> {
    fn to(self, what: impl fmt::Display) -> Outcome<T> {
        self.map_err(|error| Failure::new(format!("{what}: {error}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_one_line_whatever_it_is_made_of() {
        let failure = Failure::new("a\nb\u{1b}[31mc\r\n").with(vec!["x\ny".into()]);
        assert_eq!(failure.to_string(), "a b [31mc\n  x y");
        let told = r#"{"details":["x y"],"error":"a b [31mc","exit_code":1}"#;
        assert_eq!(failure.to_json().to_string(), told);
        let wrong = Wrong {
            row: Some(2),
            line: Some(3),
            field: "a/b".into(),
            reason: "must not be empty".into(),
            hint: None,
        };
        assert_eq!(wrong.to_string(), "row 2 (line 3), a/b must not be empty");
        let told = failure.told(Problem {
            kind: Some("/problems/invalid".into()),
            status: Some(422),
            errors: vec![wrong],
            halt: None,
        });
        let (told, wrong) = (
            told.to_json(),
            serde_json::json!([{ "row": 2, "line": 3, "field": "a/b", "reason": "must not be empty" }]),
        );
        assert_eq!(
            (
                &told["errors"],
                &told["status"],
                &told["type"],
                &told["exit_code"]
            ),
            (&wrong, &422.into(), &"/problems/invalid".into(), &1.into())
        );
        assert!(Failure::unheard().is_silent());
    }
}
