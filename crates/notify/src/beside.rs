//! The thread that messages are sent from: whatever a receiver does costs no more than that thread, and nobody else's.

use std::io;
use std::time::Duration;

use cofferdam_custody::Chore;
use tokio::runtime::Builder;
use tokio::sync::oneshot;
use tokio::task::JoinSet;

use crate::{AT_MOST, EVERY, Notifier};

/// A thread that sends, until this is dropped.
pub(crate) struct Sending {
    stop: oneshot::Sender<()>,
    /// Sent nothing: it closes with the thread.
    ended: oneshot::Receiver<()>,
}

impl Sending {
    /// Whether the thread is there no more.
    pub(crate) fn is_over(&mut self) -> bool {
        self.ended.try_recv() != Err(oneshot::error::TryRecvError::Empty)
    }

    /// Cuts off what is on its way, and waits until nothing of it is.
    pub(crate) async fn end(self) {
        drop(self.stop);
        let _ = self.ended.await;
    }
}

impl Notifier {
    /// Begins to send, on a thread and a runtime of its own.
    pub(crate) fn send_beside(&self) -> io::Result<Sending> {
        let (stop, stopped) = oneshot::channel();
        let (end, ended) = oneshot::channel();
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let own = self.clone();
        let run = move || {
            runtime.block_on(own.keep_sending(stopped));
            // Whoever still resolves a name is not waited for.
            runtime.shutdown_background();
            drop((own, end));
        };
        std::thread::Builder::new()
            .name("sending".to_owned())
            .spawn(run)?;
        Ok(Sending { stop, ended })
    }

    async fn keep_sending(&self, mut stopped: oneshot::Receiver<()>) {
        let mut sending = JoinSet::new();
        let mut wait = Duration::ZERO;
        loop {
            tokio::select! {
                _ = &mut stopped => break,
                () = tokio::time::sleep(wait) => {}
                // What a disk that is full or a database that is away does not allow now, it will hardly allow at once.
                () = self.inner.due.notified(), if wait <= EVERY => {}
            }
            while sending.try_join_next().is_some() {}
            let begun = self.start_sending(&mut sending).await;
            wait = match begun {
                Ok(()) => EVERY,
                Err(_) => (wait * 2).clamp(EVERY * 2, AT_MOST),
            };
            self.told(Chore::Sending, begun);
        }
        sending.shutdown().await;
    }
}
