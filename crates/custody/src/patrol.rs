//! The patrol: what is stored is read again while a node runs.
//!
//! Nothing that was edited underneath is obeyed: a node goes by what it folded, and checks what it reads. But what it does
//! not ask for again it does not meet either, and whoever runs it should hear of an edit soon, not when somebody happens
//! upon it or the node is next started. So what authorises is gone over every few seconds, and all the rest bit by bit;
//! rows are held against the ledgers as a whole. Either takes a hundredth of the time, and no more than a twentieth where that
//! would be long. Where the database tells that somebody else has written, nobody waits for that: all is gone over at once.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use cofferdam_model::{Compartment, EpochId, Id, ObjectId, Timestamp};
use cofferdam_store::{Others, Reader, StoreError, Tx, engagement, epoch, ledger, object};
use tokio::sync::watch;

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
/// but no longer than this, on a machine that is busy,
const SOON: Duration = Duration::from_secs(10);
/// where that is so many times as long,
const REST_AT_LEAST: u32 = 20;
/// nor than this, whatever the clock says.
const AT_MOST: Duration = Duration::from_secs(3_600);
/// How often the database is asked whether somebody else has written; and how long to wait then, at least,
const ASK: Duration = Duration::from_secs(1);
/// and so many times as long as the last round took: whoever writes all the time gets no more than a fifth of ours.
const REST_EDITED: u32 = 4;
/// How long a round may go on with what does not authorise, or for as long as it took with what does;
const MICROS: i64 = 50_000;
/// and so many steps it makes in any case: in a small installation, all.
const STEPS: usize = 64;
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

impl Beat {
    /// Whether it has been round, or not begun.
    fn is_round(&self) -> bool {
        self.0.is_none()
    }
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
        let begun = self.inner.env.now();
        let look = move |reader: &mut Reader<'_>| look(&inner, &marks, reader);
        let mut findings = self.inner.store.read(look).await?;
        findings.extend(lost);
        findings.extend(self.schema().await?);
        let until = self.inner.env.now().as_micros();
        let until = until + (until - begun.as_micros()).max(MICROS);
        let mut steps = 0;
        while steps < STEPS || self.inner.env.now().as_micros() < until {
            steps += 1;
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

    /// Whether the database still is the one that was opened, by what it says of itself.
    async fn schema(&self) -> Result<Option<Finding>, StoreError> {
        match self
            .inner
            .store
            .read(|reader: &mut Reader<'_>| reader.schema())
            .await
        {
            Ok(()) => Ok(None),
            Err(error @ StoreError::Unfinished) => {
                Ok(Some(Finding::of("the table copying", error.to_string())))
            }
            Err(error @ (StoreError::OtherSchema { .. } | StoreError::Lacking(_))) => {
                Ok(Some(Finding::of("the table schema_version", error.to_string())))
            }
            Err(error) => Err(error),
        }
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
        let edited = watch::Sender::new(());
        tokio::join!(
            self.walking(edited.subscribe()),
            self.inspecting(edited.subscribe()),
            self.asking(&edited)
        );
    }

    /// Asks the database whether anybody else has written. Nobody else should: this is a reason to look, and no more.
    async fn asking(&self, edited: &watch::Sender<()>) {
        let mut seen: Option<Others> = None;
        loop {
            let others = self.inner.store.write(|tx: &mut Tx<'_>| tx.others()).await;
            // Where the database cannot be asked, the rounds go on as they do.
            if let Ok(others) = others {
                let same = seen.filter(|seen| seen.shape == others.shape);
                if seen.is_some() && same.is_none_or(|seen| others.rows > seen.rows) {
                    edited.send_replace(());
                }
                let rows = same.map_or(others.rows, |seen| seen.rows.max(others.rows));
                seen = Some(Others { rows, ..others });
            }
            tokio::time::sleep(ASK).await;
        }
    }

    async fn inspecting(&self, mut edited: watch::Receiver<()>) {
        let mut told = HashSet::new();
        let (mut took, mut wait) = (Duration::ZERO, EVERY);
        loop {
            pause(wait, took, &mut edited).await;
            let begun = self.inner.env.now();
            let inspected = self.inspect().await;
            self.told(Chore::Inspecting, &mut told, inspected);
            took = since(begun, self.inner.env.now());
            wait = rest(took);
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
        // A standby that is not promoted yet, say, has everything, and gives it later.
        let unread = outcome
            .as_ref()
            .is_err_and(|error| !matches!(error, StoreError::Forbidden(_) | StoreError::Locked(_)));
        self.inner
            .chores
            .read(chore, self.inner.env.now(), outcome, unread);
    }

    async fn walking(&self, mut edited: watch::Receiver<()>) {
        let closed = self.closed();
        let mut told: HashSet<String> = closed.iter().map(ToString::to_string).collect();
        let mut beat = Beat::default();
        // How often it is to come round soon: an edit may lie where it has been already.
        let mut rounds = 0_u32;
        loop {
            let begun = self.inner.env.now();
            let walked = self.patrol(&mut beat).await;
            let round = walked.is_ok() && beat.is_round();
            self.told(Chore::Patrolling, &mut told, walked);
            rounds = rounds.saturating_sub(u32::from(round));
            let took = since(begun, self.inner.env.now());
            let wait = if rounds > 0 { soon(took) } else { rest(took) };
            if pause(wait, took, &mut edited).await {
                rounds = if beat.is_round() { 1 } else { 2 };
            }
        }
    }
}

fn since(begun: Timestamp, ended: Timestamp) -> Duration {
    Duration::from_micros(u64::try_from(ended.as_micros() - begun.as_micros()).unwrap_or(0))
}

/// How long to wait after a round that took so long.
fn rest(took: Duration) -> Duration {
    took.saturating_mul(REST)
        .min(SOON.max(took.saturating_mul(REST_AT_LEAST)))
        .clamp(EVERY, AT_MOST)
}

/// The same where somebody else has written meanwhile.
fn soon(took: Duration) -> Duration {
    took.saturating_mul(REST_EDITED).clamp(ASK, AT_MOST)
}

/// Waits, but not much longer once somebody else has written; whether somebody has.
async fn pause(wait: Duration, took: Duration, edited: &mut watch::Receiver<()>) -> bool {
    let told = async {
        tokio::time::sleep(soon(took).min(wait)).await;
        edited.changed().await.is_ok()
    };
    tokio::time::timeout(wait, told).await.unwrap_or(false)
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
