//! The lab's keyholder, a workspace of its own: what must hold of the rest must hold of it.

use std::path::PathBuf;

use anyhow::Result;

use crate::run::{Cmd, root, step, target};

fn folder() -> PathBuf {
    root().join("crates").join("keyholder")
}

/// In the workspace's own target folder, which has most of what others wrote already.
fn cargo(args: &[&str]) -> Cmd {
    Cmd::cargo(args)
        .folder(folder())
        .var("CARGO_TARGET_DIR", target())
}

/// What is quickly seen.
pub(crate) fn look() -> Result<()> {
    step("format of the keyholder", || cargo(&["fmt", "--check"]).run())?;
    step("lock file of the keyholder", || {
        let lock = ["metadata", "--locked", "--format-version", "1"];
        cargo(&lock).output().map(|_| ())
    })
}

/// What it depends on, by the same rules: its lock file is its own.
pub(crate) fn deny(checks: &[&str]) -> Result<()> {
    let rules = root().join("deny.toml");
    let rules = rules.to_string_lossy();
    // What the rules allow for crates that are not here is no mistake.
    let quiet = ["unmatched-skip", "unnecessary-skip", "license-not-encountered"];
    let mut args = vec!["deny", "--config", &rules, "check"];
    args.extend(quiet.iter().flat_map(|lint| ["--allow", lint]));
    args.extend(checks);
    cargo(&args).run()
}

/// What the compiler says of it.
pub(crate) fn lints() -> Result<()> {
    step("lints of the keyholder", || {
        cargo(&["clippy", "--all-targets", "--locked", "--", "-D", "warnings"]).run()
    })
}

/// The program, which tests of the platform run beside their own.
pub(crate) fn build() -> Result<()> {
    build_as("dev")
}

/// The same, by one of its profiles.
pub(crate) fn build_as(profile: &str) -> Result<()> {
    step("build of the keyholder", || {
        cargo(&["build", "--locked", "--profile", profile]).run()
    })
}

/// Its tests, which build it and ask it over the wire; one of them counts its packages.
pub(crate) fn test() -> Result<()> {
    step("tests of the keyholder", || cargo(&["test", "--locked"]).run())
}
