//! `pnpm-lock.yaml`, lockfile versions 5, 6 and 9: <https://github.com/pnpm/spec/tree/master/lockfile>.
//!
//! A package is a key of `packages`: `/name/1.0.0_peers` (5), `/name@1.0.0(peers)` (6), `name@1.0.0` (9). What comes
//! from elsewhere than a registry has `name` and `version` of its own.

use crate::gap::Reason;
use crate::package::{Ecosystem, Standing, Version};
use crate::reading::{Draft, Reading};
use crate::yaml::Node;

/// Reads a lock file of pnpm.
#[must_use]
pub fn read(text: &str) -> Reading {
    match try_read(text) {
        Ok(reading) => reading,
        Err(reason) => Reading::failed(reason),
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Keys {
    /// `/name/1.0.0`, with peers after `_`.
    Slash,
    /// `/name@1.0.0` or `name@1.0.0`, with peers in brackets.
    At,
}

fn try_read(text: &str) -> Result<Reading, Reason> {
    let mut reading = Reading::default();
    // Version 9 may have a first document about pnpm itself.
    for lock in crate::yaml::read(text)? {
        let version = lock
            .get("lockfileVersion")
            .and_then(Node::text)
            .unwrap_or_default();
        let keys = match version.split('.').next().unwrap_or_default() {
            "5" => Keys::Slash,
            "6" | "9" => Keys::At,
            _ => {
                reading.gap(Reason::unsupported(&format!("lockfileVersion `{version}`")));
                Keys::At
            }
        };
        for (key, entry) in lock.get("packages").and_then(Node::map).unwrap_or_default() {
            take(key, entry, keys, &mut reading);
        }
    }
    Ok(reading)
}

fn take(key: &str, entry: &Node, keys: Keys, reading: &mut Reading) {
    let own = |member: &str| entry.get(member).and_then(Node::text);
    let from_key = split(key, keys);
    let name = own("name").or(from_key.map(|(name, _)| name));
    let version = own("version").or(from_key.map(|(_, version)| version));
    let Some(name) = name else {
        let why = format!("{key}: neither a name and a version, nor an entry that has them");
        return reading.gap(Reason::unresolved(None, &why));
    };
    let version = match version {
        Some(text) if !super::npm::is_address(text) => Version::Known(text.to_owned()),
        _ => Version::Unknown(key.to_owned()),
    };
    reading.take(Draft::new(Ecosystem::Npm, name, version, Standing::Locked));
}

/// Name and version of a key.
fn split(key: &str, keys: Keys) -> Option<(&str, &str)> {
    let bare = key.strip_prefix('/').unwrap_or(key);
    match keys {
        Keys::Slash => {
            let (name, version) = bare.rsplit_once('/')?;
            let version = version.split('_').next()?;
            // `registry.example/name/1.0.0`, for packages of another registry than the usual one.
            let named = |part: &str| !part.is_empty() && part.split('/').count() <= 2;
            let name = match name.split_once('/') {
                Some((host, rest)) if !key.starts_with('/') && host.contains('.') => rest,
                _ => name,
            };
            named(name).then_some((name, version))
        }
        Keys::At => {
            let bare = bare.split('(').next()?;
            // The first character may be the `@` of a scope.
            let at = bare.char_indices().skip(1).find(|(_, c)| *c == '@')?.0;
            Some((bare.get(..at)?, bare.get(at + 1..)?))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(reading: &Reading) -> Vec<String> {
        let all = reading.found.iter().map(|found| &found.package);
        all.map(|p| format!("{} {}", p.name, p.version)).collect()
    }

    #[test]
    fn every_version_of_the_format() {
        let five = "lockfileVersion: 5.4\npackages:\n  /@s/b/2.0.0_react@18.2.0:\n    dev: false\n  /a/1.0.0:\n    resolution: {integrity: sha512-x}\n";
        let six = "lockfileVersion: '6.0'\npackages:\n  /@s/b@2.0.0(react@18.2.0):\n    dev: false\n  /a@1.0.0:\n    resolution: {integrity: sha512-x}\n";
        let nine = "lockfileVersion: '9.0'\npackages:\n  '@s/b@2.0.0':\n    engines: {node: '>=8'}\n  a@1.0.0:\n    resolution: {integrity: sha512-x}\nsnapshots:\n  '@s/b@2.0.0(react@18.2.0)': {}\n";
        for text in [five, six, nine] {
            let reading = read(text);
            assert_eq!(told(&reading), ["@s/b 2.0.0", "a 1.0.0"], "{text}");
            assert!(reading.gaps.is_empty());
        }
    }

    #[test]
    fn what_is_not_from_a_registry() {
        let text = "lockfileVersion: '9.0'\npackages:\n  x@https://codeload.example/x/tar.gz/abc:\n    version: 1.5.0\n  y@file:../y:\n    resolution: {directory: ../y}\n  '?': {}\n";
        let reading = read(text);
        assert_eq!(told(&reading), ["x 1.5.0", "y unknown version (y@file:../y)"]);
        assert!(matches!(&reading.gaps[..], [Reason::Unresolved { .. }]));
        let other = read("lockfileVersion: 5.3\npackages:\n  registry.example/@s/b/2.0.0:\n    dev: true\n");
        assert_eq!(told(&other), ["@s/b 2.0.0"]);
        assert!(matches!(
            &read("lockfileVersion: '12.0'\n").gaps[..],
            [Reason::UnsupportedFormat { .. }]
        ));
    }
}
