//! Builds, tests and demonstrates the workspace.
//!
//! Invariants, as absences: nothing here is needed to run Cofferdam; nothing here is on the way of a request; no
//! step leaves the workspace but to install what a later step needs, and it says so.

mod checks;
mod demo;
mod e2e;
mod freeze;
mod fuzz;
mod generated;
mod keyholder;
mod layers;
mod run;
mod schemathesis;
mod soak;
mod test;
mod tools;
mod web;

use std::process::ExitCode;

use anyhow::{Result, bail};

const HELP: &str = "\
cargo xtask COMMAND

  demo [ARGS…]     build what is needed and run `cofferdam demo ARGS…`
  drill [ARGS…]    the same with `cofferdam drill ARGS…`
  test [--fast]    set up what the tests need and run all of them; --fast: no packages, no browser, no doc tests
  ci               everything that must hold before a change is taken: checks, then test
  soak [ARGS…]     build what is needed and run one kind of soak: `crash` or `model`; --help says with which options
  fuzz [--seconds N] [--keep] [TARGET…]
                   strangers' bytes for every parser, 60 s each; --keep: take what reaches something new into the corpus
  freeze VERSION   an installation as this version writes it, for tests of later ones to open
  check-layers     dependencies between our crates point the way that ARCHITECTURE.md says
  check-generated  docs/openapi.json and the web client are what the code says
  generate         write them anew
  deny             bans, licences and sources of what we depend on; advisories where they can be reached";

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let command = args.next().unwrap_or_default();
    let rest: Vec<String> = args.collect();
    match dispatch(&command, &rest) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nxtask {command}: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(command: &str, args: &[String]) -> Result<()> {
    if !matches!(command, "demo" | "drill" | "soak") && args.iter().any(|arg| arg == "--help" || arg == "-h")
    {
        return help();
    }
    match (command, args) {
        (verb @ ("demo" | "drill"), args) => demo::become_one(verb, args),
        ("soak", args) => soak::soak(args),
        ("test", []) => test::test(test::Extent::All),
        ("test", [flag]) if flag == "--fast" => test::test(test::Extent::Fast),
        ("ci", []) => checks::ci(),
        ("fuzz", args) => fuzz::fuzz(args),
        ("freeze", [version]) => freeze::freeze(version),
        ("check-layers", []) => layers::check(),
        ("check-generated", []) => generated::check(),
        ("generate", []) => generated::generate(),
        ("deny", []) => checks::deny(),
        ("" | "help" | "-h" | "--help", _) => help(),
        (known, _) if HELP.contains(&format!("\n  {known} ")) => {
            bail!("arguments not understood: {}\n\n{HELP}", args.join(" "))
        }
        _ => bail!("no such command\n\n{HELP}"),
    }
}

fn help() -> Result<()> {
    eprintln!("{HELP}");
    Ok(())
}
