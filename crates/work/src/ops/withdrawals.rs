//! A reviewer takes a verdict back that they gave just now.

use cofferdam_custody::{Again, Caller, Command, Done, GateError, Scope};
use cofferdam_model::work::{Submission, Verdict};
use cofferdam_model::{Act, EngagementId, Fact, ReviewId, Timestamp};
use cofferdam_store::review::{self, ReviewRow};
use cofferdam_store::submission::{self, SubmissionRow};
use cofferdam_store::task;
use serde::{Deserialize, Serialize};

use super::error::state;
use super::reviews::{REVIEW_LEASE_SECONDS, own};
use super::{Platform, WorkError};

/// How long a verdict can be taken back, in seconds.
pub const WITHDRAWN_WITHIN_SECONDS: i64 = 30;
/// How often verdicts on one version of an answer are.
const MOST_WITHDRAWALS: usize = 5;

/// An answer that is in its reviewer's hands again.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Withdrawn {
    /// The review.
    pub review: ReviewId,
    /// Until when.
    pub until: Timestamp,
}

struct Withdraw(ReviewId);

impl Command for Withdraw {
    type Output = Withdrawn;
    type Error = WorkError;
    const AGAIN: Option<Again<Self::Output>> = Some(Again::json("withdraw-verdict"));

    fn act(&self) -> Act {
        Act::Review
    }

    fn run(self, scope: &mut Scope<'_, '_>) -> Result<Done<Withdrawn>, GateError<WorkError>> {
        let hold = review::get(scope.tx.reader(), self.0)?;
        let hold = hold.filter(|h| h.engagement == scope.engagement.id);
        let hold = hold.ok_or(WorkError::NotFound("review of yours"))?;
        scope.secrets.check(&hold)?;
        let verdict = recent(&hold, scope.now)?;
        let given = submission::get(scope.tx.reader(), hold.submission)?;
        let given = given.ok_or(WorkError::NotFound("submission"))?;
        scope.check_submission(&given)?;
        own(scope, &hold, &given)?;
        untouched(scope, &hold, &given, verdict)?;
        let row = scope.secrets.stamped(SubmissionRow {
            state: given.state.reconsider().map_err(state)?,
            ..given
        });
        submission::update(scope.tx, &row)?;
        let until = scope.now.plus_seconds(REVIEW_LEASE_SECONDS);
        review::withdraw(scope.tx, hold.id, until)?;
        let fact = Fact::ReviewWithdrawn {
            review: hold.id,
            submission: given.id,
        };
        let output = Withdrawn {
            review: hold.id,
            until,
        };
        Ok(Done::one(output, fact))
    }
}

/// The verdict, if it was given just now.
fn recent(hold: &ReviewRow, now: Timestamp) -> Result<Verdict, WorkError> {
    let (Some(verdict), Some(given)) = (hold.verdict, hold.given) else {
        let text = "there is no verdict to take back: this answer is still in your hands";
        return Err(WorkError::Conflict(text.into()));
    };
    if now > given.plus_seconds(WITHDRAWN_WITHIN_SECONDS) {
        return Err(WorkError::Conflict(format!(
            "a verdict can be taken back for {WITHDRAWN_WITHIN_SECONDS} seconds, and these are over; \
             what is wrong with an accepted answer is for the lab to send back"
        )));
    }
    Ok(verdict)
}

/// Whether nothing was built on the verdict: its author has not begun to mend the answer, nobody else has the task, and it was not
/// taken back time and again.
fn untouched(
    scope: &mut Scope<'_, '_>,
    hold: &ReviewRow,
    given: &SubmissionRow,
    verdict: Verdict,
) -> Result<(), GateError<WorkError>> {
    let conflict = |text: &str| Err(WorkError::Conflict(text.into()).into());
    let stands = match verdict {
        Verdict::Accept => Submission::Accepted,
        Verdict::Return => Submission::Returned,
        Verdict::Reject => Submission::Rejected,
    };
    if given.version != hold.version || given.state != stands {
        return conflict(
            "the answer went on its way meanwhile: the lab sent it back, or its author gave it up or mended it",
        );
    }
    if scope.withdrawals(given.id)? >= MOST_WITHDRAWALS {
        return conflict("verdicts on this answer were taken back five times; this one stands");
    }
    match verdict {
        Verdict::Accept => Ok(()),
        Verdict::Return => match task::draft(scope.tx.reader(), given.assignment)? {
            None => Ok(()),
            Some(_) => conflict("its author has begun to mend it"),
        },
        Verdict::Reject => match task::take_slot(scope.tx, given.task)? {
            true => Ok(()),
            false => conflict("the task is in somebody else's hands by now"),
        },
    }
}

impl Platform {
    /// Takes back a verdict that was given within the last [`WITHDRAWN_WITHIN_SECONDS`]: the answer is in one's hands again.
    pub async fn withdraw_verdict(
        &self,
        caller: &Caller,
        engagement: EngagementId,
        review: ReviewId,
    ) -> Result<Withdrawn, WorkError> {
        Ok(self
            .gate
            .transact(caller, engagement, Withdraw(review))
            .await?
            .output)
    }
}
