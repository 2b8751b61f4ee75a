//! What a kind demands of an answer and its input together, which a schema of one of them cannot say.
//!
//! A conversation wants one reply to each turn, a ranking one rank to each response, and passages lie within their text. A rubric whose input has a `response` is graded: each of the input's
//! criteria stands in the answer once, in any order, with its `id` and its `text` as they came and a `verdict`, and none
//! beside them; one without an `id` is told by its text. Where a graded input has no criteria, and where there is no
//! response to grade, they are the author's own to write, change, add and remove.
//!
//! Whoever hands an answer in has the input before them, sealed for everybody else: [`asks`] is what of it an answer
//! must heed, for the platform to keep a keyed mark of.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::violation::MOST_VIOLATIONS;
use super::{TemplateKind, Violation, Violations, ranking, spans};
use crate::blank::is_blank;
use crate::strict_json::{clip_pointer, counted, escape};

/// Turns of one conversation that are tried for where a number of replies is not the one.
const MOST_TURNS: usize = 1_000;

const UNLIKE: &str = "must be the criteria of the task: each of them once, with its id and its text as they came, and no others";

/// Holds an answer against itself: refuses texts of blanks alone where a text is needed (whether one may be empty, the schema says), ranks
/// with one left out, and what stands there twice.
pub(super) fn check_answer(kind: TemplateKind, schema: &Value, answer: &Value) -> Result<(), Violations> {
    refused(match kind {
        TemplateKind::Ranking => ranking::dense(answer),
        TemplateKind::Classification => twice(answer),
        TemplateKind::Spans => spans::sound(answer),
        _ => Vec::new(),
    })?;
    no_blanks(kind, schema, answer)
}

/// Labels that an answer gives twice.
fn twice(answer: &Value) -> Vec<Violation> {
    let labels = list(answer, "labels");
    let again = |(at, label): (usize, &Value)| {
        let first = labels[..at].iter().position(|earlier| earlier == label)?;
        let reason = format!("is label {} again", first + 1);
        Some(wrong(format!("/labels/{at}"), reason))
    };
    labels.iter().enumerate().filter_map(again).collect()
}

fn no_blanks(kind: TemplateKind, schema: &Value, answer: &Value) -> Result<(), Violations> {
    let mut texts = Vec::new();
    for name in list(schema, "required").iter().filter_map(Value::as_str) {
        texts.push((format!("/{}", escape(name)), answer.get(name)));
    }
    match kind {
        TemplateKind::Chat => {
            let replies = list(answer, "replies").iter().enumerate();
            texts.extend(replies.map(|(at, reply)| (format!("/replies/{at}"), Some(reply))));
        }
        TemplateKind::Rubric => texts.extend(texts_of_criteria(answer)),
        _ => {}
    }
    seen(texts)
}

/// Holds an input against itself: a criterion that cannot be seen could not be graded either, more responses than keys not be ranked, nor
/// passages of an endless text be held against its length.
pub(super) fn check_input(kind: TemplateKind, input: &Value) -> Result<(), Violations> {
    match kind {
        TemplateKind::Rubric => seen(texts_of_criteria(input)),
        TemplateKind::Ranking => ranking::few_enough(input),
        TemplateKind::Spans => spans::short_enough(input),
        _ => Ok(()),
    }
}

fn texts_of_criteria(value: &Value) -> Vec<(String, Option<&Value>)> {
    let criteria = list(value, "criteria").iter().enumerate();
    criteria
        .map(|(at, criterion)| (format!("/criteria/{at}/text"), criterion.get("text")))
        .collect()
}

fn seen(texts: Vec<(String, Option<&Value>)>) -> Result<(), Violations> {
    let blank = |text: Option<&Value>| {
        text.and_then(Value::as_str)
            .is_some_and(|text| !text.is_empty() && is_blank(text))
    };
    let unseen = texts.into_iter().filter(|(_, text)| blank(*text));
    refused(
        unseen
            .map(|(at, _)| wrong(clip_pointer(&at), "must hold something that can be seen"))
            .collect(),
    )
}

/// Holds an answer against the input itself.
pub(super) fn check(kind: TemplateKind, input: &Value, answer: &Value) -> Result<(), Violations> {
    match kind {
        TemplateKind::Chat => match (length(input, "turns"), length(answer, "replies")) {
            (Some(turns), Some(replies)) if turns != replies => Err(one_to_each(turns)),
            _ => Ok(()),
        },
        TemplateKind::Rubric => {
            let graded = input.get("response").is_some();
            verdicts(graded, answer)?;
            let given = list(input, "criteria");
            if !graded || given.is_empty() || answer.get("criteria").is_none() {
                return Ok(());
            }
            same_criteria(given, list(answer, "criteria"))
        }
        TemplateKind::Ranking => ranking::check(input, answer),
        TemplateKind::Spans => spans::check(input, answer),
        TemplateKind::PairwisePreference | TemplateKind::Classification | TemplateKind::Freeform => Ok(()),
    }
}

/// What of an input an answer must heed: equal for inputs that ask the same of it.
pub(super) fn asks(kind: TemplateKind, input: &Value) -> Vec<u8> {
    match kind {
        TemplateKind::Chat => replies(length(input, "turns")),
        TemplateKind::Rubric if input.get("response").is_some() => graded(list(input, "criteria")),
        TemplateKind::Rubric => written(),
        TemplateKind::Ranking => ranking::asks(length(input, "responses")),
        TemplateKind::Spans => spans::asks(input),
        TemplateKind::PairwisePreference | TemplateKind::Classification | TemplateKind::Freeform => {
            Vec::new()
        }
    }
}

/// Holds an answer against what its input [asks], where that can be told and not read.
pub(super) fn check_unseen(
    kind: TemplateKind,
    answer: &Value,
    is: &dyn Fn(&[u8]) -> bool,
) -> Result<(), Violations> {
    match kind {
        TemplateKind::Chat => {
            let given = length(answer, "replies");
            if given.is_none() || is(&replies(given)) || is(&replies(None)) {
                return Ok(());
            }
            let turns = (0..=MOST_TURNS).find(|turns| is(&replies(Some(*turns))));
            Err(turns.map_or_else(
                || Violations::one("/replies", "must be one to each turn of the user"),
                one_to_each,
            ))
        }
        TemplateKind::Rubric => {
            let is_graded = !is(&written());
            verdicts(is_graded, answer)?;
            let criteria = list(answer, "criteria");
            if !is_graded || answer.get("criteria").is_none() || is(&graded(criteria)) || is(&graded(&[])) {
                return Ok(());
            }
            refused(repeated(criteria))?;
            Err(Violations::one("/criteria", UNLIKE))
        }
        TemplateKind::Ranking => ranking::check_unseen(answer, is),
        TemplateKind::Spans => spans::check_unseen(answer, is),
        TemplateKind::PairwisePreference | TemplateKind::Classification | TemplateKind::Freeform => Ok(()),
    }
}

fn replies(turns: Option<usize>) -> Vec<u8> {
    json!(["replies", turns]).to_string().into_bytes()
}

fn written() -> Vec<u8> {
    json!(["written"]).to_string().into_bytes()
}

fn graded(criteria: &[Value]) -> Vec<u8> {
    let mut told: Vec<_> = criteria.iter().map(told_by).collect();
    told.sort_unstable();
    json!(["graded", told]).to_string().into_bytes()
}

/// The id and the text of a criterion.
fn told_by(criterion: &Value) -> (Option<&str>, Option<&str>) {
    let member = |name: &str| criterion.get(name).and_then(Value::as_str);
    (member("id"), member("text"))
}

fn one_to_each(turns: usize) -> Violations {
    let items = counted(turns as u64, "item");
    Violations::one(
        "/replies",
        format!("must have {items}, one to each turn of the user"),
    )
}

/// Where a response is given to grade, every criterion needs a verdict; without one there is nothing to judge.
fn verdicts(graded: bool, answer: &Value) -> Result<(), Violations> {
    let criteria = list(answer, "criteria").iter().enumerate();
    let unfit = criteria.filter(|(_, criterion)| criterion.get("verdict").is_some() != graded);
    let reason = if graded {
        "is missing: the task gives a response to grade"
    } else {
        "must not be there: the task gives no response to grade"
    };
    refused(
        unfit
            .map(|(at, _)| wrong(format!("/criteria/{at}/verdict"), reason))
            .collect(),
    )
}

/// Ids that an answer's criteria have twice.
fn repeated(criteria: &[Value]) -> Vec<Violation> {
    let mut ids = BTreeMap::new();
    let mut found = Vec::new();
    for (at, criterion) in criteria.iter().enumerate() {
        let Some(id) = told_by(criterion).0 else { continue };
        if let Some(first) = ids.insert(id, at) {
            let reason = format!("is that of criterion {} too", first + 1);
            found.push(wrong(format!("/criteria/{at}/id"), reason));
        }
    }
    found
}

fn same_criteria(given: &[Value], criteria: &[Value]) -> Result<(), Violations> {
    let mut left: Vec<_> = given.iter().map(told_by).collect();
    let unlike: Vec<_> = criteria
        .iter()
        .enumerate()
        .map(|(at, criterion)| (at, told_by(criterion)))
        .filter(|(_, told)| match left.iter().position(|one| one == told) {
            Some(place) => {
                left.swap_remove(place);
                false
            }
            None => true,
        })
        .collect();
    let twice = repeated(criteria);
    let mut found = Vec::new();
    for (at, (id, _)) in unlike {
        let again = format!("/criteria/{at}/id");
        if let Some(place) = left.iter().position(|one| id.is_some() && one.0 == id) {
            left.swap_remove(place);
            let reason = "must be as it came: this task is to grade, not to revise";
            found.push(wrong(format!("/criteria/{at}/text"), reason));
        } else if !twice.iter().any(|violation| violation.pointer == again) {
            found.push(wrong(format!("/criteria/{at}"), "is none of the task's criteria"));
        }
    }
    found.extend(twice);
    if !left.is_empty() {
        let lacking = left.len();
        let are = if lacking == 1 { "one is" } else { "some are" };
        let reason = format!(
            "must hold each of the task's {} criteria: {are} missing",
            given.len()
        );
        found.push(wrong("/criteria".into(), reason));
    }
    refused(found)
}

pub(super) fn list<'v>(value: &'v Value, name: &str) -> &'v [Value] {
    value
        .get(name)
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default()
}

pub(super) fn length(value: &Value, name: &str) -> Option<usize> {
    value.get(name).and_then(Value::as_array).map(Vec::len)
}

pub(super) fn wrong(pointer: String, reason: impl Into<String>) -> Violation {
    Violation {
        pointer,
        reason: reason.into(),
        lacks: None,
        other_type: false,
    }
}

pub(super) fn refused(mut found: Vec<Violation>) -> Result<(), Violations> {
    found.truncate(MOST_VIOLATIONS);
    if found.is_empty() {
        Ok(())
    } else {
        Err(Violations(found))
    }
}
