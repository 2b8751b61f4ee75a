//! Engagements and credentials.

use super::*;

/// What an engagement is to be.
#[derive(Debug, Clone)]
pub(crate) struct Granted {
    /// Whose.
    pub person: usize,
    /// In which lab.
    pub lab: usize,
    /// On which project; none: the whole lab.
    pub project: Option<usize>,
    /// In what role.
    pub role: Role,
    /// Until when.
    pub until: Option<Time>,
    /// How much may be read.
    pub budget: Budget,
}

impl Model {
    /// Lets operators pass; that anybody else asked is recorded.
    pub(super) fn operator(&mut self, who: Who) -> Result<(), Class> {
        self.recognised(who)?;
        self.administration(who).inspect_err(|_| self.in_vain())
    }

    /// New keys of a project: they are another's business than the model's, but for the call.
    pub(crate) fn rotate(&mut self, who: Who, project: usize, said: &Said<()>) -> Check {
        if let Err(class) = self.operator(who) {
            return refused(said, class);
        }
        allowed(*said)?;
        let lab = self.projects[project].lab;
        let by = By::Operator { person: who.person };
        self.record(Some(lab), by, "epochs-rotated", Released::Nothing);
        Ok(())
    }

    /// Somebody asked for what operators do, and may not.
    pub(super) fn in_vain(&mut self) {
        self.record(None, By::Stranger, "refused", Released::Nothing);
    }

    /// Somebody is engaged.
    pub(crate) fn engage(&mut self, who: Who, granted: Granted, said: Said<String>) -> Check {
        if let Err(class) = self.operator(who) {
            return refused(&said, class);
        }
        let speaks = granted.role == Role::Steward && self.people[granted.person].component;
        if speaks || granted.until.is_some_and(|until| until <= self.now) {
            return refused(&said, Class::Invalid);
        }
        if self.walled(granted.person, granted.lab) || self.speaks_across(&granted) {
            return refused(&said, Class::Conflict);
        }
        let same = |e: &Engagement| {
            let of = (e.person, e.lab, e.project, e.role, e.until, e.budget);
            let wanted = (granted.person, granted.lab, granted.project, granted.role);
            of == (
                wanted.0,
                wanted.1,
                wanted.2,
                wanted.3,
                granted.until,
                granted.budget,
            )
        };
        let engagements = self.engagements.iter().enumerate();
        if engagements.into_iter().any(|(at, e)| same(e) && self.active(at)) {
            return refused(&said, Class::Conflict);
        }
        let id = allowed(said)?;
        let by = By::Operator { person: who.person };
        self.record(Some(granted.lab), by, "engagement-granted", Released::Nothing);
        self.granted(id, granted);
        Ok(())
    }

    /// Takes an engagement into the list.
    pub(crate) fn granted(&mut self, id: String, granted: Granted) {
        self.engagements.push(Engagement {
            id,
            lab: granted.lab,
            project: granted.project,
            role: granted.role,
            person: granted.person,
            from: self.now,
            until: granted.until,
            ended: false,
            ended_at: None,
            budget: granted.budget,
        });
    }

    /// An engagement ends, with what runs under it.
    pub(crate) fn end(&mut self, who: Who, engagement: usize, said: &Said<()>) -> Check {
        if let Err(class) = self.operator(who) {
            return refused(said, class);
        }
        if self.people[self.engagements[engagement].person].id.is_empty() {
            return refused(said, Class::Conflict);
        }
        allowed(*said)?;
        if self.engagements[engagement].ended {
            return Ok(());
        }
        let (lab, by) = (
            self.engagements[engagement].lab,
            By::Operator { person: who.person },
        );
        self.record(Some(lab), by, "engagement-ended", Released::Nothing);
        self.stop_timers(Cause::EngagementEnded, |_, it| it == engagement);
        self.engagements[engagement].ended = true;
        self.engagements[engagement].ended_at = Some(self.now);
        if self.engagements[engagement].role == Role::Steward {
            self.spoke(engagement);
        }
        Ok(())
    }

    /// Tells the labs concerned that somebody engaged there was given a way in.
    fn tell(&mut self, by: By, person: usize, bound: Option<usize>) {
        for at in 0..self.engagements.len() {
            let e = &self.engagements[at];
            let lab = e.lab;
            let concerned = e.person == person && bound.is_none_or(|only| only == at);
            if concerned && self.active(at) {
                self.record(Some(lab), by, "holder-credential-issued", Released::Nothing);
            }
        }
    }

    /// A token for one engagement; its id, and how long it is good for.
    pub(crate) fn token(&mut self, who: Who, engagement: usize, seconds: i64, said: Said<String>) -> Check {
        if let Err(class) = self.operator(who) {
            return refused(&said, class);
        }
        // The platform's own jobs, which have no id here, need none.
        let job = self.people[self.engagements[engagement].person].id.is_empty();
        if job || !self.active(engagement) {
            return refused(&said, Class::Conflict);
        }
        let id = allowed(said)?;
        let (by, person) = (
            By::Operator { person: who.person },
            self.engagements[engagement].person,
        );
        self.record(None, by, "credential-issued", Released::Nothing);
        self.tell(by, person, Some(engagement));
        self.issued(id, person, Some(engagement), seconds);
        Ok(())
    }

    /// Takes a credential into the list.
    pub(crate) fn issued(&mut self, id: String, person: usize, bound: Option<usize>, seconds: i64) {
        self.credentials.push(Credential {
            id,
            person,
            bound,
            created: self.now,
            expires: self.now + seconds * SECOND,
            revoked: false,
            revoked_at: None,
        });
    }

    /// A login link, used at once; the session's id.
    pub(crate) fn log_in(&mut self, who: Who, person: usize, seconds: i64, said: Said<String>) -> Check {
        if let Err(class) = self.operator(who) {
            return refused(&said, class);
        }
        let id = allowed(said)?;
        let by = By::Operator { person: who.person };
        self.record(None, by, "credential-issued", Released::Nothing);
        self.tell(by, person, None);
        for kind in ["credential-revoked", "credential-issued"] {
            self.record(None, By::Platform, kind, Released::Nothing);
        }
        self.issued(id, person, None, seconds);
        Ok(())
    }

    /// A credential is revoked: one's own, or, by an operator, anybody's. What is good for one engagement revokes none that is
    /// good for more.
    pub(crate) fn revoke(&mut self, who: Who, credential: usize, said: &Said<()>) -> Check {
        let operator = self.administers(who);
        let only = self.bound(who);
        let within = only.is_none() || self.credentials[credential].bound == only;
        let own = within && self.credentials[credential].person == who.person;
        let ruled = self.recognised(who);
        if let Err(class) = ruled.and(if operator || own {
            Ok(())
        } else {
            Err(Class::NotFound)
        }) {
            return refused(said, class);
        }
        allowed(*said)?;
        if !self.credentials[credential].revoked {
            let by = if operator {
                By::Operator { person: who.person }
            } else {
                By::Platform
            };
            self.record(None, by, "credential-revoked", Released::Nothing);
            let at = self.installation.t;
            let revoked = &mut self.credentials[credential];
            (revoked.revoked, revoked.revoked_at) = (true, Some(at));
        }
        Ok(())
    }
}
