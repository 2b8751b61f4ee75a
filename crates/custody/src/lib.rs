//! The one gate: no plaintext without an admitted, budgeted and durable record.
//!
//! Two doors lead out: [`Gate::transact`] for single acts and [`Gate::stream`] for fixed sets. Both ask
//! [`cofferdam_model::admit`] with a state that is folded from the ledger alone, append to the ledger in the same
//! transaction as the act itself, wait until that is durable, and only then unseal.
//!
//! Invariants, as absences:
//! - outside this crate nobody can make a [`Plaintext`], a [`Receipt`] or a [`Caller`]: their constructors are private;
//! - no table row grants: what authorises is read from sealed ledger entries, or opens a commitment in one;
//! - there is no second door: not for tests, not for the command line, not for the platform's own jobs.

mod account;
mod admin;
mod auth;
mod challenge;
mod chores;
mod credentials;
mod doctor;
mod envelope;
mod error;
mod exposure;
mod following;
mod gate;
mod held_by_lab;
mod integrate;
mod jobs;
mod keys;
mod known;
mod ledgers;
mod listening;
mod newest;
mod noticing;
mod once;
mod openings;
mod passkey;
mod patrol;
mod reading;
mod record;
mod rotation;
mod rows;
mod secrets;
mod standing;
mod state;
mod stream;
mod vault;
mod walls;
mod watermark;
mod witnessed;

pub use account::{Account, SignIn, SignInOver};
pub use admin::{AdminCommand, AdminDone, AdminScope};
pub use auth::{AuthError, Caller, Issued, Secret, row_hash as credential_row_hash};
pub use chores::{Chore, Undone};
pub use cofferdam_seal::keyholder::EnrolledWith;
pub use cofferdam_seal::keyholder::LeaseReason;
pub use credentials::KnownCredential;
pub use doctor::{Finding, Health};
pub use envelope::{Envelope, check_recipient};
pub use error::{GateError, Integrity, OpenError, Unproven};
pub use exposure::{Beyond, Exposure};
pub use gate::{Command, Done, Gate, Released, Scope, Setup};
pub use held_by_lab::{
    Answers, LabCode, LabHalt, NotEnrolled, Standing as KeyholderStanding, Trouble as KeyholderTrouble,
};
pub use listening::Listening;
pub use newest::check_timer;
pub use noticing::ReadOn;
pub use once::{Again, Asked, once};
pub use passkey::{Assertion, PasskeyError, RegisterError, Registration, RelyingParty};
pub use patrol::Beat;
pub use reading::Watch;
pub use record::{Receipt, object_set, sha256};
pub use rotation::Progress;
pub use rows::{Bound, Stamped};
pub use secrets::{OtherOrigin, Secrets, SecretsError};
pub use standing::Standing;
pub use stream::{Select, Selection, Stream, StreamItem};
pub use vault::{ObjectKind, Plaintext, Sealed};
pub use walls::Releases;
