//! What a deserializer says of what it does not take, in this project's own words: the libraries that read JSON speak to programmers.

use serde::de::DeserializeOwned;
use serde_path_to_error::Segment;

use crate::objects::Objects;
use crate::strict_json;

/// Reads a document whose writer is told where it does not read.
///
/// # Errors
/// Where it is no JSON the line and the column, else the JSON pointer to what does not read; and what is wrong there.
pub fn from_str<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    let value: serde_json::Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
    from_value(value).map_err(|error| {
        let (at, reason) = member(pointer(error.path()), &error.inner().to_string());
        format!("{at}: {reason}")
    })
}

/// Reads what is JSON already; a list is never taken for an object of its members.
///
/// # Errors
/// Where it does not read, and why, for [`member`].
pub fn from_value<T: DeserializeOwned>(
    value: serde_json::Value,
) -> Result<T, serde_path_to_error::Error<serde_json::Error>> {
    serde_path_to_error::deserialize(Objects(value))
}

/// Where the member at this JSON pointer is, once a message has named it, and what is wrong with it.
pub fn member(mut pointer: String, message: &str) -> (String, String) {
    let (member, reason) = told(message);
    if let Some(step) = member.map(strict_json::step) {
        // The path leads to the object that lacks it, or to itself.
        if !pointer.ends_with(&step) {
            pointer.push_str(&step);
        }
    }
    (pointer, reason)
}

/// The path that a deserializer came by, as a JSON pointer.
pub fn pointer(path: &serde_path_to_error::Path) -> String {
    let steps = path.iter().map(|segment| match segment {
        Segment::Seq { index } => format!("/{index}"),
        Segment::Map { key } => strict_json::step(key),
        // Of an enum a document shows the members alone.
        Segment::Enum { .. } | Segment::Unknown => String::new(),
    });
    steps.collect()
}

/// The member that a message names, if it does, and what is wrong.
pub fn told(message: &str) -> (Option<&str>, String) {
    if let Some((field, there)) = message.strip_prefix("unknown field ").and_then(unknown) {
        let there = there.map(|there| format!("; there are {there}"));
        return (
            Some(field),
            format!("there is no such member{}", there.unwrap_or_default()),
        );
    }
    if let Some(field) = message.strip_prefix("missing field ").and_then(quoted) {
        return (Some(field), "it is needed".into());
    }
    if let Some((variant, there)) = message.strip_prefix("unknown variant ").and_then(unknown) {
        let there = there.unwrap_or_else(|| "none".into());
        let variant = strict_json::shown(&variant);
        return (None, format!("`{variant}` is not possible; possible are {there}"));
    }
    if message.starts_with("invalid length ") && message.contains(", expected struct ") {
        return (None, "an object is needed, not a list".into());
    }
    let mismatch = message
        .strip_prefix("invalid type: ")
        .or_else(|| message.strip_prefix("invalid value: "));
    if let Some((found, wanted)) = mismatch.and_then(|rest| rest.rsplit_once(", expected ")) {
        let (needed, shown) = (wanted_words(wanted), found_words(found));
        let reason = match most(wanted).filter(|_| is_too_large(found)) {
            Some(most) => format!("{shown} is too large: a whole number of at most {most} is needed"),
            None => format!("{needed} is needed, not {shown}"),
        };
        return (None, reason);
    }
    let words = match message {
        "invalid digit found in string" | "cannot parse integer from empty string" => {
            "a whole number is needed"
        }
        "number too large to fit in target type" | "number too small to fit in target type" => {
            "that number is out of range"
        }
        "provided string was not `true` or `false`" => "`true` or `false` is needed",
        other => return (None, strict_json::shown(&other)),
    };
    (None, words.into())
}

/// A name between backticks, which may hold some itself.
fn quoted(text: &str) -> Option<&str> {
    text.strip_prefix('`')?.strip_suffix('`')
}

/// The name that a document gave, whatever is in it, and those that our own types have.
fn unknown(text: &str) -> Option<(&str, Option<String>)> {
    let Some((name, there)) = text.rsplit_once(", expected ") else {
        // "there are no fields", "there are no variants"
        let (name, _) = text.rsplit_once(", ")?;
        return Some((quoted(name)?, None));
    };
    let there = there.strip_prefix("one of ").unwrap_or(there);
    Some((quoted(name)?, Some(there.replace("` or `", "`, `"))))
}

/// The largest number that something wanted can be.
fn most(wanted: &str) -> Option<u64> {
    Some(match wanted {
        "u8" => u8::MAX.into(),
        "u16" => u16::MAX.into(),
        "u32" => u32::MAX.into(),
        "i32" => i32::MAX.unsigned_abs().into(),
        "i64" => i64::MAX.unsigned_abs(),
        "u64" | "usize" => u64::MAX,
        _ => return None,
    })
}

/// Whether a number that was refused is one that is too large: a whole one that is not negative, or one of more than 64 bits, which comes
/// as a fraction.
fn is_too_large(found: &str) -> bool {
    const MORE_THAN_64_BITS: f64 = 1.8e19;
    let value = |kind: &str| Some(found.strip_prefix(kind)?.trim_matches('`').to_owned());
    let whole = value("integer ").is_some_and(|value| value.bytes().all(|byte| byte.is_ascii_digit()));
    let float = value("floating point ").and_then(|value| value.parse::<f64>().ok());
    whole || float.is_some_and(|value| value > MORE_THAN_64_BITS)
}

fn wanted_words(wanted: &str) -> &str {
    match wanted {
        "a string" | "string or map" | "a borrowed string" => "a text",
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number that is not negative",
        "i8" | "i16" | "i32" | "i64" => "a whole number",
        "a boolean" => "`true` or `false`",
        "a sequence" => "a list",
        other if other.starts_with("struct ") || other == "a map" => "an object",
        other => other,
    }
}

fn found_words(found: &str) -> String {
    let words = match found.split_once(' ') {
        Some(("integer" | "boolean", value)) => value.trim_matches('`').to_owned(),
        Some(("floating", rest)) => rest.trim_start_matches("point ").trim_matches('`').to_owned(),
        Some(("string", value)) => format!("the text {value}"),
        _ => match found {
            "sequence" => "a list".to_owned(),
            "map" => "an object".to_owned(),
            other => other.to_owned(),
        },
    };
    strict_json::shown(&words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_to_a_member_is_a_json_pointer() {
        #[derive(Debug, serde::Deserialize)]
        struct Rows {
            #[serde(rename = "a/b.c")]
            _rows: Vec<std::collections::BTreeMap<String, u64>>,
        }
        let read = |text: &str| {
            let mut json = serde_json::Deserializer::from_str(text);
            serde_path_to_error::deserialize::<_, Rows>(&mut json).unwrap_err()
        };
        let wrong = read(r#"{"a/b.c":[{},{"x.~y":"z"}]}"#);
        assert_eq!(pointer(wrong.path()), "/a~1b.c/1/x.~0y");
        assert_eq!(pointer(read("{}").path()), "");
    }

    /// What stands in a document is not taken for the message's own words.
    #[test]
    fn a_name_may_hold_backticks_and_control_characters() {
        #[derive(Debug, serde::Deserialize)]
        #[serde(rename_all = "lowercase", deny_unknown_fields)]
        enum Shown {
            Line,
            Text { _of: u64 },
        }
        #[derive(Debug, serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Nothing {}
        let variant = from_str::<Shown>(r#""`\r`, expected `x""#).unwrap_err();
        assert_eq!(
            variant,
            r": ``\r`, expected `x` is not possible; possible are `line`, `text`"
        );
        let field = from_str::<Shown>(r#"{"text": {"a`b\r`c": 1}}"#).unwrap_err();
        assert!(!field.contains(char::is_control), "{field:?}");
        assert!(field.contains("a`b"), "{field}");
        let odd = from_str::<Nothing>(r#"{"a`, there": 1}"#).unwrap_err();
        assert_eq!(odd, "/a`, there: there is no such member");
    }

    /// What `serde` derives for a struct takes a list as well.
    #[test]
    fn a_list_is_no_object() {
        #[derive(Debug, PartialEq, serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Inner {
            a: u64,
            #[serde(default)]
            b: Option<Box<Inner>>,
        }
        #[derive(Debug, PartialEq, serde::Deserialize)]
        enum Step {
            Plain,
            Pair(u64, u64),
            Of(Inner),
            With { inner: Inner },
        }
        #[derive(Debug, PartialEq, serde::Deserialize)]
        struct Whole {
            list: Vec<Inner>,
            map: std::collections::BTreeMap<u64, Inner>,
            maybe: Option<Inner>,
            pair: (u64, Inner),
            steps: Vec<Step>,
        }
        let whole = |change: &dyn Fn(&mut serde_json::Value)| {
            let mut value = serde_json::json!({
                "list": [{"a": 1, "b": {"a": 2}}], "map": {"3": {"a": 3}}, "maybe": {"a": 4}, "pair": [5, {"a": 5}],
                "steps": ["Plain", {"Pair": [1, 2]}, {"Of": {"a": 6}}, {"With": {"inner": {"a": 7}}}],
            });
            change(&mut value);
            from_str::<Whole>(&value.to_string())
        };
        let read = whole(&|_| {}).unwrap();
        assert_eq!(read.pair.1.a, 5);
        assert_eq!(read.steps[1], Step::Pair(1, 2));
        for at in [
            "/list/0",
            "/list/0/b",
            "/map/3",
            "/maybe",
            "/pair/1",
            "/steps/2/Of",
            "/steps/3/With",
            "/steps/3/With/inner",
        ] {
            for list in [serde_json::json!([1, null]), serde_json::json!([])] {
                let told = whole(&|value| *value.pointer_mut(at).unwrap() = list.clone()).unwrap_err();
                let at = at.replace("/Of", "").replace("/With", "");
                assert_eq!(told, format!("{at}: an object is needed, not a list"));
            }
        }
        assert_eq!(
            from_str::<Whole>("[[], {}, null, [5, {}], []]").unwrap_err(),
            ": an object is needed, not a list"
        );
    }
}
