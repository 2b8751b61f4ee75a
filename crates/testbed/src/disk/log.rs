//! What was done to the files of a folder, in order.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::sync::Arc;
use std::{fs, io};

use anyhow::{Context as _, Result};

/// A file, from when it is made until it is deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct FileId(pub(super) u64);

/// Files by name; those of folders in the folder by their path.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Files(pub BTreeMap<String, Vec<u8>>);

impl Files {
    /// The files of a folder, not those of folders in it.
    pub fn read(folder: &Path) -> Result<Self> {
        let mut files = Self::default();
        for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
            let path = entry?.path();
            if path.is_file() {
                files.take(folder, &path)?;
            }
        }
        Ok(files)
    }

    /// Every file below a folder for which `wanted` is true of its path from there.
    pub(super) fn below(folder: &Path, wanted: impl Fn(&str) -> bool) -> Result<Self> {
        let mut files = Self::default();
        let mut folders = vec![folder.to_owned()];
        while let Some(here) = folders.pop() {
            for entry in fs::read_dir(here)? {
                let path = entry?.path();
                if path.is_dir() {
                    folders.push(path);
                } else if wanted(&name(folder, &path)) {
                    files.take(folder, &path)?;
                }
            }
        }
        Ok(files)
    }

    fn take(&mut self, folder: &Path, path: &Path) -> Result<()> {
        match fs::read(path) {
            Ok(bytes) => {
                self.0.insert(name(folder, path), bytes);
            }
            // It was a temporary one.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error).with_context(|| path.display().to_string()),
        }
        Ok(())
    }

    /// Writes them into a folder, readable by nobody else.
    pub fn write(&self, folder: &Path) -> Result<()> {
        for (name, bytes) in &self.0 {
            let path = folder.join(name);
            path.parent().map_or(Ok(()), fs::create_dir_all)?;
            let mut options = fs::File::options();
            options.create(true).write(true).truncate(true).mode(0o600);
            options.open(path)?.write_all(bytes)?;
        }
        Ok(())
    }
}

fn name(folder: &Path, path: &Path) -> String {
    let path = path.strip_prefix(folder).unwrap_or(path);
    path.to_string_lossy().into_owned()
}

/// One thing that was done.
#[derive(Debug, Clone)]
pub enum Op {
    /// A file was made; its entry in the folder is not durable yet.
    Create {
        /// Which.
        file: FileId,
        /// Its name.
        name: String,
    },
    /// A file was deleted.
    Delete {
        /// Its name.
        name: String,
        /// The folder was synced with it.
        durable: bool,
    },
    /// Bytes were written.
    Write {
        /// Where to.
        file: FileId,
        /// From which byte on.
        offset: u64,
        /// What.
        bytes: Arc<[u8]>,
    },
    /// A file was cut.
    Truncate {
        /// Which.
        file: FileId,
        /// How long it is then.
        size: u64,
    },
    /// A sync succeeded.
    Sync {
        /// Of which file.
        file: FileId,
        /// What stands in the log before this position is durable; the sync began there.
        begun: usize,
        /// The entries of the folder, too.
        folder: bool,
        /// What else was in the folder, just before.
        beside: Arc<Files>,
    },
    /// What was not synced of a file will never be.
    Lost(FileId),
    /// While SQLite had it closed, something else wrote a file anew and, so it is taken, synced it.
    Replaced {
        /// Which.
        file: FileId,
        /// What is in it.
        bytes: Arc<[u8]>,
    },
    /// The test was told something.
    Mark(u64),
}

/// What was there, and what was done since.
#[derive(Debug, Clone, Default)]
pub struct Log {
    /// The files at the beginning, durable.
    pub begin: Files,
    /// What was done.
    pub ops: Vec<Op>,
}

impl Log {
    /// Where the power may go off: before and after every sync, after whatever was told, and at the end.
    #[must_use]
    pub fn boundaries(&self) -> Vec<usize> {
        let mut points = vec![self.ops.len()];
        for (position, op) in self.ops.iter().enumerate() {
            match op {
                Op::Sync { .. } => points.extend([position, position + 1]),
                Op::Lost(_) | Op::Replaced { .. } | Op::Mark(_) | Op::Delete { .. } => {
                    points.push(position + 1)
                }
                Op::Create { .. } | Op::Write { .. } | Op::Truncate { .. } => {}
            }
        }
        points.sort_unstable();
        points.dedup();
        points
    }

    /// How many syncs succeeded.
    #[must_use]
    pub fn syncs(&self) -> usize {
        let syncs = self.ops.iter().filter(|op| matches!(op, Op::Sync { .. }));
        syncs.count()
    }

    /// What else was in the folder at a position: as of the sync at it, or else of the last one before.
    #[must_use]
    pub fn beside(&self, position: usize) -> Option<Arc<Files>> {
        let until = self.ops.len().min(position + 1);
        self.ops[..until].iter().rev().find_map(|op| match op {
            Op::Sync { beside, .. } => Some(Arc::clone(beside)),
            _ => None,
        })
    }

    pub(super) fn first_ids(&self) -> impl Iterator<Item = (FileId, &String, &Vec<u8>)> {
        let files = self.begin.0.iter();
        files.zip(0..).map(|((name, bytes), n)| (FileId(n), name, bytes))
    }
}
