//! Conversations: one prompt, several turns, or messages with roles.

use serde_json::{Map, Value, json};

use super::super::RecordedAnswer;
use super::super::raw::as_text;
use super::row::{Fault, Row};
use super::{Parts, REFERENCE};

pub(super) fn read(row: &Row<'_>) -> Result<Parts, Fault> {
    let mut input = Map::new();
    row.texts(&mut input, &["system", "category"]);
    if let Some(messages) = row.structure("messages")? {
        let column = row.mapping.column("messages").unwrap_or("messages");
        return from_messages(column, &messages, input);
    }
    let turns = match row.structure("turns")? {
        Some(turns @ (Value::Array(_) | Value::Object(_))) => Some(turns),
        Some(one) => Some(json!([as_text(&one, row.literal("turns"))])),
        None => row
            .required_text("prompt")
            .map(|prompt| with_context(prompt, row.text("context"))),
    };
    if let Some(turns) = turns {
        input.insert("turns".to_owned(), turns);
    }
    let reply = row.structure("reply")?.map(|reply| match reply {
        Value::Array(replies) => json!({ "replies": replies }),
        one => single(as_text(&one, row.literal("reply"))),
    });
    let recorded = reply.map(|answer| RecordedAnswer {
        annotator: REFERENCE.to_owned(),
        answer,
    });
    Ok((input, recorded.into_iter().collect()))
}

/// A prompt and the text it speaks about make one turn (the form of Alpaca's `instruction` and `input`).
fn with_context(prompt: Value, context: Option<Value>) -> Value {
    match (&prompt, &context) {
        (Value::String(prompt), Some(Value::String(context))) => json!([format!("{prompt}\n\n{context}")]),
        _ => json!([prompt]),
    }
}

fn single(reply: Value) -> Value {
    match reply.as_str().and_then(final_answer) {
        Some(result) => json!({ "replies": [reply], "final_answer": result }),
        None => json!({ "replies": [reply] }),
    }
}

/// The result of a worked solution whose last line is `#### 42`, as in GSM8K (Cobbe et al. 2021).
fn final_answer(reply: &str) -> Option<&str> {
    let result = reply.trim_end().lines().next_back()?.strip_prefix("####")?.trim();
    (!result.is_empty()).then_some(result)
}

/// Whether a role's message stands before the conversation.
pub(super) fn is_system(role: &str) -> bool {
    matches!(role, "system" | "developer")
}

/// Messages in the form of OpenAI's chat API: an optional system message, then user and assistant in turn. The
/// last reply may be missing; where all are there, they are a recorded answer.
fn from_messages(column: &str, messages: &Value, mut input: Map<String, Value>) -> Result<Parts, Fault> {
    let Some(messages) = messages.as_array() else {
        return Err(Fault::new(column, "must be a list of messages"));
    };
    let (mut turns, mut replies) = (Vec::new(), Vec::new());
    for (index, message) in messages.iter().enumerate() {
        let role = message.get("role").and_then(Value::as_str);
        let content = message
            .get("content")
            .filter(|content| content.is_string())
            .cloned();
        let place = format!("/{index}");
        let Some(content) = content else {
            return Err(Fault::within(
                column,
                &place,
                "must have `role` and `content` as texts",
            ));
        };
        match role {
            Some(role) if index == 0 && is_system(role) => {
                input.insert("system".to_owned(), content);
            }
            Some("user") if turns.len() == replies.len() => turns.push(content),
            Some("assistant") if turns.len() == replies.len() + 1 => replies.push(content),
            _ => {
                let hint = "one optional `system` message, then `user` and `assistant` in turn";
                return Err(Fault::within(column, &place, "has a role that cannot stand here").hint(hint));
            }
        }
    }
    let complete = !turns.is_empty() && turns.len() == replies.len();
    if !complete && !replies.is_empty() {
        let hint = "give every reply, or none";
        return Err(Fault::new(column, "ends with a turn of the user after earlier replies").hint(hint));
    }
    input.insert("turns".to_owned(), Value::Array(turns));
    let recorded = complete.then(|| RecordedAnswer {
        annotator: REFERENCE.to_owned(),
        answer: json!({ "replies": replies }),
    });
    Ok((input, recorded.into_iter().collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_final_answer_is_the_last_line() {
        assert_eq!(final_answer("so 3+4=7\n#### 7\n"), Some("7"));
        assert_eq!(final_answer("#### 7\nor so"), None);
        assert_eq!(final_answer("#### "), None);
        assert_eq!(final_answer(""), None);
    }

    fn messages(roles: &[&str]) -> Result<Parts, Fault> {
        let list: Vec<Value> = roles
            .iter()
            .map(|role| json!({"role": role, "content": format!("by {role}")}))
            .collect();
        from_messages("messages", &Value::Array(list), Map::new())
    }

    #[test]
    fn messages_become_turns_and_replies() {
        let (input, recorded) = messages(&["system", "user", "assistant", "user", "assistant"]).unwrap();
        assert_eq!(
            Value::Object(input),
            json!({"system": "by system", "turns": ["by user", "by user"]})
        );
        assert_eq!(
            recorded[0].answer,
            json!({"replies": ["by assistant", "by assistant"]})
        );
        let (_, recorded) = messages(&["user"]).unwrap();
        assert!(recorded.is_empty());
    }

    #[test]
    fn messages_out_of_turn_are_refused() {
        for roles in [
            &["user", "user"][..],
            &["assistant"],
            &["user", "system"],
            &["user", "tool"],
        ] {
            let fault = messages(roles).unwrap_err();
            assert_eq!(fault.reason, "has a role that cannot stand here", "{roles:?}");
        }
        let fault = messages(&["user", "assistant", "user"]).unwrap_err();
        assert_eq!(fault.reason, "ends with a turn of the user after earlier replies");
    }
}
