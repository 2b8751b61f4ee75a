//! What a file is, by its name and where it lies.

use std::path::Path;

use crate::inventory::SourceKind;

/// A file that names packages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Requirements,
    UvLock,
    PoetryLock,
    PackageLock,
    /// What npm did install.
    HiddenLock,
    /// The `package.json` of a package in `node_modules`.
    NodePackage,
    PnpmLock,
    YarnLock,
    CargoLock,
    GoSum,
    DpkgStatus,
    /// A bill of materials, CycloneDX or SPDX.
    Bill,
    /// It names packages of this family, in a form that is not read here.
    Unread(&'static str),
}

impl Kind {
    /// How the inventory calls it; a bill of materials is told by its content.
    pub(super) fn source(self) -> Option<SourceKind> {
        match self {
            Self::Requirements => Some(SourceKind::Requirements),
            Self::UvLock => Some(SourceKind::UvLock),
            Self::PoetryLock => Some(SourceKind::PoetryLock),
            Self::PackageLock => Some(SourceKind::PackageLock),
            Self::HiddenLock | Self::NodePackage => Some(SourceKind::NodeModules),
            Self::PnpmLock => Some(SourceKind::PnpmLock),
            Self::YarnLock => Some(SourceKind::YarnLock),
            Self::CargoLock => Some(SourceKind::CargoLock),
            Self::GoSum => Some(SourceKind::GoSum),
            Self::DpkgStatus => Some(SourceKind::DpkgStatus),
            Self::Bill | Self::Unread(_) => None,
        }
    }

    /// The family of ecosystems that it can speak of, where there is one.
    pub(super) fn family(self) -> Option<&'static str> {
        match self {
            Self::Unread(family) => Some(family),
            read => read.source().and_then(SourceKind::family),
        }
    }
}

/// What a file of this name in this folder is.
pub(super) fn kind(folder: &Path, name: &str) -> Option<Kind> {
    let within = |parent: &str| folder.file_name().is_some_and(|own| own == parent);
    match name {
        "uv.lock" => Some(Kind::UvLock),
        "poetry.lock" => Some(Kind::PoetryLock),
        "package-lock.json" | "npm-shrinkwrap.json" => Some(Kind::PackageLock),
        ".package-lock.json" if within("node_modules") => Some(Kind::HiddenLock),
        "package.json" if is_node_package(folder) => Some(Kind::NodePackage),
        "pnpm-lock.yaml" => Some(Kind::PnpmLock),
        "yarn.lock" => Some(Kind::YarnLock),
        "Cargo.lock" => Some(Kind::CargoLock),
        "go.sum" => Some(Kind::GoSum),
        "status" if folder.ends_with("var/lib/dpkg") => Some(Kind::DpkgStatus),
        "bom.json" | "sbom.json" => Some(Kind::Bill),
        "Pipfile.lock" | "pdm.lock" | "pylock.toml" => Some(Kind::Unread("PyPI")),
        _ if name.starts_with("pylock.") && name.ends_with(".toml") => Some(Kind::Unread("PyPI")),
        _ if name.ends_with(".pex") || name.ends_with(".pyz") => Some(Kind::Unread("PyPI")),
        "bun.lock" | "bun.lockb" | "deno.lock" => Some(Kind::Unread("npm")),
        _ if name.ends_with(".cdx.json") || name.ends_with(".spdx.json") => Some(Kind::Bill),
        _ if folder.ends_with("var/lib/dpkg/status.d") => {
            (!name.ends_with(".md5sums")).then_some(Kind::DpkgStatus)
        }
        _ if is_requirements(name) || (within("requirements") && name.ends_with(".txt")) => {
            Some(Kind::Requirements)
        }
        _ => None,
    }
}

/// `requirements.txt`, `requirements-dev.txt`, `dev-requirements.txt`.
fn is_requirements(name: &str) -> bool {
    let stem = name.strip_suffix(".txt");
    stem.is_some_and(|stem| stem.starts_with("requirements") || stem.ends_with("requirements"))
}

/// Whether a folder is `node_modules/name` or `node_modules/@scope/name`.
fn is_node_package(folder: &Path) -> bool {
    let mut up = folder.iter().rev().skip(1);
    let is_modules = |part: Option<&std::ffi::OsStr>| part.is_some_and(|part| part == "node_modules");
    match up.next() {
        Some(scope) if scope.to_string_lossy().starts_with('@') => is_modules(up.next()),
        parent => is_modules(parent),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_name_and_folder() {
        let at = |folder: &str, name: &str| kind(Path::new(folder), name);
        assert_eq!(at("/a", "requirements-dev.txt"), Some(Kind::Requirements));
        assert_eq!(at("/a/requirements", "base.txt"), Some(Kind::Requirements));
        assert_eq!(at("/a/docs", "base.txt"), None);
        assert_eq!(at("/a/node_modules/x", "package.json"), Some(Kind::NodePackage));
        assert_eq!(
            at("/a/node_modules/@s/x", "package.json"),
            Some(Kind::NodePackage)
        );
        assert_eq!(at("/a/node_modules/x/lib", "package.json"), None);
        assert_eq!(at("/a", "package.json"), None);
        assert_eq!(at("/img/var/lib/dpkg", "status"), Some(Kind::DpkgStatus));
        assert_eq!(at("/img/var/lib/dpkg/status.d", "libc6"), Some(Kind::DpkgStatus));
        assert_eq!(at("/img/var/lib/dpkg/status.d", "libc6.md5sums"), None);
        assert_eq!(at("/a", "x.cdx.json"), Some(Kind::Bill));
        assert_eq!(at("/a", "pylock.dev.toml"), Some(Kind::Unread("PyPI")));
        assert_eq!(at("/a", "bun.lockb"), Some(Kind::Unread("npm")));
    }
}
