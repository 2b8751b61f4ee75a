//! What a parser made of one file.

use crate::digest::Sha256;
use crate::gap::Reason;
use crate::package::{Ecosystem, Package, SourcePackage, Standing, Version};

/// The most packages that one file may name.
pub const MAX_FOUND: usize = 200_000;
/// The most hashes that are kept of one package of one file.
const MAX_DIGESTS: usize = 256;
/// The most gaps that one file may have; then they are one.
const MAX_GAPS: usize = 1_000;

/// One package that a file names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The package.
    pub package: Package,
    /// How strong a statement that is.
    pub standing: Standing,
    /// The SHA-256 of the archives that it may be installed from, sorted. For matching with an advisory's.
    pub archives: Vec<Sha256>,
}

/// What a parser made of one file: packages, and what it could not read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reading {
    /// In the order of the file.
    pub found: Vec<Found>,
    /// In the order of the file.
    pub gaps: Vec<Reason>,
}

impl Reading {
    pub(crate) fn failed(reason: Reason) -> Self {
        Self {
            found: Vec::new(),
            gaps: vec![reason],
        }
    }

    pub(crate) fn gap(&mut self, reason: Reason) {
        match self.gaps.len().cmp(&MAX_GAPS) {
            std::cmp::Ordering::Less => self.gaps.push(reason),
            std::cmp::Ordering::Equal => self.gaps.push(Reason::TooMany {
                limit: MAX_GAPS as u64,
            }),
            std::cmp::Ordering::Greater => {}
        }
    }

    /// Takes a package, or records why it cannot be one.
    pub(crate) fn take(&mut self, draft: Draft<'_>) {
        if self.found.len() >= MAX_FOUND {
            let full = Reason::TooMany {
                limit: MAX_FOUND as u64,
            };
            if self.gaps.last() != Some(&full) {
                self.gaps.push(full);
            }
            return;
        }
        let line = draft.line;
        match draft.finish() {
            Ok(found) => self.found.push(found),
            Err(why) => self.gap(Reason::malformed(line, why)),
        }
    }
}

/// A package as a parser has it in hand.
#[derive(Debug)]
pub(crate) struct Draft<'t> {
    pub(crate) ecosystem: Ecosystem,
    pub(crate) name: &'t str,
    pub(crate) version: Version,
    pub(crate) source: Option<SourcePackage>,
    pub(crate) standing: Standing,
    pub(crate) archives: Vec<Sha256>,
    pub(crate) line: Option<u64>,
}

impl<'t> Draft<'t> {
    pub(crate) fn new(ecosystem: Ecosystem, name: &'t str, version: Version, standing: Standing) -> Self {
        Self {
            ecosystem,
            name,
            version,
            source: None,
            standing,
            archives: Vec::new(),
            line: None,
        }
    }

    /// What a lock file wants. Without a version, it is unknown.
    pub(crate) fn locked(ecosystem: Ecosystem, name: &'t str, version: Option<&str>) -> Self {
        let version = match version {
            Some(text) => Version::Known(text.to_owned()),
            None => Version::Unknown("the file names no version".to_owned()),
        };
        Self::new(ecosystem, name, version, Standing::Locked)
    }

    pub(crate) fn archives(self, archives: Vec<Sha256>) -> Self {
        Self { archives, ..self }
    }

    pub(crate) fn at(self, line: u64) -> Self {
        Self {
            line: Some(line),
            ..self
        }
    }

    fn finish(self) -> Result<Found, &'static str> {
        let mut package = Package::new(self.ecosystem, self.name, self.version)?;
        if let Some(source) = self.source {
            // The same bounds hold for both of them.
            Package::new(
                package.ecosystem.clone(),
                &source.name,
                Version::Known(source.version.clone()),
            )?;
            package.source = Some(source);
        }
        let mut archives = self.archives;
        archives.sort_unstable();
        archives.dedup();
        archives.truncate(MAX_DIGESTS);
        Ok(Found {
            package,
            standing: self.standing,
            archives,
        })
    }
}
