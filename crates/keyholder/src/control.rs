//! The lab's commands beside a running server: a socket in the state folder, which only the owner may enter.
//!
//! One line of JSON is asked and one is answered. Without a server the command takes the folder's lock and does the same
//! itself, so that there is always one process alone that writes.

use std::io::{BufRead as _, BufReader, ErrorKind, Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _};

use crate::clock::SystemClock;
use crate::config::Config;
use crate::fail::{Failure, OnFile as _, Outcome, To as _};
use crate::files::Folder;
use crate::lab::{Command, Lab, Told, socket};

/// The longest line.
const MAX_LINE: u64 = 1 << 22;
/// How long a command waits for an answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// Has a command done: by the server that runs, or here.
pub(crate) fn ask(config: &Config, command: Command) -> Outcome<Told> {
    let folder = Folder::open(&config.state)?;
    if let Some(stream) = connected(&folder)? {
        return over(stream, &command);
    }
    match Lab::open(config.clone(), Arc::new(SystemClock))? {
        Some(lab) => {
            let told = lab.run(command, false);
            lab.note_mark()?;
            Ok(told)
        }
        // It took the folder meanwhile.
        None => match connected(&folder)? {
            Some(stream) => over(stream, &command),
            None => Err(Failure::new(
                "another process has the state folder and does not answer; wait until it has started or ended",
            )),
        },
    }
}

fn connected(folder: &Folder) -> Outcome<Option<UnixStream>> {
    let path = socket(folder.whole());
    match UnixStream::connect(&path) {
        Ok(stream) => Ok(Some(stream)),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::ConnectionRefused) => Ok(None),
        Err(error) => Err(error).on(&path),
    }
}

fn over(mut stream: UnixStream, command: &Command) -> Outcome<Told> {
    let what = "the keyholder that runs";
    stream.set_read_timeout(Some(PATIENCE)).to(what)?;
    let mut line = serde_json::to_vec(command).to(what)?;
    line.push(b'\n');
    stream.write_all(&line).to(what)?;
    let mut answer = Vec::new();
    let read = BufReader::new(stream)
        .take(MAX_LINE)
        .read_until(b'\n', &mut answer);
    read.to(what)?;
    serde_json::from_slice(&answer).map_err(|_| {
        Failure::new("the keyholder that runs gave no answer; look whether it is of the same version")
    })
}

/// Listens for commands until the runtime ends.
pub(crate) async fn listen(lab: Arc<Lab>) -> Outcome {
    let path = socket(lab.folder.whole());
    // The folder's lock is ours: whoever left this is gone.
    match std::fs::remove_file(&path) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error).on(&path),
        _ => {}
    }
    let listener = tokio::net::UnixListener::bind(&path).map_err(|error| {
        Failure::new(format!(
            "{}: no socket can be made there ({}); its path is at most 107 bytes long",
            path.display(),
            crate::fail::bare(&error)
        ))
    })?;
    tokio::spawn(async move {
        loop {
            match listener.accept().await {
                Ok((stream, _)) => {
                    tokio::spawn(serve(Arc::clone(&lab), stream));
                }
                Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
            }
        }
    });
    Ok(())
}

async fn serve(lab: Arc<Lab>, stream: tokio::net::UnixStream) {
    let (read, mut write) = stream.into_split();
    let mut line = Vec::new();
    let mut reader = tokio::io::BufReader::new(read.take(MAX_LINE));
    let read = tokio::time::timeout(PATIENCE, reader.read_until(b'\n', &mut line)).await;
    if !matches!(read, Ok(Ok(_))) {
        return;
    }
    let told = match serde_json::from_slice::<Command>(&line) {
        Ok(command) => tokio::task::spawn_blocking(move || lab.run(command, true))
            .await
            .ok(),
        Err(_) => Some(Told::Failed(
            "the keyholder that runs does not know this command; start it anew, after the update".to_owned(),
        )),
    };
    if let Some(mut answer) = told.and_then(|told| serde_json::to_vec(&told).ok()) {
        answer.push(b'\n');
        // Whoever asked may be gone; what was done is done, and in the log.
        let _ = write.write_all(&answer).await;
    }
}
