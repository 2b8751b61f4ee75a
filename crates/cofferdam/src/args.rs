//! The command line as a whole.

use clap::error::ErrorKind;
use clap::{Parser, Subcommand};

use crate::demo;
use crate::fail::{Failure, Outcome, one_line};
use crate::out::Out;
use crate::verbs::{
    completions, config, copy, deliver, delivery, doctor, engage, exposure, halt, identity, import, init,
    lab, ledger, migrate, open, person, project, serve, token, verify, whoami,
};

/// Work platform and custody of training data, in one program
#[derive(Debug, Parser)]
#[command(
    name = "cofferdam",
    version,
    disable_help_subcommand = true,
    max_term_width = 110
)]
pub(crate) struct Cli {
    /// Print JSON, for programs
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What can be done.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make an installation in a new folder, with a first operator
    Init(init::Init),
    /// Run an installation's server
    Serve(serve::Serve),
    /// Show the whole: labs, work, a halt and deliveries, in a fresh folder
    Demo(demo::Demo),
    /// Labs: open, list, and whom their deliveries are encrypted to
    Lab(lab::Lab),
    /// Projects: open, list, show, and their guidelines
    Project(project::Project),
    /// People and components: enrol, list, invite
    Person(person::Person),
    /// Engage somebody for a project, appoint a steward, or end an engagement
    Engage(engage::Engage),
    /// API tokens, each good for one engagement
    Token(token::Token),
    /// Bring a file of tasks into a project
    Import(import::Import),
    /// Make a delivery of a project's answers
    Deliver(deliver::Deliver),
    /// Deliveries: list, fetch, accept, return rows
    Delivery(delivery::Delivery),
    /// Open a delivery with the lab's identity, and check it against its manifest
    Open(open::Open),
    /// Verify an exported ledger; needs nothing but the folder
    Verify(verify::Verify),
    /// Ledgers: export a whole one, or show the newest entries
    Ledger(ledger::Ledger),
    /// Stop a scope at once
    Halt(halt::Halt),
    /// End a halt
    Resume(halt::Resume),
    /// What the ledgers say that a credential touched
    Exposure(exposure::Exposure),
    /// Who one is, and what one is engaged for
    Whoami(whoami::Whoami),
    /// age identities, for opening deliveries
    Identity(identity::Identity),
    /// Check a stopped installation: every ledger, and every row that authorises
    Doctor(doctor::Doctor),
    /// Bring the database of a stopped installation up to date
    Migrate(migrate::Migrate),
    /// Copy a stopped installation's rows into another database
    Copy(copy::Copy),
    /// The configuration file
    Config(config::Config),
    /// Completions for a shell
    Completions(completions::Completions),
    /// Print the HTTP API's OpenAPI document
    Openapi,
}

/// A command line that was not understood in one line; help and version to standard output.
pub(crate) fn refused(error: &clap::Error) -> Outcome {
    let text = error.render().to_string();
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => Out { json: false }.bytes(text.as_bytes()),
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            let usage = text.lines().find_map(|line| line.strip_prefix("Usage: "));
            let what = usage.map_or_else(String::new, |usage| format!(": {}", one_line(usage)));
            Err(Failure::usage(format!(
                "a command is missing{what}; --help lists them"
            )))
        }
        _ => Err(Failure::usage(in_one_line(&text))),
    }
}

/// What is wrong, the tip if there is one, and where the help is.
fn in_one_line(text: &str) -> String {
    let mut parts = text.split("\n\n").map(one_line);
    let mut line = parts
        .next()
        .unwrap_or_default()
        .trim_start_matches("error: ")
        .to_owned();
    for part in parts {
        if let Some(tip) = part.strip_prefix("tip: ") {
            line.push_str(&format!("; {tip}"));
        } else if let Some(usage) = part.strip_prefix("Usage: ") {
            let command: Vec<&str> = usage
                .split(' ')
                .take_while(|w| !w.starts_with(['<', '[', '-']))
                .collect();
            line.push_str(&format!("; `{} --help` says more", command.join(" ")));
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    fn line(arguments: &[&str]) -> String {
        let all = std::iter::once("cofferdam").chain(arguments.iter().copied());
        refused(&Cli::try_parse_from(all).unwrap_err())
            .unwrap_err()
            .to_string()
    }

    #[test]
    fn the_definition_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn what_is_not_understood_is_told_in_one_line() {
        assert_eq!(
            line(&["lab", "add"]),
            "the following required arguments were not provided: <NAME>; `cofferdam lab add --help` says more"
        );
        let unknown = line(&["verfy"]);
        assert!(
            unknown.starts_with("unrecognized subcommand 'verfy'; a similar subcommand exists: 'verify'"),
            "{unknown}"
        );
        let missing = line(&[]);
        assert!(missing.starts_with("a command is missing"), "{missing}");
        assert!(
            line(&["lab"]).starts_with("a command is missing: cofferdam lab"),
            "{}",
            line(&["lab"])
        );
        assert!(!line(&["halt", "everything", "--reason", "because"]).contains('\n'));
    }
}
