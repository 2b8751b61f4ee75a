//! What the workbench draws for a template.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{TemplateError, TemplateKind};
use crate::strict_json::{clip, first_step};

/// The interaction of the workbench; one for each kind of template.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Interaction {
    /// Two responses side by side and a choice.
    Pairwise,
    /// Several responses side by side and their order.
    Ranking,
    /// A list of criteria with weights and verdicts.
    Rubric,
    /// A conversation whose replies are written.
    Demonstration,
    /// A text and labels to choose from.
    Classification,
    /// A text in which passages are marked.
    Spans,
    /// Fields below each other.
    Freeform,
}

impl Interaction {
    const fn of(kind: TemplateKind) -> Self {
        match kind {
            TemplateKind::PairwisePreference => Self::Pairwise,
            TemplateKind::Ranking => Self::Ranking,
            TemplateKind::Rubric => Self::Rubric,
            TemplateKind::Chat => Self::Demonstration,
            TemplateKind::Classification => Self::Classification,
            TemplateKind::Spans => Self::Spans,
            TemplateKind::Freeform => Self::Freeform,
        }
    }
}

/// How one field is shown or edited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Control {
    /// One line of text.
    Line,
    /// Plain text over several lines.
    Text,
    /// Text in Markdown, rendered when shown.
    Markdown,
    /// Source code, in a fixed-width face.
    Code,
    /// One of [`LayoutField::options`].
    Choice,
    /// The turns of a conversation.
    Turns,
    /// A list of criteria.
    Criteria,
    /// Some of [`LayoutField::options`].
    Choices,
    /// A list of responses.
    Responses,
    /// The ranks of the responses.
    Ranks,
    /// Passages of the text, each with one of [`LayoutField::options`].
    Spans,
}

impl Control {
    /// How many options are listed for it at most; none for what offers nothing. As many as a page shows, and as many as are found by
    /// searching.
    const fn most_options(self) -> usize {
        match self {
            Self::Choice => 50,
            Self::Spans => 100,
            Self::Choices => 1_000,
            Self::Line
            | Self::Text
            | Self::Markdown
            | Self::Code
            | Self::Turns
            | Self::Criteria
            | Self::Responses
            | Self::Ranks => 0,
        }
    }

    /// The kind whose interaction alone draws it.
    const fn kind(self) -> Option<TemplateKind> {
        match self {
            Self::Responses | Self::Ranks => Some(TemplateKind::Ranking),
            Self::Spans => Some(TemplateKind::Spans),
            _ => None,
        }
    }
}

/// The level of measurement of a label (Stevens 1946), which decides how agreement is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// Names without an order.
    Nominal,
    /// Names with an order: that of the field's options.
    Ordinal,
    /// Numbers whose differences mean something.
    Interval,
}

/// One value that may be chosen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChoiceOption {
    /// The value as the answer holds it: a text or a number.
    pub value: Value,
    /// What the button says.
    pub label: String,
    /// The key on the keyboard, one character.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
}

/// One field of the input or the answer. The order of the fields is the order on the screen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LayoutField {
    /// JSON pointer to a top-level property: `/prompt`.
    pub field: String,
    /// The label shown.
    pub label: String,
    /// How it is shown or edited.
    #[serde(rename = "as")]
    pub control: Control,
    /// A line of help below an answer's field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// What can be chosen; only for [`Control::Choice`], [`Control::Choices`] and [`Control::Spans`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<ChoiceOption>,
}

/// The label that raters are compared on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgreementField {
    /// JSON pointer into the answer. An answer without it counts as a missing rating.
    pub field: String,
    /// How its values compare.
    pub level: Level,
}

/// The whole layout.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Layout {
    /// Which interaction the workbench draws.
    pub interaction: Interaction,
    /// What is shown of the input.
    pub input: Vec<LayoutField>,
    /// What is asked for.
    pub answer: Vec<LayoutField>,
    /// What agreement is computed on; none where answers do not compare.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agreement: Option<AgreementField>,
}

/// Labels and helps are short texts.
const MOST_LABEL_CHARS: usize = 200;

impl Layout {
    /// Checks the layout against the kind and the schemas it draws.
    pub(super) fn check(
        &self,
        kind: TemplateKind,
        input: &Value,
        answer: &Value,
    ) -> Result<(), TemplateError> {
        let expected = Interaction::of(kind);
        if self.interaction != expected {
            let expected = serde_json::to_value(expected).unwrap_or_default();
            return Err(TemplateError::at(
                "/layout/interaction",
                format!("must be {expected} in a template of kind `{kind}`"),
            ));
        }
        check_fields("/layout/input", kind, &self.input, input)?;
        check_fields("/layout/answer", kind, &self.answer, answer)?;
        if let Some(agreement) = &self.agreement {
            check_property("/layout/agreement/field", &agreement.field, answer)?;
            let kind = answer.pointer(&format!("/properties{}/type", agreement.field));
            if agreement.level == Level::Interval && kind.is_some_and(|kind| kind == "string") {
                return Err(TemplateError::at(
                    "/layout/agreement/level",
                    "is for numbers, and what it is to compare is text; take nominal or ordinal",
                ));
            }
        }
        Ok(())
    }

    /// The order of an ordinal label's values, from the options of its field; empty where none are given.
    #[must_use]
    pub fn agreement_order(&self) -> Vec<String> {
        let Some(agreement) = &self.agreement else {
            return Vec::new();
        };
        let options = self
            .answer
            .iter()
            .find(|field| field.field == agreement.field)
            .map(|field| &field.options);
        options
            .into_iter()
            .flatten()
            .map(|option| label_text(&option.value))
            .collect()
    }
}

/// A label's value as the text under which agreement counts it: texts as they are, everything else as JSON.
#[must_use]
pub fn label_text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn check_fields(
    at: &str,
    kind: TemplateKind,
    fields: &[LayoutField],
    schema: &Value,
) -> Result<(), TemplateError> {
    for (index, field) in fields.iter().enumerate() {
        let at = format!("{at}/{index}");
        check_property(&format!("{at}/field"), &field.field, schema)?;
        if fields[..index].iter().any(|earlier| earlier.field == field.field) {
            return Err(TemplateError::at(
                format!("{at}/field"),
                format!("shows `{}` twice", clip(&field.field)),
            ));
        }
        for (name, text) in [("label", Some(&field.label)), ("help", field.help.as_ref())] {
            text.map_or(Ok(()), |text| check_label(&format!("{at}/{name}"), text))?;
        }
        if let Some(other) = field.control.kind().filter(|own| *own != kind) {
            let reason = format!("is drawn in templates of kind `{other}` alone");
            return Err(TemplateError::at(format!("{at}/as"), reason));
        }
        check_options(&at, field)?;
    }
    Ok(())
}

fn check_label(at: &str, text: &str) -> Result<(), TemplateError> {
    if text.is_empty() || text.chars().count() > MOST_LABEL_CHARS {
        let reason = format!("must have 1 to {MOST_LABEL_CHARS} characters");
        return Err(TemplateError::at(at, reason));
    }
    match text.contains(char::is_control) {
        true => Err(TemplateError::at(at, "holds a control character")),
        false => Ok(()),
    }
}

fn check_options(at: &str, field: &LayoutField) -> Result<(), TemplateError> {
    let most = field.control.most_options();
    if (most > 0) == field.options.is_empty() || field.options.len() > most {
        let reason = match most {
            0 => "is for a choice, for choices and for spans alone".to_owned(),
            most => format!("must list 1 to {most} options"),
        };
        return Err(TemplateError::at(format!("{at}/options"), reason));
    }
    for (index, option) in field.options.iter().enumerate() {
        let at = format!("{at}/options/{index}");
        if !(option.value.is_string() || option.value.is_number() || option.value.is_boolean()) {
            return Err(TemplateError::at(
                format!("{at}/value"),
                "must be a text, a number or a truth value",
            ));
        }
        check_label(&format!("{at}/label"), &option.label)?;
        let earlier = field.options[..index].iter().filter(|_| option.key.is_some());
        if let Some(first) = earlier
            .map(|earlier| &earlier.key)
            .position(|key| *key == option.key)
        {
            let reason = format!("is that of option {} too", first + 1);
            return Err(TemplateError::at(format!("{at}/key"), reason));
        }
        if option.key.as_ref().is_some_and(|key| key.chars().count() != 1) {
            return Err(TemplateError::at(format!("{at}/key"), "must be one character"));
        }
    }
    Ok(())
}

fn check_property(at: &str, pointer: &str, schema: &Value) -> Result<(), TemplateError> {
    let (name, rest) = first_step(pointer);
    let property = schema.get("properties").and_then(|p| p.get(&name));
    if pointer.starts_with('/') && rest.is_empty() && property.is_some() {
        return Ok(());
    }
    Err(TemplateError::at(
        at,
        format!(
            "points to `{}`, which is no property of the schema",
            clip(pointer)
        ),
    ))
}
