//! Serving: what stands in its way is said in one line, and it stops when it is told to.

use std::fs::{self, Permissions};
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;
use std::time::Duration;

use crate::support::{self, Installation, Ran, arg, ok, run};

fn one_line(ran: &Ran, code: i32, said: &str) {
    assert_eq!(ran.code, code, "{}", ran.stderr);
    assert_eq!(ran.stderr.lines().count(), 1, "{}", ran.stderr);
    assert!(ran.stderr.contains(said), "{}", ran.stderr);
}

fn founded() -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let data = arg(&folder.path().join("data"));
    ok(&["init", "--data", &data]);
    (folder, data)
}

#[test]
fn what_is_made_is_its_owners_alone() {
    let (_folder, data) = founded();
    let mut waiting = vec![Path::new(&data).to_owned()];
    while let Some(path) = waiting.pop() {
        let mode = fs::metadata(&path).unwrap().mode();
        assert_eq!(mode & 0o077, 0, "{} is open to others ({mode:o})", path.display());
        if path.is_dir() {
            waiting.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        }
    }
    let again = run(&["init", "--data", &data]);
    one_line(&again, 1, "holds an installation already");
}

#[test]
fn a_port_or_a_folder_in_use_is_named() {
    let mut at = Installation::start();
    let data = arg(&at.data());
    one_line(
        &run(&["serve", "--data", &data, "--listen", "127.0.0.1:0"]),
        1,
        "another process is using this data folder",
    );
    one_line(
        &run(&["doctor", "--data", &data]),
        1,
        "another process is using this data folder",
    );
    assert_eq!(at.stop(), 0);
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    one_line(
        &run(&["serve", "--data", &data, "--listen", &address]),
        1,
        &format!("{address} is in use by another program"),
    );
}

#[test]
fn a_folder_that_was_tampered_with_is_not_served() {
    let (_folder, data) = founded();
    let key = Path::new(&data).join("installation.key");
    fs::set_permissions(&key, Permissions::from_mode(0o644)).unwrap();
    one_line(
        &run(&["serve", "--data", &data]),
        1,
        "may be read by others (mode 0644); `chmod 600` it",
    );
    fs::set_permissions(&key, Permissions::from_mode(0o600)).unwrap();
    let database = rusqlite::Connection::open(Path::new(&data).join("cofferdam.sqlite")).unwrap();
    database
        .execute("INSERT INTO schema_version VALUES (99)", [])
        .unwrap();
    one_line(&run(&["serve", "--data", &data]), 1, "use a newer program");
    database
        .execute("DELETE FROM schema_version WHERE version = 99", [])
        .unwrap();
    assert!(ok(&["doctor", "--data", &data]).contains("all is as it was written"));
    let changed = database.execute(
        "UPDATE credential SET expires = expires + 1 WHERE label = 'first operator'",
        [],
    );
    assert_eq!(changed.unwrap(), 1);
    drop(database);
    let ran = run(&["doctor", "--data", &data]);
    assert!(
        ran.code == 1 && ran.stderr.contains("credential"),
        "{}",
        ran.stderr
    );
    fs::rename(&key, Path::new(&data).join("elsewhere")).unwrap();
    one_line(&run(&["serve", "--data", &data]), 1, "restore it from a backup");
}

#[test]
fn doctor_names_table_row_and_column_and_sends_nobody_to_itself() {
    let (_folder, data) = founded();
    let database = rusqlite::Connection::open(Path::new(&data).join("cofferdam.sqlite")).unwrap();
    let made = database.execute(
        "INSERT INTO epoch (id, compartment, project, wrapped, opened, rotation, seal)
         VALUES (x'010203', x'00', x'00', x'00', 5, 0, x'00')",
        [],
    );
    made.unwrap();
    let made = database.execute(
        "UPDATE credential SET label = x'00' WHERE label = 'first operator'",
        [],
    );
    assert_eq!(made.unwrap(), 1);
    drop(database);
    let ran = run(&["doctor", "--data", &data]);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    for named in [
        "the table epoch: the row 010203: its column id is empty or of the wrong type",
        "the table credential: the row ",
        ": its column label is empty or of the wrong type",
    ] {
        assert!(ran.stderr.contains(named), "{named}: {}", ran.stderr);
    }
    assert!(!ran.stderr.contains("run `cofferdam doctor`"), "{}", ran.stderr);
}

#[test]
fn a_database_that_is_garbage_is_named_with_the_remedy() {
    let (_folder, data) = founded();
    let file = Path::new(&data).join("cofferdam.sqlite");
    let database = rusqlite::Connection::open(&file).unwrap();
    database
        .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
        .unwrap();
    drop(database);
    let whole = fs::read(&file).unwrap();
    let garbage: Vec<u8> = whole
        .iter()
        .map(|byte| byte.wrapping_mul(7).wrapping_add(13))
        .collect();
    let mut within = whole.clone();
    within[4_096..].copy_from_slice(&garbage[4_096..]);
    for damaged in [&garbage[..], b"hello", &whole[..whole.len() / 3], &within[..]] {
        fs::write(&file, damaged).unwrap();
        for verb in ["serve", "doctor"] {
            let ran = run(&[verb, "--data", &data]);
            one_line(&ran, 1, "the database is damaged (");
            assert!(
                ran.stderr
                    .contains("keep a copy of the data folder, then restore it from a backup"),
                "{}",
                ran.stderr
            );
        }
    }
    fs::write(&file, &whole).unwrap();
    ok(&["doctor", "--data", &data]);
    let keyholder = Path::new(&data).join("keyholder");
    fs::remove_dir_all(&keyholder).unwrap();
    fs::write(&keyholder, "").unwrap();
    one_line(
        &run(&["serve", "--data", &data]),
        1,
        "keyholder is no folder; restore it from a backup",
    );
}

#[test]
fn a_variable_that_would_not_be_obeyed_is_refused() {
    let (folder, data) = founded();
    let fresh = arg(&folder.path().join("fresh"));
    let refused = |args: &[&str], (name, value): (&str, &str), said: &str| {
        let output = support::command(args).env(name, value).output().unwrap();
        let text = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{args:?}: {text}");
        assert!(
            text.lines().count() == 1 && text.contains(said),
            "{args:?}: {text}"
        );
    };
    let serve = ["serve", "--data", &data, "--listen", "127.0.0.1:0"];
    for args in [
        &serve[..],
        &["doctor", "--data", &data],
        &["config", "check", &data],
        &["init", "--data", &fresh],
        &["lab", "list", "--token", "cft_x"],
        &["lab", "list", "--data", &data],
    ] {
        refused(
            args,
            ("COFFERDAM_SESION_HOURS", "3"),
            "COFFERDAM_SESION_HOURS: there is no such setting; did you mean COFFERDAM_SESSION_HOURS?",
        );
    }
    refused(
        &["whoami", "--token", "cft_x"],
        ("COFFERDAM_SERVR", "http://127.0.0.1:9"),
        "did you mean COFFERDAM_SERVER?",
    );
    refused(
        &serve,
        ("COFFERDAM_LOG", "loud"),
        "COFFERDAM_LOG: log must be off, error,",
    );
    assert!(!Path::new(&fresh).exists());
}

#[test]
fn links_lead_to_where_the_server_listens_unless_told_otherwise() {
    let mut at = Installation::start();
    let link = |at: &Installation| {
        let made = at.ask(&["person", "invite", "Olga"]);
        made["url"].as_str().unwrap().to_owned()
    };
    let (listening, base) = (link(&at), at.base.clone());
    assert!(
        listening.starts_with(&format!("{base}/login#cfl_")),
        "{listening}"
    );
    assert_eq!(at.stop(), 0);
    let file = at.data().join("cofferdam.toml");
    let text = fs::read_to_string(&file).unwrap();
    let told = text.replace("public_url = \"\"", "public_url = \"http://work.example\"");
    assert_ne!(told, text);
    fs::write(&file, told).unwrap();
    at.serve();
    let public = link(&at);
    assert!(public.starts_with("http://work.example/login#cfl_"), "{public}");
}

#[test]
fn another_origin_is_told_from_an_edited_ledger() {
    let (_folder, data) = founded();
    let file = Path::new(&data).join("cofferdam.toml");
    let written = fs::read_to_string(&file).unwrap();
    let verbs: [&[&str]; 3] = [
        &["serve", "--data", &data, "--listen", "127.0.0.1:0"],
        &["doctor", "--data", &data],
        &["config", "check", "--data", &data],
    ];
    let told = |args: &[&str], said: &str| {
        let ran = run(args);
        one_line(&ran, 1, said);
        assert!(
            ran.stderr.contains("made with `cofferdam.local`"),
            "{}",
            ran.stderr
        );
        assert!(!ran.stderr.contains("doctor"), "{}", ran.stderr);
    };
    fs::write(&file, written.replace("cofferdam.local", "other.example")).unwrap();
    for args in verbs {
        told(args, "origin is `other.example`");
        told(args, "put back origin = \"cofferdam.local\"");
    }
    fs::write(&file, written).unwrap();
    for args in verbs {
        let output = support::command(args)
            .env("COFFERDAM_ORIGIN", "other.example")
            .output()
            .unwrap();
        let text = String::from_utf8(output.stderr).unwrap();
        assert!(
            text.contains("COFFERDAM_ORIGIN: origin is `other.example`")
                && text.contains("unset it, or set it to cofferdam.local"),
            "{text}"
        );
    }
    // Without the file beside the database, the database's own tree head tells.
    let kept = Path::new(&data).join("watermarks");
    fs::remove_dir_all(&kept).unwrap();
    let output = support::command(verbs[1])
        .env("COFFERDAM_ORIGIN", "other.example")
        .output()
        .unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(text.contains("made with `cofferdam.local`"), "{text}");
    assert!(ok(&["doctor", "--data", &data]).contains("all else is as it was written"));
    // What nobody here signed tells nothing of the origin: the ledger is closed, and doctor says the rest.
    fs::create_dir(&kept).unwrap();
    fs::write(
        kept.join("installation.checkpoint"),
        "x.example/installation\n1\n\n",
    )
    .unwrap();
    let ran = run(&["doctor", "--data", &data]);
    assert_eq!(ran.code, 1, "{}", ran.stdout);
    assert!(ran.stdout.contains("rows that authorise"), "{}", ran.stdout);
    assert!(
        ran.stderr
            .contains("must be those that `cofferdam init` made it with")
            && !ran.stderr.contains("cofferdam doctor"),
        "{}",
        ran.stderr
    );
    let served = run(verbs[0]);
    assert!(
        served.code == 1 && served.stderr.contains("run `cofferdam doctor`"),
        "{}",
        served.stderr
    );
}

#[tokio::test]
async fn it_stops_when_told_to_though_somebody_listens() {
    let mut at = Installation::start();
    let token = fs::read_to_string(at.data().join("operator.token")).unwrap();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let events = format!("{}/api/v1/events", at.base);
    let mut events = http.get(events).bearer_auth(token.trim()).send().await.unwrap();
    assert!(events.status().is_success());
    let stopping = tokio::task::spawn_blocking(move || (at.stop(), at.log()));
    let (code, log) = tokio::time::timeout(Duration::from_secs(8), stopping)
        .await
        .expect("it does not stop")
        .unwrap();
    assert_eq!(code, 0, "{log}");
    while let Ok(Some(_)) = events.chunk().await {}
    assert!(!log.contains(token.trim()), "the log tells a secret");
}

#[test]
fn a_lost_keyholder_is_told_before_anybody_waits_for_it() {
    let folder = tempfile::tempdir().unwrap();
    let data = arg(&folder.path().join("data"));
    support::json(&["demo", "--once", "--data", &data]);
    assert!(ok(&["doctor", "--data", &data]).contains("all is as it was written"));
    fs::remove_dir_all(Path::new(&data).join("keyholder")).unwrap();
    let ran = run(&["doctor", "--data", &data]);
    assert_eq!(ran.code, 1, "{}", ran.stdout);
    assert!(ran.stderr.contains("the keyholder has no key"), "{}", ran.stderr);
}

#[test]
fn a_keyholder_without_a_labs_keys_or_with_others_mints_none_for_it() {
    let mut at = Installation::start();
    let add = |at: &Installation, name: &str| {
        run(&at.with(&["project", "add", "Wenham", name, "--template", "freeform"]))
    };
    at.ask(&["lab", "add", "Wenham"]);
    assert_eq!(add(&at, "First").code, 0);
    let keys = fs::read_dir(at.data().join("keyholder")).unwrap();
    let keys = keys.map(|entry| entry.unwrap().path()).next().unwrap();
    let (root, aside) = (keys.join("root.key"), at.beside("aside"));
    let own = fs::read(&root).unwrap();

    at.stop();
    fs::write(&root, [&[1_u8][..], &[7; 32]].concat()).unwrap();
    at.serve();
    let other = add(&at, "Second");
    assert!(
        other.code != 0 && other.stderr.contains("the keyholder gave no key"),
        "{}",
        other.stderr
    );
    at.stop();
    fs::write(&root, own).unwrap();
    fs::rename(&keys, &aside).unwrap();
    at.serve();
    let none = add(&at, "Third");
    assert!(
        none.code != 0 && none.stderr.contains("the keyholder gave no key"),
        "{}",
        none.stderr
    );
    assert!(!keys.exists(), "nothing is made in its place");
    at.stop();
    fs::rename(&aside, &keys).unwrap();
    at.serve();
    assert_eq!(add(&at, "Fourth").code, 0);
    at.stop();
    assert!(ok(&["doctor", "--data", &arg(&at.data())]).contains("all is as it was written"));
}

#[cfg(target_os = "linux")]
#[test]
fn a_server_leaves_no_core_dump() {
    let at = Installation::start();
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", at.pid())).unwrap();
    let core = limits
        .lines()
        .find(|line| line.starts_with("Max core file size"))
        .unwrap();
    assert_eq!(
        core.split_whitespace().skip(4).take(2).collect::<Vec<_>>(),
        ["0", "0"],
        "{core}"
    );
}

#[test]
fn a_data_folder_that_is_typed_is_the_one_that_is_meant() {
    let at = Installation::start();
    let elsewhere = [
        ("COFFERDAM_SERVER", "http://127.0.0.1:9"),
        ("COFFERDAM_TOKEN", "cft_x"),
    ];
    let who = |args: &[&str]| support::command(args).envs(elsewhere).output().unwrap();
    let (data, missing) = (arg(&at.data()), arg(&at.beside("nothing")));
    let config = std::fs::read_to_string(at.data().join("cofferdam.toml")).unwrap();
    let listen = config.lines().find(|line| line.starts_with("listen = ")).unwrap();
    let own = format!("listen = \"{}\"", at.base.trim_start_matches("http://"));
    std::fs::write(at.data().join("cofferdam.toml"), config.replace(listen, &own)).unwrap();
    let own = who(&["whoami", "--data", &data]);
    assert!(own.status.success(), "{}", String::from_utf8_lossy(&own.stderr));
    let none = who(&["whoami", "--data", &missing]);
    assert_eq!(none.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&none.stderr).contains("nothing"));
    // What is typed beside it is meant too.
    assert!(
        !who(&["whoami", "--data", &data, "--token", "cft_y"])
            .status
            .success()
    );
}
