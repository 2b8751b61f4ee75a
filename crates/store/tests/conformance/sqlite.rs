//! SQLite in a folder: the suite's first backend, and what only it can be asked.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use cofferdam_model::Compartment;
use cofferdam_store::{Database, News, Options, Store, StoreError, Tx, lab, ledger, project, schema};

use crate::support::*;
use crate::{ledgers, rows};

/// A data folder.
pub(crate) struct InFolder(tempfile::TempDir);

fn open(folder: &Path, told: impl Fn(News) + Send + 'static) -> Result<Store, StoreError> {
    let options = Options {
        folder: folder.to_owned(),
        database: Database::Sqlite,
        readers: 2,
    };
    Store::open(&options, told)
}

impl Backend for InFolder {
    fn fresh() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn open_with(&self, told: impl Fn(News) + Send + 'static) -> Result<Store, StoreError> {
        open(self.0.path(), told)
    }

    fn spoil(tx: &mut Tx<'_>) -> Result<(), StoreError> {
        tx.execute("PRAGMA defer_foreign_keys = ON", &[])?;
        project::insert(tx, &rows::project(1, 99))
    }
}

#[tokio::test]
async fn a_folder_has_one_owner_at_a_time() {
    let folder = InFolder::fresh();
    let store = folder.open();
    let second = folder.open_with(|_| ());
    assert!(matches!(second.map(|_| ()), Err(StoreError::InUse)));
    // Also where the file that says so is gone: whoever opens the folder rewrites the log.
    std::fs::remove_file(folder.0.path().join("lock")).unwrap();
    let second = folder.open_with(|_| ());
    assert!(matches!(second.map(|_| ()), Err(StoreError::InUse)));
    write(&store, |tx| lab::insert(tx, &rows::lab(1))).await;
    drop(store);
    let store = folder.open();
    assert_eq!(read(&store, lab::all).await, [rows::lab(1)]);
}

#[tokio::test]
async fn a_newer_schema_is_refused_and_left_alone() {
    let folder = InFolder::fresh();
    drop(folder.open());
    let raw = rusqlite::Connection::open(folder.0.path().join("cofferdam.sqlite")).unwrap();
    let newer = schema::VERSION + 1;
    raw.execute("INSERT INTO schema_version VALUES (?1)", [newer])
        .unwrap();
    drop(raw);
    match folder.open_with(|_| ()).map(|_| ()) {
        Err(StoreError::TooNew { found, known }) => assert_eq!((found, known), (newer, schema::VERSION)),
        other => panic!("{other:?}"),
    }
}

/// Nothing is brought up to date that somebody wrote versions of their own into.
#[tokio::test]
async fn a_schema_of_no_version_is_refused_and_left_alone() {
    let edits = [
        "UPDATE schema_version SET version = -1",
        "DELETE FROM schema_version",
        "DROP TABLE schema_version",
        "ALTER TABLE schema_version RENAME TO other",
    ];
    for edit in edits {
        let folder = InFolder::fresh();
        drop(folder.open());
        let raw = rusqlite::Connection::open(folder.0.path().join("cofferdam.sqlite")).unwrap();
        raw.execute(edit, []).unwrap();
        drop(raw);
        let refused = folder.open_with(|_| ()).map(|_| ()).unwrap_err();
        assert!(
            matches!(refused, StoreError::OtherSchema { .. }),
            "{edit}: {refused:?}"
        );
    }
}

/// Here a column takes anything, and its type says only what is usual.
#[tokio::test]
async fn what_is_of_another_type_than_it_should_be_is_named_like_any_row_that_does_not_read() {
    let folder = InFolder::fresh();
    let store = folder.open();
    write(&store, |tx| lab::insert(tx, &rows::lab(1))).await;
    for spoil in [
        "UPDATE lab SET created = 'soon'",
        "UPDATE lab SET name = x'ff00'",
        "UPDATE lab SET id = 'text'",
    ] {
        write(&store, |tx| tx.execute(spoil, &[])).await;
        match store.read(lab::all).await {
            Err(StoreError::Corrupt {
                table: "lab",
                problem,
            }) => assert!(problem.contains("the row "), "{problem}"),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_folder_that_is_not_there_is_named() {
    let folder = InFolder::fresh();
    let missing = folder.0.path().join("missing");
    match open(&missing, |_| ()).map(|_| ()) {
        Err(StoreError::Database(text)) => assert!(text.contains("missing"), "{text}"),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_full_disk_undoes_a_whole_group_once_and_says_so() {
    let folder = InFolder::fresh();
    let store = folder.open();
    let limit = |pragma: &'static str| write(&store, move |tx| tx.first(pragma, &[], |row| row.i64(0)));
    limit("PRAGMA max_page_count = 1").await;
    let (go_on, wait) = std::sync::mpsc::channel::<()>();
    let held = store.write(move |tx| -> Result<(), StoreError> {
        let _ = wait.recv();
        lab::insert(tx, &rows::lab(1))
    });
    let big = store.write(|tx| -> Result<(), StoreError> {
        tx.execute(
            "INSERT INTO object_set (sha256, list) VALUES (zeroblob(32), zeroblob(9000000))",
            &[],
        )
        .map(|_| ())
    });
    let small = store.write(|tx| lab::insert(tx, &rows::lab(2)));
    let release = async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        drop(go_on);
    };
    let (held, big, small, ()) = tokio::join!(held, big, small, release);
    assert!(matches!(big, Err(StoreError::DiskFull)), "{big:?}");
    limit("PRAGMA max_page_count = 1000000").await;
    let there = read(&store, lab::all).await;
    let answered = [held.is_ok(), small.is_ok()];
    let kept = [there.contains(&rows::lab(1)), there.contains(&rows::lab(2))];
    assert_eq!(answered, kept, "what was answered is what is there");
    write(&store, |tx| lab::insert(tx, &rows::lab(3))).await;
}

const FILE: &str = "cofferdam.sqlite";
const LOG: &str = "cofferdam.sqlite-wal";

async fn labs(store: &Store) -> usize {
    read(store, lab::all).await.len()
}

/// It is durable somewhere, but nobody would find it.
#[tokio::test]
async fn a_file_that_goes_under_a_store_is_missed_before_anything_is_acknowledged() {
    type Go = fn(&Path);
    let cases: [(&str, Go); 5] = [
        (FILE, |folder| {
            for name in [FILE, LOG, "cofferdam.sqlite-shm"] {
                std::fs::remove_file(folder.join(name)).unwrap();
            }
        }),
        (FILE, |folder| {
            let older = folder.join("older");
            std::fs::copy(folder.join(FILE), &older).unwrap();
            std::fs::rename(older, folder.join(FILE)).unwrap();
        }),
        (LOG, |folder| std::fs::remove_file(folder.join(LOG)).unwrap()),
        // What the log holds is left to whoever restores it.
        (FILE, |folder| {
            let emptied = std::fs::File::options().write(true).open(folder.join(FILE));
            emptied.unwrap().set_len(0).unwrap();
        }),
        (LOG, |folder| {
            std::fs::rename(folder.join(LOG), folder.join("kept")).unwrap();
            std::fs::write(folder.join(LOG), b"another").unwrap();
        }),
    ];
    for (index, (which, go)) in cases.into_iter().enumerate() {
        let folder = InFolder::fresh();
        let store = folder.open();
        write(&store, |tx| lab::insert(tx, &rows::lab(1))).await;
        store.takes_writes().await.unwrap();
        go(folder.0.path());
        for n in 2..4 {
            let answer = store.write(move |tx| lab::insert(tx, &rows::lab(n))).await;
            assert!(
                matches!(answer, Err(StoreError::Moved(told)) if told == which),
                "{index}: {answer:?}"
            );
        }
        let ready = store.takes_writes().await;
        assert!(matches!(ready, Err(StoreError::Moved(_))), "{index}: {ready:?}");
        let seen = store.read(lab::all).await;
        assert!(matches!(seen, Err(StoreError::Moved(_))), "{index}: {seen:?}");
        let before = std::fs::read(folder.0.path().join(LOG)).ok();
        drop(store);
        let after = std::fs::read(folder.0.path().join(LOG)).ok();
        assert_eq!(before, after, "{index}: what lies there now is not ours");
        if index == 2 {
            assert_eq!(labs(&folder.open()).await, 1, "what was acknowledged was saved");
        }
    }
}

/// A copy of the file alone, made while nobody has it open, is the whole of it.
#[tokio::test]
async fn a_store_that_is_closed_leaves_one_file() {
    let folder = InFolder::fresh();
    let store = folder.open();
    write(&store, |tx| lab::insert(tx, &rows::lab(1))).await;
    assert_eq!(labs(&store).await, 1);
    assert!(folder.0.path().join(LOG).exists());
    drop(store);
    for name in [LOG, "cofferdam.sqlite-shm"] {
        assert!(!folder.0.path().join(name).exists(), "{name} was left");
    }
    assert_eq!(labs(&folder.open()).await, 1);
}

/// What is emptied just before the store is closed, too: nothing else would be left of what was acknowledged.
#[tokio::test]
async fn a_file_emptied_before_the_store_is_closed_leaves_its_log() {
    let folder = InFolder::fresh();
    let store = folder.open();
    write(&store, |tx| lab::insert(tx, &rows::lab(1))).await;
    let emptied = std::fs::File::options()
        .write(true)
        .open(folder.0.path().join(FILE));
    emptied.unwrap().set_len(0).unwrap();
    let before = std::fs::read(folder.0.path().join(LOG)).unwrap();
    drop(store);
    let after = std::fs::read(folder.0.path().join(LOG)).ok();
    assert_eq!(after, Some(before));
}

/// Between a command and its commit, too.
#[tokio::test]
async fn a_file_that_goes_during_a_group_is_missed_and_missed_for_good() {
    let folder = InFolder::fresh();
    let store = folder.open();
    let (file, aside) = (folder.0.path().join(FILE), folder.0.path().join("aside"));
    let (from, to) = (file.clone(), aside.clone());
    let answer = store.write(move |tx| {
        std::fs::rename(from, to).unwrap();
        lab::insert(tx, &rows::lab(1))
    });
    let answer = answer.await;
    assert!(matches!(answer, Err(StoreError::Moved(FILE))), "{answer:?}");
    std::fs::rename(aside, file).unwrap();
    let answer = store.write(|tx| lab::insert(tx, &rows::lab(2))).await;
    assert!(matches!(answer, Err(StoreError::Moved(FILE))), "{answer:?}");
    assert!(store.takes_writes().await.is_err());
}

#[tokio::test]
async fn a_log_that_begins_anew_and_a_copy_that_is_made_are_no_loss() {
    let folder = InFolder::fresh();
    let store = folder.open();
    for n in 1..4 {
        write(&store, move |tx| lab::insert(tx, &rows::lab(n))).await;
        let raw = rusqlite::Connection::open(folder.0.path().join(FILE)).unwrap();
        let truncate = "PRAGMA wal_checkpoint(TRUNCATE)";
        raw.query_row(truncate, [], |row| row.get::<_, i64>(0)).unwrap();
        let copy = format!(
            "VACUUM INTO '{}'",
            folder.0.path().join(format!("copy{n}")).display()
        );
        raw.execute(&copy, []).unwrap();
        drop(raw);
        store.takes_writes().await.unwrap();
    }
    assert_eq!(labs(&store).await, 3);
}

/// Somebody who holds the lock that every writer needs.
#[tokio::test]
async fn a_store_that_is_kept_out_does_not_take_writes_until_it_can() {
    let folder = InFolder::fresh();
    let store = folder.open();
    let other = rusqlite::Connection::open(folder.0.path().join(FILE)).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let answer = store.write(|tx| lab::insert(tx, &rows::lab(1))).await;
    assert!(matches!(answer, Err(StoreError::InUse)), "{answer:?}");
    let ready = tokio::time::timeout(Duration::from_millis(100), store.takes_writes()).await;
    assert!(!matches!(ready, Ok(Ok(()))), "{ready:?}");
    other.execute_batch("COMMIT").unwrap();
    // Whoever asked before may still be waiting there.
    write(&store, |tx| lab::insert(tx, &rows::lab(1))).await;
    store.takes_writes().await.unwrap();
}

/// A page that no query of ours happens to read.
#[tokio::test]
async fn damage_to_the_file_is_told() {
    let folder = InFolder::fresh();
    let store = folder.open();
    write(&store, |tx| {
        for n in 1..200 {
            lab::insert(tx, &rows::lab(n))?;
        }
        Ok(())
    })
    .await;
    assert_eq!(read(&store, |r| r.damage()).await, [] as [String; 0]);
    drop(store);
    let path = folder.0.path().join(FILE);
    let raw = rusqlite::Connection::open(&path).unwrap();
    let index = "SELECT rootpage FROM sqlite_master WHERE type = 'index' AND tbl_name = 'lab'";
    let page: i64 = raw.query_row(index, [], |row| row.get(0)).unwrap();
    drop(raw);
    let mut bytes = std::fs::read(&path).unwrap();
    let at = (page as usize - 1) * 4_096;
    bytes[at..at + 4_096].fill(0x5A);
    std::fs::write(&path, bytes).unwrap();
    let store = folder.open();
    let damage = read(&store, |r| r.damage()).await;
    assert!(!damage.is_empty() && damage.len() <= 100, "{damage:?}");
}

/// This test binary, run again to do one thing: `name` is the test that does it when `key` is set.
fn again(name: &str, key: &str, folder: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", name, "--nocapture", "--test-threads=1"])
        .env(key, folder)
        .stdin(Stdio::null())
        .stderr(Stdio::null());
    command
}

const READ_ONLY: &str = "COFFERDAM_TEST_READ_ONLY";

/// Root may write anywhere, so what is asked is asked as somebody else.
#[test]
fn a_folder_that_may_not_be_written_is_said_to_be_read_only() {
    use std::os::unix::fs::PermissionsExt;
    let here = std::env::var_os(READ_ONLY).map(PathBuf::from);
    if let Some(folder) = here {
        let answer = open(&folder, |_| ()).map(|_| ());
        println!("\nanswer {answer:?}");
        return;
    }
    let folder = InFolder::fresh();
    let mode = |bits| std::fs::set_permissions(folder.0.path(), std::fs::Permissions::from_mode(bits));
    mode(0o555).unwrap();
    let probe = folder.0.path().join("probe");
    let mut child = again(
        "sqlite::a_folder_that_may_not_be_written_is_said_to_be_read_only",
        READ_ONLY,
        folder.0.path(),
    );
    let copy = tempfile::tempdir().unwrap();
    if std::fs::write(&probe, b"").is_ok() {
        // As nobody, who may not even be allowed to reach this binary: a copy is within reach.
        std::fs::remove_file(&probe).unwrap();
        let program = copy.path().join("suite");
        std::fs::copy(std::env::current_exe().unwrap(), &program).unwrap();
        for path in [copy.path(), &program] {
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
        }
        let arguments: Vec<_> = child.get_args().map(ToOwned::to_owned).collect();
        child = Command::new(program);
        child
            .args(arguments)
            .env(READ_ONLY, folder.0.path())
            .current_dir("/")
            .uid(65_534);
    }
    let output = child.output().unwrap();
    mode(0o755).unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.contains("answer Err(ReadOnly)"), "{text}");
}

/// The index on a line that acknowledges one.
fn index(line: &str) -> Option<u64> {
    line.strip_prefix("acknowledged ")?.parse().ok()
}

const KILLED: &str = "COFFERDAM_TEST_KILLED";

/// Appends for ever from several tasks, and prints each index once it was answered.
async fn append_for_ever(folder: &Path) {
    let store = open(folder, |_| ()).unwrap();
    let begun = read(&store, |r| ledger::head(r, Compartment::Installation)).await;
    if begun.is_none() {
        write(&store, |tx| ledger::create(tx, Compartment::Installation)).await;
    }
    let workers = (0..6).map(|_| {
        let store = store.clone();
        tokio::spawn(async move {
            loop {
                let row = write(&store, |tx| {
                    ledgers::append(tx, Compartment::Installation, at(0), true, &[b'x'; 700])
                })
                .await;
                let line = format!("\nacknowledged {}\n", row.n);
                std::io::stdout().lock().write_all(line.as_bytes()).unwrap();
            }
        })
    });
    futures::future::join_all(workers).await;
}

/// The child is killed at ten moments that nobody chose, and everything that it said was done is there.
#[test]
fn what_was_acknowledged_survives_kill_9() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    if let Some(folder) = std::env::var_os(KILLED) {
        runtime.block_on(append_for_ever(Path::new(&folder)));
        return;
    }
    let folder = InFolder::fresh();
    let mut acknowledged = std::collections::BTreeSet::new();
    let mut wait = 7u64;
    for round in 0..10 {
        let mut child = again(
            "sqlite::what_was_acknowledged_survives_kill_9",
            KILLED,
            folder.0.path(),
        )
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let first = lines
            .by_ref()
            .map_while(Result::ok)
            .find(|l| l.starts_with("acknowledged"));
        acknowledged.extend(first.as_deref().and_then(index));
        let killing = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(20 + wait % 130));
            child.kill().unwrap();
            child.wait().unwrap()
        });
        acknowledged.extend(lines.map_while(Result::ok).filter_map(|l| index(&l)));
        assert!(!killing.join().unwrap().success(), "it was not killed");
        wait = wait
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407)
            >> 5;
        let store = folder.open();
        let entries = runtime.block_on(read(&store, |r| {
            ledger::entries(r, Compartment::Installation, 0, u32::MAX)
        }));
        let indices: Vec<u64> = entries.iter().map(|e| e.n).collect();
        assert!(
            indices.iter().copied().eq(0..indices.len() as u64),
            "a gap, in round {round}"
        );
        let there = indices.len() as u64;
        assert!(
            acknowledged.iter().all(|n| *n < there),
            "an acknowledged entry is gone, in round {round}"
        );
        let head = runtime.block_on(read(&store, |r| ledger::head(r, Compartment::Installation)));
        assert_eq!(head.unwrap().size, there);
    }
    assert!(
        acknowledged.len() > 10,
        "too few to mean anything: {}",
        acknowledged.len()
    );
}

/// SQLite would take away the log of an empty file, and with it what was acknowledged.
#[tokio::test]
async fn an_empty_file_of_an_installation_is_refused_and_its_log_left_alone() {
    let folder = InFolder::fresh();
    drop(folder.open());
    let path = |name: &str| folder.0.path().join(name);
    std::fs::write(path(FILE), b"").unwrap();
    std::fs::write(path(LOG), b"acknowledged").unwrap();
    let options = Options {
        folder: folder.0.path().to_owned(),
        database: Database::Sqlite,
        readers: 2,
    };
    let opened = Store::open_made(&options, |_| ()).map(|_| ());
    assert!(matches!(opened, Err(StoreError::Empty)), "{opened:?}");
    assert_eq!(std::fs::read(path(LOG)).unwrap(), b"acknowledged");
}

#[tokio::test]
async fn what_another_writes_shows_and_what_the_store_writes_does_not() {
    let folder = InFolder::fresh();
    let store = folder.open();
    let others = async || write(&store, |tx| tx.others()).await;
    let mut seen = others().await;
    for n in 1..4 {
        write(&store, move |tx| lab::insert(tx, &rows::lab(n))).await;
        assert_eq!(others().await, seen);
    }
    let raw = rusqlite::Connection::open(folder.0.path().join(FILE)).unwrap();
    for n in 1..4 {
        raw.execute("DELETE FROM lab WHERE name = (SELECT MIN(name) FROM lab)", [])
            .unwrap();
        write(&store, move |tx| lab::insert(tx, &rows::lab(n + 3))).await;
        let now = others().await;
        assert!(now.rows > seen.rows, "{now:?}");
        seen = now;
        assert_eq!(others().await, seen);
    }
}
