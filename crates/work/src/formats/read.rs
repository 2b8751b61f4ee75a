//! Reads delivered rows again, strictly: for `cofferdam open`, and to prove that what was written is what was meant.

use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::chat::ChatRow;
use super::preference::{OpenAiRow, TrlRow};
use super::task::TaskRow;
use super::{DeliveryFormat, Message, Role};
use crate::template::TemplateKind;

/// Why a line is no row of its format.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a row of the form {format}: {reason}")]
pub struct ReadError {
    format: DeliveryFormat,
    reason: String,
}

/// What a row holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Readback {
    /// A conversation.
    Chat(Vec<Message>),
    /// A prompt, the preferred response and the other, as messages.
    Preference {
        /// What was asked.
        prompt: Vec<Message>,
        /// The better response.
        preferred: Vec<Message>,
        /// The other.
        other: Vec<Message>,
    },
    /// The same as texts.
    TextPreference {
        /// What was asked.
        prompt: String,
        /// The better response.
        preferred: String,
        /// The other.
        other: String,
    },
    /// A whole task.
    Task {
        /// The lab's own name of it.
        id: Option<String>,
        /// The kind of its template.
        kind: TemplateKind,
        /// Its input.
        input: Value,
        /// Its answer.
        answer: Value,
    },
}

/// Reads one line, with or without its line feed.
///
/// # Errors
/// When it is not JSON, or a key is missing or unknown.
pub fn read(format: DeliveryFormat, line: &str) -> Result<Readback, ReadError> {
    Ok(match format {
        DeliveryFormat::OpenAiChat => Readback::Chat(parse::<ChatRow>(format, line)?.messages),
        DeliveryFormat::OpenAiPreference => {
            let OpenAiRow {
                input,
                preferred_output: preferred,
                non_preferred_output: other,
            } = parse(format, line)?;
            Readback::Preference {
                prompt: input.messages,
                preferred,
                other,
            }
        }
        DeliveryFormat::TrlPreference => {
            let TrlRow {
                prompt,
                chosen: preferred,
                rejected: other,
            } = parse(format, line)?;
            Readback::TextPreference {
                prompt,
                preferred,
                other,
            }
        }
        DeliveryFormat::TrlPreferenceChat => {
            let TrlRow {
                prompt,
                chosen: preferred,
                rejected: other,
            } = parse(format, line)?;
            Readback::Preference {
                prompt,
                preferred,
                other,
            }
        }
        DeliveryFormat::Tasks => {
            let TaskRow {
                id,
                kind,
                input,
                answer,
            } = parse(format, line)?;
            Readback::Task {
                id,
                kind,
                input,
                answer,
            }
        }
    })
}

fn parse<T: DeserializeOwned>(format: DeliveryFormat, line: &str) -> Result<T, ReadError> {
    serde_json::from_str(line).map_err(|error| ReadError {
        format,
        reason: error.to_string(),
    })
}

impl Readback {
    /// The input and the answer of a demonstration, out of its conversation: the inverse of writing it, but for
    /// `category` and `final_answer`, which the form has no place for. None for other rows, and for conversations
    /// in which user and assistant do not take turns.
    #[must_use]
    pub fn demonstration(&self) -> Option<(Value, Value)> {
        let Self::Chat(messages) = self else { return None };
        let (system, rest) = match messages.split_first() {
            Some((first, rest)) if first.role == Role::System => (Some(&first.content), rest),
            _ => (None, &messages[..]),
        };
        let (mut turns, mut replies) = (Vec::new(), Vec::new());
        for pair in rest.chunks(2) {
            let [turn, reply] = pair else { return None };
            if (turn.role, reply.role) != (Role::User, Role::Assistant) {
                return None;
            }
            turns.push(turn.content.as_str());
            replies.push(reply.content.as_str());
        }
        let mut input = json!({ "turns": turns });
        if let Some(system) = system {
            input["system"] = json!(system);
        }
        Some((input, json!({ "replies": replies })))
    }
}
