//! Who a subject is, and where it is or was engaged: what rows say of that, held against ledgers.

use std::sync::Arc;

use cofferdam_custody::{Integrity, Secrets};
use cofferdam_model::engagement::{Engagement, HolderCommitment};
use cofferdam_model::{Authority, EngagementId, IncidentSubject, LabId, PrincipalId};
use cofferdam_store::credential::CredentialRow;
use cofferdam_store::engagement::HolderRow;
use cofferdam_store::{Reader, credential};

use crate::IncidentError;

/// Whose compromise a subject's is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Whose {
    pub(crate) principal: PrincipalId,
    /// The one engagement that it is good for: a credential may be good for only one.
    pub(crate) bound_to: Option<EngagementId>,
}

/// Whose a subject is; nobody's, where it is the platform.
pub(crate) fn whose(
    reader: &mut Reader<'_>,
    secrets: &Secrets,
    subject: &IncidentSubject,
) -> Result<Option<Whose>, IncidentError> {
    Ok(match *subject {
        IncidentSubject::Component(principal) | IncidentSubject::Person(principal) => Some(Whose {
            principal,
            bound_to: None,
        }),
        IncidentSubject::Credential(id) => {
            let missing = || Integrity::of(format!("the row of credential {id}"), "it is missing");
            let row: CredentialRow = credential::get(reader, id)?.ok_or_else(missing)?;
            secrets.check_credential(reader, &row)?;
            Some(Whose {
                principal: row.principal,
                bound_to: row.bound_to,
            })
        }
        IncidentSubject::Platform => None,
    })
}

/// An engagement of somebody's, ended or not, and the salt of its holder's commitment.
#[derive(Debug, Clone)]
pub(crate) struct Held {
    pub(crate) granted: Engagement,
    pub(crate) salt: [u8; 32],
}

/// What a principal holds and held, of their holder rows. A ledger that is closed, or of none of the labs asked about, says nothing; and a
/// row that opens no commitment is not obeyed.
pub(crate) fn held(
    rows: &[HolderRow],
    whose: Whose,
    authority: impl Fn(LabId) -> Option<Arc<Authority>>,
) -> Vec<Held> {
    let granted = |row: &HolderRow| {
        let authority = authority(row.lab)?;
        let granted = authority.engagement(row.engagement)?;
        let own = granted.holder == HolderCommitment::new(&row.salt, whose.principal);
        let good = whose.bound_to.is_none_or(|only| only == row.engagement);
        (own && good).then(|| Held {
            granted: granted.clone(),
            salt: row.salt,
        })
    };
    rows.iter().filter_map(granted).collect()
}
