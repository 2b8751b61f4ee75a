//! What was in somebody's hands when their engagement ended: theirs again once they are engaged anew, and others' when nothing
//! else is left to do.

use cofferdam_custody::{GateError, Scope};
use cofferdam_model::work::ReturnCause;
use cofferdam_model::{Authority, Engagement, EngagementId, Fact, PrincipalId, ProjectId, Role, Timestamp};
use cofferdam_store::engagement;
use cofferdam_store::submission::{self, SubmissionRow};
use cofferdam_store::task::{self, AssignmentRow};

use super::WorkError;
use super::bound;
use super::error::state;

/// Whose a hold or an answer is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Whose {
    engagement: EngagementId,
    project: ProjectId,
    principal: PrincipalId,
}

impl Whose {
    pub(super) const fn of(hold: &AssignmentRow) -> Self {
        Self {
            engagement: hold.engagement,
            project: hold.project,
            principal: hold.principal,
        }
    }

    pub(super) const fn answer(given: &SubmissionRow) -> Self {
        Self {
            engagement: given.engagement,
            project: given.project,
            principal: given.principal,
        }
    }
}

/// Somebody at work under an engagement.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seat<'a> {
    pub(super) engagement: &'a Engagement,
    pub(super) principal: PrincipalId,
    pub(super) now: Timestamp,
}

impl<'a> Seat<'a> {
    pub(super) const fn of(scope: &Scope<'a, '_>) -> Self {
        Self {
            engagement: scope.engagement,
            principal: scope.principal,
            now: scope.now,
        }
    }

    /// Whether this is theirs to go on with: under the engagement by which they have it, or, when that has ended, under another
    /// of their own for the same project. A live engagement's work is not reached through another: one credential, one engagement.
    pub(super) fn goes_on(&self, authority: &Authority, whose: &Whose) -> bool {
        let own = whose.principal == self.principal && self.engagement.project() == Some(whose.project);
        let same = whose.engagement == self.engagement.id;
        own && (same || has_ended(authority, whose.engagement, self.now))
    }
}

fn has_ended(authority: &Authority, id: EngagementId, now: Timestamp) -> bool {
    let found = authority.engagement(id);
    found.is_some_and(|engagement| engagement.ended(now).is_some())
}

/// The oldest answer that is back to be mended under this engagement.
pub(super) fn rework(
    scope: &mut Scope<'_, '_>,
    project: ProjectId,
) -> Result<Option<SubmissionRow>, GateError<WorkError>> {
    let back = submission::rework(scope.tx.reader(), project, scope.principal)?;
    let (authority, seat) = (scope.authority()?, Seat::of(scope));
    let mut back = back.into_iter();
    Ok(back.find(|given| seat.goes_on(&authority, &Whose::answer(given))))
}

/// The oldest task that is in hand under this engagement.
pub(super) fn held(
    scope: &mut Scope<'_, '_>,
    project: ProjectId,
) -> Result<Option<AssignmentRow>, GateError<WorkError>> {
    let held = task::held(scope.tx.reader(), project, scope.principal)?;
    let (authority, seat) = (scope.authority()?, Seat::of(scope));
    let mut held = held.into_iter();
    Ok(held.find(|hold| seat.goes_on(&authority, &Whose::of(hold))))
}

/// Frees what waits for people who are gone: answers that are back with them are given up, tasks in their hands go back.
pub(super) fn free(scope: &mut Scope<'_, '_>, project: ProjectId) -> Result<Vec<Fact>, GateError<WorkError>> {
    let mut facts = Vec::new();
    for back in submission::all_rework(scope.tx.reader(), project)? {
        if !is_gone(scope, &Whose::answer(&back))? {
            continue;
        }
        let checked = scope.check_submission(&back);
        if !bound::obeyed(checked, "that answer was not given up")? {
            continue;
        }
        facts.push(give_up(scope, back)?);
    }
    for hold in task::all_held(scope.tx.reader(), project)? {
        if !is_gone(scope, &Whose::of(&hold))? {
            continue;
        }
        let checked = scope.check_hold(&hold);
        if !bound::obeyed(checked, "that task was not taken back")? {
            continue;
        }
        facts.push(take_back(scope, &hold)?);
    }
    Ok(facts)
}

/// Gives up an answer that is back with its author: its task goes to somebody else, who begins anew.
pub(super) fn give_up(scope: &mut Scope<'_, '_>, back: SubmissionRow) -> Result<Fact, GateError<WorkError>> {
    let state = back.state.lapse().map_err(state)?;
    let row = scope.secrets.stamped(SubmissionRow { state, ..back });
    submission::update(scope.tx, &row)?;
    task::free_slot(scope.tx, row.task)?;
    Ok(Fact::SubmissionLapsed { submission: row.id })
}

/// Takes back a hold that passed.
pub(super) fn take_back(
    scope: &mut Scope<'_, '_>,
    hold: &AssignmentRow,
) -> Result<Fact, GateError<WorkError>> {
    task::take_back(scope.tx, hold)?;
    Ok(Fact::TaskReturned {
        task: hold.task,
        assignment: hold.id,
        cause: ReturnCause::Expired,
    })
}

/// Whether nobody will go on with it: the engagement has ended, and its holder was not engaged anew as an author there.
fn is_gone(scope: &mut Scope<'_, '_>, whose: &Whose) -> Result<bool, GateError<WorkError>> {
    let (authority, now) = (scope.authority()?, scope.now);
    if !has_ended(&authority, whose.engagement, now) {
        return Ok(false);
    }
    let theirs = engagement::of_principal(scope.tx.reader(), whose.principal)?;
    let anew = |id| {
        let found: Option<&Engagement> = authority.engagement(id);
        found.is_some_and(|e| {
            e.role == Role::Author && e.project() == Some(whose.project) && e.ended(now).is_none()
        })
    };
    Ok(!theirs.iter().any(|row| anew(row.engagement)))
}
