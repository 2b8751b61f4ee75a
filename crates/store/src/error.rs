//! What can go wrong beneath the SQL.

/// A storage failure. None of them leaves half of a command behind.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// The database refused or failed.
    #[error("the database failed: {0}; look at the data folder and its disk")]
    Database(String),
    /// The database's server failed.
    #[error("the database's server failed: {0}; look at its log")]
    Server(String),
    /// The database's server lets nobody in like that, or not this far; with what to create or grant.
    #[error("the database's server refuses: {0}")]
    Denied(String),
    /// The database's file is not one, or not whole.
    #[error("the database is damaged ({0}); keep a copy of the data folder, then restore it from a backup")]
    Damaged(String),
    /// A file of the database is no longer where it was opened.
    #[error(
        "`{0}` was moved, deleted, emptied or replaced while this program used it: nothing more is taken, and what was not answered \
         may be lost. Stop the program, put the files of the database back as they were, or restore them from a backup, and \
         run `cofferdam doctor` before it is started again"
    )]
    Moved(&'static str),
    /// A table, or a column of one, is not there.
    #[error("the database is not whole: {0}; run `cofferdam doctor`, and restore it from a backup")]
    Lacking(String),
    /// Somebody else keeps the database from being written.
    #[error("somebody else has locked what was to be written ({0}); nothing was changed, ask again")]
    Locked(String),
    /// The database's server is there, and does not let this program read or write what it must; with what to do.
    #[error("the database's server does not let this program do its work: {0}; nothing was changed")]
    Forbidden(String),
    /// The disk is full: nothing was changed.
    #[error("the disk that holds the data is full; free some space, nothing was changed")]
    DiskFull,
    /// The data folder or the database cannot be written.
    #[error(
        "the data folder or its database is read-only; give the user that runs this program the right to write both, or \
         make their disk writable; nothing was changed"
    )]
    ReadOnly,
    /// Something else than a full disk kept the data from being written: a quota, a limit, a fault of the disk.
    #[error(
        "the data could not be written ({0}): look at the disk, and at quotas and limits on the size of files; nothing was changed"
    )]
    Unwritable(String),
    /// A file beside the database could not be read: what it says is not known.
    #[error("{0}; look at the data folder's permissions and its disk; nothing was done")]
    Unreadable(String),
    /// Another process holds the data folder or the database.
    #[error(
        "another process is using this data folder or its database; stop it first, or point --data elsewhere"
    )]
    InUse,
    /// Another process is the node of this name.
    #[error(
        "another process is the node `{0}` of this database; stop it first, or give this one another `node` in cofferdam.toml"
    )]
    NodeInUse(String),
    /// The database's server does not answer: nothing was changed.
    #[error("the database's server cannot be reached ({0}); nothing was changed")]
    Unreachable(String),
    /// The machine's clock and that of the database's server are apart, and other nodes go by the latter.
    #[error(
        "this machine's clock is {millis} ms {} that of the database's server: set the one that is wrong; nothing was changed",
        if *.ahead { "ahead of" } else { "behind" }
    )]
    ClockApart {
        /// By how much.
        millis: u64,
        /// Whether this machine's is the later one.
        ahead: bool,
    },
    /// The database's server went away before it said whether it had committed.
    #[error(
        "the database's server went away ({0}): it is not known whether this was done; look before you ask again"
    )]
    Unknown(String),
    /// The database's server is set up so that it would lose what it acknowledges, or change what it is given.
    #[error("this PostgreSQL server cannot be used: {0}")]
    Unfit(String),
    /// A row holds what this code cannot have written.
    #[error("{table}: {problem}; run `cofferdam doctor`")]
    Corrupt {
        /// Where.
        table: &'static str,
        /// What is wrong.
        problem: String,
    },
    /// The database was made by a newer program.
    #[error("the database has schema version {found}, this program knows up to {known}; use a newer program")]
    TooNew {
        /// What it has.
        found: i64,
        /// What is known here.
        known: i64,
    },
    /// Somebody changed the version of the schema, or took out its row.
    #[error(
        "the database says that its schema has version {found}, and this program brings it to {known}: somebody changed that. \
         Stop what runs on it, and put back the table schema_version, or restore the database from a backup"
    )]
    OtherSchema {
        /// What it says; 0: nothing.
        found: i64,
        /// What it had when it was opened.
        known: i64,
    },
    /// The database has no tables, though an installation is looked for in it.
    #[error(
        "this database is empty, and the data folder's installation is elsewhere: look at `database` in cofferdam.toml, or \
         restore the database from a backup"
    )]
    Empty,
    /// A copy into this database was not finished.
    #[error("a copy into this database was not finished; run `cofferdam copy` again, with the same ends")]
    Unfinished,
    /// A uniqueness rule was violated.
    #[error("already there: {0}")]
    Conflict(String),
    /// A command panicked; every command of its group was undone.
    #[error("a command failed in a way that it should not; it was undone, see the server's log")]
    Panicked,
    /// The writer has stopped: nothing more is accepted.
    #[error("the store has stopped accepting writes; restart the server")]
    Stopped,
}

impl StoreError {
    /// Whether a uniqueness rule stood in the way.
    pub fn is_conflict(&self) -> bool {
        matches!(self, Self::Conflict(_))
    }
}

/// There is no room for what readers and writer share: SQLite says "I/O error" of that, not "full".
fn has_no_room(error: &rusqlite::Error) -> bool {
    let code = error.sqlite_error().map(|e| e.extended_code);
    code == Some(rusqlite::ffi::SQLITE_IOERR_SHMSIZE)
}

/// The file system took no more, for another reason than a full disk.
fn is_unwritable(error: &rusqlite::Error) -> bool {
    use rusqlite::ffi::{SQLITE_IOERR_TRUNCATE, SQLITE_IOERR_WRITE};
    let code = error.sqlite_error().map(|e| e.extended_code);
    matches!(code, Some(SQLITE_IOERR_WRITE | SQLITE_IOERR_TRUNCATE))
}

/// A missing row that another refers to, or an empty column, is no conflict but a mistake of ours.
fn is_uniqueness(error: &rusqlite::Error) -> bool {
    use rusqlite::ffi::{SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_UNIQUE};
    let code = error.sqlite_error().map(|e| e.extended_code);
    matches!(
        code,
        Some(SQLITE_CONSTRAINT_PRIMARYKEY | SQLITE_CONSTRAINT_UNIQUE)
    )
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode;
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::DiskFull,
            _ if has_no_room(&error) => Self::DiskFull,
            Some(ErrorCode::ReadOnly) => Self::ReadOnly,
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::InUse,
            _ if is_unwritable(&error) => Self::Unwritable(error.to_string()),
            Some(ErrorCode::ConstraintViolation) if is_uniqueness(&error) => {
                Self::Conflict(error.to_string())
            }
            Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => Self::Damaged(error.to_string()),
            _ => match lacking(&error) {
                Some(what) => Self::Lacking(what.to_owned()),
                None => Self::Database(error.to_string()),
            },
        }
    }
}

/// What SQLite does not find: only its words tell that from a mistake in a statement.
fn lacking(error: &rusqlite::Error) -> Option<&str> {
    let told = match error {
        rusqlite::Error::SqlInputError { msg, .. } => msg,
        rusqlite::Error::SqliteFailure(_, Some(msg)) => msg,
        _ => return None,
    };
    let not_there = told.starts_with("no such table") || told.starts_with("no such column");
    (not_there || told.contains("has no column named")).then_some(told)
}
