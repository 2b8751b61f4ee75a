//! A subject that is found later: it joins an incident that is open, and what the policy stops is stopped in the same transaction.

use std::collections::BTreeSet;
use std::sync::Arc;

use cofferdam_custody::{AdminCommand, AdminDone, AdminScope, Again, Caller, GateError};
use cofferdam_model::{Compartment, Fact, IncidentId, IncidentPolicies, IncidentState, IncidentSubject};
use cofferdam_store::incident::{self, Grounds};

use super::concerned::{Names, concerns, halt_by_policy, named, tell};
use super::open::{MOST_SUBJECTS, is_there, put};
use super::{Halting, Opened, known, state};
use crate::{Containment, IncidentError};

pub(super) struct Add {
    pub(super) incident: IncidentId,
    pub(super) subject: IncidentSubject,
    pub(super) grounds: Grounds,
    pub(super) policies: Arc<IncidentPolicies>,
    pub(super) halting: Halting,
}

impl AdminCommand for Add {
    type Output = Opened;
    type Error = IncidentError;
    const AGAIN: Option<Again<Self::Output>> = Some(Again::json("add-subject"));

    fn run(self, scope: &mut AdminScope<'_, '_>) -> Result<AdminDone<Opened>, GateError<IncidentError>> {
        let (id, subject) = (self.incident, self.subject);
        let (_, moves) = known(scope.tx.reader(), scope.secrets, id)?;
        is_there(scope, &subject)?;
        let before = incident::subjects_of(scope.tx.reader(), id)?;
        let before: Vec<IncidentSubject> = before.iter().map(|row| row.subject).collect();
        may_join(state(&moves), &before, &subject)?;
        let known_as = named(scope, before)?;
        let names = named(scope, [subject])?;
        put(scope, id, subject, self.grounds)?;
        let added = Fact::IncidentSubjectAdded {
            incident: id,
            subject,
        };
        let mut facts = vec![(Compartment::Installation, added)];
        facts.extend(self.told_more(scope, &known_as, &names)?);
        let mut all = known_as;
        for (lab, own) in names {
            all.entry(lab).or_default().extend(own);
        }
        facts.extend(tell(scope, id, &all)?);
        let halted = halt_by_policy(scope, &self.policies, self.halting, [&subject])?;
        facts.extend(halted.facts);
        Ok(AdminDone {
            output: Opened {
                incident: id,
                halts: halted.output,
            },
            facts,
            consequences: halted.consequences,
        })
    }
}

impl Add {
    /// What the labs that were told already are told of the new subject: its names there that they do not know yet.
    fn told_more(
        &self,
        scope: &mut AdminScope<'_, '_>,
        known_as: &Names,
        names: &Names,
    ) -> Result<Vec<(Compartment, Fact)>, GateError<IncidentError>> {
        let none = BTreeSet::new();
        let mut facts = Vec::new();
        for concerned in incident::concerned_by(scope.tx.reader(), self.incident)? {
            scope.secrets.check_seal(&concerned)?;
            let [new, known] = [names, known_as].map(|names| names.get(&concerned.lab).unwrap_or(&none));
            let new = new.difference(known);
            facts.extend(new.map(|name| concerns(concerned.lab, concerned.own, *name)));
        }
        Ok(facts)
    }
}

fn may_join(
    stands: IncidentState,
    before: &[IncidentSubject],
    subject: &IncidentSubject,
) -> Result<(), IncidentError> {
    if stands == IncidentState::Closed {
        let text = "it is closed; move it back to open first, or open another";
        return Err(IncidentError::Conflict(text.into()));
    }
    if before.contains(subject) {
        return Err(IncidentError::Conflict(format!(
            "{subject} is a subject of it already"
        )));
    }
    if before.len() >= MOST_SUBJECTS {
        let text = format!("it has {MOST_SUBJECTS} subjects, which is all that one can have; open another");
        return Err(IncidentError::Conflict(text));
    }
    Ok(())
}

impl Containment {
    /// Makes somebody or something a subject of an incident that is not closed, and halts at once what the policies say.
    pub async fn add_subject(
        &self,
        caller: &Caller,
        incident: IncidentId,
        subject: IncidentSubject,
    ) -> Result<Opened, IncidentError> {
        let command = Add {
            incident,
            subject,
            grounds: Grounds::Named,
            policies: Arc::clone(&self.policies),
            halting: self.halting,
        };
        Ok(self.gate.administer(caller, command).await?.0)
    }
}
