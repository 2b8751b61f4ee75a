//! Which column fills which field of a task, detected from the columns' names or said with `field=column`.

mod detect;
mod fields;

use std::collections::BTreeMap;
use std::fmt::Write as _;

pub use detect::MappingError;
pub(in crate::import) use fields::{RESPONSES, VOTE};

use crate::strict_json::clip;
use crate::template::TemplateKind;

/// How the rows of a file become tasks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mapping {
    /// The template that the tasks are of.
    pub kind: TemplateKind,
    /// From our field's name to the columns that fill it: one, but for `vote`, which each annotator has, and `response`, of which a
    /// ranking has several.
    pub columns: BTreeMap<String, Vec<String>>,
    /// Columns that nothing is read from.
    pub unused: Vec<String>,
}

impl Mapping {
    /// Decides how to read the columns.
    ///
    /// `kind` and `pairs` (`field`, `column`) come from the user and win over what the names suggest. `extra` are
    /// the names of input fields that only the project's own template has; columns of the same name fill them.
    ///
    /// # Errors
    /// When the columns fit no template, or a pair names a field or column that is not there.
    pub fn detect(
        columns: &[String],
        kind: Option<TemplateKind>,
        pairs: &[(String, String)],
        extra: &[String],
    ) -> Result<Self, MappingError> {
        detect::detect(columns, kind, pairs, extra)
    }

    /// The column that fills a field: the first, where several do.
    #[must_use]
    pub fn column(&self, field: &str) -> Option<&str> {
        self.columns.get(field)?.first().map(String::as_str)
    }

    /// Whether several rows make one task: one row for each criterion of a rubric.
    #[must_use]
    pub fn is_grouped(&self) -> bool {
        self.columns.contains_key("criterion")
    }

    /// The columns that hold answers which were given before.
    pub fn answer_columns(&self) -> impl Iterator<Item = &str> {
        let fields = ["reply", "labels", VOTE, "answers", "messages"];
        let columns = fields.into_iter().filter_map(|field| self.columns.get(field));
        columns.flatten().map(String::as_str)
    }

    /// One line that tells a person what was decided.
    #[must_use]
    pub fn explanation(&self) -> String {
        let mut line = format!("read as {}: ", self.kind);
        let pairs = self.columns.iter().filter(|(field, _)| *field != VOTE);
        let pairs: Vec<String> = pairs
            .map(|(field, columns)| format!("{field} from {}", listed(columns)))
            .collect();
        line.push_str(&pairs.join(", "));
        if let Some(votes) = self.columns.get(VOTE) {
            let _ = write!(
                line,
                "; recorded answers from {} (0 tie, 1 a, 2 b)",
                listed(votes)
            );
        }
        if self.is_grouped() {
            line.push_str("; rows of one id are one task");
        }
        if !self.unused.is_empty() {
            let _ = write!(line, "; not used: {}", listed(&self.unused));
        }
        line
    }
}

/// Columns as messages name them.
pub(crate) fn listed<S: AsRef<str>>(columns: &[S]) -> String {
    let shown = columns
        .iter()
        .map(|column| format!("`{}`", clip(column.as_ref())));
    shown.collect::<Vec<_>>().join(", ")
}
