//! The command line as a whole.

use clap::error::ErrorKind;
use clap::{Parser, Subcommand};

use crate::demo;
use crate::fail::{Failure, Outcome, one_line};
use crate::out::Out;
use crate::verbs::{
    advisory, completions, component, config, copy, deliver, delivery, doctor, engage, exposure, find, halt,
    identity, import, incident, init, lab, ledger, migrate, notices, open, person, project, recover, serve,
    token, verify, wall, webhook, whoami,
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
    #[arg(long, global = true, display_order = 900)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What can be done: each verb says so itself.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Init(init::Init),
    Serve(serve::Serve),
    Demo(demo::Demo),
    Drill(demo::Drill),
    Lab(lab::Lab),
    Project(project::Project),
    Person(person::Person),
    Engage(engage::Engage),
    Token(token::Token),
    Import(import::Import),
    Deliver(deliver::Deliver),
    Delivery(delivery::Delivery),
    Open(open::Open),
    Verify(verify::Verify),
    Ledger(ledger::Ledger),
    Halt(halt::Halt),
    Resume(halt::Resume),
    Wall(wall::Wall),
    Exposure(exposure::Exposure),
    Component(component::Component),
    Advisory(advisory::Advisory),
    Incident(incident::Incident),
    Notices(notices::Notices),
    Webhook(webhook::Webhook),
    Whoami(whoami::Whoami),
    Find(find::Find),
    Identity(identity::Identity),
    Doctor(doctor::Doctor),
    Recover(recover::Recover),
    Migrate(migrate::Migrate),
    Copy(copy::Copy),
    Config(config::Config),
    Completions(completions::Completions),
    /// Print the HTTP API's OpenAPI document
    Openapi,
}

/// Whether JSON is asked for by a command line that does not parse.
pub(crate) fn json_asked() -> bool {
    std::env::args_os()
        .take_while(|arg| arg != "--")
        .any(|arg| arg == "--json")
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
                .take_while(|word| word.starts_with(|c: char| c.is_ascii_lowercase()))
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

    /// Every command and the commands within it.
    fn all(command: &clap::Command) -> Vec<&clap::Command> {
        let within = command.get_subcommands().flat_map(all);
        std::iter::once(command).chain(within).collect()
    }

    #[test]
    fn help_names_each_thing_and_shows_it_where_it_belongs() {
        let mut cli = Cli::command();
        cli.build();
        for command in all(&cli) {
            let name = command.get_name();
            assert!(command.get_about().is_some(), "{name} does not say what it does");
            for argument in command.get_arguments() {
                let id = argument.get_id().as_str();
                assert!(argument.get_help().is_some(), "{name} does not say what {id} is");
                let of_server = argument.get_help_heading() == Some("Server");
                assert!(
                    !of_server || ["server", "token", "data"].contains(&id),
                    "{name} shows {id} as a matter of the server"
                );
            }
        }
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
        assert!(
            line(&["halt", "installation"]).ends_with("; `cofferdam halt --help` says more"),
            "{}",
            line(&["halt", "installation"])
        );
        assert!(!line(&["halt", "everything", "--reason", "because"]).contains('\n'));
    }
}
