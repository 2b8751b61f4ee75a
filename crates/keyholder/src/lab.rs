//! What the lab itself does, beside a running server or without one: the same operations either way.

use std::path::Path;
use std::sync::Arc;

use cofferdam_ledger::checkpoint::Checkpoint;
use cofferdam_ledger::note::Note;
use cofferdam_seal::key::SecretBytes;
use cofferdam_seal::keyholder::wire::{EnrolmentCode, HaltStatus, LedgerKey, LedgerStatus};
use cofferdam_seal::keyholder::{Destroy, KeyholderError, LeaseReason, ProjectKeys, RootKey};
use cofferdam_seal::{Id128, SystemRandom};
use serde::{Deserialize, Serialize};

use crate::calls::enrol::new_ledgers;
use crate::calls::status::ledgers;
use crate::clock::{Clock, SECOND};
use crate::config::Config;
use crate::entry::Fact;
use crate::fail::{Failure, Outcome, To as _};
use crate::files::Folder;
use crate::hex;
use crate::journal::{Decided, Journal, JournalError};
use crate::log::{MARK, Mark};
use crate::nodes;
use crate::out;
use crate::policy::PolicyFile;
use crate::state::State;

/// The state folder, opened by the one process that may write it.
pub(crate) struct Lab {
    pub(crate) config: Config,
    pub(crate) folder: Folder,
    pub(crate) journal: Journal,
    /// Bytes of a torn last line that were cut off.
    pub(crate) cut: u64,
    /// Held as long as this is.
    _lock: std::fs::File,
}

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) enum Command {
    Status,
    Enrol {
        node: String,
        seconds: u32,
    },
    Revoke {
        node: String,
        reason: String,
    },
    Halt {
        project: Option<Id128>,
        reason: String,
    },
    Resume {
        project: Option<Id128>,
        reason: String,
    },
    Trust {
        ledger: LedgerKey,
    },
    Accept {
        compartment: Id128,
        brought: bool,
        reason: String,
    },
    Destroy {
        compartment: Id128,
        project: Id128,
    },
}

/// What is answered. It may be a code, and has no `Debug`.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Told {
    Status(Box<Standing>),
    Code(String),
    Done(String),
    Failed(String),
}

/// How the keyholder stands, to the lab.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Standing {
    pub(crate) serving: bool,
    pub(crate) version: String,
    pub(crate) now_micros: i64,
    pub(crate) address: String,
    /// The SHA-256 of the authority's certificate.
    pub(crate) authority: String,
    pub(crate) witness: String,
    pub(crate) entries: u64,
    pub(crate) cut_bytes: u64,
    /// The SHA-256 of the policy that was last in force.
    pub(crate) policy: Option<String>,
    /// Why the policy's file does not read now, and nothing is leased.
    pub(crate) policy_problem: Option<String>,
    /// Leases for break-glass within the last hour.
    pub(crate) break_glass: u64,
    pub(crate) halts: Vec<HaltStatus>,
    pub(crate) nodes: Vec<NodeStanding>,
    pub(crate) codes: Vec<CodeStanding>,
    pub(crate) ledgers: Vec<LedgerStatus>,
}

/// How a node stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct NodeStanding {
    pub(crate) node: String,
    pub(crate) enrolled_at_micros: i64,
    pub(crate) seen_at_micros: i64,
    pub(crate) calls: u64,
    pub(crate) certificate_expires_at_micros: Option<i64>,
    pub(crate) revoked_at_micros: Option<i64>,
    pub(crate) revoked_why: Option<String>,
    /// Revoked since a token was used twice.
    pub(crate) cloned: bool,
}

/// A code that was not used yet, or that was tried in vain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct CodeStanding {
    pub(crate) code: String,
    pub(crate) node: String,
    pub(crate) expires_at_micros: i64,
    pub(crate) failures: u32,
    pub(crate) used: bool,
}

impl Lab {
    /// The folder of `config`, unless another process has it.
    pub(crate) fn open(config: Config, clock: Arc<dyn Clock>) -> Outcome<Option<Self>> {
        let folder = Folder::open(&config.state)?;
        let Some(lock) = folder.lock()? else {
            return Ok(None);
        };
        let path = folder.path(crate::log::FILE);
        let (journal, cut) = Journal::open(&path, marked(&folder)?.as_ref(), clock)?;
        if cut > 0 {
            out::note(format!(
                "cofferdam-keyholder: {cut} bytes of a last line that was not ended were cut off the log; nothing was granted by it"
            ));
        }
        Ok(Some(Self {
            config,
            folder,
            journal,
            cut,
            _lock: lock,
        }))
    }

    /// Does what is asked.
    pub(crate) fn run(&self, command: Command, serving: bool) -> Told {
        let done = match command {
            Command::Status => return Told::Status(Box::new(self.standing(serving))),
            Command::Enrol { node, seconds } => {
                return match self.code(&node, seconds) {
                    Ok(code) => Told::Code(code),
                    Err(failure) => Told::Failed(failure.to_string()),
                };
            }
            Command::Revoke { node, reason } => self.revoke(&node, &reason),
            Command::Halt { project, reason } => self.halt(project, reason),
            Command::Resume { project, reason } => self.resume(project, reason),
            Command::Trust { ledger } => self.trust(&ledger),
            Command::Accept {
                compartment,
                brought,
                reason,
            } => self.accept(compartment, brought, &reason),
            Command::Destroy { compartment, project } => self.destroy(compartment, project),
        };
        match done {
            Ok(text) => Told::Done(text),
            Err(failure) => Told::Failed(failure.to_string()),
        }
    }

    /// Notes beside the log how far it is.
    pub(crate) fn note_mark(&self) -> Outcome {
        let mark = serde_json::to_vec(&self.journal.mark()).to(MARK)?;
        self.folder.write(MARK, &mark)
    }

    fn decide<T>(&self, decide: impl FnOnce(&State, i64) -> Result<(Vec<Fact>, T), String>) -> Outcome<T> {
        let decided = self.journal.commit(|state, now| -> Result<_, Said> {
            let (facts, value) = decide(state, now).map_err(Said)?;
            Ok(Decided::of(facts, value))
        });
        decided
            .map(|(value, _)| value)
            .map_err(|said| Failure::new(said.0))
    }

    fn code(&self, node: &str, seconds: u32) -> Outcome<String> {
        if !nodes::is_name(node) {
            return Err(Failure::new(format!(
                "`{node}` is no name for a node; take up to 64 letters, digits, dots, hyphens and underscores"
            )));
        }
        let (mut id, mut secret) = ([0; 4], zeroize::Zeroizing::new([0; 16]));
        let random = |out: &mut [u8]| {
            let filled = aws_lc_rs::rand::fill(out);
            filled.map_err(|_| Failure::new("the machine gives no randomness; try again"))
        };
        random(&mut id)?;
        random(&mut *secret)?;
        let address = self.config.address();
        self.decide(|state, now| {
            let authority = authority(state).ok_or("the log has no authority; restore the state folder")?;
            let code = EnrolmentCode::new(id, *secret, hex::sha256(&authority), address);
            let fact = Fact::Code {
                code: code.id_text(),
                node: node.to_owned(),
                secret: hex::sha256_text(&*secret),
                expires: now + i64::from(seconds) * SECOND,
            };
            if state.codes.contains_key(&code.id_text()) {
                return Err("the code came out as an earlier one; run this again".into());
            }
            Ok((vec![fact], code.to_text().to_string()))
        })
    }

    fn revoke(&self, node: &str, reason: &str) -> Outcome<String> {
        self.decide(|state, _| match state.nodes.get(node) {
            None => Err(format!(
                "there is no node {node}; there are {}",
                listed(state.enrolled_names().into_iter())
            )),
            Some(found) if found.revoked.is_some() => Ok((Vec::new(), format!("{node} was revoked before"))),
            Some(_) => {
                let fact = Fact::Revoked {
                    node: node.to_owned(),
                    why: reason.to_owned(),
                    clone: false,
                };
                Ok((vec![fact], format!("{node} is revoked, at once")))
            }
        })
    }

    fn halt(&self, project: Option<Id128>, reason: String) -> Outcome<String> {
        let what = named(project);
        self.decide(|state, _| {
            if state.halts.contains_key(&project) {
                return Ok((Vec::new(), format!("{what} was halted before")));
            }
            let fact = Fact::Halted { project, reason };
            let text = format!(
                "{what} is halted: no lease from now on; what is leased ends within its time (`exposure`)"
            );
            Ok((vec![fact], text))
        })
    }

    fn resume(&self, project: Option<Id128>, reason: String) -> Outcome<String> {
        let what = named(project);
        self.decide(|state, _| {
            if !state.halts.contains_key(&project) {
                return Err(format!("{what} is not halted; `status` shows what is"));
            }
            Ok((vec![Fact::Resumed { project, reason }], format!("{what} goes on")))
        })
    }

    fn trust(&self, ledger: &LedgerKey) -> Outcome<String> {
        self.decide(|state, _| {
            let new = new_ledgers(state, std::slice::from_ref(ledger)).map_err(|error| match error {
                KeyholderError::Denied { reason } => reason,
                other => other.to_string(),
            })?;
            let text = match new.is_empty() {
                true => format!(
                    "the ledger of compartment {} is trusted already",
                    ledger.compartment
                ),
                false => format!(
                    "the ledger of compartment {} is trusted from now on",
                    ledger.compartment
                ),
            };
            let facts = new.into_iter().map(|ledger| Fact::Trusted { ledger }).collect();
            Ok((facts, text))
        })
    }

    fn accept(&self, compartment: Id128, brought: bool, reason: &str) -> Outcome<String> {
        self.decide(|state, _| {
            let ledger = state.ledgers.get(&compartment);
            let found = ledger.and_then(|ledger| ledger.diverged.as_ref());
            let found = found.ok_or_else(|| {
                format!("the ledger of compartment {compartment} contradicts nothing; `ledger list` shows those that do")
            })?;
            let note = if brought { &found.brought } else { &found.known };
            let checkpoint = Note::parse(note.as_bytes())
                .ok()
                .and_then(|note| Checkpoint::parse_text(note.text()).ok())
                .ok_or("the checkpoint in the log does not read; restore the log from a backup")?;
            let fact = Fact::Accepted {
                compartment,
                size: checkpoint.size(),
                root: checkpoint.root(),
                note: note.clone(),
                reason: reason.to_owned(),
            };
            let text = format!(
                "leases of compartment {compartment} go on from the checkpoint of {} entries",
                checkpoint.size()
            );
            Ok((vec![fact], text))
        })
    }

    fn destroy(&self, compartment: Id128, project: Id128) -> Outcome<String> {
        let fact = Fact::Destroyed {
            node: None,
            call: None,
            compartment,
            project,
        };
        let now = self.decide(|state, now| match state.ledgers.contains_key(&compartment) {
            true => Ok((vec![fact], now)),
            false => Err(format!(
                "there is no compartment {compartment} here, and nothing was destroyed; there are {}",
                listed(state.ledgers.keys().map(Id128::to_string))
            )),
        })?;
        let keys =
            ProjectKeys::open_under(self.folder.path("keys"), Arc::new(Locked), Arc::new(SystemRandom));
        let destroy = Destroy {
            compartment,
            project,
            now_micros: now,
        };
        let destroyed = keys.and_then(|keys| keys.destroy(&destroy));
        let there = destroyed.to(
            "it is in the log, and nothing is leased any more, but the key's file stays until the next try",
        )?;
        Ok(match there {
            true => format!(
                "the keys of project {project} are destroyed; destroy backups of the state folder that have them still"
            ),
            false => {
                format!("project {project} had no keys here, and none will be made for it: look at its id")
            }
        })
    }

    /// Destroys once more what the log says was destroyed: between the two somebody may have been killed.
    pub(crate) fn destroy_again(&self, keys: &ProjectKeys) -> Outcome {
        let destroyed = self.journal.read(|state| state.destroyed.clone());
        for ((compartment, project), at) in destroyed {
            let destroy = Destroy {
                compartment,
                project,
                now_micros: at,
            };
            keys.destroy(&destroy).to("a key that was to be destroyed")?;
        }
        Ok(())
    }

    fn standing(&self, serving: bool) -> Standing {
        let now = self.journal.now();
        let policy = PolicyFile::at(self.config.policy.clone()).current();
        let policy_problem = policy.err().map(|failure| failure.to_string());
        self.journal.read(|state| Standing {
            serving,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            now_micros: now,
            address: self.config.address(),
            authority: authority(state)
                .map(|der| hex::sha256_text(&der))
                .unwrap_or_default(),
            witness: state.witness.clone(),
            entries: state.entries,
            cut_bytes: self.cut,
            policy: state.policy.clone(),
            policy_problem: policy_problem.clone(),
            break_glass: state.leased_within_hour(now, |leasing| leasing.reason == LeaseReason::BreakGlass),
            halts: state.halts_told(),
            nodes: node_standings(state, now),
            codes: code_standings(state, now),
            ledgers: ledgers(state),
        })
    }
}

fn node_standings(state: &State, now: i64) -> Vec<NodeStanding> {
    let standings = state.nodes.iter().map(|(name, node)| NodeStanding {
        node: name.clone(),
        enrolled_at_micros: node.since,
        seen_at_micros: node.seen,
        calls: node.next,
        certificate_expires_at_micros: node
            .certificates
            .iter()
            .map(|(_, end)| *end)
            .filter(|end| *end > now)
            .max(),
        revoked_at_micros: node.revoked.as_ref().map(|revoked| revoked.at),
        revoked_why: node.revoked.as_ref().map(|revoked| revoked.why.clone()),
        cloned: node.revoked.as_ref().is_some_and(|revoked| revoked.clone),
    });
    standings.collect()
}

fn code_standings(state: &State, now: i64) -> Vec<CodeStanding> {
    let standing = |(id, code): (&String, &crate::state::Code)| CodeStanding {
        code: id.clone(),
        node: code.node.clone(),
        expires_at_micros: code.expires,
        failures: code.failures,
        used: code.used,
    };
    let open = state
        .codes
        .iter()
        .filter(|(_, code)| code.failures > 0 || (!code.used && code.expires > now));
    open.map(standing).collect()
}

fn authority(state: &State) -> Option<Vec<u8>> {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD
        .decode(&state.authority)
        .ok()
}

fn named(project: Option<Id128>) -> String {
    project.map_or_else(|| "everything".to_owned(), |project| format!("project {project}"))
}

fn listed(names: impl Iterator<Item = impl Into<String>>) -> String {
    let names: Vec<String> = names.map(Into::into).collect();
    if names.is_empty() {
        "none".to_owned()
    } else {
        names.join(", ")
    }
}

/// How far the log was, as far as it was noted.
fn marked(folder: &Folder) -> Outcome<Option<Mark>> {
    if !folder.path(MARK).exists() {
        return Ok(None);
    }
    let mark = serde_json::from_slice(&folder.read(MARK)?);
    mark.map(Some).map_err(|_| {
        Failure::new(format!(
            "{} does not read; restore it from a backup, or remove it once the log is known to be whole",
            folder.path(MARK).display()
        ))
    })
}

/// What a decision is not made for.
struct Said(String);

impl From<JournalError> for Said {
    fn from(error: JournalError) -> Self {
        Self(error.to_string())
    }
}

/// A root key that nobody unlocked: what is destroyed needs none.
struct Locked;

impl RootKey for Locked {
    fn wrap(&self, _: &[u8], _: &SecretBytes) -> Result<Vec<u8>, KeyholderError> {
        Err(locked())
    }

    fn unwrap(&self, _: &[u8], _: &[u8]) -> Result<SecretBytes, KeyholderError> {
        Err(locked())
    }
}

fn locked() -> KeyholderError {
    KeyholderError::Unavailable {
        detail: "its root key is locked".into(),
    }
}

/// The socket by which a running server is asked.
pub(crate) fn socket(folder: &Path) -> std::path::PathBuf {
    folder.join("control.sock")
}
