//! Webhooks, signed as Standard Webhooks 1.0.0 has it.

use std::error::Error;
use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cofferdam_store::outbox::{MessageRow, Outcome};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::{Client, ClientBuilder, Url, redirect};

use crate::reach::{self, is_public};
use crate::send::Went;
use crate::{Notifier, words};

/// How long a receiver may take to answer.
const WITHIN: Duration = Duration::from_secs(15);
/// What a secret begins with.
const PREFIX: &str = "whsec_";

/// A secret as its receiver is shown it.
pub(crate) fn secret(key: &[u8; 32]) -> String {
    format!("{PREFIX}{}", STANDARD.encode(key))
}

/// The signature of a message: `v1,` and base64 of HMAC-SHA256 over id, time in seconds and body, joined by dots.
pub fn sign(key: &[u8], id: &str, seconds: i64, body: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, key);
    let tag = hmac::sign(&key, format!("{id}.{seconds}.{body}").as_bytes());
    format!("v1,{}", STANDARD.encode(tag))
}

/// One that resolves names to public addresses alone, and one for hosts that are named.
pub(crate) struct Clients {
    guarded: Client,
    named: Client,
}

impl Clients {
    pub(crate) fn new() -> Option<Self> {
        let guarded = || builder().dns_resolver(std::sync::Arc::new(Guard));
        Some(Self {
            guarded: made(guarded)?,
            named: made(builder)?,
        })
    }
}

/// Where the machine trusts nobody, whatever is without TLS is reached all the same.
fn made(builder: impl Fn() -> ClientBuilder) -> Option<Client> {
    let made = builder().build().or_else(|error| {
        tracing::error!(%error, "no root certificates: webhooks are not reached by https");
        builder().tls_certs_only([]).build()
    });
    made.inspect_err(|error| tracing::error!(%error, "webhooks cannot be sent"))
        .ok()
}

fn builder() -> ClientBuilder {
    Client::builder()
        .user_agent(concat!("cofferdam/", env!("CARGO_PKG_VERSION")))
        .timeout(WITHIN)
        .redirect(redirect::Policy::none())
        .pool_max_idle_per_host(0)
        .no_proxy()
}

/// The name leads to no public address.
#[derive(Debug)]
struct NotPublic;

impl fmt::Display for NotPublic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name leads to no public address")
    }
}

impl Error for NotPublic {}

/// Resolves a name, and keeps what is public of it: what is connected to is what was looked at.
struct Guard;

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let public: Vec<SocketAddr> = found.filter(|address| is_public(address.ip())).collect();
            if public.is_empty() {
                return Err(NotPublic.into());
            }
            Ok(Box::new(public.into_iter()) as Addrs)
        })
    }
}

/// Whether an error, or one that it comes of, is that a name leads to no public address.
fn is_not_public(error: &reqwest::Error) -> bool {
    let mut next: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(this) = next {
        if this.is::<NotPublic>() {
            return true;
        }
        next = this.source();
    }
    false
}

impl Notifier {
    /// Sends one message to a webhook that stands. What it answers is looked at no further than its status.
    pub(crate) async fn post(&self, message: &MessageRow, url: &str) -> Went {
        let options = &self.inner.options;
        let Ok(url) = reach::check(url, &options.webhook_hosts) else {
            return Went::Tried(Outcome::NotAllowed, None);
        };
        let clients = self.inner.clients.get_or_init(Clients::new);
        let Some(clients) = clients else {
            return Went::Tried(Outcome::Unreachable, None);
        };
        let cofferdam_store::outbox::Target::Webhook(webhook) = message.target else {
            return Went::NotWanted;
        };
        let Ok(key) = self.gate().secrets().webhook_key(webhook) else {
            return Went::Later;
        };
        let client = match options.webhook_hosts.has(&url) {
            true => &clients.named,
            false => &clients.guarded,
        };
        match post(
            client,
            url,
            &key,
            message,
            self.gate().env().now().as_micros() / 1_000_000,
        )
        .await
        {
            Ok(status) if (200..300).contains(&status) => Went::Tried(Outcome::Delivered, Some(status)),
            // Whoever is gone for good wants none of it again.
            Ok(410) => Went::Last(Outcome::Answered, Some(410)),
            Ok(status) => Went::Tried(Outcome::Answered, Some(status)),
            Err(error) if error.is_timeout() => Went::Tried(Outcome::Late, None),
            Err(error) if is_not_public(&error) => Went::Tried(Outcome::NotAllowed, None),
            Err(_) => Went::Tried(Outcome::Unreachable, None),
        }
    }
}

async fn post(
    client: &Client,
    url: Url,
    key: &[u8; 32],
    message: &MessageRow,
    seconds: i64,
) -> Result<u32, reqwest::Error> {
    let (id, body) = (
        message.id.to_string(),
        words::event(&message.about, message.lab, message.at),
    );
    let request = client
        .post(url)
        .header("content-type", "application/json")
        .header("webhook-id", &id)
        .header("webhook-timestamp", seconds.to_string())
        .header("webhook-signature", sign(key, &id, seconds, &body))
        .body(body);
    let answer = request.send().await?;
    Ok(u32::from(answer.status().as_u16()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The vector of the reference libraries (github.com/standard-webhooks/standard-webhooks).
    #[test]
    fn the_published_vector_is_met() {
        let key = STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let signed = sign(
            &key,
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            r#"{"test": 2432232314}"#,
        );
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn a_secret_is_its_key_in_base64() {
        let shown = secret(&[7; 32]);
        assert_eq!(
            STANDARD.decode(shown.strip_prefix("whsec_").unwrap()).unwrap(),
            [7; 32]
        );
    }
}
