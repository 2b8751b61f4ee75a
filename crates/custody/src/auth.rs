//! Credentials: issuing, proving, revoking.
//!
//! A secret is a prefix that tells its kind, 52 characters of Crockford base 32 (32 random bytes), and 6 more that
//! are the first 30 bits of the SHA-256 of all before them: a slip of the pen is told from a wrong secret without
//! a question to the database, and scanners recognise one in a file. Stored is the SHA-256 of the whole.

use std::sync::{Arc, PoisonError};

use aws_lc_rs::digest;
use cofferdam_model::engagement::credential_tag;
use cofferdam_model::{
    Actor, Compartment, CredentialId, CredentialKind, EngagementId, Fact, Id, PrincipalId, Timestamp,
};
use cofferdam_store::credential::{self, CredentialRow};
use cofferdam_store::{Reader, StoreError, Tx, engagement, ledger, principal};

use crate::account::SignInOver;
use crate::admin::{may_administer, signed};
use crate::error::{GateError, Integrity, Unproven};
use crate::gate::{Gate, Inner};
use crate::known::State;
use crate::passkey::PasskeyError;
use crate::record;
use crate::secrets::Secrets;
use crate::state::StateError;

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const BODY: usize = 52;
const CHECK: usize = 6;

/// Somebody whose credential was checked. Not to be made outside this crate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caller(pub(crate) cofferdam_model::Caller, Option<Timestamp>);

impl Caller {
    /// When the credential proves nothing any more; none: it is a job of the platform's own, and needs none.
    pub fn expires(&self) -> Option<Timestamp> {
        self.1
    }

    /// Whether it proves nothing any more.
    pub fn has_expired(&self, now: Timestamp) -> bool {
        self.1.is_some_and(|expires| now >= expires)
    }

    /// Who.
    pub fn principal(&self) -> PrincipalId {
        self.0.principal
    }

    /// By which credential.
    pub fn credential(&self) -> CredentialId {
        self.0.credential
    }

    /// Of which kind.
    pub fn kind(&self) -> CredentialKind {
        self.0.kind
    }

    /// The one engagement that the credential is good for, if only one.
    pub fn bound_to(&self) -> Option<EngagementId> {
        self.0.bound_to
    }
}

/// A credential's secret: shown once, never stored.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    fn generate(kind: CredentialKind, bytes: &[u8; 32]) -> Self {
        let mut text = String::with_capacity(4 + BODY + CHECK);
        text.push_str(prefix(kind));
        encode(bytes, BODY, &mut text);
        let check = digest::digest(&digest::SHA256, text.as_bytes());
        encode(check.as_ref(), CHECK, &mut text);
        Self(text)
    }

    /// The secret, to be shown once.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Under what it is stored.
    fn hash(&self) -> [u8; 32] {
        sha256(&[self.0.as_bytes()])
    }
}

/// Takes what has the form of a credential's secret; whether it proves anybody is for [`Gate::authenticate`] to say.
impl std::str::FromStr for Secret {
    type Err = AuthError;

    fn from_str(text: &str) -> Result<Self, AuthError> {
        let body_end = 4 + BODY;
        if text.len() != body_end + CHECK || !text.is_ascii() {
            return Err(AuthError::Malformed);
        }
        let known = ["cfs_", "cft_", "cfl_"].iter().any(|p| text.starts_with(p));
        let (body, given) = text.split_at(body_end);
        let digest = digest::digest(&digest::SHA256, body.as_bytes());
        let mut check = String::with_capacity(CHECK);
        encode(digest.as_ref(), CHECK, &mut check);
        if known && given == check {
            Ok(Self(text.to_owned()))
        } else {
            Err(AuthError::Malformed)
        }
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret")
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        zeroize::Zeroize::zeroize(&mut self.0);
    }
}

/// A new credential.
#[derive(Debug, Clone)]
pub struct Issued {
    /// Its id.
    pub id: CredentialId,
    /// Its secret.
    pub secret: Secret,
    /// When it proves nothing more.
    pub expires: Timestamp,
}

/// Why nobody was recognised.
#[derive(Debug, thiserror::Error)]
pub enum AuthError {
    /// Not the form of a credential.
    #[error("this is not a Cofferdam credential, or it was cut off when it was copied")]
    Malformed,
    /// No such credential.
    #[error("this credential is not known here")]
    Unknown,
    /// It proves nothing any more.
    #[error(transparent)]
    Unproven(#[from] Unproven),
    /// Only a link opens a session.
    #[error("this kind of credential cannot be used here")]
    WrongKind,
    /// What an authenticator said proves nobody.
    #[error(transparent)]
    Passkey(#[from] PasskeyError),
    /// What a provider said is no answer to what was asked.
    #[error(transparent)]
    Account(#[from] SignInOver),
    /// It could not be looked up, or its row does not check.
    #[error(transparent)]
    Gate(#[from] GateError<std::convert::Infallible>),
}

/// Why nobody was recognised by what failed; what the act itself refused is told by `own`.
pub(crate) fn failed<E>(error: GateError<E>, own: impl FnOnce(E) -> AuthError) -> AuthError {
    match error {
        GateError::Command(refused) => own(refused),
        GateError::Refused(r) => AuthError::Gate(GateError::Refused(r)),
        GateError::Store(e) => AuthError::Gate(GateError::Store(e)),
        GateError::NoKey(e) => AuthError::Gate(GateError::NoKey(e)),
        GateError::Integrity(e) => AuthError::Gate(GateError::Integrity(e)),
        GateError::NoEntropy(e) => AuthError::Gate(GateError::NoEntropy(e)),
        GateError::Unproven(why) => why.into(),
    }
}

impl From<StoreError> for AuthError {
    fn from(error: StoreError) -> Self {
        Self::Gate(error.into())
    }
}

fn prefix(kind: CredentialKind) -> &'static str {
    match kind {
        CredentialKind::Session => "cfs_",
        CredentialKind::Token => "cft_",
        CredentialKind::Link => "cfl_",
        CredentialKind::Passkey => "cfp_",
        CredentialKind::Account => "cfa_",
    }
}

/// Appends `characters` of base 32 from the front of `bytes`.
fn encode(bytes: &[u8], characters: usize, out: &mut String) {
    let bit = |i: usize| bytes.get(i / 8).map_or(0, |b| b >> (7 - i % 8) & 1);
    for c in 0..characters {
        let value = (0..5).fold(0, |v, i| v << 1 | bit(c * 5 + i));
        out.push(char::from(ALPHABET[usize::from(value & 31)]));
    }
}

pub(crate) fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    let mut context = digest::Context::new(&digest::SHA256);
    for part in parts {
        context.update(part);
    }
    let mut out = [0; 32];
    out.copy_from_slice(context.finish().as_ref());
    out
}

/// What the installation's ledger says of a credential's row: a hash of every member that authorises.
pub fn row_hash(row: &CredentialRow) -> [u8; 32] {
    let kind = prefix(row.kind);
    let bound: &[u8] = row.bound_to.as_ref().map_or(&[], |e| e.as_bytes());
    sha256(&[
        b"cofferdam credential row v2",
        row.id.as_bytes(),
        &row.secret,
        kind.as_bytes(),
        row.principal.as_bytes(),
        bound,
        &row.created.as_micros().to_be_bytes(),
        &row.expires.as_micros().to_be_bytes(),
        row.label.as_bytes(),
    ])
}

/// Whether a credential's row is the one that the installation's ledger recorded.
pub(crate) fn check_row(
    secrets: &Secrets,
    reader: &mut Reader<'_>,
    row: &CredentialRow,
) -> Result<(), StateError> {
    let named = || format!("the row of credential {}", row.id);
    let entry = ledger::entry(reader, Compartment::Installation, row.n)?
        .ok_or_else(|| Integrity::of(named(), "its ledger entry is missing"))?;
    let expected = Fact::CredentialIssued {
        credential: row.id,
        row: row_hash(row),
    };
    if record::check(secrets, Compartment::Installation, &entry)?.fact == expected {
        Ok(())
    } else {
        Err(Integrity::of(named(), "it is not the row that the ledger recorded").into())
    }
}

impl Secrets {
    /// Lets a credential's row pass that is as the installation's ledger recorded it.
    pub fn check_credential(
        &self,
        reader: &mut Reader<'_>,
        row: &CredentialRow,
    ) -> Result<(), GateError<std::convert::Infallible>> {
        Ok(check_row(self, reader, row)?)
    }
}

/// What to issue.
pub(crate) struct Wanted {
    pub(crate) kind: CredentialKind,
    pub(crate) principal: PrincipalId,
    pub(crate) bound_to: Option<EngagementId>,
    pub(crate) label: String,
    pub(crate) seconds: i64,
    pub(crate) by: By,
}

/// At whose word one is issued.
pub(crate) enum By {
    Platform,
    Operator(Caller),
}

/// Writes into the ledger of each lab concerned that an operator made a way in to somebody engaged there: whoever
/// issues a credential could use it, and the lab must be able to see that.
fn tell_labs(
    inner: &Inner,
    state: &State,
    tx: &mut Tx<'_>,
    row: &CredentialRow,
    operator: &Caller,
) -> Result<(), GateError<&'static str>> {
    for held in engagement::of_principal(tx.reader(), row.principal)? {
        if row.bound_to.is_some_and(|only| only != held.engagement) {
            continue;
        }
        let Some(holder) = state.holder(tx.reader(), held.engagement)? else {
            continue;
        };
        if !state.engagement(&holder).is_some_and(|e| e.active(row.created)) {
            continue;
        }
        let fact = Fact::HolderCredentialIssued {
            engagement: holder.engagement,
            credential: credential_tag(&holder.salt, row.id),
        };
        let compartment = Compartment::Lab(holder.lab);
        let by = signed(&inner.secrets, compartment, operator);
        record::append(tx, &inner.secrets, state, compartment, by, fact, row.created)?;
    }
    Ok(())
}

fn issue_in(
    inner: &Inner,
    state: &State,
    tx: &mut Tx<'_>,
    wanted: Wanted,
) -> Result<Issued, GateError<&'static str>> {
    let secret = Secret::generate(wanted.kind, &inner.env.random()?);
    let row = record_in(inner, state, tx, wanted, secret.hash())?;
    Ok(Issued {
        id: row.id,
        secret,
        expires: row.expires,
    })
}

/// Records a credential; `secret` is the hash of what proves it.
pub(crate) fn record_in(
    inner: &Inner,
    state: &State,
    tx: &mut Tx<'_>,
    wanted: Wanted,
    secret: [u8; 32],
) -> Result<CredentialRow, GateError<&'static str>> {
    if principal::get(tx.reader(), wanted.principal)?.is_none() {
        return Err(GateError::Command("there is no such person or component"));
    }
    let now = inner.env.now();
    let mut row = CredentialRow {
        id: inner.env.new_id()?,
        secret,
        kind: wanted.kind,
        principal: wanted.principal,
        bound_to: wanted.bound_to,
        label: wanted.label,
        created: now,
        expires: now.plus_seconds(wanted.seconds),
        n: 0,
    };
    let fact = Fact::CredentialIssued {
        credential: row.id,
        row: row_hash(&row),
    };
    let compartment = Compartment::Installation;
    let by = match &wanted.by {
        By::Platform => Actor::Platform,
        By::Operator(caller) => signed(&inner.secrets, compartment, caller),
    };
    let appended = record::append(tx, &inner.secrets, state, compartment, by, fact, now)?;
    row.n = appended.entry.n;
    credential::insert(tx, &row)?;
    if let By::Operator(caller) = &wanted.by {
        tell_labs(inner, state, tx, &row, caller)?;
    }
    Ok(row)
}

/// Opens a session for whom a credential proves, in place of one in the same browser.
pub(crate) fn open_session(
    inner: &Inner,
    state: &State,
    tx: &mut Tx<'_>,
    caller: &Caller,
    seconds: i64,
    replaced: Option<CredentialId>,
) -> Result<Issued, GateError<&'static str>> {
    let installation = state.authority(Compartment::Installation)?;
    let still = |id: &CredentialId| installation.as_ref().is_some_and(|a| !a.is_revoked(*id));
    for credential in replaced.into_iter().filter(still) {
        revoke_in(inner, state, tx, credential)?;
    }
    let wanted = Wanted {
        kind: CredentialKind::Session,
        principal: caller.principal(),
        bound_to: caller.bound_to(),
        label: "browser session".into(),
        seconds,
        by: By::Platform,
    };
    issue_in(inner, state, tx, wanted)
}

fn revoke_in<E>(
    inner: &Inner,
    state: &State,
    tx: &mut Tx<'_>,
    credential: CredentialId,
) -> Result<(), GateError<E>> {
    let (fact, now) = (Fact::CredentialRevoked { credential }, inner.env.now());
    let compartment = Compartment::Installation;
    let appended = record::append(tx, &inner.secrets, state, compartment, Actor::Platform, fact, now)?;
    inner.announce(std::iter::once(&appended.entry.fact));
    Ok(())
}

impl Gate {
    /// Issues a credential, as an operator.
    pub async fn issue(
        &self,
        caller: &Caller,
        kind: CredentialKind,
        principal: PrincipalId,
        bound_to: Option<EngagementId>,
        label: &str,
        seconds: i64,
    ) -> Result<Issued, GateError<&'static str>> {
        let wanted = Wanted {
            kind,
            principal,
            bound_to,
            label: label.to_owned(),
            seconds,
            by: By::Operator(*caller),
        };
        let inner = Arc::clone(&self.inner);
        let caller = *caller;
        let issue = move |state: &State, tx: &mut Tx<'_>| {
            state.proves(&caller, inner.env.now())?;
            may_administer(state, &caller, inner.env.now()).map_err(GateError::Refused)?;
            issue_in(&inner, state, tx, wanted)
        };
        self.inner.write(issue).await
    }

    /// Issues the founder's first login link and token. Only while the founder is the only principal.
    pub async fn issue_to_founder(
        &self,
        founder: PrincipalId,
        kind: CredentialKind,
        label: &str,
        seconds: i64,
    ) -> Result<Issued, GateError<&'static str>> {
        let inner = Arc::clone(&self.inner);
        let label = label.to_owned();
        self.inner
            .write(move |state, tx| {
                let first = (String::new(), PrincipalId::from_bytes([0; 16]));
                let all = principal::page(tx.reader(), &first, 2)?;
                let installation = state.authority(Compartment::Installation)?;
                let founded = installation.is_some_and(|a| a.is_operator(founder));
                if !founded || all.len() != 1 || all.iter().any(|p| p.id != founder) {
                    return Err(GateError::Command("the installation is no longer new"));
                }
                issue_in(
                    &inner,
                    state,
                    tx,
                    Wanted {
                        kind,
                        principal: founder,
                        bound_to: None,
                        label,
                        seconds,
                        by: By::Platform,
                    },
                )
            })
            .await
    }

    /// Issues a token to an operator who has none any more, at the machine itself: whoever calls this holds the installation's
    /// own files, and no server runs. It is recorded as the platform's doing.
    pub async fn issue_to_operator(
        &self,
        operator: PrincipalId,
        label: &str,
        seconds: i64,
    ) -> Result<Issued, GateError<&'static str>> {
        let inner = Arc::clone(&self.inner);
        let wanted = Wanted {
            kind: CredentialKind::Token,
            principal: operator,
            bound_to: None,
            label: label.to_owned(),
            seconds,
            by: By::Platform,
        };
        let issue = move |state: &State, tx: &mut Tx<'_>| {
            let installation = state.authority(Compartment::Installation)?;
            if !installation.is_some_and(|a| a.is_operator(operator)) {
                return Err(GateError::Command("that is no operator"));
            }
            issue_in(&inner, state, tx, wanted)
        };
        self.inner.write(issue).await
    }

    /// Recognises a caller by a credential's secret.
    pub async fn authenticate(&self, secret: &str) -> Result<Caller, AuthError> {
        let caller = self.recognise(secret).await?;
        match caller.kind().acts() {
            true => Ok(caller),
            false => Err(AuthError::WrongKind),
        }
    }

    async fn recognise(&self, secret: &str) -> Result<Caller, AuthError> {
        let secret: Secret = secret.parse()?;
        let hash = secret.hash();
        let row = match self.known(&hash) {
            Some(row) => row,
            None => self.look_up(hash).await?,
        };
        self.proven_by(&row).await
    }

    /// Whom a credential proves of which the secret, or what stands in its place, was shown.
    pub(crate) async fn proven_by(&self, row: &CredentialRow) -> Result<Caller, AuthError> {
        self.inner.settle().await?;
        let state = self.inner.state();
        let installation = state
            .authority(Compartment::Installation)
            .map_err(GateError::from)?;
        if installation.is_none() {
            return Err(AuthError::Unproven(Unproven::Revoked));
        }
        let known = cofferdam_model::Caller {
            principal: row.principal,
            credential: row.id,
            kind: row.kind,
            bound_to: row.bound_to,
        };
        let caller = Caller(known, Some(row.expires));
        state.proves(&caller, self.inner.env.now())?;
        Ok(caller)
    }

    /// Whether a credential that was recognised when a request began still proves who asks, now that all of it has come.
    pub async fn still_proves(&self, caller: &Caller) -> Result<(), GateError<std::convert::Infallible>> {
        self.inner.settle().await?;
        Ok(self.inner.state().proves(caller, self.inner.env.now())?)
    }

    fn known(&self, hash: &[u8; 32]) -> Option<CredentialRow> {
        self.inner
            .known
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(hash)
            .cloned()
    }

    async fn look_up(&self, hash: [u8; 32]) -> Result<CredentialRow, AuthError> {
        let inner = Arc::clone(&self.inner);
        let row = self.inner.store.read(move |reader| {
            let Some(row) = credential::by_secret(reader, &hash)? else {
                return Err(AuthError::Unknown);
            };
            if let Err(error) = check_row(&inner.secrets, reader, &row) {
                let StateError::Integrity(found) = error else {
                    return Err(GateError::from(error).into());
                };
                tracing::error!(%found, "a row was not obeyed");
                return Err(AuthError::Unknown);
            }
            Ok(row)
        });
        let row: CredentialRow = row.await?;
        let mut known = self.inner.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= 65_536 {
            known.clear();
        }
        known.insert(hash, row.clone());
        Ok(row)
    }

    /// Uses up a one-time link and opens a session. The session that it replaces, in the same browser, proves nothing
    /// from then on.
    pub async fn log_in(
        &self,
        link: &str,
        session_seconds: i64,
        replaced: Option<&Caller>,
    ) -> Result<(Caller, Issued), AuthError> {
        let caller = self.recognise(link).await?;
        if caller.kind() != CredentialKind::Link {
            return Err(AuthError::WrongKind);
        }
        let inner = Arc::clone(&self.inner);
        let replaced = replaced.filter(|it| it.kind() == CredentialKind::Session);
        let replaced = replaced.map(Caller::credential);
        let issued = self.inner.write(move |state, tx| {
            let compartment = Compartment::Installation;
            let used = caller.credential();
            let authority = state.authority(compartment)?;
            if authority.as_ref().is_none_or(|a| a.is_revoked(used)) {
                return Err(GateError::Command("used"));
            }
            drop(authority);
            revoke_in(&inner, state, tx, used)?;
            open_session(&inner, state, tx, &caller, session_seconds, replaced)
        });
        let used = |_| AuthError::Unproven(Unproven::Revoked);
        self.opened(issued.await.map_err(|error| failed(error, used))?)
            .await
    }

    /// A session that was opened just now.
    pub(crate) async fn opened(&self, issued: Issued) -> Result<(Caller, Issued), AuthError> {
        let session = self.authenticate(issued.secret.expose()).await?;
        Ok((session, issued))
    }

    /// Revokes a credential: one's own, or, as an operator, anybody's. One that is good for a single engagement revokes none
    /// that is good for more.
    pub async fn revoke(&self, caller: &Caller, id: CredentialId) -> Result<(), GateError<&'static str>> {
        let inner = Arc::clone(&self.inner);
        let caller = *caller;
        self.inner
            .write(move |state, tx| {
                state.proves(&caller, inner.env.now())?;
                let operator = may_administer(state, &caller, inner.env.now()).is_ok();
                let row = credential::get(tx.reader(), id)?;
                // Good for one engagement, good for nothing beyond it.
                let within =
                    |row: &CredentialRow| caller.bound_to().is_none_or(|only| row.bound_to == Some(only));
                let own = |row: &CredentialRow| row.principal == caller.principal() && within(row);
                if !row.is_some_and(|row| operator || own(&row)) {
                    return Err(GateError::Command("there is no such credential"));
                }
                let compartment = Compartment::Installation;
                if state.authority(compartment)?.is_some_and(|a| a.is_revoked(id)) {
                    return Ok(());
                }
                let by = if operator {
                    signed(&inner.secrets, compartment, &caller)
                } else {
                    Actor::Platform
                };
                let fact = Fact::CredentialRevoked { credential: id };
                let appended =
                    record::append(tx, &inner.secrets, state, compartment, by, fact, inner.env.now())?;
                inner.announce(std::iter::once(&appended.entry.fact));
                Ok(())
            })
            .await
    }

    /// The caller that one of the platform's own jobs is: a principal like any other, that the ledger names.
    pub async fn job(&self, name: &'static str) -> Result<Option<Caller>, StoreError> {
        let found = self
            .inner
            .store
            .read(move |reader| principal::job(reader, name))
            .await?;
        Ok(found.map(|job| {
            let known = cofferdam_model::Caller {
                principal: job.id,
                credential: CredentialId::from_bytes(*job.id.as_bytes()),
                kind: CredentialKind::Token,
                bound_to: None,
            };
            Caller(known, None)
        }))
    }
}
