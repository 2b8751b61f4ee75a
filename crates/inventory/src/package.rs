//! Packages as their ecosystems name them.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::text::is_unseen;

/// The longest name of a package, in bytes.
pub const MAX_NAME: usize = 512;
/// The longest version of a package, in bytes.
pub const MAX_VERSION: usize = 256;

/// Where a package comes from, as the OSV schema names it: <https://ossf.github.io/osv-schema/#defined-ecosystems>.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ecosystem {
    /// `PyPI`
    PyPi,
    /// `npm`
    Npm,
    /// `crates.io`
    CratesIo,
    /// `Go`
    Go,
    /// `Debian`, or `Debian:12` when the release is known.
    Debian(Option<String>),
    /// `Ubuntu`, or `Ubuntu:22.04:LTS` when the release is known.
    Ubuntu(Option<String>),
    /// Any other, as it was written.
    Other(String),
}

impl Ecosystem {
    /// Reads the name that the OSV schema gives it. Anything is a name.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let (family, release) = match text.split_once(':') {
            Some((family, release)) if !release.is_empty() => (family, Some(release.to_owned())),
            Some(_) => return Self::Other(text.to_owned()),
            None => (text, None),
        };
        match (family, release) {
            ("PyPI", None) => Self::PyPi,
            ("npm", None) => Self::Npm,
            ("crates.io", None) => Self::CratesIo,
            ("Go", None) => Self::Go,
            ("Debian", release) => Self::Debian(release),
            ("Ubuntu", release) => Self::Ubuntu(release),
            _ => Self::Other(text.to_owned()),
        }
    }

    /// Its name without a release: `Debian` for `Debian:12`.
    #[must_use]
    pub fn family(&self) -> &str {
        match self {
            Self::PyPi => "PyPI",
            Self::Npm => "npm",
            Self::CratesIo => "crates.io",
            Self::Go => "Go",
            Self::Debian(_) => "Debian",
            Self::Ubuntu(_) => "Ubuntu",
            Self::Other(text) => text.split(':').next().unwrap_or(text),
        }
    }

    /// The release within the family, where one is named.
    #[must_use]
    pub fn release(&self) -> Option<&str> {
        match self {
            Self::Debian(release) | Self::Ubuntu(release) => release.as_deref(),
            Self::Other(text) => text.split_once(':').map(|(_, release)| release),
            _ => None,
        }
    }

    /// A package's name in the one form that this ecosystem compares: PEP 503 for PyPI, and as written elsewhere.
    #[must_use]
    pub fn normalise(&self, name: &str) -> String {
        match self {
            Self::PyPi => pep503(name),
            _ => name.to_owned(),
        }
    }
}

/// Lower case, and every run of `-`, `_` and `.` is one `-` (PEP 503).
fn pep503(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut joined = false;
    for c in name.chars() {
        let joins = matches!(c, '-' | '_' | '.');
        if !joins {
            out.extend(c.to_lowercase());
        } else if !joined {
            out.push('-');
        }
        joined = joins;
    }
    out
}

impl fmt::Display for Ecosystem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Other(text) => f.write_str(text),
            known => match known.release() {
                Some(release) => write!(f, "{}:{release}", known.family()),
                None => f.write_str(known.family()),
            },
        }
    }
}

impl Serialize for Ecosystem {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Ecosystem {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self::parse(&text))
    }
}

/// A version, or why none is known.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Version {
    /// As it was written.
    Known(String),
    /// What stood in its place: a range (`>=1.2`), or a sentence.
    Unknown(String),
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Known(version) => f.write_str(version),
            Self::Unknown(why) => write!(f, "unknown version ({why})"),
        }
    }
}

/// How strong a statement is that a package is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// Its files are there.
    Installed,
    /// Another tool says so in a bill of materials; whether of what is installed or of what is wanted, it does not tell.
    Reported,
    /// A lock file wants exactly this.
    Locked,
    /// A file asks for it.
    Declared,
}

/// One package in one version.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Package {
    /// Where it comes from.
    pub ecosystem: Ecosystem,
    /// Its name, as [`Ecosystem::normalise`] has it.
    pub name: String,
    /// Its version.
    pub version: Version,
    /// What it was built from, where that has another name or version: advisories for Debian name source packages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<SourcePackage>,
}

/// What a binary package was built from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourcePackage {
    /// The source package's name.
    pub name: String,
    /// Its version.
    pub version: String,
}

impl Package {
    /// A package whose name and version are within bounds and hold nothing unseen; otherwise says which is not.
    pub fn new(ecosystem: Ecosystem, name: &str, version: Version) -> Result<Self, &'static str> {
        let written = ecosystem.to_string();
        if written.is_empty() || written.len() > MAX_NAME || written.chars().any(is_unseen) {
            return Err("an ecosystem's name is empty, too long, or holds characters that nobody sees");
        }
        let name = ecosystem.normalise(name.trim());
        if name.is_empty() || name.len() > MAX_NAME || name.chars().any(is_unseen) {
            return Err("a package's name is empty, too long, or holds characters that nobody sees");
        }
        let version = match version {
            Version::Known(text) => Version::Known(text.trim().to_owned()),
            Version::Unknown(why) => Version::Unknown(crate::text::short(&why)),
        };
        if let Version::Known(text) = &version
            && (text.is_empty() || text.len() > MAX_VERSION || text.chars().any(is_unseen))
        {
            return Err("a package's version is empty, too long, or holds characters that nobody sees");
        }
        Ok(Self {
            ecosystem,
            name,
            version,
            source: None,
        })
    }

    /// The name by which advisories know it: the source package's, where it has one.
    #[must_use]
    pub fn known_as(&self) -> &str {
        self.source.as_ref().map_or(&self.name, |source| &source.name)
    }
}

impl fmt::Display for Package {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} ({})", self.name, self.version, self.ecosystem)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ecosystems_are_written_as_read() {
        let all = [
            "PyPI",
            "npm",
            "crates.io",
            "Go",
            "Debian",
            "Debian:12",
            "Ubuntu:22.04:LTS",
            "Alpine:v3.18",
            "Maven",
            "Debian:",
            "PyPI:x",
            "",
        ];
        for text in all {
            assert_eq!(Ecosystem::parse(text).to_string(), text);
        }
        assert_eq!(Ecosystem::parse("Alpine:v3.18").family(), "Alpine");
        assert_eq!(Ecosystem::parse("Ubuntu:22.04:LTS").release(), Some("22.04:LTS"));
    }

    #[test]
    fn names_of_python_have_one_form() {
        for name in [
            "Friendly-Bard",
            "FRIENDLY_BARD",
            "friendly.-_bard",
            "FrIeNdLy-._.-bArD",
        ] {
            assert_eq!(Ecosystem::PyPi.normalise(name), "friendly-bard");
        }
        assert_eq!(Ecosystem::Npm.normalise("JSONStream"), "JSONStream");
    }
}
