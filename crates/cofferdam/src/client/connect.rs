//! Which server, and with which credential.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use clap::Args;

use super::Client;
use crate::config::{self, Config, FILE};
use crate::fail::{Failure, Outcome};
use crate::files;
use crate::install::token_file;

/// How a running server is reached.
#[derive(Debug, Clone, Args)]
pub(crate) struct Connect {
    /// The server's address [env: COFFERDAM_SERVER] [default: where that of --data listens, or http://127.0.0.1:8417]
    #[arg(long, global = true, help_heading = "Server", value_name = "URL")]
    server: Option<String>,
    /// An API token; better in the environment, where other users do not see it [env: COFFERDAM_TOKEN]
    #[arg(long, global = true, help_heading = "Server", value_name = "TOKEN")]
    token: Option<String>,
    /// A data folder on this machine: its operator's token and address are used, whatever the environment says [env:
    /// COFFERDAM_DATA]
    #[arg(long, global = true, help_heading = "Server", value_name = "DIR")]
    data: Option<PathBuf>,
}

impl Connect {
    /// A client of that server.
    pub(crate) fn client(&self) -> Outcome<Client> {
        config::check_variables()?;
        let Self { server, token, data } = self.clone().or_of(|name| std::env::var(name).ok());
        let server = match (server, &data) {
            (Some(server), _) => server,
            (None, Some(folder)) => Config::load(&folder.join(FILE))?.local_url(),
            (None, None) => Config::default().local_url(),
        };
        let token = match (token, &data) {
            (Some(token), _) => token.trim().to_owned(),
            (None, Some(folder)) => kept(&token_file(folder))?,
            (None, None) => {
                let text = "no token: give --token, set COFFERDAM_TOKEN, or name the data folder with --data";
                return Err(Failure::usage(text));
            }
        };
        if token.is_empty() {
            let text =
                "the token is empty: give --token, set COFFERDAM_TOKEN, or name the data folder with --data";
            return Err(Failure::usage(text));
        }
        Client::new(&server, Some(&token))
    }

    /// What is not given is the environment's; where a data folder is given, all that is not is that folder's.
    fn or_of(self, variable: impl Fn(&str) -> Option<String>) -> Self {
        if self.data.is_some() {
            return self;
        }
        Self {
            server: self.server.or_else(|| variable("COFFERDAM_SERVER")),
            token: self.token.or_else(|| variable("COFFERDAM_TOKEN")),
            data: variable("COFFERDAM_DATA").map(PathBuf::from),
        }
    }
}

fn kept(file: &Path) -> Outcome<String> {
    files::no_pipe(file)?;
    let text = fs::read_to_string(file).map_err(|error| {
        let shown = file.display();
        Failure::new(match error.kind() {
            ErrorKind::NotFound => format!("{shown} does not exist; give --token, or set COFFERDAM_TOKEN"),
            _ => format!("{shown}: {error}; give --token, or set COFFERDAM_TOKEN"),
        })
    })?;
    Ok(text.trim().to_owned())
}
