//! Lists of objects that an entry names by their hash.

use aws_lc_rs::digest;
use cofferdam_model::entry::hex32;
use cofferdam_model::{Fact, Id as _, ObjectId, ObjectRef, ObjectSet};
use serde::Deserialize;

/// What one object takes in a list.
const ITEM: usize = 28;

/// The folder of the lists in an exported ledger.
pub const SETS_PATH: &str = "sets";

/// Where a list lies in an exported ledger.
pub fn set_path(sha256: &[u8; 32]) -> String {
    format!("{SETS_PATH}/{}", hex32::encode(sha256))
}

/// How many bytes the list of a set has.
pub fn list_bytes(set: &ObjectSet) -> usize {
    usize::try_from(set.objects).map_or(usize::MAX, |objects| objects.saturating_mul(ITEM))
}

/// The set that an entry names, if it names one.
pub fn named(fact: &Fact) -> Option<&ObjectSet> {
    match fact {
        Fact::TasksImported { set, .. } | Fact::ReadIntended { set, .. } => Some(set),
        _ => None,
    }
}

/// The set that an entry's bytes name. What this version cannot read names none: that is a matter of whoever reads the entry.
pub(super) fn named_in(entry: &[u8]) -> Option<ObjectSet> {
    #[derive(Deserialize)]
    struct Outer {
        fact: Inner,
    }
    #[derive(Deserialize)]
    #[serde(tag = "kind", rename_all = "kebab-case")]
    enum Inner {
        TasksImported {
            set: ObjectSet,
        },
        ReadIntended {
            set: ObjectSet,
        },
        #[serde(other)]
        Other,
    }
    match serde_json::from_slice::<Outer>(entry).ok()?.fact {
        Inner::TasksImported { set } | Inner::ReadIntended { set } => Some(set),
        Inner::Other => None,
    }
}

/// Reads a list, and holds it against the entry that names it: nothing, where it is another.
pub fn read_set(set: &ObjectSet, list: &[u8]) -> Option<Vec<ObjectRef>> {
    let (items, rest) = list.as_chunks::<ITEM>();
    let whole = rest.is_empty()
        && items.len() as u64 == set.objects
        && digest::digest(&digest::SHA256, list).as_ref() == set.sha256;
    if !whole {
        return None;
    }
    let objects: Vec<ObjectRef> = items.iter().map(object).collect();
    let bytes = objects.iter().fold(0u64, |sum, o| sum.saturating_add(o.bytes));
    (bytes == set.bytes).then_some(objects)
}

fn object(item: &[u8; ITEM]) -> ObjectRef {
    let (mut id, mut version, mut bytes) = ([0; 16], [0; 4], [0; 8]);
    id.copy_from_slice(&item[..16]);
    version.copy_from_slice(&item[16..20]);
    bytes.copy_from_slice(&item[20..]);
    ObjectRef {
        bytes: u64::from_be_bytes(bytes),
        object: ObjectId::from_bytes(id),
        version: u32::from_be_bytes(version),
    }
}
