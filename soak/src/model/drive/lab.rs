//! What stewards do, and what the platform's jobs do for them.

use anyhow::Result;
use axum::http::Method;
use serde_json::{Value, json};

use super::super::reference::*;
use super::super::world::{RECIPIENT, World, number, text};
use super::work::told;
use super::{chosen, wrong};

impl World {
    fn of_project(&self, project: u8) -> (usize, usize, String) {
        let at = chosen(project, self.model.projects.len()).unwrap_or(0);
        let found = &self.model.projects[at];
        (at, found.lab, format!("/projects/{}", found.id))
    }

    pub(super) async fn deliver(&mut self, by: u16, project: u8) -> Result<()> {
        let (at, lab, path) = self.of_project(project);
        let who = self.overseer(by, lab);
        let path = format!("{path}/deliveries");
        let said = self.call(who, Method::POST, &path, &json!({})).await?.said()?;
        let said = told(said, |body| {
            Ok(Delivered {
                id: text(body, "/id")?,
                rows: number(body, "/rows")?,
                left_out: number(body, "/left_out")?,
            })
        })?;
        self.model.deliver(who, at, said).map_err(wrong)
    }

    pub(super) async fn agreement(&mut self, by: u16, project: u8) -> Result<()> {
        let (at, lab, path) = self.of_project(project);
        let who = self.overseer(by, lab);
        let path = format!("{path}/agreement");
        let said = self.call(who, Method::GET, &path, &Value::Null).await?.said()?;
        let said = told(said, |body| {
            Ok(Measured {
                items: number(body, "/items")?,
                labels: number(body, "/labels")?,
            })
        })?;
        self.model.agreement(who, at, said).map_err(wrong)
    }

    pub(super) async fn project(&mut self, by: u16, project: u8) -> Result<()> {
        let (at, lab, path) = self.of_project(project);
        let who = self.overseer(by, lab);
        let said = self.call(who, Method::GET, &path, &Value::Null).await?.said()?;
        let said = told(said, |body| {
            let of = |pointer: &str| number(body, pointer);
            Ok(Counts {
                tasks: [of("/tasks/total")?, of("/tasks/open")?, of("/tasks/done")?],
                submissions: [
                    of("/submissions/submitted")?,
                    of("/submissions/accepted")?,
                    of("/submissions/returned")?,
                    of("/submissions/rejected")?,
                    of("/submissions/lapsed")?,
                ],
            })
        })?;
        self.model.project(who, at, said).map_err(wrong)
    }

    /// A delivery, somebody who speaks for its lab, and its path; mostly one that waits for a decision.
    fn delivery(&self, by: u16, delivery: u8) -> Option<(usize, Who, String)> {
        let all = self.model.deliveries.len();
        let waits = |at: &usize| !self.model.deliveries[*at].decided;
        let waiting: Vec<usize> = (0..all).filter(waits).collect();
        let at = match chosen(delivery / 4, waiting.len()) {
            Some(at) if delivery % 4 < 2 => waiting[at],
            _ => chosen(delivery / 4, all)?,
        };
        let made = &self.model.deliveries[at];
        let who = self.speaker(by, self.model.projects[made.project].lab);
        Some((at, who, format!("/deliveries/{}", made.id)))
    }

    pub(super) async fn accept(&mut self, by: u16, delivery: u8) -> Result<()> {
        let Some((at, who, path)) = self.delivery(by, delivery) else {
            return Ok(());
        };
        let path = format!("{path}/accept");
        let said = self.call(who, Method::POST, &path, &Value::Null).await?.said()?;
        self.model.accept(who, at, &said.map(|_| ())).map_err(wrong)
    }

    pub(super) async fn return_rows(&mut self, by: u16, delivery: u8, row: u8, rows: u8) -> Result<()> {
        let Some((at, who, path)) = self.delivery(by, delivery) else {
            return Ok(());
        };
        let made = &self.model.deliveries[at];
        let (lab, there) = (self.model.projects[made.project].lab, made.rows.len());
        // Mostly rows that are there, sometimes none, or one beyond the last.
        let first = 1 + chosen(row / 16, there).unwrap_or(0) + if row % 16 == 15 { there } else { 0 };
        let count = [1, 1, 2, 3, 1, 2, 1, 0][usize::from(rows % 8)].min(there + 1 - first.min(there));
        let mut sent = Vec::new();
        let mut words = Vec::new();
        for number in first..first + count {
            let mark = self.mark(lab, 'R');
            let reason = format!("not this {mark}");
            sent.push((number, mark, reason.len() as u64));
            words.push(json!({ "row": number, "reason": reason }));
        }
        let path = format!("{path}/return");
        let said = self
            .call(who, Method::POST, &path, &json!({ "rows": words }))
            .await?
            .said()?;
        self.model
            .return_rows(who, at, &sent, &said.map(|_| ()))
            .map_err(wrong)
    }

    pub(super) async fn reasons(&mut self, by: u16, delivery: u8) -> Result<()> {
        let Some((at, who, path)) = self.delivery(by, delivery) else {
            return Ok(());
        };
        let path = format!("{path}/returned");
        let said = self.call(who, Method::GET, &path, &Value::Null).await?.said()?;
        let said = told(said, |body| {
            let items = body["items"].as_array().into_iter().flatten();
            items
                .map(|item| {
                    let row = usize::try_from(number(item, "/row")?)?;
                    Ok((row, Mark::all(&item["reason"].to_string()).pop_first()))
                })
                .collect()
        })?;
        self.model.reasons(who, at, said).map_err(wrong)
    }

    pub(crate) async fn recipients(&mut self, by: u16, lab: u8, what: u8) -> Result<()> {
        let lab = chosen(lab, self.model.labs.len()).unwrap_or(0);
        let who = self.speaker(by, lab);
        let fit = what % 8 != 7;
        let recipient = if fit { RECIPIENT } else { "age1nobody" };
        let path = format!("/labs/{}/recipients", self.model.labs[lab].id);
        let body = json!({ "recipients": [recipient] });
        let said = self.call(who, Method::PUT, &path, &body).await?.said()?;
        self.model
            .set_recipients(who, lab, fit, &said.map(|_| ()))
            .map_err(wrong)
    }
}
