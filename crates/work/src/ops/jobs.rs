//! The platform's own jobs: principals like any other, each with an engagement per project.

use cofferdam_custody::Caller;
use cofferdam_model::{EngagementId, ProjectId};
use cofferdam_store::engagement;

use super::{Platform, WorkError};

/// Measures agreement.
pub(super) const AGREEMENT: &str = "agreement";
/// Builds deliveries.
pub(super) const DELIVERY: &str = "delivery";

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
        let mut ended = None;
        for row in held {
            let Some((found, _)) = self.gate.engagement(row.engagement).await? else {
                continue;
            };
            if found.project() != Some(project) {
                continue;
            }
            if found.active(self.gate.env().now()) {
                return Ok((caller, row.engagement));
            }
            ended = Some(row.engagement);
        }
        ended.map(|engagement| (caller, engagement)).ok_or_else(missing)
    }
}
