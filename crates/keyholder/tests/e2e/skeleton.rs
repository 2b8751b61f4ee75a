//! From `init` to a sealed object that opens.

use cofferdam_seal::keyholder::wire::{LeaseCall, Leased, PROTOCOL};
use cofferdam_seal::keyholder::{IngestGrant, MintedIngestKey};
use cofferdam_seal::object::{self, Binding};
use cofferdam_seal::{SystemRandom, ingest};

use crate::client::{mint, now};
use crate::ledger::Ledger;
use crate::world::{COMPARTMENT, EPOCH, OTHER, PROJECT, World};

fn binding() -> Binding {
    Binding {
        compartment: COMPARTMENT,
        project: PROJECT,
        object: OTHER,
        kind: 1,
        version: 1,
        epoch: EPOCH,
    }
}

#[test]
fn a_node_enrols_mints_leases_and_opens_what_was_sealed() {
    let mut world = World::running();
    let mut ledger = Ledger::new("lab.example/ledger");
    ledger.grow(3);
    let mut node = world.node("node-1", &ledger);
    assert_eq!(node.enrolled.protocol, PROTOCOL);
    let wrapped = node.mint();
    let leased = node.lease(node.request(&wrapped, &ledger), None).unwrap();
    assert!(
        leased.cosignature.is_some(),
        "the first checkpoint is cosigned with the lease"
    );
    let (entry, end) = (leased.entry, leased.grant.expires_at_micros);
    assert!((now() + 50_000_000..now() + 61_000_000).contains(&end), "60 s");
    let lease = leased.grant.into_lease();
    let key = lease.open(now()).unwrap();
    let sealed = object::seal(key, &binding(), b"an answer", &SystemRandom).unwrap();

    // Another start, another lease, the same key.
    world.kill();
    world.start();
    let again = node.lease(node.request(&wrapped, &ledger), None).unwrap();
    assert_eq!(again.cosignature, None, "it has that checkpoint");
    assert!(again.entry > entry);
    let lease = again.grant.into_lease();
    let opened = object::open(lease.open(now()).unwrap(), &binding(), sealed.as_bytes()).unwrap();
    assert_eq!(&*opened, b"an answer");

    let exposure = world.json(&["exposure"]);
    assert_eq!(exposure.as_array().unwrap().len(), 2);
    assert_eq!(exposure[0]["entry"], entry);
    assert_eq!(exposure[0]["node"], "node-1");
    assert_eq!(exposure[0]["epoch"], EPOCH.to_string());
    let kinds: Vec<String> = world
        .entries("leased")
        .iter()
        .map(|e| e["reason"].to_string())
        .collect();
    assert_eq!(kinds, ["\"work\"", "\"work\""]);
}

#[test]
fn drafts_are_sealed_without_a_lease_and_opened_with_one() {
    let world = World::running();
    let ledger = Ledger::new("lab.example/ledger");
    let mut node = world.node("node-1", &ledger);
    let minted: MintedIngestKey = node.call("/v1/mint-ingest", mint()).unwrap();
    let draft = ingest::seal(&minted.public, &binding(), b"a draft", &SystemRandom).unwrap();
    let lease = node.request(&minted.wrapped, &ledger);
    // The kinds of keys are not to be exchanged.
    node.lease(lease.clone(), None).unwrap_err();
    let body = LeaseCall { lease, proof: None };
    let leased: Leased<IngestGrant> = node.call("/v1/lease-ingest", body).unwrap();
    let lease = leased.grant.into_lease().unwrap();
    let opened = ingest::open(lease.open(now()).unwrap(), &binding(), draft.as_bytes()).unwrap();
    assert_eq!(&*opened, b"a draft");
}

#[test]
fn a_certificate_is_renewed_while_the_old_one_is_good_and_status_says_how_things_stand() {
    let world = World::running();
    let ledger = Ledger::new("lab.example/ledger");
    let mut node = world.node("node-1", &ledger);
    let first = node.status();
    let old = node.caller.clone();
    let renewed = node.renew();
    assert!(renewed.expires_at_micros > first.certificate_expires_at_micros);
    assert_eq!(
        node.status().certificate_expires_at_micros,
        renewed.expires_at_micros
    );
    let both = old.ask("POST", "/v1/status", b"").unwrap();
    assert_eq!(both.status, 200, "the old one is good until it ends");
    let status = node.status();
    assert_eq!(
        (status.node.as_str(), status.ledgers.len(), status.halts.len()),
        ("node-1", 1, 0)
    );
    assert!(
        status.witness.starts_with("keyholder.example/w+"),
        "{}",
        status.witness
    );
    assert!((now() - status.now_micros).abs() < 10_000_000);
    node.mint();
    let standing = world.json(&["status"]);
    assert_eq!(standing["serving"], true);
    assert_eq!(standing["nodes"][0]["calls"], 2);
}

/// A retry is the same bytes: the answer is the same, and nothing is written for it.
#[test]
fn a_lost_answer_is_given_again() {
    let mut world = World::running();
    let ledger = Ledger::new("lab.example/ledger");
    let mut node = world.node("node-1", &ledger);
    node.prepare("/v1/mint", mint());
    let first = node.send().unwrap();
    let again = node.send().unwrap();
    assert_eq!(first.body, again.body);
    let wrapped = node.mint();
    let lease = node.request(&wrapped, &ledger);
    node.prepare("/v1/lease", LeaseCall { lease, proof: None });
    let first = node.send().unwrap();
    let lines = world.log().lines().count();
    assert_eq!(first.body, node.send().unwrap().body);
    assert_eq!(world.log().lines().count(), lines);
    world.kill();
    world.start();
    assert_eq!(first.body, node.send().unwrap().body, "also after a start");
    node.mint();
    let held = world.json(&["exposure"]);
    assert_eq!(held.as_array().unwrap().len(), 1);
}

/// A client in another language, from the document alone, where there is a Python that can run it.
#[test]
fn a_second_implementation_is_answered_as_the_document_says() {
    let can = std::process::Command::new("python3")
        .args([
            "-c",
            "import sys, cryptography; sys.exit(sys.version_info < (3, 10))",
        ])
        .output();
    if !can.is_ok_and(|output| output.status.success()) {
        eprintln!("not run: there is no Python 3.10 with the package cryptography");
        return;
    }
    let world = World::running();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/keyholder_client.py");
    let ran = std::process::Command::new("python3")
        .args([script, &world.code("check"), "--node", "check"])
        .output()
        .unwrap();
    assert!(ran.status.success(), "{ran:?}");
    let said = String::from_utf8(ran.stdout).unwrap();
    assert!(said.contains("witnessed, refused and renewed"), "{said}");
}
