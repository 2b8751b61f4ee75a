//! The exposure report of an incident for one lab: what the firm states is gathered from the rows, everything else follows
//! from the lab's own ledger.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use cofferdam_custody::{GateError, Integrity};
use cofferdam_inventory::advisory::Event;
use cofferdam_inventory::{Finding, Inventory, Rules, finding};
use cofferdam_ledger::checkpoint::Checkpoint;
use cofferdam_model::engagement::{HolderCommitment, credential_tag, inventory_commitment};
use cofferdam_model::{
    self as model, Authority, Claim, Compartment, CredentialTag, EngagementId, Fact, IncidentId,
    IncidentSubject, LabId, ObjectSet, PrincipalId, Pseudonym, Timestamp, Window,
};
use cofferdam_store::credential::CredentialRow;
use cofferdam_store::incident::{self, SubjectRow};
use cofferdam_store::{Reader, advisory, credential, engagement, inventory};

use crate::advisories::events;
use crate::components::read_back;
use crate::report::{self, Advisory, Case, Credential, Scan, Subject};
use crate::{Containment, IncidentError};

/// The longest time between two scans from which what was so between them is inferred, in microseconds: two days.
const LONGEST_SILENCE: i64 = 2 * 86_400_000_000;

/// What a lab's ledger holds, as far as a report needs it.
struct Ledger {
    compartment: Compartment,
    checkpoint: String,
    entries: Vec<model::Entry>,
    lists: HashMap<[u8; 32], Vec<u8>>,
    authority: std::sync::Arc<Authority>,
    installation: std::sync::Arc<Authority>,
}

impl Containment {
    /// The signed exposure report of an incident that concerns a lab, by the lab's own id for it, as a file. For its stewards, and
    /// for operators.
    pub async fn exposure_report(
        &self,
        lab: LabId,
        own: IncidentId,
        chosen: Option<Window>,
    ) -> Result<Vec<u8>, IncidentError> {
        let ledger = self.ledger(lab).await?;
        let made_at = self.gate.env().now();
        let gate = self.gate.clone();
        let read = move |reader: &mut Reader<'_>| {
            let case = case(reader, &gate, &ledger, (lab, own), chosen)?;
            Ok::<_, IncidentError>((case, ledger))
        };
        let (case, ledger) = self.gate.store().read(read).await?;
        let key = self.gate.secrets().ledger_key(ledger.compartment);
        let key = key.map_err(failed)?;
        let make = move || {
            let signed = (ledger.checkpoint.as_bytes(), key.verifying_key());
            let entries = ledger.entries.into_iter().map(Ok::<_, std::convert::Infallible>);
            let lists = |set: &ObjectSet| ledger.lists.get(&set.sha256).cloned();
            let report = report::make(&case, made_at, signed, entries, lists)?;
            Ok::<_, report::ReportError>(report::sign(report, &key)?.to_bytes()?)
        };
        let made = tokio::task::spawn_blocking(make).await.map_err(failed)?;
        made.map_err(failed)
    }

    async fn ledger(&self, lab: LabId) -> Result<Ledger, IncidentError> {
        let compartment = Compartment::Lab(lab);
        let open = |compartment| match self.gate.authority(compartment) {
            Ok(Some(authority)) => Ok(authority),
            Ok(None) => Err(IncidentError::NotFound("lab")),
            Err(found) => Err(found.into()),
        };
        let (authority, installation) = (open(compartment)?, open(Compartment::Installation)?);
        let checkpoint = self.gate.checkpoint(compartment).await?;
        let unsigned = || Integrity::of(format!("the ledger of {lab}"), "it has no signed tree head");
        let checkpoint = checkpoint.ok_or_else(unsigned)?;
        let key = self.gate.secrets().ledger_key(compartment).map_err(failed)?;
        let signed = Checkpoint::open(checkpoint.as_bytes(), key.verifying_key(), &[]).map_err(failed)?;
        let size = signed.checkpoint.size();
        let ever = (Timestamp::from_micros(i64::MIN), Timestamp::from_micros(i64::MAX));
        let take = move |all: &mut Vec<model::Entry>, entry: &model::Entry| {
            if entry.n < size {
                all.push(entry.clone());
            }
        };
        let entries = self
            .gate
            .scan(compartment, ever.0, ever.1, Vec::new(), take)
            .await;
        let entries = entries.map_err(unreleased)?;
        let mut lists = HashMap::new();
        for set in entries.iter().filter_map(|entry| report::named(&entry.fact)) {
            // One that is missing is named by what needs it.
            if let Some(list) = self.gate.object_list(compartment, set.sha256).await? {
                lists.insert(set.sha256, list);
            }
        }
        Ok(Ledger {
            compartment,
            checkpoint,
            entries,
            lists,
            authority,
            installation,
        })
    }
}

fn failed(error: impl std::fmt::Display) -> IncidentError {
    IncidentError::Failed(error.to_string())
}

fn unreleased(error: GateError<std::convert::Infallible>) -> IncidentError {
    IncidentError::Gate(error)
}

/// What the firm states of an incident to a lab.
fn case(
    reader: &mut Reader<'_>,
    gate: &cofferdam_custody::Gate,
    ledger: &Ledger,
    (lab, own): (LabId, IncidentId),
    chosen: Option<Window>,
) -> Result<Case, IncidentError> {
    let secrets = gate.secrets();
    let concerned = incident::own(reader, lab, own)?.ok_or(IncidentError::NotFound("incident"))?;
    secrets.check_seal(&concerned)?;
    let opened = incident::get(reader, concerned.incident)?;
    let opened = opened.ok_or(IncidentError::NotFound("incident"))?;
    secrets.check(&opened)?;
    let event = match &opened.record {
        Some(record) => of_record(events(reader, secrets)?, record),
        None => None,
    };
    let mut availability = Vec::new();
    for row in incident::claims_of(reader, opened.id)? {
        secrets.check_seal(&row)?;
        availability.push(Claim {
            source: row.source,
            window: row.window,
        });
    }
    let mut subjects = Vec::new();
    for row in incident::subjects_of(reader, opened.id)? {
        secrets.check_seal(&row)?;
        subjects.extend(subject(reader, gate, ledger, lab, &row, event.as_ref())?);
    }
    Ok(Case {
        incident: own,
        advisories: advisories(reader, event.as_ref())?,
        availability,
        chosen,
        subjects,
    })
}

/// The event that a record belongs to.
fn of_record(events: Vec<(Event, Timestamp)>, record: &str) -> Option<Event> {
    let mut events = events.into_iter().map(|(event, _)| event);
    events.find(|event| event.members().iter().any(|member| member.advisory.id == record))
}

fn advisories(reader: &mut Reader<'_>, event: Option<&Event>) -> Result<Vec<Advisory>, IncidentError> {
    let mut named = Vec::new();
    for member in event.into_iter().flat_map(Event::members) {
        let id = member.advisory.id.clone();
        if let Some(sha256) = advisory::known(reader, &id)? {
            named.push(Advisory { id, sha256 });
        }
    }
    Ok(named)
}

/// Where somebody is engaged in one lab: the pseudonym there, and the salt of each engagement.
struct Presence {
    pseudonym: Pseudonym,
    salts: BTreeMap<EngagementId, [u8; 32]>,
}

fn presence(
    reader: &mut Reader<'_>,
    ledger: &Ledger,
    lab: LabId,
    principal: PrincipalId,
) -> Result<Option<Presence>, IncidentError> {
    let mut found: Option<Presence> = None;
    for row in engagement::of_principal(reader, principal)? {
        let granted = ledger
            .authority
            .engagement(row.engagement)
            .filter(|_| row.lab == lab);
        let Some(granted) = granted else { continue };
        if granted.holder != HolderCommitment::new(&row.salt, principal) {
            let what = format!("the holder row of {}", row.engagement);
            return Err(Integrity::of(what, "it names another holder than the ledger").into());
        }
        let here = found.get_or_insert_with(|| Presence {
            pseudonym: granted.pseudonym,
            salts: BTreeMap::new(),
        });
        here.salts.insert(row.engagement, row.salt);
    }
    Ok(found)
}

/// A subject as it appears in a lab; none, where it never was engaged there.
fn subject(
    reader: &mut Reader<'_>,
    gate: &cofferdam_custody::Gate,
    ledger: &Ledger,
    lab: LabId,
    row: &SubjectRow,
    event: Option<&Event>,
) -> Result<Option<Subject>, IncidentError> {
    let (principal, only) = match row.subject {
        IncidentSubject::Component(id) | IncidentSubject::Person(id) => (id, None),
        IncidentSubject::Credential(id) => {
            let found = credential::get(reader, id)?.ok_or(IncidentError::NotFound("credential"))?;
            (found.principal, Some(found))
        }
        IncidentSubject::Platform => {
            let text = "no report can be made yet of the platform itself: what it did not record is unknown";
            return Err(IncidentError::Conflict(text.into()));
        }
    };
    let Some(here) = presence(reader, ledger, lab, principal)? else {
        return Ok(None);
    };
    let pseudonym = here.pseudonym;
    Ok(match (&row.subject, only) {
        (IncidentSubject::Credential(_), Some(only)) => {
            let tags = tags(&here, &only);
            (!tags.is_empty()).then_some(Subject::Credential { pseudonym, tags })
        }
        (IncidentSubject::Component(component), _) => {
            let all = credentials(reader, gate, ledger, &here, *component)?;
            let (credentials, others): (Vec<_>, Vec<_>) = all.into_iter().partition(|c| !c.tags.is_empty());
            let last = |last: Timestamp, other: &Credential| Some(last.max(other.revoked?));
            let floor = row.rebuilt.unwrap_or_else(|| gate.env().now());
            Some(Subject::Component {
                pseudonym,
                scans: scans(reader, gate, ledger, &here, *component, event)?,
                longest_silence: LONGEST_SILENCE,
                credentials,
                others_revoked: others.iter().try_fold(floor, last),
                rebuilt: row.rebuilt,
            })
        }
        _ => Some(Subject::Person { pseudonym }),
    })
}

/// How a credential appears in a lab: one tag for each engagement there that it is good for.
fn tags(here: &Presence, row: &CredentialRow) -> Vec<CredentialTag> {
    let good = |engagement: &EngagementId| row.bound_to.is_none_or(|only| only == *engagement);
    let salts = here.salts.iter().filter(|(engagement, _)| good(engagement));
    salts.map(|(_, salt)| credential_tag(salt, row.id)).collect()
}

/// Every credential of a component. One that expired proves nothing since.
fn credentials(
    reader: &mut Reader<'_>,
    gate: &cofferdam_custody::Gate,
    ledger: &Ledger,
    here: &Presence,
    component: PrincipalId,
) -> Result<Vec<Credential>, IncidentError> {
    let now = gate.env().now();
    let ended = |row: &CredentialRow| {
        let expired = Some(row.expires).filter(|expires| *expires <= now);
        ledger
            .installation
            .revoked(row.id)
            .into_iter()
            .chain(expired)
            .min()
    };
    let all = credential::of_principal(reader, component)?;
    Ok(all
        .iter()
        .map(|row| Credential {
            tags: tags(here, row),
            revoked: ended(row),
        })
        .collect())
}

/// What each scan that this lab's ledger has of a component says of the event. Where there is no event, nothing.
fn scans(
    reader: &mut Reader<'_>,
    gate: &cofferdam_custody::Gate,
    ledger: &Ledger,
    here: &Presence,
    component: PrincipalId,
    event: Option<&Event>,
) -> Result<Vec<Scan>, IncidentError> {
    let mut kept: HashMap<[u8; 32], Inventory> = HashMap::new();
    let mut roots = BTreeSet::new();
    for row in inventory::of_component(reader, component)? {
        if let Entry::Vacant(new) = kept.entry(row.sha256) {
            let found = new.insert(read_back(reader, gate.secrets(), &row)?);
            roots.extend(found.roots.iter().map(|root| root.name.clone()));
        }
    }
    let rules = Rules {
        longest_silence: LONGEST_SILENCE,
        roots,
    };
    let findings: HashMap<[u8; 32], Finding> = kept
        .iter()
        .map(|(sha256, found)| {
            (
                *sha256,
                event.map_or(Finding::Blind, |event| finding(found, event, &rules)),
            )
        })
        .collect();
    let mut scans = Vec::new();
    for entry in &ledger.entries {
        let Fact::InventoryReported {
            engagement, document, ..
        } = &entry.fact
        else {
            continue;
        };
        let Some(salt) = here.salts.get(engagement) else {
            continue;
        };
        let is = |(sha256, _): &(&[u8; 32], &Finding)| inventory_commitment(salt, sha256) == *document;
        let found = findings.iter().find(is).map(|(_, finding)| *finding);
        let missing = || Integrity::of(format!("the inventory of entry {}", entry.n), "it is missing");
        scans.push(Scan {
            entry: entry.n,
            finding: found.ok_or_else(missing)?,
        });
    }
    Ok(scans)
}
