//! Signing in by the provider that the installation trusts: OpenID Connect Core 1.0, authorization code flow with PKCE (RFC 7636).
//!
//! A provider's word is one thing here: which account of its own somebody has. It opens a session for whoever added that account while
//! signed in; names, addresses of e-mail and groups are not asked for.

mod keys;
#[cfg(test)]
mod tests;
mod token;

use std::fmt;
use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use cofferdam_custody::{Account, SignIn};
use cofferdam_model::Timestamp;
use cofferdam_notify::Hosts;
use cofferdam_notify::egress::{Asking, Egress, NoAnswer};
use serde::{Deserialize, Deserializer};
use tokio::sync::{Mutex, Semaphore};
use url::Url;
use url::form_urlencoded::{Serializer, byte_serialize};

use keys::Keys;

/// How long what a provider says of itself is gone by,
const KNOWN_SECONDS: i64 = 3_600;
/// and how long it is not asked again for a key that it did not have.
const NOT_AGAIN_SECONDS: i64 = 60;
/// Sign-ins whose answer is fetched at a time.
const AT_ONCE: usize = 8;

/// A provider, as the configuration names it.
#[derive(Clone, PartialEq, Eq)]
pub struct Oidc {
    /// Its address, as it stands in what it signs.
    pub issuer: String,
    /// What it calls this installation.
    pub client: String,
    /// What proves the installation to it; empty: nothing does but the flow itself.
    pub secret: String,
    /// What people call it.
    pub name: String,
}

/// Without the secret.
impl fmt::Debug for Oidc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Oidc")
            .field("issuer", &self.issuer)
            .field("client", &self.client)
            .finish_non_exhaustive()
    }
}

/// Whether an issuer may be one: over TLS, or on this machine.
#[must_use]
pub fn is_issuer(text: &str) -> bool {
    let Ok(url) = Url::parse(text) else { return false };
    let local = match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    };
    let scheme = url.scheme() == "https" || (url.scheme() == "http" && local);
    scheme
        && url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none()
}

/// Why nobody was signed in.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OidcError {
    /// It gave no answer.
    #[error("the provider did not answer: {0}")]
    NoAnswer(#[from] NoAnswer),
    /// It refused what was asked.
    #[error("the provider refused: {0}")]
    Refused(String),
    /// It says of itself, or of somebody, what is not to be believed.
    #[error("what the provider says cannot be used: {0}")]
    Unfit(&'static str),
}

/// What a provider says of itself (OpenID Connect Discovery 1.0, section 3).
#[derive(Deserialize)]
struct Discovery {
    issuer: String,
    #[serde(deserialize_with = "url_of")]
    authorization_endpoint: Url,
    #[serde(deserialize_with = "url_of")]
    token_endpoint: Url,
    #[serde(deserialize_with = "url_of")]
    jwks_uri: Url,
    #[serde(default)]
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
}

fn url_of<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Url, D::Error> {
    let text = String::deserialize(deserializer)?;
    Url::parse(&text).map_err(serde::de::Error::custom)
}

struct Known {
    says: Discovery,
    keys: Keys,
    at: Timestamp,
}

/// A provider that is asked.
pub(crate) struct Provider {
    oidc: Oidc,
    egress: Egress,
    known: Mutex<Option<Arc<Known>>>,
    turns: Semaphore,
}

impl Provider {
    pub(crate) fn new(oidc: Oidc) -> Self {
        // The operator named it, so it may be anywhere; what it names itself is reached at public addresses alone.
        let named = Url::parse(&oidc.issuer).ok().and_then(|url| {
            let (host, port) = (url.host_str()?, url.port_or_known_default()?);
            Hosts::of([format!("{host}:{port}").as_str()])
        });
        Self {
            oidc,
            egress: Egress::to(named.unwrap_or_default()),
            known: Mutex::new(None),
            turns: Semaphore::new(AT_ONCE),
        }
    }

    pub(crate) fn name(&self) -> &str {
        &self.oidc.name
    }

    /// Where whoever signs in is to go.
    pub(crate) async fn begin(
        &self,
        back: &str,
        asked: &SignIn,
        now: Timestamp,
    ) -> Result<String, OidcError> {
        let known = self.known(None, now).await?;
        let mut url = known.says.authorization_endpoint.clone();
        let verifier = URL_SAFE_NO_PAD.encode(asked.verifier);
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.oidc.client)
            .append_pair("redirect_uri", back)
            .append_pair("scope", "openid")
            .append_pair("state", &URL_SAFE_NO_PAD.encode(&asked.state))
            .append_pair("nonce", &URL_SAFE_NO_PAD.encode(asked.nonce))
            .append_pair(
                "code_challenge",
                &URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes())),
            )
            .append_pair("code_challenge_method", "S256");
        Ok(url.into())
    }

    /// Whose account it is with whom somebody came back.
    pub(crate) async fn finish(
        &self,
        back: &str,
        asked: &SignIn,
        code: &str,
        now: Timestamp,
    ) -> Result<Account, OidcError> {
        let turn = self.turns.acquire().await;
        let _turn = turn.map_err(|_| OidcError::Unfit("nobody is signed in any more"))?;
        let known = self.known(None, now).await?;
        let token = self.exchange(&known.says, back, asked, code).await?;
        let token = token::read(&token).map_err(OidcError::Unfit)?;
        let known = match known.keys.has(&token) {
            true => known,
            false => self.known(Some(known.at), now).await?,
        };
        let wanted = token::Wanted {
            issuer: &self.oidc.issuer,
            client: &self.oidc.client,
            nonce: &URL_SAFE_NO_PAD.encode(asked.nonce),
            now,
        };
        if !known.keys.signed(&token) {
            return Err(OidcError::Unfit(
                "it is not signed by a key that the provider shows",
            ));
        }
        let subject = token::checked(&token, &wanted).map_err(OidcError::Unfit)?;
        let issuer = self.oidc.issuer.clone();
        Ok(Account { issuer, subject })
    }

    /// Fetches the token for a code (section 3.1.3 of Core).
    async fn exchange(
        &self,
        says: &Discovery,
        back: &str,
        asked: &SignIn,
        code: &str,
    ) -> Result<String, OidcError> {
        #[derive(Deserialize)]
        struct Token {
            id_token: String,
        }
        #[derive(Deserialize)]
        struct Refusal {
            error: String,
        }
        let (form, told) = self.form(says, back, asked, code);
        let reply = self
            .egress
            .ask(&says.token_endpoint, Asking::Form(form, told))
            .await?;
        if reply.status != 200 {
            let refusal = serde_json::from_slice::<Refusal>(&reply.body).ok();
            let said = refusal.map(|refusal| {
                refusal
                    .error
                    .chars()
                    .filter(|c| c.is_ascii_graphic())
                    .take(40)
                    .collect()
            });
            return Err(OidcError::Refused(
                said.unwrap_or_else(|| format!("status {}", reply.status)),
            ));
        }
        let token: Token = serde_json::from_slice(&reply.body)
            .map_err(|_| OidcError::Unfit("there is no ID token in its answer"))?;
        Ok(token.id_token)
    }

    /// What is sent for a token, and what is to stand in `Authorization`.
    fn form(&self, says: &Discovery, back: &str, asked: &SignIn, code: &str) -> (String, Option<String>) {
        let mut form = Serializer::new(String::new());
        form.append_pair("grant_type", "authorization_code")
            .append_pair("code", code)
            .append_pair("redirect_uri", back)
            .append_pair("code_verifier", &URL_SAFE_NO_PAD.encode(asked.verifier));
        let Oidc { client, secret, .. } = &self.oidc;
        let methods = says.token_endpoint_auth_methods_supported.as_deref();
        let posts = methods.is_some_and(|all| {
            let has = |name: &str| all.iter().any(|one| one == name);
            has("client_secret_post") && !has("client_secret_basic")
        });
        if secret.is_empty() || posts {
            form.append_pair("client_id", client);
        }
        if !secret.is_empty() && posts {
            form.append_pair("client_secret", secret);
        }
        let told = (!secret.is_empty() && !posts).then(|| basic(client, secret));
        (form.finish(), told)
    }

    /// What it says of itself, read anew where that is old; or where a key was missing in what was read then.
    async fn known(&self, lacking: Option<Timestamp>, now: Timestamp) -> Result<Arc<Known>, OidcError> {
        let mut known = self.known.lock().await;
        if let Some(known) = known.as_ref() {
            let lacks = lacking.is_some_and(|at| at == known.at);
            let seconds = if lacks { NOT_AGAIN_SECONDS } else { KNOWN_SECONDS };
            // A clock that was put back makes it old, and not young for ever.
            if known.at <= now && now < known.at.plus_seconds(seconds) {
                return Ok(Arc::clone(known));
            }
        }
        let read = Arc::new(self.read(now).await?);
        *known = Some(Arc::clone(&read));
        Ok(read)
    }

    async fn read(&self, at: Timestamp) -> Result<Known, OidcError> {
        let document = format!(
            "{}/.well-known/openid-configuration",
            self.oidc.issuer.trim_end_matches('/')
        );
        let document = Url::parse(&document).map_err(|_| OidcError::Unfit("its address is none"))?;
        let says: Discovery = self.fetch(&document).await?;
        if says.issuer != self.oidc.issuer {
            return Err(OidcError::Unfit("it calls itself otherwise than `oidc_issuer`"));
        }
        let reachable = [&says.token_endpoint, &says.jwks_uri]
            .iter()
            .all(|url| self.egress.may(url));
        if !reachable || !is_issuer(says.authorization_endpoint[..url::Position::AfterPath].as_ref()) {
            return Err(OidcError::Unfit("it names addresses without TLS"));
        }
        let keys: Keys = self.fetch(&says.jwks_uri).await?;
        Ok(Known { says, keys, at })
    }

    async fn fetch<T: serde::de::DeserializeOwned>(&self, url: &Url) -> Result<T, OidcError> {
        let reply = self.egress.ask(url, Asking::Get).await?;
        if reply.status != 200 {
            return Err(OidcError::Refused(format!(
                "status {} at {}",
                reply.status,
                url.path()
            )));
        }
        serde_json::from_slice(&reply.body)
            .map_err(|_| OidcError::Unfit("what it says of itself does not read"))
    }
}

/// RFC 6749, section 2.3.1: both are form-encoded before they are joined.
fn basic(client: &str, secret: &str) -> String {
    let encoded = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
    format!(
        "Basic {}",
        STANDARD.encode(format!("{}:{}", encoded(client), encoded(secret)))
    )
}
