//! Templates that would reach elsewhere, never end or take all the memory.

use std::fs;

use serde_json::{Map, Value, json};

use crate::desk::Desk;
use crate::support::{arg, run};

// What `cofferdam project add --template FILE` says behind the file's name.
const REMOTE: &str = "/input/properties/x/$ref refers to `https://example.com/s.json`, outside this document; copy the \
                      definition into `$defs` and refer to `#/$defs/…`";
const A_FILE: &str = "/input/properties/x/$ref refers to `file:///etc/passwd`, outside this document; copy the \
                      definition into `$defs` and refer to `#/$defs/…`";
const CIRCLE: &str = "/input refers to itself, directly or in a circle; templates are not recursive";
const BOMB: &str = "/input/$defs/l28 grows past 10,000 subschemas when its references are replaced";
const CATASTROPHE: &str = "/input/properties/x/pattern is no regular expression, or none that can be matched in linear time \
     and bounded memory; look at its brackets, and leave out look-around, back-references and large repetitions";
const MANY_KEYS: &str = "/input/properties brings the document above 4,000 keys";
const DEEP: &str = " is nested deeper than 32 levels";
const TWICE: &str = "the template has the key `kind` twice";
const NUL: &str = "/name contains a NUL character at byte 1 of the text";
const SYNTAX: &str = "the template is not valid JSON: a value is missing, or begins with a character that none begins with, at line 2, column 2";
const SURROGATE: &str = "the template has half of a surrogate pair in a \\u escape at column 16";
const NO_TEMPLATE: &str = "/version must be 1, the only version there is";

fn template() -> Value {
    json!({
        "version": 1, "kind": "freeform", "name": "Own", "description": "A text.",
        "input": { "type": "object", "required": ["body"], "properties": { "body": { "type": "string" } } },
        "answer": { "type": "object", "properties": { "text": { "type": "string" } } },
        "layout": {
            "interaction": "freeform",
            "answer": [{ "field": "/text", "label": "Answer", "as": "text" }],
            "input": [{ "field": "/body", "label": "Task", "as": "text" }]
        }
    })
}

fn with(change: impl FnOnce(&mut Value)) -> String {
    let mut template = template();
    change(&mut template);
    template.to_string()
}

fn property(schema: Value) -> String {
    with(|t| t["input"]["properties"]["x"] = schema)
}

/// Twice as many at each of 40 levels.
fn bomb() -> String {
    let mut defs = Map::new();
    for level in 0..40 {
        let next = json!({ "$ref": format!("#/$defs/l{}", level + 1) });
        defs.insert(format!("l{level}"), json!({ "allOf": [next.clone(), next] }));
    }
    defs.insert("l40".into(), json!({ "type": "string" }));
    with(|t| {
        t["input"]["$defs"] = defs.into();
        t["input"]["properties"]["x"] = json!({ "$ref": "#/$defs/l0" });
    })
}

fn wrong() -> Vec<(&'static str, String, String)> {
    let keys: Map<String, Value> = (0..5_000).map(|n| (format!("k{n:04}"), json!({}))).collect();
    let deep = (0..40).fold(json!({}), |inner, _| json!({ "not": inner }));
    let at = format!("/input/properties/x{}", "/not".repeat(29));
    vec![
        (
            "remote",
            property(json!({ "$ref": "https://example.com/s.json" })),
            REMOTE.into(),
        ),
        (
            "file",
            property(json!({ "$ref": "file:///etc/passwd" })),
            A_FILE.into(),
        ),
        ("circle", property(json!({ "$ref": "#" })), CIRCLE.into()),
        ("bomb", bomb(), BOMB.into()),
        (
            "back-reference",
            property(json!({ "type": "string", "pattern": r"^(a+)\1$" })),
            CATASTROPHE.into(),
        ),
        (
            "repetition",
            property(json!({ "type": "string", "pattern": "((a{1000}){1000}){1000}" })),
            CATASTROPHE.into(),
        ),
        (
            "keys",
            with(|t| t["input"]["properties"] = keys.into()),
            MANY_KEYS.into(),
        ),
        ("deep", property(deep), format!("{at}{DEEP}")),
        (
            "twice",
            template().to_string().replacen('{', "{\"kind\":\"chat\",", 1),
            TWICE.into(),
        ),
        ("nul", with(|t| t["name"] = json!("a\0b")), NUL.into()),
        ("syntax", "{\"version\":\n ?}".into(), SYNTAX.into()),
        ("surrogate", r#"{"name":"\ud83d"}"#.into(), SURROGATE.into()),
        ("version", with(|t| t["version"] = json!(2)), NO_TEMPLATE.into()),
    ]
}

#[test]
fn a_template_that_cannot_be_run_is_refused_at_its_place() {
    let desk = Desk::new("freeform");
    let before = desk.at.ask(&["project", "list"]);
    for (name, document, said) in wrong() {
        let file = desk.at.beside(&format!("{name}.json"));
        fs::write(&file, &document).unwrap();
        let file = arg(&file);
        let ran = run(&desk
            .at
            .with(&["project", "add", "Wenham", name, "--template", &file]));
        assert_eq!(ran.stderr, format!("cofferdam: {file}: {said}\n"), "{name}");
        assert_eq!((ran.code, ran.stdout.as_str()), (1, ""), "{name}");
        // A program that sends it is told the same, as what is wrong with a field.
        let body = format!("{{\"name\":\"{name}\",\"template\":{document}}}");
        let told = desk.send(
            reqwest::Method::POST,
            &format!("/labs/{}/projects", desk.lab),
            body,
        );
        assert!(
            told.status == 422 || ["syntax", "surrogate"].contains(&name) && told.status == 400,
            "{name}: {told:?}"
        );
        assert_eq!(
            desk.at.ask(&["project", "list"]),
            before,
            "{name} opened a project"
        );
    }
}

/// The pattern that brings other engines to a stand is matched in linear time here.
#[test]
fn a_catastrophic_pattern_costs_nothing() {
    let desk = Desk::new("freeform");
    let file = desk.at.beside("nested.json");
    let nested =
        with(|t| t["input"]["properties"]["body"] = json!({ "type": "string", "pattern": "^(a+)+$" }));
    fs::write(&file, nested).unwrap();
    desk.at
        .ask(&["project", "add", "Wenham", "Nested", "--template", &arg(&file)]);
    let (_, token) = desk.at.seat(
        "Nested",
        "Script",
        &["--role", "integration", "--purpose", "import"],
    );
    let rows = desk.at.beside("rows.jsonl");
    fs::write(&rows, format!("{{\"body\":\"{}!\"}}\n", "a".repeat(1_000_000))).unwrap();
    let rows = arg(&rows);
    let ran = run(&["import", &rows, "--server", &desk.at.base, "--token", &token]);
    let said = "nothing was imported: 1 error\n  row 1 (line 1), /body must match `^(a+)+$`";
    assert_eq!(ran.stderr, format!("cofferdam: {rows}: {said}\n"));
}
