//! Hashes of a delivery's rows, gathered while they are written.

use std::fmt;

use aws_lc_rs::digest::{Context, SHA256, digest};

use crate::formats::Row;

/// A SHA-256 hash; shown in lower-case hexadecimal, as `sha256sum` shows it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Sha256(pub [u8; 32]);

impl Sha256 {
    /// The hash of some bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self::from_digest(&digest(&SHA256, bytes))
    }

    fn of_parts(parts: &[&[u8]]) -> Self {
        let mut context = Context::new(&SHA256);
        parts.iter().for_each(|part| context.update(part));
        Self::from_digest(&context.finish())
    }

    fn from_digest(digest: &aws_lc_rs::digest::Digest) -> Self {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(digest.as_ref());
        Self(bytes)
    }

    /// Reads 64 lower-case hexadecimal digits.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        if text.len() != 64 || !text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
            return None;
        }
        for (index, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(text.get(2 * index..2 * index + 2)?, 16).ok()?;
        }
        Some(Self(bytes))
    }
}

impl fmt::Display for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sha256({self})")
    }
}

/// The hash of each row, in order. From a hash one can test a guess of the row, so the list is sealed like the rows;
/// the manifest holds its root only.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RowHashes(Vec<Sha256>);

impl RowHashes {
    /// Takes hashes that were kept.
    #[must_use]
    pub const fn from_hashes(hashes: Vec<Sha256>) -> Self {
        Self(hashes)
    }

    /// The hashes.
    #[must_use]
    pub fn as_slice(&self) -> &[Sha256] {
        &self.0
    }

    /// Whether `line` (with its line feed) is the row of this number, counted from 1.
    #[must_use]
    pub fn holds(&self, number: u64, line: &[u8]) -> bool {
        let index = number
            .checked_sub(1)
            .and_then(|index| usize::try_from(index).ok());
        index
            .and_then(|index| self.0.get(index))
            .is_some_and(|hash| *hash == leaf(line))
    }

    /// The Merkle tree hash of the rows (RFC 6962, section 2.1).
    #[must_use]
    pub fn root(&self) -> Sha256 {
        // complete subtrees from left to right, with their sizes: as digits of a binary number
        let mut subtrees: Vec<(usize, Sha256)> = Vec::new();
        for &hash in &self.0 {
            let (mut size, mut hash) = (1, hash);
            while let Some((_, left)) = subtrees.pop_if(|(left, _)| *left == size) {
                (size, hash) = (size * 2, node(left, hash));
            }
            subtrees.push((size, hash));
        }
        let root = subtrees
            .into_iter()
            .rev()
            .map(|(_, hash)| hash)
            .reduce(|right, left| node(left, right));
        root.unwrap_or_else(|| Sha256::of(b""))
    }
}

fn leaf(line: &[u8]) -> Sha256 {
    Sha256::of_parts(&[&[0], line])
}

fn node(left: Sha256, right: Sha256) -> Sha256 {
    Sha256::of_parts(&[&[1], &left.0, &right.0])
}

/// Hashes rows one after the other.
pub struct Digester {
    whole: Context,
    bytes: u64,
    hashes: Vec<Sha256>,
}

/// What is known of the rows of a delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowsDigest {
    /// Rows.
    pub rows: u64,
    /// Bytes of the JSONL file.
    pub bytes: u64,
    /// SHA-256 of the JSONL file.
    pub sha256: Sha256,
    /// The hash of each row.
    pub hashes: RowHashes,
}

impl Default for Digester {
    fn default() -> Self {
        Self {
            whole: Context::new(&SHA256),
            bytes: 0,
            hashes: Vec::new(),
        }
    }
}

impl Digester {
    /// Adds the next row.
    pub fn push(&mut self, row: &Row) {
        self.push_line(row.as_bytes());
    }

    /// Adds the next line, line feed included, of a file that is read again.
    pub fn push_line(&mut self, line: &[u8]) {
        self.whole.update(line);
        self.bytes += line.len() as u64;
        self.hashes.push(leaf(line));
    }

    /// Ends with what was added.
    #[must_use]
    pub fn finish(self) -> RowsDigest {
        RowsDigest {
            rows: self.hashes.len() as u64,
            bytes: self.bytes,
            sha256: Sha256::from_digest(&self.whole.finish()),
            hashes: RowHashes(self.hashes),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The leaves and roots of Certificate Transparency's reference tests (`merkle_tree_test.cc`).
    #[test]
    fn roots_are_those_of_rfc_6962() {
        let leaves: [&[u8]; 8] = [
            b"",
            b"\x00",
            b"\x10",
            b"\x20\x21",
            b"\x30\x31",
            b"\x40\x41\x42\x43",
            b"\x50\x51\x52\x53\x54\x55\x56\x57",
            b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
        ];
        let roots = [
            (
                0,
                "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            ),
            (
                1,
                "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            ),
            (
                2,
                "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            ),
            (
                3,
                "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            ),
            (
                5,
                "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
            ),
            (
                7,
                "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
            ),
            (
                8,
                "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
            ),
        ];
        for (count, root) in roots {
            let mut digester = Digester::default();
            leaves[..count].iter().for_each(|line| digester.push_line(line));
            assert_eq!(digester.finish().hashes.root().to_string(), root, "{count} rows");
        }
    }

    #[test]
    fn a_row_is_known_by_its_number() {
        let mut digester = Digester::default();
        digester.push_line(b"one\n");
        digester.push_line(b"two\n");
        let digest = digester.finish();
        assert_eq!(
            (digest.rows, digest.bytes, digest.sha256),
            (2, 8, Sha256::of(b"one\ntwo\n"))
        );
        assert!(digest.hashes.holds(2, b"two\n"));
        assert!(
            !digest.hashes.holds(1, b"two\n")
                && !digest.hashes.holds(0, b"one\n")
                && !digest.hashes.holds(3, b"")
        );
    }

    #[test]
    fn only_lower_case_hexadecimal_is_read() {
        let text = Sha256::of(b"x").to_string();
        assert_eq!(Sha256::parse(&text), Some(Sha256::of(b"x")));
        assert_eq!(Sha256::parse(&text.to_uppercase()), None);
        assert_eq!(Sha256::parse(&text[1..]), None);
        assert_eq!(Sha256::parse(&format!("+{}", &text[1..])), None);
    }
}
