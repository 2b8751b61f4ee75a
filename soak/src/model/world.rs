//! A service with a fixed cast, the model of it, and what the clients received.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result, anyhow, bail};
use axum::http::Method;
use serde_json::{Value, json};

use super::reference::*;
use super::service::{Answer, LONG_SECONDS, START, Service};

/// Whom deliveries go to.
pub(crate) const RECIPIENT: &str = "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj";
/// How long a token is good for.
pub(crate) const TOKEN_DAYS: i64 = 30;
/// What a person, and what a job, a lead or a steward may read unless said.
const PERSON: Budget = [600, 4_000, 64 << 20, 512 << 20];
const JOB: Budget = [2_000_000, 8_000_000, 8 << 30, 32 << 30];

/// Contractors, besides the two operators and a steward of each lab.
const CONTRACTORS: usize = 6;
const COMPONENTS: usize = 2;
/// Lab, overlap and lease of each project.
const PROJECTS: [(usize, usize, i64); 4] = [(0, 1, 60), (0, 2, 600), (1, 3, 1_800), (2, 2, 120)];

/// A text that somebody received.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Received {
    /// Who.
    pub person: usize,
    /// When.
    pub at: Time,
    /// How many engagements had been granted by then: the clock alone does not say, it may have been put back.
    pub granted: usize,
    /// What.
    pub mark: Mark,
}

/// The service, and what is known of it from outside.
pub(crate) struct World {
    /// The service.
    pub service: Service,
    /// What it ought to do.
    pub model: Model,
    /// The secret of each credential of the model.
    pub secrets: Vec<String>,
    /// Everything that was received.
    pub received: Vec<Received>,
    /// What was said to the present command, in short.
    pub said: String,
    /// What came with the answers to the present command.
    pub news: BTreeSet<Mark>,
    marks: u32,
}

/// A member of an answer that is a text.
pub(crate) fn text(value: &Value, pointer: &str) -> Result<String> {
    let found = value.pointer(pointer).and_then(Value::as_str);
    Ok(found
        .with_context(|| format!("no {pointer} in {value}"))?
        .to_owned())
}

/// A member of an answer that is a number.
pub(crate) fn number(value: &Value, pointer: &str) -> Result<u64> {
    let found = value.pointer(pointer).and_then(Value::as_u64);
    found.with_context(|| format!("no {pointer} in {value}"))
}

impl World {
    /// Founds an installation and sets the stage: labs, projects, people, a first engagement of each kind, and tasks.
    pub(crate) async fn new() -> Result<Self> {
        let (service, operator, credential, token) = Service::found().await?;
        let mut model = Model {
            now: START,
            ..Model::default()
        };
        model.people.push(Person {
            id: operator,
            operator: true,
            component: false,
        });
        for kind in ["principal-enrolled", "operator-granted", "credential-issued"] {
            model.record(None, By::Platform, kind, Released::Nothing);
        }
        model.issued(credential, 0, None, LONG_SECONDS);
        let mut world = Self {
            service,
            model,
            secrets: vec![token],
            received: Vec::new(),
            said: String::new(),
            news: BTreeSet::new(),
            marks: 0,
        };
        world.people().await?;
        world.labs().await?;
        world.engagements().await?;
        Ok(world)
    }

    /// The founder, who does all of the setting up.
    fn founder() -> Who {
        Who {
            person: 0,
            credential: Some(0),
        }
    }

    async fn made(&mut self, method: Method, path: &str, body: Value) -> Result<Value> {
        let answer = self.call(Self::founder(), method, path, &body).await?;
        answer.said()?.map_err(|_| anyhow!("{path}: {}", answer.text))
    }

    async fn people(&mut self) -> Result<()> {
        let persons = 1 + 3 + CONTRACTORS;
        for at in 0..persons + COMPONENTS {
            let (operator, kind) = (at == 0, if at < persons { "person" } else { "component" });
            let body = json!({ "name": format!("Nr. {at}"), "kind": kind, "operator": operator });
            let made = self.made(Method::POST, "/people", body).await?;
            let id = text(&made, "/id")?;
            let component = kind == "component";
            self.model.people.push(Person {
                id,
                operator,
                component,
            });
            let by = By::Operator { person: 0 };
            self.record(None, by, "principal-enrolled");
            if operator {
                self.record(None, by, "operator-granted");
            }
        }
        for person in 1..=persons {
            self.log_in(Self::founder(), person).await?;
        }
        Ok(())
    }

    fn record(&mut self, lab: Option<usize>, by: By, kind: &'static str) {
        self.model.record(lab, by, kind, Released::Nothing);
    }

    async fn labs(&mut self) -> Result<()> {
        let by = By::Operator { person: 0 };
        for lab in 0..3 {
            let body = json!({ "name": format!("Lab {lab}") });
            let id = text(&self.made(Method::POST, "/labs", body).await?, "/id")?;
            self.model.labs.push(Lab {
                id,
                ledger: Ledger::default(),
                recipients: false,
            });
            self.record(Some(lab), by, "lab-opened");
            self.record(None, by, "lab-opened");
        }
        // The jobs come into being with the first project; nobody is told their ids.
        let jobs = self.model.people.len();
        for _ in 0..2 {
            self.model.people.push(Person {
                id: String::new(),
                operator: false,
                component: true,
            });
        }
        for (at, (lab, overlap, lease)) in PROJECTS.into_iter().enumerate() {
            let body = json!({ "name": format!("Project {at}"), "template": "pairwise-preference",
                               "overlap": overlap, "lease_seconds": lease });
            let path = format!("/labs/{}/projects", self.model.labs[lab].id);
            let id = text(&self.made(Method::POST, &path, body).await?, "/id")?;
            self.model.projects.push(Project {
                id,
                lab,
                overlap,
                lease: lease * SECOND,
                template_bytes: 0,
                guideline: None,
                tasks: Vec::new(),
                known: true,
            });
            for kind in ["project-opened", "engagement-granted", "engagement-granted"] {
                self.record(Some(lab), by, kind);
            }
            if at == 0 {
                self.record(None, by, "principal-enrolled");
                self.record(None, by, "principal-enrolled");
            }
            self.job_engagements(at, jobs).await?;
        }
        Ok(())
    }

    async fn job_engagements(&mut self, project: usize, jobs: usize) -> Result<()> {
        let path = format!("/projects/{}/engagements", self.model.projects[project].id);
        let listed = self.made(Method::GET, &path, Value::Null).await?;
        for item in listed["items"].as_array().into_iter().flatten() {
            let (job, purpose) = match text(item, "/purposes/0")?.as_str() {
                "agreement" => (0, Purpose::Agreement),
                "delivery" => (1, Purpose::Delivery),
                other => bail!("a job for {other}"),
            };
            self.model.granted(
                text(item, "/id")?,
                Granted {
                    person: jobs + job,
                    lab: self.model.projects[project].lab,
                    project: Some(project),
                    role: Role::Integration(purpose),
                    until: None,
                    budget: JOB,
                },
            );
        }
        Ok(())
    }

    /// A steward of each lab; on each project a lead, three authors, a reviewer and a tool that exports, the same people
    /// in several labs. Some may read little, so that budgets are used up. Two labs have said whom deliveries go to.
    async fn engagements(&mut self) -> Result<()> {
        let founder = Self::founder();
        for lab in 0..3 {
            self.appoint(founder, lab, 2 + lab).await?;
            if lab < 2 {
                self.recipients(0, u8::try_from(lab)?, 0).await?;
            }
        }
        let contractor = |n: usize| 5 + n % CONTRACTORS;
        for project in 0..PROJECTS.len() {
            let first = self.model.engagements.len();
            let roles = [
                (Role::Lead, None),
                (Role::Author, None),
                (Role::Author, None),
                (Role::Author, Some([9, 12, 1 << 20, 1 << 30])),
                (Role::Reviewer, Some([1_000, 1_000, 1_500, 4_000])),
                (
                    Role::Integration(Purpose::Export),
                    Some([14 + 8 * project as u64, 60, 1 << 20, 1 << 30]),
                ),
            ];
            for (n, (role, budget)) in roles.into_iter().enumerate() {
                let person = contractor(project + n);
                self.engage(founder, project, person, role, None, budget).await?;
            }
            let with = self.with(0, first);
            self.import(with, first, None, 5, 0).await?;
            self.learn_template(with, first, project).await?;
        }
        Ok(())
    }

    /// The length of the template, which nothing says but the template.
    async fn learn_template(&mut self, who: Who, engagement: usize, project: usize) -> Result<()> {
        #[derive(serde::Deserialize)]
        struct Page {
            template: Box<serde_json::value::RawValue>,
        }
        let path = format!("/engagements/{}/guideline", self.model.engagements[engagement].id);
        let answer = self.call(who, Method::GET, &path, &Value::Null).await?;
        let page: Page = serde_json::from_str(&answer.text)?;
        self.model.projects[project].template_bytes = page.template.get().len() as u64;
        let seen = self.model.guideline(who, engagement, None, Ok((0, None)));
        seen.map_err(|wrong| anyhow!("{wrong}"))
    }

    /// What is usual for a role.
    pub(crate) fn usual(role: Role) -> Budget {
        match role {
            Role::Author | Role::Reviewer => PERSON,
            Role::Lead | Role::Steward | Role::Integration(_) => JOB,
        }
    }

    /// A text that stands nowhere else.
    pub(crate) fn mark(&mut self, lab: usize, kind: char) -> Mark {
        self.marks += 1;
        Mark {
            lab,
            kind,
            n: self.marks,
        }
    }

    /// Sends a request and keeps what came with the answer.
    pub(crate) async fn call(
        &mut self,
        who: Who,
        method: Method,
        path: &str,
        body: &Value,
    ) -> Result<Answer> {
        let secret = who.credential.and_then(|c| self.secrets.get(c));
        let secret = secret.context("a job sends no requests")?.clone();
        let answer = self.service.call(&secret, method, path, body).await?;
        self.saw(&answer)?;
        self.keep(who, answer.marks());
        Ok(answer)
    }

    /// Keeps, in short, what was said.
    pub(crate) fn saw(&mut self, answer: &Answer) -> Result<()> {
        self.said = match answer.class()? {
            Some(class) => format!("{class:?}"),
            None if answer.text.is_empty() => "Nothing".into(),
            None => "Done".into(),
        };
        Ok(())
    }

    /// Keeps what somebody received.
    pub(crate) fn keep(&mut self, who: Who, marks: BTreeSet<Mark>) {
        let (person, at) = (who.person, self.model.now);
        let granted = self.model.engagements.len();
        let new = marks.iter().map(|mark| Received {
            person,
            at,
            granted,
            mark: *mark,
        });
        self.received.extend(new);
        self.news.extend(marks);
    }

    /// A credential by which to act under an engagement: one of its holder's, but now and then anybody's.
    pub(crate) fn with(&self, choice: u16, engagement: usize) -> Who {
        let holder = self.model.engagements[engagement].person;
        let fits = |c: &Credential| c.person == holder && c.bound.is_none_or(|only| only == engagement);
        self.among(choice, fits)
    }

    /// A credential by which to administer.
    pub(crate) fn operator(&self, choice: u16) -> Who {
        self.among(choice, |c| self.model.people[c.person].operator)
    }

    /// A credential by which to speak for a lab, or to administer.
    pub(crate) fn overseer(&self, choice: u16, lab: usize) -> Who {
        let speaks = |person| {
            let mut held = self.model.engagements.iter().filter(|e| e.person == person);
            held.any(|e| e.lab == lab && e.role == Role::Steward && e.project.is_none())
        };
        self.among(choice, |c| {
            speaks(c.person) || self.model.people[c.person].operator && c.bound.is_none()
        })
    }

    /// A credential by which to speak for a lab.
    pub(crate) fn speaker(&self, choice: u16, lab: usize) -> Who {
        let speaks = |person| {
            let mut held = self.model.engagements.iter().filter(|e| e.person == person);
            held.any(|e| e.lab == lab && e.role == Role::Steward && e.project.is_none())
        };
        self.among(choice, |c| speaks(c.person))
    }

    fn among(&self, choice: u16, fits: impl Fn(&Credential) -> bool) -> Who {
        let all = 0..self.model.credentials.len();
        let fit = |at: &usize| {
            let credential = &self.model.credentials[*at];
            !credential.revoked && fits(credential)
        };
        let fitting: Vec<usize> = all.clone().filter(fit).collect();
        let from = if choice % 16 == 15 || fitting.is_empty() {
            all.collect()
        } else {
            fitting
        };
        let at = from[usize::from(choice / 16) % from.len()];
        Who {
            person: self.model.credentials[at].person,
            credential: Some(at),
        }
    }
}
