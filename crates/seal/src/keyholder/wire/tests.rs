//! The shapes of `docs/keyholder-protocol.md`, as they stand on the wire.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::*;
use crate::key::{SecretBytes, WrappedKey};
use crate::keyholder::{Before, IngestGrant, LeaseReason, Mint};

fn id(byte: u8) -> (Id128, String) {
    (Id128::new([byte; 16]), format!("{byte:02x}").repeat(16))
}

/// What is written is this, and this is read as what was written.
fn is<T: Serialize + DeserializeOwned>(value: &T, shape: Value) {
    assert_eq!(serde_json::to_value(value).unwrap(), shape);
    let read: T = serde_json::from_value(shape.clone()).unwrap();
    assert_eq!(serde_json::to_value(read).unwrap(), shape);
}

fn lease() -> LeaseRequest {
    LeaseRequest {
        compartment: id(1).0,
        project: id(2).0,
        epoch: id(3).0,
        wrapped: WrappedKey {
            key_id: id(4).0,
            bytes: vec![1, 2, 3],
        },
        reason: LeaseReason::ModelCall,
        node: "node-1".into(),
        checkpoint: Some("a\n1\n".into()),
        now_micros: 5,
    }
}

#[test]
fn calls_and_answers_have_the_shapes_of_the_protocol() {
    let call = Call {
        token: Token::new("cft1_x".into()),
        request: id(9).0,
        body: LeaseCall {
            lease: lease(),
            proof: Some(Consistency {
                old: 3,
                hashes: vec!["AA==".into()],
            }),
        },
    };
    let lease = json!({
        "compartment": id(1).1, "project": id(2).1, "epoch": id(3).1,
        "wrapped": { "key_id": id(4).1, "bytes": "AQID" },
        "reason": "model-call", "node": "node-1", "checkpoint": "a\n1\n", "now_micros": 5,
    });
    let body = json!({ "lease": lease, "proof": { "old": 3, "hashes": ["AA=="] } });
    is(
        &call,
        json!({ "token": "cft1_x", "request": id(9).1, "body": body }),
    );
    let mint = Mint {
        compartment: id(1).0,
        project: id(2).0,
        epoch: id(3).0,
        before: Before::InProject,
    };
    let shape = json!({
        "compartment": id(1).1, "project": id(2).1, "epoch": id(3).1, "before": "in-project",
    });
    is(&mint, shape);
    let grant = || LeaseGrant {
        key: SecretBytes::copy_of(&[0; 32]),
        epoch: id(3).0,
        reason: LeaseReason::Work,
        expires_at_micros: 7,
    };
    let key = format!("{}=", "A".repeat(43));
    let shape = json!({ "key": key, "epoch": id(3).1, "reason": "work", "expires_at_micros": 7 });
    let leased = Leased {
        grant: grant(),
        entry: 42,
        cosignature: None,
    };
    let reply = Reply::new(Some(Token::new("cft1_y".into())), Ok(leased));
    is(
        &reply,
        json!({ "token": "cft1_y", "ok": { "grant": shape, "entry": 42 } }),
    );
    let ingest = Leased {
        grant: IngestGrant::new(grant()),
        entry: 42,
        cosignature: Some("line".into()),
    };
    is(
        &ingest,
        json!({ "grant": shape, "entry": 42, "cosignature": "line" }),
    );
}

#[test]
fn refusals_have_the_shapes_of_the_protocol() {
    let told = |error| serde_json::to_value(Reply::<()>::new(None, Err(error))).unwrap();
    assert_eq!(
        told(KeyholderError::Behind { size: 9 }),
        json!({ "token": null, "error": { "error": "behind", "size": 9 } })
    );
    assert_eq!(
        told(KeyholderError::Diverged { why: "w".into() }),
        json!({ "token": null, "error": { "error": "diverged", "why": "w" } })
    );
    let done = Reply::new(None, Ok(Done {}));
    is(&done, json!({ "token": null, "ok": {} }));
    let reply: Reply<()> = serde_json::from_value(json!({ "token": "t" })).unwrap();
    assert!(matches!(
        reply.into_outcome(),
        (Some(_), Err(KeyholderError::Unavailable { .. }))
    ));
}

#[test]
fn an_enrolment_has_the_shape_of_the_protocol_and_shows_no_secret() {
    let enrol = Enrol {
        code: "00010203".into(),
        secret: Token::new("c2VjcmV0".into()),
        node: "node-1".into(),
        csr: "MIH".into(),
        ledgers: vec![LedgerKey {
            compartment: id(1).0,
            vkey: "k".into(),
        }],
    };
    assert!(!format!("{enrol:?}").contains("c2VjcmV0"), "{enrol:?}");
    let shape = json!({
        "code": "00010203", "secret": "c2VjcmV0", "node": "node-1", "csr": "MIH",
        "ledgers": [{ "compartment": id(1).1, "vkey": "k" }],
    });
    is(&enrol, shape.clone());
    let mut surprise = shape;
    surprise["surprise"] = true.into();
    assert!(serde_json::from_value::<Enrol>(surprise).is_err());
}

#[test]
fn a_token_is_short_and_printable() {
    let read = |text: &str| serde_json::from_value::<Token>(json!(text)).is_ok();
    assert!(read("cft1_abc-_="));
    for bad in ["a b", "a\n", "ä", &"a".repeat(129)] {
        assert!(!read(bad), "{bad:?}");
    }
}
