//! Which server, and with which credential.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use clap::Args;

use super::Client;
use crate::config::{self, Config, FILE};
use crate::fail::{Failure, Outcome};
use crate::install::token_file;

/// How a running server is reached.
#[derive(Debug, Clone, Args)]
pub(crate) struct Connect {
    /// The server's address [default: where that of --data listens, or http://127.0.0.1:8417]
    #[arg(
        long,
        global = true,
        help_heading = "Server",
        value_name = "URL",
        env = "COFFERDAM_SERVER",
        hide_env_values = true
    )]
    server: Option<String>,
    /// An API token; better in the environment, where other users do not see it
    #[arg(
        long,
        global = true,
        help_heading = "Server",
        value_name = "TOKEN",
        env = "COFFERDAM_TOKEN",
        hide_env_values = true
    )]
    token: Option<String>,
    /// A data folder on this machine: its operator's token and address are used, whatever the environment says
    #[arg(
        long,
        global = true,
        help_heading = "Server",
        value_name = "DIR",
        env = "COFFERDAM_DATA",
        hide_env_values = true
    )]
    data: Option<PathBuf>,
}

impl Connect {
    /// A client of that server.
    pub(crate) fn client(&self) -> Outcome<Client> {
        config::check_variables()?;
        let (server, token) = (
            self.asked(&self.server, "SERVER"),
            self.asked(&self.token, "TOKEN"),
        );
        let server = match (server, &self.data) {
            (Some(server), _) => server.to_owned(),
            (None, Some(folder)) => Config::load(&folder.join(FILE))?.local_url(),
            (None, None) => Config::default().local_url(),
        };
        let token = match (token, &self.data) {
            (Some(token), _) => token.trim().to_owned(),
            (None, Some(folder)) => kept(&token_file(folder))?,
            (None, None) => {
                let text = "no token: give --token, set COFFERDAM_TOKEN, or name the data folder with --data";
                return Err(Failure::usage(text));
            }
        };
        Client::new(&server, Some(&token))
    }

    /// A value, unless it is the environment's and somebody typed another data folder: what is typed is meant.
    fn asked<'a>(&self, value: &'a Option<String>, variable: &str) -> Option<&'a str> {
        let set = |name: &str| std::env::var_os(format!("COFFERDAM_{name}"));
        let typed = self
            .data
            .as_ref()
            .is_some_and(|data| set("DATA").is_none_or(|own| *data != own));
        let inherited = value
            .as_ref()
            .is_some_and(|value| set(variable).is_some_and(|own| *value.as_str() == own));
        value.as_deref().filter(|_| !(typed && inherited))
    }
}

fn kept(file: &Path) -> Outcome<String> {
    let text = fs::read_to_string(file).map_err(|error| {
        let shown = file.display();
        Failure::new(match error.kind() {
            ErrorKind::NotFound => format!("{shown} does not exist; give --token, or set COFFERDAM_TOKEN"),
            _ => format!("{shown}: {error}; give --token, or set COFFERDAM_TOKEN"),
        })
    })?;
    Ok(text.trim().to_owned())
}
