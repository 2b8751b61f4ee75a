//! Replacing the keys of projects.

use std::collections::BTreeSet;

use cofferdam_custody::{AdminCommand, AdminDone, AdminScope, Again, Caller, GateError, Progress};
use cofferdam_model::{Compartment, Fact, LabId, ProjectId};
use cofferdam_store::project;

use super::{Platform, WorkError};

/// Calls for new keys, of all or of none.
struct RotateEpochs(BTreeSet<ProjectId>);

impl AdminCommand for RotateEpochs {
    type Output = Vec<ProjectId>;
    type Error = WorkError;
    const AGAIN: Option<Again<Self::Output>> = Some(Again::json("rotate-epochs"));

    fn run(self, scope: &mut AdminScope<'_, '_>) -> Result<AdminDone<Self::Output>, GateError<WorkError>> {
        let mut facts = Vec::with_capacity(self.0.len());
        for project in &self.0 {
            let row = project::get(scope.tx.reader(), *project)?.ok_or(WorkError::NotFound("project"))?;
            scope.secrets.check(&row)?;
            let compartment = Compartment::Lab(row.lab);
            let authority = scope.authority(compartment)?;
            authority
                .and_then(|authority| authority.project(*project))
                .ok_or(WorkError::NotFound("project"))?;
            facts.push((compartment, Fact::EpochsRotated { project: *project }));
        }
        Ok(AdminDone {
            output: self.0.into_iter().collect(),
            facts,
            consequences: Vec::new(),
        })
    }
}

impl Platform {
    /// Calls for new keys of projects: what each has sealed so far is sealed anew in the background, and the keys it was under are
    /// taken away an hour later. Gives the projects.
    pub async fn rotate_epochs(
        &self,
        caller: &Caller,
        projects: BTreeSet<ProjectId>,
    ) -> Result<Vec<ProjectId>, WorkError> {
        Ok(self.gate.administer(caller, RotateEpochs(projects)).await?.0)
    }

    /// The same of every project of some labs. What a lab's ledger that does not check keeps closed stays as it is, and is an error.
    pub async fn rotate_labs(
        &self,
        caller: &Caller,
        labs: impl IntoIterator<Item = LabId>,
    ) -> Result<Vec<ProjectId>, WorkError> {
        self.gate.administers(caller)?;
        let mut projects = BTreeSet::new();
        for lab in labs {
            let authority = self.gate.authority(Compartment::Lab(lab))?;
            projects.extend(authority.iter().flat_map(|a| a.projects().map(|(id, _)| id)));
        }
        self.rotate_epochs(caller, projects).await
    }

    /// How far the replacement of a project's keys is; none: it was never called for.
    pub async fn rotation(&self, project: ProjectId) -> Result<Option<Progress>, WorkError> {
        let row = self.project_row(project).await?;
        Ok(self.gate.rotation(row.lab, project).await?)
    }
}
