//! Asking before work is spent: whether an act would be admitted, with a refusal on the ledger like any other.

use cofferdam_custody::{Caller, Command, Done, GateError, Scope};
use cofferdam_model::{Act, Engagement, EngagementId, ProjectId};

use super::{Platform, WorkError};

/// An act that does nothing: what matters is that it is refused, and recorded.
struct Nothing {
    act: Act,
    project: Option<ProjectId>,
}

impl Command for Nothing {
    type Output = ();
    type Error = WorkError;

    fn act(&self) -> Act {
        self.act
    }

    fn project(&self) -> Option<ProjectId> {
        self.project
    }

    fn run(self, _scope: &mut Scope<'_, '_>) -> Result<Done<()>, GateError<WorkError>> {
        Ok(Done::quiet(()))
    }
}

impl Platform {
    /// The engagement, when the caller may do this under it now. The act itself is admitted again, with its record.
    pub async fn admitted(
        &self,
        caller: &Caller,
        engagement: EngagementId,
        act: Act,
        project: Option<ProjectId>,
    ) -> Result<Engagement, WorkError> {
        match self.gate.allows(caller, engagement, act, project).await? {
            Ok(held) => Ok(held),
            Err(refusal) => {
                self.gate
                    .transact(caller, engagement, Nothing { act, project })
                    .await?;
                Err(refusal.into())
            }
        }
    }
}
