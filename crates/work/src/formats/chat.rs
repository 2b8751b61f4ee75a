//! OpenAI's chat form for supervised fine-tuning.
//!
//! <https://developers.openai.com/api/docs/guides/supervised-fine-tuning>: one object a line, `messages` a list of
//! `{"role","content"}`.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{LeftOut, Message, Resolved, Role, Row, text};
use crate::template::TemplateKind;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ChatRow {
    pub(super) messages: Vec<Message>,
}

pub(super) fn write(task: &Resolved<'_>) -> Result<Row, LeftOut> {
    let messages = if task.kind == TemplateKind::Freeform {
        freeform(task)?
    } else {
        conversation(task)?
    };
    Row::of(&ChatRow { messages })
}

fn freeform(task: &Resolved<'_>) -> Result<Vec<Message>, LeftOut> {
    let body = text(task.input, "body")?;
    Ok(vec![
        Message::new(Role::User, body),
        Message::new(Role::Assistant, text(task.answer, "text")?),
    ])
}

fn conversation(task: &Resolved<'_>) -> Result<Vec<Message>, LeftOut> {
    let turns = texts(task.input, "turns")?;
    let replies = texts(task.answer, "replies")?;
    if turns.len() != replies.len() {
        return Err(LeftOut::MissingReply);
    }
    let system = task.input.get("system").and_then(Value::as_str);
    let mut messages: Vec<Message> = system
        .map(|text| Message::new(Role::System, text))
        .into_iter()
        .collect();
    for (turn, reply) in turns.into_iter().zip(replies) {
        messages.push(Message::new(Role::User, turn));
        messages.push(Message::new(Role::Assistant, reply));
    }
    Ok(messages)
}

fn texts<'v>(value: &'v Value, field: &'static str) -> Result<Vec<&'v str>, LeftOut> {
    let items = value
        .get(field)
        .and_then(Value::as_array)
        .filter(|items| !items.is_empty());
    let items = items.ok_or(LeftOut::Lacks(field))?;
    items
        .iter()
        .map(|item| item.as_str().ok_or(LeftOut::Lacks(field)))
        .collect()
}
