//! Guidelines, imports and exports.

use anyhow::{Result, anyhow};
use axum::http::Method;
use cofferdam_model::Fact;
use serde_json::{Value, json};

use super::super::reference::*;
use super::super::service::{self, Answer};
use super::super::world::{World, number};
use super::work::told;
use super::wrong;

impl World {
    fn path(&self, engagement: usize, what: &str, named: Option<usize>) -> String {
        let id = &self.model.engagements[engagement].id;
        let query = named.map(|at| format!("?project={}", self.model.projects[at].id));
        format!("/engagements/{id}/{what}{}", query.unwrap_or_default())
    }

    pub(super) async fn read_guideline(&mut self, with: u16, engagement: u16, project: u8) -> Result<()> {
        let at = self.engagement(engagement, |_| true);
        let (who, named) = (self.with(with, at), self.named(at, project));
        let path = self.path(at, "guideline", named);
        let said = self.call(who, Method::GET, &path, &Value::Null).await?.said()?;
        let said = told(said, |body| {
            let version = u32::try_from(number(body, "/version")?)?;
            Ok((version, Mark::all(&body["markdown"].to_string()).pop_first()))
        })?;
        self.model.guideline(who, at, named, said).map_err(wrong)
    }

    pub(super) async fn write_guideline(&mut self, with: u16, engagement: u16, project: u8) -> Result<()> {
        let at = self.engagement(engagement, |e| matches!(e.role, Role::Lead | Role::Steward));
        let (who, named) = (self.with(with, at), self.named(at, project));
        let mark = self.mark(self.model.engagements[at].lab, 'G');
        let words = format!("# Read this first\n\n{mark}");
        let path = self.path(at, "guideline", named);
        let body = json!({ "markdown": words });
        let said = self.call(who, Method::PUT, &path, &body).await?.said()?;
        let said = told(said, |body| Ok(u32::try_from(number(body, "/version")?)?))?;
        let words = (mark, words.len() as u64);
        self.model
            .set_guideline(who, at, named, words, said)
            .map_err(wrong)
    }

    pub(super) async fn bring_in(
        &mut self,
        with: u16,
        engagement: u16,
        project: u8,
        rows: u8,
        what: u8,
    ) -> Result<()> {
        let importer = |e: &Engagement| {
            matches!(
                e.role,
                Role::Lead | Role::Steward | Role::Integration(Purpose::Import)
            )
        };
        let at = self.engagement(engagement, importer);
        let (who, named) = (self.with(with, at), self.named(at, project));
        self.import(who, at, named, 1 + usize::from(rows % 4), what).await
    }

    /// Brings tasks in; with `what` 15 one of them lacks a field, with 14 one comes twice.
    pub(crate) async fn import(
        &mut self,
        who: Who,
        engagement: usize,
        named: Option<usize>,
        rows: usize,
        what: u8,
    ) -> Result<()> {
        let (mut file, mut tasks) = (String::new(), Vec::new());
        for _ in 0..rows {
            let mark = self.mark(self.model.engagements[engagement].lab, 'T');
            let words = format!("Which is better? {mark}");
            let input = json!({ "prompt": words, "response_a": "This.", "response_b": "That." });
            let id = mark.n.to_string();
            let row = json!({ "id": id, "prompt": words, "response_a": "This.", "response_b": "That." });
            file.push_str(&format!("{row}\n"));
            let sealed = json!({ "id": id, "input": input });
            tasks.push((mark, sealed.to_string().len() as u64));
        }
        let fits = what % 16 < 14;
        match what % 16 {
            15 => file.push_str("{\"id\":\"x\",\"prompt\":\"no responses\"}\n"),
            14 => file = format!("{file}{file}"),
            _ => {}
        }
        let path = self.path(engagement, "imports", named);
        let said = self
            .call(who, Method::POST, &path, &Value::String(file))
            .await?
            .said()?;
        let said = told(said, |body| number(body, "/tasks"))?;
        self.model
            .import(who, engagement, named, (tasks, fits), said)
            .map_err(wrong)
    }

    pub(super) async fn export(&mut self, with: u16, engagement: u16, project: u8, stop: u8) -> Result<()> {
        // Mostly the tools, which may read little: else no budget would be used up within an hour.
        let reader = |e: &Engagement| match e.role {
            Role::Integration(Purpose::Export) => true,
            Role::Lead | Role::Steward => stop >= 192,
            _ => false,
        };
        let at = self.engagement(engagement, reader);
        let (who, named) = (self.with(with, at), self.named(at, project));
        let times = if stop % 4 == 2 { 3 } else { 1 };
        for _ in 0..times {
            self.read_out(who, at, named, stop).await?;
        }
        Ok(())
    }

    async fn read_out(&mut self, who: Who, at: usize, named: Option<usize>, stop: u8) -> Result<()> {
        let path = self.path(at, "export", named);
        let secret = who.credential.and_then(|c| self.secrets.get(c)).cloned();
        let secret = secret.unwrap_or_default();
        let response = self
            .service
            .send(&secret, Method::GET, &path, &Value::Null)
            .await?;
        let (parts, body) = response.into_parts();
        let mut body = body.into_data_stream();
        // Of most exports all is read; of some, only so many pieces.
        let pieces = if stop % 4 == 3 {
            usize::from(stop / 4 % 8)
        } else {
            usize::MAX
        };
        let (mut bytes, mut whole) = (Vec::new(), false);
        for _ in 0..pieces {
            match service::piece(&mut body).await {
                Some(piece) => bytes.extend(piece?),
                None => {
                    whole = true;
                    break;
                }
            }
        }
        drop(body);
        self.service.settle().await?;
        let text = String::from_utf8(bytes)?;
        let answer = Answer {
            status: parts.status,
            text,
            session: None,
        };
        // Of a refusal nothing may be left out: its class is in its body.
        if !parts.status.is_success() && !whole {
            return self.refused_export(who, at, named, parts.status.as_u16());
        }
        self.saw(&answer)?;
        let marks = answer.marks();
        self.keep(who, marks);
        let said = match answer.class()? {
            Some(class) => Err(class),
            None => Ok(exported(&answer.text, whole, self.sent(at).await?)?),
        };
        self.model.export(who, at, named, said).map_err(wrong)
    }

    /// How many objects of the set that was read last under an engagement were sent: the lab's ledger says so.
    async fn sent(&self, at: usize) -> Result<u64> {
        let lab = &self.model.labs[self.model.engagements[at].lab];
        let compartment = cofferdam_model::Compartment::Lab(lab.id.parse()?);
        let newest = self
            .service
            .gate()?
            .entries_before(compartment, u64::MAX, 1)
            .await;
        match newest
            .map_err(|e| anyhow!("{e}"))?
            .first()
            .map(|entry| &entry.fact)
        {
            Some(Fact::ReadCompleted { objects, .. }) => Ok(*objects),
            other => Err(anyhow!("the export has no end: {other:?}")),
        }
    }

    /// A refusal whose body was not read: any of the classes with that status.
    fn refused_export(&mut self, who: Who, at: usize, named: Option<usize>, status: u16) -> Result<()> {
        let classes: &[Class] = match status {
            401 => &[Class::Unauthenticated],
            403 => &[
                Class::Ended,
                Class::NotInRole,
                Class::Halted,
                Class::Walled,
                Class::Budget,
            ],
            404 => &[Class::NotFound],
            422 => &[Class::Invalid],
            429 => &[Class::Budget],
            other => return Err(anyhow!("the service may not say that: {other}")),
        };
        let before = self.model.clone();
        let mut found = Err(String::new());
        for class in classes {
            self.model = before.clone();
            found = self.model.export(who, at, named, Err(*class));
            if found.is_ok() {
                break;
            }
        }
        found.map_err(wrong)
    }
}

/// The lines of an export that came whole; the last one, cut, is no line.
fn exported(text: &str, whole: bool, sent: u64) -> Result<Exported> {
    let mut lines = Vec::new();
    for line in text.split_inclusive('\n').filter(|line| line.ends_with('\n')) {
        let value: Value = serde_json::from_str(line)?;
        let mut answers = Vec::new();
        for given in value["submissions"].as_array().into_iter().flatten() {
            let state = match given["state"].as_str() {
                Some("submitted") => SubmissionState::Submitted,
                Some("accepted") => SubmissionState::Accepted,
                Some("returned") => SubmissionState::Returned,
                _ => SubmissionState::Rejected,
            };
            answers.push((Mark::all(&given["answer"].to_string()).pop_first(), state));
        }
        lines.push((Mark::all(&value["input"].to_string()).pop_first(), answers));
    }
    Ok(Exported { lines, whole, sent })
}
