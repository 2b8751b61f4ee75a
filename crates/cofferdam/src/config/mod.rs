//! Configuration: one TOML file, `COFFERDAM_*` over it, every key known and documented.

mod keys;
mod nearest;

use std::fs;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

pub(crate) use keys::{Config, LogFormat};
use keys::{KEYS, Key};
pub(crate) use nearest::nearest;

use crate::fail::{Failure, Outcome};

/// The file's name in a data folder.
pub(crate) const FILE: &str = "cofferdam.toml";
/// What the environment's variables begin with.
const PREFIX: &str = "COFFERDAM_";
/// Keys whose values may hold a password: no message repeats one.
const SECRET: [&str; 1] = ["database"];

impl Config {
    /// What the file says, and the environment over it.
    pub(crate) fn load(file: &Path) -> Outcome<Self> {
        let text = fs::read_to_string(file).map_err(|error| match error.kind() {
            ErrorKind::NotFound => missing(file),
            _ => Failure::new(format!("{}: {error}", file.display())),
        })?;
        let read = Self::read(&text, |name| std::env::var(name).ok());
        read.map_err(|mut problems| {
            let first = problems.remove(0);
            Failure::new(format!("{}: {first}", file.display())).with(problems)
        })
    }

    /// Reads a file's text, with the environment's variables over it. Every problem, when there is one.
    pub(crate) fn read(text: &str, variable: impl Fn(&str) -> Option<String>) -> Result<Self, Vec<String>> {
        let table = text
            .parse::<toml::Table>()
            .map_err(|error| vec![syntax(text, &error)])?;
        let (mut config, mut problems) = (Self::default(), Vec::new());
        for (name, value) in &table {
            match KEYS.iter().find(|key| key.name == name) {
                Some(key) => problems.extend(set(&mut config, key, value, || place(text, name))),
                None => problems.push(unknown(name, place(text, name))),
            }
        }
        for key in &KEYS {
            let name = format!("{PREFIX}{}", key.name.to_uppercase());
            if let Some(given) = variable(&name) {
                let value = from_variable(&given);
                problems.extend(set(&mut config, key, &value, || format!("{name}: ")));
            }
        }
        problems.extend(config.contradiction());
        if problems.is_empty() {
            Ok(config)
        } else {
            Err(problems)
        }
    }

    /// The text of a file that says what this says, each key with its meaning.
    pub(crate) fn to_file(&self) -> String {
        let mut text = String::from(
            "# The configuration of this Cofferdam installation. Variables of the environment win over it:\n\
             # COFFERDAM_ and the key in capitals, as in COFFERDAM_LISTEN. `cofferdam config check` reads it over.\n",
        );
        for key in &KEYS {
            text.push('\n');
            key.meaning
                .lines()
                .for_each(|line| text.push_str(&format!("# {line}\n")));
            text.push_str(&format!("{} = {}\n", key.name, (key.get)(self)));
        }
        text
    }

    /// The same without the meanings.
    pub(crate) fn to_short_file(&self) -> String {
        let mut text = String::from("# `cofferdam config default`\n");
        for key in &KEYS {
            text.push_str(&format!("{} = {}\n", key.name, (key.get)(self)));
        }
        text
    }

    /// Another origin.
    pub(crate) fn set_origin(&mut self, origin: &str) -> Outcome {
        let key = KEYS.iter().find(|key| key.name == "origin");
        let set = key.map_or(Ok(()), |key| (key.set)(self, &origin.into()));
        set.map_err(|wanted| Failure::usage(format!("the origin must be {wanted}, not `{origin}`")))
    }

    /// Another database.
    pub(crate) fn set_database(&mut self, database: &str) -> Outcome {
        let parsed = database.parse::<cofferdam_store::Database>();
        parsed.map_err(|wrong| Failure::usage(format!("--database: {wrong}")))?;
        database.clone_into(&mut self.database);
        Ok(())
    }

    fn contradiction(&self) -> Option<String> {
        let https = self.public_url.starts_with("https://");
        (https && !self.secure_cookies).then(|| {
            "public_url is https, so secure_cookies must be true: sessions must not travel unencrypted"
                .to_owned()
        })
    }
}

fn set(config: &mut Config, key: &Key, value: &toml::Value, place: impl Fn() -> String) -> Option<String> {
    let wrong = |wanted| match SECRET.contains(&key.name) {
        true => format!("{}{} must be {wanted}", place(), key.name),
        false => format!("{}{} must be {wanted}, not {value}", place(), key.name),
    };
    (key.set)(config, value).err().map(wrong)
}

/// A variable as the value that it would be in the file; what is none there is text.
fn from_variable(given: &str) -> toml::Value {
    let as_value = format!("value = {given}").parse::<toml::Table>().ok();
    let value = as_value.and_then(|mut table| table.remove("value"));
    value.unwrap_or_else(|| toml::Value::String(given.to_owned()))
}

fn unknown(name: &str, place: String) -> String {
    let names = KEYS.iter().map(|key| key.name);
    match nearest(name, names.clone()) {
        Some(meant) => format!("{place}there is no key `{name}`; did you mean `{meant}`?"),
        None => format!(
            "{place}there is no key `{name}`; the keys are {}",
            names.collect::<Vec<_>>().join(", ")
        ),
    }
}

/// The line on which a key stands.
fn place(text: &str, name: &str) -> String {
    let starts = |line: &str| {
        let rest = line
            .trim_start()
            .trim_start_matches(['[', '"', '\''])
            .strip_prefix(name);
        rest.is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_' || c == '-'))
    };
    let found = text.lines().position(starts);
    found.map_or_else(String::new, |index| format!("line {}: ", index + 1))
}

fn syntax(text: &str, error: &toml::de::Error) -> String {
    let before = error.span().and_then(|span| text.get(..span.start));
    let line = before.map_or(1, |before| before.matches('\n').count() + 1);
    format!("line {line}: {}", error.message())
}

fn missing(file: &Path) -> Failure {
    let folder = file.parent().filter(|folder| folder.is_dir());
    Failure::new(match folder {
        Some(folder) => format!(
            "{} holds no installation (no {FILE}); `cofferdam init --data {0}` makes one",
            folder.display()
        ),
        None => format!(
            "{} does not exist; `cofferdam init --data DIR` makes an installation",
            file.display()
        ),
    })
}

/// The configuration file of a data folder, or the file itself.
pub(crate) fn file_of(path: &Path) -> PathBuf {
    if path.is_dir() || path.extension().is_none() {
        path.join(FILE)
    } else {
        path.to_owned()
    }
}

/// An address to listen on.
pub(crate) fn address(text: &str) -> Result<SocketAddr, String> {
    let wrong = |_| format!("`{text}` is no address and port; write it as in 127.0.0.1:8417 or [::1]:8417");
    text.parse().map_err(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Config, Vec<String>> {
        Config::read(text, |_| None)
    }

    #[test]
    fn what_is_written_is_read_and_documents_every_key() {
        let text = Config::default().to_file();
        assert_eq!(read(&text).unwrap(), Config::default());
        for key in &KEYS {
            assert!(text.contains(&format!("\n{} = ", key.name)), "{}", key.name);
            assert!(key.meaning.len() > 20, "{}", key.name);
        }
    }

    #[test]
    fn an_unknown_key_is_named_with_the_one_that_was_meant() {
        let problems = read("# x\nlisten = \"127.0.0.1:1\"\nsesion_hours = 3\n[storage]\n").unwrap_err();
        assert_eq!(
            problems[0],
            "line 3: there is no key `sesion_hours`; did you mean `session_hours`?"
        );
        assert!(
            problems[1].starts_with("line 4: there is no key `storage`; the keys are listen, "),
            "{problems:?}"
        );
    }

    #[test]
    fn a_wrong_value_says_what_is_wanted() {
        let problems = read("readers = \"many\"\nsession_hours = 0\nlisten = \"here\"").unwrap_err();
        assert!(
            problems
                .contains(&"line 1: readers must be a whole number from 1 to 64, not \"many\"".to_owned())
        );
        assert_eq!(problems.len(), 3, "{problems:?}");
        assert_eq!(read("a = [").unwrap_err().len(), 1);
    }

    #[test]
    fn a_password_is_not_repeated() {
        let wanted = "database must be \"sqlite\", or a URL as in \"postgres://user@host/name\"";
        let problems = read("database = \"postgre://me:secret@host/name\"").unwrap_err();
        assert_eq!(problems, [format!("line 1: {wanted}")]);
        let variable =
            |name: &str| (name == "COFFERDAM_DATABASE").then(|| "postgres://me:secret@".to_owned());
        let problems = Config::read("", variable).unwrap_err();
        assert_eq!(problems, [format!("COFFERDAM_DATABASE: {wanted}")]);
    }

    #[test]
    fn the_environment_wins() {
        let variable = |name: &str| match name {
            "COFFERDAM_SESSION_HOURS" => Some("3".to_owned()),
            "COFFERDAM_ORIGIN" => Some("firm.example".to_owned()),
            _ => None,
        };
        let config = Config::read("session_hours = 9", variable).unwrap();
        assert_eq!(
            (config.session_hours, config.origin.as_str()),
            (3, "firm.example")
        );
    }

    #[test]
    fn https_wants_secure_cookies() {
        let problems = read("public_url = \"https://work.example\"\nsecure_cookies = false").unwrap_err();
        assert!(problems[0].contains("secure_cookies must be true"));
    }
}
