//! Answers made up from a task, for files that record none: they have the form of real ones, and say nothing wise.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use cofferdam_work::template::TemplateKind;
use serde_json::{Value, json};

const MOST_QUOTED: usize = 160;
const MOST_CRITERIA: usize = 8;

/// An answer that fits the task's input; none where that is not as its kind has it.
pub(super) fn answer(kind: TemplateKind, input: &Value) -> Option<Value> {
    let text = |field: &str| input.get(field).and_then(Value::as_str);
    let list = |field: &str| input.get(field).and_then(Value::as_array);
    match kind {
        TemplateKind::PairwisePreference => Some(preference(text("response_a")?, text("response_b")?)),
        TemplateKind::Ranking => Some(ranking(list("responses")?)),
        TemplateKind::Rubric => Some(rubric(text("prompt")?, input)),
        TemplateKind::Chat => {
            let turns = list("turns")?.iter().filter_map(Value::as_str);
            let replies: Vec<String> = turns.enumerate().map(reply).collect();
            (!replies.is_empty()).then(|| json!({ "replies": replies }))
        }
        TemplateKind::Classification => Some(json!({ "labels": [label(text("body")?)] })),
        TemplateKind::Spans => Some(json!({ "spans": spans(text("body")?) })),
        TemplateKind::Freeform => {
            Some(json!({ "text": format!("In one sentence: {}", quoted(text("body")?)) }))
        }
    }
}

/// The longer, the better; those as long as each other share a rank.
fn ranking(responses: &[Value]) -> Value {
    let long = |response: &Value| response.as_str().map_or(0, |text| text.chars().count());
    let lengths: Vec<usize> = responses.iter().map(long).collect();
    let places: BTreeSet<Reverse<usize>> = lengths.iter().copied().map(Reverse).collect();
    let ranks: Vec<usize> = lengths
        .iter()
        .map(|long| places.range(..=Reverse(*long)).count())
        .collect();
    json!({ "ranks": ranks, "reason": "The fuller reply helps more." })
}

/// What the words of a text look like, of the built-in template's labels.
fn label(body: &str) -> &'static str {
    let words = body.to_lowercase();
    let signs = [
        ("summar", "summarization"),
        ("rewrite", "rewrite"),
        ("extract", "extract"),
        ("ideas", "brainstorming"),
        ("write", "generation"),
        ("?", "open-qa"),
    ];
    let found = signs.iter().find(|(sign, _)| words.contains(sign));
    found.map_or("other", |(_, label)| label)
}

/// The longest word, where there is any.
fn spans(body: &str) -> Vec<Value> {
    let longest = body.split_whitespace().max_by_key(|word| word.len());
    let span = longest.and_then(|word| {
        let start = body[..body.find(word)?].chars().count();
        let end = start + word.chars().count();
        let fits = end <= 100_000;
        fits.then(|| json!({ "start": start, "end": end, "label": "unclear", "text": word }))
    });
    span.into_iter().collect()
}

fn reply((index, turn): (usize, &str)) -> String {
    let asked = quoted(turn);
    let words = turn.split_whitespace().count();
    match index {
        0 => format!(
            "You ask: {asked} I would go about it in three steps: settle what is given, do what is asked in the order \
             of your {words} words, and check the result against each of them."
        ),
        _ => format!(
            "To your further request, {asked} I keep what I said before where it still holds, and change only what \
             these {words} words ask for."
        ),
    }
}

/// The longer response, unless both are about as long: a rule that needs no judgement, and leaves ties.
fn preference(a: &str, b: &str) -> Value {
    let (long_a, long_b) = (a.chars().count(), b.chars().count());
    let choice = match long_a.abs_diff(long_b) * 10 > long_a.max(long_b) {
        false => "tie",
        true if long_a > long_b => "a",
        true => "b",
    };
    json!({ "choice": choice, "reason": format!("A has {long_a} characters, B {long_b}; the fuller reply helps more.") })
}

/// The criteria proposed so far; graded where there is a response, and one from each sentence where there are none.
fn rubric(prompt: &str, input: &Value) -> Value {
    let proposed = input
        .get("criteria")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    let mut criteria = if proposed.is_empty() {
        from_sentences(prompt)
    } else {
        proposed
    };
    if input.get("response").is_some_and(Value::is_string) {
        criteria
            .iter_mut()
            .for_each(|criterion| criterion["verdict"] = json!("unclear"));
    }
    json!({ "criteria": criteria })
}

fn from_sentences(prompt: &str) -> Vec<Value> {
    let sentences = prompt
        .split_inclusive(['.', '?', '!'])
        .map(str::trim)
        .filter(|s| s.len() > 10);
    let criteria = sentences
        .take(MOST_CRITERIA)
        .map(|s| json!({ "text": format!("Takes account of: {}", quoted(s)) }));
    let mut all: Vec<Value> = criteria.collect();
    if all.is_empty() {
        all.push(json!({ "text": format!("Answers what was asked: {}", quoted(prompt)) }));
    }
    all
}

/// The beginning of a text, in quotation marks.
fn quoted(text: &str) -> String {
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut start: String = flat.chars().take(MOST_QUOTED).collect();
    if start.len() < flat.len() {
        start.push('…');
    }
    format!("“{start}”")
}

#[cfg(test)]
mod tests {
    use super::*;
    use cofferdam_work::template::Template;

    #[test]
    fn what_is_made_up_fits_the_templates() {
        let inputs = [
            (
                TemplateKind::Chat,
                json!({"turns": ["What is a weir?", "And a cofferdam?"]}),
            ),
            (
                TemplateKind::PairwisePreference,
                json!({"prompt": "p", "response_a": "short", "response_b": "much longer"}),
            ),
            (
                TemplateKind::Rubric,
                json!({"prompt": "Name three rivers of Europe. Say where they end."}),
            ),
            (
                TemplateKind::Rubric,
                json!({"prompt": "p", "response": "r", "criteria": [{"text": "t"}]}),
            ),
            (
                TemplateKind::Ranking,
                json!({"prompt": "p", "responses": ["one", "another", "a longer one", "two"]}),
            ),
            (TemplateKind::Classification, json!({"body": "Name a river."})),
            (TemplateKind::Spans, json!({"body": "Überlänge — yes."})),
            (TemplateKind::Spans, json!({"body": " "})),
            (TemplateKind::Freeform, json!({"body": "A long text."})),
        ];
        for (kind, input) in inputs {
            let template = Template::builtin(kind).unwrap();
            let answer = answer(kind, &input).unwrap();
            assert!(
                template.check_submission(&input, &answer).is_ok(),
                "{kind}: {answer}"
            );
        }
    }
}
