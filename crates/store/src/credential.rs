//! Credentials: what proves a principal. Secrets are stored hashed.

use cofferdam_model::{CredentialId, CredentialKind, EngagementId, PrincipalId, Timestamp};

use crate::error::StoreError;
use crate::params;
use crate::sql::{Maybe, Reader, Row, Tx};

/// One credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CredentialRow {
    /// Its id.
    pub id: CredentialId,
    /// SHA-256 of its secret.
    pub secret: [u8; 32],
    /// Of which kind.
    pub kind: CredentialKind,
    /// Whom it proves.
    pub principal: PrincipalId,
    /// The one engagement it is good for, if only one.
    pub bound_to: Option<EngagementId>,
    /// What its holder calls it.
    pub label: String,
    /// When it was issued.
    pub created: Timestamp,
    /// When it proves nothing more.
    pub expires: Timestamp,
    /// Where its hash stands in the installation's ledger.
    pub n: u64,
}

const fn code(kind: CredentialKind) -> i64 {
    match kind {
        CredentialKind::Session => 0,
        CredentialKind::Token => 1,
        CredentialKind::Link => 2,
        CredentialKind::Passkey => 3,
        CredentialKind::Account => 4,
    }
}

fn read(row: &dyn Row) -> Result<CredentialRow, StoreError> {
    let kind = match row.i64(2)? {
        0 => CredentialKind::Session,
        1 => CredentialKind::Token,
        2 => CredentialKind::Link,
        3 => CredentialKind::Passkey,
        4 => CredentialKind::Account,
        other => {
            return Err(StoreError::Corrupt {
                table: "credential",
                problem: format!("kind {other}"),
            });
        }
    };
    Ok(CredentialRow {
        id: row.id(0)?,
        secret: row.array(1)?,
        kind,
        principal: row.id(3)?,
        bound_to: row.maybe_id(4)?,
        label: row.string(5)?,
        created: row.time(6)?,
        expires: row.time(7)?,
        n: row.u64(8)?,
    })
}

/// Adds a credential.
pub fn insert(tx: &mut Tx<'_>, c: &CredentialRow) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO credential (id, secret, kind, principal, bound_to, label, created, expires, n)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        params![
            c.id,
            c.secret,
            code(c.kind),
            c.principal,
            Maybe(&c.bound_to),
            c.label,
            c.created,
            c.expires,
            c.n
        ],
    )?;
    Ok(())
}

/// The credential whose secret has this hash.
pub fn by_secret(reader: &mut Reader<'_>, secret: &[u8; 32]) -> Result<Option<CredentialRow>, StoreError> {
    reader.first(
        "SELECT id, secret, kind, principal, bound_to, label, created, expires, n
         FROM credential WHERE secret = $1",
        params![*secret],
        read,
    )
}

/// The credential of that id.
pub fn get(reader: &mut Reader<'_>, id: CredentialId) -> Result<Option<CredentialRow>, StoreError> {
    reader.first(
        "SELECT id, secret, kind, principal, bound_to, label, created, expires, n
         FROM credential WHERE id = $1",
        params![id],
        read,
    )
}

/// A principal's credentials, oldest first.
pub fn of_principal(
    reader: &mut Reader<'_>,
    principal: PrincipalId,
) -> Result<Vec<CredentialRow>, StoreError> {
    reader.all(
        "SELECT id, secret, kind, principal, bound_to, label, created, expires, n
         FROM credential WHERE principal = $1 ORDER BY created, id",
        params![principal],
        read,
    )
}

/// Every credential, for a check of the whole.
pub fn all(reader: &mut Reader<'_>) -> Result<Vec<CredentialRow>, StoreError> {
    reader.all(
        "SELECT id, secret, kind, principal, bound_to, label, created, expires, n
         FROM credential ORDER BY created, id",
        &[],
        read,
    )
}
