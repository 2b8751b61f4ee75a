//! Failures, and when they come.

use std::ffi::c_int;

use rusqlite::ffi::{SQLITE_FULL, SQLITE_IOERR_WRITE};

/// What fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A write, because the disk is full: nothing of it is there.
    Full,
    /// A write, because the disk is full: its first half is there.
    Short,
    /// A write, because of the disk: nothing of it is there.
    WriteError,
    /// A sync.
    SyncError(Unsynced),
}

/// What a failed sync does to what was not synced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unsynced {
    /// It stays, and the next sync makes it durable.
    Stays,
    /// It can be read until the power goes, but no later sync makes it durable.
    OnlyInMemory,
    /// It is gone at once: what was durable is read again.
    Gone,
}

/// A failure, when it comes, and how often.
#[derive(Debug, Clone, Copy)]
pub struct Fault {
    /// What fails.
    pub kind: Kind,
    /// So many writes, or syncs, are done before.
    pub after: u64,
    /// So many fail then.
    pub times: u64,
}

/// A failure that is awaited, or is on.
pub(super) struct Running {
    fault: Fault,
    seen: u64,
}

/// What becomes of a write.
pub(super) enum WriteVerdict {
    Done,
    /// So many bytes are written, and this is answered.
    Fails(usize, c_int),
}

impl Running {
    pub(super) fn new(fault: Fault) -> Self {
        Self { fault, seen: 0 }
    }

    /// How many failed.
    pub(super) fn failed(&self) -> u64 {
        self.seen.saturating_sub(self.fault.after).min(self.fault.times)
    }

    fn strikes(&mut self) -> bool {
        let number = self.seen;
        self.seen += 1;
        (self.fault.after..self.fault.after.saturating_add(self.fault.times)).contains(&number)
    }

    pub(super) fn write(&mut self, length: usize) -> WriteVerdict {
        let (part, code) = match self.fault.kind {
            Kind::Full => (0, SQLITE_FULL),
            Kind::Short => (length / 2, SQLITE_FULL),
            Kind::WriteError => (0, SQLITE_IOERR_WRITE),
            Kind::SyncError(_) => return WriteVerdict::Done,
        };
        if self.strikes() {
            WriteVerdict::Fails(part, code)
        } else {
            WriteVerdict::Done
        }
    }

    /// Whether a sync fails, and what that does.
    pub(super) fn sync(&mut self) -> Option<Unsynced> {
        match self.fault.kind {
            Kind::SyncError(unsynced) => self.strikes().then_some(unsynced),
            Kind::Full | Kind::Short | Kind::WriteError => None,
        }
    }
}
