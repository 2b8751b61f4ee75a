//! Metrics and request logs: routes, states and times; never a path's ids, a header or a body.

use std::sync::OnceLock;

use axum::extract::{MatchedPath, Request};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;
use cofferdam_model::{Clock, SystemClock};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

const BUCKETS: [f64; 10] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 2.5, 10.0];

/// The process's metrics, installed on first use; none when another recorder was installed before.
pub(crate) fn recorder() -> Option<&'static PrometheusHandle> {
    static HANDLE: OnceLock<Option<PrometheusHandle>> = OnceLock::new();
    let install = || {
        let matcher = Matcher::Full("http_request_seconds".into());
        PrometheusBuilder::new()
            .set_buckets_for_metric(matcher, &BUCKETS)
            .ok()?
            .install_recorder()
            .ok()
    };
    HANDLE.get_or_init(install).as_ref()
}

/// A method by its name, if it is one of the usual: others are a stranger's words, and there is no end of them.
fn method_of(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "DELETE" => "DELETE",
        "PATCH" => "PATCH",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}

/// Counts and times a request by its route.
pub(crate) async fn observe(request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>();
    let route = route.map_or_else(|| "other".to_owned(), |path| path.as_str().to_owned());
    let method = method_of(request.method()).to_owned();
    let before = SystemClock.now();
    let response = next.run(request).await;
    let micros = SystemClock.now().micros_since(before).max(0);
    let status = response.status().as_u16();
    let seconds = std::time::Duration::from_micros(micros.unsigned_abs()).as_secs_f64();
    tracing::debug!(%method, %route, status, micros, "answered");
    let labels = [
        ("method", method),
        ("route", route),
        ("status", status.to_string()),
    ];
    metrics::counter!("http_requests_total", &labels).increment(1);
    metrics::histogram!("http_request_seconds", &labels[..2]).record(seconds);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_made_up_method_is_not_a_label() {
        let made_up = Method::from_bytes(b"LANTERN").unwrap();
        assert_eq!(method_of(&made_up), "other");
        assert_eq!(method_of(&Method::DELETE), "DELETE");
    }
}
