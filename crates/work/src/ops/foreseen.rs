//! What a halt would stop, and whom, without halting: found by the same steps as the halt itself.

use std::collections::BTreeMap;

use cofferdam_custody::{
    AdminCommand, AdminDone, AdminScope, Caller, Command, Done, GateError, Scope as GateScope, Secrets,
};
use cofferdam_model::timer::Timer;
use cofferdam_model::{Act, EngagementId, HaltReason, Scope, Timestamp};
use cofferdam_store::timer::TimerRow;
use cofferdam_store::{StoreError, Tx};

use super::halts::{HaltCommand, Reached, running};
use super::{Platform, WorkError};

/// An active engagement that a halt would stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Foreseen {
    /// Which.
    pub engagement: EngagementId,
    /// Since when its timer runs, which the halt would end.
    pub timer: Option<Timestamp>,
}

/// All that a halt would stop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Foresight {
    /// The active engagements.
    pub engagements: Vec<Foreseen>,
    /// How many timers, with those of engagements that have ended since.
    pub timers: u64,
}

struct Foresee(HaltCommand);

impl Foresee {
    /// The engagements that are reached, and their running timers.
    fn among(&self, reached: &Reached, tx: &mut Tx<'_>, secrets: &Secrets) -> Result<Foresight, StoreError> {
        let running = running(tx, secrets, |row| reached.timer(self.0.scope, row))?;
        let since: BTreeMap<EngagementId, Timestamp> = running.iter().filter_map(running_since).collect();
        let all = reached.engagements.iter().map(|&engagement| Foreseen {
            engagement,
            timer: since.get(&engagement).copied(),
        });
        Ok(Foresight {
            engagements: all.collect(),
            timers: running.len() as u64,
        })
    }
}

fn running_since(row: &TimerRow) -> Option<(EngagementId, Timestamp)> {
    match row.state {
        Timer::Running { started, .. } => Some((row.engagement, started)),
        Timer::Stopped { .. } => None,
    }
}

impl AdminCommand for Foresee {
    type Output = Foresight;
    type Error = WorkError;

    fn run(self, scope: &mut AdminScope<'_, '_>) -> Result<AdminDone<Foresight>, GateError<WorkError>> {
        let reached = self.0.reach(scope)?;
        Ok(AdminDone {
            output: self.among(&reached, scope.tx, scope.secrets)?,
            facts: Vec::new(),
            consequences: Vec::new(),
        })
    }
}

impl Command for Foresee {
    type Output = Foresight;
    type Error = WorkError;

    fn act(&self) -> Act {
        Act::Halt
    }

    fn run(self, scope: &mut GateScope<'_, '_>) -> Result<Done<Foresight>, GateError<WorkError>> {
        let reached = self.0.reach_within(scope)?;
        Ok(Done::quiet(self.among(&reached, scope.tx, scope.secrets)?))
    }
}

impl Platform {
    /// What a halt on a scope would stop now: as an operator, or, with the engagement of a steward, within that steward's lab.
    /// Refused wherever the halt itself would be.
    pub async fn foresee_halt(
        &self,
        caller: &Caller,
        steward: Option<EngagementId>,
        scope: Scope,
    ) -> Result<Foresight, WorkError> {
        let command = Foresee(HaltCommand {
            scope,
            reason: HaltReason::Drill,
            until: None,
        });
        Ok(match steward {
            Some(engagement) => self.gate.transact(caller, engagement, command).await?.output,
            None => self.gate.administer(caller, command).await?.0,
        })
    }
}
