//! What crosses the wire to a keyholder that the lab runs, beside the messages of [`super`]: `docs/keyholder-protocol.md`
//! has the whole protocol.
//!
//! Here are shapes only. The transport, the order of things and what is persisted are the two sides' own.

mod chain;
mod code;
#[cfg(test)]
mod tests;
mod token;

pub use chain::{Busy, NodeChain};
pub use code::{CodeError, EnrolmentCode};
pub use token::Token;

use serde::{Deserialize, Serialize};

use super::{KeyholderError, LeaseGrant, LeaseRequest};
use crate::id::Id128;

/// The version of the protocol that these shapes are of.
pub const PROTOCOL: u32 = 1;

/// The name in a keyholder's server certificate, whatever its address: nodes know it by its authority.
pub const SERVER_NAME: &str = "cofferdam-keyholder";

/// The longest body of a request that a keyholder reads, in bytes.
pub const MAX_BODY_BYTES: usize = 1 << 20;

/// The most hashes of a consistency proof: C2SP tlog-witness.
pub const MAX_PROOF_HASHES: usize = 63;

/// A request that takes a token. A retry has the same bytes: they are what the keyholder compares.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Call<T> {
    /// The token that the last answer carried.
    pub token: Token,
    /// A random id, which is another for every request that is not a retry.
    pub request: Id128,
    /// What is asked.
    pub body: T,
}

/// The answer to a [`Call`].
#[derive(Debug, Serialize, Deserialize)]
pub struct Reply<T> {
    /// What the next call carries. None when the call took no token: then the last one is still good, or the node is
    /// enrolled no more.
    pub token: Option<Token>,
    /// What was asked for.
    #[serde(default = "Option::default", skip_serializing_if = "Option::is_none")]
    pub ok: Option<T>,
    /// Why it is not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<KeyholderError>,
}

impl<T> Reply<T> {
    /// An answer that carries `token` on.
    #[must_use]
    pub fn new(token: Option<Token>, outcome: Result<T, KeyholderError>) -> Self {
        let (ok, error) = match outcome {
            Ok(ok) => (Some(ok), None),
            Err(error) => (None, Some(error)),
        };
        Self { token, ok, error }
    }

    /// The next token, and what was asked for or why it is not given.
    pub fn into_outcome(self) -> (Option<Token>, Result<T, KeyholderError>) {
        let outcome = match (self.ok, self.error) {
            (Some(ok), None) => Ok(ok),
            (_, Some(error)) => Err(error),
            (None, None) => Err(KeyholderError::Unavailable {
                detail: "its answer has neither what was asked for nor an error".into(),
            }),
        };
        (self.token, outcome)
    }
}

/// The body of a lease: the request, and what leads from the checkpoint that the keyholder persisted to the one that the
/// request names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeaseCall {
    /// What is asked for. Its checkpoint is never left out here.
    pub lease: LeaseRequest,
    /// Left out where the checkpoint is the one that the keyholder persisted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proof: Option<Consistency>,
}

/// A consistency proof (RFC 6962, section 2.1.2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Consistency {
    /// The size that it leads from.
    pub old: u64,
    /// Hashes in base64, at most [`MAX_PROOF_HASHES`].
    pub hashes: Vec<String>,
}

/// A lease, as a keyholder of the lab's answers it. Of an ingest key it is an [`IngestGrant`](super::IngestGrant).
#[derive(Debug, Serialize, Deserialize)]
pub struct Leased<G = LeaseGrant> {
    /// The key, and when it must be dropped: at most as long after the request's `now_micros` as the lease is long.
    pub grant: G,
    /// The number of the lease in the keyholder's own log.
    pub entry: u64,
    /// The cosignature line of the checkpoint, where this request brought a newer one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cosignature: Option<String>,
}

/// It is done, and there is nothing to say about it: `{}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {}

/// Asks to be enrolled. Not within a [`Call`]: there is no token yet.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Enrol {
    /// The code's id, 8 hexadecimal digits.
    pub code: String,
    /// The code's secret, in base64.
    pub secret: Token,
    /// The name that the lab enrols the node under.
    pub node: String,
    /// A certificate signing request (PKCS#10, DER, base64) with a P-256 key, signed by it.
    pub csr: String,
    /// The ledgers whose checkpoints the node will bring; at most 64. One that the keyholder knows must be the same.
    pub ledgers: Vec<LedgerKey>,
}

/// A compartment's ledger, by the key that signs its checkpoints.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LedgerKey {
    /// The compartment.
    pub compartment: Id128,
    /// The key (C2SP signed-note); its name is the ledger's origin.
    pub vkey: String,
}

/// A node is enrolled.
#[derive(Debug, Serialize, Deserialize)]
pub struct Enrolled {
    /// Its certificate.
    pub certificate: Certificate,
    /// The keyholder's authority (DER, base64), whose hash the code carried.
    pub authority: String,
    /// The first token.
    pub token: Token,
    /// The key that cosigns checkpoints (C2SP vkey).
    pub witness: String,
    /// [`PROTOCOL`].
    pub protocol: u32,
}

/// Asks for a new certificate while the old one is good.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Renew {
    /// As in [`Enrol`]; the key may be a new one.
    pub csr: String,
}

/// A client certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    /// DER, base64.
    pub der: String,
    /// From when on it is worth nothing, in microseconds since the Unix epoch.
    pub expires_at_micros: i64,
}

/// How a keyholder stands, to a node that is enrolled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// [`PROTOCOL`].
    pub protocol: u32,
    /// The keyholder's software.
    pub version: String,
    /// The keyholder's clock, in microseconds since the Unix epoch.
    pub now_micros: i64,
    /// How far a node's clock may be off, in microseconds.
    pub max_skew_micros: i64,
    /// The name of the node that asks.
    pub node: String,
    /// When its certificate ends, in microseconds since the Unix epoch.
    pub certificate_expires_at_micros: i64,
    /// The key that cosigns checkpoints (C2SP vkey).
    pub witness: String,
    /// What the lab halted.
    pub halts: Vec<HaltStatus>,
    /// The ledgers that are known here.
    pub ledgers: Vec<LedgerStatus>,
}

/// A halt of the lab's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HaltStatus {
    /// One project; none: everything.
    pub project: Option<Id128>,
    /// Why, in the lab's words.
    pub reason: String,
    /// Since when, in microseconds since the Unix epoch.
    pub since_micros: i64,
}

/// How a keyholder sees a compartment's ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerStatus {
    /// The compartment.
    pub compartment: Id128,
    /// The key that signs its checkpoints.
    pub vkey: String,
    /// Entries of the newest checkpoint that was persisted; 0 when there was none.
    pub size: u64,
    /// That checkpoint, cosigned; none when there was none.
    pub checkpoint: Option<String>,
    /// Why no lease is granted in this compartment, where its ledger contradicted itself.
    pub diverged: Option<Divergence>,
}

/// Two checkpoints of one ledger that cannot both be true, or of which one was not shown to extend the other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Divergence {
    /// What is amiss between them.
    pub why: String,
    /// The newest that was persisted.
    pub known: String,
    /// The one that was brought, signed by the ledger too.
    pub brought: String,
    /// When, in microseconds since the Unix epoch.
    pub at_micros: i64,
}
