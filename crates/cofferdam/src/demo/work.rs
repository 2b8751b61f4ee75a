//! Contractors at work: each claims, answers and hands in under an engagement of their own, all at the same time.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use super::book::Book;
use super::pause::{self, Pause};
use super::stage::{Project, Seat};
use crate::client::{ApiError, Call};
use crate::fail::{Failure, Outcome};
use crate::progress::Progress;

/// A draft is saved before every so many submissions.
const DRAFT_EVERY: u64 = 10;
const BEAT: Duration = Duration::from_secs(20);
/// How long one waits for work that a reviewer may send back.
const LULL: Duration = Duration::from_millis(5);

/// The work of one project while it goes on.
pub(super) struct Work {
    pub(super) project: Project,
    book: Mutex<Book>,
    /// New tasks that each author may still take; one number for all where each task is answered once.
    quotas: Vec<AtomicU64>,
    /// Submissions that a reviewer sent back and that are not mended yet, by their authors' pseudonyms; below 0 while
    /// the author is faster than the reviewer's word of it.
    sent_back: Mutex<HashMap<String, i64>>,
    pub(super) reviewing: AtomicBool,
    /// Authors who wait.
    idle: AtomicUsize,
    pub(super) submitted: AtomicU64,
    pub(super) pause: Option<Pause>,
    progress: Progress,
}

/// A task in somebody's hands.
#[derive(Deserialize)]
pub(super) struct Held {
    pub(super) assignment: String,
    pub(super) input: Value,
    pub(super) draft: Option<Draft>,
    pub(super) rework: Option<Rework>,
}

/// What was typed so far.
#[derive(Deserialize)]
pub(super) struct Draft {
    pub(super) answer: Value,
}

/// What came back.
#[derive(Deserialize)]
pub(super) struct Rework {
    answer: Value,
}

impl Work {
    pub(super) fn new(project: Project, book: Book, pause: Option<Pause>, progress: Progress) -> Self {
        let each = project.tasks.saturating_sub(project.left_open);
        let count = if project.overlap == 1 {
            1
        } else {
            project.authors.len()
        };
        let quotas: Vec<AtomicU64> = (0..count).map(|_| AtomicU64::new(each)).collect();
        progress.expect(each * count as u64);
        Self {
            project,
            book: Mutex::new(book),
            quotas,
            sent_back: Mutex::default(),
            reviewing: AtomicBool::new(true),
            idle: AtomicUsize::new(0),
            submitted: AtomicU64::new(0),
            pause,
            progress,
        }
    }

    /// Whether the answers are made up.
    pub(super) fn is_simulated(&self) -> bool {
        self.book
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .is_simulated()
    }

    /// How many submissions there will be.
    pub(super) fn expected(&self) -> u64 {
        let each = self.project.tasks.saturating_sub(self.project.left_open);
        each * self.quotas.len() as u64
    }

    /// One more submission of this author's is to be mended.
    pub(super) fn send_back(&self, pseudonym: &str) {
        *self.waiting().entry(pseudonym.to_owned()).or_default() += 1;
    }

    fn waiting(&self) -> MutexGuard<'_, HashMap<String, i64>> {
        self.sent_back.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn came_back(&self, seat: &Seat) -> bool {
        self.waiting()
            .get(&seat.pseudonym)
            .is_some_and(|count| *count > 0)
    }

    fn quota(&self, author: usize) -> Option<&AtomicU64> {
        self.quotas
            .get(if self.project.overlap == 1 { 0 } else { author })
    }

    /// Whether this author may take a new task. The last one of whoever shows the halt is kept for it: without a task there is nothing
    /// to show it with.
    fn take_ticket(&self, author: usize) -> bool {
        let shares = author == 0 || self.quotas.len() == 1;
        let kept = u64::from(shares && self.pause.as_ref().is_some_and(Pause::is_ahead));
        self.take_beyond(author, kept)
    }

    /// Takes a ticket where more than so many are left.
    fn take_beyond(&self, author: usize, kept: u64) -> bool {
        let less = |left: u64| left.checked_sub(1).filter(|rest| *rest >= kept);
        let taken = self
            .quota(author)
            .map(|q| q.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less));
        taken.is_some_and(|taken| taken.is_ok())
    }

    pub(super) fn return_ticket(&self, author: usize) {
        if let Some(quota) = self.quota(author) {
            quota.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// What this author answers; none where they recorded nothing for it.
    pub(super) fn answer(&self, seat: &Seat, held: &Held) -> Option<Value> {
        if let Some(rework) = &held.rework {
            *self.waiting().entry(seat.pseudonym.clone()).or_default() -= 1;
            return Some(rework.answer.clone());
        }
        self.book
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take(&held.input, &seat.name)
    }

    /// Waits for the end of a halt, if that is what the error is; else gives it back.
    pub(super) async fn outlast(&self, seat: &Seat, error: ApiError) -> Outcome {
        match &self.pause {
            Some(pause) if error.is("halted") => {
                pause.refused();
                pause.ended().await;
                timer(seat, "start").await?;
                Ok(())
            }
            _ => Err(Failure::from(error).about(format!("{} on {}", seat.name, self.project.name))),
        }
    }

    pub(super) fn counted(&self, held: &Held) {
        if held.rework.is_none() {
            self.submitted.fetch_add(1, Ordering::Relaxed);
            self.progress.add(1);
        }
    }
}

impl Seat {
    pub(super) async fn claim(&self) -> Call<Option<Held>> {
        self.client
            .try_post(&format!("/engagements/{}/claims", self.engagement), &json!({}))
            .await
    }

    pub(super) async fn reopen(&self, assignment: &str) -> Call<Held> {
        self.client
            .get(&format!(
                "/engagements/{}/assignments/{assignment}",
                self.engagement
            ))
            .await
    }

    pub(super) async fn draft(&self, assignment: &str, answer: &Value) -> Call<()> {
        let path = format!("/engagements/{}/assignments/{assignment}/draft", self.engagement);
        self.client
            .put(&path, &json!({ "answer": answer }))
            .await
            .map(|_| ())
    }

    pub(super) async fn submit(&self, assignment: &str, answer: &Value) -> Call {
        let path = format!(
            "/engagements/{}/assignments/{assignment}/submission",
            self.engagement
        );
        self.client.post(&path, &json!({ "answer": answer })).await
    }

    async fn give_back(&self, assignment: &str) -> Call<Option<Value>> {
        let path = format!("/engagements/{}/assignments/{assignment}/return", self.engagement);
        self.client.try_post(&path, &json!({})).await
    }
}

/// Starts, beats or stops a timer.
pub(super) async fn timer(seat: &Seat, step: &str) -> Call {
    seat.client
        .post(
            &format!("/engagements/{}/timer", seat.engagement),
            &json!({ "do": step }),
        )
        .await
}

/// What an author does next.
enum Next {
    /// Shows the halt in the middle.
    Pause,
    /// Takes a task: a new one, or one that came back.
    Claim { ticket: bool },
    /// Waits with the last task for the time of the halt.
    Linger,
    /// There is nothing now; a reviewer may send something back.
    Wait,
    /// There is nothing left.
    Over,
}

impl Work {
    fn next(&self, seat: &Seat, author: usize) -> Next {
        let due = || self.pause.as_ref().is_some_and(|pause| pause.is_due(self));
        if self.came_back(seat) {
            Next::Claim { ticket: false }
        } else if author == 0 && due() && self.take_beyond(author, 0) {
            Next::Pause
        } else if self.take_ticket(author) {
            Next::Claim { ticket: true }
        } else if author == 0 && self.pause.as_ref().is_some_and(Pause::is_ahead) {
            self.with_the_last()
        } else if self.reviewing.load(Ordering::Relaxed) {
            Next::Wait
        } else {
            Next::Over
        }
    }

    /// What is done with the ticket that was kept for the halt, before its time: where nobody else has anything to do it is not waited for.
    fn with_the_last(&self) -> Next {
        let others = self.project.authors.len().saturating_sub(1);
        let left = self.quota(0).is_some_and(|left| left.load(Ordering::Relaxed) > 0);
        if self.idle.load(Ordering::Relaxed) < others && left {
            Next::Linger
        } else if self.take_beyond(0, 0) {
            Next::Pause
        } else {
            Next::Wait
        }
    }

    /// Whether every author waits, and nothing came back: no submission is to be expected.
    pub(super) fn is_quiet(&self) -> bool {
        let idle = self.idle.load(Ordering::Relaxed);
        idle >= self.project.authors.len() && self.waiting().values().all(|count| *count <= 0)
    }
}

/// One contractor, until there is nothing left to do.
pub(super) async fn author(work: Arc<Work>, index: usize) -> Outcome {
    let Some(seat) = work.project.authors.get(index) else {
        return Ok(());
    };
    while let Err(error) = timer(seat, "start").await {
        work.outlast(seat, error).await?;
    }
    let (mut done, mut beaten, mut idle) = (0_u64, Instant::now(), false);
    loop {
        if beaten.elapsed() > BEAT {
            beaten = Instant::now();
            if let Err(error) = timer(seat, "beat").await {
                work.outlast(seat, error).await?;
            }
        }
        let busy = match work.next(seat, index) {
            Next::Over => break,
            Next::Wait => false,
            Next::Linger => {
                sleep(LULL).await;
                true
            }
            Next::Pause => pause::show(&work, seat).await?,
            Next::Claim { ticket } => one(&work, seat, &mut done, ticket.then_some(index)).await?,
        };
        if busy == idle {
            idle = !busy;
            work.idle.fetch_add(
                usize::from(idle).wrapping_sub(usize::from(!idle)),
                Ordering::Relaxed,
            );
        }
        if idle && !work.reviewing.load(Ordering::Relaxed) && !work.came_back(seat) {
            break;
        }
        if idle {
            sleep(LULL).await;
        }
    }
    while let Err(error) = timer(seat, "stop").await {
        work.outlast(seat, error).await?;
    }
    Ok(())
}

/// One task: claimed, answered, handed in. False where there is none to be had. `ticket` is whose ticket is given
/// back where it was not needed.
async fn one(work: &Work, seat: &Seat, done: &mut u64, ticket: Option<usize>) -> Outcome<bool> {
    let unused = || ticket.into_iter().for_each(|author| work.return_ticket(author));
    let held = match seat.claim().await {
        Ok(Some(held)) => held,
        Ok(None) => {
            unused();
            return Ok(false);
        }
        Err(error) => {
            unused();
            work.outlast(seat, error).await?;
            return Ok(true);
        }
    };
    let Some(answer) = work.answer(seat, &held) else {
        unused();
        seat.give_back(&held.assignment).await.map_err(Failure::from)?;
        return Ok(true);
    };
    if held.rework.is_some() {
        unused();
    }
    *done += 1;
    if done.is_multiple_of(DRAFT_EVERY) {
        seat.draft(&held.assignment, &answer)
            .await
            .map_err(Failure::from)?;
    }
    hand_in(work, seat, &held, &answer).await?;
    Ok(true)
}

/// Hands an answer in, after a halt if there is one.
pub(super) async fn hand_in(work: &Work, seat: &Seat, held: &Held, answer: &Value) -> Outcome {
    while let Err(error) = seat.submit(&held.assignment, answer).await {
        work.outlast(seat, error).await?;
    }
    work.counted(held);
    Ok(())
}
