//! One answer out of several.

use std::collections::BTreeMap;

use serde_json::Value;

use super::votes;
use crate::template::TemplateKind;

/// Why a task has no row in a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum LeftOut {
    /// The raters hold the responses equal: none is preferred.
    #[error("a tie")]
    Tie,
    /// No choice, or no answer, has more than half of the votes.
    #[error("no majority")]
    NoMajority,
    /// There is no answer yet.
    #[error("no answer")]
    NoAnswer,
    /// The format is for another kind of task.
    #[error("of a kind that the format does not take")]
    OtherKind,
    /// A field that the format needs is missing.
    #[error("without `{0}`, which the format needs")]
    Lacks(&'static str),
    /// As many replies as turns are needed.
    #[error("with a turn that has no reply")]
    MissingReply,
    /// What an answer says of its input is not so: a passage that the text does not have there, a rank too many.
    #[error("with an answer that does not fit its task")]
    Unfit,
    /// It cannot be written as JSON.
    #[error("not writable as JSON")]
    NotJson,
}

/// Whether answers of a kind are votes: more than half of them decide, whatever else was written beside them.
#[must_use]
pub const fn are_votes(kind: TemplateKind) -> bool {
    matches!(
        kind,
        TemplateKind::PairwisePreference | TemplateKind::Ranking | TemplateKind::Classification
    )
}

/// Resolves the answers of one task that stand to one.
///
/// By absolute majority: of votes part by part (a choice, ties being votes like any other; of ranks, which of two responses stands before
/// the other; label by label), and of other kinds of whole answers, so that of several that differ none stands until a reviewer has chosen.
///
/// # Errors
/// [`LeftOut::NoAnswer`] or [`LeftOut::NoMajority`].
pub fn resolve(kind: TemplateKind, answers: &[Value]) -> Result<Value, LeftOut> {
    match kind {
        TemplateKind::PairwisePreference => votes::choice(answers),
        TemplateKind::Ranking => votes::ranking(answers),
        TemplateKind::Classification => votes::labels(answers),
        TemplateKind::Rubric | TemplateKind::Chat | TemplateKind::Spans | TemplateKind::Freeform => {
            whole(answers)
        }
    }
}

fn whole(answers: &[Value]) -> Result<Value, LeftOut> {
    let more_than_half =
        |answer: &&Value| answers.iter().filter(|other| same(other, answer)).count() * 2 > answers.len();
    let none = match answers.is_empty() {
        true => LeftOut::NoAnswer,
        false => LeftOut::NoMajority,
    };
    answers.iter().find(more_than_half).cloned().ok_or(none)
}

/// Whether two answers are one: as JSON Schema compares values (draft 2020-12, section 4.2.2), so that `1` and `1.0` are the same number.
pub fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(a), Value::Number(b)) => {
            a == b || (a.is_f64() != b.is_f64() && a.as_f64() == b.as_f64())
        }
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            let found = |(key, a): (&String, &Value)| b.get(key).is_some_and(|b| same(a, b));
            a.len() == b.len() && a.iter().all(found)
        }
        (one, other) => one == other,
    }
}

/// What became of a project's tasks in one delivery.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Tasks with a row.
    pub rows: u64,
    /// Tasks without, by reason.
    pub left_out: BTreeMap<LeftOut, u64>,
}

impl Tally {
    /// Counts one task.
    pub fn count<T>(&mut self, outcome: &Result<T, LeftOut>) {
        match outcome {
            Ok(_) => self.rows += 1,
            Err(reason) => *self.left_out.entry(*reason).or_default() += 1,
        }
    }
}
