//! The names that a kind's work goes by, whatever else a template of that kind holds.
//!
//! Import writes them, the workbench draws them and the forms of delivery read them. A template that leaves one out, or does not
//! take what stands under it, would be opened for tasks that nobody can bring in or answer: it is refused instead.

use jsonschema::error::ValidationErrorKind;
use jsonschema::{ValidationError, Validator};
use serde_json::{Value, json};

use super::layout::Control;
use super::{Layout, LayoutField, TemplateError, TemplateKind};
use crate::strict_json::{clip, escape, first_step};

/// A field, and how the workbench draws it where that is not the template's to say.
type Name = (&'static str, Option<Control>);

const fn of_input(kind: TemplateKind) -> &'static [Name] {
    match kind {
        TemplateKind::PairwisePreference => &[("prompt", None), ("response_a", None), ("response_b", None)],
        TemplateKind::Ranking => &[("prompt", None), ("responses", Some(Control::Responses))],
        TemplateKind::Rubric => &[("prompt", None)],
        TemplateKind::Chat => &[("turns", Some(Control::Turns))],
        // Passages are counted in the text as it is, and not in what Markdown makes of it.
        TemplateKind::Spans => &[("body", Some(Control::Text))],
        TemplateKind::Classification | TemplateKind::Freeform => &[("body", None)],
    }
}

const fn of_answer(kind: TemplateKind) -> &'static [Name] {
    match kind {
        TemplateKind::PairwisePreference => &[("choice", Some(Control::Choice))],
        TemplateKind::Ranking => &[("ranks", Some(Control::Ranks))],
        TemplateKind::Rubric => &[("criteria", Some(Control::Criteria))],
        TemplateKind::Chat => &[("replies", Some(Control::Turns))],
        TemplateKind::Classification => &[("labels", Some(Control::Choices))],
        TemplateKind::Spans => &[("spans", Some(Control::Spans))],
        TemplateKind::Freeform => &[],
    }
}

/// What import makes of a row, as far as names are fixed.
fn inputs(kind: TemplateKind) -> Vec<Value> {
    match kind {
        TemplateKind::PairwisePreference => {
            vec![json!({ "prompt": "a", "response_a": "b", "response_b": "c" })]
        }
        TemplateKind::Ranking => vec![json!({ "prompt": "a", "responses": ["b", "c"] })],
        TemplateKind::Rubric => vec![json!({ "prompt": "a" })],
        TemplateKind::Chat => vec![json!({ "turns": ["a"] })],
        TemplateKind::Classification | TemplateKind::Spans | TemplateKind::Freeform => {
            vec![json!({ "body": "a" })]
        }
    }
}

/// What the workbench makes of an answer, as far as names are fixed. A verdict stands where a response is graded, and only there.
fn answers(kind: TemplateKind, grades: bool) -> Vec<Value> {
    match kind {
        TemplateKind::PairwisePreference => ["a", "b"].map(|choice| json!({ "choice": choice })).into(),
        TemplateKind::Ranking => [[1, 1], [1, 2], [2, 1]]
            .map(|ranks| json!({ "ranks": ranks }))
            .into(),
        TemplateKind::Rubric if grades => ["met", "not_met", "unclear"]
            .map(|verdict| json!({ "criteria": [{ "id": "a", "text": "b", "verdict": verdict }] }))
            .into(),
        TemplateKind::Rubric => vec![json!({ "criteria": [{ "text": "a" }] })],
        TemplateKind::Chat => vec![json!({ "replies": ["a"] })],
        // What is offered for choice is tried each: see `Side::offers`.
        TemplateKind::Classification | TemplateKind::Spans | TemplateKind::Freeform => Vec::new(),
    }
}

/// What the workbench makes of one option of a field.
fn offered(control: Control, option: &Value) -> Value {
    match control {
        Control::Choices => json!([option]),
        Control::Spans => json!([{ "start": 0, "end": 1, "label": option }]),
        _ => option.clone(),
    }
}

/// One side of a template.
pub(super) struct Side<'a> {
    /// `/input` or `/answer`.
    pub(super) at: &'static str,
    pub(super) schema: &'a Value,
    pub(super) compiled: &'a Validator,
}

/// Checks that both sides of a template keep the names of its kind.
pub(super) fn check(
    kind: TemplateKind,
    layout: &Layout,
    input: &Side<'_>,
    answer: &Side<'_>,
) -> Result<(), TemplateError> {
    input.has(kind, of_input(kind), &layout.input)?;
    answer.has(kind, of_answer(kind), &layout.answer)?;
    inputs(kind)
        .iter()
        .try_for_each(|value| input.takes(kind, value))?;
    let grades = kind == TemplateKind::Rubric && input.property("response").is_some();
    answers(kind, grades)
        .iter()
        .try_for_each(|value| answer.takes(kind, value))?;
    answer.asks(&layout.answer)?;
    answer.offers(kind, &layout.answer)?;
    if kind == TemplateKind::Rubric && !input.requires("response") {
        return answer.takes_ungraded();
    }
    Ok(())
}

impl Side<'_> {
    fn property(&self, name: &str) -> Option<&Value> {
        self.schema.get("properties").and_then(|all| all.get(name))
    }

    fn requires(&self, name: &str) -> bool {
        let required = self.schema.get("required").and_then(Value::as_array);
        required.is_some_and(|names| names.iter().any(|one| one == name))
    }

    fn has(&self, kind: TemplateKind, names: &[Name], layout: &[LayoutField]) -> Result<(), TemplateError> {
        for (name, control) in names {
            if self.property(name).is_none() {
                let reason = format!("is missing: a template of kind `{kind}` has it under this name");
                return Err(TemplateError::at(
                    format!("{}/properties/{name}", self.at),
                    reason,
                ));
            }
            let pointer = format!("/{name}");
            let drawn = layout.iter().position(|field| field.field == pointer);
            let Some(place) = drawn else {
                let reason =
                    format!("does not show `{pointer}`, which people who work on a `{kind}` task need");
                return Err(TemplateError::at(format!("/layout{}", self.at), reason));
            };
            if control.is_some_and(|control| layout[place].control != control) {
                let control = serde_json::to_value(control).unwrap_or_default();
                let reason =
                    format!("must be {control}: so `{pointer}` is drawn in a template of kind `{kind}`");
                return Err(TemplateError::at(
                    format!("/layout{}/{place}/as", self.at),
                    reason,
                ));
            }
        }
        Ok(())
    }

    /// Whether the workbench asks for what an answer must have.
    fn asks(&self, layout: &[LayoutField]) -> Result<(), TemplateError> {
        if layout.is_empty() {
            return Err(TemplateError::at(
                format!("/layout{}", self.at),
                "asks for nothing: nobody could answer",
            ));
        }
        let required = self.schema.get("required").and_then(Value::as_array);
        for name in required.into_iter().flatten().filter_map(Value::as_str) {
            let pointer = format!("/{}", escape(name));
            if !layout.iter().any(|field| field.field == pointer) {
                let reason = format!("names `{}`, which the layout does not ask for", clip(name));
                return Err(TemplateError::at(format!("{}/required", self.at), reason));
            }
        }
        Ok(())
    }

    /// Whether what can be chosen can be handed in, and what must be can be chosen.
    fn offers(&self, kind: TemplateKind, layout: &[LayoutField]) -> Result<(), TemplateError> {
        for (place, field) in layout.iter().enumerate() {
            let at = format!("/layout{}/{place}/options", self.at);
            let (name, _) = first_step(&field.field);
            for (index, option) in field.options.iter().enumerate() {
                let value = json!({ &name: offered(field.control, &option.value) });
                let refuses = |error: &ValidationError<'_>| match field.control {
                    Control::Choice => error.instance_path().as_str() == field.field,
                    _ => {
                        error.instance_path().as_str().starts_with(&field.field) && is_of_names(error.kind())
                    }
                };
                if self.compiled.iter_errors(&value).any(|error| refuses(&error)) {
                    let reason = format!("is none that `{}` of an answer may be", clip(&field.field));
                    return Err(TemplateError::at(format!("{at}/{index}/value"), reason));
                }
            }
            let offered = |value: &str| field.options.iter().any(|option| option.value == value);
            let fixed = kind == TemplateKind::PairwisePreference && field.field == "/choice";
            if fixed && !(offered("a") && offered("b")) {
                return Err(TemplateError::at(
                    at,
                    "must offer `a` and `b`: either may be the better one",
                ));
            }
        }
        Ok(())
    }

    /// Whether the schema lets this stand where it stands. What else it wants, and how long or of which pattern a text must be, is
    /// the template's own.
    fn takes(&self, kind: TemplateKind, value: &Value) -> Result<(), TemplateError> {
        let refusal = self
            .compiled
            .iter_errors(value)
            .find(|error| is_of_names(error.kind()));
        refusal.map_or(Ok(()), |error| {
            let reason = format!("does not take {value}, which a template of kind `{kind}` must");
            Err(TemplateError::at(
                format!("{}{}", self.at, error.schema_path()),
                reason,
            ))
        })
    }

    /// Whether criteria can do without a verdict: those of a task without a response have none.
    fn takes_ungraded(&self) -> Result<(), TemplateError> {
        let value = json!({ "criteria": [{ "text": "a" }] });
        let verdict = |error: &ValidationError<'_>| match error.kind() {
            ValidationErrorKind::Required { property } => property == "verdict",
            _ => false,
        };
        match self.compiled.iter_errors(&value).find(verdict) {
            None => Ok(()),
            Some(error) => Err(TemplateError::at(
                format!("{}{}", self.at, error.schema_path()),
                "asks for a verdict on every criterion, also where a task gives no response to judge; require `response` of the \
                 input, or leave it to the kind, which asks for a verdict where there is one",
            )),
        }
    }
}

const fn is_of_names(kind: &ValidationErrorKind) -> bool {
    matches!(
        kind,
        ValidationErrorKind::AdditionalProperties { .. }
            | ValidationErrorKind::UnevaluatedProperties { .. }
            | ValidationErrorKind::FalseSchema
            | ValidationErrorKind::Type { .. }
            | ValidationErrorKind::Enum { .. }
            | ValidationErrorKind::Constant { .. }
    )
}
