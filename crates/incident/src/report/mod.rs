//! The exposure report: what befell one lab's data in an incident, so that the lab can compute every number of it again.
//!
//! A report joins two things. The [`Case`] is what the firm states and no ledger tells: who is suspected, when what they are suspected of was
//! possible, what each scan found. The rest follows from that and from one lab's ledger, entry by entry ([`derive()`]); `docs/exposure-report.md`
//! says how, for a second implementation.
//!
//! ```text
//! Case ───────┐
//! entries ────┼─ make ─► Report ─ sign ─► file ─ verify(file, export, key) ─► Verdict
//! lists ──────┤
//! checkpoint ─┘
//! ```
//!
//! Invariants, as absences:
//! - no database, no HTTP, no clock: entries, lists and times are passed in; only [`verify_report`] opens files, those of an export;
//! - nothing here makes up for what is missing: an entry or a list that cannot be read is an error that names it;
//! - no fractions, and no words but the fixed ones, ids, and what the case says.

mod case;
mod dating;
mod derive;
mod document;
mod exposed;
mod gather;
mod html;
mod reach;
mod results;
mod set;
mod verify;

pub use case::{Advisory, Case, CaseError, Credential, Elsewhere, Scan, Subject};
pub use derive::{DeriveError, Derived, Deriving, derive};
pub use document::{FORMAT, LIMITS, Range, Report, ReportError, SignedReport, UNWITNESSED, make, sign};
pub(crate) use exposed::{counted, rebuilding};
pub use html::html;
pub use results::{
    Classes, Count, DeliveryResult, FactCounts, ObjectResult, ProjectResult, Seen, SubjectResult, Sums,
    WindowResult, WindowResults,
};
pub use set::{SETS_PATH, list_bytes, read_set, set_path};
pub use verify::{Difference, NamedSets, Sets, Verdict, Wrong, verify, verify_report, why_not};
