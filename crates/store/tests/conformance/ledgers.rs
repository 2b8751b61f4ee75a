//! Ledgers: indices without a gap, times that never go back.

use cofferdam_model::{Compartment, Timestamp};
use cofferdam_store::ledger::{self, EntryRow};
use cofferdam_store::{Store, StoreError, Tx};

use crate::support::*;

fn of(n: u64) -> Compartment {
    Compartment::Lab(id(n))
}

/// Takes the next place and fills it.
pub(crate) fn append(
    tx: &mut Tx<'_>,
    compartment: Compartment,
    now: Timestamp,
    authorises: bool,
    body: &[u8],
) -> Result<EntryRow, StoreError> {
    let (n, t, authorising) = ledger::sequence(tx, compartment, now, authorises)?;
    let row = EntryRow {
        n,
        t,
        body: body.to_vec(),
        leaf: [n as u8; 32],
        seal: [7; 32],
        authorising,
        engagement: authorises.then(|| id(3)),
        about: (!authorises).then_some([(n % 4) as u8; 16]),
    };
    ledger::insert(tx, compartment, &row)?;
    Ok(row)
}

async fn begun(backend: &impl Backend) -> Store {
    let store = backend.open();
    write(&store, |tx| {
        ledger::create(tx, Compartment::Installation)?;
        ledger::create(tx, of(1))?;
        ledger::create(tx, of(2))
    })
    .await;
    store
}

pub(crate) async fn indices_have_no_gap_and_time_never_goes_back(backend: &impl Backend) {
    let store = begun(backend).await;
    let clock = [5, 3, 9, 9, -20, 7, 11, 0];
    let appending = (0..200usize).map(|i| {
        let store = store.clone();
        tokio::spawn(async move {
            let now = at(clock[i % clock.len()] + i as i64 / 8);
            // One in five fails after it took its place: the place is given to another.
            store
                .write(move |tx| {
                    let row = append(tx, of(1), now, i.is_multiple_of(3), b"{}")?;
                    if i.is_multiple_of(5) {
                        Err(StoreError::Stopped)
                    } else {
                        Ok(row)
                    }
                })
                .await
        })
    });
    let mut answers = Vec::new();
    for task in appending.collect::<Vec<_>>() {
        answers.extend(task.await.unwrap().ok());
    }
    answers.sort_by_key(|row| row.n);
    let stored = read(&store, |r| ledger::entries(r, of(1), 0, 1_000)).await;
    assert_eq!(stored, answers, "what was answered is what is stored");
    assert_eq!(stored.len(), 160);
    assert!(stored.iter().map(|e| e.n).eq(0..160));
    assert!(stored.is_sorted_by_key(|e| e.t));
    let mut about: Vec<_> = stored
        .iter()
        .filter(|e| e.about == Some([2; 16]))
        .cloned()
        .collect();
    about.reverse();
    let found = read(&store, |r| ledger::about(r, of(1), &[2; 16], 5)).await;
    assert_eq!(found, about[..5], "the newest, newest first");
    assert_eq!(read(&store, |r| ledger::about(r, of(2), &[2; 16], 5)).await, []);
    let numbered = read(&store, |r| ledger::authorising(r, of(1), 0)).await;
    let count = numbered.len() as u64;
    assert!(numbered.iter().map(|e| e.authorising.unwrap()).eq(1..=count));
    let head = read(&store, |r| ledger::head(r, of(1))).await.unwrap();
    assert_eq!((head.size, head.authorising, head.t), (160, count, stored[159].t));
    let later = read(&store, move |r| ledger::authorising(r, of(1), count - 1)).await;
    assert_eq!(later, numbered[numbered.len() - 1..]);
    let own = read(&store, |r| ledger::under(r, of(1), id(3), (10, 150), 1_000)).await;
    let expected = numbered.iter().rev().filter(|e| (10..150).contains(&e.n));
    assert!(own.iter().eq(expected), "newest first, of one engagement alone");
    let two = read(&store, |r| ledger::under(r, of(1), id(3), (10, 150), 2)).await;
    assert_eq!(two, own[..2]);
    assert!(
        read(&store, |r| ledger::under(r, of(1), id(4), (0, 200), 9))
            .await
            .is_empty()
    );
}

pub(crate) async fn compartments_do_not_mix(backend: &impl Backend) {
    let store = begun(backend).await;
    let taken = write(&store, |tx| {
        let ledgers = [of(1), of(2), of(1), Compartment::Installation];
        ledgers
            .into_iter()
            .map(|c| append(tx, c, at(0), true, b"{}").map(|e| (e.n, e.authorising)))
            .collect::<Result<Vec<_>, _>>()
    });
    assert_eq!(
        taken.await,
        [(0, Some(1)), (0, Some(1)), (1, Some(2)), (0, Some(1))]
    );
    let begun = read(&store, ledger::compartments).await;
    assert_eq!(begun, [Compartment::Installation, of(1), of(2)]);
    conflict(&store, |tx| ledger::create(tx, of(1))).await;
    let nowhere = store.write(|tx| append(tx, of(9), at(0), true, b"{}")).await;
    assert!(matches!(nowhere, Err(StoreError::Corrupt { .. })));
    assert_eq!(read(&store, |r| ledger::head(r, of(9))).await, None);
}

pub(crate) async fn what_is_appended_reads_back(backend: &impl Backend) {
    let store = begun(backend).await;
    let rows = write(&store, |tx| {
        (0..10i64)
            .map(|i| {
                append(
                    tx,
                    of(1),
                    at(i / 2),
                    i % 2 == 0,
                    format!("{{\"n\":{i}}}").as_bytes(),
                )
            })
            .collect::<Result<Vec<_>, _>>()
    })
    .await;
    let all = rows.clone();
    let found = read(&store, |r| {
        Ok((
            ledger::entry(r, of(1), 4)?,
            ledger::entry(r, of(1), 10)?,
            ledger::entries(r, of(1), 3, 2)?,
        ))
    });
    assert_eq!(found.await, (Some(all[4].clone()), None, all[3..5].to_vec()));
    let before = read(&store, |r| {
        Ok((
            ledger::entries_before(r, of(1), 3, 2)?,
            ledger::entries_before(r, of(1), u64::MAX, 1)?,
        ))
    })
    .await;
    assert_eq!(
        before,
        (vec![all[2].clone(), all[1].clone()], vec![all[9].clone()])
    );
    let leaves = read(&store, |r| ledger::leaves(r, of(1), 8, 9)).await;
    assert_eq!(leaves, [[8; 32], [9; 32]]);
    for (t, index) in [(-1, 0), (0, 0), (1, 2), (4, 8), (5, 10), (99, 10)] {
        assert_eq!(
            read(&store, move |r| ledger::index_at(r, of(1), at(t))).await,
            index,
            "{t}"
        );
    }
    assert_eq!(read(&store, |r| ledger::index_at(r, of(2), at(0))).await, 0);
}

pub(crate) async fn tiles_and_checkpoints(backend: &impl Backend) {
    let store = begun(backend).await;
    write(&store, |tx| {
        append(tx, of(1), at(0), true, b"{}")?;
        append(tx, of(2), at(0), true, b"{}")?;
        ledger::set_tile(tx, of(1), 0, 0, &[1; 32])?;
        ledger::set_tile(tx, of(1), 0, 0, &[2; 64])?;
        ledger::set_tile(tx, of(1), 1, 0, &[3; 32])?;
        ledger::set_checkpoint(tx, of(1), 1, "note\n")?;
        ledger::seal_head(tx, of(1), &[9; 32])
    })
    .await;
    let tiles = read(&store, |r| {
        Ok((
            ledger::tile(r, of(1), 0, 0)?,
            ledger::tile(r, of(1), 0, 1)?,
            ledger::tile(r, of(2), 0, 0)?,
        ))
    })
    .await;
    assert_eq!(tiles, (Some(vec![2; 64]), None, None));
    let heads = read(&store, |r| {
        Ok((ledger::head(r, of(1))?.unwrap(), ledger::head(r, of(2))?.unwrap()))
    })
    .await;
    let again = heads.clone();
    assert_eq!(
        (heads.0.integrated, heads.0.checkpoint.as_deref(), heads.0.seal),
        (1, Some("note\n"), Some([9; 32]))
    );
    assert_eq!(
        (heads.1.integrated, heads.1.checkpoint, heads.1.seal),
        (0, None, None)
    );
    let all = read(&store, ledger::heads).await;
    let mut all: Vec<_> = all.into_iter().map(|(of, head)| (of, head.unwrap())).collect();
    all.sort_by_key(|(of, _)| of.to_bytes());
    assert_eq!(all[1..], [(of(1), again.0), (of(2), again.1)]);
}
