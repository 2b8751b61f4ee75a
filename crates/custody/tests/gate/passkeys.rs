//! Passkeys: who was verified is let in once for each answer, and nobody else.

use std::time::Duration;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ciborium::Value;
use cofferdam_custody::{
    Assertion, AuthError, Caller, GateError, PasskeyError, RegisterError, Registration, RelyingParty, sha256,
};
use cofferdam_model::*;
use cofferdam_testbed::cells;

use crate::support::*;

const HOUR: i64 = 3_600;

fn party() -> RelyingParty {
    RelyingParty {
        id: "work.example".into(),
        origin: "https://work.example".into(),
    }
}

/// A device that somebody unlocks.
struct Authenticator {
    key: EcdsaKeyPair,
    handle: Vec<u8>,
    /// Present, and verified.
    flags: u8,
}

fn client_data(kind: &str, challenge: &[u8]) -> Vec<u8> {
    let challenge = URL_SAFE_NO_PAD.encode(challenge);
    let said = serde_json::json!({
        "type": kind, "challenge": challenge, "origin": "https://work.example", "crossOrigin": false, "more": "later",
    });
    said.to_string().into_bytes()
}

impl Authenticator {
    fn new(handle: &str) -> Self {
        Self {
            key: EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap(),
            handle: handle.as_bytes().to_vec(),
            flags: 0b101,
        }
    }

    fn header(&self, more: u8) -> Vec<u8> {
        let mut data = sha256(b"work.example").to_vec();
        data.push(self.flags | more);
        data.extend_from_slice(&[0; 4]);
        data
    }

    fn makes(&self, label: &str, challenge: &[u8]) -> Registration {
        self.makes_of(&self.cose(), label, challenge)
    }

    fn cose(&self) -> Value {
        let point = self.key.public_key().as_ref();
        let number = |n: i64| Value::Integer(n.into());
        Value::Map(vec![
            (number(1), number(2)),
            (number(3), number(-7)),
            (number(-1), number(1)),
            (number(-2), Value::Bytes(point[1..33].to_vec())),
            (number(-3), Value::Bytes(point[33..].to_vec())),
        ])
    }

    fn makes_of(&self, cose: &Value, label: &str, challenge: &[u8]) -> Registration {
        let mut data = self.header(0b100_0000);
        data.extend_from_slice(&[7; 16]);
        data.extend_from_slice(&(self.handle.len() as u16).to_be_bytes());
        data.extend_from_slice(&self.handle);
        ciborium::into_writer(cose, &mut data).unwrap();
        let word = |text: &str| Value::Text(text.into());
        let object = Value::Map(vec![
            (word("fmt"), word("none")),
            (word("attStmt"), Value::Map(Vec::new())),
            (word("authData"), Value::Bytes(data)),
        ]);
        let mut attestation = Vec::new();
        ciborium::into_writer(&object, &mut attestation).unwrap();
        Registration {
            label: label.into(),
            client_data: client_data("webauthn.create", challenge),
            attestation,
        }
    }

    fn signs(&self, challenge: &[u8]) -> Assertion {
        let client_data = client_data("webauthn.get", challenge);
        let authenticator_data = self.header(0);
        let message = [&authenticator_data[..], &sha256(&client_data)].concat();
        let signature = self.key.sign(&SystemRandom::new(), &message).unwrap();
        Assertion {
            handle: self.handle.clone(),
            client_data,
            authenticator_data,
            signature: signature.as_ref().to_vec(),
            user: None,
        }
    }
}

async fn signed_in(world: &World, person: PrincipalId) -> Caller {
    let gate = world.gate();
    let kind = CredentialKind::Link;
    let link = gate.issue(&world.operator, kind, person, None, "link", HOUR);
    let link = link.await.unwrap();
    gate.log_in(link.secret.expose(), HOUR, None).await.unwrap().0
}

async fn adds(world: &World, caller: &Caller, device: &Authenticator) -> Result<CredentialId, RegisterError> {
    let challenge = world.gate().challenge(Some(caller)).unwrap();
    let new = device.makes("phone", &challenge);
    let added = world.gate().register_passkey(caller, &party(), new).await;
    added.map_err(|error| match error {
        GateError::Command(refused) => refused,
        other => panic!("{other:?}"),
    })
}

async fn logs_in(world: &World, said: &Assertion) -> Result<Caller, AuthError> {
    let opened = world.gate().log_in_by_passkey(&party(), said, HOUR, None).await?;
    Ok(opened.0)
}

#[tokio::test]
async fn a_passkey_opens_a_session_for_each_answer_and_none_twice() {
    let world = World::new().await;
    let person = world.person().await;
    let caller = signed_in(&world, person).await;
    let device = Authenticator::new("device");
    let id = adds(&world, &caller, &device).await.unwrap();
    let known = world.gate().passkeys(person).await.unwrap();
    assert_eq!(known.iter().collect::<Vec<_>>(), [&device.handle]);
    let credentials = world.gate().credentials_of_principal(person).await.unwrap();
    let own = credentials.iter().find(|c| c.id == id).unwrap();
    assert_eq!((own.kind, own.label.as_str()), (CredentialKind::Passkey, "phone"));

    let said = device.signs(&world.gate().challenge(None).unwrap());
    let session = logs_in(&world, &said).await.unwrap();
    assert_eq!(
        (session.principal(), session.kind()),
        (person, CredentialKind::Session)
    );
    let again = logs_in(&world, &said).await.unwrap_err();
    assert!(
        matches!(again, AuthError::Passkey(PasskeyError::Stale)),
        "{again}"
    );
    // Months later, too; the session is over by then.
    world.clock.forward(100 * 86_400);
    let said = device.signs(&world.gate().challenge(None).unwrap());
    let session = logs_in(&world, &said).await.unwrap();
    assert_eq!(world.findings().await, Vec::<String>::new());

    world.gate().revoke(&session, id).await.unwrap();
    let said = device.signs(&world.gate().challenge(None).unwrap());
    assert!(matches!(
        logs_in(&world, &said).await,
        Err(AuthError::Unproven(_))
    ));
    assert!(world.gate().passkeys(person).await.unwrap().is_empty());
}

#[tokio::test]
async fn what_answers_no_question_of_ours_lets_nobody_in() {
    let world = World::new().await;
    let person = world.person().await;
    let caller = signed_in(&world, person).await;
    let device = Authenticator::new("device");
    let asked = world.gate().challenge(None).unwrap();
    adds(&world, &caller, &device).await.unwrap();
    let stale = async |challenge: &[u8]| {
        let refused = logs_in(&world, &device.signs(challenge)).await;
        assert!(matches!(refused, Err(AuthError::Passkey(PasskeyError::Stale))));
    };
    stale(&[0; 56]).await;
    stale(b"").await;
    // One for a new passkey opens nothing, nor does one that says it is good for longer.
    stale(&world.gate().challenge(Some(&caller)).unwrap()).await;
    let mut longer = asked.clone();
    longer[17] ^= 1;
    stale(&longer).await;
    world.clock.forward(301);
    stale(&asked).await;

    let good = device.signs(&world.gate().challenge(None).unwrap());
    let other = Authenticator::new("device").signs(&world.gate().challenge(None).unwrap());
    let unknown = Authenticator::new("unknown").signs(&world.gate().challenge(None).unwrap());
    assert!(matches!(
        logs_in(&world, &other).await,
        Err(AuthError::Passkey(PasskeyError::Signature))
    ));
    assert!(matches!(logs_in(&world, &unknown).await, Err(AuthError::Unknown)));
    let of_another = Assertion {
        user: Some(b"somebody else".to_vec()),
        ..good.clone()
    };
    assert!(matches!(
        logs_in(&world, &of_another).await,
        Err(AuthError::Passkey(PasskeyError::Signature))
    ));
    let locked = Authenticator { flags: 1, ..device };
    let unverified = locked.signs(&world.gate().challenge(None).unwrap());
    assert!(matches!(
        logs_in(&world, &unverified).await,
        Err(AuthError::Passkey(PasskeyError::Unverified))
    ));
    assert!(logs_in(&world, &good).await.is_ok());
}

#[tokio::test]
async fn one_is_added_by_whoever_just_signed_in_and_by_nothing_less() {
    let world = World::new().await;
    let lab = world.lab("Lab").await;
    let own = world.author(&lab).await;
    let device = Authenticator::new("device");
    let no_session = Err(RegisterError::NoSession);
    assert_eq!(adds(&world, &own.caller, &device).await, no_session, "by a token");
    let caller = signed_in(&world, own.principal).await;
    // Another session's question is not this one's.
    let other = signed_in(&world, own.principal).await;
    let theirs = world.gate().challenge(Some(&other)).unwrap();
    let new = device.makes("phone", &theirs);
    let refused = world.gate().register_passkey(&caller, &party(), new).await;
    let stale = RegisterError::Passkey(PasskeyError::Stale);
    assert!(matches!(refused, Err(GateError::Command(why)) if why == stale));
    let person = Scope::Person(own.principal);
    let halt = world.halt(Compartment::Installation, person).await;
    assert_eq!(adds(&world, &caller, &device).await, Err(RegisterError::Halted));
    world.resume(Compartment::Installation, halt).await;
    assert!(adds(&world, &caller, &device).await.is_ok());
    assert_eq!(adds(&world, &caller, &device).await, Err(RegisterError::Taken));
    for n in 1..20 {
        let more = Authenticator::new(&format!("device {n}"));
        assert!(adds(&world, &caller, &more).await.is_ok());
    }
    let last = Authenticator::new("one more");
    assert_eq!(adds(&world, &caller, &last).await, Err(RegisterError::TooMany));
    world.clock.nudge(Duration::from_secs(901).as_micros() as i64);
    assert_eq!(adds(&world, &caller, &last).await, Err(RegisterError::NotFresh));
}

#[tokio::test]
async fn a_row_with_another_key_proves_nobody() {
    let world = World::new().await;
    let person = world.person().await;
    let caller = signed_in(&world, person).await;
    let (device, thief) = (Authenticator::new("device"), Authenticator::new("thief"));
    let id = adds(&world, &caller, &device).await.unwrap();
    let other = signed_in(&world, world.person().await).await;
    adds(&world, &other, &thief).await.unwrap();
    // The thief's key and handle under the other's credential.
    let raw = world.raw();
    raw.run("DELETE FROM passkey WHERE handle = $1", cells![&b"device"[..]])
        .unwrap();
    let edit = "UPDATE passkey SET credential = $1 WHERE handle = $2";
    raw.run(edit, cells![id.as_bytes(), &b"thief"[..]]).unwrap();
    let said = thief.signs(&world.gate().challenge(None).unwrap());
    assert!(matches!(logs_in(&world, &said).await, Err(AuthError::Unknown)));
    let named = format!("the passkey of credential {id}");
    let found = world.findings().await;
    assert!(found.iter().any(|f| f.contains(&named)), "{found:?}");
}

#[tokio::test]
async fn keys_that_nobody_can_sign_by_are_refused() {
    let world = World::new().await;
    let caller = signed_in(&world, world.person().await).await;
    let device = Authenticator::new("device");
    let cose = |members: Vec<(i64, Value)>| {
        let number = |n: i64| Value::Integer(n.into());
        Value::Map(
            members
                .into_iter()
                .map(|(name, value)| (number(name), value))
                .collect(),
        )
    };
    let number = |n: i64| Value::Integer(n.into());
    let bytes = |byte: u8, len: usize| Value::Bytes(vec![byte; len]);
    let ed = |point: Value| {
        cose(vec![
            (1, number(1)),
            (3, number(-8)),
            (-1, number(6)),
            (-2, point),
        ])
    };
    let ec = |x: Value, y: Value| {
        cose(vec![
            (1, number(2)),
            (3, number(-7)),
            (-1, number(1)),
            (-2, x),
            (-3, y),
        ])
    };
    let rsa = |n: Value, e: Value| cose(vec![(1, number(3)), (3, number(-257)), (-1, n), (-2, e)]);
    let mut small = vec![0; 32];
    small[0] = 1;
    let twice = cose(vec![
        (1, number(1)),
        (1, number(1)),
        (3, number(-8)),
        (-1, number(6)),
        (-2, bytes(9, 32)),
    ]);
    for (at, key) in [
        ed(bytes(9, 0)),
        ed(bytes(9, 33)),
        ed(Value::Bytes(small)),
        ed(bytes(0, 32)),
        ec(bytes(0, 32), bytes(0, 32)),
        ec(bytes(7, 32), bytes(7, 32)),
        rsa(bytes(0, 0), bytes(3, 1)),
        rsa(bytes(7, 128), bytes(3, 1)),
        rsa(bytes(7, 256), bytes(1, 1)),
        rsa(bytes(7, 256), bytes(3, 9)),
        twice,
    ]
    .into_iter()
    .enumerate()
    {
        let challenge = world.gate().challenge(Some(&caller)).unwrap();
        let new = device.makes_of(&key, "phone", &challenge);
        let refused = world.gate().register_passkey(&caller, &party(), new).await;
        let malformed =
            |why: &RegisterError| matches!(why, RegisterError::Passkey(PasskeyError::Malformed(_)));
        assert!(
            matches!(&refused, Err(GateError::Command(why)) if malformed(why)),
            "{at}: {refused:?}"
        );
    }
}
