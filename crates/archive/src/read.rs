//! An archive that is there: what it says of itself, its rows, and whether it is what follows from its ledger.

use std::fs::File;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use cofferdam_ledger::checkpoint::Checkpoint;
use cofferdam_ledger::note::VerifyingKey;
use cofferdam_model::authority::PutBack;
use cofferdam_model::{Entry, Timestamp};

use crate::error::{ArchiveError, Damage};
use crate::head::{Head, read_actors};
use crate::part::PartFile;
use crate::row::{Derive, Known, Lists, Row};
use crate::write::{ACTORS_FILE, part_name};

/// Rows that are read at once.
const BATCH: usize = 1 << 13;

/// An archive of one lab's ledger.
pub struct Archive {
    dir: PathBuf,
    pub(crate) head: Head,
    pub(crate) known: Vec<Known>,
    checkpoint: Checkpoint,
}

impl Archive {
    /// Opens the archive in a folder: reads who acted in it, and no row yet. Its tree head must be signed with one of `keys`; without any,
    /// with the key that lies in it, for which then nobody vouches.
    ///
    /// # Errors
    /// Where there is none, or it is damaged.
    pub fn open(dir: &Path, keys: &[VerifyingKey]) -> Result<Self, ArchiveError> {
        let path = dir.join(ACTORS_FILE);
        let file = File::open(&path).map_err(|error| ArchiveError::io(&path, error))?;
        let (head, known) = read_actors(&file).map_err(|damage| damage.of(&path))?;
        let checkpoint = head.open(keys).map_err(ArchiveError::Head)?;
        whole(&head).map_err(|damage| damage.of(&path))?;
        Ok(Self {
            dir: dir.to_owned(),
            head,
            known,
            checkpoint,
        })
    }

    /// The signed tree head that it was made as of.
    pub const fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// The key that this is signed with.
    pub fn vkey(&self) -> &str {
        &self.head.vkey
    }

    /// It has the rows of the entries from 0 to below this.
    pub const fn end(&self) -> u64 {
        self.head.end
    }

    /// No entry of an earlier ledger time is beyond them.
    pub const fn until(&self) -> Timestamp {
        Timestamp::from_micros(self.head.until)
    }

    /// How many rows it has.
    pub const fn rows(&self) -> u64 {
        self.head.rows
    }

    /// Whoever acted in its entries.
    pub fn known(&self) -> &[Known] {
        &self.known
    }

    pub(crate) fn put_back(&self) -> Vec<PutBack> {
        self.head.put_back.iter().map(Into::into).collect()
    }

    pub(crate) fn parts(&self) -> u64 {
        self.head.parts.len() as u64
    }

    pub(crate) fn path(&self, part: u64) -> PathBuf {
        self.dir.join(part_name(part))
    }

    /// A file of rows, which must be where the archive says that it is.
    pub(crate) fn part(&self, part: u64) -> Result<PartFile<File>, ArchiveError> {
        let path = self.path(part);
        let file = File::open(&path).map_err(|error| ArchiveError::io(&path, error))?;
        let opened = PartFile::open(file).map_err(|damage| damage.of(&path))?;
        let ends = &self.head.parts;
        let at = usize::try_from(part).unwrap_or(usize::MAX);
        let first = at
            .checked_sub(1)
            .and_then(|before| ends.get(before))
            .map_or(0, |before| before.end);
        let own = &opened.part;
        let fits = ends.get(at).is_some_and(|end| {
            (own.part, own.first, own.end, opened.rows()) == (part, first, end.end, end.rows)
                && own.checkpoint == self.head.checkpoint
        });
        match fits {
            true => Ok(opened),
            false => Err(Damage::new("it belongs to another archive, or at another place").of(&path)),
        }
    }

    /// Begins to hold the archive against its ledger.
    pub fn verifying(&self) -> Verifying<'_> {
        Verifying {
            archive: self,
            derive: Derive::new(),
            rows: Rows::new(self),
            derived: Vec::new(),
            until: None,
        }
    }
}

/// Its files must follow each other without a gap.
fn whole(head: &Head) -> Result<(), Damage> {
    let mut last = (0, 0u64);
    for part in &head.parts {
        if part.end <= last.0 {
            return Err(Damage::new("its files do not follow each other"));
        }
        last = (part.end, last.1.saturating_add(part.rows));
    }
    match last == (head.end, head.rows) {
        true => Ok(()),
        false => Err(Damage::new("its files have other entries or rows than it counts")),
    }
}

/// The rows of an archive, one after the other.
struct Rows<'a> {
    archive: &'a Archive,
    part: u64,
    open: Option<PartFile<File>>,
    group: usize,
    batch: Vec<Row>,
    next: usize,
}

impl<'a> Rows<'a> {
    const fn new(archive: &'a Archive) -> Self {
        Self {
            archive,
            part: 0,
            open: None,
            group: 0,
            batch: Vec::new(),
            next: 0,
        }
    }

    fn next(&mut self) -> Result<Option<&Row>, ArchiveError> {
        while self.next == self.batch.len() {
            if !self.fill()? {
                return Ok(None);
            }
        }
        self.next += 1;
        Ok(self.batch.get(self.next - 1))
    }

    /// Reads the next row group; false: there is none.
    fn fill(&mut self) -> Result<bool, ArchiveError> {
        let part = match self.open.take() {
            Some(part) if self.group < part.groups() => part,
            Some(_) => {
                (self.part, self.group) = (self.part + 1, 0);
                return Ok(true);
            }
            None if self.part < self.archive.parts() => self.archive.part(self.part)?,
            None => return Ok(false),
        };
        let path = self.archive.path(self.part);
        self.batch.clear();
        self.next = 0;
        read_group(&part, self.group, &mut self.batch).map_err(|damage| damage.of(&path))?;
        self.group += 1;
        self.open = Some(part);
        Ok(true)
    }
}

/// Reads a row group whole. What the footer says of its entries and times must be so: questions skip by that.
pub(crate) fn read_group<R: parquet::file::reader::ChunkReader>(
    part: &PartFile<R>,
    group: usize,
    out: &mut Vec<Row>,
) -> Result<(), Damage> {
    let extent = part.extent(group)?;
    let begun = out.len();
    let mut reader = part.group(group)?;
    let mut from = 0;
    while from < reader.rows {
        let range = from..reader.rows.min(from + BATCH);
        from = range.end;
        let actors = reader.actors(range.clone())?.to_vec();
        reader.whole(range, &actors, out)?;
    }
    let rows = &out[begun..];
    let ends = rows.first().zip(rows.last());
    let fits =
        ends.is_some_and(|(first, last)| extent.n == (first.n, last.n) && extent.t == (first.t, last.t));
    let sorted = rows.is_sorted_by_key(|row| (row.n, row.t)) && rows.is_sorted_by_key(|row| row.t);
    match fits && sorted {
        true => Ok(()),
        false => Err(Damage::new(
            "its rows are not those that its footer says, or not in order",
        )),
    }
}

/// Reads one file of rows that is in memory, whatever archive it is of: a row group at a time, until `each` answers `false`.
///
/// # Errors
/// [`Damage`], where it is no file of rows.
pub fn each_group(file: Bytes, each: &mut dyn FnMut(&[Row]) -> bool) -> Result<(), Damage> {
    let part = PartFile::open(file)?;
    let mut rows = Vec::new();
    for group in 0..part.groups() {
        rows.clear();
        read_group(&part, group, &mut rows)?;
        if !each(&rows) {
            break;
        }
    }
    Ok(())
}

/// Reads one file of those who acted that is in memory, whatever archive it is of.
///
/// # Errors
/// [`Damage`], where it is none.
pub fn actors(file: &Bytes) -> Result<Vec<Known>, Damage> {
    Ok(read_actors(file)?.1)
}

/// Holds an archive against its ledger: every row must follow from the entries, and every entry's rows must be there.
pub struct Verifying<'a> {
    archive: &'a Archive,
    derive: Derive,
    rows: Rows<'a>,
    derived: Vec<Row>,
    until: Option<Timestamp>,
}

impl Verifying<'_> {
    /// Takes in the next entry of the ledger; those after the archive's tree head change nothing. `lists` finds the lists of objects that it
    /// names.
    ///
    /// # Errors
    /// [`ArchiveError::Differs`] at the first row that is another.
    pub fn push(&mut self, entry: &Entry, lists: &mut Lists<'_>) -> Result<(), ArchiveError> {
        let head = &self.archive.head;
        if entry.n >= self.archive.checkpoint.size() {
            return Ok(());
        }
        if entry.n >= head.end {
            self.until.get_or_insert(entry.t);
            return self.derive.follow(entry);
        }
        self.derive.rows(entry, lists, &mut self.derived)?;
        for derived in &self.derived {
            let found = self.rows.next()?;
            if found != Some(derived) {
                let n = entry.n;
                return Err(ArchiveError::Differs(match found {
                    Some(_) => format!("a row of entry {n} says otherwise than the entry"),
                    None => format!("the rows of entry {n} are missing"),
                }));
            }
        }
        if entry.n + 1 == self.archive.checkpoint.size() {
            self.until.get_or_insert(entry.t);
        }
        Ok(())
    }

    /// Every entry was taken in.
    ///
    /// # Errors
    /// [`ArchiveError::Differs`] where the archive has more, or says otherwise what it covers or who acted.
    pub fn finish(mut self) -> Result<(), ArchiveError> {
        let differs = |why: &str| Err(ArchiveError::Differs(why.to_owned()));
        if self.derive.size() != self.archive.checkpoint.size() {
            return differs("the ledger has fewer entries than the archive's tree head");
        }
        if self.rows.next()?.is_some() {
            return differs("it has rows that are of no entry");
        }
        if self.derive.known() != self.archive.known {
            return differs("it says otherwise who acted");
        }
        let spans = self
            .derive
            .authority()
            .map_or(&[][..], |authority| authority.clock_put_back());
        if spans != self.archive.put_back() {
            return differs("it says otherwise where the clock was put back");
        }
        let until = self.until.unwrap_or(Timestamp::from_micros(i64::MIN));
        match until == self.archive.until() {
            true => Ok(()),
            false => differs("it says otherwise until when it goes"),
        }
    }
}
