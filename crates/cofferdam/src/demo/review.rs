//! A reviewer: accepts a share of what is handed in, and sends one submission back to be mended.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::sleep;

use super::cast;
use super::stage::Seat;
use super::work::Work;
use crate::client::{ApiError, Call};
use crate::fail::{Failure, Outcome};

/// One in so many is reviewed,
const SHARE: u64 = 10;
/// and no more than so many.
const MOST: u64 = 50;
/// So many more are looked at until the one that was sent back comes by again.
const MORE: u64 = 40;
const LULL: Duration = Duration::from_millis(10);

#[derive(Deserialize)]
struct ToReview {
    review: String,
    submission: String,
    author_pseudonym: String,
}

/// What the reviewer did.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Reviewed {
    pub(super) accepted: u64,
    pub(super) returned: u64,
}

async fn next(seat: &Seat) -> Call<Option<ToReview>> {
    seat.client
        .try_post(
            &format!("/engagements/{}/reviews/claims", seat.engagement),
            &json!({}),
        )
        .await
}

async fn judge(seat: &Seat, review: &str, verdict: &str) -> Call {
    let mut body = json!({ "verdict": verdict });
    if verdict == "return" {
        body["comment"] = json!(cast::COMMENT);
    }
    seat.client
        .post(
            &format!("/engagements/{}/reviews/{review}", seat.engagement),
            &body,
        )
        .await
}

/// Reviews while the contractors work; they wait for this to end.
pub(super) async fn reviewer(work: Arc<Work>) -> Outcome<Reviewed> {
    let done = review(&work).await;
    work.reviewing.store(false, Ordering::Relaxed);
    done
}

async fn review(work: &Work) -> Outcome<Reviewed> {
    let seat = &work.project.reviewer;
    let share = (work.expected() / SHARE).clamp(2, MOST);
    let (mut reviewed, mut sent_back) = (Reviewed::default(), None);
    let mut mended = false;
    // One is left, for whoever logs in as the reviewer.
    let most = work.expected().saturating_sub(1).max(1);
    while reviewed.accepted + reviewed.returned < most.min(if mended { share } else { share + MORE }) {
        let found = match next(seat).await {
            Ok(Some(found)) => found,
            Ok(None) if work.is_quiet() => break,
            Ok(None) => {
                sleep(LULL).await;
                continue;
            }
            Err(error) => {
                halted(work, error).await?;
                continue;
            }
        };
        let back = reviewed.accepted == 1 && sent_back.is_none();
        if !verdict(work, &found, if back { "return" } else { "accept" }).await? {
            continue;
        }
        if back {
            reviewed.returned += 1;
            work.send_back(&found.author_pseudonym);
            sent_back = Some(found.submission);
        } else {
            reviewed.accepted += 1;
            mended |= sent_back.as_ref() == Some(&found.submission);
        }
    }
    Ok(reviewed)
}

/// Gives a verdict; false where a halt came between.
async fn verdict(work: &Work, found: &ToReview, verdict: &str) -> Outcome<bool> {
    match judge(&work.project.reviewer, &found.review, verdict).await {
        Ok(_) => Ok(true),
        Err(error) => halted(work, error).await.map(|()| false),
    }
}

async fn halted(work: &Work, error: ApiError) -> Outcome {
    match &work.pause {
        Some(pause) if error.is("halted") => {
            pause.refused();
            pause.ended().await;
            Ok(())
        }
        _ => {
            Err(Failure::from(error)
                .about(format!("{} on {}", work.project.reviewer.name, work.project.name)))
        }
    }
}

/// Sends the next submission back and leaves it so, for whoever logs in.
pub(super) async fn leave_returned(seat: &Seat) -> Outcome<bool> {
    let Some(found) = next(seat).await.map_err(Failure::from)? else {
        return Ok(false);
    };
    let judged: Value = judge(seat, &found.review, "return").await?;
    Ok(judged["state"] == "returned")
}
