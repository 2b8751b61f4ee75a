//! `poetry.lock`, lock versions 1 and 2: <https://python-poetry.org/docs/libraries/#lock-file>.

use toml::Value;

use crate::gap::Reason;
use crate::package::Ecosystem;
use crate::reading::{Draft, Reading};

/// Reads a lock file of Poetry.
#[must_use]
pub fn read(text: &str) -> Reading {
    match try_read(text) {
        Ok(reading) => reading,
        Err(reason) => Reading::failed(reason),
    }
}

fn try_read(text: &str) -> Result<Reading, Reason> {
    let table = super::table(text)?;
    let mut reading = Reading::default();
    let metadata = table.get("metadata");
    let version = metadata.and_then(|metadata| super::text(metadata, "lock-version"));
    if !version.is_some_and(|version| matches!(version.split('.').next(), Some("1" | "2"))) {
        reading.gap(Reason::unsupported(
            "a poetry.lock whose lock-version is neither 1 nor 2",
        ));
    }
    // Version 1 keeps the files of all packages apart from them, under their names.
    let files = metadata.and_then(|metadata| metadata.get("files"));
    for entry in super::packages(&table)? {
        let Some(name) = super::text(entry, "name") else {
            reading.gap(Reason::malformed(None, "a package without a name"));
            continue;
        };
        let own: Option<&Value> = entry.get("files").or_else(|| files?.get(name));
        let draft = Draft::locked(Ecosystem::PyPi, name, super::text(entry, "version"));
        reading.take(draft.archives(super::hashes(own)));
    }
    Ok(reading)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HASH: &str = "sha256:d2a0d5f564628773b6af7b9c11f6b86531a875bd2d186d7081ab62748a800ebb";

    #[test]
    fn both_versions() {
        let package = "[[package]]\nname = \"litellm\"\nversion = \"1.82.8\"\n";
        let file = format!("[{{file = \"a.whl\", hash = \"{HASH}\"}}]");
        let second = format!("{package}files = {file}\n[metadata]\nlock-version = \"2.1\"\n");
        let first =
            format!("{package}[metadata]\nlock-version = \"1.1\"\n[metadata.files]\nlitellm = {file}\n");
        assert_eq!(read(&first), read(&second));
        assert!(read(&first).gaps.is_empty());
        assert_eq!(read(&first).found[0].archives.len(), 1);
        assert_eq!(read(package).gaps.len(), 1);
    }
}
