//! The engagement: the only thing that grants.

use serde::{Deserialize, Serialize};

use crate::budget::Budget;
use crate::id::*;
use crate::time::Timestamp;

/// In what capacity a principal is engaged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Answers tasks.
    Author,
    /// Judges submissions.
    Reviewer,
    /// Runs a project: guidelines, import, export.
    Lead,
    /// Speaks for the lab.
    Steward,
    /// Software: an import script, or one of the platform's own jobs.
    Integration,
}

impl Role {
    /// Its name, as it is written everywhere.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Author => "author",
            Self::Reviewer => "reviewer",
            Self::Lead => "lead",
            Self::Steward => "steward",
            Self::Integration => "integration",
        }
    }
}

/// What an `integration` engagement is for. It may do nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// Brings tasks and guidelines in.
    Import,
    /// Reads labels to measure agreement.
    Agreement,
    /// Reads tasks and answers to build a delivery.
    Delivery,
    /// Reads tasks and answers for a tool of the firm's.
    Export,
}

/// How far an engagement reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "to", content = "id", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Reach {
    /// One project.
    Project(ProjectId),
    /// Every project of the lab: for stewards only.
    Lab,
}

/// Whether an engagement grants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EngagementState {
    /// It grants, from its start until its end.
    Active,
    /// It grants no more, and never will again.
    Ended {
        /// When it ended.
        at: Timestamp,
    },
}

/// SHA-256 of a 32-byte salt and the holder's principal id: says who holds an engagement to whoever knows the
/// salt, and to nobody once the salt is erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct HolderCommitment(#[serde(with = "crate::entry::hex32")] pub [u8; 32]);

impl HolderCommitment {
    /// Commits to `principal` under `salt`.
    pub fn new(salt: &[u8; 32], principal: PrincipalId) -> Self {
        Self(salted(b"cofferdam holder v1", salt, principal.as_bytes()))
    }
}

/// How `credential` appears in the ledger under an engagement whose holder's salt is `salt`.
pub fn credential_tag(salt: &[u8; 32], credential: CredentialId) -> CredentialTag {
    let hash = salted(b"cofferdam credential v1", salt, credential.as_bytes());
    let mut tag = [0; 16];
    tag.copy_from_slice(&hash[..16]);
    CredentialTag::from_bytes(tag)
}

/// How the document of an inventory appears in the ledger under an engagement whose holder's salt is `salt`: whoever is given salt
/// and document can tell that it is the one, and two labs find no hash in common.
pub fn inventory_commitment(salt: &[u8; 32], document: &[u8; 32]) -> [u8; 32] {
    salted(b"cofferdam inventory v1", salt, document)
}

pub(crate) fn salted(label: &[u8], salt: &[u8; 32], value: &[u8]) -> [u8; 32] {
    let mut context = aws_lc_rs::digest::Context::new(&aws_lc_rs::digest::SHA256);
    for part in [label, salt, value] {
        context.update(part);
    }
    let mut out = [0; 32];
    out.copy_from_slice(context.finish().as_ref());
    out
}

/// One principal joined to one project (or, for a steward, one lab), in one role, for a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Engagement {
    /// Its id.
    pub id: EngagementId,
    /// The lab whose ledger it stands in.
    pub lab: LabId,
    /// How far it reaches.
    pub reach: Reach,
    /// In what capacity.
    pub role: Role,
    /// For an integration: what for.
    pub purposes: Vec<Purpose>,
    /// How its holder appears in the lab's ledger.
    pub pseudonym: Pseudonym,
    /// Who holds it.
    pub holder: HolderCommitment,
    /// From when it grants.
    pub from: Timestamp,
    /// Whether it had begun by its ledger's own time when it was granted. That time never goes back, so that a clock
    /// which does takes away nothing that was granted.
    pub begun: bool,
    /// Until when; none: until ended.
    pub until: Option<Timestamp>,
    /// How much may be read under it.
    pub budget: Budget,
    /// Whether it was ended.
    pub state: EngagementState,
}

impl Engagement {
    /// Whether it grants at `now`.
    pub fn active(&self, now: Timestamp) -> bool {
        self.state == EngagementState::Active
            && (self.begun || self.from <= now)
            && self.until.is_none_or(|until| now < until)
    }

    /// When it ended, if it has: was ended, or came to the end of its time.
    pub fn ended(&self, now: Timestamp) -> Option<Timestamp> {
        let ran_out = self.until.filter(|until| *until <= now);
        match self.state {
            EngagementState::Active => ran_out,
            EngagementState::Ended { at } => Some(ran_out.map_or(at, |until| until.min(at))),
        }
    }

    /// Whether it reaches `project`.
    pub fn reaches(&self, project: ProjectId) -> bool {
        match self.reach {
            Reach::Project(own) => own == project,
            Reach::Lab => true,
        }
    }

    /// The one project it is for, if it is for one.
    pub fn project(&self) -> Option<ProjectId> {
        match self.reach {
            Reach::Project(project) => Some(project),
            Reach::Lab => None,
        }
    }

    /// Ends it. Ending an ended engagement changes nothing: the first end stands.
    #[must_use]
    pub fn end(self, at: Timestamp) -> Self {
        match self.state {
            EngagementState::Active => Self {
                state: EngagementState::Ended { at },
                ..self
            },
            EngagementState::Ended { .. } => self,
        }
    }
}
