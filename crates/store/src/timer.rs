//! Timers.

use cofferdam_model::timer::{StopCause, Timer};
use cofferdam_model::{EngagementId, LabId, PrincipalId, ProjectId, TimerId, Timestamp};

use crate::error::StoreError;
use crate::params;
use crate::sql::{Reader, Row, Tx};

/// A span of time worked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimerRow {
    /// Its id.
    pub id: TimerId,
    /// For which lab.
    pub lab: LabId,
    /// On which project.
    pub project: ProjectId,
    /// Under which engagement.
    pub engagement: EngagementId,
    /// By whom.
    pub principal: PrincipalId,
    /// Its state.
    pub state: Timer,
    /// Keyed hash over all of the above.
    pub seal: [u8; 32],
}

fn read(row: &dyn Row) -> Result<TimerRow, StoreError> {
    let (started, beat) = (row.time(5)?, row.time(6)?);
    let state = match (row.maybe_time(7)?, row.int(8)?) {
        (None, _) => Timer::Running { started, beat },
        (Some(to), code) => {
            let cause = match code {
                Some(0) => StopCause::Stopped,
                Some(1) => StopCause::HeartbeatsCeased,
                Some(2) => StopCause::Halted,
                Some(3) => StopCause::EngagementEnded,
                _ => {
                    return Err(StoreError::Corrupt {
                        table: "timer",
                        problem: format!("cause {code:?}"),
                    });
                }
            };
            Timer::Stopped {
                from: started,
                to,
                cause,
            }
        }
    };
    Ok(TimerRow {
        id: row.id(0)?,
        lab: row.id(1)?,
        project: row.id(2)?,
        engagement: row.id(3)?,
        principal: row.id(4)?,
        state,
        seal: row.array(9)?,
    })
}

/// Adds a running timer; a conflict when the engagement has one.
pub fn insert(tx: &mut Tx<'_>, t: &TimerRow, started: Timestamp) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO timer (id, lab, project, engagement, principal, started, beat, seal)
         VALUES ($1, $2, $3, $4, $5, $6, $6, $7)",
        params![t.id, t.lab, t.project, t.engagement, t.principal, started, t.seal],
    )?;
    Ok(())
}

/// Keeps a timer's state.
pub fn update(tx: &mut Tx<'_>, t: &TimerRow) -> Result<(), StoreError> {
    match t.state {
        Timer::Running { beat, .. } => {
            tx.execute(
                "UPDATE timer SET beat = $2, seal = $3 WHERE id = $1",
                params![t.id, beat, t.seal],
            )?;
        }
        Timer::Stopped { to, cause, .. } => {
            let code = match cause {
                StopCause::Stopped => 0_i64,
                StopCause::HeartbeatsCeased => 1,
                StopCause::Halted => 2,
                StopCause::EngagementEnded => 3,
            };
            tx.execute(
                "UPDATE timer SET ended = $2, cause = $3, seal = $4 WHERE id = $1",
                params![t.id, to, code, t.seal],
            )?;
        }
    }
    Ok(())
}

/// The engagement's running timer.
pub fn running_of(reader: &mut Reader<'_>, engagement: EngagementId) -> Result<Option<TimerRow>, StoreError> {
    reader.first(
        "SELECT id, lab, project, engagement, principal, started, beat, ended, cause, seal
         FROM timer WHERE engagement = $1 AND ended IS NULL",
        params![engagement],
        read,
    )
}

/// A principal's running timers.
pub fn running_by(reader: &mut Reader<'_>, principal: PrincipalId) -> Result<Vec<TimerRow>, StoreError> {
    reader.all(
        "SELECT id, lab, project, engagement, principal, started, beat, ended, cause, seal
         FROM timer WHERE principal = $1 AND ended IS NULL ORDER BY id",
        params![principal],
        read,
    )
}

/// Every running timer.
pub fn running(reader: &mut Reader<'_>) -> Result<Vec<TimerRow>, StoreError> {
    reader.all(
        "SELECT id, lab, project, engagement, principal, started, beat, ended, cause, seal
         FROM timer WHERE ended IS NULL ORDER BY id",
        &[],
        read,
    )
}

/// Every timer, for a check of the whole.
pub fn all(reader: &mut Reader<'_>) -> Result<Vec<TimerRow>, StoreError> {
    reader.all(
        "SELECT id, lab, project, engagement, principal, started, beat, ended, cause, seal FROM timer ORDER BY id",
        &[],
        read,
    )
}

/// An engagement's timers that began at or after `since`, oldest first.
pub fn of_engagement(
    reader: &mut Reader<'_>,
    engagement: EngagementId,
    since: Timestamp,
) -> Result<Vec<TimerRow>, StoreError> {
    reader.all(
        "SELECT id, lab, project, engagement, principal, started, beat, ended, cause, seal
         FROM timer WHERE engagement = $1 AND started >= $2 ORDER BY started",
        params![engagement, since],
        read,
    )
}
