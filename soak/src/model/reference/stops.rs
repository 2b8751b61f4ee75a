//! Halting and resuming.

use super::*;

/// What a halt says that it stopped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stopped {
    /// The halt's id.
    pub id: String,
    /// Timers that it ended.
    pub timers: u64,
    /// Active engagements in its scope.
    pub engagements: u64,
}

/// What somebody has in hand for a time.
pub(super) struct InHand {
    project: usize,
    engagement: usize,
    person: usize,
    until: Time,
}

impl Model {
    /// The lab in whose ledger a halt on this scope stands.
    pub(crate) fn lab_of(&self, on: Scope) -> Option<usize> {
        match on {
            Scope::Lab(lab) => Some(lab),
            Scope::Project(project) => Some(self.projects[project].lab),
            Scope::Engagement(engagement) => Some(self.engagements[engagement].lab),
            Scope::Installation | Scope::Person(_) | Scope::Credential(_) => None,
        }
    }

    /// By which engagement a caller halts or resumes in a compartment: none for an operator.
    fn standing(&self, who: Who, lab: Option<usize>) -> Result<Option<usize>, Class> {
        if self.administers(who) {
            return Ok(None);
        }
        let steward = lab.and_then(|lab| self.stewardship(who, lab));
        steward.map(Some).ok_or(Class::NotYours)
    }

    fn may_halt(&mut self, who: Who, on: Scope, until: Option<Time>) -> Result<Option<usize>, Class> {
        self.recognised(who)?;
        let standing = self.standing(who, self.lab_of(on));
        let steward = standing.inspect_err(|_| self.in_vain())?;
        let past = until.is_some_and(|until| until <= self.now);
        let own =
            on == Scope::Person(who.person) || who.credential.is_some_and(|own| on == Scope::Credential(own));
        let oneself = steward.is_none() && own;
        if past || oneself {
            return Err(Class::Invalid);
        }
        Ok(steward)
    }

    fn concerns(&self, on: Scope, engagement: usize, reached: bool) -> bool {
        let e = &self.engagements[engagement];
        match on {
            Scope::Installation => true,
            Scope::Lab(lab) => e.lab == lab,
            Scope::Project(project) => {
                let whole = reached && e.project.is_none() && e.lab == self.projects[project].lab;
                e.project == Some(project) || whole
            }
            Scope::Engagement(it) => it == engagement,
            Scope::Person(person) => e.person == person,
            Scope::Credential(it) => {
                let it = &self.credentials[it];
                reached && e.person == it.person && it.bound.is_none_or(|only| only == engagement)
            }
        }
    }

    /// A halt.
    pub(crate) fn halt(&mut self, who: Who, on: Scope, until: Option<Time>, said: Said<Stopped>) -> Check {
        let steward = match self.may_halt(who, on, until) {
            Ok(steward) => steward,
            Err(class) => return refused(&said, class),
        };
        let said = allowed(said)?;
        let lab = self.lab_of(on);
        let by = steward.map_or(By::Operator { person: who.person }, |engagement| By::Engaged {
            engagement,
        });
        let active = |at: &usize| self.active(*at) && self.concerns(on, *at, true);
        let engagements = (0..self.engagements.len()).filter(active).count() as u64;
        self.record(lab, by, "halted", Released::Nothing);
        // What a halted credential may have started is stopped with it.
        let reached = matches!(on, Scope::Credential(_));
        let timers = self.stop_timers(Cause::Halted, |model, engagement| {
            model.concerns(on, engagement, reached)
        });
        let expected = Stopped {
            id: said.id.clone(),
            timers,
            engagements,
        };
        same("what the halt stopped", &said, &expected)?;
        self.halts.push(Halt {
            id: said.id,
            on,
            lab,
            since: self.ledger_time(lab),
            until,
            open: true,
            by_lab: steward.is_some(),
        });
        Ok(())
    }

    /// The time of the last line of a ledger.
    fn ledger_time(&self, lab: Option<usize>) -> Time {
        lab.map_or(self.installation.t, |lab| self.labs[lab].ledger.t)
    }

    /// Whether a halt concerns what somebody has in hand: they may not go on with it.
    pub(super) fn holds_back(&self, halt: &Halt, held: &InHand) -> bool {
        match halt.on {
            Scope::Installation => true,
            Scope::Lab(lab) => self.projects[held.project].lab == lab,
            Scope::Project(it) => it == held.project,
            Scope::Engagement(it) => it == held.engagement,
            Scope::Person(it) => it == held.person,
            Scope::Credential(it) => {
                let it = &self.credentials[it];
                it.person == held.person && it.bound.is_none_or(|only| only == held.engagement)
            }
        }
    }

    /// The halts that keep something in its holder's hands though their time has ended: those that go on, and those that ended
    /// by themselves less than that time ago, with the time that this gives. A credential that is good for nothing keeps nothing.
    pub(super) fn sparing(&self, held: &InHand, lease: Time) -> Vec<Option<Time>> {
        let good = |halt: &Halt| match halt.on {
            Scope::Engagement(it) => self.active(it),
            Scope::Credential(it) => !self.credentials[it].revoked && self.credentials[it].expires > self.now,
            _ => true,
        };
        let concerned =
            |halt: &&Halt| halt.open && good(halt) && self.holds_back(halt, held) && halt.since <= held.until;
        let ends = self.halts.iter().filter(concerned).map(move |halt| {
            let ended = halt.until.filter(|until| *until <= self.now);
            ended.map(|end| end + lease)
        });
        ends.filter(|end| end.is_none_or(|end| end > self.now)).collect()
    }

    /// Whose lease had not ended when the halt began has a whole one from now on.
    fn renew_leases(&mut self, halt: usize) {
        let halt = self.halts[halt].clone();
        let renewed = |held: &InHand, until: Time| halt.since <= held.until && held.until < until;
        for at in 0..self.holds.len() {
            let held = self.claimed_hold(at);
            let until = self.now + self.projects[held.project].lease;
            let claimed = self.holds[at].state == HoldState::Claimed && self.holds_back(&halt, &held);
            if claimed && renewed(&held, until) {
                self.holds[at].until = until;
            }
        }
        for at in 0..self.reviews.len() {
            let held = self.in_review(at);
            let until = self.now + reviews::LEASE;
            let waits = self.reviews[at].verdict.is_none() && self.holds_back(&halt, &held);
            if waits && renewed(&held, until) {
                self.reviews[at].until = until;
            }
        }
    }

    /// A task in somebody's hands.
    pub(super) fn claimed_hold(&self, hold: usize) -> InHand {
        let hold = &self.holds[hold];
        InHand {
            project: self.tasks[hold.task].project,
            engagement: hold.engagement,
            person: hold.person,
            until: hold.until,
        }
    }

    /// An answer in a reviewer's hands.
    pub(super) fn in_review(&self, review: usize) -> InHand {
        let review = &self.reviews[review];
        let task = self.submissions[review.submission].task;
        InHand {
            project: self.tasks[task].project,
            engagement: review.engagement,
            person: self.engagements[review.engagement].person,
            until: review.until,
        }
    }

    /// The end of a halt.
    pub(crate) fn resume(&mut self, who: Who, halt: usize, said: &Said<()>) -> Check {
        let found = &self.halts[halt];
        let over = found.until.is_some_and(|until| until <= self.now);
        let (open, lab, by_lab) = (found.open && !over, found.lab, found.by_lab);
        let ruled = self.recognised(who).and_then(|()| {
            // Who might have resumed it is told that it is over.
            let standing = self.standing(who, lab);
            let steward = standing.inspect_err(|_| self.in_vain())?;
            if open && steward.is_some() == by_lab {
                Ok(steward)
            } else {
                Err(Class::Conflict)
            }
        });
        match ruled {
            Err(class) => refused(said, class),
            Ok(steward) => {
                allowed(*said)?;
                let operator = By::Operator { person: who.person };
                let by = steward.map_or(operator, |engagement| By::Engaged { engagement });
                self.record(lab, by, "resumed", Released::Nothing);
                self.halts[halt].open = false;
                self.renew_leases(halt);
                Ok(())
            }
        }
    }
}
