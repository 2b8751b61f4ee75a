//! Incidents: what they are about, when sources say that it was, where they stand, and which labs they concern.
//!
//! Nothing is taken away: an incident's state is that of its last move, and what a lab decided last stands in its row.

use std::collections::BTreeSet;

use cofferdam_model::{
    Checked, Claim, CredentialId, Id, IncidentDecision, IncidentId, IncidentState, IncidentSubject, LabId,
    PrincipalId, Timestamp, Window,
};

use crate::error::StoreError;
use crate::params;
use crate::sql::{Reader, Row, Tx, missing};

/// An incident: what never changes of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IncidentRow {
    /// Its id.
    pub id: IncidentId,
    /// What the firm calls it.
    pub title: String,
    /// Why it was opened, in the firm's words.
    pub reason: String,
    /// The same for the labs concerned; none: they are told that it was.
    pub for_labs: Option<String>,
    /// The id of the advisory's record that it was opened from; none: by hand.
    pub record: Option<String>,
    /// SHA-256 of each document of the event that it was opened on, as it was then; none: by hand.
    pub records: Vec<[u8; 32]>,
    /// Which operator opened it.
    pub by: PrincipalId,
    /// When.
    pub opened: Timestamp,
}

/// What made a subject one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grounds {
    /// An operator named it.
    Named,
    /// What it said that it runs is affected.
    Affected,
    /// Whether what it ran is affected is not known.
    Unknown,
}

impl Grounds {
    const fn code(self) -> i64 {
        match self {
            Self::Named => 0,
            Self::Affected => 1,
            Self::Unknown => 2,
        }
    }

    const fn from_code(code: i64) -> Option<Self> {
        Some(match code {
            0 => Self::Named,
            1 => Self::Affected,
            2 => Self::Unknown,
            _ => return None,
        })
    }

    /// Its name in the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Named => "named",
            Self::Affected => "affected",
            Self::Unknown => "unknown",
        }
    }
}

/// Whom or what an incident is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SubjectRow {
    /// Of which incident.
    pub incident: IncidentId,
    /// Who or what.
    pub subject: IncidentSubject,
    /// What made it one.
    pub grounds: Grounds,
    /// Since when it is a subject.
    pub added: Timestamp,
    /// When its host was rebuilt, as was last declared.
    pub rebuilt: Option<Timestamp>,
    /// Keyed hash over the rest.
    pub seal: [u8; 32],
}

/// When it was, by one source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimRow {
    /// Of which incident.
    pub incident: IncidentId,
    /// Its number there, from 1.
    pub n: u64,
    /// Who says so.
    pub source: String,
    /// When it was.
    pub window: Window,
    /// Which operator took it.
    pub by: PrincipalId,
    /// When.
    pub taken: Timestamp,
    /// Keyed hash over the rest.
    pub seal: [u8; 32],
}

impl ClaimRow {
    /// What is claimed.
    #[must_use]
    pub fn claim(self) -> Claim {
        Claim {
            source: self.source,
            window: self.window,
        }
    }
}

/// A step of an incident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MoveRow {
    /// Of which incident.
    pub incident: IncidentId,
    /// Its number there, from 1.
    pub n: u64,
    /// Where it stands since.
    pub state: IncidentState,
    /// Why, in the firm's words.
    pub reason: String,
    /// The same for the labs concerned; none: they are told that it was.
    pub for_labs: Option<String>,
    /// Which operator moved it.
    pub by: PrincipalId,
    /// When.
    pub at: Timestamp,
    /// Keyed hash over the rest.
    pub seal: [u8; 32],
}

/// A lab that an incident concerns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConcernedRow {
    /// Which incident.
    pub incident: IncidentId,
    /// Which lab.
    pub lab: LabId,
    /// The lab's own id for it.
    pub own: IncidentId,
    /// Since when it is in the lab's ledger.
    pub told: Timestamp,
    /// What the lab decided last.
    pub decided: Option<Decided>,
    /// Keyed hash over the rest.
    pub seal: [u8; 32],
}

/// What a lab decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// What it does.
    pub decision: IncidentDecision,
    /// What it wants to be checked before what is stopped goes on.
    pub conditions: BTreeSet<Checked>,
    /// When.
    pub at: Timestamp,
}

/// How a subject is stored: its kind and its id; the platform has none.
pub fn subject_parts(subject: &IncidentSubject) -> (i64, [u8; 16]) {
    match subject {
        IncidentSubject::Component(id) => (0, *id.as_bytes()),
        IncidentSubject::Person(id) => (1, *id.as_bytes()),
        IncidentSubject::Credential(id) => (2, *id.as_bytes()),
        IncidentSubject::Platform => (3, [0; 16]),
    }
}

fn subject_of(kind: i64, id: [u8; 16]) -> Option<IncidentSubject> {
    Some(match kind {
        0 => IncidentSubject::Component(PrincipalId::from_bytes(id)),
        1 => IncidentSubject::Person(PrincipalId::from_bytes(id)),
        2 => IncidentSubject::Credential(CredentialId::from_bytes(id)),
        3 => IncidentSubject::Platform,
        _ => return None,
    })
}

fn read(row: &dyn Row) -> Result<IncidentRow, StoreError> {
    let (records, rest) = row.blob(5)?.ok_or_else(|| missing(5))?.as_chunks();
    if !rest.is_empty() {
        return Err(missing(5));
    }
    Ok(IncidentRow {
        records: records.to_vec(),
        id: row.id(0)?,
        title: row.string(1)?,
        reason: row.string(2)?,
        for_labs: row.text(3)?,
        record: row.text(4)?,
        by: row.id(6)?,
        opened: row.time(7)?,
    })
}

fn read_subject(row: &dyn Row) -> Result<SubjectRow, StoreError> {
    Ok(SubjectRow {
        incident: row.id(0)?,
        subject: subject_of(row.i64(1)?, row.array(2)?).ok_or_else(|| missing(1))?,
        grounds: Grounds::from_code(row.i64(3)?).ok_or_else(|| missing(3))?,
        added: row.time(4)?,
        rebuilt: row.maybe_time(5)?,
        seal: row.array(6)?,
    })
}

fn read_claim(row: &dyn Row) -> Result<ClaimRow, StoreError> {
    Ok(ClaimRow {
        incident: row.id(0)?,
        n: row.u64(1)?,
        source: row.string(2)?,
        window: Window::new(row.time(3)?, row.maybe_time(4)?).map_err(|_| missing(4))?,
        by: row.id(5)?,
        taken: row.time(6)?,
        seal: row.array(7)?,
    })
}

fn read_move(row: &dyn Row) -> Result<MoveRow, StoreError> {
    Ok(MoveRow {
        incident: row.id(0)?,
        n: row.u64(1)?,
        state: IncidentState::from_code(row.i64(2)?).ok_or_else(|| missing(2))?,
        reason: row.string(3)?,
        for_labs: row.text(4)?,
        by: row.id(5)?,
        at: row.time(6)?,
        seal: row.array(7)?,
    })
}

fn read_concerned(row: &dyn Row) -> Result<ConcernedRow, StoreError> {
    let decided = match (row.int(4)?, row.int(5)?, row.maybe_time(6)?) {
        (None, None, None) => None,
        (Some(code), Some(bits), Some(at)) => Some(Decided {
            decision: IncidentDecision::from_code(code).ok_or_else(|| missing(4))?,
            conditions: Checked::of_bits(bits).ok_or_else(|| missing(5))?,
            at,
        }),
        _ => return Err(missing(6)),
    };
    Ok(ConcernedRow {
        incident: row.id(0)?,
        lab: row.id(1)?,
        own: row.id(2)?,
        told: row.time(3)?,
        decided,
        seal: row.array(7)?,
    })
}

/// Adds an incident.
pub fn insert(tx: &mut Tx<'_>, row: &IncidentRow) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO incident (id, title, reason, for_labs, record, records, operator, opened)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        params![
            row.id,
            row.title,
            row.reason,
            row.for_labs,
            row.record,
            row.records.as_flattened(),
            row.by,
            row.opened
        ],
    )?;
    Ok(())
}

/// Adds a subject, or what was declared of it since.
pub fn put_subject(tx: &mut Tx<'_>, row: &SubjectRow) -> Result<(), StoreError> {
    let (kind, id) = subject_parts(&row.subject);
    tx.execute(
        "INSERT INTO incident_subject (incident, kind, subject, grounds, added, rebuilt, seal)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (incident, kind, subject) DO UPDATE SET grounds = excluded.grounds, added = excluded.added,
             rebuilt = excluded.rebuilt, seal = excluded.seal",
        params![
            row.incident,
            kind,
            id,
            row.grounds.code(),
            row.added,
            row.rebuilt,
            row.seal
        ],
    )?;
    Ok(())
}

/// Adds a claim.
pub fn insert_claim(tx: &mut Tx<'_>, row: &ClaimRow) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO incident_claim (incident, n, source, since, until, operator, taken, seal)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        params![
            row.incident,
            row.n,
            row.source,
            row.window.from(),
            row.window.to(),
            row.by,
            row.taken,
            row.seal
        ],
    )?;
    Ok(())
}

/// Adds a step.
pub fn insert_move(tx: &mut Tx<'_>, row: &MoveRow) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO incident_move (incident, n, state, reason, for_labs, operator, moved, seal)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        params![
            row.incident,
            row.n,
            row.state.code(),
            row.reason,
            row.for_labs,
            row.by,
            row.at,
            row.seal
        ],
    )?;
    Ok(())
}

/// Adds a lab that is concerned, or what it decided since.
pub fn put_concerned(tx: &mut Tx<'_>, row: &ConcernedRow) -> Result<(), StoreError> {
    let decided = row.decided.as_ref();
    tx.execute(
        "INSERT INTO incident_lab (incident, lab, own, told, decision, conditions, decided, seal)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (incident, lab) DO UPDATE SET own = excluded.own, told = excluded.told,
             decision = excluded.decision, conditions = excluded.conditions, decided = excluded.decided,
             seal = excluded.seal",
        params![
            row.incident,
            row.lab,
            row.own,
            row.told,
            decided.map(|decided| decided.decision.code()),
            decided.map(|decided| Checked::bits(&decided.conditions)),
            decided.map(|decided| decided.at),
            row.seal
        ],
    )?;
    Ok(())
}

/// The one of that id.
pub fn get(reader: &mut Reader<'_>, id: IncidentId) -> Result<Option<IncidentRow>, StoreError> {
    reader.first(
        "SELECT id, title, reason, for_labs, record, records, operator, opened FROM incident WHERE id = $1",
        params![id],
        read,
    )
}

/// Every incident, in the order in which they were opened.
pub fn all(reader: &mut Reader<'_>) -> Result<Vec<IncidentRow>, StoreError> {
    reader.all(
        "SELECT id, title, reason, for_labs, record, records, operator, opened FROM incident ORDER BY opened, id",
        &[],
        read,
    )
}

/// Every subject.
pub fn subjects(reader: &mut Reader<'_>) -> Result<Vec<SubjectRow>, StoreError> {
    reader.all(
        "SELECT incident, kind, subject, grounds, added, rebuilt, seal FROM incident_subject
         ORDER BY incident, kind, subject",
        &[],
        read_subject,
    )
}

/// Whom or what an incident is about.
pub fn subjects_of(reader: &mut Reader<'_>, incident: IncidentId) -> Result<Vec<SubjectRow>, StoreError> {
    reader.all(
        "SELECT incident, kind, subject, grounds, added, rebuilt, seal FROM incident_subject
         WHERE incident = $1 ORDER BY kind, subject",
        params![incident],
        read_subject,
    )
}

/// Every claim.
pub fn claims(reader: &mut Reader<'_>) -> Result<Vec<ClaimRow>, StoreError> {
    reader.all(
        "SELECT incident, n, source, since, until, operator, taken, seal FROM incident_claim ORDER BY incident, n",
        &[],
        read_claim,
    )
}

/// What sources say of an incident, in the order in which it was taken.
pub fn claims_of(reader: &mut Reader<'_>, incident: IncidentId) -> Result<Vec<ClaimRow>, StoreError> {
    reader.all(
        "SELECT incident, n, source, since, until, operator, taken, seal FROM incident_claim
         WHERE incident = $1 ORDER BY n",
        params![incident],
        read_claim,
    )
}

/// Every step.
pub fn moves(reader: &mut Reader<'_>) -> Result<Vec<MoveRow>, StoreError> {
    reader.all(
        "SELECT incident, n, state, reason, for_labs, operator, moved, seal FROM incident_move ORDER BY incident, n",
        &[],
        read_move,
    )
}

/// The steps of an incident, in their order.
pub fn moves_of(reader: &mut Reader<'_>, incident: IncidentId) -> Result<Vec<MoveRow>, StoreError> {
    reader.all(
        "SELECT incident, n, state, reason, for_labs, operator, moved, seal FROM incident_move
         WHERE incident = $1 ORDER BY n",
        params![incident],
        read_move,
    )
}

/// Every lab that is concerned by something.
pub fn concerned(reader: &mut Reader<'_>) -> Result<Vec<ConcernedRow>, StoreError> {
    reader.all(
        "SELECT incident, lab, own, told, decision, conditions, decided, seal FROM incident_lab ORDER BY incident, lab",
        &[],
        read_concerned,
    )
}

/// The labs that an incident concerns.
pub fn concerned_by(reader: &mut Reader<'_>, incident: IncidentId) -> Result<Vec<ConcernedRow>, StoreError> {
    reader.all(
        "SELECT incident, lab, own, told, decision, conditions, decided, seal FROM incident_lab
         WHERE incident = $1 ORDER BY lab",
        params![incident],
        read_concerned,
    )
}

/// What concerns a lab, in the order in which it was told.
pub fn of_lab(reader: &mut Reader<'_>, lab: LabId) -> Result<Vec<ConcernedRow>, StoreError> {
    reader.all(
        "SELECT incident, lab, own, told, decision, conditions, decided, seal FROM incident_lab
         WHERE lab = $1 ORDER BY told, own",
        params![lab],
        read_concerned,
    )
}

/// What a lab calls by that id of its own.
pub fn own(reader: &mut Reader<'_>, lab: LabId, own: IncidentId) -> Result<Option<ConcernedRow>, StoreError> {
    reader.first(
        "SELECT incident, lab, own, told, decision, conditions, decided, seal FROM incident_lab WHERE lab = $1 AND own = $2",
        params![lab, own],
        read_concerned,
    )
}
