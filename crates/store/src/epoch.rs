//! Epochs: wrapped project keys.

use cofferdam_model::{Compartment, EpochId, ProjectId, Timestamp};

use crate::error::StoreError;
use crate::params;
use crate::sql::{Reader, Row, Tx};

/// One epoch's wrapped key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EpochRow {
    /// Its id.
    pub id: EpochId,
    /// Whose.
    pub compartment: Compartment,
    /// Of which project.
    pub project: ProjectId,
    /// The key as the keyholder wrapped it.
    pub wrapped: Vec<u8>,
    /// When it was opened.
    pub opened: Timestamp,
    /// Which entry of the ledger had last called for new keys of the project when it was opened; 0: none had.
    pub rotation: u64,
    /// Keyed hash over all of the above.
    pub seal: [u8; 32],
}

fn read(row: &dyn Row) -> Result<EpochRow, StoreError> {
    Ok(EpochRow {
        id: row.id(0)?,
        compartment: Compartment::from_bytes(row.array(1)?),
        project: row.id(2)?,
        wrapped: row.bytes(3)?,
        opened: row.time(4)?,
        rotation: row.u64(5)?,
        seal: row.array(6)?,
    })
}

/// Adds an epoch.
pub fn insert(tx: &mut Tx<'_>, epoch: &EpochRow) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO epoch (id, compartment, project, wrapped, opened, rotation, seal)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        params![
            epoch.id,
            epoch.compartment.to_bytes(),
            epoch.project,
            epoch.wrapped,
            epoch.opened,
            epoch.rotation,
            epoch.seal
        ],
    )?;
    Ok(())
}

/// The epoch of that id.
pub fn get(reader: &mut Reader<'_>, id: EpochId) -> Result<Option<EpochRow>, StoreError> {
    reader.first(
        "SELECT id, compartment, project, wrapped, opened, rotation, seal FROM epoch WHERE id = $1",
        params![id],
        read,
    )
}

/// The project's youngest epoch.
pub fn youngest(reader: &mut Reader<'_>, project: ProjectId) -> Result<Option<EpochRow>, StoreError> {
    reader.first(
        "SELECT id, compartment, project, wrapped, opened, rotation, seal FROM epoch
         WHERE project = $1 ORDER BY opened DESC, id DESC LIMIT 1",
        params![project],
        read,
    )
}

/// The compartment's youngest epoch.
pub fn newest(reader: &mut Reader<'_>, compartment: Compartment) -> Result<Option<EpochRow>, StoreError> {
    reader.first(
        "SELECT id, compartment, project, wrapped, opened, rotation, seal FROM epoch
         WHERE compartment = $1 ORDER BY id DESC LIMIT 1",
        params![compartment.to_bytes()],
        read,
    )
}

/// The project's epochs that are older than an entry which called for new keys.
pub fn older(
    reader: &mut Reader<'_>,
    project: ProjectId,
    rotation: u64,
) -> Result<Vec<EpochRow>, StoreError> {
    reader.all(
        "SELECT id, compartment, project, wrapped, opened, rotation, seal FROM epoch
         WHERE project = $1 AND rotation < $2 ORDER BY id",
        params![project, rotation],
        read,
    )
}

/// Takes an epoch's key away, if no object is left under it; whether it was.
pub fn remove(tx: &mut Tx<'_>, id: EpochId) -> Result<bool, StoreError> {
    let removed = tx.execute(
        "DELETE FROM epoch WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM object WHERE object.epoch = epoch.id)",
        params![id],
    )?;
    Ok(removed > 0)
}

/// Every epoch, for a check of the whole.
pub fn all(reader: &mut Reader<'_>) -> Result<Vec<EpochRow>, StoreError> {
    reader.all(
        "SELECT id, compartment, project, wrapped, opened, rotation, seal FROM epoch ORDER BY id",
        &[],
        read,
    )
}
