//! The kinds of work a template describes.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::strict_json::clip;

/// What is asked of a contractor. A template refines a kind; it does not invent one, because import, the
/// workbench and the delivery formats know these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TemplateKind {
    /// Choose the better of two responses.
    PairwisePreference,
    /// Put several responses in order.
    Ranking,
    /// Write or grade the criteria of a good response.
    Rubric,
    /// Write the assistant's replies in a conversation.
    Chat,
    /// Say what a text is: one or more of the labels given.
    Classification,
    /// Mark passages of a text.
    Spans,
    /// Read a text, write a text.
    Freeform,
}

impl TemplateKind {
    /// Every kind.
    pub const ALL: [Self; 7] = [
        Self::PairwisePreference,
        Self::Ranking,
        Self::Rubric,
        Self::Chat,
        Self::Classification,
        Self::Spans,
        Self::Freeform,
    ];
    /// Those that the columns of a file tell, in the order in which they are tried: the most particular first. A text alone does not say
    /// whether it is to be sorted, marked or answered.
    pub(crate) const TOLD_BY_COLUMNS: [Self; 5] = [
        Self::Ranking,
        Self::PairwisePreference,
        Self::Rubric,
        Self::Chat,
        Self::Freeform,
    ];

    /// The name in documents and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::PairwisePreference => "pairwise-preference",
            Self::Ranking => "ranking",
            Self::Rubric => "rubric",
            Self::Chat => "chat",
            Self::Classification => "classification",
            Self::Spans => "spans",
            Self::Freeform => "freeform",
        }
    }

    /// The document of the template that this platform brings for it.
    pub const fn builtin_document(self) -> &'static str {
        match self {
            Self::PairwisePreference => include_str!("../../templates/pairwise-preference.json"),
            Self::Ranking => include_str!("../../templates/ranking.json"),
            Self::Rubric => include_str!("../../templates/rubric.json"),
            Self::Chat => include_str!("../../templates/chat.json"),
            Self::Classification => include_str!("../../templates/classification.json"),
            Self::Spans => include_str!("../../templates/spans.json"),
            Self::Freeform => include_str!("../../templates/freeform.json"),
        }
    }
}

impl fmt::Display for TemplateKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A name that is none of the kinds.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "there is no template `{0}`; the templates are pairwise-preference, ranking, rubric, chat, classification, spans and freeform"
)]
pub struct UnknownKind(String);

impl FromStr for TemplateKind {
    type Err = UnknownKind;

    fn from_str(name: &str) -> Result<Self, UnknownKind> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.name() == name)
            .ok_or_else(|| UnknownKind(clip(name)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_parse_back() {
        for kind in TemplateKind::ALL {
            assert_eq!(kind.to_string().parse::<TemplateKind>(), Ok(kind));
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.name());
        }
        assert_eq!(
            "poem".parse::<TemplateKind>().unwrap_err().to_string(),
            "there is no template `poem`; the templates are pairwise-preference, ranking, rubric, chat, classification, spans and \
             freeform"
        );
    }
}
