//! `cargo xtask soak`: runs one kind of soak, and says what it saw.

use anyhow::Result;
use clap::Parser;
use cofferdam_soak::{crash, model};

/// What takes longer than CI has time for
#[derive(Debug, Parser)]
enum Soak {
    /// Kill the server at random moments under load, and look what is there
    Crash(crash::Args),
    /// Drive the service and a reference model with random commands
    Model(model::Args),
}

fn main() -> Result<()> {
    match Soak::parse() {
        Soak::Crash(args) => crash::run(&args),
        Soak::Model(args) => model::run(&args),
    }
}
