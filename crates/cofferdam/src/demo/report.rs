//! What happened, as one JSON object and as a table.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Serialize;
use serde_json::{Value, json};

use super::attacks::{self, Tried};
use super::finish::{Agreement, Delivered, Exported};
use super::pause::Shown;
use crate::client::{number, text};
use crate::table::{Table, counted, thousands};

/// One project, when it was done.
#[derive(Debug, Clone, Serialize)]
pub(super) struct ProjectLine {
    pub(super) lab: String,
    pub(super) name: String,
    pub(super) kind: String,
    pub(super) tasks: u64,
    pub(super) overlap: usize,
    pub(super) submissions: u64,
    pub(super) accepted: u64,
    pub(super) returned: u64,
    pub(super) open: u64,
    pub(super) people: usize,
    /// `recorded` in the file, or `simulated`.
    pub(super) answers: &'static str,
    /// Verdicts that the reviewer gave.
    pub(super) reviews: u64,
}

/// The whole. The names of its members are fixed: others read them.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    pub(super) tasks: u64,
    pub(super) submissions: u64,
    pub(super) agreement: Value,
    pub(super) hours: f64,
    pub(super) ledger: Value,
    pub(super) deliveries: Vec<Delivered>,
    pub(super) ledger_export: BTreeMap<String, PathBuf>,
    pub(super) data_dir: PathBuf,
    pub(super) projects: Vec<ProjectLine>,
    pub(super) halt: Option<Shown>,
    pub(super) exposure: Value,
    /// With `--keyholder`: what was tried against the labs' keyholders.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) attacks: Option<Vec<Tried>>,
    pub(super) seconds: f64,
}

/// A project's line out of what the server counts.
pub(super) fn counts(project: &Value) -> (u64, u64, u64, u64) {
    let states = ["submitted", "accepted", "returned", "rejected", "lapsed"];
    let all = states
        .iter()
        .map(|state| number(project, &format!("/submissions/{state}")))
        .sum();
    let [accepted, returned, open] =
        ["/submissions/accepted", "/submissions/returned", "/tasks/open"].map(|at| number(project, at));
    (all, accepted, returned, open)
}

/// Members that are there whether or not there was anything to measure: no pairs, and measures that are not defined.
pub(super) fn agreement(found: Option<Agreement>) -> Value {
    json!(found.unwrap_or_default())
}

/// Entries of the exported ledgers, and whether they verify.
pub(super) fn ledger(exported: &Exported) -> Value {
    json!({ "entries": exported.entries, "verified": exported.verified })
}

impl Report {
    /// The table that people read.
    pub(super) fn text(&self) -> String {
        let mut out = String::new();
        let mut add = |title: &str, body: String| out.push_str(&format!("{title}\n{body}\n"));
        add("Projects", self.projects_table());
        let none = || "  none was shown: no task was left to show it with\n".to_owned();
        add(
            "The halt in the middle",
            self.halt.as_ref().map_or_else(none, halted),
        );
        if self.agreement["project"].is_string() {
            add("Agreement", self.agreement_table());
        }
        add(
            "Deliveries, opened with the lab's identity and as their manifests say",
            self.deliveries_table(),
        );
        add("Exposure", self.exposure_table());
        if let Some(tried) = &self.attacks {
            add("Attacks on the labs' keyholders", attacks::table(tried));
        }
        add("In all", self.totals());
        out.trim_end().to_owned() + "\n"
    }

    fn projects_table(&self) -> String {
        let heading = [
            "lab",
            "project",
            "kind",
            "tasks",
            "each by",
            "submissions",
            "reviewed",
            "accepted",
            "returned",
            "open",
        ];
        let mut table = Table::new(&[&heading[..], &["people", "answers"]].concat()).indented(2);
        for p in &self.projects {
            let numbers = [
                p.tasks,
                p.overlap as u64,
                p.submissions,
                p.reviews,
                p.accepted,
                p.returned,
                p.open,
            ];
            let numbers = numbers.map(thousands);
            let names = [p.lab.clone(), p.name.clone(), p.kind.clone()];
            table.row(
                names
                    .into_iter()
                    .chain(numbers)
                    .chain([p.people.to_string(), p.answers.to_owned()]),
            );
        }
        table.to_string()
    }

    fn agreement_table(&self) -> String {
        let mut table = Table::pairs().indented(2);
        table.row(["project".to_owned(), text(&self.agreement, "/project")]);
        let shown = |value: &Value| {
            value
                .as_f64()
                .map_or_else(|| "not defined".to_owned(), |kappa| format!("{kappa:.3}"))
        };
        let raters: Vec<String> = self.agreement["raters"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|r| text(r, ""))
            .collect();
        let pairs = raters
            .iter()
            .enumerate()
            .flat_map(|(i, a)| raters[i + 1..].iter().map(move |b| (a, b)));
        let kappas = self.agreement["cohen_kappa"].as_array().into_iter().flatten();
        for ((a, b), kappa) in pairs.zip(kappas) {
            table.row([format!("Cohen's κ, {a} and {b}"), shown(kappa)]);
        }
        table.row(["Fleiss' κ".to_owned(), shown(&self.agreement["fleiss_kappa"])]);
        table.row([
            "Krippendorff's α".to_owned(),
            shown(&self.agreement["krippendorff_alpha"]),
        ]);
        table.to_string()
    }

    fn deliveries_table(&self) -> String {
        let mut table =
            Table::new(&["lab", "project", "format", "rows", "left out", "state", "file"]).indented(2);
        for d in &self.deliveries {
            let file = d
                .path
                .strip_prefix(&self.data_dir)
                .unwrap_or(&d.path)
                .display()
                .to_string();
            let names = [d.lab.clone(), d.project.clone(), d.format.clone()];
            let counts = [thousands(d.rows), thousands(d.left_out)];
            table.row(names.into_iter().chain(counts).chain([d.state.clone(), file]));
        }
        table.to_string()
    }

    fn exposure_table(&self) -> String {
        let mut table = Table::new(&["the token of", "lab", "releases", "bytes", "entries"]).indented(2);
        let holder = text(&self.exposure, "/holder");
        for lab in self.exposure["labs"].as_array().into_iter().flatten() {
            let counts = ["/releases", "/bytes", "/entries"].map(|at| thousands(number(lab, at)));
            table.row([holder.clone(), text(lab, "/lab/name")].into_iter().chain(counts));
        }
        table.to_string()
    }

    fn totals(&self) -> String {
        let mut table = Table::pairs().indented(2);
        table.row(["tasks".to_owned(), thousands(self.tasks)]);
        table.row(["submissions".to_owned(), thousands(self.submissions)]);
        table.row(["hours by timer".to_owned(), format!("{:.4}", self.hours)]);
        let verified = if self.ledger["verified"] == true {
            "verified"
        } else {
            "NOT VERIFIED"
        };
        table.row([
            "ledger entries".to_owned(),
            format!("{}, {verified}", thousands(number(&self.ledger, "/entries"))),
        ]);
        for (lab, folder) in &self.ledger_export {
            table.row([format!("ledger of {lab}"), folder.display().to_string()]);
        }
        table.row(["data folder".to_owned(), self.data_dir.display().to_string()]);
        table.row(["seconds".to_owned(), format!("{:.1}", self.seconds)]);
        table.to_string()
    }
}

fn halted(halt: &Shown) -> String {
    let yes = |truth: bool, said: &str, else_said: &str| {
        if truth {
            said.to_owned()
        } else {
            else_said.to_owned()
        }
    };
    let mut table = Table::pairs().indented(2);
    table.row(["project", &format!("{} of {}", halt.project, halt.lab)]);
    table.row(["by", &format!("{}, its steward: {}", halt.by, halt.sentence)]);
    table.row(["from, to", &format!("{}, {}", halt.since, halt.resumed)]);
    table.row([
        "a claim",
        &format!(
            "refused ({}); {} of others too",
            halt.claim_refused_with,
            counted(halt.others_refused, "request")
        ),
    ]);
    let export = &halt.export;
    let end = if export.cut {
        format!("cut off after {} of {}", export.lines, counted(export.of, "line"))
    } else {
        let lines = counted(export.lines, "line");
        format!("{lines}: so few that all were on their way when the halt came")
    };
    table.row(["an open export", &end]);
    let timers = yes(
        halt.timer.at_the_halt,
        "stopped at the halt, to the microsecond",
        "did NOT stop at the halt",
    );
    let timers = match halt.timer.cause.as_str() {
        "halted" => timers,
        _ => "stopped; the author's own had been stopped before, by work elsewhere".to_owned(),
    };
    table.row(["timers", &format!("{} {timers}", halt.timers_stopped)]);
    let draft = yes(
        halt.draft_saved_while_halted && halt.draft_there_after_resume,
        "kept",
        "LOST",
    );
    table.row([
        "the draft in hand",
        &format!("{draft}: saved during the halt, there after it"),
    ]);
    table.to_string()
}
