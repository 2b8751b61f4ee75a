//! Sealed objects.

use cofferdam_model::{Compartment, EpochId, ObjectId, ObjectRef, ProjectId};

use crate::error::StoreError;
use crate::params;
use crate::sql::{Reader, Row, Tx};

/// One version of one sealed object, with what its ciphertext is bound to.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedRow {
    /// Which object, which version, and how many plaintext bytes.
    pub object: ObjectRef,
    /// Whose.
    pub compartment: Compartment,
    /// Of which project.
    pub project: ProjectId,
    /// What kind of content.
    pub kind: u16,
    /// Under which epoch's key.
    pub epoch: EpochId,
    /// Ciphertext.
    pub sealed: Vec<u8>,
    /// Keyed hash over all of the above.
    pub seal: [u8; 32],
}

impl std::fmt::Debug for SealedRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SealedRow")
            .field("object", &self.object)
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

fn read(row: &dyn Row) -> Result<SealedRow, StoreError> {
    let kind = u16::try_from(row.i64(4)?).map_err(|_| StoreError::Corrupt {
        table: "object",
        problem: "kind out of range".into(),
    })?;
    Ok(SealedRow {
        object: ObjectRef {
            object: row.id(0)?,
            version: row.u32(1)?,
            bytes: row.u64(6)?,
        },
        compartment: Compartment::from_bytes(row.array(2)?),
        project: row.id(3)?,
        kind,
        epoch: row.id(5)?,
        sealed: row.bytes(7)?,
        seal: row.array(8)?,
    })
}

/// Adds an object, or another version of one. An error where the epoch is gone whose key sealed it: nobody could open it.
pub fn insert(tx: &mut Tx<'_>, row: &SealedRow) -> Result<(), StoreError> {
    let added = tx.execute(
        "INSERT INTO object (id, version, compartment, project, kind, epoch, bytes, sealed, seal)
         SELECT $1, $2, $3, $4, $5, epoch.id, $7, $8, $9 FROM epoch WHERE epoch.id = $6",
        params![
            row.object.object,
            row.object.version,
            row.compartment.to_bytes(),
            row.project,
            i64::from(row.kind),
            row.epoch,
            row.object.bytes,
            row.sealed,
            row.seal
        ],
    )?;
    match added {
        1 => Ok(()),
        _ => Err(StoreError::Corrupt {
            table: "object",
            problem: format!("epoch {}, under which one was sealed, is gone", row.epoch),
        }),
    }
}

/// The objects under an epoch's key after `(id, version)`, at most `limit`.
pub fn under(
    reader: &mut Reader<'_>,
    epoch: EpochId,
    after: (ObjectId, u32),
    limit: u32,
) -> Result<Vec<SealedRow>, StoreError> {
    reader.all(
        "SELECT id, version, compartment, project, kind, epoch, bytes, sealed, seal FROM object
         WHERE epoch = $1 AND (id > $2 OR (id = $2 AND version > $3)) ORDER BY id, version LIMIT $4",
        params![epoch, after.0, after.1, limit],
        read,
    )
}

/// How many object versions are under the keys of a project's epochs that are older than an entry which called for new ones.
pub fn count_older(reader: &mut Reader<'_>, project: ProjectId, rotation: u64) -> Result<u64, StoreError> {
    let counted = reader.first(
        "SELECT COUNT(*) FROM object WHERE epoch IN (SELECT id FROM epoch WHERE project = $1 AND rotation < $2)",
        params![project, rotation],
        |row| row.u64(0),
    )?;
    Ok(counted.unwrap_or(0))
}

/// Puts an object's ciphertext under a new key in place of that under `old`; not where it has changed or gone meanwhile.
pub fn reseal(tx: &mut Tx<'_>, old: &SealedRow, new: &SealedRow) -> Result<bool, StoreError> {
    let changed = tx.execute(
        "UPDATE object SET epoch = $3, sealed = $4, seal = $5 WHERE id = $1 AND version = $2 AND epoch = $6 AND seal = $7",
        params![
            old.object.object,
            old.object.version,
            new.epoch,
            new.sealed,
            new.seal,
            old.epoch,
            old.seal
        ],
    )?;
    Ok(changed > 0)
}

/// Removes every version below `version`.
pub fn forget_before(tx: &mut Tx<'_>, id: ObjectId, version: u32) -> Result<(), StoreError> {
    tx.execute(
        "DELETE FROM object WHERE id = $1 AND version < $2",
        params![id, version],
    )?;
    Ok(())
}

/// One version of an object, sealed.
pub fn get(reader: &mut Reader<'_>, id: ObjectId, version: u32) -> Result<Option<SealedRow>, StoreError> {
    reader.first(
        "SELECT id, version, compartment, project, kind, epoch, bytes, sealed, seal
         FROM object WHERE id = $1 AND version = $2",
        params![id, version],
        read,
    )
}

/// Objects of every compartment after `(id, version)`, at most `limit`, for a check of the whole.
pub fn page(
    reader: &mut Reader<'_>,
    after: (ObjectId, u32),
    limit: u32,
) -> Result<Vec<SealedRow>, StoreError> {
    reader.all(
        "SELECT id, version, compartment, project, kind, epoch, bytes, sealed, seal
         FROM object WHERE id > $1 OR (id = $1 AND version > $2) ORDER BY id, version LIMIT $3",
        params![after.0, after.1, limit],
        read,
    )
}

/// As [`reference`], of an object of this kind and no other. The kind is bound into the ciphertext: a row that was
/// made to say another does not open.
pub fn reference_of(
    reader: &mut Reader<'_>,
    id: ObjectId,
    version: u32,
    kind: u16,
) -> Result<Option<ObjectRef>, StoreError> {
    let found = reader.first(
        "SELECT 1 FROM object WHERE id = $1 AND version = $2 AND kind = $3",
        params![id, version, i64::from(kind)],
        |_| Ok(()),
    )?;
    match found {
        Some(()) => reference(reader, id, version),
        None => Ok(None),
    }
}

/// Which object, and how long its plaintext is, without the ciphertext.
pub fn reference(
    reader: &mut Reader<'_>,
    id: ObjectId,
    version: u32,
) -> Result<Option<ObjectRef>, StoreError> {
    reader.first(
        "SELECT bytes FROM object WHERE id = $1 AND version = $2",
        params![id, version],
        |row| {
            Ok(ObjectRef {
                object: id,
                version,
                bytes: row.u64(0)?,
            })
        },
    )
}

/// Keeps the list behind an object set's hash.
pub fn insert_set(tx: &mut Tx<'_>, sha256: &[u8; 32], list: &[u8]) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO object_set (sha256, list) VALUES ($1, $2) ON CONFLICT (sha256) DO NOTHING",
        params![*sha256, list],
    )?;
    Ok(())
}

/// The hash of every set whose list is kept, for a check of the whole.
pub fn sets(reader: &mut Reader<'_>) -> Result<Vec<[u8; 32]>, StoreError> {
    reader.all("SELECT sha256 FROM object_set ORDER BY sha256", &[], |row| {
        row.array(0)
    })
}

/// The list behind an object set's hash.
pub fn set(reader: &mut Reader<'_>, sha256: &[u8; 32]) -> Result<Option<Vec<u8>>, StoreError> {
    reader.first(
        "SELECT list FROM object_set WHERE sha256 = $1",
        params![*sha256],
        |row| row.bytes(0),
    )
}
