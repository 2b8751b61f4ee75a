//! Records from a file, a folder, or the zip archive of an ecosystem, one at a time.

use std::fs::{self, File};
use std::io::{BufReader, Read, Seek};
use std::path::{Path, PathBuf};

use super::osv::{Advisory, MAX_RECORD, RecordError};
use crate::text::short;

/// Bounds on what is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The largest record, in bytes, after it was inflated.
    pub record_bytes: u64,
    /// Everything together, in bytes, after it was inflated.
    pub total_bytes: u64,
    /// Files, of folders and archives together.
    pub records: u64,
    /// Folders within folders.
    pub depth: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            record_bytes: MAX_RECORD as u64,
            total_bytes: 16 << 30,
            records: 4_000_000,
            depth: 16,
        }
    }
}

/// A record, and what it was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// What it says.
    pub advisory: Advisory,
    /// The document.
    pub document: String,
}

/// Reads every record of a file, of a folder's `*.json` and `*.zip`, or of a zip archive, and hands over each, or what is
/// wrong with it. A record that cannot be read stops none of the others; the last error says if a limit did.
pub fn read(path: &Path, limits: &Limits, each: &mut dyn FnMut(Result<Record, RecordError>)) {
    let mut source = Source {
        limits: *limits,
        each,
    };
    if let Err(error) = source.path(path) {
        (source.each)(Err(error));
    }
}

/// Reads every record of a zip archive that need not be a file. `place` is what errors call it.
pub fn read_archive(
    place: &str,
    archive: impl Read + Seek,
    limits: &Limits,
    each: &mut dyn FnMut(Result<Record, RecordError>),
) {
    let mut source = Source {
        limits: *limits,
        each,
    };
    if let Err(error) = source.archive(place, archive) {
        (source.each)(Err(error));
    }
}

/// All records of a path, and all errors. For few.
#[must_use]
pub fn read_all(path: &Path, limits: &Limits) -> (Vec<Advisory>, Vec<RecordError>) {
    let (mut records, mut errors) = (Vec::new(), Vec::new());
    read(path, limits, &mut |record| match record {
        Ok(record) => records.push(record.advisory),
        Err(error) => errors.push(error),
    });
    (records, errors)
}

/// What is still allowed, and where records go. An error of its methods ends the whole.
struct Source<'e> {
    limits: Limits,
    each: &'e mut dyn FnMut(Result<Record, RecordError>),
}

impl Source<'_> {
    fn path(&mut self, path: &Path) -> Result<(), RecordError> {
        let known = fs::metadata(path).map_err(|error| fault(path, &error.to_string()))?;
        if !known.is_dir() {
            return self.file(path);
        }
        let mut open = vec![(path.to_path_buf(), 0)];
        while let Some((folder, depth)) = open.pop() {
            if depth > self.limits.depth {
                (self.each)(Err(fault(
                    &folder,
                    "folders are too deep here; what is in it was not read",
                )));
                continue;
            }
            match sorted(&folder) {
                Ok((files, folders)) => {
                    files.iter().try_for_each(|file| self.file(file))?;
                    open.extend(folders.into_iter().rev().map(|folder| (folder, depth + 1)));
                }
                Err(error) => (self.each)(Err(fault(&folder, &error.to_string()))),
            }
        }
        Ok(())
    }

    fn file(&mut self, path: &Path) -> Result<(), RecordError> {
        if !fs::metadata(path).is_ok_and(|known| known.is_file()) {
            (self.each)(Err(fault(path, "it is no file")));
            return Ok(());
        }
        let file = match File::open(path) {
            Ok(file) => file,
            Err(error) => {
                (self.each)(Err(fault(path, &error.to_string())));
                return Ok(());
            }
        };
        if path.extension().is_some_and(|ext| ext == "zip") {
            return self.archive(&path.to_string_lossy(), BufReader::new(file));
        }
        self.record(&path.to_string_lossy(), file)
    }

    /// Reads one record, whatever its size is said to be, up to the limit.
    fn record(&mut self, place: &str, from: impl Read) -> Result<(), RecordError> {
        let end = |why: &str| RecordError {
            place: short(place),
            why: why.to_owned(),
        };
        let left = self.limits.records.checked_sub(1);
        self.limits.records =
            left.ok_or_else(|| end("more records than are read; what follows was not read"))?;
        let most = self.limits.record_bytes.min(self.limits.total_bytes);
        let mut bytes = Vec::new();
        let read = from.take(most.saturating_add(1)).read_to_end(&mut bytes);
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        if length > self.limits.total_bytes {
            return Err(end(
                "more bytes than are read; this and what follows was not read",
            ));
        }
        self.limits.total_bytes -= length;
        let record = match read {
            Err(error) => Err(end(&short(&error.to_string()))),
            Ok(_) if length > self.limits.record_bytes => Err(end("the record is too large")),
            Ok(_) => match std::str::from_utf8(&bytes) {
                Ok(text) => Advisory::parse(text, place).map(|advisory| Record {
                    advisory,
                    document: text.to_owned(),
                }),
                Err(_) => Err(end("the record is no UTF-8")),
            },
        };
        (self.each)(record);
        Ok(())
    }

    /// Reads the `*.json` of an archive, one after the other.
    fn archive(&mut self, place: &str, archive: impl Read + Seek) -> Result<(), RecordError> {
        let fault = |why: String| RecordError {
            place: short(place),
            why: short(&why),
        };
        let mut archive = match zip::ZipArchive::new(archive) {
            Ok(archive) => archive,
            Err(error) => {
                (self.each)(Err(fault(format!("no zip archive: {error}"))));
                return Ok(());
            }
        };
        for index in 0..archive.len() {
            let entry = match archive.by_index(index) {
                Ok(entry) => entry,
                Err(error) => {
                    (self.each)(Err(fault(format!("entry {index}: {error}"))));
                    continue;
                }
            };
            let name = match entry.name() {
                Ok(name) => name.into_owned(),
                Err(_) => format!("entry {index}.json"),
            };
            if !entry.is_dir() && name.ends_with(".json") {
                self.record(&format!("{place}!{name}"), entry)?;
            }
        }
        Ok(())
    }
}

fn fault(path: &Path, why: &str) -> RecordError {
    RecordError {
        place: short(&path.to_string_lossy()),
        why: short(why),
    }
}

/// The files of a folder that may hold records, and its folders, each by name. Links are not followed.
fn sorted(folder: &Path) -> std::io::Result<(Vec<PathBuf>, Vec<PathBuf>)> {
    let (mut files, mut folders) = (Vec::new(), Vec::new());
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let (path, kind) = (entry.path(), entry.file_type()?);
        if kind.is_dir() {
            folders.push(path);
        } else if kind.is_file() && path.extension().is_some_and(|ext| ext == "json" || ext == "zip") {
            files.push(path);
        }
    }
    files.sort();
    folders.sort();
    Ok((files, folders))
}
