//! Takes every row from one database to another, row for row, and compares them when all are there.
//!
//! Rows go in the order of their keys, a page in a transaction: a copy that broke off goes on behind the last row that
//! arrived. Until everything was compared the target says that it is not whole, and whose rows it has: no store opens it,
//! and no other installation is copied into it.

mod tables;

use std::path::PathBuf;

use cofferdam_model::Compartment;
use tables::Statements;
pub use tables::{Kind, TABLES, Table};

use crate::error::StoreError;
use crate::ledger;
use crate::params;
use crate::schema::{self, Empty, Schema};
use crate::sql::{Reader, Row, Value};
use crate::store::{Database, Taken, lock};
use crate::{postgres, sqlite};

/// Rows at a time. Some hold megabytes.
const PAGE: usize = 64;

/// One end of a copy.
#[derive(Debug, Clone)]
pub struct End {
    /// The folder of a file; it must exist. Not looked at for a server.
    pub folder: PathBuf,
    /// Which database.
    pub database: Database,
}

/// What a copy does now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// There are so many rows, of which so many had arrived before.
    Counted(u64, u64),
    /// So many more arrived.
    Copied(u64),
    /// So many more were compared.
    Compared(u64),
}

/// Why a copy failed.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// The source.
    #[error("from: {0}")]
    From(StoreError),
    /// The target.
    #[error("to: {0}")]
    To(StoreError),
    /// The target holds rows that no copy brought.
    #[error("the target holds an installation already; name an empty database")]
    Occupied,
    /// A copy of another installation was begun there.
    #[error(
        "a copy of another installation into the target was not finished: copy that one again with the same target, or name \
         an empty database; nothing was changed"
    )]
    Another,
    /// A row is not the same on both sides.
    #[error(
        "the table {table} is not the same on both sides: the source was changed since the copy began; empty the target, and copy again"
    )]
    Differs {
        /// Which table.
        table: &'static str,
    },
}

/// Copies everything and compares it; how many rows there are. The source is held meanwhile and must not have been
/// changed since an earlier try.
pub fn copy(from: &End, to: &End, mut each: impl FnMut(Step)) -> Result<u64, CopyError> {
    let (mut source, _held) = open(from, Empty::Refused).map_err(CopyError::From)?;
    schema::refuse_parts(&mut *source).map_err(CopyError::From)?;
    let own = identity(&mut *source).map_err(CopyError::From)?;
    let (mut target, _taken) = open(to, Empty::Made).map_err(CopyError::To)?;
    let tables: Vec<_> = TABLES
        .iter()
        .map(|table| (table, table.statements(PAGE)))
        .collect();
    begin(&mut *target, own, &tables)?;
    let mut total = 0;
    let mut there = 0;
    for (_, statements) in &tables {
        total += count(&mut *source, statements).map_err(CopyError::From)?;
        there += count(&mut *target, statements).map_err(CopyError::To)?;
    }
    each(Step::Counted(total, there));
    for (table, statements) in &tables {
        bring(&mut *source, &mut *target, table, statements, &mut each)?;
    }
    for (table, statements) in &tables {
        compare(&mut *source, &mut *target, table, statements, &mut each)?;
    }
    target.batch("DELETE FROM copying").map_err(CopyError::To)?;
    Ok(total)
}

type Held = (Box<dyn Schema>, Option<Taken>);

fn open(end: &End, empty: Empty) -> Result<Held, StoreError> {
    Ok(match &end.database {
        Database::Sqlite => {
            let lock = lock(&end.folder)?;
            (Box::new(sqlite::owned(&end.folder, empty)?), Some(lock))
        }
        Database::Postgres(server) => (Box::new(postgres::owned(server, empty)?), None),
    })
}

/// What tells an installation from every other, and does not change: the beginning of the leaf hash of its ledger's first
/// entry. 0 where nothing was recorded yet.
fn identity(source: &mut dyn Schema) -> Result<i64, StoreError> {
    let first = ledger::entry(&mut reader(source), Compartment::Installation, 0)?;
    Ok(first.map_or(0, |entry| {
        let [a, b, c, d, e, f, g, h, ..] = entry.leaf;
        i64::from_be_bytes([a, b, c, d, e, f, g, h])
    }))
}

/// Marks the target as not whole, unless it is occupied or somebody else's.
fn begin(target: &mut dyn Schema, own: i64, tables: &[(&Table, Statements)]) -> Result<(), CopyError> {
    match schema::mark(target).map_err(CopyError::To)? {
        Some(mark) if mark == own => return Ok(()),
        Some(_) => return Err(CopyError::Another),
        None => {}
    }
    for (_, statements) in tables {
        if count(target, statements).map_err(CopyError::To)? > 0 {
            return Err(CopyError::Occupied);
        }
    }
    let marked = target.execute("INSERT INTO copying VALUES ($1)", params![own]);
    marked.map(|_| ()).map_err(CopyError::To)
}

fn count(side: &mut dyn Schema, statements: &Statements) -> Result<u64, StoreError> {
    let counted = reader(side).first(statements.count, &[], |row| row.u64(0))?;
    Ok(counted.unwrap_or(0))
}

fn reader(side: &mut dyn Schema) -> Reader<'_> {
    Reader::new(side.as_connection())
}

/// A value that outlives its row.
#[derive(Debug, PartialEq, Eq)]
enum Owned {
    Int(Option<i64>),
    Text(Option<String>),
    Blob(Option<Vec<u8>>),
}

impl Owned {
    fn read(row: &dyn Row, column: usize, kind: Kind) -> Result<Self, StoreError> {
        Ok(match kind {
            Kind::Int => Self::Int(row.int(column)?),
            Kind::Text => Self::Text(row.text(column)?),
            Kind::Blob => Self::Blob(row.blob(column)?.map(<[u8]>::to_vec)),
        })
    }

    fn value(&self) -> Value<'_> {
        match self {
            Self::Int(value) => Value::Int(*value),
            Self::Text(value) => Value::Text(value.as_deref()),
            Self::Blob(value) => Value::Blob(value.as_deref()),
        }
    }
}

type Line = Vec<Owned>;

fn values(line: &[Owned]) -> Vec<Value<'_>> {
    line.iter().map(Owned::value).collect()
}

/// A page behind a row, or the first one.
fn page(
    side: &mut dyn Schema,
    table: &Table,
    statements: &Statements,
    behind: Option<&Line>,
) -> Result<Vec<Line>, StoreError> {
    let read = |row: &dyn Row| {
        let kinds = table.columns.iter().enumerate();
        kinds
            .map(|(column, (_, kind))| Owned::read(row, column, *kind))
            .collect()
    };
    match behind {
        None => reader(side).all(statements.first, &[], read),
        Some(line) => reader(side).all(statements.next, &values(&line[..table.key]), read),
    }
}

fn last(side: &mut dyn Schema, table: &Table, statements: &Statements) -> Result<Option<Line>, StoreError> {
    reader(side).first(statements.last, &[], |row| {
        let kinds = table.columns.iter().enumerate();
        kinds
            .map(|(column, (_, kind))| Owned::read(row, column, *kind))
            .collect()
    })
}

fn bring(
    source: &mut dyn Schema,
    target: &mut dyn Schema,
    table: &Table,
    statements: &Statements,
    each: &mut impl FnMut(Step),
) -> Result<(), CopyError> {
    let mut behind = last(target, table, statements).map_err(CopyError::To)?;
    loop {
        let lines = page(source, table, statements, behind.as_ref()).map_err(CopyError::From)?;
        if lines.is_empty() {
            return Ok(());
        }
        insert(target, statements, &lines).map_err(CopyError::To)?;
        each(Step::Copied(lines.len() as u64));
        behind = lines.into_iter().next_back();
    }
}

fn insert(target: &mut dyn Schema, statements: &Statements, lines: &[Line]) -> Result<(), StoreError> {
    target.batch("BEGIN")?;
    for line in lines {
        target.execute(statements.insert, &values(line))?;
    }
    target.batch("COMMIT")
}

fn compare(
    source: &mut dyn Schema,
    target: &mut dyn Schema,
    table: &Table,
    statements: &Statements,
    each: &mut impl FnMut(Step),
) -> Result<(), CopyError> {
    let mut behind = None;
    loop {
        let wanted = page(source, table, statements, behind.as_ref()).map_err(CopyError::From)?;
        let found = page(target, table, statements, behind.as_ref()).map_err(CopyError::To)?;
        if wanted != found {
            return Err(CopyError::Differs { table: table.name });
        }
        if wanted.is_empty() {
            return Ok(());
        }
        each(Step::Compared(wanted.len() as u64));
        behind = wanted.into_iter().next_back();
    }
}
