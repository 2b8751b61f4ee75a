//! Accounts: a session is opened by the word of a provider that the installation trusts (OpenID Connect).
//!
//! An account is a credential whose secret is another's: what is stored in place of a secret's hash is one over the provider's address
//! and what it calls its user. Nobody is found by a name or an address of e-mail: somebody who is signed in adds their account, and from
//! then on it opens sessions. Whatever the provider says of people who added none is of no use here.
//!
//! The state of a login is a [challenge](crate::challenge); its nonce (OpenID Connect Core 1.0, section 3.1.2.1) and its verifier (RFC
//! 7636) are made from that by the installation's own secret, so that nothing is kept in between.

use std::sync::Arc;

use cofferdam_model::{CredentialId, CredentialKind, PrincipalId, Timestamp};
use cofferdam_store::credential::{self, CredentialRow};
use cofferdam_store::{Reader, Tx};

use crate::auth::{
    AuthError, By, Caller, Issued, Wanted, check_row, failed, open_session, record_in, sha256,
};
use crate::challenge::{self, For};
use crate::error::GateError;
use crate::gate::{Gate, Inner};
use crate::known::State;
use crate::passkey::{RegisterError, may_register};
use crate::state::StateError;

/// How long an account opens sessions before it is added anew.
const ACCOUNT_SECONDS: i64 = 5 * 365 * 86_400;
/// How often the same account is added, after it was revoked.
const MOST_TIMES: u8 = 20;
/// How many somebody may have.
const MOST: usize = 5;

/// Somebody, as a provider calls them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The provider's address.
    pub issuer: String,
    /// What it calls them, for ever.
    pub subject: String,
}

/// What a provider is asked, and what it is to show that it was.
#[derive(Clone)]
pub struct SignIn {
    /// Goes there and comes back with whoever asked.
    pub state: Vec<u8>,
    /// Stands in what the provider signs.
    pub nonce: [u8; 32],
    /// What is told the provider alone, when its answer is fetched.
    pub verifier: [u8; 32],
}

/// The answer is to no question of ours, too late, or a second one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this sign-in is over, or was begun elsewhere; begin anew")]
pub struct SignInOver;

/// What stands in an account's credential in place of a secret's hash: of one that was revoked, another than of the next.
fn bound(account: &Account, times: u8) -> [u8; 32] {
    let (issuer, subject) = (account.issuer.as_bytes(), account.subject.as_bytes());
    let len = (issuer.len() as u64).to_be_bytes();
    sha256(&[b"cofferdam account v1", &len, issuer, &[times], subject])
}

/// The credential that an account is now, if it is one; and which time is free for the next.
fn found(
    inner: &Inner,
    state: &State,
    reader: &mut Reader<'_>,
    account: &Account,
) -> Result<(Option<CredentialRow>, Option<u8>), StateError> {
    let now = inner.env.now();
    let installation = state.authority(cofferdam_model::Compartment::Installation)?;
    for times in 0..MOST_TIMES {
        let Some(row) = credential::by_secret(reader, &bound(account, times))? else {
            return Ok((None, Some(times)));
        };
        let revoked = installation.as_ref().is_none_or(|a| a.is_revoked(row.id));
        if row.kind != CredentialKind::Account || revoked || row.expires <= now {
            continue;
        }
        check_row(&inner.secrets, reader, &row)?;
        return Ok((Some(row), None));
    }
    Ok((None, None))
}

/// How many accounts open sessions for somebody.
fn count(
    state: &State,
    reader: &mut Reader<'_>,
    of: PrincipalId,
    now: Timestamp,
) -> Result<usize, StateError> {
    let installation = state.authority(cofferdam_model::Compartment::Installation)?;
    let good = |row: &CredentialRow| {
        let revoked = installation.as_ref().is_none_or(|a| a.is_revoked(row.id));
        row.kind == CredentialKind::Account && !revoked && row.expires > now
    };
    Ok(credential::of_principal(reader, of)?
        .iter()
        .filter(|row| good(row))
        .count())
}

impl Gate {
    /// Begins to ask the provider who somebody is: to add an account of `caller`'s, or to open a session.
    pub fn ask_account(
        &self,
        caller: Option<&Caller>,
    ) -> Result<SignIn, GateError<std::convert::Infallible>> {
        let of = caller.map(Caller::credential);
        let state = challenge::make(&self.inner, For::Account, of)?;
        Ok(self.asked(state))
    }

    fn asked(&self, state: Vec<u8>) -> SignIn {
        let secrets = &self.inner.secrets;
        SignIn {
            nonce: secrets.seal_row("account nonce", &[&state]),
            verifier: secrets.seal_row("account verifier", &[&state]),
            state,
        }
    }

    /// What was asked, by the state that came back.
    pub fn asked_account(&self, caller: Option<&Caller>, state: &[u8]) -> Result<SignIn, SignInOver> {
        self.good_state(caller, state)?;
        Ok(self.asked(state.to_vec()))
    }

    fn good_state(&self, caller: Option<&Caller>, state: &[u8]) -> Result<challenge::Good, SignInOver> {
        let challenge: &[u8; challenge::LEN] = state.try_into().map_err(|_| SignInOver)?;
        let (of, now) = (caller.map(Caller::credential), self.inner.env.now());
        challenge::check(&self.inner.secrets, For::Account, of, challenge, now).ok_or(SignInOver)
    }

    /// Adds an account to what opens sessions for whoever asks. The provider's word for it was checked.
    pub async fn add_account(
        &self,
        caller: &Caller,
        asked: &SignIn,
        account: Account,
        label: String,
    ) -> Result<CredentialId, GateError<RegisterError>> {
        let good = self.good_state(Some(caller), &asked.state);
        let good = good.map_err(|stale| GateError::Command(stale.into()))?;
        let (inner, caller) = (Arc::clone(&self.inner), *caller);
        let add = move |state: &State, tx: &mut Tx<'_>| {
            let refuse = |why| Err(GateError::Command(why));
            let now = inner.env.now();
            state.proves(&caller, now)?;
            may_register(state, tx.reader(), &caller, now)?;
            if !challenge::use_up(tx, good, now)? {
                return refuse(SignInOver.into());
            }
            let (there, free) = found(&inner, state, tx.reader(), &account)?;
            let (None, Some(times)) = (there, free) else {
                return refuse(RegisterError::TakenAccount);
            };
            if count(state, tx.reader(), caller.principal(), now)? >= MOST {
                return refuse(RegisterError::TooManyAccounts);
            }
            let wanted = Wanted {
                kind: CredentialKind::Account,
                principal: caller.principal(),
                bound_to: None,
                label,
                seconds: ACCOUNT_SECONDS,
                by: By::Platform,
            };
            let row = record_in(&inner, state, tx, wanted, bound(&account, times));
            Ok(row.map_err(|e| e.map(|_| RegisterError::NoSession))?.id)
        };
        self.inner.write(add).await
    }

    /// Opens a session for whose account it is. The provider's word for it was checked. The session that it replaces, in the same browser,
    /// proves nothing from then on.
    pub async fn log_in_by_account(
        &self,
        asked: &SignIn,
        account: Account,
        session_seconds: i64,
        replaced: Option<&Caller>,
    ) -> Result<(Caller, Issued), AuthError> {
        let good = self.good_state(None, &asked.state)?;
        self.inner.settle().await?;
        let inner = Arc::clone(&self.inner);
        let find = move |reader: &mut Reader<'_>| match found(&inner, inner.state(), reader, &account) {
            Ok((row, _)) => row.ok_or(AuthError::Unknown),
            Err(StateError::Integrity(wrong)) => {
                tracing::error!(%wrong, "a row was not obeyed");
                Err(AuthError::Unknown)
            }
            Err(error) => Err(AuthError::Gate(error.into())),
        };
        let row: CredentialRow = self.inner.store.read(find).await?;
        let caller = self.proven_by(&row).await?;
        let inner = Arc::clone(&self.inner);
        let replaced = replaced.filter(|it| it.kind() == CredentialKind::Session);
        let replaced = replaced.map(Caller::credential);
        let opened = self.inner.write(move |state, tx| {
            let now = inner.env.now();
            state.proves(&caller, now)?;
            if !challenge::use_up(tx, good, now)? {
                return Err(GateError::Command(SignInOver));
            }
            let session = open_session(&inner, state, tx, &caller, session_seconds, replaced);
            // Whose it is was there when it was added.
            session.map_err(|error| error.map(|_| SignInOver))
        });
        self.opened(opened.await.map_err(|error| failed(error, AuthError::Account))?)
            .await
    }
}
