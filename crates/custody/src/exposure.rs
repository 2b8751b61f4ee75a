//! What the ledgers say that a credential touched.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use cofferdam_model::authority::PutBack;
use cofferdam_model::blur::Blur;
use cofferdam_model::engagement::{HolderCommitment, credential_tag};
use cofferdam_model::{
    Actor, Authority, Compartment, CredentialId, CredentialTag, Draw, Entry, Fact, LabId, ProjectId,
    StreamId, Timestamp,
};
use cofferdam_store::credential::CredentialRow;
use cofferdam_store::engagement::HolderRow;
use cofferdam_store::{Reader, credential, engagement, ledger};

use crate::auth::check_row;
use crate::error::{GateError, Integrity};
use crate::gate::{Gate, Inner};
use crate::ledgers::scan;
use crate::record;
use crate::state::{BEHIND_MICROS, End, Folded, StateError, fold};
use crate::watermark::Marks;

/// What one credential touched in one lab.
#[derive(Debug, Clone, Default)]
pub struct LabExposure {
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

/// What was done at times that the ledger does not tell, because the clock was put back ([`PutBack`]).
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

/// What one credential touched, by lab.
#[derive(Debug, Clone, Default)]
pub struct Exposure {
    /// Each lab in whose ledger it appears within the window, or may.
    pub labs: BTreeMap<LabId, LabExposure>,
    /// What it did that is in the installation's ledger alone; none: that does not check.
    pub installation: Option<Beyond>,
    /// Labs whose ledger does not check: what was touched there is unknown.
    pub unknown: Vec<LabId>,
}

/// What was done, or asked for, with a credential beyond the labs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Beyond {
    /// What was done with it as an operator.
    pub administered: u64,
    /// What was refused it, under an engagement that is not its own or without the role.
    pub refused: u64,
}

type Window = (Timestamp, Timestamp);

impl Gate {
    /// What the ledgers say a credential touched between two times.
    pub async fn exposure(
        &self,
        id: CredentialId,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Option<Exposure>, GateError<std::convert::Infallible>> {
        let inner = Arc::clone(&self.inner);
        let marks = inner.secrets.watermarks().read()?;
        self.inner
            .store
            .read(move |reader| exposure(&inner, &marks, reader, id, (from, to)))
            .await
    }
}

/// The names of one credential in one lab's ledger.
struct Tags {
    /// As somebody who is engaged there, with the project of the engagement behind each.
    engaged: BTreeMap<CredentialTag, Option<ProjectId>>,
    /// As an operator.
    operator: CredentialTag,
}

fn exposure(
    inner: &Inner,
    marks: &Marks,
    reader: &mut Reader<'_>,
    id: CredentialId,
    window: Window,
) -> Result<Option<Exposure>, GateError<std::convert::Infallible>> {
    let Some(row) = credential::get(reader, id)? else {
        return Ok(None);
    };
    check_row(&inner.secrets, reader, &row)?;
    let mut holders: BTreeMap<LabId, Vec<HolderRow>> = BTreeMap::new();
    for holder in engagement::all(reader)? {
        holders.entry(holder.lab).or_default().push(holder);
    }
    let mut exposure = Exposure::default();
    for lab in ledger::compartments(reader)?
        .into_iter()
        .filter_map(Compartment::lab)
    {
        let held = holders.get(&lab).map_or(&[][..], Vec::as_slice);
        match in_lab(inner, marks, reader, (lab, held), &row, window) {
            Ok(found) if found.entries > 0 || found.undated.is_some() => {
                exposure.labs.insert(lab, found);
            }
            Ok(_) => {}
            Err(StateError::Integrity(found)) => {
                tracing::error!(%found, "what a credential touched there is unknown");
                exposure.unknown.push(lab);
            }
            Err(StateError::Store(error)) => return Err(error.into()),
        }
    }
    exposure.installation = match beyond(inner, marks, reader, id, window) {
        Ok(found) => Some(found),
        Err(StateError::Integrity(found)) => {
            tracing::error!(%found, "what a credential did beyond the labs is unknown");
            None
        }
        Err(StateError::Store(error)) => return Err(error.into()),
    };
    Ok(Some(exposure))
}

/// What the installation's ledger says of a credential, if it is whole: what may be within the window too, as the clock was put back,
/// is counted.
fn beyond(
    inner: &Inner,
    marks: &Marks,
    reader: &mut Reader<'_>,
    id: CredentialId,
    window: Window,
) -> Result<Beyond, StateError> {
    let compartment = Compartment::Installation;
    let own = inner.secrets.credential_tag(compartment, id);
    let Folded { authority, end, .. } = fold(reader, &inner.secrets, marks, compartment)?;
    let blurs = blurs(inner, reader, &authority, end)?;
    let blurred = |n: u64| blurs.iter().any(|blur| blur.entries().contains(&n));
    let mut found = Beyond::default();
    scan(inner, reader, compartment, window, &mut |entry| {
        if !blurred(entry.n) {
            found.take(own, entry);
        }
    })?;
    for blur in blurs.iter().filter(|blur| !blur.entries().is_empty()) {
        let mut each = |_: &ledger::EntryRow, entry: &Entry| {
            if place(blur, entry, window) != Place::Outside {
                found.take(own, entry);
            }
            entry.n + 1 < blur.entries().end
        };
        record::walk(
            reader,
            &inner.secrets,
            compartment,
            blur.entries().start,
            &mut each,
        )?;
    }
    Ok(found)
}

impl Beyond {
    fn take(&mut self, own: CredentialTag, entry: &Entry) {
        match entry.by {
            Actor::Operator { credential, .. } if credential == own => self.administered += 1,
            Actor::Stranger { credential } if credential == own => self.refused += 1,
            _ => {}
        }
    }
}

fn in_lab(
    inner: &Inner,
    marks: &Marks,
    reader: &mut Reader<'_>,
    (lab, held): (LabId, &[HolderRow]),
    credential: &CredentialRow,
    window: Window,
) -> Result<LabExposure, StateError> {
    let Folded { authority, end, .. } = fold(reader, &inner.secrets, marks, Compartment::Lab(lab))?;
    let tags = Tags {
        engaged: engaged(&authority, held, credential)?,
        operator: inner.secrets.credential_tag(Compartment::Lab(lab), credential.id),
    };
    if tags.engaged.is_empty() && credential.bound_to.is_some() {
        return Ok(LabExposure::default());
    }
    let blurs = blurs(inner, reader, &authority, end)?;
    let mut found = LabExposure::default();
    let blurred = |n: u64| blurs.iter().any(|blur| blur.entries().contains(&n));
    scan(inner, reader, Compartment::Lab(lab), window, &mut |entry| {
        if !blurred(entry.n) {
            found.take(&tags, entry);
        }
    })?;
    for blur in &blurs {
        let mut there = LabExposure::default();
        let mut each = |_: &ledger::EntryRow, entry: &Entry| {
            match place(blur, entry, window) {
                Place::Within => found.take(&tags, entry),
                Place::MayBe => there.take(&tags, entry),
                Place::Outside => {}
            }
            entry.n + 1 < blur.entries().end
        };
        if !blur.entries().is_empty() {
            let (lab, from) = (Compartment::Lab(lab), blur.entries().start);
            record::walk(reader, &inner.secrets, lab, from, &mut each)?;
        }
        found.may_be(blur, &there);
    }
    Ok(found)
}

/// How a credential may be called in a lab's ledger. Every engagement must have its holder's row, and every row must
/// open its commitment: where one does not, it might have been this credential's.
fn engaged(
    authority: &Authority,
    held: &[HolderRow],
    credential: &CredentialRow,
) -> Result<BTreeMap<CredentialTag, Option<ProjectId>>, StateError> {
    let held: HashMap<_, _> = held.iter().map(|row| (row.engagement, row)).collect();
    let mut tags = BTreeMap::new();
    for granted in authority.engagements() {
        let row = held.get(&granted.id).copied();
        let row = row.filter(|row| HolderCommitment::new(&row.salt, row.principal) == granted.holder);
        let row = row.ok_or_else(|| {
            Integrity::of(
                format!("the holder row of {}", granted.id),
                "it is missing, or names another holder than the ledger",
            )
        })?;
        if row.principal == credential.principal {
            tags.insert(credential_tag(&row.salt, credential.id), granted.project());
        }
    }
    Ok(tags)
}

impl LabExposure {
    fn take(&mut self, tags: &Tags, entry: &Entry) {
        let project = match entry.by {
            Actor::Operator { credential, .. } if credential == tags.operator => {
                self.administered += 1;
                None
            }
            Actor::Engaged { credential, .. } => match tags.engaged.get(&credential) {
                Some(project) => *project,
                None => return,
            },
            _ => return,
        };
        self.entries += 1;
        self.first = Some(self.first.map_or(entry.t, |first| first.min(entry.t)));
        self.last = self.last.max(Some(entry.t));
        self.release(entry, project);
    }

    fn release(&mut self, entry: &Entry, project: Option<ProjectId>) {
        if let Fact::ReadCompleted {
            stream,
            objects,
            bytes,
            ..
        } = entry.fact
            && let Some((project, intended)) = self.reading.remove(&stream)
        {
            let sum = self.projects.entry(project).or_default();
            *sum = sum.less(intended).plus(Draw { objects, bytes });
        }
        let draw = entry.fact.released();
        let Some(project) = entry.fact.project().or(project).filter(|_| draw.objects > 0) else {
            return;
        };
        if let Fact::ReadIntended { stream, .. } = entry.fact {
            self.reading.insert(stream, (project, draw));
        }
        let sum = self.projects.entry(project).or_default();
        *sum = sum.plus(draw);
    }

    /// Takes in what may be within the window, if there is anything.
    fn may_be(&mut self, blur: &Blur, there: &Self) {
        if there.entries == 0 {
            return;
        }
        let released = there
            .projects
            .values()
            .fold(Draw::default(), |sum, d| sum.plus(*d));
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
enum Place {
    Within,
    MayBe,
    Outside,
}

/// Where an entry of a blur is to a window. That asks more closely than [`Blur::bounds`] does: between what the clock said and
/// what the ledger says there may be times that are neither.
fn place(blur: &Blur, entry: &Entry, (from, to): Window) -> Place {
    let (earliest, latest) = blur.between(entry.clock);
    let said = entry.clock.map(|clock| (from..to).contains(&clock));
    let inside = earliest >= from && latest.is_some_and(|latest| latest < to);
    let overlaps = earliest < to && latest.is_none_or(|latest| latest >= from);
    match (inside, overlaps, said) {
        (true, _, None | Some(true)) => Place::Within,
        (_, true, _) | (_, _, Some(true)) => Place::MayBe,
        _ => Place::Outside,
    }
}

/// What of a ledger has no certain time: from the first entry beyond what the clock was put back to, until it had caught up.
fn blurs(
    inner: &Inner,
    reader: &mut Reader<'_>,
    authority: &Authority,
    end: End,
) -> Result<Vec<Blur>, StateError> {
    let (compartment, now) = (authority.compartment(), inner.env.now());
    let mut spans = authority.clock_put_back().to_vec();
    if authority.clock_behind().is_none() && end.t.micros_since(now) >= BEHIND_MICROS {
        // Nothing was recorded since the clock was put back.
        spans.push(PutBack {
            n: end.size,
            t: end.t,
            clock: now,
            caught_up: None,
        });
    }
    let mut all = Vec::with_capacity(spans.len());
    for span in spans {
        let start = record::index_at(reader, &inner.secrets, compartment, span.floor())?;
        let from = before(inner, reader, compartment, start)?;
        all.push(Blur::new(&span, start, from, end.size));
    }
    Ok(Blur::joined(all))
}

/// The time of the entry before, which was made before; of the first, any time.
fn before(
    inner: &Inner,
    reader: &mut Reader<'_>,
    compartment: Compartment,
    n: u64,
) -> Result<Timestamp, StateError> {
    let Some(n) = n.checked_sub(1) else {
        return Ok(Timestamp::from_micros(0));
    };
    let row = ledger::entry(reader, compartment, n)?;
    let row = row.ok_or_else(|| Integrity::entry(compartment, n, "it is missing"))?;
    Ok(record::check(&inner.secrets, compartment, &row)?.t)
}
