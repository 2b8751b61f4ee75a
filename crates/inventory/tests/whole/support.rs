//! What the tests share.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use cofferdam_inventory::advisory::{Advisory, Event, Outcome, assess, group};
use cofferdam_inventory::scan::Limits;
use cofferdam_inventory::{Inventory, Root, Sha256, scan};

/// The ids of the three published records of the event.
pub(crate) const RECORDS: [&str; 3] = ["MAL-2026-2144", "PYSEC-2026-2", "GHSA-5mg7-485q-xm76"];

/// A file below `../shared/data` (seen from the project's root), or below `COFFERDAM_SHARED_DATA`.
pub(crate) fn shared(path: &str) -> PathBuf {
    let root = std::env::var_os("COFFERDAM_SHARED_DATA").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    root.join(path)
}

/// One of the published records.
pub(crate) fn record(id: &str) -> Advisory {
    let file = shared(&format!("advisories/{id}.json"));
    let text = fs::read_to_string(&file)
        .unwrap_or_else(|error| panic!("{}: {error}; set COFFERDAM_SHARED_DATA", file.display()));
    Advisory::parse(&text, id).unwrap()
}

/// The event that the published records tell of.
pub(crate) fn litellm() -> Event {
    let mut events = group(RECORDS.map(record).to_vec());
    assert_eq!(events.len(), 1);
    events.remove(0)
}

/// Scans one place with the usual limits.
pub(crate) fn scanned(path: &Path) -> Inventory {
    let root = Root {
        name: "machine".to_owned(),
        path: path.to_path_buf(),
    };
    scan(&[root], &Limits::default(), None)
}

/// What the event means, in one word.
pub(crate) fn outcome(inventory: &Inventory, event: &Event) -> &'static str {
    match assess(inventory, event).outcome {
        Outcome::Affected { .. } => "affected",
        Outcome::Unknown { .. } => "unknown",
        Outcome::NotAffected { .. } => "not affected",
        Outcome::Withdrawn => "withdrawn",
    }
}

/// Writes a file and the folders that it lies in.
pub(crate) fn write(root: &Path, path: &str, text: &str) -> PathBuf {
    let file = root.join(path);
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(&file, text).unwrap();
    file
}

/// A new virtual environment, and the folder where its packages are.
pub(crate) fn environment(at: &Path) -> PathBuf {
    made(Command::new("python3").args(["-m", "venv", "--without-pip"]), at)
}

/// A new virtual environment with pip in it, which takes a while longer.
pub(crate) fn environment_with_pip(at: &Path) -> PathBuf {
    made(Command::new("python3").args(["-m", "venv"]), at)
}

fn made(venv: &mut Command, at: &Path) -> PathBuf {
    run(venv.arg(at));
    let lib = at.join("lib");
    let python = fs::read_dir(lib).unwrap().map(|entry| entry.unwrap().path());
    let mut found = python
        .map(|path| path.join("site-packages"))
        .filter(|path| path.is_dir());
    found.next().expect("a virtual environment has site-packages")
}

/// Installs from the package index with the environment's own pip; whether the index was reached.
pub(crate) fn installed(environment: &Path, args: &[&str]) -> bool {
    let quiet = [
        "--quiet",
        "--disable-pip-version-check",
        "--timeout",
        "10",
        "--retries",
        "0",
    ];
    let mut pip = Command::new(environment.join("bin/pip"));
    pip.args(quiet)
        .args(["install", "--no-compile", "--only-binary=:all:"])
        .args(args);
    let reached = pip.output().unwrap().status.success();
    if !reached {
        eprintln!("the package index is not reached for {args:?}");
    }
    reached
}

/// Runs a command that must succeed.
pub(crate) fn run(command: &mut Command) {
    let output = command
        .output()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {told}");
}

/// Puts a package into `site-packages` as an installer does: files with their hashes in `RECORD`.
pub(crate) fn install(site: &Path, name: &str, version: &str, files: &[(&str, &str)]) {
    let info = format!("{name}-{version}.dist-info");
    let metadata =
        format!("Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n\nAbout it.\nVersion: 0\n");
    let mut record = String::new();
    let header = format!("{info}/METADATA");
    let own = [(header.as_str(), metadata.as_str())];
    for (path, text) in files.iter().copied().chain(own) {
        write(site, path, text);
        record.push_str(&format!(
            "{path},sha256={},{}\n",
            base64(&Sha256::of(text.as_bytes()).0),
            text.len()
        ));
    }
    record.push_str(&format!("{info}/RECORD,,\n"));
    write(site, &format!("{info}/RECORD"), &record);
}

/// URL-safe Base64 without padding, written here so that it is not the reader's own.
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut out = String::new();
    for three in bytes.chunks(3) {
        let number = three
            .iter()
            .fold(0_u32, |number, byte| number << 8 | u32::from(*byte))
            << (8 * (3 - three.len()));
        for at in 0..=three.len() {
            let digit = number >> (18 - 6 * at) & 63;
            out.push(char::from(DIGITS[digit as usize]));
        }
    }
    out
}
