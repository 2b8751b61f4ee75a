//! Labs.

use cofferdam_model::{LabId, Timestamp};

use serde::{Deserialize, Serialize};

use crate::error::StoreError;
use crate::params;
use crate::sql::{Reader, Row, Tx};

/// A customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabRow {
    /// Its id.
    pub id: LabId,
    /// Its name, as the firm wrote it.
    pub name: String,
    /// When it was opened.
    pub created: Timestamp,
}

fn read(row: &dyn Row) -> Result<LabRow, StoreError> {
    Ok(LabRow {
        id: row.id(0)?,
        name: row.string(1)?,
        created: row.time(2)?,
    })
}

/// Adds a lab; a conflict when the name is taken.
pub fn insert(tx: &mut Tx<'_>, lab: &LabRow) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO lab (id, name, created) VALUES ($1, $2, $3)",
        params![lab.id, lab.name, lab.created],
    )?;
    Ok(())
}

/// The lab of that id.
pub fn get(reader: &mut Reader<'_>, id: LabId) -> Result<Option<LabRow>, StoreError> {
    reader.first(
        "SELECT id, name, created FROM lab WHERE id = $1",
        params![id],
        read,
    )
}

/// Every lab, by name.
pub fn all(reader: &mut Reader<'_>) -> Result<Vec<LabRow>, StoreError> {
    reader.all("SELECT id, name, created FROM lab ORDER BY name", &[], read)
}
