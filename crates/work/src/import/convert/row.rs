//! One row seen through the mapping.

use serde_json::{Map, Value};

use super::super::mapping::Mapping;
use super::super::raw::{Record, as_text};
use super::super::{Limits, RowError};
use crate::strict_json::{self, step};
use crate::template::type_name;

/// What is wrong with a field of a row.
#[derive(Debug)]
pub(in crate::import) struct Fault {
    /// The JSON pointer from the row on.
    pub(in crate::import) field: Option<String>,
    pub(in crate::import) reason: String,
    pub(in crate::import) hint: Option<String>,
}

impl Fault {
    /// In a column.
    pub(in crate::import) fn new(column: &str, reason: impl Into<String>) -> Self {
        Self::within(column, "", reason)
    }

    /// Within a column's value, at a JSON pointer.
    pub(super) fn within(column: &str, pointer: &str, reason: impl Into<String>) -> Self {
        Self {
            field: Some(step(column) + pointer),
            reason: reason.into(),
            hint: None,
        }
    }

    pub(in crate::import) fn hint(self, hint: impl Into<String>) -> Self {
        Self {
            hint: Some(hint.into()),
            ..self
        }
    }

    pub(in crate::import) fn at(self, row: u64, line: u64) -> RowError {
        RowError {
            row,
            line,
            field: self.field,
            reason: self.reason,
            hint: self.hint,
        }
    }
}

/// A row, its mapping and the limits.
pub(super) struct Row<'a> {
    pub(super) record: &'a Record,
    pub(super) mapping: &'a Mapping,
    pub(super) limits: &'a Limits,
}

impl Row<'_> {
    /// The value of the column that fills a field; none where there is no such column, or the row leaves it out,
    /// empty or null.
    pub(super) fn given(&self, field: &str) -> Option<&Value> {
        let value = self.record.fields.get(self.mapping.column(field)?)?;
        match value {
            Value::Null => None,
            Value::String(text) if text.is_empty() => None,
            value => Some(value),
        }
    }

    /// A value [as text](as_text).
    pub(super) fn text(&self, field: &str) -> Option<Value> {
        self.given(field).map(|value| as_text(value, self.literal(field)))
    }

    /// How the number in the column that fills a field stands in the file.
    pub(super) fn literal(&self, field: &str) -> Option<&String> {
        self.record.literals.get(self.mapping.column(field)?)
    }

    /// Like [`Row::text`], for a field that may be empty but must be there: keeps the empty text and null.
    pub(super) fn required_text(&self, field: &str) -> Option<Value> {
        let value = self.record.fields.get(self.mapping.column(field)?)?;
        Some(as_text(value, self.literal(field)))
    }

    /// A list or object. In CSV it stands as JSON in the cell.
    pub(super) fn structure(&self, field: &str) -> Result<Option<Value>, Fault> {
        let Some(value) = self.given(field) else {
            return Ok(None);
        };
        let Value::String(text) = value else {
            return Ok(Some(value.clone()));
        };
        if !text.trim_start().starts_with(['[', '{']) {
            return Ok(Some(value.clone()));
        }
        let column = self.mapping.column(field).unwrap_or(field);
        strict_json::parse(text, &self.limits.json())
            .map(Some)
            .map_err(|problem| {
                let fault = Fault::within(column, &problem.pointer, problem.reason);
                Fault {
                    hint: problem.hint,
                    ..fault
                }
            })
    }

    /// Puts the named texts into an object, leaving out those that are not given.
    pub(super) fn texts(&self, object: &mut Map<String, Value>, fields: &[&str]) {
        for field in fields {
            if let Some(value) = self.text(field) {
                object.insert((*field).to_owned(), value);
            }
        }
    }

    /// The lab's own name of the task: text or a whole number, at most 200 characters.
    pub(super) fn external_id(&self) -> Result<Option<String>, Fault> {
        let Some(value) = self.given("id") else {
            return Ok(None);
        };
        let column = self.mapping.column("id").unwrap_or("id");
        let id = match value {
            Value::String(text) => text.trim().to_owned(),
            Value::Number(number) if !number.is_f64() => number.to_string(),
            Value::Number(_) if let Some(digits) = self.literal("id").filter(|id| is_whole(id)) => {
                digits.clone()
            }
            other => {
                let reason = format!("must be a text or a whole number, not {}", type_name(other));
                return Err(Fault::new(column, reason));
            }
        };
        if id.is_empty() || id.chars().count() > 200 {
            return Err(Fault::new(column, "must have 1 to 200 characters"));
        }
        Ok(Some(id))
    }
}

/// Whether a number is written without a fraction and an exponent.
fn is_whole(literal: &str) -> bool {
    let digits = literal.strip_prefix('-').unwrap_or(literal);
    digits.bytes().all(|byte| byte.is_ascii_digit())
}
