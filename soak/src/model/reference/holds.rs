//! Taking tasks, drafting, handing in, giving back.

use super::*;

/// A task as it was handed to somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Shown {
    /// The hold's id.
    pub hold: String,
    /// The task's id.
    pub id: String,
    /// The words of its input.
    pub task: Option<Mark>,
    /// The end of the lease.
    pub until: Option<Time>,
    /// The words of the draft.
    pub draft: Option<(Option<Mark>, Time)>,
    /// What is to be mended.
    pub rework: Option<ShownRework>,
    /// The guideline's version.
    pub guideline: u32,
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ShownRework {
    /// The submission's id.
    pub submission: String,
    /// The version that came back.
    pub version: u32,
    /// The words of the answer.
    pub answer: Option<Mark>,
    /// Why: whether it is the lab that says it, and not a reviewer, and its words.
    pub remarks: Vec<(bool, Option<Mark>)>,
}

impl Model {
    /// Why a submission is back: a reviewer's comment on this version, then the lab's reasons, the oldest first.
    fn why_back(&self, submission: usize) -> Vec<(bool, Part)> {
        let given = &self.submissions[submission];
        let verdict = self.reviews.iter().enumerate().find(|(_, r)| {
            let this = r.submission == submission && r.version == given.version() && !r.replaced;
            this && r.verdict == Some(Verdict::Return)
        });
        let comment =
            verdict.and_then(|(review, r)| r.comment.map(|said| (Object::Comment { review }, said)));
        let part = |(object, (mark, bytes))| Part {
            object,
            version: 1,
            bytes,
            mark: Some(mark),
        };
        let reasons = self.reasons_for((submission, given.version()));
        let reasons = reasons.into_iter().map(|said| (true, part(said)));
        comment
            .map(|said| (false, part(said)))
            .into_iter()
            .chain(reasons)
            .collect()
    }

    /// The lab's words on the rows that a version of an answer was sent back in.
    fn reasons_for(&self, answer: (usize, u32)) -> Vec<(Object, (Mark, u64))> {
        let mut reasons = Vec::new();
        for (delivery, made) in self.deliveries.iter().enumerate() {
            let with = made
                .rows
                .iter()
                .enumerate()
                .filter(|(_, r)| r.answers.contains(&answer));
            for (row, sent) in with {
                if let Some((at, mark, bytes)) = sent.returned {
                    reasons.push((
                        (at, &made.id, row),
                        Object::Reason { delivery, row },
                        (mark, bytes),
                    ));
                }
            }
        }
        reasons.sort_by(|a, b| a.0.cmp(&b.0));
        reasons
            .into_iter()
            .map(|(_, object, said)| (object, said))
            .collect()
    }

    /// What is to be released of a hold.
    fn parts_of(&self, hold: usize, under: usize) -> Vec<Part> {
        let found = &self.holds[hold];
        let mut parts = vec![self.input(found.task)];
        let kept = found.draft.map(|draft| (hold, draft));
        let left = || self.left(found.task, found.person, under);
        parts.extend(kept.or_else(left).map(|kept| self.draft_part(kept)));
        if let Some(back) = self.back(hold) {
            parts.push(self.answer(back));
            parts.extend(self.why_back(back).into_iter().map(|(_, part)| part));
        }
        parts
    }

    fn draft_part(&self, (hold, draft): (usize, Draft)) -> Part {
        Part {
            object: Object::Draft {
                hold,
                which: self.holds[hold].drafts,
            },
            version: draft.version,
            bytes: draft.bytes,
            mark: Some(draft.mark),
        }
    }

    /// The newest draft that somebody left when their time for a task ran out, as far as they may go on with it, and of which hold.
    fn left(&self, task: usize, person: usize, under: usize) -> Option<(usize, Draft)> {
        let own = self.holds.iter().enumerate();
        let own = own.filter(|(_, h)| h.task == task && h.person == person && h.state == HoldState::Expired);
        let left = own.filter_map(|(at, h)| h.draft.map(|draft| (at, draft)));
        let newest = left.max_by_key(|(_, draft)| draft.saved);
        newest.filter(|(at, _)| self.goes_on(*at, under))
    }

    /// The submission of a hold, when it is back with its author.
    fn back(&self, hold: usize) -> Option<usize> {
        let given = self.holds[hold].submission?;
        (self.submissions[given].state == SubmissionState::Returned).then_some(given)
    }

    /// What a hold has to look like.
    fn looks(&self, hold: usize, under: usize) -> Shown {
        let found = &self.holds[hold];
        let left = || self.left(found.task, found.person, under).map(|(_, draft)| draft);
        let project = &self.projects[self.tasks[found.task].project];
        let rework = self.back(hold).map(|back| {
            let given = &self.submissions[back];
            let why = self.why_back(back).into_iter();
            ShownRework {
                submission: given.id.clone(),
                version: given.version(),
                answer: self.answer(back).mark,
                remarks: why.map(|(by_lab, part)| (by_lab, part.mark)).collect(),
            }
        });
        Shown {
            hold: found.id.clone(),
            id: self.tasks[found.task].id.clone().unwrap_or_default(),
            task: Some(self.tasks[found.task].mark),
            until: self.back(hold).is_none().then(|| self.lease_end(hold)),
            draft: found.draft.or_else(left).map(|d| (Some(d.mark), d.saved)),
            rework,
            guideline: project.guideline.map_or(0, |(version, ..)| version),
        }
    }

    /// Holds what was shown of a hold against what has to be, and records the release.
    fn released(&mut self, hold: usize, engagement: usize, shown: &Shown) -> Check {
        let task = self.holds[hold].task;
        let known = self.tasks[task]
            .id
            .get_or_insert_with(|| shown.id.clone())
            .clone();
        same("the task's id", &shown.id, &known)?;
        same("the task shown", shown, &self.looks(hold, engagement))?;
        let parts = self.parts_of(hold, engagement);
        if !self.affordable(engagement, &parts) {
            return Err("more was released than the budget allows".into());
        }
        self.done(engagement, "task-released", Released::Parts(parts));
        // What its holder is told holds.
        if self.back(hold).is_none() {
            self.holds[hold].until = self.lease_end(hold);
        }
        Ok(())
    }

    fn oldest(&self, of: impl Iterator<Item = usize>, age: impl Fn(usize) -> Time) -> Vec<usize> {
        let all: Vec<usize> = of.collect();
        let oldest = all.iter().map(|at| age(*at)).min();
        all.into_iter().filter(|at| Some(age(*at)) == oldest).collect()
    }

    fn lease_end(&self, hold: usize) -> Time {
        let held = self.claimed_hold(hold);
        let spared = self.sparing(&held, self.lease_of(hold)).flatten();
        spared.unwrap_or(self.holds[hold].until)
    }

    fn expired(&self, project: usize) -> Vec<usize> {
        let spared = |at: usize| self.sparing(&self.claimed_hold(at), self.lease_of(at)).is_some();
        let over = |h: &Hold| h.state == HoldState::Claimed && h.until <= self.now;
        let held = self.holds.iter().enumerate();
        held.filter(|(at, h)| self.tasks[h.task].project == project && over(h) && !spared(*at))
            .map(|(at, _)| at)
            .collect()
    }

    pub(super) fn lease_of(&self, hold: usize) -> Time {
        self.projects[self.tasks[self.holds[hold].task].project].lease
    }

    /// Tasks that may be handed to somebody: with a slot left, not one they have had, unless their time for it ran out,
    /// and not one of which they were handed somebody's answer to review, unless that went on to another reviewer.
    fn open_tasks(&self, project: usize, person: usize) -> Vec<usize> {
        let overlap = self.projects[project].overlap;
        let had = |task: usize| {
            let mut holds = self.holds.iter().filter(|h| h.task == task && h.person == person);
            holds.any(|h| h.state != HoldState::Expired)
        };
        let judges = |task: usize| {
            let mut reviews = self.reviews.iter().filter(|r| !r.replaced);
            reviews.any(|r| {
                self.submissions[r.submission].task == task && self.engagements[r.engagement].person == person
            })
        };
        let tasks = self.projects[project].tasks.iter().copied();
        tasks
            .filter(|t| self.taken(*t) < overlap && !had(*t) && !judges(*t))
            .collect()
    }

    /// The next task: one that came back, one still in hand, or a new one.
    pub(crate) fn claim(&mut self, who: Who, engagement: usize, said: Said<Option<Shown>>) -> Check {
        let ruled = self.recognised(who);
        if let Err(class) = ruled.and_then(|()| self.ask(who, engagement, Act::Work, None, &[])) {
            return refused(&said, class);
        }
        let Some(project) = self.engagements[engagement].project else {
            return Err("work is done on one project".into());
        };
        let given = self.submissions.iter().enumerate();
        let mine = |s: &Submission| s.state == SubmissionState::Returned && self.goes_on(s.hold, engagement);
        let back = given.filter(|(_, s)| mine(s));
        let back = self.oldest(back.map(|(at, _)| at), |at| self.submissions[at].received);
        let expired = if back.is_empty() {
            self.expired(project)
        } else {
            Vec::new()
        };
        self.set_state(&expired, HoldState::Expired);
        let mine = |at: &usize| self.holds[*at].state == HoldState::Claimed && self.goes_on(*at, engagement);
        let held = (0..self.holds.len()).filter(mine);
        let held = self.oldest(held, |at| self.holds[at].claimed);
        let right: Vec<usize> = if back.is_empty() {
            held
        } else {
            back.iter().map(|at| self.submissions[*at].hold).collect()
        };
        let person = self.engagements[engagement].person;
        let mut open = Vec::new();
        let (mut lapsed, mut freed) = (Vec::new(), Vec::new());
        if right.is_empty() {
            open = self.open_tasks(project, person);
            if open.is_empty() {
                (lapsed, freed) = self.free(project);
                open = self.open_tasks(project, person);
            }
        }
        match said {
            // Nothing of a refused claim was done: leases that ran out stay with their holders until the next one.
            Err(Class::Budget) => {
                let dear = self.too_dear(engagement, &right, &open);
                self.set_state(&expired, HoldState::Claimed);
                self.set_state(&freed, HoldState::Claimed);
                self.set_submissions(&lapsed, SubmissionState::Returned);
                self.refuse(who, engagement);
                if dear {
                    Ok(())
                } else {
                    Err("the budget is not used up".into())
                }
            }
            Err(class) => Err(format!("the claim was refused ({class:?})")),
            Ok(shown) => {
                // What makes room for it is recorded before it.
                let lab = self.engagements[engagement].lab;
                for _ in lapsed {
                    self.record(Some(lab), By::Platform, "submission-lapsed", Released::Nothing);
                }
                for _ in expired.iter().chain(&freed) {
                    self.record(Some(lab), By::Platform, "task-returned", Released::Nothing);
                }
                self.claimed(engagement, &right, &open, shown)
            }
        }
    }

    /// Under which engagement somebody has a hold, or handed its answer in.
    fn had_under(&self, hold: usize) -> usize {
        let given = self.holds[hold].submission.map(|at| &self.submissions[at]);
        given.map_or(self.holds[hold].engagement, |given| given.engagement)
    }

    /// Whether a hold is gone on with under an engagement: its own, or, once that has ended, another of the same person's for the
    /// same project.
    fn goes_on(&self, hold: usize, under: usize) -> bool {
        let (own, under_is) = (self.had_under(hold), &self.engagements[under]);
        let same_place = under_is.project == Some(self.tasks[self.holds[hold].task].project);
        own == under || same_place && under_is.person == self.holds[hold].person && !self.active(own)
    }

    /// Whether nobody will go on with a hold of a project: its engagement has ended, and the person has no other as an author.
    fn is_gone(&self, hold: usize, project: usize) -> bool {
        let person = self.holds[hold].person;
        let mut others = (0..self.engagements.len()).filter(|at| {
            let e = &self.engagements[*at];
            e.person == person && e.project == Some(project) && e.role == Role::Author
        });
        !self.active(self.had_under(hold)) && !others.any(|at| self.active(at))
    }

    /// Frees what waits for people who are gone: the answers that are given up, and the holds that end.
    fn free(&mut self, project: usize) -> (Vec<usize>, Vec<usize>) {
        let here = |hold: &usize| self.tasks[self.holds[*hold].task].project == project;
        let holds = (0..self.holds.len()).filter(here);
        let gone: Vec<usize> = holds.filter(|hold| self.is_gone(*hold, project)).collect();
        let lapsed: Vec<usize> = gone.iter().filter_map(|hold| self.back(*hold)).collect();
        let claimed = |hold: &usize| self.holds[*hold].state == HoldState::Claimed;
        let freed: Vec<usize> = gone.into_iter().filter(claimed).collect();
        self.set_submissions(&lapsed, SubmissionState::Lapsed);
        self.set_state(&freed, HoldState::Expired);
        (lapsed, freed)
    }

    fn set_submissions(&mut self, submissions: &[usize], state: SubmissionState) {
        for at in submissions {
            self.submissions[*at].state = state;
        }
    }

    fn set_state(&mut self, holds: &[usize], state: HoldState) {
        for at in holds {
            self.holds[*at].state = state;
        }
    }

    fn too_dear(&self, engagement: usize, right: &[usize], open: &[usize]) -> bool {
        let held = right.iter().map(|hold| self.parts_of(*hold, engagement));
        let person = self.engagements[engagement].person;
        let fresh = open.iter().map(|task| {
            let left = self.left(*task, person, engagement);
            let left = left.map(|kept| self.draft_part(kept));
            [self.input(*task)].into_iter().chain(left).collect()
        });
        let mut lists = held.chain(fresh);
        lists.any(|parts| !self.affordable(engagement, &parts))
    }

    fn claimed(&mut self, engagement: usize, right: &[usize], open: &[usize], shown: Option<Shown>) -> Check {
        let Some(shown) = shown else {
            return same("the tasks that could be had", &(right.len(), open.len()), &(0, 0));
        };
        if let Some(hold) = right.iter().find(|at| self.holds[**at].id == shown.hold) {
            return self.released(*hold, engagement, &shown);
        }
        let fits = |task: &&usize| Some(self.tasks[**task].mark) == shown.task;
        let Some(task) = open.iter().find(fits).copied() else {
            return Err(format!("{shown:?} is not one of the tasks that could be had"));
        };
        let person = self.engagements[engagement].person;
        self.holds.push(Hold {
            id: shown.hold.clone(),
            task,
            engagement,
            person,
            claimed: self.now,
            until: self.now + self.projects[self.tasks[task].project].lease,
            state: HoldState::Claimed,
            draft: None,
            drafts: 0,
            submission: None,
        });
        self.released(self.holds.len() - 1, engagement, &shown)
    }

    fn in_hand(&self, hold: usize) -> bool {
        self.back(hold).is_some() || self.holds[hold].state == HoldState::Claimed
    }

    /// A held task is opened again.
    pub(crate) fn reopen(&mut self, who: Who, hold: usize, under: usize, said: Said<Shown>) -> Check {
        let ruled = self.recognised(who);
        if let Err(class) = ruled.and_then(|()| self.ask(who, under, Act::Work, None, &[])) {
            return refused(&said, class);
        }
        if !self.goes_on(hold, under) {
            return refused(&said, Class::NotFound);
        }
        if !self.in_hand(hold) {
            return refused(&said, Class::Conflict);
        }
        if said == Err(Class::Budget) {
            self.refuse(who, under);
            let dear = self.too_dear(under, &[hold], &[]);
            return if dear {
                Ok(())
            } else {
                Err("the budget is not used up".into())
            };
        }
        self.released(hold, under, &allowed(said)?)
    }

    /// What was typed so far is kept, sealed; also while work is halted.
    pub(crate) fn draft(
        &mut self,
        who: Who,
        hold: usize,
        under: usize,
        words: (Mark, u64),
        said: Said<Time>,
    ) -> Check {
        let ruled = self.recognised(who);
        if let Err(class) = ruled.and_then(|()| self.ask(who, under, Act::Draft, None, &[])) {
            return refused(&said, class);
        }
        if !self.goes_on(hold, under) {
            return refused(&said, Class::NotFound);
        }
        if !self.in_hand(hold) {
            return refused(&said, Class::Conflict);
        }
        same("the time of the draft", &allowed(said)?, &self.now)?;
        let (mark, bytes) = words;
        let saved = self.now;
        let version = self.holds[hold].draft.map_or(1, |d| d.version + 1);
        self.holds[hold].draft = Some(Draft {
            mark,
            bytes,
            version,
            saved,
        });
        Ok(())
    }

    /// What was drafted for a task by the holder of a hold is gone, also under earlier holds.
    fn drop_drafts(&mut self, hold: usize) {
        let (task, person) = (self.holds[hold].task, self.holds[hold].person);
        let own = self
            .holds
            .iter_mut()
            .filter(|h| h.task == task && h.person == person);
        for hold in own {
            if hold.draft.take().is_some() {
                hold.drafts += 1;
            }
        }
    }

    /// An answer is handed in; its id and version. `fits`: whether the template takes it.
    pub(crate) fn submit(
        &mut self,
        who: Who,
        hold: usize,
        under: usize,
        (answer, fits): (Answer, bool),
        said: Said<(String, u32)>,
    ) -> Check {
        let ruled = self.recognised(who);
        if let Err(class) = ruled.and_then(|()| self.ask(who, under, Act::Work, None, &[])) {
            return refused(&said, class);
        }
        if !self.goes_on(hold, under) {
            return refused(&said, Class::NotFound);
        }
        let project = self.tasks[self.holds[hold].task].project;
        if let Err(class) = self.read_template(who, under, project) {
            return refused(&said, class);
        }
        if !fits {
            return refused(&said, Class::Invalid);
        }
        if !self.in_hand(hold) {
            return refused(&said, Class::Conflict);
        }
        let (id, version) = allowed(said)?;
        self.done(under, "submission-received", Released::Nothing);
        self.drop_drafts(hold);
        let at = self.keep_answer(hold, under, answer, &id);
        let given = &self.submissions[at];
        same(
            "the submission",
            &(id, version),
            &(given.id.clone(), given.version()),
        )
    }

    fn keep_answer(&mut self, hold: usize, under: usize, answer: Answer, id: &str) -> usize {
        let received = self.now;
        if let Some(at) = self.holds[hold].submission {
            let given = &mut self.submissions[at];
            given.answers.push(answer);
            given.state = SubmissionState::Submitted;
            given.engagement = under;
            given.received = received;
            return at;
        }
        let held = &mut self.holds[hold];
        held.state = HoldState::Submitted;
        held.submission = Some(self.submissions.len());
        self.submissions.push(Submission {
            id: id.to_owned(),
            hold,
            task: held.task,
            engagement: under,
            person: held.person,
            state: SubmissionState::Submitted,
            received,
            withdrawn: (0, 0),
            answers: vec![answer],
        });
        self.submissions.len() - 1
    }

    /// A task is given back unanswered.
    pub(crate) fn give_back(&mut self, who: Who, hold: usize, under: usize, said: &Said<()>) -> Check {
        let ruled = self.recognised(who);
        if let Err(class) = ruled.and_then(|()| self.ask(who, under, Act::GiveBack, None, &[])) {
            return refused(said, class);
        }
        if !self.goes_on(hold, under) {
            return refused(said, Class::NotFound);
        }
        if let Some(back) = self.back(hold) {
            allowed(*said)?;
            self.submissions[back].state = SubmissionState::Lapsed;
            self.drop_drafts(hold);
            self.done(under, "submission-lapsed", Released::Nothing);
            return Ok(());
        }
        if self.holds[hold].state != HoldState::Claimed {
            return refused(said, Class::Conflict);
        }
        allowed(*said)?;
        self.holds[hold].state = HoldState::Skipped;
        self.drop_drafts(hold);
        self.done(under, "task-returned", Released::Nothing);
        Ok(())
    }

    /// One's holds under an engagement, and how they stand.
    pub(crate) fn assignments(
        &self,
        who: Who,
        engagement: usize,
        said: Said<Vec<(String, HoldState)>>,
    ) -> Check {
        let own = self.own(who, engagement);
        let ruled = self.recognised(who);
        if let Err(class) = ruled.and(if own { Ok(()) } else { Err(Class::NotFound) }) {
            return refused(&said, class);
        }
        let own = self.holds.iter().filter(|h| h.engagement == engagement);
        let mut expected: Vec<_> = own.map(|h| (h.id.clone(), h.state)).collect();
        let mut said = allowed(said)?;
        expected.sort_by(|a, b| a.0.cmp(&b.0));
        said.sort_by(|a, b| a.0.cmp(&b.0));
        same("the holds", &said, &expected)
    }
}
