//! What a drill replays: components with what they run, and what happens when. None of it says what comes of it.

use std::collections::{BTreeMap, BTreeSet};

use cofferdam_model::{Checked, Timestamp};
use cofferdam_work::unread;
use serde::{Deserialize, Serialize};

use crate::demo::cast;
use crate::fail::{Failure, Outcome};

/// March 2026 on the demonstration's data.
const MARCH: &str = include_str!("march.json");
/// Records of the event with the facts of the three that were published, in the OSV format.
const RECORDS: [&str; 3] = [
    include_str!("records/GHSA-5mg7-485q-xm76.json"),
    include_str!("records/MAL-2026-2144.json"),
    include_str!("records/PYSEC-2026-2.json"),
];

/// How many labs the demonstration has, with a project each.
const LABS: usize = 3;

/// A scenario, as it is written down.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Scenario {
    /// When the platform is set up: before everything else.
    #[serde(with = "moment")]
    pub(super) begins: Timestamp,
    /// Who works on each of the three projects; each project is another lab's.
    pub(super) contractors: Vec<Vec<String>>,
    /// What contractors can do, by name: of whoever is not named nothing is known.
    #[serde(default)]
    pub(super) able: BTreeMap<String, Able>,
    /// What each of the three projects asks for; none: it is not offered to anybody.
    #[serde(default)]
    pub(super) wanted: Vec<Option<Wanted>>,
    /// Components beside the firm's own two, which are engaged in every project: one imports its tasks, one reads it out.
    pub(super) components: Vec<Component>,
    /// What happens, in the order of time.
    pub(super) steps: Vec<Timed>,
}

/// A component, and where it is engaged.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Component {
    pub(super) name: String,
    /// The projects, by their places from 0.
    pub(super) projects: Vec<usize>,
}

/// What a contractor can do, as `PUT /people/{person}/abilities` takes it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Able {
    pub(super) skills: Vec<String>,
    pub(super) languages: Vec<String>,
    pub(super) hours: u32,
}

/// What a project asks for, as `PUT /projects/{project}/wanted` takes it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    pub(super) skills: Vec<String>,
    pub(super) languages: Vec<String>,
    pub(super) hours: u32,
    pub(super) seats: u32,
}

/// A step and its time.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Timed {
    #[serde(with = "moment")]
    pub(super) at: Timestamp,
    #[serde(rename = "do")]
    pub(super) step: Step,
}

/// What happens.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) enum Step {
    /// Elsewhere: nobody on the platform hears of it.
    World { fact: String, source: String },
    /// A component reports an environment: a Python package with this version, and a file that runs at every start of the interpreter
    /// where it brings one.
    Scan {
        component: String,
        package: String,
        version: String,
        #[serde(default)]
        starts: Option<String>,
    },
    /// A component reads a whole project.
    Read { component: String, project: usize },
    /// Every contractor answers a task in each project of theirs, and leaves the timer of the first one on.
    Work {},
    /// Every contractor stops the timer.
    Rest {},
    /// An operator takes the records of the event.
    Advisories {},
    /// An operator opens an incident from it.
    Incident {
        #[serde(with = "moment")]
        since: Timestamp,
    },
    /// An operator takes what a source says of when it was.
    Claim {
        source: String,
        #[serde(with = "moment")]
        from: Timestamp,
        #[serde(with = "moment::option", default)]
        to: Option<Timestamp>,
    },
    /// A lab's steward decides, and what is to be checked before work goes on; where it is to halt, the lab is halted with it.
    Decide {
        lab: usize,
        decision: String,
        #[serde(default)]
        conditions: Vec<String>,
    },
    /// Whoever is stopped looks for other work.
    Displaced {},
    /// An operator finds places for everybody whom a halt leaves without work, and engages them there; each answers a task.
    Place {},
    /// Every lab concerned fetches its report, exports its ledger and computes the report again from it.
    Report {},
    /// The host of a component was rebuilt, and its tokens are revoked.
    Rebuilt { component: String },
    /// The incident goes a step on.
    Move { to: String, reason: String },
    /// Every halt is ended by whoever took it, who say what they checked.
    Resume { checked: BTreeSet<Checked> },
}

/// Times as RFC 3339 has them, in UTC.
mod moment {
    use cofferdam_model::Timestamp;
    use serde::de::Error as _;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(at: &Timestamp, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&at.rfc3339())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Timestamp, D::Error> {
        let text = String::deserialize(from)?;
        Timestamp::parse_rfc3339(&text)
            .ok_or_else(|| D::Error::custom(format!("`{text}` is no time as in 2026-03-24T10:39:00Z")))
    }

    pub(super) mod option {
        use cofferdam_model::Timestamp;
        use serde::{Deserializer, Serializer};

        pub(in super::super) fn serialize<S: Serializer>(
            at: &Option<Timestamp>,
            to: S,
        ) -> Result<S::Ok, S::Error> {
            match at {
                Some(at) => super::serialize(at, to),
                None => to.serialize_none(),
            }
        }

        pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(
            from: D,
        ) -> Result<Option<Timestamp>, D::Error> {
            super::deserialize(from).map(Some)
        }
    }
}

impl Scenario {
    /// The scenario that this binary brings, as text.
    pub(super) fn builtin() -> &'static str {
        MARCH
    }

    /// Reads one: what it names must be there, and its steps follow each other.
    pub(super) fn read(text: &str) -> Outcome<Self> {
        let scenario: Self = unread::from_str(text)
            .map_err(|wrong| Failure::new(format!("the scenario does not read: {wrong}")))?;
        if scenario.steps.is_empty() {
            return Err(Failure::new(
                "/steps: nothing happens; one step at least is needed",
            ));
        }
        if scenario.contractors.len() != LABS {
            let text = "/contractors has a list for each of the three projects, one of each lab";
            return Err(Failure::new(text));
        }
        if scenario.wanted.len() > LABS {
            let text = "/wanted has at most an item for each of the three projects";
            return Err(Failure::new(text));
        }
        let known = |name: &&String| !scenario.contractors.iter().flatten().any(|known| known == *name);
        if let Some(name) = scenario.able.keys().find(known) {
            return Err(Failure::new(format!("/able: there is no contractor `{name}`")));
        }
        let mut last = scenario.begins;
        for (index, timed) in scenario.steps.iter().enumerate() {
            let wrong =
                |what: String| Failure::new(format!("/steps/{index} at {}: {what}", timed.at.rfc3339()));
            if timed.at < last {
                return Err(wrong(format!(
                    "it is before {}, the time of what is before it",
                    last.rfc3339()
                )));
            }
            last = timed.at;
            if let Some(what) = scenario.missing(timed) {
                return Err(wrong(what));
            }
        }
        Ok(scenario)
    }

    /// What a step names that is not there.
    fn missing(&self, timed: &Timed) -> Option<String> {
        let own = |name: &String| [cast::IMPORTER, cast::EXPORTER].contains(&name.as_str());
        let there = |name: &String| own(name) || self.components.iter().any(|known| known.name == *name);
        let within = |component: &String, project: &usize| {
            let mut all = self.components.iter();
            (own(component) && *project < self.contractors.len())
                || all.any(|known| known.name == *component && known.projects.contains(project))
        };
        match &timed.step {
            Step::World { fact, source } if fact.chars().chain(source.chars()).any(char::is_control) => {
                Some("a fact and its source are one line of text each".into())
            }
            Step::Incident { since } if *since > timed.at => Some("`since` lies ahead".into()),
            Step::Scan { component, .. } | Step::Rebuilt { component } if !there(component) => {
                Some(format!("there is no component `{component}`"))
            }
            Step::Read { component, project } if !within(component, project) => {
                Some(format!("`{component}` is not engaged in project {project}"))
            }
            Step::Decide { lab, .. } if *lab >= LABS => Some("there are labs 0, 1 and 2".into()),
            _ => None,
        }
    }
}

/// The records that this binary brings.
pub(super) fn records() -> Outcome<Vec<serde_json::Value>> {
    let read = |text: &&str| {
        serde_json::from_str(text).map_err(|error| Failure::new(format!("a record does not read: {error}")))
    };
    RECORDS.iter().map(read).collect()
}
