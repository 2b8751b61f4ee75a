//! What was wrong with a request, in this project's own words: the libraries that read it speak to programmers.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use axum::extract::{MatchedPath, Query, Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use cofferdam_work::strict_json;
use serde_path_to_error::Segment;
use utoipa::openapi::path::{Operation, ParameterIn};
use utoipa::openapi::{OpenApi, RefOr};

use crate::problem::{Answer, Problem};

/// The query parameters of every operation, by its path.
pub(crate) type Known = Arc<HashMap<(Method, String), BTreeSet<String>>>;

/// As the document has them.
pub(crate) fn parameters(document: &OpenApi) -> Known {
    let named = |operation: &Operation| -> BTreeSet<String> {
        let all = operation.parameters.iter().flatten().filter_map(|p| match p {
            RefOr::T(parameter) => Some(parameter),
            RefOr::Ref(_) => None,
        });
        let queried = all.filter(|p| p.parameter_in == ParameterIn::Query);
        queried.map(|p| p.name.clone()).collect()
    };
    let mut known = HashMap::new();
    for (path, item) in &document.paths.paths {
        let operations = [
            (Method::GET, &item.get),
            (Method::PUT, &item.put),
            (Method::POST, &item.post),
            (Method::DELETE, &item.delete),
        ];
        for (method, operation) in operations {
            if let Some(operation) = operation {
                known.insert((method, path.clone()), named(operation));
            }
        }
    }
    Arc::new(known)
}

/// Refuses query parameters that the operation does not have: whoever misspells a filter is not shown everything.
pub(crate) async fn only_known(
    State(known): State<Known>,
    matched: Option<MatchedPath>,
    request: Request,
    next: Next,
) -> Response {
    let method = match *request.method() {
        Method::HEAD => &Method::GET,
        ref other => other,
    };
    let query = Query::<Vec<(String, String)>>::try_from_uri(request.uri()).ok();
    let operation = matched.and_then(|path| known.get(&(method.clone(), path.as_str().to_owned())));
    if let (Some(Query(pairs)), Some(names)) = (query, operation)
        && let Err(problem) = check(&pairs, names)
    {
        return problem.into_response();
    }
    next.run(request).await
}

fn check(pairs: &[(String, String)], names: &BTreeSet<String>) -> Answer<()> {
    let mut seen = BTreeSet::new();
    for (name, _) in pairs {
        let shown = strict_json::shown(name);
        if !names.contains(name) {
            let there = match names.len() {
                0 => "this operation has none".to_owned(),
                _ => format!("there are {}", listed(names.iter().map(String::as_str))),
            };
            let problem = format!("there is no such query parameter; {there}");
            return Err(Problem::field(&shown, problem));
        }
        if !seen.insert(name) {
            return Err(Problem::field(&shown, "it is given twice; give it once"));
        }
    }
    Ok(())
}

fn listed<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names
        .map(|name| format!("`{name}`"))
        .collect::<Vec<_>>()
        .join(", ")
}

/// What a deserializer says of a query parameter, in words. What is not known here is passed on as it is.
pub(crate) fn unread_parameter(name: &str, message: &str) -> Problem {
    let (field, reason) = told(message);
    Problem::field(&strict_json::shown(&field.unwrap_or(name)), reason)
}

/// The same of the member of a body at this JSON pointer.
pub(crate) fn unread_member(mut pointer: String, message: &str) -> Problem {
    let (member, reason) = told(message);
    if let Some(step) = member.map(strict_json::step) {
        // The path leads to the object that lacks it, or to itself.
        if !pointer.ends_with(&step) {
            pointer.push_str(&step);
        }
    }
    match pointer.as_str() {
        "" => Problem::body(reason),
        pointer => Problem::field(&strict_json::shown(&pointer), reason),
    }
}

/// The path that a deserializer came by, as a JSON pointer.
pub(crate) fn pointer(path: &serde_path_to_error::Path) -> String {
    let steps = path.iter().map(|segment| match segment {
        Segment::Seq { index } => format!("/{index}"),
        Segment::Map { key } => strict_json::step(key),
        // Of an enum a document shows the members alone.
        Segment::Enum { .. } | Segment::Unknown => String::new(),
    });
    steps.collect()
}

/// The member that a message names, if it does, and what is wrong.
fn told(message: &str) -> (Option<&str>, String) {
    let quoted = |text| -> Option<(&str, &str)> { str::strip_prefix(text, '`')?.split_once('`') };
    if let Some((field, rest)) = message.strip_prefix("unknown field ").and_then(quoted) {
        let there = rest.strip_prefix(", expected ").map(|there| {
            let there = there.strip_prefix("one of ").unwrap_or(there);
            format!("; there are {}", there.replace("` or `", "`, `"))
        });
        return (
            Some(field),
            format!("there is no such member{}", there.unwrap_or_default()),
        );
    }
    if let Some((field, _)) = message.strip_prefix("missing field ").and_then(quoted) {
        return (Some(field), "it is needed".into());
    }
    if let Some((variant, rest)) = message.strip_prefix("unknown variant ").and_then(quoted) {
        let there = rest.trim_start_matches(", expected ");
        let there = there
            .strip_prefix("one of ")
            .unwrap_or(there)
            .replace("` or `", "`, `");
        let variant = strict_json::shown(&variant);
        return (None, format!("`{variant}` is not possible; possible are {there}"));
    }
    let mismatch = message
        .strip_prefix("invalid type: ")
        .or_else(|| message.strip_prefix("invalid value: "));
    if let Some((found, wanted)) = mismatch.and_then(|rest| rest.rsplit_once(", expected ")) {
        return (
            None,
            format!("{} is needed, not {}", wanted_words(wanted), found_words(found)),
        );
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

fn wanted_words(wanted: &str) -> &str {
    match wanted {
        "a string" | "string or map" | "a borrowed string" => "a text",
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number of at least 0",
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

    fn said(problem: &Problem) -> String {
        serde_json::to_value(problem).unwrap()["detail"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    #[test]
    fn a_parameter_that_does_not_read_is_told_in_words_and_with_its_name() {
        for (name, message, words) in [
            (
                "limit",
                "invalid digit found in string",
                "limit: a whole number is needed",
            ),
            (
                "open",
                "provided string was not `true` or `false`",
                "open: `true` or `false` is needed",
            ),
            ("", "missing field `credential`", "credential: it is needed"),
        ] {
            assert_eq!(said(&unread_parameter(name, message)), words);
        }
    }

    #[test]
    fn a_member_that_does_not_read_is_told_in_words_and_with_its_pointer() {
        for (pointer, message, words) in [
            (
                "/nme",
                "unknown field `nme`, expected `name`",
                "/nme: there is no such member; there are `name`",
            ),
            (
                "",
                "unknown field `a/z~`, expected one of `a`, `b`",
                "/a~1z~0: there is no such member; there are `a`, `b`",
            ),
            ("", "missing field `name`", "/name: it is needed"),
            (
                "/budget",
                "missing field `bytes_per_day`",
                "/budget/bytes_per_day: it is needed",
            ),
            (
                "/kind",
                "unknown variant `dog`, expected `person` or `component`",
                "/kind: `dog` is not possible; possible are `person`, `component`",
            ),
            (
                "/budget/objects_per_day",
                "invalid value: integer `-1`, expected u64",
                "/budget/objects_per_day: a whole number of at least 0 is needed, not -1",
            ),
            (
                "/name",
                "invalid type: integer `5`, expected a string",
                "/name: a text is needed, not 5",
            ),
            ("", "something else", "the body: something else"),
        ] {
            assert_eq!(said(&unread_member(pointer.to_owned(), message)), words);
        }
    }

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

    #[test]
    fn a_query_parameter_that_is_none_is_named_with_those_that_there_are() {
        let names = BTreeSet::from(["cursor".to_owned(), "limit".to_owned()]);
        let check = |query: &str, names: &BTreeSet<String>| {
            let uri = format!("/x?{query}").parse().unwrap();
            check(
                &Query::<Vec<(String, String)>>::try_from_uri(&uri).unwrap().0,
                names,
            )
        };
        assert!(check("limit=5&cursor=a", &names).is_ok());
        assert_eq!(
            said(&check("limt=5", &names).unwrap_err()),
            "limt: there is no such query parameter; there are `cursor`, `limit`"
        );
        assert_eq!(
            said(&check("x=1", &BTreeSet::new()).unwrap_err()),
            "x: there is no such query parameter; this operation has none"
        );
        assert_eq!(
            said(&check("limit=1&limit=2", &names).unwrap_err()),
            "limit: it is given twice; give it once"
        );
    }
}
