//! Why a FLOE ciphertext was not made or not opened.

/// A ciphertext could not be made, or does not open.
///
/// Every variant can be shown to anyone: none depends on the key or on a byte of plaintext.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FloeError {
    /// Shorter than a header and the smallest last segment.
    #[error("the ciphertext ends early: its last segment is missing or cut off")]
    Truncated,
    /// The header states other algorithms or another segment length.
    #[error("the ciphertext was made with other parameters")]
    Parameters,
    /// The header's tag fits neither this key, nor this associated data, nor this IV.
    #[error("the header does not fit this key and associated data; check that both belong to this object")]
    Header,
    /// A segment's length, or the length it states, is not the one for its place.
    #[error("segment {position} has the wrong length for its place")]
    SegmentLength {
        /// Index of the segment, from 0.
        position: u64,
    },
    /// A segment was changed, or stood elsewhere.
    #[error("segment {position} is not authentic: changed, or moved from another place")]
    Segment {
        /// Index of the segment, from 0.
        position: u64,
    },
    /// Bytes follow the last segment.
    #[error("the ciphertext goes on after its last segment")]
    AfterLast,
    /// More than 2^40 segments, or more bytes than this machine can address.
    #[error("the text is too long for one ciphertext with this segment length")]
    TooLong,
    /// The range that was asked for ends after the plaintext.
    #[error("the range ends after the plaintext's {plaintext_len} bytes")]
    Range {
        /// Length of the whole plaintext, in bytes.
        plaintext_len: u64,
    },
    /// The source of randomness failed while sealing.
    #[error(transparent)]
    Random(#[from] crate::random::RandomError),
    /// The cryptographic library refused to work; a fault of the machine, not of the ciphertext.
    #[error("the cryptographic library refused to work")]
    Library,
}
