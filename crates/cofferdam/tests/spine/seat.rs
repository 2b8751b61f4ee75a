//! Somebody who works over HTTP.

use reqwest::{Client, Method};
use serde_json::Value;

use crate::support::Installation;

/// Somebody with a token for one engagement.
pub(crate) struct Seat<'i> {
    base: &'i str,
    http: Client,
    pub(crate) engagement: String,
    pub(crate) token: String,
}

impl<'i> Seat<'i> {
    pub(crate) fn new(at: &'i Installation, project: &str, name: &str, grant: &[&str]) -> Self {
        at.ask(&["person", "add", name]);
        let (engagement, token) = at.seat(project, name, grant);
        Self::with_token(at, engagement, token)
    }

    pub(crate) fn with_token(at: &'i Installation, engagement: String, token: String) -> Self {
        Self {
            base: &at.base,
            http: Client::builder().no_proxy().build().unwrap(),
            engagement,
            token,
        }
    }

    /// The same somebody, at another node.
    pub(crate) fn by<'o>(&self, base: &'o str) -> Seat<'o> {
        Seat {
            base,
            http: self.http.clone(),
            engagement: self.engagement.clone(),
            token: self.token.clone(),
        }
    }

    pub(crate) async fn send(&self, method: Method, path: &str, body: Option<Value>) -> reqwest::Response {
        let url = format!("{}/api/v1/engagements/{}{path}", self.base, self.engagement);
        let request = self.http.request(method, url).bearer_auth(&self.token);
        let request = if let Some(body) = body {
            request.json(&body)
        } else {
            request
        };
        request.send().await.unwrap()
    }

    pub(crate) async fn ok(&self, method: Method, path: &str, body: Option<Value>) -> Value {
        let response = self.send(method, path, body).await;
        let (status, text) = (response.status(), response.text().await.unwrap());
        assert!(status.is_success(), "{path}: {status} {text}");
        serde_json::from_str(&text).unwrap_or_default()
    }
}
