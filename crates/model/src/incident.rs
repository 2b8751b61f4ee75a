//! Incidents: opened cases. Where one stands, whom it is about, what a lab decides, and what is stopped at once.
//!
//! Nothing here authorises: what stops anybody is a halt, which an incident may be the reason of.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::engagement::salted;
use crate::id::*;

/// How words of the firm's about an incident appear in a lab's ledger: whoever is given salt and words can tell that they are the
/// ones, and two labs find no hash in common.
pub fn reason_commitment(salt: &[u8; 32], words: &str) -> [u8; 32] {
    salted(b"cofferdam incident reason v1", salt, words.as_bytes())
}

/// Where an incident stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IncidentState {
    /// It may still go on.
    Open,
    /// What it came through is stopped.
    Contained,
    /// What befell which object is known, as far as it can be.
    Assessed,
    /// Nothing more is done about it.
    Closed,
}

/// A step that an incident cannot take from where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the incident is {}, and from there it cannot be {}: {}", is.name(), wanted.name(), is.next())]
pub struct StepError {
    is: IncidentState,
    wanted: IncidentState,
}

impl IncidentState {
    /// Every state, in their order.
    pub const ALL: [Self; 4] = [Self::Open, Self::Contained, Self::Assessed, Self::Closed];

    /// Its name, as it is written everywhere.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Contained => "contained",
            Self::Assessed => "assessed",
            Self::Closed => "closed",
        }
    }

    /// The number that stands for it in storage.
    pub const fn code(self) -> i64 {
        match self {
            Self::Open => 0,
            Self::Contained => 1,
            Self::Assessed => 2,
            Self::Closed => 3,
        }
    }

    /// From storage.
    pub fn from_code(code: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }

    const fn next(self) -> &'static str {
        match self {
            Self::Open => "it is contained next",
            Self::Contained => "it is assessed next, or opened again",
            Self::Assessed => "it is closed next, or opened again",
            Self::Closed => "it can be opened again",
        }
    }

    const fn step(self, from: Self, to: Self) -> Result<Self, StepError> {
        match self.code() == from.code() {
            true => Ok(to),
            false => Err(StepError { is: self, wanted: to }),
        }
    }

    /// What it came through is stopped.
    pub const fn contain(self) -> Result<Self, StepError> {
        self.step(Self::Open, Self::Contained)
    }

    /// What befell which object is known.
    pub const fn assess(self) -> Result<Self, StepError> {
        self.step(Self::Contained, Self::Assessed)
    }

    /// Nothing more is done about it.
    pub const fn close(self) -> Result<Self, StepError> {
        self.step(Self::Assessed, Self::Closed)
    }

    /// It goes on after all: an act of its own, from any state beyond the first, and everything after it is done again.
    pub const fn reopen(self) -> Result<Self, StepError> {
        match self {
            Self::Open => Err(StepError {
                is: self,
                wanted: Self::Open,
            }),
            Self::Contained | Self::Assessed | Self::Closed => Ok(Self::Open),
        }
    }

    /// The act that leads to `to`.
    pub const fn moved(self, to: Self) -> Result<Self, StepError> {
        match to {
            Self::Open => self.reopen(),
            Self::Contained => self.contain(),
            Self::Assessed => self.assess(),
            Self::Closed => self.close(),
        }
    }
}

/// Whom or what an incident is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "is", content = "id", rename_all = "kebab-case", deny_unknown_fields)]
pub enum IncidentSubject {
    /// Enrolled software.
    Component(PrincipalId),
    /// A person.
    Person(PrincipalId),
    /// What proves one of them.
    Credential(CredentialId),
    /// The platform itself.
    Platform,
}

impl fmt::Display for IncidentSubject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Component(id) => write!(f, "component:{id}"),
            Self::Person(id) => write!(f, "person:{id}"),
            Self::Credential(id) => write!(f, "credential:{id}"),
            Self::Platform => f.write_str("platform"),
        }
    }
}

/// Why a text does not name a subject.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SubjectError {
    /// No such kind of subject.
    #[error("`{0}` is no subject: write `platform`, or component:, person: or credential: and an id")]
    Unknown(String),
    /// The id is not of that kind.
    #[error(transparent)]
    Id(#[from] IdError),
}

impl FromStr for IncidentSubject {
    type Err = SubjectError;
    fn from_str(text: &str) -> Result<Self, SubjectError> {
        if text == "platform" {
            return Ok(Self::Platform);
        }
        let unknown = || SubjectError::Unknown(shown(text, 60));
        let (kind, id) = text.split_once(':').ok_or_else(unknown)?;
        Ok(match kind {
            "component" => Self::Component(id.parse()?),
            "person" => Self::Person(id.parse()?),
            "credential" => Self::Credential(id.parse()?),
            _ => return Err(unknown()),
        })
    }
}

/// What a lab decides about an incident that concerns it. It is a record: what stops work is a halt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IncidentDecision {
    /// Work goes on.
    Continue,
    /// Work goes on while the lab looks into it.
    Review,
    /// Work stops.
    Halt,
}

impl IncidentDecision {
    /// Every decision.
    pub const ALL: [Self; 3] = [Self::Continue, Self::Review, Self::Halt];

    /// Its name, as it is written everywhere.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Continue => "continue",
            Self::Review => "review",
            Self::Halt => "halt",
        }
    }

    /// The number that stands for it in storage.
    pub const fn code(self) -> i64 {
        match self {
            Self::Continue => 0,
            Self::Review => 1,
            Self::Halt => 2,
        }
    }

    /// From storage.
    pub fn from_code(code: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|decision| decision.code() == code)
    }
}

/// What is stopped as soon as an incident is opened, the least first: each stops no less of a lab's data than those
/// before it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IncidentPolicy {
    /// Nothing.
    Record,
    /// The credentials of the subject that are good in the lab.
    QuarantineCredential,
    /// The engagements of the subject in the lab.
    #[default]
    HaltEngagement,
    /// The lab.
    HaltLab,
}

impl IncidentPolicy {
    /// Every policy, the least first.
    pub const ALL: [Self; 4] = [
        Self::Record,
        Self::QuarantineCredential,
        Self::HaltEngagement,
        Self::HaltLab,
    ];

    /// Its name, as it is written everywhere.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Record => "record",
            Self::QuarantineCredential => "quarantine-credential",
            Self::HaltEngagement => "halt-engagement",
            Self::HaltLab => "halt-lab",
        }
    }

    /// The one of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|policy| policy.name() == name)
    }
}

/// Which records of advisories open an incident by themselves, once a component said that it runs what they are about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum OpensOn {
    /// None: operators open it.
    Nothing,
    /// Those about code that was put there to do harm.
    #[default]
    Malicious,
    /// Those about faults, too.
    Any,
}

impl OpensOn {
    /// Each of them.
    pub const ALL: [Self; 3] = [Self::Nothing, Self::Malicious, Self::Any];

    /// Its name, as it is written everywhere.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Malicious => "malicious",
            Self::Any => "any",
        }
    }

    /// The one of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|on| on.name() == name)
    }
}

/// The policy of the installation, and those of labs that want more.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IncidentPolicies {
    /// What opens an incident, besides operators.
    pub opens_on: OpensOn,
    /// For every lab.
    pub installation: IncidentPolicy,
    /// For one lab.
    pub labs: BTreeMap<LabId, IncidentPolicy>,
}

impl IncidentPolicies {
    /// What holds for a lab: the stricter of its own and the installation's.
    pub fn of(&self, lab: LabId) -> IncidentPolicy {
        let own = self.labs.get(&lab).copied();
        own.map_or(self.installation, |own| own.max(self.installation))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use IncidentState::*;

    #[test]
    fn an_incident_goes_forward_step_by_step_and_back_only_by_being_opened_again() {
        let possible = [
            (Open, Contained),
            (Contained, Assessed),
            (Assessed, Closed),
            (Contained, Open),
            (Assessed, Open),
            (Closed, Open),
        ];
        for from in IncidentState::ALL {
            for to in IncidentState::ALL {
                let moved = from.moved(to);
                assert_eq!(moved.is_ok(), possible.contains(&(from, to)), "{from:?} {to:?}");
                assert!(moved.is_err() || moved == Ok(to));
            }
        }
        assert_eq!(
            Open.close().unwrap_err().to_string(),
            "the incident is open, and from there it cannot be closed: it is contained next"
        );
    }

    #[test]
    fn names_and_numbers_are_those_that_are_stored() {
        for state in IncidentState::ALL {
            assert_eq!(IncidentState::from_code(state.code()), Some(state));
            assert_eq!(serde_json::to_value(state).unwrap(), state.name());
        }
        for decision in IncidentDecision::ALL {
            assert_eq!(IncidentDecision::from_code(decision.code()), Some(decision));
            assert_eq!(serde_json::to_value(decision).unwrap(), decision.name());
        }
        for policy in IncidentPolicy::ALL {
            assert_eq!(IncidentPolicy::named(policy.name()), Some(policy));
            assert_eq!(serde_json::to_value(policy).unwrap(), policy.name());
        }
        assert_eq!(IncidentState::from_code(4), None);
        assert_eq!(IncidentPolicy::named("nothing"), None);
    }

    #[test]
    fn the_stricter_policy_holds() {
        let (mild, strict) = (LabId::from_bytes([1; 16]), LabId::from_bytes([2; 16]));
        let labs = [(mild, IncidentPolicy::Record), (strict, IncidentPolicy::HaltLab)];
        let policies = IncidentPolicies {
            opens_on: OpensOn::default(),
            installation: IncidentPolicy::default(),
            labs: labs.into(),
        };
        assert_eq!(policies.of(mild), IncidentPolicy::HaltEngagement);
        assert_eq!(policies.of(strict), IncidentPolicy::HaltLab);
        let other = LabId::from_bytes([3; 16]);
        assert_eq!(policies.of(other), IncidentPolicy::HaltEngagement);
    }

    #[test]
    fn a_subject_reads_back_and_a_wrong_one_is_told() {
        for subject in [
            IncidentSubject::Component(PrincipalId::from_bytes([1; 16])),
            IncidentSubject::Person(PrincipalId::from_bytes([2; 16])),
            IncidentSubject::Credential(CredentialId::from_bytes([3; 16])),
            IncidentSubject::Platform,
        ] {
            assert_eq!(subject.to_string().parse(), Ok(subject));
            let json = serde_json::to_string(&subject).unwrap();
            assert_eq!(serde_json::from_str::<IncidentSubject>(&json).unwrap(), subject);
        }
        let wrong = "lab:x".parse::<IncidentSubject>().unwrap_err().to_string();
        assert!(
            wrong.starts_with("`lab:x` is no subject: write `platform`"),
            "{wrong}"
        );
        assert!("component:crd_1".parse::<IncidentSubject>().is_err());
    }
}
