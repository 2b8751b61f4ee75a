//! Configuration: one TOML file, every key known. Paths are relative to its folder.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::clock::SECOND;
use crate::fail::{Failure, OnFile as _, Outcome};

/// The file's name where none is named.
pub(crate) const FILE: &str = "keyholder.toml";

/// What the file says.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Config {
    /// The state folder.
    pub(crate) state: PathBuf,
    /// Where nodes come in.
    pub(crate) listen: SocketAddr,
    /// The address that enrolment codes carry, where nodes reach this by another name than `listen`.
    #[serde(default)]
    pub(crate) address: Option<String>,
    /// The policy's file; none: `policy.toml` beside this file.
    #[serde(default = "policy_file")]
    pub(crate) policy: PathBuf,
    /// A file with the passphrase, and nothing else.
    #[serde(default)]
    pub(crate) passphrase_file: Option<PathBuf>,
    /// How long a node's certificate lives.
    #[serde(default = "day")]
    pub(crate) certificate_seconds: u32,
    /// How far a node's clock may be off.
    #[serde(default = "minute")]
    pub(crate) max_skew_seconds: u32,
    /// How long a node may lag behind another with the checkpoint that it names, before that is a rollback.
    #[serde(default = "five_minutes")]
    pub(crate) max_lag_seconds: u32,
}

fn policy_file() -> PathBuf {
    "policy.toml".into()
}

const fn day() -> u32 {
    86_400
}

const fn minute() -> u32 {
    60
}

const fn five_minutes() -> u32 {
    300
}

impl Config {
    /// Reads the file at `path`.
    pub(crate) fn load(path: &Path) -> Outcome<Self> {
        let text = std::fs::read_to_string(path);
        if let Err(error) = &text
            && error.kind() == std::io::ErrorKind::NotFound
        {
            let shown = path.display();
            return Err(Failure::new(format!(
                "{shown} does not exist; `cofferdam-keyholder init FOLDER` makes one, or name it with --config"
            )));
        }
        let mut config = Self::read(&text.on(path)?, path)?;
        let beside = path.parent().unwrap_or(Path::new(""));
        config.state = beside.join(&config.state);
        config.policy = beside.join(&config.policy);
        config.passphrase_file = config.passphrase_file.map(|file| beside.join(file));
        Ok(config)
    }

    fn read(text: &str, path: &Path) -> Outcome<Self> {
        let shown = path.display();
        let config: Self =
            toml::from_str(text).map_err(|error| Failure::new(format!("{shown}: {}", said(text, &error))))?;
        let bounds = [
            ("certificate_seconds", config.certificate_seconds, 1, 31 * 86_400),
            ("max_skew_seconds", config.max_skew_seconds, 1, 600),
            ("max_lag_seconds", config.max_lag_seconds, 1, 3_600),
        ];
        for (key, value, least, most) in bounds {
            if !(least..=most).contains(&value) {
                let text = format!("{shown}: {key} is {value}; it is a number from {least} to {most}");
                return Err(Failure::new(text));
            }
        }
        Ok(config)
    }

    /// The address that nodes are given.
    pub(crate) fn address(&self) -> String {
        self.address.clone().unwrap_or_else(|| self.listen.to_string())
    }

    /// `max_skew_seconds` in microseconds.
    pub(crate) fn max_skew(&self) -> i64 {
        i64::from(self.max_skew_seconds) * SECOND
    }

    /// `max_lag_seconds` in microseconds.
    pub(crate) fn max_lag(&self) -> i64 {
        i64::from(self.max_lag_seconds) * SECOND
    }

    /// A file to begin with.
    pub(crate) fn default_text(listen: &str) -> String {
        format!(
            "# The configuration of this keyholder. Paths are relative to this file's folder.\n\
             \n\
             # Its keys, its log and what it knows of nodes and ledgers: for its owner alone.\n\
             state = \"state\"\n\
             \n\
             # Where the platform's nodes come in, and the address that they are given where that is another.\n\
             listen = \"{listen}\"\n\
             # address = \"keyholder.lab.example:7443\"\n\
             \n\
             # Which leases are granted: `cofferdam-keyholder policy check` reads it over.\n\
             policy = \"policy.toml\"\n\
             \n\
             # The passphrase of the root key, in a file of its owner's (as a service manager's credential is). Else it is\n\
             # taken from COFFERDAM_KEYHOLDER_PASSPHRASE, or asked for.\n\
             # passphrase_file = \"/run/credentials/cofferdam-keyholder/passphrase\"\n\
             \n\
             # How long a node's certificate lives, how far a node's clock may be off, and how long a node may name a\n\
             # checkpoint that another node has passed before that counts as a rollback.\n\
             certificate_seconds = 86400\n\
             max_skew_seconds = 60\n\
             max_lag_seconds = 300\n"
        )
    }
}

/// What a reader of TOML says, with the line, in one line.
pub(crate) fn said(text: &str, error: &toml::de::Error) -> String {
    let line = error
        .span()
        .map(|span| text[..span.start.min(text.len())].matches('\n').count() + 1);
    match line {
        Some(line) => format!("line {line}: {}", error.message()),
        None => error.message().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_to_begin_with_reads_and_what_is_wrong_is_said_with_its_line() {
        let text = Config::default_text("127.0.0.1:7443");
        let config = Config::read(&text, Path::new("keyholder.toml")).unwrap();
        assert_eq!(config.address(), "127.0.0.1:7443");
        assert_eq!((config.max_skew(), config.max_lag()), (60_000_000, 300_000_000));
        let said = |text: &str| Config::read(text, Path::new("k.toml")).unwrap_err().to_string();
        let unknown = said(&format!("{text}\nsurprise = 1\n"));
        assert!(
            unknown.starts_with("k.toml: line 23: unknown field `surprise`"),
            "{unknown}"
        );
        let bound = said(&text.replace("max_skew_seconds = 60", "max_skew_seconds = 0"));
        assert_eq!(
            bound,
            "k.toml: max_skew_seconds is 0; it is a number from 1 to 600"
        );
    }
}
