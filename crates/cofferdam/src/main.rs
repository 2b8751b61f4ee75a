//! The `cofferdam` binary: command line, configuration, wiring and demo.
//!
//! Invariants, as absences:
//! - no command decides who may do what: those over HTTP ask the server, those on a data folder ask the gate;
//! - nothing but [`out`] writes to standard output, and no error is more than one line of what happened, to what, and
//!   what to do next (and a list, where rows of a file are wrong);
//! - no secret is written anywhere but to a file of its owner's, or shown once to who asked for it.

mod args;
mod client;
mod config;
mod demo;
mod fail;
mod files;
mod install;
mod opening;
mod out;
mod part;
mod progress;
mod table;
mod verbs;

use std::alloc::System;
use std::process::ExitCode;

use clap::Parser;
use zeroizing_alloc::ZeroAlloc;

use crate::args::Cli;
use crate::fail::Outcome;
use crate::out::{Out, note};

/// What is given back is wiped first: keys and plaintext pass through buffers of TLS, HTTP and JSON that wipe nothing themselves.
#[global_allocator]
static MEMORY: ZeroAlloc<System> = ZeroAlloc(System);

fn main() -> ExitCode {
    install::no_core_dumps();
    install::private_files();
    std::panic::set_hook(Box::new(|panic| {
        let place = panic
            .location()
            .map_or_else(String::new, |at| format!(" at {}:{}", at.file(), at.line()));
        note(format!(
            "cofferdam: a mistake of ours{place}; please report it, with what you did"
        ));
    }));
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return done(args::refused(&error), args::json_asked()),
    };
    let json = cli.json;
    done(run(cli), json)
}

fn run(cli: Cli) -> Outcome {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = fail::To::to(runtime, "the runtime cannot be started")?;
    let done = runtime.block_on(verbs::run(cli.command, Out { json: cli.json }));
    // What still runs in the background has nothing left to say.
    match &done {
        Err(failure) if failure.is_at_once() => runtime.shutdown_background(),
        _ => runtime.shutdown_timeout(std::time::Duration::from_secs(2)),
    }
    done
}

fn done(outcome: Outcome, json: bool) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            match json {
                _ if failure.is_silent() => {}
                true => note(failure.to_json()),
                false => note(format!("cofferdam: {failure}")),
            }
            ExitCode::from(failure.code())
        }
    }
}
