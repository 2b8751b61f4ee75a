//! What nodes ask: who asks is known, it is decided, it is in the log, and only then is it done.

use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use cofferdam_seal::keyholder::wire::{Call, Reply, Token};
use cofferdam_seal::keyholder::{KeyholderError, ProjectKeys};
use cofferdam_seal::{Id128, SystemRandom};
use serde::Serialize;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use crate::entry::{Denied, Fact, Used};
use crate::fail::{Failure, Outcome, To as _};
use crate::files::Folder;
use crate::hex;
use crate::identity::Identity;
use crate::journal::{Decided, JournalError};
use crate::lab::Lab;
use crate::nodes::{self, Chain, MAX_STRANGE, Place};
use crate::policy::PolicyFile;
use crate::root::Root;
use crate::state::{Answered, State};

pub(crate) mod enrol;
mod keys;
mod lease;
pub(crate) mod status;
mod witness;

/// Failed enrolments that are answered within a minute, by whomever.
const MAX_TRIES: u32 = 60;

/// A keyholder that is unlocked and answers nodes.
pub(crate) struct Keyholder {
    pub(crate) lab: Arc<Lab>,
    pub(crate) identity: Identity,
    chain: Chain,
    keys: ProjectKeys,
    policy: PolicyFile,
    /// The minute, and how many enrolments failed in it.
    tries: Mutex<(i64, u32)>,
}

/// An answer: a status of HTTP's, and a body, which may hold a key: it has no `Debug`.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) kind: &'static str,
    pub(crate) body: Bytes,
}

/// Who asked for what, while it is decided.
pub(crate) struct Asked<'s> {
    pub(crate) state: &'s State,
    pub(crate) now: i64,
    pub(crate) name: &'s str,
    pub(crate) used: Used,
}

/// What a call comes to, once it is in the log.
struct Answering {
    name: String,
    node: Id128,
    /// The number of the next token.
    next: u64,
    /// The first or the same answer,
    answer: Answered,
    /// and the number of the last entry that was made for it; 0 when none was.
    entry: u64,
}

/// What a call comes to, while it waits for the log.
enum Step {
    Answering(Box<Answering>),
    /// It is refused, and took no token.
    Refused(u16, KeyholderError),
}

/// An answer that is made, or that stands before it could be.
type Made<T = Answer> = Result<T, Answer>;

/// Why a call is not decided upon.
#[derive(Debug)]
pub(crate) enum Refusal {
    Journal(JournalError),
    Told(u16, KeyholderError),
}

impl From<JournalError> for Refusal {
    fn from(error: JournalError) -> Self {
        Self::Journal(error)
    }
}

/// A decision about a call: what goes into the log, the last of which is the answer.
pub(crate) type Decision = (Vec<Fact>, Answered);

impl Keyholder {
    /// Unlocked with `root`. What was to be destroyed when it was killed is destroyed now.
    pub(crate) fn open(lab: Arc<Lab>, folder: &Folder, root: &Root) -> Outcome<Self> {
        let identity = Identity::open(folder, root)?;
        let known = lab.journal.read(|state| state.authority.clone());
        if known != STANDARD.encode(&identity.authority) {
            return Err(Failure::new(
                "identity.sealed and the log are of two keyholders; restore the state folder as a whole",
            ));
        }
        let wrapping = root.wrapping().to("the root key")?;
        let keys =
            ProjectKeys::open_under(folder.path("keys"), wrapping, Arc::new(SystemRandom)).to("keys")?;
        let policy = PolicyFile::at(lab.config.policy.clone());
        policy.current()?;
        let keyholder = Self {
            lab,
            identity,
            chain: Chain::of(root),
            keys,
            policy,
            tries: Mutex::new((0, 0)),
        };
        keyholder.lab.destroy_again(&keyholder.keys)?;
        Ok(keyholder)
    }

    /// Whether a certificate (DER) is one that a node may call with now.
    pub(crate) fn knows(&self, certificate: &[u8]) -> bool {
        let (hash, now) = (hex::sha256_text(certificate), self.lab.journal.now());
        self.lab
            .journal
            .read(|state| nodes::of_certificate(state, &hash, now).is_some())
    }

    /// Whether another enrolment may be tried now.
    fn may_try(&self, now: i64) -> bool {
        let minute = now.div_euclid(60 * crate::clock::SECOND);
        let mut tries = self.tries.lock().unwrap_or_else(PoisonError::into_inner);
        if tries.0 != minute {
            *tries = (minute, 0);
        }
        tries.1 < MAX_TRIES
    }

    fn failed_try(&self) {
        let mut tries = self.tries.lock().unwrap_or_else(PoisonError::into_inner);
        tries.1 += 1;
    }

    /// Answers a call that takes a token. `decide` runs once its place in the chain is known to be the next.
    fn call<T: DeserializeOwned>(
        &self,
        act: &'static str,
        certificate: &str,
        body: &[u8],
        decide: impl FnOnce(&Asked<'_>, &T) -> Decision,
    ) -> Made<(T, Answering)> {
        let call: Call<T> = serde_json::from_slice(body).map_err(|error| unreadable(&error))?;
        let hash = hex::sha256_of_parts(&[act.as_bytes(), b"\n", body]);
        let decided = self.lab.journal.commit(|state, now| -> Result<_, Refusal> {
            let (name, node, _) =
                nodes::of_certificate(state, certificate, now).ok_or_else(enrolled_no_more)?;
            let place = self.chain.place(node, &call.token, call.request, &hash);
            let next = node.next;
            let step = |answer, next, entry| {
                Step::Answering(Box::new(Answering {
                    name: name.to_owned(),
                    node: node.enrolment,
                    next,
                    answer,
                    entry,
                }))
            };
            Ok(match place {
                Place::Next(used) => {
                    let asked = Asked {
                        state,
                        now,
                        name,
                        used,
                    };
                    let (facts, answer) = decide(&asked, &call.body);
                    let entry = (state.entries + facts.len() as u64).saturating_sub(1);
                    Decided::of(facts, step(answer, next + 1, entry))
                }
                Place::Again(answer) => Decided::of(Vec::new(), step(*answer, next, 0)),
                Place::Twice => {
                    let why = "a token came twice, with another request: the node may run as two";
                    Decided::of(vec![cloned(name, why)], refused_clone())
                }
                // Beyond some, what comes again and again is written down no more.
                Place::Ahead if node.strange >= MAX_STRANGE => {
                    Decided::of(Vec::new(), Step::Refused(503, rewound()))
                }
                Place::Ahead => Decided::of(vec![denied(name, act, rewound())], Step::Refused(503, rewound())),
                Place::Strange if node.strange + 1 >= MAX_STRANGE => {
                    let why = "it called again and again with tokens that are not its own: somebody else has its certificate";
                    Decided::of(vec![cloned(name, why)], refused_clone())
                }
                Place::Strange => Decided::of(vec![denied(name, act, strange())], Step::Refused(403, strange())),
            })
        });
        match decided {
            Ok((Step::Answering(answering), _)) => Ok((call.body, *answering)),
            Ok((Step::Refused(status, error), _)) => Err(refused(status, error)),
            Err(refusal) => Err(refusal.answer()),
        }
    }

    /// The token that goes with an answer.
    fn token(&self, answering: &Answering) -> Token {
        self.chain.token(answering.node, answering.next)
    }
}

impl Refusal {
    fn answer(self) -> Answer {
        match self {
            Self::Journal(error) => {
                let detail = error.to_string();
                refused(503, KeyholderError::Unavailable { detail })
            }
            Self::Told(status, error) => refused(status, error),
        }
    }
}

/// An answer of JSON, in memory that is wiped when it was sent.
pub(crate) fn json(status: u16, value: &impl Serialize) -> Answer {
    // Room enough that nothing is moved about, which would leave copies.
    let mut body = Zeroizing::new(Vec::with_capacity(16 * 1024));
    let status = match serde_json::to_writer(&mut *body, value) {
        Ok(()) => status,
        Err(_) => 500,
    };
    Answer {
        status,
        kind: "application/json",
        body: Bytes::from_owner(body),
    }
}

/// A refusal that took no token.
pub(crate) fn refused(status: u16, error: KeyholderError) -> Answer {
    json(status, &Reply::<()>::new(None, Err(error)))
}

/// The answer to a call that took one.
fn reply<T: Serialize>(token: Token, outcome: Result<T, KeyholderError>) -> Answer {
    let status = outcome.as_ref().map_or_else(status_of, |_| 200);
    json(status, &Reply::new(Some(token), outcome))
}

/// The status of HTTP's that goes with an error.
const fn status_of(error: &KeyholderError) -> u16 {
    match error {
        KeyholderError::Denied { .. } | KeyholderError::Diverged { .. } => 403,
        KeyholderError::Unavailable { .. } | KeyholderError::Exposed { .. } => 503,
        KeyholderError::Tampered { .. } => 422,
        KeyholderError::Shredded { .. } => 410,
        KeyholderError::Unknown { .. } => 404,
        KeyholderError::Behind { .. } => 409,
    }
}

/// The body is not what the path takes. What a reader of JSON says does not repeat values.
fn unreadable(error: &serde_json::Error) -> Answer {
    let reason = format!(
        "the request does not read (line {}, column {}); docs/keyholder-protocol.md has its shape",
        error.line(),
        error.column()
    );
    refused(400, KeyholderError::Denied { reason })
}

fn enrolled_no_more() -> Refusal {
    let reason = "this node's certificate is good no more; ask the lab to enrol it again".to_owned();
    Refusal::Told(403, KeyholderError::Denied { reason })
}

fn cloned(node: &str, why: &str) -> Fact {
    Fact::Revoked {
        node: node.to_owned(),
        why: why.to_owned(),
        clone: true,
    }
}

fn refused_clone() -> Step {
    let reason =
        "this token is not the next: the node may run as two, and is enrolled no more; the lab was told"
            .to_owned();
    Step::Refused(403, KeyholderError::Denied { reason })
}

fn rewound() -> KeyholderError {
    KeyholderError::Unavailable {
        detail:
            "it never gave out this token, though it is its own: its state was put back to an older one; \
                 ask the lab to enrol this node again"
                .to_owned(),
    }
}

/// An answer is of another kind than its call: a log that says so was written by another version.
fn unlike() -> Answer {
    let detail = "its log has another answer to this call".to_owned();
    refused(500, KeyholderError::Unavailable { detail })
}

fn strange() -> KeyholderError {
    KeyholderError::Denied {
        reason: "the token is none of this node's; send the one that the last answer carried".to_owned(),
    }
}

fn denied(node: &str, act: &str, why: KeyholderError) -> Fact {
    Fact::Denied(Denied {
        node: node.to_owned(),
        call: None,
        act: act.to_owned(),
        compartment: None,
        project: None,
        epoch: None,
        reason: None,
        lease: None,
        why,
    })
}

impl Asked<'_> {
    /// What stands in the log of a refusal of this call.
    fn denied(&self, act: &str, why: KeyholderError) -> Denied {
        Denied {
            node: self.name.to_owned(),
            call: Some(self.used.clone()),
            act: act.to_owned(),
            compartment: None,
            project: None,
            epoch: None,
            reason: None,
            lease: None,
            why,
        }
    }
}

/// What answers at a path.
pub(crate) fn answer(
    keyholder: &Keyholder,
    method: &str,
    path: &str,
    certificate: Option<&[u8]>,
    body: &[u8],
) -> Answer {
    if (method, path) == ("POST", "/v1/enrol") {
        return keyholder.enrol(body);
    }
    let Some(certificate) = certificate.map(hex::sha256_text) else {
        let reason = "no client certificate was shown; a node has one once it is enrolled".to_owned();
        return refused(401, KeyholderError::Denied { reason });
    };
    let certificate = certificate.as_str();
    let made = match (method, path) {
        ("POST", "/v1/certificate") => keyholder.renew(certificate, body),
        ("POST", "/v1/mint") => keyholder.mint(certificate, body),
        ("POST", "/v1/mint-ingest") => keyholder.mint_ingest(certificate, body),
        ("POST", "/v1/lease") => keyholder.lease(certificate, body),
        ("POST", "/v1/lease-ingest") => keyholder.lease_ingest(certificate, body),
        ("POST", "/v1/destroy") => keyholder.destroy(certificate, body),
        ("POST" | "GET", "/v1/status") => Ok(keyholder.status(certificate)),
        ("POST", "/v1/witness/add-checkpoint") => Ok(keyholder.add_checkpoint(certificate, body)),
        ("GET", _) if path.starts_with("/v1/witness/") => Ok(keyholder.checkpoint(certificate, path)),
        _ => {
            let reason =
                "there is nothing at this path; docs/keyholder-protocol.md has what there is".to_owned();
            Err(refused(404, KeyholderError::Denied { reason }))
        }
    };
    made.unwrap_or_else(|before| before)
}
