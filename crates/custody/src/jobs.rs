//! The platform's own jobs: principals like any other, that ledgers name; and what the platform does by itself.

use std::sync::Arc;

use cofferdam_model::{Fact, PrincipalId, Timestamp};
use cofferdam_store::Tx;
use cofferdam_store::principal::{self, PrincipalKind, PrincipalRow};

use crate::admin::{AdminCommand, Who, permitted};
use crate::error::{GateError, Integrity};
use crate::gate::{Gate, Inner};
use crate::known::State;

/// The principal of the platform's job of that name, and what is to be recorded where it is enrolled now.
pub(crate) fn enrolled<E>(
    inner: &Inner,
    tx: &mut Tx<'_>,
    name: &str,
    now: Timestamp,
) -> Result<(PrincipalId, Option<Fact>), GateError<E>> {
    if let Some(known) = principal::job(tx.reader(), name)? {
        inner.secrets.check(&known)?;
        return Ok((known.id, None));
    }
    let row = inner.secrets.bound(PrincipalRow {
        id: inner.env.new_id()?,
        kind: PrincipalKind::Job,
        name: name.to_owned(),
        created: now,
    });
    principal::insert(tx, &row)?;
    let principal = row.id;
    Ok((principal, Some(Fact::PrincipalEnrolled { principal })))
}

impl Gate {
    /// Does what nobody asked for, as the platform's job of that name; ledgers have it as the platform's doing. What it
    /// records may stop and tell: anything that would let somebody do more is undone, whole.
    pub async fn by_itself<C: AdminCommand>(
        &self,
        job: &'static str,
        command: C,
    ) -> Result<C::Output, GateError<C::Error>> {
        let inner = Arc::clone(&self.inner);
        let write = move |state: &State, tx: &mut Tx<'_>| {
            let who = Who::Job(job);
            let now = inner.env.now();
            let (output, appended) = permitted(&inner, state, tx, who, now, command)?;
            let more = appended.iter().find(|(_, one)| !one.entry.fact.only_stops());
            if let Some((compartment, _)) = more {
                let problem = "what the platform does by itself would let somebody do more";
                return Err(Integrity::of(format!("the ledger of {compartment}"), problem).into());
            }
            inner.announce(appended.iter().map(|(_, a)| &a.entry.fact));
            Ok(output)
        };
        self.inner.write(write).await
    }
}
