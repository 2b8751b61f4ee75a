//! A PostgreSQL server in a temporary folder, on a socket there.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::{MetadataExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use tempfile::TempDir;

/// It waits for the disk as one that people rely on, and listens on a socket only.
const CONFIG: &str = "\
listen_addresses = ''
max_connections = 200
shared_buffers = 64MB
autovacuum_naptime = 10s
max_wal_senders = 4
wal_keep_size = 256MB
hot_standby = on
";

/// A server that goes away with this.
#[derive(Debug)]
pub struct Server {
    folder: TempDir,
    child: Child,
}

impl Server {
    /// A new one, empty.
    pub fn start() -> Result<Self> {
        Self::start_with("")
    }

    /// The same; `settings` are lines of its configuration that come last, and so are those that hold.
    pub fn start_with(settings: &str) -> Result<Self> {
        let folder = folder()?;
        let data = folder.path().join("data");
        let made = program("initdb", folder.path())?
            .args([
                "--auth=trust",
                "--username=postgres",
                "--encoding=UTF8",
                "--no-sync",
            ])
            .args([
                OsStr::new("--locale=C.UTF-8"),
                OsStr::new("--pgdata"),
                data.as_os_str(),
            ])
            .stdout(Stdio::null())
            .status()?;
        if !made.success() {
            bail!("initdb: {made}");
        }
        let config = data.join("postgresql.conf");
        let text = fs::read_to_string(&config)?;
        fs::write(&config, format!("{text}\n{CONFIG}{settings}\n"))?;
        Self::run(folder)
    }

    fn run(folder: TempDir) -> Result<Self> {
        let child = spawn(folder.path())?;
        let mut server = Self { folder, child };
        server.wait()?;
        Ok(server)
    }

    /// The URL of its superuser.
    #[must_use]
    pub fn url(&self) -> String {
        Self::url_at(self.folder())
    }

    /// Its socket, as it stands in a URL.
    #[must_use]
    pub fn host(&self) -> String {
        Self::host_at(self.folder())
    }

    fn host_at(folder: &Path) -> String {
        folder.display().to_string().replace('/', "%2F")
    }

    /// The URL of the superuser of a server whose socket is in this folder.
    pub(crate) fn url_at(folder: &Path) -> String {
        format!("postgres://postgres@{}/postgres", Self::host_at(folder))
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Runs statements there as its superuser; what they print, unaligned.
    pub fn sql(&self, statements: &str) -> Result<String> {
        psql(&self.url(), statements)
    }

    /// Lets nobody write from now on, as when another server took over; or lets everybody again.
    pub fn read_only(&self, may_not: bool) -> Result<()> {
        let set = if may_not {
            "SET default_transaction_read_only = on"
        } else {
            "RESET default_transaction_read_only"
        };
        self.sql(&format!("ALTER SYSTEM {set}"))?;
        self.sql("SELECT pg_reload_conf()")?;
        // Sessions that are there already take it in before their next statement, once they were told.
        std::thread::sleep(Duration::from_millis(300));
        Ok(())
    }

    /// Ends it without a word, with every process of it, as a power cut would.
    pub fn kill(&mut self) -> Result<()> {
        if self.child.try_wait()?.is_some() {
            return Ok(());
        }
        // Each of its processes leads a group of its own. While it stands still it begins no new one.
        let own = self.child.id();
        signal("-STOP", &[own])?;
        let mut all = children(own)?;
        all.push(own);
        signal("-KILL", &all)?;
        self.child.wait()?;
        // What they share in memory is there until the last is gone, and no server begins beside it.
        for _ in 0..500 {
            if all.iter().all(|process| is_gone(*process)) {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        bail!("processes of postgres are still there after they were killed")
    }

    /// Makes it hang, with every process of it: it is there, and answers nobody. Or lets it go on.
    pub fn hang(&self, hangs: bool) -> Result<()> {
        let own = self.child.id();
        let which = if hangs { "-STOP" } else { "-CONT" };
        // The first of them begins the others.
        signal(which, &[own])?;
        signal(which, &children(own)?)
    }

    /// Starts it again after it ended.
    pub fn restart(&mut self) -> Result<()> {
        // A killed server leaves its mark; it is known to be gone.
        let _ = fs::remove_file(self.folder.path().join("data/postmaster.pid"));
        self.child = spawn(self.folder.path())?;
        self.wait()
    }

    /// A second server that holds what this one holds: nothing is acknowledged here before it is written there.
    pub fn standby(&self) -> Result<Self> {
        let folder = folder()?;
        let data = folder.path().join("data");
        let copied = program("pg_basebackup", folder.path())?
            .args(["--write-recovery-conf", "--checkpoint=fast", "--no-sync"])
            .args([OsStr::new("--pgdata"), data.as_os_str()])
            .args(["--dbname", &format!("{}?application_name=standby", self.url())])
            .status()?;
        if !copied.success() {
            bail!("pg_basebackup: {copied}");
        }
        let standby = Self::run(folder)?;
        for setting in [
            "ALTER SYSTEM SET synchronous_standby_names = 'standby'",
            "SELECT pg_reload_conf()",
        ] {
            self.sql(setting)?;
        }
        for _ in 0..200 {
            let state = self.sql("SELECT sync_state FROM pg_stat_replication")?;
            if state == "sync" {
                return Ok(standby);
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        bail!("the standby did not catch up")
    }

    /// Makes a standby the server that takes writes.
    pub fn promote(&self) -> Result<()> {
        // What it took over from the first server is nobody's standby any more.
        self.sql("SELECT pg_promote()")?;
        self.sql("ALTER SYSTEM RESET synchronous_standby_names")?;
        self.sql("SELECT pg_reload_conf()").map(|_| ())
    }

    fn wait(&mut self) -> Result<()> {
        for _ in 0..600 {
            if let Some(status) = self.child.try_wait()? {
                let log = fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
                bail!("postgres ended: {status}\n{log}");
            }
            if self.sql("SELECT 1").is_ok() {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        bail!("postgres does not answer")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Nobody needs what is in it any more.
        let _ = self.kill();
    }
}

/// Whether a process has ended, though nobody may have asked how yet.
fn is_gone(process: u32) -> bool {
    let Ok(stat) = fs::read_to_string(format!("/proc/{process}/stat")) else {
        return true;
    };
    // Its state follows its name, which stands in parentheses and may have any in it.
    let state = stat.rsplit_once(") ").map(|(_, rest)| rest.chars().next());
    matches!(state, Some(Some('Z' | 'X')))
}

fn signal(which: &str, processes: &[u32]) -> Result<()> {
    let processes = processes.iter().map(u32::to_string);
    // One that has ended meanwhile is as well.
    Command::new("kill")
        .arg(which)
        .args(processes)
        .stderr(Stdio::null())
        .status()?;
    Ok(())
}

/// The processes that a process began.
fn children(of: u32) -> Result<Vec<u32>> {
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc")? {
        let name = entry?.file_name();
        let Some(id) = name.to_str().and_then(|name| name.parse::<u32>().ok()) else {
            continue;
        };
        // After the program's name, which may hold anything but ends with the last bracket: its state, and its parent.
        let status = fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
        let parent = status
            .rsplit(')')
            .next()
            .and_then(|rest| rest.split_whitespace().nth(1));
        if parent.and_then(|parent| parent.parse().ok()) == Some(of) {
            found.push(id);
        }
    }
    Ok(found)
}

/// Runs statements; what they print, unaligned.
pub(crate) fn psql(url: &str, statements: &str) -> Result<String> {
    let ran = Command::new(binaries()?.join("psql"))
        .args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align"])
        .args(["--set", "ON_ERROR_STOP=1", "--command", statements, url])
        .output()
        .context("psql cannot be started")?;
    if !ran.status.success() {
        bail!("psql: {}", String::from_utf8_lossy(&ran.stderr).trim());
    }
    Ok(String::from_utf8_lossy(&ran.stdout).trim().to_owned())
}

/// A folder that belongs to whoever runs the server.
fn folder() -> Result<TempDir> {
    let folder = tempfile::Builder::new().prefix("pg-").tempdir()?;
    if let Some((uid, gid)) = user(folder.path())? {
        chown(folder.path(), Some(uid), Some(gid))?;
    }
    Ok(folder)
}

/// The server refuses to be run by root: then whom to run it as.
fn user(folder: &Path) -> Result<Option<(u32, u32)>> {
    let owner = fs::metadata(folder)?.uid();
    let here = fs::metadata("/proc/self")?.uid();
    if here != 0 {
        return Ok(None);
    }
    let passwd = fs::read_to_string("/etc/passwd")?;
    let line = passwd.lines().find(|line| line.starts_with("postgres:"));
    let ids: Vec<u32> = line
        .with_context(|| {
            format!("there is no user `postgres` to run a server as (the folder is of {owner})")
        })?
        .split(':')
        .filter_map(|field| field.parse().ok())
        .collect();
    match ids[..] {
        [uid, gid, ..] => Ok(Some((uid, gid))),
        _ => bail!("the user `postgres` has no ids"),
    }
}

/// One of the server's programs, as its user.
fn program(name: &str, folder: &Path) -> Result<Command> {
    let mut command = Command::new(binaries()?.join(name));
    command.current_dir(folder).stdin(Stdio::null());
    if let Some((uid, gid)) = user(folder)? {
        command.uid(uid).gid(gid);
    }
    Ok(command)
}

fn spawn(folder: &Path) -> Result<Child> {
    let log = fs::File::create(folder.join("log"))?;
    let mut command = program("postgres", folder)?;
    command.process_group(0).stdout(Stdio::null()).stderr(log);
    command.arg("-D").arg(folder.join("data")).arg("-k").arg(folder);
    Ok(command.spawn()?)
}

/// Where Debian keeps them, the newest first; else where the shell finds them.
fn binaries() -> Result<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    let mut folders: Vec<_> = versions
        .filter_map(Result::ok)
        .filter_map(|entry| {
            Some((
                entry.file_name().to_str()?.parse::<u32>().ok()?,
                entry.path().join("bin"),
            ))
        })
        .filter(|(_, bin)| bin.join("initdb").exists())
        .collect();
    folders.sort();
    if let Some((_, bin)) = folders.pop() {
        return Ok(bin);
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).find(|bin| bin.join("initdb").exists());
    found.context("PostgreSQL is not installed: install Debian's `postgresql`")
}
