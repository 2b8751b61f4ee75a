//! Webhooks, signed as Standard Webhooks 1.0.0 has it.

use std::time::Duration;

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cofferdam_store::outbox::{MessageRow, Outcome};
use hyper::Request;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use url::{Position, Url};

use crate::egress::{self, NoAnswer};
use crate::reach;
use crate::send::Went;
use crate::{Notifier, words};

/// How long a receiver may take to answer.
const WITHIN: Duration = Duration::from_secs(15);
/// Bytes that are read of an answer, with all interim ones before it.
const MOST: usize = 16 * 1_024;
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

impl Notifier {
    /// Sends one message to a webhook that stands. What it answers is looked at no further than its status.
    pub(crate) async fn post(&self, message: &MessageRow, url: &str) -> Went {
        let Ok(url) = reach::check(url, &self.inner.options.webhook_hosts) else {
            return Went::Tried(Outcome::NotAllowed, None);
        };
        let cofferdam_store::outbox::Target::Webhook(webhook) = message.target else {
            return Went::NotWanted;
        };
        let Ok(key) = self.gate().secrets().webhook_key(webhook) else {
            return Went::Later;
        };
        let Ok(request) = self.request(&url, &key, message) else {
            return Went::Tried(Outcome::NotAllowed, None);
        };
        match tokio::time::timeout(WITHIN, self.ask(&url, request)).await {
            Ok(Ok(status)) if (200..300).contains(&status) => Went::Tried(Outcome::Delivered, Some(status)),
            // Whoever is gone for good wants none of it again.
            Ok(Ok(410)) => Went::Last(Outcome::Answered, Some(410)),
            Ok(Ok(status)) => Went::Tried(Outcome::Answered, Some(status)),
            Ok(Err(NoAnswer::NotPublic)) => Went::Tried(Outcome::NotAllowed, None),
            Ok(Err(NoAnswer::Late)) | Err(_) => Went::Tried(Outcome::Late, None),
            Ok(Err(NoAnswer::Unreachable | NoAnswer::TooLong)) => Went::Tried(Outcome::Unreachable, None),
        }
    }

    fn request(
        &self,
        url: &Url,
        key: &[u8; 32],
        message: &MessageRow,
    ) -> Result<Request<String>, hyper::http::Error> {
        let seconds = self.gate().env().now().as_micros() / 1_000_000;
        let id = message.id.to_string();
        let body = words::event(&message.about, message.lab, message.at);
        Request::post(&url[Position::BeforePath..Position::AfterQuery])
            .header("host", &url[Position::BeforeHost..Position::AfterPort])
            .header("user-agent", concat!("cofferdam/", env!("CARGO_PKG_VERSION")))
            .header("accept", "*/*")
            .header("content-type", "application/json")
            .header("webhook-id", &id)
            .header("webhook-timestamp", seconds.to_string())
            .header("webhook-signature", sign(key, &id, seconds, &body))
            .body(body)
    }

    /// The status of the answer, over a connection of its own: to no other address than was looked at, by no proxy, and no further
    /// wherever the answer points.
    async fn ask(&self, url: &Url, request: Request<String>) -> Result<u32, NoAnswer> {
        let wire = egress::wire(url, &self.inner.options.webhook_hosts, &self.inner.trust, MOST).await?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(wire)).await?;
        let mut connection = std::pin::pin!(connection);
        let mut answer = std::pin::pin!(sender.send_request(request));
        tokio::select! {
            biased;
            answer = &mut answer => Ok(u32::from(answer?.status().as_u16())),
            // With the answer, or with why there is none.
            _ = &mut connection => Ok(u32::from(answer.await?.status().as_u16())),
        }
    }
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
