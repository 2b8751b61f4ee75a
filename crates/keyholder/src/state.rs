//! What follows from the log: nodes, codes, ledgers, halts, how often was leased. Nothing of it is stored elsewhere.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use cofferdam_ledger::hash::Hash;
use cofferdam_seal::Id128;
use cofferdam_seal::ingest::IngestPublicKey;
use cofferdam_seal::key::WrappedKey;
use cofferdam_seal::keyholder::wire::{Divergence, HaltStatus, LedgerKey};
use cofferdam_seal::keyholder::{KeyholderError, LeaseReason};

use crate::clock::SECOND;
use crate::entry::{Denied, Entry, Fact, Issued, Leased, Used};

/// A minute, in which leases are counted together.
const MINUTE: i64 = 60 * SECOND;
/// Over how many of them a rate goes: the one that runs, and a whole hour before it.
const HOUR_MINUTES: i64 = 61;
/// How many sizes of a ledger are remembered, whatever their age.
const MAX_RECENT: usize = 4096;

/// All of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct State {
    /// The authority's certificate, DER in base64.
    pub(crate) authority: String,
    /// The key that cosigns.
    pub(crate) witness: String,
    /// The SHA-256 of the policy's file in force.
    pub(crate) policy: Option<String>,
    /// Codes, by id.
    pub(crate) codes: BTreeMap<String, Code>,
    /// Nodes, by name.
    pub(crate) nodes: BTreeMap<String, Node>,
    /// Ledgers, by compartment.
    pub(crate) ledgers: BTreeMap<Id128, Ledger>,
    /// Halts: of one project, or (none) of everything.
    pub(crate) halts: BTreeMap<Option<Id128>, Halt>,
    /// Projects whose keys are destroyed, by compartment and project.
    pub(crate) destroyed: BTreeMap<(Id128, Id128), i64>,
    /// Leases by the minute, as far back as rates go.
    pub(crate) leases: BTreeMap<i64, BTreeMap<Leasing, u32>>,
    /// How many entries the log has.
    pub(crate) entries: u64,
    /// When the last entry was made.
    pub(crate) last: Option<i64>,
}

/// What leases are counted by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Leasing {
    pub(crate) compartment: Id128,
    pub(crate) project: Id128,
    pub(crate) reason: LeaseReason,
    pub(crate) node: String,
}

/// A code that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Code {
    pub(crate) node: String,
    pub(crate) secret: String,
    pub(crate) expires: i64,
    pub(crate) failures: u32,
    pub(crate) used: bool,
}

/// A node that was enrolled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Node {
    pub(crate) enrolment: Id128,
    pub(crate) since: i64,
    /// The token that its next call carries.
    pub(crate) next: u64,
    /// Its last call, and what it was answered.
    pub(crate) last: Option<(Used, Answered)>,
    /// Calls since then whose token was none that it could have.
    pub(crate) strange: u32,
    /// When it last called.
    pub(crate) seen: i64,
    /// Certificates that are not over, SHA-256 in hexadecimal and end.
    pub(crate) certificates: Vec<(String, i64)>,
    /// The request and the answer of its enrolment.
    pub(crate) enrolled_by: (String, Issued),
    pub(crate) revoked: Option<Revoked>,
}

/// A node's end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Revoked {
    pub(crate) at: i64,
    pub(crate) why: String,
    pub(crate) clone: bool,
}

/// What a call was answered, without any key in clear.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answered {
    Certificate(Issued),
    Minted(WrappedKey, Option<IngestPublicKey>),
    Leased(u64, Leased),
    Denied(KeyholderError),
    Destroyed,
}

/// A compartment's ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ledger {
    pub(crate) vkey: String,
    pub(crate) size: u64,
    pub(crate) root: Hash,
    /// The newest checkpoint, cosigned.
    pub(crate) note: Option<String>,
    /// When which size became the newest, oldest first.
    pub(crate) recent: VecDeque<(i64, u64)>,
    pub(crate) diverged: Option<Divergence>,
}

/// A stop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Halt {
    pub(crate) reason: String,
    pub(crate) since: i64,
}

impl State {
    /// Takes in what happened.
    pub(crate) fn apply(&mut self, entry: &Entry) {
        let at = entry.t;
        self.entries = entry.n + 1;
        self.last = Some(at);
        match &entry.fact {
            Fact::Began { authority, witness } => {
                self.authority.clone_from(authority);
                self.witness.clone_from(witness);
            }
            Fact::Started { .. } => {}
            Fact::Policy { sha256 } => self.policy = Some(sha256.clone()),
            Fact::Code { .. } | Fact::CodeFailed { .. } => self.code(at, &entry.fact),
            Fact::Enrolled { .. } => self.enrolled(at, &entry.fact),
            Fact::Certificate {
                node,
                call,
                certificate,
            } => {
                if let Some(node) = self.nodes.get_mut(node) {
                    node.certificates.retain(|(_, end)| *end > at);
                    node.certificates
                        .push((certificate.sha256.clone(), certificate.expires));
                }
                self.answered(at, node, call, Answered::Certificate(certificate.clone()));
            }
            Fact::Minted {
                node,
                call,
                wrapped,
                public,
                ..
            } => self.answered(at, node, call, Answered::Minted(wrapped.clone(), *public)),
            Fact::Leased(leased) => self.leased(entry.n, at, leased),
            Fact::Denied(denied) => self.denied(at, denied),
            Fact::Destroyed {
                node,
                call,
                compartment,
                project,
            } => {
                self.destroyed.entry((*compartment, *project)).or_insert(at);
                if let (Some(node), Some(call)) = (node, call) {
                    self.answered(at, node, call, Answered::Destroyed);
                }
            }
            Fact::Trusted { ledger } => self.trust(ledger),
            Fact::Cosigned { .. } | Fact::Diverged { .. } | Fact::Accepted { .. } => {
                self.witnessed(at, &entry.fact);
            }
            Fact::Halted { project, reason } => {
                self.halts.entry(*project).or_insert_with(|| Halt {
                    reason: reason.clone(),
                    since: at,
                });
            }
            Fact::Resumed { project, .. } => {
                self.halts.remove(project);
            }
            Fact::Revoked { node, why, clone } => {
                if let Some(node) = self.nodes.get_mut(node) {
                    node.certificates.clear();
                    node.revoked = Some(Revoked {
                        at,
                        why: why.clone(),
                        clone: *clone,
                    });
                }
            }
        }
    }

    fn code(&mut self, at: i64, fact: &Fact) {
        match fact {
            Fact::Code {
                code,
                node,
                secret,
                expires,
            } => {
                // What was made for the same node before, and what is long over, is worth nothing any more.
                self.codes
                    .retain(|_, old| old.node != *node && old.expires + 24 * 3600 * SECOND > at);
                let made = Code {
                    node: node.clone(),
                    secret: secret.clone(),
                    expires: *expires,
                    failures: 0,
                    used: false,
                };
                self.codes.insert(code.clone(), made);
            }
            Fact::CodeFailed { code, .. } => {
                if let Some(code) = self.codes.get_mut(code) {
                    code.failures += 1;
                }
            }
            _ => {}
        }
    }

    fn enrolled(&mut self, at: i64, fact: &Fact) {
        let Fact::Enrolled {
            node,
            enrolment,
            code,
            body,
            certificate,
            ledgers,
        } = fact
        else {
            return;
        };
        if let Some(code) = self.codes.get_mut(code) {
            code.used = true;
        }
        ledgers.iter().for_each(|ledger| self.trust(ledger));
        let enrolled = Node {
            enrolment: *enrolment,
            since: at,
            next: 0,
            last: None,
            strange: 0,
            seen: at,
            certificates: vec![(certificate.sha256.clone(), certificate.expires)],
            enrolled_by: (body.clone(), certificate.clone()),
            revoked: None,
        };
        self.nodes.insert(node.clone(), enrolled);
    }

    fn answered(&mut self, at: i64, node: &str, call: &Used, answer: Answered) {
        if let Some(node) = self.nodes.get_mut(node) {
            node.next = call.token + 1;
            node.strange = 0;
            node.last = Some((call.clone(), answer));
            node.seen = at;
        }
    }

    fn leased(&mut self, n: u64, at: i64, leased: &Leased) {
        let minute = at.div_euclid(MINUTE);
        self.leases = self.leases.split_off(&(minute - HOUR_MINUTES + 1));
        let leasing = Leasing {
            compartment: leased.compartment,
            project: leased.project,
            reason: leased.reason,
            node: leased.node.clone(),
        };
        *self.leases.entry(minute).or_default().entry(leasing).or_insert(0) += 1;
        self.answered(
            at,
            &leased.node,
            &leased.call,
            Answered::Leased(n, leased.clone()),
        );
    }

    fn denied(&mut self, at: i64, denied: &Denied) {
        let Some(call) = &denied.call else {
            if let Some(node) = self
                .nodes
                .get_mut(&denied.node)
                .filter(|_| denied.lease.is_none())
            {
                node.strange += 1;
            }
            return;
        };
        self.answered(at, &denied.node, call, Answered::Denied(denied.why.clone()));
    }

    fn trust(&mut self, ledger: &LedgerKey) {
        let trusted = Ledger {
            vkey: ledger.vkey.clone(),
            size: 0,
            root: Hash::EMPTY,
            note: None,
            recent: VecDeque::new(),
            diverged: None,
        };
        self.ledgers.entry(ledger.compartment).or_insert(trusted);
    }

    fn witnessed(&mut self, at: i64, fact: &Fact) {
        match fact {
            Fact::Cosigned {
                compartment,
                size,
                root,
                note,
            } => {
                if let Some(ledger) = self.ledgers.get_mut(compartment) {
                    ledger.take(at, *size, *root, note);
                }
            }
            Fact::Accepted {
                compartment,
                size,
                root,
                note,
                ..
            } => {
                if let Some(ledger) = self.ledgers.get_mut(compartment) {
                    ledger.recent.clear();
                    ledger.take(at, *size, *root, note);
                    ledger.diverged = None;
                }
            }
            Fact::Diverged {
                compartment,
                why,
                known,
                brought,
                ..
            } => {
                if let Some(ledger) = self.ledgers.get_mut(compartment) {
                    let found = Divergence {
                        why: why.clone(),
                        known: known.clone(),
                        brought: brought.clone(),
                        at_micros: at,
                    };
                    ledger.diverged.get_or_insert(found);
                }
            }
            _ => {}
        }
    }

    /// The halt that stops leases of a project, if there is one.
    pub(crate) fn halt_of(&self, project: Id128) -> Option<&Halt> {
        self.halts.get(&None).or_else(|| self.halts.get(&Some(project)))
    }

    /// How many leases that `counts` were granted within the hour before `now`.
    pub(crate) fn leased_within_hour(&self, now: i64, counts: impl Fn(&Leasing) -> bool) -> u64 {
        let first = now.div_euclid(MINUTE) - HOUR_MINUTES + 1;
        let minutes = self.leases.range(first..).flat_map(|(_, minute)| minute);
        minutes
            .filter(|(leasing, _)| counts(leasing))
            .map(|(_, count)| u64::from(*count))
            .sum()
    }

    /// Halts, as they are told.
    pub(crate) fn halts_told(&self) -> Vec<HaltStatus> {
        let told = |(project, halt): (&Option<Id128>, &Halt)| HaltStatus {
            project: *project,
            reason: halt.reason.clone(),
            since_micros: halt.since,
        };
        self.halts.iter().map(told).collect()
    }

    /// Names of nodes that may call.
    pub(crate) fn enrolled_names(&self) -> BTreeSet<&str> {
        let live = self.nodes.iter().filter(|(_, node)| node.revoked.is_none());
        live.map(|(name, _)| name.as_str()).collect()
    }
}

impl Ledger {
    fn take(&mut self, at: i64, size: u64, root: Hash, note: &str) {
        if self.recent.len() == MAX_RECENT {
            self.recent.pop_front();
        }
        self.recent.push_back((at, size));
        (self.size, self.root) = (size, root);
        self.note = Some(note.to_owned());
    }

    /// The size that was the newest at `at`: a checkpoint smaller than that was passed before then.
    pub(crate) fn size_at(&self, at: i64) -> u64 {
        let passed = self.recent.iter().rev().find(|(since, _)| *since <= at);
        passed.map_or(0, |(_, size)| *size)
    }
}
