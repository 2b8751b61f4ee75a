//! Short secrets as text: tokens, and a code's secret.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use zeroize::Zeroizing;

/// The longest text taken.
const MAX_LEN: usize = 128;

/// A secret in a message: wiped on drop, never shown. Compare in constant time.
#[derive(Clone)]
pub struct Token(Zeroizing<String>);

impl Token {
    /// Takes a text.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The text. Do not copy it anywhere that is not wiped.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token")
    }
}

impl Serialize for Token {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Token {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Zeroizing::new(String::deserialize(deserializer)?);
        let printable = text.bytes().all(|b| b.is_ascii_graphic());
        if text.len() > MAX_LEN || !printable {
            return Err(serde::de::Error::custom("a token is short printable text"));
        }
        Ok(Self(text))
    }
}
