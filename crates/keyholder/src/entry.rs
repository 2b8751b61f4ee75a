//! The keyholder's own log, line by line: what an entry says, and how it is bound to the one before.
//!
//! A line is a JSON object. Its first members are `n` (counted from 0), `t` (microseconds since 1970, never before the
//! entry before) and `prev` (the `sum` of the line before; 64 zeros in the first). Its last is `sum`, the SHA-256, in
//! hexadecimal, of the line's bytes up to the comma before it. Everything else is a [`Fact`].

use cofferdam_ledger::hash::Hash;
use cofferdam_seal::Id128;
use cofferdam_seal::ingest::IngestPublicKey;
use cofferdam_seal::key::WrappedKey;
use cofferdam_seal::keyholder::wire::LedgerKey;
use cofferdam_seal::keyholder::{KeyholderError, LeaseReason};
use serde::{Deserialize, Serialize};

use crate::hex;

/// The hash that the first line names.
pub(crate) const NO_SUM: [u8; 32] = [0; 32];
/// The longest line.
pub(crate) const MAX_LINE: usize = 1 << 20;
/// `,"sum":"` and 64 digits and `"}`.
const TAIL: usize = 8 + 64 + 2;

/// One line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Entry {
    /// Which, counted from 0.
    pub(crate) n: u64,
    /// When, in microseconds since 1970.
    pub(crate) t: i64,
    /// The sum of the line before, in hexadecimal.
    pub(crate) prev: String,
    /// What happened.
    #[serde(flatten)]
    pub(crate) fact: Fact,
}

/// The token that a call took.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Used {
    /// The call's own id.
    pub(crate) request: Id128,
    /// Which token of the node's chain.
    pub(crate) token: u64,
    /// The SHA-256 of the call, in hexadecimal.
    pub(crate) body: String,
}

/// A lease, as it was granted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Leased {
    /// To which node.
    pub(crate) node: String,
    /// By which call.
    pub(crate) call: Used,
    /// Of which compartment,
    pub(crate) compartment: Id128,
    /// project
    pub(crate) project: Id128,
    /// and epoch.
    pub(crate) epoch: Id128,
    /// The ingest key, not the epoch's.
    pub(crate) ingest: bool,
    /// What for.
    pub(crate) reason: LeaseReason,
    /// Until when, by the keyholder's clock, in microseconds since 1970.
    pub(crate) until: i64,
    /// What the node was told, so that it ends no later by the node's clock.
    pub(crate) expires: i64,
    /// Entries of the checkpoint that it was granted against.
    pub(crate) size: u64,
    /// That checkpoint's root.
    pub(crate) root: Hash,
    /// The cosignature line, where the request brought a newer checkpoint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) cosignature: Option<String>,
}

/// A call that was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Denied {
    /// To which node.
    pub(crate) node: String,
    /// By which call; none when the token was none of the node's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) call: Option<Used>,
    /// What was asked: the path's last part.
    pub(crate) act: String,
    /// Of which compartment,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) compartment: Option<Id128>,
    /// project
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) project: Option<Id128>,
    /// and epoch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) epoch: Option<Id128>,
    /// What for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<LeaseReason>,
    /// The lease, recorded already, under which nothing was given out after all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) lease: Option<u64>,
    /// What the node was told.
    pub(crate) why: KeyholderError,
}

/// A certificate that was given out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Issued {
    /// The SHA-256 of its DER, in hexadecimal.
    pub(crate) sha256: String,
    /// Its DER, in base64.
    pub(crate) der: String,
    /// From when on it is worth nothing.
    pub(crate) expires: i64,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub(crate) enum Fact {
    /// The log begins.
    Began {
        /// The authority's certificate, DER in base64.
        authority: String,
        /// The key that cosigns.
        witness: String,
    },
    /// The keyholder runs.
    Started {
        /// Its version.
        version: String,
        /// How many bytes of a torn last line were cut off.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cut: Option<u64>,
    },
    /// Another policy is in force.
    Policy {
        /// The SHA-256 of its file, in hexadecimal.
        sha256: String,
    },
    /// A code was made.
    Code {
        /// Its id.
        code: String,
        /// For which node.
        node: String,
        /// The SHA-256 of its secret, in hexadecimal.
        secret: String,
        /// From when on it is worth nothing.
        expires: i64,
    },
    /// A code was tried in vain.
    CodeFailed {
        /// Its id.
        code: String,
        /// Why.
        why: String,
    },
    /// A node was enrolled.
    Enrolled {
        /// Its name.
        node: String,
        /// This enrolment of it.
        enrolment: Id128,
        /// The code that it used.
        code: String,
        /// The SHA-256 of its request, in hexadecimal.
        body: String,
        /// Its first certificate.
        certificate: Issued,
        /// Ledgers that were not known before, trusted from now on.
        ledgers: Vec<LedgerKey>,
    },
    /// A node has another certificate.
    Certificate {
        /// Its name.
        node: String,
        /// The call.
        call: Used,
        /// The certificate.
        certificate: Issued,
    },
    /// A key was minted.
    Minted {
        /// For which node.
        node: String,
        /// The call.
        call: Used,
        /// Of which compartment,
        compartment: Id128,
        /// project
        project: Id128,
        /// and epoch.
        epoch: Id128,
        /// The key, wrapped, as the node has it.
        wrapped: WrappedKey,
        /// An ingest key's public half.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        public: Option<IngestPublicKey>,
    },
    /// A key was unwrapped.
    Leased(Leased),
    /// A call was refused.
    Denied(Denied),
    /// A project's keys are destroyed.
    Destroyed {
        /// By which node; none: by the lab.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        node: Option<String>,
        /// By which call.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        call: Option<Used>,
        /// Of which compartment
        compartment: Id128,
        /// and project.
        project: Id128,
    },
    /// The lab trusts a ledger's key.
    Trusted {
        /// Whose ledger it is, and its key.
        #[serde(flatten)]
        ledger: LedgerKey,
    },
    /// A newer checkpoint was found to extend the last.
    Cosigned {
        /// Of which compartment's ledger.
        compartment: Id128,
        /// Its entries.
        size: u64,
        /// Its root.
        root: Hash,
        /// The signed note, with our cosignature.
        note: String,
    },
    /// A ledger contradicted itself.
    Diverged {
        /// Whose.
        compartment: Id128,
        /// By which node it came to light.
        node: String,
        /// What is amiss.
        why: String,
        /// The newest that we knew.
        known: String,
        /// The one that was brought.
        brought: String,
    },
    /// The lab decided about it.
    Accepted {
        /// Whose ledger.
        compartment: Id128,
        /// Entries of the checkpoint from which it goes on,
        size: u64,
        /// its root
        root: Hash,
        /// and the signed note, cosigned.
        note: String,
        /// Why.
        reason: String,
    },
    /// Leases stop.
    Halted {
        /// Of one project; none: all.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        project: Option<Id128>,
        /// Why.
        reason: String,
    },
    /// Leases go on.
    Resumed {
        /// Of one project; none: the halt of everything.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        project: Option<Id128>,
        /// Why.
        reason: String,
    },
    /// A node is enrolled no more.
    Revoked {
        /// Which.
        node: String,
        /// Why.
        why: String,
        /// Whether it was for a token that was used twice, so that it may run as two.
        clone: bool,
    },
}

/// A line that is not what was written, or not in its place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum LineError {
    /// Not the bytes that were written.
    #[error("its sum is not that of its bytes: it was edited or damaged")]
    Sum,
    /// Not after the line before.
    #[error("it does not follow the line before: lines were taken out, put in or moved")]
    Chain,
    /// Not an entry.
    #[error("it is no entry that this version knows: {0}")]
    Form(String),
    /// Too much to say.
    #[error("an entry is longer than 1 MiB")]
    Long,
}

impl Entry {
    /// The line, without its newline, and its sum.
    pub(crate) fn to_line(&self) -> Result<(Vec<u8>, [u8; 32]), LineError> {
        let mut line = serde_json::to_vec(self).map_err(|error| LineError::Form(error.to_string()))?;
        line.pop();
        let sum = hex::sha256(&line);
        line.extend_from_slice(format!(",\"sum\":\"{}\"}}", hex::encode(&sum)).as_bytes());
        if line.len() > MAX_LINE {
            return Err(LineError::Long);
        }
        Ok((line, sum))
    }

    /// Reads a line that follows the entry `n - 1`, whose sum is `prev`.
    pub(crate) fn of_line(line: &[u8], n: u64, prev: &[u8; 32]) -> Result<(Self, [u8; 32]), LineError> {
        let at = line.len().checked_sub(TAIL).ok_or(LineError::Sum)?;
        let (body, tail) = line.split_at(at);
        let sum = hex::sha256(body);
        let expected = format!(",\"sum\":\"{}\"}}", hex::encode(&sum));
        if tail != expected.as_bytes() {
            return Err(LineError::Sum);
        }
        let entry: Self = serde_json::from_slice(line).map_err(|error| LineError::Form(error.to_string()))?;
        if entry.n != n || entry.prev != hex::encode(prev) {
            return Err(LineError::Chain);
        }
        Ok((entry, sum))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry() -> Entry {
        Entry {
            n: 7,
            t: 1_790_000_000_000_000,
            prev: hex::encode(&[0xAB; 32]),
            fact: Fact::Halted {
                project: Some(Id128::new([1; 16])),
                reason: "a \"reason\", with\nlines".into(),
            },
        }
    }

    /// The value that `docs/keyholder-protocol.md` gives.
    #[test]
    fn a_line_is_frozen() {
        let (line, _) = entry().to_line().unwrap();
        let prev = "ab".repeat(32);
        let body = format!(
            r#"{{"n":7,"t":1790000000000000,"prev":"{prev}","kind":"halted","project":"{}","reason":"a \"reason\", with\nlines""#,
            "01".repeat(16)
        );
        let sum = hex::encode(&hex::sha256(body.as_bytes()));
        assert_eq!(
            String::from_utf8(line).unwrap(),
            format!(r#"{body},"sum":"{sum}"}}"#)
        );
        assert_eq!(
            sum,
            "be296c604ccabfbbd958521e87a49af22f37583c1a5376367e345d1752a57dd9"
        );
    }

    #[test]
    fn no_byte_of_a_line_can_be_changed_and_it_stands_in_one_place() {
        let (line, sum) = entry().to_line().unwrap();
        let read = Entry::of_line(&line, 7, &[0xAB; 32]).unwrap();
        assert_eq!(read, (entry(), sum));
        for at in 0..line.len() {
            let mut changed = line.clone();
            changed[at] ^= 1;
            assert!(Entry::of_line(&changed, 7, &[0xAB; 32]).is_err(), "{at}");
            assert!(Entry::of_line(&line[..at], 7, &[0xAB; 32]).is_err(), "{at}");
        }
        assert_eq!(Entry::of_line(&line, 8, &[0xAB; 32]), Err(LineError::Chain));
        assert_eq!(Entry::of_line(&line, 7, &[0xAC; 32]), Err(LineError::Chain));
    }
}
