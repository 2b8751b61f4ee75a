//! Nobody's time for what they have in hand runs out while a halt keeps them from going on with it.

use std::sync::Arc;

use cofferdam_custody::{AdminScope, GateError, Integrity, Scope, Secrets};
use cofferdam_model::engagement::Engagement;
use cofferdam_model::{
    Authority, Compartment, CredentialId, EngagementId, Halt, LabId, PrincipalId, ProjectId, Role,
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

impl End {
    /// So long after it.
    fn and(self, seconds: i64) -> Self {
        match self {
            Self::At(end) => Self::At(end.plus_seconds(seconds)),
            Self::Open => Self::Open,
        }
    }
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
        let mut end = End::At(held.until);
        if self.halts.is_empty() {
            return Ok(None);
        }
        let Some(under) = self.goes_on_under(reader, held)? else {
            return Ok(None);
        };
        let mut ways = None;
        // Each counts that began before the end as those before it have moved it. One that goes on moves it out of sight.
        for halt in &self.halts {
            if End::At(halt.since) > end {
                break;
            }
            if let Some(stop) = self.stop(reader, secrets, halt, (held, under, &mut ways))? {
                end = end.max(stop.and(lease_seconds));
            }
        }
        Ok(Some(end).filter(|end| *end > End::At(held.until.max(self.now))))
    }

    /// Gives whatever is still in the hands of those whom a halt that ends now concerns a whole lease from now on.
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
            if self.is_theirs(tx.reader(), secrets, (&held, lease), halt.scope)? {
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
            if self.is_theirs(tx.reader(), secrets, (&held, REVIEW_LEASE_SECONDS), halt.scope)? {
                review::prolong(tx, hold.id, self.now.plus_seconds(REVIEW_LEASE_SECONDS))?;
            }
        }
        Ok(())
    }

    /// Whether a halt on this concerns somebody's going on with what is in their hands still.
    fn is_theirs(
        &self,
        reader: &mut Reader<'_>,
        secrets: &Secrets,
        (held, lease_seconds): (&InHand, i64),
        on: On,
    ) -> Result<bool, Failed> {
        let kept = held.until > self.now || self.spares(reader, secrets, held, lease_seconds)?.is_some();
        let Some(under) = self.goes_on_under(reader, held)?.filter(|_| kept) else {
            return Ok(false);
        };
        Ok(match on {
            On::Engagement(of) => of == under.id || of == held.engagement,
            On::Credential(of) => {
                let ways = self.ways(reader, secrets, (held.principal, under.id))?;
                ways.iter().any(|way| way.id == of)
            }
            On::Installation | On::Lab(_) | On::Project(_) | On::Person(_) | On::Component(_) => true,
        })
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
    ) -> Result<Option<&Engagement>, StoreError> {
        let lasts = |id: EngagementId| {
            let found: Option<&Engagement> = self.lab.engagement(id);
            found.filter(|it| it.ended(self.now).is_none())
        };
        if let Some(same) = lasts(held.engagement) {
            return Ok(Some(same));
        }
        if !held.carried {
            return Ok(None);
        }
        let anew = |id: EngagementId| {
            lasts(id).is_some_and(|it| it.role == Role::Author && it.project() == Some(held.project))
        };
        let theirs = engagement::of_principal(reader, held.principal)?;
        let mut theirs = theirs.into_iter().map(|row| row.engagement);
        Ok(theirs.find(|id| anew(*id)).and_then(lasts))
    }

    /// Until when a halt kept somebody from going on; none: it did not. Whoever had another way from some time on was kept no longer.
    fn stop(
        &self,
        reader: &mut Reader<'_>,
        secrets: &Secrets,
        halt: &Halt,
        (held, under, ways): (&InHand, &Engagement, &mut Option<Vec<Way>>),
    ) -> Result<Option<End>, Failed> {
        let other_way = match halt.scope {
            On::Installation => None,
            On::Lab(of) if Some(of) == self.lab() => None,
            On::Project(of) if of == held.project => None,
            On::Person(of) | On::Component(of) if of == held.principal => None,
            On::Engagement(of) if of == under.id => None,
            On::Engagement(of) if of == held.engagement => Some(under.from),
            On::Credential(of) => {
                if ways.is_none() {
                    *ways = Some(self.ways(reader, secrets, (held.principal, under.id))?);
                }
                let ways = ways.iter().flatten();
                let Some(own) = ways.clone().find(|way| way.id == of) else {
                    return Ok(None);
                };
                let others = ways.filter(|way| way.id != of && way.to > self.now);
                let open = others.filter(|way| !self.was_halted(way, halt.since));
                // Once it is good for nothing it keeps nobody from anything.
                open.map(|way| way.from).chain([own.to]).min()
            }
            _ => return Ok(None),
        };
        let ended = halt.until.filter(|until| *until <= self.now);
        let until = ended.into_iter().chain(other_way).min();
        Ok(match until {
            Some(until) if until <= halt.since => None,
            Some(until) => Some(End::At(until)),
            None => Some(End::Open),
        })
    }

    /// Whether a way was halted by itself when somebody else's halt began, or it began to be, and is still.
    fn was_halted(&self, way: &Way, since: Timestamp) -> bool {
        let mut halts = self.halts.iter().filter(|halt| halt.in_effect(self.now));
        halts.any(|halt| halt.scope == On::Credential(way.id) && halt.since <= way.from.max(since))
    }

    /// What is, or was, good for going on under an engagement, halted or not. What a row says that is not as it was issued is good
    /// for nothing.
    fn ways(
        &self,
        reader: &mut Reader<'_>,
        secrets: &Secrets,
        (principal, under): (PrincipalId, EngagementId),
    ) -> Result<Vec<Way>, Failed> {
        let mut ways = Vec::new();
        let Some(installation) = &self.installation else {
            return Ok(ways);
        };
        for row in credential::of_principal(reader, principal)? {
            let fits = row.bound_to.is_none_or(|only| only == under);
            if fits && secrets.check_credential(reader, &row).is_ok() {
                let revoked = installation.revoked(row.id).unwrap_or(row.expires);
                ways.push(Way {
                    id: row.id,
                    from: row.created,
                    to: row.expires.min(revoked),
                });
            }
        }
        Ok(ways)
    }
}

/// A credential, and when it is good for going on.
#[derive(Debug, Clone, Copy)]
struct Way {
    id: CredentialId,
    from: Timestamp,
    to: Timestamp,
}
