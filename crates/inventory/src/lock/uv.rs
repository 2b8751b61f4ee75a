//! `uv.lock`, version 1: <https://docs.astral.sh/uv/concepts/projects/layout/#the-lockfile>.

use toml::Value;

use crate::digest::Sha256;
use crate::gap::Reason;
use crate::package::Ecosystem;
use crate::reading::{Draft, Reading};

/// Reads a lock file of uv.
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
    if table.get("version").and_then(Value::as_integer) != Some(1) {
        reading.gap(Reason::unsupported("a uv.lock whose version is not 1"));
    }
    let packages = super::packages(&table)?;
    // The project itself is one.
    if packages.is_empty() {
        reading.gap(Reason::malformed(None, "a uv.lock without any package"));
    }
    for entry in packages {
        let Some(name) = super::text(entry, "name") else {
            reading.gap(Reason::malformed(None, "a package without a name"));
            continue;
        };
        let sdist = entry.get("sdist").and_then(|sdist| super::text(sdist, "hash"));
        let mut archives = super::hashes(entry.get("wheels"));
        archives.extend(sdist.and_then(Sha256::parse_tagged));
        // A package whose version is made when it is built has none here.
        let draft = Draft::locked(Ecosystem::PyPi, name, super::text(entry, "version"));
        reading.take(draft.archives(archives));
    }
    Ok(reading)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::package::Version;

    #[test]
    fn versions_and_archives() {
        let text = r#"
version = 1
requires-python = ">=3.11"

[[package]]
name = "own"
source = { editable = "." }
dependencies = [{ name = "litellm" }]

[[package]]
name = "LiteLLM"
version = "1.82.8"
source = { registry = "https://index.example/simple" }
sdist = { url = "https://e.example/a.tar.gz", hash = "sha256:8395c3268d5c5dbae1c7c6d4bb3c318c752ba4608cfcd90eb97ffb94a910eac2", size = 1 }
wheels = [
    { url = "https://e.example/a.whl", hash = "sha256:d2a0d5f564628773b6af7b9c11f6b86531a875bd2d186d7081ab62748a800ebb", size = 1 },
]
"#;
        let reading = read(text);
        assert!(reading.gaps.is_empty());
        assert!(matches!(reading.found[0].package.version, Version::Unknown(_)));
        assert_eq!(reading.found[1].package.name, "litellm");
        assert_eq!(reading.found[1].archives.len(), 2);
        assert!(matches!(
            &read("version = 2").gaps[..],
            [Reason::UnsupportedFormat { .. }, Reason::Malformed { .. }]
        ));
    }
}
