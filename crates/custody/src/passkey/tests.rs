//! The standard's own test vectors, whole and with each byte another.

use serde::Deserialize;

use super::webauthn::{self, Key, PasskeyError, RelyingParty};

const VECTORS: &str = include_str!("../../testdata/webauthn.json");

#[derive(Deserialize)]
struct File {
    vectors: Vec<Vector>,
}

#[derive(Deserialize)]
struct Vector {
    name: String,
    created: String,
    attestation: String,
    handle: String,
    challenge: String,
    asked: String,
    data: String,
    signature: String,
}

fn bytes(hex: &str) -> Vec<u8> {
    let byte = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
    (0..hex.len()).step_by(2).map(byte).collect()
}

fn vector(name: &str) -> Vector {
    let file: File = serde_json::from_str(VECTORS).unwrap();
    let mut vectors = file.vectors.into_iter();
    vectors.find(|vector| vector.name.ends_with(name)).unwrap()
}

fn party() -> RelyingParty {
    RelyingParty {
        id: "example.org".into(),
        origin: "https://example.org".into(),
    }
}

#[test]
fn what_the_standard_gives_is_taken_and_nothing_else() {
    let vector = vector("packed.ES256");
    let (created, attestation) = (bytes(&vector.created), bytes(&vector.attestation));
    let made = webauthn::made(&created, &attestation, &party()).unwrap();
    assert_eq!(made.handle, bytes(&vector.handle));
    let (asked, data, signature) = (
        bytes(&vector.asked),
        bytes(&vector.data),
        bytes(&vector.signature),
    );
    assert_eq!(webauthn::challenge_of(&asked).unwrap(), bytes(&vector.challenge));
    let signed = |asked: &[u8], data: &[u8], signature: &[u8]| {
        webauthn::signed(asked, data, signature, (&made.key, &party()))
    };
    assert_eq!(signed(&asked, &data, &signature), Ok(()));
    let whole = [&asked, &data, &signature];
    for part in 0..3 {
        for at in 0..whole[part].len() {
            let mut parts = whole.map(Vec::clone);
            parts[part][at] ^= 1;
            let [asked, data, signature] = &parts;
            assert!(signed(asked, data, signature).is_err(), "part {part}, byte {at}");
        }
    }
    for cut in 0..data.len() {
        assert!(signed(&asked, &data[..cut], &signature).is_err());
    }
    // Nothing of it makes anything break: bent, or cut off.
    for at in 0..attestation.len() {
        let mut bent = attestation.clone();
        bent[at] ^= 0xff;
        let _ = webauthn::made(&created, &bent, &party());
        let _ = webauthn::made(&created, &attestation[..at], &party());
    }
}

#[test]
fn what_was_said_to_others_proves_nothing_here() {
    let vector = vector("packed.ES256");
    let made = webauthn::made(&bytes(&vector.created), &bytes(&vector.attestation), &party()).unwrap();
    let (asked, data, signature) = (
        bytes(&vector.asked),
        bytes(&vector.data),
        bytes(&vector.signature),
    );
    let of = |id: &str, origin: &str| {
        let party = RelyingParty {
            id: id.into(),
            origin: origin.into(),
        };
        webauthn::signed(&asked, &data, &signature, (&made.key, &party))
    };
    assert_eq!(of("example.org", "https://example.org"), Ok(()));
    for (id, origin) in [
        ("example.com", "https://example.org"),
        ("example.org", "https://www.example.org"),
        ("example.org", "http://example.org"),
        ("example.org", "https://example.org:8443"),
    ] {
        assert_eq!(of(id, origin), Err(PasskeyError::Elsewhere), "{id} {origin}");
    }
    // What was said when it was made opens nothing.
    let created = bytes(&vector.created);
    let other = webauthn::signed(&created, &data, &signature, (&made.key, &party()));
    assert!(matches!(other, Err(PasskeyError::Malformed(_))));
}

/// The standard's Ed25519 example is of an authenticator that looked who was there in neither ceremony.
#[test]
fn nobody_is_proven_where_nobody_was_verified() {
    let vector = vector("packed.EdDSA");
    let (created, attestation) = (bytes(&vector.created), bytes(&vector.attestation));
    assert_eq!(
        webauthn::made(&created, &attestation, &party()),
        Err(PasskeyError::Unverified)
    );
    // Its key and signature are right all the same.
    let key = &attestation[attestation.len() - 42..];
    let (asked, data, signature) = (
        bytes(&vector.asked),
        bytes(&vector.data),
        bytes(&vector.signature),
    );
    let said = webauthn::signed(&asked, &data, &signature, (key, &party()));
    assert_eq!(said, Err(PasskeyError::Unverified));
    let cose: ciborium::Value = ciborium::from_reader(key).unwrap();
    let message = [&data[..], &crate::auth::sha256(&[&asked])].concat();
    let key = Key::of(&cose).unwrap();
    assert_eq!(key.verify(&message, &signature), Ok(()));
    assert_eq!(
        key.verify(&message[1..], &signature),
        Err(PasskeyError::Signature)
    );
}
