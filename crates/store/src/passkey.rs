//! Passkeys, and the challenges that were answered by them.

use cofferdam_model::{CredentialId, Timestamp};

use crate::error::StoreError;
use crate::params;
use crate::sql::{Reader, Row, Tx};

/// What belongs to a credential that is a passkey.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasskeyRow {
    /// Which credential. Its hash in place of a secret's is over the two below.
    pub credential: CredentialId,
    /// What the authenticator calls it.
    pub handle: Vec<u8>,
    /// Its public key: a COSE key.
    pub key: Vec<u8>,
}

fn read(row: &dyn Row) -> Result<PasskeyRow, StoreError> {
    Ok(PasskeyRow {
        credential: row.id(0)?,
        handle: row.bytes(1)?,
        key: row.bytes(2)?,
    })
}

/// Adds a passkey.
pub fn insert(tx: &mut Tx<'_>, passkey: &PasskeyRow) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO passkey (credential, handle, key) VALUES ($1, $2, $3)",
        params![passkey.credential, passkey.handle, passkey.key],
    )?;
    Ok(())
}

/// The passkey that an authenticator calls so.
pub fn by_handle(reader: &mut Reader<'_>, handle: &[u8]) -> Result<Option<PasskeyRow>, StoreError> {
    reader.first(
        "SELECT credential, handle, key FROM passkey WHERE handle = $1",
        params![handle],
        read,
    )
}

/// What belongs to a credential.
pub fn of(reader: &mut Reader<'_>, credential: CredentialId) -> Result<Option<PasskeyRow>, StoreError> {
    reader.first(
        "SELECT credential, handle, key FROM passkey WHERE credential = $1",
        params![credential],
        read,
    )
}

/// Every passkey, for a check of the whole.
pub fn all(reader: &mut Reader<'_>) -> Result<Vec<PasskeyRow>, StoreError> {
    reader.all(
        "SELECT credential, handle, key FROM passkey ORDER BY credential",
        &[],
        read,
    )
}

/// Takes a challenge as answered; whether it was not before.
pub fn use_up(tx: &mut Tx<'_>, nonce: &[u8; 16], until: Timestamp) -> Result<bool, StoreError> {
    let added = tx.execute(
        "INSERT INTO challenge (nonce, until) VALUES ($1, $2) ON CONFLICT (nonce) DO NOTHING",
        params![*nonce, until],
    )?;
    Ok(added > 0)
}

/// Forgets challenges that nobody can answer any more.
pub fn forget(tx: &mut Tx<'_>, now: Timestamp) -> Result<u64, StoreError> {
    tx.execute("DELETE FROM challenge WHERE until <= $1", params![now])
}
