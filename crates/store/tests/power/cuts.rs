//! Power cuts.

use std::panic::AssertUnwindSafe;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use cofferdam_testbed::disk::{Dice, Disk, Files, Log, Op, Replay, Survives};
use futures::FutureExt as _;

use crate::check::whole;
use crate::work::{Told, begun, idle};

/// A sync takes as long as on a quick disk, so that an answer that comes too early comes before its end.
const LATENCY: Duration = Duration::from_millis(1);

fn number(name: &str, otherwise: u64) -> u64 {
    let set = std::env::var(name).ok();
    set.map_or(otherwise, |text| text.parse().unwrap())
}

/// How many times as many moments as usual.
pub(crate) fn times() -> usize {
    number("COFFERDAM_TEST_POWER", 1) as usize
}

fn seed() -> u64 {
    number("COFFERDAM_TEST_SEED", 1)
}

pub(crate) fn dice() -> Dice {
    Dice::seeded(seed())
}

/// Looks at what some power cuts leave, at about so many moments, each in every way; `before` was told before the log
/// began.
pub(crate) async fn cut(log: &Log, before: &[u64], moments: usize, dice: &mut Dice) -> usize {
    let points = log.boundaries();
    let step = points.len().div_ceil(moments.max(1)).max(1);
    let first = dice.index(step);
    let mut replay = Replay::new(log);
    let mut seen = 0;
    for point in points.iter().copied().skip(first).step_by(step) {
        replay.advance(point);
        let told = [before, replay.marks()].concat();
        for survives in Survives::ALL {
            let place = tempfile::tempdir().unwrap();
            replay.cut(survives, dice).write(place.path()).unwrap();
            let looked = AssertUnwindSafe(whole(place.path(), &told)).catch_unwind().await;
            if looked.is_err() {
                let total = log.ops.len();
                let (seed, kept) = (seed(), place.keep());
                panic!(
                    "seed {seed}, at {point} of {total}, {survives:?} survives: {}",
                    kept.display()
                );
            }
            seen += 1;
        }
    }
    seen
}

/// Several tasks write, read and let the writer rest; what was done to the files.
async fn worked(folder: &Path) -> Log {
    let disk = Arc::new(Disk::watch(folder).unwrap());
    disk.set_latency(LATENCY);
    let told = Arc::new(Told::default());
    let store = begun(folder).await;
    for _ in 0..3 {
        told.many(&store, &disk, 5, 24).await;
        // One at a time, so that some groups are of one.
        told.many(&store, &disk, 1, 50).await;
        idle().await;
    }
    // Whoever reads keeps the log from being begun anew.
    let reading = store.read(|_| -> Result<(), cofferdam_store::StoreError> {
        std::thread::sleep(Duration::from_millis(150));
        Ok(())
    });
    let (read, ()) = tokio::join!(reading, told.many(&store, &disk, 5, 24));
    read.unwrap();
    idle().await;
    told.many(&store, &disk, 2, 10).await;
    drop(store);
    assert_eq!(told.failed.lock().unwrap().len(), 0);
    disk.log()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_power_cut_takes_nothing_that_was_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    let log = worked(folder.path()).await;
    let copied = log.ops.iter().filter(|op| matches!(op, Op::Truncate { .. }));
    eprintln!(
        "{} syncs, {} operations, {} cuts",
        log.syncs(),
        log.ops.len(),
        copied.count()
    );
    let seen = cut(&log, &[], 50 * times(), &mut dice()).await;
    assert!(log.syncs() > 100 && seen > 100, "too few to mean anything");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_power_cut_while_the_database_is_made_leaves_one_that_opens() {
    let folder = tempfile::tempdir().unwrap();
    let disk = Arc::new(Disk::watch(folder.path()).unwrap());
    disk.set_latency(LATENCY);
    let told = Arc::new(Told::default());
    let store = begun(folder.path()).await;
    told.many(&store, &disk, 1, 2).await;
    drop(store);
    cut(&disk.log(), &[], 20 * times(), &mut dice()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_power_cut_during_recovery_takes_nothing_either() {
    let folder = tempfile::tempdir().unwrap();
    let first = worked(folder.path()).await;
    let points = first.boundaries();
    let dice = &mut dice();
    for _ in 0..4 * times() {
        let point = points[dice.index(points.len())];
        let mut replay = Replay::new(&first);
        replay.advance(point);
        let left: Files = replay.cut(Survives::Torn, dice);
        let again = tempfile::tempdir().unwrap();
        left.write(again.path()).unwrap();
        let disk = Arc::new(Disk::watch(again.path()).unwrap());
        let told = Arc::new(Told::from(10_000));
        let store = begun(again.path()).await;
        told.many(&store, &disk, 2, 4).await;
        drop(store);
        cut(&disk.log(), replay.marks(), 5, dice).await;
    }
}
