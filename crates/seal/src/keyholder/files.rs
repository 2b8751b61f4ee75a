//! Small secret files: whole or absent, on disk before we go on, readable by their owner only.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind, Read, Seek, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::KeyholderError;
use crate::random::Random;

const OWNER_ONLY: u32 = 0o600;
const OTHERS: u32 = 0o077;

/// Makes a folder that only its owner may enter, and its parents; existing ones stay as they are.
pub(super) fn create_folder(folder: &Path) -> Result<(), KeyholderError> {
    if folder.is_dir() {
        return Ok(());
    }
    let failed = |error| KeyholderError::unavailable(&format!("cannot make {}", folder.display()), &error);
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .map_err(failed)?;
    folder.parent().map_or(Ok(()), sync_folder).map_err(failed)
}

/// The content of `path`, at most `limit` bytes; `None` when there is no such file.
///
/// # Errors
/// [`KeyholderError::Exposed`] when others than the owner may touch it: keys that others read are not used.
pub(super) fn read(path: &Path, limit: usize) -> Result<Option<Zeroizing<Vec<u8>>>, KeyholderError> {
    let failed = |error| KeyholderError::unavailable(&format!("cannot read {}", path.display()), &error);
    // Looked at before it is opened: a pipe with a name would be waited for.
    let file =
        match fs::metadata(path).and_then(|found| found.is_file().then(|| File::open(path)).transpose()) {
            Ok(Some(file)) => file,
            Ok(None) => return Err(failed(io::Error::new(ErrorKind::InvalidInput, "it is no file"))),
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(failed(error)),
        };
    let mode = file.metadata().map_err(failed)?.permissions().mode() & 0o7777;
    if mode & OTHERS != 0 {
        return Err(KeyholderError::Exposed {
            file: path.display().to_string(),
            mode,
        });
    }
    // Room for one byte more than allowed, so that a longer file shows, and no reallocation leaves a copy.
    let mut content = Zeroizing::new(Vec::with_capacity(limit + 1));
    file.take(limit as u64 + 1)
        .read_to_end(&mut content)
        .map_err(failed)?;
    Ok(Some(content))
}

/// Puts `content` at `path` unless something is there already; `false` then.
pub(super) fn create(path: &Path, content: &[u8], random: &dyn Random) -> Result<bool, KeyholderError> {
    let failed = |error| KeyholderError::unavailable(&format!("cannot make {}", path.display()), &error);
    let staged = Staged::write(path, content, random)?;
    // A hard link fails where a rename would replace.
    match fs::hard_link(&staged.path, path) {
        Ok(()) => {}
        Err(error) if error.kind() == ErrorKind::AlreadyExists => return Ok(false),
        Err(error) => return Err(failed(error)),
    }
    drop(staged);
    path.parent().map_or(Ok(()), sync_folder).map_err(failed)?;
    Ok(true)
}

/// Puts `content` at `path` in place of what is there, then overwrites with zeros what was there.
///
/// From the moment of the replacement the old content is out of reach; overwriting it reaches the medium only
/// where the file system writes in place.
pub(super) fn replace_and_wipe(
    path: &Path,
    content: &[u8],
    random: &dyn Random,
) -> Result<(), KeyholderError> {
    let failed = |error| KeyholderError::unavailable(&format!("cannot destroy {}", path.display()), &error);
    let old = match OpenOptions::new().write(true).open(path) {
        Ok(file) => Some(file),
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => return Err(failed(error)),
    };
    let staged = Staged::write(path, content, random)?;
    fs::rename(&staged.path, path).map_err(failed)?;
    path.parent().map_or(Ok(()), sync_folder).map_err(failed)?;
    old.map_or(Ok(()), wipe).map_err(failed)
}

fn wipe(mut file: File) -> io::Result<()> {
    let len = file.metadata()?.len();
    file.rewind()?;
    io::copy(&mut io::repeat(0).take(len), &mut file)?;
    file.sync_all()
}

/// A file under a temporary name, removed on drop.
///
/// A crash may leave it. It is then either of no use yet, or another name of the file in place, and shares the
/// fate of its bytes when they are wiped.
struct Staged {
    path: PathBuf,
}

impl Staged {
    fn write(target: &Path, content: &[u8], random: &dyn Random) -> Result<Self, KeyholderError> {
        let mut suffix = [0; 8];
        random.fill(&mut suffix)?;
        let mut name = target.as_os_str().to_owned();
        name.push(format!(".{:016x}.new", u64::from_be_bytes(suffix)));
        let staged = Self { path: name.into() };
        let failed =
            |error| KeyholderError::unavailable(&format!("cannot write {}", staged.path.display()), &error);
        let mut options = OpenOptions::new();
        let mut file = options
            .write(true)
            .create_new(true)
            .mode(OWNER_ONLY)
            .open(&staged.path)
            .map_err(failed)?;
        file.write_all(content)
            .and_then(|()| file.sync_all())
            .map_err(failed)?;
        Ok(staged)
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        // After a rename there is nothing left to remove; otherwise a leftover does no harm but clutter.
        let _ = fs::remove_file(&self.path);
    }
}

fn sync_folder(folder: &Path) -> io::Result<()> {
    let folder = if folder.as_os_str().is_empty() {
        Path::new(".")
    } else {
        folder
    };
    File::open(folder)?.sync_all()
}
