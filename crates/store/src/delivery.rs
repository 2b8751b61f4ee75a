//! Deliveries and their rows.

use cofferdam_model::work::Delivery;
use cofferdam_model::{DeliveryId, Id as _, LabId, ObjectId, ProjectId, SubmissionId, TaskId, Timestamp};

use serde::{Deserialize, Serialize};

use crate::error::StoreError;
use crate::params;
use crate::sql::{Maybe, Reader, Row, Tx, missing};

/// A data set offered to a lab.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryRow {
    /// Its id.
    pub id: DeliveryId,
    /// To which lab.
    pub lab: LabId,
    /// Of which project.
    pub project: ProjectId,
    /// In which form.
    pub format: String,
    /// Its state.
    pub state: Delivery,
    /// How many rows.
    pub rows: u64,
    /// How many answered tasks were left out: ties, no majority, fewer answers than the overlap asks, or back with an author.
    pub left_out: u64,
    /// Bytes of the encrypted file.
    pub bytes: u64,
    /// SHA-256 of the encrypted file.
    pub sha256: [u8; 32],
    /// The signed manifest: ids, counts and hashes.
    pub manifest: String,
    /// When it was made.
    pub created: Timestamp,
    /// When the lab decided.
    pub decided: Option<Timestamp>,
    /// Keyed hash over all of the above.
    pub seal: [u8; 32],
}

/// One row of a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemRow {
    /// Of which delivery.
    pub delivery: DeliveryId,
    /// Its number, from 1.
    pub row: u64,
    /// Which task it is.
    pub task: TaskId,
    /// The answers that it is, each in which version: equal ones, or votes.
    pub answers: Vec<(SubmissionId, u32)>,
    /// When the lab sent it back.
    pub returned: Option<Timestamp>,
    /// Why: an object, version 1.
    pub reason: Option<ObjectId>,
    /// Keyed hash over delivery, row, task and answers.
    pub seal: [u8; 32],
}

/// Bytes of an answer among a row's: its id, and its version in four bytes, the highest first.
const ANSWER: usize = 20;

impl ItemRow {
    /// Its answers as they are stored: one after the other, each an id of 16 bytes and a version of four.
    pub fn packed(&self) -> Vec<u8> {
        let mut packed = Vec::with_capacity(self.answers.len() * ANSWER);
        for (id, version) in &self.answers {
            packed.extend_from_slice(id.as_bytes());
            packed.extend_from_slice(&version.to_be_bytes());
        }
        packed
    }
}

fn unpacked(bytes: &[u8]) -> Option<Vec<(SubmissionId, u32)>> {
    let one = |bytes: &[u8]| {
        let (id, version) = bytes.split_first_chunk::<16>()?;
        let version = u32::from_be_bytes(version.try_into().ok()?);
        Some((SubmissionId::from_bytes(*id), version))
    };
    bytes.chunks(ANSWER).map(one).collect()
}

fn read(row: &dyn Row) -> Result<DeliveryRow, StoreError> {
    let code = row.i64(4)?;
    let state = Delivery::from_code(code).ok_or_else(|| StoreError::Corrupt {
        table: "delivery",
        problem: format!("state {code}"),
    })?;
    Ok(DeliveryRow {
        id: row.id(0)?,
        lab: row.id(1)?,
        project: row.id(2)?,
        format: row.string(3)?,
        state,
        rows: row.u64(5)?,
        left_out: row.u64(6)?,
        bytes: row.u64(7)?,
        sha256: row.array(8)?,
        manifest: row.string(9)?,
        created: row.time(10)?,
        decided: row.maybe_time(11)?,
        seal: row.array(12)?,
    })
}

/// Adds a delivery and its rows.
pub fn insert(tx: &mut Tx<'_>, d: &DeliveryRow, rows: &[ItemRow]) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO delivery
             (id, lab, project, format, state, row_count, left_out, bytes, sha256, manifest, created, decided, seal)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        params![
            d.id,
            d.lab,
            d.project,
            d.format,
            d.state.code(),
            d.rows,
            d.left_out,
            d.bytes,
            d.sha256,
            d.manifest,
            d.created,
            d.decided,
            d.seal
        ],
    )?;
    for item in rows {
        tx.execute(
            "INSERT INTO delivery_row (delivery, row, task, answers, seal) VALUES ($1, $2, $3, $4, $5)",
            params![item.delivery, item.row, item.task, item.packed(), item.seal],
        )?;
    }
    Ok(())
}

/// The delivery of that id.
pub fn get(reader: &mut Reader<'_>, id: DeliveryId) -> Result<Option<DeliveryRow>, StoreError> {
    reader.first(
        "SELECT id, lab, project, format, state, row_count, left_out, bytes, sha256, manifest, created, decided, seal
         FROM delivery WHERE id = $1",
        params![id],
        read,
    )
}

/// A lab's deliveries, newest first.
pub fn of_lab(reader: &mut Reader<'_>, lab: LabId) -> Result<Vec<DeliveryRow>, StoreError> {
    reader.all(
        "SELECT id, lab, project, format, state, row_count, left_out, bytes, sha256, manifest, created, decided, seal
         FROM delivery WHERE lab = $1 ORDER BY created DESC, id DESC",
        params![lab],
        read,
    )
}

/// Every delivery, for a check of the whole.
pub fn all(reader: &mut Reader<'_>) -> Result<Vec<DeliveryRow>, StoreError> {
    reader.all(
        "SELECT id, lab, project, format, state, row_count, left_out, bytes, sha256, manifest, created, decided, seal
         FROM delivery ORDER BY id",
        &[],
        read,
    )
}

/// Keeps the lab's decision: state, time and seal of a row.
pub fn decide(tx: &mut Tx<'_>, row: &DeliveryRow) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE delivery SET state = $2, decided = $3, seal = $4 WHERE id = $1",
        params![row.id, row.state.code(), row.decided, row.seal],
    )?;
    Ok(())
}

/// Marks a row as sent back; the row, or none when there is no such row or it was sent back before.
pub fn return_row(
    tx: &mut Tx<'_>,
    id: DeliveryId,
    row: u64,
    reason: Option<ObjectId>,
    now: Timestamp,
) -> Result<Option<ItemRow>, StoreError> {
    tx.first(
        "UPDATE delivery_row SET returned = $3, reason = $4
         WHERE delivery = $1 AND row = $2 AND returned IS NULL
         RETURNING delivery, row, task, answers, returned, reason, seal",
        params![id, row, now, Maybe(&reason)],
        read_item,
    )
}

fn read_item(row: &dyn Row) -> Result<ItemRow, StoreError> {
    Ok(ItemRow {
        delivery: row.id(0)?,
        row: row.u64(1)?,
        task: row.id(2)?,
        answers: row.blob(3)?.and_then(unpacked).ok_or_else(|| missing(3))?,
        returned: row.maybe_time(4)?,
        reason: row.maybe_id(5)?,
        seal: row.array(6)?,
    })
}

/// Every row of every delivery, for a check of the whole.
pub fn items(reader: &mut Reader<'_>) -> Result<Vec<ItemRow>, StoreError> {
    reader.all(
        "SELECT delivery, row, task, answers, returned, reason, seal FROM delivery_row ORDER BY delivery, row",
        &[],
        read_item,
    )
}

/// The numbers of the rows sent back.
pub fn returned_rows(reader: &mut Reader<'_>, id: DeliveryId) -> Result<Vec<u64>, StoreError> {
    reader.all(
        "SELECT row FROM delivery_row WHERE delivery = $1 AND returned IS NOT NULL ORDER BY row",
        params![id],
        |row| row.u64(0),
    )
}

/// A row that the lab sent back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReturnedRow {
    /// Of which delivery.
    pub delivery: DeliveryId,
    /// Its number, from 1.
    pub row: u64,
    /// Why: an object, version 1.
    pub reason: Option<ObjectId>,
    /// When.
    pub returned: Timestamp,
}

fn read_returned(row: &dyn Row) -> Result<ReturnedRow, StoreError> {
    Ok(ReturnedRow {
        delivery: row.id(0)?,
        row: row.u64(1)?,
        reason: row.maybe_id(2)?,
        returned: row.time(3)?,
    })
}

/// The rows of a delivery that were sent back, in their order, at most `limit` after that number.
pub fn returned(
    reader: &mut Reader<'_>,
    id: DeliveryId,
    after: u64,
    limit: u32,
) -> Result<Vec<ReturnedRow>, StoreError> {
    reader.all(
        "SELECT delivery, row, reason, returned FROM delivery_row
         WHERE delivery = $1 AND returned IS NOT NULL AND row > $2 ORDER BY row LIMIT $3",
        params![id, after, limit],
        read_returned,
    )
}

/// The rows in which a version of an answer to a task was sent back, the oldest first.
pub fn returned_with(
    reader: &mut Reader<'_>,
    task: TaskId,
    answer: (SubmissionId, u32),
) -> Result<Vec<ItemRow>, StoreError> {
    let rows = reader.all(
        "SELECT delivery, row, task, answers, returned, reason, seal FROM delivery_row
         WHERE task = $1 AND returned IS NOT NULL ORDER BY returned, delivery, row",
        params![task],
        read_item,
    )?;
    let with = |row: &ItemRow| row.answers.contains(&answer);
    Ok(rows.into_iter().filter(with).collect())
}
