//! A way to a server that loses an answer: what was done there is not known here.

use std::io::{Read, Write};
use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
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
}

impl Wire {
    /// One that passes everything on.
    pub fn before(server: &Server) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let listener = UnixListener::bind(folder.path().join(SOCKET))?;
        let lose = Arc::new(AtomicBool::new(false));
        let (losing, behind) = (Arc::clone(&lose), server.folder().join(SOCKET));
        // Ends with the test's process: nobody connects once the folder is gone.
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                // A client that is not served tells its test.
                let _ = join(client, &behind, &losing);
            }
        });
        Ok(Self { folder, lose })
    }

    /// The URL of the server's superuser, by this way.
    #[must_use]
    pub fn url(&self) -> String {
        Server::url_at(self.folder.path())
    }

    /// The next time that somebody commits, the server does it, and the connection ends before it can say so.
    pub fn lose_next_commit(&self) {
        self.lose.store(true, Ordering::SeqCst);
    }
}

fn join(client: UnixStream, behind: &Path, lose: &Arc<AtomicBool>) -> Result<()> {
    let server = UnixStream::connect(behind)?;
    let lost = Arc::new(AtomicBool::new(false));
    let (from_client, to_server) = (client.try_clone()?, server.try_clone()?);
    let (losing, losing_this) = (Arc::clone(lose), Arc::clone(&lost));
    thread::spawn(move || {
        pass(from_client, to_server, |bytes| {
            let commits = bytes.windows(6).any(|word| word == b"COMMIT");
            if commits && losing.swap(false, Ordering::SeqCst) {
                losing_this.store(true, Ordering::SeqCst);
            }
            true
        });
    });
    thread::spawn(move || pass(server, client, |_| !lost.load(Ordering::SeqCst)));
    Ok(())
}

/// Passes on what comes for as long as `may` says so, then ends both.
fn pass(mut from: UnixStream, mut to: UnixStream, may: impl Fn(&[u8]) -> bool) {
    let mut buffer = vec![0; 65_536];
    while let Ok(count @ 1..) = from.read(&mut buffer) {
        let bytes = &buffer[..count];
        if !may(bytes) || to.write_all(bytes).is_err() {
            break;
        }
    }
    // Whoever is gone already needs no word.
    let _ = (from.shutdown(Shutdown::Both), to.shutdown(Shutdown::Both));
}
