//! Projects and their counts.

use cofferdam_model::{LabId, ObjectId, ProjectId, Timestamp};

use serde::{Deserialize, Serialize};

use crate::error::StoreError;
use crate::params;
use crate::sql::{Maybe, Reader, Row, Tx};

/// A project's settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectRow {
    /// Its id.
    pub id: ProjectId,
    /// Whose.
    pub lab: LabId,
    /// What the firm calls it.
    pub name: String,
    /// The kind of its template.
    pub template_kind: String,
    /// Its template: an object, version 1.
    pub template: ObjectId,
    /// How many people answer each task.
    pub overlap: u32,
    /// How long a task is held without a sign of life.
    pub lease_seconds: i64,
    /// Its guideline, if there is one.
    pub guideline: Option<ObjectId>,
    /// The guideline's version; 0: none.
    pub guideline_version: u32,
    /// When it was opened.
    pub created: Timestamp,
}

fn read(row: &dyn Row) -> Result<ProjectRow, StoreError> {
    Ok(ProjectRow {
        id: row.id(0)?,
        lab: row.id(1)?,
        name: row.string(2)?,
        template_kind: row.string(3)?,
        template: row.id(4)?,
        overlap: row.u32(5)?,
        lease_seconds: row.i64(6)?,
        guideline: row.maybe_id(7)?,
        guideline_version: row.u32(8)?,
        created: row.time(9)?,
    })
}

/// Adds a project; a conflict when the lab has one of that name.
pub fn insert(tx: &mut Tx<'_>, p: &ProjectRow) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO project
             (id, lab, name, template_kind, template, overlap, lease_seconds, guideline, guideline_version, created)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        params![
            p.id,
            p.lab,
            p.name,
            p.template_kind,
            p.template,
            p.overlap,
            p.lease_seconds,
            Maybe(&p.guideline),
            p.guideline_version,
            p.created
        ],
    )?;
    Ok(())
}

/// The project of that id.
pub fn get(reader: &mut Reader<'_>, id: ProjectId) -> Result<Option<ProjectRow>, StoreError> {
    reader.first(
        "SELECT id, lab, name, template_kind, template, overlap, lease_seconds, guideline, guideline_version, created
         FROM project WHERE id = $1",
        params![id],
        read,
    )
}

/// Every project, for a check of the whole.
pub fn all(reader: &mut Reader<'_>) -> Result<Vec<ProjectRow>, StoreError> {
    reader.all(
        "SELECT id, lab, name, template_kind, template, overlap, lease_seconds, guideline, guideline_version, created
         FROM project ORDER BY id",
        &[],
        read,
    )
}

/// Every project of a lab, by name.
pub fn of_lab(reader: &mut Reader<'_>, lab: LabId) -> Result<Vec<ProjectRow>, StoreError> {
    reader.all(
        "SELECT id, lab, name, template_kind, template, overlap, lease_seconds, guideline, guideline_version, created
         FROM project WHERE lab = $1 ORDER BY name",
        params![lab],
        read,
    )
}

/// Points the project at its guideline's newest version.
pub fn set_guideline(
    tx: &mut Tx<'_>,
    id: ProjectId,
    guideline: ObjectId,
    version: u32,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE project SET guideline = $2, guideline_version = $3 WHERE id = $1",
        params![id, guideline, version],
    )?;
    Ok(())
}

/// Takes `count` consecutive places in the project's queue; the first of them.
pub fn reserve_places(tx: &mut Tx<'_>, id: ProjectId, count: u64) -> Result<u64, StoreError> {
    let next = tx.first(
        "UPDATE project SET next_seq = next_seq + $2 WHERE id = $1 RETURNING next_seq",
        params![id, count],
        |row| row.u64(0),
    )?;
    let next = next.ok_or(StoreError::Corrupt {
        table: "project",
        problem: format!("{id} is missing"),
    })?;
    Ok(next.saturating_sub(count))
}

/// How many places of the project's queue were taken.
pub fn places(reader: &mut Reader<'_>, id: ProjectId) -> Result<Option<u64>, StoreError> {
    reader.first("SELECT next_seq FROM project WHERE id = $1", params![id], |row| {
        row.u64(0)
    })
}

/// How much work a project holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Tasks in all.
    pub tasks: u64,
    /// Tasks that may still be handed out.
    pub open: u64,
    /// Tasks answered as often as the overlap asks.
    pub done: u64,
    /// Submissions not judged.
    pub submitted: u64,
    /// Submissions accepted.
    pub accepted: u64,
    /// Submissions back with their authors.
    pub returned: u64,
    /// Submissions not to be used.
    pub rejected: u64,
    /// Given up, because their authors were engaged no more.
    pub lapsed: u64,
    /// Seconds worked, by timers that have stopped.
    pub seconds_worked: u64,
}

/// Counts a project's work.
pub fn counts(reader: &mut Reader<'_>, project: &ProjectRow) -> Result<Counts, StoreError> {
    let mut counts = Counts::default();
    let tasks = reader.first(
        "SELECT (SELECT next_seq FROM project WHERE id = $1),
                (SELECT COUNT(*) FROM task WHERE project = $1 AND slots > 0)",
        params![project.id],
        |row| Ok((row.u64(0)?, row.u64(1)?)),
    )?;
    (counts.tasks, counts.open) = tasks.unwrap_or_default();
    let states = reader.all(
        "SELECT state, COUNT(*) FROM submission WHERE project = $1 GROUP BY state",
        params![project.id],
        |row| Ok((row.i64(0)?, row.u64(1)?)),
    )?;
    for (state, count) in states {
        match state {
            0 => counts.submitted = count,
            1 => counts.accepted = count,
            2 => counts.returned = count,
            3 => counts.rejected = count,
            _ => counts.lapsed = count,
        }
    }
    counts.done = reader
        .first(
            "SELECT COUNT(*) FROM (SELECT task FROM submission WHERE project = $1 AND state IN (0, 1)
             GROUP BY task HAVING COUNT(*) >= $2) AS answered",
            params![project.id, project.overlap],
            |row| row.u64(0),
        )?
        .unwrap_or(0);
    let worked = reader.first(
        "SELECT CAST(COALESCE(SUM(ended - started), 0) AS BIGINT) FROM timer WHERE project = $1 AND ended IS NOT NULL",
        params![project.id],
        |row| row.u64(0),
    )?;
    counts.seconds_worked = worked.unwrap_or(0) / 1_000_000;
    Ok(counts)
}
