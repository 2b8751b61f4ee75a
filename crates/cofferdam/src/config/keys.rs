//! The keys: one registry of names, meanings and what their values must be.

use std::collections::BTreeMap;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};

use cofferdam_model::{IncidentPolicies, IncidentPolicy, LabId, OpensOn};
use cofferdam_notify::{Hosts, Mail, is_server, sender};
use cofferdam_server::{Oidc, Settings, is_issuer};
use cofferdam_store::Database;

/// How an installation runs.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Config {
    /// Where the server listens.
    pub(crate) listen: SocketAddr,
    /// How people reach it; none: where it listens.
    pub(crate) public_url: Option<String>,
    /// What its ledgers are called.
    pub(crate) origin: String,
    /// Whether session cookies are sent over HTTPS only.
    pub(crate) secure_cookies: bool,
    /// How long a login lasts.
    pub(crate) session_hours: i64,
    /// The most requests of one credential or address; 0: any number.
    pub(crate) requests_per_second: u32,
    /// Addresses of the reverse proxies that are believed whom they ask for.
    pub(crate) trusted_proxies: Vec<IpAddr>,
    /// Whether `/metrics` answers.
    pub(crate) metrics: bool,
    /// What is logged.
    pub(crate) log: String,
    /// How.
    pub(crate) log_format: LogFormat,
    /// How long a key stays in memory.
    pub(crate) lease_seconds: i64,
    /// Where the rows are: `sqlite`, or the URL of a PostgreSQL server.
    pub(crate) database: String,
    /// As which of several nodes this one uses it; empty: there are no others.
    pub(crate) node: String,
    /// Where the nodes share keys and deliveries; empty: in the data folder.
    pub(crate) shared: String,
    /// Where this node keeps what labs' keyholders know it by; empty: beside the data folder.
    pub(crate) enrolments: String,
    /// Connections that read the database.
    pub(crate) readers: usize,
    /// What is halted as soon as an incident is opened.
    pub(crate) incident_policies: IncidentPolicies,
    /// The server by which letters go out; empty: there are none.
    pub(crate) smtp_url: String,
    /// Whom they come from.
    pub(crate) smtp_from: String,
    /// Hosts that webhooks may be at though nobody else may reach them.
    pub(crate) webhook_hosts: Hosts,
    /// The provider by which people sign in; empty: there is none.
    pub(crate) oidc_issuer: String,
    /// What it calls this installation.
    pub(crate) oidc_client: String,
    /// What proves the installation to it.
    pub(crate) oidc_secret: String,
    /// What people call it.
    pub(crate) oidc_name: String,
}

/// Without the passwords that stand in it.
impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("listen", &self.listen)
            .field("origin", &self.origin)
            .finish_non_exhaustive()
    }
}

/// How a line of the log looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LogFormat {
    /// For people.
    Text,
    /// For programs.
    Json,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8417)),
            public_url: None,
            origin: "cofferdam.local".to_owned(),
            secure_cookies: false,
            session_hours: 12,
            requests_per_second: 200,
            trusted_proxies: Vec::new(),
            metrics: true,
            log: "info".to_owned(),
            log_format: LogFormat::Text,
            lease_seconds: 60,
            database: "sqlite".to_owned(),
            node: String::new(),
            shared: String::new(),
            enrolments: String::new(),
            readers: 4,
            incident_policies: IncidentPolicies::default(),
            smtp_url: String::new(),
            smtp_from: String::new(),
            webhook_hosts: Hosts::default(),
            oidc_issuer: String::new(),
            oidc_client: String::new(),
            oidc_secret: String::new(),
            oidc_name: String::new(),
        }
    }
}

impl Config {
    /// Where the server is from this machine.
    pub(crate) fn local_url(&self) -> String {
        url_of(self.listen)
    }

    /// How people reach a server that listens on this address.
    pub(crate) fn public_url(&self, address: SocketAddr) -> String {
        self.public_url.clone().unwrap_or_else(|| url_of(address))
    }

    /// Where the rows are, for whoever serves or examines them.
    pub(crate) fn database(&self) -> Result<Database, String> {
        Ok(match self.database.parse()? {
            Database::Postgres(server) if !self.node.is_empty() => {
                Database::Postgres(server.as_node(&self.node))
            }
            other => other,
        })
    }

    /// The folder that holds the keyholder's keys and the deliveries, of the node whose data is in `folder`.
    pub(crate) fn shared<'a>(&'a self, folder: &'a Path) -> &'a Path {
        match self.shared.as_str() {
            "" => folder,
            shared => Path::new(shared),
        }
    }

    /// The folder of this node's enrolments with labs' keyholders: outside the data folder, so that a copy of the one has not the other.
    /// None where it would be within it, or where there is no place beside.
    pub(crate) fn enrolments(&self, folder: &Path) -> Option<PathBuf> {
        let whole = folder.canonicalize().ok()?;
        let named = match self.enrolments.as_str() {
            "" => {
                let mut name = whole.file_name()?.to_owned();
                name.push("-enrolments");
                whole.with_file_name(name)
            }
            enrolments => enrolments.into(),
        };
        let real = named.canonicalize().unwrap_or_else(|_| named.clone());
        (!real.starts_with(&whole)).then_some(named)
    }

    /// The provider by which people sign in.
    fn oidc(&self) -> Option<Oidc> {
        let there = !self.oidc_issuer.is_empty();
        there.then(|| Oidc {
            issuer: self.oidc_issuer.clone(),
            client: self.oidc_client.clone(),
            secret: self.oidc_secret.clone(),
            name: match self.oidc_name.as_str() {
                "" => "your organisation's account".to_owned(),
                name => name.to_owned(),
            },
        })
    }

    /// What a server that listens on this address wants to know of it.
    pub(crate) fn settings(&self, address: SocketAddr) -> Settings {
        Settings {
            public_url: self.public_url(address),
            secure_cookies: self.secure_cookies,
            session_hours: self.session_hours,
            requests_per_second: self.requests_per_second,
            trusted_proxies: self.trusted_proxies.clone(),
            metrics: self.metrics,
            incident_policies: self.incident_policies.clone(),
            webhook_hosts: self.webhook_hosts.clone(),
            oidc: self.oidc(),
            mail: Mail::new(&self.smtp_url, &self.smtp_from),
            ..Settings::default()
        }
    }
}

/// An address to listen on, as one from this machine to go to.
fn url_of(mut address: SocketAddr) -> String {
    if address.ip().is_unspecified() {
        address.set_ip(if address.is_ipv4() {
            Ipv4Addr::LOCALHOST.into()
        } else {
            Ipv6Addr::LOCALHOST.into()
        });
    }
    format!("http://{address}")
}

/// One key.
pub(super) struct Key {
    pub(super) name: &'static str,
    /// Lines of comment above it.
    pub(super) meaning: &'static str,
    /// Takes a value, or says what it must be.
    pub(super) set: fn(&mut Config, &toml::Value) -> Result<(), &'static str>,
    /// The value as it stands in the file.
    pub(super) get: fn(&Config) -> toml::Value,
}

/// Every key, in the order of the file.
pub(super) const KEYS: [Key; 26] = [
    Key {
        name: "listen",
        meaning: "Address and port of the server. Put a TLS proxy before it where others than this machine connect.",
        set: |c, v| {
            put(
                &mut c.listen,
                v.as_str().and_then(|v| v.parse().ok()),
                "an address and port",
            )
        },
        get: |c| c.listen.to_string().into(),
    },
    Key {
        name: "public_url",
        meaning: "How browsers reach the server, without a slash at the end: login links begin with it.\n\
                  Empty: where it listens. Set it where a proxy stands before it.\n\
                  Passkeys are for its host by name, and over HTTPS; on this machine alone they are for `localhost`.",
        set: |c, v| {
            put(
                &mut c.public_url,
                v.as_str().and_then(url),
                "http:// or https:// and a host, or empty",
            )
        },
        get: |c| c.public_url.as_deref().unwrap_or_default().into(),
    },
    Key {
        name: "origin",
        meaning: "What this installation is called in its ledgers' checkpoints: best a domain of yours.\n\
                  Fixed at the start: with another one, nobody could check what was signed before.",
        set: |c, v| {
            put(
                &mut c.origin,
                v.as_str().and_then(origin),
                "a name without spaces and `+`, as in work.example",
            )
        },
        get: |c| c.origin.as_str().into(),
    },
    Key {
        name: "secure_cookies",
        meaning: "Whether browsers send the session's cookie over HTTPS only: true wherever public_url is https.",
        set: |c, v| put(&mut c.secure_cookies, v.as_bool(), "true or false"),
        get: |c| c.secure_cookies.into(),
    },
    Key {
        name: "session_hours",
        meaning: "Hours after which a browser has to log in again: 1 to 720.",
        set: |c, v| {
            put(
                &mut c.session_hours,
                within(v, 1, 720),
                "a whole number from 1 to 720",
            )
        },
        get: |c| c.session_hours.into(),
    },
    Key {
        name: "requests_per_second",
        meaning: "Requests that one credential, or one address without any, may make in a second; 0: any number.\n\
                  Twice as many are taken at once from whoever made none in the two seconds before.",
        set: |c, v| {
            put(
                &mut c.requests_per_second,
                small(v, 0, 100_000),
                "a whole number from 0 to 100000",
            )
        },
        get: |c| c.requests_per_second.into(),
    },
    Key {
        name: "trusted_proxies",
        meaning: "The reverse proxies in front, by their addresses, as in [\"127.0.0.1\"]: who asks without a credential is told from others by\n\
                  what these add to X-Forwarded-For. Without this all who log in through one share its address, and so its rate.",
        set: |c, v| {
            put(
                &mut c.trusted_proxies,
                addresses(v),
                "a list of texts, each an IP address, as in [\"127.0.0.1\", \"::1\"]",
            )
        },
        get: |c| {
            let all = c.trusted_proxies.iter().map(|address| address.to_string().into());
            toml::Value::Array(all.collect())
        },
    },
    Key {
        name: "metrics",
        meaning: "Whether /metrics answers, in the form of Prometheus: counts and times, never a name.",
        set: |c, v| put(&mut c.metrics, v.as_bool(), "true or false"),
        get: |c| c.metrics.into(),
    },
    Key {
        name: "log",
        meaning: "What is logged, to standard error: off, error, warn, info, debug, trace, or a filter such as \"info,tower_http=warn\".",
        set: |c, v| {
            put(
                &mut c.log,
                v.as_str().and_then(filter),
                "off, error, warn, info, debug, trace, or a filter such as \"info,tower_http=warn\"",
            )
        },
        get: |c| c.log.as_str().into(),
    },
    Key {
        name: "log_format",
        meaning: "How a line of the log looks: \"text\" for people, \"json\" for programs.",
        set: |c, v| {
            put(
                &mut c.log_format,
                v.as_str().and_then(format),
                "\"text\" or \"json\"",
            )
        },
        get: |c| match c.log_format {
            LogFormat::Text => "text".into(),
            LogFormat::Json => "json".into(),
        },
    },
    Key {
        name: "lease_seconds",
        meaning: "Seconds that the embedded keyholder leases a key for, after which it leaves memory: 5 to 3600.",
        set: |c, v| {
            put(
                &mut c.lease_seconds,
                within(v, 5, 3_600),
                "a whole number from 5 to 3600",
            )
        },
        get: |c| c.lease_seconds.into(),
    },
    Key {
        name: "database",
        meaning: "Where the rows are: \"sqlite\", a file of the data folder, or a PostgreSQL server of yours, as in\n\
                  \"postgres://user:password@host/name\". `cofferdam copy` takes an installation from one to the other.",
        set: |c, v| {
            put(
                &mut c.database,
                v.as_str().and_then(database),
                "\"sqlite\", or a URL as in \"postgres://user@host/name\"",
            )
        },
        get: |c| c.database.as_str().into(),
    },
    Key {
        name: "node",
        meaning: "What this node is called, where several use one PostgreSQL database: each has a name, and a data folder of its own.\n\
                  `cofferdam init --join DIR` makes another's. Empty: there is one, and no other process is let in.",
        set: |c, v| {
            put(
                &mut c.node,
                v.as_str().and_then(node),
                "empty, or 1 to 32 small letters, digits and hyphens",
            )
        },
        get: |c| c.node.as_str().into(),
    },
    Key {
        name: "shared",
        meaning: "The folder whose keyholder/ and deliveries/ all nodes use, on a disk that each of them has, with hard links.\n\
                  Empty: the data folder.",
        set: |c, v| {
            put(
                &mut c.shared,
                v.as_str()
                    .filter(|v| v.is_empty() || v.starts_with('/'))
                    .map(str::to_owned),
                "empty, or a path that begins with /",
            )
        },
        get: |c| c.shared.as_str().into(),
    },
    Key {
        name: "enrolments",
        meaning: "The folder of what this node shows the keyholders that labs run. Keep it outside the data folder and its backups: a copy of\n\
                  the data is then no copy of the node. Empty: beside the data folder, with -enrolments to its name.",
        set: |c, v| {
            put(
                &mut c.enrolments,
                v.as_str()
                    .filter(|v| v.is_empty() || v.starts_with('/'))
                    .map(str::to_owned),
                "empty, or a path that begins with /",
            )
        },
        get: |c| c.enrolments.as_str().into(),
    },
    Key {
        name: "readers",
        meaning: "Connections that read the database at the same time: 1 to 64. Writing is one, in groups.",
        set: |c, v| put(&mut c.readers, small(v, 1, 64), "a whole number from 1 to 64"),
        get: |c| i64::try_from(c.readers).unwrap_or(i64::MAX).into(),
    },
    Key {
        name: "incident_opens_on",
        meaning: "Which records of advisories open an incident as soon as a component says that it runs, or ran, what they are\n\
                  about: \"malicious\" (code that was put there to do harm), \"any\" (faults, too), or \"nothing\" (operators do).",
        set: |c, v| {
            put(
                &mut c.incident_policies.opens_on,
                v.as_str().and_then(OpensOn::named),
                "\"malicious\", \"any\" or \"nothing\"",
            )
        },
        get: |c| c.incident_policies.opens_on.name().into(),
    },
    Key {
        name: "incident_policy",
        meaning: "What is halted of a subject as soon as an incident is opened: \"record\" (nothing), \"quarantine-credential\",\n\
                  \"halt-engagement\", or \"halt-lab\" (every lab that it was ever engaged for).",
        set: |c, v| {
            put(
                &mut c.incident_policies.installation,
                v.as_str().and_then(IncidentPolicy::named),
                "\"record\", \"quarantine-credential\", \"halt-engagement\" or \"halt-lab\"",
            )
        },
        get: |c| c.incident_policies.installation.name().into(),
    },
    Key {
        name: "lab_incident_policies",
        meaning: "The same for labs that want more: a list of texts, as in [\"lab_01ABC...=halt-lab\"]. The stricter of the two holds.",
        set: |c, v| {
            put(
                &mut c.incident_policies.labs,
                lab_policies(v),
                "a list of texts, each a lab's id, `=` and a policy, as in [\"lab_01ABC...=halt-lab\"]",
            )
        },
        get: |c| {
            let all = c.incident_policies.labs.iter();
            let all = all.map(|(lab, policy)| format!("{lab}={}", policy.name()).into());
            toml::Value::Array(all.collect())
        },
    },
    Key {
        name: "smtp_url",
        meaning: "The server by which notices go out by e-mail: \"smtps://user:password@host\", \"smtp://user:password@host?tls=required\"\n\
                  (STARTTLS), or \"smtp://host\" without TLS, where no password goes unencrypted to another machine. Empty: none go out.",
        set: |c, v| {
            put(
                &mut c.smtp_url,
                v.as_str()
                    .filter(|v| v.is_empty() || is_server(v))
                    .map(str::to_owned),
                "empty, or a URL as in \"smtps://host\", \"smtp://host?tls=required\" or, without a password, \"smtp://host\"",
            )
        },
        get: |c| c.smtp_url.as_str().into(),
    },
    Key {
        name: "smtp_from",
        meaning: "Whom those letters come from, as in \"Cofferdam <cofferdam@work.example>\".",
        set: |c, v| {
            put(
                &mut c.smtp_from,
                v.as_str()
                    .filter(|v| v.is_empty() || sender(v).is_some())
                    .map(str::to_owned),
                "empty, or an address as in \"Cofferdam <cofferdam@work.example>\"",
            )
        },
        get: |c| c.smtp_from.as_str().into(),
    },
    Key {
        name: "webhook_hosts",
        meaning: "Hosts that webhooks may be at though they are of this machine or a private network, and without TLS too: a list of texts,\n\
                  as in [\"hooks.internal\", \"127.0.0.1:9000\"]. All others are reached over https at public addresses alone.",
        set: |c, v| {
            put(
                &mut c.webhook_hosts,
                hosts(v),
                "a list of texts, each a host, or a host and its port, as in [\"hooks.internal\", \"127.0.0.1:9000\"]",
            )
        },
        get: |c| toml::Value::Array(c.webhook_hosts.iter().map(Into::into).collect()),
    },
    Key {
        name: "oidc_issuer",
        meaning: "The OpenID Connect provider by which people sign in, as it calls itself: a URL with https (or one on this machine).\n\
                  Each adds their own account once they are signed in otherwise. It is told `<public_url>/login/account` to lead back to.\n\
                  Empty: there is none.",
        set: |c, v| {
            put(
                &mut c.oidc_issuer,
                v.as_str()
                    .filter(|v| v.is_empty() || is_issuer(v))
                    .map(str::to_owned),
                "empty, or a URL with https as in \"https://id.work.example\"",
            )
        },
        get: |c| c.oidc_issuer.as_str().into(),
    },
    Key {
        name: "oidc_client",
        meaning: "What that provider calls this installation: its client id there.",
        set: |c, v| put(&mut c.oidc_client, v.as_str().map(str::to_owned), "a text"),
        get: |c| c.oidc_client.as_str().into(),
    },
    Key {
        name: "oidc_secret",
        meaning: "What proves the installation to that provider; empty for a public client. Better given as COFFERDAM_OIDC_SECRET.",
        set: |c, v| put(&mut c.oidc_secret, v.as_str().map(str::to_owned), "a text"),
        get: |c| c.oidc_secret.as_str().into(),
    },
    Key {
        name: "oidc_name",
        meaning: "What people call that provider, as in \"Work account\": it stands on the login page.",
        set: |c, v| {
            put(
                &mut c.oidc_name,
                v.as_str()
                    .filter(|v| v.chars().count() <= 40 && !v.contains(char::is_control))
                    .map(str::to_owned),
                "a text of at most 40 characters",
            )
        },
        get: |c| c.oidc_name.as_str().into(),
    },
];

fn addresses(value: &toml::Value) -> Option<Vec<IpAddr>> {
    let each = |text: &toml::Value| {
        let address: IpAddr = text.as_str()?.parse().ok()?;
        Some(address.to_canonical())
    };
    value.as_array()?.iter().map(each).collect()
}

fn hosts(value: &toml::Value) -> Option<Hosts> {
    let all: Vec<&str> = value
        .as_array()?
        .iter()
        .map(toml::Value::as_str)
        .collect::<Option<_>>()?;
    Hosts::of(all)
}

fn put<T>(slot: &mut T, value: Option<T>, wanted: &'static str) -> Result<(), &'static str> {
    *slot = value.ok_or(wanted)?;
    Ok(())
}

fn within(value: &toml::Value, least: i64, most: i64) -> Option<i64> {
    value.as_integer().filter(|value| (least..=most).contains(value))
}

fn small<T: TryFrom<i64>>(value: &toml::Value, least: i64, most: i64) -> Option<T> {
    within(value, least, most).and_then(|value| T::try_from(value).ok())
}

fn lab_policies(value: &toml::Value) -> Option<BTreeMap<LabId, IncidentPolicy>> {
    let read = |item: &toml::Value| {
        let (lab, policy) = item.as_str()?.split_once('=')?;
        Some((lab.trim().parse().ok()?, IncidentPolicy::named(policy.trim())?))
    };
    let all = value.as_array()?;
    let read: BTreeMap<_, _> = all.iter().map(read).collect::<Option<_>>()?;
    // A lab that stands twice was meant otherwise once.
    (read.len() == all.len()).then_some(read)
}

fn url(text: &str) -> Option<Option<String>> {
    if text.is_empty() {
        return Some(None);
    }
    let host = text
        .strip_prefix("http://")
        .or_else(|| text.strip_prefix("https://"))?;
    let plain = |c: char| c.is_ascii_graphic() && !matches!(c, '#' | '?' | '@');
    (!host.is_empty() && host.chars().all(plain)).then(|| Some(text.trim_end_matches('/').to_owned()))
}

fn origin(text: &str) -> Option<String> {
    let fits = |c: char| c.is_ascii_graphic() && c != '+';
    ((1..=100).contains(&text.len()) && text.chars().all(fits)).then(|| text.to_owned())
}

/// A node's name.
pub(crate) fn node(text: &str) -> Option<String> {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    (text.len() <= 32 && text.chars().all(fits)).then(|| text.to_owned())
}

fn database(text: &str) -> Option<String> {
    text.parse::<Database>().is_ok().then(|| text.to_owned())
}

/// Levels, and levels of targets. A bare word that is no level would be taken for a target, and everything else left out of the log
/// without a word. Filters by span (`[`) are not taken: the parser of `tracing-subscriber` 0.3.23 panics on some beyond ASCII.
fn filter(text: &str) -> Option<String> {
    let plain = |directive: &str| match directive.trim().rsplit_once('=') {
        Some((target, level)) => is_target(target) && is_level(level),
        None => is_level(directive.trim()),
    };
    let parsed = || tracing_subscriber::EnvFilter::builder().parse(text);
    (text.split(',').all(plain) && parsed().is_ok()).then(|| text.to_owned())
}

/// A crate, or a module's path.
fn is_target(text: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | ':' | '.');
    !text.is_empty() && text.chars().all(fits)
}

fn is_level(word: &str) -> bool {
    let levels = ["off", "error", "warn", "info", "debug", "trace"];
    levels.iter().any(|level| word.eq_ignore_ascii_case(level))
}

fn format(text: &str) -> Option<LogFormat> {
    match text {
        "text" => Some(LogFormat::Text),
        "json" => Some(LogFormat::Json),
        _ => None,
    }
}
