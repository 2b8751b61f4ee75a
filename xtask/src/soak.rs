//! `cargo xtask soak`: what takes longer than CI has time for.

use std::os::unix::process::CommandExt as _;
use std::process::Command;

use anyhow::{Result, anyhow};

use crate::run::{Cmd, step, target};

/// Builds the program, and what drives it, and becomes the latter.
pub(crate) fn soak(args: &[String]) -> Result<()> {
    step("release build", || {
        let packages = ["--package", "cofferdam", "--package", "cofferdam-soak"];
        Cmd::cargo(&[&["build", "--release", "--locked"], &packages[..]].concat()).run()
    })?;
    let binary = target().join("release/cofferdam-soak");
    let error = Command::new(&binary).args(args).exec();
    Err(anyhow!(error).context(format!("{} cannot be started", binary.display())))
}
