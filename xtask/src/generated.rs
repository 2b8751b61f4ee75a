//! Files that are made from the code and kept beside it: they must be what the code says now.

use std::fs;

use anyhow::{Context as _, Result, bail};

use crate::run::{Cmd, root, step, target};
use crate::web;

/// The document of the HTTP API.
const DOCUMENT: &str = "docs/openapi.json";

fn document() -> Result<Vec<u8>> {
    Cmd::cargo(&["build", "--workspace", "--bins", "--tests"]).run()?;
    let binary = target().join("debug/cofferdam");
    let document = Cmd::new(&binary.to_string_lossy()).args(&["openapi"]).output()?;
    serde_json::from_slice::<serde_json::Value>(&document).context("`cofferdam openapi` printed no JSON")?;
    Ok(document)
}

/// Runs a script of the web application that makes, or checks, the types of its client.
fn client(script: &str) -> Result<()> {
    let folder = web::folder();
    web::install(&folder)?;
    web::script(&folder, script)
}

/// Fails when a generated file is not what the code says.
pub(crate) fn check() -> Result<()> {
    step("API document", || {
        let kept = fs::read(root().join(DOCUMENT)).unwrap_or_default();
        match first_difference(&kept, &document()?) {
            None => Ok(()),
            Some(line) => bail!("{DOCUMENT} is out of date from line {line} on:\n  cargo xtask generate"),
        }
    })?;
    step("web client", || {
        client("api:check").context("to renew it:\n  cargo xtask generate")
    })
}

/// Writes every generated file anew.
pub(crate) fn generate() -> Result<()> {
    step("API document", || {
        let document = document()?;
        fs::create_dir_all(root().join("docs"))?;
        fs::write(root().join(DOCUMENT), document).context(DOCUMENT)
    })?;
    step("web client", || client("api"))
}

/// The first line, from 1, in which the texts differ. A line end at the very end makes no difference.
fn first_difference(kept: &[u8], made: &[u8]) -> Option<usize> {
    let lines = |text: &[u8]| -> Vec<Vec<u8>> {
        let text = text.strip_suffix(b"\n").unwrap_or(text);
        text.split(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect()
    };
    let (kept, made) = (lines(kept), lines(made));
    let same = kept.iter().zip(&made).take_while(|(a, b)| a == b).count();
    (same < kept.len().max(made.len())).then_some(same + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_that_differs_is_named() {
        assert_eq!(first_difference(b"a\nb\n", b"a\nb"), None);
        assert_eq!(first_difference(b"a\nb\n", b"a\nc\n"), Some(2));
        assert_eq!(first_difference(b"a\n", b"a\nb\n"), Some(2));
        assert_eq!(first_difference(b"", b"{}"), Some(1));
    }
}
