//! `cofferdam incident`

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use cofferdam_model::{IncidentId, IncidentSubject};
use serde_json::{Value, json};

use crate::client::{self, Client, Connect, encoded, number, text, when};
use crate::fail::{Failure, Outcome, To};
use crate::out::Out;
use crate::part;
use crate::table::{Table, counted};

/// Incidents: open, follow and decide them
#[derive(Debug, Args)]
pub(crate) struct Incident {
    #[command(flatten)]
    connect: Connect,
    #[command(subcommand)]
    verb: Verb,
}

/// Why something is done about an incident.
#[derive(Debug, Args)]
struct Why {
    /// Why; no lab is shown it
    #[arg(long)]
    reason: String,
    /// The same for the labs concerned, which read it: it names no lab, project, person or id
    #[arg(long, value_name = "WORDS")]
    for_labs: Option<String>,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Open one, by hand or from an advisory: what the policy halts is halted at once
    Open {
        /// What you call it; no lab is shown it [default: the advisory's record]
        #[arg(long)]
        title: Option<String>,
        #[command(flatten)]
        why: Why,
        /// platform; or component: or person: and a name or id; or credential: and an id. Once for each
        #[arg(long, value_name = "SUBJECT", required_unless_present = "advisory")]
        subject: Vec<String>,
        /// A record of an advisory: each component that ever was affected, or of which it is not known since, is a subject
        #[arg(long, value_name = "RECORD", requires = "since")]
        advisory: Option<String>,
        /// Since when, as in 2026-03-24T10:39:00Z
        #[arg(long, value_name = "TIME", requires = "advisory", value_parser = super::time)]
        since: Option<String>,
    },
    /// Every incident, with the labs concerned and what they decided; or those that concern one lab, as it sees them
    List {
        /// The lab: its name or id; its stewards may ask
        #[arg(long)]
        lab: Option<String>,
    },
    /// All that is known of one
    Show {
        /// The incident's id
        #[arg(value_parser = super::id::<IncidentId>)]
        incident: String,
    },
    /// Take what a source says of when it was; sources may say different things
    Claim {
        /// The incident's id
        #[arg(value_parser = super::id::<IncidentId>)]
        incident: String,
        /// Who says so: a document and its place
        #[arg(long)]
        source: String,
        /// Since when it was so
        #[arg(long, value_name = "TIME", value_parser = super::time)]
        from: String,
        /// Until when, not included; else no end is known
        #[arg(long, value_name = "TIME", value_parser = super::time)]
        to: Option<String>,
    },
    /// Move one a step on: open, contained, assessed, closed; or open it again
    Move {
        /// The incident's id
        #[arg(value_parser = super::id::<IncidentId>)]
        incident: String,
        /// Where to
        #[arg(long, value_name = "STATE", value_parser = ["open", "contained", "assessed", "closed"])]
        to: String,
        #[command(flatten)]
        why: Why,
    },
    /// Add a subject that was found later; what the policy halts is halted at once
    Add {
        /// The incident's id
        #[arg(value_parser = super::id::<IncidentId>)]
        incident: String,
        /// platform; or component: or person: and a name or id; or credential: and an id
        subject: String,
    },
    /// Replace the keys of every project of the labs concerned; `project rotate --status` says how far that is
    Rotate {
        /// The incident's id
        #[arg(value_parser = super::id::<IncidentId>)]
        incident: String,
    },
    /// Declare that the host of a component which is a subject was rebuilt
    Rebuilt {
        /// The incident's id
        #[arg(value_parser = super::id::<IncidentId>)]
        incident: String,
        /// The component: its name or id
        component: String,
        /// When [default: now]
        #[arg(long, value_name = "TIME", value_parser = super::time)]
        at: Option<String>,
    },
    /// Write the signed exposure report of one for a lab: what befell each of its objects. `cofferdam verify` computes it again
    /// from the lab's exported ledger
    Report(Report),
    /// Say what the lab does about one, as its steward. It is a record: what stops work is a halt
    Decide {
        /// The lab: its name or id
        lab: String,
        /// The lab's own id for the incident, as `incident list --lab` shows it
        #[arg(value_parser = super::id::<IncidentId>)]
        incident: String,
        /// What it does
        #[arg(value_parser = ["continue", "review", "halt"])]
        decision: String,
        /// What is to be checked before what is stopped goes on. Once for each
        #[arg(long, value_name = "WHAT", value_parser = super::halt::checks())]
        condition: Vec<String>,
    },
}

#[derive(Debug, Args)]
struct Report {
    /// The lab: its name or id
    lab: String,
    /// The lab's own id for the incident, as `incident list --lab` shows it
    #[arg(value_parser = super::id::<IncidentId>)]
    incident: String,
    /// The file: a new one
    file: PathBuf,
    /// Answer for this window too: from when, as in 2026-03-24T10:39:00Z
    #[arg(long, value_name = "TIME", value_parser = super::time)]
    from: Option<String>,
    /// Until when; open unless said
    #[arg(long, value_name = "TIME", requires = "from", value_parser = super::time)]
    to: Option<String>,
}

impl Report {
    async fn run(self, client: &Client, out: Out) -> Outcome {
        let lab = client::lab(client, &self.lab).await?;
        let window = [("from", self.from), ("to", self.to)];
        let path = report_of(&lab.to_string(), &self.incident, window);
        reported(client, &path, &self.file, out).await
    }
}

impl Incident {
    pub(crate) async fn run(self, out: Out) -> Outcome {
        let client = self.connect.client()?;
        match self.verb {
            Verb::Open {
                title,
                why,
                subject,
                advisory,
                since,
            } => {
                let mut subjects = Vec::with_capacity(subject.len());
                for given in &subject {
                    subjects.push(subject_of(&client, given).await?.to_string());
                }
                let body = json!({ "title": title, "reason": why.reason, "for_labs": why.for_labs, "subjects": subjects,
                                   "advisory": advisory, "since": since });
                let made: Value = client.post("/incidents", &body).await?;
                out.answer(&made, opened)
            }
            Verb::List { lab: None } => board(&client, out).await,
            Verb::List { lab: Some(lab) } => of_lab(&client, &lab, out).await,
            Verb::Show { incident } => {
                let found: Value = client.get(&format!("/incidents/{incident}")).await?;
                out.answer(&found, shown)
            }
            Verb::Claim {
                incident,
                source,
                from,
                to,
            } => {
                let body = json!({ "source": source, "from": from, "to": to });
                let path = format!("/incidents/{incident}/claims");
                acted(&client, &path, &body, windows, out).await
            }
            Verb::Move { incident, to, why } => {
                let body = json!({ "state": to, "reason": why.reason, "for_labs": why.for_labs });
                acted(&client, &format!("/incidents/{incident}/moves"), &body, line, out).await
            }
            Verb::Add { incident, subject } => {
                let subject = subject_of(&client, &subject).await?.to_string();
                let path = format!("/incidents/{incident}/subjects");
                acted(&client, &path, &json!({ "subject": subject }), added, out).await
            }
            Verb::Rebuilt {
                incident,
                component,
                at,
            } => {
                let component = client::person(&client, &component).await?;
                let path = format!("/incidents/{incident}/subjects/{component}/rebuilt");
                acted(&client, &path, &json!({ "at": at }), subjects, out).await
            }
            Verb::Rotate { incident } => rotate(&client, &incident, out).await,
            Verb::Report(report) => report.run(&client, out).await,
            Verb::Decide {
                lab,
                incident,
                decision,
                condition,
            } => {
                let lab = client::lab(&client, &lab).await?;
                let path = format!("/labs/{lab}/incidents/{incident}/decision");
                let body = json!({ "decision": decision, "conditions": condition });
                acted(&client, &path, &body, |seen| decided(&lab.to_string(), seen), out).await
            }
        }
    }
}

/// The path of a report, with the window that is asked for.
fn report_of(lab: &str, incident: &str, window: [(&str, Option<String>); 2]) -> String {
    let asked = window.into_iter();
    let asked = asked.filter_map(|(name, at)| Some(format!("{name}={}", encoded(&at?))));
    let path = format!(
        "/labs/{lab}/incidents/{incident}/report?{}",
        asked.collect::<Vec<_>>().join("&")
    );
    path.trim_end_matches('?').to_owned()
}

/// Writes a report into a file that is not there yet, and says what it comes to.
async fn reported(client: &Client, path: &str, file: &Path, out: Out) -> Outcome {
    let bytes = client.bytes(path).await?;
    let signed: Value = serde_json::from_slice(&bytes).to("the report")?;
    part::write_new(file, &bytes)?;
    out.answer(&signed, |signed| {
        let subjects = signed.pointer("/report/results").and_then(Value::as_array).map_or(0, Vec::len);
        let claims = signed.pointer("/report/case/availability").and_then(Value::as_array);
        let unclaimed = match claims.is_none_or(Vec::is_empty) {
            true => "no window is claimed yet, so nothing is counted in one; an operator says when it was with: cofferdam incident claim\n",
            false => "",
        };
        format!(
            "{} of {}, by a ledger of {}\n{unclaimed}check it with: cofferdam ledger export LAB DIR, then cofferdam verify {} --ledger DIR\n",
            file.display(),
            counted(subjects as u64, "subject"),
            counted(number(signed, "/report/ledger/size"), "entry"),
            file.display()
        )
    })
}

async fn acted(
    client: &Client,
    path: &str,
    body: &Value,
    told: impl FnOnce(&Value) -> String,
    out: Out,
) -> Outcome {
    let done: Value = client.post(path, body).await?;
    out.answer(&done, told)
}

/// A subject by its id; a component or a person also by name.
async fn subject_of(client: &Client, given: &str) -> Outcome<IncidentSubject> {
    let wrong = match given.parse::<IncidentSubject>() {
        Ok(subject) => return Ok(subject),
        Err(wrong) => Failure::usage(wrong.to_string()),
    };
    Ok(match given.split_once(':') {
        Some(("component", name)) => IncidentSubject::Component(client::person(client, name).await?),
        Some(("person", name)) => IncidentSubject::Person(client::person(client, name).await?),
        _ => return Err(wrong),
    })
}

/// What was opened, what that stopped, and how it goes on.
fn opened(incident: &Value) -> String {
    let id = text(incident, "/id");
    let next = format!(
        "say when it was, source by source, with: cofferdam incident claim {id} --source TEXT --from TIME"
    );
    joined(vec![added(incident), next])
}

/// An incident with all that it is about, and what was stopped for it now.
fn added(incident: &Value) -> String {
    let halts = list(incident, "stopped");
    let mut lines = vec![line(incident), subjects(incident), labs(incident)];
    for halt in halts {
        let engagements = counted(number(halt, "/engagements"), "engagement");
        let timers = counted(number(halt, "/timers"), "running timer");
        let [id, scope] = ["/halt", "/scope"].map(|at| text(halt, at));
        lines.push(format!(
            "stopped: {engagements}, {timers}, every open stream of {scope}; end it with: cofferdam resume {id}"
        ));
    }
    if halts.is_empty() {
        lines.push(
            "stopped: nothing; halt what must stop with: cofferdam halt SCOPE --reason incident".into(),
        );
    }
    joined(lines)
}

fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value[name].as_array().map_or(&[][..], Vec::as_slice)
}

fn joined(lines: Vec<String>) -> String {
    let lines = lines.into_iter().filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join("\n")
}

/// An incident in one line.
fn line(incident: &Value) -> String {
    let [id, title, state] = ["/id", "/title", "/state"].map(|at| text(incident, at));
    let since = match list(incident, "moves").last() {
        Some(step) => when(step, "/at"),
        None => when(incident, "/opened"),
    };
    format!("{id}  {title} is {state} since {since}")
}

/// Whom or what it is about, a line each.
fn subjects(incident: &Value) -> String {
    let told = |subject: &Value| {
        let name = match text(subject, "/name") {
            none if none.is_empty() => String::new(),
            name => format!(" ({name})"),
        };
        let grounds = match text(subject, "/grounds").as_str() {
            "affected" => ", AFFECTED by what it said that it runs",
            "unknown" => ", UNKNOWN: what it ran is not known",
            _ => "",
        };
        let rebuilt = match when(subject, "/rebuilt") {
            none if none.is_empty() => String::new(),
            at => format!(", rebuilt {at}"),
        };
        format!("subject: {}{name}{grounds}{rebuilt}", text(subject, "/subject"))
    };
    joined(list(incident, "subjects").iter().map(told).collect())
}

/// The labs concerned, a line each.
fn labs(incident: &Value) -> String {
    let told = |concerned: &Value| {
        let decision = match text(concerned, "/decision") {
            none if none.is_empty() => "nothing decided yet".to_owned(),
            decision => format!(
                "{decision} since {}{}",
                when(concerned, "/decided"),
                conditions(concerned)
            ),
        };
        let [name, own] = ["/lab/name", "/incident"].map(|at| text(concerned, at));
        format!("lab: {name}, where it is {own}: {decision}")
    };
    joined(list(incident, "labs").iter().map(told).collect())
}

fn window(window: &Value) -> String {
    match when(window, "/to") {
        none if none.is_empty() => format!("from {}, no end known", when(window, "/from")),
        to => format!("from {} to {to}", when(window, "/from")),
    }
}

/// What sources say, and what follows.
async fn rotate(client: &Client, incident: &str, out: Out) -> Outcome {
    let path = format!("/incidents/{incident}/rotation");
    let called: Value = client.post(&path, &json!({})).await?;
    out.answer(&called, |called| {
        let projects = list(called, "projects");
        let number = counted(projects.len() as u64, "project");
        let mut lines = vec![format!("the keys of {number} are being replaced")];
        lines.extend(projects.iter().filter_map(Value::as_str).map(str::to_owned));
        joined(lines)
    })
}

fn windows(incident: &Value) -> String {
    let claims = list(incident, "claims");
    let claim = |claim: &Value| format!("claim: {}: {}", text(claim, "/source"), window(&claim["window"]));
    let mut lines: Vec<String> = claims.iter().map(claim).collect();
    if !claims.is_empty() {
        lines.push(match &incident["narrowest"] {
            Value::Null => "narrowest: none, the sources exclude each other".to_owned(),
            narrowest => format!("narrowest: {}", window(narrowest)),
        });
        lines.push(format!("widest: {}", window(&incident["widest"])));
    }
    joined(lines)
}

fn shown(incident: &Value) -> String {
    let mut lines = vec![line(incident), format!("why: {}", text(incident, "/reason"))];
    lines.extend(to_labs(incident));
    let advisory = text(incident, "/advisory");
    if !advisory.is_empty() {
        lines.push(format!("advisory: {advisory}"));
    }
    lines.extend([subjects(incident), windows(incident)]);
    lines.push(format!("open since {}", when(incident, "/opened")));
    for step in list(incident, "moves") {
        let [state, reason] = ["/state", "/reason"].map(|at| text(step, at));
        lines.push(format!("{state} since {}: {reason}", when(step, "/at")));
        lines.extend(to_labs(step));
    }
    lines.push(labs(incident));
    joined(lines)
}

/// What the labs concerned are told of it, if anything.
fn to_labs(step: &Value) -> Option<String> {
    let words = text(step, "/for_labs");
    (!words.is_empty()).then(|| format!("  to the labs concerned: {words}"))
}

async fn board(client: &Client, out: Out) -> Outcome {
    let incidents = client.all("/incidents").await?;
    let mut table = Table::new(&["incident", "title", "state", "opened", "subjects", "labs"]);
    for incident in &incidents {
        let [id, title, state] = ["/id", "/title", "/state"].map(|at| text(incident, at));
        let lab = |concerned: &Value| match text(concerned, "/decision") {
            none if none.is_empty() => text(concerned, "/lab/name"),
            decision => format!("{}: {decision}", text(concerned, "/lab/name")),
        };
        let labs: Vec<String> = list(incident, "labs").iter().map(lab).collect();
        let subject = |subject: &Value| match text(subject, "/name") {
            none if none.is_empty() => text(subject, "/subject"),
            name => name,
        };
        let subjects: Vec<String> = list(incident, "subjects").iter().map(subject).collect();
        table.row([
            id,
            title,
            state,
            when(incident, "/opened"),
            subjects.join(", "),
            labs.join(", "),
        ]);
    }
    out.table(&incidents, &table)
}

async fn of_lab(client: &Client, lab: &str, out: Out) -> Outcome {
    let lab = client::lab(client, lab).await?;
    let incidents = client.all(&format!("/labs/{lab}/incidents")).await?;
    if incidents.is_empty() {
        client::nothing(client).await?;
    }
    let mut table = Table::new(&[
        "incident", "state", "told", "subjects", "why", "decision", "decided",
    ]);
    for incident in &incidents {
        // Of what it was opened and moved for, the last that the lab was told.
        let steps = list(incident, "moves").iter().rev().chain([incident]);
        let mut told_why = steps.map(|step| text(step, "/why/words"));
        let why = told_why.find(|words| !words.is_empty()).unwrap_or_default();
        let [id, state, decision] = ["/id", "/state", "/decision"].map(|at| text(incident, at));
        let named = list(incident, "subjects").iter().map(|s| text(s, ""));
        let platform = (incident["platform"] == true).then(|| "the platform".to_owned());
        let subjects: Vec<String> = platform.into_iter().chain(named).collect();
        let subjects = subjects.join(", ");
        let [told, decided] = ["/told", "/decided"].map(|at| when(incident, at));
        let decision = decision + &conditions(incident);
        table.row([id, state, told, subjects, why, decision, decided]);
    }
    out.table(&incidents, &table)
}

/// What a lab wants to be checked before what is stopped goes on.
fn conditions(decided: &Value) -> String {
    let all: Vec<String> = list(decided, "conditions")
        .iter()
        .map(|one| text(one, ""))
        .collect();
    match all.is_empty() {
        true => String::new(),
        false => format!(", until checked: {}", all.join(", ")),
    }
}

/// What was decided; and that this stops nothing.
fn decided(lab: &str, seen: &Value) -> String {
    let [id, decision] = ["/id", "/decision"].map(|at| text(seen, at));
    let mut told = format!(
        "{id}  decided {}: {decision}{}",
        when(seen, "/decided"),
        conditions(seen)
    );
    if decision == "halt" {
        told.push_str(&format!(
            "\nthat is a record; stop the lab's work with: cofferdam halt lab:{lab} --reason lab-request"
        ));
    }
    told
}
