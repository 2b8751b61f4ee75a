//! What the firm said of its walls, of people and of projects.

use cofferdam_model::matching::{Able, Wanted};
use cofferdam_store::offer::{self, AbleRow, WantedRow};
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

pub(crate) async fn what_people_can_do_and_projects_ask_for(backend: &impl Backend) {
    let store = backend.open();
    let set = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    let able = |hours| AbleRow {
        principal: id(1),
        able: Able {
            skills: set(&["code review", "law"]),
            languages: set(&[]),
            hours,
        },
        seal: [1; 32],
    };
    let wanted = |seats| WantedRow {
        project: id(2),
        wanted: Wanted {
            skills: set(&[]),
            languages: set(&["de", "en"]),
            hours: 10,
        },
        seats,
        notice: "Preference work".into(),
        seal: [2; 32],
    };
    let (first, last) = ([able(3), able(40)], [wanted(1), wanted(7)]);
    write(&store, move |tx| {
        first.iter().try_for_each(|row| offer::put_able(tx, row))?;
        last.iter().try_for_each(|row| offer::put_wanted(tx, row))
    })
    .await;
    let found = read(&store, |r| {
        Ok((
            offer::able(r, id(1))?,
            offer::able(r, id(2))?,
            offer::all_able(r)?,
        ))
    })
    .await;
    assert_eq!(found, (Some(able(40)), None, vec![able(40)]));
    let found = read(&store, offer::all_wanted).await;
    assert_eq!(found, [(wanted(7), false)]);
}
