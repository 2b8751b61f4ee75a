//! Walls between labs: what the firm calls them, and why it did what it did to them. What they say stands on its ledger alone.

use cofferdam_model::{PrincipalId, Timestamp, WallId};

use crate::error::StoreError;
use crate::params;
use crate::sql::{Reader, Row, Tx};

/// One act about a wall.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WallActRow {
    /// Which wall.
    pub wall: WallId,
    /// Its number there, from 1, with which the wall was declared.
    pub n: u64,
    /// What the firm calls the wall.
    pub name: String,
    /// Why, in the firm's words; empty where no reason was needed.
    pub reason: String,
    /// Which operator did it.
    pub by: PrincipalId,
    /// When.
    pub at: Timestamp,
    /// Keyed hash over the rest.
    pub seal: [u8; 32],
}

fn read(row: &dyn Row) -> Result<WallActRow, StoreError> {
    Ok(WallActRow {
        wall: row.id(0)?,
        n: row.u64(1)?,
        name: row.string(2)?,
        reason: row.string(3)?,
        by: row.id(4)?,
        at: row.time(5)?,
        seal: row.array(6)?,
    })
}

/// Adds an act.
pub fn insert(tx: &mut Tx<'_>, row: &WallActRow) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO wall_act (wall, n, name, reason, operator, done, seal) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        params![row.wall, row.n, row.name, row.reason, row.by, row.at, row.seal],
    )?;
    Ok(())
}

/// Every act, by wall and in its order.
pub fn all(reader: &mut Reader<'_>) -> Result<Vec<WallActRow>, StoreError> {
    reader.all(
        "SELECT wall, n, name, reason, operator, done, seal FROM wall_act ORDER BY wall, n",
        &[],
        read,
    )
}

/// The acts of one wall, in their order.
pub fn of(reader: &mut Reader<'_>, wall: WallId) -> Result<Vec<WallActRow>, StoreError> {
    reader.all(
        "SELECT wall, n, name, reason, operator, done, seal FROM wall_act WHERE wall = $1 ORDER BY n",
        params![wall],
        read,
    )
}
