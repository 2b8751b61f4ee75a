//! A keyholder of a lab's, as this node is enrolled with it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cofferdam_model::env::Env;
use cofferdam_seal::Id128;
use cofferdam_seal::key::WrappedKey;
use cofferdam_seal::keyholder::wire::{Call, Certificate, Done, LeaseCall, Leased, Renew, Reply, Status};
use cofferdam_seal::keyholder::{
    Answer, Destroy, IngestGrant, KeyholderError, LabKeyholder, Mint, MintedIngestKey,
};
use serde::Serialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use tokio::sync::{Mutex, OwnedMutexGuard};
use tokio_rustls::rustls::ClientConfig;
use zeroize::Zeroizing;

use crate::conn::{Conn, Said};
use crate::enrol::{disk, hash_of, inner, new_key, unread};
use crate::folder::{Enrolment, Folder};
use crate::tls;

/// What answers of bring a key.
const LEASES: &str = "/v1/lease";
const CERTIFICATE: &str = "/v1/certificate";

/// A node's end of one chain.
pub(crate) struct Remote {
    authority: [u8; 32],
    node: String,
    env: Env,
    chained: Arc<Mutex<Chained>>,
    /// Another enrolment has taken its place.
    replaced: AtomicBool,
    shown: Shown,
}

/// What a node shows, for what takes no token: that waits for no call.
type Shown = Arc<std::sync::Mutex<(String, Arc<ClientConfig>)>>;

/// What one call at a time has.
pub(crate) struct Chained {
    enrolment: Enrolment,
    folder: Folder,
    conn: Conn,
    shown: Shown,
    /// Whether it is on the disk as it is here.
    kept: bool,
}

impl Remote {
    pub(crate) fn new(enrolment: Enrolment, folder: Folder, env: Env) -> Result<Self, KeyholderError> {
        let config = config(&enrolment)?;
        let address = enrolment.address.clone();
        let shown: Shown = Arc::new(std::sync::Mutex::new((address.clone(), Arc::clone(&config))));
        Ok(Self {
            authority: hash_of(&enrolment.authority)?,
            node: enrolment.node.clone(),
            env,
            shown: Arc::clone(&shown),
            replaced: AtomicBool::new(false),
            chained: Arc::new(Mutex::new(Chained {
                conn: Conn::new(address, config),
                shown,
                enrolment,
                folder,
                kept: true,
            })),
        })
    }

    /// While this is held nothing is called.
    pub(crate) async fn stand_still(&self) -> OwnedMutexGuard<Chained> {
        Arc::clone(&self.chained).lock_owned().await
    }

    /// It is never called again.
    pub(crate) fn replaced(&self) {
        self.replaced.store(true, Ordering::Release);
    }

    /// Calls, to the end: whoever asked may go away meanwhile, and what was sent is still written down.
    async fn call<B, T>(&self, path: &'static str, body: B) -> Result<T, KeyholderError>
    where
        B: Serialize + Send + 'static,
        T: DeserializeOwned + Send + 'static,
    {
        let mut chained = self.stand_still().await;
        if self.replaced.load(Ordering::Acquire) {
            return Err(KeyholderError::Unavailable {
                detail: "this node was enrolled anew meanwhile; ask again".into(),
            });
        }
        let now = self.env.now().as_micros();
        let (first, request) = (self.fresh()?, self.fresh()?);
        let called = tokio::spawn(async move {
            chained.settle(now).await?;
            if chained.is_due(now) {
                // While the old certificate is good, the call goes out with that.
                if let Err(error) = chained.renew(first, now).await {
                    tracing::warn!(%error, "a certificate for a keyholder could not be renewed");
                    chained.settle(now).await?;
                }
            }
            chained.call(path, request, body).await
        });
        called.await.map_err(inner)?
    }

    fn fresh(&self) -> Result<Id128, KeyholderError> {
        self.env.random().map(Id128::new).map_err(inner)
    }

    async fn renew_if_due(&self) -> Result<(), KeyholderError> {
        let mut chained = self.stand_still().await;
        let now = self.env.now().as_micros();
        if self.replaced.load(Ordering::Acquire) || !chained.is_due(now) {
            return Ok(());
        }
        let request = self.fresh()?;
        let renewed = tokio::spawn(async move {
            chained.settle(now).await?;
            if chained.is_due(now) {
                chained.renew(request, now).await?;
            }
            Ok(())
        });
        renewed.await.map_err(inner)?
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

impl Chained {
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
        self.send::<IgnoredAny>().await.map(drop)
    }

    async fn call<B: Serialize, T: DeserializeOwned>(
        &mut self,
        path: &str,
        request: Id128,
        body: B,
    ) -> Result<T, KeyholderError> {
        self.begin(path, request, body)?;
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
        let reply: Reply<T> = serde_json::from_slice(&said.1).map_err(|error| unread(&said, &error))?;
        let (next, outcome) = reply.into_outcome();
        self.enrolment.chain.answered(next);
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

    /// Whether half of the certificate's time is over.
    fn is_due(&self, now: i64) -> bool {
        let Enrolment {
            since_micros,
            certificate,
            ..
        } = &self.enrolment;
        let half = certificate.expires_at_micros.saturating_sub(*since_micros) / 2;
        now > since_micros.saturating_add(half)
    }

    async fn renew(&mut self, request: Id128, now: i64) -> Result<(), KeyholderError> {
        let (key, csr) = new_key()?;
        self.enrolment.next_key = Some(key);
        self.begin(CERTIFICATE, request, Renew { csr })?;
        let outcome = self.send::<Certificate>().await?;
        self.take(outcome, now).await
    }

    /// Shows the new certificate from now on.
    async fn take(
        &mut self,
        outcome: Result<Certificate, KeyholderError>,
        now: i64,
    ) -> Result<(), KeyholderError> {
        let key = self.enrolment.next_key.take();
        let certificate = outcome?;
        self.enrolment.key = key.ok_or_else(|| inner("the key of its new certificate is not here"))?;
        self.enrolment.certificate = certificate;
        self.enrolment.since_micros = now;
        let config = config(&self.enrolment)?;
        let address = self.enrolment.address.clone();
        self.conn = Conn::new(address.clone(), Arc::clone(&config));
        *self.shown.lock().unwrap_or_else(PoisonError::into_inner) = (address, config);
        self.kept = false;
        self.keep().await
    }
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
        Box::pin(async {
            let (address, config) = self.shown.lock().unwrap_or_else(PoisonError::into_inner).clone();
            let said = Conn::new(address, config).ask("/v1/status", "").await?;
            if said.0 == 200 {
                return serde_json::from_slice(&said.1).map_err(|error| unread(&said, &error));
            }
            match serde_json::from_slice::<Reply<Status>>(&said.1) {
                Ok(reply) => reply.into_outcome().1,
                Err(error) => Err(unread(&said, &error)),
            }
        })
    }

    fn upkeep(&self) -> Answer<'_, ()> {
        Box::pin(self.renew_if_due())
    }
}
