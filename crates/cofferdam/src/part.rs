//! New files that a user names: whole, in their place, or not there.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write as _};
use std::os::fd::AsRawFd as _;
use std::path::Path;

use rustix::fs::{AtFlags, CWD, Mode, OFlags};
use tempfile::NamedTempFile;

use crate::fail::{Failure, Outcome};
use crate::files::{OnFile as _, unwritten};

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
        if path == Path::new("-") {
            let told = "- names no file here: for standard output leave the option out, for a file of that name say ./-";
            return Err(Failure::new(told));
        }
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
        self.place()
    }

    /// The same of two that belong together: both, or none.
    pub(crate) fn keep_both(mut self, mut other: Part<'_>) -> Outcome {
        self.file().sync_all().writing(self.path)?;
        other.file().sync_all().writing(other.path)?;
        let first = self.path;
        self.place()?;
        other.place().inspect_err(|_| {
            // What is left then is said by the error: something came into the other's place.
            let _ = fs::remove_file(first);
        })
    }

    fn place(self) -> Outcome {
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

#[cfg(test)]
mod tests {
    use super::*;

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
    fn of_two_that_belong_together_none_is_kept_alone() {
        let folder = tempfile::tempdir().unwrap();
        let [one, two] = ["one", "two"].map(|name| folder.path().join(name));
        let parts = (Part::of(&one).unwrap(), Part::of(&two).unwrap());
        fs::write(&two, b"other").unwrap();
        assert!(parts.0.keep_both(parts.1).is_err());
        assert!(!one.exists());
        fs::remove_file(&two).unwrap();
        Part::of(&one)
            .unwrap()
            .keep_both(Part::of(&two).unwrap())
            .unwrap();
        assert!(one.exists() && two.exists());
    }

    #[test]
    fn a_dash_names_no_file() {
        let told = write_new(Path::new("-"), b"one").unwrap_err().to_string();
        assert!(told.contains("say ./-"), "{told}");
        assert!(!Path::new("-").exists());
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
}
