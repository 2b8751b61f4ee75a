//! One row as it stands in the file, before its meaning is known.

use std::collections::BTreeMap;
use std::str;

use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::{Limits, RowError};
use crate::strict_json::{self, thousands};
use crate::template::type_name;

/// Where a row stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// From 1; a header and blank lines do not count.
    pub(super) row: u64,
    /// From 1.
    pub(super) line: u64,
    /// Bytes before it in the file.
    pub(super) offset: u64,
}

impl Place {
    pub(super) fn error(
        self,
        field: Option<String>,
        reason: impl Into<String>,
        hint: Option<&str>,
    ) -> RowError {
        RowError {
            row: self.row,
            line: self.line,
            field,
            reason: reason.into(),
            hint: hint.map(str::to_owned),
        }
    }
}

/// One row with its fields by name.
#[derive(Clone, Debug)]
pub(super) struct Record {
    pub(super) place: Place,
    pub(super) fields: Map<String, Value>,
    pub(super) literals: Literals,
}

/// How numbers among a row's fields stand in the file, where they could read otherwise once they are numbers: `1.10`, and whole
/// numbers of many digits.
pub(super) type Literals = BTreeMap<String, String>;

fn literals(text: &str, fields: &Map<String, Value>) -> Literals {
    if !fields.values().any(Value::is_f64) {
        return Literals::new();
    }
    let written: BTreeMap<String, &RawValue> = serde_json::from_str(text).unwrap_or_default();
    let numbers = written
        .into_iter()
        .filter(|(name, _)| fields.get(name).is_some_and(Value::is_f64));
    numbers
        .map(|(name, literal)| (name, literal.get().to_owned()))
        .collect()
}

/// A value that is taken as text: numbers as they stand in the file, truth values in their JSON form, since spreadsheets and
/// exporters turn texts such as `12` and `true` into them. What is no text stays as it is, for the schema to refuse.
pub(super) fn as_text(value: &Value, literal: Option<&String>) -> Value {
    match value {
        Value::Number(number) => Value::String(literal.cloned().unwrap_or_else(|| number.to_string())),
        Value::Bool(truth) => Value::String(truth.to_string()),
        other => other.clone(),
    }
}

/// What a reader of rows gives: a row, a row that is wrong, or an error after which nothing can be read.
pub(super) enum Outcome<T> {
    Row(T),
    Wrong(RowError),
    Fatal(RowError),
}

pub(super) fn too_long(place: Place, bytes: usize, limits: &Limits) -> RowError {
    let reason = format!(
        "has {} bytes; at most {} are taken in one row",
        thousands(bytes as u64),
        thousands(limits.row_bytes as u64)
    );
    place.error(None, reason, None)
}

pub(super) fn unreadable(place: Place, error: &std::io::Error) -> RowError {
    place.error(None, format!("cannot be read: {error}"), None)
}

/// Text of the bytes, or the error that names the first byte that is not UTF-8. `offset` is where they stand.
pub(super) fn utf8(place: Place, offset: u64, bytes: &[u8]) -> Result<&str, RowError> {
    str::from_utf8(bytes).map_err(|error| {
        let at = error.valid_up_to();
        let byte = bytes.get(at).copied().unwrap_or_default();
        let reason = format!("is not UTF-8: byte 0x{byte:02X} at offset {}", offset + at as u64);
        let hint =
            "if it is Latin-1 or from Windows, convert it: iconv -f WINDOWS-1252 -t UTF-8 FILE > FILE.utf8";
        place.error(None, reason, Some(hint))
    })
}

/// A row that is JSON, and no object.
pub(super) fn no_object(place: Place, value: &Value, form: Option<&str>) -> RowError {
    let reason = format!("must be an object with named fields, not {}", type_name(value));
    place.error(None, reason, form)
}

/// Reads one JSON row: an object within the limits.
pub(super) fn json(place: Place, bytes: &[u8], limits: &Limits, form: &str) -> Outcome<Record> {
    let text = match utf8(place, place.offset, bytes) {
        Ok(text) => text,
        Err(error) => return Outcome::Fatal(error),
    };
    match strict_json::parse(text, &limits.json()) {
        Ok(Value::Object(fields)) => Outcome::Row(Record {
            place,
            literals: literals(text, &fields),
            fields,
        }),
        Ok(other) => Outcome::Wrong(no_object(place, &other, None)),
        Err(problem) => {
            let syntax = problem.reason.starts_with("is not valid JSON");
            Outcome::Wrong(RowError {
                row: place.row,
                line: place.line + problem.line_offset,
                field: Some(problem.pointer).filter(|pointer| !syntax && !pointer.is_empty()),
                reason: problem.reason,
                hint: problem.hint.or_else(|| syntax.then(|| form.to_owned())),
            })
        }
    }
}
