//! What the platform does by itself: where a record of an advisory is about what a component runs or ran, an incident is
//! opened, or the component joins the one that is open for that event.
//!
//! Asked for as soon as a record is taken and as soon as a component says what it runs; and again from time to time, for
//! whatever was recorded and not acted on.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;

use cofferdam_custody::{Chore, Integrity, Secrets};
use cofferdam_inventory::advisory::assess::Index;
use cofferdam_inventory::advisory::{Event, Outcome};
use cofferdam_model::{
    IncidentId, IncidentState, IncidentSubject, InventoryId, OpensOn, PrincipalId, Timestamp,
};
use cofferdam_store::incident::{self, Grounds};
use cofferdam_store::inventory::{self, InventoryRow};
use cofferdam_store::{Reader, StoreError};

use super::add::Add;
use super::open::Open;
use super::{Halted, Opened, known, state, words};
use crate::advisories::events;
use crate::components::{enrolled, read_back};
use crate::{Containment, IncidentError};

/// The job that does it, as ledgers and boards name it.
const JOB: &str = "containment";
/// How long nothing is looked at again that was acted on.
const EVERY: Duration = Duration::from_secs(3_600);
/// The same after a look that failed.
const AGAIN: Duration = Duration::from_secs(60);

/// What is new.
#[derive(Debug, Clone)]
pub enum Upon {
    /// Records that were taken, by their ids.
    Records(BTreeSet<String>),
    /// What a component said: one inventory.
    Inventory(InventoryId),
    /// Whatever there is.
    Everything,
}

/// When a component said that it ran what an event is about.
#[derive(Debug, Clone, Copy)]
struct Said {
    /// The first scan that found it.
    first: Timestamp,
    /// When the last of them came in.
    received: Timestamp,
}

/// An event, and what is to be done about it.
struct Due {
    /// The record that the incident is opened from.
    record: String,
    /// Since when what is not known matters.
    since: Timestamp,
    /// The incident that is open for it.
    open: Option<IncidentId>,
    /// Components that said so, of which nothing was done yet.
    fresh: BTreeSet<PrincipalId>,
    /// Those that an incident which is closed was about: it is said of them what there was to say.
    settled: BTreeSet<PrincipalId>,
    /// Whether those of which it is not known are subjects, too: where an operator took a record. What a component says of
    /// itself stops nobody else.
    unknown_too: bool,
}

impl Containment {
    /// Opens and extends what is called for by what is new. The log and `/readyz` are told where that could not be done;
    /// it is tried again.
    pub async fn act_upon(&self, upon: Upon) -> Result<Vec<Opened>, IncidentError> {
        let acted = self.act(upon).await;
        let outcome = match &acted {
            Ok(_) => Ok(()),
            Err(error) => Err(error.to_string()),
        };
        self.gate.went(Chore::Matching, outcome);
        acted
    }

    /// The same to its end, also when whoever asked leaves. What was recorded stands, whether or not it could be acted on.
    pub(crate) async fn acted_upon(&self, upon: Upon) -> Vec<Opened> {
        let own = self.clone();
        let acted = tokio::spawn(async move { own.act_upon(upon).await }).await;
        acted.ok().and_then(Result::ok).unwrap_or_default()
    }

    /// Looks from time to time for what was recorded and not acted on. Ends when `stop` does.
    pub async fn run_background(&self, stop: impl Future<Output = ()>) {
        let mut stop = std::pin::pin!(stop);
        let mut wait = Duration::ZERO;
        loop {
            tokio::select! {
                () = &mut stop => break,
                () = tokio::time::sleep(wait) => {}
            }
            // One node is enough.
            let looked = match self.gate.leads().await {
                Ok(true) => self.act_upon(Upon::Everything).await.map(|_| ()),
                Ok(false) => Ok(()),
                Err(error) => Err(error.into()),
            };
            wait = if looked.is_ok() { EVERY } else { AGAIN };
        }
    }

    async fn act(&self, upon: Upon) -> Result<Vec<Opened>, IncidentError> {
        // Records are not even read where nothing would follow.
        if self.policies.opens_on == OpensOn::Nothing {
            return Ok(Vec::new());
        }
        let _turn = self.acting.lock().await;
        match self.pass(upon.clone()).await {
            // Another node, or an operator, was faster; or it cannot be done, and is said again.
            Err(IncidentError::Conflict(_)) => self.pass(upon).await,
            acted => acted,
        }
    }

    async fn pass(&self, upon: Upon) -> Result<Vec<Opened>, IncidentError> {
        let (gate, opens_on) = (self.gate.clone(), self.policies.opens_on);
        let read = move |reader: &mut Reader<'_>| due(reader, gate.secrets(), opens_on, &upon);
        let (due, unread) = self.gate.store().read(read).await?;
        let mut acted = Vec::new();
        for due in due {
            match due.open {
                Some(incident) => {
                    let mut halts = Vec::new();
                    for component in due.fresh {
                        halts.extend(self.join(incident, component).await?.halts);
                    }
                    acted.push(Opened { incident, halts });
                }
                None => acted.push(self.open_for(due).await?),
            }
        }
        // What does not read keeps nobody from acting on the rest.
        unread.map_or(Ok(acted), |wrong| Err(wrong.into()))
    }

    async fn join(&self, incident: IncidentId, component: PrincipalId) -> Result<Opened, IncidentError> {
        let subject = IncidentSubject::Component(component);
        let command = Add {
            incident,
            subject,
            grounds: Grounds::Affected,
            policies: self.policies.clone(),
            halting: self.halting,
        };
        let joined = self.gate.by_itself(JOB, command).await?;
        tracing::warn!(%incident, %subject, "a component that runs what an advisory is about joins an incident");
        said_of(&joined);
        Ok(joined)
    }

    async fn open_for(&self, due: Due) -> Result<Opened, IncidentError> {
        let mut found = self.affected_by(&due.record, due.since).await?;
        found.subjects.retain(|subject, _| match subject {
            IncidentSubject::Component(id) => {
                due.fresh.contains(id) || due.unknown_too && !due.settled.contains(id)
            }
            _ => true,
        });
        let title: String = due.record.chars().take(words::TITLE / 4).collect();
        let reason = format!(
            "opened by the platform: {} is about what components say that they run or ran",
            title
        );
        let command = Open {
            for_labs: Some(format!(
                "{title}, a public record of malicious code, is about what a component engaged for you says that it runs or ran"
            )),
            title,
            reason,
            records: found.records,
            subjects: found.subjects,
            policies: self.policies.clone(),
            halting: self.halting,
        };
        let opened = self.gate.by_itself(JOB, command).await?;
        let (incident, record, halts) = (opened.incident, &due.record, opened.halts.len());
        tracing::warn!(%incident, record, halts, "an incident is opened: components run what an advisory is about");
        said_of(&opened);
        Ok(opened)
    }
}

/// Tells the log what the policy halted.
fn said_of(opened: &Opened) {
    for Halted {
        halt,
        timers,
        engagements,
    } in &opened.halts
    {
        let (scope, reason, incident) = (halt.scope, halt.reason.name(), opened.incident);
        tracing::info!(halt = %halt.id, %scope, reason, by = JOB, timers, engagements, %incident, "halted");
    }
}

type Looked = (Vec<Due>, Option<Integrity>);

/// What is to be done, and the first inventory that does not read.
fn due(
    reader: &mut Reader<'_>,
    secrets: &Secrets,
    opens_on: OpensOn,
    upon: &Upon,
) -> Result<Looked, IncidentError> {
    let mut events: Vec<Event> = events(reader, secrets)?.into_iter().map(|(e, _)| e).collect();
    events.retain(|event| opens(event, opens_on) && is_new(event, upon));
    if events.is_empty() {
        return Ok((Vec::new(), None));
    }
    let (said, unread) = said(reader, secrets, &events, upon)?;
    let mut all = Vec::new();
    for (event, said) in events.iter().zip(said) {
        if !said.is_empty() {
            let unknown_too = matches!(upon, Upon::Records(_));
            let due = what_is_due(reader, secrets, event, &said)?;
            all.push(Due { unknown_too, ..due });
        }
    }
    all.retain(|due| !due.fresh.is_empty());
    Ok((all, unread))
}

fn opens(event: &Event, opens_on: OpensOn) -> bool {
    match opens_on {
        OpensOn::Nothing => false,
        OpensOn::Malicious => event.is_malicious(),
        OpensOn::Any => event.in_force().next().is_some(),
    }
}

fn is_new(event: &Event, upon: &Upon) -> bool {
    match upon {
        Upon::Records(ids) => event.members().iter().any(|m| ids.contains(&m.advisory.id)),
        Upon::Inventory(_) | Upon::Everything => true,
    }
}

/// Which components said that they ran what an event is about, for each event.
type SaidOf = Vec<BTreeMap<PrincipalId, Said>>;

fn said(
    reader: &mut Reader<'_>,
    secrets: &Secrets,
    events: &[Event],
    upon: &Upon,
) -> Result<(SaidOf, Option<Integrity>), IncidentError> {
    let mut said: SaidOf = vec![BTreeMap::new(); events.len()];
    let (mut judged, mut unread) = (HashMap::new(), None);
    for row in to_be_read(reader, upon)? {
        let about: &Vec<usize> = match judged.entry(row.sha256) {
            std::collections::hash_map::Entry::Occupied(known) => known.into_mut(),
            std::collections::hash_map::Entry::Vacant(new) => match about(reader, secrets, &row, events) {
                Ok(about) => new.insert(about),
                Err(error) => {
                    unread.get_or_insert(as_integrity(error)?);
                    continue;
                }
            },
        };
        let (scanned, received) = (row.scanned.min(row.received), row.received);
        for &at in about {
            let known = said[at].entry(row.component).or_insert(Said {
                first: scanned,
                received,
            });
            known.first = known.first.min(scanned);
            known.received = known.received.max(received);
        }
    }
    Ok((said, unread))
}

fn to_be_read(reader: &mut Reader<'_>, upon: &Upon) -> Result<Vec<InventoryRow>, StoreError> {
    if let Upon::Inventory(id) = upon {
        return Ok(inventory::get(reader, *id)?.into_iter().collect());
    }
    let mut rows = Vec::new();
    for component in enrolled(reader)? {
        rows.extend(inventory::of_component(reader, component.id)?);
    }
    Ok(rows)
}

/// The events that are about something in an inventory, by their places.
fn about(
    reader: &mut Reader<'_>,
    secrets: &Secrets,
    row: &InventoryRow,
    events: &[Event],
) -> Result<Vec<usize>, IncidentError> {
    let found = read_back(reader, secrets, row)?;
    let index = Index::new(&found);
    let about = events.iter().enumerate().filter(|(_, event)| {
        // Of a whole ecosystem's records, few name what is there.
        let named = event.in_force().any(|advisory| index.names(advisory));
        named && matches!(index.assess(event).outcome, Outcome::Affected { .. })
    });
    Ok(about.map(|(at, _)| at).collect())
}

fn as_integrity(error: IncidentError) -> Result<Integrity, IncidentError> {
    match error {
        IncidentError::Gate(cofferdam_custody::GateError::Integrity(wrong)) => Ok(wrong),
        error => Err(error),
    }
}

fn what_is_due(
    reader: &mut Reader<'_>,
    secrets: &Secrets,
    event: &Event,
    said: &BTreeMap<PrincipalId, Said>,
) -> Result<Due, IncidentError> {
    let (mut open, mut settled) = (None, BTreeMap::new());
    let mut fresh: BTreeSet<PrincipalId> = said.keys().copied().collect();
    for row in incident::all(reader)? {
        let mut ids = event.members().iter().map(|member| &member.advisory.id);
        if !ids.any(|id| row.record.as_ref() == Some(id)) {
            continue;
        }
        let (row, moves) = known(reader, secrets, row.id)?;
        let closed = moves.last().filter(|_| state(&moves) == IncidentState::Closed);
        for subject in incident::subjects_of(reader, row.id)? {
            let IncidentSubject::Component(id) = subject.subject else {
                continue;
            };
            match closed {
                Some(step) => _ = settled.insert(id, step.at),
                None => _ = fresh.remove(&id),
            }
        }
        if closed.is_none() {
            open = Some(row.id);
        }
    }
    // It said so again after that was closed.
    let again = |id: &PrincipalId| settled.get(id).is_none_or(|closed| said[id].received > *closed);
    fresh.retain(again);
    let first = fresh.iter().map(|id| said[id].first).min();
    let published = event.in_force().filter_map(|a| a.published.as_ref()?.time);
    let malicious = event.in_force().find(|advisory| advisory.malicious);
    let record = malicious.or_else(|| event.in_force().next());
    Ok(Due {
        record: record.map_or_else(|| event.id().to_owned(), |advisory| advisory.id.clone()),
        since: published.chain(first).min().unwrap_or(Timestamp::from_micros(0)),
        open,
        fresh,
        settled: settled.into_keys().collect(),
        unknown_too: false,
    })
}
