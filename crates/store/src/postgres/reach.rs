//! Getting through to one of several hosts, though some of them are down, or silent.

use std::io::{self, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;

use postgres::config::Host;
use postgres::{Client, Config, NoTls};

use super::CONNECT;
use crate::error::StoreError;

/// What asks a server for TLS: its length and code. Every server answers it with one byte.
const ASK: [u8; 8] = [0, 0, 0, 8, 4, 210, 22, 47];
/// Where no port is named.
const PORT: u16 = 5432;

/// The same settings for each of the hosts that they name, alone: the client cannot be told to give up on one.
pub(super) fn each_host(config: &Config) -> Vec<Config> {
    let (hosts, addresses) = (config.get_hosts(), config.get_hostaddrs());
    if hosts.len().max(addresses.len()) == 1 {
        return vec![config.clone()];
    }
    let one = |index: usize| {
        let mut one = Config::new();
        match hosts.get(index) {
            Some(Host::Tcp(name)) => one.host(name),
            Some(Host::Unix(folder)) => one.host_path(folder),
            None => &mut one,
        };
        addresses.get(index).map(|address| one.hostaddr(*address));
        let ports = config.get_ports();
        one.port(ports.get(index).or(ports.first()).copied().unwrap_or(PORT));
        config.get_user().map(|user| one.user(user));
        config.get_password().map(|password| one.password(password));
        config.get_dbname().map(|name| one.dbname(name));
        config.get_options().map(|options| one.options(options));
        config
            .get_application_name()
            .map(|name| one.application_name(name));
        config
            .get_connect_timeout()
            .map(|wait| one.connect_timeout(*wait));
        config
            .get_tcp_user_timeout()
            .map(|wait| one.tcp_user_timeout(*wait));
        one.keepalives(config.get_keepalives());
        one.keepalives_idle(config.get_keepalives_idle());
        config
            .get_keepalives_interval()
            .map(|every| one.keepalives_interval(every));
        config
            .get_keepalives_retries()
            .map(|count| one.keepalives_retries(count));
        one.target_session_attrs(config.get_target_session_attrs());
        one.channel_binding(config.get_channel_binding());
        one.ssl_mode(config.get_ssl_mode());
        one
    };
    (0..hosts.len().max(addresses.len())).map(one).collect()
}

/// A connection to the first host that takes one; else what each of them said, or, where one of them answered and
/// declined, that.
pub(super) fn connect(hosts: &[Config]) -> Result<Client, StoreError> {
    let mut unreachable = Vec::new();
    let mut declined = None;
    for host in hosts {
        let connected = answers(host)
            .map_err(|error| StoreError::Unreachable(error.to_string()))
            .and_then(|()| host.connect(NoTls).map_err(StoreError::from));
        match connected {
            Ok(client) => return Ok(client),
            Err(StoreError::Unreachable(why)) => unreachable.push(format!("{}: {why}", name(host))),
            Err(other) => declined = Some(other),
        }
    }
    Err(declined.unwrap_or_else(|| StoreError::Unreachable(unreachable.join("; "))))
}

fn name(host: &Config) -> String {
    let port = port(host);
    match (host.get_hosts(), host.get_hostaddrs()) {
        ([Host::Tcp(name), ..], _) => format!("{name}:{port}"),
        ([Host::Unix(folder), ..], _) => folder.join(file(port)).display().to_string(),
        ([], [address, ..]) => format!("{address}:{port}"),
        ([], []) => String::new(),
    }
}

fn port(host: &Config) -> u16 {
    host.get_ports().first().copied().unwrap_or(PORT)
}

/// The socket in a folder that is given as a host.
fn file(port: u16) -> String {
    format!(".s.PGSQL.{port}")
}

/// Whether anybody is there: the client itself waits for ever where connections are taken and nothing is said.
fn answers(host: &Config) -> io::Result<()> {
    let port = port(host);
    match (host.get_hostaddrs(), host.get_hosts()) {
        ([address, ..], _) => over_tcp((*address, port)),
        (_, [Host::Tcp(name), ..]) => over_tcp((name.as_str(), port)),
        (_, [Host::Unix(folder), ..]) => over_socket(folder.join(file(port))),
        (_, []) => Ok(()),
    }
}

/// The client, too, stays with the first address that takes a connection.
fn over_tcp(place: impl ToSocketAddrs) -> io::Result<()> {
    let mut failed = io::Error::from(io::ErrorKind::NotFound);
    for address in place.to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, CONNECT) {
            Ok(stream) => {
                stream.set_read_timeout(Some(CONNECT))?;
                return one_byte(stream);
            }
            Err(error) => failed = error,
        }
    }
    Err(failed)
}

fn over_socket(path: PathBuf) -> io::Result<()> {
    let stream = UnixStream::connect(path)?;
    stream.set_read_timeout(Some(CONNECT))?;
    one_byte(stream)
}

fn one_byte(mut stream: impl Read + Write) -> io::Result<()> {
    stream.write_all(&ASK)?;
    stream.read_exact(&mut [0]).map_err(|error| match error.kind() {
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => {
            io::Error::other("it takes connections, but does not answer")
        }
        _ => error,
    })
}
