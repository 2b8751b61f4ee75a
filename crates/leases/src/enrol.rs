//! Being enrolled, by a code that is good once.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cofferdam_ledger::note::{SignatureType, VerifyingKey};
use cofferdam_model::env::Env;
use cofferdam_seal::keyholder::wire::{Enrol, Enrolled, EnrolmentCode, NodeChain, PROTOCOL};
use cofferdam_seal::keyholder::{KeyholderError, NewEnrolment};
use rcgen::{CertificateParams, KeyPair, PKCS_ECDSA_P256_SHA256};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::conn::{Conn, Said};
use crate::folder::{Enrolment, Folder};
use crate::remote::unwrapped;
use crate::tls;

/// A request that was sent, perhaps, and its key: sent again as it is, where its answer did not come.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Begun {
    /// Which code: not its secret.
    code: String,
    node: String,
    vkey: String,
    body: Zeroizing<String>,
    key: Zeroizing<String>,
}

/// Enrols. The enrolment is not on the disk yet.
pub(crate) async fn enrol(
    new: NewEnrolment,
    folder: &Folder,
    env: &Env,
) -> Result<Enrolment, KeyholderError> {
    let compartment = new.ledger.compartment;
    let path = folder.begun(compartment);
    let begun = match read_begun(&path, &new) {
        Some(begun) => begun,
        None => {
            let begun = begin(&new)?;
            let text = Zeroizing::new(serde_json::to_vec(&begun).map_err(inner)?);
            folder.put(&path, &text).map_err(disk)?;
            begun
        }
    };
    let enrolled = ask(&new.code, &begun.body).await?;
    if enrolled.protocol != PROTOCOL {
        return Err(KeyholderError::Denied {
            reason: format!(
                "it speaks version {} of the protocol, and this program {PROTOCOL}: bring both to the same",
                enrolled.protocol
            ),
        });
    }
    if hash_of(&enrolled.authority)? != new.code.authority {
        return Err(KeyholderError::Tampered {
            what: "the authority in its answer".into(),
        });
    }
    if !is_witness(&enrolled.witness) {
        return Err(KeyholderError::Tampered {
            what: "the key of the witness in its answer".into(),
        });
    }
    let enrolment = Enrolment {
        version: Enrolment::VERSION,
        compartment,
        code: new.code.id_text(),
        node: new.node,
        address: new.code.address.clone(),
        authority: enrolled.authority,
        witness: enrolled.witness,
        certificate: enrolled.certificate,
        since_micros: env.now().as_micros(),
        key: begun.key,
        next_key: None,
        chain: NodeChain::new(enrolled.token),
    };
    Ok(enrolment)
}

/// Whether it is a key that cosigns (C2SP vkey): it goes into the lab's ledger.
fn is_witness(text: &str) -> bool {
    let key = text.parse::<VerifyingKey>();
    text.len() <= MAX_VKEY && key.is_ok_and(|key| key.kind() == SignatureType::CosignatureV1)
}

/// The longest key of a witness that is taken.
const MAX_VKEY: usize = 256;

/// What was begun with the same code for the same node.
fn read_begun(path: &Path, new: &NewEnrolment) -> Option<Begun> {
    let text = Zeroizing::new(fs::read(path).ok()?);
    let begun: Begun = serde_json::from_slice(&text).ok()?;
    let same = begun.code == new.code.id_text() && begun.node == new.node && begun.vkey == new.ledger.vkey;
    same.then_some(begun)
}

fn begin(new: &NewEnrolment) -> Result<Begun, KeyholderError> {
    let (key, csr) = new_key()?;
    let request = Enrol {
        code: new.code.id_text(),
        secret: new.code.secret_text(),
        node: new.node.clone(),
        csr,
        ledgers: vec![new.ledger.clone()],
    };
    Ok(Begun {
        code: new.code.id_text(),
        node: new.node.clone(),
        vkey: new.ledger.vkey.clone(),
        body: Zeroizing::new(serde_json::to_string(&request).map_err(inner)?),
        key,
    })
}

async fn ask(code: &EnrolmentCode, body: &str) -> Result<Enrolled, KeyholderError> {
    let config = tls::stranger(code.authority).map_err(inner)?;
    let said = Conn::new(code.address.clone(), Arc::new(config))
        .ask("/v1/enrol", body)
        .await?;
    unwrapped(&said)
}

/// A new key (PKCS#8, base64) and a request for a certificate of it (PKCS#10, base64).
pub(crate) fn new_key() -> Result<(Zeroizing<String>, String), KeyholderError> {
    let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(inner)?;
    let csr = CertificateParams::new(Vec::new())
        .and_then(|params| params.serialize_request(&key))
        .map_err(inner)?;
    let secret = Zeroizing::new(key.serialize_der());
    Ok((
        Zeroizing::new(STANDARD.encode(&*secret)),
        STANDARD.encode(csr.der()),
    ))
}

/// The SHA-256 of a certificate in base64.
pub(crate) fn hash_of(der: &str) -> Result<[u8; 32], KeyholderError> {
    let der = STANDARD.decode(der).map_err(inner)?;
    let mut hash = [0; 32];
    hash.copy_from_slice(digest(&SHA256, &der).as_ref());
    Ok(hash)
}

/// An answer of another form than the protocol has. What it is may be a secret.
pub(crate) fn unread((status, said): &Said) -> KeyholderError {
    KeyholderError::Unavailable {
        detail: format!("its answer ({status}, {} bytes) does not read", said.len()),
    }
}

pub(crate) fn inner(error: impl std::fmt::Display) -> KeyholderError {
    KeyholderError::Unavailable {
        detail: error.to_string(),
    }
}

pub(crate) fn disk(error: std::io::Error) -> KeyholderError {
    KeyholderError::Unavailable {
        detail: format!("this node cannot keep what it says to the keyholder: {error}"),
    }
}
