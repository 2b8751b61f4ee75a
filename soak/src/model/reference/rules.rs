//! Who may do what: roles, ends, halts and budgets.

use super::*;

/// What is asked for, as far as the rules tell it apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Act {
    Guideline,
    Work,
    /// A task is given back.
    GiveBack,
    Draft,
    Review,
    Hours,
    Import,
    SetGuideline,
    Export,
    Agreement,
    Deliver,
    Decide,
    Recipients,
    Oversee,
    Halt,
    Resume,
}

/// Who asks, by what.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Who {
    /// The person, component or job.
    pub person: usize,
    /// By which credential; a job has none.
    pub credential: Option<usize>,
}

fn covers(role: Role, act: Act) -> bool {
    use Act as A;
    let acts: &[Act] = match role {
        Role::Author => &[A::Guideline, A::Work, A::GiveBack, A::Draft, A::Hours],
        Role::Reviewer => &[A::Guideline, A::Review, A::Hours],
        Role::Lead => &[A::Guideline, A::SetGuideline, A::Import, A::Export, A::Hours],
        Role::Steward => &[
            A::Guideline,
            A::SetGuideline,
            A::Import,
            A::Export,
            A::Decide,
            A::Recipients,
            A::Oversee,
            A::Halt,
            A::Resume,
        ],
        Role::Integration(Purpose::Import) => &[A::Guideline, A::Import, A::SetGuideline],
        Role::Integration(Purpose::Export) => &[A::Guideline, A::Export],
        Role::Integration(Purpose::Agreement) => &[A::Guideline, A::Agreement],
        Role::Integration(Purpose::Delivery) => &[A::Guideline, A::Deliver],
    };
    acts.contains(&act)
}

impl Model {
    /// The engagement that a credential is good for, if only one.
    pub(crate) fn bound(&self, who: Who) -> Option<usize> {
        who.credential.and_then(|c| self.credentials[c].bound)
    }

    /// Whether a credential proves anything now.
    pub(crate) fn recognised(&self, who: Who) -> Result<(), Class> {
        let good = who.credential.is_none_or(|c| {
            let credential = &self.credentials[c];
            !credential.revoked && self.now < credential.expires
        });
        good.then_some(()).ok_or(Class::Unauthenticated)
    }

    /// Whether an engagement is the caller's, by this credential.
    pub(crate) fn own(&self, who: Who, engagement: usize) -> bool {
        let holder = self.engagements[engagement].person == who.person;
        holder && self.bound(who).is_none_or(|only| only == engagement)
    }

    /// Whether an engagement grants now.
    pub(crate) fn active(&self, engagement: usize) -> bool {
        let e = &self.engagements[engagement];
        // It began when it was granted, by the ledger's time, which never goes back.
        !e.ended && e.until.is_none_or(|until| self.now < until)
    }

    pub(super) fn in_effect(&self, halt: &Halt) -> bool {
        halt.open && halt.until.is_none_or(|until| self.now < until)
    }

    fn halted(&self, who: Who, engagement: usize, project: Option<usize>) -> bool {
        let lab = self.engagements[engagement].lab;
        let concerned = |scope: Scope| match scope {
            Scope::Installation => true,
            Scope::Lab(it) => it == lab,
            Scope::Project(it) => Some(it) == project && self.projects[it].lab == lab,
            Scope::Engagement(it) => it == engagement,
            Scope::Person(it) => it == who.person,
            Scope::Credential(it) => Some(it) == who.credential,
        };
        self.halts.iter().any(|h| self.in_effect(h) && concerned(h.on))
    }

    /// Whether so much may be released on top of what was: a fold over the entries of the present hour and day. They are what the
    /// clock says; where it is put back, what was drawn in later ones counts in that to which it is put back as well. Of a set only
    /// what was sent counts, once it was read.
    pub(super) fn affordable(&self, engagement: usize, parts: &[Part]) -> bool {
        let e = &self.engagements[engagement];
        let ledger = &self.labs[e.lab].ledger;
        let hour = |t: Time| t.div_euclid(3_600 * SECOND);
        let day = |hour: i64| hour.div_euclid(24);
        // In which hours it counts (that which the clock said comes first), and how many objects and bytes.
        type Drawn = ([i64; 2], [u64; 2]);
        let mut draws: Vec<Drawn> = Vec::new();
        let mut set: Option<(usize, &[Part])> = None;
        let put_back = |draws: &mut Vec<Drawn>, to: Time| {
            draws
                .iter_mut()
                .for_each(|([_, at], _)| *at = (*at).min(hour(to)));
        };
        for line in &ledger.lines {
            let said = line.clock.unwrap_or(line.t);
            match &line.released {
                _ if line.kind == "clock-put-back" => put_back(&mut draws, said),
                Released::Completed { sent, .. } if line.by == By::Engaged { engagement } => {
                    if let Some((at, parts)) = set.take() {
                        draws[at].1 = amount(&parts[..(*sent as usize).min(parts.len())]);
                    }
                }
                Released::Parts(parts) | Released::Set(parts) if line.by == By::Engaged { engagement } => {
                    set =
                        matches!(line.released, Released::Set(_)).then_some((draws.len(), parts.as_slice()));
                    // Within a second the clock may be anywhere.
                    let latest = draws.last().map_or(i64::MIN, |([_, at], _)| *at);
                    draws.push(([hour(said).max(latest); 2], amount(parts)));
                }
                _ => {}
            }
        }
        if ledger.clock_changed(self.now) == Some("clock-put-back") {
            put_back(&mut draws, self.now);
        }
        let now = match ledger.behind_at(self.now) {
            Some(_) => self.now,
            None => self.now.max(ledger.t),
        };
        let latest = draws.last().map_or(i64::MIN, |([_, at], _)| *at);
        let now = hour(now).max(latest);
        draws.push(([now; 2], amount(parts)));
        let sum = |counts: &dyn Fn(i64) -> bool, which: usize| {
            let counted = draws.iter().filter(|(at, _)| at.iter().any(|at| counts(*at)));
            counted.map(|(_, amount)| amount[which]).sum::<u64>()
        };
        let (this_hour, today) = (|at| at == now, |at| day(at) == day(now));
        let used = [
            sum(&this_hour, 0),
            sum(&today, 0),
            sum(&this_hour, 1),
            sum(&today, 1),
        ];
        let [objects_hour, objects_day, bytes_hour, bytes_day] = e.budget;
        let ceilings = [objects_hour, objects_day, bytes_hour, bytes_day];
        parts.is_empty() || used.iter().zip(ceilings).all(|(used, most)| *used <= most)
    }

    /// The one question, without its record.
    pub(crate) fn may(
        &self,
        who: Who,
        engagement: usize,
        act: Act,
        project: Option<usize>,
        parts: &[Part],
    ) -> Result<(), Class> {
        if !self.own(who, engagement) {
            return Err(Class::NotFound);
        }
        if !self.active(engagement) {
            return Err(Class::Ended);
        }
        let e = &self.engagements[engagement];
        if !covers(e.role, act) {
            return Err(Class::NotInRole);
        }
        let whole = matches!(act, Act::Recipients | Act::Oversee | Act::Halt | Act::Resume);
        let project = project.or(e.project.filter(|_| !whole));
        let reaches = match (e.project, project) {
            (Some(own), Some(asked)) => own == asked,
            (None, Some(_)) => true,
            (Some(_), None) => false,
            (None, None) => whole,
        };
        if !reaches {
            return Err(Class::NotFound);
        }
        let stops = !matches!(act, Act::Draft | Act::Oversee | Act::Halt | Act::Resume);
        if stops && self.halted(who, engagement, project) {
            return Err(Class::Halted);
        }
        if stops && act != Act::GiveBack && self.walled(who.person, e.lab) {
            return Err(Class::Walled);
        }
        if !self.affordable(engagement, parts) {
            return Err(Class::Budget);
        }
        // A whole lab is that lab's projects, and nobody else's.
        match project.filter(|p| self.projects[*p].lab != e.lab) {
            Some(_) => Err(Class::NotFound),
            None => Ok(()),
        }
    }

    /// The one question, a refusal recorded: in the holder's lab, or as a stranger's in the installation's log.
    pub(crate) fn ask(
        &mut self,
        who: Who,
        engagement: usize,
        act: Act,
        project: Option<usize>,
        parts: &[Part],
    ) -> Result<(), Class> {
        let answer = self.may(who, engagement, act, project, parts);
        if answer.is_err() {
            self.refuse(who, engagement);
        }
        answer
    }

    /// Records a refusal.
    pub(super) fn refuse(&mut self, who: Who, engagement: usize) {
        if self.engagements[engagement].person == who.person {
            self.done(engagement, "refused", Released::Nothing);
        } else {
            self.record(None, By::Stranger, "refused", Released::Nothing);
        }
    }

    /// The project that is meant under an engagement: the one named, or its only one.
    pub(super) fn project_under(
        &mut self,
        who: Who,
        engagement: usize,
        act: Act,
        named: Option<usize>,
    ) -> Result<usize, Class> {
        if !self.own(who, engagement) {
            self.ask(who, engagement, act, named, &[])?;
        }
        let e = &self.engagements[engagement];
        let project = named.or(e.project).ok_or(Class::Invalid)?;
        if self.projects[project].lab == e.lab {
            Ok(project)
        } else {
            Err(Class::NotFound)
        }
    }

    /// Whether a caller administers the installation now.
    pub(crate) fn administers(&self, who: Who) -> bool {
        self.administration(who).is_ok()
    }

    /// The same, or why not.
    pub(super) fn administration(&self, who: Who) -> Result<(), Class> {
        let halted = self.halts.iter().any(|h| {
            let own =
                h.on == Scope::Person(who.person) || Some(h.on) == who.credential.map(Scope::Credential);
            own && self.in_effect(h)
        });
        match self.people[who.person].operator && self.bound(who).is_none() {
            false => Err(Class::NotInRole),
            true if halted => Err(Class::Halted),
            true => Ok(()),
        }
    }

    /// The engagement by which a caller speaks for a lab.
    pub(crate) fn stewardship(&self, who: Who, lab: usize) -> Option<usize> {
        let held = self.engagements.iter().enumerate();
        let mut speaking: Vec<usize> = held
            .filter(|(_, e)| e.person == who.person && e.lab == lab)
            .map(|(at, _)| at)
            .filter(|at| self.may(who, *at, Act::Oversee, None, &[]).is_ok())
            .collect();
        speaking.sort_by(|a, b| self.engagements[*a].id.cmp(&self.engagements[*b].id));
        speaking.first().copied()
    }

    /// Whether a caller sees what concerns a lab as a whole.
    pub(crate) fn oversees(&self, who: Who, lab: usize) -> bool {
        self.administers(who) || self.stewardship(who, lab).is_some()
    }

    /// The engagement by which a caller speaks for a lab, or why there is none.
    pub(super) fn steward(&self, who: Who, lab: usize) -> Result<usize, Class> {
        match self.stewardship(who, lab) {
            Some(engagement) => Ok(engagement),
            None if self.administers(who) => Err(Class::NotInRole),
            None => Err(Class::NotYours),
        }
    }
}

/// Objects and bytes.
fn amount(parts: &[Part]) -> [u64; 2] {
    [parts.len() as u64, parts.iter().map(|p| p.bytes).sum()]
}
