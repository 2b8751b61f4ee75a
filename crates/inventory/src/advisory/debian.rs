//! How Debian orders versions: <https://www.debian.org/doc/debian-policy/ch-controlfields.html#version>.
//!
//! Written here because the libraries that there are either bring a calendar and big integers with them, or panic on
//! what is not ASCII. The tests hold it against `dpkg --compare-versions`.

use std::cmp::Ordering;

/// A version of a Debian package: `[epoch:]upstream[-revision]`. Ordered as dpkg does.
#[derive(Debug, Clone)]
pub struct DebianVersion {
    epoch: u32,
    upstream: String,
    revision: String,
}

impl DebianVersion {
    /// Reads a version; nothing, where policy allows no such one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (epoch, rest) = match text.split_once(':') {
            Some((epoch, rest)) if epoch.bytes().all(|byte| byte.is_ascii_digit()) => {
                (epoch.parse().ok()?, rest)
            }
            Some(_) => return None,
            None => (0, text),
        };
        let (upstream, revision) = rest.rsplit_once('-').unwrap_or((rest, ""));
        let known = |byte: u8| byte.is_ascii_alphanumeric() || b".+~-:".contains(&byte);
        let begins = upstream.bytes().next()?.is_ascii_digit();
        let in_order =
            begins && upstream.bytes().all(known) && revision.bytes().all(|b| known(b) && b != b':');
        in_order.then(|| Self {
            epoch,
            upstream: upstream.to_owned(),
            revision: revision.to_owned(),
        })
    }
}

impl Ord for DebianVersion {
    fn cmp(&self, other: &Self) -> Ordering {
        self.epoch
            .cmp(&other.epoch)
            .then_with(|| parts(self.upstream.as_bytes(), other.upstream.as_bytes()))
            .then_with(|| parts(self.revision.as_bytes(), other.revision.as_bytes()))
    }
}

impl PartialOrd for DebianVersion {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for DebianVersion {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for DebianVersion {}

/// Compares by turns a part without digits and a part of digits, until one differs.
fn parts(mut one: &[u8], mut other: &[u8]) -> Ordering {
    while !one.is_empty() || !other.is_empty() {
        let (words, numbers) = (split(&mut one), split(&mut other));
        let found = letters(words.0, numbers.0).then_with(|| digits(words.1, numbers.1));
        if found != Ordering::Equal {
            return found;
        }
    }
    Ordering::Equal
}

/// Takes off what has no digits, and the digits after it.
fn split<'v>(text: &mut &'v [u8]) -> (&'v [u8], &'v [u8]) {
    let end = |text: &[u8], digit: bool| {
        let found = text.iter().position(|byte| byte.is_ascii_digit() != digit);
        found.unwrap_or(text.len())
    };
    let (word, rest) = text.split_at(end(text, false));
    let (number, rest) = rest.split_at(end(rest, true));
    *text = rest;
    (word, number)
}

/// `~` before the end, the end before letters, letters before everything else.
fn letters(one: &[u8], other: &[u8]) -> Ordering {
    let weight = |byte: Option<&u8>| match byte {
        Some(b'~') => -1,
        None => 0,
        Some(byte) if byte.is_ascii_alphabetic() => i32::from(*byte),
        Some(byte) => i32::from(*byte) + 256,
    };
    let longest = one.len().max(other.len());
    let mut pairs = (0..longest).map(|at| weight(one.get(at)).cmp(&weight(other.get(at))));
    pairs
        .find(|found| *found != Ordering::Equal)
        .unwrap_or(Ordering::Equal)
}

/// Numbers of any length.
fn digits(one: &[u8], other: &[u8]) -> Ordering {
    let bare = |text: &'_ [u8]| text.iter().position(|byte| *byte != b'0').unwrap_or(text.len());
    let (one, other) = (
        one.get(bare(one)..).unwrap_or_default(),
        other.get(bare(other)..).unwrap_or_default(),
    );
    one.len().cmp(&other.len()).then_with(|| one.cmp(other))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_policy() {
        let sorted = [
            "1.0~~",
            "1.0~~a",
            "1.0~",
            "1.0",
            "1.0-0.1",
            "1.0-1~bpo12+1",
            "1.0-1",
            "1.0-1+b1",
            "1.0a",
            "1.0+dfsg",
            "1.00.1",
            "1.1",
            "1.2",
            "1.10",
            "1:0.1",
        ];
        let read: Vec<_> = sorted
            .iter()
            .map(|text| DebianVersion::parse(text).unwrap())
            .collect();
        for (at, one) in read.iter().enumerate() {
            for (beyond, other) in read.iter().enumerate() {
                assert_eq!(
                    one.cmp(other),
                    at.cmp(&beyond),
                    "{} {}",
                    sorted[at],
                    sorted[beyond]
                );
            }
        }
        let equal = [("1.0", "0:1.0"), ("1.0", "1.0-0"), ("1.01", "1.1"), ("1.", "1.0")];
        for (one, other) in equal {
            assert_eq!(DebianVersion::parse(one), DebianVersion::parse(other));
        }
        for text in ["", "a", "1é", ":1", "x:1", "99999999999:1", "1_0", "-1"] {
            assert_eq!(DebianVersion::parse(text), None, "{text}");
        }
    }
}
