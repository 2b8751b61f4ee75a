//! What root keys of compartments are wrapped under, where they do not lie in clear.

use std::fmt;
use std::sync::Arc;

use super::KeyholderError;
use super::wrap::{NotAuthentic, WrappingKey};
use crate::key::SecretBytes;
use crate::random::Random;

/// A key above every compartment's: in memory, in a token, or at a service. It opens nothing by itself.
///
/// `associated` names what is wrapped and must come back unchanged for it to unwrap.
pub trait RootKey: Send + Sync {
    /// Wraps a secret.
    ///
    /// # Errors
    /// [`KeyholderError::Unavailable`] when the key cannot be used now.
    fn wrap(&self, associated: &[u8], secret: &SecretBytes) -> Result<Vec<u8>, KeyholderError>;

    /// Unwraps what [`wrap`](Self::wrap) gave.
    ///
    /// # Errors
    /// [`KeyholderError::Tampered`] when it is not that, or [`KeyholderError::Unavailable`].
    fn unwrap(&self, associated: &[u8], wrapped: &[u8]) -> Result<SecretBytes, KeyholderError>;
}

/// A root key in memory: AES-256-GCM (nonce 12, ciphertext 32, tag 16).
pub struct MemoryRootKey {
    key: WrappingKey,
    random: Arc<dyn Random>,
}

impl MemoryRootKey {
    /// Takes the 32 bytes. They wrap as they are, so nothing else may be done with them.
    ///
    /// # Errors
    /// [`KeyholderError::Unavailable`] when the cryptographic library refuses.
    pub fn new(secret: &SecretBytes, random: Arc<dyn Random>) -> Result<Self, KeyholderError> {
        let key = WrappingKey::new(secret.expose())?;
        Ok(Self { key, random })
    }
}

impl RootKey for MemoryRootKey {
    fn wrap(&self, associated: &[u8], secret: &SecretBytes) -> Result<Vec<u8>, KeyholderError> {
        self.key
            .wrap(associated, secret, &*self.random)
            .map(|wrapped| wrapped.to_vec())
    }

    fn unwrap(&self, associated: &[u8], wrapped: &[u8]) -> Result<SecretBytes, KeyholderError> {
        self.key
            .unwrap(associated, wrapped)
            .map_err(|NotAuthentic| KeyholderError::Tampered {
                what: "what the root key wrapped".into(),
            })
    }
}

impl fmt::Debug for MemoryRootKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MemoryRootKey")
    }
}
