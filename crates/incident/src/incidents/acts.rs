//! What operators do with an open incident: take claims, move it, declare a host rebuilt.

use cofferdam_custody::{AdminCommand, AdminDone, AdminScope, Again, Caller, GateError};
use cofferdam_inventory::Sha256;
use cofferdam_model::{
    Compartment, Fact, IncidentId, IncidentState, IncidentSubject, PrincipalId, Timestamp, Window,
};
use cofferdam_store::incident::{self, ClaimRow, MoveRow, SubjectRow};

use super::concerned::{named, stepped, tell};
use super::{known, state, words};
use crate::{Containment, IncidentError};

/// The next number in a list of numbers from 1.
const fn after(last: Option<u64>) -> u64 {
    match last {
        Some(n) => n + 1,
        None => 1,
    }
}

struct Take {
    incident: IncidentId,
    source: String,
    window: Window,
}

impl AdminCommand for Take {
    type Output = ();
    type Error = IncidentError;
    const AGAIN: Option<Again<Self::Output>> = Some(Again::json("take-claim"));

    fn run(self, scope: &mut AdminScope<'_, '_>) -> Result<AdminDone<()>, GateError<IncidentError>> {
        if self.window.from() > scope.now {
            return Err(IncidentError::invalid("/from", "it lies in the future").into());
        }
        known(scope.tx.reader(), scope.secrets, self.incident)?;
        let last = incident::claims_of(scope.tx.reader(), self.incident)?;
        let source = Sha256::of(self.source.as_bytes()).0;
        let row = scope.secrets.stamped(ClaimRow {
            incident: self.incident,
            n: after(last.last().map(|claim| claim.n)),
            source: self.source,
            window: self.window,
            by: scope.by,
            taken: scope.now,
            seal: [0; 32],
        });
        incident::insert_claim(scope.tx, &row)?;
        let fact = Fact::ClaimTaken {
            incident: self.incident,
            source,
            window: self.window,
        };
        Ok(AdminDone::one((), Compartment::Installation, fact))
    }
}

struct Move {
    incident: IncidentId,
    to: IncidentState,
    reason: String,
    for_labs: Option<String>,
}

impl AdminCommand for Move {
    type Output = ();
    type Error = IncidentError;
    const AGAIN: Option<Again<Self::Output>> = Some(Again::json("move-incident"));

    fn run(self, scope: &mut AdminScope<'_, '_>) -> Result<AdminDone<()>, GateError<IncidentError>> {
        let (row, moves) = known(scope.tx.reader(), scope.secrets, self.incident)?;
        let before = state(&moves);
        let now = before
            .moved(self.to)
            .map_err(|step| IncidentError::Conflict(step.to_string()))?;
        words::name_nobody(scope, self.for_labs.as_deref())?;
        let why = Sha256::of(self.reason.as_bytes()).0;
        let step = scope.secrets.stamped(MoveRow {
            incident: row.id,
            n: after(moves.last().map(|step| step.n)),
            state: now,
            reason: self.reason,
            for_labs: self.for_labs,
            by: scope.by,
            at: scope.now,
            seal: [0; 32],
        });
        incident::insert_move(scope.tx, &step)?;
        let moved = Fact::IncidentMoved {
            incident: row.id,
            state: now,
            why: Some(why),
        };
        let mut facts = vec![(Compartment::Installation, moved)];
        for concerned in incident::concerned_by(scope.tx.reader(), row.id)? {
            scope.secrets.check_seal(&concerned)?;
            let lab = Compartment::Lab(concerned.lab);
            // A ledger that is closed keeps no incident from being moved.
            if matches!(scope.authority(lab), Ok(Some(_))) {
                facts.push((lab, stepped(scope.secrets, concerned.own, &step)));
            }
        }
        // Who was engaged elsewhere since, or whose ledger was closed then, is told now.
        let subjects = incident::subjects_of(scope.tx.reader(), row.id)?;
        let names = named(scope, subjects.iter().map(|subject| subject.subject))?;
        facts.extend(tell(scope, row.id, &names)?);
        Ok(AdminDone {
            output: (),
            facts,
            consequences: Vec::new(),
        })
    }
}

struct Rebuilt {
    incident: IncidentId,
    component: PrincipalId,
    at: Timestamp,
}

impl AdminCommand for Rebuilt {
    type Output = ();
    type Error = IncidentError;
    const AGAIN: Option<Again<Self::Output>> = Some(Again::json("host-rebuilt"));

    fn run(self, scope: &mut AdminScope<'_, '_>) -> Result<AdminDone<()>, GateError<IncidentError>> {
        if self.at > scope.now {
            return Err(IncidentError::invalid("/at", "it lies in the future").into());
        }
        known(scope.tx.reader(), scope.secrets, self.incident)?;
        let subject = IncidentSubject::Component(self.component);
        let all = incident::subjects_of(scope.tx.reader(), self.incident)?;
        let found = all.into_iter().find(|row| row.subject == subject);
        let found = found.ok_or(IncidentError::NotFound(
            "component among the incident's subjects; `cofferdam incident show` lists them",
        ))?;
        scope.secrets.check_seal(&found)?;
        let row = scope.secrets.stamped(SubjectRow {
            rebuilt: Some(self.at),
            ..found
        });
        incident::put_subject(scope.tx, &row)?;
        let fact = Fact::HostRebuilt {
            incident: self.incident,
            component: self.component,
            at: self.at,
        };
        Ok(AdminDone::one((), Compartment::Installation, fact))
    }
}

impl Containment {
    /// Takes what a source says of when it was. Sources may say different things: all of it is kept.
    pub async fn claim(
        &self,
        caller: &Caller,
        incident: IncidentId,
        source: &str,
        window: Window,
    ) -> Result<(), IncidentError> {
        let command = Take {
            incident,
            source: words::line("/source", source, words::SOURCE)?,
            window,
        };
        self.gate.administer(caller, command).await?;
        Ok(())
    }

    /// Moves an incident one step on, or opens it again, and says why: to the firm, and to the labs concerned.
    pub async fn move_incident(
        &self,
        caller: &Caller,
        incident: IncidentId,
        to: IncidentState,
        reason: &str,
        for_labs: Option<&str>,
    ) -> Result<(), IncidentError> {
        let command = Move {
            incident,
            to,
            reason: words::text("/reason", reason, words::REASON)?,
            for_labs: words::for_labs(for_labs)?,
        };
        self.gate.administer(caller, command).await?;
        Ok(())
    }

    /// Declares that the host of a component which is a subject was rebuilt; now, unless said. The last declaration holds.
    pub async fn rebuilt(
        &self,
        caller: &Caller,
        incident: IncidentId,
        component: PrincipalId,
        at: Option<Timestamp>,
    ) -> Result<(), IncidentError> {
        let at = at.unwrap_or_else(|| self.gate.env().now());
        let command = Rebuilt {
            incident,
            component,
            at,
        };
        self.gate.administer(caller, command).await?;
        Ok(())
    }
}
