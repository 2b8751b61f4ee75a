//! The web application: its packages, its build, its tests.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::{Context as _, Result, bail};

use crate::run::{Cmd, notice, root};
use crate::tools;

/// Folders whose files are made, not written.
const MADE: [&str; 2] = ["node_modules", "dist"];

pub(crate) fn folder() -> PathBuf {
    root().join("web")
}

/// Whether the folder is a package yet.
pub(crate) fn exists(folder: &Path) -> bool {
    folder.join("package.json").is_file()
}

/// Whether the folder's package has a script of that name.
pub(crate) fn has_script(folder: &Path, script: &str) -> Result<bool> {
    let file = folder.join("package.json");
    let text = fs::read(&file).with_context(|| file.display().to_string())?;
    let package: serde_json::Value =
        serde_json::from_slice(&text).with_context(|| format!("{} is not JSON", file.display()))?;
    Ok(package["scripts"][script].is_string())
}

/// Runs one of the folder's scripts; one that is not there is passed over, and said so.
pub(crate) fn script(folder: &Path, script: &str) -> Result<()> {
    if !has_script(folder, script)? {
        notice(format_args!("{} has no script `{script}`", folder.display()));
        return Ok(());
    }
    Cmd::new("npm")
        .args(&["run", "--silent", script])
        .folder(folder)
        .run()
}

/// Installs exactly the packages that the lock file names, unless they are there. None of them may run scripts.
pub(crate) fn install(folder: &Path) -> Result<()> {
    if tools::find("npm").is_none() {
        bail!("Node.js 20.19 or later, with npm, is needed to build the web application: https://nodejs.org");
    }
    let lock = folder.join("package-lock.json");
    if !lock.is_file() {
        bail!(
            "{} is missing, and nothing is installed without it",
            lock.display()
        );
    }
    let installed = modified(&folder.join("node_modules/.package-lock.json"));
    if installed.is_some_and(|at| modified(&lock).is_some_and(|lock| lock <= at)) {
        return Ok(());
    }
    Cmd::new("npm")
        .args(&["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
        .folder(folder)
        .run()
}

/// Builds `web/dist`, unless it is newer than everything that it is made from.
pub(crate) fn build() -> Result<()> {
    let folder = folder();
    let dist = folder.join("dist");
    if !exists(&folder) {
        notice("web/ is no package yet: the binary is built without a web application");
        return fs::create_dir_all(&dist).context("web/dist cannot be made");
    }
    let built = modified(&dist.join("index.html"));
    if built.is_some() && built >= newest(&folder)? {
        return Ok(());
    }
    install(&folder)?;
    script(&folder, "build")
}

fn modified(file: &Path) -> Option<SystemTime> {
    fs::metadata(file).and_then(|meta| meta.modified()).ok()
}

/// The time of the last change below `folder`, leaving out what is made.
fn newest(folder: &Path) -> Result<Option<SystemTime>> {
    let mut last = None;
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).with_context(|| next.display().to_string())? {
            let entry = entry?;
            if MADE.iter().any(|made| entry.file_name() == *made) {
                continue;
            }
            if entry.file_type()?.is_dir() {
                folders.push(entry.path());
            }
            last = last.max(modified(&entry.path()));
        }
    }
    Ok(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_made_does_not_make_the_sources_newer() {
        let folder = std::env::temp_dir().join(format!("xtask-newest-{}", std::process::id()));
        fs::create_dir_all(folder.join("src")).unwrap();
        fs::write(folder.join("src/a.ts"), "").unwrap();
        let before = newest(&folder).unwrap();
        assert!(before.is_some());
        fs::create_dir_all(folder.join("node_modules")).unwrap();
        fs::write(folder.join("node_modules/b.js"), "").unwrap();
        assert_eq!(newest(&folder).unwrap(), before);
        fs::remove_dir_all(&folder).unwrap();
    }
}
