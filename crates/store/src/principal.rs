//! Persons and components.

use cofferdam_model::{LabId, PrincipalId, Pseudonym, Timestamp};

use serde::{Deserialize, Serialize};

use crate::error::StoreError;
use crate::params;
use crate::sql::{Reader, Row, Tx};

/// What a principal is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum PrincipalKind {
    /// A contractor, operator or steward.
    Person,
    /// Enrolled software.
    Component,
    /// One of the platform's own jobs.
    Job,
}

impl PrincipalKind {
    /// The number that stands for it in storage.
    pub const fn code(self) -> i64 {
        match self {
            Self::Person => 0,
            Self::Component => 1,
            Self::Job => 2,
        }
    }

    /// Its name in the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Component => "component",
            Self::Job => "job",
        }
    }

    fn from_code(code: i64) -> Result<Self, StoreError> {
        match code {
            0 => Ok(Self::Person),
            1 => Ok(Self::Component),
            2 => Ok(Self::Job),
            other => Err(StoreError::Corrupt {
                table: "principal",
                problem: format!("kind {other}"),
            }),
        }
    }
}

/// A person or a component.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrincipalRow {
    /// Its id.
    pub id: PrincipalId,
    /// What it is.
    pub kind: PrincipalKind,
    /// What the firm calls it.
    pub name: String,
    /// When it was enrolled.
    pub created: Timestamp,
}

fn read(row: &dyn Row) -> Result<PrincipalRow, StoreError> {
    Ok(PrincipalRow {
        id: row.id(0)?,
        kind: PrincipalKind::from_code(row.i64(1)?)?,
        name: row.string(2)?,
        created: row.time(3)?,
    })
}

/// Adds a principal.
pub fn insert(tx: &mut Tx<'_>, p: &PrincipalRow) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO principal (id, kind, name, created) VALUES ($1, $2, $3, $4)",
        params![p.id, p.kind.code(), p.name, p.created],
    )?;
    Ok(())
}

/// The principal of that id.
pub fn get(reader: &mut Reader<'_>, id: PrincipalId) -> Result<Option<PrincipalRow>, StoreError> {
    reader.first(
        "SELECT id, kind, name, created FROM principal WHERE id = $1",
        params![id],
        read,
    )
}

/// Every principal, for a check of the whole.
pub fn all(reader: &mut Reader<'_>) -> Result<Vec<PrincipalRow>, StoreError> {
    reader.all(
        "SELECT id, kind, name, created FROM principal ORDER BY id",
        &[],
        read,
    )
}

/// Every name in a lab's ledger, and whose it is there, for a check of the whole.
pub fn pseudonyms(reader: &mut Reader<'_>) -> Result<Vec<(LabId, PrincipalId, Pseudonym)>, StoreError> {
    reader.all(
        "SELECT lab, principal, pseudonym FROM pseudonym ORDER BY lab, principal",
        &[],
        |row| Ok((row.id(0)?, row.id(1)?, row.id(2)?)),
    )
}

/// The platform's job of that name.
pub fn job(reader: &mut Reader<'_>, name: &str) -> Result<Option<PrincipalRow>, StoreError> {
    reader.first(
        "SELECT id, kind, name, created FROM principal WHERE name = $1 AND kind = 2",
        params![name],
        read,
    )
}

/// A person or component of exactly that name; the first one where there are several.
pub fn by_name(reader: &mut Reader<'_>, name: &str) -> Result<Option<PrincipalRow>, StoreError> {
    reader.first(
        "SELECT id, kind, name, created FROM principal WHERE name = $1 AND kind <> 2 ORDER BY id LIMIT 1",
        params![name],
        read,
    )
}

/// Persons and components by name, after `(name, id)`, at most `limit`.
pub fn page(
    reader: &mut Reader<'_>,
    after: &(String, PrincipalId),
    limit: u32,
) -> Result<Vec<PrincipalRow>, StoreError> {
    reader.all(
        "SELECT id, kind, name, created FROM principal
         WHERE kind <> 2 AND (name > $1 OR (name = $1 AND id > $2)) ORDER BY name, id LIMIT $3",
        params![after.0, after.1, limit],
        read,
    )
}

/// How a principal is called in a lab's ledger, if it was called anything there.
pub fn pseudonym(
    reader: &mut Reader<'_>,
    lab: LabId,
    principal: PrincipalId,
) -> Result<Option<Pseudonym>, StoreError> {
    reader.first(
        "SELECT pseudonym FROM pseudonym WHERE lab = $1 AND principal = $2",
        params![lab, principal],
        |row| row.id(0),
    )
}

/// Keeps how a principal is called in a lab's ledger.
pub fn insert_pseudonym(
    tx: &mut Tx<'_>,
    lab: LabId,
    principal: PrincipalId,
    pseudonym: Pseudonym,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO pseudonym (lab, principal, pseudonym) VALUES ($1, $2, $3)",
        params![lab, principal, pseudonym],
    )?;
    Ok(())
}
