//! The HTTP API from outside: requests, pages and problems.

mod connect;
mod error;
mod json;
mod resolve;
mod standing;

use std::collections::BTreeSet;
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

pub(crate) use connect::Connect;
pub(crate) use error::ApiError;
pub(crate) use json::{number, text, when};
pub(crate) use resolve::{lab, person, project};
pub(crate) use standing::{ended_at, halted, nothing, over};

use crate::fail::{Failure, Outcome};
use crate::out::note;

const CONNECT: Duration = Duration::from_secs(5);
/// How long an answer may keep us waiting for its next byte: agreement and deliveries are computed meanwhile.
const READ: Duration = Duration::from_secs(600);
/// How long before whoever waits is told so.
const SILENT: Duration = Duration::from_secs(20);
const PAGE: usize = 500;

/// What a call gives.
pub(crate) type Call<T = Value> = Result<T, ApiError>;

/// One server, seen with one credential; cheap to clone.
#[derive(Clone)]
pub(crate) struct Client {
    http: reqwest::Client,
    base: String,
    bearer: Option<HeaderValue>,
}

impl Client {
    /// A client of the server at `base`.
    pub(crate) fn new(base: &str, token: Option<&str>) -> Outcome<Self> {
        let base = base.trim_end_matches('/').to_owned();
        if base.starts_with("https://") {
            let text = "this program speaks no TLS: reach a distant server through a tunnel, as in `ssh -L \
                        8417:127.0.0.1:8417 HOST`, and give --server http://127.0.0.1:8417";
            return Err(Failure::usage(text));
        }
        // A name, a password or a question in it would go with every request, in place of what this program sends.
        let bare = |url: reqwest::Url| {
            let nobody = url.username().is_empty() && url.password().is_none();
            nobody && url.query().is_none() && url.fragment().is_none()
        };
        if !base.starts_with("http://") || !reqwest::Url::parse(&base).is_ok_and(bare) {
            let text = format!("`{base}` is no address of a server; write it as in http://127.0.0.1:8417");
            return Err(Failure::usage(text));
        }
        let strange = || {
            Failure::usage(
                "the token holds characters that no token has; look at --token, COFFERDAM_TOKEN or --data",
            )
        };
        if token.is_some_and(|token| !token.is_ascii()) {
            return Err(strange());
        }
        let bearer = token
            .map(|token| HeaderValue::from_str(&format!("Bearer {token}")))
            .transpose();
        let mut bearer = bearer.map_err(|_| strange())?;
        bearer.iter_mut().for_each(|value| value.set_sensitive(true));
        let http = reqwest::Client::builder()
            .user_agent(concat!("cofferdam/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT)
            .read_timeout(READ)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build();
        let http = http.map_err(|error| Failure::new(format!("no HTTP client: {error}")))?;
        Ok(Self { http, base, bearer })
    }

    /// The same server with another credential.
    pub(crate) fn with_token(&self, token: &str) -> Outcome<Self> {
        let mut other = Self::new(&self.base, Some(token))?;
        other.http = self.http.clone();
        Ok(other)
    }

    /// The server's address.
    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    /// The same somebody, at another server.
    pub(crate) fn at(&self, base: &str) -> Self {
        Self {
            base: base.to_owned(),
            ..self.clone()
        }
    }

    /// The credential, as it stands in the header of a request.
    pub(crate) fn bearer(&self) -> Option<&str> {
        self.bearer.as_ref().and_then(|value| value.to_str().ok())
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}/api/v1{path}", self.base));
        match &self.bearer {
            Some(bearer) => request.header(AUTHORIZATION, bearer.clone()),
            None => request,
        }
    }

    async fn send(&self, request: RequestBuilder) -> Call<Response> {
        let mut sent = std::pin::pin!(request.send());
        let answered = tokio::select! {
            answered = &mut sent => answered,
            () = tokio::time::sleep(SILENT) => {
                let (base, seconds) = (&self.base, SILENT.as_secs());
                note(format!("no answer from {base} for {seconds} s; waiting on, as a large piece of work takes its time"));
                sent.await
            }
        };
        let response = answered.map_err(|error| ApiError::unreachable(&self.base, &error))?;
        if response.status().is_success() {
            return Ok(response);
        }
        let address = response.url().path().to_owned();
        let error = ApiError::refused(&self.base, response).await;
        Err(self.with_the_end(error, &address).await)
    }

    /// The gate says that an engagement is over, and not since when: one's own engagements do.
    async fn with_the_end(&self, error: ApiError, address: &str) -> ApiError {
        if !error.is("ended") {
            return error;
        }
        let asked = self.request(Method::GET, "/me").send().await;
        let me: Option<Value> = match asked {
            Ok(answer) if answer.status().is_success() => answer.json().await.ok(),
            _ => None,
        };
        match me.and_then(|me| ended_at(&me, address)) {
            Some(line) => error.saying(line),
            None => error,
        }
    }

    async fn decoded<T: DeserializeOwned>(&self, request: RequestBuilder) -> Call<Option<T>> {
        let response = self.send(request).await?;
        if response.status() == StatusCode::NO_CONTENT {
            return Ok(None);
        }
        let bytes = response
            .bytes()
            .await
            .map_err(|error| ApiError::unreachable(&self.base, &error))?;
        serde_json::from_slice(&bytes)
            .map(Some)
            .map_err(|error| ApiError::strange(&self.base, &error))
    }

    async fn must<T: DeserializeOwned>(&self, request: RequestBuilder) -> Call<T> {
        let found = self.decoded(request).await?;
        found.ok_or_else(|| ApiError::strange(&self.base, &"an empty answer where one was due"))
    }

    /// `GET`, decoded.
    pub(crate) async fn get<T: DeserializeOwned>(&self, path: &str) -> Call<T> {
        self.must(self.request(Method::GET, path)).await
    }

    /// `POST` of JSON, decoded.
    pub(crate) async fn post<T: DeserializeOwned>(&self, path: &str, body: &impl Serialize) -> Call<T> {
        self.must(self.request(Method::POST, path).json(body)).await
    }

    /// `POST` of JSON where there may be nothing to answer.
    pub(crate) async fn try_post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Call<Option<T>> {
        self.decoded(self.request(Method::POST, path).json(body)).await
    }

    /// `PUT` of JSON.
    pub(crate) async fn put(&self, path: &str, body: &impl Serialize) -> Call<Option<Value>> {
        self.decoded(self.request(Method::PUT, path).json(body)).await
    }

    /// `DELETE`.
    pub(crate) async fn delete(&self, path: &str) -> Call<Option<Value>> {
        self.decoded(self.request(Method::DELETE, path)).await
    }

    /// `POST` of a body that is sent while it is read.
    pub(crate) async fn upload(&self, path: &str, kind: &'static str, body: reqwest::Body) -> Call {
        self.must(
            self.request(Method::POST, path)
                .header(CONTENT_TYPE, kind)
                .body(body),
        )
        .await
    }

    /// `GET` of something that is read piece by piece.
    pub(crate) async fn open(&self, path: &str) -> Call<Response> {
        self.send(self.request(Method::GET, path)).await
    }

    /// `GET` of something small that is no JSON.
    pub(crate) async fn bytes(&self, path: &str) -> Call<Vec<u8>> {
        let read = self.open(path).await?.bytes().await;
        read.map(Into::into)
            .map_err(|error| ApiError::unreachable(&self.base, &error))
    }

    /// The server's metrics.
    pub(crate) async fn metrics(&self) -> Call<Vec<u8>> {
        let response = self.send(self.http.get(format!("{}/metrics", self.base))).await?;
        let read = response.bytes().await;
        read.map(Into::into)
            .map_err(|error| ApiError::unreachable(&self.base, &error))
    }

    /// Every item of a list, page after page. Where not all is listed that there is, whoever runs this is told.
    pub(crate) async fn all(&self, path: &str) -> Call<Vec<Value>> {
        let (items, unread) = self.all_there_is(path).await?;
        if let Some(lacks) = lacking(&unread) {
            note(format!("cofferdam: {lacks}"));
        }
        Ok(items)
    }

    /// The same, and the labs of which not all is listed.
    pub(crate) async fn all_there_is(&self, path: &str) -> Call<(Vec<Value>, BTreeSet<String>)> {
        let (mut items, mut unread) = (Vec::new(), BTreeSet::new());
        let mut cursor: Option<String> = None;
        loop {
            let sign = if path.contains('?') { '&' } else { '?' };
            // Only a list that comes in pages has a next one, and takes how long it may be.
            let after = cursor
                .map(|c| format!("{sign}limit={PAGE}&cursor={}", encoded(&c)))
                .unwrap_or_default();
            let page: Value = self.get(&format!("{path}{after}")).await?;
            let Value::Object(mut page) = page else {
                return Err(ApiError::strange(&self.base, &"a list without items"));
            };
            if let Some(Value::Array(found)) = page.remove("items") {
                items.extend(found);
            }
            let labs = page.get("unread").and_then(Value::as_array).into_iter().flatten();
            unread.extend(labs.filter_map(Value::as_str).map(str::to_owned));
            match page.remove("next") {
                Some(Value::String(next)) if !next.is_empty() => cursor = Some(next),
                _ => return Ok((items, unread)),
            }
        }
    }
}

/// What a list lacks, if it lacks anything.
pub(crate) fn lacking(unread: &BTreeSet<String>) -> Option<String> {
    let labs: Vec<&str> = unread.iter().map(String::as_str).collect();
    (!labs.is_empty()).then(|| {
        format!(
            "this is not all: of {} something is not as it was written, and not listed; it stands all the same. `cofferdam doctor` \
             says what is wrong",
            labs.join(", ")
        )
    })
}

/// A text as it can stand in an address.
pub(crate) fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_into_an_address_cannot_change_it() {
        assert_eq!(encoded("a b/?&=#é"), "a%20b%2F%3F%26%3D%23%C3%A9");
    }

    #[test]
    fn an_address_without_a_scheme_is_refused() {
        let text = Client::new("127.0.0.1:8417", None).err().unwrap().to_string();
        assert!(text.contains("write it as in http://127.0.0.1:8417"), "{text}");
    }
}
