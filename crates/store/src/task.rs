//! The queue: tasks, and who holds them.

use cofferdam_model::work::{Assignment, ReturnCause};
use cofferdam_model::{
    AssignmentId, EngagementId, Id, LabId, ObjectId, PrincipalId, ProjectId, Scope, TaskId, Timestamp,
};

use crate::error::StoreError;
use crate::params;
use crate::sql::{Reader, Row, Tx};

/// A unit of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TaskRow {
    /// Its id.
    pub id: TaskId,
    /// Of which project.
    pub project: ProjectId,
    /// Its place in the queue.
    pub seq: u64,
    /// How many more people it may be handed to.
    pub slots: u32,
    /// What it is told by: a keyed hash of the lab's own id for it, or of what it asks where it has none. None where
    /// an earlier one of the project asks the same.
    pub external: Option<[u8; 32]>,
    /// What is asked: an object, version 1.
    pub input: ObjectId,
}

fn read_task(row: &dyn Row) -> Result<TaskRow, StoreError> {
    let external = match row.blob(4)? {
        None => None,
        Some(_) => Some(row.array(4)?),
    };
    Ok(TaskRow {
        id: row.id(0)?,
        project: row.id(1)?,
        seq: row.u64(2)?,
        slots: row.u32(3)?,
        external,
        input: row.id(5)?,
    })
}

/// Adds a task; a conflict when the project has one that is told by the same.
pub fn insert(tx: &mut Tx<'_>, task: &TaskRow) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO task (id, project, seq, slots, external, input) VALUES ($1, $2, $3, $4, $5, $6)",
        params![
            task.id,
            task.project,
            task.seq,
            task.slots,
            task.external,
            task.input
        ],
    )?;
    Ok(())
}

/// The task of that id.
pub fn get(reader: &mut Reader<'_>, id: TaskId) -> Result<Option<TaskRow>, StoreError> {
    reader.first(
        "SELECT id, project, seq, slots, external, input FROM task WHERE id = $1",
        params![id],
        read_task,
    )
}

/// Whether the project has a task that is told by this.
pub fn has_external(
    reader: &mut Reader<'_>,
    project: ProjectId,
    external: &[u8; 32],
) -> Result<bool, StoreError> {
    let found = reader.first(
        "SELECT 1 FROM task WHERE project = $1 AND external = $2",
        params![project, *external],
        |_| Ok(()),
    )?;
    Ok(found.is_some())
}

/// Every task of a project, in the order of its queue.
pub fn of_project(reader: &mut Reader<'_>, project: ProjectId) -> Result<Vec<TaskRow>, StoreError> {
    reader.all(
        "SELECT id, project, seq, slots, external, input FROM task WHERE project = $1 ORDER BY seq",
        params![project],
        read_task,
    )
}

/// One person's hold on one task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AssignmentRow {
    /// Its id.
    pub id: AssignmentId,
    /// Which task.
    pub task: TaskId,
    /// Of which project.
    pub project: ProjectId,
    /// The task's place in the queue.
    pub seq: u64,
    /// Who holds it.
    pub principal: PrincipalId,
    /// Under which engagement.
    pub engagement: EngagementId,
    /// Its state.
    pub state: Assignment,
    /// The end of the lease, also once it no longer matters.
    pub until: Timestamp,
    /// Since when.
    pub claimed: Timestamp,
}

const fn code(state: Assignment) -> i64 {
    match state {
        Assignment::Claimed { .. } => 0,
        Assignment::Submitted => 1,
        Assignment::Returned {
            cause: ReturnCause::Skipped,
        } => 2,
        Assignment::Returned {
            cause: ReturnCause::Expired,
        } => 3,
    }
}

fn read_assignment(row: &dyn Row) -> Result<AssignmentRow, StoreError> {
    let until = row.time(7)?;
    let state = match row.i64(6)? {
        0 => Assignment::Claimed { until },
        1 => Assignment::Submitted,
        2 => Assignment::Returned {
            cause: ReturnCause::Skipped,
        },
        3 => Assignment::Returned {
            cause: ReturnCause::Expired,
        },
        other => {
            return Err(StoreError::Corrupt {
                table: "assignment",
                problem: format!("state {other}"),
            });
        }
    };
    Ok(AssignmentRow {
        id: row.id(0)?,
        task: row.id(1)?,
        project: row.id(2)?,
        seq: row.u64(3)?,
        principal: row.id(4)?,
        engagement: row.id(5)?,
        state,
        until,
        claimed: row.time(8)?,
    })
}

/// Adds a hold.
pub fn insert_assignment(tx: &mut Tx<'_>, a: &AssignmentRow) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO assignment (id, task, project, seq, principal, engagement, state, until, claimed)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        params![
            a.id,
            a.task,
            a.project,
            a.seq,
            a.principal,
            a.engagement,
            code(a.state),
            a.until,
            a.claimed
        ],
    )?;
    Ok(())
}

/// The hold of that id.
pub fn assignment(reader: &mut Reader<'_>, id: AssignmentId) -> Result<Option<AssignmentRow>, StoreError> {
    reader.first(
        "SELECT id, task, project, seq, principal, engagement, state, until, claimed
         FROM assignment WHERE id = $1",
        params![id],
        read_assignment,
    )
}

/// Every hold, for a check of the whole.
pub fn assignments(reader: &mut Reader<'_>) -> Result<Vec<AssignmentRow>, StoreError> {
    reader.all(
        "SELECT id, task, project, seq, principal, engagement, state, until, claimed
         FROM assignment ORDER BY id",
        &[],
        read_assignment,
    )
}

/// An engagement's newest holds, at most `limit`, of those before the one taken then.
pub fn assignments_of(
    reader: &mut Reader<'_>,
    engagement: EngagementId,
    before: Option<(Timestamp, AssignmentId)>,
    limit: u32,
) -> Result<Vec<AssignmentRow>, StoreError> {
    let last = (
        Timestamp::from_micros(i64::MAX),
        AssignmentId::from_bytes([0; 16]),
    );
    let (claimed, id) = before.unwrap_or(last);
    reader.all(
        "SELECT id, task, project, seq, principal, engagement, state, until, claimed
         FROM assignment WHERE engagement = $1 AND (claimed < $2 OR (claimed = $2 AND id < $3))
         ORDER BY claimed DESC, id DESC LIMIT $4",
        params![engagement, claimed, id, limit],
        read_assignment,
    )
}

/// What a person still holds of a project, the oldest first. What was answered is not held, whatever a row says.
pub fn held(
    reader: &mut Reader<'_>,
    project: ProjectId,
    principal: PrincipalId,
) -> Result<Vec<AssignmentRow>, StoreError> {
    reader.all(
        "SELECT id, task, project, seq, principal, engagement, state, until, claimed
         FROM assignment a WHERE project = $1 AND principal = $2 AND state = 0
             AND NOT EXISTS (SELECT 1 FROM submission s WHERE s.assignment = a.id) ORDER BY claimed, id",
        params![project, principal],
        read_assignment,
    )
}

/// What is held of a project, by whomever.
pub fn all_held(reader: &mut Reader<'_>, project: ProjectId) -> Result<Vec<AssignmentRow>, StoreError> {
    reader.all(
        "SELECT id, task, project, seq, principal, engagement, state, until, claimed
         FROM assignment a WHERE project = $1 AND state = 0
             AND NOT EXISTS (SELECT 1 FROM submission s WHERE s.assignment = a.id) ORDER BY until, id",
        params![project],
        read_assignment,
    )
}

/// Moves a hold to another state.
pub fn set_state(tx: &mut Tx<'_>, id: AssignmentId, state: Assignment) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE assignment SET state = $2 WHERE id = $1",
        params![id, code(state)],
    )?;
    Ok(())
}

/// Prolongs everything of a project that a person holds and whose lease has not ended.
pub fn extend_leases(
    tx: &mut Tx<'_>,
    project: ProjectId,
    principal: PrincipalId,
    now: Timestamp,
    until: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE assignment SET until = $4
         WHERE project = $1 AND principal = $2 AND state = 0 AND until > $3 AND until < $4",
        params![project, principal, now, until],
    )?;
    Ok(())
}

/// The holds of a project whose lease has ended, without an answer.
pub fn expired(
    reader: &mut Reader<'_>,
    project: ProjectId,
    now: Timestamp,
) -> Result<Vec<AssignmentRow>, StoreError> {
    reader.all(
        "SELECT id, task, project, seq, principal, engagement, state, until, claimed
         FROM assignment a WHERE project = $1 AND state = 0 AND until <= $2
             AND NOT EXISTS (SELECT 1 FROM submission s WHERE s.assignment = a.id) ORDER BY until, id",
        params![project, now],
        read_assignment,
    )
}

/// What is held of a lab's projects with a lease that ended before a time.
pub fn ended_before(
    reader: &mut Reader<'_>,
    lab: LabId,
    before: Timestamp,
) -> Result<Vec<AssignmentRow>, StoreError> {
    reader.all(
        "SELECT id, task, project, seq, principal, engagement, state, until, claimed
         FROM assignment a WHERE project IN (SELECT id FROM project WHERE lab = $1) AND state = 0 AND until < $2
             AND NOT EXISTS (SELECT 1 FROM submission s WHERE s.assignment = a.id) ORDER BY until, id",
        params![lab, before],
        read_assignment,
    )
}

/// What a person holds of a lab's projects.
pub fn held_in(
    reader: &mut Reader<'_>,
    lab: LabId,
    principal: PrincipalId,
) -> Result<Vec<AssignmentRow>, StoreError> {
    reader.all(
        "SELECT id, task, project, seq, principal, engagement, state, until, claimed
         FROM assignment a WHERE project IN (SELECT id FROM project WHERE lab = $1) AND principal = $2 AND state = 0
             AND NOT EXISTS (SELECT 1 FROM submission s WHERE s.assignment = a.id) ORDER BY until, id",
        params![lab, principal],
        read_assignment,
    )
}

/// Lets a hold last until `until`, if that is longer than it does.
pub fn prolong(tx: &mut Tx<'_>, id: AssignmentId, until: Timestamp) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE assignment SET until = $2 WHERE id = $1 AND state = 0 AND until < $2",
        params![id, until],
    )?;
    Ok(())
}

/// Takes a hold back: its task is free for somebody else, or for the same person again.
pub fn take_back(tx: &mut Tx<'_>, hold: &AssignmentRow) -> Result<(), StoreError> {
    let cause = ReturnCause::Expired;
    set_state(tx, hold.id, Assignment::Returned { cause })?;
    free_slot(tx, hold.task)
}

/// Gives the holds of a project, a lab or all of them a whole lease from now on, if theirs had not ended when a halt of it began.
pub fn renew_leases(
    tx: &mut Tx<'_>,
    halted: Scope,
    since: Timestamp,
    now: Timestamp,
) -> Result<u64, StoreError> {
    macro_rules! renew {
        ($of:literal) => {
            concat!(
                "UPDATE assignment SET until = $2 + 1000000 * (SELECT lease_seconds FROM project
                     WHERE project.id = assignment.project)
                 WHERE state = 0 AND until >= $1 AND until < $2 + 1000000 * (SELECT lease_seconds FROM project
                     WHERE project.id = assignment.project)",
                $of
            )
        };
    }
    match halted {
        Scope::Installation => tx.execute(renew!(""), params![since, now]),
        Scope::Lab(lab) => {
            let of = renew!(" AND project IN (SELECT id FROM project WHERE lab = $3)");
            tx.execute(of, params![since, now, lab])
        }
        Scope::Project(project) => tx.execute(renew!(" AND project = $3"), params![since, now, project]),
        Scope::Engagement(_) | Scope::Person(_) | Scope::Component(_) | Scope::Credential(_) => Ok(0),
    }
}

/// Lets a task be handed to one person more.
pub fn free_slot(tx: &mut Tx<'_>, task: TaskId) -> Result<(), StoreError> {
    tx.execute("UPDATE task SET slots = slots + 1 WHERE id = $1", params![task])?;
    Ok(())
}

/// Lets a task be handed to one person fewer; `false` when nobody more may have it.
pub fn take_slot(tx: &mut Tx<'_>, task: TaskId) -> Result<bool, StoreError> {
    Ok(tx.execute(
        "UPDATE task SET slots = slots - 1 WHERE id = $1 AND slots > 0",
        params![task],
    )? == 1)
}

/// The next task of a project that this person has not had, and of which they have seen nobody's answer as a reviewer.
///
/// First beyond the furthest task the person ever had, where nothing they had need be skipped; then, for tasks that went
/// back to the queue, from its start.
pub fn next_open(
    tx: &mut Tx<'_>,
    project: ProjectId,
    principal: PrincipalId,
) -> Result<Option<TaskRow>, StoreError> {
    let furthest = tx.first(
        "SELECT COALESCE(MAX(seq), -1) FROM assignment WHERE project = $1 AND principal = $2",
        params![project, principal],
        |row| row.i64(0),
    )?;
    macro_rules! open {
        ($which:literal) => {
            concat!(
                "SELECT id, project, seq, slots, external, input FROM task t
                 WHERE project = $1 AND slots > 0 AND ",
                $which,
                " AND NOT EXISTS
                     (SELECT 1 FROM submission s JOIN review r ON r.submission = s.id
                          JOIN holder h ON h.engagement = r.engagement
                      WHERE s.task = t.id AND h.principal = $2)
                 ORDER BY seq LIMIT 1"
            )
        };
    }
    let beyond = tx.first(
        open!("seq > $3"),
        params![project, principal, furthest.unwrap_or(-1)],
        read_task,
    )?;
    if beyond.is_some() {
        return Ok(beyond);
    }
    let had = open!(
        "NOT EXISTS (SELECT 1 FROM assignment a WHERE a.task = t.id AND a.principal = $2 AND a.state <> 3)"
    );
    tx.first(had, params![project, principal], read_task)
}

/// Where a draft is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DraftRow {
    /// Of which hold.
    pub assignment: AssignmentId,
    /// The sealed words.
    pub object: ObjectId,
    /// Their newest version.
    pub version: u32,
    /// When they were saved.
    pub saved: Timestamp,
}

fn read_draft(row: &dyn Row) -> Result<DraftRow, StoreError> {
    Ok(DraftRow {
        assignment: row.id(0)?,
        object: row.id(1)?,
        version: row.u32(2)?,
        saved: row.time(3)?,
    })
}

/// A hold's draft.
pub fn draft(reader: &mut Reader<'_>, assignment: AssignmentId) -> Result<Option<DraftRow>, StoreError> {
    reader.first(
        "SELECT assignment, object, version, saved FROM draft WHERE assignment = $1",
        params![assignment],
        read_draft,
    )
}

/// The newest draft that somebody left under another hold of a task, one that ran out, say; and that hold.
pub fn draft_left(
    reader: &mut Reader<'_>,
    hold: &AssignmentRow,
) -> Result<Option<(AssignmentRow, DraftRow)>, StoreError> {
    let left = reader.first(
        "SELECT d.assignment, d.object, d.version, d.saved FROM assignment a JOIN draft d ON d.assignment = a.id
         WHERE a.project = $1 AND a.principal = $2 AND a.seq = $3 AND a.task = $4 AND a.id <> $5
         ORDER BY d.saved DESC, a.id DESC LIMIT 1",
        params![hold.project, hold.principal, hold.seq, hold.task, hold.id],
        read_draft,
    )?;
    let Some(left) = left else { return Ok(None) };
    Ok(assignment(reader, left.assignment)?.map(|of| (of, left)))
}

/// Every draft, for a check of the whole.
pub fn drafts(reader: &mut Reader<'_>) -> Result<Vec<DraftRow>, StoreError> {
    reader.all(
        "SELECT assignment, object, version, saved FROM draft ORDER BY assignment",
        &[],
        read_draft,
    )
}

/// Keeps where a hold's draft is.
pub fn set_draft(tx: &mut Tx<'_>, draft: &DraftRow) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO draft (assignment, object, version, saved) VALUES ($1, $2, $3, $4)
         ON CONFLICT (assignment) DO UPDATE SET object = excluded.object, version = excluded.version,
             saved = excluded.saved",
        params![draft.assignment, draft.object, draft.version, draft.saved],
    )?;
    Ok(())
}

/// Forgets what a hold's holder drafted for its task, also under earlier holds, sealed words and all.
pub fn drop_drafts(tx: &mut Tx<'_>, hold: &AssignmentRow) -> Result<(), StoreError> {
    drop_draft(tx, hold.id)?;
    while let Some((of, _)) = draft_left(tx.reader(), hold)? {
        drop_draft(tx, of.id)?;
    }
    Ok(())
}

/// Forgets a hold's draft, sealed words and all.
pub fn drop_draft(tx: &mut Tx<'_>, assignment: AssignmentId) -> Result<(), StoreError> {
    let object = tx.first(
        "DELETE FROM draft WHERE assignment = $1 RETURNING object",
        params![assignment],
        |row| row.id::<ObjectId>(0),
    )?;
    match object {
        Some(object) => crate::object::forget_before(tx, object, u32::MAX),
        None => Ok(()),
    }
}
