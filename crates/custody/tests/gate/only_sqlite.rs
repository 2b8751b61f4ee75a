//! What only SQLite can be asked: its own limit on pages stands for a disk that fills up, and a server has none. The run
//! on PostgreSQL leaves this module out, as it would be the same again.

use cofferdam_custody::{Done, GateError, Scope};
use cofferdam_model::*;
use cofferdam_store::StoreError;
use cofferdam_testbed::Place;

use crate::support::*;

#[tokio::test]
async fn a_full_disk_releases_nothing_and_says_so() {
    let world = World::at(Place::in_file()).await;
    let lab = world.lab("Lab").await;
    let own = world.author(&lab).await;
    let objects = world.objects(lab.id, lab.project, &["words"]).await;
    let limit = |pages: &'static str| {
        world
            .gate()
            .store()
            .write(move |tx| tx.first(pages, &[], |row| row.i64(0)))
    };
    let _: Option<i64> = limit("PRAGMA max_page_count = 1").await.unwrap();
    let command = Do {
        act: Act::SaveDraft,
        project: None,
        run: |scope: &mut Scope<'_, '_>| {
            let big = "INSERT INTO object_set (sha256, list) VALUES (zeroblob(32), zeroblob(9000000))";
            scope.tx.execute(big, &[])?;
            Ok(Done::quiet(()))
        },
    };
    let answer = world.gate().transact(&own.caller, own.id, command).await;
    assert!(
        matches!(answer, Err(GateError::Store(StoreError::DiskFull))),
        "{answer:?}"
    );
    let _: Option<i64> = limit("PRAGMA max_page_count = 1000000").await.unwrap();
    assert_eq!(world.read(&own, lab.project, &objects).await.unwrap(), ["words"]);
    assert_eq!(world.findings().await, [""; 0]);
}

/// It is SQLite's own, and no query of ours may come upon it.
#[tokio::test]
async fn damage_to_the_file_is_named_by_the_check_of_the_whole() {
    let mut world = World::at(Place::in_file()).await;
    let lab = world.lab("Lab").await;
    world.author(&lab).await;
    let file = world.folder.path().join("cofferdam.sqlite");
    world
        .stopped(|raw| {
            let free = "CREATE TABLE scratch (x BLOB)";
            raw.run(free, &[]).unwrap();
            let root = "SELECT rootpage FROM sqlite_master WHERE name = 'scratch'";
            let page = raw.int(root, &[]).unwrap() as usize;
            raw.look("PRAGMA wal_checkpoint(TRUNCATE)", &[]).unwrap();
            let mut bytes = std::fs::read(&file).unwrap();
            bytes[(page - 1) * 4_096..page * 4_096].fill(0x5A);
            std::fs::write(&file, bytes).unwrap();
        })
        .await;
    let findings = world.findings().await;
    assert!(!findings.is_empty());
    for found in findings {
        let said = "the database's file is not as it was written: it is damaged (";
        assert!(found.starts_with(said) && !found.contains('\n'), "{found}");
    }
}
