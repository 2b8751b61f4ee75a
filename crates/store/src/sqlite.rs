//! SQLite: WAL with `synchronous=FULL`, one writer thread, a pool of readers.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{OpenFlags, ToSql};

use crate::error::StoreError;
use crate::schema::{Dialect, Empty, Migrated, Schema, migrate, refuse_parts};
use crate::sql::{Connection, Each, Others, Row, Tx, Value, missing};
use crate::store::{self, Snapshots};
use crate::writer::{Backend, Begun};

mod place;

use self::place::Place;

/// The database's name in a data folder.
const FILE: &str = "cofferdam.sqlite";
/// Its write-ahead log's.
const LOG: &str = "cofferdam.sqlite-wal";
/// Pages in the write-ahead log after which the writer copies them into the database while it has nothing to do.
const CHECKPOINT_PAGES: i64 = 400;
/// Pages after which a commit does so whether or not there is time: bounds the log under unbroken load.
const CHECKPOINT_AT_MOST: i64 = 1_000;

/// A connection to the database in a data folder, its schema brought up to date.
pub(crate) fn owned(folder: &Path, empty: Empty) -> Result<Sqlite, StoreError> {
    migrated(folder, empty).map(|(connection, _)| connection)
}

/// The same, and what was changed for it.
pub(crate) fn migrated(folder: &Path, empty: Empty) -> Result<(Sqlite, Migrated), StoreError> {
    let file = folder.join(FILE);
    // SQLite takes away the log of an empty file, and that may hold what was acknowledged.
    let length = std::fs::metadata(&file).map(|found| found.len());
    let none = match &length {
        Ok(length) => *length == 0,
        Err(error) => error.kind() == io::ErrorKind::NotFound,
    };
    if empty == Empty::Refused && none {
        return Err(StoreError::Empty);
    }
    may_write(folder)?;
    rewrite_log(folder)?;
    let mut connection = Sqlite::open(folder, OpenFlags::default())?;
    let migrated = migrate(&mut connection, empty)?;
    Ok((connection, migrated))
}

/// The writer's connection.
pub(crate) fn writer(folder: &Path, empty: Empty) -> Result<SqliteWriter, StoreError> {
    let mut connection = owned(folder, empty)?;
    refuse_parts(&mut connection)?;
    let place = Arc::new(Place::of(folder)?);
    connection.place = Some(Arc::clone(&place));
    Ok(SqliteWriter {
        connection,
        place,
        ended: None,
        dirty: 0,
    })
}

impl SqliteWriter {
    /// A reading connection beside it.
    pub(crate) fn reader(&self) -> Result<Sqlite, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut reader = Sqlite::open(&self.connection.folder, flags)?;
        reader.place = Some(Arc::clone(&self.place));
        Ok(reader)
    }
}

/// Whether the database may be written, and its log beside it. SQLite opens a file that may not be to be read alone, and
/// says so only when it is written to.
fn may_write(folder: &Path) -> Result<(), StoreError> {
    for path in [folder, &folder.join(FILE)] {
        match rustix::fs::access(path, rustix::fs::Access::WRITE_OK) {
            Ok(()) | Err(rustix::io::Errno::NOENT) => {}
            Err(error) => return Err(store::failed(path, &error.into())),
        }
    }
    Ok(())
}

/// A connection that speaks this crate's SQL.
pub(crate) struct Sqlite {
    raw: rusqlite::Connection,
    text: std::collections::HashMap<&'static str, String>,
    folder: PathBuf,
    /// Where its files are, if anybody else goes by them too.
    place: Option<Arc<Place>>,
}

impl Sqlite {
    fn open(folder: &Path, flags: OpenFlags) -> Result<Self, StoreError> {
        let raw = rusqlite::Connection::open_with_flags(folder.join(FILE), flags)?;
        raw.set_prepared_statement_cache_capacity(256);
        raw.busy_timeout(std::time::Duration::from_secs(5))?;
        if !flags.contains(OpenFlags::SQLITE_OPEN_READ_ONLY) {
            write_ahead(&raw)?;
            raw.pragma_update(None, "synchronous", "FULL")?;
            raw.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_AT_MOST)?;
        }
        raw.pragma_update(None, "foreign_keys", true)?;
        raw.pragma_update(None, "cache_size", -16_384)?;
        raw.pragma_update(None, "temp_store", "MEMORY")?;
        raw.pragma_update(None, "trusted_schema", false)?;
        Ok(Self {
            raw,
            text: std::collections::HashMap::new(),
            folder: folder.to_owned(),
            place: None,
        })
    }

    fn statement(&mut self, sql: &'static str) -> Result<rusqlite::CachedStatement<'_>, StoreError> {
        let text = self.text.entry(sql).or_insert_with(|| sql.replace('$', "?"));
        Ok(self.raw.prepare_cached(text)?)
    }
}

/// Makes it a database with a write-ahead log, and makes sure that it is one.
///
/// A new database's first page is written when the statement ends, behind its only row: `pragma_update` stops at the row
/// and hears of no failure. The log would then belong to an empty file, and the next connection deletes such a log.
fn write_ahead(raw: &rusqlite::Connection) -> Result<(), StoreError> {
    let mut statement = raw.prepare("PRAGMA journal_mode = WAL")?;
    let mut rows = statement.query([])?;
    let mut mode = String::new();
    while let Some(row) = rows.next()? {
        mode = row.get(0)?;
    }
    if mode == "wal" {
        Ok(())
    } else {
        Err(StoreError::Database(format!(
            "it keeps no write-ahead log, but is in mode `{mode}`"
        )))
    }
}

/// Writes the log that an earlier process left once more, as it is, before anybody reads it.
///
/// Where a sync failed, the system may show what never reaches the disk, and no later sync makes up for it. After a restart
/// such a part of the log would be built upon, and what follows it would be lost with it when the power goes; copied into
/// the database first, it could leave that newer than the log in some pages. The folder's lock is held: nobody else writes.
fn rewrite_log(folder: &Path) -> Result<(), StoreError> {
    let path = folder.join(LOG);
    let failed = |error| store::failed(&path, &error);
    let file = match File::options().read(true).write(true).open(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        opened => opened.map_err(failed)?,
    };
    let mut part = vec![0; 1 << 20];
    let mut at = 0;
    loop {
        let length = file.read_at(&mut part, at).map_err(failed)?;
        if length == 0 {
            return file.sync_all().map_err(failed);
        }
        file.write_all_at(&part[..length], at).map_err(failed)?;
        at += length as u64;
    }
}

impl ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Int(Some(v)) => ValueRef::Integer(*v),
            Self::Text(Some(v)) => ValueRef::Text(v.as_bytes()),
            Self::Blob(Some(v)) => ValueRef::Blob(v),
            Self::Int(None) | Self::Text(None) | Self::Blob(None) => ValueRef::Null,
        }))
    }
}

impl Row for rusqlite::Row<'_> {
    // A column takes anything here: what it holds of another type, somebody else put there.
    fn int(&self, column: usize) -> Result<Option<i64>, StoreError> {
        match self.get_ref(column)? {
            ValueRef::Null => Ok(None),
            ValueRef::Integer(value) => Ok(Some(value)),
            _ => Err(missing(column)),
        }
    }
    fn text(&self, column: usize) -> Result<Option<String>, StoreError> {
        match self.get_ref(column)? {
            ValueRef::Null => Ok(None),
            ValueRef::Text(text) => {
                let text = std::str::from_utf8(text).map_err(|_| missing(column))?;
                Ok(Some(text.to_owned()))
            }
            _ => Err(missing(column)),
        }
    }
    fn blob(&self, column: usize) -> Result<Option<&[u8]>, StoreError> {
        match self.get_ref(column)? {
            ValueRef::Null => Ok(None),
            ValueRef::Blob(bytes) => Ok(Some(bytes)),
            _ => Err(missing(column)),
        }
    }
}

impl Connection for Sqlite {
    fn execute(&mut self, sql: &'static str, params: &[Value<'_>]) -> Result<u64, StoreError> {
        let changed = self.statement(sql)?.execute(rusqlite::params_from_iter(params))?;
        Ok(changed as u64)
    }

    fn query(&mut self, sql: &'static str, params: &[Value<'_>], each: Each<'_>) -> Result<(), StoreError> {
        let mut statement = self.statement(sql)?;
        let mut rows = statement.query(rusqlite::params_from_iter(params))?;
        while let Some(row) = rows.next()? {
            each(row)?;
        }
        Ok(())
    }

    fn may_write(&mut self) -> Result<(), StoreError> {
        self.place.as_ref().map_or(Ok(()), |place| place.look())?;
        may_write(&self.folder)
    }

    fn others(&mut self) -> Result<Others, StoreError> {
        let mut version = 0;
        self.query("PRAGMA data_version", &[], &mut |row| {
            version = row.i64(0)?;
            Ok(())
        })?;
        Ok(Others {
            shape: 0,
            rows: version,
        })
    }

    fn damage(&mut self, each: &mut dyn FnMut(String)) -> Result<(), StoreError> {
        self.query("PRAGMA integrity_check(100)", &[], &mut |row| {
            row.string(0).map(&mut *each)
        })
    }
}

impl Schema for Sqlite {
    fn as_connection(&mut self) -> &mut dyn Connection {
        self
    }

    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    fn batch(&mut self, sql: &str) -> Result<(), StoreError> {
        Ok(self.raw.execute_batch(sql)?)
    }
}

impl Snapshots for Sqlite {
    fn begin(&mut self) -> Result<(), StoreError> {
        if !self.raw.is_autocommit() {
            self.end()?;
        }
        self.place.as_ref().map_or(Ok(()), |place| place.was_left())?;
        self.batch("BEGIN")
    }

    fn end(&mut self) -> Result<(), StoreError> {
        self.batch("ROLLBACK")
    }

    fn connection(&mut self) -> Result<&mut dyn Connection, StoreError> {
        Ok(self)
    }
}

/// The writer's connection.
pub(crate) struct SqliteWriter {
    connection: Sqlite,
    place: Arc<Place>,
    /// What ended the transaction before its time.
    ended: Option<StoreError>,
    dirty: i64,
}

impl SqliteWriter {
    /// Some failures end the whole transaction. What a command did after one would be committed by itself, each statement
    /// alone, so nothing is done until the next transaction.
    fn within<T>(&mut self, run: impl FnOnce(&mut Sqlite) -> Result<T, StoreError>) -> Result<T, StoreError> {
        if let Some(failure) = &self.ended {
            return Err(failure.clone());
        }
        let result = run(&mut self.connection);
        if let Err(failure) = &result
            && self.connection.raw.is_autocommit()
        {
            self.ended = Some(failure.clone());
        }
        result
    }

    /// Whether what is written comes where it is looked for. Where the file is there and its log is not, what the log holds is
    /// copied into the file, as far as that is possible: it was acknowledged.
    fn look(&mut self) -> Result<(), StoreError> {
        let before = self.place.is_left();
        let looked = self.place.look();
        if before || !self.place.is_left() {
            return looked;
        }
        if self.place.has_file()
            && let Err(error) = self.connection.batch("PRAGMA wal_checkpoint(PASSIVE)")
        {
            tracing::error!(%error, "what the lost write-ahead log holds could not be copied into the database");
        }
        // A connection that closes would take away whatever log lies there now: it may be somebody else's.
        let keep = rusqlite::config::DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE;
        if let Err(error) = self.connection.raw.set_db_config(keep, true) {
            tracing::warn!(%error, "SQLite may take away the log beside the database when it closes");
        }
        looked
    }
}

impl Drop for SqliteWriter {
    /// What closes last takes the log into the file, and then the log away: not where either is no longer the one it wrote.
    fn drop(&mut self) {
        if let Err(error) = self.look() {
            tracing::error!(%error, "the database is not where it was when the store is closed");
        }
    }
}

impl Connection for SqliteWriter {
    fn execute(&mut self, sql: &'static str, params: &[Value<'_>]) -> Result<u64, StoreError> {
        self.within(|connection| connection.execute(sql, params))
    }

    fn query(&mut self, sql: &'static str, params: &[Value<'_>], each: Each<'_>) -> Result<(), StoreError> {
        self.within(|connection| connection.query(sql, params, each))
    }

    fn may_write(&mut self) -> Result<(), StoreError> {
        self.connection.may_write()
    }

    fn others(&mut self) -> Result<Others, StoreError> {
        self.within(Sqlite::others)
    }
}

impl Backend for SqliteWriter {
    fn begin(&mut self) -> Result<Begun, StoreError> {
        self.ended = None;
        self.look()?;
        self.connection.execute("BEGIN IMMEDIATE", &[])?;
        Ok(Begun::Continued)
    }

    fn commit(&mut self) -> Result<(), StoreError> {
        self.dirty += 1;
        self.connection.execute("COMMIT", &[])?;
        // It may be durable in a file that nobody will find; where that cannot be seen, it is not known.
        self.look().map_err(|error| match error {
            StoreError::Moved(_) => error,
            other => StoreError::Unknown(other.to_string()),
        })
    }

    fn rollback(&mut self) {
        if self.connection.raw.is_autocommit() {
            return;
        }
        if let Err(error) = self.connection.execute("ROLLBACK", &[]) {
            tracing::error!(%error, "a failed group of writes could not be undone explicitly; SQLite undoes it");
        }
    }

    fn tx(&mut self) -> Tx<'_> {
        Tx::new(self)
    }

    fn ended(&self) -> Option<StoreError> {
        self.ended.clone()
    }

    fn idle(&mut self) {
        if self.dirty * 8 < CHECKPOINT_PAGES || self.place.is_left() {
            return;
        }
        self.dirty = 0;
        if let Err(error) = self.connection.batch("PRAGMA wal_checkpoint(PASSIVE)") {
            tracing::warn!(%error, "could not copy the write-ahead log into the database; will try again");
        }
    }
}
