//! Advisories, and which components they concern.

use std::collections::{BTreeSet, HashMap};

use cofferdam_custody::{AdminCommand, AdminDone, AdminScope, Again, Caller, GateError, Integrity, Secrets};
use cofferdam_inventory::advisory::assess::Index;
use cofferdam_inventory::advisory::{Advisory, Event, Hit, Outcome, Subject, group};
use cofferdam_inventory::history::{Finding as Saw, Rules, of_outcome};
use cofferdam_inventory::{Inventory, Place, Sha256, Standing};
use cofferdam_model::{Compartment, Fact, Timestamp};
use cofferdam_store::Reader;
use cofferdam_store::advisory::{self, AdvisoryRow};
use cofferdam_store::inventory::{self, InventoryRow};
use cofferdam_store::principal::PrincipalRow;
use serde::{Deserialize, Serialize};

use crate::components::{enrolled, read_back};
use crate::{Containment, IncidentError, Opened, Upon};

/// How many records were taken.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taken {
    /// That were not known.
    pub new: u64,
    /// In place of an older version.
    pub replaced: u64,
    /// That were known as they are.
    pub unchanged: u64,
    /// That were not taken: a version that says it was modified later is known.
    pub older: u64,
}

/// What an event means for a component, by everything that it said.
#[derive(Debug, Clone)]
pub struct Concern {
    /// Which component.
    pub component: PrincipalRow,
    /// One for each inventory, in the order in which they came in. None at all: what it ran is unknown.
    pub findings: Vec<Finding>,
}

/// What an event means for one inventory.
#[derive(Debug, Clone)]
pub struct Finding {
    /// Which.
    pub inventory: InventoryRow,
    /// What is affected, one sentence each. Empty, where nothing is, or it is not known.
    pub affected: Vec<String>,
    /// What could not be judged or was not read, one sentence each.
    pub unknown: Vec<String>,
    /// What that comes to, by the rules of a report.
    pub saw: Saw,
}

struct Take(Vec<Record>);

struct Record {
    id: String,
    /// When it says that it was modified; none: it does not say so in a way that can be compared.
    modified: Option<Timestamp>,
    document: String,
}

/// Whether the version that is known says that it was modified later than this record.
fn is_older(scope: &mut AdminScope<'_, '_>, record: &Record) -> Result<bool, GateError<IncidentError>> {
    let known = advisory::get(scope.tx.reader(), &record.id)?;
    let Some((known, modified)) = known.zip(record.modified) else {
        return Ok(false);
    };
    scope.secrets.check_seal(&known)?;
    let known = Advisory::parse(&known.document, &known.id).ok();
    Ok(known
        .and_then(|known| known.modified.time)
        .is_some_and(|known| modified < known))
}

impl AdminCommand for Take {
    type Output = Taken;
    type Error = IncidentError;
    const AGAIN: Option<Again<Self::Output>> = Some(Again::json("take"));

    fn run(self, scope: &mut AdminScope<'_, '_>) -> Result<AdminDone<Taken>, GateError<IncidentError>> {
        let (mut taken, mut facts) = (Taken::default(), Vec::new());
        for record in self.0 {
            let hash = Sha256::of(record.document.as_bytes()).0;
            let replaces = advisory::known(scope.tx.reader(), &record.id)?;
            match replaces {
                Some(known) if known == hash => {
                    taken.unchanged += 1;
                    continue;
                }
                Some(_) if is_older(scope, &record)? => {
                    taken.older += 1;
                    continue;
                }
                Some(_) => taken.replaced += 1,
                None => taken.new += 1,
            }
            let row = scope.secrets.stamped(AdvisoryRow {
                id: record.id,
                sha256: hash,
                document: record.document,
                taken: scope.now,
                seal: [0; 32],
            });
            advisory::put(scope.tx, &row)?;
            let fact = Fact::AdvisoryTaken {
                sha256: hash,
                replaces,
            };
            facts.push((Compartment::Installation, fact));
        }
        Ok(AdminDone {
            output: taken,
            facts,
            consequences: Vec::new(),
        })
    }
}

impl Containment {
    /// Takes OSV records: all of them, or, where one does not read, none. Then come the incidents that were opened for them,
    /// or that components joined.
    pub async fn take_advisories(
        &self,
        caller: &Caller,
        documents: Vec<String>,
    ) -> Result<(Taken, Vec<Opened>), IncidentError> {
        let (mut records, mut ids) = (Vec::with_capacity(documents.len()), BTreeSet::new());
        for (at, document) in documents.into_iter().enumerate() {
            let place = format!("/records/{at}");
            let read = Advisory::parse(&document, &place);
            let read = read.map_err(|error| IncidentError::invalid(place, error.to_string()))?;
            ids.insert(read.id.clone());
            records.push(Record {
                id: read.id,
                modified: read.modified.time,
                document,
            });
        }
        let taken = self.gate.administer(caller, Take(records)).await?.0;
        Ok((taken, self.acted_upon(Upon::Records(ids)).await))
    }

    /// What is known, by event, and when the last of its records was taken. For operators.
    pub async fn events(&self) -> Result<Vec<(Event, Timestamp)>, IncidentError> {
        let gate = self.gate.clone();
        let read = move |reader: &mut Reader<'_>| events(reader, gate.secrets());
        self.gate.store().read(read).await
    }

    /// What an event means for every component, by everything that each said. For operators.
    pub async fn concerns(&self, event: Event) -> Result<Vec<Concern>, IncidentError> {
        let gate = self.gate.clone();
        let read = move |reader: &mut Reader<'_>| {
            let mut concerns = Vec::new();
            for component in enrolled(reader)? {
                let findings = findings(reader, gate.secrets(), &component, &event)?;
                concerns.push(Concern { component, findings });
            }
            Ok(concerns)
        };
        self.gate.store().read(read).await
    }
}

pub(crate) fn events(
    reader: &mut Reader<'_>,
    secrets: &Secrets,
) -> Result<Vec<(Event, Timestamp)>, IncidentError> {
    let (mut records, mut taken) = (Vec::new(), HashMap::new());
    for row in advisory::all(reader)? {
        secrets.check_seal(&row)?;
        let wrong = |problem: String| Integrity::of(format!("the advisory {}", row.id), problem);
        if Sha256::of(row.document.as_bytes()).0 != row.sha256 {
            return Err(wrong("it is not the one that was taken".into()).into());
        }
        records.push(Advisory::parse(&row.document, &row.id).map_err(|e| wrong(e.to_string()))?);
        taken.insert(row.id, row.taken);
    }
    let newest = |event: &Event| {
        let members = event.members().iter();
        let known = members.filter_map(|member| taken.get(&member.advisory.id).copied());
        known.max().unwrap_or(Timestamp::from_micros(0))
    };
    let dated = |event| (newest(&event), event);
    let events = group(records).into_iter().map(dated);
    Ok(events.map(|(taken, event)| (event, taken)).collect())
}

/// What an event means for everything that a component said. What it said twice is judged once.
fn findings(
    reader: &mut Reader<'_>,
    secrets: &Secrets,
    component: &PrincipalRow,
    event: &Event,
) -> Result<Vec<Finding>, IncidentError> {
    let mut judged: HashMap<[u8; 32], Finding> = HashMap::new();
    let mut findings = Vec::new();
    let (mut rules, mut roots) = (Rules::default(), HashMap::new());
    for row in inventory::of_component(reader, component.id)? {
        let finding = match judged.get(&row.sha256) {
            Some(same) => {
                secrets.check(&row)?;
                Finding {
                    inventory: row,
                    ..same.clone()
                }
            }
            None => {
                let found = read_back(reader, secrets, &row)?;
                let scanned: BTreeSet<String> = found.roots.iter().map(|root| root.name.clone()).collect();
                rules.roots.extend(scanned.iter().cloned());
                roots.insert(row.sha256, scanned);
                let outcome = Index::new(&found).assess(event).outcome;
                Finding::of(row, &found, &outcome)
            }
        };
        judged.entry(row.sha256).or_insert_with(|| finding.clone());
        findings.push(finding);
    }
    for finding in &mut findings {
        if let Some(scanned) = roots.get(&finding.inventory.sha256) {
            finding.saw = rules.of_roots(finding.saw, scanned);
        }
    }
    Ok(findings)
}

impl Finding {
    fn of(inventory: InventoryRow, found: &Inventory, outcome: &Outcome<'_>) -> Self {
        let (hits, doubts, gaps) = match outcome {
            Outcome::Affected { hits, doubts, gaps } => (&hits[..], &doubts[..], &gaps[..]),
            Outcome::Unknown { doubts, gaps } => (&[][..], &doubts[..], &gaps[..]),
            Outcome::NotAffected { .. } | Outcome::Withdrawn => (&[][..], &[][..], &[][..]),
        };
        let doubts = doubts.iter().map(|doubted| match doubted.item {
            Some(item) => format!("{}: {}", item.package, doubted.doubt),
            None => doubted.doubt.to_string(),
        });
        Self {
            inventory,
            affected: affected(found, hits),
            unknown: doubts.chain(gaps.iter().map(ToString::to_string)).collect(),
            saw: of_outcome(outcome),
        }
    }
}

/// What is affected, where it was found, and by which records.
fn affected(found: &Inventory, hits: &[Hit<'_>]) -> Vec<String> {
    let mut subjects: Vec<(Subject<'_>, Vec<String>)> = Vec::new();
    for hit in hits {
        let record = format!("{} {}", hit.record, hit.grounds);
        match subjects.iter_mut().find(|(subject, _)| *subject == hit.subject) {
            Some((_, records)) => records.push(record),
            None => subjects.push((hit.subject, vec![record])),
        }
    }
    let told = |(subject, records): (Subject<'_>, Vec<String>)| {
        let records = records.join("; ");
        match subject {
            Subject::Package(item) => {
                let places = item.evidence.iter().map(|e| place(found, &e.place));
                let places: Vec<String> = places.collect();
                let standing = item.standing().map_or("named", standing);
                format!("{}, {standing} in {}: {records}", item.package, places.join(", "))
            }
            Subject::Startup(file) => {
                format!(
                    "{}, which runs at every start: {records}",
                    place(found, &file.place)
                )
            }
        }
    };
    subjects.into_iter().map(told).collect()
}

const fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Installed => "installed",
        Standing::Reported => "reported",
        Standing::Locked => "locked",
        Standing::Declared => "asked for",
    }
}

fn place(found: &Inventory, place: &Place) -> String {
    let root = found
        .roots
        .get(place.root as usize)
        .map_or("", |root| root.name.as_str());
    match place.path.as_str() {
        "" => root.to_owned(),
        path => format!("{}/{path}", root.trim_end_matches('/')),
    }
}
