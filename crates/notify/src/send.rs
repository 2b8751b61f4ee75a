//! Sending what waits: to each receiver one at a time, to many at once, and again later where it did not arrive.

use std::sync::{Arc, PoisonError};

use cofferdam_custody::GateError;
use cofferdam_model::{Compartment, LabId, PrincipalId, Timestamp, WebhookId};
use cofferdam_store::outbox::{self, AttemptRow, MessageRow, Outcome, Sent, Target};
use cofferdam_store::{Reader, Tx, contact};
use tokio::sync::{AcquireError, OwnedSemaphorePermit, Semaphore, SemaphorePermit};
use tokio::task::JoinSet;

use crate::follow::is_too_old;
use crate::{Notifier, NotifyError, OF_ONE_LAB, backoff};

/// Receivers looked at at a time, and messages of one.
const RECEIVERS: u32 = 512;
const OF_ONE: u32 = 32;
/// How long to wait where it cannot be said whether a receiver stands.
const LATER_MICROS: i64 = 30_000_000;

/// What became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Went {
    /// It was tried.
    Tried(Outcome, Option<u32>),
    /// It was tried, and shall not be again.
    Last(Outcome, Option<u32>),
    /// Whom it was for wants none any more, or it is not as it was written.
    NotWanted,
    /// It could not be tried.
    Later,
}

/// Something is on its way to them, until this is dropped.
struct Busy(Notifier, Target);

impl Drop for Busy {
    fn drop(&mut self) {
        let mut busy = self.0.inner.busy.lock().unwrap_or_else(PoisonError::into_inner);
        busy.remove(&self.1);
    }
}

impl Notifier {
    /// Begins to send to everybody for whom something is due, and to whom nothing is on its way.
    pub(crate) async fn start_sending(&self, sending: &mut JoinSet<()>) -> Result<(), NotifyError> {
        let now = self.gate().env().now();
        let due = move |reader: &mut Reader<'_>| outbox::receivers(reader, now, RECEIVERS);
        for target in self.gate().store().read(due).await? {
            let Some(busy) = self.occupy(target) else { continue };
            let own = self.clone();
            sending.spawn(async move {
                let _busy = busy;
                let outcome = own.serve(target).await;
                if outcome.is_err() {
                    own.told(cofferdam_custody::Chore::Sending, outcome);
                }
            });
        }
        Ok(())
    }

    fn occupy(&self, target: Target) -> Option<Busy> {
        let mut busy = self.inner.busy.lock().unwrap_or_else(PoisonError::into_inner);
        busy.insert(target).then(|| Busy(self.clone(), target))
    }

    /// Sends what is due to one receiver, in order, until something does not arrive: the rest waits for that.
    async fn serve(&self, target: Target) -> Result<(), NotifyError> {
        let now = self.gate().env().now();
        let due = move |reader: &mut Reader<'_>| outbox::due_to(reader, target, now, OF_ONE);
        for message in self.gate().store().read(due).await? {
            // They are never closed.
            let Ok(_turn) = self.turn(&message).await else {
                break;
            };
            let went = self.attempt(&message).await?;
            if !self.keep_attempt(message, went).await? {
                break;
            }
        }
        Ok(())
    }

    /// Waits until it is a message's turn: a lab that has many webhooks which take long waits for them itself, and whoever else
    /// waits comes in before its next message.
    async fn turn(
        &self,
        message: &MessageRow,
    ) -> Result<(Option<OwnedSemaphorePermit>, SemaphorePermit<'_>), AcquireError> {
        let lab = match (message.target, message.lab) {
            (Target::Webhook(_), Some(lab)) => Some(self.of_lab(lab).acquire_owned().await?),
            _ => None,
        };
        let lane = match message.target {
            Target::Mail(_) => &self.inner.letters,
            Target::Webhook(_) => &self.inner.webhooks,
        };
        Ok((lab, lane.acquire().await?))
    }

    fn of_lab(&self, lab: LabId) -> Arc<Semaphore> {
        let mut labs = self.inner.of_labs.lock().unwrap_or_else(PoisonError::into_inner);
        let own = labs.entry(lab);
        own.or_insert_with(|| Arc::new(Semaphore::new(OF_ONE_LAB)))
            .clone()
    }

    async fn attempt(&self, message: &MessageRow) -> Result<Went, NotifyError> {
        if !self.is_whole(message) {
            return Ok(Went::NotWanted);
        }
        Ok(match message.target {
            Target::Mail(person) => match self.address_now(person).await? {
                Some(Some(address)) => self.write_to(message, &address).await,
                Some(None) => Went::NotWanted,
                None => Went::Later,
            },
            Target::Webhook(webhook) => match self.url_now(webhook, message).await? {
                Some(Some(url)) => self.post(message, &url).await,
                Some(None) => Went::NotWanted,
                None => Went::Later,
            },
        })
    }

    /// Where somebody is written to now; nothing at all where nobody can say, until that is mended.
    async fn address_now(&self, person: PrincipalId) -> Result<Option<Option<String>>, NotifyError> {
        match self.address(person).await {
            Ok(row) => Ok(Some(row.map(|row| row.email))),
            Err(NotifyError::Gate(GateError::Integrity(_))) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The same of a webhook.
    async fn url_now(
        &self,
        id: WebhookId,
        message: &MessageRow,
    ) -> Result<Option<Option<String>>, NotifyError> {
        let Some(lab) = message.lab else {
            return Ok(Some(None));
        };
        let Ok(authority) = self.gate().authority(Compartment::Lab(lab)) else {
            return Ok(None);
        };
        if !authority.is_some_and(|a| a.is_webhook(id)) {
            return Ok(Some(None));
        }
        let found = self
            .gate()
            .store()
            .read(move |r: &mut Reader<'_>| contact::webhook(r, id))
            .await?;
        // One that the ledger names and that is not as it was written is mended some day: that is waited for.
        let whole = found.filter(|row| row.lab == lab && self.is_whole(row));
        Ok(whole.map(|row| Some(row.url)))
    }

    /// Keeps how it went, and when it is tried next. Whether the receiver's next message may follow.
    async fn keep_attempt(&self, mut message: MessageRow, went: Went) -> Result<bool, NotifyError> {
        let now = self.gate().env().now();
        let dice = u16::from_be_bytes(self.gate().env().random()?);
        let attempt = settle(&mut message, went, now, dice).map(|row| self.gate().secrets().stamped(row));
        if let Some(attempt) = &attempt {
            let labels = [
                ("channel", message.target.name()),
                ("outcome", attempt.outcome.name()),
            ];
            metrics::counter!("notices_sent_total", &labels).increment(1);
            tracing::debug!(message = %message.id, outcome = attempt.outcome.name(), status = attempt.status, "tried");
        }
        let waits = message.state == Sent::Waiting;
        let keep = move |tx: &mut Tx<'_>| {
            outbox::update(tx, &message)?;
            if let Some(attempt) = &attempt {
                outbox::insert_attempt(tx, attempt)?;
            }
            // What else is due to them waits as long, and is no attempt.
            if waits {
                outbox::postpone(tx, message.target, message.due)?;
            }
            Ok::<_, NotifyError>(())
        };
        self.gate().store().write(keep).await?;
        Ok(!waits)
    }
}

/// Moves a message on by how it went; the attempt, if it was one.
fn settle(message: &mut MessageRow, went: Went, now: Timestamp, dice: u16) -> Option<AttemptRow> {
    let in_micros = |micros: i64| Timestamp::from_micros(now.as_micros().saturating_add(micros));
    message.due = now;
    let (outcome, status, again) = match went {
        Went::NotWanted => {
            message.state = Sent::NotWanted;
            return None;
        }
        Went::Later if is_too_old(message, now) => {
            message.state = Sent::GivenUp;
            return None;
        }
        Went::Later => {
            message.due = in_micros(LATER_MICROS);
            return None;
        }
        Went::Tried(outcome, status) => (outcome, status, true),
        Went::Last(outcome, status) => (outcome, status, false),
    };
    message.attempts += 1;
    let wait = backoff::after(message.attempts, dice).filter(|_| again && !is_too_old(message, now));
    match (outcome, wait) {
        (Outcome::Delivered, _) => message.state = Sent::Delivered,
        (_, Some(wait)) => message.due = in_micros(wait),
        (_, None) => message.state = Sent::GivenUp,
    }
    Some(AttemptRow {
        message: message.id,
        n: message.attempts,
        at: now,
        outcome,
        status,
        seal: [0; 32],
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use cofferdam_model::{About, Id as _};

    fn message() -> MessageRow {
        MessageRow {
            id: cofferdam_model::MessageId::from_bytes([1; 16]),
            target: Target::Mail(PrincipalId::from_bytes([2; 16])),
            about: About::from_parts(0, [3; 16]).unwrap(),
            engagement: None,
            lab: None,
            source: (Compartment::Installation, 4),
            at: Timestamp::from_micros(0),
            state: Sent::Waiting,
            attempts: 0,
            due: Timestamp::from_micros(0),
        }
    }

    #[test]
    fn what_does_not_arrive_is_tried_ten_times_and_given_up() {
        let (mut message, mut now) = (message(), Timestamp::from_micros(0));
        for n in 1..=backoff::MOST {
            assert_eq!(message.state, Sent::Waiting);
            let attempt = settle(&mut message, Went::Tried(Outcome::Late, None), now, 0).unwrap();
            assert_eq!((attempt.n, attempt.at), (n, now));
            now = message.due;
        }
        assert_eq!(message.state, Sent::GivenUp);
    }

    #[test]
    fn gone_is_gone_old_is_old_and_not_wanted_is_no_attempt() {
        let now = Timestamp::from_micros(10);
        let mut gone = message();
        settle(&mut gone, Went::Last(Outcome::Answered, Some(410)), now, 0);
        assert_eq!((gone.state, gone.attempts), (Sent::GivenUp, 1));
        let mut old = message();
        let late = Timestamp::from_micros(backoff::TOO_OLD_MICROS + 1);
        settle(&mut old, Went::Tried(Outcome::Late, None), late, 0);
        assert_eq!(old.state, Sent::GivenUp);
        let mut unwanted = message();
        assert_eq!(settle(&mut unwanted, Went::NotWanted, now, 0), None);
        assert_eq!((unwanted.state, unwanted.attempts), (Sent::NotWanted, 0));
        let mut later = message();
        assert_eq!(settle(&mut later, Went::Later, now, 0), None);
        assert_eq!((later.state, later.due.as_micros()), (Sent::Waiting, 30_000_010));
        assert_eq!(settle(&mut later, Went::Later, late, 0), None);
        assert_eq!(later.state, Sent::GivenUp);
    }
}
