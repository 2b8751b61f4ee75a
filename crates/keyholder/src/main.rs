//! The small binary that a lab runs and that alone can unwrap its epoch keys. `docs/keyholder-protocol.md` has what it
//! speaks.
//!
//! From a request to a key, each arrow being one module:
//!
//! ```text
//! server (TLS, bounds) ─► calls (who, which token) ─► witness, policy (may it be) ─► journal (it is in the log) ─► keys
//! ```
//!
//! What this binary never does:
//!
//! - It never gives out a key of which no lease is in its log, on the disk; nor takes a checkpoint that it has not written
//!   down before it answers.
//! - It never keeps anything beside its log but keys: nodes, tokens, ledgers and halts follow from the log alone.
//! - It never stores or prints a key, a token, a code or a passphrase in clear; of a code there is a hash, of a token a
//!   number.
//! - It never goes on when it cannot write, when its clock went back, or when a line of its log is not as it was written.
//! - It never reads without a bound, nor waits for a client without one.
//! - It never lets a node decide what is the lab's: halts, ledgers, codes, and (unless its policy says so) shredding.

#![forbid(unsafe_code)]

mod args;
mod calls;
mod clock;
mod config;
mod control;
mod csr;
mod entry;
mod fail;
mod files;
mod hex;
mod id;
mod identity;
mod journal;
mod lab;
mod log;
mod nodes;
mod out;
mod policy;
mod root;
mod server;
mod state;
mod verbs;
mod witness;

use std::process::ExitCode;

use clap::Parser as _;
#[cfg(target_os = "linux")]
use rustix::process::{DumpableBehavior, set_dumpable_behavior};
use rustix::process::{Resource, Rlimit, setrlimit};

use crate::args::Cli;
use crate::fail::{Failure, Outcome, one_line};

fn main() -> ExitCode {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic
            .location()
            .map_or_else(String::new, |at| format!(" at {}:{}", at.file(), at.line()));
        out::note(format!(
            "cofferdam-keyholder: a mistake of ours{place}; please report it, with what you did"
        ));
    }));
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return refused(&error),
    };
    let json = cli.json;
    match hardened().and_then(|()| verbs::run(cli)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            match json {
                true => out::note(serde_json::json!({
                    "error": failure.to_string(), "exit_code": failure.code(),
                })),
                false => out::note(format!("cofferdam-keyholder: {failure}")),
            }
            ExitCode::from(failure.code())
        }
    }
}

/// No core dumps, which would hold keys, and nobody but root who traces this process or reads its memory; and no file for
/// others than the owner.
fn hardened() -> Outcome {
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    setrlimit(Resource::Core, none)
        .map_err(|error| Failure::new(format!("core dumps cannot be turned off: {error}")))?;
    #[cfg(target_os = "linux")]
    set_dumpable_behavior(DumpableBehavior::NotDumpable)
        .map_err(|error| Failure::new(format!("this process cannot be kept from being traced: {error}")))?;
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
    Ok(())
}

/// Help and version go to standard output; a mistake is one line.
fn refused(error: &clap::Error) -> ExitCode {
    if !error.use_stderr() {
        let _ = error.print();
        return ExitCode::SUCCESS;
    }
    let text = error.to_string();
    let said: Vec<&str> = text
        .lines()
        .take_while(|line| !line.starts_with("Usage:") && !line.starts_with("For more"))
        .collect();
    let said = one_line(&said.join("\n"));
    let said = said.strip_prefix("error: ").unwrap_or(&said);
    out::note(format!("cofferdam-keyholder: {said}; --help shows what there is"));
    ExitCode::from(2)
}
