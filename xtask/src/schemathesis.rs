//! Schemathesis over the OpenAPI document: no 5xx, every answer as documented, whoever asks.

use std::path::PathBuf;

use anyhow::Result;

use crate::e2e::Server;
use crate::run::{Cmd, notice, root, target};

/// With everything that it needs, at the version that our options were written for.
const PACKAGE: &str = "schemathesis==4.32.5";

const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,response_headers_conformance";

/// Asks as an operator, with a token that is none, and with nothing.
pub(crate) fn run(server: &Server) -> Result<()> {
    let program = installed()?;
    let (base, token) = (server.base()?, server.token()?);
    let document = root().join("docs/openapi.json");
    for authorization in [Some(token.as_str()), Some("cft_none"), None] {
        let mut cmd = Cmd::new(&program.to_string_lossy()).args(&["run"]);
        cmd = cmd.args(&[
            &document.to_string_lossy()[..],
            "--url",
            &base,
            "--checks",
            CHECKS,
        ]);
        cmd = cmd.args(&["--phases", "examples,coverage,fuzzing", "--max-examples", "15"]);
        cmd = cmd.args(&["--request-timeout", "20", "--continue-on-failure", "--no-color"]);
        // What was revoked or ended would leave nothing to ask with.
        cmd = cmd.args(&["--exclude-method", "DELETE"]);
        if let Some(token) = authorization {
            cmd = cmd.args(&["--header", &format!("Authorization: Bearer {token}")]);
        }
        cmd.run_beside("schemathesis.log")?;
    }
    Ok(())
}

/// In an environment of its own below the target folder.
fn installed() -> Result<PathBuf> {
    let folder = target().join("schemathesis");
    let program = folder.join("bin/st");
    if !program.is_file() {
        notice(format_args!("installing {PACKAGE}"));
        let shown = folder.to_string_lossy();
        Cmd::new("python3").args(&["-m", "venv", &shown[..]]).run()?;
        let pip = folder.join("bin/pip");
        Cmd::new(&pip.to_string_lossy())
            .args(&["install", "--quiet", "--disable-pip-version-check", PACKAGE])
            .run()?;
    }
    Ok(program)
}
