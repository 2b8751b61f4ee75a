//! Killed, out of space, cut off, edited, put back: nothing is granted that is not in the log, and nothing goes on that is
//! not whole.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use cofferdam_seal::key::WrappedKey;
use cofferdam_seal::keyholder::wire::{LeaseCall, Leased, Reply};

use crate::client::{Client, mint, send};
use crate::ledger::Ledger;
use crate::world::{BINARY, World};

fn ledger() -> Ledger {
    let mut ledger = Ledger::new("lab.example/ledger");
    ledger.grow(5);
    ledger
}

/// Leases until it is told to end, and sends a request whose answer was lost again, as a platform does. What it held: the
/// numbers of the leases in the keyholder's log.
fn lease_on(node: &mut Client, wrapped: &WrappedKey, ledger: &Ledger, end: &AtomicBool) -> Vec<u64> {
    let mut held = Vec::new();
    while !end.load(Ordering::SeqCst) {
        let lease = node.request(wrapped, ledger);
        node.prepare("/v1/lease", LeaseCall { lease, proof: None });
        let answer = loop {
            match node.send() {
                Ok(answer) => break Some(answer),
                Err(_) if end.load(Ordering::SeqCst) => break None,
                Err(_) => std::thread::sleep(Duration::from_millis(3)),
            }
        };
        let Some(answer) = answer else { break };
        let reply: Reply<Leased> = answer.json();
        held.push(reply.into_outcome().1.unwrap().entry);
    }
    held
}

#[test]
fn killed_a_hundred_times_every_lease_that_was_held_stands_in_the_log() {
    let mut world = World::running();
    let ledger = ledger();
    let mut nodes: Vec<Client> = (0..3)
        .map(|n| world.node(&format!("node-{n}"), &ledger))
        .collect();
    let wrapped = nodes[0].mint();
    let end = AtomicBool::new(false);
    let (end, wrapped, ledger) = (&end, &wrapped, &ledger);
    let held: Vec<Vec<u64>> = std::thread::scope(|scope| {
        let threads: Vec<_> = nodes
            .iter_mut()
            .map(|node| scope.spawn(move || lease_on(node, wrapped, ledger, end)))
            .collect();
        for n in 0..100_u64 {
            std::thread::sleep(Duration::from_millis(5 + (n * 37) % 90));
            world.kill();
            world.start();
        }
        std::thread::sleep(Duration::from_millis(200));
        end.store(true, Ordering::SeqCst);
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let chain = world.verb(&["log"]);
    assert!(chain.status.success(), "{chain:?}");
    assert_eq!(world.entries("revoked").len(), 0, "nobody was taken for a clone");
    let leases = world.entries("leased");
    for (n, held) in held.iter().enumerate() {
        assert!(held.len() > 10, "node-{n} held {} leases", held.len());
        for entry in held {
            let found = leases.iter().find(|lease| lease["n"] == *entry).unwrap();
            assert_eq!(found["node"], format!("node-{n}"));
        }
    }
    assert_eq!(world.entries("started").len(), 101);
}

/// `ulimit -f`: beyond that no file grows, as on a full disk.
fn limited(world: &mut World, more_kib: u64) {
    let size = fs::metadata(world.path("state/log.jsonl")).unwrap().len();
    let blocks = (size + more_kib * 1024).div_ceil(512);
    let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
    let mut command = Command::new("sh");
    command
        .arg("-c")
        .arg(script)
        .arg(BINARY)
        .arg("--config")
        .arg(world.path("keyholder.toml"))
        .arg("serve");
    world.start_by(command);
}

#[test]
fn where_the_disk_is_full_nothing_is_granted_and_all_goes_on_when_it_is_not() {
    let mut world = World::running();
    let ledger = ledger();
    let mut node = world.node("node-1", &ledger);
    let wrapped = node.mint();
    world.kill();
    limited(&mut world, 8);
    let (mut held, mut refused) = (0, 0);
    for _ in 0..60 {
        let lease = node.request(&wrapped, &ledger);
        node.prepare("/v1/lease", LeaseCall { lease, proof: None });
        let answer = node.send().unwrap();
        match answer.status {
            200 => held += 1,
            503 => refused += 1,
            other => panic!("{other}: {answer:?}"),
        }
        if refused > 0 {
            assert_eq!(answer.status, 503, "once it is full it is full");
            assert!(!answer.text().contains("\"key\""), "{answer:?}");
        }
    }
    assert!(held > 3 && refused > 3, "{held} {refused}");
    assert_eq!(world.entries("leased").len(), held);
    // A halt is not pretended either.
    let (said, _) = world.fails(&["halt", "--reason", &"it is long".repeat(200)]);
    assert!(said.contains("its log cannot be written"), "{said}");
    world.kill();
    world.start();
    assert!(world.verb(&["log"]).status.success());
    let again = node.send().unwrap();
    assert_eq!(
        again.status, 200,
        "the request that was refused took no token: {again:?}"
    );
    node.lease(node.request(&wrapped, &ledger), None).unwrap();
}

#[test]
fn a_torn_last_line_is_cut_off_and_said() {
    let mut world = World::running();
    let ledger = ledger();
    let mut node = world.node("node-1", &ledger);
    let wrapped = node.mint();
    node.lease(node.request(&wrapped, &ledger), None).unwrap();
    world.kill();
    let whole = world.log();
    let mut file = OpenOptions::new()
        .append(true)
        .open(world.path("state/log.jsonl"))
        .unwrap();
    file.write_all(b"{\"n\":99,\"t\":1").unwrap();
    world.start();
    assert!(
        world.said.lock().unwrap().contains("13 bytes of a last line"),
        "{:?}",
        world.said
    );
    assert!(world.log().starts_with(&whole));
    assert_eq!(world.entries("started").last().unwrap()["cut"], 13);
    node.lease(node.request(&wrapped, &ledger), None).unwrap();
}

#[test]
fn an_edited_log_is_not_served() {
    let mut world = World::running();
    let ledger = ledger();
    let mut node = world.node("node-1", &ledger);
    let wrapped = node.mint();
    node.lease(node.request(&wrapped, &ledger), None).unwrap();
    world.kill();
    let path = world.path("state/log.jsonl");
    let whole = fs::read_to_string(&path).unwrap();
    fs::write(&path, whole.replace("\"reason\":\"work\"", "\"reason\":\"jobs\"")).unwrap();
    for verb in ["serve", "status", "log", "exposure", "halt"] {
        let (said, code) = world.fails(&[verb]);
        assert!(
            said.contains("it was edited or damaged") && code == 1,
            "{verb}: {said}"
        );
    }
    fs::write(&path, &whole).unwrap();
    world.start();
    node.lease(node.request(&wrapped, &ledger), None).unwrap();
}

/// Lines that were there and are gone, with a chain that is whole: what was noted beside it tells.
#[test]
fn a_log_that_was_cut_off_at_a_line_is_not_served() {
    let mut world = World::running();
    let ledger = ledger();
    let mut node = world.node("node-1", &ledger);
    node.mint();
    world.end();
    let path = world.path("state/log.jsonl");
    let whole = fs::read_to_string(&path).unwrap();
    let lines: Vec<&str> = whole.lines().collect();
    fs::write(&path, lines[..lines.len() - 1].join("\n") + "\n").unwrap();
    let (said, _) = world.fails(&["serve"]);
    assert!(said.contains("lines at its end are gone"), "{said}");
    fs::write(&path, whole).unwrap();
    world.start();
    node.mint();
}

/// A state folder of yesterday would know neither what was leased since nor how far ledgers were.
#[test]
fn a_keyholder_that_was_put_back_is_found_out_by_its_nodes() {
    let mut world = World::running();
    let ledger = ledger();
    let mut node = world.node("node-1", &ledger);
    let wrapped = node.mint();
    world.kill();
    let backup = world.folder.path().join("backup");
    let copy = |from: &std::path::Path, to: &std::path::Path| {
        let done = Command::new("cp").arg("-a").arg(from).arg(to).status().unwrap();
        assert!(done.success());
    };
    copy(&world.path("state"), &backup);
    world.start();
    node.lease(node.request(&wrapped, &ledger), None).unwrap();
    world.kill();
    fs::remove_dir_all(world.path("state")).unwrap();
    copy(&backup, &world.path("state"));
    world.start();
    let refused = node.lease(node.request(&wrapped, &ledger), None).unwrap_err();
    assert!(
        refused
            .to_string()
            .contains("its state was put back to an older one"),
        "{refused}"
    );
    // The lab enrols it again, and its keys are there.
    let mut node = world.node("node-1", &ledger);
    node.lease(node.request(&wrapped, &ledger), None).unwrap();
}

#[test]
fn nobody_else_may_read_its_folder_and_one_process_alone_has_it() {
    let mut world = World::running();
    let (said, _) = world.fails(&["serve"]);
    assert!(said.contains("another process has the state folder"), "{said}");
    world.kill();
    fs::set_permissions(world.path("state"), fs::Permissions::from_mode(0o750)).unwrap();
    let (said, _) = world.fails(&["serve"]);
    assert!(said.contains("may be entered by others (mode 0750)"), "{said}");
    fs::set_permissions(world.path("state"), fs::Permissions::from_mode(0o700)).unwrap();
    for file in ["root.json", "identity.sealed"] {
        let path = world.path("state").join(file);
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600,
            "{file}"
        );
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let (said, _) = world.fails(&["serve"]);
        assert!(said.contains("may be read by others"), "{said}");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    }
    world.start();
}

/// A project that was to be destroyed when it was killed is destroyed at the next start.
#[test]
fn what_the_log_says_is_destroyed_is_destroyed() {
    let mut world = World::running();
    let ledger = ledger();
    let mut node = world.node("node-1", &ledger);
    let wrapped = node.mint();
    let file = world.path(&format!(
        "state/keys/{}/{}.project",
        "c0".repeat(16),
        "d0".repeat(16)
    ));
    let secret = fs::read(&file).unwrap();
    let project = "d0".repeat(16);
    world.done(&[
        "destroy",
        "--compartment",
        &"c0".repeat(16),
        "--project",
        &project,
        "--confirm",
        &project,
    ]);
    node.lease(node.request(&wrapped, &ledger), None).unwrap_err();
    world.kill();
    // As if it had been killed between the log and the file.
    fs::write(&file, &secret).unwrap();
    world.start();
    assert_eq!(fs::read(&file).unwrap()[0], 0);
    node.lease(node.request(&wrapped, &ledger), None).unwrap_err();
    node.call::<_, serde_json::Value>("/v1/mint", mint()).unwrap_err();
}

/// How long a lease takes on a connection that stays, each of them on the disk first. Printed, not judged.
#[test]
fn leases_are_not_slow() {
    let world = World::running();
    let ledger = ledger();
    let mut node = world.node("node-1", &ledger);
    let wrapped = node.mint();
    let mut open = node.caller.connect().unwrap();
    let began = Instant::now();
    for _ in 0..100 {
        let lease = node.request(&wrapped, &ledger);
        node.prepare("/v1/lease", LeaseCall { lease, proof: None });
        let answer = send(&mut open, "POST", "/v1/lease", &node.last.1, "keep-alive").unwrap();
        assert_eq!(answer.status, 200, "{answer:?}");
        node.token = answer.json::<Reply<Leased>>().token.unwrap();
    }
    let each = began.elapsed() / 100;
    eprintln!("a lease takes {each:?}");
    assert!(each < Duration::from_secs(1), "{each:?}");
}
