//! Requests to hosts that the operator named, or that one of these named: by addresses that were looked at, by no proxy, no further
//! wherever an answer points, so long and so many bytes.

use std::future::poll_fn;
use std::io;
use std::pin::pin;
use std::time::Duration;

use hyper::body::Body as _;
use hyper::client::conn::http1;
use hyper::{Method, Request};
use hyper_util::rt::TokioIo;
use url::{Position, Url};

use crate::reach::{self, Hosts};
use crate::wire::{MOST_OF_TLS, Trust, Wire};

/// Of one answer.
const MOST: usize = 256 * 1_024;
const WITHIN: Duration = Duration::from_secs(10);

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum NoAnswer {
    /// It is at an address of this machine or of a private network, and nobody named it.
    #[error("its address is one of this machine's or of a private network's")]
    NotPublic,
    /// Nobody is there, or TLS failed, or what came is no answer.
    #[error("it cannot be reached")]
    Unreachable,
    /// It takes too long.
    #[error("it does not answer in time")]
    Late,
    /// It says too much.
    #[error("it says more than is read of one")]
    TooLong,
}

impl From<io::Error> for NoAnswer {
    fn from(error: io::Error) -> Self {
        tracing::debug!(%error, "a host was not reached");
        Self::Unreachable
    }
}

impl From<hyper::Error> for NoAnswer {
    fn from(error: hyper::Error) -> Self {
        tracing::debug!(%error, "a host gave no answer");
        Self::Unreachable
    }
}

/// A connection to where a URL leads: to a public address of it, or to any where its host is one of those named.
pub(crate) async fn wire(url: &Url, named: &Hosts, trust: &Trust, most: usize) -> Result<Wire, NoAnswer> {
    let addresses = reach::addresses(url, named).await?;
    if addresses.is_empty() {
        return Err(NoAnswer::NotPublic);
    }
    if url.scheme() != "https" {
        return Ok(Wire::to(addresses, most).await?);
    }
    let tls = trust.http().ok_or(NoAnswer::Unreachable)?;
    let host = reach::bare(url.host_str().unwrap_or_default());
    let wire = Wire::to(addresses, MOST_OF_TLS).await?;
    Ok(wire.within_tls(tls, host, most).await?)
}

/// What is sent. It may hold a secret, as what comes back may: neither has a `Debug`.
pub enum Asking {
    /// Nothing: what is there is fetched.
    Get,
    /// A form, and what is to stand in `Authorization`.
    Form(String, Option<String>),
}

/// What came back.
pub struct Reply {
    /// The status.
    pub status: u16,
    /// All of it.
    pub body: Vec<u8>,
}

/// Asks hosts.
#[derive(Debug, Default)]
pub struct Egress {
    trust: Trust,
    named: Hosts,
}

impl Egress {
    /// That reaches public addresses over TLS, and these hosts wherever they are.
    #[must_use]
    pub fn to(named: Hosts) -> Self {
        let trust = Trust::default();
        Self { trust, named }
    }

    /// Whether a URL may be asked at all: over TLS, or at a host that was named.
    #[must_use]
    pub fn may(&self, url: &Url) -> bool {
        let plain = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
        plain && (url.scheme() == "https" || (url.scheme() == "http" && self.named.has(url)))
    }

    /// Asks, and waits for all of the answer.
    ///
    /// # Errors
    /// Where there is none.
    pub async fn ask(&self, url: &Url, asking: Asking) -> Result<Reply, NoAnswer> {
        if !self.may(url) {
            return Err(NoAnswer::NotPublic);
        }
        let asked = tokio::time::timeout(WITHIN, self.answer(url, asking));
        asked.await.unwrap_or(Err(NoAnswer::Late))
    }

    async fn answer(&self, url: &Url, asking: Asking) -> Result<Reply, NoAnswer> {
        let request = request(url, asking).map_err(|_| NoAnswer::Unreachable)?;
        let wire = wire(url, &self.named, &self.trust, MOST + MOST_OF_TLS).await?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(wire)).await?;
        let mut connection = pin!(connection);
        let mut whole = pin!(async {
            let answer = sender.send_request(request).await?;
            let status = answer.status().as_u16();
            let body = read(answer.into_body()).await?;
            Ok(Reply { status, body })
        });
        tokio::select! {
            biased;
            whole = &mut whole => whole,
            // With the answer, or with why there is none.
            _ = &mut connection => whole.await,
        }
    }
}

fn request(url: &Url, asking: Asking) -> Result<Request<String>, hyper::http::Error> {
    let request = Request::builder()
        .uri(&url[Position::BeforePath..Position::AfterQuery])
        .header("host", &url[Position::BeforeHost..Position::AfterPort])
        .header("user-agent", concat!("cofferdam/", env!("CARGO_PKG_VERSION")))
        .header("accept", "application/json");
    match asking {
        Asking::Get => request.method(Method::GET).body(String::new()),
        Asking::Form(form, authorization) => {
            let request = request
                .method(Method::POST)
                .header("content-type", "application/x-www-form-urlencoded");
            match authorization {
                Some(told) => request.header("authorization", told).body(form),
                None => request.body(form),
            }
        }
    }
}

async fn read(body: hyper::body::Incoming) -> Result<Vec<u8>, NoAnswer> {
    let mut body = pin!(body);
    let mut whole = Vec::new();
    while let Some(frame) = poll_fn(|cx| body.as_mut().poll_frame(cx)).await {
        let Ok(data) = frame?.into_data() else { continue };
        if whole.len() + data.len() > MOST {
            return Err(NoAnswer::TooLong);
        }
        whole.extend_from_slice(&data);
    }
    Ok(whole)
}
