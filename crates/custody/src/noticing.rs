//! What is needed to tell people what happened: ledgers are read on, checked; who holds an engagement; who listens is told.
//!
//! Nothing of it leads to plaintext.

use std::convert::Infallible;

use cofferdam_model::{Compartment, CredentialId, EngagementId, Entry, PrincipalId};
use cofferdam_store::engagement::HolderRow;
use cofferdam_store::{Reader, StoreError, credential, ledger};

use crate::auth::check_row;
use crate::chores::Chore;
use crate::error::GateError;
use crate::gate::Gate;
use crate::record;
use crate::state::StateError;

/// What was read of a ledger.
#[derive(Debug, Clone)]
pub struct ReadOn {
    /// The entries that were wanted, checked.
    pub entries: Vec<Entry>,
    /// The first entry that was not read.
    pub next: u64,
}

impl Gate {
    /// Reads a ledger on from an entry, at most `limit` of them. Only those are checked that are wanted by their bytes: a patrol
    /// goes over all.
    pub fn read_on(
        &self,
        reader: &mut Reader<'_>,
        compartment: Compartment,
        from: u64,
        limit: u32,
        wanted: impl Fn(&[u8]) -> bool,
    ) -> Result<ReadOn, GateError<Infallible>> {
        let rows = ledger::entries(reader, compartment, from, limit)?;
        let next = rows.last().map_or(from, |last| last.n + 1);
        let checked = rows.iter().filter(|row| wanted(&row.body));
        let checked = checked.map(|row| record::check(&self.inner.secrets, compartment, row));
        Ok(ReadOn {
            entries: checked.collect::<Result<_, _>>()?,
            next,
        })
    }

    /// Who holds an engagement: the row, if it opens the commitment in the ledger. None where it does not.
    pub fn holder_within(
        &self,
        reader: &mut Reader<'_>,
        engagement: EngagementId,
    ) -> Result<Option<HolderRow>, StoreError> {
        believed(self.inner.state().holder(reader, engagement))
    }

    /// Whom a credential proves: by its row, if it is the one that the ledger recorded.
    pub fn proven_within(
        &self,
        reader: &mut Reader<'_>,
        id: CredentialId,
    ) -> Result<Option<PrincipalId>, StoreError> {
        let Some(row) = credential::get(reader, id)? else {
            return Ok(None);
        };
        let checked = check_row(&self.inner.secrets, reader, &row);
        believed(checked.map(|()| Some(row.principal)))
    }

    /// Tells those who listen that there is something for them.
    pub fn tell(&self, principals: impl Iterator<Item = PrincipalId>) {
        self.inner.heard.tell(principals);
        self.inner.changed.send_modify(|n| *n += 1);
    }

    /// Takes in how one of a node's chores went that is done elsewhere.
    pub fn went(&self, chore: Chore, outcome: Result<(), String>) {
        self.inner.chores.went(chore, self.inner.env.now(), outcome);
    }
}

/// A row that was edited is not obeyed: the patrol tells of it.
fn believed<T>(found: Result<Option<T>, StateError>) -> Result<Option<T>, StoreError> {
    match found {
        Ok(found) => Ok(found),
        Err(StateError::Store(error)) => Err(error),
        Err(StateError::Integrity(_)) => Ok(None),
    }
}
