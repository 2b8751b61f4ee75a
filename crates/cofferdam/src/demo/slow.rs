//! An export that is read slowly, so that it is still open when a halt comes: a connection of its own, with as small a
//! buffer as the kernel gives.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;

use super::stage::Seat;
use crate::fail::{Failure, Outcome, To};

const RECEIVE_BUFFER: u32 = 2 << 10;
const PATIENCE: Duration = Duration::from_secs(30);

/// An export under way.
pub(super) struct SlowExport {
    stream: TcpStream,
    read: Vec<u8>,
}

/// What came of it.
pub(super) struct Ended {
    /// Whole lines that arrived.
    pub(super) lines: u64,
    /// Whether the answer came to its proper end.
    pub(super) whole: bool,
}

impl SlowExport {
    /// Asks for the export and waits for its first line.
    pub(super) async fn open(seat: &Seat) -> Outcome<Self> {
        let (host, bearer) = (
            seat.client.base().trim_start_matches("http://"),
            seat.client.bearer().unwrap_or_default(),
        );
        let address: SocketAddr = host.parse().to("the demonstration's own address")?;
        let request = format!(
            "GET /api/v1/engagements/{}/export HTTP/1.1\r\nHost: {host}\r\nAuthorization: {bearer}\r\nConnection: close\r\n\r\n",
            seat.engagement
        );
        let ask = async {
            let socket = TcpSocket::new_v4()?;
            socket.set_recv_buffer_size(RECEIVE_BUFFER)?;
            let mut stream = socket.connect(address).await?;
            stream.write_all(request.as_bytes()).await?;
            Ok::<_, io::Error>(stream)
        };
        let mut export = Self {
            stream: ask.await.to("the export")?,
            read: Vec::new(),
        };
        while export.lines().0 == 0 {
            if timeout(PATIENCE, export.more())
                .await
                .to("the export")?
                .to("the export")?
                == 0
            {
                let answer = String::from_utf8_lossy(&export.read)
                    .lines()
                    .next()
                    .unwrap_or_default()
                    .to_owned();
                return Err(Failure::new(format!(
                    "the export ended before its first line: {answer}"
                )));
            }
        }
        Ok(export)
    }

    async fn more(&mut self) -> io::Result<usize> {
        let mut chunk = [0; 1_024];
        let read = self.stream.read(&mut chunk).await?;
        self.read.extend_from_slice(&chunk[..read]);
        Ok(read)
    }

    /// How many whole lines were read so far, and whether the end was.
    pub(super) fn lines(&self) -> (u64, bool) {
        let head = self.read.windows(4).position(|w| w == b"\r\n\r\n");
        let Some(head) = head else { return (0, false) };
        let (body, ended) = unchunked(&self.read[head + 4..]);
        (body.iter().filter(|byte| **byte == b'\n').count() as u64, ended)
    }

    /// Reads what still comes.
    pub(super) async fn rest(mut self) -> Outcome<Ended> {
        // A connection that is reset is a connection that was cut.
        while timeout(PATIENCE, self.more())
            .await
            .to("the export")?
            .unwrap_or(0)
            > 0
        {}
        let (lines, whole) = self.lines();
        Ok(Ended { lines, whole })
    }
}

/// The content of a chunked body (RFC 9112, section 7.1), as far as it is there, and whether its last chunk is.
fn unchunked(mut rest: &[u8]) -> (Vec<u8>, bool) {
    let mut body = Vec::new();
    loop {
        let Some(line) = rest.windows(2).position(|w| w == b"\r\n") else {
            return (body, false);
        };
        let size = std::str::from_utf8(&rest[..line])
            .ok()
            .and_then(|text| usize::from_str_radix(text.trim(), 16).ok());
        let Some(size) = size else { return (body, false) };
        rest = &rest[line + 2..];
        if size == 0 {
            return (body, true);
        }
        let here = size.min(rest.len());
        body.extend_from_slice(&rest[..here]);
        let Some(after) = rest.get(size + 2..) else {
            return (body, false);
        };
        rest = after;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_that_was_cut_is_told_from_a_whole_one() {
        assert_eq!(
            unchunked(b"3\r\na\nb\r\n2\r\nc\n\r\n0\r\n\r\n"),
            (b"a\nbc\n".to_vec(), true)
        );
        assert_eq!(unchunked(b"3\r\na\nb\r\n2\r\nc"), (b"a\nbc".to_vec(), false));
        assert_eq!(unchunked(b"3\r\na\nb\r\n"), (b"a\nb".to_vec(), false));
    }
}
