//! Labs, persons and components.

use cofferdam_custody::{AdminCommand, AdminDone, AdminScope, Caller, GateError, Issued};
use cofferdam_model::{Compartment, CredentialKind, EngagementId, Fact, LabId, PrincipalId};
use cofferdam_store::lab::{self, LabRow};
use cofferdam_store::principal::{self, PrincipalKind, PrincipalRow};

use super::{Platform, WorkError};

const MOST_NAME_BYTES: usize = 200;

/// A name that people read: trimmed, not empty, not long, without control characters.
///
/// # Errors
/// [`WorkError::Invalid`], naming `field`.
pub fn check_name(field: &str, name: &str) -> Result<String, WorkError> {
    let name = name.trim();
    if name.is_empty() || name.len() > MOST_NAME_BYTES || name.chars().any(char::is_control) {
        return Err(WorkError::invalid(
            field,
            "1 to 200 bytes of text without control characters are needed",
        ));
    }
    Ok(name.to_owned())
}

struct OpenLab(String);

impl AdminCommand for OpenLab {
    type Output = LabRow;
    type Error = WorkError;

    fn run(self, scope: &mut AdminScope<'_, '_>) -> Result<AdminDone<LabRow>, GateError<WorkError>> {
        if lab::by_name(scope.tx.reader(), &self.0)?.is_some() {
            return Err(WorkError::Conflict(format!("there is a lab called `{}` already", self.0)).into());
        }
        let row = LabRow {
            id: scope.env.new_id()?,
            name: self.0,
            created: scope.now,
        };
        lab::insert(scope.tx, &row)?;
        let fact = Fact::LabOpened { lab: row.id };
        Ok(AdminDone::one(row.clone(), Compartment::Lab(row.id), fact))
    }
}

struct Enrol {
    name: String,
    kind: PrincipalKind,
    operator: bool,
}

impl AdminCommand for Enrol {
    type Output = PrincipalRow;
    type Error = WorkError;

    fn run(self, scope: &mut AdminScope<'_, '_>) -> Result<AdminDone<PrincipalRow>, GateError<WorkError>> {
        let row = PrincipalRow {
            id: scope.env.new_id()?,
            kind: self.kind,
            name: self.name,
            created: scope.now,
        };
        principal::insert(scope.tx, &row)?;
        let granted = Fact::OperatorGranted { principal: row.id };
        let facts = if self.operator {
            vec![(Compartment::Installation, granted)]
        } else {
            Vec::new()
        };
        Ok(AdminDone {
            output: row,
            facts,
            consequences: Vec::new(),
        })
    }
}

impl Platform {
    /// Opens a lab's compartment.
    pub async fn open_lab(&self, caller: &Caller, name: &str) -> Result<LabRow, WorkError> {
        let name = check_name("name", name)?;
        Ok(self.gate.administer(caller, OpenLab(name)).await?.0)
    }

    /// Enrols a person or a component; an operator only when asked.
    pub async fn enrol(
        &self,
        caller: &Caller,
        name: &str,
        kind: PrincipalKind,
        operator: bool,
    ) -> Result<PrincipalRow, WorkError> {
        let name = check_name("name", name)?;
        if operator && kind != PrincipalKind::Person {
            return Err(WorkError::invalid("operator", "only a person can be an operator"));
        }
        Ok(self
            .gate
            .administer(caller, Enrol { name, kind, operator })
            .await?
            .0)
    }

    /// Issues a one-time login link.
    pub async fn invite(
        &self,
        caller: &Caller,
        person: PrincipalId,
        minutes: i64,
    ) -> Result<Issued, WorkError> {
        if !(1..=10_080).contains(&minutes) {
            return Err(WorkError::invalid("minutes", "1 to 10080 (a week) are possible"));
        }
        let row = self.gate.store().read(move |r| principal::get(r, person)).await?;
        match row {
            Some(row) if row.kind == PrincipalKind::Person => {}
            Some(_) => {
                return Err(WorkError::invalid(
                    "person",
                    "only a person logs in; give a component a token",
                ));
            }
            None => return Err(WorkError::NotFound("person")),
        }
        let seconds = minutes * 60;
        Ok(self
            .gate
            .issue(caller, CredentialKind::Link, person, None, "login link", seconds)
            .await?)
    }

    /// Issues an API token that is good for one engagement alone.
    pub async fn issue_token(
        &self,
        caller: &Caller,
        engagement: EngagementId,
        label: &str,
        days: i64,
    ) -> Result<Issued, WorkError> {
        let label = check_name("label", label)?;
        if !(1..=366).contains(&days) {
            return Err(WorkError::invalid("days", "1 to 366 are possible"));
        }
        let found = self.gate.engagement(engagement).await?;
        let (_, holder) = found.ok_or(WorkError::NotFound("engagement"))?;
        let seconds = days * 86_400;
        let kind = CredentialKind::Token;
        Ok(self
            .gate
            .issue(caller, kind, holder.principal, Some(engagement), &label, seconds)
            .await?)
    }

    /// Every lab.
    pub async fn labs(&self) -> Result<Vec<LabRow>, WorkError> {
        Ok(self.gate.store().read(lab::all).await?)
    }

    /// A lab by its id.
    pub async fn lab(&self, id: LabId) -> Result<LabRow, WorkError> {
        let found = self.gate.store().read(move |r| lab::get(r, id)).await?;
        found.ok_or(WorkError::NotFound("lab"))
    }

    /// Persons and components by name, after `(name, id)`.
    pub async fn people(
        &self,
        after: (String, PrincipalId),
        limit: u32,
    ) -> Result<Vec<PrincipalRow>, WorkError> {
        Ok(self
            .gate
            .store()
            .read(move |r| principal::page(r, &after, limit))
            .await?)
    }

    /// A person or component by its id.
    pub async fn person(&self, id: PrincipalId) -> Result<PrincipalRow, WorkError> {
        let found = self.gate.store().read(move |r| principal::get(r, id)).await?;
        found.ok_or(WorkError::NotFound("person"))
    }
}
