//! Readings of the ledger: tlog-tiles for outsiders, and what a credential touched.

use std::collections::BTreeMap;
use std::sync::Arc;

use cofferdam_ledger::tile::{BundleCoord, TILE_WIDTH, TileCoord, append_entry};
use cofferdam_model::engagement::credential_tag;
use cofferdam_model::{
    Actor, Compartment, CredentialId, CredentialTag, Draw, EngagementId, Entry, LabId, ProjectId, Timestamp,
};
use cofferdam_store::{Reader, StoreError, credential, engagement, ledger};

use crate::error::GateError;
use crate::gate::{Gate, Inner};
use crate::record;

const PAGE: u32 = 4_096;

/// What one credential touched in one lab.
#[derive(Debug, Clone, Default)]
pub struct LabExposure {
    /// Entries that name it.
    pub entries: u64,
    /// Plaintext released, by project.
    pub projects: BTreeMap<ProjectId, Draw>,
    /// Ledger time of the first such entry.
    pub first: Option<Timestamp>,
    /// And of the last.
    pub last: Option<Timestamp>,
}

/// What one credential touched, by lab.
#[derive(Debug, Clone, Default)]
pub struct Exposure {
    /// Each lab in whose ledger it appears within the window.
    pub labs: BTreeMap<LabId, LabExposure>,
    /// Labs whose ledger does not check: what was touched there is unknown.
    pub unknown: Vec<LabId>,
}

impl Gate {
    /// The text of a compartment's newest checkpoint.
    pub async fn checkpoint(&self, compartment: Compartment) -> Result<Option<String>, StoreError> {
        let head = self
            .inner
            .store
            .read(move |r| ledger::head(r, compartment))
            .await?;
        Ok(head.and_then(|h| h.checkpoint))
    }

    /// The key that verifies a compartment's checkpoints.
    pub fn vkey(&self, compartment: Compartment) -> Option<String> {
        self.inner
            .secrets
            .ledger_key(compartment)
            .ok()
            .map(|k| k.verifying_key().to_string())
    }

    /// A tile's bytes, as wide as asked, or none when the tree does not reach that far.
    pub async fn tile(
        &self,
        compartment: Compartment,
        coord: TileCoord,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let found = self
            .inner
            .store
            .read(move |r| ledger::tile(r, compartment, coord.level, coord.index))
            .await?;
        let wanted = usize::from(coord.width) * 32;
        Ok(found.filter(|bytes| bytes.len() >= wanted).map(|mut bytes| {
            bytes.truncate(wanted);
            bytes
        }))
    }

    /// A bundle of entries, as wide as asked, or none when the tree does not reach that far.
    pub async fn bundle(
        &self,
        compartment: Compartment,
        coord: BundleCoord,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let width = u32::from(coord.width);
        let first = coord.index.saturating_mul(TILE_WIDTH);
        let read = move |r: &mut Reader<'_>| {
            let integrated = ledger::head(r, compartment)?.map_or(0, |h| h.integrated);
            if first + u64::from(width) > integrated {
                return Ok(None);
            }
            ledger::entries(r, compartment, first, width).map(Some)
        };
        let Some(rows) = self.inner.store.read(read).await? else {
            return Ok(None);
        };
        let mut bundle = Vec::with_capacity(rows.len() * 400);
        for row in &rows {
            append_entry(&row.body, &mut bundle).map_err(|e| StoreError::Corrupt {
                table: "ledger",
                problem: e.to_string(),
            })?;
        }
        Ok((rows.len() == usize::from(coord.width)).then_some(bundle))
    }

    /// Checked entries below `before`, newest first.
    pub async fn entries_before(
        &self,
        compartment: Compartment,
        before: u64,
        limit: u32,
    ) -> Result<Vec<Entry>, GateError<std::convert::Infallible>> {
        let inner = Arc::clone(&self.inner);
        let read = move |r: &mut Reader<'_>| {
            let rows = ledger::entries_before(r, compartment, before, limit)?;
            let check = |row: &ledger::EntryRow| record::check(&inner.secrets, compartment, row);
            rows.iter()
                .map(check)
                .collect::<Result<Vec<_>, _>>()
                .map_err(GateError::from)
        };
        self.inner.store.read(read).await
    }

    /// Hands every checked entry of a window to `each`, in order.
    pub async fn scan<T: Send + 'static>(
        &self,
        compartment: Compartment,
        from: Timestamp,
        to: Timestamp,
        state: T,
        mut each: impl FnMut(&mut T, &Entry) + Send + 'static,
    ) -> Result<T, GateError<std::convert::Infallible>> {
        let inner = Arc::clone(&self.inner);
        let read = move |r: &mut Reader<'_>| {
            let mut state = state;
            scan(&inner, r, compartment, (from, to), &mut |entry| {
                each(&mut state, entry)
            })?;
            Ok(state)
        };
        self.inner.store.read(read).await
    }

    /// What the ledgers say a credential touched between two times.
    pub async fn exposure(
        &self,
        id: CredentialId,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Option<Exposure>, GateError<std::convert::Infallible>> {
        let inner = Arc::clone(&self.inner);
        self.inner
            .store
            .read(move |reader| exposure(&inner, reader, id, (from, to)))
            .await
    }
}

fn scan(
    inner: &Inner,
    reader: &mut Reader<'_>,
    compartment: Compartment,
    window: (Timestamp, Timestamp),
    each: &mut dyn FnMut(&Entry),
) -> Result<(), GateError<std::convert::Infallible>> {
    let mut next = ledger::index_at(reader, compartment, window.0)?;
    loop {
        let rows = ledger::entries(reader, compartment, next, PAGE)?;
        let Some(last) = rows.last() else { return Ok(()) };
        next = last.n + 1;
        for row in &rows {
            if row.t >= window.1 {
                return Ok(());
            }
            each(&record::check(&inner.secrets, compartment, row)?);
        }
    }
}

fn exposure(
    inner: &Inner,
    reader: &mut Reader<'_>,
    id: CredentialId,
    window: (Timestamp, Timestamp),
) -> Result<Option<Exposure>, GateError<std::convert::Infallible>> {
    let Some(row) = credential::get(reader, id)? else {
        return Ok(None);
    };
    let mut tags: BTreeMap<LabId, BTreeMap<CredentialTag, (EngagementId, Option<ProjectId>)>> =
        BTreeMap::new();
    for holder in engagement::of_principal(reader, row.principal)? {
        let project = inner.state().engagement(&holder).and_then(|e| e.project());
        let tag = credential_tag(&holder.salt, id);
        tags.entry(holder.lab)
            .or_default()
            .insert(tag, (holder.engagement, project));
    }
    let mut exposure = Exposure::default();
    for (lab, tags) in tags {
        let mut found = LabExposure::default();
        let scanned = scan(inner, reader, Compartment::Lab(lab), window, &mut |entry| {
            let Actor::Engaged { credential, .. } = entry.by else {
                return;
            };
            let Some((_, project)) = tags.get(&credential) else {
                return;
            };
            found.entries += 1;
            found.first = found.first.or(Some(entry.t));
            found.last = Some(entry.t);
            let draw = entry.fact.released();
            if let Some(project) = entry.fact.project().or(*project).filter(|_| draw.objects > 0) {
                let sum = found.projects.entry(project).or_default();
                *sum = sum.plus(draw);
            }
        });
        match scanned {
            Ok(()) if found.entries > 0 => {
                exposure.labs.insert(lab, found);
            }
            Ok(()) => {}
            Err(GateError::Integrity(found)) => {
                tracing::error!(%found, "what a credential touched there is unknown");
                exposure.unknown.push(lab);
            }
            Err(other) => return Err(other),
        }
    }
    Ok(Some(exposure))
}
