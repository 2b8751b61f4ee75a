//! Random commands against a reference model.

use anyhow::{Result, bail};

/// How long.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// How many commands
    #[arg(long, default_value_t = 1_000_000)]
    pub commands: u64,
}

/// Runs it.
pub fn run(args: &Args) -> Result<()> {
    bail!("{} commands: not built yet", args.commands)
}
