//! What a keyholder answers instead of a key.

use serde::{Deserialize, Serialize};

use crate::id::Id128;
use crate::random::RandomError;

/// A keyholder did not do what was asked. Crosses the wire as JSON, tagged by `error`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(tag = "error", rename_all = "kebab-case")]
pub enum KeyholderError {
    /// The keyholder's policy refuses: asking again will not help until the policy or the reason changes.
    #[error("the keyholder refuses: {reason}")]
    Denied {
        /// Why, in words for the one who asked.
        reason: String,
    },
    /// The keyholder cannot be reached or cannot work now: asking later may help.
    #[error("the keyholder is unavailable: {detail}")]
    Unavailable {
        /// What failed.
        detail: String,
    },
    /// Something is not as the keyholder left it, or is presented for another place than it was made for.
    #[error("not authentic: {what}; it was changed, or belongs to another compartment, project or epoch")]
    Tampered {
        /// What was changed or moved.
        what: String,
    },
    /// The project's keys were destroyed. Nothing of it will ever open again.
    #[error("the keys of project {project} were destroyed; nothing of it opens any more")]
    Shredded {
        /// The project.
        project: Id128,
    },
    /// The keyholder holds no such key.
    #[error("the keyholder has no key {key_id}: it is not the one that minted it, or it lost it")]
    Unknown {
        /// The project that was named.
        project: Id128,
        /// The key that was asked for.
        key_id: Id128,
    },
    /// The checkpoint that was brought is not shown to extend the one that the keyholder persisted. Bring the newest, with
    /// the proof from there.
    #[error(
        "the keyholder has seen {size} entries of this ledger: bring its newest checkpoint, with the proof from {size}"
    )]
    Behind {
        /// Entries of the checkpoint that the keyholder persisted.
        size: u64,
    },
    /// The ledger contradicted itself, and no lease is granted in its compartment until the lab has decided.
    #[error("no lease until the lab has decided: {why}")]
    Diverged {
        /// What contradicts what.
        why: String,
    },
    /// A file that holds keys may be read by others than its owner.
    #[error(
        "{file} may be read by others (mode {mode:04o}); `chmod 600` it, and replace keys that may have leaked"
    )]
    Exposed {
        /// The file.
        file: String,
        /// Its permission bits.
        mode: u32,
    },
}

impl KeyholderError {
    pub(super) fn unavailable(what: &str, error: &std::io::Error) -> Self {
        Self::Unavailable {
            detail: format!("{what}: {error}"),
        }
    }
}

impl From<RandomError> for KeyholderError {
    fn from(error: RandomError) -> Self {
        Self::Unavailable {
            detail: error.to_string(),
        }
    }
}
