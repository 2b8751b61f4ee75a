//! A connection to a receiver, of which no more is read than is needed: whatever its protocol would make of endless interim answers,
//! lines or certificates, a receiver has so many bytes.

use std::fmt::Debug;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use lettre::transport::smtp::client::AsyncTokioStream;
use rustls_platform_verifier::Verifier;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, Error as TlsError, crypto::aws_lc_rs};

/// Of one conversation over TLS, certificates and all.
pub(crate) const MOST_OF_TLS: usize = 64 * 1_024;
/// Addresses of one receiver that are tried, and how long the next waits for the one before (RFC 8305 section 5).
const ADDRESSES: usize = 6;
const STAGGER: Duration = Duration::from_millis(250);

/// What a connection is over.
trait Stream: AsyncRead + AsyncWrite + Send + Sync + Unpin + Debug {}

impl<S: AsyncRead + AsyncWrite + Send + Sync + Unpin + Debug> Stream for S {}

/// A connection of which so many bytes are read, and then it fails.
#[derive(Debug)]
pub(crate) struct Wire {
    stream: Box<dyn Stream>,
    peer: SocketAddr,
    left: usize,
    /// What is read before anything that comes.
    first: &'static [u8],
}

impl Wire {
    /// To the first of these addresses that answers.
    pub(crate) async fn to(addresses: Vec<SocketAddr>, most: usize) -> io::Result<Self> {
        let mut trying = JoinSet::new();
        for (wait, address) in (0..).zip(addresses.into_iter().take(ADDRESSES)) {
            trying.spawn(async move {
                tokio::time::sleep(STAGGER * wait).await;
                Ok::<_, io::Error>((TcpStream::connect(address).await?, address))
            });
        }
        let mut failed = io::Error::from(io::ErrorKind::AddrNotAvailable);
        while let Some(tried) = trying.join_next().await {
            match tried.map_err(io::Error::other).flatten() {
                Ok((stream, peer)) => {
                    return Ok(Self {
                        stream: Box::new(stream),
                        peer,
                        left: most,
                        first: b"",
                    });
                }
                Err(error) => failed = error,
            }
        }
        Err(failed)
    }

    /// The same within TLS, whose certificate is for that host; so many bytes are read of what is within.
    pub(crate) async fn within_tls(self, tls: &Tls, host: &str, most: usize) -> io::Result<Self> {
        let name = ServerName::try_from(host.to_owned()).map_err(io::Error::other)?;
        let peer = self.peer;
        let stream = TlsConnector::from(tls.0.clone()).connect(name, self).await?;
        Ok(Self {
            stream: Box::new(stream),
            peer,
            left: most,
            first: b"",
        })
    }

    /// As if the receiver had begun with that.
    pub(crate) fn beginning_with(self, first: &'static [u8]) -> Self {
        Self { first, ..self }
    }
}

impl AsyncRead for Wire {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, to: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let own = self.get_mut();
        if !own.first.is_empty() {
            let (now, later) = own.first.split_at(own.first.len().min(to.remaining()));
            to.put_slice(now);
            own.first = later;
            return Poll::Ready(Ok(()));
        }
        let most = own.left.min(to.remaining());
        if own.left == 0 {
            return Poll::Ready(Err(io::Error::other(
                "the receiver says more than is read of one",
            )));
        }
        let mut part = ReadBuf::new(to.initialize_unfilled_to(most));
        ready!(Pin::new(&mut own.stream).poll_read(cx, &mut part))?;
        let read = part.filled().len();
        to.advance(read);
        own.left -= read;
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Wire {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, from: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write(cx, from)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}

impl AsyncTokioStream for Wire {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.peer)
    }
}

/// TLS as it is spoken to receivers: with the roots that the machine trusts.
#[derive(Debug, Clone)]
pub(crate) struct Tls(Arc<ClientConfig>);

impl Tls {
    /// With the protocols that are offered within it.
    fn new(protocols: &[&[u8]]) -> Result<Self, TlsError> {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let verifier = Verifier::new(provider.clone())?;
        let mut config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier))
            .with_no_client_auth();
        config.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
        Ok(Self(Arc::new(config)))
    }
}

/// TLS for each way of sending, made when it is needed first; none where the machine trusts nobody.
#[derive(Debug, Default)]
pub(crate) struct Trust {
    http: OnceLock<Option<Tls>>,
    smtp: OnceLock<Option<Tls>>,
}

impl Trust {
    pub(crate) fn http(&self) -> Option<&Tls> {
        made(&self.http, &[b"http/1.1"])
    }

    pub(crate) fn smtp(&self) -> Option<&Tls> {
        made(&self.smtp, &[])
    }
}

fn made<'t>(once: &'t OnceLock<Option<Tls>>, protocols: &[&[u8]]) -> Option<&'t Tls> {
    let made = || {
        let made = Tls::new(protocols);
        made.inspect_err(|error| tracing::error!(%error, "no root certificates: nobody is reached by TLS"))
            .ok()
    };
    once.get_or_init(made).as_ref()
}
