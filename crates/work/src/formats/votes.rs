//! What more than half of a task's annotators say, part by part, where answers are votes.
//!
//! Each part is decided by absolute majority and none by an order of the answers: a preference as a whole, a ranking response against
//! response, a classification label by label.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::LeftOut;
use crate::agreement::{Majority, majority};
use crate::template::ranks;

/// The choice with more than half of the votes; a tie is a vote like any other.
pub(super) fn choice(answers: &[Value]) -> Result<Value, LeftOut> {
    let choices = answers.iter().filter_map(|answer| answer.get("choice"));
    match majority(choices.filter_map(Value::as_str)) {
        Majority::Label { label, .. } => Ok(json!({ "choice": label })),
        Majority::None => Err(LeftOut::NoMajority),
        Majority::NoVotes => Err(LeftOut::NoAnswer),
    }
}

/// The order in which one response stands before another where more than half place it so (Condorcet's rule). Where the pairs
/// make no order (each of three before the next, or equal to two that are not equal) there is none.
pub(super) fn ranking(answers: &[Value]) -> Result<Value, LeftOut> {
    let votes: Vec<Vec<u64>> = answers
        .iter()
        .map(ranks)
        .filter(|ranks| !ranks.is_empty())
        .collect();
    let responses = votes.first().ok_or(LeftOut::NoAnswer)?.len();
    if votes.iter().any(|ranks| ranks.len() != responses) {
        return Err(LeftOut::NoMajority);
    }
    let before = |one: usize, other: usize| {
        let ahead = votes.iter().filter(|ranks| ranks[one] < ranks[other]);
        ahead.count() * 2 > votes.len()
    };
    // in an order, what as many stand before shares a place
    let places: Vec<usize> = (0..responses)
        .map(|one| (0..responses).filter(|other| before(*other, one)).count())
        .collect();
    let mut pairs = (0..responses).flat_map(|one| (0..responses).map(move |other| (one, other)));
    if pairs.any(|(one, other)| before(one, other) != (places[one] < places[other])) {
        return Err(LeftOut::NoMajority);
    }
    let taken: BTreeSet<usize> = places.iter().copied().collect();
    let ranks: Vec<usize> = places.iter().map(|place| taken.range(..=place).count()).collect();
    Ok(json!({ "ranks": ranks }))
}

/// The labels that more than half give, in their own order.
pub(super) fn labels(answers: &[Value]) -> Result<Value, LeftOut> {
    let given = answers
        .iter()
        .filter_map(|answer| answer.get("labels")?.as_array());
    let (mut voters, mut counts) = (0, BTreeMap::<String, (usize, &Value)>::new());
    for labels in given {
        voters += 1;
        for label in labels {
            counts.entry(label.to_string()).or_insert((0, label)).0 += 1;
        }
    }
    if voters == 0 {
        return Err(LeftOut::NoAnswer);
    }
    let most = counts.values().filter(|(votes, _)| votes * 2 > voters);
    let labels: Vec<&Value> = most.map(|(_, label)| *label).collect();
    match labels.is_empty() {
        true => Err(LeftOut::NoMajority),
        false => Ok(json!({ "labels": labels })),
    }
}
