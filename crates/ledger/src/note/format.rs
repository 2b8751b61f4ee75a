//! The note itself: reading, writing, adding and verifying signatures.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::key::{KeyError, KeyId, VerifyingKey, check_name};

/// The longest note read, in bytes.
pub const MAX_NOTE_BYTES: usize = 256 * 1024;

/// The most signatures read or added; c2sp.org/signed-note asks for at least 16.
pub const MAX_SIGNATURES: usize = 64;

/// The most keys that a message names.
const MOST_NAMED: usize = 8;

/// What a signature line begins with: an em dash and a space.
const LINE_START: &str = "\u{2014} ";

/// A note that cannot be read or is not to be believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// Not the form of a signed note.
    #[error("this is not a signed note: {0}")]
    Format(&'static str),
    /// A signature line that cannot be read; lines are counted from 1 after the blank line.
    #[error("signature line {line} is not '— name base64'")]
    SignatureLine {
        /// Which, counted from 1.
        line: usize,
    },
    /// A signature that says it is of a known key, and is not.
    #[error("the signature of {name}+{id} does not verify: the text or the signature was altered")]
    Forged {
        /// The key's name.
        name: String,
        /// The key's id.
        id: KeyId,
    },
    /// No signature is of a known key.
    #[error("no signature is of a key that is trusted here ({known}); the note has signatures of: {found}")]
    Unknown {
        /// The keys that were known.
        known: String,
        /// The keys that the note names.
        found: String,
    },
    /// A key that cannot sign.
    #[error(transparent)]
    Key(#[from] KeyError),
}

/// One signature line, `— name base64(id || signature)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    name: String,
    id: KeyId,
    bytes: Vec<u8>,
}

impl Signature {
    pub(super) fn from_parts(name: &str, id: KeyId, bytes: Vec<u8>) -> Self {
        Self {
            name: name.to_owned(),
            id,
            bytes,
        }
    }

    /// Reads one signature line, without its newline; this is what a witness answers.
    ///
    /// # Errors
    /// [`NoteError::SignatureLine`].
    pub fn parse(line: &str) -> Result<Self, NoteError> {
        Self::read(line).ok_or(NoteError::SignatureLine { line: 1 })
    }

    fn read(line: &str) -> Option<Self> {
        let (name, encoded) = line.strip_prefix(LINE_START)?.split_once(' ')?;
        check_name(name).ok()?;
        let decoded = STANDARD.decode(encoded).ok()?;
        let (id, bytes) = decoded.split_first_chunk()?;
        (!bytes.is_empty()).then(|| Self::from_parts(name, KeyId(*id), bytes.to_vec()))
    }

    /// The name of the key that made it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The id of the key that made it.
    #[must_use]
    pub const fn id(&self) -> KeyId {
        self.id
    }

    /// The signature proper, without the id.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let encoded = STANDARD.encode([&self.id.0, self.bytes.as_slice()].concat());
        write!(f, "{LINE_START}{} {encoded}", self.name)
    }
}

/// A signature that was checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verified<'k> {
    /// The key that made it.
    pub key: &'k VerifyingKey,
    /// The time it states, in seconds since 1970, if it is a cosignature.
    pub timestamp: Option<u64>,
}

/// A text with signatures, none of them checked until [`Note::verify`]. `Display` writes it out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<Signature>,
}

impl Note {
    /// A note without signatures yet. `text` ends in a newline and has no other control characters.
    ///
    /// # Errors
    /// [`NoteError::Format`].
    pub fn new(text: String) -> Result<Self, NoteError> {
        if !text.ends_with('\n') {
            return Err(NoteError::Format("its text does not end in a newline"));
        }
        if text.bytes().any(is_forbidden) {
            return Err(NoteError::Format(
                "it holds a control character other than newline",
            ));
        }
        if text.len() > MAX_NOTE_BYTES {
            return Err(NoteError::Format("it is longer than 256 KiB"));
        }
        Ok(Self {
            text,
            signatures: Vec::new(),
        })
    }

    /// Reads a note with at least one signature. Checks its form only.
    ///
    /// # Errors
    /// [`NoteError::Format`] or [`NoteError::SignatureLine`].
    pub fn parse(bytes: &[u8]) -> Result<Self, NoteError> {
        if bytes.len() > MAX_NOTE_BYTES {
            return Err(NoteError::Format("it is longer than 256 KiB"));
        }
        let all = std::str::from_utf8(bytes).map_err(|_| NoteError::Format("it is not UTF-8"))?;
        let blank = all
            .rfind("\n\n")
            .ok_or(NoteError::Format("no blank line parts text and signatures"))?;
        let (text, lines) = (&all[..=blank], &all[blank + 2..]);
        let mut note = Self::new(text.to_owned())?;
        let lines = lines
            .strip_suffix('\n')
            .ok_or(NoteError::Format("it does not end in a signature line"))?;
        if lines.bytes().filter(|&b| b == b'\n').count() >= MAX_SIGNATURES {
            return Err(NoteError::Format("it has more than 64 signatures"));
        }
        for (line, text) in (1..).zip(lines.split('\n')) {
            note.signatures
                .push(Signature::read(text).ok_or(NoteError::SignatureLine { line })?);
        }
        Ok(note)
    }

    /// The text, with its final newline.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The signatures, unchecked, in the order of their lines.
    #[must_use]
    pub fn signatures(&self) -> &[Signature] {
        &self.signatures
    }

    /// Adds a signature line below the others. One that is there already is not added again.
    ///
    /// # Errors
    /// [`NoteError::Format`] past [`MAX_SIGNATURES`].
    pub fn add(&mut self, signature: Signature) -> Result<(), NoteError> {
        if self.signatures.contains(&signature) {
            return Ok(());
        }
        if self.signatures.len() == MAX_SIGNATURES {
            return Err(NoteError::Format("it would have more than 64 signatures"));
        }
        self.signatures.push(signature);
        Ok(())
    }

    /// Checks every signature that is of one of `keys`, and ignores the others.
    ///
    /// # Errors
    /// [`NoteError::Forged`] where one of them does not verify, [`NoteError::Unknown`] where there is none.
    pub fn verify<'k>(&self, keys: &'k [VerifyingKey]) -> Result<Vec<Verified<'k>>, NoteError> {
        let mut verified: Vec<Verified<'k>> = Vec::new();
        for signature in &self.signatures {
            for key in keys.iter().filter(|key| key.claims(signature)) {
                let timestamp = key
                    .check(&self.text, signature)
                    .ok_or_else(|| NoteError::Forged {
                        name: signature.name.clone(),
                        id: signature.id,
                    })?;
                if verified.iter().all(|v| v.key != key) {
                    verified.push(Verified { key, timestamp });
                }
            }
        }
        if verified.is_empty() {
            Err(self.unknown(keys))
        } else {
            Ok(verified)
        }
    }

    fn unknown(&self, keys: &[VerifyingKey]) -> NoteError {
        let list = |mut names: Vec<String>| {
            let more = names.len().saturating_sub(MOST_NAMED);
            names.truncate(MOST_NAMED);
            match (names.len(), more) {
                (0, _) => "none".to_owned(),
                (_, 0) => names.join(", "),
                _ => format!("{} and {more} more", names.join(", ")),
            }
        };
        NoteError::Unknown {
            known: list(keys.iter().map(|k| format!("{}+{}", k.name(), k.id())).collect()),
            found: list(
                self.signatures
                    .iter()
                    .map(|s| format!("{}+{}", s.name, s.id))
                    .collect(),
            ),
        }
    }
}

const fn is_forbidden(byte: u8) -> bool {
    byte < 0x20 && byte != b'\n'
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        self.signatures
            .iter()
            .try_for_each(|signature| writeln!(f, "{signature}"))
    }
}
