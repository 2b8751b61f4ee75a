//! What a kind demands of an answer and its input together, which a schema of one of them cannot say.

use serde_json::Value;

use super::{TemplateKind, Violations};
use crate::strict_json::counted;

pub(super) fn check(kind: TemplateKind, input: &Value, answer: &Value) -> Result<(), Violations> {
    match kind {
        TemplateKind::Chat => replies_match_turns(input, answer),
        TemplateKind::Rubric => verdicts_are_complete(input, answer),
        TemplateKind::PairwisePreference | TemplateKind::Freeform => Ok(()),
    }
}

fn replies_match_turns(input: &Value, answer: &Value) -> Result<(), Violations> {
    let count = |value: &Value, name: &str| value.get(name).and_then(Value::as_array).map(Vec::len);
    let (Some(turns), Some(replies)) = (count(input, "turns"), count(answer, "replies")) else {
        return Ok(());
    };
    if turns == replies {
        return Ok(());
    }
    Err(Violations::one(
        "/replies",
        format!(
            "must have {}, one to each turn of the user",
            counted(turns as u64, "item")
        ),
    ))
}

/// Where a response is given to grade, every criterion needs a verdict; without one there is nothing to judge.
fn verdicts_are_complete(input: &Value, answer: &Value) -> Result<(), Violations> {
    let graded = input.get("response").is_some();
    let criteria = answer
        .get("criteria")
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default();
    for (index, criterion) in criteria.iter().enumerate() {
        match (graded, criterion.get("verdict").is_some()) {
            (true, false) => {
                let at = format!("/criteria/{index}/verdict");
                return Err(Violations::one(
                    at,
                    "is missing: the task gives a response to grade",
                ));
            }
            (false, true) => {
                let at = format!("/criteria/{index}/verdict");
                return Err(Violations::one(
                    at,
                    "must not be there: the task gives no response to grade",
                ));
            }
            _ => {}
        }
    }
    Ok(())
}
