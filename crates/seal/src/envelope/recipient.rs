//! To whom a delivery is encrypted.

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::agreement::{PrivateKey, UnparsedPublicKey, X25519, agree};

/// An X25519 recipient of age: `age1` and 58 more characters.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Recipient(pub(super) age::x25519::Recipient);

/// The text is not a recipient that a delivery can be encrypted to. Never repeats the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RecipientError {
    /// An identity was given where its public half belongs.
    #[error(
        "this is a secret key: keep it, consider it leaked if others saw it, and give its public half (`age-keygen -y`)"
    )]
    SecretKey,
    /// An SSH public key.
    #[error(
        "SSH keys are not accepted: make an age key with `age-keygen` and give the line that begins with age1"
    )]
    Ssh,
    /// A recipient of an age plugin, or of a newer kind.
    #[error(
        "only X25519 recipients are accepted (age1 and 58 more characters), none of plugins or newer kinds"
    )]
    Unsupported,
    /// Mistyped or cut off.
    #[error(
        "not an age recipient ({0}): give the whole line that begins with age1, as `age-keygen -y FILE` prints it of the lab's identity file"
    )]
    Malformed(&'static str),
    /// A point of small order: whatever is encrypted to it, anyone opens.
    #[error("this recipient would protect nothing: its key is of small order")]
    SmallOrder,
}

impl Recipient {
    /// Reads a recipient as `age-keygen` prints it; space around it is ignored.
    ///
    /// # Errors
    /// [`RecipientError`] says what was given instead.
    pub fn parse(text: &str) -> Result<Self, RecipientError> {
        let text = text.trim();
        if text.to_ascii_uppercase().starts_with("AGE-SECRET-KEY-") {
            return Err(RecipientError::SecretKey);
        }
        if text.starts_with("ssh-") || text.starts_with("ecdsa-") || text.starts_with("sk-") {
            return Err(RecipientError::Ssh);
        }
        // In Bech32 the part before the last '1' says what follows: "age", or "age1" and a plugin's name.
        let kind = text
            .rsplit_once('1')
            .map_or("", |(kind, _)| kind)
            .to_ascii_lowercase();
        if kind != "age" && kind.starts_with("age") {
            return Err(RecipientError::Unsupported);
        }
        let recipient = text.parse().map_err(RecipientError::Malformed)?;
        let public_key = data_of(text).ok_or(RecipientError::Malformed("incorrect pubkey length"))?;
        if is_of_small_order(public_key) {
            return Err(RecipientError::SmallOrder);
        }
        Ok(Self(recipient))
    }
}

impl FromStr for Recipient {
    type Err = RecipientError;

    fn from_str(text: &str) -> Result<Self, RecipientError> {
        Self::parse(text)
    }
}

impl fmt::Display for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The 32 bytes in Bech32 text (BIP 173) that the age crate has already checked and does not show.
fn data_of(text: &str) -> Option<[u8; 32]> {
    const ALPHABET: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    const CHECKSUM_LEN: usize = 6;
    let (_, data) = text.rsplit_once('1')?;
    let data = data.as_bytes().get(..data.len().checked_sub(CHECKSUM_LEN)?)?;
    let mut out = Vec::with_capacity(32);
    let (mut bits, mut held) = (0_u32, 0);
    for symbol in data {
        let value = ALPHABET
            .iter()
            .position(|known| *known == symbol.to_ascii_lowercase())?;
        bits = (bits << 5 | value as u32) & 0xFFF;
        held += 5;
        if held >= 8 {
            held -= 8;
            out.push((bits >> held) as u8);
        }
    }
    out.try_into().ok()
}

/// Whether every agreement with this key gives the same, known secret (RFC 7748, section 6.1). The age crate
/// would panic on it. Scalars are multiples of the cofactor, so any one of them shows it.
fn is_of_small_order(public_key: [u8; 32]) -> bool {
    let Ok(any) = PrivateKey::from_private_key(&X25519, &[1; 32]) else {
        return true;
    };
    agree(&any, UnparsedPublicKey::new(&X25519, public_key), (), |_| Ok(())).is_err()
}
