//! The names of the formats.

use std::fmt;
use std::str::FromStr;

use crate::strict_json::clip;
use crate::template::TemplateKind;

/// The form of a delivery's rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DeliveryFormat {
    /// OpenAI's chat fine-tuning form.
    OpenAiChat,
    /// OpenAI's preference (DPO) form.
    OpenAiPreference,
    /// TRL's preference form with texts.
    TrlPreference,
    /// TRL's preference form with messages.
    TrlPreferenceChat,
    /// Input and answer as the template has them.
    Tasks,
}

impl DeliveryFormat {
    /// Every format.
    pub const ALL: [Self; 5] = [
        Self::OpenAiChat,
        Self::OpenAiPreference,
        Self::TrlPreference,
        Self::TrlPreferenceChat,
        Self::Tasks,
    ];

    /// The name on the command line, in the API and in manifests.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::OpenAiChat => "openai-chat",
            Self::OpenAiPreference => "openai-preference",
            Self::TrlPreference => "trl-preference",
            Self::TrlPreferenceChat => "trl-preference-chat",
            Self::Tasks => "tasks",
        }
    }

    /// Whether tasks of a kind have rows in this format.
    #[must_use]
    pub const fn suits(self, kind: TemplateKind) -> bool {
        match self {
            Self::OpenAiChat => matches!(kind, TemplateKind::Chat | TemplateKind::Freeform),
            Self::OpenAiPreference | Self::TrlPreference | Self::TrlPreferenceChat => {
                matches!(kind, TemplateKind::PairwisePreference | TemplateKind::Ranking)
            }
            Self::Tasks => true,
        }
    }

    /// The names of those that a kind has rows in, the usual one first.
    #[must_use]
    pub fn possible(kind: TemplateKind) -> String {
        let usual = Self::usual(kind);
        let others = Self::ALL
            .into_iter()
            .filter(|format| format.suits(kind) && *format != usual);
        let names: Vec<_> = std::iter::once(usual).chain(others).map(Self::name).collect();
        names.join(", ")
    }

    /// The format for a kind where none is asked for.
    #[must_use]
    pub const fn usual(kind: TemplateKind) -> Self {
        match kind {
            TemplateKind::PairwisePreference | TemplateKind::Ranking => Self::OpenAiPreference,
            TemplateKind::Chat | TemplateKind::Freeform => Self::OpenAiChat,
            TemplateKind::Rubric | TemplateKind::Classification | TemplateKind::Spans => Self::Tasks,
        }
    }
}

impl fmt::Display for DeliveryFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A name that is none of the formats.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "there is no delivery format `{0}`; the formats are openai-chat, openai-preference, trl-preference, \
     trl-preference-chat and tasks"
)]
pub struct UnknownDeliveryFormat(String);

impl FromStr for DeliveryFormat {
    type Err = UnknownDeliveryFormat;

    fn from_str(name: &str) -> Result<Self, UnknownDeliveryFormat> {
        Self::ALL
            .into_iter()
            .find(|format| format.name() == name)
            .ok_or_else(|| UnknownDeliveryFormat(clip(name)))
    }
}
