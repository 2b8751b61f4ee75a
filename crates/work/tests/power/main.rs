//! Power cuts and failing disks beneath the whole platform: what anybody was told stands in the ledgers, and every
//! plaintext that anybody received has its entry.
//!
//! A few moments of a run are looked at; with `COFFERDAM_TEST_POWER` set to a number, that many times as many.
//! `COFFERDAM_TEST_SEED` decides which, and how writes are torn.

#![expect(clippy::unwrap_used, clippy::panic, reason = "in tests a failure is a panic")]

mod check;
mod day;

use std::panic::AssertUnwindSafe;

use cofferdam_store::StoreError;
use cofferdam_testbed::disk::{Dice, Fault, Kind, Replay, Survives, Unsynced};
use futures::FutureExt as _;

use check::whole;
use day::{Day, TASKS, Told, worked};

fn number(name: &str, otherwise: u64) -> u64 {
    let set = std::env::var(name).ok();
    set.map_or(otherwise, |text| text.parse().unwrap())
}

fn dice() -> Dice {
    Dice::seeded(number("COFFERDAM_TEST_SEED", 1))
}

/// Looks at what power cuts at about so many moments leave.
async fn cut(day: &Day, moments: u64, dice: &mut Dice) {
    let moments = moments * number("COFFERDAM_TEST_POWER", 1);
    let points = day.log.boundaries();
    let step = points.len().div_ceil(moments as usize);
    let mut replay = Replay::new(&day.log);
    for point in points.iter().copied().skip(dice.index(step)).step_by(step) {
        replay.advance(point);
        let Some(beside) = day.log.beside(point) else {
            continue;
        };
        let told: Vec<Told> = replay
            .marks()
            .iter()
            .map(|mark| day.told[*mark as usize])
            .collect();
        let other = Survives::ALL[dice.index(Survives::ALL.len())];
        for survives in [Survives::Nothing, other] {
            let place = tempfile::tempdir().unwrap();
            beside.write(place.path()).unwrap();
            replay.cut(survives, dice).write(place.path()).unwrap();
            let looked = AssertUnwindSafe(whole(place.path(), day.lab, &told)).catch_unwind();
            if looked.await.is_err() {
                let (seed, total) = (number("COFFERDAM_TEST_SEED", 1), day.log.ops.len());
                panic!("seed {seed}, at {point} of {total}, {survives:?} survives");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_power_cut_takes_nothing_that_anybody_was_told() {
    let folder = tempfile::tempdir().unwrap();
    let day = worked(folder.path(), Vec::new()).await;
    eprintln!("{} told, {} syncs", day.told.len(), day.log.syncs());
    assert!(
        day.told.len() > 4 * TASKS,
        "too few to mean anything: {}",
        day.told.len()
    );
    cut(&day, 40, &mut dice()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failing_disk_takes_nothing_that_anybody_was_told() {
    let dice = &mut dice();
    let kinds = [
        Kind::Full,
        Kind::SyncError(Unsynced::OnlyInMemory),
        Kind::Short,
        Kind::SyncError(Unsynced::Gone),
        Kind::WriteError,
        Kind::SyncError(Unsynced::Stays),
    ];
    let faults = kinds.map(|kind| Fault {
        kind,
        after: dice.below(4),
        times: 1 + dice.below(3),
    });
    let folder = tempfile::tempdir().unwrap();
    let day = worked(folder.path(), faults.to_vec()).await;
    eprintln!("{} told, {} failures", day.told.len(), day.failures.len());
    let full = day
        .failures
        .iter()
        .filter(|e| matches!(e, StoreError::DiskFull))
        .count();
    assert!(
        full > 0 && full < day.failures.len(),
        "too few failures to mean anything"
    );
    whole(folder.path(), day.lab, &day.told).await;
    cut(&day, 15, dice).await;
}
