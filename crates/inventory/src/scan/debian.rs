//! Debian's status file: `var/lib/dpkg/status`, and `status.d` of images that have no dpkg
//! (<https://www.debian.org/doc/debian-policy/ch-controlfields.html>, deb-status in dpkg's manual).

use std::collections::BTreeMap;

use crate::gap::Reason;
use crate::package::{Ecosystem, SourcePackage, Standing, Version};
use crate::reading::{Draft, Reading};
use crate::text::line;

/// Reads the paragraphs of a status file as packages of this ecosystem.
#[must_use]
pub fn read(text: &str, ecosystem: &Ecosystem) -> Reading {
    let mut reading = Reading::default();
    let mut paragraph = Paragraph::default();
    for (index, content) in text.lines().enumerate() {
        if content.trim().is_empty() {
            take(&std::mem::take(&mut paragraph), ecosystem, &mut reading);
            continue;
        }
        // The first line of a field; those that go on with it begin with white space and are of no use here.
        if content.starts_with([' ', '\t']) {
            continue;
        }
        match content.split_once(':') {
            Some((key, value)) => {
                paragraph.begin.get_or_insert(line(index));
                paragraph.fields.insert(key, value.trim());
            }
            None => reading.gap(Reason::malformed(
                Some(line(index)),
                "a field is a name, `:` and a value",
            )),
        }
    }
    take(&paragraph, ecosystem, &mut reading);
    reading
}

#[derive(Default)]
struct Paragraph<'t> {
    begin: Option<u64>,
    fields: BTreeMap<&'t str, &'t str>,
}

fn take(paragraph: &Paragraph<'_>, ecosystem: &Ecosystem, reading: &mut Reading) {
    let field = |name: &str| paragraph.fields.get(name).copied();
    let Some(begin) = paragraph.begin else { return };
    // The last word is the state. Without the field it is an image's `status.d`, where all is installed.
    let state = field("Status").and_then(|status| status.split_ascii_whitespace().last());
    if matches!(state, Some("not-installed" | "config-files")) {
        return;
    }
    let Some(name) = field("Package") else {
        return reading.gap(Reason::malformed(Some(begin), "a paragraph without `Package`"));
    };
    let version = match field("Version") {
        Some(version) => Version::Known(version.to_owned()),
        None => Version::Unknown("the status file names no version".to_owned()),
    };
    let draft = Draft {
        source: field("Source").and_then(|source| built_from(source, field("Version")?)),
        ..Draft::new(ecosystem.clone(), name, version, Standing::Installed)
    };
    reading.take(draft.at(begin));
}

/// `name`, or `name (version)` where the source has another version.
fn built_from(source: &str, version: &str) -> Option<SourcePackage> {
    let (name, version) = match source.split_once('(') {
        Some((name, rest)) => (name.trim(), rest.trim_end().trim_end_matches(')').trim()),
        None => (source, version),
    };
    (!name.is_empty() && !version.is_empty()).then(|| SourcePackage {
        name: name.to_owned(),
        version: version.to_owned(),
    })
}

/// Which ecosystem an `os-release` file stands for (<https://www.freedesktop.org/software/systemd/man/os-release.html>).
#[must_use]
pub fn ecosystem(os_release: &str) -> Ecosystem {
    let value = |key: &str| {
        let mut lines = os_release.lines().filter_map(|line| line.split_once('='));
        let found = lines.find(|(own, _)| own.trim() == key)?.1.trim();
        let found = found.trim_matches(['"', '\'']);
        (!found.is_empty() && found.len() <= 64).then(|| found.to_owned())
    };
    let release = value("VERSION_ID");
    match value("ID").as_deref() {
        Some("debian") => Ecosystem::Debian(release),
        Some("ubuntu") => {
            let long = value("VERSION").is_some_and(|version| version.contains("LTS"));
            Ecosystem::Ubuntu(release.map(|release| if long { format!("{release}:LTS") } else { release }))
        }
        // Another that is built like Debian: its packages are not Debian's.
        Some(other) => Ecosystem::Other(format!("pkg:deb/{}", crate::text::short(other))),
        None => Ecosystem::Debian(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_installed_and_what_was() {
        let text = "Package: libssl3\nStatus: install ok installed\nSource: openssl (3.0.11-1~deb12u2)\nVersion: 3.0.11-1~deb12u2+b1\nDescription: a\n more: text\n\n\
                    Package: gone\nStatus: deinstall ok config-files\nVersion: 1\n\n\
                    Package: plain\nStatus: install ok unpacked\nVersion: 2:1.0-1\n\nVersion: 3\nno field\n";
        let reading = read(text, &Ecosystem::Debian(Some("12".into())));
        let names: Vec<_> = reading.found.iter().map(|f| f.package.known_as()).collect();
        assert_eq!(names, ["openssl", "plain"]);
        assert_eq!(
            reading.found[0].package.source.as_ref().unwrap().version,
            "3.0.11-1~deb12u2"
        );
        let lines: Vec<_> = reading
            .gaps
            .iter()
            .map(|gap| {
                matches!(
                    gap,
                    Reason::Malformed {
                        line: Some(16 | 17),
                        ..
                    }
                )
            })
            .collect();
        assert_eq!(lines, [true, true], "{:?}", reading.gaps);
    }

    #[test]
    fn releases() {
        let debian = "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nVERSION_ID=\"12\"\nID=debian\n";
        assert_eq!(ecosystem(debian).to_string(), "Debian:12");
        let ubuntu = "ID=ubuntu\nVERSION_ID=\"22.04\"\nVERSION=\"22.04.4 LTS (Jammy Jellyfish)\"\n";
        assert_eq!(ecosystem(ubuntu).to_string(), "Ubuntu:22.04:LTS");
        assert_eq!(ecosystem("ID=kali\n").to_string(), "pkg:deb/kali");
        assert_eq!(ecosystem("").to_string(), "Debian");
    }
}
