//! What tests stand on: a PostgreSQL server of their own, and a place on it for each of them.
//!
//! [`SERVER`] names a running server; `cargo xtask test` starts one in a temporary folder and sets it. With
//! [`DATABASE`] set to `postgres`, suites that work on either database use it instead of a file.
//!
//! [`disk`] stands between SQLite and its files: it loses what was not synced, and fails when it is told to.

pub mod disk;
mod place;
mod server;

pub use place::{Place, SERVER};
pub use server::Server;

/// The variable that chooses the database of suites that work on either: `postgres`, or a file when it is not set.
pub const DATABASE: &str = "COFFERDAM_TEST_DATABASE";
