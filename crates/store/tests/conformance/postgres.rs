//! PostgreSQL: the suite's second backend, and what only it can be asked.

use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use cofferdam_store::copy::{End, copy};
use cofferdam_store::{Database, News, Options, Reader, Store, StoreError, Tx, lab, project, schema};
use cofferdam_testbed::{Place, Raw, Server, Wire};

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
    told: impl Fn(News) + Send + 'static,
) -> Result<Store, StoreError> {
    let options = Options {
        folder: folder.to_owned(),
        database: Database::Postgres(database.parse().unwrap()),
        readers: 2,
    };
    Store::open(&options, told)
}

impl Backend for OnServer {
    fn fresh() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            place: Place::on_postgres().unwrap(),
        }
    }

    fn open_with(&self, told: impl Fn(News) + Send + 'static) -> Result<Store, StoreError> {
        open(self.folder.path(), self.place.database(), told)
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
    let second = open(elsewhere.path(), server.place.database(), |_| ());
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
    match server.open_with(|_| ()).map(|_| ()) {
        Err(StoreError::TooNew { found, known }) => assert_eq!((found, known), (newer, schema::VERSION)),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_schema_of_no_version_is_refused_and_left_alone() {
    let server = OnServer::fresh();
    drop(server.open());
    server
        .place
        .sql("UPDATE schema_version SET version = -1")
        .unwrap();
    let refused = server.open_with(|_| ()).map(|_| ()).unwrap_err();
    assert!(matches!(refused, StoreError::OtherSchema { .. }), "{refused:?}");
}

/// A store at a place, and how often it was told that something was undone.
struct Told {
    store: Store,
    undone: Arc<AtomicUsize>,
    _folder: tempfile::TempDir,
}

impl Told {
    fn at(place: &Place) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let undone = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&undone);
        let count = move |news| {
            counter.fetch_add(usize::from(news == News::Undone), Ordering::SeqCst);
        };
        let store = open(folder.path(), place.database(), count).unwrap();
        Self {
            store,
            undone,
            _folder: folder,
        }
    }

    fn undone(&self) -> usize {
        self.undone.load(Ordering::SeqCst)
    }

    async fn names(&self) -> Vec<String> {
        let labs = read(&self.store, lab::all).await;
        labs.into_iter().map(|l| l.name).collect()
    }
}

#[tokio::test]
async fn a_session_that_ended_while_nobody_wrote_is_begun_again() {
    let place = Place::on_postgres().unwrap();
    let at = Told::at(&place);
    write(&at.store, |tx| lab::insert(tx, &rows::lab(1))).await;
    assert_eq!(at.undone(), 0);
    place.end_owner().unwrap();
    write(&at.store, |tx| lab::insert(tx, &rows::lab(2))).await;
    assert_eq!(at.undone(), 1, "somebody else may have written in between");
    assert_eq!(at.names().await, ["Lab 1", "Lab 2"]);
    let second = open(tempfile::tempdir().unwrap().path(), place.database(), |_| ());
    assert!(
        matches!(second.map(|_| ()), Err(StoreError::InUse)),
        "it is not held any more"
    );
}

#[tokio::test]
async fn a_session_that_ends_in_a_group_acknowledges_nobody() {
    let place = Arc::new(Place::on_postgres().unwrap());
    let at = Told::at(&place);
    write(&at.store, |tx| lab::insert(tx, &rows::lab(1))).await;
    let (go_on, wait) = std::sync::mpsc::channel::<()>();
    let first = at.store.write(move |tx| -> Result<(), StoreError> {
        let _ = wait.recv();
        lab::insert(tx, &rows::lab(2))
    });
    let ending = Arc::clone(&place);
    let ends = at.store.write(move |_| -> Result<(), StoreError> {
        ending.end_owner().unwrap();
        Ok(())
    });
    let last = at.store.write(|tx| lab::insert(tx, &rows::lab(3)));
    let release = async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        drop(go_on);
    };
    let (first, ends, last, ()) = tokio::join!(first, ends, last, release);
    for answer in [first, ends, last] {
        assert!(
            matches!(answer, Err(StoreError::Unreachable(_))),
            "acknowledged, and gone: {answer:?}"
        );
    }
    assert_ne!(at.undone(), 0);
    assert_eq!(at.names().await, ["Lab 1"]);
    write(&at.store, |tx| lab::insert(tx, &rows::lab(4))).await;
    assert_eq!(at.names().await, ["Lab 1", "Lab 4"]);
}

#[tokio::test]
async fn a_lost_answer_is_said_to_be_unknown_and_may_have_been_a_yes() {
    let server = Server::start().unwrap();
    let wire = Wire::before(&server).unwrap();
    let place = Place::on(&wire.url()).unwrap();
    let at = Told::at(&place);
    write(&at.store, |tx| lab::insert(tx, &rows::lab(1))).await;
    wire.lose_next_commit();
    let answer = at.store.write(|tx| lab::insert(tx, &rows::lab(2))).await;
    assert!(matches!(answer, Err(StoreError::Unknown(_))), "{answer:?}");
    assert_eq!(at.undone(), 1, "what it knows must be read anew");
    write(&at.store, |tx| lab::insert(tx, &rows::lab(3))).await;
    assert_eq!(at.names().await, ["Lab 1", "Lab 2", "Lab 3"]);
}

/// PostgreSQL answers the COMMIT of a transaction that failed by undoing it, and calls that success.
#[tokio::test]
async fn a_transaction_that_failed_is_never_acknowledged() {
    let place = Place::on_postgres().unwrap();
    let at = Told::at(&place);
    let (go_on, wait) = std::sync::mpsc::channel::<()>();
    let first = at.store.write(move |tx| -> Result<(), StoreError> {
        let _ = wait.recv();
        lab::insert(tx, &rows::lab(1))
    });
    let careless = at.store.write(|tx| -> Result<(), StoreError> {
        // Without what would catch it, a failure is the whole transaction's.
        tx.execute("RELEASE SAVEPOINT attempt", &[])?;
        assert!(tx.execute("SELECT 1 / 0", &[]).is_err());
        Ok(())
    });
    let last = at.store.write(|tx| lab::insert(tx, &rows::lab(2)));
    let release = async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        drop(go_on);
    };
    let (first, careless, last, ()) = tokio::join!(first, careless, last, release);
    for answer in [first, careless, last] {
        assert!(answer.is_err(), "acknowledged, and undone");
    }
    assert!(at.names().await.is_empty());
    write(&at.store, |tx| lab::insert(tx, &rows::lab(3))).await;
    assert_eq!(at.names().await, ["Lab 3"]);
}

#[tokio::test]
async fn a_command_that_overlooks_a_failed_statement_is_undone_alone() {
    let place = Place::on_postgres().unwrap();
    let at = Told::at(&place);
    let (go_on, wait) = std::sync::mpsc::channel::<()>();
    let first = at.store.write(move |tx| -> Result<(), StoreError> {
        let _ = wait.recv();
        lab::insert(tx, &rows::lab(1))
    });
    let careless = at.store.write(|tx| -> Result<(), StoreError> {
        lab::insert(tx, &rows::lab(2))?;
        assert!(tx.execute("SELECT 1 / 0", &[]).is_err());
        Ok(())
    });
    let last = at.store.write(|tx| lab::insert(tx, &rows::lab(3)));
    let release = async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        drop(go_on);
    };
    let (first, careless, last, ()) = tokio::join!(first, careless, last, release);
    assert!(careless.is_err(), "acknowledged, and undone");
    assert!(first.is_ok() && last.is_ok(), "{first:?}, {last:?}");
    assert_eq!(
        (at.names().await, at.undone()),
        (vec!["Lab 1".into(), "Lab 3".into()], 0)
    );
}

#[tokio::test]
async fn another_owner_in_between_closes_the_store_until_it_lets_go() {
    let place = Place::on_postgres().unwrap();
    let (at, elsewhere) = (Told::at(&place), tempfile::tempdir().unwrap());
    write(&at.store, |tx| lab::insert(tx, &rows::lab(1))).await;
    place.end_owner().unwrap();
    let second = open(elsewhere.path(), place.database(), |_| ()).unwrap();
    write(&second, |tx| lab::insert(tx, &rows::lab(2))).await;
    for _ in 0..2 {
        let answer = at.store.write(|tx| lab::insert(tx, &rows::lab(3))).await;
        assert!(matches!(answer, Err(StoreError::InUse)), "{answer:?}");
    }
    let before = at.undone();
    assert_eq!(before, 2);
    drop(second);
    write(&at.store, |tx| lab::insert(tx, &rows::lab(3))).await;
    assert_eq!(at.undone(), before + 1);
    assert_eq!(at.names().await, ["Lab 1", "Lab 2", "Lab 3"]);
}

#[tokio::test]
async fn a_server_that_would_lose_what_it_acknowledges_is_refused() {
    for setting in ["fsync", "full_page_writes"] {
        let server = Server::start_with(&format!("{setting} = off")).unwrap();
        let place = Place::on(&server.url()).unwrap();
        let folder = tempfile::tempdir().unwrap();
        match open(folder.path(), place.database(), |_| ()).map(|_| ()) {
            Err(StoreError::Unfit(why)) => assert_eq!(why, format!("{setting} is off and must be on")),
            other => panic!("{setting}: {other:?}"),
        }
        assert_eq!(
            place
                .sql("SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()")
                .unwrap(),
            "0"
        );
    }
}

#[tokio::test]
async fn a_server_that_is_told_not_to_wait_for_the_disk_any_more_takes_nothing() {
    for setting in ["fsync", "full_page_writes"] {
        let server = Server::start().unwrap();
        let place = Place::on(&server.url()).unwrap();
        let at = Told::at(&place);
        let add = |tx: &mut Tx<'_>| {
            tx.execute(
                "INSERT INTO schema_version VALUES (99) ON CONFLICT DO NOTHING",
                &[],
            )
        };
        let told = |value: &str| {
            server
                .sql(&format!("ALTER SYSTEM SET {setting} = {value}"))
                .unwrap();
            server.sql("SELECT pg_reload_conf()").unwrap();
        };
        told("off");
        let refused = async {
            loop {
                match at.store.write(add).await {
                    Err(StoreError::Unfit(why)) => return why,
                    Err(other) => panic!("{setting}: {other:?}"),
                    // The session hears of it when the server gets to it.
                    Ok(_) => at
                        .store
                        .write(|tx: &mut Tx<'_>| {
                            tx.execute("DELETE FROM schema_version WHERE version = 99", &[])
                        })
                        .await
                        .map_or_else(|error| assert!(matches!(error, StoreError::Unfit(_))), |_| ()),
                }
            }
        };
        assert!(
            refused
                .await
                .starts_with("fsync or full_page_writes was switched off")
        );
        told("on");
        let again = async {
            while let Err(error) = at.store.write(add).await {
                assert!(matches!(error, StoreError::Unfit(_)), "{error:?}");
            }
        };
        again.await;
        assert_eq!(
            place
                .sql("SELECT count(*) FROM schema_version WHERE version = 99")
                .unwrap(),
            "1"
        );
    }
}

/// Whoever may set a role up can make its sessions not wait for the disk; this program's wait all the same.
#[tokio::test]
async fn a_session_told_not_to_wait_for_the_disk_waits() {
    let server = Server::start().unwrap();
    let place = Place::on(&server.url()).unwrap();
    let waits = |store: &Store| {
        let store = store.clone();
        async move {
            let shown = |tx: &mut Tx<'_>| tx.first("SHOW synchronous_commit", &[], |row| row.string(0));
            write(&store, shown).await.unwrap()
        }
    };
    for (told, does) in [
        ("off", "on"),
        ("local", "on"),
        ("on", "on"),
        ("remote_apply", "remote_apply"),
    ] {
        server
            .sql(&format!("ALTER ROLE postgres SET synchronous_commit = {told}"))
            .unwrap();
        let at = Told::at(&place);
        assert_eq!(waits(&at.store).await, does, "told {told}");
    }
    server
        .sql("ALTER ROLE postgres RESET synchronous_commit")
        .unwrap();
    let at = Told::at(&place);
    server.sql("ALTER SYSTEM SET synchronous_commit = off").unwrap();
    server.sql("SELECT pg_reload_conf()").unwrap();
    for _ in 0..20 {
        assert_eq!(waits(&at.store).await, "on", "told while it runs");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

async fn may_write(store: &Store) -> Result<(), StoreError> {
    store.read(|r: &mut Reader<'_>| r.may_write()).await
}

/// Each of a group would wait for the same lock.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_somebody_else_has_locked_is_said_to_be_and_waited_for_once() {
    let server = OnServer::fresh();
    let store = server.open();
    let raw = Raw::open(&server.place, server.folder.path()).unwrap();
    let holding = Raw::open(&server.place, server.folder.path()).unwrap();
    let other = std::thread::spawn(move || {
        let hold = "DO 'BEGIN LOCK TABLE lab IN EXCLUSIVE MODE; PERFORM pg_sleep(60); END'";
        holding.run(hold, &[])
    });
    let ready = loop {
        match store.takes_writes().await {
            Ok(()) => tokio::time::sleep(Duration::from_millis(10)).await,
            not => break not,
        }
    };
    assert!(
        matches!(&ready, Err(StoreError::Locked(what)) if what.contains("lab")),
        "{ready:?}"
    );
    let (go_on, wait) = std::sync::mpsc::channel::<()>();
    let first = store.write(move |_| {
        let _ = wait.recv();
        Ok::<_, StoreError>(())
    });
    let ran = Arc::new(AtomicUsize::new(0));
    let others = (1..4).map(|n| {
        let ran = Arc::clone(&ran);
        store.write(move |tx| {
            ran.fetch_add(1, Ordering::SeqCst);
            lab::insert(tx, &rows::lab(n))
        })
    });
    let release = async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        drop(go_on);
    };
    let (_, answers, ()) = tokio::join!(first, futures::future::join_all(others), release);
    for answer in answers {
        assert!(matches!(answer, Err(StoreError::Locked(_))), "{answer:?}");
    }
    assert_eq!(
        ran.load(Ordering::SeqCst),
        1,
        "the others did not wait for it too"
    );
    let end = "SELECT COUNT(pg_terminate_backend(pid)) FROM pg_locks
         WHERE relation = CAST('lab' AS regclass) AND mode = 'ExclusiveLock'";
    assert_eq!(raw.int(end, &[]).unwrap(), 1);
    assert!(other.join().unwrap().is_err(), "it was ended");
    write(&store, |tx| lab::insert(tx, &rows::lab(1))).await;
    store.takes_writes().await.unwrap();
}

/// What a second opening is refused with.
fn at_anew(place: &Place) -> String {
    let folder = tempfile::tempdir().unwrap();
    let opened = open(folder.path(), place.database(), |_| ());
    opened.map(|_| ()).unwrap_err().to_string()
}

#[tokio::test]
async fn a_server_made_read_only_says_so_and_is_written_again_once_it_may() {
    let server = Server::start().unwrap();
    let place = Place::on(&server.url()).unwrap();
    let at = Told::at(&place);
    write(&at.store, |tx| lab::insert(tx, &rows::lab(1))).await;
    assert_eq!(at.names().await, ["Lab 1"]);
    server.read_only(true).unwrap();
    let answer = at.store.write(|tx| lab::insert(tx, &rows::lab(2))).await;
    let Err(StoreError::Forbidden(why)) = answer else {
        panic!("{answer:?}");
    };
    for said in [
        "read-only transaction",
        "let it take writes",
        "default_transaction_read_only",
    ] {
        assert!(why.contains(said), "{why}");
    }
    assert_eq!(at.names().await, ["Lab 1"], "who reads already goes on reading");
    let told = may_write(&at.store).await.unwrap_err().to_string();
    assert!(told.contains("the role postgres on it, writes nothing"), "{told}");
    let anew = at_anew(&place);
    assert!(
        anew.contains("does not allow writes; let it take writes") && !anew.contains("cannot be reached"),
        "{anew}"
    );
    server.read_only(false).unwrap();
    may_write(&at.store).await.unwrap();
    write(&at.store, |tx| lab::insert(tx, &rows::lab(3))).await;
    assert_eq!(at.names().await, ["Lab 1", "Lab 3"]);
}

const PASSWORD: &str = "correct-horse";

/// What opening a store at an address is answered with, which must come soon and never tell a password.
fn refused(address: &str) -> String {
    let (say, said) = std::sync::mpsc::channel();
    let asked = address.to_owned();
    std::thread::spawn(move || {
        let folder = tempfile::tempdir().unwrap();
        let opened = asked.parse().and_then(|database| {
            let options = Options {
                folder: folder.path().to_owned(),
                database,
                readers: 2,
            };
            Store::open(&options, |_| ()).map_err(|error| error.to_string())
        });
        say.send(opened.map(|_| ()))
    });
    let answer = said.recv_timeout(Duration::from_secs(20));
    let said = answer.expect("it waits for ever").unwrap_err();
    for part in PASSWORD.split('-') {
        assert!(!said.contains(part), "{said}");
    }
    said
}

#[test]
fn an_address_that_nobody_answers_at_is_an_error_within_seconds() {
    let closed = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    // Taken by the system, and never looked at by anybody.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let silence = silent.local_addr().unwrap().port();
    let cases = [
        (
            format!("postgres://postgres:{PASSWORD}@127.0.0.1:{closed}/postgres"),
            "refused",
        ),
        (
            format!("postgres://postgres:{PASSWORD}@127.0.0.1:{silence}/postgres"),
            "does not answer",
        ),
        (
            format!("postgres://postgres:{PASSWORD}@nowhere.invalid/postgres"),
            "nowhere.invalid",
        ),
        (
            format!("host=127.0.0.1 port={closed} user=postgres password={PASSWORD}"),
            "refused",
        ),
    ];
    for (address, why) in cases {
        let said = refused(&address);
        assert!(
            said.contains("cannot be reached") && said.contains(why),
            "{address}: {said}"
        );
    }
}

#[tokio::test]
async fn a_silent_host_keeps_nobody_from_the_next() {
    let server = Server::start().unwrap();
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let socket = server.url().split(['@', '/']).nth(3).unwrap().to_owned();
    let port = silent.local_addr().unwrap().port();
    let both = format!("postgres://postgres@127.0.0.1:{port},{socket}:5432/postgres");
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), &both, |_| ()).unwrap();
    write(&store, |tx| lab::insert(tx, &rows::lab(1))).await;
    assert_eq!(read(&store, lab::all).await, [rows::lab(1)]);
}

/// Where a password ends at a wrong place, the rest of it is taken for something else.
#[test]
fn an_address_that_is_not_understood_does_not_tell_what_stood_in_it() {
    for address in [
        format!("postgres://postgres:/{PASSWORD}?{PASSWORD}@host/postgres"),
        format!("postgres://postgres:correct@horse?{PASSWORD}@host=x/postgres"),
        format!("host=x {PASSWORD}=x"),
        format!("host=x port={PASSWORD}"),
        format!("postgres://postgres:{PASSWORD}@/postgres"),
        PASSWORD.to_owned(),
    ] {
        refused(&address);
    }
}

/// Whoever may only look does, and is told what is missing before writing and when it fails.
async fn only_looks(store: &Store) {
    assert_eq!(read(store, lab::all).await, [rows::lab(1)], "who only looks may");
    let lacks = may_write(store).await.unwrap_err().to_string();
    for said in [
        "the role clerk lacks DELETE on address, challenge and 8 other tables, INSERT on able, address and ",
        "UPDATE on able, address and 19 other tables; GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ",
        " TO clerk, there",
    ] {
        assert!(lacks.contains(said), "{lacks}");
    }
    let answer = store.write(|tx| lab::insert(tx, &rows::lab(2))).await;
    let Err(StoreError::Forbidden(why)) = answer else {
        panic!("{answer:?}");
    };
    assert!(
        why.contains("permission denied for table lab; GRANT SELECT, INSERT"),
        "{why}"
    );
}

/// A role of its own on a server of its own, which may do only what it is granted.
#[tokio::test]
async fn a_role_without_privileges_is_told_which() {
    let server = Server::start().unwrap();
    let place = Place::on(&server.url()).unwrap();
    let at = Told::at(&place);
    write(&at.store, |tx| lab::insert(tx, &rows::lab(1))).await;
    drop(at);
    let schema = place.sql("SELECT current_schema()").unwrap();
    let url = |role: &str| place.database().replace("://postgres@", &format!("://{role}@"));
    let said = |address: String| tokio::task::spawn_blocking(move || refused(&address));
    let none = said(url("clerk")).await.unwrap();
    assert!(
        none.contains("role \"clerk\" does not exist; make it with CREATE ROLE"),
        "{none}"
    );
    server.sql("CREATE ROLE clerk LOGIN").unwrap();
    let none = said(url("clerk")).await.unwrap();
    assert!(
        none.contains("the role may use no schema of its search_path")
            && none.contains("GRANT USAGE, CREATE ON SCHEMA"),
        "{none}"
    );
    server
        .sql(&format!("GRANT USAGE ON SCHEMA {schema} TO clerk"))
        .unwrap();
    let none = said(url("clerk")).await.unwrap();
    assert!(
        none.contains("permission denied for table") && none.contains("GRANT SELECT, INSERT"),
        "{none}"
    );
    let all = format!("ON ALL TABLES IN SCHEMA {schema} TO clerk");
    server.sql(&format!("GRANT SELECT {all}")).unwrap();
    let (from, home) = (url("clerk"), tempfile::tempdir().unwrap());
    let rows = tokio::task::spawn_blocking(move || {
        let end = |database| End {
            folder: home.path().to_owned(),
            database,
        };
        copy(&end(from.parse().unwrap()), &end(Database::Sqlite), |_| ())
    });
    assert_eq!(rows.await.unwrap().unwrap(), 1, "reading is enough for a source");
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), &url("clerk"), |_| ()).unwrap();
    only_looks(&store).await;
    server
        .sql(&format!("GRANT INSERT, UPDATE, DELETE {all}"))
        .unwrap();
    may_write(&store).await.unwrap();
    write(&store, |tx| lab::insert(tx, &rows::lab(2))).await;
    drop(store);
    let nowhere = place.database().replace("/postgres?", "/nowhere?");
    let none = said(nowhere).await.unwrap();
    assert!(none.contains("make it with CREATE DATABASE"), "{none}");
    let none = said(format!("{}&sslmode=require", place.database()))
        .await
        .unwrap();
    assert!(none.contains("does not speak TLS"), "{none}");
}

/// The server counts late, so that what the store writes may be missing from the count for a while; it is never more.
#[tokio::test]
async fn what_another_writes_shows_and_what_the_store_writes_does_not() {
    let server = OnServer::fresh();
    let store = server.open();
    let others = async || write(&store, |tx| tx.others()).await;
    let mut settled = others().await.rows;
    let wait = || tokio::time::sleep(Duration::from_millis(200));
    for n in 0..25 {
        write(&store, move |tx| lab::insert(tx, &rows::lab(n + 1))).await;
        wait().await;
        // What making the tables wrote is counted once the session that made them says so.
        let now = others().await.rows;
        if n < 10 {
            settled = settled.max(now);
        }
        assert!(now <= settled, "{n}");
    }
    let mut before = others().await.shape;
    for (edit, shows) in [
        ("DELETE FROM lab", false),
        ("TRUNCATE TABLE lab CASCADE", true),
        ("SELECT pg_stat_reset()", true),
    ] {
        server.place.sql(edit).unwrap();
        let mut seen = false;
        for _ in 0..100 {
            let now = others().await;
            seen = match shows {
                true => now.shape != before,
                false => now.rows > settled,
            };
            if seen {
                break;
            }
            wait().await;
        }
        assert!(seen, "nothing shows of {edit}");
        before = others().await.shape;
    }
}
