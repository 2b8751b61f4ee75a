//! `yarn.lock`: version 1, which has a syntax of its own (<https://classic.yarnpkg.com/lang/en/docs/yarn-lock/>), and
//! berry's, which is YAML with a member `__metadata`.

use crate::gap::Reason;
use crate::package::{Ecosystem, Standing, Version};
use crate::reading::{Draft, Reading};
use crate::text::line;
use crate::yaml::Node;

/// Reads a lock file of yarn.
#[must_use]
pub fn read(text: &str) -> Reading {
    if !text.lines().any(|line| line.starts_with("__metadata:")) {
        return classic(text);
    }
    match berry(text) {
        Ok(reading) => reading,
        Err(reason) => Reading::failed(reason),
    }
}

/// An entry of version 1: its first line, and what stands below.
struct Entry<'t> {
    /// `a@^1.0.0, "b@npm:a@^1.0.0"`
    specs: &'t str,
    line: u64,
    version: Option<&'t str>,
}

fn classic(text: &str) -> Reading {
    let mut reading = Reading::default();
    let mut open: Option<Entry<'_>> = None;
    for (index, content) in text.lines().enumerate() {
        let indent = content.len() - content.trim_start_matches(' ').len();
        let content = content.trim();
        if content.is_empty() || content.starts_with('#') {
            continue;
        }
        match (indent, &mut open) {
            (0, _) => {
                close(open.take(), &mut reading);
                match content.strip_suffix(':') {
                    Some(specs) => {
                        open = Some(Entry {
                            specs,
                            line: line(index),
                            version: None,
                        });
                    }
                    None => reading.gap(Reason::malformed(
                        Some(line(index)),
                        "a package's line ends with `:`",
                    )),
                }
            }
            // Deeper lines are its requirements, which have entries of their own.
            (2, Some(entry)) => {
                if let Some(version) = content.strip_prefix("version ") {
                    entry.version = Some(unquoted(version.trim()));
                }
            }
            _ => {}
        }
    }
    close(open, &mut reading);
    reading
}

fn close(entry: Option<Entry<'_>>, reading: &mut Reading) {
    let Some(entry) = entry else { return };
    let first = entry.specs.split(',').next().unwrap_or_default();
    let Some((name, wanted)) = at(unquoted(first.trim())) else {
        return reading.gap(Reason::malformed(
            Some(entry.line),
            "a package is a name, `@` and a range",
        ));
    };
    // An alias: `b@npm:a@^1.0.0` is the package `a`.
    let real = wanted.strip_prefix("npm:").and_then(at);
    let name = real.map_or(name, |(real, _)| real);
    reading.take(Draft::locked(Ecosystem::Npm, name, entry.version).at(entry.line));
}

fn unquoted(text: &str) -> &str {
    let inner = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
    inner.unwrap_or(text)
}

/// A name, which may begin with the `@` of a scope, and what follows its `@`.
fn at(text: &str) -> Option<(&str, &str)> {
    let at = text.char_indices().skip(1).find(|(_, c)| *c == '@')?.0;
    Some((text.get(..at)?, text.get(at + 1..)?))
}

fn berry(text: &str) -> Result<Reading, Reason> {
    let mut reading = Reading::default();
    for lock in crate::yaml::read(text)? {
        let entries = lock
            .map()
            .ok_or_else(|| Reason::malformed(None, "not a map of packages"))?;
        for (key, entry) in entries.iter().filter(|(key, _)| key != "__metadata") {
            let version = entry.get("version").and_then(Node::text);
            // `real@npm:1.0.0`, whatever the name that it is asked for by.
            let resolution = entry.get("resolution").and_then(Node::text).unwrap_or(key);
            let Some((name, from)) = at(resolution) else {
                let why = format!("{key}: its resolution has no name");
                reading.gap(Reason::unresolved(None, &why));
                continue;
            };
            let version = match version {
                Some("0.0.0-use.local") | None => Version::Unknown(from.to_owned()),
                Some(version) => Version::Known(version.to_owned()),
            };
            reading.take(Draft::new(Ecosystem::Npm, name, version, Standing::Locked));
        }
    }
    Ok(reading)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(reading: &Reading) -> Vec<String> {
        let all = reading.found.iter().map(|found| &found.package);
        all.map(|p| format!("{} {}", p.name, p.version)).collect()
    }

    #[test]
    fn version_1() {
        let text = "# yarn lockfile v1\n\n\"@s/b@^2.0.0\", \"@s/b@^2.1.0\":\n  version \"2.1.0\"\n  dependencies:\n    version \"9\"\n\na@1.0.0:\n  version \"1.0.0\"\n\n\"alias@npm:@s/real@^3\":\n  version \"3.1.0\"\n\nlost@1:\n  resolved \"x\"\nbroken\n";
        let reading = read(text);
        let lost = "lost unknown version (the file names no version)";
        assert_eq!(told(&reading), ["@s/b 2.1.0", "a 1.0.0", "@s/real 3.1.0", lost]);
        assert!(matches!(
            &reading.gaps[..],
            [Reason::Malformed { line: Some(16), .. }]
        ));
    }

    #[test]
    fn berry_is_yaml() {
        let text = "__metadata:\n  version: 8\n\n\"a@npm:^1.0.0, a@npm:^1.1.0\":\n  version: 1.1.0\n  resolution: \"a@npm:1.1.0\"\n  languageName: node\n\n\"alias@npm:@s/real@^3\":\n  version: 3.1.0\n  resolution: \"@s/real@npm:3.1.0\"\n\n\"own@workspace:.\":\n  version: 0.0.0-use.local\n  resolution: \"own@workspace:.\"\n";
        let reading = read(text);
        let own = "own unknown version (workspace:.)";
        assert_eq!(told(&reading), ["a 1.1.0", "@s/real 3.1.0", own]);
        assert!(reading.gaps.is_empty());
        assert_eq!(read("__metadata:\n  - [\n").gaps.len(), 1);
    }
}
