//! Nobody's time for what they have in hand runs out while a halt keeps them from going on with it.

use cofferdam_custody::{GateError, Scope};
use cofferdam_model::{CredentialId, EngagementId, Halt, PrincipalId, ProjectId, Scope as On, Timestamp};
use cofferdam_store::credential;
use cofferdam_store::task::AssignmentRow;

use super::WorkError;

/// What somebody has in hand for a time.
#[derive(Debug, Clone, Copy)]
pub(super) struct InHand {
    pub(super) project: ProjectId,
    pub(super) engagement: EngagementId,
    pub(super) principal: PrincipalId,
    /// The end of that time.
    pub(super) until: Timestamp,
}

impl From<&AssignmentRow> for InHand {
    fn from(hold: &AssignmentRow) -> Self {
        Self {
            project: hold.project,
            engagement: hold.engagement,
            principal: hold.principal,
            until: hold.until,
        }
    }
}

/// How long each halt that concerns it keeps something in its holder's hands though their time has ended: while it is open, of
/// which the end is not known yet (none), and, where it came to its end by itself, in the time that this gave them, of
/// `lease_seconds`.
pub(super) fn spares(
    scope: &mut Scope<'_, '_>,
    held: &InHand,
    lease_seconds: i64,
) -> Result<Vec<Option<Timestamp>>, GateError<WorkError>> {
    let mut spared = Vec::new();
    for halt in scope.halts() {
        let ended = halt.until.filter(|until| *until <= scope.now);
        let end = ended.map(|end| end.plus_seconds(lease_seconds));
        let goes_on = halt.since <= held.until && end.is_none_or(|end| end > scope.now);
        if goes_on && concerns(scope, &halt, held)? {
            spared.push(end);
        }
    }
    Ok(spared)
}

fn concerns(scope: &mut Scope<'_, '_>, halt: &Halt, held: &InHand) -> Result<bool, GateError<WorkError>> {
    Ok(match halt.scope {
        On::Installation => true,
        On::Lab(of) => of == scope.engagement.lab,
        On::Project(of) => of == held.project,
        // Under one that has ended nobody goes on, halted or not.
        On::Engagement(of) => {
            let found = scope
                .authority()?
                .engagement(of)
                .and_then(|it| it.ended(scope.now));
            of == held.engagement && found.is_none()
        }
        On::Person(of) | On::Component(of) => of == held.principal,
        On::Credential(of) => would_do(scope, of, held)?,
    })
}

/// Whether somebody could go on by a credential, were it not halted.
fn would_do(
    scope: &mut Scope<'_, '_>,
    id: CredentialId,
    held: &InHand,
) -> Result<bool, GateError<WorkError>> {
    let Some(row) = credential::get(scope.tx.reader(), id)? else {
        return Ok(false);
    };
    let good = row.expires > scope.now && !scope.is_revoked(id);
    let theirs = row.principal == held.principal && row.bound_to.is_none_or(|only| only == held.engagement);
    // What a row says that is not as it was issued keeps nothing.
    Ok(good && theirs && scope.secrets.check_credential(scope.tx.reader(), &row).is_ok())
}
