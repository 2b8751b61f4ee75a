//! Cosignatures: a witness states that a checkpoint is the largest consistent one it has seen by a time.
//!
//! Format: <https://c2sp.org/tlog-cosignature>, the Ed25519 form (v1).

use std::str::FromStr;

use super::format::Signature;
use super::key::{KeyError, SignatureType, VerifyingKey};
use super::secret::SecretKey;

/// The bytes of a cosignature: a time and an Ed25519 signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimestampedSignature {
    timestamp: u64,
    ed25519: [u8; 64],
}

impl TimestampedSignature {
    /// Reads a time (8 bytes, big-endian) and a signature (64 bytes). `None` for another length, or a time
    /// past 2^63 − 1.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (timestamp, signature) = bytes.split_first_chunk()?;
        let timestamp = u64::from_be_bytes(*timestamp);
        i64::try_from(timestamp).ok()?;
        Some(Self {
            timestamp,
            ed25519: signature.try_into().ok()?,
        })
    }

    fn to_bytes(&self) -> Vec<u8> {
        [self.timestamp.to_be_bytes().as_slice(), &self.ed25519].concat()
    }

    /// When it was made, in seconds since 1970.
    #[must_use]
    pub const fn timestamp(&self) -> u64 {
        self.timestamp
    }

    pub(super) const fn ed25519(&self) -> &[u8; 64] {
        &self.ed25519
    }

    /// What is signed, for a checkpoint's text.
    pub(super) fn message(&self, text: &str) -> String {
        message(self.timestamp, text)
    }
}

fn message(timestamp: u64, text: &str) -> String {
    format!("cosignature/v1\ntime {timestamp}\n{text}")
}

/// A private key that cosigns checkpoints (type 0x04). `Debug` shows the public half only.
#[derive(Debug)]
pub struct CosigningKey(SecretKey);

impl CosigningKey {
    /// A new key named `name`, from the system's randomness.
    ///
    /// # Errors
    /// [`KeyError::Name`], or [`KeyError::Crypto`] where there is no randomness.
    pub fn generate(name: &str) -> Result<Self, KeyError> {
        SecretKey::generate(name, SignatureType::CosignatureV1).map(Self)
    }

    /// The key of an RFC 8032 seed, which no other witness and no log may use.
    ///
    /// # Errors
    /// [`KeyError::Name`].
    pub fn from_seed(name: &str, seed: &[u8; 32]) -> Result<Self, KeyError> {
        SecretKey::from_seed(name, SignatureType::CosignatureV1, seed).map(Self)
    }

    /// The key's secret text, `PRIVATE+KEY+…` with type 0x04, which `FromStr` reads.
    ///
    /// # Errors
    /// [`KeyError::Crypto`].
    pub fn to_skey(&self) -> Result<String, KeyError> {
        self.0.to_skey()
    }

    /// The public half.
    #[must_use]
    pub const fn verifying_key(&self) -> &VerifyingKey {
        self.0.public()
    }

    /// Cosigns a checkpoint's text at `timestamp`, in seconds since 1970.
    ///
    /// The caller has checked that the checkpoint is consistent with, and not older than, the last one it
    /// cosigned for that origin, and has stored it.
    ///
    /// # Errors
    /// [`KeyError::Crypto`], also for a time past 2^63 − 1.
    pub fn cosign(&self, text: &str, timestamp: u64) -> Result<Signature, KeyError> {
        i64::try_from(timestamp).map_err(|_| KeyError::Crypto("sign a time past 2^63 - 1"))?;
        let ed25519 = self.0.sign_raw(message(timestamp, text).as_bytes())?;
        Ok(self
            .0
            .signature(TimestampedSignature { timestamp, ed25519 }.to_bytes()))
    }
}

impl FromStr for CosigningKey {
    type Err = KeyError;

    fn from_str(skey: &str) -> Result<Self, KeyError> {
        SecretKey::parse(skey, SignatureType::CosignatureV1).map(Self)
    }
}
