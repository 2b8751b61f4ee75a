//! Thirty-two secret bytes on their way from a keyholder to a lease.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use zeroize::{Zeroize, Zeroizing};

use crate::random::{Random, RandomError};

/// A 32-byte secret, wiped on drop.
///
/// It lies on the heap, so that moving it leaves no copy behind. In serde it is base64: that is how a remote
/// keyholder grants a key, and nothing else may serialise it.
pub struct SecretBytes(Box<[u8; 32]>);

impl SecretBytes {
    /// Draws a new secret.
    ///
    /// # Errors
    /// [`RandomError`] when the source fails.
    pub fn generate(random: &dyn Random) -> Result<Self, RandomError> {
        let mut secret = Self::zero();
        random.fill(&mut *secret.0)?;
        Ok(secret)
    }

    /// Copies a secret; wiping the source is the caller's.
    #[must_use]
    pub fn copy_of(bytes: &[u8; 32]) -> Self {
        let mut secret = Self::zero();
        secret.0.copy_from_slice(bytes);
        secret
    }

    fn zero() -> Self {
        Self(Box::new([0; 32]))
    }

    /// The secret itself. Do not copy it anywhere that is not wiped.
    #[must_use]
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }
}

impl Drop for SecretBytes {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for SecretBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretBytes")
    }
}

impl Serialize for SecretBytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text = Zeroizing::new(STANDARD.encode(self.expose()));
        serializer.serialize_str(&text)
    }
}

impl<'de> Deserialize<'de> for SecretBytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Zeroizing::new(String::deserialize(deserializer)?);
        let mut secret = Self::zero();
        // The decoder's estimate is one byte over the 32, so it decodes into room of its own.
        let mut room = Zeroizing::new([0_u8; 36]);
        match STANDARD.decode_slice(text.as_bytes(), &mut *room) {
            Ok(32) => secret.0.copy_from_slice(&room[..32]),
            _ => return Err(serde::de::Error::custom("a secret is 32 bytes in base64")),
        }
        Ok(secret)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Broken, Counting};

    #[test]
    fn json_round_trips_and_debug_shows_nothing() {
        let secret = SecretBytes::generate(&Counting::from(200)).unwrap();
        let json = serde_json::to_string(&secret).unwrap();
        let back: SecretBytes = serde_json::from_str(&json).unwrap();
        assert_eq!(back.expose(), secret.expose());
        assert_eq!(format!("{secret:?}"), "SecretBytes");
        let owned: SecretBytes = serde_json::from_value(serde_json::json!(json.trim_matches('"'))).unwrap();
        assert_eq!(owned.expose(), secret.expose());
    }

    #[test]
    fn only_32_bytes_are_a_secret() {
        for len in [0, 16, 31, 33, 34, 64] {
            let json = serde_json::to_string(&STANDARD.encode(vec![1; len])).unwrap();
            assert!(serde_json::from_str::<SecretBytes>(&json).is_err(), "{len}");
        }
    }

    #[test]
    fn no_secret_without_randomness() {
        assert!(SecretBytes::generate(&Broken).is_err());
    }
}
