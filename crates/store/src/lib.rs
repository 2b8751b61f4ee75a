//! All SQL, one module per subject, and the drivers beneath it.
//!
//! Invariants, as absences:
//! - no SQL stands outside this crate, and none of it is built from a caller's text;
//! - nothing here decides: it does not know who may do what, only what rows there are;
//! - it never sees plaintext: sealed bytes go in and come out, and no key does.
//!
//! One SQL text serves every backend ([`sql`]); a backend is a [`sql::Connection`] and a way to commit in groups.

pub mod advisory;
pub mod contact;
pub mod copy;
pub mod credential;
pub mod delivery;
pub mod engagement;
pub mod epoch;
pub mod error;
pub mod idempotency;
pub mod incident;
pub mod inventory;
pub mod lab;
pub mod ledger;
pub mod notice;
pub mod object;
pub mod offer;
pub mod outbox;
pub mod passkey;
pub mod postgres;
pub mod principal;
pub mod project;
pub mod remark;
pub mod review;
pub mod schema;
pub mod sql;
mod sqlite;
mod store;
pub mod submission;
pub mod task;
pub mod timer;
pub mod wall;
mod writer;

pub use error::StoreError;
pub use sql::{Others, Reader, Tx};
pub use store::{Database, Options, Store};
pub use writer::News;
