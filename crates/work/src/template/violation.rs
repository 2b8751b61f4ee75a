//! Says in plain words how a value breaks a schema, without repeating the value: what a lab or a contractor wrote
//! belongs in no message.

use std::fmt;

use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::{ValidationError, Validator};
use serde_json::Value;

use crate::strict_json::{clip, clip_pointer, counted, escape};

/// Violations reported of one value.
pub(super) const MOST_VIOLATIONS: usize = 20;

/// One place where a value breaks its schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// JSON pointer into the value, long names in it cut short; empty for the value itself.
    pub pointer: String,
    /// The rest of the sentence: "must be of type string, not null".
    pub reason: String,
    /// The member that is not there, where that is what is wrong.
    pub lacks: Option<String>,
    /// Whether a value of another type could be what is wanted.
    pub other_type: bool,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = if self.pointer.is_empty() {
            "the value"
        } else {
            &self.pointer
        };
        write!(f, "{place} {}", self.reason)
    }
}

/// What a value breaks: at least one violation, at most 20.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Violations(pub(crate) Vec<Violation>);

impl Violations {
    pub(crate) fn one(pointer: impl Into<String>, reason: impl Into<String>) -> Self {
        Self(vec![Violation {
            pointer: pointer.into(),
            reason: reason.into(),
            lacks: None,
            other_type: false,
        }])
    }

    /// The violations, in the order in which they were found.
    #[must_use]
    pub fn as_slice(&self) -> &[Violation] {
        &self.0
    }
}

impl fmt::Display for Violations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, violation) in self.0.iter().enumerate() {
            let separator = if index == 0 { "" } else { "; " };
            write!(f, "{separator}{violation}")?;
        }
        Ok(())
    }
}

/// Holds a value against a schema, compiled and as it was written.
pub(super) fn check(validator: &Validator, schema: &Value, value: &Value) -> Result<(), Violations> {
    if validator.is_valid(value) {
        return Ok(());
    }
    let found = validator
        .iter_errors(value)
        .take(MOST_VIOLATIONS)
        .map(|error| violation(schema, &error));
    Err(Violations(found.collect()))
}

fn violation(schema: &Value, error: &ValidationError<'_>) -> Violation {
    let place = error.instance_path().as_str();
    let lacks = match error.kind() {
        ValidationErrorKind::Required { property } => property.as_str(),
        _ => None,
    };
    let (pointer, reason) = match lacks {
        Some(member) => {
            let wanted = wanted(schema, error.schema_path().as_str(), member);
            let wanted = wanted.map_or_else(String::new, |wanted| format!("; it {wanted}"));
            (
                format!("{place}/{}", escape(member)),
                format!("is missing{wanted}"),
            )
        }
        None => (place.to_owned(), describe(error)),
    };
    Violation {
        pointer: clip_pointer(&pointer),
        reason,
        lacks: lacks.map(str::to_owned),
        other_type: may_be_of_other_type(error.kind()),
    }
}

/// What a member must be that the keyword at `keyword` misses, where the schema says so beside it.
fn wanted(schema: &Value, keyword: &str, member: &str) -> Option<String> {
    let (object, _) = keyword.rsplit_once('/')?;
    let mut own = schema.pointer(object)?.get("properties")?.get(member)?;
    // References make no circle: see `schema::check`.
    while let Some(target) = own.get("$ref").and_then(Value::as_str) {
        own = schema.pointer(target.strip_prefix('#')?)?;
    }
    if let Some(only) = own.get("const") {
        return Some(format!("must be {}", clip(&only.to_string())));
    }
    if let Some(options) = own.get("enum") {
        return Some(format!("must be one of {}", clip(&one_of(options))));
    }
    let types = match own.get("type")? {
        Value::Array(types) => types.iter().filter_map(Value::as_str).collect(),
        one => vec![one.as_str()?],
    };
    Some(format!("must be of type {}", types.join(" or ")))
}

const fn may_be_of_other_type(kind: &ValidationErrorKind) -> bool {
    use ValidationErrorKind as Kind;
    matches!(
        kind,
        Kind::Type { .. }
            | Kind::Enum { .. }
            | Kind::Constant { .. }
            | Kind::AnyOf { .. }
            | Kind::OneOfNotValid { .. }
    )
}

/// The rest of the sentence that begins with the place.
pub(super) fn describe(error: &ValidationError<'_>) -> String {
    use ValidationErrorKind as Kind;
    match error.kind() {
        Kind::Type { kind } => format!(
            "must be of type {}, not {}",
            expected(kind),
            type_name(error.instance())
        ),
        Kind::Required { property } => format!("lacks `{}`", clip(property.as_str().unwrap_or_default())),
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
            format!("has what the schema does not name: {}", listed(unexpected))
        }
        Kind::Enum { options } => format!("must be one of {}", clip(&one_of(options))),
        Kind::Constant { expected_value } => format!("must be {}", clip(&expected_value.to_string())),
        Kind::MinLength { limit: 1 } => "must not be empty".to_owned(),
        Kind::MinLength { limit } => format!("must have at least {}", counted(*limit, "character")),
        Kind::MaxLength { limit } => format!("must have at most {}", counted(*limit, "character")),
        Kind::MinItems { limit } => format!("must have at least {}", counted(*limit, "item")),
        Kind::MaxItems { limit } => format!("must have at most {}", counted(*limit, "item")),
        Kind::MinProperties { limit } => format!("must have at least {}", counted(*limit, "field")),
        Kind::MaxProperties { limit } => format!("must have at most {}", counted(*limit, "field")),
        Kind::Minimum { limit } => format!("must be at least {limit}"),
        Kind::Maximum { limit } => format!("must be at most {limit}"),
        Kind::ExclusiveMinimum { limit } => format!("must be more than {limit}"),
        Kind::ExclusiveMaximum { limit } => format!("must be less than {limit}"),
        Kind::Pattern { pattern } => format!("must match `{}`", clip(pattern)),
        Kind::UniqueItems => "must not hold one value twice".to_owned(),
        Kind::FalseSchema => "must not be there".to_owned(),
        Kind::AnyOf { .. } | Kind::OneOfNotValid { .. } => {
            "fits none of the forms that the schema allows".to_owned()
        }
        Kind::OneOfMultipleValid { .. } => {
            "fits more than one of the forms that the schema allows".to_owned()
        }
        other => format!("breaks the schema's `{}`", clip(other.keyword())),
    }
}

fn expected(kind: &TypeKind) -> String {
    match kind {
        TypeKind::Single(one) => one.to_string(),
        TypeKind::Multiple(set) => {
            let names: Vec<String> = set.iter().map(|one| one.to_string()).collect();
            names.join(" or ")
        }
    }
}

/// The name of a value's JSON type.
pub(crate) fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

fn listed(names: &[String]) -> String {
    const MOST: usize = 5;
    let mut shown: Vec<String> = names
        .iter()
        .take(MOST)
        .map(|name| format!("`{}`", clip(name)))
        .collect();
    if names.len() > MOST {
        shown.push(format!("and {} more", names.len() - MOST));
    }
    shown.join(", ")
}

fn one_of(options: &Value) -> String {
    let options = options.as_array().map(Vec::as_slice).unwrap_or_default();
    options
        .iter()
        .map(Value::to_string)
        .collect::<Vec<_>>()
        .join(", ")
}
