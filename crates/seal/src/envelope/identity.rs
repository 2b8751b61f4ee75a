//! What opens a delivery.

use std::fmt;

use age::secrecy::ExposeSecret;
use zeroize::Zeroizing;

use super::Recipient;

/// An X25519 identity of age: the secret half of a [`Recipient`]. Neither copied nor printed.
///
/// The platform holds none of a lab's: this type is for labs' own tools and for tests.
pub struct Identity(pub(super) age::x25519::Identity);

/// The text is not an identity. Never repeats the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdentityError {
    /// A recipient was given.
    #[error("this is a recipient, which only encrypts: give the line that begins with AGE-SECRET-KEY-1")]
    Recipient,
    /// Mistyped, cut off, or of another kind.
    #[error("not an age identity: {0}; give the line that begins with AGE-SECRET-KEY-1")]
    Malformed(&'static str),
}

impl Identity {
    /// Makes a new identity, with the randomness of the operating system.
    #[must_use]
    pub fn generate() -> Self {
        Self(age::x25519::Identity::generate())
    }

    /// Reads the one line `AGE-SECRET-KEY-1…`; space around it is ignored.
    ///
    /// # Errors
    /// [`IdentityError`] says what was given instead.
    pub fn parse(text: &str) -> Result<Self, IdentityError> {
        let text = text.trim();
        if text.to_ascii_lowercase().starts_with("age1") {
            return Err(IdentityError::Recipient);
        }
        text.parse().map(Self).map_err(IdentityError::Malformed)
    }

    /// The public half, to be given to who encrypts.
    #[must_use]
    pub fn to_recipient(&self) -> Recipient {
        Recipient(self.0.to_public())
    }

    /// The secret line `AGE-SECRET-KEY-1…`, to be written where only its owner reads.
    #[must_use]
    pub fn expose(&self) -> Zeroizing<String> {
        Zeroizing::new(self.0.to_string().expose_secret().to_owned())
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Identity of {}", self.to_recipient())
    }
}
