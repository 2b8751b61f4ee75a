//! Who the keyholder is: its authority, which makes certificates, and the key that cosigns.
//!
//! Both are in `identity.sealed`: version 1 (1), nonce (12), and JSON under AES-256-GCM with a key derived from the root
//! key. The server's own key and certificate are made anew at every start and every day, and are on no disk.

use std::sync::Arc;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cofferdam_ledger::note::CosigningKey;
use cofferdam_seal::keyholder::wire::SERVER_NAME;
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer,
    KeyPair, KeyUsagePurpose, PKCS_ECDSA_P256_SHA256, SerialNumber,
};
use rustls::crypto::aws_lc_rs::sign::any_ecdsa_type;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::sign::CertifiedKey;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use zeroize::{Zeroize, Zeroizing};

use crate::clock::SECOND;
use crate::csr::NodeKey;
use crate::entry::Issued;
use crate::fail::{Failure, Outcome, To as _};
use crate::files::Folder;
use crate::hex;
use crate::root::Root;

const FILE: &str = "identity.sealed";
const VERSION: u8 = 1;
const LABEL: &[u8] = b"cofferdam/keyholder/identity/v1";

const HOUR: i64 = 3600 * SECOND;
const DAY: i64 = 24 * HOUR;
/// How long the authority lives.
const AUTHORITY_DAYS: i64 = 20 * 365;
/// How long one certificate of the server lives: it is made anew every day.
const SERVER_DAYS: i64 = 30;
/// By how much a clock that reads a new certificate may be behind ours.
const BEFORE: i64 = 10 * 60 * SECOND;

/// The authority and the cosigning key.
pub(crate) struct Identity {
    /// The authority's certificate.
    pub(crate) authority: CertificateDer<'static>,
    issuer: Issuer<'static, KeyPair>,
    /// The key that cosigns checkpoints.
    pub(crate) witness: CosigningKey,
}

#[derive(Serialize, Deserialize, Zeroize)]
#[zeroize(drop)]
struct Stored {
    authority: String,
    authority_key: String,
    witness: String,
}

impl Identity {
    /// Makes one and keeps it under `root`.
    pub(crate) fn make(folder: &Folder, root: &Root, witness: &str, now: i64) -> Outcome<Self> {
        let pair = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).to("no key for the authority")?;
        let mut params = authority_params();
        (params.not_before, params.not_after) = (at(now - BEFORE)?, at(now + AUTHORITY_DAYS * DAY)?);
        params.serial_number = Some(serial()?);
        let authority = params.self_signed(&pair).to("no certificate for the authority")?;
        let stored = Stored {
            authority: STANDARD.encode(authority.der()),
            authority_key: STANDARD.encode(pair.serialize_der()),
            witness: CosigningKey::generate(witness)
                .and_then(|key| key.to_skey())
                .to("no key to cosign with")?,
        };
        let clear = Zeroizing::new(serde_json::to_vec(&stored).to(FILE)?);
        folder.write(FILE, &seal(root, &clear)?)?;
        Self::of(&stored)
    }

    /// Reads what was made.
    pub(crate) fn open(folder: &Folder, root: &Root) -> Outcome<Self> {
        let clear = open(root, &folder.read(FILE)?)?;
        let stored: Stored = serde_json::from_slice(&clear).map_err(|_| damaged())?;
        Self::of(&stored)
    }

    fn of(stored: &Stored) -> Outcome<Self> {
        let decoded = |text: &str| STANDARD.decode(text).map_err(|_| damaged());
        let key = Zeroizing::new(decoded(&stored.authority_key)?);
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.as_slice()));
        let pair = KeyPair::from_der_and_sign_algo(&key, &PKCS_ECDSA_P256_SHA256).map_err(|_| damaged())?;
        Ok(Self {
            authority: decoded(&stored.authority)?.into(),
            issuer: Issuer::new(authority_params(), pair),
            witness: stored.witness.parse().map_err(|_| damaged())?,
        })
    }

    /// A certificate for a node's key, good until `expires`.
    pub(crate) fn certify(&self, node: &str, key: &NodeKey, now: i64, expires: i64) -> Outcome<Issued> {
        let mut params = leaf_params(node, ExtendedKeyUsagePurpose::ClientAuth)?;
        (params.not_before, params.not_after) = (at(now - BEFORE)?, at(expires)?);
        let made = params
            .signed_by(key, &self.issuer)
            .to("no certificate for the node")?;
        Ok(Issued {
            sha256: hex::sha256_text(made.der()),
            der: STANDARD.encode(made.der()),
            expires,
        })
    }

    /// A key and a certificate for the server, which nobody keeps.
    pub(crate) fn server(&self, now: i64) -> Outcome<Arc<CertifiedKey>> {
        let pair = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).to("no key for the server")?;
        let mut params = leaf_params(SERVER_NAME, ExtendedKeyUsagePurpose::ServerAuth)?;
        let name = SERVER_NAME.try_into().to("no name for the server")?;
        params.subject_alt_names = vec![rcgen::SanType::DnsName(name)];
        (params.not_before, params.not_after) = (at(now - BEFORE)?, at(now + SERVER_DAYS * DAY)?);
        let made = params
            .signed_by(&pair, &self.issuer)
            .to("no certificate for the server")?;
        let key = Zeroizing::new(pair.serialize_der());
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.as_slice()));
        let key = any_ecdsa_type(&key).to("no key for the server")?;
        let chain = vec![made.der().clone(), self.authority.clone()];
        Ok(Arc::new(CertifiedKey::new(chain, key)))
    }
}

fn authority_params() -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = named("Cofferdam keyholder authority");
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
}

fn leaf_params(name: &str, usage: ExtendedKeyUsagePurpose) -> Outcome<CertificateParams> {
    let mut params = CertificateParams::default();
    params.distinguished_name = named(name);
    params.is_ca = IsCa::ExplicitNoCa;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![usage];
    params.use_authority_key_identifier_extension = true;
    params.serial_number = Some(serial()?);
    Ok(params)
}

fn named(name: &str) -> DistinguishedName {
    let mut named = DistinguishedName::new();
    named.push(DnType::CommonName, name);
    named
}

fn serial() -> Outcome<SerialNumber> {
    let mut bytes = [0; 16];
    aws_lc_rs::rand::fill(&mut bytes).map_err(|_| Failure::new("the machine gives no randomness"))?;
    // Positive and of one length, as DER has it.
    bytes[0] = bytes[0] & 0x7f | 0x40;
    Ok(SerialNumber::from_slice(&bytes))
}

fn at(micros: i64) -> Outcome<OffsetDateTime> {
    OffsetDateTime::from_unix_timestamp(micros.div_euclid(SECOND)).to("the clock")
}

fn cipher(root: &Root) -> Outcome<LessSafeKey> {
    let key = UnboundKey::new(&AES_256_GCM, root.derive(LABEL).expose()).map_err(|_| damaged())?;
    Ok(LessSafeKey::new(key))
}

fn seal(root: &Root, clear: &[u8]) -> Outcome<Vec<u8>> {
    let mut nonce = [0; NONCE_LEN];
    aws_lc_rs::rand::fill(&mut nonce).map_err(|_| Failure::new("the machine gives no randomness"))?;
    let mut sealed = Vec::with_capacity(clear.len() + 64);
    sealed.extend_from_slice(clear);
    cipher(root)?
        .seal_in_place_append_tag(
            Nonce::assume_unique_for_key(nonce),
            Aad::from([VERSION]),
            &mut sealed,
        )
        .map_err(|_| damaged())?;
    Ok([&[VERSION], &nonce[..], &sealed].concat())
}

fn open(root: &Root, sealed: &[u8]) -> Outcome<Zeroizing<Vec<u8>>> {
    let Some((&VERSION, rest)) = sealed.split_first() else {
        return Err(damaged());
    };
    let (nonce, rest) = rest.split_first_chunk::<NONCE_LEN>().ok_or_else(damaged)?;
    let mut clear = Zeroizing::new(rest.to_vec());
    let nonce = Nonce::assume_unique_for_key(*nonce);
    let len = cipher(root)?
        .open_in_place(nonce, Aad::from([VERSION]), &mut clear)
        .map_err(|_| damaged())?
        .len();
    clear.truncate(len);
    Ok(clear)
}

fn damaged() -> Failure {
    Failure::new(format!(
        "{FILE} is not as this keyholder wrote it; restore it from a backup of the same keyholder"
    ))
}
