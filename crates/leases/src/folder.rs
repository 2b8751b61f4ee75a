//! The folder of enrolments: one file for each compartment, whole or absent, for its owner alone.

use std::collections::HashMap;
use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use cofferdam_model::env::Env;
use cofferdam_seal::Id128;
use cofferdam_seal::keyholder::wire::{Certificate, NodeChain};
use cofferdam_seal::keyholder::{
    Answer, EnrolledWith, KeyholderError, LabKeyholder, LabKeyholders, NewEnrolment,
};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::enrol;
use crate::remote::Remote;

const LOCK: &str = "lock";
/// What a file that is being written, or was when its process ended, is called behind its dot.
const STAGED: &str = "new";

/// The enrolments of this node.
pub struct Enrolments {
    folder: Folder,
    env: Env,
    open: Mutex<HashMap<Id128, Arc<Remote>>>,
    /// One at a time.
    enrolling: tokio::sync::Mutex<()>,
    /// Held as long as there is a folder.
    lock: Mutex<Option<File>>,
}

/// The folder of enrolments cannot be used.
#[derive(Debug)]
pub enum FolderError {
    /// Another process has it.
    InUse(String),
    /// It, or a file of it, cannot be read, or others may read it.
    Unusable(String),
}

impl std::fmt::Display for FolderError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (Self::InUse(why) | Self::Unusable(why)) = self;
        f.write_str(why)
    }
}

impl std::error::Error for FolderError {}

/// An enrolment, as it is on the disk.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Enrolment {
    pub(crate) version: u32,
    pub(crate) compartment: Id128,
    /// The id of the code that it was made by.
    pub(crate) code: String,
    pub(crate) node: String,
    pub(crate) address: String,
    /// DER, base64.
    pub(crate) authority: String,
    pub(crate) witness: String,
    pub(crate) certificate: Certificate,
    /// When the certificate was given, by this node's clock.
    pub(crate) since_micros: i64,
    /// PKCS#8, base64: of the certificate.
    pub(crate) key: Zeroizing<String>,
    /// The key of the certificate that was asked for and is not here yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) next_key: Option<Zeroizing<String>>,
    pub(crate) chain: NodeChain,
}

impl Enrolment {
    /// The version that this program reads and writes.
    pub(crate) const VERSION: u32 = 1;

    /// As it is on the disk.
    pub(crate) fn text(&self) -> serde_json::Result<Zeroizing<Vec<u8>>> {
        serde_json::to_vec(self).map(Zeroizing::new)
    }
}

/// Where files are kept.
#[derive(Debug, Clone)]
pub(crate) struct Folder(Arc<Path>);

impl Folder {
    /// For this process alone.
    fn take(&self) -> Result<File, FolderError> {
        private(&self.0)?;
        lock(&self.0)
    }

    fn file(&self, compartment: Id128) -> PathBuf {
        self.0.join(format!("{compartment}.json"))
    }

    /// What an enrolment that was not answered yet is kept in.
    pub(crate) fn begun(&self, compartment: Id128) -> PathBuf {
        self.0.join(format!("{compartment}.begun"))
    }

    /// Puts an enrolment's text in its place.
    pub(crate) fn keep(&self, compartment: Id128, text: &[u8]) -> io::Result<()> {
        self.put(&self.file(compartment), text)
    }

    /// Puts `content` at `path`: the next start finds the old content or the new, whole.
    pub(crate) fn put(&self, path: &Path, content: &[u8]) -> io::Result<()> {
        let staged = path.with_added_extension(STAGED);
        let mut file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&staged)?;
        file.write_all(content)?;
        file.sync_all()?;
        fs::rename(&staged, path)?;
        File::open(&self.0)?.sync_all()
    }
}

impl Enrolments {
    /// Opens the folder. One that is not there has no enrolments, and is made for the first. One process has it at a time: two that took
    /// turns at one chain of tokens would be told from a copy by nothing.
    ///
    /// # Errors
    /// [`FolderError`] where it cannot be read, where others may enter it, and where another process has it.
    pub fn open(folder: &Path, env: Env) -> Result<Self, FolderError> {
        let kept = Folder(folder.into());
        let (mut open, mut held) = (HashMap::new(), None);
        let there = folder.try_exists();
        if there.map_err(|error| FolderError::Unusable(format!("{}: {error}", folder.display())))? {
            held = Some(kept.take()?);
            open = remotes(&kept, &env)?;
        }
        Ok(Self {
            folder: kept,
            env,
            open: Mutex::new(open),
            enrolling: tokio::sync::Mutex::default(),
            lock: Mutex::new(held),
        })
    }

    /// Makes the folder, where there was none.
    fn make(&self) -> Result<(), KeyholderError> {
        let mut lock = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
        if lock.is_none() {
            let folder = &self.folder.0;
            DirBuilder::new()
                .recursive(true)
                .mode(0o700)
                .create(folder)
                .map_err(enrol::disk)?;
            *lock = Some(self.folder.take().map_err(enrol::inner)?);
        }
        Ok(())
    }

    fn opened(&self) -> MutexGuard<'_, HashMap<Id128, Arc<Remote>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn enrol_now(&self, new: NewEnrolment) -> Result<EnrolledWith, KeyholderError> {
        let _alone = self.enrolling.lock().await;
        self.make()?;
        let compartment = new.ledger.compartment;
        self.is_nobody_elses(&new)?;
        let earlier = self.opened().get(&compartment).cloned();
        // Its chain ends here: what it may still write must not come after the new one.
        let mut still = match &earlier {
            Some(remote) => Some(remote.stand_still().await),
            None => None,
        };
        if let (Some(remote), Some(chained)) = (&earlier, &still)
            && chained.is_of(&new.code.id_text(), &new.node)
        {
            // It was done, and whoever asks again was not told.
            return Ok(EnrolledWith {
                authority: remote.authority(),
                witness: chained.witness(),
            });
        }
        let enrolment = enrol::enrol(new, &self.folder, &self.env).await?;
        let text = enrolment.text().map_err(enrol::inner)?;
        let witness = enrolment.witness.clone();
        // What cannot be used is not kept.
        let remote = Remote::new(enrolment, self.folder.clone(), self.env.clone())?;
        self.folder.keep(compartment, &text).map_err(enrol::disk)?;
        // From the first call on it is no longer answered.
        let _ = fs::remove_file(self.folder.begun(compartment));
        let authority = remote.authority();
        self.opened().insert(compartment, Arc::new(remote));
        if let Some(chained) = &mut still {
            chained.replace();
        }
        Ok(EnrolledWith { authority, witness })
    }

    /// A keyholder knows nodes by their names: enrolled again under one for another lab, this node would be a stranger to the first.
    fn is_nobody_elses(&self, new: &NewEnrolment) -> Result<(), KeyholderError> {
        let open = self.opened();
        let same = |(compartment, remote): (&Id128, &Arc<Remote>)| {
            *compartment != new.ledger.compartment
                && remote.authority() == new.code.authority
                && remote.node() == new.node
        };
        if open.iter().any(same) {
            return Err(KeyholderError::Denied {
                reason: format!(
                    "this node is enrolled there as {} already, for another lab: have the code made for another name",
                    new.node
                ),
            });
        }
        Ok(())
    }
}

impl LabKeyholders for Enrolments {
    fn of(&self, compartment: Id128) -> Option<Arc<dyn LabKeyholder>> {
        let found = Arc::clone(self.opened().get(&compartment)?);
        Some(found)
    }

    fn all(&self) -> Vec<(Id128, Arc<dyn LabKeyholder>)> {
        let open = self.opened();
        let all = open.iter();
        all.map(|(compartment, remote)| (*compartment, Arc::clone(remote) as Arc<dyn LabKeyholder>))
            .collect()
    }

    fn enrol(&self, enrolment: NewEnrolment) -> Answer<'_, EnrolledWith> {
        Box::pin(self.enrol_now(enrolment))
    }
}

impl std::fmt::Debug for Enrolments {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Enrolments({})", self.folder.0.display())
    }
}

/// Those that can be used.
fn remotes(folder: &Folder, env: &Env) -> Result<HashMap<Id128, Arc<Remote>>, FolderError> {
    let shown = folder.0.display();
    let failed = |error: io::Error| FolderError::Unusable(format!("{shown}: {error}"));
    let mut open = HashMap::new();
    for file in fs::read_dir(&folder.0).map_err(failed)? {
        let path = file.map_err(failed)?.path();
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let opened = read(&path).and_then(|enrolment| {
            let compartment = enrolment.compartment;
            // A copy of one would take turns with it, and the keyholder would take that for two nodes.
            if path != folder.file(compartment) {
                let other = folder.file(compartment);
                return Err(FolderError::Unusable(format!(
                    "{} is of {}: it is left alone; move it away",
                    path.display(),
                    other.display()
                )));
            }
            let remote = Remote::new(enrolment, folder.clone(), env.clone());
            let remote = remote.map_err(|why| FolderError::Unusable(format!("{}: {why}", path.display())))?;
            Ok((compartment, Arc::new(remote)))
        });
        match opened {
            Ok((compartment, remote)) => drop(open.insert(compartment, remote)),
            // It is one lab's, and no other waits for it.
            Err(error) => tracing::error!(%error, "an enrolment with a lab's keyholder cannot be used"),
        }
    }
    Ok(open)
}

/// Refuses what others may look into.
fn private(path: &Path) -> Result<(), FolderError> {
    let shown = path.display();
    let found = fs::metadata(path).map_err(|error| FolderError::Unusable(format!("{shown}: {error}")))?;
    let (mode, right) = (
        found.permissions().mode() & 0o7777,
        if found.is_dir() { "700" } else { "600" },
    );
    if mode & 0o077 != 0 {
        return Err(FolderError::Unusable(format!(
            "{shown} may be read by others (mode {mode:04o}); `chmod {right} {shown}`, and have the labs enrol this node anew: whoever read \
             it can call as this node"
        )));
    }
    Ok(())
}

fn lock(folder: &Path) -> Result<File, FolderError> {
    let path = folder.join(LOCK);
    let shown = path.display();
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(&path)
        .map_err(|error| FolderError::Unusable(format!("{shown}: {error}")))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(FolderError::InUse(format!(
            "{} is another process's; each node has a folder of its own",
            folder.display()
        ))),
        Err(TryLockError::Error(error)) => Err(FolderError::Unusable(format!("{shown}: {error}"))),
    }
}

fn read(path: &Path) -> Result<Enrolment, FolderError> {
    private(path)?;
    let shown = path.display();
    let text = fs::read(path).map(Zeroizing::new);
    let text = text.map_err(|error| FolderError::Unusable(format!("{shown}: {error}")))?;
    let unread = |why: String| {
        FolderError::Unusable(format!(
            "{shown} does not read ({why}); move it away, and have the lab enrol this node anew"
        ))
    };
    let enrolment: Enrolment = serde_json::from_slice(&text).map_err(|error| unread(error.to_string()))?;
    if enrolment.version != Enrolment::VERSION {
        return Err(unread(format!("it is of version {}", enrolment.version)));
    }
    Ok(enrolment)
}
