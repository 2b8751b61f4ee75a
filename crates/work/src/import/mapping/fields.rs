//! Which fields the tasks of each kind have, and under which names other people's files hold them.

use crate::template::TemplateKind;

/// One field that a column can fill.
pub(super) struct Field {
    /// Our name, which is also the name in `field=column`.
    pub(super) name: &'static str,
    /// Columns that fill it unasked, in order of preference, normalised (see [`normalise`]).
    pub(super) columns: &'static [&'static str],
}

const fn field(name: &'static str, columns: &'static [&'static str]) -> Field {
    Field { name, columns }
}

/// The field that several columns can fill: one annotator's vote each.
pub(in crate::import) const VOTE: &str = "vote";

/// The field of a ranking that several columns can fill: one response each.
pub(in crate::import) const RESPONSES: &str = "response";

/// Whether several columns can fill a field: each annotator's votes, and the responses of a ranking.
pub(super) fn takes_several(kind: TemplateKind, field: &str) -> bool {
    field == VOTE || (kind == TemplateKind::Ranking && field == RESPONSES)
}

const ID: Field = field(
    "id",
    &["id", "external_id", "idx", "task_id", "question_id", "uid"],
);
const ANSWERS: Field = field("answers", &["answers"]);
const CATEGORY: Field = field("category", &["category", "workflow", "topic"]);

const PAIRWISE: &[Field] = &[
    ID,
    field("prompt", &["prompt", "instruction", "question", "query"]),
    field("context", &["context", "input"]),
    field(
        "response_a",
        &[
            "response_a",
            "response1",
            "response_1",
            "answer_a",
            "output_1",
            "completion_a",
        ],
    ),
    field(
        "response_b",
        &[
            "response_b",
            "response2",
            "response_2",
            "answer_b",
            "output_2",
            "completion_b",
        ],
    ),
    CATEGORY,
    field(VOTE, &[]),
    ANSWERS,
];
const RANKING: &[Field] = &[
    ID,
    field("prompt", &["prompt", "instruction", "question", "query"]),
    field("context", &["context", "input"]),
    field("responses", &["responses", "completions", "candidates"]),
    field(RESPONSES, &[]),
    CATEGORY,
    ANSWERS,
];
const RUBRIC: &[Field] = &[
    ID,
    field("prompt", &["prompt", "instruction", "question", "query"]),
    CATEGORY,
    field("response", &["response", "completion", "output"]),
    field("criteria", &["criteria"]),
    field(
        "criterion",
        &[
            "criterion",
            "criterion_text",
            "criterion_description",
            "description",
        ],
    ),
    field("criterion_id", &["criterion_id"]),
    field(
        "criterion_kind",
        &["criterion_kind", "criterion_type", "criteria_type"],
    ),
    field(
        "criterion_required",
        &["criterion_required", "hurdle_tag", "required"],
    ),
    field("criterion_weight", &["criterion_weight", "weight", "points"]),
    ANSWERS,
];
const CHAT: &[Field] = &[
    ID,
    field("system", &["system", "system_prompt"]),
    field("messages", &["messages"]),
    field("turns", &["turns"]),
    field("prompt", &["prompt", "question", "instruction", "query"]),
    field("context", &["context", "input"]),
    CATEGORY,
    field(
        "reply",
        &[
            "reply",
            "answer",
            "completion",
            "response",
            "output",
            "ground_truth",
        ],
    ),
    ANSWERS,
];
const CLASSIFICATION: &[Field] = &[
    ID,
    field("title", &["title"]),
    field("body", &["body", "text", "prompt"]),
    CATEGORY,
    field("labels", &["labels", "label"]),
    ANSWERS,
];
const SPANS: &[Field] = &[
    ID,
    field("title", &["title"]),
    field("context", &["context", "prompt", "question", "instruction"]),
    field("body", &["body", "text", "response", "output", "completion"]),
    CATEGORY,
    ANSWERS,
];
const FREEFORM: &[Field] = &[
    ID,
    field("title", &["title"]),
    field("body", &["body", "text"]),
    CATEGORY,
    field("reply", &["reply"]),
    ANSWERS,
];

pub(super) const fn of(kind: TemplateKind) -> &'static [Field] {
    match kind {
        TemplateKind::PairwisePreference => PAIRWISE,
        TemplateKind::Ranking => RANKING,
        TemplateKind::Rubric => RUBRIC,
        TemplateKind::Chat => CHAT,
        TemplateKind::Classification => CLASSIFICATION,
        TemplateKind::Spans => SPANS,
        TemplateKind::Freeform => FREEFORM,
    }
}

/// What must be there for a kind: of each group, one field. `detected` asks for more than an explicit kind does,
/// so that a file with a mere prompt is not taken for a rubric.
pub(super) const fn needs(kind: TemplateKind, detected: bool) -> &'static [&'static [&'static str]] {
    match (kind, detected) {
        (TemplateKind::PairwisePreference, _) => &[&["prompt"], &["response_a"], &["response_b"]],
        (TemplateKind::Ranking, _) => &[&["prompt"], &["responses", RESPONSES]],
        (TemplateKind::Rubric, true) => &[&["prompt"], &["criteria", "criterion"]],
        (TemplateKind::Rubric, false) => &[&["prompt"]],
        (TemplateKind::Chat, _) => &[&["messages", "turns", "prompt"]],
        (TemplateKind::Classification | TemplateKind::Spans | TemplateKind::Freeform, _) => &[&["body"]],
    }
}

/// A column's name in lower case, with `_` for everything that is neither letter nor digit.
pub(super) fn normalise(column: &str) -> String {
    let mut name = String::with_capacity(column.len());
    for c in column.trim().chars() {
        if c.is_alphanumeric() {
            name.extend(c.to_lowercase());
        } else if !name.ends_with('_') {
            name.push('_');
        }
    }
    name.trim_matches('_').to_owned()
}

/// What columns of several responses are called, before their number or letter.
const STEMS: [&str; 5] = ["response", "answer", "output", "completion", "candidate"];

/// The columns of several responses among those of a file, in the order of their numbers: `response_1`, `response_2`, … or
/// `answer_a`, `answer_b`, … Of one name: where two are called so, the one of which there are more.
pub(super) fn responses(names: &[(String, &String)]) -> Vec<String> {
    let called = |stem: &&str| {
        let placed = names
            .iter()
            .filter_map(|(name, column)| Some((place(name, stem)?, *column)));
        let mut placed: Vec<(u64, &String)> = placed.collect();
        placed.sort_by_key(|(place, _)| *place);
        placed
    };
    let most = STEMS
        .iter()
        .map(called)
        .rev()
        .max_by_key(Vec::len)
        .unwrap_or_default();
    most.into_iter().map(|(_, column)| column.clone()).collect()
}

fn place(normalised: &str, stem: &str) -> Option<u64> {
    let name = normalised.strip_prefix(stem)?.trim_start_matches('_');
    match name.as_bytes() {
        [letter @ b'a'..=b'i'] => Some(u64::from(letter - b'a') + 1),
        [b'1'..=b'9', ..] if name.len() < 3 => name.parse().ok(),
        _ => None,
    }
}

/// Whether a normalised name is that of one annotator's column: `annotator1`, `rater_2`.
pub(super) fn is_vote(normalised: &str) -> bool {
    ["annotator", "rater", "judge", "labeler", "labeller"]
        .iter()
        .any(|stem| {
            normalised
                .strip_prefix(stem)
                .map(|rest| rest.trim_start_matches('_'))
                .is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_normalised() {
        assert_eq!(normalise(" Task ID "), "task_id");
        assert_eq!(normalise("Shop vs. Product"), "shop_vs_product");
        assert!(is_vote("annotator1") && is_vote("rater_12"));
        assert!(!is_vote("annotator") && !is_vote("annotator1x") && !is_vote("votes"));
    }

    #[test]
    fn what_a_kind_needs_is_among_its_fields() {
        for kind in TemplateKind::ALL {
            for name in needs(kind, true)
                .iter()
                .chain(needs(kind, false))
                .flat_map(|group| group.iter())
            {
                assert!(of(kind).iter().any(|field| field.name == *name), "{kind}: {name}");
            }
        }
    }
}
