//! Reviews: a reviewer's hold on a submission, and the verdict.

use cofferdam_model::work::Verdict;
use cofferdam_model::{
    EngagementId, LabId, ObjectId, PrincipalId, ProjectId, ReviewId, SubmissionId, Timestamp,
};

use crate::error::StoreError;
use crate::params;
use crate::sql::{Maybe, Reader, Row, Tx};

/// One review of one version of a submission.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReviewRow {
    /// Its id.
    pub id: ReviewId,
    /// Of which submission.
    pub submission: SubmissionId,
    /// Of which version.
    pub version: u32,
    /// The reviewer's engagement.
    pub engagement: EngagementId,
    /// The end of the reviewer's lease.
    pub until: Timestamp,
    /// The verdict, once given.
    pub verdict: Option<Verdict>,
    /// What the reviewer wrote: an object, version 1.
    pub comment: Option<ObjectId>,
    /// The answer as the reviewer left it, where they changed it: an object, version 1.
    pub amended: Option<ObjectId>,
    /// When the verdict was given.
    pub given: Option<Timestamp>,
}

fn read(row: &dyn Row) -> Result<ReviewRow, StoreError> {
    let verdict = match row.int(5)? {
        None => None,
        Some(0) => Some(Verdict::Accept),
        Some(1) => Some(Verdict::Return),
        Some(2) => Some(Verdict::Reject),
        Some(other) => {
            return Err(StoreError::Corrupt {
                table: "review",
                problem: format!("verdict {other}"),
            });
        }
    };
    Ok(ReviewRow {
        id: row.id(0)?,
        submission: row.id(1)?,
        version: row.u32(2)?,
        engagement: row.id(3)?,
        until: row.time(4)?,
        verdict,
        comment: row.maybe_id(6)?,
        amended: row.maybe_id(7)?,
        given: row.int(8)?.map(Timestamp::from_micros),
    })
}

/// Holds a submission for a reviewer, in place of a hold whose lease has ended.
pub fn claim(tx: &mut Tx<'_>, review: &ReviewRow) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO review (id, submission, version, engagement, until) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (submission, version) DO UPDATE
             SET id = excluded.id, engagement = excluded.engagement, until = excluded.until",
        params![
            review.id,
            review.submission,
            review.version,
            review.engagement,
            review.until
        ],
    )?;
    Ok(())
}

/// The review of that id.
pub fn get(reader: &mut Reader<'_>, id: ReviewId) -> Result<Option<ReviewRow>, StoreError> {
    reader.first(
        "SELECT id, submission, version, engagement, until, verdict, comment, amended, given FROM review WHERE id = $1",
        params![id],
        read,
    )
}

/// The review that an engagement has open: of a version that still waits for a verdict. One that the lab sent back
/// meanwhile is with its author, and what the author hands in then is for whoever takes it next.
pub fn open_of(
    reader: &mut Reader<'_>,
    engagement: EngagementId,
    now: Timestamp,
) -> Result<Option<ReviewRow>, StoreError> {
    reader.first(
        "SELECT id, submission, version, engagement, until, verdict, comment, amended, given FROM review r
         WHERE verdict IS NULL AND until > $2 AND engagement = $1 AND EXISTS
             (SELECT 1 FROM submission s WHERE s.id = r.submission AND s.version = r.version AND s.state = 0)
         ORDER BY until LIMIT 1",
        params![engagement, now],
        read,
    )
}

/// The holds of a project's reviewers whose lease has ended, on versions that still wait for a verdict.
pub fn lapsed(
    reader: &mut Reader<'_>,
    project: ProjectId,
    now: Timestamp,
) -> Result<Vec<ReviewRow>, StoreError> {
    reader.all(
        "SELECT id, submission, version, engagement, until, verdict, comment, amended, given FROM review r
         WHERE verdict IS NULL AND until <= $2 AND EXISTS (SELECT 1 FROM submission s
             WHERE s.id = r.submission AND s.version = r.version AND s.state = 0 AND s.project = $1)
         ORDER BY until, id",
        params![project, now],
        read,
    )
}

/// Lets a reviewer's hold last until `until`, if that is longer than it does.
pub fn prolong(tx: &mut Tx<'_>, id: ReviewId, until: Timestamp) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE review SET until = $2 WHERE id = $1 AND verdict IS NULL AND until < $2",
        params![id, until],
    )?;
    Ok(())
}

/// Answers of a lab in reviewers' hands.
pub fn of_lab(reader: &mut Reader<'_>, lab: LabId) -> Result<Vec<ReviewRow>, StoreError> {
    reader.all(
        "SELECT id, submission, version, engagement, until, verdict, comment, amended, given FROM review
         WHERE verdict IS NULL AND engagement IN (SELECT engagement FROM holder WHERE lab = $1)
         ORDER BY until, id",
        params![lab],
        read,
    )
}

/// Answers of a lab in the hands of one person.
pub fn held_in(
    reader: &mut Reader<'_>,
    lab: LabId,
    principal: PrincipalId,
) -> Result<Vec<ReviewRow>, StoreError> {
    reader.all(
        "SELECT id, submission, version, engagement, until, verdict, comment, amended, given FROM review
         WHERE verdict IS NULL AND engagement IN (SELECT engagement FROM holder WHERE lab = $1 AND principal = $2)
         ORDER BY until, id",
        params![lab, principal],
        read,
    )
}

/// The verdict over one version of a submission.
pub fn of_version(
    reader: &mut Reader<'_>,
    submission: SubmissionId,
    version: u32,
) -> Result<Option<ReviewRow>, StoreError> {
    reader.first(
        "SELECT id, submission, version, engagement, until, verdict, comment, amended, given FROM review
         WHERE submission = $1 AND version = $2 AND verdict IS NOT NULL",
        params![submission, version],
        read,
    )
}

/// Every verdict given, for a check of the whole.
pub fn given(reader: &mut Reader<'_>) -> Result<Vec<ReviewRow>, StoreError> {
    reader.all(
        "SELECT id, submission, version, engagement, until, verdict, comment, amended, given FROM review
         WHERE verdict IS NOT NULL ORDER BY id",
        &[],
        read,
    )
}

/// Every hold of a reviewer's without a verdict, for a check of the whole.
pub fn open(reader: &mut Reader<'_>) -> Result<Vec<ReviewRow>, StoreError> {
    reader.all(
        "SELECT id, submission, version, engagement, until, verdict, comment, amended, given FROM review
         WHERE verdict IS NULL ORDER BY id",
        &[],
        read,
    )
}

/// What a reviewer gives.
#[derive(Debug, Clone, Copy)]
pub struct Given {
    /// The verdict.
    pub verdict: Verdict,
    /// What they wrote.
    pub comment: Option<ObjectId>,
    /// The answer as they left it.
    pub amended: Option<ObjectId>,
    /// When.
    pub at: Timestamp,
}

/// Keeps a verdict. It holds the submission's version for ever, unless it is taken back.
pub fn give(tx: &mut Tx<'_>, id: ReviewId, given: &Given) -> Result<(), StoreError> {
    let code = match given.verdict {
        Verdict::Accept => 0,
        Verdict::Return => 1,
        Verdict::Reject => 2_i64,
    };
    tx.execute(
        "UPDATE review SET verdict = $2, comment = $3, amended = $4, given = $5, until = $6 WHERE id = $1",
        params![
            id,
            code,
            Maybe(&given.comment),
            Maybe(&given.amended),
            given.at,
            i64::MAX
        ],
    )?;
    Ok(())
}

/// Takes a verdict back: the answer is in its reviewer's hands again, until `until`.
pub fn withdraw(tx: &mut Tx<'_>, id: ReviewId, until: Timestamp) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE review SET verdict = NULL, comment = NULL, amended = NULL, given = NULL, until = $2 WHERE id = $1",
        params![id, until],
    )?;
    Ok(())
}
