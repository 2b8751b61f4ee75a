//! What people can do and what projects ask for, by which work is offered. It grants nothing.

use std::collections::BTreeSet;

use cofferdam_model::matching::{Able, Wanted};
use cofferdam_model::{PrincipalId, ProjectId};

use crate::error::StoreError;
use crate::params;
use crate::sql::{Reader, Row, Tx};

/// What somebody can do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AbleRow {
    /// Who.
    pub principal: PrincipalId,
    /// What.
    pub able: Able,
    /// Keyed hash over the rest.
    pub seal: [u8; 32],
}

/// What a project asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WantedRow {
    /// Which.
    pub project: ProjectId,
    /// What.
    pub wanted: Wanted,
    /// How many people it has room for.
    pub seats: u32,
    /// What those are told who are not engaged for it.
    pub notice: String,
    /// Keyed hash over the rest.
    pub seal: [u8; 32],
}

/// Words in one text, as they are stored: none of them holds a line feed.
pub fn joined(words: &BTreeSet<String>) -> String {
    words.iter().map(String::as_str).collect::<Vec<_>>().join("\n")
}

fn apart(text: &str) -> BTreeSet<String> {
    text.lines().map(str::to_owned).collect()
}

fn read_able(row: &dyn Row) -> Result<AbleRow, StoreError> {
    Ok(AbleRow {
        principal: row.id(0)?,
        able: Able {
            skills: apart(&row.string(1)?),
            languages: apart(&row.string(2)?),
            hours: row.u32(3)?,
        },
        seal: row.array(4)?,
    })
}

fn read_wanted(row: &dyn Row) -> Result<WantedRow, StoreError> {
    Ok(WantedRow {
        project: row.id(0)?,
        wanted: Wanted {
            skills: apart(&row.string(1)?),
            languages: apart(&row.string(2)?),
            hours: row.u32(3)?,
        },
        seats: row.u32(4)?,
        notice: row.string(5)?,
        seal: row.array(6)?,
    })
}

/// Says what somebody can do, in place of what was said before.
pub fn put_able(tx: &mut Tx<'_>, row: &AbleRow) -> Result<(), StoreError> {
    let (skills, languages) = (joined(&row.able.skills), joined(&row.able.languages));
    tx.execute(
        "INSERT INTO able (principal, skills, languages, hours, seal) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (principal) DO UPDATE SET skills = excluded.skills, languages = excluded.languages,
             hours = excluded.hours, seal = excluded.seal",
        params![row.principal, skills, languages, row.able.hours, row.seal],
    )?;
    Ok(())
}

/// Says what a project asks for, in place of what was said before.
pub fn put_wanted(tx: &mut Tx<'_>, row: &WantedRow) -> Result<(), StoreError> {
    let (skills, languages) = (joined(&row.wanted.skills), joined(&row.wanted.languages));
    tx.execute(
        "INSERT INTO wanted (project, skills, languages, hours, seats, notice, seal) VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (project) DO UPDATE SET skills = excluded.skills, languages = excluded.languages,
             hours = excluded.hours, seats = excluded.seats, notice = excluded.notice, seal = excluded.seal",
        params![row.project, skills, languages, row.wanted.hours, row.seats, row.notice, row.seal],
    )?;
    Ok(())
}

/// What somebody can do, if it was said.
pub fn able(reader: &mut Reader<'_>, principal: PrincipalId) -> Result<Option<AbleRow>, StoreError> {
    reader.first(
        "SELECT principal, skills, languages, hours, seal FROM able WHERE principal = $1",
        params![principal],
        read_able,
    )
}

/// What everybody can do of whom it was said.
pub fn all_able(reader: &mut Reader<'_>) -> Result<Vec<AbleRow>, StoreError> {
    reader.all(
        "SELECT principal, skills, languages, hours, seal FROM able ORDER BY principal",
        &[],
        read_able,
    )
}

/// What every project asks for of which it was said, and whether it has a task to hand out.
pub fn all_wanted(reader: &mut Reader<'_>) -> Result<Vec<(WantedRow, bool)>, StoreError> {
    reader.all(
        "SELECT project, skills, languages, hours, seats, notice, seal,
                CASE WHEN EXISTS (SELECT 1 FROM task WHERE task.project = wanted.project AND slots > 0) THEN 1 ELSE 0 END
         FROM wanted ORDER BY project",
        &[],
        |row| Ok((read_wanted(row)?, row.i64(7)? == 1)),
    )
}
