//! An installation goes from a file to a server and back, and nobody who uses it notices.

use std::fs;

use cofferdam_testbed::Place;

use crate::support::{Installation, arg, command, data, json, ok, run};

/// Writes another database into the configuration.
fn use_database(at: &Installation, database: &str) {
    let file = at.data().join("cofferdam.toml");
    let text = fs::read_to_string(&file).unwrap();
    let line = text.lines().find(|line| line.starts_with("database = ")).unwrap();
    fs::write(&file, text.replace(line, &format!("database = \"{database}\""))).unwrap();
}

/// Nothing is made, and nothing told of a database by row, where the configuration names the wrong one.
#[test]
fn a_database_that_is_not_the_installations_is_said_to_be_so_once() {
    let mut at = Installation::start_on(Place::on_postgres().unwrap());
    let mut other = Installation::start_on(Place::on_postgres().unwrap());
    for n in 0..5 {
        other.ask(&["lab", "add", &format!("Lab {n}")]);
    }
    assert_eq!((at.stop(), other.stop()), (0, 0));
    let folder = arg(&at.data());
    use_database(&at, other.place.database());
    let verbs = [vec!["serve", "--listen", "127.0.0.1:0"], vec!["doctor"]];
    let asked = |verb: &[&str], wanted: &str| {
        let ran = run(&[verb, &["--data", &folder]].concat());
        assert_eq!(ran.code, 1, "{verb:?}: {}", ran.stdout);
        assert!(
            ran.stderr.contains(wanted) && ran.stderr.lines().count() == 1,
            "{verb:?}: {}",
            ran.stderr
        );
    };
    for verb in &verbs {
        asked(verb, "this database belongs to another installation");
    }
    let empty = Place::on_postgres().unwrap();
    use_database(&at, empty.database());
    for verb in verbs.iter().chain([&vec!["migrate"]]) {
        asked(verb, "this database is empty");
    }
    let made = "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()";
    assert_eq!(empty.sql(made).unwrap(), "0");
}

/// A URL with a password is not for a command line.
#[test]
fn the_target_is_taken_from_the_environment() {
    let mut at = Installation::start_on(Place::in_file());
    assert_eq!(at.stop(), 0);
    let (server, folder) = (Place::on_postgres().unwrap(), arg(&at.data()));
    let copy = |to: &str| {
        let mut copy = command(&["copy", "--from", &folder]);
        copy.env("COFFERDAM_COPY_TO", to).output().unwrap()
    };
    let wrong = copy("mysql://x");
    let said = String::from_utf8(wrong.stderr).unwrap();
    assert!(
        said.contains("--to: it must be `sqlite`, or a URL as in postgres://user@host/name"),
        "{said}"
    );
    let done = copy(server.database());
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

/// Whatever is wrong with an end of a copy is told with the option that named it.
#[test]
fn a_copy_that_cannot_be_made_names_the_option_and_makes_nothing() {
    let mut at = Installation::start_on(Place::in_file());
    let mut other = Installation::start_on(Place::in_file());
    assert_eq!((at.stop(), other.stop()), (0, 0));
    let (folder, empty) = (arg(&at.data()), Place::on_postgres().unwrap());
    let nowhere = "postgres://nobody@127.0.0.1:1/none";
    let refused = |from: &str, to: &str, code: i32, said: &str| {
        let ran = run(&["copy", "--from", from, "--to", to]);
        assert_eq!(ran.code, code, "{}", ran.stderr);
        assert!(
            ran.stderr.starts_with(&format!("cofferdam: {said}")),
            "{}",
            ran.stderr
        );
        assert_eq!(ran.stderr.lines().count(), 1, "{}", ran.stderr);
    };
    refused(&folder, "zork", 2, "--to: it must be `sqlite`, or a URL as in ");
    refused(
        &folder,
        nowhere,
        1,
        "--to: the database's server cannot be reached",
    );
    refused(
        nowhere,
        empty.database(),
        2,
        "--from: a data folder is needed, not a database",
    );
    let missing = arg(&at.beside("missing"));
    refused(
        &missing,
        empty.database(),
        1,
        &format!("--from: {missing}/cofferdam.toml does not exist"),
    );
    use_database(&at, nowhere);
    let unreachable = format!("--from: {folder}: the database's server cannot be reached");
    refused(&folder, empty.database(), 1, &unreachable);

    use_database(&at, "sqlite");
    // What was committed may still stand in the log alone.
    for name in ["cofferdam.sqlite", "cofferdam.sqlite-wal"] {
        let _ = fs::remove_file(at.data().join(name));
        let theirs = other.data().join(name);
        if theirs.exists() {
            fs::copy(theirs, at.data().join(name)).unwrap();
        }
    }
    let foreign =
        format!("--from: {folder}: this database belongs to another installation than the data folder");
    refused(&folder, empty.database(), 1, &foreign);
    let made = "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()";
    assert_eq!(empty.sql(made).unwrap(), "0", "rows were copied");
}

#[test]
fn an_installation_moves_to_a_server_and_back() {
    let mut at = Installation::start_on(Place::in_file());
    at.ask(&["lab", "add", "Wenham"]);
    at.ask(&[
        "project",
        "add",
        "Wenham",
        "Pairs",
        "--template",
        "pairwise-preference",
    ]);
    at.ask(&["person", "add", "Script", "--component"]);
    let (_, token) = at.seat(
        "Pairs",
        "Script",
        &["--role", "integration", "--purpose", "import"],
    );
    let file = arg(&data("pandalm/testset-v1.json"));
    assert_eq!(at.ask_as(&token, &["import", &file])["tasks"], 999);

    let (server, folder) = (Place::on_postgres().unwrap(), arg(&at.data()));
    let there = ["copy", "--from", &folder, "--to", server.database()];
    let busy = run(&there);
    assert_eq!(busy.code, 1);
    assert!(
        busy.stderr.contains("another process is using this data folder"),
        "{}",
        busy.stderr
    );
    assert_eq!(at.stop(), 0);
    let done = json(&there);
    assert_eq!(
        (&done["ok"], done["rows"].as_u64() > Some(2_000)),
        (&true.into(), true),
        "{done}"
    );
    let again = run(&there);
    assert!(
        again.stderr.contains("holds an installation already"),
        "{}",
        again.stderr
    );

    use_database(&at, server.database());
    assert_eq!(json(&["migrate", "--data", &folder])["from"], 1);
    at.serve();
    let listed = at.ask(&["project", "list"]);
    assert_eq!(
        (&listed[0]["name"], &listed[0]["tasks"]["total"]),
        (&"Pairs".into(), &999.into()),
        "{listed}"
    );
    at.ask(&["lab", "add", "Oxlip"]);
    assert_eq!(at.stop(), 0);
    assert!(ok(&["doctor", "--data", &folder]).contains("all is as it was written"));

    // The file is an older state by now: it is not believed any more.
    use_database(&at, "sqlite");
    let older = run(&["doctor", "--data", &folder]);
    assert_eq!(older.code, 1, "{}", older.stdout);

    fs::remove_file(at.data().join("cofferdam.sqlite")).unwrap();
    use_database(&at, server.database());
    assert_eq!(json(&["copy", "--from", &folder, "--to", "sqlite"])["ok"], true);
    use_database(&at, "sqlite");
    at.serve();
    assert_eq!(at.ask(&["lab", "list"]).as_array().map(Vec::len), Some(2));
}
