//! The rows of work, held against what the ledgers recorded of it.
//!
//! They authorise nothing, but they say whose work is whose: what is paid, delivered and shown to whom within a project.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fmt::Display;
use std::hash::Hash;

use cofferdam_model::engagement::{HolderCommitment, Reach};
use cofferdam_model::timer::{StopCause, Timer};
use cofferdam_model::work::{Assignment, Delivery, ReturnCause, Verdict};
use cofferdam_model::{
    AssignmentId, Compartment, DeliveryId, EngagementId, Entry, Fact, Id, InventoryId, LabId, ObjectId,
    PrincipalId, ProjectId, Pseudonym, RemarkId, ReviewId, SubmissionId, TaskId, TimerId, Timestamp,
};
use cofferdam_store::project::ProjectRow;
use cofferdam_store::{
    Reader, StoreError, advisory, delivery, incident, inventory, lab, object, principal, project, remark,
    review, submission, task, timer,
};

use super::Exam;
use super::incidents::Incidents;
use super::walls::Acts;
use crate::error::Integrity;
use crate::record::{engagement_of, sha256};
use crate::standing::{Stands, Submissions};

/// Whose inventory, and the hash of its document.
type Kept = (PrincipalId, [u8; 32]);
type Project = (LabId, ObjectId, Option<ObjectId>, u32);
type Hold = (TaskId, EngagementId, Held);
/// The verdict, the comment, and the answer as the reviewer left it.
type Judged = (Reviewing, Verdict, Option<ObjectId>, Option<ObjectId>);
/// To which question, of which project, about which task, whether broken, whose, which words.
type Said = (
    Option<RemarkId>,
    ProjectId,
    Option<TaskId>,
    bool,
    EngagementId,
    ObjectId,
);
type Reviewing = (EngagementId, SubmissionId, u32);
type Worked = (EngagementId, Option<(Timestamp, Timestamp, StopCause)>);
type Made = (LabId, ProjectId, String, u64, [u8; 32], [u8; 32], Delivery);

/// For which lab and project, and to whom.
pub(super) type Granted = (LabId, Option<ProjectId>, HolderCommitment);

/// Where somebody is engaged, and who it is.
pub(super) type Engaged = (LabId, Option<ProjectId>, PrincipalId);

/// What became of a hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Held {
    Still,
    Answered,
    Returned(ReturnCause),
}

impl Held {
    const fn of(state: Assignment) -> Self {
        match state {
            Assignment::Claimed { .. } => Self::Still,
            Assignment::Submitted => Self::Answered,
            Assignment::Returned { cause } => Self::Returned(cause),
        }
    }
}

/// What the ledgers say that the rows of work must be.
#[derive(Default)]
pub(super) struct Recorded {
    /// As single entries say, though the ledger as a whole may not check.
    pub(super) granted: HashMap<EngagementId, Granted>,
    pub(super) enrolled: HashSet<PrincipalId>,
    inventories: HashMap<InventoryId, Kept>,
    advisories: HashSet<[u8; 32]>,
    pub(super) incidents: Incidents,
    pub(super) walls: Acts,
    projects: HashMap<ProjectId, Project>,
    pub(super) inputs: HashMap<ObjectId, ProjectId>,
    imported: HashMap<ProjectId, u64>,
    holds: HashMap<AssignmentId, Hold>,
    /// How many people have each task or have answered it, but for answers that were rejected.
    taken: HashMap<TaskId, i64>,
    submissions: Submissions,
    reviewing: HashMap<ReviewId, Reviewing>,
    reviews: HashMap<ReviewId, Judged>,
    /// Answers as reviewers left them, whose verdict stands in the next entry.
    amended: HashMap<ReviewId, ObjectId>,
    remarks: HashMap<RemarkId, Said>,
    timers: HashMap<TimerId, Worked>,
    deliveries: HashMap<DeliveryId, Made>,
    returned: HashMap<DeliveryId, u64>,
}

impl Recorded {
    /// Takes one entry of a lab's ledger in.
    pub(super) fn take(&mut self, lab: LabId, entry: &Entry) {
        match &entry.fact {
            Fact::EngagementGranted { .. } => self.grants(lab, &entry.fact),
            Fact::ProjectOpened { project, template } => {
                self.projects.insert(*project, (lab, template.object, None, 0));
            }
            Fact::GuidelineSet { project, guideline } => {
                if let Some(known) = self.projects.get_mut(project) {
                    (known.2, known.3) = (Some(guideline.object), guideline.version);
                }
            }
            Fact::TasksImported { project, set } => {
                *self.imported.entry(*project).or_default() += set.objects;
            }
            Fact::DeliveryMade {
                delivery,
                project,
                format,
                rows,
                file,
                manifest,
            } => {
                let made = (
                    lab,
                    *project,
                    format.clone(),
                    *rows,
                    *file,
                    *manifest,
                    Delivery::Offered,
                );
                self.deliveries.insert(*delivery, made);
            }
            Fact::DeliveryAccepted { delivery } => self.decided(delivery, Delivery::Accepted),
            Fact::DeliveryRowsReturned { delivery, rows } => {
                self.decided(delivery, Delivery::RowsReturned);
                *self.returned.entry(*delivery).or_default() += rows;
            }
            Fact::TimerStopped {
                timer,
                from,
                to,
                cause,
            } => {
                if let Some(known) = self.timers.get_mut(timer) {
                    known.1 = Some((*from, *to, *cause));
                }
            }
            Fact::TaskReturned {
                task,
                assignment,
                cause,
            } => {
                self.became(*assignment, Held::Returned(*cause));
                *self.taken.entry(*task).or_default() -= 1;
            }
            Fact::SubmissionLapsed { submission } => {
                let task = self.submissions.0.get(submission).map(|s| s.task);
                if let Some(task) = task {
                    *self.taken.entry(task).or_default() -= 1;
                }
                self.submissions.take(entry);
            }
            Fact::IncidentOpened { .. } | Fact::IncidentDecided { .. } => {
                self.incidents.told_lab(lab, &entry.fact);
            }
            _ => self.take_work(entry),
        }
    }

    /// What stands in the installation's ledger of components, advisories and incidents.
    pub(super) fn said(&mut self, fact: &Fact) {
        match fact {
            Fact::InventoryKept {
                component,
                inventory,
                sha256,
            } => {
                self.inventories.insert(*inventory, (*component, *sha256));
            }
            Fact::AdvisoryTaken { sha256, replaces } => {
                self.advisories.insert(*sha256);
                if let Some(older) = replaces {
                    self.advisories.remove(older);
                }
            }
            Fact::WallDeclared { .. } | Fact::WallChanged { .. } | Fact::WallLifted { .. } => {
                self.walls.told(fact)
            }
            other => self.incidents.told(other),
        }
    }

    fn grants(&mut self, lab: LabId, fact: &Fact) {
        let Fact::EngagementGranted {
            engagement,
            reach,
            holder,
            ..
        } = fact
        else {
            return;
        };
        let project = match reach {
            Reach::Project(project) => Some(*project),
            Reach::Lab => None,
        };
        self.granted.insert(*engagement, (lab, project, *holder));
    }

    fn decided(&mut self, delivery: &DeliveryId, state: Delivery) {
        if let Some(known) = self.deliveries.get_mut(delivery) {
            known.6 = state;
        }
    }

    fn became(&mut self, hold: AssignmentId, held: Held) {
        if let Some(known) = self.holds.get_mut(&hold) {
            known.2 = held;
        }
    }

    /// An answer is in its reviewer's hands again, and has its place again where that was free.
    fn withdrawn(&mut self, review: &ReviewId) {
        let Some((of, verdict, ..)) = self.reviews.remove(review) else {
            return;
        };
        self.reviewing.insert(*review, of);
        let task = self.submissions.0.get(&of.1).map(|s| s.task);
        if let Some(task) = task.filter(|_| verdict == Verdict::Reject) {
            *self.taken.entry(task).or_default() += 1;
        }
    }

    /// What was done under an engagement.
    fn take_work(&mut self, entry: &Entry) {
        let Some(engagement) = engagement_of(entry) else {
            return;
        };
        let version = |submission| self.submissions.0.get(submission).map_or(0, |s| s.version);
        match &entry.fact {
            // A hold is released again each time that its holder looks at it.
            Fact::TaskReleased { task, assignment, .. } if !self.holds.contains_key(assignment) => {
                self.holds.insert(*assignment, (*task, engagement, Held::Still));
                *self.taken.entry(*task).or_default() += 1;
            }
            Fact::SubmissionReceived { assignment, .. } => self.became(*assignment, Held::Answered),
            Fact::ReviewReleased {
                review, submission, ..
            } => {
                let reviewing = (engagement, *submission, version(submission));
                self.reviewing.insert(*review, reviewing);
            }
            Fact::ReviewGiven {
                review,
                submission,
                verdict,
                comment,
            } => {
                let version = version(submission);
                let comment = comment.map(|c| c.object);
                let amended = self.amended.remove(review);
                self.reviewing.remove(review);
                let of = (engagement, *submission, version);
                self.reviews.insert(*review, (of, *verdict, comment, amended));
                let task = self.submissions.0.get(submission).map(|s| s.task);
                if let Some(task) = task.filter(|_| *verdict == Verdict::Reject) {
                    *self.taken.entry(task).or_default() -= 1;
                }
            }
            Fact::AnswerAmended { review, answer, .. } => {
                self.amended.insert(*review, answer.object);
            }
            Fact::ReviewWithdrawn { review, .. } => self.withdrawn(review),
            Fact::QuestionAsked {
                remark,
                project,
                task,
                broken,
                words,
            } => {
                let said = (None, *project, *task, *broken, engagement, words.object);
                self.remarks.insert(*remark, said);
            }
            Fact::QuestionAnswered {
                remark,
                question,
                project,
                words,
            } => {
                let said = (Some(*question), *project, None, false, engagement, words.object);
                self.remarks.insert(*remark, said);
            }
            Fact::TimerStarted { timer } => {
                self.timers.insert(*timer, (engagement, None));
            }
            _ => {}
        }
        self.submissions.take(entry);
    }
}

/// Takes what is known of `id` out, and says whether it is `row`.
pub(super) fn holds<K: Eq + Hash, V: PartialEq>(known: &mut HashMap<K, V>, id: &K, row: &V) -> bool {
    known.remove(id).is_some_and(|recorded| recorded == *row)
}

impl Exam<'_> {
    pub(super) fn row(&mut self, kind: &str, id: &impl Display, fits: bool) {
        self.health.rows += 1;
        if !fits {
            self.find(
                format!("the row of {kind} {id}"),
                "the ledger recorded another, or none",
            );
        }
    }

    pub(super) fn unseen<K: Display, V>(&mut self, kind: &str, left: HashMap<K, V>) {
        for id in left.into_keys() {
            self.find(format!("the row of {kind} {id}"), "it is missing");
        }
    }

    fn engaged(&self, engagement: EngagementId, project: ProjectId, principal: PrincipalId) -> bool {
        let found = self.engaged.get(&engagement);
        found.is_some_and(|(_, own, who)| *own == Some(project) && *who == principal)
    }

    /// Whether a lab was begun and its ledger does not check: nothing can be held against it.
    pub(super) fn is_closed_lab(&self, lab: LabId) -> bool {
        let compartment = Compartment::Lab(lab);
        !self.authorities.contains_key(&compartment) && self.begun.contains(&compartment)
    }

    /// Names a row that does not check by itself.
    pub(super) fn made(&mut self, checked: Result<(), Integrity>) {
        self.health.findings.extend(checked.err());
    }

    /// Holds labs, principals and their names in the labs' ledgers against what was recorded of them.
    pub(super) fn names(&mut self, reader: &mut Reader<'_>) -> Result<(), StoreError> {
        let opened = self
            .authorities
            .keys()
            .filter_map(|compartment| compartment.lab());
        let mut labs: HashMap<LabId, ()> = opened.map(|lab| (lab, ())).collect();
        for row in lab::all(reader)? {
            self.made(self.inner.secrets.check(&row));
            let fits = holds(&mut labs, &row.id, &());
            let closed = self.is_closed_lab(row.id);
            self.row("lab", &row.id, fits || closed);
        }
        self.unseen("lab", labs);
        let enrolled = std::mem::take(&mut self.recorded.enrolled);
        let mut enrolled: HashMap<PrincipalId, ()> = enrolled.into_iter().map(|id| (id, ())).collect();
        for row in principal::all(reader)? {
            self.made(self.inner.secrets.check(&row));
            let fits = holds(&mut enrolled, &row.id, &());
            self.row("principal", &row.id, fits);
        }
        self.unseen("principal", enrolled);
        self.pseudonyms(reader)
    }

    fn pseudonyms(&mut self, reader: &mut Reader<'_>) -> Result<(), StoreError> {
        let granted = self.authorities.values().flat_map(|lab| lab.engagements());
        let named = granted.filter_map(|e| {
            let (lab, _, principal) = self.engaged.get(&e.id)?;
            Some(((*lab, *principal), e.pseudonym))
        });
        let mut known: BTreeMap<(LabId, PrincipalId), Pseudonym> = named.collect();
        for (lab, principal, pseudonym) in principal::pseudonyms(reader)? {
            let fits = known.remove(&(lab, principal)) == Some(pseudonym);
            let closed = self.is_closed_lab(lab);
            self.row("pseudonym", &pseudonym, fits || closed);
        }
        for pseudonym in known.into_values() {
            self.find(
                format!("the row of pseudonym {pseudonym}"),
                "it is missing, or another",
            );
        }
        Ok(())
    }

    /// Holds every row of work against the ledgers.
    pub(super) fn work(&mut self, reader: &mut Reader<'_>) -> Result<(), StoreError> {
        let mut recorded = std::mem::take(&mut self.recorded);
        let mut places = HashMap::new();
        for row in project::all(reader)? {
            self.made(self.inner.secrets.check(&row));
            let is = (row.lab, row.template, row.guideline, row.guideline_version);
            let fits = holds(&mut recorded.projects, &row.id, &is)
                && project::places(reader, row.id)?
                    == Some(recorded.imported.get(&row.id).copied().unwrap_or(0));
            self.row("project", &row.id, fits);
            self.tasks(reader, &mut recorded, &row, &mut places)?;
        }
        for input in std::mem::take(&mut recorded.inputs).into_keys() {
            self.find(
                format!("the row of the task that asks object {input}"),
                "it is missing",
            );
        }
        for row in task::assignments(reader)? {
            self.made(self.inner.secrets.check(&row));
            let is = (row.task, row.engagement, Held::of(row.state));
            let fits = holds(&mut recorded.holds, &row.id, &is)
                && places.get(&row.task) == Some(&row.seq)
                && self.engaged(row.engagement, row.project, row.principal);
            self.row("hold", &row.id, fits);
        }
        self.said(reader, &mut recorded)?;
        self.incidents(reader, std::mem::take(&mut recorded.incidents))?;
        self.walls(reader, std::mem::take(&mut recorded.walls))?;
        self.offers(reader)?;
        self.answered(reader, &mut recorded)?;
        self.asked(reader, &mut recorded)?;
        self.delivered(reader, &mut recorded)?;
        self.hours(reader, &mut recorded)?;
        self.unseen("project", recorded.projects);
        self.unseen("hold", recorded.holds);
        self.unseen("submission", recorded.submissions.0);
        self.unseen("review", recorded.reviews);
        self.unseen("remark", recorded.remarks);
        self.unseen("timer", recorded.timers);
        self.unseen("delivery", recorded.deliveries);
        Ok(())
    }

    /// A project's tasks: each as it was imported, and free for as many people as have not taken it.
    fn tasks(
        &mut self,
        reader: &mut Reader<'_>,
        recorded: &mut Recorded,
        project: &ProjectRow,
        places: &mut HashMap<TaskId, u64>,
    ) -> Result<(), StoreError> {
        for row in task::of_project(reader, project.id)? {
            self.made(self.inner.secrets.check(&row));
            let taken = recorded.taken.get(&row.id).copied().unwrap_or(0);
            let fits = holds(&mut recorded.inputs, &row.input, &project.id)
                && i64::from(row.slots) + taken == i64::from(project.overlap);
            self.row("task", &row.id, fits);
            places.insert(row.id, row.seq);
        }
        Ok(())
    }

    /// Drafts, submissions and reviews.
    fn answered(&mut self, reader: &mut Reader<'_>, recorded: &mut Recorded) -> Result<(), StoreError> {
        for row in task::drafts(reader)? {
            let own = self
                .inner
                .secrets
                .is_bound(row.object, "draft", &[row.assignment.as_bytes()]);
            let fits = own && object::reference(reader, row.object, row.version)?.is_some();
            self.row("draft", &row.assignment, fits);
        }
        for row in submission::all(reader)? {
            self.made(self.inner.secrets.check_seal(&row));
            let fits = holds(&mut recorded.submissions.0, &row.id, &Stands::of(&row))
                && self.engaged(row.engagement, row.project, row.principal);
            self.row("submission", &row.id, fits);
        }
        for row in review::given(reader)? {
            self.made(self.inner.secrets.check(&row));
            let fits = row.verdict.is_some_and(|verdict| {
                let of = (row.engagement, row.submission, row.version);
                let is = (of, verdict, row.comment, row.amended);
                holds(&mut recorded.reviews, &row.id, &is)
            });
            self.row("review", &row.id, fits);
        }
        for row in review::open(reader)? {
            self.made(self.inner.secrets.check(&row));
            let is = (row.engagement, row.submission, row.version);
            let fits = holds(&mut recorded.reviewing, &row.id, &is);
            self.row("review", &row.id, fits);
        }
        Ok(())
    }

    /// Questions, and what was said to them.
    fn asked(&mut self, reader: &mut Reader<'_>, recorded: &mut Recorded) -> Result<(), StoreError> {
        for row in remark::all(reader)? {
            self.made(self.inner.secrets.check(&row));
            let task = row.task.filter(|_| row.question.is_none());
            let is = (
                row.question,
                row.project,
                task,
                row.broken,
                row.engagement,
                row.words,
            );
            let fits = holds(&mut recorded.remarks, &row.id, &is);
            self.row("remark", &row.id, fits);
        }
        Ok(())
    }

    /// Inventories and advisories, with their documents.
    fn said(&mut self, reader: &mut Reader<'_>, recorded: &mut Recorded) -> Result<(), StoreError> {
        for row in inventory::all(reader)? {
            self.made(self.inner.secrets.check(&row));
            self.named.documents.insert(row.sha256);
            let document = inventory::document(reader, &row.sha256)?;
            let fits = holds(&mut recorded.inventories, &row.id, &(row.component, row.sha256))
                && document.is_some_and(|document| sha256(document.as_bytes()) == row.sha256);
            self.row("inventory", &row.id, fits);
        }
        for row in advisory::all(reader)? {
            self.made(self.inner.secrets.check_seal(&row));
            let fits =
                recorded.advisories.remove(&row.sha256) && sha256(row.document.as_bytes()) == row.sha256;
            self.row("advisory", &row.id, fits);
        }
        self.opened_on(reader)?;
        self.unseen("inventory", std::mem::take(&mut recorded.inventories));
        for hash in std::mem::take(&mut recorded.advisories) {
            let digits = cofferdam_model::entry::hex32::encode(&hash);
            self.find(
                format!("the row of the advisory with the hash {digits}"),
                "it is missing",
            );
        }
        Ok(())
    }

    /// The documents that incidents were opened on, wherever they are now.
    fn opened_on(&mut self, reader: &mut Reader<'_>) -> Result<(), StoreError> {
        let present: BTreeSet<[u8; 32]> = advisory::all(reader)?.into_iter().map(|row| row.sha256).collect();
        let opened: BTreeSet<[u8; 32]> = incident::all(reader)?
            .into_iter()
            .flat_map(|row| row.records)
            .collect();
        for hash in opened.difference(&present) {
            let document = advisory::replaced(reader, hash)?;
            if document.is_none_or(|document| sha256(document.as_bytes()) != *hash) {
                let digits = cofferdam_model::entry::hex32::encode(hash);
                let named = format!("the document of the advisory with the hash {digits}");
                self.find(
                    named,
                    "an incident was opened on it, and it is missing or another",
                );
            }
        }
        Ok(())
    }

    fn delivered(&mut self, reader: &mut Reader<'_>, recorded: &mut Recorded) -> Result<(), StoreError> {
        let mut counted: HashMap<DeliveryId, (u64, u64)> = HashMap::new();
        for item in delivery::items(reader)? {
            self.made(self.inner.secrets.check_seal(&item));
            let (rows, returned) = counted.entry(item.delivery).or_default();
            *rows += 1;
            *returned += u64::from(item.returned.is_some());
            let row = item.row.to_be_bytes();
            let fits = match (item.returned, item.reason) {
                (None, None) => true,
                (Some(_), Some(reason)) => {
                    let parts: [&[u8]; 2] = [item.delivery.as_bytes(), &row];
                    self.inner.secrets.is_bound(reason, "reason", &parts)
                        && object::reference(reader, reason, 1)?.is_some()
                }
                _ => false,
            };
            self.row(
                "delivery row",
                &format!("{} of {}", item.row, item.delivery),
                fits,
            );
        }
        for row in delivery::all(reader)? {
            self.made(self.inner.secrets.check_seal(&row));
            let manifest = sha256(row.manifest.as_bytes());
            let is = (
                row.lab,
                row.project,
                row.format,
                row.rows,
                row.sha256,
                manifest,
                row.state,
            );
            let returned = recorded.returned.get(&row.id).copied().unwrap_or(0);
            let fits = holds(&mut recorded.deliveries, &row.id, &is)
                && row.decided.is_some() == (row.state != Delivery::Offered);
            self.row("delivery", &row.id, fits);
            if counted.remove(&row.id).unwrap_or_default() != (row.rows, returned) {
                let what = format!("the rows of delivery {}", row.id);
                self.find(what, "some are missing, or were not sent back as recorded");
            }
        }
        for delivery in counted.into_keys() {
            self.find(
                format!("the rows of delivery {delivery}"),
                "there is no such delivery",
            );
        }
        Ok(())
    }

    fn hours(&mut self, reader: &mut Reader<'_>, recorded: &mut Recorded) -> Result<(), StoreError> {
        for row in timer::all(reader)? {
            self.made(self.inner.secrets.check_seal(&row));
            let counted = match row.state {
                Timer::Running { .. } => None,
                Timer::Stopped { from, to, cause, .. } => Some((from, to, cause)),
            };
            let own = self.engaged.get(&row.engagement).map(|(lab, ..)| *lab) == Some(row.lab);
            let fits = holds(&mut recorded.timers, &row.id, &(row.engagement, counted))
                && own
                && self.engaged(row.engagement, row.project, row.principal);
            self.row("timer", &row.id, fits);
        }
        Ok(())
    }
}
