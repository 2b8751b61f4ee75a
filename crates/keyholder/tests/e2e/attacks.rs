//! What somebody tries who is not enrolled, who is enrolled no more, who runs a copy, or who bends what was given.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cofferdam_seal::Id128;
use cofferdam_seal::keyholder::wire::{Done, Enrolled, EnrolmentCode, LeaseCall};
use cofferdam_seal::keyholder::{Destroy, KeyholderError, LeaseReason, LeaseRequest, Mint};
use rcgen::{CertificateParams, ExtendedKeyUsagePurpose, Issuer};

use crate::client::{Caller, Client, enrol_body, mint, new_key, now, send};
use crate::ledger::Ledger;
use crate::world::{COMPARTMENT, OTHER, PROJECT, World};

const PATHS: [&str; 8] = [
    "/v1/certificate",
    "/v1/mint",
    "/v1/mint-ingest",
    "/v1/lease",
    "/v1/lease-ingest",
    "/v1/destroy",
    "/v1/status",
    "/v1/witness/add-checkpoint",
];

fn reason_of(error: KeyholderError) -> String {
    match error {
        KeyholderError::Denied { reason } => reason,
        other => panic!("denied, not: {other}"),
    }
}

fn ledger() -> Ledger {
    let mut ledger = Ledger::new("lab.example/ledger");
    ledger.grow(5);
    ledger
}

/// Whatever is tried: no key is given out.
fn nothing_leased(world: &World) {
    assert_eq!(world.json(&["exposure"]).as_array().unwrap().len(), 0);
}

#[test]
fn without_a_certificate_nothing_is_answered_but_an_enrolment() {
    let world = World::running();
    let code: EnrolmentCode = world.code("node-1").parse().unwrap();
    let stranger = Caller::new(&code.address, code.authority, None);
    for path in PATHS {
        let answer = stranger.ask("POST", path, b"{}").unwrap();
        assert_eq!(answer.status, 401, "{path}: {answer:?}");
    }
}

#[test]
fn a_certificate_of_another_authority_does_not_come_in() {
    let world = World::running();
    let node = world.node("node-1", &ledger());
    let (root, key) = (new_key(), new_key());
    let mut authority = CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    // It says that it is the same authority.
    authority
        .distinguished_name
        .push(rcgen::DnType::CommonName, "Cofferdam keyholder authority");
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    let forged = params.signed_by(&key, &Issuer::new(authority, root)).unwrap();
    let caller = Caller::new(
        &node.caller.address,
        node.authority,
        Some((forged.der().to_vec(), &key)),
    );
    assert!(caller.ask("POST", "/v1/status", b"").is_err());
}

#[test]
fn a_server_of_another_authority_is_not_talked_to() {
    let (world, other) = (World::running(), World::running());
    let code: EnrolmentCode = world.code("node-1").parse().unwrap();
    let there = format!("127.0.0.1:{}", other.port);
    let misled = Caller::new(&there, code.authority, None);
    assert!(misled.ask("POST", "/v1/enrol", b"").is_err());
}

#[test]
fn a_certificate_that_is_over_is_worth_nothing_on_an_open_connection_either() {
    let mut world = World::made();
    world.configure("certificate_seconds = 86400", "certificate_seconds = 6");
    world.start();
    let node = world.node("node-1", &ledger());
    let mut open = node.caller.connect().unwrap();
    let early = send(&mut open, "POST", "/v1/status", b"", "keep-alive").unwrap();
    assert_eq!(early.status, 200);
    std::thread::sleep(Duration::from_secs(7));
    let late = send(&mut open, "POST", "/v1/status", b"", "keep-alive").unwrap();
    assert_eq!(late.status, 403, "{late:?}");
    assert!(
        node.caller.ask("POST", "/v1/status", b"").is_err(),
        "and no new one is made"
    );
}

#[test]
fn a_revoked_node_is_out_at_once() {
    let world = World::running();
    let ledger = ledger();
    let mut node = world.node("node-1", &ledger);
    let mut other = world.node("node-2", &ledger);
    let wrapped = node.mint();
    let mut open = node.caller.connect().unwrap();
    assert_eq!(
        send(&mut open, "POST", "/v1/status", b"", "keep-alive")
            .unwrap()
            .status,
        200
    );
    world.done(&["node", "revoke", "node-1", "--reason", "it was stolen"]);
    assert_eq!(
        send(&mut open, "POST", "/v1/status", b"", "keep-alive")
            .unwrap()
            .status,
        403
    );
    let said = reason_of(node.lease(node.request(&wrapped, &ledger), None).unwrap_err());
    assert!(said.contains("ask the lab to enrol it again"), "{said}");
    assert_eq!(node.add_checkpoint(&ledger.add(0)).status, 403);
    nothing_leased(&world);
    // The other's are not touched, and the name may come back with another code.
    other.lease(other.request(&wrapped, &ledger), None).unwrap();
    let mut back = world.node("node-1", &ledger);
    back.lease(back.request(&wrapped, &ledger), None).unwrap();
    node.mint_fails();
}

impl Client {
    fn mint_fails(&mut self) {
        self.call::<_, serde_json::Value>("/v1/mint", mint()).unwrap_err();
    }
}

/// Two that run from one copy cannot both have the next token.
#[test]
fn a_clone_is_found_out_by_its_token_and_neither_goes_on() {
    let world = World::running();
    let ledger = ledger();
    let mut node = world.node("node-1", &ledger);
    let wrapped = node.mint();
    let mut clone = Client {
        name: node.name.clone(),
        caller: node.caller.clone(),
        authority: node.authority,
        token: node.token.clone(),
        enrolled: Enrolled {
            certificate: node.enrolled.certificate.clone(),
            authority: node.enrolled.authority.clone(),
            token: node.enrolled.token.clone(),
            witness: node.enrolled.witness.clone(),
            protocol: 1,
        },
        last: node.last.clone(),
    };
    clone.lease(clone.request(&wrapped, &ledger), None).unwrap();
    let said = reason_of(node.lease(node.request(&wrapped, &ledger), None).unwrap_err());
    assert!(said.contains("may run as two"), "{said}");
    for each in [&mut node, &mut clone] {
        each.lease(each.request(&wrapped, &ledger), None).unwrap_err();
    }
    assert_eq!(
        world.json(&["exposure"]).as_array().unwrap().len(),
        1,
        "the one before it was found out"
    );
    assert_eq!(world.entries("revoked")[0]["clone"], true);
    let output = world.verb(&["status"]);
    assert_eq!(output.status.code(), Some(3));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("node node-1 may run as two"), "{said}");
}

/// The same at the same moment: one of them has the token, whoever it is, and nobody goes on.
#[test]
fn a_clone_that_calls_at_the_same_moment_is_found_out_too() {
    let world = World::running();
    let ledger = ledger();
    let mut node = world.node("node-1", &ledger);
    let wrapped = node.mint();
    let bodies: Vec<Vec<u8>> = (0..6)
        .map(|_| {
            let lease = node.request(&wrapped, &ledger);
            node.prepare("/v1/lease", LeaseCall { lease, proof: None });
            node.last.1.clone()
        })
        .collect();
    let caller = &node.caller;
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let ask = |body: &Vec<u8>| caller.ask("POST", "/v1/lease", body).unwrap().status;
        let threads: Vec<_> = bodies.iter().map(|body| scope.spawn(move || ask(body))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    // The one that was first may be refused as well: it is looked at once more before its key is unwrapped.
    assert!(
        statuses.iter().filter(|status| **status == 200).count() <= 1,
        "{statuses:?}"
    );
    assert_eq!(world.entries("leased").len(), 1);
    assert_eq!(world.entries("revoked").len(), 1);
    assert_eq!(node.caller.ask("POST", "/v1/status", b"").unwrap().status, 403);
}

/// A node that is impatient sends the same again before it was answered.
#[test]
fn the_same_request_many_times_at_once_is_one_lease() {
    let world = World::running();
    let ledger = ledger();
    let mut node = world.node("node-1", &ledger);
    let wrapped = node.mint();
    let lease = node.request(&wrapped, &ledger);
    node.prepare("/v1/lease", LeaseCall { lease, proof: None });
    let (caller, body) = (&node.caller, &node.last.1);
    let answers: Vec<Vec<u8>> = std::thread::scope(|scope| {
        let ask = move || caller.ask("POST", "/v1/lease", body).unwrap().body;
        let threads: Vec<_> = (0..6).map(|_| scope.spawn(ask)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(answers.iter().all(|answer| *answer == answers[0]));
    assert_eq!(
        (world.entries("leased").len(), world.entries("revoked").len()),
        (1, 0)
    );
}

#[test]
fn a_token_of_another_node_or_a_made_up_one_is_refused_and_harms_nobody() {
    let world = World::running();
    let ledger = ledger();
    let mut node = world.node("node-1", &ledger);
    let other = world.node("node-2", &ledger);
    let wrapped = node.mint();
    let good = node.token.clone();
    for bad in [
        other.token.clone(),
        cofferdam_seal::keyholder::wire::Token::new("cft1_AAAA".into()),
    ] {
        node.token = bad;
        let said = reason_of(node.lease(node.request(&wrapped, &ledger), None).unwrap_err());
        assert!(said.contains("none of this node's"), "{said}");
    }
    nothing_leased(&world);
    node.token = good.clone();
    node.lease(node.request(&wrapped, &ledger), None).unwrap();
    // Whoever has its certificate without its tokens does not go on for ever.
    let own = node.token.clone();
    for n in 0..10 {
        node.token = other.token.clone();
        let said = reason_of(node.lease(node.request(&wrapped, &ledger), None).unwrap_err());
        assert_eq!(said.contains("enrolled no more"), n == 9, "{said}");
    }
    node.token = own;
    node.lease(node.request(&wrapped, &ledger), None).unwrap_err();
}

/// A body that does not come is waited for for a while.
#[test]
fn a_body_that_does_not_come_is_not_waited_for() {
    let world = World::running();
    let node = world.node("node-1", &ledger());
    let mut open = node.caller.connect().unwrap();
    open.write_all(b"POST /v1/mint HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
        .unwrap();
    open.flush().unwrap();
    let (began, mut said) = (Instant::now(), [0; 12]);
    open.read_exact(&mut said).unwrap();
    assert_eq!(&said, b"HTTP/1.1 408");
    assert!(began.elapsed() < Duration::from_secs(15), "{:?}", began.elapsed());
}

#[test]
fn a_code_is_good_once_within_its_time_for_its_node() {
    let world = World::running();
    let text = world.code("node-1");
    let code: EnrolmentCode = text.parse().unwrap();
    let stranger = Caller::new(&code.address, code.authority, None);
    let key = new_key();
    let body = enrol_body(&code, "node-1", &key, &[]);
    let wrong_node = enrol_body(&code, "node-2", &key, &[]);
    assert_eq!(
        stranger.ask("POST", "/v1/enrol", &wrong_node).unwrap().status,
        403
    );
    let first = stranger.ask("POST", "/v1/enrol", &body).unwrap();
    assert_eq!(first.status, 200, "{first:?}");
    let again = stranger.ask("POST", "/v1/enrol", &body).unwrap();
    assert_eq!(first.body, again.body, "the answer may have been lost");
    let thief = enrol_body(&code, "node-1", &new_key(), &[]);
    assert_eq!(stranger.ask("POST", "/v1/enrol", &thief).unwrap().status, 403);
    let mut node = Client::of(&code, "node-1", first.json(), &key);
    node.renew();
    assert_eq!(
        stranger.ask("POST", "/v1/enrol", &body).unwrap().status,
        403,
        "it was used since"
    );
    assert!(
        !world.log().contains(code.secret_text().expose()),
        "its hash alone is kept"
    );
    assert_eq!(
        world.verb(&["status"]).status.code(),
        Some(3),
        "the lab is told that it was tried"
    );
    // Over.
    let code: EnrolmentCode = world
        .done(&["enrol", "--node", "node-3", "--seconds", "1"])
        .parse()
        .unwrap();
    std::thread::sleep(Duration::from_millis(1_100));
    let late = enrol_body(&code, "node-3", &key, &[]);
    assert_eq!(stranger.ask("POST", "/v1/enrol", &late).unwrap().status, 403);
}

#[test]
fn a_code_is_not_guessed() {
    let world = World::running();
    let code: EnrolmentCode = world.code("node-1").parse().unwrap();
    let stranger = Caller::new(&code.address, code.authority, None);
    let key = new_key();
    let guess = EnrolmentCode::new(code.id, [7; 16], code.authority, code.address.clone());
    for _ in 0..5 {
        let answer = stranger
            .ask("POST", "/v1/enrol", &enrol_body(&guess, "node-1", &key, &[]))
            .unwrap();
        assert_eq!(answer.status, 403);
    }
    let right = enrol_body(&code, "node-1", &key, &[]);
    assert_eq!(
        stranger.ask("POST", "/v1/enrol", &right).unwrap().status,
        403,
        "it was tried too often"
    );
    // Ids that were never made leave nothing in the log, and are bounded in time.
    let (lines, unknown) = (
        world.log().lines().count(),
        EnrolmentCode::new([9; 4], [7; 16], code.authority, "x".into()),
    );
    let mut last = 0;
    for _ in 0..70 {
        last = stranger
            .ask("POST", "/v1/enrol", &enrol_body(&unknown, "node-1", &key, &[]))
            .unwrap()
            .status;
    }
    assert_eq!((last, world.log().lines().count()), (429, lines));
    assert_eq!(world.entries("code-failed").len(), 5);
    // Whoever has a good code comes in all the same.
    let good: EnrolmentCode = world.code("node-2").parse().unwrap();
    let right = enrol_body(&good, "node-2", &key, &[]);
    assert_eq!(stranger.ask("POST", "/v1/enrol", &right).unwrap().status, 200);
}

#[test]
fn an_enrolment_cannot_exchange_a_ledger_that_is_known() {
    let world = World::running();
    let (own, forged) = (
        Ledger::new("lab.example/ledger"),
        Ledger::new("lab.example/ledger"),
    );
    world.node("node-1", &own);
    let code: EnrolmentCode = world.code("node-2").parse().unwrap();
    let stranger = Caller::new(&code.address, code.authority, None);
    for key in [forged.key(COMPARTMENT), forged.key(OTHER)] {
        let body = enrol_body(&code, "node-2", &new_key(), &[key]);
        assert_eq!(stranger.ask("POST", "/v1/enrol", &body).unwrap().status, 403);
    }
    let standing = world.json(&["ledger", "list"]);
    assert_eq!(standing[0]["vkey"], own.key(COMPARTMENT).vkey);
    assert_eq!(standing.as_array().unwrap().len(), 1);
}

#[test]
fn a_request_without_proof_of_its_key_enrols_nobody() {
    let world = World::running();
    let code: EnrolmentCode = world.code("node-1").parse().unwrap();
    let stranger = Caller::new(&code.address, code.authority, None);
    let mut body: serde_json::Value =
        serde_json::from_slice(&enrol_body(&code, "node-1", &new_key(), &[])).unwrap();
    let mut der = STANDARD.decode(body["csr"].as_str().unwrap()).unwrap();
    // Somebody else's key, with a signature that is not by it.
    let other = new_key();
    let at = der
        .windows(2)
        .position(|two| two == [0x04, der[der.len() - 1]])
        .unwrap_or(60);
    let raw = other.public_key_raw();
    let start = der
        .windows(3)
        .position(|three| three == [0x42, 0x00, 0x04])
        .map_or(at, |at| at + 2);
    der[start..start + raw.len()].copy_from_slice(raw);
    body["csr"] = STANDARD.encode(&der).into();
    let answer = stranger
        .ask("POST", "/v1/enrol", body.to_string().as_bytes())
        .unwrap();
    assert_eq!(answer.status, 400, "{answer:?}");
    assert_eq!(world.entries("enrolled").len(), 0);
}

/// A wrapped key opens in one place; what does not open is not counted as leased, and is in the log.
#[test]
fn a_key_is_leased_for_no_other_place_and_a_bent_one_not_at_all() {
    let world = World::running();
    let ledger = ledger();
    let mut node = world.node("node-1", &ledger);
    let wrapped = node.mint();
    let neighbour = Mint {
        project: OTHER,
        ..mint()
    };
    let own: cofferdam_seal::key::WrappedKey = node.call("/v1/mint", neighbour).unwrap();
    let request = node.request(&wrapped, &ledger);
    let mut bent = wrapped.clone();
    bent.bytes[20] ^= 1;
    let mut renamed = wrapped.clone();
    renamed.key_id = own.key_id;
    let tries = [
        LeaseRequest {
            epoch: OTHER,
            ..request.clone()
        },
        LeaseRequest {
            project: OTHER,
            ..request.clone()
        },
        LeaseRequest {
            project: OTHER,
            wrapped: renamed,
            ..request.clone()
        },
        LeaseRequest {
            wrapped: bent,
            ..request.clone()
        },
        LeaseRequest {
            compartment: OTHER,
            ..request.clone()
        },
        LeaseRequest {
            node: "node-2".into(),
            ..request.clone()
        },
    ];
    for lease in tries {
        node.lease(lease, None).unwrap_err();
    }
    nothing_leased(&world);
    assert_eq!(world.entries("denied").len(), 6);
    assert_eq!(
        world
            .entries("denied")
            .iter()
            .filter(|entry| entry["lease"].is_u64())
            .count(),
        4
    );
    node.lease(request, None).unwrap();
}

#[test]
fn a_nodes_clock_must_agree_and_a_lease_ends_by_the_slower_one() {
    let world = World::running();
    let ledger = ledger();
    let mut node = world.node("node-1", &ledger);
    let wrapped = node.mint();
    for off in [-70_000_000, 70_000_000, i64::MIN, i64::MAX] {
        let request = LeaseRequest {
            now_micros: if off.abs_diff(0) > 1 << 40 {
                off
            } else {
                now() + off
            },
            ..node.request(&wrapped, &ledger)
        };
        let said = reason_of(node.lease(request, None).unwrap_err());
        assert!(
            said.contains("the node's clock says") && said.contains("and the keyholder's"),
            "{said}"
        );
    }
    nothing_leased(&world);
    let slow = now() - 30_000_000;
    let request = LeaseRequest {
        now_micros: slow,
        ..node.request(&wrapped, &ledger)
    };
    let grant = node.lease(request, None).unwrap().grant;
    assert_eq!(grant.expires_at_micros, slow + 60_000_000);
    let fast = now() + 30_000_000;
    let request = LeaseRequest {
        now_micros: fast,
        ..node.request(&wrapped, &ledger)
    };
    let grant = node.lease(request, None).unwrap().grant;
    assert!(grant.expires_at_micros < fast + 40_000_000);
}

#[test]
fn the_policy_decides_and_is_read_anew_at_once() {
    let world = World::running();
    let ledger = ledger();
    let mut node = world.node("node-1", &ledger);
    let wrapped = node.mint();
    let mut asked = |reason: LeaseReason| {
        let lease = LeaseRequest {
            reason,
            ..node.request(&wrapped, &ledger)
        };
        node.lease(lease, None)
            .map(|leased| leased.grant.expires_at_micros - now())
    };
    let glass = asked(LeaseReason::BreakGlass).unwrap();
    assert!((3_590_000_000..=3_600_000_000).contains(&glass), "{glass}");
    world.policy("[[rule]]\naction = \"allow\"\nreasons = [\"work\"]\nper_hour = 2\nlease_seconds = 5\n");
    assert!(asked(LeaseReason::Work).unwrap() <= 5_000_000);
    asked(LeaseReason::Work).unwrap();
    let said = reason_of(asked(LeaseReason::Work).unwrap_err());
    assert!(said.contains("grants 2 of these leases an hour"), "{said}");
    let said = reason_of(asked(LeaseReason::Review).unwrap_err());
    assert!(said.contains("no rule allows it"), "{said}");
    world.policy("[[rule]\n");
    let said = reason_of(asked(LeaseReason::Work).unwrap_err());
    assert!(
        said.contains("does not read") && !said.contains("policy.toml"),
        "{said}"
    );
    let status = world.verb(&["status"]);
    let said = String::from_utf8(status.stderr).unwrap();
    assert_eq!(status.status.code(), Some(3), "{said}");
    assert!(
        said.contains("policy.toml: line 1: ") && said.contains("1 leases for break-glass"),
        "{said}"
    );
    world.policy("default = \"allow\"\n");
    asked(LeaseReason::Work).unwrap();
    assert_eq!(world.entries("policy").len(), 3, "each that was in force");
}

#[test]
fn a_halt_holds_from_the_next_lease_on() {
    let world = World::running();
    let ledger = ledger();
    let mut node = world.node("node-1", &ledger);
    let wrapped = node.mint();
    let request = node.request(&wrapped, &ledger);
    node.prepare(
        "/v1/lease",
        LeaseCall {
            lease: request,
            proof: None,
        },
    );
    assert_eq!(node.send().unwrap().status, 200);
    world.done(&["halt", "--reason", "we look into it"]);
    // Not even the same answer again.
    let again = node.send().unwrap();
    assert_eq!(again.status, 403, "{again:?}");
    let said = reason_of(node.lease(node.request(&wrapped, &ledger), None).unwrap_err());
    assert!(
        said.contains("the lab halted it at") && said.ends_with("we look into it"),
        "{said}"
    );
    assert_eq!(node.status().halts[0].reason, "we look into it");
    assert_eq!(
        world.entries("leased").len(),
        1,
        "nothing is written down as leased that was not"
    );
    node.call::<_, serde_json::Value>("/v1/mint-ingest", mint())
        .unwrap();
    world.done(&["resume"]);
    node.lease(node.request(&wrapped, &ledger), None).unwrap();
    let project = PROJECT.to_string();
    world.done(&["halt", "--project", &project]);
    node.lease(node.request(&wrapped, &ledger), None).unwrap_err();
    let (said, code) = world.fails(&["resume"]);
    assert_eq!(
        (said.contains("everything is not halted"), code),
        (true, 1),
        "{said}"
    );
    world.done(&["resume", "--project", &project]);
    node.lease(node.request(&wrapped, &ledger), None).unwrap();
}

#[test]
fn a_node_shreds_nothing_unless_the_policy_says_so() {
    let world = World::running();
    let ledger = ledger();
    let mut node = world.node("node-1", &ledger);
    let wrapped = node.mint();
    let destroy = |at| Destroy {
        compartment: COMPARTMENT,
        project: PROJECT,
        now_micros: at,
    };
    let said = reason_of(node.call::<_, ()>("/v1/destroy", destroy(now())).unwrap_err());
    assert!(said.contains("the lab alone destroys keys"), "{said}");
    node.lease(node.request(&wrapped, &ledger), None).unwrap();
    world.policy("default = \"allow\"\nnodes_may_destroy = true\n");
    node.prepare("/v1/destroy", destroy(now()));
    assert_eq!(node.send().unwrap().text(), node.send().unwrap().text());
    let Done {} = node.call("/v1/destroy", destroy(now())).unwrap();
    let gone = node.lease(node.request(&wrapped, &ledger), None).unwrap_err();
    assert_eq!(gone, KeyholderError::Shredded { project: PROJECT });
    node.mint_fails();
}

#[test]
fn what_is_too_long_or_not_of_the_protocol_is_refused() {
    let world = World::running();
    let ledger = ledger();
    let mut node = world.node("node-1", &ledger);
    let ask = |path: &str, body: &[u8]| node.caller.ask("POST", path, body).map(|answer| answer.status);
    assert_eq!(ask("/v1/mint", &vec![b' '; (1 << 20) + 1]).ok(), Some(413));
    assert_eq!(ask("/v1/mint", b"{}").unwrap(), 400);
    assert_eq!(ask("/v1/mint", b"[[[[").unwrap(), 400);
    assert_eq!(ask("/v1/nothing", b"").unwrap(), 404);
    let long = format!("/v1/{}", "a".repeat(20_000));
    assert!(ask(&long, b"").is_err() || ask(&long, b"").unwrap() >= 400);
    node.prepare("/v1/mint", mint());
    let mut surprise: serde_json::Value = serde_json::from_slice(&node.last.1).unwrap();
    surprise["body"]["surprise"] = true.into();
    node.last.1 = surprise.to_string().into_bytes();
    let answer = node.send().unwrap();
    assert_eq!(answer.status, 400);
    assert!(matches!(answer.error(), KeyholderError::Denied { .. }));
    assert!(!answer.head.contains("server:"), "{}", answer.head);
    node.mint();
    let bad = Mint {
        compartment: Id128::new([9; 16]),
        ..mint()
    };
    let said = reason_of(node.call::<_, serde_json::Value>("/v1/mint", bad).unwrap_err());
    assert!(said.contains("knows no ledger of compartment"), "{said}");
}

/// Whoever has a node's certificate has a few places, and none any more once the node is revoked.
#[test]
fn one_node_does_not_hold_every_place() {
    let world = World::running();
    let ledger = ledger();
    let node = world.node("node-1", &ledger);
    let other = world.node("node-2", &ledger);
    let status = |stream: &mut _| send(stream, "POST", "/v1/status", b"", "keep-alive").map(|it| it.status);
    let mut open: Vec<_> = (0..8).map(|_| node.caller.connect().unwrap()).collect();
    for stream in &mut open {
        assert_eq!(status(stream).unwrap(), 200);
    }
    let mut more = node.caller.connect().unwrap();
    assert!(status(&mut more).is_err(), "a ninth is not served");
    assert_eq!(other.caller.ask("POST", "/v1/status", b"").unwrap().status, 200);
    drop(open.pop());
    let began = Instant::now();
    while status(&mut node.caller.connect().unwrap()).is_err() {
        assert!(began.elapsed() < Duration::from_secs(10), "a place is free again");
    }
    world.done(&["node", "revoke", "node-1", "--reason", "it was stolen"]);
    for stream in &mut open {
        let said = send(stream, "POST", "/v1/status", b"", "keep-alive").unwrap();
        assert_eq!(said.status, 403);
        assert!(said.head.contains("connection: close"), "{said:?}");
    }
}

/// A key that went out counts, whatever happened to its project since.
#[test]
fn a_lease_that_is_asked_for_again_after_its_project_was_destroyed_counts() {
    let world = World::running();
    let ledger = ledger();
    let mut node = world.node("node-1", &ledger);
    let wrapped = node.mint();
    let lease = node.request(&wrapped, &ledger);
    node.prepare("/v1/lease", LeaseCall { lease, proof: None });
    assert_eq!(node.send().unwrap().status, 200);
    let (compartment, project) = (COMPARTMENT.to_string(), PROJECT.to_string());
    let destroy = [
        "destroy",
        "--compartment",
        &compartment,
        "--project",
        &project,
        "--confirm",
        &project,
    ];
    assert!(world.done(&destroy).contains("are destroyed"));
    let again = node.send().unwrap();
    assert_eq!(
        (again.status, again.error()),
        (410, KeyholderError::Shredded { project: PROJECT })
    );
    assert_eq!(
        world.entries("denied").len(),
        0,
        "nothing says that no key went out"
    );
    let exposed = world.done(&["exposure"]);
    assert!(exposed.contains("node-1"), "{exposed}");
}

/// Those who come in and say nothing hold no place for long.
#[test]
fn slow_clients_keep_nobody_out() {
    let world = World::running();
    let ledger = ledger();
    let mut node = world.node("node-1", &ledger);
    let wrapped = node.mint();
    let mut open = node.caller.connect().unwrap();
    assert_eq!(
        send(&mut open, "POST", "/v1/status", b"", "keep-alive")
            .unwrap()
            .status,
        200
    );
    let address = &node.caller.address;
    let mut silent: Vec<TcpStream> = (0..100).map(|_| TcpStream::connect(address).unwrap()).collect();
    silent.iter_mut().for_each(|stream| drop(stream.write(&[0x16])));
    let began = Instant::now();
    assert_eq!(
        send(&mut open, "POST", "/v1/status", b"", "keep-alive")
            .unwrap()
            .status,
        200
    );
    assert!(began.elapsed() < Duration::from_secs(2), "who is in is answered");
    node.lease(node.request(&wrapped, &ledger), None).unwrap();
    assert!(began.elapsed() < Duration::from_secs(28), "{:?}", began.elapsed());
}
