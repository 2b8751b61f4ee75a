//! The patrol: what is stored is read again while a node runs.
//!
//! Nothing that was edited underneath is obeyed: a node goes by what it folded, and checks what it reads. But what it does
//! not ask for again it does not meet either, and whoever runs it should hear of an edit soon, not when somebody happens
//! upon it or the node is next started. So what authorises is gone over every few seconds, and all the rest bit by bit;
//! rows are held against the ledgers for a hundredth of the time, as a whole.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use cofferdam_model::{Compartment, EpochId, Id, ObjectId, Timestamp};
use cofferdam_store::{Reader, StoreError, engagement, epoch, ledger, object};

use crate::chores::Chore;
use crate::doctor::{self, Finding, holders};
use crate::gate::{Gate, Inner};
use crate::state::Fold;
use crate::watermark::Marks;
use crate::{record, vault};

/// How long to wait between two rounds, at least,
const EVERY: Duration = Duration::from_secs(5);
/// and so many times as long as the last one took,
const REST: u32 = 100;
/// but no longer than this, whatever the clock says.
const AT_MOST: Duration = Duration::from_secs(3_600);
/// How long a round may go on with what does not authorise.
const MICROS: i64 = 50_000;
/// Entries and objects read at a time.
const ENTRIES: u32 = 512;
const OBJECTS: u32 = 16;
/// Of so many entries, how many wrong ones are named: where all are, that is enough.
const NAMED: usize = 16;
/// Findings kept in mind, so as not to be told twice.
const TOLD: usize = 10_000;

/// Somebody who waits for an inspection. When they leave, as a node does that stops, it is of no more use.
#[derive(Default)]
struct Here(Arc<AtomicBool>);

impl Drop for Here {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// How far a patrol has come with what does not authorise.
#[derive(Debug, Clone, Copy, Default)]
pub struct Beat(Option<Place>);

#[derive(Debug, Clone, Copy)]
enum Place {
    Ledger(Compartment, u64),
    Objects(ObjectId, u32),
}

impl Gate {
    /// Goes over every ledger's authorising entries, every entry of today and every holder's row, which costs what
    /// starting a node costs; then goes on with all entries and objects from where `beat` is, until it has been round or
    /// it has taken long enough. What of it is not as it was written.
    pub async fn patrol(&self, beat: &mut Beat) -> Result<Vec<Finding>, StoreError> {
        let inner = Arc::clone(&self.inner);
        let kept = inner.state().kept_heads();
        let marks = inner.secrets.watermarks().read()?;
        let lost = inner.state().lost(&kept, &marks);
        let look = move |reader: &mut Reader<'_>| look(&inner, &marks, reader);
        let mut findings = self.inner.store.read(look).await?;
        findings.extend(lost);
        let begun = self.inner.env.now();
        while self.inner.env.now().as_micros() - begun.as_micros() < MICROS {
            let (inner, place) = (Arc::clone(&self.inner), beat.0);
            let step = move |reader: &mut Reader<'_>| step(&inner, reader, place);
            let (found, next) = self.inner.store.read(step).await?;
            findings.extend(found);
            *beat = Beat(next);
            if next.is_none() {
                break;
            }
        }
        Ok(findings)
    }

    /// Holds every row against what the ledgers say of it, as a check of the whole does: what of it is not as it was
    /// written, is missing, or was put there.
    pub async fn inspect(&self) -> Result<Vec<Finding>, StoreError> {
        let inner = Arc::clone(&self.inner);
        let marks = inner.secrets.watermarks().read()?;
        let here = Here::default();
        let left = Arc::clone(&here.0);
        let look = move |reader: &mut Reader<'_>| doctor::inspect(&inner, marks, reader, &left);
        Ok(self.inner.store.read(look).await?.findings)
    }

    /// Goes on patrol for ever, and inspects the rows beside it, which takes longer the more there are: neither waits for
    /// the other. The log is told of each finding once.
    pub(crate) async fn patrolling(&self) {
        tokio::join!(self.walking(), self.inspecting());
    }

    async fn inspecting(&self) {
        let mut told = HashSet::new();
        let mut wait = EVERY;
        loop {
            tokio::time::sleep(wait).await;
            let begun = self.inner.env.now();
            let inspected = self.inspect().await;
            self.told(Chore::Inspecting, &mut told, inspected);
            wait = rest(begun, self.inner.env.now());
        }
    }

    /// Tells the log what was found, or, once, that nothing was looked at.
    fn told(&self, chore: Chore, told: &mut HashSet<String>, looked: Result<Vec<Finding>, StoreError>) {
        let outcome = match looked {
            Ok(findings) => {
                tell(told, &findings);
                Ok(())
            }
            // That stands in the way of more than this, and is told there.
            Err(StoreError::Unreachable(_) | StoreError::Unknown(_) | StoreError::Stopped) => return,
            Err(error) => Err(error),
        };
        self.inner.chores.went(chore, self.inner.env.now(), outcome);
    }

    async fn walking(&self) {
        let closed = self.closed();
        let mut told: HashSet<String> = closed.iter().map(ToString::to_string).collect();
        let mut beat = Beat::default();
        loop {
            let begun = self.inner.env.now();
            let walked = self.patrol(&mut beat).await;
            self.told(Chore::Patrolling, &mut told, walked);
            tokio::time::sleep(rest(begun, self.inner.env.now())).await;
        }
    }
}

fn rest(begun: Timestamp, ended: Timestamp) -> Duration {
    let took = u64::try_from(ended.as_micros() - begun.as_micros()).unwrap_or(0);
    Duration::from_micros(took)
        .saturating_mul(REST)
        .clamp(EVERY, AT_MOST)
}

/// Logs what was not told before.
fn tell(told: &mut HashSet<String>, findings: &[Finding]) {
    if told.len() > TOLD {
        told.clear();
    }
    for found in findings {
        if told.insert(found.to_string()) {
            tracing::error!(%found, "edited underneath; it is not obeyed");
        }
    }
}

/// What authorises.
fn look(inner: &Inner, marks: &Marks, reader: &mut Reader<'_>) -> Result<Vec<Finding>, StoreError> {
    let state = Fold::load(reader, &inner.secrets, marks)?;
    let mut findings: Vec<Finding> = state.broken().collect();
    reader.leave_out_unreadable();
    let mut rows = engagement::all(reader)?;
    findings.extend(unreadable(reader));
    // Of a ledger that does not check, that much was said.
    rows.retain(|row| state.authority(Compartment::Lab(row.lab)).is_ok());
    findings.extend(holders(&rows, &state.into_authorities()).1);
    Ok(findings)
}

/// Rows that nobody here can have written.
fn unreadable(reader: &mut Reader<'_>) -> impl Iterator<Item = Finding> {
    reader.left_out().into_iter().filter_map(|error| match error {
        StoreError::Corrupt { table, problem } => Some(Finding::of(format!("the table {table}"), problem)),
        _ => None,
    })
}

/// What is wrong with the next few entries or objects, and where to go on; none: all of it was seen.
type Step = (Vec<Finding>, Option<Place>);

fn step(inner: &Inner, reader: &mut Reader<'_>, place: Option<Place>) -> Result<Step, StoreError> {
    reader.leave_out_unreadable();
    let (mut found, next) = match place {
        None => (Vec::new(), Some(ledger_after(reader, None)?)),
        Some(Place::Ledger(compartment, n)) => entries(inner, reader, compartment, n)?,
        Some(Place::Objects(id, version)) => objects(inner, reader, (id, version))?,
    };
    found.extend(unreadable(reader));
    Ok((found, next))
}

/// The beginning of the next ledger, or, after the last, of the objects.
fn ledger_after(reader: &mut Reader<'_>, before: Option<Compartment>) -> Result<Place, StoreError> {
    let mut all = ledger::compartments(reader)?.into_iter();
    let next = all.find(|next| before.is_none_or(|before| before.to_bytes() < next.to_bytes()));
    let objects = Place::Objects(ObjectId::from_bytes([0; 16]), 0);
    Ok(next.map_or(objects, |next| Place::Ledger(next, 0)))
}

fn entries(
    inner: &Inner,
    reader: &mut Reader<'_>,
    compartment: Compartment,
    from: u64,
) -> Result<Step, StoreError> {
    let rows = ledger::entries(reader, compartment, from, ENTRIES)?;
    let found = record::wrong(&inner.secrets, compartment, from, &rows).take(NAMED);
    let found = found.collect();
    let next = match rows.last() {
        Some(last) if rows.len() as u64 == u64::from(ENTRIES) => Place::Ledger(compartment, last.n + 1),
        _ => ledger_after(reader, Some(compartment))?,
    };
    Ok((found, Some(next)))
}

fn objects(inner: &Inner, reader: &mut Reader<'_>, after: (ObjectId, u32)) -> Result<Step, StoreError> {
    let rows = object::page(reader, after, OBJECTS)?;
    let wrong = rows
        .iter()
        .filter_map(|row| vault::check(&inner.secrets, row).err());
    let mut found: Vec<Finding> = wrong.collect();
    let epochs: BTreeSet<EpochId> = rows.iter().map(|row| row.epoch).collect();
    for id in epochs {
        if epoch::get(reader, id)?.is_none() {
            found.push(Finding::of(format!("epoch {id}"), "its row is missing"));
        }
    }
    let last = rows.last().map(|row| row.object);
    let next = last.map(|last| Place::Objects(last.object, last.version));
    Ok((found, next))
}
