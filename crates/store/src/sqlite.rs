//! SQLite: WAL with `synchronous=FULL`, one writer thread, a pool of readers, one process per data folder.

use std::fs::{File, TryLockError};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{OpenFlags, ToSql};
use tokio::sync::Semaphore;

use crate::error::StoreError;
use crate::schema;
use crate::sql::{Connection, Each, Reader, Row, Tx, Value};
use crate::writer::{Backend, Writer};

/// Pages in the write-ahead log after which the writer copies them into the database while it has nothing to do.
const CHECKPOINT_PAGES: i64 = 400;
/// Pages after which a commit does so whether or not there is time: bounds the log under unbroken load.
const CHECKPOINT_AT_MOST: i64 = 1_000;

/// How to open a store.
#[derive(Debug, Clone)]
pub struct Options {
    /// The data folder; it must exist.
    pub folder: PathBuf,
    /// Reading connections.
    pub readers: usize,
}

/// A handle on the database; cheap to clone.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    writer: Option<Writer>,
    thread: Option<std::thread::JoinHandle<()>>,
    readers: Mutex<Vec<Sqlite>>,
    permits: Arc<Semaphore>,
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.writer = None;
        // A queued command may hold the last handle: the writer then ends by itself, and must not wait for itself.
        let here = std::thread::current().id();
        if let Some(thread) = self.thread.take().filter(|t| t.thread().id() != here) {
            let _ = thread.join();
        }
    }
}

impl Store {
    /// Opens (or creates) the database in a data folder, brings its schema up to date and starts the writer.
    /// `undone` is called on the writer's thread whenever a group of writes could not be committed.
    pub fn open(options: &Options, undone: impl Fn() + Send + 'static) -> Result<Self, StoreError> {
        let lock = lock(&options.folder)?;
        let path = options.folder.join("cofferdam.sqlite");
        let mut writer = Sqlite::open(&path, OpenFlags::default())?;
        schema::migrate(&mut writer)?;
        let readers = (0..options.readers.max(1))
            .map(|_| {
                Sqlite::open(
                    &path,
                    OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX,
                )
            })
            .collect::<Result<Vec<_>, _>>()?;
        let permits = Arc::new(Semaphore::new(readers.len()));
        let (writer, thread) = Writer::start(
            SqliteBackend {
                connection: writer,
                dirty: 0,
                _lock: lock,
            },
            undone,
        )
        .map_err(|e| StoreError::Database(format!("cannot start the writer thread: {e}")))?;
        let inner = Inner {
            writer: Some(writer),
            thread: Some(thread),
            readers: Mutex::new(readers),
            permits,
        };
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    /// Runs `work` in a transaction; the answer comes once it is durable. An error undoes `work` alone.
    pub async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        match &self.inner.writer {
            Some(writer) => writer.write(work).await,
            None => Err(StoreError::Stopped.into()),
        }
    }

    /// Runs `work` on a consistent snapshot, off the async threads.
    pub async fn read<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: FnOnce(&mut Reader<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let permit = Arc::clone(&self.inner.permits).acquire_owned().await;
        let permit = permit.map_err(|_| StoreError::Stopped)?;
        let inner = Arc::clone(&self.inner);
        let read = move || {
            // Goes with the work, not with the caller: one who left must not lend the connection out twice.
            let _permit = permit;
            inner.lend(|connection| connection.snapshot(work))
        };
        tokio::task::spawn_blocking(read)
            .await
            .map_err(|_| StoreError::Panicked)?
    }
}

impl Inner {
    fn pool(&self) -> MutexGuard<'_, Vec<Sqlite>> {
        self.readers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lends a reading connection, and puts it back even when `work` panics.
    fn lend<T, E: From<StoreError>>(&self, work: impl FnOnce(&mut Sqlite) -> Result<T, E>) -> Result<T, E> {
        let pooled = self.pool().pop();
        let mut connection = pooled.ok_or(StoreError::Stopped)?;
        let result = catch_unwind(AssertUnwindSafe(|| work(&mut connection)));
        if result.is_err() && !connection.raw.is_autocommit() {
            let _ = connection.batch("ROLLBACK");
        }
        self.pool().push(connection);
        result.unwrap_or_else(|panic| resume_unwind(panic))
    }
}

fn lock(folder: &Path) -> Result<File, StoreError> {
    let path = folder.join("lock");
    let open = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path);
    let file = open.map_err(|e| match e.kind() {
        std::io::ErrorKind::ReadOnlyFilesystem | std::io::ErrorKind::PermissionDenied => StoreError::ReadOnly,
        std::io::ErrorKind::StorageFull => StoreError::DiskFull,
        _ => StoreError::Database(format!("{}: {e}", path.display())),
    })?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::InUse),
        Err(TryLockError::Error(e)) => Err(StoreError::Database(format!("{}: {e}", path.display()))),
    }
}

/// A connection that speaks this crate's SQL.
pub(crate) struct Sqlite {
    raw: rusqlite::Connection,
    text: std::collections::HashMap<&'static str, String>,
}

impl Sqlite {
    fn open(path: &Path, flags: OpenFlags) -> Result<Self, StoreError> {
        let raw = rusqlite::Connection::open_with_flags(path, flags)?;
        raw.set_prepared_statement_cache_capacity(256);
        raw.busy_timeout(std::time::Duration::from_secs(5))?;
        if !flags.contains(OpenFlags::SQLITE_OPEN_READ_ONLY) {
            raw.pragma_update(None, "journal_mode", "WAL")?;
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
        })
    }

    pub(crate) fn batch(&mut self, sql: &str) -> Result<(), StoreError> {
        Ok(self.raw.execute_batch(sql)?)
    }

    fn snapshot<T, E: From<StoreError>>(
        &mut self,
        work: impl FnOnce(&mut Reader<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.batch("BEGIN")?;
        let result = work(&mut Reader(self));
        self.batch("ROLLBACK")?;
        result
    }

    fn statement(&mut self, sql: &'static str) -> Result<rusqlite::CachedStatement<'_>, StoreError> {
        let text = self.text.entry(sql).or_insert_with(|| sql.replace('$', "?"));
        Ok(self.raw.prepare_cached(text)?)
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
    fn int(&self, column: usize) -> Result<Option<i64>, StoreError> {
        Ok(self.get(column)?)
    }
    fn text(&self, column: usize) -> Result<Option<String>, StoreError> {
        Ok(self.get(column)?)
    }
    fn blob(&self, column: usize) -> Result<Option<&[u8]>, StoreError> {
        match self.get_ref(column)? {
            ValueRef::Null => Ok(None),
            ValueRef::Blob(bytes) => Ok(Some(bytes)),
            _ => Err(StoreError::Corrupt {
                table: "result",
                problem: format!("column {column} holds no bytes"),
            }),
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
}

struct SqliteBackend {
    connection: Sqlite,
    dirty: i64,
    /// Held for as long as anything may still be written.
    _lock: File,
}

impl Backend for SqliteBackend {
    fn begin(&mut self) -> Result<(), StoreError> {
        self.connection.execute("BEGIN IMMEDIATE", &[]).map(|_| ())
    }

    fn commit(&mut self) -> Result<(), StoreError> {
        self.dirty += 1;
        self.connection.execute("COMMIT", &[]).map(|_| ())
    }

    fn rollback(&mut self) {
        if !self.is_open() {
            return;
        }
        if let Err(error) = self.connection.execute("ROLLBACK", &[]) {
            tracing::error!(%error, "a failed group of writes could not be undone explicitly; SQLite undoes it");
        }
    }

    fn tx(&mut self) -> Tx<'_> {
        Tx::new(&mut self.connection)
    }

    fn is_open(&self) -> bool {
        !self.connection.raw.is_autocommit()
    }

    fn idle(&mut self) {
        if self.dirty * 8 < CHECKPOINT_PAGES {
            return;
        }
        self.dirty = 0;
        if let Err(error) = self.connection.batch("PRAGMA wal_checkpoint(PASSIVE)") {
            tracing::warn!(%error, "could not copy the write-ahead log into the database; will try again");
        }
    }
}
