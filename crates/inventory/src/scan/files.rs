//! Opening files below a root, and nowhere else.

use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Component, Path, PathBuf};

use crate::gap::Reason;
use crate::inventory::Place;

/// One root while it is read.
#[derive(Debug)]
pub(super) struct Files {
    /// Which of the inventory's roots.
    index: u32,
    /// Without any link in it.
    root: PathBuf,
}

/// Where a link leads.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Link {
    /// To a file below the root.
    File,
    /// To a folder below the root, which is read at its own place.
    Folder,
    /// Nowhere, or to what is neither.
    Nothing,
    /// Out of the root.
    Outside { target: String, folder: bool },
    /// That could not be told.
    Unread(Reason),
}

impl Files {
    /// The root must be there.
    pub(super) fn open(index: u32, path: &Path) -> Result<Self, Reason> {
        let root = fs::canonicalize(path).map_err(|error| Reason::of(&error))?;
        Ok(Self { index, root })
    }

    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// How the inventory names a path below the root.
    pub(super) fn place(&self, path: &Path) -> Place {
        let below = path.strip_prefix(&self.root).unwrap_or(path);
        let parts: Vec<_> = below
            .components()
            .map(|part| part.as_os_str().to_string_lossy())
            .collect();
        Place {
            root: self.index,
            path: parts.join("/"),
        }
    }

    /// The file itself, all links resolved, where that is below the root.
    fn resolved(&self, path: &Path) -> Result<PathBuf, Reason> {
        let real = fs::canonicalize(path).map_err(|error| Reason::of(&error))?;
        if real.starts_with(&self.root) {
            return Ok(real);
        }
        Err(Reason::OutsideRoot {
            target: crate::text::short(&real.to_string_lossy()),
        })
    }

    /// Reads a file of at most so many bytes.
    pub(super) fn bytes(&self, path: &Path, limit: u64) -> Result<Vec<u8>, Reason> {
        let real = self.resolved(path)?;
        let told = |error: std::io::Error| Reason::of(&error);
        // A pipe would never end, so what it is is asked before it is opened.
        let known = fs::metadata(&real).map_err(told)?;
        if !known.is_file() {
            return Err(Reason::malformed(None, "it is no file"));
        }
        let file = File::open(&real).map_err(told)?;
        let mut bytes = Vec::new();
        file.take(limit.saturating_add(1))
            .read_to_end(&mut bytes)
            .map_err(told)?;
        let read = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        if read > limit {
            let bytes = known.len().max(read);
            return Err(Reason::TooLarge { bytes, limit });
        }
        Ok(bytes)
    }

    /// Reads a file of text.
    pub(super) fn text(&self, path: &Path, limit: u64) -> Result<String, Reason> {
        String::from_utf8(self.bytes(path, limit)?).map_err(|error| {
            let before = error.as_bytes().get(..error.utf8_error().valid_up_to());
            let lines = before
                .unwrap_or_default()
                .iter()
                .filter(|byte| **byte == b'\n')
                .count();
            Reason::malformed(Some(crate::text::line(lines)), "bytes that are no UTF-8")
        })
    }

    /// The size of a file below the root, or nothing when it is no file.
    pub(super) fn size(&self, path: &Path) -> Result<Option<u64>, Reason> {
        let known = fs::metadata(self.resolved(path)?).map_err(|error| Reason::of(&error))?;
        Ok(known.is_file().then_some(known.len()))
    }

    /// Where a folder lies that is there and not below the root, as a file in `from` names it. An absolute name may be meant within
    /// the root: of an image that is unpacked there, it is.
    pub(super) fn outside(&self, from: &Path, named: &str) -> Option<String> {
        let named = Path::new(named);
        if let Ok(below) = named.strip_prefix("/")
            && self.root.join(below).is_dir()
        {
            return None;
        }
        let real = fs::canonicalize(from.join(named)).ok()?;
        let is_outside = real.is_dir() && !real.starts_with(&self.root);
        is_outside.then(|| crate::text::short(&real.to_string_lossy()))
    }

    /// Looks where a link leads, and does not go there.
    pub(super) fn link(&self, path: &Path) -> Link {
        let real = match fs::canonicalize(path) {
            Ok(real) => real,
            Err(error) => match Reason::of(&error) {
                Reason::Denied => return Link::Unread(Reason::Denied),
                // Also what links to itself.
                _ => return Link::Nothing,
            },
        };
        let folder = real.is_dir();
        match (real.starts_with(&self.root), folder) {
            (true, true) => Link::Folder,
            (true, false) if real.is_file() => Link::File,
            (true, false) => Link::Nothing,
            // An absolute link within an unpacked image means the image's own root.
            (false, _) if self.within_image(path, &real) => Link::Folder,
            (false, folder) => Link::Outside {
                target: crate::text::short(&real.to_string_lossy()),
                folder,
            },
        }
    }

    /// Whether an absolute link's target is there below the root, as it is in an image.
    fn within_image(&self, path: &Path, real: &Path) -> bool {
        let absolute = fs::read_link(path).is_ok_and(|target| target.is_absolute());
        let below: PathBuf = real
            .components()
            .filter(|part| matches!(part, Component::Normal(_)))
            .collect();
        absolute && real.is_dir() && self.root.join(below).is_dir()
    }
}

/// A path joined to a folder, with `.` and `..` taken out by name alone; nothing when it leaves the file system's root.
pub(super) fn joined(folder: &Path, relative: &str) -> Option<PathBuf> {
    let mut out = folder.to_path_buf();
    for part in Path::new(relative).components() {
        match part {
            Component::Normal(name) => out.push(name),
            Component::CurDir => {}
            Component::ParentDir => {
                if !out.pop() {
                    return None;
                }
            }
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(out)
}
