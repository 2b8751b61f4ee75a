//! Halts: a stop on a scope, with a reason, reversible.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::id::*;
use crate::time::Timestamp;

/// What a halt stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "on", content = "id", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Scope {
    /// Everything.
    Installation,
    /// One lab's data and all work on it.
    Lab(LabId),
    /// One project.
    Project(ProjectId),
    /// One engagement.
    Engagement(EngagementId),
    /// One person, in every lab.
    Person(PrincipalId),
    /// One component, in every lab.
    Component(PrincipalId),
    /// One credential.
    Credential(CredentialId),
}

/// Every scope that encloses one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Surroundings {
    /// The lab whose data is asked for.
    pub lab: LabId,
    /// The project, when the request names one.
    pub project: Option<ProjectId>,
    /// The engagement, when the request is made under one.
    pub engagement: Option<EngagementId>,
    /// Who asks.
    pub principal: PrincipalId,
    /// By which credential.
    pub credential: CredentialId,
}

impl Scope {
    /// Whether it is somebody, or a credential of theirs: a halt on it is of them, wherever they work.
    pub fn is_on(&self, principal: PrincipalId, credential: CredentialId) -> bool {
        match *self {
            Self::Person(of) | Self::Component(of) => of == principal,
            Self::Credential(of) => of == credential,
            Self::Installation | Self::Lab(_) | Self::Project(_) | Self::Engagement(_) => false,
        }
    }

    /// Whether a halt on this scope stops a request made in these surroundings.
    pub fn encloses(&self, at: &Surroundings) -> bool {
        match *self {
            Self::Installation => true,
            Self::Lab(lab) => lab == at.lab,
            Self::Project(project) => Some(project) == at.project,
            Self::Engagement(engagement) => Some(engagement) == at.engagement,
            Self::Person(principal) | Self::Component(principal) => principal == at.principal,
            Self::Credential(credential) => credential == at.credential,
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Installation => f.write_str("installation"),
            Self::Lab(id) => write!(f, "lab:{id}"),
            Self::Project(id) => write!(f, "project:{id}"),
            Self::Engagement(id) => write!(f, "engagement:{id}"),
            Self::Person(id) => write!(f, "person:{id}"),
            Self::Component(id) => write!(f, "component:{id}"),
            Self::Credential(id) => write!(f, "credential:{id}"),
        }
    }
}

/// Why a text does not name a scope.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScopeError {
    /// No such kind of scope.
    #[error(
        "there is no scope `{0}`: the scopes are installation, lab:, project:, engagement:, person:, component: and credential:, \
         and behind the colon goes an id"
    )]
    Unknown(String),
    /// The id is not of that kind.
    #[error(transparent)]
    Id(#[from] IdError),
}

impl FromStr for Scope {
    type Err = ScopeError;
    fn from_str(text: &str) -> Result<Self, ScopeError> {
        if text == "installation" {
            return Ok(Self::Installation);
        }
        let unknown = || ScopeError::Unknown(shown(text, 60));
        let (kind, id) = text.split_once(':').ok_or_else(unknown)?;
        Ok(match kind {
            "lab" => Self::Lab(id.parse()?),
            "project" => Self::Project(id.parse()?),
            "engagement" => Self::Engagement(id.parse()?),
            "person" => Self::Person(id.parse()?),
            "component" => Self::Component(id.parse()?),
            "credential" => Self::Credential(id.parse()?),
            _ => return Err(unknown()),
        })
    }
}

/// Why something was halted, in words that may be shown to everybody concerned.
///
/// A closed list, because a halt must be explained to people who, being halted, may be shown nothing that a lab wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HaltReason {
    /// A suspected or confirmed security incident is being looked into.
    Incident,
    /// A component that this work uses is under review.
    Component,
    /// The lab asked for a pause.
    LabRequest,
    /// A credential may be in the wrong hands.
    Credential,
    /// More was read than the budget allows.
    Budget,
    /// Planned maintenance.
    Maintenance,
    /// A drill.
    Drill,
}

impl HaltReason {
    /// Its name, as it is written everywhere.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Incident => "incident",
            Self::Component => "component",
            Self::LabRequest => "lab-request",
            Self::Credential => "credential",
            Self::Budget => "budget",
            Self::Maintenance => "maintenance",
            Self::Drill => "drill",
        }
    }

    /// One sentence for those who are stopped.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Incident => "A security incident is being looked into.",
            Self::Component => "A component that this work uses is under review.",
            Self::LabRequest => "The lab asked for a pause.",
            Self::Credential => "A credential may be in the wrong hands.",
            Self::Budget => "More was read than the budget allows.",
            Self::Maintenance => "Planned maintenance.",
            Self::Drill => "This is a drill.",
        }
    }

    /// Every reason, for help texts and forms.
    pub const ALL: [Self; 7] = [
        Self::Incident,
        Self::Component,
        Self::LabRequest,
        Self::Credential,
        Self::Budget,
        Self::Maintenance,
        Self::Drill,
    ];
}

/// What was checked before a halt was ended, by whoever ended it. It is their word, on record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Checked {
    /// The host was built anew.
    HostRebuilt,
    /// Credentials that were in reach are revoked, and others took their place.
    CredentialsRotated,
    /// What the component runs was scanned, and is not affected.
    InventoryClean,
    /// The exposure report was read.
    ReportRead,
    /// The lab was asked, and agrees.
    LabAgrees,
    /// There was nothing to stop for.
    FalseAlarm,
}

impl Checked {
    /// Its name, as it is written everywhere.
    pub const fn name(self) -> &'static str {
        match self {
            Self::HostRebuilt => "host-rebuilt",
            Self::CredentialsRotated => "credentials-rotated",
            Self::InventoryClean => "inventory-clean",
            Self::ReportRead => "report-read",
            Self::LabAgrees => "lab-agrees",
            Self::FalseAlarm => "false-alarm",
        }
    }

    /// The bit that stands for it in storage.
    pub const fn bit(self) -> i64 {
        match self {
            Self::HostRebuilt => 1,
            Self::CredentialsRotated => 1 << 1,
            Self::InventoryClean => 1 << 2,
            Self::ReportRead => 1 << 3,
            Self::LabAgrees => 1 << 4,
            Self::FalseAlarm => 1 << 5,
        }
    }

    /// From storage; none: one of the bits stands for nothing.
    pub fn of_bits(bits: i64) -> Option<BTreeSet<Self>> {
        let all: BTreeSet<Self> = Self::ALL
            .into_iter()
            .filter(|one| bits & one.bit() != 0)
            .collect();
        (Self::bits(&all) == bits).then_some(all)
    }

    /// For storage.
    pub fn bits(all: &BTreeSet<Self>) -> i64 {
        all.iter().map(|one| one.bit()).sum()
    }

    /// Everything that can be checked, for help texts and forms.
    pub const ALL: [Self; 6] = [
        Self::HostRebuilt,
        Self::CredentialsRotated,
        Self::InventoryClean,
        Self::ReportRead,
        Self::LabAgrees,
        Self::FalseAlarm,
    ];
}

/// An open halt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Halt {
    /// Its id.
    pub id: HaltId,
    /// What it stops.
    pub scope: Scope,
    /// Why.
    pub reason: HaltReason,
    /// Since when: the ledger's time of its entry.
    pub since: Timestamp,
    /// Until when; none: until further notice.
    pub until: Option<Timestamp>,
    /// Whether the lab opened it: then the lab alone ends it, and otherwise operators alone.
    pub by_lab: bool,
}

impl Halt {
    /// Whether it stops anything at `now`.
    pub fn in_effect(&self, now: Timestamp) -> bool {
        self.until.is_none_or(|until| now < until)
    }
}
