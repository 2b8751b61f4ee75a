//! Lists of objects that an entry names by their hash.

use cofferdam_inventory::Sha256;
use cofferdam_model::entry::hex32;
use cofferdam_model::{ObjectRef, ObjectSet};
use serde::Deserialize;

/// The folder of the lists in an exported ledger.
pub const SETS_PATH: &str = "sets";

/// Where a list lies in an exported ledger.
pub fn set_path(sha256: &[u8; 32]) -> String {
    format!("{SETS_PATH}/{}", hex32::encode(sha256))
}

/// How many bytes the list of a set has.
pub fn list_bytes(set: &ObjectSet) -> usize {
    usize::try_from(set.objects).map_or(usize::MAX, |objects| objects.saturating_mul(ObjectRef::IN_LIST))
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
    let objects = ObjectRef::read_list(list)?;
    let bytes = objects.iter().fold(0u64, |sum, o| sum.saturating_add(o.bytes));
    let found = ObjectSet {
        bytes,
        objects: objects.len() as u64,
        sha256: Sha256::of(list).0,
    };
    (found == *set).then_some(objects)
}
