//! Appending to a ledger, and the receipt that it is durable.

use aws_lc_rs::digest;
use cofferdam_ledger::canonical::append_canonical;
use cofferdam_ledger::hash::Hash;
use cofferdam_model::{Actor, Compartment, Entry, Fact, ObjectRef, ObjectSet, Timestamp};
use cofferdam_store::ledger::EntryRow;
use cofferdam_store::{StoreError, Tx, ledger};

use crate::error::Integrity;
use crate::secrets::Secrets;

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

/// Appends one entry.
pub(crate) fn append(
    tx: &mut Tx<'_>,
    secrets: &Secrets,
    compartment: Compartment,
    by: Actor,
    fact: Fact,
    now: Timestamp,
) -> Result<Appended, StoreError> {
    let (n, t, authorising) = ledger::sequence(tx, compartment, now, fact.authorises())?;
    let entry = Entry {
        by,
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
        },
        engagement,
    )?;
    Ok(Appended { entry, leaf })
}

pub(crate) fn engagement_of(entry: &Entry) -> Option<cofferdam_model::EngagementId> {
    match entry.by {
        Actor::Engaged { engagement, .. } => Some(engagement),
        Actor::Operator { .. } | Actor::Platform | Actor::Stranger => None,
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
    if aws_lc_rs::constant_time::verify_slices_are_equal(&seal, &row.seal).is_err() {
        return Err(wrong("its seal is not this installation's"));
    }
    if entry.n != row.n || entry.t != row.t || entry.v != Entry::VERSION {
        return Err(wrong("it stands at another place or time than it says"));
    }
    if entry.fact.authorises() != row.authorising.is_some() {
        return Err(wrong("it is not numbered among the entries that authorise"));
    }
    Ok(entry)
}

/// The list behind an object set, and what an entry says of it.
pub fn object_set(objects: &[ObjectRef]) -> (ObjectSet, Vec<u8>) {
    use cofferdam_model::Id;
    let mut list = Vec::with_capacity(objects.len() * 28);
    let mut bytes = 0u64;
    for o in objects {
        list.extend_from_slice(o.object.as_bytes());
        list.extend_from_slice(&o.version.to_be_bytes());
        list.extend_from_slice(&o.bytes.to_be_bytes());
        bytes = bytes.saturating_add(o.bytes);
    }
    let mut sha256 = [0; 32];
    sha256.copy_from_slice(digest::digest(&digest::SHA256, &list).as_ref());
    (
        ObjectSet {
            bytes,
            objects: objects.len() as u64,
            sha256,
        },
        list,
    )
}
