//! The rows of work, held against what the ledgers recorded of it.
//!
//! They authorise nothing, but they say whose work is whose: what is paid, delivered and shown to whom within a project.

use std::collections::HashMap;
use std::fmt::Display;
use std::hash::Hash;

use aws_lc_rs::digest;
use cofferdam_model::timer::{StopCause, Timer};
use cofferdam_model::work::{Delivery, Submission, Verdict};
use cofferdam_model::{
    AssignmentId, DeliveryId, EngagementId, Entry, Fact, LabId, ObjectId, PrincipalId, ProjectId, ReviewId,
    SubmissionId, TaskId, TimerId, Timestamp,
};
use cofferdam_store::{Reader, StoreError, delivery, project, review, submission, task, timer};

use super::Exam;
use crate::record::engagement_of;

type Project = (LabId, ObjectId, Option<ObjectId>, u32);
type Hold = (TaskId, EngagementId);
type Given = (TaskId, AssignmentId, EngagementId, ObjectId, u32, Submission);
type Judged = (EngagementId, SubmissionId, Verdict, Option<ObjectId>);
type Worked = (EngagementId, Option<(Timestamp, Timestamp, StopCause)>);
type Made = (LabId, ProjectId, String, u64, [u8; 32], [u8; 32], Delivery);

/// Where somebody is engaged, and who it is.
pub(super) type Engaged = (LabId, Option<ProjectId>, PrincipalId);

/// What the ledgers say that the rows of work must be.
#[derive(Default)]
pub(super) struct Recorded {
    projects: HashMap<ProjectId, Project>,
    pub(super) inputs: HashMap<ObjectId, ProjectId>,
    holds: HashMap<AssignmentId, Hold>,
    submissions: HashMap<SubmissionId, Given>,
    reviews: HashMap<ReviewId, Judged>,
    timers: HashMap<TimerId, Worked>,
    deliveries: HashMap<DeliveryId, Made>,
}

impl Recorded {
    /// Takes one entry of a lab's ledger in.
    pub(super) fn take(&mut self, lab: LabId, entry: &Entry) {
        match &entry.fact {
            Fact::ProjectOpened { project, template } => {
                self.projects.insert(*project, (lab, template.object, None, 0));
            }
            Fact::GuidelineSet { project, guideline } => {
                if let Some(known) = self.projects.get_mut(project) {
                    (known.2, known.3) = (Some(guideline.object), guideline.version);
                }
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
            Fact::DeliveryRowsReturned { delivery, .. } => self.decided(delivery, Delivery::RowsReturned),
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
            Fact::SubmissionLapsed { submission } => {
                if let Some(given) = self.submissions.get_mut(submission) {
                    given.5 = given.5.lapse().unwrap_or(given.5);
                }
            }
            _ => self.take_work(entry),
        }
    }

    fn decided(&mut self, delivery: &DeliveryId, state: Delivery) {
        if let Some(known) = self.deliveries.get_mut(delivery) {
            known.6 = state;
        }
    }

    /// What was done under an engagement.
    fn take_work(&mut self, entry: &Entry) {
        let Some(engagement) = engagement_of(entry) else {
            return;
        };
        match &entry.fact {
            Fact::TaskReleased { task, assignment, .. } => {
                self.holds.insert(*assignment, (*task, engagement));
            }
            Fact::SubmissionReceived {
                submission,
                task,
                assignment,
                answer,
            } => {
                let (object, version) = (answer.object, answer.version);
                let given = (
                    *task,
                    *assignment,
                    engagement,
                    object,
                    version,
                    Submission::Submitted,
                );
                self.submissions.insert(*submission, given);
            }
            Fact::ReviewGiven {
                review,
                submission,
                verdict,
                comment,
            } => {
                let comment = comment.map(|c| c.object);
                self.reviews
                    .insert(*review, (engagement, *submission, *verdict, comment));
                if let Some(given) = self.submissions.get_mut(submission) {
                    given.5 = given.5.judge(*verdict).unwrap_or(given.5);
                }
            }
            Fact::SubmissionSentBack { submission, .. } => {
                if let Some(given) = self.submissions.get_mut(submission) {
                    given.5 = given.5.send_back().unwrap_or(given.5);
                }
            }
            Fact::TimerStarted { timer } => {
                self.timers.insert(*timer, (engagement, None));
            }
            _ => {}
        }
    }
}

/// Takes what is known of `id` out, and says whether it is `row`.
fn holds<K: Eq + Hash, V: PartialEq>(known: &mut HashMap<K, V>, id: &K, row: &V) -> bool {
    known.remove(id).is_some_and(|recorded| recorded == *row)
}

impl Exam<'_> {
    fn row(&mut self, kind: &str, id: &impl Display, fits: bool) {
        self.health.rows += 1;
        if !fits {
            self.find(
                format!("the row of {kind} {id}"),
                "the ledger recorded another, or none",
            );
        }
    }

    fn unseen<K: Display, V>(&mut self, kind: &str, left: HashMap<K, V>) {
        for id in left.into_keys() {
            self.find(format!("the row of {kind} {id}"), "it is missing");
        }
    }

    fn engaged(&self, engagement: EngagementId, project: ProjectId, principal: PrincipalId) -> bool {
        let found = self.engaged.get(&engagement);
        found.is_some_and(|(_, own, who)| *own == Some(project) && *who == principal)
    }

    /// Holds every row of work against the ledgers.
    pub(super) fn work(&mut self, reader: &mut Reader<'_>) -> Result<(), StoreError> {
        let mut recorded = std::mem::take(&mut self.recorded);
        for row in project::all(reader)? {
            let is = (row.lab, row.template, row.guideline, row.guideline_version);
            let fits = holds(&mut recorded.projects, &row.id, &is);
            self.row("project", &row.id, fits);
            for task in task::of_project(reader, row.id)? {
                let fits = recorded.inputs.get(&task.input) == Some(&row.id);
                self.row("task", &task.id, fits);
            }
        }
        for row in task::assignments(reader)? {
            let fits = holds(&mut recorded.holds, &row.id, &(row.task, row.engagement))
                && self.engaged(row.engagement, row.project, row.principal);
            self.row("hold", &row.id, fits);
        }
        for row in submission::all(reader)? {
            let is = (
                row.task,
                row.assignment,
                row.engagement,
                row.answer,
                row.version,
                row.state,
            );
            let fits = holds(&mut recorded.submissions, &row.id, &is)
                && self.engaged(row.engagement, row.project, row.principal);
            self.row("submission", &row.id, fits);
        }
        self.judged_and_delivered(reader, &mut recorded)?;
        self.hours(reader, &mut recorded)?;
        self.unseen("project", recorded.projects);
        self.unseen("hold", recorded.holds);
        self.unseen("submission", recorded.submissions);
        self.unseen("review", recorded.reviews);
        self.unseen("timer", recorded.timers);
        self.unseen("delivery", recorded.deliveries);
        Ok(())
    }

    fn judged_and_delivered(
        &mut self,
        reader: &mut Reader<'_>,
        recorded: &mut Recorded,
    ) -> Result<(), StoreError> {
        for row in review::given(reader)? {
            let fits = row.verdict.is_some_and(|verdict| {
                let is = (row.engagement, row.submission, verdict, row.comment);
                holds(&mut recorded.reviews, &row.id, &is)
            });
            self.row("review", &row.id, fits);
        }
        for row in delivery::all(reader)? {
            let mut manifest = [0; 32];
            manifest.copy_from_slice(digest::digest(&digest::SHA256, row.manifest.as_bytes()).as_ref());
            let is = (
                row.lab,
                row.project,
                row.format,
                row.rows,
                row.sha256,
                manifest,
                row.state,
            );
            let fits = holds(&mut recorded.deliveries, &row.id, &is);
            self.row("delivery", &row.id, fits);
        }
        Ok(())
    }

    fn hours(&mut self, reader: &mut Reader<'_>, recorded: &mut Recorded) -> Result<(), StoreError> {
        for row in timer::all(reader)? {
            let counted = match row.state {
                Timer::Running { .. } => None,
                Timer::Stopped { from, to, cause } => Some((from, to, cause)),
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
