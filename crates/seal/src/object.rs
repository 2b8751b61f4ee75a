//! Sealing of objects: what a lab or a contractor wrote, at rest.
//!
//! Format 1, in order:
//!
//! | Part | Bytes |
//! |---|---|
//! | format version | 1, the value 1 |
//! | FLOE ciphertext ([`crate::floe`], segments of 64 KiB) | the rest |
//!
//! The ciphertext's plaintext is padded ([`crate::padding`]); its associated data is the [`Binding`]; its key is
//! HKDF-Expand-SHA-384(epoch key, `"cofferdam/object/v1"` || object || version (4, big-endian)), 32 bytes.
//!
//! A sealed object opens only under the binding that it was sealed for: moved elsewhere, it does not open.

mod binding;
#[cfg(test)]
mod tests;

pub use binding::{BINDING_LEN, Binding};

use crate::content::{self, ContentError, Opened};
use crate::floe::{self, FloeError};
use crate::key::EpochKey;
use crate::padding::PaddingError;
use crate::random::Random;
use crate::stack::leaving_nothing;

/// The format that [`seal`] writes, and the first byte of every sealed object.
pub const FORMAT: u8 = 1;

/// Label of the derivation of an object's key.
const LABEL: &[u8] = b"cofferdam/object/v1";

/// The key of one version of one object. Derived when needed, never stored.
pub struct ObjectKey(floe::Key);

impl ObjectKey {
    /// Derives the key of the object version that `binding` names.
    #[must_use]
    pub fn derive(epoch: &EpochKey, binding: &Binding) -> Self {
        let bytes = epoch.derive(&[LABEL, binding.object.as_bytes(), &binding.version.to_be_bytes()]);
        Self(floe::Key::new(&bytes))
    }
}

impl std::fmt::Debug for ObjectKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ObjectKey")
    }
}

/// The bytes of a sealed object, of a format that this crate reads. Not yet authenticated.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedObject(Vec<u8>);

impl SealedObject {
    /// Takes bytes as they were stored.
    ///
    /// # Errors
    /// [`ObjectError::Format`] when the first byte is not a format known here.
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self, ObjectError> {
        ciphertext(&bytes)?;
        Ok(Self(bytes))
    }

    /// The bytes to store.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The bytes to store.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}

impl std::fmt::Debug for SealedObject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SealedObject({} bytes)", self.0.len())
    }
}

/// An object could not be sealed or opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ObjectError {
    /// The first byte is not a format that this crate reads.
    #[error("unknown format of sealed object: {}", .found.map_or("empty".into(), |byte| byte.to_string()))]
    Format {
        /// The first byte; `None` when there is none.
        found: Option<u8>,
    },
    /// The ciphertext could not be made or does not open.
    #[error("sealed object: {0}")]
    Sealing(#[from] FloeError),
    /// It opens, but not to padded content: sealed by other software.
    #[error("sealed object: {0}")]
    Padding(#[from] PaddingError),
}

impl From<ContentError> for ObjectError {
    fn from(error: ContentError) -> Self {
        match error {
            ContentError::Floe(error) => Self::Sealing(error),
            ContentError::Padding(error) => Self::Padding(error),
        }
    }
}

/// Bytes of the sealed object that [`seal`] makes of `data_len` bytes; `None` when it is too long to seal.
#[must_use]
pub fn sealed_len(data_len: u64) -> Option<u64> {
    content::sealed_len(data_len)?.checked_add(1)
}

/// Seals `data` as the object version that `binding` names.
///
/// # Errors
/// [`ObjectError::Sealing`] when `random` fails or the data is too long.
pub fn seal(
    epoch: &EpochKey,
    binding: &Binding,
    data: &[u8],
    random: &dyn Random,
) -> Result<SealedObject, ObjectError> {
    let sealed = leaving_nothing(|| {
        let key = ObjectKey::derive(epoch, binding);
        content::seal(&[FORMAT], &key.0, &binding.encode(), data, random)
    });
    Ok(SealedObject(sealed?))
}

/// Opens the bytes of a sealed object.
///
/// # Errors
/// [`ObjectError`] when they are not the object version that `binding` names, sealed under this epoch's key,
/// unchanged.
pub fn open(epoch: &EpochKey, binding: &Binding, sealed: &[u8]) -> Result<Opened, ObjectError> {
    let sealed = ciphertext(sealed)?;
    let opened = leaving_nothing(|| {
        let key = ObjectKey::derive(epoch, binding);
        content::open(&key.0, &binding.encode(), sealed)
    });
    Ok(opened?)
}

/// Opens bytes `offset .. offset + len` of an object's data.
///
/// Of the other bytes only the first and the last 64 KiB are checked, and the length.
///
/// # Errors
/// [`FloeError::Range`] when the data is shorter; otherwise as [`open`].
pub fn open_range(
    epoch: &EpochKey,
    binding: &Binding,
    sealed: &[u8],
    offset: u64,
    len: usize,
) -> Result<Opened, ObjectError> {
    let sealed = ciphertext(sealed)?;
    let opened = leaving_nothing(|| {
        let key = ObjectKey::derive(epoch, binding);
        content::open_range(&key.0, &binding.encode(), sealed, offset, len)
    });
    Ok(opened?)
}

/// What follows the format byte.
fn ciphertext(sealed: &[u8]) -> Result<&[u8], ObjectError> {
    match sealed.split_first() {
        Some((&FORMAT, ciphertext)) => Ok(ciphertext),
        other => Err(ObjectError::Format {
            found: other.map(|(first, _)| *first),
        }),
    }
}
