//! HTTPS: who may come in, how much is read, and how long anybody is waited for.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Incoming;
use hyper::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use rustls::RootCertStore;
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::server::{ClientHello, ResolvesServerCert, WebPkiClientVerifier};
use rustls::sign::CertifiedKey;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_rustls::TlsAcceptor;

use cofferdam_seal::keyholder::KeyholderError;
use cofferdam_seal::keyholder::wire::MAX_BODY_BYTES;

use crate::calls::{self, Answer, Keyholder};
use crate::entry::Fact;
use crate::fail::{Failure, Outcome, To as _};
use crate::journal::{Decided, JournalError};
use crate::{control, out};

/// Connections at once of nodes,
const MAX_NODES: usize = 256;
/// of one of them, which asks one thing after the other,
const MAX_OF_ONE: usize = 8;
/// and of whoever has not shown to be one; more of them wait in the system's queue.
const MAX_STRANGERS: usize = 64;
/// The longest that a handshake takes,
const HANDSHAKE: Duration = Duration::from_secs(10);
/// the head of a request,
const HEAD: Duration = Duration::from_secs(30);
/// and its body.
const BODY: Duration = Duration::from_secs(10);
/// The longest that a connection lives. A certificate that ended is noticed sooner: each request is looked at.
const CONNECTION: Duration = Duration::from_secs(3_600);
/// That of a stranger, who has one thing to ask.
const VISIT: Duration = Duration::from_secs(30);
/// The most bytes of a request's head.
const MAX_HEAD: usize = 16 * 1024;
/// How often the server's certificate is made anew.
const RENEW: Duration = Duration::from_secs(24 * 3_600);

/// How often it is noted how far the log is.
const MARK: Duration = Duration::from_secs(10);

/// The server's certificate, which is exchanged while it runs.
struct Shown(RwLock<Arc<CertifiedKey>>);

impl std::fmt::Debug for Shown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Shown")
    }
}

impl ResolvesServerCert for Shown {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner)))
    }
}

/// Serves until it is told to end.
pub(crate) async fn serve(keyholder: Arc<Keyholder>, listen: SocketAddr) -> Outcome {
    let shown = Arc::new(Shown(RwLock::new(
        keyholder.identity.server(keyholder.lab.journal.now())?,
    )));
    let acceptor = TlsAcceptor::from(Arc::new(tls(&keyholder, Arc::clone(&shown))?));
    let listener = TcpListener::bind(listen).await.map_err(|error| {
        Failure::new(format!(
            "{listen}: nobody can come in there ({}); see what listens there already, or name another in the configuration",
            crate::fail::bare(&error)
        ))
    })?;
    let started = Fact::Started {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        cut: Some(keyholder.lab.cut).filter(|cut| *cut > 0),
    };
    let written = keyholder
        .lab
        .journal
        .commit(|_, _| Ok::<_, JournalError>(Decided::of(vec![started], ())));
    written.to("it does not start")?;
    control::listen(Arc::clone(&keyholder.lab)).await?;
    let place = listener.local_addr().to("the address")?;
    out::note(format!("cofferdam-keyholder: nodes come in at {place}"));
    tokio::spawn(renewed(Arc::clone(&keyholder), shown));
    tokio::spawn(marked(Arc::clone(&keyholder)));
    let lab = Arc::clone(&keyholder.lab);
    let places = Arc::new(Places {
        nodes: Arc::new(Semaphore::new(MAX_NODES)),
        strangers: Arc::new(Semaphore::new(MAX_STRANGERS)),
        of: Mutex::default(),
    });
    tokio::select! {
        () = accept(keyholder, listener, acceptor, places) => {}
        () = told_to_end() => {}
    }
    lab.note_mark()
}

fn tls(keyholder: &Keyholder, shown: Arc<Shown>) -> Outcome<rustls::ServerConfig> {
    let provider = Arc::new(default_provider());
    let mut roots = RootCertStore::empty();
    roots
        .add(keyholder.identity.authority.clone())
        .to("the authority")?;
    // Whoever has no certificate yet may come in to enrol; every other path asks for one.
    let clients = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
        .allow_unauthenticated()
        .build()
        .to("the authority")?;
    let mut config = rustls::ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])
        .to("TLS 1.3")?
        .with_client_cert_verifier(clients)
        .with_cert_resolver(shown);
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    config.send_tls13_tickets = 0;
    config.session_storage = Arc::new(rustls::server::NoServerSessionStorage {});
    Ok(config)
}

async fn renewed(keyholder: Arc<Keyholder>, shown: Arc<Shown>) {
    loop {
        tokio::time::sleep(RENEW).await;
        match keyholder.identity.server(keyholder.lab.journal.now()) {
            Ok(new) => *shown.0.write().unwrap_or_else(PoisonError::into_inner) = new,
            Err(failure) => out::note(format!("cofferdam-keyholder: {failure}")),
        }
    }
}

/// Notes now and then how far the log is.
async fn marked(keyholder: Arc<Keyholder>) {
    let mut noted = None;
    loop {
        let mark = keyholder.lab.journal.mark();
        if noted.as_ref() != Some(&mark) {
            let lab = Arc::clone(&keyholder.lab);
            match tokio::task::spawn_blocking(move || lab.note_mark()).await {
                Ok(Err(failure)) => out::note(format!("cofferdam-keyholder: {failure}")),
                _ => noted = Some(mark),
            }
        }
        tokio::time::sleep(MARK).await;
    }
}

async fn told_to_end() {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut end), Ok(mut interrupt)) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = end.recv() => {}
        _ = interrupt.recv() => {}
    }
}

/// Room for connections.
struct Places {
    nodes: Arc<Semaphore>,
    strangers: Arc<Semaphore>,
    /// How many are of whom: by certificate.
    of: Mutex<HashMap<Vec<u8>, usize>>,
}

/// A place of a node's, as long as this is held.
struct Place {
    places: Arc<Places>,
    of: Vec<u8>,
    _permit: OwnedSemaphorePermit,
}

impl Places {
    fn of(&self) -> MutexGuard<'_, HashMap<Vec<u8>, usize>> {
        self.of.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A place for a node, unless all are taken, or it has as many as one may have.
    fn take(self: &Arc<Self>, certificate: &[u8]) -> Option<Place> {
        let permit = Arc::clone(&self.nodes).try_acquire_owned().ok()?;
        let mut of = self.of();
        let count = of.entry(certificate.to_vec()).or_insert(0);
        (*count < MAX_OF_ONE).then(|| *count += 1)?;
        Some(Place {
            places: Arc::clone(self),
            of: certificate.to_vec(),
            _permit: permit,
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut of = self.places.of();
        if let Some(count) = of.get_mut(&self.of) {
            *count -= 1;
            if *count == 0 {
                of.remove(&self.of);
            }
        }
    }
}

async fn accept(
    keyholder: Arc<Keyholder>,
    listener: TcpListener,
    acceptor: TlsAcceptor,
    places: Arc<Places>,
) {
    loop {
        let Ok(place) = Arc::clone(&places.strangers).acquire_owned().await else {
            return;
        };
        match listener.accept().await {
            Ok((stream, _)) => {
                let (keyholder, acceptor) = (Arc::clone(&keyholder), acceptor.clone());
                tokio::spawn(connection(
                    keyholder,
                    acceptor,
                    stream,
                    place,
                    Arc::clone(&places),
                ));
            }
            // No more files may be opened, for one: those that are open go on.
            Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
        }
    }
}

async fn connection(
    keyholder: Arc<Keyholder>,
    acceptor: TlsAcceptor,
    stream: TcpStream,
    stranger: OwnedSemaphorePermit,
    places: Arc<Places>,
) {
    let _ = stream.set_nodelay(true);
    let Ok(Ok(stream)) = tokio::time::timeout(HANDSHAKE, acceptor.accept(stream)).await else {
        return;
    };
    let certificates = stream.get_ref().1.peer_certificates();
    let certificate = certificates
        .and_then(|chain| chain.first())
        .map(|der| der.to_vec());
    let certificate = Arc::new(certificate);
    // Who was a node once and is none any more has no more room than who never was.
    let known = {
        let (keyholder, certificate) = (Arc::clone(&keyholder), Arc::clone(&certificate));
        let look = move || {
            certificate
                .as_ref()
                .as_ref()
                .is_some_and(|der| keyholder.knows(der))
        };
        tokio::task::spawn_blocking(look).await.unwrap_or(false)
    };
    let (_stranger, _node, limit) = match certificate.as_deref().filter(|_| known) {
        Some(node) => {
            drop(stranger);
            let Some(place) = places.take(node) else { return };
            (None, Some(place), CONNECTION)
        }
        None => (Some(stranger), None, VISIT),
    };
    let service =
        service_fn(move |request| answered(Arc::clone(&keyholder), Arc::clone(&certificate), request));
    // What goes wrong with a connection is its client's to notice.
    let served = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .max_buf_size(MAX_HEAD)
        .serve_connection(TokioIo::new(stream), service);
    let _ = tokio::time::timeout(limit, served).await;
}

async fn answered(
    keyholder: Arc<Keyholder>,
    certificate: Arc<Option<Vec<u8>>>,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, std::convert::Infallible> {
    let (head, body) = request.into_parts();
    let collected = tokio::time::timeout(BODY, Limited::new(body, MAX_BODY_BYTES).collect()).await;
    let (answer, over) = match collected {
        Err(_) => (
            too(408, "the request's body did not come within 10 seconds"),
            true,
        ),
        Ok(Err(_)) => (
            too(413, "the request's body broke off, or is longer than 1 MiB"),
            true,
        ),
        Ok(Ok(body)) => {
            let body = body.to_bytes();
            let done = tokio::task::spawn_blocking(move || {
                let certificate = certificate.as_ref().as_deref();
                let (method, path) = (head.method.as_str(), head.uri.path());
                let answer = calls::answer(&keyholder, method, path, certificate, &body);
                (answer, certificate.is_none_or(|der| !keyholder.knows(der)))
            });
            let failed = "a mistake of the keyholder's own; its lab finds it in what it printed";
            done.await.unwrap_or_else(|_| (too(500, failed), true))
        }
    };
    let mut response = response(answer);
    if over {
        // Who is no node, or none any more, has no place of one's.
        response
            .headers_mut()
            .insert(hyper::header::CONNECTION, HeaderValue::from_static("close"));
    }
    Ok(response)
}

fn too(status: u16, detail: &str) -> Answer {
    let detail = detail.to_owned();
    calls::refused(status, KeyholderError::Unavailable { detail })
}

fn response(answer: Answer) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(answer.body));
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(answer.kind));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
