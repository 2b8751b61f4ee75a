//! What has no canonical form, and which bytes are not in it.

use super::{MAX_DEPTH, MAX_ENTRY_BYTES};

/// Why a value could not be written, or bytes could not be accepted, as canonical JSON.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CanonicalError {
    /// A float, even a whole one: its text differs between implementations.
    #[error("a fractional number has no canonical form here: use an integer of a smaller unit, or a string")]
    Float,
    /// An integer past ±(2^53 − 1), which JSON readers round.
    #[error("the integer {0} is outside ±(2^53 - 1): use a string")]
    IntegerRange(i128),
    /// A map key that is not a string.
    #[error("an object's key must be a string")]
    KeyNotString,
    /// Two members of one object share a key.
    #[error("the key {0:?} occurs twice in one object")]
    DuplicateKey(String),
    /// More nesting than [`MAX_DEPTH`].
    #[error("arrays and objects nest deeper than {MAX_DEPTH}")]
    TooDeep,
    /// More bytes than [`MAX_ENTRY_BYTES`].
    #[error(
        "{len} bytes, but an entry has at most {MAX_ENTRY_BYTES}: store the rest as an object and put its hash into the entry"
    )]
    TooLong {
        /// The length found, in bytes.
        len: usize,
    },
    /// The bytes are not in canonical form.
    #[error("byte {offset} is not canonical JSON: {why}")]
    NotCanonical {
        /// Where, counted from the first byte.
        offset: usize,
        /// What is expected of it.
        why: &'static str,
    },
    /// A `Serialize` implementation's own complaint.
    #[error("{0}")]
    Message(String),
}

impl serde::ser::Error for CanonicalError {
    fn custom<T: std::fmt::Display>(message: T) -> Self {
        Self::Message(message.to_string())
    }
}
