//! Answers that may be asked for twice: by the hash of who asked and their key.

use cofferdam_model::Timestamp;

use crate::error::StoreError;
use crate::params;
use crate::sql::{Reader, Row, Tx};

/// What was answered to a request that carried an idempotency key. Ids, states and counts only.
///
/// The column `body` holds the hash and the seal, one after the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerRow {
    /// Hash of caller and key.
    pub request: [u8; 32],
    /// Hash of method, path and body.
    pub body: [u8; 32],
    /// The answer: status and JSON.
    pub outcome: String,
    /// When.
    pub created: Timestamp,
    /// Keyed hash over all of the above.
    pub seal: [u8; 32],
}

fn read(row: &dyn Row) -> Result<AnswerRow, StoreError> {
    let (body, seal) = halves(row.array(1)?);
    Ok(AnswerRow {
        request: row.array(0)?,
        body,
        outcome: row.string(2)?,
        created: row.time(3)?,
        seal,
    })
}

fn halves(both: [u8; 64]) -> ([u8; 32], [u8; 32]) {
    let (mut body, mut seal) = ([0; 32], [0; 32]);
    body.copy_from_slice(&both[..32]);
    seal.copy_from_slice(&both[32..]);
    (body, seal)
}

/// The answer given before, if there was one.
pub fn get(reader: &mut Reader<'_>, request: &[u8; 32]) -> Result<Option<AnswerRow>, StoreError> {
    reader.first(
        "SELECT request, body, outcome, created FROM idempotency WHERE request = $1",
        params![*request],
        read,
    )
}

/// Answers after that of `request`, at most `limit`, for a check of the whole.
pub fn page(reader: &mut Reader<'_>, request: &[u8; 32], limit: u32) -> Result<Vec<AnswerRow>, StoreError> {
    reader.all(
        "SELECT request, body, outcome, created FROM idempotency WHERE request > $1 ORDER BY request LIMIT $2",
        params![*request, limit],
        read,
    )
}

/// Keeps an answer; the first one stands.
pub fn insert(tx: &mut Tx<'_>, row: &AnswerRow) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO idempotency (request, body, outcome, created) VALUES ($1, $2, $3, $4)
         ON CONFLICT (request) DO NOTHING",
        params![
            row.request,
            [row.body, row.seal].concat(),
            row.outcome,
            row.created
        ],
    )?;
    Ok(())
}

/// Forgets answers older than `before`.
pub fn forget(tx: &mut Tx<'_>, before: Timestamp) -> Result<u64, StoreError> {
    tx.execute("DELETE FROM idempotency WHERE created < $1", params![before])
}
