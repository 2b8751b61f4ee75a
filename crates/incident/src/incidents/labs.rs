//! What a lab sees of incidents, and decides: those that concern it, by ids and pseudonyms of its own, and nothing of
//! any other lab.

use std::collections::BTreeSet;

use cofferdam_custody::{Again, Caller, Command, Done, Gate, GateError, Scope};
use cofferdam_model::{
    Act, Checked, Compartment, EngagementId, Fact, IncidentDecision, IncidentId, IncidentState,
    IncidentSubject, LabId, Pseudonym, Timestamp,
};
use cofferdam_store::incident::{self, ConcernedRow, Decided, MoveRow};
use cofferdam_store::{Reader, engagement};

use super::{known, state};
use crate::presence::{held, whose};
use crate::{Containment, IncidentError};

/// Why something was done about an incident, in words for labs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Why {
    /// The words.
    pub words: String,
    /// What salts them in the lab's ledger: with it the entry's `why` is computed again
    /// ([`reason_commitment`](cofferdam_model::incident::reason_commitment)).
    pub salt: [u8; 32],
}

/// A step of an incident, as a lab sees it.
#[derive(Debug, Clone)]
pub struct LabStep {
    /// Where it stands since.
    pub state: IncidentState,
    /// When.
    pub at: Timestamp,
    /// Why, where labs were told.
    pub why: Option<Why>,
}

/// An incident as a lab that it concerns sees it. The firm's words to itself are not in it: they may name others.
#[derive(Debug, Clone)]
pub struct LabIncident {
    /// The lab's own id for it.
    pub id: IncidentId,
    /// Since when it is in the lab's ledger.
    pub told: Timestamp,
    /// Where it stands.
    pub state: IncidentState,
    /// Why it was opened, where labs were told.
    pub why: Option<Why>,
    /// Its steps.
    pub moves: Vec<LabStep>,
    /// Its subjects, as they appear in the lab's ledger.
    pub subjects: Vec<Pseudonym>,
    /// Whether it is about the platform itself, which has no name there.
    pub platform: bool,
    /// What the lab decided last.
    pub decided: Option<Decided>,
}

fn seen(reader: &mut Reader<'_>, gate: &Gate, row: &ConcernedRow) -> Result<LabIncident, IncidentError> {
    let secrets = gate.secrets();
    secrets.check_seal(row)?;
    let (opened, moves) = known(reader, secrets, row.incident)?;
    let why = |n: u64, words: Option<String>| {
        let salt = secrets.reason_salt(row.own, n);
        words.map(|words| Why { words, salt })
    };
    let where_now = state(&moves);
    let step = |step: MoveRow| LabStep {
        state: step.state,
        at: step.at,
        why: why(step.n, step.for_labs),
    };
    let (mut subjects, mut platform) = (Vec::new(), false);
    for subject in incident::subjects_of(reader, row.incident)? {
        secrets.check_seal(&subject)?;
        platform |= subject.subject == IncidentSubject::Platform;
        subjects.extend(names(reader, gate, row.lab, &subject.subject)?);
    }
    subjects.sort_unstable();
    subjects.dedup();
    Ok(LabIncident {
        id: row.own,
        told: row.told,
        state: where_now,
        why: why(0, opened.for_labs),
        moves: moves.into_iter().map(step).collect(),
        subjects,
        platform,
        decided: row.decided.clone(),
    })
}

/// How a subject is called in a lab; not at all, where it was never engaged for it, or is good for another's engagement alone.
fn names(
    reader: &mut Reader<'_>,
    gate: &Gate,
    lab: LabId,
    subject: &IncidentSubject,
) -> Result<Vec<Pseudonym>, IncidentError> {
    let Some(whose) = whose(reader, gate.secrets(), subject)? else {
        return Ok(Vec::new());
    };
    let authority = gate.authority(Compartment::Lab(lab))?;
    let rows = engagement::of_principal(reader, whose.principal)?;
    let here = held(&rows, whose, |of| authority.clone().filter(|_| of == lab));
    Ok(here.iter().map(|held| held.granted.pseudonym).collect())
}

struct Decide {
    own: IncidentId,
    decision: IncidentDecision,
    conditions: BTreeSet<Checked>,
}

impl Command for Decide {
    type Output = ();
    type Error = IncidentError;
    const AGAIN: Option<Again<Self::Output>> = Some(Again::json("decide-incident"));

    fn act(&self) -> Act {
        Act::DecideIncident
    }

    fn run(self, scope: &mut Scope<'_, '_>) -> Result<Done<()>, GateError<IncidentError>> {
        let lab = scope.engagement.lab;
        let found = incident::own(scope.tx.reader(), lab, self.own)?;
        let found = found.ok_or(IncidentError::NotFound("incident"))?;
        scope.secrets.check_seal(&found)?;
        let row = scope.secrets.stamped(ConcernedRow {
            decided: Some(Decided {
                decision: self.decision,
                conditions: self.conditions.clone(),
                at: scope.now,
            }),
            ..found
        });
        incident::put_concerned(scope.tx, &row)?;
        let fact = Fact::IncidentDecided {
            incident: self.own,
            decision: self.decision,
            conditions: self.conditions,
        };
        Ok(Done::one((), fact))
    }
}

impl Containment {
    /// What concerns a lab, in the order in which it was told. For its stewards and for operators.
    pub async fn of_lab(&self, lab: LabId) -> Result<Vec<LabIncident>, IncidentError> {
        let gate = self.gate.clone();
        let read = move |reader: &mut Reader<'_>| {
            let rows = incident::of_lab(reader, lab)?;
            rows.iter().map(|row| seen(reader, &gate, row)).collect()
        };
        self.gate.store().read(read).await
    }

    /// One of them, by the lab's own id.
    pub async fn one_of_lab(&self, lab: LabId, own: IncidentId) -> Result<LabIncident, IncidentError> {
        let gate = self.gate.clone();
        let read = move |reader: &mut Reader<'_>| {
            let row = incident::own(reader, lab, own)?;
            seen(reader, &gate, &row.ok_or(IncidentError::NotFound("incident"))?)
        };
        self.gate.store().read(read).await
    }

    /// Records what a lab does about an incident, under an engagement of its steward's, and what it wants to be checked before what is
    /// stopped goes on. The last decision holds.
    pub async fn decide(
        &self,
        caller: &Caller,
        steward: EngagementId,
        own: IncidentId,
        (decision, conditions): (IncidentDecision, BTreeSet<Checked>),
    ) -> Result<(), IncidentError> {
        if decision == IncidentDecision::Continue && !conditions.is_empty() {
            let text = "where work goes on, nothing is to be checked before it does; leave the conditions out, or decide review or halt";
            return Err(IncidentError::invalid("/conditions", text));
        }
        let command = Decide {
            own,
            decision,
            conditions,
        };
        self.gate.transact(caller, steward, command).await?;
        Ok(())
    }
}
