//! The walk through folders.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use super::files::{Files, Link, joined};
use super::kind::{Kind, kind};
use super::limits::Limits;
use super::{debian, python};
use crate::gap::Reason;
use crate::inventory::{Builder, SourceKind};
use crate::package::{Ecosystem, Standing};
use crate::reading::Reading;
use crate::{lock, sbom};

/// How many files one requirements file may draw in.
const MAX_INCLUDES: u64 = 256;
/// Folders of the machine that hold no files of their own: they are not walked, and are no gap.
const NOT_FILES: [&str; 3] = ["/proc", "/sys", "/dev"];

/// A scan while it runs.
#[derive(Debug)]
pub(super) struct Scan<'l> {
    pub(super) limits: &'l Limits,
    pub(super) builder: Builder,
    entries_left: u64,
    /// How many bytes may still be held against hashes.
    pub(super) record_left: u64,
    /// Requirements that were read: by the walk or because another file names them, and once.
    requirements: BTreeSet<PathBuf>,
}

/// One entry of a folder.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) raw: OsString,
    /// For telling what it is: bytes that are no UTF-8 are replaced.
    pub(super) name: String,
    pub(super) kind: EntryKind,
}

#[derive(Debug)]
pub(super) enum EntryKind {
    File,
    Folder,
    Link(Link),
    /// A pipe, a socket or a device.
    Other,
}

impl<'l> Scan<'l> {
    pub(super) fn new(limits: &'l Limits) -> Self {
        Self {
            limits,
            builder: Builder::default(),
            entries_left: limits.entries,
            record_left: limits.record_bytes,
            requirements: BTreeSet::new(),
        }
    }

    /// Reads a root and everything below it.
    pub(super) fn tree(&mut self, files: &Files) {
        let mut open = vec![(files.root().to_path_buf(), 0)];
        while let Some((path, depth)) = open.pop() {
            if depth > self.limits.depth {
                let limit = u64::from(self.limits.depth);
                self.builder
                    .gap(files.place(&path), Reason::TooDeep { limit }, None);
                continue;
            }
            let entries = match self.entries(files, &path) {
                Ok(entries) => entries,
                Err(reason) => {
                    self.builder.gap(files.place(&path), reason, None);
                    continue;
                }
            };
            python::folder(self, files, &path, &entries);
            for entry in &entries {
                self.entry(files, &path, entry);
            }
            // The last is read next, so that they come in order.
            let folders = entries
                .iter()
                .rev()
                .filter(|entry| matches!(entry.kind, EntryKind::Folder));
            let below = folders
                .map(|entry| path.join(&entry.raw))
                .filter(|path| is_walked(path));
            open.extend(below.map(|path| (path, depth + 1)));
        }
    }

    /// The entries of a folder, by name.
    fn entries(&mut self, files: &Files, path: &Path) -> Result<Vec<Entry>, Reason> {
        let told = |error: std::io::Error| Reason::of(&error);
        let mut entries = Vec::new();
        for entry in fs::read_dir(path).map_err(told)? {
            let entry = entry.map_err(told)?;
            if self.entries_left == 0 {
                let limit = self.limits.entries;
                self.builder
                    .gap(files.place(path), Reason::TooMany { limit }, None);
                break;
            }
            self.entries_left -= 1;
            let found = entry.file_type().map_err(told)?;
            let kind = if found.is_symlink() {
                EntryKind::Link(files.link(&entry.path()))
            } else if found.is_dir() {
                EntryKind::Folder
            } else if found.is_file() {
                EntryKind::File
            } else {
                EntryKind::Other
            };
            let raw = entry.file_name();
            let name = raw.to_string_lossy().into_owned();
            entries.push(Entry { raw, name, kind });
        }
        entries.sort_by(|a, b| a.raw.cmp(&b.raw));
        Ok(entries)
    }

    fn entry(&mut self, files: &Files, folder: &Path, entry: &Entry) {
        let path = folder.join(&entry.raw);
        let wanted = kind(folder, &entry.name);
        match (&entry.kind, wanted) {
            (EntryKind::File | EntryKind::Link(Link::File), Some(kind)) => self.file(files, &path, kind),
            (EntryKind::Link(Link::Outside { target, folder }), wanted) if *folder || wanted.is_some() => {
                let target = target.clone();
                let concerns = wanted.and_then(Kind::family);
                self.builder
                    .gap(files.place(&path), Reason::OutsideRoot { target }, concerns);
            }
            (EntryKind::Link(Link::Unread(reason)), _) => {
                self.builder.gap(files.place(&path), reason.clone(), None);
            }
            (EntryKind::Link(Link::Nothing), Some(kind)) => {
                self.builder
                    .gap(files.place(&path), Reason::Missing, kind.family());
            }
            _ => {}
        }
    }

    /// Reads a file as what its name says it is.
    pub(super) fn file(&mut self, files: &Files, path: &Path, kind: Kind) {
        if let Kind::Unread(family) = kind {
            let named = path.file_name().unwrap_or_default().to_string_lossy();
            let why = Reason::unsupported(&format!("{named}; scan what it was installed into"));
            return self.builder.gap(files.place(path), why, Some(family));
        }
        let text = match files.text(path, self.limits.file_bytes) {
            Ok(text) => text,
            Err(reason) => return self.builder.gap(files.place(path), reason, kind.family()),
        };
        let (source, reading) = match kind {
            Kind::Requirements => return self.requirements(files, path, &text),
            Kind::UvLock => (SourceKind::UvLock, lock::uv::read(&text)),
            Kind::PoetryLock => (SourceKind::PoetryLock, lock::poetry::read(&text)),
            Kind::PackageLock => (SourceKind::PackageLock, lock::npm::read(&text, Standing::Locked)),
            Kind::HiddenLock => (
                SourceKind::NodeModules,
                lock::npm::read(&text, Standing::Installed),
            ),
            Kind::NodePackage => (SourceKind::NodeModules, lock::npm::read_installed(&text)),
            Kind::PnpmLock => (SourceKind::PnpmLock, lock::pnpm::read(&text)),
            Kind::YarnLock => (SourceKind::YarnLock, lock::yarn::read(&text)),
            Kind::CargoLock => (SourceKind::CargoLock, lock::cargo::read(&text)),
            Kind::GoSum => (SourceKind::GoSum, lock::go::read(&text)),
            Kind::DpkgStatus => (
                SourceKind::DpkgStatus,
                debian::read(&text, &self.distribution(files, path)),
            ),
            Kind::Bill => match sbom::read(&text) {
                Ok((sbom::Bill::CycloneDx, reading)) => (SourceKind::CycloneDx, reading),
                Ok((sbom::Bill::Spdx, reading)) => (SourceKind::Spdx, reading),
                Err(reason) => return self.builder.gap(files.place(path), reason, None),
            },
            Kind::Unread(_) => return,
        };
        self.builder.reading(source, &files.place(path), reading);
    }

    /// Reads requirements, and the files that they name, once each.
    fn requirements(&mut self, files: &Files, path: &Path, text: &str) {
        if !self.requirements.insert(path.to_path_buf()) {
            return;
        }
        let mut open = vec![(path.to_path_buf(), text.to_owned())];
        let mut included = 0;
        while let Some((path, text)) = open.pop() {
            let (mut reading, includes) = lock::requirements::read(&text);
            for include in includes {
                included += 1;
                if included > MAX_INCLUDES {
                    reading.gap(Reason::TooMany { limit: MAX_INCLUDES });
                    break;
                }
                match self.included(files, &path, &include.path) {
                    Ok((path, text)) => {
                        if self.requirements.insert(path.clone()) {
                            open.push((path, text));
                        }
                    }
                    Err(reason) => {
                        let why = format!("{}: {reason}", include.path);
                        reading.gap(Reason::unresolved(Some(include.line), &why));
                    }
                }
            }
            self.builder
                .reading(SourceKind::Requirements, &files.place(&path), reading);
        }
    }

    fn included(&self, files: &Files, from: &Path, named: &str) -> Result<(PathBuf, String), Reason> {
        let folder = from.parent().unwrap_or(files.root());
        let path = joined(folder, named)
            .filter(|_| !named.contains("://"))
            .ok_or_else(|| Reason::unsupported("not a path relative to the file"))?;
        let text = files.text(&path, self.limits.file_bytes)?;
        Ok((path, text))
    }

    /// Which distribution a status file belongs to: by the `os-release` of the same system.
    fn distribution(&mut self, files: &Files, status: &Path) -> Ecosystem {
        // var/lib/dpkg/status, or var/lib/dpkg/status.d/name
        let system = status
            .ancestors()
            .find(|folder| folder.ends_with("var"))
            .and_then(Path::parent);
        let system = system.unwrap_or(files.root());
        let mut read = ["etc/os-release", "usr/lib/os-release"]
            .into_iter()
            .filter_map(|name| files.text(&system.join(name), 1 << 20).ok());
        read.next()
            .map_or(Ecosystem::Debian(None), |text| debian::ecosystem(&text))
    }

    /// Takes what a parser made of a file that is a root itself.
    pub(super) fn reading(&mut self, files: &Files, path: &Path, source: SourceKind, reading: Reading) {
        self.builder.reading(source, &files.place(path), reading);
    }
}

/// Whether a folder is gone into: not the machine's own view of itself, nor what git keeps.
fn is_walked(path: &Path) -> bool {
    let pseudo = NOT_FILES.iter().any(|known| path == Path::new(known));
    !pseudo && path.file_name().is_none_or(|name| name != ".git")
}
