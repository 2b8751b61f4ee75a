//! The numbers of a report.

use cofferdam_inventory::history::{Known, Span, Why};
use cofferdam_model::exposure::{Class, Facts};
use cofferdam_model::{
    DeliveryId, EngagementId, ObjectId, ObjectRef, ProjectId, Pseudonym, Timestamp, Window,
};
use serde::{Deserialize, Serialize};

/// What is found of one subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SubjectResult {
    /// Its name in this lab; none: the platform.
    pub subject: Option<Pseudonym>,
    /// What it is: `component`, `person`, `credential` or `platform`.
    pub kind: String,
    /// Every engagement that its holder has or had in this lab, by id.
    pub engagements: Vec<EngagementId>,
    /// Of the platform: the keys that were in its reach, by project. Of all others: none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keys: Vec<ProjectKeys>,
    /// What is found, for each window.
    pub windows: WindowResults,
}

/// The keys under which what a project has is sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProjectKeys {
    /// Whose.
    pub project: ProjectId,
    /// When they were last called to be replaced, by the ledger's time; none: never. What was sealed before is sealed anew after that.
    pub rotated: Option<Timestamp>,
}

/// What is found, for each window; none, where there is no such window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WindowResults {
    /// What all sources agree on.
    pub narrowest: Option<WindowResult>,
    /// All that any source says.
    pub widest: Option<WindowResult>,
    /// The other window that was asked for.
    pub chosen: Option<WindowResult>,
}

/// What is found of one subject and one window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WindowResult {
    /// When it was possible, by the sources.
    pub availability: Window,
    /// Of a component: what is known of what it ran meanwhile.
    pub ran: Vec<Seen>,
    /// How long the subject was exposed; none: not at all.
    pub exposed: Option<Window>,
    /// Object versions alive in the exposed window.
    pub totals: Sums,
    /// The same by project; those without one are left out.
    pub projects: Vec<ProjectResult>,
    /// Each object version that is not untouched, by id and version.
    pub objects: Vec<ObjectResult>,
    /// Deliveries that the subject made in the exposed window, or the lab accepted in it.
    pub deliveries: Vec<DeliveryResult>,
}

/// What is known of what a component ran, for a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seen {
    /// When.
    pub during: Window,
    /// `ran`, `may-have-run`, `not-seen` or `unknown`.
    pub known: String,
    /// Of `unknown`, why.
    pub why: Option<String>,
}

impl From<Span> for Seen {
    fn from(span: Span) -> Self {
        let (known, why) = match span.known {
            Known::Ran => ("ran", None),
            Known::MayHaveRun => ("may-have-run", None),
            Known::NotSeen => ("not-seen", None),
            Known::Unknown(why) => ("unknown", Some(why)),
        };
        let why = why.map(|why| match why {
            Why::NoScanYet => "no-scan-yet",
            Why::NoScanSince => "no-scan-since",
            Why::Silence => "silence",
            Why::Gaps => "gaps",
            Why::Withdrawn => "withdrawn",
        });
        Self {
            during: span.during,
            known: known.to_owned(),
            why: why.map(str::to_owned),
        }
    }
}

/// Object versions and their plaintext bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Count {
    /// How many.
    pub objects: u64,
    /// Of how many bytes in all.
    pub bytes: u64,
}

impl Count {
    fn add(&mut self, bytes: u64) {
        self.objects = self.objects.saturating_add(1);
        self.bytes = self.bytes.saturating_add(bytes);
    }
}

/// Object versions by class, which add up to all that were alive, and by fact, which need not.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sums {
    /// Each version counts once, in the first class that holds of it.
    pub classes: Classes,
    /// Each version counts under every fact that holds of it.
    pub facts: FactCounts,
}

/// One count for each class.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "they are those of `exposure::Class`")]
pub struct Classes {
    pub altered: Count,
    pub touched: Count,
    pub leased: Count,
    pub held: Count,
    pub unknown: Count,
    pub reachable: Count,
    pub untouched: Count,
}

/// One count for each fact.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "they are those of `exposure::Class`")]
pub struct FactCounts {
    pub altered: Count,
    pub touched: Count,
    pub leased: Count,
    pub held: Count,
    pub unknown: Count,
    pub reachable: Count,
}

impl Sums {
    pub(super) fn add(&mut self, facts: Facts, bytes: u64) {
        self.classes.of(facts.class()).add(bytes);
        for fact in Class::ALL.into_iter().filter(|fact| facts.contains(*fact)) {
            if let Some(count) = self.facts.of(fact) {
                count.add(bytes);
            }
        }
    }
}

impl Classes {
    const fn of(&mut self, class: Class) -> &mut Count {
        match class {
            Class::Altered => &mut self.altered,
            Class::Touched => &mut self.touched,
            Class::Leased => &mut self.leased,
            Class::Held => &mut self.held,
            Class::Unknown => &mut self.unknown,
            Class::Reachable => &mut self.reachable,
            Class::Untouched => &mut self.untouched,
        }
    }
}

impl FactCounts {
    const fn of(&mut self, fact: Class) -> Option<&mut Count> {
        match fact {
            Class::Altered => Some(&mut self.altered),
            Class::Touched => Some(&mut self.touched),
            Class::Leased => Some(&mut self.leased),
            Class::Held => Some(&mut self.held),
            Class::Unknown => Some(&mut self.unknown),
            Class::Reachable => Some(&mut self.reachable),
            Class::Untouched => None,
        }
    }
}

/// Object versions of one project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProjectResult {
    /// Which.
    pub project: ProjectId,
    /// Of how many which holds.
    pub totals: Sums,
}

/// An object version that is not untouched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ObjectResult {
    /// Which object.
    pub object: ObjectId,
    /// Which version.
    pub version: u32,
    /// Its plaintext bytes.
    pub bytes: u64,
    /// Of which project.
    pub project: Option<ProjectId>,
    /// The first class that holds.
    pub class: Class,
    /// Every fact that holds.
    pub facts: Vec<Class>,
}

impl ObjectResult {
    pub(super) fn of(object: ObjectRef, project: Option<ProjectId>, facts: Facts) -> Option<Self> {
        let class = facts.class();
        (class != Class::Untouched).then(|| Self {
            object: object.object,
            version: object.version,
            bytes: object.bytes,
            project,
            class,
            facts: Class::ALL
                .into_iter()
                .filter(|fact| facts.contains(*fact))
                .collect(),
        })
    }
}

/// A delivery that a window concerns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeliveryResult {
    /// Which.
    pub delivery: DeliveryId,
    /// Of which project.
    pub project: ProjectId,
    /// Its rows.
    pub rows: u64,
    /// The subject made it in the window.
    pub made_by_subject: bool,
    /// The lab accepted it in the window.
    pub accepted: bool,
}
