//! `package-lock.json` and `npm-shrinkwrap.json`, lockfile versions 1 to 3, and `node_modules/.package-lock.json`,
//! which says what npm did install: <https://docs.npmjs.com/cli/configuring-npm/package-lock-json>.

use serde_json::{Map, Value};

use crate::gap::Reason;
use crate::package::{Ecosystem, Standing, Version};
use crate::reading::{Draft, Reading};

/// Reads a lock file of npm. `standing` tells whether it says what is wanted or what was installed.
#[must_use]
pub fn read(text: &str, standing: Standing) -> Reading {
    match try_read(text, standing) {
        Ok(reading) => reading,
        Err(reason) => Reading::failed(reason),
    }
}

fn try_read(text: &str, standing: Standing) -> Result<Reading, Reason> {
    let lock: Map<String, Value> = crate::sbom::object(text)?;
    let mut reading = Reading::default();
    match lock
        .get("lockfileVersion")
        .map(|version| (version, version.as_u64()))
    {
        // The first npm that wrote one left the number out.
        None | Some((_, Some(1..=3))) => {}
        Some((other, _)) => reading.gap(Reason::unsupported(&format!("lockfileVersion {other}"))),
    }
    // Version 2 has the packages twice, for readers of version 1.
    match (lock.get("packages"), lock.get("dependencies")) {
        (Some(Value::Object(packages)), _) => flat(packages, standing, &mut reading),
        (None, Some(Value::Object(tree))) => nested(tree, standing, &mut reading),
        // Without any dependency the first version has neither.
        (None, None) if lock.get("lockfileVersion").and_then(Value::as_u64).unwrap_or(1) == 1 => {}
        (None, None) => reading.gap(Reason::malformed(None, "a lock file without `packages`")),
        _ => {
            return Err(Reason::malformed(
                None,
                "`packages` or `dependencies` is no object",
            ));
        }
    }
    Ok(reading)
}

/// Versions 2 and 3: each package under the path where it is put.
fn flat(packages: &Map<String, Value>, standing: Standing, reading: &mut Reading) {
    const FOLDER: &str = "node_modules/";
    for (path, entry) in packages {
        // The project itself, and links to folders that have an entry of their own.
        if path.is_empty() || entry.get("link").and_then(Value::as_bool) == Some(true) {
            continue;
        }
        let below = path.rfind(FOLDER).and_then(|at| path.get(at + FOLDER.len()..));
        // An alias is put under another name than its own; a workspace's folder is no name at all.
        match (entry.get("name").and_then(Value::as_str), below) {
            (Some(name), _) | (None, Some(name)) => take(name, entry, standing, reading),
            (None, None) => {
                let why = format!("{path}: the folder of a workspace, whose package has no name here");
                reading.gap(Reason::unresolved(None, &why));
            }
        }
    }
}

/// Version 1: packages within packages.
fn nested(tree: &Map<String, Value>, standing: Standing, reading: &mut Reading) {
    // The parser bounds how deep they are.
    let mut open = vec![tree];
    while let Some(level) = open.pop() {
        for (name, entry) in level {
            take(name, entry, standing, reading);
            if let Some(Value::Object(within)) = entry.get("dependencies") {
                open.push(within);
            }
        }
    }
}

fn take(name: &str, entry: &Value, standing: Standing, reading: &mut Reading) {
    let version = entry.get("version").and_then(Value::as_str);
    let (name, version) = match version {
        // Version 1 writes an alias as `npm:real@1.0.0`.
        Some(text) => match text.strip_prefix("npm:").and_then(|real| real.rsplit_once('@')) {
            Some((real, version)) => (real, Version::Known(version.to_owned())),
            None if is_address(text) => (name, Version::Unknown(text.to_owned())),
            None => (name, Version::Known(text.to_owned())),
        },
        None => (name, Version::Unknown("the file names no version".to_owned())),
    };
    reading.take(Draft::new(Ecosystem::Npm, name, version, standing));
}

/// Whether what stands in a version's place says where a package is taken from instead.
pub(super) fn is_address(version: &str) -> bool {
    version.contains(':') || version.contains('/')
}

/// Reads the `package.json` of a package that lies in `node_modules`: its name and version.
#[must_use]
pub fn read_installed(text: &str) -> Reading {
    let manifest = match crate::sbom::object(text) {
        Ok(manifest) => Value::Object(manifest),
        Err(reason) => return Reading::failed(reason),
    };
    let mut reading = Reading::default();
    match manifest.get("name").and_then(Value::as_str) {
        Some(name) => take(name, &manifest, Standing::Installed, &mut reading),
        None => reading.gap(Reason::malformed(None, "a package without a name")),
    }
    reading
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(reading: &Reading) -> Vec<String> {
        let all = reading.found.iter().map(|found| &found.package);
        let mut told: Vec<_> = all.map(|p| format!("{} {}", p.name, p.version)).collect();
        told.sort();
        told
    }

    #[test]
    fn version_1_is_a_tree() {
        let text = r#"{"lockfileVersion": 1, "dependencies": {
            "a": {"version": "1.0.0", "dependencies": {"@s/b": {"version": "2.0.0"}}},
            "alias": {"version": "npm:@s/real@3.1.0"},
            "git": {"version": "git+ssh://git@example.com/x.git#abc"}}}"#;
        let reading = read(text, Standing::Locked);
        let expected = [
            "@s/b 2.0.0",
            "@s/real 3.1.0",
            "a 1.0.0",
            "git unknown version (git+ssh://git@example.com/x.git#abc)",
        ];
        assert_eq!(told(&reading), expected);
        assert!(reading.gaps.is_empty());
    }

    #[test]
    fn versions_2_and_3_are_flat() {
        let text = r#"{"lockfileVersion": 3, "packages": {
            "": {"name": "own", "version": "0.0.0"},
            "node_modules/a": {"version": "1.0.0"},
            "node_modules/a/node_modules/@s/b": {"version": "2.0.0"},
            "node_modules/alias": {"name": "real", "version": "3.1.0"},
            "node_modules/w": {"resolved": "packages/w", "link": true},
            "packages/w": {"name": "w", "version": "0.1.0"},
            "packages/nameless": {"version": "0.1.0"}}}"#;
        let reading = read(text, Standing::Installed);
        assert_eq!(told(&reading), ["@s/b 2.0.0", "a 1.0.0", "real 3.1.0", "w 0.1.0"]);
        assert!(matches!(&reading.gaps[..], [Reason::Unresolved { .. }]));
        let newer = read(&text.replace(": 3,", ": 7,"), Standing::Locked);
        assert_eq!((newer.found.len(), newer.gaps.len()), (4, 2));
    }
}
