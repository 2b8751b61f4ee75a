//! Callers of the API, and the projects that they work on.

use std::time::Instant;

use anyhow::{Context, Result, bail};
use reqwest::{Client, Method};
use serde_json::{Value, json};

#[expect(clippy::disallowed_methods, reason = "a benchmark reads the machine's clock")]
pub(crate) fn now() -> Instant {
    Instant::now()
}

/// One caller of the API.
#[derive(Clone)]
pub(crate) struct Api {
    pub(crate) client: Client,
    pub(crate) base: String,
    pub(crate) token: String,
}

impl Api {
    pub(crate) async fn call(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Value> {
        let request = self
            .client
            .request(method, format!("{}/api/v1{path}", self.base))
            .bearer_auth(&self.token);
        let request = match body {
            Some(body) => request.json(body),
            None => request,
        };
        let response = request.send().await?;
        let status = response.status();
        let text = response.text().await?;
        if !status.is_success() {
            bail!("{path}: {status} {text}");
        }
        Ok(serde_json::from_str(&text).unwrap_or(Value::Null))
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Result<Value> {
        self.call(Method::POST, path, Some(&body)).await
    }
}

pub(crate) fn text<'v>(value: &'v Value, member: &str) -> Result<&'v str> {
    value[member]
        .as_str()
        .with_context(|| format!("no `{member}` in {value}"))
}

/// A project, and tokens engaged for it.
pub(crate) struct Project {
    pub(crate) id: String,
    pub(crate) lead: (String, Api),
    pub(crate) authors: Vec<(String, Api)>,
}

pub(crate) async fn engaged(
    operator: &Api,
    project: &str,
    role: &str,
    name: String,
) -> Result<(String, Api)> {
    let person = operator.post("/people", json!({ "name": name })).await?;
    let budget = json!({ "objects_per_hour": 1_000_000_000u64, "objects_per_day": 1_000_000_000u64,
                         "bytes_per_hour": 1u64 << 50, "bytes_per_day": 1u64 << 50 });
    let wanted = json!({ "principal": text(&person, "id")?, "role": role, "budget": budget });
    let engagement = operator
        .post(&format!("/projects/{project}/engagements"), wanted)
        .await?;
    let id = text(&engagement, "id")?.to_owned();
    let issued = operator
        .post(&format!("/engagements/{id}/tokens"), json!({ "label": "bench" }))
        .await?;
    let api = Api {
        token: text(&issued, "token")?.to_owned(),
        ..operator.clone()
    };
    Ok((id, api))
}

pub(crate) async fn project(operator: &Api, lab: &str, name: &str, authors: usize) -> Result<Project> {
    let new = json!({ "name": name, "template": "pairwise-preference", "overlap": 1 });
    let made = operator.post(&format!("/labs/{lab}/projects"), new).await?;
    let id = text(&made, "id")?.to_owned();
    let lead = engaged(operator, &id, "lead", format!("lead of {name}")).await?;
    let mut engaged_authors = Vec::new();
    for n in 0..authors {
        engaged_authors.push(engaged(operator, &id, "author", format!("author {n} of {name}")).await?);
    }
    Ok(Project {
        id,
        lead,
        authors: engaged_authors,
    })
}

/// Tasks of about so many bytes.
pub(crate) fn tasks(count: usize, bytes: usize) -> Vec<u8> {
    let words = "the lid came off and the kettle would not close again so what may I do now ";
    let words = words.repeat((bytes / 2).div_ceil(words.len()).max(1));
    let mut file = Vec::new();
    for n in 0..count {
        let row = json!({ "id": format!("row-{n}"), "prompt": format!("{n}: what would you do?"),
                          "response_a": words, "response_b": format!("{words}{n}") });
        file.extend_from_slice(row.to_string().as_bytes());
        file.push(b'\n');
    }
    file
}

pub(crate) async fn import(project: &Project, file: Vec<u8>) -> Result<f64> {
    let (engagement, api) = &project.lead;
    let url = format!(
        "{}/api/v1/engagements/{engagement}/imports?format=jsonl",
        api.base
    );
    let before = now();
    let response = api
        .client
        .post(url)
        .bearer_auth(&api.token)
        .body(file)
        .send()
        .await?;
    let (status, body) = (response.status(), response.text().await?);
    if !status.is_success() {
        bail!("import: {status} {body}");
    }
    Ok(before.elapsed().as_secs_f64())
}
