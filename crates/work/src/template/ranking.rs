//! Ranks of several responses: one to each, 1 the best, equal ones sharing a rank and none left out between them ("dense" ranks), so
//! that one order has one way of being written.

use serde_json::{Value, json};

use super::semantics::{length, list, refused, wrong};
use super::violation::MOST_VIOLATIONS;
use super::{Violation, Violations};
use crate::strict_json::counted;

/// Responses that are ranked at most: one to each key from 1 to 9.
const MOST_RANKED: usize = 9;

/// The ranks of an answer, as far as they are whole numbers.
pub(crate) fn ranks(answer: &Value) -> Vec<u64> {
    list(answer, "ranks").iter().filter_map(Value::as_u64).collect()
}

/// Which responses share the first rank, counted from 1 and joined by `=`: what annotators are compared on.
pub(super) fn best(answer: &Value) -> Option<String> {
    let ranks = ranks(answer);
    let first = ranks.iter().min()?;
    let numbers = (1..).zip(&ranks).filter(|(_, rank)| *rank == first);
    let best: Vec<String> = numbers
        .map(|(number, _): (usize, _)| number.to_string())
        .collect();
    Some(best.join("="))
}

/// Refuses ranks with one left out between them.
pub(super) fn dense(answer: &Value) -> Vec<Violation> {
    let ranks = ranks(answer);
    let gap = |rank: u64| rank > 1 && !ranks.contains(&(rank - 1));
    let beyond = (0..).zip(&ranks).filter(|(_, rank)| gap(**rank));
    let found = beyond.map(|(at, rank): (usize, _)| {
        let reason = format!("is {rank}, and no response has rank {}", rank - 1);
        wrong(format!("/ranks/{at}"), reason)
    });
    found.take(MOST_VIOLATIONS).collect()
}

pub(super) fn asks(responses: Option<usize>) -> Vec<u8> {
    json!(["ranks", responses]).to_string().into_bytes()
}

pub(super) fn check(input: &Value, answer: &Value) -> Result<(), Violations> {
    match (length(input, "responses"), length(answer, "ranks")) {
        (Some(responses), Some(ranks)) if responses != ranks => Err(one_to_each(responses)),
        _ => Ok(()),
    }
}

pub(super) fn check_unseen(answer: &Value, is: &dyn Fn(&[u8]) -> bool) -> Result<(), Violations> {
    let given = length(answer, "ranks");
    if given.is_none() || is(&asks(given)) {
        return Ok(());
    }
    let responses = (0..=MOST_RANKED).find(|responses| is(&asks(Some(*responses))));
    Err(responses.map_or_else(
        || Violations::one("/ranks", "must be one to each response"),
        one_to_each,
    ))
}

fn one_to_each(responses: usize) -> Violations {
    let items = counted(responses as u64, "item");
    Violations::one("/ranks", format!("must have {items}, one to each response"))
}

/// What a schema of the project's own may have let through: no task of more responses than keys.
pub(super) fn few_enough(input: &Value) -> Result<(), Violations> {
    let beyond = length(input, "responses").filter(|count| !(2..=MOST_RANKED).contains(count));
    let found = beyond.map(|_| {
        let reason = format!("must have 2 to {MOST_RANKED} items");
        wrong("/responses".to_owned(), reason)
    });
    refused(found.into_iter().collect())
}
