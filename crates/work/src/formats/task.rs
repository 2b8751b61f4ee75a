//! Our own form: the task as its template has it.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{LeftOut, Resolved, Row};
use crate::template::TemplateKind;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TaskRow {
    pub(super) id: Option<String>,
    pub(super) kind: TemplateKind,
    pub(super) input: Value,
    pub(super) answer: Value,
}

pub(super) fn write(task: &Resolved<'_>) -> Result<Row, LeftOut> {
    Row::of(&TaskRow {
        id: task.external_id.map(str::to_owned),
        kind: task.kind,
        input: sorted(task.input),
        answer: sorted(task.answer),
    })
}

/// The same value with the keys of every object in byte order, whichever map `serde_json` was built with.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Array(items) => Value::Array(items.iter().map(sorted).collect()),
        Value::Object(object) => {
            let mut entries: Vec<(&String, &Value)> = object.iter().collect();
            entries.sort_unstable_by_key(|(key, _)| key.as_bytes());
            let sorted: Map<String, Value> = entries
                .into_iter()
                .map(|(key, item)| (key.clone(), sorted(item)))
                .collect();
            Value::Object(sorted)
        }
        plain => plain.clone(),
    }
}
