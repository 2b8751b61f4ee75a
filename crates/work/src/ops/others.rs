//! What others answered to the task whose answer a reviewer has in hand.

use cofferdam_custody::{Caller, Command, Done, GateError, LeaseReason, Plaintext, Scope};
use cofferdam_model::work::Submission;
use cofferdam_model::{Act, EngagementId, Fact, Pseudonym, ReviewId, SubmissionId};
use cofferdam_store::submission::{self, SubmissionRow};

use super::queue::last_of;
use super::reviews::in_hand;
use super::{Platform, WorkError};

/// Another answer to the same task.
#[derive(Debug)]
pub struct Other {
    /// The submission.
    pub submission: SubmissionId,
    /// Its author, as the lab knows them.
    pub author: Pseudonym,
    /// What became of it so far.
    pub state: Submission,
    /// The answer; as its reviewer left it, where they changed it.
    pub answer: Plaintext,
}

struct ReadOthers(ReviewId);

impl Command for ReadOthers {
    type Output = Vec<(SubmissionRow, Pseudonym)>;
    type Error = WorkError;

    fn act(&self) -> Act {
        Act::ClaimReview
    }

    fn reason(&self) -> LeaseReason {
        LeaseReason::Review
    }

    fn run(self, scope: &mut Scope<'_, '_>) -> Result<Done<Self::Output>, GateError<WorkError>> {
        let (hold, given) = in_hand(scope, self.0)?;
        let mut others = Vec::new();
        let mut objects = Vec::new();
        for other in submission::of_task(scope.tx.reader(), given.task)? {
            if other.id == given.id || !other.state.counts() {
                continue;
            }
            scope.check_submission(&other)?;
            objects.push(last_of(scope, &other)?);
            let granted = scope.authority()?;
            let author = granted.engagement(other.engagement).map(|e| e.pseudonym);
            let author = author.ok_or_else(|| WorkError::Failed("an author has no pseudonym".into()))?;
            others.push((other, author));
        }
        if objects.is_empty() {
            return Ok(Done::quiet(others));
        }
        let fact = Fact::ReviewReleased {
            review: hold.id,
            submission: given.id,
            objects,
        };
        Ok(Done::one(others, fact))
    }
}

impl Platform {
    /// What others answered to the task whose answer one has in hand to judge, but for what was rejected or given up. It is read, and so
    /// it is recorded and counted as what was handed out first is.
    pub async fn others_answers(
        &self,
        caller: &Caller,
        engagement: EngagementId,
        review: ReviewId,
    ) -> Result<Vec<Other>, WorkError> {
        let released = self.gate.transact(caller, engagement, ReadOthers(review)).await?;
        if released.output.len() != released.plaintexts.len() {
            return Err(WorkError::Failed(
                "fewer objects were released than recorded".into(),
            ));
        }
        let both = released.output.into_iter().zip(released.plaintexts);
        let other = |((row, author), answer): ((SubmissionRow, Pseudonym), Plaintext)| Other {
            submission: row.id,
            author,
            state: row.state,
            answer,
        };
        Ok(both.map(other).collect())
    }
}
