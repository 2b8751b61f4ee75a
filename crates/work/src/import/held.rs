//! Holds a task against its template, and names what is wrong where it stands in the file.

use serde_json::Value;

use super::convert::{Origin, Spot};
use super::raw::as_text;
use super::{ImportedTask, RowError};
use crate::strict_json::{self, escape, first_step};
use crate::template::{Template, VALUE_BOUNDS, Violation, Violations};

/// Everything wrong with a task; none when it may come in. `extra` are the fields that only the project's own
/// template has.
pub(super) fn against(
    template: &Template,
    extra: &[String],
    origin: &Origin<'_>,
    task: &mut ImportedTask,
) -> Vec<RowError> {
    let at = (task.row, task.line);
    if let Err(violations) = input(template, extra, origin, &mut task.input) {
        let wrong = violations.as_slice().iter();
        return wrong
            .map(|violation| {
                let mut error = error(at, origin.of_input(&violation.pointer), violation);
                let of_the_task = first_step(&violation.pointer).1.is_empty();
                error.hint = violation
                    .lacks
                    .as_ref()
                    .filter(|name| of_the_task && !origin.fills(name))
                    .map(|name| {
                        format!("no column fills it: name one with field=column, as in {name}=COLUMN")
                    });
                error
            })
            .collect();
    }
    let mut wrong = Vec::new();
    for recorded in &task.recorded_answers {
        if let Err(violations) = template.check_submission(&task.input, &recorded.answer) {
            wrong.extend(violations.as_slice().iter().map(|violation| {
                let spot = origin.of_answer(&recorded.annotator, &violation.pointer);
                error(at, spot, violation)
            }));
        }
    }
    wrong
}

fn error((row, line): (u64, u64), spot: Spot, violation: &Violation) -> RowError {
    RowError {
        row: spot.row.map_or(row, |place| place.row),
        line: spot.row.map_or(line, |place| place.line),
        field: Some(spot.field).filter(|field| !field.is_empty()),
        reason: match violation.lacks {
            Some(_) => "is missing or empty".to_owned(),
            None => violation.reason.clone(),
        },
        hint: None,
    }
}

/// Checks the input. A cell of a CSV file holds text, whatever it says, and exporters turn texts such as `12` into
/// numbers: where the template's own fields do not take a value as it is, it is read the other way.
fn input(
    template: &Template,
    extra: &[String],
    origin: &Origin<'_>,
    input: &mut Value,
) -> Result<(), Violations> {
    let Err(violations) = template.check_input(input) else {
        return Ok(());
    };
    let mut other = input.clone();
    let mut reread = Vec::new();
    for name in extra.iter().filter(|name| wants_other(&violations, name)) {
        if let Some(value) = other.get_mut(name)
            && let Some(read) = other_way(value, origin.literal(name))
        {
            *value = read;
            reread.push(name);
        }
    }
    let Err(still) = template.check_input(&other) else {
        *input = other;
        return Ok(());
    };
    // What is wrong either way stays as it was written.
    for name in reread.into_iter().filter(|name| wants_other(&still, name)) {
        if let (Some(value), Some(written)) = (other.get_mut(name), input.get(name)) {
            *value = written.clone();
        }
    }
    let checked = template.check_input(&other);
    *input = other;
    checked
}

/// Whether a value of another type could be what is wanted of a field.
fn wants_other(violations: &Violations, name: &str) -> bool {
    let pointer = format!("/{}", escape(name));
    let all = violations.as_slice().iter();
    all.filter(|violation| violation.other_type)
        .any(|violation| violation.pointer == pointer)
}

fn other_way(value: &Value, literal: Option<&String>) -> Option<Value> {
    match value {
        Value::String(text) => strict_json::parse(text.trim(), &VALUE_BOUNDS).ok(),
        Value::Number(_) | Value::Bool(_) => Some(as_text(value, literal)),
        _ => None,
    }
}
