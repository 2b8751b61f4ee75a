//! Where in a file something within a task comes from, so that what is wrong is named as its maker wrote it.
//!
//! Worked out only once something is wrong: rows that are in order pay nothing for it.

use serde_json::Value;

use super::super::Limits;
use super::super::mapping::{Mapping, RESPONSES, VOTE};
use super::super::raw::{Literals, Place, Record};
use super::chat::is_system;
use super::row::Row;
use super::{EXPERT, REFERENCE};
use crate::strict_json::{first_step, step};
use crate::template::TemplateKind;

/// What a task was made of.
#[derive(Clone, Copy)]
pub(in crate::import) enum Made<'a> {
    /// One row.
    Of(&'a Record),
    /// A row for each criterion; beside them, how numbers of the first stand in the file.
    OfCriteria(&'a [Place], &'a Literals),
}

/// A place in the file.
pub(in crate::import) struct Spot {
    /// The row, where it is not the task's first.
    pub(in crate::import) row: Option<Place>,
    /// The JSON pointer from the row on: the column, and what is within its value; empty for the row itself.
    pub(in crate::import) field: String,
}

/// Tells where things of one task come from.
pub(in crate::import) struct Origin<'a> {
    pub(in crate::import) made: Made<'a>,
    pub(in crate::import) mapping: &'a Mapping,
    pub(in crate::import) limits: &'a Limits,
}

impl Origin<'_> {
    /// Where what stands at a JSON pointer of the input comes from.
    pub(in crate::import) fn of_input(&self, pointer: &str) -> Spot {
        let (top, rest) = first_step(pointer);
        match (self.made, top.as_str()) {
            (Made::OfCriteria(places, _), "criteria") => self.criterion(places, rest),
            (Made::Of(record), "turns") if self.mapping.kind == TemplateKind::Chat => {
                here(self.turn(&self.row(record), rest))
            }
            (Made::Of(record), "responses") if self.mapping.kind == TemplateKind::Ranking => {
                here(self.response(&self.row(record), rest))
            }
            (Made::Of(record), "system") if self.messages(&self.row(record)).is_some() => {
                here(format!("{}/0/content", self.column("messages")))
            }
            _ => here(format!("{}{rest}", self.column(&top))),
        }
    }

    /// Where what stands at a JSON pointer of a recorded answer comes from.
    pub(in crate::import) fn of_answer(&self, annotator: &str, pointer: &str) -> Spot {
        if self
            .mapping
            .columns
            .get(VOTE)
            .is_some_and(|columns| columns.iter().any(|column| column == annotator))
        {
            return here(step(annotator));
        }
        let (top, rest) = first_step(pointer);
        match self.made {
            Made::OfCriteria(places, _) if annotator == EXPERT => match top.as_str() {
                "criteria" => self.criterion(places, rest),
                _ => here(self.column("criterion")),
            },
            Made::Of(record) if annotator == REFERENCE => here(self.reply(&self.row(record), pointer)),
            _ => here(format!("{}{}{pointer}", self.column("answers"), step(annotator))),
        }
    }

    /// How the number that fills a member of the input stands in the file.
    pub(in crate::import) fn literal(&self, member: &str) -> Option<&String> {
        let literals = match self.made {
            Made::Of(record) => &record.literals,
            Made::OfCriteria(_, literals) => literals,
        };
        literals.get(self.mapping.column(member).unwrap_or(member))
    }

    /// Whether a column fills a member of the input.
    pub(in crate::import) fn fills(&self, member: &str) -> bool {
        let fields: &[&str] = match (self.mapping.kind, member) {
            (TemplateKind::Chat, "turns") => &["prompt", "turns", "messages"],
            (TemplateKind::Chat, "system") => &["system", "messages"],
            (TemplateKind::Ranking, "responses") => &["responses", RESPONSES],
            (TemplateKind::Rubric, "criteria") => &["criteria", "criterion"],
            _ => return self.mapping.column(member).is_some(),
        };
        fields.iter().any(|field| self.mapping.column(field).is_some())
    }

    fn row<'r>(&'r self, record: &'r Record) -> Row<'r> {
        Row {
            record,
            mapping: self.mapping,
            limits: self.limits,
        }
    }

    /// The step to the column that fills a field; to the field's own name where none does.
    fn column(&self, field: &str) -> String {
        step(self.mapping.column(field).unwrap_or(field))
    }

    /// The messages of a row, where it gives any.
    fn messages(&self, row: &Row<'_>) -> Option<Vec<Value>> {
        match row.structure("messages") {
            Ok(Some(Value::Array(messages))) => Some(messages),
            _ => None,
        }
    }

    fn turn(&self, row: &Row<'_>, rest: &str) -> String {
        if let Some(messages) = self.messages(row) {
            return self.message(&messages, index(rest).0.map(|turn| turn * 2));
        }
        match row.structure("turns") {
            Ok(Some(Value::String(_))) => self.column("turns"),
            Ok(Some(_)) => format!("{}{rest}", self.column("turns")),
            _ => {
                let fields = ["prompt", "turns", "messages"];
                let filled = fields.iter().find(|field| self.mapping.column(field).is_some());
                self.column(filled.unwrap_or(&fields[0]))
            }
        }
    }

    /// Where one of several responses comes from.
    fn response(&self, row: &Row<'_>, rest: &str) -> String {
        if let Ok(Some(_)) = row.structure("responses") {
            return format!("{}{rest}", self.column("responses"));
        }
        let columns = self.mapping.columns.get(RESPONSES);
        let column = index(rest).0.and_then(|at| columns?.get(at));
        column.map_or_else(|| self.column("responses"), |column| step(column))
    }

    fn reply(&self, row: &Row<'_>, pointer: &str) -> String {
        let (top, rest) = first_step(pointer);
        if self.mapping.kind == TemplateKind::Classification && self.mapping.column("labels").is_some() {
            return match row.structure("labels") {
                Ok(Some(Value::Array(_))) => format!("{}{rest}", self.column("labels")),
                _ => self.column("labels"),
            };
        }
        if let Some(messages) = self.messages(row) {
            return self.message(&messages, index(rest).0.map(|reply| reply * 2 + 1));
        }
        match row.structure("reply") {
            Ok(Some(Value::Array(_))) if top == "replies" => format!("{}{rest}", self.column("reply")),
            Ok(Some(_)) => self.column("reply"),
            _ => format!("{}/{REFERENCE}{pointer}", self.column("answers")),
        }
    }

    /// A message by its place in the conversation, from 0; the whole list where it is of none of them.
    fn message(&self, messages: &[Value], place: Option<usize>) -> String {
        let column = self.column("messages");
        let system = messages
            .first()
            .and_then(|first| first["role"].as_str())
            .is_some_and(is_system);
        match place {
            Some(place) => format!("{column}/{}/content", place + usize::from(system)),
            None => column,
        }
    }

    fn criterion(&self, places: &[Place], rest: &str) -> Spot {
        let (at, member) = index(rest);
        let field = match first_step(member).0.as_str() {
            "id" => "criterion_id",
            "kind" => "criterion_kind",
            "required" => "criterion_required",
            "weight" => "criterion_weight",
            _ => "criterion",
        };
        Spot {
            row: at.and_then(|at| places.get(at)).copied(),
            field: self.column(field),
        }
    }
}

const fn here(field: String) -> Spot {
    Spot { row: None, field }
}

/// The first step of a JSON pointer as a place in a list, where it is one, and the rest.
fn index(pointer: &str) -> (Option<usize>, &str) {
    let (place, rest) = first_step(pointer);
    (place.parse().ok(), rest)
}
