//! A keyholder of a lab's, as this node is enrolled with it.

use std::sync::{Arc, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cofferdam_model::Timestamp;
use cofferdam_model::env::Env;
use cofferdam_seal::Id128;
use cofferdam_seal::key::WrappedKey;
use cofferdam_seal::keyholder::wire::{
    Call, Certificate, Done, LeaseCall, Leased, Renew, Reply, Status, Token,
};
use cofferdam_seal::keyholder::{
    Answer, Destroy, IngestGrant, KeyholderError, LabKeyholder, Mint, MintedIngestKey,
};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tokio::sync::{Mutex, OwnedMutexGuard};
use tokio_rustls::rustls::ClientConfig;
use zeroize::Zeroizing;

use crate::conn::{Conn, Said};
use crate::enrol::{disk, hash_of, inner, new_key, unread};
use crate::folder::{Enrolment, Folder};
use crate::said::{heard, heard_status};
use crate::tls;

/// What answers of bring a key.
const LEASES: &str = "/v1/lease";
const CERTIFICATE: &str = "/v1/certificate";
/// One that did not answer is not asked again before that, for each of many who wait: microseconds.
const REST_MICROS: i64 = 3_000_000;
/// How long it is believed how it stands: microseconds.
const STANDING_MICROS: i64 = 1_000_000;

/// A node's end of one chain.
pub(crate) struct Remote {
    authority: [u8; 32],
    node: String,
    address: String,
    env: Env,
    chained: Arc<Mutex<Chained>>,
    shown: Shown,
    /// How it stood when it was last asked, and when that was: one asks at a time.
    standing: Mutex<Option<(i64, Status)>>,
}

/// What a node shows, for what takes no token: that waits for no call.
type Shown = Arc<std::sync::Mutex<Arc<ClientConfig>>>;

/// What one call at a time has.
pub(crate) struct Chained {
    enrolment: Enrolment,
    folder: Folder,
    conn: Conn,
    shown: Shown,
    /// Whether it is on the disk as it is here.
    kept: bool,
    /// Until when it is not asked again, and why.
    away: Option<(i64, KeyholderError)>,
    /// Another enrolment has taken its place.
    replaced: bool,
}

impl Remote {
    pub(crate) fn new(enrolment: Enrolment, folder: Folder, env: Env) -> Result<Self, KeyholderError> {
        let config = config(&enrolment)?;
        let shown: Shown = Arc::new(std::sync::Mutex::new(Arc::clone(&config)));
        Ok(Self {
            authority: hash_of(&enrolment.authority)?,
            node: enrolment.node.clone(),
            address: enrolment.address.clone(),
            env,
            shown: Arc::clone(&shown),
            standing: Mutex::default(),
            chained: Arc::new(Mutex::new(Chained {
                conn: Conn::new(enrolment.address.clone(), config),
                shown,
                enrolment,
                folder,
                kept: true,
                away: None,
                replaced: false,
            })),
        })
    }

    /// The name that this node was enrolled under.
    pub(crate) fn node(&self) -> &str {
        &self.node
    }

    /// While this is held nothing is called.
    pub(crate) async fn stand_still(&self) -> OwnedMutexGuard<Chained> {
        Arc::clone(&self.chained).lock_owned().await
    }

    /// Calls, to the end: whoever asked may go away meanwhile, and what was sent is still written down.
    async fn call<B, T>(&self, path: &'static str, body: B) -> Result<T, KeyholderError>
    where
        B: Serialize + Send + 'static,
        T: DeserializeOwned + Send + 'static,
    {
        let mut chained = self.stand_still().await;
        let env = self.env.clone();
        let called = tokio::spawn(async move {
            chained.ready(&env).await?;
            let outcome = chained.call(&env, path, body).await;
            chained.note(&env, outcome)
        });
        called.await.map_err(inner)?
    }

    async fn renew_if_due(&self) -> Result<(), KeyholderError> {
        let mut chained = self.stand_still().await;
        if chained.replaced || !chained.is_due(self.env.now().as_micros()) {
            return Ok(());
        }
        let env = self.env.clone();
        let readied = tokio::spawn(async move { chained.ready(&env).await });
        readied.await.map_err(inner)?
    }

    async fn ask_status(&self) -> Result<Status, KeyholderError> {
        let mut standing = self.standing.lock().await;
        let now = self.env.now().as_micros();
        if let Some((asked, known)) = &*standing
            && (0..STANDING_MICROS).contains(&(now - asked))
        {
            return Ok(known.clone());
        }
        let config = Arc::clone(&self.shown.lock().unwrap_or_else(PoisonError::into_inner));
        let said = Conn::new(self.address.clone(), config)
            .ask("/v1/status", "")
            .await?;
        let status: Status = unwrapped(&said)?;
        let status = heard_status(status);
        *standing = Some((now, status.clone()));
        Ok(status)
    }
}

/// An answer that carries no token: what was asked for, or an error in its wrapping.
pub(crate) fn unwrapped<T: DeserializeOwned>(said: &Said) -> Result<T, KeyholderError> {
    if said.0 == 200 {
        return serde_json::from_slice(&said.1).map_err(|_| unread(said));
    }
    match serde_json::from_slice::<Reply<T>>(&said.1) {
        Ok(reply) => reply.into_outcome().1.map_err(heard),
        Err(_) => Err(unread(said)),
    }
}

/// How a node shows its certificate.
fn config(enrolment: &Enrolment) -> Result<Arc<ClientConfig>, KeyholderError> {
    let authority = STANDARD.decode(&enrolment.authority).map_err(inner)?;
    let certificate = STANDARD.decode(&enrolment.certificate.der).map_err(inner)?;
    let key = Zeroizing::new(STANDARD.decode(&*enrolment.key).map_err(inner)?);
    tls::enrolled(&authority, certificate, &key)
        .map(Arc::new)
        .map_err(inner)
}

fn fresh(env: &Env) -> Result<Id128, KeyholderError> {
    env.random().map(Id128::new).map_err(inner)
}

impl Chained {
    /// It is never called again.
    pub(crate) fn replace(&mut self) {
        self.replaced = true;
    }

    /// Whether it was enrolled by the code of that id.
    pub(crate) fn is_of(&self, code: &str, node: &str) -> bool {
        self.enrolment.code == code && self.enrolment.node == node
    }

    /// The witness's key.
    pub(crate) fn witness(&self) -> String {
        self.enrolment.witness.clone()
    }

    /// Has the call answered that was under way, and a certificate that is good for a while.
    async fn ready(&mut self, env: &Env) -> Result<(), KeyholderError> {
        if self.replaced {
            return Err(KeyholderError::Unavailable {
                detail: "this node was enrolled anew meanwhile; ask again".into(),
            });
        }
        let now = env.now().as_micros();
        if let Some((until, why)) = self.away.take_if(|(until, _)| now < *until) {
            self.away = Some((until, why.clone()));
            return Err(why);
        }
        self.away = None;
        let ends = self.enrolment.certificate.expires_at_micros;
        if now >= ends {
            return Err(KeyholderError::Denied {
                reason: format!(
                    "what this node shows it ended at {}: have the lab enrol it anew",
                    Timestamp::from_micros(ends).rfc3339()
                ),
            });
        }
        let settled = self.settle(now).await;
        self.note(env, settled)?;
        if self.is_due(now) {
            // While the old certificate is good, calls go out with that.
            if let Err(error) = self.renew(fresh(env)?, now).await {
                tracing::warn!(%error, "a certificate for a keyholder could not be renewed");
                let settled = self.settle(now).await;
                self.note(env, settled)?;
            }
        }
        Ok(())
    }

    /// Notes that it is away, where it is: whoever waits for the next call is told at once.
    fn note<T>(&mut self, env: &Env, outcome: Result<T, KeyholderError>) -> Result<T, KeyholderError> {
        if let Err(error @ KeyholderError::Unavailable { .. }) = &outcome {
            let until = env.now().as_micros().saturating_add(REST_MICROS);
            self.away = Some((until, error.clone()));
        }
        outcome
    }

    /// Has the call answered that was under way when a process ended, or whose answer never came.
    async fn settle(&mut self, now: i64) -> Result<(), KeyholderError> {
        let Some((path, _)) = self.enrolment.chain.pending() else {
            return Ok(());
        };
        if path == CERTIFICATE {
            let outcome = self.send::<Certificate>().await?;
            return self.take(outcome, now).await;
        }
        // Whoever asked has been told that nobody answered: a key among it is dropped as it comes.
        self.send::<serde_json::Value>().await.map(drop)
    }

    async fn call<B: Serialize, T: DeserializeOwned>(
        &mut self,
        env: &Env,
        path: &str,
        body: B,
    ) -> Result<T, KeyholderError> {
        self.begin(path, fresh(env)?, body)?;
        self.send().await?
    }

    /// Takes up a call.
    fn begin<B: Serialize>(&mut self, path: &str, request: Id128, body: B) -> Result<(), KeyholderError> {
        let call = Call {
            token: self.enrolment.chain.token().clone(),
            request,
            body,
        };
        let body = serde_json::to_string(&call).map_err(inner)?;
        self.enrolment.chain.begin(path, body).map_err(inner)?;
        self.kept = false;
        Ok(())
    }

    /// Writes down what is under way, sends it, and writes down what comes next. The outer error: it is under way still, or was answered
    /// and could not be written down; then its answer is the same when it is asked for again.
    async fn send<T: DeserializeOwned>(&mut self) -> Result<Result<T, KeyholderError>, KeyholderError> {
        self.keep().await?;
        let (path, body) = self
            .enrolment
            .chain
            .pending()
            .ok_or_else(|| inner("there is nothing to be sent"))?;
        let said: Said = self.conn.ask(path, body).await?;
        if path.starts_with(LEASES) {
            self.conn.close();
        }
        let next = serde_json::from_slice::<Next>(&said.1).map_err(|_| unread(&said))?;
        let outcome = match serde_json::from_slice::<Reply<T>>(&said.1) {
            Ok(reply) => reply.into_outcome().1.map_err(heard),
            // It is of another version, perhaps. The chain goes on all the same.
            Err(_) => Err(unread(&said)),
        };
        // It failed on its side, and may have taken the token before it did: the same call is right either way.
        if next.token.is_none() && said.0 >= 500 {
            return Err(outcome.err().unwrap_or_else(|| unread(&said)));
        }
        self.enrolment.chain.answered(next.token);
        self.kept = false;
        self.keep().await?;
        Ok(outcome)
    }

    /// On the disk when this is done.
    async fn keep(&mut self) -> Result<(), KeyholderError> {
        if !self.kept {
            let text = self.enrolment.text().map_err(inner)?;
            let (folder, compartment) = (self.folder.clone(), self.enrolment.compartment);
            let keeping = tokio::task::spawn_blocking(move || folder.keep(compartment, &text));
            keeping.await.map_err(inner)?.map_err(disk)?;
            self.kept = true;
        }
        Ok(())
    }

    /// Whether half of the certificate's time is over. One that was given in the future was given by a clock that was wrong.
    fn is_due(&self, now: i64) -> bool {
        let since = self.enrolment.since_micros;
        let ends = self.enrolment.certificate.expires_at_micros;
        now < since || now > since.saturating_add(ends.saturating_sub(since) / 2)
    }

    async fn renew(&mut self, request: Id128, now: i64) -> Result<(), KeyholderError> {
        let (key, csr) = new_key()?;
        self.enrolment.next_key = Some(key);
        self.begin(CERTIFICATE, request, Renew { csr })?;
        let outcome = self.send::<Certificate>().await?;
        self.take(outcome, now).await
    }

    /// Shows the new certificate from now on, if it can be shown.
    async fn take(
        &mut self,
        outcome: Result<Certificate, KeyholderError>,
        now: i64,
    ) -> Result<(), KeyholderError> {
        let key = self.enrolment.next_key.take();
        let certificate = outcome?;
        let key = key.ok_or_else(|| inner("the key of its new certificate is not here"))?;
        let old = (
            std::mem::replace(&mut self.enrolment.certificate, certificate),
            std::mem::replace(&mut self.enrolment.key, key),
        );
        let config = match config(&self.enrolment) {
            Ok(config) => config,
            Err(error) => {
                (self.enrolment.certificate, self.enrolment.key) = old;
                return Err(error);
            }
        };
        self.enrolment.since_micros = now;
        self.conn = Conn::new(self.enrolment.address.clone(), Arc::clone(&config));
        *self.shown.lock().unwrap_or_else(PoisonError::into_inner) = config;
        self.kept = false;
        self.keep().await
    }
}

/// What every answer to a call has, whatever else is in it.
#[derive(Deserialize)]
struct Next {
    token: Option<Token>,
}

impl LabKeyholder for Remote {
    fn authority(&self) -> [u8; 32] {
        self.authority
    }

    fn mint(&self, request: Mint) -> Answer<'_, WrappedKey> {
        Box::pin(self.call("/v1/mint", request))
    }

    fn mint_ingest(&self, request: Mint) -> Answer<'_, MintedIngestKey> {
        Box::pin(self.call("/v1/mint-ingest", request))
    }

    fn lease(&self, mut call: LeaseCall) -> Answer<'_, Leased> {
        call.lease.node.clone_from(&self.node);
        Box::pin(self.call("/v1/lease", call))
    }

    fn lease_ingest(&self, mut call: LeaseCall) -> Answer<'_, Leased<IngestGrant>> {
        call.lease.node.clone_from(&self.node);
        Box::pin(self.call("/v1/lease-ingest", call))
    }

    fn destroy(&self, request: Destroy) -> Answer<'_, ()> {
        Box::pin(async { self.call::<_, Done>("/v1/destroy", request).await.map(drop) })
    }

    fn status(&self) -> Answer<'_, Status> {
        Box::pin(self.ask_status())
    }

    fn upkeep(&self) -> Answer<'_, ()> {
        Box::pin(self.renew_if_due())
    }
}
