//! Who listens is told that something changed, when that concerns them, and not when it concerns others.
//!
//! What a caller may know is brought down to a hash: of how their own engagements stand and of the halts that concern them. It
//! is made of what the gate has in memory; a change that leaves it as it was is not theirs. Nothing of it depends on the clock,
//! so that no change of others' brings to light what time alone has done.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use cofferdam_model::engagement::{EngagementState, Reach};
use cofferdam_model::{
    Authority, Compartment, CredentialId, Engagement, EngagementId, Halt, Id, LabId, PrincipalId, Scope,
    Timestamp,
};
use cofferdam_store::{Reader, engagement};
use tokio::sync::watch;

use crate::auth::Caller;
use crate::doctor::holders;
use crate::error::GateError;
use crate::gate::{Gate, Inner};
use crate::state::StateError;

/// How often it is looked whether time alone changed something: an engagement or a credential came to its end.
const LOOK_AGAIN: Duration = Duration::from_secs(15);

type Owned = HashMap<PrincipalId, Vec<(LabId, EngagementId)>>;

/// Who holds what, for all who listen: read once after engagements were granted, and not by each of them.
#[derive(Default)]
pub(crate) struct Holdings(tokio::sync::Mutex<Held>);

#[derive(Default)]
struct Held {
    owned: Arc<Owned>,
    /// How many engagements there were when it was read, and after how many changes.
    granted: usize,
    at: Option<u64>,
    /// Whether each had its holder: what is granted just now may not be committed yet.
    whole: bool,
}

impl Holdings {
    async fn get(&self, inner: &Arc<Inner>, change: u64) -> Result<Arc<Owned>, StateError> {
        let granted = inner.state().authorities().iter().map(|a| a.granted()).sum();
        let mut held = self.0.lock().await;
        let fresh = held.at == Some(change) || held.whole;
        if held.at.is_some() && fresh && held.granted == granted {
            return Ok(Arc::clone(&held.owned));
        }
        let authorities: HashMap<Compartment, Arc<Authority>> = inner
            .state()
            .authorities()
            .into_iter()
            .map(|a| (a.compartment(), a))
            .collect();
        let rows = inner.store.read(|reader: &mut Reader<'_>| {
            reader.leave_out_unreadable();
            engagement::all(reader)
        });
        let (engaged, _) = holders(&rows.await?, &authorities);
        let whole = engaged.len() == granted;
        let mut owned = Owned::new();
        for (id, (lab, _, principal)) in engaged {
            owned.entry(principal).or_default().push((lab, id));
        }
        // One order, whatever the map's is.
        owned.values_mut().for_each(|own| own.sort_unstable());
        *held = Held {
            owned: owned.into(),
            granted,
            at: Some(change),
            whole,
        };
        Ok(Arc::clone(&held.owned))
    }
}

/// How often each was told of something, since this node runs.
#[derive(Default)]
pub(crate) struct Heard(Mutex<HashMap<PrincipalId, u64>>);

impl Heard {
    fn of(&self, principal: PrincipalId) -> u64 {
        let heard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        heard.get(&principal).copied().unwrap_or(0)
    }

    pub(crate) fn tell(&self, principals: impl Iterator<Item = PrincipalId>) {
        let mut heard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for principal in principals {
            *heard.entry(principal).or_default() += 1;
        }
    }
}

/// What a caller may know, as far as it is told of.
enum Known {
    /// They proved nothing more.
    Nothing,
    /// All of it: an operator, by how many changes there were.
    All(u64),
    /// Their own.
    Own(u64),
}

/// Somebody who waits for changes.
pub struct Listening {
    inner: Arc<Inner>,
    caller: Caller,
    expires: Timestamp,
    changed: watch::Receiver<u64>,
    known: u64,
    told: u64,
    over: bool,
}

impl Gate {
    /// Begins to listen for a caller.
    pub async fn listen(&self, caller: &Caller) -> Result<Listening, GateError<std::convert::Infallible>> {
        // Whoever has no credential by which they came in proves nothing by it.
        let expires = caller.expires().unwrap_or_default();
        let changed = self.changes();
        let mut listening = Listening {
            inner: Arc::clone(&self.inner),
            caller: *caller,
            expires,
            changed,
            known: 0,
            told: 0,
            over: false,
        };
        self.inner.settle().await?;
        listening.news().await.map_err(GateError::from)?;
        Ok(listening)
    }
}

impl Listening {
    /// Waits until something changed that concerns the caller, and says for which time; once more when their credential proves
    /// nothing any more, and then never again.
    pub async fn changed(&mut self) -> Option<u64> {
        while !self.over {
            if let Ok(changed) = tokio::time::timeout(self.rest(), self.changed.changed()).await {
                changed.ok()?;
            }
            if self.inner.env.now() >= self.expires {
                self.over = true;
                self.told += 1;
                return Some(self.told);
            }
            // A fold that holds what was undone says nothing, and so does a database that cannot be asked.
            let settled = self.inner.settle().await.is_ok();
            if settled && self.news().await.unwrap_or(false) {
                self.told += 1;
                return Some(self.told);
            }
        }
        None
    }

    fn rest(&self) -> Duration {
        let left = self.expires.micros_since(self.inner.env.now());
        let left = Duration::from_micros(u64::try_from(left).unwrap_or(0));
        // Not at once: clocks need not agree to the microsecond.
        LOOK_AGAIN.min(left.saturating_add(Duration::from_millis(10)))
    }

    /// Takes in what is known now; whether it is another than before.
    async fn news(&mut self) -> Result<bool, StateError> {
        let known = match self.look().await? {
            Known::Nothing => {
                self.over = true;
                return Ok(true);
            }
            Known::All(known) | Known::Own(known) => known,
        };
        Ok(std::mem::replace(&mut self.known, known) != known)
    }

    async fn look(&mut self) -> Result<Known, StateError> {
        let change = *self.changed.borrow_and_update();
        let state = self.inner.state();
        let installation = match state.authority(Compartment::Installation) {
            Err(found) if found.is_passing() => return Err(found.into()),
            Err(_) | Ok(None) => return Ok(Known::Nothing),
            Ok(Some(installation)) => installation,
        };
        if installation.is_revoked(self.caller.credential()) {
            return Ok(Known::Nothing);
        }
        if installation.is_operator(self.caller.principal()) && self.caller.bound_to().is_none() {
            return Ok(Known::All(change));
        }
        let owned = self.inner.holdings.get(&self.inner, change).await?;
        let own = owned.get(&self.caller.principal()).map_or(&[][..], Vec::as_slice);
        Ok(Known::Own(self.concerning(&installation, own)))
    }

    /// A hash of what concerns the caller.
    fn concerning(&self, installation: &Authority, own: &[(LabId, EngagementId)]) -> u64 {
        let mut hasher = DefaultHasher::new();
        let (principal, credential) = (self.caller.principal(), self.caller.credential());
        let own_halts = installation
            .halts()
            .filter(|halt| is_own(halt, principal, credential));
        note(&mut hasher, own_halts);
        let bound_to = self.caller.bound_to();
        if bound_to.is_none() {
            // What somebody is told of is of all labs that they work for: nothing to a token that is good for one engagement.
            self.inner.heard.of(principal).hash(&mut hasher);
        }
        for (lab, id) in own
            .iter()
            .filter(|(_, id)| bound_to.is_none_or(|only| only == *id))
        {
            id.as_bytes().hash(&mut hasher);
            let Ok(Some(ledger)) = self.inner.state().authority(Compartment::Lab(*lab)) else {
                // Closed: that concerns whoever is engaged there.
                continue;
            };
            let Some(engagement) = ledger.engagement(*id) else {
                continue;
            };
            stands(&mut hasher, engagement);
            let seen = installation.seen().by(principal);
            let kept = installation
                .walls()
                .keep_out(seen, *lab, Timestamp::from_micros(i64::MIN));
            kept.map(|kept| kept.until).hash(&mut hasher);
            if engagement.state == EngagementState::Active {
                let halts = installation.halts().chain(ledger.halts());
                note(
                    &mut hasher,
                    halts.filter(|halt| concerns(halt, &ledger, engagement)),
                );
            }
        }
        hasher.finish()
    }
}

fn stands(hasher: &mut DefaultHasher, engagement: &Engagement) {
    match engagement.state {
        EngagementState::Active => None,
        EngagementState::Ended { at } => Some(at),
    }
    .hash(hasher);
}

fn note<'a>(hasher: &mut DefaultHasher, halts: impl Iterator<Item = &'a Halt>) {
    let mut count = 0;
    for halt in halts {
        halt.id.as_bytes().hash(hasher);
        count += 1;
    }
    count.hash(hasher);
}

/// Whether a halt concerns somebody, whatever they do.
fn is_own(halt: &Halt, principal: PrincipalId, credential: CredentialId) -> bool {
    match halt.scope {
        Scope::Installation => true,
        Scope::Person(id) | Scope::Component(id) => id == principal,
        Scope::Credential(id) => id == credential,
        Scope::Lab(_) | Scope::Project(_) | Scope::Engagement(_) => false,
    }
}

/// Whether a halt concerns whoever is engaged like that: a steward, every one in the lab.
fn concerns(halt: &Halt, ledger: &Authority, engagement: &Engagement) -> bool {
    match halt.scope {
        Scope::Lab(lab) => lab == engagement.lab,
        Scope::Project(project) => engagement.reaches(project) && ledger.project(project).is_some(),
        Scope::Engagement(id) if engagement.reach == Reach::Lab => ledger.engagement(id).is_some(),
        Scope::Engagement(id) => id == engagement.id,
        Scope::Installation | Scope::Person(_) | Scope::Component(_) | Scope::Credential(_) => false,
    }
}
