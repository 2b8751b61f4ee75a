//! Walls: who has seen whose data, kept on the installation's ledger as it happens, and found in the labs' ledgers for the time
//! before a wall stood.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::Arc;

use cofferdam_model::engagement::HolderCommitment;
use cofferdam_model::wall::{Kept, Terms, counts_from};
use cofferdam_model::{
    Actor, Compartment, CoolingOff, Draw, EngagementId, Entry, Fact, LabId, PrincipalId, Role, Timestamp,
    WallId,
};
use cofferdam_store::engagement::{self, HolderRow};
use cofferdam_store::principal::{self, PrincipalKind};
use cofferdam_store::{Reader, Tx};

use crate::admin::AdminScope;
use crate::error::{GateError, Integrity};
use crate::gate::{Gate, Inner};
use crate::known::State;
use crate::record;
use crate::secrets::Secrets;
use crate::state::StateError;

/// Takes in, in the transaction that records a release, that its holder has seen the lab's data: on the installation's ledger,
/// once a day, where a wall stands around the lab.
pub(crate) fn note_seen(
    inner: &Inner,
    state: &State,
    tx: &mut Tx<'_>,
    holder: &HolderRow,
    released: Timestamp,
) -> Result<(), StateError> {
    let installation = state.authority(Compartment::Installation)?;
    let Some(installation) = installation.filter(|known| known.walls().concern(holder.lab)) else {
        return Ok(());
    };
    let from = counts_from(released);
    let known = installation.seen().when(holder.principal, holder.lab);
    // Nobody else's look at it would be copied with what follows.
    drop(installation);
    if known.is_some_and(|known| known >= from) || is_job(tx.reader(), &inner.secrets, holder.principal)? {
        return Ok(());
    }
    let fact = Fact::DataSeen {
        principal: holder.principal,
        lab: holder.lab,
        counts_from: from,
    };
    let (compartment, now) = (Compartment::Installation, inner.env.now());
    record::append(tx, &inner.secrets, state, compartment, Actor::Platform, fact, now)?;
    // What else they hold may be on the other side.
    inner.cut_streams();
    Ok(())
}

/// The platform's own jobs are the platform, which keeps every lab's data: no wall goes through it.
fn is_job(reader: &mut Reader<'_>, secrets: &Secrets, id: PrincipalId) -> Result<bool, StateError> {
    let Some(row) = principal::get(reader, id)?.filter(|row| row.kind == PrincipalKind::Job) else {
        return Ok(false);
    };
    secrets.check(&row)?;
    Ok(true)
}

/// Who had plaintext of a lab released, by its ledger, as far as it was read.
#[derive(Debug)]
pub struct Releases {
    lab: LabId,
    next: u64,
    last: HashMap<EngagementId, Timestamp>,
}

impl Releases {
    fn take(&mut self, entry: &Entry) {
        self.next = entry.n + 1;
        let by = record::engagement_of(entry).filter(|_| entry.fact.released() != Draw::default());
        if let Some(engagement) = by {
            // A ledger's time never goes back.
            self.last.insert(engagement, entry.t);
        }
    }

    fn go_on(&mut self, reader: &mut Reader<'_>, secrets: &Secrets) -> Result<(), StateError> {
        let (compartment, next) = (Compartment::Lab(self.lab), self.next);
        record::walk(reader, secrets, compartment, next, &mut |_, entry| {
            self.take(entry);
            true
        })
    }
}

impl Gate {
    /// Reads in a lab's ledger to whom plaintext was released, as far back as a cooling-off reaches. Nobody waits for it.
    pub async fn releases(
        &self,
        lab: LabId,
        cooling_off: CoolingOff,
    ) -> Result<Releases, GateError<Infallible>> {
        let inner = Arc::clone(&self.inner);
        // The day of the release, and one more.
        let seconds = (i64::from(cooling_off.in_days()) + 2) * 86_400;
        let since = self.inner.env.now().plus_seconds(-seconds);
        let read = move |reader: &mut Reader<'_>| {
            let mut releases = Releases {
                lab,
                next: record::index_at(reader, &inner.secrets, Compartment::Lab(lab), since)?,
                last: HashMap::new(),
            };
            releases.go_on(reader, &inner.secrets)?;
            Ok::<_, GateError<Infallible>>(releases)
        };
        self.inner.store.read(read).await
    }

    /// What keeps a principal out of a lab now.
    pub fn kept_out(&self, principal: PrincipalId, lab: LabId) -> Result<Option<Kept>, Integrity> {
        kept_out(self.inner.state(), principal, lab, self.inner.env.now())
    }
}

fn kept_out(
    state: &State,
    principal: PrincipalId,
    lab: LabId,
    now: Timestamp,
) -> Result<Option<Kept>, Integrity> {
    let installation = state.authority(Compartment::Installation)?;
    Ok(installation.and_then(|known| known.walls().keep_out(known.seen().by(principal), lab, now)))
}

impl AdminScope<'_, '_> {
    /// What keeps a principal out of a lab now.
    pub fn kept_out(&self, principal: PrincipalId, lab: LabId) -> Result<Option<Kept>, Integrity> {
        kept_out(self.state, principal, lab, self.now)
    }

    /// Whether a principal is one of the platform's own jobs.
    pub fn is_job<E>(&mut self, principal: PrincipalId) -> Result<bool, GateError<E>> {
        Ok(is_job(self.tx.reader(), self.secrets, principal)?)
    }

    /// The lab on the other side of a wall for which a principal speaks now, and the wall; where they are to speak for this one,
    /// any for which they are engaged. Whoever speaks for a lab opens its deliveries, which no record tells of.
    pub fn speaks_across<E>(
        &mut self,
        principal: PrincipalId,
        lab: LabId,
        to_speak: bool,
    ) -> Result<Option<(WallId, LabId)>, GateError<E>> {
        let installation = self.state.authority(Compartment::Installation)?;
        let walls = installation.iter().flat_map(|known| known.walls().iter());
        let around: Vec<_> = walls
            .filter(|(_, terms)| terms.members.contains_key(&lab))
            .collect();
        if around.is_empty() {
            return Ok(None);
        }
        for row in engagement::of_principal(self.tx.reader(), principal)? {
            let across = |(_, terms): &&(WallId, &Terms)| terms.members.contains_key(&row.lab);
            let Some((wall, _)) = around.iter().filter(|_| row.lab != lab).find(across) else {
                continue;
            };
            // Of a ledger that is closed it is not known: nobody is let in.
            let authority = self.state.authority(row.lab.into())?;
            let held = authority
                .as_ref()
                .and_then(|ledger| ledger.engagement(row.engagement));
            let own = held.filter(|e| e.holder == HolderCommitment::new(&row.salt, principal));
            if own.is_some_and(|e| e.active(self.now) && (to_speak || e.role == Role::Steward)) {
                return Ok(Some((*wall, row.lab)));
            }
        }
        Ok(None)
    }

    /// What is to be recorded where whoever spoke for a lab does so no more: until now they could see its data.
    pub fn spoke_for<E>(&mut self, principal: PrincipalId, lab: LabId) -> Result<Option<Fact>, GateError<E>> {
        let installation = self.state.authority(Compartment::Installation)?;
        let Some(known) = installation.filter(|known| known.walls().concern(lab)) else {
            return Ok(None);
        };
        let counts_from = counts_from(self.now);
        let seen = known.seen().when(principal, lab);
        Ok(seen
            .is_none_or(|seen| seen < counts_from)
            .then_some(Fact::DataSeen {
                principal,
                lab,
                counts_from,
            }))
    }

    /// What is to be recorded of who has seen a lab's data: what was released since it was read, too. Whose engagement it was must
    /// be known of each: whom nobody can name no wall would keep out.
    pub fn seen<E>(&mut self, mut releases: Releases) -> Result<Vec<Fact>, GateError<E>> {
        releases.go_on(self.tx.reader(), self.secrets)?;
        let mut seen: HashMap<PrincipalId, Timestamp> = HashMap::new();
        // Whoever speaks for the lab, or spoke for it, could open its deliveries until then.
        let ledger = self.state.authority(releases.lab.into())?;
        let spoke = ledger.iter().flat_map(|known| known.engagements());
        let spoke = spoke.filter(|e| e.role == Role::Steward);
        let spoke: Vec<_> = spoke
            .map(|e| (e.id, e.ended(self.now).unwrap_or(self.now)))
            .collect();
        for (engagement, at) in releases.last.into_iter().chain(spoke) {
            let holder = self.state.holder(self.tx.reader(), engagement)?;
            let missing = || Integrity::of(format!("the holder row of {engagement}"), "it is missing");
            let holder = holder.ok_or_else(missing)?;
            if !is_job(self.tx.reader(), self.secrets, holder.principal)? {
                let last = seen.entry(holder.principal).or_insert(at);
                *last = at.max(*last);
            }
        }
        let installation = self.state.authority(Compartment::Installation)?;
        let known = |principal| installation.as_ref()?.seen().when(principal, releases.lab);
        let mut facts: Vec<(PrincipalId, Timestamp)> = Vec::new();
        for (principal, at) in seen {
            let from = counts_from(at);
            if known(principal).is_none_or(|known| known < from) {
                facts.push((principal, from));
            }
        }
        facts.sort_unstable();
        let fact = |(principal, counts_from)| Fact::DataSeen {
            principal,
            lab: releases.lab,
            counts_from,
        };
        Ok(facts.into_iter().map(fact).collect())
    }
}
