//! A scenario, played step by step over the HTTP API.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use cofferdam_inventory::scan::Limits;
use cofferdam_inventory::{Root, scan};
use cofferdam_model::{Checked, Clock as _, Timestamp};
use cofferdam_work::template::TemplateKind;
use serde_json::{Value, json};

use super::clock::Hands;
use super::reports::{self, LabReport};
use super::scenario::{Scenario, Step, Timed};
use super::set::Set;
use super::show::{Displaced, Line, Told, Who};
use crate::client::{Call, Client, number, text};
use crate::demo::simulated;
use crate::demo::stage::{Seat, seat};
use crate::demo::work::timer;
use crate::fail::{Failure, Outcome};
use crate::files::OnFile;
use crate::progress::Progress;
use crate::table::counted;

/// How often whoever works says so, in microseconds: as the workbench does.
const BEAT: i64 = 20_000_000;

/// The drill before it is set.
pub(super) struct Play {
    hands: Hands,
    operator: Client,
    folder: PathBuf,
    scenario: Scenario,
    records: Vec<Value>,
}

/// The drill while it goes on.
struct Stage {
    hands: Hands,
    folder: PathBuf,
    records: Vec<Value>,
    set: Set,
    /// Contractors whose timers run, with the seat.
    timed: BTreeMap<String, Seat>,
    incident: Option<String>,
    /// Open halts: each with whoever took it.
    halts: Vec<(String, Client)>,
    told: Told,
}

impl Play {
    pub(super) fn new(
        hands: Hands,
        operator: Client,
        folder: PathBuf,
        scenario: Scenario,
        records: Vec<Value>,
    ) -> Self {
        Self {
            hands,
            operator,
            folder,
            scenario,
            records,
        }
    }

    pub(super) async fn run(self) -> Outcome<Told> {
        let progress = Progress::things(self.scenario.steps.len() as u64, "steps");
        let folder = self.folder.join("drill");
        let set = Set::new(self.operator, &folder, &self.scenario).await?;
        let mut stage = Stage {
            told: Told::new(&set, &self.folder),
            hands: self.hands,
            folder,
            records: self.records,
            set,
            timed: BTreeMap::new(),
            incident: None,
            halts: Vec::new(),
        };
        for (index, Timed { at, step }) in self.scenario.steps.into_iter().enumerate() {
            let place = |wrong: Failure| wrong.about(format!("/steps/{index} at {}", at.rfc3339()));
            stage.forward_to(at).await.map_err(place)?;
            stage.step(step).await.map_err(place)?;
            progress.add(1);
        }
        progress.done();
        Ok(stage.told)
    }
}

impl Stage {
    /// Puts the clock forward: minute by minute where timers run, as those who work do.
    async fn forward_to(&mut self, at: Timestamp) -> Outcome {
        while !self.timed.is_empty() && self.hands.now() < at {
            let next = self.hands.now().as_micros() + BEAT;
            self.hands
                .forward_to(Timestamp::from_micros(next.min(at.as_micros())));
            let seats: Vec<_> = self.timed.clone().into_iter().collect();
            for (name, seat) in seats {
                if unless_halted(timer(&seat, "beat").await)?.is_none() {
                    self.timed.remove(&name);
                }
            }
        }
        self.hands.forward_to(at);
        Ok(())
    }

    fn tell(&mut self, who: Who, what: impl Into<String>) {
        let at = self.hands.now();
        self.told.timeline.push(Line {
            at: at.rfc3339(),
            who,
            what: what.into(),
        });
    }

    async fn step(&mut self, step: Step) -> Outcome {
        match step {
            Step::World { fact, source } => {
                self.tell(Who::World, format!("{fact} ({source})"));
                Ok(())
            }
            Step::Scan {
                component,
                package,
                version,
                starts,
            } => self.scan(&component, &package, &version, starts.as_deref()).await,
            Step::Read { component, project } => self.read(&component, project).await,
            Step::Work {} => self.work().await,
            Step::Rest {} => self.rest().await,
            Step::Advisories {} => self.advisories().await,
            Step::Incident { since } => self.open(since).await,
            Step::Claim { source, from, to } => self.claim(&source, from, to).await,
            Step::Decide {
                lab,
                decision,
                conditions,
            } => self.decide(lab, &decision, &conditions).await,
            Step::Displaced {} => self.displaced().await,
            Step::Place {} => self.place().await,
            Step::Report {} => self.report().await,
            Step::Rebuilt { component } => self.rebuilt(&component).await,
            Step::Move { to, reason } => self.go(&to, &reason).await,
            Step::Resume { checked } => self.resume(&checked).await,
        }
    }

    /// A component reads the environment on its host, a folder made for it, and reports what it found.
    async fn scan(&mut self, component: &str, package: &str, version: &str, starts: Option<&str>) -> Outcome {
        let host = self
            .folder
            .join("hosts")
            .join(component.to_lowercase().replace(' ', "-"));
        environment(&host, package, version, starts)?;
        let found = scan(&[Root::at(&host)], &Limits::default(), Some(self.hands.now()));
        let (_, seat) = first(self.set.component(component)?)?;
        let path = format!("/engagements/{}/inventories", seat.engagement);
        let _: Value = seat
            .client
            .upload(&path, "application/json", found.to_json().into())
            .await?;
        let starts = starts.map_or_else(String::new, |file| format!(", and {file}"));
        self.tell(
            Who::Component,
            format!("{component} reports that it has {package} {version}{starts}"),
        );
        Ok(())
    }

    async fn read(&mut self, component: &str, project: usize) -> Outcome {
        let seats = self.set.component(component)?;
        let (_, seat) = seats
            .iter()
            .find(|(at, _)| *at == project)
            .ok_or_else(|| Failure::new(format!("{component} is not engaged in project {project}")))?;
        let path = format!("/engagements/{}/export", seat.engagement);
        let lines = unless_halted(seat.client.bytes(&path).await)?;
        let place = self.set.place(project);
        let what = match lines {
            None => format!("{component} asks for {place}, and is refused: it is halted"),
            Some(bytes) => {
                let tasks = bytes.iter().filter(|byte| **byte == b'\n').count();
                format!("{component} reads {place}: {}", counted(tasks as u64, "task"))
            }
        };
        self.tell(Who::Component, what);
        Ok(())
    }

    async fn work(&mut self) -> Outcome {
        let (mut answered, mut refused) = (0, 0);
        for (name, seats) in self.set.contractors.clone() {
            if let Some((_, seat)) = seats.first()
                && unless_halted(timer(seat, "start").await)?.is_some()
            {
                self.timed.insert(name.clone(), seat.clone());
            }
            for (_, seat) in &seats {
                match answer(seat).await? {
                    Some(true) => answered += 1,
                    Some(false) => {}
                    None => refused += 1,
                }
            }
        }
        let refused = match refused {
            0 => String::new(),
            refused => format!("; {refused} are refused by a halt"),
        };
        self.tell(
            Who::Contractor,
            format!(
                "{} answer {}{refused}",
                counted(self.set.contractors.len() as u64, "contractor"),
                counted(answered, "task")
            ),
        );
        Ok(())
    }

    async fn rest(&mut self) -> Outcome {
        for (_, seat) in std::mem::take(&mut self.timed) {
            unless_halted(timer(&seat, "stop").await)?;
        }
        Ok(())
    }

    async fn advisories(&mut self) -> Outcome {
        let taken: Value = self
            .set
            .operator
            .post("/advisories", &json!({ "records": self.records }))
            .await?;
        let record = self.record()?;
        let found: Value = self.set.operator.get(&format!("/advisories/{record}")).await?;
        let records = list(&found["event"], "records").iter().map(|id| text(id, ""));
        let records: Vec<String> = records.collect();
        self.tell(
            Who::Operator,
            format!(
                "takes {} of one event: {}",
                counted(records.len() as u64, "record"),
                records.join(", ")
            ),
        );
        for concern in list(&found, "components") {
            let name = text(concern, "/component/name");
            let said: Vec<String> = list(concern, "findings")
                .iter()
                .map(|finding| {
                    let verdict = text(finding, "/verdict").replace('-', " ");
                    format!(
                        "{verdict} by the scan of {}",
                        super::show::clock(&text(finding, "/inventory/scanned"))
                    )
                })
                .collect();
            let said = match said.is_empty() {
                true => "UNKNOWN: it never said what it runs".to_owned(),
                false => said.join(", then "),
            };
            self.tell(Who::Platform, format!("{name}: {said}"));
        }
        // Of one event.
        if let Some(incident) = list(&taken, "incidents").first() {
            let title = text(incident, "/title");
            self.tell(
                Who::Platform,
                format!("opens incident {title}: the record is of malicious code"),
            );
            self.opened(incident, list(incident, "stopped"));
        }
        Ok(())
    }

    /// The first record's id.
    fn record(&self) -> Outcome<String> {
        let id = self
            .records
            .first()
            .map(|record| text(record, "/id"))
            .filter(|id| !id.is_empty());
        id.ok_or_else(|| Failure::new("there is no record of an event with an id"))
    }

    /// Opens an incident, unless there is one: the platform was faster, or there is nothing that it would be about.
    async fn open(&mut self, since: Timestamp) -> Outcome {
        if let Some(known) = self.known().await? {
            let title = text(&known, "/title");
            self.tell(
                Who::Operator,
                format!("looks at incident {title}, which is open already"),
            );
            if self.incident.is_none() {
                let halts: Value = self.set.operator.get("/halts").await?;
                self.opened(&known, list(&halts, "items"));
            }
            return Ok(());
        }
        let body = json!({ "reason": "what components said and did not say", "advisory": self.record()?,
                           "since": since.rfc3339() });
        let opened: Value = self.set.operator.post("/incidents", &body).await?;
        let title = text(&opened, "/title");
        self.tell(
            Who::Operator,
            format!(
                "opens incident {title}, since {}",
                super::show::clock(&since.rfc3339())
            ),
        );
        self.opened(&opened, list(&opened, "stopped"));
        Ok(())
    }

    /// The incident that is open for the drill's event.
    async fn known(&self) -> Outcome<Option<Value>> {
        let all: Value = self.set.operator.get("/incidents").await?;
        let records: BTreeSet<String> = self.records.iter().map(|record| text(record, "/id")).collect();
        let mut open = list(&all, "items").iter();
        let known = open.find(|incident| {
            records.contains(&text(incident, "/advisory")) && text(incident, "/state") != "closed"
        });
        Ok(known.cloned())
    }

    /// Tells whom an incident is about, what was stopped for it and who was told.
    fn opened(&mut self, opened: &Value, halts: &[Value]) {
        let subjects = list(opened, "subjects").iter();
        let subjects: BTreeMap<String, String> = subjects
            .map(|subject| (text(subject, "/name"), text(subject, "/grounds")))
            .collect();
        for (name, grounds) in subjects {
            self.tell(
                Who::Platform,
                format!("{name} is in it: {}", grounds.to_uppercase()),
            );
        }
        let mut stopped: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for halt in halts {
            let id = ["/halt", "/id"].map(|at| text(halt, at)).concat();
            self.halts.push((id, self.set.operator.clone()));
            let scope = text(halt, "/scope");
            let (name, lab) = self.set.named(&scope).unwrap_or((&scope, ""));
            stopped.entry(name.to_owned()).or_default().insert(lab.to_owned());
        }
        for (name, labs) in stopped {
            let labs: Vec<String> = labs.into_iter().collect();
            self.tell(Who::Platform, format!("stops {name} for {}", labs.join(", ")));
            self.told.stopped.push(name);
        }
        let told: Vec<String> = list(opened, "labs")
            .iter()
            .map(|lab| text(lab, "/lab/name"))
            .collect();
        self.tell(
            Who::Platform,
            format!("tells {}, each in its own ledger", told.join(", ")),
        );
        self.incident = Some(text(opened, "/id"));
    }

    fn incident(&self) -> Outcome<&str> {
        let id = self.incident.as_deref();
        id.ok_or_else(|| Failure::new("the scenario speaks of an incident before it opens one"))
    }

    async fn claim(&mut self, source: &str, from: Timestamp, to: Option<Timestamp>) -> Outcome {
        let body = json!({ "source": source, "from": from.rfc3339(), "to": to.map(Timestamp::rfc3339) });
        let path = format!("/incidents/{}/claims", self.incident()?);
        let seen: Value = self.set.operator.post(&path, &body).await?;
        let span = |at: &str| match seen[at].is_null() {
            true => "none, the sources exclude each other".to_owned(),
            false => super::show::span(&seen[at]),
        };
        let said = format!(
            "takes the window of {source}. All agree on: {}; any says: {}",
            span("narrowest"),
            span("widest")
        );
        self.tell(Who::Operator, said);
        Ok(())
    }

    async fn decide(&mut self, lab: usize, decision: &str, conditions: &[String]) -> Outcome {
        let (id, name, steward) = {
            let lab = self.set.lab(lab)?;
            (lab.id.clone(), lab.name.clone(), lab.steward.clone())
        };
        let Some(own) = reports::own(&steward.client, &id).await? else {
            self.tell(
                Who::Lab,
                format!("{name} has nothing to decide: the incident does not concern it"),
            );
            return Ok(());
        };
        let path = format!("/labs/{id}/incidents/{own}/decision");
        let _: Value = steward
            .client
            .post(&path, &json!({ "decision": decision, "conditions": conditions }))
            .await?;
        self.told.decisions.insert(name.clone(), decision.to_owned());
        let mut said = format!("{name} decides: {decision}");
        if !conditions.is_empty() {
            said += &format!(", until checked: {}", conditions.join(", "));
        }
        if decision == "halt" {
            let body = json!({ "scope": format!("lab:{id}"), "reason": "incident" });
            let halt: Value = steward.client.post("/halts", &body).await?;
            self.halts.push((text(&halt, "/id"), steward.client.clone()));
            said += &format!(
                "; its work stops, under {}, with {}",
                counted(number(&halt, "/stopped/engagements"), "engagement"),
                counted(number(&halt, "/stopped/timers"), "running timer")
            );
        }
        self.tell(Who::Lab, said);
        Ok(())
    }

    /// Who is stopped, that their hours stand, and where they go on.
    async fn displaced(&mut self) -> Outcome {
        for (name, seats) in self.set.contractors.clone() {
            let (mut stopped, mut open) = (Vec::new(), Vec::new());
            for (project, seat) in &seats {
                match seat.claim().await {
                    Err(error) if error.is("halted") => stopped.push((*project, seat)),
                    Err(error) => return Err(error.into()),
                    Ok(held) => open.extend(held.map(|_| *project)),
                }
            }
            for (project, seat) in stopped {
                let hours: Value = seat
                    .client
                    .get(&format!("/engagements/{}/hours", seat.engagement))
                    .await?;
                let displaced = Displaced {
                    name: name.clone(),
                    lab: self.set.lab_of(project).to_owned(),
                    project: self.set.projects[project].name.clone(),
                    minutes: (hours["seconds_total"].as_f64().unwrap_or_default() / 60.0).floor(),
                    goes_on: open.iter().map(|&at| self.set.place(at)).collect(),
                    placed: false,
                };
                self.tell(Who::Contractor, displaced.sentence());
                self.told.displaced.push(displaced);
            }
        }
        Ok(())
    }

    /// Places for everybody whom the open halts leave without work, and a task there.
    async fn place(&mut self) -> Outcome {
        let mut found: Vec<Value> = Vec::new();
        for (halt, _) in &self.halts {
            let path = format!("/halts/{halt}/placement");
            let answer: Value = self.set.operator.post(&path, &json!({ "engage": true })).await?;
            found.extend_from_slice(list(&answer, "items"));
        }
        let placed = found.iter().filter(|one| one["engagement"].is_string()).count();
        let said = match found.len() {
            0 => "asks for places: nobody is without work".to_owned(),
            all => format!(
                "asks for places for {all} who are without work: {placed} fit somewhere, and are engaged there"
            ),
        };
        self.tell(Who::Operator, said);
        for one in &found {
            let said = self.begin(one).await?;
            self.tell(Who::Contractor, said);
        }
        Ok(())
    }

    /// Somebody begins where they were placed: what is told of it.
    async fn begin(&mut self, one: &Value) -> Outcome<String> {
        let name = text(one, "/person/name");
        let Some(at) = self
            .set
            .projects
            .iter()
            .position(|project| project.id == text(one, "/project/id"))
        else {
            return Ok(format!(
                "{name} fits nothing that is open, and stays at rest; the hours until now stand"
            ));
        };
        let granted = json!({ "id": text(one, "/engagement") });
        let seat = seat(&self.set.operator, &name, text(one, "/person/id"), &granted).await?;
        let began = match answer(&seat).await? {
            Some(true) => "answers a task there",
            Some(false) => "finds no task there",
            None => "is halted there too",
        };
        let place = self.set.place(at);
        for displaced in self.told.displaced.iter_mut().filter(|known| known.name == name) {
            displaced.goes_on.push(place.clone());
            displaced.placed = true;
        }
        let reasons: Vec<String> = list(one, "reasons").iter().map(|why| text(why, "")).collect();
        self.set
            .contractors
            .entry(name.clone())
            .or_default()
            .push((at, seat));
        Ok(format!(
            "{name} goes on with {place} ({}), and {began}",
            reasons.join("; ")
        ))
    }

    async fn report(&mut self) -> Outcome {
        for index in 0..self.set.labs.len() {
            let lab = self.set.lab(index)?;
            let name = lab.name.clone();
            let report = reports::of(lab, &self.folder).await?;
            self.tell(Who::Lab, report.sentence(&name));
            self.told.labs.retain(|known: &LabReport| known.lab != name);
            self.told.labs.push(report);
        }
        Ok(())
    }

    /// Declares that a host was rebuilt, revokes the tokens that were on it, and issues others.
    async fn rebuilt(&mut self, component: &str) -> Outcome {
        let id = self.incident()?.to_owned();
        let mut seats = self.set.component(component)?.to_vec();
        let (_, seat) = first(&seats)?;
        let path = format!("/incidents/{id}/subjects/{}/rebuilt", seat.person);
        let operator = &self.set.operator;
        let declared: Call = operator.post(&path, &json!({})).await;
        if declared.as_ref().is_err_and(|error| error.is("not-found")) {
            self.tell(
                Who::Operator,
                format!("{component} is not in the incident: nothing of it is rebuilt"),
            );
            return Ok(());
        }
        declared?;
        for (_, seat) in &mut seats {
            operator
                .delete(&format!("/credentials/{}", seat.credential))
                .await?;
            let path = format!("/engagements/{}/tokens", seat.engagement);
            let token: Value = operator
                .post(&path, &json!({ "label": "rebuilt", "days": 30 }))
                .await?;
            seat.credential = text(&token, "/credential");
            seat.client = operator.with_token(&text(&token, "/token"))?;
        }
        let tokens = counted(seats.len() as u64, "token");
        self.set.components.insert(component.to_owned(), seats);
        let said = format!("declares the host of {component} rebuilt; {tokens} that were on it are revoked");
        self.tell(Who::Operator, said);
        Ok(())
    }

    async fn go(&mut self, to: &str, reason: &str) -> Outcome {
        let path = format!("/incidents/{}/moves", self.incident()?);
        let body = json!({ "state": to, "reason": reason });
        let _: Value = self.set.operator.post(&path, &body).await?;
        self.tell(Who::Operator, format!("the incident is {to}: {reason}"));
        Ok(())
    }

    async fn resume(&mut self, checked: &BTreeSet<Checked>) -> Outcome {
        let halts = std::mem::take(&mut self.halts);
        let body = json!({ "checked": checked });
        for (halt, by) in &halts {
            let _: Value = by.post(&format!("/halts/{halt}/resume"), &body).await?;
        }
        let stopped = self.told.displaced.iter().map(|one| one.name.as_str());
        let stopped: BTreeSet<&str> = stopped.collect();
        let said = format!(
            "{} end, each by whoever took it, on record what was checked: {}; {} may go on where they were",
            counted(halts.len() as u64, "halt"),
            checked
                .iter()
                .map(|check| check.name())
                .collect::<Vec<_>>()
                .join(", "),
            counted(stopped.len() as u64, "contractor")
        );
        self.tell(Who::Operator, said);
        Ok(())
    }
}

fn first(seats: &[(usize, Seat)]) -> Outcome<&(usize, Seat)> {
    seats
        .first()
        .ok_or_else(|| Failure::new("a component without an engagement"))
}

/// What was answered, unless it was refused because of a halt.
fn unless_halted<T>(answer: Call<T>) -> Outcome<Option<T>> {
    match answer {
        Ok(done) => Ok(Some(done)),
        Err(error) if error.is("halted") => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Takes a task and answers it: whether there was one; none where a halt refuses it.
async fn answer(seat: &Seat) -> Outcome<Option<bool>> {
    let Some(held) = unless_halted(seat.claim().await)? else {
        return Ok(None);
    };
    let Some(held) = held else { return Ok(Some(false)) };
    // the sample's projects are of these
    let has = |field: &str| held.input.get(field).is_some();
    let kind = match (has("turns"), has("response_a")) {
        (true, _) => TemplateKind::Chat,
        (_, true) => TemplateKind::PairwisePreference,
        _ => TemplateKind::Rubric,
    };
    let Some(answer) = simulated::answer(kind, &held.input) else {
        return Ok(Some(false));
    };
    seat.submit(&held.assignment, &answer).await?;
    Ok(Some(true))
}

/// A folder as an interpreter's environment is, with one package in it.
fn environment(host: &Path, package: &str, version: &str, starts: Option<&str>) -> Outcome {
    if host.exists() {
        fs::remove_dir_all(host).writing(host)?;
    }
    let site = host.join("lib/python3.13/site-packages");
    let info = format!("{package}-{version}.dist-info");
    let folder = site.join(&info);
    fs::create_dir_all(&folder).writing(&folder)?;
    let write = |path: PathBuf, text: String| fs::write(&path, text).writing(&path);
    let about = format!("Metadata-Version: 2.4\nName: {package}\nVersion: {version}\n");
    write(folder.join("METADATA"), about)?;
    let mut record = format!("{info}/METADATA,,\n{info}/RECORD,,\n");
    if let Some(file) = starts {
        // A line of that shape runs at every start. This one does nothing.
        write(site.join(file), "import sys; sys.flags\n".to_owned())?;
        record += &format!("{file},,\n");
    }
    write(folder.join("RECORD"), record)
}

/// The members of a list in an answer.
pub(super) fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value[name].as_array().map_or(&[][..], Vec::as_slice)
}
