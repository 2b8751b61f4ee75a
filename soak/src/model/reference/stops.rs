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
    pub(super) until: Time,
    /// Whether it goes on under another engagement once its own has ended.
    carried: bool,
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

    /// Under which engagement somebody would go on with what they have in hand.
    fn goes_on_under(&self, held: &InHand) -> Option<usize> {
        if self.active(held.engagement) {
            return Some(held.engagement);
        }
        let anew = |at: &usize| {
            let e = &self.engagements[*at];
            let same = e.person == held.person && e.project == Some(held.project);
            same && e.role == Role::Author && self.active(*at)
        };
        (0..self.engagements.len()).find(|at| held.carried && anew(at))
    }

    /// From when on somebody whom a halt keeps from going on has another way; none: never. Without: the halt does not concern them.
    fn other_way(&self, halt: &Halt, held: &InHand, under: usize) -> Option<Option<Time>> {
        let concerns = match halt.on {
            Scope::Installation => true,
            Scope::Lab(lab) => self.projects[held.project].lab == lab,
            Scope::Project(it) => it == held.project,
            Scope::Engagement(it) => it == under || it == held.engagement,
            Scope::Person(it) => it == held.person,
            Scope::Credential(it) => self.fits(it, held.person, under),
        };
        let way = match halt.on {
            Scope::Engagement(it) if it != under => Some(self.engagements[under].from),
            Scope::Credential(it) => {
                let halted = |at: usize| {
                    let mut halts = self.halts.iter().filter(|halt| self.in_effect(halt));
                    let from = self.credentials[at].created.max(halt.since);
                    halts.any(|other| other.on == Scope::Credential(at) && other.since <= from)
                };
                let others = (0..self.credentials.len()).filter(|at| *at != it && !halted(*at));
                let good =
                    |at: &usize| self.fits(*at, held.person, under) && self.credentials[*at].to() > self.now;
                let ways = others.filter(good).map(|at| self.credentials[at].created);
                ways.chain([self.credentials[it].to()]).min()
            }
            _ => None,
        };
        concerns.then_some(way)
    }

    /// Whether a credential is, or was, for going on under an engagement.
    fn fits(&self, credential: usize, person: usize, under: usize) -> bool {
        let it = &self.credentials[credential];
        it.person == person && it.bound.is_none_or(|only| only == under)
    }

    /// To when halts have moved the end of somebody's time, if they have; within: none, a halt is open.
    pub(super) fn sparing(&self, held: &InHand, lease: Time) -> Option<Option<Time>> {
        let mut end = Some(held.until);
        let under = self.goes_on_under(held)?;
        let mut halts: Vec<usize> = (0..self.halts.len()).filter(|at| self.halts[*at].open).collect();
        halts.sort_by_key(|at| self.halts[*at].since);
        // Each counts that began before the end as those before it have moved it.
        for halt in halts.into_iter().map(|at| &self.halts[at]) {
            if end.is_some_and(|end| halt.since > end) {
                break;
            }
            let Some(way) = self.other_way(halt, held, under) else {
                continue;
            };
            let ended = halt.until.filter(|until| *until <= self.now);
            let stop = [ended, way].into_iter().flatten().min();
            if stop.is_none_or(|stop| stop > halt.since) {
                end = end.and_then(|end| stop.map(|stop| end.max(stop + lease)));
            }
        }
        let moved = end.is_none_or(|end| end > held.until && end > self.now);
        moved.then_some(end)
    }

    /// What is still in the hands of those whom a halt that is about to end concerns has a whole lease from now on.
    fn renew_leases(&mut self, halt: usize) {
        let whole = |model: &Self, held: &InHand, lease: Time| {
            let halt_is = &model.halts[halt];
            let wide = match halt_is.on {
                Scope::Installation => true,
                Scope::Lab(lab) => model.projects[held.project].lab == lab,
                Scope::Project(it) => it == held.project,
                _ => false,
            };
            let in_time = wide && halt_is.since <= held.until;
            let kept = held.until > model.now || model.sparing(held, lease).is_some();
            let concerned = |under| model.other_way(halt_is, held, under).is_some();
            in_time || kept && model.goes_on_under(held).is_some_and(concerned)
        };
        for at in 0..self.holds.len() {
            let (held, lease) = (self.claimed_hold(at), self.lease_of(at));
            if self.holds[at].state == HoldState::Claimed && whole(self, &held, lease) {
                self.holds[at].until = held.until.max(self.now + lease);
            }
        }
        for at in 0..self.reviews.len() {
            let held = self.in_review(at);
            if self.reviews[at].verdict.is_none() && whole(self, &held, reviews::LEASE) {
                self.reviews[at].until = held.until.max(self.now + reviews::LEASE);
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
            carried: true,
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
            carried: false,
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
                self.renew_leases(halt);
                self.halts[halt].open = false;
                Ok(())
            }
        }
    }
}
