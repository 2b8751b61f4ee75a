//! Nobody's time for what they have in hand runs out while a halt keeps them from going on with it.

use std::sync::Arc;

use cofferdam_custody::{AdminScope, GateError, Integrity, Scope, Secrets};
use cofferdam_model::engagement::Engagement;
use cofferdam_model::{
    Authority, Compartment, CredentialId, EngagementId, Halt, HaltId, LabId, PrincipalId, ProjectId, Role,
    Scope as On, Timestamp,
};
use cofferdam_store::review::{self, ReviewRow};
use cofferdam_store::task::{self, AssignmentRow};
use cofferdam_store::{Reader, StoreError, Tx, credential, engagement, project};

use super::WorkError;
use super::reviews::REVIEW_LEASE_SECONDS;

type Failed = GateError<WorkError>;

/// What somebody has in hand for a time.
#[derive(Debug, Clone, Copy)]
pub(super) struct InHand {
    project: ProjectId,
    engagement: EngagementId,
    principal: PrincipalId,
    /// The end of that time.
    until: Timestamp,
    /// Whether it goes on under another engagement of its holder's once the one by which they have it has ended.
    carried: bool,
}

impl From<&AssignmentRow> for InHand {
    fn from(hold: &AssignmentRow) -> Self {
        Self {
            project: hold.project,
            engagement: hold.engagement,
            principal: hold.principal,
            until: hold.until,
            carried: true,
        }
    }
}

impl InHand {
    /// An answer in a reviewer's hands.
    pub(super) const fn review(project: ProjectId, reviewer: PrincipalId, hold: &ReviewRow) -> Self {
        Self {
            project,
            engagement: hold.engagement,
            principal: reviewer,
            until: hold.until,
            carried: false,
        }
    }
}

/// The end of somebody's time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum End {
    /// It is known.
    At(Timestamp),
    /// Nobody knows it: a halt is open.
    Open,
}

/// What one lab's ledger and the installation's say, as far as it tells who is kept from going on.
pub(super) struct View {
    /// In the order in which they began.
    halts: Vec<Halt>,
    lab: Arc<Authority>,
    installation: Option<Arc<Authority>>,
    now: Timestamp,
}

fn in_order(mut halts: Vec<Halt>) -> Vec<Halt> {
    halts.sort_by_key(|halt| (halt.since, halt.id));
    halts
}

impl View {
    /// Of the lab in which an act is done.
    pub(super) fn of(scope: &Scope<'_, '_>) -> Result<Self, Integrity> {
        Ok(Self {
            halts: in_order(scope.halts()),
            lab: scope.authority()?,
            installation: scope.installation(),
            now: scope.now,
        })
    }

    /// Of every lab whose ledger is open.
    pub(super) fn of_all(scope: &AdminScope<'_, '_>) -> Vec<Self> {
        let installation = scope.authority(Compartment::Installation).ok().flatten();
        let above: Vec<Halt> = installation.iter().flat_map(|a| a.halts().copied()).collect();
        let labs = scope.authorities().filter(|a| a.compartment().lab().is_some());
        let view = |lab: Arc<Authority>| Self {
            halts: in_order(lab.halts().copied().chain(above.iter().copied()).collect()),
            lab,
            installation: installation.clone(),
            now: scope.now,
        };
        labs.map(view).collect()
    }

    /// Which lab's.
    pub(super) fn lab(&self) -> Option<LabId> {
        self.lab.compartment().lab()
    }

    /// Whether there is any halt.
    pub(super) fn is_halted(&self) -> bool {
        !self.halts.is_empty()
    }

    /// To when halts that keep somebody from going on have moved the end of their time, which is `lease_seconds` long; none: it is
    /// over when it is over.
    pub(super) fn spares(
        &self,
        reader: &mut Reader<'_>,
        secrets: &Secrets,
        held: &InHand,
        lease_seconds: i64,
    ) -> Result<Option<End>, Failed> {
        let (_, end) = self.stopped_by(reader, secrets, held, lease_seconds)?;
        Ok(Some(end).filter(|end| *end > End::At(held.until.max(self.now))))
    }

    /// Which halts kept somebody from going on in their time, and the end to which these have moved it: each counts that began
    /// before the end as those before it had moved it. One that goes on moves it out of sight.
    fn stopped_by(
        &self,
        reader: &mut Reader<'_>,
        secrets: &Secrets,
        held: &InHand,
        lease_seconds: i64,
    ) -> Result<(Vec<HaltId>, End), Failed> {
        let (mut by, mut end) = (Vec::new(), End::At(held.until));
        if self.halts.is_empty() {
            return Ok((by, end));
        }
        let Some(under) = self.goes_on_under(reader, held)? else {
            return Ok((by, end));
        };
        for halt in &self.halts {
            if End::At(halt.since) > end {
                break;
            }
            if self.concerns(reader, secrets, halt, (held, under))? {
                by.push(halt.id);
                let ended = halt.until.filter(|until| *until <= self.now);
                end = end.max(ended.map_or(End::Open, |ended| End::At(ended.plus_seconds(lease_seconds))));
            }
        }
        Ok((by, end))
    }

    /// Gives whatever a halt that ends now kept its holders from going on with a whole lease from now on.
    pub(super) fn renew(&self, tx: &mut Tx<'_>, secrets: &Secrets, halt: &Halt) -> Result<(), Failed> {
        let Some(lab) = self.lab() else {
            return Ok(());
        };
        let holder = self.holder_of(tx.reader(), halt.scope)?;
        let (held, in_review) = match holder {
            // All of these whose time had not ended when it began were given a new one at once.
            None => (
                task::ended_before(tx.reader(), lab, halt.since)?,
                review::ended_before(tx.reader(), lab, halt.since)?,
            ),
            Some(holder) => (
                task::held_in(tx.reader(), lab, holder)?,
                review::held_in(tx.reader(), lab, holder)?,
            ),
        };
        for hold in held {
            let Some(project) = project::get(tx.reader(), hold.project)? else {
                continue;
            };
            let (held, lease) = (InHand::from(&hold), project.lease_seconds);
            if self.is_stopped_by(tx.reader(), secrets, (&held, lease), halt)? {
                task::prolong(tx, hold.id, self.now.plus_seconds(lease))?;
            }
        }
        for hold in in_review {
            let under = self.lab.engagement(hold.engagement);
            let holder = engagement::get(tx.reader(), hold.engagement)?;
            let (Some(project), Some(holder)) = (under.and_then(Engagement::project), holder) else {
                continue;
            };
            let held = InHand::review(project, holder.principal, &hold);
            if self.is_stopped_by(tx.reader(), secrets, (&held, REVIEW_LEASE_SECONDS), halt)? {
                review::prolong(tx, hold.id, self.now.plus_seconds(REVIEW_LEASE_SECONDS))?;
            }
        }
        Ok(())
    }

    fn is_stopped_by(
        &self,
        reader: &mut Reader<'_>,
        secrets: &Secrets,
        (held, lease_seconds): (&InHand, i64),
        halt: &Halt,
    ) -> Result<bool, Failed> {
        let (by, _) = self.stopped_by(reader, secrets, held, lease_seconds)?;
        Ok(by.contains(&halt.id))
    }

    /// Whom a halt concerns, if it is one person.
    fn holder_of(&self, reader: &mut Reader<'_>, scope: On) -> Result<Option<PrincipalId>, StoreError> {
        Ok(match scope {
            On::Installation | On::Lab(_) | On::Project(_) => None,
            On::Person(of) | On::Component(of) => Some(of),
            On::Engagement(of) => engagement::get(reader, of)?.map(|row| row.principal),
            On::Credential(of) => credential::get(reader, of)?.map(|row| row.principal),
        })
    }

    /// Under which engagement its holder would go on with it; none: nobody will.
    fn goes_on_under(
        &self,
        reader: &mut Reader<'_>,
        held: &InHand,
    ) -> Result<Option<EngagementId>, StoreError> {
        let lasts = |id: EngagementId| {
            let found: Option<&Engagement> = self.lab.engagement(id);
            found.filter(|it| it.ended(self.now).is_none())
        };
        if lasts(held.engagement).is_some() {
            return Ok(Some(held.engagement));
        }
        if !held.carried {
            return Ok(None);
        }
        let anew = |id: EngagementId| {
            lasts(id).is_some_and(|it| it.role == Role::Author && it.project() == Some(held.project))
        };
        let theirs = engagement::of_principal(reader, held.principal)?;
        Ok(theirs.into_iter().map(|row| row.engagement).find(|id| anew(*id)))
    }

    fn concerns(
        &self,
        reader: &mut Reader<'_>,
        secrets: &Secrets,
        halt: &Halt,
        (held, under): (&InHand, EngagementId),
    ) -> Result<bool, Failed> {
        Ok(match halt.scope {
            On::Installation => true,
            On::Lab(of) => Some(of) == self.lab(),
            On::Project(of) => of == held.project,
            On::Engagement(of) => of == under,
            On::Person(of) | On::Component(of) => of == held.principal,
            On::Credential(of) => self.is_the_only_way(reader, secrets, of, (held.principal, under))?,
        })
    }

    /// Whether somebody could go on by a credential, were it not halted, and by no other.
    fn is_the_only_way(
        &self,
        reader: &mut Reader<'_>,
        secrets: &Secrets,
        halted: CredentialId,
        (principal, under): (PrincipalId, EngagementId),
    ) -> Result<bool, Failed> {
        let stopped = |id: CredentialId| {
            let halts = self.halts.iter().filter(|halt| halt.in_effect(self.now));
            halts.into_iter().any(|halt| halt.scope == On::Credential(id))
        };
        let mut would_do = false;
        for row in credential::of_principal(reader, principal)? {
            let revoked = self.installation.as_ref().is_none_or(|a| a.is_revoked(row.id));
            let good = !revoked && row.expires > self.now && row.bound_to.is_none_or(|only| only == under);
            // What a row says that is not as it was issued keeps nothing, and opens nothing.
            if !good || secrets.check_credential(reader, &row).is_err() {
                continue;
            }
            if row.id == halted {
                would_do = true;
            } else if !stopped(row.id) {
                return Ok(false);
            }
        }
        Ok(would_do)
    }
}
