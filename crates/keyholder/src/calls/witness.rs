//! Checkpoints are brought and asked for, as c2sp.org/tlog-witness says.

use bytes::Bytes;
use cofferdam_ledger::note::VerifyingKey;
use cofferdam_seal::Id128;
use cofferdam_seal::keyholder::KeyholderError;

use super::{Answer, Keyholder, Refusal, enrolled_no_more, refused};
use crate::entry::Fact;
use crate::hex;
use crate::journal::Decided;
use crate::nodes;
use crate::state::{Ledger, State};
use crate::witness::{self, AddCheckpoint, BadCheckpoint, Judgement};

/// A status of HTTP's, with its body.
type Told = (u16, String);

impl Keyholder {
    /// `POST /v1/witness/add-checkpoint`.
    pub(super) fn add_checkpoint(&self, by: &str, body: &[u8]) -> Answer {
        let told = self.lab.journal.commit(|state, now| -> Result<_, Refusal> {
            let (name, ..) = nodes::of_certificate(state, by, now).ok_or_else(enrolled_no_more)?;
            let (facts, told) = self.added(state, now, name, body);
            Ok(Decided::of(facts, told))
        });
        match told {
            Ok(((409, size), _)) => text(409, "text/x.tlog.size", size),
            Ok(((status, body), _)) => text(status, "text/plain; charset=utf-8", body),
            Err(refusal) => refusal.answer(),
        }
    }

    fn added(&self, state: &State, now: i64, node: &str, body: &[u8]) -> (Vec<Fact>, Told) {
        let said = |status, text: &str| (Vec::new(), (status, format!("{text}\n")));
        let Some(request) = AddCheckpoint::parse(body) else {
            return said(400, "it is no add-checkpoint request");
        };
        let origin = match witness::origin_of(request.checkpoint) {
            Ok(origin) => origin,
            Err(error) => return said(400, &error.to_string()),
        };
        let Some((compartment, ledger)) = of_origin(state, &origin) else {
            return said(404, "the ledger is not known here");
        };
        let brought = match witness::read(&ledger.vkey, request.checkpoint) {
            Ok(brought) => brought,
            Err(BadCheckpoint::Form) => return said(400, "it is no checkpoint"),
            Err(BadCheckpoint::Origin) => return said(404, "the ledger is not known here"),
            Err(error @ BadCheckpoint::Signature) => return said(403, &error.to_string()),
            Err(error @ BadCheckpoint::Empty) => return said(422, &error.to_string()),
        };
        let checkpoint = &brought.checkpoint;
        if request.old > checkpoint.size() {
            return said(400, "the old size is larger than the checkpoint's");
        }
        if let Some(found) = &ledger.diverged {
            return said(
                503,
                &format!("nothing is cosigned until the lab has decided: {}", found.why),
            );
        }
        let proof = Some((request.old, request.hashes.as_slice()));
        let judged = witness::judge(ledger, checkpoint, proof, now, self.lab.config.max_lag());
        let contradiction = |why: &str| Fact::Diverged {
            compartment,
            node: node.to_owned(),
            why: why.to_owned(),
            known: ledger.note.clone().unwrap_or_default(),
            brought: brought.note.to_string(),
        };
        if request.old != ledger.size {
            let facts = match judged {
                // What is smaller may be an old one that was long under way, or that somebody sends once more: it carries no token
                // here and no time. Two of one size prove themselves.
                Judgement::Contradicts(why) if checkpoint.size() >= ledger.size => vec![contradiction(why)],
                _ => Vec::new(),
            };
            return (facts, (409, format!("{}\n", ledger.size)));
        }
        match judged {
            Judgement::Same if !request.hashes.is_empty() => said(422, "equal sizes need no proof"),
            Judgement::Same => match witness::cosign(&self.identity.witness, brought.note.clone(), now) {
                Some((_, line)) => said(200, &line),
                None => said(503, "it cannot be cosigned"),
            },
            Judgement::Extends => match self.cosigned(compartment, &brought, now) {
                Some((fact, line)) => (vec![fact], (200, format!("{line}\n"))),
                None => said(503, "it cannot be cosigned"),
            },
            Judgement::Contradicts(why) => (vec![contradiction(why)], (422, format!("{why}\n"))),
            // The sizes are the same, so what is left is a proof from the empty tree, which has none.
            Judgement::Behind(_) => said(422, "the proof does not lead there"),
        }
    }

    /// `GET /v1/witness/<SHA-256 of the origin>/checkpoint`.
    pub(super) fn checkpoint(&self, by: &str, path: &str) -> Answer {
        let now = self.lab.journal.now();
        let asked = path
            .strip_prefix("/v1/witness/")
            .and_then(|rest| rest.strip_suffix("/checkpoint"));
        let found = self.lab.journal.read(|state| {
            nodes::of_certificate(state, by, now)?;
            let found = state.ledgers.values().find(|ledger| {
                let key = ledger.vkey.parse::<VerifyingKey>();
                key.is_ok_and(|key| Some(hex::sha256_text(key.name().as_bytes()).as_str()) == asked)
            });
            Some(found.and_then(|ledger| ledger.note.clone()))
        });
        match found {
            Some(Some(note)) => text(200, "text/plain; charset=utf-8", note),
            Some(None) => {
                let reason = "no checkpoint of that ledger was cosigned".to_owned();
                refused(404, KeyholderError::Denied { reason })
            }
            None => enrolled_no_more().answer(),
        }
    }
}

fn of_origin<'s>(state: &'s State, origin: &str) -> Option<(Id128, &'s Ledger)> {
    let found = state.ledgers.iter().find(|(_, ledger)| {
        let key = ledger.vkey.parse::<VerifyingKey>();
        key.is_ok_and(|key| key.name() == origin)
    });
    found.map(|(compartment, ledger)| (*compartment, ledger))
}

fn text(status: u16, kind: &'static str, body: String) -> Answer {
    Answer {
        status,
        kind,
        body: Bytes::from(body),
    }
}
