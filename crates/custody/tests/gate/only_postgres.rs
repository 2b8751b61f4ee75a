//! What only a server can do to a gate: end a session, lose an answer, take no writes, or be somebody else's for a while.
//! The run on PostgreSQL leaves this module out: the run on files has it, on servers, already.

mod nodes;

use std::fs;
use std::path::Path;
use std::sync::Arc;

use cofferdam_custody::{Done, Gate, GateError, LeaseReason, Scope, Selection, Stream};
use cofferdam_model::Scope as On;
use cofferdam_model::*;
use cofferdam_store::StoreError;
use cofferdam_testbed::{Place, Server, Wire};

use crate::support::*;

#[tokio::test]
async fn a_session_that_ended_is_begun_again_unnoticed() {
    let world = World::at(Place::on_postgres().unwrap()).await;
    let lab = world.lab("Lab").await;
    let own = world.author(&lab).await;
    let objects = world.objects(lab.id, lab.project, &["words"]).await;
    for _ in 0..3 {
        world.place.end_owner().unwrap();
        assert_eq!(world.read(&own, lab.project, &objects).await.unwrap(), ["words"]);
    }
    assert_eq!(world.findings().await, [""; 0]);
}

#[tokio::test]
async fn a_session_that_ends_within_a_command_releases_nothing() {
    let world = World::at(Place::on_postgres().unwrap()).await;
    let place = Arc::clone(&world.place);
    let lab = world.lab("Lab").await;
    let own = world.author(&lab).await;
    let objects = world.objects(lab.id, lab.project, &["words"]).await;
    let before = world.entries(lab.ledger()).await.len();
    let (project, released) = (lab.project, objects.clone());
    let command = Do {
        act: Act::ReadTask,
        project: None,
        run: move |_: &mut Scope<'_, '_>| {
            place.end_owner().unwrap();
            let objects = released;
            Ok(Done::one((), Fact::ObjectsReleased { project, objects }))
        },
    };
    let answer = world.gate().transact(&own.caller, own.id, command).await;
    assert!(matches!(answer, Err(GateError::Store(_))), "{answer:?}");
    assert_eq!(world.entries(lab.ledger()).await.len(), before);
    assert_eq!(world.read(&own, project, &objects).await.unwrap(), ["words"]);
    assert_eq!(world.entries(lab.ledger()).await.len(), before + 1);
    assert_eq!(world.findings().await, [""; 0]);
}

/// The record stands, and nothing was released under it: that is the safe side to err on.
#[tokio::test]
async fn a_commit_whose_answer_was_lost_releases_nothing_and_is_known_afterwards() {
    let server = Server::start().unwrap();
    let wire = Wire::before(&server).unwrap();
    let world = World::at(Place::on(&wire.url()).unwrap()).await;
    let lab = world.lab("Lab").await;
    let own = world.author(&lab).await;
    let objects = world.objects(lab.id, lab.project, &["words"]).await;
    let before = world.entries(lab.ledger()).await.len();
    wire.lose_next_commit();
    let answer = world.read(&own, lab.project, &objects).await;
    assert!(
        matches!(answer, Err(GateError::Store(StoreError::Unknown(_)))),
        "{answer:?}"
    );
    assert_eq!(world.last(lab.ledger()).await.fact.objects(), objects);
    assert_eq!(world.read(&own, lab.project, &objects).await.unwrap(), ["words"]);
    assert_eq!(world.entries(lab.ledger()).await.len(), before + 2);

    wire.lose_next_commit();
    let fact = Fact::Halted {
        halt: world.env().new_id().unwrap(),
        scope: On::Lab(lab.id),
        reason: HaltReason::Drill,
        until: None,
    };
    let halting = Admin(move |_: &mut cofferdam_custody::AdminScope<'_, '_>| {
        Ok(cofferdam_custody::AdminDone::one((), lab.ledger(), fact))
    });
    let answer = world.gate().administer(&world.operator, halting).await;
    assert!(
        matches!(answer, Err(GateError::Store(StoreError::Unknown(_)))),
        "{answer:?}"
    );
    let answer = world.read(&own, lab.project, &objects).await;
    assert!(matches!(refusal(answer), Refusal::Halted { .. }));
    assert_eq!(world.findings().await, [""; 0]);
}

#[tokio::test]
async fn a_server_that_takes_no_writes_or_is_gone_for_a_while_releases_nothing() {
    let mut server = Server::start().unwrap();
    let world = World::at(Place::on(&server.url()).unwrap()).await;
    let lab = world.lab("Lab").await;
    let own = world.author(&lab).await;
    let objects = world.objects(lab.id, lab.project, &["words"]).await;
    let before = world.entries(lab.ledger()).await.len();
    server.read_only(true).unwrap();
    let answer = world.read(&own, lab.project, &objects).await;
    assert!(
        matches!(answer, Err(GateError::Store(StoreError::Forbidden(_)))),
        "{answer:?}"
    );
    assert!(world.gate().integrate().await.is_err());
    server.read_only(false).unwrap();
    assert_eq!(world.read(&own, lab.project, &objects).await.unwrap(), ["words"]);

    server.kill().unwrap();
    for _ in 0..2 {
        let answer = world.read(&own, lab.project, &objects).await;
        assert!(
            matches!(answer, Err(GateError::Store(StoreError::Unreachable(_)))),
            "{answer:?}"
        );
        assert!(
            world.gate().authenticate(&world.operator_secret).await.is_err(),
            "it cannot know whether that credential was revoked meanwhile"
        );
    }
    server.restart().unwrap();
    assert_eq!(world.read(&own, lab.project, &objects).await.unwrap(), ["words"]);
    assert_eq!(world.entries(lab.ledger()).await.len(), before + 2);
    assert_eq!(world.findings().await, [""; 0]);
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if from.is_dir() {
            fs::create_dir(&to).unwrap();
            copy(&from, &to);
        } else {
            fs::copy(&from, &to).unwrap();
        }
    }
}

async fn exporting(world: &World, lab: &Lab) -> Stream<usize> {
    let lead = world.engaged(lab, Role::Lead, Budget::JOB).await;
    let objects = world.objects(lab.id, lab.project, &["one", "two", "three"]).await;
    let selection = Selection {
        act: Act::Export,
        project: lab.project,
        purpose: Purpose::Export,
        reason: LeaseReason::Job,
        items: Box::new(move |_| Ok(objects.into_iter().enumerate().collect())),
    };
    let stream = world.gate().stream(&lead.caller, lead.id, selection).await;
    stream.unwrap()
}

/// A halt that another node recorded while this one had lost the database without knowing.
async fn halted_elsewhere(node: &Gate, world: &World, lab: &Lab) -> HaltId {
    let halt = world.env().new_id().unwrap();
    let (ledger, scope) = (lab.ledger(), On::Lab(lab.id));
    let halting = Admin(move |_: &mut cofferdam_custody::AdminScope<'_, '_>| {
        let fact = Fact::Halted {
            halt,
            scope,
            reason: HaltReason::Drill,
            until: None,
        };
        Ok(cofferdam_custody::AdminDone::one((), ledger, fact))
    });
    let operator = node.authenticate(&world.operator_secret).await.unwrap();
    node.administer(&operator, halting).await.unwrap();
    // Nothing is left to integrate that this node could stumble over.
    node.integrate().await.unwrap();
    halt
}

#[tokio::test]
async fn a_database_that_somebody_else_took_is_closed_here_until_they_let_go() {
    let world = World::at(Place::on_postgres().unwrap()).await;
    let lab = world.lab("Lab").await;
    let own = world.author(&lab).await;
    let objects = world.objects(lab.id, lab.project, &["words"]).await;
    let mut stream = exporting(&world, &lab).await;
    assert_eq!(&*stream.next().await.unwrap().unwrap().plaintext, b"one");

    world.place.end_owner().unwrap();
    let folder = tempfile::tempdir().unwrap();
    copy(world.folder.path(), folder.path());
    let other = world.another_node(folder.path()).await;
    let halt = halted_elsewhere(&other, &world, &lab).await;
    let answer = world.gate().integrate().await;
    assert!(
        matches!(answer, Err(StoreError::InUse)),
        "what runs four times a second does not notice: {answer:?}"
    );
    for _ in 0..2 {
        let answer = world.read(&own, lab.project, &objects).await;
        assert!(
            matches!(answer, Err(GateError::Store(StoreError::InUse))),
            "{answer:?}"
        );
    }
    let next = stream.next().await.unwrap();
    assert!(
        matches!(next, Err(GateError::Store(StoreError::InUse))),
        "{next:?}"
    );
    assert!(world.gate().authenticate(&world.operator_secret).await.is_err());
    assert!(!world.gate().is_operator(&world.operator));

    drop(other);
    let answer = world.read(&own, lab.project, &objects).await;
    assert!(matches!(refusal(answer), Refusal::Halted { .. }));
    world.resume(lab.ledger(), halt).await;
    assert_eq!(world.read(&own, lab.project, &objects).await.unwrap(), ["words"]);
    assert!(stream.next().await.is_none(), "it went on");
    stream.finish().await.unwrap();
    assert_eq!(world.findings().await, [""; 0]);
}
