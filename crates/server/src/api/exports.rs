//! Exports: a stream that a halt cuts.

use std::io;

use axum::body::{Body as HttpBody, Bytes};
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use cofferdam_model::{EngagementId, Refusal};
use cofferdam_work::ops::{Export, WorkError};
use futures::stream;
use tokio::sync::mpsc;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::dto::{IdPath, Query};
use super::guidelines::Which;
use crate::caller::Signed;
use crate::problem::{Answer, Problem};
use crate::state::AppState;

/// Pieces on their way to a client that reads slowly,
const AHEAD: usize = 4;
/// and how large they are: small, because what the connection holds of them (some sixteen) is still sent after a halt.
const PIECE: usize = 512;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(export))
}

/// Read a whole project, a JSON line a task; a halt cuts it
#[utoipa::path(get, path = "/engagements/{engagement}/export", tag = "work",
    params(("engagement" = String, Path, description = "The engagement's id"), Which), responses(
    (status = 200, description = "JSON lines; cut short when work is halted meanwhile", body = String,
     content_type = "application/x-ndjson"),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 403, description = "Halted, ended or not in one's role", body = Problem),
    (status = 404, description = "No such engagement, or not yours", body = Problem),
    (status = 422, description = "Not the id of a project", body = Problem),
    (status = 429, description = "The read budget is used up; `Retry-After` says when it opens again", body = Problem)))]
async fn export(
    State(state): State<AppState>,
    Signed(caller): Signed,
    IdPath(engagement): IdPath<EngagementId>,
    Query(which): Query<Which>,
) -> Answer<Response> {
    let export = state
        .platform
        .export(&caller, engagement, which.project()?)
        .await?;
    let (pieces, body) = mpsc::channel(AHEAD);
    tokio::spawn(feed(export, engagement, pieces));
    let body = stream::unfold(body, |mut body| async move {
        body.recv().await.map(|piece| (piece, body))
    });
    let kind = [(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/x-ndjson"),
    )];
    Ok((kind, HttpBody::from_stream(body)).into_response())
}

/// Feeds the export to the connection until all is sent, the reader leaves or a halt cuts it, also within a line. An
/// error ends the connection without a proper end, so that nobody takes a part for the whole.
async fn feed(mut export: Export, engagement: EngagementId, pieces: mpsc::Sender<io::Result<Bytes>>) {
    let mut line = Bytes::new();
    loop {
        let place = tokio::select! {
            place = pieces.reserve() => place,
            // What was cut while the reader was slow says so by its next piece.
            () = cut(&mut export) => pieces.reserve().await,
        };
        let Ok(place) = place else { break };
        let more = match export.goes_on() {
            Ok(()) if !line.is_empty() => Some(Ok(std::mem::take(&mut line))),
            // Within a line: the export may have given its last one, and would say that it came to its end.
            Err(why) if !line.is_empty() => {
                export.cut();
                Some(Err(why))
            }
            _ => export.next_line().await.map(|next| next.map(Bytes::from)),
        };
        match more {
            None => break,
            Some(Ok(mut rest)) => {
                place.send(Ok(rest.split_to(rest.len().min(PIECE))));
                line = rest;
            }
            Some(Err(error)) => {
                // Why a halt stands is said by its entry; here only that it did what it is for.
                match error {
                    WorkError::Refused(Refusal::Halted { halt: Some(halt), .. }) => {
                        tracing::info!(%engagement, %halt, "an export was cut");
                    }
                    WorkError::Refused(why) => tracing::info!(%engagement, %why, "an export was cut"),
                    WorkError::Unproven(why) => tracing::info!(%engagement, %why, "an export was cut"),
                    error => tracing::warn!(%engagement, %error, "an export failed"),
                }
                place.send(Err(io::Error::other("the export was cut")));
                break;
            }
        }
    }
    if let Err(error) = export.finish().await {
        tracing::warn!(%engagement, %error, "the end of an export could not be recorded; its intent stands");
    }
}

/// Waits until the export may no longer go on.
async fn cut(export: &mut Export) {
    while export.goes_on().is_ok() {
        export.changed().await;
    }
}
