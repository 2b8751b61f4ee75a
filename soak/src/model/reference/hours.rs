//! Timers: they run while there are signs of life, and never count a second that was not worked.

use super::*;

/// What a timer shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Timing {
    /// Since when it runs, if it does.
    pub running: Option<Time>,
    /// Whole seconds counted today.
    pub today: u64,
}

/// A span that was counted.
pub(crate) type Span = (Time, Time, Cause);

/// What is done to a timer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    Start,
    Beat,
    Stop,
}

const SILENCE: Time = 120 * SECOND;

impl Timer {
    /// When it ended as seen at `now`, though nobody may have written that down.
    fn end(&self, now: Time) -> Option<(Time, Cause)> {
        let over = self.until.filter(|until| *until <= now);
        let ceased = over.unwrap_or(now) - self.beat > SILENCE;
        let silent = ceased.then_some((self.beat, Cause::HeartbeatsCeased));
        let by_itself = silent.or(over.map(|until| (until.max(self.started), Cause::EngagementEnded)));
        self.ended.or(by_itself)
    }
}

impl Model {
    /// Stops the running timers of the engagements concerned; how many.
    pub(super) fn stop_timers(&mut self, cause: Cause, concerned: impl Fn(&Self, usize) -> bool) -> u64 {
        let running = |at: &usize| self.timers[*at].ended.is_none();
        let found: Vec<usize> = (0..self.timers.len()).filter(running).collect();
        let found: Vec<usize> = found
            .into_iter()
            .filter(|at| concerned(self, self.timers[*at].engagement))
            .collect();
        for at in &found {
            let timer = &self.timers[*at];
            let lab = self.engagements[timer.engagement].lab;
            let at_once = (self.now.max(timer.started), cause);
            let ended = timer.end(self.now).unwrap_or(at_once);
            self.timers[*at].ended = Some(ended);
            self.record(Some(lab), By::Platform, "timer-stopped", Released::Nothing);
        }
        found.len() as u64
    }

    fn stop(&mut self, at: usize, ended: (Time, Cause)) {
        self.timers[at].ended = Some(ended);
        self.done(self.timers[at].engagement, "timer-stopped", Released::Nothing);
    }

    fn start(&mut self, engagement: usize) {
        self.done(engagement, "timer-started", Released::Nothing);
        let (started, beat) = (self.now, self.now);
        let until = self.engagements[engagement].until;
        self.timers.push(Timer {
            engagement,
            started,
            beat,
            until,
            ended: None,
        });
    }

    /// Nobody works in two places at once.
    fn stop_others(&mut self, engagement: usize) {
        let person = self.engagements[engagement].person;
        for at in 0..self.timers.len() {
            let (timer, now) = (&self.timers[at], self.now);
            let of = &self.engagements[timer.engagement];
            if timer.engagement == engagement || of.person != person || timer.ended.is_some() {
                continue;
            }
            let lab = of.lab;
            let to = (now.max(timer.beat), Cause::Stopped);
            self.timers[at].ended = Some(timer.end(now).unwrap_or(to));
            self.record(Some(lab), By::Platform, "timer-stopped", Released::Nothing);
        }
    }

    fn step(&mut self, engagement: usize, step: Step) {
        self.counted(engagement, step);
        if step == Step::Start {
            self.stop_others(engagement);
        }
    }

    fn counted(&mut self, engagement: usize, step: Step) {
        let own = |t: &Timer| t.engagement == engagement && t.ended.is_none();
        let running = self.timers.iter().position(own);
        let mut ended = running.and_then(|at| self.timers[at].end(self.now));
        // The clock was put back by more than a timer lives without a heartbeat: who goes on needs another.
        let behind = running
            .map(|at| self.timers[at].beat)
            .filter(|beat| beat - self.now > SILENCE);
        if step != Step::Stop {
            ended = ended.or(behind.map(|beat| (beat, Cause::HeartbeatsCeased)));
        }
        match (step, running, ended) {
            (Step::Start, None, _) => self.start(engagement),
            (Step::Start, Some(at), Some(ended)) => {
                self.stop(at, ended);
                self.start(engagement);
            }
            (Step::Start, Some(_), None) | (Step::Stop, None, _) => {}
            (Step::Beat, None, _) => {}
            (Step::Beat, Some(at), None) => {
                self.timers[at].beat = self.timers[at].beat.max(self.now);
            }
            (Step::Beat | Step::Stop, Some(at), Some(ended)) => self.stop(at, ended),
            (Step::Stop, Some(at), None) => {
                let to = self.now.max(self.timers[at].beat);
                self.stop(at, (to, Cause::Stopped));
            }
        }
        if step != Step::Stop {
            self.prolong(engagement);
        }
    }

    /// A sign of life prolongs what is in hand and has not run out.
    fn prolong(&mut self, engagement: usize) {
        let Some(project) = self.engagements[engagement].project else {
            return;
        };
        let (now, until) = (self.now, self.now + self.projects[project].lease);
        let (person, tasks) = (self.engagements[engagement].person, &self.tasks);
        let own = |h: &&mut Hold| h.person == person && tasks[h.task].project == project;
        let held = self.holds.iter_mut().filter(own);
        for hold in held.filter(|h| h.state == HoldState::Claimed && h.until > now) {
            hold.until = hold.until.max(until);
        }
        for at in 0..self.holds.len() {
            let (hold, held) = (&self.holds[at], self.claimed_hold(at));
            let own = hold.person == person && self.tasks[hold.task].project == project;
            let claimed = own && hold.state == HoldState::Claimed;
            if claimed && self.sparing(&held, self.lease_of(at)).is_some() {
                self.holds[at].until = held.until.max(until);
            }
        }
    }

    /// A step of a timer, and what it shows then.
    pub(crate) fn timer(&mut self, who: Who, engagement: usize, step: Step, said: Said<Timing>) -> Check {
        let ruled = self.recognised(who);
        if let Err(class) = ruled.and_then(|()| self.ask(who, engagement, Act::Hours, None, &[])) {
            return refused(&said, class);
        }
        let said = allowed(said)?;
        self.step(engagement, step);
        let now = self.now;
        let midnight = now.div_euclid(86_400 * SECOND) * 86_400 * SECOND;
        let (mut running, mut today) = (None, 0);
        let seen = now - 8 * 86_400 * SECOND;
        for timer in self
            .timers
            .iter()
            .filter(|t| t.engagement == engagement && t.started >= seen)
        {
            let to = timer.end(now).map(|(to, _)| to);
            running = running.or(to.is_none().then_some(timer.started));
            today += (to.unwrap_or(now) - timer.started.max(midnight)).max(0);
        }
        let today = u64::try_from(today / SECOND).unwrap_or(0);
        same("the timer", &said, &Timing { running, today })
    }

    /// Every span counted under an engagement. They are the holder's own: neither a halt nor an end hides them.
    pub(crate) fn hours(&mut self, who: Who, engagement: usize, said: Said<Vec<Span>>) -> Check {
        let own = self.own(who, engagement);
        let ruled = self.recognised(who);
        if let Err(class) = ruled.and(if own { Ok(()) } else { Err(Class::NotFound) }) {
            return refused(&said, class);
        }
        let mut said = allowed(said)?;
        let own = self.timers.iter().filter(|t| t.engagement == engagement);
        let spans = own.filter_map(|t| t.end(self.now).map(|(to, cause)| (t.started, to, cause)));
        let mut spans: Vec<Span> = spans.collect();
        said.sort_by_key(|s| (s.0, s.1));
        spans.sort_by_key(|s| (s.0, s.1));
        same("the hours", &said, &spans)
    }
}
