//! Write-only keys: a draft can be sealed while no lease can be had, and is opened once one can.
//!
//! A project's keyholder makes a key pair per epoch. The public half seals without any secret; the private
//! half is wrapped like an epoch's key and comes back only as a lease.
//!
//! Format 1 of a sealed draft, in order:
//!
//! | Part | Bytes |
//! |---|---|
//! | format version | 1, the value 1 |
//! | ephemeral X25519 public key (RFC 7748) | 32 |
//! | FLOE ciphertext ([`crate::floe`], segments of 64 KiB) | the rest |
//!
//! The plaintext is padded and the associated data is the [`Binding`], as for objects. The key is HKDF-SHA-384
//! (RFC 5869) with salt `"cofferdam/ingest/v1"`, the shared X25519 secret as input and ephemeral || recipient
//! public key as info, 32 bytes.
//!
//! A sealed draft does not say who wrote it: anyone can seal to a public key. And whoever can replace the
//! public key reads the drafts sealed after that, so keep it where changes are noticed.

#[cfg(test)]
mod tests;

use aws_lc_rs::agreement::{PrivateKey, UnparsedPublicKey, X25519, agree};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::content::{self, ContentError, Opened};
use crate::floe::{self, FloeError};
use crate::kdf;
use crate::key::SecretBytes;
use crate::object::Binding;
use crate::padding::PaddingError;
use crate::random::{Random, RandomError};

/// The format that [`seal`] writes, and the first byte of every sealed draft.
pub const FORMAT: u8 = 1;

/// Salt of the derivation of a draft's key.
const LABEL: &[u8] = b"cofferdam/ingest/v1";
const PUBLIC_LEN: usize = 32;

/// The half of an ingest key that seals. Not secret. Base64 in serde.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct IngestPublicKey([u8; PUBLIC_LEN]);

/// The half of an ingest key that opens. Neither copied nor printed nor serialised; wiped on drop.
pub struct IngestPrivateKey {
    private: PrivateKey,
    public: IngestPublicKey,
}

/// A draft could not be sealed or opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IngestError {
    /// The first byte is not a format that this crate reads, or the draft is cut off before its ciphertext.
    #[error("unknown format of sealed draft, or it is cut off")]
    Format,
    /// The key is not one that X25519 can be used with.
    #[error("the ingest key is not usable: it is malformed or of small order")]
    Key,
    /// The ciphertext could not be made or does not open.
    #[error("sealed draft: {0}")]
    Sealing(#[from] FloeError),
    /// It opens, but not to padded content: sealed by other software.
    #[error("sealed draft: {0}")]
    Padding(#[from] PaddingError),
}

impl From<RandomError> for IngestError {
    fn from(error: RandomError) -> Self {
        Self::Sealing(error.into())
    }
}

impl From<ContentError> for IngestError {
    fn from(error: ContentError) -> Self {
        match error {
            ContentError::Floe(error) => Self::Sealing(error),
            ContentError::Padding(error) => Self::Padding(error),
        }
    }
}

impl IngestPrivateKey {
    /// Takes the 32 bytes of an X25519 private key.
    ///
    /// # Errors
    /// [`IngestError::Key`] when the cryptographic library refuses them.
    pub fn new(secret: &SecretBytes) -> Result<Self, IngestError> {
        let private = PrivateKey::from_private_key(&X25519, secret.expose()).map_err(|_| IngestError::Key)?;
        let public = private.compute_public_key().map_err(|_| IngestError::Key)?;
        let public = public.as_ref().try_into().map_err(|_| IngestError::Key)?;
        Ok(Self {
            private,
            public: IngestPublicKey(public),
        })
    }

    /// The half that seals.
    #[must_use]
    pub const fn public(&self) -> IngestPublicKey {
        self.public
    }

    fn shared_with(
        &self,
        other: &IngestPublicKey,
        info: [&IngestPublicKey; 2],
    ) -> Result<floe::Key, IngestError> {
        let other = UnparsedPublicKey::new(&X25519, &other.0);
        agree(&self.private, other, IngestError::Key, |secret| {
            let [ephemeral, recipient] = info;
            let bytes = kdf::extract(LABEL, secret).expand(&[&ephemeral.0, &recipient.0]);
            Ok(floe::Key::new(&bytes))
        })
    }
}

impl std::fmt::Debug for IngestPrivateKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("IngestPrivateKey")
    }
}

impl std::fmt::Debug for IngestPublicKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "IngestPublicKey({})", STANDARD.encode(self.0))
    }
}

impl IngestPublicKey {
    /// Takes the 32 bytes of an X25519 public key.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; PUBLIC_LEN]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes of the X25519 public key.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; PUBLIC_LEN] {
        &self.0
    }
}

impl Serialize for IngestPublicKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(self.0))
    }
}

impl<'de> Deserialize<'de> for IngestPublicKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let bytes = STANDARD
            .decode(String::deserialize(deserializer)?)
            .map_err(serde::de::Error::custom)?;
        let wrong_length = |_| serde::de::Error::custom("an ingest key is 32 bytes in base64");
        bytes.try_into().map(Self).map_err(wrong_length)
    }
}

/// The bytes of a sealed draft. Opened with [`open`].
#[derive(Clone, PartialEq, Eq)]
pub struct SealedDraft(Vec<u8>);

impl SealedDraft {
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

impl std::fmt::Debug for SealedDraft {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SealedDraft({} bytes)", self.0.len())
    }
}

/// Seals `data` so that only the private half of `recipient` opens it, and only under `binding`.
///
/// # Errors
/// [`IngestError::Key`] when `recipient` is of small order, [`IngestError::Sealing`] when `random` fails.
pub fn seal(
    recipient: &IngestPublicKey,
    binding: &Binding,
    data: &[u8],
    random: &dyn Random,
) -> Result<SealedDraft, IngestError> {
    let ephemeral = IngestPrivateKey::new(&SecretBytes::generate(random)?)?;
    let key = ephemeral.shared_with(recipient, [&ephemeral.public, recipient])?;
    let mut before = [FORMAT; 1 + PUBLIC_LEN];
    before[1..].copy_from_slice(&ephemeral.public.0);
    Ok(SealedDraft(content::seal(
        &before,
        &key,
        &binding.encode(),
        data,
        random,
    )?))
}

/// Opens the bytes of a sealed draft.
///
/// # Errors
/// [`IngestError`] when they are not a draft for this key and binding, unchanged.
pub fn open(private: &IngestPrivateKey, binding: &Binding, sealed: &[u8]) -> Result<Opened, IngestError> {
    let Some((&FORMAT, rest)) = sealed.split_first() else {
        return Err(IngestError::Format);
    };
    let (ephemeral, ciphertext) = rest.split_first_chunk().ok_or(IngestError::Format)?;
    let ephemeral = IngestPublicKey(*ephemeral);
    let key = private.shared_with(&ephemeral, [&ephemeral, &private.public])?;
    Ok(content::open(&key, &binding.encode(), ciphertext)?)
}
