//! What components said that they run.

use cofferdam_model::{InventoryId, PrincipalId, Timestamp};

use crate::error::StoreError;
use crate::params;
use crate::sql::{Reader, Row, Tx};

/// What a component said once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InventoryRow {
    /// Its id.
    pub id: InventoryId,
    /// Which component.
    pub component: PrincipalId,
    /// SHA-256 of the document.
    pub sha256: [u8; 32],
    /// When it was scanned, by the component's clock.
    pub scanned: Timestamp,
    /// When it came in.
    pub received: Timestamp,
}

fn read(row: &dyn Row) -> Result<InventoryRow, StoreError> {
    Ok(InventoryRow {
        id: row.id(0)?,
        component: row.id(1)?,
        sha256: row.array(2)?,
        scanned: row.time(3)?,
        received: row.time(4)?,
    })
}

/// Adds what a component said. Its document is kept once, however often it is said.
pub fn insert(tx: &mut Tx<'_>, row: &InventoryRow, document: &str) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO inventory_document (sha256, document) VALUES ($1, $2) ON CONFLICT (sha256) DO NOTHING",
        params![row.sha256, document],
    )?;
    tx.execute(
        "INSERT INTO inventory (id, component, sha256, scanned, received) VALUES ($1, $2, $3, $4, $5)",
        params![row.id, row.component, row.sha256, row.scanned, row.received],
    )?;
    Ok(())
}

/// The one of that id.
pub fn get(reader: &mut Reader<'_>, id: InventoryId) -> Result<Option<InventoryRow>, StoreError> {
    reader.first(
        "SELECT id, component, sha256, scanned, received FROM inventory WHERE id = $1",
        params![id],
        read,
    )
}

/// What a component said, in the order in which it came in.
pub fn of_component(
    reader: &mut Reader<'_>,
    component: PrincipalId,
) -> Result<Vec<InventoryRow>, StoreError> {
    reader.all(
        "SELECT id, component, sha256, scanned, received FROM inventory
         WHERE component = $1 ORDER BY received, id",
        params![component],
        read,
    )
}

/// Everything that was said, for a check of the whole.
pub fn all(reader: &mut Reader<'_>) -> Result<Vec<InventoryRow>, StoreError> {
    reader.all(
        "SELECT id, component, sha256, scanned, received FROM inventory ORDER BY id",
        &[],
        read,
    )
}

/// The hash of every document, for a check of the whole.
pub fn documents(reader: &mut Reader<'_>) -> Result<Vec<[u8; 32]>, StoreError> {
    let all = "SELECT sha256 FROM inventory_document ORDER BY sha256";
    reader.all(all, &[], |row| row.array(0))
}

/// The document of that hash.
pub fn document(reader: &mut Reader<'_>, sha256: &[u8; 32]) -> Result<Option<String>, StoreError> {
    reader.first(
        "SELECT document FROM inventory_document WHERE sha256 = $1",
        params![*sha256],
        |row| row.string(0),
    )
}
