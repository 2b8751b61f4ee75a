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

    /// The engagements under which somebody goes on with what they have in hand, or went, and since when: another than their own from
    /// the end of that on.
    fn engagements_for(&self, held: &InHand) -> Vec<(usize, Time)> {
        let own = (held.engagement, self.engagements[held.engagement].from);
        let Some(ended) = self.ended_at(held.engagement) else {
            return vec![own];
        };
        let other = |at: &usize| {
            let e = &self.engagements[*at];
            let same = e.person == held.person && e.project == Some(held.project);
            held.carried && *at != held.engagement && same && e.role == Role::Author
        };
        let others = (0..self.engagements.len()).filter(other);
        let since = |at: usize| (at, self.engagements[at].from.max(ended));
        std::iter::once(own).chain(others.map(since)).collect()
    }

    /// When an engagement ended, if it has.
    fn ended_at(&self, engagement: usize) -> Option<Time> {
        let e = &self.engagements[engagement];
        let ran_out = e.until.filter(|until| *until <= self.now);
        let ended = e.ended_at.into_iter().chain(ran_out).min();
        ended.filter(|_| !self.active(engagement))
    }

    /// Each way of going on: by whichever credential, or by each that somebody has, or had.
    fn ways(&self, held: &InHand, credentials: bool) -> Vec<Way> {
        let mut ways = Vec::new();
        for (engagement, from) in self.engagements_for(held) {
            let ended = self.ended_at(engagement);
            if !credentials {
                ways.push(Way {
                    engagement,
                    credential: None,
                    from,
                    to: ended,
                    good_to: None,
                });
                continue;
            }
            for (at, it) in self.credentials.iter().enumerate() {
                if it.person == held.person && it.bound.is_none_or(|only| only == engagement) {
                    ways.push(Way {
                        engagement,
                        credential: Some(at),
                        from: it.created.max(from),
                        to: ended.into_iter().chain([it.to()]).min(),
                        good_to: Some(it.to()),
                    });
                }
            }
        }
        ways
    }

    fn blocks(&self, halt: &Halt, held: &InHand, way: &Way) -> bool {
        match halt.on {
            Scope::Installation => true,
            Scope::Lab(lab) => self.projects[held.project].lab == lab,
            Scope::Project(it) => it == held.project,
            Scope::Engagement(it) => it == way.engagement,
            Scope::Person(it) => it == held.person,
            Scope::Credential(it) => Some(it) == way.credential,
        }
    }

    fn over(&self, halt: &Halt) -> Option<Time> {
        halt.until.filter(|until| *until <= self.now)
    }

    /// From when on a way was open again.
    fn opens(&self, held: &InHand, way: &Way, since: Time) -> Option<Time> {
        let mut at = way.from.max(since);
        loop {
            let there = self.halts.iter().filter(|halt| halt.open && halt.since <= at);
            let blocking = there.filter(|halt| self.blocks(halt, held, way));
            let ends: Vec<Option<Time>> = blocking
                .map(|halt| self.over(halt))
                .filter(|end| end.is_none_or(|end| end > at))
                .collect();
            if ends.is_empty() {
                return Some(at).filter(|at| way.is_good(*at));
            }
            at = ends
                .into_iter()
                .collect::<Option<Vec<Time>>>()?
                .into_iter()
                .max()?;
        }
    }

    /// Until when a halt kept somebody from going on; within: none, it does still.
    fn kept_until(&self, held: &InHand, ways: &[Way], halt: &Halt, since: Time) -> Option<Option<Time>> {
        let mut stopped = ways
            .iter()
            .filter(|way| way.is_good(since) && self.blocks(halt, held, way))
            .peekable();
        stopped.peek()?;
        let dead: Option<Vec<Time>> = stopped
            .map(|way| way.good_to.filter(|end| *end <= self.now))
            .collect();
        let dead = dead.and_then(|all| all.into_iter().max());
        let open = ways.iter().filter_map(|way| self.opens(held, way, since)).min();
        let end = open.into_iter().chain(dead).min();
        end.is_none_or(|end| end > since).then_some(end)
    }

    /// To when halts have moved the end of somebody's time, if they have; within: none, a halt is open.
    pub(super) fn sparing(&self, held: &InHand, lease: Time) -> Option<Option<Time>> {
        let mut lasting = self
            .engagements_for(held)
            .into_iter()
            .filter(|(at, _)| self.active(*at));
        lasting.next()?;
        let mut moments = Vec::new();
        for halt in self.halts.iter().filter(|halt| halt.open) {
            let ways = self.ways(held, matches!(halt.on, Scope::Credential(_)));
            let over = ways.iter().filter_map(|way| way.to);
            let later = over.filter(|to| *to > halt.since && *to <= self.now);
            let all: Vec<Time> = std::iter::once(halt.since).chain(later).collect();
            moments.extend(all.into_iter().map(|at| (at, halt)));
        }
        moments.sort_by_key(|(at, _)| *at);
        let mut end = Some(held.until);
        for (at, halt) in moments {
            if end.is_some_and(|end| at > end) {
                break;
            }
            let ways = self.ways(held, matches!(halt.on, Scope::Credential(_)));
            if let Some(stop) = self.kept_until(held, &ways, halt, at) {
                end = end.and_then(|end| stop.map(|stop| end.max(stop + lease)));
            }
        }
        let moved = end.is_none_or(|end| end > held.until && end > self.now);
        moved.then_some(end)
    }

    /// What is still in the hands of those whom a halt that is about to end concerns is theirs as long as it left them, or a whole lease.
    fn renew_leases(&mut self, halt: usize) {
        let halt = self.halts[halt].clone();
        let of_lab =
            |model: &Self, held: &InHand| halt.lab.is_none_or(|lab| model.projects[held.project].lab == lab);
        let whose = match halt.on {
            Scope::Person(person) => Some(person),
            Scope::Engagement(it) => Some(self.engagements[it].person),
            Scope::Credential(it) => Some(self.credentials[it].person),
            _ => None,
        };
        let concerned = |model: &Self, held: &InHand| {
            of_lab(model, held) && whose.is_none_or(|person| person == held.person)
        };
        let now = self.now;
        let left = |model: &Self, held: &InHand, lease: Time| {
            model.sparing(held, lease).map(|end| end.unwrap_or(now + lease))
        };
        let mut tasks = Vec::new();
        for at in 0..self.holds.len() {
            let (held, lease) = (self.claimed_hold(at), self.lease_of(at));
            let wide = match halt.on {
                Scope::Installation => true,
                Scope::Lab(lab) => self.projects[held.project].lab == lab,
                Scope::Project(it) => it == held.project,
                _ => false,
            };
            if self.holds[at].state != HoldState::Claimed || !concerned(self, &held) {
                continue;
            }
            let until = match wide && halt.since <= held.until {
                true => Some(now + lease),
                false if whose.is_none() && held.until >= halt.since => None,
                false => left(self, &held, lease),
            };
            tasks.push((at, held.until.max(until.unwrap_or(held.until))));
        }
        for (at, until) in tasks {
            self.holds[at].until = until;
        }
        for at in 0..self.reviews.len() {
            let held = self.in_review(at);
            if self.reviews[at].verdict.is_none() && concerned(self, &held) {
                let until = left(self, &held, reviews::LEASE).unwrap_or(held.until);
                self.reviews[at].until = held.until.max(until);
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

/// A way of going on: under an engagement, by a credential, for a time.
struct Way {
    engagement: usize,
    /// None: whichever.
    credential: Option<usize>,
    from: Time,
    to: Option<Time>,
    good_to: Option<Time>,
}

impl Way {
    fn is_good(&self, at: Time) -> bool {
        self.from <= at && self.to.is_none_or(|to| at < to)
    }
}
