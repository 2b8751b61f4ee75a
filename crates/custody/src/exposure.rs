//! What the ledgers say that a credential touched.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use cofferdam_model::authority::PutBack;
use cofferdam_model::blur::Blur;
use cofferdam_model::engagement::{HolderCommitment, credential_tag};
use cofferdam_model::touched::{Count, Deed, Names, Place, place};
use cofferdam_model::{
    Actor, Authority, Compartment, CredentialId, CredentialTag, EngagementId, Entry, LabId, ProjectId,
    Timestamp, Touched,
};
use cofferdam_store::credential::CredentialRow;
use cofferdam_store::engagement::HolderRow;
use cofferdam_store::{Reader, credential, engagement, ledger};

use crate::auth::check_row;
use crate::error::{GateError, Integrity};
use crate::gate::{Gate, Inner};
use crate::ledgers::scan;
use crate::record::{self, Seen};
use crate::state::{BEHIND_MICROS, End, Folded, StateError, fold};
use crate::watermark::Marks;

/// What one credential touched, by lab.
#[derive(Debug, Clone, Default)]
pub struct Exposure {
    /// Each lab in whose ledger it appears within the window, or may.
    pub labs: BTreeMap<LabId, Touched>,
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
type Tags = BTreeMap<CredentialTag, Option<ProjectId>>;

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
            if place(blur, entry.clock, window) != Place::Outside {
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
) -> Result<Touched, StateError> {
    let Folded { authority, end, .. } = fold(reader, &inner.secrets, marks, Compartment::Lab(lab))?;
    let (engaged, engagements) = engaged(&authority, held, credential)?;
    if engaged.is_empty() && credential.bound_to.is_some() {
        return Ok(Touched::default());
    }
    let names = Names {
        engaged,
        operator: Some(inner.secrets.credential_tag(Compartment::Lab(lab), credential.id)),
    };
    let blurs = blurs(inner, reader, &authority, end)?;
    let lab = Compartment::Lab(lab);
    let mut count = Count::new(names, window, &blurs);
    let blurred = |n: u64| blurs.iter().any(|blur| blur.entries().contains(&n));
    let wanted = |engagement: EngagementId| engagements.contains(&engagement);
    let from = record::index_at(reader, &inner.secrets, lab, window.0)?;
    record::glances(reader, &inner.secrets, lab, from, &wanted, &mut |seen| {
        let (n, t) = seen.place();
        if let Some(entry) = seen.whole().filter(|_| t < window.1 && !blurred(n)) {
            count.take(&Deed::of(entry));
        }
        t < window.1
    })?;
    for blur in blurs.iter().filter(|blur| !blur.entries().is_empty()) {
        let mut each = |seen: Seen<'_>| {
            seen.whole()
                .into_iter()
                .for_each(|entry| count.take(&Deed::of(entry)));
            seen.place().0 + 1 < blur.entries().end
        };
        let start = blur.entries().start;
        record::glances(reader, &inner.secrets, lab, start, &wanted, &mut each)?;
    }
    Ok(count.finish())
}

/// How a credential may be called in a lab's ledger. Every engagement must have its holder's row, and every row must
/// open its commitment: where one does not, it might have been this credential's. With the engagements that it is so called under.
fn engaged(
    authority: &Authority,
    held: &[HolderRow],
    credential: &CredentialRow,
) -> Result<(Tags, HashSet<EngagementId>), StateError> {
    let held: HashMap<_, _> = held.iter().map(|row| (row.engagement, row)).collect();
    let (mut tags, mut engagements) = (Tags::new(), HashSet::new());
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
            engagements.insert(granted.id);
        }
    }
    Ok((tags, engagements))
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
