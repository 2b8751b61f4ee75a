//! What was wrong with a request, in this project's own words: the libraries that read it speak to programmers.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use axum::extract::{MatchedPath, Query, Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use cofferdam_work::{strict_json, unread};
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
    let (field, reason) = unread::told(message);
    Problem::field(&strict_json::shown(&field.unwrap_or(name)), reason)
}

/// The same of the member of a body at this JSON pointer.
pub(crate) fn unread_member(pointer: String, message: &str) -> Problem {
    let (pointer, reason) = unread::member(pointer, message);
    match pointer.as_str() {
        "" => Problem::body(reason),
        pointer => Problem::field(&strict_json::shown(&pointer), reason),
    }
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
                "/budget/objects_per_day: a whole number that is not negative is needed, not -1",
            ),
            (
                "/after",
                "invalid value: integer `99999999999999`, expected u32",
                "/after: 99999999999999 is too large: a whole number of at most 4294967295 is needed",
            ),
            (
                "/budget/objects_per_day",
                "invalid type: floating point `1e20`, expected u64",
                "/budget/objects_per_day: 1e20 is too large: a whole number of at most 18446744073709551615 is needed",
            ),
            (
                "/budget/objects_per_day",
                "invalid type: floating point `1.5`, expected u64",
                "/budget/objects_per_day: a whole number that is not negative is needed, not 1.5",
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
