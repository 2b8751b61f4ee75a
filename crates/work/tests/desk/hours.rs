//! Nobody is paid twice for one minute.

use cofferdam_model::timer::StopCause;
use cofferdam_model::{EngagementId, Fact, Role};
use cofferdam_store::principal::PrincipalKind;
use cofferdam_work::ops::{NewWall, Started, WorkError};

use crate::world::World;

fn stops(ledger: &[Fact]) -> Vec<(i64, StopCause)> {
    let stop = |fact: &Fact| match fact {
        Fact::TimerStopped { from, to, cause, .. } => Some((to.micros_since(*from) / 1_000_000, *cause)),
        _ => None,
    };
    ledger.iter().filter_map(stop).collect()
}

/// The other engagements whose timers a start stopped, and whether they are of the same lab.
fn stopped(started: Result<Started, WorkError>) -> Vec<(EngagementId, bool)> {
    let stopped = started.unwrap().stopped;
    stopped.iter().map(|s| (s.engagement, s.same_lab)).collect()
}

#[tokio::test]
async fn a_timer_that_is_started_stops_the_persons_others_each_in_its_own_ledger() {
    let world = World::new().await;
    let (one, two) = (world.lab("One").await, world.lab("Two").await);
    let person = world.person(PrincipalKind::Person).await;
    let first = world.project(one, "First", 1).await;
    let author = world.engaged(first, person, Role::Author).await;
    let reviewer = world.engaged(first, person, Role::Reviewer).await;
    let second = world.project(two, "Second", 1).await;
    let elsewhere = world.engaged(second, person, Role::Author).await;
    let colleague = world.seat(first, Role::Author).await;
    let platform = &world.platform;
    platform
        .start_timer(&colleague.caller, colleague.engagement)
        .await
        .unwrap();

    let started = platform.start_timer(&author.caller, author.engagement).await;
    assert!(started.unwrap().stopped.is_empty());
    world.wait(60);
    // Within one lab.
    let started = platform.start_timer(&reviewer.caller, reviewer.engagement).await;
    assert_eq!(stopped(started), [(author.engagement, true)]);
    world.wait(30);
    // In another.
    let started = platform
        .start_timer(&elsewhere.caller, elsewhere.engagement)
        .await;
    assert_eq!(stopped(started), [(reviewer.engagement, false)]);
    world.wait(10);
    let again = platform
        .start_timer(&elsewhere.caller, elsewhere.engagement)
        .await;
    assert!(again.unwrap().stopped.is_empty());
    // A tab that was left open gives signs of life, and counts nothing.
    let beaten = platform
        .beat_timer(&author.caller, author.engagement)
        .await
        .unwrap();
    assert_eq!((beaten.running_since, beaten.seconds_today), (None, 60));
    platform
        .stop_timer(&elsewhere.caller, elsewhere.engagement)
        .await
        .unwrap();

    let counted = |engagement: cofferdam_work::ops::TimerView| engagement.seconds_today;
    let mut all = 0;
    for seat in [author, reviewer, elsewhere] {
        all += counted(platform.timer(&seat.caller, seat.engagement).await.unwrap());
    }
    assert_eq!(all, 100, "as many seconds as passed");
    let theirs = platform
        .timer(&colleague.caller, colleague.engagement)
        .await
        .unwrap();
    assert!(theirs.running_since.is_some(), "somebody else's goes on");

    let ledger = world.ledger(one).await;
    assert_eq!(
        stops(&ledger),
        [(60, StopCause::Stopped), (30, StopCause::Stopped)]
    );
    let written = format!("{ledger:?}");
    for foreign in [
        two.to_string(),
        second.to_string(),
        elsewhere.engagement.to_string(),
    ] {
        assert!(
            !written.contains(&foreign),
            "{foreign} stands in another lab's ledger"
        );
    }
    assert_eq!(stops(&world.ledger(two).await), [(10, StopCause::Stopped)]);
    let health = platform.gate().examine().await.unwrap();
    assert!(health.findings.is_empty(), "{:?}", health.findings);
}

#[tokio::test]
async fn a_timer_counts_to_the_end_that_its_engagement_was_granted_with() {
    let world = World::new().await;
    let lab = world.lab("Lab").await;
    let project = world.project(lab, "Project", 1).await;
    let person = world.person(PrincipalKind::Person).await;
    let until = world.now().plus_seconds(100);
    let over = world
        .engaged_until(project, person, Role::Author, Some(until))
        .await;
    let platform = &world.platform;
    platform.start_timer(&over.caller, over.engagement).await.unwrap();
    world.wait(60);
    platform.beat_timer(&over.caller, over.engagement).await.unwrap();
    world.wait(70);
    let shown = platform.timer(&over.caller, over.engagement).await.unwrap();
    assert_eq!((shown.running_since, shown.seconds_today), (None, 100));
    let hours = platform.hours(&over.caller, over.engagement).await.unwrap();
    let span = hours.first().map(|span| (span.to, span.cause));
    assert_eq!(span, Some((until, StopCause::EngagementEnded)));
    // The same is recorded once somebody writes it down.
    let next = world.engaged(project, person, Role::Reviewer).await;
    let started = platform.start_timer(&next.caller, next.engagement).await;
    assert_eq!(stopped(started), [(over.engagement, true)]);
    let ended = [(100, StopCause::EngagementEnded)];
    assert_eq!(stops(&world.ledger(lab).await), ended);
    let health = platform.gate().examine().await.unwrap();
    assert!(health.findings.is_empty(), "{:?}", health.findings);
}

#[tokio::test]
async fn what_was_silent_long_before_the_end_of_its_engagement_ended_at_its_last_beat() {
    let world = World::new().await;
    let lab = world.lab("Lab").await;
    let project = world.project(lab, "Project", 1).await;
    let person = world.person(PrincipalKind::Person).await;
    let until = world.now().plus_seconds(500);
    let seat = world
        .engaged_until(project, person, Role::Author, Some(until))
        .await;
    let platform = &world.platform;
    platform.start_timer(&seat.caller, seat.engagement).await.unwrap();
    world.wait(60);
    platform.beat_timer(&seat.caller, seat.engagement).await.unwrap();
    world.wait(4_000);
    platform
        .end_engagement(&world.operator, seat.engagement)
        .await
        .unwrap();
    let ended = [(60, StopCause::HeartbeatsCeased)];
    assert_eq!(stops(&world.ledger(lab).await), ended);
}

/// Who is kept out by a wall is not paid behind it, and loses nothing of what was before.
#[tokio::test]
async fn a_wall_stops_the_timers_of_those_whom_it_keeps_out() {
    let world = World::new().await;
    let (one, two) = (world.lab("One").await, world.lab("Two").await);
    let person = world.person(PrincipalKind::Person).await;
    let (first, second) = (
        world.project(one, "First", 1).await,
        world.project(two, "Second", 1).await,
    );
    let here = world.engaged(first, person, Role::Author).await;
    let there = world.engaged(second, person, Role::Author).await;
    let other = world.seat(first, Role::Author).await;
    let platform = &world.platform;
    platform
        .claim(&there.caller, there.engagement)
        .await
        .unwrap()
        .unwrap();
    for seat in [&here, &other] {
        platform.start_timer(&seat.caller, seat.engagement).await.unwrap();
    }
    world.wait(37);
    let wall = NewWall {
        name: "wall".into(),
        labs: vec![one, two],
        cooling_off_days: 30,
        reason: "x".into(),
    };
    platform.declare_wall(&world.operator, wall).await.unwrap();
    assert_eq!(stops(&world.ledger(one).await), [(37, StopCause::Walled)]);
    world.wait(5);
    let stopped = platform.timer(&here.caller, here.engagement).await.unwrap();
    assert_eq!((stopped.running_since, stopped.seconds_today), (None, 37));
    let goes_on = platform.timer(&other.caller, other.engagement).await.unwrap();
    assert!(goes_on.running_since.is_some());
    let health = platform.gate().examine().await.unwrap();
    assert!(health.findings.is_empty(), "{:?}", health.findings);
}
