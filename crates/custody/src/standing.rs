//! What a lab's ledger says of the work of one project.
//!
//! Rows of submissions say in which state each is, and the queue goes by them. What leaves goes by the ledger: a delivery,
//! an export or a measure reads it first, and is refused where a row says otherwise, is missing, or was never written.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::Arc;

use cofferdam_model::engagement::Reach;
use cofferdam_model::work::Submission;
use cofferdam_model::{
    AssignmentId, Compartment, EngagementId, Entry, Fact, LabId, ObjectId, ObjectRef, ProjectId, Pseudonym,
    SubmissionId, TaskId,
};
use cofferdam_store::Reader;
use cofferdam_store::project::ProjectRow;
use cofferdam_store::submission::SubmissionRow;
use cofferdam_store::task::TaskRow;

use crate::error::{GateError, Integrity};
use crate::gate::Gate;
use crate::record;
use crate::secrets::Secrets;

/// What is recorded of a submission.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stands {
    pub(crate) task: TaskId,
    pub(crate) assignment: AssignmentId,
    pub(crate) engagement: EngagementId,
    pub(crate) answer: ObjectId,
    pub(crate) version: u32,
    pub(crate) state: Submission,
}

impl Stands {
    pub(crate) fn of(row: &SubmissionRow) -> Self {
        Self {
            task: row.task,
            assignment: row.assignment,
            engagement: row.engagement,
            answer: row.answer,
            version: row.version,
            state: row.state,
        }
    }
}

/// Submissions as their ledger has them; and beside them, the answers as their reviewers left them.
#[derive(Debug, Default)]
pub(crate) struct Submissions(
    pub(crate) HashMap<SubmissionId, Stands>,
    HashMap<SubmissionId, ObjectRef>,
);

impl Submissions {
    /// Takes the next entry in.
    pub(crate) fn take(&mut self, entry: &Entry) {
        match &entry.fact {
            Fact::SubmissionReceived {
                submission,
                task,
                assignment,
                answer,
            } => {
                let Some(engagement) = record::engagement_of(entry) else {
                    return;
                };
                let stands = Stands {
                    task: *task,
                    assignment: *assignment,
                    engagement,
                    answer: answer.object,
                    version: answer.version,
                    state: Submission::Submitted,
                };
                self.0.insert(*submission, stands);
            }
            Fact::ReviewGiven {
                submission, verdict, ..
            } => self.move_to(submission, |state| state.judge(*verdict).ok()),
            Fact::AnswerAmended {
                submission, answer, ..
            } => {
                self.1.insert(*submission, *answer);
            }
            Fact::ReviewWithdrawn { submission, .. } => {
                self.1.remove(submission);
                self.move_to(submission, |state| state.reconsider().ok());
            }
            Fact::SubmissionLapsed { submission } => self.move_to(submission, |state| state.lapse().ok()),
            Fact::SubmissionSentBack { submission, .. } => {
                self.1.remove(submission);
                self.move_to(submission, |state| state.send_back().ok())
            }
            _ => {}
        }
    }

    fn move_to(&mut self, id: &SubmissionId, next: impl FnOnce(Submission) -> Option<Submission>) {
        if let Some(stands) = self.0.get_mut(id) {
            stands.state = next(stands.state).unwrap_or(stands.state);
        }
    }
}

/// What the ledger says of the work of one project, as far as it was read.
#[derive(Debug)]
pub struct Standing {
    lab: LabId,
    project: ProjectId,
    next: u64,
    tasks: u64,
    authors: HashMap<EngagementId, Pseudonym>,
    submissions: Submissions,
}

impl Standing {
    fn take(&mut self, entry: &Entry) {
        self.next = entry.n + 1;
        match &entry.fact {
            Fact::EngagementGranted {
                engagement,
                pseudonym,
                reach: Reach::Project(project),
                ..
            } if *project == self.project => {
                self.authors.insert(*engagement, *pseudonym);
            }
            Fact::TasksImported { project, set } if *project == self.project => {
                self.tasks = self.tasks.saturating_add(set.objects);
            }
            Fact::SubmissionReceived { .. } => {
                let own = record::engagement_of(entry).filter(|by| self.authors.contains_key(by));
                if own.is_some() {
                    self.submissions.take(entry);
                }
            }
            _ => self.submissions.take(entry),
        }
    }

    /// Reads what was appended since.
    pub fn go_on(&mut self, reader: &mut Reader<'_>, secrets: &Secrets) -> Result<(), GateError<Infallible>> {
        let (compartment, next) = (Compartment::Lab(self.lab), self.next);
        record::walk(reader, secrets, compartment, next, &mut |_, entry| {
            self.take(entry);
            true
        })?;
        Ok(())
    }

    /// Lets the rows of a project's tasks and submissions pass that are all there, and as they were written.
    pub fn check(
        &self,
        secrets: &Secrets,
        tasks: &[TaskRow],
        submissions: &[SubmissionRow],
    ) -> Result<(), Integrity> {
        tasks.iter().try_for_each(|row| secrets.check(row))?;
        if tasks.len() as u64 != self.tasks {
            let (there, what) = (tasks.len(), format!("the rows of tasks of {}", self.project));
            let problem = format!("{there} are there, {} were imported", self.tasks);
            return Err(Integrity::of(what, problem));
        }
        let named = |id: &SubmissionId| format!("the row of submission {id}");
        for row in submissions {
            if self.submissions.0.get(&row.id) != Some(&Stands::of(row)) {
                return Err(Integrity::of(
                    named(&row.id),
                    "the ledger recorded another, or none",
                ));
            }
        }
        if submissions.len() != self.submissions.0.len() {
            let there: std::collections::HashSet<_> = submissions.iter().map(|row| row.id).collect();
            let missing = self.submissions.0.keys().find(|id| !there.contains(id));
            let what = missing.map_or_else(|| "the rows of submissions".to_owned(), named);
            return Err(Integrity::of(what, "it is missing"));
        }
        Ok(())
    }

    /// The answer of a submission that passed, as its reviewer left it; none where they accepted its author's.
    pub fn amended(&self, row: &SubmissionRow) -> Option<&ObjectRef> {
        self.submissions.1.get(&row.id)
    }

    /// How the ledger calls the author of a submission that passed.
    pub fn author(&self, row: &SubmissionRow) -> Result<Pseudonym, Integrity> {
        let known = self.authors.get(&row.engagement).copied();
        known.ok_or_else(|| Integrity::of(format!("the row of submission {}", row.id), "it has no author"))
    }
}

impl Gate {
    /// Reads what a lab's ledger says of a project's work, from the project's beginning on. `project` was checked.
    pub async fn standing(&self, project: &ProjectRow) -> Result<Standing, GateError<Infallible>> {
        let inner = Arc::clone(&self.inner);
        let (lab, since) = (project.lab, project.created);
        let mut standing = Standing {
            lab,
            project: project.id,
            next: 0,
            tasks: 0,
            authors: HashMap::new(),
            submissions: Submissions::default(),
        };
        let read = move |reader: &mut Reader<'_>| {
            let compartment = Compartment::Lab(lab);
            standing.next = record::index_at(reader, &inner.secrets, compartment, since)?;
            standing.go_on(reader, &inner.secrets)?;
            Ok::<_, GateError<Infallible>>(standing)
        };
        self.inner.store.read(read).await
    }
}
