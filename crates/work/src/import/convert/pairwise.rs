//! Pairs of responses with recorded votes, as preference data sets hold them.

use serde_json::{Map, Value, json};

use super::super::RecordedAnswer;
use super::super::mapping::VOTE;
use super::Parts;
use super::row::{Fault, Row};

pub(super) fn read(row: &Row<'_>) -> Result<Parts, Fault> {
    let mut input = Map::new();
    for field in ["prompt", "response_a", "response_b"] {
        if let Some(text) = row.required_text(field) {
            input.insert(field.to_owned(), text);
        }
    }
    row.texts(&mut input, &["context", "category"]);
    let mut recorded = Vec::new();
    for column in row.mapping.columns.get(VOTE).into_iter().flatten() {
        if let Some(choice) = vote(column, row.record.fields.get(column))? {
            recorded.push(RecordedAnswer {
                annotator: column.clone(),
                answer: json!({ "choice": choice }),
            });
        }
    }
    Ok((input, recorded))
}

/// A vote: 0 a tie, 1 the first response, 2 the second (as PandaLM's test set has it), or the choice by name.
/// An empty cell is no vote.
fn vote(column: &str, value: Option<&Value>) -> Result<Option<&'static str>, Fault> {
    let text = match value {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::String(text)) => text.trim().to_lowercase(),
        Some(other) => other.to_string(),
    };
    match text.as_str() {
        "" => Ok(None),
        "0" | "tie" => Ok(Some("tie")),
        "1" | "a" => Ok(Some("a")),
        "2" | "b" => Ok(Some("b")),
        _ => {
            Err(Fault::new(column, "must be a vote")
                .hint("0 or tie, 1 or a, 2 or b; empty where there is none"))
        }
    }
}
