//! The installation's own secrets: one random seed in a file of its owner's, from which every other is derived.
//!
//! None of them opens an object: those keys are the keyholder's. These seal ledger entries against edits in the
//! database, sign checkpoints and manifests, and blind what must be unique without being readable.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Prk, Salt};
use aws_lc_rs::hmac;
use cofferdam_ledger::checkpoint::Checkpoint;
use cofferdam_ledger::note::{Note, SigningKey};
use cofferdam_model::env::{Env, NoEntropy};
use cofferdam_model::{
    Compartment, CredentialId, CredentialTag, EngagementId, Id, IncidentId, ProjectId, WebhookId,
};

use crate::watermark::Watermarks;

/// Why the secrets are not to be had.
#[derive(Debug, thiserror::Error)]
pub enum SecretsError {
    /// The file cannot be read or made.
    #[error("{path}: {error}")]
    Io {
        /// Which file.
        path: PathBuf,
        /// What failed.
        error: std::io::Error,
    },
    /// Others than its owner may read it.
    #[error("{path} may be read by others (mode {mode:04o}); `chmod 600` it")]
    Exposed {
        /// Which file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// It does not hold 32 bytes.
    #[error("{path} does not hold the installation's secret; restore it from a backup")]
    Damaged {
        /// Which file.
        path: PathBuf,
    },
    /// No randomness.
    #[error(transparent)]
    NoEntropy(#[from] NoEntropy),
    /// A key could not be derived.
    #[error("a key could not be derived from the installation's secret")]
    Derivation,
    /// The installation is called otherwise.
    #[error(transparent)]
    OtherOrigin(#[from] OtherOrigin),
}

/// The installation was made with another origin than the one given. It is no secret: every checkpoint begins with it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the origin is `{given}`, but this installation was made with `{made_with}`")]
pub struct OtherOrigin {
    /// The one given.
    pub given: String,
    /// The one under which this installation signed.
    pub made_with: String,
}

/// Derived from the installation's seed.
pub struct Secrets {
    root: Prk,
    entries: hmac::Key,
    rows: hmac::Key,
    blinding: hmac::Key,
    likeness: hmac::Key,
    origin: String,
    watermarks: Watermarks,
}

struct Len32;

impl KeyType for Len32 {
    fn len(&self) -> usize {
        32
    }
}

impl Secrets {
    /// Makes the seed's file; an error when there is one.
    pub fn create(folder: &Path, env: &Env) -> Result<(), SecretsError> {
        let path = folder.join("installation.key");
        let io = |error| SecretsError::Io {
            path: path.clone(),
            error,
        };
        let seed: [u8; 32] = env.random()?;
        let mut file = File::options()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)
            .map_err(io)?;
        file.write_all(&seed).and_then(|()| file.sync_all()).map_err(io)?;
        File::open(folder).and_then(|f| f.sync_all()).map_err(io)
    }

    /// Reads the seed's file. `origin` names the installation in checkpoints.
    pub fn open(folder: &Path, origin: &str) -> Result<Self, SecretsError> {
        let path = folder.join("installation.key");
        let io = |error| SecretsError::Io {
            path: path.clone(),
            error,
        };
        let found = fs::metadata(&path).map_err(io)?;
        if !found.is_file() {
            return Err(io(std::io::Error::other("it is no file")));
        }
        let mode = found.mode() & 0o777;
        if mode & 0o077 != 0 {
            return Err(SecretsError::Exposed { path, mode });
        }
        let mut seed = Vec::with_capacity(33);
        File::open(&path)
            .map_err(io)?
            .take(33)
            .read_to_end(&mut seed)
            .map_err(io)?;
        if seed.len() != 32 {
            return Err(SecretsError::Damaged { path });
        }
        let root = Salt::new(HKDF_SHA256, b"cofferdam installation v1").extract(&seed);
        zeroize::Zeroize::zeroize(&mut seed);
        let entries = hmac::Key::new(hmac::HMAC_SHA256, &derive(&root, &[b"entries"])?);
        let rows = hmac::Key::new(hmac::HMAC_SHA256, &derive(&root, &[b"rows"])?);
        let blinding = hmac::Key::new(hmac::HMAC_SHA256, &derive(&root, &[b"blinding"])?);
        let likeness = hmac::Key::new(hmac::HMAC_SHA256, &derive(&root, &[b"likeness"])?);
        let secrets = Self {
            root,
            entries,
            rows,
            blinding,
            likeness,
            origin: origin.to_owned(),
            watermarks: Watermarks::below(folder.join("watermarks")),
        };
        // A file that cannot be read is told of when the ledger is held against it.
        let kept = secrets.watermarks.kept(Compartment::Installation).ok().flatten();
        kept.map_or(Ok(()), |kept| secrets.check_origin(&kept))?;
        Ok(secrets)
    }

    /// Whether a tree head of the installation's own ledger was signed under the origin given. Only a signature of this
    /// installation's tells of another origin: what is merely written somewhere is not believed.
    pub(crate) fn check_origin(&self, signed: &[u8]) -> Result<(), OtherOrigin> {
        let named = Note::parse(signed).ok().and_then(|note| {
            let name = note.text().lines().next()?;
            let made_with = name.strip_suffix(&format!("/{}", Compartment::Installation))?;
            let key = self.key_called(name, Compartment::Installation).ok()?;
            Checkpoint::open(signed, key.verifying_key(), &[]).ok()?;
            Some(made_with.to_owned())
        });
        match named {
            Some(made_with) if made_with != self.origin => Err(OtherOrigin {
                given: self.origin.clone(),
                made_with,
            }),
            _ => Ok(()),
        }
    }

    /// The keyed hash that stands beside a ledger entry.
    pub(crate) fn seal_entry(
        &self,
        compartment: Compartment,
        n: u64,
        authorising: Option<u64>,
        engagement: Option<EngagementId>,
        leaf: &[u8; 32],
    ) -> [u8; 32] {
        let mut context = hmac::Context::with_key(&self.entries);
        context.update(&compartment.to_bytes());
        context.update(&n.to_be_bytes());
        context.update(&authorising.unwrap_or(0).to_be_bytes());
        context.update(engagement.as_ref().map_or(&[0; 16], |e| e.as_bytes()));
        context.update(leaf);
        to_array(context.sign().as_ref())
    }

    /// What a credential that is under no engagement is called in a ledger, and in no other.
    pub(crate) fn credential_tag(&self, compartment: Compartment, credential: CredentialId) -> CredentialTag {
        let hash = self.seal_row(
            "credential tag",
            &[&compartment.to_bytes(), credential.as_bytes()],
        );
        let mut tag = [0; 16];
        tag.copy_from_slice(&hash[..16]);
        CredentialTag::from_bytes(tag)
    }

    /// What salts the words that a lab is told of a step of an incident, in its own ledger; `own` is the lab's id for the incident.
    pub fn reason_salt(&self, own: IncidentId, step: u64) -> [u8; 32] {
        self.seal_row("incident reason", &[own.as_bytes(), &step.to_be_bytes()])
    }

    /// The keyed hash that stands beside a row of the table `table`, over its members in their order.
    pub(crate) fn seal_row(&self, table: &'static str, members: &[&[u8]]) -> [u8; 32] {
        let mut context = hmac::Context::with_key(&self.rows);
        for part in std::iter::once(table.as_bytes()).chain(members.iter().copied()) {
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part);
        }
        to_array(context.sign().as_ref())
    }

    /// `fresh` made to belong where it is used: its last 80 bits become a keyed hash of its first 48 and of `parts`.
    /// A row that was made to name it elsewhere can then be told from one that was written so.
    pub fn bind<I: Id>(&self, fresh: I, what: &'static str, parts: &[&[u8]]) -> I {
        let mut bytes = *fresh.as_bytes();
        let (time, rest) = bytes.split_at_mut(6);
        let mut members = vec![&*time];
        members.extend_from_slice(parts);
        let hash = self.seal_row(what, &members);
        rest.copy_from_slice(&hash[..10]);
        I::from_bytes(bytes)
    }

    /// Whether an id was [made to belong](Self::bind) here.
    pub fn is_bound<I: Id>(&self, id: I, what: &'static str, parts: &[&[u8]]) -> bool {
        self.bind(id, what, parts) == id
    }

    /// `fresh` made to tell what was said of it when it was made: its last 32 bits become a keyed hash of the others and of
    /// `parts`. Unlike one that is [bound](Self::bind) it stays an id of its own, however many are told the same.
    pub fn mark<I: Id>(&self, fresh: I, what: &'static str, parts: &[&[u8]]) -> I {
        let mut bytes = *fresh.as_bytes();
        let (own, mark) = bytes.split_at_mut(12);
        let mut members = vec![&*own];
        members.extend_from_slice(parts);
        let hash = self.seal_row(what, &members);
        mark.copy_from_slice(&hash[..4]);
        I::from_bytes(bytes)
    }

    /// Whether this was said of an id when it was [made](Self::mark).
    pub fn is_marked<I: Id>(&self, id: I, what: &'static str, parts: &[&[u8]]) -> bool {
        self.mark(id, what, parts) == id
    }

    /// A keyed hash of a lab's own id for a task: equal ids of one project give equal hashes, nothing else shows.
    pub fn blind(&self, project: ProjectId, text: &str) -> [u8; 32] {
        let mut context = hmac::Context::with_key(&self.blinding);
        context.update(project.as_bytes());
        context.update(text.as_bytes());
        to_array(context.sign().as_ref())
    }

    /// A keyed hash of what a task asks, for tasks that a lab gave no id: equal inputs of one project give equal
    /// hashes, nothing else shows. No such hash is ever one of an id.
    pub fn liken(&self, project: ProjectId, input: &[u8]) -> [u8; 32] {
        let mut context = hmac::Context::with_key(&self.likeness);
        context.update(project.as_bytes());
        context.update(input);
        to_array(context.sign().as_ref())
    }

    /// How far each ledger is known to have been.
    pub(crate) fn watermarks(&self) -> &Watermarks {
        &self.watermarks
    }

    /// What a compartment's checkpoints are called: `<installation>/<compartment>`.
    pub fn ledger_origin(&self, compartment: Compartment) -> String {
        format!("{}/{compartment}", self.origin)
    }

    /// Signs a compartment's checkpoints.
    pub fn ledger_key(&self, compartment: Compartment) -> Result<SigningKey, SecretsError> {
        self.key_called(&self.ledger_origin(compartment), compartment)
    }

    fn key_called(&self, name: &str, compartment: Compartment) -> Result<SigningKey, SecretsError> {
        let seed = derive(&self.root, &[b"ledger", &compartment.to_bytes()])?;
        SigningKey::from_seed(name, &seed).map_err(|_| SecretsError::Derivation)
    }

    /// Signs a manifest: the text of a signed note.
    pub fn sign_manifest(&self, compartment: Compartment, text: &str) -> Result<String, String> {
        let key = self.manifest_key(compartment).map_err(|e| e.to_string())?;
        let mut note = Note::new(text.to_owned()).map_err(|e| e.to_string())?;
        let signature = key.sign(note.text()).map_err(|e| e.to_string())?;
        note.add(signature).map_err(|e| e.to_string())?;
        Ok(note.to_string())
    }

    /// What signs the messages to a webhook. It is derived from the webhook's id, and so stands nowhere.
    pub fn webhook_key(&self, webhook: WebhookId) -> Result<[u8; 32], SecretsError> {
        derive(&self.root, &[b"webhook", webhook.as_bytes()])
    }

    /// Signs the manifests of a compartment's deliveries.
    pub fn manifest_key(&self, compartment: Compartment) -> Result<SigningKey, SecretsError> {
        let seed = derive(&self.root, &[b"manifest", &compartment.to_bytes()])?;
        let name = format!("{}/deliveries", self.ledger_origin(compartment));
        SigningKey::from_seed(&name, &seed).map_err(|_| SecretsError::Derivation)
    }
}

/// Whether two keyed hashes are one, in a time that does not tell where they differ.
pub(crate) fn same(one: &[u8; 32], other: &[u8; 32]) -> bool {
    aws_lc_rs::constant_time::verify_slices_are_equal(one, other).is_ok()
}

fn to_array(bytes: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    out.copy_from_slice(&bytes[..32]);
    out
}

fn derive(root: &Prk, info: &[&[u8]]) -> Result<[u8; 32], SecretsError> {
    let mut out = [0; 32];
    root.expand(info, Len32)
        .and_then(|okm| okm.fill(&mut out))
        .map_err(|_| SecretsError::Derivation)?;
    Ok(out)
}
