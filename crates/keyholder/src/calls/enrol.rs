//! A node comes in by its code, and renews its certificate from then on.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cofferdam_ledger::note::VerifyingKey;
use cofferdam_seal::keyholder::KeyholderError;
use cofferdam_seal::keyholder::wire::{Certificate, Enrol, Enrolled, LedgerKey, PROTOCOL, Renew};
use cofferdam_seal::{Id128, Random as _, SystemRandom};

use super::{Answer, Keyholder, Made, Refusal, json, refused, reply, unlike, unreadable};
use crate::clock::SECOND;
use crate::csr::NodeKey;
use crate::entry::{Fact, Issued};
use crate::hex;
use crate::journal::Decided;
use crate::nodes::{MAX_FAILURES, opens};
use crate::state::{Answered, State};

/// The most ledgers that an enrolment brings.
const MAX_LEDGERS: usize = 64;

/// How an enrolment ends.
enum Ended {
    Enrolled(Id128, Issued),
    Failed,
    Refused(u16, KeyholderError),
}

fn too_often() -> Ended {
    let detail = "too many enrolments failed within this minute; try again in the next".to_owned();
    Ended::Refused(429, KeyholderError::Unavailable { detail })
}

impl Keyholder {
    /// `POST /v1/enrol`.
    pub(super) fn enrol(&self, body: &[u8]) -> Answer {
        let enrol: Enrol = match serde_json::from_slice(body) {
            Ok(enrol) => enrol,
            Err(error) => return unreadable(&error),
        };
        let digest = hex::sha256_text(body);
        let ended = self.lab.journal.commit(|state, now| -> Result<_, Refusal> {
            let decided = self.enrolment(state, now, &enrol, &digest)?;
            // Whoever guesses keeps nobody out who has a good code.
            Ok(match decided.value {
                Ended::Failed if !self.may_try(now) => Decided::of(Vec::new(), too_often()),
                _ => decided,
            })
        });
        match ended {
            Ok((Ended::Enrolled(enrolment, issued), _)) => json(200, &self.enrolled(enrolment, issued)),
            Ok((Ended::Failed, _)) => {
                self.failed_try();
                let reason = "the code is not good: it is good once, within its time, for the node that it names; \
                              ask the lab for another";
                refused(
                    403,
                    KeyholderError::Denied {
                        reason: reason.into(),
                    },
                )
            }
            Ok((Ended::Refused(status, error), _)) => refused(status, error),
            Err(refusal) => refusal.answer(),
        }
    }

    fn enrolled(&self, enrolment: Id128, issued: Issued) -> Enrolled {
        Enrolled {
            certificate: certificate(issued),
            authority: STANDARD.encode(&self.identity.authority),
            token: self.chain.token(enrolment, 0),
            witness: self.identity.witness.verifying_key().to_string(),
            protocol: PROTOCOL,
        }
    }

    fn enrolment(
        &self,
        state: &State,
        now: i64,
        enrol: &Enrol,
        digest: &str,
    ) -> Result<Decided<Ended>, Refusal> {
        // An id that was never made is not written down: whoever guesses would fill the disk.
        let Some(code) = state.codes.get(&enrol.code) else {
            return Ok(Decided::of(Vec::new(), Ended::Failed));
        };
        let failed = |why: &str| {
            let fact = Fact::CodeFailed {
                code: enrol.code.clone(),
                why: why.to_owned(),
            };
            let facts = if code.failures < MAX_FAILURES {
                vec![fact]
            } else {
                Vec::new()
            };
            Ok(Decided::of(facts, Ended::Failed))
        };
        if now >= code.expires {
            return failed("it is over");
        }
        if code.failures >= MAX_FAILURES {
            return failed("it was tried too often");
        }
        if !opens(code, &enrol.secret) {
            return failed("its secret is another");
        }
        if code.node != enrol.node {
            return failed("it is another node's");
        }
        if code.used {
            let node = state.nodes.get(&enrol.node).filter(|node| node.revoked.is_none());
            // The answer was lost: it is the same request, and nothing was done with it yet.
            return match node.filter(|node| node.next == 0 && node.enrolled_by.0 == digest) {
                Some(node) => {
                    let ended = Ended::Enrolled(node.enrolment, node.enrolled_by.1.clone());
                    Ok(Decided::of(Vec::new(), ended))
                }
                None => failed("it was used already"),
            };
        }
        let key = match node_key(&enrol.csr) {
            Ok(key) => key,
            Err(error) => return Ok(Decided::of(Vec::new(), Ended::Refused(400, error))),
        };
        let ledgers = match new_ledgers(state, &enrol.ledgers) {
            Ok(ledgers) => ledgers,
            Err(error) => return Ok(Decided::of(Vec::new(), Ended::Refused(403, error))),
        };
        let (enrolment, issued) = self.certified(&enrol.node, &key, now)?;
        let fact = Fact::Enrolled {
            node: enrol.node.clone(),
            enrolment,
            code: enrol.code.clone(),
            body: digest.to_owned(),
            certificate: issued.clone(),
            ledgers,
        };
        Ok(Decided::of(vec![fact], Ended::Enrolled(enrolment, issued)))
    }

    fn certified(&self, node: &str, key: &NodeKey, now: i64) -> Result<(Id128, Issued), Refusal> {
        let mut enrolment = [0; 16];
        let unable = |detail: String| Refusal::Told(503, KeyholderError::Unavailable { detail });
        SystemRandom
            .fill(&mut enrolment)
            .map_err(|error| unable(error.to_string()))?;
        let expires = now + i64::from(self.lab.config.certificate_seconds) * SECOND;
        let issued = self.identity.certify(node, key, now, expires);
        let issued = issued.map_err(|error| unable(error.to_string()))?;
        Ok((Id128::new(enrolment), issued))
    }

    /// `POST /v1/certificate`.
    pub(super) fn renew(&self, by: &str, body: &[u8]) -> Made {
        let (_, answering) = self.call::<Renew>("certificate", by, body, |asked, renew| {
            let made = node_key(&renew.csr).and_then(|key| {
                let certified = self.certified(asked.name, &key, asked.now);
                certified.map_err(|refusal| match refusal {
                    Refusal::Told(_, error) => error,
                    Refusal::Journal(error) => KeyholderError::Unavailable {
                        detail: error.to_string(),
                    },
                })
            });
            match made {
                Ok((_, issued)) => {
                    let fact = Fact::Certificate {
                        node: asked.name.to_owned(),
                        call: asked.used.clone(),
                        certificate: issued.clone(),
                    };
                    (vec![fact], Answered::Certificate(issued))
                }
                Err(error) => {
                    let fact = Fact::Denied(asked.denied("certificate", error.clone()));
                    (vec![fact], Answered::Denied(error))
                }
            }
        })?;
        let token = self.token(&answering);
        match answering.answer {
            Answered::Certificate(issued) => Ok(reply(token, Ok(certificate(issued)))),
            Answered::Denied(error) => Ok(reply::<()>(token, Err(error))),
            _ => Err(unlike()),
        }
    }
}

fn certificate(issued: Issued) -> Certificate {
    Certificate {
        der: issued.der,
        expires_at_micros: issued.expires,
    }
}

fn node_key(csr: &str) -> Result<NodeKey, KeyholderError> {
    let bad = |reason: String| KeyholderError::Denied { reason };
    let der = STANDARD
        .decode(csr)
        .map_err(|_| bad("the request for a certificate is no base64".into()))?;
    NodeKey::of_request(&der).map_err(|error| bad(format!("the request for a certificate: {error}")))
}

/// Those that are not known yet. One that is known must be the same.
pub(crate) fn new_ledgers(state: &State, brought: &[LedgerKey]) -> Result<Vec<LedgerKey>, KeyholderError> {
    let denied = |reason: String| Err(KeyholderError::Denied { reason });
    if brought.len() > MAX_LEDGERS {
        return denied(format!("there are more than {MAX_LEDGERS} ledgers"));
    }
    let mut new: Vec<LedgerKey> = Vec::new();
    for ledger in brought {
        let Ok(key) = ledger.vkey.parse::<VerifyingKey>() else {
            return denied(format!(
                "the ledger's key of compartment {} is none",
                ledger.compartment
            ));
        };
        match state.ledgers.get(&ledger.compartment) {
            Some(known) if known.vkey == ledger.vkey => continue,
            Some(_) => {
                return denied(format!(
                    "compartment {} has another ledger here already; the lab sees it with `ledger list`",
                    ledger.compartment
                ));
            }
            None => {}
        }
        let known = state.ledgers.values().map(|known| &known.vkey);
        let mut keys = known.chain(new.iter().map(|ledger| &ledger.vkey));
        let taken = keys.any(|vkey| {
            vkey.parse::<VerifyingKey>()
                .is_ok_and(|known| known.name() == key.name())
        });
        let twice = new.iter().any(|known| known.compartment == ledger.compartment);
        if taken || twice {
            return denied(format!("ledger {} is of two compartments", key.name()));
        }
        new.push(ledger.clone());
    }
    Ok(new)
}
