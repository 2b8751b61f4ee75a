//! A way to a server that loses an answer, so that what was done there is not known here, or on which nothing moves for a while.

use std::io::{Read, Write};
use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;

use anyhow::Result;
use tempfile::TempDir;

use crate::Server;

/// The file that PostgreSQL's clients look for in a folder.
const SOCKET: &str = ".s.PGSQL.5432";

/// A socket before a server's.
#[derive(Debug)]
pub struct Wire {
    folder: TempDir,
    lose: Arc<AtomicBool>,
    held: Arc<Held>,
}

/// Whether nothing moves.
#[derive(Debug, Default)]
struct Held(Mutex<bool>, Condvar);

impl Held {
    fn set(&self, held: bool) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = held;
        self.1.notify_all();
    }

    fn wait(&self) {
        let held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Poisoned or not, it is let go in the end.
        drop(self.1.wait_while(held, |held| *held));
    }
}

impl Wire {
    /// One that passes everything on.
    pub fn before(server: &Server) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let listener = UnixListener::bind(folder.path().join(SOCKET))?;
        let lose = Arc::new(AtomicBool::new(false));
        let (losing, behind) = (Arc::clone(&lose), server.folder().join(SOCKET));
        let held = Arc::new(Held::default());
        let holding = Arc::clone(&held);
        // Ends with the test's process: nobody connects once the folder is gone.
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                // A client that is not served tells its test.
                let _ = join(client, &behind, &losing, &holding);
            }
        });
        Ok(Self { folder, lose, held })
    }

    /// The URL of the server's superuser, by this way.
    #[must_use]
    pub fn url(&self) -> String {
        Server::url_at(self.folder.path())
    }

    /// From now on nothing moves, in either direction and on no connection, and nobody is told.
    pub fn hold(&self) {
        self.held.set(true);
    }

    /// What was held back goes on its way, and all that comes after it.
    pub fn let_go(&self) {
        self.held.set(false);
    }

    /// The next time that somebody commits, the server does it, and the connection ends before it can say so.
    pub fn lose_next_commit(&self) {
        self.lose.store(true, Ordering::SeqCst);
    }
}

fn join(client: UnixStream, behind: &Path, lose: &Arc<AtomicBool>, held: &Arc<Held>) -> Result<()> {
    let server = UnixStream::connect(behind)?;
    let lost = Arc::new(AtomicBool::new(false));
    let (from_client, to_server) = (client.try_clone()?, server.try_clone()?);
    let (losing, losing_this) = (Arc::clone(lose), Arc::clone(&lost));
    let (there, back) = (Arc::clone(held), Arc::clone(held));
    thread::spawn(move || {
        pass(from_client, to_server, &there, |bytes| {
            let commits = bytes.windows(6).any(|word| word == b"COMMIT");
            if commits && losing.swap(false, Ordering::SeqCst) {
                losing_this.store(true, Ordering::SeqCst);
            }
            true
        });
    });
    thread::spawn(move || pass(server, client, &back, |_| !lost.load(Ordering::SeqCst)));
    Ok(())
}

/// Passes on what comes for as long as `may` says so, then ends both.
fn pass(mut from: UnixStream, mut to: UnixStream, held: &Held, may: impl Fn(&[u8]) -> bool) {
    let mut buffer = vec![0; 65_536];
    while let Ok(count @ 1..) = from.read(&mut buffer) {
        let bytes = &buffer[..count];
        held.wait();
        if !may(bytes) || to.write_all(bytes).is_err() {
            break;
        }
    }
    // Whoever is gone already needs no word.
    let _ = (from.shutdown(Shutdown::Both), to.shutdown(Shutdown::Both));
}
