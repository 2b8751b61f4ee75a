//! What the firm said of its walls.

use cofferdam_store::wall::{self, WallActRow};

use crate::support::*;

fn act(wall: u64, n: u64) -> WallActRow {
    WallActRow {
        wall: id(wall),
        n,
        name: format!("wall {wall}"),
        reason: if n == 2 {
            String::new()
        } else {
            "they compete".into()
        },
        by: id(7),
        at: at(n as i64),
        seal: [n as u8; 32],
    }
}

pub(crate) async fn what_was_done_to_a_wall_and_why(backend: &impl Backend) {
    let store = backend.open();
    let all = [act(1, 1), act(1, 2), act(2, 1)];
    let insert = all.clone();
    write(&store, move |tx| {
        insert.iter().rev().try_for_each(|row| wall::insert(tx, row))
    })
    .await;
    conflict(&store, |tx| wall::insert(tx, &act(1, 2))).await;
    let found = read(&store, |r| {
        Ok((wall::all(r)?, wall::of(r, id(1))?, wall::of(r, id(3))?))
    })
    .await;
    assert_eq!(found, (all.to_vec(), all[..2].to_vec(), Vec::new()));
}
