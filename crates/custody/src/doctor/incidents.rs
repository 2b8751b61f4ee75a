//! The rows of incidents, held against what the ledgers recorded of them.

use std::collections::{BTreeSet, HashMap};

use cofferdam_model::{
    Checked, Fact, IncidentDecision, IncidentId, IncidentState, IncidentSubject, LabId, PrincipalId,
    Timestamp, Window,
};
use cofferdam_store::{Reader, StoreError, incident};

use super::Exam;
use super::rows::holds;
use crate::record::sha256;

/// A claim: the hash of its source, and its window.
type Claimed = ([u8; 32], Window);
/// A step: where to, and the hash of its reason.
type Moved = (IncidentState, [u8; 32]);
/// A lab, and what it calls an incident.
type Own = (LabId, IncidentId);
/// What a lab decided, and under which conditions what is stopped goes on.
type Decided = (IncidentDecision, BTreeSet<Checked>);

/// What the ledgers say that the rows of incidents must be. Claims and steps are told by their places, from 1.
#[derive(Default)]
pub(super) struct Incidents {
    opened: HashMap<IncidentId, ()>,
    subjects: HashMap<(IncidentId, IncidentSubject), Option<Timestamp>>,
    claims: HashMap<(IncidentId, u64), Claimed>,
    moves: HashMap<(IncidentId, u64), Moved>,
    concerned: HashMap<Own, Option<Decided>>,
    claimed: HashMap<IncidentId, u64>,
    moved: HashMap<IncidentId, u64>,
}

fn next(counts: &mut HashMap<IncidentId, u64>, incident: IncidentId) -> (IncidentId, u64) {
    let count = counts.entry(incident).or_default();
    *count += 1;
    (incident, *count)
}

impl Incidents {
    /// Takes what stands in the installation's ledger.
    pub(super) fn told(&mut self, fact: &Fact) {
        match *fact {
            Fact::IncidentOpened { incident, .. } => {
                self.opened.insert(incident, ());
            }
            Fact::IncidentSubjectAdded { incident, subject } => {
                self.subjects.insert((incident, subject), None);
            }
            Fact::HostRebuilt {
                incident,
                component,
                at,
            } => self.rebuilt(incident, component, at),
            Fact::ClaimTaken {
                incident,
                source,
                window,
            } => {
                let place = next(&mut self.claimed, incident);
                self.claims.insert(place, (source, window));
            }
            Fact::IncidentMoved { incident, state, why } => {
                let place = next(&mut self.moved, incident);
                self.moves.insert(place, (state, why.unwrap_or_default()));
            }
            _ => {}
        }
    }

    fn rebuilt(&mut self, incident: IncidentId, component: PrincipalId, at: Timestamp) {
        let subject = IncidentSubject::Component(component);
        if let Some(known) = self.subjects.get_mut(&(incident, subject)) {
            *known = Some(at);
        }
    }

    /// Takes what stands in a lab's ledger.
    pub(super) fn told_lab(&mut self, lab: LabId, fact: &Fact) {
        match fact {
            Fact::IncidentOpened { incident, .. } => {
                let incident = *incident;
                self.concerned.insert((lab, incident), None);
            }
            Fact::IncidentDecided {
                incident,
                decision,
                conditions,
            } => {
                if let Some(known) = self.concerned.get_mut(&(lab, *incident)) {
                    *known = Some((*decision, conditions.clone()));
                }
            }
            _ => {}
        }
    }
}

impl Exam<'_> {
    /// Incidents, with their subjects, claims, steps and labs.
    pub(super) fn incidents(
        &mut self,
        reader: &mut Reader<'_>,
        mut recorded: Incidents,
    ) -> Result<(), StoreError> {
        for row in incident::all(reader)? {
            self.made(self.inner.secrets.check(&row));
            let fits = holds(&mut recorded.opened, &row.id, &());
            self.row("incident", &row.id, fits);
        }
        for row in incident::subjects(reader)? {
            self.made(self.inner.secrets.check_seal(&row));
            let key = (row.incident, row.subject);
            let fits = holds(&mut recorded.subjects, &key, &row.rebuilt);
            self.row("incident subject", &of(&row.subject, row.incident), fits);
        }
        for row in incident::claims(reader)? {
            self.made(self.inner.secrets.check_seal(&row));
            let is = (sha256(row.source.as_bytes()), row.window);
            let fits = holds(&mut recorded.claims, &(row.incident, row.n), &is);
            self.row("incident claim", &of(&row.n, row.incident), fits);
        }
        self.steps_and_labs(reader, &mut recorded)?;
        self.unseen("incident", recorded.opened);
        let subjects = recorded.subjects.into_keys();
        let subjects = subjects.map(|(incident, subject)| (of(&subject, incident), ()));
        self.unseen("incident subject", subjects.collect());
        let claims = recorded.claims.into_keys();
        let claims = claims.map(|(incident, n)| (of(&n, incident), ()));
        self.unseen("incident claim", claims.collect());
        Ok(())
    }

    fn steps_and_labs(
        &mut self,
        reader: &mut Reader<'_>,
        recorded: &mut Incidents,
    ) -> Result<(), StoreError> {
        for row in incident::moves(reader)? {
            self.made(self.inner.secrets.check_seal(&row));
            let is = (row.state, sha256(row.reason.as_bytes()));
            let fits = holds(&mut recorded.moves, &(row.incident, row.n), &is);
            self.row("incident move", &of(&row.n, row.incident), fits);
        }
        for row in incident::concerned(reader)? {
            self.made(self.inner.secrets.check_seal(&row));
            let decided = row.decided.map(|decided| (decided.decision, decided.conditions));
            let fits = holds(&mut recorded.concerned, &(row.lab, row.own), &decided);
            let closed = self.is_closed_lab(row.lab);
            self.row("incident lab", &inside(row.own, row.lab), fits || closed);
        }
        let moves = std::mem::take(&mut recorded.moves).into_keys();
        let moves = moves.map(|(incident, n)| (of(&n, incident), ()));
        self.unseen("incident move", moves.collect());
        let labs = std::mem::take(&mut recorded.concerned).into_keys();
        let labs = labs.map(|(lab, own)| (inside(own, lab), ()));
        self.unseen("incident lab", labs.collect());
        Ok(())
    }
}

fn of(what: &impl std::fmt::Display, incident: IncidentId) -> String {
    format!("{what} of {incident}")
}

fn inside(own: IncidentId, lab: LabId) -> String {
    format!("{own} in {lab}")
}
