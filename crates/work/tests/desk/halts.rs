//! What a halt says that it stopped.

use cofferdam_model::{HaltReason, Role, Scope};
use cofferdam_store::principal::PrincipalKind;
use cofferdam_work::ops::{Stopped, WorkError};

use crate::world::World;

async fn halted(world: &World, on: Scope) -> Result<Stopped, WorkError> {
    let halting = world
        .platform
        .halt(&world.operator, None, on, HaltReason::Drill, None);
    halting.await
}

#[tokio::test]
async fn a_halt_counts_the_engagements_of_a_person_and_of_a_credential() {
    let world = World::new().await;
    let (one, two) = (world.lab("One").await, world.lab("Two").await);
    let (first, second) = (
        world.project(one, "First", 1).await,
        world.project(two, "Second", 1).await,
    );
    let person = world.person(PrincipalKind::Person).await;
    let author = world.engaged(first, person, Role::Author).await;
    let reviewer = world.engaged(second, person, Role::Reviewer).await;
    let ended = world.engaged(second, person, Role::Author).await;
    let platform = &world.platform;
    platform
        .end_engagement(&world.operator, ended.engagement)
        .await
        .unwrap();
    for seat in [author, reviewer] {
        platform.start_timer(&seat.caller, seat.engagement).await.unwrap();
        let credential = Scope::Credential(seat.caller.credential());
        let stopped = halted(&world, credential).await.unwrap();
        assert_eq!(
            (stopped.engagements, stopped.timers),
            (1, 1),
            "a token is good for one, and its timer stops"
        );
        platform
            .resume(&world.operator, None, stopped.halt.id, Default::default())
            .await
            .unwrap();
    }
    let stopped = halted(&world, Scope::Person(person)).await.unwrap();
    assert_eq!(stopped.engagements, 2);
}

#[tokio::test]
async fn a_dry_run_says_what_the_halt_then_stops_and_stops_nothing() {
    let world = World::new().await;
    let (one, two) = (world.lab("One").await, world.lab("Two").await);
    let first = world.project(one, "First", 1).await;
    let second = world.project(two, "Second", 1).await;
    let person = world.person(PrincipalKind::Person).await;
    let author = world.engaged(first, person, Role::Author).await;
    let reviewer = world.engaged(second, person, Role::Reviewer).await;
    let idle = world.seat(first, Role::Author).await;
    let (platform, operator) = (&world.platform, &world.operator);
    let [a, r, i] = [&author, &reviewer, &idle].map(|seat| seat.engagement);
    for (scope, reached, timers) in [
        (Scope::Installation, vec![a, r, i], 1),
        (Scope::Lab(one), vec![a, i], 0),
        (Scope::Lab(two), vec![r], 1),
        (Scope::Project(second), vec![r], 1),
        (Scope::Engagement(i), vec![i], 0),
        (Scope::Person(person), vec![a, r], 1),
        (Scope::Credential(reviewer.caller.credential()), vec![r], 1),
    ] {
        platform.start_timer(&reviewer.caller, r).await.unwrap();
        let before = (world.ledger(one).await, world.ledger(two).await);
        let all = platform.foresee_halt(operator, None, scope).await.unwrap();
        let after = (world.ledger(one).await, world.ledger(two).await);
        assert_eq!(after, before, "{scope}: nothing is halted");
        assert_eq!(all.timers, timers as u64, "{scope}");
        let all = all.engagements;
        let running = all.iter().filter(|each| each.timer.is_some()).count();
        assert_eq!(running, timers, "{scope}");
        let seen: Vec<_> = all.iter().map(|each| each.engagement).collect();
        // Beside them there are the lead's and the jobs', who brought the tasks in.
        assert!(reached.iter().all(|each| seen.contains(each)), "{scope}");
        let others = [a, r, i].into_iter().filter(|each| !reached.contains(each));
        assert!(others.into_iter().all(|each| !seen.contains(&each)), "{scope}");
        let stopped = halted(&world, scope).await.unwrap();
        assert_eq!(
            (stopped.engagements, stopped.timers),
            (seen.len() as u64, timers as u64),
            "{scope}"
        );
        let resumed = platform.resume(operator, None, stopped.halt.id, Default::default());
        resumed.await.unwrap();
    }
    let own = Scope::Person(operator.principal());
    let refused = platform.foresee_halt(operator, None, own).await.unwrap_err();
    assert_eq!(
        refused.to_string(),
        halted(&world, own).await.unwrap_err().to_string()
    );
}

#[tokio::test]
async fn a_person_is_not_halted_as_a_component_nor_the_other_way_round() {
    let world = World::new().await;
    let person = world.person(PrincipalKind::Person).await;
    let component = world.person(PrincipalKind::Component).await;
    for (scope, told) in [
        (
            Scope::Component(person),
            format!("/scope: {person} is a person: write person:{person}"),
        ),
        (
            Scope::Person(component),
            format!("/scope: {component} is a component: write component:{component}"),
        ),
    ] {
        let refused = halted(&world, scope).await.unwrap_err();
        assert_eq!(refused.to_string(), told);
    }
    halted(&world, Scope::Component(component)).await.unwrap();
}
