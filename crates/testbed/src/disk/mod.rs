//! A disk that loses power and fails, beneath SQLite.
//!
//! [`Disk::watch`] makes a shim over SQLite's own file system the process's default one, so that the code under test is
//! the code that ships, and writes down what is done to the files of one folder, in order. From that [`Log`] a
//! [`Replay`] builds what a power cut at any point could leave: all that was synced, and of the rest nothing,
//! everything, some, or torn writes. A [`Fault`] makes writes and syncs fail while the code runs.
//!
//! What is assumed of a disk is what SQLite assumes: a write changes no byte outside itself
//! (`SQLITE_IOCAP_POWERSAFE_OVERWRITE`), and syncing a journal that was opened anew also syncs the folder's entries. An
//! entry of the folder is not held to be durable before that.
//!
//! Nothing is really synced: what is durable is what the log says, and tests do not wait for the machine's own disk.

mod dice;
mod fault;
mod log;
mod replay;
mod vfs;
mod watched;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};

pub use dice::Dice;
pub use fault::{Fault, Kind, Unsynced};
pub use log::{FileId, Files, Log, Op};
pub use replay::{Replay, Survives};
use watched::Watched;

/// The files of one folder, as SQLite uses them.
pub struct Disk {
    folder: PathBuf,
    watched: Arc<Watched>,
}

impl Disk {
    /// Watches a folder from now on. What is in it counts as durable. It must not be in use yet.
    pub fn watch(folder: &Path) -> Result<Self> {
        vfs::install()?;
        let folder = folder
            .canonicalize()
            .with_context(|| folder.display().to_string())?;
        let watched = Arc::new(Watched::new(folder.clone(), Files::read(&folder)?));
        watched::register(&folder, &watched);
        Ok(Self { folder, watched })
    }

    /// How long a sync takes. Whoever is answered before it is over is then seen to be.
    pub fn set_latency(&self, latency: Duration) {
        self.watched.lock().latency = latency;
    }

    /// Keeps with every sync what else is in the folder, and in folders in it, as it is just before.
    pub fn keep_beside(&self) {
        self.watched.lock().keeps_beside = true;
    }

    /// Writes down that something was told, after all that was done to the files before.
    pub fn mark(&self, mark: u64) {
        self.watched.lock().push(Op::Mark(mark));
    }

    /// Begins to fail.
    pub fn fail(&self, fault: Fault) {
        self.watched.lock().fault = Some(fault::Running::new(fault));
    }

    /// How many operations failed since it began to.
    #[must_use]
    pub fn failed(&self) -> u64 {
        let inner = self.watched.lock();
        inner.fault.as_ref().map_or(0, fault::Running::failed)
    }

    /// Fails no longer; how many operations failed.
    pub fn mend(&self) -> u64 {
        let fault = self.watched.lock().fault.take();
        fault.as_ref().map_or(0, fault::Running::failed)
    }

    /// What was done so far.
    #[must_use]
    pub fn log(&self) -> Log {
        self.watched.lock().log.clone()
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        watched::forget(&self.folder);
    }
}
