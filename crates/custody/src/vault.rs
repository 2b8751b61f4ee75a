//! Sealed on the way in, plaintext on the way out, and nothing in between that others could make.

use std::ops::Deref;

use cofferdam_model::{Compartment, EpochId, Id, LabId, ObjectId, ObjectRef, ProjectId};
use cofferdam_seal::ingest;
use cofferdam_seal::object::{self, Binding};
use cofferdam_seal::{Id128, Opened, SystemRandom};
use cofferdam_store::object::SealedRow;

use crate::error::Integrity;
use crate::openings::{OpeningKey, SealingKey};
use crate::record::Receipt;
use crate::rotation::Rotation;
use crate::secrets::{self, Secrets};

/// What an object holds. The numbers are bound into the ciphertext and never change meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ObjectKind {
    /// What a task asks: JSON by the template's input schema.
    TaskInput,
    /// What a contractor answered: JSON by the template's answer schema.
    Answer,
    /// What a reviewer wrote.
    ReviewComment,
    /// Markdown for those who do the work.
    Guideline,
    /// A template document.
    Template,
    /// An answer not handed in yet.
    Draft,
    /// Why a lab sent a delivery's row back.
    ReturnReason,
    /// A task's recorded answers from elsewhere.
    Recorded,
    /// What somebody asked, or said to a question.
    Remark,
}

impl ObjectKind {
    /// The number that stands for it in storage.
    pub const fn code(self) -> u16 {
        match self {
            Self::TaskInput => 1,
            Self::Answer => 2,
            Self::ReviewComment => 3,
            Self::Guideline => 4,
            Self::Template => 5,
            Self::Draft => 6,
            Self::ReturnReason => 7,
            Self::Recorded => 8,
            Self::Remark => 9,
        }
    }
}

/// An object sealed and not yet stored.
#[derive(Debug, Clone)]
pub struct Sealed(SealedRow);

impl Sealed {
    /// Which object, which version, how many plaintext bytes.
    pub fn reference(&self) -> ObjectRef {
        self.0.object
    }

    /// What to store.
    pub fn row(&self) -> &SealedRow {
        &self.0
    }
}

/// Bytes that were unsealed under a record. Wiped on drop; not printable; not to be made outside this crate.
pub struct Plaintext(Opened);

impl Plaintext {
    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl Deref for Plaintext {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl std::fmt::Debug for Plaintext {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Plaintext({} bytes)", self.0.len())
    }
}

fn binding(row: &SealedRow) -> Binding {
    Binding {
        compartment: Id128::new(row.compartment.to_bytes()),
        project: Id128::new(*row.project.as_bytes()),
        object: Id128::new(*row.object.object.as_bytes()),
        kind: row.kind,
        version: row.object.version,
        epoch: Id128::new(*row.epoch.as_bytes()),
    }
}

/// Where an object belongs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    pub(crate) lab: LabId,
    pub(crate) project: ProjectId,
    pub(crate) kind: ObjectKind,
    pub(crate) object: ObjectId,
    pub(crate) version: u32,
}

/// The keyed hash of an object's row. It opens nothing; it lets a row be checked where there is no key.
fn seal_of(secrets: &Secrets, row: &SealedRow) -> [u8; 32] {
    secrets.seal_row(
        "object",
        &[
            row.object.object.as_bytes(),
            &row.object.version.to_be_bytes(),
            &row.compartment.to_bytes(),
            row.project.as_bytes(),
            &row.kind.to_be_bytes(),
            row.epoch.as_bytes(),
            &row.object.bytes.to_be_bytes(),
            &row.sealed,
        ],
    )
}

/// Whether an object's row is as this installation wrote it.
pub(crate) fn check(secrets: &Secrets, row: &SealedRow) -> Result<(), Integrity> {
    if secrets::same(&row.seal, &seal_of(secrets, row)) {
        return Ok(());
    }
    Err(Integrity::of(named(row), "its seal is not this installation's"))
}

/// Seals an object anew under another key. What it says is in memory for as long as that takes, and goes nowhere: an entry of the
/// ledger, which `_called` stands for, called for it.
pub(crate) fn reseal(
    _called: &Rotation,
    secrets: &Secrets,
    row: &SealedRow,
    from: OpeningKey<'_>,
    (epoch, to): (EpochId, SealingKey<'_>),
) -> Result<SealedRow, Integrity> {
    let plaintext = unsealed(secrets, from, row)?;
    let mut anew = SealedRow {
        epoch,
        sealed: Vec::new(),
        ..row.clone()
    };
    let sealed = sealed(to, &binding(&anew), &plaintext);
    anew.sealed = sealed.map_err(|error| Integrity::of(named(row), error))?;
    anew.seal = seal_of(secrets, &anew);
    Ok(anew)
}

pub(crate) fn seal(
    secrets: &Secrets,
    key: SealingKey<'_>,
    epoch: EpochId,
    place: Place,
    plaintext: &[u8],
) -> Result<Sealed, String> {
    let reference = ObjectRef {
        object: place.object,
        version: place.version,
        bytes: plaintext.len() as u64,
    };
    let mut row = SealedRow {
        object: reference,
        compartment: Compartment::Lab(place.lab),
        project: place.project,
        kind: place.kind.code(),
        epoch,
        sealed: Vec::new(),
        seal: [0; 32],
    };
    row.sealed = sealed(key, &binding(&row), plaintext)?;
    row.seal = seal_of(secrets, &row);
    Ok(Sealed(row))
}

fn sealed(key: SealingKey<'_>, binding: &Binding, plaintext: &[u8]) -> Result<Vec<u8>, String> {
    match key {
        SealingKey::Epoch(key) => object::seal(key, binding, plaintext, &SystemRandom)
            .map(object::SealedObject::into_bytes)
            .map_err(|error| error.to_string()),
        SealingKey::Ingest(key) => ingest::seal(key, binding, plaintext, &SystemRandom)
            .map(ingest::SealedDraft::into_bytes)
            .map_err(|error| error.to_string()),
    }
}

/// Opens an object under a receipt: the record that it was about to be opened is durable.
pub(crate) fn open(
    _recorded: &Receipt,
    secrets: &Secrets,
    key: OpeningKey<'_>,
    row: &SealedRow,
) -> Result<Plaintext, Integrity> {
    Ok(Plaintext(unsealed(secrets, key, row)?))
}

fn unsealed(secrets: &Secrets, key: OpeningKey<'_>, row: &SealedRow) -> Result<Opened, Integrity> {
    check(secrets, row)?;
    let opened = match key {
        OpeningKey::Epoch(key) => {
            object::open(key, &binding(row), &row.sealed).map_err(|error| error.to_string())
        }
        OpeningKey::Ingest(key) => {
            ingest::open(key, &binding(row), &row.sealed).map_err(|error| error.to_string())
        }
    };
    let opened = opened.map_err(|error| Integrity::of(named(row), error))?;
    if opened.len() as u64 != row.object.bytes {
        return Err(Integrity::of(named(row), "its length is not the recorded one"));
    }
    Ok(opened)
}

fn named(row: &SealedRow) -> String {
    format!("object {} version {}", row.object.object, row.object.version)
}
