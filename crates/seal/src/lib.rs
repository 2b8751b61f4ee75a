//! Epoch keys, sealing of objects, delivery envelopes and the keyholder protocol.
//!
//! From a stored key to a sealed object, each arrow being one module:
//!
//! ```text
//! keyholder ── lease ──► key::Lease ── HKDF ──► object::ObjectKey ── floe ──► object::SealedObject
//! ingest public key ── X25519, HKDF ──► one-time key ──────────────── floe ──► ingest::SealedDraft
//! recipients of a lab ── age ──► envelope::Writer
//! ```
//!
//! What this crate never does:
//!
//! - It never knows a database, a ledger, HTTP or a clock: times come in as microseconds since the Unix epoch.
//! - It never prints a key: no type that holds one shows it in `Debug`, and none of them is `Clone`.
//! - It never returns a byte that was not authenticated, and never says more about a failure than which
//!   rule was broken and in which segment.
//! - It never opens a ciphertext under another compartment, project, object, kind, version or epoch than
//!   the one it was sealed for.
//! - It never takes a lock across an `await` and never spawns; only [`keyholder::ProjectKeys`], and with it
//!   [`keyholder::EmbeddedKeyholder`], touches files, below the folder that it is given.
//! - It never decides who may read. That is `custody`; here is only what a key opens.
//!
//! A limit to know: keys are wiped on drop, and so is [`Opened`]; but passing copies of plaintext, and what the
//! compiler and the cryptographic library leave on the stack, live until they are overwritten.

#[cfg(feature = "envelope")]
pub mod envelope;
pub mod floe;
pub mod ingest;
pub mod key;
pub mod keyholder;
pub mod object;
pub mod padding;

mod content;
mod id;
mod kdf;
mod random;
mod stack;
#[cfg(test)]
mod testing;

pub use content::Opened;
pub use id::{Id128, ParseIdError};
pub use random::{Random, RandomError, SystemRandom};
