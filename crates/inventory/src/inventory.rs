//! What one scan found, as one document.
//!
//! # Format
//!
//! One line of JSON, format `cofferdam-inventory`, version 1; the members are those of the types below, in their
//! order, and absent where they say nothing. Every list is sorted and holds nothing twice, so that the same files give
//! the same bytes, and a document has one form: [`Inventory::from_json`] takes no other.

use std::collections::BTreeMap;

use cofferdam_model::Timestamp;
use serde::{Deserialize, Serialize};

use crate::digest::Sha256;
use crate::gap::{Gap, Reason};
use crate::package::{Ecosystem, Package, Standing};
use crate::reading::Reading;

const FORMAT: &str = "cofferdam-inventory";
const VERSION: u32 = 1;
/// The most gaps of one inventory; where there are more, one of them says so.
const MAX_GAPS: usize = 100_000;
/// The longest document that is read back, in bytes.
pub const MAX_DOCUMENT: usize = 256 << 20;

/// A file or folder below one of the roots.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// Which of [`Inventory::roots`], from 0.
    pub root: u32,
    /// The path from there, with `/`; empty for the root itself. Bytes that are no UTF-8 are replaced.
    pub path: String,
}

/// What kind of file says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "they are the names of formats")]
pub enum SourceKind {
    DistInfo,
    EggInfo,
    EggLink,
    Editable,
    Requirements,
    UvLock,
    PoetryLock,
    PackageLock,
    NodeModules,
    PnpmLock,
    YarnLock,
    CargoLock,
    GoSum,
    DpkgStatus,
    #[serde(rename = "cyclonedx")]
    CycloneDx,
    Spdx,
}

impl SourceKind {
    /// The family of ecosystems that it can speak of; a bill of materials speaks of any.
    #[must_use]
    pub fn family(self) -> Option<&'static str> {
        match self {
            Self::DistInfo
            | Self::EggInfo
            | Self::EggLink
            | Self::Editable
            | Self::Requirements
            | Self::UvLock
            | Self::PoetryLock => Some("PyPI"),
            Self::PackageLock | Self::NodeModules | Self::PnpmLock | Self::YarnLock => Some("npm"),
            Self::CargoLock => Some("crates.io"),
            Self::GoSum => Some("Go"),
            // Debian's, Ubuntu's, or another's that is built like theirs.
            Self::DpkgStatus | Self::CycloneDx | Self::Spdx => None,
        }
    }

    /// Whether it has everything of its family that is there. What is asked for draws in what nobody wrote down, and a bill
    /// has what its tool knew.
    #[must_use]
    pub const fn is_whole(self) -> bool {
        !matches!(self, Self::Requirements | Self::CycloneDx | Self::Spdx)
    }
}

/// What a root was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RootKind {
    /// Everything below it was looked at.
    Folder,
    /// One file, which speaks only of what it can name.
    File,
    /// It could not be opened.
    Unread,
}

/// A root, as the caller named it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScannedRoot {
    /// The caller's name for it.
    pub name: String,
    /// What it was.
    pub kind: RootKind,
}

/// One file that says that a package is there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// How strong a statement that is; the strongest come first.
    pub standing: Standing,
    /// What kind of file.
    pub source: SourceKind,
    /// Which one.
    pub place: Place,
    /// The SHA-256 of archives that it names for the package.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub archives: Vec<Sha256>,
    /// Whether the installed files are as they were installed, where that can be told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<RecordCheck>,
}

/// Installed files held against the hashes that were written down when they were installed (`RECORD`).
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordCheck {
    /// How many files are as recorded.
    pub matching: u64,
    /// How many are not.
    pub differing: u64,
    /// How many are gone.
    pub missing: u64,
    /// How many were not looked at: no hash, too large, out of the root, or no time left.
    pub unchecked: u64,
    /// The first of those that differ or are gone, as `RECORD` names them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub named: Vec<String>,
}

/// A package, and everything that says it is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// The package.
    pub package: Package,
    /// What says so: at least one.
    pub evidence: Vec<Evidence>,
}

impl Item {
    /// The strongest statement that the package is there.
    #[must_use]
    pub fn standing(&self) -> Option<Standing> {
        self.evidence.iter().map(|evidence| evidence.standing).min()
    }
}

/// A package whose `RECORD` lists a file that runs at start.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Owner {
    /// Its name and version, with a space between them.
    pub package: String,
    /// What the recorded hash says.
    pub state: Recorded,
}

/// A file held against the hash that `RECORD` has of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Recorded {
    /// As it was installed.
    Matching,
    /// Changed since.
    Differing,
    /// No longer there.
    Missing,
    /// Not compared: no hash, too large, out of the root, or enough was read.
    Unchecked,
}

/// A `.pth` file with lines that are executed, or a module (`sitecustomize`, `usercustomize`) that is imported at every start. It runs
/// whenever the interpreter starts, whatever else is imported.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StartupFile {
    /// Where.
    pub place: Place,
    /// Its size.
    pub bytes: u64,
    /// Its hash.
    pub sha256: Sha256,
    /// How many of its lines are executed.
    pub executed: u64,
    /// The packages of its folder that list it; where there are none, nothing that was installed vouches for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub owners: Vec<Owner>,
}

/// What a machine ran at one time, as far as it could be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inventory {
    /// When it was scanned, by the caller's clock.
    pub scanned_at: Option<Timestamp>,
    /// What was scanned, in the caller's order.
    pub roots: Vec<ScannedRoot>,
    /// Sorted by package.
    pub packages: Vec<Item>,
    /// What runs at every start of an interpreter.
    pub startup: Vec<StartupFile>,
    /// What was read, by kind of file: how many of them.
    pub sources: BTreeMap<SourceKind, u64>,
    /// What was not read.
    pub gaps: Vec<Gap>,
}

/// The document, member by member.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    format: String,
    version: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    scanned_at_micros: Option<i64>,
    roots: Vec<ScannedRoot>,
    sources: BTreeMap<SourceKind, u64>,
    packages: Vec<Item>,
    startup: Vec<StartupFile>,
    gaps: Vec<Gap>,
}

/// Why a document is no inventory.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum DocumentError {
    /// Too long.
    #[error("the inventory has {0} bytes, and at most {MAX_DOCUMENT} are read")]
    TooLarge(usize),
    /// No JSON, or not these members.
    #[error("the inventory cannot be read: {0}")]
    Malformed(String),
    /// Another format or version.
    #[error("this is {0}, and what can be read is {FORMAT} version {VERSION}")]
    Other(String),
    /// The same could be written otherwise: somebody edited it.
    #[error(
        "the inventory is not in its one form: its lists are sorted, hold nothing twice, and stand on one line"
    )]
    NotCanonical,
}

impl Inventory {
    /// The document, which ends with a line feed.
    #[must_use]
    pub fn to_json(&self) -> String {
        let document = Document {
            format: FORMAT.to_owned(),
            version: VERSION,
            scanned_at_micros: self.scanned_at.map(Timestamp::as_micros),
            roots: self.roots.clone(),
            sources: self.sources.clone(),
            packages: self.packages.clone(),
            startup: self.startup.clone(),
            gaps: self.gaps.clone(),
        };
        // Maps with keys that are no text, the one thing that serde_json cannot write, are not in it.
        let mut text = serde_json::to_string(&document).unwrap_or_default();
        text.push('\n');
        text
    }

    /// Reads a document back, and takes only what [`Self::to_json`] would have written.
    pub fn from_json(text: &str) -> Result<Self, DocumentError> {
        if text.len() > MAX_DOCUMENT {
            return Err(DocumentError::TooLarge(text.len()));
        }
        let malformed =
            |error: serde_json::Error| DocumentError::Malformed(crate::text::short(&error.to_string()));
        let document: Document = serde_json::from_str(text).map_err(malformed)?;
        if document.format != FORMAT || document.version != VERSION {
            let other = format!("{} version {}", document.format, document.version);
            return Err(DocumentError::Other(crate::text::short(&other)));
        }
        let mut inventory = Self {
            scanned_at: document.scanned_at_micros.map(Timestamp::from_micros),
            roots: document.roots,
            packages: document.packages,
            startup: document.startup,
            sources: document.sources,
            gaps: document.gaps,
        };
        inventory.sort();
        if !inventory.is_sound() || inventory.to_json() != text {
            return Err(DocumentError::NotCanonical);
        }
        Ok(inventory)
    }

    /// What one file says that somebody sent: `name` is what it is called, `source` what it is.
    #[must_use]
    pub fn of_file(name: &str, source: SourceKind, reading: Reading, at: Option<Timestamp>) -> Self {
        let mut builder = Builder::default();
        builder.reading(source, &Place::default(), reading);
        let root = ScannedRoot {
            name: crate::text::short(name),
            kind: RootKind::File,
        };
        builder.finish(vec![root], at)
    }

    /// Whether every package is one that a scan could have found, with evidence from one of the roots.
    fn is_sound(&self) -> bool {
        let known = |place: &Place| usize::try_from(place.root).is_ok_and(|root| root < self.roots.len());
        let items = self.packages.iter().all(|item| {
            let package = &item.package;
            let again = Package::new(package.ecosystem.clone(), &package.name, package.version.clone());
            let same =
                again.is_ok_and(|again| again.name == package.name && again.version == package.version);
            same && !item.evidence.is_empty() && item.evidence.iter().all(|evidence| known(&evidence.place))
        });
        let twice = self.packages.windows(2).any(|pair| match pair {
            [first, second] => first.package == second.package,
            _ => false,
        });
        items
            && !twice
            && self.startup.iter().all(|file| known(&file.place))
            && self.gaps.iter().all(|gap| known(&gap.place))
    }

    /// Puts every list into its order and drops what is there twice.
    fn sort(&mut self) {
        for item in &mut self.packages {
            item.evidence.sort();
            item.evidence.dedup();
        }
        self.packages.sort_by(|a, b| a.package.cmp(&b.package));
        self.startup.sort();
        self.startup.dedup();
        self.gaps.sort();
        self.gaps.dedup();
    }

    /// All that is known of a package under a name that an advisory uses, in any release of its ecosystem.
    pub fn named<'i>(&'i self, ecosystem: &Ecosystem, name: &str) -> impl Iterator<Item = &'i Item> {
        let (family, name) = (ecosystem.family().to_owned(), ecosystem.normalise(name));
        self.packages
            .iter()
            .filter(move |item| item.package.ecosystem.family() == family && item.package.known_as() == name)
    }
}

/// An inventory while it is put together.
#[derive(Debug, Default)]
pub(crate) struct Builder {
    packages: BTreeMap<Package, Vec<Evidence>>,
    startup: Vec<StartupFile>,
    sources: BTreeMap<SourceKind, u64>,
    gaps: Vec<Gap>,
    more_gaps: bool,
}

impl Builder {
    /// Takes what a parser made of a file.
    pub(crate) fn reading(&mut self, source: SourceKind, place: &Place, reading: Reading) {
        self.count(source);
        for found in reading.found {
            let evidence = Evidence {
                standing: found.standing,
                source,
                place: place.clone(),
                archives: found.archives,
                record: None,
            };
            self.evidence(found.package, evidence);
        }
        for reason in reading.gaps {
            self.gap(place.clone(), reason, source.family());
        }
    }

    pub(crate) fn count(&mut self, source: SourceKind) {
        *self.sources.entry(source).or_default() += 1;
    }

    pub(crate) fn evidence(&mut self, package: Package, evidence: Evidence) {
        self.packages.entry(package).or_default().push(evidence);
    }

    pub(crate) fn startup(&mut self, file: StartupFile) {
        self.startup.push(file);
    }

    pub(crate) fn gap(&mut self, place: Place, reason: Reason, concerns: Option<&str>) {
        if self.gaps.len() >= MAX_GAPS {
            self.more_gaps = true;
            return;
        }
        let concerns = concerns.or(reason.family()).map(str::to_owned);
        self.gaps.push(Gap {
            place,
            reason,
            concerns,
        });
    }

    pub(crate) fn finish(mut self, roots: Vec<ScannedRoot>, scanned_at: Option<Timestamp>) -> Inventory {
        if self.more_gaps {
            self.gaps.push(Gap {
                place: Place::default(),
                reason: Reason::TooMany {
                    limit: MAX_GAPS as u64,
                },
                concerns: None,
            });
        }
        let items = self.packages.into_iter();
        let mut inventory = Inventory {
            scanned_at,
            roots,
            packages: items
                .map(|(package, evidence)| Item { package, evidence })
                .collect(),
            startup: self.startup,
            sources: self.sources,
            gaps: self.gaps,
        };
        inventory.sort();
        inventory
    }
}
