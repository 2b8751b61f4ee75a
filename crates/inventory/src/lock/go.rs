//! `go.sum`: <https://go.dev/ref/mod#go-sum-files>. One line per module, version and hash.
//!
//! A line whose version ends in `/go.mod` vouches for that module's list of requirements alone. Where no other line
//! names the version, its code was never fetched and cannot be built, so it is no package here.

use crate::gap::Reason;
use crate::package::Ecosystem;
use crate::reading::{Draft, Reading};

/// Reads the checksums of a Go module.
#[must_use]
pub fn read(text: &str) -> Reading {
    let mut reading = Reading::default();
    for (index, content) in text.lines().enumerate() {
        let line = crate::text::line(index);
        let mut words = content.split_ascii_whitespace();
        let parts = (words.next(), words.next(), words.next(), words.next());
        match parts {
            (None, ..) => {}
            (Some(_), Some(version), Some(_), None) if version.ends_with("/go.mod") => {}
            (Some(module), Some(version), Some(_), None) if version.starts_with('v') => {
                reading.take(Draft::locked(Ecosystem::Go, module, Some(version)).at(line));
            }
            _ => reading.gap(Reason::malformed(
                Some(line),
                "a line is a module, its version with `v`, and a hash",
            )),
        }
    }
    reading
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::package::Version;

    #[test]
    fn only_what_was_fetched() {
        let text = "golang.org/x/net v0.17.0 h1:aaaa=\ngolang.org/x/net v0.17.0/go.mod h1:bbbb=\n\
                    golang.org/x/old v0.1.0/go.mod h1:cccc=\nbroken\n";
        let reading = read(text);
        assert_eq!(reading.found.len(), 1);
        assert_eq!(reading.found[0].package.version, Version::Known("v0.17.0".into()));
        assert!(matches!(
            &reading.gaps[..],
            [Reason::Malformed { line: Some(4), .. }]
        ));
    }
}
