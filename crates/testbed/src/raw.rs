//! Straight into the database, past every rule, on either kind of it.

use std::path::Path;
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow, bail};
use postgres::types::{ToSql, Type};
use postgres::{Client, NoTls};
use rusqlite::types::{FromSql, FromSqlResult, ToSqlOutput, ValueRef};

use crate::Place;

/// What a column holds, or is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// Nothing.
    Null,
    /// An integer.
    Int(i64),
    /// Text.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
}

impl From<i64> for Cell {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<&[u8]> for Cell {
    fn from(bytes: &[u8]) -> Self {
        Self::Bytes(bytes.to_vec())
    }
}

impl From<Vec<u8>> for Cell {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Bytes(bytes)
    }
}

impl<const N: usize> From<&[u8; N]> for Cell {
    fn from(bytes: &[u8; N]) -> Self {
        Self::Bytes(bytes.to_vec())
    }
}

/// Values for a statement: `cells![id.as_bytes(), 3_i64, "text"]`.
#[macro_export]
macro_rules! cells {
    ($($value:expr),* $(,)?) => { &[$($crate::Cell::from($value)),*] };
}

/// A row of a result.
pub type Cells = Vec<Cell>;

/// What whoever can write the database alone has. Statements keep to the SQL that both kinds understand, with `$1` for
/// the first value; a value that a statement does not mention is left out.
pub struct Raw(Kind);

enum Kind {
    File(rusqlite::Connection),
    Server(String),
}

impl Raw {
    /// To a test's place; `folder` is where its file is, if that is what it has.
    pub fn open(place: &Place, folder: &Path) -> Result<Self> {
        if place.is_on_server() {
            return Ok(Self(Kind::Server(place.database().to_owned())));
        }
        let file = rusqlite::Connection::open(folder.join("cofferdam.sqlite"))?;
        file.busy_timeout(Duration::from_secs(5))?;
        Ok(Self(Kind::File(file)))
    }

    /// Runs one statement; how many rows it changed.
    pub fn run(&self, sql: &str, values: &[Cell]) -> Result<u64> {
        let values = mentioned(sql, values);
        match &self.0 {
            Kind::File(file) => {
                let values = rusqlite::params_from_iter(values);
                Ok(file.execute(&sql.replace('$', "?"), values)? as u64)
            }
            Kind::Server(url) => on_server(url, |client| {
                let (statement, values) = prepared(client, sql, values)?;
                Ok(client.execute(&statement, &values)?)
            }),
        }
        .with_context(|| sql.to_owned())
    }

    /// The rows of a query.
    pub fn look(&self, sql: &str, values: &[Cell]) -> Result<Vec<Cells>> {
        let values = mentioned(sql, values);
        match &self.0 {
            Kind::File(file) => {
                let mut statement = file.prepare(&sql.replace('$', "?"))?;
                let columns = statement.column_count();
                let read = |row: &rusqlite::Row<'_>| (0..columns).map(|column| row.get(column)).collect();
                let rows = statement.query_map(rusqlite::params_from_iter(values), read)?;
                Ok(rows.collect::<rusqlite::Result<_>>()?)
            }
            Kind::Server(url) => on_server(url, |client| {
                let (statement, values) = prepared(client, sql, values)?;
                let rows = client.query(&statement, &values)?;
                rows.iter()
                    .map(|row| (0..row.len()).map(|column| cell(row, column)).collect())
                    .collect()
            }),
        }
        .with_context(|| sql.to_owned())
    }

    /// The one cell that a query finds.
    pub fn cell(&self, sql: &str, values: &[Cell]) -> Result<Cell> {
        let rows = self.look(sql, values)?;
        match rows.concat().as_slice() {
            [only] => Ok(only.clone()),
            other => bail!("{sql}: {} cells", other.len()),
        }
    }

    /// The bytes that a query finds.
    pub fn bytes(&self, sql: &str, values: &[Cell]) -> Result<Vec<u8>> {
        match self.cell(sql, values)? {
            Cell::Bytes(bytes) => Ok(bytes),
            other => bail!("{sql}: {other:?}"),
        }
    }

    /// The integer that a query finds.
    pub fn int(&self, sql: &str, values: &[Cell]) -> Result<i64> {
        match self.cell(sql, values)? {
            Cell::Int(value) => Ok(value),
            other => bail!("{sql}: {other:?}"),
        }
    }
}

/// The values up to the last one that a statement mentions.
fn mentioned<'v>(sql: &str, values: &'v [Cell]) -> &'v [Cell] {
    let last = (1..=values.len()).rev().find(|n| sql.contains(&format!("${n}")));
    &values[..last.unwrap_or(0)]
}

/// The blocking client must not be used where asynchronous code runs, as tests of the gate are.
fn on_server<T: Send>(url: &str, work: impl FnOnce(&mut Client) -> Result<T> + Send) -> Result<T> {
    thread::scope(|scope| {
        let worked = scope.spawn(|| work(&mut Client::connect(url, NoTls)?)).join();
        worked.map_err(|_| anyhow!("the client of the server panicked"))?
    })
}

type Prepared<'v> = (postgres::Statement, Vec<&'v (dyn ToSql + Sync)>);

fn prepared<'v>(client: &mut Client, sql: &str, values: &'v [Cell]) -> Result<Prepared<'v>> {
    let kinds = values.iter().map(|value| match value {
        Cell::Null | Cell::Bytes(_) => Type::BYTEA,
        Cell::Int(_) => Type::INT8,
        Cell::Text(_) => Type::TEXT,
    });
    let statement = client.prepare_typed(sql, &kinds.collect::<Vec<_>>())?;
    let values = values.iter().map(|value| match value {
        Cell::Null => &None::<Vec<u8>> as &(dyn ToSql + Sync),
        Cell::Int(value) => value,
        Cell::Text(text) => text,
        Cell::Bytes(bytes) => bytes,
    });
    Ok((statement, values.collect()))
}

fn cell(row: &postgres::Row, column: usize) -> Result<Cell> {
    let kind = row.columns().get(column).map(|column| column.type_().clone());
    let found = match kind {
        Some(Type::INT2) => row
            .try_get::<_, Option<i16>>(column)?
            .map(|v| Cell::Int(v.into())),
        Some(Type::INT4) => row
            .try_get::<_, Option<i32>>(column)?
            .map(|v| Cell::Int(v.into())),
        Some(Type::INT8) => row.try_get::<_, Option<i64>>(column)?.map(Cell::Int),
        Some(Type::BYTEA) => row.try_get::<_, Option<Vec<u8>>>(column)?.map(Cell::Bytes),
        _ => row.try_get::<_, Option<String>>(column)?.map(Cell::Text),
    };
    Ok(found.unwrap_or(Cell::Null))
}

impl rusqlite::ToSql for Cell {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Int(value) => ValueRef::Integer(*value),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

impl FromSql for Cell {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Ok(match value {
            ValueRef::Null => Self::Null,
            ValueRef::Blob(bytes) => Self::Bytes(bytes.to_vec()),
            ValueRef::Text(_) => Self::Text(value.as_str()?.to_owned()),
            ValueRef::Integer(_) | ValueRef::Real(_) => Self::Int(value.as_i64()?),
        })
    }
}
