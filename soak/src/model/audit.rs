//! The end of a script: the ledgers are read as a lab reads them, and hold what they have to, entry by entry; nobody
//! received what no entry covers, or what is another lab's; and a check of the whole finds nothing.

mod entries;
mod folder;

use anyhow::{Context as _, Result, bail};
use axum::http::Method;
use cofferdam_ledger::checkpoint::Checkpoint;
use cofferdam_ledger::folder::{Expect, Exporter, verify};
use cofferdam_ledger::note::{Note, VerifyingKey};
use cofferdam_ledger::tile::{BundleCoord, TILE_WIDTH, split_bundle};
use cofferdam_model::Entry;
use serde_json::Value;

use self::folder::Files;
use super::reference::*;
use super::world::World;

impl World {
    /// Checks everything that can be checked once a script is over.
    pub(crate) async fn audit(&mut self) -> Result<()> {
        self.service.settle().await?;
        self.service.gate()?.integrate().await?;
        self.strangers()?;
        self.overlaps().await?;
        let mut objects = self.inputs().await?;
        for lab in 0..self.model.labs.len() {
            let entries = self.ledger(Some(lab)).await?;
            let found = entries::compare(&self.model, Some(lab), &entries, &mut objects);
            found.with_context(|| format!("the ledger of lab {lab}"))?;
        }
        let entries = self.ledger(None).await?;
        entries::compare(&self.model, None, &entries, &mut objects).context("the installation's ledger")?;
        let health = self.service.gate()?.examine().await?;
        match health.findings.first() {
            None => Ok(()),
            Some(found) => bail!("the check of the whole found: {found}"),
        }
    }

    /// No text of a lab ever reached anybody who was not engaged for it at that time.
    fn strangers(&self) -> Result<()> {
        for received in &self.received {
            let granted = self.model.engagements.iter().take(received.granted);
            let engaged = granted.into_iter().any(|e| {
                let there = e.person == received.person && e.lab == received.mark.lab;
                there && e.until.is_none_or(|until| received.at < until)
            });
            if !engaged {
                bail!(
                    "{} reached person {}, who was not engaged for that lab",
                    received.mark,
                    received.person
                );
            }
        }
        Ok(())
    }

    /// Nobody has a task beyond its overlap, and its row counts as the model does.
    async fn overlaps(&self) -> Result<()> {
        for (at, project) in self.model.projects.iter().enumerate() {
            let id = project.id.parse()?;
            let read = move |r: &mut cofferdam_store::Reader<'_>| cofferdam_store::task::of_project(r, id);
            let rows = self.service.gate()?.store().read(read).await?;
            if rows.len() != project.tasks.len() {
                bail!(
                    "project {at} has {} tasks, and should have {}",
                    rows.len(),
                    project.tasks.len()
                );
            }
            for (row, task) in rows.iter().zip(&project.tasks) {
                let taken = self.model.taken(*task);
                let left = project.overlap.checked_sub(taken);
                if left != usize::try_from(row.slots).ok() || left.is_none() {
                    bail!(
                        "task {task} has {} slots left, {taken} of {} taken",
                        row.slots,
                        project.overlap
                    );
                }
                let known = self.model.tasks[*task].id.as_ref();
                if known.is_some_and(|id| *id != row.id.to_string()) {
                    bail!("task {task} is another in its row");
                }
            }
        }
        Ok(())
    }

    /// Which object each task's input is: what streams name by a hash alone.
    async fn inputs(&self) -> Result<entries::Objects> {
        let mut objects = entries::Objects::default();
        for project in &self.model.projects {
            let id = project.id.parse()?;
            let read = move |r: &mut cofferdam_store::Reader<'_>| cofferdam_store::task::of_project(r, id);
            let rows = self.service.gate()?.store().read(read).await?;
            for (row, task) in rows.iter().zip(&project.tasks) {
                objects.is(Object::Input { task: *task }, row.input)?;
            }
        }
        Ok(objects)
    }

    /// Somebody who may read a ledger.
    fn reader(&self, lab: Option<usize>) -> Option<String> {
        let may = |at: &usize| {
            let person = self.model.credentials[*at].person;
            let who = Who {
                person,
                credential: Some(*at),
            };
            let sees = lab.map_or_else(
                || self.model.administers(who),
                |lab| self.model.oversees(who, lab),
            );
            self.model.recognised(who).is_ok() && sees
        };
        let found = (0..self.model.credentials.len()).find(may)?;
        self.secrets.get(found).cloned()
    }

    /// A ledger's entries, read and verified as a lab does.
    async fn ledger(&self, lab: Option<usize>) -> Result<Vec<Entry>> {
        let name = lab.map_or("installation", |lab| &self.model.labs[lab].id);
        // All of them may be ended, revoked or halted by now; then nobody may read it until somebody is appointed.
        let Some(secret) = self.reader(lab) else {
            return self.ledger_of_gate(lab).await;
        };
        let base = format!("/ledgers/{name}");
        let key: VerifyingKey = self
            .bytes(&secret, &format!("{base}/vkey"))
            .await?
            .trim()
            .parse()?;
        let signed = self.bytes(&secret, &format!("{base}/checkpoint")).await?;
        let size = Checkpoint::open(signed.as_bytes(), &key, &[])?.checkpoint.size();
        let files = Files::default();
        let mut exporter = Exporter::create(&files, &key)?;
        for index in 0..size.div_ceil(TILE_WIDTH) {
            let coord = BundleCoord::in_log(index, size).context("no such bundle")?;
            let bundle = self.raw(&secret, &format!("{base}/{coord}")).await?;
            for entry in split_bundle(&bundle) {
                exporter.push(entry?)?;
            }
        }
        exporter.finish(&Note::parse(signed.as_bytes())?)?;
        for (path, tile) in files.tiles() {
            if self.raw(&secret, &format!("{base}/{path}")).await? != tile {
                bail!("{path} is not the tile of these entries");
            }
        }
        let mut entries = Vec::new();
        let expect = Expect {
            key: Some(&key),
            ..Expect::default()
        };
        let report = verify(&files, &expect, |_, bytes| {
            entries.push(serde_json::from_slice(bytes).map_err(|e| e.to_string())?);
            Ok(())
        });
        match report.problem {
            None => Ok(entries),
            Some(problem) => bail!("the ledger of {name} does not verify: {problem}"),
        }
    }

    async fn ledger_of_gate(&self, lab: Option<usize>) -> Result<Vec<Entry>> {
        let compartment = match lab {
            None => cofferdam_model::Compartment::Installation,
            Some(lab) => cofferdam_model::Compartment::Lab(self.model.labs[lab].id.parse()?),
        };
        let newest = self
            .service
            .gate()?
            .entries_before(compartment, u64::MAX, u32::MAX / 2)
            .await;
        let mut entries = newest.map_err(|e| anyhow::anyhow!("{e}"))?;
        entries.reverse();
        Ok(entries)
    }

    async fn bytes(&self, secret: &str, path: &str) -> Result<String> {
        Ok(String::from_utf8(self.raw(secret, path).await?)?)
    }

    async fn raw(&self, secret: &str, path: &str) -> Result<Vec<u8>> {
        let response = self.service.send(secret, Method::GET, path, &Value::Null).await?;
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, usize::MAX).await?;
        if !parts.status.is_success() {
            bail!("{path}: {}", parts.status);
        }
        Ok(bytes.to_vec())
    }
}
