//! Answers made up from a task, for files that record none: they have the form of real ones, and say nothing wise.

use serde_json::{Value, json};

const MOST_QUOTED: usize = 160;
const MOST_CRITERIA: usize = 8;

/// An answer that fits the task's input, whatever its kind; none where the input is of no kind we know.
pub(super) fn answer(input: &Value) -> Option<Value> {
    let text = |field: &str| input.get(field).and_then(Value::as_str);
    if let Some(turns) = input.get("turns").and_then(Value::as_array) {
        let replies: Vec<String> = turns
            .iter()
            .filter_map(Value::as_str)
            .enumerate()
            .map(reply)
            .collect();
        return (!replies.is_empty()).then(|| json!({ "replies": replies }));
    }
    if let (Some(a), Some(b)) = (text("response_a"), text("response_b")) {
        return Some(preference(a, b));
    }
    if let Some(body) = text("body") {
        return Some(json!({ "text": format!("In one sentence: {}", quoted(body)) }));
    }
    text("prompt").map(|prompt| rubric(prompt, input))
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
    use cofferdam_work::template::{Template, TemplateKind};

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
            (TemplateKind::Freeform, json!({"body": "A long text."})),
        ];
        for (kind, input) in inputs {
            let template = Template::builtin(kind).unwrap();
            let answer = answer(&input).unwrap();
            assert!(
                template.check_submission(&input, &answer).is_ok(),
                "{kind}: {answer}"
            );
        }
    }
}
