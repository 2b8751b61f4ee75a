//! What the command line can do: each verb has its arguments and its doing in one file.

pub(crate) mod advisory;
pub(crate) mod completions;
pub(crate) mod component;
pub(crate) mod config;
pub(crate) mod copy;
pub(crate) mod deliver;
pub(crate) mod delivery;
pub(crate) mod doctor;
pub(crate) mod engage;
pub(crate) mod exposure;
pub(crate) mod find;
pub(crate) mod halt;
pub(crate) mod identity;
pub(crate) mod import;
pub(crate) mod incident;
pub(crate) mod init;
pub(crate) mod lab;
pub(crate) mod ledger;
pub(crate) mod migrate;
pub(crate) mod notices;
pub(crate) mod open;
pub(crate) mod person;
pub(crate) mod project;
pub(crate) mod recover;
pub(crate) mod serve;
pub(crate) mod token;
pub(crate) mod verify;
pub(crate) mod wall;
pub(crate) mod webhook;
pub(crate) mod whoami;

use std::num::IntErrorKind;
use std::str::FromStr;

use cofferdam_model::Timestamp;

use crate::args::Command;
use crate::fail::Outcome;
use crate::out::Out;

/// Does what was asked.
pub(crate) async fn run(command: Command, out: Out) -> Outcome {
    match command {
        Command::Init(verb) => verb.run(out).await,
        Command::Serve(verb) => verb.run().await,
        Command::Demo(verb) => verb.run(out).await,
        Command::Drill(verb) => verb.run(out).await,
        Command::Lab(verb) => verb.run(out).await,
        Command::Project(verb) => verb.run(out).await,
        Command::Person(verb) => verb.run(out).await,
        Command::Engage(verb) => verb.run(out).await,
        Command::Token(verb) => verb.run(out).await,
        Command::Import(verb) => verb.run(out).await,
        Command::Deliver(verb) => verb.run(out).await,
        Command::Delivery(verb) => verb.run(out).await,
        Command::Open(verb) => verb.run(out),
        Command::Verify(verb) => verb.run(out).await,
        Command::Ledger(verb) => verb.run(out).await,
        Command::Halt(verb) => verb.run(out).await,
        Command::Resume(verb) => verb.run(out).await,
        Command::Wall(verb) => verb.run(out).await,
        Command::Exposure(verb) => verb.run(out).await,
        Command::Component(verb) => verb.run(out).await,
        Command::Advisory(verb) => verb.run(out).await,
        Command::Incident(verb) => verb.run(out).await,
        Command::Notices(verb) => verb.run(out).await,
        Command::Webhook(verb) => verb.run(out).await,
        Command::Whoami(verb) => verb.run(out).await,
        Command::Find(verb) => verb.run(out).await,
        Command::Identity(verb) => verb.run(out),
        Command::Doctor(verb) => verb.run(out).await,
        Command::Recover(verb) => verb.run(out).await,
        Command::Migrate(verb) => verb.run(out),
        Command::Copy(verb) => verb.run(out).await,
        Command::Config(verb) => verb.run(out),
        Command::Completions(verb) => verb.run(out),
        Command::Openapi => out.bytes(cofferdam_server::openapi().as_bytes()),
    }
}

/// A time on the command line.
fn time(text: &str) -> Result<String, String> {
    let wrong = || format!("`{text}` is no time; write it as in 2026-03-24T10:39:00Z, or 2026-03-24");
    Timestamp::parse_rfc3339(text)
        .map(Timestamp::rfc3339)
        .ok_or_else(wrong)
}

/// A whole number on the command line that is not below the least. How large it may be the server says.
fn whole<const LEAST: u64, T: TryFrom<u64>>(text: &str) -> Result<T, String> {
    let needed = || format!("a whole number from {LEAST} up is needed");
    let too_large = || "that number is out of range".to_owned();
    match text.parse::<u64>() {
        Ok(number) if number >= LEAST => T::try_from(number).map_err(|_| too_large()),
        Err(error) if *error.kind() == IntErrorKind::PosOverflow => Err(too_large()),
        _ => Err(needed()),
    }
}

/// An id on the command line: kept as text once it is known to be one.
fn id<T: FromStr + ToString>(text: &str) -> Result<String, String>
where
    T::Err: ToString,
{
    text.parse::<T>()
        .map(|id| id.to_string())
        .map_err(|error| error.to_string())
}
