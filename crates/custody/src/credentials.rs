//! Which credentials there are: kinds, states and times, never a secret or its hash.

use std::collections::HashMap;
use std::sync::Arc;

use cofferdam_model::engagement::credential_tag;
use cofferdam_model::{
    Actor, Authority, Compartment, CredentialId, CredentialKind, CredentialTag, EngagementId, PrincipalId,
    Timestamp,
};
use cofferdam_store::credential::{self, CredentialRow};
use cofferdam_store::engagement::{self, HolderRow};
use cofferdam_store::{Reader, ledger};

use crate::auth::check_row;
use crate::error::{GateError, Integrity};
use crate::gate::{Gate, Inner};
use crate::record;
use crate::state::StateError;

/// How far back in a lab's ledger a credential's last use is looked for.
const LOOKED_BACK: u64 = 50_000;
/// Entries read at a time.
const PAGE: u32 = 1_024;

/// A credential, as it may be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownCredential {
    /// Its id.
    pub id: CredentialId,
    /// Of which kind.
    pub kind: CredentialKind,
    /// Whom it proves.
    pub principal: PrincipalId,
    /// The one engagement it is good for, if only one.
    pub bound_to: Option<EngagementId>,
    /// What it is for.
    pub label: String,
    /// When it was issued.
    pub issued: Timestamp,
    /// When it proves nothing more.
    pub expires: Timestamp,
    /// When it was revoked, or, a link, used.
    pub revoked: Option<Timestamp>,
    /// Ledger time of the newest entry that it made under any engagement of its holder's, among the newest 50,000 of each
    /// ledger. Ledgers that are closed are not looked into.
    pub last_used: Option<Timestamp>,
}

impl KnownCredential {
    /// Whether it proves anything at `now`.
    pub fn is_good(&self, now: Timestamp) -> bool {
        self.revoked.is_none() && now < self.expires
    }
}

impl Gate {
    /// The credentials by which somebody can act under an engagement, those that no longer prove anything too; newest
    /// first. Says nothing about who may see them.
    pub async fn credentials_of(
        &self,
        engagement: EngagementId,
    ) -> Result<Option<Vec<KnownCredential>>, GateError<std::convert::Infallible>> {
        self.inner.settle().await?;
        let inner = Arc::clone(&self.inner);
        self.inner
            .store
            .read(move |reader| {
                let (holder, installation) = {
                    let state = inner.state();
                    let holder = state.holder(reader, engagement)?;
                    (holder, state.authority(Compartment::Installation)?)
                };
                let (Some(holder), Some(installation)) = (holder, installation) else {
                    return Ok(None);
                };
                let held = held_by(&inner, reader, holder.principal, Some(&holder))?;
                let of = (holder.principal, Some(engagement));
                Ok(Some(known(&inner, reader, of, &held, &installation)?))
            })
            .await
    }
}

impl Gate {
    /// The credentials of somebody that are good for all that they may, those that no longer prove anything too; newest first.
    /// Says nothing about who may see them.
    pub async fn credentials_of_principal(
        &self,
        principal: PrincipalId,
    ) -> Result<Vec<KnownCredential>, GateError<std::convert::Infallible>> {
        self.inner.settle().await?;
        let inner = Arc::clone(&self.inner);
        self.inner
            .store
            .read(move |reader| {
                let installation = inner.state().authority(Compartment::Installation)?;
                let installation = installation
                    .ok_or_else(|| Integrity::of("the installation's ledger", "it is not open"))?;
                let held = held_by(&inner, reader, principal, None)?;
                Ok(known(&inner, reader, (principal, None), &held, &installation)?)
            })
            .await
    }
}

/// Everything that the same principal holds, in ledgers that are open; `sure` must be among it.
fn held_by(
    inner: &Inner,
    reader: &mut Reader<'_>,
    principal: PrincipalId,
    sure: Option<&HolderRow>,
) -> Result<Vec<HolderRow>, StateError> {
    let mut held: Vec<HolderRow> = sure.copied().into_iter().collect();
    for row in engagement::of_principal(reader, principal)? {
        if sure.is_some_and(|sure| row.engagement == sure.engagement) {
            continue;
        }
        match inner.state().holder(reader, row.engagement) {
            Ok(checked) => held.extend(checked),
            Err(StateError::Integrity(found)) => tracing::error!(%found, "a row was not obeyed"),
            Err(error) => return Err(error),
        }
    }
    Ok(held)
}

fn known(
    inner: &Inner,
    reader: &mut Reader<'_>,
    (principal, engagement): (PrincipalId, Option<EngagementId>),
    held: &[HolderRow],
    installation: &Authority,
) -> Result<Vec<KnownCredential>, StateError> {
    let mut rows = Vec::new();
    for row in credential::of_principal(reader, principal)? {
        if row.bound_to.is_some() && row.bound_to != engagement {
            continue;
        }
        match check_row(&inner.secrets, reader, &row) {
            Ok(()) => rows.push(row),
            // It proves nothing, so it is not shown as if it did.
            Err(StateError::Integrity(found)) => tracing::error!(%found, "a row was not obeyed"),
            Err(error) => return Err(error),
        }
    }
    let mut used: HashMap<CredentialId, Timestamp> = HashMap::new();
    for under in held {
        // What is good for one engagement was used under no other.
        let here = rows
            .iter()
            .filter(|row| row.bound_to.is_none_or(|only| only == under.engagement));
        for (id, t) in last_uses(inner, reader, under, here)? {
            let latest = used.entry(id).or_insert(t);
            *latest = t.max(*latest);
        }
    }
    let shown = |row: CredentialRow| KnownCredential {
        id: row.id,
        kind: row.kind,
        principal: row.principal,
        bound_to: row.bound_to,
        label: row.label,
        issued: row.created,
        expires: row.expires,
        revoked: installation.revoked(row.id),
        last_used: used.get(&row.id).copied(),
    };
    Ok(rows.into_iter().rev().map(shown).collect())
}

/// When each was last used under an engagement, as far as is looked back.
fn last_uses<'r>(
    inner: &Inner,
    reader: &mut Reader<'_>,
    holder: &HolderRow,
    rows: impl Iterator<Item = &'r CredentialRow>,
) -> Result<HashMap<CredentialId, Timestamp>, StateError> {
    let tag = |row: &CredentialRow| (credential_tag(&holder.salt, row.id), row.id);
    let mut sought: HashMap<CredentialTag, CredentialId> = rows.map(tag).collect();
    let compartment = Compartment::Lab(holder.lab);
    let size = record::head(reader, &inner.secrets, compartment)?.map_or(0, |head| head.size);
    let (from, mut before) = (size.saturating_sub(LOOKED_BACK), size);
    let mut found = HashMap::new();
    while !sought.is_empty() {
        let rows = ledger::under(reader, compartment, holder.engagement, (from, before), PAGE)?;
        let Some(last) = rows.last() else { break };
        before = last.n;
        for row in &rows {
            let entry = record::check(&inner.secrets, compartment, row)?;
            if let Actor::Engaged { credential, .. } = entry.by
                && let Some(id) = sought.remove(&credential)
            {
                found.insert(id, entry.t);
            }
        }
    }
    Ok(found)
}
