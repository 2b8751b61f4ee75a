//! Who listens hears of what concerns them, and of nothing else.

use std::time::Duration;

use cofferdam_custody::{Caller, Listening};
use cofferdam_model::Scope as On;
use cofferdam_model::*;

use crate::support::*;

async fn listen(world: &World, caller: &Caller) -> Listening {
    world.gate().listen(caller).await.unwrap()
}

/// What is told within a moment; none: nothing is.
async fn told(listening: &mut Listening) -> Option<Option<u64>> {
    let moment = Duration::from_millis(100);
    tokio::time::timeout(moment, listening.changed()).await.ok()
}

/// Waits for what must be told.
async fn must(listening: &mut Listening) -> Option<u64> {
    let long = Duration::from_secs(10);
    tokio::time::timeout(long, listening.changed()).await.unwrap()
}

#[tokio::test]
async fn other_labs_changes_are_nobody_elses_business() {
    let world = World::new().await;
    let (lab, other) = (world.lab("Lab").await, world.lab("Other").await);
    let (own, theirs) = (world.author(&lab).await, world.author(&other).await);
    let mut listening = listen(&world, &own.caller).await;
    let mut operator = listen(&world, &world.operator).await;
    let halt = world.halt(other.ledger(), On::Project(other.project)).await;
    assert_eq!(must(&mut operator).await, Some(1));
    world.resume(other.ledger(), halt).await;
    for (ledger, scope) in [
        (other.ledger(), On::Lab(other.id)),
        (other.ledger(), On::Engagement(theirs.id)),
        (Compartment::Installation, On::Person(theirs.principal)),
        (
            Compartment::Installation,
            On::Credential(theirs.caller.credential()),
        ),
    ] {
        world.halt(ledger, scope).await;
        assert_eq!(told(&mut listening).await, None, "{scope}");
    }
    let engagement = theirs.id;
    world
        .record(other.ledger(), Fact::EngagementEnded { engagement })
        .await;
    let revoked = world.gate().revoke(&world.operator, theirs.caller.credential());
    revoked.await.unwrap();
    assert_eq!(told(&mut listening).await, None);
    assert!(must(&mut operator).await.is_some());
    // Their number, too, says nothing of others.
    world.halt(lab.ledger(), On::Project(lab.project)).await;
    assert_eq!(must(&mut listening).await, Some(1));
}

#[tokio::test]
async fn what_concerns_somebody_is_told() {
    let world = World::new().await;
    let lab = world.lab("Lab").await;
    let own = world.author(&lab).await;
    let second = world.project(lab.id, "second").await;
    let mut listening = listen(&world, &own.caller).await;
    let mut n = 0;
    for (ledger, scope) in [
        (Compartment::Installation, On::Installation),
        (lab.ledger(), On::Lab(lab.id)),
        (lab.ledger(), On::Project(lab.project)),
        (lab.ledger(), On::Engagement(own.id)),
        (Compartment::Installation, On::Person(own.principal)),
        (Compartment::Installation, On::Credential(own.caller.credential())),
    ] {
        let halt = world.halt(ledger, scope).await;
        n += 1;
        assert_eq!(must(&mut listening).await, Some(n), "{scope}");
        world.resume(ledger, halt).await;
        n += 1;
        assert_eq!(must(&mut listening).await, Some(n), "{scope}");
    }
    world.halt(lab.ledger(), On::Project(second)).await;
    assert_eq!(told(&mut listening).await, None, "not their project");
    let steward = Terms {
        role: Role::Steward,
        from: world.now(),
        until: None,
        budget: Budget::PERSON,
    };
    let overseer = world.person().await;
    world.engage(lab.id, Reach::Lab, overseer, steward).await;
    let mut overseeing = listen(&world, &world.caller(overseer).await).await;
    world.halt(lab.ledger(), On::Engagement(own.id)).await;
    assert_eq!(must(&mut overseeing).await, Some(1));
    assert_eq!(must(&mut listening).await, Some(n + 1));
}

/// Whoever listens from before they were engaged hears of it like anybody else.
#[tokio::test]
async fn what_somebody_was_engaged_for_since_concerns_them() {
    let world = World::new().await;
    let (lab, other) = (world.lab("Lab").await, world.lab("Other").await);
    let own = world.author(&lab).await;
    let mut listening = listen(&world, &own.caller).await;
    let terms = Terms {
        role: Role::Reviewer,
        from: world.now(),
        until: None,
        budget: Budget::PERSON,
    };
    let reach = Reach::Project(other.project);
    world.engage(other.id, reach, own.principal, terms).await;
    world.halt(other.ledger(), On::Lab(other.id)).await;
    assert_eq!(must(&mut listening).await, Some(1));
}

#[tokio::test]
async fn an_ended_engagement_hears_of_its_end_and_a_revoked_credential_of_nothing_more() {
    let world = World::new().await;
    let lab = world.lab("Lab").await;
    let own = world.author(&lab).await;
    let mut listening = listen(&world, &own.caller).await;
    let engagement = own.id;
    world
        .record(lab.ledger(), Fact::EngagementEnded { engagement })
        .await;
    assert_eq!(must(&mut listening).await, Some(1));
    world.halt(lab.ledger(), On::Lab(lab.id)).await;
    assert_eq!(told(&mut listening).await, None, "no longer theirs");
    let revoked = world.gate().revoke(&world.operator, own.caller.credential());
    revoked.await.unwrap();
    assert_eq!(must(&mut listening).await, Some(2), "so that they look");
    assert_eq!(must(&mut listening).await, None);
    world.halt(Compartment::Installation, On::Installation).await;
    assert_eq!(must(&mut listening).await, None, "for good");
}

#[tokio::test]
async fn an_expired_credential_hears_of_nothing_more() {
    let world = World::new().await;
    let lab = world.lab("Lab").await;
    let own = world.author(&lab).await;
    let (mut listening, mut operator) = (
        listen(&world, &own.caller).await,
        listen(&world, &world.operator).await,
    );
    world.clock.forward(30 * 86_400);
    world.halt(lab.ledger(), On::Lab(lab.id)).await;
    assert_eq!(must(&mut listening).await, Some(1), "so that they look");
    assert_eq!(must(&mut listening).await, None);
    assert_eq!(must(&mut operator).await, Some(1), "theirs is longer");
    assert_eq!(told(&mut operator).await, None);
}

/// What somebody is told of may be of another lab: whoever has a token for one engagement is not to know when.
#[tokio::test]
async fn a_token_for_one_engagement_hears_of_that_one_alone() {
    let world = World::new().await;
    let (lab, other) = (world.lab("Lab").await, world.lab("Other").await);
    let own = world.author(&lab).await;
    let terms = Terms {
        role: Role::Author,
        from: world.now(),
        until: None,
        budget: Budget::PERSON,
    };
    let reach = Reach::Project(other.project);
    world.engage(other.id, reach, own.principal, terms).await;
    let bound = world.bound(own.principal, own.id).await;
    let (mut whole, mut one) = (listen(&world, &own.caller).await, listen(&world, &bound).await);
    world.gate().tell([own.principal].into_iter());
    assert_eq!(must(&mut whole).await, Some(1));
    assert_eq!(told(&mut one).await, None);
    world.halt(other.ledger(), On::Lab(other.id)).await;
    assert_eq!(must(&mut whole).await, Some(2));
    assert_eq!(told(&mut one).await, None);
    world.halt(lab.ledger(), On::Lab(lab.id)).await;
    assert_eq!(must(&mut one).await, Some(1));
}
