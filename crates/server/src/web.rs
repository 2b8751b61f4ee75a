//! The built web application, embedded.

use axum::extract::Request;
use axum::http::{HeaderValue, Method, StatusCode, header};
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

/// Answers with a file of the application; every other address is a page of it.
pub(crate) async fn serve(request: Request) -> Response {
    if request.method() != Method::GET && request.method() != Method::HEAD {
        return Problem::method_not_allowed().into_response();
    }
    let path = request.uri().path().trim_start_matches('/');
    if path.starts_with("api/") || path.starts_with("problems/") {
        return Problem::not_found("there is nothing at this address").into_response();
    }
    match Files::get(path).filter(|_| path != "index.html" && !path.is_empty()) {
        Some(file) => asset(path, file),
        None if path.starts_with("assets/") => Problem::not_found("there is no such file").into_response(),
        None => page(),
    }
}

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
        "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data:; \
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
