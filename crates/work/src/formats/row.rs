//! One line of a delivery.

use serde::{Deserialize, Serialize};

use super::LeftOut;

/// One row: a line of JSON and its line feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row(String);

impl Row {
    /// Serialises in the order in which the type names its fields.
    pub(super) fn of(value: &impl Serialize) -> Result<Self, LeftOut> {
        let mut line = serde_json::to_string(value).map_err(|_| LeftOut::NotJson)?;
        line.push('\n');
        Ok(Self(line))
    }

    /// The line, with its line feed.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The line's bytes, with its line feed.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

/// Who speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Standing instructions.
    System,
    /// The person.
    User,
    /// The model.
    Assistant,
}

/// One message of a conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Message {
    /// Who speaks.
    pub role: Role,
    /// What is said.
    pub content: String,
}

impl Message {
    pub(super) fn new(role: Role, content: impl Into<String>) -> Self {
        Self {
            role,
            content: content.into(),
        }
    }
}
