//! From a case and a ledger to what befell whom: the whole of the arithmetic.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;

use cofferdam_inventory::History;
use cofferdam_model::entry::hex32;
use cofferdam_model::exposure::{
    Assessed, Case as Asked, Concerns, Exposed, Exposure, Gap, Known as Told, Missing, Reachable,
    Subject as Whose, Version, Which, Windows,
};
use cofferdam_model::window::Place;
use cofferdam_model::{
    Entry, EpochId, Id as _, LabId, ObjectId, ObjectRef, ObjectSet, ProjectId, Timestamp, Window,
};

use super::case::{Case, CaseError, Subject};
use super::dating::Dating;
use super::exposed::{self, counted, rebuilding};
use super::gather::{Deed, Delivered, Gathered, Read, Reported, Written};
use super::reach::{reach, subject_engagements};
use super::results::{
    DeliveryResult, ObjectResult, ProjectKeys, ProjectResult, Seen, SubjectResult, Sums, WindowResult,
    WindowResults,
};

/// Why nothing was derived.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DeriveError {
    /// An entry that cannot be read, or does not follow from those before it.
    #[error("entry {index} {why}")]
    Entry {
        /// Which.
        index: u64,
        /// What is wrong with it.
        why: String,
    },
    /// A list of objects that an entry names.
    #[error("entry {index}: the list of objects {} {why}", hex32::encode(sha256))]
    Set {
        /// Which entry.
        index: u64,
        /// Hash of the list.
        sha256: [u8; 32],
        /// What is wrong with it.
        why: &'static str,
    },
    /// The case.
    #[error(transparent)]
    Case(#[from] CaseError),
}

impl DeriveError {
    pub(super) fn entry(index: u64, why: impl Into<String>) -> Self {
        Self::Entry {
            index,
            why: why.into(),
        }
    }
}

/// What follows from a case and a ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Derived {
    /// Whose ledger it is.
    pub lab: LabId,
    /// How many entries it is of.
    pub size: u64,
    /// For each subject of the case, in its order.
    pub results: Vec<SubjectResult>,
    dating: Dating,
}

impl Derived {
    /// The earliest time at which an entry may have been made: where the clock was put back, its own time does not tell.
    pub(super) fn earliest(&self, n: u64) -> Timestamp {
        self.dating.of(n).earliest()
    }
}

/// A derivation that entries are pushed into, one by one.
pub struct Deriving<'c> {
    case: &'c Case,
    made_at: Timestamp,
    gathered: Option<Gathered>,
}

/// What follows from a case and all the entries of a lab's ledger, in their order. `made_at` is when it was asked; `lists` finds the list
/// behind an object set.
///
/// # Errors
/// [`DeriveError`] names the first entry, list or member of the case that nothing follows from.
pub fn derive<E: Display>(
    case: &Case,
    made_at: Timestamp,
    entries: impl IntoIterator<Item = Result<Entry, E>>,
    mut lists: impl FnMut(&ObjectSet) -> Option<Vec<u8>>,
) -> Result<Derived, DeriveError> {
    let mut deriving = Deriving::new(case, made_at)?;
    for entry in entries {
        let entry =
            entry.map_err(|error| DeriveError::entry(deriving.size(), format!("cannot be read: {error}")))?;
        deriving.push(&entry, &mut lists)?;
    }
    deriving.finish()
}

impl<'c> Deriving<'c> {
    /// Before the first entry.
    ///
    /// # Errors
    /// [`DeriveError::Case`].
    pub fn new(case: &'c Case, made_at: Timestamp) -> Result<Self, DeriveError> {
        case.check()?;
        Ok(Self {
            case,
            made_at,
            gathered: None,
        })
    }

    /// How many entries were pushed.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.gathered.as_ref().map_or(0, |gathered| gathered.times.size())
    }

    /// Takes in the next entry.
    ///
    /// # Errors
    /// [`DeriveError`].
    pub fn push(
        &mut self,
        entry: &Entry,
        lists: &mut dyn FnMut(&ObjectSet) -> Option<Vec<u8>>,
    ) -> Result<(), DeriveError> {
        let gathered = match &mut self.gathered {
            Some(gathered) => gathered,
            none => none.insert(Gathered::begin(self.case, entry)?),
        };
        gathered.push(entry, lists)
    }

    /// After the last entry.
    ///
    /// # Errors
    /// [`DeriveError`].
    pub fn finish(self) -> Result<Derived, DeriveError> {
        let mut gathered = self
            .gathered
            .ok_or_else(|| DeriveError::entry(0, "is missing: the ledger is empty"))?;
        let size = gathered.times.size();
        let times = std::mem::take(&mut gathered.times);
        let dating = times.dated(gathered.authority.clock_put_back(), self.made_at);
        gathered
            .versions
            .sort_unstable_by_key(|w| (w.object.object, w.object.version, w.n));
        let whole = Whole {
            case: self.case,
            gathered: &gathered,
            dating: &dating,
        };
        whole.concerned()?;
        let subjects = self.case.subjects.iter().enumerate();
        let results = subjects.map(|(i, subject)| whole.subject(i, subject));
        let results = results.collect::<Result<_, _>>()?;
        Ok(Derived {
            lab: gathered.lab,
            size,
            results,
            dating,
        })
    }
}

/// One of the three windows, and what follows from it before the objects are looked at.
#[derive(Clone, Copy)]
struct Span {
    availability: Window,
    exposed: Option<Window>,
}

/// A whole ledger, and what is asked of it.
struct Whole<'w> {
    case: &'w Case,
    gathered: &'w Gathered,
    dating: &'w Dating,
}

/// Object versions that no entry says exist, by the project under which they were first released.
type Undescribed = BTreeMap<(ObjectId, u32), (u64, ProjectId)>;

impl Whole<'_> {
    /// Of the platform, which holds keys of every project.
    fn keys(&self, subject: &Subject) -> Vec<ProjectKeys> {
        let authority = &self.gathered.authority;
        let keys = |(project, _)| ProjectKeys {
            project,
            rotated: authority.rotation(project).map(|called| called.t),
        };
        match subject {
            Subject::Platform {} => authority.projects().map(keys).collect(),
            _ => Vec::new(),
        }
    }

    fn subject(&self, i: usize, subject: &Subject) -> Result<SubjectResult, DeriveError> {
        let history = self.history(i, subject)?;
        self.in_reach(i, subject, history.as_ref())?;
        let span = |availability: Option<Window>| {
            let availability = availability?;
            let exposed = exposed_window(subject, history.as_ref(), availability);
            Some(Span {
                availability,
                exposed,
            })
        };
        let spans = self.case.windows().map(span);
        let [narrowest, widest, chosen] = spans.map(|span| span?.exposed);
        let windows = Windows {
            narrowest,
            widest,
            chosen,
        };
        let assessed = self.assess(i, subject, history.as_ref(), windows);
        let undescribed = self.undescribed(i);
        let result = |which: Which, span: Option<Span>| {
            span.map(|span| self.window(i, history.as_ref(), span, (&assessed, which), &undescribed))
        };
        let [narrowest, widest, chosen] = spans;
        Ok(SubjectResult {
            kind: subject.kind().to_owned(),
            subject: subject.pseudonym(),
            engagements: subject_engagements(self.gathered, subject.pseudonym())
                .map(|engagement| engagement.id)
                .collect(),
            keys: self.keys(subject),
            windows: WindowResults {
                narrowest: result(Which::Narrowest, narrowest),
                widest: result(Which::Widest, widest),
                chosen: result(Which::Chosen, chosen),
            },
        })
    }

    /// The ledger tells of the incident, and everybody whom it says that it concerns is a subject.
    fn concerned(&self) -> Result<(), CaseError> {
        if !self.gathered.opened {
            return Err(CaseError::new(
                "/incident",
                "the ledger tells of no such incident",
            ));
        }
        let is = |name| {
            self.case
                .subjects
                .iter()
                .any(|subject| subject.pseudonym() == name)
        };
        match self.gathered.concerns.iter().find(|(_, name)| !is(*name)) {
            None => Ok(()),
            Some((n, name)) => {
                let name = name.map_or_else(|| "the platform itself".to_owned(), |name| name.to_string());
                let why = format!("entry {n} says that the incident concerns {name}, which is none of them");
                Err(CaseError::new("/subjects", why))
            }
        }
    }

    /// Every credential that the ledger shows to be a component's was in its reach; after its host was rebuilt it may have others.
    fn in_reach(&self, i: usize, subject: &Subject, history: Option<&History>) -> Result<(), CaseError> {
        let (
            Subject::Component {
                credentials,
                rebuilt,
                elsewhere,
                ..
            },
            Some(history),
        ) = (subject, history)
        else {
            return Ok(());
        };
        let rebuilt = rebuilding(*rebuilt, *elsewhere);
        let rebuilt = counted(history, self.case.windows().into_iter().flatten(), rebuilt);
        let stated: BTreeSet<_> = credentials
            .iter()
            .flat_map(|credential| &credential.tags)
            .collect();
        let before = |n: u64| rebuilt.is_none_or(|rebuilt| self.dating.of(n).earliest() < rebuilt);
        let mut shown = self.gathered.credentials[i].iter();
        match shown.find(|(n, tag)| before(*n) && !stated.contains(tag)) {
            None => Ok(()),
            Some((n, tag)) => {
                let why = format!("it leaves out {tag}, which entry {n} shows to be in its reach");
                Err(CaseError::new(format!("/subjects/{i}/credentials"), why))
            }
        }
    }

    /// What a component ran, as far as its scans tell. The case says what each of them found, neither more nor fewer.
    fn history(&self, i: usize, subject: &Subject) -> Result<Option<History>, CaseError> {
        let Subject::Component {
            pseudonym,
            scans,
            longest_silence,
            ..
        } = subject
        else {
            return Ok(None);
        };
        let authority = &self.gathered.authority;
        let own = self.gathered.inventories.iter().filter(|(_, reported)| {
            authority
                .engagement(reported.engagement)
                .is_some_and(|engagement| engagement.pseudonym == *pseudonym)
        });
        let own: BTreeMap<u64, &Reported> = own.map(|(n, reported)| (*n, reported)).collect();
        let mut found = BTreeMap::new();
        for (j, scan) in scans.iter().enumerate() {
            let at = format!("/subjects/{i}/scans/{j}");
            if !own.contains_key(&scan.entry) {
                return Err(CaseError::new(
                    at,
                    "it names an entry that is no inventory of this subject",
                ));
            }
            if found.insert(scan.entry, scan.finding).is_some() {
                return Err(CaseError::new(at, "it is there twice"));
            }
        }
        if let Some(n) = own.keys().find(|n| !found.contains_key(n)) {
            let why = format!("it does not say what the inventory of entry {n} found");
            return Err(CaseError::new(format!("/subjects/{i}/scans"), why));
        }
        let scans = found.iter().filter_map(|(n, finding)| {
            let reported = own.get(n)?;
            Some(cofferdam_inventory::history::Scan {
                scanned: reported.scanned,
                received: reported.received,
                finding: *finding,
            })
        });
        Ok(Some(History::of_scans(scans, *longest_silence)))
    }

    fn assess(&self, i: usize, subject: &Subject, history: Option<&History>, windows: Windows) -> Assessed {
        let reachable = reach(self.gathered, self.dating, subject.pseudonym());
        let gaps = history.map_or_else(Vec::new, |history| gaps(history, &reachable));
        let whose = match subject {
            Subject::Platform {} => Whose::Platform,
            Subject::Component { .. } | Subject::Person { .. } | Subject::Credential { .. } => {
                Whose::Principal
            }
        };
        let asked = Asked::new(
            whose,
            windows,
            Told {
                reachable: &reachable,
                leases: &[],
                gaps: &gaps,
            },
        );
        let mut exposure = Exposure::new(asked);
        for written in &self.gathered.versions {
            exposure.version(&Version {
                object: written.object,
                project: written.project,
                // No lease is asked about, so no epoch is.
                epoch: EpochId::from_bytes([0; 16]),
                alive: Window::since(self.dating.of(written.n).earliest()),
            });
        }
        for deed in &self.gathered.deeds[i] {
            let when = self.dating.of(deed.n);
            match deed.wrote {
                true => exposure.write(deed.object, when),
                false => exposure.release(deed.object, when),
            }
        }
        for read in self.gathered.reads_of(i) {
            self.read(&mut exposure, read, windows);
        }
        exposure.assess()
    }

    /// All that a stream intended counts, however far it came: at its intent, at its completion, and at whatever lies between them.
    /// Where completion is missing it may have gone on.
    fn read(&self, exposure: &mut Exposure, read: &Read, windows: Windows) {
        let intended = self.dating.of(read.intended);
        let mut times = vec![intended];
        match read.completed.map(|n| self.dating.of(n)) {
            Some(completed) => {
                times.push(completed);
                let begin = [windows.narrowest, windows.widest, windows.chosen];
                let begin = begin.into_iter().flatten().map(Window::from);
                let between =
                    |t: &Timestamp| intended.latest().is_some_and(|i| i < *t) && *t < completed.earliest();
                times.extend(begin.filter(between).map(cofferdam_model::Bounds::at));
            }
            None => times.push(cofferdam_model::Bounds::between(intended.earliest(), None)),
        }
        for when in times {
            read.objects
                .iter()
                .for_each(|object| exposure.release(*object, when));
        }
    }

    /// The project of an object version that is not described, by its first release to the subject.
    fn undescribed(&self, i: usize) -> Undescribed {
        let deeds = self.gathered.deeds[i].iter();
        let single = deeds.map(
            |Deed {
                 object, project, n, ..
             }| (*object, *n, *project),
        );
        let streamed = self.gathered.reads_of(i).flat_map(|read| {
            let (n, project) = (read.intended, read.project);
            read.objects.iter().map(move |object| (*object, n, project))
        });
        let mut found = Undescribed::new();
        for (ObjectRef { object, version, .. }, n, project) in single.chain(streamed) {
            if self.described(object, version).is_none() {
                let first = found.entry((object, version)).or_insert((n, project));
                *first = (*first).min((n, project));
            }
        }
        found
    }

    fn described(&self, object: ObjectId, version: u32) -> Option<&Written> {
        let versions = &self.gathered.versions;
        let key = |w: &Written| (w.object.object, w.object.version);
        let at = versions.partition_point(|w| key(w) < (object, version));
        versions.get(at).filter(|w| key(w) == (object, version))
    }

    fn window(
        &self,
        i: usize,
        history: Option<&History>,
        span: Span,
        (assessed, which): (&Assessed, Which),
        undescribed: &Undescribed,
    ) -> WindowResult {
        let mut sums = Sums::default();
        let mut projects: BTreeMap<ProjectId, Sums> = BTreeMap::new();
        let mut objects = Vec::new();
        for Exposed { object, facts } in assessed.versions(which) {
            let described = self.described(object.object, object.version).map(|w| w.project);
            let lost = || {
                undescribed
                    .get(&(object.object, object.version))
                    .map(|(_, project)| *project)
            };
            sums.add(facts, object.bytes);
            let project = described.or_else(lost);
            if let Some(project) = project {
                projects.entry(project).or_default().add(facts, object.bytes);
            }
            objects.extend(ObjectResult::of(object, project, facts));
        }
        let seen = history
            .into_iter()
            .flat_map(|history| history.within(span.availability));
        WindowResult {
            availability: span.availability,
            ran: seen.map(Seen::from).collect(),
            exposed: span.exposed,
            totals: sums,
            projects: projects
                .into_iter()
                .map(|(project, totals)| ProjectResult { project, totals })
                .collect(),
            objects,
            deliveries: span
                .exposed
                .map_or_else(Vec::new, |window| self.deliveries(i, window)),
        }
    }

    /// Deliveries that the subject made in a window, or that the lab accepted in it.
    fn deliveries(&self, i: usize, window: Window) -> Vec<DeliveryResult> {
        let within = |n: u64| !matches!(self.dating.of(n).place(window), Place::Before | Place::After);
        let result = |(id, made): (_, &Delivered)| {
            let by_subject = made.makers.contains(&i) && within(made.made);
            let accepted = made.accepted.is_some_and(within);
            (by_subject || accepted).then_some(DeliveryResult {
                delivery: id,
                project: made.project,
                rows: made.rows,
                made_by_subject: by_subject,
                accepted,
            })
        };
        let all = self.gathered.deliveries.iter();
        all.filter_map(|(id, made)| result((*id, made))).collect()
    }
}

/// From the first possible execution on. Of persons and credentials what the sources say is the window itself. Of the platform it has no
/// end: whoever held its keys then may have them still, and they open what is sealed later.
fn exposed_window(subject: &Subject, history: Option<&History>, availability: Window) -> Option<Window> {
    match subject {
        Subject::Component {
            credentials,
            others_revoked,
            rebuilt,
            elsewhere,
            ..
        } => {
            let revoked = credentials.iter().map(|credential| credential.revoked);
            let revoked = revoked.chain([*others_revoked]);
            exposed::window(history?, availability, revoked, rebuilding(*rebuilt, *elsewhere))
        }
        Subject::Person { .. } | Subject::Credential { .. } => Some(availability),
        Subject::Platform {} => Some(Window::since(availability.from())),
    }
}

/// Where it is not known what the subject ran, for each project that it could reach just then.
fn gaps(history: &History, reachable: &[Reachable]) -> Vec<Gap> {
    let unknown = history
        .spans()
        .iter()
        .filter(|span| matches!(span.known, cofferdam_inventory::history::Known::Unknown(_)));
    let cut = unknown.flat_map(|span| {
        reachable.iter().filter_map(|reach| {
            Some(Gap {
                missing: Missing::Inventory,
                during: span.during.overlap(reach.during)?,
                concerns: Concerns::Project(reach.project),
            })
        })
    });
    cut.collect()
}
