//! What an authenticator says, checked: Web Authentication, Level 3 (W3C), sections 7.1 and 7.2, for passkeys.
//!
//! Taken are keys that sign by ES256, EdDSA (Ed25519) or RS256, of authenticators that verified who was there. What they say of
//! their make is not asked for and not believed. Signature counters are not kept: passkeys that are on several devices have none.

use aws_lc_rs::signature::{self, ParsedPublicKey, RsaPublicKeyComponents, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ciborium::Value;
use serde::Deserialize;

use crate::auth::sha256;

/// Bytes of a handle, at most (section 6.5.1).
const HANDLE: usize = 1_023;
/// Bytes of a public key, at most: an RSA key of 8192 bits, and room.
const KEY: usize = 2_048;
/// `rpIdHash`, the flags and the counter (section 6.1).
const HEADER: usize = 37;

const PRESENT: u8 = 1;
const VERIFIED: u8 = 1 << 2;
const ATTESTED: u8 = 1 << 6;
const EXTENDED: u8 = 1 << 7;

/// Whose pages ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelyingParty {
    /// The host's name.
    pub id: String,
    /// Scheme, name and port, as browsers write them.
    pub origin: String,
}

/// Why what an authenticator said is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasskeyError {
    /// It is not of the form that the standard gives.
    #[error("what the browser sent is not what an authenticator says: {0}")]
    Malformed(&'static str),
    /// It was said to others.
    #[error("that was said to another page than ours")]
    Elsewhere,
    /// It answers no question of ours, or too late, or one that was answered.
    #[error("that answers no question that was asked here in the last five minutes; begin again")]
    Stale,
    /// Nobody was there.
    #[error(
        "the authenticator did not verify who was there; set up a screen lock, a PIN or a fingerprint on it"
    )]
    Unverified,
    /// It signs in a way that is not known here.
    #[error("that authenticator has no key that signs by ES256, EdDSA or RS256")]
    Algorithm,
    /// The signature is another's.
    #[error("that was not signed by the passkey")]
    Signature,
}

use PasskeyError::{Algorithm, Elsewhere, Malformed, Signature, Stale, Unverified};

/// What the browser says that it asked for.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ClientData {
    r#type: String,
    challenge: String,
    origin: String,
    #[serde(default)]
    cross_origin: bool,
    /// The page around ours; there is to be none.
    top_origin: Option<String>,
}

fn client(client_data: &[u8]) -> Result<ClientData, PasskeyError> {
    const SHAPE: PasskeyError = Malformed("its client data is no JSON object");
    let object: serde_json::Map<String, serde_json::Value> =
        serde_json::from_slice(client_data).map_err(|_| SHAPE)?;
    ClientData::deserialize(serde_json::Value::Object(object)).map_err(|_| SHAPE)
}

/// The challenge in what a browser says that it asked for.
pub(super) fn challenge_of(client_data: &[u8]) -> Result<Vec<u8>, PasskeyError> {
    URL_SAFE_NO_PAD
        .decode(client(client_data)?.challenge)
        .map_err(|_| Malformed("its challenge is not base64url"))
}

fn check_client(client_data: &[u8], kind: &str, party: &RelyingParty) -> Result<(), PasskeyError> {
    let said = client(client_data)?;
    if said.r#type != kind {
        return Err(Malformed("it is of another ceremony"));
    }
    if said.origin != party.origin || said.cross_origin || said.top_origin.is_some() {
        return Err(Elsewhere);
    }
    Ok(())
}

/// What an authenticator says of itself and the moment; the bytes after the header.
fn check_header<'d>(data: &'d [u8], party: &RelyingParty) -> Result<(u8, &'d [u8]), PasskeyError> {
    let (header, rest) = data
        .split_at_checked(HEADER)
        .ok_or(Malformed("its authenticator data is cut off"))?;
    if header[..32] != sha256(&[party.id.as_bytes()]) {
        return Err(Elsewhere);
    }
    let flags = header[32];
    if flags & PRESENT == 0 || flags & VERIFIED == 0 {
        return Err(Unverified);
    }
    Ok((flags, rest))
}

/// A passkey that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Made {
    /// What the authenticator calls it.
    pub(super) handle: Vec<u8>,
    /// Its public key: a COSE key (RFC 9052, section 7).
    pub(super) key: Vec<u8>,
}

/// Takes what an authenticator says of a new passkey. Whose question it answers is for the caller to look at.
pub(super) fn made(
    client_data: &[u8],
    attestation: &[u8],
    party: &RelyingParty,
) -> Result<Made, PasskeyError> {
    check_client(client_data, "webauthn.create", party)?;
    let mut after = attestation;
    let object: Value =
        ciborium::from_reader(&mut after).map_err(|_| Malformed("its attestation is not CBOR"))?;
    if !after.is_empty() {
        return Err(Malformed("more follows its attestation"));
    }
    let data = object
        .as_map()
        .and_then(|map| map.iter().find(|(name, _)| name.as_text() == Some("authData")))
        .and_then(|(_, data)| data.as_bytes())
        .ok_or(Malformed("its attestation has no authenticator data"))?;
    let (flags, rest) = check_header(data, party)?;
    if flags & ATTESTED == 0 {
        return Err(Malformed("it names no new passkey"));
    }
    // The authenticator's model (16 bytes), and the length of the handle.
    let cut = Malformed("its new passkey is cut off");
    let (model, rest) = rest.split_at_checked(18).ok_or(cut)?;
    let len = usize::from(u16::from_be_bytes([model[16], model[17]]));
    let (handle, rest) = rest.split_at_checked(len).ok_or(cut)?;
    if handle.is_empty() || len > HANDLE {
        return Err(Malformed("its handle is empty or too long"));
    }
    let mut after = rest;
    let key: Value =
        ciborium::from_reader(&mut after).map_err(|_| Malformed("its public key is not CBOR"))?;
    let key_bytes = &rest[..rest.len() - after.len()];
    if key_bytes.len() > KEY {
        return Err(Malformed("its public key is too long"));
    }
    if !after.is_empty() && flags & EXTENDED == 0 {
        return Err(Malformed("more follows its public key"));
    }
    Key::of(&key)?.check()?;
    Ok(Made {
        handle: handle.to_vec(),
        key: key_bytes.to_vec(),
    })
}

/// Takes what an authenticator signed by a passkey with this public key. Whose question it answers is for the caller to look at.
pub(super) fn signed(
    client_data: &[u8],
    data: &[u8],
    signature: &[u8],
    (key, party): (&[u8], &RelyingParty),
) -> Result<(), PasskeyError> {
    check_client(client_data, "webauthn.get", party)?;
    check_header(data, party)?;
    let key: Value = ciborium::from_reader(key).map_err(|_| Malformed("its public key is not CBOR"))?;
    let mut message = data.to_vec();
    message.extend_from_slice(&sha256(&[client_data]));
    Key::of(&key)?.verify(&message, signature)
}

/// A public key in one of three forms (RFC 9053, RFC 8230).
pub(super) enum Key<'k> {
    Es256([u8; 65]),
    Ed25519(&'k [u8]),
    Rs256 { n: &'k [u8], e: &'k [u8] },
}

impl<'k> Key<'k> {
    pub(super) fn of(cose: &'k Value) -> Result<Self, PasskeyError> {
        let map = cose.as_map().ok_or(Malformed("its public key is no COSE key"))?;
        let names: Vec<_> = map
            .iter()
            .map(|(name, _)| name.as_integer().map(i128::from))
            .collect();
        let twice = |(at, name): (usize, &Option<i128>)| names[..at].contains(name);
        if names.iter().enumerate().any(twice) {
            return Err(Malformed("its public key says something twice"));
        }
        let member = |label: i64| {
            let found = map
                .iter()
                .find(|(name, _)| name.as_integer() == Some(label.into()));
            found.map(|(_, value)| value)
        };
        let number = |label| member(label).and_then(Value::as_integer).map(i128::from);
        let bytes = |label| member(label).and_then(Value::as_bytes).map(Vec::as_slice);
        // Key type, algorithm, curve.
        match (number(1), number(3), number(-1)) {
            (Some(2), Some(-7), Some(1)) => {
                let (Some(x), Some(y)) = (bytes(-2), bytes(-3)) else {
                    return Err(Malformed("its point has no coordinates"));
                };
                let mut point = [4; 65];
                if x.len() != 32 || y.len() != 32 {
                    return Err(Malformed("its point is of another size"));
                }
                point[1..33].copy_from_slice(x);
                point[33..].copy_from_slice(y);
                Ok(Self::Es256(point))
            }
            (Some(1), Some(-8), Some(6)) => bytes(-2)
                .map(Self::Ed25519)
                .ok_or(Malformed("its point has no coordinate")),
            (Some(3), Some(-257), _) => match (bytes(-1), bytes(-2)) {
                (Some(n), Some(e)) => Ok(Self::Rs256 { n, e }),
                _ => Err(Malformed("its modulus or exponent is missing")),
            },
            _ => Err(Algorithm),
        }
    }

    /// Whether anything can be signed by it: what is not on its curve, or of another size, cannot.
    fn check(&self) -> Result<(), PasskeyError> {
        let usable = match self {
            Self::Es256(point) => ParsedPublicKey::new(&signature::ECDSA_P256_SHA256_ASN1, point).is_ok(),
            // By a key of small order one signature is of every message, or nearly.
            Self::Ed25519(point) => {
                let known = ParsedPublicKey::new(&signature::ED25519, point).is_ok();
                let mut identity = [0; 64];
                identity[0] = 1;
                known && (0..32_u8).all(|n| self.verify(&[n], &identity).is_err())
            }
            Self::Rs256 { n, e } => {
                let odd = |number: &[u8]| number.last().is_some_and(|last| last & 1 == 1);
                let sizes = (256..=1_024).contains(&n.len()) && (1..=4).contains(&e.len());
                sizes && odd(n) && odd(e) && *e != [1] && n.first() != Some(&0)
            }
        };
        usable.then_some(()).ok_or(Malformed("its public key is none"))
    }

    pub(super) fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), PasskeyError> {
        let verified = match self {
            Self::Es256(point) => {
                UnparsedPublicKey::new(&signature::ECDSA_P256_SHA256_ASN1, point).verify(message, signature)
            }
            Self::Ed25519(point) => {
                UnparsedPublicKey::new(&signature::ED25519, point).verify(message, signature)
            }
            Self::Rs256 { n, e } => {
                let key = RsaPublicKeyComponents { n, e };
                key.verify(&signature::RSA_PKCS1_2048_8192_SHA256, message, signature)
            }
        };
        verified.map_err(|_| Signature)
    }
}

/// Whether a challenge can be one of ours at all.
pub(super) fn of_length<const N: usize>(challenge: &[u8]) -> Result<&[u8; N], PasskeyError> {
    challenge.try_into().map_err(|_| Stale)
}
