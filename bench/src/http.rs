//! The work platform over HTTP: import, next-and-submit cycles, export, delivery.

use anyhow::Result;
use reqwest::{Client, Method};
use serde_json::json;

use crate::api::{Api, Project, import, now, project, tasks, text};
use crate::limits::Sync;
use crate::report::{Report, quantile};
use crate::server::Server;

const IMPORTED: usize = 100_000;
const SECONDS: f64 = 5.0;

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
    let took = import(&large, tasks(IMPORTED, 1 << 10)).await?;
    let rate = IMPORTED as f64 / took;
    report.add(
        format!("import of {IMPORTED} tasks, one request"),
        format!("{rate:.0} tasks/s"),
        "aim 50,000",
    );
    for workers in [1, 8, 64] {
        let wanted = project(&operator, &lab, &format!("cycles {workers}"), workers).await?;
        import(&wanted, tasks(60_000, 1 << 10)).await?;
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
