//! The built web application, embedded.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use rust_embed::RustEmbed;

use crate::problem::Problem;

#[derive(RustEmbed)]
#[folder = "../../web/dist"]
#[allow_missing = true]
struct Files;

const NONCE_MARK: &str = "__CSP_NONCE__";
const NOT_BUILT: &str = "<!doctype html><meta charset=utf-8><title>Cofferdam</title>\
<p>The web application was not built into this program. Build it with <code>cargo xtask demo</code>, \
or use the API under <code>/api/v1</code>.</p>";

/// The first part of every address that is a page of the application: `web/src/app/router.tsx` has them.
const PAGES: [&str; 7] = ["", "login", "work", "review", "lab", "console", "ways-in"];

/// Answers with a file or a page of the application. Whoever reads pages is shown that there is nothing at another
/// address; to all others it is said in the API's way, for a 200 would tell a probe that all is well.
pub(crate) async fn serve(request: Request) -> Response {
    let path = request.uri().path().trim_start_matches('/');
    if path.starts_with("api/") || path.starts_with("problems/") {
        return Problem::nowhere().into_response();
    }
    if request.method() != Method::GET && request.method() != Method::HEAD {
        let allowed = [(header::ALLOW, HeaderValue::from_static("GET, HEAD"))];
        return (allowed, Problem::method_not_allowed()).into_response();
    }
    match Files::get(path).filter(|_| path != "index.html" && !path.is_empty()) {
        Some(file) => asset(path, file),
        None if is_page(path) => page(),
        None if !path.starts_with("assets/") && reads_pages(request.headers()) => {
            (StatusCode::NOT_FOUND, page()).into_response()
        }
        None => Problem::nowhere().into_response(),
    }
}

fn is_page(path: &str) -> bool {
    let first = path.split('/').next().unwrap_or_default();
    PAGES.contains(&first) || path == "index.html"
}

fn reads_pages(headers: &HeaderMap) -> bool {
    let accepted = headers.get(header::ACCEPT).and_then(|v| v.to_str().ok());
    accepted.is_some_and(|kinds| kinds.contains("text/html"))
}

/// What a file may do that is opened by itself, or that a worker is made of: a worker keeps to the policy of its own file.
const OF_FILES: &str = "default-src 'none'; script-src 'self'; connect-src 'self'; frame-ancestors 'none'";

fn asset(path: &str, file: rust_embed::EmbeddedFile) -> Response {
    let kind = HeaderValue::from_str(file.metadata.mimetype());
    let kind = kind.unwrap_or(HeaderValue::from_static("application/octet-stream"));
    // Built files carry a hash of their content in their name.
    let hashed = path.starts_with("assets/");
    let age = if hashed {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, HeaderValue::from_static(age)),
        (
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(OF_FILES),
        ),
    ];
    (headers, file.data.into_owned()).into_response()
}

fn page() -> Response {
    let mut random = [0u8; 16];
    if aws_lc_rs::rand::fill(&mut random).is_err() {
        return (StatusCode::INTERNAL_SERVER_ERROR, "no randomness").into_response();
    }
    let nonce: String = random.iter().map(|b| format!("{b:02x}")).collect();
    let built = Files::get("index.html").map(|f| String::from_utf8_lossy(&f.data).into_owned());
    let html = built
        .unwrap_or_else(|| NOT_BUILT.to_owned())
        .replace(NONCE_MARK, &nonce);
    let policy = format!(
        "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data:; \
         font-src 'self'; connect-src 'self'; manifest-src 'self'; frame-ancestors 'none'; base-uri 'none'; \
         form-action 'self'"
    );
    let mut response = Html(html).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    async fn get(path: &str, accept: &str) -> (StatusCode, String) {
        let request = Request::builder().uri(path).header(header::ACCEPT, accept);
        let response = serve(request.body(Body::empty()).unwrap()).await;
        let kind = response.headers()[header::CONTENT_TYPE].to_str().unwrap();
        (response.status(), kind.split(';').next().unwrap().to_owned())
    }

    #[tokio::test]
    async fn only_pages_of_the_application_are_found() {
        let (html, problem) = ("text/html", "application/problem+json");
        for path in [
            "/",
            "/login",
            "/work/eng_1",
            "/lab/lab_1",
            "/console/projects/prj_1",
        ] {
            for accept in [html, "*/*"] {
                assert_eq!(
                    get(path, accept).await,
                    (StatusCode::OK, html.to_owned()),
                    "{path}"
                );
            }
        }
        for path in [
            "/livez",
            "/robots.txt",
            "/.env",
            "/logins",
            "/assets/none.js",
            "/api/v2/labs",
        ] {
            let found = get(path, "*/*").await;
            assert_eq!(found, (StatusCode::NOT_FOUND, problem.to_owned()), "{path}");
        }
        let shown = get("/nowhere", "text/html,application/xhtml+xml").await;
        assert_eq!(shown, (StatusCode::NOT_FOUND, html.to_owned()));
    }

    /// The application's routes are in one file; whoever adds one there is told here.
    #[test]
    fn the_pages_are_those_that_the_application_has() {
        let router = include_str!("../../../web/src/app/router.tsx");
        let routes = router.lines().filter(|line| !line.contains("=> consoleRoute"));
        let paths = routes.flat_map(|line| line.split("path: \"/").skip(1));
        let first = |rest: &str| rest.split(['/', '"']).next().unwrap_or_default().to_owned();
        let mut had: Vec<String> = paths.map(first).collect();
        let mut known: Vec<String> = PAGES.map(str::to_owned).into();
        had.sort();
        had.dedup();
        known.sort();
        assert_eq!(had, known);
    }
}
