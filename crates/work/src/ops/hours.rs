//! Hours by timer.

use cofferdam_custody::{Again, Caller, Command, Done, GateError, Scope, check_timer};
use cofferdam_model::timer::{StopCause, Timer};
use cofferdam_model::{Act, EngagementId, Fact, TimerId, Timestamp};
use cofferdam_store::task;
use cofferdam_store::timer::{self, TimerRow};
use serde::{Deserialize, Serialize};

use super::Platform;
use super::bound;
use super::error::WorkError;
use super::guidelines::project_of;
use super::halts::stop_fact;
use super::spared::{InHand, View};

const DAY_MICROS: i64 = 86_400_000_000;
/// 1970-01-01 was a Thursday; weeks begin on Monday.
const MONDAY_OFFSET_DAYS: i64 = 3;

/// What a timer shows.
#[derive(Debug, Clone, Copy)]
pub struct TimerView {
    /// Since when it counts, if it does.
    pub running_since: Option<Timestamp>,
    /// Seconds counted on this UTC day, the running ones too.
    pub seconds_today: u64,
    /// Seconds counted in this week (from Monday, UTC).
    pub seconds_week: u64,
    /// The last span that was counted, and what ended it.
    pub last: Option<Worked>,
}

/// What starting a timer came to.
#[derive(Debug, Clone)]
pub struct Started {
    /// What the timer shows.
    pub view: TimerView,
    /// The same person's other timers that this stopped: a minute is counted once.
    pub stopped: Vec<StoppedTimer>,
}

/// A timer that stopped because the same person started another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoppedTimer {
    /// Which.
    pub timer: TimerId,
    /// Under which engagement.
    pub engagement: EngagementId,
    /// Whether it counted for the lab for which the other counts.
    pub same_lab: bool,
}

/// A span that was counted.
#[derive(Debug, Clone, Copy)]
pub struct Worked {
    /// The timer.
    pub timer: TimerId,
    /// From when.
    pub from: Timestamp,
    /// To when.
    pub to: Timestamp,
    /// What ended it.
    pub cause: StopCause,
}

enum Step {
    Start,
    Beat,
    Stop,
}

impl Command for Step {
    /// The other timers that it stopped.
    type Output = Vec<StoppedTimer>;
    type Error = WorkError;
    const AGAIN: Option<Again<Self::Output>> = Some(Again::json("timer-step"));

    fn act(&self) -> Act {
        Act::TrackTime
    }

    fn run(self, scope: &mut Scope<'_, '_>) -> Result<Done<Self::Output>, GateError<WorkError>> {
        let running = timer::running_of(scope.tx.reader(), scope.engagement.id)?;
        if let Some(row) = &running {
            check_timer(scope.tx.reader(), scope.secrets, row)?;
        }
        let (mut facts, mut consequences, mut stopped) = (Vec::new(), Vec::new(), Vec::new());
        if matches!(self, Self::Start) {
            (consequences, stopped) = stop_others(scope)?;
        }
        let is_there = !matches!(self, Self::Stop);
        match (self, running) {
            (Self::Start, None) => facts.push(start(scope)?),
            (Self::Start, Some(row)) => {
                if row.state.beat(scope.now).is_err() {
                    facts.extend(settle(scope, &row, row.state.settle(scope.now).lapsed())?);
                    facts.push(start(scope)?);
                }
            }
            (Self::Beat, Some(row)) => match row.state.beat(scope.now) {
                Ok(alive) => {
                    let row = scope.secrets.stamped(TimerRow { state: alive, ..row });
                    timer::update(scope.tx, &row)?;
                }
                Err(_) => facts.extend(settle(scope, &row, row.state.settle(scope.now).lapsed())?),
            },
            (Self::Stop, Some(row)) => {
                if let Ok(stopped) = row.state.stop(scope.now, StopCause::Stopped) {
                    facts.extend(settle(scope, &row, stopped)?);
                }
            }
            (Self::Beat | Self::Stop, None) => {}
        }
        // Whoever says that they are there goes on, whatever became of the timer meanwhile.
        if is_there {
            prolong(scope)?;
        }
        Ok(Done {
            output: stopped,
            facts,
            consequences,
        })
    }
}

/// Stops the timers that the same person runs under other engagements, each recorded in its own lab's ledger: nobody is paid
/// twice for one minute. Those of a ledger that is closed are left: nothing goes on under it, and they end by themselves.
fn stop_others(scope: &mut Scope<'_, '_>) -> Result<(Vec<Fact>, Vec<StoppedTimer>), GateError<WorkError>> {
    let (mut facts, mut stopped) = (Vec::new(), Vec::new());
    for row in timer::running_by(scope.tx.reader(), scope.principal)? {
        let Ok(state) = row.state.stop(scope.now, StopCause::Stopped) else {
            continue;
        };
        if row.engagement == scope.engagement.id {
            continue;
        }
        let checked = check_timer(scope.tx.reader(), scope.secrets, &row);
        if !bound::obeyed(checked, "that timer was not stopped, and counts nothing")? {
            continue;
        }
        let Some((compartment, fact)) = stop_fact(&row, state) else {
            continue;
        };
        let same_lab = row.lab == scope.engagement.lab;
        if same_lab {
            facts.push(fact);
        } else if !scope.record_elsewhere(compartment, fact) {
            continue;
        }
        let ended = scope.secrets.stamped(TimerRow { state, ..row });
        timer::update(scope.tx, &ended)?;
        stopped.push(StoppedTimer {
            timer: row.id,
            engagement: row.engagement,
            same_lab,
        });
    }
    Ok((facts, stopped))
}

fn start(scope: &mut Scope<'_, '_>) -> Result<Fact, GateError<WorkError>> {
    let project = scope.engagement.project();
    let project =
        project.ok_or_else(|| WorkError::invalid("engagement", "time is counted on one project"))?;
    let row = scope.secrets.stamped(TimerRow {
        id: scope.env.new_id()?,
        lab: scope.engagement.lab,
        project,
        engagement: scope.engagement.id,
        principal: scope.principal,
        state: Timer::start(scope.now, scope.engagement.until),
        seal: [0; 32],
    });
    timer::insert(scope.tx, &row)?;
    Ok(Fact::TimerStarted { timer: row.id })
}

fn settle(
    scope: &mut Scope<'_, '_>,
    row: &TimerRow,
    stopped: Timer,
) -> Result<Option<Fact>, GateError<WorkError>> {
    let ended = scope.secrets.stamped(TimerRow {
        state: stopped,
        ..*row
    });
    timer::update(scope.tx, &ended)?;
    Ok(stop_fact(row, stopped).map(|(_, fact)| fact))
}

/// A sign of life also prolongs what is in hand.
fn prolong(scope: &mut Scope<'_, '_>) -> Result<(), GateError<WorkError>> {
    let Some(project) = scope.engagement.project() else {
        return Ok(());
    };
    let row = project_of(scope, project)?;
    let until = scope.now.plus_seconds(row.lease_seconds);
    task::extend_leases(scope.tx, project, scope.principal, scope.now, until)?;
    let view = View::of(scope)?;
    if !view.is_halted() {
        return Ok(());
    }
    // What a halt that came to its end by itself left in their hands.
    for hold in task::held(scope.tx.reader(), project, scope.principal)? {
        let held = InHand::from(&hold);
        let spared = view.spares(scope.tx.reader(), scope.secrets, &held, row.lease_seconds)?;
        if spared.is_some() {
            task::prolong(scope.tx, hold.id, until)?;
        }
    }
    Ok(())
}

fn overlap(from: Timestamp, to: Timestamp, since: Timestamp) -> u64 {
    u64::try_from(to.micros_since(from.max(since)).max(0)).unwrap_or(0)
}

fn view(rows: &[TimerRow], now: Timestamp) -> TimerView {
    let midnight = now.midnight();
    let days = now.as_micros().div_euclid(DAY_MICROS);
    let monday = Timestamp::from_micros((days - (days + MONDAY_OFFSET_DAYS).rem_euclid(7)) * DAY_MICROS);
    let (mut today, mut week) = (0, 0);
    let mut seen = TimerView {
        running_since: None,
        seconds_today: 0,
        seconds_week: 0,
        last: None,
    };
    for row in rows {
        let (from, to) = match row.state.settle(now) {
            Timer::Running { started, .. } => {
                seen.running_since = Some(started);
                (started, now)
            }
            Timer::Stopped { from, to, cause, .. } => {
                seen.last = Some(Worked {
                    timer: row.id,
                    from,
                    to,
                    cause,
                });
                (from, to)
            }
        };
        today += overlap(from, to, midnight);
        week += overlap(from, to, monday);
    }
    (seen.seconds_today, seen.seconds_week) = (today / 1_000_000, week / 1_000_000);
    seen
}

impl Platform {
    async fn step(
        &self,
        caller: &Caller,
        engagement: EngagementId,
        step: Step,
    ) -> Result<TimerView, WorkError> {
        self.gate.transact(caller, engagement, step).await?;
        self.timer(caller, engagement).await
    }

    /// Starts counting, and stops what the same person had counted under another engagement; starting a running timer changes
    /// nothing.
    pub async fn start_timer(&self, caller: &Caller, engagement: EngagementId) -> Result<Started, WorkError> {
        let stopped = self.gate.transact(caller, engagement, Step::Start).await?.output;
        let view = self.timer(caller, engagement).await?;
        Ok(Started { view, stopped })
    }

    /// A heartbeat: keeps the timer counting and prolongs what is in hand.
    pub async fn beat_timer(
        &self,
        caller: &Caller,
        engagement: EngagementId,
    ) -> Result<TimerView, WorkError> {
        self.step(caller, engagement, Step::Beat).await
    }

    /// Stops counting; stopping a stopped timer changes nothing.
    pub async fn stop_timer(
        &self,
        caller: &Caller,
        engagement: EngagementId,
    ) -> Result<TimerView, WorkError> {
        self.step(caller, engagement, Step::Stop).await
    }

    /// What the timer shows. Hours are the holder's own: a halt does not hide them.
    pub async fn timer(&self, caller: &Caller, engagement: EngagementId) -> Result<TimerView, WorkError> {
        let (rows, now) = self.own_timers(caller, engagement, 7).await?;
        Ok(view(&rows, now))
    }

    /// Every span counted under an engagement, oldest first.
    pub async fn hours(&self, caller: &Caller, engagement: EngagementId) -> Result<Vec<Worked>, WorkError> {
        let (rows, now) = self.own_timers(caller, engagement, i64::from(u16::MAX)).await?;
        let worked = rows.iter().filter_map(|row| match row.state.settle(now) {
            Timer::Stopped { from, to, cause, .. } => Some(Worked {
                timer: row.id,
                from,
                to,
                cause,
            }),
            Timer::Running { .. } => None,
        });
        Ok(worked.collect())
    }

    async fn own_timers(
        &self,
        caller: &Caller,
        engagement: EngagementId,
        days: i64,
    ) -> Result<(Vec<TimerRow>, Timestamp), WorkError> {
        self.own_engagement(caller, engagement).await?;
        let now = self.gate.env().now();
        let since = now.plus_seconds(-(days + 1) * 86_400);
        let rows = self
            .gate
            .store()
            .read(move |r| timer::of_engagement(r, engagement, since))
            .await?;
        let secrets = self.gate.secrets();
        rows.iter().try_for_each(|row| secrets.check_seal(row))?;
        Ok((rows, now))
    }

    /// Lets the holder pass: what is one's own is not hidden by a halt or an end.
    pub(super) async fn own_engagement(
        &self,
        caller: &Caller,
        engagement: EngagementId,
    ) -> Result<(), WorkError> {
        let found = self.gate.engagement(engagement).await?;
        let own = found.is_some_and(|(_, holder)| {
            holder.principal == caller.principal() && caller.bound_to().is_none_or(|only| only == engagement)
        });
        if own {
            Ok(())
        } else {
            Err(cofferdam_model::Refusal::NotEngaged.into())
        }
    }
}
