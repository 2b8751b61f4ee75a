//! Decisions that are in the log before anybody hears of them.
//!
//! A decision is made over the state as it will be once everything before it is written; its entries then wait to be
//! written with those of others (group commit), and only then does its caller go on. Where writing fails, the state goes
//! back to what is on the disk, and every decision that waited fails with it.

use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use crate::clock::{Clock, SECOND, shown};
use crate::entry::{Entry, Fact};
use crate::fail::Outcome;
use crate::hex;
use crate::log::{End, LogFile, Mark, WriteError};
use crate::state::State;

/// How far the machine's clock may go back, as clocks that are kept in step do.
const MAX_STEP_BACK: i64 = 2 * SECOND;
/// The most bytes written at once.
const MAX_BATCH: usize = 4 << 20;

/// Why there is no decision.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum JournalError {
    /// The disk.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// The machine's clock.
    #[error(
        "its clock went back: it says {now}, and its log was last written at {last}; set the clock, or wait"
    )]
    Clock {
        /// What it says.
        now: String,
        /// What it said.
        last: String,
    },
    /// An entry that is none.
    #[error("its log took no entry: {0}")]
    Entry(String),
}

/// The log and what follows from it.
pub(crate) struct Journal {
    clock: Arc<dyn Clock>,
    inner: Mutex<Inner>,
    turned: Condvar,
    file: Mutex<LogFile>,
}

struct Inner {
    /// What follows from the disk.
    durable: State,
    durable_end: End,
    /// What will follow once what waits is written.
    ahead: State,
    end: End,
    waiting: Vec<Waiting>,
    writing: bool,
}

struct Waiting {
    lines: Vec<u8>,
    entries: Vec<Entry>,
    end: End,
    done: Arc<Mutex<Option<Result<(), WriteError>>>>,
}

/// What a decision leads to.
pub(crate) struct Decided<T> {
    /// What goes into the log; none of it where all that matters is that what was decided before is there.
    pub(crate) facts: Vec<Fact>,
    /// What the caller is told then.
    pub(crate) value: T,
}

impl Journal {
    /// A log that begins with `fact`.
    pub(crate) fn make(path: &Path, clock: Arc<dyn Clock>, fact: Fact) -> Outcome<Self> {
        let file = LogFile::make(path)?;
        let journal = Self::over(file, State::default(), End::EMPTY, clock);
        let begun = journal.commit(|_, _| Ok::<_, JournalError>(Decided::of(vec![fact], ())));
        crate::fail::To::to(begun, path.display())?;
        Ok(journal)
    }

    /// The log at `path`, which has come at least as far as was noted; and how many bytes of a torn last line were cut off.
    pub(crate) fn open(path: &Path, mark: Option<&Mark>, clock: Arc<dyn Clock>) -> Outcome<(Self, u64)> {
        let mut state = State::default();
        let (file, end, torn) = LogFile::open(path, mark, |entry| state.apply(&entry))?;
        Ok((Self::over(file, state, end, clock), torn))
    }

    fn over(file: LogFile, state: State, end: End, clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            inner: Mutex::new(Inner {
                durable: state.clone(),
                durable_end: end,
                ahead: state,
                end,
                waiting: Vec::new(),
                writing: false,
            }),
            turned: Condvar::new(),
            file: Mutex::new(file),
        }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The time now.
    pub(crate) fn now(&self) -> i64 {
        self.clock.now()
    }

    /// How far the log is.
    pub(crate) fn mark(&self) -> Mark {
        Mark::of(&self.inner().durable_end)
    }

    /// What is on the disk, looked at.
    pub(crate) fn read<T>(&self, look: impl FnOnce(&State) -> T) -> T {
        look(&self.inner().durable)
    }

    /// Decides over the state and the time, and returns once what was decided, and everything before it, is on the disk:
    /// with the value, and the number of the first entry.
    pub(crate) fn commit<T, E: From<JournalError>>(
        &self,
        decide: impl FnOnce(&State, i64) -> Result<Decided<T>, E>,
    ) -> Result<(T, u64), E> {
        let mut inner = self.inner();
        let now = self.now();
        let now = match inner.ahead.last {
            Some(last) if now < last - MAX_STEP_BACK => {
                let (now, last) = (shown(now), shown(last));
                return Err(JournalError::Clock { now, last }.into());
            }
            last => now.max(last.unwrap_or(i64::MIN)),
        };
        let Decided { facts, value } = decide(&inner.ahead, now)?;
        let first = inner.end.n;
        let waiting = inner.line_up(facts, now)?;
        let done = Arc::clone(&waiting.done);
        inner.waiting.push(waiting);
        self.wait(inner, &done)?;
        Ok((value, first))
    }

    fn wait<'a>(
        &'a self,
        mut inner: MutexGuard<'a, Inner>,
        done: &Mutex<Option<Result<(), WriteError>>>,
    ) -> Result<(), JournalError> {
        loop {
            let outcome = done.lock().unwrap_or_else(PoisonError::into_inner).take();
            if let Some(outcome) = outcome {
                return Ok(outcome?);
            }
            inner = if inner.writing {
                self.turned.wait(inner).unwrap_or_else(PoisonError::into_inner)
            } else {
                self.write(inner)
            };
        }
    }

    /// Writes what waits, for everybody who does.
    fn write<'a>(&'a self, mut inner: MutexGuard<'a, Inner>) -> MutexGuard<'a, Inner> {
        inner.writing = true;
        let mut bytes = 0;
        let fits = |waiting: &&Waiting| {
            bytes += waiting.lines.len();
            bytes <= MAX_BATCH
        };
        let count = inner.waiting.iter().take_while(fits).count().max(1);
        let count = count.min(inner.waiting.len());
        let batch: Vec<Waiting> = inner.waiting.drain(..count).collect();
        drop(inner);
        let lines: Vec<u8> = batch.iter().flat_map(|waiting| &waiting.lines).copied().collect();
        let written = if lines.is_empty() {
            Ok(())
        } else {
            let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
            file.append(&lines)
        };
        let mut inner = self.inner();
        inner.writing = false;
        inner.settle(batch, &written);
        self.turned.notify_all();
        inner
    }
}

impl Inner {
    fn line_up(&mut self, facts: Vec<Fact>, now: i64) -> Result<Waiting, JournalError> {
        let (mut lines, mut entries, mut end) = (Vec::new(), Vec::new(), self.end);
        for fact in facts {
            let entry = Entry {
                n: end.n,
                t: now,
                prev: hex::encode(&end.sum),
                fact,
            };
            let (line, sum) = entry
                .to_line()
                .map_err(|error| JournalError::Entry(error.to_string()))?;
            lines.extend_from_slice(&line);
            lines.push(b'\n');
            end = End {
                n: end.n + 1,
                sum,
                at: end.at + line.len() as u64 + 1,
            };
            entries.push(entry);
        }
        entries.iter().for_each(|entry| self.ahead.apply(entry));
        self.end = end;
        Ok(Waiting {
            lines,
            entries,
            end,
            done: Arc::default(),
        })
    }

    fn settle(&mut self, batch: Vec<Waiting>, written: &Result<(), WriteError>) {
        let failed = if let Err(error) = written {
            // What waited behind was decided over what is not there.
            let behind = std::mem::take(&mut self.waiting);
            self.ahead = self.durable.clone();
            self.end = self.durable_end;
            Some((behind, error.clone()))
        } else {
            for waiting in &batch {
                waiting.entries.iter().for_each(|entry| self.durable.apply(entry));
                self.durable_end = waiting.end;
            }
            None
        };
        let (behind, behind_outcome) = match failed {
            Some((behind, error)) => (behind, Err(error)),
            None => (Vec::new(), Ok(())),
        };
        for (waiting, outcome) in batch
            .iter()
            .map(|waiting| (waiting, written.clone()))
            .chain(behind.iter().map(|waiting| (waiting, behind_outcome.clone())))
        {
            *waiting.done.lock().unwrap_or_else(PoisonError::into_inner) = Some(outcome);
        }
    }
}

impl<T> Decided<T> {
    /// A decision with what goes into the log.
    pub(crate) const fn of(facts: Vec<Fact>, value: T) -> Self {
        Self { facts, value }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;
    use crate::clock::testing::Hand;

    const NOW: i64 = 1_790_000_000_000_000;

    fn began() -> Fact {
        Fact::Began {
            authority: "AA==".into(),
            witness: "w".into(),
        }
    }

    fn halted(reason: &str) -> Fact {
        Fact::Halted {
            project: None,
            reason: reason.into(),
        }
    }

    fn put(journal: &Journal, fact: Fact) -> Result<u64, JournalError> {
        let outcome = journal.commit(|_, _| Ok::<_, JournalError>(Decided::of(vec![fact], ())));
        outcome.map(|((), n)| n)
    }

    fn some(path: &Path, count: u64) -> Arc<Hand> {
        let clock = Hand::at(NOW);
        let journal = Journal::make(path, clock.clone(), began()).unwrap();
        for n in 1..count {
            assert_eq!(put(&journal, halted(&format!("{n}"))), Ok(n));
        }
        clock
    }

    #[test]
    fn what_is_decided_is_there_again_after_a_start() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let clock = some(&path, 5);
        let (journal, torn) = Journal::open(&path, None, clock).unwrap();
        assert_eq!(torn, 0);
        journal.read(|state| {
            assert_eq!((state.entries, state.halts[&None].reason.as_str()), (5, "1"));
        });
        assert_eq!(put(&journal, halted("again")), Ok(5));
    }

    #[test]
    fn a_torn_last_line_is_cut_off_wherever_it_was_torn() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let clock = some(&path, 4);
        let whole = fs::read(&path).unwrap();
        let last = whole[..whole.len() - 1]
            .iter()
            .rposition(|b| *b == b'\n')
            .unwrap()
            + 1;
        for end in last + 1..whole.len() {
            fs::write(&path, &whole[..end]).unwrap();
            let (journal, torn) = Journal::open(&path, None, clock.clone()).unwrap();
            assert_eq!(torn, (end - last) as u64);
            assert_eq!(put(&journal, halted("3")), Ok(3));
            drop(journal);
            assert_eq!(
                fs::read(&path).unwrap(),
                whole,
                "the same line stands there again"
            );
        }
        // Blocks that were given to the file and never written.
        let mut zeros = whole.clone();
        zeros.extend([0; 5000]);
        fs::write(&path, &zeros).unwrap();
        assert_eq!(Journal::open(&path, None, clock).unwrap().1, 5000);
        assert_eq!(fs::read(&path).unwrap(), whole);
    }

    #[test]
    fn a_log_that_was_edited_does_not_open_and_says_where() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let clock = some(&path, 6);
        let whole = fs::read_to_string(&path).unwrap();
        let lines: Vec<&str> = whole.lines().collect();
        let join = |lines: &[&str]| lines.iter().map(|line| format!("{line}\n")).collect::<String>();
        let mut swapped = lines.clone();
        swapped.swap(2, 3);
        let mut doubled = lines.clone();
        doubled.insert(3, lines[2]);
        let changed = whole.replace("\"reason\":\"2\"", "\"reason\":\"9\"");
        let edits = [
            (changed, 3),
            (join(&[&lines[..2], &lines[3..]].concat()), 3),
            (join(&swapped), 3),
            (join(&doubled), 4),
            (join(&lines[1..]), 1),
            (whole.replacen("\"n\":5", "\"n\":6", 1), 6),
            (whole.replacen('\n', "\n\n", 1), 2),
        ];
        for (edited, line) in edits {
            fs::write(&path, &edited).unwrap();
            let said = Journal::open(&path, None, clock.clone()).map(|_| ()).unwrap_err();
            assert!(said.to_string().contains(&format!(", line {line}: ")), "{said}");
            assert_eq!(fs::read_to_string(&path).unwrap(), edited, "it is left as it is");
        }
    }

    #[test]
    fn a_log_that_is_not_what_was_noted_does_not_open() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let clock = some(&path, 4);
        let (journal, _) = Journal::open(&path, None, clock.clone()).unwrap();
        let mark = journal.mark();
        assert_eq!(mark.entries, 4);
        put(&journal, halted("4")).unwrap();
        drop(journal);
        let opens = |mark: &Mark| Journal::open(&path, Some(mark), clock.clone()).map(drop);
        opens(&mark).unwrap();
        let whole = fs::read_to_string(&path).unwrap();
        let lines: Vec<&str> = whole.lines().collect();
        // Gone, torn, and another chain from the beginning on.
        for cut in [
            lines[..3].join("\n") + "\n",
            lines[..3].join("\n") + "\n{\"n\":3",
            String::new(),
        ] {
            fs::write(&path, &cut).unwrap();
            let said = opens(&mark).unwrap_err().to_string();
            assert!(said.contains("it had 4 entries at least"), "{said}");
            assert_eq!(fs::read_to_string(&path).unwrap(), cut, "it is left as it is");
        }
        fs::remove_file(&path).unwrap();
        some(&path, 6);
        assert!(
            opens(&Mark {
                sum: "00".repeat(32),
                ..mark
            })
            .is_err()
        );
    }

    #[test]
    fn many_who_wait_are_written_together_and_in_one_chain() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let clock = Hand::at(NOW);
        let journal = Journal::make(&path, clock.clone(), began()).unwrap();
        std::thread::scope(|scope| {
            for thread in 0..8 {
                let journal = &journal;
                scope.spawn(move || {
                    for i in 0..25 {
                        put(journal, halted(&format!("{thread} {i}"))).unwrap();
                    }
                });
            }
        });
        drop(journal);
        let (journal, _) = Journal::open(&path, None, clock).unwrap();
        journal.read(|state| assert_eq!(state.entries, 201));
    }

    #[test]
    fn where_nothing_can_be_written_nothing_is_decided() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let clock = Hand::at(NOW);
        let journal = Journal::make(&path, clock.clone(), began()).unwrap();
        // A file that is open for reading alone stands for a full disk.
        let before = {
            let mut file = journal.file.lock().unwrap();
            std::mem::replace(file.file_for_tests(), fs::File::open(&path).unwrap())
        };
        let refused = put(&journal, halted("a"));
        assert!(matches!(refused, Err(JournalError::Write(_))), "{refused:?}");
        journal.read(|state| assert_eq!((state.entries, state.halts.len()), (1, 0)));
        let seen =
            journal.commit(|state, _| Ok::<_, JournalError>(Decided::of(Vec::new(), state.halts.len())));
        assert_eq!(seen, Ok((0, 1)), "what was not written is not decided upon");
        drop(before);
    }

    /// Many decide while the disk is full by turns: what was said to be done is in the log, and nothing else is.
    #[test]
    fn what_was_said_to_be_done_is_there_and_nothing_else_while_the_disk_is_full_by_turns() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let clock = Hand::at(NOW);
        let journal = Journal::make(&path, clock.clone(), began()).unwrap();
        let full = Arc::clone(&journal.file.lock().unwrap().full);
        let end = AtomicBool::new(false);
        let outcomes: Vec<(String, Option<u64>)> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..6)
                .map(|thread| {
                    let (journal, end) = (&journal, &end);
                    scope.spawn(move || {
                        let mut outcomes = Vec::new();
                        while !end.load(Ordering::SeqCst) {
                            let reason = format!("{thread} {}", outcomes.len());
                            // Two lines: neither stands there without the other.
                            let facts = vec![halted(&reason), resumed(&reason)];
                            let done = journal.commit(|_, _| Ok::<_, JournalError>(Decided::of(facts, ())));
                            outcomes.push((reason, done.ok().map(|((), n)| n)));
                        }
                        outcomes
                    })
                })
                .collect();
            for turn in 0..60 {
                std::thread::sleep(std::time::Duration::from_millis(5));
                full.store(turn % 3 == 1, Ordering::SeqCst);
            }
            end.store(true, Ordering::SeqCst);
            threads
                .into_iter()
                .flat_map(|thread| thread.join().unwrap())
                .collect()
        });
        let ahead = journal.inner().ahead.clone();
        assert_eq!(ahead, journal.inner().durable);
        drop(journal);
        let mut written = Vec::new();
        let (_, end, torn) = LogFile::open(&path, None, |entry| written.push(entry)).unwrap();
        assert_eq!(torn, 0);
        let done: Vec<_> = outcomes
            .iter()
            .filter_map(|(reason, n)| Some((reason, (*n)?)))
            .collect();
        assert!(
            done.len() > 20 && done.len() < outcomes.len(),
            "{} of {}",
            done.len(),
            outcomes.len()
        );
        assert_eq!(end.n, 1 + 2 * done.len() as u64);
        for (reason, n) in done {
            let at = usize::try_from(n).unwrap();
            assert_eq!(written[at].fact, halted(reason));
            assert_eq!(written[at + 1].fact, resumed(reason));
        }
        let mut folded = State::default();
        written.iter().for_each(|entry| folded.apply(entry));
        assert_eq!(folded, ahead);
    }

    fn resumed(reason: &str) -> Fact {
        Fact::Resumed {
            project: None,
            reason: reason.into(),
        }
    }

    #[test]
    fn a_clock_that_went_back_decides_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let clock = some(&path, 2);
        let (journal, _) = Journal::open(&path, None, clock.clone()).unwrap();
        clock.advance(-SECOND);
        put(&journal, halted("a step")).unwrap();
        clock.advance(-2 * SECOND);
        let said = put(&journal, halted("an hour")).unwrap_err().to_string();
        assert_eq!(
            said,
            "its clock went back: it says 2026-09-21T14:13:17Z, and its log was last written at 2026-09-21T14:13:20Z; \
             set the clock, or wait"
        );
    }
}
