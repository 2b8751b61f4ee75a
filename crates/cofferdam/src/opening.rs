//! Opening a delivery on the lab's side: its rows, and whether they are what the manifest says.

use std::fmt::Display;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use cofferdam_ledger::folder::{self, Expect, FsFolder};
use cofferdam_ledger::note::{Note, NoteError, VerifyingKey};
use cofferdam_model::{Entry, Fact};
use cofferdam_seal::envelope::{self, EnvelopeError, Identity};
use cofferdam_work::manifest::{Digester, Manifest, RowsDigest, Sha256};

use crate::fail::{Failure, Outcome};
use crate::files::{self, OnFile};
use crate::verbs::verify::exported;

const CHUNK: usize = 1 << 20;
/// A row is one task with its answer; none is longer than this.
const MOST_ROW_BYTES: u64 = 64 << 20;
const MOST_MANIFEST_BYTES: u64 = 256 << 10;

/// A manifest and whose signature on it was checked.
pub(crate) struct Signed {
    /// What it says.
    pub(crate) manifest: Manifest,
    /// The name of the key; none where no key was given.
    pub(crate) by: Option<String>,
}

/// Hands every row to `each`, line feed included, as it is decrypted. Only when this comes back was the file whole.
pub(crate) fn rows(
    file: &Path,
    identities: &[Identity],
    mut each: impl FnMut(&[u8]) -> Outcome,
) -> Outcome<RowsDigest> {
    let shown = file.display();
    let sealed = BufReader::new(files::open(file)?);
    let opened = envelope::decrypt(identities, sealed).map_err(|error| {
        Failure::new(match error {
            EnvelopeError::NoMatch => {
                format!("{shown}: it was encrypted to other recipients; give their identity file")
            }
            EnvelopeError::Io(error) => {
                format!("{shown} cannot be read: {}; fetch it again", files::bare(&error))
            }
            other => format!("{shown}: {other}; name the delivery's own file, or fetch it again"),
        })
    })?;
    let mut lines = BufReader::with_capacity(CHUNK, opened);
    let (mut digester, mut line) = (Digester::default(), Vec::new());
    loop {
        line.clear();
        let read = lines.by_ref().take(MOST_ROW_BYTES).read_until(b'\n', &mut line);
        let cut = |error| {
            Failure::new(format!(
                "{shown} does not open to its end ({error}); fetch it again"
            ))
        };
        if read.map_err(cut)? == 0 {
            return Ok(digester.finish());
        }
        digester.push_line(&line);
        each(&line)?;
    }
}

/// The SHA-256 of a file.
pub(crate) fn hash(file: &Path) -> Outcome<Sha256> {
    let mut source = files::open(file)?;
    let (mut digester, mut chunk) = (Digester::default(), vec![0; CHUNK]);
    loop {
        match source.read(&mut chunk).reading(file)? {
            0 => return Ok(digester.finish().sha256),
            read => digester.push_line(&chunk[..read]),
        }
    }
}

/// Reads a manifest; with a key, only one that it signed.
pub(crate) fn manifest(file: &Path, key: Option<&VerifyingKey>) -> Outcome<Signed> {
    let shown = file.display();
    let mut bytes = Vec::new();
    files::open(file)?
        .take(MOST_MANIFEST_BYTES)
        .read_to_end(&mut bytes)
        .reading(file)?;
    let none = |error: &dyn Display| {
        Failure::new(format!(
            "{shown} is no manifest of a delivery: {error}; fetch it again with its delivery"
        ))
    };
    let note = Note::parse(&bytes).map_err(|error| none(&error))?;
    let by = match key {
        None => None,
        Some(key) => {
            let keys = std::slice::from_ref(key);
            let verified = note.verify(keys).map_err(|error| {
                let next = match error {
                    NoteError::Unknown { .. } => {
                        "give the key of the lab's deliveries, whose name ends in /deliveries"
                    }
                    _ => "do not believe it, fetch it again",
                };
                Failure::new(format!("{shown}: {error}; {next}"))
            })?;
            let first = verified.first().map(|_| key.name().to_owned());
            Some(first.ok_or_else(|| {
                Failure::new(format!(
                    "{shown} is not signed by {}; do not believe it",
                    key.name()
                ))
            })?)
        }
    };
    let manifest = Manifest::parse(note.text()).map_err(|error| none(&error))?;
    Ok(Signed { manifest, by })
}

/// Whether a lab's exported ledger, which is verified on the way, records this manifest.
pub(crate) fn recorded(file: &Path, ledger: &Path) -> Outcome {
    let manifest = files::bytes(file)?;
    exported(ledger)?;
    let wanted = Sha256::of(&manifest).0;
    let mut found = false;
    let report = folder::verify(&FsFolder::new(ledger), &Expect::default(), |_, bytes| {
        let entry: Entry = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
        found |= matches!(entry.fact, Fact::DeliveryMade { manifest, .. } if manifest == wanted);
        Ok(())
    });
    if let Some(problem) = report.problem {
        return Err(Failure::new(format!("{}: {problem}", ledger.display())));
    }
    if found {
        return Ok(());
    }
    Err(Failure::new(format!(
        "{} is not recorded in the ledger in {}; do not believe it, or export the ledger anew if it is the older",
        file.display(),
        ledger.display()
    )))
}

/// In what a delivery is not what its manifest says.
pub(crate) fn differences(manifest: &Manifest, rows: &RowsDigest, envelope: Sha256) -> Vec<String> {
    let pairs = [
        ("rows", manifest.rows.to_string(), rows.rows.to_string()),
        ("bytes", manifest.bytes.to_string(), rows.bytes.to_string()),
        (
            "plaintext-sha256",
            manifest.plaintext_sha256.to_string(),
            rows.sha256.to_string(),
        ),
        (
            "envelope-sha256",
            manifest.envelope_sha256.to_string(),
            envelope.to_string(),
        ),
        (
            "rows-root",
            manifest.rows_root.to_string(),
            rows.hashes.root().to_string(),
        ),
    ];
    let differing = pairs.into_iter().filter(|(_, said, found)| said != found);
    differing
        .map(|(name, said, found)| format!("{name}: the manifest says {said}, the file has {found}"))
        .collect()
}
