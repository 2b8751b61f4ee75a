//! Failing disks.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use cofferdam_store::{StoreError, Tx};
use cofferdam_testbed::disk::{Dice, Disk, Fault, Kind, Unsynced};

use crate::check::{held, whole};
use crate::cuts::{cut, dice, times};
use crate::work::{Told, begin, begun, command, idle, open};

const KINDS: [Kind; 6] = [
    Kind::Full,
    Kind::Short,
    Kind::WriteError,
    Kind::SyncError(Unsynced::Stays),
    Kind::SyncError(Unsynced::OnlyInMemory),
    Kind::SyncError(Unsynced::Gone),
];

/// A full disk is called one; anything else is the disk's failure.
fn is_right(kind: Kind, error: &StoreError) -> bool {
    match kind {
        Kind::Full | Kind::Short => matches!(error, StoreError::DiskFull),
        // Writing fails at once as unwritable, or later as what cannot be read back.
        Kind::WriteError => {
            matches!(error, StoreError::Unwritable(text) | StoreError::Database(text) if text.contains("disk I/O error"))
        }
        Kind::SyncError(_) => {
            matches!(error, StoreError::Database(text) if text.contains("disk I/O error"))
        }
    }
}

/// Works while the disk fails, and afterwards; how many operations failed, and how many were told so.
async fn through(folder: &Path, fault: Fault, dice: &mut Dice) -> (u64, usize) {
    let disk = Arc::new(Disk::watch(folder).unwrap());
    let told = Arc::new(Told::default());
    let store = begun(folder).await;
    disk.fail(fault);
    told.many(&store, &disk, 4, 6).await;
    told.many(&store, &disk, 1, 30).await;
    idle().await;
    told.many(&store, &disk, 4, 6).await;
    let failed = disk.mend();
    assert!(told.one(&store, &disk).await, "it does not go on after {fault:?}");
    let there = held(&store).await;
    let done = told.done.lock().unwrap().clone();
    assert!(there.is_superset(&done), "{fault:?}: acknowledged and gone");
    drop(store);
    let failures = told.failed.lock().unwrap().clone();
    for error in &failures {
        assert!(is_right(fault.kind, error), "{fault:?}: {error:?}");
    }
    cut(&disk.log(), &[], 1, dice).await;
    drop(disk);
    let done: Vec<u64> = done.into_iter().collect();
    whole(folder, &done).await;
    (failed, failures.len())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failing_disk_takes_nothing_that_was_acknowledged() {
    let dice = &mut dice();
    for kind in KINDS {
        let most = match kind {
            Kind::SyncError(_) => 40,
            Kind::Full | Kind::Short | Kind::WriteError => 500,
        };
        let (mut failed, mut told) = (0, 0);
        for round in 0..6 * times() as u64 {
            // The first comes at once, so that none is never met.
            let fault = Fault {
                kind,
                after: dice.below(if round == 0 { 10 } else { most }),
                times: [1, 2, 5, u64::MAX][round as usize % 4],
            };
            let folder = tempfile::tempdir().unwrap();
            let seen = through(folder.path(), fault, dice).await;
            failed += seen.0;
            told += seen.1;
        }
        eprintln!("{kind:?}: {failed} failed, {told} were told");
        assert!(failed > 0 && told > 0, "{kind:?} was never met");
    }
}

/// What a failed sync left may be read until the power goes, and is not on the disk: what comes after a restart must not
/// build on it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restart_after_failed_syncs_does_not_trust_what_it_reads() {
    let dice = &mut dice();
    for unsynced in [Unsynced::Stays, Unsynced::OnlyInMemory, Unsynced::Gone] {
        for after in 0..3 {
            let folder = tempfile::tempdir().unwrap();
            let disk = Arc::new(Disk::watch(folder.path()).unwrap());
            let told = Arc::new(Told::default());
            let store = begun(folder.path()).await;
            told.many(&store, &disk, 2, 25).await;
            // The log begins anew, and does not hold every page that changes later.
            drop(store);
            let store = begun(folder.path()).await;
            told.one(&store, &disk).await;
            disk.fail(Fault {
                kind: Kind::SyncError(unsynced),
                after,
                times: u64::MAX,
            });
            told.many(&store, &disk, 1, 4).await;
            drop(store);
            assert!(disk.mend() > 0);
            // What is written past SQLite then has a later time, by which the disk knows that it was.
            idle().await;
            let store = begun(folder.path()).await;
            told.many(&store, &disk, 2, 3).await;
            drop(store);
            cut(&disk.log(), &[], 4 * times(), dice).await;
        }
    }
}

/// A disk that fails for a moment while the store is opened must not leave it less careful than it says.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disk_that_fails_while_the_store_opens_is_told_and_harms_nothing() {
    let dice = &mut dice();
    let mut refused = 0;
    for kind in KINDS {
        for round in 0..6 * times() as u64 {
            let folder = tempfile::tempdir().unwrap();
            let disk = Arc::new(Disk::watch(folder.path()).unwrap());
            disk.fail(Fault {
                kind,
                after: match kind {
                    Kind::SyncError(_) => round,
                    _ => round * 2 + dice.below(2),
                },
                times: [1, u64::MAX][round as usize % 2],
            });
            let store = match open(folder.path()) {
                Ok(store) => store,
                Err(error) => {
                    assert!(is_right(kind, &error), "{kind:?}: {error:?}");
                    refused += 1;
                    disk.mend();
                    idle().await;
                    open(folder.path()).unwrap()
                }
            };
            disk.mend();
            begin(&store).await;
            let told = Arc::new(Told::default());
            told.many(&store, &disk, 2, 3).await;
            assert_eq!(told.done.lock().unwrap().len(), 6);
            drop(store);
            cut(&disk.log(), &[], 2, dice).await;
        }
    }
    assert!(refused > 6, "{refused} is too few to mean anything");
}

/// More than the writer keeps in memory, so that it writes in the middle of a command.
fn flood(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    let flood = "INSERT INTO object_set (sha256, list) VALUES (zeroblob(32), zeroblob(40000000))";
    tx.execute(flood, &[]).map(|_| ())
}

/// The disk fills up in the middle of a command, which ends the whole transaction.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_command_that_goes_on_after_a_failure_leaves_no_half() {
    for kind in KINDS
        .into_iter()
        .filter(|kind| !matches!(kind, Kind::SyncError(_)))
    {
        let folder = tempfile::tempdir().unwrap();
        let disk = Disk::watch(folder.path()).unwrap();
        let store = begun(folder.path()).await;
        let (go_on, wait) = std::sync::mpsc::channel::<()>();
        let first = store.write(move |tx| {
            let _ = wait.recv();
            command(tx, 1)
        });
        let stubborn = store.write(|tx| -> Result<(), StoreError> {
            command(tx, 2)?;
            let failed = tx.attempt(flood);
            assert!(failed.is_err());
            command(tx, 3)
        });
        let last = store.write(|tx| command(tx, 4));
        disk.fail(Fault {
            kind,
            after: 5,
            times: 1,
        });
        let release = async {
            tokio::time::sleep(Duration::from_millis(50)).await;
            drop(go_on);
        };
        let (first, stubborn, last, ()) = tokio::join!(first, stubborn, last, release);
        assert_eq!(disk.mend(), 1);
        assert!(held(&store).await.is_empty(), "half of a group");
        for answer in [&first, &stubborn, &last] {
            let error = answer.as_ref().expect_err("nothing was committed");
            assert!(is_right(kind, error), "{error:?}");
        }
        store.write(|tx| command(tx, 5)).await.unwrap();
    }
}
