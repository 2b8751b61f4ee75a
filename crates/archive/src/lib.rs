//! A lab's ledger in columns: Parquet files that say who had what released, when, and how much, at less than 20 bytes a row.
//!
//! An archive is a folder. Whatever reads Parquet reads it; with the ledger's export it can be made again, and so be checked row by row.
//!
//! | file | holds |
//! |---|---|
//! | `actors.parquet` | whoever acted: `as`, `role`, `engagement`, `pseudonym`, `credential`, `principal`, `project`; a row's place is its number |
//! | `rows-00000.parquet`, … | the rows, in the ledger's order, which is that of time |
//!
//! | column of the rows | type | says |
//! |---|---|---|
//! | `n` | int64 | index of the entry |
//! | `t` | timestamp, microseconds, UTC | its ledger time |
//! | `clock` | the same, or null | what the clock said, where it had been put back |
//! | `actor` | int32 | who, by number |
//! | `fact` | text | what was done: the entry's `kind` |
//! | `purpose` | text, or null | what a streamed read is for |
//! | `project` | 16 bytes, or null | the project that the entry names; else it is the actor's |
//! | `stream` | 16 bytes, or null | the streamed read that it begins or ends |
//! | `object`, `version` | 16 bytes, int32; or null | the object version that was written or released |
//! | `objects` | int64, or null | where a streamed read ends: how many objects were sent |
//! | `bytes` | int64, or null | plaintext bytes: of the object version, or of what was sent |
//!
//! An entry that names several object versions, itself or by a list, has a row for each; one that names none has one. Ids are the 16 bytes behind
//! their text. What a row does not say (tasks, verdicts, hours) stands in the entry `n` of the ledger.
//!
//! Both kinds of file say of which archive they are in the key-value pair `cofferdam.archive`: the signed tree head that the archive was made as
//! of (so the ledger's name, size and root), which entries it has, and until when it goes. Beyond that an archive knows nothing: a question
//! that goes further is answered with what is *unknown*.
//!
//! # What never happens here
//!
//! * No plaintext and no name: an archive says what the ledger says, and less.
//! * No count of its own: what was touched is counted by `cofferdam_model`, as where the database is asked.
//! * No answer for more than the archive has.
//! * No size is believed that a file says: what is reserved for has bounds, checked before it is read.

mod ask;
mod columns;
mod error;
mod guard;
mod head;
mod part;
mod read;
mod row;
mod write;

pub use ask::{Answer, MOST_VERSIONS, Read, Versions, Whose};
pub use error::{ArchiveError, Damage};
pub use read::{Archive, Verifying, actors, each_group};
pub use row::{Known, Lists, Row};
pub use write::{ACTORS_FILE, Archived, Archiver};
