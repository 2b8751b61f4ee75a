//! The queue: taking a task, drafting, handing in, giving back.

use cofferdam_custody::{
    Again, Caller, Command, Done, GateError, Integrity, ObjectKind, Plaintext, Scope, Sealed,
};
use cofferdam_model::work::{Assignment, ReturnCause, Submission, Verdict};
use cofferdam_model::{
    Act, AssignmentId, Compartment, EngagementId, Fact, ObjectRef, SubmissionId, TaskId, Timestamp,
};
use cofferdam_store::project::ProjectRow;
use cofferdam_store::submission::{self, SubmissionRow};
use cofferdam_store::task::{self, AssignmentRow, DraftRow};
use cofferdam_store::{Reader, StoreError, delivery, object, review};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::bound::{self, What};
use super::error::state;
use super::gone::{self, Seat, Whose};
use super::guidelines::{project_of, reference};
use super::spared::{End, InHand, View};
use super::{FieldError, Platform, WorkError};
use crate::template::Template;

const MOST_ANSWER_BYTES: usize = 4 << 20;

/// A returned submission that its author is to mend.
#[derive(Debug)]
pub struct Rework {
    /// Which.
    pub submission: SubmissionId,
    /// The version that was returned.
    pub version: u32,
    /// What was answered.
    pub answer: Plaintext,
    /// Why it is back: what the reviewer of this version wrote, then what the lab did, once for each time it sent it back.
    pub remarks: Vec<Remark>,
}

/// What is said of an answer that came back.
#[derive(Debug)]
pub struct Remark {
    /// By whom.
    pub by: SentBackBy,
    /// Their words.
    pub text: Plaintext,
}

/// Who sent a submission back to its author.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SentBackBy {
    /// A reviewer, before it was delivered.
    Reviewer,
    /// The lab, after it was delivered.
    Lab,
}

/// A task in its holder's hands.
#[derive(Debug)]
pub struct Held {
    /// The hold.
    pub assignment: AssignmentId,
    /// The task.
    pub task: TaskId,
    /// The end of the lease; none for what came back to be mended, which stays with its author for as long as it takes.
    /// An answer is taken after it too, until somebody asks for a task of the project: only then does the task go back.
    pub until: Option<Timestamp>,
    /// The sealed task: `{"id": …, "input": …}`.
    pub input: Plaintext,
    /// What was typed so far, and when it was saved.
    pub draft: Option<(Plaintext, SavedDraft)>,
    /// What is to be mended, if the submission came back.
    pub rework: Option<Rework>,
    /// The guideline's version.
    pub guideline_version: u32,
}

/// A submission that was taken.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Taken {
    /// Its id.
    pub submission: SubmissionId,
    /// Its version.
    pub version: u32,
}

/// Which objects a hold releases, in this order.
#[derive(Debug, Default)]
struct Parts {
    draft: Option<SavedDraft>,
    rework: Option<(SubmissionId, u32, Vec<SentBackBy>)>,
}

struct Shown {
    hold: AssignmentRow,
    until: Option<Timestamp>,
    parts: Parts,
    guideline_version: u32,
}

/// What of a hold is shown, which whoever calls this has checked is one: the input, the draft, and what is to be mended.
fn show(
    scope: &mut Scope<'_, '_>,
    hold: AssignmentRow,
    project: &ProjectRow,
) -> Result<Done<Option<Shown>>, GateError<WorkError>> {
    scope.secrets.check(&hold)?;
    scope.check_guideline(project)?;
    let mut until = Some(lease_end(scope, &hold, project.lease_seconds)?);
    let task = bound::task(scope, hold.task)?;
    let mut objects = vec![reference(scope.tx, task.input, 1, ObjectKind::TaskInput)?];
    let mut parts = Parts::default();
    if let Some((draft, saved)) = drafted(scope, &hold)? {
        bound::check(scope, &What::Draft(draft.object, draft.assignment))?;
        let kind = ObjectKind::Draft;
        objects.push(reference(scope.tx, draft.object, draft.version, kind)?);
        parts.draft = Some(saved);
    }
    let given = bound::submission_under(scope, hold.id)?;
    if let Some(back) = given.filter(|s| s.state == Submission::Returned) {
        objects.push(last_of(scope, &back)?);
        until = None;
        let (by, why): (Vec<_>, Vec<_>) = why_back(scope, &back)?.into_iter().unzip();
        parts.rework = Some((back.id, back.version, by));
        objects.extend(why);
    }
    let fact = Fact::TaskReleased {
        task: hold.task,
        assignment: hold.id,
        objects,
    };
    Ok(Done::one(
        Some(Shown {
            hold,
            until,
            parts,
            guideline_version: project.guideline_version,
        }),
        fact,
    ))
}

/// What the author of a submission that is back goes on from: what was delivered of it, which is as its reviewer left it where they
/// changed it.
pub(super) fn last_of(
    scope: &mut Scope<'_, '_>,
    back: &SubmissionRow,
) -> Result<ObjectRef, GateError<WorkError>> {
    let kind = ObjectKind::Answer;
    let verdict = review::of_version(scope.tx.reader(), back.id, back.version)?;
    if let Some((amended, review)) = verdict.and_then(|v| v.amended.map(|amended| (amended, v.id))) {
        bound::check(scope, &What::Amended(amended, review))?;
        return reference(scope.tx, amended, 1, kind);
    }
    bound::check(scope, &What::Answer(back.answer, back.assignment))?;
    reference(scope.tx, back.answer, back.version, kind)
}

/// The draft of a hold; where there is none, the one that its holder left when an earlier hold of the same task ran out. Of that one
/// there is no version yet under this hold.
fn drafted(
    scope: &mut Scope<'_, '_>,
    hold: &AssignmentRow,
) -> Result<Option<(DraftRow, SavedDraft)>, GateError<WorkError>> {
    if let Some(draft) = task::draft(scope.tx.reader(), hold.id)? {
        return Ok(Some((draft, SavedDraft::from(draft))));
    }
    let Some((before, draft)) = task::draft_left(scope.tx.reader(), hold)? else {
        return Ok(None);
    };
    scope.secrets.check(&before)?;
    if !Seat::of(scope).goes_on(&*scope.authority()?, &Whose::of(&before)) {
        return Ok(None);
    }
    let saved = SavedDraft {
        version: 0,
        saved: draft.saved,
    };
    Ok(Some((draft, saved)))
}

/// What the author of a submission that is back is to read, and whose words they are: the reviewer's comment on that version, and
/// the lab's reasons for sending back the rows that it was in, which may have come before or after the reviewer's.
fn why_back(
    scope: &mut Scope<'_, '_>,
    back: &SubmissionRow,
) -> Result<Vec<(SentBackBy, ObjectRef)>, GateError<WorkError>> {
    let mut why = Vec::new();
    let verdict = review::of_version(scope.tx.reader(), back.id, back.version)?;
    let returned = verdict.filter(|v| v.verdict == Some(Verdict::Return));
    if let Some((comment, review)) = returned.and_then(|v| v.comment.map(|comment| (comment, v.id))) {
        bound::check(scope, &What::Comment(comment, review))?;
        let comment = reference(scope.tx, comment, 1, ObjectKind::ReviewComment)?;
        why.push((SentBackBy::Reviewer, comment));
    }
    let rows = delivery::returned_with(scope.tx.reader(), back.task, (back.id, back.version))?;
    for (reason, row) in rows
        .into_iter()
        .filter_map(|row| row.reason.map(|reason| (reason, row)))
    {
        bound::check(scope, &What::Reason(reason, row.delivery, row.row))?;
        let reason = reference(scope.tx, reason, 1, ObjectKind::ReturnReason)?;
        why.push((SentBackBy::Lab, reason));
    }
    if why.is_empty() {
        // Who sends one back always says why: that row was edited, or is gone.
        let what = format!("the row of submission {}", back.id);
        return Err(Integrity::of(what, "it is back with its author, and nothing says why").into());
    }
    Ok(why)
}

fn assemble(shown: Shown, plaintexts: Vec<Plaintext>) -> Result<Held, WorkError> {
    let short = || WorkError::Failed("fewer objects were released than recorded".into());
    let mut parts = plaintexts.into_iter();
    let input = parts.next().ok_or_else(short)?;
    let draft = match shown.parts.draft {
        Some(saved) => Some((parts.next().ok_or_else(short)?, saved)),
        None => None,
    };
    let rework = match shown.parts.rework {
        Some((submission, version, by)) => {
            let answer = parts.next().ok_or_else(short)?;
            let mut remark = |by| parts.next().map(|text| Remark { by, text }).ok_or_else(short);
            Some(Rework {
                submission,
                version,
                answer,
                remarks: by.into_iter().map(&mut remark).collect::<Result<_, _>>()?,
            })
        }
        None => None,
    };
    let AssignmentRow { id, task, .. } = shown.hold;
    Ok(Held {
        assignment: id,
        task,
        until: shown.until,
        input,
        draft,
        rework,
        guideline_version: shown.guideline_version,
    })
}

struct Claim;

impl Command for Claim {
    type Output = Option<Shown>;
    type Error = WorkError;

    fn act(&self) -> Act {
        Act::ClaimTask
    }

    fn run(self, scope: &mut Scope<'_, '_>) -> Result<Done<Self::Output>, GateError<WorkError>> {
        let project = scope.engagement.project().ok_or(WorkError::NotFound("project"))?;
        let row = project_of(scope, project)?;
        if let Some(back) = gone::rework(scope, project)? {
            scope.secrets.check_seal(&back)?;
            let hold = task::assignment(scope.tx.reader(), back.assignment)?;
            return show(scope, hold.ok_or(WorkError::NotFound("task"))?, &row);
        }
        let expired = expire(scope, &row)?;
        let mut done = match gone::held(scope, project)? {
            Some(hold) => {
                scope.check_hold(&hold)?;
                show(scope, hold, &row)?
            }
            None => fresh(scope, &row)?,
        };
        done.consequences.extend(expired);
        Ok(done)
    }
}

/// Takes back what is held of a project beyond the end of its lease, but for what a halt keeps.
fn expire(scope: &mut Scope<'_, '_>, project: &ProjectRow) -> Result<Vec<Fact>, GateError<WorkError>> {
    let (mut facts, view) = (Vec::new(), View::of(scope)?);
    for hold in task::expired(scope.tx.reader(), project.id, scope.now)? {
        let held = InHand::from(&hold);
        let spared = view.spares(scope.tx.reader(), scope.secrets, &held, project.lease_seconds)?;
        if spared.is_some() {
            continue;
        }
        let checked = scope.check_hold(&hold);
        if bound::obeyed(checked, "that task was not taken back")? {
            facts.push(gone::take_back(scope, &hold)?);
        }
    }
    Ok(facts)
}

/// The end of a hold's lease, with the time that a halt which came to its end by itself gave it.
fn lease_end(
    scope: &mut Scope<'_, '_>,
    hold: &AssignmentRow,
    lease_seconds: i64,
) -> Result<Timestamp, GateError<WorkError>> {
    let (view, held) = (View::of(scope)?, InHand::from(hold));
    let spared = view.spares(scope.tx.reader(), scope.secrets, &held, lease_seconds)?;
    let Some(End::At(end)) = spared else {
        return Ok(hold.until);
    };
    // What its holder is told holds, whatever else comes of them.
    task::prolong(scope.tx, hold.id, end)?;
    Ok(end)
}

/// A task that nobody has in hand. When none is left, those are free that wait for people who are gone.
fn fresh(
    scope: &mut Scope<'_, '_>,
    project: &ProjectRow,
) -> Result<Done<Option<Shown>>, GateError<WorkError>> {
    use cofferdam_model::authority::ProjectState;
    if scope.authority()?.project(project.id) != Some(ProjectState::Open) {
        return Ok(Done::quiet(None));
    }
    let mut found = next(scope, project)?;
    let mut freed = Vec::new();
    if found.is_none() {
        freed = gone::free(scope, project.id)?;
        if !freed.is_empty() {
            found = next(scope, project)?;
        }
    }
    let mut done = match found {
        Some(hold) => show(scope, hold, project)?,
        None => Done::quiet(None),
    };
    done.consequences.extend(freed);
    Ok(done)
}

fn next(
    scope: &mut Scope<'_, '_>,
    project: &ProjectRow,
) -> Result<Option<AssignmentRow>, GateError<WorkError>> {
    let Some(found) = task::next_open(scope.tx, project.id, scope.principal)? else {
        return Ok(None);
    };
    if !task::take_slot(scope.tx, found.id)? {
        return Ok(None);
    }
    let until = scope.now.plus_seconds(project.lease_seconds);
    let hold = AssignmentRow {
        id: scope.env.new_id()?,
        task: found.id,
        project: project.id,
        seq: found.seq,
        principal: scope.principal,
        engagement: scope.engagement.id,
        state: Assignment::Claimed { until },
        until,
        claimed: scope.now,
    };
    let hold = scope.secrets.bound(hold);
    task::insert_assignment(scope.tx, &hold)?;
    Ok(Some(hold))
}

/// A hold that this engagement may go on with, whatever its state, and what was handed in under it.
pub(super) fn own(
    scope: &mut Scope<'_, '_>,
    id: AssignmentId,
) -> Result<(AssignmentRow, Option<SubmissionRow>), GateError<WorkError>> {
    let missing = || WorkError::NotFound("task in your hands");
    let hold = task::assignment(scope.tx.reader(), id)?.ok_or_else(missing)?;
    scope.secrets.check(&hold)?;
    let given = submission::of_assignment(scope.tx.reader(), id)?;
    given
        .as_ref()
        .map_or(Ok(()), |row| scope.secrets.check_seal(row))?;
    let whose = given.as_ref().map_or(Whose::of(&hold), Whose::answer);
    if !Seat::of(scope).goes_on(&*scope.authority()?, &whose) {
        return Err(missing().into());
    }
    // It is of this lab, whose ledger has both.
    scope.check_hold(&hold)?;
    given.as_ref().map_or(Ok(()), |row| scope.check_submission(row))?;
    Ok((hold, given))
}

struct Reopen(AssignmentId);

impl Command for Reopen {
    type Output = Option<Shown>;
    type Error = WorkError;

    fn act(&self) -> Act {
        Act::ReadTask
    }

    fn run(self, scope: &mut Scope<'_, '_>) -> Result<Done<Self::Output>, GateError<WorkError>> {
        let (hold, given) = own(scope, self.0)?;
        in_hand(&hold, given.as_ref())?;
        let row = project_of(scope, hold.project)?;
        show(scope, hold, &row)
    }
}

/// That a draft was kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SavedDraft {
    /// One more with every time; 0: it was kept under an earlier hold, which ran out.
    pub version: u32,
    /// When.
    pub saved: Timestamp,
}

impl From<DraftRow> for SavedDraft {
    fn from(row: DraftRow) -> Self {
        Self {
            version: row.version,
            saved: row.saved,
        }
    }
}

fn elsewhere() -> WorkError {
    WorkError::Conflict("other words were kept for this task meanwhile, by another window of yours; open it again to see them".into())
}

/// The same of a hold under which something was handed in: back to be mended it is in its author's hands again.
fn in_hand(hold: &AssignmentRow, given: Option<&SubmissionRow>) -> Result<(), WorkError> {
    match given.map(|given| given.state) {
        None => still_held(hold.state),
        Some(Submission::Returned) => Ok(()),
        Some(Submission::Lapsed) => Err(WorkError::Conflict(
            "this answer was given back, or given up when its engagement ended, and its task went to somebody else; claim to go on \
             with another"
                .into(),
        )),
        Some(Submission::Submitted | Submission::Accepted | Submission::Rejected) => still_held(Assignment::Submitted),
    }
}

/// Refuses what is done with a task after it left its holder's hands: by which way it did is told.
fn still_held(state: Assignment) -> Result<(), WorkError> {
    let text = match state {
        Assignment::Claimed { .. } => return Ok(()),
        Assignment::Submitted => "this task is handed in already, and no longer in your hands",
        Assignment::Returned {
            cause: ReturnCause::Skipped,
        } => "you gave this task back, and it is no longer in your hands; claim to go on with another",
        Assignment::Returned {
            cause: ReturnCause::Expired,
        } => {
            "your time for this task had run out, and it went back to the queue when somebody asked for one; claim to go on"
        }
    };
    Err(WorkError::Conflict(text.into()))
}

struct SaveDraft {
    assignment: AssignmentId,
    sealed: Sealed,
    after: Option<u32>,
    /// What these words replace.
    before: Option<DraftRow>,
}

impl Command for SaveDraft {
    type Output = SavedDraft;
    type Error = WorkError;

    fn act(&self) -> Act {
        Act::SaveDraft
    }

    fn run(self, scope: &mut Scope<'_, '_>) -> Result<Done<SavedDraft>, GateError<WorkError>> {
        let (hold, given) = own(scope, self.assignment)?;
        in_hand(&hold, given.as_ref())?;
        let there = task::draft(scope.tx.reader(), hold.id)?;
        goes_on_from(there, self.after)?;
        if there != self.before {
            return Err(elsewhere().into());
        }
        let ObjectRef { object, version, .. } = self.sealed.reference();
        scope.put(&self.sealed)?;
        let row = DraftRow {
            assignment: hold.id,
            object,
            version,
            saved: scope.now,
        };
        task::set_draft(scope.tx, &row)?;
        object::forget_before(scope.tx, object, version)?;
        Ok(Done::quiet(row.into()))
    }
}

/// Refuses what goes on from another draft than the one that is there: nothing of it is dropped unseen. `after` is a draft's version, 0
/// where there was none; without it whatever is there goes.
fn goes_on_from(draft: Option<DraftRow>, after: Option<u32>) -> Result<(), WorkError> {
    let there = draft.map_or(0, |draft| draft.version);
    let text = match after {
        Some(after) if after < there => return Err(elsewhere()),
        Some(after) if after > there && there > 0 => {
            format!(
                "the draft of this task has version {there}, and there is no {after} to go on from; open it again to see it"
            )
        }
        Some(after) if after > there => {
            format!(
                "there is no draft of this task, and so no version {after} to go on from; where there is none, `after` is 0"
            )
        }
        _ => return Ok(()),
    };
    Err(WorkError::Conflict(text))
}

struct Submit {
    assignment: AssignmentId,
    answer: Sealed,
    after: Option<u32>,
}

impl Command for Submit {
    type Output = Taken;
    type Error = WorkError;
    const AGAIN: Option<Again<Self::Output>> = Some(Again::json("submit"));

    fn act(&self) -> Act {
        Act::Submit
    }

    fn run(self, scope: &mut Scope<'_, '_>) -> Result<Done<Taken>, GateError<WorkError>> {
        let (hold, given) = own(scope, self.assignment)?;
        in_hand(&hold, given.as_ref())?;
        goes_on_from(task::draft(scope.tx.reader(), hold.id)?, self.after)?;
        let answer = self.answer.reference();
        let row = match given {
            Some(before) => {
                let again = before.state.resubmit().map_err(state)?;
                if before.answer != answer.object || before.version + 1 != answer.version {
                    return Err(
                        WorkError::Conflict("it was handed in at the same time elsewhere".into()).into(),
                    );
                }
                let row = scope.secrets.stamped(SubmissionRow {
                    version: answer.version,
                    state: again,
                    engagement: scope.engagement.id,
                    received: scope.now,
                    ..before
                });
                submission::update(scope.tx, &row)?;
                row
            }
            None => first_submission(scope, &hold, answer)?,
        };
        scope.put(&self.answer)?;
        task::drop_drafts(scope.tx, &hold)?;
        let fact = Fact::SubmissionReceived {
            submission: row.id,
            task: hold.task,
            assignment: hold.id,
            answer,
        };
        Ok(Done::one(
            Taken {
                submission: row.id,
                version: row.version,
            },
            fact,
        ))
    }
}

fn first_submission(
    scope: &mut Scope<'_, '_>,
    hold: &AssignmentRow,
    answer: ObjectRef,
) -> Result<SubmissionRow, GateError<WorkError>> {
    let submitted = hold.state.submit().map_err(state)?;
    has_room(scope, hold)?;
    task::set_state(scope.tx, hold.id, submitted)?;
    let row = scope.secrets.stamped(SubmissionRow {
        id: scope.env.new_id()?,
        assignment: hold.id,
        task: hold.task,
        project: hold.project,
        engagement: scope.engagement.id,
        principal: hold.principal,
        version: answer.version,
        state: Submission::Submitted,
        answer: answer.object,
        received: scope.now,
        seal: [0; 32],
    });
    submission::insert(scope.tx, &row)?;
    Ok(row)
}

/// Refuses an answer beyond what the project asks of a task: the hold went back to the queue, whatever its row says.
fn has_room(scope: &mut Scope<'_, '_>, hold: &AssignmentRow) -> Result<(), GateError<WorkError>> {
    let overlap = project_of(scope, hold.project)?.overlap as usize;
    let given = submission::of_task(scope.tx.reader(), hold.task)?;
    let gone = [Submission::Rejected, Submission::Lapsed];
    let stand = given.iter().filter(|row| !gone.contains(&row.state)).count();
    if stand < overlap {
        return Ok(());
    }
    let what = format!("the row of hold {}", hold.id);
    Err(Integrity::of(what, "its task has as many answers as it may have").into())
}

struct GiveBack {
    assignment: AssignmentId,
    after: Option<u32>,
}

impl Command for GiveBack {
    type Output = ();
    type Error = WorkError;
    const AGAIN: Option<Again<Self::Output>> = Some(Again::json("give-back"));

    fn act(&self) -> Act {
        Act::ReturnTask
    }

    fn run(self, scope: &mut Scope<'_, '_>) -> Result<Done<()>, GateError<WorkError>> {
        let (hold, given) = own(scope, self.assignment)?;
        if let Some(back) = given.filter(|given| given.state == Submission::Returned) {
            goes_on_from(task::draft(scope.tx.reader(), hold.id)?, self.after)?;
            task::drop_drafts(scope.tx, &hold)?;
            return Ok(Done::one((), gone::give_up(scope, back)?));
        }
        in_hand(&hold, given.as_ref())?;
        goes_on_from(task::draft(scope.tx.reader(), hold.id)?, self.after)?;
        let cause = ReturnCause::Skipped;
        let back = hold.state.give_back(cause).map_err(state)?;
        if submission::of_assignment(scope.tx.reader(), hold.id)?.is_some() {
            let what = format!("the row of hold {}", hold.id);
            return Err(Integrity::of(what, "it is said to be held, and was answered").into());
        }
        task::set_state(scope.tx, hold.id, back)?;
        task::free_slot(scope.tx, hold.task)?;
        task::drop_drafts(scope.tx, &hold)?;
        Ok(Done::one(
            (),
            Fact::TaskReturned {
                task: hold.task,
                assignment: hold.id,
                cause,
            },
        ))
    }
}

impl Platform {
    /// The next task: one that came back, one still in hand, or a new one. None when there is nothing to do now.
    pub async fn claim(&self, caller: &Caller, engagement: EngagementId) -> Result<Option<Held>, WorkError> {
        let released = self.gate.transact(caller, engagement, Claim).await?;
        released
            .output
            .map(|shown| assemble(shown, released.plaintexts))
            .transpose()
    }

    /// Opens a held task again.
    pub async fn reopen(
        &self,
        caller: &Caller,
        engagement: EngagementId,
        assignment: AssignmentId,
    ) -> Result<Held, WorkError> {
        let released = self.gate.transact(caller, engagement, Reopen(assignment)).await?;
        let shown = released.output.ok_or(WorkError::NotFound("task in your hands"))?;
        assemble(shown, released.plaintexts)
    }

    /// Keeps what was typed so far, sealed. Also while halted. `after` is the version that these words go on from, 0 where there was
    /// none: what another window kept meanwhile is not replaced unseen. Without it, whatever is there is replaced.
    pub async fn save_draft(
        &self,
        caller: &Caller,
        engagement: EngagementId,
        assignment: AssignmentId,
        answer: &Value,
        after: Option<u32>,
    ) -> Result<SavedDraft, WorkError> {
        let bytes = bounded(answer)?;
        if !answer.is_object() {
            return Err(WorkError::invalid(
                "/answer",
                "an object is needed, finished or not",
            ));
        }
        let hold = self
            .hold_of(caller, engagement, assignment, Act::SaveDraft)
            .await?;
        let before = self
            .gate
            .store()
            .read(move |r| task::draft(r, assignment))
            .await?;
        let fresh = self.fresh()?;
        let fresh = bound::draft(self.gate.secrets(), fresh, assignment);
        let (id, version) = before.map_or((fresh, 1), |d| (d.object, d.version + 1));
        let lab = self.lab_under(engagement).await?;
        let sealed = self
            .gate
            .seal(lab, hold.project, ObjectKind::Draft, id, version, &bytes)
            .await?;
        let command = SaveDraft {
            assignment,
            sealed,
            after,
            before,
        };
        Ok(self.gate.transact(caller, engagement, command).await?.output)
    }

    /// Hands an answer in: also after the end of the lease, as long as the task did not go back to the queue meanwhile. The draft goes with
    /// it: `after` is the version that the answer goes on from, as for [`Self::save_draft`].
    pub async fn submit(
        &self,
        caller: &Caller,
        engagement: EngagementId,
        assignment: AssignmentId,
        answer: &Value,
        after: Option<u32>,
    ) -> Result<Taken, WorkError> {
        if let Some(taken) = self.gate.answered(Submit::AGAIN).await? {
            return Ok(taken);
        }
        let bytes = bounded(answer)?;
        let hold = self.hold_of(caller, engagement, assignment, Act::Submit).await?;
        let template = self.template(caller, engagement, hold.project).await?;
        self.gate.secrets().check(&hold)?;
        self.fits(&template, hold.task, answer).await?;
        let before = self
            .gate
            .store()
            .read(move |r| submission::of_assignment(r, assignment))
            .await?;
        let fresh = self.fresh()?;
        let fresh = bound::answer(self.gate.secrets(), fresh, assignment);
        let (id, version) = before.map_or((fresh, 1), |s| (s.answer, s.version + 1));
        let lab = self.lab_under(engagement).await?;
        let sealed = self
            .gate
            .seal(lab, hold.project, ObjectKind::Answer, id, version, &bytes)
            .await?;
        let command = Submit {
            assignment,
            answer: sealed,
            after,
        };
        Ok(self.gate.transact(caller, engagement, command).await?.output)
    }

    /// Refuses an answer that does not fit its template, or not what its task asks.
    pub(super) async fn fits(
        &self,
        template: &Template,
        id: TaskId,
        answer: &Value,
    ) -> Result<(), WorkError> {
        let secrets = self.gate.secrets();
        let row = self.gate.store().read(move |r| task::get(r, id)).await?;
        let row = row.ok_or(WorkError::NotFound("task"))?;
        secrets.check(&row)?;
        let heeded = template.check_unseen(answer, &|asks| bound::input_asks(secrets, row.input, asks));
        heeded.map_err(|found| WorkError::Invalid {
            summary: "the answer does not fit its task".into(),
            errors: found
                .as_slice()
                .iter()
                .map(|v| FieldError::new(format!("/answer{}", v.pointer), v.reason.clone()))
                .collect(),
        })
    }

    /// Gives a task back unanswered; it does not come to the same person again. The draft goes with it: `after` is its version as it was
    /// last seen, as for [`Self::save_draft`].
    pub async fn give_back(
        &self,
        caller: &Caller,
        engagement: EngagementId,
        assignment: AssignmentId,
        after: Option<u32>,
    ) -> Result<(), WorkError> {
        self.gate
            .transact(caller, engagement, GiveBack { assignment, after })
            .await?;
        Ok(())
    }

    /// The newest holds under an engagement, for its holder, and what became of what was handed in under each.
    pub async fn assignments(
        &self,
        caller: &Caller,
        engagement: EngagementId,
        before: Option<(Timestamp, AssignmentId)>,
        limit: u32,
    ) -> Result<Vec<(AssignmentRow, Option<Submission>)>, WorkError> {
        self.own_engagement(caller, engagement).await?;
        let read = move |r: &mut Reader<'_>| {
            let holds = task::assignments_of(r, engagement, before, limit)?;
            let with = |hold: AssignmentRow| Ok((hold, submission::of_assignment(r, hold.id)?));
            holds
                .into_iter()
                .map(with)
                .collect::<Result<Vec<_>, StoreError>>()
        };
        let found = self.gate.store().read(read).await?;
        let secrets = self.gate.secrets();
        let checked = |(hold, given): (AssignmentRow, Option<SubmissionRow>)| {
            given.as_ref().map_or(Ok(()), |row| secrets.check_seal(row))?;
            Ok((hold, given.map(|row| row.state)))
        };
        found.into_iter().map(checked).collect()
    }

    /// The hold to work on. Whoever is not admitted is told so before anything is looked up.
    async fn hold_of(
        &self,
        caller: &Caller,
        engagement: EngagementId,
        assignment: AssignmentId,
        act: Act,
    ) -> Result<AssignmentRow, WorkError> {
        let under = self.admitted(caller, engagement, act, None).await?;
        let hold = self
            .gate
            .store()
            .read(move |r| task::assignment(r, assignment))
            .await?;
        let authority = self.gate.authority(Compartment::Lab(under.lab))?;
        let seat = Seat {
            engagement: &under,
            principal: caller.principal(),
            now: self.gate.env().now(),
        };
        hold.zip(authority)
            .filter(|(hold, authority)| seat.goes_on(authority, &Whose::of(hold)))
            .map(|(hold, _)| hold)
            .ok_or(WorkError::NotFound("task in your hands"))
    }

    pub(super) async fn lab_under(
        &self,
        engagement: EngagementId,
    ) -> Result<cofferdam_model::LabId, WorkError> {
        let found = self.gate.engagement(engagement).await?;
        Ok(found.ok_or(cofferdam_model::Refusal::NotEngaged)?.0.lab)
    }
}

pub(super) fn bounded(answer: &Value) -> Result<Vec<u8>, WorkError> {
    let bytes = serde_json::to_vec(answer).map_err(|e| WorkError::invalid("/answer", e.to_string()))?;
    if bytes.len() > MOST_ANSWER_BYTES {
        return Err(WorkError::invalid("/answer", "an answer has at most 4 MiB"));
    }
    Ok(bytes)
}
