//! One writer thread that commits in groups.
//!
//! Every queued command runs in a savepoint of its own; the group is then committed with one sync, and only after
//! that is anybody answered. So an answer means: durable.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use crate::error::StoreError;
use crate::sql::Tx;
use crate::store::Taken;

/// Commands that may wait for the writer before callers wait in turn.
const QUEUE: usize = 1_024;
/// Commands committed with one sync, at most.
const GROUP: usize = 64;

/// Something to run on the writer thread.
pub(crate) trait Job: Send {
    /// Runs it; leaves its changes only when it succeeded.
    fn run(&mut self, tx: &mut Tx<'_>);
    /// Answers, once it is known whether the group was committed.
    fn answer(self: Box<Self>, committed: Result<(), StoreError>);
}

struct Write<F, T, E> {
    work: Option<F>,
    result: Option<Result<T, E>>,
    reply: oneshot::Sender<Result<T, E>>,
}

impl<F, T, E> Job for Write<F, T, E>
where
    F: FnOnce(&mut Tx<'_>) -> Result<T, E> + Send,
    T: Send,
    E: From<StoreError> + Send,
{
    fn run(&mut self, tx: &mut Tx<'_>) {
        self.result = self.work.take().map(|work| tx.attempt(work));
    }

    fn answer(self: Box<Self>, committed: Result<(), StoreError>) {
        let result = match (self.result, committed) {
            (Some(Err(own)), _) => Err(own),
            (_, Err(failed)) => Err(failed.into()),
            (Some(ok), Ok(())) => ok,
            (None, Ok(())) => Err(StoreError::Stopped.into()),
        };
        // A caller that left needs no answer; its command stands all the same.
        let _ = self.reply.send(result);
    }
}

/// How a transaction began.
pub(crate) enum Begun {
    /// Nobody else can have written since the last one.
    Continued,
    /// Other nodes may have, each in its turn.
    InTurn,
    /// On a new connection: somebody else may have.
    Anew,
}

/// What whoever keeps rows in memory must hear before anything else runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum News {
    /// A group of writes was undone, or another process may have had the database: nothing is known any more.
    Undone,
    /// Other nodes may have written since the last transaction: what is known is to be brought up to date.
    Others,
    /// A group of writes is durable.
    Committed,
}

/// Begins, commits and undoes a group.
pub(crate) trait Backend {
    /// Begins a transaction.
    fn begin(&mut self) -> Result<Begun, StoreError>;
    /// Commits it durably.
    fn commit(&mut self) -> Result<(), StoreError>;
    /// Undoes it.
    fn rollback(&mut self);
    /// A transaction's view of the connection.
    fn tx(&mut self) -> Tx<'_>;
    /// What ended the transaction, if anything did: some failures do by themselves.
    fn ended(&self) -> Option<StoreError>;
    /// Called when no command waits.
    fn idle(&mut self);
    /// Whether several nodes write in turns.
    fn is_shared(&self) -> bool {
        false
    }
}

/// The sending end.
#[derive(Clone)]
pub(crate) struct Writer {
    queue: mpsc::Sender<Box<dyn Job>>,
    last: Arc<Last>,
}

/// How groups of writes went.
#[derive(Default)]
struct Last {
    /// Somebody else, or its own clock, kept the last one from being written.
    kept_out: AtomicBool,
    /// What one failed for last, and when, for want of a disk that takes it.
    failed: Mutex<Option<(Instant, StoreError)>>,
}

impl Last {
    fn went(&self, committed: &Result<(), StoreError>) {
        let kept_out = matches!(
            committed,
            Err(StoreError::InUse
                | StoreError::NodeInUse(_)
                | StoreError::Locked(_)
                | StoreError::ClockApart { .. })
        );
        self.kept_out.store(kept_out, Ordering::Relaxed);
        // That a later group went well tells little: it may have had nothing to write.
        if let Err(
            error @ (StoreError::DiskFull
            | StoreError::ReadOnly
            | StoreError::Unwritable(_)
            | StoreError::Database(_)),
        ) = committed
        {
            let mut failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
            *failed = Some((Instant::now(), error.clone()));
        }
    }
}

impl Writer {
    /// Starts the thread, which holds `lock` for as long as anything may still be written. `told` is called on it
    /// whenever there is news, before anything else runs.
    pub(crate) fn start(
        backend: impl Backend + Send + 'static,
        lock: Taken,
        told: impl Fn(News) + Send + 'static,
    ) -> std::io::Result<(Self, std::thread::JoinHandle<()>)> {
        let (queue, receiver) = mpsc::channel(QUEUE);
        let last = Arc::<Last>::default();
        let outside = Arc::clone(&last);
        let thread = std::thread::Builder::new()
            .name("store-writer".into())
            .spawn(move || {
                let _lock = lock;
                run(backend, receiver, told, &outside);
            })?;
        Ok((Self { queue, last }, thread))
    }

    /// What a group of writes failed for just now, for want of a disk that takes it.
    pub(crate) fn is_failing(&self) -> Option<StoreError> {
        let failed = self.last.failed.lock().unwrap_or_else(PoisonError::into_inner);
        let recent = failed.as_ref().filter(|(at, _)| at.elapsed() < BELIEVED);
        recent.map(|(_, error)| error.clone())
    }

    /// Whether somebody else, or its own clock, kept the last group from being written.
    pub(crate) fn is_kept_out(&self) -> bool {
        self.last.kept_out.load(Ordering::Relaxed)
    }

    /// Runs `work` in a transaction and answers once it is durable. Dropping the future does not undo it.
    pub(crate) async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let job = Write {
            work: Some(work),
            result: None,
            reply,
        };
        self.queue
            .send(Box::new(job))
            .await
            .map_err(|_| StoreError::Stopped)?;
        answer.await.map_err(|_| StoreError::Stopped)?
    }
}

fn run(mut backend: impl Backend, mut queue: mpsc::Receiver<Box<dyn Job>>, told: impl Fn(News), last: &Last) {
    let mut group: Vec<Box<dyn Job>> = Vec::with_capacity(GROUP);
    loop {
        if queue.is_empty() {
            backend.idle();
        }
        let Some(first) = queue.blocking_recv() else {
            return;
        };
        let begun = begin(&mut backend, &told);
        let nothing_ran = begun.is_err() && backend.is_shared();
        let committed = commit_group(&mut backend, begun, first, &mut queue, &mut group);
        match &committed {
            Ok(()) => told(News::Committed),
            // Another node had its turn for too long, or this one may have none: what is known stays so.
            Err(StoreError::Locked(_) | StoreError::ClockApart { .. }) if nothing_ran => {}
            Err(_) => told(News::Undone),
        }
        last.went(&committed);
        for job in group.drain(..) {
            job.answer(committed.clone());
        }
    }
}

/// For how long a disk that took no write is believed to take none.
const BELIEVED: Duration = Duration::from_secs(5);

fn begin(backend: &mut impl Backend, told: &impl Fn(News)) -> Result<(), StoreError> {
    backend.begin().map(|begun| match begun {
        Begun::Continued => (),
        Begun::InTurn => told(News::Others),
        Begun::Anew => told(News::Undone),
    })
}

fn commit_group(
    backend: &mut impl Backend,
    begun: Result<(), StoreError>,
    first: Box<dyn Job>,
    queue: &mut mpsc::Receiver<Box<dyn Job>>,
    group: &mut Vec<Box<dyn Job>>,
) -> Result<(), StoreError> {
    let mut so_far = begun;
    let mut next = Some(first);
    while let Some(mut job) = next {
        if so_far.is_ok() {
            so_far = run_one(backend, &mut *job);
        }
        group.push(job);
        next = if group.len() < GROUP {
            queue.try_recv().ok()
        } else {
            None
        };
    }
    so_far
        .and_then(|()| backend.commit())
        .inspect_err(|_| backend.rollback())
}

/// An error is one that the whole group shares: what ran before was undone with it.
fn run_one(backend: &mut impl Backend, job: &mut dyn Job) -> Result<(), StoreError> {
    let ran = catch_unwind(AssertUnwindSafe(|| job.run(&mut backend.tx())));
    if ran.is_err() {
        tracing::error!("a command panicked; its group of writes is undone");
        return Err(StoreError::Panicked);
    }
    backend.ended().map_or(Ok(()), Err)
}
