//! Notices, who has read them, and how far the ledgers were read for them.

use cofferdam_model::{About, Compartment, EngagementId, LabId, NoticeId, PrincipalId, Timestamp};

use crate::error::StoreError;
use crate::params;
use crate::sql::{Maybe, Reader, Row, Tx};

/// What somebody is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoticeRow {
    /// Its id.
    pub id: NoticeId,
    /// Who is told.
    pub recipient: PrincipalId,
    /// What.
    pub about: About,
    /// The recipient's own engagement that it is about.
    pub engagement: Option<EngagementId>,
    /// The lab: for its stewards, and for operators.
    pub lab: Option<LabId>,
    /// The ledger and the entry that it was made of.
    pub source: (Compartment, u64),
    /// That entry's time.
    pub at: Timestamp,
}

/// A kind and an id, as they are stored.
pub(crate) fn about(row: &dyn Row, table: &'static str, kind: usize) -> Result<About, StoreError> {
    let code = row.i64(kind)?;
    About::from_parts(code, row.array(kind + 1)?).ok_or_else(|| StoreError::Corrupt {
        table,
        problem: format!("kind {code}"),
    })
}

fn read(row: &dyn Row) -> Result<(u64, NoticeRow), StoreError> {
    let notice = NoticeRow {
        id: row.id(0)?,
        recipient: row.id(1)?,
        about: about(row, "notice", 3)?,
        engagement: row.maybe_id(5)?,
        lab: row.maybe_id(6)?,
        source: (Compartment::from_bytes(row.array(7)?), row.u64(8)?),
        at: row.time(9)?,
    };
    Ok((row.u64(2)?, notice))
}

/// Adds a notice at the end of its recipient's; one that is there already is left as it is.
pub fn insert(tx: &mut Tx<'_>, notice: &NoticeRow) -> Result<(), StoreError> {
    let next = tx.reader().first(
        "SELECT COALESCE(MAX(n), 0) + 1 FROM notice WHERE recipient = $1",
        params![notice.recipient],
        |row| row.u64(0),
    )?;
    tx.execute(
        "INSERT INTO notice (recipient, n, id, kind, about, engagement, lab, compartment, entry, moment)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (id) DO NOTHING",
        params![
            notice.recipient,
            next.unwrap_or(1),
            notice.id,
            notice.about.code(),
            *notice.about.bytes(),
            Maybe(&notice.engagement),
            Maybe(&notice.lab),
            notice.source.0.to_bytes(),
            notice.source.1,
            notice.at
        ],
    )?;
    Ok(())
}

/// A recipient's notices below number `before`, newest first, at most `limit`; of one engagement alone, where one is given.
pub fn page(
    reader: &mut Reader<'_>,
    recipient: PrincipalId,
    only: Option<EngagementId>,
    before: u64,
    limit: u32,
) -> Result<Vec<(u64, NoticeRow)>, StoreError> {
    match only {
        None => reader.all(
            "SELECT id, recipient, n, kind, about, engagement, lab, compartment, entry, moment FROM notice
             WHERE recipient = $1 AND n < $2 ORDER BY n DESC LIMIT $3",
            params![recipient, before, limit],
            read,
        ),
        Some(only) => reader.all(
            "SELECT id, recipient, n, kind, about, engagement, lab, compartment, entry, moment FROM notice
             WHERE recipient = $1 AND n < $2 AND engagement = $4 ORDER BY n DESC LIMIT $3",
            params![recipient, before, limit, only],
            read,
        ),
    }
}

/// Every notice, for a check of the whole.
pub fn all(reader: &mut Reader<'_>) -> Result<Vec<NoticeRow>, StoreError> {
    reader.all(
        "SELECT id, recipient, n, kind, about, engagement, lab, compartment, entry, moment FROM notice
         ORDER BY recipient, n",
        &[],
        |row| read(row).map(|(_, notice)| notice),
    )
}

/// The number of a recipient's notice.
pub fn number(
    reader: &mut Reader<'_>,
    recipient: PrincipalId,
    id: NoticeId,
) -> Result<Option<u64>, StoreError> {
    reader.first(
        "SELECT n FROM notice WHERE id = $1 AND recipient = $2",
        params![id, recipient],
        |row| row.u64(0),
    )
}

/// The number of the last notice that somebody has seen; 0: none.
pub fn seen(reader: &mut Reader<'_>, recipient: PrincipalId) -> Result<u64, StoreError> {
    let seen = reader.first(
        "SELECT n FROM notice_read WHERE recipient = $1",
        params![recipient],
        |row| row.u64(0),
    )?;
    Ok(seen.unwrap_or(0))
}

/// How many notices somebody has not seen; of one engagement alone, where one is given.
pub fn unread(
    reader: &mut Reader<'_>,
    recipient: PrincipalId,
    only: Option<EngagementId>,
) -> Result<u64, StoreError> {
    let seen = seen(reader, recipient)?;
    let count = match only {
        None => reader.first(
            "SELECT COUNT(*) FROM notice WHERE recipient = $1 AND n > $2",
            params![recipient, seen],
            |row| row.u64(0),
        ),
        Some(only) => reader.first(
            "SELECT COUNT(*) FROM notice WHERE recipient = $1 AND n > $2 AND engagement = $3",
            params![recipient, seen, only],
            |row| row.u64(0),
        ),
    };
    Ok(count?.unwrap_or(0))
}

/// Keeps that somebody has seen their notices up to that number; what was seen stays so.
pub fn see(tx: &mut Tx<'_>, recipient: PrincipalId, n: u64) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO notice_read (recipient, n) VALUES ($1, $2)
         ON CONFLICT (recipient) DO UPDATE SET n = CASE WHEN notice_read.n > excluded.n THEN notice_read.n ELSE excluded.n END",
        params![recipient, n],
    )?;
    Ok(())
}

/// How far a ledger was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CursorRow {
    /// Whose ledger.
    pub compartment: Compartment,
    /// The first entry that was not read.
    pub next: u64,
    /// Keyed hash over the rest.
    pub seal: [u8; 32],
}

fn read_cursor(row: &dyn Row) -> Result<CursorRow, StoreError> {
    Ok(CursorRow {
        compartment: Compartment::from_bytes(row.array(0)?),
        next: row.u64(1)?,
        seal: row.array(2)?,
    })
}

/// How far every ledger was read.
pub fn cursors(reader: &mut Reader<'_>) -> Result<Vec<CursorRow>, StoreError> {
    reader.all(
        "SELECT compartment, next, seal FROM notice_cursor ORDER BY compartment",
        &[],
        read_cursor,
    )
}

/// How far a ledger was read, if it was.
pub fn cursor(reader: &mut Reader<'_>, compartment: Compartment) -> Result<Option<CursorRow>, StoreError> {
    reader.first(
        "SELECT compartment, next, seal FROM notice_cursor WHERE compartment = $1",
        params![compartment.to_bytes()],
        read_cursor,
    )
}

/// Keeps how far a ledger was read.
pub fn set_cursor(tx: &mut Tx<'_>, cursor: &CursorRow) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO notice_cursor (compartment, next, seal) VALUES ($1, $2, $3)
         ON CONFLICT (compartment) DO UPDATE SET next = excluded.next, seal = excluded.seal",
        params![cursor.compartment.to_bytes(), cursor.next, cursor.seal],
    )?;
    Ok(())
}

/// An entry of the installation's ledger that a lab is still to be told of: its own ledger was closed when it was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MissedRow {
    /// The lab.
    pub lab: LabId,
    /// Which entry.
    pub entry: u64,
    /// Keyed hash over the rest.
    pub seal: [u8; 32],
}

/// What labs are still to be told of, in the order in which it happened.
pub fn missed(reader: &mut Reader<'_>) -> Result<Vec<MissedRow>, StoreError> {
    reader.all(
        "SELECT lab, entry, seal FROM notice_missed ORDER BY entry, lab",
        &[],
        |row| {
            Ok(MissedRow {
                lab: row.id(0)?,
                entry: row.u64(1)?,
                seal: row.array(2)?,
            })
        },
    )
}

/// Keeps that a lab is still to be told of an entry; once.
pub fn insert_missed(tx: &mut Tx<'_>, missed: &MissedRow) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO notice_missed (lab, entry, seal) VALUES ($1, $2, $3) ON CONFLICT (lab, entry) DO NOTHING",
        params![missed.lab, missed.entry, missed.seal],
    )?;
    Ok(())
}

/// Takes out what a lab was told of now; whether it was there.
pub fn remove_missed(tx: &mut Tx<'_>, lab: LabId, entry: u64) -> Result<bool, StoreError> {
    let removed = tx.execute(
        "DELETE FROM notice_missed WHERE lab = $1 AND entry = $2",
        params![lab, entry],
    )?;
    Ok(removed == 1)
}
