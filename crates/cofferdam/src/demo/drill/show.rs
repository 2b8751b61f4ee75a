//! What a drill shows.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use cofferdam_model::Timestamp;
use serde::Serialize;
use serde_json::Value;

use super::reports::LabReport;
use super::set::Set;
use crate::table::Table;

/// The hour and minute of a time as RFC 3339 has it; with the day where it is another than the one of the story.
pub(super) fn clock(at: &str) -> String {
    let (day, time) = at.split_once('T').unwrap_or((at, ""));
    let time: String = time.chars().take(5).collect();
    match day.strip_prefix("2026-") {
        Some("03-24") => time,
        other => format!("{} {time}", other.unwrap_or(day)),
    }
}

/// A window in a few words; its ends are texts, or microseconds since 1970.
pub(super) fn span(window: &Value) -> String {
    let end = |at: &str| match &window[at] {
        Value::String(at) => Some(clock(at)),
        Value::Number(micros) => micros
            .as_i64()
            .map(|micros| clock(&Timestamp::from_micros(micros).rfc3339())),
        _ => None,
    };
    match (end("from"), end("to")) {
        (Some(from), Some(to)) => format!("{from} to {to}"),
        (from, _) => format!("since {}", from.unwrap_or_default()),
    }
}

/// Everything, for programs and for people.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Told {
    pub(super) timeline: Vec<Line>,
    /// From a pseudonym of a component to its name, which the firm alone knows.
    pub(super) components: BTreeMap<String, String>,
    /// The components that were halted when the incident was opened.
    pub(super) stopped: Vec<String>,
    pub(super) displaced: Vec<Displaced>,
    /// What each lab decided.
    pub(super) decisions: BTreeMap<String, String>,
    pub(super) labs: Vec<LabReport>,
    pub(super) data_dir: PathBuf,
    pub(super) seconds: f64,
}

/// Who does something.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Who {
    World,
    Component,
    Contractor,
    Operator,
    Platform,
    Lab,
}

/// A line of the story.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Line {
    pub(super) at: String,
    pub(super) who: Who,
    pub(super) what: String,
}

/// A contractor whose work was stopped.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Displaced {
    pub(super) name: String,
    pub(super) lab: String,
    pub(super) project: String,
    /// Minutes that the timer counted there, which stand.
    pub(super) minutes: f64,
    /// Projects that gave them a task at once.
    pub(super) goes_on: Vec<String>,
    /// Whether an operator placed them there since.
    pub(super) placed: bool,
}

impl Displaced {
    pub(super) fn sentence(&self) -> String {
        let goes_on = match self.goes_on.is_empty() {
            true => "has no other work now".to_owned(),
            false => format!("goes on with {}", self.goes_on.join(" and ")),
        };
        format!(
            "{} is stopped at {}; {:.0} min stand; {goes_on}",
            self.name, self.project, self.minutes
        )
    }
}

/// What nobody can say on a platform that keeps no ledger for each lab, and why not.
const ELSEWHERE: [(&str, &str); 6] = [
    (
        "Which hosts ran it",
        "unknown: nobody asked them before, and logs of then are gone or never were",
    ),
    (
        "What it reached of each lab",
        "unknown: reads are not recorded, or by the host that was compromised",
    ),
    ("Which labs are concerned", "unknown: all of them, to be safe"),
    (
        "What stops",
        "everything of a lab, when that lab hears of it and pulls out",
    ),
    ("What the lab can check", "nothing: it has the firm's word"),
    (
        "Who goes on working",
        "nobody: hours cannot be logged, and nobody is told why",
    ),
];

const NO_WINDOW: &str = "no window claimed";

impl Told {
    pub(super) fn new(set: &Set, folder: &Path) -> Self {
        let named = set.components.iter().flat_map(|(name, seats)| {
            let seats = seats.iter();
            seats.map(move |(_, seat)| (seat.pseudonym.clone(), name.clone()))
        });
        Self {
            timeline: Vec::new(),
            components: named.collect(),
            stopped: Vec::new(),
            displaced: Vec::new(),
            decisions: BTreeMap::new(),
            labs: Vec::new(),
            data_dir: folder.to_owned(),
            seconds: 0.0,
        }
    }

    pub(super) fn text(&self) -> String {
        let mut text = self.story();
        if self.labs.is_empty() {
            return text;
        }
        text.push_str("\nWhat each lab's report says, which it computed again from its own ledger:\n\n");
        text.push_str(&self.reports().to_string());
        text.push_str("\nThe same day on a platform without this:\n\n");
        text.push_str(&self.beside().to_string());
        let _ = write!(
            text,
            "\nReports and ledgers: {}\nDone in {:.0} s. Change a date and see what follows: cofferdam drill --print-scenario\n",
            self.data_dir.join("drill").display(),
            self.seconds
        );
        text
    }

    /// Minute by minute; a day is named when it begins.
    fn story(&self) -> String {
        let mut text = String::new();
        let mut last = "";
        for line in &self.timeline {
            let (day, time) = line.at.split_once('T').unwrap_or((&line.at, ""));
            if day != last {
                let _ = writeln!(text, "{day} (UTC)");
                last = day;
            }
            let who = match line.who {
                Who::World => "elsewhere",
                Who::Component => "component",
                Who::Contractor => "work",
                Who::Operator => "operator",
                Who::Platform => "platform",
                Who::Lab => "lab",
            };
            let time: String = time.chars().take(5).collect();
            let _ = writeln!(text, "  {time}  {who:<9}  {}", line.what);
        }
        text
    }

    fn name<'a>(&'a self, pseudonym: &'a str) -> &'a str {
        self.components.get(pseudonym).map_or(pseudonym, String::as_str)
    }

    fn reports(&self) -> Table {
        let heading = [
            "lab",
            "component",
            "ran it",
            "exposed",
            "narrowest window",
            "widest window",
            "decided",
        ];
        let mut table = Table::new(&heading).indented(2);
        for lab in &self.labs {
            let mut subjects: Vec<_> = lab.subjects.iter().collect();
            subjects.sort_by_key(|found| self.name(&found.subject));
            for found in subjects {
                let widest = found.widest.as_ref();
                let words = |reach: &Option<super::reports::Reach>| {
                    reach
                        .as_ref()
                        .map_or_else(|| NO_WINDOW.to_owned(), super::reports::Reach::words)
                };
                let decided = self.decisions.get(&lab.lab);
                table.row([
                    lab.lab.clone(),
                    self.name(&found.subject).to_owned(),
                    widest.map_or_else(String::new, |reach| reach.ran.join(", ")),
                    match widest {
                        None => NO_WINDOW.to_owned(),
                        Some(reach) => reach.exposed.clone().unwrap_or_else(|| "no".to_owned()),
                    },
                    words(&found.narrowest),
                    words(&found.widest),
                    decided.cloned().unwrap_or_else(|| "nothing yet".to_owned()),
                ]);
            }
        }
        table
    }

    /// Question by question: what is known here, and elsewhere.
    fn beside(&self) -> Table {
        let concerned = self.labs.iter().filter(|lab| lab.files.is_some());
        let verified: u64 = self.labs.iter().map(|lab| lab.verified).sum();
        let ran = self.labs.iter().flat_map(|lab| &lab.subjects).filter(|found| {
            let widest = found.widest.as_ref();
            widest.is_some_and(|reach| reach.ran.iter().any(|known| known == "ran"))
        });
        let ran: std::collections::BTreeSet<&str> = ran.map(|found| self.name(&found.subject)).collect();
        let going = self
            .displaced
            .iter()
            .filter(|one| !one.goes_on.is_empty())
            .count();
        let here = [
            format!(
                "{}; what never said is told as unknown",
                ran.into_iter().collect::<Vec<_>>().join(", ")
            ),
            "every object version, component by component, as above".to_owned(),
            concerned
                .map(|lab| lab.lab.as_str())
                .collect::<Vec<_>>()
                .join(", "),
            format!(
                "{} at once, and what a lab decides",
                crate::table::counted(self.stopped.len() as u64, "component")
            ),
            format!("every number: {verified} values, from its own export"),
            format!(
                "{going} of {} who were stopped, at once, with their hours",
                self.displaced.len()
            ),
        ];
        let mut table = Table::new(&["", "here", "elsewhere"]).indented(2);
        for ((question, elsewhere), here) in ELSEWHERE.into_iter().zip(here) {
            table.row([question.to_owned(), here, elsewhere.to_owned()]);
        }
        table
    }
}
