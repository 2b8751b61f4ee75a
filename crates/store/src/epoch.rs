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
        seal: row.array(5)?,
    })
}

/// Adds an epoch.
pub fn insert(tx: &mut Tx<'_>, epoch: &EpochRow) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO epoch (id, compartment, project, wrapped, opened, seal) VALUES ($1, $2, $3, $4, $5, $6)",
        params![
            epoch.id,
            epoch.compartment.to_bytes(),
            epoch.project,
            epoch.wrapped,
            epoch.opened,
            epoch.seal
        ],
    )?;
    Ok(())
}

/// The epoch of that id.
pub fn get(reader: &mut Reader<'_>, id: EpochId) -> Result<Option<EpochRow>, StoreError> {
    reader.first(
        "SELECT id, compartment, project, wrapped, opened, seal FROM epoch WHERE id = $1",
        params![id],
        read,
    )
}

/// The project's youngest epoch.
pub fn youngest(reader: &mut Reader<'_>, project: ProjectId) -> Result<Option<EpochRow>, StoreError> {
    reader.first(
        "SELECT id, compartment, project, wrapped, opened, seal FROM epoch
         WHERE project = $1 ORDER BY opened DESC, id DESC LIMIT 1",
        params![project],
        read,
    )
}

/// The compartment's youngest epoch.
pub fn newest(reader: &mut Reader<'_>, compartment: Compartment) -> Result<Option<EpochRow>, StoreError> {
    reader.first(
        "SELECT id, compartment, project, wrapped, opened, seal FROM epoch
         WHERE compartment = $1 ORDER BY id DESC LIMIT 1",
        params![compartment.to_bytes()],
        read,
    )
}

/// Every epoch, for a check of the whole.
pub fn all(reader: &mut Reader<'_>) -> Result<Vec<EpochRow>, StoreError> {
    reader.all(
        "SELECT id, compartment, project, wrapped, opened, seal FROM epoch ORDER BY id",
        &[],
        read,
    )
}
