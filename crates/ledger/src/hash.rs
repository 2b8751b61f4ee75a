//! RFC 6962 section 2.1 hashing: SHA-256 with a byte in front that keeps leaves and nodes apart.

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::digest::{Context, SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// The length of a hash, in bytes.
pub const HASH_BYTES: usize = 32;

/// In front of an entry.
const LEAF_PREFIX: u8 = 0x00;
/// In front of two child hashes.
const NODE_PREFIX: u8 = 0x01;
/// Entries shorter than this are hashed in one call, from a copy on the stack.
const ONE_SHOT_BYTES: usize = 1024;

/// The hash of a leaf, an inner node or a root.
///
/// As text it is what checkpoints and proofs hold, everywhere: `Display`, `FromStr` and serde use
/// [`Hash::to_base64`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, std::hash::Hash)]
pub struct Hash(pub [u8; HASH_BYTES]);

/// A text or byte string that is not a hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a hash is {HASH_BYTES} bytes: as text, 44 characters of base64")]
pub struct BadHash;

impl Hash {
    /// The root of the tree without leaves: SHA-256 of nothing.
    pub const EMPTY: Self = Self([
        0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24, 0x27,
        0xae, 0x41, 0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55,
    ]);

    /// The hash of an entry as a leaf: `SHA-256(0x00 || entry)`.
    #[must_use]
    pub fn leaf(entry: &[u8]) -> Self {
        let mut buffer = [LEAF_PREFIX; ONE_SHOT_BYTES];
        if let Some(place) = buffer.get_mut(1..=entry.len()) {
            place.copy_from_slice(entry);
            return Self::of(&buffer[..=entry.len()]);
        }
        let mut context = Context::new(&SHA256);
        context.update(&[LEAF_PREFIX]);
        context.update(entry);
        Self::from_digest(context.finish().as_ref())
    }

    /// The hash of an inner node: `SHA-256(0x01 || left || right)`.
    #[must_use]
    pub fn node(left: &Self, right: &Self) -> Self {
        let mut buffer = [NODE_PREFIX; 1 + 2 * HASH_BYTES];
        buffer[1..=HASH_BYTES].copy_from_slice(&left.0);
        buffer[1 + HASH_BYTES..].copy_from_slice(&right.0);
        Self::of(&buffer)
    }

    /// Plain SHA-256, for what is not part of a tree.
    #[must_use]
    pub(crate) fn of(bytes: &[u8]) -> Self {
        Self::from_digest(digest(&SHA256, bytes).as_ref())
    }

    fn from_digest(bytes: &[u8]) -> Self {
        let mut hash = [0; HASH_BYTES];
        hash.copy_from_slice(bytes);
        Self(hash)
    }

    /// The bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; HASH_BYTES] {
        &self.0
    }

    /// RFC 4648 section 4 base64, with padding: 44 characters.
    #[must_use]
    pub fn to_base64(&self) -> String {
        STANDARD.encode(self.0)
    }

    /// Reads [`Hash::to_base64`].
    ///
    /// # Errors
    /// [`BadHash`] for any other text, other base64 alphabets included.
    pub fn from_base64(text: &str) -> Result<Self, BadHash> {
        let bytes = STANDARD.decode(text).map_err(|_| BadHash)?;
        Self::try_from(bytes.as_slice())
    }
}

impl TryFrom<&[u8]> for Hash {
    type Error = BadHash;

    fn try_from(bytes: &[u8]) -> Result<Self, BadHash> {
        bytes.try_into().map(Self).map_err(|_| BadHash)
    }
}

impl FromStr for Hash {
    type Err = BadHash;

    fn from_str(text: &str) -> Result<Self, BadHash> {
        Self::from_base64(text)
    }
}

/// The value of a lowercase hexadecimal digit.
pub(crate) const fn hex_digit(digit: u8) -> Result<u8, BadHash> {
    match digit {
        b'0'..=b'9' => Ok(digit - b'0'),
        b'a'..=b'f' => Ok(digit - b'a' + 10),
        _ => Err(BadHash),
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_base64())
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hash({self})")
    }
}

impl Serialize for Hash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Hash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}
