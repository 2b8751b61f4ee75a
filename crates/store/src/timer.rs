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
    let (started, beat, until) = (row.time(5)?, row.time(6)?, row.maybe_time(7)?);
    let state = match (row.maybe_time(8)?, row.int(9)?) {
        (None, _) => Timer::Running { started, beat, until },
        (Some(to), code) => {
            let cause = match code {
                Some(0) => StopCause::Stopped,
                Some(1) => StopCause::HeartbeatsCeased,
                Some(2) => StopCause::Halted,
                Some(3) => StopCause::EngagementEnded,
                Some(4) => StopCause::Walled,
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
                beat,
                until,
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
        seal: row.array(10)?,
    })
}

/// Of a state: since when, the last beat, the end that its engagement was granted with, when it ended and by what.
type Columns = (
    Timestamp,
    Timestamp,
    Option<Timestamp>,
    Option<Timestamp>,
    Option<i64>,
);

const fn columns(state: Timer) -> Columns {
    match state {
        Timer::Running { started, beat, until } => (started, beat, until, None, None),
        Timer::Stopped {
            from,
            to,
            cause,
            beat,
            until,
        } => {
            let code = match cause {
                StopCause::Stopped => 0,
                StopCause::HeartbeatsCeased => 1,
                StopCause::Halted => 2,
                StopCause::EngagementEnded => 3,
                StopCause::Walled => 4,
            };
            (from, beat, until, Some(to), Some(code))
        }
    }
}

/// Adds a timer; a conflict when it runs and the engagement has one that does.
pub fn insert(tx: &mut Tx<'_>, t: &TimerRow) -> Result<(), StoreError> {
    let (started, beat, until, ended, cause) = columns(t.state);
    tx.execute(
        "INSERT INTO timer (id, lab, project, engagement, principal, started, beat, until, ended, cause, seal)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        params![
            t.id,
            t.lab,
            t.project,
            t.engagement,
            t.principal,
            started,
            beat,
            until,
            ended,
            cause,
            t.seal
        ],
    )?;
    Ok(())
}

/// Keeps how far a timer came.
pub fn update(tx: &mut Tx<'_>, t: &TimerRow) -> Result<(), StoreError> {
    let (_, beat, _, ended, cause) = columns(t.state);
    tx.execute(
        "UPDATE timer SET beat = $2, ended = $3, cause = $4, seal = $5 WHERE id = $1",
        params![t.id, beat, ended, cause, t.seal],
    )?;
    Ok(())
}

/// The engagement's running timer.
pub fn running_of(reader: &mut Reader<'_>, engagement: EngagementId) -> Result<Option<TimerRow>, StoreError> {
    reader.first(
        "SELECT id, lab, project, engagement, principal, started, beat, until, ended, cause, seal
         FROM timer WHERE engagement = $1 AND ended IS NULL",
        params![engagement],
        read,
    )
}

/// A principal's running timers.
pub fn running_by(reader: &mut Reader<'_>, principal: PrincipalId) -> Result<Vec<TimerRow>, StoreError> {
    reader.all(
        "SELECT id, lab, project, engagement, principal, started, beat, until, ended, cause, seal
         FROM timer WHERE principal = $1 AND ended IS NULL ORDER BY id",
        params![principal],
        read,
    )
}

/// Every running timer.
pub fn running(reader: &mut Reader<'_>) -> Result<Vec<TimerRow>, StoreError> {
    reader.all(
        "SELECT id, lab, project, engagement, principal, started, beat, until, ended, cause, seal
         FROM timer WHERE ended IS NULL ORDER BY id",
        &[],
        read,
    )
}

/// Every timer, for a check of the whole.
pub fn all(reader: &mut Reader<'_>) -> Result<Vec<TimerRow>, StoreError> {
    reader.all(
        "SELECT id, lab, project, engagement, principal, started, beat, until, ended, cause, seal FROM timer ORDER BY id",
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
        "SELECT id, lab, project, engagement, principal, started, beat, until, ended, cause, seal
         FROM timer WHERE engagement = $1 AND started >= $2 ORDER BY started",
        params![engagement, since],
        read,
    )
}
