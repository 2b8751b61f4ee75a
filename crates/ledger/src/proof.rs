//! tlog-proof: one text that shows, offline, that an entry is in a log.
//!
//! Format: <https://c2sp.org/tlog-proof>.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::checkpoint::{Checkpoint, CheckpointError, OpenCheckpoint, parse_decimal};
use crate::hash::Hash;
use crate::note::{MAX_NOTE_BYTES, Note, VerifyingKey};
use crate::tree::{ProofError, verify_inclusion};

/// The first line.
const HEADER: &str = "c2sp.org/tlog-proof@v1";

/// The most hashes of an inclusion proof.
const MAX_HASHES: usize = 64;

/// The most extra data, in bytes.
pub const MAX_EXTRA_BYTES: usize = 64 * 1024;

/// A proof that cannot be read or does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TlogProofError {
    /// Not the form of a proof.
    #[error("this is not a tlog-proof: {0}")]
    Format(&'static str),
    /// The checkpoint in it.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The inclusion proof in it.
    #[error(transparent)]
    Inclusion(#[from] ProofError),
    /// Too few of the trusted witnesses cosigned.
    #[error("{found} of the trusted witnesses cosigned the checkpoint, but {needed} are asked for")]
    Witnesses {
        /// Those that did.
        found: usize,
        /// Those asked for.
        needed: usize,
    },
}

/// An inclusion proof with the checkpoint that it leads to. `Display` writes it out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlogProof {
    /// Data of the application. Nothing vouches for it.
    pub extra: Option<Vec<u8>>,
    /// The entry's index.
    pub index: u64,
    /// The inclusion proof, from the leaf's sibling up.
    pub hashes: Vec<Hash>,
    /// The signed checkpoint.
    pub checkpoint: Note,
}

impl TlogProof {
    /// Reads a proof; checks its form only.
    ///
    /// # Errors
    /// [`TlogProofError::Format`] or [`TlogProofError::Checkpoint`].
    pub fn parse(bytes: &[u8]) -> Result<Self, TlogProofError> {
        let fail = TlogProofError::Format;
        if bytes.len() > MAX_NOTE_BYTES + 2 * MAX_EXTRA_BYTES {
            return Err(fail("it is too long"));
        }
        let text = std::str::from_utf8(bytes).map_err(|_| fail("it is not UTF-8"))?;
        let (head, checkpoint) = text
            .split_once("\n\n")
            .ok_or_else(|| fail("no blank line ends its hashes"))?;
        let mut lines = head.split('\n').peekable();
        if lines.next() != Some(HEADER) {
            return Err(fail("its first line is not c2sp.org/tlog-proof@v1"));
        }
        let extra = match lines.peek().and_then(|line| line.strip_prefix("extra ")) {
            Some(encoded) => {
                lines.next();
                Some(
                    STANDARD
                        .decode(encoded)
                        .map_err(|_| fail("its extra line is no base64"))?,
                )
            }
            None => None,
        };
        let index = lines
            .next()
            .and_then(|line| line.strip_prefix("index "))
            .and_then(parse_decimal);
        let index = index.ok_or_else(|| fail("its index line is not 'index' and a number"))?;
        let hashes: Result<Vec<Hash>, _> = lines.take(MAX_HASHES + 1).map(Hash::from_base64).collect();
        let hashes = hashes.map_err(|_| fail("a line of it is no base64 of a hash"))?;
        if hashes.len() > MAX_HASHES || extra.as_ref().is_some_and(|extra| extra.len() > MAX_EXTRA_BYTES) {
            return Err(fail(
                "it has more than 64 hashes, or more than 64 KiB of extra data",
            ));
        }
        let checkpoint = Note::parse(checkpoint.as_bytes()).map_err(CheckpointError::from)?;
        Ok(Self {
            extra,
            index,
            hashes,
            checkpoint,
        })
    }

    /// Checks that the entry with hash `leaf` is in the log of `log`, and that at least `quorum` of
    /// `witnesses` cosigned the checkpoint. Returns that checkpoint.
    ///
    /// The index is part of what is proven: compare [`TlogProof::index`] with the entry's `n`.
    ///
    /// # Errors
    /// [`TlogProofError`].
    pub fn verify<'k>(
        &self,
        leaf: Hash,
        log: &VerifyingKey,
        witnesses: &'k [VerifyingKey],
        quorum: usize,
    ) -> Result<OpenCheckpoint<'k>, TlogProofError> {
        let open = Checkpoint::open(self.checkpoint.to_string().as_bytes(), log, witnesses)?;
        let found = open.distinct_witnesses();
        if found < quorum {
            return Err(TlogProofError::Witnesses {
                found,
                needed: quorum,
            });
        }
        let head = &open.checkpoint;
        verify_inclusion(leaf, self.index, head.size(), head.root(), &self.hashes)?;
        Ok(open)
    }
}

impl fmt::Display for TlogProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{HEADER}")?;
        if let Some(extra) = &self.extra {
            writeln!(f, "extra {}", STANDARD.encode(extra))?;
        }
        writeln!(f, "index {}", self.index)?;
        self.hashes
            .iter()
            .try_for_each(|hash| writeln!(f, "{}", hash.to_base64()))?;
        write!(f, "\n{}", self.checkpoint)
    }
}
