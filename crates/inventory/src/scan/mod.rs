//! Reads what a machine, a project or an unpacked image runs.
//!
//! What is not looked for, and so is no gap either: packages inside of programs that were linked, of archives that are
//! still packed (layers of images, wheels), of installers that keep lists of their own (conda, snap), interpreters and
//! compilers themselves. `.git`, `/proc`, `/sys` and `/dev` are not gone into.

pub mod debian;
mod files;
mod kind;
mod limits;
pub mod pth;
mod python;
mod record;
mod walk;

use std::path::{Path, PathBuf};

use cofferdam_model::Timestamp;

pub use self::limits::Limits;

use self::files::Files;
use self::kind::{Kind, kind};
use self::walk::Scan;
use crate::gap::Reason;
use crate::inventory::{Inventory, Place, RootKind, ScannedRoot, SourceKind};
use crate::package::Ecosystem;

/// What is to be scanned: a folder with everything below it, or one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Root {
    /// How the inventory calls it.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
}

impl Root {
    /// A root that is called by its path.
    #[must_use]
    pub fn at(path: &Path) -> Self {
        Self {
            name: path.to_string_lossy().into_owned(),
            path: path.to_path_buf(),
        }
    }
}

/// Reads the roots and says what is there and what could not be read. `at` is the time now.
///
/// A folder is read with everything below it, without following a link out of it; a file is read as what its name says
/// it is, or as a bill of materials if its content says so.
#[must_use]
pub fn scan(roots: &[Root], limits: &Limits, at: Option<Timestamp>) -> Inventory {
    let mut scan = Scan::new(limits);
    let mut scanned = Vec::new();
    for (index, root) in roots.iter().enumerate() {
        let index = u32::try_from(index).unwrap_or(u32::MAX);
        scanned.push(ScannedRoot {
            name: root.name.clone(),
            kind: read_root(&mut scan, index, &root.path),
        });
    }
    scan.builder.finish(scanned, at)
}

fn read_root(scan: &mut Scan<'_>, index: u32, path: &Path) -> RootKind {
    let opened = std::fs::metadata(path).map_err(|error| Reason::of(&error));
    let opened = opened.and_then(|known| {
        // A file's own folder is its root, so that what it includes is found.
        let folder = if known.is_dir() {
            path
        } else {
            path.parent().unwrap_or(Path::new(""))
        };
        let folder = if folder.as_os_str().is_empty() {
            Path::new(".")
        } else {
            folder
        };
        Files::open(index, folder).map(|files| (files, known.is_dir()))
    });
    match opened {
        Ok((files, true)) => {
            scan.tree(&files);
            RootKind::Folder
        }
        Ok((files, false)) => {
            single(scan, &files, path);
            RootKind::File
        }
        Err(reason) => {
            let place = Place {
                root: index,
                path: String::new(),
            };
            scan.builder.gap(place, reason, None);
            RootKind::Unread
        }
    }
}

/// A file that the caller named: by its name, or as a bill of materials or a status file.
fn single(scan: &mut Scan<'_>, files: &Files, path: &Path) {
    let Some(name) = path.file_name().map(|name| name.to_string_lossy().into_owned()) else {
        return;
    };
    let own = files.root().join(&*name);
    match (kind(files.root(), &name), name.as_str()) {
        (Some(kind), _) => scan.file(files, &own, kind),
        (None, "status") => {
            let read = files.text(&own, scan.limits.file_bytes);
            match read {
                Ok(text) => {
                    let reading = debian::read(&text, &Ecosystem::Debian(None));
                    scan.reading(files, &own, SourceKind::DpkgStatus, reading);
                }
                Err(reason) => scan.builder.gap(files.place(&own), reason, None),
            }
        }
        (None, name) if name.ends_with(".txt") => scan.file(files, &own, Kind::Requirements),
        (None, _) => scan.file(files, &own, Kind::Bill),
    }
}
