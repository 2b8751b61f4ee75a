//! Templates: what a task's input and answer must look like, and how the workbench draws them.
//!
//! A template is one JSON document:
//!
//! ```json
//! { "version": 1, "kind": "chat", "name": "…", "description": "…",
//!   "input": { JSON Schema 2020-12 }, "answer": { JSON Schema 2020-12 }, "layout": { … } }
//! ```
//!
//! It comes from a stranger, so it is bounded in size, nesting, references and regular expressions before
//! anything of it is run (see `schema`), and it never reads a file or the network.

mod compile;
mod kind;
mod layout;
mod names;
mod ranking;
mod schema;
mod semantics;
mod spans;
#[cfg(test)]
mod tests;
mod violation;

use std::fmt;

use jsonschema::Validator;
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use kind::{TemplateKind, UnknownKind};
pub use layout::{
    AgreementField, ChoiceOption, Control, Interaction, Layout, LayoutField, Level, label_text,
};
pub(crate) use ranking::ranks;
pub(crate) use violation::type_name;
pub use violation::{Violation, Violations};

use self::names::Side;
use crate::strict_json::{self, Bounds, clip_pointer, thousands};
use crate::unread;

/// Bytes of a template's document.
pub const MOST_TEMPLATE_BYTES: usize = 256 * 1024;
/// Nesting, keys and longest text of a template's document.
pub const TEMPLATE_BOUNDS: Bounds = Bounds {
    depth: 32,
    keys: 4_000,
    text_bytes: 16 * 1024,
};
/// Nesting, keys and longest text of a task's input and of an answer.
pub const VALUE_BOUNDS: Bounds = Bounds {
    depth: 64,
    keys: 10_000,
    text_bytes: 1 << 20,
};

/// Why a template was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct TemplateError {
    /// JSON pointer into the template, long names in it cut short; empty for the template itself.
    pub pointer: String,
    /// The rest of the sentence that begins with the place.
    pub reason: String,
}

impl TemplateError {
    fn at(pointer: impl Into<String>, reason: impl Into<String>) -> Self {
        Self {
            pointer: clip_pointer(&pointer.into()),
            reason: reason.into(),
        }
    }
}

impl fmt::Display for TemplateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = if self.pointer.is_empty() {
            "the template"
        } else {
            &self.pointer
        };
        write!(f, "{place} {}", self.reason)
    }
}

/// The document as written.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    version: u32,
    kind: TemplateKind,
    name: String,
    description: String,
    input: Value,
    answer: Value,
    layout: Layout,
}

/// A template, checked and compiled. Cheap to use, not cheap to make: make it once per project.
#[derive(Debug)]
pub struct Template {
    document: Document,
    input: Validator,
    answer: Validator,
}

impl Template {
    /// Reads, checks and compiles the document of a template that somebody brings.
    ///
    /// # Errors
    /// The first thing wrong with it, with its JSON pointer.
    pub fn parse(json: &str) -> Result<Self, TemplateError> {
        let template = Self::kept(json)?;
        template.check_drawn()?;
        Ok(template)
    }

    /// Reads and compiles the document of one that a project was opened with. What a workbench makes of it was looked at then: a
    /// later version that asks more of new ones closes no project.
    ///
    /// # Errors
    /// The first thing for which it cannot be run, with its JSON pointer.
    pub fn kept(json: &str) -> Result<Self, TemplateError> {
        if json.len() > MOST_TEMPLATE_BYTES {
            let most = thousands(MOST_TEMPLATE_BYTES as u64);
            return Err(TemplateError::at("", format!("has more than {most} bytes")));
        }
        let value = strict_json::parse(json, &TEMPLATE_BOUNDS)
            .map_err(|problem| TemplateError::at(place(&problem), problem.reason_in_document()))?;
        if !value.is_object() {
            let words = "is not a JSON object with a name, a kind, an input and an answer";
            return Err(TemplateError::at("", words));
        }
        let document: Document = unread::from_value(value).map_err(|error| {
            let (at, reason) = unread::member(unread::pointer(error.path()), &error.inner().to_string());
            TemplateError::at(at, format!("cannot be read: {reason}"))
        })?;
        Self::build(document)
    }

    /// The template that this platform brings for a kind.
    ///
    /// # Errors
    /// None in practice: a test reads every built-in template.
    pub fn builtin(kind: TemplateKind) -> Result<Self, TemplateError> {
        Self::parse(kind.builtin_document())
    }

    fn build(document: Document) -> Result<Self, TemplateError> {
        if document.version != 1 {
            return Err(TemplateError::at(
                "/version",
                "must be 1, the only version there is",
            ));
        }
        for (pointer, text, most) in [
            ("/name", &document.name, 100),
            ("/description", &document.description, 2_000),
        ] {
            if text.trim().is_empty() || text.chars().count() > most {
                return Err(TemplateError::at(
                    pointer,
                    format!("must have 1 to {most} characters"),
                ));
            }
        }
        for (pointer, schema) in [("/input", &document.input), ("/answer", &document.answer)] {
            if schema.get("type") != Some(&Value::from("object")) {
                return Err(TemplateError::at(format!("{pointer}/type"), "must be \"object\""));
            }
            schema::check(pointer, schema)?;
        }
        let input = compile::compile("/input", &document.input)?;
        let answer = compile::compile("/answer", &document.answer)?;
        Ok(Self {
            document,
            input,
            answer,
        })
    }

    /// Whether it can be drawn, and what is asked for there be answered.
    fn check_drawn(&self) -> Result<(), TemplateError> {
        let Document { kind, layout, .. } = &self.document;
        for (pointer, text) in [("/name", self.name()), ("/description", self.description())] {
            if text.contains(|c: char| c.is_control() && c != '\n') {
                return Err(TemplateError::at(pointer, "holds a control character"));
            }
        }
        layout.check(*kind, &self.document.input, &self.document.answer)?;
        let side = |at, schema, compiled| Side { at, schema, compiled };
        let input = side("/input", &self.document.input, &self.input);
        let answer = side("/answer", &self.document.answer, &self.answer);
        names::check(*kind, layout, &input, &answer)
    }

    /// What is asked of a contractor.
    #[must_use]
    pub const fn kind(&self) -> TemplateKind {
        self.document.kind
    }

    /// Its name, for people.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.document.name
    }

    /// What it is for, in a sentence.
    #[must_use]
    pub fn description(&self) -> &str {
        &self.document.description
    }

    /// What the workbench draws.
    #[must_use]
    pub const fn layout(&self) -> &Layout {
        &self.document.layout
    }

    /// JSON Schema of a task's input.
    #[must_use]
    pub const fn input_schema(&self) -> &Value {
        &self.document.input
    }

    /// JSON Schema of an answer.
    #[must_use]
    pub const fn answer_schema(&self) -> &Value {
        &self.document.answer
    }

    /// The document again, in one line; [`Template::parse`] reads it back.
    ///
    /// # Errors
    /// None in practice: the document was read from JSON.
    pub fn to_json(&self) -> Result<String, TemplateError> {
        serde_json::to_string(&self.document).map_err(|error| TemplateError::at("", error.to_string()))
    }

    /// Checks a task's input.
    ///
    /// # Errors
    /// Every place where it breaks the bounds or the schema, up to 20.
    pub fn check_input(&self, input: &Value) -> Result<(), Violations> {
        check_bounds(input)?;
        violation::check(&self.input, &self.document.input, input)?;
        semantics::check_input(self.document.kind, input)
    }

    /// Checks an answer by itself: the schema, that what must be written is not of blanks alone, and what the kind demands of its parts
    /// together (no rank left out, no label or passage twice).
    ///
    /// # Errors
    /// Every place that is wrong, up to 20.
    pub fn check_answer(&self, answer: &Value) -> Result<(), Violations> {
        check_bounds(answer)?;
        violation::check(&self.answer, &self.document.answer, answer)?;
        semantics::check_answer(self.document.kind, &self.document.answer, answer)
    }

    /// Checks an answer to a given input: the schema, and what the kind demands of the two together (as many
    /// replies as turns and ranks as responses, passages within the text; where there is a response to grade, a verdict on each of the task's criteria, their ids and texts
    /// unchanged, and none beside them).
    ///
    /// # Errors
    /// Every place of the answer that is wrong, up to 20.
    pub fn check_submission(&self, input: &Value, answer: &Value) -> Result<(), Violations> {
        self.check_answer(answer)?;
        semantics::check(self.document.kind, input, answer)
    }

    /// What of a task's input an answer must heed, in bytes that are equal for inputs that ask the same. They hold the lab's words.
    #[must_use]
    pub fn asks(&self, input: &Value) -> Vec<u8> {
        semantics::asks(self.document.kind, input)
    }

    /// Checks an answer to an input that is not at hand, by what it [asks](Self::asks): `is` tells whether that is it.
    ///
    /// # Errors
    /// As [`Self::check_submission`], with less about which criterion is not the task's.
    pub fn check_unseen(&self, answer: &Value, is: &dyn Fn(&[u8]) -> bool) -> Result<(), Violations> {
        self.check_answer(answer)?;
        semantics::check_unseen(self.document.kind, answer, is)
    }

    /// The label of an answer that agreement is computed on, as text; none where the answer leaves it out. Of ranks it is which
    /// response is the best, and of several labels all of them, whatever their order.
    #[must_use]
    pub fn label(&self, answer: &Value) -> Option<String> {
        let agreement = self.document.layout.agreement.as_ref()?;
        let value = answer
            .pointer(&agreement.field)
            .filter(|value| !value.is_null())?;
        match (self.document.kind, agreement.field.as_str()) {
            (TemplateKind::Ranking, "/ranks") => ranking::best(answer),
            _ => Some(set_text(value)),
        }
    }
}

/// Whether an answer says of its input only what is so: as many ranks as responses, passages that the text has.
pub(crate) fn fits(kind: TemplateKind, input: &Value, answer: &Value) -> bool {
    semantics::check(kind, input, answer).is_ok()
}

/// A list as the set it is: its items in one order.
fn set_text(value: &Value) -> String {
    let Some(items) = value.as_array() else {
        return label_text(value);
    };
    let mut items: Vec<String> = items.iter().map(label_text).collect();
    items.sort_unstable();
    items.join(", ")
}

/// Where a document is no JSON, the line says more than what was open there.
fn place(problem: &strict_json::Problem) -> &str {
    if problem.syntax { "" } else { &problem.pointer }
}

fn check_bounds(value: &Value) -> Result<(), Violations> {
    strict_json::check(value, &VALUE_BOUNDS)
        .map_err(|problem| Violations::one(problem.pointer, problem.reason))
}
