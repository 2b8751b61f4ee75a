//! Files that a user names: what stands in their way is told with the next step, not in the system's words.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read as _};
use std::os::unix::fs::FileTypeExt as _;
use std::path::Path;

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

/// The most that is read of a file as a whole, in bytes: 1 GiB.
const WHOLE: u64 = 1 << 30;

/// A whole file.
pub(crate) fn bytes(path: &Path) -> Outcome<Vec<u8>> {
    let mut bytes = Vec::new();
    let read = open(path)?.take(WHOLE + 1).read_to_end(&mut bytes);
    match read.reading(path)? as u64 > WHOLE {
        true => Err(Failure::new(format!(
            "{} is larger than 1 GiB, and nothing that is read as a whole is; look at the path",
            path.display()
        ))),
        false => Ok(bytes),
    }
}

/// A whole file of text.
pub(crate) fn text(path: &Path) -> Outcome<String> {
    String::from_utf8(bytes(path)?).map_err(|_| unread(path, &ErrorKind::InvalidData.into()))
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
