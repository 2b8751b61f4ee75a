//! Which labs a subject concerns, and what a policy stops of it there.

use std::collections::{BTreeMap, BTreeSet};

use cofferdam_custody::{AdminDone, AdminScope, GateError, Secrets};
use cofferdam_model::incident::reason_commitment;
use cofferdam_model::{
    Compartment, CredentialId, EngagementId, Fact, HaltReason, IncidentId, IncidentPolicies, IncidentPolicy,
    IncidentState, IncidentSubject, LabId, PrincipalId, Pseudonym, Scope,
};
use cofferdam_store::incident::{self, ConcernedRow, MoveRow};
use cofferdam_store::{credential, engagement};

use super::{Halted, Halting, known};
use crate::IncidentError;
use crate::presence::{Held, held, whose};

/// What a subject is in one lab.
#[derive(Debug, Default)]
struct Presence {
    /// How it appears in that lab's ledger; the platform does not.
    pseudonyms: BTreeSet<Pseudonym>,
    /// Its engagements there, ended ones too.
    engagements: BTreeSet<EngagementId>,
    /// Those that have not ended.
    standing: BTreeSet<EngagementId>,
}

/// Where a subject is or was engaged, as far as ledgers tell that are open.
fn presences(
    scope: &mut AdminScope<'_, '_>,
    subject: &IncidentSubject,
) -> Result<BTreeMap<LabId, Presence>, IncidentError> {
    // A row that is not as the ledger recorded it is not obeyed: `doctor` names it.
    let whose = match whose(scope.tx.reader(), scope.secrets, subject) {
        Err(IncidentError::Gate(GateError::Integrity(_))) => return Ok(BTreeMap::new()),
        whose => whose?,
    };
    let Some(whose) = whose else {
        let labs = scope.authorities().filter_map(|a| a.compartment().lab());
        return Ok(labs.map(|lab| (lab, Presence::default())).collect());
    };
    let rows = engagement::of_principal(scope.tx.reader(), whose.principal)?;
    let open = |lab| scope.authority(Compartment::Lab(lab)).ok().flatten();
    let mut found: BTreeMap<LabId, Presence> = BTreeMap::new();
    for Held { granted, .. } in held(&rows, whose, open) {
        let presence = found.entry(granted.lab).or_default();
        presence.pseudonyms.insert(granted.pseudonym);
        presence.engagements.insert(granted.id);
        if granted.ended(scope.now).is_none() {
            presence.standing.insert(granted.id);
        }
    }
    Ok(found)
}

/// What a policy stops of a subject in a lab.
fn stopped(
    scope: &mut AdminScope<'_, '_>,
    policy: IncidentPolicy,
    subject: &IncidentSubject,
    lab: LabId,
    presence: &Presence,
) -> Result<Vec<Scope>, GateError<IncidentError>> {
    Ok(match policy {
        IncidentPolicy::Record => Vec::new(),
        IncidentPolicy::QuarantineCredential => {
            let credentials = credentials(scope, subject, presence)?;
            credentials.into_iter().map(Scope::Credential).collect()
        }
        IncidentPolicy::HaltEngagement => presence.standing.iter().copied().map(Scope::Engagement).collect(),
        IncidentPolicy::HaltLab => vec![Scope::Lab(lab)],
    })
}

/// The credentials of a subject that are good in a lab.
fn credentials(
    scope: &mut AdminScope<'_, '_>,
    subject: &IncidentSubject,
    presence: &Presence,
) -> Result<Vec<CredentialId>, GateError<IncidentError>> {
    let principal: PrincipalId = match *subject {
        IncidentSubject::Component(id) | IncidentSubject::Person(id) => id,
        IncidentSubject::Credential(id) => return Ok(vec![id]),
        IncidentSubject::Platform => return Ok(Vec::new()),
    };
    let installation = scope.authority(Compartment::Installation)?;
    let revoked = |id| installation.as_ref().is_some_and(|a| a.is_revoked(id));
    let all = credential::of_principal(scope.tx.reader(), principal)?;
    let good = all.into_iter().filter(|row| {
        let here = row
            .bound_to
            .is_none_or(|only| presence.engagements.contains(&only));
        here && row.expires > scope.now && !revoked(row.id)
    });
    Ok(good.map(|row| row.id).collect())
}

/// Halts what the policies stop of subjects, each scope once, whomever it is for: what was halted, and what the ledgers are to record of it.
pub(super) fn halt_by_policy<'a>(
    scope: &mut AdminScope<'_, '_>,
    policies: &IncidentPolicies,
    halting: Halting,
    subjects: impl IntoIterator<Item = &'a IncidentSubject>,
) -> Result<AdminDone<Vec<Halted>>, GateError<IncidentError>> {
    let mut stops = BTreeMap::new();
    for subject in subjects {
        for (lab, presence) in presences(scope, subject)? {
            let on = stopped(scope, policies.of(lab), subject, lab, &presence)?;
            stops.extend(on.into_iter().map(|on| (on, reason(subject))));
        }
    }
    let mut all = AdminDone {
        output: Vec::new(),
        facts: Vec::new(),
        consequences: Vec::new(),
    };
    for (on, reason) in stops {
        let done = halting(scope, on, reason)?;
        all.output.push(done.output);
        all.facts.extend(done.facts);
        all.consequences.extend(done.consequences);
    }
    Ok(all)
}

/// Why a policy halts something of a subject, in the words that those concerned are shown.
const fn reason(subject: &IncidentSubject) -> HaltReason {
    match subject {
        IncidentSubject::Component(_) => HaltReason::Component,
        IncidentSubject::Person(_) | IncidentSubject::Credential(_) | IncidentSubject::Platform => {
            HaltReason::Incident
        }
    }
}

/// How subjects are called in each lab; none: the platform.
pub(super) type Names = BTreeMap<LabId, BTreeSet<Option<Pseudonym>>>;

/// Tells each lab that is concerned and was not told yet: its row, and what its ledger is to record. `named` has the
/// subjects' names there.
pub(super) fn tell(
    scope: &mut AdminScope<'_, '_>,
    incident: IncidentId,
    named: &Names,
) -> Result<Vec<(Compartment, Fact)>, GateError<IncidentError>> {
    let told = incident::concerned_by(scope.tx.reader(), incident)?;
    let (opened, moves) = known(scope.tx.reader(), scope.secrets, incident)?;
    let mut facts = Vec::new();
    for (&lab, pseudonyms) in named {
        if told.iter().any(|row| row.lab == lab) {
            continue;
        }
        // Random throughout: an id with the time in it would be known again by its first half.
        let own: IncidentId = scope.env.random_id()?;
        let row = scope.secrets.stamped(ConcernedRow {
            incident,
            lab,
            own,
            told: scope.now,
            decided: None,
            seal: [0; 32],
        });
        incident::put_concerned(scope.tx, &row)?;
        let compartment = Compartment::Lab(lab);
        let words = opened.for_labs.as_deref();
        let why = words.map(|words| reason_commitment(&scope.secrets.reason_salt(own, 0), words));
        facts.push((compartment, Fact::IncidentOpened { incident: own, why }));
        facts.extend(pseudonyms.iter().map(|name| concerns(lab, own, *name)));
        let last = moves.last().filter(|step| step.state != IncidentState::Open);
        facts.extend(last.map(|step| (compartment, stepped(scope.secrets, own, step))));
    }
    Ok(facts)
}

/// What a lab's ledger is to record of a step, with the words that the lab is told.
pub(super) fn stepped(secrets: &Secrets, own: IncidentId, step: &MoveRow) -> Fact {
    let salt = secrets.reason_salt(own, step.n);
    Fact::IncidentMoved {
        incident: own,
        state: step.state,
        why: step
            .for_labs
            .as_deref()
            .map(|words| reason_commitment(&salt, words)),
    }
}

/// What a lab's ledger is to record of a subject.
pub(super) fn concerns(lab: LabId, incident: IncidentId, subject: Option<Pseudonym>) -> (Compartment, Fact) {
    (
        Compartment::Lab(lab),
        Fact::IncidentConcerns { incident, subject },
    )
}

/// How subjects are called in each lab that they concern.
pub(super) fn named(
    scope: &mut AdminScope<'_, '_>,
    subjects: impl IntoIterator<Item = IncidentSubject>,
) -> Result<Names, IncidentError> {
    let mut named = Names::new();
    for subject in subjects {
        for (lab, presence) in presences(scope, &subject)? {
            let own = named.entry(lab).or_default();
            match subject {
                IncidentSubject::Platform => own.extend([None]),
                _ => own.extend(presence.pseudonyms.into_iter().map(Some)),
            }
        }
    }
    Ok(named)
}
