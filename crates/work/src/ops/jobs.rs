//! The platform's own jobs: principals like any other, each with an engagement per project.

use cofferdam_custody::{Caller, GateError};
use cofferdam_model::{EngagementId, Env, PrincipalId, ProjectId, Timestamp};
use cofferdam_store::principal::{self, PrincipalKind, PrincipalRow};
use cofferdam_store::{Tx, engagement};

use super::{Platform, WorkError};

/// Measures agreement.
pub(super) const AGREEMENT: &str = "agreement";
/// Builds deliveries.
pub(super) const DELIVERY: &str = "delivery";

/// The job's principal, enrolled if it is new.
pub(super) fn enrolled(
    tx: &mut Tx<'_>,
    env: &Env,
    now: Timestamp,
    name: &str,
) -> Result<PrincipalId, GateError<WorkError>> {
    if let Some(known) = principal::job(tx.reader(), name)? {
        return Ok(known.id);
    }
    let row = PrincipalRow {
        id: env.new_id()?,
        kind: PrincipalKind::Job,
        name: name.to_owned(),
        created: now,
    };
    principal::insert(tx, &row)?;
    Ok(row.id)
}

impl Platform {
    /// A job and its engagement for a project.
    pub(super) async fn job(
        &self,
        name: &'static str,
        project: ProjectId,
    ) -> Result<(Caller, EngagementId), WorkError> {
        let missing = || WorkError::Failed(format!("the job `{name}` has no engagement for this project"));
        let caller = self.gate.job(name).await?.ok_or_else(missing)?;
        let principal = caller.principal();
        let held = self
            .gate
            .store()
            .read(move |r| engagement::of_principal(r, principal))
            .await?;
        for row in held {
            let found = self.gate.engagement(row.engagement).await?;
            if found.is_some_and(|(e, _)| e.project() == Some(project)) {
                return Ok((caller, row.engagement));
            }
        }
        Err(missing())
    }
}
