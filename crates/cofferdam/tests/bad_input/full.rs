//! A disk without room: said so, nothing half done, and all well again once there is room.
//!
//! The disk is a small one in memory, mounted where only the test's own programs see it. Where no mount may be made the
//! test says so on standard error and leaves it at [`a_limit_on_the_size_of_files`], which needs no privilege.

use std::fs::{self, File};
use std::io::{Read as _, Write};
use std::net::TcpStream;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{self, Installation, arg, run};

const FULL: &str = "the disk that holds the data is full; free some space, nothing was changed";
const UNWRITABLE: &str = "the data could not be written (disk I/O error): look at the disk, and at quotas and limits \
                          on the size of files; nothing was changed";
const NO_SPACE: &str = "the disk is full; free some space, then try again";
const BINARY: &str = env!("CARGO_BIN_EXE_cofferdam");

/// A disk of 24 MiB, and a server on it when one was started.
struct Disk {
    folder: TempDir,
    /// Off the disk: what a server says must not depend on it.
    log: TempDir,
    holder: Child,
    user: bool,
    server: Option<Child>,
    base: String,
}

/// Whether the server asked to be asked again.
fn is_read_anew(ran: &Output) -> bool {
    String::from_utf8_lossy(&ran.stderr).contains("is being read anew; ask again")
}

impl Disk {
    /// None where no mount may be made.
    fn new() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let user = fs::metadata("/proc/self").unwrap().uid() != 0;
        let script = "mount -t tmpfs -o size=24m tmpfs \"$1\" && echo there && exec sleep 600";
        let holder = Command::new("unshare")
            .args(if user {
                &["--map-root-user", "--mount"][..]
            } else {
                &["--mount"]
            })
            .args(["sh", "-c", script, "sh"])
            .arg(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn();
        let mut holder = holder.ok()?;
        let mut there = [0; 5];
        let said = std::io::Read::read_exact(holder.stdout.as_mut()?, &mut there);
        if said.is_err() {
            let _ = holder.wait();
            eprintln!(
                "no mount may be made here: a full disk is tested by a limit on the size of files alone"
            );
            return None;
        }
        let log = tempfile::tempdir().unwrap();
        Some(Self {
            folder,
            log,
            holder,
            user,
            server: None,
            base: String::new(),
        })
    }

    /// A path on the disk, as those see it who are on it.
    fn path(&self, name: &str) -> String {
        arg(&self.folder.path().join(name))
    }

    /// The same, as this test sees it.
    fn seen(&self, name: &str) -> PathBuf {
        let below = self.folder.path().strip_prefix("/").unwrap().join(name);
        Path::new("/proc")
            .join(self.holder.id().to_string())
            .join("root")
            .join(below)
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new("nsenter");
        command.args(["--target", &self.holder.id().to_string(), "--mount"]);
        if self.user {
            command.args(["--user", "--preserve-credentials"]);
        }
        command
            .args(["--wd=/", BINARY])
            .args(args)
            .env_clear()
            .stdin(Stdio::null());
        command
    }

    fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }

    /// Fails in one line, and says what.
    fn refused(&self, args: &[&str], said: &str) {
        let mut ran = self.run(args);
        // What the server does by itself fails too, and for a moment after that it asks to be asked again.
        for _ in 0..50 {
            if !is_read_anew(&ran) {
                break;
            }
            std::thread::sleep(Duration::from_millis(50));
            ran = self.run(args);
        }
        assert_eq!(
            String::from_utf8_lossy(&ran.stderr),
            format!("cofferdam: {said}\n"),
            "{args:?}"
        );
        assert_eq!((ran.status.code(), ran.stdout.len()), (Some(1), 0), "{args:?}");
    }

    fn ok(&self, args: &[&str]) -> Value {
        let ran = self.run(&[args, &["--json"]].concat());
        assert!(
            ran.status.success(),
            "{args:?}: {}",
            String::from_utf8_lossy(&ran.stderr)
        );
        serde_json::from_slice(&ran.stdout).unwrap_or_default()
    }

    /// Takes all the room that is left.
    fn fill(&self) {
        let mut file = File::create(self.seen("fill")).unwrap();
        let (mut chunk, zeros) = (1 << 20, vec![0; 1 << 20]);
        while chunk > 0 {
            if file.write_all(&zeros[..chunk]).is_err() {
                chunk /= 2;
            }
        }
    }

    /// Files that were begun and are not whole.
    fn parts(&self) -> Vec<String> {
        let all = fs::read_dir(self.seen("")).unwrap().flatten();
        let names = all.map(|entry| entry.file_name().to_string_lossy().into_owned());
        names.filter(|name| name.ends_with(".part")).collect()
    }

    fn make_room(&self) {
        fs::remove_file(self.seen("fill")).unwrap();
    }

    fn serve(&mut self) {
        let log = self.log.path().join("server.log");
        let serve = ["serve", "--data", &self.path("data"), "--listen", "127.0.0.1:0"];
        let mut serve = self.command(&serve);
        let server = serve
            .stdout(Stdio::null())
            .stderr(File::create(&log).unwrap())
            .spawn();
        self.server = Some(server.unwrap());
        self.base = listens(&log);
    }

    fn stop(&mut self) {
        let mut server = self.server.take().unwrap();
        let told = Command::new("kill")
            .args(["-TERM", &server.id().to_string()])
            .status();
        assert!(told.unwrap().success() && server.wait().unwrap().success());
    }

    /// Asks the server on the disk with the operator's token.
    fn ask(&self, args: &[&str]) -> Value {
        let data = self.path("data");
        self.ok(&[args, &["--data", &data, "--server", &self.base]].concat())
    }

    fn token(&self, engagement: &[&str]) -> String {
        let engaged = self.ask(engagement);
        let issued = self.ask(&["token", "add", engaged["id"].as_str().unwrap(), "--label", "test"]);
        issued["token"].as_str().unwrap().to_owned()
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        for child in self.server.iter_mut().chain([&mut self.holder]) {
            // The disk goes with the last of them.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Where a server says that it listens.
fn listens(log: &Path) -> String {
    for _ in 0..400 {
        let said = fs::read_to_string(log).unwrap_or_default();
        if let Some(rest) = said.split("listens on ").nth(1) {
            return rest.split_whitespace().next().unwrap().to_owned();
        }
        std::thread::sleep(Duration::from_millis(25));
    }
    panic!(
        "the server does not say where it listens: {}",
        fs::read_to_string(log).unwrap_or_default()
    );
}

/// Tasks of several MiB in all.
fn tasks(count: usize) -> String {
    let body = "x".repeat(4_000);
    (0..count)
        .map(|id| format!("{{\"id\":\"t{id}\",\"body\":\"{body}\"}}\n"))
        .collect()
}

/// What `/readyz` answers, headers and all; what was found is believed for a second.
fn ready(base: &str) -> String {
    std::thread::sleep(std::time::Duration::from_millis(1_100));
    let mut to = TcpStream::connect(base.strip_prefix("http://").unwrap()).unwrap();
    to.write_all(b"GET /readyz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        .unwrap();
    let mut said = String::new();
    to.read_to_string(&mut said).unwrap();
    said
}

#[test]
fn a_disk_that_fills_up_under_a_server() {
    let Some(mut disk) = Disk::new() else { return };
    disk.ok(&["init", "--data", &disk.path("data"), "--name", "Olga"]);
    disk.serve();
    disk.ask(&["lab", "add", "Wenham"]);
    disk.ask(&["project", "add", "Wenham", "Desk", "--template", "freeform"]);
    disk.ask(&["person", "add", "Script", "--component"]);
    let token = disk.token(&[
        "engage",
        "Desk",
        "Script",
        "--role",
        "integration",
        "--purpose",
        "import",
    ]);
    let folder = tempfile::tempdir().unwrap();
    let rows = folder.path().join("rows.jsonl");
    fs::write(&rows, tasks(1_000)).unwrap();
    let rows = arg(&rows);
    let before = disk.ask(&["project", "show", "Desk"]);
    assert_eq!(before["tasks"]["total"], 0);
    disk.fill();
    let import = ["import", &rows, "--server", &disk.base, "--token", &token];
    disk.refused(&import, &format!("{rows}: {FULL}"));
    let said = ready(&disk.base);
    assert!(said.contains(" 503 ") && said.contains(FULL), "{said}");
    // What the node knows may have to be read anew first, and what readers share may find no room for a moment.
    let show = [
        "project",
        "show",
        "Desk",
        "--json",
        "--data",
        &disk.path("data"),
        "--server",
        &disk.base,
    ];
    let shown = (0..50).find_map(|_| {
        let ran = disk.run(&show);
        if !ran.status.success() {
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
        ran.status.success().then_some(ran.stdout)
    });
    let shown: Value = serde_json::from_slice(&shown.unwrap()).unwrap();
    assert_eq!(shown, before, "half of it was taken");
    disk.make_room();
    assert_eq!(disk.ok(&import)["tasks"], 1_000);
    let again = (0..20).any(|_| ready(&disk.base).contains(" 200 "));
    assert!(again, "{}", ready(&disk.base));
    disk.stop();
    let checked = disk.run(&["doctor", "--data", &disk.path("data")]);
    assert!(
        checked.status.success(),
        "{}",
        String::from_utf8_lossy(&checked.stderr)
    );
}

#[test]
fn a_full_disk_from_the_start() {
    let Some(mut disk) = Disk::new() else { return };
    let data = disk.path("data");
    disk.fill();
    disk.refused(
        &["init", "--data", &data],
        &format!("{data}/cofferdam.toml: {NO_SPACE}"),
    );
    assert!(!disk.seen("data").exists(), "a part of an installation was left");
    disk.make_room();
    disk.ok(&["init", "--data", &data, "--name", "Olga"]);
    assert!(
        !disk.seen("data/cofferdam.sqlite-wal").exists(),
        "what was written is in the log alone"
    );
    disk.fill();
    for verb in [&["serve", "--listen", "127.0.0.1:0"][..], &["doctor"]] {
        disk.refused(&[verb, &["--data", &data]].concat(), &format!("{data}: {FULL}"));
    }
    disk.make_room();
    disk.serve();
    assert_eq!(disk.ask(&["lab", "list"]), json!([]));
    disk.stop();
    let checked = disk.run(&["doctor", "--data", &data]);
    assert!(
        checked.status.success(),
        "{}",
        String::from_utf8_lossy(&checked.stderr)
    );
}

/// A delivery that there is no room for is not made; one that cannot be fetched or opened leaves no part of it.
#[test]
fn a_delivery_without_room() {
    let Some(mut disk) = Disk::new() else { return };
    let data = disk.path("data");
    let report = disk.ok(&["demo", "--once", "--data", &data]);
    disk.serve();
    let [project, file, identity, id] = ["project", "path", "identity_path", "delivery"]
        .map(|member| report["deliveries"][0][member].as_str().unwrap().to_owned());
    let lab = report["deliveries"][0]["lab"].as_str().unwrap();
    disk.ask(&["person", "add", "Stella"]);
    let steward = disk.token(&["engage", "--steward", lab, "Stella"]);
    let made = disk.ask(&["delivery", "list", lab]);
    let files = || fs::read_dir(disk.seen("data/deliveries")).unwrap().count();
    let kept = files();
    disk.fill();
    let at = ["--data", &data, "--server", &disk.base];
    disk.refused(
        &[&["deliver", &format!("{lab}/{project}")], &at[..]].concat(),
        FULL,
    );
    assert_eq!(
        (disk.ask(&["delivery", "list", lab]), files()),
        (made, kept),
        "half a delivery was made"
    );
    let no_space = |name: &str| format!("{}: {NO_SPACE}", disk.path(name));
    let (out, fetched, ledger) = (
        disk.path("rows.jsonl"),
        disk.path("fetched.age"),
        disk.path("ledger"),
    );
    disk.refused(
        &["open", &file, "-i", &identity, "--out", &out],
        &no_space("rows.jsonl"),
    );
    disk.refused(
        &[
            "delivery", "fetch", &id, "--out", &fetched, "--server", &disk.base, "--token", &steward,
        ],
        &no_space("fetched.age"),
    );
    disk.refused(
        &[&["ledger", "export", "installation", &ledger], &at[..]].concat(),
        &format!("{ledger}/vkey: {NO_SPACE}"),
    );
    for left in ["rows.jsonl", "fetched.age", "fetched.age.manifest"] {
        assert!(!disk.seen(left).exists(), "{left} was left");
    }
    assert_eq!(disk.parts(), Vec::<String>::new());
    disk.make_room();
    disk.ask(&["deliver", &format!("{lab}/{project}")]);
    disk.ask(&["ledger", "export", "installation", &ledger]);
    disk.stop();
}

/// A report that there is no room for leaves no part of it in the way of the next.
#[test]
fn an_exposure_report_without_room() {
    let Some(mut disk) = Disk::new() else { return };
    let data = disk.path("data");
    let made = disk.ok(&["demo", "--once", "--data", &data]);
    disk.serve();
    let lab = made["deliveries"][0]["lab"].as_str().unwrap();
    disk.ask(&["person", "add", "Stella"]);
    disk.token(&["engage", "--steward", lab, "Stella"]);
    let subject = ["--title", "x", "--reason", "x", "--subject", "person:Stella"];
    let opened = disk.ask(&[&["incident", "open"], &subject[..]].concat());
    let [id, own] = ["/id", "/labs/0/incident"].map(|at| opened.pointer(at).unwrap().as_str().unwrap());
    disk.ask(&["incident", "claim", id, "--source", "x", "--from", "2026-03-24"]);
    let [first, second, page, ledger] =
        ["first.json", "second.json", "page.html", "ledger"].map(|name| disk.path(name));
    disk.ask(&["incident", "report", lab, own, &first]);
    disk.ask(&["ledger", "export", lab, &ledger]);
    disk.fill();
    let no_space = |name: &str| format!("{}: {NO_SPACE}", disk.path(name));
    let make = [
        "incident", "report", lab, own, &second, "--data", &data, "--server", &disk.base,
    ];
    disk.refused(&make, &no_space("second.json"));
    let verify = ["verify", &first, "--ledger", &ledger, "--html", &page];
    let told = String::from_utf8_lossy(&disk.run(&verify).stderr).into_owned();
    assert!(told.contains(&no_space("page.html")), "{told}");
    for left in ["second.json", "page.html"] {
        assert!(!disk.seen(left).exists(), "{left} was left");
    }
    assert_eq!(disk.parts(), Vec::<String>::new());
    disk.make_room();
    disk.ask(&["incident", "report", lab, own, &second]);
    disk.ok(&verify);
    assert!(disk.seen("page.html").exists());
    disk.stop();
}

/// A quota, or a limit on the size of files, is met as a full disk is.
#[test]
fn a_limit_on_the_size_of_files() {
    let mut at = Installation::start();
    if at.place.is_on_server() {
        eprintln!(
            "the rows are on a server, whose files have limits of their own: tested where they are in a file"
        );
        return;
    }
    at.ask(&["lab", "add", "Wenham"]);
    at.ask(&["project", "add", "Wenham", "Desk", "--template", "freeform"]);
    at.ask(&["person", "add", "Script", "--component"]);
    let (_, token) = at.seat(
        "Desk",
        "Script",
        &["--role", "integration", "--purpose", "import"],
    );
    let rows = at.beside("rows.jsonl");
    fs::write(&rows, tasks(2_000)).unwrap();
    let (rows, data) = (arg(&rows), arg(&at.data()));
    let before = at.ask(&["project", "show", "Desk"]);
    assert_eq!(at.stop(), 0);

    // In blocks of 512 bytes: 4 MiB. The signal that would end the process is ignored, as a service manager does.
    let script = "trap '' XFSZ; ulimit -f 8192; exec \"$@\"";
    let log = at.beside("limited.log");
    let mut limited = Command::new("sh")
        .args([
            "-c",
            script,
            "sh",
            BINARY,
            "serve",
            "--data",
            &data,
            "--listen",
            "127.0.0.1:0",
        ])
        .env_clear()
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(File::create(&log).unwrap())
        .spawn()
        .unwrap();
    let base = listens(&log);
    let ran = run(&["import", &rows, "--server", &base, "--token", &token]);
    assert_eq!(ran.stderr, format!("cofferdam: {rows}: {UNWRITABLE}\n"));
    assert_eq!((ran.code, ran.stdout.as_str()), (1, ""));
    let after = support::json(&["project", "show", "Desk", "--data", &data, "--server", &base]);
    assert_eq!(after, before, "half of it was taken");
    limited.kill().unwrap();
    limited.wait().unwrap();

    at.serve();
    assert_eq!(at.ask_as(&token, &["import", &rows])["tasks"], 2_000);
}
