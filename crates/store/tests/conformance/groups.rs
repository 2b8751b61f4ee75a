//! Groups of writes: what an answer means, and what is undone with what.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use cofferdam_store::lab::LabRow;
use cofferdam_store::{News, Store, StoreError, Tx, lab};
use futures::FutureExt;

use crate::rows;
use crate::support::*;

type Answer = std::pin::Pin<Box<dyn Future<Output = Result<(), StoreError>> + Send>>;

/// Queues a write behind what holds the writer, and comes back without waiting for it.
fn queued(
    store: &Store,
    work: impl FnOnce(&mut Tx<'_>) -> Result<(), StoreError> + Send + 'static,
) -> Answer {
    let store = store.clone();
    let mut answer: Answer = Box::pin(async move { store.write(work).await });
    assert!((&mut answer).now_or_never().is_none());
    answer
}

fn adding(store: &Store, n: u64) -> Answer {
    queued(store, move |tx| lab::insert(tx, &rows::lab(n)))
}

/// A write that holds the writer from when it is run until it is told to go on.
struct Held {
    running: mpsc::Receiver<()>,
    go_on: mpsc::Sender<()>,
    answer: Answer,
}

fn holding(store: &Store) -> Held {
    let (run, running) = mpsc::channel();
    let (go_on, wait) = mpsc::channel();
    let answer = queued(store, move |_| {
        let _ = run.send(());
        let _ = wait.recv();
        Ok(())
    });
    Held {
        running,
        go_on,
        answer,
    }
}

async fn names(store: &Store) -> Vec<String> {
    let labs = read(store, lab::all).await;
    labs.into_iter().map(|l| l.name).collect()
}

pub(crate) async fn an_answer_means_committed(backend: &impl Backend) {
    let store = backend.open();
    let first = holding(&store);
    let mut early = adding(&store, 1);
    let second = holding(&store);
    first.go_on.send(()).unwrap();
    let running = second.running;
    tokio::task::spawn_blocking(move || running.recv())
        .await
        .unwrap()
        .unwrap();
    // Now `early` has run, in a group that is not committed for as long as one of it is held.
    assert!(
        (&mut early).now_or_never().is_none(),
        "answered before it was committed"
    );
    assert!(names(&store).await.is_empty());
    second.go_on.send(()).unwrap();
    early.await.unwrap();
    assert_eq!(names(&store).await, ["Lab 1"]);
    first.answer.await.unwrap();
    second.answer.await.unwrap();
}

pub(crate) async fn an_attempt_is_undone_alone(backend: &impl Backend) {
    let store = backend.open();
    write(&store, |tx| {
        lab::insert(tx, &rows::lab(1))?;
        let inner: Result<(), StoreError> = tx.attempt(|tx| {
            lab::insert(tx, &rows::lab(2))?;
            let innermost: Result<(), StoreError> = tx.attempt(|tx| {
                lab::insert(tx, &rows::lab(3))?;
                Err(StoreError::Stopped)
            });
            assert!(innermost.is_err());
            lab::insert(tx, &rows::lab(4))
        });
        inner?;
        let failed: Result<(), StoreError> = tx.attempt(|tx| {
            tx.attempt::<_, StoreError>(|tx| lab::insert(tx, &rows::lab(5)))?;
            lab::insert(tx, &rows::lab(1))
        });
        assert!(failed.is_err_and(|e| e.is_conflict()));
        lab::insert(tx, &rows::lab(6))
    })
    .await;
    assert_eq!(names(&store).await, ["Lab 1", "Lab 2", "Lab 4", "Lab 6"]);
}

pub(crate) async fn an_error_undoes_one_command_of_its_group(backend: &impl Backend) {
    let store = backend.open();
    let held = holding(&store);
    let first = adding(&store, 1);
    let failing = queued(&store, |tx| {
        lab::insert(tx, &rows::lab(2))?;
        let twin = LabRow {
            id: id(9),
            ..rows::lab(2)
        };
        lab::insert(tx, &twin)
    });
    let last = adding(&store, 3);
    held.go_on.send(()).unwrap();
    assert!(failing.await.is_err_and(|e| e.is_conflict()));
    for done in [held.answer, first, last] {
        done.await.unwrap();
    }
    assert_eq!(names(&store).await, ["Lab 1", "Lab 3"]);
}

pub(crate) async fn a_group_that_cannot_be_committed_is_undone_whole<B: Backend + 'static>(backend: &B) {
    let undone = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&undone);
    let count = move |news| {
        counter.fetch_add(usize::from(news == News::Undone), Ordering::SeqCst);
    };
    let store = backend.open_with(count).unwrap();
    write(&store, |tx| lab::insert(tx, &rows::lab(1))).await;
    let held = holding(&store);
    let innocent = adding(&store, 2);
    let spoiled = queued(&store, B::spoil);
    held.go_on.send(()).unwrap();
    for failed in [held.answer, innocent, spoiled] {
        assert!(failed.await.is_err());
    }
    assert_eq!(undone.load(Ordering::SeqCst), 1);
    assert_eq!(names(&store).await, ["Lab 1"]);
    write(&store, |tx| lab::insert(tx, &rows::lab(3))).await;
    assert_eq!(names(&store).await, ["Lab 1", "Lab 3"]);
    assert_eq!(undone.load(Ordering::SeqCst), 1);
}

pub(crate) async fn a_command_that_panics_stops_nobody(backend: &impl Backend) {
    let store = backend.open();
    let answer = store
        .write(|tx| -> Result<(), StoreError> {
            lab::insert(tx, &rows::lab(1))?;
            panic!("a mistake")
        })
        .await;
    assert!(matches!(answer, Err(StoreError::Panicked)), "{answer:?}");
    write(&store, |tx| lab::insert(tx, &rows::lab(2))).await;
    assert_eq!(names(&store).await, ["Lab 2"]);
}

pub(crate) async fn a_reader_that_panics_or_leaves_lends_nothing_out(backend: &impl Backend) {
    let store = backend.open();
    for _ in 0..8 {
        let answer = store
            .read(|_| -> Result<(), StoreError> { panic!("a mistake") })
            .await;
        assert!(matches!(answer, Err(StoreError::Panicked)));
    }
    let mut waiting = Vec::new();
    for _ in 0..8 {
        let (go_on, wait) = mpsc::channel::<()>();
        waiting.push(go_on);
        let slow = store.read(move |_| -> Result<(), StoreError> {
            let _ = wait.recv();
            Ok(())
        });
        // Given up while it may be running.
        assert!(
            tokio::time::timeout(Duration::from_millis(5), slow)
                .await
                .is_err()
        );
    }
    drop(waiting);
    let asked = (0..8).map(|_| names(&store));
    assert_eq!(
        futures::future::join_all(asked).await,
        vec![Vec::<String>::new(); 8]
    );
}

pub(crate) async fn readers_see_one_moment(backend: &impl Backend) {
    let store = backend.open();
    let (seen, see) = mpsc::channel();
    let (go_on, wait) = mpsc::channel::<()>();
    let reader = store.clone();
    let reading = tokio::spawn(async move {
        reader
            .read(move |r| -> Result<_, StoreError> {
                let before = lab::all(r)?.len();
                let _ = seen.send(());
                let _ = wait.recv();
                Ok((before, lab::all(r)?.len()))
            })
            .await
    });
    tokio::task::spawn_blocking(move || see.recv())
        .await
        .unwrap()
        .unwrap();
    write(&store, |tx| lab::insert(tx, &rows::lab(1))).await;
    go_on.send(()).unwrap();
    assert_eq!(reading.await.unwrap().unwrap(), (0, 0));
    assert_eq!(names(&store).await.len(), 1);
}

pub(crate) async fn what_is_queued_is_written_when_its_caller_leaves(backend: &impl Backend) {
    let store = backend.open();
    let held = holding(&store);
    // The command holds a handle itself, and outlives the caller and every other handle.
    let own = store.clone();
    drop(queued(&store, move |tx| {
        let _handle = own;
        lab::insert(tx, &rows::lab(1))
    }));
    drop((held.answer, store));
    held.go_on.send(()).unwrap();
    let reopened = async {
        loop {
            match backend.open_with(|_| ()) {
                Err(StoreError::InUse) => tokio::time::sleep(Duration::from_millis(5)).await,
                other => break other.unwrap(),
            }
        }
    };
    let store = tokio::time::timeout(Duration::from_secs(10), reopened)
        .await
        .unwrap();
    assert_eq!(names(&store).await, ["Lab 1"]);
}
