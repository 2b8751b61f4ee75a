//! Exposure, asked of an archive: the count of [`cofferdam_model::touched`] over the rows that can matter.
//!
//! Row groups whose entries lie outside the window by their footer are not read. Of the others the column of actors is read, and the rest
//! only around the rows of whoever is asked for. A row group is in memory at a time, and 32 bytes for each object version that was touched,
//! as long as these are not more than [`MOST_VERSIONS`].

use std::fs::File;
use std::ops::Range;

use cofferdam_model::blur::Blur;
use cofferdam_model::exposure::{Case, Class, Exposure, Known as Nothing, Subject, Which, Windows};
use cofferdam_model::touched::{Count, Deed, Drew, Names};
use cofferdam_model::{
    Actor, Bounds, CredentialTag, Draw, EngagementId, ObjectRef, Pseudonym, Timestamp, Touched, Window,
};

use crate::error::{ArchiveError, Damage};
use crate::part::{Extent, PartFile};
use crate::read::Archive;
use crate::row::Row;

/// The most object versions that are told apart: 32 bytes each, and up to twice that while they are counted.
pub const MOST_VERSIONS: usize = 4 << 20;
/// Rows of the column of actors that are looked at together.
const BATCH: usize = 1 << 13;
/// Rows between two that are wanted which are rather read than skipped.
const NEAR: usize = 16;

/// Whose exposure is asked for, by a name in this ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// One credential's.
    Credential(CredentialTag),
    /// Whatever was done under one engagement.
    Engagement(EngagementId),
    /// A person's or a component's, with all credentials and engagements in this ledger.
    Pseudonym(Pseudonym),
}

/// What an archive says of somebody and a window.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Entries and releases, as the archive has them.
    pub touched: Touched,
    /// The object versions behind these; none: there are more than [`MOST_VERSIONS`].
    pub versions: Option<Versions>,
    /// The part of the window of which the archive does not know everything, from the first time to the second: it is unknown, not clean.
    pub unknown: Option<(Timestamp, Timestamp)>,
    /// Whether somebody of that name acts in the archive at all.
    pub named: bool,
    /// What it took.
    pub read: Read,
}

/// Different object versions, and their plaintext bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Versions {
    /// Which they wrote in the window.
    pub altered: Draw,
    /// Which were released to them in the window, and they did not write.
    pub touched: Draw,
}

/// What answering took.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Read {
    /// Row groups of the archive.
    pub groups: u64,
    /// Of those, how many were read.
    pub groups_read: u64,
    /// Rows of these: so many actors were looked at.
    pub rows: u64,
    /// Rows that were read whole.
    pub rows_whole: u64,
}

impl Archive {
    /// What the archive says that somebody touched, who goes by any of these names, from the first time (included) to the second (not included).
    ///
    /// # Errors
    /// Where a file of the archive cannot be read, or is damaged.
    pub fn exposure(&self, whose: &[Whose], window: (Timestamp, Timestamp)) -> Result<Answer, ArchiveError> {
        let (names, wanted) = self.named(whose);
        let named = wanted.contains(&true);
        let mut answer = Answer {
            touched: Touched::default(),
            versions: Some(Versions::default()),
            unknown: self.unknown(window),
            named,
            read: Read::default(),
        };
        let Ok(asked) = Window::new(window.0, Some(window.1)) else {
            return Ok(answer);
        };
        if !named {
            return Ok(answer);
        }
        let blurs = self.blurs()?;
        let mut asking = Asking {
            archive: self,
            wanted,
            window,
            blurs: &blurs,
            count: Count::new(names, window, &blurs),
            versions: Some(versions(asked)),
            entry: None,
            read: Read::default(),
        };
        for part in 0..self.parts() {
            let path = self.path(part);
            asking
                .part(&self.part(part)?)
                .map_err(|damage| damage.of(&path))?;
        }
        asking.end_entry();
        (answer.touched, answer.read) = (asking.count.finish(), asking.read);
        answer.versions = asking.versions.map(|found| {
            let totals = found.assess().totals(Which::Chosen).unwrap_or_default();
            Versions {
                altered: totals.class(Class::Altered),
                touched: totals.class(Class::Touched),
            }
        });
        Ok(answer)
    }

    /// By which names somebody acts, and which actors that is.
    fn named(&self, whose: &[Whose]) -> (Names, Vec<bool>) {
        let mut names = Names::default();
        let mut wanted = vec![false; self.known.len()];
        for (known, wanted) in self.known.iter().zip(&mut wanted) {
            match known.by {
                Actor::Engaged {
                    engagement,
                    pseudonym,
                    credential,
                } => {
                    let own = [
                        Whose::Credential(credential),
                        Whose::Engagement(engagement),
                        Whose::Pseudonym(pseudonym),
                    ];
                    *wanted = whose.iter().any(|whose| own.contains(whose));
                    if *wanted {
                        names.engaged.insert(credential, known.project);
                    }
                }
                Actor::Operator { credential, .. } if whose.contains(&Whose::Credential(credential)) => {
                    *wanted = true;
                    names.operator = Some(credential);
                }
                _ => {}
            }
        }
        (names, wanted)
    }

    /// The part of a window that the archive does not cover: what is after its end, and all of it where the clock was put back into the window
    /// and entries that were made then are after its end.
    fn unknown(&self, (from, to): (Timestamp, Timestamp)) -> Option<(Timestamp, Timestamp)> {
        let beyond = self.put_back().into_iter().any(|span| {
            let goes_on = span.caught_up.is_none_or(|(n, _)| n > self.end());
            goes_on && span.floor() < to && span.caught_up.is_none_or(|(_, t)| t >= from)
        });
        if beyond {
            return Some((from, to));
        }
        (to > self.until()).then(|| (from.max(self.until()), to))
    }

    /// What of its entries has no certain time.
    fn blurs(&self) -> Result<Vec<Blur>, ArchiveError> {
        let mut all = Vec::new();
        for span in self.put_back() {
            let (start, from) = self.index_at(span.floor())?;
            all.push(Blur::new(&span, start, from, self.checkpoint().size()));
        }
        Ok(Blur::joined(all))
    }

    /// The first entry whose ledger time is not before `t`, and the time of the entry before it.
    fn index_at(&self, t: Timestamp) -> Result<(u64, Timestamp), ArchiveError> {
        let mut before = Timestamp::from_micros(0);
        for part in 0..self.parts() {
            let path = self.path(part);
            let file = self.part(part)?;
            for group in 0..file.groups() {
                let extent = file.extent(group).map_err(|damage| damage.of(&path))?;
                if extent.t.1 < t {
                    before = extent.t.1;
                    continue;
                }
                let found = first_at(&file, group, t, before).map_err(|damage| damage.of(&path))?;
                return Ok(found);
            }
        }
        Ok((self.end(), before))
    }
}

/// The same, within a row group that has it.
fn first_at(
    part: &PartFile<File>,
    group: usize,
    t: Timestamp,
    before: Timestamp,
) -> Result<(u64, Timestamp), Damage> {
    let mut group = part.group(group)?;
    let rows = group.rows;
    let (n, times) = group.places(0..rows)?;
    let at = times.partition_point(|time| *time < t.as_micros());
    let n = n.get(at).and_then(|n| u64::try_from(*n).ok());
    let before = at
        .checked_sub(1)
        .and_then(|at| times.get(at))
        .map_or(before, |t| Timestamp::from_micros(*t));
    let n = n.ok_or_else(|| Damage::new("its rows are not those that its footer says"))?;
    Ok((n, before))
}

fn versions(asked: Window) -> Exposure {
    let windows = Windows {
        chosen: Some(asked),
        ..Windows::default()
    };
    let nothing = Nothing {
        reachable: &[],
        leases: &[],
        gaps: &[],
    };
    Exposure::new(Case::new(Subject::Principal, windows, nothing))
}

/// A question on its way through the rows.
struct Asking<'a> {
    archive: &'a Archive,
    /// Of each actor, whether it is asked for.
    wanted: Vec<bool>,
    window: (Timestamp, Timestamp),
    blurs: &'a [Blur],
    count: Count<'a>,
    versions: Option<Exposure>,
    /// The rows of one entry as one, as far as they were read.
    entry: Option<Row>,
    read: Read,
}

impl Asking<'_> {
    fn part(&mut self, part: &PartFile<File>) -> Result<(), Damage> {
        for group in 0..part.groups() {
            self.read.groups += 1;
            if self.matters(part.extent(group)?) {
                self.group(part, group)?;
            }
        }
        Ok(())
    }

    /// Whether a row group can have an entry of the window.
    fn matters(&self, extent: Extent) -> bool {
        let (from, to) = self.window;
        let within = extent.t.0 < to && extent.t.1 >= from;
        within
            || self.blurs.iter().any(|blur| {
                let entries = blur.entries();
                entries.start <= extent.n.1 && entries.end > extent.n.0
            })
    }

    fn group(&mut self, part: &PartFile<File>, group: usize) -> Result<(), Damage> {
        let mut group = part.group(group)?;
        self.read.groups_read += 1;
        self.read.rows += group.rows as u64;
        let mut rows = Vec::new();
        let mut from = 0;
        while from < group.rows {
            let batch = from..group.rows.min(from + BATCH);
            let actors = group.actors(batch.clone())?.to_vec();
            for run in runs(&actors, &self.wanted)? {
                rows.clear();
                let place = from + run.start..from + run.end;
                group.whole(place, &actors[run], &mut rows)?;
                self.rows(&mut rows);
            }
            from = batch.end;
        }
        Ok(())
    }

    /// Takes in rows, of which some are of others.
    fn rows(&mut self, rows: &mut Vec<Row>) {
        self.read.rows_whole += rows.len() as u64;
        for row in rows.drain(..) {
            if !self.is_wanted(&row) {
                continue;
            }
            if self.entry.as_ref().is_some_and(|first| first.n != row.n) {
                self.end_entry();
            }
            self.version(&row);
            // An entry's rows differ in their objects only: what is counted of these is all that is kept.
            match &mut self.entry {
                Some(first) => add(first, &row),
                none => *none = Some(first_of(row)),
            }
        }
    }

    fn is_wanted(&self, row: &Row) -> bool {
        usize::try_from(row.actor).is_ok_and(|at| self.wanted.get(at) == Some(&true))
    }

    /// Counts the entry whose rows are all there.
    fn end_entry(&mut self) {
        let archive = self.archive;
        if let Some(row) = self.entry.take()
            && let Some(known) = usize::try_from(row.actor)
                .ok()
                .and_then(|at| archive.known.get(at))
        {
            self.count.take(&deed(&row, known.by));
        }
    }

    /// Takes in what befell an object version.
    fn version(&mut self, row: &Row) {
        let (Some(object), Some(version), Some(bytes)) = (row.object, row.version, row.bytes) else {
            return;
        };
        let blur = self.blurs.iter().find(|blur| blur.entries().contains(&row.n));
        let when = blur.map_or(Bounds::at(row.t), |blur| blur.bounds(row.clock));
        let outside = blur.is_none() && !(self.window.0..self.window.1).contains(&row.t);
        let Some(versions) = self.versions.as_mut().filter(|_| !outside) else {
            return;
        };
        let object = ObjectRef {
            bytes,
            object,
            version,
        };
        match did(&row.fact) {
            Did::Wrote => versions.write(object, when),
            Did::Released | Did::Intended => versions.release(object, when),
            Did::Completed | Did::Else => {}
        }
        if versions.kept() > 2 * MOST_VERSIONS {
            self.versions = None;
        }
    }
}

/// The ranges of rows to be read: those that are wanted, and few between them that are not.
fn runs(actors: &[i32], wanted: &[bool]) -> Result<Vec<Range<usize>>, Damage> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    for (at, actor) in actors.iter().enumerate() {
        let actor = usize::try_from(*actor).ok().and_then(|actor| wanted.get(actor));
        if !*actor
            .ok_or_else(|| Damage::new("a row is of somebody who is not in the list of those who acted"))?
        {
            continue;
        }
        match runs.last_mut() {
            Some(last) if at - last.end <= NEAR => last.end = at + 1,
            _ => runs.push(at..at + 1),
        }
    }
    Ok(runs)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Did {
    Wrote,
    Released,
    Intended,
    Completed,
    Else,
}

fn did(fact: &[u8]) -> Did {
    match fact {
        b"project-opened"
        | b"guideline-set"
        | b"tasks-imported"
        | b"submission-received"
        | b"answer-amended"
        | b"review-given"
        | b"question-asked"
        | b"question-answered" => Did::Wrote,
        b"task-released" | b"review-released" | b"objects-released" => Did::Released,
        b"read-intended" => Did::Intended,
        b"read-completed" => Did::Completed,
        _ => Did::Else,
    }
}

/// An entry's first row as the sum of its rows so far: `objects` and `bytes` are counts, but of what ends a read, where they are already.
fn first_of(row: Row) -> Row {
    match row.object {
        Some(_) => Row {
            objects: Some(1),
            ..row
        },
        None => row,
    }
}

fn add(first: &mut Row, row: &Row) {
    let sum = |one: Option<u64>, other: u64| Some(one.unwrap_or(0).saturating_add(other));
    first.objects = sum(first.objects, u64::from(row.object.is_some()));
    first.bytes = sum(first.bytes, row.bytes.unwrap_or(0));
}

fn deed(row: &Row, by: Actor) -> Deed {
    let draw = Draw {
        objects: row.objects.unwrap_or(0),
        bytes: row.bytes.unwrap_or(0),
    };
    let drew = match (did(&row.fact), row.stream) {
        (Did::Intended, Some(stream)) => Drew::Intended(stream, draw),
        (Did::Completed, Some(stream)) => Drew::Completed(stream, draw),
        (Did::Released, _) => Drew::Released(draw),
        _ => Drew::Released(Draw::default()),
    };
    Deed {
        n: row.n,
        t: row.t,
        clock: row.clock,
        by,
        project: row.project,
        drew,
    }
}

#[cfg(test)]
mod tests {
    use cofferdam_model::{Entry, Fact};

    use super::*;

    /// What is told by an entry's kind here is what the entry itself says: no kind that writes or releases is passed over.
    #[test]
    fn a_kind_says_what_its_entries_do() {
        let mut seen = [0; 4];
        for line in include_str!("../../model/testdata/entries.jsonl").lines() {
            let fact = serde_json::from_str::<Entry>(line).unwrap().fact;
            let told = did(fact.kind().as_bytes());
            let (at, does) = match &fact {
                Fact::TasksImported { .. } => (0, Did::Wrote),
                Fact::ReadIntended { .. } => (1, Did::Intended),
                Fact::ReadCompleted { .. } => (2, Did::Completed),
                fact if fact.written().is_some() => (0, Did::Wrote),
                fact if !fact.objects().is_empty() => (3, Did::Released),
                _ => continue,
            };
            assert_eq!(told, does, "{line}");
            seen[at] += 1;
        }
        assert!(seen.iter().all(|seen| *seen > 0), "{seen:?}");
    }
}
