//! Decides on a mapping.

use std::collections::BTreeMap;

use super::fields::{self, Field, RESPONSES, VOTE};
use super::{Mapping, listed};
use crate::strict_json::clip;
use crate::template::TemplateKind;

/// Why the columns cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MappingError {
    /// No template fits.
    #[error(
        "the columns fit no template. Found: {found}. {needs}. Name a column with field=column, as in prompt=Question"
    )]
    NoTemplate {
        /// The columns found.
        found: String,
        /// What each template would need.
        needs: String,
    },
    /// The template that was asked for does not fit.
    #[error(
        "the columns do not make a `{kind}`: {missing} is missing. Found: {found}. {needs}. Name a column with field=column, as in prompt=Question"
    )]
    Missing {
        /// The template asked for.
        kind: TemplateKind,
        /// The field that no column fills.
        missing: String,
        /// The columns found.
        found: String,
        /// What the template needs.
        needs: String,
    },
    /// A pair names a column that is not there.
    #[error("there is no column `{column}` (for the field `{field}`). Found: {found}")]
    NoColumn {
        /// The field of the pair.
        field: String,
        /// The column of the pair.
        column: String,
        /// The columns found.
        found: String,
    },
    /// A pair names a field that no template, or not this one, has.
    #[error("there is no field `{field}`{of}; the fields are {fields}")]
    NoField {
        /// The field of the pair.
        field: String,
        /// Of which template.
        of: String,
        /// The fields that there are.
        fields: String,
    },
    /// Two pairs for one field.
    #[error("the field `{0}` is named twice")]
    Twice(String),
}

type Pairs<'a> = &'a [(String, String)];

pub(super) fn detect(
    columns: &[String],
    kind: Option<TemplateKind>,
    pairs: Pairs<'_>,
    extra: &[String],
) -> Result<Mapping, MappingError> {
    for (field, column) in pairs {
        if !columns.contains(column) {
            let found = listed(columns);
            return Err(MappingError::NoColumn {
                field: clip(field),
                column: clip(column),
                found,
            });
        }
    }
    if let Some(kind) = kind {
        let mapping = map(columns, kind, pairs, extra)?;
        return match missing(&mapping, false) {
            None => Ok(mapping),
            Some(missing) => Err(MappingError::Missing {
                kind,
                missing,
                found: listed(columns),
                needs: needs(kind, false),
            }),
        };
    }
    known_fields(pairs)?;
    let fitting = TemplateKind::TOLD_BY_COLUMNS
        .into_iter()
        .filter_map(|kind| map(columns, kind, pairs, extra).ok())
        .find(|mapping| missing(mapping, true).is_none());
    fitting.ok_or_else(|| {
        let needs: Vec<String> = TemplateKind::TOLD_BY_COLUMNS
            .into_iter()
            .map(|kind| needs(kind, true))
            .collect();
        MappingError::NoTemplate {
            found: listed(columns),
            needs: needs.join("; "),
        }
    })
}

/// What a mapping lacks for its kind: alternatives, joined.
fn missing(mapping: &Mapping, detected: bool) -> Option<String> {
    let lacking = |group: &&&[&str]| !group.iter().any(|name| mapping.columns.contains_key(*name));
    if let Some(group) = fields::needs(mapping.kind, detected).iter().find(lacking) {
        return Some(
            group
                .iter()
                .map(|name| format!("`{name}`"))
                .collect::<Vec<_>>()
                .join(" or "),
        );
    }
    // two are a preference
    let few = mapping
        .columns
        .get(RESPONSES)
        .is_some_and(|columns| columns.len() < 3);
    if detected && mapping.kind == TemplateKind::Ranking && few && mapping.column("responses").is_none() {
        return Some("a third response".to_owned());
    }
    let ungrouped = mapping.is_grouped() && !mapping.columns.contains_key("id");
    ungrouped.then(|| "`id` (which rows are criteria of one task)".to_owned())
}

fn map(
    columns: &[String],
    kind: TemplateKind,
    pairs: Pairs<'_>,
    extra: &[String],
) -> Result<Mapping, MappingError> {
    let names: Vec<(String, &String)> = columns
        .iter()
        .map(|column| (fields::normalise(column), column))
        .collect();
    let mut mapped: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for field in fields::of(kind) {
        let found = suggested(kind, field, &names);
        if !found.is_empty() {
            mapped.insert(field.name.to_owned(), found);
        }
    }
    for name in extra.iter().filter(|name| columns.contains(name)) {
        mapped.entry(name.clone()).or_insert_with(|| vec![name.clone()]);
    }
    let mut said: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (field, column) in pairs {
        let known = fields::of(kind).iter().any(|known| known.name == field) || extra.contains(field);
        if !known {
            let names = fields::of(kind)
                .iter()
                .map(|known| known.name.to_owned())
                .chain(extra.iter().cloned());
            let fields = listed(&names.collect::<Vec<_>>());
            return Err(MappingError::NoField {
                field: clip(field),
                of: format!(" in `{kind}`"),
                fields,
            });
        }
        let columns = said.entry(field.clone()).or_default();
        if !columns.is_empty() && !fields::takes_several(kind, field) {
            return Err(MappingError::Twice(field.clone()));
        }
        columns.push(column.clone());
    }
    // a column that was named for one field is not also taken for another by its name
    for (field, suggested) in &mut mapped {
        suggested.retain(|column| {
            said.contains_key(field) || !said.values().flatten().any(|taken| taken == column)
        });
    }
    mapped.retain(|_, columns| !columns.is_empty());
    mapped.extend(said);
    let used = |column: &&String| mapped.values().flatten().any(|taken| taken == *column);
    let unused = columns.iter().filter(|column| !used(column)).cloned().collect();
    Ok(Mapping {
        kind,
        columns: mapped,
        unused,
    })
}

fn suggested(kind: TemplateKind, field: &Field, names: &[(String, &String)]) -> Vec<String> {
    if kind == TemplateKind::Ranking && field.name == RESPONSES {
        return fields::responses(names);
    }
    if field.name == VOTE {
        return names
            .iter()
            .filter(|(name, _)| fields::is_vote(name))
            .map(|(_, column)| (*column).clone())
            .collect();
    }
    let first = field
        .columns
        .iter()
        .find_map(|wanted| names.iter().find(|(name, _)| name == wanted));
    first.map(|(_, column)| (*column).clone()).into_iter().collect()
}

fn needs(kind: TemplateKind, detected: bool) -> String {
    let groups: Vec<String> = fields::needs(kind, detected)
        .iter()
        .map(|group| {
            let names = fields::of(kind)
                .iter()
                .filter(|field| group.contains(&field.name));
            let mut columns: Vec<&str> = names.flat_map(|field| field.columns.iter().copied()).collect();
            columns.truncate(4);
            format!("`{}`", columns.join("` or `"))
        })
        .collect();
    format!("{kind} needs {}", groups.join(", "))
}

fn known_fields(pairs: Pairs<'_>) -> Result<(), MappingError> {
    let mut names: Vec<String> = TemplateKind::ALL
        .iter()
        .flat_map(|kind| fields::of(*kind))
        .map(|field| field.name.to_owned())
        .collect();
    names.sort_unstable();
    names.dedup();
    match pairs.iter().find(|(field, _)| !names.contains(field)) {
        None => Ok(()),
        Some((field, _)) => Err(MappingError::NoField {
            field: clip(field),
            of: String::new(),
            fields: listed(&names),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(columns: &[&str]) -> Vec<String> {
        columns.iter().map(ToString::to_string).collect()
    }

    fn plain(columns: &[&str]) -> Result<Mapping, MappingError> {
        detect(&names(columns), None, &[], &[])
    }

    #[test]
    fn each_shape_is_told_by_its_columns() {
        let kinds = [
            (
                &["prompt", "response_a", "response_b"][..],
                TemplateKind::PairwisePreference,
            ),
            (
                &["prompt", "response_a", "response_b", "response_c"][..],
                TemplateKind::Ranking,
            ),
            (&["prompt", "responses"][..], TemplateKind::Ranking),
            (
                &["prompt", "response_a", "response_b", "answer_1"][..],
                TemplateKind::PairwisePreference,
            ),
            (&["id", "prompt", "criterion"][..], TemplateKind::Rubric),
            (&["prompt", "criteria"][..], TemplateKind::Rubric),
            (&["question", "answer"][..], TemplateKind::Chat),
            (&["messages"][..], TemplateKind::Chat),
            (&["turns", "category"][..], TemplateKind::Chat),
            (&["instruction", "input", "output"][..], TemplateKind::Chat),
            (&["text"][..], TemplateKind::Freeform),
        ];
        for (columns, kind) in kinds {
            assert_eq!(plain(columns).unwrap().kind, kind, "{columns:?}");
        }
    }

    #[test]
    fn the_explanation_names_every_column() {
        let columns = [
            "idx",
            "instruction",
            "input",
            "response1",
            "response2",
            "annotator1",
            "annotator2",
            "app",
        ];
        assert_eq!(
            plain(&columns).unwrap().explanation(),
            "read as pairwise-preference: context from `input`, id from `idx`, prompt from `instruction`, response_a \
             from `response1`, response_b from `response2`; recorded answers from `annotator1`, `annotator2` (0 tie, \
             1 a, 2 b); not used: `app`"
        );
    }

    #[test]
    fn unknown_columns_name_what_each_template_needs() {
        assert_eq!(
            plain(&["colour", "shape"]).unwrap_err().to_string(),
            "the columns fit no template. Found: `colour`, `shape`. ranking needs `prompt` or `instruction` or `question` or \
             `query`, `responses` or `completions` or `candidates`; pairwise-preference needs `prompt` or \
             `instruction` or `question` or `query`, `response_a` or `response1` or `response_1` or `answer_a`, \
             `response_b` or `response2` or `response_2` or `answer_b`; rubric needs `prompt` or `instruction` or \
             `question` or `query`, `criteria` or `criterion` or `criterion_text` or `criterion_description`; chat \
             needs `messages` or `turns` or `prompt` or `question`; freeform needs `body` or `text`. Name a column \
             with field=column, as in prompt=Question"
        );
    }

    #[test]
    fn pairs_win_over_names() {
        let columns = names(&["Frage", "prompt", "left", "right"]);
        let pairs = [
            ("prompt", "Frage"),
            ("response_a", "left"),
            ("response_b", "right"),
        ];
        let pairs: Vec<(String, String)> = pairs
            .iter()
            .map(|(f, c)| (f.to_string(), c.to_string()))
            .collect();
        let mapping = detect(&columns, None, &pairs, &[]).unwrap();
        assert_eq!(mapping.kind, TemplateKind::PairwisePreference);
        assert_eq!(mapping.column("prompt"), Some("Frage"));
        assert_eq!(mapping.unused, ["prompt"]);
    }

    #[test]
    fn wrong_pairs_are_named() {
        let columns = names(&["prompt", "answer"]);
        let pair = |field: &str, column: &str| vec![(field.to_owned(), column.to_owned())];
        let chat = Some(TemplateKind::Chat);
        assert_eq!(
            detect(&columns, None, &pair("prompt", "Frage"), &[])
                .unwrap_err()
                .to_string(),
            "there is no column `Frage` (for the field `prompt`). Found: `prompt`, `answer`"
        );
        assert_eq!(
            detect(&columns, chat, &pair("response_a", "answer"), &[])
                .unwrap_err()
                .to_string(),
            "there is no field `response_a` in `chat`; the fields are `id`, `system`, `messages`, `turns`, `prompt`, \
             `context`, `category`, `reply`, `answers`"
        );
        let twice = [pair("prompt", "prompt"), pair("prompt", "answer")].concat();
        assert_eq!(
            detect(&columns, chat, &twice, &[]).unwrap_err().to_string(),
            "the field `prompt` is named twice"
        );
        assert_eq!(
            detect(&columns, Some(TemplateKind::PairwisePreference), &[], &[])
                .unwrap_err()
                .to_string(),
            "the columns do not make a `pairwise-preference`: `response_a` is missing. Found: `prompt`, `answer`. \
             pairwise-preference needs `prompt` or `instruction` or `question` or `query`, `response_a` or \
             `response1` or `response_1` or `answer_a`, `response_b` or `response2` or `response_2` or `answer_b`. \
             Name a column with field=column, as in prompt=Question"
        );
    }

    #[test]
    fn criteria_in_rows_need_an_id() {
        let error = detect(
            &names(&["prompt", "criterion"]),
            Some(TemplateKind::Rubric),
            &[],
            &[],
        )
        .unwrap_err();
        assert!(
            error
                .to_string()
                .contains("`id` (which rows are criteria of one task) is missing"),
            "{error}"
        );
    }

    #[test]
    fn fields_of_the_projects_own_template_are_filled_by_name() {
        let columns = names(&["body", "priority"]);
        let mapping = detect(&columns, None, &[], &["priority".to_owned()]).unwrap();
        assert_eq!(mapping.column("priority"), Some("priority"));
        assert!(mapping.unused.is_empty());
    }
}
