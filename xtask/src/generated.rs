//! Files that are made from the code and kept beside it: they must be what the code says now.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};

use crate::run::{Cmd, notice, root, step, target};
use crate::web;

/// The document of the HTTP API.
const DOCUMENT: &str = "docs/openapi.json";
/// The web application's types, made from that document.
const CLIENT: &str = "src/api/schema.d.ts";

fn document() -> Result<Vec<u8>> {
    Cmd::cargo(&["build", "--workspace", "--bins", "--tests"]).run()?;
    let binary = target().join("debug/cofferdam");
    let document = Cmd::new(&binary.to_string_lossy()).args(&["openapi"]).output()?;
    serde_json::from_slice::<serde_json::Value>(&document).context("`cofferdam openapi` printed no JSON")?;
    Ok(document)
}

/// The generator of the web application's types; `None` while there is no web application.
fn client(extra: &[&str]) -> Result<Option<Cmd>> {
    let folder = web::folder();
    if !web::exists(&folder) {
        notice("web/ is no package yet: no client");
        return Ok(None);
    }
    web::install(&folder)?;
    let program = folder.join("node_modules/.bin/openapi-typescript");
    if !program.is_file() {
        notice("web/ does not use openapi-typescript: no client");
        return Ok(None);
    }
    let document = PathBuf::from("..").join(DOCUMENT);
    let cmd = Cmd::new("node_modules/.bin/openapi-typescript")
        .args(&[&document.to_string_lossy(), "--output", CLIENT])
        .args(extra)
        .folder(folder);
    Ok(Some(cmd))
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
    step("web client", || match client(&["--check"])? {
        Some(cmd) => cmd
            .run()
            .with_context(|| format!("web/{CLIENT} is out of date:\n  cargo xtask generate")),
        None => Ok(()),
    })
}

/// Writes every generated file anew.
pub(crate) fn generate() -> Result<()> {
    step("API document", || {
        let document = document()?;
        fs::create_dir_all(root().join("docs"))?;
        fs::write(root().join(DOCUMENT), document).context(DOCUMENT)
    })?;
    step("web client", || match client(&[])? {
        Some(cmd) => cmd.run(),
        None => Ok(()),
    })
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
