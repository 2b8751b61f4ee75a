//! A small ledger with everything in it that an archive tells apart.

use std::collections::BTreeMap;
use std::path::Path;

use cofferdam_archive::{Archive, ArchiveError, Archived, Archiver};
use cofferdam_ledger::checkpoint::Checkpoint;
use cofferdam_ledger::hash::Hash;
use cofferdam_ledger::note::SigningKey;
use cofferdam_model::engagement::HolderCommitment;
use cofferdam_model::entry::StreamEnd;
use cofferdam_model::*;

pub(crate) const BEGIN: i64 = 1_774_000_000_000_000;

pub(crate) const fn at(seconds: i64) -> Timestamp {
    Timestamp::from_micros(BEGIN).plus_seconds(seconds)
}

/// xorshift64*.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % bound
    }

    fn bytes(&mut self) -> [u8; 16] {
        let mut bytes = [0; 16];
        bytes.fill_with(|| self.below(256) as u8);
        bytes
    }
}

/// A ledger, and the lists of objects beside it.
#[derive(Clone, Default)]
pub(crate) struct Ledger {
    pub(crate) entries: Vec<Entry>,
    pub(crate) lists: BTreeMap<[u8; 32], Vec<ObjectRef>>,
    pub(crate) people: Vec<Actor>,
}

impl Ledger {
    pub(crate) fn push(&mut self, t: Timestamp, clock: Option<Timestamp>, by: Actor, fact: Fact) {
        let n = self.entries.len() as u64;
        let v = Entry::VERSION;
        self.entries.push(Entry {
            by,
            clock,
            fact,
            n,
            t,
            v,
        });
    }

    fn set(&mut self, dice: &mut Dice, objects: &[ObjectRef]) -> ObjectSet {
        let mut sha256 = [0; 32];
        sha256[..16].copy_from_slice(&dice.bytes());
        self.lists.insert(sha256, objects.to_vec());
        ObjectSet {
            bytes: objects.iter().map(|o| o.bytes).sum(),
            objects: objects.len() as u64,
            sha256,
        }
    }

    /// Six people in three projects, two credentials each, and an operator; `acts` acts, some seconds apart.
    pub(crate) fn random(seed: u64, acts: u64) -> Self {
        let mut dice = Dice(seed);
        let mut ledger = Self::default();
        let lab = LabId::from_bytes([1; 16]);
        ledger.push(at(0), None, Actor::Platform, Fact::LabOpened { lab });
        let operator = Actor::Operator {
            principal: PrincipalId::from_bytes([2; 16]),
            credential: CredentialTag::from_bytes([3; 16]),
        };
        for person in 0..6u8 {
            ledger.engage(person, operator);
        }
        ledger.people.push(operator);
        let mut t = 10;
        let mut streams = Vec::new();
        for _ in 0..acts {
            t += dice.below(4) as i64;
            let fact = ledger.fact(&mut dice, &mut streams);
            let by = ledger.people[dice.below(ledger.people.len() as u64) as usize];
            ledger.push(at(t), None, by, fact);
        }
        ledger
    }

    fn engage(&mut self, person: u8, operator: Actor) {
        let project = ProjectId::from_bytes([10 + person % 3; 16]);
        if person < 3 {
            let template = ObjectRef {
                bytes: 9,
                object: ObjectId::from_bytes([20 + person; 16]),
                version: 1,
            };
            self.push(at(2), None, operator, Fact::ProjectOpened { project, template });
        }
        let engagement = EngagementId::from_bytes([30 + person; 16]);
        let reach = match person {
            5 => Reach::Lab,
            _ => Reach::Project(project),
        };
        let granted = Fact::EngagementGranted {
            engagement,
            pseudonym: Pseudonym::from_bytes([40 + person; 16]),
            holder: HolderCommitment([0; 32]),
            reach,
            role: if person == 5 { Role::Steward } else { Role::Author },
            purposes: Vec::new(),
            from: at(0),
            until: None,
            budget: Budget::PERSON,
        };
        self.push(at(2), None, operator, granted);
        for credential in 0..2 {
            self.people.push(Actor::Engaged {
                engagement,
                pseudonym: Pseudonym::from_bytes([40 + person; 16]),
                credential: CredentialTag::from_bytes([50 + 2 * person + credential; 16]),
            });
        }
    }

    fn fact(&mut self, dice: &mut Dice, streams: &mut Vec<(StreamId, u64)>) -> Fact {
        let many: Vec<ObjectRef> = (0..dice.below(5)).map(|_| object(dice)).collect();
        let project = ProjectId::from_bytes([10 + dice.below(3) as u8; 16]);
        match dice.below(8) {
            0 => Fact::TimerStarted {
                timer: TimerId::from_bytes(dice.bytes()),
            },
            1 => Fact::TasksImported {
                project,
                set: self.set(dice, &many),
            },
            2 => Fact::SubmissionReceived {
                submission: SubmissionId::from_bytes(dice.bytes()),
                task: TaskId::from_bytes(dice.bytes()),
                assignment: AssignmentId::from_bytes(dice.bytes()),
                answer: object(dice),
            },
            3 => Fact::ObjectsReleased {
                project,
                objects: many,
            },
            4 => {
                let stream = StreamId::from_bytes(dice.bytes());
                streams.push((stream, many.len() as u64));
                Fact::ReadIntended {
                    stream,
                    project,
                    purpose: Purpose::Export,
                    set: self.set(dice, &many),
                }
            }
            5 if !streams.is_empty() => {
                let (stream, objects) = streams.swap_remove(dice.below(streams.len() as u64) as usize);
                Fact::ReadCompleted {
                    stream,
                    objects: objects / 2,
                    bytes: objects,
                    end: StreamEnd::Left,
                }
            }
            _ => Fact::TaskReleased {
                task: TaskId::from_bytes(dice.bytes()),
                assignment: AssignmentId::from_bytes(dice.bytes()),
                objects: many,
            },
        }
    }

    /// Of the ledger as it is: its size is true, its root is not asked for.
    pub(crate) fn head(&self) -> (String, String) {
        let key = SigningKey::from_seed("lab.example", &[7; 32]).unwrap();
        let root = Hash([9; 32]);
        let head = Checkpoint::new("lab.example", self.entries.len() as u64, root).unwrap();
        (
            key.verifying_key().to_string(),
            head.sign(&key).unwrap().to_string(),
        )
    }

    pub(crate) fn archive(&self, dir: &Path, before: Option<Timestamp>) -> Archived {
        let (vkey, checkpoint) = self.head();
        let mut archiver = Archiver::create(dir, &vkey, &checkpoint, before).unwrap();
        for entry in &self.entries {
            let mut lists = |set: &ObjectSet| self.lists.get(&set.sha256).cloned();
            archiver.push(entry, &mut lists).unwrap();
        }
        archiver.finish().unwrap()
    }

    /// Whether an archive is what follows from this ledger.
    pub(crate) fn bears_out(&self, dir: &Path) -> Result<(), ArchiveError> {
        let archive = Archive::open(dir, &[])?;
        let mut verifying = archive.verifying();
        for entry in &self.entries {
            let mut lists = |set: &ObjectSet| self.lists.get(&set.sha256).cloned();
            verifying.push(entry, &mut lists)?;
        }
        verifying.finish()
    }

    /// The objects that an entry names, in order.
    pub(crate) fn objects(&self, entry: &Entry) -> Vec<ObjectRef> {
        match &entry.fact {
            Fact::SubmissionReceived { answer, .. } => vec![*answer],
            fact => match fact.object_set() {
                Some(set) => self.lists[&set.sha256].clone(),
                None => fact.objects().to_vec(),
            },
        }
    }
}

/// One of few, so that they come again.
fn object(dice: &mut Dice) -> ObjectRef {
    let which = dice.below(60) as u8;
    ObjectRef {
        bytes: 100 + u64::from(which),
        object: ObjectId::from_bytes([100 + which; 16]),
        version: 1 + u32::from(which) % 2,
    }
}
