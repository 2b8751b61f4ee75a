//! Counts numbers that are taken as text: a column that was mapped by mistake shows in them.

use std::collections::BTreeMap;

use serde_json::Value;

use super::mapping::Mapping;
use super::raw::Record;

/// Fields whose value is a person's text, of all kinds of template.
const TEXTS: [&str; 9] = [
    "prompt",
    "context",
    "response",
    "response_a",
    "response_b",
    "system",
    "title",
    "body",
    "criterion",
];

/// Numbers in the columns that fill texts.
pub(super) struct Numbers {
    columns: Vec<String>,
    /// Whether every cell is text as it stands in the file.
    cells: bool,
    counted: BTreeMap<String, u64>,
}

impl Numbers {
    pub(super) fn of(mapping: &Mapping, cells: bool) -> Self {
        let columns = TEXTS.iter().filter_map(|field| mapping.column(field));
        Self {
            columns: columns.map(str::to_owned).collect(),
            cells,
            counted: BTreeMap::new(),
        }
    }

    pub(super) fn count(&mut self, record: &Record) {
        for column in &self.columns {
            let number = match record.fields.get(column) {
                Some(Value::Number(_)) => true,
                Some(Value::String(text)) if self.cells => is_number(text),
                _ => false,
            };
            if number {
                *self.counted.entry(column.clone()).or_default() += 1;
            }
        }
    }

    pub(super) const fn counted(&self) -> &BTreeMap<String, u64> {
        &self.counted
    }
}

fn is_number(text: &str) -> bool {
    let text = text.trim();
    text.bytes().any(|byte| byte.is_ascii_digit())
        && text.bytes().all(|byte| b"0123456789+-.eE".contains(&byte))
        && text.parse::<f64>().is_ok()
}
