//! Who holds which engagement. What an engagement grants stands in the ledger, and only there.

use cofferdam_model::{EngagementId, LabId, PrincipalId};

use crate::error::StoreError;
use crate::params;
use crate::sql::{Reader, Row, Tx};

/// The opening of a holder commitment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HolderRow {
    /// The engagement.
    pub engagement: EngagementId,
    /// In whose ledger it stands.
    pub lab: LabId,
    /// Who holds it.
    pub principal: PrincipalId,
    /// What the commitment was salted with.
    pub salt: [u8; 32],
}

fn read(row: &dyn Row) -> Result<HolderRow, StoreError> {
    Ok(HolderRow {
        engagement: row.id(0)?,
        lab: row.id(1)?,
        principal: row.id(2)?,
        salt: row.array(3)?,
    })
}

/// Keeps who holds an engagement.
pub fn insert(tx: &mut Tx<'_>, holder: &HolderRow) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO holder (engagement, lab, principal, salt) VALUES ($1, $2, $3, $4)",
        params![holder.engagement, holder.lab, holder.principal, holder.salt],
    )?;
    Ok(())
}

/// Who holds an engagement, as the row claims.
pub fn get(reader: &mut Reader<'_>, id: EngagementId) -> Result<Option<HolderRow>, StoreError> {
    reader.first(
        "SELECT engagement, lab, principal, salt FROM holder WHERE engagement = $1",
        params![id],
        read,
    )
}

/// What a principal holds, as the rows claim.
pub fn of_principal(reader: &mut Reader<'_>, principal: PrincipalId) -> Result<Vec<HolderRow>, StoreError> {
    reader.all(
        "SELECT engagement, lab, principal, salt FROM holder WHERE principal = $1 ORDER BY engagement",
        params![principal],
        read,
    )
}

/// Every row, for a check of the whole.
pub fn all(reader: &mut Reader<'_>) -> Result<Vec<HolderRow>, StoreError> {
    reader.all(
        "SELECT engagement, lab, principal, salt FROM holder ORDER BY engagement",
        &[],
        read,
    )
}
