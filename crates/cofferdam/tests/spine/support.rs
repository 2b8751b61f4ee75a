//! The binary as others run it, and folders that go away.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use cofferdam_testbed::Place;
use serde_json::Value;
use tempfile::TempDir;

/// A file below `../shared/data` (seen from the project's root), or below `COFFERDAM_SHARED_DATA`.
pub(crate) fn data(path: &str) -> PathBuf {
    let root = std::env::var_os("COFFERDAM_SHARED_DATA").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    let file = root.join(path);
    assert!(
        file.is_file(),
        "{} is not there; set COFFERDAM_SHARED_DATA",
        file.display()
    );
    file
}

/// The binary, seeing nothing of the tester's own settings.
pub(crate) fn command<S: AsRef<OsStr>>(args: &[S]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cofferdam"));
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("COFFERDAM_"))
    {
        command.env_remove(name);
    }
    command.args(args).env("RUST_BACKTRACE", "1").stdin(Stdio::null());
    command
}

/// How a run ended.
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

pub(crate) fn run<S: AsRef<OsStr>>(args: &[S]) -> Ran {
    let output = command(args).output().unwrap();
    Ran {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// What a run that must go well printed.
pub(crate) fn ok<S: AsRef<OsStr>>(args: &[S]) -> String {
    let ran = run(args);
    let shown: Vec<_> = args.iter().map(AsRef::as_ref).collect();
    assert_eq!(ran.code, 0, "{shown:?}: {}", ran.stderr);
    ran.stdout
}

/// The same, as JSON.
pub(crate) fn json<S: AsRef<OsStr>>(args: &[S]) -> Value {
    let mut args: Vec<&OsStr> = args.iter().map(AsRef::as_ref).collect();
    args.push(OsStr::new("--json"));
    let text = ok(&args);
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{args:?} printed no JSON ({error}): {text}"))
}

/// A path as an argument.
pub(crate) fn arg(path: &Path) -> String {
    path.to_str().unwrap().to_owned()
}

/// A server of a data folder, once it says where it listens, and that.
pub(crate) fn serve(data: &Path, log: &Path) -> (Child, String) {
    serve_with(data, log, &[])
}

/// The same, with more in its environment.
pub(crate) fn serve_with(data: &Path, log: &Path, environment: &[(&str, String)]) -> (Child, String) {
    let mut serve = command(&["serve", "--data", &arg(data), "--listen", "127.0.0.1:0"]);
    serve.envs(environment.iter().map(|(name, value)| (name, value)));
    let to = File::create(log).unwrap();
    let mut server = serve.stdout(Stdio::null()).stderr(to).spawn().unwrap();
    let said = || fs::read_to_string(log).unwrap();
    for _ in 0..400 {
        if let Some(rest) = said().split("listens on ").nth(1) {
            return (server, rest.split_whitespace().next().unwrap().to_owned());
        }
        let ended = server.try_wait().unwrap();
        assert!(ended.is_none(), "the server ended: {}", said());
        std::thread::sleep(Duration::from_millis(25));
    }
    panic!("the server does not say where it listens: {}", said());
}

/// An installation whose server runs, on a port that was free.
pub(crate) struct Installation {
    pub(crate) folder: TempDir,
    pub(crate) place: Place,
    pub(crate) base: String,
    server: Option<Child>,
}

impl Installation {
    /// A new one, with its server.
    pub(crate) fn start() -> Self {
        Self::start_with(|_, _| {})
    }

    /// The same; `before` sees the data folder after `init` and before the server.
    pub(crate) fn start_with(before: impl FnOnce(&Path, &Place)) -> Self {
        Self::start_at(Place::fresh().unwrap(), before)
    }

    /// The same, with its rows in a chosen place.
    pub(crate) fn start_on(place: Place) -> Self {
        Self::start_at(place, |_, _| {})
    }

    /// The same at this place, whatever database the run is about.
    pub(crate) fn start_at(place: Place, before: impl FnOnce(&Path, &Place)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut installation = Self {
            folder,
            place,
            base: String::new(),
            server: None,
        };
        let (data, database) = (arg(&installation.data()), installation.place.database());
        ok(&["init", "--data", &data, "--name", "Olga", "--database", database]);
        before(&installation.data(), &installation.place);
        installation.serve();
        installation
    }

    /// The server's process.
    pub(crate) fn pid(&self) -> u32 {
        self.server.as_ref().unwrap().id()
    }

    /// The data folder.
    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// A path beside the data folder.
    pub(crate) fn beside(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// What the server wrote to standard error.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.beside("server.log")).unwrap()
    }

    /// Starts the server and waits until it says where it listens.
    pub(crate) fn serve(&mut self) {
        let (server, base) = serve(&self.data(), &self.beside("server.log"));
        self.server = Some(server);
        self.base = base;
    }

    /// Tells the server to stop; its exit code.
    pub(crate) fn stop(&mut self) -> i32 {
        self.tell_to_stop();
        let mut server = self.server.take().unwrap();
        server.wait().unwrap().code().unwrap_or(-1)
    }

    /// Kills the server where it stands, and comes back once it is gone.
    pub(crate) fn kill(&mut self) {
        let mut server = self.server.take().unwrap();
        server.kill().unwrap();
        server.wait().unwrap();
    }

    /// Tells the server to stop, and waits for nothing.
    pub(crate) fn tell_to_stop(&self) {
        let told = Command::new("kill")
            .args(["-TERM", &self.pid().to_string()])
            .status();
        assert!(told.unwrap().success());
    }

    /// Arguments for a client of this server with the operator's token.
    pub(crate) fn with<'a>(&'a self, args: &[&'a str]) -> Vec<String> {
        let mut all: Vec<String> = args.iter().map(|a| (*a).to_owned()).collect();
        all.extend([
            "--data".to_owned(),
            arg(&self.data()),
            "--server".to_owned(),
            self.base.clone(),
        ]);
        all
    }

    /// What a client's command that must go well answers.
    pub(crate) fn ask(&self, args: &[&str]) -> Value {
        json(&self.with(args))
    }

    /// The same with another token.
    pub(crate) fn ask_as(&self, token: &str, args: &[&str]) -> Value {
        let mut all: Vec<&str> = args.to_vec();
        all.extend(["--server", &self.base, "--token", token]);
        json(&all)
    }

    /// Opens a project of pairs, with so many tasks: its id.
    pub(crate) fn pairs(&self, lab: &str, project: &str, tasks: usize) -> String {
        let kind = ["--template", "pairwise-preference"];
        let added = self.ask(&[&["project", "add", lab, project][..], &kind].concat());
        let script = format!("Script of {project}");
        self.ask(&["person", "add", &script, "--component"]);
        let import = ["--role", "integration", "--purpose", "import"];
        let (_, token) = self.seat(project, &script, &import);
        let row = |n| serde_json::json!({ "id": format!("{n}"), "prompt": project, "response_a": "a", "response_b": "b" });
        let rows: String = (0..tasks).map(|n| format!("{}\n", row(n))).collect();
        let file = self.beside(&format!("{project}.jsonl"));
        fs::write(&file, rows).unwrap();
        self.ask_as(&token, &["import", &arg(&file)]);
        added["id"].as_str().unwrap().to_owned()
    }

    /// Engages somebody new and gives a token for it: engagement and token.
    pub(crate) fn seat(&self, project: &str, name: &str, grant: &[&str]) -> (String, String) {
        let mut args = vec!["engage", project, name];
        args.extend(grant);
        let engaged = self.ask(&args);
        let engagement = engaged["id"].as_str().unwrap().to_owned();
        let token = self.ask(&["token", "add", &engagement, "--label", "test"]);
        (engagement, token["token"].as_str().unwrap().to_owned())
    }
}

impl Drop for Installation {
    fn drop(&mut self) {
        if let Some(server) = &mut self.server {
            // It may have ended already; the folder goes either way.
            let _ = server.kill();
            let _ = server.wait();
        }
    }
}
