//! Keys are minted and destroyed.

use cofferdam_seal::Id128;
use cofferdam_seal::key::WrappedKey;
use cofferdam_seal::keyholder::wire::Done;
use cofferdam_seal::keyholder::{Destroy, KeyholderError, Mint, MintedIngestKey};

use super::{Asked, Decision, Keyholder, Made, reply, unlike};
use crate::entry::{Denied, Fact};
use crate::state::{Answered, State};

/// What a node is told while the policy does not read. The lab sees where, and what is amiss.
pub(super) const UNREAD_POLICY: &str =
    "its policy does not read, and nothing is granted until it does; the lab sees why with `policy check`";

impl Keyholder {
    /// `POST /v1/mint`.
    pub(super) fn mint(&self, by: &str, body: &[u8]) -> Made {
        let (_, answering) = self.call::<Mint>("mint", by, body, |asked, mint| {
            let minted = may_mint(asked.state, mint).and_then(|()| self.keys.mint(mint));
            minted_as(asked, mint, "mint", minted.map(|wrapped| (wrapped, None)))
        })?;
        let token = self.token(&answering);
        match answering.answer {
            Answered::Minted(wrapped, None) => Ok(reply(token, Ok(wrapped))),
            Answered::Denied(error) => Ok(reply::<()>(token, Err(error))),
            _ => Err(unlike()),
        }
    }

    /// `POST /v1/mint-ingest`.
    pub(super) fn mint_ingest(&self, by: &str, body: &[u8]) -> Made {
        let (_, answering) = self.call::<Mint>("mint-ingest", by, body, |asked, mint| {
            let minted = may_mint(asked.state, mint).and_then(|()| self.keys.mint_ingest(mint));
            let minted = minted.map(|minted| (minted.wrapped, Some(minted.public)));
            minted_as(asked, mint, "mint-ingest", minted)
        })?;
        let token = self.token(&answering);
        match answering.answer {
            Answered::Minted(wrapped, Some(public)) => {
                Ok(reply(token, Ok(MintedIngestKey { public, wrapped })))
            }
            Answered::Denied(error) => Ok(reply::<()>(token, Err(error))),
            _ => Err(unlike()),
        }
    }

    /// `POST /v1/destroy`.
    pub(super) fn destroy(&self, by: &str, body: &[u8]) -> Made {
        let policy = self.policy.current();
        let (destroy, answering) = self.call::<Destroy>("destroy", by, body, |asked, destroy| {
            let refusal = match &policy {
                Ok(current) if current.policy.nodes_may_destroy => None,
                Ok(_) => Some(
                    "the lab alone destroys keys: `cofferdam-keyholder destroy`, or nodes_may_destroy in its policy"
                        .to_owned(),
                ),
                Err(_) => Some(UNREAD_POLICY.to_owned()),
            };
            let refusal = refusal.or_else(|| halted(asked.state, destroy.project));
            if let Some(reason) = refusal {
                let why = KeyholderError::Denied { reason };
                let (compartment, project) = (destroy.compartment, destroy.project);
                return refusal_of(asked, "destroy", compartment, project, None, why);
            }
            let fact = Fact::Destroyed {
                node: Some(asked.name.to_owned()),
                call: Some(asked.used.clone()),
                compartment: destroy.compartment,
                project: destroy.project,
            };
            (vec![fact], Answered::Destroyed)
        })?;
        let token = self.token(&answering);
        match answering.answer {
            // Where its file cannot be replaced now, the log has it all the same: nothing is leased, and the next start tries
            // again.
            Answered::Destroyed => Ok(reply(token, self.keys.destroy(&destroy).map(|_| Done {}))),
            Answered::Denied(error) => Ok(reply::<()>(token, Err(error))),
            _ => Err(unlike()),
        }
    }
}

/// Why a project is halted, if it is.
pub(super) fn halted(state: &State, project: Id128) -> Option<String> {
    let halt = state.halt_of(project)?;
    let since = crate::clock::shown(halt.since);
    Some(format!("the lab halted it at {since}: {}", halt.reason))
}

/// A key is minted in compartments that are known, and for projects that were not destroyed. A halt does not matter: what
/// is minted opens nothing without a lease, and drafts are sealed meanwhile.
fn may_mint(state: &State, mint: &Mint) -> Result<(), KeyholderError> {
    if state.destroyed.contains_key(&(mint.compartment, mint.project)) {
        return Err(KeyholderError::Shredded {
            project: mint.project,
        });
    }
    if !state.ledgers.contains_key(&mint.compartment) {
        return Err(no_ledger(mint.compartment));
    }
    Ok(())
}

/// No compartment without a ledger that is witnessed.
pub(super) fn no_ledger(compartment: Id128) -> KeyholderError {
    KeyholderError::Denied {
        reason: format!(
            "it knows no ledger of compartment {compartment}; the lab trusts one with `ledger trust`, or as a node is enrolled"
        ),
    }
}

fn minted_as(
    asked: &Asked<'_>,
    mint: &Mint,
    act: &'static str,
    minted: Result<(WrappedKey, Option<cofferdam_seal::ingest::IngestPublicKey>), KeyholderError>,
) -> Decision {
    match minted {
        Ok((wrapped, public)) => {
            let fact = Fact::Minted {
                node: asked.name.to_owned(),
                call: asked.used.clone(),
                compartment: mint.compartment,
                project: mint.project,
                epoch: mint.epoch,
                wrapped: wrapped.clone(),
                public,
            };
            (vec![fact], Answered::Minted(wrapped, public))
        }
        Err(why) => refusal_of(asked, act, mint.compartment, mint.project, Some(mint.epoch), why),
    }
}

pub(super) fn refusal_of(
    asked: &Asked<'_>,
    act: &str,
    compartment: Id128,
    project: Id128,
    epoch: Option<Id128>,
    why: KeyholderError,
) -> Decision {
    let denied = Denied {
        compartment: Some(compartment),
        project: Some(project),
        epoch,
        ..asked.denied(act, why.clone())
    };
    (vec![Fact::Denied(denied)], Answered::Denied(why))
}
