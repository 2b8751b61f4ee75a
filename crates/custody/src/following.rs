//! What a node hears of the others, where several use one database.
//!
//! Each writes in its turn, and brings what it knows up to date first: whatever another committed before is obeyed. What was
//! recorded is released, and streams go on, between turns; so a node asks the primary a few times a second how far the ledgers
//! are. How old its knowledge is it measures from when it *sent* the question whose answer it has: an answer that was long on its
//! way tells nothing of what came after it was written. Where that is too long ago, releases wait; where it is longer, nothing
//! goes on and streams are cut.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use cofferdam_model::{Compartment, Fact, Timestamp};
use cofferdam_store::{Reader, StoreError, Tx, ledger};
use tokio::time::Instant;

use crate::error::Integrity;
use crate::gate::{Gate, Inner};
use crate::known::State;
use crate::record::{self, Appended};
use crate::secrets::Secrets;
use crate::state::{Behind, StateError};

/// How often a node asks,
const ASK: Duration = Duration::from_millis(100);
/// how old the answer may be for anything to be released,
const PAUSE: Duration = Duration::from_millis(500);
/// and how old for streams to go on.
const CUT: Duration = Duration::from_secs(5);

/// When a question was sent: by a clock that never goes back, and by the one that goes on while a machine is suspended.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sent(Instant, Timestamp);

impl Sent {
    fn age(self, now: Timestamp) -> Duration {
        let by_clock = u64::try_from(now.micros_since(self.1)).unwrap_or(0);
        self.0.elapsed().max(Duration::from_micros(by_clock))
    }
}

/// When this node last heard of all others.
pub(crate) struct Following {
    shared: bool,
    heard: Mutex<Option<Sent>>,
    asking: Arc<tokio::sync::Mutex<()>>,
}

impl Following {
    pub(crate) fn new(shared: bool) -> Self {
        Self {
            shared,
            heard: Mutex::default(),
            asking: Arc::default(),
        }
    }

    /// How old what is known may be; none: nothing was ever heard. Alone, a node knows everything.
    fn age(&self, now: Timestamp) -> Option<Duration> {
        if !self.shared {
            return Some(Duration::ZERO);
        }
        let heard = *self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        heard.map(|sent| sent.age(now))
    }

    fn is_within(&self, limit: Duration, now: Timestamp) -> bool {
        self.age(now).is_some_and(|age| age <= limit)
    }

    fn is_since(&self, since: Instant) -> bool {
        let heard = *self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        heard.is_some_and(|sent| sent.0 >= since)
    }

    fn heard(&self, sent: Sent) {
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        if heard.is_none_or(|before| before.0 < sent.0) {
            *heard = Some(sent);
        }
    }
}

impl Inner {
    fn sent(&self) -> Sent {
        Sent(Instant::now(), self.env.now())
    }

    /// Brings what is known up to date, in a transaction of the writer's.
    pub(crate) fn refresh(&self, reader: &mut Reader<'_>) -> Result<(), StoreError> {
        let sent = self.sent();
        // Only what the database was asked for is an answer.
        let each = |fact: &Fact| self.announce(std::iter::once(fact));
        let anew = self.state().is_stale();
        let caught = self.state().refresh(reader, &self.secrets, &each)?;
        if anew && self.following.shared {
            // What another node stopped and resumed since cannot be told from what is folded now.
            self.readings.end();
        }
        if let Some(caught) = caught {
            self.hear(sent, caught);
        }
        Ok(())
    }

    fn hear(&self, sent: Sent, caught: Caught) {
        if matches!(caught, Caught::Level | Caught::Changes) {
            self.following.heard(sent);
        }
        let heard = self.following.is_within(CUT, self.env.now());
        let back = heard && self.state().drift(false);
        if back {
            tracing::warn!("the other nodes are heard of again: what waited for that goes on");
        }
        if matches!(caught, Caught::Changes | Caught::Part) || back {
            self.cut_streams();
        }
    }

    /// Waits until what is known is young enough for something to be released on the strength of it.
    pub(crate) async fn abreast(self: &Arc<Self>) -> Result<(), StoreError> {
        let age = self.following.age(self.env.now());
        if age.is_some_and(|age| age <= PAUSE) {
            return Ok(());
        }
        let waits = CUT.saturating_sub(age.unwrap_or_default()).max(PAUSE);
        let until = Instant::now() + waits;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            match self.asked_within(left).await {
                Ok(()) if self.following.is_within(PAUSE, self.env.now()) => return Ok(()),
                Ok(()) if left.is_zero() => return Err(silent()),
                Err(error) if left <= ASK => return Err(error),
                _ => tokio::time::sleep(ASK / 2).await,
            }
        }
    }

    /// Hears what other nodes have recorded up to now: before it is said that something is not there.
    pub(crate) async fn hear_now(self: &Arc<Self>) -> Result<(), StoreError> {
        match self.following.shared {
            true => self.asked_within(CUT).await,
            false => Ok(()),
        }
    }

    async fn asked_within(self: &Arc<Self>, limit: Duration) -> Result<(), StoreError> {
        let asked = tokio::time::timeout(limit, self.ask(Instant::now())).await;
        asked.unwrap_or_else(|_| Err(silent()))
    }

    /// Asks how far the ledgers are, unless somebody has since then: one at a time. A question that was sent is waited for, whoever
    /// leaves.
    async fn ask(self: &Arc<Self>, since: Instant) -> Result<(), StoreError> {
        let asking = Arc::clone(&self.following.asking).lock_owned().await;
        if self.following.is_since(since) {
            return Ok(());
        }
        let inner = Arc::clone(self);
        let asked = tokio::spawn(async move {
            let _one_at_a_time = asking;
            // What holds something undone is folded anew first, by the writer.
            if inner.state().is_stale() {
                return Ok(());
            }
            let sent = inner.sent();
            let own = Arc::clone(&inner);
            let look = move |reader: &mut Reader<'_>| {
                let each = |fact: &Fact| own.announce(std::iter::once(fact));
                catch_up(own.state(), reader, &own.secrets, By::Snapshot, &each)
            };
            let caught = inner.store.read_apart(look).await?;
            if !inner.state().is_stale() {
                inner.hear(sent, caught);
            }
            Ok(())
        });
        asked.await.map_err(|_| StoreError::Panicked)?
    }
}

impl Gate {
    /// Whether this node has the lead among several, or takes it now: what one of them does for all, the one that leads does. One
    /// process alone leads.
    pub async fn leads(&self) -> Result<bool, StoreError> {
        if !self.inner.following.shared {
            return Ok(true);
        }
        self.inner.store.write(|tx: &mut Tx<'_>| tx.leads()).await
    }

    /// Hears what other nodes have recorded up to now.
    pub async fn hear_others(&self) -> Result<(), StoreError> {
        self.inner.hear_now().await
    }

    /// Follows the other nodes for ever, where there are any.
    pub(crate) async fn following(&self) {
        if !self.inner.following.shared {
            std::future::pending::<()>().await;
        }
        tokio::join!(self.asking_others(), self.watching_others());
    }

    async fn asking_others(&self) {
        loop {
            // Why it failed the store has told of.
            let _ = self.inner.ask(Instant::now()).await;
            tokio::time::sleep(ASK).await;
        }
    }

    /// Beside it, since an answer may never come.
    async fn watching_others(&self) {
        loop {
            tokio::time::sleep(ASK).await;
            let heard = self.inner.following.is_within(CUT, self.inner.env.now());
            if !heard && self.inner.state().drift(true) {
                let seconds = CUT.as_secs();
                tracing::error!(
                    seconds,
                    "nothing was heard of the other nodes for so long: streams are cut, and nothing is released until it is"
                );
                self.inner.cut_streams();
            }
        }
    }
}

fn silent() -> StoreError {
    StoreError::Unreachable("it does not say what other nodes have recorded".to_owned())
}

/// Who looks where the ledgers end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum By {
    /// The writer, in its turn: nobody else appends meanwhile, and nothing of its own is uncommitted.
    Turn,
    /// Somebody beside it, on a snapshot: the writer may have gone on since, or have lost its turn.
    Snapshot,
}

/// What came of looking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Caught {
    /// Not all ledgers end where they are known to, and why cannot be told from here: nothing was heard.
    Nothing,
    /// Some of it is known, and something that authorises among that.
    Part,
    /// All is known, and nothing was recorded that authorises.
    Level,
    /// All is known, and something was.
    Changes,
}

impl Caught {
    /// Not all is known; whether something that authorises was taken in before that came out.
    fn short(changed: bool) -> Self {
        match changed {
            true => Self::Part,
            false => Self::Nothing,
        }
    }
}

/// Takes in what others appended, and how far they signed it. A ledger whose new entries do not check is closed. `each` is told of
/// every entry that authorises, when it holds and before the next does: what stops something and is undone by the next has
/// stopped it.
pub(crate) fn catch_up(
    state: &State,
    reader: &mut Reader<'_>,
    secrets: &Secrets,
    by: By,
    each: &dyn Fn(&Fact),
) -> Result<Caught, StoreError> {
    let ends = ledger::ends(reader)?;
    let Behind { further, otherwise } = state.behind(&ends);
    let mut changed = false;
    if !otherwise.is_empty() {
        if by == By::Snapshot {
            return Ok(Caught::Nothing);
        }
        otherwise
            .into_iter()
            .for_each(|(compartment, found)| state.close(compartment, found));
        changed = true;
    }
    for (compartment, from) in further {
        match entries(
            state,
            reader,
            secrets,
            compartment,
            from.saturating_sub(1),
            (&mut changed, each),
        ) {
            Ok(()) => {}
            // What was taken in before is announced; the next question tells what went wrong.
            Err(StateError::Store(_)) if changed && by == By::Snapshot => return Ok(Caught::Part),
            Err(StateError::Store(error)) => return Err(error),
            // This node may have lost its turn just now, with what it thought to have appended.
            Err(StateError::Integrity(_)) if by == By::Snapshot => return Ok(Caught::short(changed)),
            Err(StateError::Integrity(found)) => {
                state.close(compartment, found);
                changed = true;
            }
        }
    }
    for (compartment, found) in state.follow_trees(&ends, secrets) {
        if by == By::Snapshot {
            return Ok(Caught::short(changed));
        }
        state.close(compartment, found);
        changed = true;
    }
    Ok(match changed {
        true => Caught::Changes,
        false => Caught::Level,
    })
}

fn entries(
    state: &State,
    reader: &mut Reader<'_>,
    secrets: &Secrets,
    compartment: Compartment,
    from: u64,
    (changed, each): (&mut bool, &dyn Fn(&Fact)),
) -> Result<(), StateError> {
    state.begin_theirs(compartment);
    let mut wrong = None::<Integrity>;
    record::walk(reader, secrets, compartment, from, &mut |row, entry| {
        let appended = Appended {
            entry: entry.clone(),
            leaf: row.leaf,
        };
        match state.follow(compartment, row, &appended) {
            Ok(authorises) => {
                *changed |= authorises;
                if authorises {
                    each(&appended.entry.fact);
                }
            }
            Err(found) => wrong = Some(found),
        }
        wrong.is_none()
    })?;
    wrong.map_or(Ok(()), |found| Err(found.into()))
}
