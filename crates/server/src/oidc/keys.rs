//! The keys that a provider shows (RFC 7517), and signatures by them (RFC 7518).

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;

use super::token::Token;

/// More than any provider shows.
const MOST: usize = 64;

/// All of a provider's.
#[derive(Deserialize)]
pub(super) struct Keys {
    keys: Vec<Key>,
}

/// One; of kinds that are not known here, nothing but that.
#[derive(Deserialize)]
struct Key {
    kty: String,
    #[serde(default)]
    kid: Option<String>,
    #[serde(default, rename = "use")]
    usage: Option<String>,
    #[serde(default)]
    alg: Option<String>,
    #[serde(default)]
    crv: Option<String>,
    #[serde(default)]
    n: Option<String>,
    #[serde(default)]
    e: Option<String>,
    #[serde(default)]
    x: Option<String>,
    #[serde(default)]
    y: Option<String>,
}

impl Keys {
    /// Whether there is one that a token may be signed by.
    pub(super) fn has(&self, token: &Token) -> bool {
        self.fitting(token).next().is_some()
    }

    /// Whether one of them signed a token.
    pub(super) fn signed(&self, token: &Token) -> bool {
        self.fitting(token).any(|key| key.signed(token).is_some())
    }

    fn fitting<'k>(&'k self, token: &'k Token) -> impl Iterator<Item = &'k Key> {
        let fits = |key: &&Key| {
            let named = token.kid.is_none() || key.kid == token.kid;
            let signs = key.usage.as_deref().is_none_or(|usage| usage == "sig");
            named && signs && key.alg.as_ref().is_none_or(|alg| *alg == token.alg)
        };
        self.keys.iter().take(MOST).filter(fits)
    }
}

fn bytes(text: Option<&String>) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text?).ok()
}

impl Key {
    /// Whether it signed a token, by an algorithm that is this key's own: none is taken from the token alone.
    fn signed(&self, token: &Token) -> Option<()> {
        let (message, signature) = (token.signed.as_bytes(), &token.signature[..]);
        match (token.alg.as_str(), self.kty.as_str(), self.crv.as_deref()) {
            ("RS256", "RSA", _) => {
                let (n, e) = (bytes(self.n.as_ref())?, bytes(self.e.as_ref())?);
                let key = RsaPublicKeyComponents { n: &n, e: &e };
                key.verify(&RSA_PKCS1_2048_8192_SHA256, message, signature).ok()
            }
            ("ES256", "EC", Some("P-256")) => {
                let point = [vec![4], bytes(self.x.as_ref())?, bytes(self.y.as_ref())?].concat();
                let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point);
                key.verify(message, signature).ok()
            }
            ("EdDSA", "OKP", Some("Ed25519")) => {
                let key = UnparsedPublicKey::new(&ED25519, bytes(self.x.as_ref())?);
                key.verify(message, signature).ok()
            }
            _ => None,
        }
    }
}
