//! The board: every incident, with the labs concerned and what they decided. For operators.

use cofferdam_custody::{Integrity, Secrets};
use cofferdam_model::window::{narrowest, widest};
use cofferdam_model::{Claim, IncidentId, IncidentState, IncidentSubject, PrincipalId, Window};
use cofferdam_store::incident::{self, ClaimRow, ConcernedRow, IncidentRow, MoveRow, SubjectRow};
use cofferdam_store::lab::LabRow;
use cofferdam_store::{Reader, credential, lab, principal};

use super::{known, state};
use crate::{Containment, IncidentError};

/// A subject, and what it is called.
#[derive(Debug, Clone)]
pub struct SubjectView {
    /// The subject.
    pub row: SubjectRow,
    /// Its name: a credential's holder and label; none: the platform.
    pub name: Option<String>,
}

/// A lab that is concerned.
#[derive(Debug, Clone)]
pub struct ConcernedView {
    /// Which.
    pub lab: LabRow,
    /// What it was told, and decided.
    pub row: ConcernedRow,
}

/// An incident, and all that is known of it.
#[derive(Debug, Clone)]
pub struct IncidentView {
    /// What was opened.
    pub row: IncidentRow,
    /// Where it stands.
    pub state: IncidentState,
    /// Whom or what it is about.
    pub subjects: Vec<SubjectView>,
    /// What sources say of when it was.
    pub claims: Vec<ClaimRow>,
    /// Its steps.
    pub moves: Vec<MoveRow>,
    /// Labs concerned.
    pub labs: Vec<ConcernedView>,
}

impl IncidentView {
    /// What all sources agree on, and what any of them says; none where there is no source, or they exclude each other.
    pub fn windows(&self) -> (Option<Window>, Option<Window>) {
        let claims: Vec<Claim> = self.claims.iter().cloned().map(ClaimRow::claim).collect();
        (narrowest(&claims), widest(&claims))
    }
}

impl Containment {
    /// Every incident, in the order in which they were opened. For operators.
    pub async fn incidents(&self) -> Result<Vec<IncidentView>, IncidentError> {
        let gate = self.gate.clone();
        let read = move |reader: &mut Reader<'_>| {
            let rows = incident::all(reader)?;
            rows.iter()
                .map(|row| view(reader, gate.secrets(), row.id))
                .collect()
        };
        self.gate.store().read(read).await
    }

    /// One of them. For operators.
    pub async fn incident(&self, id: IncidentId) -> Result<IncidentView, IncidentError> {
        let gate = self.gate.clone();
        let read = move |reader: &mut Reader<'_>| view(reader, gate.secrets(), id);
        self.gate.store().read(read).await
    }
}

fn view(reader: &mut Reader<'_>, secrets: &Secrets, id: IncidentId) -> Result<IncidentView, IncidentError> {
    let (row, moves) = known(reader, secrets, id)?;
    let mut subjects = Vec::new();
    for row in incident::subjects_of(reader, id)? {
        secrets.check_seal(&row)?;
        let name = name(reader, &row.subject)?;
        subjects.push(SubjectView { row, name });
    }
    let claims = incident::claims_of(reader, id)?;
    for claim in &claims {
        secrets.check_seal(claim)?;
    }
    let mut labs = Vec::new();
    for row in incident::concerned_by(reader, id)? {
        secrets.check_seal(&row)?;
        let missing = || Integrity::of(format!("the row of lab {}", row.lab), "it is missing");
        let lab = lab::get(reader, row.lab)?.ok_or_else(missing)?;
        labs.push(ConcernedView { lab, row });
    }
    Ok(IncidentView {
        row,
        state: state(&moves),
        subjects,
        claims,
        moves,
        labs,
    })
}

fn name(reader: &mut Reader<'_>, subject: &IncidentSubject) -> Result<Option<String>, IncidentError> {
    let mut called = |id: PrincipalId| {
        let row = principal::get(reader, id)?;
        Ok::<_, IncidentError>(row.map(|row| row.name))
    };
    Ok(match *subject {
        IncidentSubject::Component(id) | IncidentSubject::Person(id) => called(id)?,
        IncidentSubject::Credential(id) => match credential::get(reader, id)? {
            Some(row) => {
                let holder = principal::get(reader, row.principal)?.map(|holder| holder.name);
                holder.map(|holder| format!("{holder}: {}", row.label))
            }
            None => None,
        },
        IncidentSubject::Platform => None,
    })
}
