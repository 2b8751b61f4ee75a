//! One folder's files as they are used: writes down what is done, and fails when it should.

use std::collections::BTreeMap;
use std::ffi::c_int;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, SystemTime};

use rusqlite::ffi::{SQLITE_IOERR_FSYNC, SQLITE_IOERR_WRITE, SQLITE_OK};

use super::fault::{Running, Unsynced, WriteVerdict};
use super::log::{FileId, Files, Log, Op};
use super::replay::Replay;

/// Who watches what. A process may run several tests at a time, each in a folder of its own.
static FOLDERS: Mutex<BTreeMap<PathBuf, Weak<Watched>>> = Mutex::new(BTreeMap::new());

fn folders() -> MutexGuard<'static, BTreeMap<PathBuf, Weak<Watched>>> {
    FOLDERS.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(super) fn register(folder: &Path, watched: &Arc<Watched>) {
    folders().insert(folder.to_owned(), Arc::downgrade(watched));
}

pub(super) fn forget(folder: &Path) {
    folders().remove(folder);
}

/// Who watches the folder of a file, and the file's name.
pub(super) fn of(path: &Path) -> Option<(Arc<Watched>, String)> {
    let watched = folders().get(path.parent()?)?.upgrade()?;
    Some((watched, path.file_name()?.to_string_lossy().into_owned()))
}

pub(super) struct Watched {
    folder: PathBuf,
    inner: Mutex<Inner>,
}

/// A file that is there.
struct Known {
    file: FileId,
    /// How many have it open.
    open: u32,
    /// When it was changed last, as of its last close.
    changed: Option<SystemTime>,
}

pub(super) struct Inner {
    pub(super) log: Log,
    pub(super) fault: Option<Running>,
    pub(super) latency: Duration,
    pub(super) keeps_beside: bool,
    kept: Arc<Files>,
    names: BTreeMap<String, Known>,
    made: u64,
}

impl Known {
    fn new(file: FileId) -> Self {
        Self {
            file,
            open: 0,
            changed: None,
        }
    }
}

impl Inner {
    pub(super) fn push(&mut self, op: Op) {
        self.log.ops.push(op);
    }

    /// What else is in the folder; the same as last time costs nothing to keep.
    fn look_beside(&mut self, folder: &Path) -> Arc<Files> {
        let is_ours = |path: &str| {
            let of_database = |name: &String| path.strip_prefix(name.as_str()) == Some("-shm");
            self.names.contains_key(path) || self.names.keys().any(of_database)
        };
        if self.keeps_beside
            && let Ok(now) = Files::below(folder, |path| !is_ours(path))
            && now != *self.kept
        {
            self.kept = Arc::new(now);
        }
        Arc::clone(&self.kept)
    }
}

impl Watched {
    pub(super) fn new(folder: PathBuf, begin: Files) -> Self {
        let log = Log {
            begin,
            ops: Vec::new(),
        };
        let names: BTreeMap<_, _> = log
            .first_ids()
            .map(|(file, name, _)| (name.clone(), Known::new(file)))
            .collect();
        let inner = Inner {
            made: names.len() as u64,
            names,
            log,
            fault: None,
            latency: Duration::ZERO,
            keeps_beside: false,
            kept: Arc::default(),
        };
        Self {
            folder,
            inner: Mutex::new(inner),
        }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn changed(&self, name: &str) -> Option<SystemTime> {
        fs::metadata(self.folder.join(name))
            .and_then(|m| m.modified())
            .ok()
    }

    /// A file was opened, and made if it was not there.
    pub(super) fn opened(&self, name: &str) -> FileId {
        let mut inner = self.lock();
        if let Some(known) = inner.names.get_mut(name) {
            let file = known.file;
            let alone = known.open == 0;
            known.open += 1;
            if alone && known.changed.is_some_and(|then| Some(then) != self.changed(name)) {
                let bytes = fs::read(self.folder.join(name)).unwrap_or_default().into();
                inner.push(Op::Replaced { file, bytes });
            }
            return file;
        }
        let file = FileId(inner.made);
        inner.made += 1;
        let mut known = Known::new(file);
        known.open = 1;
        inner.names.insert(name.to_owned(), known);
        let name = name.to_owned();
        inner.push(Op::Create { file, name });
        file
    }

    /// A file was closed.
    pub(super) fn closed(&self, name: &str, file: FileId) {
        let changed = self.changed(name);
        // One that was deleted meanwhile, or is another by now, is of no interest.
        let mut inner = self.lock();
        if let Some(known) = inner.names.get_mut(name).filter(|known| known.file == file) {
            known.open = known.open.saturating_sub(1);
            known.changed = changed;
        }
    }

    pub(super) fn deleted(&self, name: String, durable: bool) {
        let mut inner = self.lock();
        inner.names.remove(&name);
        inner.push(Op::Delete { name, durable });
    }

    /// Writes with `through`, or fails.
    pub(super) fn write(
        &self,
        file: FileId,
        offset: u64,
        bytes: &[u8],
        through: impl FnOnce(&[u8]) -> c_int,
    ) -> c_int {
        let mut inner = self.lock();
        let verdict = match &mut inner.fault {
            Some(fault) => fault.write(bytes.len()),
            None => WriteVerdict::Done,
        };
        let (bytes, answer) = match verdict {
            WriteVerdict::Done => (bytes, SQLITE_OK),
            WriteVerdict::Fails(length, code) => (&bytes[..length], code),
        };
        if !bytes.is_empty() {
            if through(bytes) != SQLITE_OK {
                return SQLITE_IOERR_WRITE;
            }
            let bytes = bytes.into();
            inner.push(Op::Write { file, offset, bytes });
        }
        answer
    }

    pub(super) fn truncate(&self, file: FileId, size: u64, through: impl FnOnce() -> c_int) -> c_int {
        let mut inner = self.lock();
        let answer = through();
        if answer == SQLITE_OK {
            inner.push(Op::Truncate { file, size });
        }
        answer
    }

    /// Syncs, or fails; `put_back` writes what was durable over what is gone.
    pub(super) fn sync(
        &self,
        file: FileId,
        folder: bool,
        put_back: impl FnMut(u64, &[u8]) -> c_int,
    ) -> c_int {
        let (begun, latency) = {
            let inner = self.lock();
            (inner.log.ops.len(), inner.latency)
        };
        if !latency.is_zero() {
            std::thread::sleep(latency);
        }
        let mut inner = self.lock();
        match inner.fault.as_mut().and_then(Running::sync) {
            None => {
                let beside = inner.look_beside(&self.folder);
                inner.push(Op::Sync {
                    file,
                    begun,
                    folder,
                    beside,
                });
                return SQLITE_OK;
            }
            Some(Unsynced::Stays) => {}
            Some(Unsynced::OnlyInMemory) => inner.push(Op::Lost(file)),
            Some(Unsynced::Gone) => {
                restore(&inner.log, file, put_back);
                inner.push(Op::Lost(file));
            }
        }
        SQLITE_IOERR_FSYNC
    }
}

/// Puts back what was durable where something else was written since.
fn restore(log: &Log, file: FileId, mut put_back: impl FnMut(u64, &[u8]) -> c_int) {
    let mut replay = Replay::new(log);
    replay.advance(log.ops.len());
    let durable = replay.durable(file);
    for op in replay.pending(file) {
        if let Op::Write { offset, bytes, .. } = op {
            let from = durable.len().min(*offset as usize);
            let until = durable.len().min(*offset as usize + bytes.len());
            let mut before = durable[from..until].to_vec();
            before.resize(bytes.len(), 0);
            // Nothing more can be done about a file that cannot be written: the test's own folder is broken.
            let _ = put_back(*offset, &before);
        }
    }
}
