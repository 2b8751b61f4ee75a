//! Review: taking the next submission, judging it.

use cofferdam_custody::{
    Again, Caller, Command, Done, GateError, Integrity, LeaseReason, ObjectKind, Plaintext, Scope, Sealed,
};
use cofferdam_model::work::{Submission, Verdict};
use cofferdam_model::{Act, EngagementId, Fact, ProjectId, Pseudonym, ReviewId, SubmissionId, TaskId};

use cofferdam_store::review::{self, ReviewRow};
use cofferdam_store::submission::{self, SubmissionRow};
use cofferdam_store::{engagement, task};

use serde::{Deserialize, Serialize};

use super::bound::{self, What};
use super::error::state;
use super::guidelines::reference;
use super::spared::{End, InHand, View};
use super::{Platform, WorkError};
use crate::blank::is_blank;

/// How long an answer is in a reviewer's hands, in seconds.
pub(super) const REVIEW_LEASE_SECONDS: i64 = 1_800;
/// After how long it is looked again whether a halt keeps an answer in a reviewer's hands.
const LOOKED_AT_AGAIN_SECONDS: i64 = 60;
const MOST_COMMENT_BYTES: usize = 64 << 10;

/// A submission in a reviewer's hands.
#[derive(Debug)]
pub struct ToReview {
    /// The reviewer's hold.
    pub review: ReviewId,
    /// The submission.
    pub submission: SubmissionId,
    /// Its version.
    pub version: u32,
    /// The task.
    pub task: TaskId,
    /// The author, as the lab knows them.
    pub author: Pseudonym,
    /// The sealed task: `{"id": …, "input": …}`.
    pub input: Plaintext,
    /// The answer.
    pub answer: Plaintext,
}

/// A verdict that was taken.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Judged {
    /// The review.
    pub review: ReviewId,
    /// The submission.
    pub submission: SubmissionId,
    /// The submission's state now.
    pub state: Submission,
}

struct ClaimReview;

type Claimed = Option<(ReviewRow, SubmissionRow, Pseudonym)>;

impl Command for ClaimReview {
    type Output = Claimed;
    type Error = WorkError;

    fn act(&self) -> Act {
        Act::ClaimReview
    }

    fn reason(&self) -> LeaseReason {
        LeaseReason::Review
    }

    fn run(self, scope: &mut Scope<'_, '_>) -> Result<Done<Claimed>, GateError<WorkError>> {
        let id = scope.engagement.id;
        let project = scope.engagement.project().ok_or(WorkError::NotFound("project"))?;
        keep_spared(scope, project)?;
        let (hold, given) = match review::open_of(scope.tx.reader(), id, scope.now)? {
            Some(open) => {
                scope.secrets.check(&open)?;
                let given = submission::get(scope.tx.reader(), open.submission)?;
                (open, given.ok_or(WorkError::NotFound("submission"))?)
            }
            None => {
                let next = submission::next_to_review(scope.tx, project, scope.principal, scope.now)?;
                let Some(given) = next else {
                    return Ok(Done::quiet(None));
                };
                let hold = scope.secrets.bound(ReviewRow {
                    id: scope.env.new_id()?,
                    submission: given.id,
                    version: given.version,
                    engagement: id,
                    until: scope.now.plus_seconds(REVIEW_LEASE_SECONDS),
                    verdict: None,
                    comment: None,
                });
                review::claim(scope.tx, &hold)?;
                (hold, given)
            }
        };
        scope.check_submission(&given)?;
        bound::check(scope, &What::Answer(given.answer, given.assignment))?;
        let found = bound::task(scope, given.task)?;
        // As the ledger has it, and no row.
        let granted = scope.authority()?;
        let author = granted.engagement(given.engagement).map(|e| e.pseudonym);
        let author = author.ok_or_else(|| WorkError::Failed("an author has no pseudonym".into()))?;
        let objects = vec![
            reference(scope.tx, found.input, 1, ObjectKind::TaskInput)?,
            reference(scope.tx, given.answer, given.version, ObjectKind::Answer)?,
        ];
        let fact = Fact::ReviewReleased {
            review: hold.id,
            submission: given.id,
            objects,
        };
        Ok(Done::one(Some((hold, given, author)), fact))
    }
}

/// Lets answers stay in the hands of reviewers whom a halt keeps from judging them though their time has ended.
fn keep_spared(scope: &mut Scope<'_, '_>, project: ProjectId) -> Result<(), GateError<WorkError>> {
    let view = View::of(scope)?;
    if !view.is_halted() {
        return Ok(());
    }
    for hold in review::lapsed(scope.tx.reader(), project, scope.now)? {
        let Some(holder) = engagement::get(scope.tx.reader(), hold.engagement)? else {
            continue;
        };
        let held = InHand::review(project, holder.principal, &hold);
        let spared = view.spares(scope.tx.reader(), scope.secrets, &held, REVIEW_LEASE_SECONDS)?;
        let end = match spared {
            None => continue,
            Some(End::At(end)) => end,
            Some(End::Open) => scope.now.plus_seconds(LOOKED_AT_AGAIN_SECONDS),
        };
        let checked = scope.secrets.check(&hold).map_err(GateError::from);
        if bound::obeyed(checked, "that answer was not kept for its reviewer")? {
            review::prolong(scope.tx, hold.id, end)?;
        }
    }
    Ok(())
}

/// Refuses a hold that was handed out to nobody: on an answer of another project, or on the reviewer's own.
fn own(
    scope: &mut Scope<'_, '_>,
    hold: &ReviewRow,
    given: &SubmissionRow,
) -> Result<(), GateError<WorkError>> {
    let task = bound::task(scope, given.task)?;
    let here = scope.engagement.project() == Some(task.project) && task.project == given.project;
    if here && given.principal != scope.principal {
        return Ok(());
    }
    let what = format!("the row of review {}", hold.id);
    Err(Integrity::of(what, "no such answer was handed out to this reviewer").into())
}

struct Judge {
    review: ReviewId,
    verdict: Verdict,
    comment: Option<Sealed>,
}

impl Command for Judge {
    type Output = Judged;
    type Error = WorkError;
    const AGAIN: Option<Again<Self::Output>> = Some(Again::json("judge"));

    fn act(&self) -> Act {
        Act::Review
    }

    fn run(self, scope: &mut Scope<'_, '_>) -> Result<Done<Judged>, GateError<WorkError>> {
        let hold = review::get(scope.tx.reader(), self.review)?;
        let hold = hold.filter(|h| h.engagement == scope.engagement.id);
        let hold = hold.ok_or(WorkError::NotFound("review in your hands"))?;
        if hold.verdict.is_some() {
            return Err(WorkError::Conflict("this review was given already".into()).into());
        }
        let given = submission::get(scope.tx.reader(), hold.submission)?;
        let given = given.ok_or(WorkError::NotFound("submission"))?;
        scope.check_submission(&given)?;
        scope.secrets.check(&hold)?;
        own(scope, &hold, &given)?;
        if given.version != hold.version {
            return Err(WorkError::Conflict("the submission has a newer version".into()).into());
        }
        let judged = given.state.judge(self.verdict).map_err(state)?;
        let row = scope.secrets.stamped(SubmissionRow {
            state: judged,
            ..given
        });
        submission::update(scope.tx, &row)?;
        if judged == Submission::Rejected {
            task::free_slot(scope.tx, given.task)?;
        }
        let comment = self.comment.as_ref().map(Sealed::reference);
        if let Some(sealed) = &self.comment {
            scope.put(sealed)?;
        }
        review::give(scope.tx, hold.id, self.verdict, comment.map(|c| c.object))?;
        let fact = Fact::ReviewGiven {
            review: hold.id,
            submission: given.id,
            verdict: self.verdict,
            comment,
        };
        Ok(Done::one(
            Judged {
                review: hold.id,
                submission: given.id,
                state: judged,
            },
            fact,
        ))
    }
}

impl Platform {
    /// The next submission to judge, never to a task that one has in hand or answered. None when there is nothing to review now.
    pub async fn claim_review(
        &self,
        caller: &Caller,
        engagement: EngagementId,
    ) -> Result<Option<ToReview>, WorkError> {
        let released = self.gate.transact(caller, engagement, ClaimReview).await?;
        let Some((hold, given, author)) = released.output else {
            return Ok(None);
        };
        let mut parts = released.plaintexts.into_iter();
        let (Some(input), Some(answer)) = (parts.next(), parts.next()) else {
            return Err(WorkError::Failed(
                "fewer objects were released than recorded".into(),
            ));
        };
        let (review, version, submission, task) = (hold.id, hold.version, given.id, given.task);
        Ok(Some(ToReview {
            review,
            submission,
            version,
            task,
            author,
            input,
            answer,
        }))
    }

    /// Gives a verdict. One that does not accept says why: what to mend, or why it does not count.
    pub async fn judge(
        &self,
        caller: &Caller,
        engagement: EngagementId,
        review: ReviewId,
        verdict: Verdict,
        comment: Option<&str>,
    ) -> Result<Judged, WorkError> {
        let comment = comment.map(str::trim).filter(|c| !is_blank(c));
        let missing = match verdict {
            Verdict::Accept => None,
            Verdict::Return => Some("say what the author is to mend"),
            Verdict::Reject => Some("say why it does not count"),
        };
        if let Some(why) = missing.filter(|_| comment.is_none()) {
            return Err(WorkError::invalid("/comment", why));
        }
        if comment.is_some_and(|c| c.len() > MOST_COMMENT_BYTES) {
            return Err(WorkError::invalid("/comment", "a comment has at most 64 KiB"));
        }
        let sealed = match comment {
            None => None,
            Some(text) => {
                let project = self.project_under(caller, engagement, Act::Review, None).await?;
                let id = self
                    .gate
                    .env()
                    .new_id()
                    .map_err(|e| WorkError::Failed(e.to_string()))?;
                let id = bound::comment(self.gate.secrets(), id, review);
                let kind = ObjectKind::ReviewComment;
                Some(
                    self.gate
                        .seal(project.lab, project.id, kind, id, 1, text.as_bytes())
                        .await?,
                )
            }
        };
        let command = Judge {
            review,
            verdict,
            comment: sealed,
        };
        Ok(self.gate.transact(caller, engagement, command).await?.output)
    }
}
