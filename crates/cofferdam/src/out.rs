//! Standard output: text for people or JSON for programs. Nothing else writes there.

use std::fmt::Display;
use std::io::{self, IsTerminal, Write};

use serde::Serialize;

use crate::fail::{Failure, Outcome};
use crate::files;
use crate::table::Table;

/// Where results go.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Out {
    /// Whether programs read it.
    pub(crate) json: bool,
}

impl Out {
    /// One line.
    pub(crate) fn line(self, text: impl Display) -> Outcome {
        self.bytes(format!("{text}\n").as_bytes())
    }

    /// Bytes as they are.
    pub(crate) fn bytes(self, bytes: &[u8]) -> Outcome {
        let mut stdout = io::stdout().lock();
        stdout
            .write_all(bytes)
            .and_then(|()| stdout.flush())
            .map_err(|error| match error.kind() {
                io::ErrorKind::BrokenPipe => Failure::unheard(),
                _ => Failure::new(format!(
                    "standard output cannot be written: {}; look at where it goes, then run this again",
                    files::bare(&error)
                )),
            })
    }

    /// One JSON document.
    pub(crate) fn json(self, value: &impl Serialize) -> Outcome {
        let text = serde_json::to_string_pretty(value);
        self.line(text.map_err(|error| Failure::new(format!("the answer is not JSON: {error}")))?)
    }

    /// JSON for programs; for people what `text` makes of it.
    pub(crate) fn answer<T: Serialize>(self, value: &T, text: impl FnOnce(&T) -> String) -> Outcome {
        if self.json {
            return self.json(value);
        }
        let text = text(value);
        self.bytes(
            if text.is_empty() || text.ends_with('\n') {
                text
            } else {
                text + "\n"
            }
            .as_bytes(),
        )
    }

    /// A table for people; for programs the values that it was made of.
    pub(crate) fn table(self, values: &impl Serialize, table: &Table) -> Outcome {
        if self.json {
            self.json(values)
        } else {
            self.bytes(table.to_string().as_bytes())
        }
    }
}

/// Something worth knowing that is no result: to standard error.
pub(crate) fn note(text: impl Display) {
    // Where nobody can be told, work goes on all the same.
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// Whether a person watches standard error.
pub(crate) fn watched() -> bool {
    io::stderr().is_terminal()
}
