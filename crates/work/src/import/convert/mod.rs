//! Turns rows into inputs and recorded answers, one module per kind of template.

mod chat;
mod criteria;
mod origin;
mod pairwise;
mod ranking;
mod row;

use serde_json::{Map, Value, json};

pub(super) use criteria::{Criterion, Group};
pub(super) use origin::{Made, Origin, Spot};
pub(super) use row::Fault;
use row::Row;

use super::mapping::Mapping;
use super::raw::Record;
use super::{ImportedTask, Limits, RecordedAnswer};
use crate::template::{TemplateKind, type_name};

/// Makes one task of one row. The schema is checked by the caller.
pub(super) fn task(
    record: &Record,
    mapping: &Mapping,
    extra: &[String],
    limits: &Limits,
) -> Result<ImportedTask, Fault> {
    let row = Row {
        record,
        mapping,
        limits,
    };
    let external_id = row.external_id()?;
    let (mut input, mut recorded) = match mapping.kind {
        TemplateKind::PairwisePreference => pairwise::read(&row)?,
        TemplateKind::Rubric => rubric(&row)?,
        TemplateKind::Ranking => ranking::read(&row)?,
        TemplateKind::Chat => chat::read(&row)?,
        TemplateKind::Classification => classified(&row)?,
        TemplateKind::Spans => (texts(&row), Vec::new()),
        TemplateKind::Freeform => freeform(&row),
    };
    own_fields(&row, extra, &mut input);
    recorded.extend(answers(&row)?);
    let place = record.place;
    Ok(ImportedTask {
        row: place.row,
        line: place.line,
        external_id,
        input: Value::Object(input),
        recorded_answers: recorded,
    })
}

/// The part of a row that is one criterion of a task over several rows.
pub(super) fn criterion(
    record: &Record,
    mapping: &Mapping,
    extra: &[String],
    limits: &Limits,
) -> Result<Criterion, Fault> {
    criteria::read(
        &Row {
            record,
            mapping,
            limits,
        },
        extra,
    )
}

/// Fills the fields that only the project's own template has.
fn own_fields(row: &Row<'_>, extra: &[String], input: &mut Map<String, Value>) {
    for name in extra {
        if let Some(value) = row.given(name) {
            input.insert(name.clone(), value.clone());
        }
    }
}

type Parts = (Map<String, Value>, Vec<RecordedAnswer>);

fn rubric(row: &Row<'_>) -> Result<Parts, Fault> {
    let mut input = Map::new();
    if let Some(prompt) = row.required_text("prompt") {
        input.insert("prompt".to_owned(), prompt);
    }
    row.texts(&mut input, &["category", "response"]);
    if let Some(criteria) = row.structure("criteria")? {
        input.insert("criteria".to_owned(), criteria);
    }
    Ok((input, Vec::new()))
}

/// A text with what stands around it, as far as a kind has fields for that.
fn texts(row: &Row<'_>) -> Map<String, Value> {
    let mut input = Map::new();
    if let Some(body) = row.required_text("body") {
        input.insert("body".to_owned(), body);
    }
    row.texts(&mut input, &["title", "context", "category"]);
    input
}

/// A text, and its labels where the file has them: a list, or a single one.
fn classified(row: &Row<'_>) -> Result<Parts, Fault> {
    let labels = row.structure("labels")?.map(|labels| match labels {
        Value::Array(labels) => labels,
        one => vec![one],
    });
    let recorded = labels.map(|labels| RecordedAnswer {
        annotator: REFERENCE.to_owned(),
        answer: json!({ "labels": labels }),
    });
    Ok((texts(row), recorded.into_iter().collect()))
}

fn freeform(row: &Row<'_>) -> Parts {
    let input = texts(row);
    let reply = row.text("reply").map(|text| {
        let answer = Value::Object(Map::from_iter([("text".to_owned(), text)]));
        RecordedAnswer {
            annotator: REFERENCE.to_owned(),
            answer,
        }
    });
    (input, reply.into_iter().collect())
}

/// Who is named as the author of an answer that a file gives without a name.
const REFERENCE: &str = "reference";
/// Who is named as the author of criteria that a file gives in rows of their own: they are in the task as well.
pub(super) const EXPERT: &str = "expert";

/// Recorded answers in our own form: an object from an annotator's name to an answer.
fn answers(row: &Row<'_>) -> Result<Vec<RecordedAnswer>, Fault> {
    match row.structure("answers")? {
        None => Ok(Vec::new()),
        Some(Value::Object(answers)) => {
            let named = answers
                .into_iter()
                .map(|(annotator, answer)| RecordedAnswer { annotator, answer });
            Ok(named.collect())
        }
        Some(other) => {
            let column = row.mapping.column("answers").unwrap_or("answers");
            let reason = format!(
                "must be an object from an annotator's name to an answer, not {}",
                type_name(&other)
            );
            Err(Fault::new(column, reason))
        }
    }
}
