//! One connection to a keyholder, kept while it lasts.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use cofferdam_seal::keyholder::KeyholderError;
use cofferdam_seal::keyholder::wire::{MAX_BODY_BYTES, SERVER_NAME};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::client::conn::http1::{self, SendRequest};
use hyper::header::HOST;
use hyper::{Method, Request};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::ClientConfig;
use tokio_rustls::rustls::pki_types::ServerName;

/// How long connecting and shaking hands may take, and
const TO_CONNECT: Duration = Duration::from_secs(4);
/// an answer.
const TO_ANSWER: Duration = Duration::from_secs(10);

/// What a keyholder said: the HTTP status and the body.
pub(crate) type Said = (u16, Bytes);

/// Where a keyholder is, and how one speaks to it.
pub(crate) struct Conn {
    address: String,
    config: Arc<ClientConfig>,
    open: Option<SendRequest<Full<Bytes>>>,
}

impl Conn {
    pub(crate) const fn new(address: String, config: Arc<ClientConfig>) -> Self {
        Self {
            address,
            config,
            open: None,
        }
    }

    /// Asks, on the connection that is open or on a new one. A request that got no answer may have been heard: whoever asks again
    /// sends the same bytes.
    pub(crate) async fn ask(&mut self, path: &str, body: &str) -> Result<Said, KeyholderError> {
        let body = Bytes::copy_from_slice(body.as_bytes());
        if let Some(sender) = self.open.as_mut()
            && let Ok(said) = timely(TO_ANSWER, one(sender, path, body.clone())).await
        {
            return Ok(said);
        }
        // The keyholder ends connections that rest: that says nothing of how it is.
        self.open = None;
        let connecting = timely(TO_CONNECT, connect(&self.address, Arc::clone(&self.config)));
        let mut sender = connecting.await.map_err(|why| self.away(&why))?;
        let said = timely(TO_ANSWER, one(&mut sender, path, body)).await;
        let said = said.map_err(|why| self.away(&why))?;
        self.open = Some(sender);
        Ok(said)
    }

    /// Ends the connection: with it go the buffers by which a key came.
    pub(crate) fn close(&mut self) {
        self.open = None;
    }

    fn away(&self, why: &str) -> KeyholderError {
        KeyholderError::Unavailable {
            detail: format!("{}: {why}", self.address),
        }
    }
}

async fn timely<T>(most: Duration, does: impl Future<Output = Result<T, String>>) -> Result<T, String> {
    tokio::time::timeout(most, does)
        .await
        .unwrap_or_else(|_| Err(format!("no answer within {} s", most.as_secs())))
}

async fn connect(address: &str, config: Arc<ClientConfig>) -> Result<SendRequest<Full<Bytes>>, String> {
    let stream = TcpStream::connect(address).await.map_err(text)?;
    stream.set_nodelay(true).map_err(text)?;
    let name = ServerName::try_from(SERVER_NAME).map_err(text)?;
    let stream = TlsConnector::from(config)
        .connect(name, stream)
        .await
        .map_err(text)?;
    let (sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(text)?;
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::debug!(%error, "a connection to a keyholder ended");
        }
    });
    Ok(sender)
}

async fn one(sender: &mut SendRequest<Full<Bytes>>, path: &str, body: Bytes) -> Result<Said, String> {
    sender.ready().await.map_err(text)?;
    let request = Request::builder()
        .method(Method::POST)
        .uri(path)
        .header(HOST, SERVER_NAME)
        .body(Full::new(body))
        .map_err(text)?;
    let response = sender.send_request(request).await.map_err(text)?;
    let status = response.status().as_u16();
    let body = Limited::new(response.into_body(), MAX_BODY_BYTES).collect();
    Ok((status, body.await.map_err(text)?.to_bytes()))
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}
