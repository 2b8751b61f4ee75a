//! Canonical JSON: one value, one byte string.
//!
//! The form is RFC 8785 (JSON Canonicalization Scheme) restricted to what a ledger entry needs:
//! objects, arrays, strings, booleans, null, and integers within ±(2^53 − 1). Fractions and
//! exponents are refused rather than formatted, because number formatting is where two
//! implementations of RFC 8785 disagree.
//!
//! * no white space; members sorted by the UTF-16 code units of their keys, none twice;
//! * in strings, only `"`, `\` and U+0000–U+001F are escaped, by the short form where JSON has one
//!   (`\b \t \n \f \r`), else as `\u00xx` with lowercase digits;
//! * nesting of at most [`MAX_DEPTH`].
//!
//! [`append_canonical`] writes, [`check_canonical`] checks bytes without building anything, and
//! [`parse_canonical`] checks and builds. The check accepts exactly what the writer writes.

mod compound;
mod error;
mod scan;
mod text;
mod write;

use serde::Serialize;
use serde_json::Value;

pub use error::CanonicalError;
pub(crate) use scan::scan_members;

/// The longest entry, in bytes: a tlog-tiles bundle has 16 bits for a length.
pub const MAX_ENTRY_BYTES: usize = 65_535;

/// How deep arrays and objects may nest.
pub const MAX_DEPTH: usize = 64;

/// The largest integer that canonical JSON holds, 2^53 − 1; the smallest is its negative.
pub const MAX_INTEGER: u64 = (1 << 53) - 1;

/// The canonical bytes of `value`. Without a limit on length: an entry's is set by [`crate::entry`].
///
/// # Errors
/// Where `value` has no canonical form: see [`CanonicalError`].
pub fn to_canonical<T: Serialize + ?Sized>(value: &T) -> Result<Vec<u8>, CanonicalError> {
    let mut out = Vec::with_capacity(512);
    append_canonical(value, &mut out)?;
    Ok(out)
}

/// Appends the canonical bytes of `value` to `out`; leaves `out` as it was where it fails.
///
/// Takes a [`Value`] as well as any `Serialize` type, and writes the same for both. Keys are sorted
/// here, whatever order the type's fields or the map's entries come in.
///
/// # Errors
/// Where `value` has no canonical form: see [`CanonicalError`].
pub fn append_canonical<T: Serialize + ?Sized>(value: &T, out: &mut Vec<u8>) -> Result<(), CanonicalError> {
    let start = out.len();
    let mut writer = write::Writer::new(out);
    let written = value.serialize(&mut writer);
    if written.is_err() {
        out.truncate(start);
    }
    written
}

/// Checks that `bytes` are the canonical form of some value, without allocating.
///
/// # Errors
/// [`CanonicalError::NotCanonical`] with the offset of the first byte that is out of form.
pub fn check_canonical(bytes: &[u8]) -> Result<(), CanonicalError> {
    scan::scan(bytes)
}

/// Parses an entry's bytes, and refuses every byte string that [`append_canonical`] would not have
/// written: other white space, order, escapes or numbers, a key twice, a byte left over.
///
/// # Errors
/// [`CanonicalError::TooLong`] past [`MAX_ENTRY_BYTES`], else as [`check_canonical`].
pub fn parse_canonical(bytes: &[u8]) -> Result<Value, CanonicalError> {
    if bytes.len() > MAX_ENTRY_BYTES {
        return Err(CanonicalError::TooLong { len: bytes.len() });
    }
    check_canonical(bytes)?;
    serde_json::from_slice(bytes).map_err(|e| CanonicalError::Message(e.to_string()))
}

#[cfg(test)]
mod tests;
