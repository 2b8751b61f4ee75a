//! Passkeys: a session is opened by what an authenticator signs, and by nothing that could be read on the way.
//!
//! A passkey is a credential whose secret is another's: what is stored in place of a secret's hash is one over its handle and public
//! key, and the ledger's hash of the credential is over that. A row with another key proves nobody.
//!
//! A challenge is made by the installation's own secret and can be asked at one node and answered at another. It is good for five
//! minutes and one answer.

mod webauthn;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use cofferdam_model::{Compartment, CredentialId, CredentialKind, Id, PrincipalId, Scope, Timestamp};
use cofferdam_store::credential::{self, CredentialRow};
use cofferdam_store::passkey::{self, PasskeyRow};
use cofferdam_store::{Reader, Tx};

use webauthn::Made;
pub use webauthn::{PasskeyError, RelyingParty};

use crate::account::SignInOver;
use crate::auth::{
    AuthError, By, Caller, Issued, Wanted, check_row, failed, open_session, record_in, sha256,
};
use crate::challenge::{self, For};
use crate::error::{GateError, Integrity};
use crate::gate::Gate;
use crate::known::State;
use crate::secrets::{self, Secrets};
use crate::state::StateError;

/// A passkey is added this long after signing in, at most: whoever finds a browser open makes no way in of their own.
const FRESH_SECONDS: i64 = 900;
/// How long one proves anybody.
const PASSKEY_SECONDS: i64 = 5 * 365 * 86_400;
/// How many somebody may have.
const MOST: usize = 20;

/// Why no passkey, or no account, was added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RegisterError {
    /// What the authenticator said.
    #[error(transparent)]
    Passkey(#[from] PasskeyError),
    /// By no session, or one that is good for one engagement alone.
    #[error(
        "what signs you in is added from a browser session that is good for all that you may do; sign in by a login link first"
    )]
    NoSession,
    /// The session is old.
    #[error("what signs you in is added within 15 minutes of signing in; sign in again, then add it")]
    NotFresh,
    /// Whoever asks is stopped.
    #[error("your access is halted; what signs you in can be added once it is resumed")]
    Halted,
    /// It is here.
    #[error("that passkey is here already")]
    Taken,
    /// The provider's answer is to no question that is open.
    #[error(transparent)]
    Stale(#[from] SignInOver),
    /// The account opens sessions for somebody.
    #[error("that account signs somebody in here already: revoke it there first, or ask your operator")]
    TakenAccount,
    /// There are enough accounts.
    #[error("you have five accounts already; revoke one that you do not use")]
    TooManyAccounts,
    /// There are enough.
    #[error("you have 20 passkeys already; revoke one that you do not use")]
    TooMany,
}

/// What an authenticator signed.
#[derive(Debug, Clone)]
pub struct Assertion {
    /// What it calls the passkey.
    pub handle: Vec<u8>,
    /// `clientDataJSON`.
    pub client_data: Vec<u8>,
    /// `authenticatorData`.
    pub authenticator_data: Vec<u8>,
    /// Over the two.
    pub signature: Vec<u8>,
    /// Whom it says that it proves, if it does.
    pub user: Option<Vec<u8>>,
}

/// A new passkey, as an authenticator tells of it.
#[derive(Debug, Clone)]
pub struct Registration {
    /// What its holder calls it.
    pub label: String,
    /// `clientDataJSON`.
    pub client_data: Vec<u8>,
    /// `attestationObject`.
    pub attestation: Vec<u8>,
}

/// What stands in a passkey's credential in place of a secret's hash.
fn bound(handle: &[u8], key: &[u8]) -> [u8; 32] {
    let len = (handle.len() as u64).to_be_bytes();
    sha256(&[b"cofferdam passkey v1", &len, handle, key])
}

/// Whether a passkey's row is the one that its credential was made with.
pub(crate) fn check_key(row: &PasskeyRow, credential: &CredentialRow) -> Result<(), Integrity> {
    let fits = credential.kind == CredentialKind::Passkey
        && secrets::same(&credential.secret, &bound(&row.handle, &row.key));
    fits.then_some(()).ok_or_else(|| {
        let named = format!("the passkey of credential {}", credential.id);
        Integrity::of(named, "it is not the one that the credential was made with")
    })
}

/// The number by which a challenge that is ours, and good still, is used up.
fn check_challenge(
    secrets: &Secrets,
    of: Option<CredentialId>,
    client_data: &[u8],
    now: Timestamp,
) -> Result<challenge::Good, PasskeyError> {
    let challenge = webauthn::challenge_of(client_data)?;
    let challenge = webauthn::of_length::<{ challenge::LEN }>(&challenge)?;
    challenge::check(secrets, For::Passkey, of, challenge, now).ok_or(PasskeyError::Stale)
}

impl Gate {
    /// Asks an authenticator something that it is to sign: for a new passkey of `caller`, or to open a session.
    pub fn challenge(&self, caller: Option<&Caller>) -> Result<Vec<u8>, GateError<std::convert::Infallible>> {
        challenge::make(&self.inner, For::Passkey, caller.map(Caller::credential))
    }

    /// The handles of somebody's passkeys that prove them still.
    pub async fn passkeys(
        &self,
        of: PrincipalId,
    ) -> Result<Vec<Vec<u8>>, GateError<std::convert::Infallible>> {
        self.inner.settle().await?;
        let inner = Arc::clone(&self.inner);
        let read = move |reader: &mut Reader<'_>| {
            Ok(good(&inner.secrets, inner.state(), reader, of, inner.env.now())?
                .into_iter()
                .map(|row| row.handle)
                .collect())
        };
        self.inner.store.read(read).await
    }

    /// Adds a passkey to what proves whoever asks.
    pub async fn register_passkey(
        &self,
        caller: &Caller,
        party: &RelyingParty,
        new: Registration,
    ) -> Result<CredentialId, GateError<RegisterError>> {
        let refused = |error: PasskeyError| GateError::Command(error.into());
        let (inner, caller) = (Arc::clone(&self.inner), *caller);
        let of = Some(caller.credential());
        let used = check_challenge(&inner.secrets, of, &new.client_data, inner.env.now());
        let asked = used.map_err(refused)?;
        let made = webauthn::made(&new.client_data, &new.attestation, party).map_err(refused)?;
        let register = move |state: &State, tx: &mut Tx<'_>| {
            let now = inner.env.now();
            state.proves(&caller, now)?;
            may_register(state, tx.reader(), &caller, now)?;
            if good(&inner.secrets, state, tx.reader(), caller.principal(), now)?.len() >= MOST {
                return Err(GateError::Command(RegisterError::TooMany));
            }
            if passkey::by_handle(tx.reader(), &made.handle)?.is_some() {
                return Err(GateError::Command(RegisterError::Taken));
            }
            use_up(tx, asked, now).map_err(|e| e.map(RegisterError::from))?;
            let wanted = Wanted {
                kind: CredentialKind::Passkey,
                principal: caller.principal(),
                bound_to: None,
                label: new.label,
                seconds: PASSKEY_SECONDS,
                by: By::Platform,
            };
            let row = record_in(&inner, state, tx, wanted, bound(&made.handle, &made.key))
                .map_err(|e| e.map(|_| RegisterError::NoSession))?;
            let Made { handle, key } = made;
            passkey::insert(
                tx,
                &PasskeyRow {
                    credential: row.id,
                    handle,
                    key,
                },
            )?;
            Ok(row.id)
        };
        self.inner.write(register).await
    }

    /// Opens a session for whom a passkey proves. The session that it replaces, in the same browser, proves nothing from then on.
    pub async fn log_in_by_passkey(
        &self,
        party: &RelyingParty,
        said: &Assertion,
        session_seconds: i64,
        replaced: Option<&Caller>,
    ) -> Result<(Caller, Issued), AuthError> {
        let inner = Arc::clone(&self.inner);
        let asked = check_challenge(&inner.secrets, None, &said.client_data, inner.env.now())?;
        let handle = said.handle.clone();
        let find = move |reader: &mut Reader<'_>| {
            let found = passkey::by_handle(reader, &handle)?;
            let Some(found) = found else {
                return Err(AuthError::Unknown);
            };
            let row = credential::get(reader, found.credential)?.ok_or(AuthError::Unknown)?;
            let checked = check_key(&found, &row).map_err(StateError::from);
            match checked.and_then(|()| check_row(&inner.secrets, reader, &row)) {
                Ok(()) => Ok((found, row)),
                Err(StateError::Integrity(wrong)) => {
                    tracing::error!(%wrong, "a row was not obeyed");
                    Err(AuthError::Unknown)
                }
                Err(error) => Err(AuthError::Gate(error.into())),
            }
        };
        let (found, row): (PasskeyRow, CredentialRow) = self.inner.store.read(find).await?;
        let about = (&found.key[..], party);
        webauthn::signed(
            &said.client_data,
            &said.authenticator_data,
            &said.signature,
            about,
        )?;
        if said
            .user
            .as_ref()
            .is_some_and(|user| user != row.principal.as_bytes())
        {
            return Err(PasskeyError::Signature.into());
        }
        let caller = self.proven_by(&row).await?;
        let inner = Arc::clone(&self.inner);
        let replaced = replaced.filter(|it| it.kind() == CredentialKind::Session);
        let replaced = replaced.map(Caller::credential);
        let opened = self.inner.write(move |state, tx| {
            let now = inner.env.now();
            state.proves(&caller, now)?;
            use_up(tx, asked, now)?;
            let session = open_session(&inner, state, tx, &caller, session_seconds, replaced);
            // Whom it proves was there when it was added.
            session.map_err(|error| error.map(|_| PasskeyError::Signature))
        });
        self.opened(opened.await.map_err(|error| failed(error, AuthError::Passkey))?)
            .await
    }
}

/// Each answer is taken once.
fn use_up(tx: &mut Tx<'_>, good: challenge::Good, now: Timestamp) -> Result<(), GateError<PasskeyError>> {
    match challenge::use_up(tx, good, now)? {
        true => Ok(()),
        false => Err(GateError::Command(PasskeyError::Stale)),
    }
}

/// Somebody's passkeys that prove them still.
fn good(
    secrets: &Secrets,
    state: &State,
    reader: &mut Reader<'_>,
    of: PrincipalId,
    now: Timestamp,
) -> Result<Vec<PasskeyRow>, StateError> {
    let installation = state.authority(Compartment::Installation)?;
    let mut good = Vec::new();
    for row in credential::of_principal(reader, of)? {
        let revoked = installation.as_ref().is_none_or(|a| a.is_revoked(row.id));
        if row.kind != CredentialKind::Passkey || revoked || row.expires <= now {
            continue;
        }
        let Some(found) = passkey::of(reader, row.id)? else {
            continue;
        };
        if check_key(&found, &row).is_ok() && check_row(secrets, reader, &row).is_ok() {
            good.push(found);
        }
    }
    Ok(good)
}

/// Whether whoever asks may add what opens sessions for them.
pub(crate) fn may_register(
    state: &State,
    reader: &mut Reader<'_>,
    caller: &Caller,
    now: Timestamp,
) -> Result<(), GateError<RegisterError>> {
    let refuse = |why| Err(GateError::Command(why));
    let whole = caller.kind() == CredentialKind::Session && caller.bound_to().is_none();
    let row = credential::get(reader, caller.credential())?.filter(|_| whole);
    let Some(row) = row else {
        return refuse(RegisterError::NoSession);
    };
    if row.created.plus_seconds(FRESH_SECONDS) <= now {
        return refuse(RegisterError::NotFresh);
    }
    let stops = |on: Scope| on == Scope::Installation || on.is_on(caller.principal(), caller.credential());
    let halts = state.halts(Compartment::Installation);
    match halts.iter().any(|halt| halt.in_effect(now) && stops(halt.scope)) {
        true => refuse(RegisterError::Halted),
        false => Ok(()),
    }
}
