//! The schema and its versions.

use std::path::Path;

use crate::error::StoreError;
use crate::sql::{Connection, Reader};
use crate::store::{self, Database};
use crate::{postgres, sqlite};

/// Every released version's changes, in order. A released one is never edited.
const MIGRATIONS: [&str; 1] = [include_str!("../migrations/0001.sql")];

/// The schema version that this program writes.
pub const VERSION: i64 = MIGRATIONS.len() as i64;

/// How a backend names types.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// As they stand.
    Sqlite,
    /// Bytes are `BYTEA`, and text is compared byte by byte, as SQLite does.
    Postgres,
}

impl Dialect {
    fn word(self, word: &str) -> String {
        match self {
            Self::Sqlite => word.to_owned(),
            Self::Postgres => match word.trim_end_matches([',', ';']) {
                "BLOB" => word.replace("BLOB", "BYTEA"),
                "TEXT" => word.replace("TEXT", "TEXT COLLATE \"C\""),
                _ => word.to_owned(),
            },
        }
    }
}

/// What becomes of a database without tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Empty {
    /// It is given them: an installation, or a copy of one, begins there.
    Made,
    /// It is refused: what it should hold is elsewhere.
    Refused,
}

/// A connection that may change the schema.
pub(crate) trait Schema: Connection {
    /// As what reads and writes.
    fn as_connection(&mut self) -> &mut dyn Connection;
    /// How it names types.
    fn dialect(&self) -> Dialect;
    /// Runs statements without results.
    fn batch(&mut self, sql: &str) -> Result<(), StoreError>;
}

/// The version that a database has; 0 when it is empty. Only looks: whoever asks may not be allowed to make tables.
fn found(connection: &mut dyn Schema) -> Result<i64, StoreError> {
    let looked = match connection.dialect() {
        Dialect::Sqlite => {
            "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = 'schema_version'"
        }
        Dialect::Postgres => {
            "SELECT CASE WHEN current_schema() IS NULL THEN -1 ELSE COUNT(*) END FROM pg_catalog.pg_tables
             WHERE schemaname = current_schema() AND tablename = 'schema_version'"
        }
    };
    match Reader::new(connection.as_connection()).first(looked, &[], |row| row.i64(0))? {
        Some(0) if is_bare(connection)? => return Ok(0),
        Some(0) => {
            let known = VERSION;
            return Err(StoreError::OtherSchema { found: 0, known });
        }
        Some(-1) => return Err(postgres::no_schema()),
        _ => {}
    }
    let all = "SELECT version FROM schema_version ORDER BY version";
    let versions = Reader::new(connection.as_connection()).all(all, &[], |row| row.i64(0))?;
    let found = versions.last().copied().unwrap_or(0);
    // Each was written with what it brought: one that is none, or is not there, somebody else wrote or took out.
    if found <= VERSION && (versions.is_empty() || !versions.into_iter().eq(1..=found)) {
        let known = VERSION;
        return Err(StoreError::OtherSchema { found, known });
    }
    Ok(found)
}

/// Whether there is no table of ours: what has some and does not say of which version they are, somebody changed.
fn is_bare(connection: &mut dyn Schema) -> Result<bool, StoreError> {
    let looked = match connection.dialect() {
        Dialect::Sqlite => "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = 'ledger'",
        Dialect::Postgres => {
            "SELECT COUNT(*) FROM pg_catalog.pg_tables WHERE schemaname = current_schema() AND tablename = 'ledger'"
        }
    };
    let found = Reader::new(connection.as_connection()).first(looked, &[], |row| row.i64(0))?;
    Ok(found == Some(0))
}

/// The version that a database has: one that this program knows.
pub(crate) fn known_version(connection: &mut dyn Schema) -> Result<i64, StoreError> {
    let found = found(connection)?;
    known(found).map(|_| found)
}

/// Refuses a database that a newer program made.
fn known(found: i64) -> Result<usize, StoreError> {
    if found > VERSION {
        let known = VERSION;
        return Err(StoreError::TooNew { found, known });
    }
    Ok(usize::try_from(found).unwrap_or(0))
}

/// Which version a database had, and has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Migrated {
    /// Before; 0 for an empty one.
    pub from: i64,
    /// Now.
    pub to: i64,
}

/// Brings a database up to date while no server runs: one that holds an installation, and the whole of it.
pub fn bring_up_to_date(folder: &Path, database: &Database) -> Result<Migrated, StoreError> {
    let _lock = store::lock(folder)?;
    match database {
        Database::Sqlite => {
            let (mut connection, migrated) = sqlite::migrated(folder, Empty::Refused)?;
            refuse_parts(&mut connection).map(|()| migrated)
        }
        Database::Postgres(server) => {
            let (mut connection, migrated) = postgres::migrated(server, Empty::Refused)?;
            refuse_parts(&mut connection).map(|()| migrated)
        }
    }
}

/// Brings a database up to date.
pub(crate) fn migrate(connection: &mut dyn Schema, empty: Empty) -> Result<Migrated, StoreError> {
    let from = found(connection)?;
    if from == 0 && empty == Empty::Refused {
        return Err(StoreError::Empty);
    }
    let applied = known(from)?;
    for (index, text) in MIGRATIONS.iter().enumerate().skip(applied) {
        let version = index + 1;
        let text = bare(text, connection.dialect());
        connection.batch(&format!(
            "BEGIN; CREATE TABLE IF NOT EXISTS schema_version (version BIGINT PRIMARY KEY); {text}; INSERT INTO schema_version VALUES ({version}); COMMIT"
        ))?;
    }
    Ok(Migrated { from, to: VERSION })
}

/// The mark of the copy into this database that is under way, if one is.
pub(crate) fn mark(connection: &mut dyn Schema) -> Result<Option<i64>, StoreError> {
    Reader::new(connection.as_connection()).first("SELECT mark FROM copying", &[], |row| row.i64(0))
}

/// Refuses a database that a copy did not finish.
pub(crate) fn refuse_parts(connection: &mut dyn Schema) -> Result<(), StoreError> {
    match mark(connection)? {
        None => Ok(()),
        Some(_) => Err(StoreError::Unfinished),
    }
}

/// Statements without comments and alignment: SQLite keeps their text in the file, where nothing but what is needed
/// should stand. No literal of ours holds `--`.
fn bare(text: &str, dialect: Dialect) -> String {
    let lines = text.lines().filter_map(|line| line.split("--").next());
    lines
        .flat_map(str::split_whitespace)
        .map(|word| dialect.word(word))
        .collect::<Vec<_>>()
        .join(" ")
}
