//! What a template's JSON Schema may contain.
//!
//! A schema comes from a stranger and is run against every task and answer, so its cost is bounded before it is
//! compiled: only keywords we know, references only to places inside the document and never in a circle, and
//! a limit on the size that the schema has when every reference is replaced by what it refers to. With that,
//! checking one value costs at most that size times the size of the value.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::TemplateError;
use crate::strict_json::{clip, escape, thousands};

/// Subschemas of one schema after replacing references.
const MOST_EXPANDED: u64 = 10_000;
/// Levels of subschemas, a reference counting as one: the validator recurses as deep.
const MOST_LEVELS: usize = 100;
/// Regular expressions of one schema.
const MOST_PATTERNS: usize = 50;
/// Bytes of one regular expression.
const MOST_PATTERN_BYTES: usize = 500;
/// The only dialect.
const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

/// Keywords whose value is one schema.
const ONE: &[&str] = &[
    "not",
    "if",
    "then",
    "else",
    "items",
    "contains",
    "additionalProperties",
    "propertyNames",
    "unevaluatedItems",
    "unevaluatedProperties",
];
/// Keywords whose value is a list of schemas.
const LIST: &[&str] = &["allOf", "anyOf", "oneOf", "prefixItems"];
/// Keywords whose value is a map from names to schemas.
const NAMED: &[&str] = &["properties", "patternProperties", "dependentSchemas", "$defs"];
/// Keywords whose value holds no schema.
const PLAIN: &[&str] = &[
    "type",
    "enum",
    "const",
    "multipleOf",
    "maximum",
    "exclusiveMaximum",
    "minimum",
    "exclusiveMinimum",
    "maxLength",
    "minLength",
    "pattern",
    "maxItems",
    "minItems",
    "uniqueItems",
    "maxContains",
    "minContains",
    "maxProperties",
    "minProperties",
    "required",
    "dependentRequired",
    "title",
    "description",
    "default",
    "deprecated",
    "readOnly",
    "writeOnly",
    "examples",
    "format",
    "$comment",
    "$ref",
    "$schema",
];

/// Checks a schema; `at` is its JSON pointer in the template (`/input`, `/answer`).
pub(super) fn check(at: &str, schema: &Value) -> Result<(), TemplateError> {
    let mut survey = Survey {
        at,
        nodes: BTreeMap::new(),
        patterns: 0,
    };
    survey.visit("", schema)?;
    let mut costs = BTreeMap::new();
    survey.expanded("", &mut costs, &mut Vec::new())?;
    Ok(())
}

/// One subschema: what it contains and what it refers to, as pointers within the schema.
#[derive(Default)]
struct Subschema {
    children: Vec<String>,
    reference: Option<String>,
}

struct Survey<'a> {
    at: &'a str,
    nodes: BTreeMap<String, Subschema>,
    patterns: usize,
}

impl Survey<'_> {
    fn refuse<T>(&self, pointer: &str, reason: impl Into<String>) -> Result<T, TemplateError> {
        Err(TemplateError::at(format!("{}{pointer}", self.at), reason))
    }

    fn visit(&mut self, pointer: &str, schema: &Value) -> Result<(), TemplateError> {
        let mut node = Subschema::default();
        match schema {
            Value::Bool(_) => {}
            Value::Object(keywords) => {
                for (keyword, value) in keywords {
                    self.keyword(pointer, &mut node, keyword, value)?;
                }
            }
            _ => return self.refuse(pointer, "must be a schema: an object, true or false"),
        }
        self.nodes.insert(pointer.to_owned(), node);
        Ok(())
    }

    fn keyword(
        &mut self,
        pointer: &str,
        node: &mut Subschema,
        keyword: &str,
        value: &Value,
    ) -> Result<(), TemplateError> {
        let here = format!("{pointer}/{}", escape(keyword));
        match keyword {
            "$ref" => node.reference = Some(self.reference(&here, value)?),
            "$schema" if value != DIALECT => {
                return self.refuse(
                    &here,
                    format!("must be {DIALECT}, the only dialect templates use"),
                );
            }
            "pattern" => self.pattern(&here, value.as_str().unwrap_or_default())?,
            _ if ONE.contains(&keyword) => self.child(node, here, value)?,
            _ if LIST.contains(&keyword) => {
                for (index, item) in value.as_array().into_iter().flatten().enumerate() {
                    self.child(node, format!("{here}/{index}"), item)?;
                }
            }
            _ if NAMED.contains(&keyword) => {
                self.named(node, keyword, &here, value.as_object().unwrap_or(&Map::new()))?;
            }
            _ if PLAIN.contains(&keyword) => {}
            _ => {
                let reason = format!("is the keyword `{}`, which templates do not use", clip(keyword));
                return self.refuse(&here, reason);
            }
        }
        Ok(())
    }

    fn named(
        &mut self,
        node: &mut Subschema,
        keyword: &str,
        here: &str,
        entries: &Map<String, Value>,
    ) -> Result<(), TemplateError> {
        for (name, item) in entries {
            let at = format!("{here}/{}", escape(name));
            if keyword == "patternProperties" {
                self.pattern(&at, name)?;
            }
            if keyword == "$defs" {
                self.visit(&at, item)?; // costs nothing until something refers to it
            } else {
                self.child(node, at, item)?;
            }
        }
        Ok(())
    }

    fn child(&mut self, node: &mut Subschema, pointer: String, schema: &Value) -> Result<(), TemplateError> {
        self.visit(&pointer, schema)?;
        node.children.push(pointer);
        Ok(())
    }

    fn pattern(&mut self, here: &str, pattern: &str) -> Result<(), TemplateError> {
        self.patterns += 1;
        if self.patterns > MOST_PATTERNS {
            return self.refuse(
                here,
                format!("is one regular expression too many; at most {MOST_PATTERNS} are taken"),
            );
        }
        if pattern.len() > MOST_PATTERN_BYTES {
            return self.refuse(
                here,
                format!("is a regular expression of more than {MOST_PATTERN_BYTES} bytes"),
            );
        }
        Ok(())
    }

    fn reference(&self, here: &str, value: &Value) -> Result<String, TemplateError> {
        let Some(target) = value.as_str() else {
            return self.refuse(here, "must be a text");
        };
        if !target.starts_with('#') {
            let reason = format!(
                "refers to `{}`, outside this document; copy the definition into `$defs` and refer to `#/$defs/…`",
                clip(target)
            );
            return self.refuse(here, reason);
        }
        let pointer = &target[1..];
        if !(pointer.is_empty() || pointer.starts_with('/')) || pointer.contains('%') {
            let reason = format!(
                "is `{}`; a reference is a JSON pointer such as `#/$defs/name`",
                clip(target)
            );
            return self.refuse(here, reason);
        }
        Ok(pointer.to_owned())
    }

    /// The number of subschemas at `pointer` once references are replaced.
    fn expanded(
        &self,
        pointer: &str,
        costs: &mut BTreeMap<String, u64>,
        open: &mut Vec<String>,
    ) -> Result<u64, TemplateError> {
        if let Some(&cost) = costs.get(pointer) {
            return Ok(cost);
        }
        if open.iter().any(|ancestor| ancestor == pointer) {
            return self.refuse(
                pointer,
                "refers to itself, directly or in a circle; templates are not recursive",
            );
        }
        if open.len() == MOST_LEVELS {
            return self.refuse(
                pointer,
                format!("lies more than {MOST_LEVELS} levels deep, references included"),
            );
        }
        let Some(node) = self.nodes.get(pointer) else {
            return Ok(0);
        };
        open.push(pointer.to_owned());
        let mut cost = 1_u64;
        for child in &node.children {
            cost = cost.saturating_add(self.expanded(child, costs, open)?);
        }
        if let Some(target) = &node.reference {
            if !self.nodes.contains_key(target) {
                let reason = format!("refers to `#{}`, where there is no schema", clip(target));
                return self.refuse(&format!("{pointer}/$ref"), reason);
            }
            cost = cost.saturating_add(self.expanded(target, costs, open)?);
        }
        open.pop();
        if cost > MOST_EXPANDED {
            let most = thousands(MOST_EXPANDED);
            return self.refuse(
                pointer,
                format!("grows past {most} subschemas when its references are replaced"),
            );
        }
        costs.insert(pointer.to_owned(), cost);
        Ok(cost)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn refusal(schema: Value) -> String {
        check("/input", &schema).expect_err("must be refused").to_string()
    }

    #[test]
    fn references_stay_inside() {
        let inside = json!({"$defs": {"n": {"type": "integer"}}, "properties": {"x": {"$ref": "#/$defs/n"}}});
        assert!(check("/input", &inside).is_ok());
        assert_eq!(
            refusal(json!({"properties": {"x": {"$ref": "https://example.com/s.json"}}})),
            "/input/properties/x/$ref refers to `https://example.com/s.json`, outside this document; copy the \
             definition into `$defs` and refer to `#/$defs/…`"
        );
        assert_eq!(
            refusal(json!({"$ref": "file:///schema.json"})),
            "/input/$ref refers to `file:///schema.json`, outside this document; copy the definition into `$defs` \
             and refer to `#/$defs/…`"
        );
        assert_eq!(
            refusal(json!({"items": {"$ref": "#/$defs/none"}})),
            "/input/items/$ref refers to `#/$defs/none`, where there is no schema"
        );
        assert_eq!(
            refusal(json!({"$ref": "#name"})),
            "/input/$ref is `#name`; a reference is a JSON pointer such as `#/$defs/name`"
        );
    }

    #[test]
    fn a_property_may_be_called_ref() {
        assert!(check("/input", &json!({"properties": {"$ref": {"type": "string"}}})).is_ok());
        assert!(check("/input", &json!({"const": {"$ref": "https://example.com"}})).is_ok());
    }

    #[test]
    fn circles_are_refused() {
        let direct = json!({"properties": {"child": {"$ref": "#"}}});
        assert_eq!(
            refusal(direct),
            "/input refers to itself, directly or in a circle; templates are not recursive"
        );
        let round = json!({"$ref": "#/$defs/a", "$defs": {
            "a": {"items": {"$ref": "#/$defs/b"}}, "b": {"allOf": [{"$ref": "#/$defs/a"}]}
        }});
        assert_eq!(
            refusal(round),
            "/input/$defs/a refers to itself, directly or in a circle; templates are not recursive"
        );
    }

    #[test]
    fn a_bomb_is_refused() {
        let mut defs = Map::new();
        for level in 0..40 {
            let next = json!({"$ref": format!("#/$defs/l{}", level + 1)});
            defs.insert(format!("l{level}"), json!({"allOf": [next.clone(), next]}));
        }
        defs.insert("l40".into(), json!({"type": "string"}));
        let message = refusal(json!({"$ref": "#/$defs/l0", "$defs": defs}));
        assert_eq!(
            message,
            "/input/$defs/l28 grows past 10,000 subschemas when its references are replaced"
        );
    }

    #[test]
    fn a_long_chain_of_references_is_refused() {
        let mut defs: Map<String, Value> = (0..1_000)
            .map(|n| (format!("l{n}"), json!({"$ref": format!("#/$defs/l{}", n + 1)})))
            .collect();
        defs.insert("l1000".into(), json!(true));
        assert_eq!(
            refusal(json!({"$ref": "#/$defs/l0", "$defs": defs})),
            "/input/$defs/l99 lies more than 100 levels deep, references included"
        );
    }

    #[test]
    fn keywords_that_would_be_ignored_are_refused() {
        assert_eq!(
            refusal(json!({"properties": {"x": {"requird": ["a"]}}})),
            "/input/properties/x/requird is the keyword `requird`, which templates do not use"
        );
        assert_eq!(
            refusal(json!({"$id": "https://example.com/x"})),
            "/input/$id is the keyword `$id`, which templates do not use"
        );
        assert_eq!(
            refusal(json!({"$schema": "http://json-schema.org/draft-07/schema#"})),
            "/input/$schema must be https://json-schema.org/draft/2020-12/schema, the only dialect templates use"
        );
        assert_eq!(
            refusal(json!({"items": 3})),
            "/input/items must be a schema: an object, true or false"
        );
    }

    #[test]
    fn patterns_are_bounded() {
        let long = "a".repeat(501);
        assert_eq!(
            refusal(json!({"pattern": long})),
            "/input/pattern is a regular expression of more than 500 bytes"
        );
        let many: Map<String, Value> = (0..51)
            .map(|n| (format!("p{n:02}"), json!({"pattern": "a"})))
            .collect();
        assert_eq!(
            refusal(json!({"properties": many})),
            "/input/properties/p50/pattern is one regular expression too many; at most 50 are taken"
        );
    }
}
