//! Compiles a checked schema.

use jsonschema::error::ValidationErrorKind;
use jsonschema::{Draft, PatternOptions, Validator};
use serde_json::Value;

use super::TemplateError;
use super::violation::describe;

/// Bytes of one compiled regular expression: bounds `(a{1000}){1000}` and its like.
const COMPILED_PATTERN_BYTES: usize = 1 << 20;

/// Compiles a schema that [`super::schema::check`] let pass. Regular expressions run on the `regex` engine, whose
/// time is linear in the text; what that engine cannot do (look-around, back-references) is refused.
pub(super) fn compile(at: &str, schema: &Value) -> Result<Validator, TemplateError> {
    let patterns = PatternOptions::regex()
        .size_limit(COMPILED_PATTERN_BYTES)
        .dfa_size_limit(COMPILED_PATTERN_BYTES);
    let options = jsonschema::options()
        .with_draft(Draft::Draft202012)
        .with_pattern_options(patterns);
    options.build(schema).map_err(|error| {
        let pointer = format!("{at}{}", error.instance_path());
        match error.kind() {
            ValidationErrorKind::Format { format } if format == "regex" => TemplateError::at(
                pointer,
                "is no regular expression, or none that can be matched in linear time and bounded memory; look at its \
                 brackets, and leave out look-around, back-references and large repetitions",
            ),
            _ => {
                let reason = format!(
                    "is not what JSON Schema 2020-12 allows here: it {}",
                    describe(&error)
                );
                TemplateError::at(pointer, reason)
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn refusal(schema: Value) -> String {
        compile("/input", &schema)
            .expect_err("must be refused")
            .to_string()
    }

    #[test]
    fn catastrophic_patterns_are_refused_or_linear() {
        let expected = "is no regular expression, or none that can be matched in linear time and bounded memory; look at its \
                        brackets, and leave out look-around, back-references and large repetitions";
        for pattern in [r"^(a+)\1$", "^(?=a)b", "(((a{1000}){1000}){1000})", "("] {
            let message = refusal(json!({"properties": {"x": {"type": "string", "pattern": pattern}}}));
            assert_eq!(
                message,
                format!("/input/properties/x/pattern {expected}"),
                "{pattern}"
            );
        }
        let nested = compile("/input", &json!({"type": "string", "pattern": "^(a+)+$"})).unwrap();
        assert!(nested.is_valid(&json!("a".repeat(100_000))));
        assert!(!nested.is_valid(&json!("a".repeat(1_000_000) + "!")));
    }

    #[test]
    fn a_schema_that_is_none_is_refused() {
        assert_eq!(
            refusal(json!({"type": "strin"})),
            "/input/type is not what JSON Schema 2020-12 allows here: it fits none of the forms that the schema allows"
        );
        assert_eq!(
            refusal(json!({"minLength": -1})),
            "/input/minLength is not what JSON Schema 2020-12 allows here: it must be at least 0"
        );
    }
}
