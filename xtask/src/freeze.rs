//! `cargo xtask freeze`: an installation as this version writes it, kept for later versions to open.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use cofferdam_testbed::Server;

use crate::run::{Cmd, root, step, target};
use crate::test;

/// What of a data folder another version must be able to read. Left out: what runs leave behind, and the first token.
const KEPT: [&str; 7] = [
    "cofferdam.toml",
    "cofferdam.sqlite",
    "installation.key",
    "keyholder",
    "watermarks",
    "deliveries",
    "demo",
];

/// Runs the demonstration in a fresh folder and keeps it, with its rows on PostgreSQL beside it.
pub(crate) fn freeze(version: &str) -> Result<()> {
    let kept = root().join("crates/cofferdam/tests/frozen").join(version);
    if kept.exists() {
        bail!(
            "{} is there; a released version is not frozen again",
            kept.display()
        );
    }
    test::build()?;
    let work = target().join("freeze");
    if work.exists() {
        fs::remove_dir_all(&work)?;
    }
    let data = work.join("data");
    let (program, folder) = (target().join("debug/cofferdam"), data.display().to_string());
    let program = program.display().to_string();
    step("demonstration", || {
        Cmd::new(&program)
            .args(&["demo", "--once", "--data", &folder])
            .run()
    })?;
    // Opening it alone takes what is in the log into the file.
    step("database", || {
        Cmd::new(&program).args(&["migrate", "--data", &folder]).run()
    })?;
    let server = Server::start()?;
    let copy = ["copy", "--from", &folder, "--to", &server.url()];
    step("copy", || Cmd::new(&program).args(&copy).run())?;
    let dump = Cmd::new("pg_dump")
        .args(&["--inserts", "--no-owner", "--no-privileges", &server.url()])
        .output()?;
    for name in KEPT {
        keep(&data.join(name), &kept.join(name)).with_context(|| name.to_owned())?;
    }
    fs::write(kept.join("postgres.sql"), statements(&String::from_utf8(dump)?))?;
    Ok(())
}

fn keep(from: &Path, to: &Path) -> Result<()> {
    if !from.is_dir() {
        fs::create_dir_all(to.parent().unwrap_or(to))?;
        fs::copy(from, to)?;
        return Ok(());
    }
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        keep(&entry.path(), &to.join(entry.file_name()))?;
    }
    Ok(())
}

/// A dump without what is psql's own, in whatever schema is the first: tests give each its own. Texts of several lines
/// stay whole.
fn statements(dump: &str) -> String {
    let own = |line: &&str| !line.starts_with('\\') && !line.contains("'search_path'");
    let lines: Vec<&str> = dump.lines().filter(own).collect();
    lines.join("\n").replace(" public.", " ") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dump_goes_into_any_schema() {
        let dump = "--\n\\restrict x\n\nSET a = 1;\nSELECT pg_catalog.set_config('search_path', '', false);\n\
                    INSERT INTO public.lab VALUES ('a\n\nb');\n";
        assert_eq!(
            statements(dump),
            "--\n\nSET a = 1;\nINSERT INTO lab VALUES ('a\n\nb');\n"
        );
    }
}
