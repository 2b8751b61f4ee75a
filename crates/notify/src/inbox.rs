//! What somebody was told, and how it went to send it.

use cofferdam_custody::{Bound, Caller, Integrity};
use cofferdam_model::{MessageId, NoticeId, Timestamp};
use cofferdam_store::notice::{self, NoticeRow};
use cofferdam_store::outbox::{self, AttemptRow, MessageRow};
use cofferdam_store::{Reader, Tx};

use crate::{Notifier, NotifyError};

/// A caller's own notices.
#[derive(Debug, Clone)]
pub struct Inbox {
    /// Newest first, each with its number.
    pub notices: Vec<(u64, NoticeRow)>,
    /// Below which number there are more.
    pub next: Option<u64>,
    /// Up to which number they were seen.
    pub seen: u64,
    /// How many were not.
    pub unread: u64,
}

/// An attempt, and the message that it was.
pub type Logged = (AttemptRow, MessageRow);

/// Where an attempt stands among all.
pub type Place = (Timestamp, MessageId, u32);

/// Attempts to send something.
#[derive(Debug, Clone)]
pub struct Log {
    /// Newest first.
    pub attempts: Vec<Logged>,
    /// Before which there are more.
    pub next: Option<Place>,
}

/// Cuts off the one more that was asked for; after which there is another then. It is asked before anything is left out, so that what
/// was edited hides nothing but itself.
fn cut<T, P>(all: &mut Vec<T>, limit: u32, place: impl Fn(&T) -> P) -> Option<P> {
    let more = all.len() > limit as usize;
    all.truncate(limit as usize);
    all.last().filter(|_| more).map(place)
}

impl Notifier {
    /// A caller's notices below a number, newest first, at most `limit`. A credential that is good for one engagement alone is shown those of that one.
    pub async fn inbox(&self, caller: &Caller, before: u64, limit: u32) -> Result<Inbox, NotifyError> {
        let (who, only) = (caller.principal(), caller.bound_to());
        let read = move |reader: &mut Reader<'_>| {
            Ok::<_, NotifyError>(Inbox {
                notices: notice::page(reader, who, only, before, limit.saturating_add(1))?,
                next: None,
                seen: notice::seen(reader, who)?,
                unread: notice::unread(reader, who, only)?,
            })
        };
        let mut inbox = self.gate().store().read(read).await?;
        inbox.next = cut(&mut inbox.notices, limit, |(n, _)| *n);
        inbox.notices.retain(|(_, row)| self.is_whole(row));
        Ok(inbox)
    }

    /// Keeps that a caller has seen their notices up to that one.
    pub async fn see(&self, caller: &Caller, up_to: NoticeId) -> Result<(), NotifyError> {
        let who = caller.principal();
        let see = move |tx: &mut Tx<'_>| {
            let n = notice::number(tx.reader(), who, up_to)?;
            let n = n.ok_or(NotifyError::NotFound("notice"))?;
            Ok::<_, NotifyError>(notice::see(tx, who, n)?)
        };
        self.gate().store().write(see).await?;
        self.gate().tell(std::iter::once(who));
        Ok(())
    }

    /// Attempts to send something before the one given, newest first, at most `limit`: for operators.
    pub async fn log(&self, before: Place, limit: u32) -> Result<Log, NotifyError> {
        let read = move |reader: &mut Reader<'_>| outbox::log(reader, before, limit.saturating_add(1));
        let mut attempts = self.gate().store().read(read).await?;
        let next = cut(&mut attempts, limit, |(attempt, message)| {
            (attempt.at, message.id, attempt.n)
        });
        attempts.retain(|(attempt, _)| told(self.gate().secrets().check_seal(attempt)));
        Ok(Log { attempts, next })
    }

    /// Whether a row is as it was made; if not, the log is told.
    pub(crate) fn is_whole<R: Bound>(&self, row: &R) -> bool {
        told(self.gate().secrets().check(row))
    }
}

fn told(checked: Result<(), Integrity>) -> bool {
    checked
        .inspect_err(|found| tracing::error!(%found, "a row was not obeyed"))
        .is_ok()
}
