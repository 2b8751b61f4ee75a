//! What went wrong, told in one line: what happened, to what, and what to do next.

use std::fmt;
use std::io::{self, ErrorKind};
use std::path::Path;

/// The command was not done.
#[derive(Debug)]
pub(crate) struct Failure {
    code: u8,
    line: String,
}

/// What a command gives.
pub(crate) type Outcome<T = ()> = Result<T, Failure>;

impl Failure {
    /// It could not be done.
    pub(crate) fn new(line: impl fmt::Display) -> Self {
        Self {
            code: 1,
            line: one_line(&line.to_string()),
        }
    }

    /// It was asked for in a way that cannot be understood.
    pub(crate) fn usage(line: impl fmt::Display) -> Self {
        Self {
            code: 2,
            ..Self::new(line)
        }
    }

    /// Something stands that the lab must look at, though the command itself was done.
    pub(crate) fn stands(line: impl fmt::Display) -> Self {
        Self {
            code: 3,
            ..Self::new(line)
        }
    }

    /// The exit code.
    pub(crate) const fn code(&self) -> u8 {
        self.code
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.line)
    }
}

/// Text of others, as one line without control characters.
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

/// What the system says of a file, said of that file.
pub(crate) trait OnFile<T> {
    /// With the path, and what to do next.
    fn on(self, path: &Path) -> Outcome<T>;
}

impl<T> OnFile<T> for io::Result<T> {
    fn on(self, path: &Path) -> Outcome<T> {
        self.map_err(|error| {
            let shown = path.display();
            Failure::new(match error.kind() {
                ErrorKind::NotFound => format!("{shown} does not exist; look at the path"),
                ErrorKind::AlreadyExists => format!("{shown} exists already; name another"),
                ErrorKind::IsADirectory => format!("{shown} is a folder; name a file"),
                ErrorKind::PermissionDenied => {
                    format!(
                        "{shown} may not be used by this user; change its rights, or run this as its owner"
                    )
                }
                ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
                    format!("{shown}: the disk is full; free some space, then try again")
                }
                _ => format!(
                    "{shown} cannot be read or written: {}; look at the path and the disk",
                    bare(&error)
                ),
            })
        })
    }
}

/// What the system says, without its number for it.
pub(crate) fn bare(error: &io::Error) -> String {
    let text = error.to_string();
    let end = text.find(" (os error ").unwrap_or(text.len());
    text[..end].to_owned()
}
