//! What a refused request still sends.
//!
//! Whoever is answered before their body was read goes on writing it, and a connection that is closed meanwhile takes the
//! answer with it: instead of a 401 or 429 they see a reset. So the rest is read, up to a bound, before the answer goes out.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::{Body, BodyDataStream, Bytes, HttpBody as _};
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, Version, header};
use axum::middleware::Next;
use axum::response::Response;
use futures::{Stream, StreamExt as _};
use tokio::sync::oneshot;

use crate::limits::{MOST_JSON_BYTES, declared_length};

/// Bytes read of what nobody wants, twice what a JSON request may have, and how long that may take.
const MOST_BYTES: usize = 2 * MOST_JSON_BYTES;
const MOST_TIME: Duration = Duration::from_secs(5);

/// A body that comes back when whoever it was lent to lets go of it before its end.
struct Lent {
    body: Option<BodyDataStream>,
    back: Option<oneshot::Sender<BodyDataStream>>,
}

impl Stream for Lent {
    type Item = Result<Bytes, axum::Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Some(body) = &mut self.body else {
            return Poll::Ready(None);
        };
        let next = ready!(body.poll_next_unpin(cx));
        if !matches!(next, Some(Ok(_))) {
            self.body = None;
        }
        Poll::Ready(next)
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        if let (Some(body), Some(back)) = (self.body.take(), self.back.take()) {
            // Nobody waits for it where the request was given up.
            let _ = back.send(body);
        }
    }
}

/// Reads what was left of a body before the answer goes out.
pub(crate) async fn read_on(request: Request, next: Next) -> Response {
    if request.body().is_end_stream() || request.version() != Version::HTTP_11 {
        return next.run(request).await;
    }
    // Whoever asks first whether to send it is answered by the answer.
    let asks_first = request.headers().contains_key(header::EXPECT);
    let is_hopeless = declared_length(request.headers()).is_some_and(|length| length > MOST_BYTES);
    let (parts, body) = request.into_parts();
    let (back, mut left) = oneshot::channel();
    let lent = Lent {
        body: Some(body.into_data_stream()),
        back: Some(back),
    };
    let request = Request::from_parts(parts, Body::from_stream(lent));
    let mut response = next.run(request).await;
    let was_waited_for = response.status() == StatusCode::REQUEST_TIMEOUT;
    if let Ok(rest) = left.try_recv()
        && (asks_first || is_hopeless || was_waited_for || !is_read(rest).await)
    {
        let close = HeaderValue::from_static("close");
        response.headers_mut().insert(header::CONNECTION, close);
    }
    response
}

/// Whether the end was reached within the bounds.
async fn is_read(mut rest: BodyDataStream) -> bool {
    let reading = async {
        let mut bytes = 0;
        while let Some(Ok(chunk)) = rest.next().await {
            bytes += chunk.len();
            if bytes > MOST_BYTES {
                return false;
            }
        }
        true
    };
    tokio::time::timeout(MOST_TIME, reading).await.unwrap_or(false)
}
