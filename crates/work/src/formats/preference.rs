//! Preference forms of OpenAI and TRL.
//!
//! OpenAI: <https://developers.openai.com/api/docs/guides/direct-preference-optimization>. TRL:
//! <https://huggingface.co/docs/trl/dataset_formats>, preference with explicit prompt, standard and conversational.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{LeftOut, Message, Resolved, Role, Row, text};
use crate::template::{TemplateKind, ranks};

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

/// A prompt and two responses, the better one first.
pub(super) struct Preference<'a> {
    prompt: String,
    better: &'a str,
    worse: &'a str,
}

/// The rows of a task, one for each two responses of which one is better.
pub(super) fn rows<'a>(
    task: &Resolved<'a>,
    row: fn(Preference<'a>) -> Result<Row, LeftOut>,
) -> Result<Vec<Row>, LeftOut> {
    let prompt = prompt(task.input)?;
    let pairs = match task.kind {
        TemplateKind::Ranking => ranked(task)?,
        _ => vec![chosen(task)?],
    };
    let preference = |(better, worse)| Preference {
        prompt: prompt.clone(),
        better,
        worse,
    };
    pairs.into_iter().map(|pair| row(preference(pair))).collect()
}

fn prompt(input: &Value) -> Result<String, LeftOut> {
    let prompt = text(input, "prompt")?;
    let context = input.get("context").and_then(Value::as_str);
    Ok(match context.filter(|context| !context.is_empty()) {
        Some(context) => format!("{prompt}\n\n{context}"),
        None => prompt.to_owned(),
    })
}

type Pair<'a> = (&'a str, &'a str);

fn chosen<'a>(task: &Resolved<'a>) -> Result<Pair<'a>, LeftOut> {
    let (a, b) = (text(task.input, "response_a")?, text(task.input, "response_b")?);
    match text(task.answer, "choice")? {
        "a" => Ok((a, b)),
        "b" => Ok((b, a)),
        "tie" => Err(LeftOut::Tie),
        _ => Err(LeftOut::Lacks("choice")),
    }
}

/// Each response with each that stands behind it, the best first.
fn ranked<'a>(task: &Resolved<'a>) -> Result<Vec<Pair<'a>>, LeftOut> {
    let responses = task.input.get("responses").and_then(Value::as_array);
    let responses = responses.ok_or(LeftOut::Lacks("responses"))?;
    let texts: Option<Vec<&str>> = responses.iter().map(Value::as_str).collect();
    let texts = texts.ok_or(LeftOut::Lacks("responses"))?;
    let mut placed: Vec<(u64, &str)> = ranks(task.answer).into_iter().zip(texts).collect();
    placed.sort_by_key(|(rank, _)| *rank);
    let behind = |(at, (rank, better)): (usize, &(u64, &'a str))| {
        let behind = placed[at + 1..].iter().filter(|(other, _)| other > rank);
        behind.map(|(_, worse)| (*better, *worse)).collect::<Vec<_>>()
    };
    let pairs: Vec<Pair<'_>> = placed.iter().enumerate().flat_map(behind).collect();
    match pairs.is_empty() {
        true => Err(LeftOut::Tie),
        false => Ok(pairs),
    }
}

fn said(role: Role, content: impl Into<String>) -> Vec<Message> {
    vec![Message::new(role, content)]
}

pub(super) fn openai(of: Preference<'_>) -> Result<Row, LeftOut> {
    let messages = said(Role::User, of.prompt);
    Row::of(&OpenAiRow {
        input: OpenAiInput {
            messages,
            tools: Vec::new(),
            parallel_tool_calls: true,
        },
        preferred_output: said(Role::Assistant, of.better),
        non_preferred_output: said(Role::Assistant, of.worse),
    })
}

pub(super) fn trl_text(of: Preference<'_>) -> Result<Row, LeftOut> {
    Row::of(&TrlRow {
        prompt: of.prompt,
        chosen: of.better.to_owned(),
        rejected: of.worse.to_owned(),
    })
}

pub(super) fn trl_chat(of: Preference<'_>) -> Result<Row, LeftOut> {
    Row::of(&TrlRow {
        prompt: said(Role::User, of.prompt),
        chosen: said(Role::Assistant, of.better),
        rejected: said(Role::Assistant, of.worse),
    })
}
