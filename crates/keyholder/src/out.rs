//! Standard output for results, standard error for notes. Nothing else writes there.

use std::fmt::Display;
use std::io::{self, ErrorKind, Write as _};

use serde::Serialize;

use crate::fail::{Failure, Outcome, To as _, bare};

/// One line, or some, to standard output.
pub(crate) fn line(text: impl Display) -> Outcome {
    let mut stdout = io::stdout().lock();
    match writeln!(stdout, "{text}").and_then(|()| stdout.flush()) {
        // Whoever read has seen enough.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        Err(error) => Err(Failure::new(format!(
            "standard output cannot be written: {}; look at where it goes",
            bare(&error)
        ))),
        Ok(()) => Ok(()),
    }
}

/// One JSON document to standard output.
pub(crate) fn json(value: &impl Serialize) -> Outcome {
    line(serde_json::to_string_pretty(value).to("the answer")?)
}

/// Something worth knowing that is no result: to standard error.
pub(crate) fn note(text: impl Display) {
    // Where nobody can be told, work goes on all the same.
    let _ = writeln!(io::stderr().lock(), "{text}");
}
