//! The platform's own jobs, and what a lab decides.

use std::collections::BTreeMap;

use super::*;

/// A delivery that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Delivered {
    /// Its id.
    pub id: String,
    /// Its rows.
    pub rows: u64,
    /// Answered tasks without a row.
    pub left_out: u64,
}

/// What was measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Measured {
    /// Tasks with a label.
    pub items: u64,
    /// Labels.
    pub labels: u64,
}

/// What a project's page says of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Counts {
    /// Tasks: all, those that somebody might be handed, and those that are answered often enough.
    pub tasks: [u64; 3],
    /// Submissions: handed in, accepted, returned, rejected, given up.
    pub submissions: [u64; 5],
}

impl Model {
    fn overseen(&self, who: Who, lab: usize) -> Result<(), Class> {
        self.recognised(who)?;
        self.oversees(who, lab).then_some(()).ok_or(Class::NotYours)
    }

    /// The engagement of one of the platform's own jobs.
    pub(super) fn job(&self, project: usize, purpose: Purpose) -> Option<(Who, usize)> {
        let own = |e: &Engagement| {
            let job = self.people[e.person].id.is_empty();
            job && e.project == Some(project) && e.role == Role::Integration(purpose)
        };
        let engagement = self.engagements.iter().position(own)?;
        let person = self.engagements[engagement].person;
        Some((
            Who {
                person,
                credential: None,
            },
            engagement,
        ))
    }

    /// The choice with more than half of the votes.
    fn majority(&self, given: &[usize]) -> Option<&'static str> {
        let mut votes: BTreeMap<&'static str, usize> = BTreeMap::new();
        for answer in given.iter().filter_map(|s| self.submissions[*s].answers.last()) {
            *votes.entry(answer.choice).or_default() += 1;
        }
        votes
            .into_iter()
            .find(|(_, n)| n * 2 > given.len())
            .map(|(choice, _)| choice)
    }

    /// Tasks that make a row, what is read for that, and how many answered tasks make none.
    fn deliverable(&self, project: usize) -> (Vec<usize>, Vec<Part>, u64) {
        let (mut rows, mut parts, mut left_out) = (Vec::new(), Vec::new(), 0);
        for task in self.projects[project].tasks.iter().copied() {
            let given = self.answers_to(task);
            let back = given
                .iter()
                .any(|s| self.submissions[*s].state == SubmissionState::Returned);
            if given.is_empty() {
                continue;
            }
            if back || given.len() < self.projects[project].overlap {
                left_out += 1;
                continue;
            }
            parts.push(self.input(task));
            parts.extend(given.iter().map(|s| self.answer(*s)));
            match self.majority(&given) {
                Some("a" | "b") => rows.push(task),
                _ => left_out += 1,
            }
        }
        (rows, parts, left_out)
    }

    /// Whether a job reads a project for somebody: for an operator, and for a steward who might read a delivery of it now.
    fn may_have_read(&mut self, who: Who, project: usize) -> Result<(), Class> {
        let lab = self.projects[project].lab;
        self.overseen(who, lab)?;
        if self.administers(who) {
            return Ok(());
        }
        let engagement = self.steward(who, lab)?;
        self.ask(who, engagement, Act::Decide, Some(project), &[])
    }

    /// A delivery is made by the platform's job.
    pub(crate) fn deliver(&mut self, who: Who, project: usize, said: Said<Delivered>) -> Check {
        let lab = self.projects[project].lab;
        if let Err(class) = self.may_have_read(who, project) {
            return refused(&said, class);
        }
        let (job, engagement) = self.job(project, Purpose::Delivery).ok_or("the job is missing")?;
        let ruled = self.read_template(job, engagement, project).and_then(|()| {
            if !self.labs[lab].recipients {
                return Err(Class::Conflict);
            }
            let parts = self.deliverable(project).1;
            self.ask(job, engagement, Act::Deliver, Some(project), &parts)
        });
        if let Err(class) = ruled {
            return refused(&said, class);
        }
        let (rows, parts, left_out) = self.deliverable(project);
        let most = parts.len() as u64;
        self.done(engagement, "read-intended", Released::Set(parts));
        self.done(
            engagement,
            "read-completed",
            Released::Completed { sent: most, most },
        );
        if rows.is_empty() {
            return refused(&said, Class::Conflict);
        }
        let said = allowed(said)?;
        let expected = Delivered {
            id: said.id.clone(),
            rows: rows.len() as u64,
            left_out,
        };
        same("the delivery", &said, &expected)?;
        self.done(engagement, "delivery-made", Released::Nothing);
        let row = |task| {
            let given = self.answers_to(task).into_iter();
            Row {
                answers: given.map(|s| (s, self.submissions[s].version())).collect(),
                returned: None,
            }
        };
        let rows = rows.into_iter().map(row).collect();
        self.deliveries.push(Delivery {
            id: said.id,
            project,
            rows,
            decided: false,
        });
        Ok(())
    }

    /// Agreement is measured by the platform's job.
    pub(crate) fn agreement(&mut self, who: Who, project: usize, said: Said<Measured>) -> Check {
        if let Err(class) = self.may_have_read(who, project) {
            return refused(&said, class);
        }
        let (job, engagement) = self
            .job(project, Purpose::Agreement)
            .ok_or("the job is missing")?;
        let tasks = self.projects[project].tasks.iter();
        let answers: Vec<Vec<usize>> = tasks.map(|task| self.answers_to(*task)).collect();
        let parts: Vec<Part> = answers.iter().flatten().map(|s| self.answer(*s)).collect();
        let ruled = self
            .read_template(job, engagement, project)
            .and_then(|()| self.ask(job, engagement, Act::Agreement, Some(project), &parts));
        if let Err(class) = ruled {
            return refused(&said, class);
        }
        let most = parts.len() as u64;
        let expected = Measured {
            items: answers.iter().filter(|given| !given.is_empty()).count() as u64,
            labels: most,
        };
        same("what was measured", &allowed(said)?, &expected)?;
        self.done(engagement, "read-intended", Released::Set(parts));
        self.done(
            engagement,
            "read-completed",
            Released::Completed { sent: most, most },
        );
        Ok(())
    }

    /// By which engagement a caller decides on a delivery.
    fn decides(&self, who: Who, delivery: usize) -> Result<usize, Class> {
        let lab = self.projects[self.deliveries[delivery].project].lab;
        self.overseen(who, lab)?;
        self.steward(who, lab)
    }

    /// The lab takes a delivery.
    pub(crate) fn accept(&mut self, who: Who, delivery: usize, said: &Said<()>) -> Check {
        let project = self.deliveries[delivery].project;
        let ruled = self.decides(who, delivery).and_then(|engagement| {
            self.ask(who, engagement, Act::Decide, Some(project), &[])
                .map(|()| engagement)
        });
        match ruled {
            Err(class) => refused(said, class),
            Ok(_) if self.deliveries[delivery].decided => refused(said, Class::Conflict),
            Ok(engagement) => {
                allowed(*said)?;
                self.deliveries[delivery].decided = true;
                self.done(engagement, "delivery-accepted", Released::Nothing);
                Ok(())
            }
        }
    }

    /// The lab sends rows back, from 1, each with its reason: the work behind them goes back to its authors.
    pub(crate) fn return_rows(
        &mut self,
        who: Who,
        delivery: usize,
        rows: &[(usize, Mark, u64)],
        said: &Said<()>,
    ) -> Check {
        let project = self.deliveries[delivery].project;
        let ruled = self.decides(who, delivery).and_then(|engagement| {
            if rows.is_empty() {
                return Err(Class::Invalid);
            }
            self.ask(who, engagement, Act::Decide, Some(project), &[])
                .map(|()| engagement)
        });
        let engagement = match ruled {
            Err(class) => return refused(said, class),
            Ok(_) if self.deliveries[delivery].decided => return refused(said, Class::Conflict),
            Ok(engagement) => engagement,
        };
        let there = |number: usize| number >= 1 && number <= self.deliveries[delivery].rows.len();
        let mut numbers: Vec<usize> = rows.iter().map(|(number, ..)| *number).collect();
        numbers.sort_unstable();
        numbers.dedup();
        if numbers.len() != rows.len() || !numbers.into_iter().all(there) {
            return refused(said, Class::Invalid);
        }
        allowed(*said)?;
        self.done(engagement, "delivery-rows-returned", Released::Nothing);
        for (number, mark, bytes) in rows {
            let row = &mut self.deliveries[delivery].rows[*number - 1];
            row.returned = Some((self.now, *mark, *bytes));
            let answers = row.answers.clone();
            self.send_back(engagement, &answers);
        }
        self.deliveries[delivery].decided = true;
        Ok(())
    }

    fn send_back(&mut self, engagement: usize, answers: &[(usize, u32)]) {
        for (at, version) in answers {
            let given = &mut self.submissions[*at];
            let delivered = matches!(
                given.state,
                SubmissionState::Submitted | SubmissionState::Accepted
            );
            if given.version() == *version && delivered {
                given.state = SubmissionState::Returned;
                self.done(engagement, "submission-sent-back", Released::Nothing);
            }
        }
    }

    /// The lab reads its reasons again.
    pub(crate) fn reasons(
        &mut self,
        who: Who,
        delivery: usize,
        said: Said<Vec<(usize, Option<Mark>)>>,
    ) -> Check {
        let made = &self.deliveries[delivery];
        let (mut parts, mut expected) = (Vec::new(), Vec::new());
        for (row, sent) in made.rows.iter().enumerate() {
            if let Some((_, mark, bytes)) = sent.returned {
                let object = Object::Reason { delivery, row };
                let mark = Some(mark);
                parts.push(Part {
                    object,
                    version: 1,
                    bytes,
                    mark,
                });
                expected.push((row + 1, mark));
            }
        }
        let project = made.project;
        let ruled = self.decides(who, delivery).and_then(|engagement| {
            self.ask(who, engagement, Act::Decide, Some(project), &parts)
                .map(|()| engagement)
        });
        match ruled {
            Err(class) => refused(&said, class),
            Ok(engagement) => {
                same("the reasons", &allowed(said)?, &expected)?;
                if !parts.is_empty() {
                    self.done(engagement, "objects-released", Released::Parts(parts));
                }
                Ok(())
            }
        }
    }

    /// The lab names whom its deliveries are encrypted to.
    pub(crate) fn set_recipients(&mut self, who: Who, lab: usize, fit: bool, said: &Said<()>) -> Check {
        let ruled = self.recognised(who).and_then(|()| self.steward(who, lab));
        let ruled = ruled.and_then(|engagement| {
            if !fit {
                return Err(Class::Invalid);
            }
            self.ask(who, engagement, Act::Recipients, None, &[])
                .map(|()| engagement)
        });
        match ruled {
            Err(class) => refused(said, class),
            Ok(engagement) => {
                allowed(*said)?;
                self.labs[lab].recipients = true;
                self.done(engagement, "recipients-set", Released::Nothing);
                Ok(())
            }
        }
    }

    /// How a project stands.
    pub(crate) fn counts(&self, project: usize) -> Counts {
        use SubmissionState as S;
        let tasks = &self.projects[project].tasks;
        let overlap = self.projects[project].overlap;
        let open = tasks.iter().filter(|t| self.taken(**t) < overlap).count() as u64;
        let done = tasks
            .iter()
            .filter(|t| {
                let given = self.answers_to(**t).into_iter();
                given
                    .filter(|at| self.submissions[*at].state != S::Returned)
                    .count()
                    >= overlap
            })
            .count() as u64;
        let in_state = |state| {
            let given = self
                .submissions
                .iter()
                .filter(|s| self.tasks[s.task].project == project);
            given.filter(|s| s.state == state).count() as u64
        };
        Counts {
            tasks: [tasks.len() as u64, open, done],
            submissions: [S::Submitted, S::Accepted, S::Returned, S::Rejected, S::Lapsed].map(in_state),
        }
    }

    /// A project's page.
    pub(crate) fn project(&self, who: Who, project: usize, said: Said<Counts>) -> Check {
        match self.overseen(who, self.projects[project].lab) {
            Err(class) => refused(&said, class),
            Ok(()) => same("the project", &allowed(said)?, &self.counts(project)),
        }
    }
}
