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
        if self.halts.is_empty() {
            return Ok(None);
        }
        let under = self.engagements(reader, held)?;
        if !under.iter().any(|(it, _)| it.ended(self.now).is_none()) {
            return Ok(None);
        }
        let any: Vec<Way> = under.iter().map(|(it, from)| self.by_any(it, *from)).collect();
        // Whoever is stopped otherwise could be given another credential: it is not for the want of one that they cannot go on.
        let of_credentials = self
            .halts
            .iter()
            .any(|halt| matches!(halt.scope, On::Credential(_)));
        let known = match of_credentials {
            true => self.by_credentials(reader, secrets, held, &under)?,
            false => Vec::new(),
        };
        let ways = |halt: &Halt| match halt.scope {
            On::Credential(_) => &known,
            _ => &any,
        };
        // It may shut the last way when it begins, or be left as what shuts it when another is good no more.
        let mut moments: Vec<(Timestamp, &Halt)> = Vec::new();
        for halt in &self.halts {
            let over = ways(halt).iter().filter_map(|way| way.to);
            let later = over.filter(|to| *to > halt.since && *to <= self.now);
            moments.extend(std::iter::once(halt.since).chain(later).map(|at| (at, halt)));
        }
        moments.sort_by_key(|(at, halt)| (*at, halt.since, halt.id));
        let mut end = End::At(held.until);
        // Each counts that comes before the end as those before it have moved it. One that goes on moves it out of sight.
        for (at, halt) in moments {
            if End::At(at) > end {
                break;
            }
            if let Some(stop) = self.stop(held, ways(halt), halt, at) {
                end = end.max(stop.and(lease_seconds));
            }
        }
        Ok(Some(end).filter(|end| *end > End::At(held.until.max(self.now))))
    }

    /// Gives whatever is still in the hands of those whom a halt that ends now concerns what it left them: a whole lease from now on,
    /// where it kept them until now.
    pub(super) fn renew(&self, tx: &mut Tx<'_>, secrets: &Secrets, halt: &Halt) -> Result<(), Failed> {
        let Some(lab) = self.lab() else {
            return Ok(());
        };
        let holder = self.holder_of(tx.reader(), halt.scope)?;
        let (held, in_review) = match holder {
            // All of these whose time had not ended when it began were given a new one at once.
            None => (
                task::ended_before(tx.reader(), lab, halt.since)?,
                review::of_lab(tx.reader(), lab)?,
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
            let spared = self.spares(tx.reader(), secrets, &held, lease)?;
            if let Some(end) = self.renewed(spared, lease) {
                task::prolong(tx, hold.id, end)?;
            }
        }
        for hold in in_review {
            let under = self.lab.engagement(hold.engagement);
            let holder = engagement::get(tx.reader(), hold.engagement)?;
            let (Some(project), Some(holder)) = (under.and_then(Engagement::project), holder) else {
                continue;
            };
            let held = InHand::review(project, holder.principal, &hold);
            let spared = self.spares(tx.reader(), secrets, &held, REVIEW_LEASE_SECONDS)?;
            if let Some(end) = self.renewed(spared, REVIEW_LEASE_SECONDS) {
                review::prolong(tx, hold.id, end)?;
            }
        }
        Ok(())
    }

    fn renewed(&self, spared: Option<End>, lease_seconds: i64) -> Option<Timestamp> {
        spared.map(|end| match end {
            End::At(end) => end,
            End::Open => self.now.plus_seconds(lease_seconds),
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

    /// The engagements under which its holder goes on with it, or went, each with the time from which on: that by which they have it, and
    /// others for the same work once that one has ended. While it has not, its work is not reached through another.
    fn engagements(
        &self,
        reader: &mut Reader<'_>,
        held: &InHand,
    ) -> Result<Vec<(&Engagement, Timestamp)>, StoreError> {
        let own = self.lab.engagement(held.engagement);
        let mut all: Vec<_> = own.into_iter().map(|own| (own, own.from)).collect();
        let Some(ended) = own.and_then(|own| own.ended(self.now)).filter(|_| held.carried) else {
            return Ok(all);
        };
        let theirs = engagement::of_principal(reader, held.principal)?;
        let others = theirs.into_iter().filter(|row| row.engagement != held.engagement);
        let granted = others.filter_map(|row| self.lab.engagement(row.engagement));
        let same = granted.filter(|it| it.role == Role::Author && it.project() == Some(held.project));
        all.extend(same.map(|it| (it, it.from.max(ended))));
        Ok(all)
    }

    /// An engagement, by whichever credential.
    fn by_any(&self, under: &Engagement, from: Timestamp) -> Way {
        Way {
            engagement: under.id,
            credential: None,
            from,
            to: under.ended(self.now),
            good_to: None,
        }
    }

    /// The engagements, by each credential that is, or was, good for it. What a row says that is not as it was issued is good for
    /// nothing.
    fn by_credentials(
        &self,
        reader: &mut Reader<'_>,
        secrets: &Secrets,
        held: &InHand,
        under: &[(&Engagement, Timestamp)],
    ) -> Result<Vec<Way>, Failed> {
        let mut ways = Vec::new();
        let Some(installation) = &self.installation else {
            return Ok(ways);
        };
        for row in credential::of_principal(reader, held.principal)? {
            if secrets.check_credential(reader, &row).is_err() {
                continue;
            }
            let revoked = installation.revoked(row.id).unwrap_or(row.expires);
            let good_to = row.expires.min(revoked);
            let fits = under
                .iter()
                .filter(|(it, _)| row.bound_to.is_none_or(|only| only == it.id));
            ways.extend(fits.map(|(it, from)| Way {
                engagement: it.id,
                credential: Some(row.id),
                from: row.created.max(*from),
                to: Some(it.ended(self.now).map_or(good_to, |ended| ended.min(good_to))),
                good_to: Some(good_to),
            }));
        }
        Ok(ways)
    }

    /// Until when a halt kept somebody from going on, from `since` on: until they had a way again, or nothing that it shuts was good
    /// any more; none: it did not.
    fn stop(&self, held: &InHand, ways: &[Way], halt: &Halt, since: Timestamp) -> Option<End> {
        let stopped = ways
            .iter()
            .filter(|way| way.is_good(since) && self.blocks(held, way, halt));
        let last = stopped.map(|way| way.good_to.filter(|end| *end <= self.now));
        let dead = last.reduce(|one, other| one.zip(other).map(|(one, other)| one.max(other)))?;
        let open = ways.iter().filter_map(|way| self.opens(held, way, since)).min();
        match open.into_iter().chain(dead).min() {
            Some(end) if end <= since => None,
            Some(end) => Some(End::At(end)),
            None => Some(End::Open),
        }
    }

    /// From when on, at that time or later, a way was open; none: it is not, or was not while it was good.
    fn opens(&self, held: &InHand, way: &Way, since: Timestamp) -> Option<Timestamp> {
        let mut at = way.from.max(since);
        loop {
            let blocking = |halt: &&Halt| halt.since <= at && self.blocks(held, way, halt);
            let ends = self.halts.iter().filter(blocking).map(|halt| self.ended(halt));
            let ends = ends.filter(|end| end.is_none_or(|end| end > at));
            match ends.reduce(|one, other| one.zip(other).map(|(one, other)| one.max(other))) {
                None => return Some(at).filter(|at| way.is_good(*at)),
                Some(None) => return None,
                Some(Some(end)) => at = end,
            }
        }
    }

    /// When a halt came to its end by itself.
    fn ended(&self, halt: &Halt) -> Option<Timestamp> {
        halt.until.filter(|until| *until <= self.now)
    }

    fn blocks(&self, held: &InHand, way: &Way, halt: &Halt) -> bool {
        match halt.scope {
            On::Installation => true,
            On::Lab(of) => Some(of) == self.lab(),
            On::Project(of) => of == held.project,
            On::Engagement(of) => of == way.engagement,
            On::Person(of) | On::Component(of) => of == held.principal,
            On::Credential(of) => Some(of) == way.credential,
        }
    }
}

/// A way of going on: under an engagement, by a credential, for a time.
#[derive(Debug, Clone, Copy)]
struct Way {
    engagement: EngagementId,
    /// None: whichever they have or are given.
    credential: Option<CredentialId>,
    from: Timestamp,
    /// None: it goes on.
    to: Option<Timestamp>,
    /// Until when the credential itself is good.
    good_to: Option<Timestamp>,
}

impl Way {
    fn is_good(&self, at: Timestamp) -> bool {
        self.from <= at && self.to.is_none_or(|to| at < to)
    }
}
