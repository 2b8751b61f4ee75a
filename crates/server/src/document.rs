//! The OpenAPI document: what the operations say of themselves, and what is common to them all.

use utoipa::OpenApi;
use utoipa::openapi::path::Operation;
use utoipa::openapi::{Content, Ref, RefOr, ResponseBuilder};
use utoipa_axum::router::OpenApiRouter;

use crate::state::AppState;
use crate::{api, idempotency, problem};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Cofferdam",
        description = "The platform on which contractors produce training data for AI labs. \
                       Errors are RFC 9457 problems. Lists have `items` and `next`. Times are RFC 3339 in UTC.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    components(schemas(problem::Problem)),
    modifiers(&Security)
)]
struct Document;

struct Security;

impl utoipa::Modify for Security {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        use utoipa::openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme};
        let components = document.components.get_or_insert_with(Default::default);
        let token = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
        components.add_security_scheme("token", token);
        let cookie = SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new(crate::caller::COOKIE)));
        components.add_security_scheme("session", cookie);
    }
}

pub(crate) fn documented() -> OpenApiRouter<AppState> {
    OpenApiRouter::with_openapi(Document::openapi()).nest("/api/v1", api::routes())
}

/// What the router's macros cannot say: names of operations that are their own (tag and handler), paths as OpenAPI
/// writes them, and the key with which a request may be repeated.
fn complete(document: &mut utoipa::openapi::OpenApi) {
    let paths = std::mem::take(&mut document.paths.paths);
    document.paths.paths = paths
        .into_iter()
        .map(|(path, item)| (path.replace("{*", "{"), item))
        .collect();
    for (path, item) in &mut document.paths.paths {
        let operations = [&mut item.get, &mut item.put, &mut item.post, &mut item.delete];
        for operation in operations.into_iter().flatten() {
            let tag = operation.tags.iter().flatten().next().cloned();
            let tag = tag.unwrap_or_default();
            operation.operation_id = operation.operation_id.take().map(|id| format!("{tag}_{id}"));
            problems(operation);
        }
        if let Some(post) = item.post.as_mut().filter(|_| idempotency::applies(path)) {
            post.parameters.get_or_insert_default().push(repeatable().into());
            let malformed = "Not a key that a request may be repeated with, or a body that is not JSON";
            answer(post, "400", malformed);
            busy(post);
        }
    }
}

fn repeatable() -> utoipa::openapi::path::Parameter {
    use utoipa::openapi::path::{ParameterBuilder, ParameterIn};
    use utoipa::openapi::schema::{ObjectBuilder, Type};
    ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .required(utoipa::openapi::Required::False)
        .description(Some(
            "1 to 200 bytes: the same request with the same key is done once, and answered alike; while it is being \
             answered, others of it are told 409 with `Retry-After`",
        ))
        .schema(Some(ObjectBuilder::new().schema_type(Type::String).build()))
        .build()
}

/// What any request may be told, beside what its operation says; and how: as a problem.
fn problems(operation: &mut Operation) {
    answer(
        operation,
        "429",
        "Too many requests: `Retry-After` says after how many seconds to ask again",
    );
    answer(
        operation,
        "503",
        "Nothing was released: the database or the keyholder does not answer (after 60 s, or 15 min where a request grows \
         with a project, it is not known whether what was asked for is done, and `detail` says how to ask again); what the node knows is being read anew \
         (`Retry-After`); or a ledger does not check and stays closed, or something stored is not as it was written, \
         until an operator has run `cofferdam doctor`",
    );
    answer(
        operation,
        "422",
        "A query parameter that there is not, is given twice, or does not read",
    );
    if operation.request_body.is_some() {
        answer(operation, "400", "A body that is not JSON");
        let slow =
            "A body that did not arrive within 60 s, or 15 min where it is a file: nothing of it was done";
        answer(operation, "408", slow);
        answer(operation, "413", "A body that is too large");
    }
    for response in operation.responses.responses.values_mut() {
        let RefOr::T(response) = response else {
            continue;
        };
        let content = std::mem::take(&mut response.content);
        response.content = content
            .into_iter()
            .map(|(kind, body)| (as_problem(kind, &body), body))
            .collect();
    }
}

/// Says that a request is refused while another with its key is being answered, beside what else 409 means.
fn busy(operation: &mut Operation) {
    const BUSY: &str = "the same request is being answered now (`Retry-After`)";
    match operation.responses.responses.get_mut("409") {
        Some(RefOr::T(other)) => other.description = format!("{}; or {BUSY}", other.description),
        _ => answer(operation, "409", &format!("By its `Idempotency-Key`, {BUSY}")),
    }
}

const PROBLEM: &str = "#/components/schemas/Problem";

fn as_problem(kind: String, body: &RefOr<Content>) -> String {
    let schema = match body {
        RefOr::T(content) => content.schema.as_ref(),
        RefOr::Ref(_) => None,
    };
    match schema {
        Some(RefOr::Ref(schema)) if schema.ref_location == PROBLEM => "application/problem+json".to_owned(),
        _ => kind,
    }
}

/// Says of a status what it means, where the operation does not.
fn answer(operation: &mut Operation, status: &str, meaning: &str) {
    let responses = &mut operation.responses.responses;
    if !responses.contains_key(status) {
        let content = Content::new(Some(Ref::new(PROBLEM)));
        let response = ResponseBuilder::new().description(meaning);
        let response = response.content("application/problem+json", content).build();
        responses.insert(status.to_owned(), response.into());
    }
}

/// The OpenAPI 3.1 document, as JSON.
pub fn openapi() -> String {
    let mut document = documented().split_for_parts().1;
    complete(&mut document);
    let mut json = document.to_pretty_json().unwrap_or_default();
    json.push('\n');
    json
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    #[test]
    fn every_operation_has_a_name_of_its_own_and_says_how_it_refuses() {
        let document: serde_json::Value = serde_json::from_str(&super::openapi()).unwrap();
        assert_eq!(document["openapi"], "3.1.0");
        let mut names = HashSet::new();
        for (path, item) in document["paths"].as_object().unwrap() {
            assert!(!path.contains('*'), "{path} is not a path template of OpenAPI");
            for (method, operation) in item.as_object().unwrap() {
                let name = operation["operationId"].as_str().unwrap();
                assert!(names.insert(name.to_owned()), "{name} names two operations");
                let responses = operation["responses"].as_object().unwrap();
                assert!(
                    responses.contains_key("401"),
                    "{method} {path} does not document 401"
                );
                for (status, response) in responses.iter().filter(|(status, _)| status.as_str() >= "400") {
                    let problem = &response["content"]["application/problem+json"];
                    assert!(problem.is_object(), "{method} {path}: {status} is no problem");
                }
            }
        }
        assert!(names.len() > 40, "{}", names.len());
    }

    /// Whatever takes a key may be told that the same request is being answered.
    #[test]
    fn what_may_be_repeated_says_what_the_second_of_two_is_told() {
        let document: serde_json::Value = serde_json::from_str(&super::openapi()).unwrap();
        let mut with_key = 0;
        for (path, item) in document["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                let named = operation["parameters"].as_array().into_iter().flatten();
                let key = named.filter(|p| p["name"] == "Idempotency-Key").count();
                let told = operation["responses"]["409"]["description"].as_str();
                if key > 0 {
                    with_key += 1;
                    assert!(
                        told.is_some_and(|told| told.contains("`Retry-After`")),
                        "{method} {path}"
                    );
                } else {
                    assert!(
                        told.is_none_or(|told| !told.contains("`Retry-After`")),
                        "{method} {path}"
                    );
                }
            }
        }
        assert!(with_key > 20, "{with_key}");
    }

    /// An answer that names a next page is of an operation that can be asked for it.
    #[test]
    fn what_answers_page_by_page_takes_a_cursor_and_a_limit() {
        let document: serde_json::Value = serde_json::from_str(&super::openapi()).unwrap();
        let schemas = document["components"]["schemas"].as_object().unwrap();
        let mut lists = 0;
        for (path, item) in document["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                let answer = &operation["responses"]["200"]["content"]["application/json"]["schema"]["$ref"];
                let name = answer.as_str().and_then(|at| at.rsplit('/').next());
                let schema = name.and_then(|name| schemas.get(name));
                if schema.is_none_or(|schema| schema["properties"]["next"].is_null()) {
                    continue;
                }
                lists += 1;
                let named = operation["parameters"].as_array().into_iter().flatten();
                let names: HashSet<&str> = named.map(|p| p["name"].as_str().unwrap()).collect();
                assert!(
                    names.contains("cursor") && names.contains("limit"),
                    "{method} {path}: {names:?}"
                );
            }
        }
        assert_eq!(lists, 21);
    }

    /// What is sent and given out as a file is no array of numbers, and a template's kind is a string.
    #[test]
    fn what_may_be_sent_is_what_is_read() {
        let text = super::openapi();
        let document: serde_json::Value = serde_json::from_str(&text).unwrap();
        for (path, item) in document["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                let responses = operation["responses"].as_object().unwrap().values();
                for content in responses
                    .chain([&operation["requestBody"]])
                    .map(|r| &r["content"])
                {
                    for (kind, body) in content.as_object().into_iter().flatten() {
                        assert_ne!(body["schema"]["type"], "array", "{method} {path}: {kind}");
                    }
                }
            }
        }
        let schemas = &document["components"]["schemas"];
        assert_eq!(schemas["File"]["type"], "string");
        assert_eq!(schemas["TemplateIn"]["oneOf"][0]["type"], "string");
        assert_eq!(schemas["TemplateIn"]["oneOf"][1]["type"], "object");
    }
}
