//! Several responses to a prompt: as a list, or in a column each.

use serde_json::{Map, Value};

use super::super::mapping::RESPONSES;
use super::super::raw::as_text;
use super::Parts;
use super::row::{Fault, Row};

pub(super) fn read(row: &Row<'_>) -> Result<Parts, Fault> {
    let mut input = Map::new();
    if let Some(prompt) = row.required_text("prompt") {
        input.insert("prompt".to_owned(), prompt);
    }
    if let Some(responses) = responses(row)? {
        input.insert("responses".to_owned(), responses);
    }
    row.texts(&mut input, &["context", "category"]);
    Ok((input, Vec::new()))
}

/// The list where a row gives one; else what its columns hold, in the order of their names up to the last that holds something, so that
/// tasks of one file can have fewer and more. Where the last response is the empty text, a list says so.
fn responses(row: &Row<'_>) -> Result<Option<Value>, Fault> {
    if let Some(list) = row.structure("responses")? {
        return Ok(Some(list));
    }
    let columns = row.mapping.columns.get(RESPONSES).into_iter().flatten();
    let mut texts: Vec<Value> = columns.map(|column| cell(row, column)).collect();
    while texts.last().is_some_and(|text| text == "") {
        texts.pop();
    }
    Ok((!texts.is_empty()).then_some(Value::Array(texts)))
}

fn cell(row: &Row<'_>, column: &str) -> Value {
    match row.record.fields.get(column) {
        None | Some(Value::Null) => Value::from(""),
        Some(value) => as_text(value, row.record.literals.get(column)),
    }
}
