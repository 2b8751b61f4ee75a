//! Questions, and what was said to them.

use cofferdam_model::{EngagementId, ObjectId, ProjectId, RemarkId, TaskId, Timestamp};

use crate::error::StoreError;
use crate::params;
use crate::sql::{Maybe, Reader, Row, Tx};

/// What somebody asks, or says to what was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RemarkRow {
    /// Its id.
    pub id: RemarkId,
    /// The question that it is said to; none: it is one.
    pub question: Option<RemarkId>,
    /// Of which project.
    pub project: ProjectId,
    /// The task that it is about, if it is about one.
    pub task: Option<TaskId>,
    /// Whether it says that the task is broken.
    pub broken: bool,
    /// Whose: the engagement.
    pub engagement: EngagementId,
    /// The words: an object, version 1.
    pub words: ObjectId,
    /// When.
    pub said: Timestamp,
}

fn read(row: &dyn Row) -> Result<RemarkRow, StoreError> {
    Ok(RemarkRow {
        id: row.id(0)?,
        question: row.maybe_id(1)?,
        project: row.id(2)?,
        task: row.maybe_id(3)?,
        broken: row.i64(4)? != 0,
        engagement: row.id(5)?,
        words: row.id(6)?,
        said: row.time(7)?,
    })
}

/// Adds one.
pub fn insert(tx: &mut Tx<'_>, remark: &RemarkRow) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO remark (id, question, project, task, broken, engagement, words, said)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        params![
            remark.id,
            Maybe(&remark.question),
            remark.project,
            Maybe(&remark.task),
            i64::from(remark.broken),
            remark.engagement,
            remark.words,
            remark.said
        ],
    )?;
    Ok(())
}

/// The one of that id.
pub fn get(reader: &mut Reader<'_>, id: RemarkId) -> Result<Option<RemarkRow>, StoreError> {
    reader.first(
        "SELECT id, question, project, task, broken, engagement, words, said FROM remark WHERE id = $1",
        params![id],
        read,
    )
}

/// A project's questions, the newest first, after the one that was asked then.
pub fn questions(
    reader: &mut Reader<'_>,
    project: ProjectId,
    (before, id): (Timestamp, RemarkId),
    limit: u32,
) -> Result<Vec<RemarkRow>, StoreError> {
    reader.all(
        "SELECT id, question, project, task, broken, engagement, words, said FROM remark
         WHERE question IS NULL AND project = $1 AND (said < $2 OR (said = $2 AND id < $3))
         ORDER BY said DESC, id DESC LIMIT $4",
        params![project, before, id, i64::from(limit)],
        read,
    )
}

/// What was said to the questions that [`questions`] finds, the oldest first.
pub fn said_to_questions(
    reader: &mut Reader<'_>,
    project: ProjectId,
    (before, id): (Timestamp, RemarkId),
    limit: u32,
) -> Result<Vec<RemarkRow>, StoreError> {
    reader.all(
        "SELECT id, question, project, task, broken, engagement, words, said FROM remark
         WHERE question IN (
             SELECT id FROM remark
             WHERE question IS NULL AND project = $1 AND (said < $2 OR (said = $2 AND id < $3))
             ORDER BY said DESC, id DESC LIMIT $4
         )
         ORDER BY said, id",
        params![project, before, id, i64::from(limit)],
        read,
    )
}

/// What was said to a question, the oldest first.
pub fn said_to(reader: &mut Reader<'_>, question: RemarkId) -> Result<Vec<RemarkRow>, StoreError> {
    reader.all(
        "SELECT id, question, project, task, broken, engagement, words, said FROM remark
         WHERE question = $1 ORDER BY said, id",
        params![question],
        read,
    )
}

/// Every one, for a check of the whole.
pub fn all(reader: &mut Reader<'_>) -> Result<Vec<RemarkRow>, StoreError> {
    reader.all(
        "SELECT id, question, project, task, broken, engagement, words, said FROM remark ORDER BY id",
        &[],
        read,
    )
}
