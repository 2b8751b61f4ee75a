//! `cofferdam config`

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde_json::json;

use crate::config::{self, FILE};
use crate::fail::{Failure, Outcome};
use crate::install;
use crate::out::Out;

/// The configuration file
#[derive(Debug, Args)]
pub(crate) struct Config {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Read a configuration over: every unknown key and wrong value, by line
    Check {
        /// A configuration file, or a data folder
        #[arg(value_name = "FILE|DIR", conflicts_with = "data")]
        path: Option<PathBuf>,
        /// A data folder
        #[arg(long, value_name = "DIR", env = "COFFERDAM_DATA", hide_env_values = true)]
        data: Option<PathBuf>,
    },
    /// Print a file with every key, its meaning and its default
    Default,
}

impl Config {
    pub(crate) fn run(self, out: Out) -> Outcome {
        match self.verb {
            Verb::Check { path, data } => {
                let file = match (path, data) {
                    (Some(path), _) => config::file_of(&path),
                    (None, Some(folder)) => folder.join(FILE),
                    (None, None) => {
                        return Err(Failure::usage(
                            "which configuration? name a file, or a folder with --data",
                        ));
                    }
                };
                let config = config::Config::load(&file)?;
                if let Some(folder) = file.parent() {
                    install::check_origin(folder, &config)?;
                }
                out.answer(&json!({ "file": file, "ok": true }), |_| {
                    format!("{} is in order", file.display())
                })
            }
            Verb::Default => out.bytes(config::Config::default().to_file().as_bytes()),
        }
    }
}
