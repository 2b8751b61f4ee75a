//! What one pass over a ledger leaves of it.

use std::collections::BTreeMap;

use cofferdam_model::{
    Actor, Authority, Compartment, CredentialTag, DeliveryId, EngagementId, Entry, Fact, HaltId, IncidentId,
    LabId, ObjectRef, ObjectSet, ProjectId, Pseudonym, Scope, StreamId, Timestamp,
};

use super::case::{Case, Subject};
use super::dating::Times;
use super::derive::DeriveError;
use super::set::read_set;

/// An object version, and the entry that says it exists.
#[derive(Debug, Clone, Copy)]
pub(super) struct Written {
    pub(super) object: ObjectRef,
    pub(super) project: ProjectId,
    pub(super) n: u64,
}

/// Something that a subject did to an object version, and in which entry.
#[derive(Debug, Clone, Copy)]
pub(super) struct Deed {
    pub(super) object: ObjectRef,
    pub(super) project: ProjectId,
    pub(super) n: u64,
    pub(super) wrote: bool,
}

/// A set that was read in a stream.
#[derive(Debug)]
pub(super) struct Read {
    pub(super) objects: Vec<ObjectRef>,
    pub(super) project: ProjectId,
    pub(super) intended: u64,
    pub(super) completed: Option<u64>,
    /// Of the subjects, which.
    readers: Vec<usize>,
}

/// A halt, and the entries in which it began and ended.
#[derive(Debug)]
pub(super) struct Halted {
    pub(super) scope: Scope,
    pub(super) until: Option<Timestamp>,
    pub(super) n: u64,
    pub(super) resumed: Option<u64>,
}

/// A delivery, and the entries in which it was made and accepted.
#[derive(Debug)]
pub(super) struct Delivered {
    pub(super) project: ProjectId,
    pub(super) rows: u64,
    pub(super) made: u64,
    pub(super) accepted: Option<u64>,
    /// Of the subjects, who made it.
    pub(super) makers: Vec<usize>,
}

/// An inventory that a component reported.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reported {
    pub(super) engagement: EngagementId,
    /// When it was scanned, by the component's clock.
    pub(super) scanned: Timestamp,
    pub(super) received: Timestamp,
}

/// A ledger, as far as a case asks of it.
pub(super) struct Gathered {
    pub(super) authority: Authority,
    pub(super) lab: LabId,
    pub(super) times: Times,
    pub(super) versions: Vec<Written>,
    /// Of each subject.
    pub(super) deeds: Vec<Vec<Deed>>,
    pub(super) reads: BTreeMap<StreamId, Read>,
    pub(super) halts: BTreeMap<HaltId, Halted>,
    /// The entries of grants and of ends.
    pub(super) granted: BTreeMap<EngagementId, (u64, Option<u64>)>,
    pub(super) inventories: BTreeMap<u64, Reported>,
    pub(super) deliveries: BTreeMap<DeliveryId, Delivered>,
    /// Whom the ledger says that the incident concerns, by pseudonym, and where.
    pub(super) concerns: Vec<(u64, Option<Pseudonym>)>,
    /// Of each subject that is a component, credentials that are its own, and the entries that have them.
    pub(super) credentials: Vec<Vec<(u64, CredentialTag)>>,
    /// Whether the ledger tells of the incident at all.
    pub(super) opened: bool,
    incident: IncidentId,
    subjects: Subjects,
}

/// By which names the subjects act.
#[derive(Debug, Default)]
struct Subjects {
    by_pseudonym: BTreeMap<Pseudonym, Vec<usize>>,
    components: BTreeMap<Pseudonym, Vec<usize>>,
    by_tag: BTreeMap<(Pseudonym, CredentialTag), Vec<usize>>,
    /// The platform, which makes every delivery.
    platform: Vec<usize>,
}

impl Subjects {
    fn of(case: &Case) -> Self {
        let mut subjects = Self::default();
        for (i, subject) in case.subjects.iter().enumerate() {
            if let Subject::Component { pseudonym, .. } = subject {
                subjects.components.entry(*pseudonym).or_default().push(i);
            }
            match subject {
                Subject::Component { pseudonym, .. } | Subject::Person { pseudonym } => {
                    subjects.by_pseudonym.entry(*pseudonym).or_default().push(i);
                }
                Subject::Credential { pseudonym, tags } => {
                    for tag in tags {
                        let named = subjects.by_tag.entry((*pseudonym, *tag)).or_default();
                        if !named.contains(&i) {
                            named.push(i);
                        }
                    }
                }
                Subject::Platform {} => subjects.platform.push(i),
            }
        }
        subjects
    }

    fn acting(&self, by: &Actor) -> Vec<usize> {
        let Actor::Engaged {
            pseudonym,
            credential,
            ..
        } = by
        else {
            return Vec::new();
        };
        let as_whom = self.by_pseudonym.get(pseudonym);
        let by_which = self.by_tag.get(&(*pseudonym, *credential));
        as_whom.into_iter().chain(by_which).flatten().copied().collect()
    }
}

impl Subjects {
    fn making(&self, by: &Actor) -> Vec<usize> {
        let mut makers = self.acting(by);
        makers.extend(&self.platform);
        makers
    }
}

/// Finds the list behind a set.
pub(super) type Lists<'l> = dyn FnMut(&ObjectSet) -> Option<Vec<u8>> + 'l;

impl Gathered {
    /// A lab's ledger begins with the entry that opens it.
    pub(super) fn begin(case: &Case, first: &Entry) -> Result<Self, DeriveError> {
        let Fact::LabOpened { lab } = first.fact else {
            return Err(DeriveError::entry(0, "is not the opening of a lab"));
        };
        Ok(Self {
            authority: Authority::empty(Compartment::Lab(lab)),
            lab,
            times: Times::default(),
            versions: Vec::new(),
            deeds: case.subjects.iter().map(|_| Vec::new()).collect(),
            reads: BTreeMap::new(),
            halts: BTreeMap::new(),
            granted: BTreeMap::new(),
            inventories: BTreeMap::new(),
            deliveries: BTreeMap::new(),
            concerns: Vec::new(),
            credentials: case.subjects.iter().map(|_| Vec::new()).collect(),
            opened: false,
            incident: case.incident,
            subjects: Subjects::of(case),
        })
    }

    /// Takes in the next entry.
    pub(super) fn push(&mut self, entry: &Entry, lists: &mut Lists<'_>) -> Result<(), DeriveError> {
        let wrong = |why: &str| Err(DeriveError::entry(self.times.size(), why));
        if entry.n != self.times.size() {
            return wrong("is not the one that follows");
        }
        if entry.v != Entry::VERSION {
            return wrong("is of a format that this version does not know");
        }
        if self.times.last().is_some_and(|last| entry.t < last) {
            return wrong("is dated before the entry that it follows");
        }
        self.authority
            .apply(entry)
            .map_err(|found| DeriveError::entry(found.index, found.problem))?;
        self.times.push(entry);
        self.authorising(entry);
        self.bearing_out(entry);
        self.data(entry, lists)
    }

    /// What says who could reach what.
    fn authorising(&mut self, entry: &Entry) {
        match &entry.fact {
            Fact::EngagementGranted { engagement, .. } => {
                self.granted.insert(*engagement, (entry.n, None));
            }
            Fact::EngagementEnded { engagement } => {
                if let Some((_, ended)) = self.granted.get_mut(engagement) {
                    ended.get_or_insert(entry.n);
                }
            }
            Fact::Halted {
                halt, scope, until, ..
            } => {
                let halted = Halted {
                    scope: *scope,
                    until: *until,
                    n: entry.n,
                    resumed: None,
                };
                self.halts.insert(*halt, halted);
            }
            Fact::Resumed { halt, .. } => {
                if let Some(halted) = self.halts.get_mut(halt) {
                    halted.resumed = Some(entry.n);
                }
            }
            Fact::InventoryReported {
                engagement, scanned, ..
            } => {
                let reported = Reported {
                    engagement: *engagement,
                    scanned: *scanned,
                    received: entry.t,
                };
                self.inventories.insert(entry.n, reported);
            }
            _ => {}
        }
    }

    /// What the case must not leave out.
    fn bearing_out(&mut self, entry: &Entry) {
        if let Actor::Engaged {
            engagement,
            credential,
            ..
        } = entry.by
        {
            self.credential(entry, engagement, credential);
        }
        match entry.fact {
            Fact::HolderCredentialIssued {
                engagement,
                credential,
            } => self.credential(entry, engagement, credential),
            Fact::IncidentOpened { incident, .. } if incident == self.incident => self.opened = true,
            Fact::IncidentConcerns { incident, subject } if incident == self.incident => {
                self.concerns.push((entry.n, subject));
            }
            _ => {}
        }
    }

    /// Of what one credential did the first is enough; where the clock was behind, a later entry may have been made earlier.
    fn credential(&mut self, entry: &Entry, engagement: EngagementId, tag: CredentialTag) {
        let granted = self.authority.engagement(engagement);
        let whose = granted.and_then(|granted| self.subjects.components.get(&granted.pseudonym));
        for &i in whose.into_iter().flatten() {
            let known = &mut self.credentials[i];
            if entry.clock.is_some() || known.iter().all(|(_, known)| *known != tag) {
                known.push((entry.n, tag));
            }
        }
    }

    /// What says which objects there are, and who had them.
    fn data(&mut self, entry: &Entry, lists: &mut Lists<'_>) -> Result<(), DeriveError> {
        if let Some(object) = entry.fact.written() {
            return self.written(entry, std::slice::from_ref(object));
        }
        match &entry.fact {
            Fact::TasksImported { set, .. } => self.written(entry, &listed(entry.n, set, lists)?),
            Fact::TaskReleased { objects, .. }
            | Fact::ReviewReleased { objects, .. }
            | Fact::ObjectsReleased { objects, .. } => self.deed(entry, objects, false),
            Fact::ReadIntended { stream, set, .. } => {
                let readers = self.subjects.acting(&entry.by);
                if readers.is_empty() {
                    return Ok(());
                }
                let read = Read {
                    objects: listed(entry.n, set, lists)?,
                    project: self.project(entry)?,
                    intended: entry.n,
                    completed: None,
                    readers,
                };
                self.reads.insert(*stream, read);
                Ok(())
            }
            Fact::ReadCompleted { stream, .. } => {
                if let Some(read) = self.reads.get_mut(stream) {
                    read.completed.get_or_insert(entry.n);
                }
                Ok(())
            }
            Fact::DeliveryMade {
                delivery,
                project,
                rows,
                ..
            } => {
                let made = Delivered {
                    project: *project,
                    rows: *rows,
                    made: entry.n,
                    accepted: None,
                    makers: self.subjects.making(&entry.by),
                };
                self.deliveries.insert(*delivery, made);
                Ok(())
            }
            Fact::DeliveryAccepted { delivery } => {
                if let Some(made) = self.deliveries.get_mut(delivery) {
                    made.accepted.get_or_insert(entry.n);
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn written(&mut self, entry: &Entry, objects: &[ObjectRef]) -> Result<(), DeriveError> {
        let (project, n) = (self.project(entry)?, entry.n);
        let versions = objects.iter().map(|&object| Written { object, project, n });
        self.versions.extend(versions);
        self.deed(entry, objects, true)
    }

    fn deed(&mut self, entry: &Entry, objects: &[ObjectRef], wrote: bool) -> Result<(), DeriveError> {
        let whose = self.subjects.acting(&entry.by);
        if whose.is_empty() || objects.is_empty() {
            return Ok(());
        }
        let (project, n) = (self.project(entry)?, entry.n);
        for subject in whose {
            let done = objects.iter().map(|&object| Deed {
                object,
                project,
                n,
                wrote,
            });
            self.deeds[subject].extend(done);
        }
        Ok(())
    }

    /// The project that an entry is about: the one that it names, or that of the engagement which it was made under.
    fn project(&self, entry: &Entry) -> Result<ProjectId, DeriveError> {
        let under = || match entry.by {
            Actor::Engaged { engagement, .. } => self.authority.engagement(engagement)?.project(),
            _ => None,
        };
        let project = entry.fact.project().or_else(under);
        project.ok_or_else(|| DeriveError::entry(entry.n, "does not tell of which project it is"))
    }

    /// The streams that a subject read.
    pub(super) fn reads_of(&self, subject: usize) -> impl Iterator<Item = &Read> {
        self.reads
            .values()
            .filter(move |read| read.readers.contains(&subject))
    }
}

fn listed(n: u64, set: &ObjectSet, lists: &mut Lists<'_>) -> Result<Vec<ObjectRef>, DeriveError> {
    let why = match lists(set).map(|list| read_set(set, &list)) {
        Some(Some(objects)) => return Ok(objects),
        Some(None) => "is not the one that the entry names",
        None => "is missing",
    };
    Err(DeriveError::Set {
        index: n,
        sha256: set.sha256,
        why,
    })
}
