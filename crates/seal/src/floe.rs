//! FLOE (Fast Lightweight Online Encryption): committing authenticated encryption in segments.
//!
//! Source: <https://c2sp.org/FLOE>, with AES-256-GCM, HKDF-Expand-SHA-384 and an IV of 32 bytes, the only
//! combination that the specification names. Checked against the known answers of its authors.
//!
//! A ciphertext is a header, then segments. All integers are big-endian:
//!
//! | Part | Bytes |
//! |---|---|
//! | header: parameters | 10: AEAD 0, KDF 0, segment length (4), IV length (4) |
//! | header: IV | 32, random |
//! | header: tag | 32; commits to key, IV and associated data |
//! | segment: length | 4: `0xFFFFFFFF`, or the last segment's whole length |
//! | segment: nonce | 12, random |
//! | segment: ciphertext | fills the segment; shorter or empty only in the last |
//! | segment: tag | 16; binds the segment's position and whether it is the last |
//!
//! What does not open: a ciphertext with a bit changed, a segment moved, left out or added, the end cut off
//! or extended, other associated data, another key. [`open_range`] reads only the segments that it needs,
//! and always the last one, so that it too refuses a ciphertext of the wrong length; it says nothing about
//! segments that it did not read.
//!
//! The unit of loss is a segment: [`Opener`] releases one before it has seen the next. A caller that must
//! not act on a truncated stream waits for [`Opener::finish`].

mod error;
mod layout;
mod message;
mod opener;
mod parameters;
mod random_access;
mod sealer;

#[cfg(test)]
mod known_answers;
#[cfg(test)]
mod tests;

pub use error::FloeError;
pub use layout::Layout;
pub use message::Key;
pub use opener::Opener;
pub use parameters::{HEADER_LEN, KEY_LEN, MAX_SEGMENTS, Parameters, SEGMENT_OVERHEAD};
pub use random_access::RandomAccess;
pub use sealer::Sealer;

pub(crate) use parameters::TAG_LEN;
pub(crate) use sealer::Body;

use crate::random::Random;

/// Seals `plaintext` in one call; the result is [`Parameters::sealed_len`] bytes long.
///
/// # Errors
/// [`FloeError::Random`] when `random` fails, [`FloeError::TooLong`] past 2^40 segments.
pub fn seal(
    parameters: Parameters,
    key: &Key,
    associated: &[u8],
    plaintext: &[u8],
    random: &dyn Random,
) -> Result<Vec<u8>, FloeError> {
    let layout = Layout::for_plaintext(parameters, plaintext.len() as u64)?;
    let mut sealer = Sealer::new(parameters, key, associated, random)?;
    let mut out = vec![0; layout.sealed_size()?];
    let (header, body) = out.split_at_mut(HEADER_LEN);
    header.copy_from_slice(sealer.header());
    let last = layout.segments() - 1;
    let mut plaintexts = plaintext.chunks(parameters.plaintext_per_segment());
    for (position, segment) in (0..).zip(body.chunks_mut(parameters.segment_len())) {
        sealer.seal_into(
            segment,
            Body::From(plaintexts.next().unwrap_or_default()),
            position == last,
        )?;
    }
    Ok(out)
}

/// Opens a whole ciphertext in one call.
///
/// # Errors
/// [`FloeError`] names the first rule that the ciphertext breaks; nothing is returned then.
pub fn open(
    parameters: Parameters,
    key: &Key,
    associated: &[u8],
    sealed: &[u8],
) -> Result<Vec<u8>, FloeError> {
    let (mut access, body) = RandomAccess::over(parameters, key, associated, sealed)?;
    let mut out = vec![0; access.layout().plaintext_size()?];
    let mut plaintexts = out.chunks_mut(parameters.plaintext_per_segment());
    for (position, segment) in (0..).zip(body.chunks(parameters.segment_len())) {
        access.open_segment(position, segment, plaintexts.next().unwrap_or_default())?;
    }
    Ok(out)
}

/// Opens bytes `offset .. offset + len` of the plaintext, reading only the segments that hold them and the
/// last one.
///
/// # Errors
/// [`FloeError::Range`] when the plaintext is shorter than that; otherwise as [`open`].
pub fn open_range(
    parameters: Parameters,
    key: &Key,
    associated: &[u8],
    sealed: &[u8],
    offset: u64,
    len: usize,
) -> Result<Vec<u8>, FloeError> {
    let (mut access, body) = RandomAccess::over(parameters, key, associated, sealed)?;
    access.open_range(body, offset, len)
}
