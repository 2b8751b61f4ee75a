//! The key of one epoch.

use zeroize::Zeroizing;

use super::SecretBytes;
use crate::kdf::Expander;
use crate::stack::leaving_nothing;

/// The key of one epoch of a project: opens every object that was sealed in that span.
///
/// It keeps no more than the state from which object keys are derived, wiped on drop. It cannot be copied,
/// printed or serialised; leave it inside its [`Lease`](super::Lease).
pub struct EpochKey(Box<Expander>);

impl EpochKey {
    /// Takes the 32 bytes that a keyholder minted.
    #[must_use]
    pub fn new(secret: &SecretBytes) -> Self {
        leaving_nothing(|| Self(Box::new(Expander::new(secret.expose()))))
    }

    /// HKDF-Expand-SHA-384 of this key over the concatenated `info`, 32 bytes.
    pub(crate) fn derive(&self, info: &[&[u8]]) -> Zeroizing<[u8; 32]> {
        self.0.expand(info)
    }
}

impl std::fmt::Debug for EpochKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("EpochKey")
    }
}
