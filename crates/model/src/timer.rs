//! Hours by timer: it runs while heartbeats come, and never counts a second that was not worked.

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

/// Seconds without a heartbeat after which a timer has ended, at its last one.
pub const HEARTBEAT_LIMIT_SECONDS: i64 = 120;

const LIMIT_MICROS: i64 = HEARTBEAT_LIMIT_SECONDS * 1_000_000;

/// What stopped a timer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StopCause {
    /// Its holder stopped it.
    Stopped,
    /// Heartbeats ceased: it counts to the last one.
    HeartbeatsCeased,
    /// A halt: it counts to the halt.
    Halted,
    /// The engagement ended: it counts to that end.
    EngagementEnded,
}

/// A timer's state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Timer {
    /// Counting.
    Running {
        /// Since when.
        started: Timestamp,
        /// When it last gave a sign of life.
        beat: Timestamp,
    },
    /// Counted.
    Stopped {
        /// From when.
        from: Timestamp,
        /// To when.
        to: Timestamp,
        /// By what.
        cause: StopCause,
    },
}

/// A running timer was needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the timer is not running")]
pub struct NotRunning;

impl Timer {
    /// Starts counting.
    pub const fn start(now: Timestamp) -> Self {
        Self::Running {
            started: now,
            beat: now,
        }
    }

    /// A heartbeat. One that comes too late finds the timer stopped at the last one that came in time. So does one that
    /// comes as long before the last: the clock was put back, and what is worked from here on takes a timer of its own.
    pub fn beat(self, now: Timestamp) -> Result<Self, NotRunning> {
        match self.settle(now) {
            Self::Running { beat, .. } if beat.micros_since(now) > LIMIT_MICROS => Err(NotRunning),
            Self::Running { started, beat } => Ok(Self::Running {
                started,
                beat: beat.max(now),
            }),
            Self::Stopped { .. } => Err(NotRunning),
        }
    }

    /// Stops it at `at` for `cause`, or at its last heartbeat if they had ceased before. Whoever stops it loses nothing
    /// that a heartbeat showed to be worked, though the clock was put back meanwhile.
    pub fn stop(self, at: Timestamp, cause: StopCause) -> Result<Self, NotRunning> {
        match (self, self.settle(at)) {
            (Self::Stopped { .. }, _) => Err(NotRunning),
            (_, Self::Running { started, beat }) => Ok(Self::Stopped {
                from: started,
                to: at.max(if cause == StopCause::Stopped {
                    beat
                } else {
                    started
                }),
                cause,
            }),
            (_, stopped) => Ok(stopped),
        }
    }

    /// What it is at `now`: a timer whose heartbeats ceased ended at the last one.
    #[must_use]
    pub fn settle(self, now: Timestamp) -> Self {
        match self {
            Self::Running { beat, .. } if now.micros_since(beat) > LIMIT_MICROS => self.lapsed(),
            other => other,
        }
    }

    /// Ended at its last heartbeat, if it was not stopped before.
    #[must_use]
    pub const fn lapsed(self) -> Self {
        match self {
            Self::Running { started, beat } => Self::Stopped {
                from: started,
                to: beat,
                cause: StopCause::HeartbeatsCeased,
            },
            stopped @ Self::Stopped { .. } => stopped,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros(0).plus_seconds(seconds)
    }

    #[test]
    fn a_halt_ends_it_at_the_halt() {
        let timer = Timer::start(at(0)).beat(at(100)).unwrap();
        let stopped = timer.stop(at(130), StopCause::Halted).unwrap();
        assert_eq!(
            stopped,
            Timer::Stopped {
                from: at(0),
                to: at(130),
                cause: StopCause::Halted
            }
        );
    }

    #[test]
    fn a_clock_that_is_put_back_takes_nothing_that_was_worked_and_adds_nothing() {
        let timer = Timer::start(at(3_600)).beat(at(3_660)).unwrap();
        let ended = |cause| Timer::Stopped {
            from: at(3_600),
            to: at(3_660),
            cause,
        };
        for back in [3_650, 3_540, 60, -3_600] {
            let stopped = timer.stop(at(back), StopCause::Stopped).unwrap();
            assert_eq!(stopped, ended(StopCause::Stopped), "{back}");
        }
        assert_eq!(timer.beat(at(3_540)).unwrap(), timer);
        for back in [3_539, 60, -3_600] {
            assert_eq!(timer.beat(at(back)), Err(NotRunning), "{back}");
        }
        assert_eq!(timer.lapsed(), ended(StopCause::HeartbeatsCeased));
        assert_eq!(timer.lapsed().lapsed(), timer.lapsed());
    }

    #[test]
    fn without_heartbeats_it_ended_at_the_last_one_whatever_comes_later() {
        let timer = Timer::start(at(0)).beat(at(60)).unwrap();
        let ended = Timer::Stopped {
            from: at(0),
            to: at(60),
            cause: StopCause::HeartbeatsCeased,
        };
        assert_eq!(timer.settle(at(181)), ended);
        assert_eq!(timer.stop(at(500), StopCause::Halted).unwrap(), ended);
        assert_eq!(timer.beat(at(181)), Err(NotRunning));
        assert!(timer.beat(at(180)).is_ok());
        assert_eq!(ended.stop(at(600), StopCause::Stopped), Err(NotRunning));
    }
}
