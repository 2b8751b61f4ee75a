//! Programs that steps need, and how they come onto the machine.

use std::path::PathBuf;

use anyhow::{Result, bail};

use crate::run::{Cmd, notice, unattended};

/// Debian packages that the tests need: the program looked for, and the package that has it.
const PACKAGES: [(&str, &str); 4] = [
    ("age", "age"),
    ("chromium", "chromium"),
    ("faketime", "faketime"),
    ("pg_ctlcluster", "postgresql"),
];

/// A cargo subcommand, at the version that our configuration was written for.
const DENY: (&str, &str) = ("cargo-deny", "0.20.2");

/// Where `program` is on the search path.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
}

/// Installs the Debian packages that are missing.
pub(crate) fn debian_packages() -> Result<()> {
    let python = match python_makes_environments() {
        true => &[][..],
        false => &[("", "python3-venv")],
    };
    packages(&[&PACKAGES, python].concat())
}

/// Installs a C++ compiler where there is none.
pub(crate) fn compiler() -> Result<()> {
    packages(&[("c++", "g++")])
}

fn packages(wanted: &[(&str, &str)]) -> Result<()> {
    let missing: Vec<&str> = wanted
        .iter()
        .filter(|(program, _)| find(program).is_none())
        .map(|(_, package)| *package)
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let by_hand = format!("apt-get update && apt-get install -y {}", missing.join(" "));
    if find("apt-get").is_none() {
        bail!(
            "install what has no apt-get here in your system's way: {}",
            missing.join(", ")
        );
    }
    if Cmd::new("id").args(&["-u"]).output()?.trim_ascii() != b"0" {
        bail!("only root may install packages; as root:\n  {by_hand}");
    }
    notice(format_args!("installing {}", missing.join(", ")));
    let apt = |args: &[&str]| {
        Cmd::new("apt-get")
            .args(args)
            .var("DEBIAN_FRONTEND", "noninteractive")
            .run()
    };
    apt(&["update", "-q"])?;
    apt(&[&["install", "-q", "-y", "--no-install-recommends"], &missing[..]].concat())
}

/// Debian's Python comes without what makes an environment of its own.
fn python_makes_environments() -> bool {
    let asked = Cmd::new("python3").args(&["-c", "import ensurepip, venv"]);
    asked.command().output().is_ok_and(|ran| ran.status.success())
}

/// Whether `cargo nextest` is there. Tests run without it, so it is not installed unasked.
pub(crate) fn nextest() -> bool {
    find("cargo-nextest").is_some()
}

/// Installs `cargo deny` where it is missing and nobody could be asked.
pub(crate) fn deny() -> Result<()> {
    let (program, version) = DENY;
    if find(program).is_some() {
        return Ok(());
    }
    let install = Cmd::cargo(&["install", program, "--locked", "--version", version]);
    if !unattended() {
        bail!("{program} is not installed:\n  {install}");
    }
    notice(format_args!("installing {program} {version}"));
    install.run()
}
