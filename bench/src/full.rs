//! Exposure asked of the database: one credential and hour, one credential and week, as the ledger grows.
//!
//! `ledgers FOLDER PROGRAM [ENTRIES…]` makes an installation in FOLDER for each number (10^5, 10^6 and 10^7 unless said), has 64 people act in turn
//! through the gate until its lab's ledger has so many entries, and asks the gate. The clock that both are given goes on with each act, so that
//! every ledger is of 365 days, with the same number of entries in each hour: the window has more entries as the ledger grows. Each act is an
//! entry of a timer or of an answer, as the gate writes it: canonical, hashed, sealed, durable, findable. FOLDER is emptied again.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Instant;

use anyhow::{Context as _, Result};
use cofferdam_custody::{Caller, Command, Done, Gate, GateError, Scope};
use cofferdam_model::{
    Act, AssignmentId, Clock, EngagementId, Env, Fact, Id as _, ObjectRef, SystemEntropy, TaskId, Timestamp,
};

use crate::append::{Tick, engaged, open};
use crate::report::{Report, quantile};

const PEOPLE: usize = 64;
const YEAR: i64 = 365 * 86_400_000_000;
const HOUR: i64 = 3_600_000_000;

#[expect(clippy::disallowed_methods, reason = "a benchmark reads the machine's clock")]
fn now() -> Instant {
    Instant::now()
}

/// A clock that is moved by whoever acts.
struct Moved(AtomicI64);

impl Clock for Moved {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::Relaxed))
    }
}

/// An answer's entry, without its answer.
struct Answer;

impl Command for Answer {
    type Output = ();
    type Error = std::convert::Infallible;

    fn act(&self) -> Act {
        Act::TrackTime
    }

    fn run(self, scope: &mut Scope<'_, '_>) -> Result<Done<()>, GateError<Self::Error>> {
        let answer = ObjectRef {
            bytes: 1_000,
            object: scope.env.new_id()?,
            version: 1,
        };
        let fact = Fact::SubmissionReceived {
            submission: scope.env.new_id()?,
            task: TaskId::from_bytes([1; 16]),
            assignment: AssignmentId::from_bytes([1; 16]),
            answer,
        };
        Ok(Done::one((), fact))
    }
}

pub(crate) async fn run(args: &[String]) -> Result<()> {
    let [folder, program, sizes @ ..] = args else {
        anyhow::bail!("name a folder, the program, and how many entries");
    };
    let sizes = match sizes {
        [] => vec![100_000, 1_000_000, 10_000_000],
        some => some
            .iter()
            .map(|size| size.parse())
            .collect::<Result<Vec<u64>, _>>()?,
    };
    let mut report = Report::default();
    for entries in sizes {
        let dir = Path::new(folder).join(format!("ledger-{entries}"));
        one(Path::new(program), &dir, entries, &mut report).await?;
        std::fs::remove_dir_all(&dir)?;
    }
    report.print()
}

async fn one(program: &Path, dir: &Path, entries: u64, report: &mut Report) -> Result<()> {
    let begin = Env::system().now();
    let clock = Arc::new(Moved(AtomicI64::new(begin.as_micros())));
    let env = Env::new(Arc::clone(&clock) as _, Arc::new(SystemEntropy));
    let (gate, token) = open(program, dir, env).await?;
    let people = engaged(&gate, dir, &token, PEOPLE).await?;
    let asked = people.first().context("nobody is engaged")?.0.credential();
    let filling = now();
    fill(&gate, &people, &clock, entries).await?;
    let took = filling.elapsed().as_secs_f64();
    report.add(
        format!("ledger of {entries} entries over a year"),
        format!("{} bytes in the folder", size_of(dir)?),
        format!(
            "{:.0} entries/s through the gate, {PEOPLE} people",
            entries as f64 / took
        ),
    );
    let from = begin.as_micros() + 100 * 24 * HOUR;
    for (name, hours, limit) in [("hour", 1, 1), ("week", 7 * 24, 10)] {
        let window = [from, from + hours * HOUR].map(Timestamp::from_micros);
        let mut seconds = Vec::new();
        let mut found = 0;
        for _ in 0..3 {
            let before = now();
            let told = gate.exposure(asked, window[0], window[1]).await?;
            seconds.push(before.elapsed().as_secs_f64());
            let told = told.context("there is no such credential")?;
            anyhow::ensure!(told.unknown.is_empty(), "the ledger does not check");
            found = told.labs.values().map(|lab| lab.entries).sum();
        }
        seconds.sort_by(f64::total_cmp);
        let within = entries * hours.cast_unsigned() / (365 * 24);
        report.add(
            format!("one credential and {name}"),
            format!("{:.4} s", quantile(&seconds, 0.5)),
            format!("{limit} s; {found} entries of the credential, of some {within} in the window"),
        );
    }
    Ok(())
}

/// Everybody acts, in turn, until there are so many entries.
async fn fill(
    gate: &Gate,
    people: &[(Caller, EngagementId)],
    clock: &Arc<Moved>,
    entries: u64,
) -> Result<()> {
    let each = entries.div_ceil(people.len() as u64);
    let step = YEAR / entries.max(1).cast_signed();
    let mut running = Vec::new();
    for (caller, engagement) in people {
        let (gate, caller, engagement, clock) = (gate.clone(), *caller, *engagement, Arc::clone(clock));
        running.push(tokio::spawn(async move {
            for act in 0..each {
                clock.0.fetch_add(step, Ordering::Relaxed);
                match act % 2 {
                    0 => gate.transact(&caller, engagement, Tick).await.map(|_| ())?,
                    _ => gate.transact(&caller, engagement, Answer).await.map(|_| ())?,
                }
            }
            anyhow::Ok(())
        }));
    }
    for person in running {
        person.await??;
    }
    Ok(())
}

/// The bytes of all files in a folder.
fn size_of(dir: &Path) -> Result<u64> {
    let mut sum = 0;
    for entry in std::fs::read_dir(dir)? {
        let entry = entry?;
        sum += match entry.file_type()?.is_dir() {
            true => size_of(&entry.path())?,
            false => entry.metadata()?.len(),
        };
    }
    Ok(sum)
}
