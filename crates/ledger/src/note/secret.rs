//! Private keys: in memory, and in the form `PRIVATE+KEY+name+id+base64(type || seed)`.

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::encoding::AsBigEndian as _;
use aws_lc_rs::rand;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::format::Signature;
use super::key::{KEY_MATERIAL, KeyError, KeyId, SignatureType, VerifyingKey, decode_key};

/// In front of a private key's text.
const SKEY_PREFIX: &str = "PRIVATE+KEY+";

/// An Ed25519 key pair with the name and type that it signs under.
pub(super) struct SecretKey {
    pair: Ed25519KeyPair,
    public: VerifyingKey,
}

impl SecretKey {
    pub(super) fn generate(name: &str, kind: SignatureType) -> Result<Self, KeyError> {
        let mut seed = [0; 32];
        rand::fill(&mut seed).map_err(|_| KeyError::Crypto("draw a random key"))?;
        Self::from_seed(name, kind, &seed)
    }

    pub(super) fn from_seed(name: &str, kind: SignatureType, seed: &[u8; 32]) -> Result<Self, KeyError> {
        let refused = KeyError::Crypto("derive the public key");
        let pair = Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| refused.clone())?;
        let public = pair.public_key().as_ref().try_into().map_err(|_| refused)?;
        Ok(Self {
            pair,
            public: VerifyingKey::new(name, kind, public)?,
        })
    }

    pub(super) fn parse(skey: &str, kind: SignatureType) -> Result<Self, KeyError> {
        let fail = |why| KeyError::Format {
            expected: "a private key (PRIVATE+KEY+name+id+base64)",
            why,
        };
        let rest = skey
            .strip_prefix(SKEY_PREFIX)
            .ok_or_else(|| fail("it does not begin with PRIVATE+KEY+"))?;
        let (name, rest) = rest
            .split_once('+')
            .ok_or_else(|| fail("its name is not followed by '+'"))?;
        let (id, encoded) = rest
            .split_once('+')
            .ok_or_else(|| fail("its id is not followed by '+'"))?;
        let stated =
            KeyId::from_hex(id).ok_or_else(|| fail("its id is not 8 lowercase hexadecimal digits"))?;
        let (found, seed) = decode_key(encoded).ok_or_else(|| fail(KEY_MATERIAL))?;
        if found != kind {
            return Err(fail("it signs notes of the other kind"));
        }
        let key = Self::from_seed(name, kind, &seed)?;
        key.public.expect_id(stated)?;
        Ok(key)
    }

    pub(super) fn to_skey(&self) -> Result<String, KeyError> {
        let seed = self.pair.seed().map_err(|_| KeyError::Crypto("export the key"))?;
        let bytes = seed
            .as_be_bytes()
            .map_err(|_| KeyError::Crypto("export the key"))?;
        let material = [&[self.public.kind() as u8], bytes.as_ref()].concat();
        Ok(format!(
            "{SKEY_PREFIX}{}+{}+{}",
            self.public.name(),
            self.public.id(),
            STANDARD.encode(material)
        ))
    }

    pub(super) const fn public(&self) -> &VerifyingKey {
        &self.public
    }

    pub(super) fn sign_raw(&self, message: &[u8]) -> Result<[u8; 64], KeyError> {
        let signature = self
            .pair
            .try_sign(message)
            .map_err(|_| KeyError::Crypto("sign"))?;
        signature
            .as_ref()
            .try_into()
            .map_err(|_| KeyError::Crypto("sign"))
    }

    pub(super) fn signature(&self, bytes: Vec<u8>) -> Signature {
        Signature::from_parts(self.public.name(), self.public.id(), bytes)
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<private key of {}+{}>", self.public.name(), self.public.id())
    }
}

/// A private key that signs notes (type 0x01). `Debug` shows the public half only.
#[derive(Debug)]
pub struct SigningKey(SecretKey);

impl SigningKey {
    /// A new key named `name`, from the system's randomness.
    ///
    /// # Errors
    /// [`KeyError::Name`], or [`KeyError::Crypto`] where there is no randomness.
    pub fn generate(name: &str) -> Result<Self, KeyError> {
        SecretKey::generate(name, SignatureType::Ed25519).map(Self)
    }

    /// The key of an RFC 8032 seed.
    ///
    /// # Errors
    /// [`KeyError::Name`].
    pub fn from_seed(name: &str, seed: &[u8; 32]) -> Result<Self, KeyError> {
        SecretKey::from_seed(name, SignatureType::Ed25519, seed).map(Self)
    }

    /// The key's secret text, `PRIVATE+KEY+…`, which `FromStr` reads.
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

    /// Signs a note's text.
    ///
    /// # Errors
    /// [`KeyError::Crypto`].
    pub fn sign(&self, text: &str) -> Result<Signature, KeyError> {
        let bytes = self.0.sign_raw(text.as_bytes())?;
        Ok(self.0.signature(bytes.to_vec()))
    }
}

impl FromStr for SigningKey {
    type Err = KeyError;

    fn from_str(skey: &str) -> Result<Self, KeyError> {
        SecretKey::parse(skey, SignatureType::Ed25519).map(Self)
    }
}
