//! The report: what it says, how it is signed and how it is written.

use std::fmt::Display;

use cofferdam_inventory::Sha256;
use cofferdam_ledger::canonical::{CanonicalError, to_canonical};
use cofferdam_ledger::checkpoint::{Checkpoint, CheckpointError};
use cofferdam_ledger::note::{KeyError, Note, NoteError, SigningKey, VerifyingKey};
use cofferdam_model::{Entry, LabId, ObjectSet, Timestamp};
use serde::{Deserialize, Serialize};

use super::case::Case;
use super::derive::{DeriveError, Derived, derive};
use super::results::SubjectResult;

/// The format that this code writes.
pub const FORMAT: &str = "cofferdam-exposure/1";

/// What stands for the witnesses where there is none.
pub const UNWITNESSED: &str = "UNWITNESSED";

/// What a report does not prove. Every report of this format has these sentences.
pub const LIMITS: [&str; 10] = [
    "The case is what the firm states: which subjects, which windows, what each scan found, which credentials were in reach and when they were revoked. This report proves what follows from it and from the ledger, not the case itself.",
    "What a component ran is inferred from scans that it made of itself; software that was compromised can have lied about itself.",
    "A platform that was modified can release without recording. This report assumes that the platform recorded what it released.",
    "It is not known here what was done with what was released: a screen can be photographed, a file can be copied.",
    "Halts on a person, a component, a credential or the whole installation stand in another ledger and are not taken into account: object versions can be counted as reachable that were not, never the other way round.",
    "What an operator did as an operator is not counted, whoever they are.",
    "Drafts and reasons for returned rows are counted where they were released, and not otherwise: the ledger does not say when they were written.",
    "An object version that was destroyed counts as if it were still there.",
    "Where the witness is UNWITNESSED, nobody but the platform has confirmed that this is the only ledger. Where names stand there, they are those on the checkpoint; whether they are genuine is checked with their keys.",
    "Entries after the checkpoint are not part of this report.",
];

/// An exposure report to one lab.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// [`FORMAT`].
    pub format: String,
    /// To whom.
    pub lab: LabId,
    /// When, in microseconds since 1970.
    pub made_at: Timestamp,
    /// Of which ledger, from its first entry to its size.
    pub ledger: Range,
    /// Who confirmed the checkpoint, besides the log: [`UNWITNESSED`], while nobody's key is known.
    pub witness: String,
    /// What the firm states.
    pub case: Case,
    /// What follows, for each subject.
    pub results: Vec<SubjectResult>,
    /// [`LIMITS`].
    pub limits: Vec<String>,
}

/// The entries that a report is of: all from 0 to `size`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Range {
    /// The ledger's name.
    pub origin: String,
    /// How many entries.
    pub size: u64,
    /// The root over them, in base64.
    pub root: String,
    /// The signed note that says so.
    pub checkpoint: String,
}

/// A report that cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// Its numbers do not follow.
    #[error(transparent)]
    Derive(#[from] DeriveError),
    /// The checkpoint is none of this ledger.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The entries are not those that the checkpoint counts.
    #[error("the checkpoint is of {signed} entries, but there were {found}: give exactly those")]
    Size {
        /// By the checkpoint.
        signed: u64,
        /// Entries given.
        found: u64,
    },
    /// It has no canonical form.
    #[error(transparent)]
    Canonical(#[from] CanonicalError),
    /// It cannot be signed.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// The key is not the ledger's.
    #[error("the key is that of {key}, but the report is of the ledger {origin}")]
    Key {
        /// The key's name.
        key: String,
        /// The ledger's.
        origin: String,
    },
}

impl From<KeyError> for ReportError {
    fn from(error: KeyError) -> Self {
        Self::Note(error.into())
    }
}

/// Makes the report of a case from a lab's ledger: exactly the entries that the signed `checkpoint` counts, in order.
///
/// # Errors
/// [`ReportError`].
pub fn make<E: Display>(
    case: &Case,
    made_at: Timestamp,
    (checkpoint, key): (&[u8], &VerifyingKey),
    entries: impl IntoIterator<Item = Result<Entry, E>>,
    lists: impl FnMut(&ObjectSet) -> Option<Vec<u8>>,
) -> Result<Report, ReportError> {
    assemble(
        case,
        made_at,
        (checkpoint, key),
        derive(case, made_at, entries, lists)?,
    )
}

/// What was derived, with everything around it.
pub(super) fn assemble(
    case: &Case,
    made_at: Timestamp,
    (checkpoint, key): (&[u8], &VerifyingKey),
    derived: Derived,
) -> Result<Report, ReportError> {
    let open = Checkpoint::open(checkpoint, key, &[])?;
    let head = open.checkpoint;
    if head.size() != derived.size {
        return Err(ReportError::Size {
            signed: head.size(),
            found: derived.size,
        });
    }
    Ok(Report {
        format: FORMAT.to_owned(),
        lab: derived.lab,
        made_at,
        ledger: Range {
            origin: head.origin().to_owned(),
            size: head.size(),
            root: head.root().to_base64(),
            checkpoint: open.note.to_string(),
        },
        witness: UNWITNESSED.to_owned(),
        case: case.clone(),
        results: derived.results,
        limits: LIMITS.map(str::to_owned).to_vec(),
    })
}

/// A report with the signature of its ledger's key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignedReport {
    /// What is signed.
    pub report: Report,
    /// A signed note over [`signed_text`].
    pub note: String,
}

/// What a report's signature is over: no checkpoint, which has a number in its second line.
pub(super) fn signed_text(origin: &str, canonical: &[u8]) -> String {
    format!("{FORMAT}\n{origin}\n{}\n", Sha256::of(canonical))
}

/// Signs a report with its ledger's key.
///
/// # Errors
/// [`ReportError::Key`] for the key of another ledger.
pub fn sign(report: Report, key: &SigningKey) -> Result<SignedReport, ReportError> {
    let own = key.verifying_key().name();
    if own != report.ledger.origin {
        return Err(ReportError::Key {
            key: own.to_owned(),
            origin: report.ledger.origin,
        });
    }
    let mut note = Note::new(signed_text(own, &to_canonical(&report)?))?;
    let signature = key.sign(note.text())?;
    note.add(signature)?;
    Ok(SignedReport {
        note: note.to_string(),
        report,
    })
}

impl SignedReport {
    /// The file: canonical JSON and a newline.
    ///
    /// # Errors
    /// [`CanonicalError`], where a count is larger than canonical JSON has numbers.
    pub fn to_bytes(&self) -> Result<Vec<u8>, CanonicalError> {
        let mut bytes = to_canonical(self)?;
        bytes.push(b'\n');
        Ok(bytes)
    }
}
