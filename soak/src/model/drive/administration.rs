//! What operators and stewards do: engagements, halts, credentials.

use anyhow::{Context as _, Result};
use axum::http::Method;
use serde_json::{Value, json};

use super::super::command::Command;
use super::super::reference::*;
use super::super::service::LONG_SECONDS;
use super::super::world::{TOKEN_DAYS, World, number, text};
use super::{chosen, wrong};

/// Budgets small enough to be used up: objects and bytes, an hour and a day.
const SMALL: [Budget; 4] = [
    [2, 1_000, 1 << 30, 1 << 40],
    [1_000, 4, 1 << 30, 1 << 40],
    [1_000, 1_000, 700, 1 << 40],
    [1_000, 1_000, 1 << 30, 3_000],
];

fn rfc3339(at: Time) -> String {
    cofferdam_model::Timestamp::from_micros(at).rfc3339()
}

impl World {
    pub(super) async fn administer(&mut self, command: Command) -> Result<()> {
        match command {
            Command::Engage {
                by,
                project,
                person,
                role,
                until,
                budget,
            } => {
                let who = self.operator(by);
                let project = chosen(project, self.model.projects.len()).unwrap_or(0);
                let person = self.person(person);
                let role = [
                    Role::Author,
                    Role::Reviewer,
                    Role::Author,
                    Role::Lead,
                    Role::Integration(Purpose::Import),
                    Role::Integration(Purpose::Export),
                    Role::Reviewer,
                    Role::Steward,
                ][usize::from(role % 8)];
                let ends = [
                    None,
                    None,
                    None,
                    Some(1),
                    Some(60),
                    Some(3_600),
                    Some(90_000),
                    Some(-1),
                ];
                let until = ends[usize::from(until % 8)].map(|s: i64| self.model.now + s * SECOND);
                let budget = (budget % 2 == 1).then(|| SMALL[usize::from(budget / 2 % 4)]);
                self.engage(who, project, person, role, until, budget).await
            }
            Command::Appoint { by, lab, person } => {
                let (who, person) = (self.operator(by), self.person(person));
                let lab = chosen(lab, self.model.labs.len()).unwrap_or(0);
                self.appoint(who, lab, person).await
            }
            Command::End { by, engagement } => self.end(by, engagement).await,
            Command::Halt { by, on, which, until } => self.halt(by, on, which, until).await,
            Command::Resume { by, halt } => self.resume(by, halt).await,
            _ => Ok(()),
        }
    }

    /// Calls for new keys of a project.
    pub(super) async fn rotate(&mut self, by: u16, project: u8) -> Result<()> {
        let who = self.operator(by);
        let project = chosen(project, self.model.projects.len()).unwrap_or(0);
        let path = format!("/projects/{}/rotation", self.model.projects[project].id);
        let said: Said<Value> = self.call(who, Method::POST, &path, &json!({})).await?.said()?;
        self.model.rotate(who, project, &said.map(|_| ())).map_err(wrong)
    }

    /// Somebody with an id: the platform's jobs have none that is told.
    fn person(&self, number: u8) -> usize {
        let known = self.model.people.iter().filter(|p| !p.id.is_empty()).count();
        chosen(number, known).unwrap_or(0)
    }

    /// Engages somebody for a project.
    pub(crate) async fn engage(
        &mut self,
        who: Who,
        project: usize,
        person: usize,
        role: Role,
        until: Option<Time>,
        budget: Option<Budget>,
    ) -> Result<()> {
        let (name, purposes) = match role {
            Role::Author => ("author", json!([])),
            Role::Reviewer => ("reviewer", json!([])),
            Role::Lead => ("lead", json!([])),
            Role::Steward => ("steward", json!([])),
            Role::Integration(Purpose::Import) => ("integration", json!(["import"])),
            Role::Integration(_) => ("integration", json!(["export"])),
        };
        let mut body =
            json!({ "principal": self.model.people[person].id, "role": name, "purposes": purposes });
        if let Some(until) = until {
            body["until"] = rfc3339(until).into();
        }
        if let Some([objects_hour, objects_day, bytes_hour, bytes_day]) = budget {
            body["budget"] = json!({ "objects_per_hour": objects_hour, "objects_per_day": objects_day,
                                     "bytes_per_hour": bytes_hour, "bytes_per_day": bytes_day });
        }
        let path = format!("/projects/{}/engagements", self.model.projects[project].id);
        let answer = self.call(who, Method::POST, &path, &body).await?;
        let said = match answer.said()? {
            Ok(made) => Ok(text(&made, "/id")?),
            Err(class) => Err(class),
        };
        let granted = Granted {
            person,
            lab: self.model.projects[project].lab,
            project: Some(project),
            role,
            until,
            budget: budget.unwrap_or(Self::usual(role)),
        };
        self.model.engage(who, granted, said).map_err(wrong)
    }

    /// Makes somebody speak for a lab.
    pub(crate) async fn appoint(&mut self, who: Who, lab: usize, person: usize) -> Result<()> {
        let path = format!("/labs/{}/stewards", self.model.labs[lab].id);
        let body = json!({ "principal": self.model.people[person].id });
        let answer = self.call(who, Method::POST, &path, &body).await?;
        let said = match answer.said()? {
            Ok(made) => Ok(text(&made, "/id")?),
            Err(class) => Err(class),
        };
        let granted = Granted {
            person,
            lab,
            project: None,
            role: Role::Steward,
            until: None,
            budget: Self::usual(Role::Steward),
        };
        self.model.engage(who, granted, said).map_err(wrong)
    }

    async fn end(&mut self, by: u16, engagement: u16) -> Result<()> {
        let who = self.operator(by);
        let at = chosen(engagement, self.model.engagements.len()).unwrap_or(0);
        let path = format!("/engagements/{}/end", self.model.engagements[at].id);
        let said = self.call(who, Method::POST, &path, &Value::Null).await?.said()?;
        self.model.end(who, at, &said.map(|_| ())).map_err(wrong)
    }

    fn scope(&self, on: u8, which: u16) -> (Scope, String) {
        let model = &self.model;
        let pick = |of: usize| chosen(which, of).unwrap_or(0);
        match on % 8 {
            0 => (Scope::Installation, "installation".into()),
            1 => (Scope::Lab(pick(3)), format!("lab:{}", model.labs[pick(3)].id)),
            2 | 3 => {
                let at = pick(model.projects.len());
                (Scope::Project(at), format!("project:{}", model.projects[at].id))
            }
            4 | 5 => {
                let at = pick(model.engagements.len());
                (
                    Scope::Engagement(at),
                    format!("engagement:{}", model.engagements[at].id),
                )
            }
            6 => {
                let at = pick(model.people.iter().filter(|p| !p.id.is_empty()).count());
                let component = model.people[at].component;
                let kind = if component { "component" } else { "person" };
                (Scope::Person(at), format!("{kind}:{}", model.people[at].id))
            }
            _ => {
                let at = pick(model.credentials.len());
                (
                    Scope::Credential(at),
                    format!("credential:{}", model.credentials[at].id),
                )
            }
        }
    }

    async fn halt(&mut self, by: u16, on: u8, which: u16, until: u8) -> Result<()> {
        let (scope, written) = self.scope(on, which);
        let who = match self.model.lab_of(scope) {
            Some(lab) => self.overseer(by, lab),
            None => self.operator(by),
        };
        let ends = [
            Some(60),
            Some(600),
            Some(4_000),
            Some(30),
            Some(90_000),
            None,
            None,
            Some(-5),
        ];
        let until = ends[usize::from(until % 8)].map(|s: i64| self.model.now + s * SECOND);
        self.stop(who, scope, written, until).await
    }

    /// Halts a scope.
    pub(super) async fn stop(
        &mut self,
        who: Who,
        on: Scope,
        written: String,
        until: Option<Time>,
    ) -> Result<()> {
        let mut body = json!({ "scope": written, "reason": "drill" });
        if let Some(until) = until {
            body["until"] = rfc3339(until).into();
        }
        let answer = self.call(who, Method::POST, "/halts", &body).await?;
        let said = match answer.said()? {
            Err(class) => Err(class),
            Ok(made) => Ok(Stopped {
                id: text(&made, "/id")?,
                timers: number(&made, "/stopped/timers")?,
                engagements: number(&made, "/stopped/engagements")?,
            }),
        };
        self.model.halt(who, on, until, said).map_err(wrong)
    }

    async fn resume(&mut self, by: u16, halt: u8) -> Result<()> {
        let open = |at: &usize| halt % 8 == 7 || self.model.halts[*at].open;
        let from: Vec<usize> = (0..self.model.halts.len()).filter(open).collect();
        let Some(at) = chosen(halt / 8, from.len()).map(|at| from[at]) else {
            return Ok(());
        };
        let who = match self.model.halts[at].lab {
            Some(lab) => self.overseer(by, lab),
            None => self.operator(by),
        };
        let path = format!("/halts/{}/resume", self.model.halts[at].id);
        let said = self.call(who, Method::POST, &path, &json!({})).await?.said()?;
        self.model.resume(who, at, &said.map(|_| ())).map_err(wrong)
    }

    pub(super) async fn token(&mut self, by: u16, engagement: u16) -> Result<()> {
        let who = self.operator(by);
        let at = chosen(engagement, self.model.engagements.len()).unwrap_or(0);
        let path = format!("/engagements/{}/tokens", self.model.engagements[at].id);
        let body = json!({ "label": "soak", "days": TOKEN_DAYS });
        let said = self.call(who, Method::POST, &path, &body).await?.said()?;
        let told = match said {
            Ok(made) => {
                self.secrets.push(text(&made, "/token")?);
                Ok(text(&made, "/credential")?)
            }
            Err(class) => Err(class),
        };
        self.model
            .token(who, at, TOKEN_DAYS * 86_400, told)
            .map_err(wrong)
    }

    pub(super) async fn session(&mut self, by: u16, person: u8) -> Result<()> {
        let who = self.operator(by);
        let persons = self.model.people.iter().filter(|p| !p.id.is_empty()).count();
        let person = chosen(person, persons.saturating_sub(2)).unwrap_or(0);
        self.log_in(who, person).await
    }

    /// Has a link issued, and uses it.
    pub(crate) async fn log_in(&mut self, who: Who, person: usize) -> Result<()> {
        let path = format!("/people/{}/links", self.model.people[person].id);
        let said = self.call(who, Method::POST, &path, &json!({})).await?.said()?;
        let told = match said {
            Err(class) => Err(class),
            Ok(made) => {
                let url = text(&made, "/url")?;
                let link = url
                    .split_once('#')
                    .context("a link without a secret")?
                    .1
                    .to_owned();
                let body = json!({ "link": link });
                let opened = self.service.call("", Method::POST, "/sessions", &body).await?;
                let me: Value = serde_json::from_str(&opened.text)?;
                self.secrets.push(opened.session.context("no cookie")?);
                Ok(text(&me, "/credential")?)
            }
        };
        self.model.log_in(who, person, LONG_SECONDS, told).map_err(wrong)
    }

    pub(super) async fn revoke(&mut self, by: u16, credential: u16) -> Result<()> {
        // Without its operators' first credentials an installation stands still, and so would the rest of the script.
        let Some(at) = chosen(credential, self.model.credentials.len().saturating_sub(2)) else {
            return Ok(());
        };
        let at = at + 2;
        let who = if by.is_multiple_of(2) {
            self.operator(by / 2)
        } else {
            let person = self.model.credentials[at].person;
            let own = self.model.engagements.iter().position(|e| e.person == person);
            own.map_or_else(
                || self.operator(by / 2),
                |engagement| self.with(by / 2, engagement),
            )
        };
        let path = format!("/credentials/{}", self.model.credentials[at].id);
        let said = self
            .call(who, Method::DELETE, &path, &Value::Null)
            .await?
            .said()?;
        self.model.revoke(who, at, &said.map(|_| ())).map_err(wrong)
    }
}
