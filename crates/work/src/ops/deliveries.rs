//! Deliveries: built by the platform's own job, encrypted to the lab, decided by the lab.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use aws_lc_rs::digest;
use cofferdam_custody::{
    Caller, Command, Done, Envelope, GateError, LeaseReason, ObjectKind, Scope, Sealed, Selection, StreamItem,
};
use cofferdam_model::work::Delivery;
use cofferdam_model::{Act, DeliveryId, EngagementId, Fact, LabId, ObjectRef, ProjectId, Purpose, TaskId};
use cofferdam_store::delivery::{self, DeliveryRow};
use cofferdam_store::{object, submission, task};
use serde_json::Value;

use super::error::state;
use super::jobs::DELIVERY;
use super::{Platform, WorkError};
use crate::formats::{DeliveryFormat, LeftOut, Resolved, resolve, write};
use crate::manifest::{Digester, Id, Manifest, Sha256};
use crate::template::TemplateKind;

/// A delivery that was made.
pub type DeliveryMade = DeliveryRow;

/// A row that the lab sends back.
#[derive(Debug, Clone)]
pub struct ReturnedRow {
    /// Its number, from 1.
    pub row: u64,
    /// Why.
    pub reason: String,
}

/// What a streamed object is to the delivery.
#[derive(Clone, Copy)]
enum Part {
    Input(TaskId),
    Answer(TaskId),
}

/// Rows written so far.
struct Builder {
    kind: TemplateKind,
    format: DeliveryFormat,
    out: Envelope<BufWriter<File>>,
    digester: Digester,
    tasks: Vec<TaskId>,
    left_out: u64,
    current: Option<(TaskId, Value, Vec<Value>)>,
}

impl Builder {
    fn take(&mut self, item: &StreamItem<Part>) -> Result<(), WorkError> {
        let value: Value = serde_json::from_slice(&item.plaintext)
            .map_err(|_| WorkError::Failed("a sealed object is not JSON".into()))?;
        match item.about {
            Part::Input(task) => {
                self.flush()?;
                self.current = Some((task, value, Vec::new()));
            }
            Part::Answer(task) => match &mut self.current {
                Some((current, _, answers)) if *current == task => answers.push(value),
                _ => return Err(WorkError::Failed("an answer came before its task".into())),
            },
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), WorkError> {
        let Some((task, sealed, answers)) = self.current.take() else {
            return Ok(());
        };
        let row = resolve(self.kind, &answers).and_then(|answer| {
            let input = sealed.get("input").ok_or(LeftOut::Lacks("input"))?;
            let external_id = sealed.get("id").and_then(Value::as_str);
            write(
                self.format,
                &Resolved {
                    kind: self.kind,
                    external_id,
                    input,
                    answer: &answer,
                },
            )
        });
        match row {
            Err(_) => self.left_out += 1,
            Ok(row) => {
                self.out.write_all(row.as_bytes()).map_err(io)?;
                self.digester.push(&row);
                self.tasks.push(task);
            }
        }
        Ok(())
    }
}

fn io(error: std::io::Error) -> WorkError {
    WorkError::Failed(format!("the delivery could not be written: {error}"))
}

struct Record {
    row: DeliveryRow,
    tasks: Vec<TaskId>,
    manifest: [u8; 32],
}

impl Command for Record {
    type Output = DeliveryRow;
    type Error = WorkError;

    fn act(&self) -> Act {
        Act::BuildDelivery
    }

    fn run(self, scope: &mut Scope<'_, '_>) -> Result<Done<DeliveryRow>, GateError<WorkError>> {
        delivery::insert(scope.tx, &self.row, &self.tasks)?;
        let fact = Fact::DeliveryMade {
            delivery: self.row.id,
            project: self.row.project,
            format: self.row.format.clone(),
            rows: self.row.rows,
            file: self.row.sha256,
            manifest: self.manifest,
        };
        Ok(Done::one(self.row, fact))
    }
}

struct Decide {
    project: ProjectId,
    delivery: DeliveryId,
    returned: Vec<(u64, Sealed)>,
}

impl Command for Decide {
    type Output = DeliveryRow;
    type Error = WorkError;

    fn act(&self) -> Act {
        Act::DecideDelivery
    }

    fn project(&self) -> Option<ProjectId> {
        Some(self.project)
    }

    fn run(self, scope: &mut Scope<'_, '_>) -> Result<Done<DeliveryRow>, GateError<WorkError>> {
        let row = delivery::get(scope.tx.reader(), self.delivery)?;
        let row = row.filter(|row| row.lab == scope.engagement.lab && row.project == self.project);
        let row = row.ok_or(WorkError::NotFound("delivery"))?;
        let accepted = self.returned.is_empty();
        let next = if accepted {
            row.state.accept()
        } else {
            row.state.return_rows()
        }
        .map_err(state)?;
        for (number, reason) in &self.returned {
            scope.put(reason)?;
            let object = Some(reason.reference().object);
            let task = delivery::return_row(scope.tx, row.id, *number, object, scope.now)?;
            if task.is_none() {
                let text = format!("the delivery has no row {number} that was not sent back before");
                return Err(WorkError::invalid("rows", text).into());
            }
        }
        delivery::decide(scope.tx, row.id, next, scope.now)?;
        let fact = if accepted {
            Fact::DeliveryAccepted { delivery: row.id }
        } else {
            Fact::DeliveryRowsReturned {
                delivery: row.id,
                rows: self.returned.len() as u64,
            }
        };
        Ok(Done::one(
            DeliveryRow {
                state: next,
                decided: Some(scope.now),
                ..row
            },
            fact,
        ))
    }
}

struct SetRecipients(Vec<String>);

impl Command for SetRecipients {
    type Output = ();
    type Error = WorkError;

    fn act(&self) -> Act {
        Act::SetRecipients
    }

    fn run(self, _scope: &mut Scope<'_, '_>) -> Result<Done<()>, GateError<WorkError>> {
        Ok(Done::one((), Fact::RecipientsSet { recipients: self.0 }))
    }
}

/// The objects of a delivery: each answered task's input, then its answers, in the order of the queue.
fn select(
    tx: &mut cofferdam_store::Tx<'_>,
    project: ProjectId,
) -> Result<Vec<(Part, ObjectRef)>, cofferdam_store::StoreError> {
    let mut items = Vec::new();
    let mut last = None;
    for answered in submission::of_project(tx.reader(), project)? {
        let given = answered.submission;
        if !given.state.deliverable() {
            continue;
        }
        if last != Some(given.task) {
            last = Some(given.task);
            let input = task::get(tx.reader(), given.task)?.map(|t| t.input);
            let found = input
                .map(|input| object::reference(tx.reader(), input, 1))
                .transpose()?
                .flatten();
            items.extend(found.map(|found| (Part::Input(given.task), found)));
        }
        let found = object::reference(tx.reader(), given.answer, given.version)?;
        items.extend(found.map(|found| (Part::Answer(given.task), found)));
    }
    Ok(items)
}

impl Platform {
    /// Says whom a lab's deliveries are encrypted to.
    pub async fn set_recipients(
        &self,
        caller: &Caller,
        engagement: EngagementId,
        recipients: Vec<String>,
    ) -> Result<(), WorkError> {
        if recipients.is_empty() || recipients.len() > 20 {
            return Err(WorkError::invalid(
                "recipients",
                "1 to 20 age recipients are needed",
            ));
        }
        for (index, recipient) in recipients.iter().enumerate() {
            cofferdam_custody::check_recipient(recipient)
                .map_err(|why| WorkError::invalid(format!("recipients/{index}"), why))?;
        }
        self.gate
            .transact(caller, engagement, SetRecipients(recipients))
            .await?;
        Ok(())
    }

    /// Builds, encrypts, signs and offers a delivery.
    pub async fn deliver(
        &self,
        project: ProjectId,
        format: Option<DeliveryFormat>,
    ) -> Result<DeliveryMade, WorkError> {
        let row = self.project_row(project).await?;
        let (job, engagement) = self.job(DELIVERY, project).await?;
        let kind = self.template(&job, engagement, project).await?.kind();
        let format = format.unwrap_or(DeliveryFormat::usual(kind));
        if !format.suits(kind) {
            let text = format!("tasks of kind {} have no rows in the form {format}", kind.name());
            return Err(WorkError::invalid("format", text));
        }
        let id: DeliveryId = self
            .gate
            .env()
            .new_id()
            .map_err(|e| WorkError::Failed(e.to_string()))?;
        let path = self.delivery_path(id);
        let part = path.with_extension("part");
        let built = self
            .build(&job, engagement, project, (kind, format), row.lab, &part)
            .await;
        let record = match built {
            Ok(built) => self.sealed_record(id, row.lab, project, format, built, &part),
            Err(error) => Err(error),
        };
        let record = record.inspect_err(|_| discard(&part))?;
        fs::rename(&part, &path)
            .map_err(io)
            .inspect_err(|_| discard(&part))?;
        sync_folder(&path)?;
        let recorded = self.gate.transact(&job, engagement, record).await;
        Ok(recorded.inspect_err(|_| discard(&path))?.output)
    }

    async fn build(
        &self,
        job: &Caller,
        engagement: EngagementId,
        project: ProjectId,
        (kind, format): (TemplateKind, DeliveryFormat),
        lab: LabId,
        part: &Path,
    ) -> Result<Builder, WorkError> {
        let authority = self
            .gate
            .authority(lab.into())?
            .ok_or(WorkError::NotFound("lab"))?;
        let recipients = authority.recipients();
        if recipients.is_empty() {
            let text = "the lab has named no age recipient; its steward sets one before the first delivery";
            return Err(WorkError::Conflict(text.into()));
        }
        let items = Box::new(move |tx: &mut cofferdam_store::Tx<'_>| select(tx, project));
        let (act, purpose, reason) = (Act::BuildDelivery, Purpose::Delivery, LeaseReason::Delivery);
        let selection = Selection {
            act,
            project,
            purpose,
            reason,
            items,
        };
        let mut stream = self.gate.stream(job, engagement, selection).await?;
        let file = File::options()
            .write(true)
            .create_new(true)
            .open(part)
            .map_err(io)?;
        let out = Envelope::to(recipients, BufWriter::new(file)).map_err(WorkError::Failed)?;
        let digester = Digester::default();
        let mut builder = Builder {
            kind,
            format,
            out,
            digester,
            tasks: Vec::new(),
            left_out: 0,
            current: None,
        };
        while let Some(item) = stream.next().await {
            builder.take(&item?)?;
        }
        builder.flush()?;
        stream.finish().await?;
        Ok(builder)
    }

    fn sealed_record(
        &self,
        id: DeliveryId,
        lab: LabId,
        project: ProjectId,
        format: DeliveryFormat,
        built: Builder,
        part: &Path,
    ) -> Result<Record, WorkError> {
        let file = built
            .out
            .finish()
            .and_then(|w| w.into_inner().map_err(|e| e.into_error()))
            .map_err(io)?;
        file.sync_all().map_err(io)?;
        let (bytes, sha256) = hash_file(part).map_err(io)?;
        let rows = built.digester.finish();
        if rows.rows == 0 {
            return Err(WorkError::Conflict(
                "there is nothing to deliver yet: no task has an answer that makes a row".into(),
            ));
        }
        let now = self.gate.env().now();
        let text = |id: String| Id::new(&id).map_err(|e| WorkError::Failed(e.to_string()));
        let manifest = Manifest {
            delivery: text(id.to_string())?,
            project: text(project.to_string())?,
            lab: text(lab.to_string())?,
            format,
            created_micros: u64::try_from(now.as_micros()).unwrap_or(0),
            rows: rows.rows,
            bytes: rows.bytes,
            plaintext_sha256: rows.sha256,
            envelope_sha256: Sha256(sha256),
            rows_root: rows.hashes.root(),
        };
        let note = self
            .gate
            .secrets()
            .sign_manifest(lab.into(), &manifest.to_string())
            .map_err(WorkError::Failed)?;
        let hash = Sha256::of(note.as_bytes()).0;
        let row = DeliveryRow {
            id,
            lab,
            project,
            format: format.name().to_owned(),
            state: Delivery::Offered,
            rows: rows.rows,
            left_out: built.left_out,
            bytes,
            sha256,
            manifest: note,
            created: now,
            decided: None,
        };
        Ok(Record {
            row,
            tasks: built.tasks,
            manifest: hash,
        })
    }

    /// The file of a delivery, for whoever may decide on it.
    pub async fn delivery_file(
        &self,
        caller: &Caller,
        engagement: EngagementId,
        id: DeliveryId,
    ) -> Result<(DeliveryRow, PathBuf), WorkError> {
        let row = self.delivery(id).await?;
        let act = Act::DecideDelivery;
        let held = self.admitted(caller, engagement, act, Some(row.project)).await?;
        if held.lab != row.lab {
            return Err(WorkError::NotFound("delivery"));
        }
        let path = self.delivery_path(id);
        Ok((row, path))
    }

    /// A delivery by its id.
    pub async fn delivery(&self, id: DeliveryId) -> Result<DeliveryRow, WorkError> {
        let found = self.gate.store().read(move |r| delivery::get(r, id)).await?;
        let row = found.ok_or(WorkError::NotFound("delivery"))?;
        if self.belongs(row.project, row.lab).await? {
            Ok(row)
        } else {
            Err(WorkError::NotFound("delivery"))
        }
    }

    /// A lab's deliveries, newest first.
    pub async fn deliveries(&self, lab: LabId) -> Result<Vec<DeliveryRow>, WorkError> {
        let mut own = Vec::new();
        for row in self.gate.store().read(move |r| delivery::of_lab(r, lab)).await? {
            if self.belongs(row.project, lab).await? {
                own.push(row);
            }
        }
        Ok(own)
    }

    /// The numbers of the rows that a lab sent back.
    pub async fn returned_rows(&self, id: DeliveryId) -> Result<Vec<u64>, WorkError> {
        Ok(self
            .gate
            .store()
            .read(move |r| delivery::returned_rows(r, id))
            .await?)
    }

    /// The lab takes a delivery.
    pub async fn accept_delivery(
        &self,
        caller: &Caller,
        engagement: EngagementId,
        id: DeliveryId,
    ) -> Result<DeliveryRow, WorkError> {
        let project = self.delivery(id).await?.project;
        let command = Decide {
            project,
            delivery: id,
            returned: Vec::new(),
        };
        Ok(self.gate.transact(caller, engagement, command).await?.output)
    }

    /// The lab sends rows back, each with its reason.
    pub async fn return_rows(
        &self,
        caller: &Caller,
        engagement: EngagementId,
        id: DeliveryId,
        rows: &[ReturnedRow],
    ) -> Result<DeliveryRow, WorkError> {
        if rows.is_empty() || rows.len() > 10_000 {
            return Err(WorkError::invalid(
                "rows",
                "1 to 10,000 rows can be sent back at a time",
            ));
        }
        let short = rows
            .iter()
            .position(|r| r.reason.trim().is_empty() || r.reason.len() > 64 << 10);
        if let Some(index) = short {
            return Err(WorkError::invalid(
                format!("rows/{index}/reason"),
                "a reason of 1 byte to 64 KiB is needed",
            ));
        }
        let row = self.delivery(id).await?;
        let mut returned = Vec::with_capacity(rows.len());
        for sent_back in rows {
            let object = self
                .gate
                .env()
                .new_id()
                .map_err(|e| WorkError::Failed(e.to_string()))?;
            let (kind, text) = (ObjectKind::ReturnReason, sent_back.reason.as_bytes());
            let sealed = self
                .gate
                .seal(row.lab, row.project, kind, object, 1, text)
                .await?;
            returned.push((sent_back.row, sealed));
        }
        Ok(self
            .gate
            .transact(
                caller,
                engagement,
                Decide {
                    project: row.project,
                    delivery: id,
                    returned,
                },
            )
            .await?
            .output)
    }
}

/// Bytes and SHA-256 of a file.
fn hash_file(path: &Path) -> std::io::Result<(u64, [u8; 32])> {
    use std::io::Read;
    let mut file = File::open(path)?;
    let mut context = digest::Context::new(&digest::SHA256);
    let mut buffer = vec![0; 1 << 16];
    let mut bytes = 0;
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            break;
        }
        bytes += read as u64;
        context.update(&buffer[..read]);
    }
    let mut out = [0; 32];
    out.copy_from_slice(context.finish().as_ref());
    Ok((bytes, out))
}

fn sync_folder(path: &Path) -> Result<(), WorkError> {
    let folder = path.parent().unwrap_or_else(|| Path::new("."));
    File::open(folder).and_then(|f| f.sync_all()).map_err(io)
}

/// What was half written is of no use: whether it can be removed changes nothing.
fn discard(path: &Path) {
    if let Err(error) = fs::remove_file(path)
        && error.kind() != std::io::ErrorKind::NotFound
    {
        tracing::warn!(%error, "an unfinished delivery file could not be removed");
    }
}
