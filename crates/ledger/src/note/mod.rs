//! Signed notes: a text, and lines below it that sign it.
//!
//! Format: <https://c2sp.org/signed-note>. Two kinds of signature are known here: Ed25519 over the text
//! (type 0x01, [`SigningKey`]), and Ed25519 cosignatures over a checkpoint and a time (type 0x04,
//! [`CosigningKey`]). Signatures of any other kind are carried along and never counted.

mod cosign;
mod format;
mod key;
mod secret;

pub use cosign::{CosigningKey, TimestampedSignature};
pub use format::{MAX_NOTE_BYTES, MAX_SIGNATURES, Note, NoteError, Signature, Verified};
pub(crate) use key::beginning;
pub use key::{KeyError, KeyId, SignatureType, VerifyingKey};
pub use secret::SigningKey;

#[cfg(test)]
mod tests;
