//! What somebody was told, and how it went to send it.

use cofferdam_custody::{Bound, Caller};
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
    /// Up to which number they were seen.
    pub seen: u64,
    /// How many were not.
    pub unread: u64,
}

/// An attempt, and the message that it was.
pub type Logged = (AttemptRow, MessageRow);

impl Notifier {
    /// A caller's notices below a number, newest first. A credential that is good for one engagement alone is shown those of that one.
    pub async fn inbox(&self, caller: &Caller, before: u64, limit: u32) -> Result<Inbox, NotifyError> {
        let (who, only) = (caller.principal(), caller.bound_to());
        let read = move |reader: &mut Reader<'_>| {
            Ok::<_, NotifyError>(Inbox {
                notices: notice::page(reader, who, only, before, limit)?,
                seen: notice::seen(reader, who)?,
                unread: notice::unread(reader, who, only)?,
            })
        };
        let mut inbox = self.gate().store().read(read).await?;
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

    /// Attempts to send something before the one given, newest first: for operators.
    pub async fn log(
        &self,
        before: (Timestamp, MessageId, u32),
        limit: u32,
    ) -> Result<Vec<Logged>, NotifyError> {
        let read = move |reader: &mut Reader<'_>| outbox::log(reader, before, limit);
        Ok(self.gate().store().read(read).await?)
    }

    /// Whether a row is as it was made; if not, the log is told.
    pub(crate) fn is_whole<R: Bound>(&self, row: &R) -> bool {
        let checked = self.gate().secrets().check(row);
        checked
            .inspect_err(|found| tracing::error!(%found, "a row was not obeyed"))
            .is_ok()
    }
}
