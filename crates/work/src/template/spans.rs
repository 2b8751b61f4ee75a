//! Passages of a text: from `start` to `end`, counted in Unicode code points from 0, as Python counts a text; the end is the first
//! point after the passage.
//!
//! Whoever takes the answer in has not read the text. Of it the task keeps a keyed mark of its length, so that a passage beyond its end is
//! refused; whether the quoted words are its own is checked where both are read: in the review, and before a delivery.

use serde_json::{Value, json};

use super::semantics::{list, refused, wrong};
use super::{Violation, Violations};
use crate::strict_json::thousands;

/// Code points of a text whose passages are marked. Bounds what a length is looked for in.
pub(super) const MOST_POINTS: usize = 100_000;

fn points(input: &Value) -> Option<usize> {
    let body = input.get("body").and_then(Value::as_str)?;
    Some(body.chars().count())
}

fn bounds(span: &Value) -> Option<(usize, usize)> {
    let member = |name: &str| span.get(name).and_then(Value::as_u64);
    let at = |name: &str| member(name).and_then(|at| usize::try_from(at).ok());
    at("start").zip(at("end"))
}

/// Refuses passages that are empty, out of order or there twice.
pub(super) fn sound(answer: &Value) -> Vec<Violation> {
    let spans = list(answer, "spans");
    let mut found = Vec::new();
    for (at, span) in spans.iter().enumerate() {
        let Some((start, end)) = bounds(span) else {
            continue;
        };
        let before = at.checked_sub(1).and_then(|before| spans.get(before));
        let place = (start, end, span.get("label"));
        let earlier = spans[..at].iter();
        let mut same =
            earlier.map(|other| bounds(other).map(|(start, end)| (start, end, other.get("label"))));
        if start >= end {
            let reason = format!("must be more than {start}, where the passage begins");
            found.push(wrong(format!("/spans/{at}/end"), reason));
        } else if before
            .and_then(bounds)
            .is_some_and(|(earlier, _)| earlier > start)
        {
            let reason = "must not be less than that of the passage before: they stand by their start";
            found.push(wrong(format!("/spans/{at}/start"), reason));
        } else if let Some(first) = same.position(|other| other == Some(place)) {
            let reason = format!("is passage {} again", first + 1);
            found.push(wrong(format!("/spans/{at}"), reason));
        }
    }
    found
}

pub(super) fn asks(input: &Value) -> Vec<u8> {
    of_length(points(input))
}

fn of_length(points: Option<usize>) -> Vec<u8> {
    json!(["spans", points]).to_string().into_bytes()
}

/// Holds passages against the text: that they lie within it, and that what they quote is its own.
pub(super) fn check(input: &Value, answer: &Value) -> Result<(), Violations> {
    let Some(body) = input.get("body").and_then(Value::as_str) else {
        return Ok(());
    };
    let starts: Vec<usize> = body
        .char_indices()
        .map(|(at, _)| at)
        .chain([body.len()])
        .collect();
    within(answer, starts.len() - 1)?;
    let mut found = Vec::new();
    for (at, span) in list(answer, "spans").iter().enumerate() {
        let quoted = span.get("text").and_then(Value::as_str);
        let own = bounds(span).map(|(start, end)| &body[starts[start]..starts[end]]);
        if quoted.is_some() && quoted != own {
            found.push(wrong(
                format!("/spans/{at}/text"),
                "is not what the text has there",
            ));
        }
    }
    refused(found)
}

pub(super) fn check_unseen(answer: &Value, is: &dyn Fn(&[u8]) -> bool) -> Result<(), Violations> {
    let ends = list(answer, "spans")
        .iter()
        .filter_map(bounds)
        .map(|(_, end)| end);
    let Some(last) = ends.max() else { return Ok(()) };
    let is_long = |points: &usize| is(&of_length(Some(*points)));
    if (last..=MOST_POINTS).any(|points| is_long(&points)) || is(&of_length(None)) {
        return Ok(());
    }
    match (0..last.min(MOST_POINTS)).rev().find(is_long) {
        Some(points) => within(answer, points),
        None => Err(Violations::one("/spans", "lie beyond the end of the text")),
    }
}

fn within(answer: &Value, points: usize) -> Result<(), Violations> {
    let spans = list(answer, "spans").iter().enumerate();
    let beyond = spans.filter(|(_, span)| bounds(span).is_some_and(|(_, end)| end > points));
    let reason = format!(
        "must be at most {}, where the text ends",
        thousands(points as u64)
    );
    refused(
        beyond
            .map(|(at, _)| wrong(format!("/spans/{at}/end"), reason.as_str()))
            .collect(),
    )
}

/// What a schema of the project's own may have let through: no text longer than its length is looked for.
pub(super) fn short_enough(input: &Value) -> Result<(), Violations> {
    let beyond = points(input).filter(|points| *points > MOST_POINTS);
    let found = beyond.map(|_| {
        let reason = format!("must have at most {} characters", thousands(MOST_POINTS as u64));
        wrong("/body".to_owned(), reason)
    });
    refused(found.into_iter().collect())
}
