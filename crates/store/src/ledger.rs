//! The ledgers: entries, heads, tiles and checkpoints.

use std::collections::HashMap;

use cofferdam_model::{Compartment, EngagementId, Timestamp};

use crate::error::StoreError;
use crate::params;
use crate::sql::{Maybe, Reader, Row, Tx};

/// Where a ledger ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeadRow {
    /// Entries appended.
    pub size: u64,
    /// Ledger time of the last one.
    pub t: Timestamp,
    /// How many of them authorise.
    pub authorising: u64,
    /// Entries that the tree holds.
    pub integrated: u64,
    /// The signed tree head of those.
    pub checkpoint: Option<String>,
    /// Keyed hash over compartment, size, time and count of authorising entries; none: nothing was appended yet.
    pub seal: Option<[u8; 32]>,
}

/// One entry as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryRow {
    /// Its index.
    pub n: u64,
    /// Ledger time.
    pub t: Timestamp,
    /// Canonical bytes.
    pub body: Vec<u8>,
    /// Leaf hash.
    pub leaf: [u8; 32],
    /// Keyed hash over compartment, index, authorising number and leaf.
    pub seal: [u8; 32],
    /// Its number among those that authorise, from 1.
    pub authorising: Option<u64>,
    /// Under which engagement it was made, for finding it; the body says so too.
    pub engagement: Option<EngagementId>,
    /// The one thing whose state it changed, for finding it; the body says so too.
    pub about: Option<[u8; 16]>,
}

fn read(row: &dyn Row) -> Result<EntryRow, StoreError> {
    let authorising = match row.int(5)? {
        None => None,
        Some(_) => Some(row.u64(5)?),
    };
    Ok(EntryRow {
        n: row.u64(0)?,
        t: row.time(1)?,
        body: row.bytes(2)?,
        leaf: row.array(3)?,
        seal: row.array(4)?,
        authorising,
        engagement: row.maybe_id(6)?,
        about: row.blob(7)?.map(|_| row.array(7)).transpose()?,
    })
}

/// Begins a ledger.
pub fn create(tx: &mut Tx<'_>, compartment: Compartment) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO ledger_head (compartment, size, t, authorising, integrated) VALUES ($1, 0, 0, 0, 0)",
        params![compartment.to_bytes()],
    )?;
    Ok(())
}

/// Takes the next index, at a time that never goes back; with the number among those that authorise, if it does.
pub fn sequence(
    tx: &mut Tx<'_>,
    compartment: Compartment,
    now: Timestamp,
    authorises: bool,
) -> Result<(u64, Timestamp, Option<u64>), StoreError> {
    let taken = tx.first(
        "UPDATE ledger_head SET size = size + 1, authorising = authorising + $3,
             t = CASE WHEN t > $2 THEN t ELSE $2 END
         WHERE compartment = $1 RETURNING size, t, authorising",
        params![compartment.to_bytes(), now, authorises],
        |row| Ok((row.u64(0)?, row.time(1)?, row.u64(2)?)),
    )?;
    let (size, t, authorising) = taken.ok_or_else(|| StoreError::Corrupt {
        table: "ledger_head",
        problem: format!("there is no ledger of {compartment}"),
    })?;
    Ok((size.saturating_sub(1), t, authorises.then_some(authorising)))
}

/// A row that was not written as it was meant to be.
fn unwritten(table: &'static str, compartment: Compartment, problem: &str) -> StoreError {
    StoreError::Corrupt {
        table,
        problem: format!("{problem} of the ledger of {compartment}"),
    }
}

/// Appends an entry at the index taken for it. What stands there already, and what the database swallows without a
/// word, is an error: whoever is told that it went well lets plaintext out.
pub fn insert(tx: &mut Tx<'_>, compartment: Compartment, entry: &EntryRow) -> Result<(), StoreError> {
    let inserted = tx.execute(
        "INSERT INTO ledger (compartment, n, t, body, leaf, seal, authorising, engagement, about)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        params![
            compartment.to_bytes(),
            entry.n,
            entry.t,
            entry.body,
            entry.leaf,
            entry.seal,
            entry.authorising.map(|n| i64::try_from(n).unwrap_or(i64::MAX)),
            Maybe(&entry.engagement),
            entry.about
        ],
    );
    let n = entry.n;
    match inserted {
        Ok(1) => Ok(()),
        Ok(_) => Err(unwritten(
            "ledger",
            compartment,
            &format!("the database did not take entry {n}"),
        )),
        Err(StoreError::Conflict(_)) => {
            let problem = format!("something stands already where entry {n} belongs, beyond the end");
            Err(unwritten("ledger", compartment, &problem))
        }
        Err(error) => Err(error),
    }
}

/// Keeps the keyed hash of a ledger's end.
pub fn seal_head(tx: &mut Tx<'_>, compartment: Compartment, seal: &[u8; 32]) -> Result<(), StoreError> {
    let sealed = tx.execute(
        "UPDATE ledger_head SET seal = $2 WHERE compartment = $1",
        params![compartment.to_bytes(), *seal],
    )?;
    match sealed {
        1 => Ok(()),
        _ => Err(unwritten(
            "ledger_head",
            compartment,
            "the database did not take the end",
        )),
    }
}

/// Where a ledger ends, if it was begun.
pub fn head(reader: &mut Reader<'_>, compartment: Compartment) -> Result<Option<HeadRow>, StoreError> {
    reader.first(
        "SELECT size, t, authorising, integrated, checkpoint, seal FROM ledger_head WHERE compartment = $1",
        params![compartment.to_bytes()],
        |row| read_head(row, 0),
    )
}

fn read_head(row: &dyn Row, from: usize) -> Result<HeadRow, StoreError> {
    Ok(HeadRow {
        size: row.u64(from)?,
        t: row.time(from + 1)?,
        authorising: row.u64(from + 2)?,
        integrated: row.u64(from + 3)?,
        checkpoint: row.text(from + 4)?,
        seal: row.blob(from + 5)?.map(|_| row.array(from + 5)).transpose()?,
    })
}

/// Where ledgers end. A row may not read: that is no reason to know nothing of the others.
pub type Heads = HashMap<Compartment, Result<HeadRow, StoreError>>;

/// Where each ledger ends.
pub fn heads(reader: &mut Reader<'_>) -> Result<Heads, StoreError> {
    let heads = reader.all(
        "SELECT compartment, size, t, authorising, integrated, checkpoint, seal FROM ledger_head",
        &[],
        |row| Ok((row.array(0).ok().map(Compartment::from_bytes), read_head(row, 1))),
    )?;
    Ok(heads
        .into_iter()
        .filter_map(|(compartment, head)| Some((compartment?, head)))
        .collect())
}

/// Where a ledger ends, with its last entry's hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndRow {
    /// Its head.
    pub head: HeadRow,
    /// The leaf hash of the entry before its end, if that is there.
    pub leaf: Option<[u8; 32]>,
}

/// Where ledgers end, with their last entries' hashes. A row may not read: that is no reason to know nothing of the others.
pub type Ends = HashMap<Compartment, Result<EndRow, StoreError>>;

/// The same of each ledger.
pub fn ends(reader: &mut Reader<'_>) -> Result<Ends, StoreError> {
    let ends = reader.all(
        "SELECT h.compartment, h.size, h.t, h.authorising, h.integrated, h.checkpoint, h.seal, l.leaf
         FROM ledger_head h LEFT JOIN ledger l ON l.compartment = h.compartment AND l.n = h.size - 1",
        &[],
        |row| {
            let leaf = row.blob(7)?.map(|_| row.array(7)).transpose();
            let end = read_head(row, 1).and_then(|head| Ok(EndRow { head, leaf: leaf? }));
            Ok((row.array(0).ok().map(Compartment::from_bytes), end))
        },
    )?;
    Ok(ends
        .into_iter()
        .filter_map(|(compartment, end)| Some((compartment?, end)))
        .collect())
}

/// Every ledger begun.
pub fn compartments(reader: &mut Reader<'_>) -> Result<Vec<Compartment>, StoreError> {
    reader.all(
        "SELECT compartment FROM ledger_head ORDER BY compartment",
        &[],
        |row| row.array(0).map(Compartment::from_bytes),
    )
}

/// Entries from `from` on, at most `limit`.
pub fn entries(
    reader: &mut Reader<'_>,
    compartment: Compartment,
    from: u64,
    limit: u32,
) -> Result<Vec<EntryRow>, StoreError> {
    reader.all(
        "SELECT n, t, body, leaf, seal, authorising, engagement, about FROM ledger
         WHERE compartment = $1 AND n >= $2 ORDER BY n LIMIT $3",
        params![compartment.to_bytes(), from, limit],
        read,
    )
}

/// Entries below `before`, newest first, at most `limit`.
pub fn entries_before(
    reader: &mut Reader<'_>,
    compartment: Compartment,
    before: u64,
    limit: u32,
) -> Result<Vec<EntryRow>, StoreError> {
    reader.all(
        "SELECT n, t, body, leaf, seal, authorising, engagement, about FROM ledger
         WHERE compartment = $1 AND n < $2 ORDER BY n DESC LIMIT $3",
        params![compartment.to_bytes(), before, limit],
        read,
    )
}

/// The entries from `from` to below `before` that were made under an engagement, newest first, at most `limit`.
pub fn under(
    reader: &mut Reader<'_>,
    compartment: Compartment,
    engagement: EngagementId,
    (from, before): (u64, u64),
    limit: u32,
) -> Result<Vec<EntryRow>, StoreError> {
    reader.all(
        "SELECT n, t, body, leaf, seal, authorising, engagement, about FROM ledger
         WHERE compartment = $1 AND n >= $2 AND n < $3 AND engagement = $4 ORDER BY n DESC LIMIT $5",
        params![compartment.to_bytes(), from, before, engagement, limit],
        read,
    )
}

/// The entries about one thing, newest first, at most `limit`.
pub fn about(
    reader: &mut Reader<'_>,
    compartment: Compartment,
    thing: &[u8; 16],
    limit: u32,
) -> Result<Vec<EntryRow>, StoreError> {
    reader.all(
        "SELECT n, t, body, leaf, seal, authorising, engagement, about FROM ledger
         WHERE compartment = $1 AND about = $2 ORDER BY n DESC LIMIT $3",
        params![compartment.to_bytes(), *thing, limit],
        read,
    )
}

/// The first index whose ledger time is not before `t`: times never go back, so the index finds it by halving.
pub fn index_at(reader: &mut Reader<'_>, compartment: Compartment, t: Timestamp) -> Result<u64, StoreError> {
    let size = head(reader, compartment)?.map_or(0, |h| h.size);
    let (mut low, mut high) = (0, size);
    while low < high {
        let middle = low + (high - low) / 2;
        let at = entries(reader, compartment, middle, 1)?.first().map(|e| e.t);
        if at.is_some_and(|at| at < t) {
            low = middle + 1
        } else {
            high = middle
        }
    }
    Ok(low)
}

/// The entry at an index.
pub fn entry(
    reader: &mut Reader<'_>,
    compartment: Compartment,
    n: u64,
) -> Result<Option<EntryRow>, StoreError> {
    reader.first(
        "SELECT n, t, body, leaf, seal, authorising, engagement, about FROM ledger WHERE compartment = $1 AND n = $2",
        params![compartment.to_bytes(), n],
        read,
    )
}

/// The same, at most `limit`.
pub fn authorising_page(
    reader: &mut Reader<'_>,
    compartment: Compartment,
    after: u64,
    limit: u32,
) -> Result<Vec<EntryRow>, StoreError> {
    reader.all(
        "SELECT n, t, body, leaf, seal, authorising, engagement, about FROM ledger
         WHERE compartment = $1 AND authorising > $2 ORDER BY authorising LIMIT $3",
        params![compartment.to_bytes(), after, limit],
        read,
    )
}

/// The entries that authorise, after number `after`, in order.
pub fn authorising(
    reader: &mut Reader<'_>,
    compartment: Compartment,
    after: u64,
) -> Result<Vec<EntryRow>, StoreError> {
    reader.all(
        "SELECT n, t, body, leaf, seal, authorising, engagement, about FROM ledger
         WHERE compartment = $1 AND authorising > $2 ORDER BY authorising",
        params![compartment.to_bytes(), after],
        read,
    )
}

/// Leaf hashes from `from` on, at most `limit`.
pub fn leaves(
    reader: &mut Reader<'_>,
    compartment: Compartment,
    from: u64,
    limit: u32,
) -> Result<Vec<[u8; 32]>, StoreError> {
    reader.all(
        "SELECT leaf FROM ledger WHERE compartment = $1 AND n >= $2 ORDER BY n LIMIT $3",
        params![compartment.to_bytes(), from, limit],
        |row| row.array(0),
    )
}

/// The first compartment after these bytes that has entries, whether or not it has a head.
pub fn next_with_entries(reader: &mut Reader<'_>, after: &[u8]) -> Result<Option<Compartment>, StoreError> {
    reader.first(
        "SELECT compartment FROM ledger WHERE compartment > $1 ORDER BY compartment LIMIT 1",
        params![after],
        |row| row.array(0).map(Compartment::from_bytes),
    )
}

/// The same of tiles.
pub fn next_with_tiles(reader: &mut Reader<'_>, after: &[u8]) -> Result<Option<Compartment>, StoreError> {
    reader.first(
        "SELECT compartment FROM ledger_tile WHERE compartment > $1 ORDER BY compartment LIMIT 1",
        params![after],
        |row| row.array(0).map(Compartment::from_bytes),
    )
}

/// Level and position of every tile of a ledger.
pub fn tiles(reader: &mut Reader<'_>, compartment: Compartment) -> Result<Vec<(u32, u64)>, StoreError> {
    reader.all(
        "SELECT level, position FROM ledger_tile WHERE compartment = $1 ORDER BY level, position",
        params![compartment.to_bytes()],
        |row| Ok((row.u32(0)?, row.u64(1)?)),
    )
}

/// A tile's hashes, of whatever width it has grown to.
pub fn tile(
    reader: &mut Reader<'_>,
    compartment: Compartment,
    level: u8,
    position: u64,
) -> Result<Option<Vec<u8>>, StoreError> {
    reader.first(
        "SELECT hashes FROM ledger_tile WHERE compartment = $1 AND level = $2 AND position = $3",
        params![compartment.to_bytes(), i64::from(level), position],
        |row| row.bytes(0),
    )
}

/// Keeps a tile, wider than before or new.
pub fn set_tile(
    tx: &mut Tx<'_>,
    compartment: Compartment,
    level: u8,
    position: u64,
    hashes: &[u8],
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO ledger_tile (compartment, level, position, hashes) VALUES ($1, $2, $3, $4)
         ON CONFLICT (compartment, level, position) DO UPDATE SET hashes = excluded.hashes",
        params![compartment.to_bytes(), i64::from(level), position, hashes],
    )?;
    Ok(())
}

/// Keeps how far the tree reaches, and its signed head.
pub fn set_checkpoint(
    tx: &mut Tx<'_>,
    compartment: Compartment,
    integrated: u64,
    checkpoint: &str,
) -> Result<(), StoreError> {
    let kept = tx.execute(
        "UPDATE ledger_head SET integrated = $2, checkpoint = $3 WHERE compartment = $1",
        params![compartment.to_bytes(), integrated, checkpoint],
    )?;
    match kept {
        1 => Ok(()),
        _ => Err(unwritten(
            "ledger_head",
            compartment,
            "the database did not take the tree head",
        )),
    }
}
