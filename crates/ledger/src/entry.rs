//! What this crate knows of an entry: its length, its form, its place and its time.
//!
//! An entry is a canonical JSON object of at most [`MAX_ENTRY_BYTES`] bytes with two members that the
//! verifier reads: `n`, its index in the log, and `t`, its time in microseconds since 1970. Everything
//! else in it is the business of whoever wrote it.

use serde::Serialize;

use crate::canonical::{CanonicalError, MAX_ENTRY_BYTES, append_canonical, scan_members};

/// The place and time of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EntryHead {
    /// `n`: its index in the log.
    pub index: u64,
    /// `t`: microseconds since 1970, not before the time of the entry before it.
    pub time: i64,
}

/// Bytes or a value that are no entry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EntryError {
    /// Not canonical JSON, not an object, or too long.
    #[error(transparent)]
    Canonical(#[from] CanonicalError),
    /// No `n`, or not a whole number from 0 up.
    #[error("it has no member \"n\" that is an index (an integer from 0 up)")]
    Index,
    /// No `t`, or not an integer.
    #[error("it has no member \"t\" that is a time (an integer, microseconds since 1970)")]
    Time,
}

/// Checks an entry's bytes, and reads its place and time. Allocates nothing.
///
/// # Errors
/// [`EntryError`].
pub fn read_head(entry: &[u8]) -> Result<EntryHead, EntryError> {
    if entry.len() > MAX_ENTRY_BYTES {
        return Err(CanonicalError::TooLong { len: entry.len() }.into());
    }
    let (mut index, mut time) = (None, None);
    scan_members(entry, |key, value| match key {
        b"n" => index = integer(value),
        b"t" => time = integer(value),
        _ => (),
    })?;
    let index = index
        .and_then(|n| u64::try_from(n).ok())
        .ok_or(EntryError::Index)?;
    Ok(EntryHead {
        index,
        time: time.ok_or(EntryError::Time)?,
    })
}

/// The integer that a canonical value is, if it is one.
fn integer(value: &[u8]) -> Option<i64> {
    std::str::from_utf8(value).ok()?.parse().ok()
}

/// Appends the canonical bytes of an entry to `out`, and checks that they are one.
///
/// # Errors
/// [`EntryError`]; `out` is then as it was.
pub fn append_entry<T: Serialize + ?Sized>(entry: &T, out: &mut Vec<u8>) -> Result<EntryHead, EntryError> {
    let start = out.len();
    append_canonical(entry, out)?;
    let head = read_head(&out[start..]);
    if head.is_err() {
        out.truncate(start);
    }
    head
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn place_and_time_are_read() {
        let mut bytes = b"before".to_vec();
        let head = append_entry(&json!({"t": -5, "n": 7, "a": {"n": 1, "t": 2}}), &mut bytes);
        assert_eq!(head, Ok(EntryHead { index: 7, time: -5 }));
        assert_eq!(bytes, br#"before{"a":{"n":1,"t":2},"n":7,"t":-5}"#);
    }

    #[test]
    fn what_is_no_entry_is_refused() {
        for (bytes, error) in [
            (r#"{"n":0}"#, EntryError::Time),
            (r#"{"t":0}"#, EntryError::Index),
            (r#"{"n":-1,"t":0}"#, EntryError::Index),
            (r#"{"n":"1","t":0}"#, EntryError::Index),
            (r#"{"n":0,"t":null}"#, EntryError::Time),
        ] {
            assert_eq!(read_head(bytes.as_bytes()), Err(error));
        }
        for bytes in [
            "[]",
            "",
            "{",
            r#"{"t":0,"n":0}"#,
            r#"{"n":0,"t":0} "#,
            r#"{"n":0,"n":0,"t":0}"#,
        ] {
            assert!(
                matches!(read_head(bytes.as_bytes()), Err(EntryError::Canonical(_))),
                "{bytes}"
            );
        }
        let mut out = vec![1];
        let long = json!({"n": 0, "t": 0, "x": "a".repeat(MAX_ENTRY_BYTES)});
        assert!(matches!(
            append_entry(&long, &mut out),
            Err(EntryError::Canonical(CanonicalError::TooLong { .. }))
        ));
        assert_eq!(out, [1]);
    }
}
