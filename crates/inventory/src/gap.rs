//! What a scan could not read. A gap is never the same as nothing there.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::inventory::Place;

/// Something that was not read. Packages may be behind it that nobody knows of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gap {
    /// Where.
    pub place: Place,
    /// Why.
    pub reason: Reason,
    /// The family of ecosystems that what is missing belongs to (`PyPI`), where that is certain; otherwise it may
    /// hide a package of any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub concerns: Option<String>,
}

impl Gap {
    /// Whether it may hide a package of this family of ecosystems.
    #[must_use]
    pub fn may_hide(&self, family: &str) -> bool {
        self.concerns.as_deref().is_none_or(|own| own == family)
    }
}

impl fmt::Display for Gap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place.path, self.reason)
    }
}

/// Why something was not read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Reason {
    /// The system refused.
    Denied,
    /// Something else names it, and it is not there.
    Missing,
    /// The system failed otherwise.
    Unreadable {
        /// What the system said.
        why: String,
    },
    /// Larger than the scan reads.
    TooLarge {
        /// Its size in bytes.
        bytes: u64,
        /// What would have been read.
        limit: u64,
    },
    /// Not what its name promises.
    Malformed {
        /// The line, from 1, where one can be named.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        line: Option<u64>,
        /// What is wrong.
        why: String,
    },
    /// A version of a format that this reader does not know. What could be made of it was taken.
    UnsupportedFormat {
        /// What was found.
        found: String,
    },
    /// A link to somewhere outside of the root.
    OutsideRoot {
        /// Where it leads.
        target: String,
    },
    /// Folders deeper than the scan goes.
    TooDeep {
        /// How many levels were read.
        limit: u64,
    },
    /// More entries than the scan reads.
    TooMany {
        /// How many were read.
        limit: u64,
    },
    /// A package is named in a way that its name or version does not follow from.
    Unresolved {
        /// The line, from 1, where one can be named.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        line: Option<u64>,
        /// What is meant.
        why: String,
    },
    /// Packages are named without the source packages that they were built from, and advisories go by those.
    NoSourceNames {
        /// The family of ecosystems that they belong to.
        family: String,
    },
}

impl Reason {
    /// The family of ecosystems that alone it can hide packages of, where that follows from it.
    pub(crate) fn family(&self) -> Option<&str> {
        match self {
            Self::NoSourceNames { family } => Some(family),
            _ => None,
        }
    }

    pub(crate) fn malformed(line: Option<u64>, why: &str) -> Self {
        Self::Malformed {
            line,
            why: crate::text::short(why),
        }
    }

    pub(crate) fn unresolved(line: Option<u64>, why: &str) -> Self {
        Self::Unresolved {
            line,
            why: crate::text::short(why),
        }
    }

    pub(crate) fn unsupported(found: &str) -> Self {
        Self::UnsupportedFormat {
            found: crate::text::short(found),
        }
    }

    pub(crate) fn of(error: &std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::PermissionDenied => Self::Denied,
            std::io::ErrorKind::NotFound => Self::Missing,
            _ => Self::Unreadable {
                why: crate::text::short(&error.to_string()),
            },
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = |f: &mut fmt::Formatter<'_>, line: &Option<u64>| match line {
            Some(line) => write!(f, "line {line}: "),
            None => Ok(()),
        };
        match self {
            Self::Denied => f.write_str("reading it was refused; scan as a user who may"),
            Self::Missing => f.write_str("it is named elsewhere and is not there"),
            Self::Unreadable { why } => write!(f, "it cannot be read: {why}"),
            Self::TooLarge { bytes, limit } => write!(f, "{bytes} bytes, and at most {limit} are read"),
            Self::Malformed { line, why } => at(f, line).and_then(|()| write!(f, "malformed: {why}")),
            Self::UnsupportedFormat { found } => write!(f, "a format that is not known here: {found}"),
            Self::OutsideRoot { target } => {
                write!(f, "a link out of the root, to {target}; scan that place too")
            }
            Self::TooDeep { limit } => write!(f, "more than {limit} folders deep"),
            Self::TooMany { limit } => write!(f, "more than {limit} entries"),
            Self::Unresolved { line, why } => at(f, line).and_then(|()| write!(f, "not resolved: {why}")),
            Self::NoSourceNames { family } => {
                write!(
                    f,
                    "packages of {family} without the source packages that advisories name"
                )
            }
        }
    }
}
