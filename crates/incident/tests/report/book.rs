//! A lab's ledger that is written entry by entry.

use std::collections::BTreeMap;
use std::path::Path;

use cofferdam_incident::report::{Case, DeriveError, Derived, Report, derive, make, set_path};
use cofferdam_inventory::Sha256;
use cofferdam_ledger::checkpoint::Checkpoint;
use cofferdam_ledger::entry::append_entry;
use cofferdam_ledger::folder::{Exporter, Folder as _, FsFolder};
use cofferdam_ledger::hash::Hash;
use cofferdam_ledger::note::SigningKey;
use cofferdam_ledger::tree::TileWriter;
use cofferdam_model::engagement::HolderCommitment;
use cofferdam_model::{
    Actor, Budget, CredentialTag, EngagementId, Entry, Fact, Id, LabId, ObjectId, ObjectRef, ObjectSet,
    ProjectId, Pseudonym, Purpose, Reach, Role, Timestamp,
};

pub(crate) fn id<I: Id>(n: u8) -> I {
    I::from_bytes([n; 16])
}

pub(crate) const fn at(micros: i64) -> Timestamp {
    Timestamp::from_micros(micros)
}

pub(crate) fn object(n: u8, version: u32) -> ObjectRef {
    ObjectRef {
        bytes: 100 + u64::from(n),
        object: id::<ObjectId>(n),
        version,
    }
}

/// Somebody's name in the ledger, an engagement of theirs, and their credential there.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Who {
    pub(crate) pseudonym: Pseudonym,
    pub(crate) engagement: EngagementId,
    pub(crate) tag: CredentialTag,
}

impl Who {
    pub(crate) fn actor(self) -> Actor {
        Actor::Engaged {
            engagement: self.engagement,
            pseudonym: self.pseudonym,
            credential: self.tag,
        }
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Book {
    pub(crate) lab: LabId,
    pub(crate) entries: Vec<Entry>,
    pub(crate) lists: BTreeMap<[u8; 32], Vec<u8>>,
}

impl Book {
    /// A lab's ledger from its opening.
    pub(crate) fn new(lab: LabId, t: Timestamp) -> Self {
        let mut book = Self {
            lab,
            entries: Vec::new(),
            lists: BTreeMap::new(),
        };
        book.push(t, Actor::Platform, Fact::LabOpened { lab });
        book
    }

    pub(crate) fn push(&mut self, t: Timestamp, by: Actor, fact: Fact) -> u64 {
        self.push_told(t, None, by, fact)
    }

    pub(crate) fn push_told(&mut self, t: Timestamp, clock: Option<Timestamp>, by: Actor, fact: Fact) -> u64 {
        let n = self.entries.len() as u64;
        self.entries.push(Entry {
            by,
            clock,
            fact,
            n,
            t,
            v: Entry::VERSION,
        });
        n
    }

    pub(crate) fn grant(
        &mut self,
        t: Timestamp,
        who: Who,
        reach: Reach,
        (from, until): (Timestamp, Option<Timestamp>),
    ) -> u64 {
        let role = match reach {
            Reach::Project(_) => Role::Integration,
            Reach::Lab => Role::Steward,
        };
        let fact = Fact::EngagementGranted {
            engagement: who.engagement,
            pseudonym: who.pseudonym,
            holder: HolderCommitment([7; 32]),
            reach,
            role,
            purposes: vec![Purpose::Export],
            from,
            until,
            budget: Budget::PERSON,
        };
        self.push(t, Actor::Platform, fact)
    }

    /// The set of a list, which is kept.
    pub(crate) fn set(&mut self, objects: &[ObjectRef]) -> ObjectSet {
        let mut list = Vec::new();
        for o in objects {
            list.extend_from_slice(o.object.as_bytes());
            list.extend_from_slice(&o.version.to_be_bytes());
            list.extend_from_slice(&o.bytes.to_be_bytes());
        }
        let set = ObjectSet {
            bytes: objects.iter().map(|o| o.bytes).sum(),
            objects: objects.len() as u64,
            sha256: Sha256::of(&list).0,
        };
        self.lists.insert(set.sha256, list);
        set
    }

    pub(crate) fn import(
        &mut self,
        t: Timestamp,
        by: Actor,
        project: ProjectId,
        objects: &[ObjectRef],
    ) -> u64 {
        let set = self.set(objects);
        self.push(t, by, Fact::TasksImported { project, set })
    }

    pub(crate) fn derived(&self, case: &Case, made_at: Timestamp) -> Result<Derived, DeriveError> {
        let entries = self.entries.iter().cloned().map(Ok::<_, String>);
        derive(case, made_at, entries, |set| self.lists.get(&set.sha256).cloned())
    }

    fn bytes(&self) -> Vec<Vec<u8>> {
        let entry = |entry: &Entry| {
            let mut bytes = Vec::new();
            append_entry(entry, &mut bytes).unwrap();
            bytes
        };
        self.entries.iter().map(entry).collect()
    }

    pub(crate) fn checkpoint(&self, key: &SigningKey) -> String {
        let mut tree = TileWriter::new();
        for bytes in self.bytes() {
            tree.push(Hash::leaf(&bytes), |_| ());
        }
        let origin = key.verifying_key().name();
        let checkpoint = Checkpoint::new(origin, tree.size(), tree.root()).unwrap();
        checkpoint.sign(key).unwrap().to_string()
    }

    pub(crate) fn report(&self, case: &Case, made_at: Timestamp, key: &SigningKey) -> Report {
        let checkpoint = self.checkpoint(key);
        let entries = self.entries.iter().cloned().map(Ok::<_, String>);
        let signed = (checkpoint.as_bytes(), key.verifying_key());
        make(case, made_at, signed, entries, |set| {
            self.lists.get(&set.sha256).cloned()
        })
        .unwrap()
    }

    /// Writes it as `cofferdam ledger export` does.
    pub(crate) fn export(&self, dir: &Path, key: &SigningKey) {
        let folder = FsFolder::new(dir);
        let mut exporter = Exporter::create(&folder, key.verifying_key()).unwrap();
        for bytes in self.bytes() {
            exporter.push(&bytes).unwrap();
        }
        let note = cofferdam_ledger::note::Note::parse(self.checkpoint(key).as_bytes()).unwrap();
        exporter.finish(&note).unwrap();
        for (sha256, list) in &self.lists {
            folder.write(&set_path(sha256), list).unwrap();
        }
    }
}
