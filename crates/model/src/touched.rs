//! What a credential touched, counted from the entries of one ledger: the same count, wherever they are read from.
//!
//! [`crate::exposure`] says of each object version what befell it; here is only how often anything was released, to whom and when, which
//! takes no list of objects and so little memory, however long the ledger is.

use std::collections::{BTreeMap, HashMap};

use crate::blur::Blur;
use crate::budget::Draw;
use crate::entry::{Actor, Entry, Fact};
use crate::id::{CredentialTag, ProjectId, StreamId};
use crate::time::Timestamp;

/// What of an entry is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deed {
    /// Its index.
    pub n: u64,
    /// Ledger time.
    pub t: Timestamp,
    /// What the clock said, where it had been put back.
    pub clock: Option<Timestamp>,
    /// Who.
    pub by: Actor,
    /// The project that the entry itself names.
    pub project: Option<ProjectId>,
    /// What it let out.
    pub drew: Drew,
}

/// What an entry let out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drew {
    /// So much, single objects; most entries let nothing out.
    Released(Draw),
    /// A fixed set, about to be read.
    Intended(StreamId, Draw),
    /// Of a set what was sent.
    Completed(StreamId, Draw),
}

impl Deed {
    /// Of a whole entry.
    pub fn of(entry: &Entry) -> Self {
        let released = entry.fact.released();
        let drew = match entry.fact {
            Fact::ReadIntended { stream, .. } => Drew::Intended(stream, released),
            Fact::ReadCompleted {
                stream,
                objects,
                bytes,
                ..
            } => Drew::Completed(stream, Draw { objects, bytes }),
            _ => Drew::Released(released),
        };
        Self {
            n: entry.n,
            t: entry.t,
            clock: entry.clock,
            by: entry.by,
            project: entry.fact.project(),
            drew,
        }
    }
}

/// By which names somebody acts in one lab's ledger.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names {
    /// As somebody who is engaged there, with the project of the engagement behind each.
    pub engaged: BTreeMap<CredentialTag, Option<ProjectId>>,
    /// As an operator.
    pub operator: Option<CredentialTag>,
}

/// What one credential touched in one lab, or several that are asked for together.
#[derive(Debug, Clone, Default)]
pub struct Touched {
    /// Entries that name it.
    pub entries: u64,
    /// Of those, what was done with it as an operator: that releases nothing.
    pub administered: u64,
    /// Plaintext released, by project. Of a fixed set what was sent, and all of it while no entry says how much that was.
    pub projects: BTreeMap<ProjectId, Draw>,
    /// The sets whose reading has begun, and was not completed.
    reading: HashMap<StreamId, (ProjectId, Draw)>,
    /// Ledger time of the first such entry.
    pub first: Option<Timestamp>,
    /// And of the last.
    pub last: Option<Timestamp>,
    /// What may be within the window too, and is in none of the above.
    pub undated: Option<Undated>,
}

/// What was done at times that the ledger does not tell, because the clock was put back ([`crate::authority::PutBack`]).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undated {
    /// Entries that name the credential.
    pub entries: u64,
    /// Plaintext released.
    pub released: Draw,
    /// They are not earlier.
    pub from: Timestamp,
    /// Nor later; none: the clock has not caught up yet.
    pub to: Option<Timestamp>,
}

impl Touched {
    fn take(&mut self, names: &Names, deed: &Deed) {
        let project = match deed.by {
            Actor::Operator { credential, .. } if names.operator == Some(credential) => {
                self.administered += 1;
                None
            }
            Actor::Engaged { credential, .. } => match names.engaged.get(&credential) {
                Some(project) => *project,
                None => return,
            },
            _ => return,
        };
        self.entries += 1;
        self.first = Some(self.first.map_or(deed.t, |first| first.min(deed.t)));
        self.last = self.last.max(Some(deed.t));
        self.release(deed.drew, deed.project.or(project));
    }

    fn release(&mut self, drew: Drew, project: Option<ProjectId>) {
        let draw = match drew {
            Drew::Released(draw) | Drew::Intended(_, draw) => draw,
            Drew::Completed(stream, sent) => {
                if let Some((project, intended)) = self.reading.remove(&stream) {
                    let sum = self.projects.entry(project).or_default();
                    *sum = sum.less(intended).plus(sent);
                }
                return;
            }
        };
        let Some(project) = project.filter(|_| draw.objects > 0) else {
            return;
        };
        if let Drew::Intended(stream, _) = drew {
            self.reading.insert(stream, (project, draw));
        }
        let sum = self.projects.entry(project).or_default();
        *sum = sum.plus(draw);
    }

    /// All that was released.
    pub fn released(&self) -> Draw {
        let draws = self.projects.values();
        draws.fold(Draw::default(), |sum, draw| sum.plus(*draw))
    }

    /// Takes in what may be within the window, if there is anything.
    fn may_be(&mut self, blur: &Blur, there: &Self) {
        if there.entries == 0 {
            return;
        }
        let released = there.released();
        let before = self.undated.take();
        self.undated = Some(Undated {
            entries: there.entries + before.as_ref().map_or(0, |u| u.entries),
            released: before.as_ref().map_or(released, |u| u.released.plus(released)),
            from: before.as_ref().map_or(blur.from(), |u| u.from.min(blur.from())),
            to: before.map_or(blur.to(), |u| u.to.zip(blur.to()).map(|(a, b)| a.max(b))),
        });
    }
}

/// Where an entry is to a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// It was made in it.
    Within,
    /// It may have been.
    MayBe,
    /// It was not.
    Outside,
}

/// Where an entry of a blur is to a window, from the first time (included) to the second (not included). That asks more closely than
/// [`Blur::bounds`] does: between what the clock said and what the ledger says there may be times that are neither.
pub fn place(blur: &Blur, clock: Option<Timestamp>, (from, to): (Timestamp, Timestamp)) -> Place {
    let (earliest, latest) = blur.between(clock);
    let said = clock.map(|clock| (from..to).contains(&clock));
    let inside = earliest >= from && latest.is_some_and(|latest| latest < to);
    let overlaps = earliest < to && latest.is_none_or(|latest| latest >= from);
    match (inside, overlaps, said) {
        (true, _, None | Some(true)) => Place::Within,
        (_, true, _) | (_, _, Some(true)) => Place::MayBe,
        _ => Place::Outside,
    }
}

/// Counts what was touched within a window.
#[derive(Debug)]
pub struct Count<'b> {
    names: Names,
    window: (Timestamp, Timestamp),
    blurs: &'b [Blur],
    found: Touched,
    /// Of each blur what may be within the window.
    there: Vec<Touched>,
}

impl<'b> Count<'b> {
    /// Nothing was taken in yet. The window goes from the first time (included) to the second (not included); `blurs` are all that the
    /// ledger has.
    pub fn new(names: Names, window: (Timestamp, Timestamp), blurs: &'b [Blur]) -> Self {
        Self {
            names,
            window,
            blurs,
            found: Touched::default(),
            there: blurs.iter().map(|_| Touched::default()).collect(),
        }
    }

    /// Takes in what an entry says. To be given, each once: every entry of the window by its ledger time, and every entry of a blur; those
    /// of one blur in order, and so those of none. Whatever is neither changes nothing.
    pub fn take(&mut self, deed: &Deed) {
        let Some(at) = self
            .blurs
            .iter()
            .position(|blur| blur.entries().contains(&deed.n))
        else {
            if (self.window.0..self.window.1).contains(&deed.t) {
                self.found.take(&self.names, deed);
            }
            return;
        };
        match (
            place(&self.blurs[at], deed.clock, self.window),
            self.there.get_mut(at),
        ) {
            (Place::Within, _) => self.found.take(&self.names, deed),
            (Place::MayBe, Some(there)) => there.take(&self.names, deed),
            _ => {}
        }
    }

    /// What it comes to.
    #[must_use]
    pub fn finish(self) -> Touched {
        let mut found = self.found;
        for (blur, there) in self.blurs.iter().zip(&self.there) {
            found.may_be(blur, there);
        }
        found
    }
}
