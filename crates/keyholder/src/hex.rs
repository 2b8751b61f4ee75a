//! Hashes and their text: lower-case hexadecimal.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{Context, SHA256, digest};

/// SHA-256.
pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    out.copy_from_slice(digest(&SHA256, bytes).as_ref());
    out
}

/// Bytes as text.
pub(crate) fn encode(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |value: u8| char::from(DIGITS[usize::from(value & 15)]);
    bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(*byte)])
        .collect()
}

/// The SHA-256 of bytes, as text.
pub(crate) fn sha256_text(bytes: &[u8]) -> String {
    encode(&sha256(bytes))
}

/// The SHA-256 of bytes one after another, as text. Nothing is copied, so that no secret among them is.
pub(crate) fn sha256_of_parts(parts: &[&[u8]]) -> String {
    let mut context = Context::new(&SHA256);
    parts.iter().for_each(|part| context.update(part));
    encode(context.finish().as_ref())
}

/// Whether two byte strings are the same, in a time that says nothing about where they differ.
pub(crate) fn same(a: &[u8], b: &[u8]) -> bool {
    verify_slices_are_equal(a, b).is_ok()
}
