//! A read budget is a reading of the ledger, and nothing else.

use cofferdam_custody::{Done, GateError, Scope};
use cofferdam_model::budget::Ceiling;
use cofferdam_model::*;
use cofferdam_store::task::{self, TaskRow};

use crate::support::*;

const SMALL: Budget = Budget {
    objects_per_hour: 2,
    objects_per_day: 5,
    bytes_per_hour: 1_000,
    bytes_per_day: 10_000,
};

fn spent<T, E: std::fmt::Debug>(answer: Result<T, GateError<E>>) -> Ceiling {
    match refusal(answer) {
        Refusal::BudgetSpent { ceiling } => ceiling,
        other => panic!("refused for another reason: {other:?}"),
    }
}

#[tokio::test]
async fn past_a_ceiling_nothing_changes_but_the_refusal_is_recorded() {
    let world = World::new().await;
    let lab = world.lab("Lab").await;
    let own = world.engaged(&lab, Role::Author, SMALL).await;
    let objects = world.objects(lab.id, lab.project, &["a", "b", "c"]).await;
    let (project, named) = (lab.project, objects.clone());
    let row = TaskRow {
        id: world.env().new_id().unwrap(),
        project,
        seq: 9,
        slots: 1,
        external: None,
        input: objects[0].object,
    };
    let command = Do {
        act: Act::ClaimTask,
        project: None,
        run: move |scope: &mut Scope<'_, '_>| {
            task::insert(scope.tx, &row)?;
            let objects = named;
            Ok(Done::one((), Fact::ObjectsReleased { project, objects }))
        },
    };
    let answer = world.gate().transact(&own.caller, own.id, command).await;
    let ceiling = Ceiling::ObjectsPerHour;
    assert_eq!(refusal(answer), Refusal::BudgetTooSmall { ceiling });
    let refused = world.last(lab.ledger()).await;
    assert!(matches!(
        refused.fact,
        Fact::Refused {
            act: Act::ClaimTask,
            why: Refusal::BudgetTooSmall { .. },
            ..
        }
    ));
    let found: Result<_, GateError<()>> = world
        .gate()
        .store()
        .read(move |r| Ok(task::get(r, row.id)?))
        .await;
    assert_eq!(found.unwrap(), None);
    let both = world.read(&own, lab.project, &objects[..2]).await;
    assert_eq!(both.unwrap().len(), 2, "what was refused was not drawn");
}

#[tokio::test]
async fn bytes_count_too() {
    let world = World::new().await;
    let lab = world.lab("Lab").await;
    let own = world.engaged(&lab, Role::Author, SMALL).await;
    let long = "x".repeat(600);
    let objects = world.objects(lab.id, lab.project, &[&long, &long]).await;
    assert!(world.read(&own, lab.project, &objects[..1]).await.is_ok());
    let second = world.read(&own, lab.project, &objects[1..]).await;
    assert_eq!(spent(second), Ceiling::BytesPerHour);
}

#[tokio::test]
async fn hours_and_days_begin_anew_and_a_restart_forgets_nothing() {
    let mut world = World::new().await;
    let lab = world.lab("Lab").await;
    let own = world.engaged(&lab, Role::Author, SMALL).await;
    let objects = world.objects(lab.id, lab.project, &["a", "b"]).await;
    let read = async |world: &World| world.read(&own, lab.project, &objects).await;
    assert!(read(&world).await.is_ok());
    world.stopped(|_| ()).await;
    assert_eq!(spent(read(&world).await), Ceiling::ObjectsPerHour);
    world.clock.forward(3_599);
    assert_eq!(spent(read(&world).await), Ceiling::ObjectsPerHour);
    world.clock.forward(1);
    assert!(read(&world).await.is_ok());
    world.clock.forward(3_600);
    world.stopped(|_| ()).await;
    assert_eq!(spent(read(&world).await), Ceiling::ObjectsPerDay);
    let one = world.read(&own, lab.project, &objects[..1]).await;
    assert!(one.is_ok());
    world.clock.forward(11 * 3_600);
    assert_eq!(
        spent(world.read(&own, lab.project, &objects[..1]).await),
        Ceiling::ObjectsPerDay
    );
    world.clock.forward(3_600);
    assert!(read(&world).await.is_ok());
}

#[tokio::test]
async fn a_clock_that_is_put_back_opens_no_budget() {
    let mut world = World::new().await;
    let lab = world.lab("Lab").await;
    let own = world.engaged(&lab, Role::Author, SMALL).await;
    let objects = world.objects(lab.id, lab.project, &["a", "b"]).await;
    world.clock.forward(7_200);
    assert!(world.read(&own, lab.project, &objects).await.is_ok());
    for _ in 0..2 {
        world.clock.forward(-3_600);
        let answer = world.read(&own, lab.project, &objects).await;
        assert_eq!(spent(answer), Ceiling::ObjectsPerHour);
        world.stopped(|_| ()).await;
    }
    // The next hour that the clock tells opens it, long before the clock has caught up.
    world.clock.forward(3_600);
    assert!(world.read(&own, lab.project, &objects).await.is_ok());
    world.stopped(|_| ()).await;
    let answer = world.read(&own, lab.project, &objects[..1]).await;
    assert_eq!(spent(answer), Ceiling::ObjectsPerHour);
    let times: Vec<_> = world.entries(lab.ledger()).await.iter().map(|e| e.t).collect();
    assert!(times.is_sorted());
}

/// Back and right again: what was drawn in this hour and on this day was drawn in it.
#[tokio::test]
async fn a_clock_that_is_put_right_again_opens_no_budget() {
    for (back, ceiling) in [(3_600, Ceiling::ObjectsPerHour), (86_400, Ceiling::ObjectsPerDay)] {
        let mut world = World::new().await;
        let lab = world.lab("Lab").await;
        let budget = match ceiling {
            Ceiling::ObjectsPerDay => Budget {
                objects_per_hour: 100,
                ..SMALL
            },
            _ => SMALL,
        };
        let own = world.engaged(&lab, Role::Author, budget).await;
        let objects = world.objects(lab.id, lab.project, &["a", "b"]).await;
        let read = async |world: &World| world.read(&own, lab.project, &objects).await;
        while read(&world).await.is_ok() {}
        world.clock.forward(-back);
        assert!(read(&world).await.is_err(), "it was put back");
        world.stopped(|_| ()).await;
        world.clock.forward(back);
        for _ in 0..2 {
            assert_eq!(spent(read(&world).await), ceiling);
            world.stopped(|_| ()).await;
        }
    }
}

/// What was drawn in the hour that the clock is put back to counts there, beside what is put back with it.
#[tokio::test]
async fn what_was_drawn_in_an_hour_counts_when_the_clock_comes_back_to_it() {
    let world = World::new().await;
    let lab = world.lab("Lab").await;
    let own = world.engaged(&lab, Role::Author, SMALL).await;
    let objects = world.objects(lab.id, lab.project, &["a", "b"]).await;
    let one = async |world: &World| world.read(&own, lab.project, &objects[..1]).await;
    assert!(one(&world).await.is_ok());
    world.clock.forward(3_600);
    assert!(one(&world).await.is_ok());
    world.clock.forward(-3_600);
    assert_eq!(spent(one(&world).await), Ceiling::ObjectsPerHour);
}

/// A machine that starts with a clock that is ahead, and is put right afterwards.
#[tokio::test]
async fn a_clock_that_was_ahead_when_a_node_started_opens_no_budget() {
    let mut world = World::new().await;
    let lab = world.lab("Lab").await;
    let own = world.engaged(&lab, Role::Author, SMALL).await;
    let objects = world.objects(lab.id, lab.project, &["a", "b"]).await;
    assert!(world.read(&own, lab.project, &objects).await.is_ok());
    world.clock.forward(86_400);
    world.stopped(|_| ()).await;
    world.clock.forward(-86_400);
    let answer = world.read(&own, lab.project, &objects).await;
    assert_eq!(spent(answer), Ceiling::ObjectsPerHour);
}

/// What the ledger holds of a later hour opens nothing in the one that the clock tells.
#[tokio::test]
async fn where_the_clock_was_put_back_the_hour_is_that_of_the_clock() {
    let mut world = World::new().await;
    let lab = world.lab("Lab").await;
    let own = world.engaged(&lab, Role::Author, SMALL).await;
    let objects = world.objects(lab.id, lab.project, &["a", "b"]).await;
    assert!(world.read(&own, lab.project, &objects).await.is_ok());
    world.clock.forward(3_600);
    world.author(&lab).await;
    world.clock.forward(-3_600);
    for _ in 0..2 {
        let answer = world.read(&own, lab.project, &objects).await;
        assert_eq!(spent(answer), Ceiling::ObjectsPerHour);
        world.stopped(|_| ()).await;
    }
    world.clock.forward(3_600);
    assert!(world.read(&own, lab.project, &objects).await.is_ok());
}

#[tokio::test]
async fn a_budget_that_is_lowered_holds_at_once() {
    let world = World::new().await;
    let lab = world.lab("Lab").await;
    let own = world.author(&lab).await;
    let objects = world.objects(lab.id, lab.project, &["a", "b"]).await;
    assert!(world.read(&own, lab.project, &objects).await.is_ok());
    let lowered = Fact::BudgetSet {
        engagement: own.id,
        budget: SMALL,
    };
    world.record(lab.ledger(), lowered).await;
    let answer = world.read(&own, lab.project, &objects).await;
    assert_eq!(spent(answer), Ceiling::ObjectsPerHour);
}

#[tokio::test]
async fn what_no_hour_will_allow_is_told_from_what_the_next_one_will() {
    let world = World::new().await;
    let lab = world.lab("Lab").await;
    let own = world.engaged(&lab, Role::Author, SMALL).await;
    let objects = world.objects(lab.id, lab.project, &["a", "b", "c"]).await;
    let all = world.read(&own, lab.project, &objects).await;
    let ceiling = Ceiling::ObjectsPerHour;
    assert_eq!(refusal(all), Refusal::BudgetTooSmall { ceiling });
    let recorded = world.last(lab.ledger()).await.fact;
    let why = Refusal::BudgetTooSmall { ceiling };
    assert!(matches!(recorded, Fact::Refused { why: found, .. } if found == why));
    assert!(world.read(&own, lab.project, &objects[..2]).await.is_ok());
    assert_eq!(spent(world.read(&own, lab.project, &objects[..1]).await), ceiling);
}

/// Reserved before, settled after: while a set is being read all of it counts, and afterwards what was sent.
#[tokio::test]
async fn what_of_a_set_was_not_sent_is_given_back_when_its_reading_ends() {
    let mut world = World::new().await;
    let lab = world.lab("Lab").await;
    let lead = world.engaged(&lab, Role::Lead, SMALL).await;
    let objects = world.objects(lab.id, lab.project, &["a", "b"]).await;
    let read = async |world: &World| {
        let selection = all_of(lab.project, &objects);
        world.gate().stream(&lead.caller, lead.id, selection).await
    };
    let mut stream = read(&world).await.unwrap();
    assert!(stream.next().await.unwrap().is_ok());
    assert_eq!(spent(read(&world).await), Ceiling::ObjectsPerHour);
    stream.finish().await.unwrap();
    assert_eq!(
        spent(read(&world).await),
        Ceiling::ObjectsPerHour,
        "one is left, not two"
    );
    world.stopped(|_| ()).await;
    assert_eq!(
        spent(read(&world).await),
        Ceiling::ObjectsPerHour,
        "a restart settles nothing anew"
    );
    let one = all_of(lab.project, &objects[..1]);
    let open = world.gate().stream(&lead.caller, lead.id, one).await.unwrap();
    let one = all_of(lab.project, &objects[..1]);
    let second = world.gate().stream(&lead.caller, lead.id, one).await;
    assert_eq!(
        spent(second),
        Ceiling::ObjectsPerHour,
        "what has no end stays drawn"
    );
    open.finish().await.unwrap();
    let one = all_of(lab.project, &objects[..1]);
    let third = world.gate().stream(&lead.caller, lead.id, one).await;
    assert!(third.is_ok(), "of the second nothing was sent");
}
