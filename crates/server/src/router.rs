//! All addresses in one place, and what stands before them.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::Response;
use axum::routing::get;
use axum::serve::ListenerExt as _;
use axum::{Router, middleware};
use cofferdam_work::ops::Platform;
use futures::StreamExt as _;
use tokio::sync::watch;
use tower_http::set_header::SetResponseHeaderLayer;

use crate::document::documented;
use crate::idempotency::InFlight;
use crate::room::Room;
use crate::state::{AppState, Settings};
use crate::{app, containment, deadline, idempotency, limits, observe, problem, unread, web, wording};

fn fixed(name: HeaderName, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
}

/// Everything that the server answers.
pub fn router(platform: Platform, settings: Settings) -> Router {
    let _ = observe::recorder();
    let rates = limits::rates(settings.requests_per_second, &settings.trusted_proxies);
    let state = AppState {
        containment: containment::containment(&platform, &settings),
        notifier: crate::state::notifier(platform.gate(), &settings),
        platform,
        provider: settings
            .oidc
            .clone()
            .map(|oidc| Arc::new(crate::oidc::Provider::new(oidc))),
        settings: settings.into(),
        in_flight: InFlight::default(),
        room: Room::default(),
        unready: Arc::default(),
        readiness: Arc::default(),
    };
    // Names below ours may be others' and without TLS: nothing is said of them.
    let strict = state
        .settings
        .secure_cookies
        .then(|| fixed(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000"));
    let (api, document) = documented().split_for_parts();
    let known = wording::parameters(&document);
    let api = api
        .layer(middleware::from_fn_with_state(state.clone(), idempotency::once))
        .layer(middleware::from_fn_with_state(known, wording::only_known))
        .layer(middleware::map_response_with_state(
            state.clone(),
            problem::opens_again,
        ))
        .layer(middleware::from_fn_with_state(state.clone(), deadline::in_time))
        .layer(DefaultBodyLimit::max(limits::MOST_JSON_BYTES))
        .layer(middleware::from_fn(limits::declared))
        .layer(fixed(header::CACHE_CONTROL, "no-store"))
        .layer(middleware::from_fn_with_state(rates, limits::limit));
    Router::new()
        .merge(api)
        .route("/healthz", get(app::healthz))
        .route("/readyz", get(app::readyz))
        .route("/metrics", get(app::metrics))
        .fallback(web::serve)
        .method_not_allowed_fallback(|| async { problem::Problem::method_not_allowed() })
        .layer(middleware::from_fn(unread::read_on))
        .layer(middleware::from_fn(observe::observe))
        .layer(tower::util::option_layer(strict))
        .layer(fixed(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(fixed(header::REFERRER_POLICY, "no-referrer"))
        .layer(fixed(header::X_FRAME_OPTIONS, "DENY"))
        .layer(fixed(
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ))
        .layer(fixed(
            HeaderName::from_static("cross-origin-resource-policy"),
            "same-origin",
        ))
        .with_state(state)
}

/// Bytes asked of the kernel for an answer that waits for a reader; Linux keeps up to twice as many. What it holds, and
/// what the reader's side has taken in, a halt can no longer take back.
pub const ON_THE_WAY: usize = 128 << 10;

/// Serves until `shutdown`, then lets running requests end. Live updates, which never end by themselves, are ended.
/// `on_the_way` bounds what the kernel holds of an answer: [`ON_THE_WAY`], but where there is a reason for another.
pub async fn serve(
    listener: tokio::net::TcpListener,
    router: Router,
    on_the_way: usize,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let (stopping, stopped) = watch::channel(false);
    let ending = middleware::map_response(move |response: Response| {
        let stopped = stopped.clone();
        async move { ended_by(stopped, response) }
    });
    let service = router
        .layer(ending)
        .into_make_service_with_connect_info::<std::net::SocketAddr>();
    let shutdown = async move {
        shutdown.await;
        stopping.send_replace(true);
    };
    axum::serve(
        listener.tap_io(move |connection| tune(connection, on_the_way)),
        service,
    )
    .with_graceful_shutdown(shutdown)
    .await
}

/// Sends small answers at once, and keeps little on the way to those who read slowly.
fn tune(connection: &tokio::net::TcpStream, on_the_way: usize) {
    let socket = socket2::SockRef::from(connection);
    let tuned = connection
        .set_nodelay(true)
        .and_then(|()| socket.set_send_buffer_size(on_the_way));
    if let Err(error) = tuned {
        tracing::warn!(%error, "a connection could not be tuned");
    }
}

/// Live updates that end when the server does; any other response as it is.
fn ended_by(mut stopped: watch::Receiver<bool>, response: Response) -> Response {
    let kind = response.headers().get(header::CONTENT_TYPE);
    if !kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream")) {
        return response;
    }
    let stop = async move {
        // A server that is gone has stopped too.
        let _ = stopped.wait_for(|stopped| *stopped).await;
    };
    response.map(|body| Body::from_stream(body.into_data_stream().take_until(stop)))
}

#[cfg(test)]
mod tests {
    use axum::extract::Request;
    use tower::ServiceExt as _;

    use super::*;
    use crate::testing::founded;

    #[tokio::test]
    async fn browsers_are_held_to_https_where_cookies_are() {
        let folder = tempfile::tempdir().unwrap();
        let (gate, _) = founded(folder.path()).await;
        for secure_cookies in [false, true] {
            let settings = Settings {
                secure_cookies,
                ..Settings::default()
            };
            let router = router(Platform::new(gate.clone(), folder.path().to_owned()), settings);
            for path in ["/", "/healthz", "/livez", "/api/v1/me"] {
                let request = Request::builder().uri(path).body(Body::empty()).unwrap();
                let response = router.clone().oneshot(request).await.unwrap();
                let said = response.headers().get(header::STRICT_TRANSPORT_SECURITY);
                let wanted = secure_cookies.then(|| HeaderValue::from_static("max-age=31536000"));
                assert_eq!(said, wanted.as_ref(), "{path}");
            }
        }
    }
}
