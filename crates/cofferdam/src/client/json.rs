//! Members of an answer, by JSON pointer, as text for people.

use serde_json::Value;

/// A member as text; empty where it is absent or null.
pub(crate) fn text(value: &Value, pointer: &str) -> String {
    match value.pointer(pointer) {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

/// A member as a number; 0 where it is absent.
pub(crate) fn number(value: &Value, pointer: &str) -> u64 {
    value.pointer(pointer).and_then(Value::as_u64).unwrap_or(0)
}

/// A time as people read it: to the second, `2026-03-24 10:39:00Z`.
pub(crate) fn when(value: &Value, pointer: &str) -> String {
    let time = text(value, pointer);
    match (time.get(..10), time.get(11..19)) {
        (Some(date), Some(clock)) if time.ends_with('Z') => format!("{date} {clock}Z"),
        _ => time,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn members_are_shown_as_people_read_them() {
        let value = json!({"a": {"b": "x"}, "n": 3, "none": null, "t": "2026-03-24T10:39:00.000001Z"});
        assert_eq!(
            (text(&value, "/a/b"), text(&value, "/n"), text(&value, "/none")),
            ("x".into(), "3".into(), "".into())
        );
        assert_eq!((number(&value, "/n"), number(&value, "/x")), (3, 0));
        assert_eq!(
            (when(&value, "/t"), when(&value, "/a/b")),
            ("2026-03-24 10:39:00Z".into(), "x".into())
        );
    }
}
