//! `cofferdam completions`

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use crate::args::Cli;
use crate::fail::{Failure, Outcome};
use crate::out::Out;

/// Completions for a shell, to standard output
#[derive(Debug, Args)]
pub(crate) struct Completions {
    /// Which shell
    shell: Shell,
}

impl Completions {
    pub(crate) fn run(self, out: Out) -> Outcome {
        if out.json {
            let text = "completions are a script for the shell, not JSON; leave --json out";
            return Err(Failure::usage(text));
        }
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "cofferdam", &mut script);
        out.bytes(&script)
    }
}
