//! Rows that tell whether they are as they were written.
//!
//! Names, overlaps, places in a queue: none of it is on a ledger, and some of it must not be. What never changes of such
//! a row is therefore hashed, with a key that is not in the database, into the row's own id, which the ledgers and other
//! rows name. Rows that change, or have no id of their own, carry a keyed seal instead. That a row is there at all, and
//! the newest of its kind, only the ledger can say: see `doctor` and [`crate::Standing`].

use cofferdam_model::timer::{StopCause, Timer};
use cofferdam_model::{Checked, Id, Timestamp};
use cofferdam_store::advisory::AdvisoryRow;
use cofferdam_store::contact::{AddressRow, WebhookRow};
use cofferdam_store::delivery::{DeliveryRow, ItemRow};
use cofferdam_store::idempotency::AnswerRow;
use cofferdam_store::incident::{ClaimRow, ConcernedRow, IncidentRow, MoveRow, SubjectRow, subject_parts};
use cofferdam_store::inventory::InventoryRow;
use cofferdam_store::lab::LabRow;
use cofferdam_store::notice::{CursorRow, MissedRow, NoticeRow};
use cofferdam_store::offer::{AbleRow, WantedRow, joined};
use cofferdam_store::outbox::{AttemptRow, MessageRow};
use cofferdam_store::principal::PrincipalRow;
use cofferdam_store::project::ProjectRow;
use cofferdam_store::remark::RemarkRow;
use cofferdam_store::review::ReviewRow;
use cofferdam_store::submission::SubmissionRow;
use cofferdam_store::task::{AssignmentRow, TaskRow};
use cofferdam_store::timer::TimerRow;
use cofferdam_store::wall::WallActRow;

use crate::error::Integrity;
use crate::secrets::{self, Secrets};

/// A row that was made with an id of its own.
pub trait Bound {
    /// The type of its id.
    type Id: Id;
    /// What it is called.
    const KIND: &'static str;
    /// Its id.
    fn id(&self) -> Self::Id;
    /// Gives it another.
    fn set_id(&mut self, id: Self::Id);
    /// What never changes of it, but for its id.
    fn members<T>(&self, take: impl FnOnce(&[&[u8]]) -> T) -> T;
}

impl Secrets {
    /// The row with an id of its own, made of a fresh one.
    #[must_use]
    pub fn bound<R: Bound>(&self, mut row: R) -> R {
        let own = row.members(|members| self.bind(row.id(), R::KIND, members));
        row.set_id(own);
        row
    }

    /// Lets a row pass that is as it was made.
    pub fn check<R: Bound>(&self, row: &R) -> Result<(), Integrity> {
        let id = row.id();
        if row.members(|members| self.is_bound(id, R::KIND, members)) {
            return Ok(());
        }
        let what = format!("the row of {} {id}", R::KIND);
        Err(Integrity::of(what, "it was not made with that id"))
    }
}

/// A row that carries a keyed seal, since it changes, or has no id of its own.
pub trait Stamped {
    /// What it is called.
    const KIND: &'static str;
    /// Which one it is.
    fn name(&self) -> String;
    /// Its seal.
    fn seal(&self) -> &[u8; 32];
    /// Gives it another.
    fn set_seal(&mut self, seal: [u8; 32]);
    /// What is sealed of it.
    fn sealed<T>(&self, take: impl FnOnce(&[&[u8]]) -> T) -> T;
}

impl Secrets {
    /// The row with the seal of what it now says.
    #[must_use]
    pub fn stamped<R: Stamped>(&self, mut row: R) -> R {
        let seal = row.sealed(|members| self.seal_row(R::KIND, members));
        row.set_seal(seal);
        row
    }

    /// Lets a row pass that is as it was last written, or once was.
    pub fn check_seal<R: Stamped>(&self, row: &R) -> Result<(), Integrity> {
        let seal = row.sealed(|members| self.seal_row(R::KIND, members));
        if secrets::same(&seal, row.seal()) {
            return Ok(());
        }
        let what = format!("the row of {} {}", R::KIND, row.name());
        Err(Integrity::of(what, "its seal is not this installation's"))
    }
}

/// What [`Bound`] asks of a row whose id is its field `id`.
macro_rules! own_id {
    ($id:ty, $kind:literal) => {
        type Id = $id;
        const KIND: &'static str = $kind;
        fn id(&self) -> Self::Id {
            self.id
        }
        fn set_id(&mut self, id: Self::Id) {
            self.id = id;
        }
    };
}

/// What [`Stamped`] asks of a row whose seal is its field `seal`.
macro_rules! own_seal {
    () => {
        fn seal(&self) -> &[u8; 32] {
            &self.seal
        }
        fn set_seal(&mut self, seal: [u8; 32]) {
            self.seal = seal;
        }
    };
}

impl Bound for LabRow {
    own_id!(cofferdam_model::LabId, "lab");
    fn members<T>(&self, take: impl FnOnce(&[&[u8]]) -> T) -> T {
        take(&[self.name.as_bytes(), &self.created.as_micros().to_be_bytes()])
    }
}

impl Bound for PrincipalRow {
    own_id!(cofferdam_model::PrincipalId, "principal");
    fn members<T>(&self, take: impl FnOnce(&[&[u8]]) -> T) -> T {
        take(&[
            &self.kind.code().to_be_bytes(),
            self.name.as_bytes(),
            &self.created.as_micros().to_be_bytes(),
        ])
    }
}

/// All but the guideline, which the ledger names.
impl Bound for ProjectRow {
    own_id!(cofferdam_model::ProjectId, "project");
    fn members<T>(&self, take: impl FnOnce(&[&[u8]]) -> T) -> T {
        take(&[
            self.lab.as_bytes(),
            self.name.as_bytes(),
            self.template_kind.as_bytes(),
            self.template.as_bytes(),
            &self.overlap.to_be_bytes(),
            &self.lease_seconds.to_be_bytes(),
            &self.created.as_micros().to_be_bytes(),
        ])
    }
}

/// All but the slots, which follow from what the ledger says of its holds.
impl Bound for TaskRow {
    own_id!(cofferdam_model::TaskId, "task");
    fn members<T>(&self, take: impl FnOnce(&[&[u8]]) -> T) -> T {
        take(&[
            self.project.as_bytes(),
            &self.seq.to_be_bytes(),
            self.external.as_ref().map_or(&[], <[u8; 32]>::as_slice),
            self.input.as_bytes(),
        ])
    }
}

/// All but its state, which the ledger says, and its lease.
impl Bound for AssignmentRow {
    own_id!(cofferdam_model::AssignmentId, "hold");
    fn members<T>(&self, take: impl FnOnce(&[&[u8]]) -> T) -> T {
        take(&[
            self.task.as_bytes(),
            self.project.as_bytes(),
            &self.seq.to_be_bytes(),
            self.principal.as_bytes(),
            self.engagement.as_bytes(),
            &self.claimed.as_micros().to_be_bytes(),
        ])
    }
}

/// All but its lease, and what came of it, which the ledger says.
impl Bound for ReviewRow {
    own_id!(cofferdam_model::ReviewId, "review");
    fn members<T>(&self, take: impl FnOnce(&[&[u8]]) -> T) -> T {
        take(&[
            self.submission.as_bytes(),
            &self.version.to_be_bytes(),
            self.engagement.as_bytes(),
        ])
    }
}

impl Bound for RemarkRow {
    own_id!(cofferdam_model::RemarkId, "remark");
    fn members<T>(&self, take: impl FnOnce(&[&[u8]]) -> T) -> T {
        let question = self.question.map_or([0; 16], |id| *id.as_bytes());
        let task = self.task.map_or([0; 16], |id| *id.as_bytes());
        take(&[
            &question,
            self.project.as_bytes(),
            &task,
            &[u8::from(self.broken)],
            self.engagement.as_bytes(),
            self.words.as_bytes(),
            &self.said.as_micros().to_be_bytes(),
        ])
    }
}

impl Bound for WebhookRow {
    own_id!(cofferdam_model::WebhookId, "webhook");
    fn members<T>(&self, take: impl FnOnce(&[&[u8]]) -> T) -> T {
        take(&[
            self.lab.as_bytes(),
            self.url.as_bytes(),
            self.by.as_bytes(),
            &self.since.as_micros().to_be_bytes(),
        ])
    }
}

/// An id that may be absent, so that none looks like an absent one.
fn maybe_id<I: Id>(id: &Option<I>) -> &[u8] {
    id.as_ref().map_or(&[], |id| id.as_bytes())
}

impl Bound for NoticeRow {
    own_id!(cofferdam_model::NoticeId, "notice");
    fn members<T>(&self, take: impl FnOnce(&[&[u8]]) -> T) -> T {
        take(&[
            self.recipient.as_bytes(),
            &self.about.code().to_be_bytes(),
            self.about.bytes(),
            maybe_id(&self.engagement),
            maybe_id(&self.lab),
            &self.source.0.to_bytes(),
            &self.source.1.to_be_bytes(),
            &self.at.as_micros().to_be_bytes(),
        ])
    }
}

/// All but how it stands.
impl Bound for MessageRow {
    own_id!(cofferdam_model::MessageId, "message");
    fn members<T>(&self, take: impl FnOnce(&[&[u8]]) -> T) -> T {
        take(&[
            &self.target.channel().to_be_bytes(),
            self.target.bytes(),
            &self.about.code().to_be_bytes(),
            self.about.bytes(),
            maybe_id(&self.engagement),
            maybe_id(&self.lab),
            &self.source.0.to_bytes(),
            &self.source.1.to_be_bytes(),
            &self.at.as_micros().to_be_bytes(),
        ])
    }
}

impl Stamped for AddressRow {
    const KIND: &'static str = "address";
    fn name(&self) -> String {
        self.principal.to_string()
    }
    own_seal!();
    fn sealed<T>(&self, take: impl FnOnce(&[&[u8]]) -> T) -> T {
        take(&[
            self.principal.as_bytes(),
            self.email.as_bytes(),
            self.by.as_bytes(),
            &self.since.as_micros().to_be_bytes(),
        ])
    }
}

impl Stamped for CursorRow {
    const KIND: &'static str = "notice cursor";
    fn name(&self) -> String {
        self.compartment.to_string()
    }
    own_seal!();
    fn sealed<T>(&self, take: impl FnOnce(&[&[u8]]) -> T) -> T {
        take(&[&self.compartment.to_bytes(), &self.next.to_be_bytes()])
    }
}

impl Stamped for MissedRow {
    const KIND: &'static str = "missed notice";
    fn name(&self) -> String {
        format!("{} of entry {}", self.lab, self.entry)
    }
    own_seal!();
    fn sealed<T>(&self, take: impl FnOnce(&[&[u8]]) -> T) -> T {
        take(&[self.lab.as_bytes(), &self.entry.to_be_bytes()])
    }
}

impl Stamped for AttemptRow {
    const KIND: &'static str = "attempt";
    fn name(&self) -> String {
        format!("{} of message {}", self.n, self.message)
    }
    own_seal!();
    fn sealed<T>(&self, take: impl FnOnce(&[&[u8]]) -> T) -> T {
        let status = self.status.map(u32::to_be_bytes);
        take(&[
            self.message.as_bytes(),
            &self.n.to_be_bytes(),
            &self.at.as_micros().to_be_bytes(),
            self.outcome.name().as_bytes(),
            status.as_ref().map_or(&[], <[u8; 4]>::as_slice),
        ])
    }
}

impl Bound for InventoryRow {
    own_id!(cofferdam_model::InventoryId, "inventory");
    fn members<T>(&self, take: impl FnOnce(&[&[u8]]) -> T) -> T {
        take(&[
            self.component.as_bytes(),
            &self.sha256,
            &self.scanned.as_micros().to_be_bytes(),
            &self.received.as_micros().to_be_bytes(),
        ])
    }
}

impl Bound for IncidentRow {
    own_id!(cofferdam_model::IncidentId, "incident");
    fn members<T>(&self, take: impl FnOnce(&[&[u8]]) -> T) -> T {
        take(&[
            self.title.as_bytes(),
            self.reason.as_bytes(),
            &[u8::from(self.for_labs.is_some())],
            self.for_labs.as_deref().unwrap_or_default().as_bytes(),
            &[u8::from(self.record.is_some())],
            self.record.as_deref().unwrap_or_default().as_bytes(),
            self.records.as_flattened(),
            self.by.as_bytes(),
            &self.opened.as_micros().to_be_bytes(),
        ])
    }
}

impl Stamped for SubjectRow {
    const KIND: &'static str = "incident subject";
    fn name(&self) -> String {
        format!("{} of {}", self.subject, self.incident)
    }
    own_seal!();
    fn sealed<T>(&self, take: impl FnOnce(&[&[u8]]) -> T) -> T {
        let (kind, id) = subject_parts(&self.subject);
        take(&[
            self.incident.as_bytes(),
            &kind.to_be_bytes(),
            &id,
            self.grounds.name().as_bytes(),
            &self.added.as_micros().to_be_bytes(),
            &maybe(self.rebuilt),
        ])
    }
}

impl Stamped for ClaimRow {
    const KIND: &'static str = "incident claim";
    fn name(&self) -> String {
        format!("{} of {}", self.n, self.incident)
    }
    own_seal!();
    fn sealed<T>(&self, take: impl FnOnce(&[&[u8]]) -> T) -> T {
        take(&[
            self.incident.as_bytes(),
            &self.n.to_be_bytes(),
            self.source.as_bytes(),
            &self.window.from().as_micros().to_be_bytes(),
            &maybe(self.window.to()),
            self.by.as_bytes(),
            &self.taken.as_micros().to_be_bytes(),
        ])
    }
}

impl Stamped for MoveRow {
    const KIND: &'static str = "incident move";
    fn name(&self) -> String {
        format!("{} of {}", self.n, self.incident)
    }
    own_seal!();
    fn sealed<T>(&self, take: impl FnOnce(&[&[u8]]) -> T) -> T {
        take(&[
            self.incident.as_bytes(),
            &self.n.to_be_bytes(),
            self.state.name().as_bytes(),
            self.reason.as_bytes(),
            &[u8::from(self.for_labs.is_some())],
            self.for_labs.as_deref().unwrap_or_default().as_bytes(),
            self.by.as_bytes(),
            &self.at.as_micros().to_be_bytes(),
        ])
    }
}

impl Stamped for ConcernedRow {
    const KIND: &'static str = "incident lab";
    fn name(&self) -> String {
        format!("{} in {}", self.own, self.lab)
    }
    own_seal!();
    fn sealed<T>(&self, take: impl FnOnce(&[&[u8]]) -> T) -> T {
        let decided = self.decided.as_ref();
        let decision = decided.map_or("", |decided| decided.decision.name());
        let conditions = decided.map_or(0, |decided| Checked::bits(&decided.conditions));
        take(&[
            self.incident.as_bytes(),
            self.lab.as_bytes(),
            self.own.as_bytes(),
            &self.told.as_micros().to_be_bytes(),
            decision.as_bytes(),
            &conditions.to_be_bytes(),
            &maybe(decided.map(|decided| decided.at)),
        ])
    }
}

impl Stamped for WallActRow {
    const KIND: &'static str = "wall act";
    fn name(&self) -> String {
        format!("{} of {}", self.n, self.wall)
    }
    own_seal!();
    fn sealed<T>(&self, take: impl FnOnce(&[&[u8]]) -> T) -> T {
        take(&[
            self.wall.as_bytes(),
            &self.n.to_be_bytes(),
            self.name.as_bytes(),
            self.reason.as_bytes(),
            self.by.as_bytes(),
            &self.at.as_micros().to_be_bytes(),
        ])
    }
}

impl Stamped for AbleRow {
    const KIND: &'static str = "abilities";
    fn name(&self) -> String {
        self.principal.to_string()
    }
    own_seal!();
    fn sealed<T>(&self, take: impl FnOnce(&[&[u8]]) -> T) -> T {
        take(&[
            self.principal.as_bytes(),
            joined(&self.able.skills).as_bytes(),
            joined(&self.able.languages).as_bytes(),
            &self.able.hours.to_be_bytes(),
        ])
    }
}

impl Stamped for WantedRow {
    const KIND: &'static str = "what is wanted";
    fn name(&self) -> String {
        self.project.to_string()
    }
    own_seal!();
    fn sealed<T>(&self, take: impl FnOnce(&[&[u8]]) -> T) -> T {
        take(&[
            self.project.as_bytes(),
            joined(&self.wanted.skills).as_bytes(),
            joined(&self.wanted.languages).as_bytes(),
            &self.wanted.hours.to_be_bytes(),
            &self.seats.to_be_bytes(),
            self.notice.as_bytes(),
        ])
    }
}

/// A time that may be absent, so that no time looks like an absent one.
fn maybe(time: Option<Timestamp>) -> Vec<u8> {
    time.map_or_else(Vec::new, |time| time.as_micros().to_be_bytes().to_vec())
}

/// Its document by its hash.
impl Stamped for AdvisoryRow {
    const KIND: &'static str = "advisory";
    fn name(&self) -> String {
        self.id.clone()
    }
    own_seal!();
    fn sealed<T>(&self, take: impl FnOnce(&[&[u8]]) -> T) -> T {
        take(&[
            self.id.as_bytes(),
            &self.sha256,
            &self.taken.as_micros().to_be_bytes(),
        ])
    }
}

/// By whom it was asked for, and what: so that it is no answer to anything else.
impl Stamped for AnswerRow {
    const KIND: &'static str = "answer";
    fn name(&self) -> String {
        cofferdam_model::entry::hex32::encode(&self.request)
    }
    own_seal!();
    fn sealed<T>(&self, take: impl FnOnce(&[&[u8]]) -> T) -> T {
        take(&[
            &self.request,
            &self.body,
            self.outcome.as_bytes(),
            &self.created.as_micros().to_be_bytes(),
        ])
    }
}

impl Stamped for SubmissionRow {
    const KIND: &'static str = "submission";
    fn name(&self) -> String {
        self.id.to_string()
    }
    own_seal!();
    fn sealed<T>(&self, take: impl FnOnce(&[&[u8]]) -> T) -> T {
        take(&[
            self.id.as_bytes(),
            self.assignment.as_bytes(),
            self.task.as_bytes(),
            self.project.as_bytes(),
            self.engagement.as_bytes(),
            self.principal.as_bytes(),
            &self.version.to_be_bytes(),
            &self.state.code().to_be_bytes(),
            self.answer.as_bytes(),
            &self.received.as_micros().to_be_bytes(),
        ])
    }
}

impl Stamped for TimerRow {
    const KIND: &'static str = "timer";
    fn name(&self) -> String {
        self.id.to_string()
    }
    own_seal!();
    fn sealed<T>(&self, take: impl FnOnce(&[&[u8]]) -> T) -> T {
        let (started, beat, until, ended, state) = match self.state {
            Timer::Running { started, beat, until } => (started, beat, until, None, 0),
            Timer::Stopped {
                from,
                to,
                cause,
                beat,
                until,
            } => {
                let state = match cause {
                    StopCause::Stopped => 1,
                    StopCause::HeartbeatsCeased => 2,
                    StopCause::Halted => 3,
                    StopCause::EngagementEnded => 4,
                    StopCause::Walled => 5,
                };
                (from, beat, until, Some(to), state)
            }
        };
        take(&[
            self.id.as_bytes(),
            self.lab.as_bytes(),
            self.project.as_bytes(),
            self.engagement.as_bytes(),
            self.principal.as_bytes(),
            &started.as_micros().to_be_bytes(),
            &beat.as_micros().to_be_bytes(),
            &maybe(until),
            &maybe(ended),
            &[state],
        ])
    }
}

impl Stamped for DeliveryRow {
    const KIND: &'static str = "delivery";
    fn name(&self) -> String {
        self.id.to_string()
    }
    own_seal!();
    fn sealed<T>(&self, take: impl FnOnce(&[&[u8]]) -> T) -> T {
        take(&[
            self.id.as_bytes(),
            self.lab.as_bytes(),
            self.project.as_bytes(),
            self.format.as_bytes(),
            &self.rows.to_be_bytes(),
            &self.left_out.to_be_bytes(),
            &self.bytes.to_be_bytes(),
            &self.sha256,
            self.manifest.as_bytes(),
            &self.created.as_micros().to_be_bytes(),
            &self.state.code().to_be_bytes(),
            &maybe(self.decided),
        ])
    }
}

impl Stamped for ItemRow {
    const KIND: &'static str = "delivery row";
    fn name(&self) -> String {
        format!("{} of {}", self.row, self.delivery)
    }
    own_seal!();
    fn sealed<T>(&self, take: impl FnOnce(&[&[u8]]) -> T) -> T {
        take(&[
            self.delivery.as_bytes(),
            &self.row.to_be_bytes(),
            self.task.as_bytes(),
            &self.packed(),
        ])
    }
}
