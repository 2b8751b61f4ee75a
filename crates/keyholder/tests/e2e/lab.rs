//! The lab's own commands: beside a server and without one, for people and for programs.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use crate::client::now;
use crate::ledger::Ledger;
use crate::world::{COMPARTMENT, OTHER, World};

#[test]
fn commands_do_the_same_with_and_without_a_server() {
    let mut world = World::made();
    let ledger = Ledger::new("lab.example/ledger");
    assert_eq!(world.json(&["status"])["serving"], false);
    assert!(
        world
            .done(&["halt", "--reason", "before it runs"])
            .contains("everything is halted")
    );
    let key = ledger.key(COMPARTMENT).vkey;
    let compartment = COMPARTMENT.to_string();
    world.done(&["ledger", "trust", "--compartment", &compartment, "--vkey", &key]);
    let code = world.code("node-1");
    world.start();
    let mut node = crate::client::Client::enrolled(&code, "node-1", &[]);
    let wrapped = node.mint();
    node.lease(node.request(&wrapped, &ledger), None).unwrap_err();
    world.done(&["resume"]);
    node.lease(node.request(&wrapped, &ledger), None).unwrap();
    world.done(&["halt"]);
    world.kill();
    world.done(&["resume"]);
    world.done(&["node", "revoke", "node-1"]);
    world.start();
    node.lease(node.request(&wrapped, &ledger), None).unwrap_err();
    let list = world.done(&["node", "list"]);
    assert!(
        list.contains("node-1") && list.contains("the lab revoked it"),
        "{list}"
    );
}

#[test]
fn a_mistake_is_one_line_with_the_next_step() {
    let world = World::running();
    let mistakes: [(&[&str], &str, i32); 12] = [
        (
            &["node", "revoke", "nobody"],
            "there is no node nobody; there are none",
            1,
        ),
        (&["enrol", "--node", "a b"], "is no name for a node", 1),
        (
            &["halt", "--project", "xyz"],
            "32 lower-case hexadecimal digits",
            2,
        ),
        (&["resume"], "everything is not halted", 1),
        (&["exposure", "--from", "yesterday"], "is no time; it is like", 2),
        (
            &["ledger", "trust", "--compartment", "00", "--vkey", "x"],
            "not a verifier key",
            2,
        ),
        (
            &[
                "destroy",
                "--compartment",
                "a",
                "--project",
                "b",
                "--confirm",
                "c",
            ],
            "names another project",
            2,
        ),
        (
            &[
                "destroy",
                "--compartment",
                "0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a",
                "--project",
                "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b",
                "--confirm",
                "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b",
            ],
            "here, and nothing was destroyed; there are none",
            1,
        ),
        (&["frobnicate"], "unrecognized subcommand", 2),
        (&["enrol"], "--node", 2),
        (
            &["enrol", "--node", "a", "--seconds", "0"],
            "0 is not in 1..=86400",
            2,
        ),
        (
            &["policy", "check", "/nowhere"],
            "/nowhere does not exist; look at the path",
            1,
        ),
    ];
    for (args, part, code) in mistakes {
        let (said, found) = world.fails(args);
        assert!(
            said.starts_with("cofferdam-keyholder: ") && said.contains(part),
            "{args:?}: {said}"
        );
        assert_eq!(found, code, "{args:?}: {said}");
    }
    let told = world.verb(&["--json", "resume"]);
    let told: serde_json::Value = serde_json::from_slice(&told.stderr).unwrap();
    assert_eq!(told["exit_code"], 1);
}

#[test]
fn the_log_is_told_as_it_stands_and_for_people() {
    let world = World::running();
    let ledger = Ledger::new("lab.example/ledger");
    let mut node = world.node("node-1", &ledger);
    let wrapped = node.mint();
    let before = now();
    node.lease(node.request(&wrapped, &ledger), None).unwrap();
    assert_eq!(world.done(&["--json", "log"]), world.log().trim());
    let people = world.done(&["log"]);
    assert!(
        people.contains(" leased ") && people.contains("reason=work"),
        "{people}"
    );
    let token = node.token.expose().to_owned();
    for text in [&people, &world.log()] {
        assert!(
            !text.contains(&token) && !text.contains("cft1_") && !text.contains("PRIVATE"),
            "{text}"
        );
    }
    // Leases that ran within a time: one that began before it and had not ended counts.
    let seconds = |offset: i64| {
        let at = time::OffsetDateTime::from_unix_timestamp(before / 1_000_000 + offset).unwrap();
        at.format(&time::format_description::well_known::Rfc3339).unwrap()
    };
    let count = |from: &str, to: &str| {
        world
            .json(&["exposure", "--from", from, "--to", to])
            .as_array()
            .unwrap()
            .len()
    };
    assert_eq!(count(&seconds(30), &seconds(40)), 1);
    assert_eq!(count(&seconds(-40), &seconds(-30)), 0);
    assert_eq!(count(&seconds(70), &seconds(80)), 0);
}

#[test]
fn a_passphrase_is_asked_for_in_one_of_three_ways_and_must_be_right() {
    let world = World::made();
    let file = world.folder.path().join("passphrase");
    fs::write(&file, "another horse\n").unwrap();
    let (said, _) = world.fails(&["serve"]);
    assert!(said.contains("the passphrase does not open root.json"), "{said}");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    let (said, _) = world.fails(&["serve"]);
    assert!(said.contains("may be read by others"), "{said}");
    let text = fs::read_to_string(world.path("keyholder.toml")).unwrap();
    let cut = text.rfind("passphrase_file").unwrap();
    fs::write(world.path("keyholder.toml"), &text[..cut]).unwrap();
    let (said, _) = world.fails(&["serve"]);
    assert!(said.contains("COFFERDAM_KEYHOLDER_PASSPHRASE"), "{said}");
    let served = std::process::Command::new(crate::world::BINARY)
        .arg("--config")
        .arg(world.path("keyholder.toml"))
        .arg("serve")
        .env("COFFERDAM_KEYHOLDER_PASSPHRASE", "still another")
        .output()
        .unwrap();
    let said = String::from_utf8(served.stderr).unwrap();
    assert!(said.contains("does not open root.json"), "{said}");
}

/// Nothing but the log and the sealed keys: what is in the folder opens nothing without the passphrase.
#[test]
fn the_state_folder_holds_no_secret_in_clear() {
    let world = World::running();
    let ledger = Ledger::new("lab.example/ledger");
    let mut node = world.node("node-1", &ledger);
    let wrapped = node.mint();
    let leased = node.lease(node.request(&wrapped, &ledger), None).unwrap();
    let key = *leased.grant.key.expose();
    let mut files = vec![world.path("state")];
    let mut seen = 0;
    while let Some(path) = files.pop() {
        if path.is_dir() {
            assert_eq!(
                fs::metadata(&path).unwrap().permissions().mode() & 0o077,
                0,
                "{path:?}"
            );
            files.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
            continue;
        }
        assert_ne!(path.file_name().unwrap(), "root.key", "a root key in clear");
        let Ok(content) = fs::read(&path) else { continue };
        seen += 1;
        assert!(!content.windows(32).any(|part| part == key), "{path:?}");
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o077,
            0,
            "{path:?}"
        );
    }
    assert!(seen >= 5, "{seen}");
}

#[test]
fn a_ledger_is_of_one_compartment() {
    let world = World::made();
    let ledger = Ledger::new("lab.example/ledger");
    let key = ledger.key(COMPARTMENT).vkey;
    let trust = |compartment: &str, key: &str| {
        let output = world.verb(&["ledger", "trust", "--compartment", compartment, "--vkey", key]);
        (output.status.success(), String::from_utf8(output.stderr).unwrap())
    };
    let (own, other) = (COMPARTMENT.to_string(), OTHER.to_string());
    assert!(trust(&own, &key).0);
    assert!(trust(&own, &key).0, "the same again changes nothing");
    assert!(trust(&other, &key).1.contains("is of two compartments"));
    let forged = Ledger::new("lab.example/ledger").key(COMPARTMENT).vkey;
    assert!(trust(&own, &forged).1.contains("has another ledger here already"));
    assert_eq!(world.entries("trusted").len(), 1);
}
