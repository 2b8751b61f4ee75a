//! The work platform over HTTP: import, next-and-submit cycles, export, delivery.

use std::time::Instant;

use anyhow::{Context, Result, bail};
use reqwest::{Client, Method};
use serde_json::{Value, json};

use crate::limits::Sync;
use crate::report::{Report, quantile};
use crate::server::Server;

const IMPORTED: usize = 100_000;
const SECONDS: f64 = 5.0;

#[expect(clippy::disallowed_methods, reason = "a benchmark reads the machine's clock")]
fn now() -> Instant {
    Instant::now()
}

/// One caller of the API.
#[derive(Clone)]
struct Api {
    client: Client,
    base: String,
    token: String,
}

impl Api {
    async fn call(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Value> {
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

    async fn post(&self, path: &str, body: Value) -> Result<Value> {
        self.call(Method::POST, path, Some(&body)).await
    }
}

fn text<'v>(value: &'v Value, member: &str) -> Result<&'v str> {
    value[member]
        .as_str()
        .with_context(|| format!("no `{member}` in {value}"))
}

/// A project, and tokens engaged for it.
struct Project {
    lead: (String, Api),
    authors: Vec<(String, Api)>,
}

async fn engaged(operator: &Api, project: &str, role: &str, name: String) -> Result<(String, Api)> {
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

async fn project(operator: &Api, lab: &str, name: &str, authors: usize) -> Result<Project> {
    let new = json!({ "name": name, "template": "pairwise-preference", "overlap": 1 });
    let made = operator.post(&format!("/labs/{lab}/projects"), new).await?;
    let id = text(&made, "id")?.to_owned();
    let lead = engaged(operator, &id, "lead", format!("lead of {name}")).await?;
    let mut engaged_authors = Vec::new();
    for n in 0..authors {
        engaged_authors.push(engaged(operator, &id, "author", format!("author {n} of {name}")).await?);
    }
    Ok(Project {
        lead,
        authors: engaged_authors,
    })
}

/// Tasks of about a kilobyte.
fn tasks(count: usize) -> Vec<u8> {
    let words = "the lid came off and the kettle would not close again so what may I do now ".repeat(5);
    let mut file = Vec::new();
    for n in 0..count {
        let row = json!({ "id": format!("row-{n}"), "prompt": format!("{n}: what would you do?"),
                          "response_a": words, "response_b": format!("{words}{n}") });
        file.extend_from_slice(row.to_string().as_bytes());
        file.push(b'\n');
    }
    file
}

async fn import(project: &Project, file: Vec<u8>) -> Result<f64> {
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

/// One claim and one submission; milliseconds.
async fn cycle(engagement: &str, api: &Api) -> Result<f64> {
    let before = now();
    let held = api
        .call(Method::POST, &format!("/engagements/{engagement}/claims"), None)
        .await?;
    let assignment = text(&held, "assignment")?;
    let path = format!("/engagements/{engagement}/assignments/{assignment}/submission");
    let answer = json!({ "answer": { "choice": "a", "reason": "The second one repeats the question." } });
    api.post(&path, answer).await?;
    Ok(before.elapsed().as_secs_f64() * 1e3)
}

async fn cycles(project: &Project) -> Result<(f64, Vec<f64>)> {
    let begun = now();
    let mut running = Vec::new();
    for (engagement, api) in project.authors.clone() {
        running.push(tokio::spawn(async move {
            let mut took = Vec::new();
            while begun.elapsed().as_secs_f64() < SECONDS {
                took.push(cycle(&engagement, &api).await?);
            }
            anyhow::Ok(took)
        }));
    }
    let mut all = Vec::new();
    for worker in running {
        all.extend(worker.await??);
    }
    let rate = all.len() as f64 / begun.elapsed().as_secs_f64();
    all.sort_by(f64::total_cmp);
    Ok((rate, all))
}

async fn export(project: &Project) -> Result<(f64, usize)> {
    let (engagement, api) = &project.lead;
    let url = format!("{}/api/v1/engagements/{engagement}/export", api.base);
    let before = now();
    let bytes = api
        .client
        .get(url)
        .bearer_auth(&api.token)
        .send()
        .await?
        .error_for_status()?
        .bytes()
        .await?;
    let rows = bytes.iter().filter(|b| **b == b'\n').count();
    Ok((before.elapsed().as_secs_f64(), rows))
}

/// Drives the server and adds its rows.
pub(crate) async fn run(server: &Server, sync: &Sync, report: &mut Report) -> Result<()> {
    let client = Client::builder().pool_max_idle_per_host(128).build()?;
    let operator = Api {
        client,
        base: server.base.clone(),
        token: server.token.clone(),
    };
    let lab = operator.post("/labs", json!({ "name": "Bench" })).await?;
    let lab = text(&lab, "id")?.to_owned();
    let large = project(&operator, &lab, "import", 0).await?;
    let took = import(&large, tasks(IMPORTED)).await?;
    let rate = IMPORTED as f64 / took;
    report.add(
        format!("import of {IMPORTED} tasks, one request"),
        format!("{rate:.0} tasks/s"),
        "aim 50,000",
    );
    for workers in [1, 8, 64] {
        let wanted = project(&operator, &lab, &format!("cycles {workers}"), workers).await?;
        import(&wanted, tasks(60_000)).await?;
        let (rate, took) = cycles(&wanted).await?;
        let figure = format!(
            "{rate:.0}/s, p50 {:.2} ms, p99 {:.2} ms",
            quantile(&took, 0.5),
            quantile(&took, 0.99)
        );
        let against = format!(
            "{:.2} durable appends per sync of the disk",
            rate * 2.0 / sync.per_second
        );
        report.add(format!("next + submit, {workers} workers"), figure, against);
        if workers == 64 {
            let (took, rows) = export(&wanted).await?;
            report.add(
                format!("export of {rows} tasks"),
                format!("{:.0} rows/s", rows as f64 / took),
                "aim 200,000",
            );
        }
    }
    let (resident, peak) = server.memory()?;
    report.add(
        "server memory after all this",
        format!("{resident} MiB, peak {peak} MiB"),
        "aim 80 and 200",
    );
    Ok(())
}
