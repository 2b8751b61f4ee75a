//! A node's side of `docs/keyholder-protocol.md`: what it has on its disk of each keyholder that a lab runs, and the calls it makes.
//!
//! One file per compartment holds the enrolment: certificate, key and the chain of tokens, with the call that is under way. It is written
//! before a call is sent and after it was answered, and belongs *outside* the data folder, so that a copy of the data is not a copy of the
//! node. Calls to one keyholder come one after another; one whose answer does not come is sent again before any other.

mod conn;
mod enrol;
mod folder;
mod remote;
mod said;
mod tls;

pub use folder::{Enrolments, FolderError};
