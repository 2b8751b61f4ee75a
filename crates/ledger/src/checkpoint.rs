//! Checkpoints: a log's name, size and root, as the text of a signed note.
//!
//! Format: <https://c2sp.org/tlog-checkpoint>.

use std::collections::BTreeSet;

use crate::hash::Hash;
use crate::note::{CosigningKey, KeyError, Note, NoteError, SigningKey, Verified, VerifyingKey};

/// The most extension lines read or written.
pub const MAX_EXTENSIONS: usize = 16;

/// A checkpoint that cannot be read, made or believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// Not the form of a checkpoint.
    #[error("this is not a checkpoint: {0}")]
    Format(&'static str),
    /// The note around it.
    #[error("checkpoint: {0}")]
    Note(#[from] NoteError),
    /// A log's key is named after its origin.
    #[error("the checkpoint is of {origin}, but the key is that of {key}: each log has a key of its own")]
    Origin {
        /// The checkpoint's first line.
        origin: String,
        /// The key's name.
        key: String,
    },
}

impl From<KeyError> for CheckpointError {
    fn from(error: KeyError) -> Self {
        Self::Note(error.into())
    }
}

/// A tree head: which log, how many entries, which root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    origin: String,
    size: u64,
    root: Hash,
    extensions: Vec<String>,
}

/// A checkpoint whose log signature was checked, with the note that carried it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenCheckpoint<'k> {
    /// What was signed.
    pub checkpoint: Checkpoint,
    /// The note, to be kept and passed on as it is.
    pub note: Note,
    /// Cosignatures of known witnesses, checked, one for each.
    pub witnesses: Vec<Verified<'k>>,
}

impl Checkpoint {
    /// The head of the log named `origin` when it has `size` entries under `root`.
    ///
    /// # Errors
    /// [`CheckpointError::Format`] for an empty origin, one with control characters, or an empty tree
    /// whose root is not [`Hash::EMPTY`].
    pub fn new(origin: &str, size: u64, root: Hash) -> Result<Self, CheckpointError> {
        if origin.is_empty() || origin.contains(char::is_control) {
            return Err(CheckpointError::Format(
                "its origin is empty or holds control characters",
            ));
        }
        if size == 0 && root != Hash::EMPTY {
            return Err(CheckpointError::Format(
                "an empty tree has the root SHA-256(\"\")",
            ));
        }
        Ok(Self {
            origin: origin.to_owned(),
            size,
            root,
            extensions: Vec::new(),
        })
    }

    /// Adds an extension line. Cosigners make no statement about these; prefer an entry.
    ///
    /// # Errors
    /// [`CheckpointError::Format`] for an empty line, control characters, or past [`MAX_EXTENSIONS`].
    pub fn with_extension(mut self, line: &str) -> Result<Self, CheckpointError> {
        if line.is_empty() || line.contains(char::is_control) {
            return Err(CheckpointError::Format(
                "an extension line is empty or holds control characters",
            ));
        }
        if self.extensions.len() == MAX_EXTENSIONS {
            return Err(CheckpointError::Format("it has more than 16 extension lines"));
        }
        self.extensions.push(line.to_owned());
        Ok(self)
    }

    /// Which log.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// How many entries.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The root over them.
    #[must_use]
    pub const fn root(&self) -> Hash {
        self.root
    }

    /// Further lines, opaque.
    #[must_use]
    pub fn extensions(&self) -> &[String] {
        &self.extensions
    }

    /// The text that is signed.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = format!("{}\n{}\n{}\n", self.origin, self.size, self.root.to_base64());
        for line in &self.extensions {
            text.push_str(line);
            text.push('\n');
        }
        text
    }

    /// Reads a note's text, checking no signature: prefer [`Checkpoint::open`].
    ///
    /// # Errors
    /// [`CheckpointError::Format`].
    pub fn parse_text(text: &str) -> Result<Self, CheckpointError> {
        let fail = CheckpointError::Format;
        let body = text
            .strip_suffix('\n')
            .ok_or_else(|| fail("its last line has no newline"))?;
        let mut lines = body.split('\n');
        let origin = lines.next().unwrap_or_default();
        let size = lines
            .next()
            .and_then(parse_decimal)
            .ok_or_else(|| fail("its second line is no tree size"))?;
        let root = lines.next().and_then(|line| Hash::from_base64(line).ok());
        let root = root.ok_or_else(|| fail("its third line is no base64 of a root hash"))?;
        lines.try_fold(Self::new(origin, size, root)?, |checkpoint, line| {
            checkpoint.with_extension(line)
        })
    }

    /// Signs it with the log's key, whose name is the origin.
    ///
    /// A log never signs two checkpoints of which neither extends the other: the caller has made this
    /// tree by appending to the last one that it signed.
    ///
    /// # Errors
    /// [`CheckpointError::Origin`] for the key of another log.
    pub fn sign(&self, key: &SigningKey) -> Result<Note, CheckpointError> {
        self.expect_key(key.verifying_key())?;
        let mut note = Note::new(self.to_text())?;
        let signature = key.sign(note.text())?;
        note.add(signature)?;
        Ok(note)
    }

    /// Reads a signed checkpoint and checks that `log` signed it; checks cosignatures of `witnesses`,
    /// of which none needs to be there.
    ///
    /// # Errors
    /// [`CheckpointError`]; a forged cosignature of a known witness makes the whole note invalid.
    pub fn open<'k>(
        bytes: &[u8],
        log: &VerifyingKey,
        witnesses: &'k [VerifyingKey],
    ) -> Result<OpenCheckpoint<'k>, CheckpointError> {
        let note = Note::parse(bytes)?;
        note.verify(std::slice::from_ref(log))?;
        let checkpoint = Self::parse_text(note.text())?;
        checkpoint.expect_key(log)?;
        let witnesses = match note.verify(witnesses) {
            Err(NoteError::Unknown { .. }) => Vec::new(),
            checked => checked?,
        };
        Ok(OpenCheckpoint {
            checkpoint,
            note,
            witnesses,
        })
    }

    fn expect_key(&self, key: &VerifyingKey) -> Result<(), CheckpointError> {
        if key.name() == self.origin {
            return Ok(());
        }
        Err(CheckpointError::Origin {
            origin: self.origin.clone(),
            key: key.name().to_owned(),
        })
    }
}

impl OpenCheckpoint<'_> {
    /// How many different keys cosigned. A cosignature does not cover its name, so one key under two
    /// names is one witness.
    #[must_use]
    pub fn distinct_witnesses(&self) -> usize {
        self.witnesses
            .iter()
            .map(|witness| witness.key.public())
            .collect::<BTreeSet<_>>()
            .len()
    }

    /// Adds a witness's cosignature, made at `timestamp` (seconds since 1970), to the note.
    ///
    /// # Errors
    /// [`CheckpointError::Note`].
    pub fn cosign(&mut self, key: &CosigningKey, timestamp: u64) -> Result<(), CheckpointError> {
        let signature = key.cosign(self.note.text(), timestamp)?;
        Ok(self.note.add(signature)?)
    }
}

/// Reads a decimal number without sign or leading zeroes.
pub(crate) fn parse_decimal(text: &str) -> Option<u64> {
    let plain = text.bytes().all(|b| b.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    if plain { text.parse().ok() } else { None }
}
