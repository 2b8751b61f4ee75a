//! Kills at random moments.

use anyhow::{Result, bail};

/// How long.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// How often to kill
    #[arg(long, default_value_t = 1_000)]
    pub kills: u32,
}

/// Runs it.
pub fn run(args: &Args) -> Result<()> {
    bail!("{} kills: not built yet", args.kills)
}
