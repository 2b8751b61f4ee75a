//! The rows of a delivery, in the forms that training tools read.
//!
//! | Format | A row | Source |
//! |---|---|---|
//! | `openai-chat` | `{"messages":[{"role","content"},…]}` | OpenAI, *Supervised fine-tuning* |
//! | `openai-preference` | `{"input":{"messages","tools","parallel_tool_calls"},"preferred_output","non_preferred_output"}` | OpenAI, *Direct preference optimization* |
//! | `trl-preference` | `{"prompt","chosen","rejected"}`, texts | TRL, *Dataset formats*: preference, standard, explicit prompt |
//! | `trl-preference-chat` | `{"prompt","chosen","rejected"}`, lists of messages | the same, conversational |
//! | `tasks` | `{"id","kind","input","answer"}` | our own; takes every kind of task |
//!
//! A row is one line of JSON with a fixed order of keys, so that equal work gives equal bytes.

mod chat;
mod format;
mod preference;
mod read;
mod resolve;
mod row;
mod task;
#[cfg(test)]
mod tests;
mod votes;

use serde_json::Value;

pub use format::{DeliveryFormat, UnknownDeliveryFormat};
pub use read::{ReadError, Readback, read};
pub use resolve::{LeftOut, Tally, are_votes, resolve, same};
pub use row::{Message, Role, Row};

use crate::template::{TemplateKind, fits};

/// One task with its resolved answer (see [`resolve`]).
#[derive(Clone, Copy, Debug)]
pub struct Resolved<'a> {
    /// The kind of its template.
    pub kind: TemplateKind,
    /// The lab's own name of the task.
    pub external_id: Option<&'a str>,
    /// Its input.
    pub input: &'a Value,
    /// The answer.
    pub answer: &'a Value,
}

/// Writes the rows of one task: one, but for the preferences of a ranking, which is one for every two responses of which one stands before
/// the other (Ouyang and others 2022, section 3.5), the best before the others first.
///
/// # Errors
/// [`LeftOut`] when the task has no row in this format: a tie has no preferred response, and a task of the
/// project's own template may lack what the format needs.
pub fn write(format: DeliveryFormat, task: &Resolved<'_>) -> Result<Vec<Row>, LeftOut> {
    if !format.suits(task.kind) {
        return Err(LeftOut::OtherKind);
    }
    // Of the words themselves, whoever took the answer in has seen none.
    let quotes = matches!(task.kind, TemplateKind::Ranking | TemplateKind::Spans);
    if quotes && !fits(task.kind, task.input, task.answer) {
        return Err(LeftOut::Unfit);
    }
    match format {
        DeliveryFormat::OpenAiChat => chat::write(task).map(|row| vec![row]),
        DeliveryFormat::OpenAiPreference => preference::rows(task, preference::openai),
        DeliveryFormat::TrlPreference => preference::rows(task, preference::trl_text),
        DeliveryFormat::TrlPreferenceChat => preference::rows(task, preference::trl_chat),
        DeliveryFormat::Tasks => task::write(task).map(|row| vec![row]),
    }
}

fn text<'v>(value: &'v Value, field: &'static str) -> Result<&'v str, LeftOut> {
    value
        .get(field)
        .and_then(Value::as_str)
        .ok_or(LeftOut::Lacks(field))
}
