//! `cofferdam config`

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use serde_json::json;

use crate::config::{self, FILE};
use crate::fail::{Failure, Outcome, To};
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
        #[arg(value_name = "FILE|DIR")]
        path: Option<PathBuf>,
        /// A data folder, where no file or folder is named
        #[arg(long, value_name = "DIR", env = "COFFERDAM_DATA", hide_env_values = true)]
        data: Option<PathBuf>,
    },
    /// Print a file with every key, its meaning and its default; with --json the keys and defaults alone
    Default,
}

impl Config {
    pub(crate) fn run(self, out: Out) -> Outcome {
        match self.verb {
            Verb::Check { path, data } => {
                let (given, file) = match (path, data) {
                    (Some(path), _) => (path.clone(), config::file_of(&path)),
                    (None, Some(folder)) => (folder.clone(), folder.join(FILE)),
                    (None, None) => {
                        return Err(Failure::usage(
                            "which configuration? name a file, or a folder with --data",
                        ));
                    }
                };
                check(&given, &file, out)
            }
            Verb::Default => {
                let file = config::Config::default().to_file();
                if !out.json {
                    return out.bytes(file.as_bytes());
                }
                let keys = file.parse::<toml::Table>();
                out.json(&keys.to("the default configuration")?)
            }
        }
    }
}

/// Whether a file can be used, with the environment over it: all that is wrong, or that it is in order.
fn check(given: &Path, file: &Path, out: Out) -> Outcome {
    let config = match given.try_exists() {
        Ok(false) => Err(vec![format!(
            "{} does not exist; name a configuration file, or a data folder, as `cofferdam init --data DIR` makes one",
            given.display()
        )]),
        _ => config::Config::examine(file),
    };
    let checked = config.and_then(|config| {
        let origin = file
            .parent()
            .map_or(Ok(()), |folder| install::check_origin(folder, &config));
        origin.map_err(|other| vec![other.to_string()])
    });
    let problems = checked.err().unwrap_or_default();
    let answer = json!({ "file": file, "ok": problems.is_empty(), "problems": problems });
    if problems.is_empty() {
        return out.answer(&answer, |_| format!("{} is in order", file.display()));
    }
    if out.json {
        out.json(&answer)?;
    }
    Err(config::in_lines(problems))
}
