//! What the gate knows: a fold over the ledgers, kept by the writer's thread and read by everybody.

use std::collections::HashMap;

use cofferdam_model::engagement::{HolderCommitment, credential_tag};
use cofferdam_model::{
    Act, Actor, Authority, Compartment, Decision, Demand, Draw, Engagement, EngagementId, Entry, Halt,
    ProjectId, Refusal, Standing, Timestamp, Usage, admit,
};
use cofferdam_store::engagement::HolderRow;
use cofferdam_store::{Reader, StoreError, engagement, ledger};

use crate::error::Integrity;
use crate::record::{self, Appended};
use crate::secrets::Secrets;

const MICROS_PER_DAY: i64 = 86_400_000_000;
/// Entries read at a time when a ledger is folded.
const PAGE: u32 = 4_096;

/// Why the state could not be brought up to date.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StateError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Integrity(#[from] Integrity),
}

/// One engagement's draw in the present hour and day.
#[derive(Debug, Clone, Copy)]
struct Drawn {
    hour: i64,
    usage: Usage,
}

impl Drawn {
    fn at(mut self, hour: i64) -> Self {
        if hour.div_euclid(24) != self.hour.div_euclid(24) {
            self.usage.day = Draw::default();
        }
        if hour != self.hour {
            self.usage.hour = Draw::default();
        }
        self.hour = hour;
        self
    }
}

/// The fold over all ledgers.
#[derive(Default)]
pub(crate) struct State {
    authorities: HashMap<Compartment, Authority>,
    broken: HashMap<Compartment, Integrity>,
    drawn: HashMap<EngagementId, Drawn>,
    holders: HashMap<EngagementId, HolderRow>,
    stale: bool,
}

impl State {
    /// Folds every ledger anew. A ledger that does not check stays closed; the others open.
    pub(crate) fn load(
        reader: &mut Reader<'_>,
        secrets: &Secrets,
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        let mut state = Self::default();
        for compartment in ledger::compartments(reader)? {
            match fold(reader, secrets, compartment).and_then(|a| {
                state.fold_usage(reader, secrets, compartment, now)?;
                Ok(a)
            }) {
                Ok(authority) => {
                    state.authorities.insert(compartment, authority);
                }
                Err(StateError::Store(error)) => return Err(error),
                Err(StateError::Integrity(found)) => {
                    tracing::error!(%found, "a ledger does not check; its compartment stays closed");
                    state.broken.insert(compartment, found);
                }
            }
        }
        Ok(state)
    }

    fn fold_usage(
        &mut self,
        reader: &mut Reader<'_>,
        secrets: &Secrets,
        compartment: Compartment,
        now: Timestamp,
    ) -> Result<(), StateError> {
        let midnight = Timestamp::from_micros(now.as_micros().div_euclid(MICROS_PER_DAY) * MICROS_PER_DAY);
        let mut next = ledger::index_at(reader, compartment, midnight)?;
        loop {
            let rows = ledger::entries(reader, compartment, next, PAGE)?;
            let Some(last) = rows.last() else { return Ok(()) };
            next = last.n + 1;
            for row in &rows {
                self.draw(&record::check(secrets, compartment, row)?);
            }
        }
    }

    /// Marks everything as unknown: the next question folds anew first.
    pub(crate) fn forget(&mut self) {
        self.stale = true;
    }

    /// Folds anew if something was undone since the last time.
    pub(crate) fn refresh(
        &mut self,
        reader: &mut Reader<'_>,
        secrets: &Secrets,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        if self.stale {
            *self = Self::load(reader, secrets, now)?;
        }
        Ok(())
    }

    /// What authorises in a compartment, if its ledger was begun and checks.
    pub(crate) fn authority(&self, compartment: Compartment) -> Result<Option<&Authority>, Integrity> {
        match self.broken.get(&compartment) {
            Some(found) => Err(found.clone()),
            None => Ok(self.authorities.get(&compartment)),
        }
    }

    /// Every compartment that is open.
    pub(crate) fn authorities(&self) -> impl Iterator<Item = &Authority> {
        self.authorities.values()
    }

    /// Ledgers that do not check.
    pub(crate) fn broken(&self) -> impl Iterator<Item = &Integrity> {
        self.broken.values()
    }

    /// Begins an empty compartment.
    pub(crate) fn begin(&mut self, compartment: Compartment) {
        self.authorities
            .insert(compartment, Authority::empty(compartment));
    }

    /// Takes an appended entry in.
    pub(crate) fn apply(&mut self, compartment: Compartment, appended: &Appended) -> Result<(), Integrity> {
        let authority = self.authorities.get_mut(&compartment);
        let authority =
            authority.ok_or_else(|| Integrity::of(compartment.to_string(), "its ledger was never begun"))?;
        let folded = authority.apply(&appended.entry);
        if let Err(error) = folded {
            self.stale = true;
            return Err(Integrity::entry(compartment, error.index, error.problem));
        }
        self.draw(&appended.entry);
        Ok(())
    }

    fn draw(&mut self, entry: &Entry) {
        let Actor::Engaged { engagement, .. } = entry.by else {
            return;
        };
        let draw = entry.fact.released();
        if draw == Draw::default() {
            return;
        }
        let hour = entry.t.hour();
        let fresh = Drawn {
            hour,
            usage: Usage::default(),
        };
        let mut drawn = self.drawn.get(&engagement).copied().unwrap_or(fresh).at(hour);
        drawn.usage.hour = drawn.usage.hour.plus(draw);
        drawn.usage.day = drawn.usage.day.plus(draw);
        self.drawn.insert(engagement, drawn);
    }

    /// What was drawn under an engagement in the hour and day of `now`.
    pub(crate) fn usage(&self, engagement: EngagementId, now: Timestamp) -> Usage {
        self.drawn
            .get(&engagement)
            .map_or_else(Usage::default, |d| d.at(now.hour()).usage)
    }

    /// Who holds an engagement: the row, if it opens the commitment in the ledger.
    pub(crate) fn holder(
        &mut self,
        reader: &mut Reader<'_>,
        id: EngagementId,
    ) -> Result<Option<HolderRow>, StateError> {
        if let Some(known) = self.holders.get(&id) {
            return Ok(Some(*known));
        }
        let Some(row) = engagement::get(reader, id)? else {
            return Ok(None);
        };
        let Some(granted) = self
            .authority(Compartment::Lab(row.lab))?
            .and_then(|a| a.engagement(id))
        else {
            let found = Integrity::of(
                format!("the holder row of {id}"),
                "no ledger grants that engagement",
            );
            tracing::error!(%found, "a row was not obeyed");
            return Ok(None);
        };
        if HolderCommitment::new(&row.salt, row.principal) != granted.holder {
            return Err(Integrity::of(
                format!("the holder row of {id}"),
                "it names another holder than the ledger",
            )
            .into());
        }
        self.holders.insert(id, row);
        Ok(Some(row))
    }

    /// Asks the one question.
    pub(crate) fn decide(
        &self,
        caller: &cofferdam_model::Caller,
        ask: &Ask,
        holder: Option<&HolderRow>,
    ) -> Decision {
        let Some(holder) = holder else {
            return Decision::Deny(Refusal::NotEngaged);
        };
        let lab = self.authorities.get(&Compartment::Lab(holder.lab));
        let installation = self.authorities.get(&Compartment::Installation);
        let (Some(lab), Some(installation)) = (lab, installation) else {
            return Decision::Deny(Refusal::NotEngaged);
        };
        let halts = installation.halts().chain(lab.halts());
        let standing = Standing {
            engagement: lab.engagement(ask.engagement),
            holds: holder.principal == caller.principal,
            halts,
            usage: self.usage(ask.engagement, ask.now),
            now: ask.now,
        };
        let demand = Demand {
            engagement: ask.engagement,
            act: ask.act,
            project: ask.project,
            draw: ask.draw,
        };
        admit(caller, &demand, standing)
    }

    /// The engagement, as its ledger has it.
    pub(crate) fn engagement(&self, holder: &HolderRow) -> Option<Engagement> {
        self.authorities
            .get(&Compartment::Lab(holder.lab))?
            .engagement(holder.engagement)
            .cloned()
    }

    /// The halts that concern a lab: its own and the installation's.
    pub(crate) fn halts(&self, compartment: Compartment) -> Vec<Halt> {
        let own = self
            .authorities
            .get(&compartment)
            .into_iter()
            .flat_map(Authority::halts);
        let above = match compartment {
            Compartment::Installation => None,
            Compartment::Lab(_) => self.authorities.get(&Compartment::Installation),
        };
        above
            .into_iter()
            .flat_map(Authority::halts)
            .chain(own)
            .copied()
            .collect()
    }

    /// How a caller appears in the ledger under an engagement.
    pub(crate) fn actor(&self, caller: &cofferdam_model::Caller, holder: &HolderRow) -> Option<Actor> {
        let granted = self.engagement(holder)?;
        Some(Actor::Engaged {
            engagement: granted.id,
            pseudonym: granted.pseudonym,
            credential: credential_tag(&holder.salt, caller.credential),
        })
    }
}

/// A question to the state.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ask {
    pub(crate) engagement: EngagementId,
    pub(crate) act: Act,
    pub(crate) project: Option<ProjectId>,
    pub(crate) draw: Draw,
    pub(crate) now: Timestamp,
}

/// Folds one ledger's authorising entries, each checked, none missing.
pub(crate) fn fold(
    reader: &mut Reader<'_>,
    secrets: &Secrets,
    compartment: Compartment,
) -> Result<Authority, StateError> {
    let mut authority = Authority::empty(compartment);
    for row in ledger::authorising(reader, compartment, 0)? {
        let entry = record::check(secrets, compartment, &row)?;
        if row.authorising != Some(authority.folded() + 1) {
            return Err(
                Integrity::entry(compartment, row.n, "an authorising entry before it is missing").into(),
            );
        }
        authority
            .apply(&entry)
            .map_err(|e| Integrity::entry(compartment, e.index, e.problem))?;
    }
    let head = ledger::head(reader, compartment)?;
    let known = head.as_ref().map_or(0, |h| h.authorising);
    if known != authority.folded() {
        let problem = format!(
            "its head counts {known} authorising entries, there are {}",
            authority.folded()
        );
        return Err(Integrity::of(format!("the ledger of {compartment}"), problem).into());
    }
    let size = head.map_or(0, |h| h.size);
    let beyond = ledger::entries(reader, compartment, size, 1)?;
    let last = size
        .checked_sub(1)
        .map(|n| ledger::entry(reader, compartment, n))
        .transpose()?;
    if !beyond.is_empty() || last.is_some_and(|row| row.is_none()) {
        return Err(Integrity::of(
            format!("the ledger of {compartment}"),
            "it does not end where its head says",
        )
        .into());
    }
    Ok(authority)
}
