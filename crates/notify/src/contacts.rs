//! Where people and labs are told: set by those who may, and on a ledger.

use cofferdam_custody::{
    AdminCommand, AdminDone, AdminScope, Caller, Command, Done, GateError, Integrity, Scope, Secrets,
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
                    by: scope.by,
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
            by: scope.by,
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

/// A webhook that was set.
#[derive(Clone)]
pub struct NewWebhook {
    /// Its id.
    pub id: WebhookId,
    /// Its URL, as it is kept.
    pub url: String,
    /// Its secret: it is shown this once.
    pub secret: String,
}

/// Without the secret.
impl std::fmt::Debug for NewWebhook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut shown = f.debug_struct("NewWebhook");
        shown
            .field("id", &self.id)
            .field("url", &self.url)
            .finish_non_exhaustive()
    }
}

fn other_than_recorded(kind: &str, id: &dyn std::fmt::Display) -> NotifyError {
    Integrity::of(
        format!("the row of {kind} {id}"),
        "the ledger recorded another, or none",
    )
    .into()
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

    /// Where a person is written to: for operators. A row that the ledger does not name, or none where it names one, is an error.
    pub async fn address(&self, person: PrincipalId) -> Result<Option<AddressRow>, NotifyError> {
        let gate = self.gate().clone();
        let read = move |reader: &mut Reader<'_>| {
            let row = contact::address(reader, person)?;
            let installation = gate.authority(Compartment::Installation)?;
            let named = installation.as_ref().and_then(|a| a.address_of(person));
            if row.as_ref().map(|row| &row.seal) != named {
                return Err(other_than_recorded("address", &person));
            }
            if let Some(row) = &row {
                gate.secrets().check_seal(row)?;
            }
            Ok::<_, NotifyError>(row)
        };
        self.settled(read).await
    }

    /// Reads what is held against a ledger. Where that does not fit, it may have been set between the one and the other: then it is
    /// read again.
    async fn settled<T: Send + 'static>(
        &self,
        read: impl Fn(&mut Reader<'_>) -> Result<T, NotifyError> + Clone + Send + 'static,
    ) -> Result<T, NotifyError> {
        match self.gate().store().read(read.clone()).await {
            Err(NotifyError::Gate(GateError::Integrity(_))) => self.gate().store().read(read).await,
            found => found,
        }
    }

    /// Sets a webhook of a lab, as a steward by that engagement, or as an operator.
    pub async fn set_webhook(
        &self,
        caller: &Caller,
        steward: Option<EngagementId>,
        lab: LabId,
        url: &str,
    ) -> Result<NewWebhook, NotifyError> {
        let url = reach::check(url, &self.inner.options.webhook_hosts);
        let url = url.map_err(|wrong| NotifyError::invalid("/url", wrong))?;
        let url = url.to_string();
        let command = SetWebhook { url: url.clone() };
        let id = match steward {
            Some(engagement) => {
                let done = self.gate().transact(caller, engagement, ByLab(command)).await?;
                done.output
            }
            None => self.gate().administer(caller, ByFirm(lab, command)).await?.0,
        };
        let key = self.gate().secrets().webhook_key(id);
        let key = key.map_err(|error| NotifyError::Failed(error.to_string()))?;
        let secret = secret(&key);
        Ok(NewWebhook { id, url, secret })
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

    /// A lab's webhooks that stand. A row that is not as it was written, or missing, is an error.
    pub async fn webhooks(&self, lab: LabId) -> Result<Vec<Webhook>, NotifyError> {
        let gate = self.gate().clone();
        let read = move |reader: &mut Reader<'_>| {
            let authority = gate.authority(Compartment::Lab(lab))?;
            let mut found = Vec::new();
            for id in authority.iter().flat_map(|a| a.webhooks()) {
                let row = contact::webhook(reader, id)?;
                let row = row.ok_or_else(|| other_than_recorded("webhook", &id))?;
                gate.secrets().check(&row)?;
                let last = outbox::last_to(reader, id)?;
                let last = last.filter(|(attempt, _)| gate.secrets().check_seal(attempt).is_ok());
                found.push(Webhook { row, last });
            }
            Ok::<_, NotifyError>(found)
        };
        self.settled(read).await
    }

    /// Has a message sent to a webhook that says that it is a test. It is sent as any other, from the outbox; one at a time waits.
    pub async fn test_webhook(&self, lab: LabId, webhook: WebhookId) -> Result<MessageId, NotifyError> {
        let authority = self.gate().authority(Compartment::Lab(lab))?;
        if !authority.is_some_and(|a| a.is_webhook(webhook)) {
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
        let insert = move |tx: &mut Tx<'_>| {
            let kind = message.about.code();
            if let Some(waits) = outbox::waiting_to(tx.reader(), message.target, kind)? {
                let due = waits.due.rfc3339();
                let text =
                    format!("a test waits for that webhook already, and is tried at {due}: see how it goes");
                return Err(NotifyError::Conflict(text));
            }
            Ok(outbox::insert(tx, &message)?)
        };
        self.gate().store().write(insert).await?;
        self.inner.due.notify_one();
        Ok(message.id)
    }
}
