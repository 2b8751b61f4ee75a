//! `cargo xtask demo` and `cargo xtask drill`: from the sources to a running demonstration, or to a drill that was played.

use std::os::unix::process::CommandExt as _;
use std::process::Command;

use anyhow::{Result, anyhow};

use crate::run::{Cmd, step, target};
use crate::{keyholder, web};

/// Builds what is not built, and becomes `cofferdam` with this verb.
pub(crate) fn become_one(verb: &str, args: &[String]) -> Result<()> {
    step("web application", web::build)?;
    step("build", || {
        Cmd::cargo(&["build", "--profile", "demo", "--locked", "--package", "cofferdam"]).run()
    })?;
    if args.iter().any(|arg| arg == "--keyholder") {
        keyholder::build_as("demo")?;
    }
    let binary = target().join("demo/cofferdam");
    // Files among the arguments are named from where the caller stands, so the folder stays what it is.
    let error = Command::new(&binary).arg(verb).args(args).exec();
    Err(anyhow!(error).context(format!("{} cannot be started", binary.display())))
}
