//! A key as the platform may store it: encrypted by its keyholder.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::id::Id128;

/// A key encrypted under a keyholder's project key; worthless without that keyholder.
///
/// What the bytes are is the keyholder's own affair; the platform stores them and hands them back.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WrappedKey {
    /// Which of the keyholder's keys unwraps it.
    pub key_id: Id128,
    /// The encrypted key; base64 in serde.
    #[serde(serialize_with = "to_base64", deserialize_with = "from_base64")]
    pub bytes: Vec<u8>,
}

impl fmt::Debug for WrappedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WrappedKey({} bytes under {})", self.bytes.len(), self.key_id)
    }
}

fn to_base64<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&STANDARD.encode(bytes))
}

fn from_base64<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
    let text = String::deserialize(deserializer)?;
    STANDARD.decode(text).map_err(serde::de::Error::custom)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_hexadecimal_and_base64() {
        let wrapped = WrappedKey {
            key_id: Id128::new([0xAB; 16]),
            bytes: vec![0xFF, 0, 1],
        };
        let json = serde_json::to_string(&wrapped).unwrap();
        assert_eq!(
            json,
            r#"{"key_id":"abababababababababababababababab","bytes":"/wAB"}"#
        );
        assert_eq!(serde_json::from_str::<WrappedKey>(&json).unwrap(), wrapped);
    }
}
