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
use crate::files;

/// The file's name in a data folder.
pub(crate) const FILE: &str = "cofferdam.toml";
/// What the environment's variables begin with.
const PREFIX: &str = "COFFERDAM_";
/// Those that stand for options of the command line, and for no key.
const OPTIONS: [&str; 4] = ["server", "token", "data", "copy_to"];

/// A variable's name and value; no value where it is not UTF-8.
type Variable = (String, Option<String>);
/// Keys whose values may hold a password: no message repeats one.
const SECRET: [&str; 3] = ["database", "smtp_url", "oidc_secret"];

impl Config {
    /// What the file says, and the environment over it.
    pub(crate) fn load(file: &Path) -> Outcome<Self> {
        Self::examine(file).map_err(in_lines)
    }

    /// The same, or every problem, each with where it is.
    pub(crate) fn examine(file: &Path) -> Result<Self, Vec<String>> {
        files::no_pipe(file).map_err(|pipe| vec![pipe.to_string()])?;
        let text = fs::read_to_string(file).map_err(|error| {
            vec![match error.kind() {
                ErrorKind::NotFound => missing(file),
                ErrorKind::InvalidData => format!(
                    "{}: it is not text in UTF-8; `cofferdam config default` prints a file to begin with",
                    file.display()
                ),
                _ => format!("{}: {error}", file.display()),
            }]
        })?;
        Self::read(&text, &file.display().to_string(), &variables())
    }

    /// Reads the text of a file of that name, with the environment's variables over it.
    pub(crate) fn read(text: &str, file: &str, variables: &[Variable]) -> Result<Self, Vec<String>> {
        let table = text
            .parse::<toml::Table>()
            .map_err(|error| vec![format!("{file}: {}", syntax(text, &error))])?;
        let (mut config, mut problems) = (Self::default(), Vec::new());
        for (name, value) in &table {
            let place = || format!("{file}: {}", place(text, name));
            match KEYS.iter().find(|key| key.name == name) {
                Some(key) => problems.extend(set(&mut config, key, value, place)),
                None => problems.push(unknown(name, place())),
            }
        }
        problems.extend(strangers(variables));
        for (name, given) in variables {
            let key = KEYS.iter().find(|key| variable_of(key.name) == *name);
            if let (Some(key), Some(given)) = (key, given) {
                let value = from_variable(given);
                problems.extend(set(&mut config, key, &value, || format!("{name}: ")));
            }
        }
        problems.extend(config.contradiction().map(|text| format!("{file}: {text}")));
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

    /// Another database, given with an option.
    pub(crate) fn set_database(&mut self, option: &str, database: &str) -> Outcome {
        let parsed = database.parse::<cofferdam_store::Database>();
        parsed.map_err(|wrong| Failure::usage(format!("{option}: {wrong}")))?;
        database.clone_into(&mut self.database);
        Ok(())
    }

    /// Another node's name, given with an option.
    pub(crate) fn set_node(&mut self, name: &str) -> Outcome {
        let named = keys::node(name).filter(|name| !name.is_empty());
        let wanted = || {
            Failure::usage(format!(
                "--node must be 1 to 32 small letters, digits and hyphens, not `{name}`"
            ))
        };
        self.node = named.ok_or_else(wanted)?;
        Ok(())
    }

    fn contradiction(&self) -> Option<String> {
        let https = self
            .public_url
            .as_ref()
            .is_some_and(|url| url.starts_with("https://"));
        if https && !self.secure_cookies {
            let text =
                "public_url is https, so secure_cookies must be true: sessions must not travel unencrypted";
            return Some(text.to_owned());
        }
        if !self.node.is_empty() && self.database == "sqlite" {
            let text =
                "several nodes need a PostgreSQL server: leave `node` empty, or set `database` to one's URL";
            return Some(text.to_owned());
        }
        if self.oidc_issuer.is_empty() != self.oidc_client.is_empty() {
            return Some("oidc_issuer and oidc_client go together: set both, or neither".to_owned());
        }
        (self.smtp_url.is_empty() != self.smtp_from.is_empty())
            .then(|| "smtp_url and smtp_from go together: set both, or neither".to_owned())
    }
}

fn set(config: &mut Config, key: &Key, value: &toml::Value, place: impl Fn() -> String) -> Option<String> {
    // Where a text is wanted and there is none, its quotes may be all that is missing.
    let unquoted = (key.get)(config).is_str() && !value.is_str();
    let quotes = if unquoted { ", in quotes" } else { "" };
    let wrong = |wanted| match SECRET.contains(&key.name) {
        true => format!("{}{} must be {wanted}{quotes}", place(), key.name),
        false => format!("{}{} must be {wanted}{quotes}, not {value}", place(), key.name),
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

/// Every variable of the environment that is meant for us.
fn variables() -> Vec<Variable> {
    let all = std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value)));
    let mut ours: Vec<Variable> = all
        .filter(|(name, _)| name.starts_with(PREFIX))
        .map(|(name, value)| (name, value.into_string().ok()))
        .collect();
    ours.sort_unstable();
    ours
}

fn variable_of(name: &str) -> String {
    format!("{PREFIX}{}", name.to_uppercase())
}

/// What is wrong with variables whatever they are for: a name that nothing reads would be a setting that is not set.
fn strangers(variables: &[Variable]) -> Vec<String> {
    let known = || KEYS.iter().map(|key| key.name).chain(OPTIONS);
    let wrong = |(name, value): &Variable| {
        if known().any(|known| variable_of(known) == *name) {
            return value.is_none().then(|| format!("{name}: its value is not UTF-8"));
        }
        let given = name.trim_start_matches(PREFIX).to_lowercase();
        Some(match nearest(&given, known()) {
            Some(meant) => format!(
                "{name}: there is no such setting; did you mean {}? Otherwise unset it",
                variable_of(meant)
            ),
            None => format!(
                "{name}: there is no such setting; unset it (`cofferdam config default` shows those there are)"
            ),
        })
    };
    variables.iter().filter_map(wrong).collect()
}

/// Refuses variables that nothing reads, where no file is read.
pub(crate) fn check_variables() -> Outcome {
    let problems = strangers(&variables());
    if problems.is_empty() {
        return Ok(());
    }
    Err(in_lines(problems))
}

/// The first problem, and the others below it.
pub(crate) fn in_lines(mut problems: Vec<String>) -> Failure {
    let more = problems.split_off(problems.len().min(1));
    Failure::new(problems.concat()).with(more)
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
    // Where it is told what is there twice, that is a key; of a value nothing is shown.
    let twice = error.span().and_then(|span| text.get(span));
    let twice = twice.filter(|_| error.message() == "duplicate key");
    let named = twice.map_or_else(String::new, |key| {
        let key: String = key.chars().take(60).collect();
        format!(" `{key}`; keep one of the two")
    });
    format!("line {line}: {}{named}", error.message())
}

fn missing(file: &Path) -> String {
    let folder = file.parent().filter(|folder| folder.is_dir());
    match folder {
        Some(folder) => format!(
            "{} holds no installation (no {FILE}); `cofferdam init --data {0}` makes one",
            folder.display()
        ),
        None => format!(
            "{} does not exist; `cofferdam init --data DIR` makes an installation",
            file.display()
        ),
    }
}

/// The environment's variable that says a key, if it is set.
pub(crate) fn variable(key: &str) -> Option<String> {
    let name = variable_of(key);
    std::env::var_os(&name).map(|_| name)
}

/// The configuration file of a data folder, or the file itself.
pub(crate) fn file_of(path: &Path) -> PathBuf {
    if path.is_dir() {
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
        Config::read(text, "x.toml", &[])
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
            "x.toml: line 3: there is no key `sesion_hours`; did you mean `session_hours`?"
        );
        assert!(
            problems[1].starts_with("x.toml: line 4: there is no key `storage`; the keys are listen, "),
            "{problems:?}"
        );
    }

    #[test]
    fn a_wrong_value_says_what_is_wanted() {
        let problems = read("readers = \"many\"\nsession_hours = 0\nlisten = \"here\"").unwrap_err();
        assert!(problems.contains(
            &"x.toml: line 1: readers must be a whole number from 1 to 64, not \"many\"".to_owned()
        ));
        assert_eq!(problems.len(), 3, "{problems:?}");
        assert_eq!(read("a = [").unwrap_err().len(), 1);
    }

    fn over(text: &str, variables: &[(&str, &str)]) -> Result<Config, Vec<String>> {
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), Some((*value).to_owned()));
        Config::read(text, "x.toml", &variables.iter().map(own).collect::<Vec<_>>())
    }

    #[test]
    fn a_password_is_not_repeated() {
        let wanted = "database must be \"sqlite\", or a URL as in \"postgres://user@host/name\"";
        let problems = read("database = \"postgre://me:secret@host/name\"").unwrap_err();
        assert_eq!(problems, [format!("x.toml: line 1: {wanted}")]);
        let problems = over("", &[("COFFERDAM_DATABASE", "postgres://me:secret@")]).unwrap_err();
        assert_eq!(problems, [format!("COFFERDAM_DATABASE: {wanted}")]);
    }

    #[test]
    fn the_environment_wins() {
        let variables = [
            ("COFFERDAM_SESSION_HOURS", "3"),
            ("COFFERDAM_ORIGIN", "firm.example"),
            ("COFFERDAM_TOKEN", "cft_x"),
        ];
        let config = over("session_hours = 9", &variables).unwrap();
        assert_eq!(
            (config.session_hours, config.origin.as_str()),
            (3, "firm.example")
        );
    }

    #[test]
    fn a_variable_that_nothing_reads_is_named_with_the_one_that_was_meant() {
        let problems = over("", &[("COFFERDAM_LISTN", "x"), ("COFFERDAM_COLOUR_SCHEME", "x")]).unwrap_err();
        assert_eq!(
            problems[0],
            "COFFERDAM_LISTN: there is no such setting; did you mean COFFERDAM_LISTEN? Otherwise unset it"
        );
        assert!(
            problems[1].contains("`cofferdam config default` shows"),
            "{problems:?}"
        );
        let unreadable = Config::read("", "x.toml", &[("COFFERDAM_LOG".to_owned(), None)]).unwrap_err();
        assert_eq!(unreadable, ["COFFERDAM_LOG: its value is not UTF-8"]);
    }

    #[test]
    fn a_log_filter_is_levels_alone_and_of_targets() {
        for good in [
            "info",
            "OFF",
            "info,tower_http=warn",
            "cofferdam_server=debug, warn",
            "cofferdam_server::api=trace",
        ] {
            assert!(over("", &[("COFFERDAM_LOG", good)]).is_ok(), "{good}");
        }
        let spans = ["info,[span{x=1}]=trace", "h\u{248}[n=u =+ ", "a\u{248}=info"];
        let others = ["loud", "", "info,", "info,chatty", "info,x=loud", "=", "info x"];
        for bad in others.into_iter().chain(spans) {
            let problems = over("", &[("COFFERDAM_LOG", bad)]).unwrap_err();
            assert!(
                problems.len() == 1 && problems[0].starts_with("COFFERDAM_LOG: log must be off, error, "),
                "{bad}: {problems:?}"
            );
        }
    }

    #[test]
    fn https_wants_secure_cookies() {
        let problems = read("public_url = \"https://work.example\"\nsecure_cookies = false").unwrap_err();
        assert!(problems[0].contains("secure_cookies must be true"));
    }
}
