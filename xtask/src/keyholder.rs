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

/// What the compiler says of it.
pub(crate) fn lints() -> Result<()> {
    step("lints of the keyholder", || {
        cargo(&["clippy", "--all-targets", "--locked", "--", "-D", "warnings"]).run()
    })
}

/// Its tests, which build it and ask it over the wire; one of them counts its packages.
pub(crate) fn test() -> Result<()> {
    step("tests of the keyholder", || cargo(&["test", "--locked"]).run())
}
