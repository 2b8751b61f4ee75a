//! Preference forms of OpenAI and TRL.
//!
//! OpenAI: <https://developers.openai.com/api/docs/guides/direct-preference-optimization>. TRL:
//! <https://huggingface.co/docs/trl/dataset_formats>, preference with explicit prompt, standard and conversational.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{LeftOut, Message, Resolved, Role, Row, text};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OpenAiRow {
    pub(super) input: OpenAiInput,
    pub(super) preferred_output: Vec<Message>,
    pub(super) non_preferred_output: Vec<Message>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OpenAiInput {
    pub(super) messages: Vec<Message>,
    tools: Vec<Value>,
    parallel_tool_calls: bool,
}

/// TRL's row; `T` is a text or a list of messages.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TrlRow<T> {
    pub(super) prompt: T,
    pub(super) chosen: T,
    pub(super) rejected: T,
}

/// A prompt and its two responses, the better one first.
struct Preference<'a> {
    prompt: String,
    better: &'a str,
    worse: &'a str,
}

fn preference<'a>(task: &Resolved<'a>) -> Result<Preference<'a>, LeftOut> {
    let prompt = text(task.input, "prompt")?;
    let prompt = match task
        .input
        .get("context")
        .and_then(Value::as_str)
        .filter(|context| !context.is_empty())
    {
        Some(context) => format!("{prompt}\n\n{context}"),
        None => prompt.to_owned(),
    };
    let (a, b) = (text(task.input, "response_a")?, text(task.input, "response_b")?);
    match text(task.answer, "choice")? {
        "a" => Ok(Preference {
            prompt,
            better: a,
            worse: b,
        }),
        "b" => Ok(Preference {
            prompt,
            better: b,
            worse: a,
        }),
        "tie" => Err(LeftOut::Tie),
        _ => Err(LeftOut::Lacks("choice")),
    }
}

fn said(role: Role, content: impl Into<String>) -> Vec<Message> {
    vec![Message::new(role, content)]
}

pub(super) fn openai(task: &Resolved<'_>) -> Result<Row, LeftOut> {
    let Preference {
        prompt,
        better,
        worse,
    } = preference(task)?;
    let messages = said(Role::User, prompt);
    Row::of(&OpenAiRow {
        input: OpenAiInput {
            messages,
            tools: Vec::new(),
            parallel_tool_calls: true,
        },
        preferred_output: said(Role::Assistant, better),
        non_preferred_output: said(Role::Assistant, worse),
    })
}

pub(super) fn trl_text(task: &Resolved<'_>) -> Result<Row, LeftOut> {
    let Preference {
        prompt,
        better,
        worse,
    } = preference(task)?;
    Row::of(&TrlRow {
        prompt,
        chosen: better.to_owned(),
        rejected: worse.to_owned(),
    })
}

pub(super) fn trl_chat(task: &Resolved<'_>) -> Result<Row, LeftOut> {
    let Preference {
        prompt,
        better,
        worse,
    } = preference(task)?;
    Row::of(&TrlRow {
        prompt: said(Role::User, prompt),
        chosen: said(Role::Assistant, better),
        rejected: said(Role::Assistant, worse),
    })
}
