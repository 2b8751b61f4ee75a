//! Live updates: server-sent events that say that something changed, never what it holds.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures::stream::{self, Stream};

use crate::caller::Signed;
use crate::problem::{Answer, Problem};
use crate::state::AppState;

/// Tells when halts or engagements change that concern the caller, until their credential proves nothing any more
#[utoipa::path(get, path = "/events", tag = "events",
    responses((status = 200, description = "Server-sent events", content_type = "text/event-stream"),
              (status = 401, description = "Not signed in", body = crate::problem::Problem)))]
pub(crate) async fn events(
    State(state): State<AppState>,
    Signed(caller): Signed,
) -> Answer<Sse<impl Stream<Item = Result<Event, Infallible>>>> {
    let listening = state.gate().listen(&caller).await.map_err(Problem::from)?;
    let events = stream::unfold(listening, |mut listening| async move {
        // Counted for each listener: how much changes for others is not theirs to know.
        let n = listening.changed().await?;
        let data = format!("{{\"kind\":\"changed\",\"n\":{n}}}");
        Some((Ok(Event::default().event("changed").data(data)), listening))
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(Duration::from_secs(15))))
}
