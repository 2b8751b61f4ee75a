//! Review: taking the next submission, judging it.

use cofferdam_custody::{
    Again, Caller, Command, Done, GateError, Integrity, LeaseReason, ObjectKind, Plaintext, Scope, Sealed,
};
use cofferdam_model::work::{Submission, Verdict};
use cofferdam_model::{
    Act, EngagementId, Fact, ProjectId, Pseudonym, ReviewId, SubmissionId, TaskId, Timestamp,
};

use cofferdam_store::project::ProjectRow;
use cofferdam_store::review::{self, ReviewRow};
use cofferdam_store::submission::{self, SubmissionRow};
use cofferdam_store::{Reader, engagement, task};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::bound::{self, What};
use super::error::state;
use super::guidelines::reference;
use super::queue::bounded;
use super::spared::{End, InHand, View};
use super::withdrawals::WITHDRAWN_WITHIN_SECONDS;
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
    /// Until when the verdict can be taken back.
    pub firm: Timestamp,
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
                    amended: None,
                    given: None,
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

/// An answer that the caller has in hand to judge, and the hold.
pub(super) fn in_hand(
    scope: &mut Scope<'_, '_>,
    id: ReviewId,
) -> Result<(ReviewRow, SubmissionRow), GateError<WorkError>> {
    let hold = review::get(scope.tx.reader(), id)?;
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
    Ok((hold, given))
}

/// Refuses a hold that was handed out to nobody: on an answer of another project, or on the reviewer's own.
pub(super) fn own(
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
    /// The answer as the reviewer leaves it.
    amended: Option<Sealed>,
}

impl Command for Judge {
    type Output = Judged;
    type Error = WorkError;
    const AGAIN: Option<Again<Self::Output>> = Some(Again::json("judge"));

    fn act(&self) -> Act {
        Act::Review
    }

    fn run(self, scope: &mut Scope<'_, '_>) -> Result<Done<Judged>, GateError<WorkError>> {
        let (hold, given) = in_hand(scope, self.review)?;
        let judged = given.state.judge(self.verdict).map_err(state)?;
        let row = scope.secrets.stamped(SubmissionRow {
            state: judged,
            ..given
        });
        submission::update(scope.tx, &row)?;
        if judged == Submission::Rejected {
            task::free_slot(scope.tx, given.task)?;
        }
        for sealed in self.comment.iter().chain(&self.amended) {
            scope.put(sealed)?;
        }
        let comment = self.comment.as_ref().map(Sealed::reference);
        let amended = self.amended.as_ref().map(Sealed::reference);
        let verdict = review::Given {
            verdict: self.verdict,
            comment: comment.map(|c| c.object),
            amended: amended.map(|a| a.object),
            at: scope.now,
        };
        review::give(scope.tx, hold.id, &verdict)?;
        let (review, submission) = (hold.id, given.id);
        let changed = amended.map(|answer| Fact::AnswerAmended {
            review,
            submission,
            answer,
        });
        let said = Fact::ReviewGiven {
            review,
            submission,
            verdict: self.verdict,
            comment,
        };
        let output = Judged {
            review,
            submission,
            state: judged,
            firm: scope.now.plus_seconds(WITHDRAWN_WITHIN_SECONDS),
        };
        Ok(Done {
            output,
            facts: changed.into_iter().chain([said]).collect(),
            consequences: Vec::new(),
        })
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

    /// Gives a verdict. One that does not accept says why: what to mend, or why it does not count. One that does may come with the answer
    /// as the reviewer leaves it, which is what is delivered then.
    pub async fn judge(
        &self,
        caller: &Caller,
        engagement: EngagementId,
        review: ReviewId,
        given: Opinion<'_>,
    ) -> Result<Judged, WorkError> {
        let comment = given.checked()?;
        let (mut written, mut amended) = (None, None);
        if comment.is_some() || given.answer.is_some() {
            let project = self.project_under(caller, engagement, Act::Review, None).await?;
            if let Some(answer) = given.answer {
                amended = Some(
                    self.amended((caller, engagement), &project, review, answer)
                        .await?,
                );
            }
            if let Some(text) = comment {
                let id = bound::comment(self.gate.secrets(), self.fresh()?, review);
                let kind = ObjectKind::ReviewComment;
                let sealed = self
                    .gate
                    .seal(project.lab, project.id, kind, id, 1, text.as_bytes());
                written = Some(sealed.await?);
            }
        }
        let command = Judge {
            review,
            verdict: given.verdict,
            comment: written,
            amended,
        };
        Ok(self.gate.transact(caller, engagement, command).await?.output)
    }

    /// The answer as a reviewer leaves it, sealed, if it fits the task.
    async fn amended(
        &self,
        (caller, engagement): (&Caller, EngagementId),
        project: &ProjectRow,
        id: ReviewId,
        answer: &Value,
    ) -> Result<Sealed, WorkError> {
        let bytes = bounded(answer)?;
        let read = move |r: &mut Reader<'_>| {
            let hold = review::get(r, id)?.filter(|hold| hold.engagement == engagement);
            hold.map_or(Ok(None), |hold| submission::get(r, hold.submission))
        };
        let given = self.gate.store().read(read).await?;
        let given = given.filter(|given| given.project == project.id);
        let given = given.ok_or(WorkError::NotFound("review in your hands"))?;
        let template = self.template(caller, engagement, project.id).await?;
        self.fits(&template, given.task, answer).await?;
        let (kind, fresh) = (ObjectKind::Answer, self.fresh()?);
        let fresh = bound::amended(self.gate.secrets(), fresh, id);
        Ok(self
            .gate
            .seal(project.lab, project.id, kind, fresh, 1, &bytes)
            .await?)
    }
}

/// What a reviewer says of an answer.
#[derive(Debug)]
pub struct Opinion<'a> {
    /// The verdict.
    pub verdict: Verdict,
    /// Why, or what is to be mended.
    pub comment: Option<&'a str>,
    /// The answer as they leave it.
    pub answer: Option<&'a Value>,
}

impl<'a> Opinion<'a> {
    /// Of an answer that stays as it is.
    #[must_use]
    pub const fn new(verdict: Verdict, comment: Option<&'a str>) -> Self {
        Self {
            verdict,
            comment,
            answer: None,
        }
    }

    /// The comment, where there is one, if it may be given so.
    fn checked(&self) -> Result<Option<&'a str>, WorkError> {
        let comment = self.comment.map(str::trim).filter(|c| !is_blank(c));
        let missing = match self.verdict {
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
        if self.answer.is_some() && self.verdict != Verdict::Accept {
            let text = "an answer that you changed can only be accepted; to have its author change it, return it without";
            return Err(WorkError::invalid("/answer", text));
        }
        Ok(comment)
    }
}
