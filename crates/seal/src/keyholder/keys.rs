//! The keys of projects in a folder: made, wrapped, unwrapped and destroyed, whoever decides about it.
//!
//! | File, below the folder | Bytes |
//! |---|---|
//! | `<compartment>/root.key` | version 1 (1), the compartment's root key (32) |
//! | `<compartment>/root.wrapped`, in its place under a [`RootKey`] | version 1 (1), the compartment's root key, wrapped by it |
//! | `<compartment>/<project>.project` | version 1 (1), key id (16), the project's secret, wrapped (60) |
//! | the same, once shredded | version 0 (1), when, in microseconds since the Unix epoch (8, big-endian) |
//!
//! Wrapping is AES-256-GCM (nonce 12, ciphertext, tag 16). The project's secret is wrapped under a key derived
//! from the root key; epoch and ingest keys under one derived from the project's secret. Derivation is
//! HKDF-Expand-SHA-384 over a label, compartment and project. The associated data of every wrapping names what
//! is wrapped, compartment, project, epoch and key id, so that nothing unwraps in another place.
//!
//! Shredding replaces the project's file. Backups of the folder made before that still hold the secret: they
//! must be destroyed with it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use zeroize::Zeroizing;

use super::wrap::{NotAuthentic, WRAPPED_LEN, WrappingKey};
use super::{Before, Destroy, KeyholderError, Mint, MintedIngestKey, RootKey, files};
use crate::id::Id128;
use crate::ingest::{IngestError, IngestPrivateKey};
use crate::kdf::Expander;
use crate::key::{SecretBytes, WrappedKey};
use crate::random::Random;

const CLEAR_ROOT_FILE: &str = "root.key";
const WRAPPED_ROOT_FILE: &str = "root.wrapped";
const PROJECT_EXTENSION: &str = "project";

const SHREDDED: u8 = 0;
const VERSION: u8 = 1;
const ROOT_LEN: usize = 1 + 32;
/// What a root key makes of a compartment's: a service's answer is longer than our own.
const MAX_WRAPPED_ROOT_LEN: usize = 4096;
const PROJECT_LEN: usize = 1 + 16 + WRAPPED_LEN;

/// What is wrapped, or derived: the labels are fixed and none begins another.
const COMPARTMENT_ROOT: &[u8] = b"cofferdam/keyholder/compartment-root/v1";
const PROJECT_SECRET: &[u8] = b"cofferdam/keyholder/project-secret/v1";
const PROJECT_WRAPPING: &[u8] = b"cofferdam/keyholder/project-wrapping/v1";
const EPOCH_KEY: &[u8] = b"cofferdam/keyholder/epoch-key/v1";
const INGEST_KEY: &[u8] = b"cofferdam/keyholder/ingest-key/v1";

/// What a key is for. Neither kind unwraps as the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    /// Opens and seals an epoch's objects.
    Epoch,
    /// The private half of an ingest key: opens an epoch's drafts.
    Ingest,
}

/// Where a wrapped key belongs: it unwraps in no other place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyPlace {
    /// The compartment that it was minted for.
    pub compartment: Id128,
    /// The project.
    pub project: Id128,
    /// The epoch.
    pub epoch: Id128,
}

/// The keys of projects, in a folder of this machine.
///
/// It holds no key between calls: each reads two small files, and those that mint for a new project write and
/// sync them, all of it blocking. Several processes may use one folder. On the folder's file system, hard links must work.
pub struct ProjectKeys {
    folder: PathBuf,
    root: Option<Arc<dyn RootKey>>,
    random: Arc<dyn Random>,
}

/// A project's wrapping key, in memory for the length of one call.
struct Project {
    id: Id128,
    compartment: Id128,
    key_id: Id128,
    key: WrappingKey,
}

impl ProjectKeys {
    /// Opens `folder`, which is made, for its owner only, if it does not exist.
    ///
    /// # Errors
    /// [`KeyholderError::Unavailable`] when it cannot be made.
    pub fn open(folder: impl Into<PathBuf>, random: Arc<dyn Random>) -> Result<Self, KeyholderError> {
        let folder = folder.into();
        files::create_folder(&folder)?;
        Ok(Self {
            folder,
            root: None,
            random,
        })
    }

    /// As [`open`](Self::open), with every compartment's root key wrapped under `root`: the folder alone opens nothing.
    ///
    /// # Errors
    /// [`KeyholderError::Unavailable`] when the folder cannot be made.
    pub fn open_under(
        folder: impl Into<PathBuf>,
        root: Arc<dyn RootKey>,
        random: Arc<dyn Random>,
    ) -> Result<Self, KeyholderError> {
        let keys = Self::open(folder, random)?;
        Ok(Self {
            root: Some(root),
            ..keys
        })
    }

    /// The folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    fn compartment_folder(&self, compartment: Id128) -> PathBuf {
        self.folder.join(compartment.to_string())
    }

    fn project_file(&self, compartment: Id128, project: Id128) -> PathBuf {
        self.compartment_folder(compartment)
            .join(format!("{project}.{PROJECT_EXTENSION}"))
    }

    const fn root_file(&self) -> &'static str {
        match self.root {
            None => CLEAR_ROOT_FILE,
            Some(_) => WRAPPED_ROOT_FILE,
        }
    }

    /// The compartment's root key; `None` when it has none yet.
    fn root_of(&self, compartment: Id128) -> Result<Option<SecretBytes>, KeyholderError> {
        let path = self.compartment_folder(compartment).join(self.root_file());
        let limit = if self.root.is_none() {
            ROOT_LEN
        } else {
            MAX_WRAPPED_ROOT_LEN
        };
        let Some(content) = files::read(&path, limit)? else {
            return Ok(None);
        };
        let (Some((&VERSION, bytes)), true) = (content.split_first(), content.len() <= limit) else {
            return Err(tampered_file(&path));
        };
        let key = match &self.root {
            Some(root) => root.unwrap(&compartment_root(compartment), bytes)?,
            None => SecretBytes::copy_of(bytes.try_into().map_err(|_| tampered_file(&path))?),
        };
        Ok(Some(key))
    }

    /// The key under which a project's secret is wrapped; `None` when the compartment has no root key yet.
    fn root_for(&self, compartment: Id128, project: Id128) -> Result<Option<WrappingKey>, KeyholderError> {
        let Some(root) = self.root_of(compartment)? else {
            return Ok(None);
        };
        let key = Expander::new(root.expose()).expand(&[
            PROJECT_SECRET,
            compartment.as_bytes(),
            project.as_bytes(),
        ]);
        WrappingKey::new(&key).map(Some)
    }

    /// As [`root_for`](Self::root_for), making a root key for a compartment that is new.
    fn root_or_new(&self, request: &Mint) -> Result<WrappingKey, KeyholderError> {
        let (compartment, project) = (request.compartment, request.project);
        if let Some(key) = self.root_for(compartment, project)? {
            return Ok(key);
        }
        let folder = self.compartment_folder(compartment);
        if request.before > Before::Nothing || holds_projects(&folder) {
            let detail = format!(
                "{} has no {} any more: restore it",
                folder.display(),
                self.root_file()
            );
            return Err(KeyholderError::Unavailable { detail });
        }
        files::create_folder(&folder)?;
        let root = SecretBytes::generate(&*self.random)?;
        let mut content = Zeroizing::new(Vec::with_capacity(MAX_WRAPPED_ROOT_LEN));
        content.push(VERSION);
        match &self.root {
            Some(under) => content.extend(under.wrap(&compartment_root(compartment), &root)?),
            None => content.extend(root.expose()),
        }
        files::create(&folder.join(self.root_file()), &content, &*self.random)?;
        // Read back: another process may have been first, and then its key is the one.
        self.root_for(compartment, project)?
            .ok_or_else(|| KeyholderError::Unavailable {
                detail: "the new root key is gone".into(),
            })
    }

    /// The project's wrapping key; `None` when none was ever made.
    fn project(&self, compartment: Id128, project: Id128) -> Result<Option<Project>, KeyholderError> {
        let path = self.project_file(compartment, project);
        let Some(content) = files::read(&path, PROJECT_LEN)? else {
            return Ok(None);
        };
        let rest = match content.split_first() {
            Some((&SHREDDED, _)) => return Err(KeyholderError::Shredded { project }),
            Some((&VERSION, rest)) => rest,
            _ => return Err(tampered_file(&path)),
        };
        let (key_id, wrapped) = rest
            .split_first_chunk::<16>()
            .ok_or_else(|| tampered_file(&path))?;
        let key_id = Id128::new(*key_id);
        let root = self
            .root_for(compartment, project)?
            .ok_or_else(|| KeyholderError::Unavailable {
                detail: format!("{} has no {}: restore it", path.display(), self.root_file()),
            })?;
        let associated = associated(PROJECT_SECRET, [compartment, project, project, key_id]);
        let secret = root
            .unwrap(&associated, wrapped)
            .map_err(|NotAuthentic| tampered_file(&path))?;
        let key = Expander::new(secret.expose()).expand(&[
            PROJECT_WRAPPING,
            compartment.as_bytes(),
            project.as_bytes(),
        ]);
        Ok(Some(Project {
            id: project,
            compartment,
            key_id,
            key: WrappingKey::new(&key)?,
        }))
    }

    fn project_or_new(&self, request: &Mint) -> Result<Project, KeyholderError> {
        let (compartment, project) = (request.compartment, request.project);
        if let Some(project) = self.project(compartment, project)? {
            return Ok(project);
        }
        let root = self.root_or_new(request)?;
        if request.before == Before::InProject {
            let path = self.project_file(compartment, project);
            let detail = format!("there is no {} any more: restore it", path.display());
            return Err(KeyholderError::Unavailable { detail });
        }
        let mut key_id = [0; 16];
        self.random.fill(&mut key_id)?;
        let secret = SecretBytes::generate(&*self.random)?;
        let associated = associated(
            PROJECT_SECRET,
            [compartment, project, project, Id128::new(key_id)],
        );
        let mut content = [VERSION; PROJECT_LEN];
        content[1..17].copy_from_slice(&key_id);
        content[17..].copy_from_slice(&root.wrap(&associated, &secret, &*self.random)?);
        files::create(&self.project_file(compartment, project), &content, &*self.random)?;
        self.project(compartment, project)?
            .ok_or_else(|| KeyholderError::Unavailable {
                detail: "the new project key is gone".into(),
            })
    }

    /// Mints a key of an epoch and gives it wrapped.
    ///
    /// # Errors
    /// [`KeyholderError`]: the project was shredded, or what was minted before is gone.
    pub fn mint(&self, request: &Mint) -> Result<WrappedKey, KeyholderError> {
        self.mint_as(KeyKind::Epoch, request).map(|(_, wrapped)| wrapped)
    }

    /// Mints an ingest key of an epoch.
    ///
    /// # Errors
    /// As [`mint`](Self::mint).
    pub fn mint_ingest(&self, request: &Mint) -> Result<MintedIngestKey, KeyholderError> {
        let (secret, wrapped) = self.mint_as(KeyKind::Ingest, request)?;
        let unusable = |error: IngestError| KeyholderError::Unavailable {
            detail: error.to_string(),
        };
        let public = IngestPrivateKey::new(&secret).map_err(unusable)?.public();
        Ok(MintedIngestKey { public, wrapped })
    }

    fn mint_as(&self, kind: KeyKind, request: &Mint) -> Result<(SecretBytes, WrappedKey), KeyholderError> {
        let project = self.project_or_new(request)?;
        let secret = SecretBytes::generate(&*self.random)?;
        let wrapped = project
            .key
            .wrap(&project.binding(kind, request.epoch), &secret, &*self.random)?;
        let wrapped = WrappedKey {
            key_id: project.key_id,
            bytes: wrapped.to_vec(),
        };
        Ok((secret, wrapped))
    }

    /// Unwraps a key that was minted as `kind` for `place`. Whoever calls this has decided that it may be.
    ///
    /// # Errors
    /// [`KeyholderError`]: it is not that key, or its project was shredded.
    pub fn unwrap(
        &self,
        kind: KeyKind,
        place: KeyPlace,
        wrapped: &WrappedKey,
    ) -> Result<SecretBytes, KeyholderError> {
        let found = self
            .project(place.compartment, place.project)?
            .filter(|found| found.key_id == wrapped.key_id);
        let found = found.ok_or(KeyholderError::Unknown {
            project: place.project,
            key_id: wrapped.key_id,
        })?;
        found
            .key
            .unwrap(&found.binding(kind, place.epoch), &wrapped.bytes)
            .map_err(|NotAuthentic| KeyholderError::Tampered {
                what: format!("the wrapped key of epoch {}", place.epoch),
            })
    }

    /// Destroys a project's wrapping key for good, and keeps one from being made. Doing it again changes nothing. Whether there was one,
    /// or it was destroyed before.
    ///
    /// # Errors
    /// [`KeyholderError::Unavailable`] when its file cannot be replaced.
    pub fn destroy(&self, request: &Destroy) -> Result<bool, KeyholderError> {
        let there = match self.project(request.compartment, request.project) {
            Err(KeyholderError::Shredded { .. }) => return Ok(true),
            Ok(found) => found.is_some(),
            // A damaged or exposed file is destroyed all the same.
            Err(_) => true,
        };
        files::create_folder(&self.compartment_folder(request.compartment))?;
        let mut content = [SHREDDED; 9];
        content[1..].copy_from_slice(&request.now_micros.to_be_bytes());
        let path = self.project_file(request.compartment, request.project);
        files::replace_and_wipe(&path, &content, &*self.random)?;
        Ok(there)
    }
}

impl std::fmt::Debug for ProjectKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ProjectKeys")
            .field("folder", &self.folder)
            .finish_non_exhaustive()
    }
}

impl Project {
    /// Associated data of a key that this project wraps for `epoch`.
    fn binding(&self, kind: KeyKind, epoch: Id128) -> Vec<u8> {
        let label = match kind {
            KeyKind::Epoch => EPOCH_KEY,
            KeyKind::Ingest => INGEST_KEY,
        };
        associated(label, [self.compartment, self.id, epoch, self.key_id])
    }
}

fn associated(label: &[u8], ids: [Id128; 4]) -> Vec<u8> {
    let mut bytes = label.to_vec();
    ids.iter().for_each(|id| bytes.extend_from_slice(id.as_bytes()));
    bytes
}

fn compartment_root(compartment: Id128) -> Vec<u8> {
    [COMPARTMENT_ROOT, compartment.as_bytes()].concat()
}

fn tampered_file(path: &Path) -> KeyholderError {
    KeyholderError::Tampered {
        what: path.display().to_string(),
    }
}

/// Whether a compartment's folder has a project that is not shredded, so that its root key must exist.
fn holds_projects(folder: &Path) -> bool {
    let is_project = |path: &PathBuf| path.extension().is_some_and(|end| end == PROJECT_EXTENSION);
    let is_shredded = |path: PathBuf| match files::read(&path, PROJECT_LEN) {
        Ok(content) => content.is_some_and(|content| content.first() == Some(&SHREDDED)),
        Err(_) => false,
    };
    let Ok(entries) = std::fs::read_dir(folder) else {
        return false;
    };
    let paths = entries.filter_map(Result::ok).map(|entry| entry.path());
    !paths.filter(is_project).all(is_shredded)
}
