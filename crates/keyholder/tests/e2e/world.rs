//! A keyholder in a temporary folder: made, run, killed, and given commands.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use cofferdam_seal::Id128;
use serde_json::Value;

use crate::client::Client;
use crate::ledger::Ledger;

pub(crate) const BINARY: &str = env!("CARGO_BIN_EXE_cofferdam-keyholder");
pub(crate) const COMPARTMENT: Id128 = Id128::new([0xC0; 16]);
pub(crate) const PROJECT: Id128 = Id128::new([0xD0; 16]);
pub(crate) const EPOCH: Id128 = Id128::new([0xE0; 16]);
pub(crate) const OTHER: Id128 = Id128::new([0xFF; 16]);

pub(crate) struct World {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) port: u16,
    pub(crate) child: Option<Child>,
    /// What it printed.
    pub(crate) said: Arc<Mutex<String>>,
}

/// A port that no client's connection is given by the system: those begin at 32768. It is left and taken again, as its server
/// is killed and started.
fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let first = u16::try_from(std::process::id() % 1_000).unwrap() * 12;
    loop {
        let port = 20_000 + (first + NEXT.fetch_add(1, Ordering::SeqCst)) % 12_000;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

impl World {
    /// Made, not yet running.
    pub(crate) fn made() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let passphrase = folder.path().join("passphrase");
        fs::write(&passphrase, "correct horse battery staple\n").unwrap();
        fs::set_permissions(&passphrase, fs::Permissions::from_mode(0o600)).unwrap();
        let port = free_port();
        let world = Self {
            folder,
            port,
            child: None,
            said: Arc::default(),
        };
        let made = Command::new(BINARY)
            .args(["init", "--kdf-mib", "19", "--witness", "keyholder.example/w"])
            .arg("--listen")
            .arg(format!("127.0.0.1:{port}"))
            .arg("--passphrase-file")
            .arg(&passphrase)
            .arg(world.folder.path().join("kh"))
            .output()
            .unwrap();
        assert!(made.status.success(), "{made:?}");
        world
    }

    /// Made and running.
    pub(crate) fn running() -> Self {
        let mut world = Self::made();
        world.start();
        world
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join("kh").join(name)
    }

    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.path("state/log.jsonl")).unwrap()
    }

    /// The entries of a kind.
    pub(crate) fn entries(&self, kind: &str) -> Vec<Value> {
        let log = self.log();
        let entries = log
            .lines()
            .filter_map(|line| serde_json::from_str::<Value>(line).ok());
        entries.filter(|entry| entry["kind"] == kind).collect()
    }

    pub(crate) fn configure(&self, old: &str, new: &str) {
        let path = self.path("keyholder.toml");
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(old), "{text}");
        fs::write(&path, text.replace(old, new)).unwrap();
    }

    pub(crate) fn policy(&self, text: &str) {
        fs::write(self.path("policy.new"), text).unwrap();
        fs::rename(self.path("policy.new"), self.path("policy.toml")).unwrap();
    }

    pub(crate) fn start(&mut self) {
        let mut command = Command::new(BINARY);
        command
            .arg("--config")
            .arg(self.path("keyholder.toml"))
            .arg("serve");
        self.start_by(command);
    }

    pub(crate) fn start_by(&mut self, mut command: Command) {
        let mut child = command
            .stderr(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let stderr = child.stderr.take().unwrap();
        let said = Arc::clone(&self.said);
        said.lock().unwrap().clear();
        std::thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                said.lock().unwrap().push_str(&(line + "\n"));
            }
        });
        self.child = Some(child);
        let until = Instant::now() + Duration::from_secs(60);
        while !self.said.lock().unwrap().contains("nodes come in at") {
            let child = self.child.as_mut().unwrap();
            if let Some(status) = child.try_wait().unwrap() {
                std::thread::sleep(Duration::from_millis(100));
                panic!("it ended ({status}): {}", self.said.lock().unwrap());
            }
            assert!(
                Instant::now() < until,
                "it does not start: {}",
                self.said.lock().unwrap()
            );
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// As if the power went.
    pub(crate) fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    /// As a service manager ends it.
    pub(crate) fn end(&mut self) {
        if let Some(mut child) = self.child.take() {
            let pid = child.id().to_string();
            let told = Command::new("kill").args(["-TERM", &pid]).status().unwrap();
            assert!(told.success());
            let status = child.wait().unwrap();
            assert!(status.success(), "{status}: {}", self.said.lock().unwrap());
        }
    }

    /// A verb: its output.
    pub(crate) fn verb(&self, args: &[&str]) -> Output {
        Command::new(BINARY)
            .arg("--config")
            .arg(self.path("keyholder.toml"))
            .args(args)
            .stdin(Stdio::null())
            .output()
            .unwrap()
    }

    /// A verb that must be done: what it says.
    pub(crate) fn done(&self, args: &[&str]) -> String {
        let output = self.verb(args);
        assert!(output.status.success(), "{args:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// A verb that must fail: its line, and its exit code.
    pub(crate) fn fails(&self, args: &[&str]) -> (String, i32) {
        let output = self.verb(args);
        assert!(!output.status.success(), "{args:?}: {output:?}");
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(said.trim().lines().count(), 1, "one line: {said}");
        (said.trim().to_owned(), output.status.code().unwrap())
    }

    /// What programs are told.
    pub(crate) fn json(&self, args: &[&str]) -> Value {
        let output = self.verb(&[&["--json"], args].concat());
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{args:?}: {output:?}"))
    }

    pub(crate) fn code(&self, node: &str) -> String {
        self.done(&["enrol", "--node", node])
    }

    /// A node that is enrolled, with the ledger of the compartment.
    pub(crate) fn node(&self, name: &str, ledger: &Ledger) -> Client {
        Client::enrolled(&self.code(name), name, &[ledger.key(COMPARTMENT)])
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.kill();
    }
}
