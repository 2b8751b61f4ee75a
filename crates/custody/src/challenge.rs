//! Challenges: what is asked at one node and answered at another, once, within five minutes.
//!
//! One is 16 random bytes, the end of its time, and a keyed hash over both, what it is for, and the session that asked. Nothing is kept of
//! it until it is answered.

use cofferdam_model::{CredentialId, Id, Timestamp};
use cofferdam_store::{StoreError, Tx, passkey};

use crate::error::GateError;
use crate::gate::Inner;
use crate::secrets::{self, Secrets};

pub(crate) const LEN: usize = 16 + 8 + 32;
const SECONDS: i64 = 300;

/// What a challenge is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum For {
    /// An authenticator's signature.
    Passkey,
    /// The word of the provider that the installation trusts.
    Account,
}

impl For {
    const fn label(self) -> &'static str {
        match self {
            Self::Passkey => "passkey challenge",
            Self::Account => "account challenge",
        }
    }
}

/// The number by which a challenge is used up, and the end of its time.
pub(crate) type Good = ([u8; 16], Timestamp);

/// Of which session; none: of whoever has none yet.
fn mac(secrets: &Secrets, what: For, of: Option<CredentialId>, nonce: &[u8], until: &[u8]) -> [u8; 32] {
    let of: &[u8] = of.as_ref().map_or(&[], |id| id.as_bytes());
    secrets.seal_row(what.label(), &[of, nonce, until])
}

pub(crate) fn make<E>(inner: &Inner, what: For, of: Option<CredentialId>) -> Result<Vec<u8>, GateError<E>> {
    let nonce: [u8; 16] = inner.env.random()?;
    let until = inner.env.now().plus_seconds(SECONDS).as_micros().to_be_bytes();
    let mac = mac(&inner.secrets, what, of, &nonce, &until);
    Ok([&nonce[..], &until, &mac].concat())
}

/// A challenge that is ours, and good still.
pub(crate) fn check(
    secrets: &Secrets,
    what: For,
    of: Option<CredentialId>,
    challenge: &[u8; LEN],
    now: Timestamp,
) -> Option<Good> {
    let (mut nonce, mut until, mut theirs) = ([0; 16], [0; 8], [0; 32]);
    nonce.copy_from_slice(&challenge[..16]);
    until.copy_from_slice(&challenge[16..24]);
    theirs.copy_from_slice(&challenge[24..]);
    let end = Timestamp::from_micros(i64::from_be_bytes(until));
    let own = secrets::same(&mac(secrets, what, of, &nonce, &until), &theirs);
    (own && now < end).then_some((nonce, end))
}

/// Takes it as answered; whether it was not before.
pub(crate) fn use_up(tx: &mut Tx<'_>, (nonce, until): Good, now: Timestamp) -> Result<bool, StoreError> {
    passkey::forget(tx, now)?;
    passkey::use_up(tx, &nonce, until)
}
