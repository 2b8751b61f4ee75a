//! `cofferdam ledger archive`

use std::path::{Path, PathBuf};

use clap::Args;
use cofferdam_archive::{Archive, ArchiveError, Archived, Archiver};
use cofferdam_incident::report::{list_bytes, read_set, set_path};
use cofferdam_ledger::checkpoint::Checkpoint;
use cofferdam_ledger::folder::{CHECKPOINT_PATH, Expect, Folder as _, FsFolder, VKEY_PATH, verify};
use cofferdam_ledger::note::VerifyingKey;
use cofferdam_model::{Entry, ObjectRef, ObjectSet, Timestamp};
use serde_json::json;

use crate::fail::{Failure, Outcome, To};
use crate::files;
use crate::out::Out;
use crate::progress::waiting;
use crate::table::thousands;
use crate::verbs::{time, verify as verb};

/// Write what an exported ledger says of releases into Parquet files, or hold such files against the ledger
///
/// An archive says who had which object version released, when, what for and how much, in less than 20 bytes a row: `cofferdam exposure --archive`
/// asks it, and whatever reads Parquet reads it (docs/archive.md). It knows of which ledger it is, and how far it goes.
#[derive(Debug, Args)]
pub(crate) struct ToParquet {
    /// A folder that `cofferdam ledger export` wrote of a lab's ledger
    export: PathBuf,
    /// The folder of the archive: new or empty; with --verify one that is there
    archive: PathBuf,
    /// Only entries of before this ledger time, as in 2026-03-24T10:39:00Z
    #[arg(long, value_name = "TIME", value_parser = time, conflicts_with = "verify")]
    before: Option<String>,
    /// Write nothing: derive every row again from the export, and say whether the archive is that
    #[arg(long)]
    verify: bool,
    /// The ledger's key, from where you trust it; else the folders are held against the key within
    #[arg(long, value_name = "KEY", value_parser = verb::key)]
    vkey: Option<VerifyingKey>,
}

impl ToParquet {
    pub(super) async fn run(self, out: Out) -> Outcome {
        verb::exported(&self.export)?;
        match self.verify {
            true => {
                let path = self.archive.display().to_string();
                let check = tokio::task::spawn_blocking(move || self.check());
                let (entries, rows) = waiting("verifying", check).await.to("verifying")??;
                let told = json!({ "ok": true, "entries": entries, "rows": rows });
                out.answer(&told, |_| {
                    let rows = thousands(rows);
                    format!(
                        "{path}: ok: {rows} rows of entries 0 to below {entries} derived again, all equal"
                    )
                })
            }
            false => {
                let path = self.archive.display().to_string();
                let make = tokio::task::spawn_blocking(move || self.make());
                let made = waiting("archiving", make).await.to("archiving")??;
                out.answer(&told(&made), |_| shown(&path, &made))
            }
        }
    }

    /// Writes the archive while the export is verified; where that fails, there is none.
    fn make(&self) -> Outcome<Archived> {
        let text = |path: &str| {
            let path = self.export.join(path);
            String::from_utf8(files::bytes(&path)?).to(path.display())
        };
        let (vkey, checkpoint) = (text(VKEY_PATH)?, text(CHECKPOINT_PATH)?);
        let before = self.before.as_deref().and_then(Timestamp::parse_rfc3339);
        let mut archiver = Archiver::create(&self.archive, &vkey, &checkpoint, before)
            .map_err(|error| self.failed(&error))?;
        let walked = self.walk(None, &mut |entry, folder| {
            archiver.push(entry, &mut |set| list(folder, set))
        });
        match walked {
            Ok(()) => archiver.finish().map_err(|error| self.failed(&error)),
            Err(failure) => {
                archiver.abandon();
                Err(failure)
            }
        }
    }

    fn check(&self) -> Outcome<(u64, u64)> {
        let keys: Vec<_> = self.vkey.iter().cloned().collect();
        let archive = Archive::open(&self.archive, &keys).map_err(|error| self.failed(&error))?;
        let mut verifying = archive.verifying();
        // The export may have gone on since: then it must go on from the archive's tree head.
        self.walk(Some(archive.checkpoint()), &mut |entry, folder| {
            verifying.push(entry, &mut |set| list(folder, set))
        })?;
        verifying.finish().map_err(|error| self.failed(&error))?;
        Ok((archive.end(), archive.rows()))
    }

    /// Verifies the export, and hands on its entries.
    fn walk(
        &self,
        known: Option<&Checkpoint>,
        each: &mut dyn FnMut(&Entry, &FsFolder) -> Result<(), ArchiveError>,
    ) -> Outcome {
        let folder = FsFolder::new(&self.export);
        let expect = Expect {
            key: self.vkey.as_ref(),
            known,
            ..Expect::default()
        };
        let mut stopped = None;
        let report = verify(&folder, &expect, |_, bytes| {
            let entry: Entry =
                serde_json::from_slice(bytes).map_err(|error| format!("it does not read: {error}"))?;
            each(&entry, &folder).map_err(|error| {
                let why = error.to_string();
                stopped = Some(self.failed(&error));
                why
            })
        });
        if let Some(failure) = stopped {
            return Err(failure);
        }
        match report.problem {
            None => Ok(()),
            Some(problem) => Err(Failure::new(format!("{}: {problem}", self.export.display()))),
        }
    }

    fn failed(&self, error: &ArchiveError) -> Failure {
        match error {
            ArchiveError::Io { .. } | ArchiveError::Damaged { .. } => Failure::new(error.to_string()),
            ArchiveError::Entry { .. } => Failure::new(format!("{}: {error}", self.export.display())),
            ArchiveError::Differs(_) | ArchiveError::Head(_) => {
                Failure::new(format!("{}: {error}", self.archive.display()))
            }
        }
    }
}

/// The list behind a set, where it is there and is that list.
fn list(folder: &FsFolder, set: &ObjectSet) -> Option<Vec<ObjectRef>> {
    let mut list = Vec::new();
    let read = folder.read(&set_path(&set.sha256), list_bytes(set), &mut list);
    read.ok().filter(|found| *found)?;
    read_set(set, &list)
}

fn told(made: &Archived) -> serde_json::Value {
    json!({
        "entries": made.end,
        "rows": made.rows,
        "bytes": made.bytes,
        "actors": made.actors,
        "until": made.until.rfc3339(),
    })
}

fn shown(path: &str, made: &Archived) -> String {
    format!(
        "{path}: {} rows of entries 0 to below {}, {} bytes; it knows what was done before {}",
        thousands(made.rows),
        made.end,
        thousands(made.bytes),
        made.until.rfc3339()
    )
}

/// Whether a folder has an archive in it.
pub(crate) fn archived(dir: &Path) -> Outcome {
    match dir.join(cofferdam_archive::ACTORS_FILE).is_file() {
        true => Ok(()),
        false => Err(Failure::new(format!(
            "{} holds no archive of a ledger; `cofferdam ledger archive` writes one",
            dir.display()
        ))),
    }
}
