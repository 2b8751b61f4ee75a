//! Files of the state folder: whole or absent, on disk before we go on, readable by their owner only.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::fail::{Failure, OnFile as _, Outcome};

/// The longest of our own small files.
const MAX_LEN: u64 = 1 << 20;

/// The state folder.
#[derive(Debug, Clone)]
pub(crate) struct Folder(PathBuf);

impl Folder {
    /// A folder that is there, and that nobody else may enter.
    pub(crate) fn open(path: &Path) -> Outcome<Self> {
        let mode = fs::metadata(path).on(path)?.permissions().mode() & 0o7777;
        if mode & 0o077 != 0 {
            let shown = path.display();
            return Err(Failure::new(format!(
                "{shown} may be entered by others (mode {mode:04o}); `chmod 700 {shown}`, and ask who did"
            )));
        }
        Ok(Self(path.to_owned()))
    }

    /// A new folder, or one that is empty.
    pub(crate) fn make(path: &Path) -> Outcome<Self> {
        if !path.exists() {
            DirBuilder::new()
                .recursive(true)
                .mode(0o700)
                .create(path)
                .on(path)?;
            if let Some(parent) = path.parent() {
                sync_folder(parent).on(parent)?;
            }
        }
        if fs::read_dir(path).on(path)?.next().is_some() {
            let shown = path.display();
            return Err(Failure::new(format!(
                "{shown} is not empty; name a new folder for the keyholder's state"
            )));
        }
        Self::open(path)
    }

    /// A file of it.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// The folder itself.
    pub(crate) fn whole(&self) -> &Path {
        &self.0
    }

    /// Puts `content` at `name`: another reader, or the next start, finds the old content or the new, whole.
    pub(crate) fn write(&self, name: &str, content: &[u8]) -> Outcome {
        let (path, staged) = (self.path(name), self.path(&format!("{name}.new")));
        let put = || -> io::Result<()> {
            let mut file = OpenOptions::new()
                .write(true)
                .create(true)
                .truncate(true)
                .mode(0o600)
                .open(&staged)?;
            file.write_all(content)?;
            file.sync_all()?;
            fs::rename(&staged, &path)?;
            sync_folder(&self.0)
        };
        put().on(&path)
    }

    /// The content of `name`, which its owner alone may read.
    pub(crate) fn read(&self, name: &str) -> Outcome<Zeroizing<Vec<u8>>> {
        let path = self.path(name);
        secret(&path)
    }

    /// Takes the folder for this process, or gives `None` when another has it.
    pub(crate) fn lock(&self) -> Outcome<Option<File>> {
        let path = self.path("lock");
        let file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&path)
            .on(&path)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(file)),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error).on(&path),
        }
    }
}

/// A file that holds a secret: refused when others than its owner may touch it.
pub(crate) fn secret(path: &Path) -> Outcome<Zeroizing<Vec<u8>>> {
    let found = fs::metadata(path).on(path)?;
    if !found.is_file() {
        return Err(Failure::new(format!("{} is no file; name one", path.display())));
    }
    let mode = found.permissions().mode() & 0o7777;
    if mode & 0o077 != 0 {
        let shown = path.display();
        return Err(Failure::new(format!(
            "{shown} may be read by others (mode {mode:04o}); `chmod 600 {shown}`, and change what was in it"
        )));
    }
    if found.len() > MAX_LEN {
        return Err(Failure::new(format!("{} is longer than 1 MiB", path.display())));
    }
    let room = usize::try_from(found.len()).unwrap_or(0) + 1;
    let mut content = Zeroizing::new(Vec::with_capacity(room));
    File::open(path)
        .and_then(|file| file.take(MAX_LEN).read_to_end(&mut content))
        .on(path)?;
    Ok(content)
}

/// Makes the names in a folder durable.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    let folder = if folder.as_os_str().is_empty() {
        Path::new(".")
    } else {
        folder
    };
    File::open(folder)?.sync_all()
}
