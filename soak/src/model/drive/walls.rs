//! What operators do about walls.

use std::collections::BTreeSet;

use anyhow::Result;
use axum::http::Method;
use serde_json::{Value, json};

use super::super::reference::*;
use super::super::world::{World, text};
use super::{chosen, wrong};

/// Cooling-offs that scripts outlast, and one that is none.
const DAYS: [i64; 8] = [1, 1, 1, 2, 2, 3, 30, 0];

impl World {
    fn ids(&self, labs: impl IntoIterator<Item = usize>) -> Vec<String> {
        labs.into_iter()
            .map(|lab| self.model.labs[lab].id.clone())
            .collect()
    }

    pub(super) async fn declare(&mut self, by: u16, labs: u8, days: u8) -> Result<()> {
        let who = self.operator(by);
        let within = |lab: &usize| labs >> lab & 1 == 1;
        let labs: BTreeSet<usize> = (0..self.model.labs.len()).filter(within).collect();
        let days = DAYS[usize::from(days % 8)];
        let name = format!("Wall {}", self.model.walls.len());
        let body = json!({ "name": name, "labs": self.ids(labs.clone()), "cooling_off_days": days, "reason": "soak" });
        let said = match self.call(who, Method::POST, "/walls", &body).await?.said()? {
            Ok(made) => Ok(text(&made, "/id")?),
            Err(class) => Err(class),
        };
        let reasoned = true;
        let wall = Becoming { labs, days, reasoned };
        self.model.declare(who, wall, said).map_err(wrong)
    }

    /// A wall that stands, but now and then any.
    fn wall(&self, number: u8) -> Option<usize> {
        let fits = |at: &usize| number % 8 == 7 || self.model.walls[*at].stands;
        let from: Vec<usize> = (0..self.model.walls.len()).filter(fits).collect();
        chosen(number / 8, from.len()).map(|at| from[at])
    }

    /// A lab joins, or leaves that was within; or neither, and the cooling-off alone is another.
    pub(super) async fn change_wall(&mut self, by: u16, wall: u8, lab: u8, days: u8) -> Result<()> {
        let (who, Some(at)) = (self.operator(by), self.wall(wall)) else {
            return Ok(());
        };
        let before = &self.model.walls[at];
        let days = if days.is_multiple_of(3) {
            before.days
        } else {
            DAYS[usize::from(days / 3 % 8)]
        };
        let (mut labs, mut body) = (before.labs.clone(), json!({ "cooling_off_days": days }));
        if let Some(lab) = chosen(lab / 2, 4).filter(|lab| *lab < self.model.labs.len()) {
            let joins = labs.insert(lab);
            if !joins {
                labs.remove(&lab);
            }
            body[if joins { "add" } else { "remove" }] = json!(self.ids([lab]));
        }
        let reasoned = lab.is_multiple_of(2);
        if reasoned {
            body["reason"] = "soak".into();
        }
        let path = format!("/walls/{}/change", before.id);
        let said = self.call(who, Method::POST, &path, &body).await?.said()?;
        let next = Becoming { labs, days, reasoned };
        let said = said.map(|_| ());
        self.model.change_wall(who, at, next, &said).map_err(wrong)
    }

    pub(super) async fn lift(&mut self, by: u16, wall: u8) -> Result<()> {
        let (who, Some(at)) = (self.operator(by), self.wall(wall)) else {
            return Ok(());
        };
        let path = format!("/walls/{}/lift", self.model.walls[at].id);
        let said: Said<Value> = self
            .call(who, Method::POST, &path, &json!({ "reason": "soak" }))
            .await?
            .said()?;
        self.model.lift(who, at, &said.map(|_| ())).map_err(wrong)
    }
}
