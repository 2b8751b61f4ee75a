//! `Cargo.lock`, versions 1 to 4: <https://doc.rust-lang.org/cargo/reference/manifest.html>.
//!
//! A package without a source is the workspace's own, or patched in from a folder. It is recorded like the others: a
//! patched copy has the faults of what it was copied from.

use toml::Value;

use crate::digest::Sha256;
use crate::gap::Reason;
use crate::package::Ecosystem;
use crate::reading::{Draft, Reading};

const NEWEST: i64 = 4;

/// Reads a lock file of cargo.
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
    match table.get("version") {
        None => {}
        Some(Value::Integer(version)) if (1..=NEWEST).contains(version) => {}
        Some(other) => reading.gap(Reason::unsupported(&format!("Cargo.lock version {other}"))),
    }
    for entry in super::packages(&table)? {
        let Some(name) = super::text(entry, "name") else {
            reading.gap(Reason::malformed(None, "a package without a name"));
            continue;
        };
        let checksum = super::text(entry, "checksum").and_then(Sha256::parse);
        let draft = Draft::locked(Ecosystem::CratesIo, name, super::text(entry, "version"));
        reading.take(draft.archives(checksum.into_iter().collect()));
    }
    Ok(reading)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::package::Version;

    #[test]
    fn packages_of_every_source() {
        let text = "version = 4\n[[package]]\nname = \"own\"\nversion = \"0.1.0\"\n\n[[package]]\nname = \"semver\"\n\
            version = \"1.0.28\"\nsource = \"registry+https://index.example\"\n\
            checksum = \"8395c3268d5c5dbae1c7c6d4bb3c318c752ba4608cfcd90eb97ffb94a910eac2\"\n";
        let reading = read(text);
        assert!(reading.gaps.is_empty());
        assert_eq!(reading.found.len(), 2);
        assert_eq!(reading.found[1].package.version, Version::Known("1.0.28".into()));
        assert_eq!(reading.found[1].archives.len(), 1);
    }

    #[test]
    fn what_is_wrong_has_a_place() {
        let reading = read("version = 4\n\n[[package\n");
        assert!(
            matches!(&reading.gaps[..], [Reason::Malformed { line: Some(3), .. }]),
            "{:?}",
            reading.gaps
        );
        let newer = read("version = 9\n[[package]]\nname = \"a\"\nversion = \"1.0.0\"\n");
        assert_eq!(newer.found.len(), 1);
        assert!(matches!(&newer.gaps[..], [Reason::UnsupportedFormat { .. }]));
        let nameless = read("[[package]]\nversion = \"1.0.0\"\n");
        assert_eq!((nameless.found.len(), nameless.gaps.len()), (0, 1));
    }
}
