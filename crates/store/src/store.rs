//! A handle on the database: one writer, a pool of readers, one process per data folder.

use std::fs::{File, TryLockError};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Semaphore;

use crate::error::StoreError;
use crate::schema::Empty;
use crate::sql::{Connection, Reader, Tx};
use crate::writer::{News, Writer};
use crate::{postgres, sqlite};

/// How to open a store.
#[derive(Debug, Clone)]
pub struct Options {
    /// The data folder; it must exist.
    pub folder: PathBuf,
    /// Where the rows are.
    pub database: Database,
    /// Reading connections.
    pub readers: usize,
}

/// Where the rows are.
#[derive(Debug, Clone, Default)]
pub enum Database {
    /// In a file of the data folder.
    #[default]
    Sqlite,
    /// On a PostgreSQL server.
    Postgres(postgres::Server),
}

impl std::str::FromStr for Database {
    type Err = String;

    /// `sqlite`, or the URL of a PostgreSQL server.
    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "sqlite" => Ok(Self::Sqlite),
            url => url.parse().map(Self::Postgres),
        }
    }
}

/// A reading connection.
pub(crate) trait Snapshots: Send {
    /// Begins a consistent snapshot.
    fn begin(&mut self) -> Result<(), StoreError>;
    /// Ends it.
    fn end(&mut self) -> Result<(), StoreError>;
    /// What reads within it.
    fn connection(&mut self) -> Result<&mut dyn Connection, StoreError>;
}

type Pooled = Box<dyn Snapshots>;

/// A handle on the database; cheap to clone.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    writer: Option<Writer>,
    thread: Option<std::thread::JoinHandle<()>>,
    readers: Mutex<Vec<Pooled>>,
    permits: Arc<Semaphore>,
    /// A reading connection that nobody waits for, where there are several nodes: by it one hears of the others.
    apart: Option<Mutex<Pooled>>,
}

impl Drop for Inner {
    fn drop(&mut self) {
        let apart = self.apart.take();
        let readers = (std::mem::take(&mut *self.pool()), apart);
        // A connection to a server says good-bye, and blocks while it does.
        let _ = std::thread::spawn(move || drop(readers)).join();
        // Last: whoever closes a file last takes its log into it, which one that only reads cannot.
        self.writer = None;
        // A queued command may hold the last handle: the writer then ends by itself, and must not wait for itself.
        let here = std::thread::current().id();
        if let Some(thread) = self.thread.take().filter(|t| t.thread().id() != here) {
            let _ = thread.join();
        }
    }
}

impl Store {
    /// Opens (or creates) the database of a data folder, brings its schema up to date and starts the writer. `told` is
    /// called on the writer's thread whenever a group of writes could not be committed, and whenever somebody else may
    /// have written in between.
    pub fn open(options: &Options, told: impl Fn(News) + Send + 'static) -> Result<Self, StoreError> {
        Self::open_or(Empty::Made, options, told)
    }

    /// The same for a data folder whose installation was made: an empty database is not its own, and stays as it is.
    pub fn open_made(options: &Options, told: impl Fn(News) + Send + 'static) -> Result<Self, StoreError> {
        Self::open_or(Empty::Refused, options, told)
    }

    fn open_or(
        empty: Empty,
        options: &Options,
        told: impl Fn(News) + Send + 'static,
    ) -> Result<Self, StoreError> {
        // The client of a server must not be used where asynchronous code runs.
        std::thread::scope(|scope| {
            let opened = scope.spawn(|| Self::open_here(empty, options, told)).join();
            opened.unwrap_or_else(|panic| resume_unwind(panic))
        })
    }

    fn open_here(
        empty: Empty,
        options: &Options,
        told: impl Fn(News) + Send + 'static,
    ) -> Result<Self, StoreError> {
        let lock = lock(&options.folder)?;
        let count = options.readers.max(1);
        let (mut readers, started) = match &options.database {
            Database::Sqlite => {
                let writer = sqlite::writer(&options.folder, empty)?;
                let readers = pool(count, || writer.reader())?;
                (readers, Writer::start(writer, lock, told))
            }
            Database::Postgres(server) => {
                let writer = postgres::writer(server, empty)?;
                let readers = postgres::readers(server, count + usize::from(server.is_shared()));
                let readers = readers.into_iter().map(|one| Box::new(one) as Pooled).collect();
                (readers, Writer::start(writer, lock, told))
            }
        };
        let (writer, thread) =
            started.map_err(|e| StoreError::Database(format!("cannot start the writer thread: {e}")))?;
        let apart = readers.split_off(count).pop().map(Mutex::new);
        let inner = Inner {
            apart,
            writer: Some(writer),
            thread: Some(thread),
            permits: Arc::new(Semaphore::new(readers.len())),
            readers: Mutex::new(readers),
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

    /// Whether the store can be written: tells by itself that a file of the database was moved, that the role lacks a right or
    /// that others hold a lock, and for some seconds that the disk took no write. Where they kept the last group of writes out, an empty one is tried.
    pub async fn takes_writes(&self) -> Result<(), StoreError> {
        let look = |reader: &mut Reader<'_>| {
            reader.may_write()?;
            reader.locked()
        };
        self.read(look).await?;
        if let Some(failing) = self.inner.writer.as_ref().and_then(Writer::is_failing) {
            return Err(failing);
        }
        if self.inner.writer.as_ref().is_some_and(Writer::is_kept_out) {
            self.write(|_| Ok::<(), StoreError>(())).await?;
        }
        Ok(())
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
            inner.lend(work)
        };
        tokio::task::spawn_blocking(read)
            .await
            .map_err(|_| StoreError::Panicked)?
    }

    /// Whether several nodes use the database, of which this is one.
    pub fn is_shared(&self) -> bool {
        self.inner.apart.is_some()
    }

    /// Runs `work` on a consistent snapshot of a connection of its own, whatever else reads: one at a time. Only where there are
    /// several nodes.
    pub async fn read_apart<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: FnOnce(&mut Reader<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let inner = Arc::clone(&self.inner);
        let read = move || {
            let apart = inner.apart.as_ref().ok_or(StoreError::Stopped)?;
            lend(&mut **apart.lock().unwrap_or_else(PoisonError::into_inner), work)
        };
        tokio::task::spawn_blocking(read)
            .await
            .map_err(|_| StoreError::Panicked)?
    }
}

/// Lends a snapshot, and ends it even when `work` panics.
fn lend<T, E: From<StoreError>>(
    pooled: &mut dyn Snapshots,
    work: impl FnOnce(&mut Reader<'_>) -> Result<T, E>,
) -> Result<T, E> {
    let result = catch_unwind(AssertUnwindSafe(|| {
        pooled.begin()?;
        work(&mut Reader::new(pooled.connection()?))
    }));
    let ended = pooled.end();
    let result = result.unwrap_or_else(|panic| resume_unwind(panic));
    if let (Ok(_), Err(error)) = (&result, ended) {
        tracing::warn!(%error, "a snapshot could not be ended");
    }
    result
}

impl Inner {
    fn pool(&self) -> MutexGuard<'_, Vec<Pooled>> {
        self.readers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lends a snapshot, and takes its connection back even when `work` panics.
    fn lend<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&mut Reader<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let pooled = self.pool().pop();
        let mut pooled = pooled.ok_or(StoreError::Stopped)?;
        let result = catch_unwind(AssertUnwindSafe(|| lend(&mut *pooled, work)));
        self.pool().push(pooled);
        result.unwrap_or_else(|panic| resume_unwind(panic))
    }
}

fn pool<R: Snapshots + 'static>(
    count: usize,
    open: impl Fn() -> Result<R, StoreError>,
) -> Result<Vec<Pooled>, StoreError> {
    (0..count).map(|_| Ok(Box::new(open()?) as Pooled)).collect()
}

/// A data folder that nobody else has, until this is dropped.
#[derive(Debug)]
pub(crate) struct Taken {
    _file: File,
    _folder: Option<File>,
}

/// Takes a data folder, so that nobody else does: by a file in it, which tells whoever looks, and by the folder itself, which outlasts that
/// file. Where folders cannot be locked, the file is all there is.
pub(crate) fn lock(folder: &Path) -> Result<Taken, StoreError> {
    let within = File::open(folder).map_err(|e| failed(folder, &e))?;
    let within = match within.try_lock() {
        Ok(()) => Some(within),
        Err(TryLockError::WouldBlock) => return Err(StoreError::InUse),
        Err(TryLockError::Error(_)) => None,
    };
    let path = folder.join("lock");
    let open = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path);
    let file = open.map_err(|e| failed(&path, &e))?;
    match file.try_lock() {
        Ok(()) => Ok(Taken {
            _file: file,
            _folder: within,
        }),
        Err(TryLockError::WouldBlock) => Err(StoreError::InUse),
        Err(TryLockError::Error(e)) => Err(failed(&path, &e)),
    }
}

/// What a file's failure means.
pub(crate) fn failed(path: &Path, error: &io::Error) -> StoreError {
    match error.kind() {
        io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied => StoreError::ReadOnly,
        io::ErrorKind::StorageFull => StoreError::DiskFull,
        _ => StoreError::Database(format!("{}: {error}", path.display())),
    }
}
