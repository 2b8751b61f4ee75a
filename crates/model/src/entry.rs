//! The vocabulary of the ledger: what one entry can say.
//!
//! An entry is canonical JSON (RFC 8785, integers only; encoded by the `ledger` crate) with the members
//! `v` (format version, 1), `n` (its index), `t` (ledger time, microseconds since the Unix epoch, never less than
//! the entry before), `by` (who), `fact` (what) and, where the clock was put back, `clock` (what it said). Entries hold ids, states, times, counts and hashes: nothing
//! that a lab or a contractor wrote. The grammar is append-only: a member once published keeps its name and meaning.

use std::collections::BTreeSet;

use serde::{Deserialize, Deserializer, Serialize};

use crate::admit::{Act, Refusal};
use crate::budget::{Budget, Draw};
use crate::engagement::{HolderCommitment, Purpose, Reach, Role};
use crate::halt::{Checked, HaltReason, Scope};
use crate::id::*;
use crate::incident::{IncidentDecision, IncidentState, IncidentSubject};
use crate::time::Timestamp;
use crate::timer::StopCause;
use crate::wall::{CoolingOff, Terms};
use crate::window::Window;
use crate::work::{ReturnCause, Verdict};

/// One line of a compartment's ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Who did it.
    pub by: Actor,
    /// What the clock said, between [`Fact::ClockPutBack`] and [`Fact::ClockCaughtUp`]: less than `t`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock: Option<Timestamp>,
    /// What was done.
    pub fact: Fact,
    /// Index in its ledger, from 0.
    pub n: u64,
    /// Ledger time.
    pub t: Timestamp,
    /// Format version: 1.
    pub v: u8,
}

impl Entry {
    /// The format version written by this code.
    pub const VERSION: u8 = 1;

    /// The time by which read budgets go: what the clock said.
    pub fn told(&self) -> Timestamp {
        self.clock.unwrap_or(self.t)
    }
}

/// Who acted, in words that tell a lab nothing about other labs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "as", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Actor {
    /// Somebody under an engagement.
    Engaged {
        /// The engagement.
        engagement: EngagementId,
        /// The holder's name in this ledger.
        pseudonym: Pseudonym,
        /// The credential's name in this ledger.
        credential: CredentialTag,
    },
    /// One of the firm's operators: no plaintext.
    Operator {
        /// Which.
        principal: PrincipalId,
        /// What proved it, by a keyed hash that no other ledger has.
        credential: CredentialTag,
    },
    /// The platform itself: set-up, and consequences such as the timers that a halt stops.
    #[serde(deserialize_with = "nothing_more")]
    Platform,
    /// Installation log: a credential without the engagement, or the role, that was asked for.
    Stranger {
        /// What proved who asked, as of an operator.
        credential: CredentialTag,
    },
}

/// One version of one sealed object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ObjectRef {
    /// Plaintext bytes.
    pub bytes: u64,
    /// The object.
    pub object: ObjectId,
    /// Its version, from 1.
    pub version: u32,
}

impl ObjectRef {
    /// What one takes in the list of an [`ObjectSet`], in bytes.
    pub const IN_LIST: usize = 28;

    /// Adds it to such a list.
    pub fn append_to_list(&self, list: &mut Vec<u8>) {
        list.extend_from_slice(self.object.as_bytes());
        list.extend_from_slice(&self.version.to_be_bytes());
        list.extend_from_slice(&self.bytes.to_be_bytes());
    }

    /// Reads such a list; nothing, where it is none.
    pub fn read_list(list: &[u8]) -> Option<Vec<Self>> {
        let (items, rest) = list.as_chunks::<{ Self::IN_LIST }>();
        let read = |item: &[u8; Self::IN_LIST]| {
            let (object, rest) = item.split_first_chunk::<16>()?;
            let (version, bytes) = rest.split_first_chunk::<4>()?;
            Some(Self {
                bytes: u64::from_be_bytes(bytes.try_into().ok()?),
                object: ObjectId::from_bytes(*object),
                version: u32::from_be_bytes(*version),
            })
        };
        rest.is_empty()
            .then(|| items.iter().map(read).collect())
            .flatten()
    }
}

/// A set of objects fixed before it is read: too many to list in the entry.
///
/// `sha256` is over the concatenation, in reading order, of each object's id (16 bytes), version (4 bytes,
/// big-endian) and plaintext length (8 bytes, big-endian). The list itself is kept beside the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ObjectSet {
    /// Plaintext bytes in all.
    pub bytes: u64,
    /// Objects in all.
    pub objects: u64,
    /// Hash of the list.
    #[serde(with = "hex32")]
    pub sha256: [u8; 32],
}

/// How a streamed read ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StreamEnd {
    /// Everything was sent.
    Finished,
    /// A halt cut it.
    Halted,
    /// The reader left.
    Left,
    /// An object could not be opened or read.
    Failed,
}

/// What one entry records.
#[expect(
    missing_docs,
    reason = "the members are typed ids and states; the variants say what happened to them"
)]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Fact {
    // --- what authorises: folded into `Authority` ---
    /// A lab's compartment begins.
    LabOpened { lab: LabId },
    /// A project begins.
    ProjectOpened { project: ProjectId, template: ObjectRef },
    /// A project takes no more work.
    ProjectClosed { project: ProjectId },
    /// What a project has sealed so far is sealed anew under a key that was minted after this, and what comes is too.
    EpochsRotated { project: ProjectId },
    /// An engagement begins to grant.
    EngagementGranted {
        engagement: EngagementId,
        pseudonym: Pseudonym,
        holder: HolderCommitment,
        reach: Reach,
        role: Role,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        purposes: Vec<Purpose>,
        from: Timestamp,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Timestamp>,
        budget: Budget,
    },
    /// An engagement grants no more.
    EngagementEnded { engagement: EngagementId },
    /// An engagement's budget is another.
    BudgetSet {
        engagement: EngagementId,
        budget: Budget,
    },
    /// A halt begins.
    Halted {
        halt: HaltId,
        scope: Scope,
        reason: HaltReason,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Timestamp>,
    },
    /// A halt ends.
    Resumed {
        halt: HaltId,
        /// What was checked before, in the order of [`Checked`]; nothing where nobody said.
        #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
        checked: BTreeSet<Checked>,
    },
    /// Lab's ledger: keys that are minted after this are minted by a keyholder that the lab runs. `authority` is the SHA-256 of its
    /// authority's certificate (DER), `witness` the key that cosigns its checkpoints (C2SP vkey).
    KeyholderSet {
        #[serde(with = "hex32")]
        authority: [u8; 32],
        witness: String,
    },
    /// Deliveries go to these age recipients, and to no others.
    RecipientsSet { recipients: Vec<String> },
    /// The clock says less than the ledger's last time, by a second or more (and the entry says what): ledger time stands still.
    /// Which of the two was right is not known here. It comes again where the clock is put back further.
    #[serde(deserialize_with = "nothing_more")]
    ClockPutBack,
    /// The clock has caught up: ledger time goes on.
    #[serde(deserialize_with = "nothing_more")]
    ClockCaughtUp,
    /// Installation log: a principal may administer.
    OperatorGranted { principal: PrincipalId },
    /// Installation log: a principal may administer no more.
    OperatorEnded { principal: PrincipalId },
    /// Installation log: a wall stands. `name` and `why` are SHA-256 of the firm's words.
    WallDeclared {
        wall: WallId,
        terms: Terms,
        #[serde(with = "hex32")]
        name: [u8; 32],
        #[serde(with = "hex32")]
        why: [u8; 32],
    },
    /// Installation log: a wall says something else from here on.
    WallChanged {
        wall: WallId,
        terms: Terms,
        #[serde(with = "hex32")]
        why: [u8; 32],
    },
    /// Installation log: a wall stands no more.
    WallLifted {
        wall: WallId,
        #[serde(with = "hex32")]
        why: [u8; 32],
    },
    /// Installation log: plaintext of a lab within a wall was, or is about to be, released to a principal. The cooling-off counts
    /// from the end of that day, UTC; one entry a day says it.
    DataSeen {
        principal: PrincipalId,
        lab: LabId,
        counts_from: Timestamp,
    },

    /// Installation log: where a person is written to. `row` is the keyed seal of its row, so that the ledger names no address;
    /// none: nowhere any more.
    AddressSet {
        principal: PrincipalId,
        #[serde(default, skip_serializing_if = "Option::is_none", with = "maybe_hex32")]
        row: Option<[u8; 32]>,
    },
    /// Lab's ledger: what happens to the lab is told to this webhook too. Its id is a keyed hash of its row.
    WebhookSet { webhook: WebhookId },
    /// Lab's ledger: no more.
    WebhookRemoved { webhook: WebhookId },

    // --- people and credentials: installation log ---
    /// A person, a component or a job of the platform is known from here on. Its id is a keyed hash of its row.
    PrincipalEnrolled { principal: PrincipalId },
    /// A credential exists. `row` is the hash of its database row's authorising members.
    CredentialIssued {
        credential: CredentialId,
        #[serde(with = "hex32")]
        row: [u8; 32],
    },
    /// Lab's ledger: somebody who is engaged here was given a way in. The lab sees that it was, by whom and when.
    HolderCredentialIssued {
        engagement: EngagementId,
        credential: CredentialTag,
    },
    /// A credential proves nothing more.
    CredentialRevoked { credential: CredentialId },

    // --- data in ---
    /// The project's guideline has a new version.
    GuidelineSet {
        project: ProjectId,
        guideline: ObjectRef,
    },
    /// Tasks came in.
    TasksImported { project: ProjectId, set: ObjectSet },
    /// An answer came in.
    SubmissionReceived {
        submission: SubmissionId,
        task: TaskId,
        assignment: AssignmentId,
        answer: ObjectRef,
    },
    /// A verdict came in.
    ReviewGiven {
        review: ReviewId,
        submission: SubmissionId,
        verdict: Verdict,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        comment: Option<ObjectRef>,
    },

    /// The reviewer of an answer left it otherwise than its author, and accepts it so.
    AnswerAmended {
        review: ReviewId,
        submission: SubmissionId,
        answer: ObjectRef,
    },
    /// A reviewer took their verdict back: the answer waits for another.
    ReviewWithdrawn {
        review: ReviewId,
        submission: SubmissionId,
    },

    /// Somebody asks what the guideline does not say, or says that a task is broken.
    QuestionAsked {
        remark: RemarkId,
        project: ProjectId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        task: Option<TaskId>,
        broken: bool,
        words: ObjectRef,
    },
    /// Somebody says something to it.
    QuestionAnswered {
        remark: RemarkId,
        question: RemarkId,
        project: ProjectId,
        words: ObjectRef,
    },

    // --- data out: each of these is durable before any byte is unsealed ---
    /// A task was released to its holder.
    TaskReleased {
        task: TaskId,
        assignment: AssignmentId,
        objects: Vec<ObjectRef>,
    },
    /// A submission, with its task, was released to a reviewer.
    ReviewReleased {
        review: ReviewId,
        submission: SubmissionId,
        objects: Vec<ObjectRef>,
    },
    /// Single objects were released.
    ObjectsReleased {
        project: ProjectId,
        objects: Vec<ObjectRef>,
    },
    /// A fixed set is about to be read.
    ReadIntended {
        stream: StreamId,
        project: ProjectId,
        purpose: Purpose,
        set: ObjectSet,
    },
    /// How much of it was sent.
    ReadCompleted {
        stream: StreamId,
        objects: u64,
        bytes: u64,
        end: StreamEnd,
    },

    // --- work ---
    /// A hold on a task ended without an answer.
    TaskReturned {
        task: TaskId,
        assignment: AssignmentId,
        cause: ReturnCause,
    },
    /// Time begins to count.
    TimerStarted { timer: TimerId },
    /// Time stopped counting: it counts from `from` to `to`.
    TimerStopped {
        timer: TimerId,
        from: Timestamp,
        to: Timestamp,
        cause: StopCause,
    },
    /// A delivery was made.
    DeliveryMade {
        delivery: DeliveryId,
        project: ProjectId,
        format: String,
        rows: u64,
        /// SHA-256 of the encrypted file.
        #[serde(with = "hex32")]
        file: [u8; 32],
        /// SHA-256 of the manifest.
        #[serde(with = "hex32")]
        manifest: [u8; 32],
    },
    /// The lab accepted a delivery.
    DeliveryAccepted { delivery: DeliveryId },
    /// The lab sent rows back.
    DeliveryRowsReturned { delivery: DeliveryId, rows: u64 },

    /// An answer went back to its author with a row that the lab sent back.
    SubmissionSentBack {
        submission: SubmissionId,
        delivery: DeliveryId,
    },
    /// An answer was back with its author, whose engagement has ended: it is given up, and the task is free.
    SubmissionLapsed { submission: SubmissionId },

    // --- components ---
    /// A component that is engaged here said what it runs. `document` is SHA-256 of the salt of its holder commitment and of the
    /// hash of its inventory's document ([`crate::engagement::inventory_commitment`]).
    InventoryReported {
        engagement: EngagementId,
        #[serde(with = "hex32")]
        document: [u8; 32],
        packages: u64,
        gaps: u64,
        /// When it was scanned, by the component's own clock.
        scanned: Timestamp,
    },
    /// Installation log: what a component said is kept. `sha256` is of the document.
    InventoryKept {
        component: PrincipalId,
        inventory: InventoryId,
        #[serde(with = "hex32")]
        sha256: [u8; 32],
    },
    /// Installation log: an advisory is known, in place of an older version of it.
    AdvisoryTaken {
        #[serde(with = "hex32")]
        sha256: [u8; 32],
        #[serde(default, skip_serializing_if = "Option::is_none", with = "maybe_hex32")]
        replaces: Option<[u8; 32]>,
    },

    // --- incidents: none of it authorises; a lab's ledger has an id of its own for each, so that two labs find none in common ---
    /// A case is opened. In a lab's ledger: one that concerns it; `why` commits to the words that the lab is told, if any, as
    /// [`reason_commitment`](crate::incident::reason_commitment) does.
    IncidentOpened {
        incident: IncidentId,
        #[serde(default, skip_serializing_if = "Option::is_none", with = "maybe_hex32")]
        why: Option<[u8; 32]>,
    },
    /// Lab's ledger: somebody who is or was engaged here is a subject of it; none: the platform itself is.
    IncidentConcerns {
        incident: IncidentId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        subject: Option<Pseudonym>,
    },
    /// Installation log: whom or what it is about.
    IncidentSubjectAdded {
        incident: IncidentId,
        subject: IncidentSubject,
    },
    /// It stands elsewhere now. `why` is SHA-256 of the reason's text in the installation log; in a lab's ledger it commits to what the
    /// lab is told, as when it was opened.
    IncidentMoved {
        incident: IncidentId,
        state: IncidentState,
        #[serde(default, skip_serializing_if = "Option::is_none", with = "maybe_hex32")]
        why: Option<[u8; 32]>,
    },
    /// Installation log: a source's claim of when it was is kept. `source` is SHA-256 of its text.
    ClaimTaken {
        incident: IncidentId,
        #[serde(with = "hex32")]
        source: [u8; 32],
        window: Window,
    },
    /// Installation log: the host of a component that is a subject was rebuilt at that time, as an operator declares.
    HostRebuilt {
        incident: IncidentId,
        component: PrincipalId,
        at: Timestamp,
    },
    /// Lab's ledger: what the lab does about it.
    IncidentDecided {
        incident: IncidentId,
        decision: IncidentDecision,
        /// What it wants to be checked before what is stopped goes on, in the order of [`Checked`].
        #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
        conditions: BTreeSet<Checked>,
    },

    // --- walls, as a lab is told of them: its own id for each, and nobody on the other side ---
    /// Lab's ledger: the lab is within a wall, which says that from here on.
    WallStands {
        wall: WallId,
        cooling_off_days: CoolingOff,
    },
    /// Lab's ledger: the lab is within that wall no more.
    WallGone { wall: WallId },

    // --- what was not done ---
    /// Somebody asked and was refused.
    Refused {
        act: Act,
        why: Refusal,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        project: Option<ProjectId>,
    },
}

impl Fact {
    /// The one object version that came in with the entry; tasks come in as a set.
    pub fn written(&self) -> Option<&ObjectRef> {
        match self {
            Self::ProjectOpened { template: object, .. }
            | Self::GuidelineSet {
                guideline: object, ..
            }
            | Self::SubmissionReceived { answer: object, .. }
            | Self::AnswerAmended { answer: object, .. }
            | Self::QuestionAsked { words: object, .. }
            | Self::QuestionAnswered { words: object, .. }
            | Self::ReviewGiven {
                comment: Some(object),
                ..
            } => Some(object),
            _ => None,
        }
    }

    /// The set of objects that it names by a hash.
    pub fn object_set(&self) -> Option<&ObjectSet> {
        match self {
            Self::TasksImported { set, .. } | Self::ReadIntended { set, .. } => Some(set),
            _ => None,
        }
    }

    /// Whether it stops or tells, and lets nobody do more: all that the platform does by itself is so.
    pub fn only_stops(&self) -> bool {
        matches!(
            self,
            Self::Halted { .. }
                | Self::TimerStopped { .. }
                | Self::IncidentOpened { .. }
                | Self::IncidentSubjectAdded { .. }
                | Self::IncidentConcerns { .. }
                | Self::IncidentMoved { .. }
                | Self::PrincipalEnrolled { .. }
                | Self::ClockPutBack
                | Self::ClockCaughtUp
        )
    }

    /// Whether it makes room for somebody else at a task: it comes before whatever takes that, so that whoever reads a ledger from its
    /// beginning finds no task in more hands than it may be.
    pub fn makes_room(&self) -> bool {
        matches!(self, Self::TaskReturned { .. } | Self::SubmissionLapsed { .. })
    }

    /// Whether the entry is folded into [`crate::Authority`].
    pub fn authorises(&self) -> bool {
        matches!(
            self,
            Self::LabOpened { .. }
                | Self::ProjectOpened { .. }
                | Self::ProjectClosed { .. }
                | Self::EpochsRotated { .. }
                | Self::KeyholderSet { .. }
                | Self::EngagementGranted { .. }
                | Self::EngagementEnded { .. }
                | Self::BudgetSet { .. }
                | Self::Halted { .. }
                | Self::Resumed { .. }
                | Self::RecipientsSet { .. }
                | Self::ClockPutBack
                | Self::ClockCaughtUp
                | Self::OperatorGranted { .. }
                | Self::OperatorEnded { .. }
                | Self::CredentialRevoked { .. }
                | Self::AddressSet { .. }
                | Self::WebhookSet { .. }
                | Self::WebhookRemoved { .. }
                | Self::WallDeclared { .. }
                | Self::WallChanged { .. }
                | Self::WallLifted { .. }
                | Self::DataSeen { .. }
        )
    }

    /// The one thing whose state it changes, where a row that is not sealed by the ledger holds that state: its row is held
    /// against the newest of these.
    pub fn about(&self) -> Option<[u8; 16]> {
        match self {
            Self::GuidelineSet { project, .. } => Some(*project.as_bytes()),
            Self::SubmissionReceived { submission, .. }
            | Self::ReviewGiven { submission, .. }
            | Self::ReviewWithdrawn { submission, .. }
            | Self::SubmissionSentBack { submission, .. }
            | Self::SubmissionLapsed { submission } => Some(*submission.as_bytes()),
            Self::TaskReturned { assignment, .. } => Some(*assignment.as_bytes()),
            Self::TimerStopped { timer, .. } => Some(*timer.as_bytes()),
            Self::DeliveryMade { delivery, .. }
            | Self::DeliveryAccepted { delivery }
            | Self::DeliveryRowsReturned { delivery, .. } => Some(*delivery.as_bytes()),
            _ => None,
        }
    }

    /// The project that the entry names, if it names one.
    pub fn project(&self) -> Option<ProjectId> {
        match self {
            Self::ProjectOpened { project, .. }
            | Self::ProjectClosed { project }
            | Self::EpochsRotated { project }
            | Self::GuidelineSet { project, .. }
            | Self::TasksImported { project, .. }
            | Self::QuestionAsked { project, .. }
            | Self::QuestionAnswered { project, .. }
            | Self::ObjectsReleased { project, .. }
            | Self::ReadIntended { project, .. }
            | Self::DeliveryMade { project, .. } => Some(*project),
            Self::Refused { project, .. } => *project,
            Self::EngagementGranted {
                reach: Reach::Project(project),
                ..
            } => Some(*project),
            _ => None,
        }
    }

    /// The single objects that the entry releases, in order.
    pub fn objects(&self) -> &[ObjectRef] {
        match self {
            Self::TaskReleased { objects, .. }
            | Self::ReviewReleased { objects, .. }
            | Self::ObjectsReleased { objects, .. } => objects,
            _ => &[],
        }
    }

    /// How much plaintext the entry says was, or was about to be, released.
    pub fn released(&self) -> Draw {
        match self {
            Self::TaskReleased { objects, .. }
            | Self::ReviewReleased { objects, .. }
            | Self::ObjectsReleased { objects, .. } => draw_of(objects),
            Self::ReadIntended { set, .. } => Draw {
                objects: set.objects,
                bytes: set.bytes,
            },
            _ => Draw::default(),
        }
    }
}

/// The number of objects in a list and the sum of their bytes.
pub fn draw_of(objects: &[ObjectRef]) -> Draw {
    objects.iter().fold(Draw::default(), |sum, o| {
        sum.plus(Draw {
            objects: 1,
            bytes: o.bytes,
        })
    })
}

/// Reads an alternative that has no members of its own. serde's `deny_unknown_fields` does not look beside the
/// tag of one, and a ledger must have no place for words that nobody reads.
pub(crate) fn nothing_more<'de, D: Deserializer<'de>>(d: D) -> Result<(), D::Error> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Nothing {}
    Nothing::deserialize(d).map(|Nothing {}| ())
}

/// 32 bytes as 64 lower-case hexadecimal digits, or nothing.
mod maybe_hex32 {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Serialize, Deserialize)]
    #[serde(transparent)]
    struct Hex(#[serde(with = "super::hex32")] [u8; 32]);

    pub(super) fn serialize<S: Serializer>(bytes: &Option<[u8; 32]>, s: S) -> Result<S::Ok, S::Error> {
        bytes.map(Hex).serialize(s)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Option<[u8; 32]>, D::Error> {
        Hex::deserialize(d).map(|Hex(bytes)| Some(bytes))
    }
}

/// 32 bytes as 64 lower-case hexadecimal digits.
pub mod hex32 {
    use serde::{Deserialize, Deserializer, Serializer};

    /// Writes 64 digits.
    pub fn serialize<S: Serializer>(bytes: &[u8; 32], s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&encode(bytes))
    }

    /// Reads 64 digits.
    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<[u8; 32], D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(d)?;
        decode(&text).ok_or_else(|| serde::de::Error::custom("expected 64 lower-case hexadecimal digits"))
    }

    /// The digits of `bytes`.
    pub fn encode(bytes: &[u8; 32]) -> String {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        bytes
            .iter()
            .flat_map(|b| [DIGITS[usize::from(b >> 4)], DIGITS[usize::from(b & 15)]])
            .map(char::from)
            .collect()
    }

    /// The inverse of [`encode`].
    pub fn decode(text: &str) -> Option<[u8; 32]> {
        let digits = text.as_bytes();
        if digits.len() != 64 {
            return None;
        }
        let value = |d: u8| match d {
            b'0'..=b'9' => Some(d - b'0'),
            b'a'..=b'f' => Some(d - b'a' + 10),
            _ => None,
        };
        let mut out = [0; 32];
        for (byte, pair) in out.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = value(pair[0])? << 4 | value(pair[1])?;
        }
        Some(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_reads_back_and_unknown_members_are_refused() {
        let entry = Entry {
            by: Actor::Platform,
            clock: None,
            fact: Fact::Halted {
                halt: HaltId::from_bytes([1; 16]),
                scope: Scope::Lab(LabId::from_bytes([2; 16])),
                reason: HaltReason::LabRequest,
                until: None,
            },
            n: 4,
            t: Timestamp::from_micros(5),
            v: Entry::VERSION,
        };
        let text = serde_json::to_string(&entry).unwrap();
        assert_eq!(serde_json::from_str::<Entry>(&text).unwrap(), entry);
        let widened = text.replacen("\"v\":1", "\"v\":1,\"x\":0", 1);
        assert!(serde_json::from_str::<Entry>(&widened).is_err());
    }

    #[test]
    fn hex_round_trips_and_refuses_upper_case() {
        let bytes = [0xA5; 32];
        assert_eq!(hex32::decode(&hex32::encode(&bytes)), Some(bytes));
        assert_eq!(hex32::decode(&hex32::encode(&bytes).to_uppercase()), None);
    }
}
