//! Submissions.

use cofferdam_model::work::Submission;
use cofferdam_model::{
    AssignmentId, EngagementId, ObjectId, PrincipalId, ProjectId, SubmissionId, TaskId, Timestamp,
};

use crate::error::StoreError;
use crate::params;
use crate::sql::{Reader, Row, Tx};

/// What a contractor answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SubmissionRow {
    /// Its id.
    pub id: SubmissionId,
    /// Under which hold.
    pub assignment: AssignmentId,
    /// To which task.
    pub task: TaskId,
    /// Of which project.
    pub project: ProjectId,
    /// The author's engagement, under which this version was handed in.
    pub engagement: EngagementId,
    /// The author.
    pub principal: PrincipalId,
    /// How often it was handed in; also the version of the answer object.
    pub version: u32,
    /// Its state.
    pub state: Submission,
    /// The answer.
    pub answer: ObjectId,
    /// When this version came in.
    pub received: Timestamp,
    /// Keyed hash over all of the above.
    pub seal: [u8; 32],
}

fn read(row: &dyn Row) -> Result<SubmissionRow, StoreError> {
    let code = row.i64(7)?;
    let state = Submission::from_code(code).ok_or_else(|| StoreError::Corrupt {
        table: "submission",
        problem: format!("state {code}"),
    })?;
    Ok(SubmissionRow {
        id: row.id(0)?,
        assignment: row.id(1)?,
        task: row.id(2)?,
        project: row.id(3)?,
        engagement: row.id(4)?,
        principal: row.id(5)?,
        version: row.u32(6)?,
        state,
        answer: row.id(8)?,
        received: row.time(9)?,
        seal: row.array(10)?,
    })
}

/// Adds a submission.
pub fn insert(tx: &mut Tx<'_>, s: &SubmissionRow) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO submission
             (id, assignment, task, project, engagement, principal, version, state, answer, received, seal)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        params![
            s.id,
            s.assignment,
            s.task,
            s.project,
            s.engagement,
            s.principal,
            s.version,
            s.state.code(),
            s.answer,
            s.received,
            s.seal
        ],
    )?;
    Ok(())
}

/// Keeps a new state, version, engagement, time of receipt and seal.
pub fn update(tx: &mut Tx<'_>, s: &SubmissionRow) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE submission SET version = $2, state = $3, engagement = $4, received = $5, seal = $6 WHERE id = $1",
        params![s.id, s.version, s.state.code(), s.engagement, s.received, s.seal],
    )?;
    Ok(())
}

/// The submission of that id.
pub fn get(reader: &mut Reader<'_>, id: SubmissionId) -> Result<Option<SubmissionRow>, StoreError> {
    reader.first(
        "SELECT id, assignment, task, project, engagement, principal, version, state, answer, received, seal
         FROM submission WHERE id = $1",
        params![id],
        read,
    )
}

/// Every submission, for a check of the whole.
pub fn all(reader: &mut Reader<'_>) -> Result<Vec<SubmissionRow>, StoreError> {
    reader.all(
        "SELECT id, assignment, task, project, engagement, principal, version, state, answer, received, seal
         FROM submission ORDER BY id",
        &[],
        read,
    )
}

/// Every submission to a task.
pub fn of_task(reader: &mut Reader<'_>, task: TaskId) -> Result<Vec<SubmissionRow>, StoreError> {
    reader.all(
        "SELECT id, assignment, task, project, engagement, principal, version, state, answer, received, seal
         FROM submission WHERE task = $1 ORDER BY id",
        params![task],
        read,
    )
}

/// The submission made under a hold.
pub fn of_assignment(
    reader: &mut Reader<'_>,
    assignment: AssignmentId,
) -> Result<Option<SubmissionRow>, StoreError> {
    reader.first(
        "SELECT id, assignment, task, project, engagement, principal, version, state, answer, received, seal
         FROM submission WHERE assignment = $1",
        params![assignment],
        read,
    )
}

/// A person's submissions to a project that are back with them, the oldest first.
pub fn rework(
    reader: &mut Reader<'_>,
    project: ProjectId,
    principal: PrincipalId,
) -> Result<Vec<SubmissionRow>, StoreError> {
    reader.all(
        "SELECT id, assignment, task, project, engagement, principal, version, state, answer, received, seal
         FROM submission WHERE project = $1 AND principal = $2 AND state = 2 ORDER BY received, id",
        params![project, principal],
        read,
    )
}

/// Every submission of a project that is back with its author, the oldest first.
pub fn all_rework(reader: &mut Reader<'_>, project: ProjectId) -> Result<Vec<SubmissionRow>, StoreError> {
    reader.all(
        "SELECT id, assignment, task, project, engagement, principal, version, state, answer, received, seal
         FROM submission WHERE project = $1 AND state = 2 ORDER BY received, id",
        params![project],
        read,
    )
}

/// The oldest submission of a project that nobody reviews, to a task that this reviewer neither has in hand nor answered.
pub fn next_to_review(
    tx: &mut Tx<'_>,
    project: ProjectId,
    reviewer: PrincipalId,
    now: Timestamp,
) -> Result<Option<SubmissionRow>, StoreError> {
    // `a.state <> 3` is what the index on assignments is of: it says nothing that `a.state < 2` does not.
    tx.first(
        "SELECT id, assignment, task, project, engagement, principal, version, state, answer, received, seal
         FROM submission s
         WHERE project = $1 AND state = 0 AND principal <> $2 AND NOT EXISTS
             (SELECT 1 FROM review r WHERE r.submission = s.id AND r.version = s.version AND r.until > $3)
             AND NOT EXISTS (SELECT 1 FROM assignment a
                 WHERE a.task = s.task AND a.principal = $2 AND a.state <> 3 AND a.state < 2)
         ORDER BY received, id LIMIT 1",
        params![project, reviewer, now],
        read,
    )
}

/// Every submission of a project, by task.
pub fn of_project(reader: &mut Reader<'_>, project: ProjectId) -> Result<Vec<SubmissionRow>, StoreError> {
    reader.all(
        "SELECT id, assignment, task, project, engagement, principal, version, state, answer, received, seal
         FROM submission WHERE project = $1 ORDER BY task, id",
        params![project],
        read,
    )
}
