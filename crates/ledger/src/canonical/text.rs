//! Strings: which bytes are escaped and how, and the order of keys.

use std::cmp::Ordering;

/// Lowercase hexadecimal digits, as RFC 8785 section 3.2.2.2 asks.
const HEX: &[u8; 16] = b"0123456789abcdef";

/// Whether `byte` must be escaped inside a string.
pub(super) const fn must_escape(byte: u8) -> bool {
    byte < 0x20 || byte == b'"' || byte == b'\\'
}

/// The letter of the two-byte escape for `byte`, where JSON has one that RFC 8785 uses.
const fn short_escape(byte: u8) -> Option<u8> {
    match byte {
        b'"' | b'\\' => Some(byte),
        0x08 => Some(b'b'),
        b'\t' => Some(b't'),
        b'\n' => Some(b'n'),
        0x0c => Some(b'f'),
        b'\r' => Some(b'r'),
        _ => None,
    }
}

/// Appends `text` in quotes.
pub(super) fn append_string(text: &str, out: &mut Vec<u8>) {
    let bytes = text.as_bytes();
    out.push(b'"');
    let mut plain_from = 0;
    for (at, &byte) in bytes.iter().enumerate() {
        if must_escape(byte) {
            out.extend_from_slice(&bytes[plain_from..at]);
            append_escape(byte, out);
            plain_from = at + 1;
        }
    }
    out.extend_from_slice(&bytes[plain_from..]);
    out.push(b'"');
}

fn append_escape(byte: u8, out: &mut Vec<u8>) {
    match short_escape(byte) {
        Some(letter) => out.extend_from_slice(&[b'\\', letter]),
        None => {
            let (high, low) = (HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]);
            out.extend_from_slice(&[b'\\', b'u', b'0', b'0', high, low]);
        }
    }
}

/// Reads the canonical escape at the start of `bytes` (a backslash): the byte it stands for and its
/// length. `None` where it is cut off, or is not the form that [`append_string`] chooses.
pub(super) fn read_escape(bytes: &[u8]) -> Option<(u8, usize)> {
    let letter = *bytes.get(1)?;
    if letter != b'u' {
        let byte = match letter {
            b'b' => 0x08,
            b't' => b'\t',
            b'n' => b'\n',
            b'f' => 0x0c,
            b'r' => b'\r',
            other => other,
        };
        return (short_escape(byte) == Some(letter)).then_some((byte, 2));
    }
    let [b'0', b'0', high, low] = bytes.get(2..6)? else {
        return None;
    };
    let digit = |d: u8| HEX.iter().position(|&h| h == d);
    let byte = u8::try_from(digit(*high)? * 16 + digit(*low)?).ok()?;
    (byte < 0x20 && short_escape(byte).is_none()).then_some((byte, 6))
}

/// The order of two keys given as they stand between their quotes, both in canonical form.
///
/// RFC 8785 section 3.2.3 sorts by UTF-16 code units of the unescaped key.
pub(super) fn key_order(a: &[u8], b: &[u8]) -> Ordering {
    match a.iter().zip(b).position(|(x, y)| x != y) {
        None if !a.contains(&b'\\') => a.len().cmp(&b.len()),
        Some(at) if !a[..=at].contains(&b'\\') && b[at] != b'\\' => utf16_rank(a[at]).cmp(&utf16_rank(b[at])),
        _ => unescaped(a).map(utf16_rank).cmp(unescaped(b).map(utf16_rank)),
    }
}

/// Makes the order of first differing UTF-8 bytes that of UTF-16 code units.
///
/// The two orders differ only where a character past U+FFFF (lead bytes F0–F4; surrogates D800–DFFF
/// in UTF-16) meets one of U+E000–U+FFFF (lead bytes EE, EF), which UTF-16 puts last.
const fn utf16_rank(byte: u8) -> u8 {
    match byte {
        0xee | 0xef => byte + 0x10,
        other => other,
    }
}

/// The bytes of a canonical string body with its escapes resolved.
pub(super) fn unescaped(raw: &[u8]) -> impl Iterator<Item = u8> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        let byte = *raw.get(at)?;
        let (byte, len) = if byte == b'\\' {
            read_escape(&raw[at..])?
        } else {
            (byte, 1)
        };
        at += len;
        Some(byte)
    })
}
