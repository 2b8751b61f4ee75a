//! The rows of notices: where people and labs are told, against the ledgers; what they are told, by itself.

use std::collections::HashMap;

use cofferdam_model::{Compartment, LabId, PrincipalId, WebhookId};
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
        for row in outbox::all(reader)? {
            self.health.rows += 1;
            self.made(self.inner.secrets.check(&row));
        }
        for row in notice::cursors(reader)? {
            self.health.rows += 1;
            self.made(self.inner.secrets.check_seal(&row));
        }
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
