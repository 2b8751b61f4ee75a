//! JSON read strictly and within bounds.
//!
//! `serde_json::Value` keeps the last of two equal keys and bounds nothing but nesting. What a stranger sends
//! is read here instead: duplicate keys, NUL characters and anything past [`Bounds`] are refused, with the JSON
//! pointer (RFC 6901) of the place.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// What one JSON document may contain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Levels of arrays and objects, the outermost counting as 1. Values above 120 have no effect: `serde_json`
    /// itself stops at 128.
    pub depth: usize,
    /// Keys over all objects of the document together.
    pub keys: usize,
    /// Bytes of UTF-8 in one text value.
    pub text_bytes: usize,
}

/// Why a document was refused, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// JSON pointer of the place; empty for the document itself.
    pub pointer: String,
    /// Lines below the first line of the document.
    pub line_offset: u64,
    /// What is wrong, as the rest of a sentence whose subject is the place: "is not valid JSON: …".
    pub reason: String,
    /// What to do about it, where that is known.
    pub hint: Option<String>,
    /// Whether it is no JSON at all, rather than JSON that breaks a rule.
    pub syntax: bool,
}

impl Problem {
    /// The reason, with the line beside the column where the document has several.
    #[must_use]
    pub fn reason_in_document(&self) -> String {
        match self.reason.rsplit_once(" at column ") {
            Some((head, column)) if self.syntax && self.line_offset > 0 => {
                format!("{head} at line {}, column {column}", self.line_offset + 1)
            }
            _ => self.reason.clone(),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = if self.pointer.is_empty() {
            "the document"
        } else {
            &self.pointer
        };
        write!(f, "{place} {}", self.reason)
    }
}

/// Reads one JSON value and nothing after it but white space.
///
/// # Errors
/// The first [`Problem`] found, in document order.
pub fn parse(text: &str, bounds: &Bounds) -> Result<Value, Problem> {
    let mut state = State {
        bounds,
        depth: 0,
        keys: 0,
        path: Vec::new(),
        found: None,
    };
    let mut json = serde_json::Deserializer::from_str(text);
    let parsed = Node(&mut state)
        .deserialize(&mut json)
        .and_then(|value| json.end().map(|()| value));
    parsed.map_err(|error| state.explain(&error))
}

/// Checks a value that was built elsewhere (an API body) against the same bounds.
///
/// # Errors
/// The first [`Problem`] found.
pub fn check(value: &Value, bounds: &Bounds) -> Result<(), Problem> {
    let mut state = State {
        bounds,
        depth: 0,
        keys: 0,
        path: Vec::new(),
        found: None,
    };
    state.walk(value).map_err(|Stop| state.take_found())
}

enum Step {
    Key(String),
    Index(usize),
}

struct State<'b> {
    bounds: &'b Bounds,
    depth: usize,
    keys: usize,
    path: Vec<Step>,
    found: Option<(String, Option<&'static str>)>,
}

/// A rule of [`Bounds`] was broken; `State::found` says which.
struct Stop;

impl State<'_> {
    fn refuse(&mut self, reason: String, hint: Option<&'static str>) -> Stop {
        self.found = Some((reason, hint));
        Stop
    }

    fn enter(&mut self) -> Result<(), Stop> {
        if self.depth == self.bounds.depth {
            let reason = format!("is nested deeper than {} levels", self.bounds.depth);
            return Err(self.refuse(
                reason,
                Some("flatten it, or put the inner part into a text field"),
            ));
        }
        self.depth += 1;
        Ok(())
    }

    fn key(&mut self, key: &str) -> Result<(), Stop> {
        self.keys += 1;
        if self.keys > self.bounds.keys {
            let reason = format!(
                "brings the document above {} keys",
                thousands(self.bounds.keys as u64)
            );
            return Err(self.refuse(reason, Some("a list of values belongs into an array")));
        }
        self.text(key)
    }

    fn text(&mut self, text: &str) -> Result<(), Stop> {
        if text.len() > self.bounds.text_bytes {
            let reason = format!(
                "has {} bytes of text; at most {} are taken",
                thousands(text.len() as u64),
                thousands(self.bounds.text_bytes as u64)
            );
            return Err(self.refuse(reason, None));
        }
        if let Some(at) = text.find('\0') {
            let reason = format!("contains a NUL character at byte {at} of the text");
            return Err(self.refuse(reason, Some("remove it: NUL is no part of any text")));
        }
        Ok(())
    }

    fn walk(&mut self, value: &Value) -> Result<(), Stop> {
        match value {
            Value::String(text) => self.text(text),
            Value::Array(items) => {
                self.enter()?;
                for (index, item) in items.iter().enumerate() {
                    self.path.push(Step::Index(index));
                    self.walk(item)?;
                    self.path.pop();
                }
                self.depth -= 1;
                Ok(())
            }
            Value::Object(entries) => {
                self.enter()?;
                for (key, item) in entries {
                    self.key(key)?;
                    self.path.push(Step::Key(clip(key)));
                    self.walk(item)?;
                    self.path.pop();
                }
                self.depth -= 1;
                Ok(())
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => Ok(()),
        }
    }

    fn pointer(&self) -> String {
        let mut pointer = String::new();
        for step in &self.path {
            pointer.push('/');
            match step {
                Step::Key(key) => pointer.push_str(&escape(key)),
                Step::Index(index) => pointer.push_str(&index.to_string()),
            }
        }
        pointer
    }

    fn take_found(&mut self) -> Problem {
        let (reason, hint) = self.found.take().unwrap_or_default();
        Problem {
            pointer: self.pointer(),
            line_offset: 0,
            reason,
            hint: hint.map(str::to_owned),
            syntax: false,
        }
    }

    /// Tells our own refusals from what `serde_json` found.
    fn explain(&mut self, error: &serde_json::Error) -> Problem {
        let line_offset = (error.line() as u64).saturating_sub(1);
        if self.found.is_some() {
            return Problem {
                line_offset,
                ..self.take_found()
            };
        }
        let whole = error.to_string();
        let message = whole
            .rsplit_once(" at line ")
            .map_or(whole.as_str(), |(head, _)| head);
        let column = error.column();
        let (reason, hint) = match message {
            "lone leading surrogate in hex escape" | "unexpected end of hex escape" => (
                format!("has half of a surrogate pair in a \\u escape at column {column}"),
                Some("characters above U+FFFF need both halves, or plain UTF-8"),
            ),
            m if m.starts_with("EOF while parsing") => (
                format!("is not valid JSON: it ends early, at column {column}"),
                None,
            ),
            m if m.starts_with("number out of range") => (
                format!("has a number that is too large to be kept at column {column}"),
                Some("write it as a text, in quotes"),
            ),
            m if m.starts_with("control character") => (
                format!("has a bare control character in a text at column {column}"),
                Some("write it as an escape: \\n, \\t, \\u001f"),
            ),
            m => (
                format!("is not valid JSON: {} at column {column}", in_words(m)),
                None,
            ),
        };
        Problem {
            pointer: self.pointer(),
            line_offset,
            reason,
            hint: hint.map(str::to_owned),
            syntax: true,
        }
    }
}

/// What `serde_json` says, for whoever never wrote a parser.
fn in_words(message: &str) -> &str {
    match message {
        "expected ident" => "a word that is neither true, false nor null",
        "expected value" => "a value is missing, or begins with a character that none begins with,",
        "trailing characters" => "something follows the end",
        "trailing comma" => "a comma before the end of a list or object",
        "key must be a string" => "a member's name is not in quotation marks",
        "expected `:`" => "a colon is missing",
        "expected `,` or `}`" => "a comma or the end of the object is missing",
        "expected `,` or `]`" => "a comma or the end of the list is missing",
        other => other,
    }
}

/// Deserializes one value under the rules of the state.
struct Node<'s, 'b>(&'s mut State<'b>);

impl<'de> DeserializeSeed<'de> for Node<'_, '_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node<'_, '_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value)
            .map(Value::Number)
            .ok_or_else(|| E::custom("number out of range"))
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Value, E> {
        self.0.text(text).map_err(|Stop| E::custom("refused"))?;
        Ok(Value::String(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let state = self.0;
        state.enter().map_err(|Stop| A::Error::custom("refused"))?;
        let mut array = Vec::new();
        loop {
            state.path.push(Step::Index(array.len()));
            let Some(item) = items.next_element_seed(Node(state))? else {
                break;
            };
            array.push(item);
            state.path.pop();
        }
        state.path.pop();
        state.depth -= 1;
        Ok(Value::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let state = self.0;
        state.enter().map_err(|Stop| A::Error::custom("refused"))?;
        let mut object = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            state.key(&key).map_err(|Stop| A::Error::custom("refused"))?;
            if object.contains_key(&key) {
                let Stop = state.refuse(format!("has the key `{}` twice", clip(&key)), None);
                return Err(A::Error::custom("refused"));
            }
            state.path.push(Step::Key(clip(&key)));
            let value = entries.next_value_seed(Node(state))?;
            state.path.pop();
            object.insert(key, value);
        }
        state.depth -= 1;
        Ok(Value::Object(object))
    }
}

/// One reference token of a JSON pointer (RFC 6901, section 3).
pub(crate) fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// One step of a JSON pointer, with its `/`, for people: a stranger's name as [`clip`] shows it.
#[must_use]
pub fn step(name: &str) -> String {
    format!("/{}", escape(&clip(name)))
}

/// The first step of a JSON pointer as the name that it is, and the rest with its `/`.
pub(crate) fn first_step(pointer: &str) -> (String, &str) {
    let steps = pointer.strip_prefix('/').unwrap_or(pointer);
    let (name, rest) = steps.split_at(steps.find('/').unwrap_or(steps.len()));
    (name.replace("~1", "/").replace("~0", "~"), rest)
}

/// A text cut to at most 60 characters, so that messages stay one line; control characters are shown escaped.
pub(crate) fn clip(text: &str) -> String {
    const MOST: usize = 60;
    let mut shown: String = text
        .chars()
        .take(MOST)
        .flat_map(|c| {
            if c.is_control() {
                c.escape_default().collect()
            } else {
                vec![c]
            }
        })
        .collect();
    if text.chars().nth(MOST).is_some() {
        shown.push('…');
    }
    shown
}

/// A JSON pointer for people: each of its steps as [`clip`] shows it. What it leads through is a stranger's too.
pub(crate) fn clip_pointer(pointer: &str) -> String {
    pointer.split('/').map(clip).collect::<Vec<_>>().join("/")
}

/// A message of another library on one line, cut to at most 300 characters: such messages repeat what they complain
/// about, whatever it is and however long.
#[must_use]
pub fn shown(message: &dyn fmt::Display) -> String {
    const MOST: usize = 300;
    let message = message.to_string();
    let mut shown = String::new();
    for c in message.chars().take(MOST) {
        if c.is_control() {
            shown.extend(c.escape_default());
        } else {
            shown.push(c);
        }
    }
    if message.chars().nth(MOST).is_some() {
        shown.push('…');
    }
    shown
}

/// A count with a comma between thousands, as our messages write it: `1,048,576`.
pub(crate) fn thousands(count: u64) -> String {
    let digits = count.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// How many of something: `1 row`, `2,997 rows`.
pub(crate) fn counted(count: u64, one: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{} {one}{plural}", thousands(count))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const BOUNDS: Bounds = Bounds {
        depth: 4,
        keys: 6,
        text_bytes: 20,
    };

    fn refused(text: &str) -> String {
        parse(text, &BOUNDS).expect_err("must be refused").to_string()
    }

    #[test]
    fn reads_what_serde_json_reads() {
        let text = r#"{"a":[1,-2,2.5,true,null],"b":{"c":"x\u00e9😀"}}"#;
        let expected: Value = serde_json::from_str(text).unwrap();
        assert_eq!(parse(text, &BOUNDS).unwrap(), expected);
        assert!(check(&expected, &BOUNDS).is_ok());
    }

    #[test]
    fn names_the_place_of_each_refusal() {
        assert_eq!(refused(r#"{"a":1,"a":2}"#), "the document has the key `a` twice");
        assert_eq!(refused(r#"{"x":[{"a":1,"a":2}]}"#), "/x/0 has the key `a` twice");
        assert_eq!(
            refused(r#"{"x":{"a/b~":"\u0000"}}"#),
            "/x/a~1b~0 contains a NUL character at byte 0 of the text"
        );
        assert_eq!(refused("[[[[[1]]]]]"), "/0/0/0/0 is nested deeper than 4 levels");
        assert_eq!(
            refused(r#"{"x":["ok","123456789012345678901"]}"#),
            "/x/1 has 21 bytes of text; at most 20 are taken"
        );
        let many = format!(
            "{{{}}}",
            (0..7)
                .map(|n| format!("\"k{n}\":{n}"))
                .collect::<Vec<_>>()
                .join(",")
        );
        assert_eq!(refused(&many), "the document brings the document above 6 keys");
    }

    #[test]
    fn explains_syntax() {
        assert_eq!(
            refused(r#"{"a":1"#),
            "the document is not valid JSON: it ends early, at column 6"
        );
        assert_eq!(
            refused(r#"{"a":1} x"#),
            "the document is not valid JSON: something follows the end at column 9"
        );
        assert_eq!(
            refused(r#"{"a":tru}"#),
            "/a is not valid JSON: a word that is neither true, false nor null at column 9"
        );
        assert_eq!(
            refused(r#"{"a":"\ud800"}"#),
            "/a has half of a surrogate pair in a \\u escape at column 13"
        );
        assert_eq!(
            refused(r#"{"a":"\udc00x"}"#),
            "/a has half of a surrogate pair in a \\u escape at column 12"
        );
        assert_eq!(
            refused("{\"a\":\"x\ty\"}"),
            "/a has a bare control character in a text at column 8"
        );
        assert_eq!(
            refused("{\"a\":1e999}"),
            "/a has a number that is too large to be kept at column 10"
        );
        let third = parse("{\n\"a\":\n?}", &BOUNDS).unwrap_err();
        assert_eq!((third.line_offset, third.syntax), (2, true));
        assert_eq!(
            third.reason_in_document(),
            "is not valid JSON: a value is missing, or begins with a character that none begins with, at line 3, column 1"
        );
        let bounded = parse("{\n\"a\":[[[[1]]]]}", &BOUNDS).unwrap_err();
        assert_eq!((bounded.line_offset, bounded.syntax), (1, false));
        assert_eq!(bounded.reason_in_document(), "is nested deeper than 4 levels");
    }

    #[test]
    fn a_built_value_meets_the_same_bounds() {
        let deep = json!([[[[[1]]]]]);
        assert_eq!(
            check(&deep, &BOUNDS).unwrap_err().to_string(),
            "/0/0/0/0 is nested deeper than 4 levels"
        );
        let nul = json!({"a": "x\0"});
        assert_eq!(
            check(&nul, &BOUNDS).unwrap_err().to_string(),
            "/a contains a NUL character at byte 1 of the text"
        );
    }

    #[test]
    fn long_names_are_clipped_in_messages() {
        assert_eq!(clip("short\n"), "short\\n");
        assert_eq!(clip(&"x".repeat(200)).chars().count(), 61);
        let long = format!("/a~1b/{}\u{7}/0", "x".repeat(70));
        assert_eq!(clip_pointer(&long), format!("/a~1b/{}…/0", "x".repeat(60)));
        assert_eq!(clip_pointer("/\u{7f}"), r"/\u{7f}");
        assert_eq!(clip_pointer(""), "");
        assert_eq!(shown(&"unknown field `a\u{7f}\n`"), "unknown field `a\\u{7f}\\n`");
        assert_eq!(shown(&"x".repeat(5_000_000)).chars().count(), 301);
        assert_eq!(thousands(1_048_576), "1,048,576");
        assert_eq!(thousands(999), "999");
    }
}
