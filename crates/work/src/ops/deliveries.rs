//! Deliveries: built by the platform's own job, encrypted to the lab, decided by the lab.

use std::convert::Infallible;
use std::fs::{self, File};
use std::io::{BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use aws_lc_rs::digest;
use cofferdam_custody::{
    Caller, Command, Done, Envelope, GateError, Integrity, LeaseReason, Scope, Secrets, Selection, Standing,
    StreamItem, Watch,
};
use cofferdam_model::work::{Delivery, Submission};
use cofferdam_model::{
    Act, DeliveryId, EngagementId, Fact, LabId, ObjectRef, ProjectId, Purpose, SubmissionId, TaskId,
};
use cofferdam_store::StoreError;
use cofferdam_store::delivery::{self, DeliveryRow, ItemRow};
use cofferdam_store::project::ProjectRow;
use serde_json::Value;

use super::answered::{answered, kept};
use super::jobs::DELIVERY;
use super::{Platform, WorkError};
use crate::formats::{DeliveryFormat, LeftOut, Resolved, are_votes, resolve, same, write};
use crate::manifest::{Digester, Id, Manifest, Sha256};
use crate::template::TemplateKind;

/// A delivery that was made.
pub type DeliveryMade = DeliveryRow;

/// What a streamed object is to the delivery.
#[derive(Clone, Copy)]
enum Part {
    Input(TaskId),
    Answer(TaskId, Given),
}

/// An answer in a delivery.
#[derive(Clone, Copy)]
struct Given {
    submission: SubmissionId,
    version: u32,
    accepted: bool,
}

/// A task under way: its sealed input, and its answers so far.
type Current = (TaskId, Value, Vec<(Given, Value)>);

/// Answers, each in which version.
type Answers = Vec<(SubmissionId, u32)>;

/// A row, and the answers that it is.
type Written = (TaskId, Answers);

/// Rows written so far.
struct Builder {
    kind: TemplateKind,
    format: DeliveryFormat,
    out: Envelope<BufWriter<File>>,
    digester: Digester,
    rows: Vec<Written>,
    left_out: u64,
    current: Option<Current>,
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
            Part::Answer(task, given) => match &mut self.current {
                Some((current, _, answers)) if *current == task => answers.push((given, value)),
                _ => return Err(WorkError::Failed("an answer came before its task".into())),
            },
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), WorkError> {
        let Some((task, sealed, answers)) = self.current.take() else {
            return Ok(());
        };
        let mut rows = 0;
        for (of, answer) in stand(self.kind, &answers) {
            let input = sealed.get("input").ok_or(LeftOut::Lacks("input"));
            let external_id = sealed.get("id").and_then(Value::as_str);
            let written = input.and_then(|input| {
                let kind = self.kind;
                write(
                    self.format,
                    &Resolved {
                        kind,
                        external_id,
                        input,
                        answer: &answer,
                    },
                )
            });
            for row in written.into_iter().flatten() {
                self.out.write_all(row.as_bytes()).map_err(io)?;
                self.digester.push(&row);
                self.rows.push((task, of.clone()));
                rows += 1;
            }
        }
        self.left_out += u64::from(rows == 0);
        Ok(())
    }
}

/// The answers of one task that become rows: of votes what has a majority; else each that a reviewer accepted, and where none is, what has
/// a majority. Equal ones are one row, accepted or not; so are votes, whatever each is for.
fn stand(kind: TemplateKind, answers: &[(Given, Value)]) -> Vec<(Answers, Value)> {
    let votes = are_votes(kind);
    let of = |row: &Value| -> Answers {
        let own = answers.iter().filter(|(_, answer)| votes || same(answer, row));
        own.map(|(given, _)| (given.submission, given.version)).collect()
    };
    let accepted = answers.iter().filter(|(given, _)| !votes && given.accepted);
    let accepted: Vec<&Value> = accepted.map(|(_, answer)| answer).collect();
    if accepted.is_empty() {
        let all: Vec<Value> = answers.iter().map(|(_, answer)| answer.clone()).collect();
        let row = resolve(kind, &all).ok();
        return row.into_iter().map(|row| (of(&row), row)).collect();
    }
    let first = |at: usize, answer: &Value| accepted[..at].iter().all(|before| !same(before, answer));
    let each = accepted
        .iter()
        .enumerate()
        .filter(|(at, answer)| first(*at, answer));
    each.map(|(_, row)| (of(row), (*row).clone())).collect()
}

fn io(error: std::io::Error) -> WorkError {
    match error.kind() {
        ErrorKind::StorageFull => StoreError::DiskFull.into(),
        ErrorKind::ReadOnlyFilesystem => StoreError::ReadOnly.into(),
        ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
            StoreError::Unwritable(error.to_string()).into()
        }
        _ => WorkError::Failed(format!("the delivery could not be written: {error}")),
    }
}

struct Record {
    row: DeliveryRow,
    rows: Vec<Written>,
    manifest: [u8; 32],
}

impl Command for Record {
    type Output = DeliveryRow;
    type Error = WorkError;

    fn act(&self) -> Act {
        Act::BuildDelivery
    }

    fn run(self, scope: &mut Scope<'_, '_>) -> Result<Done<DeliveryRow>, GateError<WorkError>> {
        let delivery = self.row.id;
        let item = |(row, (task, answers)): (u64, Written)| {
            scope.secrets.stamped(ItemRow {
                delivery,
                row,
                task,
                answers,
                returned: None,
                reason: None,
                seal: [0; 32],
            })
        };
        let items: Vec<ItemRow> = (1..).zip(self.rows).map(item).collect();
        delivery::insert(scope.tx, &self.row, &items)?;
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

/// The objects of a delivery: each task's input, then its answers, in the order of the queue. A task is taken once it
/// has as many answers as the project's overlap asks for, and none of them is with its author; `not_yet` counts the
/// others.
fn select(
    tx: &mut cofferdam_store::Tx<'_>,
    secrets: &Secrets,
    standing: Standing,
    project: &ProjectRow,
    not_yet: &AtomicU64,
) -> Result<Vec<(Part, ObjectRef)>, GateError<Infallible>> {
    let mut items = Vec::new();
    let answered = answered(tx.reader(), secrets, standing, project.id)?;
    for answered in answered.iter().filter(|answered| !answered.given.is_empty()) {
        let (task, given) = (&answered.task, &answered.given);
        let ready = given.iter().filter(|g| g.row.state.deliverable()).count();
        if ready < given.len() || ready < project.overlap as usize {
            not_yet.fetch_add(1, Ordering::Relaxed);
            continue;
        }
        items.push((Part::Input(task.id), kept(tx.reader(), task.input, 1)?));
        for found in given {
            let row = &found.row;
            let (answer, version) = found.last();
            let object = kept(tx.reader(), answer, version)?;
            let given = Given {
                submission: row.id,
                version: row.version,
                accepted: row.state == Submission::Accepted,
            };
            items.push((Part::Answer(task.id, given), object));
        }
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
                "/recipients",
                "1 to 20 age recipients are needed",
            ));
        }
        for (index, recipient) in recipients.iter().enumerate() {
            let wrong = |why| WorkError::invalid(format!("/recipients/{index}"), why);
            cofferdam_custody::check_recipient(recipient).map_err(wrong)?;
            if recipients.iter().take(index).any(|before| before == recipient) {
                return Err(wrong("it is there twice".to_owned()));
            }
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
            let text = format!(
                "tasks of kind {} have no rows in the form {format}; possible are {}",
                kind.name(),
                DeliveryFormat::possible(kind)
            );
            return Err(WorkError::invalid("/format", text));
        }
        let id: DeliveryId = self.fresh()?;
        let path = self.delivery_path(id);
        let part = path.with_extension("part");
        let built = self.build(&job, engagement, &row, (kind, format), &part).await;
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
        project: &ProjectRow,
        (kind, format): (TemplateKind, DeliveryFormat),
        part: &Path,
    ) -> Result<Builder, WorkError> {
        let authority = self
            .gate
            .authority(project.lab.into())?
            .ok_or(WorkError::NotFound("lab"))?;
        let recipients = authority.recipients();
        if recipients.is_empty() {
            let text = "the lab has named no age recipient; its steward sets one before the first delivery, with \
                        `cofferdam lab recipients` or in the portal";
            return Err(WorkError::Conflict(text.into()));
        }
        let standing = self.gate.standing(project).await?;
        let not_yet = Arc::new(AtomicU64::new(0));
        let (of, count) = (project.clone(), Arc::clone(&not_yet));
        let gate = self.gate.clone();
        let items = Box::new(move |tx: &mut cofferdam_store::Tx<'_>| {
            select(tx, gate.secrets(), standing, &of, &count)
        });
        let (act, purpose, reason) = (Act::BuildDelivery, Purpose::Delivery, LeaseReason::Delivery);
        let selection = Selection {
            act,
            project: project.id,
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
            rows: Vec::new(),
            left_out: not_yet.load(Ordering::Relaxed),
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
            seal: [0; 32],
        };
        Ok(Record {
            row: self.gate.secrets().stamped(row),
            rows: built.rows,
            manifest: hash,
        })
    }

    /// The file of a delivery, for whoever may decide on it.
    pub async fn delivery_file(
        &self,
        caller: &Caller,
        engagement: EngagementId,
        id: DeliveryId,
    ) -> Result<(DeliveryRow, PathBuf, Watch), WorkError> {
        let row = self.delivery(id).await?;
        let act = Act::DecideDelivery;
        let held = self.admitted(caller, engagement, act, Some(row.project)).await?;
        if held.lab != row.lab {
            return Err(WorkError::NotFound("delivery"));
        }
        let watch = self.gate.watch(caller, engagement, act, row.project).await?;
        let path = self.delivery_path(id);
        let hashed = path.clone();
        let hashed = tokio::task::spawn_blocking(move || hash_file(&hashed)).await;
        let hashed = hashed.map_err(|error| WorkError::Failed(error.to_string()))?;
        // One that cannot be read, whoever opens it finds out.
        if hashed.is_ok_and(|found| found != (row.bytes, row.sha256)) {
            let what = format!("the file of delivery {id}");
            return Err(Integrity::of(what, "it is not the one that was made").into());
        }
        Ok((row, path, watch))
    }

    /// A delivery by its id.
    pub async fn delivery(&self, id: DeliveryId) -> Result<DeliveryRow, WorkError> {
        let found = self.gate.store().read(move |r| delivery::get(r, id)).await?;
        self.whole_delivery(found).await
    }

    pub(super) async fn whole_delivery(&self, found: Option<DeliveryRow>) -> Result<DeliveryRow, WorkError> {
        let row = found.ok_or(WorkError::NotFound("delivery"))?;
        if !self.belongs(row.project, row.lab).await? {
            return Err(WorkError::NotFound("delivery"));
        }
        self.gate.secrets().check_seal(&row)?;
        Ok(row)
    }

    /// A lab's deliveries, newest first; and whether these are all, or one is left out of which the row is not as it was written.
    pub async fn deliveries(&self, lab: LabId) -> Result<(Vec<DeliveryRow>, bool), WorkError> {
        let (mut own, mut whole) = (Vec::new(), true);
        for row in self.gate.store().read(move |r| delivery::of_lab(r, lab)).await? {
            if !self.belongs(row.project, lab).await? {
                whole = false;
                continue;
            }
            match self.gate.secrets().check_seal(&row) {
                Ok(()) => own.push(row),
                Err(found) => {
                    tracing::error!(%found, "a delivery was not shown");
                    whole = false;
                }
            }
        }
        Ok((own, whole))
    }

    /// The numbers of the rows that a lab sent back.
    pub async fn returned_rows(&self, id: DeliveryId) -> Result<Vec<u64>, WorkError> {
        Ok(self
            .gate
            .store()
            .read(move |r| delivery::returned_rows(r, id))
            .await?)
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
