//! A keyholder in the platform's own process, with its keys in a folder.
//!
//! | File, below the folder | Bytes |
//! |---|---|
//! | `<compartment>/root.key` | version 1 (1), the compartment's root key (32) |
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
use super::{
    Answer, Before, Destroy, IngestGrant, Keyholder, KeyholderError, LeaseGrant, LeasePolicy, LeaseRequest,
    Mint, MintedIngestKey, files,
};
use crate::id::Id128;
use crate::ingest::{IngestError, IngestPrivateKey};
use crate::kdf::Expander;
use crate::key::{SecretBytes, WrappedKey};
use crate::random::Random;

const ROOT_FILE: &str = "root.key";
const PROJECT_EXTENSION: &str = "project";

const SHREDDED: u8 = 0;
const VERSION: u8 = 1;
const ROOT_LEN: usize = 1 + 32;
const PROJECT_LEN: usize = 1 + 16 + WRAPPED_LEN;

/// What is wrapped, or derived: the labels are fixed and none begins another.
const PROJECT_SECRET: &[u8] = b"cofferdam/keyholder/project-secret/v1";
const PROJECT_WRAPPING: &[u8] = b"cofferdam/keyholder/project-wrapping/v1";
const EPOCH_KEY: &[u8] = b"cofferdam/keyholder/epoch-key/v1";
const INGEST_KEY: &[u8] = b"cofferdam/keyholder/ingest-key/v1";

/// A keyholder that keeps its keys in a folder of this machine.
///
/// It holds no key between calls: each reads two small files, and those that mint for a new project write and
/// sync them, all of it blocking. Several processes may use one folder. On the folder's file system, hard links must work.
pub struct EmbeddedKeyholder {
    folder: PathBuf,
    policy: Box<dyn LeasePolicy>,
    random: Arc<dyn Random>,
}

/// A project's wrapping key, in memory for the length of one call.
struct Project {
    id: Id128,
    compartment: Id128,
    key_id: Id128,
    key: WrappingKey,
}

impl EmbeddedKeyholder {
    /// Opens `folder`, which is made, for its owner only, if it does not exist.
    ///
    /// # Errors
    /// [`KeyholderError::Unavailable`] when it cannot be made.
    pub fn open(
        folder: impl Into<PathBuf>,
        policy: Box<dyn LeasePolicy>,
        random: Arc<dyn Random>,
    ) -> Result<Self, KeyholderError> {
        let folder = folder.into();
        files::create_folder(&folder)?;
        Ok(Self {
            folder,
            policy,
            random,
        })
    }

    fn compartment_folder(&self, compartment: Id128) -> PathBuf {
        self.folder.join(compartment.to_string())
    }

    fn project_file(&self, compartment: Id128, project: Id128) -> PathBuf {
        self.compartment_folder(compartment)
            .join(format!("{project}.{PROJECT_EXTENSION}"))
    }

    /// The key under which a project's secret is wrapped; `None` when the compartment has no root key yet.
    fn root_for(&self, compartment: Id128, project: Id128) -> Result<Option<WrappingKey>, KeyholderError> {
        let path = self.compartment_folder(compartment).join(ROOT_FILE);
        let Some(content) = files::read(&path, ROOT_LEN)? else {
            return Ok(None);
        };
        match content.split_first() {
            Some((&VERSION, key)) if content.len() == ROOT_LEN => {
                let key =
                    Expander::new(key).expand(&[PROJECT_SECRET, compartment.as_bytes(), project.as_bytes()]);
                WrappingKey::new(&key).map(Some)
            }
            _ => Err(tampered_file(&path)),
        }
    }

    /// As [`root_for`](Self::root_for), making a root key for a compartment that is new.
    fn root_or_new(&self, request: &Mint) -> Result<WrappingKey, KeyholderError> {
        let (compartment, project) = (request.compartment, request.project);
        if let Some(key) = self.root_for(compartment, project)? {
            return Ok(key);
        }
        let folder = self.compartment_folder(compartment);
        if request.before > Before::Nothing || holds_projects(&folder) {
            let detail = format!("{} has no {ROOT_FILE} any more: restore it", folder.display());
            return Err(KeyholderError::Unavailable { detail });
        }
        files::create_folder(&folder)?;
        let root = SecretBytes::generate(&*self.random)?;
        let mut content = Zeroizing::new([VERSION; ROOT_LEN]);
        content[1..].copy_from_slice(root.expose());
        files::create(&folder.join(ROOT_FILE), &*content, &*self.random)?;
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
                detail: format!("{} has no {ROOT_FILE}: restore it", path.display()),
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

    fn mint_now(&self, label: &[u8], request: &Mint) -> Result<(SecretBytes, WrappedKey), KeyholderError> {
        let project = self.project_or_new(request)?;
        let secret = SecretBytes::generate(&*self.random)?;
        let wrapped = project
            .key
            .wrap(&project.binding(label, request.epoch), &secret, &*self.random)?;
        let wrapped = WrappedKey {
            key_id: project.key_id,
            bytes: wrapped.to_vec(),
        };
        Ok((secret, wrapped))
    }

    fn lease_now(&self, label: &[u8], request: &LeaseRequest) -> Result<LeaseGrant, KeyholderError> {
        let LeaseRequest {
            compartment,
            project,
            epoch,
            wrapped,
            reason,
            now_micros,
            ..
        } = request;
        let terms = self.policy.decide(request)?;
        let found = self
            .project(*compartment, *project)?
            .filter(|found| found.key_id == wrapped.key_id);
        let found = found.ok_or(KeyholderError::Unknown {
            project: *project,
            key_id: wrapped.key_id,
        })?;
        let key = found
            .key
            .unwrap(&found.binding(label, *epoch), &wrapped.bytes)
            .map_err(|NotAuthentic| KeyholderError::Tampered {
                what: format!("the wrapped key of epoch {epoch}"),
            })?;
        let expires_at_micros = now_micros.saturating_add(terms.micros);
        Ok(LeaseGrant {
            key,
            epoch: *epoch,
            reason: *reason,
            expires_at_micros,
        })
    }

    fn destroy_now(&self, request: &Destroy) -> Result<(), KeyholderError> {
        match self.project(request.compartment, request.project) {
            Err(KeyholderError::Shredded { .. }) => return Ok(()),
            // A damaged or exposed file is destroyed all the same.
            Ok(_) | Err(_) => files::create_folder(&self.compartment_folder(request.compartment))?,
        }
        let mut content = [SHREDDED; 9];
        content[1..].copy_from_slice(&request.now_micros.to_be_bytes());
        let path = self.project_file(request.compartment, request.project);
        files::replace_and_wipe(&path, &content, &*self.random)
    }
}

impl Keyholder for EmbeddedKeyholder {
    fn mint(&self, request: Mint) -> Answer<'_, WrappedKey> {
        Box::pin(async move { self.mint_now(EPOCH_KEY, &request).map(|(_, wrapped)| wrapped) })
    }

    fn mint_ingest(&self, request: Mint) -> Answer<'_, MintedIngestKey> {
        Box::pin(async move {
            let (secret, wrapped) = self.mint_now(INGEST_KEY, &request)?;
            let unusable = |error: IngestError| KeyholderError::Unavailable {
                detail: error.to_string(),
            };
            let public = IngestPrivateKey::new(&secret).map_err(unusable)?.public();
            Ok(MintedIngestKey { public, wrapped })
        })
    }

    fn lease(&self, request: LeaseRequest) -> Answer<'_, LeaseGrant> {
        Box::pin(async move { self.lease_now(EPOCH_KEY, &request) })
    }

    fn lease_ingest(&self, request: LeaseRequest) -> Answer<'_, IngestGrant> {
        Box::pin(async move { self.lease_now(INGEST_KEY, &request).map(IngestGrant::new) })
    }

    fn destroy(&self, request: Destroy) -> Answer<'_, ()> {
        Box::pin(async move { self.destroy_now(&request) })
    }
}

impl std::fmt::Debug for EmbeddedKeyholder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EmbeddedKeyholder")
            .field("folder", &self.folder)
            .finish_non_exhaustive()
    }
}

impl Project {
    /// Associated data of a key that this project wraps for `epoch`.
    fn binding(&self, label: &[u8], epoch: Id128) -> Vec<u8> {
        associated(label, [self.compartment, self.id, epoch, self.key_id])
    }
}

fn associated(label: &[u8], ids: [Id128; 4]) -> Vec<u8> {
    let mut bytes = label.to_vec();
    ids.iter().for_each(|id| bytes.extend_from_slice(id.as_bytes()));
    bytes
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
