//! Walls: who has seen one side sees no other until the cooling-off has passed.

use std::collections::BTreeSet;

use super::*;

const DAY: Time = 86_400 * SECOND;

const fn end_of_day(t: Time) -> Time {
    (t.div_euclid(DAY) + 1) * DAY
}

/// What is to become of a wall.
#[derive(Debug, Clone)]
pub(crate) struct Becoming {
    /// Between whom.
    pub labs: BTreeSet<usize>,
    /// For how long.
    pub days: i64,
    /// Whether it was said why.
    pub reasoned: bool,
}

impl Model {
    /// Whether somebody is kept out of a lab.
    pub(crate) fn walled(&self, person: usize, lab: usize) -> bool {
        self.seen.iter().any(|(who, other, from)| {
            let separates =
                |wall: &&Wall| wall.stands && wall.labs.contains(&lab) && wall.labs.contains(other);
            let mut walls = self.walls.iter().filter(separates);
            *who == person && *other != lab && walls.any(|wall| self.now < from + wall.days * DAY)
        })
    }

    /// Whether somebody would speak for one side of a wall and be engaged on the other.
    pub(super) fn speaks_across(&self, granted: &Granted) -> bool {
        (0..self.engagements.len()).any(|at| {
            let e = &self.engagements[at];
            let separates =
                |wall: &Wall| wall.stands && wall.labs.contains(&granted.lab) && wall.labs.contains(&e.lab);
            let speaks = e.role == Role::Steward || granted.role == Role::Steward;
            let other = e.person == granted.person && e.lab != granted.lab;
            other && speaks && self.active(at) && self.walls.iter().any(separates)
        })
    }

    /// Somebody has seen a lab's data, just now.
    pub(super) fn sees(&mut self, engagement: usize) {
        let lab = self.engagements[engagement].lab;
        self.saw(engagement, self.labs[lab].ledger.t);
    }

    /// Somebody spoke for a lab until now.
    pub(super) fn spoke(&mut self, engagement: usize) {
        self.saw(engagement, self.now);
    }

    fn saw(&mut self, engagement: usize, at: Time) {
        let (person, lab) = (
            self.engagements[engagement].person,
            self.engagements[engagement].lab,
        );
        let mut walls = self.walls.iter();
        if walls.any(|wall| wall.stands && wall.labs.contains(&lab)) {
            self.has_seen(person, lab, at);
        }
    }

    /// What the installation's ledger says of it: a day once, and nothing of the platform's own jobs.
    fn has_seen(&mut self, person: usize, lab: usize, released: Time) {
        let from = end_of_day(released);
        let known = |(who, of, at): &&(usize, usize, Time)| *who == person && *of == lab && *at >= from;
        if self.people[person].id.is_empty() || self.seen.iter().any(|seen| known(&seen)) {
            return;
        }
        self.seen.push((person, lab, from));
        self.record(None, By::Platform, "data-seen", Released::Nothing);
    }

    /// What was seen of a lab before a wall stood counts where the cooling-off reaches.
    fn look_back(&mut self, lab: usize, days: i64) {
        let mut last: Vec<Option<Time>> = vec![None; self.people.len()];
        for line in &self.labs[lab].ledger.lines {
            let parts = match &line.released {
                Released::Parts(parts) | Released::Set(parts) => parts.len(),
                _ => 0,
            };
            if let (By::Engaged { engagement }, true) = (line.by, parts > 0) {
                last[self.engagements[engagement].person] = Some(line.t);
            }
        }
        let reach = self.now - (days + 2) * DAY;
        let mut seen: Vec<(usize, Time)> = last
            .iter()
            .enumerate()
            .filter_map(|(p, t)| Some((p, (*t)?)))
            .collect();
        seen.retain(|(_, t)| *t >= reach);
        let spoke = self
            .engagements
            .iter()
            .filter(|e| e.lab == lab && e.role == Role::Steward);
        let until = |e: &Engagement| {
            let ended = e.ended_at.into_iter().chain(e.until).chain([self.now]);
            ended.min().unwrap_or(self.now)
        };
        for (person, until) in spoke.map(|e| (e.person, until(e))) {
            match seen.iter_mut().find(|(who, _)| *who == person) {
                Some((_, t)) => *t = until.max(*t),
                None => seen.push((person, until)),
            }
        }
        seen.sort_by(|a, b| self.people[a.0].id.cmp(&self.people[b.0].id));
        for (person, released) in seen {
            self.has_seen(person, lab, released);
        }
    }

    fn tell_of_wall(&mut self, who: Who, lab: usize, kind: &'static str) {
        self.record(
            Some(lab),
            By::Operator { person: who.person },
            kind,
            Released::Nothing,
        );
    }

    fn may_build(&mut self, who: Who, becoming: &Becoming) -> Result<(), Class> {
        self.operator(who)?;
        let fits = becoming.labs.len() >= 2 && becoming.days >= 1;
        fits.then_some(()).ok_or(Class::Invalid)
    }

    /// A wall is declared; every one has a name of its own.
    pub(crate) fn declare(&mut self, who: Who, wall: Becoming, said: Said<String>) -> Check {
        if let Err(class) = self.may_build(who, &wall) {
            return refused(&said, class);
        }
        let id = allowed(said)?;
        self.record(
            None,
            By::Operator { person: who.person },
            "wall-declared",
            Released::Nothing,
        );
        for lab in wall.labs.clone() {
            self.tell_of_wall(who, lab, "wall-stands");
        }
        self.walls.push(Wall {
            id,
            labs: wall.labs.clone(),
            days: wall.days,
            stands: true,
        });
        self.look_back_over(&wall);
        self.stop_timers_behind(&wall);
        Ok(())
    }

    /// The timers of those whom a wall keeps out from now on.
    fn stop_timers_behind(&mut self, wall: &Becoming) {
        let (labs, days) = (wall.labs.clone(), wall.days);
        self.stop_timers(Cause::Walled, |model, engagement| {
            let (person, lab) = (
                model.engagements[engagement].person,
                model.engagements[engagement].lab,
            );
            labs.contains(&lab)
                && model.seen.iter().any(|(who, other, from)| {
                    *who == person && *other != lab && labs.contains(other) && model.now < from + days * DAY
                })
        });
    }

    fn look_back_over(&mut self, wall: &Becoming) {
        // In the order in which the labs came into being, which is that of their ids.
        let mut labs: Vec<usize> = wall.labs.iter().copied().collect();
        labs.sort_by(|a, b| self.labs[*a].id.cmp(&self.labs[*b].id));
        for lab in labs {
            self.look_back(lab, wall.days);
        }
    }

    /// A wall becomes another.
    pub(crate) fn change_wall(&mut self, who: Who, at: usize, next: Becoming, said: &Said<()>) -> Check {
        let before = self.walls[at].clone();
        let ruled = self.operator(who).and_then(|()| {
            if !before.stands {
                return Err(Class::NotFound);
            }
            self.may_build(who, &next)?;
            if (&next.labs, next.days) == (&before.labs, before.days) {
                return Err(Class::Conflict);
            }
            let weaker = next.days < before.days || !before.labs.is_subset(&next.labs);
            if weaker && !next.reasoned {
                Err(Class::Invalid)
            } else {
                Ok(())
            }
        });
        if let Err(class) = ruled {
            return refused(said, class);
        }
        allowed(*said)?;
        self.record(
            None,
            By::Operator { person: who.person },
            "wall-changed",
            Released::Nothing,
        );
        for lab in next.labs.clone() {
            if !before.labs.contains(&lab) || next.days != before.days {
                self.tell_of_wall(who, lab, "wall-stands");
            }
        }
        for lab in before.labs.difference(&next.labs) {
            self.tell_of_wall(who, *lab, "wall-gone");
        }
        self.walls[at] = Wall {
            labs: next.labs.clone(),
            days: next.days,
            ..before
        };
        self.look_back_over(&next);
        self.stop_timers_behind(&next);
        Ok(())
    }

    /// A wall is lifted.
    pub(crate) fn lift(&mut self, who: Who, at: usize, said: &Said<()>) -> Check {
        let ruled = self.operator(who);
        let stands = self.walls[at].stands;
        if let Err(class) = ruled.and(stands.then_some(()).ok_or(Class::NotFound)) {
            return refused(said, class);
        }
        allowed(*said)?;
        self.record(
            None,
            By::Operator { person: who.person },
            "wall-lifted",
            Released::Nothing,
        );
        for lab in self.walls[at].labs.clone() {
            self.tell_of_wall(who, lab, "wall-gone");
        }
        self.walls[at].stands = false;
        Ok(())
    }
}
