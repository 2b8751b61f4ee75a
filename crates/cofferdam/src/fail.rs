//! What went wrong, told in one line: what happened, to what, and what to do next.

use std::fmt;

/// The command was not done.
#[derive(Debug)]
pub(crate) struct Failure {
    code: u8,
    line: String,
    more: Vec<String>,
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

    /// For programs: `error` is the line, `details` what is wrong one by one, `exit_code` the process's own.
    pub(crate) fn to_json(&self) -> serde_json::Value {
        let details: Vec<String> = self.more.iter().map(|line| one_line(line)).collect();
        let mut told = serde_json::json!({ "error": one_line(&self.line), "exit_code": self.code });
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
        assert!(Failure::unheard().is_silent());
    }
}
