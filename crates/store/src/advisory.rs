//! Advisories, as they were taken.

use cofferdam_model::Timestamp;

use crate::error::StoreError;
use crate::params;
use crate::sql::{Reader, Row, Tx};

/// An advisory: the newest version taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdvisoryRow {
    /// The record's id.
    pub id: String,
    /// SHA-256 of the document.
    pub sha256: [u8; 32],
    /// The OSV record.
    pub document: String,
    /// When it was taken.
    pub taken: Timestamp,
    /// Keyed hash over id, hash and time.
    pub seal: [u8; 32],
}

fn read(row: &dyn Row) -> Result<AdvisoryRow, StoreError> {
    Ok(AdvisoryRow {
        id: row.string(0)?,
        sha256: row.array(1)?,
        document: row.string(2)?,
        taken: row.time(3)?,
        seal: row.array(4)?,
    })
}

/// Keeps an advisory, in place of an older version of it, whose document stays: an incident may have been opened on it.
pub fn put(tx: &mut Tx<'_>, row: &AdvisoryRow) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO advisory_replaced (sha256, document)
         SELECT sha256, document FROM advisory WHERE id = $1 AND sha256 <> $2
         ON CONFLICT (sha256) DO NOTHING",
        params![row.id, row.sha256],
    )?;
    tx.execute(
        "INSERT INTO advisory (id, sha256, document, taken, seal) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (id) DO UPDATE SET sha256 = excluded.sha256, document = excluded.document,
             taken = excluded.taken, seal = excluded.seal",
        params![row.id, row.sha256, row.document, row.taken, row.seal],
    )?;
    Ok(())
}

/// The hash of the version that is known.
pub fn known(reader: &mut Reader<'_>, id: &str) -> Result<Option<[u8; 32]>, StoreError> {
    reader.first("SELECT sha256 FROM advisory WHERE id = $1", params![id], |row| {
        row.array(0)
    })
}

/// The hash of every document that another came in place of, for a check of the whole.
pub fn all_replaced(reader: &mut Reader<'_>) -> Result<Vec<[u8; 32]>, StoreError> {
    let all = "SELECT sha256 FROM advisory_replaced ORDER BY sha256";
    reader.all(all, &[], |row| row.array(0))
}

/// A document that another came in place of.
pub fn replaced(reader: &mut Reader<'_>, sha256: &[u8; 32]) -> Result<Option<String>, StoreError> {
    reader.first(
        "SELECT document FROM advisory_replaced WHERE sha256 = $1",
        params![*sha256],
        |row| row.string(0),
    )
}

/// The one of that id.
pub fn get(reader: &mut Reader<'_>, id: &str) -> Result<Option<AdvisoryRow>, StoreError> {
    reader.first(
        "SELECT id, sha256, document, taken, seal FROM advisory WHERE id = $1",
        params![id],
        read,
    )
}

/// Every advisory, by id.
pub fn all(reader: &mut Reader<'_>) -> Result<Vec<AdvisoryRow>, StoreError> {
    reader.all(
        "SELECT id, sha256, document, taken, seal FROM advisory ORDER BY id",
        &[],
        read,
    )
}
