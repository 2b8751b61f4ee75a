//! What tests stand on: a PostgreSQL server of their own, and a place on it for each of them.
//!
//! [`SERVER`] names a running server; `cargo xtask test` starts one in a temporary folder and sets it. With
//! [`DATABASE`] set to `postgres`, suites that work on either database use it instead of a file.
//!
//! `disk` stands between SQLite and its files: it loses what was not synced, and fails when it is told to.

#[cfg(feature = "disk")]
pub mod disk;
mod place;
#[cfg(feature = "raw")]
mod raw;
mod server;
mod wire;

pub use place::{Place, SERVER};
#[cfg(feature = "raw")]
pub use raw::{Cell, Cells, Raw};
pub use server::Server;
pub use wire::Wire;

/// The variable that chooses the database of suites that work on either: `postgres`, or a file when it is not set.
pub const DATABASE: &str = "COFFERDAM_TEST_DATABASE";
