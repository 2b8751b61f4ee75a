//! The rows of notices: where people and labs are told, against the ledgers; what they are told, by itself.

use std::collections::HashMap;

use cofferdam_model::{Compartment, LabId, MessageId, PrincipalId, WebhookId};
use cofferdam_store::outbox::{AttemptRow, MessageRow, Outcome, Sent};
use cofferdam_store::{Reader, StoreError, contact, notice, outbox};

use super::Exam;
use super::rows::holds;

impl Exam<'_> {
    /// Addresses and webhooks, notices, messages, and how far ledgers were read.
    pub(super) fn notices(&mut self, reader: &mut Reader<'_>) -> Result<(), StoreError> {
        self.addresses(reader)?;
        self.webhooks(reader)?;
        for row in notice::all(reader)? {
            self.health.rows += 1;
            self.made(self.inner.secrets.check(&row));
        }
        self.messages(reader)?;
        for row in notice::cursors(reader)? {
            self.health.rows += 1;
            self.made(self.inner.secrets.check_seal(&row));
        }
        for row in notice::missed(reader)? {
            self.health.rows += 1;
            self.made(self.inner.secrets.check_seal(&row));
        }
        Ok(())
    }

    /// Messages, and how it went to send them: each as it was kept, none left out, and none delivered that was not.
    fn messages(&mut self, reader: &mut Reader<'_>) -> Result<(), StoreError> {
        let mut tried: HashMap<MessageId, Vec<AttemptRow>> = HashMap::new();
        for row in outbox::attempts(reader)? {
            self.health.rows += 1;
            self.made(self.inner.secrets.check_seal(&row));
            tried.entry(row.message).or_default().push(row);
        }
        for row in outbox::all(reader)? {
            self.health.rows += 1;
            self.made(self.inner.secrets.check(&row));
            let attempts = tried.remove(&row.id).unwrap_or_default();
            if !fits(&row, &attempts) {
                let what = format!("the row of message {}", row.id);
                self.find(what, "its attempts say otherwise");
            }
        }
        self.unseen("message", tried);
        Ok(())
    }

    fn addresses(&mut self, reader: &mut Reader<'_>) -> Result<(), StoreError> {
        let Some(installation) = self.authorities.get(&Compartment::Installation) else {
            return Ok(());
        };
        let mut known: HashMap<PrincipalId, [u8; 32]> = installation.addresses().collect();
        for row in contact::addresses(reader)? {
            self.made(self.inner.secrets.check_seal(&row));
            let fits = holds(&mut known, &row.principal, &row.seal);
            self.row("address", &row.principal, fits);
        }
        self.unseen("address", known);
        Ok(())
    }

    fn webhooks(&mut self, reader: &mut Reader<'_>) -> Result<(), StoreError> {
        let of_lab = |lab: LabId, webhooks: Vec<WebhookId>| webhooks.into_iter().map(move |id| (id, lab));
        let open = self
            .authorities
            .values()
            .filter_map(|a| Some((a.compartment().lab()?, a)));
        let mut known: HashMap<WebhookId, LabId> = open
            .flat_map(|(lab, a)| of_lab(lab, a.webhooks().collect()))
            .collect();
        for row in contact::webhooks(reader)? {
            self.made(self.inner.secrets.check(&row));
            let fits = holds(&mut known, &row.id, &row.lab);
            let closed = self.is_closed_lab(row.lab);
            self.row("webhook", &row.id, fits || closed);
        }
        self.unseen("webhook", known);
        Ok(())
    }
}

/// Whether a message stands as its attempts say.
fn fits(message: &MessageRow, attempts: &[AttemptRow]) -> bool {
    let counted = (1..).zip(attempts).all(|(n, attempt)| attempt.n == n);
    let delivered = attempts
        .last()
        .is_some_and(|last| last.outcome == Outcome::Delivered);
    counted
        && attempts.len() as u64 == u64::from(message.attempts)
        && delivered == (message.state == Sent::Delivered)
}
