//! Where people and labs are told: addresses and webhooks.

use cofferdam_model::{LabId, PrincipalId, Timestamp, WebhookId};

use crate::error::StoreError;
use crate::params;
use crate::sql::{Reader, Row, Tx};

/// Where a person is written to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddressRow {
    /// Who.
    pub principal: PrincipalId,
    /// The address.
    pub email: String,
    /// Which operator set it.
    pub by: PrincipalId,
    /// When.
    pub since: Timestamp,
    /// Keyed hash over the rest.
    pub seal: [u8; 32],
}

fn read_address(row: &dyn Row) -> Result<AddressRow, StoreError> {
    Ok(AddressRow {
        principal: row.id(0)?,
        email: row.string(1)?,
        by: row.id(2)?,
        since: row.time(3)?,
        seal: row.array(4)?,
    })
}

/// Where somebody is written to, if they are.
pub fn address(reader: &mut Reader<'_>, principal: PrincipalId) -> Result<Option<AddressRow>, StoreError> {
    reader.first(
        "SELECT principal, email, operator, since, seal FROM address WHERE principal = $1",
        params![principal],
        read_address,
    )
}

/// Every address, for a check of the whole.
pub fn addresses(reader: &mut Reader<'_>) -> Result<Vec<AddressRow>, StoreError> {
    reader.all(
        "SELECT principal, email, operator, since, seal FROM address ORDER BY principal",
        &[],
        read_address,
    )
}

/// Keeps an address, in place of another.
pub fn put_address(tx: &mut Tx<'_>, a: &AddressRow) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO address (principal, email, operator, since, seal) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (principal) DO UPDATE SET email = excluded.email, operator = excluded.operator,
             since = excluded.since, seal = excluded.seal",
        params![a.principal, a.email, a.by, a.since, a.seal],
    )?;
    Ok(())
}

/// Takes an address out.
pub fn remove_address(tx: &mut Tx<'_>, principal: PrincipalId) -> Result<(), StoreError> {
    tx.execute("DELETE FROM address WHERE principal = $1", params![principal])?;
    Ok(())
}

/// Where a lab is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookRow {
    /// Its id.
    pub id: WebhookId,
    /// Whose.
    pub lab: LabId,
    /// Where.
    pub url: String,
    /// Who set it.
    pub by: PrincipalId,
    /// When.
    pub since: Timestamp,
}

fn read_webhook(row: &dyn Row) -> Result<WebhookRow, StoreError> {
    Ok(WebhookRow {
        id: row.id(0)?,
        lab: row.id(1)?,
        url: row.string(2)?,
        by: row.id(3)?,
        since: row.time(4)?,
    })
}

/// Adds a webhook.
pub fn insert_webhook(tx: &mut Tx<'_>, w: &WebhookRow) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO webhook (id, lab, url, principal, since) VALUES ($1, $2, $3, $4, $5)",
        params![w.id, w.lab, w.url, w.by, w.since],
    )?;
    Ok(())
}

/// Takes a webhook out.
pub fn remove_webhook(tx: &mut Tx<'_>, id: WebhookId) -> Result<(), StoreError> {
    tx.execute("DELETE FROM webhook WHERE id = $1", params![id])?;
    Ok(())
}

/// The webhook of that id.
pub fn webhook(reader: &mut Reader<'_>, id: WebhookId) -> Result<Option<WebhookRow>, StoreError> {
    reader.first(
        "SELECT id, lab, url, principal, since FROM webhook WHERE id = $1",
        params![id],
        read_webhook,
    )
}

/// A lab's webhooks.
pub fn webhooks_of(reader: &mut Reader<'_>, lab: LabId) -> Result<Vec<WebhookRow>, StoreError> {
    reader.all(
        "SELECT id, lab, url, principal, since FROM webhook WHERE lab = $1 ORDER BY id",
        params![lab],
        read_webhook,
    )
}

/// Every webhook, for a check of the whole.
pub fn webhooks(reader: &mut Reader<'_>) -> Result<Vec<WebhookRow>, StoreError> {
    reader.all(
        "SELECT id, lab, url, principal, since FROM webhook ORDER BY id",
        &[],
        read_webhook,
    )
}
