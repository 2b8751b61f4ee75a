//! Python environments: what is installed in a folder, and what runs there at every start.
//!
//! - `*.dist-info` with `METADATA` and `RECORD`
//!   (<https://packaging.python.org/en/latest/specifications/recording-installed-packages/>);
//! - `*.egg-info` folders and files, `EGG-INFO` in an unpacked egg, `*.egg-link`: setuptools' older forms;
//! - `__editable__*.pth`: packages that are used from where they are developed;
//! - `*.pth` with lines that are executed, see [`super::pth`], or that lead out of the root;
//! - `pyvenv.cfg`, which may say that the system's packages are used, too.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::files::{Files, Link, joined};
use super::walk::{Entry, EntryKind, Scan};
use super::{pth, record};
use crate::digest::Sha256;
use crate::gap::Reason;
use crate::inventory::{Evidence, Owner, RecordCheck, SourceKind, StartupFile};
use crate::package::{Ecosystem, Package, Standing, Version};

const FAMILY: Option<&str> = Some("PyPI");
/// The largest `METADATA` is mostly a README; name and version stand at its beginning.
const MAX_HEADER: u64 = 4 << 20;

/// Reads what one folder holds of Python; its folders are read in their turn.
pub(super) fn folder(scan: &mut Scan<'_>, files: &Files, path: &Path, entries: &[Entry]) {
    let mut listed = Listed::default();
    let is_folder = |entry: &&Entry| matches!(entry.kind, EntryKind::Folder);
    let ends = |suffix: &'static str| move |entry: &&Entry| entry.name.ends_with(suffix);
    let infos = entries.iter().filter(is_folder).filter(ends(".dist-info"));
    for entry in infos.clone() {
        dist_info(scan, files, &path.join(&entry.raw), &entry.name, &mut listed);
    }
    let in_egg = path.extension().is_some_and(|ext| ext == "egg");
    for entry in entries {
        if entry.name.ends_with(".egg-info") || (in_egg && entry.name == "EGG-INFO") {
            listed.partly = true;
            egg_info(scan, files, path, entry);
        } else if entry.name.ends_with(".egg-link") {
            egg_link(scan, files, path, entry);
        } else if entry.name.ends_with(".egg") && matches!(entry.kind, EntryKind::File) {
            let why = Reason::unsupported("a packed egg");
            scan.builder.gap(files.place(&path.join(&entry.raw)), why, FAMILY);
        }
    }
    let named = path
        .file_name()
        .is_some_and(|name| name == "site-packages" || name == "dist-packages");
    let is_site =
        named || infos.clone().next().is_some() || entries.iter().any(|e| e.name.ends_with(".egg-info"));
    for entry in entries
        .iter()
        .filter(ends(".pth"))
        .filter(|entry| is_site && !is_folder(entry))
    {
        let path = path.join(&entry.raw);
        editable(scan, files, &path, &entry.name);
        startup(scan, files, &path, &listed.startup);
    }
    let of_interpreter = path
        .file_name()
        .is_some_and(|name| name.to_string_lossy().starts_with("python"));
    if is_site || of_interpreter {
        for path in entries.iter().filter_map(|entry| customizing(path, entry)) {
            startup(scan, files, &path, &listed.startup);
        }
    }
    if entries.iter().any(|entry| entry.name == "pyvenv.cfg") {
        of_system(scan, files, &path.join("pyvenv.cfg"));
    }
    if path.file_name().is_some_and(|name| name == "site-packages") {
        nobodys(scan, files, path, entries, &listed);
    }
}

/// What the metadata in a folder lists.
#[derive(Debug, Default)]
struct Listed {
    /// Files that may run at every start, with whose they are.
    startup: BTreeMap<PathBuf, Vec<Owner>>,
    /// What lies in the folder itself and has an owner.
    owned: BTreeSet<OsString>,
    /// Whether some of it says nothing of its files: what has no owner then is not known.
    partly: bool,
}

/// An environment may use what is installed for the whole system (<https://docs.python.org/3/library/venv.html>).
fn of_system(scan: &mut Scan<'_>, files: &Files, path: &Path) {
    let text = match files.text(path, MAX_HEADER) {
        Ok(text) => text,
        Err(reason) => return scan.builder.gap(files.place(path), reason, FAMILY),
    };
    let value = |wanted: &str| {
        let mut pairs = text.lines().filter_map(|line| line.split_once('='));
        let found = pairs.find(|(key, _)| key.trim().eq_ignore_ascii_case(wanted));
        found.map(|(_, value)| value.trim())
    };
    let uses = value("include-system-site-packages").is_some_and(|uses| uses.eq_ignore_ascii_case("true"));
    let home = value("home").unwrap_or("/usr/bin");
    let folder = path.parent().unwrap_or(files.root());
    if uses && let Some(home) = files.outside(folder, home) {
        let target = format!("what the interpreter in {home} has for the whole system");
        scan.builder
            .gap(files.place(path), Reason::OutsideRoot { target }, FAMILY);
    }
}

/// Packages that can be imported and that no metadata lists: what they are is unknown.
fn nobodys(scan: &mut Scan<'_>, files: &Files, path: &Path, entries: &[Entry], listed: &Listed) {
    if listed.partly {
        return;
    }
    let is_package = |entry: &&Entry| {
        let folder = matches!(entry.kind, EntryKind::Folder | EntryKind::Link(Link::Folder));
        folder && path.join(&entry.raw).join("__init__.py").exists()
    };
    let nobodys = entries.iter().filter(|entry| !listed.owned.contains(&entry.raw));
    for entry in nobodys.filter(is_package) {
        let why = Reason::unresolved(None, "a package that no metadata beside it lists");
        scan.builder.gap(files.place(&path.join(&entry.raw)), why, FAMILY);
    }
}

/// The two fields of a header that name a package: up to the first empty line.
fn named(header: &str) -> (Option<&str>, Option<&str>) {
    let (mut name, mut version) = (None, None);
    for line in header.lines().take_while(|line| !line.trim().is_empty()) {
        match line.split_once(':') {
            Some((key, value)) if key.eq_ignore_ascii_case("name") => name = name.or(Some(value.trim())),
            Some((key, value)) if key.eq_ignore_ascii_case("version") => {
                version = version.or(Some(value.trim()))
            }
            _ => {}
        }
    }
    (name, version)
}

/// What the name of a folder says: `litellm-1.82.8.dist-info`.
fn by_folder(name: &str) -> Option<(&str, &str)> {
    let stem = name
        .strip_suffix(".dist-info")
        .or_else(|| name.strip_suffix(".egg-info"))?;
    let (name, rest) = stem.split_once('-')?;
    let version = rest.split("-py").next()?;
    (!name.is_empty() && !version.is_empty()).then_some((name, version))
}

fn dist_info(scan: &mut Scan<'_>, files: &Files, info: &Path, name: &str, listed: &mut Listed) {
    scan.builder.count(SourceKind::DistInfo);
    let packages = described(scan, files, &info.join("METADATA"), name);
    let label = packages
        .first()
        .map_or_else(|| name.to_owned(), |p| format!("{} {}", p.name, p.version));
    let record = record_of(scan, files, info, &label, listed);
    let archives = direct_url(scan, files, info);
    for package in packages {
        let evidence = Evidence {
            standing: Standing::Installed,
            source: SourceKind::DistInfo,
            place: files.place(info),
            archives: archives.clone(),
            record: record.clone(),
        };
        scan.builder.evidence(package, evidence);
    }
}

/// The package that a header describes. Where the folder's name says otherwise, both are there: one of them is wrong,
/// and it is not known which.
fn described(scan: &mut Scan<'_>, files: &Files, header: &Path, folder: &str) -> Vec<Package> {
    let place = files.place(header);
    let text = match head(files, header) {
        Ok(text) => text,
        Err(reason) => {
            scan.builder.gap(place.clone(), reason, FAMILY);
            String::new()
        }
    };
    let (name, version) = named(&text);
    let by_name = by_folder(folder);
    let package = |name: Option<&str>, version: Option<&str>| {
        let version = match version {
            Some(version) => Version::Known(version.to_owned()),
            None => Version::Unknown("its metadata names no version".to_owned()),
        };
        Package::new(Ecosystem::PyPi, name?, version).ok()
    };
    let by_header = package(
        name.or(by_name.map(|(name, _)| name)),
        version.or(by_name.map(|(_, version)| version)),
    );
    if by_header.is_none() {
        let why = "neither its metadata nor its folder names a package";
        scan.builder
            .gap(place.clone(), Reason::malformed(None, why), FAMILY);
    }
    let by_folder = by_name.and_then(|(name, version)| package(Some(name), Some(version)));
    let mut packages: Vec<_> = by_header.into_iter().collect();
    // An installer puts `~` before the name of what it is about to remove.
    if let Some(other) = by_folder.filter(|_| !folder.starts_with('~'))
        && packages.first().is_some_and(|first| !agree(first, &other))
    {
        let why = format!("the folder is named {folder}, and its metadata says otherwise");
        scan.builder.gap(place, Reason::malformed(None, &why), FAMILY);
        packages.push(other);
    }
    packages
}

/// Whether two packages are one, however their versions are spelt.
fn agree(one: &Package, other: &Package) -> bool {
    let version = |package: &Package| match &package.version {
        // A folder's name has `_` where a version has `-`.
        Version::Known(text) => text.replace('_', "-").parse::<pep440_rs::Version>().ok(),
        Version::Unknown(_) => None,
    };
    one.name == other.name
        && (one.version == other.version || version(one).is_some() && version(one) == version(other))
}

/// The beginning of a file, whatever its bytes.
fn head(files: &Files, path: &Path) -> Result<String, Reason> {
    let bytes = files.bytes(path, MAX_HEADER)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn record_of(
    scan: &mut Scan<'_>,
    files: &Files,
    info: &Path,
    label: &str,
    listed: &mut Listed,
) -> Option<RecordCheck> {
    let (path, site) = (info.join("RECORD"), info.parent()?);
    let text = match files.bytes(&path, scan.limits.file_bytes) {
        Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        // Distributions leave it out. Nothing is checked then, which is said by the absence of a check.
        Err(Reason::Missing) => {
            listed.partly = true;
            return None;
        }
        Err(reason) => {
            listed.partly = true;
            scan.builder.gap(files.place(&path), reason, FAMILY);
            return None;
        }
    };
    let rows = match record::rows(&text) {
        Ok(rows) => rows,
        Err(reason) => {
            listed.partly = true;
            scan.builder.gap(files.place(&path), reason, FAMILY);
            return None;
        }
    };
    let mut check = RecordCheck::default();
    for (index, row) in rows.iter().enumerate() {
        let target = joined(site, &row.path).filter(|_| index < record::MAX_ROWS);
        let state = record::held(scan, files, target.as_deref(), row);
        record::count(&mut check, row, state);
        if let Some(first) = Path::new(&row.path).iter().next() {
            listed.owned.insert(first.to_owned());
        }
        if let Some(target) = target.filter(|target| runs_at_start(target)) {
            let package = label.to_owned();
            listed
                .startup
                .entry(target)
                .or_default()
                .push(Owner { package, state });
        }
    }
    Some(check)
}

/// The archive that a package was installed from, where it was named by its address (PEP 610).
fn direct_url(scan: &mut Scan<'_>, files: &Files, info: &Path) -> Vec<Sha256> {
    let path = info.join("direct_url.json");
    let read = files
        .text(&path, MAX_HEADER)
        .and_then(|text| crate::sbom::object(&text));
    let origin = match read {
        Ok(origin) => origin,
        Err(Reason::Missing) => return Vec::new(),
        Err(reason) => {
            scan.builder.gap(files.place(&path), reason, FAMILY);
            return Vec::new();
        }
    };
    let archive = origin.get("archive_info");
    let hashes = archive.and_then(|archive| archive.get("hashes")?.get("sha256")?.as_str());
    let older = archive.and_then(|archive| archive.get("hash")?.as_str()?.strip_prefix("sha256="));
    hashes.or(older).and_then(Sha256::parse).into_iter().collect()
}

fn egg_info(scan: &mut Scan<'_>, files: &Files, path: &Path, entry: &Entry) {
    let own = path.join(&entry.raw);
    let (header, folder) = match (&entry.kind, entry.name.as_str()) {
        (EntryKind::Folder, "EGG-INFO") => (own.join("PKG-INFO"), ""),
        (EntryKind::Folder, name) => (own.join("PKG-INFO"), name),
        (EntryKind::File | EntryKind::Link(Link::File), name) => (own, name),
        (EntryKind::Link(_) | EntryKind::Other, _) => return,
    };
    scan.builder.count(SourceKind::EggInfo);
    // `name.egg-info` beside a project's source has no version in its name, so only one of them may.
    for package in described(scan, files, &header, folder) {
        let evidence = Evidence {
            standing: Standing::Installed,
            source: SourceKind::EggInfo,
            place: files.place(&header),
            archives: Vec::new(),
            record: None,
        };
        scan.builder.evidence(package, evidence);
    }
}

/// A package that is used from the folder where it is developed. Its version is in that folder, if that can be read.
fn egg_link(scan: &mut Scan<'_>, files: &Files, path: &Path, entry: &Entry) {
    let own = path.join(&entry.raw);
    let name = entry.name.trim_end_matches(".egg-link");
    scan.builder.count(SourceKind::EggLink);
    let target = match files.text(&own, MAX_HEADER) {
        Ok(text) => text.lines().next().unwrap_or_default().trim().to_owned(),
        Err(reason) => {
            scan.builder.gap(files.place(&own), reason, FAMILY);
            String::new()
        }
    };
    let info = Path::new(&target)
        .join(format!("{}.egg-info", name.replace('-', "_")))
        .join("PKG-INFO");
    let header = if target.is_empty() {
        Err(Reason::Missing)
    } else {
        head(files, &path.join(info))
    };
    let version = match header.as_deref().map(named) {
        Ok((_, Some(version))) => Version::Known(version.to_owned()),
        _ => Version::Unknown(format!("it is used from {target}")),
    };
    let Ok(package) = Package::new(Ecosystem::PyPi, name, version) else {
        let why = Reason::malformed(None, "an egg-link whose name is no package's");
        return scan.builder.gap(files.place(&own), why, FAMILY);
    };
    let evidence = Evidence {
        standing: Standing::Installed,
        source: SourceKind::EggLink,
        place: files.place(&own),
        archives: Vec::new(),
        record: None,
    };
    scan.builder.evidence(package, evidence);
}

/// `__editable__.name-1.0.pth`, which setuptools writes for a package that is used from where it is developed.
fn editable(scan: &mut Scan<'_>, files: &Files, path: &Path, name: &str) {
    let stem = name
        .strip_prefix("__editable__.")
        .and_then(|name| name.strip_suffix(".pth"));
    let Some((name, version)) = stem.and_then(|stem| stem.split_once('-')) else {
        return;
    };
    scan.builder.count(SourceKind::Editable);
    if let Ok(package) = Package::new(Ecosystem::PyPi, name, Version::Known(version.to_owned())) {
        let evidence = Evidence {
            standing: Standing::Installed,
            source: SourceKind::Editable,
            place: files.place(path),
            archives: Vec::new(),
            record: None,
        };
        scan.builder.evidence(package, evidence);
    }
}

/// Records a `.pth` file if some of its lines are executed.
/// The modules that the interpreter imports at every start, where there are any (the `site` module of its library).
const CUSTOMIZE: [&str; 2] = ["sitecustomize", "usercustomize"];

/// The file that runs where an entry is one of these modules: a file or a folder.
fn customizing(folder: &Path, entry: &Entry) -> Option<PathBuf> {
    let path = folder.join(&entry.raw);
    if matches!(entry.kind, EntryKind::Folder | EntryKind::Link(Link::Folder)) {
        let initial = path.join("__init__.py");
        return (CUSTOMIZE.contains(&entry.name.as_str()) && initial.exists()).then_some(initial);
    }
    let module = entry.name.strip_suffix(".py")?;
    CUSTOMIZE.contains(&module).then_some(path)
}

/// Whether what a package lists may run at every start.
fn runs_at_start(path: &Path) -> bool {
    let is = |path: &Path| {
        path.file_stem()
            .is_some_and(|stem| CUSTOMIZE.iter().any(|name| stem == *name))
    };
    let initial = path.file_name().is_some_and(|name| name == "__init__.py");
    match path.extension().and_then(|ext| ext.to_str()) {
        Some("pth") => true,
        Some("py") => is(path) || initial && path.parent().is_some_and(is),
        _ => false,
    }
}

fn startup(scan: &mut Scan<'_>, files: &Files, path: &Path, listed: &BTreeMap<PathBuf, Vec<Owner>>) {
    let bytes = match files.bytes(path, scan.limits.file_bytes) {
        Ok(bytes) => bytes,
        Err(reason) => return scan.builder.gap(files.place(path), reason, FAMILY),
    };
    let folder = path.parent().unwrap_or(files.root());
    let named = match path.extension().is_some_and(|ext| ext == "pth") {
        true => pth::folders(&bytes),
        false => Vec::new(),
    };
    for named in named {
        if let Some(target) = files.outside(folder, &named) {
            scan.builder
                .gap(files.place(path), Reason::OutsideRoot { target }, FAMILY);
        }
    }
    let executed = match path.extension().is_some_and(|ext| ext == "pth") {
        true => pth::executed_lines(&bytes),
        false => pth::lines_of_code(&bytes),
    };
    if executed == 0 {
        return;
    }
    let mut owners = listed.get(path).cloned().unwrap_or_default();
    owners.sort();
    owners.dedup();
    scan.builder.startup(StartupFile {
        place: files.place(path),
        bytes: u64::try_from(bytes.len()).unwrap_or(u64::MAX),
        sha256: Sha256::of(&bytes),
        executed,
        owners,
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_end_at_the_empty_line() {
        let header = "Metadata-Version: 2.1\nName: litellm\nVersion: 1.82.8\nName: other\n\nVersion: 9\n";
        assert_eq!(named(header), (Some("litellm"), Some("1.82.8")));
        assert_eq!(named("\nName: x\n"), (None, None));
    }

    #[test]
    fn folders_have_names() {
        assert_eq!(by_folder("litellm-1.82.8.dist-info"), Some(("litellm", "1.82.8")));
        assert_eq!(by_folder("a_b-1.0-py3.11.egg-info"), Some(("a_b", "1.0")));
        assert_eq!(by_folder("own.egg-info"), None);
    }
}
