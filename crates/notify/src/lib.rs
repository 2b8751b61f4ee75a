//! Notices: people and labs are told that something happened, in the application, by e-mail and by webhook.
//!
//! Notices follow the ledgers. What is durable there is read on, entry by entry, and what somebody is to be told of it, what is
//! to be sent, and how far was read are kept in one transaction: nothing is told twice or not at all, whenever a process dies.
//!
//! Invariants, as absences:
//! - a notice holds a kind and ids, and its words are made of these alone ([`words`]): no name, no count, nothing that anybody wrote;
//! - who works under an engagement is told of that, and a steward of the lab: of no other lab, and by no id that two labs share
//!   but a halt's of both;
//! - nothing here opens an object or holds a key to one, so that a halt stops no notice;
//! - no act waits for a notice, and no receiver for another: what is sent, is sent from an outbox, on a thread that does nothing else;
//! - of a receiver no more is read than so many bytes;
//! - nothing is sent but to an address or a webhook that a ledger names.

mod backoff;
mod beside;
mod contacts;
mod draw;
pub mod egress;
mod error;
mod follow;
mod inbox;
mod mail;
mod reach;
mod send;
mod webhook;
mod wire;
pub mod words;

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use cofferdam_custody::{Chore, Gate};
use cofferdam_model::LabId;
use cofferdam_store::outbox::Target;
use tokio::sync::{Notify, Semaphore};
use tokio::task::JoinSet;

pub use contacts::{NewWebhook, Webhook};
pub use error::NotifyError;
pub use inbox::{Inbox, Log, Logged, Place};
pub use mail::{Mail, check_address, is_server, sender};
pub use reach::{Hosts, is_public};
pub use webhook::sign;

use beside::Sending;
use follow::Places;

/// How often ledgers and the outbox are looked at.
const EVERY: Duration = Duration::from_secs(1);
/// How long to wait, at most, after it could not be done.
const AT_MOST: Duration = Duration::from_secs(8);
/// Messages to webhooks, to those of one lab, and letters, that are sent at a time.
const WEBHOOKS_AT_ONCE: usize = 16;
const OF_ONE_LAB: usize = 2;
const LETTERS_AT_ONCE: usize = 4;

/// What a notifier is to know of the installation.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Where people reach the server, without a trailing slash.
    pub public_url: String,
    /// Hosts that webhooks may be at though nobody else may reach them, or without TLS.
    pub webhook_hosts: Hosts,
    /// By which server letters go out; none: there are none.
    pub mail: Option<Mail>,
}

/// Tells people and labs; cheap to clone.
#[derive(Clone)]
pub struct Notifier {
    inner: Arc<Inner>,
}

struct Inner {
    gate: Gate,
    options: Options,
    places: tokio::sync::Mutex<Option<Places>>,
    scopes: draw::Scopes,
    /// To whom something is on its way: one at a time.
    busy: Mutex<HashSet<Target>>,
    webhooks: Semaphore,
    of_labs: Mutex<HashMap<LabId, Arc<Semaphore>>>,
    letters: Semaphore,
    /// Something may be due that was not.
    due: Notify,
    trust: wire::Trust,
    server: OnceLock<Option<mail::Server>>,
}

impl fmt::Debug for Notifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Notifier")
    }
}

impl Notifier {
    /// A notifier over a gate. Does nothing by itself: see [`Notifier::run_background`].
    pub fn new(gate: Gate, options: Options) -> Self {
        Self {
            inner: Arc::new(Inner {
                gate,
                options,
                places: tokio::sync::Mutex::default(),
                scopes: draw::Scopes::default(),
                busy: Mutex::default(),
                webhooks: Semaphore::new(WEBHOOKS_AT_ONCE),
                of_labs: Mutex::default(),
                letters: Semaphore::new(LETTERS_AT_ONCE),
                due: Notify::new(),
                trust: wire::Trust::default(),
                server: OnceLock::new(),
            }),
        }
    }

    pub(crate) fn gate(&self) -> &Gate {
        &self.inner.gate
    }

    /// Follows the ledgers, and sends what waits on a thread of its own, for ever. Ends when `stop` does; what is on its way then is
    /// cut off, and sent again by the next process.
    pub async fn run_background(&self, stop: impl Future<Output = ()>) {
        let mut stop = std::pin::pin!(stop);
        let mut sending: Option<Sending> = None;
        // At once: where notices begin is not to wait for what happens first.
        let mut wait = Duration::ZERO;
        loop {
            tokio::select! {
                () = &mut stop => break,
                () = tokio::time::sleep(wait) => {}
            }
            match self.gate().leads().await {
                Ok(true) => {}
                leads => {
                    // Another node tells everybody, and goes on from where that is kept.
                    if let Some(sending) = sending.take_if(|_| leads.is_ok()) {
                        self.forget().await;
                        sending.end().await;
                    }
                    wait = EVERY;
                    continue;
                }
            }
            if sending.as_mut().is_none_or(Sending::is_over) {
                let begun = self.send_beside();
                let begun =
                    begun.map_err(|error| NotifyError::Failed(format!("no thread to send from: {error}")));
                sending = begun.map_err(|error| self.told(Chore::Sending, Err(error))).ok();
            }
            let followed = self.follow().await;
            // What a disk that is full or a database that is away does not allow now, it will hardly allow at once.
            wait = match followed.is_ok() {
                true => EVERY,
                false => (wait * 2).clamp(EVERY, AT_MOST),
            };
            self.told(Chore::Noticing, followed);
        }
        if let Some(sending) = sending {
            sending.end().await;
        }
    }

    /// Follows the ledgers to their ends and sends what is due, and waits for all of it: the same, once.
    pub async fn pass(&self) -> Result<(), NotifyError> {
        self.follow().await?;
        let mut sending = JoinSet::new();
        self.start_sending(&mut sending).await?;
        while sending.join_next().await.is_some() {}
        Ok(())
    }

    /// Tells the log and `/readyz`, but of what stands in the way of more than this: that is told elsewhere.
    fn told(&self, chore: Chore, outcome: Result<(), NotifyError>) {
        let outcome = match outcome {
            Err(error) if error.is_told_elsewhere() || !self.gate().is_settled() => return,
            outcome => outcome.map_err(|error| error.to_string()),
        };
        self.gate().went(chore, outcome);
    }
}
