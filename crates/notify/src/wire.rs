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

/// An authority of the tests' own, and a server that it vouches for: `localhost`.
#[cfg(test)]
pub(crate) mod vouched {
    use super::*;
    use tokio::net::TcpListener;
    use tokio_rustls::TlsAcceptor;
    use tokio_rustls::rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
    use tokio_rustls::rustls::{RootCertStore, ServerConfig};

    fn provider() -> Arc<tokio_rustls::rustls::crypto::CryptoProvider> {
        Arc::new(aws_lc_rs::default_provider())
    }

    pub(crate) fn tls() -> Tls {
        let mut roots = RootCertStore::empty();
        let authority = CertificateDer::from(&include_bytes!("../testdata/ca.der")[..]);
        roots.add(authority).unwrap();
        let config = ClientConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        Tls(Arc::new(config))
    }

    pub(crate) fn trust() -> Trust {
        Trust {
            http: OnceLock::from(Some(tls())),
            smtp: OnceLock::from(Some(tls())),
        }
    }

    pub(crate) fn acceptor() -> TlsAcceptor {
        let own = CertificateDer::from(&include_bytes!("../testdata/localhost.der")[..]);
        let key = PrivatePkcs8KeyDer::from(&include_bytes!("../testdata/localhost.key.der")[..]);
        let config = ServerConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![own], key.into())
            .unwrap();
        TlsAcceptor::from(Arc::new(config))
    }

    pub(crate) async fn listener() -> (TcpListener, SocketAddr) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        (listener, address)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    /// A receiver that says so many bytes within TLS, for each who comes.
    async fn speaking(bytes: usize) -> SocketAddr {
        let (listener, address) = vouched::listener().await;
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                if let Ok(mut stream) = vouched::acceptor().accept(stream).await {
                    let _ = stream.write_all(&vec![b'x'; bytes]).await;
                    let _ = stream.shutdown().await;
                }
            }
        });
        address
    }

    async fn heard(address: SocketAddr, host: &str, of_tls: usize, within: usize) -> io::Result<usize> {
        let wire = Wire::to(vec![address], of_tls).await?;
        let mut wire = wire.within_tls(&vouched::tls(), host, within).await?;
        let mut all = Vec::new();
        wire.read_to_end(&mut all).await
    }

    #[tokio::test]
    async fn so_much_is_read_within_tls_and_of_tls_and_no_more() {
        let address = speaking(10_000).await;
        assert_eq!(
            heard(address, "localhost", MOST_OF_TLS, 10_001).await.unwrap(),
            10_000
        );
        assert!(heard(address, "localhost", MOST_OF_TLS, 9_999).await.is_err());
        assert!(heard(address, "localhost", 5_000, 20_000).await.is_err());
        assert!(heard(address, "localhost", 100, 20_000).await.is_err());
    }

    #[tokio::test]
    async fn a_certificate_is_for_its_host_and_of_an_authority_that_is_trusted() {
        let address = speaking(1).await;
        assert!(heard(address, "127.0.0.1", MOST_OF_TLS, 9).await.is_err());
        assert!(heard(address, "mail.example", MOST_OF_TLS, 9).await.is_err());
        let wire = Wire::to(vec![address], MOST_OF_TLS).await.unwrap();
        // What the machine trusts knows nothing of this authority; where it trusts nobody, there is no TLS.
        if let Ok(tls) = Tls::new(&[]) {
            assert!(wire.within_tls(&tls, "localhost", 9).await.is_err());
        }
    }

    #[tokio::test]
    async fn the_first_address_that_answers_is_taken() {
        let (nobody, gone) = vouched::listener().await;
        drop(nobody);
        let (_listener, there) = vouched::listener().await;
        let wire = Wire::to(vec![gone, there], 9).await.unwrap();
        assert_eq!(wire.peer_addr().unwrap(), there);
        assert!(Wire::to(vec![gone], 9).await.is_err());
        assert!(Wire::to(Vec::new(), 9).await.is_err());
    }
}
