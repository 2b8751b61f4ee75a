//! What the gate knows: a fold over the ledgers. [`crate::known`] shares it.

use std::collections::HashMap;
use std::sync::Arc;

use cofferdam_ledger::checkpoint::Checkpoint;
use cofferdam_model::engagement::{HolderCommitment, credential_tag};
use cofferdam_model::{
    Act, Actor, Authority, Compartment, Decision, Demand, Draw, Engagement, EngagementId, Entry, Fact, Halt,
    LabId, ProjectId, Refusal, Standing, StreamId, Timestamp, Usage, admit,
};
use cofferdam_store::engagement::HolderRow;
use cofferdam_store::ledger::{HeadRow, Heads};
use cofferdam_store::{Reader, StoreError, ledger};

use crate::error::Integrity;
use crate::integrate;
use crate::record::{self, Appended};
use crate::secrets::Secrets;
use crate::watermark::{Last, Marks};

mod follow;

pub(crate) use follow::Behind;

/// Entries read at a time.
const PAGE: u32 = 4_096;
const MICROS_PER_DAY: i64 = 86_400_000_000;

/// Why the state could not be brought up to date.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StateError {
    #[error(transparent)]
    Store(StoreError),
    #[error(transparent)]
    Integrity(#[from] Integrity),
}

/// A row that nobody here can have written closes the ledger that it stands in, not the whole installation.
impl From<StoreError> for StateError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Corrupt { table, problem } => {
                Self::Integrity(Integrity::of(format!("a row of the table {table}"), problem))
            }
            other => Self::Store(other),
        }
    }
}

/// What one engagement drew, by hour, as far back as the day of its last draw.
#[derive(Debug, Default)]
struct Drawn(Vec<InHour>);

/// What was drawn in one hour. It counts where the clock said it was, and, since the clock was put back from there, in the hour
/// that it was put back to: so that neither putting it back nor putting it right opens a budget.
#[derive(Debug)]
struct InHour {
    told: i64,
    counts: i64,
    /// The stream that reserved it and has not come to its end.
    reserved: Option<StreamId>,
    draw: Draw,
}

const fn day(hour: i64) -> i64 {
    hour.div_euclid(24)
}

impl Drawn {
    fn put_back(&mut self, to: Timestamp) {
        for drawn in &mut self.0 {
            drawn.counts = drawn.counts.min(to.hour());
        }
    }

    /// One that is past already counts as the last one seen: within a second the clock may be anywhere.
    fn present(&self, hour: i64) -> i64 {
        self.0.last().map_or(hour, |last| hour.max(last.counts))
    }

    fn draw(&mut self, hour: i64, draw: Draw) {
        let hour = self.begin(hour);
        let same = |had: &InHour| (had.told, had.counts, had.reserved) == (hour, hour, None);
        match self.0.last_mut().filter(|last| same(last)) {
            Some(last) => last.draw = last.draw.plus(draw),
            None => self.push(hour, None, draw),
        }
    }

    /// A whole set, for as long as it is being read.
    fn reserve(&mut self, hour: i64, stream: StreamId, set: Draw) {
        let hour = self.begin(hour);
        self.push(hour, Some(stream), set);
    }

    /// What of a set was not sent is given back, in the hour in which it was reserved. A set without an end stays drawn as a whole.
    fn settle(&mut self, stream: StreamId, sent: Draw) {
        let Some(at) = self.0.iter().position(|drawn| drawn.reserved == Some(stream)) else {
            return;
        };
        let set = &mut self.0[at];
        set.draw = set.draw.least(sent);
        set.reserved = None;
        let (told, counts, draw) = (set.told, set.counts, set.draw);
        let same = |had: &&mut InHour| (had.told, had.counts, had.reserved) == (told, counts, None);
        if let Some(before) = self.0[..at].iter_mut().find(same) {
            before.draw = before.draw.plus(draw);
            self.0.remove(at);
        }
    }

    /// Forgets the days before, and says which hour it is.
    fn begin(&mut self, hour: i64) -> i64 {
        let hour = self.present(hour);
        self.0
            .retain(|drawn| day(drawn.told.max(drawn.counts)) >= day(hour));
        hour
    }

    fn push(&mut self, hour: i64, reserved: Option<StreamId>, draw: Draw) {
        self.0.push(InHour {
            told: hour,
            counts: hour,
            reserved,
            draw,
        });
    }

    /// As of an hour, where the clock was put back just now, and no entry says so yet.
    fn usage(&self, hour: i64, put_back: bool) -> Usage {
        let counts = |drawn: &InHour| {
            if put_back {
                drawn.counts.min(hour)
            } else {
                drawn.counts
            }
        };
        let hour = self.0.last().map_or(hour, |last| hour.max(counts(last)));
        let sum = |same: &dyn Fn(i64) -> bool| {
            let within = self
                .0
                .iter()
                .filter(|drawn| same(drawn.told) || same(counts(drawn)));
            within.fold(Draw::default(), |sum, drawn| sum.plus(drawn.draw))
        };
        Usage {
            hour: sum(&|at| at == hour),
            day: sum(&|at| day(at) == day(hour)),
        }
    }
}

fn wrong_head(compartment: Compartment, problem: impl Into<String>) -> Integrity {
    Integrity::of(format!("the head of the ledger of {compartment}"), problem)
}

fn midnight(t: Timestamp) -> Timestamp {
    Timestamp::from_micros(t.as_micros().div_euclid(MICROS_PER_DAY) * MICROS_PER_DAY)
}

/// Where a ledger ends.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct End {
    pub(crate) size: u64,
    pub(crate) t: Timestamp,
    /// The last entry's hash.
    leaf: [u8; 32],
}

/// The part of a ledger that is in its tree, and signed.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tree {
    /// Entries that it holds.
    pub(crate) size: u64,
    /// Its signed head; none: it holds none.
    pub(crate) checkpoint: Option<Arc<str>>,
    mark: Mark,
}

/// Whether a tree's head is kept beside the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Mark {
    /// It is. There is nothing to keep of an empty tree.
    #[default]
    Kept,
    /// It is durable in the database, and may be kept.
    Due,
    /// It is not known to be durable yet: a file is never ahead of the database.
    TooEarly,
}

/// A ledger, held against its head as it is stored.
pub(crate) struct Surveyed {
    pub(crate) compartment: Compartment,
    /// Where this node knows it to end.
    pub(crate) last: Last,
    /// How many of its entries are in its signed tree, or what is wrong.
    pub(crate) signed: Result<u64, Integrity>,
}

/// What is known of one ledger.
pub(crate) struct Folded {
    pub(crate) authority: Authority,
    pub(crate) end: End,
    tree: Tree,
}

/// From when on a clock that is behind a ledger's last entry has been put back, rather than being another node's.
pub(crate) const BEHIND_MICROS: i64 = 1_000_000;

/// How the clock stands to a ledger's time.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    /// Whether it is behind, so that the next entry tells what it says.
    pub(crate) behind: bool,
    /// What the ledger does not say yet.
    pub(crate) changed: Option<Fact>,
}

/// The fold over all ledgers.
#[derive(Default)]
pub(crate) struct Fold {
    authorities: HashMap<Compartment, Arc<Authority>>,
    broken: HashMap<Compartment, Integrity>,
    ends: HashMap<Compartment, End>,
    trees: HashMap<Compartment, Tree>,
    /// Where ledgers were seen to end, durably: none ends before that.
    seen: HashMap<Compartment, Last>,
    drawn: HashMap<EngagementId, Drawn>,
    holders: HashMap<EngagementId, HolderRow>,
    stale: bool,
    touched: bool,
    /// Other nodes may have appended since.
    lagging: bool,
    /// Other nodes were not heard of for too long.
    adrift: bool,
    /// There are other nodes, or may be.
    shared: bool,
    /// Where ledgers end durably to which this node has appended since, in a group of writes that is not committed yet.
    base: HashMap<Compartment, End>,
}

impl Fold {
    /// Folds every ledger anew. A ledger that does not check stays closed; the others open.
    pub(crate) fn load(
        reader: &mut Reader<'_>,
        secrets: &Secrets,
        marks: &Marks,
    ) -> Result<Self, StoreError> {
        let mut state = Self::default();
        let there = ledger::compartments(reader)?;
        state.broken.extend(marks.gone(&there));
        for compartment in there {
            match fold(reader, secrets, marks, compartment).and_then(|folded| {
                state.fold_usage(reader, secrets, &folded.authority, folded.end)?;
                grows(reader, secrets, compartment)?;
                Ok(folded)
            }) {
                Ok(folded) => state.take(compartment, folded),
                Err(StateError::Store(error)) => return Err(error),
                Err(StateError::Integrity(found)) => {
                    state.broken.insert(compartment, found);
                }
            }
        }
        let gone = gone(
            state.authorities.get(&Compartment::Installation).map(Arc::as_ref),
            |lab| state.ends.contains_key(&lab) || state.broken.contains_key(&lab),
        );
        state.broken.extend(gone);
        Ok(state)
    }

    fn take(&mut self, compartment: Compartment, folded: Folded) {
        self.authorities.insert(compartment, Arc::new(folded.authority));
        self.ends.insert(compartment, folded.end);
        self.trees.insert(compartment, folded.tree);
    }

    /// Whether the head of a ledger's tree is the one that this node signed last: it alone signs.
    pub(crate) fn signed(&self, compartment: Compartment, head: &HeadRow) -> Result<(), Integrity> {
        if let Some(found) = self.broken.get(&compartment) {
            return Err(found.clone());
        }
        let same = |tree: &Tree| {
            head.integrated == tree.size && head.checkpoint.as_deref() == tree.checkpoint.as_deref()
        };
        match self.trees.get(&compartment).is_none_or(same) {
            true => Ok(()),
            false => Err(wrong_head(
                compartment,
                "its tree head is not the one that was signed last",
            )),
        }
    }

    /// Whether it also ends where this node knows it to: it alone appends.
    pub(crate) fn expects(&self, compartment: Compartment, head: &HeadRow) -> Result<(), Integrity> {
        let known = self.ends.get(&compartment).map_or(head.size, |end| end.size);
        if head.size != known {
            let problem = format!("it counts {} entries, and {known} were recorded", head.size);
            return Err(wrong_head(compartment, problem));
        }
        self.signed(compartment, head)
    }

    /// Closes a ledger that was found not to be as this node wrote it: nothing more of its compartment is let out until it is
    /// folded anew, and checks. What it granted and halted is still known.
    pub(crate) fn close(&mut self, compartment: Compartment, found: Integrity) {
        tracing::error!(%found, "a ledger does not check; its compartment is closed from now on");
        self.ends.remove(&compartment);
        self.trees.remove(&compartment);
        self.holders
            .retain(|_, held| Compartment::Lab(held.lab) != compartment);
        self.broken.insert(compartment, found);
    }

    /// Every ledger that is open: its last entry, and how far its tree is signed, or what is wrong with its head.
    pub(crate) fn survey(&self, heads: &Heads) -> Vec<Surveyed> {
        let survey = |(compartment, end): (&Compartment, &End)| {
            let wrong = |problem: String| Err(wrong_head(*compartment, problem));
            let signed = match heads.get(compartment) {
                Some(Ok(head)) => self.expects(*compartment, head).map(|()| head.integrated),
                Some(Err(error)) => wrong(error.to_string()),
                None => wrong("it is gone".into()),
            };
            Surveyed {
                compartment: *compartment,
                last: Last {
                    size: end.size,
                    leaf: end.leaf,
                },
                signed,
            }
        };
        self.ends.iter().map(survey).collect()
    }

    /// Takes in that ledgers were seen to end there, and to be signed so far, durably.
    pub(crate) fn saw(&mut self, ledgers: &[Surveyed]) {
        for ledger in ledgers {
            self.seen.insert(ledger.compartment, ledger.last);
            if let Ok(size) = ledger.signed {
                self.durable(ledger.compartment, size);
            }
        }
    }

    /// Where they were last seen to end.
    pub(crate) fn seen(&self) -> impl Iterator<Item = (Compartment, Last)> {
        self.seen.iter().map(|(compartment, last)| (*compartment, *last))
    }

    /// Whether a ledger has entries that are in no signed tree.
    pub(crate) fn is_behind(&self, compartment: Compartment) -> bool {
        let (end, tree) = (self.ends.get(&compartment), self.trees.get(&compartment));
        end.zip(tree).is_some_and(|(end, tree)| tree.size < end.size)
    }

    /// Takes in that a tree grew, in a transaction that is not committed yet.
    pub(crate) fn grew(&mut self, compartment: Compartment, size: u64, checkpoint: &str) {
        self.touched = true;
        let tree = Tree {
            size,
            checkpoint: Some(checkpoint.into()),
            mark: Mark::TooEarly,
        };
        self.trees.insert(compartment, tree);
    }

    /// Takes in that a tree of that size is durable.
    pub(crate) fn durable(&mut self, compartment: Compartment, size: u64) {
        if let Some(tree) = self.trees.get_mut(&compartment)
            && (tree.size, tree.mark) == (size, Mark::TooEarly)
        {
            tree.mark = Mark::Due;
        }
    }

    /// Tree heads to be kept beside the database.
    pub(crate) fn due(&self) -> Vec<(Compartment, Arc<str>)> {
        let due = self.trees.iter().filter(|(_, tree)| tree.mark == Mark::Due);
        due.filter_map(|(compartment, tree)| Some((*compartment, tree.checkpoint.clone()?)))
            .collect()
    }

    /// The tree head of a ledger that was signed last; none: of none, or of one that does not check.
    pub(crate) fn head(&self, compartment: Compartment) -> Option<Arc<str>> {
        self.trees.get(&compartment)?.checkpoint.clone()
    }

    /// Tree heads that were kept beside the database.
    pub(crate) fn kept_heads(&self) -> Vec<(Compartment, Arc<str>)> {
        let kept = self.trees.iter().filter(|(_, tree)| tree.mark == Mark::Kept);
        kept.filter_map(|(compartment, tree)| Some((*compartment, tree.checkpoint.clone()?)))
            .collect()
    }

    /// Which of those that were kept before `marks` were read are not there: they are to be kept again.
    pub(crate) fn lost(&mut self, kept: &[(Compartment, Arc<str>)], marks: &Marks) -> Vec<Integrity> {
        let mut lost = Vec::new();
        for (compartment, checkpoint) in kept.iter().filter(|(c, text)| !marks.has(*c, text)) {
            let tree = self.trees.get_mut(compartment);
            let still =
                tree.filter(|tree| tree.mark == Mark::Kept && tree.checkpoint.as_ref() == Some(checkpoint));
            if let Some(tree) = still {
                tree.mark = Mark::Due;
                let problem = "it is gone, or another than was put there; it is written again";
                lost.push(Integrity::of(format!("the watermark of {compartment}"), problem));
            }
        }
        lost
    }

    /// Takes in that a tree head was kept.
    pub(crate) fn kept(&mut self, compartment: Compartment, checkpoint: &str) {
        if let Some(tree) = self.trees.get_mut(&compartment)
            && tree.checkpoint.as_deref() == Some(checkpoint)
        {
            tree.mark = Mark::Kept;
        }
    }

    /// Takes the place of what was known. The log says which ledgers are closed that were not before.
    pub(crate) fn replace(&mut self, loaded: Self) {
        let known = |compartment, found| self.broken.get(compartment) == Some(found);
        for (_, found) in loaded.broken.iter().filter(|(c, found)| !known(c, found)) {
            tracing::error!(%found, "a ledger does not check; its compartment stays closed");
        }
        let reopened = self
            .broken
            .keys()
            .filter(|known| !loaded.broken.contains_key(known));
        for compartment in reopened {
            tracing::info!(ledger = %compartment, "a ledger checks again; its compartment is open");
        }
        let seen = std::mem::take(&mut self.seen);
        let (adrift, shared) = (self.adrift, self.shared);
        // Read in the middle of a group, it holds what that has appended.
        let base = std::mem::take(&mut self.base);
        *self = Self {
            seen,
            adrift,
            shared,
            base,
            ..loaded
        };
    }

    /// What was drawn on the last day of the ledger, and on the days that its clock was put back to from there. They may be past by
    /// now, but the clock may also be put back to them: what a node knows of them must not depend on when it was started.
    fn fold_usage(
        &mut self,
        reader: &mut Reader<'_>,
        secrets: &Secrets,
        authority: &Authority,
        end: End,
    ) -> Result<(), StateError> {
        let compartment = authority.compartment();
        let mut since = midnight(end.t);
        for span in authority.clock_put_back().iter().rev() {
            if span.caught_up.is_none_or(|(_, t)| t >= since) {
                since = since.min(midnight(span.clock));
            }
        }
        let own: Vec<EngagementId> = authority.engagements().map(|e| e.id).collect();
        let from = record::index_at(reader, secrets, compartment, since)?;
        record::walk(reader, secrets, compartment, from, &mut |_, entry| {
            if entry.fact == Fact::ClockPutBack {
                self.put_back(&own, entry.told());
            }
            self.draw(entry);
            true
        })
    }

    fn put_back(&mut self, engagements: &[EngagementId], to: Timestamp) {
        for id in engagements {
            if let Some(drawn) = self.drawn.get_mut(id) {
                drawn.put_back(to);
            }
        }
    }

    /// Marks everything as unknown: the next question folds anew first.
    pub(crate) fn forget(&mut self) {
        self.stale = true;
        self.base.clear();
    }

    /// Whether it holds what was undone. Until it is folded anew it allows nothing.
    pub(crate) fn is_stale(&self) -> bool {
        self.stale
    }

    /// Begins to note whether anything is taken in.
    pub(crate) fn untouched(&mut self) {
        self.touched = false;
    }

    /// What was taken in since then was undone: it is forgotten.
    pub(crate) fn undone(&mut self) {
        self.stale |= self.touched;
    }

    /// What authorises in a compartment, if its ledger was begun and checks.
    pub(crate) fn authority(&self, compartment: Compartment) -> Result<Option<&Arc<Authority>>, Integrity> {
        match self.broken.get(&compartment) {
            _ if self.stale || self.adrift => Err(Integrity::unsettled()),
            Some(found) => Err(found.clone().closing(compartment)),
            None => Ok(self.authorities.get(&compartment)),
        }
    }

    /// Every compartment that is open.
    pub(crate) fn authorities(&self) -> impl Iterator<Item = &Arc<Authority>> {
        let all = self.authorities.values();
        all.filter(|authority| !self.is_broken(authority.compartment()))
    }

    /// The same, by compartment.
    pub(crate) fn into_authorities(self) -> HashMap<Compartment, Arc<Authority>> {
        self.authorities
    }

    /// Whether a ledger does not check.
    pub(crate) fn is_broken(&self, compartment: Compartment) -> bool {
        self.broken.contains_key(&compartment)
    }

    /// The ledger whose last entry is furthest ahead of `now`, and by how many microseconds.
    pub(crate) fn ahead_of(&self, now: Timestamp) -> Option<(Compartment, i64)> {
        let ahead = self
            .ends
            .iter()
            .map(|(compartment, end)| (*compartment, end.t.micros_since(now)));
        ahead
            .filter(|(_, micros)| *micros > 0)
            .max_by_key(|(_, micros)| *micros)
    }

    /// Ledgers that do not check.
    pub(crate) fn broken(&self) -> impl Iterator<Item = Integrity> {
        let closing = |(compartment, found): (&Compartment, &Integrity)| found.clone().closing(*compartment);
        self.broken.iter().map(closing)
    }

    /// Begins an empty compartment.
    pub(crate) fn begin(&mut self, compartment: Compartment) {
        self.touched = true;
        self.base.insert(compartment, End::default());
        self.make(compartment);
    }

    fn make(&mut self, compartment: Compartment) {
        self.ends.insert(compartment, End::default());
        self.trees.insert(compartment, Tree::default());
        self.authorities
            .insert(compartment, Arc::new(Authority::empty(compartment)));
    }

    /// Takes an entry in that this node appended, in a group that is not committed yet. One that does not follow the last that it
    /// knows is refused: somebody else moved the end of the ledger.
    pub(crate) fn apply(&mut self, compartment: Compartment, appended: &Appended) -> Result<(), Integrity> {
        let end = self.end_before(compartment, &appended.entry)?;
        self.touched = true;
        self.base.entry(compartment).or_insert(end);
        self.take_in(compartment, appended)
    }

    /// Where a ledger ends, if an entry follows there.
    fn end_before(&self, compartment: Compartment, entry: &Entry) -> Result<End, Integrity> {
        let Some(end) = self.ends.get(&compartment) else {
            return Err(Integrity::of(
                compartment.to_string(),
                "its ledger was never begun",
            ));
        };
        if entry.n != end.size || entry.t < end.t {
            let problem = format!("it should be entry {}, at {} or later", end.size, end.t.rfc3339());
            return Err(Integrity::entry(compartment, entry.n, problem));
        }
        Ok(*end)
    }

    fn take_in(&mut self, compartment: Compartment, appended: &Appended) -> Result<(), Integrity> {
        let entry = &appended.entry;
        self.end_before(compartment, entry)?;
        let authority = self.authorities.entry(compartment);
        let authority = authority.or_insert_with(|| Arc::new(Authority::empty(compartment)));
        let end = self.ends.entry(compartment).or_default();
        // Most entries are of work: only one that authorises is a reason to copy what somebody looks at just now.
        if entry.fact.authorises() {
            Arc::make_mut(authority)
                .apply(entry)
                .map_err(|e| Integrity::entry(compartment, e.index, e.problem))?;
        }
        *end = End {
            size: entry.n + 1,
            t: entry.t,
            leaf: appended.leaf,
        };
        if entry.fact == Fact::ClockPutBack {
            let own: Vec<EngagementId> = authority.engagements().map(|e| e.id).collect();
            self.put_back(&own, entry.told());
        }
        self.draw(entry);
        Ok(())
    }

    fn draw(&mut self, entry: &Entry) {
        let Actor::Engaged { engagement, .. } = entry.by else {
            return;
        };
        let (hour, draw) = (entry.told().hour(), entry.fact.released());
        match entry.fact {
            Fact::ReadCompleted {
                stream,
                objects,
                bytes,
                ..
            } => {
                if let Some(drawn) = self.drawn.get_mut(&engagement) {
                    drawn.settle(stream, Draw { objects, bytes });
                }
            }
            _ if draw == Draw::default() => {}
            Fact::ReadIntended { stream, .. } => {
                self.drawn
                    .entry(engagement)
                    .or_default()
                    .reserve(hour, stream, draw);
            }
            _ => self.drawn.entry(engagement).or_default().draw(hour, draw),
        }
    }

    /// What was drawn under an engagement in the hour and day of `now`. Where the clock is behind the ledger's last entry, but was
    /// not put back, of that entry, since the next one will not be earlier.
    pub(crate) fn usage(&self, lab: LabId, engagement: EngagementId, now: Timestamp) -> Usage {
        let compartment = Compartment::Lab(lab);
        let Some(drawn) = self.drawn.get(&engagement) else {
            return Usage::default();
        };
        let clock = self.clock(compartment, now);
        let end = self.ends.get(&compartment).filter(|_| !clock.behind);
        let now = end.map_or(now, |end| now.max(end.t));
        drawn.usage(now.hour(), clock.changed == Some(Fact::ClockPutBack))
    }

    /// How the clock stands to a ledger, and what is to be recorded of it before anything else.
    pub(crate) fn clock(&self, compartment: Compartment, now: Timestamp) -> Clock {
        let (end, authority) = (self.ends.get(&compartment), self.authorities.get(&compartment));
        let Some((end, authority)) = end.zip(authority).filter(|(end, _)| end.size > 0) else {
            return Clock::default();
        };
        let far = |t: Timestamp| t.micros_since(now) >= BEHIND_MICROS;
        match authority.clock_behind() {
            None if far(end.t) => Clock {
                behind: true,
                changed: Some(Fact::ClockPutBack),
            },
            None => Clock::default(),
            Some(_) if now >= end.t => Clock {
                behind: false,
                changed: Some(Fact::ClockCaughtUp),
            },
            Some(span) => Clock {
                behind: true,
                changed: far(span.clock).then_some(Fact::ClockPutBack),
            },
        }
    }

    /// Who holds an engagement, if that was found out before.
    pub(crate) fn held(&self, id: EngagementId) -> Option<HolderRow> {
        self.holders.get(&id).copied()
    }

    /// Takes in who holds an engagement: the row, if it opens the commitment in the ledger.
    pub(crate) fn hold(&mut self, row: HolderRow) -> Result<Option<HolderRow>, Integrity> {
        let id = row.engagement;
        let lab = Compartment::Lab(row.lab);
        // What it never granted it did not grant, though it was closed since.
        // One that was closed while this node was behind another may have granted more than is known.
        let partly = self.shared && self.is_broken(lab);
        let known = self.authorities.get(&lab).filter(|_| !self.stale && !partly);
        let never = known.is_some_and(|authority| authority.engagement(id).is_none());
        let granted = if never { None } else { self.authority(lab)? };
        let Some(granted) = granted.and_then(|a| a.engagement(id)) else {
            let found = Integrity::of(
                format!("the holder row of {id}"),
                "no ledger grants that engagement",
            );
            // Another node may have granted it just now; where none did, the patrol says so.
            if !self.shared {
                tracing::error!(%found, "a row was not obeyed");
            }
            return Ok(None);
        };
        if HolderCommitment::new(&row.salt, row.principal) != granted.holder {
            return Err(Integrity::of(
                format!("the holder row of {id}"),
                "it names another holder than the ledger",
            ));
        }
        self.holders.insert(id, row);
        Ok(Some(row))
    }

    /// Asks the one question. While it holds what was undone there is no answer, neither yes nor no.
    pub(crate) fn decide(
        &self,
        caller: &cofferdam_model::Caller,
        ask: &Ask,
        holder: Option<&HolderRow>,
    ) -> Result<Decision, Integrity> {
        if self.stale || self.adrift {
            return Err(Integrity::unsettled());
        }
        let lab = holder.map(|holder| Compartment::Lab(holder.lab));
        for compartment in lab.into_iter().chain([Compartment::Installation]) {
            if let Some(found) = self.broken.get(&compartment) {
                return Err(found.clone().closing(compartment));
            }
        }
        Ok(self.decide_settled(caller, ask, holder))
    }

    fn decide_settled(
        &self,
        caller: &cofferdam_model::Caller,
        ask: &Ask,
        holder: Option<&HolderRow>,
    ) -> Decision {
        let Some(holder) = holder else {
            return Decision::Deny(Refusal::NotEngaged);
        };
        let lab = self.authorities.get(&Compartment::Lab(holder.lab));
        let installation = self.authorities.get(&Compartment::Installation);
        let (Some(lab), Some(installation)) = (lab, installation) else {
            return Decision::Deny(Refusal::NotEngaged);
        };
        if installation.is_revoked(caller.credential) {
            return Decision::Deny(Refusal::NotEngaged);
        }
        let engagement = lab.engagement(ask.engagement);
        let halts = installation.halts().chain(lab.halts());
        let standing = Standing {
            engagement,
            holds: holder.principal == caller.principal,
            halts,
            walls: installation.walls(),
            seen: installation.seen(),
            usage: self.usage(holder.lab, ask.engagement, ask.now),
            now: ask.now,
        };
        let demand = Demand {
            engagement: ask.engagement,
            act: ask.act,
            project: engagement.map_or(ask.project, |e| ask.project_under(e)),
            draw: ask.draw,
        };
        // An engagement for a whole lab reaches what that lab's ledger opened, whatever a row says of other projects.
        let elsewhere = demand.project.is_some_and(|id| lab.project(id).is_none());
        match admit(caller, &demand, standing) {
            Decision::Allow if elsewhere => Decision::Deny(Refusal::OutOfReach),
            decided => decided,
        }
    }

    /// The lab in whose ledger a project was opened.
    pub(crate) fn lab_of(&self, project: ProjectId) -> Option<LabId> {
        let mut opened = self.authorities().filter(|a| a.project(project).is_some());
        opened.find_map(|a| a.compartment().lab())
    }

    /// The engagement, as its ledger has it.
    pub(crate) fn engagement(&self, holder: &HolderRow) -> Option<Engagement> {
        self.authorities
            .get(&Compartment::Lab(holder.lab))?
            .engagement(holder.engagement)
            .cloned()
    }

    /// The halts that concern a lab: its own and the installation's.
    pub(crate) fn halts(&self, compartment: Compartment) -> Vec<Halt> {
        let own = self
            .authorities
            .get(&compartment)
            .into_iter()
            .flat_map(|a| a.halts());
        let above = match compartment {
            Compartment::Installation => None,
            Compartment::Lab(_) => self.authorities.get(&Compartment::Installation),
        };
        above
            .into_iter()
            .flat_map(|a| a.halts())
            .chain(own)
            .copied()
            .collect()
    }

    /// How a caller appears in the ledger under an engagement.
    pub(crate) fn actor(&self, caller: &cofferdam_model::Caller, holder: &HolderRow) -> Option<Actor> {
        let granted = self.engagement(holder)?;
        Some(Actor::Engaged {
            engagement: granted.id,
            pseudonym: granted.pseudonym,
            credential: credential_tag(&holder.salt, caller.credential),
        })
    }
}

/// A question to the state.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ask {
    pub(crate) engagement: EngagementId,
    pub(crate) act: Act,
    pub(crate) project: Option<ProjectId>,
    pub(crate) draw: Draw,
    pub(crate) now: Timestamp,
}

impl Ask {
    /// Which project is meant: the one named, or else the engagement's only one. An act that may span projects
    /// and names none is asked for over the lab as a whole.
    pub(crate) fn project_under(&self, engagement: &Engagement) -> Option<ProjectId> {
        let only = engagement.project().filter(|_| !self.act.may_span_projects());
        self.project.or(only)
    }
}

/// The labs that the installation's ledger opened, and of whose own ledgers nothing is left.
pub(crate) fn gone(
    installation: Option<&Authority>,
    there: impl Fn(Compartment) -> bool,
) -> Vec<(Compartment, Integrity)> {
    let opened = installation
        .into_iter()
        .flat_map(Authority::labs)
        .map(Compartment::Lab);
    let gone = opened.filter(|lab| !there(*lab));
    gone.map(|lab| {
        let problem = "it is gone, and the installation's ledger says that it was opened";
        (lab, Integrity::of(format!("the ledger of {lab}"), problem))
    })
    .collect()
}

/// The tree of a ledger: as large as its signed head says, and no less than it is known to have been.
fn tree(
    reader: &mut Reader<'_>,
    secrets: &Secrets,
    marks: &Marks,
    compartment: Compartment,
    head: &HeadRow,
) -> Result<Tree, StateError> {
    let what = format!("the ledger of {compartment}");
    let key = secrets
        .ledger_key(compartment)
        .map_err(|e| Integrity::of(what.clone(), e.to_string()))?;
    let wrong = |problem: String| Integrity::of(format!("the checkpoint of {compartment}"), problem);
    let size = match &head.checkpoint {
        None => 0,
        Some(text) => Checkpoint::open(text.as_bytes(), key.verifying_key(), &[])
            .map_err(|e| wrong(e.to_string()))?
            .checkpoint
            .size(),
    };
    if size != head.integrated {
        let said = head.integrated;
        return Err(wrong(format!(
            "it is missing, or of {size} entries where its tree is said to hold {said}"
        ))
        .into());
    }
    if let Some(problem) = marks.contradicted(reader, compartment, head, key.verifying_key())? {
        return Err(Integrity::of(what, problem).into());
    }
    let checkpoint: Option<Arc<str>> = head.checkpoint.as_deref().map(Arc::from);
    let mark = match &checkpoint {
        Some(text) if !marks.has(compartment, text) => Mark::Due,
        _ => Mark::Kept,
    };
    Ok(Tree {
        size,
        checkpoint,
        mark,
    })
}

/// Whether a ledger's tree can be grown: its right edge is that of the head that was signed. Were it not, the next entry would
/// close the ledger.
fn grows(reader: &mut Reader<'_>, secrets: &Secrets, compartment: Compartment) -> Result<(), StateError> {
    let Some(head) = ledger::head(reader, compartment)? else {
        return Ok(());
    };
    let what = format!("the ledger of {compartment}");
    let key = secrets
        .ledger_key(compartment)
        .map_err(|e| Integrity::of(what, e.to_string()))?;
    integrate::edge(reader, compartment, &head, key.verifying_key()).map(|_| ())
}

/// What authorises in one ledger: each entry checked, none missing. In pages, so that nobody waits for long between two questions.
fn authority(
    reader: &mut Reader<'_>,
    secrets: &Secrets,
    compartment: Compartment,
) -> Result<Authority, StateError> {
    let mut authority = Authority::empty(compartment);
    loop {
        let rows = ledger::authorising_page(reader, compartment, authority.folded(), PAGE)?;
        for row in &rows {
            let entry = record::check(secrets, compartment, row)?;
            if row.authorising != Some(authority.folded() + 1) {
                let problem = "an authorising entry before it is missing";
                return Err(Integrity::entry(compartment, row.n, problem).into());
            }
            authority
                .apply(&entry)
                .map_err(|e| Integrity::entry(compartment, e.index, e.problem))?;
        }
        if rows.len() < PAGE as usize {
            return Ok(authority);
        }
    }
}

/// Folds one ledger's authorising entries, and how it ends.
pub(crate) fn fold(
    reader: &mut Reader<'_>,
    secrets: &Secrets,
    marks: &Marks,
    compartment: Compartment,
) -> Result<Folded, StateError> {
    let authority = authority(reader, secrets, compartment)?;
    let head = record::head(reader, secrets, compartment)?;
    let known = head.as_ref().map_or(0, |h| h.authorising);
    if known != authority.folded() {
        let problem = format!(
            "its head counts {known} authorising entries, there are {}",
            authority.folded()
        );
        return Err(Integrity::of(format!("the ledger of {compartment}"), problem).into());
    }
    let tree = match &head {
        Some(head) => tree(reader, secrets, marks, compartment, head)?,
        None => Tree::default(),
    };
    let (size, t) = head.map_or_else(Default::default, |h| (h.size, h.t));
    let beyond = ledger::entries(reader, compartment, size, 1)?;
    let last = match size.checked_sub(1) {
        Some(n) => ledger::entry(reader, compartment, n)?.map(|row| row.leaf),
        None => Some([0; 32]),
    };
    let Some(leaf) = last.filter(|_| beyond.is_empty()) else {
        return Err(Integrity::of(
            format!("the ledger of {compartment}"),
            "it does not end where its head says",
        )
        .into());
    };
    let end = End { size, t, leaf };
    Ok(Folded { authority, end, tree })
}

#[cfg(test)]
mod tests {
    use cofferdam_model::{Caller, CredentialKind, Id, PrincipalId};

    use super::*;

    #[test]
    fn what_was_undone_answers_neither_yes_nor_no() {
        let caller = Caller {
            principal: PrincipalId::from_bytes([1; 16]),
            credential: Id::from_bytes([2; 16]),
            kind: CredentialKind::Token,
            bound_to: None,
        };
        let ask = Ask {
            engagement: EngagementId::from_bytes([3; 16]),
            act: Act::ClaimTask,
            project: None,
            draw: Draw::default(),
            now: Timestamp::from_micros(0),
        };
        let mut fold = Fold::default();
        let refused = Decision::Deny(Refusal::NotEngaged);
        assert_eq!(fold.decide(&caller, &ask, None), Ok(refused));
        fold.forget();
        let unknown = fold.decide(&caller, &ask, None).unwrap_err();
        assert!(unknown.is_passing(), "{unknown}");
        fold.replace(Fold::default());
        assert_eq!(fold.decide(&caller, &ask, None), Ok(refused));
    }
}
