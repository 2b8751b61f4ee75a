//! How long a request may take until its answer begins: neither a database that hangs nor a body that trickles leaves
//! anybody without one.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, BodyDataStream, Bytes, HttpBody as _};
use axum::extract::{MatchedPath, Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures::{Stream, StreamExt as _};

use crate::idempotency;
use crate::problem::Problem;
use crate::state::AppState;

/// Ends of routes whose requests grow with a project: a file comes in, or a whole set of answers is fixed or read. Where
/// their answers are streams, those may go on for as long as they are read.
const LONG: [&str; 7] = [
    "/imports",
    "/export",
    "/projects/{project}/deliveries",
    "/agreement",
    "/deliveries/{delivery}/file",
    "/accesses/summary",
    "/report",
];

/// A body that tells whether somebody waits for its next piece.
struct Watched {
    body: BodyDataStream,
    awaited: Arc<AtomicBool>,
}

impl Stream for Watched {
    type Item = Result<Bytes, axum::Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let next = self.body.poll_next_unpin(cx);
        self.awaited.store(next.is_pending(), Ordering::Relaxed);
        next
    }
}

/// The same request, and whether it is waited for by whoever reads it.
fn watched(request: Request) -> (Request, Arc<AtomicBool>) {
    let awaited = Arc::new(AtomicBool::new(false));
    if request.body().is_end_stream() {
        return (request, awaited);
    }
    let request = request.map(|body| {
        Body::from_stream(Watched {
            body: body.into_data_stream(),
            awaited: Arc::clone(&awaited),
        })
    });
    (request, awaited)
}

/// Answers for what does not in time. What was begun may yet be done: a command that waits in the writer's queue is not
/// taken out of it.
pub(crate) async fn in_time(
    State(state): State<AppState>,
    matched: Option<MatchedPath>,
    request: Request,
    next: Next,
) -> Response {
    let route = matched.as_ref().map_or("", MatchedPath::as_str);
    let long = LONG.iter().any(|end| route.ends_with(end));
    let deadline = if long {
        state.settings.long_deadline
    } else {
        state.settings.deadline
    };
    let asked = (request.method().clone(), request.uri().path().to_owned());
    let (request, awaited) = watched(request);
    let answered = tokio::time::timeout(deadline, next.run(request)).await;
    answered.unwrap_or_else(|_| {
        let seconds = deadline.as_secs();
        if awaited.load(Ordering::Relaxed) {
            tracing::info!(method = %asked.0, %route, seconds, "a body did not arrive in time");
            return Problem::too_slow(seconds).into_response();
        }
        tracing::error!(method = %asked.0, %route, seconds, "the database did not answer in time");
        late(deadline, &asked.0, &asked.1).into_response()
    })
}

fn late(deadline: Duration, method: &Method, path: &str) -> Problem {
    let next = match *method {
        Method::GET | Method::HEAD => "ask again later",
        Method::POST if idempotency::applies(path) => {
            "it is not known whether this was done; look before you ask again, or repeat it with the same Idempotency-Key"
        }
        _ => "it is not known whether this was done; look before you ask again",
    };
    let seconds = deadline.as_secs();
    Problem::late(format!("the database did not answer within {seconds} s: {next}"))
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use axum::body::{Body, to_bytes};
    use axum::http::{StatusCode, header};
    use cofferdam_custody::Gate;
    use cofferdam_store::StoreError;
    use cofferdam_work::ops::Platform;
    use tower::ServiceExt as _;

    use super::*;
    use crate::state::Settings;
    use crate::testing::founded;

    fn request(method: Method, path: &str, token: &str, key: Option<&str>) -> Request {
        let mut request = axum::http::Request::builder()
            .method(method.clone())
            .uri(path)
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .header(header::CONTENT_TYPE, "application/json");
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        let body = if method == Method::POST {
            Body::from(r#"{"name":"Wenham"}"#)
        } else {
            Body::empty()
        };
        request.body(body).unwrap()
    }

    async fn read(response: Response) -> (StatusCode, Option<String>, String) {
        let again = response.headers().get(header::RETRY_AFTER);
        let again = again.map(|value| value.to_str().unwrap().to_owned());
        let status = response.status();
        let bytes = to_bytes(response.into_body(), 1 << 20).await.unwrap();
        (status, again, String::from_utf8(bytes.into()).unwrap())
    }

    /// Keeps the writer, or the only reader, busy until the sender goes.
    async fn busy(gate: &Gate, writes: bool) -> mpsc::Sender<()> {
        let (release, waits) = mpsc::channel::<()>();
        let (began, begun) = tokio::sync::oneshot::channel();
        let hang = move || {
            began.send(()).unwrap();
            // Ends when nobody can send any more.
            let _ = waits.recv();
            Ok::<_, StoreError>(())
        };
        let store = gate.store().clone();
        tokio::spawn(async move {
            if writes {
                store.write(move |_| hang()).await
            } else {
                store.read(move |_| hang()).await
            }
        });
        begun.await.unwrap();
        release
    }

    /// Each end is that of a route; and what grows with a lab's ledger is among them.
    #[test]
    fn what_may_take_long_is_there() {
        let document: serde_json::Value = serde_json::from_str(&crate::openapi()).unwrap();
        let routes: Vec<&String> = document["paths"].as_object().unwrap().keys().collect();
        for end in LONG {
            assert!(routes.iter().any(|route| route.ends_with(end)), "{end}");
        }
        let reports = routes.iter().filter(|route| route.contains("report"));
        for route in reports {
            assert!(LONG.iter().any(|end| route.ends_with(end)), "{route}");
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_store_that_hangs_is_answered_for_and_a_repeated_request_is_done_once() {
        let folder = tempfile::tempdir().unwrap();
        let (gate, token) = founded(folder.path()).await;
        let settings = Settings {
            deadline: Duration::from_secs(1),
            ..Settings::default()
        };
        let router = crate::router(Platform::new(gate.clone(), folder.path().to_owned()), settings);
        let ask = |method, path, key| router.clone().oneshot(request(method, path, &token, key));

        let release = busy(&gate, true).await;
        let opened = ask(Method::POST, "/api/v1/labs", Some("once")).await.unwrap();
        let (status, again, text) = read(opened).await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{text}");
        assert!(again.is_some(), "{text}");
        for said in [
            "the database did not answer within 1 s",
            "not known",
            "same Idempotency-Key",
        ] {
            assert!(text.contains(said), "{text}");
        }
        drop(release);
        let (status, _, text) = read(ask(Method::POST, "/api/v1/labs", Some("once")).await.unwrap()).await;
        assert_eq!(status, StatusCode::CREATED, "{text}");
        let (_, _, text) = read(ask(Method::GET, "/api/v1/labs", None).await.unwrap()).await;
        assert_eq!(text.matches("Wenham").count(), 1, "{text}");

        let release = busy(&gate, false).await;
        let (status, again, text) = read(ask(Method::GET, "/api/v1/labs", None).await.unwrap()).await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{text}");
        assert!(again.is_some() && text.contains("ask again later"), "{text}");
        let (status, _, text) = read(ask(Method::GET, "/readyz", None).await.unwrap()).await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{text}");
        assert!(
            text.contains("not ready: database: the database did not answer within 2 s"),
            "{text}"
        );
        drop(release);
        // What was found is believed for a second.
        let mut said = String::new();
        for _ in 0..50 {
            tokio::time::sleep(Duration::from_millis(100)).await;
            let (status, _, text) = read(ask(Method::GET, "/readyz", None).await.unwrap()).await;
            if status == StatusCode::OK {
                return;
            }
            said = text;
        }
        panic!("{said}");
    }

    /// Anybody may ask, as often as they like.
    #[tokio::test(flavor = "multi_thread")]
    async fn readiness_is_not_looked_at_for_everybody_who_asks() {
        let folder = tempfile::tempdir().unwrap();
        let (gate, token) = founded(folder.path()).await;
        let platform = Platform::new(gate.clone(), folder.path().to_owned());
        let router = crate::router(platform, Settings::default());
        let ready = async || {
            let asked = router
                .clone()
                .oneshot(request(Method::GET, "/readyz", &token, None));
            read(asked.await.unwrap()).await
        };
        let set = async |sql: &'static str| {
            let work = move |tx: &mut cofferdam_store::Tx<'_>| tx.execute(sql, &[]);
            gate.store().write::<_, StoreError, _>(work).await.unwrap();
        };
        let turns = async |wanted: StatusCode| {
            for _ in 0..50 {
                let (status, _, text) = ready().await;
                if status == wanted {
                    return text;
                }
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            panic!("it does not become {wanted}");
        };
        let mut believed = false;
        for _ in 0..10 {
            turns(StatusCode::OK).await;
            set("UPDATE schema_version SET version = 9").await;
            believed |= ready().await.0 == StatusCode::OK;
            let text = turns(StatusCode::SERVICE_UNAVAILABLE).await;
            assert!(text.contains("not ready: schema: "), "{text}");
            set("UPDATE schema_version SET version = 1").await;
            // A machine may be so busy that a second passes in between.
            if believed {
                return;
            }
        }
        panic!("it is looked at each time");
    }

    /// Whoever sends too slowly is told so, with a key or without, and not that the database is at fault.
    #[tokio::test(flavor = "multi_thread")]
    async fn a_body_that_trickles_is_told_to_be_too_slow() {
        let folder = tempfile::tempdir().unwrap();
        let (gate, token) = founded(folder.path()).await;
        let settings = Settings {
            deadline: Duration::from_secs(1),
            ..Settings::default()
        };
        let router = crate::router(Platform::new(gate, folder.path().to_owned()), settings);
        for key in [None, Some("once")] {
            let begun = futures::stream::iter([Ok::<_, std::io::Error>(Bytes::from_static(b"{\"name\":"))]);
            let (parts, _) = request(Method::POST, "/api/v1/labs", &token, key).into_parts();
            let body = Body::from_stream(begun.chain(futures::stream::pending()));
            let response = router
                .clone()
                .oneshot(Request::from_parts(parts, body))
                .await
                .unwrap();
            assert_eq!(response.headers()[header::CONNECTION], "close");
            let (status, _, text) = read(response).await;
            assert_eq!(status, StatusCode::REQUEST_TIMEOUT, "{text}");
            for said in [
                "/problems/too-slow",
                "did not arrive within 1 s",
                "nothing of it was done",
            ] {
                assert!(text.contains(said), "{text}");
            }
        }
    }
}
