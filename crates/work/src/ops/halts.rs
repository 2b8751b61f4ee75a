//! Halting and resuming: by operators anywhere, by stewards within their lab.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::sync::Arc;

use cofferdam_custody::{
    AdminCommand, AdminDone, AdminScope, Again, Caller, Command, Done, GateError, Scope as GateScope,
    Secrets, check_timer,
};
use cofferdam_model::engagement::HolderCommitment;
use cofferdam_model::timer::{StopCause, Timer};
use cofferdam_model::{
    Act, Authority, Checked, Compartment, EngagementId, Fact, Halt, HaltId, HaltReason, LabId, PrincipalId,
    Refusal, Scope, Timestamp,
};
use cofferdam_store::engagement::{self, HolderRow};
use cofferdam_store::principal::{self, PrincipalKind, PrincipalRow};
use cofferdam_store::task;
use cofferdam_store::timer::{self, TimerRow};
use cofferdam_store::{StoreError, Tx, credential};

use serde::{Deserialize, Serialize};

use super::bounds::check_until;
use super::spared::View;
use super::{Platform, WorkError};

/// A halt, and what it stopped.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Stopped {
    /// The halt.
    pub halt: Halt,
    /// Timers that it ended.
    pub timers: u64,
    /// Engagements that were active and that it stops: of a person, those they hold; of a credential, those it is good for.
    pub engagements: u64,
}

/// A halt that was ended.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Resumption {
    /// The halt as it was.
    pub halt: Halt,
    /// When it ended.
    pub at: Timestamp,
}

/// Timers that run and are to be stopped. A row that does not read, or is not as it was written, must not keep anybody from halting:
/// without beats, a timer ends by itself.
pub(super) fn running(
    tx: &mut Tx<'_>,
    secrets: &Secrets,
    concerned: impl Fn(&TimerRow) -> bool,
) -> Result<Vec<TimerRow>, StoreError> {
    let mut all = match timer::running(tx.reader()) {
        Err(StoreError::Corrupt { table, problem }) => {
            tracing::error!(table, problem, "no timer is stopped");
            Vec::new()
        }
        running => running?,
    };
    all.retain(concerned);
    let mut obeyed = Vec::with_capacity(all.len());
    for row in all {
        match check_timer::<Infallible>(tx.reader(), secrets, &row) {
            Ok(()) => obeyed.push(row),
            Err(GateError::Store(error)) => return Err(error),
            Err(found) => {
                tracing::error!(%found, "a row is not obeyed: that timer is not stopped, and counts nothing");
            }
        }
    }
    Ok(obeyed)
}

/// Stops the running timers that `concerned` picks, at `at`; what the ledgers are to record of it.
pub(super) fn stop_timers(
    tx: &mut Tx<'_>,
    secrets: &Secrets,
    at: Timestamp,
    cause: StopCause,
    concerned: impl Fn(&TimerRow) -> bool,
) -> Result<Vec<(Compartment, Fact)>, StoreError> {
    let mut facts = Vec::new();
    for row in running(tx, secrets, concerned)? {
        let Ok(stopped) = row.state.stop(at, cause) else {
            continue;
        };
        let ended = secrets.stamped(TimerRow {
            state: stopped,
            ..row
        });
        timer::update(tx, &ended)?;
        facts.extend(stop_fact(&row, stopped));
    }
    Ok(facts)
}

/// What the ledger is to record of a timer that stopped.
pub(super) fn stop_fact(row: &TimerRow, stopped: Timer) -> Option<(Compartment, Fact)> {
    match stopped {
        Timer::Running { .. } => None,
        Timer::Stopped { from, to, cause, .. } => Some((
            Compartment::Lab(row.lab),
            Fact::TimerStopped {
                timer: row.id,
                from,
                to,
                cause,
            },
        )),
    }
}

fn encloses(scope: Scope, row: &TimerRow) -> bool {
    match scope {
        Scope::Installation => true,
        Scope::Lab(lab) => row.lab == lab,
        Scope::Project(project) => row.project == project,
        Scope::Engagement(engagement) => row.engagement == engagement,
        Scope::Person(principal) | Scope::Component(principal) => row.principal == principal,
        // No row says which credential started a timer: see `reached_by`.
        Scope::Credential(_) => false,
    }
}

pub(super) struct HaltCommand {
    pub(super) scope: Scope,
    pub(super) reason: HaltReason,
    pub(super) until: Option<Timestamp>,
}

/// What a halt reaches.
pub(super) struct Reached {
    compartment: Compartment,
    /// The active engagements that it stops.
    pub(super) engagements: Vec<EngagementId>,
    /// Those of them that a halted credential may have started timers under.
    by_credential: BTreeSet<EngagementId>,
    /// The labs whose ledgers are open: a timer in no open ledger cannot be recorded there, and must not keep anybody from halting.
    open: BTreeSet<LabId>,
}

impl Reached {
    /// Whether a running timer ends with it.
    pub(super) fn timer(&self, on: Scope, row: &TimerRow) -> bool {
        self.open.contains(&row.lab) && (encloses(on, row) || self.by_credential.contains(&row.engagement))
    }
}

impl HaltCommand {
    fn fact(&self, halt: HaltId) -> Fact {
        Fact::Halted {
            halt,
            scope: self.scope,
            reason: self.reason,
            until: self.until,
        }
    }

    fn halt(&self, id: HaltId, since: Timestamp, by_lab: bool) -> Halt {
        Halt {
            id,
            scope: self.scope,
            reason: self.reason,
            since,
            until: self.until,
            by_lab,
        }
    }

    fn check(&self, now: Timestamp) -> Result<(), WorkError> {
        check_until(self.until)?;
        if self.until.is_some_and(|until| until <= now) {
            return Err(WorkError::invalid("/until", "it lies in the past"));
        }
        Ok(())
    }
}

/// In whose ledger a halt on this scope stands.
fn compartment_of(scope: &mut AdminScope<'_, '_>, on: Scope) -> Result<Compartment, GateError<WorkError>> {
    let lab = match on {
        Scope::Installation => return Ok(Compartment::Installation),
        Scope::Credential(id) => {
            let row = credential::get(scope.tx.reader(), id)?.ok_or(WorkError::NotFound("credential"))?;
            // A halt of one that only opens sessions would stop none of them, and nobody from opening the next.
            if !row.kind.acts() {
                let reason = format!(
                    "{id} is a login link or a passkey: it opens sessions, which are credentials of their own; revoke it \
                     (`cofferdam token revoke {id}`), and halt the session, or whom it is for: person:{}",
                    row.principal
                );
                return Err(WorkError::invalid("/scope", reason).into());
            }
            return Ok(Compartment::Installation);
        }
        Scope::Person(id) | Scope::Component(id) => {
            let row = principal::get(scope.tx.reader(), id)?;
            check_kind(on, &row.ok_or(WorkError::NotFound("person or component"))?)?;
            return Ok(Compartment::Installation);
        }
        Scope::Lab(lab) => scope.authority(Compartment::Lab(lab))?.map(|_| lab),
        // Whose a project is, its ledger says: a halt that stands elsewhere would stop nothing.
        Scope::Project(id) => {
            let mut opened = scope.authorities().filter(|a| a.project(id).is_some());
            opened.find_map(|a| a.compartment().lab())
        }
        Scope::Engagement(id) => scope.authorities().find_map(|a| a.engagement(id).map(|e| e.lab)),
    };
    lab.map(Compartment::Lab)
        .ok_or_else(|| WorkError::NotFound("scope").into())
}

/// A scope that calls a person a component is a slip, and whoever reads of the halt later would be led astray.
fn check_kind(on: Scope, row: &PrincipalRow) -> Result<(), WorkError> {
    let (said, other) = match (on, row.kind) {
        (Scope::Person(_), PrincipalKind::Component | PrincipalKind::Job) => ("a component", "component"),
        (Scope::Component(_), PrincipalKind::Person) => ("a person", "person"),
        _ => return Ok(()),
    };
    let reason = format!("{} is {said}: write {other}:{}", row.id, row.id);
    Err(WorkError::invalid("/scope", reason))
}

/// The engagements that a principal holds by rows which open their commitments: of all others the ledger says that they
/// are somebody else's.
fn held_by(
    scope: &mut AdminScope<'_, '_>,
    principal: PrincipalId,
) -> Result<BTreeSet<EngagementId>, StoreError> {
    let rows = match engagement::of_principal(scope.tx.reader(), principal) {
        // As with timers: a row that does not read must not keep anybody from halting.
        Err(StoreError::Corrupt { table, problem }) => {
            tracing::error!(table, problem, "engagements were not counted");
            Vec::new()
        }
        rows => rows?,
    };
    let granted = |row: &HolderRow| {
        let holder = |a: Arc<Authority>| a.engagement(row.engagement).map(|e| e.holder);
        let holder = scope.authorities().find_map(holder)?;
        Some(holder == HolderCommitment::new(&row.salt, row.principal))
    };
    let own = rows.into_iter().filter(|row| granted(row).unwrap_or(false));
    Ok(own.map(|row| row.engagement).collect())
}

/// The engagements that a halt on a person, a component or a credential reaches: of a credential, those that it is good
/// for.
fn reached_by(scope: &mut AdminScope<'_, '_>, on: Scope) -> Result<BTreeSet<EngagementId>, StoreError> {
    Ok(match on {
        Scope::Person(id) | Scope::Component(id) => held_by(scope, id)?,
        Scope::Credential(id) => match credential::get(scope.tx.reader(), id)? {
            Some(row) => {
                let mut held = held_by(scope, row.principal)?;
                held.retain(|id| row.bound_to.is_none_or(|only| only == *id));
                held
            }
            None => BTreeSet::new(),
        },
        _ => BTreeSet::new(),
    })
}

/// The active engagements that a halt stops; `held` are those that [`reached_by`] names.
fn stopped_by(
    scope: &AdminScope<'_, '_>,
    on: Scope,
    compartment: Compartment,
    held: &BTreeSet<EngagementId>,
) -> Vec<EngagementId> {
    let authorities: Vec<_> = scope.authorities().collect();
    let engagements = authorities.iter().flat_map(|a| a.engagements());
    let within = engagements.filter(|e| e.active(scope.now)).filter(|e| match on {
        Scope::Installation => true,
        Scope::Lab(lab) => e.lab == lab,
        Scope::Project(project) => e.reaches(project) && Compartment::Lab(e.lab) == compartment,
        Scope::Engagement(id) => e.id == id,
        Scope::Person(_) | Scope::Component(_) | Scope::Credential(_) => held.contains(&e.id),
    });
    within.map(|e| e.id).collect()
}

/// Halts a scope within another act of an operator's, in its transaction: what that act records must hold what this
/// gives.
pub fn halt_within(
    scope: &mut AdminScope<'_, '_>,
    on: Scope,
    reason: HaltReason,
) -> Result<AdminDone<Stopped>, GateError<WorkError>> {
    let command = HaltCommand {
        scope: on,
        reason,
        until: None,
    };
    AdminCommand::run(command, scope)
}

impl AdminCommand for HaltCommand {
    type Output = Stopped;
    type Error = WorkError;
    const AGAIN: Option<Again<Self::Output>> = Some(Again::json("halt"));

    fn run(self, scope: &mut AdminScope<'_, '_>) -> Result<AdminDone<Stopped>, GateError<WorkError>> {
        let reached = self.reach(scope)?;
        let concerned = |row: &TimerRow| reached.timer(self.scope, row);
        let consequences = stop_timers(scope.tx, scope.secrets, scope.now, StopCause::Halted, concerned)?;
        let id = scope.env.new_id()?;
        let output = Stopped {
            halt: self.halt(id, scope.now, false),
            timers: consequences.len() as u64,
            engagements: reached.engagements.len() as u64,
        };
        Ok(AdminDone {
            output,
            facts: vec![(reached.compartment, self.fact(id))],
            consequences,
        })
    }
}

impl HaltCommand {
    /// What an operator's halt reaches, where they may open it.
    pub(super) fn reach(&self, scope: &mut AdminScope<'_, '_>) -> Result<Reached, GateError<WorkError>> {
        self.check(scope.now)?;
        if let Scope::Person(id) | Scope::Component(id) = self.scope
            && id == scope.by
        {
            let text =
                "that is yourself, and you could not undo it: revoke a credential, or ask another operator";
            return Err(WorkError::invalid("/scope", text).into());
        }
        if scope.credential.map(Scope::Credential) == Some(self.scope) {
            let text = "that is the credential you use, and you could not undo it: issue yourself another (`cofferdam token add \
                        --operator YOUR_NAME --label WORDS`) and revoke this one, or ask another operator";
            return Err(WorkError::invalid("/scope", text).into());
        }
        let compartment = compartment_of(scope, self.scope)?;
        let open = scope
            .authorities()
            .filter_map(|a| a.compartment().lab())
            .collect();
        let held = reached_by(scope, self.scope)?;
        let engagements = stopped_by(scope, self.scope, compartment, &held);
        // What a halted credential may have started counts no further; with another, it is started again.
        let by_credential = match self.scope {
            Scope::Credential(_) => held,
            _ => BTreeSet::new(),
        };
        Ok(Reached {
            compartment,
            engagements,
            by_credential,
            open,
        })
    }

    /// What a steward's halt reaches, which lies within their lab.
    pub(super) fn reach_within(
        &self,
        scope: &mut GateScope<'_, '_>,
    ) -> Result<Reached, GateError<WorkError>> {
        self.check(scope.now)?;
        let lab = scope.engagement.lab;
        let now = scope.now;
        let authority = scope.authority()?;
        let own = match self.scope {
            Scope::Lab(id) => id == lab,
            Scope::Project(id) => authority.project(id).is_some(),
            Scope::Engagement(id) => authority.engagement(id).is_some(),
            _ => false,
        };
        if !own {
            return Err(WorkError::NotFound("scope within this lab").into());
        }
        let active = authority.engagements().filter(|e| e.active(now));
        let within = active.filter(|e| match self.scope {
            Scope::Project(project) => e.reaches(project),
            Scope::Engagement(id) => e.id == id,
            _ => true,
        });
        Ok(Reached {
            compartment: Compartment::Lab(lab),
            engagements: within.map(|e| e.id).collect(),
            by_credential: BTreeSet::new(),
            open: BTreeSet::from([lab]),
        })
    }
}

impl Command for HaltCommand {
    type Output = Stopped;
    type Error = WorkError;
    const AGAIN: Option<Again<Self::Output>> = Some(Again::json("halt"));

    fn act(&self) -> Act {
        Act::Halt
    }

    fn run(self, scope: &mut GateScope<'_, '_>) -> Result<Done<Stopped>, GateError<WorkError>> {
        let reached = self.reach_within(scope)?;
        let concerned = |row: &TimerRow| reached.timer(self.scope, row);
        let stopped = stop_timers(scope.tx, scope.secrets, scope.now, StopCause::Halted, concerned)?;
        let id = scope.env.new_id()?;
        let output = Stopped {
            halt: self.halt(id, scope.now, true),
            timers: stopped.len() as u64,
            engagements: reached.engagements.len() as u64,
        };
        let consequences = stopped.into_iter().map(|(_, fact)| fact).collect();
        Ok(Done {
            output,
            facts: vec![self.fact(id)],
            consequences,
        })
    }
}

struct ResumeCommand {
    halt: HaltId,
    checked: BTreeSet<Checked>,
}

impl ResumeCommand {
    fn fact(self) -> Fact {
        Fact::Resumed {
            halt: self.halt,
            checked: self.checked,
        }
    }
}

const THE_LABS: &str = "the lab itself opened this halt, and ends it: ask its steward";
const THE_OPERATORS: &str = "an operator of the platform opened this halt: ask them to end it";

/// Whether there is anything to resume.
fn goes_on(halt: &Halt, now: Timestamp) -> Result<(), WorkError> {
    match halt.until {
        Some(until) if until <= now => Err(WorkError::Conflict(format!(
            "{} ended by itself at {}, as it was set to, and stops nothing any more; `cofferdam halt list` shows what does",
            halt.id,
            until.rfc3339()
        ))),
        _ => Ok(()),
    }
}

/// What a halt kept its holders from going on with is theirs for a whole lease from now on.
fn renew_leases(
    tx: &mut Tx<'_>,
    secrets: &Secrets,
    halt: &Halt,
    views: &[View],
    now: Timestamp,
) -> Result<(), GateError<WorkError>> {
    task::renew_leases(tx, halt.scope, halt.since, now)?;
    for view in views {
        view.renew(tx, secrets, halt)?;
    }
    Ok(())
}

impl AdminCommand for ResumeCommand {
    type Output = Resumption;
    type Error = WorkError;
    const AGAIN: Option<Again<Self::Output>> = Some(Again::json("resume"));

    fn run(self, scope: &mut AdminScope<'_, '_>) -> Result<AdminDone<Resumption>, GateError<WorkError>> {
        let found = scope
            .authorities()
            .find_map(|a| a.halt(self.halt).map(|h| (a.compartment(), *h)));
        let (compartment, halt) = found.ok_or(WorkError::NotFound("open halt"))?;
        goes_on(&halt, scope.now)?;
        if halt.by_lab {
            return Err(WorkError::Conflict(THE_LABS.into()).into());
        }
        let concerned = |view: &View| compartment.lab().is_none() || compartment.lab() == view.lab();
        let views: Vec<View> = View::of_all(scope).into_iter().filter(concerned).collect();
        renew_leases(scope.tx, scope.secrets, &halt, &views, scope.now)?;
        let output = Resumption { halt, at: scope.now };
        Ok(AdminDone::one(output, compartment, self.fact()))
    }
}

impl Command for ResumeCommand {
    type Output = Resumption;
    type Error = WorkError;
    const AGAIN: Option<Again<Self::Output>> = Some(Again::json("resume"));

    fn act(&self) -> Act {
        Act::Resume
    }

    fn run(self, scope: &mut GateScope<'_, '_>) -> Result<Done<Resumption>, GateError<WorkError>> {
        let halt = *scope
            .authority()?
            .halt(self.halt)
            .ok_or(WorkError::NotFound("open halt"))?;
        goes_on(&halt, scope.now)?;
        if !halt.by_lab {
            return Err(WorkError::Conflict(THE_OPERATORS.into()).into());
        }
        let view = View::of(scope)?;
        renew_leases(scope.tx, scope.secrets, &halt, &[view], scope.now)?;
        let output = Resumption { halt, at: scope.now };
        Ok(Done::one(output, self.fact()))
    }
}

impl Platform {
    /// How a caller may halt a scope: as an operator, none; as a steward of the lab that it lies in, by which
    /// engagement. To all others the answer is one, whether it is there or not.
    pub async fn may_halt(&self, caller: &Caller, scope: Scope) -> Result<Option<EngagementId>, WorkError> {
        let lab = self.lab_of(scope).await?;
        let standing = self.standing(caller, lab).await;
        self.in_vain(caller, standing).await
    }

    /// Has it recorded that somebody asked who may not.
    async fn in_vain<T>(&self, caller: &Caller, asked: Result<T, WorkError>) -> Result<T, WorkError> {
        if let Err(WorkError::Refused(_) | WorkError::NotInRole(_) | WorkError::Ended(_)) = asked {
            match self.gate.admit_operator(caller).await {
                Ok(()) | Err(GateError::Refused(_)) => {}
                Err(other) => return Err(other.into()),
            }
        }
        asked
    }

    /// The same for resuming a halt. Those who may are told what became of one that is not open.
    pub async fn may_resume(&self, caller: &Caller, halt: HaltId) -> Result<Option<EngagementId>, WorkError> {
        let labs = self.gate.labs().into_iter().map(Compartment::Lab);
        // What somebody may not resume takes the same steps whether it is there or not.
        let mut overseen = Vec::new();
        for compartment in labs.chain([Compartment::Installation]) {
            if let Ok(standing) = self.standing(caller, compartment.lab()).await {
                overseen.push((compartment, standing));
            }
        }
        for (compartment, standing) in &overseen {
            let authority = self.gate.authority(*compartment)?;
            if authority.is_some_and(|a| a.halt(halt).is_some()) {
                return Ok(*standing);
            }
        }
        let overseen = overseen.into_iter().map(|(compartment, _)| compartment).collect();
        let (past, _) = self.halts_in(overseen).await?;
        let found = past.iter().find(|view| view.halt.id == halt);
        match found.and_then(|view| view.resumed) {
            Some(at) => Err(WorkError::Conflict(format!(
                "{halt} was resumed at {} already; `cofferdam halt list` shows what is still stopped",
                at.rfc3339()
            ))),
            None => {
                let standing = self.standing(caller, None).await;
                self.in_vain(caller, standing).await?;
                Err(WorkError::NotFound("halt"))
            }
        }
    }

    async fn standing(&self, caller: &Caller, lab: Option<LabId>) -> Result<Option<EngagementId>, WorkError> {
        let operates = self.gate.administers(caller);
        if operates.is_ok() {
            return Ok(None);
        }
        if let Some(lab) = lab
            && let Some(engagement) = self.stewardship(caller, lab).await?
        {
            return Ok(Some(engagement));
        }
        // Nothing of what follows depends on the scope.
        if let Err(halted @ Refusal::Halted { .. }) = operates {
            return Err(halted.into());
        }
        if let Some(lab) = lab {
            self.is_open_to(caller, lab).await?;
        }
        if let Some(at) = self.ended_stewardship(caller).await? {
            return Err(WorkError::Ended(at));
        }
        Err(WorkError::NotInRole(
            "only operators can halt and resume that, or, within their lab, its stewards; ask one of them",
        ))
    }

    /// Halts a scope: as an operator, or, with the engagement of a steward, within that steward's lab.
    pub async fn halt(
        &self,
        caller: &Caller,
        steward: Option<EngagementId>,
        scope: Scope,
        reason: HaltReason,
        until: Option<Timestamp>,
    ) -> Result<Stopped, WorkError> {
        let command = HaltCommand { scope, reason, until };
        let stopped = match steward {
            Some(engagement) => self.gate.transact(caller, engagement, command).await?.output,
            None => self.gate.administer(caller, command).await?.0,
        };
        tracing::info!(
            halt = %stopped.halt.id,
            %scope,
            reason = reason.name(),
            until = until.map(Timestamp::rfc3339),
            by = %caller.principal(),
            engagement = steward.map(|id| id.to_string()),
            timers = stopped.timers,
            engagements = stopped.engagements,
            "halted"
        );
        Ok(stopped)
    }

    /// Ends a halt, and records what was checked before.
    pub async fn resume(
        &self,
        caller: &Caller,
        steward: Option<EngagementId>,
        halt: HaltId,
        checked: BTreeSet<Checked>,
    ) -> Result<Resumption, WorkError> {
        let told: Vec<&str> = checked.iter().map(|check| check.name()).collect();
        let command = ResumeCommand { halt, checked };
        let resumed = match steward {
            Some(engagement) => self.gate.transact(caller, engagement, command).await?.output,
            None => self.gate.administer(caller, command).await?.0,
        };
        tracing::info!(
            %halt,
            scope = %resumed.halt.scope,
            reason = resumed.halt.reason.name(),
            checked = told.join(", "),
            by = %caller.principal(),
            engagement = steward.map(|id| id.to_string()),
            "resumed"
        );
        Ok(resumed)
    }

    /// The lab in whose ledger a scope lies, if it lies in one's.
    pub async fn lab_of(&self, scope: Scope) -> Result<Option<LabId>, WorkError> {
        Ok(match scope {
            Scope::Lab(lab) => Some(lab),
            Scope::Project(id) => match self.gate.lab_of(id).await? {
                Some(lab) => Some(lab),
                // No open ledger has it: of one that is closed the row tells.
                None => match self.project_row(id).await {
                    Err(WorkError::NotFound(_)) => None,
                    found => Some(found?.lab),
                },
            },
            Scope::Engagement(id) => self.gate.engagement(id).await?.map(|(e, _)| e.lab),
            Scope::Installation | Scope::Person(_) | Scope::Component(_) | Scope::Credential(_) => None,
        })
    }
}
