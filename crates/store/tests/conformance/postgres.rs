//! PostgreSQL: the suite's second backend, and what only it can be asked.

use cofferdam_store::{Database, Options, Store, StoreError, Tx, lab, project, schema};
use cofferdam_testbed::Place;

use crate::rows;
use crate::support::*;

/// A data folder, and a place on the server.
pub(crate) struct OnServer {
    folder: tempfile::TempDir,
    place: Place,
}

fn open(
    folder: &std::path::Path,
    database: &str,
    undone: impl Fn() + Send + 'static,
) -> Result<Store, StoreError> {
    let options = Options {
        folder: folder.to_owned(),
        database: Database::Postgres(database.parse().unwrap()),
        readers: 2,
    };
    Store::open(&options, undone)
}

impl Backend for OnServer {
    fn fresh() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            place: Place::on_postgres().unwrap(),
        }
    }

    fn open_with(&self, undone: impl Fn() + Send + 'static) -> Result<Store, StoreError> {
        open(self.folder.path(), self.place.database(), undone)
    }

    fn spoil(tx: &mut Tx<'_>) -> Result<(), StoreError> {
        tx.execute("SET CONSTRAINTS ALL DEFERRED", &[])?;
        project::insert(tx, &rows::project(1, 99))
    }
}

#[tokio::test]
async fn a_database_has_one_owner_at_a_time() {
    let server = OnServer::fresh();
    let store = server.open();
    let elsewhere = tempfile::tempdir().unwrap();
    let second = open(elsewhere.path(), server.place.database(), || ());
    assert!(matches!(second.map(|_| ()), Err(StoreError::InUse)));
    write(&store, |tx| lab::insert(tx, &rows::lab(1))).await;
    drop(store);
    let store = server.open();
    assert_eq!(read(&store, lab::all).await, [rows::lab(1)]);
}

#[tokio::test]
async fn a_newer_schema_is_refused_and_left_alone() {
    let server = OnServer::fresh();
    drop(server.open());
    let newer = schema::VERSION + 1;
    let sql = format!("INSERT INTO schema_version VALUES ({newer})");
    server.place.sql(&sql).unwrap();
    match server.open_with(|| ()).map(|_| ()) {
        Err(StoreError::TooNew { found, known }) => assert_eq!((found, known), (newer, schema::VERSION)),
        other => panic!("{other:?}"),
    }
}
