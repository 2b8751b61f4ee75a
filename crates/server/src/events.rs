//! Live updates: server-sent events that say that something changed, never what it holds.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures::stream::{self, Stream};

use crate::caller::Signed;
use crate::problem::Answer;
use crate::state::AppState;

/// Tells when halts or engagements change
#[utoipa::path(get, path = "/events", tag = "events",
    responses((status = 200, description = "Server-sent events", content_type = "text/event-stream"),
              (status = 401, description = "Not signed in", body = crate::problem::Problem)))]
pub(crate) async fn events(
    State(state): State<AppState>,
    Signed(_): Signed,
) -> Answer<Sse<impl Stream<Item = Result<Event, Infallible>>>> {
    let changes = state.gate().changes();
    let events = stream::unfold(changes, |mut changes| async move {
        changes.changed().await.ok()?;
        let n = *changes.borrow_and_update();
        Some((
            Ok(Event::default()
                .event("changed")
                .data(format!("{{\"kind\":\"changed\",\"n\":{n}}}"))),
            changes,
        ))
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(Duration::from_secs(15))))
}
