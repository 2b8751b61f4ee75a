//! AES-256-GCM around one 32-byte secret: nonce (12, random), ciphertext (32), tag (16).

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use zeroize::Zeroizing;

use super::KeyholderError;
use crate::key::SecretBytes;
use crate::random::Random;

/// Bytes of a wrapped secret.
pub(super) const WRAPPED_LEN: usize = NONCE_LEN + SECRET_LEN + TAG_LEN;

const NONCE_LEN: usize = 12;
const SECRET_LEN: usize = 32;
const TAG_LEN: usize = 16;

/// The wrapped secret is not authentic under this key and associated data.
pub(super) struct NotAuthentic;

/// A key that wraps. At most 2^32 secrets per key, since nonces are random; a project has some thousands.
pub(super) struct WrappingKey(LessSafeKey);

impl WrappingKey {
    pub(super) fn new(bytes: &[u8; SECRET_LEN]) -> Result<Self, KeyholderError> {
        UnboundKey::new(&AES_256_GCM, bytes)
            .map(|key| Self(LessSafeKey::new(key)))
            .map_err(library_failed)
    }

    pub(super) fn wrap(
        &self,
        associated: &[u8],
        secret: &SecretBytes,
        random: &dyn Random,
    ) -> Result<[u8; WRAPPED_LEN], KeyholderError> {
        let mut out = [0; WRAPPED_LEN];
        random.fill(&mut out[..NONCE_LEN])?;
        let (nonce, rest) = out.split_at_mut(NONCE_LEN);
        let (body, tag) = rest.split_at_mut(SECRET_LEN);
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(library_failed)?;
        self.0
            .seal_out_of_place_scatter(nonce, Aad::from(associated), secret.expose(), body, &[], tag)
            .map_err(library_failed)?;
        Ok(out)
    }

    pub(super) fn unwrap(&self, associated: &[u8], wrapped: &[u8]) -> Result<SecretBytes, NotAuthentic> {
        let wrapped: &[u8; WRAPPED_LEN] = wrapped.try_into().map_err(|_| NotAuthentic)?;
        let (nonce, rest) = wrapped.split_at(NONCE_LEN);
        let (body, tag) = rest.split_at(SECRET_LEN);
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| NotAuthentic)?;
        let mut secret = Zeroizing::new([0; SECRET_LEN]);
        self.0
            .open_separate_gather(nonce, Aad::from(associated), body, tag, &mut *secret)
            .map_err(|_| NotAuthentic)?;
        Ok(SecretBytes::copy_of(&secret))
    }
}

fn library_failed(_: aws_lc_rs::error::Unspecified) -> KeyholderError {
    KeyholderError::Unavailable {
        detail: "the cryptographic library refused to work".into(),
    }
}
