//! What components say that they run.

use std::collections::BTreeMap;

use cofferdam_custody::{Again, Caller, Command, Done, GateError, Integrity, Scope, Secrets};
use cofferdam_inventory::{Inventory, Sha256};
use cofferdam_model::engagement::inventory_commitment;
use cofferdam_model::{Act, Compartment, EngagementId, Fact, InventoryId, PrincipalId, Timestamp};
use cofferdam_store::inventory::{self, InventoryRow};
use cofferdam_store::principal::{self, PrincipalKind, PrincipalRow};
use cofferdam_store::{Reader, StoreError};
use serde::{Deserialize, Serialize};

use crate::{Containment, IncidentError, Upon};

/// How far a component's clock may be ahead of ours, in microseconds. What is scanned later than that was not scanned then.
const MOST_AHEAD_MICROS: i64 = 300_000_000;
/// How old a scan may be when it comes in, in microseconds: an hour. What a component ran before is for the scans of then to say, and is
/// not to be filled in once there is a reason to.
const MOST_OLD_MICROS: i64 = 3_600_000_000;

/// What was taken of what a component said.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Said {
    /// The inventory's id.
    pub inventory: InventoryId,
    /// SHA-256 of its document, without the time of its scan.
    pub sha256: [u8; 32],
    /// Packages in it.
    pub packages: u64,
    /// Files that run whenever an interpreter starts.
    pub startup: u64,
    /// What could not be read.
    pub gaps: u64,
}

/// A component, and the last that it said.
#[derive(Debug, Clone)]
pub struct ComponentView {
    /// Who.
    pub principal: PrincipalRow,
    /// How often it said what it runs.
    pub inventories: u64,
    /// The last time; none: never, so that what it runs is unknown.
    pub last: Option<InventoryRow>,
}

struct Report {
    document: String,
    sha256: [u8; 32],
    scanned: Timestamp,
    packages: u64,
    startup: u64,
    gaps: u64,
}

impl Report {
    fn read(text: &str) -> Result<Self, IncidentError> {
        let whole = |e: &dyn std::fmt::Display| IncidentError::invalid("", e.to_string());
        let mut found = Inventory::from_json(text).map_err(|e| whole(&e))?;
        let none = "an inventory says when it was scanned; make it with `cofferdam component scan`";
        let scanned = found
            .scanned_at
            .take()
            .ok_or_else(|| IncidentError::invalid("/scanned_at_micros", none))?;
        let document = found.to_json();
        Ok(Self {
            sha256: Sha256::of(document.as_bytes()).0,
            document,
            scanned,
            packages: found.packages.len() as u64,
            startup: found.startup.len() as u64,
            gaps: found.gaps.len() as u64,
        })
    }

    /// Whether its scan can have been when it says.
    fn timely(&self, now: Timestamp) -> Result<(), IncidentError> {
        let reason = match self.scanned.micros_since(now) {
            ahead if ahead > MOST_AHEAD_MICROS => "is later than now; set the clock of that machine",
            behind if behind < -MOST_OLD_MICROS => "is more than an hour ago; scan again",
            _ => return Ok(()),
        };
        let told = format!("the time of the scan, {}, {reason}", self.scanned.rfc3339());
        Err(IncidentError::invalid("/scanned_at_micros", told))
    }

    fn fact(&self, engagement: EngagementId, salt: &[u8; 32]) -> Fact {
        Fact::InventoryReported {
            engagement,
            document: inventory_commitment(salt, &self.sha256),
            packages: self.packages,
            gaps: self.gaps,
            scanned: self.scanned,
        }
    }
}

impl Command for Report {
    type Output = Said;
    type Error = IncidentError;
    const AGAIN: Option<Again<Self::Output>> = Some(Again::json("report"));

    fn act(&self) -> Act {
        Act::ReportInventory
    }

    fn run(self, scope: &mut Scope<'_, '_>) -> Result<Done<Said>, GateError<IncidentError>> {
        self.timely(scope.now)?;
        let who = principal::get(scope.tx.reader(), scope.principal)?;
        let who = who.ok_or(IncidentError::NotFound("component"))?;
        scope.secrets.check(&who)?;
        if who.kind != PrincipalKind::Component {
            let text = format!("{} is no component: only software says what it runs", who.name);
            return Err(IncidentError::Conflict(text).into());
        }
        let row = scope.secrets.bound(InventoryRow {
            id: scope.env.new_id()?,
            component: who.id,
            sha256: self.sha256,
            scanned: self.scanned,
            received: scope.now,
        });
        inventory::insert(scope.tx, &row, &self.document)?;
        let kept = Fact::InventoryKept {
            component: who.id,
            inventory: row.id,
            sha256: self.sha256,
        };
        // A closed ledger of another lab keeps no component from saying what it runs; that lab's report will have a gap.
        if !scope.record_elsewhere(Compartment::Installation, kept) {
            return Err(IncidentError::Conflict("the installation's ledger is closed".into()).into());
        }
        for other in scope.engaged_elsewhere()? {
            let fact = self.fact(other.engagement, &other.salt);
            let _ = scope.record_elsewhere(Compartment::Lab(other.lab), fact);
        }
        let salt = scope.salt()?;
        let said = Said {
            inventory: row.id,
            sha256: self.sha256,
            packages: self.packages,
            startup: self.startup,
            gaps: self.gaps,
        };
        let own = self.fact(scope.engagement.id, &salt);
        Ok(Done::one(said, own))
    }
}

impl Containment {
    /// Takes what a component says that it runs. Also while halted. Where a record is about it, an incident is opened before
    /// this is answered; the component is not told.
    pub async fn report(
        &self,
        caller: &Caller,
        engagement: EngagementId,
        document: String,
    ) -> Result<Said, IncidentError> {
        // It may have thousands of packages: nobody else's request waits for it.
        let read = tokio::task::spawn_blocking(move || Report::read(&document)).await;
        let report = read.map_err(|error| IncidentError::Failed(error.to_string()))??;
        let said = self.gate.transact(caller, engagement, report).await?.output;
        self.acted_upon(Upon::Inventory(said.inventory)).await;
        Ok(said)
    }

    /// Every component, by name. For operators.
    pub async fn components(&self) -> Result<Vec<ComponentView>, IncidentError> {
        let read = |reader: &mut Reader<'_>| {
            let mut said: BTreeMap<PrincipalId, (u64, InventoryRow)> = BTreeMap::new();
            for row in inventory::all(reader)? {
                let (count, last) = said.entry(row.component).or_insert((0, row));
                *count += 1;
                if (row.received, row.id) > (last.received, last.id) {
                    *last = row;
                }
            }
            let view = |principal: PrincipalRow| {
                let found = said.get(&principal.id);
                ComponentView {
                    inventories: found.map_or(0, |(count, _)| *count),
                    last: found.map(|(_, last)| *last),
                    principal,
                }
            };
            Ok::<_, StoreError>(enrolled(reader)?.into_iter().map(view).collect())
        };
        Ok(self.gate.store().read(read).await?)
    }

    /// What a component said, in the order in which it came in. For operators.
    pub async fn inventories(&self, component: PrincipalId) -> Result<Vec<InventoryRow>, IncidentError> {
        let read = move |reader: &mut Reader<'_>| {
            let found = principal::get(reader, component)?;
            match found.is_some_and(|row| row.kind == PrincipalKind::Component) {
                true => Ok(inventory::of_component(reader, component)?),
                false => Err(IncidentError::NotFound("component")),
            }
        };
        self.gate.store().read(read).await
    }

    /// One inventory, as it was said. For operators.
    pub async fn inventory(&self, id: InventoryId) -> Result<Inventory, IncidentError> {
        let gate = self.gate.clone();
        let read = move |reader: &mut Reader<'_>| {
            let row = inventory::get(reader, id)?.ok_or(IncidentError::NotFound("inventory"))?;
            read_back(reader, gate.secrets(), &row)
        };
        self.gate.store().read(read).await
    }
}

/// Every component, by name.
pub(crate) fn enrolled(reader: &mut Reader<'_>) -> Result<Vec<PrincipalRow>, StoreError> {
    let mut all = principal::all(reader)?;
    all.retain(|row| row.kind == PrincipalKind::Component);
    all.sort_by(|a, b| (&a.name, a.id).cmp(&(&b.name, b.id)));
    Ok(all)
}

/// The document of a row, believing neither.
pub(crate) fn read_back(
    reader: &mut Reader<'_>,
    secrets: &Secrets,
    row: &InventoryRow,
) -> Result<Inventory, IncidentError> {
    secrets.check(row)?;
    let wrong = |problem: &str| {
        let what = format!("the document of inventory {}", row.id);
        IncidentError::from(Integrity::of(what, problem))
    };
    let document = inventory::document(reader, &row.sha256)?;
    let document = document.ok_or_else(|| wrong("it is missing"))?;
    if Sha256::of(document.as_bytes()).0 != row.sha256 {
        return Err(wrong("it is not the one that was sent"));
    }
    let found = Inventory::from_json(&document).map_err(|e| wrong(&e.to_string()))?;
    Ok(Inventory {
        scanned_at: Some(row.scanned),
        ..found
    })
}
