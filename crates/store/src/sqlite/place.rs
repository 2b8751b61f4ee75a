//! Whether the database's files are still where they were opened.
//!
//! A file that is open can be written after it was moved, deleted or replaced, and what is synced is durable, where nobody
//! will look for it. So what was opened is compared with what is there, by device and inode. They are only looked at: to open
//! a file of SQLite's and close it would let go of the locks that this process has on it.

use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use crate::error::StoreError;
use crate::store;

/// Device and inode.
type Known = (u64, u64);

/// The database's files as they were opened. Shared by all connections: once one was gone, it is gone for all.
pub(super) struct Place {
    file: PathBuf,
    log: PathBuf,
    opened: Known,
    /// SQLite makes it before it first writes, and keeps it while anybody has the database open.
    log_opened: OnceLock<Known>,
    /// Which of them is gone.
    left: OnceLock<&'static str>,
}

impl Place {
    /// Of a database that is open.
    pub(super) fn of(folder: &Path) -> Result<Self, StoreError> {
        let (file, log) = (folder.join(super::FILE), folder.join(super::LOG));
        let (opened, _) = at(&file)?.ok_or_else(|| moved(super::FILE))?;
        let place = Self {
            file,
            log,
            opened,
            log_opened: OnceLock::new(),
            left: OnceLock::new(),
        };
        place.look().map(|()| place)
    }

    /// Whether they are where they were, and the database is not empty: it never is, once it was opened. Once they were not, they
    /// are not for ever: what was written meanwhile is elsewhere.
    pub(super) fn look(&self) -> Result<(), StoreError> {
        if let Some(which) = self.left.get() {
            return Err(moved(which));
        }
        if !self.is_file()? {
            return Err(self.leave(super::FILE));
        }
        let log = at(&self.log)?.map(|(log, _)| log);
        let known = match log {
            Some(log) => Some(*self.log_opened.get_or_init(|| log)),
            None => self.log_opened.get().copied(),
        };
        if log == known {
            Ok(())
        } else {
            Err(self.leave(super::LOG))
        }
    }

    /// Whether one of them was found to be gone.
    pub(super) fn is_left(&self) -> bool {
        self.left.get().is_some()
    }

    /// Whether the database itself is where it was.
    pub(super) fn has_file(&self) -> bool {
        matches!(self.is_file(), Ok(true))
    }

    /// What was found before, so that nobody reads either what is not there any more.
    pub(super) fn was_left(&self) -> Result<(), StoreError> {
        self.left.get().map_or(Ok(()), |which| Err(moved(which)))
    }

    fn is_file(&self) -> Result<bool, StoreError> {
        Ok(at(&self.file)?.is_some_and(|(found, length)| found == self.opened && length > 0))
    }

    fn leave(&self, which: &'static str) -> StoreError {
        let error = moved(which);
        if self.left.set(which).is_ok() {
            tracing::error!(%error, "the database is not where it was");
        }
        error
    }
}

fn moved(which: &'static str) -> StoreError {
    StoreError::Moved(which)
}

fn at(path: &Path) -> Result<Option<(Known, u64)>, StoreError> {
    match std::fs::metadata(path) {
        Ok(found) => Ok(Some(((found.dev(), found.ino()), found.len()))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(store::failed(path, &error)),
    }
}
