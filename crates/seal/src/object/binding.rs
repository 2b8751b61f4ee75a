//! What a ciphertext is tied to.

use crate::id::Id128;

/// Bytes in an encoded binding.
pub const BINDING_LEN: usize = 71;

/// The place of one version of one object. Its encoding is the associated data of the sealed object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Binding {
    /// Whose it is: the compartment.
    pub compartment: Id128,
    /// The project within the compartment.
    pub project: Id128,
    /// The object.
    pub object: Id128,
    /// What sort of object: numbers are given out by the caller and never reused.
    pub kind: u16,
    /// Which version of the object; each is sealed once.
    pub version: u32,
    /// The epoch whose key seals it.
    pub epoch: Id128,
}

impl Binding {
    /// The canonical encoding: version 1 (1 byte), compartment, project, object (16 each), kind (2), version
    /// (4), epoch (16); integers big-endian. All lengths are fixed, so two bindings never encode alike.
    #[must_use]
    pub fn encode(&self) -> [u8; BINDING_LEN] {
        let mut out = [0; BINDING_LEN];
        let mut rest = &mut out[..];
        let mut put = |bytes: &[u8]| {
            let (place, after) = std::mem::take(&mut rest).split_at_mut(bytes.len());
            place.copy_from_slice(bytes);
            rest = after;
        };
        put(&[super::FORMAT]);
        put(self.compartment.as_bytes());
        put(self.project.as_bytes());
        put(self.object.as_bytes());
        put(&self.kind.to_be_bytes());
        put(&self.version.to_be_bytes());
        put(self.epoch.as_bytes());
        out
    }
}
