//! What the firm states of an incident, and no ledger tells.

use cofferdam_inventory::Finding;
use cofferdam_model::entry::hex32;
use cofferdam_model::window::{narrowest, widest};
use cofferdam_model::{Claim, CredentialTag, IncidentId, Pseudonym, Timestamp, Window};
use serde::{Deserialize, Serialize};

/// The most that a text of a case has, in bytes.
const MOST_TEXT: usize = 2_000;

/// What the firm states of an incident to one lab. Everything else in a report follows from this and the lab's ledger.
///
/// It has no salt, no hash of what a component sent, no name but this lab's pseudonyms, and nothing in an order that another lab would know
/// again. The times in it are the same in every lab's report, to the microsecond: by those of `revoked` and `rebuilt` two labs that
/// compare their reports can tell that they were told of the same component.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// Which incident, by the lab's own id for it.
    pub incident: IncidentId,
    /// The advisories that it goes back to.
    pub advisories: Vec<Advisory>,
    /// When what the subjects are suspected of was possible, by source.
    pub availability: Vec<Claim>,
    /// Another window that is to be answered for.
    pub chosen: Option<Window>,
    /// Whose compromise is looked into.
    pub subjects: Vec<Subject>,
}

/// An advisory, as it was taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Advisory {
    /// Its id.
    pub id: String,
    /// Hash of its record, which is public.
    #[serde(with = "hex32")]
    pub sha256: [u8; 32],
}

/// Somebody or something whose compromise is looked into, by its name in this lab.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Subject {
    /// Software that may have run what the advisories are about.
    Component {
        /// Its name in this lab.
        pseudonym: Pseudonym,
        /// What each of its scans found, which this lab's ledger has.
        scans: Vec<Scan>,
        /// The longest time between two scans from which what was so between them is inferred, in microseconds.
        longest_silence: i64,
        /// Every credential that was in its reach and has a name in this lab's ledger.
        credentials: Vec<Credential>,
        /// No other credential that was in its reach, if there was any, was good at this time or later; none: one may be.
        others_revoked: Option<Timestamp>,
        /// When its host was declared rebuilt; none: it was not.
        rebuilt: Option<Timestamp>,
        /// What scans saw that this lab's ledger has not.
        elsewhere: Elsewhere,
    },
    /// A person.
    Person {
        /// Their name in this lab.
        pseudonym: Pseudonym,
    },
    /// One credential.
    Credential {
        /// Its holder's name in this lab.
        pseudonym: Pseudonym,
        /// Its own names in this lab, one for each engagement.
        tags: Vec<CredentialTag>,
    },
    /// The platform itself, which has no name in a ledger: it writes it.
    Platform {},
}

/// What scans of a component found, or left in doubt, that a lab's ledger has not: it was closed then, or the component was not engaged in
/// the lab. Neither when nor where is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Elsewhere {
    /// Nothing that this lab's own scans do not leave open anyhow.
    Nothing,
    /// Something, after the first of this lab's own scans: nothing may be inferred from these.
    Seen,
    /// Something, when the host had been rebuilt or later: that ended nothing. Nor may anything be inferred.
    SinceRebuilt,
}

/// What one scan of a component found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scan {
    /// Index of the `inventory-reported` entry in this lab's ledger.
    pub entry: u64,
    /// What it says of the advisories.
    pub finding: Finding,
}

/// A credential that was in a component's reach.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Credential {
    /// Its names in this lab, at least one.
    pub tags: Vec<CredentialTag>,
    /// When it was revoked; none: it was not.
    pub revoked: Option<Timestamp>,
}

impl Subject {
    /// Its name in this lab; none: the platform.
    pub const fn pseudonym(&self) -> Option<Pseudonym> {
        match self {
            Self::Component { pseudonym, .. }
            | Self::Person { pseudonym }
            | Self::Credential { pseudonym, .. } => Some(*pseudonym),
            Self::Platform {} => None,
        }
    }

    /// What it is called in a report.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Component { .. } => "component",
            Self::Person { .. } => "person",
            Self::Credential { .. } => "credential",
            Self::Platform {} => "platform",
        }
    }
}

/// A case that cannot be answered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("case{at}: {why}")]
pub struct CaseError {
    /// A JSON pointer into the case.
    pub at: String,
    /// What is wrong.
    pub why: String,
}

impl CaseError {
    pub(super) fn new(at: impl Into<String>, why: impl Into<String>) -> Self {
        Self {
            at: at.into(),
            why: why.into(),
        }
    }
}

impl Case {
    /// The windows that are answered for: the narrowest, the widest, the chosen one.
    pub(crate) fn windows(&self) -> [Option<Window>; 3] {
        [
            narrowest(&self.availability),
            widest(&self.availability),
            self.chosen,
        ]
    }

    /// Whether it can be answered, as far as that shows without a ledger.
    pub(super) fn check(&self) -> Result<(), CaseError> {
        let ids = (0..)
            .zip(&self.advisories)
            .map(|(i, a)| (format!("/advisories/{i}/id"), &a.id));
        let sources = (0..)
            .zip(&self.availability)
            .map(|(i, c)| (format!("/availability/{i}/source"), &c.source));
        let texts = ids.chain(sources);
        for (at, text) in texts {
            if text.is_empty() || text.len() > MOST_TEXT || text.contains(char::is_control) {
                return Err(CaseError::new(
                    at,
                    "it is empty, too long, or has control characters",
                ));
            }
        }
        (0..).zip(&self.subjects).try_for_each(|(i, subject)| {
            let wrong = |at: &str, why: &str| Err(CaseError::new(format!("/subjects/{i}{at}"), why));
            if self.subjects[..i].contains(subject) {
                return wrong("", "it is there twice");
            }
            match subject {
                Subject::Component { longest_silence, .. } if *longest_silence < 0 => {
                    wrong("/longest_silence", "it is less than nothing")
                }
                Subject::Component {
                    elsewhere: Elsewhere::Seen | Elsewhere::SinceRebuilt,
                    longest_silence: 1..,
                    ..
                } => wrong(
                    "/longest_silence",
                    "something is inferred, though scans saw what this ledger has not",
                ),
                Subject::Component {
                    elsewhere: Elsewhere::SinceRebuilt,
                    rebuilt: None,
                    ..
                } => wrong("/elsewhere", "the host was not rebuilt"),
                Subject::Component { credentials, .. } if credentials.iter().any(|c| c.tags.is_empty()) => {
                    wrong("/credentials", "one of them has no name in this lab")
                }
                Subject::Credential { tags, .. } if tags.is_empty() => wrong(
                    "/tags",
                    "a credential without a name in this lab did nothing here",
                ),
                _ => Ok(()),
            }
        })
    }
}
