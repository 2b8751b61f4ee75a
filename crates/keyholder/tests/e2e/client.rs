//! A client of the protocol, as a platform has one: TLS by rustls, HTTP by hand.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cofferdam_seal::key::WrappedKey;
use cofferdam_seal::keyholder::wire::{
    Call, Certificate, Consistency, Enrol, Enrolled, EnrolmentCode, LeaseCall, Leased, LedgerKey, Renew,
    Reply, SERVER_NAME, Status, Token,
};
use cofferdam_seal::keyholder::{Before, KeyholderError, LeaseReason, LeaseRequest, Mint};
use cofferdam_seal::{Id128, Random as _, SystemRandom};
use rcgen::{CertificateParams, KeyPair, PKCS_ECDSA_P256_SHA256};
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, ServerName, UnixTime};
use rustls::{
    ClientConfig, ClientConnection, DigitallySignedStruct, RootCertStore, SignatureScheme, StreamOwned,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::ledger::Ledger;
use crate::world::{COMPARTMENT, EPOCH, PROJECT};

/// A response of HTTP's.
#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Response {
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(crate) fn json<T: DeserializeOwned>(&self) -> T {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    pub(crate) fn error(&self) -> KeyholderError {
        self.json::<Reply<serde_json::Value>>()
            .into_outcome()
            .1
            .unwrap_err()
    }
}

/// Who comes in, and whom it expects.
#[derive(Clone)]
pub(crate) struct Caller {
    pub(crate) address: String,
    pub(crate) config: Arc<ClientConfig>,
}

impl Caller {
    pub(crate) fn new(address: &str, authority: [u8; 32], own: Option<(Vec<u8>, &KeyPair)>) -> Self {
        let provider = Arc::new(default_provider());
        let config = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_protocol_versions(&[&rustls::version::TLS13])
            .unwrap()
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(Pinned { authority, provider }));
        let config = match own {
            None => config.with_no_client_auth(),
            Some((der, key)) => {
                let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
                config.with_client_auth_cert(vec![der.into()], key).unwrap()
            }
        };
        Self {
            address: address.to_owned(),
            config: Arc::new(config),
        }
    }

    pub(crate) fn connect(&self) -> std::io::Result<StreamOwned<ClientConnection, TcpStream>> {
        let stream = TcpStream::connect(&self.address)?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        let name = ServerName::try_from(SERVER_NAME).unwrap();
        let connection =
            ClientConnection::new(Arc::clone(&self.config), name).map_err(std::io::Error::other)?;
        Ok(StreamOwned::new(connection, stream))
    }

    /// One request on a connection of its own.
    pub(crate) fn ask(&self, method: &str, path: &str, body: &[u8]) -> std::io::Result<Response> {
        let mut stream = self.connect()?;
        send(&mut stream, method, path, body, "close")
    }
}

/// One request on a connection that may stay.
pub(crate) fn send(
    stream: &mut StreamOwned<ClientConnection, TcpStream>,
    method: &str,
    path: &str,
    body: &[u8],
    then: &str,
) -> std::io::Result<Response> {
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: {SERVER_NAME}\r\nContent-Length: {}\r\nConnection: {then}\r\n\r\n",
        body.len()
    );
    stream.write_all(&[head.as_bytes(), body].concat())?;
    stream.flush()?;
    let (mut read, mut part) = (Vec::new(), [0; 4096]);
    loop {
        if let Some(at) = read.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8(read[..at].to_vec()).unwrap().to_lowercase();
            let length = head.split("content-length: ").nth(1).unwrap();
            let length: usize = length.split("\r\n").next().unwrap().parse().unwrap();
            if read.len() >= at + 4 + length {
                return Ok(Response {
                    status: head[9..12].parse().unwrap(),
                    body: read[at + 4..at + 4 + length].to_vec(),
                    head,
                });
            }
        }
        match stream.read(&mut part)? {
            0 => return Err(std::io::ErrorKind::UnexpectedEof.into()),
            len => read.extend_from_slice(&part[..len]),
        }
    }
}

/// Takes a server whose chain ends in the authority with this hash, and no other.
#[derive(Debug)]
struct Pinned {
    authority: [u8; 32],
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Pinned {
    fn verify_server_cert(
        &self,
        end: &CertificateDer<'_>,
        chain: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let hash = |der: &CertificateDer<'_>| aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, der);
        let authority = chain.iter().find(|der| hash(der).as_ref() == self.authority);
        let authority = authority.ok_or(rustls::CertificateError::UnknownIssuer)?;
        let mut roots = RootCertStore::empty();
        roots.add(authority.clone().into_owned())?;
        WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&self.provider))
            .build()
            .map_err(|error| rustls::Error::General(error.to_string()))?
            .verify_server_cert(end, &[], name, ocsp, now)
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Err(rustls::Error::General("TLS 1.3 alone".into()))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        der: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, der, signed, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}

/// A node that is enrolled.
pub(crate) struct Client {
    pub(crate) name: String,
    pub(crate) caller: Caller,
    pub(crate) authority: [u8; 32],
    pub(crate) token: Token,
    pub(crate) enrolled: Enrolled,
    /// The last request, to be sent again.
    pub(crate) last: (String, Vec<u8>),
}

pub(crate) fn csr(key: &KeyPair) -> String {
    let request = CertificateParams::new(Vec::new())
        .unwrap()
        .serialize_request(key)
        .unwrap();
    STANDARD.encode(request.der())
}

pub(crate) fn new_key() -> KeyPair {
    KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap()
}

pub(crate) fn random_id() -> Id128 {
    let mut bytes = [0; 16];
    SystemRandom.fill(&mut bytes).unwrap();
    Id128::new(bytes)
}

pub(crate) fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    i64::try_from(since.as_micros()).unwrap()
}

/// The body by which a node asks to be enrolled.
pub(crate) fn enrol_body(code: &EnrolmentCode, node: &str, key: &KeyPair, ledgers: &[LedgerKey]) -> Vec<u8> {
    serde_json::to_vec(&Enrol {
        code: code.id_text(),
        secret: code.secret_text(),
        node: node.to_owned(),
        csr: csr(key),
        ledgers: ledgers.to_vec(),
    })
    .unwrap()
}

impl Client {
    pub(crate) fn enrolled(code: &str, node: &str, ledgers: &[LedgerKey]) -> Self {
        let code: EnrolmentCode = code.parse().unwrap();
        let key = new_key();
        let stranger = Caller::new(&code.address, code.authority, None);
        let answer = stranger
            .ask("POST", "/v1/enrol", &enrol_body(&code, node, &key, ledgers))
            .unwrap();
        assert_eq!(answer.status, 200, "{answer:?}");
        Self::of(&code, node, answer.json(), &key)
    }

    pub(crate) fn of(code: &EnrolmentCode, node: &str, enrolled: Enrolled, key: &KeyPair) -> Self {
        let der = STANDARD.decode(&enrolled.certificate.der).unwrap();
        Self {
            name: node.to_owned(),
            caller: Caller::new(&code.address, code.authority, Some((der, key))),
            authority: code.authority,
            token: enrolled.token.clone(),
            enrolled,
            last: (String::new(), Vec::new()),
        }
    }

    /// What would be sent, with the token that is next.
    pub(crate) fn prepare<B: Serialize>(&mut self, path: &str, body: B) {
        let call = Call {
            token: self.token.clone(),
            request: random_id(),
            body,
        };
        self.last = (path.to_owned(), serde_json::to_vec(&call).unwrap());
    }

    /// Sends what was prepared, once more where it was sent before.
    pub(crate) fn send(&mut self) -> std::io::Result<Response> {
        let answer = self.caller.ask("POST", &self.last.0, &self.last.1)?;
        if let Ok(reply) = serde_json::from_slice::<Reply<serde_json::Value>>(&answer.body)
            && let Some(token) = reply.token
        {
            self.token = token;
        }
        Ok(answer)
    }

    pub(crate) fn call<B: Serialize, T: DeserializeOwned>(
        &mut self,
        path: &str,
        body: B,
    ) -> Result<T, KeyholderError> {
        self.prepare(path, body);
        let answer = self.send().unwrap();
        answer.json::<Reply<T>>().into_outcome().1
    }

    pub(crate) fn mint(&mut self) -> WrappedKey {
        self.call("/v1/mint", mint()).unwrap()
    }

    pub(crate) fn request(&self, wrapped: &WrappedKey, ledger: &Ledger) -> LeaseRequest {
        LeaseRequest {
            compartment: COMPARTMENT,
            project: PROJECT,
            epoch: EPOCH,
            wrapped: wrapped.clone(),
            reason: LeaseReason::Work,
            node: self.name.clone(),
            checkpoint: Some(ledger.checkpoint()),
            now_micros: now(),
        }
    }

    pub(crate) fn lease(
        &mut self,
        lease: LeaseRequest,
        proof: Option<Consistency>,
    ) -> Result<Leased, KeyholderError> {
        self.call("/v1/lease", LeaseCall { lease, proof })
    }

    pub(crate) fn renew(&mut self) -> Certificate {
        let key = new_key();
        let certificate: Certificate = self.call("/v1/certificate", Renew { csr: csr(&key) }).unwrap();
        let der = STANDARD.decode(&certificate.der).unwrap();
        self.caller = Caller::new(&self.caller.address.clone(), self.authority, Some((der, &key)));
        certificate
    }

    pub(crate) fn status(&self) -> Status {
        self.caller.ask("POST", "/v1/status", b"").unwrap().json()
    }

    pub(crate) fn add_checkpoint(&self, body: &str) -> Response {
        self.caller
            .ask("POST", "/v1/witness/add-checkpoint", body.as_bytes())
            .unwrap()
    }
}

pub(crate) fn mint() -> Mint {
    Mint {
        compartment: COMPARTMENT,
        project: PROJECT,
        epoch: EPOCH,
        before: Before::Nothing,
    }
}
