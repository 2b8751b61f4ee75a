//! A key is leased: witnessed, allowed, written down; then unwrapped.

use std::sync::Arc;

use cofferdam_ledger::hash::Hash;
use cofferdam_seal::Id128;
use cofferdam_seal::keyholder::wire::{LeaseCall, Leased as Grant, MAX_PROOF_HASHES};
use cofferdam_seal::keyholder::{IngestGrant, KeyKind, KeyPlace, KeyholderError, LeaseGrant, LeaseRequest};
use serde::Serialize;

use super::keys::{UNREAD_POLICY, halted, no_ledger};
use super::{Asked, Decision, Keyholder, Made, reply, unlike};
use crate::clock::shown;
use crate::entry::{Denied, Fact, Leased, Used};
use crate::fail::Outcome;
use crate::journal::{Decided, JournalError};
use crate::policy::Current;
use crate::state::{Answered, Ledger, State};
use crate::witness::{self, Brought, Judgement};

/// A refusal, and what besides goes into the log for it.
type Refused = (Vec<Fact>, KeyholderError);

impl Keyholder {
    /// `POST /v1/lease`.
    pub(super) fn lease(&self, by: &str, body: &[u8]) -> Made {
        self.leased(by, body, KeyKind::Epoch, |grant| grant)
    }

    /// `POST /v1/lease-ingest`.
    pub(super) fn lease_ingest(&self, by: &str, body: &[u8]) -> Made {
        self.leased(by, body, KeyKind::Ingest, |leased| Grant {
            grant: IngestGrant::new(leased.grant),
            entry: leased.entry,
            cosignature: leased.cosignature,
        })
    }

    fn leased<T: Serialize>(
        &self,
        by: &str,
        body: &[u8],
        kind: KeyKind,
        shape: impl FnOnce(Grant) -> T,
    ) -> Made {
        let act = match kind {
            KeyKind::Epoch => "lease",
            KeyKind::Ingest => "lease-ingest",
        };
        let policy = self.policy.current();
        let (call, answering) = self.call::<LeaseCall>(act, by, body, |asked, call| {
            self.decision(asked, call, kind, act, &policy)
        })?;
        let token = self.token(&answering);
        match answering.answer {
            Answered::Leased(known, leased) => {
                // While it was decided the number of its entry was not known: the answer has it the second time only.
                let entry = answering.entry.max(known);
                let given = self.given(&answering.name, kind, entry, &leased, &call.lease);
                let given = given.map_err(|why| match answering.entry {
                    // Sent once more: that nothing was given out the first time is not known.
                    0 => why,
                    _ => self.voided(&answering.name, act, entry, &leased, &call.lease, why),
                });
                Ok(reply(token, given.map(shape)))
            }
            Answered::Denied(error) => Ok(reply::<()>(token, Err(error))),
            _ => Err(unlike()),
        }
    }

    /// What is granted or refused, and what goes into the log for it.
    fn decision(
        &self,
        asked: &Asked<'_>,
        call: &LeaseCall,
        kind: KeyKind,
        act: &'static str,
        policy: &Outcome<Arc<Current>>,
    ) -> Decision {
        let lease = &call.lease;
        let mut facts = Vec::new();
        if let Ok(current) = policy
            && asked.state.policy.as_ref() != Some(&current.sha256)
        {
            facts.push(Fact::Policy {
                sha256: current.sha256.clone(),
            });
        }
        let granted = self.may_lease(asked, lease).and_then(|ledger| {
            let (brought, cosigned) = self.witnessed(asked, ledger, call)?;
            facts.extend(cosigned.as_ref().map(|(fact, _)| fact.clone()));
            let refuse = |reason| (Vec::new(), KeyholderError::Denied { reason });
            let policy = policy.as_ref().map_err(|_| refuse(UNREAD_POLICY.to_owned()))?;
            let length = policy
                .policy
                .decide(lease, asked.state, asked.now)
                .map_err(refuse)?;
            Ok(Leased {
                node: asked.name.to_owned(),
                call: asked.used.clone(),
                compartment: lease.compartment,
                project: lease.project,
                epoch: lease.epoch,
                ingest: kind == KeyKind::Ingest,
                reason: lease.reason,
                until: asked.now.saturating_add(length),
                // The node judges by its own clock, which may be the slower one.
                expires: asked.now.min(lease.now_micros).saturating_add(length),
                size: brought.checkpoint.size(),
                root: brought.checkpoint.root(),
                cosignature: cosigned.map(|(_, line)| line),
            })
        });
        match granted {
            Ok(leased) => {
                facts.push(Fact::Leased(leased.clone()));
                (facts, Answered::Leased(0, leased))
            }
            Err((more, why)) => {
                facts.extend(more);
                facts.push(Fact::Denied(refusal(asked.denied(act, why.clone()), lease)));
                (facts, Answered::Denied(why))
            }
        }
    }

    /// What needs no checkpoint.
    fn may_lease<'s>(&self, asked: &Asked<'s>, lease: &LeaseRequest) -> Result<&'s Ledger, Refused> {
        let state = asked.state;
        let denied = |reason| Err((Vec::new(), KeyholderError::Denied { reason }));
        let shut = shut(state, lease.compartment, lease.project);
        if let Some(why @ KeyholderError::Shredded { .. }) = shut {
            return Err((Vec::new(), why));
        }
        if let Some(reason) = halted(state, lease.project) {
            return denied(reason);
        }
        if lease.node != asked.name {
            return denied(format!("the lease is asked for another node than {}", asked.name));
        }
        let skew = self.lab.config.max_skew();
        if lease.now_micros.abs_diff(asked.now) > skew.unsigned_abs() {
            return denied(format!(
                "the node's clock says {} and the keyholder's {}; set the one that is wrong",
                shown(lease.now_micros),
                shown(asked.now)
            ));
        }
        let ledger = state.ledgers.get(&lease.compartment);
        let ledger = ledger.ok_or_else(|| (Vec::new(), no_ledger(lease.compartment)))?;
        shut.map_or(Ok(ledger), |why| Err((Vec::new(), why)))
    }

    /// The checkpoint that the lease names, held against the one that was persisted; and, where it is newer, what is persisted
    /// of it and its cosignature.
    fn witnessed(
        &self,
        asked: &Asked<'_>,
        ledger: &Ledger,
        call: &LeaseCall,
    ) -> Result<(Brought, Option<(Fact, String)>), Refused> {
        let behind = |size| (Vec::new(), KeyholderError::Behind { size });
        let text = call
            .lease
            .checkpoint
            .as_ref()
            .ok_or_else(|| behind(ledger.size))?;
        let denied = |reason| (Vec::new(), KeyholderError::Denied { reason });
        let brought = witness::read(&ledger.vkey, text.as_bytes())
            .map_err(|error| denied(format!("the checkpoint that the lease names: {error}")))?;
        let proof = hashes(call).map_err(denied)?;
        let proof = proof.as_ref().map(|(old, hashes)| (*old, hashes.as_slice()));
        let max_lag = self.lab.config.max_lag();
        match witness::judge(ledger, &brought.checkpoint, proof, asked.now, max_lag) {
            Judgement::Same => Ok((brought, None)),
            Judgement::Behind(size) => Err(behind(size)),
            Judgement::Extends => {
                let compartment = call.lease.compartment;
                let cosigned = self.cosigned(compartment, &brought, asked.now);
                let cosigned = cosigned.ok_or_else(|| denied("the checkpoint cannot be cosigned".into()))?;
                Ok((brought, Some(cosigned)))
            }
            Judgement::Contradicts(why) => {
                let fact = Fact::Diverged {
                    compartment: call.lease.compartment,
                    node: asked.name.to_owned(),
                    why: why.to_owned(),
                    known: ledger.note.clone().unwrap_or_default(),
                    brought: brought.note.to_string(),
                };
                Err((vec![fact], KeyholderError::Diverged { why: why.to_owned() }))
            }
        }
    }

    /// The key of a lease that is in the log.
    fn given(
        &self,
        node: &str,
        kind: KeyKind,
        entry: u64,
        leased: &Leased,
        lease: &LeaseRequest,
    ) -> Result<Grant, KeyholderError> {
        let now = self.lab.journal.now();
        let stopped = self.lab.journal.read(|state| {
            let over = now >= leased.until;
            let over = over.then(|| format!("the lease ended at {}; ask for another", shown(leased.until)));
            let revoked = state.nodes.get(node).is_none_or(|node| node.revoked.is_some());
            let revoked = revoked.then(|| "this node is enrolled no more".to_owned());
            let reason = over.or(revoked).or_else(|| halted(state, leased.project));
            let reason = reason.map(|reason| KeyholderError::Denied { reason });
            reason.or_else(|| shut(state, leased.compartment, leased.project))
        });
        if let Some(why) = stopped {
            return Err(why);
        }
        let place = KeyPlace {
            compartment: lease.compartment,
            project: lease.project,
            epoch: lease.epoch,
        };
        let key = self.keys.unwrap(kind, place, &lease.wrapped)?;
        Ok(Grant {
            grant: LeaseGrant {
                key,
                epoch: leased.epoch,
                reason: leased.reason,
                expires_at_micros: leased.expires,
            },
            entry,
            cosignature: leased.cosignature.clone(),
        })
    }

    /// What is said where no key went out; and, where that is certain, a second entry says so too.
    fn voided(
        &self,
        node: &str,
        act: &'static str,
        entry: u64,
        leased: &Leased,
        lease: &LeaseRequest,
        why: KeyholderError,
    ) -> KeyholderError {
        // These come out the same whenever it is tried, also by the same request that is under way once more. Of anything else, of a
        // project that is destroyed meanwhile too, nobody knows that nothing was given out, and so the lease counts.
        if !matches!(
            why,
            KeyholderError::Tampered { .. } | KeyholderError::Unknown { .. }
        ) {
            return why;
        }
        let void = void(node, act, entry, &leased.call, lease, &why);
        let written = self.lab.journal.commit(|state, _| {
            // Another call may have come since, and its answer is then the last.
            let last = state.nodes.get(node).and_then(|node| node.last.as_ref());
            let last = last.is_some_and(|(used, _)| *used == leased.call);
            let call = last.then(|| leased.call.clone());
            Ok::<_, JournalError>(Decided::of(vec![Fact::Denied(Denied { call, ..void })], ()))
        });
        match written {
            Ok(_) => why,
            Err(error) => KeyholderError::Unavailable {
                detail: error.to_string(),
            },
        }
    }
}

/// Why no key of a project goes out whoever asks: it is destroyed, or its compartment's ledger contradicts itself.
fn shut(state: &State, compartment: Id128, project: Id128) -> Option<KeyholderError> {
    if state.destroyed.contains_key(&(compartment, project)) {
        return Some(KeyholderError::Shredded { project });
    }
    let found = state.ledgers.get(&compartment)?.diverged.as_ref()?;
    let why = found.why.clone();
    Some(KeyholderError::Diverged { why })
}

impl Keyholder {
    /// What is persisted of a checkpoint that extends the last, and the cosignature line.
    pub(super) fn cosigned(&self, compartment: Id128, brought: &Brought, now: i64) -> Option<(Fact, String)> {
        let (note, line) = witness::cosign(&self.identity.witness, brought.note.clone(), now)?;
        let fact = Fact::Cosigned {
            compartment,
            size: brought.checkpoint.size(),
            root: brought.checkpoint.root(),
            note,
        };
        Some((fact, line))
    }
}

fn hashes(call: &LeaseCall) -> Result<Option<(u64, Vec<Hash>)>, String> {
    let Some(proof) = &call.proof else {
        return Ok(None);
    };
    if proof.hashes.len() > MAX_PROOF_HASHES {
        return Err(format!("the proof has more than {MAX_PROOF_HASHES} hashes"));
    }
    let hashes: Result<Vec<Hash>, _> = proof.hashes.iter().map(|hash| Hash::from_base64(hash)).collect();
    let hashes = hashes.map_err(|_| "a hash of the proof is no base64 of 32 bytes".to_owned())?;
    Ok(Some((proof.old, hashes)))
}

fn refusal(denied: Denied, lease: &LeaseRequest) -> Denied {
    Denied {
        compartment: Some(lease.compartment),
        project: Some(lease.project),
        epoch: Some(lease.epoch),
        reason: Some(lease.reason),
        ..denied
    }
}

fn void(
    node: &str,
    act: &str,
    entry: u64,
    call: &Used,
    lease: &LeaseRequest,
    why: &KeyholderError,
) -> Denied {
    let denied = Denied {
        node: node.to_owned(),
        call: Some(call.clone()),
        act: act.to_owned(),
        compartment: None,
        project: None,
        epoch: None,
        reason: None,
        lease: Some(entry),
        why: why.clone(),
    };
    refusal(denied, lease)
}
