//! The witness over the wire: C2SP tlog-witness, and what a ledger that contradicts itself stops.

use std::time::Duration;

use cofferdam_ledger::checkpoint::Checkpoint;
use cofferdam_ledger::hash::Hash;
use cofferdam_ledger::note::{Signature, VerifyingKey};
use cofferdam_seal::key::WrappedKey;
use cofferdam_seal::keyholder::{KeyholderError, LeaseRequest};

use crate::client::Client;
use crate::ledger::Ledger;
use crate::world::{COMPARTMENT, World};

fn ledger(size: usize) -> Ledger {
    let mut ledger = Ledger::new("lab.example/ledger");
    ledger.grow(size);
    ledger
}

/// A world with a node, whose ledger's first checkpoint was seen.
fn witnessed(world: &World, ledger: &Ledger) -> (Client, WrappedKey) {
    let mut node = world.node("node-1", ledger);
    let wrapped = node.mint();
    node.lease(node.request(&wrapped, ledger), None).unwrap();
    (node, wrapped)
}

fn quick_lag() -> World {
    let mut world = World::made();
    world.configure("max_lag_seconds = 300", "max_lag_seconds = 1");
    world.start();
    world
}

fn accept(world: &World, which: &str) -> String {
    let compartment = COMPARTMENT.to_string();
    world.done(&[
        "ledger",
        "accept",
        "--compartment",
        &compartment,
        "--checkpoint",
        which,
        "--reason",
        "looked into",
    ])
}

#[test]
fn a_checkpoint_is_cosigned_as_the_specification_says() {
    let world = World::running();
    let mut ledger = ledger(3);
    let node = world.node("node-1", &ledger);
    let first = node.add_checkpoint(&ledger.add(0));
    assert_eq!((first.status, first.text().ends_with('\n')), (200, true));
    let cosigned = format!("{}{}", ledger.checkpoint(), first.text());
    let log: VerifyingKey = ledger.key(COMPARTMENT).vkey.parse().unwrap();
    let witness: VerifyingKey = node.enrolled.witness.parse().unwrap();
    let open = Checkpoint::open(cosigned.as_bytes(), &log, std::slice::from_ref(&witness)).unwrap();
    assert!(open.witnesses[0].timestamp.unwrap() > 1_700_000_000);
    Signature::parse(first.text().trim()).unwrap();
    ledger.grow(4);
    assert_eq!(node.add_checkpoint(&ledger.add(3)).status, 200);
    assert_eq!(
        node.add_checkpoint(&ledger.add(7)).status,
        200,
        "the same once more"
    );
    let status = node.status();
    assert_eq!(status.ledgers[0].size, 7);
    let origin = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, b"lab.example/ledger");
    let origin: String = origin.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    let path = format!("/v1/witness/{origin}/checkpoint");
    let newest = node.caller.ask("GET", &path, b"").unwrap();
    assert_eq!(newest.text(), status.ledgers[0].checkpoint.as_deref().unwrap());
    let open = Checkpoint::open(&newest.body, &log, std::slice::from_ref(&witness)).unwrap();
    assert_eq!((open.checkpoint.size(), open.witnesses.len()), (7, 1));
}

#[test]
fn what_the_specification_refuses_is_refused_with_its_status() {
    let world = World::running();
    let mut ledger = ledger(3);
    let node = world.node("node-1", &ledger);
    assert_eq!(node.add_checkpoint(&ledger.add(0)).status, 200);
    ledger.grow(4);
    let behind = node.add_checkpoint(&ledger.add(0));
    assert_eq!((behind.status, behind.text()), (409, "3\n"));
    assert!(
        behind.head.contains("content-type: text/x.tlog.size"),
        "{}",
        behind.head
    );
    let mut other = Ledger::new("elsewhere.example/ledger");
    other.grow(1);
    assert_eq!(node.add_checkpoint(&other.add(0)).status, 404);
    let mut forged = Ledger::new("lab.example/ledger");
    forged.grow(7);
    assert_eq!(node.add_checkpoint(&forged.add(3)).status, 403);
    let bent = ledger.add(3).replace("\n7\n", "\n8\n");
    assert_eq!(
        node.add_checkpoint(&bent).status,
        403,
        "a signature that is not of this text"
    );
    let large = ledger.add(3).replacen("old 3", "old 8", 1);
    assert_eq!(node.add_checkpoint(&large).status, 400);
    for bad in ["", "old 3\n", "old x\n\n", "nonsense"] {
        assert_eq!(node.add_checkpoint(bad).status, 400, "{bad:?}");
    }
    let empty = format!("old 0\n\n{}", ledger.backup(0).checkpoint());
    assert_eq!(node.add_checkpoint(&empty).status, 409);
    let standing = world.json(&["ledger", "list"]);
    assert!(
        standing[0]["diverged"].is_null(),
        "nothing of that contradicts: {standing}"
    );
    assert_eq!(node.add_checkpoint(&ledger.add(3)).status, 200);
}

#[test]
fn a_lease_names_the_newest_checkpoint_or_proves_a_newer_one() {
    let world = World::running();
    let mut ledger = ledger(3);
    let (mut node, wrapped) = witnessed(&world, &ledger);
    ledger.grow(6);
    let unproved = node.lease(node.request(&wrapped, &ledger), None).unwrap_err();
    assert_eq!(unproved, KeyholderError::Behind { size: 3 });
    let none = LeaseRequest {
        checkpoint: None,
        ..node.request(&wrapped, &ledger)
    };
    assert_eq!(
        node.lease(none, None).unwrap_err(),
        KeyholderError::Behind { size: 3 }
    );
    let from_elsewhere = node
        .lease(node.request(&wrapped, &ledger), Some(ledger.proof(2)))
        .unwrap_err();
    assert_eq!(from_elsewhere, KeyholderError::Behind { size: 3 });
    let leased = node
        .lease(node.request(&wrapped, &ledger), Some(ledger.proof(3)))
        .unwrap();
    assert!(leased.cosignature.is_some());
    assert_eq!(world.entries("leased").last().unwrap()["size"], 9);
    // Another node that is a moment behind is told so, and nothing stops.
    let mut other = world.node("node-2", &ledger);
    let late = other
        .lease(other.request(&wrapped, &ledger.backup(8)), None)
        .unwrap_err();
    assert_eq!(late, KeyholderError::Behind { size: 9 });
    other.lease(other.request(&wrapped, &ledger), None).unwrap();
}

#[test]
fn a_forged_checkpoint_leases_nothing() {
    let world = World::running();
    let ledger = ledger(3);
    let (mut node, wrapped) = witnessed(&world, &ledger);
    let mut forged = Ledger::new("lab.example/ledger");
    forged.grow(5);
    let refused = node
        .lease(node.request(&wrapped, &forged), Some(forged.proof(3)))
        .unwrap_err();
    assert!(
        refused.to_string().contains("not signed by its ledger's key"),
        "{refused}"
    );
    let mut elsewhere = Ledger::new("elsewhere.example/ledger");
    elsewhere.grow(5);
    node.lease(node.request(&wrapped, &elsewhere), None).unwrap_err();
    node.lease(node.request(&wrapped, &ledger), None).unwrap();
}

/// An old backup of the platform, run instead of it.
#[test]
fn a_rollback_stops_leases_until_the_lab_has_decided() {
    let world = quick_lag();
    let mut ledger = ledger(3);
    let (mut node, wrapped) = witnessed(&world, &ledger);
    ledger.grow(6);
    node.lease(node.request(&wrapped, &ledger), Some(ledger.proof(3)))
        .unwrap();
    std::thread::sleep(Duration::from_millis(1_200));
    let backup = ledger.backup(3);
    let stopped = node.lease(node.request(&wrapped, &backup), None).unwrap_err();
    assert!(
        matches!(&stopped, KeyholderError::Diverged { why } if why.contains("rolled back")),
        "{stopped}"
    );
    // The one that was not rolled back does not go on either: who speaks for the ledger is not known.
    let stopped = node.lease(node.request(&wrapped, &ledger), None).unwrap_err();
    assert!(matches!(stopped, KeyholderError::Diverged { .. }), "{stopped}");
    assert_eq!(node.add_checkpoint(&ledger.add(9)).status, 503);
    let output = world.verb(&["status"]);
    assert_eq!(output.status.code(), Some(3));
    let said = String::from_utf8(output.stdout).unwrap();
    for line in ["known:", "brought:", "    3\n", "    9\n"] {
        assert!(said.contains(line), "{line:?} in {said}");
    }
    assert_eq!(
        node.status().ledgers[0].diverged.as_ref().unwrap().brought,
        backup.checkpoint()
    );
    assert!(accept(&world, "known").contains("of 9 entries"));
    node.lease(node.request(&wrapped, &ledger), None).unwrap();
    assert_eq!(world.verb(&["status"]).status.code(), Some(0));
}

/// Two copies of one platform, each of which goes on.
#[test]
fn a_fork_stops_leases_whatever_its_size() {
    for more in [0, 2] {
        let world = World::running();
        let mut ledger = ledger(3);
        let (mut node, wrapped) = witnessed(&world, &ledger);
        let mut copy = ledger.backup(3);
        ledger.grow(2);
        node.lease(node.request(&wrapped, &ledger), Some(ledger.proof(3)))
            .unwrap();
        copy.append("something else");
        copy.grow(1 + more);
        // The best proof that there is: none leads there.
        let proof = (more > 0).then(|| copy.proof(5));
        let stopped = node.lease(node.request(&wrapped, &copy), proof).unwrap_err();
        assert!(
            matches!(&stopped, KeyholderError::Diverged { why } if why.contains("forked")),
            "{stopped}"
        );
        node.lease(node.request(&wrapped, &ledger), None).unwrap_err();
        // The lab may also take the one that was brought.
        assert!(accept(&world, "brought").contains(&format!("of {} entries", copy.size())));
        node.lease(node.request(&wrapped, &copy), None).unwrap();
        let chain = world.verb(&["log"]);
        assert!(chain.status.success(), "{chain:?}");
    }
}

#[test]
fn a_fork_is_found_by_add_checkpoint_too() {
    let world = World::running();
    let ledger = ledger(5);
    let (mut node, wrapped) = witnessed(&world, &ledger);
    let forged = ledger.checkpoint_of(5, Hash([1; 32]));
    assert_eq!(node.add_checkpoint(&format!("old 5\n\n{forged}")).status, 422);
    let found = world.entries("diverged");
    assert_eq!((found.len(), &found[0]["node"]), (1, &"node-1".into()));
    let stopped = node.lease(node.request(&wrapped, &ledger), None).unwrap_err();
    assert!(matches!(stopped, KeyholderError::Diverged { .. }), "{stopped}");
    let larger = ledger.checkpoint_of(6, Hash([1; 32]));
    accept(&world, "known");
    let lines: String = (0..3)
        .map(|_| format!("{}\n", Hash([2; 32]).to_base64()))
        .collect();
    assert_eq!(
        node.add_checkpoint(&format!("old 5\n{lines}\n{larger}")).status,
        422
    );
    assert_eq!(world.entries("diverged").len(), 2);
}

/// Long under way, or sent once more by somebody who has no more than a certificate: it says nothing of where the ledger is now.
#[test]
fn an_old_checkpoint_that_comes_late_stops_nobody() {
    let world = quick_lag();
    let mut ledger = ledger(3);
    let (mut node, wrapped) = witnessed(&world, &ledger);
    let old = ledger.add(0);
    ledger.grow(6);
    assert_eq!(node.add_checkpoint(&ledger.add(3)).status, 200);
    std::thread::sleep(Duration::from_millis(1_200));
    let late = node.add_checkpoint(&old);
    assert_eq!((late.status, late.text()), (409, "9\n"));
    assert_eq!(world.entries("diverged").len(), 0);
    node.lease(node.request(&wrapped, &ledger), None).unwrap();
}

/// What was answered is on the disk.
#[test]
fn a_checkpoint_that_was_cosigned_is_known_after_a_kill() {
    let mut world = World::running();
    let mut ledger = ledger(1);
    let node = world.node("node-1", &ledger);
    assert_eq!(node.add_checkpoint(&ledger.add(0)).status, 200);
    for _ in 0..10 {
        let old = ledger.size();
        ledger.grow(3);
        assert_eq!(node.add_checkpoint(&ledger.add(old)).status, 200);
        world.kill();
        world.start();
        let behind = node.add_checkpoint(&ledger.add(old));
        assert_eq!(
            (behind.status, behind.text()),
            (409, format!("{}\n", ledger.size()).as_str())
        );
    }
}
