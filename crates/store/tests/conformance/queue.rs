//! The queue: each task to as many people as it should, never twice to one, and back when a lease ends.

use std::collections::{BTreeMap, BTreeSet};

use cofferdam_model::work::{Assignment, ReturnCause, Submission, Verdict};
use cofferdam_model::{AssignmentId, PrincipalId, ProjectId, TaskId, Timestamp};
use cofferdam_store::engagement::HolderRow;
use cofferdam_store::review::ReviewRow;
use cofferdam_store::submission::SubmissionRow;
use cofferdam_store::task::{self, AssignmentRow};
use cofferdam_store::{Store, StoreError, Tx, engagement, review, submission};

use crate::rows;
use crate::support::*;

const LEASE: i64 = 600;

/// Hands out the next task, as the queue's one rule has it: take back, choose, take a place, hold.
fn claim(
    tx: &mut Tx<'_>,
    project: ProjectId,
    principal: PrincipalId,
    hold: AssignmentId,
    now: Timestamp,
) -> Result<Option<TaskId>, StoreError> {
    for over in task::expired(tx.reader(), project, now)? {
        task::take_back(tx, &over)?;
    }
    let Some(next) = task::next_open(tx, project, principal)? else {
        return Ok(None);
    };
    assert!(task::take_slot(tx, next.id)?, "an open task has a place");
    let until = now.plus_seconds(LEASE);
    let row = AssignmentRow {
        id: hold,
        principal,
        claimed: now,
        ..rows::hold(0, &next, 0, until)
    };
    task::insert_assignment(tx, &row)?;
    Ok(Some(next.id))
}

struct Queue {
    store: Store,
    next: std::sync::atomic::AtomicU64,
}

impl Queue {
    async fn new(backend: &impl Backend, tasks: u64, overlap: u32) -> Self {
        let store = backend.open();
        write(&store, move |tx| {
            (1..=tasks).try_for_each(|n| task::insert(tx, &rows::task(n, 1, overlap)))
        })
        .await;
        let next = std::sync::atomic::AtomicU64::new(1);
        Self { store, next }
    }

    /// The number of the task handed out, and the hold on it.
    async fn claim(&self, principal: u64, now: Timestamp) -> Option<(TaskId, AssignmentId)> {
        let hold = id(self.next.fetch_add(1, std::sync::atomic::Ordering::SeqCst));
        let claimed = write(&self.store, move |tx| claim(tx, id(1), id(principal), hold, now)).await;
        claimed.map(|task| (task, hold))
    }

    async fn set(&self, hold: AssignmentId, state: Assignment) {
        write(&self.store, move |tx| task::set_state(tx, hold, state)).await;
    }
}

/// A verdict without words.
fn plain(verdict: Verdict) -> review::Given {
    review::Given {
        verdict,
        comment: None,
        amended: None,
        at: at(1),
    }
}

pub(crate) async fn each_task_goes_to_as_many_as_it_should(backend: &impl Backend) {
    let queue = Queue::new(backend, 3, 2).await;
    for principal in 1..=2 {
        for n in 1..=3 {
            let (task, hold) = queue.claim(principal, at(0)).await.unwrap();
            assert_eq!(task, id(n), "in the order of the queue");
            queue.set(hold, Assignment::Submitted).await;
        }
        assert_eq!(queue.claim(principal, at(0)).await, None);
    }
    assert_eq!(queue.claim(3, at(0)).await, None, "beyond the overlap");
    write(&queue.store, |tx| task::free_slot(tx, id(2))).await;
    assert_eq!(queue.claim(1, at(0)).await, None, "never twice to one person");
    assert_eq!(queue.claim(3, at(0)).await.unwrap().0, id(2));
}

pub(crate) async fn an_expired_lease_goes_back_even_to_the_same_person(backend: &impl Backend) {
    let queue = Queue::new(backend, 1, 1).await;
    let (_, first) = queue.claim(1, at(0)).await.unwrap();
    assert_eq!(queue.claim(2, at(LEASE - 1)).await, None);
    let (task, second) = queue.claim(1, at(LEASE)).await.unwrap();
    assert_eq!(task, id(1));
    let states = read(&queue.store, move |r| {
        Ok((task::assignment(r, first)?, task::assignment(r, second)?))
    })
    .await;
    let expired = Assignment::Returned {
        cause: ReturnCause::Expired,
    };
    assert_eq!(states.0.unwrap().state, expired);
    assert!(matches!(states.1.unwrap().state, Assignment::Claimed { .. }));
    let (task, third) = queue.claim(2, at(2 * LEASE)).await.unwrap();
    assert_eq!(task, id(1));
    queue.set(third, Assignment::Submitted).await;
    assert_eq!(
        queue.claim(1, at(9 * LEASE)).await,
        None,
        "an answer does not expire"
    );
    assert!(
        read(&queue.store, |r| task::expired(r, id(1), at(99 * LEASE)))
            .await
            .is_empty()
    );
}

pub(crate) async fn what_was_skipped_does_not_come_back(backend: &impl Backend) {
    let queue = Queue::new(backend, 2, 1).await;
    let (task, hold) = queue.claim(1, at(0)).await.unwrap();
    let skipped = Assignment::Returned {
        cause: ReturnCause::Skipped,
    };
    write(&queue.store, move |tx| {
        task::set_state(tx, hold, skipped)?;
        task::free_slot(tx, task)
    })
    .await;
    assert_eq!(queue.claim(1, at(0)).await.unwrap().0, id(2));
    assert_eq!(queue.claim(1, at(0)).await, None);
    assert_eq!(
        queue.claim(2, at(0)).await.unwrap().0,
        id(1),
        "it is for somebody else"
    );
    assert_eq!(queue.claim(1, at(9 * LEASE)).await.unwrap().0, id(2));
}

pub(crate) async fn a_lease_is_prolonged_only_while_it_runs(backend: &impl Backend) {
    let queue = Queue::new(backend, 2, 1).await;
    let (_, hold) = queue.claim(1, at(0)).await.unwrap();
    let until = async || {
        let row = read(&queue.store, move |r| task::assignment(r, hold)).await;
        row.unwrap().until
    };
    let extend = |now, to| {
        write(&queue.store, move |tx| {
            task::extend_leases(tx, id(1), id(1), at(now), at(to))
        })
    };
    write(&queue.store, |tx| {
        task::extend_leases(tx, id(1), id(2), at(0), at(LEASE + 50))
    })
    .await;
    assert_eq!(until().await, at(LEASE), "it is somebody else's");
    extend(LEASE - 1, LEASE + 50).await;
    assert_eq!(until().await, at(LEASE + 50));
    extend(LEASE, LEASE + 10).await;
    assert_eq!(until().await, at(LEASE + 50), "never shortened");
    extend(LEASE + 50, LEASE + 99).await;
    assert_eq!(until().await, at(LEASE + 50), "it had ended");
    assert_eq!(queue.claim(2, at(LEASE + 49)).await.unwrap().0, id(2));
    assert_eq!(queue.claim(3, at(LEASE + 50)).await.unwrap().0, id(1));
}

pub(crate) async fn many_at_once_share_without_a_double(backend: &impl Backend) {
    const TASKS: u64 = 40;
    const PEOPLE: u64 = 12;
    const OVERLAP: u32 = 3;
    let queue = std::sync::Arc::new(Queue::new(backend, TASKS, OVERLAP).await);
    let working = (1..=PEOPLE).map(|principal| {
        let queue = std::sync::Arc::clone(&queue);
        tokio::spawn(async move {
            let mut had = Vec::new();
            while let Some((task, hold)) = queue.claim(principal, at(0)).await {
                queue.set(hold, Assignment::Submitted).await;
                had.push(task);
            }
            had
        })
    });
    let mut handed: BTreeMap<TaskId, u32> = BTreeMap::new();
    for work in working.collect::<Vec<_>>() {
        let had = work.await.unwrap();
        let distinct: BTreeSet<_> = had.iter().collect();
        assert_eq!(distinct.len(), had.len(), "twice to one person");
        for task in had {
            *handed.entry(task).or_default() += 1;
        }
    }
    assert_eq!(handed.len() as u64, TASKS);
    assert!(handed.values().all(|n| *n == OVERLAP), "{handed:?}");
}

pub(crate) async fn one_reviewer_at_a_time(backend: &impl Backend) {
    let store = backend.open();
    let held = rows::hold(1, &rows::task(1, 1, 1), 1, at(60));
    let (first, second) = (
        rows::submission(1, &held),
        SubmissionRow {
            assignment: id(2),
            ..rows::submission(2, &held)
        },
    );
    write(&store, move |tx| {
        submission::insert(tx, &second)?;
        submission::insert(tx, &first)
    })
    .await;
    let next = |reviewer: u64, now: i64| {
        let find = move |tx: &mut Tx<'_>| submission::next_to_review(tx, id(1), id(reviewer), at(now));
        let found = write(&store, find);
        async move { found.await.map(|s| s.id) }
    };
    assert_eq!(next(1, 0).await, None, "nobody judges their own");
    assert_eq!(next(2, 0).await, Some(id(1)), "the oldest first");
    let claim = |n: u64, submission: u64, until: i64| {
        let row = ReviewRow {
            id: id(n),
            submission: id(submission),
            version: 1,
            engagement: id(n),
            until: at(until),
            verdict: None,
            comment: None,
            amended: None,
            given: None,
        };
        write(&store, move |tx| review::claim(tx, &row))
    };
    claim(1, 1, 100).await;
    assert_eq!(next(3, 99).await, Some(id(2)));
    claim(2, 2, 100).await;
    assert_eq!(next(3, 99).await, None);
    assert_eq!(next(3, 100).await, Some(id(1)), "a lease that ended");
    claim(3, 1, 200).await;
    assert_eq!(
        read(&store, |r| review::get(r, id(1))).await,
        None,
        "the one who was late is out"
    );
    write(&store, |tx| review::give(tx, id(3), &plain(Verdict::Return))).await;
    let returned = SubmissionRow {
        state: Submission::Returned,
        ..first
    };
    write(&store, move |tx| submission::update(tx, &returned)).await;
    assert_eq!(next(4, 9_000).await, Some(id(2)));
    let again = SubmissionRow {
        state: Submission::Submitted,
        version: 2,
        ..first
    };
    write(&store, move |tx| submission::update(tx, &again)).await;
    assert_eq!(
        next(4, 9_000).await,
        Some(id(1)),
        "another version is another review"
    );
}

pub(crate) async fn nobody_answers_and_judges_one_task(backend: &impl Backend) {
    let queue = Queue::new(backend, 3, 2).await;
    let (task, hold) = queue.claim(1, at(0)).await.unwrap();
    queue.set(hold, Assignment::Submitted).await;
    let given = SubmissionRow {
        assignment: hold,
        principal: id(1),
        ..rows::submission(1, &rows::hold(1, &rows::task(1, 1, 2), 1, at(60)))
    };
    assert_eq!(given.task, task);
    write(&queue.store, move |tx| submission::insert(tx, &given)).await;
    let to_review = async |reviewer: u64| {
        let find = move |tx: &mut Tx<'_>| submission::next_to_review(tx, id(1), id(reviewer), at(0));
        write(&queue.store, find).await.map(|s| s.id)
    };
    // One who has it in hand, one who gave it back, one whose time for it ran out.
    let (task, hold) = queue.claim(2, at(0)).await.unwrap();
    assert_eq!(task, id(1));
    assert_eq!(to_review(2).await, None);
    for (state, due) in [
        (Assignment::Submitted, None),
        (skipped(), Some(id(1))),
        (expired(), Some(id(1))),
    ] {
        queue.set(hold, state).await;
        assert_eq!(to_review(2).await, due, "{state:?}");
    }
    write(&queue.store, |tx| {
        task::free_slot(tx, id(1))?;
        for (engagement, principal) in [(5, 2), (6, 3)] {
            let holder = HolderRow {
                engagement: id(engagement),
                lab: id(1),
                principal: id(principal),
                salt: [0; 32],
            };
            engagement::insert(tx, &holder)?;
        }
        let review = ReviewRow {
            id: id(1),
            submission: id(1),
            version: 1,
            engagement: id(5),
            until: at(9),
            verdict: None,
            comment: None,
            amended: None,
            given: None,
        };
        review::claim(tx, &review)
    })
    .await;
    // Beyond the furthest task that one had, and, once there is none, from the start.
    assert_eq!(queue.claim(2, at(0)).await.unwrap().0, id(2));
    assert_eq!(queue.claim(2, at(0)).await.unwrap().0, id(3));
    assert_eq!(queue.claim(2, at(0)).await, None);
    write(&queue.store, |tx| {
        review::give(tx, id(1), &plain(Verdict::Accept))
    })
    .await;
    assert_eq!(queue.claim(2, at(0)).await, None, "a verdict was seen too");
    assert_eq!(
        queue.claim(3, at(0)).await.unwrap().0,
        id(1),
        "it is for somebody else"
    );
}

const fn skipped() -> Assignment {
    Assignment::Returned {
        cause: ReturnCause::Skipped,
    }
}

const fn expired() -> Assignment {
    Assignment::Returned {
        cause: ReturnCause::Expired,
    }
}
