//! What the ledgers say that the rows must be from which a report is made. A row that was edited, put back as it was before or taken away
//! makes no report.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use cofferdam_custody::{Gate, Integrity, credential_row_hash};
use cofferdam_inventory::Sha256;
use cofferdam_inventory::advisory::{Advisory as Record, Event, group};
use cofferdam_model::engagement::HolderCommitment;
use cofferdam_model::entry::hex32;
use cofferdam_model::{
    Authority, Claim, Compartment, CredentialId, Fact, IncidentId, IncidentSubject, InventoryId, PrincipalId,
    Timestamp, Window,
};
use cofferdam_store::incident::{self, IncidentRow, SubjectRow};
use cofferdam_store::inventory::{self, InventoryRow};
use cofferdam_store::{Reader, advisory, credential, engagement};

use crate::IncidentError;
use crate::advisories::events;
use crate::report::Advisory;

/// What stands in the installation's ledger of one incident, and of whatever may bear on it.
#[derive(Default)]
pub(super) struct Recorded {
    incident: Option<IncidentId>,
    opened: bool,
    subjects: BTreeMap<IncidentSubject, Option<Timestamp>>,
    claims: Vec<([u8; 32], Window)>,
    advisories: HashSet<[u8; 32]>,
    /// Which record came in place of which since it was opened.
    replaced: Vec<([u8; 32], [u8; 32])>,
    kept: HashMap<PrincipalId, BTreeMap<InventoryId, [u8; 32]>>,
    issued: HashMap<CredentialId, (u64, [u8; 32])>,
}

fn wrong(what: impl Into<String>, problem: &str) -> IncidentError {
    Integrity::of(what, problem).into()
}

const MISSING: &str = "it is missing";
const ANOTHER: &str = "the ledger recorded another, or none";

impl Recorded {
    /// Reads it, and holds against it whose credentials there are.
    pub(super) fn read(
        reader: &mut Reader<'_>,
        gate: &Gate,
        incident: IncidentId,
    ) -> Result<Self, IncidentError> {
        let mut recorded = Self {
            incident: Some(incident),
            ..Self::default()
        };
        gate.scan_within(reader, Compartment::Installation, &mut |entry| {
            recorded.take(entry.n, &entry.fact);
        })?;
        recorded.credentials(reader)?;
        Ok(recorded)
    }

    fn take(&mut self, n: u64, fact: &Fact) {
        match *fact {
            Fact::CredentialIssued { credential, row } => {
                self.issued.insert(credential, (n, row));
            }
            Fact::AdvisoryTaken { sha256, replaces } => {
                self.advisories.insert(sha256);
                if let Some(older) = replaces {
                    self.advisories.remove(&older);
                    self.replaced.push((older, sha256));
                }
            }
            Fact::InventoryKept {
                component,
                inventory,
                sha256,
            } => {
                self.kept.entry(component).or_default().insert(inventory, sha256);
            }
            Fact::IncidentOpened { incident, .. } if self.incident == Some(incident) => {
                self.opened = true;
                self.replaced.clear();
            }
            Fact::IncidentSubjectAdded { incident, subject } if self.incident == Some(incident) => {
                self.subjects.insert(subject, None);
            }
            Fact::HostRebuilt {
                incident,
                component,
                at,
            } if self.incident == Some(incident) => {
                let subject = IncidentSubject::Component(component);
                self.subjects
                    .entry(subject)
                    .and_modify(|rebuilt| *rebuilt = Some(at));
            }
            Fact::ClaimTaken {
                incident,
                source,
                window,
            } if self.incident == Some(incident) => self.claims.push((source, window)),
            _ => {}
        }
    }

    /// Every one: which principal's one was that is missing, or names another now, cannot be told.
    fn credentials(&mut self, reader: &mut Reader<'_>) -> Result<(), IncidentError> {
        let mut issued = std::mem::take(&mut self.issued);
        for row in credential::all(reader)? {
            if issued.remove(&row.id) != Some((row.n, credential_row_hash(&row))) {
                return Err(wrong(format!("the row of credential {}", row.id), ANOTHER));
            }
        }
        match issued.into_keys().next() {
            Some(id) => Err(wrong(format!("the row of credential {id}"), MISSING)),
            None => Ok(()),
        }
    }

    /// The incident, as it was opened.
    pub(super) fn incident(
        &self,
        reader: &mut Reader<'_>,
        gate: &Gate,
    ) -> Result<IncidentRow, IncidentError> {
        let id = self.incident.filter(|_| self.opened);
        let id = id.ok_or_else(|| wrong("the row of an incident's lab", ANOTHER))?;
        let missing = || wrong(format!("the row of incident {id}"), MISSING);
        let row = incident::get(reader, id)?.ok_or_else(missing)?;
        gate.secrets().check(&row)?;
        Ok(row)
    }

    /// What sources say of when it was.
    pub(super) fn claims(
        &self,
        reader: &mut Reader<'_>,
        gate: &Gate,
        opened: &IncidentRow,
    ) -> Result<Vec<Claim>, IncidentError> {
        let rows = incident::claims_of(reader, opened.id)?;
        let mut told = self.claims.iter().zip(1..);
        let mut claims = Vec::new();
        for row in rows {
            gate.secrets().check_seal(&row)?;
            let is = (Sha256::of(row.source.as_bytes()).0, row.window);
            if told.next() != Some((&is, row.n)) {
                let what = format!("the row of incident claim {} of {}", row.n, opened.id);
                return Err(wrong(what, ANOTHER));
            }
            claims.push(row.claim());
        }
        match told.next() {
            Some((_, n)) => Err(wrong(
                format!("the row of incident claim {n} of {}", opened.id),
                MISSING,
            )),
            None => Ok(claims),
        }
    }

    /// Whom or what it is about.
    pub(super) fn subjects(
        &self,
        reader: &mut Reader<'_>,
        gate: &Gate,
        opened: &IncidentRow,
    ) -> Result<Vec<SubjectRow>, IncidentError> {
        let rows = incident::subjects_of(reader, opened.id)?;
        let named =
            |subject: &IncidentSubject| format!("the row of incident subject {subject} of {}", opened.id);
        for row in &rows {
            gate.secrets().check_seal(row)?;
            if self.subjects.get(&row.subject) != Some(&row.rebuilt) {
                return Err(wrong(named(&row.subject), ANOTHER));
            }
        }
        let is_there = |subject: &IncidentSubject| rows.iter().any(|row| row.subject == *subject);
        match self.subjects.keys().find(|subject| !is_there(subject)) {
            Some(lost) => Err(wrong(named(lost), MISSING)),
            None => Ok(rows),
        }
    }

    /// What it is judged by, if it was opened from an event: every document that it was opened on, all that came in place of them since,
    /// and the events that these belong to now. What one of them said does not become unsaid by another.
    pub(super) fn events(
        &self,
        reader: &mut Reader<'_>,
        gate: &Gate,
        opened: &IncidentRow,
    ) -> Result<(Vec<Event>, Vec<Advisory>), IncidentError> {
        if opened.record.is_none() {
            return Ok((Vec::new(), Vec::new()));
        }
        let mut present = self.present(reader)?;
        let (mut judged, mut stated, mut ids) = (Vec::new(), BTreeSet::new(), BTreeSet::new());
        for sha256 in self.since_opened(opened) {
            let document = match present.by_hash.remove(&sha256) {
                Some(document) => document,
                None => replaced(reader, &sha256)?,
            };
            let record = read(&document, &sha256)?;
            ids.insert(record.id.clone());
            stated.insert((record.id.clone(), sha256));
            if !record.is_withdrawn() {
                judged.extend(group(vec![record]));
            }
        }
        // Records are grouped by each other, so all of them have to be there.
        for (event, _) in events(reader, gate.secrets())? {
            let members = event.members().iter().map(|member| &member.advisory.id);
            if !members.clone().any(|id| ids.contains(id)) {
                continue;
            }
            for id in members {
                let sha256 = present.by_id.get(id).copied();
                let sha256 = sha256.ok_or_else(|| wrong(format!("the advisory {id}"), MISSING))?;
                stated.insert((id.clone(), sha256));
            }
            judged.extend(Some(event).filter(|event| event.in_force().next().is_some()));
        }
        let stated = stated.into_iter().map(|(id, sha256)| Advisory { id, sha256 });
        Ok((judged, stated.collect()))
    }

    /// The records that are known now.
    fn present(&self, reader: &mut Reader<'_>) -> Result<Present, IncidentError> {
        let mut present = Present::default();
        for row in advisory::all(reader)? {
            if !self.advisories.contains(&row.sha256) {
                return Err(wrong(format!("the advisory {}", row.id), ANOTHER));
            }
            present.by_id.insert(row.id, row.sha256);
            present.by_hash.insert(row.sha256, row.document);
        }
        match present.by_id.len() == self.advisories.len() {
            true => Ok(present),
            false => Err(wrong("the row of an advisory", MISSING)),
        }
    }

    /// The documents that an incident was opened on, and all that came in place of them since.
    fn since_opened(&self, opened: &IncidentRow) -> BTreeSet<[u8; 32]> {
        let mut followed: BTreeSet<[u8; 32]> = opened.records.iter().copied().collect();
        for (older, newer) in &self.replaced {
            if followed.contains(older) {
                followed.insert(*newer);
            }
        }
        followed
    }

    /// What a component said. One that is missing may be the one that tells of a root which the others leave out.
    pub(super) fn inventories(
        &self,
        reader: &mut Reader<'_>,
        component: PrincipalId,
    ) -> Result<Vec<InventoryRow>, IncidentError> {
        let rows = inventory::of_component(reader, component)?;
        let none = BTreeMap::new();
        let kept = self.kept.get(&component).unwrap_or(&none);
        let named = |id: &InventoryId| format!("the row of inventory {id}");
        if let Some(row) = rows.iter().find(|row| kept.get(&row.id) != Some(&row.sha256)) {
            return Err(wrong(named(&row.id), ANOTHER));
        }
        match kept.keys().find(|id| rows.iter().all(|row| row.id != **id)) {
            Some(lost) => Err(wrong(named(lost), MISSING)),
            None => Ok(rows),
        }
    }
}

/// Records that are known now.
#[derive(Default)]
struct Present {
    by_id: HashMap<String, [u8; 32]>,
    by_hash: HashMap<[u8; 32], String>,
}

/// How a document is named that has no id to be known by.
fn named(sha256: &[u8; 32]) -> String {
    format!(
        "the document of the advisory with the hash {}",
        hex32::encode(sha256)
    )
}

/// A document that another came in place of.
fn replaced(reader: &mut Reader<'_>, sha256: &[u8; 32]) -> Result<String, IncidentError> {
    let document = advisory::replaced(reader, sha256)?;
    document.ok_or_else(|| wrong(named(sha256), MISSING))
}

/// What a document says, if it is the one that was taken.
fn read(document: &str, sha256: &[u8; 32]) -> Result<Record, IncidentError> {
    if Sha256::of(document.as_bytes()).0 != *sha256 {
        return Err(wrong(named(sha256), "it is not the one that was taken"));
    }
    let record = Record::parse(document, "/");
    record.map_err(|error| wrong(named(sha256), &error.to_string()))
}

/// Lets nothing pass but holder rows that open every commitment of a lab's ledger.
pub(super) fn check_holders(reader: &mut Reader<'_>, authority: &Authority) -> Result<(), IncidentError> {
    let rows = engagement::all(reader)?;
    let rows: HashMap<_, _> = rows.iter().map(|row| (row.engagement, row)).collect();
    for granted in authority.engagements() {
        let named = format!("the holder row of {}", granted.id);
        let row = rows.get(&granted.id).ok_or_else(|| wrong(&*named, MISSING))?;
        let holder = HolderCommitment::new(&row.salt, row.principal);
        if (row.lab, holder) != (granted.lab, granted.holder) {
            return Err(wrong(named, "it names another holder than the ledger"));
        }
    }
    Ok(())
}
