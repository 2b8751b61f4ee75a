//! Where people and labs are told: set by those who may, and on a ledger.

use cofferdam_custody::{
    AdminCommand, AdminDone, AdminScope, Caller, Command, Done, GateError, Scope, Secrets,
};
use cofferdam_model::{
    About, Act, Authority, Compartment, EngagementId, Env, Fact, LabId, MessageId, PrincipalId, Timestamp,
    WebhookId,
};
use cofferdam_store::contact::{self, AddressRow, WebhookRow};
use cofferdam_store::outbox::{self, MessageRow, Sent, Target};
use cofferdam_store::principal::{self, PrincipalKind};
use cofferdam_store::{Reader, Tx};

use crate::inbox::Logged;
use crate::mail::check_address;
use crate::webhook::secret;
use crate::{Notifier, NotifyError, reach};

/// Webhooks of one lab.
const MOST: usize = 10;

struct SetAddress {
    person: PrincipalId,
    email: Option<String>,
}

impl AdminCommand for SetAddress {
    type Output = ();
    type Error = NotifyError;

    fn run(self, scope: &mut AdminScope<'_, '_>) -> Result<AdminDone<()>, GateError<NotifyError>> {
        let row = principal::get(scope.tx.reader(), self.person)?;
        let row = row.ok_or(NotifyError::NotFound("person"))?;
        scope.secrets.check(&row)?;
        if row.kind != PrincipalKind::Person {
            return Err(NotifyError::invalid("person", "only a person is written to").into());
        }
        let row = match self.email {
            Some(email) => {
                let row = scope.secrets.stamped(AddressRow {
                    principal: self.person,
                    email,
                    by: scope.operator,
                    since: scope.now,
                    seal: [0; 32],
                });
                contact::put_address(scope.tx, &row)?;
                Some(row.seal)
            }
            None => {
                contact::remove_address(scope.tx, self.person)?;
                None
            }
        };
        let fact = Fact::AddressSet {
            principal: self.person,
            row,
        };
        Ok(AdminDone::one((), Compartment::Installation, fact))
    }
}

/// What a webhook's commands work with, whoever gives them.
struct Place<'a, 't> {
    tx: &'a mut Tx<'t>,
    secrets: &'a Secrets,
    env: &'a Env,
    lab: LabId,
    authority: std::sync::Arc<Authority>,
    by: PrincipalId,
    now: Timestamp,
}

/// What both doors do with a webhook.
trait OnWebhook: Send + 'static {
    type Output: Send + 'static;
    fn within(self, at: Place<'_, '_>) -> Result<(Self::Output, Fact), GateError<NotifyError>>;
}

struct SetWebhook {
    url: String,
}

impl OnWebhook for SetWebhook {
    type Output = WebhookId;

    fn within(self, at: Place<'_, '_>) -> Result<(WebhookId, Fact), GateError<NotifyError>> {
        let known = contact::webhooks_of(at.tx.reader(), at.lab)?;
        let standing = known.iter().filter(|row| at.authority.is_webhook(row.id));
        if standing.clone().any(|row| row.url == self.url) {
            let text = "the lab has that webhook already; remove it first where it is to have a new secret";
            return Err(NotifyError::Conflict(text.to_owned()).into());
        }
        if standing.count() >= MOST {
            let text = format!("the lab has {MOST} webhooks, and may have no more; remove one first");
            return Err(NotifyError::Conflict(text).into());
        }
        let row = at.secrets.bound(WebhookRow {
            id: at.env.new_id()?,
            lab: at.lab,
            url: self.url,
            by: at.by,
            since: at.now,
        });
        contact::insert_webhook(at.tx, &row)?;
        Ok((row.id, Fact::WebhookSet { webhook: row.id }))
    }
}

struct RemoveWebhook {
    webhook: WebhookId,
}

impl OnWebhook for RemoveWebhook {
    type Output = ();

    fn within(self, at: Place<'_, '_>) -> Result<((), Fact), GateError<NotifyError>> {
        let webhook = self.webhook;
        if !at.authority.is_webhook(webhook) {
            return Err(NotifyError::NotFound("webhook").into());
        }
        contact::remove_webhook(at.tx, webhook)?;
        Ok(((), Fact::WebhookRemoved { webhook }))
    }
}

/// As one of the lab's stewards.
struct ByLab<C>(C);

impl<C: OnWebhook> Command for ByLab<C> {
    type Output = C::Output;
    type Error = NotifyError;

    fn act(&self) -> Act {
        Act::SetWebhooks
    }

    fn run(self, scope: &mut Scope<'_, '_>) -> Result<Done<C::Output>, GateError<NotifyError>> {
        let authority = scope.authority()?;
        let at = Place {
            tx: &mut *scope.tx,
            secrets: scope.secrets,
            env: scope.env,
            lab: scope.engagement.lab,
            authority,
            by: scope.principal,
            now: scope.now,
        };
        let (output, fact) = self.0.within(at)?;
        Ok(Done::one(output, fact))
    }
}

/// As an operator.
struct ByFirm<C>(LabId, C);

impl<C: OnWebhook> AdminCommand for ByFirm<C> {
    type Output = C::Output;
    type Error = NotifyError;

    fn run(self, scope: &mut AdminScope<'_, '_>) -> Result<AdminDone<C::Output>, GateError<NotifyError>> {
        let lab = Compartment::Lab(self.0);
        let authority = scope.authority(lab)?.ok_or(NotifyError::NotFound("lab"))?;
        let at = Place {
            secrets: scope.secrets,
            env: scope.env,
            lab: self.0,
            by: scope.operator,
            now: scope.now,
            tx: &mut *scope.tx,
            authority,
        };
        let (output, fact) = self.1.within(at)?;
        Ok(AdminDone::one(output, lab, fact))
    }
}

/// A webhook of a lab, and how it went last.
#[derive(Debug, Clone)]
pub struct Webhook {
    /// The row.
    pub row: WebhookRow,
    /// The last attempt to reach it.
    pub last: Option<Logged>,
}

impl Notifier {
    /// Says where a person is written to, or that they are not: for operators.
    pub async fn set_address(
        &self,
        caller: &Caller,
        person: PrincipalId,
        email: Option<&str>,
    ) -> Result<(), NotifyError> {
        if let Some(email) = email {
            check_address(email).map_err(|wrong| NotifyError::invalid("/email", wrong))?;
        }
        let command = SetAddress {
            person,
            email: email.map(str::to_owned),
        };
        self.gate().administer(caller, command).await?;
        Ok(())
    }

    /// Where a person is written to: for operators. One that the ledger does not name is none.
    pub async fn address(&self, person: PrincipalId) -> Result<Option<AddressRow>, NotifyError> {
        let gate = self.gate().clone();
        let read = move |reader: &mut Reader<'_>| {
            let Some(row) = contact::address(reader, person)? else {
                return Ok(None);
            };
            let installation = gate.authority(Compartment::Installation)?;
            let named = installation.is_some_and(|a| a.address_of(person) == Some(&row.seal));
            Ok::<_, NotifyError>((named && gate.secrets().check_seal(&row).is_ok()).then_some(row))
        };
        self.gate().store().read(read).await
    }

    /// Sets a webhook of a lab, as a steward by that engagement, or as an operator. Its id and its secret, which is shown this once.
    pub async fn set_webhook(
        &self,
        caller: &Caller,
        steward: Option<EngagementId>,
        lab: LabId,
        url: &str,
    ) -> Result<(WebhookId, String), NotifyError> {
        let url = reach::check(url, &self.inner.options.webhook_hosts);
        let url = url.map_err(|wrong| NotifyError::invalid("/url", wrong))?;
        let command = SetWebhook { url: url.to_string() };
        let id = match steward {
            Some(engagement) => {
                let done = self.gate().transact(caller, engagement, ByLab(command)).await?;
                done.output
            }
            None => self.gate().administer(caller, ByFirm(lab, command)).await?.0,
        };
        let key = self.gate().secrets().webhook_key(id);
        let key = key.map_err(|error| NotifyError::Failed(error.to_string()))?;
        Ok((id, secret(&key)))
    }

    /// Removes a webhook of a lab: what waits for it is not sent.
    pub async fn remove_webhook(
        &self,
        caller: &Caller,
        steward: Option<EngagementId>,
        lab: LabId,
        webhook: WebhookId,
    ) -> Result<(), NotifyError> {
        let command = RemoveWebhook { webhook };
        match steward {
            Some(engagement) => {
                self.gate().transact(caller, engagement, ByLab(command)).await?;
            }
            None => {
                self.gate().administer(caller, ByFirm(lab, command)).await?;
            }
        }
        Ok(())
    }

    /// A lab's webhooks that stand.
    pub async fn webhooks(&self, lab: LabId) -> Result<Vec<Webhook>, NotifyError> {
        let gate = self.gate().clone();
        let read = move |reader: &mut Reader<'_>| {
            let authority = gate.authority(Compartment::Lab(lab))?;
            let mut found = Vec::new();
            for row in contact::webhooks_of(reader, lab)? {
                let stands = authority.as_ref().is_some_and(|a| a.is_webhook(row.id));
                if stands && gate.secrets().check(&row).is_ok() {
                    let last = outbox::last_to(reader, row.id)?;
                    found.push(Webhook { row, last });
                }
            }
            Ok::<_, NotifyError>(found)
        };
        self.gate().store().read(read).await
    }

    /// Has a message sent to a webhook that says that it is a test. It is sent as any other: from the outbox.
    pub async fn test_webhook(&self, lab: LabId, webhook: WebhookId) -> Result<MessageId, NotifyError> {
        let known = self.webhooks(lab).await?;
        if !known.iter().any(|known| known.row.id == webhook) {
            return Err(NotifyError::NotFound("webhook"));
        }
        let now = self.gate().env().now();
        let message = self.gate().secrets().bound(MessageRow {
            id: self.gate().env().new_id()?,
            target: Target::Webhook(webhook),
            about: About::Test(webhook),
            engagement: None,
            lab: Some(lab),
            source: (Compartment::Lab(lab), now.as_micros().unsigned_abs()),
            at: now,
            state: Sent::Waiting,
            attempts: 0,
            due: now,
        });
        let insert = move |tx: &mut Tx<'_>| outbox::insert(tx, &message);
        self.gate().store().write(insert).await?;
        Ok(message.id)
    }
}
