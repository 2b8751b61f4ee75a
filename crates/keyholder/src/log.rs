//! The log's file: appended, synced, and read with its chain checked.

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead as _, BufReader, ErrorKind, Read as _};
use std::os::unix::fs::{FileExt as _, OpenOptionsExt as _};
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::entry::{Entry, MAX_LINE, NO_SUM};
use crate::fail::{Failure, OnFile as _, Outcome};
use crate::files::sync_folder;
use crate::hex;

/// The file's name.
pub(crate) const FILE: &str = "log.jsonl";
/// The name of the file that tells how far it was.
pub(crate) const MARK: &str = "log.mark";

/// Where the next line goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct End {
    /// Its number.
    pub(crate) n: u64,
    /// The sum that it names.
    pub(crate) sum: [u8; 32],
    /// Where in the file it begins.
    pub(crate) at: u64,
}

impl End {
    /// Of a log without entries.
    pub(crate) const EMPTY: Self = Self {
        n: 0,
        sum: NO_SUM,
        at: 0,
    };
}

/// How far the log was, noted beside it now and then: a chain alone does not tell that lines at its end are gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Mark {
    /// How many entries.
    pub(crate) entries: u64,
    /// The sum of the last of them, in hexadecimal.
    pub(crate) sum: String,
}

impl Mark {
    /// Of a log that ends there.
    pub(crate) fn of(end: &End) -> Self {
        Self {
            entries: end.n,
            sum: hex::encode(&end.sum),
        }
    }

    /// Whether the log that has come as far as `end` is the one that was noted.
    fn fits(&self, end: &End) -> bool {
        end.n != self.entries || hex::encode(&end.sum) == self.sum
    }
}

/// The file, open for appending.
#[derive(Debug)]
pub(crate) struct LogFile {
    file: File,
    /// Where what is durable ends.
    end: u64,
    /// What went wrong such that nobody knows any more what is on the disk.
    broken: Option<String>,
    /// Tests fill the disk.
    #[cfg(test)]
    pub(crate) full: std::sync::Arc<std::sync::atomic::AtomicBool>,
}

/// Why lines are not in the log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("its log cannot be written: {0}; free space or look at the disk, then start it again")]
pub(crate) struct WriteError(String);

impl LogFile {
    /// Makes an empty one.
    pub(crate) fn make(path: &Path) -> Outcome<Self> {
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(path)
            .on(path)?;
        if let Some(parent) = path.parent() {
            sync_folder(parent).on(parent)?;
        }
        Ok(Self {
            file,
            end: 0,
            broken: None,
            #[cfg(test)]
            full: std::sync::Arc::default(),
        })
    }

    /// Opens one that is at least what was noted, tells `each` of its entries, and cuts off a last line that was begun and
    /// not ended. Gives where the next line goes, and how many bytes were cut off.
    pub(crate) fn open(
        path: &Path,
        mark: Option<&Mark>,
        each: impl FnMut(Entry),
    ) -> Outcome<(Self, End, u64)> {
        let mut options = OpenOptions::new();
        let file = options.read(true).write(true).open(path).on(path)?;
        let (end, torn) = walk(path, &file, mark, each)?;
        if torn > 0 {
            file.set_len(end.at).and_then(|()| file.sync_all()).on(path)?;
        }
        let log = Self {
            file,
            end: end.at,
            broken: None,
            #[cfg(test)]
            full: std::sync::Arc::default(),
        };
        Ok((log, end, torn))
    }

    #[cfg(not(test))]
    fn write(&self, lines: &[u8]) -> io::Result<()> {
        self.file.write_all_at(lines, self.end)
    }

    /// A disk that is full takes some of it.
    #[cfg(test)]
    fn write(&self, lines: &[u8]) -> io::Result<()> {
        if self.full.load(std::sync::atomic::Ordering::SeqCst) {
            self.file.write_all_at(&lines[..lines.len() / 2], self.end)?;
            return Err(ErrorKind::StorageFull.into());
        }
        self.file.write_all_at(lines, self.end)
    }

    #[cfg(test)]
    pub(crate) const fn file_for_tests(&mut self) -> &mut File {
        &mut self.file
    }

    /// Appends whole lines. When this returns without an error they are on the disk; with one, none of them is.
    pub(crate) fn append(&mut self, lines: &[u8]) -> Result<(), WriteError> {
        if let Some(why) = &self.broken {
            return Err(WriteError(why.clone()));
        }
        let written = self.write(lines);
        if let Err(error) = written {
            let why = crate::fail::bare(&error);
            if let Err(worse) = self.file.set_len(self.end).and_then(|()| self.file.sync_all()) {
                self.broken = Some(format!("{why}, and then {}", crate::fail::bare(&worse)));
            }
            return Err(WriteError(why));
        }
        // What a failed sync left on the disk is not known, and a second one does not tell. Whoever waits is told that nothing was done,
        // so that the lines are taken off again as far as that is in anybody's power.
        if let Err(error) = self.file.sync_data() {
            let why = crate::fail::bare(&error);
            let _ = self.file.set_len(self.end).and_then(|()| self.file.sync_all());
            self.broken = Some(why.clone());
            return Err(WriteError(why));
        }
        self.end += lines.len() as u64;
        Ok(())
    }
}

/// Reads the log at `path` from its beginning, with its chain checked. What is being written just now is left out.
pub(crate) fn read(path: &Path, each: impl FnMut(Entry)) -> Outcome<End> {
    let file = File::open(path).on(path)?;
    Ok(walk(path, &file, None, each)?.0)
}

/// Checks every whole line; gives where they end, and how many bytes of a line without end follow.
fn walk(path: &Path, file: &File, mark: Option<&Mark>, mut each: impl FnMut(Entry)) -> Outcome<(End, u64)> {
    let mut reader = BufReader::with_capacity(1 << 18, file);
    let (mut end, mut line) = (End::EMPTY, Vec::new());
    loop {
        line.clear();
        let read = next_line(&mut reader, &mut line).on(path)?;
        if line.last() != Some(&b'\n') {
            let torn = rest_len(&mut reader).on(path)? + read as u64;
            return match mark {
                Some(mark) if mark.entries > end.n => Err(gone(path, mark)),
                _ => Ok((end, torn)),
            };
        }
        line.pop();
        let (entry, sum) = Entry::of_line(&line, end.n, &end.sum).map_err(|error| {
            Failure::new(format!(
                "{}, line {}: {error}; restore the log from a backup that is whole, or ask who could write it",
                path.display(),
                end.n + 1
            ))
        })?;
        end = End {
            n: end.n + 1,
            sum,
            at: end.at + read as u64,
        };
        if let Some(mark) = mark.filter(|mark| !mark.fits(&end)) {
            return Err(gone(path, mark));
        }
        each(entry);
    }
}

fn gone(path: &Path, mark: &Mark) -> Failure {
    Failure::new(format!(
        "{}: it had {} entries at least, and lines at its end are gone or were exchanged; restore the log from a backup that \
         is whole, or ask who could write it",
        path.display(),
        mark.entries
    ))
}

/// A line with its newline, or as much as there is of one that is too long or that ends with the file.
fn next_line(reader: &mut BufReader<&File>, line: &mut Vec<u8>) -> io::Result<usize> {
    reader.by_ref().take(MAX_LINE as u64 + 1).read_until(b'\n', line)
}

/// How many bytes follow. A newline among them means that a line was damaged in its middle, not cut off at its end.
fn rest_len(reader: &mut BufReader<&File>) -> io::Result<u64> {
    let mut len = 0;
    loop {
        let part = reader.fill_buf()?;
        if part.is_empty() {
            return Ok(len);
        }
        if part.contains(&b'\n') {
            let damaged = "a line is longer than any that was written: it was damaged";
            return Err(io::Error::new(ErrorKind::InvalidData, damaged));
        }
        let read = part.len();
        len += read as u64;
        reader.consume(read);
    }
}
