//! How ecosystems order versions: by the libraries made for it.

use std::cmp::Ordering;

use super::debian::DebianVersion;
use crate::package::{Ecosystem, MAX_VERSION};

/// An ordering of versions that is known here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// PEP 440.
    Pep440,
    /// SemVer 2.0, precedence as in its section 11.
    SemVer,
    /// Debian policy.
    Debian,
}

impl Scheme {
    /// The ordering of an ecosystem, where it is known here.
    #[must_use]
    pub fn of(ecosystem: &Ecosystem) -> Option<Self> {
        match ecosystem {
            Ecosystem::PyPi => Some(Self::Pep440),
            Ecosystem::Npm | Ecosystem::CratesIo | Ecosystem::Go => Some(Self::SemVer),
            Ecosystem::Debian(_) | Ecosystem::Ubuntu(_) => Some(Self::Debian),
            Ecosystem::Other(_) => None,
        }
    }

    /// Reads a version.
    #[must_use]
    pub fn parse(self, text: &str) -> Option<Ordered> {
        let text = text.trim();
        if text.len() > MAX_VERSION {
            return None;
        }
        match self {
            Self::Pep440 => text.parse().ok().map(Ordered::Pep440),
            Self::SemVer => semver(text).map(Ordered::SemVer),
            Self::Debian => DebianVersion::parse(text).map(Ordered::Debian),
        }
    }
}

/// SemVer with what occurs beside it: a `v` before it (Go), and `1` or `1.2` for `1.0.0` and `1.2.0`.
fn semver(text: &str) -> Option<semver::Version> {
    let bare = text.strip_prefix('v').unwrap_or(text);
    if let Ok(version) = bare.parse() {
        return Some(version);
    }
    let end = bare.find(['-', '+']).unwrap_or(bare.len());
    let (numbers, rest) = (bare.get(..end)?, bare.get(end..)?);
    let missing = match numbers.split('.').count() {
        1 => ".0.0",
        2 => ".0",
        _ => return None,
    };
    format!("{numbers}{missing}{rest}").parse().ok()
}

/// A version that can be ordered among others of its scheme.
#[derive(Debug, Clone)]
pub enum Ordered {
    /// PEP 440.
    Pep440(pep440_rs::Version),
    /// SemVer.
    SemVer(semver::Version),
    /// Debian.
    Debian(DebianVersion),
}

impl Ordered {
    /// The order of two versions of one scheme; nothing, for two schemes.
    #[must_use]
    pub fn compare(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Pep440(one), Self::Pep440(other)) => Some(one.cmp(other)),
            (Self::SemVer(one), Self::SemVer(other)) => Some(one.cmp_precedence(other)),
            (Self::Debian(one), Self::Debian(other)) => Some(one.cmp(other)),
            _ => None,
        }
    }

    /// Whether both are one version, however they are spelt.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        self.compare(other) == Some(Ordering::Equal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compare(scheme: Scheme, one: &str, other: &str) -> Ordering {
        let (one, other) = (scheme.parse(one).unwrap(), scheme.parse(other).unwrap());
        one.compare(&other).unwrap()
    }

    #[test]
    fn as_the_ecosystems_have_it() {
        assert_eq!(compare(Scheme::Pep440, "1.82.8", "1.82.10"), Ordering::Less);
        assert_eq!(compare(Scheme::Pep440, "1.0rc1", "1.0"), Ordering::Less);
        assert_eq!(compare(Scheme::Pep440, "1.0", "1.0.0"), Ordering::Equal);
        assert_eq!(compare(Scheme::SemVer, "1.0.0-rc.1", "1.0.0"), Ordering::Less);
        assert_eq!(compare(Scheme::SemVer, "1.0.0+a", "1.0.0+b"), Ordering::Equal);
        assert_eq!(
            compare(Scheme::SemVer, "v2.0.0+incompatible", "2"),
            Ordering::Equal
        );
        let pseudo = "v0.0.0-20240101000000-abcdefabcdef";
        assert_eq!(
            compare(Scheme::SemVer, pseudo, "0.0.0-20250101000000-000000000000"),
            Ordering::Less
        );
        assert!(Scheme::SemVer.parse("1.2.3.4").is_none());
        assert!(Scheme::Pep440.parse("not one").is_none());
        let mixed = Scheme::Pep440
            .parse("1")
            .unwrap()
            .compare(&Scheme::SemVer.parse("1.0.0").unwrap());
        assert_eq!(mixed, None);
    }
}
