//! What a data folder or a port is refused for.

use std::fs::{self, Permissions};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;

use crate::support::{Installation, Ran, arg, command, ok, run};

const IN_USE: &str = "another process is using this data folder or its database; stop it first, or point --data \
                      elsewhere";
const PORT_IN_USE: &str =
    " is in use by another program; stop it, or listen elsewhere with --listen ADDRESS:PORT";
const READ_ONLY: &str = "the data folder or its database is read-only; give the user that runs this program the right to \
                         write both, or make their disk writable; nothing was changed";

fn one_line(ran: &Ran, said: &str) {
    assert_eq!(ran.stderr, format!("cofferdam: {said}\n"));
    assert_eq!((ran.code, ran.stdout.as_str()), (1, ""));
}

#[test]
fn a_second_server_on_one_data_folder() {
    let mut at = Installation::start();
    let data = arg(&at.data());
    at.ask(&["lab", "add", "Wenham"]);
    for again in [&["serve", "--listen", "127.0.0.1:0"][..], &["doctor"]] {
        let ran = run(&[again, &["--data", &data]].concat());
        one_line(&ran, &format!("{data}: {IN_USE}"));
    }
    // The first one is none the worse for it.
    assert_eq!(at.ask(&["lab", "list"]).as_array().map(Vec::len), Some(1));
    assert_eq!(at.stop(), 0);
    assert!(ok(&["doctor", "--data", &data]).contains("all is as it was written"));
}

#[test]
fn a_port_in_use() {
    let mut at = Installation::start();
    assert_eq!(at.stop(), 0);
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let data = arg(&at.data());
    let ran = run(&["serve", "--data", &data, "--listen", &address]);
    one_line(&ran, &format!("{address}{PORT_IN_USE}"));
    assert!(ok(&["doctor", "--data", &data]).contains("all is as it was written"));
}

#[test]
fn a_ledger_goes_into_a_folder_of_its_own() {
    let at = Installation::start();
    let data = arg(&at.data());
    let beside = at.beside("notes");
    fs::create_dir(&beside).unwrap();
    fs::write(beside.join("todo.txt"), "call the lab").unwrap();
    for dir in [data, arg(&beside)] {
        let names = |dir: &str| -> Vec<_> {
            let listing = fs::read_dir(dir).unwrap();
            let mut names: Vec<_> = listing.map(|entry| entry.unwrap().file_name()).collect();
            names.sort();
            names
        };
        let before = names(&dir);
        let holds = before[0].to_string_lossy();
        let ran = run(&at.with(&["ledger", "export", "installation", &dir]));
        let said = format!(
            "{dir} holds other files ({holds}), and nothing was written: name a new or empty folder for the ledger, or \
             that of its earlier export"
        );
        one_line(&ran, &said);
        assert_eq!(names(&dir), before);
    }
    // Into an empty one, again over that, and over one that broke off.
    let own = at.beside("ledger");
    fs::create_dir(&own).unwrap();
    let export = ["ledger", "export", "installation", own.to_str().unwrap()];
    let first = at.ask(&export);
    at.ask(&["person", "add", "Ada"]);
    at.ask(&["person", "invite", "Ada"]);
    let second = at.ask(&export);
    let grown = second["entries"].as_u64() > first["entries"].as_u64();
    assert!(grown, "{first} {second}");
    fs::remove_file(own.join("checkpoint")).unwrap();
    assert_eq!(at.ask(&export)["entries"], second["entries"]);
}

/// Everything below a folder, with its content.
fn content(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    let mut waiting = vec![folder.to_owned()];
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            waiting.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        } else {
            found.push((arg(&path), fs::read(&path).unwrap()));
        }
    }
    found.sort();
    found
}

/// Root may write anywhere: whoever tests as root asks as nobody, who owns the folder and may not write it.
#[test]
fn a_folder_that_may_not_be_written() {
    const NOBODY: u32 = 65_534;
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    ok(&["init", "--data", &arg(&data)]);
    let root = fs::metadata("/proc/self")
        .map(|own| std::os::unix::fs::MetadataExt::uid(&own))
        .unwrap()
        == 0;
    let binary = folder.path().join("cofferdam");
    fs::copy(env!("CARGO_BIN_EXE_cofferdam"), &binary).unwrap();
    let mut waiting = vec![folder.path().to_owned()];
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            waiting.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        }
        let bits = if path.is_dir() || path == binary {
            0o555
        } else {
            0o400
        };
        fs::set_permissions(&path, Permissions::from_mode(bits)).unwrap();
        if root {
            std::os::unix::fs::chown(&path, Some(NOBODY), Some(NOBODY)).unwrap();
        }
    }
    let before = content(&data);
    let ask = |args: &[&str]| {
        let mut asked = std::process::Command::new(&binary);
        asked.args(command(args).get_args()).env_clear().current_dir("/");
        if root {
            asked.uid(NOBODY).gid(NOBODY);
        }
        let output = asked.output().unwrap();
        Ran {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    };
    let shown = arg(&data);
    for verb in [&["serve", "--listen", "127.0.0.1:0"][..], &["doctor"]] {
        one_line(
            &ask(&[verb, &["--data", &shown]].concat()),
            &format!("{shown}: {READ_ONLY}"),
        );
    }
    // The database alone, and the folder alone, in which its log is.
    let set = |path: &Path, bits| fs::set_permissions(path, Permissions::from_mode(bits)).unwrap();
    let (database, lock) = (data.join("cofferdam.sqlite"), data.join("lock"));
    set(&lock, 0o600);
    for (of_folder, of_database) in [(0o755, 0o444), (0o555, 0o644)] {
        set(&data, of_folder);
        set(&database, of_database);
        let ran = ask(&["serve", "--listen", "127.0.0.1:0", "--data", &shown]);
        one_line(&ran, &format!("{shown}: {READ_ONLY}"));
    }
    set(&data, 0o555);
    let fresh = arg(&folder.path().join("new"));
    one_line(
        &ask(&["init", "--data", &fresh]),
        &format!("{fresh} may not be written by this user; name another place, or change the rights"),
    );
    one_line(
        &ask(&["identity", "new", &fresh]),
        &format!("{fresh} may not be written by this user; name another place, or change the rights"),
    );
    assert_eq!(content(&data), before);
    for path in [folder.path(), &data] {
        fs::set_permissions(path, Permissions::from_mode(0o755)).unwrap();
    }
}
