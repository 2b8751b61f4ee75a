//! Appending to a ledger, and the receipt that it is durable.

use aws_lc_rs::digest;
use cofferdam_ledger::canonical::append_canonical;
use cofferdam_ledger::entry::read_head;
use cofferdam_ledger::hash::Hash;
use cofferdam_model::{Actor, Compartment, EngagementId, Entry, Fact, ObjectRef, ObjectSet, Timestamp};
use cofferdam_store::ledger::{EntryRow, HeadRow};
use cofferdam_store::{Reader, StoreError, Tx, ledger};

use crate::error::Integrity;
use crate::known::State;
use crate::secrets::{self, Secrets};
use crate::state::StateError;

/// Entries read at a time.
const PAGE: u32 = 4_096;

/// Says that an entry is durable. Only the gate makes one, after the commit that holds the entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    compartment: Compartment,
    n: u64,
    t: Timestamp,
    leaf: [u8; 32],
}

impl Receipt {
    /// To be called only after the commit that holds `appended`.
    pub(crate) fn durable(compartment: Compartment, appended: &Appended) -> Self {
        Self {
            compartment,
            n: appended.entry.n,
            t: appended.entry.t,
            leaf: appended.leaf,
        }
    }

    /// In whose ledger.
    pub fn compartment(&self) -> Compartment {
        self.compartment
    }

    /// At which index.
    pub fn index(&self) -> u64 {
        self.n
    }

    /// At which ledger time.
    pub fn time(&self) -> Timestamp {
        self.t
    }

    /// The entry's leaf hash.
    pub fn leaf(&self) -> &[u8; 32] {
        &self.leaf
    }
}

/// An entry within a transaction that is not committed yet.
#[derive(Debug, Clone)]
pub(crate) struct Appended {
    pub(crate) entry: Entry,
    pub(crate) leaf: [u8; 32],
}

fn seal_of(
    secrets: &Secrets,
    compartment: Compartment,
    size: u64,
    t: Timestamp,
    authorising: u64,
) -> [u8; 32] {
    secrets.seal_row(
        "ledger_head",
        &[
            &compartment.to_bytes(),
            &size.to_be_bytes(),
            &t.as_micros().to_be_bytes(),
            &authorising.to_be_bytes(),
        ],
    )
}

/// Where a ledger ends, if it was begun: as this installation wrote it, or not at all.
pub(crate) fn head(
    reader: &mut Reader<'_>,
    secrets: &Secrets,
    compartment: Compartment,
) -> Result<Option<HeadRow>, StateError> {
    let head = ledger::head(reader, compartment)?;
    Ok(head
        .map(|head| believed(secrets, compartment, head))
        .transpose()?)
}

fn believed(secrets: &Secrets, compartment: Compartment, head: HeadRow) -> Result<HeadRow, Integrity> {
    let expected = seal_of(secrets, compartment, head.size, head.t, head.authorising);
    let wrong = |problem: &str| Integrity::of(format!("the head of the ledger of {compartment}"), problem);
    if !head.seal.is_some_and(|seal| secrets::same(&seal, &expected)) {
        return Err(wrong("its seal is not this installation's"));
    }
    if head.integrated > head.size {
        return Err(wrong("its tree holds more entries than it counts"));
    }
    Ok(head)
}

/// Whether a ledger is whole in its beginning and its end, and sealed by another installation in both.
pub(crate) fn is_foreign(
    reader: &mut Reader<'_>,
    secrets: &Secrets,
    compartment: Compartment,
) -> Result<bool, StoreError> {
    let (head, first) = (
        ledger::head(reader, compartment)?,
        ledger::entry(reader, compartment, 0)?,
    );
    let (Some(head), Some(first)) = (head, first) else {
        return Ok(false);
    };
    let intact = head.seal.is_some() && Hash::leaf(&first.body).0 == first.leaf;
    let ours = check(secrets, compartment, &first).is_ok() || believed(secrets, compartment, head).is_ok();
    Ok(intact && !ours)
}

/// Appends one entry and takes it in. Where the clock was put back since the last one, or has caught up, an entry before it says so.
pub(crate) fn append(
    tx: &mut Tx<'_>,
    secrets: &Secrets,
    state: &State,
    compartment: Compartment,
    by: Actor,
    fact: Fact,
    now: Timestamp,
) -> Result<Appended, StateError> {
    let clock = state.clock(compartment, now);
    if let Some(change) = clock.changed {
        let told = clock.behind.then_some(now);
        let said = append_one(
            tx,
            secrets,
            state,
            compartment,
            (Actor::Platform, change),
            (now, told),
        )?;
        state.apply(compartment, &said)?;
    }
    let told = clock.behind.then_some(now);
    let appended = append_one(tx, secrets, state, compartment, (by, fact), (now, told))?;
    state.apply(compartment, &appended)?;
    Ok(appended)
}

/// To an end of the ledger that somebody moved, or to one whose tree head is another than was signed, nothing is appended.
fn append_one(
    tx: &mut Tx<'_>,
    secrets: &Secrets,
    state: &State,
    compartment: Compartment,
    (by, fact): (Actor, Fact),
    (now, clock): (Timestamp, Option<Timestamp>),
) -> Result<Appended, StateError> {
    let before = match ledger::head(tx.reader(), compartment)? {
        None => 0,
        Some(begun) if begun.size == 0 && begun.seal.is_none() => 0,
        Some(head) => {
            state.signed(compartment, &head)?;
            believed(secrets, compartment, head)?.authorising
        }
    };
    let (n, t, authorising) = ledger::sequence(tx, compartment, now, fact.authorises())?;
    let end = seal_of(secrets, compartment, n + 1, t, authorising.unwrap_or(before));
    ledger::seal_head(tx, compartment, &end)?;
    let entry = Entry {
        by,
        clock: clock.filter(|clock| *clock < t),
        fact,
        n,
        t,
        v: Entry::VERSION,
    };
    let mut body = Vec::with_capacity(512);
    append_canonical(&entry, &mut body).map_err(|e| StoreError::Corrupt {
        table: "ledger",
        problem: format!("an entry has no canonical form: {e}"),
    })?;
    let leaf = Hash::leaf(&body).0;
    let engagement = engagement_of(&entry);
    let seal = secrets.seal_entry(compartment, n, authorising, engagement, &leaf);
    let about = entry.fact.about();
    ledger::insert(
        tx,
        compartment,
        &EntryRow {
            n,
            t,
            body,
            leaf,
            seal,
            authorising,
            engagement,
            about,
        },
    )?;
    Ok(Appended { entry, leaf })
}

pub(crate) fn engagement_of(entry: &Entry) -> Option<EngagementId> {
    match entry.by {
        Actor::Engaged { engagement, .. } => Some(engagement),
        Actor::Operator { .. } | Actor::Platform | Actor::Stranger { .. } => None,
    }
}

/// Reads an entry back, believing nothing: leaf, seal, place and form must all be as they were written.
pub(crate) fn check(secrets: &Secrets, compartment: Compartment, row: &EntryRow) -> Result<Entry, Integrity> {
    let wrong = |problem: &str| Integrity::entry(compartment, row.n, problem);
    if Hash::leaf(&row.body).0 != row.leaf {
        return Err(wrong("its bytes do not give its hash"));
    }
    let entry: Entry =
        serde_json::from_slice(&row.body).map_err(|e| wrong(&format!("it does not read: {e}")))?;
    let seal = secrets.seal_entry(
        compartment,
        row.n,
        row.authorising,
        engagement_of(&entry),
        &row.leaf,
    );
    if !secrets::same(&seal, &row.seal) {
        return Err(wrong("its seal is not this installation's"));
    }
    if entry.clock.is_some_and(|clock| clock >= entry.t) {
        return Err(wrong("it tells a clock that is not behind its own time"));
    }
    if engagement_of(&entry) != row.engagement {
        return Err(wrong("its row is under another engagement than it says"));
    }
    if entry.fact.about() != row.about {
        return Err(wrong("its row is found under another thing than it is about"));
    }
    if entry.n != row.n || entry.t != row.t || entry.v != Entry::VERSION {
        return Err(wrong("it stands at another place or time than it says"));
    }
    if entry.fact.authorises() != row.authorising.is_some() {
        return Err(wrong("it is not numbered among the entries that authorise"));
    }
    Ok(entry)
}

/// What of these entries is not as it was written, or is missing: they should be those from `from` on.
pub(crate) fn wrong(
    secrets: &Secrets,
    compartment: Compartment,
    from: u64,
    rows: &[EntryRow],
) -> impl Iterator<Item = Integrity> {
    let mut next = from;
    rows.iter().flat_map(move |row| {
        let missing = (row.n != next).then(|| Integrity::entry(compartment, next, "it is missing"));
        next = row.n + 1;
        missing.into_iter().chain(check(secrets, compartment, row).err())
    })
}

/// The first index whose entry is not from before `t`. Every entry that the search asks is checked, so that no
/// edited time leads it astray.
pub(crate) fn index_at(
    reader: &mut Reader<'_>,
    secrets: &Secrets,
    compartment: Compartment,
    t: Timestamp,
) -> Result<u64, StateError> {
    let (mut low, mut high) = (0, head(reader, secrets, compartment)?.map_or(0, |h| h.size));
    while low < high {
        let middle = low + (high - low) / 2;
        let row = ledger::entry(reader, compartment, middle)?;
        let row = row.ok_or_else(|| Integrity::entry(compartment, middle, "it is missing"))?;
        if check(secrets, compartment, &row)?.t < t {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    Ok(low)
}

/// What is seen of an entry by [`glances`].
#[derive(Debug, Clone, Copy)]
pub(crate) enum Seen<'e> {
    /// All of it.
    Whole(&'e Entry),
    /// Its place and time: it was made under an engagement that is not asked for.
    Other(u64, Timestamp),
}

impl Seen<'_> {
    /// Its place and time.
    pub(crate) const fn place(&self) -> (u64, Timestamp) {
        match self {
            Self::Whole(entry) => (entry.n, entry.t),
            Self::Other(n, t) => (*n, *t),
        }
    }

    /// All of it, if that was asked for.
    pub(crate) const fn whole(&self) -> Option<&Entry> {
        match self {
            Self::Whole(entry) => Some(entry),
            Self::Other(..) => None,
        }
    }
}

/// Whether a row is as it was written, as far as it tells without reading all of the entry: its bytes, its place and time, and under which
/// engagement it was made. That is under its seal, so what is found there is what was written.
fn glance(secrets: &Secrets, compartment: Compartment, row: &EntryRow) -> Result<(), Integrity> {
    let wrong = |problem: &str| Integrity::entry(compartment, row.n, problem);
    if Hash::leaf(&row.body).0 != row.leaf {
        return Err(wrong("its bytes do not give its hash"));
    }
    let seal = secrets.seal_entry(compartment, row.n, row.authorising, row.engagement, &row.leaf);
    if !secrets::same(&seal, &row.seal) {
        return Err(wrong("its seal is not this installation's"));
    }
    let head = read_head(&row.body).map_err(|e| wrong(&format!("it does not read: {e}")))?;
    match (head.index, head.time) == (row.n, row.t.as_micros()) {
        true => Ok(()),
        false => Err(wrong("it stands at another place or time than it says")),
    }
}

/// The same as [`walk`], for whoever asks what was done under some engagements, or under none: of the other entries only that they are there, and
/// as they were written.
pub(crate) fn glances(
    reader: &mut Reader<'_>,
    secrets: &Secrets,
    compartment: Compartment,
    from: u64,
    wanted: &dyn Fn(EngagementId) -> bool,
    each: &mut dyn FnMut(Seen<'_>) -> bool,
) -> Result<(), StateError> {
    rows(reader, secrets, compartment, from, &mut |row| {
        if row.engagement.is_none_or(wanted) {
            return Ok(each(Seen::Whole(&check(secrets, compartment, row)?)));
        }
        glance(secrets, compartment, row)?;
        Ok(each(Seen::Other(row.n, row.t)))
    })
}

/// Hands on the entries from `from` on, each checked and none missing, until `each` answers `false` or the
/// ledger ends where its head says.
pub(crate) fn walk(
    reader: &mut Reader<'_>,
    secrets: &Secrets,
    compartment: Compartment,
    from: u64,
    each: &mut dyn FnMut(&EntryRow, &Entry) -> bool,
) -> Result<(), StateError> {
    rows(reader, secrets, compartment, from, &mut |row| {
        Ok(each(row, &check(secrets, compartment, row)?))
    })
}

/// Hands on the rows from `from` on, none missing, until `each` answers `false` or the ledger ends where its head says.
fn rows(
    reader: &mut Reader<'_>,
    secrets: &Secrets,
    compartment: Compartment,
    from: u64,
    each: &mut dyn FnMut(&EntryRow) -> Result<bool, Integrity>,
) -> Result<(), StateError> {
    let size = head(reader, secrets, compartment)?.map_or(0, |h| h.size);
    let mut next = from;
    while next < size {
        let rows = ledger::entries(reader, compartment, next, PAGE)?;
        if rows.is_empty() {
            return Err(Integrity::entry(compartment, next, "it is missing").into());
        }
        for row in &rows {
            if row.n != next || next >= size {
                return Err(Integrity::entry(compartment, next, "it is missing, or beyond the end").into());
            }
            if !each(row)? {
                return Ok(());
            }
            next += 1;
        }
    }
    Ok(())
}

/// SHA-256.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest::digest(&digest::SHA256, bytes).as_ref());
    hash
}

/// The list behind an object set, and what an entry says of it.
pub fn object_set(objects: &[ObjectRef]) -> (ObjectSet, Vec<u8>) {
    let mut list = Vec::with_capacity(objects.len() * ObjectRef::IN_LIST);
    let mut bytes = 0u64;
    for o in objects {
        o.append_to_list(&mut list);
        bytes = bytes.saturating_add(o.bytes);
    }
    let sha256 = sha256(&list);
    (
        ObjectSet {
            bytes,
            objects: objects.len() as u64,
            sha256,
        },
        list,
    )
}
