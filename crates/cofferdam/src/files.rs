//! Files that a user names: what stands in their way is told with the next step, not in the system's words.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::os::fd::AsRawFd as _;
use std::os::unix::fs::FileTypeExt as _;
use std::path::Path;

use rustix::fs::{AtFlags, CWD, Mode, OFlags};
use tempfile::NamedTempFile;

use crate::fail::{Failure, Outcome};

/// Opens a file for reading; a folder is none, nor is a pipe with a name.
pub(crate) fn open(path: &Path) -> Outcome<File> {
    no_pipe(path)?;
    let file = File::open(path).reading(path)?;
    match file.metadata().reading(path)?.is_dir() {
        true => Err(unread(path, &ErrorKind::IsADirectory.into())),
        false => Ok(file),
    }
}

/// Refuses a pipe with a name, which would be waited for until somebody writes to it. What a shell gives in place of a file
/// (`<(command)`) is none.
pub(crate) fn no_pipe(path: &Path) -> Outcome {
    let of_shell = ["/dev/fd", "/dev/stdin", "/proc"]
        .iter()
        .any(|of| path.starts_with(of));
    if !of_shell && fs::metadata(path).is_ok_and(|found| found.file_type().is_fifo()) {
        let text = format!("{} is a pipe, and a file is needed", path.display());
        return Err(Failure::new(text));
    }
    Ok(())
}

/// A whole file.
pub(crate) fn bytes(path: &Path) -> Outcome<Vec<u8>> {
    let mut bytes = Vec::new();
    open(path)?.read_to_end(&mut bytes).reading(path)?;
    Ok(bytes)
}

/// A whole file of text.
pub(crate) fn text(path: &Path) -> Outcome<String> {
    String::from_utf8(bytes(path)?).map_err(|_| unread(path, &ErrorKind::InvalidData.into()))
}

/// Writes a new file: whole, and on the disk, or not at all.
pub(crate) fn write_new(path: &Path, bytes: &[u8]) -> Outcome {
    let mut part = Part::of(path)?;
    part.file().write_all(bytes).writing(path)?;
    part.keep()
}

/// A new file while it is written: without a name, so that nothing is left of it however this ends; or, on a disk that has no such
/// files, beside its place, under a name that nobody can know before. For nobody else to read.
pub(crate) struct Part<'p> {
    path: &'p Path,
    file: Unplaced,
}

enum Unplaced {
    Unnamed(File),
    Named(NamedTempFile),
}

impl<'p> Part<'p> {
    /// Begins one, where nothing is in its place.
    pub(crate) fn of(path: &'p Path) -> Outcome<Self> {
        let none = || unwritten(path, &ErrorKind::NotFound.into());
        let name = path.file_name().ok_or_else(none)?;
        // Also a link to nothing: whoever follows it makes what it names.
        match fs::symlink_metadata(path) {
            Ok(_) => return Err(unwritten(path, &ErrorKind::AlreadyExists.into())),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(unwritten(path, &error)),
        }
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        // It comes into place by what the system calls it here.
        let flags = OFlags::TMPFILE | OFlags::RDWR | OFlags::CLOEXEC;
        if Path::new("/proc/self/fd").is_dir()
            && let Ok(unnamed) = rustix::fs::open(folder, flags, Mode::RUSR | Mode::WUSR)
        {
            let file = Unplaced::Unnamed(File::from(unnamed));
            return Ok(Self { path, file });
        }
        let mut prefix = name.to_owned();
        prefix.push(".");
        let file = tempfile::Builder::new()
            .prefix(&prefix)
            .suffix(".part")
            .tempfile_in(folder)
            .map_err(|error| unwritten(path, &untold(error)))?;
        let file = Unplaced::Named(file);
        Ok(Self { path, file })
    }

    /// What is written to.
    pub(crate) fn file(&mut self) -> &mut File {
        match &mut self.file {
            Unplaced::Unnamed(file) => file,
            Unplaced::Named(file) => file.as_file_mut(),
        }
    }

    /// Has it on the disk, and in its place: nothing is replaced that came there meanwhile.
    pub(crate) fn keep(mut self) -> Outcome {
        self.file().sync_all().writing(self.path)?;
        let kept = match self.file {
            Unplaced::Unnamed(file) => {
                let own = format!("/proc/self/fd/{}", file.as_raw_fd());
                let placed = rustix::fs::linkat(CWD, own, CWD, self.path, AtFlags::SYMLINK_FOLLOW);
                placed.map_err(io::Error::from)
            }
            Unplaced::Named(file) => {
                let placed = file.persist_noclobber(self.path);
                placed.map(|_| ()).map_err(|error| error.error)
            }
        };
        kept.writing(self.path)
    }
}

/// What the system said, without the name of the part.
fn untold(error: io::Error) -> io::Error {
    error
        .raw_os_error()
        .map_or_else(|| error.kind().into(), io::Error::from_raw_os_error)
}

/// What the system says of a file, said of that file.
pub(crate) trait OnFile<T> {
    /// While it was read.
    fn reading(self, path: &Path) -> Outcome<T>;
    /// While it was made or written.
    fn writing(self, path: &Path) -> Outcome<T>;
}

impl<T> OnFile<T> for io::Result<T> {
    fn reading(self, path: &Path) -> Outcome<T> {
        self.map_err(|error| unread(path, &error))
    }

    fn writing(self, path: &Path) -> Outcome<T> {
        self.map_err(|error| unwritten(path, &error))
    }
}

/// Why a file was not read.
pub(crate) fn unread(path: &Path, error: &io::Error) -> Failure {
    let shown = path.display();
    Failure::new(match error.kind() {
        ErrorKind::NotFound => format!("{shown} does not exist; look at the path"),
        ErrorKind::IsADirectory => format!("{shown} is a folder; name a file"),
        ErrorKind::PermissionDenied => {
            format!("{shown} may not be read by this user; change its rights, or run this as its owner")
        }
        ErrorKind::InvalidData => format!("{shown} is not text in UTF-8; convert it, or name another file"),
        _ => either(path, error, "read"),
    })
}

/// Why a file was not written.
pub(crate) fn unwritten(path: &Path, error: &io::Error) -> Failure {
    let shown = path.display();
    Failure::new(match error.kind() {
        ErrorKind::NotFound => match path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
            Some(parent) if !parent.exists() => {
                format!("{shown}: there is no folder {}; make it first", parent.display())
            }
            _ => format!("{shown} cannot be made there; name another place"),
        },
        ErrorKind::AlreadyExists => format!("{shown} exists already; name a new file"),
        ErrorKind::IsADirectory => format!("{shown} is a folder; name a file"),
        ErrorKind::PermissionDenied => {
            format!("{shown} may not be written by this user; name another place, or change the rights")
        }
        ErrorKind::ReadOnlyFilesystem => format!("{shown} lies on a read-only disk; name another place"),
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            format!("{shown}: the disk is full; free some space, then try again")
        }
        _ => either(path, error, "written"),
    })
}

fn either(path: &Path, error: &io::Error, done: &str) -> String {
    let shown = path.display();
    match error.kind() {
        ErrorKind::NotADirectory => {
            format!("{shown}: a part of this path is a file, not a folder; look at the path")
        }
        ErrorKind::InvalidFilename => format!("{shown} is too long a name; take a shorter one"),
        _ => format!(
            "{shown} cannot be {done}: {}; look at the path and the disk",
            bare(error)
        ),
    }
}

/// What the system says, without its number for it.
pub(crate) fn bare(error: &io::Error) -> String {
    let text = error.to_string();
    let end = text.find(" (os error ").unwrap_or(text.len());
    text[..end].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    #[test]
    fn a_pipe_with_a_name_is_not_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pipe");
        let made = std::process::Command::new("mkfifo").arg(&path).status();
        assert!(made.unwrap().success());
        let said = open(&path).unwrap_err().to_string();
        assert!(said.ends_with("is a pipe, and a file is needed"), "{said}");
        assert_eq!(Config::examine(&path).unwrap_err(), [said]);
    }

    #[test]
    fn a_new_file_is_whole_and_replaces_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        write_new(&path, b"one").unwrap();
        let again = write_new(&path, b"other").unwrap_err().to_string();
        assert!(again.ends_with("exists already; name a new file"), "{again}");
        assert_eq!(fs::read(&path).unwrap(), b"one");
        let names = fs::read_dir(folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name());
        assert_eq!(names.collect::<Vec<_>>(), ["file"]);
        assert!(write_new(&folder.path().join("none/file"), b"one").is_err());
        let link = folder.path().join("link");
        std::os::unix::fs::symlink(folder.path().join("elsewhere"), &link).unwrap();
        assert!(write_new(&link, b"one").is_err());
        assert!(!folder.path().join("elsewhere").exists());
    }

    #[test]
    fn nothing_is_left_of_a_file_that_is_not_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        let mut part = Part::of(&path).unwrap();
        part.file().write_all(b"one").unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "it has a name");
        // What came there meanwhile stays.
        fs::write(&path, b"other").unwrap();
        assert!(part.keep().is_err());
        assert_eq!(fs::read(&path).unwrap(), b"other");
    }

    #[test]
    fn what_is_in_the_way_comes_with_the_next_step() {
        let path = Path::new("some/file");
        let read = |kind: ErrorKind| unread(path, &kind.into()).to_string();
        let written = |kind: ErrorKind| unwritten(path, &kind.into()).to_string();
        assert_eq!(
            read(ErrorKind::PermissionDenied),
            "some/file may not be read by this user; change its rights, or run this as its owner"
        );
        assert_eq!(
            written(ErrorKind::StorageFull),
            "some/file: the disk is full; free some space, then try again"
        );
        assert_eq!(
            written(ErrorKind::NotFound),
            "some/file: there is no folder some; make it first"
        );
        let odd = io::Error::from_raw_os_error(40);
        assert_eq!(
            unread(path, &odd).to_string(),
            format!(
                "some/file cannot be read: {}; look at the path and the disk",
                bare(&odd)
            )
        );
        assert!(!bare(&odd).contains("os error"), "{}", bare(&odd));
    }
}
