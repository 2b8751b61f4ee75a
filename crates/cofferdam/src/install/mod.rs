//! An installation in its data folder: made, opened, served, examined.
//!
//! | path | holds |
//! |---|---|
//! | `cofferdam.toml` | the configuration |
//! | `cofferdam.sqlite`, `lock` | the database, and who uses it |
//! | `installation.key` | the installation's own secret |
//! | `watermarks/` | how far each ledger is known to have been |
//! | `keyholder/` | the embedded keyholder's keys |
//! | `deliveries/` | deliveries, encrypted to the labs |
//! | `operator.token` | an operator's API token: the first one's, or one that was recovered |
//!
//! Several nodes on one database have a data folder each, and one `keyholder/` and `deliveries/` between them.

mod found;
mod harden;
mod join;
mod log;
mod open;
mod serve;

use std::path::{Path, PathBuf};

pub(crate) use found::{found, found_at, private_file};
pub(crate) use harden::{no_core_dumps, private_files};
pub(crate) use join::join;
pub(crate) use log::{to_file, to_stderr};
pub(crate) use open::{check_origin, open, open_at, open_to_examine};
pub(crate) use serve::{Server, Signals, bind, serve};

/// The operator's token file in a data folder.
pub(crate) fn token_file(folder: &Path) -> PathBuf {
    folder.join("operator.token")
}

fn keyholder_folder(folder: &Path) -> PathBuf {
    folder.join("keyholder")
}

/// Where a data folder keeps the encrypted files of deliveries.
pub(crate) fn deliveries_folder(folder: &Path) -> PathBuf {
    folder.join("deliveries")
}
