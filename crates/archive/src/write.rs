//! Making an archive from the entries of a ledger.

use std::fs::{self, File};
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use cofferdam_model::{Entry, Timestamp};

use crate::error::{ArchiveError, Damage};
use crate::head::{FORMAT, Head, Part, PartEnd, write_actors};
use crate::part::PartWriter;
use crate::row::{Derive, Lists, Row};

/// The file of those who acted, which is written last.
pub const ACTORS_FILE: &str = "actors.parquet";
/// Rows after which a file ends, with the entry that they are of.
const FILE_ROWS: u64 = 1 << 24;

/// Where the rows of an archive lie: in files of some 2^24 rows each.
pub(crate) fn part_name(part: u64) -> String {
    format!("rows-{part:05}.parquet")
}

/// What was archived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Archived {
    /// Entries from 0 to below this.
    pub end: u64,
    /// Rows.
    pub rows: u64,
    /// Bytes of all files.
    pub bytes: u64,
    /// Who acted.
    pub actors: u64,
    /// No entry of an earlier ledger time is beyond them.
    pub until: Timestamp,
}

/// Writes an archive into a folder, an entry at a time. What is there without its end is no archive.
pub struct Archiver {
    dir: PathBuf,
    head: Head,
    derive: Derive,
    /// Only entries of an earlier ledger time have rows.
    before: Option<Timestamp>,
    part: Option<PartWriter<BufWriter<File>>>,
    rows: Vec<Row>,
    bytes: u64,
    ended: bool,
}

impl Archiver {
    /// Begins an archive of the ledger of that key, as of a signed tree head, of the entries before a time if one is given. The folder is
    /// made, or is empty.
    ///
    /// # Errors
    /// Where the tree head is not the key's, the folder has something in it, or nothing can be written there.
    pub fn create(
        dir: &Path,
        vkey: &str,
        checkpoint: &str,
        before: Option<Timestamp>,
    ) -> Result<Self, ArchiveError> {
        let head = Head {
            format: FORMAT,
            vkey: vkey.trim().to_owned(),
            checkpoint: checkpoint.to_owned(),
            end: 0,
            until: i64::MIN,
            rows: 0,
            put_back: Vec::new(),
            parts: Vec::new(),
        };
        head.open(&[]).map_err(ArchiveError::Head)?;
        let failed = |error| ArchiveError::io(dir, error);
        fs::create_dir_all(dir).map_err(failed)?;
        if fs::read_dir(dir).map_err(failed)?.next().is_some() {
            let full = std::io::Error::new(
                std::io::ErrorKind::DirectoryNotEmpty,
                "it is not empty, and nothing was written: name a new or empty folder for the archive",
            );
            return Err(failed(full));
        }
        Ok(Self {
            dir: dir.to_owned(),
            head,
            derive: Derive::new(),
            before,
            part: None,
            rows: Vec::new(),
            bytes: 0,
            ended: false,
        })
    }

    /// Takes in the next entry; `lists` finds the lists of objects that it names.
    ///
    /// # Errors
    /// Where it is not the next entry of a lab's ledger, a list is not there, or a file cannot be written.
    pub fn push(&mut self, entry: &Entry, lists: &mut Lists<'_>) -> Result<(), ArchiveError> {
        if self.ended || self.before.is_some_and(|before| entry.t >= before) {
            if !self.ended {
                (self.ended, self.head.until) = (true, entry.t.as_micros());
            }
            return self.derive.follow(entry);
        }
        let mut rows = std::mem::take(&mut self.rows);
        let derived = self.derive.rows(entry, lists, &mut rows);
        self.rows = rows;
        derived?;
        let path = self.path();
        let mut part = match self.part.take() {
            Some(part) => part,
            None => self.begin(&path)?,
        };
        part.push(&self.rows).map_err(|damage| unwritten(damage, &path))?;
        (self.head.end, self.head.until) = (entry.n + 1, entry.t.as_micros());
        self.head.rows += self.rows.len() as u64;
        match part.rows() >= FILE_ROWS {
            true => self.end(part),
            false => {
                self.part = Some(part);
                Ok(())
            }
        }
    }

    /// Where the file of rows lies that is being written.
    fn path(&self) -> PathBuf {
        self.dir.join(part_name(self.head.parts.len() as u64))
    }

    fn begin(&self, path: &Path) -> Result<PartWriter<BufWriter<File>>, ArchiveError> {
        let file = File::create_new(path).map_err(|error| ArchiveError::io(path, error))?;
        let part = Part {
            format: FORMAT,
            part: self.head.parts.len() as u64,
            checkpoint: self.head.checkpoint.clone(),
            first: self.head.end,
            end: self.head.end,
        };
        PartWriter::new(BufWriter::new(file), part).map_err(|damage| unwritten(damage, path))
    }

    fn end(&mut self, part: PartWriter<BufWriter<File>>) -> Result<(), ArchiveError> {
        let (path, rows) = (self.path(), part.rows());
        let (file, part) = part.finish().map_err(|damage| unwritten(damage, &path))?;
        self.bytes += durable(file, &path)?;
        self.head.parts.push(PartEnd { end: part.end, rows });
        Ok(())
    }

    /// Gives it up: the files that were written are deleted, as far as that goes.
    pub fn abandon(mut self) {
        self.part = None;
        for part in 0..=self.head.parts.len() as u64 {
            // What cannot be deleted stays: without its end it is no archive.
            let _ = fs::remove_file(self.dir.join(part_name(part)));
        }
        let _ = fs::remove_dir(&self.dir);
    }

    /// Ends the archive.
    ///
    /// # Errors
    /// Where not every entry of the tree head was taken in, or a file cannot be written.
    pub fn finish(mut self) -> Result<Archived, ArchiveError> {
        if let Some(part) = self.part.take() {
            self.end(part)?;
        }
        let checkpoint = self.head.open(&[]).map_err(ArchiveError::Head)?;
        if checkpoint.size() != self.derive.size() {
            return Err(ArchiveError::Head(format!(
                "it is of {} entries, and {} were taken in",
                checkpoint.size(),
                self.derive.size()
            )));
        }
        let authority = self.derive.authority();
        let spans = authority.map_or(&[][..], |authority| authority.clock_put_back());
        self.head.put_back = spans.iter().map(Into::into).collect();
        let unfinished = self.dir.join(format!("{ACTORS_FILE}.tmp"));
        let path = self.dir.join(ACTORS_FILE);
        let failed = |error| ArchiveError::io(&path, error);
        let mut file = BufWriter::new(File::create_new(&unfinished).map_err(failed)?);
        let written = write_actors(&mut file, &self.head, self.derive.known());
        written.map_err(|damage| unwritten(damage, &path))?;
        self.bytes += durable(file, &path)?;
        fs::rename(&unfinished, &path).map_err(failed)?;
        Ok(Archived {
            end: self.head.end,
            rows: self.head.rows,
            bytes: self.bytes,
            actors: self.derive.known().len() as u64,
            until: Timestamp::from_micros(self.head.until),
        })
    }
}

/// Waits until a file is on the disk; its bytes.
fn durable(file: BufWriter<File>, path: &Path) -> Result<u64, ArchiveError> {
    let failed = |error| ArchiveError::io(path, error);
    let file = file.into_inner().map_err(|error| failed(error.into_error()))?;
    file.sync_all().map_err(failed)?;
    Ok(file.metadata().map_err(failed)?.len())
}

fn unwritten(damage: Damage, path: &Path) -> ArchiveError {
    ArchiveError::io(path, std::io::Error::other(damage.0))
}
