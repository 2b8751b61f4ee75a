//! What a row says, and how rows follow from entries.

use std::collections::HashMap;

use bytes::Bytes;
use cofferdam_model::{
    Actor, Authority, Compartment, Entry, Fact, ObjectId, ObjectRef, ObjectSet, ProjectId, Purpose, Role,
    StreamId, Timestamp,
};

use crate::error::ArchiveError;

/// One entry, or one of the object versions that it names. An entry that names none has one row; one that names several has a row for each,
/// one after the other, in its order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Index of the entry.
    pub n: u64,
    /// Its ledger time.
    pub t: Timestamp,
    /// What the clock said, where it had been put back.
    pub clock: Option<Timestamp>,
    /// Who: a place in the list of [`Known`].
    pub actor: u32,
    /// What was done: the entry's `kind`.
    pub fact: Bytes,
    /// What for, where the entry says so.
    pub purpose: Option<Bytes>,
    /// The project that the entry itself names.
    pub project: Option<ProjectId>,
    /// The streamed read that it begins or ends.
    pub stream: Option<StreamId>,
    /// The object.
    pub object: Option<ObjectId>,
    /// Its version.
    pub version: Option<u32>,
    /// How many objects were sent, where a streamed read ends.
    pub objects: Option<u64>,
    /// Plaintext bytes: of the object, or of what was sent.
    pub bytes: Option<u64>,
}

/// Somebody who acted, with what the ledger says of the engagement that it was done under.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    /// Who.
    pub by: Actor,
    /// In which role.
    pub role: Option<Role>,
    /// For which project; none: for all of the lab.
    pub project: Option<ProjectId>,
}

/// Finds the list behind a set.
pub type Lists<'l> = dyn FnMut(&ObjectSet) -> Option<Vec<ObjectRef>> + 'l;

const fn purpose_name(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Import => "import",
        Purpose::Agreement => "agreement",
        Purpose::Delivery => "delivery",
        Purpose::Export => "export",
    }
}

/// Draws rows from the entries of one lab's ledger, in order from the first.
#[derive(Debug)]
pub(crate) struct Derive {
    authority: Option<Authority>,
    next: u64,
    last: Timestamp,
    numbers: HashMap<Actor, u32>,
    known: Vec<Known>,
}

impl Derive {
    pub(crate) fn new() -> Self {
        Self {
            authority: None,
            next: 0,
            last: Timestamp::from_micros(i64::MIN),
            numbers: HashMap::new(),
            known: Vec::new(),
        }
    }

    /// Whoever acted in rows so far, in order of their first.
    pub(crate) fn known(&self) -> &[Known] {
        &self.known
    }

    /// How many entries were taken in.
    pub(crate) const fn size(&self) -> u64 {
        self.next
    }

    /// What authorises, as of the last one.
    pub(crate) const fn authority(&self) -> Option<&Authority> {
        self.authority.as_ref()
    }

    /// Takes in the next entry without drawing rows from it.
    pub(crate) fn follow(&mut self, entry: &Entry) -> Result<(), ArchiveError> {
        let wrong = |why: &str| Err(ArchiveError::entry(entry.n, why));
        if entry.n != self.next {
            return wrong("is not the one that follows");
        }
        if entry.v != Entry::VERSION {
            return wrong("is of a format that this version does not know");
        }
        if entry.t < self.last {
            return wrong("is dated before the entry that it follows");
        }
        let authority = match (&mut self.authority, &entry.fact) {
            (Some(authority), _) => authority,
            (none, Fact::LabOpened { lab }) => none.insert(Authority::empty(Compartment::Lab(*lab))),
            _ => {
                return wrong(
                    "is not the opening of a lab: only labs' ledgers are archived, others release nothing",
                );
            }
        };
        let applied = authority.apply(entry);
        applied.map_err(|found| ArchiveError::entry(found.index, found.problem))?;
        (self.next, self.last) = (entry.n + 1, entry.t);
        Ok(())
    }

    /// Takes in the next entry, and puts its rows into `out`, in place of what was there.
    pub(crate) fn rows(
        &mut self,
        entry: &Entry,
        lists: &mut Lists<'_>,
        out: &mut Vec<Row>,
    ) -> Result<(), ArchiveError> {
        self.follow(entry)?;
        out.clear();
        let mut row = Row {
            n: entry.n,
            t: entry.t,
            clock: entry.clock,
            actor: self.number(entry)?,
            fact: Bytes::from_static(entry.fact.kind().as_bytes()),
            purpose: None,
            project: entry.fact.project(),
            stream: None,
            object: None,
            version: None,
            objects: None,
            bytes: None,
        };
        match &entry.fact {
            Fact::ReadIntended { stream, purpose, .. } => {
                row.stream = Some(*stream);
                row.purpose = Some(Bytes::from_static(purpose_name(*purpose).as_bytes()));
            }
            Fact::ReadCompleted {
                stream,
                objects,
                bytes,
                ..
            } => (row.stream, row.objects, row.bytes) = (Some(*stream), Some(*objects), Some(*bytes)),
            _ => {}
        }
        let listed;
        let objects = match (entry.fact.written(), entry.fact.object_set()) {
            (Some(object), _) => std::slice::from_ref(object),
            (None, None) => entry.fact.objects(),
            (None, Some(set)) => {
                listed = list(entry.n, set, lists)?;
                &listed
            }
        };
        if objects.is_empty() {
            out.push(row);
            return Ok(());
        }
        out.extend(objects.iter().map(|object| Row {
            object: Some(object.object),
            version: Some(object.version),
            bytes: Some(object.bytes),
            ..row.clone()
        }));
        Ok(())
    }

    fn number(&mut self, entry: &Entry) -> Result<u32, ArchiveError> {
        if let Some(number) = self.numbers.get(&entry.by) {
            return Ok(*number);
        }
        let engagement = match (entry.by, &self.authority) {
            (Actor::Engaged { engagement, .. }, Some(authority)) => authority.engagement(engagement),
            _ => None,
        };
        let known = Known {
            by: entry.by,
            role: engagement.map(|granted| granted.role),
            project: engagement.and_then(|granted| granted.project()),
        };
        if self.known.len() >= crate::head::MOST_ACTORS {
            return Err(ArchiveError::entry(
                entry.n,
                "is of one more actor than an archive takes",
            ));
        }
        let number = self.known.len() as u32;
        self.known.push(known);
        self.numbers.insert(entry.by, number);
        Ok(number)
    }
}

fn list(n: u64, set: &ObjectSet, lists: &mut Lists<'_>) -> Result<Vec<ObjectRef>, ArchiveError> {
    let found = lists(set).ok_or_else(|| {
        let why = "names a list of objects that is not there, or not the one that it names; export the ledger again";
        ArchiveError::entry(n, why)
    })?;
    let bytes = found.iter().fold(0u64, |sum, o| sum.saturating_add(o.bytes));
    match (found.len() as u64, bytes) == (set.objects, set.bytes) {
        true => Ok(found),
        false => Err(ArchiveError::entry(
            n,
            "names a list of objects of another length",
        )),
    }
}
