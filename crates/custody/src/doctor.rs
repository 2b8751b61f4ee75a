//! The check of the whole: every entry, tree and row that the gate would believe.

use std::sync::Arc;

use cofferdam_ledger::checkpoint::Checkpoint;
use cofferdam_ledger::hash::Hash;
use cofferdam_ledger::tree::Frontier;
use cofferdam_model::engagement::HolderCommitment;
use cofferdam_model::{Compartment, Entry, Fact};
use cofferdam_store::{Reader, StoreError, credential, engagement, ledger};

use crate::auth::row_hash;
use crate::error::Integrity;
use crate::gate::{Gate, Inner};
use crate::record;
use crate::state::{StateError, fold};

const PAGE: u32 = 4_096;

/// Something that is not as it was written.
pub type Finding = Integrity;

/// What a check of the whole found.
#[derive(Debug, Clone, Default)]
pub struct Health {
    /// Ledgers read.
    pub ledgers: u64,
    /// Entries read.
    pub entries: u64,
    /// Rows held against them.
    pub rows: u64,
    /// What is wrong. Nothing of it is obeyed.
    pub findings: Vec<Finding>,
}

impl Gate {
    /// Reads every ledger and every row that authorises, and says what is wrong.
    pub async fn examine(&self) -> Result<Health, StoreError> {
        let inner = Arc::clone(&self.inner);
        self.inner.store.read(move |reader| examine(&inner, reader)).await
    }

    /// Ledgers that were closed when this node folded them, and why.
    pub fn closed(&self) -> Vec<Integrity> {
        self.inner.state().broken().cloned().collect()
    }
}

fn examine(inner: &Inner, reader: &mut Reader<'_>) -> Result<Health, StoreError> {
    let mut health = Health::default();
    let mut issued = std::collections::HashMap::new();
    for compartment in ledger::compartments(reader)? {
        health.ledgers += 1;
        examine_ledger(inner, reader, compartment, &mut health, |entry| {
            if let Fact::CredentialIssued { credential, row } = entry.fact {
                issued.insert(credential, (entry.n, row));
            }
        })?;
        match fold(reader, &inner.secrets, compartment) {
            Ok(_) => {}
            Err(StateError::Store(error)) => return Err(error),
            Err(StateError::Integrity(found)) => health.findings.push(found),
        }
    }
    for row in credential::all(reader)? {
        health.rows += 1;
        if issued.get(&row.id) != Some(&(row.n, row_hash(&row))) {
            let what = format!("the row of credential {}", row.id);
            health
                .findings
                .push(Integrity::of(what, "the ledger recorded another, or none"));
        }
    }
    examine_holders(inner, reader, &mut health)?;
    let mut seen = std::collections::HashSet::new();
    health
        .findings
        .retain(|f| seen.insert((f.what.clone(), f.problem.clone())));
    Ok(health)
}

fn examine_ledger(
    inner: &Inner,
    reader: &mut Reader<'_>,
    compartment: Compartment,
    health: &mut Health,
    mut each: impl FnMut(&Entry),
) -> Result<(), StoreError> {
    let Some(head) = ledger::head(reader, compartment)? else {
        return Ok(());
    };
    let mut tree = Frontier::default();
    let (mut expected, mut root) = (0, (head.integrated == 0).then_some(Hash::EMPTY));
    loop {
        let rows = ledger::entries(reader, compartment, expected, PAGE)?;
        if rows.is_empty() {
            break;
        }
        for row in &rows {
            if row.n != expected {
                let problem = format!(
                    "it is missing: after {} comes {}",
                    expected.saturating_sub(1),
                    row.n
                );
                health
                    .findings
                    .push(Integrity::entry(compartment, expected, problem));
                return Ok(());
            }
            expected += 1;
            health.entries += 1;
            match record::check(&inner.secrets, compartment, row) {
                Ok(entry) => each(&entry),
                Err(found) => health.findings.push(found),
            }
            tree.push(Hash::leaf(&row.body));
            if expected == head.integrated {
                root = Some(tree.root());
            }
        }
    }
    if expected != head.size {
        let problem = format!("its head says {} entries, there are {expected}", head.size);
        health
            .findings
            .push(Integrity::of(format!("the ledger of {compartment}"), problem));
    }
    check_root(inner, compartment, &head, root, health);
    Ok(())
}

fn check_root(
    inner: &Inner,
    compartment: Compartment,
    head: &ledger::HeadRow,
    root: Option<Hash>,
    health: &mut Health,
) {
    let Some(text) = &head.checkpoint else { return };
    let what = format!("the checkpoint of {compartment}");
    let Ok(key) = inner.secrets.ledger_key(compartment) else {
        health
            .findings
            .push(Integrity::of(what, "its key could not be derived"));
        return;
    };
    let opened = Checkpoint::open(text.as_bytes(), key.verifying_key(), &[]);
    match opened {
        Err(error) => health.findings.push(Integrity::of(what, error.to_string())),
        Ok(open) if open.checkpoint.size() != head.integrated || Some(open.checkpoint.root()) != root => {
            health.findings.push(Integrity::of(
                what,
                "the entries do not give the root that was signed",
            ));
        }
        Ok(_) => {}
    }
}

fn examine_holders(inner: &Inner, reader: &mut Reader<'_>, health: &mut Health) -> Result<(), StoreError> {
    let rows = engagement::all(reader)?;
    let state = inner.state();
    let held: std::collections::HashSet<_> = rows.iter().map(|r| r.engagement).collect();
    for row in rows {
        health.rows += 1;
        let what = || format!("the holder row of {}", row.engagement);
        let authority = state.authority(Compartment::Lab(row.lab)).ok().flatten();
        match authority.and_then(|a| a.engagement(row.engagement)) {
            None => health
                .findings
                .push(Integrity::of(what(), "no ledger grants that engagement")),
            Some(e) if e.holder != HolderCommitment::new(&row.salt, row.principal) => {
                health
                    .findings
                    .push(Integrity::of(what(), "it names another holder than the ledger"));
            }
            Some(_) => {}
        }
    }
    for engagement in state.authorities().flat_map(|a| a.engagements()) {
        if !held.contains(&engagement.id) {
            let what = format!("the holder row of {}", engagement.id);
            health.findings.push(Integrity::of(what, "it is missing"));
        }
    }
    Ok(())
}
