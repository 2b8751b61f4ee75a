//! Tasks over several rows: one row for each criterion, as expert-written rubrics are published.

use serde_json::{Map, Value, json};

use super::super::mapping::Mapping;
use super::super::raw::{Literals, Place};
use super::super::{ImportedTask, RecordedAnswer};
use super::EXPERT;
use super::row::{Fault, Row};

/// What one row says of its task and of one criterion.
pub(in crate::import) struct Criterion {
    pub(in crate::import) task_id: String,
    place: Place,
    task: Map<String, Value>,
    literals: Literals,
    criterion: Map<String, Value>,
}

pub(super) fn read(row: &Row<'_>, extra: &[String]) -> Result<Criterion, Fault> {
    let id_column = row.mapping.column("id").unwrap_or("id");
    let task_id = row
        .external_id()?
        .ok_or_else(|| Fault::new(id_column, "must not be empty"))?;
    let (mut task, _) = super::rubric(row)?;
    super::own_fields(row, extra, &mut task);
    let mut criterion = Map::new();
    for (name, field) in [("id", "criterion_id"), ("kind", "criterion_kind")] {
        if let Some(value) = row.text(field) {
            criterion.insert(name.to_owned(), value);
        }
    }
    if let Some(text) = row.required_text("criterion") {
        criterion.insert("text".to_owned(), text);
    }
    if let Some(value) = row.given("criterion_required") {
        let column = row.mapping.column("criterion_required").unwrap_or_default();
        criterion.insert("required".to_owned(), json!(truth(column, value)?));
    }
    if let Some(value) = row.given("criterion_weight") {
        criterion.insert("weight".to_owned(), number(value));
    }
    Ok(Criterion {
        task_id,
        place: row.record.place,
        task,
        literals: row.record.literals.clone(),
        criterion,
    })
}

/// Whether a criterion must be met. `Hurdle` and `Not` are the words of APEX's ACE.
fn truth(column: &str, value: &Value) -> Result<bool, Fault> {
    let word = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match word.trim().to_lowercase().as_str() {
        "hurdle" | "true" | "yes" | "1" | "required" => Ok(true),
        "not" | "not hurdle" | "false" | "no" | "0" | "optional" => Ok(false),
        _ => Err(Fault::new(column, "must say whether the criterion is required")
            .hint("true or false, Hurdle or Not")),
    }
}

/// A number that a CSV cell holds as text; anything else stays, for the schema to refuse.
fn number(value: &Value) -> Value {
    let parsed = value
        .as_str()
        .and_then(|text| serde_json::from_str::<Value>(text.trim()).ok());
    parsed.filter(Value::is_number).unwrap_or_else(|| value.clone())
}

/// One task as its rows come in.
pub(in crate::import) struct Group {
    pub(in crate::import) id: String,
    task: Map<String, Value>,
    literals: Literals,
    first: Place,
    criteria: Vec<Value>,
    places: Vec<Place>,
}

impl Group {
    pub(in crate::import) fn open(first: Criterion) -> Self {
        Self {
            id: first.task_id,
            task: first.task,
            literals: first.literals,
            first: first.place,
            criteria: vec![Value::Object(first.criterion)],
            places: vec![first.place],
        }
    }

    /// Adds a further row of the same task, which must say the same of the task.
    pub(in crate::import) fn add(&mut self, more: Criterion, mapping: &Mapping) -> Result<(), Fault> {
        let differing = self
            .task
            .iter()
            .find(|(name, value)| more.task.get(*name) != Some(*value));
        if let Some((name, _)) = differing {
            let column = mapping.column(name).unwrap_or(name);
            let reason = format!("differs from row {}, the first of the same task", self.first.row);
            return Err(Fault::new(column, reason).hint("rows of one task repeat its text exactly"));
        }
        self.criteria.push(Value::Object(more.criterion));
        self.places.push(more.place);
        Ok(())
    }

    /// The task with its criteria: as proposed in the input, and as the recorded work of the expert who wrote them.
    /// Beside it, where each criterion stands, and how numbers of the first row do.
    pub(in crate::import) fn close(self) -> (ImportedTask, Vec<Place>, Literals) {
        let mut input = self.task;
        let criteria = Value::Array(self.criteria);
        input.insert("criteria".to_owned(), criteria.clone());
        let graded = input.contains_key("response");
        let expert = RecordedAnswer {
            annotator: EXPERT.to_owned(),
            answer: json!({ "criteria": criteria }),
        };
        let task = ImportedTask {
            row: self.first.row,
            line: self.first.line,
            external_id: Some(self.id),
            input: Value::Object(input),
            recorded_answers: if graded { Vec::new() } else { vec![expert] },
        };
        (task, self.places, self.literals)
    }
}
