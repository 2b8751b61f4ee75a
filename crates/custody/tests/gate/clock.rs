//! A clock that is put back: what the ledger then tells of time, and what it says that it cannot tell.

use cofferdam_model::*;

use crate::support::*;

const HOUR: i64 = 3_600;

async fn exposed(world: &World, own: &Engaged, lab: LabId, from: Timestamp, to: Timestamp) -> Touched {
    let found = world.gate().exposure(own.caller.credential(), from, to).await;
    let found = found.unwrap().unwrap();
    assert!(found.unknown.is_empty());
    found.labs.get(&lab).cloned().unwrap_or_default()
}

/// Entries that are certain, and those that may be.
fn counted(found: &Touched) -> (u64, u64) {
    let undated = found.undated.as_ref();
    (found.entries, undated.map_or(0, |undated| undated.entries))
}

/// Reads at ten, then at twelve by a clock that is two hours ahead, then, set right, at half past ten and half past eleven; once
/// more when the clock says a quarter past twelve.
#[tokio::test]
async fn what_a_wrong_clock_dated_is_told_apart_from_what_is_certain() {
    let mut world = World::new().await;
    let lab = world.lab("Lab").await;
    let own = world.author(&lab).await;
    let objects = world.objects(lab.id, lab.project, &["one"]).await;
    let ten = world.now();
    let at = |minutes: i64| ten.plus_seconds(minutes * 60);
    for minutes in [0, 120, 30, 90, 135] {
        world
            .clock
            .forward(at(minutes).micros_since(world.now()) / 1_000_000);
        world.read(&own, lab.project, &objects).await.unwrap();
        if minutes == 90 {
            // Not within the first half hour after ten, for certain: the second entry may be. The clock is still behind.
            let found = exposed(&world, &own, lab.id, at(5), at(25)).await;
            assert_eq!(counted(&found), (0, 1));
            let undated = found.undated.unwrap();
            assert_eq!(
                (undated.from, undated.to, undated.released.objects),
                (at(0), None, 1)
            );
        }
        world.stopped(|_| ()).await;
    }
    let all: Vec<_> = world.entries(lab.ledger()).await;
    let kinds = |entry: &&Entry| matches!(entry.fact, Fact::ClockPutBack | Fact::ClockCaughtUp);
    let told: Vec<_> = all.iter().filter(kinds).map(|e| (e.by, e.t, e.clock)).collect();
    let platform = Actor::Platform;
    assert_eq!(
        told,
        [(platform, at(120), Some(at(30))), (platform, at(135), None)]
    );
    let clocks: Vec<_> = all.iter().filter_map(|e| e.clock).collect();
    assert_eq!(clocks, [at(30), at(30), at(90)]);

    let ask = async |from, to| counted(&exposed(&world, &own, lab.id, at(from), at(to)).await);
    assert_eq!(
        ask(0, 1).await,
        (1, 1),
        "the first is certain, the one by the wrong clock may have followed at once"
    );
    assert_eq!(ask(-9, 0).await, (0, 0), "before that nothing was");
    assert_eq!(ask(5, 25).await, (0, 1), "the one by the wrong clock");
    assert_eq!(ask(20, 40).await, (0, 2), "and that of half past ten");
    assert_eq!(
        ask(121, 131).await,
        (0, 2),
        "or the clock is wrong now: those since may be late"
    );
    assert_eq!(ask(135, 140).await, (1, 2), "the last one is certain");
    assert_eq!(ask(136, 200).await, (0, 0));
    assert_eq!(ask(0, 140).await, (5, 0), "whenever they were, they were within");
}

#[tokio::test]
async fn a_clock_that_is_put_back_is_asked_about_before_anything_is_recorded() {
    let world = World::new().await;
    let lab = world.lab("Lab").await;
    let own = world.author(&lab).await;
    let objects = world.objects(lab.id, lab.project, &["four"]).await;
    world.clock.forward(HOUR);
    world.read(&own, lab.project, &objects).await.unwrap();
    let last = world.now();
    world.clock.forward(-HOUR / 2);
    let found = exposed(&world, &own, lab.id, world.now(), last.plus_seconds(1)).await;
    let released = Draw { objects: 1, bytes: 4 };
    let from = last.plus_seconds(-HOUR);
    let undated = Undated {
        entries: 1,
        released,
        from,
        to: None,
    };
    assert_eq!((found.entries, found.undated), (0, Some(undated)));
}

#[tokio::test]
async fn two_nodes_that_differ_by_less_than_a_second_put_no_clock_back() {
    let world = World::new().await;
    let lab = world.lab("Lab").await;
    let own = world.author(&lab).await;
    world.clock.forward(1);
    world.read(&own, lab.project, &[]).await.unwrap();
    let before = world.entries(lab.ledger()).await.len();
    world.clock.nudge(-999_999);
    world.read(&own, lab.project, &[]).await.unwrap();
    assert_eq!(world.entries(lab.ledger()).await.len(), before + 1);
    world.clock.nudge(-1);
    world.read(&own, lab.project, &[]).await.unwrap();
    assert_eq!(world.entries(lab.ledger()).await.len(), before + 3);
}

#[tokio::test]
async fn a_clock_that_is_put_back_further_says_so_again() {
    let world = World::new().await;
    let lab = world.lab("Lab").await;
    let own = world.author(&lab).await;
    world.clock.forward(3 * HOUR);
    world.read(&own, lab.project, &[]).await.unwrap();
    for _ in 0..2 {
        world.clock.forward(-HOUR);
        world.read(&own, lab.project, &[]).await.unwrap();
        world.read(&own, lab.project, &[]).await.unwrap();
    }
    let authority = world.gate().authority(lab.ledger()).unwrap().unwrap();
    let [span] = authority.clock_put_back() else {
        panic!("{:?}", authority.clock_put_back());
    };
    assert_eq!((span.clock, span.caught_up), (world.now(), None));
    let all = world.entries(lab.ledger()).await;
    let said = all.iter().filter(|e| e.fact == Fact::ClockPutBack);
    assert_eq!(said.count(), 2);
}
