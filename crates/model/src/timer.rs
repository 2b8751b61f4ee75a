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
    /// A wall keeps its holder out since: it counts to the wall.
    Walled,
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
        /// The end that its engagement was granted with: it counts no further.
        until: Option<Timestamp>,
    },
    /// Counted.
    Stopped {
        /// From when.
        from: Timestamp,
        /// To when.
        to: Timestamp,
        /// By what.
        cause: StopCause,
        /// When it had last given a sign of life.
        beat: Timestamp,
        /// The end that its engagement was granted with.
        until: Option<Timestamp>,
    },
}

/// A running timer was needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the timer is not running")]
pub struct NotRunning;

impl Timer {
    /// Starts counting, under an engagement that was granted until then.
    pub const fn start(now: Timestamp, until: Option<Timestamp>) -> Self {
        Self::Running {
            started: now,
            beat: now,
            until,
        }
    }

    /// A heartbeat. One that comes too late finds the timer stopped, as [`settle`](Self::settle) says. So does one that comes as
    /// long before the last: the clock was put back, and what is worked from here on takes a timer of its own.
    pub fn beat(self, now: Timestamp) -> Result<Self, NotRunning> {
        match self.settle(now) {
            Self::Running { beat, .. } if beat.micros_since(now) > LIMIT_MICROS => Err(NotRunning),
            Self::Running { started, beat, until } => Ok(Self::Running {
                started,
                beat: beat.max(now),
                until,
            }),
            Self::Stopped { .. } => Err(NotRunning),
        }
    }

    /// Stops it at `at` for `cause`, or where it had ended before by itself. Whoever stops it loses nothing that a heartbeat
    /// showed to be worked, though the clock was put back meanwhile.
    pub fn stop(self, at: Timestamp, cause: StopCause) -> Result<Self, NotRunning> {
        match (self, self.settle(at)) {
            (Self::Stopped { .. }, _) => Err(NotRunning),
            (_, Self::Running { started, beat, .. }) => {
                let shown = if cause == StopCause::Stopped {
                    beat
                } else {
                    started
                };
                Ok(self.ended(at.max(shown), cause))
            }
            (_, stopped) => Ok(stopped),
        }
    }

    /// What it is at `now`: a timer whose heartbeats ceased ended at the last one, and none counts past the end of its
    /// engagement.
    #[must_use]
    pub fn settle(self, now: Timestamp) -> Self {
        let Self::Running { started, beat, until } = self else {
            return self;
        };
        // Whether the beats had ceased is asked as of that end: what is silent after it was not to beat any more.
        let over = until.filter(|until| *until <= now);
        if over.unwrap_or(now).micros_since(beat) > LIMIT_MICROS {
            return self.lapsed();
        }
        over.map_or(self, |until| {
            self.ended(until.max(started), StopCause::EngagementEnded)
        })
    }

    /// Ended at its last heartbeat, if it was not stopped before.
    #[must_use]
    pub const fn lapsed(self) -> Self {
        match self {
            Self::Running { beat, .. } => self.ended(beat, StopCause::HeartbeatsCeased),
            Self::Stopped { .. } => self,
        }
    }

    const fn ended(self, to: Timestamp, cause: StopCause) -> Self {
        match self {
            Self::Running { started, beat, until } => Self::Stopped {
                from: started,
                to,
                cause,
                beat,
                until,
            },
            Self::Stopped { .. } => self,
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
        let timer = Timer::start(at(0), None).beat(at(100)).unwrap();
        let stopped = timer.stop(at(130), StopCause::Halted).unwrap();
        assert_eq!(
            stopped,
            Timer::Stopped {
                from: at(0),
                to: at(130),
                cause: StopCause::Halted,
                beat: at(100),
                until: None,
            }
        );
    }

    #[test]
    fn a_clock_that_is_put_back_takes_nothing_that_was_worked_and_adds_nothing() {
        let timer = Timer::start(at(3_600), None).beat(at(3_660)).unwrap();
        let ended = |cause| Timer::Stopped {
            from: at(3_600),
            to: at(3_660),
            cause,
            beat: at(3_660),
            until: None,
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
        let timer = Timer::start(at(0), None).beat(at(60)).unwrap();
        let ended = Timer::Stopped {
            from: at(0),
            to: at(60),
            cause: StopCause::HeartbeatsCeased,
            beat: at(60),
            until: None,
        };
        assert_eq!(timer.settle(at(181)), ended);
        assert_eq!(timer.stop(at(500), StopCause::Halted).unwrap(), ended);
        assert_eq!(timer.beat(at(181)), Err(NotRunning));
        assert!(timer.beat(at(180)).is_ok());
        assert_eq!(ended.stop(at(600), StopCause::Stopped), Err(NotRunning));
    }

    #[test]
    fn it_counts_to_the_end_of_its_engagement_and_no_further() {
        let until = Some(at(100));
        let timer = Timer::start(at(0), until).beat(at(60)).unwrap();
        let ended = |to, cause| Timer::Stopped {
            from: at(0),
            to,
            cause,
            beat: at(60),
            until,
        };
        let over = ended(at(100), StopCause::EngagementEnded);
        assert_eq!(timer.settle(at(99)), timer);
        for later in [100, 180, 181, 5_000] {
            assert_eq!(timer.settle(at(later)), over, "{later}");
            assert_eq!(timer.beat(at(later)), Err(NotRunning), "{later}");
            for cause in [StopCause::Stopped, StopCause::Halted, StopCause::EngagementEnded] {
                assert_eq!(timer.stop(at(later), cause), Ok(over), "{later}");
            }
        }
        let before = ended(at(99), StopCause::Stopped);
        assert_eq!(timer.stop(at(99), StopCause::Stopped), Ok(before));
    }

    #[test]
    fn one_that_fell_silent_before_the_end_of_its_engagement_ended_at_its_last_heartbeat() {
        let to_the_limit = Timer::start(at(0), Some(at(120)));
        let silent = Timer::start(at(0), Some(at(121)));
        let ended = |timer: Timer| match timer.settle(at(9_000)) {
            Timer::Stopped { to, cause, .. } => Some((to, cause)),
            Timer::Running { .. } => None,
        };
        assert_eq!(ended(to_the_limit), Some((at(120), StopCause::EngagementEnded)));
        assert_eq!(ended(silent), Some((at(0), StopCause::HeartbeatsCeased)));
    }
}
