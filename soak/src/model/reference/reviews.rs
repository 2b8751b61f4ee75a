//! Taking submissions for review, and judging them.

use super::*;

pub(super) const LEASE: Time = 1_800 * SECOND;
/// After how long it is looked again whether a halt keeps an answer in a reviewer's hands.
const AGAIN: Time = 60 * SECOND;

/// How long a verdict can be taken back.
const WITHDRAWN_WITHIN: Time = 30 * SECOND;

/// A submission as it was handed to a reviewer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ShownReview {
    /// The review's id.
    pub review: String,
    /// The submission's id.
    pub submission: String,
    /// Its version.
    pub version: u32,
    /// The words of the task.
    pub task: Option<Mark>,
    /// The words of the answer.
    pub answer: Option<Mark>,
}

impl Model {
    /// Whether somebody holds, or has judged, the newest version of a submission.
    fn taken_for_review(&self, submission: usize) -> bool {
        let version = self.submissions[submission].version();
        self.reviews.iter().any(|r| {
            let this = r.submission == submission && r.version == version && !r.replaced;
            this && (r.verdict.is_some() || r.until > self.now)
        })
    }

    /// What a halt keeps reviewers from judging stays in their hands.
    fn keep_spared(&mut self, project: usize) {
        for at in 0..self.reviews.len() {
            let (review, held) = (&self.reviews[at], self.in_review(at));
            let given = &self.submissions[review.submission];
            let waits = given.version() == review.version && given.state == SubmissionState::Submitted;
            let lapsed = !review.replaced && review.verdict.is_none() && review.until <= self.now;
            if !(waits && lapsed && self.tasks[given.task].project == project) {
                continue;
            }
            if let Some(end) = self.sparing(&held, LEASE) {
                self.reviews[at].until = end.unwrap_or(self.now + AGAIN);
            }
        }
    }

    /// The reviews that an engagement has in hand: of what is still to be judged.
    fn reviews_in_hand(&self, engagement: usize) -> Vec<usize> {
        let open = |r: &Review| {
            let given = &self.submissions[r.submission];
            let mine = r.engagement == engagement && !r.replaced && r.verdict.is_none() && r.until > self.now;
            mine && given.version() == r.version && given.state == SubmissionState::Submitted
        };
        let open = self.reviews.iter().enumerate().filter(|(_, r)| open(r));
        let oldest = open.clone().map(|(_, r)| r.until).min();
        open.filter(|(_, r)| Some(r.until) == oldest)
            .map(|(at, _)| at)
            .collect()
    }

    /// Submissions that a reviewer may be handed: the oldest of those that nobody has, to tasks that they neither hold nor
    /// answered.
    fn reviewable(&self, project: usize, person: usize) -> Vec<usize> {
        let works_on = |task: usize| {
            let mut holds = self.holds.iter().filter(|h| h.task == task && h.person == person);
            holds.any(|h| matches!(h.state, HoldState::Claimed | HoldState::Submitted))
        };
        let open = |at: usize, s: &Submission| {
            let there = self.tasks[s.task].project == project && s.state == SubmissionState::Submitted;
            there && s.person != person && !works_on(s.task) && !self.taken_for_review(at)
        };
        let open = self.submissions.iter().enumerate().filter(|(at, s)| open(*at, s));
        let oldest = open.clone().map(|(_, s)| s.received).min();
        open.filter(|(_, s)| Some(s.received) == oldest)
            .map(|(at, _)| at)
            .collect()
    }

    fn review_parts(&self, submission: usize) -> Vec<Part> {
        vec![
            self.input(self.submissions[submission].task),
            self.answer(submission),
        ]
    }

    /// The next submission to judge.
    pub(crate) fn claim_review(
        &mut self,
        who: Who,
        engagement: usize,
        said: Said<Option<ShownReview>>,
    ) -> Check {
        let ruled = self.recognised(who);
        if let Err(class) = ruled.and_then(|()| self.ask(who, engagement, Act::Review, None, &[])) {
            return refused(&said, class);
        }
        let Some(project) = self.engagements[engagement].project else {
            return Err("reviews are given on one project".into());
        };
        let before: Vec<Time> = self.reviews.iter().map(|r| r.until).collect();
        self.keep_spared(project);
        let mine = self.reviews_in_hand(engagement);
        let open = if mine.is_empty() {
            self.reviewable(project, self.engagements[engagement].person)
        } else {
            Vec::new()
        };
        let held = mine.iter().map(|at| self.reviews[*at].submission);
        let could: Vec<usize> = held.chain(open.iter().copied()).collect();
        let shown = match said {
            Err(Class::Budget) => {
                let dear = could
                    .iter()
                    .any(|s| !self.affordable(engagement, &self.review_parts(*s)));
                self.refuse(who, engagement);
                for (review, until) in self.reviews.iter_mut().zip(before) {
                    review.until = until;
                }
                return if dear {
                    Ok(())
                } else {
                    Err("the budget is not used up".into())
                };
            }
            other => allowed(other)?,
        };
        let Some(shown) = shown else {
            return same("how many could be reviewed", &could.len(), &0);
        };
        let found = could
            .iter()
            .copied()
            .find(|s| self.submissions[*s].id == shown.submission);
        let Some(submission) = found else {
            return Err(format!("{shown:?} is not one that could be reviewed"));
        };
        self.take_review(engagement, submission, &mine, &shown)
    }

    fn take_review(
        &mut self,
        engagement: usize,
        submission: usize,
        mine: &[usize],
        shown: &ShownReview,
    ) -> Check {
        let given = &self.submissions[submission];
        let parts = self.review_parts(submission);
        let expected = ShownReview {
            review: mine
                .iter()
                .find(|at| self.reviews[**at].submission == submission)
                .map_or(&shown.review, |at| &self.reviews[*at].id)
                .clone(),
            submission: given.id.clone(),
            version: given.version(),
            task: parts[0].mark,
            answer: parts[1].mark,
        };
        same("the review", shown, &expected)?;
        if !self.affordable(engagement, &parts) {
            return Err("more was released than the budget allows".into());
        }
        self.done(engagement, "review-released", Released::Parts(parts));
        if mine.is_empty() {
            let version = expected.version;
            for before in &mut self.reviews {
                before.replaced |= before.submission == submission && before.version == version;
            }
            self.reviews.push(Review {
                id: expected.review,
                submission,
                version,
                engagement,
                until: self.now + LEASE,
                verdict: None,
                comment: None,
                given: None,
                replaced: false,
            });
        }
        Ok(())
    }

    /// A verdict.
    pub(crate) fn judge(
        &mut self,
        who: Who,
        review: usize,
        under: usize,
        (verdict, comment): (Verdict, Option<(Mark, u64)>),
        said: Said<SubmissionState>,
    ) -> Check {
        let mut ruled = self.recognised(who);
        if comment.is_none() && verdict != Verdict::Accept {
            ruled = ruled.and(Err(Class::Invalid));
        }
        if comment.is_some() {
            ruled = ruled.and_then(|()| self.project_under(who, under, Act::Review, None).map(|_| ()));
        }
        if let Err(class) = ruled.and_then(|()| self.ask(who, under, Act::Review, None, &[])) {
            return refused(&said, class);
        }
        let held = self.reviews[review].clone();
        if held.engagement != under || held.replaced {
            return refused(&said, Class::NotFound);
        }
        let given = &self.submissions[held.submission];
        let fresh = given.state == SubmissionState::Submitted && given.version() == held.version;
        if held.verdict.is_some() || !fresh {
            return refused(&said, Class::Conflict);
        }
        let state = match verdict {
            Verdict::Accept => SubmissionState::Accepted,
            Verdict::Return => SubmissionState::Returned,
            Verdict::Reject => SubmissionState::Rejected,
        };
        same("the submission's state", &allowed(said)?, &state)?;
        self.done(under, "review-given", Released::Nothing);
        self.submissions[held.submission].state = state;
        let given = Some(self.now);
        let review = &mut self.reviews[review];
        (review.verdict, review.comment, review.given) = (Some(verdict), comment, given);
        Ok(())
    }

    /// A verdict is taken back.
    pub(crate) fn withdraw(&mut self, who: Who, review: usize, under: usize, said: Said<()>) -> Check {
        let ruled = self.recognised(who);
        if let Err(class) = ruled.and_then(|()| self.ask(who, under, Act::Review, None, &[])) {
            return refused(&said, class);
        }
        let held = self.reviews[review].clone();
        if held.engagement != under || held.replaced {
            return refused(&said, Class::NotFound);
        }
        if !self.is_fresh(&held) {
            return refused(&said, Class::Conflict);
        }
        allowed(said)?;
        self.done(under, "review-withdrawn", Released::Nothing);
        let given = &mut self.submissions[held.submission];
        given.state = SubmissionState::Submitted;
        given.withdrawn = match given.withdrawn {
            (version, times) if version == held.version => (version, times + 1),
            _ => (held.version, 1),
        };
        let review = &mut self.reviews[review];
        (review.verdict, review.comment, review.given) = (None, None, None);
        review.until = self.now + LEASE;
        Ok(())
    }

    /// Whether a verdict was given just now, and nothing was built on it.
    fn is_fresh(&self, held: &Review) -> bool {
        let (Some(verdict), Some(at)) = (held.verdict, held.given) else {
            return false;
        };
        let given = &self.submissions[held.submission];
        let stands = match verdict {
            Verdict::Accept => SubmissionState::Accepted,
            Verdict::Return => SubmissionState::Returned,
            Verdict::Reject => SubmissionState::Rejected,
        };
        let untouched = given.version() == held.version && given.state == stands;
        let often = given.withdrawn.0 == held.version && given.withdrawn.1 >= 5;
        let free = match verdict {
            Verdict::Accept => true,
            Verdict::Return => self.holds[given.hold].draft.is_none(),
            Verdict::Reject => self.taken(given.task) < self.projects[self.tasks[given.task].project].overlap,
        };
        self.now <= at + WITHDRAWN_WITHIN && untouched && !often && free
    }
}
