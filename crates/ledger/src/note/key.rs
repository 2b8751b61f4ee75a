//! Verifier keys: `name+id+base64(type || public key)`.

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::hash::{Hash, hex_digit};

use super::cosign::TimestampedSignature;
use super::format::Signature;

/// The longest key name taken, in bytes.
const MAX_NAME_BYTES: usize = 255;

/// A key that cannot be read, made or used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// A name that a note cannot carry: its beginning.
    #[error(
        "{0:?} is no key name: 1 to {MAX_NAME_BYTES} bytes, without white space, control characters or '+'"
    )]
    Name(String),
    /// Text that is not a key of the kind expected.
    #[error("this is not {expected}: {why}")]
    Format {
        /// The kind of key and its form.
        expected: &'static str,
        /// What is amiss.
        why: &'static str,
    },
    /// A key's text carries another id than its name and key give.
    #[error(
        "the key of {name} has the id {computed}, but its text says {stated}: it was altered or cut together"
    )]
    Id {
        /// The key's name.
        name: String,
        /// The id in the text.
        stated: KeyId,
        /// The id that follows from name and key.
        computed: KeyId,
    },
    /// The system gave no randomness, or the library refused the key.
    #[error("the cryptographic library failed to {0}")]
    Crypto(&'static str),
}

/// What a key signs. The number is the signature type of c2sp.org/signed-note.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SignatureType {
    /// Ed25519 over a note's text.
    Ed25519 = 0x01,
    /// Ed25519 over a checkpoint and a time: c2sp.org/tlog-cosignature, v1.
    CosignatureV1 = 0x04,
}

impl SignatureType {
    const fn from_byte(byte: u8) -> Option<Self> {
        match byte {
            0x01 => Some(Self::Ed25519),
            0x04 => Some(Self::CosignatureV1),
            _ => None,
        }
    }
}

/// Four bytes that, with the key's name, tell which key made a signature. Not a commitment to the key.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(pub [u8; 4]);

impl KeyId {
    /// `SHA-256(name || 0x0A || type || public key)[:4]`.
    fn of(name: &str, kind: SignatureType, public: &[u8; 32]) -> Self {
        let hash = Hash::of(&[name.as_bytes(), b"\n", &[kind as u8], public].concat());
        let [a, b, c, d, ..] = hash.0;
        Self([a, b, c, d])
    }

    pub(super) fn from_hex(text: &str) -> Option<Self> {
        let digits: &[u8; 8] = text.as_bytes().try_into().ok()?;
        let mut id = [0; 4];
        for (byte, pair) in id.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = hex_digit(pair[0]).ok()? << 4 | hex_digit(pair[1]).ok()?;
        }
        Some(Self(id))
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}", u32::from_be_bytes(self.0))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyId({self})")
    }
}

/// As much of a text as a message repeats of it: it comes from a stranger, and may be as long as a note.
pub(crate) fn beginning(text: &str) -> String {
    const MOST_CHARS: usize = 100;
    text.chars().take(MOST_CHARS).collect()
}

/// Checks that a note can carry `name` as a key name.
pub(super) fn check_name(name: &str) -> Result<(), KeyError> {
    let bad = |c: char| c.is_whitespace() || c.is_control() || c == '+';
    if name.is_empty() || name.len() > MAX_NAME_BYTES || name.contains(bad) {
        return Err(KeyError::Name(beginning(name)));
    }
    Ok(())
}

/// A public key that checks signatures of one type under one name.
///
/// `Display` and `FromStr` use the vkey form: `example.com/log+530d903a+AekyeRrm56h…`.
#[derive(Clone, PartialEq, Eq)]
pub struct VerifyingKey {
    name: String,
    id: KeyId,
    kind: SignatureType,
    public: [u8; 32],
}

impl VerifyingKey {
    /// A key from its parts; `public` is the 32 bytes of RFC 8032.
    ///
    /// # Errors
    /// [`KeyError::Name`]. A point that is not on the curve fails at verification.
    pub fn new(name: &str, kind: SignatureType, public: [u8; 32]) -> Result<Self, KeyError> {
        check_name(name)?;
        Ok(Self {
            name: name.to_owned(),
            id: KeyId::of(name, kind, &public),
            kind,
            public,
        })
    }

    /// The key's name: for a log its origin.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The key's id.
    #[must_use]
    pub const fn id(&self) -> KeyId {
        self.id
    }

    /// What it signs.
    #[must_use]
    pub const fn kind(&self) -> SignatureType {
        self.kind
    }

    /// The 32 bytes of RFC 8032.
    #[must_use]
    pub const fn public(&self) -> &[u8; 32] {
        &self.public
    }

    /// Whether `signature` says that this key made it.
    #[must_use]
    pub fn claims(&self, signature: &Signature) -> bool {
        signature.name() == self.name && signature.id() == self.id
    }

    /// Checks `signature` over a note's text. The outer `None` means that it does not verify; inside is
    /// the time that a cosignature states.
    pub(super) fn check(&self, text: &str, signature: &Signature) -> Option<Option<u64>> {
        match self.kind {
            SignatureType::Ed25519 => self
                .verify_raw(text.as_bytes(), signature.bytes())
                .then_some(None),
            SignatureType::CosignatureV1 => {
                let stamped = TimestampedSignature::from_bytes(signature.bytes())?;
                let message = stamped.message(text);
                self.verify_raw(message.as_bytes(), stamped.ed25519())
                    .then_some(Some(stamped.timestamp()))
            }
        }
    }

    fn verify_raw(&self, message: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ED25519, &self.public)
            .verify(message, signature)
            .is_ok()
    }
}

impl FromStr for VerifyingKey {
    type Err = KeyError;

    fn from_str(vkey: &str) -> Result<Self, KeyError> {
        let fail = |why| KeyError::Format {
            expected: "a verifier key (name+id+base64)",
            why,
        };
        let (name, rest) = vkey.split_once('+').ok_or_else(|| fail("it has no '+'"))?;
        let (id, encoded) = rest.split_once('+').ok_or_else(|| fail("it has only one '+'"))?;
        let stated =
            KeyId::from_hex(id).ok_or_else(|| fail("its id is not 8 lowercase hexadecimal digits"))?;
        let (kind, public) = decode_key(encoded).ok_or_else(|| fail(KEY_MATERIAL))?;
        let key = Self::new(name, kind, public)?;
        key.expect_id(stated)?;
        Ok(key)
    }
}

/// Complaint about what [`decode_key`] refuses.
pub(super) const KEY_MATERIAL: &str = "its last part is not base64 of the type 0x01 or 0x04 and 32 bytes";

/// Decodes `base64(type || 32 bytes)`.
pub(super) fn decode_key(encoded: &str) -> Option<(SignatureType, [u8; 32])> {
    let bytes = STANDARD.decode(encoded).ok()?;
    let (kind, material) = bytes.split_first()?;
    Some((SignatureType::from_byte(*kind)?, material.try_into().ok()?))
}

impl VerifyingKey {
    pub(super) fn expect_id(&self, stated: KeyId) -> Result<(), KeyError> {
        if stated == self.id {
            return Ok(());
        }
        Err(KeyError::Id {
            name: self.name.clone(),
            stated,
            computed: self.id,
        })
    }
}

impl fmt::Display for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut material = vec![self.kind as u8];
        material.extend_from_slice(&self.public);
        write!(f, "{}+{}+{}", self.name, self.id, STANDARD.encode(material))
    }
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifyingKey({self})")
    }
}
