//! Copies from one database to another.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use cofferdam_model::Compartment;
use cofferdam_store::copy::{CopyError, End, Kind, Step, TABLES, copy};
use cofferdam_store::task::TaskRow;
use cofferdam_store::{Database, Options, Store, StoreError, lab, ledger, params, project, schema, task};
use cofferdam_testbed::Place;

use crate::support::*;
use crate::{ledgers, rows};

struct Ends {
    folder: tempfile::TempDir,
    place: Place,
    from: End,
    to: End,
}

impl Ends {
    fn new() -> Self {
        let (folder, place) = (tempfile::tempdir().unwrap(), Place::on_postgres().unwrap());
        let end = |database: Database| End {
            folder: folder.path().to_owned(),
            database,
        };
        let (from, to) = (end(Database::Sqlite), end(place.database().parse().unwrap()));
        Self {
            folder,
            place,
            from,
            to,
        }
    }

    fn open(&self, end: &End) -> Result<Store, StoreError> {
        let options = Options {
            folder: self.folder.path().to_owned(),
            database: end.database.clone(),
            readers: 1,
        };
        Store::open(&options, |_| ())
    }

    /// Rows of several kinds, with more objects than a page has.
    async fn filled(&self) {
        let store = self.open(&self.from).unwrap();
        write(&store, |tx| {
            for n in 1..=3 {
                lab::insert(tx, &rows::lab(n))?;
                project::insert(tx, &rows::project(n, n))?;
            }
            for n in 1..=300 {
                let external = None;
                let row = TaskRow {
                    external,
                    ..rows::task(n, 1, 1)
                };
                task::insert(tx, &row)?;
            }
            ledger::create(tx, Compartment::Installation)
        })
        .await;
        for _ in 0..150 {
            write(&store, |tx| {
                ledgers::append(tx, Compartment::Installation, at(0), true, &[b'x'; 70])
            })
            .await;
        }
    }
}

/// Off the threads of asynchronous code, where the client of a server may not be used.
async fn copied(from: &End, to: &End, each: impl FnMut(Step) + Send + 'static) -> Result<u64, CopyError> {
    let (from, to) = (from.clone(), to.clone());
    let done = tokio::task::spawn_blocking(move || copy(&from, &to, each)).await;
    done.unwrap()
}

#[tokio::test]
async fn every_row_arrives_and_comes_back() {
    let ends = Ends::new();
    ends.filled().await;
    let rows = copied(&ends.from, &ends.to, |_| ()).await.unwrap();
    assert_eq!(rows, 2 * 3 + 300 + 1 + 150);
    let store = ends.open(&ends.to).unwrap();
    assert_eq!(read(&store, lab::all).await.len(), 3);
    let entries = read(&store, |r| {
        ledger::entries(r, Compartment::Installation, 0, u32::MAX)
    })
    .await;
    assert_eq!(entries.len(), 150);
    drop(store);
    let home = tempfile::tempdir().unwrap();
    let back = End {
        folder: home.path().to_owned(),
        database: Database::Sqlite,
    };
    assert_eq!(copied(&ends.to, &back, |_| ()).await.unwrap(), rows);
}

#[tokio::test]
async fn a_copy_that_broke_off_is_not_opened_and_goes_on() {
    let ends = Ends::new();
    ends.filled().await;
    let (from, to) = (ends.from.clone(), ends.to.clone());
    let broken = tokio::task::spawn_blocking(move || {
        let mut pages = 0;
        let each = |step| {
            pages += u32::from(matches!(step, Step::Copied(_)));
            assert!(pages < 6, "the machine stops");
        };
        catch_unwind(AssertUnwindSafe(|| copy(&from, &to, each))).is_err()
    });
    assert!(broken.await.unwrap());
    let refused = ends.open(&ends.to).map(|_| ());
    assert!(matches!(refused, Err(StoreError::Unfinished)), "{refused:?}");
    let (told, tell) = std::sync::mpsc::channel();
    let rows = copied(&ends.from, &ends.to, move |step| {
        let _ = told.send(step);
    });
    let rows = rows.await.unwrap();
    let steps: Vec<Step> = tell.into_iter().collect();
    let Some(&Step::Counted(all, there)) = steps.first() else {
        panic!("{steps:?}")
    };
    assert_eq!(all, rows);
    assert!(there > 64, "nothing was kept of the first try: {there}");
    let sum = |of: fn(&Step) -> u64| steps.iter().map(of).sum::<u64>();
    let more = |step: &Step| if let Step::Copied(more) = step { *more } else { 0 };
    let compared = |step: &Step| if let Step::Compared(more) = step { *more } else { 0 };
    assert_eq!((there + sum(more), sum(compared)), (rows, rows));
    ends.open(&ends.to).unwrap();
}

/// A file with another installation's ledger.
async fn another() -> (tempfile::TempDir, End) {
    let folder = tempfile::tempdir().unwrap();
    let end = End {
        folder: folder.path().to_owned(),
        database: Database::Sqlite,
    };
    let options = Options {
        folder: folder.path().to_owned(),
        database: Database::Sqlite,
        readers: 1,
    };
    let store = Store::open(&options, |_| ()).unwrap();
    write(&store, |tx| {
        lab::insert(tx, &rows::lab(9))?;
        ledger::create(tx, Compartment::Installation)
    })
    .await;
    write(&store, |tx| {
        ledgers::append(tx, Compartment::Installation, at(0), true, b"another beginning")?;
        tx.execute("UPDATE ledger SET leaf = $1", params![[9_u8; 32]])
    })
    .await;
    (folder, end)
}

#[tokio::test]
async fn another_installation_is_not_copied_onto_half_of_one() {
    let ends = Ends::new();
    ends.filled().await;
    let (_folder, other) = another().await;
    let (from, to) = (ends.from.clone(), ends.to.clone());
    let broken = tokio::task::spawn_blocking(move || {
        let each = |step| assert!(!matches!(step, Step::Copied(_)), "the machine stops");
        catch_unwind(AssertUnwindSafe(|| copy(&from, &to, each))).is_err()
    });
    assert!(broken.await.unwrap());
    let count = "SELECT count(*) FROM lab";
    let before = ends.place.sql(count).unwrap();
    let refused = copied(&other, &ends.to, |_| ()).await;
    assert!(matches!(refused, Err(CopyError::Another)), "{refused:?}");
    assert_eq!(ends.place.sql(count).unwrap(), before);
    copied(&ends.from, &ends.to, |_| ()).await.unwrap();
    let store = ends.open(&ends.to).unwrap();
    assert_eq!(read(&store, lab::all).await.len(), 3);
}

/// Neither an empty database nor half of a copy is anybody's source, and neither is changed by being asked.
#[tokio::test]
async fn only_the_whole_of_something_is_copied_or_brought_up_to_date() {
    let ends = Ends::new();
    let place = &ends.place;
    let brought = |end: &End| {
        let end = end.clone();
        tokio::task::spawn_blocking(move || schema::bring_up_to_date(&end.folder, &end.database))
    };
    for end in [&ends.from, &ends.to] {
        let empty = brought(end).await.unwrap();
        assert!(matches!(empty, Err(StoreError::Empty)), "{empty:?}");
        let target = End {
            folder: tempfile::tempdir().unwrap().keep(),
            database: Database::Sqlite,
        };
        let empty = copied(end, &target, |_| ()).await;
        assert!(
            matches!(empty, Err(CopyError::From(StoreError::Empty))),
            "{empty:?}"
        );
        std::fs::remove_dir_all(target.folder).unwrap();
    }
    let made = "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()";
    assert_eq!(place.sql(made).unwrap(), "0");
    assert!(!ends.folder.path().join("cofferdam.sqlite").exists());
    ends.filled().await;
    copied(&ends.from, &ends.to, |_| ()).await.unwrap();
    brought(&ends.to).await.unwrap().unwrap();
    place.sql("INSERT INTO copying VALUES (7)").unwrap();
    let half = brought(&ends.to).await.unwrap();
    assert!(matches!(half, Err(StoreError::Unfinished)), "{half:?}");
}

#[tokio::test]
async fn what_changed_meanwhile_is_noticed() {
    let ends = Ends::new();
    ends.filled().await;
    let (from, to) = (ends.from.clone(), ends.to.clone());
    let broken = tokio::task::spawn_blocking(move || {
        let each = |step| assert!(!matches!(step, Step::Compared(_)), "the machine stops");
        catch_unwind(AssertUnwindSafe(|| copy(&from, &to, each))).is_err()
    });
    assert!(broken.await.unwrap());
    let store = ends.open(&ends.from).unwrap();
    write(&store, |tx| {
        tx.execute("UPDATE lab SET name = 'Another' WHERE name = 'Lab 2'", &[])
    })
    .await;
    drop(store);
    let refused = copied(&ends.from, &ends.to, |_| ()).await;
    assert!(
        matches!(refused, Err(CopyError::Differs { table: "lab" })),
        "{refused:?}"
    );
    assert!(matches!(
        ends.open(&ends.to).map(|_| ()),
        Err(StoreError::Unfinished)
    ));
}

#[tokio::test]
async fn nothing_is_copied_over_what_is_there() {
    let ends = Ends::new();
    ends.filled().await;
    let store = ends.open(&ends.to).unwrap();
    write(&store, |tx| lab::insert(tx, &rows::lab(9))).await;
    drop(store);
    let refused = copied(&ends.from, &ends.to, |_| ()).await;
    assert!(matches!(refused, Err(CopyError::Occupied)), "{refused:?}");
    let store = ends.open(&ends.to).unwrap();
    assert_eq!(read(&store, lab::all).await, [rows::lab(9)]);
    let busy = copied(&ends.from, &ends.to, |_| ()).await;
    assert!(
        matches!(busy, Err(CopyError::From(StoreError::InUse))),
        "{busy:?}"
    );
}

/// Every table but those that speak of the database itself, with every column and its primary key.
#[test]
fn no_table_or_column_is_forgotten() {
    let folder = tempfile::tempdir().unwrap();
    let options = Options {
        folder: folder.path().to_owned(),
        database: Database::Sqlite,
        readers: 1,
    };
    drop(Store::open(&options, |_| ()).unwrap());
    let raw = rusqlite::Connection::open(folder.path().join("cofferdam.sqlite")).unwrap();
    let mut statement = raw
        .prepare(
            "SELECT m.name, c.name, c.type, c.pk FROM sqlite_master m JOIN pragma_table_info(m.name) c
             WHERE m.type = 'table' AND m.name NOT IN ('schema_version', 'copying') ORDER BY m.name, c.cid",
        )
        .unwrap();
    let rows = statement.query_map([], |row| {
        Ok((
            row.get::<_, String>(0)?,
            row.get::<_, String>(1)?,
            row.get::<_, String>(2)?,
            row.get::<_, u16>(3)?,
        ))
    });
    let mut there: BTreeMap<String, Vec<(String, String, u16)>> = BTreeMap::new();
    for (table, column, kind, key) in rows.unwrap().map(Result::unwrap) {
        there.entry(table).or_default().push((column, kind, key));
    }
    let ours: BTreeMap<_, _> = TABLES
        .iter()
        .map(|table| {
            let columns = table.columns.iter().enumerate().map(|(index, (name, kind))| {
                let kind = match kind {
                    Kind::Int => "BIGINT",
                    Kind::Text => "TEXT",
                    Kind::Blob => "BLOB",
                };
                let key = if index < table.key { index as u16 + 1 } else { 0 };
                ((*name).to_owned(), kind.to_owned(), key)
            });
            (table.name.to_owned(), columns.collect::<Vec<_>>())
        })
        .collect();
    assert_eq!(ours, there);
}
