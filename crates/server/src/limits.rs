//! How much and how fast: bounded bodies, bounded JSON, bounded rates.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU32;
use std::sync::Arc;

use axum::body::Body as HttpBody;
use axum::extract::{ConnectInfo, FromRequest, Request, State};
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use cofferdam_custody::Caller;
use cofferdam_work::strict_json::{self, Bounds};
use cofferdam_work::unread;
use futures::StreamExt as _;
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use serde::de::DeserializeOwned;

use crate::caller::secret_of;
use crate::problem::Problem;
use crate::room::{Room, Taken, Whole};
use crate::state::AppState;
use crate::wording;

/// Bytes of a JSON request.
pub(crate) const MOST_JSON_BYTES: usize = 8 << 20;
/// Bytes of an inventory: a machine with 6,000 packages has some 7 MiB.
const MOST_INVENTORY_BYTES: usize = 64 << 20;
/// Bytes of an imported file.
const MOST_FILE_BYTES: usize = 512 << 20;

/// How much a request may bring, and what to say of more.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Most {
    bytes: usize,
    said: &'static str,
}

/// A login link. Anybody may send one.
pub(crate) const LINK: Most = Most {
    bytes: 4 << 10,
    said: "what follows `#` in a login link is some 70 characters",
};
/// What an authenticator says. Anybody may send it.
pub(crate) const PASSKEY: Most = Most {
    bytes: 16 << 10,
    said: "what an authenticator says has at most 16 KiB",
};
/// A JSON request.
pub(crate) const JSON: Most = Most {
    bytes: MOST_JSON_BYTES,
    said: "a JSON request has at most 8 MiB",
};
/// An inventory.
pub(crate) const INVENTORY: Most = Most {
    bytes: MOST_INVENTORY_BYTES,
    said: "an inventory has at most 64 MiB; scan fewer folders at a time",
};
/// An imported file.
pub(crate) const FILE: Most = Most {
    bytes: MOST_FILE_BYTES,
    said: "a file has at most 512 MiB; split it",
};

impl Most {
    /// What is sent to an address.
    fn at(path: &str) -> Self {
        match path.rsplit('/').next() {
            Some("imports") => FILE,
            Some("inventories") => INVENTORY,
            Some("sessions") => LINK,
            Some("challenges" | "logins" | "passkeys") => PASSKEY,
            _ => JSON,
        }
    }

    /// The whole of a body, while there is room for it. One that breaks off, or is not framed as its headers say, is not called too
    /// large.
    pub(crate) async fn read(self, body: HttpBody, room: &Room) -> Result<Whole, Problem> {
        let mut pieces = body.into_data_stream();
        let (mut whole, mut taken) = (Vec::new(), Taken::default());
        while let Some(piece) = pieces.next().await {
            let piece = piece.map_err(|_| {
                Problem::malformed(
                    "the body of this request broke off, or is not framed as its headers say (chunks, or a length); \
                     nothing of it was done, send it again",
                )
            })?;
            if whole.len() + piece.len() > self.bytes {
                return Err(Problem::too_large(self.said));
            }
            room.take(&mut taken, whole.len() + piece.len())
                .map_err(|_| Problem::no_room())?;
            whole.extend_from_slice(&piece);
        }
        Ok(Whole {
            bytes: whole.into(),
            taken,
        })
    }
}

/// How long a body says that it is.
pub(crate) fn declared_length(headers: &HeaderMap) -> Option<usize> {
    let length = headers.get(header::CONTENT_LENGTH)?;
    length.to_str().ok()?.parse().ok()
}

/// Refuses what says beforehand that it is too large: whoever asks whether to send it is not told to go on.
pub(crate) async fn declared(request: Request, next: Next) -> Response {
    let length = declared_length(request.headers());
    let most = Most::at(request.uri().path());
    if length.is_some_and(|length| length > most.bytes) {
        return Problem::too_large(most.said).into_response();
    }
    next.run(request).await
}

const JSON_BOUNDS: Bounds = Bounds {
    depth: 64,
    keys: 100_000,
    text_bytes: 4 << 20,
};

/// A JSON body that keeps to the bounds: depth, number of keys, lengths, no duplicate keys, no lone surrogates.
pub(crate) struct Body<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<AppState> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Problem> {
        let declared = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|v| v.to_str().ok());
        if !declared.is_some_and(|t| {
            t.split(';')
                .next()
                .is_some_and(|t| t.trim().eq_ignore_ascii_case("application/json"))
        }) {
            return Err(Problem::malformed(
                "send JSON, with `Content-Type: application/json`",
            ));
        }
        let most = Most::at(request.uri().path());
        let caller = request.extensions().get::<Caller>().copied();
        let Whole { bytes, taken } = most.read(request.into_body(), &state.room).await?;
        if let Some(caller) = caller {
            state.gate().still_proves(&caller).await?;
        }
        let text = std::str::from_utf8(&bytes).map_err(|error| not_utf8(&bytes, error.valid_up_to()))?;
        let value = strict_json::parse(text, &JSON_BOUNDS).map_err(unread)?;
        if !value.is_object() {
            return Err(Problem::body("a JSON object is needed"));
        }
        let read = unread::from_value(value)
            .map(Self)
            .map_err(|e| wording::unread_member(unread::pointer(e.path()), &e.inner().to_string()));
        drop(taken);
        read
    }
}

fn not_utf8(bytes: &[u8], at: usize) -> Problem {
    let byte = bytes.get(at).copied().unwrap_or_default();
    Problem::malformed(format!(
        "the body is not UTF-8: byte 0x{byte:02X} at offset {at}; JSON is always UTF-8"
    ))
}

/// What is no JSON cannot be read; what is JSON and breaks a rule is wrong at its place.
fn unread(problem: strict_json::Problem) -> Problem {
    let hint = problem.hint.as_ref().map(|hint| format!("; {hint}"));
    let reason = problem.reason_in_document() + &hint.unwrap_or_default();
    match reason.strip_prefix("is not valid JSON: ") {
        Some(reason) => Problem::malformed(format!("the body is not JSON: {reason}")),
        None if problem.syntax => {
            Problem::malformed(format!("the body is not JSON: {} {reason}", problem.pointer))
        }
        None if problem.pointer.is_empty() => Problem::body(reason),
        None => Problem::field(&problem.pointer, reason),
    }
}

/// Counts requests by credential or address; none: any number may come.
pub(crate) type Rates = Option<Arc<Rate>>;

/// So many requests per second.
pub(crate) struct Rate {
    limiter: DefaultKeyedRateLimiter<u64>,
    /// The proxies that are believed whom they ask for.
    proxies: Vec<IpAddr>,
}

/// A limiter for so many requests per second, with bursts of twice as many; none for 0.
pub(crate) fn rates(per_second: u32, proxies: &[IpAddr]) -> Rates {
    let per_second = NonZeroU32::new(per_second)?;
    let burst = per_second.saturating_mul(NonZeroU32::MIN.saturating_add(1));
    Some(Arc::new(Rate {
        limiter: RateLimiter::keyed(Quota::per_second(per_second).allow_burst(burst)),
        proxies: proxies.to_vec(),
    }))
}

fn key_of(request: &Request, proxies: &[IpAddr]) -> u64 {
    let mut hasher = DefaultHasher::new();
    match secret_of(request.headers()) {
        Some((secret, _)) => secret.hash(&mut hasher),
        None => {
            let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
            let peer = peer.map(|ConnectInfo(address)| address.ip());
            peer.map(|peer| asking(peer, request.headers(), proxies))
                .hash(&mut hasher);
        }
    }
    hasher.finish()
}

/// The address that a request comes from: the peer's, or, of a proxy that is believed, the last in its `X-Forwarded-For` that is no
/// such proxy's. What stands before that anybody may have written.
fn asking(peer: IpAddr, headers: &HeaderMap, proxies: &[IpAddr]) -> IpAddr {
    let believed = |address: &IpAddr| proxies.contains(&address.to_canonical());
    if !believed(&peer) {
        return peer;
    }
    let lines = headers.get_all("x-forwarded-for").iter().rev();
    let said = lines.flat_map(|line| line.to_str().unwrap_or_default().rsplit(','));
    let mut last = peer;
    for address in said.map_while(|text| text.trim().parse::<IpAddr>().ok()) {
        last = address;
        if !believed(&address) {
            break;
        }
    }
    last.to_canonical()
}

/// Refuses what comes too fast.
pub(crate) async fn limit(State(rates): State<Rates>, request: Request, next: Next) -> Response {
    if let Some(Rate { limiter, proxies }) = rates.as_deref() {
        if limiter.check_key(&key_of(&request, proxies)).is_err() {
            return Problem::rate_limited().into_response();
        }
        if limiter.len() > 100_000 {
            limiter.retain_recent();
        }
    }
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_is_believed_and_nobody_before_it() {
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        let proxies = [ip("127.0.0.1"), ip("10.0.0.2")];
        let told = |peer, lines: &[&str]| {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append("x-forwarded-for", line.parse().unwrap());
            }
            asking(ip(peer), &headers, &proxies).to_string()
        };
        assert_eq!(told("127.0.0.1", &["203.0.113.9"]), "203.0.113.9");
        assert_eq!(told("::ffff:127.0.0.1", &["203.0.113.9"]), "203.0.113.9");
        assert_eq!(told("127.0.0.1", &["198.51.100.1, 203.0.113.9"]), "203.0.113.9");
        assert_eq!(
            told("127.0.0.1", &["198.51.100.1", "203.0.113.9, 10.0.0.2"]),
            "203.0.113.9"
        );
        assert_eq!(told("127.0.0.1", &[]), "127.0.0.1");
        assert_eq!(told("127.0.0.1", &["unknown"]), "127.0.0.1");
        assert_eq!(
            told("198.51.100.1", &["203.0.113.9"]),
            "198.51.100.1",
            "no proxy of ours"
        );
    }
}
