//! Contractors at work, who write down what they are told, and ask again when nobody answered.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use cofferdam_model::Env;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::witness::{Release, Submitted, Witness};
use super::world::{Answer, Api, World, engaged, text};

pub(super) const LABS: [&str; 2] = ["Merrowby", "Oxlip"];
const AUTHORS: usize = 5;
const TASKS: usize = 400;
/// How many people each task goes to.
pub(super) const OVERLAP: usize = 2;

/// An answer on its way.
#[derive(Debug, Clone)]
struct Pending {
    assignment: String,
    key: String,
    body: Value,
}

/// Somebody who works.
struct Author {
    api: Api,
    engagement: String,
    env: Env,
    pending: Option<Pending>,
    /// What the timer showed last; unknown after a crash.
    running: Option<bool>,
    steps: u64,
    told: Witness,
    /// The queue had nothing left.
    dry: bool,
}

/// What is done of a project beside the work: under which engagement, by whom.
struct Beside {
    project: String,
    imports: (String, Api),
    exports: (String, Api),
}

/// Everybody who works, between two kills.
pub(super) struct Load {
    authors: Vec<Author>,
    projects: Vec<Beside>,
    tasks: usize,
}

/// Work under way.
pub(super) struct Working<'l> {
    load: &'l mut Load,
    witness: &'l mut Witness,
    tasks: JoinSet<Result<Author>>,
    over: Arc<AtomicBool>,
}

impl Load {
    pub(super) async fn start(world: &World) -> Result<Self> {
        let operator = world.operator()?;
        let mut load = Self {
            authors: Vec::new(),
            projects: Vec::new(),
            tasks: 0,
        };
        for lab in LABS {
            let made = operator.post("/labs", json!({ "name": lab })).await?;
            let path = format!("/labs/{}/projects", text(&made, "id")?);
            let wanted = json!({ "name": lab, "template": "freeform", "overlap": OVERLAP });
            let project = text(&operator.post(&path, wanted).await?, "id")?;
            load.projects.push(Beside {
                imports: engaged(&operator, &project, "integration", Some("import")).await?,
                exports: engaged(&operator, &project, "integration", Some("export")).await?,
                project: project.clone(),
            });
            for _ in 0..AUTHORS {
                let (engagement, api) = engaged(&operator, &project, "author", None).await?;
                load.authors.push(Author {
                    api,
                    engagement,
                    env: Env::system(),
                    pending: None,
                    running: None,
                    steps: 0,
                    told: Witness::default(),
                    dry: true,
                });
            }
        }
        load.refill().await?;
        Ok(load)
    }

    /// Brings more tasks where there are none left.
    pub(super) async fn refill(&mut self) -> Result<()> {
        if !self.authors.iter().any(|author| author.dry) {
            return Ok(());
        }
        for Beside {
            imports: (engagement, api),
            ..
        } in &self.projects
        {
            let rows = (self.tasks..self.tasks + TASKS).map(|n| {
                json!({ "id": n.to_string(), "text": format!("Prompt {n} of {engagement}") }).to_string()
            });
            let body = rows.collect::<Vec<_>>().join("\n");
            api.import(engagement, body).await?;
        }
        self.tasks += TASKS;
        self.authors.iter_mut().for_each(|author| author.dry = false);
        Ok(())
    }

    /// Calls for new keys of every project: what is sealed is sealed anew while everybody works, and while it is killed.
    pub(super) async fn rotate(&self, world: &World) -> Result<()> {
        for Beside { project, .. } in &self.projects {
            let path = format!("/projects/{project}/rotation");
            world.operator()?.post(&path, json!({})).await?;
        }
        Ok(())
    }

    /// Reads every project, under whichever key each of it is: every answer that was acknowledged can be read.
    pub(super) async fn read_all(&self, witness: &Witness) -> Result<()> {
        let mut read = HashSet::new();
        for Beside {
            exports: (engagement, api),
            ..
        } in &self.projects
        {
            for task in api.export(engagement).await? {
                text(&task["input"], "body")?;
                for given in task["submissions"].as_array().context("no submissions")? {
                    let answer = text(&given["answer"], "text")?;
                    ensure!(answer.starts_with("answer "), "another answer: {answer}");
                    read.insert(text(given, "submission")?);
                }
            }
        }
        for Submitted { submission, .. } in &witness.submitted {
            ensure!(
                read.contains(submission),
                "acknowledged and not to be read: {submission}"
            );
        }
        Ok(())
    }

    /// Sets everybody to work.
    pub(super) fn work<'l>(&'l mut self, witness: &'l mut Witness) -> Working<'l> {
        let mut tasks = JoinSet::new();
        let over = Arc::new(AtomicBool::new(false));
        for author in self.authors.drain(..) {
            tasks.spawn(author.work(Arc::clone(&over)));
        }
        Working {
            load: self,
            witness,
            tasks,
            over,
        }
    }

    /// Asks again for what nobody answered, until everything is answered.
    pub(super) async fn settle(&mut self, witness: &mut Witness) -> Result<()> {
        for author in &mut self.authors {
            for _ in 0..20 {
                if author.submit().await? {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            if let Some(pending) = &author.pending {
                bail!("nobody answers for {}", pending.assignment);
            }
            witness.take(std::mem::take(&mut author.told));
        }
        Ok(())
    }
}

impl Working<'_> {
    /// Works on until `killed` is done and everybody came back.
    pub(super) async fn during(mut self, killed: impl Future<Output = Result<()>>) -> Result<()> {
        killed.await?;
        self.over.store(true, Ordering::Relaxed);
        while let Some(author) = self.tasks.join_next().await {
            let mut author = author.context("a worker panicked")??;
            self.witness.take(std::mem::take(&mut author.told));
            self.load.authors.push(author);
        }
        Ok(())
    }
}

impl Author {
    /// Works until nobody answers, or it is over.
    async fn work(mut self, over: Arc<AtomicBool>) -> Result<Self> {
        while !over.load(Ordering::Relaxed) && self.step().await? {}
        self.running = None;
        Ok(self)
    }

    async fn step(&mut self) -> Result<bool> {
        if self.pending.is_some() {
            return self.submit().await;
        }
        self.steps += 1;
        if self.steps.is_multiple_of(7) {
            return self.turn_timer().await;
        }
        if self.dry {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        self.claim().await
    }

    async fn claim(&mut self) -> Result<bool> {
        let path = format!("/engagements/{}/claims", self.engagement);
        let (status, held) = match self.api.ask(Method::POST, &path, None, &json!({})).await? {
            Answer::Unknown => return Ok(false),
            Answer::Done(status, held) => (status, held),
        };
        match status {
            StatusCode::NO_CONTENT => self.dry = true,
            StatusCode::OK => {
                let assignment = text(&held, "assignment")?;
                text(&held["input"], "body")?;
                let release = Release {
                    engagement: self.engagement.clone(),
                    assignment: assignment.clone(),
                    task: text(&held, "task")?,
                };
                *self.told.released.entry(release).or_default() += 1;
                let key = u64::from_be_bytes(self.env.random()?);
                self.pending = Some(Pending {
                    body: json!({ "answer": { "text": format!("answer {key}") } }),
                    key: key.to_string(),
                    assignment,
                });
            }
            other => bail!("a claim was answered with {other}: {held}"),
        }
        Ok(true)
    }

    async fn submit(&mut self) -> Result<bool> {
        let Some(pending) = self.pending.clone() else {
            return Ok(true);
        };
        let path = format!(
            "/engagements/{}/assignments/{}/submission",
            self.engagement, pending.assignment
        );
        let asked = self
            .api
            .ask(Method::POST, &path, Some(&pending.key), &pending.body);
        match asked.await? {
            Answer::Unknown => Ok(false),
            Answer::Done(StatusCode::CREATED, taken) => {
                self.told.submitted.insert(Submitted {
                    engagement: self.engagement.clone(),
                    assignment: pending.assignment,
                    submission: text(&taken, "submission")?,
                });
                self.pending = None;
                Ok(true)
            }
            Answer::Done(status, answer) => bail!("a submission was answered with {status}: {answer}"),
        }
    }

    /// Starts the timer or stops it; after a crash it is asked first what it shows.
    async fn turn_timer(&mut self) -> Result<bool> {
        let path = format!("/engagements/{}/timer", self.engagement);
        let (method, body) = match self.running {
            None => (Method::GET, Value::Null),
            Some(false) => (Method::POST, json!({ "do": "start" })),
            Some(true) => (Method::POST, json!({ "do": "stop" })),
        };
        match self.api.ask(method, &path, None, &body).await? {
            Answer::Unknown => Ok(false),
            Answer::Done(StatusCode::OK, shown) => {
                let last = &shown["last"];
                // That heartbeats ceased is seen before it is recorded: whoever acts next records it.
                if last.is_object() && last["cause"] != "heartbeats-ceased" {
                    let stopped = (self.engagement.clone(), text(last, "timer")?);
                    self.told.stopped.insert(stopped);
                }
                self.running = Some(text(&shown, "state")? == "running");
                Ok(true)
            }
            Answer::Done(status, answer) => bail!("a timer was answered with {status}: {answer}"),
        }
    }
}
