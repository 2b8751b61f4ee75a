//! What the contractors of a project answer: what a file recorded, or, where it recorded nothing, what they make up.

use std::collections::{BTreeMap, HashMap};

use cofferdam_work::import::ImportedTask;
use cofferdam_work::template::TemplateKind;
use serde_json::Value;

use super::simulated;

/// The answers of one project.
pub(super) enum Book {
    /// As the file has them.
    Recorded(Recorded),
    /// Made up from the task, whose template is of this kind.
    Simulated(TemplateKind),
}

/// Answers by the task's input. Several tasks may have the same one: they are answered in the order of the file.
pub(super) struct Recorded {
    answers: HashMap<String, Vec<Given>>,
    /// Whether somebody may give what another one gave: where each task is answered once.
    shared: bool,
}

struct Given {
    annotator: String,
    answer: Value,
    used: bool,
}

impl Book {
    /// Of tasks as they were read from their files.
    pub(super) fn of(kind: TemplateKind, tasks: &[ImportedTask], overlap: usize) -> Self {
        if tasks.iter().all(|task| task.recorded_answers.is_empty()) {
            return Self::Simulated(kind);
        }
        let mut answers: HashMap<String, Vec<Given>> = HashMap::new();
        for task in tasks {
            let given = answers.entry(canonical(&task.input)).or_default();
            given.extend(task.recorded_answers.iter().map(|recorded| Given {
                annotator: recorded.annotator.clone(),
                answer: recorded.answer.clone(),
                used: false,
            }));
        }
        Self::Recorded(Recorded {
            answers,
            shared: overlap == 1,
        })
    }

    /// Whether the answers are made up.
    pub(super) const fn is_simulated(&self) -> bool {
        matches!(self, Self::Simulated(_))
    }

    /// The next answer of an annotator to a task; none where they recorded none.
    pub(super) fn take(&mut self, input: &Value, annotator: &str) -> Option<Value> {
        match self {
            Self::Simulated(kind) => simulated::answer(*kind, input),
            Self::Recorded(recorded) => recorded.take(input, annotator),
        }
    }
}

impl Recorded {
    fn take(&mut self, input: &Value, annotator: &str) -> Option<Value> {
        let all = self.answers.get_mut(&canonical(input))?;
        let own = all
            .iter()
            .position(|given| !given.used && given.annotator == annotator);
        let any = || all.iter().position(|given| !given.used).filter(|_| self.shared);
        let given = own.or_else(any).and_then(|index| all.get_mut(index))?;
        given.used = true;
        Some(given.answer.clone())
    }
}

/// A value's text with sorted keys, so that equal values have equal texts.
fn canonical(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let sorted: BTreeMap<&String, String> = members.iter().map(|(k, v)| (k, canonical(v))).collect();
            let parts: Vec<String> = sorted.iter().map(|(k, v)| format!("{k:?}:{v}")).collect();
            format!("{{{}}}", parts.join(","))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(canonical).collect::<Vec<_>>().join(",")),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cofferdam_work::import::RecordedAnswer;
    use serde_json::json;

    fn task(input: &Value, answers: &[(&str, &str)]) -> ImportedTask {
        let recorded = |(annotator, choice): &(&str, &str)| RecordedAnswer {
            annotator: (*annotator).to_owned(),
            answer: json!({ "choice": choice }),
        };
        ImportedTask {
            row: 1,
            line: 1,
            external_id: None,
            input: input.clone(),
            recorded_answers: answers.iter().map(recorded).collect(),
        }
    }

    #[test]
    fn equal_inputs_are_answered_in_the_order_of_the_file() {
        let input = json!({"prompt": "x", "response_a": "y"});
        let tasks = [
            task(&input, &[("one", "a"), ("two", "b")]),
            task(&input, &[("one", "tie"), ("two", "a")]),
        ];
        let mut book = Book::of(TemplateKind::PairwisePreference, &tasks, 2);
        let again = json!({"response_a": "y", "prompt": "x"});
        assert_eq!(book.take(&again, "one"), Some(json!({"choice": "a"})));
        assert_eq!(book.take(&again, "two"), Some(json!({"choice": "b"})));
        assert_eq!(book.take(&again, "one"), Some(json!({"choice": "tie"})));
        assert_eq!(book.take(&again, "one"), None);
        assert_eq!(book.take(&again, "three"), None);
    }

    #[test]
    fn where_each_task_is_answered_once_anybody_may_hand_the_answer_in() {
        let input = json!({"prompt": "x"});
        let mut book = Book::of(
            TemplateKind::PairwisePreference,
            &[task(&input, &[("one", "a")])],
            1,
        );
        assert_eq!(book.take(&input, "two"), Some(json!({"choice": "a"})));
        assert_eq!(book.take(&input, "one"), None);
    }
}
