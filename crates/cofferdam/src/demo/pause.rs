//! The halt in the middle: a steward stops a project while contractors work on it and an export of it is open; what
//! each of them then sees; and that nothing is lost when it goes on.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use serde::Serialize;
use serde_json::{Value, json};
use tokio::sync::watch;

use super::slow::SlowExport;
use super::stage::Seat;
use super::work::{Work, hand_in, timer};
use crate::client::text;
use crate::fail::{Failure, Outcome};

/// A halt that is to come.
pub(super) struct Pause {
    steward: Seat,
    /// After how many submissions.
    after: u64,
    ended: watch::Sender<bool>,
    refused: AtomicU64,
    shown: Mutex<Option<Shown>>,
}

/// What was seen of it.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Shown {
    /// Which halt.
    pub(super) halt: String,
    pub(super) project: String,
    pub(super) lab: String,
    pub(super) by: String,
    pub(super) reason: String,
    pub(super) sentence: String,
    pub(super) since: String,
    pub(super) resumed: String,
    /// The kind of problem that a claim was answered with.
    pub(super) claim_refused_with: String,
    /// Requests of others that were refused meanwhile.
    pub(super) others_refused: u64,
    pub(super) export: Cut,
    pub(super) timer: Stopped,
    /// Timers that the halt stopped.
    pub(super) timers_stopped: u64,
    /// What was typed during the halt was kept.
    pub(super) draft_saved_while_halted: bool,
    /// And was there after it.
    pub(super) draft_there_after_resume: bool,
}

/// An export that was open.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Cut {
    /// Whether it ended before its end.
    pub(super) cut: bool,
    /// Lines read when the halt came.
    pub(super) lines_before: u64,
    /// Lines that arrived in all: what was on its way already.
    pub(super) lines: u64,
    /// Lines of the whole.
    pub(super) of: u64,
}

/// A timer that ran.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Stopped {
    pub(super) cause: String,
    pub(super) at: String,
    /// Whether it ended at the very moment of the halt.
    pub(super) at_the_halt: bool,
}

impl Pause {
    pub(super) fn new(steward: Seat, after: u64) -> Self {
        let (ended, _) = watch::channel(false);
        Self {
            steward,
            after,
            ended,
            refused: AtomicU64::new(0),
            shown: Mutex::default(),
        }
    }

    /// Whether it is still to come.
    pub(super) fn is_ahead(&self) -> bool {
        !*self.ended.borrow()
    }

    /// Whether it is time.
    pub(super) fn is_due(&self, work: &Work) -> bool {
        work.submitted.load(Ordering::Relaxed) >= self.after && self.is_ahead()
    }

    /// Somebody else was refused.
    pub(super) fn refused(&self) {
        self.refused.fetch_add(1, Ordering::Relaxed);
    }

    /// Waits until work goes on.
    pub(super) async fn ended(&self) {
        // Gone is ended too.
        let _ = self.ended.subscribe().wait_for(|ended| *ended).await;
    }

    /// What was seen.
    pub(super) fn shown(&self) -> Option<Shown> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Shows the halt with a task in this author's hands. False where there was no task to be had.
pub(super) async fn show(work: &Work, seat: &Seat) -> Outcome<bool> {
    let Some(pause) = &work.pause else {
        return Ok(false);
    };
    let done = halted_and_resumed(work, seat, pause).await;
    // Whatever became of it, the others must not wait for ever.
    pause.ended.send_replace(true);
    match done? {
        Some(shown) => {
            *pause.shown.lock().unwrap_or_else(PoisonError::into_inner) = Some(shown);
            Ok(true)
        }
        None => {
            work.return_ticket(0);
            Ok(false)
        }
    }
}

async fn halted_and_resumed(work: &Work, seat: &Seat, pause: &Pause) -> Outcome<Option<Shown>> {
    let Some(held) = seat.claim().await.map_err(Failure::from)? else {
        return Ok(None);
    };
    let Some(answer) = work.answer(seat, &held) else {
        return Ok(None);
    };
    seat.draft(&held.assignment, &answer)
        .await
        .map_err(Failure::from)?;
    let export = SlowExport::open(&work.project.exporter).await?;
    let (lines_before, _) = export.lines();
    // Whoever works on two projects has one timer at a time.
    timer(seat, "start").await?;

    let body = json!({ "scope": format!("project:{}", work.project.id), "reason": "lab-request" });
    let halt: Value = pause.steward.client.post("/halts", &body).await?;
    let refused = seat.claim().await.err();
    let refused =
        refused.ok_or_else(|| Failure::new("a claim was answered although the project was halted"))?;
    let saved = seat.draft(&held.assignment, &answer).await.is_ok();
    let ended = export.rest().await?;
    let stopped: Value = seat
        .client
        .get(&format!("/engagements/{}/timer", seat.engagement))
        .await?;

    let id = text(&halt, "/id");
    let resumed: Value = pause
        .steward
        .client
        .post(&format!("/halts/{id}/resume"), &json!({}))
        .await?;
    let again = seat.reopen(&held.assignment).await.map_err(Failure::from)?;
    let there = again.draft.is_some_and(|draft| draft.answer == answer);
    pause.ended.send_replace(true);
    timer(seat, "start").await?;
    hand_in(work, seat, &held, &answer).await?;

    let since = text(&halt, "/since");
    let at = text(&stopped, "/last/to");
    Ok(Some(Shown {
        halt: id,
        project: work.project.name.clone(),
        lab: String::new(),
        by: pause.steward.name.clone(),
        reason: text(&halt, "/reason"),
        sentence: refused
            .halt()
            .map(|notice| notice.sentence.clone())
            .unwrap_or_default(),
        resumed: text(&resumed, "/resumed"),
        claim_refused_with: refused.slug,
        others_refused: pause.refused.load(Ordering::Relaxed),
        export: Cut {
            cut: !ended.whole,
            lines_before,
            lines: ended.lines,
            of: work.project.tasks,
        },
        timer: Stopped {
            cause: text(&stopped, "/last/cause"),
            at_the_halt: at == since,
            at,
        },
        timers_stopped: crate::client::number(&halt, "/stopped/timers"),
        draft_saved_while_halted: saved,
        draft_there_after_resume: there,
        since,
    }))
}
