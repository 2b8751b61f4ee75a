//! Granting and ending engagements.

use std::collections::BTreeSet;

use cofferdam_custody::{AdminCommand, AdminDone, AdminScope, Again, Caller, GateError, Integrity};
use cofferdam_model::engagement::HolderCommitment;
use cofferdam_model::timer::StopCause;
use cofferdam_model::{
    Authority, Budget, Compartment, Engagement, EngagementId, Fact, LabId, PrincipalId, ProjectId, Pseudonym,
    Purpose, Reach, Role, Timestamp,
};
use cofferdam_store::engagement::{self, HolderRow};
use cofferdam_store::principal::{self, PrincipalKind};

use super::bounds::{check_budget, check_until};
use super::{Platform, WorkError, halts, walls};

/// What an engagement is to grant.
#[derive(Debug, Clone)]
pub struct Grant {
    /// To whom.
    pub principal: PrincipalId,
    /// In whose compartment.
    pub lab: LabId,
    /// How far.
    pub reach: Reach,
    /// In what capacity.
    pub role: Role,
    /// For an integration: what for.
    pub purposes: Vec<Purpose>,
    /// Until when; none: until ended.
    pub until: Option<Timestamp>,
    /// How much may be read.
    pub budget: Budget,
}

/// Keeps who holds it and says what the ledger is to record.
pub(super) fn grant(
    scope: &mut AdminScope<'_, '_>,
    grant: Grant,
) -> Result<(EngagementId, Fact), GateError<WorkError>> {
    let pseudonym = pseudonym(scope, grant.lab, grant.principal)?;
    let (id, salt): (EngagementId, [u8; 32]) = (scope.env.new_id()?, scope.env.random()?);
    let row = HolderRow {
        engagement: id,
        lab: grant.lab,
        principal: grant.principal,
        salt,
    };
    engagement::insert(scope.tx, &row)?;
    let fact = Fact::EngagementGranted {
        engagement: id,
        pseudonym,
        holder: HolderCommitment::new(&salt, grant.principal),
        reach: grant.reach,
        role: grant.role,
        purposes: grant.purposes,
        from: scope.now,
        until: grant.until,
        budget: grant.budget,
    };
    Ok((id, fact))
}

/// What somebody is called in a lab: what its ledger calls them, or a new name. A row that says otherwise, or gives them another's,
/// is not written into the ledger.
fn pseudonym(
    scope: &mut AdminScope<'_, '_>,
    lab: LabId,
    who: PrincipalId,
) -> Result<Pseudonym, GateError<WorkError>> {
    let row = principal::pseudonym(scope.tx.reader(), lab, who)?;
    let held = engagement::of_principal(scope.tx.reader(), who)?;
    let authority = scope.authority(lab.into())?;
    let granted = || authority.iter().flat_map(|ledger| ledger.engagements());
    let opens = |e: &Engagement| {
        let own = held.iter().find(|row| row.engagement == e.id);
        own.is_some_and(|row| HolderCommitment::new(&row.salt, who) == e.holder)
    };
    let recorded = granted().find(|e| opens(e)).map(|e| e.pseudonym);
    match (row, recorded) {
        (Some(row), Some(recorded)) if row == recorded => Ok(row),
        // Given in this transaction.
        (Some(row), None) if granted().all(|e| e.pseudonym != row) => Ok(row),
        // A row that was lost is made again as it was.
        (None, recorded) => {
            let name = recorded.map_or_else(|| scope.env.random_id(), Ok)?;
            principal::insert_pseudonym(scope.tx, lab, who, name)?;
            Ok(name)
        }
        _ => {
            let what = format!("the row of the pseudonym of {who} in {lab}");
            Err(Integrity::of(what, "the ledger calls them otherwise, or somebody else so").into())
        }
    }
}

/// An active engagement of the same holder that grants neither more nor less: a second one would only split their record.
fn same_already(
    scope: &mut AdminScope<'_, '_>,
    authority: &Authority,
    wanted: &Grant,
) -> Result<Option<EngagementId>, GateError<WorkError>> {
    let held = engagement::of_principal(scope.tx.reader(), wanted.principal)?;
    let same = held.iter().find(|row| {
        authority.engagement(row.engagement).is_some_and(|e| {
            e.holder == HolderCommitment::new(&row.salt, row.principal)
                && e.active(scope.now)
                && (e.reach, e.role, e.until, e.budget)
                    == (wanted.reach, wanted.role, wanted.until, wanted.budget)
                && BTreeSet::from_iter(&e.purposes) == BTreeSet::from_iter(&wanted.purposes)
        })
    });
    Ok(same.map(|row| row.engagement))
}

struct Engage(Grant);

impl AdminCommand for Engage {
    type Output = EngagementId;
    type Error = WorkError;
    const AGAIN: Option<Again<Self::Output>> = Some(Again::json("engage"));

    fn run(self, scope: &mut AdminScope<'_, '_>) -> Result<AdminDone<EngagementId>, GateError<WorkError>> {
        let wanted = self.0;
        let compartment = Compartment::Lab(wanted.lab);
        let row = principal::get(scope.tx.reader(), wanted.principal)?;
        let kind = row.ok_or(WorkError::NotFound("person or component"))?.kind;
        if wanted.role == Role::Steward && kind != PrincipalKind::Person {
            let text = "a person speaks for a lab; engage a component for a project, as an integration";
            return Err(WorkError::invalid("/principal", text).into());
        }
        if kind == PrincipalKind::Job {
            let text = "that is one of the platform's own jobs, which has an engagement for every project";
            return Err(WorkError::invalid("/principal", text).into());
        }
        let authority = scope.authority(compartment)?.ok_or(WorkError::NotFound("lab"))?;
        if let Reach::Project(project) = wanted.reach
            && authority.project(project).is_none()
        {
            return Err(WorkError::NotFound("project").into());
        }
        if wanted.until.is_some_and(|until| until <= scope.now) {
            return Err(WorkError::invalid("/until", "it lies in the past; leave it out for no end").into());
        }
        walls::let_in(scope, wanted.principal, wanted.lab, wanted.role)?;
        if let Some(same) = same_already(scope, &authority, &wanted)? {
            let text = format!(
                "{same} is the same engagement and active: use it, end it, or engage with another end or budget"
            );
            return Err(WorkError::Conflict(text).into());
        }
        let (id, fact) = grant(scope, wanted)?;
        Ok(AdminDone::one(id, compartment, fact))
    }
}

struct End(EngagementId);

impl AdminCommand for End {
    type Output = ();
    type Error = WorkError;
    const AGAIN: Option<Again<Self::Output>> = Some(Again::json("end"));

    fn run(self, scope: &mut AdminScope<'_, '_>) -> Result<AdminDone<()>, GateError<WorkError>> {
        let found = scope.authorities().find_map(|a| a.engagement(self.0).cloned());
        let found: Engagement = found.ok_or(WorkError::NotFound("engagement"))?;
        if found.state != cofferdam_model::EngagementState::Active {
            return Ok(AdminDone {
                output: (),
                facts: Vec::new(),
                consequences: Vec::new(),
            });
        }
        let holder = engagement::get(scope.tx.reader(), self.0)?.map(|row| row.principal);
        if let Some(holder) = holder
            && scope.is_job(holder)?
        {
            let text = "this engagement is of one of the platform's own jobs, without which nothing more could be measured or \
                        delivered; halt it, which can be undone (`cofferdam halt engagement:ID`), or the project";
            return Err(WorkError::Conflict(text.into()).into());
        }
        let own = |row: &cofferdam_store::timer::TimerRow| row.engagement == self.0;
        let mut consequences = halts::stop_timers(
            scope.tx,
            scope.secrets,
            scope.now,
            StopCause::EngagementEnded,
            own,
        )?;
        if let Some(holder) = holder.filter(|_| found.role == Role::Steward) {
            let seen = scope.spoke_for(holder, found.lab)?;
            consequences.extend(seen.map(|fact| (Compartment::Installation, fact)));
        }
        let fact = Fact::EngagementEnded { engagement: self.0 };
        Ok(AdminDone {
            output: (),
            facts: vec![(Compartment::Lab(found.lab), fact)],
            consequences,
        })
    }
}

impl Platform {
    /// Engages a principal for a project.
    #[expect(
        clippy::too_many_arguments,
        reason = "each is one member of what an engagement is"
    )]
    pub async fn engage(
        &self,
        caller: &Caller,
        project: ProjectId,
        principal: PrincipalId,
        role: Role,
        purposes: Vec<Purpose>,
        until: Option<Timestamp>,
        budget: Option<Budget>,
    ) -> Result<EngagementId, WorkError> {
        if (role == Role::Integration) == purposes.is_empty() {
            let reason = "an integration needs at least one purpose (import, export), and only it";
            return Err(WorkError::invalid("/purposes", reason));
        }
        let of_jobs = |purpose: &Purpose| matches!(purpose, Purpose::Agreement | Purpose::Delivery);
        if purposes.iter().any(of_jobs) {
            let reason = "agreement is measured and deliveries are built by the platform's own jobs, for whoever asks: an \
                          integration imports or exports";
            return Err(WorkError::invalid("/purposes", reason));
        }
        check_until(until)?;
        if let Some(budget) = &budget {
            check_budget(budget)?;
        }
        let row = self.project_row(project).await?;
        let budget = budget.unwrap_or(match role {
            Role::Integration | Role::Lead | Role::Steward => Budget::JOB,
            Role::Author | Role::Reviewer => Budget::PERSON,
        });
        let reach = Reach::Project(project);
        let grant = Grant {
            principal,
            lab: row.lab,
            reach,
            role,
            purposes,
            until,
            budget,
        };
        Ok(self.gate.administer(caller, Engage(grant)).await?.0)
    }

    /// Makes a person speak for a lab.
    pub async fn appoint_steward(
        &self,
        caller: &Caller,
        lab: LabId,
        principal: PrincipalId,
    ) -> Result<EngagementId, WorkError> {
        let (role, reach, budget) = (Role::Steward, Reach::Lab, Budget::JOB);
        let grant = Grant {
            principal,
            lab,
            reach,
            role,
            purposes: Vec::new(),
            until: None,
            budget,
        };
        Ok(self.gate.administer(caller, Engage(grant)).await?.0)
    }

    /// Ends an engagement; ending an ended one changes nothing.
    pub async fn end_engagement(&self, caller: &Caller, id: EngagementId) -> Result<(), WorkError> {
        self.gate.administer(caller, End(id)).await?;
        Ok(())
    }
}
