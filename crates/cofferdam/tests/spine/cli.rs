//! The whole by the command line alone: from an empty folder to a delivery that its lab accepted.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::support::{self, Installation, arg, command, data, ok, run};

#[test]
fn a_lab_is_served_from_an_empty_folder_to_a_decided_delivery() {
    let at = Installation::start();
    at.ask(&["lab", "add", "Wenham"]);
    let none = run(&at.with(&["lab", "recipients", "Wenham"]));
    assert_eq!(
        (none.code, none.stdout.as_str()),
        (0, "none\n"),
        "{}",
        none.stderr
    );
    assert_eq!(at.ask(&["lab", "recipients", "Wenham"])["recipients"], json!([]));
    let project = at.ask(&[
        "project",
        "add",
        "wenham",
        "Two turns",
        "--template",
        "chat",
        "--overlap",
        "1",
    ]);
    assert_eq!(project["lab"]["name"], "Wenham");
    at.ask(&["person", "add", "Script", "--component"]);
    let (_, script) = at.seat(
        "Wenham/Two turns",
        "Script",
        &["--role", "integration", "--purpose", "import"],
    );
    let file = arg(&data("mt_bench/question.jsonl"));
    assert_eq!(at.ask_as(&script, &["import", &file])["tasks"], 80);
    let again = run(&["import", &file, "--server", &at.base, "--token", &script]);
    assert!(
        again
            .stderr
            .contains("nothing was imported: all 80 tasks of the file are in the project already")
            && again.stderr.lines().count() == 1,
        "{}",
        again.stderr
    );
    let guideline = at.beside("guideline.md");
    fs::write(&guideline, "# Be kind\n").unwrap();
    at.ask_as(&script, &["project", "guideline", "--set", &arg(&guideline)]);

    let identity = at.beside("identity.txt");
    let made = support::json(&["identity", "new", &arg(&identity)]);
    at.ask(&["person", "add", "Stella"]);
    let engaged = at.ask(&["engage", "--steward", "Wenham", "Stella"]);
    let steward = at.ask(&[
        "token",
        "add",
        engaged["id"].as_str().unwrap(),
        "--label",
        "portal",
    ]);
    let (credential, steward) = (
        steward["credential"].as_str().unwrap(),
        steward["token"].as_str().unwrap(),
    );
    at.ask_as(
        steward,
        &["lab", "recipients", "Wenham", made["recipient"].as_str().unwrap()],
    );
    nothing_to_deliver(&at);
    what_is_wrong_is_told_with_what_is_possible(&at, steward, &file);

    let seen = at.ask(&["exposure", "--credential", credential]);
    assert_eq!(seen["labs"].as_array().map(Vec::len), Some(1), "{seen}");
    let tail = at.ask_as(steward, &["ledger", "tail", "Wenham", "-n", "3"]);
    assert_eq!(tail.as_array().map(Vec::len), Some(3), "{tail}");
    check_export(&at, steward);
    check_the_end(&at, engaged["id"].as_str().unwrap(), (credential, steward));
}

fn nothing_to_deliver(at: &Installation) {
    let none = run(&at.with(&["deliver", "Two turns"]));
    let told = &none.stderr;
    assert_eq!((none.code, told.lines().count()), (1, 1), "{told}");
    assert!(told.contains("there is nothing to deliver yet"), "{told}");
}

fn what_is_wrong_is_told_with_what_is_possible(at: &Installation, steward: &str, file: &str) {
    let told = |args: &[&str]| {
        let ran = run(&[args, &["--server", &at.base, "--token", steward]].concat());
        assert_eq!(ran.code, 1, "{}", ran.stdout);
        ran.stderr
    };
    let unnamed = told(&["import", file]);
    assert!(
        unnamed.contains("this engagement is for a whole lab: name a project"),
        "{unnamed}"
    );
    let recipient = told(&["lab", "recipients", "Wenham", "age1mistyped"]);
    assert!(recipient.contains("`age-keygen -y FILE`"), "{recipient}");
    let form = run(&at.with(&["deliver", "Two turns", "--format", "trl-preference"])).stderr;
    assert!(
        form.contains("no rows in the form trl-preference; possible are openai-chat, tasks"),
        "{form}"
    );
    let lab = run(&at.with(&["lab", "add", "Installation"])).stderr;
    assert!(lab.contains("`Installation` is no name for a lab"), "{lab}");
    let alike = run(&at.with(&["lab", "add", "W\u{435}nham"])).stderr;
    assert!(alike.contains("that name looks like the lab `Wenham`"), "{alike}");
    // What the text shows, programs are told too.
    let counts = &at.ask(&["project", "show", "Two turns"])["tasks"];
    assert_eq!((&counts["total"], &counts["in_work"]), (&json!(80), &json!(0)));
}

/// A token that was revoked and an engagement that was ended are of no more use.
fn check_the_end(at: &Installation, engagement: &str, (credential, steward): (&str, &str)) {
    check_lists(at, steward, &at.beside("lists"));
    let link = at.ask(&["person", "invite", "Stella", "--minutes", "5"]);
    assert!(link["url"].as_str().unwrap().contains("/login#cfl_"), "{link}");
    at.ask(&["token", "revoke", credential]);
    let revoked = run(&["whoami", "--server", &at.base, "--token", steward]);
    assert!(
        revoked.code == 1 && revoked.stderr.contains("revoked"),
        "{}",
        revoked.stderr
    );
    at.ask(&["engage", "--end", engagement]);
    assert_eq!(at.ask(&["project", "list"]).as_array().map(Vec::len), Some(1));
}

/// A ledger is exported, brought up to date, verified, and no longer verifies once a byte of it is another.
fn check_export(at: &Installation, steward: &str) {
    let dir = at.beside("ledger");
    let first = at.ask_as(steward, &["ledger", "export", "Wenham", &arg(&dir)]);
    let known = at.beside("known");
    fs::copy(dir.join("checkpoint"), &known).unwrap();
    at.ask(&["halt", "lab:Wenham", "--reason", "drill", "--until", "2200-01-01"]);
    let second = at.ask_as(steward, &["ledger", "export", "Wenham", &arg(&dir)]);
    assert!(
        second["entries"].as_u64() > first["entries"].as_u64(),
        "{first} {second}"
    );
    let vkey = fs::read_to_string(dir.join("vkey")).unwrap();
    ok(&["verify", &arg(&dir), "--vkey", vkey.trim()]);
    let from_before = [
        "verify",
        &arg(&dir),
        "--vkey",
        vkey.trim(),
        "--known",
        &arg(&known),
    ];
    ok(&from_before);
    let newest = fs::read(dir.join("checkpoint")).unwrap();
    fs::copy(&known, dir.join("checkpoint")).unwrap();
    fs::write(&known, &newest).unwrap();
    let rewound = run(&from_before);
    assert_eq!(
        rewound.code, 1,
        "a folder that was put back verifies: {}",
        rewound.stdout
    );
    fs::write(dir.join("checkpoint"), newest).unwrap();
    let into_another = run(&at.with(&["ledger", "export", "installation", &arg(&dir)]));
    assert!(
        into_another.code == 1
            && into_another
                .stderr
                .contains("does not hold this ledger: checkpoint: "),
        "{}",
        into_another.stderr
    );
    let own = at.beside("installation");
    at.ask(&["ledger", "export", "installation", &arg(&own)]);
    let other = fs::read_to_string(own.join("vkey")).unwrap();
    let ran = run(&["verify", &arg(&dir), "--vkey", other.trim()]);
    assert!(
        ran.code == 1 && ran.stderr.contains("someone else made this folder"),
        "{}",
        ran.stderr
    );
    // The folder keeps the shorter bundle of the first export; what counts is the longer one.
    let width = |path: &PathBuf| {
        path.file_name()
            .and_then(|name| name.to_str()?.parse::<u32>().ok())
    };
    let bundles = fs::read_dir(dir.join("tile/entries/000.p")).unwrap();
    let bundle = bundles
        .map(|entry| entry.unwrap().path())
        .max_by_key(width)
        .unwrap();
    let mut bytes = fs::read(&bundle).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&bundle, bytes).unwrap();
    let ran = run(&["verify", &arg(&dir)]);
    assert_eq!((ran.code, ran.stderr.lines().count()), (1, 1), "{}", ran.stderr);
    assert!(ran.stdout.contains("NOT OK"), "{}", ran.stdout);
    let told: Value = serde_json::from_str(&run(&["verify", &arg(&dir), "--json"]).stdout).unwrap();
    assert!(told["ok"] == false && told["problem"].is_string(), "{told}");
    let halts = at.ask(&["lab", "list"]);
    assert_eq!(halts[0]["halted"]["reason"], "drill");
    at.ask(&["resume", halts[0]["halted"]["halt"].as_str().unwrap()]);
}

/// Lists of objects lie beside the ledger: one that is missing or another is named, and fetched again by the next export; so are all of
/// them. Text, JSON and exit code say the same.
fn check_lists(at: &Installation, steward: &str, dir: &Path) {
    let lists = || -> Vec<PathBuf> {
        let found = fs::read_dir(dir.join("sets")).unwrap();
        found.map(|entry| entry.unwrap().path()).collect()
    };
    let again = || at.ask_as(steward, &["ledger", "export", "Wenham", &arg(dir)]);
    let verify = || run(&["verify", &arg(dir)]);
    let told = |member: &str| -> Value {
        let ran = run(&["verify", &arg(dir), "--json"]);
        serde_json::from_str::<Value>(&ran.stdout).unwrap()[member].clone()
    };
    again();
    // A job that had nothing to read names an empty list.
    let one = lists()
        .into_iter()
        .max_by_key(|list| fs::metadata(list).unwrap().len())
        .unwrap();
    let whole = fs::read(&one).unwrap();
    assert!(!whole.is_empty() && whole.len() % 28 == 0, "{}", whole.len());
    let checked = told("sets");
    assert!(
        checked["named"] == lists().len() && checked["checked"] == checked["named"],
        "{checked}"
    );
    let mut other = whole.clone();
    other[5] ^= 1;
    for change in [Some(other.as_slice()), None] {
        match change {
            Some(bytes) => fs::write(&one, bytes).unwrap(),
            None => fs::remove_file(&one).unwrap(),
        }
        let ran = verify();
        let name = one.file_name().unwrap().to_str().unwrap();
        assert!(ran.code == 1 && ran.stderr.contains(name), "{}", ran.stderr);
        assert!(ran.stdout.contains("result   NOT OK: ") && !ran.stdout.contains("result   ok"));
        assert_eq!(told("ok"), false);
        assert_eq!(told("problem"), told("sets")["problem"]);
        assert!(told("problem").as_str().unwrap().contains(name));
        assert_eq!(again()["ok"], true);
        assert_eq!(fs::read(&one).unwrap(), whole);
    }
    fs::remove_dir_all(dir.join("sets")).unwrap();
    let (ran, all) = (verify(), &checked["named"]);
    let missing = format!(
        "{all} of the {all} lists of objects that entries name are missing from sets; export the ledger again"
    );
    assert!(
        ran.code == 1 && ran.stderr.contains(&missing) && ran.stdout.contains(&missing),
        "{} {}",
        ran.stdout,
        ran.stderr
    );
    assert_eq!(told("sets")["missing"], *all);
    again();
    assert_eq!(fs::read(&one).unwrap(), whole);
    // Nobody vouches for a key that lay in the folder.
    let nobody = "nobody vouches here for the key";
    let (alone, vkey) = (verify(), fs::read_to_string(dir.join("vkey")).unwrap());
    assert!(
        alone.code == 0 && alone.stdout.contains(nobody),
        "{}",
        alone.stdout
    );
    assert_eq!(told("vouched"), false);
    let with = ok(&["verify", &arg(dir), "--vkey", vkey.trim()]);
    assert!(!with.contains(nobody), "{with}");
}

#[test]
fn an_exposure_report_is_held_against_the_ledger() {
    let frozen = Path::new(env!("CARGO_MANIFEST_DIR")).join("../incident/tests/frozen/report-1");
    let (file, ledger) = (frozen.join("report.json"), arg(&frozen.join("ledger")));
    let folder = tempfile::tempdir().unwrap();
    let vkey = fs::read_to_string(frozen.join("ledger/vkey")).unwrap();
    let page = folder.path().join("page.html");
    ok(&[
        "verify",
        &arg(&file),
        "--ledger",
        &ledger,
        "--vkey",
        vkey.trim(),
        "--html",
        &arg(&page),
    ]);
    assert!(fs::read_to_string(&page).unwrap().starts_with("<!doctype html>"));
    let alone = run(&["verify", &arg(&file)]);
    assert!(
        alone.code == 2 && alone.stderr.contains("--ledger DIR"),
        "{}",
        alone.stderr
    );
    let other = folder.path().join("report.json");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(
        &other,
        text.replacen("\"held\":{\"bytes\":231,", "\"held\":{\"bytes\":230,", 1),
    )
    .unwrap();
    let page = folder.path().join("none.html");
    let ran = run(&["verify", &arg(&other), "--ledger", &ledger, "--html", &arg(&page)]);
    assert!(
        ran.code == 1 && ran.stderr.contains("its signature does not hold") && !page.exists(),
        "{}",
        ran.stderr
    );
    let told = run(&["verify", &arg(&other), "--ledger", &ledger, "--json"]);
    let told: Value = serde_json::from_str(&told.stdout).unwrap();
    assert!(told["ok"] == false && told["problem"].is_string(), "{told}");
}

#[test]
fn a_delivery_opens_only_as_its_manifest_says() {
    let folder = tempfile::tempdir().unwrap();
    let report = support::json(&["demo", "--once", "--data", &arg(&folder.path().join("data"))]);
    let delivery = |n: usize, member: &str| report["deliveries"][n][member].as_str().unwrap().to_owned();
    let config = fs::read_to_string(folder.path().join("data/cofferdam.toml")).unwrap();
    assert!(config.contains("\nrequests_per_second = 200\n"), "{config}");
    let [file, identity, manifest] =
        ["path", "identity_path", "manifest_path"].map(|member| delivery(0, member));
    let out = arg(&folder.path().join("rows.jsonl"));
    let opened = support::json(&[
        "open",
        &file,
        "-i",
        &identity,
        "--manifest",
        &manifest,
        "--out",
        &out,
    ]);
    assert_eq!(opened["rows"], report["deliveries"][0]["rows"]);
    assert_eq!(
        fs::read(&out).unwrap().len() as u64,
        opened["bytes"].as_u64().unwrap()
    );
    let again = run(&["open", &file, "-i", &identity, "--out", &out]);
    assert!(
        again.code == 1 && again.stderr.contains("exists already"),
        "{}",
        again.stderr
    );
    let stranger = run(&["open", &file, "-i", &delivery(1, "identity_path")]);
    assert!(
        stranger.code == 1 && stranger.stdout.is_empty(),
        "{}",
        stranger.stdout
    );
    assert!(
        stranger.stderr.contains("encrypted to other recipients"),
        "{}",
        stranger.stderr
    );
    let other = run(&[
        "open",
        &file,
        "-i",
        &identity,
        "--manifest",
        &delivery(1, "manifest_path"),
    ]);
    assert!(other.code == 1 && other.stdout.is_empty(), "{}", other.stdout);
    assert!(
        other
            .stderr
            .contains("rows: the manifest says 10, the file has 19"),
        "{}",
        other.stderr
    );
    let cut = folder.path().join("cut.age");
    let whole = fs::read(&file).unwrap();
    fs::write(&cut, &whole[..whole.len() - 9]).unwrap();
    let cut = run(&[
        "open",
        &arg(&cut),
        "-i",
        &identity,
        "--out",
        &arg(&folder.path().join("cut.jsonl")),
    ]);
    assert_eq!((cut.code, cut.stderr.lines().count()), (1, 1), "{}", cut.stderr);
    assert!(!folder.path().join("cut.jsonl").exists());
}

#[test]
fn two_of_one_name_are_two_only_when_that_is_said() {
    let at = Installation::start();
    let first = at.ask(&["person", "add", "Ada"]);
    for args in [
        &["person", "add", "Ada"][..],
        &["person", "add", " Ada ", "--component"],
    ] {
        let ran = run(&at.with(args));
        assert_eq!((ran.code, ran.stderr.lines().count()), (1, 1), "{}", ran.stderr);
        assert!(
            ran.stderr.contains(first["id"].as_str().unwrap()) && ran.stderr.contains("--another"),
            "{}",
            ran.stderr
        );
    }
    let second = at.ask(&["person", "add", "Ada", "--another"]);
    assert_ne!(first["id"], second["id"]);
    let listed = at.ask(&["person", "list", "--search", "ada"]);
    assert_eq!(listed.as_array().map(Vec::len), Some(2), "{listed}");
}

#[test]
fn what_needs_no_server_answers_without_one() {
    for shell in ["bash", "zsh", "fish"] {
        assert!(ok(&["completions", shell]).contains("cofferdam"), "{shell}");
    }
    let refused = run(&["completions", "bash", "--json"]);
    assert_eq!(
        (refused.code, refused.stderr.as_str()),
        (
            2,
            "{\"error\":\"completions are a script for the shell, not JSON; leave --json out\",\"exit_code\":2}\n"
        )
    );
    let defaults = support::json(&["config", "default"]);
    assert_eq!(defaults["listen"], "127.0.0.1:8417");
    let document: Value = serde_json::from_str(&ok(&["openapi"])).unwrap();
    assert_eq!(document["openapi"], "3.1.0");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("cofferdam.toml");
    fs::write(&file, ok(&["config", "default"])).unwrap();
    assert_eq!(
        support::json(&["config", "check", &arg(&file)])["ok"],
        json!(true)
    );
    fs::write(&file, "listen = \"127.0.0.1:1\"\nsesion_hours = 3\nreaders = 0\n").unwrap();
    let ran = run(&["config", "check", &arg(folder.path())]);
    assert_eq!(ran.code, 1);
    assert!(
        ran.stderr
            .contains("line 2: there is no key `sesion_hours`; did you mean `session_hours`?"),
        "{}",
        ran.stderr
    );
    assert!(ran.stderr.contains("line 3: readers must be"), "{}", ran.stderr);
    assert!(ran.stdout.is_empty(), "{}", ran.stdout);
    let ran = run(&["config", "check", "--json", &arg(folder.path())]);
    let told: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(
        (ran.code, &told["ok"], told["problems"].as_array().map(Vec::len)),
        (1, &json!(false), Some(2)),
        "{told}"
    );
    let missing = arg(&folder.path().join("missing"));
    let ran = run(&["config", "check", "--json", &missing]);
    let told: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!((ran.code, &told["ok"]), (1, &json!(false)), "{told}");
    assert!(
        told["problems"][0]
            .as_str()
            .unwrap()
            .starts_with(&format!("{missing} does not exist; name a configuration file")),
        "{told}"
    );
    assert!(ok(&["--version"]).starts_with("cofferdam "));
    assert!(ok(&["lab", "--help"]).contains("recipients"));
}

/// A log disk that is full, or a reader who is gone, changes nothing of what is done or found.
#[test]
fn where_nobody_can_be_told_the_exit_code_still_tells() {
    let full = || std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    for (args, code) in [
        (&["foo"][..], 2),
        (&["verify", "/nowhere"], 1),
        (&["lab", "list"], 2),
    ] {
        let status = command(args).stderr(full()).status().unwrap();
        assert_eq!(status.code(), Some(code), "{args:?}");
    }
    let at = Installation::start();
    at.ask(&["lab", "add", "Wenham"]);
    let folder = at.beside("ledger");
    at.ask(&["ledger", "export", "Wenham", &arg(&folder)]);
    std::fs::remove_dir_all(folder.join("tile/entries")).unwrap();
    for json in [false, true] {
        let mut verify = command(&["verify", &arg(&folder)]);
        if json {
            verify.arg("--json");
        }
        // A pipe whose reader is gone before anything is written.
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let ran = verify.stdout(writer).output().unwrap();
        assert_eq!(ran.status.code(), Some(1), "{ran:?}");
        assert!(!ran.stderr.is_empty());
    }
}
