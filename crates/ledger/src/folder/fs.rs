//! A folder of the file system.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read as _};
use std::path::{Component, Path, PathBuf};

use super::Folder;

/// A [`Folder`] in the file system. It never leaves its root: `..` and absolute paths are refused.
/// Symbolic links are followed. Writing does not wait for the disk: after a power failure, verify the
/// folder, and export it anew if that fails.
#[derive(Debug, Clone)]
pub struct FsFolder {
    root: PathBuf,
}

impl FsFolder {
    /// The folder at `root`, which is created when something is written.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    fn resolve(&self, path: &str) -> io::Result<PathBuf> {
        let relative = Path::new(path);
        if relative
            .components()
            .all(|part| matches!(part, Component::Normal(_)))
        {
            Ok(self.root.join(relative))
        } else {
            Err(io::Error::new(
                ErrorKind::InvalidInput,
                "a path within the folder is expected",
            ))
        }
    }
}

/// `Ok(None)` for what does not exist.
fn if_found<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Ok(found) => Ok(Some(found)),
        Err(e) if matches!(e.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(None),
        Err(e) => Err(e),
    }
}

impl Folder for FsFolder {
    fn read(&self, path: &str, limit: usize, out: &mut Vec<u8>) -> io::Result<bool> {
        let path = self.resolve(path)?;
        out.clear();
        let Some(metadata) = if_found(fs::metadata(&path))? else {
            return Ok(false);
        };
        if !metadata.is_file() {
            return Err(io::Error::new(ErrorKind::InvalidData, "it is not a file"));
        }
        let too_long = || {
            io::Error::new(
                ErrorKind::FileTooLarge,
                format!("it is longer than {limit} bytes"),
            )
        };
        let len = usize::try_from(metadata.len())
            .ok()
            .filter(|&len| len <= limit)
            .ok_or_else(too_long)?;
        out.reserve(len + 1);
        File::open(&path)?.take(limit as u64 + 1).read_to_end(out)?;
        if out.len() > limit {
            Err(too_long())
        } else {
            Ok(true)
        }
    }

    fn write(&self, path: &str, bytes: &[u8]) -> io::Result<()> {
        let path = self.resolve(path)?;
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(".tmp");
        let unfinished = path.with_file_name(name);
        fs::write(&unfinished, bytes)?;
        fs::rename(&unfinished, &path)
    }

    fn names(&self, path: &str) -> io::Result<Vec<String>> {
        let Some(listing) = if_found(fs::read_dir(self.resolve(path)?))? else {
            return Ok(Vec::new());
        };
        listing
            .map(|item| Ok(item?.file_name().to_string_lossy().into_owned()))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_bounded_and_stay_within() {
        let dir = tempfile::tempdir().unwrap();
        let folder = FsFolder::new(dir.path().join("log"));
        let mut out = vec![9];
        assert!(!folder.read("tile/0/000", 10, &mut out).unwrap());
        folder.write("tile/0/000", b"abc").unwrap();
        assert!(folder.read("tile/0/000", 3, &mut out).unwrap());
        assert_eq!(out, b"abc");
        assert_eq!(
            folder.read("tile/0/000", 2, &mut out).unwrap_err().kind(),
            ErrorKind::FileTooLarge
        );
        assert_eq!(
            folder.read("tile/0", 9, &mut out).unwrap_err().kind(),
            ErrorKind::InvalidData
        );
        assert!(!folder.read("tile/0/000/000", 9, &mut out).unwrap());
        for path in ["../x", "/etc/passwd", "tile/../../x"] {
            assert_eq!(
                folder.read(path, 9, &mut out).unwrap_err().kind(),
                ErrorKind::InvalidInput
            );
            assert_eq!(
                folder.write(path, b"").unwrap_err().kind(),
                ErrorKind::InvalidInput
            );
        }
        assert_eq!(folder.names("tile").unwrap(), ["0"]);
        assert!(folder.names("none").unwrap().is_empty());
    }
}
