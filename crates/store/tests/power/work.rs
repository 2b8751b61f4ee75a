//! What the store is given to do, and what it answered.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use cofferdam_model::{Compartment, Id, Timestamp};
use cofferdam_store::ledger::{self, EntryRow};
use cofferdam_store::{Database, Options, Store, StoreError, Tx, params};
use cofferdam_testbed::disk::Disk;

/// Ledgers.
pub(crate) const LEDGERS: u64 = 3;

pub(crate) fn compartment(n: u64) -> Compartment {
    match n % LEDGERS {
        0 => Compartment::Installation,
        lab => {
            let mut bytes = [0xA0; 16];
            bytes[8..].copy_from_slice(&lab.to_be_bytes());
            Compartment::Lab(Id::from_bytes(bytes))
        }
    }
}

/// The bytes of the `n`th command's row: mostly a few hundred, now and then much more.
pub(crate) fn bytes(n: u64) -> Vec<u8> {
    let length = match n % 40 {
        7 => 150_000,
        3 | 13 | 33 => 9_000,
        small => 100 + small as usize * 20,
    };
    let mut bytes = vec![n as u8; length];
    for (place, byte) in bytes.iter_mut().step_by(128).enumerate() {
        *byte = place as u8;
    }
    bytes
}

pub(crate) fn key(n: u64) -> [u8; 32] {
    let mut key = [0; 32];
    // Not in order, so that pages all over the index change.
    key[..8].copy_from_slice(&n.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
    key[24..].copy_from_slice(&n.to_be_bytes());
    key
}

pub(crate) fn open(folder: &Path) -> Result<Store, StoreError> {
    let options = Options {
        folder: folder.to_owned(),
        database: Database::Sqlite,
        readers: 2,
    };
    Store::open(&options, |_| ())
}

/// Opens the store, and begins the ledgers if nobody did.
pub(crate) async fn begun(folder: &Path) -> Store {
    let store = open(folder).unwrap();
    begin(&store).await;
    store
}

/// Begins the ledgers if nobody did.
pub(crate) async fn begin(store: &Store) {
    let begin = store.write(|tx| -> Result<(), StoreError> {
        for n in 0..LEDGERS {
            if ledger::head(tx.reader(), compartment(n))?.is_none() {
                ledger::create(tx, compartment(n))?;
            }
        }
        Ok(())
    });
    begin.await.unwrap();
}

/// The `n`th command: an entry that names it, a row of bytes, and another row that tells where the entry is.
pub(crate) fn command(tx: &mut Tx<'_>, n: u64) -> Result<(), StoreError> {
    let here = compartment(n);
    let now = Timestamp::from_micros(1_774_346_400_000_000 + n as i64);
    let authorises = n.is_multiple_of(3);
    let (place, t, authorising) = ledger::sequence(tx, here, now, authorises)?;
    let row = EntryRow {
        n: place,
        t,
        body: n.to_be_bytes().to_vec(),
        leaf: [place as u8; 32],
        seal: [7; 32],
        authorising,
        engagement: None,
        about: None,
    };
    ledger::insert(tx, here, &row)?;
    tx.execute(
        "INSERT INTO object_set (sha256, list) VALUES ($1, $2)",
        params![key(n), bytes(n)],
    )?;
    Ok(())
}

/// Numbers commands, and knows which were answered how.
#[derive(Default)]
pub(crate) struct Told {
    next: AtomicU64,
    pub(crate) done: Mutex<BTreeSet<u64>>,
    pub(crate) failed: Mutex<Vec<StoreError>>,
}

impl Told {
    /// Numbers them from here on.
    pub(crate) fn from(first: u64) -> Self {
        Self {
            next: AtomicU64::new(first),
            ..Self::default()
        }
    }

    /// Runs one more command; whether it succeeded.
    pub(crate) async fn one(&self, store: &Store, disk: &Disk) -> bool {
        let n = self.next.fetch_add(1, Ordering::Relaxed);
        let answer = store.write(move |tx| command(tx, n));
        // Nothing may hang, whatever the disk does.
        let answer = tokio::time::timeout(Duration::from_secs(30), answer).await;
        match answer.expect("no answer") {
            Ok(()) => {
                disk.mark(n);
                self.done.lock().unwrap().insert(n);
                true
            }
            Err(error) => {
                self.failed.lock().unwrap().push(error);
                false
            }
        }
    }

    /// Several at once, each so many commands one after the other.
    pub(crate) async fn many(self: &Arc<Self>, store: &Store, disk: &Arc<Disk>, workers: u64, each: u64) {
        let working = (0..workers).map(|_| {
            let (told, store, disk) = (Arc::clone(self), store.clone(), Arc::clone(disk));
            tokio::spawn(async move {
                for _ in 0..each {
                    told.one(&store, &disk).await;
                }
            })
        });
        for worker in working.collect::<Vec<_>>() {
            worker.await.unwrap();
        }
    }
}

/// Lets the writer have nothing to do, which is when it copies the log into the database.
pub(crate) async fn idle() {
    tokio::time::sleep(Duration::from_millis(20)).await;
}
